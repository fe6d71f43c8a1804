"""Holds a plan's panels and pages, and the start page in their place once it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from planner.catalog.load import Catalog

if TYPE_CHECKING:
    from planner.ui.panels.start import StartPage


class StartHost(QStackedWidget):
    """Holds the panels and pages of a plan, and the start page once it was asked for.

    Signals
    -------
    chosen(str), sources_asked(str), open_asked()
        As those of the start page.
    """

    chosen = Signal(str)
    sources_asked = Signal(str)
    open_asked = Signal()

    def __init__(self, plan_view: QWidget, catalog: Catalog) -> None:
        super().__init__()
        self._catalog = catalog
        self._before: QWidget | None = None
        self.page: StartPage | None = None
        self.addWidget(plan_view)

    @property
    def shown(self) -> bool:
        """Whether the start page is on screen."""
        return self.page is not None and self.currentWidget() is self.page

    def show_start(self, preset_id: str | None) -> None:
        """Show the start page, made when it is first asked for."""
        if self.page is None:
            from planner.ui.panels.start import StartPage  # not before somebody asks: the window opens sooner

            self.page = StartPage(self._catalog)
            self.page.chosen.connect(self.chosen)
            self.page.sources_asked.connect(self.sources_asked)
            self.page.open_asked.connect(self.open_asked)
            self.page.left.connect(self.show_plan)
            self.addWidget(self.page)
        if not self.shown:
            self._before = self.focusWidget()
        self.setCurrentWidget(self.page)
        self.page.open_on(preset_id)

    def show_plan(self) -> None:
        """Show the plan again, with the keyboard where it was."""
        if not self.shown:
            return
        self.setCurrentIndex(0)
        before = self._before if self._before is not None else self.currentWidget()
        if before is not None:
            before.setFocus(Qt.FocusReason.OtherFocusReason)
