"""Fine-tuning speed: tokens by second and card of full, LoRA, QLoRA, adapter and RLHF runs."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from planner.engine.architecture import Architecture, lora_params
from planner.engine.flops import (
    attention_flop_per_token,
    forward_flop_per_token,
    full_flop_per_token,
    lora_flop_per_token,
)
from planner.engine.generations import link_bytes_s
from planner.engine.laws.finetuning import (
    FineTuningConstants,
    FineTuningJob,
    fine_tuning_tokens_per_s,
    memory_doublings,
)
from planner.evidence.families.training import card_of, model_of
from planner.evidence.layout import is_fp8, layout_of, software_of
from planner.evidence.names import Card, Declined, Names
from planner.evidence.recipe import Recipe, padded_length, recipe_of
from planner.evidence.reference import Run, Settings
from planner.evidence.study import Constant, Described, Effect, Keys, Study
from planner.units import MEGA, SECONDS_PER_MINUTE

_RANK: Final = 16.0
_MFU: Final = 0.40
_ITERATIONS: Final = 1000.0
_EVALUATION: Final = 1.12
"""Time to target over training time alone, in MLPerf."""


def column(run: Run) -> str | None:
    """Return the column that tells the speed of a fine-tuning run."""
    if run.settings.file != "finetune":
        return None
    names = ("tokens_per_s_per_accel", "tokens_per_s_total", "step_time_s", "time_min")
    return next((name for name in names if run.figure(name) is not None), None)


def value(run: Run, name: str, job: FineTuningJob) -> float:
    """Return processed tokens by second and card from whichever figure the source gives."""
    figure, settings = run.figure(name) or 0.0, run.settings
    cards = float(job.accelerators)
    if name == "tokens_per_s_per_accel":
        return figure
    if name == "tokens_per_s_total":
        return figure / cards
    if name == "step_time_s":
        return _step_tokens(settings) / (figure * cards)
    seconds = figure * SECONDS_PER_MINUTE
    if "micro-batches" in settings.text("time_scope"):
        return _ITERATIONS * float(job.micro_tokens) / seconds
    if "target" in settings.text("time_scope"):
        seconds /= _EVALUATION
    return _run_tokens(settings) / (seconds * cards)


def _step_tokens(settings: Settings) -> float:
    batch, length = settings.number("global_batch_seqs"), settings.number("seq_len")
    if batch is None or length is None:
        raise Declined("step time without batch and length")
    return batch * length


def _run_tokens(settings: Settings) -> float:
    tokens_m, samples = settings.number("tokens_m"), settings.number("samples")
    if tokens_m is not None:
        return tokens_m * MEGA
    if samples is None:
        raise Declined("time without the number of tokens or examples")
    return samples * padded_length(settings)


def describe(settings: Settings, names: Names) -> Described:
    """Return a fine-tuning run as the law sees it."""
    model, card = model_of(settings, names), card_of(settings, names)
    software = software_of(settings)
    fp8 = is_fp8(settings.text("precision")) and card.hardware.fp8_flop_s is not None
    arch, hardware, length = model.arch, card.hardware, padded_length(settings)
    recipe = recipe_of(settings, software)
    cards = settings.number("accelerators") or 1.0
    batch, micro = settings.number("global_batch_seqs"), settings.number("micro_batch_seqs")
    split = max(cards / batch, 1.0) if batch and "RLHF" not in settings.text("method") else 1.0
    attention: Any = attention_flop_per_token(arch, length)
    whole = full_flop_per_token(arch, length)
    flop = whole if recipe.is_full else lora_flop_per_token(arch, length, lora_params(arch, _RANK))
    peak = hardware.bf16_flop_s or 0.0
    micro_tokens = (micro or 1.0) * length / split
    layout = layout_of(settings.text("parallelism"))
    shards = cards if recipe.sharded or recipe.is_full else layout.tensor * layout.pipeline
    job = FineTuningJob(
        product_flop=flop - 3.0 * attention,
        attention_flop=3.0 * attention,
        forward_flop=forward_flop_per_token(arch, length),
        params=arch.params,
        layers=arch.layers,
        hidden=arch.hidden,
        peak_flop_s=(hardware.fp8_flop_s or peak) if fp8 else peak,
        bandwidth_bytes_s=hardware.memory_bandwidth_bytes_s,
        link_bytes_s=link_bytes_s(hardware),
        micro_tokens=micro_tokens,
        accelerators=cards,
        fabric_accelerators=card.generation.fabric_accelerators,
        cards_per_sequence=split,
        memory_doublings=_memory_doublings(arch, recipe, card, micro_tokens, shards),
        is_fp8=float(fp8),
        is_quantised=float(recipe.is_quantised),
        is_adapter=float(recipe.is_prefix),
        is_sharded=float(recipe.sharded and cards > 1.0),
        full_recompute=float(recipe.full_recompute),
        is_eager=float(recipe.eager),
        is_offloaded=float(_is_offloaded(settings, recipe, float(arch.params) / cards, card)),
    )
    generation = card.generation.name
    levels = {
        "format": f"{generation} fp8" if fp8 else f"{generation} 16-bit",
        "architecture": card.generation.architecture,
        "generation": generation,
        "software": software,
        "code": software.partition(" ")[0],
    }
    fine = f"{settings.text('method')} {settings.text('precision')} {cards:g} {micro or 0:g}"
    return Described(job, levels, Keys(model.key, generation, software, fine))


def _memory_doublings(
    arch: Architecture, recipe: Recipe, card: Card, micro_tokens: float, shards: float
) -> float:
    held = (recipe.state_bytes if recipe.is_full else recipe.frozen_bytes) * float(arch.params) / shards
    kept = 0.0 if recipe.full_recompute else micro_tokens
    return float(memory_doublings(held, kept, arch.layers * arch.hidden, card.hardware.memory_bytes))


def _is_offloaded(settings: Settings, recipe: Recipe, params_per_card: float, card: Card) -> bool:
    if "offload" in settings.text("notes").lower():
        return True
    return recipe.is_full and recipe.state_bytes * params_per_card > card.hardware.memory_bytes


def plain_6nd(job: FineTuningJob) -> Any:
    """Return tokens by second from 6 N D at 40 % of the peak. [token/s]."""
    return _MFU * job.peak_flop_s / (3.0 * job.forward_flop)


def roofline(job: FineTuningJob) -> Any:
    """Return tokens by second at the whole peak, or at a reading of the weights a micro-batch. [token/s]."""
    compute = (job.product_flop + job.attention_flop) / job.peak_flop_s
    reading = 2.0 * job.params / (job.bandwidth_bytes_s * job.micro_tokens)
    return 1.0 / np.maximum(compute, reading)


_FIRST = "first study of the same tables"
PRIORS: Final = (
    Constant("efficiency", 0.42, 0.3, "1", _FIRST),
    Constant("half_width", 400.0, 0.5, "1", "as in pre-training"),
    Constant("recompute", 0.8, 0.3, "1", "as in pre-training: part of a forward pass overlaps"),
    Constant("eager_factor", 1.25, 0.2, "1", "judgement"),
    Constant("offload_factor", 1.5, 0.3, "1", "judgement"),
    Constant("fp8_factor", 0.85, 0.15, "1", "as in pre-training"),
    Constant("dequantised_bytes", 4.5, 0.3, "bytes", "read 0.5, write 2, read 2"),
    Constant("bandwidth_efficiency", 0.71, 0.0, "1", _FIRST),
    Constant(
        "layer_s", 4e-4, 0.5, "s", "judgement: ten launches of tens of microseconds, forward and backward"
    ),
    Constant("quantised_layer_factor", 1.4, 0.2, "1", _FIRST),
    Constant("adapter_layer_factor", 0.7, 0.2, "1", _FIRST),
    Constant("gather", 1.5, 0.7, "1", "all-gather at the link's rate"),
    Constant("sequence_split", 0.08, 0.5, "1", _FIRST),
    Constant("scale_loss", 0.035, 0.5, "1", _FIRST),
    Constant(
        "memory_loss", 0.25, 0.5, "1", "recompute of a LoRA step adds half a step, tensor ranks a fifth"
    ),
    Constant("software", 1.0, 0.0, "1", "mean of the fine-tuning codes"),
)
EFFECTS: Final = (
    Effect("efficiency", "architecture", 0.2),
    Effect("efficiency", "generation", 0.15),
    Effect("efficiency", "format", 0.15),
    Effect("software", "code", 0.25),
    Effect("software", "software", 0.2),
    Effect("layer_s", "software", 1.0),
    Effect("gather", "software", 0.5),
)
STUDIES: Final = (
    Study(
        name="fine_tuning",
        family="fine_tuning",
        quantity="tokens_per_s_per_accel",
        unit="token/s",
        law=fine_tuning_tokens_per_s,
        job=FineTuningJob,
        constants=FineTuningConstants,
        priors=PRIORS,
        effects=EFFECTS,
        column=column,
        describe=describe,
        value=value,
        baselines={"6ND at 40 % MFU": plain_6nd, "plain roofline": roofline},
        ranges=("params", "micro_tokens", "accelerators"),
    ),
)
