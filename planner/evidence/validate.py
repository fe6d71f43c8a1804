"""Predict every row of a folder of measured runs and count the errors, by family, source and hardware."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final

import numpy as np

from planner.catalog.load import load_catalog
from planner.engine.calibration import NOVELTY, Calibration, load_calibration
from planner.evidence import families
from planner.evidence.cases import Cases, Refusal, collect, predicted, prepared
from planner.evidence.errors import Errors, errors_of
from planner.evidence.intervals import Interval, interval
from planner.evidence.names import Names
from planner.evidence.reference import Reference
from planner.paths import resource

FAMILIES: Final = (
    *("training_throughput", "training_memory", "fine_tuning", "distillation", "serving_throughput"),
    *("serving_batch_given", "serving_latency", "edge_decode", "edge_prefill", "energy", "board_power"),
)
"""Families of the report, in its order."""
_SAME: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Predicted:
    """One prediction beside what was measured, in `unit`.

    Parameters
    ----------
    study, family, file, id, quantity, unit : str
        Which figure of which row.
    model, hardware, source : str
        Groups of the row.
    measured, predicted, low, high : float
        The figure; the prediction and its 90 % interval. [`unit`]
    in_fit : bool
        Whether the constants were fitted to this row.
    interval : Interval
        Novelty and caveats.
    left_out : mapping of str to float
        ln(predicted / measured) with the row's group left out of the fit, by novelty; empty for a new row.
    left_out_inside : str
        Levels of novelty at which an interval made without that group holds the row.
    baselines : mapping of str to float
        What plain rules say. [`unit`]
    """

    study: str
    family: str
    file: str
    id: str
    quantity: str
    unit: str
    model: str
    hardware: str
    source: str
    measured: float
    predicted: float
    low: float
    high: float
    in_fit: bool
    interval: Interval
    left_out: Mapping[str, float]
    left_out_inside: str
    baselines: Mapping[str, float]

    @property
    def log_ratio(self) -> float:
        """ln(predicted / measured)."""
        return math.log(self.predicted / self.measured)

    @property
    def is_inside(self) -> bool:
        """Whether the measured figure lies in the interval."""
        return self.low <= self.measured <= self.high


@dataclass(frozen=True, slots=True)
class Report:
    """All predictions of a folder, and the rows that were declined, by family."""

    rows: tuple[Predicted, ...]
    declined: Mapping[str, tuple[Refusal, ...]]

    def family(self, name: str) -> tuple[Predicted, ...]:
        """Rows of one family."""
        return tuple(row for row in self.rows if row.family == name)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What ``planner calibrate`` kept of one row of the fit."""

    fine: tuple[str, ...]
    measured: float
    ratios: Mapping[str, float]
    inside: str


@cache
def load_left_out() -> Mapping[tuple[str, str, str], LeftOut]:
    """Return the left-out predictions that travel with the program, by study, file and id."""
    with resource("physics", "left_out.csv").open(encoding="utf-8", newline="") as stream:
        return {
            (row["study"], row["file"], row["id"]): LeftOut(
                (row["model"], row["hardware"], row["source"], row["fine"]),
                float(row["measured"]),
                {novelty: float(row[novelty]) for novelty in NOVELTY if row[novelty]},
                row["inside"],
            )
            for row in csv.DictReader(stream)
        }


def validate(reference: Reference, calibration: Calibration | None = None) -> Report:
    """Predict every row of a reference from its settings alone.

    Parameters
    ----------
    reference : Reference
        The rows.
    calibration : Calibration, optional
        Constants and intervals; those that travel with the program unless given.
    """
    calibration = calibration or load_calibration()
    names = Names(load_catalog())
    cases = {name: collect(study, reference.runs, names) for name, study in families.BY_NAME.items()}
    declined: dict[str, tuple[Refusal, ...]] = {}
    rows: list[Predicted] = []
    for name, study in families.BY_NAME.items():
        rows += _predicted(cases[name], calibration)
        declined[study.family] = declined.get(study.family, ()) + cases[name].declined
    return Report(tuple(rows), declined)


def _predicted(cases: Cases, calibration: Calibration) -> list[Predicted]:
    study = cases.study
    if not len(cases):
        return []
    needed = (*study.upstream, study.name)
    constants = {name: calibration.study(name).constants for name in needed}
    expected = predicted(cases, constants, families.BY_NAME)
    job = prepared(cases, constants, families.BY_NAME)
    plain = {name: np.broadcast_to(rule(job), expected.shape) for name, rule in study.baselines.items()}
    kept = load_left_out()
    configurations = {(name, row.fine) for (name, _, _), row in kept.items()}
    found = []
    for i, (run, row) in enumerate(zip(cases.runs, cases.described, strict=True)):
        settings, keys = run.settings, row.keys
        left = kept.get((study.name, settings.file, settings.id))
        in_fit = left is not None and abs(left.measured / cases.measured[i] - 1.0) < _SAME
        fine = (keys.model, keys.hardware, keys.source, keys.fine)
        known = (study.name, fine) in configurations
        own = type(job)(**{item.name: getattr(job, item.name)[i] for item in fields(job)})
        width = interval(calibration.study(study.name), keys, own, known=known)
        factor, figure = math.exp(width.ln_half_width), float(expected[i])
        found.append(
            Predicted(
                study=study.name,
                family=row.family or study.family,
                file=settings.file,
                id=settings.id,
                quantity=study.quantity,
                unit=study.unit,
                model=keys.model,
                hardware=keys.hardware,
                source=keys.source,
                measured=float(cases.measured[i]),
                predicted=figure,
                low=figure / factor,
                high=figure * factor,
                in_fit=in_fit,
                interval=width,
                left_out=left.ratios if left is not None and in_fit else {},
                left_out_inside=left.inside if left is not None and in_fit else "",
                baselines={name: float(values[i]) for name, values in plain.items()},
            )
        )
    return found


def errors(rows: Iterable[Predicted], novelty: str = "") -> Errors:
    """Return the errors of some rows as predicted, or as predicted with a group left out."""
    if not novelty:
        return errors_of(np.array([row.log_ratio for row in rows]))
    return errors_of(np.array([row.left_out.get(novelty, math.nan) for row in rows]))


def baseline_errors(rows: Iterable[Predicted]) -> dict[str, Errors]:
    """Return the errors of each plain rule on the rows it speaks of."""
    found: dict[str, list[float]] = {}
    for row in rows:
        for name, figure in row.baselines.items():
            found.setdefault(name, []).append(math.log(figure / row.measured) if figure > 0.0 else math.nan)
    return {name: errors_of(np.array(ratios)) for name, ratios in found.items()}


def coverage(rows: Iterable[Predicted]) -> float:
    """Return the share of rows inside their 90 % interval. [1]; nan of none."""
    inside = [row.is_inside for row in rows]
    return float(np.mean(inside)) if inside else math.nan


def left_out_coverage(rows: Iterable[Predicted], novelty: str) -> float:
    """Return the share of left-out rows inside intervals made without their own group. [1]; nan of none."""
    inside = [novelty in row.left_out_inside for row in rows if novelty in row.left_out]
    return float(np.mean(inside)) if inside else math.nan


def as_document(report: Report) -> dict[str, Any]:
    """Return a report as ``planner validate --json`` prints it."""
    return {
        "families": {name: _family(report, name) for name in FAMILIES},
        "rows": [_row(row) for row in report.rows],
    }


def _family(report: Report, name: str) -> dict[str, Any]:
    rows = report.family(name)
    reasons = Counter(refusal.reason for refusal in report.declined.get(name, ()))
    return {
        **_numbers(errors(rows), coverage(rows)),
        "declined": dict(sorted(reasons.items())),
        "left_out": {
            novelty: _numbers(errors(rows, novelty), left_out_coverage(rows, novelty)) for novelty in NOVELTY
        },
        "by_quantity": _grouped(rows, "quantity"),
        "by_source": _grouped(rows, "source"),
        "by_hardware": _grouped(rows, "hardware"),
        "baselines": {rule: _numbers(found) for rule, found in baseline_errors(rows).items()},
    }


def _grouped(rows: tuple[Predicted, ...], key: str) -> dict[str, Any]:
    groups: dict[str, list[Predicted]] = {}
    for row in rows:
        groups.setdefault(getattr(row, key), []).append(row)
    return {
        group: {
            **_numbers(errors(members), coverage(members)),
            "left_out": {novelty: _numbers(errors(members, novelty)) for novelty in NOVELTY},
        }
        for group, members in sorted(groups.items())
    }


def _numbers(found: Errors, covered: float | None = None) -> dict[str, float | int | None]:
    numbers: dict[str, float | int | None] = {"rows": found.rows}
    numbers |= {name: None if math.isnan(value) else value for name, value in found.numbers().items()}
    if covered is not None:
        numbers["coverage_90"] = None if math.isnan(covered) else covered
    return numbers


def _row(row: Predicted) -> dict[str, Any]:
    return {
        "file": row.file,
        "id": row.id,
        "family": row.family,
        "quantity": row.quantity,
        "unit": row.unit,
        "measured": row.measured,
        "predicted": row.predicted,
        "low": row.low,
        "high": row.high,
        "in_fit": row.in_fit,
        "novelty": row.interval.novelty,
        "caveats": list(row.interval.caveats),
        "model": row.model,
        "hardware": row.hardware,
        "source": row.source,
        "left_out_ratio": {novelty: math.exp(ratio) for novelty, ratio in row.left_out.items()},
        "baselines": dict(row.baselines),
    }
