"""The best plan under the user's limits, and the front of cost, carbon and quality.

Every plan is one simulation that resolves anew (decision 26), so a point equals ``planner run --set``. A
grid that is small enough is tried whole; a larger one is searched by scipy's differential evolution, and the
result says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from planner.catalog.load import Catalog
from planner.engine.arrays import Array
from planner.engine.choice import AIMS, choose
from planner.engine.optimise_evolution import Evolution
from planner.engine.optimise_front import non_dominated
from planner.engine.optimise_limits import Missed, missed_limits
from planner.engine.optimise_space import Rows, Space, Variable
from planner.engine.results import Results, StrategyResult
from planner.engine.run import simulate
from planner.errors import InputError, PlannerError
from planner.scenario.model import Scenario

Goal = Literal["cost", "carbon", "quality"]
Method = Literal["exhaustive", "heuristic"]

GOALS: Final[tuple[Goal, ...]] = ("cost", "carbon", "quality")
EXHAUSTIVE_MOST: Final = 20_000
"""Plans of a grid that is tried whole: about a minute on two cores."""
LARGEST_GRID: Final = 10**15
"""Plans beyond which the numbers of points are no longer exact."""
FIGURES: Final = (
    *("total_usd", "carbon_kgco2e", "quality", "quality_lowest", "latency_p95_s", "ttft_p95_s", "tpot_s"),
    *("energy_kwh", "usd_per_1k_requests"),
)
"""Figures kept of every plan tried."""
_WORST: Final = 2.0e6
"""What a plan that misses a limit is worth at least to the heuristic search, in present totals."""

_AT = {name: number for number, name in enumerate(FIGURES)}
_TOTAL, _CARBON, _QUALITY = (_AT[AIMS[goal][0]] for goal in GOALS)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One strategy of one changed plan.

    Attributes
    ----------
    changes : dict
        What differs from the plan as it is, by dotted path; empty for the plan itself.
    figures : dict
        By the names of `FIGURES`.
    energy_range_frac : tuple of float
        Low and high of energy and carbon over their middle.
    """

    strategy: str
    changes: Mapping[str, Any]
    figures: Mapping[str, float]
    keeps_limits: bool
    energy_range_frac: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The plan that comes nearest to keeping every limit, where none does."""

    candidate: Candidate
    missed: tuple[Missed, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found.

    Attributes
    ----------
    scenario : Scenario
        The plan with the goal and the limits of the search.
    present : Candidate or None
        The choice of the plan as it is; None where nothing fits.
    best : dict
        By goal; None where no plan tried keeps every limit.
    front : tuple of Candidate
        Plans that keep every limit and that no other one beats in cost, carbon and score at once, the
        cheapest first.
    nearest : Nearest or None
        Where no plan keeps every limit: the one that misses the fewest, and those by the least.
    method : str
        ``exhaustive`` or ``heuristic``.
    size, tried, invalid : int
        Plans of the grid, plans costed, and those of them that are no valid plan or cannot be costed.
    finished : bool
        False where the search was stopped.
    """

    scenario: Scenario
    goal: Goal
    present: Candidate | None
    best: Mapping[Goal, Candidate | None]
    front: tuple[Candidate, ...]
    nearest: Nearest | None
    method: Method
    size: int
    tried: int
    invalid: int
    finished: bool
    seed: int


@dataclass(slots=True)
class _Tried:
    """Everything that was costed, by point and strategy.

    Rows of the grid, figures, energy's range, whether it fits and keeps every limit, how many it misses and
    the largest miss.
    """

    rows: Rows
    figures: Array
    ranges: Array
    fits: NDArray[np.bool_]
    keeps: NDArray[np.bool_]
    misses: Array
    count: int = 0


class Search:
    """One search, a plan at a time: `step` until it says that it is done, then `outcome`.

    Parameters
    ----------
    scenario : Scenario
        The plan; its goal and its limits hold (see `with_limits`).
    catalog : Catalog
        Hardware, models, prices.
    variables : sequence of Variable
        What may change; none, to look at the plan's own strategies.
    seed : int
        Of the heuristic search.
    exhaustive_most : int, optional
        Plans of a grid up to which all are tried; `EXHAUSTIVE_MOST` if not given.

    Raises
    ------
    InputError
        If two variables are about one input, one has no value, or the grid is beyond counting.
    PlannerError
        If the plan as it is cannot be costed.
    """

    def __init__(
        self,
        scenario: Scenario,
        catalog: Catalog,
        variables: Sequence[Variable],
        *,
        seed: int = 0,
        exhaustive_most: int | None = None,
    ) -> None:
        _check_apart(variables)
        self.space = Space(scenario, variables)
        if self.space.size > LARGEST_GRID:
            message = f"The grid has {self.space.size:.2g} plans; at most {LARGEST_GRID:.0g} can be searched."
            raise InputError("grid_too_large", message, "Hold some of the variables.", path="over")
        self.scenario, self.seed = scenario, seed
        self._catalog = catalog
        self.goal: Goal = scenario.limits.goal
        self._present = simulate(scenario, catalog)
        self._unit = _unit_of(self._present, self.goal)
        self.strategies = tuple(self._present.strategies)
        whole = self.space.size <= (EXHAUSTIVE_MOST if exhaustive_most is None else exhaustive_most)
        self.method: Method = "exhaustive" if whole else "heuristic"
        self._evolution = None if whole else Evolution(self.space.counts, self.space.here, seed)
        self.planned = self.space.size if self._evolution is None else self._evolution.most
        room = self.planned if whole else self.planned + len(GOALS) * len(variables) ** 2
        self._seen: dict[bytes, float] = {}
        self._waiting: Rows | None = None
        self._values: list[float] = []
        self._invalid = self._passed = 0
        self.finished = self._settling = False
        self._tried = _Tried(
            rows=np.zeros((room, len(self.space.counts)), dtype=np.intp),
            figures=np.full((room, len(self.strategies), len(FIGURES)), np.nan),
            ranges=np.ones((room, len(self.strategies), 2)),
            fits=np.zeros((room, len(self.strategies)), dtype=np.bool_),
            keeps=np.zeros((room, len(self.strategies)), dtype=np.bool_),
            misses=np.zeros((room, len(self.strategies), 2)),
        )

    # ------------------------------------------------------------------ trying
    @property
    def tried(self) -> int:
        """Plans costed so far; a plan asked for twice counts once."""
        return self._tried.count

    @property
    def share(self) -> float:
        """How much is done. [1]."""
        return 1.0 if self.finished else self._passed / max(1, self.planned)

    def step(self, *, wait: bool = True) -> bool:
        """Cost one plan; return whether there is more to do.

        Parameters
        ----------
        wait : bool
            Whether to wait while the heuristic thinks; if not, a step may do nothing.
        """
        if self.finished:
            return False
        if self._waiting is None and not self._next_block(wait=wait):
            return not self.finished
        assert self._waiting is not None
        self._values.append(self._worth(self._waiting[len(self._values)]))
        self._passed += 1
        if len(self._values) == len(self._waiting):
            if self._evolution is not None and not self._settling:
                self._evolution.tell(np.array(self._values))
            self._waiting, self._values = None, []
            self.finished = self._evolution is None and self._passed == self.planned
        return not self.finished

    def run(self) -> Outcome:
        """Search to the end and return what was found."""
        while self.step():
            pass
        return self.outcome()

    def stop(self) -> None:
        """Give up; what was tried stays."""
        if self._evolution is not None:
            self._evolution.stop()

    def _next_block(self, *, wait: bool) -> bool:
        if self._evolution is None:
            self._waiting = self.space.rows(self._passed, self.planned)
            return True
        if not self._settling:
            goes_on, self._waiting = self._evolution.ask(wait=wait)
            self._settling = not goes_on
        if self._settling:
            self._waiting = self._idle_changes()
            self.finished = self._waiting is None
        return self._waiting is not None

    def _idle_changes(self) -> Rows | None:
        """Return the best plans with one change taken back each: of equal plans, that with fewer is best."""
        rows = []
        for point in self._best().values():
            row = self._tried.rows[point[0]]
            for number, own in enumerate(self.space.here):
                less = row.copy()
                less[number] = own
                if own >= 0 and less.tobytes() not in self._seen:
                    rows.append(less)
        return np.array(rows) if rows else None

    def _worth(self, row: NDArray[np.intp]) -> float:
        key = row.tobytes()
        if key not in self._seen:
            self._seen[key] = self._cost(row)
        return self._seen[key]

    def _cost(self, row: NDArray[np.intp]) -> float:
        """Cost one plan and keep it; return what it is worth to the goal."""
        held, at = self._tried, self._tried.count
        held.rows[at] = row
        held.count += 1
        try:
            results = simulate(self.scenario.with_(self.space.changes(row.tolist())), self._catalog)
        except PlannerError:
            self._invalid += 1
            return 3.0 * _WORST
        worth = 2.0 * _WORST
        figure, sign = AIMS[self.goal]
        for number, result in enumerate(results.strategies.values()):
            if not result.fits:
                continue
            held.figures[at, number] = [result.figures[name] for name in FIGURES]
            held.ranges[at, number] = result.energy_range_frac
            held.fits[at, number], held.keeps[at, number] = True, bool(result.keeps_limits)
            if result.keeps_limits:
                mine = min(sign * float(result[figure]) / self._unit, _WORST)
            else:
                missed = [each.frac for each in missed_limits(result, results.scenario)]
                held.misses[at, number] = len(missed), max(missed)
                mine = _WORST + min(sum(missed), _WORST / 2.0)
            worth = min(worth, mine)
        return worth

    # ------------------------------------------------------------------ finding
    def outcome(self) -> Outcome:
        """Return what was found so far."""
        order, points, strategies = self._competing()
        best: dict[Goal, Candidate | None] = dict.fromkeys(GOALS)
        best |= {goal: self._candidate(*place) for goal, place in self._best().items()}
        present = self._present_candidate()
        if present is not None and not self.finished:  # stopped before it was tried: it competes all the same
            best = {goal: _better(goal, present, found) for goal, found in best.items()}
        held = self._tried.figures[points, strategies]
        front = tuple(self._candidate(points[at], strategies[at]) for at in _front(held, order))
        return Outcome(
            scenario=self.scenario,
            goal=self.goal,
            present=present,
            best=best,
            front=front,
            nearest=None if order.size else self._nearest(),
            method=self.method,
            size=self.space.size,
            tried=self.tried,
            invalid=self._invalid,
            finished=self.finished,
            seed=self.seed,
        )

    def _best(self) -> dict[Goal, tuple[int, int]]:
        """Return point and strategy of the best of each goal.

        Equal ones by total, carbon, score, so that it lies on the front, then in their order.
        """
        order, points, strategies = self._competing()
        held = self._tried.figures[points, strategies]
        found: dict[Goal, tuple[int, int]] = {}
        for goal in GOALS if order.size else ():
            name, sign = AIMS[goal]
            keys = (order, -held[:, _QUALITY], held[:, _CARBON], held[:, _TOTAL], sign * held[:, _AT[name]])
            at = np.lexsort(keys)[0]
            found[goal] = (int(points[at]), int(strategies[at]))
        return found

    def _competing(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Return strategies of plans that keep every limit, and the order in which equal ones are taken.

        The fewest changes come first, then the earlier plan and strategy.
        """
        points, strategies = np.nonzero(self._tried.keeps[: self.tried])
        moved = self.space.moved(self._tried.rows[: self.tried])[points]
        order = np.empty(len(points), dtype=np.intp)
        order[np.lexsort((strategies, points, moved))] = np.arange(len(points))
        return order, points, strategies

    def _candidate(self, point: int, strategy: int) -> Candidate:
        held = self._tried
        low, high = held.ranges[point, strategy].tolist()
        return Candidate(
            strategy=self.strategies[strategy],
            changes=self.space.changed(held.rows[point].tolist()),
            figures=dict(zip(FIGURES, held.figures[point, strategy].tolist(), strict=True)),
            keeps_limits=bool(held.keeps[point, strategy]),
            energy_range_frac=(low, high),
        )

    def _present_candidate(self) -> Candidate | None:
        name = choose(self._present).strategy
        return None if name is None else present_candidate(self._present, name)

    def _nearest(self) -> Nearest | None:
        points, strategies = np.nonzero(self._tried.fits[: self.tried])
        if not points.size:
            return None
        count, most = self._tried.misses[points, strategies].T
        total = self._tried.figures[points, strategies, _TOTAL]
        moved = self.space.moved(self._tried.rows[: self.tried])[points]
        at = np.lexsort((moved, total, most, count))[0]
        found = self._candidate(points[at], strategies[at])
        results = simulate(self.scenario.with_(found.changes), self._catalog)
        return Nearest(found, missed_limits(results.strategies[found.strategy], results.scenario))


def _better(goal: Goal, present: Candidate, found: Candidate | None) -> Candidate | None:
    """Return what a stopped search found, or the plan as it is where that keeps the limits and is better."""
    if not present.keeps_limits:
        return found
    name, sign = AIMS[goal]
    if found is not None and sign * found.figures[name] <= sign * present.figures[name]:
        return found
    return present


def present_candidate(results: Results, strategy: str) -> Candidate:
    """Return a strategy of the plan as it is."""
    result: StrategyResult = results.strategies[strategy]
    return Candidate(
        strategy=strategy,
        changes={},
        figures={name: float(result[name]) for name in FIGURES},
        keeps_limits=bool(result.keeps_limits),
        energy_range_frac=result.energy_range_frac,
    )


def optimise(
    scenario: Scenario, catalog: Catalog, variables: Sequence[Variable], *, seed: int = 0
) -> Outcome:
    """Return the best plans and the front over the grid of some variables.

    Parameters
    ----------
    scenario : Scenario
        The plan; its goal and its limits hold.
    catalog : Catalog
        Hardware, models, prices.
    variables : sequence of Variable
        What may change.
    seed : int
        Of the heuristic search, which only a large grid needs.

    Raises
    ------
    PlannerError
        As `Search` does.
    """
    return Search(scenario, catalog, variables, seed=seed).run()


def _unit_of(results: Results, goal: Goal) -> float:
    """Return the size of a goal's figure in the plan as it is, 1 where it has none: a miss weighs more."""
    chosen = choose(results).strategy
    size = 0.0 if chosen is None else abs(float(results.strategies[chosen][AIMS[goal][0]]))
    return size or 1.0


def _check_apart(variables: Iterable[Variable]) -> None:
    seen: set[str] = set()
    for variable in variables:
        if variable.path in seen:
            message = f"{variable.title} ({variable.path}) is given twice."
            raise InputError("given_twice", message, "Give all its values at once.", path=variable.path)
        seen.add(variable.path)


def _front(figures: Array, order: NDArray[np.intp]) -> list[int]:
    """Return the numbers of the front, one of equal ones, the cheapest first."""
    aims = np.stack((figures[:, _TOTAL], figures[:, _CARBON], -figures[:, _QUALITY]), axis=1)
    numbers = np.flatnonzero(non_dominated(aims))
    numbers = numbers[np.argsort(order[numbers])]
    _, first = np.unique(aims[numbers], axis=0, return_index=True)
    found: list[int] = numbers[first].tolist()
    return found
