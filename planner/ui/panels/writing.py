"""Which file is being written, how far it is, and the way to stop that."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from planner.ui.kit import Ink, LinkButton, ProgressLine, Text, elided
from planner.ui.theme import px

_AFTER_MS = 250
"""What is written sooner needs no word."""

_NAME_ROOM = 180


class Writing(QWidget):
    """Name, share and Cancel; its `line` lies along the edge of the widget that was given.

    Signals
    -------
    cancel_asked()
        Write the file no further.
    """

    cancel_asked = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__()
        self.setAccessibleName("File being written")
        self.words = Text("", "caption")
        self.cancel = LinkButton("Cancel", size=11)
        self.cancel.clicked.connect(self.cancel_asked)
        self.line = ProgressLine("File being written")
        self.line.setParent(over)
        self._share: float | None = None
        self._after = QTimer(self)
        self._after.setSingleShot(True)
        self._after.setInterval(_AFTER_MS)
        self._after.timeout.connect(self._appear)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words)
        row.addWidget(self.cancel)
        self.hide()

    def show_share(self, name: str, share: float, words: str) -> None:
        """Show how far a file is."""
        if self._share is None:
            self._after.start()
        self._share = share
        shown = elided(name, Ink(11), px(_NAME_ROOM))
        what = f", {words[:1].lower()}{words[1:]}" if words else ""
        self.words.setText(f"Writing {shown}{what}")
        self.setAccessibleDescription(f"{name}, {100 * share:.0f} percent")
        if not self.isHidden():
            self.line.set_share(min(share, 0.99))

    def clear(self) -> None:
        """Nothing is written any more."""
        self._share = None
        self._after.stop()
        self.hide()
        self.line.set_share(None)

    def _appear(self) -> None:
        if self._share is not None:
            self.show()
            self.line.set_share(min(self._share, 0.99))
            self.line.raise_()
