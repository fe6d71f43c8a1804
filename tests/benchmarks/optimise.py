"""How long the optimiser, its front and goal seek take."""

from __future__ import annotations

import time

import numpy as np

from planner.catalog.load import load_catalog
from planner.engine.goalseek import Bound, seek
from planner.engine.optimise import Search
from planner.engine.optimise_front import non_dominated
from planner.engine.optimise_moves import Moves
from planner.engine.optimise_space import variables_of
from planner.engine.run import simulate
from planner.scenario.presets import load_preset
from tests.benchmarks.rows import Row, timed

_PLANS = 600
_POINTS = 100_000


def run() -> list[Row]:
    """Time plans of a grid, the front of many, single changes, and a goal seek."""
    catalog, scenario = load_catalog(), load_preset().scenario
    free = tuple(variable for variable in variables_of(scenario, catalog) if variable.free)
    search = Search(scenario, catalog, free)
    each = timed(lambda _n: search.step(), _PLANS)
    rows = np.random.default_rng(0).random((_POINTS, 3))
    rows[:, 1] = 0.8 * rows[:, 0] + 0.2 * rows[:, 1]
    brute = rows[:1000]
    started = time.perf_counter()
    for row in brute:
        _ = ((brute <= row).all(1) & (brute < row).any(1)).any()
    slow = (time.perf_counter() - started) * 1e3 * (_POINTS / len(brute)) ** 2
    front = timed(lambda _n: non_dominated(rows), 5, warm=1)
    bound = (Bound("total_usd", "<=", 500_000.0),)
    sought = timed(
        lambda _n: seek(scenario, catalog, "workload.requests_per_month", "max", bound, strategy="distil"),
        3,
        warm=0,
    )
    single = timed(lambda _n: simulate(scenario, catalog), 50)
    ratio = float(np.median(each)) / float(np.median(single))
    grid = f"{search.space.size:,} plans: {search.space.size * float(np.median(each)) / 1e3:.0f} s"
    return [
        Row("one plan of the optimiser's grid", each, 4.0, note=f"{ratio:.1f} single runs; {grid}"),
        Row("what was found of these plans, with the front", timed(lambda _n: search.outcome(), 10), 33.0),
        Row(
            f"front of {_POINTS:,} plans",
            front,
            250.0,
            note=f"{slow / float(np.median(front)):,.0f} times quicker than row by row",
        ),
        Row(
            "every single change of a strategy",
            timed(lambda _n: Moves(scenario, catalog, "distil").run(), 5),
            200.0,
        ),
        Row("goal seek: largest volume within a budget", sought, 1500.0),
    ]
