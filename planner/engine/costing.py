"""From a strategy's items to its ledger and figures: the same for all strategies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from planner.engine.arrays import Numeric, positive_part, select
from planner.engine.choices import StrategyChoices
from planner.engine.lineitems import CARBON, ENERGY, HOURS, QUANTITIES, USD, WATER, Books, Ledger, Phase
from planner.engine.prices import net_present_value
from planner.engine.results import StrategyResult
from planner.engine.strategies.blueprint import Blueprint, ReleaseItem, RunningItem
from planner.engine.updates import Calendar, Months, calendar_of, replayed_tokens, score_at_age
from planner.engine.world import World
from planner.units import KILOGRAMS_PER_TONNE, POINTS_PER_FRACTION, REQUESTS_PER_1K

_TIE = 1e-12
_WHOLE = dict.fromkeys(("labels", "prompts", "answers", "training", "labour", "evaluation", "delivery"), 1.0)
_REPEATED = dict.fromkeys(("answers", "training", "labour", "evaluation", "delivery"), 1.0)


@dataclass(frozen=True, slots=True)
class Event:
    """A release of some size: its phase, its months, and by how much it scales each driver.

    `runs` is 1 where models are trained: the fixed time of each run then falls due.
    """

    name: str
    phase: Phase
    months: Months
    scale: Mapping[str, Numeric]
    runs: float


@lru_cache(maxsize=64)
def _month_of_release(horizon_months: int) -> Months:
    months: Months = np.arange(horizon_months + 1) == 0
    months.flags.writeable = False
    return months


def calendar(world: World, blueprint: Blueprint, interval_months: int) -> Calendar:
    """Return the events of a strategy.

    A larger one takes the place of a smaller one (decisions 41 and 44).
    """
    refresh = world.inputs.refresh
    replaced = refresh.teacher_update_months if blueprint.depends_on_base else None
    migrated = refresh.api_migration_months if blueprint.withdrawn else None
    return calendar_of(interval_months, migrated, replaced, world.horizon)


def events_of(world: World, blueprint: Blueprint, when: Calendar) -> list[Event]:
    """Return all releases of a strategy over the horizon (decisions 41 to 44)."""
    refresh, labour = world.inputs.refresh, world.inputs.labour
    share, times = refresh.new_data_frac, 2.0 if blueprint.reselects else 1.0
    renewed: dict[str, Numeric] = {
        "labels": share,
        "prompts": share,
        "answers": share,
        "training": replayed_tokens(share, refresh.replay_frac),
        "labour": labour.refresh_frac * times,
        "evaluation": times,
        "delivery": 1.0,
    }
    moved: dict[str, Numeric] = {"labour": labour.refresh_frac, "evaluation": 1.0}
    return [
        Event("first", "first release", _month_of_release(world.horizon), _WHOLE, 1.0),
        Event("refresh", "refresh", when.refresh, renewed, 1.0),
        Event("migration", "refresh", when.migration, moved, 0.0),
        Event("replacement", "refresh", when.replacement, _REPEATED, 1.0),
    ]


def _nothing(value: Numeric) -> bool:
    return isinstance(value, float) and value == 0.0


def item_amounts(item: ReleaseItem, event: Event) -> tuple[Any, Any, Any]:
    """Return cost, rented part of it and accelerator-hours of an item at an event, at prices of month 0.

    [USD], [USD], [h].
    """
    scale, fixed = event.scale.get(item.driver, 0.0), event.runs if item.driver == "training" else 0.0
    hours = item.accelerator_h * scale + item.fixed_h * fixed
    rent = hours * item.usd_per_h
    return item.usd * scale + rent, rent, hours


_PATHS = {"flat": 0, "rent": 1, "api": 2}


def _price_paths(world: World, months: Months) -> Any:
    """Return each price path at the event's months, and 0 in all others. [1], shape (path, ..., month)."""
    return np.stack(np.broadcast_arrays(months * 1.0, world.rent_path * months, world.api_path * months))


def _quantity_paths(world: World, months: Months) -> Any:
    """Return what each quantity follows.

    Money a price path, all else only the months, once for all strategies.

    [1], shape (path, quantity, ..., month).
    """

    def make() -> Any:
        prices = _price_paths(world, months)
        rest = np.broadcast_to(prices[:1], prices.shape)
        paths = np.stack([prices, *[rest] * (len(QUANTITIES) - 1)], axis=1)
        return paths[..., np.newaxis, :] if world.draws is not None and paths.ndim == 3 else paths

    return world.once(("paths", months.tobytes()), make)


def _matrix(world: World, rows: list[tuple[Any, ...]]) -> Any:
    """Return amounts, numbers or arrays ``(draw, 1)``, as one array.

    (item, quantity) or (item, quantity, draw).
    """
    if world.draws is None:
        return np.array(rows, dtype=np.float64)
    shape = (world.draws, 1)
    return np.array([[np.broadcast_to(value, shape)[:, 0] for value in row] for row in rows])


@dataclass(slots=True)
class Part:
    """One strategy on its way from items to figures."""

    strategy: str
    blueprint: Blueprint
    when: Calendar


def _release_rows(
    world: World, books: Books, part: Part, event: Event
) -> tuple[list[tuple[str, str, Phase]], list[tuple[Any, ...]], list[int]]:
    """Return the rows of an event, what they hold in each quantity, and which price path each follows."""
    overhead = world.inputs.prices.cloud_overhead_frac
    making: Any = 0.0
    amounts: list[tuple[Any, ...]] = []
    for item in part.blueprint.release:
        usd, rent, hours = item_amounts(item, event)
        if item.footprint is None:
            amounts.append((usd, 0.0, 0.0, 0.0, 0.0))
            continue
        scale, place = event.scale.get(item.driver, 0.0), item.footprint
        it_kwh = hours * item.it_kwh_per_h + item.it_kwh * scale
        carbon, water = it_kwh * place.carbon_kgco2e_per_it_kwh, it_kwh * place.water_l_per_it_kwh
        amounts.append((usd, it_kwh * place.pue, carbon, water, hours))
        making = making + hours * item.embodied_kgco2e_per_h + item.embodied_kgco2e * scale
        if not _nothing(overhead):
            along = _quantity_paths(world, event.months)[_PATHS[item.path], USD]
            books.row(part.strategy, "cloud_overhead", event.phase)[USD] += rent * overhead * along
    amounts.append((0.0, 0.0, making, 0.0, 0.0))
    rows = [(part.strategy, item.item, event.phase) for item in part.blueprint.release]
    paths = [_PATHS[item.path] for item in part.blueprint.release]
    return [*rows, (part.strategy, "embodied", event.phase)], amounts, [*paths, _PATHS["flat"]]


def _book_releases(world: World, books: Books, parts: list[Part]) -> None:
    """Book one kind of event after another, each for all strategies at once."""
    for events in zip(*(events_of(world, part.blueprint, part.when) for part in parts), strict=True):
        rows, amounts, along = [], [], []
        for part, event in zip(parts, events, strict=True):
            if event.months.any():
                some, held, paths = _release_rows(world, books, part, event)
                rows += some
                amounts += held
                along.append(_quantity_paths(world, event.months)[paths])
        if rows:
            books.book(rows, _matrix(world, amounts), np.concatenate(along))


def _column(world: World, values: tuple[Any, ...]) -> Any:
    """Return numbers, or arrays by draw, one above the other.

    They then meet a row of months in a single product.
    """
    if world.draws is None:
        return np.array(values, dtype=np.float64)[:, np.newaxis]
    return np.stack(np.broadcast_arrays(*values, np.zeros((world.draws, 1)))[:-1])


def _book_running(world: World, books: Books, strategy: str, item: RunningItem) -> None:
    row = books.row(strategy, item.item, "serving")[..., 1:]
    row[USD] += item.usd
    if item.footprint is not None:
        place = item.footprint
        factors = world.once(
            ("factors", place),
            lambda: _column(world, (place.pue, place.carbon_kgco2e_per_it_kwh, place.water_l_per_it_kwh)),
        )
        row[ENERGY:HOURS] += factors * item.it_kwh
        row[HOURS] += item.accelerator_h
        if not _nothing(item.embodied_kgco2e):
            books.row(strategy, "embodied", "serving")[CARBON][..., 1:] += item.embodied_kgco2e


def book(world: World, parts: list[Part]) -> Books:
    """Return the books of all strategies."""
    books = Books(world.horizon, world.draws)
    _book_releases(world, books, parts)
    for part in parts:
        for item in part.blueprint.running:
            _book_running(world, books, part.strategy, item)
    return books


def lag_months(world: World, blueprint: Blueprint) -> Numeric:
    """Return the time from data to live. [months]."""
    return world.inputs.refresh.lag_months * blueprint.lag_factor


def quality_by_month(world: World, blueprint: Blueprint, when: Calendar) -> Any:
    """Return the score in months 1 to the horizon, at least 0 (U1, decision 41).

    [points], shape (..., month).
    """
    age = when.age_months + lag_months(world, blueprint)
    return positive_part(score_at_age(blueprint.quality, world.inputs.refresh.drift_points_per_month, age))


def lost_usd_by_month(world: World, points: Any) -> Any:
    """Return the value lost to unacceptable answers (decision 8). [USD], shape (..., month)."""
    missing = (POINTS_PER_FRACTION - points) / POINTS_PER_FRACTION
    return world.traffic * world.inputs.quality.usd_per_failed_answer * missing


def _flat(values: Any) -> Any:
    """Return a figure by draw without its month axis."""
    if isinstance(values, float):
        return values
    array = np.asarray(values, dtype=np.float64)
    return array[..., 0] if array.ndim == 2 else array


def _per_1k(usd: Any, requests: Any) -> Any:
    """Return cost per 1,000 requests. [USD]; NaN without any request."""
    some = select(requests > 0.0, requests, np.nan)
    return REQUESTS_PER_1K * usd / some


def _stacked(values: list[Any]) -> Any:
    """Return a figure of every strategy as one array: shape (strategy, ...)."""
    flat = [_flat(value) for value in values]
    return (
        np.array(flat)
        if all(isinstance(value, float) for value in flat)
        else np.stack(np.broadcast_arrays(*flat))
    )


def _figures(world: World, parts: list[Part], books: Books, total: Any, quality: Any) -> dict[str, Any]:
    """Return the figures of all strategies, each of shape (strategy, ...)."""
    prints = [part.blueprint for part in parts]
    usd, sums = total[:, USD], total.sum(axis=-1)
    refreshed, released, served, hardware = books.sums_by_group(tuple(part.strategy for part in parts))
    embodied, carbon, fleets = hardware[:, CARBON], sums[:, CARBON], [each.fleet for each in prints]
    return {
        "total_usd": sums[:, USD],
        "npv_usd": net_present_value(usd, world.inputs.prices.discount_frac_per_year),
        "first_release_usd": usd[..., 0],
        "refresh_usd": refreshed[:, USD],
        "usd_per_1k_requests": _per_1k(sums[:, USD], world.total_requests),
        "energy_kwh": sums[:, ENERGY],
        "carbon_kgco2e": carbon,
        "carbon_operational_kgco2e": carbon - embodied,
        "carbon_embodied_kgco2e": embodied,
        "water_l": sums[:, WATER],
        "training_accelerator_h": released[:, HOURS],
        "serving_accelerator_h": served[:, HOURS],
        "replicas_peak": _stacked([0.0 if f is None else f.sizing.replicas.max(axis=-1) for f in fleets]),
        "accelerators_per_replica": _stacked(
            [0.0 if f is None else float(f.replica.accelerators) for f in fleets]
        ),
        "ttft_p95_s": _stacked([each.ttft_p95_s for each in prints]),
        "tpot_s": _stacked([each.tpot_s for each in prints]),
        "latency_p95_s": _stacked([each.latency_p95_s for each in prints]),
        "quality": _stacked([each.quality for each in prints]),
        "quality_lowest": quality.min(axis=-1),
        "general_quality": _stacked([each.general_quality for each in prints]),
        "lost_value_usd": lost_usd_by_month(world, quality).sum(axis=-1),
        "carbon_price_usd": carbon / KILOGRAMS_PER_TONNE * _flat(world.carbon_price_usd_per_tco2e),
        "refreshes": _stacked([float(part.when.events) for part in parts]),
    }


def missed_limits(world: World, figures: dict[str, Any], *, outside: bool) -> dict[str, Any]:
    """Return which limits a strategy misses, by path: true, false, or an array by draw (decision 11)."""
    limits, workload = world.inputs.limits, world.inputs.workload
    upper = {
        "limits.max_total_usd": (figures["total_usd"], limits.max_total_usd),
        "limits.max_carbon_kgco2e": (figures["carbon_kgco2e"], limits.max_carbon_kgco2e),
        "limits.max_latency_p95_s": (figures["latency_p95_s"], limits.max_latency_p95_s),
        "workload.ttft_limit_s": (figures["ttft_p95_s"], workload.ttft_limit_s),
        "workload.tpot_limit_s": (figures["tpot_s"], workload.tpot_limit_s),
    }
    missed: dict[str, Any] = {
        path: value > _flat(most) for path, (value, most) in upper.items() if most is not None
    }
    if limits.min_quality is not None:
        missed["limits.min_quality"] = figures["quality_lowest"] < _flat(limits.min_quality)
    if limits.self_hosted_only:
        missed["limits.self_hosted_only"] = outside
    return missed


def _keeps(missed: dict[str, Any], fits: Any) -> Any:
    """Return whether a strategy fits and misses no limit, draw by draw."""
    keeps = fits
    for miss in missed.values():
        keeps = keeps & (miss ^ True)  # "not", for a plain truth and draw by draw
    return keeps


def cost(world: World, chosen: Mapping[str, tuple[Blueprint, StrategyChoices]]) -> dict[str, StrategyResult]:
    """Return every strategy with its ledger and figures; NaN where it does not fit."""
    parts = [
        Part(strategy, blueprint, calendar(world, blueprint, choices.interval_months))
        for strategy, (blueprint, choices) in chosen.items()
    ]
    if not parts:
        return {}
    books = book(world, parts)
    total = books.total_by_month(tuple(chosen))
    shape = (world.horizon,) if world.draws is None else (world.draws, world.horizon)
    scores = [quality_by_month(world, part.blueprint, part.when) for part in parts]
    quality = np.array([np.broadcast_to(score, shape) for score in scores])
    figures = _figures(world, parts, books, total, quality)
    if world.draws is None:  # plain numbers from here on: comparing those is far quicker
        figures = {name: values.tolist() for name, values in figures.items()}
    return {
        part.strategy: _result(
            world,
            part,
            Ledger(books, part.strategy),
            {name: values[n] for name, values in figures.items()},
            (total[n, USD], total[n, ENERGY], total[n, CARBON], quality[n]),
        )
        for n, part in enumerate(parts)
    }


def _result(
    world: World, part: Part, ledger: Ledger, figures: dict[str, Any], by_month: tuple[Any, ...]
) -> StrategyResult:
    """Return one strategy, judged against the limits."""
    blueprint, single = part.blueprint, world.draws is None
    fits: Any = bool(blueprint.fits) if single else _flat(blueprint.fits).astype(bool)
    missed = missed_limits(world, figures, outside=blueprint.outside)
    if not np.all(fits):
        figures = {name: select(fits, value, np.nan) for name, value in figures.items()}
        shown = np.asarray(select(fits, 1.0, np.nan))[..., np.newaxis]
        by_month = tuple(values * shown for values in by_month)
    keeps = fits and not any(missed.values()) if single else _keeps(missed, fits)
    return StrategyResult(
        strategy=part.strategy,
        fits=fits,
        problems=tuple(blueprint.problems),
        misses=tuple(path for path, miss in missed.items() if single and miss and fits),
        keeps_limits=keeps,
        figures=figures,
        usd_by_month=by_month[0],
        energy_by_month=by_month[1],
        carbon_by_month=by_month[2],
        quality_by_month=by_month[3],
        calendar=part.when,
        ledger=ledger,
        trainings=blueprint.trainings,
        generation=blueprint.generation,
        fleet=blueprint.fleet,
        device=blueprint.device,
        energy_range_frac=blueprint.energy_range_frac,
        caveats=tuple(sorted(blueprint.caveats)),
    )


def _refresh_usd_by_month(world: World, blueprint: Blueprint) -> Any:
    """Return what a refresh would cost in each month, overhead included. [USD]."""
    events = events_of(world, blueprint, calendar(world, blueprint, 1))
    refresh = next(event for event in events if event.name == "refresh")
    paths = _price_paths(world, np.ones(world.horizon + 1, dtype=np.bool_))
    usd: Any = np.zeros(world.horizon + 1)
    for item in blueprint.release:
        whole, rent, _ = item_amounts(item, refresh)
        usd = usd + (whole + rent * world.inputs.prices.cloud_overhead_frac) * paths[_PATHS[item.path]]
    return usd


def best_interval(world: World, blueprint: Blueprint) -> int:
    """Return the interval of least refresh and staleness cost, by trying all.

    Ties go to the longer (decision 42).
    """
    usd, horizon = _refresh_usd_by_month(world, blueprint), world.horizon
    best, least = horizon, np.inf
    for interval in range(horizon, 0, -1):
        when = calendar(world, blueprint, interval)
        age = when.age_months + lag_months(world, blueprint)
        lost = world.inputs.refresh.drift_points_per_month * age / POINTS_PER_FRACTION
        stale = world.inputs.quality.usd_per_failed_answer * float(np.sum(world.traffic * lost))
        total = float(np.sum(usd[when.refresh])) + stale
        if total < least * (1.0 - _TIE):
            best, least = interval, total
    return best
