"""Bringing invoices and usage into the plan: from a file, the clipboard, or dropped on the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from planner.errors import PlannerError
from planner.scenario.actuals import months_in
from planner.ui.tabs.base import Tab
from planner.ui.tabs.registry import number_of
from planner.ui.view import strategy_run

if TYPE_CHECKING:
    from planner.app.importing import Importing
    from planner.scenario.invoices.text import Sheet
    from planner.ui.dialogs.actuals_import import ActualsImport
    from planner.ui.window import MainWindow

_FILES: Final = "Invoices and usage (*.csv *.tsv *.txt);;All files (*)"
_KEY: Final = "invoices"
_PAGE: Final = "Costs"


class Invoices(QObject):
    """Opens the mapping step, and takes over what comes of it as one undo step."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: ActualsImport | None = None
        # Another step than the import is at the end of the undo stack then: its message is true no more.
        window.store.undo_stack.indexChanged.connect(self._moved_on)

    def _moved_on(self, _index: int) -> None:
        if isValid(self._window.bus):  # a stack that is taken down empties itself, maybe after the bus
            self._window.bus.clear(_KEY)

    def follow(self, tab: Tab) -> None:
        """Do what a page asks for."""
        tab.import_requested.connect(self.ask)
        tab.paste_requested.connect(self.paste)
        tab.actuals_changed.connect(self._window.store.set_actuals)

    def ask(self) -> None:
        """Let the user choose a file."""
        folder = self._window.documents.folder()
        name, _ = QFileDialog.getOpenFileName(self._window, "Import actuals", folder, _FILES)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> bool:
        """Show what a file would bring; whatever is wrong with it, the plan stays."""
        from planner.scenario.invoices.text import read_sheet  # not before somebody imports

        return self._map(lambda: read_sheet(path), path.name)

    def paste(self) -> bool:
        """Show what the clipboard would bring."""
        from planner.scenario.invoices.text import pasted

        return self._map(lambda: pasted(QGuiApplication.clipboard().text()), "")

    def stop(self) -> None:
        """Leave nothing open."""
        if self.dialog is not None:
            self.dialog.close()

    def _map(self, read: Callable[[], Sheet], name: str) -> bool:
        from planner.app.import_memory import ImportMemory
        from planner.app.importing import Importing
        from planner.ui.dialogs.actuals_import import ActualsImport

        window = self._window
        try:
            plan, memory = window.store.plan, ImportMemory(window.settings)
            strategy = strategy_run(plan.actuals, window.live.view)
            importing = Importing(read(), name, plan, strategy, memory)
        except PlannerError as problem:
            window.bus.report(problem, key=_KEY)
            return False
        window.bus.clear(_KEY)
        window.start.show_plan()
        self.stop()
        self.dialog = ActualsImport(importing, window)
        self.dialog.taken.connect(self._take)
        self.dialog.open()
        return True

    def _take(self, importing: Importing) -> None:
        from planner.app.importing import TITLE

        importing.remember()
        window, fresh = self._window, importing.fresh
        if not window.store.set_actuals(importing.rows, TITLE):
            return
        count = len(months_in(fresh))
        months = "1 month" if count == 1 else f"{count} months"
        name = importing.name or "the clipboard"
        window.bus.info(f"Imported {months} of {name}.", "Undo takes it back.", key=_KEY)
        self.show_page()

    def show_page(self) -> None:
        """Go to plan and actual."""
        from planner.ui.tabs.costs import Costs

        number = number_of(_PAGE)
        tab = self._window.pages.tab(number)
        if isinstance(tab, Costs):
            tab.show_page("actual")
        self._window.tab_bar.setCurrentIndex(number)
