"""Every command that has a key, by menu, and what keys do in place; with a search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import (
    CENTRE,
    Button,
    Edge,
    Ink,
    ScrollArea,
    SearchBox,
    Text,
    advance,
    draw_text,
    hbox,
    rounded,
)
from planner.ui.theme import px, theme

Row = tuple[str, str, str]
IN_PLACE: Final[tuple[Row, ...]] = (
    ("In place", "Input: step, coarse step, fine step", "Up, Shift+Up, Ctrl+Up"),
    ("In place", "Input: a decade up or down", "PgUp, PgDown"),
    ("In place", "Slider: back to the preset", "Home"),
    ("In place", "Input: a range, or a point again", "R"),
    ("In place", "Slider of a range: the next handle", "Space"),
    ("In place", "Plot: read out another month or bar", "Left, Right"),
    ("In place", "Figure: open its equation and line items", "Return"),
    ("In place", "Plot by month: open the figure read out", "Return"),
    ("In place", "Equation: back", "Alt+Left, Backspace"),
    ("In place", "Scenario: rename, delete", "F2, Del"),
)


class KeyCaps(QWidget):
    """Keys, each sequence in a small field of its own."""

    def __init__(self, keys: str) -> None:
        super().__init__()
        self._keys = [key for key in keys.split(", ") if key]
        self.setAccessibleName(keys)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _width(self, key: str) -> int:
        return max(px(20), math.ceil(advance(key, Ink(11, 500))) + px(12))

    def sizeHint(self) -> QSize:
        """All of them in a row."""
        width = sum(self._width(key) + px(5) for key in self._keys)
        return QSize(max(1, width - px(5)), px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        t = theme()
        left = 0.0
        for key in self._keys:
            box = QRectF(left, 0, self._width(key), self.height())
            rounded(painter, box, px(4), t.sunken, Edge(t.border))
            draw_text(painter, box, key, Ink(11, 500, t.ink2, align=CENTRE))
            left += box.width() + px(5)


class ShortcutsDialog(Sheet):
    """Groups of commands; what is typed leaves those that hold the words."""

    def __init__(self, rows: Sequence[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent, "Keyboard shortcuts", size=(520, 600))
        self.body.addWidget(Text("Keyboard shortcuts", "section"))
        self.search = SearchBox("Search shortcuts", "Search shortcuts", key="")
        self.search.textChanged.connect(self._filter)
        self.search.left.connect(self.reject)
        self.body.addWidget(self.search)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(0)
        self.lines: list[tuple[str, QWidget, str]] = []
        self._heads: dict[str, Text] = {}
        for group, text, keys in (*rows, *IN_PLACE):
            if group not in self._heads:
                self._heads[group] = head = Text(group, "heading")
                head.setContentsMargins(0, px(12), 0, px(4))
                column.addWidget(head)
            line = hbox((Text(text, "label", elide=True), 1), KeyCaps(keys), margins=(0, 4, 0, 4))
            line.setAccessibleName(f"{text}, {keys}")
            column.addWidget(line)
            self.lines.append((group, line, f"{group} {text} {keys}".casefold()))
        self._none = Text("No command holds these words.", "muted")
        self._none.hide()
        column.addWidget(self._none)
        column.addStretch(1)
        self.body.addWidget(ScrollArea(inside, "Shortcuts"), 1)
        close = Button("Close")
        close.clicked.connect(self.accept)
        self.add_foot(close)
        self.search.setFocus()

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        shown = set()
        for group, line, index in self.lines:
            found = all(word in index for word in words)
            line.setVisible(found)
            if found:
                shown.add(group)
        for group, head in self._heads.items():
            head.setVisible(group in shown)
        self._none.setVisible(not shown)
