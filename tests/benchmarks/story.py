"""How long pages of a story take: one of them while a slider moves, all for a document, and the slides."""

from __future__ import annotations

from planner.catalog.load import load_catalog
from planner.engine.run import simulate
from planner.export.job import Job
from planner.export.slides import slides_bytes
from planner.export.storyteller import Teller
from planner.scenario.presets import load_preset
from tests.benchmarks.rows import Row, timed

_LIVE_MS = 15.0
_SLIDES_MS = 2000.0


def run() -> list[Row]:
    """Time five strategies over 60 months and two scenarios, draws counted before."""
    catalog, plan = load_catalog(), load_preset("bank-compliance")
    plan = plan.with_scenario(plan.scenario.with_({"horizon_months": 60}))
    results = simulate(plan.scenario, catalog)
    drawn = Job(results).drawn
    job = Job(results, drawn)
    moving = Teller(results, plan, drawn).told.inputs()
    rows = []
    for key in Teller(results, plan).keys:
        once = key in ("scenarios", "assumptions")

        def tell(_number: int, key: str = key) -> object:
            return Teller(results, plan, drawn, crossing=None, inputs=moving).page(key)

        if not once:  # those are made when they are turned to, not while a slider moves
            rows.append(Row(f"page of the story: {key}", timed(tell, 60), _LIVE_MS))

    def story(_number: int) -> object:
        teller = Teller(results, plan, drawn)
        return [teller.page(key, noted=True) for key in teller.keys]

    whole = timed(story, 5, warm=1)
    written = timed(lambda _n: slides_bytes(results, plan, job), 5, warm=1)
    note = f"the story itself takes {sum(whole) / sum(written):.0%} of it"
    return [*rows, Row("slides, 60 months, two scenarios", written, _SLIDES_MS, note=note)]
