"""What training and serving hold in accelerator memory (equations M1 to M5)."""

from __future__ import annotations

from planner.engine.architecture import Architecture
from planner.engine.arrays import Numeric

_QLORA_BITS = 4.127
"""4-bit blocks of 64 with double quantisation: 0.127 bit of constants a weight. Source: QLoRA, section 3."""


def full_state_bytes(
    params: Numeric,
    accelerators: Numeric,
    zero_stage: int,
    *,
    weight: float = 2.0,
    gradient: float = 2.0,
    optimiser: float = 12.0,
) -> Numeric:
    """Return weights, gradients and Adam states of full training per accelerator (M1). [bytes].

    ZeRO stage 1 shards the optimiser, 2 the gradients too, 3 the weights too. Source: EleutherAI/cookbook
    after Rajbhandari et al. 2020.
    """
    shards = [accelerators if zero_stage >= stage else 1.0 for stage in (3, 2, 1)]
    return params * (weight / shards[0] + gradient / shards[1] + optimiser / shards[2])


def adapter_state_bytes(params: Numeric, adapter_params: Numeric, bits: float = 16.0) -> Numeric:
    """Return frozen weights and trained adapters, unsharded (M4). [bytes].

    ``bits`` is 16 for LoRA and `_QLORA_BITS` for QLoRA. Freezing weights does not remove activations.
    """
    return params * bits / 8.0 + 16.0 * adapter_params


def method_state_bytes(method: str, params: Numeric, adapter_params: Numeric) -> Numeric:
    """Return the states of a training method over all accelerators together. [bytes]."""
    if method == "full":
        return full_state_bytes(params, 1.0, 0)
    return adapter_state_bytes(params, adapter_params, _QLORA_BITS if method == "qlora" else 16.0)


def frozen_bytes_per_weight(method: str) -> float:
    """Return the bytes of one weight as it is gathered in training. [bytes]."""
    return _QLORA_BITS / 8.0 if method == "qlora" else 2.0


def activation_bytes(
    arch: Architecture, seq_len: Numeric, micro_batch: float, *, full_recompute: bool
) -> Numeric:
    """Return the activations of one micro-batch (M2). [bytes].

    Selective recompute keeps 34 bytes a token, layer and unit of width; full recompute 2, and one layer's 34.
    Source: Korthikanti et al. 2022, table 2, as in EleutherAI/cookbook.
    """
    tokens = seq_len * micro_batch
    if full_recompute:
        return tokens * arch.hidden * (2.0 * arch.layers + 34.0)
    return 34.0 * tokens * arch.hidden * arch.layers


def logit_bytes(
    arch: Architecture, seq_len: Numeric, micro_batch: float, bytes_per_logit: float = 10.0
) -> Numeric:
    """Return 16-bit logits, their fp32 copy and gradient (M3). [bytes]."""
    return seq_len * micro_batch * arch.vocab * bytes_per_logit


def peak_sequence_tokens(prompt_tokens: Numeric, output_tokens: Numeric, output_cv: Numeric) -> Numeric:
    """Return the length that a sequence is given room for: one standard deviation above the mean (M5).

    [tokens].
    """
    return prompt_tokens + output_tokens * (1.0 + output_cv)
