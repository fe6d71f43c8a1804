"""How long a sweep takes: a block of it against a loop over single runs, and processes against one."""

from __future__ import annotations

import time

from planner.catalog.load import load_catalog
from planner.engine.run import simulate
from planner.export.sweeps.blocks import BLOCK, Sweep, make_sweep, packed, table_of
from planner.export.sweeps.grid import read_grid
from planner.export.sweeps.local import compute_here
from planner.scenario.presets import load_preset
from tests.benchmarks.rows import Row, timed

_AXES = (
    "workload.requests_per_month=10k:100M:50:log",
    "site.pue=1.1:1.5:100",
    "serving.precision=bf16,fp8,int4",
)
_BUDGET_MS = 1500.0
_SINGLE = 200
_BLOCKS = 6


def run() -> list[Row]:
    """Time one block, and some blocks in two processes."""
    sweep = make_sweep(load_preset(), read_grid(_AXES))
    block = timed(lambda n: packed(table_of(sweep, n), sweep), 3, warm=1)
    scenario, catalog = sweep.scenario, load_catalog()
    loop = timed(lambda n: simulate(scenario.with_(sweep.grid.point(37 * n)), catalog), _SINGLE)
    row = Row(f"one block of a sweep, {BLOCK:,} points", block, _BUDGET_MS)
    ratio = sum(loop) / _SINGLE * BLOCK / row.median_ms
    note = f"{1e3 * BLOCK / row.median_ms:,.0f} points a second, {ratio:.1f} times a loop of single runs"
    return [Row(row.name, block, _BUDGET_MS, note=note), _processes(sweep)]


def _processes(sweep: Sweep) -> Row:
    """Time some blocks in two processes, their start among it, against one after another here."""

    def taken(workers: int) -> float:
        started = time.perf_counter()
        for _ in compute_here(sweep, range(_BLOCKS), workers):
            pass
        return (time.perf_counter() - started) * 1e3

    alone, together = taken(1), taken(2)
    name = f"{_BLOCKS * BLOCK:,} points in two processes, started anew"
    return Row(name, (together,), _BLOCKS * _BUDGET_MS, note=f"{alone / together:.1f} times one process")
