"""Base of charts painted as widgets: visiting by mouse and keyboard, measuring, names of rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.ui.kit.paint import Edge, Ink, draw_marker, draw_text, rounded
from planner.ui.kit.still import is_still
from planner.ui.theme import DIM_OPACITY, px, text_width, theme


def finite(value: float, otherwise: float = 0.0) -> float:
    """The value, or something else where it is not a number."""
    return value if math.isfinite(value) else otherwise


def brought_by_key(event: QFocusEvent, *, before: bool) -> bool:
    """Whether focus came by the keyboard; a window that becomes active leaves that as it was."""
    if event.reason() == Qt.FocusReason.ActiveWindowFocusReason:
        return before
    return event.reason() != Qt.FocusReason.MouseFocusReason


class Chart(QWidget):
    """Base of painted charts: rows and parts that mouse and arrow keys visit; ``visited`` names them."""

    visited = Signal(int, int)
    opened = Signal(int, int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._at: tuple[int, int] | None = None
        self._keyboard = False
        self._dimmed = False
        self._measured: tuple[float, float, float, float] | None = None
        self._kept: tuple[Hashable, QPixmap] | None = None

    # -- layout: left of the marks, their room, top, pitch; measured once per size and data

    def _measure(self) -> tuple[float, float, float, float]:
        """Left of the marks, their room, top of the rows, their pitch."""
        return 0.0, 1.0, 0.0, 1.0

    def _layout(self) -> tuple[float, float, float, float]:
        if self._measured is None:
            self._measured = self._measure()
        return self._measured

    def data_changed(self) -> None:
        """Measure and paint anew."""
        self._measured = None
        here = self.visiting
        if here is not None:
            self.setAccessibleDescription(self.read_out(*here))
        self.update()

    def set_dimmed(self, on: bool) -> None:
        """Show the last good figures weakly while newer ones cannot be computed."""
        self._dimmed = on
        self.update()

    def retheme(self) -> None:
        """Zoom changes what was measured."""
        self.data_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure anew."""
        self._measured = None
        super().resizeEvent(event)

    # -- what subclasses tell

    def row_count(self) -> int:
        """Rows."""
        return 0

    def part_count(self, row: int) -> int:
        """Parts of a row that can be visited."""
        return 1

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """Row and part under a pixel."""
        return None

    def read_out(self, row: int, part: int) -> str:
        """One part in words."""
        return ""

    # -- visiting

    @property
    def visiting(self) -> tuple[int, int] | None:
        """Row and part under pointer or keyboard, if they still exist."""
        return self._at if self._exists(self._at) else None

    def _exists(self, at: tuple[int, int] | None) -> bool:
        return at is not None and at[0] < self.row_count() and at[1] < self.part_count(at[0])

    def visit(self, at: tuple[int, int] | None) -> None:
        """Go to a part, or nowhere."""
        if at == self._at or not (at is None or self._exists(at)):
            return
        self._at = at
        if at is not None:
            self.setAccessibleDescription(self.read_out(*at))
            self.visited.emit(*at)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Visit what is under the pointer."""
        self.visit(self.part_at(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open what is under the pointer."""
        self._keyboard = False
        at = self.part_at(event.position())
        if at is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(*at)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Visit nothing."""
        if not (self.hasFocus() and self._keyboard):
            self.visit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows visit, Return opens, Escape ends."""
        key = Qt.Key(event.key())
        rows = self.row_count()
        here = self.visiting
        moves = {
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
        }
        if key in moves and rows:
            self._keyboard = True
            self.visit(self._next(here, moves[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here is not None:
            self.opened.emit(*here)
        elif key == Qt.Key.Key_Escape and here is not None:
            self.visit(None)
        else:
            event.ignore()
            return
        event.accept()

    def _next(self, here: tuple[int, int] | None, move: tuple[int, int]) -> tuple[int, int]:
        if here is None:
            return (0, 0)
        row = min(max(here[0] + move[0], 0), self.row_count() - 1)
        part = min(max(here[1] + move[1], 0), max(0, self.part_count(row) - 1))
        return (row, part)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus when the keyboard brought it."""
        self._keyboard = brought_by_key(event, before=self._keyboard)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Visit nothing."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._keyboard = False
        self.visit(None)

    # -- paint

    def sizeHint(self) -> QSize:
        """Some room."""
        return QSize(px(280), px(140))

    def minimumSizeHint(self) -> QSize:
        """Little room."""
        return QSize(px(120), px(60))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hand over to `draw`; nothing is painted without room."""
        if self.width() < 8 or self.height() < 8:
            return
        painter = QPainter(self)
        painter.setOpacity(DIM_OPACITY if self._dimmed else 1.0)
        try:
            self.draw(painter, float(self.width()), float(self.height()))
            if self.hasFocus() and self._keyboard and not is_still():
                rounded(painter, QRectF(self.rect()), px(5), None, Edge(theme().focus, 1.5))
        finally:
            painter.end()

    def keep(self, painter: QPainter, what: Hashable, paint: Callable[[QPainter], None]) -> None:
        """Paint what stays while a slider moves, from a picture made once for ``what`` it depends on.

        A drawing for export keeps its lines and letters.
        """
        if is_still() or painter.paintEngine().type() != QPaintEngine.Type.Raster:
            paint(painter)
            return
        t, ratio = theme(), painter.device().devicePixelRatioF()
        key = (what, t.name, t.high_contrast, px(100), ratio, self.width(), self.height())
        if self._kept is None or self._kept[0] != key:
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            own = QPainter(picture)
            paint(own)
            own.end()
            self._kept = (key, picture)
        painter.drawPixmap(0, 0, self._kept[1])

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Paint the chart."""
        raise NotImplementedError


def draw_name(painter: QPainter, box: QRectF, row: tuple[str, str, bool]) -> None:
    """Marker and name of a row at the left: (strategy or empty, name, selected)."""
    strategy, name, selected = row
    left = 0.0
    if strategy in theme().strategy:
        draw_marker(painter, strategy, QPointF(box.left() + px(6), box.center().y()), px(42) / 10)
        left = px(17)
    ink = Ink(12, 600 if selected else 400, theme().ink if selected else theme().ink2)
    draw_text(painter, box.adjusted(left, 0, 0, 0), name, ink, elide=True)


def names_width(names: Sequence[tuple[str, str]], limit: float) -> float:
    """Room for markers and names (strategy, name), at most a limit."""
    marker = px(17) if any(s in theme().strategy for s, _ in names) else 0
    widest = max((text_width(n, 12, 600) for _, n in names), default=0.0)
    return min(marker + widest + px(8), limit)
