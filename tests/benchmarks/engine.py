"""How long the engine takes."""

from __future__ import annotations

import numpy as np

from planner.catalog.load import load_catalog
from planner.engine.run import resolve, simulate
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset
from tests.benchmarks.rows import Row, timed

_VOLUME = "workload.requests_per_month"
_DRAWS = 1000


def _moved(scenario: Scenario, number: int) -> Scenario:
    return scenario.with_({_VOLUME: 1e6 + 1000.0 * number})


def run() -> list[Row]:
    """Time one plan, its choices, and many draws against a loop over single runs."""
    catalog, scenario = load_catalog(), load_preset().scenario
    choices = resolve(scenario, catalog)
    plans = [_moved(scenario, number) for number in range(400)]
    draws = {_VOLUME: np.linspace(1e6, 4e6, _DRAWS), "data.usd_per_example": np.linspace(0.5, 5.0, _DRAWS)}
    single = timed(lambda n: simulate(plans[n], catalog, choices=choices), 300)
    many = timed(lambda _n: simulate(scenario, catalog, draws=draws, choices=choices), 10, warm=1)
    ratio = _DRAWS * float(np.median(single)) / float(np.median(many))
    return [
        Row("simulate, 5 strategies x 24 months, choices resolved", single, 2.0),
        Row("resolve and simulate", timed(lambda n: simulate(plans[n], catalog), 300), 3.0),
        Row("resolve alone", timed(lambda n: resolve(plans[n], catalog), 300), 1.0),
        Row("change of one input, validated", timed(lambda n: _moved(scenario, n), 300), 0.2),
        Row(f"{_DRAWS:,} draws at once", many, 150.0, note=f"{ratio:.0f} times a loop of single runs"),
    ]
