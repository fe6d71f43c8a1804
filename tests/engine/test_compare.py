"""The bridge between two scenarios: against all orders by hand, and what Shapley values must be."""

from __future__ import annotations

import math
from itertools import permutations
from random import Random

import numpy as np
import pytest
from random_plans import plan, value_for

from planner.catalog.load import load_catalog
from planner.engine.compare import (
    MOST_EXACT,
    STRATEGY,
    Bridge,
    Differences,
    Progress,
    bridge,
    bridging,
    differences,
)
from planner.engine.mixes import BRIDGED
from planner.engine.run import simulate
from planner.errors import InputError, PlannerError
from planner.scenario.model import STRATEGY_IDS, Scenario
from planner.scenario.presets import load_preset

CATALOG = load_catalog()
BASE = load_preset("bank-compliance").scenario
CHANGES = {
    "workload.requests_per_month": 9e5,
    "serving.precision": "int4",
    "refresh.interval_months": 7,
    "labour.usd_per_hour": 151.0,
}
FREE = (
    "workload.requests_per_month",
    "workload.input_tokens",
    "workload.output_tokens",
    "workload.peak_to_mean",
    "data.examples",
    "data.usd_per_example",
    "distil.examples",
    "student.model",
    "site.pue",
    "site.grid",
    "serving.precision",
    "serving.min_replicas",
    "serving.autoscale",
    "refresh.interval_months",
    "refresh.drift_points_per_month",
    "labour.usd_per_hour",
    "prices.rent_change_frac_per_year",
    "quality.usd_per_failed_answer",
    "horizon_months",
    "limits.min_quality",
    "finetune.epochs",
)
"""Inputs whose values go with any of the others."""


def total(scenario: Scenario, strategy: str, figure: str = "total_usd") -> float:
    """A figure of a plain run."""
    return float(simulate(scenario, CATALOG).strategies[strategy][figure])


def by_all_orders(before: Scenario, after: Scenario, strategy: str, figure: str) -> dict[str, float]:
    """Shapley values by their definition: the mean over all orders, each walked with plain runs."""
    paths = differences(before, after)
    found = dict.fromkeys(paths, 0.0)
    orders = list(permutations(paths))
    for order in orders:
        here, value = before, total(before, strategy, figure)
        for path in order:
            here = here.with_({path: after.get(path)})
            then = total(here, strategy, figure)
            found[path] += (then - value) / len(orders)
            value = then
    return found


def sums(found: Bridge) -> None:
    """The effects on every figure sum to its difference, to 1e-9."""
    assert "total_usd" in found.before
    for figure in found.before:
        effects = math.fsum(step.effects[figure] for step in found.steps)
        size = max(abs(found.before[figure]), abs(found.after[figure]))
        assert effects == pytest.approx(found.difference(figure), rel=1e-9, abs=1e-12 * size), figure


def paths_of(found: Bridge) -> list[str]:
    """All inputs of a bridge."""
    return [path for step in found.steps for path in step.paths]


@pytest.mark.parametrize("strategy", STRATEGY_IDS)
def test_four_inputs_against_all_orders(strategy: str) -> None:
    after = BASE.with_(CHANGES)
    found = bridge(BASE, after, CATALOG, (strategy, strategy))
    assert found.method == "exact"
    assert found.mixes == 16
    for figure in ("total_usd", "npv_usd", "energy_kwh", "carbon_kgco2e", "first_release_usd"):
        expected = by_all_orders(BASE, after, strategy, figure)
        size = abs(found.before[figure])
        for path, effect in expected.items():
            step = found.step_of(path)
            assert step is not None
            assert step.effects[figure] == pytest.approx(effect, rel=1e-8, abs=1e-10 * size), (figure, path)
    sums(found)


def test_ends_are_plain_runs() -> None:
    after = BASE.with_(CHANGES)
    found = bridge(BASE, after, CATALOG, ("finetune", "finetune"))
    for figure in BRIDGED:
        assert found.before[figure] == pytest.approx(total(BASE, "finetune", figure), rel=1e-11)
        assert found.after[figure] == pytest.approx(total(after, "finetune", figure), rel=1e-11)


def test_backwards_is_the_opposite() -> None:
    after = BASE.with_(CHANGES)
    there = bridge(BASE, after, CATALOG, ("both", "both"))
    back = bridge(after, BASE, CATALOG, ("both", "both"))
    for step, other in zip(there.steps, back.steps, strict=True):
        assert step.paths == other.paths
        for figure, effect in step.effects.items():
            size = abs(there.before[figure])
            assert effect == pytest.approx(-other.effects[figure], rel=1e-8, abs=1e-11 * size)


def test_inputs_that_do_the_same_get_the_same() -> None:
    """Wage and overhead multiply each other."""
    before = BASE.with_(
        {"labour.distil_hours": 100.0, "labour.overhead_factor": 1.0, "labour.usd_per_hour": 50.0}
    )
    after = before.with_({"labour.overhead_factor": 2.0, "labour.usd_per_hour": 100.0})
    found = bridge(before, after, CATALOG, ("distil", "distil"))
    one, other = (step.effects["total_usd"] for step in found.steps)
    assert one > 0
    assert one == pytest.approx(other, rel=1e-12)


def test_what_changes_no_figure_gets_exactly_nothing() -> None:
    before = BASE.with_({"site.pue": 1.2})
    after = before.with_(
        {
            **CHANGES,
            "data.usd_per_example": 9.0,  # of labels: an API has none
            "student.params": 3e9,
            "limits.min_quality": 70.0,
            "limits.max_total_usd": 1e5,
            "limits.self_hosted_only": not BASE.limits.self_hosted_only,
            "start_month": "2028-05",
            "labour.engineers": 9,
            "strategies": ("api", "prompt"),
            "ranges.site.pue": {"low": 1.1, "mode": 1.2, "high": 1.5},
        }
    )
    found = bridge(before, after, CATALOG, ("api", "api"))
    without = (
        "data.usd_per_example",
        "student.params",
        "limits.min_quality",
        "limits.max_total_usd",
        "limits.self_hosted_only",
        "start_month",
        "labour.engineers",
        "strategies",
        "ranges.site.pue",
    )
    for path in without:
        step = found.step_of(path)
        assert step is not None, path
        assert set(step.effects.values()) == {0.0}, path
    assert {path for step in found.ordered() for path in step.paths}.isdisjoint(without)
    sums(found)


@pytest.mark.parametrize("seed", range(100))
def test_random_pairs_sum_to_the_difference(seed: int) -> None:
    random = Random(seed)
    before = plan(random, 0.1, **{"finetune__host": "own"})
    paths = random.sample(FREE, random.randint(1, 6))
    after = before.with_({path: value_for(random, path) for path in paths})
    strategy = random.choice(STRATEGY_IDS)
    ends = [simulate(each, CATALOG).strategies[strategy] for each in (before, after)]
    if not all(np.all(result.fits) for result in ends):
        with pytest.raises(PlannerError, match="does not fit in the"):
            bridge(before, after, CATALOG, (strategy, strategy))
        return
    found = bridge(before, after, CATALOG, (strategy, strategy))
    for figure in ("total_usd", "energy_kwh", "carbon_kgco2e"):
        want = float(ends[1][figure]) - float(ends[0][figure])
        size = max(abs(float(result[figure])) for result in ends)
        got = math.fsum(step.effects[figure] for step in found.steps)
        assert got == pytest.approx(want, rel=1e-9, abs=1e-11 * size)
    sums(found)
    assert sorted(paths_of(found)) == sorted(differences(before, after))


def test_another_strategy_is_a_step_like_any_other() -> None:
    after = BASE.with_({"workload.requests_per_month": 9e5, "labour.usd_per_hour": 151.0})
    found = bridge(BASE, after, CATALOG, ("api", "distil"))
    paths = ("workload.requests_per_month", "labour.usd_per_hour", STRATEGY)
    effects = dict.fromkeys(paths, 0.0)
    for order in permutations(paths):
        here, strategy, value = BASE, "api", total(BASE, "api")
        for path in order:
            if path == STRATEGY:
                strategy = "distil"
            else:
                here = here.with_({path: after.get(path)})
            then = total(here, strategy)
            effects[path] += (then - value) / 6
            value = then
    for path, effect in effects.items():
        step = found.step_of(path)
        assert step is not None
        assert step.effects["total_usd"] == pytest.approx(effect, rel=1e-9)
    assert found.mixes == 4  # each plan once, for both strategies
    sums(found)


def test_the_same_plan_by_two_strategies() -> None:
    found = bridge(BASE, BASE, CATALOG, ("api", "distil"))
    assert [step.paths for step in found.steps] == [(STRATEGY,)]
    assert found.steps[0].effects["total_usd"] == pytest.approx(total(BASE, "distil") - total(BASE, "api"))
    same = bridge(BASE, BASE, CATALOG, ("api", "api"))
    assert same.steps == ()
    assert same.difference() == 0.0


# ---------------------------------------------------------------- what only goes together
def test_inputs_that_only_go_together_are_one_step() -> None:
    """A model of one provider is not sold by the other: neither change can stand alone."""
    before = BASE.with_({"api.provider": "google", "api.model": "gemini-2.5-flash"})
    after = before.with_({"api.provider": "openai", "api.model": "gpt-4o-mini", "site.pue": 1.4})
    with pytest.raises(PlannerError):
        simulate(before.with_({"api.provider": "openai"}), CATALOG)
    found = bridge(before, after, CATALOG, ("api", "api"))
    step = found.step_of("api.model")
    assert step is not None
    assert step.paths == ("api.provider", "api.model")
    assert step.reason == "only together"
    assert step is found.step_of("api.provider")
    assert found.method == "grouped"
    assert found.step_of("site.pue") is not step
    sums(found)


def test_a_change_that_does_not_fit_alone_is_tied_to_what_lets_it() -> None:
    """70 billion weights in 16 bits do not fit one card, in 4 bits they do."""
    before = BASE.with_(
        {
            "base.model": "llama-3.1-70b",
            "serving.hardware": "nvidia-h100-sxm",
            "serving.precision": "bf16",
            "serving.accelerators_per_replica": 4,
        }
    )
    after = before.with_(
        {
            "serving.precision": "int4",
            "serving.accelerators_per_replica": 1,
            "labour.usd_per_hour": 120.0,
            "workload.requests_per_month": 2e5,
        }
    )
    broken = before.with_({"serving.accelerators_per_replica": 1})
    assert not np.all(simulate(broken, CATALOG).strategies["prompt"].fits)
    found = bridge(before, after, CATALOG, ("prompt", "prompt"))
    step = found.step_of("serving.accelerators_per_replica")
    assert step is not None
    assert step.paths == ("serving.precision", "serving.accelerators_per_replica")
    assert len(found.steps) == 3
    sums(found)
    mix = before.with_({path: after.get(path) for path in step.paths})
    assert np.all(simulate(mix, CATALOG).strategies["prompt"].fits)


def test_what_does_not_fit_at_an_end_is_said() -> None:
    after = BASE.with_(
        {
            "serving.hardware": "nvidia-l4",
            "serving.precision": "bf16",
            "serving.accelerators_per_replica": 1,
        }
    )
    with pytest.raises(PlannerError, match=r"^Prompt, self-hosted does not fit in the second scenario: .+\d"):
        bridge(BASE, after, CATALOG, ("prompt", "prompt"))
    with pytest.raises(PlannerError, match="does not fit in the first scenario"):
        bridge(after, BASE, CATALOG, ("prompt", "prompt"))
    broken = BASE.model_copy(update={"base": BASE.base.model_copy(update={"model": "abacus"})})
    with pytest.raises(PlannerError, match="abacus"):
        bridge(BASE, broken, CATALOG, ("prompt", "prompt"))


# ---------------------------------------------------------------- many inputs
def test_beyond_ten_inputs_sections_are_joined_and_say_so() -> None:
    other = load_preset("customer-support").scenario
    assert len(differences(BASE, other)) > MOST_EXACT
    found = bridge(BASE, other, CATALOG, ("distil", "distil"))
    assert found.method == "grouped"
    assert found.mixes <= 2**MOST_EXACT
    joined = [step for step in found.steps if step.reason == "section"]
    assert joined
    for step in joined:
        assert len({path.partition(".")[0] for path in step.paths}) == 1
    sums(found)


def _many() -> Scenario:
    return BASE.with_(
        {
            "horizon_months": BASE.horizon_months + 3,
            "workload.requests_per_month": BASE.workload.requests_per_month * 1.7,
            "student.model": "llama-3.2-1b",
            "data.eval_examples": 801.0,
            "finetune.epochs": 2.0,
            "distil.examples": 5e4,
            "training.packing_frac": 0.8,
            "serving.min_replicas": 3,
            "site.pue": 1.4,
            "refresh.interval_months": 7,
            "labour.usd_per_hour": 131.0,
            "prices.rent_change_frac_per_year": -0.3,
        }
    )


def test_many_sections_are_sampled_near_the_exact_values(monkeypatch: pytest.MonkeyPatch) -> None:
    after = _many()
    assert len(differences(BASE, after)) == 12
    found = bridge(BASE, after, CATALOG, ("distil", "distil"))
    assert found.method == "sampled"
    sums(found)
    assert found == bridge(BASE, after, CATALOG, ("distil", "distil"))
    other = bridge(BASE, after, CATALOG, ("distil", "distil"), seed=1)
    assert other.steps != found.steps
    monkeypatch.setattr("planner.engine.compare.MOST_EXACT", 12)
    exact = bridge(BASE, after, CATALOG, ("distil", "distil"))
    assert exact.method == "exact"
    for step, true in zip(found.steps, exact.steps, strict=True):
        room = 5.0 * step.errors["total_usd"] + 1e-6 * abs(found.difference())
        assert abs(step.effects["total_usd"] - true.effects["total_usd"]) <= room, step.paths


def test_work_comes_in_pieces_that_say_how_far_it_is() -> None:
    pieces = list(bridging(BASE, BASE.with_(CHANGES), CATALOG, ("distil", "distil")))
    *progress, last = pieces
    assert isinstance(last, Bridge)
    assert len(progress) >= last.mixes
    assert all(isinstance(each, Progress) and each.done <= each.of for each in progress)
    assert [each.done for each in progress] == sorted(each.done for each in progress)
    assert progress[-1] == (16, 16)


# ---------------------------------------------------------------- differences
def test_differences_are_values_and_ranges_in_the_order_of_the_file() -> None:
    after = BASE.with_({"site.pue": 1.37, "name": "Other", "notes": "x", "horizon_months": 12})
    after = after.with_({"ranges.workload.output_tokens": {"low": 1.0, "mode": 450.0, "high": 900.0}})
    assert differences(BASE, after) == ("horizon_months", "site.pue", "ranges.workload.output_tokens")
    assert differences(BASE, BASE.with_({})) == ()
    moved = after.with_({"workload.output_tokens": 500.0})
    assert moved.ranges["workload.output_tokens"] != after.ranges["workload.output_tokens"]
    assert differences(after, moved) == ("workload.output_tokens",)  # the range only follows
    assert differences(moved, after) == ("workload.output_tokens",)
    held = Differences()
    assert held.between(BASE, after) == differences(BASE, after)
    later = after.with_({"site.pue": 1.38})
    assert held.between(after, later) == ("site.pue",)
    assert held.between(BASE, BASE) == ()


def test_an_input_that_is_none_is_refused_by_its_name() -> None:
    with pytest.raises(InputError):
        BASE.with_({"site.pux": 1.0})
