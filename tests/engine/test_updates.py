"""When a release is refreshed, how old it is, larger events, the best interval (decisions 41 to 44)."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from reference import twin

from planner.catalog.load import load_catalog
from planner.engine.results import StrategyResult
from planner.engine.run import resolve, simulate
from planner.engine.updates import (
    age_months,
    best_interval_months,
    best_saturating_interval_months,
    calendar_of,
    every,
)
from planner.scenario.model import STRATEGY_IDS, Scenario

CATALOG = load_catalog()


def run(changes) -> dict[str, StrategyResult]:
    return simulate(Scenario().with_(changes), CATALOG).strategies


def when(result):
    return {name: months.tolist() for name, months in result.event_months.items()}


# ---------------------------------------------------------------- months and ages
@pytest.mark.parametrize(
    ("interval", "horizon", "months"),
    [
        (4, 24, [4, 8, 12, 16, 20]),  # month 24 would serve no traffic
        (5, 24, [5, 10, 15, 20]),
        (24, 24, []),
        (23, 24, [23]),
        (1, 4, [1, 2, 3]),
        (1, 1, []),
        (60, 12, []),
        (None, 24, []),
    ],
)
def test_months_of_events(interval, horizon, months):
    found = every(interval, horizon)
    assert len(found) == horizon + 1
    assert np.flatnonzero(found).tolist() == months
    if interval is not None:
        assert found.sum() == (horizon - 1) // interval


@pytest.mark.parametrize("interval", [1, 2, 3, 4, 5, 7, 24])
def test_age_by_month(interval):
    # Month m is served by the release of the last event before it: age (m - 1) mod tau (decision 41).
    ages = age_months(every(interval, 24))
    assert ages.tolist() == [(month - 1) % interval for month in range(1, 25)]


def test_age_counts_from_the_last_event_of_any_kind():
    found = calendar_of(4, 6, 9, 12)
    assert np.flatnonzero(found.refresh).tolist() == [4, 8]
    assert np.flatnonzero(found.migration).tolist() == [6]
    assert np.flatnonzero(found.replacement).tolist() == [9]
    assert found.events == 4
    assert found.age_months.tolist() == [0, 1, 2, 3, 0, 1, 0, 1, 0, 0, 1, 2]


def test_a_larger_event_takes_the_place_of_a_smaller_one():
    found = calendar_of(2, 4, 8, 13)
    assert np.flatnonzero(found.replacement).tolist() == [8]
    assert np.flatnonzero(found.migration).tolist() == [4, 12]
    assert np.flatnonzero(found.refresh).tolist() == [2, 6, 10]


# ---------------------------------------------------------------- which strategy has which
def test_an_api_is_withdrawn_and_all_others_get_a_new_base():
    found = run({"refresh.api_migration_months": 6, "refresh.teacher_update_months": 12})
    assert when(found["api"]) == {"refresh": [4, 8, 16, 20], "migration": [6, 12, 18], "replacement": []}
    for name in ("prompt", "finetune", "distil", "both"):
        assert when(found[name]) == {"refresh": [4, 8, 16, 20], "migration": [], "replacement": [12]}
        assert found[name]["refreshes"] == 5
    assert found["api"]["refreshes"] == 7


def row(result, item, phase):
    return result.ledger.rows[item, phase][0]


def test_a_refresh_costs_its_share_and_a_replacement_the_whole_but_no_labels():
    flat = {
        "prices.rent_change_frac_per_year": 0.0,
        "prices.api_fall_factor_per_year": 1.0,
        "refresh.teacher_update_months": 10,
    }
    found = run(flat)
    tuned = found["finetune"]
    share, hour = 0.20, 4.50 * 4 * 5  # a fixed hour of each of five runs on four cards is paid in full
    labels, training, labour = (
        row(tuned, item, "refresh") for item in ("labels", "base_training", "release_labour")
    )
    first = tuned.ledger.rows["base_training", "first release"][0][0]
    assert labels[4] == pytest.approx(share * 10_000)
    assert labels[10] == 0.0
    assert training[4] == pytest.approx((first - hour) * share / 0.95 + hour)
    assert training[10] == pytest.approx(first)
    assert labour[4] == pytest.approx(0.25 * 200 * 96)
    assert labour[10] == pytest.approx(200 * 96)

    taught = found["distil"]
    for item in ("answers", "judge"):
        whole = taught.ledger.rows[item, "first release"][0][0]
        assert row(taught, item, "refresh")[4] == pytest.approx(share * whole)
        assert row(taught, item, "refresh")[10] == pytest.approx(whole)
    prompts = row(taught, "prompts", "refresh")
    assert prompts[4] == pytest.approx(share * 30_000 / 0.6 * 0.02)
    assert prompts[10] == 0.0
    # `both` evaluates teacher and student, at each event.
    people = {name: row(found[name], "evaluation_people", "refresh")[4] for name in ("distil", "both")}
    assert people == pytest.approx({"distil": 250.0, "both": 500.0})


def test_api_and_prompt_pay_evaluation_and_labour_alone():
    for name in ("api", "prompt"):
        items = {item for item, phase in run({})[name].ledger.rows if phase == "refresh"}
        spent = {item for item in items if row(run({})[name], item, "refresh").any()}
        assert spent == {"evaluation_people", "evaluation_judge", "release_labour"}


def test_reselecting_the_api_pays_evaluation_and_labour_twice():
    changes = {"refresh.api_migration_months": None, "prices.api_fall_factor_per_year": 1.2}
    once, twice = run(changes), run({**changes, "prices.api_reselect": True})
    assert twice["api"]["refresh_usd"] == pytest.approx(2.0 * once["api"]["refresh_usd"])
    assert twice["prompt"]["refresh_usd"] == pytest.approx(once["prompt"]["refresh_usd"])


# ---------------------------------------------------------------- scores
def test_the_score_falls_by_age_and_lag_and_both_lags_longer():
    found = run({"refresh.drift_points_per_month": 1.0, "refresh.lag_months": 2.0})
    ages = np.array([(month - 1) % 4 for month in range(1, 25)])
    for name, result in found.items():
        if name == "api":  # withdrawn in month 18 besides
            ages_api = ages.copy()
            ages_api[18:20] = [0, 1]
            expected = result["quality"] - (ages_api + 2.0)
        else:
            expected = result["quality"] - (ages + (3.0 if name == "both" else 2.0))
        assert result.quality_by_month == pytest.approx(expected)
        assert result["quality_lowest"] == pytest.approx(expected.min())


def test_scores_never_fall_below_zero():
    for result in run({"refresh.drift_points_per_month": 20.0, "refresh.interval_months": 24}).values():
        assert result.quality_by_month.min() == 0.0
        assert result["quality_lowest"] == 0.0


def test_lost_value_is_volume_by_missing_points():
    changes = {"quality.usd_per_failed_answer": 0.01, "workload.growth_frac_per_month": 0.05}
    results = simulate(Scenario().with_(changes), CATALOG)
    for result in results.strategies.values():
        volume = 2e6 * 1.05 ** np.arange(24)
        lost = np.sum(volume * 0.01 * (100.0 - result.quality_by_month) / 100.0)
        assert result["lost_value_usd"] == pytest.approx(lost)


# ---------------------------------------------------------------- the best interval
def random_upkeep(seed):
    """A plan whose best interval is anywhere from one month to never; scores stay above 0."""
    random = Random(seed)
    return Scenario().with_(
        {
            "horizon_months": random.randint(6, 36),
            "workload.requests_per_month": 10 ** random.uniform(5, 7),
            "workload.growth_frac_per_month": random.uniform(-0.03, 0.06),
            "quality.usd_per_failed_answer": 10 ** random.uniform(-3.5, 0.0),
            "refresh.drift_points_per_month": random.uniform(0.02, 0.8),
            "refresh.lag_months": random.uniform(0.0, 2.0),
            "refresh.new_data_frac": random.uniform(0.05, 0.6),
            "refresh.api_migration_months": random.choice((None, 7, 18)),
            "refresh.teacher_update_months": random.choice((None, None, 9, 14)),
            "labour.usd_per_hour": random.uniform(40, 180),
            "labour.refresh_frac": random.uniform(0.05, 0.5),
            "prices.rent_change_frac_per_year": random.uniform(-0.4, 0.25),
            "prices.cloud_overhead_frac": random.choice((0.0, 0.3)),
            "refresh.interval_months": "optimal",
        }
    )


@pytest.mark.parametrize("start", range(0, 100, 10))
def test_the_best_interval_is_the_twins(start):
    for seed in range(start, start + 10):
        random = Random(seed)
        scenario = random_upkeep(seed).with_(
            {
                "refresh.drift_most_points": random.choice((None, 2.0, 20.0)),
                "quality.handover_frac": random.choice((0.0, 0.4)),
            }
        )
        decided, searched = resolve(scenario, CATALOG), twin(scenario, CATALOG)
        for name in STRATEGY_IDS:
            ours = simulate(scenario, CATALOG).strategies[name]["refreshes"]
            assert ours == searched[name]["figures"]["refreshes"], (seed, name, decided[name].interval_months)


@pytest.mark.parametrize("most", [None, 8.0])
def test_the_best_interval_is_that_of_the_steady_state_over_a_long_horizon(most):
    # Prices stand still, so that a refresh costs the same whenever it falls (U2, U3).
    still = {
        "horizon_months": 60,
        "workload.growth_frac_per_month": 0.0,
        "prices.api_fall_factor_per_year": 1.0,
        "prices.rent_change_frac_per_year": 0.0,
        "refresh.interval_months": "optimal",
        "refresh.lag_months": 0.0,
        "refresh.api_migration_months": None,
        "refresh.drift_most_points": most,
        "limits.min_quality": None,
    }
    compared = 0
    for drift in (0.2, 0.5, 1.0):
        for usd in (0.02, 0.05, 0.2, 0.5):
            changes = {"refresh.drift_points_per_month": drift, "quality.usd_per_failed_answer": usd}
            scenario = Scenario().with_(still | changes)
            volume = scenario.workload.requests_per_month
            for name, result in simulate(scenario, CATALOG).strategies.items():
                costs = result.interval_costs()
                refresh_usd = costs.refresh_usd[0] / 59
                worth = usd / 100.0 * volume
                tau = (
                    best_interval_months(refresh_usd, worth, drift)[0]
                    if most is None
                    else best_saturating_interval_months(refresh_usd, worth, drift, most)
                )
                # In whole months the release ages by steps: half a month less than without.
                if 1.0 <= tau <= 6.0:
                    compared += 1
                    assert abs(costs.best - tau) <= 1.0, (name, drift, usd, tau, costs.best)
    assert compared >= 15


def test_costs_by_interval_are_those_of_simulating_each():
    scenario = random_upkeep(3)
    for name in STRATEGY_IDS:
        costs = simulate(scenario, CATALOG).strategies[name].interval_costs()
        low, high = costs.within(0.05)
        total = costs.total_usd
        assert low <= costs.best <= high
        assert np.all(total[low - 1 : high] <= total.min() * 1.05)
        assert low == 1 or total[low - 2] > total.min() * 1.05
        assert high == len(total) or total[high] > total.min() * 1.05
        kept = scenario.with_({"refresh.interval_months": int(costs.best)})
        best = simulate(kept, CATALOG).strategies[name]
        for interval in (1, 2, costs.best, scenario.horizon_months):
            tried = simulate(scenario.with_({"refresh.interval_months": interval}), CATALOG).strategies[name]
            larger = tried.event_months
            if not (larger["migration"].size or larger["replacement"].size):
                assert costs.refresh_usd[interval - 1] == pytest.approx(tried["refresh_usd"], rel=1e-9)
            # What an interval costs more than the best: refreshes, people who take over, value lost.
            more = total[interval - 1] - total[costs.best - 1]
            spent = tried["total_usd"] + tried["lost_value_usd"] - best["total_usd"] - best["lost_value_usd"]
            assert more == pytest.approx(spent, rel=1e-9, abs=1e-9 * best["total_usd"])


@pytest.mark.parametrize("seed", range(30))
def test_the_best_interval_is_that_of_trying_all(seed):
    scenario = random_upkeep(seed)
    decided = resolve(scenario, CATALOG)
    horizon = scenario.horizon_months
    spent = {name: [] for name in STRATEGY_IDS}
    for interval in range(1, horizon + 1):
        tried = simulate(scenario.with_({"refresh.interval_months": interval}), CATALOG).strategies
        for name in STRATEGY_IDS:
            assert tried[name].quality_by_month.min() > 0.0
            spent[name].append(tried[name]["refresh_usd"] + tried[name]["lost_value_usd"])
    for name in STRATEGY_IDS:
        best, costs = decided[name].interval_months, np.array(spent[name])
        assert costs[best - 1] == pytest.approx(costs.min(), rel=1e-10)
        # Of equals the longest: whatever is longer costs more.
        assert np.all(costs[best:] > costs[best - 1] * (1.0 + 1e-13)), (name, best)


def test_the_trials_hold_short_and_long_intervals():
    found = {resolve(random_upkeep(seed), CATALOG)["finetune"].interval_months for seed in range(30)}
    assert min(found) <= 2
    assert len(found) >= 8


@pytest.mark.parametrize(
    "changes",
    [
        {"refresh.drift_points_per_month": 0.0, "quality.usd_per_failed_answer": 1.0},
        {"quality.usd_per_failed_answer": 0.0},
        {"refresh.drift_points_per_month": 0.0, "data.eval_examples": 0, "labour.refresh_frac": 0.0},
    ],
    ids=["no drift", "no value", "a refresh that costs nothing"],
)
@pytest.mark.parametrize("horizon", [1, 12, 60])
def test_without_drift_or_value_never(changes, horizon):
    scenario = Scenario().with_({**changes, "horizon_months": horizon, "refresh.interval_months": "optimal"})
    assert {each.interval_months for each in resolve(scenario, CATALOG).values()} == {horizon}
    for result in simulate(scenario, CATALOG).strategies.values():
        assert result.event_months["refresh"].size == 0


def test_more_volume_refreshes_sooner_and_dearer_refreshes_later():
    def best(**changes):
        held = {path.replace("__", "."): value for path, value in changes.items()}
        base = {"refresh.interval_months": "optimal", "quality.usd_per_failed_answer": 0.05}
        decided = resolve(Scenario().with_(base | held), CATALOG)
        return {name: choices.interval_months for name, choices in decided.items()}

    usual = best()
    busy, dear = best(workload__requests_per_month=2e7), best(labour__usd_per_hour=960)
    assert all(busy[name] <= usual[name] <= dear[name] for name in usual)
    assert sum(busy.values()) < sum(usual.values()) < sum(dear.values())
    # Each gets its own: what costs more to refresh is refreshed later.
    assert usual["api"] < usual["finetune"] < usual["both"]


def test_optimal_equals_its_number_typed():
    scenario = random_upkeep(5)
    free = simulate(scenario, CATALOG)
    for name, result in free.strategies.items():
        typed = scenario.with_({"refresh.interval_months": free.choices[name].interval_months})
        assert simulate(typed, CATALOG).strategies[name]["total_usd"] == pytest.approx(result["total_usd"])
