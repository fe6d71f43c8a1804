"""How long break-even takes: curves, every crossing, draws; each against a loop over single runs."""

from __future__ import annotations

import numpy as np

from planner.catalog.load import load_catalog
from planner.engine.along import Along
from planner.engine.axes import axis_of
from planner.engine.breakeven import break_even, first_look
from planner.engine.breakeven_draws import DRAWS, GRID, chances
from planner.engine.crossing import VOLUME
from planner.engine.run import resolve, simulate
from planner.evidence.asked import physics_ranges
from planner.scenario.presets import load_preset
from tests.benchmarks.rows import Row, timed

_FIRST = 161
_SEED = 0


def run() -> list[Row]:
    """Time what the Break-even page waits for."""
    catalog, scenario = load_catalog(), load_preset().scenario
    results = simulate(scenario, catalog)
    choices = resolve(scenario, catalog)
    axis = axis_of(VOLUME, results, catalog)
    assert axis is not None
    along, baseline = Along(scenario, catalog, axis), results.baseline
    ranges = {**physics_ranges(results), **scenario.ranges}
    values = len(break_even(along, baseline).costs.values)

    def draw(number: int) -> None:
        for count, _ in enumerate(chances(along, ("distil", baseline), ranges, seed=_SEED), start=1):
            if count == number:
                return

    single = float(np.median(timed(lambda n: simulate(scenario.with_({VOLUME: 1e6 + n}), catalog), 100)))
    held = float(np.median(timed(lambda n: simulate(scenario, catalog, choices=choices), 100)))
    first = timed(lambda _n: first_look(along, baseline, _FIRST), 20, warm=2)
    whole = timed(lambda _n: break_even(along, baseline), 10, warm=1)
    bands = timed(lambda _n: draw(1), 5, warm=1)
    done = timed(lambda _n: draw(3), 3, warm=0)

    def note(runs: float, each: float, samples: tuple[float, ...]) -> str:
        return f"{runs * each / float(np.median(samples)):.0f} times a loop of single runs"

    all_runs = float(GRID * DRAWS)
    return [
        Row(
            f"break-even, curves of {_FIRST} volumes, decided anew",
            first,
            40.0,
            note=note(_FIRST, single, first),
        ),
        Row(
            f"break-even, every crossing ({values:,} volumes)", whole, 400.0, note=note(values, single, whole)
        ),
        Row("break-even, first bands of two strategies", bands, 400.0),
        Row(
            f"break-even, {GRID} volumes x {DRAWS} draws, places",
            done,
            2000.0,
            note=note(all_runs, held, done),
        ),
    ]
