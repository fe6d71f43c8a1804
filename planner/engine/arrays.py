"""The numeric type of the engine, and the few helpers that keep it branch-free."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numeric = float | Array
"""A number, or an array that broadcasts with the others: ``(draw, 1)`` by draw, ``(..., month)`` by month."""

Truth = bool | NDArray[np.bool_]


def positive_part(value: Numeric) -> Any:
    """Return the value where it is above zero, else zero. Same unit, same shape."""
    return np.maximum(value, 0.0)


def last_month_axis(value: Numeric) -> Array:
    """Return the value with at least one axis, the month's."""
    return np.atleast_1d(np.asarray(value, dtype=np.float64))
