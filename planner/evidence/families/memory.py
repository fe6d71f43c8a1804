"""Peak memory of training and fine-tuning, in GB of one card."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from planner.engine.architecture import Architecture, lora_params
from planner.engine.laws.memory import MemoryConstants, MemoryJob, training_peak_gb
from planner.evidence.families.training import card_of, model_of
from planner.evidence.layout import is_fp8, layout_of, software_of
from planner.evidence.names import Card, Declined, Names
from planner.evidence.recipe import Recipe, longest_length, recipe_of
from planner.evidence.reference import Run, Settings
from planner.evidence.study import Constant, Described, Effect, Keys, Study
from planner.units import BYTES_PER_GB, BYTES_PER_GIB_SOLD

_RANK: Final = 8.0
_BYTES_16BIT: Final = 2.0


def column(run: Run) -> str | None:
    """Return the column that tells the peak memory of a training run."""
    if run.settings.file not in ("training", "finetune"):
        return None
    return next((name for name in ("peak_mem_gib", "peak_mem_gb") if run.figure(name) is not None), None)


def value(run: Run, name: str, job: MemoryJob) -> float:
    """Return the peak. [GB]."""
    figure = run.figure(name) or 0.0
    return figure * BYTES_PER_GIB_SOLD / BYTES_PER_GB if name == "peak_mem_gib" else figure


def describe(settings: Settings, names: Names) -> Described:
    """Return a training run as the law of memory sees it."""
    notes = settings.text("notes")
    if "CPU offload" in notes:
        raise Declined("states are kept outside the card")
    if "upper bound" in notes:
        raise Declined("an upper bound, not a peak")
    model, card = model_of(settings, names), card_of(settings, names)
    software = software_of(settings)
    recipe = recipe_of(settings, software)
    job = _job(settings, model.arch, card, recipe, frozen=_frozen_bytes(settings, recipe, software))
    levels = {
        "software": software,
        "recipe": f"{software} {_kind(recipe)}",
        "method": settings.text("method").split("+")[0].strip() if recipe.is_prefix else _kind(recipe),
    }
    fine = (
        f"{settings.text('method')} {settings.text('precision')} {settings.text('parallelism')} "
        f"{settings.number('accelerators') or 0:g} {settings.number('micro_batch_seqs') or 0:g} "
        f"{settings.number('seq_len') or 0:g}"
    )
    return Described(job, levels, Keys(model.key, card.generation.name, software, fine))


def _kind(recipe: Recipe) -> str:
    if recipe.is_full:
        return "full"
    return "quantised" if recipe.is_quantised else "adapter"


def _frozen_bytes(settings: Settings, recipe: Recipe, software: str) -> float:
    if software == "MLPerf training" and not is_fp8(settings.text("precision")):
        return _BYTES_16BIT
    return recipe.frozen_bytes


def _job(settings: Settings, arch: Architecture, card: Card, recipe: Recipe, *, frozen: float) -> MemoryJob:
    layout = layout_of(settings.text("parallelism"))
    cards = settings.number("accelerators") or 1.0
    batch, micro = settings.number("global_batch_seqs"), settings.number("micro_batch_seqs")
    sharded = recipe.sharded and cards > 1.0
    shards = cards if sharded else layout.tensor * layout.pipeline
    split = layout.context * (max(cards / batch, 1.0) if batch and not sharded else 1.0)
    sequences = 1.0 if layout.pipeline > 1.0 else (micro or 1.0)
    params = float(arch.params)
    embedding = float(arch.vocab * arch.hidden)
    bulk = frozen * (params - embedding) / shards
    adapters = recipe.state_bytes * float(lora_params(arch, _RANK))
    recompute = settings.text("activation_ckpt")
    # A pipeline stage keeps its weights and gradients gathered from one micro-batch to the next.
    gathered = 1.0 / (layout.tensor * layout.pipeline) if layout.pipeline > 1.0 else 2.0 / float(arch.layers)
    return MemoryJob(
        frozen_bytes=0.0
        if recipe.is_full
        else _BYTES_16BIT * embedding / shards + (0.0 if recipe.is_quantised else bulk),
        quantised_bytes=bulk if recipe.is_quantised and not recipe.is_full else 0.0,
        state_bytes=recipe.state_bytes * params / shards if recipe.is_full else adapters / shards,
        gathered_bytes=2.0 * _BYTES_16BIT * params * gathered if sharded else 0.0,
        whole_bytes=_BYTES_16BIT * params if sharded and recipe.loads_whole else 0.0,
        micro_tokens=sequences * longest_length(settings) / split,
        layers=arch.layers,
        hidden=arch.hidden / layout.tensor,
        mlp_values=2.0 * (arch.mlp_matrices - 1.0) * arch.mlp_width / layout.tensor,
        vocab=arch.vocab / layout.tensor,
        limit_bytes=card.hardware.memory_bytes,
        full_recompute=float(recompute.startswith("full") or recipe.full_recompute),
        selective_recompute=float(recompute.startswith("selective")),
        chunked_loss=float(recipe.chunked_loss),
        is_gated=arch.mlp_matrices - 2.0,
    )


def mixed_precision_rule(job: MemoryJob) -> Any:
    """Return states, 34 bytes a token, layer and width, and logits. [GB]."""
    tokens = job.micro_tokens * (34.0 * job.hidden * job.layers + 10.0 * job.vocab)
    return (job.state_bytes + job.frozen_bytes + job.quantised_bytes + tokens) / BYTES_PER_GB


def states_only(job: MemoryJob) -> Any:
    """Return weights, gradients and optimiser states alone. [GB]."""
    return np.maximum(job.state_bytes + job.frozen_bytes + job.quantised_bytes, 1.0) / BYTES_PER_GB


_FIRST = "first study of the same tables"
PRIORS: Final = (
    Constant("states", 1.0, 0.1, "1", "the recipe's bytes by parameter"),
    Constant("frozen", 1.0, 0.05, "1", "the recipe's bytes by parameter"),
    Constant("quantised", 1.2, 0.2, "1", "the recipe's bytes by parameter, and buffers to unpack them"),
    Constant("activations", 1.0, 0.3, "1", "inputs of every product and non-linearity in 16 bits"),
    Constant("width_values", 10.0, 0.3, "1", "norms, queries, keys, values, attention output, residuals"),
    Constant("gated_values", 6.0, 0.5, "1", "copies in fp32 of two norms"),
    Constant("full_recompute", 0.1, 0.5, "1", "one value of the width by layer, and one layer whole"),
    Constant("selective_recompute", 0.7, 0.3, "1", _FIRST),
    Constant("logit_bytes", 10.0, 0.3, "bytes", "16-bit logits, their fp32 copy and gradient"),
    Constant("chunked_logit_bytes", 1.5, 0.5, "bytes", _FIRST),
    Constant("gathered", 0.6, 0.5, "1", _FIRST),
    Constant("loading", 1.5, 0.2, "1", "weights in 16 bits, and half of them again while they are copied"),
    Constant("base_gb", 0.5, 0.5, "GB", _FIRST),
)
EFFECTS: Final = (
    Effect("activations", "software", 0.3),
    Effect("activations", "method", 0.2),
    Effect("quantised", "software", 0.2),
    Effect("states", "recipe", 0.1),
    Effect("base_gb", "software", 0.5),
)
STUDIES: Final = (
    Study(
        name="training_memory",
        family="training_memory",
        quantity="peak_memory_gb",
        unit="GB",
        law=training_peak_gb,
        job=MemoryJob,
        constants=MemoryConstants,
        priors=PRIORS,
        effects=EFFECTS,
        column=column,
        describe=describe,
        value=value,
        baselines={"34 bytes a token, layer and width": mixed_precision_rule, "states alone": states_only},
        ranges=("micro_tokens", "layers", "hidden"),
    ),
)
