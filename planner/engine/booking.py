"""From the items of all strategies to their books: releases and refreshes by month, and what runs."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Final, get_args

import numpy as np

from planner.engine.arrays import Numeric
from planner.engine.lineitems import CARBON, ENERGY, HOURS, QUANTITIES, USD, Books, Phase
from planner.engine.strategies.blueprint import Blueprint, Driver, ReleaseItem
from planner.engine.updates import Calendar, calendar_of, replayed_tokens
from planner.engine.world import Footprint, World

_DRIVERS: Final = {driver: number for number, driver in enumerate(get_args(Driver))}
_RUNS: Final = len(_DRIVERS)
"""Behind the drivers: the fixed time of each run, which falls due in full."""

_MIGRATION: Final = ("labour", "evaluation")
_REPLACEMENT: Final = ("answers", "training", "labour", "evaluation", "delivery")
_PATHS: Final = {"flat": 0, "rent": 1, "api": 2}
_MAKING, _RENT = len(QUANTITIES), len(QUANTITIES) + 1
"""Columns of `_amounts` behind the ledger's quantities."""

_NOTHING: Final = (0.0,) * (_RENT + 1)


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
def _refresh_scales(world: World, blueprint: Blueprint) -> Any:
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
    return world.column([*(held[driver] for driver in _DRIVERS), 1.0])


def _larger_scales(world: World, drivers: tuple[str, ...], labour: Numeric, runs: float) -> Any:
    """Return what a migration or a replacement takes of a first release, likewise. [1]."""
    held = dict.fromkeys(drivers, 1.0) | {"labour": labour}
    return world.column([*(held.get(driver, 0.0) for driver in _DRIVERS), runs])


def _scales(world: World, part: Part) -> Any:
    """Return what the events of a strategy take of its first release in each month.

    [1], shape (driver and runs, ..., month).
    """

    def make() -> Any:
        when, scales = part.when, _refresh_scales(world, part.blueprint) * part.when.refresh
        if when.migration.any():
            migrated = _larger_scales(world, _MIGRATION, world.inputs.labour.refresh_frac, 0.0)
            scales = scales + migrated * when.migration
        if when.replacement.any():
            scales = scales + _larger_scales(world, _REPLACEMENT, 1.0, 1.0) * when.replacement
        return scales

    return world.once(("scales", id(part.when), part.blueprint.reselects), make)


# ---------------------------------------------------------------------- releases
def _price_paths(world: World) -> Any:
    """Return each price path over its price in month 0. [1], shape (path, month) or (path, draw, month)."""

    def make() -> Any:
        paths = np.stack(np.broadcast_arrays(np.ones(world.horizon + 1), world.rent_path, world.api_path))
        return paths[:, np.newaxis] if world.draws is not None and paths.ndim == 2 else paths

    return world.once("price paths", make)


def _factors(place: Footprint | None) -> tuple[Numeric, Numeric, Numeric]:
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
    pue, carbon, water = _factors(item.footprint)
    it_kwh = it_kwh + hours * item.it_kwh_per_h
    rent = hours * item.usd_per_h
    making = making + hours * item.embodied_kgco2e_per_h
    return usd + rent, it_kwh * pue, it_kwh * carbon, it_kwh * water, hours, making, rent


def _variable(item: ReleaseItem) -> tuple[Numeric, ...]:
    """Return what an item holds at a scale of 1, its fixed time left out."""
    return _amounts(item, item.accelerator_h, item.usd, item.it_kwh, item.embodied_kgco2e)


def _fixed(item: ReleaseItem) -> tuple[Numeric, ...]:
    """Return what the fixed time of a release's runs holds."""
    return _NOTHING if _nothing(item.fixed_h) else _amounts(item, item.fixed_h)


def refresh_usd_by_month(world: World, blueprint: Blueprint) -> Any:
    """Return what a refresh would cost in each month, overhead included. [USD], shape (month,)."""
    scales, paths = _refresh_scales(world, blueprint)[:, 0], _price_paths(world)
    overhead = world.inputs.prices.cloud_overhead_frac
    usd: Any = np.zeros(world.horizon + 1)
    for item in blueprint.release:
        variable, fixed = _variable(item), _fixed(item)
        whole, rent = (
            variable[kind] * scales[_DRIVERS[item.driver]] + fixed[kind] * scales[_RUNS]
            for kind in (USD, _RENT)
        )
        usd = usd + (whole + rent * overhead) * paths[_PATHS[item.path]]
    return usd


def _nothing(value: Numeric) -> bool:
    return isinstance(value, float) and value == 0.0


def _table(world: World, rows: list[tuple[Numeric, ...]]) -> Any:
    """Return rows of numbers, or of arrays ``(draw, 1)``, as an array: (row, column[, draw], 1)."""
    if world.draws is None:
        return np.array(rows, dtype=np.float64)[..., np.newaxis]
    return np.stack([world.column(row) for row in rows])


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
        columns = _RENT if _nothing(self.overhead) else _RENT + 1  # rent is only there to be added to
        self.variable = _table(world, [_variable(item)[:columns] for item in self.items])
        self.fixed = _table(world, [_fixed(item)[:columns] for item in self.items])

    def renewed(self, months: Any) -> Any:
        """Return what events after the first hold in some months: shape (item, column, ..., month)."""
        owner = np.repeat(range(len(self.parts)), self.sizes)
        scales = np.stack([_scales(self.world, part)[..., months] for part in self.parts])
        scale = scales[owner, [_DRIVERS[item.driver] for item in self.items]]
        prices = _price_paths(self.world)[..., months][[_PATHS[item.path] for item in self.items]]
        holds = self.variable * scale[:, np.newaxis] + self.fixed * scales[owner, _RUNS][:, np.newaxis]
        holds[:, USD] *= prices
        if not _nothing(self.overhead):
            holds[:, _RENT] *= prices
        return holds

    def book(self, books: Books, phase: Phase, holds: Any, months: Any) -> None:
        """Book what the items hold in the months of a phase, and what follows from all of a strategy's."""
        parts, count = self.parts, len(self.items)
        amounts = np.zeros((count + len(parts), len(QUANTITIES), *holds.shape[2:]))
        amounts[:count] = holds[:, : len(QUANTITIES)]
        amounts[count:, CARBON] = np.add.reduceat(holds[:, _MAKING], self.starts)
        rows = [(part.strategy, item.item, phase) for part in parts for item in part.blueprint.release]
        books.book([*rows, *((part.strategy, "embodied", phase) for part in parts)], amounts, months)
        if not _nothing(self.overhead):
            further = np.add.reduceat(holds[:, _RENT] * self.overhead, self.starts)
            for part, usd in zip(parts, further, strict=True):
                if any(item.footprint is not None for item in part.blueprint.release):
                    row = books.row(part.strategy, "cloud_overhead", phase)[USD]
                    row[..., months] += usd


def _book_releases(world: World, books: Books, parts: list[Part]) -> None:
    lines = _Lines(world, parts)
    lines.book(books, "first release", lines.variable + lines.fixed, slice(1))  # month 0, at its own prices
    later = [part for part in parts if part.when.events]
    if later:
        lines = lines if len(later) == len(parts) else _Lines(world, later)
        # With draws only the months of an event: all others would be zeros by the thousand.
        months: Any = slice(None)
        if world.draws is not None:
            months = np.flatnonzero(np.any([part.when.any_event for part in later], axis=0))
        lines.book(books, "refresh", lines.renewed(months), months)


# ---------------------------------------------------------------------- running
def _factors_column(world: World, place: Footprint) -> Any:
    """Return `_factors` of a place one above the other: shape (3, 1) or (3, draw, 1)."""
    return world.once(("factors", place), lambda: world.column(_factors(place)))


def _book_running(world: World, books: Books, parts: list[Part]) -> None:
    """Book months 1 to the horizon; items are few enough for a pass each."""
    items = [(part.strategy, item) for part in parts for item in part.blueprint.running]
    makers = [(strategy, item) for strategy, item in items if not _nothing(item.embodied_kgco2e)]
    rows = books.rows(
        [
            *((strategy, item.item, "serving") for strategy, item in items),
            *((strategy, "embodied", "serving") for strategy, _ in makers),
        ]
    )
    for row, (_, item) in zip(rows, items, strict=False):
        usd, place = row[USD, ..., 1:], item.footprint
        usd += item.usd
        if place is not None:
            drawn, hours = row[ENERGY:HOURS, ..., 1:], row[HOURS, ..., 1:]
            drawn += _factors_column(world, place) * item.it_kwh
            hours += item.accelerator_h
    for row, (_, item) in zip(rows[len(items) :], makers, strict=True):
        making = row[CARBON, ..., 1:]
        making += item.embodied_kgco2e


def book(world: World, parts: list[Part]) -> Books:
    """Return the books of all strategies."""
    books = Books(world.horizon, world.draws)
    # With draws one strategy after another: all at once would hold a month of every draw of every item.
    for group in [parts] if world.draws is None else [[part] for part in parts]:
        _book_releases(world, books, group)
    _book_running(world, books, parts)
    return books
