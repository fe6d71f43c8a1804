"""How sure a plan is: what its draws say of each strategy and of the choice between them (N8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.load import Catalog
from planner.engine.arrays import Array, least_of
from planner.engine.blocks import BLOCK, LEAST, Block, Truths, blocks, ends_of, in_threads
from planner.engine.choices import Choices
from planner.engine.run import resolve
from planner.engine.sampling import MOST_DRAWS
from planner.errors import InputError
from planner.scenario.model import Scenario, around
from planner.scenario.ranges import Range, is_number

Numbers = NDArray[np.intp]

PERCENTILES: Final = (5, 10, 25, 50, 75, 90, 95)
FIRST: Final = LEAST
"""Draws of the first answer."""
KEPT: Final = 65_536
"""Draws that are kept one by one, and that bands by month are read from; shares rest on all of them."""
_STAGE: Final = 4
"""An answer between the first and the last rests on so many times the draws of the one before."""
_BAND_VALUES: Final = 2**24
"""Costs by month that are kept at most: 128 MiB."""


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
        Cost up to each month by percentile, shape (percentile, month 0 to the horizon), over the first
        `KEPT` draws at most. [USD]
    payback_months : array
        Of the draws in which it pays back. [months]
    pays_back_frac : float
        Their share. [1]
    regret_usd : float
        What choosing it costs more than the cheapest that competes, on average over the draws in which it
        competes itself; NaN where it never does. [USD]
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
    draws, planned, seed : int
        How many it rests on, how many were asked for, and what they come from.
    inputs : tuple of str
        Paths that were drawn.
    strategies : dict
        What the draws say of each strategy.
    none_frac : float
        Share of draws in which no strategy fits and keeps all limits. [1]
    perfect_information_usd : float
        What knowing the future would save over the strategy of least mean cost that competes in every draw;
        NaN where none does. [USD]
    names : tuple of str
        Strategies in the order of the arrays below. These hold draws one by one, the first `KEPT` at most.
    inputs_drawn : dict
        Values of the inputs by path, each of shape (draw,); empty where nothing is uncertain.
    totals_usd, carbon : array
        Cost and emissions, NaN where a strategy does not fit, shape (strategy, draw). [USD], [kgCO2e]
    fits, competes : array of bool
        Whether a strategy fits; whether it keeps all limits too. Shape (strategy, draw).
    """

    draws: int
    planned: int
    seed: int
    inputs: tuple[str, ...]
    strategies: dict[str, StrategyRisk]
    none_frac: float
    perfect_information_usd: float
    names: tuple[str, ...]
    inputs_drawn: dict[str, Array]
    totals_usd: Array
    carbon: Array
    fits: Truths
    competes: Truths


def drawn_ranges(scenario: Scenario, further: Mapping[str, Range] | None = None) -> dict[str, Range]:
    """Return the ranges of a plan, and others for inputs that have none there.

    A range stands around the value that the plan uses, whatever likely value a file gave it: base cases of
    draws and of single runs are one. Of an input that is null it keeps its own.
    """
    values = {path: scenario.get(path) for path in scenario.ranges}
    own = {
        path: around(span, path, float(values[path])) if is_number(values[path]) else span
        for path, span in scenario.ranges.items()
    }
    return {**(further or {}), **own}


def steps(
    scenario: Scenario,
    catalog: Catalog,
    *,
    count: int,
    seed: int,
    choices: Choices | None = None,
    further: Mapping[str, Range] | None = None,
    first: int = FIRST,
    workers: int | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Iterator[Risk]:
    """Yield what the first draws say of a plan, then what more of them say, last what all do.

    All are the same sequence of points, and no draw is simulated twice. Memory is bounded: of each draw the
    totals are kept, of the first `KEPT` the costs by month and the inputs too (fewer of the former on a long
    horizon), of none its categories. A million draws take some 250 MB.

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
    first : int
        Draws of the first answer.
    workers : int, optional
        Threads; the numbers are the same on any number of them.
    stopped : callable, optional
        Asked between blocks; once it says so, nothing further comes.

    Raises
    ------
    CatalogError, InputError
        As `simulate`; if there are no draws to make, or too many.
    """
    if not 1 <= count <= MOST_DRAWS:
        allowed = f"a whole number from 1 to {MOST_DRAWS:,}"
        raise InputError("draws", f"draws is {count:,}; allowed is {allowed}.", path="draws")
    decided = resolve(scenario, catalog) if choices is None else choices
    ranges = drawn_ranges(scenario, further)
    gathered = _Gathered(scenario, tuple(sorted(ranges)), count, seed)
    stages = _stages(min(max(first, 1), count), count)
    work = blocks(
        scenario,
        catalog,
        ranges=ranges,
        ends=ends_of({*stages, gathered.by_month, min(KEPT, count)}),
        seed=seed,
        choices=decided,
        by_month=gathered.by_month,
        alone=len(stages) > 1,
        workers=workers,
    )
    with closing(work):  # what is under way ends with the last answer that somebody asks for
        for block in work:
            if stopped is not None and stopped():
                return
            gathered.add(block)
            if gathered.draws in stages:
                yield gathered.risk(workers)


def risk(
    scenario: Scenario,
    catalog: Catalog,
    *,
    count: int,
    seed: int,
    choices: Choices | None = None,
    further: Mapping[str, Range] | None = None,
    workers: int | None = None,
) -> Risk:
    """Return what draws from the ranges of a plan say of it: the last of `steps`, which has the parameters.

    Raises
    ------
    CatalogError, InputError
        As `steps`.
    """
    (found,) = steps(
        scenario,
        catalog,
        count=count,
        seed=seed,
        choices=choices,
        further=further,
        first=count,
        workers=workers,
    )
    return found


def _stages(first: int, count: int) -> tuple[int, ...]:
    """Return on how many draws each answer rests; one between has at most a quarter of all of them."""
    found = [first]
    while found[-1] * _STAGE * _STAGE <= count:
        found.append(found[-1] * _STAGE)
    return (*found, count) if first < count else (count,)


class _Gathered:
    """What is kept of the draws so far."""

    def __init__(self, scenario: Scenario, inputs: tuple[str, ...], count: int, seed: int) -> None:
        self.scenario, self.inputs, self.count, self.seed = scenario, inputs, count, seed
        self.draws = 0
        strategies, months = len(scenario.strategies), scenario.horizon_months + 1
        shape = (strategies, count)
        self.total, self.carbon, self.payback = (np.empty(shape) for _ in range(3))
        self.fits, self.competes = (np.empty(shape, dtype=np.bool_) for _ in range(2))
        self.by_month = min(count, KEPT, _BAND_VALUES // (strategies * months))
        self.cumulative = np.empty((strategies, months, self.by_month))
        self.drawn = {path: np.empty(min(count, KEPT)) for path in inputs}

    def add(self, block: Block) -> None:
        """Keep the next block."""
        start = self.draws
        self.draws = end = start + block.total_usd.shape[1]
        self.total[:, start:end] = block.total_usd
        self.carbon[:, start:end] = block.carbon_kgco2e
        self.payback[:, start:end] = block.payback_month
        self.fits[:, start:end] = block.fits
        self.competes[:, start:end] = block.competes
        if block.cumulative_usd is not None:
            self.cumulative[..., start:end] = block.cumulative_usd
        if end <= KEPT:
            for path, values in self.drawn.items():
                values[start:end] = block.drawn[path]

    def risk(self, workers: int | None) -> Risk:
        """Return what the draws so far say, strategies side by side on some threads."""
        count, kept = self.draws, min(self.draws, KEPT)
        total, carbon = self.total[:, :count], self.carbon[:, :count]
        fits, competes = self.fits[:, :count], self.competes[:, :count]
        some, always = competes.any(axis=0), competes.all(axis=1)
        least = least_of(total, competes), least_of(carbon, competes)
        best = np.where(competes, total, np.inf).min(axis=0)
        value = float(total[always].mean(axis=1).min() - best.mean()) if always.any() else float("nan")
        # Sorting costs by month is the longest part, and numpy sorts beside other threads.
        judged = in_threads(
            [partial(self._judged, number, best, least) for number in range(len(total))],
            workers if count > BLOCK else 1,
        )
        names = self.scenario.strategies
        found: dict[str, StrategyRisk] = dict(zip(names, judged, strict=True))
        return Risk(
            draws=count,
            planned=self.count,
            seed=self.seed,
            inputs=self.inputs,
            strategies=found,
            none_frac=float(1.0 - some.mean()),
            perfect_information_usd=value,
            names=tuple(found),
            inputs_drawn={path: values[:kept] for path, values in self.drawn.items()},
            totals_usd=total[:, :kept],
            carbon=carbon[:, :kept],
            fits=fits[:, :kept],
            competes=competes[:, :kept],
        )

    def _judged(self, number: int, best: Array, least: tuple[Numbers, Numbers]) -> StrategyRisk:
        """Return what the draws so far say of a strategy.

        `best` is the cost of the cheapest that competes, `least` which is cheapest and which greenest.
        """
        limits, row = self.scenario.limits, (number, slice(self.draws))
        total, carbon, payback, fit = self.total[row], self.carbon[row], self.payback[row], self.fits[row]
        pays, competes = np.isfinite(payback), self.competes[row]
        cheapest, greenest = (each == number for each in least)
        return StrategyRisk(
            fits_frac=float(fit.mean()),
            competes_frac=float(competes.mean()),
            cheapest_frac=float(cheapest.mean()),
            greenest_frac=float(greenest.mean()),
            within_budget_frac=_within(total, limits.max_total_usd, fit),
            within_carbon_frac=_within(carbon, limits.max_carbon_kgco2e, fit),
            total_usd=_percentiles(total[fit]),
            carbon_kgco2e=_percentiles(carbon[fit]),
            cumulative_usd=self._bands(number),
            payback_months=payback[pays],
            pays_back_frac=float(pays.mean()),
            regret_usd=float((total - best)[competes].mean()) if competes.any() else float("nan"),
        )

    def _bands(self, number: int) -> Array:
        """Return percentiles of a strategy's cost up to each month, shape (percentile, month). [USD]."""
        count = min(self.draws, self.by_month)
        cumulative, fits = self.cumulative[number, :, :count], self.fits[number, :count]
        if not fits.all():
            cumulative = cumulative[:, fits]
        if not cumulative.size:
            return np.full((len(PERCENTILES), len(cumulative)), np.nan)
        bands: Array = np.percentile(cumulative, PERCENTILES, axis=-1)
        return bands


def _within(values: Array, most: float | None, fits: Truths) -> float:
    return float(fits.mean() if most is None else (fits & (values <= most)).mean())


def _percentiles(values: Array) -> dict[int, float]:
    if not values.size:
        return dict.fromkeys(PERCENTILES, float("nan"))
    return dict(zip(PERCENTILES, np.percentile(values, PERCENTILES).tolist(), strict=True))
