"""How long it takes to distil a student, from how fast it trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.engine.arrays import Numeric
from planner.units import SECONDS_PER_HOUR

_FORWARD_OVER_STEP = 1.0 / 3.0
"""A teacher's forward pass against a training step of a model of its size: 2 N to 6 N."""


@dataclass(frozen=True, slots=True)
class DistillationJob:
    """One distillation. Each field is a number or an array.

    Attributes
    ----------
    tokens : float or array
        Student tokens over all epochs. [token]
    is_sequence : float or array
        1 where the student is tuned on a teacher's answers, 0 where it learns its logits. [1]
    teacher_over_student : float or array
        Parameters of a teacher that runs beside the student over those of the student; 0 where it does not.
        [1]
    training_tokens_per_s, tuning_tokens_per_s : float or array
        Speed of the student by card as in pre-training, and as in fine-tuning. [token/s]
    """

    tokens: Numeric
    is_sequence: Numeric
    teacher_over_student: Numeric
    training_tokens_per_s: Numeric
    tuning_tokens_per_s: Numeric


@dataclass(frozen=True, slots=True)
class DistillationConstants:
    """Fitted constants of `distillation_accelerator_h`.

    Attributes
    ----------
    logits_factor, sequence_factor : float or array
        Time over that of training alone: restarts, evaluation, offload, runs that are counted in. [1]
    """

    logits_factor: Numeric
    sequence_factor: Numeric


def distillation_accelerator_h(job: DistillationJob, constants: DistillationConstants) -> Any:
    """Return card-hours of the student's training, a teacher beside it included. [h]."""
    beside = 1.0 + job.teacher_over_student * _FORWARD_OVER_STEP
    logits = constants.logits_factor * beside / job.training_tokens_per_s
    sequence = constants.sequence_factor / job.tuning_tokens_per_s
    return job.tokens * np.where(job.is_sequence, sequence, logits) / SECONDS_PER_HOUR
