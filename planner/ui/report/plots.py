"""Plots of the report with two axes: lines with bands and labels at their ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from planner.export import palette
from planner.export.story import Chart, Mark, Series
from planner.ui.plots.ticks import AxisSpec, linear_axis, log_axis, month_axis, spread
from planner.ui.report.canvas import CENTRE, RIGHT, Box, Canvas
from planner.ui.report.flow import TICK
from planner.ui.report.letters import Face
from planner.ui.theme import LIGHT, STRATEGY_SHORT
from planner.units import axis_labels, format_quantity

LABEL = Face(7.5, 500, palette.INK2)
LABEL_STRONG = Face(7.5, 600)
VALUE = Face(7.5, 400, palette.MUTED)
_STEP = 11.0
_FOOT = 14.5
_AXIS_TITLE = 10.0
_BAND = 0.14
_MOST_MONTHS = 10


@dataclass(frozen=True, slots=True)
class Frame:
    """Where data lie on a page."""

    box: Box
    x: AxisSpec
    y: AxisSpec

    def at_x(self, value: float) -> float:
        """Return where a value lies across. [pt]."""
        return self.box.left + self.x.share(value) * self.box.width

    def at_y(self, value: float) -> float:
        """Return where a value lies down. [pt]."""
        return self.box.bottom - min(max(self.y.share(value), 0.0), 1.0) * self.box.height


def draw_lines(canvas: Canvas, box: Box, chart: Chart) -> None:
    """Draw lines: axes of text only, bands below, markers, names and values at the ends."""
    shown = [series for series in chart.series if series.last is not None]
    if not shown or len(chart.points) < 2:
        canvas.text(box, "Nothing to show.", VALUE, CENTRE)
        return
    frame = _frame(canvas, box, chart, shown)
    _grid(canvas, frame, chart)
    for series in shown:
        if series.low and series.high:
            _band(canvas, frame, chart, series)
    for series in sorted(shown, key=lambda each: each.strategy == chart.selected):
        _line(canvas, frame, chart, series)
    _ends(canvas, frame, chart, shown, box.right)
    draw_marks(canvas, frame, chart)


def tone_of(strategy: str) -> str:
    """Return the colour of a strategy's marks; grey where it is none."""
    return LIGHT.strategy.get(strategy, palette.GREY)


def name_of(series: Series) -> str:
    """Return the short name of a series."""
    return STRATEGY_SHORT.get(series.strategy, series.name)


def _frame(canvas: Canvas, box: Box, chart: Chart, shown: Sequence[Series]) -> Frame:
    values = [
        float(v) for s in shown for v in (*s.values, *s.low, *s.high) if v is not None and math.isfinite(v)
    ]
    first, last = chart.x_values[0], chart.x_values[-1]
    values += [mark.y for mark in chart.marks if mark.kind == "horizontal"]
    if chart.y_log:
        positive = [value for value in values if value > 0] or [1.0]
        y = log_axis(min(positive), max(positive), _each(chart.unit))
    else:
        reach = [0.0, *values] if chart.from_zero else values
        y = linear_axis(min(reach), max(reach), lambda ticks: axis_labels(ticks, chart.unit))
    if chart.x_log:
        x = log_axis(first, last, _each("count"), snap=False)
    else:
        x = month_axis(round(last), width=_MOST_MONTHS)
    left = max((canvas.letters.width(text, TICK) for text in y.labels), default=0.0) + 6.0
    right = max(_end_width(canvas, chart, series) for series in shown) + 12.0
    foot = _FOOT + (_AXIS_TITLE if chart.x_title else 0.0)
    return Frame(box.inset(left, 4.0, right, foot), x, y)


def _each(unit: str) -> Callable[[Sequence[float]], list[str]]:
    """Return what labels the ticks of a logarithmic axis, each in its own step."""
    return lambda ticks: [axis_labels([tick], unit)[0] for tick in ticks]


def _grid(canvas: Canvas, frame: Frame, chart: Chart) -> None:
    box = frame.box
    for value in frame.y.minor:
        canvas.line(
            ((box.left, frame.at_y(value)), (box.right, frame.at_y(value))), palette.GRID, 0.4, alpha=0.5
        )
    for value, text in zip(frame.y.ticks, frame.y.labels, strict=True):
        y = frame.at_y(value)
        tone = palette.BORDER if value == 0.0 else palette.GRID
        canvas.line(((box.left, y), (box.right, y)), tone, 0.6)
        canvas.text(Box(box.left - 60.0, y - 5.0, 55.0, 10.0), text, TICK, RIGHT)
    if frame.x.log:
        for value in (*frame.x.minor, *frame.x.ticks):
            x = frame.at_x(value)
            canvas.line(((x, box.top), (x, box.bottom)), palette.GRID, 0.4)
    last = -math.inf
    for value, text in zip(frame.x.ticks, frame.x.labels, strict=True):
        half = canvas.letters.width(text, TICK) / 2
        x = min(frame.at_x(value), box.right + 10.0 - half)
        if x - half > last:
            canvas.text(Box(x - half - 1.0, box.bottom + 4.0, 2 * half + 2.0, 10.0), text, TICK, CENTRE)
            last = x + half + 5.0
    if chart.x_title:
        below = Box(box.left, box.bottom + _FOOT - 1.0, box.width, _AXIS_TITLE)
        canvas.text(below, chart.x_title, TICK, CENTRE)


def _line(canvas: Canvas, frame: Frame, chart: Chart, series: Series) -> None:
    chosen = series.strategy == chart.selected
    for run in chart.runs(series):
        points = [(frame.at_x(x), frame.at_y(y)) for x, y in zip(*run, strict=True)]
        canvas.line(points, tone_of(series.strategy), 1.9 if chosen else 1.1)


def _band(canvas: Canvas, frame: Frame, chart: Chart, series: Series) -> None:
    numbers = np.asarray(chart.x_values)
    low, high = np.asarray(series.low, dtype=float), np.asarray(series.high, dtype=float)
    known = np.isfinite(low) & np.isfinite(high)
    there = [(frame.at_x(x), frame.at_y(y)) for x, y in zip(numbers[known], high[known], strict=True)]
    back = [(frame.at_x(x), frame.at_y(y)) for x, y in zip(numbers[known], low[known], strict=True)]
    canvas.area([*there, *back[::-1]], tone_of(series.strategy), _BAND)


# ---------------------------------------------------------------- labels at line ends
def _value_text(chart: Chart, series: Series) -> str:
    return format_quantity(series.last, chart.unit)


def _end_width(canvas: Canvas, chart: Chart, series: Series) -> float:
    letters = canvas.letters
    name = letters.width(name_of(series), LABEL_STRONG)
    return 9.0 + min(name, 90.0) + 5.0 + letters.width(_value_text(chart, series), VALUE)


def _ends(canvas: Canvas, frame: Frame, chart: Chart, shown: Sequence[Series], right: float) -> None:
    box = frame.box
    lasts = ((each.last, each) for each in shown)
    places = ((frame.at_y(last) - box.top, each) for last, each in lasts if last is not None)
    ends = sorted(places, key=lambda pair: pair[0])
    wanted = [min(max(at, 0.0), box.height) for at, _ in ends]
    for at, place, (_, series) in zip(wanted, spread(wanted, _STEP, box.height), ends, strict=True):
        tone, chosen = tone_of(series.strategy), series.strategy == chart.selected
        start = box.right + 4.0
        if abs(place - at) > 1.0:
            canvas.line(
                ((box.right + 1.0, box.top + at), (start + 4.0, box.top + place)), tone, 0.5, alpha=0.6
            )
        y = box.top + place
        canvas.marker(series.strategy, start + 5.0, y, 2.7, tone)
        face = LABEL_STRONG if chosen else LABEL
        text = Box(start + 11.0, y - 5.5, right - start - 11.0, 11.0)
        name = canvas.letters.elided(name_of(series), face, 90.0)
        used = canvas.text(text, name, face)
        canvas.text(text.inset(left=used + 4.0), _value_text(chart, series), VALUE)


# ---------------------------------------------------------------- what is pointed at
def draw_marks(canvas: Canvas, frame: Frame, chart: Chart) -> None:
    """Draw rings, gaps and limits with their words, clear of each other."""
    taken: list[Box] = []
    for mark in chart.marks:
        if mark.kind == "vertical":
            _upright(canvas, frame, mark, taken)
        elif mark.kind == "horizontal":
            _level(canvas, frame, mark, taken)
        elif mark.kind == "point":
            _ring(canvas, frame, mark, taken)
        else:
            _gap(canvas, frame, mark, taken)


def _upright(canvas: Canvas, frame: Frame, mark: Mark, taken: list[Box]) -> None:
    x, box = frame.at_x(mark.x), frame.box
    if not box.left - 1.0 <= x <= box.right + 1.0:
        return
    canvas.line(((x, box.top), (x, box.bottom)), palette.INK2, 0.6, dash=(4.0, 3.0))
    _note(canvas, frame, mark.words, (x + 3.0, box.top), taken)


def _level(canvas: Canvas, frame: Frame, mark: Mark, taken: list[Box]) -> None:
    y, box = frame.at_y(mark.y), frame.box
    canvas.line(((box.left, y), (box.right, y)), palette.INK2, 0.6, dash=(4.0, 3.0))
    _note(canvas, frame, mark.words, (box.left + 3.0, y - 11.0), taken)


def _ring(canvas: Canvas, frame: Frame, mark: Mark, taken: list[Box]) -> None:
    x, y = frame.at_x(mark.x), frame.at_y(mark.y)
    if not frame.box.left - 1.0 <= x <= frame.box.right + 1.0:
        return
    canvas.ring(x, y, 2.8)
    _note(canvas, frame, mark.words, (x + 5.0, y + 4.0), taken)


def _gap(canvas: Canvas, frame: Frame, mark: Mark, taken: list[Box]) -> None:
    x = min(frame.at_x(mark.x), frame.box.right) - 6.0
    low, high = sorted((frame.at_y(mark.y), frame.at_y(mark.y_to)))
    if high - low < 14.0:
        return
    canvas.line(((x, low + 1.0), (x, high - 1.0)), palette.INK, 0.7)
    for y, way in ((low, 1.0), (high, -1.0)):
        canvas.line(
            ((x - 2.0, y + 3.5 * way), (x, y + 1.0 * way), (x + 2.0, y + 3.5 * way)), palette.INK, 0.7
        )
    width = canvas.letters.width(mark.words, LABEL_STRONG)
    _note(canvas, frame, mark.words, (x - width - 5.0, (low + high) / 2 - 5.5), taken)


def _note(canvas: Canvas, frame: Frame, words: str, at: tuple[float, float], taken: list[Box]) -> None:
    """Set the words of a mark near a place, inside the plot, where no other words stand."""
    width, box = canvas.letters.width(words, LABEL_STRONG) + 1.0, frame.box
    left = min(max(at[0], box.left + 1.0), max(box.left, box.right - width))
    for step in (0, 1, -1, 2, -2, 3, -3):
        top = min(max(at[1] + step * _STEP, box.top), box.bottom - _STEP)
        place = Box(left, top, min(width, box.width), _STEP)
        if not any(place.meets(other) for other in taken):
            break
    else:
        return
    taken.append(place)
    canvas.fill(place.inset(-1.0, 1.0, -1.0, 1.0), palette.WHITE, alpha=0.8)
    canvas.text(place, words, LABEL_STRONG)
