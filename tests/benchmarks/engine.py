"""How long the engine takes."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from functools import partial

import numpy as np

from planner.catalog.load import Catalog, load_catalog
from planner.engine.arrays import Array
from planner.engine.blocks import ends_of, in_threads
from planner.engine.choices import Choices
from planner.engine.risk import drawn_ranges, risk, steps
from planner.engine.run import resolve, simulate
from planner.engine.sampling import draws_of
from planner.evidence.asked import physics_ranges
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset
from tests.benchmarks.rows import Row, timed

_VOLUME = "workload.requests_per_month"
_DRAWS, _MANY = 10_000, 1_000_000


def _moved(scenario: Scenario, number: int) -> Scenario:
    return scenario.with_({_VOLUME: 1e6 + 1000.0 * number})


def run() -> list[Row]:
    """Time one plan, its choices, and many draws."""
    catalog, scenario = load_catalog(), load_preset().scenario
    choices = resolve(scenario, catalog)
    plans = [_moved(scenario, number) for number in range(400)]
    single = timed(lambda n: simulate(plans[n], catalog, choices=choices), 300)
    return [
        Row("simulate, 5 strategies x 24 months, choices resolved", single, 2.0),
        Row("resolve and simulate", timed(lambda n: simulate(plans[n], catalog), 300), 3.0),
        Row("resolve alone", timed(lambda n: resolve(plans[n], catalog), 300), 1.0),
        Row("change of one input, validated", timed(lambda n: _moved(scenario, n), 300), 0.2),
        *_draws(catalog, scenario, choices),
    ]


def _draws(catalog: Catalog, scenario: Scenario, choices: Choices) -> list[Row]:
    """Time draws of the default plan with the ranges of the physics, against a loop over single runs.

    The loop is timed over some hundred draws, and scaled.
    """
    further = physics_ranges(simulate(scenario, catalog, choices=choices))
    drawn = draws_of(drawn_ranges(scenario, further), _DRAWS, 0)

    def one(number: int) -> object:
        values = {path: float(column[number]) for path, column in drawn.items()}
        return simulate(scenario.with_(values), catalog, choices=choices)

    def judged(count: int) -> object:
        return risk(scenario, catalog, count=count, seed=0, choices=choices, further=further)

    def first() -> object:
        return next(steps(scenario, catalog, count=_DRAWS, seed=0, choices=choices, further=further))

    loop = statistics.median(timed(one, 300))

    def row(name: str, draws: int, samples: tuple[float, ...], budget: float) -> Row:
        ratio = draws * loop / statistics.median(samples)
        return Row(name, samples, budget, note=f"{ratio:.0f} times a loop, scaled from 300 single runs")

    whole = timed(lambda _n: _by_category(catalog, scenario, choices, drawn), 10, warm=2)
    return [
        row("10,000 draws, by month and category, two threads", _DRAWS, whole, 150.0),
        row("10,000 draws, drawn, simulated, judged", _DRAWS, timed(lambda _n: judged(_DRAWS), 10, 2), 150.0),
        Row("first answer of 1,024 draws", timed(lambda _n: first(), 20, warm=2), 60.0),
        row("1,000,000 draws, totals", _MANY, timed(lambda _n: judged(_MANY), 1, warm=0), 20_000.0),
    ]


def _by_category(catalog: Catalog, scenario: Scenario, choices: Choices, drawn: dict[str, Array]) -> float:
    """Simulate draws in blocks on two threads, with the cost of every category in every month and draw."""
    ends = ends_of({len(next(iter(drawn.values())))})

    def block(start: int, end: int) -> float:
        held = {path: column[start:end] for path, column in drawn.items()}
        found = simulate(scenario, catalog, draws=held, choices=choices).strategies.values()
        ledgers: Iterable[dict[object, Array]] = (
            result.ledger.usd_by_category for result in found if result.ledger is not None
        )
        return sum(float(np.sum(usd[0])) for ledger in ledgers for usd in ledger.values())

    tasks = [partial(block, start, end) for start, end in zip((0, *ends), ends, strict=False)]
    return sum(in_threads(tasks, 2))
