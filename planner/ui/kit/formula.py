"""The sunken field in which an equation stands: in words, with numbers, and what it gives."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from planner.ui.kit.paint import Edge, rounded
from planner.ui.kit.text import Text
from planner.ui.theme import px, theme


class FormulaBox(QWidget):
    """Up to three lines that wrap: quiet words, then numbers and result in strong letters."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.words = Text("", "label", wrap=True)
        self.numbers = Text("", "heading", wrap=True)
        self.result = Text("", "heading", wrap=True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 8, 11, 9)
        column.setSpacing(4)
        for line in (self.words, self.numbers, self.result):
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            column.addWidget(line)

    def show_lines(self, words: str, numbers: str = "", result: str = "") -> None:
        """Show an equation; empty lines take no room."""
        for line, text in ((self.words, words), (self.numbers, numbers), (self.result, result)):
            line.setText(text)
            line.setVisible(bool(text))
        self.setAccessibleDescription(" ".join(text for text in (words, numbers, result) if text))

    def set_stale(self, stale: bool) -> None:
        """Write in faint letters what is of an earlier plan."""
        for line in (self.words, self.numbers, self.result):
            line.set_tone("faint" if stale else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field."""
        t = theme()
        rounded(QPainter(self), QRectF(self.rect()), px(6), t.sunken, Edge(t.hairline))
