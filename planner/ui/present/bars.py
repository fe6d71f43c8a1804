"""Bars on the stage: stacked by category, plain ones, and from one total to another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from planner.export.story import Chart, Mark, Series
from planner.ui.kit.paint import hatch
from planner.ui.plots.bars import LIGHTNESS
from planner.ui.present.area import SMALL
from planner.ui.present.canvas import Canvas, Type
from planner.ui.theme import mix, on_fill, theme
from planner.units import format_quantity

_ROW: Final = Type(18, 500, "ink2")
_ROW_STRONG: Final = Type(18, 600, "ink")
_LIMIT: Final = Type(15, 500, "ink2")
_TALLEST, _GAP = 72.0, 0.42
_LEGEND = 40.0


def paint_stacked(canvas: Canvas, box: QRectF, chart: Chart) -> None:
    """A bar for each point, cut into the series; lightness says which, the legend above names them."""
    count = len(chart.points)
    totals = [sum(max(0.0, s.values[i] or 0.0) for s in chart.series) for i in range(count)]
    shares = _shares(len(chart.series))
    below = _legend(canvas, box, [s.name for s in chart.series])
    words = [format_quantity(total, chart.unit) for total in totals]
    rows = _Rows(canvas, box.adjusted(0, below, 0, 0), chart, totals, words)
    for i, name in enumerate(chart.points):
        bar = rows.head(i, name)
        hue = theme().strategy.get(rows.strategy(i), theme().ink2)
        left = bar.left()
        for step, series in enumerate(chart.series):
            value = max(0.0, series.values[i] or 0.0)
            width = value * rows.scale
            shade = mix(theme().app, hue, shares[step])
            if width > 0.4:
                canvas.fill(QRectF(left, bar.top(), max(0.5, width - 1), bar.height()), shade)
            _inside(canvas, QRectF(left, bar.top(), width, bar.height()), (value, chart.unit), shade)
            left += width
        rows.tail(i, left)


def _shares(count: int) -> list[float]:
    """How strong each step of lightness is: no two alike, however many."""
    if count <= len(LIGHTNESS):
        return list(LIGHTNESS[:count])
    places = np.linspace(0, len(LIGHTNESS) - 1, count)
    return [float(share) for share in np.interp(places, range(len(LIGHTNESS)), LIGHTNESS)]


def _inside(canvas: Canvas, box: QRectF, value: tuple[float, str], shade: str) -> None:
    words = format_quantity(*value)
    style = Type(15, 500, on_fill(shade))
    if value[0] > 0 and style.width(words) + 16 <= box.width() and box.height() >= 24:
        canvas.text(box.left() + 8, box.center().y(), words, style)


def _legend(canvas: Canvas, box: QRectF, names: Sequence[str]) -> float:
    """Name the steps of lightness, on two lines where one has no room; return the height taken."""
    left, top = box.left(), box.top()
    shares = _shares(len(names))
    for step, name in enumerate(names):
        if left > box.left() and left + 20 + SMALL.width(name) > box.right():
            left, top = box.left(), top + 26
        shade = mix(theme().app, theme().ink2, shares[step])
        canvas.rounded(QRectF(left, top + 4, 13, 13), 2, shade)
        left = canvas.text(left + 20, top + 11, name, SMALL) + 26
    return top - box.top() + _LEGEND


class _Rows:
    """Rows of bars below each other: names at the left, words at the end."""

    def __init__(
        self, canvas: Canvas, box: QRectF, chart: Chart, ends: Sequence[float], words: Sequence[str]
    ) -> None:
        self._canvas, self._box, self._chart = canvas, box, chart
        self._ends, self._words = ends, words
        self.pitch = min(_TALLEST * 1.4, box.height() / max(1, len(chart.points)))
        self._marked = any(chart.strategies)
        indent = 34 if self._marked else 14
        names = max((_ROW_STRONG.width(name) for name in chart.points), default=0.0)
        self._names = min(names + indent, box.width() * 0.4)
        widest = max((_ROW_STRONG.width(text) for text in words), default=0.0) + 18
        low, high = min(0.0, *ends), max(0.0, *ends)
        high = 1.0 if chart.unit == "chance" else high  # as slides and report: shares of all draws
        limits = [mark.y for mark in chart.marks if mark.kind == "horizontal"]
        if limits and max(limits) < 2 * high:
            high = max(high, *limits)
        left = widest if low < 0 else 0.0
        room = max(10.0, box.width() - self._names - widest - left)
        self.scale = room / ((high - low) or 1.0)
        self.zero = box.left() + self._names + left - low * self.scale

    def at(self, value: float) -> float:
        """Where a value is."""
        return self.zero + value * self.scale

    def strategy(self, row: int) -> str:
        """Whose row it is; empty for none."""
        return self._chart.strategies[row] if row < len(self._chart.strategies) else ""

    def _style(self, row: int) -> Type:
        strategy = self.strategy(row)
        return _ROW_STRONG if strategy and strategy == self._chart.selected else _ROW

    def head(self, row: int, name: str) -> QRectF:
        """Paint the name of a row; return the bar that starts at zero, without its length."""
        canvas, box, pitch = self._canvas, self._box, self.pitch
        middle = box.top() + (row + 0.5) * pitch
        left, strategy = box.left(), self.strategy(row)
        if strategy:
            canvas.marker(strategy, left + 9, middle, 7.0)
        left += 26 if self._marked else 0.0
        canvas.text(left, middle, name, self._style(row), room=self._names - (left - box.left()) - 8)
        height = min(_TALLEST, pitch * (1 - _GAP))
        return QRectF(self.zero, middle - height / 2, 0, height)

    def tail(self, row: int, end: float) -> None:
        """Paint the words of a row after its bar, or before it where it is negative."""
        middle = self._box.top() + (row + 0.5) * self.pitch
        if self._ends[row] < 0:
            self._canvas.text_right(end - 10, middle, self._words[row], self._style(row))
        else:
            self._canvas.text(end + 10, middle, self._words[row], self._style(row))


def paint_bars(canvas: Canvas, box: QRectF, chart: Chart) -> None:
    """A bar for each point; a hatched span where no more than a range is known."""
    series = chart.series[0]
    top = _LEGEND if any(mark.kind == "horizontal" for mark in chart.marks) else 0.0
    ends = [_end(series, i) for i in range(len(chart.points))]
    rows = _Rows(
        canvas, box.adjusted(0, top, 0, 0), chart, ends, [chart.text(series, i) for i in range(len(ends))]
    )
    if min([0.0, *ends]) < 0:
        canvas.upright(rows.zero, box.top() + top, rows.pitch * len(ends), "border")
    for i, name in enumerate(chart.points):
        bar = rows.head(i, name)
        hue = theme().strategy.get(rows.strategy(i) or series.strategy, theme().ink2)
        value = series.values[i]
        if value is None and i < len(series.low):
            low = rows.at(series.low[i])
            hatch(
                canvas.painter,
                QRectF(low, bar.top(), max(2.0, rows.at(ends[i]) - low), bar.height()),
                hue,
                9.0,
            )
        else:
            left, right = sorted((rows.zero, rows.at(ends[i])))
            canvas.rounded(QRectF(left, bar.top(), max(1.0, right - left), bar.height()), 2, hue)
        rows.tail(i, rows.at(ends[i]))
    for mark in chart.marks:
        if mark.kind == "horizontal":
            _limit(
                canvas, rows, QRectF(box.left(), box.top(), box.width(), rows.pitch * len(ends) + top), mark
            )


def _end(series: Series, point: int) -> float:
    value = series.values[point]
    if value is None and point < len(series.high):
        value = series.high[point]
    return value if value is not None and math.isfinite(value) else 0.0


def _limit(canvas: Canvas, rows: _Rows, box: QRectF, mark: Mark) -> None:
    """A limit of the values: a dashed line down through the bars, named above them."""
    x = rows.at(mark.y)
    if x > box.right():
        return
    canvas.dashes(QPointF(x, box.top() + 26), QPointF(x, box.bottom()))
    width = _LIMIT.width(mark.words)
    left = min(max(x - width / 2, rows.zero), box.right() - width)
    canvas.text(left, box.top() + 11, mark.words, _LIMIT)


def paint_bridge(canvas: Canvas, box: QRectF, chart: Chart) -> None:
    """From one total to another: what each step adds or takes away."""
    steps = chart.steps
    words = [
        format_quantity(chart.series[0].values[i], chart.unit, sign=not total)
        for i, (_, _, total) in enumerate(steps)
    ]
    reach = [max(start, end, key=abs) for start, end, _ in steps]
    rows = _Rows(canvas, box, chart, reach, words)
    for i, name in enumerate(chart.points):
        bar = rows.head(i, name)
        start, end, total = steps[i]
        t = theme()
        hue = t.strategy.get(rows.strategy(i), t.ink2) if total else t.fall if end < start else t.rise
        left, right = sorted((rows.at(start), rows.at(end)))
        canvas.rounded(QRectF(left, bar.top(), max(1.5, right - left), bar.height()), 2, hue)
        if i + 1 < len(steps):
            canvas.upright(rows.at(end), bar.bottom(), rows.pitch - bar.height(), "strong")
        rows.tail(i, right)
