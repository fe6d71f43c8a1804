"""The rest of a plan, told anew from what was recorded: volume, running costs, and how sure that is.

**Volume.** Where requests are recorded, the plan is simulated again with another level and growth. With
y = ln(recorded / planned requests) in recorded months m, around their mean month c: the level is moved by
exp(mean of y), and growth by exp(b) - 1 a month,

    b = sum((m - c) y) / (sum((m - c)^2) + `GROWTH_WEIGHT`),

a straight line through y that is drawn towards the planned growth: five months move growth by 29 % of what
the line says, twelve by 85 %. What was decided (accelerators, refreshes) stays decided.

**Running costs.** By group of categories, the factor

    f = 1 + w (A / R - 1),  w = n / (n + `PLAN_MONTHS`)

with what was paid (A) and what the plan, at the recorded volume, says for it (R) over n recorded months
without releases: the plan counts as three months of its own, so one month moves the factor by a quarter of
what it says, five by 62 %, and the more months, the nearer it is to A / R. It is never below 0.

**Releases and refreshes** stand as planned in months that are not recorded. A recorded cell is what was paid.

**Range.** P10 to P90 of draws from the plan's ranges, each corrected by the record in the same way, so that
draws that never could have cost what was paid come near it; and the scatter of recorded months around the
corrected plan, once for the mean of the record and once for each month to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.actuals import RUNNING, Comparison, Rows, Truths, by_group, parts_of, planned
from planner.engine.arrays import Array, Numeric, running_sum
from planner.engine.choices import Choices
from planner.engine.results import Results, StrategyResult
from planner.engine.run import simulate
from planner.engine.sampling import Sampler
from planner.errors import InputError
from planner.scenario.model import Scenario, spec_for
from planner.scenario.ranges import Range

VOLUME: Final = "workload.requests_per_month"
GROWTH: Final = "workload.growth_frac_per_month"
PLAN_MONTHS: Final = 3.0
"""Months of its own that the plan counts as beside the record (our judgement). [months]."""
GROWTH_WEIGHT: Final = 25.0
"""Scatter of requests around their trend, 10 %, over what growth is mostly off by, 2 points a month, squared
(our judgement). [months^2]."""
DRAWS: Final = 4_096
_BLOCK: Final = 2_048
_ENDS: Final = (10.0, 90.0)


class Factor(NamedTuple):
    """How a group of running costs went.

    Attributes
    ----------
    key : str
        Of the group.
    months : int
        Recorded months that it rests on.
    raw, used : float
        Paid over planned cost; the factor that months to come are counted with. [1]
    """

    key: str
    months: int
    raw: float
    used: float


@dataclass(frozen=True, slots=True)
class Volume:
    """Requests as re-estimated.

    Attributes
    ----------
    months : int
        Recorded months with requests.
    requests_per_month, growth_frac_per_month : float
        What the plan is simulated with. [1/month]
    planned_requests_per_month, planned_growth_frac_per_month : float
        What it was made with. [1/month]
    """

    months: int
    requests_per_month: float
    growth_frac_per_month: float
    planned_requests_per_month: float
    planned_growth_frac_per_month: float


@dataclass(frozen=True, slots=True)
class Band:
    """P10 and P90 over draws.

    Attributes
    ----------
    draws : int
        How many fit.
    by_month, cumulative : array
        Rows P10 and P90, shape (2, month). [USD]
    total_usd : tuple of float
        P10 and P90 over the horizon.
    """

    draws: int
    by_month: Array
    cumulative: Array
    total_usd: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reforecast:
    """A plan with what was recorded, and the rest told anew.

    Attributes
    ----------
    by_month : array
        What was paid where it is recorded, else the estimate, shape (month 0 to the horizon,). [USD]
    planned_by_month : array
        The plan, all of its categories. [USD]
    left_out_by_month : array
        The part of `by_month` in categories that no record is of. [USD]
    known : array of bool
        Whether a month is recorded.
    factors : tuple of Factor
        One a group.
    volume : Volume
        What the months to come are simulated with.
    scatter_frac : float
        Standard deviation of recorded months around the corrected plan. [1]
    """

    by_month: Array
    planned_by_month: Array
    left_out_by_month: Array
    known: Truths
    factors: tuple[Factor, ...]
    volume: Volume
    scatter_frac: float
    scenario: Scenario
    choices: Choices

    @property
    def total_usd(self) -> float:
        """Over the horizon. [USD]."""
        return float(self.by_month.sum())

    @property
    def planned_total_usd(self) -> float:
        """Of the plan. [USD]."""
        return float(self.planned_by_month.sum())


def re_estimated(requests_per_month: Numeric, growth_frac: Numeric, recorded: Array) -> tuple[Any, Any]:
    """Return level and growth of requests after some months of them. [1/month], [1/month].

    Parameters
    ----------
    requests_per_month, growth_frac : float or array
        Of the plan, or by draw: shape (draw,). [1/month]
    recorded : array
        Requests of months 0 to the horizon, NaN where not known, shape (month,). [1/month]
    """
    months = np.flatnonzero(np.nan_to_num(recorded[1:]) > 0.0) + 1.0
    level = np.asarray(requests_per_month, dtype=np.float64)[..., np.newaxis]
    growth = np.asarray(growth_frac, dtype=np.float64)[..., np.newaxis]
    if not months.size or not np.all(level > 0.0):
        return requests_per_month, growth_frac
    path = np.log(level) + np.log1p(growth) * (months - 1.0)
    apart = np.log(recorded[months.astype(np.intp)]) - path
    place = months - months.mean()
    moved = apart.mean(axis=-1)
    slope = (place * apart).sum(axis=-1) / ((place**2).sum() + GROWTH_WEIGHT)
    fresh_growth = (1.0 + growth[..., 0]) * np.exp(slope) - 1.0
    fresh_level = level[..., 0] * np.exp(moved + slope * (1.0 - months.mean()))
    return np.clip(fresh_level, 0.0, spec_for(VOLUME).high), np.clip(
        fresh_growth, spec_for(GROWTH).low, spec_for(GROWTH).high
    )


def reforecast(results: Results, catalog: Catalog, compared: Comparison) -> Reforecast:
    """Return a plan with what was recorded of a strategy, and the rest told anew.

    Parameters
    ----------
    results : Results
        The plan, without draws.
    catalog : Catalog
        Hardware, models, prices.
    compared : Comparison
        Of the same results.

    Raises
    ------
    InputError
        If the plan does not fit at the recorded volume.
    """
    workload = results.scenario.workload
    level, growth = re_estimated(
        workload.requests_per_month, workload.growth_frac_per_month, compared.requests
    )
    plan = planned(results, catalog, compared.strategy)
    volume = (float(level), float(growth))
    scenario, result, choices = _at(results, catalog, compared.strategy, volume)
    rows = _rows(result)
    factors = _factors(rows, compared)
    by_month = _projected(rows, compared, factors)
    return Reforecast(
        by_month=by_month,
        planned_by_month=np.asarray(plan.usd_by_month, dtype=np.float64),
        left_out_by_month=np.zeros(len(by_month)) + _left_out(rows, compared),
        known=np.asarray(compared.recorded.any(axis=0), dtype=np.bool_),
        factors=tuple(
            Factor(group.key, int(count), float(raw), float(used))
            for group, count, raw, used in zip(compared.groups, *factors, strict=True)
        ),
        volume=Volume(
            int((np.nan_to_num(compared.requests[1:]) > 0.0).sum()),
            *volume,
            workload.requests_per_month,
            workload.growth_frac_per_month,
        ),
        scatter_frac=_scatter(rows, compared, factors),
        scenario=scenario,
        choices=choices,
    )


def _at(
    results: Results, catalog: Catalog, strategy: str, volume: tuple[float, float]
) -> tuple[Scenario, StrategyResult, Choices]:
    """Return a plan of one strategy at another volume, with what was decided."""
    scenario = results.scenario.with_(
        {"strategies": (strategy,), "ranges": {}, VOLUME: volume[0], GROWTH: volume[1]}
    )
    held = {name: each for name, each in results.choices.items() if name == strategy}
    found = simulate(scenario, catalog, choices=held or None)
    result = found.strategies[strategy]
    if not np.all(result.fits) or result.ledger is None:
        message = f"At {volume[0]:,.0f} requests a month the strategy that is run does not fit."
        raise InputError("does_not_fit", message, "Choose larger hardware in the plan.", path=VOLUME)
    return scenario, result, found.choices


def _rows(result: StrategyResult) -> Rows:
    return {} if result.ledger is None else result.ledger.usd_by_category


class _Factors(NamedTuple):
    """By group: recorded months, paid over planned cost, the factor used; shapes (group,), (group, ...)."""

    months: Any
    raw: Any
    used: Any


def _parts(rows: Rows, compared: Comparison) -> tuple[Array, Array]:
    """Return running costs and those of releases by group. [USD], shape (group, ..., month)."""
    horizon = compared.actual_usd.shape[-1] - 1
    running = by_group({key: usd for key, usd in rows.items() if key[1] == RUNNING}, compared.groups, horizon)
    once = by_group({key: usd for key, usd in rows.items() if key[1] != RUNNING}, compared.groups, horizon)
    return running, once


def _factors(rows: Rows, compared: Comparison) -> _Factors:
    running, once = _parts(rows, compared)
    counts, raws, used = [], [], []
    for group, (run, release) in enumerate(zip(running, once, strict=True)):
        months = _used_months(compared, run, release, group)
        paid = np.nansum(compared.actual_usd[group, months])
        said = (run + release)[..., months].sum(axis=-1)
        safe = np.where(said > 0.0, said, 1.0)
        raw = np.where(said > 0.0, np.maximum(paid / safe, 0.0), 1.0)
        weight = months.size / (months.size + PLAN_MONTHS)
        counts.append(months.size)
        raws.append(raw)
        used.append(1.0 + weight * (raw - 1.0))
    return _Factors(counts, raws, used)


def _used_months(compared: Comparison, running: Array, once: Array, group: int) -> Any:
    """Return the recorded months whose running costs tell a factor: those without releases, if any."""
    runs = (running > 0.0).reshape(-1, running.shape[-1]).all(axis=0)
    released = (once > 0.0).reshape(-1, once.shape[-1]).any(axis=0)
    recorded = compared.recorded[group] & runs
    recorded[0] = False
    plain = recorded & ~released
    return np.flatnonzero(plain if plain.any() else recorded)


def _projected(rows: Rows, compared: Comparison, factors: _Factors) -> Any:
    """Return what was paid where it is recorded, else the corrected plan. [USD], shape (..., month)."""
    recorded, corrected = compared.recorded, _corrected(rows, compared, factors)
    paid = np.nan_to_num(compared.actual_usd)
    total: Any = _left_out(rows, compared)
    for group, usd in enumerate(corrected):
        total = total + np.where(recorded[group], paid[group], usd)
    return total


def _left_out(rows: Rows, compared: Comparison) -> Any:
    """Return planned costs of what nobody records. [USD], shape (..., month)."""
    spoken = parts_of(compared.groups)
    total: Any = np.zeros(compared.actual_usd.shape[-1])
    for (category, _), usd in rows.items():
        if category not in spoken:
            total = total + usd
    return total


def _corrected(rows: Rows, compared: Comparison, factors: _Factors) -> list[Any]:
    """Return planned costs with the factor on what runs, by group. [USD], each of shape (..., month)."""
    running, once = _parts(rows, compared)
    return [
        release + run * np.asarray(used)[..., np.newaxis]
        for run, release, used in zip(running, once, factors.used, strict=True)
    ]


def _scatter(rows: Rows, compared: Comparison, factors: _Factors) -> float:
    """Return the standard deviation of recorded months around the plan corrected in full. [1].

    0 where fewer than two months tell one.
    """
    running, once = _parts(rows, compared)
    paid, said = (np.zeros(compared.actual_usd.shape[-1]) for _ in range(2))
    for group, (run, release, raw) in enumerate(zip(running, once, factors.raw, strict=True)):
        months = _used_months(compared, run, release, group)
        paid[months] += compared.actual_usd[group, months]
        said[months] += (run * raw + release)[months]
    ratios = paid[said > 0.0] / said[said > 0.0]
    return float(ratios.std(ddof=1)) if ratios.size > 1 else 0.0


def band(
    found: Reforecast,
    catalog: Catalog,
    compared: Comparison,
    ranges: dict[str, Range],
    *,
    seed: int,
    count: int = DRAWS,
) -> Band:
    """Return between which ends a re-forecast lies in eight of ten draws.

    Parameters
    ----------
    found : Reforecast
        Of the comparison.
    catalog : Catalog
        Hardware, models, prices.
    compared : Comparison
        What was recorded.
    ranges : dict
        Of the plan and of the physics; volume and growth are corrected draw by draw.
    seed, count : int
        Of the draws.

    Raises
    ------
    CatalogError, InputError
        As `simulate`.
    """
    sampler, noise = Sampler(ranges, seed), np.random.default_rng(seed)
    months = len(found.by_month)
    known = int(found.known.sum())
    blocks = []
    for start in range(0, count, _BLOCK):
        size = min(_BLOCK, count - start)
        projected = _drawn(found, catalog, compared, sampler.values(sampler.shares(size)), size)
        scatter = found.scatter_frac * (
            noise.standard_normal((size, 1)) / np.sqrt(max(known, 1)) + noise.standard_normal((size, months))
        )
        blocks.append(np.where(found.known, projected, projected * np.maximum(1.0 + scatter, 0.0)))
    drawn = np.concatenate(blocks)
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    if not len(drawn):
        nothing = np.full((2, months), np.nan)
        return Band(0, nothing, nothing, (float("nan"), float("nan")))
    cumulative = running_sum(drawn)
    ends = np.percentile(cumulative, _ENDS, axis=0)
    return Band(
        len(drawn), np.percentile(drawn, _ENDS, axis=0), ends, (float(ends[0, -1]), float(ends[1, -1]))
    )


def _drawn(
    found: Reforecast, catalog: Catalog, compared: Comparison, drawn: dict[str, Array], size: int
) -> Any:
    """Return the re-forecast of some draws. [USD], shape (draw, month); NaN where it does not fit."""
    volume = found.volume
    level = drawn.get(VOLUME, np.full(size, volume.planned_requests_per_month))
    growth = drawn.get(GROWTH, np.full(size, volume.planned_growth_frac_per_month))
    for path, values in zip((VOLUME, GROWTH), re_estimated(level, growth, compared.requests), strict=True):
        drawn[path] = np.broadcast_to(values, (size,))
    results = simulate(found.scenario, catalog, draws=drawn, choices=found.choices)
    result = results.strategies[compared.strategy]
    rows = _rows(result)
    with np.errstate(invalid="ignore"):
        projected = _projected(rows, compared, _factors(rows, compared))
    projected = np.array(np.broadcast_to(projected, (size, len(found.by_month))))
    projected[~np.broadcast_to(np.asarray(result.fits, dtype=bool), (size,))] = np.nan
    return projected
