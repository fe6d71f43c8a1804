"""What every dialog here has: our ground, a heading, buttons at the foot, Escape."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from planner.ui.kit import Button, fill, hbox
from planner.ui.theme import px, theme


class Sheet(QDialog):
    """A dialog on our ground. What it holds goes into ``body``."""

    def __init__(self, parent: QWidget | None, title: str, *, size: tuple[int, int] = (0, 0)) -> None:
        """Make it as large as asked; as high, or as large, as its content where that is 0."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 18, 20, 16)
        self.body.setSpacing(8)
        if size[1]:
            self.resize(px(size[0]), px(size[1]))
        elif size[0]:
            self.setMinimumWidth(px(size[0]))

    def on_copy(self, run: Callable[[], object]) -> None:
        """Let Ctrl+C run this, wherever the focus is."""
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(run)

    def add_foot(self, *buttons: Button, left: QWidget | None = None) -> None:
        """Put buttons at the right of the last line, the first one in focus when the dialog opens."""
        self.body.addSpacing(4)
        self.body.addWidget(hbox(*([left] if left is not None else []), None, *buttons))
        buttons[-1].setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground."""
        fill(QPainter(self), self.rect(), theme().surface)
