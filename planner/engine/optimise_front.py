"""Which of many plans no other one beats in everything."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.engine.arrays import Array

_BLOCK: Final = 512


def non_dominated(values: Array) -> NDArray[np.bool_]:
    """Return which rows no other row dominates: the Pareto front, exactly.

    A row dominates another if it is nowhere larger and somewhere smaller, so of equal rows all stay.

    Parameters
    ----------
    values : array
        Shape (plan, aim); less is better in each. Rows with a NaN are never in the front.

    Returns
    -------
    array
        True or false by plan.
    """
    found = np.zeros(len(values), dtype=np.bool_)
    numbers = np.flatnonzero(~np.isnan(values).any(axis=1))
    if not numbers.size or not values.shape[1]:
        found[numbers] = True
        return found
    different, of = np.unique(values[numbers], axis=0, return_inverse=True)
    found[numbers] = _front_of_different(different)[of.reshape(-1)]
    return found


def _front_of_different(values: Array) -> NDArray[np.bool_]:
    """Return the front of rows that all differ and are sorted: none is dominated by a later one."""
    kept = np.zeros(len(values), dtype=np.bool_)
    front = np.empty((0, values.shape[1]))
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        left = np.flatnonzero(~_is_beaten(block, front))
        rest = block[left]
        own = left[~_is_beaten(rest, rest)]
        kept[start + own] = True
        front = np.concatenate((front, block[own]))
    return kept


def _is_beaten(rows: Array, by: Array) -> NDArray[np.bool_]:
    """Return which rows another row is nowhere above; a row does not beat itself."""
    beaten = np.ones((len(rows), len(by)), dtype=np.bool_)
    same = np.ones((len(rows), len(by)), dtype=np.bool_)
    for aim in range(rows.shape[1]):
        beaten &= by[:, aim] <= rows[:, aim, np.newaxis]
        same &= by[:, aim] == rows[:, aim, np.newaxis]
    answer: NDArray[np.bool_] = np.any(beaten & ~same, axis=1)
    return answer
