"""The figures of a plan as claims ask for them: read from its results, never computed anew."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.arrays import Array
from planner.engine.claims.records import Figure, UntestedError
from planner.engine.claims.rows import Rows
from planner.engine.lineitems import Phase
from planner.engine.results import FIGURES, Results, StrategyResult
from planner.engine.run import simulate
from planner.engine.verdict import NAMES
from planner.scenario.model import STRATEGY_IDS, Scenario

ON_A_PHONE: dict[str, Any] = {
    "strategies": ("distil",),
    "serving.student_target": "edge",
    "serving.edge_hardware": None,
}
"""What changes in a plan to ask for the default phone."""


class Facts:
    """One plan, simulated at its most likely values, with the strategies that it leaves out beside it.

    Parameters
    ----------
    results : Results
        Without draws.
    catalog : Catalog
        That of the results.
    """

    def __init__(self, results: Results, catalog: Catalog) -> None:
        self.scenario: Scenario = results.scenario
        self.horizon = results.scenario.horizon_months
        self._results, self._catalog = results, catalog
        self._rows: dict[str, dict[tuple[str, Phase], Array]] = {}

    @cached_property
    def _left_out(self) -> dict[str, StrategyResult]:
        """Strategies that take no part: a claim about them is as true or false without them."""
        missing = tuple(name for name in STRATEGY_IDS if name not in self._results.strategies)
        return simulate(self.scenario.with_({"strategies": missing}), self._catalog).strategies

    @cached_property
    def phone(self) -> StrategyResult:
        """The distilled model on the default phone, in a plan that is otherwise the same."""
        return simulate(self.scenario.with_(ON_A_PHONE), self._catalog).strategies["distil"]

    def _found(self, strategy: str) -> StrategyResult:
        own = self._results.strategies.get(strategy)
        return self._left_out[strategy] if own is None else own

    def has(self, strategy: str) -> bool:
        """Return whether a strategy can be built."""
        result = self._found(strategy)
        return bool(result.fits) and result.ledger is not None

    def result(self, strategy: str) -> StrategyResult:
        """Return a strategy's results.

        Raises
        ------
        UntestedError
            If it does not fit.
        """
        if not self.has(strategy):
            raise UntestedError(
                f"{NAMES[strategy]} does not fit in this plan, so there is nothing to compare."
            )
        return self._found(strategy)

    def say(self, name: str, value: Any, unit: str, strategy: str, what: str) -> Figure:
        """Return a number as a figure; line items open only for a strategy that takes part."""
        traced = what if "." in what or strategy in self._results.strategies else ""
        return Figure(name, float(value), unit, strategy, traced)

    def figure(self, strategy: str, what: str, name: str = "") -> Figure:
        """Return a figure of `results.FIGURES`."""
        column = FIGURES[what]
        return self.say(name or column.title, self.result(strategy)[what], column.unit, strategy, what)

    def months_of(self, strategy: str, rows: Rows) -> Array:
        """Return a choice of the ledger's rows, added up by month. Unit of its quantity, shape (month,)."""
        total = np.zeros(self.horizon + 1)
        for (item, phase), values in self._rows_of(strategy).items():
            if rows.takes(item, phase):
                total += values[rows.column]
        return total

    def added(self, name: str, strategy: str, rows: Rows) -> Figure:
        """Return a choice of the ledger's rows, added up, as a figure."""
        return self.say(name, self.months_of(strategy, rows).sum(), rows.unit, strategy, rows.key)

    def _rows_of(self, strategy: str) -> dict[tuple[str, Phase], Array]:
        if strategy not in self._rows:
            ledger = self.result(strategy).ledger
            self._rows[strategy] = {} if ledger is None else ledger.rows
        return self._rows[strategy]

    @property
    def teacher(self) -> str:
        """The strategy that uses, as it is, the model that teaches the student of `distil`."""
        return "api" if self.scenario.distil.teacher == "api" else "prompt"
