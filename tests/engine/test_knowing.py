"""What knowing one input is worth: closed form, nested Monte Carlo; where a strategy loses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from planner.catalog.load import load_catalog
from planner.engine.knowing import knowing, loses, separations
from planner.engine.run import resolve, simulate
from planner.engine.sampling import draws_of, points, values_at
from planner.scenario.model import Scenario

CATALOG = load_catalog()
VOLUME, ANSWERS = "workload.requests_per_month", "workload.output_tokens"


def normals(inputs, draws, seed=5):
    return {f"x{number}": row for number, row in enumerate(stats.norm.ppf(points(inputs, draws, seed)).T)}


def everywhere(totals):
    return np.ones(totals.shape, dtype=bool)


def loss(mean, deviation):
    """What is lost on average by staying with one that is better by `mean`, in closed form."""
    return deviation * stats.norm.pdf(mean / deviation) - mean * stats.norm.sf(mean / deviation)


# ---------------------------------------------------------------- closed form
@pytest.mark.parametrize("mean", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(("draws", "close"), [(1024, 0.015), (10_000, 0.006)])
def test_two_strategies_of_linear_cost_and_normal_inputs(mean, draws, close):
    inputs = normals(5, draws)
    factors = {"x0": 1.0, "x1": 0.7, "x2": 0.4, "x3": 0.0}
    shared = 10.0 + 3.0 * inputs["x4"]  # moves both alike: it decides nothing
    totals = np.stack([shared, shared + mean + sum(inputs[name] * by for name, by in factors.items())])
    found = knowing(inputs, totals, everywhere(totals))
    assert found.fixed == 0 if mean else found.fixed in (0, 1)
    for name, by in factors.items():
        expected = loss(mean, by) if by else 0.0
        assert found.usd[name] == pytest.approx(expected, abs=close)
    assert found.usd["x4"] == pytest.approx(0.0, abs=close)
    assert found.perfect_usd == pytest.approx(loss(mean, np.sqrt(1 + 0.49 + 0.16)), abs=0.01)
    assert all(0.0 <= worth <= found.perfect_usd for worth in found.usd.values())


def test_what_does_not_matter_is_worth_nothing():
    worths = []
    for seed in range(12):
        inputs = normals(8, 1024, seed)
        totals = np.stack([inputs["x0"] + 0.1, inputs["x1"]])
        found = knowing(inputs, totals, everywhere(totals))
        worths += [found.usd[f"x{number}"] for number in range(2, 8)]
    assert np.mean(worths) < 0.003
    assert found.usd["x0"] > 0.25


def test_it_is_the_same_in_any_order_of_the_strategies_and_each_time():
    inputs = normals(3, 2048)
    totals = np.stack([inputs["x0"], inputs["x1"] + 0.1, inputs["x2"] + 0.3])
    one, again = (knowing(inputs, totals, everywhere(totals)) for _ in range(2))
    turned = knowing(inputs, totals[::-1], everywhere(totals))
    assert one == again
    assert turned.usd == pytest.approx(one.usd)
    assert turned.fixed == 2 - one.fixed


# ---------------------------------------------------------------- nested Monte Carlo of a plan
def test_a_small_plan_against_nested_monte_carlo():
    ranges = {
        VOLUME: {"low": 1.2e6, "mode": 1.8e6, "high": 2.8e6, "shape": "lognormal"},
        ANSWERS: {"low": 300, "mode": 450, "high": 600, "shape": "uniform"},
        "serving.usd_per_accelerator_h": {"low": 3.0, "mode": 4.5, "high": 9.0, "shape": "triangular"},
    }
    plan = Scenario().with_({"strategies": ("api", "distil"), "ranges": ranges})
    decided = resolve(plan, CATALOG)

    def totals_of(drawn):
        results = simulate(plan, CATALOG, draws=drawn, choices=decided).strategies
        return np.stack([results[name]["total_usd"] for name in plan.strategies])

    drawn = draws_of(plan.ranges, 8192, 1)
    totals = totals_of(drawn)
    found = knowing(drawn, totals, everywhere(totals))
    assert 0.0 < max(found.usd.values()) < found.perfect_usd
    outer, inner = 48, 256
    for path in ranges:
        rest = {other: span for other, span in plan.ranges.items() if other != path}
        others = draws_of(rest, inner, 2)
        held = values_at(path, plan.ranges[path], (np.arange(outer) + 0.5) / outer)
        nested = {other: np.tile(values, outer) for other, values in others.items()}
        nested[path] = np.repeat(held, inner)
        means = totals_of(nested).reshape(2, outer, inner).mean(axis=2)
        expected = means.mean(axis=1).min() - means.min(axis=0).mean()
        # Within a tenth, and 2 % of what perfect knowledge is worth.
        close = 0.1 * expected + 0.02 * found.perfect_usd
        assert found.usd[path] == pytest.approx(expected, abs=close)


# ---------------------------------------------------------------- limits
def test_a_strategy_counts_where_it_competes():
    inputs = normals(2, 4096)
    totals = np.stack([np.full(4096, 2.0), np.full(4096, 1.0)])
    competes = np.stack([np.ones(4096, bool), inputs["x0"] > 0.0])
    found = knowing(inputs, totals, competes)
    assert found.fixed == 0
    assert found.perfect_usd == pytest.approx(0.5, abs=0.01)
    # Whether the cheaper one is allowed follows from x0 alone: knowing it is knowing everything.
    assert found.usd["x0"] == pytest.approx(found.perfect_usd, abs=0.02)
    assert found.usd["x1"] == 0.0
    assert found.right_frac == pytest.approx(0.5, abs=0.01)
    assert found.right_gain_frac["x0"] == pytest.approx(0.5, abs=0.02)
    assert found.right_gain_frac["x1"] == pytest.approx(0.0, abs=0.02)


def test_where_nobody_always_competes_there_is_no_worth_in_money():
    inputs = normals(2, 2048)
    totals = np.stack([np.full(2048, 2.0), np.where(inputs["x0"] > 1.0, np.nan, 1.0)])
    competes = np.stack([inputs["x0"] > 0.0, inputs["x0"] < -0.5])
    found = knowing(inputs, totals, competes)
    assert found.fixed is None
    assert np.isnan(found.perfect_usd)
    assert np.isnan(found.usd["x0"])
    assert found.right_frac == pytest.approx(0.5, abs=0.01)
    assert found.right_gain_frac["x0"] == pytest.approx(stats.norm.cdf(-0.5), abs=0.02)


def test_few_draws_and_inputs_that_do_not_move_are_worth_nothing():
    inputs = normals(1, 64)
    totals = np.stack([inputs["x0"], -inputs["x0"]])
    assert knowing(inputs, totals, everywhere(totals)).usd == {"x0": 0.0}
    still = {"x": np.ones(1024)}
    totals = np.stack([np.ones(1024), np.linspace(0, 2, 1024)])
    assert knowing(still, totals, everywhere(totals)).usd == {"x": 0.0}
    assert knowing({}, totals, everywhere(totals)).usd == {}


# ---------------------------------------------------------------- where it loses
def test_the_value_that_separates_is_found_and_counted_as_printed():
    make = np.random.default_rng(8)
    volume, other = make.lognormal(np.log(1e6), 0.6, 10_000), make.normal(size=10_000)
    lost = np.where(make.random(10_000) < 0.9, volume < 600_123, make.random(10_000) < 0.1)
    (found,) = separations({"volume": volume, "other": other}, lost)
    assert found.path == "volume"
    assert found.below
    assert found.value == pytest.approx(6.0e5)
    assert float(f"{found.value:.2g}") == pytest.approx(found.value)
    assert found.lost_frac == pytest.approx((lost & (volume < found.value)).sum() / lost.sum())
    assert found.side_frac == pytest.approx((volume < found.value).mean())
    assert found.lost_frac >= 0.7
    assert found.side_frac <= 0.4
    (over,) = separations({"volume": -volume}, lost)
    assert not over.below
    assert over.value == pytest.approx(-6.0e5)


def test_nothing_is_said_where_it_does_not_separate():
    make = np.random.default_rng(9)
    volume = make.normal(size=10_000)
    assert separations({"volume": volume}, make.random(10_000) < 0.3) == ()
    # All on one side, but that side is most of everything: to say so says nothing.
    assert separations({"volume": volume}, volume < np.quantile(volume, 0.62)) == ()
    assert separations({"volume": volume}, volume < np.sort(volume)[29]) == ()  # too few
    assert len(separations({"volume": volume}, volume < np.sort(volume)[30])) == 1


def test_a_strategy_loses_where_another_is_cheaper_or_it_does_not_compete():
    totals = np.array([[1.0, 2.0, 1.0, np.nan], [2.0, 1.0, 2.0, 1.0]])
    competes = np.array([[True, True, False, False], [True, True, False, True]])
    assert loses(0, totals, competes).tolist() == [False, True, True, True]
    assert loses(1, totals, competes).tolist() == [True, False, True, False]
