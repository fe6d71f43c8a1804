"""Books with draws: only months that hold something, categories as compact as what they are made of.

The items, and what an item holds, are those of `planner.engine.booking`; only the adding up differs. Single
runs add items in blocks of all months, as many small numbers want; draws add arrays of (draw, month), so no
zeros are kept, what no month (or no draw) changes stays a column (or a row), and energy is added up before it
is turned into carbon and water.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.engine.arrays import Array, Numeric
from planner.engine.booking import (
    DRIVERS,
    MAKING,
    PATHS,
    RENT,
    RUNS,
    Part,
    bears_overhead,
    event_scales,
    factors,
    fixed_amounts,
    is_nothing,
    price_paths,
    variable_amounts,
)
from planner.engine.books import Totals
from planner.engine.lineitems import CARBON, ENERGY, HOURS, QUANTITIES, USD, WATER, Phase, category_of
from planner.engine.strategies.blueprint import ReleaseItem, RunningItem
from planner.engine.world import Footprint, World, by_draw_and_month

Cells = dict[str, list[Numeric]]
"""By category, what it holds in each quantity of the ledger."""
_COLUMNS = RENT + 1
_FEW = 3
"""Fewer terms than these need no order."""


def added(values: Iterable[Numeric]) -> Any:
    """Return the sum of numbers and arrays, small ones first: few passes over whole arrays."""
    terms = [value for value in values if type(value) is not float or value != 0.0]
    if len(terms) < _FEW:
        return terms[0] if len(terms) == 1 else terms[0] + terms[1] if terms else 0.0
    terms.sort(key=np.size)
    total: Any = terms[0] + terms[1]  # an array of its own from here on, unless all were numbers
    for term in terms[2:]:
        if np.shape(total) == np.shape(term) != ():
            np.add(total, term, out=total)
        else:
            total = total + term
    return total


def over_months(values: Numeric, months: int) -> Any:
    """Return the sum of an amount by month, or of one that all months share: shape () or (draw,)."""
    if not isinstance(values, np.ndarray):
        return values * months
    if values.ndim == 0:
        return float(values) * months
    if values.shape[-1] == 1:
        return values[..., 0] * months
    return values.sum(axis=-1)


@dataclass(slots=True)
class _Strategy:
    """What one strategy holds.

    Attributes
    ----------
    first, later : dict
        Cells of the first release, shape (..., 1), and of the events after it, shape (..., event).
    months : array
        Months of the events.
    running : dict
        Running items by category.
    running_usd : dict
        Their cost by category, shape (..., month) or a number for every month. [USD]
    released, renewed : list
        All of `first` and of `later`, with what making hardware and what the rented part hold behind it.
    """

    first: Cells
    later: Cells
    months: NDArray[np.intp]
    running: dict[str, list[RunningItem]]
    running_usd: dict[str, Any]
    released: list[Any]
    renewed: list[Any]

    def usd_cells(self) -> list[tuple[Phase, Any, dict[str, Any]]]:
        """Return costs by category of each phase, and the phase's months. [USD]."""
        first, later = (
            {name: amounts[USD] for name, amounts in cells.items()} for cells in (self.first, self.later)
        )
        return [
            ("first release", slice(1), first),
            ("refresh", self.months, later),
            ("serving", slice(1, None), self.running_usd),
        ]


class DrawnBooks:
    """The rows of all strategies with draws, added up by category (decision 48).

    Parameters
    ----------
    world : World
        With draws.
    parts : sequence of Part
        Strategies with all their items.
    """

    has_draws = True

    def __init__(self, world: World, parts: Sequence[Part]) -> None:
        self._world = world
        self.months = world.horizon
        self._held = {part.strategy: _book(world, part) for part in parts}

    def totals(self, strategies: tuple[str, ...]) -> Totals:
        """Return the rows of strategies added up."""
        draws, months = self._world.draws or 0, self.months + 1
        by_month = [by_draw_and_month(draws, months, len(strategies)) for _ in range(3)]
        sums = [np.empty((len(strategies), draws)) for _ in range(8)]
        for number, strategy in enumerate(strategies):
            held = self._held[strategy]
            rows = _by_month(held, [array[number] for array in by_month], self._world)
            for array, value in zip(sums, rows, strict=True):
                array[number] = value
        return Totals(*by_month, *sums)

    def usd_by_category(self, strategy: str) -> dict[tuple[str, Phase], Array]:
        """Return costs by category and phase: shape (draw, month 0 to the horizon). [USD]."""
        held, draws = self._held[strategy], self._world.draws or 0
        found: dict[tuple[str, Phase], Array] = {}
        for phase, months, cells in held.usd_cells():
            for name, usd in cells.items():
                row = found[name, phase] = by_draw_and_month(draws, self.months + 1)
                row[...] = 0.0
                row[:, months] = usd
        return found

    def rows_of(self, strategy: str) -> dict[tuple[str, Phase], Array]:
        """Return rows by category and phase, made when somebody looks: shape (quantity, draw, month)."""
        held, shape = self._held[strategy], (len(QUANTITIES), self._world.draws or 0, self.months + 1)
        found: dict[tuple[str, Phase], Array] = {}
        for key, usd in self.usd_by_category(strategy).items():
            row = found[key] = np.zeros(shape)
            row[USD] = usd
        for quantity in (ENERGY, CARBON, WATER, HOURS):
            for name, amounts in held.first.items():
                found[name, "first release"][quantity, :, :1] = amounts[quantity]
            for name, amounts in held.later.items():
                found[name, "refresh"][quantity][:, held.months] = amounts[quantity]
        for name, items in held.running.items():
            row = found[name, "serving"]
            for item in items:
                for quantity, factor in zip((ENERGY, CARBON, WATER), factors(item.footprint), strict=True):
                    row[quantity, :, 1:] += item.it_kwh * factor
                row[HOURS, :, 1:] += item.accelerator_h
        making = added(item.embodied_kgco2e for items in held.running.values() for item in items)
        if not is_nothing(making):
            row = found.setdefault(("hardware", "serving"), np.zeros(shape))
            row[CARBON, :, 1:] += making
        return found

    def totals_of(self, strategy: str, quantity: int) -> dict[tuple[str, Phase], float]:
        """Return a quantity over the horizon and all draws by category and phase."""
        return {key: float(row[quantity].sum()) for key, row in self.rows_of(strategy).items()}


# ---------------------------------------------------------------------- from items to cells
def _book(world: World, part: Part) -> _Strategy:
    """Return what a strategy's items hold."""
    blueprint = part.blueprint
    amounts = [(item, variable_amounts(item), fixed_amounts(item)) for item in blueprint.release]
    overhead = world.inputs.prices.cloud_overhead_frac if bears_overhead(blueprint) else 0.0
    now = [
        (
            item,
            variable
            if is_nothing(item.fixed_h)
            else [added(pair) for pair in zip(variable, fixed, strict=True)],
        )
        for item, variable, fixed in amounts
    ]
    first, released = _cells(now, overhead)
    months = np.flatnonzero(part.when.any_event)
    later, renewed = (
        ({}, [0.0] * _COLUMNS)
        if not months.size
        else _cells(_renewed(world, part, amounts, months), overhead)
    )
    running: dict[str, list[RunningItem]] = {}
    for item in blueprint.running:
        running.setdefault(category_of(item.item), []).append(item)
    usd = {name: added(item.usd for item in items) for name, items in running.items()}
    return _Strategy(first, later, months, running, usd, released, renewed)


def _renewed(world: World, part: Part, amounts: list[Any], months: NDArray[np.intp]) -> list[Any]:
    """Return what each item holds in the months of events after the first: shape (..., event)."""
    kinds = [(when[months].astype(np.float64), scales) for when, scales in event_scales(world, part)]
    paths = [path[..., months] for path in price_paths(world)]

    def scaled(driver: int) -> Any:
        return added(_times(scales[driver], when) for when, scales in kinds)

    found, runs, held = [], None, {}
    for item, variable, fixed in amounts:
        driver, price = DRIVERS[item.driver], PATHS[item.path]
        if driver not in held:
            held[driver] = scaled(driver)
        holds = [_times(amount, held[driver]) for amount in variable]
        if not is_nothing(item.fixed_h):
            runs = scaled(RUNS) if runs is None else runs
            holds = [added((each, _times(amount, runs))) for each, amount in zip(holds, fixed, strict=True)]
        if price:
            holds[USD], holds[RENT] = _times(holds[USD], paths[price]), _times(holds[RENT], paths[price])
        found.append((item, holds))
    return found


def _times(amount: Numeric, scale: Any) -> Any:
    """Return an amount in the months of events, draws next to each other in memory."""
    if type(amount) is float and amount == 0.0:
        return 0.0
    if isinstance(amount, np.ndarray) and amount.ndim > 1 == np.ndim(scale):
        return (amount.T * scale[:, np.newaxis]).T
    return amount * scale


def _cells(
    items: Sequence[tuple[ReleaseItem, Sequence[Numeric]]], overhead: Numeric
) -> tuple[Cells, list[Any]]:
    """Return what items hold by category, with what follows from all of them, and all of it added up."""
    by_category: dict[str, list[Sequence[Numeric]]] = {}
    for item, holds in items:
        by_category.setdefault(category_of(item.item), []).append(holds)
    cells = {
        name: [added(column) for column in zip(*rows, strict=True)] for name, rows in by_category.items()
    }
    whole = [added(column) for column in zip(*cells.values(), strict=True)]
    for name, quantity, amount in (
        ("hardware", CARBON, whole[MAKING]),
        ("serving", USD, _times(whole[RENT], overhead)),
    ):
        if not is_nothing(amount):
            cell = cells.setdefault(name, [0.0] * _COLUMNS)
            cell[quantity] = added((cell[quantity], amount))
            whole[quantity] = added((whole[quantity], amount))
    return {name: cell[: len(QUANTITIES)] for name, cell in cells.items()}, whole


# ---------------------------------------------------------------------- from cells to sums
def _by_month(held: _Strategy, into: list[Array], world: World) -> tuple[Any, ...]:
    """Write cost, energy and carbon by month; return the sums of `Totals` in its order."""
    horizon = world.horizon
    items = [item for items in held.running.values() for item in items]
    places: dict[int, tuple[Footprint, list[Numeric]]] = {}
    for item in items:
        if item.footprint is not None and not is_nothing(item.it_kwh):
            places.setdefault(id(item.footprint), (item.footprint, []))[1].append(item.it_kwh)
    energies = [(place, added(kwh)) for place, kwh in places.values()]
    making = added(item.embodied_kgco2e for item in items)
    running = (
        added(held.running_usd.values()),
        added(kwh * place.pue for place, kwh in energies),
        added([making, *(kwh * place.carbon_kgco2e_per_it_kwh for place, kwh in energies)]),
    )
    for array, quantity, amount in zip(into, (USD, ENERGY, CARBON), running, strict=True):
        array[:, :1] = held.released[quantity]
        array[:, 1:] = amount
        later = held.renewed[quantity]
        if not is_nothing(later):
            for number, month in enumerate(held.months):
                array[:, month] += later[..., number]
    waters = [over_months(kwh, horizon) * _flat(place.water_l_per_it_kwh) for place, kwh in energies]
    events = len(held.months)
    renewed = [over_months(amount, events) for amount in held.renewed]
    released = [_flat(amount) for amount in held.released]
    return (
        *(array.sum(axis=-1) for array in into),
        added([*waters, released[WATER], renewed[WATER]]),
        renewed[USD],
        added((released[HOURS], renewed[HOURS])),
        over_months(added(item.accelerator_h for item in items), horizon),
        added((released[MAKING], renewed[MAKING], over_months(making, horizon))),
    )


def _flat(value: Numeric) -> Any:
    """Return a column without its month axis."""
    return value[..., 0] if isinstance(value, np.ndarray) and value.ndim else value
