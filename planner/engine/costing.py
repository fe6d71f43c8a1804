"""From a strategy's items to its ledger and figures: the same for all strategies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from planner.engine.arrays import Numeric, positive_part
from planner.engine.choices import StrategyChoices
from planner.engine.lineitems import CARBON, ENERGY, HOURS, USD, WATER, Ledger, Phase
from planner.engine.prices import net_present_value
from planner.engine.results import StrategyResult
from planner.engine.strategies.blueprint import Blueprint, ReleaseItem, RunningItem
from planner.engine.updates import Months, age_months, every, replayed_tokens
from planner.engine.world import World
from planner.units import KILOGRAMS_PER_TONNE, POINTS_PER_FRACTION, REQUESTS_PER_1K

_TIE = 1e-12


@dataclass(frozen=True, slots=True)
class Event:
    """A release of some size: its phase, its months, and by how much it scales each driver.

    `runs` is 1 where models are trained: the fixed time of each run then falls due.
    """

    name: str
    phase: Phase
    months: Months
    scale: dict[str, Numeric]
    runs: float


@lru_cache(maxsize=64)
def _month_of_release(horizon_months: int) -> Months:
    months = np.arange(horizon_months + 1) == 0
    months.flags.writeable = False
    return months


def event_months(world: World, blueprint: Blueprint, interval_months: int) -> dict[str, Months]:
    """Return when a strategy is refreshed, migrated and replaced; a larger event takes the place of a smaller one."""
    refresh, horizon = world.inputs.refresh, world.horizon
    replaced = every(refresh.teacher_update_months if blueprint.depends_on_base else None, horizon)
    migrated = every(refresh.api_migration_months if blueprint.withdrawn else None, horizon) & ~replaced
    return {
        "refresh": every(interval_months, horizon) & ~replaced & ~migrated,
        "migration": migrated,
        "replacement": replaced,
    }


def events_of(world: World, blueprint: Blueprint, interval_months: int) -> list[Event]:
    """Return all releases of a strategy over the horizon (decisions 41 to 44)."""
    refresh, labour = world.inputs.refresh, world.inputs.labour
    months = event_months(world, blueprint, interval_months)
    share, times = refresh.new_data_frac, 2.0 if blueprint.reselects else 1.0
    return [
        Event(
            "first",
            "first release",
            _month_of_release(world.horizon),
            dict.fromkeys(
                ("labels", "prompts", "answers", "training", "labour", "evaluation", "delivery"), 1.0
            ),
            1.0,
        ),
        Event(
            "refresh",
            "refresh",
            months["refresh"],
            {
                "labels": share,
                "prompts": share,
                "answers": share,
                "training": replayed_tokens(share, refresh.replay_frac),
                "labour": labour.refresh_frac * times,
                "evaluation": times,
                "delivery": 1.0,
            },
            1.0,
        ),
        Event(
            "migration",
            "refresh",
            months["migration"],
            {"labour": labour.refresh_frac, "evaluation": 1.0},
            0.0,
        ),
        Event(
            "replacement",
            "refresh",
            months["replacement"],
            {"answers": 1.0, "training": 1.0, "labour": 1.0, "evaluation": 1.0, "delivery": 1.0},
            1.0,
        ),
    ]


def _nothing(value: Numeric) -> bool:
    return isinstance(value, float) and value == 0.0


def item_amounts(item: ReleaseItem, event: Event) -> tuple[Any, Any, Any]:
    """Return cost, rented part of it and accelerator-hours of an item at an event, at prices of month 0. [USD], [USD], [h]."""
    scale, fixed = event.scale.get(item.driver, 0.0), event.runs if item.driver == "training" else 0.0
    hours = item.accelerator_h * scale + item.fixed_h * fixed
    rent = hours * item.usd_per_h
    return item.usd * scale + rent, rent, hours


def _price_paths(world: World, months: Months) -> dict[str, Any]:
    """Return each price path at the event's months, and 0 in all others."""
    return {"flat": months, "rent": world.rent_path * months, "api": world.api_path * months}


def _book_release(world: World, ledger: Ledger, blueprint: Blueprint, event: Event) -> None:
    overhead, months = world.inputs.prices.cloud_overhead_frac, event.months
    paths = _price_paths(world, months)
    making: Any = 0.0
    for item in blueprint.release:
        usd, rent, hours = item_amounts(item, event)
        row, path = ledger.row(item.item, event.phase), paths[item.path]
        row[USD] += usd * path
        if item.footprint is None:
            continue
        if not _nothing(overhead):
            ledger.row("cloud_overhead", event.phase)[USD] += rent * overhead * path
        scale, place = event.scale.get(item.driver, 0.0), item.footprint
        it_kwh = hours * item.it_kwh_per_h + item.it_kwh * scale
        row[HOURS] += hours * months
        row[ENERGY] += it_kwh * place.pue * months
        row[CARBON] += it_kwh * place.carbon_kgco2e_per_it_kwh * months
        row[WATER] += it_kwh * place.water_l_per_it_kwh * months
        making = making + hours * item.embodied_kgco2e_per_h + item.embodied_kgco2e * scale
    if not _nothing(making):
        ledger.row("embodied", event.phase)[CARBON] += making * months


def _book_running(ledger: Ledger, item: RunningItem) -> None:
    if not _nothing(item.usd):
        ledger.monthly(item.item, USD, item.usd)
    if item.footprint is not None:
        ledger.monthly(item.item, ENERGY, item.it_kwh * item.footprint.pue)
        ledger.monthly(item.item, CARBON, item.it_kwh * item.footprint.carbon_kgco2e_per_it_kwh)
        ledger.monthly(item.item, WATER, item.it_kwh * item.footprint.water_l_per_it_kwh)
    if not _nothing(item.accelerator_h):
        ledger.monthly(item.item, HOURS, item.accelerator_h)
    if not _nothing(item.embodied_kgco2e):
        ledger.monthly("embodied", CARBON, item.embodied_kgco2e)


def book(world: World, blueprint: Blueprint, events: list[Event]) -> Ledger:
    """Return the ledger of a strategy."""
    ledger = Ledger(world.horizon, world.draws)
    for event in events:
        if event.months.any():
            _book_release(world, ledger, blueprint, event)
    for item in blueprint.running:
        _book_running(ledger, item)
    return ledger


def lag_months(world: World, blueprint: Blueprint) -> Numeric:
    """Return the time from data to live. [months]."""
    return world.inputs.refresh.lag_months * blueprint.lag_factor


def quality_by_month(world: World, blueprint: Blueprint, months: dict[str, Months]) -> Any:
    """Return the score in months 1 to the horizon, at least 0 (U1, decision 41). [points], shape (..., month)."""
    age = age_months(months["refresh"] | months["migration"] | months["replacement"])
    drift = world.inputs.refresh.drift_points_per_month
    return positive_part(blueprint.quality - drift * (age + lag_months(world, blueprint)))


def lost_usd_by_month(world: World, points: Any) -> Any:
    """Return the value lost to unacceptable answers (decision 8). [USD], shape (..., month)."""
    missing = (POINTS_PER_FRACTION - points) / POINTS_PER_FRACTION
    return world.traffic * world.inputs.quality.usd_per_failed_answer * missing


def _sum(values: Any) -> Any:
    return np.sum(values, axis=-1)


def _flat(values: Any) -> Any:
    """Return a figure by draw without its month axis."""
    array = np.asarray(values, dtype=np.float64)
    return array[..., 0] if array.ndim == 2 else array


def _figures(world: World, blueprint: Blueprint, ledger: Ledger, total: Any, quality: Any) -> dict[str, Any]:
    usd, requests = total[USD], _sum(world.traffic)
    sums = total.sum(axis=-1)
    refreshed = ledger.totals(phases=("refresh",))
    released = ledger.totals(phases=("first release", "refresh"))[HOURS]
    embodied = ledger.totals(category="hardware")[CARBON]
    total_usd, carbon = sums[USD], sums[CARBON]
    with np.errstate(divide="ignore", invalid="ignore"):
        per_1k = np.where(requests > 0.0, REQUESTS_PER_1K * total_usd / requests, np.nan)
    fleet = blueprint.fleet
    return {
        "total_usd": total_usd,
        "npv_usd": net_present_value(usd, world.inputs.prices.discount_frac_per_year),
        "first_release_usd": usd[..., 0],
        "refresh_usd": refreshed[USD],
        "usd_per_1k_requests": per_1k,
        "energy_kwh": sums[ENERGY],
        "carbon_kgco2e": carbon,
        "carbon_operational_kgco2e": carbon - embodied,
        "carbon_embodied_kgco2e": embodied,
        "water_l": sums[WATER],
        "training_accelerator_h": released,
        "serving_accelerator_h": sums[HOURS] - released,
        "replicas_peak": 0.0 if fleet is None else np.max(fleet.sizing.replicas, axis=-1),
        "accelerators_per_replica": 0.0 if fleet is None else float(fleet.replica.accelerators),
        "ttft_p95_s": _flat(blueprint.ttft_p95_s),
        "tpot_s": _flat(blueprint.tpot_s),
        "latency_p95_s": _flat(blueprint.latency_p95_s),
        "quality": _flat(blueprint.quality),
        "quality_lowest": np.min(quality, axis=-1),
        "general_quality": _flat(blueprint.general_quality),
        "lost_value_usd": _sum(lost_usd_by_month(world, quality)),
        "carbon_price_usd": carbon / KILOGRAMS_PER_TONNE * _flat(world.carbon_price_usd_per_tco2e),
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
        missed["limits.self_hosted_only"] = np.bool_(outside)
    return missed


def _keeps(missed: dict[str, Any], fits: Any) -> Any:
    """Return whether a strategy fits and misses no limit, draw by draw."""
    keeps = fits
    for miss in missed.values():
        keeps = keeps & ~np.asarray(miss)
    return keeps


def cost(world: World, strategy: str, blueprint: Blueprint, choices: StrategyChoices) -> StrategyResult:
    """Return a strategy with its ledger and figures; NaN where it does not fit."""
    months = event_months(world, blueprint, choices.interval_months)
    ledger = book(world, blueprint, events_of(world, blueprint, choices.interval_months))
    total, quality = ledger.total_by_month(), quality_by_month(world, blueprint, months)
    figures = _figures(world, blueprint, ledger, total, quality)
    figures["refreshes"] = float(sum(int(mask.sum()) for mask in months.values()))
    fits = _flat(blueprint.fits).astype(bool)
    missed = missed_limits(world, figures, outside=blueprint.outside)
    shown: Any = 1.0
    if not fits.all():
        figures = {name: np.where(fits, value, np.nan) for name, value in figures.items()}
        shown = np.where(fits, 1.0, np.nan)[..., np.newaxis]
    single, keeps = world.draws is None, _keeps(missed, fits)
    return StrategyResult(
        strategy=strategy,
        fits=bool(fits) if single else fits,
        problems=tuple(blueprint.problems),
        misses=tuple(path for path, miss in missed.items() if single and bool(miss) and bool(fits)),
        keeps_limits=bool(keeps) if single else keeps,
        figures={name: float(value) for name, value in figures.items()} if single else figures,
        usd_by_month=total[USD] * shown,
        energy_by_month=total[ENERGY] * shown,
        carbon_by_month=total[CARBON] * shown,
        quality_by_month=np.broadcast_to(quality, world.traffic.shape) * shown,
        event_months={name: np.flatnonzero(mask) for name, mask in months.items()},
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
    refresh = next(event for event in events_of(world, blueprint, 1) if event.name == "refresh")
    paths = _price_paths(world, np.ones(world.horizon + 1, dtype=np.bool_))
    usd: Any = np.zeros(world.horizon + 1)
    for item in blueprint.release:
        whole, rent, _ = item_amounts(item, refresh)
        usd = usd + (whole + rent * world.inputs.prices.cloud_overhead_frac) * paths[item.path]
    return usd


def best_interval(world: World, blueprint: Blueprint) -> int:
    """Return the interval of least refresh and staleness cost, by trying all; ties go to the longer (decision 42)."""
    usd, horizon = _refresh_usd_by_month(world, blueprint), world.horizon
    best, least = horizon, np.inf
    for interval in range(horizon, 0, -1):
        when = event_months(world, blueprint, interval)
        age = age_months(when["refresh"] | when["migration"] | when["replacement"])
        lost = (
            world.inputs.refresh.drift_points_per_month
            * (age + lag_months(world, blueprint))
            / POINTS_PER_FRACTION
        )
        stale = world.inputs.quality.usd_per_failed_answer * float(np.sum(world.traffic * lost))
        total = float(np.sum(usd[when["refresh"]])) + stale
        if total < least * (1.0 - _TIE):
            best, least = interval, total
    return best
