"""Floating-point operations of training and of forward passes (equations F1 to F5, K1)."""

from __future__ import annotations

from planner.engine.architecture import Architecture
from planner.engine.arrays import Numeric


def attention_flop_per_token(arch: Architecture, context_tokens: Numeric) -> Numeric:
    """Return the forward attention core of one token that attends `context_tokens`. [FLOP].

    Not masked: in training this is the convention of the MFU tables; for inference give the context that is
    really attended.
    Source: mosaicml/llm-foundry, benchmarking README.
    """
    return 4.0 * arch.layers * arch.heads * arch.head_dim * context_tokens


def forward_flop_per_token(arch: Architecture, seq_len: Numeric) -> Numeric:
    """Return a forward pass (F1). [FLOP/token]. Source: llm-foundry README."""
    return 2.0 * arch.matmul_params + attention_flop_per_token(arch, seq_len)


def prefill_flop_per_token(arch: Architecture, prompt_tokens: Numeric) -> Numeric:
    """Return the forward pass of a prompt's token (I1). [FLOP/token].

    On average a token attends half of the prompt.
    """
    return 2.0 * arch.matmul_params + attention_flop_per_token(arch, prompt_tokens) / 2.0


def answer_flop(
    arch: Architecture,
    prompt_tokens: Numeric,
    computed_tokens: Numeric,
    output_tokens: Numeric,
    context_tokens: Numeric,
) -> Numeric:
    """Return the operations of answering one request: its prompt read, its answer written. [FLOP].

    Parameters
    ----------
    arch : Architecture
        Of the model that answers.
    prompt_tokens, computed_tokens : float or array
        Of the prompt, and those of it that no prefix cache holds. [tokens]
    output_tokens : float or array
        Of the answer. [tokens]
    context_tokens : float or array
        Mean context that a token of the answer attends (I3). [tokens]
    """
    reading = computed_tokens * prefill_flop_per_token(arch, prompt_tokens)
    return reading + output_tokens * forward_flop_per_token(arch, context_tokens)


def full_flop_per_token(arch: Architecture, seq_len: Numeric) -> Numeric:
    """Return a training step of all weights (F2).

    [FLOP/token]. Source: llm-foundry README; PaLM appendix B.
    """
    return 6.0 * arch.matmul_params + 3.0 * attention_flop_per_token(arch, seq_len)


def lora_flop_per_token(arch: Architecture, seq_len: Numeric, adapter_params: Numeric) -> Numeric:
    """Return a training step of adapters on frozen weights (F3). [FLOP/token].

    Weight gradients of frozen matrices are not formed, input gradients are; attention has no weights, so its
    backward pass is whole. Source: LoRA Without Regret, compute efficiency.
    """
    return 4.0 * arch.matmul_params + 6.0 * adapter_params + 3.0 * attention_flop_per_token(arch, seq_len)


def run_flop(flop_per_token: Numeric, tokens: Numeric, epochs: Numeric, packing_frac: Numeric) -> Numeric:
    """Return the operations of one run (F4). [FLOP]. Padding costs the same as text."""
    return flop_per_token * tokens * epochs / packing_frac


def dequantisation_factor(
    micro_batch_tokens: Numeric,
    mfu: Numeric,
    *,
    peak_flop_s: float,
    bandwidth_bytes_s: float,
    bandwidth_efficiency: float,
    passes: float = 2.0,
    bytes_per_weight: float = 4.5,
    flop_per_weight: float = 4.0,
) -> Numeric:
    """Return by how much unpacking 4-bit weights lengthens a step at least (F5). [1].

    It falls with the micro-batch: each weight is unpacked once a pass, however many tokens use it.
    """
    moved = passes * bytes_per_weight * mfu * peak_flop_s
    return 1.0 + moved / (flop_per_weight * bandwidth_efficiency * bandwidth_bytes_s * micro_batch_tokens)
