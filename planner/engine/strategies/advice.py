"""Problems in words: both numbers, and what would make the plan possible."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.catalog.records import Hardware
from planner.engine.architecture import Architecture
from planner.engine.fleet import Device, Replica
from planner.engine.jobs import Generation, Training, training_memory
from planner.engine.memory import batch_limit
from planner.engine.problems import Problem, Remedy
from planner.engine.world import World
from planner.units import BYTES_PER_GIB_SOLD, format_quantity

_FORMAT_WORDS = {"bf16": "bf16", "fp8": "FP8", "fp4": "FP4", "int8": "INT8", "int4": "INT4"}


def called(arch: Architecture) -> str:
    """Return a model in words: its name, or its family and size where that is off the catalogue's."""
    if not arch.interpolated:
        return arch.name
    return f"{arch.family} {format_quantity(float(np.asarray(arch.params).ravel()[0]), 'params', figures=2)}"


def gib(value: Any) -> str:
    """Return memory in the "GB" that boards are sold by."""
    return format_quantity(float(np.asarray(value).ravel()[0]) / BYTES_PER_GIB_SOLD, "gb")


def _cards(count: int, card: Hardware) -> str:
    return f"{count} x {card.name}"


LARGE_CARD = "nvidia-b200-sxm"
_SMALLER = ("fp8", "int4")


def _fewest_that_hold(world: World, replica: Replica, precision: str, card: Hardware) -> int | None:
    """Return the fewest accelerators of a card that hold the model in a number format and one request."""
    constants = world.physics.serving
    weights = constants.weight_bytes[precision] * replica.load.arch.params
    for count in constants.accelerator_counts:
        limit = batch_limit(
            card.memory_bytes, weights, replica.cache_bytes_per_sequence, count, constants.usable_memory_frac
        )
        if limit >= 1:
            return count
    return None


def _serving_remedies(world: World, replica: Replica, *, desk: bool) -> list[Remedy]:
    """Return the changes of which each makes the replica fit, least change first."""
    load, card = replica.load, replica.load.card
    count, typed = (
        int(np.asarray(replica.accelerators).ravel()[0]),
        world.inputs.serving.accelerators_per_replica,
    )
    again: dict[str, Any] = {} if typed is None else {"serving.accelerators_per_replica": None}
    found = []
    enough = _fewest_that_hold(world, replica, load.precision, card)
    if enough is not None and enough != count:
        found.append(Remedy(f"Use {_cards(enough, card)}", {"serving.accelerators_per_replica": enough}))
    field = "serving.edge_precision" if desk else "serving.precision"
    bytes_now = world.physics.serving.weight_bytes[load.precision]
    for precision in _SMALLER:
        smaller = world.physics.serving.weight_bytes[precision] < bytes_now
        if smaller and _fewest_that_hold(world, replica, precision, card) is not None:
            found.append(Remedy(f"Use {_FORMAT_WORDS[precision]}", {field: precision, **again}))
    if desk:
        found.append(Remedy("Serve from the cloud", {"serving.student_target": "cloud", **again}))
        return found
    large = world.catalog.find_hardware(LARGE_CARD)
    for precision in (load.precision, *_SMALLER):
        if card.id != LARGE_CARD and _fewest_that_hold(world, replica, precision, large) is not None:
            words = "" if precision == load.precision else f" in {_FORMAT_WORDS[precision]}"
            changes = {
                "serving.hardware": LARGE_CARD,
                "serving.usd_per_accelerator_h": None,
                field: precision,
            }
            found.append(Remedy(f"Use B200{words}", {**changes, **again}))
            break
    return found


def serving_memory(world: World, replica: Replica) -> Problem:
    """Say what a replica needs, and the fewest accelerators or the format that would hold it."""
    load, card = replica.load, replica.load.card
    needed = replica.weight_bytes + replica.cache_bytes_per_sequence
    count = int(np.asarray(replica.accelerators).ravel()[0])
    usable = world.physics.serving.usable_memory_frac * card.memory_bytes
    enough = _fewest_that_hold(world, replica, load.precision, card)
    most = world.physics.serving.accelerator_counts[-1]
    hint = f"Even {most} of these do not hold it." if enough is None else f"{enough} of these hold it."
    holds = "holds" if count == 1 else "hold"
    desk = load.role == "student" and world.inputs.serving.student_target == "workstation"
    return Problem(
        "serving_memory",
        f"{called(load.arch)} in {_FORMAT_WORDS[load.precision]} needs {gib(needed)} with one request; "
        f"{_cards(count, card)} {holds} {gib(usable * count)}.",
        hint,
        tuple(_serving_remedies(world, replica, desk=desk)),
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
        f"Training {called(training.course.arch)} needs {gib(memory.needed_bytes)} on each of "
        f"{_cards(training.accelerators, training.card)}, which hold {gib(memory.usable_bytes)} each."
    )


def training_memory_problem(world: World, training: Training, item: str) -> Problem:
    """Say what a training run needs, and what would make it fit."""
    remedies = training_memory_remedies(world, training, item)
    return Problem(
        "training_memory", training_memory_words(world, training), f"{remedies[0].label}.", remedies
    )


def teacher_memory(world: World, generation: Generation, *, api_can_teach: bool) -> Problem:
    """Say that the teacher cannot be hosted."""
    replica, card = generation.replica, generation.replica.load.card
    needed = replica.weight_bytes + replica.cache_bytes_per_sequence
    count = int(np.asarray(replica.accelerators).ravel()[0])
    remedies = [Remedy("Teach by the API", {"distil.teacher": "api"})] if api_can_teach else []
    bytes_now = world.physics.serving.weight_bytes[replica.load.precision]
    for precision in _SMALLER:
        smaller = world.physics.serving.weight_bytes[precision] < bytes_now
        if smaller and _fewest_that_hold(world, replica, precision, card) is not None:
            remedies.append(Remedy(f"Use {_FORMAT_WORDS[precision]}", {"serving.precision": precision}))
    large = world.catalog.find_hardware(LARGE_CARD)
    if card.id != LARGE_CARD and _fewest_that_hold(world, replica, replica.load.precision, large) is not None:
        changes = {"training.hardware": LARGE_CARD, "training.usd_per_accelerator_h": None}
        remedies.append(Remedy("Teach on B200", changes))
    return Problem(
        "teacher_memory",
        f"{called(replica.load.arch)}, the teacher, needs {gib(needed)} with one request; "
        f"{_cards(count, card)} do not hold it.",
        f"{remedies[0].label}." if remedies else "Choose a smaller base.",
        tuple(remedies),
    )


def device_memory(world: World, device: Device) -> Problem:
    """Say that the student does not fit on the users' devices."""
    return Problem(
        "device_memory",
        f"{called(world.student)} needs {gib(device.needed_bytes)}; "
        f"half of the memory of {device.card.name} is {gib(device.usable_bytes)}.",
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
        f"{world.base.name} and {world.student.name} have different vocabularies; "
        "logits of one mean nothing to the other.",
        "Learn from answers instead, or choose a student of the same family.",
        (Remedy("Learn from answers", {"distil.method": "sequence"}),),
    )
