"""How fast a model is fine-tuned: whole weights, adapters, adapters on quantised weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.engine.arrays import Numeric, doublings, larger, select

_PASSES = 2.0
_BYTES_16BIT = 2.0
_ACTIVATION_BYTES = 18.0
"""By token, layer and unit of width: what a card keeps of a pass in tuned code."""


@dataclass(frozen=True, slots=True)
class FineTuningJob:
    """One fine-tuning run. Each field is a number or an array.

    Attributes
    ----------
    product_flop, attention_flop : float or array
        Matrix products and attention core of one token, forward and backward as the method needs.
        [FLOP/token]
    forward_flop : float or array
        One forward pass over the weights. [FLOP/token]
    params, layers, hidden : float or array
        All parameters, depth, width. [1]
    peak_flop_s, bandwidth_bytes_s, link_bytes_s : float or array
        Dense peak of the number format; memory; link between cards, one direction. [FLOP/s], [bytes/s]
    micro_tokens : float or array
        Tokens really processed in a micro-batch, on one card. [token]
    accelerators, fabric_accelerators, cards_per_sequence : float or array
        Cards; cards that the fast links join; cards that share one sequence. [1]
    memory_doublings : float or array
        How often memory would have to double so that weights and activations fit without tricks. [1]
    is_fp8, is_quantised, is_adapter, is_sharded, full_recompute, is_eager, is_offloaded : float or array
        1 where products run in FP8; the weights are held in 4 bits; only prefixes are trained; weights are
        gathered for each micro-batch; activations are computed again; code that is compiled elsewhere is not;
        states do not fit the cards and move to the host; else 0. [1]
    """

    product_flop: Numeric
    attention_flop: Numeric
    forward_flop: Numeric
    params: Numeric
    layers: Numeric
    hidden: Numeric
    peak_flop_s: Numeric
    bandwidth_bytes_s: Numeric
    link_bytes_s: Numeric
    micro_tokens: Numeric
    accelerators: Numeric
    fabric_accelerators: Numeric
    cards_per_sequence: Numeric
    memory_doublings: Numeric
    is_fp8: Numeric
    is_quantised: Numeric
    is_adapter: Numeric
    is_sharded: Numeric
    full_recompute: Numeric
    is_eager: Numeric
    is_offloaded: Numeric


@dataclass(frozen=True, slots=True)
class FineTuningConstants:
    """Fitted constants of `fine_tuning_tokens_per_s`.

    Attributes
    ----------
    efficiency, fp8_factor, half_width : float or array
        Share of the peak that wide products reach; times this in FP8; width at which they reach half. [1]
    recompute, eager_factor, offload_factor : float or array
        Share of a forward pass that recompute adds; time of eager code over compiled; of states on the host
        over states on the card. [1]
    dequantised_bytes, bandwidth_efficiency : float or array
        Bytes moved to unpack one 4-bit weight; share of the memory rate reached. [bytes], [1]
    layer_s, quantised_layer_factor, adapter_layer_factor : float or array
        Overhead of one layer and micro-batch; times this with 4-bit weights; with prefixes only. [s], [1]
    gather : float or array
        Times the ideal traffic of gathering sharded weights. [1]
    sequence_split, scale_loss, memory_loss : float or array
        Time added by each doubling of the cards of a sequence; of all cards beyond one fabric; of the memory
        that is missing. [1]
    software : float or array
        Speed of the training code. [1]
    """

    efficiency: Numeric
    fp8_factor: Numeric
    half_width: Numeric
    recompute: Numeric
    eager_factor: Numeric
    offload_factor: Numeric
    dequantised_bytes: Numeric
    bandwidth_efficiency: Numeric
    layer_s: Numeric
    quantised_layer_factor: Numeric
    adapter_layer_factor: Numeric
    gather: Numeric
    sequence_split: Numeric
    scale_loss: Numeric
    memory_loss: Numeric
    software: Numeric


def memory_doublings(
    held_bytes: Numeric, kept_tokens: Numeric, width_by_layers: Numeric, memory_bytes: Numeric
) -> Any:
    """Return how often the memory of a card would have to double to hold a run without tricks. [1].

    Parameters
    ----------
    held_bytes : float or array
        Weights or states of one card. [bytes]
    kept_tokens : float or array
        Tokens whose activations are kept; 0 where they are computed again. [token]
    width_by_layers : float or array
        Width times depth. [1]
    memory_bytes : float or array
        Memory of a card. [bytes]
    """
    need = held_bytes + kept_tokens * _ACTIVATION_BYTES * width_by_layers
    return doublings(larger(need / memory_bytes, 1.0))


def product_s_per_token(job: FineTuningJob, constants: FineTuningConstants) -> Any:
    """Return the time of matrix products and attention. [s/token]."""
    flop = job.product_flop + job.attention_flop
    flop = flop + job.full_recompute * constants.recompute * job.forward_flop
    efficiency = constants.efficiency / (1.0 + constants.half_width / job.hidden)
    efficiency = efficiency * select(job.is_fp8 > 0.0, constants.fp8_factor, 1.0)
    eager = select(job.is_eager > 0.0, constants.eager_factor, 1.0)
    return eager * flop / (job.peak_flop_s * efficiency)


def overhead_s_per_micro_batch(job: FineTuningJob, constants: FineTuningConstants) -> Any:
    """Return what a micro-batch takes however few its tokens. [s].

    Launching kernels layer by layer, unpacking 4-bit weights twice, gathering sharded weights twice. This
    and not arithmetic sets the speed on short examples.
    """
    launch = job.layers * constants.layer_s
    launch = launch * select(job.is_quantised > 0.0, constants.quantised_layer_factor, 1.0)
    launch = launch * select(job.is_adapter > 0.0, constants.adapter_layer_factor, 1.0)
    unpack = _PASSES * constants.dequantised_bytes * job.params * job.is_quantised
    unpack = unpack / (constants.bandwidth_efficiency * job.bandwidth_bytes_s)
    gather = constants.gather * _PASSES * _BYTES_16BIT * job.params * job.is_sharded / job.link_bytes_s
    return launch + unpack + gather


def fine_tuning_tokens_per_s(job: FineTuningJob, constants: FineTuningConstants) -> Any:
    """Return processed tokens by second and card. [token/s].

    Fitted on MLPerf, torchtune, LitGPT, NeMo and DeepSpeed-Chat.
    """
    busy = product_s_per_token(job, constants)
    busy = busy + overhead_s_per_micro_batch(job, constants) / job.micro_tokens
    busy = busy * select(job.is_offloaded > 0.0, constants.offload_factor, 1.0)
    beyond = doublings(larger(job.accelerators / job.fabric_accelerators, 1.0))
    split = constants.sequence_split * doublings(job.cards_per_sequence)
    tight = 1.0 + constants.memory_loss * job.memory_doublings
    return constants.software / (busy * tight * (1.0 + split + constants.scale_loss * beyond))
