"""From ranges to draws: scrambled Sobol points, the distributions of N1 to N3, the dependence of N5."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np

from planner.engine.arrays import Array
from planner.errors import InputError
from planner.scenario.fields import FieldSpec
from planner.scenario.model import spec_for
from planner.scenario.ranges import Range

TENTH_Z: Final = 1.2815515655446004
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

        middle, width = np.log(low * high) / 2.0, np.log(high / low) / (2.0 * TENTH_Z)
        values: Array = np.exp(middle + width * ndtri(share))
        return values
    if span.shape == "triangular":
        return triangular(share, low, mode, high)
    return _pert(share, low, mode, high)


def _pert(share: Array, low: float, mode: float, high: float) -> Array:
    """Return quantiles of the PERT distribution (N1): its density added up on a grid, error below 1e-5.

    Without scipy, which the window must not wait for.
    """
    below, x = _pert_grid((mode - low) / (high - low))
    return low + (high - low) * np.interp(share, below, x)


@lru_cache(maxsize=64)
def _pert_grid(peak: float) -> tuple[Array, Array]:
    """Return the share of a PERT distribution from 0 to 1 that lies below points of a grid, and the grid."""
    x = np.linspace(0.0, 1.0, _GRID)
    middles = (x[1:] + x[:-1]) / 2.0
    density = middles ** (4.0 * peak) * (1.0 - middles) ** (4.0 * (1.0 - peak))
    held = np.concatenate([[0.0], np.cumsum(density)])
    return held / held[-1], x


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


def _engine(inputs: int, seed: int) -> Any:
    from scipy.stats import qmc

    return qmc.Sobol(inputs, scramble=True, seed=seed)


def _next(engine: Any, count: int) -> Array:
    """Return the next points of a sequence. [1], shape (draw, input), never 0 or 1."""
    # The very first by itself: scipy warns of any other first number that is no power of two, and a filter
    # of warnings holds for all threads.
    alone = min(count, 1) if engine.num_generated == 0 else 0
    found: Array = np.concatenate([engine.random(alone), engine.random(count - alone)])
    edge = 0.5 / MOST_DRAWS
    return np.clip(found, edge, 1.0 - edge, out=found)


def points(inputs: int, count: int, seed: int) -> Array:
    """Return scrambled Sobol points. [1], shape (draw, input); the same for a seed, never 0 or 1."""
    return _next(_engine(inputs, seed), count)


class Sampler:
    """Draws of uncertain inputs, some at a time: the same ones however they are cut into blocks.

    Parameters
    ----------
    ranges : mapping of str to Range
        In any order: the draws of an input depend on the set of inputs, not on their order.
    seed : int
        The same seed gives the same numbers.
    """

    def __init__(self, ranges: Mapping[str, Range], seed: int) -> None:
        self._ranges = dict(sorted(ranges.items()))
        self._specs = {path: spec_for(path) for path in self._ranges}
        self._engine = _engine(len(ranges), seed) if ranges else None
        self._mixed = _mixing(tuple(self._ranges))

    @property
    def paths(self) -> tuple[str, ...]:
        """Inputs that are drawn, by name."""
        return tuple(self._ranges)

    def shares(self, count: int) -> Array:
        """Return the next points of the sequence. [1], shape (input, draw); one caller at a time."""
        if self._engine is None:
            return np.empty((0, count))
        return np.ascontiguousarray(_next(self._engine, count).T)

    def values(self, shares: Array) -> dict[str, Array]:
        """Return the draws at some points, by path, each of shape (draw,); any number of callers at once."""
        return {
            path: _taken(self._specs[path], quantiles(self._ranges[path], share))
            for path, share in zip(self._ranges, self._together(shares), strict=True)
        }

    def _together(self, shares: Array) -> Array:
        """Return the points with the dependence of N5: those of correlated inputs mixed, others as are.

        Sums of numbers rather than a matrix product: a draw must not depend on how many stand beside it.
        """
        if not self._mixed:
            return shares
        from scipy.special import ndtr, ndtri

        mixed = shares.copy()
        deviates = {row: ndtri(shares[row]) for parts in self._mixed.values() for row, _ in parts}
        for row, parts in self._mixed.items():
            mixed[row] = ndtr(sum(deviates[other] * weight for other, weight in parts))
        return mixed


def _mixing(paths: tuple[str, ...]) -> dict[int, list[tuple[int, float]]]:
    """Return what the deviate of each correlated input is made of: the rows of the Cholesky factor."""
    factor = np.linalg.cholesky(correlation(paths)) if paths else np.eye(0)
    rows = {
        row: [(int(other), float(line[other])) for other in np.flatnonzero(line)]
        for row, line in enumerate(factor)
    }
    return {row: parts for row, parts in rows.items() if len(parts) > 1}


def values_at(path: str, span: Range, share: Array) -> Array:
    """Return the values of an input that hold a share of its range below them, as the input takes them.

    Unit of the input, same shape; whole numbers where only these are taken, within its limits.

    Raises
    ------
    InputError
        If there is no such input.
    """
    return _taken(spec_for(path), quantiles(span, share))


def _taken(spec: FieldSpec, values: Array) -> Array:
    if spec.whole:
        values = np.rint(values)
    low = spec.above if spec.low is None else spec.low
    taken: Array = np.clip(values, -np.inf if low is None else low, spec.high)
    return taken


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
    sampler = Sampler(ranges, seed)
    return sampler.values(sampler.shares(count)) if ranges else {}
