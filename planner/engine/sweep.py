"""The same plan at other values of its inputs: each point resolves again (decision 26)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog.load import Catalog
from planner.engine.arrays import Array
from planner.engine.blocks import BLOCK
from planner.engine.choices import Choices, StrategyChoices
from planner.engine.results import FIGURES, Results, StrategyResult
from planner.engine.run import resolve, simulate
from planner.errors import PlannerError
from planner.scenario.model import NOT_DRAWN, STRATEGY_IDS, Scenario, spec_for

Changes = Mapping[str, Any]


def over(
    scenario: Scenario, catalog: Catalog, path: str, values: Iterable[float]
) -> Iterator[tuple[float, Results]]:
    """Yield the results at each value of one input, as they are computed.

    A caller that must stay quick takes a few at a time.

    Raises
    ------
    InputError
        If the input does not take a value.
    """
    for value in values:
        yield value, simulate(scenario.with_({path: value}), catalog)


@dataclass(frozen=True, slots=True)
class Points:
    """Many changed plans, costed.

    Attributes
    ----------
    strategies : tuple of str
        All that take part in any of them, in their fixed order: the first axis of every array.
    figures : dict
        By the names of `results.FIGURES`, shape (strategy, point); NaN where a strategy does not fit or does
        not take part.
    fits, keeps_limits : array
        Whether it can be built at all; whether it also keeps all limits. Shape (strategy, point).
    usd_by_month : array or None
        Cost of months 0 to the horizon, shape (strategy, point, month), where asked for and all have the same
        horizon. [USD]
    invalid : dict
        What is wrong with a point that is no valid plan or cannot be costed, by its number: no strategy fits.
    """

    strategies: tuple[str, ...]
    figures: dict[str, Array]
    fits: NDArray[np.bool_]
    keeps_limits: NDArray[np.bool_]
    usd_by_month: Array | None
    invalid: dict[int, PlannerError]

    def __getitem__(self, name: str) -> Array:
        """Return a figure by its name in `results.FIGURES`, shape (strategy, point)."""
        return self.figures[name]


@dataclass(slots=True)
class _Group:
    """Points that differ in numbers alone: one call of the engine simulates them."""

    scenario: Scenario
    choices: Choices
    paths: tuple[str, ...]
    numbers: list[int] = field(default_factory=list)
    values: list[tuple[float, ...]] = field(default_factory=list)


class Batch:
    """Changed plans, resolved one by one and simulated together.

    `add` takes about a third of a simulation and can be called a few times a turn of an event loop;
    `simulate` works on arrays and can run in a thread.

    Parameters
    ----------
    scenario : Scenario
        What the points change.
    catalog : Catalog
        Hardware, models, prices.
    """

    def __init__(self, scenario: Scenario, catalog: Catalog) -> None:
        self._scenario, self._catalog = scenario, catalog
        self._groups: dict[Any, _Group] = {}
        self._invalid: dict[int, PlannerError] = {}
        self._strategies: set[str] = set()
        self._count = 0

    def __len__(self) -> int:
        """Return the number of points."""
        return self._count

    def add(self, changes: Changes) -> None:
        """Take a point; one that is no valid plan is kept as such.

        Raises
        ------
        InputError
            If a path is unknown.
        """
        for path in changes:
            if not path.startswith("ranges."):
                spec_for(path)
        number, self._count = self._count, self._count + 1
        try:
            scenario = self._scenario.with_(changes)
            choices = resolve(scenario, self._catalog)
        except PlannerError as error:
            self._invalid[number] = error
            return
        drawn = tuple(sorted(path for path in changes if _is_drawn(path, scenario.get(path))))
        kept = tuple(sorted((path, repr(changes[path])) for path in changes if path not in drawn))
        # Nothing of an input can leave a part of the plan out, with the events that come with it.
        nothing = tuple(path for path in drawn if scenario.get(path) == 0)
        key = (drawn, nothing, kept, _key_of(choices))
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(scenario, choices, drawn)
            self._strategies.update(scenario.strategies)
        group.numbers.append(number)
        group.values.append(tuple(float(scenario.get(path)) for path in drawn))

    def simulate(self, *, by_month: bool = False) -> Points:
        """Return all points, costed; with the cost by month if asked and all have the same horizon."""
        strategies = tuple(word for word in STRATEGY_IDS if word in self._strategies)
        horizons = {group.scenario.horizon_months for group in self._groups.values()}
        shape = (len(strategies), self._count)
        months = np.full((*shape, horizons.pop() + 1), np.nan) if by_month and len(horizons) == 1 else None
        found = Points(
            strategies=strategies,
            figures={name: np.full(shape, np.nan) for name in FIGURES},
            fits=np.zeros(shape, dtype=np.bool_),
            keeps_limits=np.zeros(shape, dtype=np.bool_),
            usd_by_month=months,
            invalid=dict(self._invalid),
        )
        for group in self._groups.values():
            try:
                self._simulate(group, found)
            except PlannerError as error:  # what the group has in common cannot be costed
                found.invalid.update(dict.fromkeys(group.numbers, error))
        return found

    def _simulate(self, group: _Group, found: Points) -> None:
        for start in range(0, len(group.numbers), BLOCK):
            numbers = np.array(group.numbers[start : start + BLOCK])
            values = np.array(group.values[start : start + BLOCK])
            alone = len(numbers) == 1 or not group.paths
            draws = {path: values[:, column] for column, path in enumerate(group.paths)}
            scenario = group.scenario
            if alone and draws:
                scenario = scenario.with_({path: column[0].item() for path, column in draws.items()})
            results = simulate(scenario, self._catalog, draws=None if alone else draws, choices=group.choices)
            for strategy, result in results.strategies.items():
                _put(found, found.strategies.index(strategy), numbers, result)


def _put(found: Points, row: int, numbers: NDArray[np.intp], result: StrategyResult) -> None:
    for name, values in result.figures.items():
        found.figures[name][row, numbers] = values
    found.fits[row, numbers] = result.fits
    found.keeps_limits[row, numbers] = result.keeps_limits
    if found.usd_by_month is not None:
        found.usd_by_month[row, numbers] = result.usd_by_month


def _is_drawn(path: str, value: object) -> bool:
    """Return whether a value can stand in an array: the engine takes those of uncertain numbers."""
    if path.startswith("ranges.") or path in NOT_DRAWN or isinstance(value, bool):
        return False
    return isinstance(value, int | float) and bool(spec_for(path).section) and spec_for(path).numeric


def _key_of(choices: Choices) -> Any:
    return tuple((strategy, _hashable(each)) for strategy, each in choices.items())


def _hashable(choices: StrategyChoices) -> Any:
    return choices._replace(training_accelerators=tuple(choices.training_accelerators.items()))  # type: ignore[arg-type]


def evaluate(
    scenario: Scenario, catalog: Catalog, points: Sequence[Changes], *, by_month: bool = False
) -> Points:
    """Return a plan at many changes of it, each as if it was run alone with them.

    Parameters
    ----------
    scenario : Scenario
        The plan.
    catalog : Catalog
        Hardware, models, prices.
    points : sequence of mapping
        Values by dotted path.
    by_month : bool
        Whether to keep the cost by month.

    Raises
    ------
    InputError
        If a path is unknown.
    """
    batch = Batch(scenario, catalog)
    for changes in points:
        batch.add(changes)
    return batch.simulate(by_month=by_month)
