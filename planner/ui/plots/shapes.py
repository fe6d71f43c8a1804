"""Limits, areas, columns and whiskers of plots. Data go in by ``set``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from planner.ui.kit.paint import Ink, advance, draw_text, hatch
from planner.ui.plots.frame import Floats, Frame, Item, floats
from planner.ui.plots.items import tone_of
from planner.ui.theme import colour, metrics, theme


@dataclass(frozen=True)
class LimitLook:
    """A named limit: on which axis, which side is forbidden (above, below or none), where its name goes."""

    axis: str = "y"
    forbid: str = ""
    tone: str = "ink2"
    align: str = "r"
    solid: bool = False


class LimitLine(Item):
    """A dashed line at a limit, its name, and a faint tint over the forbidden side."""

    overhang = 1.0

    def __init__(self, look: LimitLook | None = None) -> None:
        super().__init__(-40)
        self.look = look or LimitLook()
        self._at, self._text = math.nan, ""

    def set(self, at: float, text: str = "") -> None:
        """Another limit; not a number hides it."""
        self._at, self._text = at, text
        self.update()

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not math.isfinite(self._at)

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint tint, line and name."""
        box, upright = frame.box, self.look.axis == "x"
        at = frame.x(self._at) if upright else frame.y(self._at)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self.look.forbid:
            painter.fillRect(self._forbidden(box, at), colour(theme().bad, 0.07))
        low, high = (box.left(), box.right()) if upright else (box.top(), box.bottom())
        if not low - 1 <= at <= high + 1:
            return
        tone = tone_of(self.look.tone)
        pen = QPen(colour(tone), 1)
        if not self.look.solid:
            pen.setDashPattern([3, 3])
        painter.setPen(pen)
        line = round(at)
        if upright:
            painter.drawLine(QPointF(line, box.top()), QPointF(line, box.bottom()))
        else:
            painter.drawLine(QPointF(box.left(), line), QPointF(box.right(), line))
        if self._text:
            self._name(painter, box, at, tone)

    def _forbidden(self, box: QRectF, at: float) -> QRectF:
        above = self.look.forbid == "above"
        if self.look.axis == "x":
            at = min(max(at, box.left()), box.right())
            left, right = (at, box.right()) if above else (box.left(), at)
            return QRectF(left, box.top(), right - left, box.height())
        at = min(max(at, box.top()), box.bottom())
        top, bottom = (box.top(), at) if above else (at, box.bottom())
        return QRectF(box.left(), top, box.width(), bottom - top)

    def _name(self, painter: QPainter, box: QRectF, at: float, tone: str) -> None:
        line = metrics(12, 500).height() + 2
        width = advance(self._text, Ink(12, 500)) + 2
        if self.look.axis == "x":
            left = at + 6 if at + 6 + width <= box.right() else at - 6 - width
            where = QRectF(left, box.top(), width, line)
        else:
            left = box.right() - width - 6 if self.look.align == "r" else box.left() + 6
            below = self.look.forbid == "below" or at - line < box.top()
            where = QRectF(left, at + 2 if below else at - line - 1, width, line)
        draw_text(painter, where, self._text, Ink(12, 500, tone))


@dataclass(frozen=True)
class Cross:
    """A point with whiskers in both directions."""

    strategy: str
    x: tuple[float, float, float]
    y: tuple[float, float, float]


class Crosses(Item):
    """Whiskers of a scatter: low, likely, high on both axes; markers come from `Marks`."""

    def __init__(self) -> None:
        super().__init__(20)
        self._crosses: list[Cross] = []

    def set(self, crosses: Sequence[Cross]) -> None:
        """Other points."""
        self._crosses = [c for c in crosses if all(map(math.isfinite, c.x + c.y))]
        self.update()

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not self._crosses

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for cross in self._crosses:
            painter.setPen(QPen(colour(tone_of(cross.strategy), 0.45), 1.5))
            x, y = cross.x, cross.y
            painter.drawLine(frame.point(x[0], y[1]), frame.point(x[2], y[1]))
            painter.drawLine(frame.point(x[1], y[0]), frame.point(x[1], y[2]))


class Columns(Item):
    """Bars of a histogram: edges, heights, and a tone (strategy or token) for each bar."""

    def __init__(self) -> None:
        super().__init__(-20)
        self._edges: Floats = floats(())
        self._heights: Floats = floats(())
        self._tones: list[str] = []

    def set(self, edges: ArrayLike, heights: ArrayLike, tones: Sequence[str]) -> None:
        """Other bars; one edge more than heights, a missing tone repeats the last."""
        self._edges, self._heights = floats(edges), floats(heights)
        self._tones = list(tones) or ["ink2"]
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint on whole pixels with a gap of one."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        base = round(frame.y(0.0)) if not frame.log_y else round(frame.box.bottom())
        for i in range(min(self._heights.size, self._edges.size - 1)):
            height, left, right = self._heights[i], self._edges[i], self._edges[i + 1]
            if not (np.isfinite(height) and np.isfinite(left) and np.isfinite(right)) or height == 0:
                continue
            a, b, top = (
                round(frame.x(float(left))),
                round(frame.x(float(right))),
                round(frame.y(float(height))),
            )
            tone = tone_of(self._tones[min(i, len(self._tones) - 1)])
            painter.fillRect(
                QRectF(a, min(top, base - 1), max(1, b - a - 1), max(1, abs(base - top))), colour(tone)
            )


@dataclass(frozen=True)
class Span:
    """A rectangle of data that is tinted, or hatched because the value is unknown."""

    x: tuple[float, float]
    y: tuple[float, float]
    tone: str = "bad"
    hatched: bool = False
    alpha: float = 0.07


class Spans(Item):
    """Tinted and hatched areas."""

    def __init__(self) -> None:
        super().__init__(-60)
        self._spans: list[Span] = []

    def set(self, spans: Sequence[Span]) -> None:
        """Other areas."""
        self._spans = [s for s in spans if not any(map(math.isnan, s.x + s.y))]
        self.update()

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not self._spans

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint the visible part."""
        for span in self._spans:
            corner, other = frame.point(span.x[0], span.y[0]), frame.point(span.x[1], span.y[1])
            box = QRectF(corner, other).normalized().intersected(frame.box)
            if span.hatched:
                hatch(painter, box, tone_of(span.tone))
            else:
                painter.fillRect(box, colour(tone_of(span.tone), span.alpha))
