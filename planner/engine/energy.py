"""Power and energy of serving and training (equations P1 to P5)."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.arrays import Numeric, smaller


def busy_power_frac(
    memory_use_frac: Numeric, compute_use_frac: Numeric, *, base: float, memory: float, compute: float
) -> Any:
    """Return board power while working over TDP (P1). [1], at most 1.

    Fitted on 77 ML.ENERGY runs on H100: error 6.7 %. Elsewhere the shape is kept, within 20 %.
    """
    return smaller(1.0, base + memory * memory_use_frac + compute * compute_use_frac)


def memory_use_frac(
    bytes_per_step: Numeric, accelerators: Numeric, step_s: Numeric, bandwidth_bytes_s: float
) -> Numeric:
    """Return the share of peak bandwidth in use (P2). [1]."""
    return bytes_per_step / (accelerators * step_s * bandwidth_bytes_s)


def compute_use_frac(
    matmul_params: Numeric,
    batch: Numeric,
    prompt_per_output: Numeric,
    accelerators: Numeric,
    step_s: Numeric,
    peak_flop_s: Numeric,
) -> Numeric:
    """Return the share of the compute peak in use, prefill included (P2). [1]."""
    return 2.0 * matmul_params * batch * (1.0 + prompt_per_output) / (accelerators * step_s * peak_flop_s)


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


def training_power_w(tdp_w: float, training_frac: float, host_w: float) -> float:
    """Return the power of one accelerator in training, with its share of the host (P5). [W].

    7.3 kW for eight H100, 7.75 kW measured (Newkirk et al. 2025, Latif et al. 2025).
    """
    return training_frac * tdp_w + host_w
