"""Sobol indices through our own wrapper: analytic values, scipy's own, and a plan (N4)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from planner.catalog.load import load_catalog
from planner.engine.blocks import BLOCK
from planner.engine.run import resolve, simulate
from planner.engine.sampling import draws_of
from planner.engine.sobol import groups_of, indices, runs_of, sobol
from planner.errors import InputError
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset

CATALOG = load_catalog()
VOLUME, PEAK = "workload.requests_per_month", "workload.peak_to_mean"
RENT, TOKENS = "serving.usd_per_accelerator_h", "api.output_usd_per_mtok"


def ishigami(shares):
    """The usual test function, a = 7 and b = 0.1, on -pi to pi."""
    x, y, z = (2.0 * shares - 1.0) * np.pi
    return np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def ishigami_values():
    """First-order and total indices in closed form."""
    a, b = 7.0, 0.1
    alone = [0.5 * (1 + b * math.pi**4 / 5) ** 2, a**2 / 8, 0.0]
    together = b**2 * math.pi**8 * (1 / 18 - 1 / 50)
    variance = sum(alone) + together
    first = [part / variance for part in alone]
    return first, [first[0] + together / variance, first[1], together / variance]


# ---------------------------------------------------------------- analytic values
def test_ishigami():
    first, total = ishigami_values()
    found = indices(ishigami, ("x", "y", "z"), 4096, seed=1)
    assert found.first == pytest.approx(first, abs=0.01)
    assert found.total == pytest.approx(total, abs=0.01)
    assert found.runs == 4096 * 5
    assert found.complete_frac == 1.0


def test_a_linear_function():
    """Uniform inputs: each makes the square of its factor, and nothing together."""
    found = indices(lambda shares: shares[0] + 2.0 * shares[1], ("one", "two"), 1024)
    assert found.first == pytest.approx([0.2, 0.8], abs=0.005)
    assert found.total == pytest.approx([0.2, 0.8], abs=0.005)
    factors = np.array([1.0, 2.0, 0.0, 3.0])
    found = indices(lambda shares: 5.0 + factors @ shares, ("a", "b", "c", "d"), 1024)
    exact = factors**2 / (factors @ factors)
    assert found.first == pytest.approx(exact, abs=0.01)
    assert found.total == pytest.approx(exact, abs=0.01)


def test_intervals_hold_the_analytic_values():
    first, total = ishigami_values()
    inside = []
    for seed in range(20):
        found = indices(ishigami, ("x", "y", "z"), 512, seed=seed)
        for exact, ranges in ((first, found.first_range), (total, found.total_range)):
            inside += [low <= value <= high for value, (low, high) in zip(exact, ranges, strict=True)]
            assert (ranges[:, 0] < ranges[:, 1]).all()
    # Sobol points are evener than what the bootstrap takes them for: 90 % intervals hold more than 90 %.
    assert np.mean(inside) >= 0.9


def test_they_are_scipys_on_the_same_rows():
    """Two groups of scipy's own sampling, evaluated by it: the estimate is the same function of the pages."""
    pages = []

    def seen(shares):
        pages.append(ishigami(shares))
        return pages[-1]

    found = indices(seen, ("x", "y", "z"), 256, seed=9)
    values = np.concatenate(pages).reshape(5, 256)
    held = {"f_A": values[:1], "f_B": values[1:2], "f_AB": values[2:, np.newaxis]}
    expected = stats.sobol_indices(func=held, n=256)
    np.testing.assert_allclose(found.first, expected.first_order)
    np.testing.assert_allclose(found.total, expected.total_order)


# ---------------------------------------------------------------- groups
def test_inputs_that_depend_on_each_other_stand_in_one_group():
    assert groups_of([VOLUME, "site.pue", PEAK]) == (("site.pue",), (PEAK, VOLUME))
    assert groups_of([VOLUME, RENT]) == ((RENT,), (VOLUME,))
    assert groups_of([RENT, "training.usd_per_accelerator_h"]) == (
        (RENT,),
        ("training.usd_per_accelerator_h",),
    )
    tied = groups_of([RENT, "training.usd_per_accelerator_h", TOKENS, "api.input_usd_per_mtok", VOLUME])
    assert tied == (
        ("api.input_usd_per_mtok", TOKENS, RENT, "training.usd_per_accelerator_h"),
        (VOLUME,),
    )
    assert runs_of([VOLUME, PEAK, "site.pue"], 64) == 4 * 64


def test_a_group_makes_what_its_inputs_make_together():
    first, total = ishigami_values()
    found = indices(ishigami, ("x", "y", "z"), 4096, seed=2, groups=(("x", "z"), ("y",)))
    together = total[0]  # all that x makes alone and with z; z alone makes nothing
    assert found.first == pytest.approx([together, first[1]], abs=0.01)
    assert found.total == pytest.approx([together, first[1]], abs=0.01)
    assert found.of("z") == 0
    assert found.of("y") == 1
    assert found.of("w") is None


# ---------------------------------------------------------------- blocks, gaps, stops
def test_work_goes_in_large_blocks_and_can_be_stopped():
    sizes, told = [], []

    def sized(shares):
        sizes.append(shares.shape[1])
        return shares[0]

    def go_on(done, whole):
        told.append((done, whole))
        return len(told) < 3

    assert indices(sized, ("a", "b"), 4096, report=go_on) is None
    assert sizes == [BLOCK] * 3
    assert told == [(BLOCK, 4 * 4096), (2 * BLOCK, 4 * 4096), (3 * BLOCK, 4 * 4096)]
    told.clear()
    assert indices(sized, ("a", "b"), 1024, report=lambda *_: True) is not None


def test_rows_that_are_not_known_throughout_are_left_out_and_counted():
    def gappy(shares):
        return np.where(shares[1] > 0.9, np.nan, shares[0] + 2.0 * shares[1])

    found = indices(gappy, ("one", "two"), 4096, seed=3)
    assert found.complete_frac == pytest.approx(0.81, abs=0.01)
    # two now ends at 0.9: its part of the variance is 4 * 0.81 / 12 of (1 + 4 * 0.81) / 12
    assert found.first == pytest.approx([1 / 4.24, 3.24 / 4.24], abs=0.03)
    nothing = indices(lambda shares: np.full(shares.shape[1], np.nan), ("one", "two"), 64)
    assert np.isnan(nothing.first).all()
    assert nothing.complete_frac == 0.0
    still = indices(lambda shares: np.ones(shares.shape[1]), ("one",), 64)
    assert still.first.tolist() == [0.0]


def test_the_same_seed_gives_the_same_numbers():
    one, same, other = (indices(ishigami, ("x", "y", "z"), 256, seed=seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one.first, same.first)
    np.testing.assert_array_equal(one.total_range, same.total_range)
    assert not np.array_equal(one.first, other.first)


@pytest.mark.parametrize("rows", [0, 63, 100, 2**15])
def test_rows_that_are_no_power_of_two_are_refused(rows):
    with pytest.raises(InputError, match="power of two"):
        indices(ishigami, ("x", "y", "z"), rows)


# ---------------------------------------------------------------- a plan
def test_of_a_plan_against_variances_of_conditional_means():
    """First order by its definition: the variance of the mean of the saving, given one input."""
    plan = load_preset().scenario
    found = sobol(plan, CATALOG, ("distil", "api"), count=1024)
    assert sum(map(len, found.groups)) == len(plan.ranges)
    assert (VOLUME in found.groups[found.of(PEAK)]) is True
    drawn = draws_of(plan.ranges, 2**13, 7)
    results = simulate(plan, CATALOG, draws=drawn, choices=resolve(plan, CATALOG)).strategies
    saved = results["api"]["total_usd"] - results["distil"]["total_usd"]
    for path in (
        "prices.api_fall_factor_per_year",
        "workload.output_tokens",
        "workload.growth_frac_per_month",
    ):
        order = np.argsort(drawn[path])
        means = saved[order].reshape(64, -1).mean(axis=1)
        share = (means.var() - saved.var() / 128) / saved.var()
        assert found.first[found.of(path)] == pytest.approx(share, abs=0.03)
        assert found.total[found.of(path)] >= found.first[found.of(path)] - 0.02


def test_questions_about_what_does_not_take_part_are_refused():
    plan = Scenario().with_({"strategies": ("api", "distil")})
    with pytest.raises(InputError, match="api, distil"):
        sobol(plan, CATALOG, ("both", None))
    with pytest.raises(InputError, match="total_usd"):
        sobol(plan, CATALOG, ("distil", None), figure="totals")
    empty = sobol(plan, CATALOG, ("distil", "api"))
    assert empty.groups == ()
    assert empty.first.size == 0
