"""Forms of the model's document that the calibrated laws took the place of; worked values build on them.

The document works its examples with these forms and constants. What the engine still calls (steady state,
queue, replicas, prices) is tested on them; nothing here is what the engine computes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.architecture import Architecture, kv_bytes_per_token
from planner.engine.arrays import Numeric, smaller
from planner.engine.flops import prefill_flop_per_token


def link_seconds(
    arch: Architecture,
    tokens: Numeric,
    accelerators: Numeric,
    *,
    allreduce_s: float,
    link_bytes_s: float,
    activation_bytes: float = 2.0,
) -> Any:
    """Return the two all-reduces per layer of a forward pass over `tokens`. [s]; 0 on one accelerator.

    Source: Megatron-LM; latency fitted on ML.ENERGY, link rates as in calculon.
    """
    split = (accelerators > 1) * 1.0
    moved = 2.0 * (accelerators - 1.0) / accelerators * tokens * arch.hidden * activation_bytes
    return split * 2.0 * arch.layers * (allreduce_s + moved / link_bytes_s)


def prefill_compute_seconds(
    arch: Architecture,
    prompt_tokens: Numeric,
    computed_tokens: Numeric,
    *,
    accelerators: Numeric,
    peak_flop_s: Numeric,
    efficiency: float,
) -> Numeric:
    """Return the computing part of reading a prompt (I1). [s].

    `computed_tokens` are those not read from a prefix cache.
    """
    flop = prefill_flop_per_token(arch, prompt_tokens)
    return computed_tokens * flop / (accelerators * efficiency * peak_flop_s)


def step_fixed_seconds(
    arch: Architecture,
    weight_bytes_read: Numeric,
    accelerators: Numeric,
    *,
    bandwidth_bytes_s: float,
    bandwidth_efficiency: float,
    layer_s: float,
    allreduce_s: float,
) -> Any:
    """Return the part of a decode step that no sequence adds to (I2, a_0). [s].

    Fitted with `step_sequence_seconds` on 77 ML.ENERGY runs of vLLM on H100: error 3.5 % mean, 6.8 % P90.
    """
    split = (accelerators > 1) * 1.0
    reading = weight_bytes_read / (accelerators * bandwidth_efficiency * bandwidth_bytes_s)
    return reading + arch.layers * layer_s + split * 2.0 * arch.layers * allreduce_s


def step_sequence_seconds(
    arch: Architecture,
    context_tokens: Numeric,
    accelerators: Numeric,
    *,
    bandwidth_bytes_s: float,
    bandwidth_efficiency: float,
    peak_flop_s: Numeric,
    compute_efficiency: float,
    sequence_s: float,
    cache_bytes_per_value: float = 2.0,
) -> Numeric:
    """Return what each running sequence adds to a decode step (I2, b_0). [s]."""
    cache = kv_bytes_per_token(arch, cache_bytes_per_value) * context_tokens
    reading = cache / (accelerators * bandwidth_efficiency * bandwidth_bytes_s)
    computing = 2.0 * arch.matmul_params / (accelerators * compute_efficiency * peak_flop_s)
    return reading + computing + sequence_s


def batch_limit(
    memory_bytes: Numeric,
    weight_bytes: Numeric,
    cache_bytes_per_sequence: Numeric,
    accelerators: Numeric,
    usable_frac: float = 0.90,
) -> Any:
    """Return how many sequences fit beside the weights (M5). [1]; negative where not even the weights fit."""
    return np.floor((usable_frac * accelerators * memory_bytes - weight_bytes) / cache_bytes_per_sequence)


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
