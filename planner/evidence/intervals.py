"""90 % half-widths of ln(measured / predicted) from rows that were left out, by how new a query is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

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
    return Widths(*_by_source(_sources(cases), _groups(cases), ratios), _ranges(cases))


def _sources(cases: Cases) -> NDArray[np.str_]:
    return np.array([row.keys.source for row in cases.described])


def _groups(cases: Cases) -> dict[str, NDArray[np.str_]]:
    """Return what was left out with each row where a source may hold only one such group."""
    return {novelty: np.array(cases.groups(novelty)) for novelty in ("H", "S")}


def _by_source(
    sources: NDArray[np.str_], groups: Mapping[str, NDArray[np.str_]], ratios: Mapping[str, Array]
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    # A place that nobody measured differs from the mean of K measured ones by 1 + 1/K times their variance.
    few = {novelty: _of_few(groups[novelty][np.isfinite(ratios[novelty])]) for novelty in groups}
    plain = {novelty: quantile(ratios[novelty]) for novelty in NOVELTY}
    pooled = _rising({novelty: width * few.get(novelty, 1.0) for novelty, width in plain.items()})
    own, alone = {}, np.arange(len(sources)).astype(str)
    for source in np.unique(sources):
        rows = sources == source
        mixed = {
            novelty: few.get(novelty, 1.0)
            * _mixed(groups.get(novelty, alone)[rows], ratios[novelty][rows], plain[novelty])
            for novelty in NOVELTY
        }
        own[str(source)] = _rising(mixed)
    return pooled, own


def _of_few(groups: NDArray[np.str_]) -> float:
    """Return by how much an interval widens as its groups are few. [1]."""
    kinds = len(np.unique(groups))
    return math.sqrt(1.0 + 1.0 / kinds) if kinds else 1.0


def _mixed(groups: NDArray[np.str_], residuals: Array, pooled: float) -> float:
    """Return the quantile of a source, shrunk to the pooled one the fewer rows and groups it has."""
    known = np.isfinite(residuals)
    count = int(known.sum())
    if not count:
        return pooled
    kinds = len(np.unique(groups[known]))
    weight = count / (count + _SHRINK_ROWS) * (kinds - 1.0) / kinds
    return weight * quantile(residuals) + (1.0 - weight) * pooled


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


def inside(cases: Cases, ratios: Mapping[str, Array], novelty: str) -> NDArray[np.bool_]:
    """Return which left-out rows lie inside intervals made without their own group, (rows,)."""
    groups = np.array(cases.groups("C" if novelty == "R" else novelty))
    sources, everything = _sources(cases), _groups(cases)
    found = np.zeros(len(cases), bool)
    for group in np.unique(groups):
        mine = (groups == group) & np.isfinite(ratios[novelty])
        if not mine.any():
            continue
        others = {key: np.where(groups == group, np.nan, value) for key, value in ratios.items()}
        widths = Widths(*_by_source(sources, everything, others), {})
        limits = np.array([widths.at(novelty, str(source)) for source in sources[mine]])
        found[mine] = np.abs(ratios[novelty][mine]) <= limits
    return found


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
    width = fitted.widths.at(novelty, keys.source)
    if novelty == "S" and missing["hardware_not_measured"]:
        width = math.hypot(width, fitted.widths.at("H", keys.source))
    return Interval(width * (1.0 + _WIDER_PER_LN * outside), novelty, tuple(caveats))


def _ln_outside(widths: Widths, job: Any) -> float:
    """Return by how much the inputs lie outside the measured range, summed over inputs, as ln of a factor."""
    given = {item.name: float(getattr(job, item.name)) for item in fields(job)}
    total = 0.0
    for name, (low, high) in widths.ranges.items():
        value = given[name]
        if value > 0.0 and low > 0.0:
            total += max(0.0, math.log(low / value), math.log(value / high))
    return total
