"""From a simulated plan to its equations."""

from __future__ import annotations

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.choices import StrategyChoices
from planner.engine.equations.expressions import Quantity
from planner.engine.equations.figures import Figures
from planner.engine.equations.graph import Graph, reached_from
from planner.engine.equations.inputs import InputQuantities
from planner.engine.equations.plan import LedgerKey, PlanEquations
from planner.engine.equations.rows import Rows, events
from planner.engine.equations.shared import name_shared
from planner.engine.equations.traced import Traced
from planner.engine.results import Results
from planner.engine.strategies.table import STRATEGIES


def plan_equations(results: Results, catalog: Catalog) -> PlanEquations:
    """Return a simulated plan as quantities with equations.

    The engine's own functions are called with quantities instead of numbers, so there is no second formula
    behind the equations. Strategies that do not fit are left out.

    Parameters
    ----------
    results : Results
        Of the plan, without draws.
    catalog : Catalog
        That it was simulated with.
    """
    inputs = InputQuantities(results.scenario, catalog)
    graph = Graph()
    traced = Traced(graph, inputs)
    ledger: dict[LedgerKey, dict[str, Quantity]] = {}
    figures: dict[tuple[str, str], Quantity] = {}
    baseline: Quantity | None = None
    for strategy, result in results.strategies.items():
        if not np.all(result.fits) or result.ledger is None:
            continue
        with np.errstate(all="ignore"):
            rows, found = _strategy(traced, strategy, results.choices[strategy])
            so_far = found.money(baseline)
        if strategy == results.baseline:
            baseline = so_far
        ledger.update(rows.ledger)
        figures.update({(strategy, name): quantity for name, quantity in found.found.items()})
    return _put_together(graph, inputs, ledger, figures)


def _put_together(
    graph: Graph,
    inputs: InputQuantities,
    ledger: dict[LedgerKey, dict[str, Quantity]],
    figures: dict[tuple[str, str], Quantity],
) -> PlanEquations:
    """Return all that rows and figures rest on; a name that nothing came to use is left out."""
    roots = [*figures.values(), *(each for row in ledger.values() for each in row.values())]
    found = reached_from(roots)
    reached = {id(each) for each in found}
    typed = {id(each) for each in inputs.by_path.values()}
    given = [each for each in found if each.equation is None and id(each) not in typed]
    return PlanEquations(
        inputs={path: each for path, each in inputs.by_path.items() if id(each) in reached},
        given=tuple(sorted(given, key=lambda each: each.key)),
        blocks=graph.blocks(reached),
        ledger=ledger,
        figures=figures,
        held=inputs.held,
    )


def _strategy(traced: Traced, strategy: str, choices: StrategyChoices) -> tuple[Rows, Figures]:
    """Write down one strategy: what is shared, its release, events, running, figures."""
    graph, world = traced.graph, traced.world
    blueprint = STRATEGIES[strategy].build(world, traced.decided(strategy, choices))
    name_shared(traced, blueprint, choices)
    rows = Rows(traced, strategy)
    figures = Figures(traced, rows, blueprint)
    graph.open("events", "When it is refreshed", strategy)
    happens = events(traced, strategy, blueprint, traced.interval(strategy, choices))
    figures.scores(happens)
    graph.open("release", "A release", strategy)
    rows.release(blueprint, happens)
    graph.open("serving", "Running", strategy)
    rows.running([*blueprint.running, figures.handed_over()])
    figures.sums()
    figures.machines(happens, traced.busiest)
    return rows, figures
