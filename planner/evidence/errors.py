"""Errors of predictions in the words of the report."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from planner.evidence.study import Array


@dataclass(frozen=True, slots=True)
class Errors:
    """Errors of some rows.

    Parameters
    ----------
    rows : int
        How many.
    median_abs_error, p90_abs_error : float
        Of |predicted / measured - 1|. [1]
    bias : float
        Median of predicted / measured, less 1. [1]
    """

    rows: int
    median_abs_error: float
    p90_abs_error: float
    bias: float

    def numbers(self) -> dict[str, float]:
        """Return the errors by name, without the count."""
        return {
            "median_abs_error": self.median_abs_error,
            "p90_abs_error": self.p90_abs_error,
            "bias": self.bias,
        }


def errors_of(log_ratios: Array) -> Errors:
    """Return the errors of ln(predicted / measured), (rows,); those that are nan are left aside."""
    known = log_ratios[np.isfinite(log_ratios)]
    if not len(known):
        return Errors(0, math.nan, math.nan, math.nan)
    off = np.expm1(known)
    return Errors(
        len(known), float(np.median(np.abs(off))), float(np.quantile(np.abs(off), 0.9)), float(np.median(off))
    )
