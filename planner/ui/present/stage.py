"""The stage: one page over all of a screen, with a drawer of sliders that never covers it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.export.story import Page
from planner.ui.kit import Ground, IconButton, ScrollArea, Text, hbox
from planner.ui.present.canvas import Written
from planner.ui.present.dress import Dress
from planner.ui.present.hand import AtHand
from planner.ui.present.keys import HINT, take
from planner.ui.present.notes import Notes
from planner.ui.present.sheet import Sheet, SheetPainter, in_words
from planner.ui.theme import LIGHT, STAGE, Theme, colour, high_contrast, px, theme

_EDGE = 0.15
"""Share of the width that turns the page when it is clicked."""
_NOTCH = 120
_ASIDE, _ASIDE_SHARE = 340, 0.32
_TALLEST, _WIDEST = 0.8, 2.4
"""Height over width, and width over height, beyond which a page leaves some of the screen empty."""
_HINT_MS = 6000
_IDLE_MS = 2500
_BLANK = "#000000"


class Drawer(Ground):
    """The sliders at the foot of the stage."""

    def __init__(self, hand: AtHand) -> None:
        super().__init__("surface", rule="top")
        self.setAccessibleName("Drawer of sliders")
        self.hand = hand
        self.close_button = IconButton("x", "Close the sliders", "S", size=15)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(8), px(8), px(10), px(6))
        row.setSpacing(px(4))
        row.addWidget(hand, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def wanted(self) -> int:
        """Its height: that of its tallest row."""
        rows = [self.hand.rows[path].height() for path in self.hand.paths]
        return max(rows, default=px(40)) + px(16)


class NotesDrawer(Ground):
    """The notes at the side of the stage, for a talk on one screen."""

    def __init__(self) -> None:
        super().__init__("surface", rule="left")
        self.setAccessibleName("Drawer of notes")
        self.notes = Notes()
        self.close_button = IconButton("x", "Close the notes", "N", size=15)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(12), px(10), px(10))
        column.addWidget(hbox(Text("Notes", "title"), None, self.close_button))
        column.addWidget(ScrollArea(self.notes, "Notes"), 1)


class Stage(QWidget):
    """A page, full screen.

    Signals
    -------
    asked(str)
        A key or a click wants something: see `planner.ui.present.keys`.
    closed()
        The window was closed from outside.
    """

    asked = Signal(str)
    closed = Signal()

    def __init__(self, hand: AtHand) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle("Presentation")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(320, 180)
        self.light = False
        self.blank = False
        self.sheet: Sheet | None = None
        self.written: list[Written] = []
        self._painter = SheetPainter()
        self._turned = 0
        self._typed = ""
        self.drawer = Drawer(hand)
        self.drawer.setParent(self)
        self.drawer.hide()
        self.drawer.close_button.clicked.connect(lambda: self.asked.emit("sliders"))
        hand.turned.connect(self.asked)
        self.aside = NotesDrawer()
        self.aside.setParent(self)
        self.aside.hide()
        self.aside.close_button.clicked.connect(lambda: self.asked.emit("notes"))
        self.drawer_open = self.notes_open = False
        self.waits = ""
        self._dresses = [Dress(part, self.look) for part in (self.drawer, self.aside)]
        self._hint = QTimer(self)
        self._hint.setSingleShot(True)
        self._hint.setInterval(_HINT_MS)
        self._hint.timeout.connect(self.update)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(lambda: self.setCursor(Qt.CursorShape.BlankCursor))

    # -- what is shown
    @property
    def look(self) -> Theme:
        """The tokens of the page: those of the stage, or of a white page."""
        table = LIGHT if self.light else STAGE
        if theme().high_contrast:
            return high_contrast(table)
        return table

    def show_sheet(self, sheet: Sheet) -> None:
        """Show another page, or the same one with other figures."""
        if self.sheet is None or not sheet.dragging or sheet.page.key != self.sheet.page.key:
            self._name(sheet.page, sheet)
        self.sheet = sheet
        if self.notes_open and not sheet.dragging:
            self.aside.notes.show_notes(sheet.page.notes)
        self.update()

    def _name(self, page: Page, sheet: Sheet) -> None:
        self.setAccessibleName(f"Page {sheet.number + 1} of {sheet.count}: {page.heading}")
        self.setAccessibleDescription(sheet.problem or in_words(page))

    def set_light(self, on: bool) -> None:
        """A white page, or a dark one."""
        self.light = on
        self.redress()

    def set_blank(self, on: bool) -> None:
        """Nothing but black, or the page again."""
        self.blank = on
        self._show_drawers()

    def redress(self) -> None:
        """Take the colours anew."""
        for dress in self._dresses:
            dress.set_look(self.look)
        self.update()

    def show_hint(self) -> None:
        """Say for a few seconds which keys there are."""
        self._hint.start()
        self.update()

    def show_typed(self, digits: str) -> None:
        """Show the number of a page while it is typed."""
        self._typed = digits
        self.update()

    @property
    def hint(self) -> str:
        """What stands at the top for a while."""
        if self._typed:
            return f"Page {self._typed}: Enter goes there"
        return self.waits or (HINT if self._hint.isActive() else "")

    # -- drawers
    def set_drawer(self, opened: bool) -> None:
        """Show or hide the sliders; the page takes the rest of the screen."""
        self.drawer_open = opened
        self._show_drawers()
        self.setFocus()

    def set_notes(self, opened: bool) -> None:
        """Show or hide the notes at the side."""
        self.notes_open = opened
        self._show_drawers()
        self.setFocus()

    def _show_drawers(self) -> None:
        self.drawer.setVisible(self.drawer_open and not self.blank)
        self.aside.setVisible(self.notes_open and not self.blank)
        for dress in self._dresses:
            dress.put_on()
        self.lay_out()
        self.update()

    def lay_out(self) -> None:
        """Place the sliders at the foot and the notes at the side."""
        height, width = self.drawer.wanted, min(px(_ASIDE), round(self.width() * _ASIDE_SHARE))
        self.drawer.setGeometry(0, self.height() - height, self.width(), height)
        below = height if self.drawer_open else 0
        self.aside.setGeometry(self.width() - width, 0, width, self.height() - below)

    @property
    def room(self) -> QRectF:
        """Where the page is."""
        below = self.drawer.height() if self.drawer_open else 0
        beside = self.aside.width() if self.notes_open else 0
        return QRectF(0, 0, max(1, self.width() - beside), max(1, self.height() - below))

    @property
    def page_box(self) -> QRectF:
        """The page in its room: as large as its shape allows."""
        room = self.room
        width = min(room.width(), room.height() * _WIDEST)
        height = min(room.height(), room.width() * _TALLEST)
        left, top = round((room.width() - width) / 2), round((room.height() - height) / 2)
        return QRectF(left, top, width, height)

    # -- events
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the drawer."""
        super().resizeEvent(event)
        self.lay_out()

    def event(self, event: QEvent) -> bool:
        """Tab is a key like the others; a row that grows takes its room."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._tab(event):
            return True
        if event.type() == QEvent.Type.LayoutRequest:
            self.lay_out()
        return super().event(event)

    def _tab(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Tab or self.drawer_open:
            return False
        self.keyPressEvent(event)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand the wish of a key on."""
        if not take(event, self.asked.emit):
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel turns pages, one a notch."""
        self._turned += event.angleDelta().y()
        while abs(self._turned) >= _NOTCH:
            back = self._turned > 0
            self._turned -= _NOTCH if back else -_NOTCH
            self.asked.emit("back" if back else "next")
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click at an edge turns the page; anywhere it takes the keyboard from the sliders."""
        self.setFocus()
        if event.button() == Qt.MouseButton.LeftButton and self.room.contains(event.position()):
            share = event.position().x() / max(1.0, self.room.width())
            if share < _EDGE or share > 1 - _EDGE:
                self.asked.emit("back" if share < _EDGE else "next")
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The pointer shows while it moves."""
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._idle.start()
        super().mouseMoveEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that the stage is gone."""
        self._hint.stop()
        self._idle.stop()
        super().closeEvent(event)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the page, or nothing."""
        painter = QPainter(self)
        if self.blank or self.sheet is None:
            painter.fillRect(self.rect(), colour(_BLANK if self.blank else self.look.app))
            return
        painter.fillRect(self.rect(), colour(self.look.app))
        sheet = self.sheet.with_hint(self.hint)
        self.written = self._painter.paint(painter, self.page_box, sheet, self.look)
