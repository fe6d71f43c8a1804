"""How fast one sequence runs on a user's device, a workstation or a lone card: decode and prefill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.engine.arrays import Numeric

_FLOP_PER_WEIGHT = 2.0
_CORE_FLOP = 2.0
"""Scores and weighted values; on average a token attends to half of the prompt."""
_LAYER_COLLECTIVES = 2.0
_CACHE_BYTES = 2.0


@dataclass(frozen=True, slots=True)
class DeviceJob:
    """A model that answers one request at a time. Each field is a number or an array.

    Attributes
    ----------
    matmul_params, params : float or array
        Parameters that multiply for one token; all of them. [1]
    layers, hidden, attention_width, cache_values : float or array
        Depth; width; query heads times width of a head; cached values of one token over all layers. [1]
    weight_bytes, is_quantised : float or array
        Mean bytes of a weight with its scales; 1 where that is less than 16 bits. [bytes], [1]
    peak_flop_s, bandwidth_bytes_s, memory_bytes : float or array
        16-bit peak, memory bandwidth and memory of one device. [FLOP/s], [bytes/s], [bytes]
    tensor, devices : float or array
        Devices that share each layer; devices that hold some layers each and take turns. [1]
    is_unified : float or array
        1 where processor and accelerator share the memory. [1]
    prompt_tokens, context_tokens : float or array
        Length of the prompt; tokens attended to while decoding, on average. [token]
    """

    matmul_params: Numeric
    params: Numeric
    layers: Numeric
    hidden: Numeric
    attention_width: Numeric
    cache_values: Numeric
    weight_bytes: Numeric
    is_quantised: Numeric
    peak_flop_s: Numeric
    bandwidth_bytes_s: Numeric
    memory_bytes: Numeric
    tensor: Numeric
    devices: Numeric
    is_unified: Numeric
    prompt_tokens: Numeric
    context_tokens: Numeric


@dataclass(frozen=True, slots=True)
class DeviceDecodeConstants:
    """Fitted constants of `decode_tokens_per_s`.

    Attributes
    ----------
    bandwidth_efficiency, half_width, cache_efficiency : float or array
        Share of the bandwidth reached reading weights of a wide model; width at which it is half; share
        reached reading the cache. [1]
    unpack_factor : float or array
        Time to unpack quantised weights over that of their products at the peak. [1]
    layer_s, token_s, hop_s, allreduce_s : float or array
        Overhead by layer; by token; to pass from device to device; by all-reduce. [s]
    paging_factor, room_frac : float or array
        How much slower a device runs whose unified memory the weights fill; the share from which they do. [1]
    """

    bandwidth_efficiency: Numeric
    half_width: Numeric
    cache_efficiency: Numeric
    unpack_factor: Numeric
    layer_s: Numeric
    token_s: Numeric
    hop_s: Numeric
    allreduce_s: Numeric
    paging_factor: Numeric
    room_frac: Numeric


@dataclass(frozen=True, slots=True)
class DevicePrefillConstants:
    """Fitted constants of `prefill_tokens_per_s`.

    Attributes
    ----------
    compute_efficiency, half_width, attention_efficiency : float or array
        Share of the peak that products of a wide model reach; width at which it is half; share that the
        attention core reaches. [1]
    quantised_factor : float or array
        Speed of products of quantised weights over 16-bit ones. [1]
    block_tokens, read_factor, layer_s : float or array
        Tokens of a block that a prompt is read in; what reading the weights adds by block, over the time at
        the whole bandwidth; overhead by layer and block. [token], [1], [s]
    split_gain : float or array
        Exponent of what layers split over devices gain by working on several blocks. [1]
    paging_factor, room_frac : float or array
        As for decoding. [1]
    """

    compute_efficiency: Numeric
    half_width: Numeric
    attention_efficiency: Numeric
    quantised_factor: Numeric
    block_tokens: Numeric
    read_factor: Numeric
    layer_s: Numeric
    split_gain: Numeric
    paging_factor: Numeric
    room_frac: Numeric


def paging(job: DeviceJob, constants: DeviceDecodeConstants | DevicePrefillConstants) -> Any:
    """Return how much slower a device runs because weights fill its unified memory. [1]."""
    filled = job.params * job.weight_bytes > constants.room_frac * job.memory_bytes
    return np.where(filled & (np.asarray(job.is_unified) > 0.0), constants.paging_factor, 1.0)


def decode_tokens_per_s(job: DeviceJob, constants: DeviceDecodeConstants) -> Any:
    """Return generated tokens by second of one sequence. [token/s].

    A step reads all weights and the cache. Devices that split the layers work one at a time, so more of them
    hold more but are not faster. Fitted on llama.cpp, exllamav2, gpt-fast, MLC, ExecuTorch and LitGPT.
    """
    rate = job.tensor * job.bandwidth_bytes_s
    weights = job.matmul_params * job.weight_bytes * (1.0 + constants.half_width / job.hidden)
    reading = weights / (rate * constants.bandwidth_efficiency)
    cache = job.cache_values * _CACHE_BYTES * job.context_tokens / (rate * constants.cache_efficiency)
    products = _FLOP_PER_WEIGHT * job.matmul_params / (job.tensor * job.peak_flop_s)
    unpacking = job.is_quantised * constants.unpack_factor * products
    shared = np.where(np.asarray(job.tensor) > 1.0, _LAYER_COLLECTIVES * constants.allreduce_s, 0.0)
    waiting = job.layers * (constants.layer_s + shared) + constants.token_s
    waiting = waiting + (job.devices - 1.0) * constants.hop_s
    return 1.0 / ((reading + cache + unpacking + waiting) * paging(job, constants))


def prefill_tokens_per_s(job: DeviceJob, constants: DevicePrefillConstants) -> Any:
    """Return prompt tokens read by second. [token/s].

    A prompt is read in blocks; devices that split the layers work on different blocks. Fitted on llama.cpp,
    ExecuTorch and TensorRT-LLM.
    """
    packed = np.where(np.asarray(job.is_quantised) > 0.0, constants.quantised_factor, 1.0)
    share = constants.compute_efficiency * packed / (1.0 + constants.half_width / job.hidden)
    products = _FLOP_PER_WEIGHT * job.matmul_params / (job.tensor * job.peak_flop_s * share)
    core = _CORE_FLOP * job.prompt_tokens * job.layers * job.attention_width
    core = core / (job.tensor * job.peak_flop_s * constants.attention_efficiency)
    blocks = np.maximum(job.prompt_tokens / constants.block_tokens, 1.0)
    reading = job.matmul_params * job.weight_bytes / (job.tensor * job.bandwidth_bytes_s)
    block = constants.read_factor * reading + job.layers * constants.layer_s
    seconds = job.prompt_tokens * (products + core) + blocks * block
    taken = ((blocks + job.devices - 1.0) / (blocks * job.devices)) ** constants.split_gain
    return job.prompt_tokens / (seconds * taken * paging(job, constants))
