"""How long it takes to say what matters most."""

from __future__ import annotations

import numpy as np

from planner.catalog.load import load_catalog
from planner.engine.flip_points import flip_points
from planner.engine.matters import matters
from planner.engine.risk import risk
from planner.engine.run import resolve, simulate
from planner.engine.sensitivity import swings
from planner.engine.sobol import runs_of, sobol
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset
from tests.benchmarks.rows import Row, timed

_INPUTS = 25
_MORE = (
    "workload.input_tokens", "workload.instruction_tokens", "workload.tuned_instruction_tokens",
    "data.examples", "data.usd_per_example", "data.tokens_per_example", "distil.examples", "distil.epochs",
    "distil.accept_frac", "labour.usd_per_hour", "labour.distil_hours", "labour.run_own_hours_per_month",
    "refresh.new_data_frac", "data.eval_examples", "measured.serving_speed_factor",
)  # fmt: skip


def _plan() -> Scenario:
    """The default preset with ranges for 25 inputs."""
    plan = load_preset().scenario
    ranges = {path: span.model_dump() for path, span in plan.ranges.items()}
    for path in _MORE[: _INPUTS - len(ranges)]:
        value = float(plan.get(path))
        ranges[path] = {"low": 0.8 * value, "mode": value, "high": 1.25 * value, "shape": "pert"}
    assert len(ranges) == _INPUTS
    return plan.with_({"ranges": ranges})


def run() -> list[Row]:
    """Time the tornado against a loop over single runs, then all else that the Risk page says of inputs."""
    catalog, plan = load_catalog(), _plan()
    choices = resolve(plan, catalog)
    own = load_preset().scenario  # the ranges a user has
    moved = [plan.with_({"workload.requests_per_month": 1e6 + 1000.0 * number}) for number in range(60)]
    single = timed(lambda n: simulate(moved[n], catalog, choices=choices), 50)
    tornado = timed(lambda _n: swings(plan, catalog, choices=choices), 60)
    pair = timed(lambda _n: swings(plan, catalog, choices=choices, strategies=("api", "distil")), 60)
    ratio = (1 + 2 * _INPUTS) * float(np.median(single)) / float(np.median(tornado))
    drawn = risk(own, catalog, count=10_000, seed=0, choices=choices)
    rows = 1024
    runs = f"{runs_of(tuple(own.ranges), rows):,} runs"
    return [
        Row(
            f"tornado over {_INPUTS} inputs, 5 strategies x 24 months",
            tornado,
            25.0,
            note=f"{ratio:.0f} times a loop of single runs",
        ),
        Row(f"the same, two strategies of {len(plan.strategies)}", pair, 25.0),
        Row(
            f"flip points of {len(own.ranges)} inputs",
            timed(lambda _n: flip_points(own, catalog, choices=choices), 5, warm=1),
            300.0,
        ),
        Row(
            "rank correlations and worth of knowing, 10,000 draws",
            timed(lambda _n: matters(drawn, "distil", "api"), 5, warm=1),
            150.0,
        ),
        Row(
            f"Sobol indices, {runs}",
            timed(lambda _n: sobol(own, catalog, ("distil", "api"), count=rows, choices=choices), 3, warm=1),
            1500.0,
        ),
    ]
