"""One choice moved at a time: what would make a strategy cheaper and keep every limit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from planner.catalog.load import Catalog
from planner.engine.optimise_space import variables_of
from planner.engine.results import StrategyResult
from planner.engine.run import simulate
from planner.errors import PlannerError
from planner.scenario.model import Scenario

_LEAST_SAVING_FRAC: Final = 0.01
_SCORE_LOST_POINTS: Final = 0.5
SLOWER_FACTOR: Final = 1.25
_LEFT: Final = ("serving.student_target", "site.grid")
"""Another product and another place are not a cheaper way to the same one."""


@dataclass(frozen=True, slots=True)
class Move:
    """A single change that saves money.

    Attributes
    ----------
    path : str
        The input it is about.
    changes : dict
        What to set, by dotted path.
    saving_usd : float
        Less in total over the horizon. [USD]
    quality, quality_before : float
        Lowest score with and without it. [points]
    latency_s, latency_before_s : float
        Whole answer, 95th percentile, with and without it. [s]
    """

    path: str
    changes: Mapping[str, Any]
    saving_usd: float
    quality: float
    quality_before: float
    latency_s: float
    latency_before_s: float


class Moves:
    """Every value of every variable, one at a time: `step` until it says that it is done, then `best`.

    A move counts if its strategy fits, keeps every limit of the plan and costs at least 1 % less. Where the
    plan sets no floor for the score, and no limit on the answer, the score may not fall by more than half a
    point and the answer not take more than a quarter longer: a cheaper plan that is worse is no proposal.

    Parameters
    ----------
    scenario : Scenario
        The plan.
    catalog : Catalog
        Hardware, models, prices.
    strategy : str
        The one that is to become cheaper.
    """

    def __init__(self, scenario: Scenario, catalog: Catalog, strategy: str) -> None:
        self._scenario = scenario.with_({"strategies": (strategy,)})
        self._catalog, self._strategy = catalog, strategy
        self._waiting = [
            (variable.path, option.changes)
            for variable in variables_of(self._scenario, catalog)
            if variable.path not in _LEFT
            for option in variable.allowed
            if any(scenario.get(path) != value for path, value in option.changes.items())
        ]
        self._now: StrategyResult | None = None
        self._found: dict[str, Move] = {}
        self._all = max(1, len(self._waiting))
        self.tried = 0

    @property
    def share(self) -> float:
        """How much is done. [1]."""
        return self.tried / self._all

    def step(self) -> bool:
        """Cost one move; return whether there are more."""
        if self._now is None:
            self._now = simulate(self._scenario, self._catalog).strategies[self._strategy]
            if not self._now.fits:
                self._waiting = []
            return bool(self._waiting)
        if self._waiting:
            path, changes = self._waiting.pop()
            self.tried += 1
            try:
                results = simulate(self._scenario.with_(changes), self._catalog)
            except PlannerError:  # a value that contradicts others of the plan is no move
                return bool(self._waiting)
            self._weigh(path, changes, results.strategies[self._strategy], self._now)
        return bool(self._waiting)

    def best(self, most: int = 2) -> tuple[Move, ...]:
        """Return the moves that save most, at most one of each variable, the largest saving first."""
        found = sorted(self._found.values(), key=lambda move: -move.saving_usd)
        return tuple(found[:most])

    def run(self) -> tuple[Move, ...]:
        """Try all and return the best."""
        while self.step():
            pass
        return self.best()

    def _weigh(
        self, path: str, changes: Mapping[str, Any], then: StrategyResult, now: StrategyResult
    ) -> None:
        if not (then.fits and then.keeps_limits):
            return
        saving = float(now["total_usd"]) - float(then["total_usd"])
        if not saving >= _LEAST_SAVING_FRAC * float(now["total_usd"]) or self._is_worse(then, now):
            return
        held = self._found.get(path)
        if held is not None and held.saving_usd >= saving:
            return
        scenario = self._scenario
        self._found[path] = Move(
            path=path,
            changes={key: value for key, value in changes.items() if scenario.get(key) != value},
            saving_usd=saving,
            quality=float(then["quality_lowest"]),
            quality_before=float(now["quality_lowest"]),
            latency_s=float(then["latency_p95_s"]),
            latency_before_s=float(now["latency_p95_s"]),
        )

    def _is_worse(self, then: StrategyResult, now: StrategyResult) -> bool:
        limits = self._scenario.limits
        floor = limits.min_quality
        lost = float(now["quality_lowest"]) - float(then["quality_lowest"])
        slower = float(then["latency_p95_s"]) / max(float(now["latency_p95_s"]), math.ulp(1.0))
        return (floor is None and lost > _SCORE_LOST_POINTS) or (
            limits.max_latency_p95_s is None and slower > SLOWER_FACTOR
        )
