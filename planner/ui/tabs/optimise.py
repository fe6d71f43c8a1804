"""The best plan under the user's limits, the front of cost, carbon and score, and goal seek."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.errors import PlannerError
from planner.scenario.model import Scenario
from planner.ui.idle import time_words
from planner.ui.tabs.page import GAP, Page, Row
from planner.ui.theme import px
from planner.ui.view import View
from planner.units import format_quantity

if TYPE_CHECKING:  # the window opens without the optimiser; the page, made on first use, brings it
    from planner.engine.optimise import Candidate, Outcome

_EXPLAINED = "Every combination of what may change is costed as a plan of its own, within the limits."
_FRONT_LEAST, _SEEK_LEAST = 280, 150


class OptimiseTab(Page):
    """Form at the left, what was found at the right, goal seek below."""

    title = "Optimise"

    def __init__(self) -> None:
        super().__init__()
        from planner.ui.plots.figures.front import FrontFigure
        from planner.ui.tabs.optimise_form import Form
        from planner.ui.tabs.optimise_result import ResultPanel
        from planner.ui.tabs.optimise_run import SearchRun
        from planner.ui.tabs.optimise_seek import SeekPanel

        self.form, self.result, self.front = Form(), ResultPanel(), FrontFigure()
        self.seek = SeekPanel()
        self.run = SearchRun(self)
        self.outcome: Outcome | None = None
        self._searched: Scenario | None = None
        self._edited = False
        self._document: tuple[str, str | None] | None = None
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.result)
        column.addWidget(self.front, 1)
        self._connect()
        self.lay_out(
            (),
            (
                Row(((self.form, 36), (right, 64)), least=640, stretch=1),
                Row(((self.seek, 100),), least=_SEEK_LEAST, stretch=0),
            ),
        )
        self._show_nothing()

    def _connect(self) -> None:
        self.form.search_asked.connect(self.start)
        self.form.goal_changed.connect(self._goal_changed)
        self.form.edited.connect(self._form_edited)
        self.result.search_asked.connect(self.start)
        self.result.stop_asked.connect(self.run.halt)
        self.result.apply_asked.connect(self._apply)
        self.result.open_asked.connect(self._open)
        self.result.best_asked.connect(lambda: self._show_candidate(None))
        self.front.picked.connect(self._pick)
        self.front.full_size_asked.connect(lambda: self.toggle_full_size(self.front))
        self.run.advanced.connect(self._show_progress)
        self.run.found.connect(self._take)
        self.run.failed.connect(self._fail)
        self.seek.apply_asked.connect(self.change_requested)

    # -- the plan

    def show_view(self, view: View) -> None:
        """Take limits and values from the plan; a search of another plan ends."""
        self.view = view
        if view.dragging:
            if self.run.running:
                self.run.drop()
                self._show_nothing()
            self._say_stale()
            return
        self._follow_document(view)
        self.form.show_view(view)
        self.form.say_size(self.run.ms_a_plan)
        self.seek.show_view(view)
        if self.run.running and view.scenario is not self._searched:
            self.run.drop()
            self.outcome = None
        if self.outcome is None and not self.run.running:
            self._show_nothing()
        self._say_stale()

    def _follow_document(self, view: View) -> None:
        """Of another plan nothing was searched yet."""
        document = (view.plan.title, view.plan.preset)
        if self._document not in (None, document):
            self.run.drop()
            self.outcome = None
            self.form.start_anew()
            self.seek.start_anew()
        self._document = document

    def _say_stale(self) -> None:
        if self.outcome is None or self.view is None:
            self.result.set_stale("")
            self.front.set_dimmed("")
            return
        reason = ""
        if self.view.scenario is not self._searched and not self._is_applied():
            reason = "Out of date: the plan has changed since the search."
        elif self._edited:
            reason = "Out of date: limits or what may change are others by now."
        self.result.set_stale(reason)
        self.front.set_dimmed(reason)

    def _is_applied(self) -> bool:
        """Whether the plan is the one shown: applying it makes the search no older."""
        shown, view, searched = self.result.shown, self.view, self._searched
        if shown is None or view is None or searched is None:
            return False
        wanted = searched.with_({**shown.changes, "name": view.scenario.name})
        return wanted == view.scenario

    # -- searching

    def start(self) -> None:
        """Search with what the form holds."""
        view = self.view
        if view is None:
            return
        from planner.engine.optimise import Search

        self._edited, self._searched, self.outcome = False, view.scenario, None
        changes, free = self.form.changes(), self.form.free()
        self.result.set_stale("")
        self.front.set_dimmed("")
        self.run.start(lambda: Search(view.scenario.with_(changes), view.catalog, free))
        if self.run.running:
            self._show_progress()

    def _show_progress(self) -> None:
        search = self.run.search
        if search is None:
            return
        of = f"{search.space.size:,}" if search.method == "exhaustive" else "a larger grid"
        left = f", {time_words(self.run.seconds_left)} left" if search.tried > 20 else ""
        self.result.show_running(f"{search.tried:,} plans of {of} tried{left}", search.share)
        self._fit()

    def _take(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.form.say_size(self.run.ms_a_plan)
        self._show_outcome()

    def _fail(self, error: PlannerError) -> None:
        self.outcome = None
        self.result.show_problem(error.message, error.hint)
        self._fit()

    def _show_nothing(self) -> None:
        self.result.show_nothing(_EXPLAINED, "Search")
        self._show_front()
        self._fit()

    # -- what was found

    def _goal_changed(self) -> None:
        """All plans were tried for every goal; the heuristic looks for one."""
        outcome = self.outcome
        if outcome is not None and outcome.method == "exhaustive":
            self._show_outcome()
        elif outcome is not None:
            self._form_edited()

    def _form_edited(self) -> None:
        self.form.say_size(self.run.ms_a_plan)
        self._edited = True
        self._say_stale()

    def _for_goal(self) -> Outcome | None:
        return None if self.outcome is None else replace(self.outcome, goal=self.form.goal)

    def _show_outcome(self) -> None:
        self._show_front()
        self._show_candidate(None)
        self._say_stale()

    def _show_candidate(self, candidate: Candidate | None) -> None:
        outcome, view = self._for_goal(), self.view
        if outcome is None or view is None:
            return
        self.result.show_outcome(outcome, view.catalog, candidate)
        self.front.set_picked(self.result.shown)
        self._say_stale()
        self._fit()

    def _show_front(self) -> None:
        outcome, view = self._for_goal(), self.view
        self.front.setVisible(outcome is not None and bool(outcome.front))
        if outcome is None or view is None:
            return
        from planner.engine.optimise_words import change_words
        from planner.ui.plots.figures.front import FrontPoint

        points = [
            FrontPoint(each, change_words(each.changes, outcome.scenario, view.catalog))
            for each in outcome.front
        ]
        self.front.set_front(points, outcome.present, outcome.best[outcome.goal])

    def _pick(self, number: int) -> None:
        self._show_candidate(self.front.points[number].candidate)

    # -- taking over

    def _apply(self) -> None:
        shown = self.result.shown
        if shown is not None and shown.changes:
            self.change_requested.emit(dict(shown.changes), self._step_text(shown))
            self.strategy_selected.emit(shown.strategy)

    def _open(self) -> None:
        shown = self.result.shown
        if shown is not None and shown.changes:
            self.scenario_requested.emit(dict(shown.changes), self._step_text(shown))
            self.strategy_selected.emit(shown.strategy)

    @staticmethod
    def _step_text(shown: Candidate) -> str:
        return f"Take plan for {format_quantity(shown.figures['total_usd'], 'usd')}"

    # -- room

    def retheme(self) -> None:
        """Least heights follow zoom and what is shown."""
        super().retheme()
        self._fit()

    def _arrange(self) -> None:
        """The front fills the page alone."""
        super()._arrange()
        self.result.setVisible(self._full is None)

    def _fit(self) -> None:
        """Give the upper row the height that form and result need."""
        if not self._rows:
            return
        result = self.result.sizeHint().height()
        front = px(_FRONT_LEAST) + GAP if not self.front.isHidden() else 0
        least = max(self.form.sizeHint().height(), result + front)
        self._rows[0][0].setMinimumHeight(least)
        self._rows[1][0].setMaximumHeight(16_777_215)

    def stop(self) -> None:
        """Leave nothing running."""
        self.run.drop()
        self.seek.stop()
