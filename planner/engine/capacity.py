"""From a month's volume to replicas (equations S1 to S3)."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.arrays import Numeric
from planner.units import SECONDS_PER_MONTH


def request_rate_per_s(requests_per_month: Numeric) -> Numeric:
    """Return the mean request rate of a month (S1). [1/s]."""
    return requests_per_month / SECONDS_PER_MONTH


def replicas_for_peak(
    peak_per_s: Numeric, capacity_per_s: Numeric, target_load_frac: Numeric, least: Numeric
) -> Any:
    """Return the replicas that carry the busy hour at the target load (S2). [1]."""
    return np.maximum(least, np.ceil(peak_per_s / (target_load_frac * capacity_per_s)))


def replicas_on_average(
    mean_per_s: Numeric,
    capacity_per_s: Numeric,
    target_load_frac: Numeric,
    least: Numeric,
    headroom_frac: float,
) -> Any:
    """Return the mean replicas with autoscaling (S3). [1]. The half is the mean of rounding up."""
    return np.maximum(least, mean_per_s / (target_load_frac * capacity_per_s) * (1.0 + headroom_frac) + 0.5)
