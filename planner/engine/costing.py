"""From a strategy's items to its ledger and figures: the same for all strategies."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from planner.engine.arrays import Numeric, positive_part, select
from planner.engine.booking import Part, book, calendar, events_every, refresh_usd_by_month
from planner.engine.books import Ledger, Totals
from planner.engine.choices import StrategyChoices
from planner.engine.drawn import DrawnBooks
from planner.engine.lineitems import ENERGY
from planner.engine.prices import net_present_value
from planner.engine.results import StrategyResult
from planner.engine.strategies.blueprint import Blueprint, RunningItem
from planner.engine.updates import IntervalCosts, calendars_of, drifted_points
from planner.engine.world import World, by_draw_and_month, turned
from planner.units import KILOGRAMS_PER_TONNE, POINTS_PER_FRACTION, REQUESTS_PER_1K


def lag_months(world: World, blueprint: Blueprint) -> Numeric:
    """Return the time from data to live. [months]."""
    return world.inputs.refresh.lag_months * blueprint.lag_factor


def quality_by_month(world: World, parts: list[Part]) -> Any:
    """Return the scores in months 1 to the horizon, at least 0 (U1, decision 41).

    [points], shape (strategy, ..., month).
    """
    if world.draws is not None:
        return _quality_by_draw(world, parts, world.draws)
    ages = np.array([part.when.age_months for part in parts])
    lags = world.column([lag_months(world, part.blueprint) for part in parts])
    points = world.column([part.blueprint.quality for part in parts])
    return positive_part(points - lost_by_age(world, ages + lags))


def _quality_by_draw(world: World, parts: list[Part], draws: int) -> Any:
    """Return the scores of `quality_by_month` with draws, shape (strategy, draw, month)."""
    points = by_draw_and_month(draws, world.horizon, len(parts))
    for row, part in zip(points, parts, strict=True):
        ages = part.when.age_months[:, np.newaxis] + turned(lag_months(world, part.blueprint))
        row.T[...] = positive_part(turned(part.blueprint.quality) - lost_by_age(world, ages))
    return points


def lost_by_age(world: World, age_months: Numeric) -> Any:
    """Return the points that a release of some age has lost (U1). [points].

    With draws, ages and points have the shape (month, draw).
    """
    refresh = world.inputs.refresh
    return drifted_points(
        turned(refresh.drift_points_per_month), age_months, turned(refresh.drift_most_points)
    )


def failures_by_month(world: World, points: Any) -> Any:
    """Return the unacceptable answers of months 1 to the horizon. [1], shape (..., month)."""
    return world.traffic * ((POINTS_PER_FRACTION - points) / POINTS_PER_FRACTION)


def lost_usd_per_failure(world: World) -> Numeric:
    """Return the value lost by an unacceptable answer, none where a person takes over (decision 8). [USD]."""
    quality = world.inputs.quality
    return quality.usd_per_failed_answer * (1.0 - quality.handover_frac)


def paid_usd_per_failure(world: World) -> Numeric:
    """Return what people who take over are paid by an unacceptable answer. [USD]."""
    quality = world.inputs.quality
    return quality.handover_frac * quality.usd_per_handover


def _hand_over(world: World, parts: list[Part], quality: Any) -> None:
    """Add the people who take over unacceptable answers: a cost that follows from the score by month."""
    usd = paid_usd_per_failure(world)
    if isinstance(usd, float) and usd == 0.0:
        return
    for part, points in zip(parts, quality, strict=True):
        part.blueprint.running.append(RunningItem("handover", usd=failures_by_month(world, points) * usd))


def _flat(values: Any) -> Any:
    """Return a figure by draw without its month axis."""
    if isinstance(values, float):
        return values
    array = np.asarray(values, dtype=np.float64)
    return array[..., 0] if array.ndim == 2 else array


def per_1k(usd: Any, requests: Any) -> Any:
    """Return cost per 1,000 requests. [USD]; NaN without any request."""
    some = select(requests > 0.0, requests, np.nan)
    return REQUESTS_PER_1K * usd / some


def _stacked(world: World, values: list[Any]) -> Any:
    """Return a figure of every strategy as one array: shape (strategy, ...)."""
    flat = [_flat(value) for value in values]
    if all(isinstance(value, float) for value in flat):
        return np.array(flat)
    found = np.empty((len(flat),) if world.draws is None else (len(flat), world.draws))
    for number, value in enumerate(flat):
        found[number] = value
    return found


def _figures(world: World, parts: list[Part], totals: Totals, quality: Any) -> dict[str, Any]:
    """Return the figures of all strategies, each of shape (strategy, ...)."""
    prints = [part.blueprint for part in parts]
    failures, fleets = failures_by_month(world, quality), [each.fleet for each in prints]
    stacked = partial(_stacked, world)
    return {
        "total_usd": totals.usd,
        "npv_usd": net_present_value(totals.usd_by_month, world.inputs.prices.discount_frac_per_year),
        "first_release_usd": totals.usd_by_month[..., 0],
        "refresh_usd": totals.refresh_usd,
        "usd_per_1k_requests": per_1k(totals.usd, world.total_requests),
        "usd_per_1k_acceptable": per_1k(totals.usd, world.total_requests - failures.sum(axis=-1)),
        "energy_kwh": totals.energy_kwh,
        "carbon_kgco2e": totals.carbon_kgco2e,
        "carbon_operational_kgco2e": totals.carbon_kgco2e - totals.embodied_kgco2e,
        "carbon_embodied_kgco2e": totals.embodied_kgco2e,
        "water_l": totals.water_l,
        "training_accelerator_h": totals.released_h,
        "serving_accelerator_h": totals.served_h,
        "replicas_peak": stacked([0.0 if f is None else f.sizing.replicas.max(axis=-1) for f in fleets]),
        "accelerators_per_replica": stacked(
            [0.0 if f is None else float(f.replica.accelerators) for f in fleets]
        ),
        "battery_frac_per_day": stacked(
            [0.0 if d is None else d.battery_frac_per_day for d in (each.device for each in prints)]
        ),
        "ttft_p95_s": stacked([each.ttft_p95_s for each in prints]),
        "tpot_s": stacked([each.tpot_s for each in prints]),
        "latency_p95_s": stacked([each.latency_p95_s for each in prints]),
        "quality": stacked([each.quality for each in prints]),
        "quality_lowest": quality.min(axis=-1),
        "general_quality": stacked([each.general_quality for each in prints]),
        "lost_value_usd": (failures * lost_usd_per_failure(world)).sum(axis=-1),
        "carbon_price_usd": totals.carbon_kgco2e
        / KILOGRAMS_PER_TONNE
        * _flat(world.carbon_price_usd_per_tco2e),
        "refreshes": stacked([float(part.when.events) for part in parts]),
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
    quality = quality_by_month(world, parts)
    _hand_over(world, parts, quality)
    books = book(world, parts) if world.draws is None else DrawnBooks(world, parts)
    totals = books.totals(tuple(chosen))
    figures = _figures(world, parts, totals, quality)
    each: Any = zip(*figures.values(), strict=True)
    if world.draws is None:  # plain numbers from here on: comparing those is far quicker
        each = np.array(list(figures.values())).T.tolist()
    return {
        part.strategy: _result(
            world, part, Ledger(books, part.strategy), dict(zip(figures, values, strict=True)), by_month
        )
        for part, values, *by_month in zip(
            parts,
            each,
            totals.usd_by_month,
            totals.energy_by_month,
            totals.carbon_by_month,
            quality,
            strict=True,
        )
    }


def _result(
    world: World, part: Part, ledger: Ledger, figures: dict[str, Any], by_month: list[Any]
) -> StrategyResult:
    """Return one strategy, judged against the limits."""
    blueprint, single = part.blueprint, world.draws is None
    fits: Any = bool(blueprint.fits) if single else _flat(blueprint.fits).astype(bool)
    missed = missed_limits(world, figures, outside=blueprint.outside)
    if not (fits if single else fits.all()):
        figures = {name: select(fits, value, np.nan) for name, value in figures.items()}
        shown = np.asarray(select(fits, 1.0, np.nan))[..., np.newaxis]
        by_month = [values * shown for values in by_month]
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
        answers=blueprint.answers,
        fleet=blueprint.fleet,
        device=blueprint.device,
        energy_range_frac=_energy_range(blueprint, ledger),
        busy_hours=blueprint.busy_hours,
        interval_costs=partial(interval_costs, world, blueprint) if single else None,
        caveats=tuple(sorted(blueprint.caveats)),
        outside=blueprint.outside,
        lag_months=_flat(lag_months(world, blueprint)),
    )


def _energy_range(blueprint: Blueprint, ledger: Ledger) -> tuple[float, float]:
    """Return low and high of energy over its middle, where they hold for one item among others too. [1]."""
    low, high = blueprint.energy_range_frac
    if not blueprint.ranged_item or ledger.has_draws:
        return low, high
    totals = ledger.totals(ENERGY)
    whole = sum(totals.values())
    share = totals.get((blueprint.ranged_item, "serving"), 0.0) / whole if whole > 0.0 else 0.0
    return 1.0 + share * (low - 1.0), 1.0 + share * (high - 1.0)


def interval_costs(world: World, blueprint: Blueprint) -> IntervalCosts:
    """Return what refreshes and staleness cost at every interval (decision 42), without draws."""
    migrated, replaced = events_every(world, blueprint)
    refreshes, ages = calendars_of(migrated, replaced, world.horizon)
    lost = lost_by_age(world, ages + lag_months(world, blueprint)) / POINTS_PER_FRACTION
    return IntervalCosts(
        refreshes @ refresh_usd_by_month(world, blueprint),
        (lost_usd_per_failure(world) + paid_usd_per_failure(world)) * (lost @ world.traffic),
    )


def best_interval(world: World, blueprint: Blueprint) -> int:
    """Return the interval of least refresh and staleness cost, by trying all."""
    return interval_costs(world, blueprint).best
