"""Plans that the exports are tried on, simulated once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from planner.catalog.load import load_catalog
from planner.engine.results import Results
from planner.engine.run import simulate
from planner.scenario.model import Plan
from planner.scenario.presets import load_preset, presets

HOSTILE = '=HYPERLINK("http://x","y") "q" 😀 مرحبا'
NOTES = '=HYPERLINK("x")\n+1\n@cmd "quoted", comma\n-2\nline'
OTHER = {
    "name": HOSTILE,
    "notes": NOTES,
    "report.currency": "EUR",
    "report.currency_per_usd": 0.92,
    "report.fiscal_year_start_month": 4,
    "start_month": "2027-11",
    "horizon_months": 30,
}
ODD = {
    "training.accelerators": 1,
    "finetune.method": "full",
    "report.currency": '"=1;[x]\\',
    "horizon_months": 1,
}
"""Two strategies do not fit, and the currency has no letters."""


@dataclass(frozen=True)
class Case:
    """A plan with its results."""

    plan: Plan
    results: Results


def case_of(preset: str, changes: dict | None = None, title: str | None = None) -> Case:
    plan = load_preset(preset)
    plan = plan.with_scenario(plan.scenario.with_(changes or {}))
    if title is not None:
        plan = plan.with_title(title)
    return Case(plan, simulate(plan.scenario, load_catalog()))


CASES = {preset.id: case_of(preset.id) for preset in presets()}
CASES["other currency"] = case_of("customer-support", OTHER, title="+1 & @cmd")
CASES["odd"] = case_of("customer-support", ODD)
CASES["nothing fits"] = case_of("customer-support", {**ODD, "strategies": ("finetune", "both")})


@pytest.fixture(params=CASES, scope="module")
def case(request) -> Case:
    """Each of the plans."""
    return CASES[request.param]


@pytest.fixture(scope="module")
def other() -> Case:
    """The plan in another currency, with hostile texts."""
    return CASES["other currency"]


@pytest.fixture(scope="module")
def support() -> Case:
    """The default preset."""
    return CASES["customer-support"]
