"""The numeric type of the engine, and the few helpers that keep it free of branches on data.

`select`, `smaller`, `larger`, `doublings` and `rounded_down` are numpy's `where`, `minimum`, `maximum`,
`log2` and `floor` with a short way for plain numbers: numpy takes ten times as long for those, and a slider's
event is made of a thousand of them.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numeric = float | Array
"""A number, or an array that broadcasts: ``(draw, 1)`` by draw, ``(..., month)`` by month."""

_LARGE_PIECE: Final = 2**25 - 2**13
"""Below 32 MiB with what the C library writes beside it. [bytes]."""
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


NOBODY: Final = -1


def least_of(values: Array, allowed: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return which row holds the least value of those allowed, in each column: the first of equal ones.

    `NOBODY` where none is allowed. Shape (row, ...) to (...).
    """
    found = np.where(allowed, values, np.inf).argmin(axis=0)
    return np.where(allowed.any(axis=0), found, NOBODY)


def running_sum(by_month: Any) -> Any:
    """Return sums up to each entry of the last axis. Same unit, same shape.

    `cumsum`, with a short way for draws: one pass along them a month takes a sixth of the time.
    """
    if by_month.ndim == 1 or by_month.strides[-1] == by_month.itemsize:
        return by_month.cumsum(axis=-1)
    found = by_month.copy(order="K")
    for month in range(1, by_month.shape[-1]):
        found[..., month] += found[..., month - 1]
    return found


@cache
def keep_freed_memory() -> None:
    """Let the C library keep what arrays of draws free, for the next ones: once a process.

    glibc hands it back at every turn and asks for it again page by page, which takes a third of the time of
    draws. It keeps twice the largest piece freed so far, up to 32 MiB; this one is never written to. Other
    libraries take no notice.
    """
    np.empty(_LARGE_PIECE, dtype=np.uint8)
