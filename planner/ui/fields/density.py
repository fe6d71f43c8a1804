"""The density of a range along a slider: how probable each place of its track is."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from planner.engine.densities import reach, relative_density
from planner.scenario.ranges import Range
from planner.ui.fields.scale import Scale
from planner.ui.kit.slider import Curve

_POINTS: Final = 41


@lru_cache(maxsize=256)
def density(span: Range, scale: Scale) -> Curve:
    """Return the density of a range along a slider, the highest place 1.

    It is the density of the place of the handle, not that of the value: on a log scale equal ways are equal
    factors, and a lognormal range looks symmetric.

    Parameters
    ----------
    span : Range
        Ends, most likely value, shape (N1 to N3).
    scale : Scale
        Of the slider; what lies beyond its ends is cut off.

    Returns
    -------
    tuple of (float, float)
        Fraction of the track and height; empty for a range without width, or wholly beyond the slider.
    """
    if span.low >= span.high:
        return ()
    first, last = reach(span)
    first, last = max(first, scale.low), min(last, scale.high)
    if first >= last:
        return ()
    at = np.linspace(scale.fraction(first), scale.fraction(last), _POINTS)
    if scale.log:
        values = scale.low * (scale.high / scale.low) ** at
    else:
        values = scale.low + at * (scale.high - scale.low)
    heights = relative_density(span, values) * (values if scale.log else 1.0)
    top = float(heights.max())
    if not top > 0.0:
        return ()
    return tuple(zip(at.tolist(), (heights / top).tolist(), strict=True))
