"""How long the bridge between two scenarios takes."""

from __future__ import annotations

import time

from planner.catalog.load import load_catalog
from planner.engine.compare import Bridge, bridge, bridging, differences
from planner.engine.mixes import Mixes
from planner.engine.run import simulate
from planner.scenario.presets import load_preset
from tests.benchmarks.rows import Row, timed

_CHANGES = {
    "workload.requests_per_month": 4e6,
    "workload.output_tokens": 300.0,
    "student.model": "llama-3.2-3b",
    "data.usd_per_example": 2.0,
    "distil.examples": 6e4,
    "serving.precision": "int4",
    "serving.min_replicas": 3,
    "site.pue": 1.4,
    "refresh.interval_months": 6,
    "labour.usd_per_hour": 130.0,
}
_PAIR = ("distil", "distil")


def run() -> list[Row]:
    """Time ten inputs, and the longest piece of that work, against a loop over single runs."""
    catalog, before = load_catalog(), load_preset().scenario
    after = before.with_(_CHANGES)
    whole = timed(lambda _n: bridge(before, after, catalog, _PAIR), 5, warm=1)
    pieces = []
    work = bridging(before, after, catalog, _PAIR)
    found = None
    while not isinstance(found, Bridge):
        started = time.perf_counter()
        found = next(work)
        pieces.append((time.perf_counter() - started) * 1e3)
    mixes = Mixes(before, after, catalog, differences(before, after), _PAIR)
    one = before.with_({"strategies": ("distil",)})
    single = timed(lambda n: simulate(one.with_(mixes.changes(n)), catalog), 200)
    ratio = sum(single) / len(single) * found.mixes / whole[len(whole) // 2]
    note = f"{ratio:.1f} times a loop of single runs"
    return [
        Row(f"bridge over {len(_CHANGES)} inputs, {found.mixes:,} mixes", whole, 1000.0, note=note),
        Row("the longest piece of it between two events", (max(pieces),), 16.0),
    ]
