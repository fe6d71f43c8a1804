"""What stands below a row: how a text is read, why it is refused, what to know; a button per remedy."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.errors import InputError
from planner.scenario.fields import FieldSpec
from planner.scenario.parse import value_text
from planner.ui.kit import Button, Icon, Ink, Text, draw_text
from planner.ui.theme import px, theme


class Echo(QWidget):
    """One muted line."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.setAccessibleName(words)
        self.setToolTip(words)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(px(200), px(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        draw_text(QPainter(self), QRectF(self.rect()), self._words, Ink(11, 400, theme().muted), elide=True)


class Refusal(QWidget):
    """Why a text was refused, or what to know (a ``note``), and one button per remedy."""

    chosen = Signal(object)

    def __init__(self, words: str, remedies: list[tuple[str, Any]], *, note: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(words)
        self.text = Text(words, "caption", tone="muted" if note else "bad", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        line = QHBoxLayout()
        line.setSpacing(px(6))
        icon = Icon("info", 13) if note else Icon("circle-alert", 13, "bad")
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.text, 1)
        column.addLayout(line)
        row = QHBoxLayout()
        row.setContentsMargins(px(19), 0, 0, 0)
        row.setSpacing(px(6))
        self.buttons = []
        for label, value in remedies:
            button = Button(label, small=True)
            button.clicked.connect(lambda _checked=False, v=value: self.chosen.emit(v))
            row.addWidget(button)
            self.buttons.append(button)
        row.addStretch(1)
        column.addLayout(row)


def sentence_of(spec: FieldSpec, error: InputError) -> str:
    """Say what is allowed, in the words of the field and the numbers of the editor."""
    low, high = spec.low, spec.high
    value = error.value
    if error.code == "out_of_range" and isinstance(value, int | float):
        below = low if low is not None else spec.above
        if below is not None and value <= below:
            word = "At least" if spec.low is not None else "More than"
            return f"{word} {value_text(below, spec)}. {spec.help}".strip()
        if high is not None and value > high:
            return f"At most {value_text(high, spec)}. {spec.help}".strip()
    hint = f" {error.hint}" if error.hint else ""
    return f"Not read: allowed is {spec.allowed_number}.{hint}"


def nearest_allowed(error: InputError, spec: FieldSpec) -> float | None:
    """Return the limit that was crossed."""
    value = error.value
    if error.code != "out_of_range" or not isinstance(value, int | float):
        return None
    if spec.low is not None and value < spec.low:
        return spec.low
    if spec.high is not None and value > spec.high:
        return spec.high
    return None
