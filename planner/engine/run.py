"""`resolve` decides what is left open; `simulate` is the one way from inputs to figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.catalog.load import Catalog
from planner.engine import costing
from planner.engine.arrays import Array, keep_freed_memory, running_sum
from planner.engine.choices import Choices, StrategyChoices
from planner.engine.constants import Physics, load_physics
from planner.engine.problems import CannotCostError, Problem
from planner.engine.results import FIGURES, Results, StrategyResult
from planner.engine.strategies.table import STRATEGIES
from planner.engine.world import World, build_world
from planner.scenario.model import Scenario


def _resolve_one(world: World, strategy: str) -> StrategyChoices | Problem:
    try:
        choices: StrategyChoices = STRATEGIES[strategy].choose(world)
        interval = world.scenario.refresh.interval_months
        if interval == "optimal":
            interval = costing.best_interval(world, STRATEGIES[strategy].build(world, choices))
        return choices._replace(interval_months=int(interval))
    except CannotCostError as error:
        return error.problem


def _resolved(world: World, strategies: tuple[str, ...]) -> dict[str, StrategyChoices | Problem]:
    return {strategy: _resolve_one(world, strategy) for strategy in strategies}


def resolve(scenario: Scenario, catalog: Catalog, *, physics: Physics | None = None) -> Choices:
    """Return what the scenario leaves open, decided at its most likely values (decision 26).

    Parameters
    ----------
    scenario : Scenario
        Plan with nulls and ``"optimal"``.
    catalog : Catalog
        Hardware, models, prices.
    physics : Physics, optional
        Constants; those that travel with the program if not given.

    Returns
    -------
    dict
        `StrategyChoices` by strategy; a strategy that cannot be costed at all is left out.

    Raises
    ------
    CatalogError, InputError
        If an id is unknown, or a model cannot be costed.
    """
    world = build_world(scenario, catalog, physics or load_physics(), None)
    found = _resolved(world, scenario.strategies)
    return {strategy: choices for strategy, choices in found.items() if isinstance(choices, StrategyChoices)}


def simulate(
    scenario: Scenario,
    catalog: Catalog,
    *,
    draws: Mapping[str, Array] | None = None,
    choices: Choices | None = None,
    physics: Physics | None = None,
) -> Results:
    """Return every strategy of a scenario, costed month by month.

    Parameters
    ----------
    scenario : Scenario
        The plan.
    catalog : Catalog
        Hardware, models, prices.
    draws : mapping of str to array, optional
        Values by dotted path, all of one length; figures then are arrays by draw and single rows are dropped.
    choices : dict, optional
        What `resolve` decided; decided here at the most likely values if not given.
    physics : Physics, optional
        Constants; those that travel with the program if not given.

    Raises
    ------
    CatalogError, InputError
        If an id is unknown, a path takes no draws, or a model cannot be costed.
    """
    if draws is not None:
        keep_freed_memory()
    world = build_world(scenario, catalog, physics or load_physics(), draws)
    decided: Mapping[str, StrategyChoices | Problem]
    if choices is not None:
        decided = choices
    elif draws is None:
        decided = _resolved(world, scenario.strategies)
    else:
        decided = _resolved(build_world(scenario, catalog, world.physics, None), scenario.strategies)
    # Draws may drive a replica past its limits: what does not fit is NaN in the end, no warning on the way.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        results = _cost_all(world, scenario.strategies, decided)
    world.memo.clear()  # a fleet in it knows its world: arrays of draws would stay until a collection
    baseline = scenario.strategies[0]
    _add_payback(results, baseline)
    caveats = set(world.caveats).union(*(result.caveats for result in results.values()))
    return Results(
        scenario=scenario,
        choices={name: found for name, found in decided.items() if isinstance(found, StrategyChoices)},
        strategies=results,
        baseline=baseline,
        requests_by_month=world.volume,
        caveats=tuple(sorted(caveats)),
        catalog_version=catalog.version,
    )


def _cost_all(
    world: World, strategies: tuple[str, ...], decided: Mapping[str, StrategyChoices | Problem]
) -> dict[str, StrategyResult]:
    """Return every strategy in its order; one that lacks what its cost needs has a problem and no figures."""
    built: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    for strategy in strategies:
        try:
            choices = decided.get(strategy) or STRATEGIES[strategy].choose(world)
            if isinstance(choices, Problem):
                problems[strategy] = choices
            else:
                built[strategy] = (STRATEGIES[strategy].build(world, choices), choices)
        except CannotCostError as error:
            problems[strategy] = error.problem
    costed = costing.cost(world, built)
    return {
        strategy: costed[strategy]
        if strategy in costed
        else _without_figures(world, strategy, problems[strategy])
        for strategy in strategies
    }


def _without_figures(world: World, strategy: str, problem: Problem) -> StrategyResult:
    shape = () if world.draws is None else (world.draws,)
    nothing: Any = np.nan if world.draws is None else np.full(shape, np.nan)
    blank = np.full((*shape, world.horizon + 1), np.nan)
    return StrategyResult(
        strategy=strategy,
        fits=False if world.draws is None else np.zeros(shape, dtype=bool),
        problems=(problem,),
        keeps_limits=False if world.draws is None else np.zeros(shape, dtype=bool),
        figures=dict.fromkeys(FIGURES, nothing),
        usd_by_month=blank,
        energy_by_month=blank,
        carbon_by_month=blank,
        quality_by_month=blank[..., 1:],
    )


def payback_months(cumulative_usd: Array, baseline_usd: Array) -> Any:
    """Return the first month from which cumulative cost stays at or below the baseline's (decision 14).

    [months].

    NaN for never. A refresh may cross back, so it is not the first crossing. The last axis holds months 0 to
    the horizon.
    """
    above = ~(cumulative_usd <= baseline_usd)[..., 1:]
    horizon = above.shape[-1]
    last = (above * np.arange(1, horizon + 1, dtype=np.uint16)).max(axis=-1)  # month above; 0 where none is
    return np.where(last == horizon, np.nan, last + 1.0)


def _add_payback(results: dict[str, StrategyResult], baseline: str) -> None:
    """Put payback into every strategy's figures; the baseline has none."""
    names, by_month = list(results), [result.usd_by_month for result in results.values()]
    own = names.index(baseline)
    if by_month[0].ndim == 1:  # all in one pass: an array of few numbers costs as much as of one
        cumulative: Any = np.array(by_month).cumsum(axis=-1)
        found = payback_months(cumulative, cumulative[own]).tolist()
    else:
        cumulative = [running_sum(usd) for usd in by_month]
        found = [payback_months(usd, cumulative[own]) for usd in cumulative]
    found[own] = found[own] * np.nan
    for name, month in zip(names, found, strict=True):
        results[name].figures["payback_month"] = month
