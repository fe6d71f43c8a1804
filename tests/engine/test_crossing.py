"""The nearest volume at which another strategy becomes the choice, found by the plan's own rules."""

from __future__ import annotations

import pytest

from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.crossing import VOLUME, Crossing, nearest, search
from planner.engine.run import simulate
from planner.engine.verdict import verdict
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets

CATALOG = load_catalog()
GOALS = ("cost", "carbon", "quality")
ONE_MORE_FRAC = 0.02


def scenario_of(preset: str = "customer-support", **changes: object) -> Scenario:
    return load_preset(preset).scenario.with_({path.replace("__", "."): to for path, to in changes.items()})


def choice_at(scenario: Scenario, requests_per_month: float) -> str | None:
    return choose(simulate(scenario.with_({VOLUME: requests_per_month}), CATALOG)).strategy


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("preset", [preset.id for preset in presets()])
def test_the_choice_changes_at_the_crossing_and_nowhere_nearer(preset, goal):
    scenario = scenario_of(preset, limits__goal=goal)
    here, crossing = choice_at(scenario, scenario.workload.requests_per_month), None
    crossing = nearest(simulate(scenario, CATALOG), CATALOG)
    start = scenario.workload.requests_per_month
    if crossing is None:
        assert {choice_at(scenario, start * 10.0**decade) for decade in (-2, -1, 0, 1, 2)} == {here}
        return
    beyond, before = (
        crossing.requests_per_month * (1.0 + (sign if crossing.below else -sign) * ONE_MORE_FRAC)
        for sign in (-1.0, 1.0)
    )
    assert crossing.below == (crossing.requests_per_month < start)
    assert choice_at(scenario, beyond) == crossing.strategy != here
    assert choice_at(scenario, before) == here


def test_all_presets_have_crossings_to_test():
    found = [nearest(simulate(scenario_of(preset.id), CATALOG), CATALOG) for preset in presets()]
    assert sum(crossing is not None for crossing in found) >= 2


def test_each_step_is_one_simulation(monkeypatch):
    count = 0

    def counted(scenario, catalog):
        nonlocal count
        count += 1
        return simulate(scenario, catalog)

    monkeypatch.setattr("planner.engine.sweep.simulate", counted)
    results = simulate(scenario_of(), CATALOG)
    for number, step in enumerate(search(results, CATALOG), start=1):
        if step is None:
            assert count == number
    assert isinstance(step, Crossing)


@pytest.mark.parametrize(
    "changes",
    [
        {"workload__requests_per_month": 0},
        {"limits__min_quality": 99.0},  # nothing keeps it: the nearest miss is no answer to lose
        {"strategies": ("api",)},
        {"training__accelerators": 1, "finetune__method": "full", "strategies": ("finetune",)},
    ],
)
def test_where_there_is_no_answer_to_lose_nothing_is_found(changes):
    assert nearest(simulate(scenario_of(**changes), CATALOG), CATALOG) is None


@pytest.mark.parametrize("requests_per_month", [1e11, 0.5])
def test_no_volume_beyond_the_fields_limits_is_tried(requests_per_month):
    scenario = scenario_of(workload__requests_per_month=requests_per_month)
    crossing = nearest(simulate(scenario, CATALOG), CATALOG)
    assert crossing is None or 0.0 <= crossing.requests_per_month <= 1e11


def test_the_sentence_follows_the_goal_and_does_not_claim_what_a_range_hides():
    said, fewer = {}, {"workload__requests_per_month": 1e6}
    for goal in GOALS:
        results = simulate(scenario_of(limits__goal=goal, **(fewer if goal == "carbon" else {})), CATALOG)
        said[goal] = verdict(results, choose(results), Crossing("prompt", 1.2e6, below=True)).second
    assert said["cost"].endswith("Below 1.2M requests a month self-hosting is cheapest.")
    assert said["quality"].endswith("Below 1.2M requests a month self-hosting scores best within the limits.")
    results = simulate(scenario_of(limits__goal="carbon", **fewer), CATALOG)
    assert choose(results).strategy == "api"
    assert said["carbon"].endswith("Below 1.2M requests a month self-hosting may emit least.")
    owned = simulate(scenario_of(limits__goal="carbon", limits__self_hosted_only=True), CATALOG)
    second = verdict(owned, choose(owned), Crossing("prompt", 1.2e6, below=True)).second
    assert second.endswith("Below 1.2M requests a month self-hosting emits least.")
