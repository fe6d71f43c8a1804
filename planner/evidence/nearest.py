"""The measured runs that are most like what a plan does: how right the physics is where it matters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.architecture import Architecture, architecture_of
from planner.engine.generations import generation_of
from planner.engine.results import Results, StrategyResult
from planner.evidence.names import Card, Declined, Model, Names
from planner.evidence.reference import Reference, Settings
from planner.evidence.validate import Predicted, Report

_OTHER_GENERATION: Final = 1.5
_OTHER_CARD: Final = 0.4
_OTHER_PRECISION: Final = 0.5
_OTHER_METHOD: Final = 1.0
_PER_LN_PARAMS: Final = 1.0
_PER_LN_TOKENS: Final = 0.25
_PER_LN_ACCELERATORS: Final = 0.15
_TUNED: Final = ("fine_tuning",)
_TRAINED: Final = ("fine_tuning", "training_throughput")
_SERVED: Final = ("serving_throughput", "serving_batch_given")
_ON_DEVICE: Final = ("edge_decode",)


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a plan does on accelerators.

    Parameters
    ----------
    title : str
        What it is: ``Fine-tune Llama 3.1 70B``.
    setting : str
        On what: ``LoRA on 4 × H100 SXM5 80GB``.
    families : tuple of str
        Families of runs that can be like it.
    params : float
        Parameters used for one token. [1]
    hardware_id, precision, method : str
        Card, number format and training method; empty where it has none.
    accelerators, tokens : float
        How many at once [1]; tokens of a sequence, prompt and answer. [token]
    """

    title: str
    setting: str
    families: tuple[str, ...]
    params: float
    hardware_id: str
    precision: str
    method: str
    accelerators: float
    tokens: float


@dataclass(frozen=True, slots=True)
class Near:
    """A task and the run nearest to it.

    Parameters
    ----------
    task : Task
        What the plan does.
    row : Predicted
        The run: measured, and what we say.
    settings : Settings
        Its settings.
    distance : float
        0 for the very same; 1 is a model of 2.7 times the size, or a third of a generation of cards. [1]
    """

    task: Task
    row: Predicted
    settings: Settings
    distance: float


def tasks_of(results: Results, catalog: Catalog) -> tuple[Task, ...]:
    """Return what a plan's strategies train and serve on accelerators, each once."""
    found: dict[tuple[str, str], Task] = {}
    for result in results.strategies.values():
        for task in (*_trained(results, result), *_served(results, result, catalog)):
            found.setdefault((task.title, task.setting), task)
    return tuple(found.values())


def _trained(results: Results, result: StrategyResult) -> Iterable[Task]:
    words = {"full": "All weights", "lora": "LoRA", "qlora": "QLoRA"}
    for training in result.trainings.values():
        course, count = training.course, _one(training.accelerators)
        yield Task(
            title=f"Tune {course.arch.name}",
            setting=f"{words.get(course.method, course.method)} on {count:.0f} × {training.card.name}",
            families=_TRAINED if course.method == "full" else _TUNED,
            params=_params(course.arch),
            hardware_id=training.card.id,
            precision="bf16",
            method=course.method,
            accelerators=count,
            tokens=float(results.scenario.training.seq_len),
        )


def _served(results: Results, result: StrategyResult, catalog: Catalog) -> Iterable[Task]:
    workload, serving = results.scenario.workload, results.scenario.serving
    if result.fleet is not None:
        replica = result.fleet.replica
        load, count = replica.load, _one(replica.accelerators)
        yield Task(
            title=f"Serve {load.arch.name}",
            setting=f"{load.precision} on {count:.0f} × {load.card.name}",
            families=_SERVED,
            params=_params(load.arch),
            hardware_id=load.card.id,
            precision=load.precision,
            method="",
            accelerators=count,
            tokens=_one(load.prompt_tokens) + float(workload.output_tokens),
        )
    if result.device is not None:
        student = results.scenario.student
        arch = architecture_of(catalog, student.model, student.params)
        yield Task(
            title=f"Run {arch.name} on a device",
            setting=f"{serving.edge_precision} on {result.device.card.name}",
            families=_ON_DEVICE,
            params=_params(arch),
            hardware_id=result.device.card.id,
            precision=serving.edge_precision,
            method="",
            accelerators=1.0,
            tokens=float(workload.output_tokens),
        )


def nearest(report: Report, reference: Reference, names: Names, task: Task) -> Near | None:
    """Return the run of a task's families that is most like it; None where there is none."""
    settings = {(run.settings.file, run.settings.id): run.settings for run in reference.runs}
    best: Near | None = None
    for row in report.rows:
        if row.family not in task.families:
            continue
        own = settings[row.file, row.id]
        away = _distance(task, own, names)
        if away is not None and (best is None or away < best.distance):
            best = Near(task, row, own, away)
    return best


def _distance(task: Task, settings: Settings, names: Names) -> float | None:
    try:
        model = _model(settings, names)
        card = names.card(settings.text("hardware"), settings.text("hw_family"))
    except Declined:
        return None
    away = _PER_LN_PARAMS * abs(math.log(_params(model.arch) / task.params)) + _card_apart(task, card)
    if _bits(settings.text("precision")) != _bits(task.precision):
        away += _OTHER_PRECISION
    if task.method and _method(settings.text("method")) != task.method:
        away += _OTHER_METHOD
    count = settings.number("tp") or settings.number("accelerators")
    if count:
        away += _PER_LN_ACCELERATORS * abs(math.log(count / task.accelerators))
    tokens = settings.number("seq_len") or (settings.number("isl") or 0.0) + (settings.number("osl") or 0.0)
    if tokens:
        away += _PER_LN_TOKENS * abs(math.log(tokens / task.tokens))
    return away


def _model(settings: Settings, names: Names) -> Model:
    return names.model(
        settings.text("model"),
        settings.text("family"),
        settings.number("params_total_b"),
        settings.number("params_active_b"),
    )


def _card_apart(task: Task, card: Card) -> float:
    if card.hardware.id == task.hardware_id:
        return 0.0
    same = card.generation.name == generation_of(task.hardware_id).name
    return _OTHER_CARD if same else _OTHER_GENERATION


def _method(words: str) -> str:
    lowered = words.casefold()
    return next((name for name in ("qlora", "lora", "adapter") if name in lowered), "full")


_BITS: Final[Mapping[str, int]] = {"4": 4, "8": 8, "16": 16, "32": 16}


def _bits(precision: str) -> int:
    """Return the bits of a weight, 16 for anything that is not a smaller format."""
    lowered = precision.casefold()
    if lowered.startswith(("q4", "iq4", "nvfp4", "mxfp4")):
        return 4
    digits = "".join(letter if letter.isdigit() else " " for letter in lowered).split()
    return next((_BITS[number] for number in digits if number in _BITS), 16)


def _params(arch: Architecture) -> float:
    return _one(arch.active_params)


def _one(value: Any) -> float:
    return float(np.asarray(value, dtype=np.float64).ravel()[0])
