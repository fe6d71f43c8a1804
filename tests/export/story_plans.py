"""Plans that a story must be told of: the presets, and odd ones."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from export_plans import made

from planner.catalog.load import load_catalog
from planner.engine.results import Results
from planner.engine.risk import Risk, risk
from planner.engine.run import simulate
from planner.evidence.asked import physics_ranges
from planner.export.job import Job
from planner.scenario.model import Plan
from planner.scenario.presets import load_preset

DRAWS: Final = 512
ODD: Final[dict[str, tuple[tuple[str, Any], ...]]] = {
    "one strategy": (("strategies", ("distil",)),),
    "one month": (("horizon_months", 1),),
    "sixty months": (("horizon_months", 60),),
    "every limit missed": (("limits.min_quality", 95.0), ("limits.max_total_usd", 1e5)),
    "carbon": (("limits.goal", "carbon"),),
    "carbon budget": (("limits.goal", "carbon"), ("limits.max_carbon_kgco2e", 9000.0)),
    "score": (("limits.goal", "quality"),),
    "nothing fits": (
        ("strategies", ("prompt", "finetune")),
        ("serving.hardware", "nvidia-l4"),
        ("serving.accelerators_per_replica", 1),
    ),
    "no baseline": (("serving.hardware", "nvidia-l4"), ("serving.accelerators_per_replica", 1)),
    "few requests": (("workload.requests_per_month", 10.0),),
    "other currency": (("report.currency", "EUR"), ("report.currency_per_usd", 0.92)),
    "nothing uncertain": (("ranges", {}),),
}
NAME: Final = '=HYPERLINK("x") & <b>'
LONG: Final = "@cmd +1 \u202bشركة\u202c \U0001f468\u200d\U0001f469\u200d\U0001f467 " * 400


@cache
def odd(name: str) -> tuple[Results, Plan]:
    """Return an odd plan, simulated."""
    plan = load_preset()
    plan = plan.with_scenario(plan.scenario.with_(dict(ODD[name])))
    return simulate(plan.scenario, load_catalog()), plan


@cache
def drawn(name: str) -> Risk:
    """Return a few draws of an odd plan, or of a preset."""
    results, _ = odd(name) if name in ODD else made(name)
    return risk(
        results.scenario,
        load_catalog(),
        count=DRAWS,
        seed=0,
        choices=results.choices,
        further=physics_ranges(results),
    )


def job_of(name: str) -> Job:
    """Return the job of a writer, with those draws."""
    results, _ = odd(name) if name in ODD else made(name)
    return Job(results, drawn(name))


@cache
def named() -> tuple[Results, Plan]:
    """Return a plan whose names a spreadsheet would run, and that fill pages."""
    plan = load_preset("bank-compliance")
    names = (NAME, "+B", "-C", "@D", "E", "F")
    scenarios = [
        plan.scenarios[number % 2].with_({"name": name, "workload.requests_per_month": 1e6 * (number + 1)})
        for number, name in enumerate(names)
    ]
    plan = plan.model_copy(update={"title": LONG, "scenarios": tuple(scenarios), "active": NAME})
    return simulate(plan.scenario, load_catalog()), plan
