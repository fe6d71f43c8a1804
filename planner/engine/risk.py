"""How sure a plan is: what its draws say of each strategy and of the choice between them (N8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.load import Catalog
from planner.engine.arrays import Array
from planner.engine.choices import Choices
from planner.engine.results import Results
from planner.engine.run import resolve, simulate
from planner.engine.sampling import draws_of
from planner.scenario.model import Scenario
from planner.scenario.ranges import Range

Truths = NDArray[np.bool_]

PERCENTILES: Final = (5, 10, 50, 90, 95)
BLOCK: Final = 2048
"""Draws simulated at once: enough to leave no overhead, few enough for the memory of a laptop."""


@dataclass(frozen=True, slots=True)
class StrategyRisk:
    """What the draws say of one strategy.

    Attributes
    ----------
    fits_frac, competes_frac : float
        Share of draws in which it fits; in which it also keeps all limits. [1]
    cheapest_frac, greenest_frac, within_budget_frac, within_carbon_frac : float
        Share of draws in which it costs least of those that compete, emits least of them, stays within the
        budget, and within the carbon budget; 1 without a limit, where it fits. [1]
    total_usd, carbon_kgco2e : dict
        Percentile to value, over the draws in which it fits; NaN where it never does.
    cumulative_usd : array
        Cost up to each month by percentile, shape (percentile, month 0 to the horizon). [USD]
    payback_months : array
        Of the draws in which it pays back. [months]
    pays_back_frac : float
        Their share. [1]
    regret_usd : float
        What choosing it costs more, on average, than the cheapest that competes in each draw. [USD]
    """

    fits_frac: float
    competes_frac: float
    cheapest_frac: float
    greenest_frac: float
    within_budget_frac: float
    within_carbon_frac: float
    total_usd: dict[int, float]
    carbon_kgco2e: dict[int, float]
    cumulative_usd: Array
    payback_months: Array
    pays_back_frac: float
    regret_usd: float


@dataclass(frozen=True, slots=True)
class Risk:
    """All strategies over the same draws.

    Attributes
    ----------
    draws, seed : int
        How many, and what they come from.
    inputs : tuple of str
        Paths that were drawn.
    none_frac : float
        Share of draws in which no strategy fits and keeps all limits. [1]
    perfect_information_usd : float
        What knowing the future would save over the strategy of least mean cost that competes in every draw;
        NaN where none does. [USD]
    """

    draws: int
    seed: int
    inputs: tuple[str, ...]
    strategies: dict[str, StrategyRisk]
    none_frac: float
    perfect_information_usd: float


def drawn_ranges(scenario: Scenario, further: Mapping[str, Range] | None = None) -> dict[str, Range]:
    """Return the ranges of a plan, and others for inputs that have none there."""
    return {**(further or {}), **scenario.ranges}


def risk(
    scenario: Scenario,
    catalog: Catalog,
    *,
    count: int,
    seed: int,
    choices: Choices | None = None,
    further: Mapping[str, Range] | None = None,
) -> Risk:
    """Return what draws from the ranges of a plan say of it.

    Parameters
    ----------
    scenario : Scenario
        The plan; what it leaves open is decided at its most likely values and held (decision 26).
    catalog : Catalog
        Hardware, models, prices.
    count, seed : int
        Draws and their seed.
    choices : dict, optional
        What was decided; decided here if not given.
    further : mapping of str to Range, optional
        Ranges beside those of the plan: the intervals of the physics.

    Raises
    ------
    CatalogError, InputError
        As `simulate`.
    """
    decided = resolve(scenario, catalog) if choices is None else choices
    draws = draws_of(drawn_ranges(scenario, further), count, seed)
    if not draws:  # nothing is uncertain: the same plan in every draw
        draws = {"workload.requests_per_month": np.full(count, float(scenario.workload.requests_per_month))}
        inputs: tuple[str, ...] = ()
    else:
        inputs = tuple(draws)
    blocks = [
        simulate(
            scenario,
            catalog,
            draws={path: values[start : start + BLOCK] for path, values in draws.items()},
            choices=decided,
        )
        for start in range(0, count, BLOCK)
    ]
    return _judged(blocks, scenario, inputs, seed)


def _joined(blocks: list[Results], strategy: str, take: Any) -> Array:
    """Return something of a strategy over all blocks, draws on the first axis."""
    return np.concatenate([np.asarray(take(block.strategies[strategy])) for block in blocks])


def _judged(blocks: list[Results], scenario: Scenario, inputs: tuple[str, ...], seed: int) -> Risk:
    names = tuple(blocks[0].strategies)

    def figures(name: str) -> Array:
        return np.stack([_joined(blocks, each, lambda result: result[name]) for each in names])

    def truths(take: Any) -> Truths:
        return np.stack([_joined(blocks, each, take) for each in names]).astype(np.bool_)

    total, carbon, payback = figures("total_usd"), figures("carbon_kgco2e"), figures("payback_month")
    fits = truths(lambda result: np.broadcast_to(result.fits, np.shape(result["total_usd"])))
    competes = (
        truths(lambda result: np.broadcast_to(result.keeps_limits, np.shape(result["total_usd"]))) & fits
    )
    cheapest, greenest = _least(total, competes), _least(carbon, competes)
    some = competes.any(axis=0)
    best = np.where(competes, total, np.inf).min(axis=0)
    limits = scenario.limits
    found = {}
    for number, name in enumerate(names):
        fit, pays = fits[number], np.isfinite(payback[number])
        both = fit & some
        cumulative = _joined(blocks, name, lambda result: result.cumulative_usd)
        found[name] = StrategyRisk(
            fits_frac=float(fit.mean()),
            competes_frac=float(competes[number].mean()),
            cheapest_frac=float(cheapest[number].mean()),
            greenest_frac=float(greenest[number].mean()),
            within_budget_frac=_within(total[number], limits.max_total_usd, fit),
            within_carbon_frac=_within(carbon[number], limits.max_carbon_kgco2e, fit),
            total_usd=_percentiles(total[number][fit]),
            carbon_kgco2e=_percentiles(carbon[number][fit]),
            cumulative_usd=_bands(cumulative[fit]),
            payback_months=payback[number][pays],
            pays_back_frac=float(pays.mean()),
            regret_usd=float((total[number] - best)[both].mean()) if both.any() else float("nan"),
        )
    always = competes.all(axis=1)
    value = float(total[always].mean(axis=1).min() - best.mean()) if always.any() else float("nan")
    return Risk(total.shape[1], seed, inputs, found, float(1.0 - some.mean()), value)


def _least(values: Array, competes: Truths) -> Truths:
    """Return which strategy is least in each draw among those that compete: the first of equal ones."""
    held = np.where(competes, values, np.inf)
    first: Truths = np.zeros(held.shape, dtype=np.bool_)
    first[np.argmin(held, axis=0), np.arange(held.shape[1])] = True
    return first & competes


def _within(values: Array, most: float | None, fits: Truths) -> float:
    return float(fits.mean() if most is None else (fits & (values <= most)).mean())


def _percentiles(values: Array) -> dict[int, float]:
    if not values.size:
        return dict.fromkeys(PERCENTILES, float("nan"))
    return dict(zip(PERCENTILES, np.percentile(values, PERCENTILES).tolist(), strict=True))


def _bands(values: Array) -> Array:
    if not len(values):
        return np.full((len(PERCENTILES), values.shape[-1]), np.nan)
    bands: Array = np.percentile(values, PERCENTILES, axis=0)
    return bands
