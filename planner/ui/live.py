"""The fast lane: each change of the plan is simulated in the same event, on the main thread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from planner.app.store import PlanStore
from planner.catalog.load import Catalog
from planner.engine.choice import Choice, choose
from planner.engine.crossing import Crossing, search
from planner.engine.results import Results
from planner.engine.run import simulate
from planner.engine.verdict import Verdict, verdict
from planner.errors import PlannerError
from planner.scenario.model import Plan, Scenario
from planner.ui.view import Doubted, View

_QUIET_MS: Final = 250


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the list of scenarios says about one of them; None figures where it cannot be computed."""

    strategy: str | None
    total_usd: float | None


class Live(QObject):
    """Simulates the active scenario at each change.

    Signals
    -------
    shown(View)
        The plan with its figures.
    doubted(View)
        The same plan with what draws say of it.
    failed(PlannerError)
        The plan has none; the last good figures are out of date.
    counted()
        The outcome of another scenario was computed.
    """

    shown = Signal(object)
    doubted = Signal(object)
    failed = Signal(object)
    counted = Signal()

    def __init__(self, store: PlanStore, catalog: Catalog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store, self.catalog = store, catalog
        self.view: View | None = None
        self.problem: PlannerError | None = None
        self.engine_ms = 0.0
        self._picked: str | None = None
        self._dragging = False
        self._simulated: Scenario | None = None
        self._doubted: Doubted | None = None
        self._crossing: Crossing | None = None
        self._search: Iterator[Crossing | None] | None = None
        self._outcomes: dict[int, tuple[Scenario, Outcome]] = {}
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(self._start_search)
        self._idle = QTimer(self)
        self._idle.setInterval(0)  # one piece of work per turn of the event loop, so that events come first
        self._idle.timeout.connect(self._work)
        store.changed.connect(self.on_plan)

    # -- the fast lane
    def on_plan(self, plan: Plan) -> None:
        """Simulate a plan and hand it on."""
        scenario = plan.scenario
        if scenario is not self._simulated or self.view is None:
            self._crossing, self._search, self._doubted = None, None, None
            try:
                started = time.perf_counter()
                results = simulate(scenario, self.catalog)
                # The first run reads the tables of the catalogue: its time says nothing about the engine.
                self.engine_ms = (time.perf_counter() - started) * 1e3 if self.view is not None else 0.0
            except PlannerError as error:
                self.problem = error
                self._simulated = None
                self.stop()
                self.failed.emit(error)
                return
            self._simulated = scenario
        else:
            results = self.view.results
        self.problem = None
        self._hand_on(plan, results)
        self._quiet.start()

    def take_doubted(self, doubted: Doubted) -> None:
        """Show what draws say, where they speak of the results on screen."""
        view = self.view
        if view is None or doubted.results is not view.results or self.problem is not None:
            return
        self._doubted = doubted
        choice = choose(view.results, doubted.risk)
        said = self._verdict(view.results, choice)
        self.view = replace(view, doubted=doubted, choice=choice, verdict=said)
        self.doubted.emit(self.view)

    def _hand_on(self, plan: Plan, results: Results) -> None:
        choice = choose(results, None if self._doubted is None else self._doubted.risk)
        self._remember(results.scenario, results, choice)
        self.view = View(
            plan=plan,
            results=results,
            catalog=self.catalog,
            choice=choice,
            verdict=self._verdict(results, choice),
            selected=self._selected(results, choice),
            dragging=self._dragging,
            preset=self.store.preset,
            doubted=self._doubted,
        )
        self.shown.emit(self.view)

    def _verdict(self, results: Results, choice: Choice) -> Verdict:
        risk = None if self._doubted is None else self._doubted.risk
        return verdict(results, choice, self._crossing, risk)

    def _selected(self, results: Results, choice: Choice) -> str:
        if self._picked in results.strategies:
            return str(self._picked)
        return choice.strategy or next(iter(results.strategies))

    def simulate_again(self) -> None:
        """Simulate the plan once more: something beside it changed, such as a price list."""
        self._simulated = None
        self._outcomes.clear()
        self.on_plan(self.store.plan)

    @property
    def crossing(self) -> Crossing | None:
        """Where the answer of the plan on screen turns; None while it is looked for, or where it does not."""
        return self._crossing

    # -- what the user looks at
    def select(self, strategy: str) -> None:
        """Put a strategy in focus."""
        self._picked = strategy
        if self.view is not None and strategy in self.view.results.strategies:
            self.view = replace(self.view, selected=strategy)
            self.show_again()

    def show_again(self) -> None:
        """Hand on once more what there is: the view, and that it is out of date where it is."""
        if self.view is not None:
            self.shown.emit(self.view)
        if self.problem is not None:
            self.failed.emit(self.problem)

    def follow_choice(self) -> None:
        """Put the choice in focus, as for a plan just opened."""
        self._picked = None

    def set_dragging(self, dragging: bool) -> None:
        """A slider is held, or let go: then axes may move again."""
        if dragging == self._dragging:
            return
        self._dragging = dragging
        if not dragging and self.view is not None and self.problem is None:
            self.view = replace(self.view, dragging=False)
            self.shown.emit(self.view)
            self._quiet.start()

    # -- other scenarios
    def outcome_of(self, scenario: Scenario) -> Outcome | None:
        """Return the outcome of a scenario of the plan, or None while it waits to be computed."""
        held = self._outcomes.get(id(scenario))
        return held[1] if held is not None and held[0] is scenario else None

    def _remember(self, scenario: Scenario, results: Results, choice: Choice) -> None:
        total = None
        if choice.strategy is not None:
            total = float(results.strategies[choice.strategy]["total_usd"])
        self._keep(scenario, Outcome(choice.strategy, total))

    def _keep(self, scenario: Scenario, outcome: Outcome) -> None:
        held = {id(other) for other in self.store.plan.scenarios}
        self._outcomes = {key: pair for key, pair in self._outcomes.items() if key in held}
        self._outcomes[id(scenario)] = (scenario, outcome)

    def _count_one(self) -> bool:
        """Compute the outcome of one scenario that has none yet; False when none is left."""
        for scenario in self.store.plan.scenarios:
            if self.outcome_of(scenario) is None:
                try:
                    results = simulate(scenario, self.catalog)
                except PlannerError:
                    self._keep(scenario, Outcome(None, None))
                else:
                    self._remember(scenario, results, choose(results))
                self.counted.emit()
                return True
        return False

    # -- what would flip the answer
    def _start_search(self) -> None:
        if self._dragging or self.view is None:
            return
        if self._crossing is None:
            self._search = search(self.view.results, self.catalog)
        self._idle.start()

    def stop(self) -> None:
        """Leave nothing running."""
        self._quiet.stop()
        self._idle.stop()
        self._search = None

    def _time_engine(self, view: View) -> None:
        started = time.perf_counter()
        simulate(view.scenario, self.catalog)
        self.engine_ms = (time.perf_counter() - started) * 1e3
        self.shown.emit(view)

    def _work(self) -> None:
        if self._count_one():
            return
        if not self.engine_ms and self.view is not None:
            self._time_engine(self.view)
            return
        if self._search is None or self.view is None:
            self._idle.stop()
            return
        try:
            found = next(self._search)
        except (StopIteration, PlannerError):  # nothing to say, or a volume that cannot be costed
            self._search = None
            return
        if found is not None:
            self._crossing = found
            self.view = replace(self.view, verdict=self._verdict(self.view.results, self.view.choice))
            self.shown.emit(self.view)
