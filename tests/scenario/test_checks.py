"""Checks against the catalogue, and the presets that must pass them."""

import re

import pytest

from planner.catalog.load import load_catalog
from planner.errors import InputError
from planner.scenario.checks import check_plan, problems
from planner.scenario.files import save_plan
from planner.scenario.model import Plan, Scenario
from planner.scenario.presets import DEFAULT_PRESET, load_preset, preset_scenario, presets


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def test_a_new_scenario_has_no_problems(catalog):
    assert problems(Scenario(), catalog) == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("base.model", "llama-3.1-70", ["llama-3.1-70b"]),
        ("student.model", "bert-base", ["encoder", "cannot be costed yet", "decoder-dense"]),
        ("base.model", "qwen3-next-80b-a3b", ["decoder-moe-hybrid", "cannot be costed yet"]),
        ("api.assumed_model", "gpt-9", ["gpt-9"]),
        ("training.hardware", "nvidia-h1000", ["nvidia-h1000", "Did you mean"]),
        ("serving.hardware", "h-hundred", ["h-hundred"]),
        ("serving.edge_hardware", "qualcomm-snapdragon-8-gen-1", ["not known"]),
        ("site.grid", "germany", ["Did you mean deu?"]),
        ("finetune.provider_row", "openai-ft", ["openai-ft", "Did you mean"]),
        ("prices.cloud_provider", "awz", ["Did you mean aws"]),
        ("api.provider", "openia", ["Did you mean openai", "type the input and output price"]),
        ("api.model", "gpt-6.1-tera", ["Did you mean gpt-6.1-terra", "type the input and output price"]),
    ],
)
def test_an_id_that_cannot_be_used_is_named_with_a_way_out(catalog, path, value, words):
    (found,) = problems(Scenario().with_({path: value}), catalog)
    assert found.path == path
    assert found.value == value
    assert path in str(found)
    assert found.allowed
    for word in words:
        assert word in str(found)


def test_typed_prices_need_no_list(catalog):
    scenario = Scenario().with_({"api.provider": "ours", "api.model": "private"})
    assert [found.path for found in problems(scenario, catalog)] == ["api.provider"]
    typed = scenario.with_({"api.input_usd_per_mtok": 1.0, "api.output_usd_per_mtok": 4.0})
    assert problems(typed, catalog) == []


def test_all_problems_of_all_scenarios_are_collected_with_their_place(catalog, tmp_path):
    bad = Scenario().with_({"name": "Plan B", "base.model": "x", "site.grid": "atlantis"})
    path = tmp_path / "a.plan.json"
    save_plan(Plan(scenarios=(Scenario(), bad)), path)
    found = check_plan(path, catalog)
    assert [problem.path for problem in found] == ["scenarios.1.base.model", "scenarios.1.site.grid"]
    assert all(problem.path in problem.message for problem in found)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("{", [""]),
        ('{"site": {"pue": 0.2}, "workload": {"input_tokens": -1}}', ["site.pue", "workload.input_tokens"]),
    ],
)
def test_a_file_that_cannot_be_opened_is_a_problem_too(catalog, tmp_path, text, paths):
    path = tmp_path / "a.plan.json"
    path.write_text(text, encoding="utf-8")
    found = check_plan(path, catalog)
    assert all(isinstance(problem, InputError) for problem in found)
    assert {problem.path.removeprefix("scenarios.0.") for problem in found} == set(paths)


def test_a_missing_file_is_a_problem(catalog, tmp_path):
    (found,) = check_plan(tmp_path / "none.plan.json", catalog)
    assert found.code == "missing_file"


# ---------------------------------------------------------------- presets
def test_the_presets_are_there_and_the_default_is_first():
    ids = [preset.id for preset in presets()]
    assert ids[0] == DEFAULT_PRESET
    assert set(ids) >= {"customer-support", "bank-compliance", "on-device-mobile"}


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
def test_a_preset_is_whole_sourced_and_without_problems(catalog, preset):
    assert preset.title
    assert 20 < len(preset.line) < 130
    assert check_plan(preset.path, catalog) == []
    plan = load_preset(preset.id)
    assert plan.preset == preset.id
    assert preset_scenario(plan) == plan.scenario
    notes = plan.scenario.notes
    lines = [line for line in notes.splitlines() if line.startswith("- ")]
    assert len(lines) >= 8
    known = "judgement|choice|catalogue|Azure|genai-prices|policy|your"
    assert all(re.search(known, line) for line in lines), "every figure says where it is from"


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
def test_the_likely_end_of_a_preset_s_range_is_the_value_itself(preset):
    scenario = load_preset(preset.id).scenario
    assert "prices.api_fall_factor_per_year" in scenario.ranges, "decision 4: always among the ranges"
    for path, span in scenario.ranges.items():
        assert scenario.get(path) in (None, span.mode)


def test_an_unknown_preset_is_refused_with_a_hint():
    with pytest.raises(InputError, match="Did you mean customer-support"):
        load_preset("customer-suport")
    assert preset_scenario(Plan(preset="gone")) is None
    assert preset_scenario(Plan()) is None
