"""Problems in words: both numbers, and what would make the plan possible."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from planner.catalog.records import Hardware
from planner.engine.architecture import Architecture, architecture_of
from planner.engine.devices import Device, run_device
from planner.engine.fleet import Replica, build_replica
from planner.engine.jobs import Generation, Training, training_fits
from planner.engine.problems import Problem, Remedy
from planner.engine.trained import Course
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


def _hold(count: int) -> str:
    return "holds" if count == 1 else "hold"


def _cards(count: int, card: Hardware) -> str:
    return f"{count} x {card.name}"


LARGE_CARD, SMALL_STUDENT = "nvidia-b200-sxm", "llama-3.2-1b"
_SMALLER = ("fp8", "int4")
_SHORTEST_SEQUENCE = 512.0


def _fewest_that_hold(world: World, replica: Replica, precision: str, card: Hardware) -> int | None:
    """Return the fewest accelerators of a card that hold the model in a number format and one request."""
    load = replace(replica.load, precision=precision, card=card)
    counts = world.physics.serving.accelerator_counts
    return next((count for count in counts if np.all(build_replica(world, load, count).fits)), None)


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
    usable = float(np.asarray(replica.usable_bytes).ravel()[0])
    enough = _fewest_that_hold(world, replica, load.precision, card)
    most = world.physics.serving.accelerator_counts[-1]
    hint = f"Even {most} of these do not hold it." if enough is None else f"{enough} of these hold it."
    desk = load.role == "student" and world.inputs.serving.student_target == "workstation"
    return Problem(
        "serving_memory",
        f"{called(load.arch)} in {_FORMAT_WORDS[load.precision]} needs {gib(needed)} with one request; "
        f"{_cards(count, card)} {_hold(count)} {gib(usable)}.",
        hint,
        tuple(_serving_remedies(world, replica, desk=desk)),
    )


def _counts_that_hold(world: World, course: Course) -> list[int]:
    """Return the accelerator counts, of those that are tried, that hold a run."""
    counts = np.asarray(world.physics.training.accelerator_counts, dtype=np.float64)
    fits = np.broadcast_to(training_fits(world, course, counts), counts.shape)
    return [int(count) for count in counts[fits]]


def _holds(world: World, course: Course) -> bool:
    """Whether a run fits on the typed number of accelerators, else on any that is tried."""
    typed = world.inputs.training.accelerators
    if typed is None:
        return bool(_counts_that_hold(world, course))
    return bool(np.all(training_fits(world, course, float(typed))))


def _with_seq_len(world: World, tokens: float) -> World:
    training = world.inputs.training.model_copy(update={"seq_len": tokens})
    return replace(world, inputs=replace(world.inputs, training=training), memo={})


def training_memory_remedies(world: World, training: Training, item: str) -> tuple[Remedy, ...]:
    """Return the changes of which each makes a training run fit, least change first."""
    course, found = training.course, []
    enough = [count for count in _counts_that_hold(world, course) if count != training.accelerators]
    if enough:
        found.append(Remedy(f"Use {enough[0]} accelerators", {"training.accelerators": enough[0]}))
    if item == "base_training":
        for method, words in (("lora", "LoRA"), ("qlora", "QLoRA")):
            if method != course.method and _holds(world, replace(course, method=method)):
                found.append(Remedy(f"Use {words}", {"finetune.method": method}))
    if course.teacher is not None and _holds(world, replace(course, teacher=None)):
        found.append(Remedy("Learn from answers instead", {"distil.method": "sequence"}))
    tokens = world.inputs.training.seq_len / 2.0
    while tokens >= _SHORTEST_SEQUENCE and not _holds(_with_seq_len(world, tokens), course):
        tokens /= 2.0
    if tokens >= _SHORTEST_SEQUENCE:
        words = format_quantity(tokens, "count")
        found.append(Remedy(f"Train on {words} tokens at a time", {"training.seq_len": tokens}))
    large = replace(course, card=world.catalog.find_hardware(LARGE_CARD))
    if training.card.id != LARGE_CARD and _holds(world, large):
        changes = {"training.hardware": LARGE_CARD, "training.usd_per_accelerator_h": None}
        found.append(Remedy("Train on B200", changes))
    return tuple(found)


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
    hint = f"{remedies[0].label}." if remedies else "Choose a smaller model."
    return Problem("training_memory", training_memory_words(world, training), hint, remedies)


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
    held = float(np.asarray(replica.usable_bytes).ravel()[0])
    return Problem(
        "teacher_memory",
        f"{called(replica.load.arch)}, the teacher, needs {gib(needed)} with one request; "
        f"{_cards(count, card)} {_hold(count)} {gib(held)}.",
        f"{remedies[0].label}." if remedies else "Choose a smaller base.",
        tuple(remedies),
    )


def device_memory(world: World, device: Device) -> Problem:
    """Say that the student does not fit on the users' devices."""
    bytes_per_weight = world.physics.serving.weight_bytes
    precision = world.inputs.serving.edge_precision
    cache = device.needed_bytes - device.weight_bytes
    remedies = []
    if bytes_per_weight["int4"] < bytes_per_weight[precision]:
        smaller = device.weight_bytes / bytes_per_weight[precision] * bytes_per_weight["int4"]
        if np.all(smaller + cache <= device.usable_bytes):
            remedies.append(Remedy("Use INT4", {"serving.edge_precision": "int4"}))
    small = run_device(world, architecture_of(world.catalog, SMALL_STUDENT, None), world.tuned_tokens)
    if world.student.model_id != SMALL_STUDENT and np.all(small.fits):
        changes = {"student.model": SMALL_STUDENT, "student.params": None}
        remedies.append(Remedy("Use a 1B student", changes))
    remedies.append(Remedy("Serve from the cloud", {"serving.student_target": "cloud"}))
    return Problem(
        "device_memory",
        f"{called(world.student)} needs {gib(device.needed_bytes)}; "
        f"half of the memory of {device.card.name} is {gib(device.usable_bytes)}.",
        f"{remedies[0].label}.",
        tuple(remedies),
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
