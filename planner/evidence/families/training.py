"""Training throughput: tokens by second and card of benchmarks, time-to-target runs and whole runs."""

from __future__ import annotations

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
_STEP_TOKENS: Final = 8192.0
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
        "generation": generation,
        "format": f"{generation} fp8" if fp8 else "",
        "software": software,
    }
    fine = f"{settings.text('precision')} {settings.text('parallelism')} {job.accelerators:g}"
    return Described(job, levels, Keys(model.key, generation, software, fine))


def _job(settings: Settings, model: Model, card: Card, layout: Layout, *, fp8: bool) -> TrainingJob:
    arch, hardware = model.arch, card.hardware
    length = settings.number("seq_len") or _SEQUENCE
    cards = settings.number("accelerators") or _ACCELERATORS
    batch, micro = settings.number("global_batch_seqs"), settings.number("micro_batch_seqs")
    if "torchtitan" in settings.text("source") and layout.pipeline > 1.0:
        micro = 1.0  # its local batch is that of the whole pipeline
    replicas = max(cards / (layout.tensor * layout.pipeline * layout.context), 1.0)
    recompute = settings.text("activation_ckpt")
    sharded = layout.is_sharded
    if sharded is None:
        sharded = layout.pipeline == 1.0
    micro_tokens = micro * length / layout.context if micro else _MICRO_TOKENS
    peak_16bit = hardware.bf16_flop_s or 0.0
    return TrainingJob(
        matmul_params=arch.matmul_params,
        params=arch.params,
        expert_frac=arch.expert_params / arch.params,
        attention_flop=attention_flop_per_token(arch, length),
        layers=arch.layers,
        hidden=arch.hidden,
        active_experts=float(model.shape.moe_experts_active or 0) if arch.is_moe else 0.0,
        peak_flop_s=(hardware.fp8_flop_s or peak_16bit) if fp8 else peak_16bit,
        peak_16bit_flop_s=peak_16bit,
        link_bytes_s=link_bytes_s(hardware),
        network_bytes_s=card.generation.network_bytes_s,
        fabric_accelerators=card.generation.fabric_accelerators,
        accelerators=cards,
        tensor=layout.tensor,
        pipeline=layout.pipeline,
        context=layout.context,
        expert_parallel=layout.expert_parallel,
        micro_batches=max(batch / (replicas * (micro or 1.0)), 1.0) if batch else 4.0 * layout.pipeline,
        virtual_stages=layout.virtual_stages,
        micro_tokens=micro_tokens,
        step_tokens=batch * length / cards if batch else _STEP_TOKENS,
        is_fp8=float(fp8),
        is_sharded=float(sharded),
        full_recompute=float(recompute.startswith("full")),
        selective_recompute=float(recompute.startswith("selective")),
        unstated_recompute=float(not recompute),
    )


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
    Constant("attention_efficiency", 0.51, 0.4, "1", _FIRST),
    Constant(
        "gemm_recompute", 0.263, 0.3, "1", "a recomputed forward pass adds a third; part of it overlaps"
    ),
    Constant("attention_recompute", 0.3, 0.3, "1", "a recomputed forward pass adds a third"),
    Constant("selective_recompute", 0.04, 0.5, "1", _FIRST),
    Constant("unstated_recompute", 0.06, 0.7, "1", _FIRST),
    Constant("layer_s", 9e-5, 0.7, "s", _FIRST),
    Constant("tensor_traffic", 1.2, 0.5, "1", "ring all-reduce at the link's rate"),
    Constant("expert_traffic", 3.0, 0.7, "1", "all-to-all at the link's rate"),
    Constant("network_efficiency", 1.0, 0.3, "1", "the network's rated speed"),
    Constant("bubble", 1.2, 0.3, "1", "one-forward-one-backward pipeline"),
    Constant("scale_loss", 0.026, 0.5, "1", _FIRST),
    Constant("software", 1.0, 0.0, "1", "llm-foundry and other tuned code"),
)
EFFECTS: Final = (
    Effect("gemm_efficiency", "generation", 0.15),
    Effect("fp8_factor", "format", 0.15),
    Effect("attention_efficiency", "generation", 0.3),
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
