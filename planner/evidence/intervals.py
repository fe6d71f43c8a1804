"""90 % half-widths of ln(measured / predicted) from rows that were left out, by how new a query is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from planner.engine.calibration import NOVELTY, StudyFit, Widths
from planner.evidence.cases import Cases
from planner.evidence.study import Array, Keys

LEVEL: Final = 0.90
_SHRINK_ROWS: Final = 12.0
"""Rows at which a source's own quantile weighs as much as the pooled one."""
_WIDER_PER_LN: Final = 0.25
"""How much an interval widens for each factor e by which an input lies outside the measured range."""


def quantile(residuals: Array) -> float:
    """Return the finite-sample 90 % quantile of absolute residuals.

    The largest of fewer than nine; nan of none.
    """
    known = np.sort(np.abs(residuals[np.isfinite(residuals)]))
    if not len(known):
        return math.nan
    rank = math.ceil((len(known) + 1) * LEVEL)
    return float(known[min(rank, len(known)) - 1])


def half_widths(cases: Cases, ratios: Mapping[str, Array]) -> Widths:
    """Return the half-widths of a study.

    Parameters
    ----------
    cases : Cases
        Its rows.
    ratios : mapping of str to array (rows,)
        ln(predicted / measured) of rows left out, by novelty; nan where a row could not be left out.
    """
    sources = [row.keys.source for row in cases.described]
    return Widths(*_by_source(sources, ratios), _ranges(cases))


def _by_source(
    sources: Sequence[str], ratios: Mapping[str, Array]
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    pooled = _rising({novelty: quantile(ratios[novelty]) for novelty in NOVELTY})
    return pooled, {name: _of_source(name, sources, ratios, pooled) for name in sorted(set(sources))}


def _of_source(
    source: str, sources: Sequence[str], ratios: Mapping[str, Array], pooled: Mapping[str, float]
) -> dict[str, float]:
    rows = np.array([name == source for name in sources])
    mixed = {}
    for novelty in NOVELTY:
        residuals = ratios[novelty][rows]
        count = int(np.isfinite(residuals).sum())
        weight = count / (count + _SHRINK_ROWS)
        mine = quantile(residuals) if count else 0.0
        mixed[novelty] = weight * mine + (1.0 - weight) * pooled[novelty]
    return _rising(mixed)


def _rising(widths: Mapping[str, float]) -> dict[str, float]:
    """Return widths that never fall with novelty; a level without rows takes that of the level before."""
    rising: dict[str, float] = {}
    largest = math.nan
    for novelty in NOVELTY:
        largest = float(np.fmax(largest, widths[novelty]))
        rising[novelty] = largest
    return rising


def _ranges(cases: Cases) -> dict[str, tuple[float, float]]:
    return {
        name: (float(np.min(getattr(cases.job, name))), float(np.max(getattr(cases.job, name))))
        for name in cases.study.ranges
    }


def coverage(cases: Cases, ratios: Mapping[str, Array], novelty: str) -> float:
    """Return the share of left-out rows inside intervals made without their own group. [1]; nan of none."""
    groups = np.array(cases.groups("C" if novelty == "R" else novelty))
    sources = [row.keys.source for row in cases.described]
    inside: list[bool] = []
    for group in np.unique(groups):
        mine = (groups == group) & np.isfinite(ratios[novelty])
        if not mine.any():
            continue
        others = {key: np.where(groups == group, np.nan, value) for key, value in ratios.items()}
        widths = Widths(*_by_source(sources, others), {})
        limits = np.array(
            [widths.at(novelty, source) for source, own in zip(sources, mine, strict=True) if own]
        )
        inside += (np.abs(ratios[novelty][mine]) <= limits).tolist()
    return float(np.mean(inside)) if inside else math.nan


@dataclass(frozen=True, slots=True)
class Interval:
    """How sure a prediction is.

    Parameters
    ----------
    ln_half_width : float
        90 % half-width of ln(measured / predicted). [1]
    novelty : str
        One of `NOVELTY`.
    caveats : tuple of str
        Codes of why it is as wide as it is.
    """

    ln_half_width: float
    novelty: str
    caveats: tuple[str, ...]


def interval(fitted: StudyFit, keys: Keys, job: Any, *, known: bool) -> Interval:
    """Return the interval of one prediction.

    Parameters
    ----------
    fitted : StudyFit
        What the calibration holds of the study.
    keys : Keys
        Groups of the query.
    job : dataclass
        Its inputs, one number each.
    known : bool
        Whether the very same configuration, task and layout are among the rows of the fit.
    """
    seen = fitted.seen
    missing = {
        "hardware_not_measured": keys.hardware not in seen["hardware"],
        "source_not_measured": keys.source not in seen["source"],
        "model_not_measured": keys.model not in seen["model"],
    }
    caveats = [code for code, applies in missing.items() if applies]
    novelty = "R" if known else "C"
    if caveats:
        unseen = {"source_not_measured": "S", "hardware_not_measured": "H", "model_not_measured": "M"}
        novelty = next(level for code, level in unseen.items() if missing[code])
    outside = _ln_outside(fitted.widths, job)
    if outside > 0.0:
        caveats.append("outside_measured_range")
    width = fitted.widths.at(novelty, keys.source) * (1.0 + _WIDER_PER_LN * outside)
    return Interval(width, novelty, tuple(caveats))


def _ln_outside(widths: Widths, job: Any) -> float:
    """Return by how much the inputs lie outside the measured range, summed over inputs, as ln of a factor."""
    given = {item.name: float(getattr(job, item.name)) for item in fields(job)}
    total = 0.0
    for name, (low, high) in widths.ranges.items():
        value = given[name]
        if value > 0.0 and low > 0.0:
            total += max(0.0, math.log(low / value), math.log(value / high))
    return total
