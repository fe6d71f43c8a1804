"""Every plan that travels with the program loads, fits, and adds up."""

from __future__ import annotations

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.lineitems import QUANTITIES
from planner.engine.run import simulate
from planner.engine.verdict import verdict
from planner.scenario.checks import problems
from planner.scenario.files import plan_from_text, plan_to_text
from planner.scenario.presets import DEFAULT_PRESET, load_preset, preset_scenario, presets

IDS = [preset.id for preset in presets()]


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def test_there_are_presets_and_the_default_is_first():
    assert len(IDS) >= 3
    assert IDS[0] == DEFAULT_PRESET


@pytest.mark.parametrize("preset", IDS)
def test_it_loads_and_the_catalogue_knows_all_of_it(preset, catalog):
    plan = load_preset(preset)
    assert plan.preset == preset
    assert preset_scenario(plan) == plan.scenario
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


@pytest.mark.parametrize("preset", IDS)
def test_it_has_an_answer(preset, catalog):
    results = simulate(load_preset(preset).scenario, catalog)
    choice = choose(results)
    assert choice.strategy is not None
    assert choice.case not in ("nothing", "impossible"), "a preset shows a plan that works"
    said = verdict(results, choice)
    assert len(said.sentence) <= 95
    assert 0 < len(said.second) <= 110
