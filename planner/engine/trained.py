"""What the fitted laws of training are asked: a course on its card, in the software of a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from planner.catalog.records import Hardware
from planner.engine.architecture import Architecture, lora_params
from planner.engine.arrays import Numeric, select
from planner.engine.calibration import load_calibration
from planner.engine.constants import TrainingConstants
from planner.engine.flops import (
    attention_flop_per_token,
    forward_flop_per_token,
    full_flop_per_token,
    lora_flop_per_token,
)
from planner.engine.generations import generation_of, link_bytes_s
from planner.engine.laws.finetuning import (
    FineTuningConstants,
    FineTuningJob,
    memory_doublings,
    product_s_per_token,
)
from planner.engine.laws.memory import MemoryConstants, MemoryJob
from planner.engine.laws.power import TrainingPowerConstants

_BYTES_16BIT = 2.0
_GATHERED_LAYERS = 2.0
_VALUES_BY_MLP_INPUT = 2.0
_KINDS = {"full": "full", "lora": "adapter", "qlora": "quantised"}
SPEED, MEMORY = "fine_tuning", "training_memory"
"""Studies of the calibration that a plan's training follows."""
POWER, POWER_RUNS = "training_power", "mlperf_power"
"""The same of its power, and the runs of it that a plan's are like: tunings, metered at the node."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is left to the engine unless it is given.

    Sequences of a micro-batch; ``none``, ``selective`` or ``full`` recompute; matrix products in FP8.
    """

    micro_batch: float | None = None
    recompute: str | None = None
    fp8: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """What is trained, how and on what.

    Model, method, text and passes over it, runs, a teacher beside it, the card.

    `card` None is the scenario's training accelerator. `role` names the course within one simulation.
    `own` says whether the user runs it, so that own measurements tell of it.
    """

    role: str

    arch: Architecture
    method: str
    tokens: Numeric
    epochs: Numeric
    runs: Numeric
    lora_rank: Numeric = 1.0
    teacher: Architecture | None = None
    card: Hardware | None = None
    own: bool = True
    layout: Layout = Layout()


@dataclass(frozen=True, slots=True)
class Step:
    """One micro-batch: tokens, and 1 where layers, or parts of them, are computed again. [token], [1]."""

    tokens: Numeric
    full_recompute: Numeric
    selective_recompute: Numeric


@cache
def speed_constants(software: str, hardware_id: str, *, fp8: bool) -> FineTuningConstants:
    """Return the constants of speed of a software on a card."""
    generation = generation_of(hardware_id)
    levels = {
        "format": f"{generation.name} {'fp8' if fp8 else '16-bit'}",
        "architecture": generation.architecture,
        "generation": generation.name,
        "software": software,
        "code": software.partition(" ")[0],
    }
    return FineTuningConstants(**load_calibration().study(SPEED).constants.at(levels))


@cache
def memory_constants(software: str, method: str) -> MemoryConstants:
    """Return the constants of memory of a software and a method."""
    kind = _KINDS[method]
    levels = {"software": software, "recipe": f"{software} {kind}", "method": kind}
    return MemoryConstants(**load_calibration().study(MEMORY).constants.at(levels))


@cache
def power_constants(hardware_id: str) -> TrainingPowerConstants:
    """Return the constants of power of a card in training."""
    levels = {"generation": generation_of(hardware_id).name, "kind": POWER_RUNS}
    return TrainingPowerConstants(**load_calibration().study(POWER).constants.at(levels))


def kept_by(constants: MemoryConstants, recompute: str) -> Numeric:
    """Return the share of activations that a kind of recompute leaves in memory. [1]."""
    shares = {"none": 1.0, "selective": constants.selective_recompute, "full": constants.full_recompute}
    return shares[recompute]


def is_measured(card: Hardware) -> bool:
    """Whether runs on cards of this generation are among those that the speed was fitted on."""
    return generation_of(card.id).name in load_calibration().study(SPEED).seen["hardware"]


def flop_per_token(course: Course, seq_len: Numeric) -> Numeric:
    """Return the model's operations per processed token, without a teacher (F2, F3). [FLOP/token]."""
    if course.method == "full":
        return full_flop_per_token(course.arch, seq_len)
    return lora_flop_per_token(course.arch, seq_len, lora_params(course.arch, course.lora_rank))


def memory_job(course: Course, constants: TrainingConstants, accelerators: Numeric, step: Step) -> MemoryJob:
    """Return a course as the law of memory sees it, sharded over all accelerators, which may be an array.

    A teacher is held in 16 bits, gathered without gradients, and gives logits beside the student's.
    """
    arch, method, teacher = course.arch, course.method, course.teacher
    states = constants.state_bytes[method]
    sharded = select(accelerators > 1.0, 1.0, 0.0)
    wide: Numeric = 0.0
    quantised: Numeric = 0.0
    vocab, trained = arch.vocab, arch.params
    # Of each gathered layer the weights and their gradients.
    gathered = 2.0 * _BYTES_16BIT * _GATHERED_LAYERS * arch.params / arch.layers
    if method != "full":
        embedding = arch.vocab * arch.hidden
        bulk = constants.frozen_bytes[method] * (arch.params - embedding)
        trained = lora_params(arch, course.lora_rank)
        wide = _BYTES_16BIT * embedding + (0.0 if method == "qlora" else bulk)
        quantised = bulk if method == "qlora" else 0.0
    if teacher is not None:
        wide = wide + _BYTES_16BIT * teacher.params
        gathered = gathered + _BYTES_16BIT * _GATHERED_LAYERS * teacher.params / teacher.layers
        vocab = vocab + teacher.vocab
    return MemoryJob(
        frozen_bytes=wide / accelerators,
        quantised_bytes=quantised / accelerators,
        state_bytes=states * trained / accelerators,
        gathered_bytes=gathered * sharded,
        whole_bytes=0.0,
        micro_tokens=step.tokens,
        layers=arch.layers,
        hidden=arch.hidden,
        mlp_values=_VALUES_BY_MLP_INPUT * (arch.mlp_matrices - 1.0) * arch.mlp_width,
        vocab=vocab,
        limit_bytes=float("inf"),
        full_recompute=step.full_recompute,
        selective_recompute=step.selective_recompute,
        chunked_loss=1.0,
        is_gated=arch.mlp_matrices - 2.0,
    )


def speed_job(
    course: Course,
    constants: TrainingConstants,
    card: Hardware,
    *,
    peak_flop_s: float,
    seq_len: Numeric,
    accelerators: Numeric,
    step: Step,
) -> FineTuningJob:
    """Return a course as the law of speed sees it, on one card of `accelerators`."""
    arch, method = course.arch, course.method
    attention = 3.0 * attention_flop_per_token(arch, seq_len)
    held = constants.state_bytes[method] if method == "full" else constants.frozen_bytes[method]
    kept = step.tokens * (1.0 - step.full_recompute)
    return FineTuningJob(
        product_flop=flop_per_token(course, seq_len) - attention,
        attention_flop=attention,
        forward_flop=forward_flop_per_token(arch, seq_len),
        params=arch.params,
        layers=arch.layers,
        hidden=arch.hidden,
        peak_flop_s=peak_flop_s,
        bandwidth_bytes_s=card.memory_bandwidth_bytes_s,
        link_bytes_s=link_bytes_s(card),
        micro_tokens=step.tokens,
        accelerators=accelerators,
        fabric_accelerators=generation_of(card.id).fabric_accelerators,
        cards_per_sequence=1.0,
        memory_doublings=memory_doublings(
            held * arch.params / accelerators, kept, arch.layers * arch.hidden, card.memory_bytes
        ),
        is_fp8=float(course.layout.fp8),
        is_quantised=float(method == "qlora"),
        is_adapter=0.0,
        is_sharded=select(accelerators > 1.0, 1.0, 0.0),
        full_recompute=step.full_recompute,
        is_eager=0.0,
        is_offloaded=0.0,
    )


def teacher_tokens_per_s(
    job: FineTuningJob, constants: FineTuningConstants, teacher: Architecture, seq_len: Numeric
) -> Any:
    """Return tokens by second and accelerator of a teacher's forward passes beside the student's. [token/s].

    Its products reach the efficiency of the law at its own width; launches and gathering are the student's.
    """
    attention = attention_flop_per_token(teacher, seq_len)
    forward = replace(
        job,
        product_flop=forward_flop_per_token(teacher, seq_len) - attention,
        attention_flop=attention,
        hidden=teacher.hidden,
        full_recompute=0.0,
    )
    return constants.software / product_s_per_token(forward, constants)
