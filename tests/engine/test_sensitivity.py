"""Tornado and rank correlations against single runs and scipy (N6, N7)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from planner.catalog.load import load_catalog
from planner.engine.run import resolve, simulate
from planner.engine.sampling import draws_of, points, quantiles
from planner.engine.sensitivity import rank_correlations, ranks, swings
from planner.errors import InputError
from planner.evidence.asked import physics_ranges
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset
from planner.scenario.ranges import Range

CATALOG = load_catalog()
VOLUME = "workload.requests_per_month"


def ranged(**ranges):
    """A plan with ranges, (low, mode, high, shape) by the last part of a path."""
    spans = {
        path.replace("__", "."): dict(zip(("low", "mode", "high", "shape"), span, strict=True))
        for path, span in ranges.items()
    }
    return Scenario().with_({"ranges": spans})


def span_of(low, mode, high, shape):
    return Range(low=low, mode=mode, high=high, shape=shape)


# ---------------------------------------------------------------- tornado
def quantile(span, share):
    """P10 or P90 by scipy's own distributions."""
    low, high, width = span.low, span.high, span.high - span.low
    if span.shape == "lognormal":
        return {0.1: low, 0.9: high}[share]
    peak = (span.mode - low) / width
    law = {
        "pert": stats.beta(1 + 4 * peak, 1 + 4 * (1 - peak), loc=low, scale=width),
        "triangular": stats.triang(peak, loc=low, scale=width),
        "uniform": stats.uniform(low, width),
    }[span.shape]
    return law.ppf(share)


@pytest.mark.parametrize("preset", ["customer-support", "bank-compliance"])
def test_both_ends_are_those_of_single_runs(preset):
    plan = load_preset(preset).scenario
    further = physics_ranges(simulate(plan, CATALOG))
    decided = resolve(plan, CATALOG)
    found = swings(plan, CATALOG, choices=decided, further=further)
    ranges = {**further, **plan.ranges}
    assert set(found.inputs) == set(ranges)
    modes = {path: span.mode for path, span in ranges.items()}

    def saved(values):
        results = simulate(plan.with_({**modes, **values}), CATALOG, choices=decided).strategies
        return results["api"]["total_usd"] - results["distil"]["total_usd"]

    tornado = found.tornado("distil", "api")
    assert tornado.base == pytest.approx(saved({}), rel=1e-9)
    for row in tornado.rows:
        span = ranges[row.path]
        low, high = quantile(span, 0.1), quantile(span, 0.9)
        assert (row.low_input, row.high_input) == pytest.approx((low, high), rel=2e-4, abs=1e-4)
        assert row.base_input == span.mode
        assert row.low == pytest.approx(saved({row.path: row.low_input}), rel=1e-9)
        assert row.high == pytest.approx(saved({row.path: row.high_input}), rel=1e-9)
        assert row.width == pytest.approx(abs(row.high - row.low), rel=1e-12)
    widths = [row.width for row in tornado.rows]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0.0


def test_the_cost_of_one_strategy_and_other_figures():
    plan = load_preset().scenario
    found = swings(plan, CATALOG)
    modes = plan.with_({path: span.mode for path, span in plan.ranges.items()})
    single = simulate(modes, CATALOG, choices=resolve(plan, CATALOG)).strategies
    for name, result in single.items():
        assert found.tornado(name).base == pytest.approx(result["total_usd"], rel=1e-9)
    carbon = swings(plan, CATALOG, figure="carbon_kgco2e").tornado("prompt")
    assert carbon.base == pytest.approx(single["prompt"]["carbon_kgco2e"], rel=1e-9)


def test_two_strategies_alone_have_the_numbers_they_have_among_five():
    plan = load_preset().scenario
    every = swings(plan, CATALOG)
    pair = swings(plan, CATALOG, strategies=("distil", "api"))
    assert set(pair.values) == {"api", "distil"}
    assert pair.tornado("distil", "api") == every.tornado("distil", "api")


def test_an_end_that_does_not_fit_says_so():
    plan = ranged(
        workload__input_tokens=(900, 900, 4e5, "uniform"),
        labour__usd_per_hour=(80, 96, 120, "pert"),
    )
    tornado = swings(plan, CATALOG).tornado("prompt")
    rows = {row.path: row for row in tornado.rows}
    beyond = rows["workload.input_tokens"]
    assert not beyond.fits
    assert np.isnan(beyond.high)
    moved = plan.with_({"workload.input_tokens": beyond.high_input})
    assert not simulate(moved, CATALOG, choices=resolve(plan, CATALOG)).strategies["prompt"].fits
    assert rows["labour.usd_per_hour"].fits
    assert beyond.width == pytest.approx(0.0 if np.isnan(beyond.low) else abs(tornado.base - beyond.low))


def test_a_range_without_width_moves_nothing_and_a_plan_without_ranges_has_a_base():
    still = swings(ranged(labour__usd_per_hour=(96, 96, 96, "pert")), CATALOG).tornado("distil")
    assert still.rows[0].width == 0.0
    sure = swings(Scenario(), CATALOG).tornado("distil", "api")
    single = simulate(Scenario(), CATALOG).strategies
    assert sure.rows == ()
    assert sure.base == single["api"]["total_usd"] - single["distil"]["total_usd"]


def test_a_whole_number_is_moved_to_whole_numbers():
    found = swings(ranged(serving__min_replicas=(1, 2, 6, "uniform")), CATALOG)
    assert found.ends.tolist() == [[2.0, 6.0]] or found.ends.tolist() == [[1.0, 6.0]]
    assert (found.ends == np.rint(found.ends)).all()


def test_bad_questions_are_refused_with_what_is_allowed():
    with pytest.raises(InputError, match="total_usd"):
        swings(Scenario(), CATALOG, figure="totals")
    two = swings(Scenario(), CATALOG, strategies=("api", "distil"))
    with pytest.raises(InputError, match="api, distil"):
        two.tornado("both")


# ---------------------------------------------------------------- rank correlations
def test_ranks_and_correlations_are_scipys():
    make = np.random.default_rng(3)
    for size in (3, 10, 500):
        values = make.integers(0, 7, size).astype(float)  # many ties
        np.testing.assert_array_equal(ranks(values), stats.rankdata(values))
    inputs = {"a": make.normal(size=400), "b": make.integers(0, 5, 400).astype(float)}
    figure = inputs["a"] ** 3 - 2.0 * inputs["b"] + make.normal(size=400)
    found = rank_correlations(inputs, figure)
    for name, values in inputs.items():
        assert found[name] == pytest.approx(stats.spearmanr(values, figure).statistic, abs=1e-12)


def test_draws_that_do_not_fit_are_left_out_and_what_does_not_move_has_none():
    make = np.random.default_rng(4)
    moved, figure = make.normal(size=300), make.normal(size=300)
    figure = figure + moved
    figure[moved > 1.0] = np.nan
    kept = np.isfinite(figure)
    found = rank_correlations({"a": moved, "still": np.ones(300)}, figure)
    assert found["a"] == pytest.approx(stats.spearmanr(moved[kept], figure[kept]).statistic)
    assert np.isnan(found["still"])
    nothing = rank_correlations({"a": moved}, np.full(300, np.nan))
    assert np.isnan(nothing["a"])
    assert np.isnan(rank_correlations({"a": moved}, np.ones(300))["a"])


def test_correlations_of_a_plan_are_scipys():
    plan = load_preset().scenario
    drawn = draws_of(plan.ranges, 1024, 0)
    results = simulate(plan, CATALOG, draws=drawn, choices=resolve(plan, CATALOG)).strategies
    saved = results["api"]["total_usd"] - results["distil"]["total_usd"]
    found = rank_correlations(drawn, saved)
    for path, values in drawn.items():
        assert found[path] == pytest.approx(stats.spearmanr(values, saved).statistic, abs=1e-12)
    assert max(found, key=lambda path: abs(found[path])) == VOLUME
    assert found[VOLUME] > 0.6


def test_the_worked_values_of_four_factors():
    """The case of the model's N6: volume, rent, price of the API and capacity against a stepped fleet."""
    shares = points(4, 2**13, 3).T
    inputs = {
        "volume": quantiles(span_of(5e6, 2e7, 6e7, "lognormal"), shares[0]),
        "rent": quantiles(span_of(1.99, 2.95, 5.0, "triangular"), shares[1]),
        "price": quantiles(span_of(1.5e-4, 3e-4, 6e-4, "lognormal"), shares[2]),
        "capacity": quantiles(span_of(5e6, 9.4e6, 14e6, "pert"), shares[3]),
    }
    replicas = np.maximum(2.0, np.ceil(inputs["volume"] / inputs["capacity"]))
    served = inputs["rent"] * 730.0 * replicas + 1500.0
    found = rank_correlations(inputs, served - inputs["volume"] * inputs["price"])
    assert list(found.values()) == pytest.approx([-0.329, 0.335, -0.707, -0.177], abs=0.02)
