"""Measured against predicted: one point a run on two equal logarithmic axes, its interval as a bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen

from planner.ui.kit.paint import RIGHT, Ink, draw_text
from planner.ui.kit.table import Cell
from planner.ui.plots.base import Plot
from planner.ui.plots.frame import Frame, Item
from planner.ui.plots.ticks import Labeller, log_axis
from planner.ui.theme import colour, px, theme

_REACH_PX = 14
_POINT_PX = 2.6
_FACTOR = 2.0


@dataclass(frozen=True, slots=True)
class Point:
    """One run: what was measured, what is predicted with its interval, and what the read-out says."""

    measured: float
    predicted: float
    low: float
    high: float
    words: str
    cells: tuple[Cell, ...] = ()


class _Diagonal(Item):
    """Where prediction and measurement agree, and where they differ by a factor of two."""

    def __init__(self) -> None:
        super().__init__(-60)
        self.ends = (1.0, 10.0)

    def draw(self, painter: QPainter, frame: Frame) -> None:
        low, high = self.ends
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for factor in (1.0, _FACTOR, 1.0 / _FACTOR):
            pen = QPen(colour(theme().muted if factor == 1.0 else theme().border), 1.2)
            if factor != 1.0:
                pen.setDashPattern([4, 4])
            painter.setPen(pen)
            painter.drawLine(frame.point(low, low * factor), frame.point(high, high * factor))
        box = frame.box
        words = (("twice as measured", 2.0, 0.42), ("half", 0.5, 0.62))
        for text, factor, share in words:
            at = low * (high / low) ** share
            y = frame.y(at * factor)
            if box.top() + px(8) < y < box.bottom() - px(8):
                place = QPointF(frame.x(at), y)
                self._name(painter, place, text, above=factor > 1.0)

    @staticmethod
    def _name(painter: QPainter, place: QPointF, text: str, *, above: bool) -> None:
        ink = Ink(11, 400, theme().muted)
        if above:
            draw_text(painter, QRectF(place.x() - px(126), place.y() - px(16), px(120), px(16)), text,
                      Ink(11, 400, theme().muted, align=RIGHT))  # fmt: skip
        else:
            draw_text(painter, QRectF(place.x() + px(8), place.y(), px(120), px(16)), text, ink)


class _Points(Item):
    def __init__(self) -> None:
        super().__init__(0)
        self.points: tuple[Point, ...] = ()
        self.here: int | None = None
        self.strong: frozenset[int] = frozenset()

    def is_empty(self) -> bool:
        return not self.points

    def draw(self, painter: QPainter, frame: Frame) -> None:
        t = theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(colour(t.strategy["finetune"], 0.16), 1))
        for point in self.points:
            x = frame.x(point.measured)
            painter.drawLine(QPointF(x, frame.y(point.low)), QPointF(x, frame.y(point.high)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(t.strategy["finetune"], 0.6))
        radius = px(_POINT_PX * 10) / 10
        for point in self.points:
            painter.drawEllipse(frame.point(point.measured, point.predicted), radius, radius)
        for index in self.strong:
            self._draw_strong(painter, frame, self.points[index], t.strategy["prompt"])
        if self.here is not None and self.here < len(self.points):
            self._draw_strong(painter, frame, self.points[self.here], t.ink)

    @staticmethod
    def _draw_strong(painter: QPainter, frame: Frame, point: Point, tone: str) -> None:
        x = frame.x(point.measured)
        painter.setPen(QPen(colour(tone), 1.6))
        painter.drawLine(QPointF(x, frame.y(point.low)), QPointF(x, frame.y(point.high)))
        painter.setPen(QPen(colour(theme().surface), 1.5))
        painter.setBrush(colour(tone))
        painter.drawEllipse(frame.point(point.measured, point.predicted), px(4.4), px(4.4))
        painter.setPen(Qt.PenStyle.NoPen)


class Cloud(Plot):
    """The runs of a study. Mouse and arrow keys visit points; ``visited`` carries the words of one, or none.

    Signals
    -------
    visited(str)
        What the read-out says; empty when no point is visited.
    """

    visited = Signal(str)

    def __init__(self, name: str) -> None:
        self._diagonal, self._cloud = _Diagonal(), _Points()
        self._order: list[int] = []
        super().__init__(name)
        self.add(self._diagonal)
        self.add(self._cloud)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_points(
        self, points: Sequence[Point], labeller: Labeller, strong: frozenset[int] = frozenset()
    ) -> None:
        """Show other runs; ``strong`` are the ones to point out."""
        self._cloud.points, self._cloud.strong = tuple(points), strong
        self._cloud.here = None
        self._order = sorted(range(len(points)), key=lambda i: points[i].measured)
        values = [v for p in points for v in (p.measured, p.predicted) if v > 0 and math.isfinite(v)]
        ends = (min(values) / 1.3, max(values) * 1.3) if values else (1.0, 10.0)
        axis = log_axis(*ends, labeller, snap=False)
        self._diagonal.ends = (axis.lo, axis.hi)
        self.set_axes(axis, axis)
        self.visited.emit("")
        self.viewport().update()

    @property
    def points(self) -> tuple[Point, ...]:
        """What is shown."""
        return self._cloud.points

    def pixel(self, index: int) -> QPointF:
        """Where a point is in the viewport."""
        point = self._cloud.points[index]
        return self.pixel_of(point.measured, point.predicted)

    def visit(self, index: int | None) -> None:
        """Go to a point, or to none."""
        if index == self._cloud.here:
            return
        self._cloud.here = index
        self.visited.emit("" if index is None else self._cloud.points[index].words)
        if index is not None:
            self.setAccessibleDescription(self._cloud.points[index].words)
        self.viewport().update()

    def _nearest_point(self, where: QPointF) -> int | None:
        if not self._cloud.points:
            return None
        pixels = [self.pixel(i) for i in range(len(self._cloud.points))]
        away = np.array([math.hypot(p.x() - where.x(), p.y() - where.y()) for p in pixels])
        best = int(np.argmin(away))
        return best if away[best] <= px(_REACH_PX) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Visit the point under the pointer."""
        self.visit(self._nearest_point(event.position()))
        event.accept()

    def _leave(self) -> None:
        super()._leave()
        self.visit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right walk the points by what was measured, Home and End jump, Escape leaves."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key, last = Qt.Key(event.key()), len(self._order) - 1
        here = None if self._cloud.here is None else self._order.index(self._cloud.here)
        if last < 0 or key not in (*steps, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Escape):
            event.ignore()
            return
        self._by_key = True
        if key == Qt.Key.Key_Escape:
            self.visit(None)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.visit(self._order[0 if key == Qt.Key.Key_Home else last])
        else:
            step = steps[key]
            start = here if here is not None else (-1 if step > 0 else last + 1)
            self.visit(self._order[min(max(start + step, 0), last)])
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No point is visited any more."""
        super().focusOutEvent(event)
        self.visit(None)
