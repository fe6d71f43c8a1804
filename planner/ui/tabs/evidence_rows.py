"""What the evidence page lists: errors by prediction, by hardware and source, the worst runs, the closest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from planner.evidence.nearest import Near
from planner.evidence.reference import Reference, Settings
from planner.evidence.validate import (
    FAMILIES,
    Predicted,
    Report,
    baseline_errors,
    coverage,
    errors,
    left_out_coverage,
)
from planner.scenario.model import spec_for
from planner.scenario.ranges import Range
from planner.ui.kit.table import Cell, Row
from planner.ui.plots.cloud import Point
from planner.units import MISSING, format_quantity, format_range

LEFT_OUT: Final = "C"
STUDY_HEADERS: Final = ("Prediction", "Runs", "Median", "P90", "Inside", "Plain rule")
GROUP_HEADERS: Final = ("Group", "Runs", "Median", "P90", "Inside")
WORST_HEADERS: Final = ("Run", "Measured", "We say", "Off", "Source")
_TITLES: Final[Mapping[str, str]] = {
    "training_throughput": "Training speed",
    "training_memory": "Training memory",
    "fine_tuning": "Fine-tuning speed",
    "distillation": "Distillation",
    "serving_throughput": "Serving speed",
    "serving_batch_given": "Serving speed, batch given",
    "serving_latency": "Latency",
    "edge_decode": "Answering on devices",
    "edge_prefill": "Reading on devices",
    "board_power": "Power in serving",
    "energy": "Energy",
}
_PARTS: Final[Mapping[str, str]] = {
    "joule_per_output_token": "of an answer token",
    "eager_joule_per_token": "of one request alone",
    "training_power": "power in training",
    "board_power": "power in serving",
    "time_per_output_token": "each token",
    "time_to_first_token": "first token",
}
"""What tells the laws of one family apart."""
_UNITS: Final[Mapping[str, str]] = {
    "token/s": "tokens_per_s",
    "h": "h",
    "GB": "gb",
    "s": "s",
    "W": "w",
    "J": "j",
    "J/token": "j",
}


@dataclass(frozen=True, slots=True)
class Study:
    """One prediction and its runs."""

    name: str
    title: str
    unit: str
    rows: tuple[Predicted, ...]


def key_of(row: Predicted) -> str:
    """Return the name of the prediction that a row belongs to; one law may serve several families."""
    return f"{row.family}/{row.study}"


def studies_of(report: Report) -> tuple[Study, ...]:
    """Return the predictions that have runs, in the order of the families."""
    groups: dict[str, list[Predicted]] = {}
    for row in report.rows:
        groups.setdefault(key_of(row), []).append(row)
    families = [rows[0].family for rows in groups.values()]
    found = [
        Study(key, title_of(rows[0], families), rows[0].unit, tuple(rows)) for key, rows in groups.items()
    ]
    return tuple(sorted(found, key=lambda study: FAMILIES.index(study.rows[0].family)))


def title_of(row: Predicted, families: Sequence[str]) -> str:
    """Return the title of a prediction: that of its family, and of its law where the family has several."""
    title = _TITLES.get(row.family, row.family.replace("_", " ").capitalize())
    return (
        f"{title}, {_PARTS.get(row.study, row.study.replace('_', ' '))}"
        if families.count(row.family) > 1
        else title
    )


def amount(value: float, unit: str) -> str:
    """Write a figure of a study with its unit."""
    return format_quantity(value, _UNITS[unit]) if unit in _UNITS else f"{value:.3g} {unit}"


def axis_unit(unit: str) -> str:
    """Return the unit that the ticks of a study's plot are written in."""
    return _UNITS.get(unit, "count")


def span(low: float, high: float, unit: str) -> str:
    """Write an interval of a study."""
    if unit in _UNITS:
        return format_range(low, high, _UNITS[unit])
    return f"{low:.2g}–{high:.2g} {unit}"


def share(value: float) -> Cell:
    """Write a share; a dash where there is none."""
    return Cell(MISSING) if math.isnan(value) else Cell(format_quantity(value, "frac"), value)


def study_rows(studies: Sequence[Study], selected: str) -> list[Row]:
    """Return errors with the configuration left out, by prediction; a name is a link."""
    rows: list[Row] = []
    for study in studies:
        left = errors(study.rows, LEFT_OUT)
        shown = left if left.rows else errors(study.rows)
        inside = left_out_coverage(study.rows, LEFT_OUT)
        plain = baseline_errors(study.rows)
        best = min((e.median_abs_error for e in plain.values()), default=math.nan)
        rows.append(
            [
                Cell(study.title, link=study.name, weight=600 if study.name == selected else 0),
                Cell(f"{len(study.rows):,}", len(study.rows)),
                share(shown.median_abs_error),
                share(shown.p90_abs_error),
                share(inside if left.rows else coverage(study.rows)),
                share(best),
            ]
        )
    return rows


def group_rows(study: Study, key: str) -> list[Row]:
    """Return the errors of a study by ``hardware`` or ``source``, the largest groups first."""
    groups: dict[str, list[Predicted]] = {}
    for row in study.rows:
        groups.setdefault(getattr(row, key), []).append(row)
    rows: list[Row] = []
    for name, members in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        left = errors(members, LEFT_OUT)
        shown = left if left.rows else errors(members)
        inside = left_out_coverage(members, LEFT_OUT) if left.rows else coverage(members)
        rows.append(
            [
                Cell(name or MISSING),
                Cell(f"{len(members):,}", len(members)),
                share(shown.median_abs_error),
                share(shown.p90_abs_error),
                share(inside),
            ]
        )
    return rows


def off(row: Predicted) -> float:
    """Return predicted / measured - 1, the configuration left out of the fit where that is known. [1]."""
    return math.expm1(row.left_out.get(LEFT_OUT, row.log_ratio))


def worst_rows(study: Study, reference: Reference) -> list[Row]:
    """Return the runs of a study, worst predicted first."""
    settings = settings_by_row(reference)
    order = sorted(study.rows, key=lambda row: -abs(math.log1p(off(row))))
    return [
        [
            Cell(run_words(settings[row.file, row.id])),
            Cell(amount(row.measured, study.unit), row.measured),
            Cell(amount(row.measured * (1.0 + off(row)), study.unit), row.measured * (1.0 + off(row))),
            Cell(format_quantity(off(row), "frac", sign=True), off(row)),
            Cell(settings[row.file, row.id].text("source")),
        ]
        for row in order
    ]


def settings_by_row(reference: Reference) -> dict[tuple[str, str], Settings]:
    """Return settings by file and id."""
    return {(run.settings.file, run.settings.id): run.settings for run in reference.runs}


def run_words(settings: Settings) -> str:
    """Say which run it is: ``Llama 2 70B, LoRA, fp8 on 8 × H100``."""
    count = settings.number("accelerators") or settings.number("tp")
    cards = settings.text("hardware")
    on = f"{count:.0f} × {cards}" if count and count > 1 else cards
    what = [settings.text(name) for name in ("model", "method", "precision")]
    if not settings.text("model"):
        what[0] = settings.text("student")
    tokens = [settings.number(name) for name in ("isl", "osl")]
    if all(tokens):
        what.append(f"{tokens[0]:.0f} in, {tokens[1]:.0f} out")
    return f"{', '.join(filter(None, what))} on {on}"


def points_of(study: Study, reference: Reference) -> list[Point]:
    """Return the points of a study's plot."""
    settings = settings_by_row(reference)
    points = []
    for row in study.rows:
        own = settings[row.file, row.id]
        figures = (
            f"measured {amount(row.measured, study.unit)}, we say {amount(row.predicted, study.unit)}"
            f" ({span(row.low, row.high, study.unit)})"
        )
        words = f"{run_words(own)}: {figures}. {own.text('source')}"
        points.append(Point(row.measured, row.predicted, row.low, row.high, words))
    return points


def near_words(near: Near) -> str:
    """Say what was measured of the closest run, and what we say."""
    row = near.row
    return (
        f"{run_words(near.settings)}: measured {amount(row.measured, row.unit)}, "
        f"we say {amount(row.predicted, row.unit)} ({span(row.low, row.high, row.unit)})."
    )


def sure_words(ranges: Mapping[str, Range]) -> str:
    """Say how far from the laws such a plan's machines may be, for those inputs that nobody has set."""
    parts = [
        f"{spec_for(path).title.lower()} {span.low:.2f} to {span.high:.2f}" for path, span in ranges.items()
    ]
    return f"Of what we say, eight in ten get: {', '.join(parts)}." if parts else ""
