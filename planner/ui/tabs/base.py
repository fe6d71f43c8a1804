"""What the window expects of a tab."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from planner.ui.view import View


class Tab(QWidget):
    """A page of the centre. It shows what it is given and asks for what it wants by signal.

    Signals
    -------
    strategy_selected(str)
        The user points at a strategy.
    items_requested(str, str)
        Open the line items of a strategy behind a figure of `results.FIGURES`, a category or a phase; by
        `view.IN_MONTH` with the numbers of a month.
    results_requested(Results, str, str)
        The same of a scenario that need not be the active one, by its results.
    input_requested(str)
        Bring the input at a dotted path into view and focus it.
    change_requested(object, str)
        Change values (mapping of path to value) as one undo step with this text.
    scenario_requested(object, str)
        Show a copy of the active scenario with other values (mapping of path to value), as one undo step.
    duplicate_requested()
        Copy the active scenario.
    problem_met(PlannerError)
        Something that the user asked for cannot be done; nothing was changed.
    draws_asked(int)
        Count this many draws from now on; 0 stops where it stands.
    import_requested()
        Let the user choose a file of invoices.
    paste_requested()
        Import what is on the clipboard.
    actuals_changed(object, str)
        Replace what is recorded (rows), as one undo step with this text.
    """

    strategy_selected = Signal(str)
    items_requested = Signal(str, str)
    results_requested = Signal(object, str, str)
    input_requested = Signal(str)
    change_requested = Signal(object, str)
    scenario_requested = Signal(object, str)
    duplicate_requested = Signal()
    problem_met = Signal(object)
    draws_asked = Signal(int)
    import_requested = Signal()
    paste_requested = Signal()
    actuals_changed = Signal(object, str)

    title = ""

    @property
    def picture_name(self) -> str:
        """What a picture of the page is called; one that figures are known by is drawn by that name."""
        return self.title

    @property
    def whole(self) -> QWidget:
        """What a picture of the page shows: all of it, also what is scrolled away."""
        return self

    def pass_on(self, page: Tab) -> None:
        """Ask for what a page within this one asks for."""
        page.strategy_selected.connect(self.strategy_selected)
        page.items_requested.connect(self.items_requested)
        page.results_requested.connect(self.results_requested)
        page.input_requested.connect(self.input_requested)
        page.change_requested.connect(self.change_requested)
        page.scenario_requested.connect(self.scenario_requested)
        page.duplicate_requested.connect(self.duplicate_requested)
        page.problem_met.connect(self.problem_met)
        page.draws_asked.connect(self.draws_asked)
        page.import_requested.connect(self.import_requested)
        page.paste_requested.connect(self.paste_requested)
        page.actuals_changed.connect(self.actuals_changed)

    def show_view(self, view: View) -> None:
        """Show a plan. Called for the visible tab at every change, for a hidden one when it is shown."""

    def show_doubt(self, view: View) -> None:
        """Show what draws say of the plan on screen: its figures are those shown before."""

    def stop(self) -> None:
        """Leave nothing running: the window closes."""
