"""What the plot of break-even draws beside curves: what is cheapest, this plan, a label that finds room."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from planner.engine.breakeven import Stretch
from planner.ui.kit.paint import LEFT, RIGHT, Ink, advance, chip, draw_marker, draw_text
from planner.ui.plots.frame import Floats, Frame, Item
from planner.ui.plots.places import Rect, overlap
from planner.ui.theme import STRATEGY_SHORT, colour, metrics, on_fill, theme, zoomed

STRIP_HEIGHT = 20.0
_TRIES = tuple(
    (dx, dy) for dy in (-58.0, -92.0, 48.0, -130.0, -36.0, 84.0) for dx in (-22.0, 22.0, -90.0, 90.0)
)


class Strip(Item):
    """Along the bottom: what is cheapest at each value; a gap where nothing keeps the limits."""

    def __init__(self) -> None:
        super().__init__(40)
        self.stretches: tuple[Stretch, ...] = ()
        self.limited = False

    def set(self, stretches: Sequence[Stretch], *, limited: bool = False) -> None:
        """Other stretches; whether limits keep any strategy from being named."""
        self.stretches, self.limited = tuple(stretches), limited
        self.update()

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not self.stretches

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint a field a stretch, and its name where there is room."""
        box = frame.box
        high = zoomed(STRIP_HEIGHT)
        top = box.bottom() - high
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(box.left(), top - 2, box.width(), high + 2), colour(theme().surface))
        for each in self.stretches:
            left = (
                max(round(frame.x(each.low)), box.left()) if each.low > 0 or not frame.log_x else box.left()
            )
            right = min(round(frame.x(each.high)), box.right())
            if right <= box.left() or left >= box.right() or right <= left:
                continue
            field = QRectF(left, top, max(1.0, right - left - (1 if right < box.right() else 0)), high)
            tone = theme().sunken if each.strategy is None else theme().strategy[each.strategy]
            painter.fillRect(field, colour(tone))
            self._name(painter, field, self.words(each), tone)

    def words(self, stretch: Stretch) -> tuple[str, ...]:
        """What is cheapest on a stretch, in more words and in fewer."""
        if stretch.strategy is None:
            return "none keeps every limit", "none"
        short = STRATEGY_SHORT[stretch.strategy]
        found = f"{short} is cheapest"
        return (f"{found} of those that keep the limits", found, short) if self.limited else (found, short)

    @staticmethod
    def _name(painter: QPainter, field: QRectF, words: tuple[str, ...], tone: str) -> None:
        ink = Ink(11, 600, on_fill(tone)) if tone != theme().sunken else Ink(11, 500, theme().muted)
        room = field.width() - zoomed(16)
        said = next((each for each in words if advance(each, ink) <= room), "")
        if said:
            draw_text(painter, field.adjusted(zoomed(10), 0, 0, 0), said, ink)


class HereLine(Item):
    """Where this plan stands: a line with a chip, and a marker on each curve."""

    overhang = None

    def __init__(self) -> None:
        super().__init__(50)
        self.value, self.text = math.nan, ""
        self.points: list[tuple[str, float]] = []

    def set(self, x: float, text: str, points: Sequence[tuple[str, float]]) -> None:
        """Stand elsewhere; not a number hides it."""
        self.value, self.text = x, text
        self.points = [p for p in points if math.isfinite(p[1])]
        self.update()

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not math.isfinite(self.value)

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint line, markers, chip."""
        box, at = frame.box, frame.x(self.value)
        if not box.left() - 1 <= at <= box.right() + 1:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        height = box.height() - zoomed(STRIP_HEIGHT)
        painter.fillRect(QRectF(round(at), box.top(), 1, height), colour(theme().ink))
        for strategy, y in self.points:
            where = frame.point(self.value, y)
            if box.adjusted(-1, -1, 1, 1).contains(where):
                draw_marker(painter, strategy, where, zoomed(4.2), halo=theme().surface)
        chip(painter, at, box.top(), self.text, (box.left(), box.right() + 8))


class Callout(Item):
    """Words on a crossing, with a leader, where the fewest lines run."""

    overhang = None

    def __init__(self) -> None:
        super().__init__(70)
        self.at = (math.nan, math.nan)
        self.lines: tuple[str, ...] = ()
        self.avoid: list[tuple[Floats, Floats]] = []
        self.here = math.nan
        self._kept: tuple[object, tuple[QRectF, bool]] | None = None

    def set(
        self, at: tuple[float, float], lines: Sequence[str], avoid: Sequence[tuple[Floats, Floats]]
    ) -> None:
        """Other words at another place; `avoid` are the curves."""
        self.at = at
        self.lines, self.avoid = tuple(line for line in lines if line), list(avoid)
        self._kept = None
        self.update()

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not self.lines or not (math.isfinite(self.at[0]) and math.isfinite(self.at[1]))

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint the words at the best of some places around the crossing."""
        where = frame.point(*self.at)
        if not frame.box.adjusted(-1, -1, 1, 1).contains(where):
            return
        key = (frame, self.here, zoomed(1.0))
        if self._kept is None or self._kept[0] != key:  # the same while only the crosshair moves
            self._kept = (key, self._place(frame, where))
        box, left = self._kept[1]
        t = theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(colour(t.strong), 1))
        end_x = min(max(where.x(), box.left() + 4), box.right() - 4)
        end = QPointF(end_x, box.bottom() + 1 if box.center().y() < where.y() else box.top() - 1)
        away = end - where
        length = math.hypot(away.x(), away.y()) or 1.0
        painter.drawLine(where + away * (zoomed(6.0) / length), end)
        step = box.height() / len(self.lines)
        for number, line in enumerate(self.lines):
            ink = Ink(12, 600, t.ink, align=RIGHT if left else LEFT)
            if number:
                ink = Ink(12, 400, t.muted, align=RIGHT if left else LEFT)
            draw_text(painter, QRectF(box.left(), box.top() + number * step, box.width(), step), line, ink)

    def _place(self, frame: Frame, where: QPointF) -> tuple[QRectF, bool]:
        width = max(advance(line, Ink(12, 600)) for line in self.lines) + 4
        height = metrics(12, 600).height() * len(self.lines)
        taken, limits = self._taken(frame), frame.box.adjusted(4, zoomed(26), -4, -zoomed(STRIP_HEIGHT) - 4)
        bounds: Rect = (limits.left(), limits.top(), limits.right(), limits.bottom())
        best, least = QRectF(where.x(), where.y(), width, height), math.inf
        for dx, dy in _TRIES:
            left = where.x() + zoomed(dx) - (width if dx < 0 else 0.0)
            box = QRectF(left, where.y() + zoomed(dy) - height / 2, width, height)
            rect: Rect = (box.left() - 4, box.top() - 2, box.right() + 4, box.bottom() + 2)
            inside = (
                (taken[0] > rect[0]) & (taken[0] < rect[2]) & (taken[1] > rect[1]) & (taken[1] < rect[3])
            ).sum()
            outside = (rect[2] - rect[0]) * (rect[3] - rect[1]) - overlap(rect, bounds)
            cost = 4.0 * float(inside) + outside / 8.0
            if cost < least - 0.5:
                best, least = box, cost
        return best, best.center().x() < where.x()

    def _taken(self, frame: Frame) -> tuple[Floats, Floats]:
        """Pixels along the curves and the line of this plan."""
        xs, ys = [], []
        for x, y in self.avoid:
            points = [frame.point(float(a), float(b)) for a, b in zip(x, y, strict=True) if math.isfinite(b)]
            if len(points) < 2:
                continue
            across, up = np.array([p.x() for p in points]), np.array([p.y() for p in points])
            even = np.arange(across[0], across[-1], 5.0)
            xs.append(np.concatenate((even, across)))
            ys.append(np.concatenate((np.interp(even, across, up), up)))
        if math.isfinite(self.here):
            line = np.arange(frame.box.top(), frame.box.bottom(), 4.0)
            xs.append(np.full(line.shape, frame.x(self.here)))
            ys.append(line)
        if not xs:
            return np.zeros(0), np.zeros(0)
        return np.concatenate(xs), np.concatenate(ys)
