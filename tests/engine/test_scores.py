"""Ranges of scores: what is assumed, what the user counted, and what follows from both."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from planner.catalog.load import load_catalog
from planner.engine import scores
from planner.engine.run import simulate
from planner.engine.scores import counting_error_points, score_ranges
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets

CATALOG = load_catalog()


def ranges(changes=None, scenario=None):
    scenario = (scenario or Scenario()).with_(changes or {})
    results = simulate(scenario, CATALOG)
    return score_ranges(scenario, CATALOG, results.choices), results


@pytest.mark.parametrize("preset", [preset.id for preset in presets()])
def test_every_score_lies_in_its_range(preset):
    found, results = ranges(scenario=load_preset(preset).scenario)
    for name, held in found.items():
        points = results.strategies[name]["quality"]
        if np.isfinite(points):
            assert held.low < points < held.high, name
            assert 3.0 < held.high - held.low < 30.0


def test_an_assumed_score_is_give_or_take_six_points():
    found, _ = ranges()
    assert found["api"].low == pytest.approx(75.0, abs=0.15)
    assert found["api"].high == pytest.approx(87.0, abs=0.15)
    assert {held.source for held in found.values()} == {"assumed"}


@pytest.mark.parametrize(
    ("strategy", "path"),
    [
        ("api", "quality.api_points"),
        ("prompt", "quality.prompt_points"),
        ("finetune", "quality.finetune_points"),
        ("distil", "quality.distil_points"),
        ("both", "quality.both_points"),
    ],
)
@pytest.mark.parametrize("answers", [50, 500, 5000])
def test_a_typed_score_is_as_sure_as_its_evaluation_set_is_large(strategy, path, answers):
    found, _ = ranges({path: 80.0, "data.eval_examples": answers})
    held = found[strategy]
    give = 164.4854 * np.sqrt(0.8 * 0.2 / answers)
    assert held.source == "you"
    assert counting_error_points(80.0, answers) == pytest.approx(give, rel=1e-4)
    assert held.low == pytest.approx(80.0 - give, abs=0.05 * give)
    assert held.high == pytest.approx(80.0 + give, abs=0.05 * give)


def test_a_typed_teacher_makes_its_student_surer():
    assumed, typed = ranges()[0]["both"], ranges({"quality.finetune_points": 84.0})[0]["both"]
    assert typed.high - typed.low < assumed.high - assumed.low
    assert typed.source == "assumed"  # the student's own score was not counted


def test_the_ranges_are_those_of_simulating_the_same_draws():
    scenario = Scenario().with_({"finetune.method": "qlora", "serving.precision": "int8"})
    results = simulate(scenario, CATALOG)
    drawn = simulate(scenario, CATALOG, draws=scores._draws(scenario), choices=results.choices)
    for name, held in score_ranges(scenario, CATALOG, results.choices).items():
        low, high = np.quantile(drawn.strategies[name]["quality"], (0.05, 0.95))
        assert (held.low, held.high) == pytest.approx((low, high), rel=1e-12)


@pytest.mark.parametrize(
    ("shape", "law"),
    [
        ("uniform", stats.uniform(70.0, 20.0)),
        ("triangular", stats.triang(0.9, loc=70.0, scale=20.0)),
        ("lognormal", stats.lognorm(np.log(90 / 70) / (2 * stats.norm.ppf(0.9)), scale=np.sqrt(70 * 90))),
        ("pert", stats.beta(1 + 4 * 0.9, 1 + 4 * 0.1, loc=70.0, scale=20.0)),
    ],
)
def test_a_range_of_the_plan_comes_first_in_its_own_shape(shape, law):
    held = {"low": 70.0, "mode": 88.0, "high": 90.0, "shape": shape}
    found, _ = ranges({"ranges.quality.api_points": held})
    assert (found["api"].low, found["api"].high) == pytest.approx(law.ppf([0.05, 0.95]), abs=0.25)


def test_scores_stay_within_what_an_input_takes():
    found, _ = ranges({"quality.api_points": 99.9, "data.eval_examples": 10})
    assert found["api"].high <= 100.0
