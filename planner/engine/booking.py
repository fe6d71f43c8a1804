"""From the items of all strategies to their books: releases and refreshes by month, and what runs.

Without draws; `planner.engine.drawn` adds up what the same items hold in every draw.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Final, get_args

import numpy as np

from planner.engine.arrays import Array, Numeric
from planner.engine.books import Books
from planner.engine.lineitems import CARBON, ENERGY, HOURS, QUANTITIES, USD, Phase
from planner.engine.strategies.blueprint import Blueprint, Driver, ReleaseItem
from planner.engine.updates import Calendar, Months, calendar_of, replayed_tokens
from planner.engine.world import Footprint, World

DRIVERS: Final[dict[str, int]] = {driver: number for number, driver in enumerate(get_args(Driver))}
RUNS: Final = len(DRIVERS)
"""Behind the drivers: the fixed time of each run, which falls due in full."""

_MIGRATION: Final = ("labour", "evaluation")
_REPLACEMENT: Final = ("answers", "training", "labour", "evaluation", "delivery")
PATHS: Final = {"flat": 0, "rent": 1, "api": 2}
MAKING, RENT = len(QUANTITIES), len(QUANTITIES) + 1
"""Behind the ledger's quantities in `variable_amounts`."""

_NOTHING: Final = (0.0,) * (RENT + 1)


@dataclass(frozen=True, slots=True)
class Part:
    """One strategy on its way from items to figures."""

    strategy: str
    blueprint: Blueprint
    when: Calendar


def events_every(world: World, blueprint: Blueprint) -> tuple[int | None, int | None]:
    """Return how often an API is withdrawn, and a base or teacher replaced. [months]; None for never."""
    refresh = world.inputs.refresh
    return (
        refresh.api_migration_months if blueprint.withdrawn else None,
        refresh.teacher_update_months if blueprint.depends_on_base else None,
    )


def calendar(world: World, blueprint: Blueprint, interval_months: int) -> Calendar:
    """Return the events of a strategy.

    A larger one takes the place of a smaller one (decisions 41 and 44).
    """
    return calendar_of(interval_months, *events_every(world, blueprint), world.horizon)


# ---------------------------------------------------------------------- by how much an event scales a release
def _refresh_scales(world: World, blueprint: Blueprint) -> tuple[Numeric, ...]:
    """Return what a refresh takes of a first release, by driver and for runs (decisions 43 and 44). [1]."""
    refresh, times = world.inputs.refresh, 2.0 if blueprint.reselects else 1.0
    share = refresh.new_data_frac
    held: dict[str, Numeric] = {
        "labels": share,
        "prompts": share,
        "answers": share,
        "training": replayed_tokens(share, refresh.replay_frac),
        "labour": world.inputs.labour.refresh_frac * times,
        "evaluation": times,
        "delivery": 1.0,
    }
    return (*(held[driver] for driver in DRIVERS), 1.0)


def _larger_scales(drivers: tuple[str, ...], labour: Numeric, runs: float) -> tuple[Numeric, ...]:
    """Return what a migration or a replacement takes of a first release, likewise. [1]."""
    held = dict.fromkeys(drivers, 1.0) | {"labour": labour}
    return (*(held.get(driver, 0.0) for driver in DRIVERS), runs)


def event_scales(world: World, part: Part) -> list[tuple[Months, tuple[Numeric, ...]]]:
    """Return for each kind of event its months, and what it takes of a first release by driver and for runs.

    Refreshes always; migrations and replacements where there are any. [1].
    """
    when, labour = part.when, world.inputs.labour.refresh_frac
    found = [(when.refresh, _refresh_scales(world, part.blueprint))]
    if when.migration.any():
        found.append((when.migration, _larger_scales(_MIGRATION, labour, 0.0)))
    if when.replacement.any():
        found.append((when.replacement, _larger_scales(_REPLACEMENT, 1.0, 1.0)))
    return found


def _scales(world: World, part: Part) -> Any:
    """Return what the events of a strategy take of its first release in each month.

    [1], shape (driver and runs, month).
    """

    def make() -> Any:
        (months, scales), *larger = event_scales(world, part)
        found = world.column(scales) * months
        for months, scales in larger:
            found = found + world.column(scales) * months
        return found

    return world.once(("scales", id(part.when), part.blueprint.reselects), make)


# ---------------------------------------------------------------------- releases
def _price_paths(world: World) -> Any:
    """Return each price path over its price in month 0. [1], shape (path, month)."""
    return world.once("price paths", lambda: np.stack(price_paths(world)))


def price_paths(world: World) -> tuple[Array, Array, Array]:
    """Return prices over those of month 0, by the numbers of `PATHS`. [1], shape (..., month)."""
    return np.ones(world.horizon + 1), world.rent_path, world.api_path


def factors(place: Footprint | None) -> tuple[Numeric, Numeric, Numeric]:
    """Return kWh at the meter, kgCO2e and litres by kWh of IT energy; nothing where there is none."""
    if place is None:
        return 0.0, 0.0, 0.0
    return place.pue, place.carbon_kgco2e_per_it_kwh, place.water_l_per_it_kwh


def _amounts(
    item: ReleaseItem, hours: Numeric, usd: Numeric = 0.0, it_kwh: Numeric = 0.0, making: Numeric = 0.0
) -> tuple[Numeric, ...]:
    """Return what accelerator-hours of an item, and what comes without hours, hold in each quantity.

    Behind the quantities of the ledger: making the hardware [kgCO2e], and the rented part of the cost [USD],
    all at prices of month 0.
    """
    pue, carbon, water = factors(item.footprint)
    it_kwh = it_kwh + hours * item.it_kwh_per_h
    rent = hours * item.usd_per_h
    making = making + hours * item.embodied_kgco2e_per_h
    return usd + rent, it_kwh * pue, it_kwh * carbon, it_kwh * water, hours, making, rent


def variable_amounts(item: ReleaseItem) -> tuple[Numeric, ...]:
    """Return what an item holds at a scale of 1, its fixed time left out."""
    return _amounts(item, item.accelerator_h, item.usd, item.it_kwh, item.embodied_kgco2e)


def fixed_amounts(item: ReleaseItem) -> tuple[Numeric, ...]:
    """Return what the fixed time of a release's runs holds."""
    return _NOTHING if is_nothing(item.fixed_h) else _amounts(item, item.fixed_h)


def refresh_usd_by_month(world: World, blueprint: Blueprint) -> Any:
    """Return what a refresh would cost in each month, overhead included. [USD], shape (month,)."""
    scales, paths = _refresh_scales(world, blueprint), _price_paths(world)
    overhead = world.inputs.prices.cloud_overhead_frac
    usd: Any = np.zeros(world.horizon + 1)
    for item in blueprint.release:
        variable, fixed = variable_amounts(item), fixed_amounts(item)
        whole, rent = (
            variable[kind] * scales[DRIVERS[item.driver]] + fixed[kind] * scales[RUNS] for kind in (USD, RENT)
        )
        usd = usd + (whole + rent * overhead) * paths[PATHS[item.path]]
    return usd


def is_nothing(value: Numeric) -> bool:
    """Whether an amount is a plain zero, in all draws."""
    return isinstance(value, float) and value == 0.0


def _table(rows: list[tuple[Numeric, ...]]) -> Any:
    """Return rows of numbers as an array: shape (row, column, 1)."""
    return np.array(rows, dtype=np.float64)[..., np.newaxis]


class _Lines:
    """The release items of some strategies, one below the other, and what they hold at a scale of 1.

    Arrays over all items at once: a pass an item would take a sixth of a simulation.
    """

    def __init__(self, world: World, parts: list[Part]) -> None:
        self.world, self.parts = world, parts
        self.items = [item for part in parts for item in part.blueprint.release]
        self.sizes = [len(part.blueprint.release) for part in parts]
        self.starts = [0, *itertools.accumulate(self.sizes[:-1])]
        self.overhead = world.inputs.prices.cloud_overhead_frac
        columns = RENT if is_nothing(self.overhead) else RENT + 1  # rent is only there to be added to
        self.variable = _table([variable_amounts(item)[:columns] for item in self.items])
        self.fixed = _table([fixed_amounts(item)[:columns] for item in self.items])

    def renewed(self) -> Any:
        """Return what events after the first hold: shape (item, column, month)."""
        owner = np.repeat(range(len(self.parts)), self.sizes)
        scales = np.stack([_scales(self.world, part) for part in self.parts])
        scale = scales[owner, [DRIVERS[item.driver] for item in self.items]]
        prices = _price_paths(self.world)[[PATHS[item.path] for item in self.items]]
        holds = self.variable * scale[:, np.newaxis] + self.fixed * scales[owner, RUNS][:, np.newaxis]
        holds[:, USD] *= prices
        if not is_nothing(self.overhead):
            holds[:, RENT] *= prices
        return holds

    def book(self, books: Books, phase: Phase, holds: Any, months: slice) -> None:
        """Book what the items hold in the months of a phase, and what follows from all of a strategy's."""
        parts, count = self.parts, len(self.items)
        amounts = np.zeros((count + len(parts), len(QUANTITIES), *holds.shape[2:]))
        amounts[:count] = holds[:, : len(QUANTITIES)]
        amounts[count:, CARBON] = np.add.reduceat(holds[:, MAKING], self.starts)
        rows = [(part.strategy, item.item, phase) for part in parts for item in part.blueprint.release]
        books.book([*rows, *((part.strategy, "embodied", phase) for part in parts)], amounts, months)
        if not is_nothing(self.overhead):
            further = np.add.reduceat(holds[:, RENT] * self.overhead, self.starts)
            for part, usd in zip(parts, further, strict=True):
                if bears_overhead(part.blueprint):
                    row = books.row(part.strategy, "cloud_overhead", phase)[USD]
                    row[months] += usd


def bears_overhead(blueprint: Blueprint) -> bool:
    """Whether a release runs on anybody's hardware, so that further cloud services come with it."""
    return any(item.footprint is not None for item in blueprint.release)


def _book_releases(world: World, books: Books, parts: list[Part]) -> None:
    lines = _Lines(world, parts)
    lines.book(books, "first release", lines.variable + lines.fixed, slice(1))  # month 0, at its own prices
    later = [part for part in parts if part.when.events]
    if later:
        lines = lines if len(later) == len(parts) else _Lines(world, later)
        lines.book(books, "refresh", lines.renewed(), slice(None))


# ---------------------------------------------------------------------- running
def _factors_column(world: World, place: Footprint) -> Any:
    """Return `factors` of a place one above the other: shape (3, 1)."""
    return world.once(("factors", place), lambda: world.column(factors(place)))


def _book_running(world: World, books: Books, parts: list[Part]) -> None:
    """Book months 1 to the horizon; items are few enough for a pass each."""
    items = [(part.strategy, item) for part in parts for item in part.blueprint.running]
    makers = [(strategy, item) for strategy, item in items if not is_nothing(item.embodied_kgco2e)]
    rows = books.rows(
        [
            *((strategy, item.item, "serving") for strategy, item in items),
            *((strategy, "embodied", "serving") for strategy, _ in makers),
        ]
    )
    for row, (_, item) in zip(rows, items, strict=False):
        usd, place = row[USD, 1:], item.footprint
        usd += item.usd
        if place is not None:
            drawn, hours = row[ENERGY:HOURS, 1:], row[HOURS, 1:]
            drawn += _factors_column(world, place) * item.it_kwh
            hours += item.accelerator_h
    for row, (_, item) in zip(rows[len(items) :], makers, strict=True):
        making = row[CARBON, 1:]
        making += item.embodied_kgco2e


def book(world: World, parts: list[Part]) -> Books:
    """Return the books of all strategies, without draws."""
    books = Books(world.horizon)
    _book_releases(world, books, parts)
    _book_running(world, books, parts)
    return books
