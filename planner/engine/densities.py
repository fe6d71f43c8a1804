"""The densities of the distributions of N1 to N3, to be drawn; draws themselves come from `sampling`."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.sampling import TENTH_Z
from planner.scenario.ranges import Range

_REACH_Z: Final = 2.8


def reach(span: Range) -> tuple[float, float]:
    """Return between which values a range has a density worth drawing. [unit of the range].

    Its ends; of a lognormal range, all but half a percent of it.
    """
    if span.shape != "lognormal":
        return span.low, span.high
    middle, width = _lognormal(span)
    return math.exp(middle - _REACH_Z * width), math.exp(middle + _REACH_Z * width)


def relative_density(span: Range, values: Array) -> Array:
    """Return the density of a range at some values, up to a factor. [1], same shape.

    Parameters
    ----------
    span : Range
        With low below high.
    values : array
        Within `reach`. [unit of the range]
    """
    low, mode, high = span.low, span.mode, span.high
    if span.shape == "uniform":
        return np.ones_like(values)
    if span.shape == "lognormal":
        middle, width = _lognormal(span)
        above = np.maximum(values, np.finfo(np.float64).tiny)
        lognormal: Array = np.exp(-(((np.log(above) - middle) / width) ** 2) / 2.0) / above
        return lognormal
    share, peak = np.clip((values - low) / (high - low), 0.0, 1.0), (mode - low) / (high - low)
    if span.shape == "triangular":
        rising = share / peak if peak > 0.0 else np.ones_like(share)
        falling = (1.0 - share) / (1.0 - peak) if peak < 1.0 else np.ones_like(share)
        return np.where(share < peak, rising, falling)
    pert: Array = share ** (4.0 * peak) * (1.0 - share) ** (4.0 * (1.0 - peak))
    return pert


def _lognormal(span: Range) -> tuple[float, float]:
    """Return mean and standard deviation of the logarithm. [1]."""
    low, high = math.log(span.low), math.log(span.high)
    return (low + high) / 2.0, (high - low) / (2.0 * TENTH_Z)
