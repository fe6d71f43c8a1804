"""Where data are on the sheet, and the axes of a chart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from planner.export.story import Chart
from planner.ui.plots.ticks import AxisSpec, linear_axis, log_axis, month_axis, nice_range
from planner.ui.present.canvas import Canvas, Type
from planner.units import axis_labels, format_quantity

TICK: Final = Type(15, 400, "muted")
SMALL: Final = Type(15, 400, "muted")
NAME: Final = Type(17, 500, "ink2")
NAME_STRONG: Final = Type(17, 600, "ink")
_FINE: Final = 12
BELOW: Final = 40.0
"""Room of the texts under the data."""


class Held:
    """Ranges of axes by chart: while a slider is held the lines move, not the axes."""

    def __init__(self) -> None:
        self._ends: dict[str, tuple[float, float]] = {}

    def range(self, key: str, low: float, high: float, *, dragging: bool) -> tuple[float, float]:
        """A nice range of data, or the one that was shown while data fit in it."""
        now = self._ends.get(key, (0.0, 0.0))
        fits = dragging and now[0] <= low and high <= now[1] and now[1] > now[0]
        ends = now if fits else nice_range(low, high, _FINE)
        self._ends[key] = ends
        return ends


@dataclass(frozen=True)
class Area:
    """The data area with both axes."""

    box: QRectF
    x: AxisSpec
    y: AxisSpec

    def at_x(self, value: float) -> float:
        """Where a value of x is."""
        return self.box.left() + self.box.width() * self.x.share(value)

    def at_y(self, value: float) -> float:
        """Where a value of y is."""
        return self.box.bottom() - self.box.height() * min(max(self.y.share(value), -2.0), 3.0)

    def point(self, x: float, y: float) -> QPointF:
        """Where a point is."""
        return QPointF(self.at_x(x), self.at_y(y))

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the data area."""
        where = self.point(x, y)
        return self.box.adjusted(-1, -1, 1, 1).contains(where)

    def line(self, xs: Sequence[float], ys: Sequence[float]) -> list[QPointF]:
        """Where points are."""
        return [self.point(x, y) for x, y in zip(xs, ys, strict=True)]


def y_axis(chart: Chart, ends: tuple[float, float]) -> AxisSpec:
    """Ticks of the values."""

    def label(ticks: Sequence[float]) -> list[str]:
        return axis_labels(ticks, chart.unit)

    if chart.y_log:
        return log_axis(*ends, _each(chart.unit))
    return linear_axis(*ends, label, count=4, snap=False)


def x_axis(chart: Chart) -> AxisSpec:
    """Ticks along x: a volume over decades, or months."""
    first, last = chart.x_values[0], chart.x_values[-1]
    if chart.x_log:
        return log_axis(first, last, _each("count"), grid=False, snap=False)
    return replace(month_axis(round(last), width=5), lo=first, hi=max(last, first + 1))


def _each(unit: str) -> Callable[[Sequence[float]], list[str]]:
    """Ticks of a logarithmic axis in their own sizes: 100k, 1M, 10M."""
    return lambda ticks: [format_quantity(tick, unit, figures=1) for tick in ticks]


def labels_width(axis: AxisSpec) -> float:
    """Room of the texts of an upright axis, with the gap to the data."""
    return max((TICK.width(text) for text in axis.labels), default=0.0) + 10


def paint_axes(canvas: Canvas, area: Area, x_title: str = "") -> None:
    """Grid, texts of both axes, and the name of x where it is not months."""
    box = area.box
    for value, words in zip(area.y.ticks, area.y.labels, strict=True):
        y = area.at_y(value)
        if not box.top() - 1 <= y <= box.bottom() + 1:
            continue
        canvas.rule(box.left(), y, box.width(), "border" if value == 0 else "grid")
        canvas.text_right(box.left() - 10, y, words, TICK)
    last = -math.inf
    for value, words in zip(area.x.ticks, area.x.labels, strict=True):
        if not area.x.lo <= value <= area.x.hi:
            continue
        half = TICK.width(words) / 2
        left = area.at_x(value) - half
        if left > last:
            canvas.text(left, box.bottom() + 16, words, TICK)
            last = left + 2 * half + 8
    if x_title:
        canvas.text_right(box.right(), box.bottom() + 40, x_title, SMALL, room=box.width())
