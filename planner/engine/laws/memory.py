"""What training holds in accelerator memory at its peak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.engine.arrays import Numeric, select
from planner.units import BYTES_PER_GB

_BYTES_16BIT = 2.0
_SHARPNESS = 8.0


@dataclass(frozen=True, slots=True)
class MemoryJob:
    """One training run, as one card holds it. Each field is a number or an array.

    Attributes
    ----------
    frozen_bytes, quantised_bytes, state_bytes : float or array
        Weights that are not trained, in 8 bits or more; those in 4 bits; weights, gradients and optimiser
        states of those that are trained; on one card after sharding. [bytes]
    gathered_bytes : float or array
        Sharded weights in 16 bits while they are gathered: two layers, or a pipeline stage; 0 where they are
        not sharded. [bytes]
    whole_bytes : float or array
        All weights in 16 bits where every card loads them before it shards them, else 0. [bytes]
    micro_tokens, layers : float or array
        Tokens of the micro-batches that a card holds at once; layers on it. [token], [1]
    hidden, mlp_values, vocab : float or array
        Width; values that the MLP keeps for a token; vocabulary on this card. [1]
    limit_bytes : float or array
        Memory of the card where the run is known to fit it, infinite where that is the question. [bytes]
    full_recompute, selective_recompute, chunked_loss : float or array
        1 where layers, or parts of them, are computed again; the loss is taken in chunks; else 0. [1]
    is_gated : float or array
        1 for a gated MLP and root-mean-square norms, 0 for plain ones. [1]
    """

    frozen_bytes: Numeric
    quantised_bytes: Numeric
    state_bytes: Numeric
    gathered_bytes: Numeric
    whole_bytes: Numeric
    micro_tokens: Numeric
    layers: Numeric
    hidden: Numeric
    mlp_values: Numeric
    vocab: Numeric
    limit_bytes: Numeric
    full_recompute: Numeric
    selective_recompute: Numeric
    chunked_loss: Numeric
    is_gated: Numeric


@dataclass(frozen=True, slots=True)
class MemoryConstants:
    """Fitted constants of `training_peak_gb`.

    Attributes
    ----------
    states, frozen, quantised : float or array
        Times the states, the frozen weights and the 4-bit weights that the recipe names. [1]
    activations, width_values, gated_values : float or array
        Times the values kept in 16 bits; values of the model's width kept by layer and token; those more
        that norms in fp32 keep. [1]
    full_recompute, selective_recompute : float or array
        Share of them kept when layers, or parts of them, are computed again. [1]
    logit_bytes, chunked_logit_bytes : float or array
        Bytes for one logit, whole and with a chunked loss. [bytes]
    gathered, loading : float or array
        Times the gathered layers; times the whole weights while they are loaded. [1]
    base_gb : float or array
        What the runtime takes. [GB]
    """

    states: Numeric
    frozen: Numeric
    quantised: Numeric
    activations: Numeric
    width_values: Numeric
    gated_values: Numeric
    full_recompute: Numeric
    selective_recompute: Numeric
    logit_bytes: Numeric
    chunked_logit_bytes: Numeric
    gathered: Numeric
    loading: Numeric
    base_gb: Numeric


def kept_frac(job: MemoryJob, constants: MemoryConstants) -> Any:
    """Return the share of activations that recompute leaves in memory. [1]."""
    kept = select(job.full_recompute > 0.0, constants.full_recompute, 1.0)
    return kept * select(job.selective_recompute > 0.0, constants.selective_recompute, 1.0)


def bytes_per_token(job: MemoryJob, constants: MemoryConstants, kept: Numeric) -> Any:
    """Return what one token of the micro-batches takes: activations over the layers, logits. [bytes/token].

    `kept` is the share of activations that stays until the backward pass.
    """
    wide = constants.width_values + constants.gated_values * job.is_gated
    values = (wide * job.hidden + job.mlp_values) * job.layers
    logit = select(job.chunked_loss > 0.0, constants.chunked_logit_bytes, constants.logit_bytes)
    return _BYTES_16BIT * constants.activations * kept * values + logit * job.vocab


def held_bytes(job: MemoryJob, constants: MemoryConstants) -> Any:
    """Return states, weights and gathered layers: what a card holds however few its tokens. [bytes]."""
    held = constants.states * job.state_bytes + constants.frozen * job.frozen_bytes
    held = held + constants.quantised * job.quantised_bytes
    return held + constants.gathered * job.gathered_bytes


def peak_gb(job: MemoryJob, constants: MemoryConstants, tokens: Numeric, kept: Numeric) -> Any:
    """Return the peak memory of one card that holds micro-batches of `tokens` and keeps a share. [GB].

    The larger of what training holds and what loading takes. A run that is known to fit stays below its
    card: it recomputes or frees what would not.
    """
    training = held_bytes(job, constants) + tokens * bytes_per_token(job, constants, kept)
    loading = constants.loading * job.whole_bytes
    peak = (training**_SHARPNESS + loading**_SHARPNESS) ** (1.0 / _SHARPNESS)
    peak = peak + constants.base_gb * BYTES_PER_GB
    return peak / (1.0 + (peak / job.limit_bytes) ** _SHARPNESS) ** (1.0 / _SHARPNESS) / BYTES_PER_GB


def training_peak_gb(job: MemoryJob, constants: MemoryConstants) -> Any:
    """Return the peak memory of one card. [GB].

    Fitted on LitGPT, torchtune, torchtitan, PEFT and MLPerf.
    """
    return peak_gb(job, constants, job.micro_tokens, kept_frac(job, constants))


def tokens_that_fit(job: MemoryJob, constants: MemoryConstants, kept: Numeric, usable_bytes: Numeric) -> Any:
    """Return the tokens of a micro-batch at which the peak is `usable_bytes`. [token].

    The inverse of `peak_gb` for a run that is not known to fit and loads its weights in shards; negative
    where not even the states fit.
    """
    room = usable_bytes - constants.base_gb * BYTES_PER_GB - held_bytes(job, constants)
    return room / bytes_per_token(job, constants, kept)
