"""How long training takes (equations T1, T4, K2)."""

from __future__ import annotations

from typing import Any

from planner.engine.arrays import Numeric
from planner.units import SECONDS_PER_HOUR


def interruption_waste(
    accelerators: Numeric, *, checkpoint_s: float, restart_s: float, mtbf_accelerator_h: float
) -> Any:
    """Return the share of time lost to saving and to failures at the best saving interval (T4). [1].

    Source: Young 1974; mean time between failures after Llama 3, 419 interruptions in 54 days on 16,384 H100.
    """
    mtbf_s = mtbf_accelerator_h * SECONDS_PER_HOUR / accelerators
    interval_s = young_interval_s(checkpoint_s, mtbf_s)
    return checkpoint_s / interval_s + interval_s / (2.0 * mtbf_s) + restart_s / mtbf_s


def young_interval_s(checkpoint_s: Numeric, mtbf_s: Numeric) -> Any:
    """Return the best time between saves (T4).

    [s]. Limit: saving takes far less than the time between failures.
    """
    return (2.0 * checkpoint_s * mtbf_s) ** 0.5


def run_hours(
    flop: Numeric,
    accelerators: Numeric,
    *,
    peak_flop_s: Numeric,
    mfu: Numeric,
    kept_frac: Numeric = 1.0,
    fixed_h: float = 0.0,
) -> Numeric:
    """Return the hours of one run (T1). [h]. `peak_flop_s` is the dense peak of the number format."""
    seconds = flop / (accelerators * peak_flop_s * mfu) / kept_frac
    return seconds / SECONDS_PER_HOUR + fixed_h
