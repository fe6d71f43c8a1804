"""Widgets of the window in the colours of the stage, while the window keeps its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from planner.ui.theme import Theme, painted_as, palette_of


class Dress(QObject):
    """Lets a widget and all in it paint with another theme.

    Widgets read the theme when they paint: each paint of these is wrapped, and nothing else sees it.
    """

    def __init__(self, root: QWidget, look: Theme) -> None:
        super().__init__(root)
        self._root, self._look = root, look
        self.put_on()

    def set_look(self, look: Theme) -> None:
        """Wear another theme."""
        self._look = look
        self.put_on()

    def put_on(self) -> None:
        """Dress what is new, and tell everything to take its colours."""
        with painted_as(self._look):
            self._root.setPalette(palette_of(self._look))
        self._dress(self._root)

    def _dress(self, root: QWidget) -> None:
        with painted_as(self._look):
            for widget in [root, *root.findChildren(QWidget)]:
                widget.removeEventFilter(self)
                widget.installEventFilter(self)
                hook = getattr(widget, "retheme", None)
                if hook is not None:
                    hook()
                widget.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Paint in the colours of the stage; dress what comes in."""
        if event.type() == QEvent.Type.Paint:
            with painted_as(self._look):
                watched.event(event)
            return True
        if event.type() == QEvent.Type.ChildPolished:
            child = event.child()  # type: ignore[attr-defined]
            if isinstance(child, QWidget) and not child.isWindow():
                self._dress(child)
        return False
