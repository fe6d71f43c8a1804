"""Every plan that travels with the program loads, fits, and adds up."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.lineitems import QUANTITIES
from planner.engine.run import simulate
from planner.engine.verdict import verdict
from planner.scenario.checks import problems
from planner.scenario.fields import specs_of
from planner.scenario.files import plan_from_text, plan_to_text
from planner.scenario.model import Scenario
from planner.scenario.presets import (
    DEFAULT_PRESET,
    load_preset,
    preset_scenario,
    presets,
    reason_for,
    reasons_in,
)

IDS = [preset.id for preset in presets()]
SPECS = specs_of(Scenario)
SCALES = {"k": 1e3, "M": 1e6, "%": 1e-2, "ms": 1e-3}
NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)( ?ms\b|[kM]\b|%)?")
SOURCE = re.compile(
    r"our (judgement|choice)|catalogue|example's policy|defaults|\b20\d\d\b"
    r"|Radiology Business Journal|Discharge Me"
)


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def test_there_are_presets_and_the_default_is_first():
    assert set(IDS) == {
        "bank-compliance", "chat-assistant", "customer-support", "finance-loans-fraud", "healthcare-reports",
        "legal-contracts", "on-device-mobile", "real-time-monitoring",
    }  # fmt: skip
    assert IDS[0] == DEFAULT_PRESET
    for preset in presets():
        assert 0 < len(preset.title) <= 30
        assert 0 < len(preset.line) <= 110
        assert preset.line.endswith(".")


def scenarios():
    """Return every scenario of every preset, by a name for the report."""
    return [
        pytest.param(scenario, id=f"{preset}-{scenario.name.replace(' ', '-')}")
        for preset in IDS
        for scenario in load_preset(preset).scenarios
    ]


def departing(scenario):
    """Return the inputs whose value is not the program's default, with that value."""
    plain = Scenario()
    own = ("name", "notes")
    return {
        path: scenario.get(path)
        for path in SPECS
        if path not in own and scenario.get(path) != plain.get(path)
    }


def numbers_in(words):
    """Return the numbers that a text names, such as 150k, 0.5% and 50 ms."""
    return [
        float(digits.replace(",", "")) * SCALES.get(unit.strip(), 1.0)
        for digits, unit in NUMBER.findall(words)
    ]


def test_notes_are_taken_apart_by_line():
    found = reasons_in(
        "One line.\n\nSources:\n- Growth; Drift: 3% and 0.25: see there.\n- Grid: x.\nEnd: no."
    )
    assert reason_for("- Growth; Drift: 3%.", "Drift") == "3%."
    assert reason_for("- Growth; Drift: 3%.", "Grid") == ""
    assert [(reason.titles, reason.words) for reason in found] == [
        (("Growth", "Drift"), "3% and 0.25: see there."),
        (("Grid",), "x."),
    ]


@pytest.mark.parametrize("scenario", scenarios())
def test_every_number_that_departs_from_the_default_has_a_reason(scenario):
    reasons = {title: reason.words for reason in reasons_in(scenario.notes) for title in reason.titles}
    for path, value in departing(scenario).items():
        title = SPECS[path].title
        assert title in reasons, f"the notes say nothing of {path}"
        if isinstance(value, int | float) and not isinstance(value, bool):
            named = numbers_in(reasons[title])
            assert any(math.isclose(value, number) for number in named), (path, value, reasons[title])


@pytest.mark.parametrize("scenario", scenarios())
def test_every_reason_names_a_source_or_says_whose_judgement_it_is(scenario):
    known = {spec.title for spec in SPECS.values()}
    for reason in reasons_in(scenario.notes):
        assert SOURCE.search(reason.words), reason
        assert set(reason.titles) <= known | {"Ranges, low to high", "Scores", "All else"}


@pytest.mark.parametrize("scenario", scenarios())
def test_ranges_hold_the_value_and_are_listed(scenario):
    listed = next(r.words for r in reasons_in(scenario.notes) if r.titles == ("Ranges, low to high",))
    assert len(scenario.ranges) >= 6
    for path, span in scenario.ranges.items():
        assert SPECS[path].title in listed
        value = scenario.get(path)
        assert span.low < span.mode < span.high
        assert value is None or span.mode == value, path


@pytest.mark.parametrize("preset", IDS)
def test_it_loads_and_the_catalogue_knows_all_of_it(preset, catalog):
    plan = load_preset(preset)
    assert plan.preset == preset
    for scenario in plan.scenarios:
        assert preset_scenario(plan.with_active(scenario.name)) == scenario
    assert plan_from_text(plan_to_text(plan)) == plan
    for scenario in plan.scenarios:
        assert problems(scenario, catalog) == []
        assert scenario.notes, "a preset says what it is about and where its figures come from"


@pytest.mark.parametrize("preset", IDS)
def test_every_strategy_fits_and_has_all_figures(preset, catalog):
    for scenario in load_preset(preset).scenarios:
        results = simulate(scenario, catalog)
        assert tuple(results.strategies) == scenario.strategies
        for name, result in results.strategies.items():
            assert result.fits, (name, result.problems)
            unknown = {figure for figure, value in result.figures.items() if np.isnan(value)}
            assert unknown <= {"payback_month"}
            assert min(value for figure, value in result.figures.items() if figure not in unknown) >= 0.0
            assert result["total_usd"] > 0.0
            assert result["carbon_kgco2e"] > 0.0


@pytest.mark.parametrize("preset", IDS)
def test_the_ledger_adds_up(preset, catalog):
    for scenario in load_preset(preset).scenarios:
        results = simulate(scenario, catalog)
        sums = results.ledger().groupby("strategy")[list(QUANTITIES)].sum()
        for name, result in results.strategies.items():
            for quantity in ("usd", "energy_kwh", "carbon_kgco2e", "water_l"):
                figure = "total_usd" if quantity == "usd" else quantity
                assert sums.loc[name, quantity] == pytest.approx(result[figure], rel=1e-9)
            hours = result["training_accelerator_h"] + result["serving_accelerator_h"]
            assert sums.loc[name, "accelerator_h"] == pytest.approx(hours, rel=1e-9)


@pytest.mark.parametrize("scenario", scenarios())
def test_it_has_an_answer(scenario, catalog):
    results = simulate(scenario, catalog)
    choice = choose(results)
    assert choice.strategy is not None
    assert choice.case not in ("nothing", "impossible"), "a preset shows a plan that works"
    said = verdict(results, choice)
    assert len(said.sentence) <= 95
    assert 0 < len(said.second) <= 110
