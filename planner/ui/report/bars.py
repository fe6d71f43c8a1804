"""Bars of the report: stacked by category, plain with whiskers, and from a base to either side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from planner.export import palette
from planner.export.story import Chart, Series
from planner.ui.plots.ticks import linear_axis
from planner.ui.report.canvas import CENTRE, RIGHT, Box, Canvas
from planner.ui.report.flow import TICK
from planner.ui.report.letters import Face
from planner.ui.report.plots import LABEL, LABEL_STRONG, tone_of
from planner.ui.theme import LIGHT, STRATEGY_SHORT, on_fill
from planner.units import MISSING, axis_labels, format_quantity

INSIDE: Final = Face(7.0, 500)
_LEGEND: Final = 12.0
_ROW: Final = 18.0
_NAMES: Final = 92.0


def bars_height(chart: Chart) -> float:
    """Return the height that bars need. [pt]."""
    legend = _LEGEND + 4.0 if chart.kind == "stacked" else 0.0
    marked = 12.0 if chart.marks else 2.0
    return _ROW * len(chart.points) + legend + marked


def draw_stacked(canvas: Canvas, box: Box, chart: Chart) -> None:
    """Draw a bar for each point: hue is the strategy, lightness the category; totals at the ends."""
    series = sorted(chart.series, key=lambda each: -sum(value or 0.0 for value in each.values))
    strengths = palette.steps(len(series))
    _legend(
        canvas,
        box,
        [(each.name, palette.lighter(palette.GREY, s)) for each, s in zip(series, strengths, strict=True)],
    )
    totals = [sum(each.values[at] or 0.0 for each in series) for at in range(len(chart.points))]
    texts = [format_quantity(total, chart.unit) if total else MISSING for total in totals]
    plot = _plot(canvas, box.inset(top=_LEGEND + 4.0), texts)
    most = max([*totals, 1e-9])
    for row, text in enumerate(texts):
        line = Box(plot.left, plot.top + row * _ROW, plot.width, _ROW)
        strategy = _name(canvas, box, line, row, chart)
        x = plot.left
        for each, strength in zip(series, strengths, strict=True):
            width = plot.width * (each.values[row] or 0.0) / most
            tone = palette.lighter(tone_of(strategy), strength)
            part = Box(x, line.top + 3.0, max(0.0, width - 0.6), _ROW - 6.0)
            canvas.fill(part, tone)
            inside = format_quantity(each.values[row] or 0.0, chart.unit)
            if canvas.letters.width(inside, INSIDE) + 6.0 <= width:
                canvas.text(part, inside, INSIDE.toned(on_fill(tone)), CENTRE)
            x += width
        canvas.text(Box(x + 4.0, line.top, box.right - x - 4.0, _ROW), text, LABEL_STRONG)


def _legend(canvas: Canvas, box: Box, entries: Sequence[tuple[str, str]]) -> None:
    x = box.left + _NAMES
    for name, tone in entries:
        width = canvas.letters.width(name, TICK)
        if x + 9.0 + width > box.right:
            break
        canvas.fill(Box(x, box.top + 2.0, 6.0, 6.0), tone)
        canvas.text(Box(x + 8.5, box.top, width + 1.0, 10.0), name, TICK)
        x += width + 18.0


def _plot(canvas: Canvas, box: Box, texts: Sequence[str]) -> Box:
    widest = max((canvas.letters.width(text, LABEL_STRONG) for text in texts), default=0.0)
    return box.inset(left=_NAMES, right=widest + 6.0)


def _name(canvas: Canvas, box: Box, line: Box, row: int, chart: Chart) -> str:
    """Set the name before a bar; return the strategy that it is of."""
    strategy = chart.strategies[row] if chart.strategies else ""
    if strategy:
        canvas.marker(strategy, box.left + 4.0, line.top + _ROW / 2, 3.0, tone_of(strategy))
    place = Box(box.left + (12.0 if strategy else 0.0), line.top, _NAMES - 18.0, _ROW)
    face = LABEL_STRONG if strategy and strategy == chart.selected else LABEL
    canvas.text(place, STRATEGY_SHORT.get(strategy, chart.points[row]), face)
    return strategy


def draw_bars(canvas: Canvas, box: Box, chart: Chart) -> None:
    """Draw one bar for each point with its value at the end; a span where only its ends are known."""
    series = chart.series[0]
    rows = [_Bar.of(chart, series, number) for number in range(len(chart.points))]
    plot = _plot(canvas, box, [row.text for row in rows])
    limits = [mark.y for mark in chart.marks if mark.kind == "horizontal"]
    most = max([*(row.high for row in rows if math.isfinite(row.high)), *limits, 1e-9])
    most = max(most, 1.0) if chart.unit == "chance" else most
    for number, row in enumerate(rows):
        line = Box(plot.left, plot.top + number * _ROW, plot.width, _ROW)
        strategy = _name(canvas, box, line, number, chart)
        tone = tone_of(strategy or series.strategy)
        canvas.fill(Box(plot.left, line.top + 4.0, plot.width, _ROW - 8.0), palette.SUNKEN)
        low, high = (plot.width * max(0.0, end) / most for end in (row.low, row.high))
        if math.isfinite(row.high):
            spans = row.low > 0.0
            canvas.fill(
                Box(
                    plot.left + (low if spans else 0.0),
                    line.top + 4.0,
                    high - (low if spans else 0.0),
                    _ROW - 8.0,
                ),
                palette.lighter(tone, 0.45) if spans else tone,
            )
        canvas.text(
            Box(plot.right + 5.0, line.top, box.right - plot.right - 5.0, _ROW), row.text, LABEL_STRONG
        )
    for mark in chart.marks:
        if mark.kind == "horizontal":
            x = plot.left + plot.width * mark.y / most
            bottom = plot.top + len(rows) * _ROW
            canvas.line(((x, plot.top), (x, bottom)), palette.INK2, 0.7, dash=(4.0, 3.0))
            width = canvas.letters.width(mark.words, LABEL) + 1.0
            left = min(max(x - width / 2, plot.left), plot.right - width)
            canvas.text(Box(left, bottom, width, 11.0), mark.words, LABEL)


@dataclass(frozen=True, slots=True)
class _Bar:
    """Where a bar begins, 0 unless it is a span, where it ends, and what is written behind it."""

    low: float
    high: float
    text: str

    @classmethod
    def of(cls, chart: Chart, series: Series, number: int) -> _Bar:
        value, text = series.values[number], chart.text(series, number)
        if value is None and series.low:
            return cls(series.low[number], series.high[number], text)
        return cls(0.0, math.nan if value is None else float(value), text)


# ---------------------------------------------------------------- bridge
def bridge_height(chart: Chart) -> float:
    """Return the height that a bridge needs. [pt]."""
    return 15.0 * len(chart.points) + 4.0


def draw_bridge(canvas: Canvas, box: Box, chart: Chart) -> None:
    """Draw totals from 0, and between them what each step adds or saves."""
    steps = chart.steps
    texts = [
        format_quantity(value or 0.0, chart.unit, sign=not step.total)
        for value, step in zip(chart.series[0].values, steps, strict=True)
    ]
    ends = [end for step in steps for end in (step.start, step.end)]
    low, high = min(0.0, *ends), max(1e-9, *ends)
    names = min(max(canvas.letters.width(point, LABEL) for point in chart.points) + 8.0, box.width * 0.36)
    side = max(canvas.letters.width(text, LABEL_STRONG) for text in texts) + 6.0
    plot = box.inset(left=names, right=side)
    for row, (point, text, (start, stop, total)) in enumerate(zip(chart.points, texts, steps, strict=True)):
        top = plot.top + row * 15.0
        left, right = (plot.left + (end - low) / (high - low) * plot.width for end in sorted((start, stop)))
        strategy = chart.strategies[row] if chart.strategies else ""
        tone = tone_of(strategy) if total else LIGHT.rise if stop > start else LIGHT.fall
        canvas.text(Box(box.left, top, names - 6.0, 15.0), point, LABEL_STRONG if total else LABEL)
        canvas.fill(Box(left, top + 3.0, max(right - left, 0.8), 9.0), tone)
        canvas.text(
            Box(right + 4.0, top, box.right - right - 4.0, 15.0), text, LABEL_STRONG if total else LABEL
        )


# ---------------------------------------------------------------- tornado
@dataclass(frozen=True, slots=True)
class Swung:
    """A bar of a tornado: what the figure is with the input low and high, and the inputs in words."""

    title: str
    low: float
    high: float
    low_text: str
    high_text: str


def tornado_height(rows: Sequence[Swung]) -> float:
    """Return the height that a tornado needs. [pt]."""
    return 15.0 * len(rows) + 16.0


def draw_tornado(canvas: Canvas, box: Box, rows: Sequence[Swung], base: float, unit: str) -> None:
    """Draw bars around the base case, lighter towards less, with the input's ends beside them."""
    ends = [end for row in rows for end in (row.low, row.high) if math.isfinite(end)]
    axis = linear_axis(
        min([base, *ends]), max([base, *ends]), lambda ticks: axis_labels(ticks, unit), count=4, snap=False
    )
    names = min(max(canvas.letters.width(row.title, LABEL) for row in rows) + 8.0, box.width * 0.34)
    side = max(canvas.letters.width(t, TICK) for row in rows for t in (row.low_text, row.high_text)) + 5.0
    plot = box.inset(left=names + side, right=side, bottom=14.0)
    span = axis.hi - axis.lo or 1.0

    def across(value: float) -> float:
        return plot.left + (min(max(value, axis.lo), axis.hi) - axis.lo) / span * plot.width

    for value, text in zip(axis.ticks, axis.labels, strict=True):
        x = across(value)
        canvas.line(((x, plot.top), (x, plot.bottom)), palette.GRID, 0.5)
        canvas.text(Box(x - 30.0, plot.bottom + 2.0, 60.0, 10.0), text, TICK, CENTRE)
    for number, row in enumerate(rows):
        line = Box(box.left, plot.top + number * 15.0, names - 6.0, 15.0)
        canvas.text(line, row.title, LABEL_STRONG if number < 3 else LABEL)
        _swing(canvas, line, row, base, across)
    x = across(base)
    canvas.line(((x, plot.top), (x, plot.bottom)), palette.INK, 0.8)


def _swing(canvas: Canvas, line: Box, row: Swung, base: float, across: Callable[[float], float]) -> None:
    """Draw both ends of a bar, and the input's values beside them."""
    known = [(row.low, row.low_text, 0.42), (row.high, row.high_text, 0.8)]
    known = sorted((each for each in known if math.isfinite(each[0])), key=lambda each: each[0])
    middle = across(base)
    for end, _, strength in known:
        left, right = sorted((across(end), middle))
        canvas.fill(Box(left, line.top + 3.0, right - left, 9.0), palette.lighter(palette.GREY, strength))
    for number, (end, text, _) in enumerate(known):
        x = across(end)
        if number == 0 and (len(known) == 2 or end < base):
            canvas.text(Box(min(x, middle) - 103.0, line.top, 100.0, 15.0), text, TICK, RIGHT)
        else:
            canvas.text(Box(max(x, middle) + 3.0, line.top, 100.0, 15.0), text, TICK)
