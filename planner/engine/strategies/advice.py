"""Problems in words: both numbers, and what would make the plan possible."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.catalog.records import Hardware
from planner.engine.fleet import Device, Replica
from planner.engine.jobs import Generation, Training, training_memory
from planner.engine.memory import batch_limit
from planner.engine.problems import Problem, Remedy
from planner.engine.world import World
from planner.units import BYTES_PER_GIB_SOLD, format_quantity

_FORMAT_WORDS = {"bf16": "bf16", "fp8": "FP8", "fp4": "FP4", "int8": "INT8", "int4": "INT4"}


def size(params: Any) -> str:
    """Return a model size in words, such as ``70B``."""
    return format_quantity(float(np.asarray(params).ravel()[0]), "params", figures=2)


def gib(value: Any) -> str:
    """Return memory in the "GB" that boards are sold by."""
    return format_quantity(float(np.asarray(value).ravel()[0]) / BYTES_PER_GIB_SOLD, "gb")


def _cards(count: int, card: Hardware) -> str:
    return f"{count} x {card.name}"


def serving_memory(world: World, replica: Replica) -> Problem:
    """Say what a replica needs, and the fewest accelerators or the format that would hold it."""
    load, card = replica.load, replica.load.card
    needed = replica.weight_bytes + replica.cache_bytes_per_sequence
    count = int(np.asarray(replica.accelerators).ravel()[0])
    usable = world.physics.serving.usable_memory_frac * card.memory_bytes
    counts = world.physics.serving.accelerator_counts
    enough = next(
        (
            number
            for number in counts
            if batch_limit(
                card.memory_bytes,
                replica.weight_bytes,
                replica.cache_bytes_per_sequence,
                number,
                world.physics.serving.usable_memory_frac,
            )
            >= 1
        ),
        None,
    )
    desk = card.device_class == "workstation" and world.inputs.serving.student_target == "workstation"
    remedies = []
    if enough is not None and enough != count:
        remedies.append(Remedy(f"Use {enough} x {card.name}", {"serving.accelerators_per_replica": enough}))
    field = "serving.edge_precision" if desk else "serving.precision"
    if load.precision == "bf16":
        remedies.append(Remedy("Use FP8", {field: "fp8"}))
    if load.precision in ("bf16", "fp8", "int8"):
        remedies.append(Remedy("Use INT4", {field: "int4"}))
    if desk:
        remedies.append(Remedy("Serve from the cloud", {"serving.student_target": "cloud"}))
    elif card.id != "nvidia-b200-sxm":
        remedies.append(Remedy("Use B200", {"serving.hardware": "nvidia-b200-sxm"}))
    holds = (
        f"{enough} of these hold it" if enough is not None else f"even {counts[-1]} of these do not hold it"
    )
    return Problem(
        "serving_memory",
        f"{size(load.arch.params)} in {_FORMAT_WORDS[load.precision]} needs {gib(needed)} with one request, "
        f"{_cards(count, card)} hold {gib(usable * count)}.",
        f"{holds[0].upper()}{holds[1:]}.",
        tuple(remedies),
    )


def training_memory_remedies(world: World, training: Training, item: str) -> tuple[Remedy, ...]:
    """Return what would make a training run fit, best first."""
    counts = np.asarray(world.physics.training.accelerator_counts, dtype=np.float64)
    fits = np.broadcast_to(training_memory(world, training.course, counts).fits, counts.shape)
    remedies = []
    if fits.any():
        enough = int(counts[int(np.argmax(fits))])
        remedies.append(Remedy(f"Use {enough} accelerators", {"training.accelerators": enough}))
    if item == "base_training" and training.course.method == "full":
        remedies.append(Remedy("Use LoRA", {"finetune.method": "lora"}))
    if item == "base_training" and training.course.method != "qlora":
        remedies.append(Remedy("Use QLoRA", {"finetune.method": "qlora"}))
    if training.course.teacher is not None:
        remedies.append(Remedy("Learn from answers instead", {"distil.method": "sequence"}))
    remedies.append(Remedy("Train on 2,048 tokens", {"training.seq_len": 2048.0}))
    return tuple(remedies)


def training_memory_words(world: World, training: Training) -> str:
    """Return what a run needs against what an accelerator holds."""
    memory = training.memory
    return (
        f"Training {size(training.course.arch.params)} needs {gib(memory.needed_bytes)} on each of {training.accelerators} "
        f"{training.card.name}, which hold {gib(memory.usable_bytes)} each."
    )


def training_memory_problem(world: World, training: Training, item: str) -> Problem:
    """Say what a training run needs, and what would make it fit."""
    remedies = training_memory_remedies(world, training, item)
    return Problem(
        "training_memory", training_memory_words(world, training), f"{remedies[0].label}.", remedies
    )


def teacher_memory(world: World, generation: Generation) -> Problem:
    """Say that the teacher cannot be hosted."""
    replica = generation.replica
    needed = replica.weight_bytes + replica.cache_bytes_per_sequence
    count = int(np.asarray(replica.accelerators).ravel()[0])
    remedies = (
        Remedy("Teach by the API", {"distil.teacher": "api"}),
        Remedy("Use FP8", {"serving.precision": "fp8"}),
    )
    return Problem(
        "teacher_memory",
        f"The teacher of {size(replica.load.arch.params)} needs {gib(needed)} with one request; "
        f"{_cards(count, replica.load.card)} do not hold it.",
        "Teach by the API, or with a smaller base.",
        remedies,
    )


def device_memory(world: World, device: Device) -> Problem:
    """Say that the student does not fit on the users' devices."""
    return Problem(
        "device_memory",
        f"The student of {size(world.student.params)} needs {gib(device.needed_bytes)}, half of {device.card.name} is "
        f"{gib(device.usable_bytes)}.",
        "Choose a smaller student or a smaller number format.",
        (
            Remedy("Use a 1B student", {"student.model": "llama-3.2-1b", "student.params": None}),
            Remedy("Use INT4", {"serving.edge_precision": "int4"}),
            Remedy("Serve from the cloud", {"serving.student_target": "cloud"}),
        ),
    )


def logits_from_api() -> Problem:
    """Say that an API gives no logits to learn from."""
    return Problem(
        "logits_from_api",
        "An API gives answers, not logits; a student cannot learn from its logits.",
        "Learn from answers instead.",
        (
            Remedy("Learn from answers", {"distil.method": "sequence"}),
            Remedy("Teach by the base", {"distil.teacher": "base"}),
        ),
    )


def vocabularies_differ(world: World) -> Problem:
    """Say that logits need one vocabulary."""
    return Problem(
        "vocabularies_differ",
        f"{world.base.name} and {world.student.name} have different vocabularies; logits of one mean nothing to the other.",
        "Learn from answers instead, or choose a student of the same family.",
        (Remedy("Learn from answers", {"distil.method": "sequence"}),),
    )
