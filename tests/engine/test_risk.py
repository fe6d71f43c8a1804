"""What draws say of a plan, against counting single runs."""

from __future__ import annotations

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.risk import PERCENTILES, risk
from planner.engine.run import resolve, simulate
from planner.engine.sampling import draws_of
from planner.scenario.model import Scenario

CATALOG = load_catalog()
RANGES = {
    "workload.requests_per_month": {"low": 5e5, "mode": 2e6, "high": 8e6, "shape": "lognormal"},
    "prices.api_fall_factor_per_year": {"low": 1.0, "mode": 1.2, "high": 3.0, "shape": "triangular"},
    "quality.api_points": {"low": 70, "mode": 81, "high": 90, "shape": "pert"},
}
LIMITS = {"limits.min_quality": 70.0, "limits.max_total_usd": 5e5, "limits.max_carbon_kgco2e": 3e4}
COUNT = 60


def scenario(changes=None, ranges=RANGES):
    return Scenario().with_({**(changes or {}), "ranges": ranges})


def test_shares_and_percentiles_are_those_of_single_runs():
    plan = scenario(LIMITS)
    decided = resolve(plan, CATALOG)
    drawn = draws_of(plan.ranges, COUNT, 4)
    found = risk(plan, CATALOG, count=COUNT, seed=4)
    totals = {name: [] for name in plan.strategies}
    cheapest, greenest = (dict.fromkeys(plan.strategies, 0) for _ in range(2))
    within, none, least = dict.fromkeys(plan.strategies, 0), 0, []
    for number in range(COUNT):
        values = {path: float(column[number]) for path, column in drawn.items()}
        results = simulate(plan.with_(values), CATALOG, choices=decided).strategies
        keeping = [name for name, result in results.items() if result.fits and result.keeps_limits]
        for name, result in results.items():
            totals[name].append(result["total_usd"])
            within[name] += result["total_usd"] <= LIMITS["limits.max_total_usd"]
        if not keeping:
            none += 1
            continue
        best = min(keeping, key=lambda name: results[name]["total_usd"])
        cheapest[best] += 1
        greenest[min(keeping, key=lambda name: results[name]["carbon_kgco2e"])] += 1
        least.append(results[best]["total_usd"])
    assert 0 < none < COUNT
    assert sum(count > 0 for count in cheapest.values()) >= 2
    assert found.draws == COUNT
    assert found.none_frac == pytest.approx(none / COUNT)
    for name, held in found.strategies.items():
        assert held.cheapest_frac == pytest.approx(cheapest[name] / COUNT)
        assert held.greenest_frac == pytest.approx(greenest[name] / COUNT)
        assert held.within_budget_frac == pytest.approx(within[name] / COUNT)
        expected = dict(zip(PERCENTILES, np.percentile(totals[name], PERCENTILES), strict=True))
        assert held.total_usd == pytest.approx(expected, rel=1e-10)
        assert held.cumulative_usd[2, -1] == pytest.approx(expected[50], rel=1e-10)
    assert sum(each.cheapest_frac for each in found.strategies.values()) + found.none_frac == pytest.approx(
        1.0
    )


def test_regret_and_the_worth_of_knowing():
    plan = scenario()
    found = risk(plan, CATALOG, count=512, seed=0)
    decided = resolve(plan, CATALOG)
    results = simulate(plan, CATALOG, draws=draws_of(plan.ranges, 512, 0), choices=decided).strategies
    totals = np.stack([result["total_usd"] for result in results.values()])
    least = totals.min(axis=0).mean()
    for name, held in found.strategies.items():
        assert held.regret_usd == pytest.approx(results[name]["total_usd"].mean() - least)
    assert found.perfect_information_usd == pytest.approx(totals.mean(axis=1).min() - least)
    assert found.perfect_information_usd == pytest.approx(
        min(held.regret_usd for held in found.strategies.values())
    )
    assert found.perfect_information_usd > 0.0


def test_blocks_change_nothing():
    plan = scenario()
    few, many = (risk(plan, CATALOG, count=count, seed=1) for count in (1000, 2500))
    whole = simulate(
        plan, CATALOG, draws=draws_of(plan.ranges, 2500, 1), choices=resolve(plan, CATALOG)
    ).strategies
    for name, held in many.strategies.items():
        np.testing.assert_allclose(
            held.total_usd[50], np.percentile(whole[name]["total_usd"], 50), rtol=1e-12
        )
        assert few.strategies[name].total_usd[50] == pytest.approx(held.total_usd[50], rel=0.02)


def test_a_plan_without_ranges_is_sure():
    plan = Scenario()
    found, alone = risk(plan, CATALOG, count=8, seed=0), simulate(plan, CATALOG).strategies
    assert found.inputs == ()
    assert found.none_frac == 0.0
    assert found.perfect_information_usd == pytest.approx(0.0, abs=1e-6)
    for name, held in found.strategies.items():
        assert list(held.total_usd.values()) == pytest.approx([alone[name]["total_usd"]] * 5, rel=1e-12)
        assert held.cheapest_frac in (0.0, 1.0)


def test_what_fits_in_part_of_the_draws_says_in_how_many():
    ranges = {"workload.input_tokens": {"low": 900, "mode": 900, "high": 4e5, "shape": "uniform"}}
    found = risk(scenario(ranges=ranges), CATALOG, count=200, seed=0).strategies["prompt"]
    assert 0.0 < found.fits_frac < 1.0
    assert found.competes_frac <= found.fits_frac
    assert np.isfinite(found.total_usd[50])


def test_ranges_of_the_physics_stand_beside_those_of_the_plan():
    further = {"measured.serving_speed_factor": {"low": 0.7, "mode": 1.0, "high": 1.4, "shape": "lognormal"}}
    held = {path: scenario(ranges=further).ranges[path] for path in further}
    found = risk(scenario(), CATALOG, count=200, seed=0, further=held)
    assert found.inputs == tuple(sorted({*RANGES, *further}))
