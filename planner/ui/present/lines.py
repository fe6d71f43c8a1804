"""Lines on the stage: direct labels in a gutter, a band, the payback and the difference at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF

from planner.export.story import Chart, Series
from planner.ui.plots.ticks import log_range, spread
from planner.ui.present.area import (
    BELOW,
    NAME,
    NAME_STRONG,
    Area,
    Held,
    labels_width,
    paint_axes,
    x_axis,
    y_axis,
)
from planner.ui.present.callouts import Traces, paint_callouts
from planner.ui.present.canvas import Canvas, Type
from planner.ui.theme import STRATEGY_DASHES, colour, theme
from planner.units import format_quantity

_THICK, _STRONG, _THIN = 5.0, 3.4, 2.2
_PALE = 0.55
_STEP = 28.0
"""Between two labels of the gutter."""
_MARK, _NAME_AT = 22.0, 38.0
_VALUE = Type(NAME.size, 600, "muted")


def paint_lines(canvas: Canvas, box: QRectF, chart: Chart, base: str, held: tuple[Held, bool]) -> None:
    """Paint a chart of lines into a box, its labels at the right; the line of the baseline is strong too."""
    area = _area(box, chart, held)
    paint_axes(canvas, area, chart.x_title if chart.x_log else "")
    order = sorted(chart.series, key=lambda s: (is_selected(s, chart), s.strategy == base))
    for series in order:
        if series.low and is_selected(series, chart):
            _band(canvas, area, chart, series)
    for series in order:
        _line(canvas, area, chart, series, strong=series.strategy == base)
    rows = _rows(chart)
    _gutter(canvas, area, chart, rows)
    traces = Traces([area.line(*run) for series in chart.series for run in chart.runs(series)])
    paint_callouts(canvas, area, traces, chart.marks)


def is_selected(series: Series, chart: Chart) -> bool:
    """Whether a line is the heavy one."""
    return bool(chart.selected) and series.strategy == chart.selected


def _area(box: QRectF, chart: Chart, held: tuple[Held, bool]) -> Area:
    ends = _ends(chart, held)
    x, y = x_axis(chart), y_axis(chart, ends)
    left = box.left() + labels_width(y)
    right = box.right() - _gutter_width(_rows(chart))
    below = BELOW + (22.0 if chart.x_log else 0.0)
    return Area(QRectF(left, box.top(), right - left, box.height() - below), x, y)


def _ends(chart: Chart, held: tuple[Held, bool]) -> tuple[float, float]:
    every = (v for s in chart.series for v in (*s.values, *_edges(s, chart)) if v is not None)
    values = [v for v in every if math.isfinite(v)]
    values += [mark.y for mark in chart.marks if mark.kind == "horizontal" and math.isfinite(mark.y)]
    if chart.y_log:
        return log_range(min((v for v in values if v > 0), default=1.0), max(values, default=10.0))
    low, high = min(values, default=0.0), max(values, default=1.0)
    low = min(0.0, low) if chart.from_zero else low - 0.12 * (high - low)
    return held[0].range(f"{chart.title} {chart.unit}", low, high, dragging=held[1])


def _edges(series: Series, chart: Chart) -> tuple[float, ...]:
    return series.high if is_selected(series, chart) else ()


# ---- lines


def _band(canvas: Canvas, area: Area, chart: Chart, series: Series) -> None:
    xs = chart.x_values
    outline = [*area.line(xs, series.high), *reversed(area.line(xs, series.low))]
    painter = canvas.painter
    painter.setRenderHint(painter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    tone = theme().strategy.get(series.strategy, theme().ink2)
    painter.setBrush(colour(tone, 0.20))
    painter.drawPolygon(QPolygonF(outline))


def _line(canvas: Canvas, area: Area, chart: Chart, series: Series, *, strong: bool) -> None:
    heavy = is_selected(series, chart)
    width = _THICK if heavy else _STRONG if strong else _THIN
    canvas.pen(series.strategy or "ink2", width, 1.0 if heavy or strong else _PALE)
    painter = canvas.painter
    dash = STRATEGY_DASHES.get(series.strategy, ())
    if dash and theme().dashes:
        pen = painter.pen()
        pen.setDashPattern(list(dash))
        painter.setPen(pen)
    for xs, ys in chart.runs(series):
        if len(xs) > 1:
            painter.drawPolyline(area.line(xs, ys))
        else:
            painter.drawPoint(area.point(xs[0], ys[0]))


# ---- gutter


def _rows(chart: Chart) -> list[tuple[Series, float, str]]:
    """Each line with its last value, in words."""
    lasts = ((series, series.last) for series in chart.series)
    return [(series, last, format_quantity(last, chart.unit)) for series, last in lasts if last is not None]


def _gutter_width(rows: Sequence[tuple[Series, float, str]]) -> float:
    names = max((NAME_STRONG.width(series.name) for series, _, _ in rows), default=0.0)
    values = max((NAME_STRONG.width(words) for _, _, words in rows), default=0.0)
    return max(200.0, _NAME_AT + names + 16 + values)


def _gutter(canvas: Canvas, area: Area, chart: Chart, rows: Sequence[tuple[Series, float, str]]) -> None:
    box = area.box
    pairs = sorted(((area.at_y(value), series, words) for series, value, words in rows), key=lambda p: p[0])
    top = box.top()
    places = spread([y - top for y, _, _ in pairs], _STEP, box.height())
    right = box.right() + _gutter_width(rows)
    for place, (wanted, series, words) in zip(places, pairs, strict=True):
        y = top + place
        heavy = is_selected(series, chart)
        if abs(y - wanted) > 2:
            canvas.pen(series.strategy or "ink2", 1.5, 0.6)
            canvas.painter.drawLine(QPointF(box.right() + 2, wanted), QPointF(box.right() + 12, y))
        canvas.marker(series.strategy, box.right() + _MARK, y, 6.5)
        style = NAME_STRONG if heavy else NAME
        canvas.text(box.right() + _NAME_AT, y, series.name, style)
        value = NAME_STRONG if heavy else _VALUE
        canvas.text_right(right, y, words, value)
