"""The pages of the centre, each imported and made when it is first looked at: the window opens with one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from planner.ui.tabs.base import Tab
from planner.ui.tabs.registry import PageKind


class Pages(QStackedWidget):
    """A stack of tabs.

    Signals
    -------
    made(Tab)
        A tab exists now and can be connected.
    """

    made = Signal(object)

    def __init__(self, kinds: Sequence[PageKind]) -> None:
        super().__init__()
        self._kinds = tuple(kinds)
        self._tabs: list[Tab | None] = [None] * len(self._kinds)
        for _ in self._kinds:
            self.addWidget(QWidget())

    def tab(self, index: int) -> Tab:
        """Return a tab, made on first use."""
        found = self._tabs[index]
        if found is None:
            found = self._tabs[index] = self._kinds[index].load()()
            blank = self.widget(index)
            current = self.currentIndex()
            if blank is not None:
                self.removeWidget(blank)
                blank.deleteLater()
            self.insertWidget(index, found)
            self.setCurrentIndex(current)
            self.made.emit(found)
        return found

    @property
    def current(self) -> Tab:
        """The tab on screen."""
        return self.tab(self.currentIndex())

    def turn_to(self, index: int) -> None:
        """Show a tab."""
        self.tab(index)
        self.setCurrentIndex(index)

    def stop(self) -> None:
        """Leave nothing running in the tabs that exist."""
        for tab in self._tabs:
            if tab is not None:
                tab.stop()

    def all(self) -> list[Tab]:
        """Return every tab."""
        return [self.tab(index) for index in range(len(self._kinds))]
