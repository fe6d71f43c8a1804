"""A plan along one axis: at each value decided anew (decision 26), many values costed in one pass.

Values of volume are decided in arrays by the functions that decide a single plan; a price decides nothing;
any other input is decided value by value (`planner.engine.sweep`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from planner.catalog.load import Catalog
from planner.engine import costing, sweep
from planner.engine.arrays import Array, least_of
from planner.engine.blocks import BLOCK
from planner.engine.choices import Choices, StrategyChoices
from planner.engine.constants import load_physics
from planner.engine.crossing import VOLUME
from planner.engine.fleet import Fleet, Sizing, build_replica, size_fleet
from planner.engine.problems import CannotCostError
from planner.engine.results import StrategyResult
from planner.engine.run import resolve, simulate
from planner.engine.strategies import student
from planner.engine.strategies.table import STRATEGIES
from planner.engine.world import World, build_world
from planner.scenario.model import NOT_DRAWN, Scenario, spec_for

Truths = NDArray[np.bool_]
Deciding = Literal["arrays", "once", "each"]

KIND, STEP = 2.0**40, 100.0
"""In `Costs.form`: what one more group of choices, one more replica of the first pass in one month adds."""
_PRICES: Final = ("api.", "labour.", "prices.")


@dataclass(frozen=True, slots=True)
class Axis:
    """An input, or some that move together, along which a plan is looked at.

    Attributes
    ----------
    path : str
        The input that a reader is led to.
    unit : str
        As known to `planner.units`.
    here : float
        Value in use.
    low, high : float
        Where it is looked at.
    log, whole : bool
        Whether its scale is logarithmic; whether it takes whole numbers only. Volume is counted in whole
        requests.
    changes : callable
        What to set for a value, or for an array of them.
    """

    path: str
    title: str
    unit: str
    here: float
    low: float
    high: float
    log: bool
    whole: bool
    changes: Callable[[Any], dict[str, Any]]

    @property
    def paths(self) -> tuple[str, ...]:
        """All inputs that it moves."""
        return tuple(self.changes(self.here))

    @property
    def drawn(self) -> bool:
        """Whether its values can stand in an array."""
        return not any(path in NOT_DRAWN or path == "horizon_months" for path in self.paths)

    def grid(self, count: int) -> Array:
        """Return values over the span, evenly on its scale; whole ones where only these are taken."""
        if self.log:
            values = np.geomspace(self.low, self.high, count)
            values[0], values[-1] = self.low, self.high
        else:
            values = np.linspace(self.low, self.high, count)
        return np.unique(np.rint(values)) if self.whole else values

    def looked_at(self, count: int) -> Array:
        """Return such a grid with the value in use in it, where it can be."""
        fits = self.low <= self.here <= self.high and not (self.whole and self.here % 1.0)
        return np.union1d(self.grid(count), [self.here]) if fits else self.grid(count)

    def position(self, values: Any) -> Any:
        """Return where values lie on its scale: logarithms on a logarithmic one."""
        return np.log(values) if self.log else values


@dataclass(frozen=True, slots=True)
class Costs:
    """What every strategy costs along an axis.

    Attributes
    ----------
    values : array
        Rising, shape (value,); unit of the axis.
    total_usd : array
        Shape (strategy, value); NaN where it does not fit. [USD]
    competes : array
        Whether it fits and keeps all limits, same shape.
    form : array
        A number that stays while a strategy is decided alike and its replicas only rise, same shape: within
        such a stretch its cost does not fall with volume.
    fleet_usd : array
        What its replicas cost at most, same shape. [USD]
    """

    strategies: tuple[str, ...]
    values: Array
    total_usd: Array
    competes: Truths
    form: Array
    fleet_usd: Array

    def row(self, strategy: str) -> Array:
        """Return one strategy's cost. [USD], shape (value,)."""
        usd: Array = self.total_usd[self.strategies.index(strategy)]
        return usd

    def joined(self, other: Costs) -> Costs:
        """Return both, in the order of their values; of equal values the first."""
        values, index = np.unique(np.concatenate((self.values, other.values)), return_index=True)

        def both(one: NDArray[Any], two: NDArray[Any]) -> NDArray[Any]:
            return np.concatenate((one, two), axis=1)[:, index]

        return Costs(
            self.strategies,
            values,
            both(self.total_usd, other.total_usd),
            both(self.competes, other.competes),
            both(self.form, other.form),
            both(self.fleet_usd, other.fleet_usd),
        )

    def winners(self) -> NDArray[np.int64]:
        """Return the number of the cheapest strategy that competes at each value, -1 where none does."""
        return least_of(self.total_usd, self.competes)


@dataclass(frozen=True, slots=True)
class _Group:
    """Values at which one strategy chooses alike."""

    choices: StrategyChoices
    numbers: NDArray[np.intp]


class Along:
    """Costs a plan at many values of an axis.

    Parameters
    ----------
    scenario : Scenario
        The plan; whatever it leaves open is decided anew at each value.
    catalog : Catalog
        Hardware, models, prices.
    axis : Axis
        What moves.
    """

    def __init__(self, scenario: Scenario, catalog: Catalog, axis: Axis) -> None:
        self.scenario, self.catalog, self.axis = scenario, catalog, axis
        self.strategies: tuple[str, ...] = tuple(scenario.strategies)
        self._alone: dict[str, Scenario] = {
            name: scenario.with_({"strategies": (name,)}) for name in self.strategies
        }
        self._once: Choices | None = None

    @property
    def deciding(self) -> Deciding:
        """How choices follow from values: in arrays, not at all, or value by value."""
        paths, optimal = self.axis.paths, self.scenario.refresh.interval_months == "optimal"
        if paths == (VOLUME,):
            return "arrays"
        if not optimal and all(_decides_nothing(path) for path in paths):
            return "once"
        return "each"

    def costs(
        self, values: Array, draws: Mapping[str, Array] | None = None, only: tuple[str, ...] = ()
    ) -> Costs:
        """Return what every strategy costs at each value, decided anew at each.

        Parameters
        ----------
        values : array
            Rising where there are no draws.
        draws : mapping of str to array, optional
            Other inputs at each value; what is decided is decided at their most likely values.
        only : tuple of str, optional
            Strategies that are asked for; the others are left out as if they did not fit.

        Raises
        ------
        InputError
            If a value is none that the input takes.
        """
        values = np.asarray(values, dtype=np.float64)
        shape = (len(self.strategies), len(values))
        found = Costs(
            self.strategies,
            values,
            np.full(shape, np.nan),
            np.zeros(shape, dtype=np.bool_),
            np.zeros(shape),
            np.zeros(shape),
        )
        if self.deciding == "each" and draws is None:
            return self._each(values)
        inputs = {**(draws or {}), **self._drawn(values)}
        for name, groups in self.decided(values, only or self.strategies).items():
            row = self.strategies.index(name)
            for kind, group in enumerate(groups):
                found.form[row, group.numbers] = kind * KIND
                for start in range(0, len(group.numbers), BLOCK):
                    self._put(found, row, inputs, group.choices, group.numbers[start : start + BLOCK])
        return found

    def _drawn(self, values: Array) -> dict[str, Array]:
        return {path: np.asarray(each, dtype=np.float64) for path, each in self.axis.changes(values).items()}

    def _put(
        self,
        found: Costs,
        row: int,
        inputs: Mapping[str, Array],
        choices: StrategyChoices,
        numbers: NDArray[np.intp],
    ) -> None:
        name = self.strategies[row]
        draws = {path: each[numbers] for path, each in inputs.items()}
        results = simulate(self._alone[name], self.catalog, draws=draws, choices={name: choices})
        result = results.strategies[name]
        found.total_usd[row, numbers] = result["total_usd"]
        found.competes[row, numbers] = result.keeps_limits
        if result.fleet is not None or choices.escalation_accelerators:
            world = build_world(self._alone[name], self.catalog, load_physics(), draws)
            found.form[row, numbers] += sum(map(_form, _sizings(world, result.fleet, choices)))
            found.fleet_usd[row, numbers] = result["total_usd"] - _handed_usd(world, result)

    def plan_at(self, value: float) -> Scenario:
        """Return the plan at one value.

        Raises
        ------
        InputError
            If the input does not take it.
        """
        return self.scenario.with_(
            {path: _plain(path, each) for path, each in self.axis.changes(value).items()}
        )

    def _each(self, values: Array) -> Costs:
        changes = [self.axis.changes(value) for value in values.tolist()]
        plain = [{path: _plain(path, each) for path, each in change.items()} for change in changes]
        points = sweep.evaluate(self.scenario, self.catalog, plain)
        shape = (len(self.strategies), len(values))
        usd, competes = np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_)
        for row, name in enumerate(self.strategies):
            if name in points.strategies:
                own = points.strategies.index(name)
                usd[row], competes[row] = points["total_usd"][own], points.keeps_limits[own]
        return Costs(self.strategies, values, usd, competes, np.zeros(shape), np.zeros(shape))

    def costs_in_draws(
        self,
        values: Array,
        draws: Mapping[str, Array],
        strategies: tuple[str, ...],
        *,
        stopped: Callable[[], bool],
    ) -> tuple[Array, Truths]:
        """Return what strategies cost at each value in each draw, and whether they compete there.

        [USD], shape (strategy, value, draw); NaN where one does not fit or where nobody waits any more. At
        each value the plan is decided once, at the most likely values of what is drawn (decision 26).

        Raises
        ------
        InputError
            If a value is none that the input takes.
        """
        count = len(next(iter(draws.values())))
        usd = np.full((len(strategies), len(values), count), np.nan)
        competes = np.zeros(usd.shape, dtype=np.bool_)
        for row, name in enumerate(strategies):
            for plan, choices, numbers in self._alike(values, name, max(1, BLOCK // count)):
                if stopped():
                    return usd, competes
                inputs = {path: np.tile(each, len(numbers)) for path, each in draws.items()}
                if plan is self._alone[name]:
                    inputs |= self._drawn(np.repeat(values[numbers], count))
                results = simulate(plan, self.catalog, draws=inputs, choices={name: choices})
                result, shape = results.strategies[name], (len(numbers), count)
                usd[row, numbers] = np.reshape(result["total_usd"], shape)
                competes[row, numbers] = np.broadcast_to(result.keeps_limits, shape[0] * count).reshape(shape)
        return usd, competes

    def _alike(
        self, values: Array, name: str, most: int
    ) -> Iterator[tuple[Scenario, StrategyChoices, NDArray[np.intp]]]:
        """Yield plans of one strategy with what is decided, and at most so many values that they hold for."""
        if self.axis.drawn and self.deciding != "each":
            for group in self.decided(values, (name,))[name]:
                for start in range(0, len(group.numbers), most):
                    yield self._alone[name], group.choices, group.numbers[start : start + most]
            return
        for number, value in enumerate(values.tolist()):
            plan = self.plan_at(value).with_({"strategies": (name,)})
            chosen = resolve(plan, self.catalog)
            if name in chosen:
                yield plan, chosen[name], np.array([number])

    # ------------------------------------------------------------------ what is decided
    def decided(self, values: Array, strategies: tuple[str, ...]) -> dict[str, list[_Group]]:
        """Return by strategy which values choose alike, and what; nothing of one that cannot be costed.

        Where choices follow value by value, they are those of the plan as it is.
        """
        if self.deciding != "arrays":
            if self._once is None:
                self._once = resolve(self.scenario, self.catalog)
            everything, once = np.arange(len(values)), self._once
            return {name: [_Group(once[name], everything)] if name in once else [] for name in strategies}
        world = build_world(self.scenario, self.catalog, load_physics(), self._drawn(values))
        return {name: self._groups(world, name, values) for name in strategies}

    def _groups(self, world: World, strategy: str, values: Array) -> list[_Group]:
        try:
            choices: StrategyChoices = STRATEGIES[strategy].choose(world)
            months = self._intervals(strategy, values)
        except CannotCostError:
            return []
        columns = np.stack(
            [
                np.broadcast_to(np.asarray(each, dtype=np.int64), values.shape)
                for each in (choices.accelerators_per_replica, choices.escalation_accelerators, months)
            ]
        )
        kinds, index = np.unique(columns, axis=1, return_inverse=True)
        return [
            _Group(
                choices._replace(
                    accelerators_per_replica=int(split),
                    escalation_accelerators=int(other),
                    interval_months=int(tau),
                ),
                np.flatnonzero(index.ravel() == number),
            )
            for number, (split, other, tau) in enumerate(kinds.T.tolist())
        ]

    def _intervals(self, strategy: str, values: Array) -> Any:
        """Return the refresh interval at each volume: what fails follows the requests (decision 42)."""
        months = self.scenario.refresh.interval_months
        if months != "optimal":
            return months
        world = build_world(self.scenario.with_({VOLUME: 1.0}), self.catalog, load_physics(), None)
        module = STRATEGIES[strategy]
        return costing.interval_costs(world, module.build(world, module.choose(world))).best_at(values)


def _sizings(world: World, fleet: Fleet | None, choices: StrategyChoices) -> Iterator[Sizing]:
    """Yield what sized the replicas of a strategy, those behind a student among them."""
    if fleet is not None:
        yield fleet.sizing
    if choices.escalation_accelerators and student.passes_on(world):
        yield size_fleet(
            world, build_replica(world, student.large_load(world), choices.escalation_accelerators)
        )


def _form(sizing: Sizing) -> Any:
    """Return what names the months' sizes of the first pass, and which of them keep the token limit."""
    return (STEP * sizing.first_replicas + sizing.keeps_token_limit).sum(axis=-1)


def _handed_usd(world: World, result: StrategyResult) -> Any:
    """Return what people who take over failed answers cost. [USD]; it may be far more than all replicas."""
    failures = costing.failures_by_month(world, result.quality_by_month)
    return (failures * costing.paid_usd_per_failure(world)).sum(axis=-1)


def _decides_nothing(path: str) -> bool:
    """Return whether an input is money alone, so that no split and no fit follows from it."""
    return path != "labour.engineers" and (spec_for(path).unit.startswith("usd") or path.startswith(_PRICES))


def _plain(path: str, value: Any) -> Any:
    """Return a value as its field takes it."""
    return round(value) if spec_for(path).whole else float(value)
