"""Power and energy of a replica (equations P3 and P4)."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.arrays import Numeric


def working_frac(batch: Numeric) -> Any:
    """Return the share of time with at least one request in the system (P3). [1].

    The number in the system is Poisson, so a replica is empty a share exp(-batch) of the time.
    """
    return -np.expm1(-batch)


def work_power_w(
    busy_frac: Numeric, batch: Numeric, accelerators: Numeric, *, tdp_w: float, idle_frac: float
) -> Any:
    """Return what requests add on average to a replica's power at rest (P3). [W]."""
    return accelerators * tdp_w * working_frac(batch) * (busy_frac - idle_frac)


def rest_power_w(accelerators: Numeric, *, tdp_w: float, idle_frac: float, host_w: float) -> Numeric:
    """Return the power of a replica at rest with its share of the host (P3). [W]."""
    return accelerators * (tdp_w * idle_frac + host_w)
