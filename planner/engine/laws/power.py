"""What cards and servers draw, and the energy of a token, from how busy memory and arithmetic are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.engine.arrays import Numeric, larger
from planner.engine.laws.serving import (
    ServingConstants,
    ServingJob,
    cache_shards,
    context_tokens,
    output_tokens_per_s,
    prompt_length,
    running_batch,
    touched_bytes,
)

_FLOP_PER_WEIGHT = 2.0
_SHARPNESS = 6.0
_NODE = 8.0


@dataclass(frozen=True, slots=True)
class PowerJob:
    """A busy card. Each field is a number or an array.

    Attributes
    ----------
    tdp_w : float or array
        Rated power. [W]
    memory_use, compute_use : float or array
        Share of the bandwidth and of the peak of the format in use. [1]
    """

    tdp_w: Numeric
    memory_use: Numeric
    compute_use: Numeric


@dataclass(frozen=True, slots=True)
class PowerConstants:
    """Fitted constants of `board_power_w`, as shares of rated power. [1].

    Attributes
    ----------
    awake_frac, memory_frac, compute_frac, most_frac : float or array
        Drawn when working at all; added at full bandwidth; added at full peak; never exceeded.
    memory_exponent, compute_exponent : float or array
        How what is added grows with use.
    """

    awake_frac: Numeric
    memory_frac: Numeric
    compute_frac: Numeric
    most_frac: Numeric
    memory_exponent: Numeric
    compute_exponent: Numeric


@dataclass(frozen=True, slots=True)
class EnergyJob:
    """A busy card of a server, and what it gives. Each field is a number or an array.

    Attributes
    ----------
    board_w, tokens_per_s : float or array
        Power of one card; tokens it generates. [W], [token/s]
    at_wall : float or array
        1 where the whole server counts, measured at the wall; 0 for cards alone. [1]
    """

    board_w: Numeric
    tokens_per_s: Numeric
    at_wall: Numeric


@dataclass(frozen=True, slots=True)
class EnergyConstants:
    """Fitted constants of `joule_per_token`.

    Attributes
    ----------
    host_w : float or array
        Processors, memory, network, fans and losses of a server by card. [W]
    setting_factor : float or array
        Power drawn under a lowered limit over that under the usual one. [1]
    """

    host_w: Numeric
    setting_factor: Numeric


@dataclass(frozen=True, slots=True)
class EagerJob:
    """One sequence in a framework that launches every operation by itself. Each field a number or an array.

    Attributes
    ----------
    matmul_params, weight_bytes, layers : float or array
        Parameters read by token, bytes of one, depth. [1], [bytes], [1]
    bandwidth_bytes_s, tdp_w : float or array
        Memory bandwidth and rated power of the card. [bytes/s], [W]
    """

    matmul_params: Numeric
    weight_bytes: Numeric
    layers: Numeric
    bandwidth_bytes_s: Numeric
    tdp_w: Numeric


@dataclass(frozen=True, slots=True)
class EagerConstants:
    """Fitted constants of `eager_joule_per_token`.

    Attributes
    ----------
    layer_s : float or array
        Time of the launches of a layer. [s]
    bandwidth_efficiency : float or array
        Share of the bandwidth reached when reading weights. [1]
    awake_frac, reading_frac : float or array
        Power when working at all, and added while weights are read, as shares of rated power. [1]
    """

    layer_s: Numeric
    bandwidth_efficiency: Numeric
    awake_frac: Numeric
    reading_frac: Numeric


@dataclass(frozen=True, slots=True)
class TrainingPowerJob:
    """A training machine. Each field is a number or an array.

    Attributes
    ----------
    tdp_w, accelerators : float or array
        Rated power of a card; how many work together. [W], [1]
    """

    tdp_w: Numeric
    accelerators: Numeric


@dataclass(frozen=True, slots=True)
class TrainingPowerConstants:
    """Fitted constants of `training_node_w`.

    Attributes
    ----------
    card_frac, host_w : float or array
        Power of a busy card over its rated power; its share of host and fans. [1], [W]
    scale_exponent : float or array
        How power falls with each e-fold of cards beyond a node, as links make cards wait. [1]
    """

    card_frac: Numeric
    host_w: Numeric
    scale_exponent: Numeric


def memory_use(job: ServingJob, constants: ServingConstants) -> Any:
    """Return the share of the bandwidth in use while a model is served. [1]."""
    batch = running_batch(job, constants)
    return memory_use_at(job, constants, batch, _round_s(job, constants, batch))


def memory_use_at(job: ServingJob, constants: ServingConstants, batch: Numeric, round_s: Numeric) -> Any:
    """Return the share of the bandwidth in use while `batch` requests get a token each `round_s`. [1]."""
    weights = touched_bytes(job, batch / job.pipeline)
    cache = batch * job.cache_values * job.cache_bytes * context_tokens(job, constants)
    moved = weights / job.tensor + cache / (cache_shards(job) * job.pipeline)
    return moved / (round_s * job.bandwidth_bytes_s)


def compute_use(job: ServingJob, constants: ServingConstants) -> Any:
    """Return the share of the peak of the format in use while a model is served. [1]; prompts count too."""
    batch = running_batch(job, constants)
    return compute_use_at(job, prompt_length(job, constants), batch, _round_s(job, constants, batch))


def compute_use_at(job: ServingJob, computed_tokens: Numeric, batch: Numeric, round_s: Numeric) -> Any:
    """Return the share of the peak in use while `batch` requests get a token each `round_s`. [1].

    `computed_tokens` of each prompt are read, the others come from a cache.
    """
    tokens = batch * (1.0 + computed_tokens / job.output_tokens)
    computed = _FLOP_PER_WEIGHT * job.matmul_params * tokens / (job.tensor * job.pipeline)
    return computed / (round_s * job.peak_flop_s)


def board_power_w(job: PowerJob, constants: PowerConstants) -> Any:
    """Return the mean power of a busy card. [W].

    Fitted on ML.ENERGY: A100, H100 and B200 under vLLM, small batches to large ones.
    """
    share = constants.awake_frac + constants.memory_frac * job.memory_use**constants.memory_exponent
    share = share + constants.compute_frac * job.compute_use**constants.compute_exponent
    ratio = share / constants.most_frac
    return job.tdp_w * share * (1.0 + ratio**_SHARPNESS) ** (-1.0 / _SHARPNESS)


def joule_per_token(job: EnergyJob, constants: EnergyConstants) -> Any:
    """Return the energy of one generated token, its share of the prompt's included. [J/token]."""
    return (job.board_w * constants.setting_factor + job.at_wall * constants.host_w) / job.tokens_per_s


def eager_joule_per_token(job: EagerJob, constants: EagerConstants) -> Any:
    """Return the energy of a token of one sequence in eager mode, card alone. [J/token].

    Fitted on the first ML.ENERGY tables: 3 to 13 billion parameters on A40, A100 and V100.
    """
    reading = job.matmul_params * job.weight_bytes / (job.bandwidth_bytes_s * constants.bandwidth_efficiency)
    whole = reading + job.layers * constants.layer_s
    return job.tdp_w * (constants.awake_frac * whole + constants.reading_frac * reading)


def training_node_w(job: TrainingPowerJob, constants: TrainingPowerConstants) -> Any:
    """Return the mean power of a training machine by card, its share of the host included. [W].

    The first form (P5: Newkirk et al. 2025, Latif et al. 2025), less what cards wait for links in many nodes.
    Fitted on measured whole runs and MLPerf power submissions.
    """
    nodes = larger(job.accelerators, _NODE) / _NODE
    busy_w = constants.card_frac * job.tdp_w + constants.host_w
    return busy_w * nodes ** (-constants.scale_exponent)


def _round_s(job: ServingJob, constants: ServingConstants, batch: Numeric) -> Any:
    """Return the time in which each running sequence gains one token, prompts included. [s]."""
    cards = job.tensor * job.pipeline
    return batch / (output_tokens_per_s(job, constants) * cards)
