"""How fast a model trains, from what it is and how it is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.engine.arrays import Numeric, doublings, larger, select, smaller

_FORWARD_AND_BACKWARD = 3.0
_FLOP_PER_WEIGHT = 6.0
_BYTES_16BIT = 2.0
_NODE = 8.0
_TENSOR_COLLECTIVES = 8.0
"""Two all-reduces a layer forward and two backward, each moving its tensor twice."""
_EXPERT_COLLECTIVES = 4.0
"""Tokens go to the experts and back, forward and backward."""
_SHARDED_BYTES = 6.0
"""Weights are gathered forward and backward and gradients scattered, 2 bytes each (ZeRO stage 3)."""
_REPLICATED_BYTES = 4.0
"""Gradients of 2 bytes are all-reduced, which moves them twice."""


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """One training run. Each field is a number or an array.

    Attributes
    ----------
    matmul_params, params, expert_frac : float or array
        Active parameters that multiply; all; share of all that sits in experts. [1]
    attention_flop, length : float or array
        Forward attention core of one token, not masked; tokens of a sequence. [FLOP/token], [token]
    layers, hidden, narrowest, active_experts : float or array
        Depth, width, width of the narrowest product (that of an expert, else the model's), experts used for
        one token (0 for a dense model). [1]
    peak_flop_s, peak_16bit_flop_s : float or array
        Dense peak of the number format of the matrix products; of 16 bits. [FLOP/s]
    link_bytes_s, network_bytes_s, fabric_accelerators : float or array
        Link between cards, one direction; network of one card out of its fabric; cards in a fabric.
        [bytes/s], [bytes/s], [1]
    accelerators, tensor, pipeline, context, expert_parallel : float or array
        Cards, and the degrees of parallelism. [1]
    micro_batches, virtual_stages : float or array
        Micro-batches of one step through a pipeline; virtual stages of one card. [1]
    micro_tokens, step_tokens : float or array
        Tokens of one micro-batch on one card; tokens of one optimiser step by card. [token]
    is_fp8, is_sharded, full_recompute, selective_recompute, unstated_recompute : float or array
        1 where it applies, else 0. [1]
    """

    matmul_params: Numeric
    params: Numeric
    expert_frac: Numeric
    attention_flop: Numeric
    length: Numeric
    layers: Numeric
    hidden: Numeric
    narrowest: Numeric
    active_experts: Numeric
    peak_flop_s: Numeric
    peak_16bit_flop_s: Numeric
    link_bytes_s: Numeric
    network_bytes_s: Numeric
    fabric_accelerators: Numeric
    accelerators: Numeric
    tensor: Numeric
    pipeline: Numeric
    context: Numeric
    expert_parallel: Numeric
    micro_batches: Numeric
    virtual_stages: Numeric
    micro_tokens: Numeric
    step_tokens: Numeric
    is_fp8: Numeric
    is_sharded: Numeric
    full_recompute: Numeric
    selective_recompute: Numeric
    unstated_recompute: Numeric


@dataclass(frozen=True, slots=True)
class TrainingConstants:
    """Fitted constants of `tokens_per_s_per_accelerator`.

    Attributes
    ----------
    gemm_efficiency, fp8_factor, moe_factor : float or array
        Share of the peak that wide matrix products reach; times this in FP8; times this with experts. [1]
    half_width : float or array
        Width at which products reach half of that. [1]
    attention_efficiency, half_length : float or array
        Share of the 16-bit peak that attention reaches on long sequences, the masked half counted as work;
        length at which it reaches half of that. [1], [token]
    gemm_recompute, attention_recompute, selective_recompute, unstated_recompute : float or array
        Work added by activation recompute, over one without. [1]
    layer_s, moe_layer_factor : float or array
        Overhead of one layer and pass; times this with experts. [s], [1]
    tensor_traffic, expert_traffic, remote_traffic, bubble : float or array
        Times the ideal traffic or idle time; remote is that of experts in another fabric. [1]
    network_efficiency : float or array
        Rate of gathering over the network of one card. [1]; over one where the cards of a node share theirs.
    scale_loss : float or array
        Time added by each doubling of cards beyond eight. [1]
    software : float or array
        Speed of the training code against a tuned one. [1]
    """

    gemm_efficiency: Numeric
    fp8_factor: Numeric
    moe_factor: Numeric
    half_width: Numeric
    attention_efficiency: Numeric
    half_length: Numeric
    gemm_recompute: Numeric
    attention_recompute: Numeric
    selective_recompute: Numeric
    unstated_recompute: Numeric
    layer_s: Numeric
    moe_layer_factor: Numeric
    tensor_traffic: Numeric
    expert_traffic: Numeric
    remote_traffic: Numeric
    network_efficiency: Numeric
    bubble: Numeric
    scale_loss: Numeric
    software: Numeric


def matmul_efficiency(job: TrainingJob, constants: TrainingConstants) -> Any:
    """Return the share of the peak that the matrix products reach. [1]. Narrow models run worse."""
    wide = constants.gemm_efficiency / (1.0 + constants.half_width / job.narrowest)
    eight = select(job.is_fp8 > 0.0, constants.fp8_factor, 1.0)
    return wide * eight * select(job.active_experts > 0.0, constants.moe_factor, 1.0)


def compute_s_per_token(job: TrainingJob, constants: TrainingConstants) -> Any:
    """Return matrix products and attention with what recompute adds, over all cards. [s/token]."""
    extra = (
        job.full_recompute * constants.gemm_recompute
        + job.selective_recompute * constants.selective_recompute
        + job.unstated_recompute * constants.unstated_recompute
    )
    products = _FLOP_PER_WEIGHT * job.matmul_params * (1.0 + extra)
    core = _FORWARD_AND_BACKWARD * job.attention_flop
    core = core * (1.0 + job.full_recompute * constants.attention_recompute)
    rate = job.peak_flop_s * matmul_efficiency(job, constants)
    attention = constants.attention_efficiency / (1.0 + constants.half_length / job.length)
    return products / rate + core / (job.peak_16bit_flop_s * attention)


def exchange_s_per_token(job: TrainingJob, constants: TrainingConstants) -> Any:
    """Return traffic of tensor and expert parallelism that computing waits for. [s/token]."""
    activations = _BYTES_16BIT * job.hidden * job.layers / job.link_bytes_s
    tensor = constants.tensor_traffic * _TENSOR_COLLECTIVES * (job.tensor - 1.0) / job.tensor
    inside = smaller(job.expert_parallel, job.fabric_accelerators)
    near = (inside - 1.0) / job.expert_parallel
    far = (job.expert_parallel - inside) / job.expert_parallel * job.link_bytes_s / job.network_bytes_s
    far = far * constants.remote_traffic
    experts = constants.expert_traffic * _EXPERT_COLLECTIVES * job.active_experts * (near + far)
    return activations * (tensor + experts)


def network_s_per_token(job: TrainingJob, constants: TrainingConstants) -> Any:
    """Return traffic of weights and gradients between data-parallel cards. [s/token].

    Sharded weights travel with each micro-batch, replicated gradients once a step. Inside one fabric they
    take the links between cards, else the network.
    """
    own = job.params * (1.0 - job.expert_frac + job.expert_frac / job.expert_parallel)
    sharded = _SHARDED_BYTES * own / job.micro_tokens
    replicated = _REPLICATED_BYTES * own / (job.tensor * job.pipeline * job.step_tokens)
    inside = job.accelerators <= job.fabric_accelerators
    rate = select(inside, job.link_bytes_s, job.network_bytes_s) * constants.network_efficiency
    return select(job.accelerators > 1.0, select(job.is_sharded > 0.0, sharded, replicated), 0.0) / rate


def tokens_per_s_per_accelerator(job: TrainingJob, constants: TrainingConstants) -> Any:
    """Return trained tokens by second and card. [token/s].

    Computing and the network overlap in part: their times add in the power 2.5. Fitted on llm-foundry,
    MaxText, Megatron, NeMo, torchtitan, MLPerf and published whole runs.
    """
    layer_s = constants.layer_s * select(job.active_experts > 0.0, constants.moe_layer_factor, 1.0)
    layers = _FORWARD_AND_BACKWARD * job.layers * layer_s / job.micro_tokens
    busy = compute_s_per_token(job, constants) + layers + exchange_s_per_token(job, constants)
    idle = constants.bubble * (job.pipeline - 1.0) / (job.micro_batches * job.virtual_stages)
    beyond = doublings(larger(job.accelerators, _NODE) / _NODE)
    busy = busy * (1.0 + idle) * (1.0 + constants.scale_loss * beyond)
    return constants.software / overlapped(busy, network_s_per_token(job, constants))


def overlapped(busy_s: Numeric, traffic_s: Numeric) -> Any:
    """Return the time of two activities that overlap in part. [s]: the longer, more where both are long."""
    return (busy_s**2.5 + traffic_s**2.5) ** 0.4
