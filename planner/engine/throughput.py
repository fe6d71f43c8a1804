"""How long training takes (equations T1 to T4, K2)."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.arrays import Numeric, larger, smaller
from planner.units import SECONDS_PER_HOUR

_TABLE_SEQ_LEN = 2048.0
_NODE = 8.0


def model_flop_utilisation(
    accelerators: Numeric, seq_len: Numeric, *, base: float, seq_exponent: float, scale_exponent: float
) -> Any:
    """Return the MFU of tuned training code (T2). [1].

    Fitted on the tables of llm-foundry: error 5.7 % on H100, 8.3 % on A100.
    """
    longer = larger(1.0, seq_len / _TABLE_SEQ_LEN) ** seq_exponent
    return base * longer * (larger(accelerators, _NODE) / _NODE) ** scale_exponent


def gather_seconds(
    params: Numeric, accelerators: Numeric, *, bytes_per_weight: float, passes: float, network_bytes_s: float
) -> Numeric:
    """Return the traffic of sharded weights per step (T3). [s]. Source: Rajbhandari et al. 2020."""
    return passes * bytes_per_weight * params * (accelerators - 1.0) / accelerators / network_bytes_s


def network_share(compute_s: Numeric, traffic_s: Numeric) -> Any:
    """Return the factor on MFU where traffic takes longer than computing (T3). [1], at most 1."""
    return smaller(1.0, compute_s / larger(traffic_s, np.finfo(float).tiny))


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
    time_factor: Numeric = 1.0,
    waste_frac: Numeric = 0.0,
    fixed_h: float = 0.0,
) -> Numeric:
    """Return the hours of one run (T1). [h]. `peak_flop_s` is the dense peak of the number format."""
    seconds = flop / (accelerators * peak_flop_s * mfu) * time_factor / (1.0 - waste_frac)
    return seconds / SECONDS_PER_HOUR + fixed_h
