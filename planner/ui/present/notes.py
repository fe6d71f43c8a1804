"""What the speaker may be asked about a page, as paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.ui.kit import Text
from planner.ui.theme import px

_LONGEST = 420
_NO_NOTES = "Nothing to add to this page."


class Notes(QWidget):
    """What the speaker may be asked, a paragraph each."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, px(8), 0)
        self._column.setSpacing(px(8))
        self._column.addStretch(1)
        self._texts: list[Text] = []
        self.setAccessibleName("Notes")

    def show_notes(self, notes: Sequence[str]) -> None:
        """Show other paragraphs."""
        wanted = list(notes) or [_NO_NOTES]
        while len(self._texts) < len(wanted):
            text = Text("", "body", wrap=True)
            self._column.insertWidget(len(self._texts), text)
            self._texts.append(text)
        for number, text in enumerate(self._texts):
            words = _shortened(wanted[number]) if number < len(wanted) else ""
            if text.text() != words:
                text.setText(words)
            text.setVisible(bool(words))


def _shortened(words: str) -> str:
    """A paragraph that can be read in a glance; the report holds the whole of it."""
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"
