"""What plots draw: curves, bands, marks, notes, limits, columns, the crosshair. Data go in by ``set``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from planner.ui.kit.paint import CENTRE, LEFT, RIGHT, Ink, advance, chip, draw_marker, draw_text, ring
from planner.ui.plots.frame import Floats, Frame, Item, finite_runs, floats, same_length, stairs
from planner.ui.theme import STRATEGY_DASHES, colour, metrics, theme, token, zoomed

WIDTH = 1.6
SELECTED_WIDTH = 2.6


def tone_of(name: str) -> str:
    """Colour of a strategy or of a token."""
    return theme().strategy[name] if name in theme().strategy else token(name)


@dataclass(frozen=True)
class CurveLook:
    """How a line is drawn: stronger when selected, held between points when stepped.

    ``dash``: in pen widths, whatever the strategy's own.
    """

    selected: bool = False
    stepped: bool = False
    alpha: float = 1.0
    width: float = 0.0
    dashed: bool = False
    dash: tuple[float, ...] = ()

    @property
    def pen_width(self) -> float:
        """Width in logical pixels."""
        width = self.width or (SELECTED_WIDTH if self.selected else WIDTH)
        return zoomed(width) + theme().pen_extra


class Curve(Item):
    """The line of a strategy (or of a token)."""

    overhang = 2.0

    def __init__(self, strategy: str, look: CurveLook | None = None) -> None:
        super().__init__(1)
        self.strategy = strategy
        self.xs: Floats = floats(())
        self.ys: Floats = floats(())
        self._runs: list[tuple[Floats, Floats]] = []
        self.look = look or CurveLook()
        self.set_look(self.look)

    def set_look(self, look: CurveLook) -> None:
        """Draw otherwise; selected lines lie on top."""
        stepped = look.stepped != self.look.stepped
        self.look = look
        self.setZValue(10 if look.selected else 1)
        if stepped:
            self._prepare()
        self.update()

    def set(self, x: ArrayLike, y: ArrayLike) -> None:
        """Other data; gaps where a value is not finite."""
        self.xs, self.ys = same_length(x, y)
        self._prepare()
        self.update()

    def _prepare(self) -> None:
        runs = [(self.xs[r], self.ys[r]) for r in finite_runs(self.xs, self.ys)]
        self._runs = [stairs(*r) for r in runs] if self.look.stepped else runs

    def at(self, x: float) -> float:
        """The value drawn at x; not a number outside the data."""
        if self.xs.size == 0 or not self.xs[0] <= x <= self.xs[-1]:
            return math.nan
        if self.look.stepped:
            return float(self.ys[int(np.searchsorted(self.xs, x, side="right")) - 1])
        return float(np.interp(x, self.xs, self.ys))

    def pen(self) -> QPen:
        """The pen of this moment."""
        pen = QPen(colour(tone_of(self.strategy), self.look.alpha), self.look.pen_width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        dash = self.look.dash or STRATEGY_DASHES.get(self.strategy, ())
        if dash and (theme().dashes or self.look.dashed or self.look.dash):
            pen.setDashPattern(list(dash))
        return pen

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not self._runs

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint the runs."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(self.pen())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for x, y in self._runs:
            if x.size > 1:
                painter.drawPolyline(frame.polygon(x, y))
            else:
                painter.drawPoint(frame.point(float(x[0]), float(y[0])))


class Band(Item):
    """The area between a low and a high line."""

    def __init__(self, strategy: str, alpha: float = 0.15) -> None:
        super().__init__(-50)
        self.strategy, self.alpha = strategy, alpha
        self._runs: list[tuple[Floats, Floats, Floats]] = []

    def set(self, x: ArrayLike, low: ArrayLike, high: ArrayLike) -> None:
        """Other data; gaps where a value is not finite."""
        columns = same_length(x, low, high)
        self._runs = [(columns[0][r], columns[1][r], columns[2][r]) for r in finite_runs(*columns)]
        self.update()

    def set_alpha(self, alpha: float) -> None:
        """Half strength while draws are still counted."""
        self.alpha = alpha
        self.update()

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not self._runs

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint the runs."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(tone_of(self.strategy), self.alpha))
        for x, low, high in self._runs:
            there_and_back = np.concatenate((x, x[::-1])), np.concatenate((high, low[::-1]))
            painter.drawPolygon(frame.polygon(*there_and_back))


@dataclass(frozen=True)
class Mark:
    """A strategy's marker, or a ring where lines cross."""

    x: float
    y: float
    strategy: str = ""
    ring: bool = False
    radius: float = 4.5


class Marks(Item):
    """Markers and rings at points."""

    overhang = None

    def __init__(self) -> None:
        super().__init__(60)
        self._marks: list[Mark] = []

    def set(self, marks: Sequence[Mark]) -> None:
        """Other points; those that are not numbers stay away."""
        self._marks = [m for m in marks if math.isfinite(m.x) and math.isfinite(m.y)]
        self.update()

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not self._marks

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint what lies in the data area."""
        room = frame.box.adjusted(-1, -1, 1, 1)
        for mark in self._marks:
            where = frame.point(mark.x, mark.y)
            if not room.contains(where):
                continue
            if mark.ring:
                ring(painter, where, zoomed(mark.radius))
            else:
                draw_marker(painter, mark.strategy, where, zoomed(mark.radius), halo=theme().surface)


@dataclass(frozen=True)
class Note:
    """A short text near a point: offset in pixels, further lines muted, optional leader and ground.

    ``align``: which part of the text sits at the offset, l, c or r.
    """

    x: float
    y: float
    text: str
    dx: float = 0.0
    dy: float = -14.0
    align: str = "c"
    tone: str = "ink2"
    weight: int = 400
    leader: bool = False
    ground: bool = False
    size: float = 12.0


class Notes(Item):
    """Texts tied to points."""

    overhang = None

    def __init__(self) -> None:
        super().__init__(70)
        self._notes: list[Note] = []

    def set(self, notes: Sequence[Note]) -> None:
        """Other texts."""
        self._notes = [n for n in notes if math.isfinite(n.x) and math.isfinite(n.y) and n.text]
        self.update()

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not self._notes

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint what belongs to points in the data area, shifted to stay inside it."""
        room = frame.box.adjusted(-1, -1, 1, 1)
        for note in self._notes:
            where = frame.point(note.x, note.y)
            if room.contains(where):
                self._draw_one(painter, frame, note, where)

    @staticmethod
    def box_of(note: Note, where: QPointF, limits: QRectF) -> QRectF:
        """Where the text of a note goes, kept inside the limits."""
        lines = note.text.split("\n")
        width = max(advance(t, Ink(note.size, note.weight)) for t in lines) + 2
        height = metrics(note.size, note.weight).height() * len(lines)
        left = where.x() + zoomed(note.dx) - {"l": 0.0, "c": width / 2, "r": width}[note.align]
        top = where.y() + zoomed(note.dy) - height / 2
        left = min(max(left, limits.left()), max(limits.left(), limits.right() - width))
        top = min(max(top, limits.top() - 4), max(limits.top() - 4, limits.bottom() - height))
        return QRectF(left, top, width, height)

    def _draw_one(self, painter: QPainter, frame: Frame, note: Note, where: QPointF) -> None:
        t = theme()
        box = self.box_of(note, where, frame.box)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if note.leader:
            painter.setPen(QPen(colour(t.strong), 1))
            painter.drawLine(*_leader(where, box))
        if note.ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(t.surface, 0.9))
            painter.drawRoundedRect(box.adjusted(-4, -1, 4, 1), 3, 3)
        align = {"l": LEFT, "c": CENTRE, "r": RIGHT}[note.align]
        lines = note.text.split("\n")
        step = box.height() / len(lines)
        for i, text in enumerate(lines):
            ink = Ink(
                note.size,
                note.weight if i == 0 else 400,
                tone_of(note.tone) if i == 0 else t.muted,
                align=align,
            )
            draw_text(painter, QRectF(box.left(), box.top() + i * step, box.width(), step), text, ink)


def _leader(where: QPointF, box: QRectF) -> tuple[QPointF, QPointF]:
    """From the rim of a ring to the nearest edge of the text."""
    end = QPointF(min(max(where.x(), box.left() + 2), box.right() - 2), where.y())
    if where.y() > box.bottom():
        end.setY(box.bottom() + 1)
    elif where.y() < box.top():
        end.setY(box.top() - 1)
    else:
        end.setX(box.left() - 2 if where.x() < box.left() else box.right() + 2)
    dx, dy = end.x() - where.x(), end.y() - where.y()
    length = math.hypot(dx, dy) or 1.0
    return where + QPointF(dx, dy) * (6.0 / length), end


class Crosshair(Item):
    """A line at one x with a chip that names it and a marker on each curve."""

    overhang = None

    def __init__(self) -> None:
        super().__init__(100)
        self._x, self._text = math.nan, ""
        self._points: list[tuple[str, float]] = []

    def set(self, x: float, text: str, points: Sequence[tuple[str, float]] = ()) -> None:
        """Stand at x, named, with a marker of each strategy at its height."""
        self._x, self._text = x, text
        self._points = [p for p in points if math.isfinite(p[1])]
        self.update()

    def clear(self) -> None:
        """Go away."""
        if math.isfinite(self._x):
            self.set(math.nan, "")

    @property
    def x_shown(self) -> float | None:
        """Where it stands."""
        return self._x if math.isfinite(self._x) else None

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not math.isfinite(self._x)

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint line, markers and chip."""
        box, at = frame.box, frame.x(self._x)
        if not box.left() - 1 <= at <= box.right() + 1:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(round(at), box.top(), 1, box.height()), colour(theme().strong))
        for strategy, y in self._points:
            where = frame.point(self._x, y)
            if box.adjusted(-1, -1, 1, 1).contains(where):
                draw_marker(painter, strategy, where, zoomed(4.2), halo=theme().surface)
        if self._text:
            chip(painter, at, box.top() - 4, self._text, (box.left() - 8, box.right() + 8))
