"""From ranges to draws: scrambled Sobol points, the distributions of N1 to N3, the dependence of N5."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Final

import numpy as np

from planner.engine.arrays import Array
from planner.errors import InputError
from planner.scenario.model import spec_for
from planner.scenario.ranges import Range

_TENTH_Z: Final = 1.2815515655446004
"""Deviate of the normal distribution at P90: a lognormal range reads its ends as P10 and P90 (N3)."""

_RENTS: Final = ("training.usd_per_accelerator_h", "serving.usd_per_accelerator_h")
_TOKENS: Final = ("api.input_usd_per_mtok", "api.output_usd_per_mtok")
CORRELATED: Final[tuple[tuple[tuple[str, ...], tuple[str, ...], float], ...]] = (
    (_RENTS, _TOKENS, 0.4),
    (("workload.requests_per_month",), ("workload.peak_to_mean",), -0.3),
)
"""Inputs that move together, and the correlation of their normal scores (N5)."""

MOST_DRAWS: Final = 2**24
_GRID: Final = 8193


def quantiles(span: Range, share: Array) -> Array:
    """Return the values of a range that hold a share of its distribution below them (N1 to N3).

    Parameters
    ----------
    span : Range
        Ends, most likely value, shape.
    share : array
        Between 0 and 1. [1]

    Returns
    -------
    array
        Unit of the ends; a range without width is its most likely value.
    """
    low, mode, high = span.low, span.mode, span.high
    if low == high:
        return np.full_like(share, mode)
    if span.shape == "uniform":
        return low + share * (high - low)
    if span.shape == "lognormal":
        from scipy.special import ndtri

        middle, width = np.log(low * high) / 2.0, np.log(high / low) / (2.0 * _TENTH_Z)
        values: Array = np.exp(middle + width * ndtri(share))
        return values
    if span.shape == "triangular":
        return triangular(share, low, mode, high)
    return _pert(share, low, mode, high)


def _pert(share: Array, low: float, mode: float, high: float) -> Array:
    """Return quantiles of the PERT distribution (N1): its density added up on a grid, error below 1e-5.

    Without scipy, which the window must not wait for.
    """
    peak = (mode - low) / (high - low)
    x = np.linspace(0.0, 1.0, _GRID)
    middles = (x[1:] + x[:-1]) / 2.0
    density = middles ** (4.0 * peak) * (1.0 - middles) ** (4.0 * (1.0 - peak))
    held = np.concatenate([[0.0], np.cumsum(density)])
    return low + (high - low) * np.interp(share, held / held[-1], x)


def triangular(share: Array, low: float, mode: float, high: float) -> Array:
    """Return quantiles of the triangular distribution (N2). Unit of its ends."""
    if high <= low:
        return np.full_like(share, mode)
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(share * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - share) * (high - low) * (high - mode))
    return np.where(share < turn, rising, falling)


def correlation(paths: tuple[str, ...]) -> Array:
    """Return the correlations of the normal scores of some inputs (N5). [1], shape (input, input)."""
    matrix = np.eye(len(paths))
    for ones, others, rho in CORRELATED:
        for one in ones:
            for other in others:
                if one in paths and other in paths:
                    i, j = paths.index(one), paths.index(other)
                    matrix[i, j] = matrix[j, i] = rho
    return matrix


def points(inputs: int, count: int, seed: int) -> Array:
    """Return scrambled Sobol points. [1], shape (draw, input); the same for a seed, never 0 or 1."""
    from scipy.stats import qmc

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a number of draws need not be a power of two
        found: Array = qmc.Sobol(inputs, scramble=True, seed=seed).random(count)
    edge = 0.5 / MOST_DRAWS
    return np.clip(found, edge, 1.0 - edge)


def dependent(shares: Array, paths: tuple[str, ...]) -> Array:
    """Return independent points with the dependence of N5 put in. [1], shape (draw, input).

    An input that is correlated with none keeps its points.
    """
    matrix = correlation(paths)
    if np.array_equal(matrix, np.eye(len(paths))):
        return shares
    from scipy.special import ndtr, ndtri

    joint: Array = ndtr(ndtri(shares) @ np.linalg.cholesky(matrix).T)
    return joint


def draws_of(ranges: Mapping[str, Range], count: int, seed: int) -> dict[str, Array]:
    """Return draws of uncertain inputs, by dotted path, each of shape (draw,).

    Parameters
    ----------
    ranges : mapping of str to Range
        In any order: the draws of an input depend on the set of inputs, not on their order.
    count, seed : int
        How many draws; the same seed gives the same numbers.

    Raises
    ------
    InputError
        If there are no draws to make, or too many.
    """
    if not 1 <= count <= MOST_DRAWS:
        raise InputError(
            "draws", f"draws is {count:,}; allowed is a whole number from 1 to {MOST_DRAWS:,}.", path="draws"
        )
    paths = tuple(sorted(ranges))
    if not paths:
        return {}
    shares = dependent(points(len(paths), count, seed), paths)
    return {path: values_at(path, ranges[path], shares[:, number]) for number, path in enumerate(paths)}


def values_at(path: str, span: Range, share: Array) -> Array:
    """Return the values of an input that hold a share of its range below them, as the input takes them.

    Unit of the input, same shape; whole numbers where only these are taken, within its limits.

    Raises
    ------
    InputError
        If there is no such input.
    """
    spec, values = spec_for(path), quantiles(span, share)
    if spec.kind == "integer":
        values = np.rint(values)
    low = spec.above if spec.low is None else spec.low
    taken: Array = np.clip(values, -np.inf if low is None else low, spec.high)
    return taken
