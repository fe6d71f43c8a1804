"""Fit every study to a reference and write what the program reads: constants, intervals, left-out rows."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.catalog.load import load_catalog
from planner.engine.calibration import NOVELTY, Constants
from planner.evidence import families
from planner.evidence.cases import Cases, collect, predicted
from planner.evidence.errors import errors_of
from planner.evidence.folds import Fits, fit_all, left_out
from planner.evidence.intervals import half_widths, inside
from planner.evidence.names import Names
from planner.evidence.reference import Reference
from planner.evidence.study import Array, Study

_FIGURES: Final = 5
SOURCE: Final = "fitted by planner calibrate to the measured runs in resources/reference"
LEFT_OUT_COLUMNS: Final = (
    *("study", "file", "id", "model", "hardware", "source", "fine", "measured", *NOVELTY),
    "inside",
)
"""`inside` names the levels of novelty at which an interval made without the row's group holds it."""


@dataclass(frozen=True)
class Result:
    """A calibration to write: the text of ``calibration.json`` and of ``left_out.csv``."""

    calibration: str
    left_out: str


def studies_of(reference: Reference) -> tuple[dict[str, Study], dict[str, Cases]]:
    """Return the studies and the rows of each."""
    names = Names(load_catalog())
    studies = dict(families.BY_NAME)
    return studies, {name: collect(study, reference.runs, names) for name, study in studies.items()}


def fitted(reference: Reference) -> Fits:
    """Fit every study that has rows in a reference; constants keep five figures."""
    studies, cases = studies_of(reference)
    fits = fit_all(studies, cases)
    rounded = {name: _rounded(constants) for name, constants in fits.constants.items()}
    return Fits(studies, cases, rounded)


def calibrate(reference: Reference) -> Result:
    """Fit every study to a reference, leave out its groups, and return the files to write."""
    fits = fitted(reference)
    ratios = {
        name: {novelty: left_out(fits, name, novelty) for novelty in NOVELTY} for name in fits.constants
    }
    entries = {name: _entry(fits, name, ratios[name]) for name in fits.constants}
    document = {"schema_version": 1, "source": SOURCE, "studies": entries}
    return Result(json.dumps(document, indent=1, ensure_ascii=False) + "\n", _left_out_text(fits, ratios))


def write(result: Result, path: Path) -> None:
    """Write a calibration, and its left-out rows beside it."""
    path.write_text(result.calibration, encoding="utf-8")
    path.with_name("left_out.csv").write_text(result.left_out, encoding="utf-8")


def constants_entry(study: Study, constants: Constants) -> dict[str, Any]:
    """Return the constants of a study with unit, prior and effects, as the file holds them."""
    entries: dict[str, Any] = {}
    for item in study.priors:
        entry: dict[str, Any] = {
            "value": constants.values[item.name],
            "unit": item.unit,
            "prior": item.prior,
            "prior_ln_spread": item.spread,
            "source": item.source,
        }
        if item.name in constants.effects:
            entry["effects"] = constants.effects[item.name]
        entries[item.name] = entry
    return entries


def _entry(fits: Fits, name: str, ratios: Mapping[str, Array]) -> dict[str, Any]:
    study, cases = fits.studies[name], fits.cases[name]
    in_fit = np.log(predicted(cases, fits.constants, fits.studies) / cases.measured)
    widths = half_widths(cases, ratios)
    keys = [row.keys for row in cases.described]
    errors = {novelty: errors_of(ratios[novelty]) for novelty in NOVELTY}
    return {
        "family": study.family,
        "law": f"{study.law.__module__}.{study.law.__name__}",
        "quantity": study.quantity,
        "unit": study.unit,
        "rows": len(cases),
        "rows_by_source": dict(sorted(Counter(key.source for key in keys).items())),
        "rows_declined": dict(sorted(Counter(refusal.reason for refusal in cases.declined).items())),
        "fit_error": _shown(errors_of(in_fit).numbers()),
        "left_out_error": {novelty: _shown(found.numbers()) for novelty, found in errors.items()},
        "coverage_90": {novelty: _figures(share) for novelty, share in _coverage(cases, ratios).items()},
        "ln_half_width_90": {
            "pooled": _shown(widths.pooled),
            "sources": {source: _shown(own) for source, own in widths.sources.items()},
        },
        "ranges": {column: [_figures(low), _figures(high)] for column, (low, high) in widths.ranges.items()},
        "seen": {
            "model": sorted({key.model for key in keys}),
            "hardware": sorted({key.hardware for key in keys}),
            "source": sorted({key.source for key in keys}),
        },
        "constants": constants_entry(study, fits.constants[name]),
    }


def _coverage(cases: Cases, ratios: Mapping[str, Array]) -> dict[str, float]:
    shares = {}
    for novelty in NOVELTY:
        tried = np.isfinite(ratios[novelty])
        held = inside(cases, ratios, novelty)[tried]
        shares[novelty] = float(np.mean(held)) if len(held) else math.nan
    return shares


def _figures(value: float) -> float | None:
    return float(f"{value:.{_FIGURES}g}") if np.isfinite(value) else None


def _shown(numbers: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _figures(value) for name, value in numbers.items()}


def _rounded(constants: Constants) -> Constants:
    def short(value: float) -> float:
        return float(f"{value:.{_FIGURES}g}")

    effects = {
        name: {kind: {level: short(value) for level, value in table.items()} for kind, table in kinds.items()}
        for name, kinds in constants.effects.items()
    }
    return Constants({name: short(value) for name, value in constants.values.items()}, effects)


def _left_out_text(fits: Fits, ratios: Mapping[str, Mapping[str, Array]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(LEFT_OUT_COLUMNS)
    for name, by_novelty in ratios.items():
        cases = fits.cases[name]
        held = {novelty: inside(cases, by_novelty, novelty) for novelty in NOVELTY}
        for i, (run, row) in enumerate(zip(cases.runs, cases.described, strict=True)):
            keys = row.keys
            found = [_figures(float(by_novelty[novelty][i])) for novelty in NOVELTY]
            levels = "".join(novelty for novelty in NOVELTY if held[novelty][i])
            cells = [
                name,
                run.settings.file,
                run.settings.id,
                keys.model,
                keys.hardware,
                keys.source,
                keys.fine,
            ]
            writer.writerow([*cells, f"{cases.measured[i]:.{_FIGURES}g}", *found, levels])
    return stream.getvalue()
