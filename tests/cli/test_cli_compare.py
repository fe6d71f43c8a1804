"""``planner compare``: what differs, totals and the bridge, the same on the page and in the document."""

from __future__ import annotations

import math

import pytest

from planner.catalog.load import load_catalog
from planner.engine.compare import bridge, differences
from planner.engine.run import simulate
from planner.scenario.files import save_plan
from planner.scenario.model import Plan
from planner.scenario.presets import load_preset
from planner.units import format_quantity

FIRST, SECOND = "customer-support", "bank-compliance"
CHANGES = {
    "workload.requests_per_month": 4e6,
    "serving.precision": "int4",
    "labour.usd_per_hour": 150.0,
    "limits.min_quality": 75.0,
}


def two() -> Plan:
    """A plan of two scenarios that differ in four inputs."""
    plan = load_preset(FIRST).with_duplicate()
    return plan.with_scenario(plan.scenario.with_(CHANGES)).with_active(plan.scenarios[0].name)


@pytest.fixture
def file(tmp_path):
    """The plan of two scenarios as a file."""
    path = tmp_path / "two.plan.json"
    save_plan(two(), path)
    return str(path)


def test_scenarios_of_one_file(call, file):
    answer = call("compare", file, "--strategy", "distil")
    assert (answer.code, answer.err) == (0, "")
    assert "Inputs that differ, 4 of 146" in answer.out
    row = next(line for line in answer.out.splitlines() if line.startswith("Requests per month"))
    assert row.split() == ["Requests", "per", "month", "2.0M/mo", "4.0M/mo"]
    assert "From A to B: total, Distil" in answer.out
    assert "No effect: Score floor." in answer.out
    assert "all 8 mixes" in answer.out
    before, after = two().scenarios
    found = bridge(before, after, load_catalog(), ("distil", "distil"))
    effect = found.step_of("labour.usd_per_hour").effects["total_usd"]
    row = next(line for line in answer.out.splitlines() if line.startswith("Engineer  ") and "+" in line)
    assert row.split()[-1] == format_quantity(effect, "usd", figures=4, sign=True)


def test_the_document_says_the_same(call, file):
    document = call("compare", file, "--strategy", "both", "--json").json
    assert [each["id"] for each in document["scenarios"]] == ["A", "B"]
    before, after = two().scenarios
    assert [each["path"] for each in document["differences"]] == list(differences(before, after))
    assert document["differences"][0]["values"] == {"A": 2e6, "B": 4e6}
    for scenario, each in zip((before, after), document["scenarios"], strict=True):
        for name, result in simulate(scenario, load_catalog()).strategies.items():
            assert each["strategies"][name]["total_usd"] == result["total_usd"]
    (one,) = document["bridges"]
    assert (one["from"], one["to"], one["method"], one["problem"]) == ("A", "B", "exact", None)
    assert (one["strategy_from"], one["strategy_to"]) == ("both", "both")
    for figure, ends in one["figures"].items():
        effects = math.fsum(step["effects"][figure] for step in one["steps"])
        assert effects == pytest.approx(ends["difference"], rel=1e-9, abs=1e-12 * abs(ends["from"]) + 1e-12)
        assert ends["to"] - ends["from"] == pytest.approx(ends["difference"])
    totals = [each["strategies"]["both"]["total_usd"] for each in document["scenarios"]]
    assert one["figures"]["total_usd"]["from"] == pytest.approx(totals[0], rel=1e-9)
    assert one["figures"]["total_usd"]["to"] == pytest.approx(totals[1], rel=1e-9)


def test_each_is_compared_with_the_first(call, file):
    document = call("compare", file, SECOND, "--json").json
    assert [each["file"] for each in document["scenarios"]] == [file, file, SECOND, SECOND]
    assert [(each["from"], each["to"]) for each in document["bridges"]] == [
        ("A", "B"),
        ("A", "C"),
        ("A", "D"),
    ]
    choices = [each["choice"] for each in document["scenarios"]]
    for each, choice in zip(document["bridges"], choices[1:], strict=True):
        assert (each["strategy_from"], each["strategy_to"]) == (choices[0], choice)
    page = call("compare", file, SECOND).out
    assert "are taken together" in page
    assert page.count("From A to ") == 3


def test_inputs_that_only_go_together_are_called_as_they_are_written(call, tmp_path):
    plan = load_preset(FIRST)
    google = plan.scenario.with_({"api.provider": "google", "api.model": "gemini-2.5-flash"})
    openai = google.with_({"api.provider": "openai", "api.model": "gpt-4o-mini"})
    files = []
    for number, scenario in enumerate((google, openai)):
        path = tmp_path / f"{number}.plan.json"
        save_plan(plan.with_scenario(scenario), path)
        files.append(str(path))
    page = call("compare", *files, "--strategy", "api").out
    assert "\nProvider and API model " in page


def test_another_figure(call, file):
    page = call("compare", file, "--strategy", "distil", "--figure", "energy_kwh").out
    assert "From A to B: energy, Distil" in page
    assert "MWh" in page.partition("From A to B")[2]


def test_the_same_twice(call):
    page = call("compare", FIRST, FIRST).out
    assert "No input differs." in page
    document = call("compare", FIRST, FIRST, "--json").json
    assert document["bridges"][0]["steps"] == []


def test_what_does_not_fit_has_no_bridge_and_says_why(call, tmp_path):
    plan = load_preset(FIRST)
    small = {
        "serving.hardware": "nvidia-l4",
        "serving.precision": "bf16",
        "serving.accelerators_per_replica": 1,
    }
    path = tmp_path / "small.plan.json"
    save_plan(plan.with_scenario(plan.scenario.with_(small)), path)
    answer = call("compare", FIRST, str(path), "--strategy", "prompt")
    assert answer.code == 0
    assert "From A to B: no bridge. Prompt, self-hosted does not fit in the second scenario:" in answer.out
    document = call("compare", FIRST, str(path), "--strategy", "prompt", "--json").json
    assert document["bridges"][0]["problem"]["code"] == "does_not_fit"
    assert document["scenarios"][1]["strategies"]["prompt"]["total_usd"] is None


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ((FIRST,), "holds one scenario", "second file"),
        ((FIRST, "nope"), "no file and no preset", FIRST),
        ((FIRST, "nope.plan.json"), "There is no file", "Check the name"),
        ((FIRST, SECOND, "--strategy", "distill"), '--strategy is "distill"', "Did you mean distil?"),
        ((FIRST, SECOND, "--figure", "quality"), '--figure is "quality"', ""),
        ((*[FIRST] * 13,), "13 scenarios; at most 12", "fewer"),
        ((), "required", "--help"),
    ],
)
def test_bad_input_is_2_and_names_what_is_wrong(call, words, message, hint):
    answer = call("compare", *words)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err
    assert hint in answer.err
    assert "Traceback" not in answer.err


def test_a_scenario_that_cannot_be_costed_is_named(call, tmp_path, file):
    broken = two()
    broken = broken.with_scenario(broken.scenario.with_({"base.model": "abacus"}))
    path = tmp_path / "broken.plan.json"
    save_plan(broken, path)
    answer = call("compare", file, str(path))
    assert answer.code == 2
    assert f"{path}, Plan A: Base model" in answer.err
    assert "abacus" in answer.err
