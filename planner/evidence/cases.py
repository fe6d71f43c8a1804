"""The rows of a study: inputs, levels, groups and what was measured; and the rows it declines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from planner.engine.calibration import Constants
from planner.evidence.names import Declined, Names
from planner.evidence.reference import Run
from planner.evidence.study import Array, Described, Study, picked, stacked


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that a study does not predict, and why."""

    file: str
    id: str
    reason: str


@dataclass(frozen=True)
class Cases:
    """Rows of one study.

    Parameters
    ----------
    study : Study
        Whose rows they are.
    runs : tuple of Run
        The rows themselves.
    described : tuple of Described
        What a prediction knows of each.
    measured : array (rows,)
        What came out, in the unit of the study.
    declined : tuple of Refusal
        Rows that have such a figure but are not predicted.
    """

    study: Study
    runs: tuple[Run, ...]
    described: tuple[Described, ...]
    measured: Array
    declined: tuple[Refusal, ...]

    def __len__(self) -> int:
        return len(self.runs)

    @cached_property
    def job(self) -> Any:
        """Inputs of the law before `Study.join`, arrays (rows,)."""
        return stacked(self.study.job, [row.job for row in self.described])

    @cached_property
    def weights(self) -> Array:
        """Weight of each row in the fit, (rows,)."""
        return np.array([row.weight for row in self.described])

    def groups(self, novelty: str) -> list[str]:
        """Name of the group of each row that is left out together."""
        return [group_of(row, novelty) for row in self.described]

    def chosen(self, rows: Array | list[int]) -> Cases:
        """Some of the rows; what is declined stays behind."""
        indices = [int(row) for row in np.flatnonzero(rows)] if _is_mask(rows) else [int(r) for r in rows]
        part = replace(
            self,
            runs=tuple(self.runs[i] for i in indices),
            described=tuple(self.described[i] for i in indices),
            measured=self.measured[indices],
            declined=(),
        )
        part.__dict__["job"] = picked(self.job, indices)
        return part


def _is_mask(rows: Any) -> bool:
    return isinstance(rows, np.ndarray) and rows.dtype == np.bool_


def group_of(row: Described, novelty: str) -> str:
    """Return the group in which a row is left out.

    Its configuration of model, card and source (C), its model (M), its generation of hardware (H)
    or its source (S).
    """
    keys = row.keys
    whole = {
        "C": (keys.model, keys.card or keys.hardware, keys.source),
        "M": (keys.model,),
        "H": (keys.hardware,),
        "S": (keys.source,),
    }
    return " | ".join(whole[novelty])


def collect(study: Study, runs: Iterable[Run], names: Names) -> Cases:
    """Read the rows of a study out of all runs."""
    kept: list[Run] = []
    described: list[Described] = []
    measured: list[float] = []
    declined: list[Refusal] = []
    for run in runs:
        column = study.column(run)
        if column is None:
            continue
        try:
            row = study.describe(run.settings, names)
            value = study.value(run, column, row.job)
        except Declined as refusal:
            declined.append(Refusal(run.settings.file, run.settings.id, refusal.reason))
            continue
        if not (math.isfinite(value) and value > 0.0):
            declined.append(Refusal(run.settings.file, run.settings.id, "no positive figure"))
            continue
        kept.append(run)
        described.append(row)
        measured.append(value)
    return Cases(study, tuple(kept), tuple(described), np.array(measured), tuple(declined))


def constants_at(study: Study, constants: Constants, rows: Iterable[Described]) -> Any:
    """Return the constants of a law for each row, arrays (rows,)."""
    columns = [constants.at(row.levels) for row in rows]
    return study.constants(
        **{item.name: np.array([row[item.name] for row in columns]) for item in study.priors}
    )


def prepared(cases: Cases, fitted: Mapping[str, Constants], studies: Mapping[str, Study]) -> Any:
    """Return the inputs of the law, completed by the fits of the upstream studies; arrays (rows,)."""
    study = cases.study
    if study.join is None:
        return cases.job
    given = {}
    for name in study.upstream:
        rows = [row.upstream[name] for row in cases.described]
        job = stacked(studies[name].job, [row.job for row in rows])
        given[name] = (job, constants_at(studies[name], fitted[name], rows))
    return study.join(cases.job, given)


def predicted(cases: Cases, fitted: Mapping[str, Constants], studies: Mapping[str, Study]) -> Array:
    """Return what the law says of each row, (rows,), in the unit of the study."""
    if not len(cases):
        return np.empty(0)
    constants = constants_at(cases.study, fitted[cases.study.name], cases.described)
    return np.asarray(cases.study.law(prepared(cases, fitted, studies), constants), float)
