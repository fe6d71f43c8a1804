"""What becomes of unsaved changes before a plan is left."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import Button, Icon, Text, hbox, vbox

Answer = Literal["save", "discard", "cancel"]
_LONGEST = 60


def ask_save(parent: QWidget | None, title: str) -> Answer:
    """Ask whether to save a plan; closing the question is to stay."""
    dialog = SaveDialog(title, parent)
    dialog.exec()
    dialog.deleteLater()
    return dialog.answer


class SaveDialog(Sheet):
    """Save is the button in focus; D discards, Escape stays."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Unsaved changes")
        self.answer: Answer = "cancel"
        shown = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1].rstrip()}\u2026"
        question = Text(f"Save the changes to \u201c{shown}\u201d?", "banner", wrap=True)
        words = vbox(question, Text("What is not saved is lost.", "body2"), gap=4)
        words.setMinimumWidth(340)
        icon = Icon("circle-alert", 20, "ink2")
        line = hbox(icon, (words, 1), gap=12)
        layout = line.layout()
        if layout is not None:
            layout.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(line)
        self.body.addSpacing(6)
        self.discard_button = Button("&Discard", "ghost")
        self.cancel_button, self.save_button = Button("Cancel"), Button("&Save", "primary")
        self.discard_button.clicked.connect(lambda: self._end("discard"))
        self.cancel_button.clicked.connect(self.reject)
        self.save_button.clicked.connect(lambda: self._end("save"))
        self.add_foot(self.cancel_button, self.save_button, left=self.discard_button)

    def _end(self, answer: Answer) -> None:
        self.answer = answer
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The letters of the buttons, without Alt."""
        ends: dict[int, Answer] = {Qt.Key.Key_D: "discard", Qt.Key.Key_S: "save"}
        answer = ends.get(event.key())
        if answer is not None:
            self._end(answer)
            event.accept()
            return
        super().keyPressEvent(event)
