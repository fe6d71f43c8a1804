"""The numeric type of the engine, and the few helpers that keep it free of branches on data.

`select`, `smaller`, `larger`, `doublings` and `rounded_down` are numpy's `where`, `minimum`, `maximum`,
`log2` and `floor` with a short way for plain numbers: numpy takes ten times as long for those, and a slider's
event is made of a thousand of them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numeric = float | Array
"""A number, or an array that broadcasts: ``(draw, 1)`` by draw, ``(..., month)`` by month."""

_PLAIN = (float, int)  # numpy's float64 is a float
_TRUTH = (bool, np.bool_)


def select(condition: Any, yes: Any, no: Any) -> Any:
    """Return `yes` where the condition holds, else `no`. Shapes broadcast."""
    if isinstance(condition, _TRUTH) and isinstance(yes, _PLAIN) and isinstance(no, _PLAIN):
        return yes if condition else no
    return np.where(condition, yes, no)


def smaller(one: Any, other: Any) -> Any:
    """Return the smaller of two, element by element. Shapes broadcast."""
    if isinstance(one, _PLAIN) and isinstance(other, _PLAIN):
        return one if one < other else other
    return np.minimum(one, other)


def larger(one: Any, other: Any) -> Any:
    """Return the larger of two, element by element. Shapes broadcast."""
    if isinstance(one, _PLAIN) and isinstance(other, _PLAIN):
        return one if one > other else other
    return np.maximum(one, other)


def doublings(value: Any) -> Any:
    """Return how often 1 has to double to reach the value: its logarithm to base 2. [1]. Same shape."""
    return math.log2(value) if isinstance(value, _PLAIN) else np.log2(value)


def positive_part(value: Numeric) -> Any:
    """Return the value where it is above zero, else zero. Same unit, same shape."""
    return larger(value, 0.0)


def rounded_down(value: Any) -> Any:
    """Return the largest whole number that is not above a finite value. Same unit, same shape."""
    return float(math.floor(value)) if isinstance(value, _PLAIN) else np.floor(value)
