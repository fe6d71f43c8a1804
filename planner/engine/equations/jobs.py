"""Names for training runs: operations, memory, speed, hours."""

from __future__ import annotations

from typing import Any

from planner.engine.architecture import Architecture, lora_params
from planner.engine.arrays import larger
from planner.engine.equations.graph import Graph
from planner.engine.equations.machines import Names, watts_of
from planner.engine.flops import attention_flop_per_token, forward_flop_per_token
from planner.engine.jobs import Training, kept_frac
from planner.engine.laws.finetuning import (
    FineTuningConstants,
    FineTuningJob,
    fine_tuning_tokens_per_s,
    overhead_s_per_micro_batch,
    product_s_per_token,
)
from planner.engine.laws.memory import MemoryConstants, bytes_per_token, held_bytes, tokens_that_fit
from planner.engine.trained import (
    Step,
    flop_per_token,
    memory_constants,
    memory_job,
    speed_constants,
    teacher_tokens_per_s,
)
from planner.engine.world import World


def name_models(graph: Graph, world: World) -> None:
    """Name what follows from the shape of base and student."""
    graph.open("models", "Models")
    rank = world.inputs.finetune.lora_rank
    for arch, used in ((world.base, "base"), (world.student, "student")):
        name = Names(graph, f"model/{used}", arch.name)
        _shape(name, arch)
        if used == "base":
            name(lora_params(arch, rank), "lora_params", "Parameters of an adapter", "params", "F3")


def _shape(name: Names, arch: Architecture) -> None:
    name(arch.matmul_params, "matmul_params", "Parameters that multiply", "params", "F2")
    name(arch.heads * arch.head_dim, "attention_width", "Width of attention", "count", "F2")


def name_training(graph: Graph, world: World, runs: Training) -> None:
    """Name the runs of a release of one model: tokens, micro-batch, speed, hours."""
    course, training = runs.course, world.inputs.training
    words = course.role
    graph.open(f"training {words}", f"Training: {words}")
    name = Names(graph, f"training/{words}", words)
    name(course.tokens, "tokens", "Tokens of a pass", "tokens", "F4")
    attention = attention_flop_per_token(course.arch, training.seq_len)
    name(attention, "attention_flop", "Operations of a token, attention", "flop", "F2", "F3")
    each = flop_per_token(course, training.seq_len)
    name(each, "token_flop", "Operations of a token", "flop", "F2", "F3")
    forward = forward_flop_per_token(course.arch, training.seq_len)
    name(forward, "forward_flop", "Operations of a token, forward", "flop", "F2")
    _memory(name, world, runs)
    _speed(name, world, runs)
    kept = kept_frac(world.physics.training, runs.accelerators)
    name(kept, "kept_frac", "Share of time that failures leave", "frac", "T1")
    if course.teacher is not None:
        about = f"training on {runs.card.name}"
        law = speed_constants(world.physics.training.software, runs.card.id, fp8=course.layout.fp8)
        law = world.physics.named(law, about)
        taught = teacher_tokens_per_s(runs.speed, law, course.teacher, training.seq_len)
        name(taught, "teacher_tokens_per_s", "Tokens of the teacher a second", "tokens_per_s", "K2")
    name(runs.mfu, "mfu", "Share of the peak reached", "frac", "T2")
    name(runs.variable_h, "variable_h", "Accelerator-hours that follow the tokens", "accelerator_h", "T1")
    name(runs.fixed_h, "fixed_h", "Accelerator-hours whatever the tokens", "accelerator_h", "T1")
    name(runs.teacher_h, "teacher_h", "Accelerator-hours of the teacher beside it", "accelerator_h", "K2")
    name(watts_of(runs.power_kw), "power_w", "Power of an accelerator", "w", "P4")


def _memory(name: Names, world: World, runs: Training) -> None:
    """Name what fits on a card: tokens of a micro-batch, whether layers are computed again."""
    constants, course = world.physics.training, runs.course
    least: Any = world.inputs.training.seq_len
    wanted = larger(least, constants.micro_batch_tokens)
    name(wanted, "wanted_tokens", "Tokens of a micro-batch, wanted", "tokens", "M5")
    law: MemoryConstants = world.physics.named(
        memory_constants(constants.software, course.method), course.method
    )
    job = memory_job(course, constants, runs.accelerators, Step(least, 1.0, 0.0))
    factor = world.inputs.measured.training_memory_factor if course.own else 1.0
    usable = constants.usable_memory_frac * runs.card.memory_bytes / factor
    name(usable, "usable_bytes", "Usable memory", "bytes", "M5")
    name(held_bytes(job, law), "held_bytes", "Held whatever the tokens", "bytes", "M5")
    for kept, key, words in (
        (law.selective_recompute, "selective", "selective recompute"),
        (law.full_recompute, "full", "full recompute"),
    ):
        each = bytes_per_token(job, law, kept)
        name(each, f"{key}_bytes", f"Held by a token, {words}", "bytes", "M5")
    some = tokens_that_fit(job, law, law.selective_recompute, usable)
    name(some, "tokens_that_fit", "Tokens that fit, selective recompute", "tokens", "M5")
    step = runs.memory.step
    name(step.full_recompute, "recompute", "Layers are computed again", "1", "M5")
    name(step.tokens, "micro_tokens", "Tokens of a micro-batch", "tokens", "M5")


def _speed(name: Names, world: World, runs: Training) -> None:
    """Name how fast a card trains."""
    job: FineTuningJob = runs.speed
    fitted = speed_constants(world.physics.training.software, runs.card.id, fp8=runs.course.layout.fp8)
    law: FineTuningConstants = world.physics.named(fitted, f"training on {runs.card.name}")
    name(job.memory_doublings, "memory_doublings", "Doublings of memory that are missing", "1", "T2")
    name(product_s_per_token(job, law), "product_s", "Time of products, a token", "s", "T2")
    overhead = overhead_s_per_micro_batch(job, law)
    name(overhead, "overhead_s", "Overhead of a micro-batch", "s", "T2")
    speed = fine_tuning_tokens_per_s(job, law)
    name(speed, "tokens_per_s", "Tokens a second and card", "tokens_per_s", "T2")
