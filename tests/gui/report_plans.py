"""Plans that a report is laid out from: presets, and the odd ones."""

from __future__ import annotations

from functools import cache

from planner.catalog.load import load_catalog
from planner.engine.risk import risk
from planner.engine.run import simulate
from planner.errors import InputError
from planner.evidence.asked import physics_ranges
from planner.export.currency import currency_of
from planner.export.job import Job
from planner.export.storyteller import Teller
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets
from planner.scenario.ranges import Range

IDS = [preset.id for preset in presets()]
DRAWS = 256
WEIRD = (
    '\u202e=HYPERLINK("x")\u0000\u0007 \u0627\u0644\u062e\u0637\u0629 \U0001f680\n\r\t  "quotes" '
    + "long " * 2000
)
UNBROKEN = "W" * 10_000


def named(name, plan):
    """Give plan and scenario a name, as far as a plan takes it."""
    clean = "".join(sign for sign in name if sign.isprintable())
    return plan.with_renamed(plan.scenario.name, clean).with_title(name)


def changed(preset="customer-support", **changes):
    plan = load_preset(preset)
    paths = {path.replace("__", "."): value for path, value in changes.items()}
    return plan.with_scenario(plan.scenario.with_(paths))


def every_range():
    """A plan in which each number that may has a range."""
    plan = load_preset("customer-support")
    ranges = {}
    for path, spec in specs_of(Scenario).items():
        value = plan.scenario.get(path)
        if spec.kind != "number" or not isinstance(value, float) or value <= 0.0:
            continue
        low, high = max(value * 0.9, spec.low or 0.0), min(value * 1.1, spec.high or value * 1.1)
        if low < value < high:
            ranges[path] = Range(low=low, mode=value, high=high, shape="pert")
    scenario = plan.scenario
    for path, span in ranges.items():
        try:
            scenario = scenario.with_({"ranges": {**scenario.ranges, path: span}})
        except InputError:  # not an uncertain number
            continue
    return plan.with_scenario(scenario)


def every_change():
    """A plan in which all numbers differ from the preset, with long sources beside them."""
    plan = load_preset("bank-compliance")
    scenario = plan.scenario
    for path, spec in specs_of(Scenario).items():
        value = scenario.get(path)
        if isinstance(value, float) and spec.kind == "number" and value > 0.0:
            try:
                scenario = scenario.with_({path: value * 1.01})
            except InputError:  # valid only together with others
                continue
    return plan.with_scenario(scenario)


def many_scenarios():
    plan = load_preset("customer-support")
    for number in range(12):
        plan = plan.with_duplicate()
        plan = plan.with_scenario(plan.scenario.with_({"workload.requests_per_month": 1e6 * (number + 1)}))
    return plan


ODD = {
    "weird names": lambda: named(WEIRD, changed()),
    "unbroken names": lambda: named(UNBROKEN, changed()),
    "long notes": lambda: changed(notes=WEIRD + UNBROKEN),
    "one month": lambda: changed(horizon_months=1),
    "sixty months, another year and currency": lambda: changed(
        "bank-compliance", horizon_months=60, report__fiscal_year_start_month=7, report__currency="EUR",
        report__currency_per_usd=0.92,
    ),
    "an unknown currency": lambda: changed(report__currency="Quatloos", report__currency_per_usd=1e6),
    "one strategy": lambda: changed(strategies=("distil",)),
    "two strategies": lambda: changed(strategies=("api", "both")),
    "no requests": lambda: changed(workload__requests_per_month=0.0),
    "very many requests": lambda: changed(workload__requests_per_month=1e11),
    "nothing fits": lambda: changed(
        strategies=("finetune",), training__accelerators=1, finetune__method="full", base__params=4e11
    ),
    "limits that nothing keeps": lambda: changed(
        limits__max_total_usd=1.0, limits__min_quality=99.0, limits__max_carbon_kgco2e=1.0
    ),
    "no ranges": lambda: changed(ranges={}),
    "the goal is carbon": lambda: changed(limits__goal="carbon", limits__max_carbon_kgco2e=2e4),
    "the goal is the score": lambda: changed(limits__goal="quality"),
    "a range on everything": every_range,
    "everything changed": every_change,
    "many scenarios": many_scenarios,
}  # fmt: skip


@cache
def teller_of(name):
    """Return a plan as it is told, with a few draws."""
    plan = load_preset(name) if name in IDS else ODD[name]()
    results = simulate(plan.scenario, load_catalog())
    drawn = risk(
        results.scenario,
        load_catalog(),
        count=DRAWS,
        seed=0,
        choices=results.choices,
        further=physics_ranges(results),
    )
    return Teller(results, plan, drawn, currency=currency_of(plan.scenario))


def job_of(name):
    """Return the job of a report with these draws."""
    told = teller_of(name).told
    return Job(told.results, told.drawn)


__all__ = ["IDS", "ODD", "job_of", "teller_of"]
