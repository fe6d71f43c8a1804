"""Every field describes itself in full; scenarios change only to valid ones."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from scenario_strategies import SPECS, scenarios

from planner.errors import InputError, PlanFileError
from planner.scenario.model import Plan, Scenario, spec_for
from planner.units import UNITS

NUMERIC = [spec for spec in SPECS.values() if spec.numeric]

FIXED_PATHS = Path(__file__).with_name("contract_paths.txt").read_text("utf-8").split()


@pytest.mark.parametrize("path", FIXED_PATHS)
def test_the_paths_of_the_contract_are_there(path):
    assert spec_for(path).path == path


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_field_says_what_it_is(spec):
    assert spec.title
    assert spec.title != spec.name
    assert spec.help.endswith((".", '"'))
    assert spec.source
    assert not spec.nullable or spec.unset
    assert set(spec.words) <= set(spec.choices)


@pytest.mark.parametrize("spec", NUMERIC, ids=lambda spec: spec.path)
def test_every_number_has_a_unit_limits_and_a_slider_within_them(spec):
    assert spec.unit in UNITS
    assert spec.high is not None
    assert spec.low is not None or spec.above is not None
    assert spec.slider is not None, "a slider needs a span"
    low, high = spec.slider
    assert low < high <= spec.high
    assert spec.low is None or low >= spec.low
    assert spec.above is None or low > spec.above
    assert spec.scale == "linear" or low > 0


@pytest.mark.parametrize("spec", NUMERIC, ids=lambda spec: spec.path)
def test_defaults_are_within_the_limits(spec):
    if spec.default is not None:
        assert Scenario().with_({spec.path: spec.default}).get(spec.path) == spec.default


@pytest.mark.parametrize("spec", NUMERIC, ids=lambda spec: spec.path)
def test_names_carry_the_unit_of_a_bare_number(spec):
    suffixes = {"usd": "usd", "kgco2e": "kgco2e", "s": "_s", "frac": "frac", "tokens": "tokens"}
    wanted = suffixes.get(spec.unit)
    if wanted == "tokens":
        wanted = "tokens|seq_len"
    assert wanted is None or re.search(wanted, spec.name)


def test_titles_are_told_apart_within_a_section():
    seen = [(spec.section, spec.title) for spec in SPECS.values()]
    assert len(seen) == len(set(seen))


@given(scenarios())
def test_any_scenario_is_frozen_and_valid(scenario):
    assert Scenario.model_validate(scenario.model_dump()) == scenario


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("site.pue", 0.2, ["PUE", "site.pue", "0.2", "from 1 to 4"]),
        ("site.pue", "1.2", ["site.pue", '"1.2"']),
        ("site.pue", float("nan"), ["site.pue", "nan"]),
        ("site.pue", True, ["site.pue", "true"]),
        ("workload.input_tokens", 10**400, ["workload.input_tokens", "1,000,000"]),
        ("horizon_months", 24.5, ["horizon_months", "24.5", "whole number"]),
        ("refresh.interval_months", "never", ["refresh.interval_months", "optimal"]),
        ("strategies", (), ["strategies", "at least one"]),
        ("start_month", "2027-13", ["start_month", "2027-01"]),
        ("notes", "\ud800", ["notes", "surrogate"]),
        ("name", "a\nb", ["name", "line breaks"]),
        ("base.model", None, ["base.model", "base.params"]),
        ("ranges.site.pue", {"low": 1, "mode": 2}, ["ranges.site.pue.high", "missing"]),
        ("ranges.site.pue", {"low": 1, "mode": 2, "high": 9}, ["ranges.site.pue", "9", "from 1 to 4"]),
        ("ranges.site.pue", {"low": 3, "mode": 2, "high": 1}, ["ranges.site.pue", "decrease"]),
        ("ranges.site.pu", {"low": 1, "mode": 1, "high": 2}, ["ranges.site.pu", "site.pue"]),
        ("ranges.base.model", {"low": 1, "mode": 1, "high": 2}, ["ranges.base.model", "no range"]),
        ("site.pu", 1, ["site.pu", "Did you mean site.pue?"]),
        ("pue", 1, ["pue", "Did you mean site.pue?"]),
    ],
)
def test_a_refusal_names_field_value_and_what_is_allowed(path, value, words):
    with pytest.raises(InputError) as caught:
        Scenario().with_({path: value})
    for word in words:
        assert word in str(caught.value)
    assert caught.value.path.startswith(path)


def test_whole_floats_pass_for_whole_numbers():
    scenario = Scenario().with_({"horizon_months": 12.0, "training.accelerators": 8.0})
    assert type(scenario.horizon_months) is int
    assert type(scenario.training.accelerators) is int


def test_several_refusals_come_together():
    with pytest.raises(PlanFileError) as caught:
        Scenario().with_({"site.pue": 0.2, "workload.input_tokens": "many"})
    assert {problem.path for problem in caught.value.problems} == {"site.pue", "workload.input_tokens"}


def test_strategies_stand_in_the_fixed_order_each_once():
    assert Scenario().with_({"strategies": ["both", "api", "api"]}).strategies == ("api", "both")


def test_scenarios_of_a_plan_are_copied_renamed_and_removed():
    plan = Plan().with_duplicate().with_duplicate()
    assert [scenario.name for scenario in plan.scenarios] == ["Plan A", "Plan B", "Plan C"]
    assert plan.active == "Plan C"
    assert plan.without("Plan C").active == "Plan B"
    assert plan.without("Plan A").active == "Plan C"
    assert plan.with_renamed("Plan C", "Edge").active == "Edge"
    assert plan.with_active("Plan A").scenario.name == "Plan A"
    assert plan.with_title("Q3").title == "Q3"


@pytest.mark.parametrize(
    "act",
    [
        lambda plan: plan.without("Plan A"),
        lambda plan: plan.without("Plan Z"),
        lambda plan: plan.with_active("Plan Z"),
        lambda plan: plan.with_renamed("Plan Z", "B"),
        lambda plan: plan.with_renamed("Plan A", " "),
        lambda plan: plan.with_duplicate().with_renamed("Plan B", "Plan A"),
        lambda plan: plan.with_scenario(Scenario(name="Plan A")).scenario.get("site.pu"),
    ],
)
def test_impossible_changes_of_a_plan_are_refused(act):
    with pytest.raises(InputError):
        act(Plan())
