"""Parts of the presenter's window: small pictures of pages, the list of pages, the clock."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.ui.kit import CENTRE, RIGHT, Edge, IconButton, Ink, Text, draw_text, hbox, rounded
from planner.ui.present.sheet import Sheet, SheetPainter, in_words
from planner.ui.theme import STAGE, Theme, px, theme

SECOND_MS = 1000
_MINUTE = 60


class Preview(QWidget):
    """A page as the stage shows it, small."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setAccessibleName(name)
        self.look: Theme = STAGE
        self.share = 9 / 16
        self.sheet: Sheet | None = None
        self.words = ""
        self._painter = SheetPainter()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    def show_sheet(self, sheet: Sheet | None, words: str = "") -> None:
        """Show a page, or words where there is none."""
        if sheet is None or not sheet.dragging:
            self.setAccessibleDescription(words if sheet is None else in_words(sheet.page))
        self.sheet, self.words = sheet, words
        self.update()

    def set_look(self, look: Theme, share: float) -> None:
        """Take colours and shape of the stage."""
        self.look = look
        if abs(share - self.share) > 1e-3:
            self.share = share
            self._fit()
        self.update()

    def _fit(self) -> None:
        self.setFixedHeight(max(1, round(self.width() * self.share)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as its width asks for."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Some room."""
        return QSize(px(320), round(px(320) * self.share))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.sheet is None:
            rounded(painter, box, px(6), theme().sunken, Edge(theme().hairline))
            draw_text(painter, box, self.words, Ink(13, 400, theme().muted, align=CENTRE))
            return
        self._painter.paint(painter, box, self.sheet, self.look)
        rounded(painter, box, 0, None, Edge(theme().border))


class PageList(QWidget):
    """Every page by number and name; arrows and clicks go there."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Pages")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.names: tuple[str, ...] = ()
        self.current = 0

    def show_pages(self, names: Sequence[str], current: int) -> None:
        """Show these pages, one of them on stage."""
        if (tuple(names), current) == (self.names, self.current):
            return
        self.names, self.current = tuple(names), current
        if names:
            self.setAccessibleDescription(f"{current + 1} of {len(names)}, {names[current]}")
        self.setFixedHeight(max(1, len(names)) * px(26))
        self.update()

    def row_box(self, row: int) -> QRectF:
        """Where a row is."""
        return QRectF(0, row * px(26), self.width(), px(26))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to a page."""
        row = int(event.position().y() // px(26))
        if event.button() == Qt.MouseButton.LeftButton and 0 <= row < len(self.names):
            self.chosen.emit(row)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the stage do the rest."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that it is gone."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter, t = QPainter(self), theme()
        for row, name in enumerate(self.names):
            box, here = self.row_box(row), row == self.current
            if here:
                edge = Edge(t.focus, 1.5) if self.hasFocus() else None
                rounded(painter, box.adjusted(1, 1, -1, -1), px(5), t.hover, edge)
            weight, tone = (600, t.ink) if here else (400, t.ink2)
            number = box.adjusted(0, 0, px(26) - box.width(), 0)
            draw_text(painter, number, str(row + 1), Ink(12, 400, t.muted, align=RIGHT))
            words = box.adjusted(px(36), 0, -px(8), 0)
            draw_text(painter, words, name, Ink(12, weight, tone), elide=True)


class Clock(QWidget):
    """Minutes since the talk began, and the time of day; a click begins anew."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed = Text("0:00", "stage-line", tone="ink")
        self.day = Text("", "body2")
        self._began = time.monotonic()
        again = IconButton("rotate-ccw", "Count the time from now", size=15)
        again.clicked.connect(self.begin)
        inside = hbox(self.elapsed, self.day, again, None, gap=12)
        inside.setParent(self)
        self._inside = inside
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Time since the start")
        self._timer = QTimer(self)
        self._timer.setInterval(SECOND_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.tick()

    def sizeHint(self) -> QSize:
        """Both texts, with room for an hour."""
        hint = self._inside.sizeHint()
        return QSize(max(hint.width(), px(220)), max(hint.height(), px(44)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill."""
        self._inside.setGeometry(self.rect())

    def begin(self) -> None:
        """Count from now."""
        self._began = time.monotonic()
        self.tick()

    def tick(self) -> None:
        """Show the time."""
        self.elapsed.setText(elapsed_words(time.monotonic() - self._began))
        self.day.setText(time.strftime("%H:%M"))

    def stop(self) -> None:
        """Leave nothing running."""
        self._timer.stop()


def elapsed_words(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any."""
    minutes, rest = divmod(int(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
