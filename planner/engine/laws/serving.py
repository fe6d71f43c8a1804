"""How fast a model is served: prefill, decode steps, the batch that fits, tokens by second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.engine.arrays import Numeric, doublings, larger, select, smaller

_FLOP_PER_WEIGHT = 2.0
_CORE_FLOP = 2.0
"""Scores and weighted values, two FLOP each; on average a token attends to half of what was asked for."""
_LAYER_COLLECTIVES = 2.0
_RING_PASSES = 2.0
_BYTES_16BIT = 2.0
_SOFTNESS = 4.0
_LEAST_FREE = 0.02
"""An engine that was run has found this much of its memory, though the sum of parts says otherwise."""
_LEAST_SPARE = 0.05
"""A limit below the time of an empty step cannot be kept; the batch is then small, not negative."""


@dataclass(frozen=True, slots=True)
class ServingJob:
    """A model on some cards under some load. Each field is a number or an array.

    Attributes
    ----------
    matmul_params : float or array
        Active parameters that multiply for one token. [1]
    shared_params, lookup_params, expert_params : float or array
        Parameters outside experts that every step reads; those of an untied input embedding; those in
        experts. [1]
    active_expert_frac, expert_width : float or array
        Experts used for one token over all; width of one, infinite for a dense model. [1]
    layers, hidden, attention_width, kv_heads : float or array
        Depth; width; query heads times width of a head (0 without attention); heads that a cache can be
        split by. [1]
    cache_values : float or array
        Values that one token leaves in the cache, over all layers. [1]
    window_tokens, windowed_frac : float or array
        Reach of sliding windows, share of layers that have one. [token], [1]
    weight_bytes, expert_weight_bytes, cache_bytes : float or array
        Bytes of one weight outside and inside experts, of one cached value. [bytes]
    peak_flop_s, peak_16bit_flop_s : float or array
        Dense peak of one card in the format of the products; in 16 bits. [FLOP/s]
    bandwidth_bytes_s, memory_bytes, link_bytes_s, tdp_w : float or array
        Memory bandwidth and memory of one card; its link to the next, one direction; rated power.
        [bytes/s], [bytes], [bytes/s], [W]
    tensor, pipeline, attention_replicas : float or array
        Tensor (or expert) and pipeline parallelism of one instance; copies of the attention weights among
        its tensor ranks, 1 when attention is split too. [1]
    prompt_tokens, output_tokens, is_prompt_stated : float or array
        Mean lengths of a request; 1 where the prompt's was published, 0 where it is a guess. [token], [1]
    batch : float or array
        Mean number of running requests of an instance; nan: as many as memory and latency allow. [1]
    tpot_limit_s : float or array
        Limit on the time per output token; nan: none. [s]
    output_cv : float or array
        Standard deviation of the length of answers over its mean. [1]
    """

    matmul_params: Numeric
    shared_params: Numeric
    lookup_params: Numeric
    expert_params: Numeric
    active_expert_frac: Numeric
    expert_width: Numeric
    layers: Numeric
    hidden: Numeric
    attention_width: Numeric
    kv_heads: Numeric
    cache_values: Numeric
    window_tokens: Numeric
    windowed_frac: Numeric
    weight_bytes: Numeric
    expert_weight_bytes: Numeric
    cache_bytes: Numeric
    peak_flop_s: Numeric
    peak_16bit_flop_s: Numeric
    bandwidth_bytes_s: Numeric
    memory_bytes: Numeric
    link_bytes_s: Numeric
    tdp_w: Numeric
    tensor: Numeric
    pipeline: Numeric
    attention_replicas: Numeric
    prompt_tokens: Numeric
    output_tokens: Numeric
    is_prompt_stated: Numeric
    batch: Numeric
    tpot_limit_s: Numeric
    output_cv: Numeric = 0.0


@dataclass(frozen=True, slots=True)
class ServingConstants:
    """Fitted constants of the laws here. Each is a number or an array.

    Attributes
    ----------
    prefill_efficiency, decode_efficiency : float or array
        Share of the peak that products of a wide model reach when reading prompts, when decoding. [1]
    power_exponent, reference_joule_per_flop, most_supply : float or array
        How that share grows with rated power over 16-bit peak, against a reference card, and from how much
        of it power is no longer what binds. [1], [J], [1]
    half_width, half_expert_width, half_read_width : float or array
        Width at which products are half as good; the same of an expert; the same for reading weights. [1]
    bandwidth_efficiency, cache_efficiency, attention_efficiency, link_efficiency : float or array
        Share of the rate reached when reading weights; the cache; by the attention core; by links. [1]
    exchange_factor : float or array
        Traffic of replicated attention with split experts, over that of split attention. [1]
    layer_s, step_s, sequence_s, allreduce_s, prompt_token_s, prompt_s : float or array
        Overhead by layer and step; by step; by sequence and step; by all-reduce of two cards; by token of a
        prompt; by prompt. [s]
    usable_memory_frac, reserved_bytes : float or array
        Share of a card's memory an engine takes, and what it holds beside weights and cache. [1], [bytes]
    held_output_frac : float or array
        Share of the final answer that the cache holds for each running request when memory is full. [1]
    most_sequences : float or array
        Running requests that an engine is set up for, by copy of the attention. [1]
    pipeline_efficiency : float or array
        Speed kept by each doubling of pipeline stages. [1]
    prompt_factor : float or array
        True length of prompts over the guess, where no length was published. [1]
    limit_use_frac, limit_speed_frac : float or array
        Mean time per token over its limit where the limit binds; speed kept by arrivals at random. [1]
    """

    prefill_efficiency: Numeric
    decode_efficiency: Numeric
    power_exponent: Numeric
    reference_joule_per_flop: Numeric
    most_supply: Numeric
    half_width: Numeric
    half_expert_width: Numeric
    half_read_width: Numeric
    bandwidth_efficiency: Numeric
    cache_efficiency: Numeric
    attention_efficiency: Numeric
    link_efficiency: Numeric
    exchange_factor: Numeric
    layer_s: Numeric
    step_s: Numeric
    sequence_s: Numeric
    allreduce_s: Numeric
    prompt_token_s: Numeric
    prompt_s: Numeric
    usable_memory_frac: Numeric
    reserved_bytes: Numeric
    held_output_frac: Numeric
    most_sequences: Numeric
    pipeline_efficiency: Numeric
    prompt_factor: Numeric
    limit_use_frac: Numeric
    limit_speed_frac: Numeric


def product_flop_s(job: ServingJob, constants: ServingConstants, efficiency: Numeric) -> Any:
    """Return the rate of matrix products of all tensor ranks. [FLOP/s].

    `efficiency` is the share of the peak that a wide model reaches. Narrow models and narrow experts run
    worse, and so do cards with little power for their peak.
    """
    supply = job.tdp_w / (job.peak_16bit_flop_s * constants.reference_joule_per_flop)
    power = smaller(supply, constants.most_supply) ** constants.power_exponent
    wide = (1.0 + constants.half_width / job.hidden) * (1.0 + constants.half_expert_width / job.expert_width)
    return job.tensor * job.peak_flop_s * efficiency * power / wide


def prompt_length(job: ServingJob, constants: ServingConstants) -> Any:
    """Return the length of prompts, a guess corrected by what was learned of its workload. [token]."""
    return job.prompt_tokens * select(job.is_prompt_stated > 0.0, 1.0, constants.prompt_factor)


def reached_tokens(job: ServingJob, context: Numeric) -> Any:
    """Return how much of a context a token attends to, on average over layers. [token]."""
    near = smaller(context, job.window_tokens)
    return job.windowed_frac * near + (1.0 - job.windowed_frac) * context


def exchange_s_per_token(job: ServingJob, constants: ServingConstants) -> Any:
    """Return the traffic between tensor ranks for one token. [s/token]; two all-reduces a layer."""
    share = (job.tensor - 1.0) / job.tensor
    moved = _LAYER_COLLECTIVES * _RING_PASSES * share * job.hidden * _BYTES_16BIT * job.layers
    factor = select(job.attention_replicas > 1.0, constants.exchange_factor, 1.0)
    return factor * moved / (job.link_bytes_s * constants.link_efficiency)


def prefill_s(job: ServingJob, constants: ServingConstants) -> Any:
    """Return the time to read one prompt. [s]."""
    tokens = prompt_length(job, constants)
    products = (
        _FLOP_PER_WEIGHT * job.matmul_params / product_flop_s(job, constants, constants.prefill_efficiency)
    )
    core = _CORE_FLOP * reached_tokens(job, tokens) * job.layers * job.attention_width
    core = core / (job.tensor * job.peak_16bit_flop_s * constants.attention_efficiency)
    each = products + core + exchange_s_per_token(job, constants) + constants.prompt_token_s
    return tokens * each + constants.prompt_s


def touched_bytes(job: ServingJob, batch: Numeric) -> Any:
    """Return the weights that a step of `batch` sequences reads, over the tensor ranks. [bytes].

    Uniform routing touches the share 1 - (1 - k/E)^batch of the experts.
    """
    shared = job.shared_params * job.weight_bytes * job.attention_replicas
    if isinstance(job.expert_params, float) and job.expert_params == 0.0:
        return shared  # a power of every batch, for nothing
    touched = 1.0 - (1.0 - job.active_expert_frac) ** batch
    return shared + job.expert_params * job.expert_weight_bytes * touched


def weights_s(job: ServingJob, constants: ServingConstants, batch: Numeric) -> Any:
    """Return the time to read the weights that a step of `batch` sequences touches. [s]."""
    moved = touched_bytes(job, batch)
    rate = job.bandwidth_bytes_s * constants.bandwidth_efficiency
    return moved * (1.0 + constants.half_read_width / job.hidden) / (job.tensor * rate)


def overhead_s(job: ServingJob, constants: ServingConstants) -> Any:
    """Return what a step takes whatever it holds: launches, and the latency of all-reduces. [s]."""
    hops = doublings(job.tensor) ** 0.5
    waits = _LAYER_COLLECTIVES * constants.allreduce_s * hops
    return job.layers * (constants.layer_s + waits) + constants.step_s


def context_tokens(job: ServingJob, constants: ServingConstants) -> Any:
    """Return what a token of a running request attends to, on average over time and layers. [token].

    Long answers are seen more often: the part of the answer is 1 + cv^2 times half the mean.
    """
    answer = job.output_tokens / 2.0 * (1.0 + job.output_cv**2)
    return reached_tokens(job, prompt_length(job, constants) + answer)


def sequence_s(job: ServingJob, constants: ServingConstants) -> Any:
    """Return what each running sequence adds to a step. [s]."""
    cache = job.cache_values * job.cache_bytes * context_tokens(job, constants)
    cache_rate = cache_shards(job) * job.bandwidth_bytes_s * constants.cache_efficiency
    products = (
        _FLOP_PER_WEIGHT * job.matmul_params / product_flop_s(job, constants, constants.decode_efficiency)
    )
    return cache / cache_rate + products + constants.sequence_s + exchange_s_per_token(job, constants)


def step_s(job: ServingJob, constants: ServingConstants, batch: Numeric) -> Any:
    """Return the time of one decode step of `batch` sequences. [s].

    The parts add up: kernels of a step run one after the other.
    """
    return weights_s(job, constants, batch) + overhead_s(job, constants) + batch * sequence_s(job, constants)


def weight_bytes(job: ServingJob) -> Any:
    """Return the weights of an instance, over all its cards. [bytes]."""
    weights = (job.shared_params + job.lookup_params) * job.weight_bytes * job.attention_replicas
    return weights + job.expert_params * job.expert_weight_bytes


def free_bytes(job: ServingJob, constants: ServingConstants) -> Any:
    """Return what weights and runtime leave for the cache, over all cards. [bytes]; below 0: nothing.

    Memory of a card is counted in GiB.
    """
    cards = job.tensor * job.pipeline
    kept = constants.usable_memory_frac * job.memory_bytes - constants.reserved_bytes
    return kept * cards - weight_bytes(job)


def cache_bytes_per_request(job: ServingJob, constants: ServingConstants) -> Any:
    """Return the cache that a running request holds, copies over cards counted. [bytes].

    The answer counts with a standard deviation more than its mean.
    """
    answer = job.output_tokens * (1.0 + job.output_cv)
    context = prompt_length(job, constants) + constants.held_output_frac * answer
    copies = job.tensor / cache_shards(job)
    return job.cache_values * job.cache_bytes * reached_tokens(job, context) * copies


def memory_batch(job: ServingJob, constants: ServingConstants) -> Any:
    """Return how many requests the memory of an instance holds. [1]; a small number where nothing is left."""
    free = larger(free_bytes(job, constants), _LEAST_FREE * job.memory_bytes * job.tensor * job.pipeline)
    return free / larger(cache_bytes_per_request(job, constants), 1.0)


def latency_batch(job: ServingJob, constants: ServingConstants, most: Numeric) -> Any:
    """Return how many requests keep the limit on time per token; nan without a limit. [1].

    Prompts take their time from decoding, so each running request adds its share of one. Steps are taken as
    linear between half of `most` and `most` sequences.
    """
    full = step_s(job, constants, most / job.pipeline)
    slope = (full - step_s(job, constants, most / 2.0 / job.pipeline)) / (most / 2.0)
    fixed = full - slope * most
    spare = np.maximum(constants.limit_use_frac * job.tpot_limit_s - fixed, _LEAST_SPARE * fixed)
    return spare / (slope + prefill_s(job, constants) / (job.pipeline * job.output_tokens))


def running_batch(job: ServingJob, constants: ServingConstants) -> Any:
    """Return the mean number of running requests of an instance. [1].

    What was given, else the smallest of memory, what the engine is set up for and the latency limit.
    """
    set_up = constants.most_sequences * job.attention_replicas
    most = soft_least(memory_batch(job, constants), set_up)
    limited = latency_batch(job, constants, most)
    found = np.where(np.isnan(limited), most, soft_least(most, np.where(np.isnan(limited), most, limited)))
    return np.where(np.isnan(job.batch), found, job.batch)


def soft_least(one: Numeric, other: Numeric) -> Any:
    """Return the smaller of two, rounded off where they are alike. Same unit, shapes broadcast."""
    least = np.minimum(one, other)
    ratio = least / np.maximum(one, other)
    return least * (1.0 + ratio**_SOFTNESS) ** (-1.0 / _SOFTNESS)


def output_tokens_per_s(job: ServingJob, constants: ServingConstants) -> Any:
    """Return generated tokens by second and card of a busy instance. [token/s].

    Prompts are read in the same time. Fitted on TensorRT-LLM, MLPerf Inference and ML.ENERGY (vLLM).
    """
    batch = running_batch(job, constants)
    step = step_s(job, constants, batch / job.pipeline)
    request = prefill_s(job, constants) / job.pipeline + job.output_tokens * step / batch
    kept = constants.pipeline_efficiency ** np.log2(job.pipeline)
    kept = kept * np.where(np.isnan(job.tpot_limit_s), 1.0, constants.limit_speed_frac)
    return kept * job.output_tokens / (request * job.tensor * job.pipeline)


def cache_shards(job: ServingJob) -> Any:
    """Return over how many tensor ranks the cache is split. [1]."""
    return select(job.attention_replicas > 1.0, job.tensor, smaller(job.tensor, job.kv_heads))
