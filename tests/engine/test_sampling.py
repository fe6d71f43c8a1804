"""Draws: distributions, dependence, reproducibility (N1 to N5)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from planner.engine.sampling import correlation, draws_of, points, quantiles
from planner.errors import InputError
from planner.scenario.ranges import Range

VOLUME, PEAK = "workload.requests_per_month", "workload.peak_to_mean"
RENT, TOKENS = "serving.usd_per_accelerator_h", "api.output_usd_per_mtok"


def span(low, mode, high, shape="pert"):
    return Range(low=low, mode=mode, high=high, shape=shape)


# ---------------------------------------------------------------- worked values of the model
def test_n1_n2_n3():
    share = points(1, 2**14, 1)[:, 0]
    assert quantiles(span(0.30, 0.40, 0.55), share).mean() == pytest.approx(0.408333, rel=1e-4)
    thirds = quantiles(span(0.30, 0.40, 0.55, "triangular"), np.array([0.1, 0.5, 0.9]))
    np.testing.assert_allclose(thirds, [0.35, 0.413069, 0.488763], rtol=1e-5)
    prices = quantiles(span(2.0, 4.0, 8.0, "lognormal"), np.array([0.1, 0.5, 0.9]))
    np.testing.assert_allclose(prices, [2.0, 4.0, 8.0], rtol=1e-9)


def test_n5_ranks_of_correlated_inputs():
    drawn = draws_of({VOLUME: span(1e6, 2e6, 6e6), PEAK: span(2, 3, 6)}, 2**13, 3)
    ranks = stats.spearmanr(drawn[VOLUME], drawn[PEAK]).statistic
    assert ranks == pytest.approx(6 / np.pi * np.arcsin(-0.15), abs=0.01)


# ---------------------------------------------------------------- distributions
@pytest.mark.parametrize(
    ("shape", "law"),
    [
        ("pert", stats.beta(1 + 4 * 1 / 5, 1 + 4 * 4 / 5, loc=1.0, scale=5.0)),
        ("triangular", stats.triang(1 / 5, loc=1.0, scale=5.0)),
        ("uniform", stats.uniform(1.0, 5.0)),
        ("lognormal", stats.lognorm(np.log(6.0) / (2 * stats.norm.ppf(0.9)), scale=np.sqrt(6.0))),
    ],
)
def test_draws_follow_their_distribution(shape, law):
    drawn = draws_of({"serving.usd_per_accelerator_h": span(1.0, 2.0, 6.0, shape)}, 4096, 11)
    values = drawn["serving.usd_per_accelerator_h"]
    # Sobol points are evener than random ones: the largest gap to the law is far below sampling error.
    assert stats.kstest(values, law.cdf).statistic < 0.01
    assert values.mean() == pytest.approx(law.mean(), rel=5e-3)
    assert values.std() == pytest.approx(law.std(), rel=3e-2)


def test_inputs_that_have_nothing_to_do_with_each_other_are_independent():
    paths = ("labour.usd_per_hour", "data.usd_per_example", "site.pue", VOLUME)
    drawn = draws_of({path: span(1.0, 1.2, 1.5) for path in paths}, 4096, 5)
    ranks = stats.spearmanr(np.stack([drawn[path] for path in paths], axis=1)).statistic
    assert np.abs(ranks - np.eye(4)).max() < 0.03


def test_all_that_may_be_correlated_can_be_at_once():
    paths = (RENT, "training.usd_per_accelerator_h", TOKENS, "api.input_usd_per_mtok", VOLUME, PEAK)
    matrix = correlation(paths)
    assert np.linalg.eigvalsh(matrix).min() > 0.1
    drawn = draws_of({path: span(2.0, 3.0, 6.0) for path in paths}, 4096, 2)
    ranks = stats.spearmanr(np.stack([drawn[path] for path in paths], axis=1)).statistic
    np.testing.assert_allclose(ranks, 6 / np.pi * np.arcsin(matrix / 2), atol=0.03)


# ---------------------------------------------------------------- reproducible, within limits
def test_the_same_seed_gives_the_same_numbers_in_any_order():
    ranges = {RENT: span(2, 3, 6), VOLUME: span(1e6, 2e6, 6e6, "lognormal"), "site.pue": span(1.1, 1.2, 1.6)}
    one, other = draws_of(ranges, 1000, 7), draws_of(dict(reversed(ranges.items())), 1000, 7)
    for path in ranges:
        np.testing.assert_array_equal(one[path], other[path])
        assert not np.array_equal(one[path], draws_of(ranges, 1000, 8)[path])
        # More draws are the same ones and then others.
        np.testing.assert_array_equal(one[path], draws_of(ranges, 3000, 7)[path][:1000])


def test_a_range_without_width_is_its_value():
    for shape in ("pert", "triangular", "uniform", "lognormal"):
        drawn = draws_of({RENT: span(3.0, 3.0, 3.0, shape)}, 64, 0)
        assert set(drawn[RENT].tolist()) == {3.0}


def test_draws_stay_within_what_an_input_takes_and_counts_are_whole():
    drawn = draws_of(
        {
            "workload.prefix_cache_hit_frac": span(0.5, 0.9, 0.99, "lognormal"),
            "serving.min_replicas": span(1, 2, 6),
        },
        4096,
        0,
    )
    assert drawn["workload.prefix_cache_hit_frac"].max() == 1.0
    assert set(drawn["serving.min_replicas"].tolist()) <= {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}


@pytest.mark.parametrize("count", [0, -1, 2**24 + 1])
def test_a_number_of_draws_out_of_bounds_is_refused(count):
    with pytest.raises(InputError, match="draws"):
        draws_of({RENT: span(2, 3, 6)}, count, 0)
