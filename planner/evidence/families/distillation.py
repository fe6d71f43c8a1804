"""Distillation: card-hours of the student, from the speeds of training and fine-tuning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from planner.engine.laws.distillation import (
    DistillationConstants,
    DistillationJob,
    distillation_accelerator_h,
)
from planner.engine.laws.finetuning import fine_tuning_tokens_per_s
from planner.engine.laws.training import tokens_per_s_per_accelerator
from planner.evidence.families import finetuning, training
from planner.evidence.layout import software_of
from planner.evidence.names import Declined, Names
from planner.evidence.recipe import processed_tokens
from planner.evidence.reference import Run, Settings
from planner.evidence.study import Constant, Described, Keys, Study
from planner.units import GIGA, SECONDS_PER_HOUR

_SAME_NAME: Final = ("family", "hardware", "hw_family", "accelerators", "source", "notes")


def column(run: Run) -> str | None:
    """Return the column that tells the card-hours of a distillation, or its peak memory."""
    if run.settings.file != "distill":
        return None
    if run.settings.text("kind") == "memory" and run.figure("value") is not None:
        return "value"
    return "accel_hours" if run.figure("accel_hours") is not None else None


def value(run: Run, name: str, job: DistillationJob) -> float:
    """Return the card-hours. [h]."""
    return run.figure(name) or 0.0


def describe(settings: Settings, names: Names) -> Described:
    """Return a distillation as the law sees it, and its student as training and fine-tuning see it."""
    if settings.text("kind") == "memory":
        raise Declined("an upper bound of memory, not a peak")
    method, student = settings.text("method"), settings.number("student_params_b")
    beside = settings.number("teacher_params_b")
    sequence = "sequence" in method
    tokens_b = settings.number("tokens_b")
    tokens = processed_tokens(settings) if tokens_b is None else tokens_b * GIGA
    tuned = finetuning.describe(_student(settings, "finetune", "full"), names)
    pretrained = training.describe_student(_student(settings, "training", ""), names)
    job = DistillationJob(
        tokens=tokens,
        is_sequence=float(sequence),
        teacher_over_student=beside / student if beside and student and not sequence else 0.0,
        training_tokens_per_s=1.0,
        tuning_tokens_per_s=1.0,
    )
    keys = Keys(pretrained.keys.model, pretrained.keys.hardware, software_of(settings), method)
    upstream = {"training_throughput": pretrained, "fine_tuning": tuned}
    return Described(job, {}, keys, upstream=upstream)


def _student(settings: Settings, file: str, method: str) -> Settings:
    cells = {name: settings.cells[name] for name in _SAME_NAME if name in settings.cells}
    cells |= {"model": settings.text("student"), "kind": "full_run", "method": method}
    size = settings.number("student_params_b")
    if size is not None:
        cells["params_total_b"] = size
    return Settings(file, settings.id, cells)


def join(job: DistillationJob, upstream: Mapping[str, tuple[Any, Any]]) -> DistillationJob:
    """Return the job with the speeds of its student."""
    return replace(
        job,
        training_tokens_per_s=tokens_per_s_per_accelerator(*upstream["training_throughput"]),
        tuning_tokens_per_s=fine_tuning_tokens_per_s(*upstream["fine_tuning"]),
    )


def without_overheads(job: DistillationJob) -> Any:
    """Return card-hours as if only the student's training took time. [h]."""
    return job.tokens / job.training_tokens_per_s / SECONDS_PER_HOUR


PRIORS: Final = (
    Constant("logits_factor", 1.2, 0.5, "1", "judgement: whole runs take longer than their steps"),
    Constant("sequence_factor", 1.2, 0.5, "1", "judgement: whole runs take longer than their steps"),
)
STUDIES: Final = (
    Study(
        name="distillation",
        family="distillation",
        quantity="accel_hours",
        unit="h",
        law=distillation_accelerator_h,
        job=DistillationJob,
        constants=DistillationConstants,
        priors=PRIORS,
        effects=(),
        column=column,
        describe=describe,
        value=value,
        baselines={"training steps alone": without_overheads},
        noise=0.5,
        upstream=("training_throughput", "fine_tuning"),
        join=join,
    ),
)
