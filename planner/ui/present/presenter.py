"""The presenter's window: the page on stage, what to say, the next page, the clock, sliders at hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.ui.kit import Button, ComboBox, Ground, Panel, ScrollArea, Text
from planner.ui.present.bits import Clock, PageList, Preview
from planner.ui.present.hand import AtHand
from planner.ui.present.keys import take
from planner.ui.present.notes import Notes
from planner.ui.present.sheet import Sheet
from planner.ui.theme import Theme, px

_SIDE = 340
_WIDE, _HIGH = 0.64, 0.6
"""Of the room at the left: the page on stage."""


class Presenter(Ground):
    """Stands on the screen that the audience does not see.

    Signals
    -------
    asked(str)
        As those of the stage.
    page_asked(int)
        Go to a page.
    screen_asked(int)
        Put the stage on this screen.
    """

    asked = Signal(str)
    page_asked = Signal(int)
    screen_asked = Signal(int)

    def __init__(self, hand: AtHand) -> None:
        super().__init__("app")
        self.setWindowTitle("Presenter")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(900, 560)
        self.hand = hand
        hand.turned.connect(self.asked)
        self.now, self.following = Preview("On stage"), Preview("Next page")
        self.notes, self.pages, self.clock = Notes(), PageList(), Clock()
        self.pages.chosen.connect(self.page_asked)
        self.where = ComboBox("Screen of the stage", (), tall=True)
        self.where.chosen.connect(lambda key: self.screen_asked.emit(int(key)))
        self.place = Text("", "title")
        self._arrange()

    def _button(self, words: str, command: str, icon: str = "", kind: str = "secondary") -> Button:
        button = Button(words, kind, icon=icon)
        button.clicked.connect(lambda: self.asked.emit(command))
        return button

    def _arrange(self) -> None:
        self.back = self._button("Back", "back", "chevron-left")
        self.next = self._button("Next", "next", "chevron-right", "primary")
        self.blank = self._button("Blank", "blank", "moon")
        self.light = self._button("White page", "light", "sun")
        self.end = self._button("End", "leave", "x")
        bar = Ground("surface", rule="bottom")
        row = QHBoxLayout(bar)
        row.setContentsMargins(px(16), px(7), px(16), px(8))
        row.setSpacing(px(8))
        for part in (self.back, self.next, self.place):
            row.addWidget(part)
        row.addStretch(1)
        for tool in (self.blank, self.light, self.where, self.end):
            row.addWidget(tool)
        body = QHBoxLayout()
        body.setContentsMargins(px(16), px(12), px(16), px(14))
        body.setSpacing(px(12))
        body.addLayout(self._left(), 1)
        self._right_side = self._right()
        body.addWidget(self._right_side)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(bar)
        whole.addLayout(body, 1)
        self.retheme()

    def _left(self) -> QVBoxLayout:
        self.notes_panel = Panel("Notes", "what you may be asked")
        self.notes_panel.body.addWidget(ScrollArea(self.notes, "Notes"))
        beside = QVBoxLayout()
        beside.setSpacing(px(8))
        self.coming = Text("Next", "heading", elide=True)
        beside.addWidget(self.coming)
        beside.addWidget(self.following)
        beside.addStretch(1)
        beside.addWidget(self.clock)
        beside.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(px(16))
        top.addWidget(self.now, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(beside, 1)
        column = QVBoxLayout()
        column.setSpacing(px(12))
        column.addLayout(top)
        column.addWidget(self.notes_panel, 1)
        return column

    def _right(self) -> QWidget:
        sliders = Panel("At hand", "moves the page live")
        self.hand_area = ScrollArea(self.hand, "Sliders at hand")
        sliders.body.addWidget(self.hand_area)
        pages = Panel("Pages", "click, or type a number and Enter")
        self.area = ScrollArea(self.pages, "Pages")
        pages.body.addWidget(self.area)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(sliders, 3)
        column.addWidget(pages, 2)
        return side

    def retheme(self) -> None:
        """The side follows zoom."""
        self._right_side.setFixedWidth(px(_SIDE))
        self._shape()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the notes their share of a low window."""
        super().resizeEvent(event)
        self._shape()

    def _shape(self) -> None:
        room = self.width() - px(_SIDE) - px(44)
        high = (self.height() - px(60)) * _HIGH
        beside = self.clock.sizeHint().width() + px(16)
        width = max(1, min(round(room * _WIDE), round(room - beside), round(high / self.now.share)))
        self.now.setFixedWidth(width)
        left = max(px(60), width * self.now.share - px(116))
        self.following.setMaximumWidth(round(left / self.now.share))

    # -- showing
    def show_now(self, sheet: Sheet, names: Sequence[str]) -> None:
        """Show the page on stage."""
        self.now.show_sheet(sheet)
        if not sheet.dragging:
            self.notes.show_notes(sheet.page.notes)
        self.place.setText(f"{sheet.number + 1} of {sheet.count}")
        self.pages.show_pages(names, sheet.number)
        here = self.pages.row_box(sheet.number).center().toPoint()
        self.area.ensureVisible(here.x(), here.y(), 0, px(30))
        self.back.setEnabled(sheet.number > 0)
        self.next.setEnabled(sheet.number < sheet.count - 1)

    def show_next(self, sheet: Sheet | None) -> None:
        """Show the page that comes."""
        self.coming.setText("Next" if sheet is None else f"Next: {sheet.page.heading}")
        self.following.show_sheet(sheet, "End of the story")

    def show_state(self, look: Theme, share: float, *, blank: bool, light: bool) -> None:
        """Show how the stage stands."""
        for preview in (self.now, self.following):
            preview.set_look(look, share)
        self.blank.set_text("Show" if blank else "Blank")
        self.light.set_text("Dark page" if light else "White page")
        self._shape()

    def show_screens(self, words: Sequence[str], current: int) -> None:
        """Offer these screens for the stage."""
        self.where.set_options(tuple((str(i), text) for i, text in enumerate(words)), str(current))
        self.where.setVisible(len(words) > 1)

    # -- events
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the stage, from here."""
        if not take(event, self.asked.emit):
            super().keyPressEvent(event)
