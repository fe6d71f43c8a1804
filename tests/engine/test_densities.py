"""Densities to be drawn: those of the draws themselves, by scipy and by histogram."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from planner.engine.densities import reach, relative_density
from planner.engine.sampling import quantiles
from planner.scenario.ranges import SHAPES, Range

SHARES = (np.arange(200_000) + 0.5) / 200_000


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("low", "mode", "high"), [(2.0, 4.5, 12.3), (1.0, 1.0, 3.0), (1.0, 3.0, 3.0)])
def test_it_is_the_density_of_the_draws(shape, low, mode, high):
    span = Range(low=low, mode=mode, high=high, shape=shape)
    first, last = reach(span)
    edges = np.linspace(first, last, 41)
    counted = np.histogram(quantiles(span, SHARES), edges)[0]
    middles = (edges[1:] + edges[:-1]) / 2.0
    drawn = relative_density(span, middles)
    np.testing.assert_allclose(drawn / drawn.sum(), counted / counted.sum(), atol=0.003)


def test_pert_is_the_beta_density():
    span = Range(low=0.3, mode=0.4, high=0.55, shape="pert")
    at = np.linspace(0.31, 0.54, 9)
    exact = stats.beta(1 + 4 * 0.1 / 0.25, 1 + 4 * 0.15 / 0.25, loc=0.3, scale=0.25).pdf(at)
    np.testing.assert_allclose(relative_density(span, at) / relative_density(span, at)[0], exact / exact[0])


def test_a_lognormal_reaches_beyond_its_ends_which_are_p10_and_p90():
    span = Range(low=1e6, mode=2e6, high=4e6, shape="lognormal")
    first, last = reach(span)
    assert first < span.low < span.high < last
    law = stats.lognorm(s=np.log(4) / (2 * stats.norm.ppf(0.9)), scale=2e6)
    assert law.cdf([first, span.low, span.high, last]) == pytest.approx([0.0026, 0.1, 0.9, 0.9974], abs=1e-4)
