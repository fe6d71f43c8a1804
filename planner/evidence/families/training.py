"""Training throughput: tokens by second and card of benchmarks, time-to-target runs and whole runs."""

from __future__ import annotations

import math
from typing import Any, Final

from planner.engine.flops import attention_flop_per_token
from planner.engine.generations import link_bytes_s
from planner.engine.laws.training import TrainingConstants, TrainingJob, tokens_per_s_per_accelerator
from planner.evidence.layout import Layout, is_fp8, layout_of, software_of
from planner.evidence.names import Card, Declined, Model, Names
from planner.evidence.reference import Run, Settings
from planner.evidence.study import Constant, Described, Effect, Keys, Study
from planner.units import GIGA, PERCENT_PER_FRACTION, SECONDS_PER_HOUR, TERA

_SEQUENCE: Final = 4096.0
_MICRO_TOKENS: Final = 8192.0
_BATCH_TOKENS: Final = 4e6
_NODE: Final = 8.0
_VIRTUAL_STAGES: Final = 8.0
_WEIGHT_AND_GRADIENT_BYTES: Final = 6.0
_USABLE: Final = 0.7
_ACCELERATORS: Final = 1024.0
_MFU: Final = 0.40
_RECOMPUTED: Final = 4.0 / 3.0
_TWO_STACKS: Final = ("encoder-decoder", "encoder-decoder-moe")


def model_of(settings: Settings, names: Names) -> Model:
    """Return the model of a row."""
    return names.model(
        settings.text("model"),
        settings.text("family"),
        settings.number("params_total_b"),
        settings.number("params_active_b"),
    )


def card_of(settings: Settings, names: Names) -> Card:
    """Return the card of a row; only those whose 16-bit rate is known can train."""
    card = names.card(settings.text("hardware"), settings.text("hw_family"))
    if card.hardware.bf16_flop_s is None:
        raise Declined("rate of the hardware not known")
    return card


def column(run: Run) -> str | None:
    """Return the column that tells the speed of a training run."""
    settings = run.settings
    if settings.file != "training":
        return None
    if run.figure("tokens_per_s_per_accel") is not None:
        return "tokens_per_s_per_accel"
    if run.figure("accel_hours") is not None:
        return "accel_hours"
    return next((name for name in ("tflops_per_accel", "mfu_pct") if run.figure(name) is not None), None)


def value(run: Run, name: str, job: TrainingJob) -> float:
    """Return tokens by second and card from whichever figure the source gives."""
    figure = run.figure(name) or 0.0
    flop: Any = 6.0 * job.matmul_params + 3.0 * job.attention_flop
    if name == "accel_hours":
        tokens_b = run.settings.number("tokens_b")
        if tokens_b is None:
            raise Declined("hours without the number of tokens")
        return tokens_b * GIGA / (figure * SECONDS_PER_HOUR)
    if name == "tflops_per_accel":
        kind = str(run.measured.get("tflops_kind", ""))
        return float(figure * TERA / (flop * (_RECOMPUTED if "hardware" in kind else 1.0)))
    if name == "mfu_pct":
        return float(figure / PERCENT_PER_FRACTION * job.peak_flop_s / flop)
    return figure


def describe(settings: Settings, names: Names) -> Described:
    """Return a training run as the law sees it."""
    if settings.text("kind") == "development_runs":
        raise Declined("total of many runs")
    model, card = model_of(settings, names), card_of(settings, names)
    if model.shape.architecture in _TWO_STACKS:
        raise Declined("encoder-decoder: a token passes only part of the weights")
    if "vision" in settings.text("model").lower():
        raise Declined("image adapter on a frozen model")
    return _described(settings, model, card)


def describe_student(settings: Settings, names: Names) -> Described:
    """Do as `describe` for a student, which may also be an encoder."""
    return _described(settings, model_of(settings, names), card_of(settings, names))


def _described(settings: Settings, model: Model, card: Card) -> Described:
    layout, software = layout_of(settings.text("parallelism")), software_of(settings)
    fp8 = is_fp8(settings.text("precision")) and card.hardware.fp8_flop_s is not None
    job = _job(settings, model, card, layout, fp8=fp8)
    generation = card.generation.name
    levels = {
        "architecture": card.generation.architecture,
        "generation": generation,
        "format": f"{generation} fp8" if fp8 else "",
        "sharding": f"{software} {'sharded' if job.is_sharded else 'replicated'}",
        "kernels": f"{generation} {software}",
        "software": software,
    }
    shape = f"{job.accelerators:g} {job.length:g} {settings.number('micro_batch_seqs') or 0:g}"
    words = ("precision", "parallelism", "activation_ckpt")
    fine = " ".join([*map(settings.text, words), shape]).strip()
    return Described(job, levels, Keys(model.key, generation, software, fine))


def _job(settings: Settings, model: Model, card: Card, layout: Layout, *, fp8: bool) -> TrainingJob:
    arch, hardware, shape = model.arch, card.hardware, model.shape
    length = settings.number("seq_len") or _SEQUENCE
    cards = settings.number("accelerators") or _ACCELERATORS
    batch = settings.number("global_batch_seqs") or max(_BATCH_TOKENS / length, 1.0)
    if layout.is_sharded is None:
        layout = _usual_layout(arch.params, card, cards)
    replicas = max(cards / (layout.tensor * layout.pipeline * layout.context), 1.0)
    micro, local = _micro_batch(settings, layout, batch / replicas, length)
    experts = layout.expert_parallel
    if arch.is_moe and experts == 1.0:
        experts = min(cards, _NODE)
    recompute = settings.text("activation_ckpt")
    peak_16bit = hardware.bf16_flop_s or 0.0
    return TrainingJob(
        matmul_params=arch.matmul_params,
        params=arch.params,
        expert_frac=arch.expert_params / arch.params,
        attention_flop=attention_flop_per_token(arch, length),
        length=length,
        layers=arch.layers,
        hidden=arch.hidden,
        narrowest=min(arch.hidden, shape.moe_intermediate_size or arch.hidden),
        active_experts=float(shape.moe_experts_active or 0) if arch.is_moe else 0.0,
        peak_flop_s=(hardware.fp8_flop_s or peak_16bit) if fp8 else peak_16bit,
        peak_16bit_flop_s=peak_16bit,
        link_bytes_s=link_bytes_s(hardware),
        network_bytes_s=card.generation.network_bytes_s,
        fabric_accelerators=card.generation.fabric_accelerators,
        accelerators=cards,
        tensor=layout.tensor,
        pipeline=layout.pipeline,
        context=layout.context,
        expert_parallel=experts,
        micro_batches=max(local / micro, 1.0),
        virtual_stages=layout.virtual_stages,
        micro_tokens=micro * length / layout.context,
        step_tokens=batch * length / cards,
        is_fp8=float(fp8),
        is_sharded=float(bool(layout.is_sharded)),
        full_recompute=float(recompute.startswith("full")),
        selective_recompute=float(recompute.startswith("selective")),
        unstated_recompute=float(not recompute),
    )


def _usual_layout(params: Any, card: Card, cards: float) -> Layout:
    """Return the layout of a row that states none.

    Sharded over all cards inside one fabric; else as few tensor ranks, then pipeline stages, as hold weights
    and gradients.
    """
    if cards <= card.generation.fabric_accelerators:
        return Layout(1.0, 1.0, 1.0, 1.0, 1.0, is_sharded=True)
    ranks = _WEIGHT_AND_GRADIENT_BYTES * float(params) / (_USABLE * card.hardware.memory_bytes)
    ranks = min(2.0 ** math.ceil(math.log2(max(ranks, 1.0))), cards)
    tensor = min(ranks, _NODE)
    return Layout(tensor, ranks / tensor, 1.0, _VIRTUAL_STAGES, 1.0, is_sharded=False)


def _micro_batch(settings: Settings, layout: Layout, local: float, length: float) -> tuple[float, float]:
    """Return the sequences of a micro-batch and of a step on one replica.

    Where a row states no micro-batch, as many as fit 8192 tokens.
    """
    micro = settings.number("micro_batch_seqs")
    if micro is None:
        return max(min(_MICRO_TOKENS / length, local), 1.0), local
    if "torchtitan" in settings.text("source") and layout.pipeline > 1.0:
        return 1.0, micro  # its local batch is that of the whole pipeline
    return micro, local


def plain_6nd(job: TrainingJob) -> Any:
    """Return tokens by second from 6 N D at 40 % of the 16-bit peak. [token/s]."""
    return _MFU * job.peak_16bit_flop_s / (6.0 * job.matmul_params)


def roofline(job: TrainingJob) -> Any:
    """Return tokens by second at the whole peak of the number format. [token/s]."""
    return job.peak_flop_s / (6.0 * job.matmul_params + 3.0 * job.attention_flop)


_FIRST = "first study of the same tables"
PRIORS: Final = (
    Constant("gemm_efficiency", 0.67, 0.15, "1", _FIRST),
    Constant("fp8_factor", 0.83, 0.2, "1", _FIRST),
    Constant("moe_factor", 0.81, 0.2, "1", _FIRST),
    Constant("half_width", 656.0, 0.5, "1", _FIRST),
    Constant("attention_efficiency", 0.65, 0.3, "1", "published rates of fused attention kernels"),
    Constant("half_length", 800.0, 0.7, "token", "published rates of fused attention kernels"),
    Constant(
        "gemm_recompute", 0.263, 0.3, "1", "a recomputed forward pass adds a third; part of it overlaps"
    ),
    Constant("attention_recompute", 0.3, 0.3, "1", "a recomputed forward pass adds a third"),
    Constant("selective_recompute", 0.04, 0.5, "1", _FIRST),
    Constant("unstated_recompute", 0.06, 0.7, "1", _FIRST),
    Constant("layer_s", 9e-5, 0.7, "s", _FIRST),
    Constant("moe_layer_factor", 3.0, 0.7, "1", "judgement: routing, sorting and one launch an expert group"),
    Constant("tensor_traffic", 1.2, 0.5, "1", "ring all-reduce at the link's rate"),
    Constant("expert_traffic", 2.0, 0.7, "1", "all-to-all at the link's rate"),
    Constant("remote_traffic", 0.3, 0.7, "1", "judgement: tokens cross to another node once, in part hidden"),
    Constant("network_efficiency", 4.0, 0.5, "1", "eight cards of a node gather through eight network ports"),
    Constant("bubble", 1.2, 0.3, "1", "one-forward-one-backward pipeline"),
    Constant("scale_loss", 0.026, 0.5, "1", _FIRST),
    Constant("software", 1.0, 0.0, "1", "llm-foundry and other tuned code"),
)
EFFECTS: Final = (
    Effect("gemm_efficiency", "architecture", 0.1),
    Effect("gemm_efficiency", "generation", 0.1),
    Effect("fp8_factor", "format", 0.15),
    Effect("attention_efficiency", "generation", 0.15),
    Effect("attention_efficiency", "kernels", 0.3),
    Effect("network_efficiency", "sharding", 0.7),
    Effect("scale_loss", "generation", 0.5),
    Effect("software", "software", 0.25),
)
STUDIES: Final = (
    Study(
        name="training_throughput",
        family="training_throughput",
        quantity="tokens_per_s_per_accel",
        unit="token/s",
        law=tokens_per_s_per_accelerator,
        job=TrainingJob,
        constants=TrainingConstants,
        priors=PRIORS,
        effects=EFFECTS,
        column=column,
        describe=describe,
        value=value,
        baselines={"6ND at 40 % MFU": plain_6nd, "plain roofline": roofline},
        ranges=("params", "hidden", "accelerators", "micro_tokens"),
    ),
)
