"""A large model behind the student, people behind both, and what an acceptable answer costs."""

from __future__ import annotations

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.quality import cascaded_score
from planner.engine.run import simulate
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets

CATALOG = load_catalog()
STUDENTS = ("distil", "both")
ROWS = {"api": {"input": "api_input", "output": "api_output"}, "base": {"serving": "serving", "idle": "idle"}}
LARGE = {"api": "api", "base": "prompt"}
OWNED = {"hardware.ownership": "own"}


def run(changes, scenario=None):
    return simulate((scenario or Scenario()).with_(changes), CATALOG).strategies


def summed(result, *items):
    """Rows of items in phase serving, quantities first."""
    rows = result.ledger.rows
    return sum(rows[item, "serving"] for item in items if (item, "serving") in rows)


@pytest.mark.parametrize("to", ["api", "base"])
@pytest.mark.parametrize("name", STUDENTS)
def test_nothing_passed_on_is_the_student_alone(name, to):
    plain = run({})[name]
    passed = run({"distil.escalated_frac": 0.0, "distil.escalate_to": to})[name]
    assert passed.figures == pytest.approx(plain.figures, rel=1e-12, nan_ok=True)
    assert set(passed.ledger.rows) == set(plain.ledger.rows)


@pytest.mark.parametrize("changes", [{}, OWNED, {"prices.cloud_overhead_frac": 0.2}])
@pytest.mark.parametrize("to", ["api", "base"])
@pytest.mark.parametrize("name", STUDENTS)
def test_everything_passed_on_is_the_student_and_the_large_model_at_full_volume(name, to, changes):
    plain = run(changes)
    both = run({**changes, "distil.escalated_frac": 1.0, "distil.escalate_to": to})[name]
    large, items = plain[LARGE[to]], ROWS[to]
    for new, old in items.items():
        np.testing.assert_allclose(summed(both, f"escalated_{new}"), summed(large, old), rtol=1e-9)
    shared = ("owned_hardware", "electricity", "cloud_overhead", "embodied")
    for item in shared:
        expected = summed(plain[name], item) + summed(large, item)
        np.testing.assert_allclose(summed(both, item), expected, rtol=1e-9)
    of_large = sum(row[0].sum() for (item, phase), row in large.ledger.rows.items()
                   if phase == "serving" and item in (*items.values(), *shared))  # fmt: skip
    refreshes = both["refresh_usd"] - plain[name]["refresh_usd"]  # an API behind it is withdrawn at times
    assert both["total_usd"] == pytest.approx(plain[name]["total_usd"] + of_large + refreshes, rel=1e-9)
    assert both["quality"] == pytest.approx(large["quality"], rel=1e-12)
    assert both["general_quality"] == pytest.approx(large["general_quality"], rel=1e-12)
    assert both["latency_p95_s"] > plain[name]["latency_p95_s"] + large["latency_p95_s"] - 0.1


def test_the_share_stands_in_the_ledger_and_the_delay_where_it_is_felt():
    plain, few, many = (run({"distil.escalated_frac": share})["distil"] for share in (0.0, 0.04, 0.3))
    full = run({})["api"]
    for share, result in ((0.04, few), (0.3, many)):
        np.testing.assert_allclose(
            summed(result, "escalated_output"), share * summed(full, "api_output"), rtol=1e-9
        )
    assert few["latency_p95_s"] == plain["latency_p95_s"]  # one in twenty-five is not the 95th percentile
    assert many["ttft_p95_s"] > plain["latency_p95_s"] - 0.1
    assert plain["quality"] < few["quality"] < many["quality"]
    assert few["total_usd"] < many["total_usd"]


def test_an_api_behind_the_student_takes_data_out_of_the_house_and_is_withdrawn():
    kept = {"limits.self_hosted_only": True, "distil.escalated_frac": 0.1, "refresh.interval_months": 24}
    by_api, by_base = (run({**kept, "distil.escalate_to": to})["distil"] for to in ("api", "base"))
    assert "limits.self_hosted_only" in by_api.misses
    assert "limits.self_hosted_only" not in by_base.misses
    assert by_api.event_months["migration"].tolist() == [18]
    assert not by_base.event_months["migration"].size


def test_energy_of_an_api_behind_the_student_is_a_range_as_wide_as_its_share():
    alone, some, all_ = (run({"distil.escalated_frac": share})["distil"] for share in (0.0, 0.1, 1.0))
    assert alone.energy_range_frac == (1.0, 1.0)
    assert 1.0 < some.energy_range_frac[1] < all_.energy_range_frac[1] < run({})["api"].energy_range_frac[1]
    assert 1.0 > some.energy_range_frac[0] > all_.energy_range_frac[0]


def test_cascaded_scores():
    student, large = 0.7, 0.9
    share = np.linspace(0.0, 1.0, 101)
    at_random, aimed = (cascaded_score(student, large, share, aim) for aim in (0.0, 1.0))
    np.testing.assert_allclose(at_random, (1.0 - share) * student + share * large, rtol=1e-12)
    np.testing.assert_allclose(aimed[share <= 0.3], student + share[share <= 0.3] * large, rtol=1e-12)
    assert np.all(aimed >= at_random - 1e-12)
    assert np.all((aimed >= 0.0) & (aimed <= 1.0))
    assert aimed[-1] == pytest.approx(large)
    # A perfect filter makes the two better than either alone.
    assert aimed.max() > large


@pytest.mark.parametrize("likely", [0.0, 0.4])
def test_draws_of_the_share_are_single_runs(likely):
    shares = np.array([0.0, 0.02, 0.4, 1.0])
    for to in ("api", "base"):
        scenario = Scenario().with_({"distil.escalated_frac": likely, "distil.escalate_to": to})
        drawn = simulate(scenario, CATALOG, draws={"distil.escalated_frac": shares})
        for at, share in enumerate(shares.tolist()):
            one = simulate(scenario.with_({"distil.escalated_frac": share}), CATALOG, choices=drawn.choices)
            for name in STUDENTS:
                if share == 0.0 and to == "api":
                    continue  # with draws the plan still has an API behind it, which is withdrawn at times
                for figure in ("total_usd", "quality", "latency_p95_s", "energy_kwh"):
                    found = drawn.strategies[name][figure][at]
                    assert found == pytest.approx(one.strategies[name][figure], rel=1e-12), (
                        name,
                        figure,
                        share,
                    )


# ---------------------------------------------------------------- people behind it
def test_people_are_paid_for_what_they_take_over_and_the_rest_is_lost():
    plain = run({"quality.usd_per_failed_answer": 2.0})
    handed = run(
        {"quality.usd_per_failed_answer": 2.0, "quality.handover_frac": 0.25, "quality.usd_per_handover": 6.0}
    )
    for name, result in handed.items():
        row = result.ledger.rows["handover", "serving"][0]
        volume = simulate(Scenario(), CATALOG).requests_by_month
        np.testing.assert_allclose(
            row[1:], volume[1:] * (100.0 - result.quality_by_month) / 100.0 * 0.25 * 6.0, rtol=1e-12
        )
        assert result["lost_value_usd"] == pytest.approx(0.75 * plain[name]["lost_value_usd"])
        assert result["total_usd"] == pytest.approx(plain[name]["total_usd"] + row.sum())


@pytest.mark.parametrize("preset", [preset.id for preset in presets()])
def test_an_acceptable_answer_costs_more_than_an_answer(preset):
    scenario = load_preset(preset).scenario
    results = simulate(scenario, CATALOG)
    for result in results.strategies.values():
        if not result.fits:
            continue
        good = (results.requests_by_month[1:] * result.quality_by_month / 100.0).sum()
        assert result["usd_per_1k_acceptable"] == pytest.approx(1000.0 * result["total_usd"] / good)
        assert result["usd_per_1k_acceptable"] > result["usd_per_1k_requests"]


@pytest.mark.parametrize("to", ["api", "base"])
@pytest.mark.parametrize("share", [0.02, 0.3])
def test_latency_by_month_is_that_of_the_busiest_month_in_it(to, share):
    changes = {"distil.escalated_frac": share, "distil.escalate_to": to, "workload.requests_per_month": 2e7}
    for result in run(changes).values():
        for name in ("ttft_p95_s", "tpot_s", "latency_p95_s"):
            by_month = np.broadcast_to(getattr(result.busy_hours(), name), 24)
            assert by_month[-1] == pytest.approx(result[name], rel=1e-9)  # volume grows
