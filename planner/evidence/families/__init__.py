"""The families of predictions; each module gives a tuple ``STUDIES``."""

from __future__ import annotations

from planner.evidence.families import (
    distillation,
    edge,
    energy,
    finetuning,
    latency,
    memory,
    serving,
    training,
)
from planner.evidence.study import Study

ALL: tuple[Study, ...] = (
    *training.STUDIES,
    *memory.STUDIES,
    *finetuning.STUDIES,
    *distillation.STUDIES,
    *serving.STUDIES,
    *latency.STUDIES,
    *edge.STUDIES,
    *energy.STUDIES,
)
"""Every study, those that others build on first."""

BY_NAME: dict[str, Study] = {study.name: study for study in ALL}
