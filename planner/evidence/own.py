"""Own runs: how far off the planner is on them, and what they teach about this user's machines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.engine.calibration import Calibration
from planner.errors import InputError
from planner.evidence.validate import Predicted, Report
from planner.scenario.model import spec_for

FACTORS: Final[Mapping[str, str]] = {
    "fine_tuning": "measured.training_speed_factor",
    "training_throughput": "measured.training_speed_factor",
    "training_memory": "measured.training_memory_factor",
    "serving": "measured.serving_speed_factor",
    "edge_decode": "measured.device_speed_factor",
    "board_power": "measured.serving_power_factor",
}
"""The input of a scenario that each study's runs move."""
_Z_90: Final = 1.6448536269514722
"""Half-width of a normal 90 % interval, in standard deviations."""
_Z_80: Final = 1.2815515655446004
"""The same from the tenth to the ninetieth percentile."""
_LEAST_SCATTER: Final = 0.02
"""Runs that repeat each other exactly still scatter by a few percent from day to day."""
_LEAST_BETWEEN: Final = 0.25
"""Of what is not known of a new place, at least this much belongs to the place and not to the run. [1]"""
_SCATTER_RUNS: Final = 4.0
"""How many runs the scatter of other places weighs as. [1]"""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What own runs say of one input.

    Parameters
    ----------
    path : str
        The input: measured over predicted.
    runs : int
        How many runs tell of it.
    factor : float
        Its most likely value. [1]
    width_before, width_after : float
        90 % half-widths of ln(measured / predicted) without and with own runs. [1]
    median_before, median_after : float
        Median of |predicted / measured - 1| over own runs, with the value now and with the factor. [1]
    """

    path: str
    runs: int
    factor: float
    width_before: float
    width_after: float
    median_before: float
    median_after: float

    @property
    def title(self) -> str:
        """Title of the input."""
        return spec_for(self.path).title

    def range(self) -> dict[str, Any]:
        """Return where the next run is expected, as a range of the input: P10 and P90. [1]."""
        spec, width = spec_for(self.path), self.width_after * _Z_80 / _Z_90
        low, high = self.factor * math.exp(-width), self.factor * math.exp(width)
        return {
            "low": max(low, spec.low or low),
            "mode": self.factor,
            "high": min(high, spec.high or high),
            "shape": "lognormal",
        }


def recalibrations(
    report: Report, calibration: Calibration, now: Mapping[str, float]
) -> tuple[Recalibration, ...]:
    """Return what own runs say, by input.

    The factor is the mean of ln(measured / predicted) of the runs, drawn to 0 by how sure the planner was of
    a new place: with few runs it moves little, with many it is their mean. What is left is the scatter from
    run to run and what is not known of the mean.

    Parameters
    ----------
    report : Report
        Own runs, predicted by the calibration.
    calibration : Calibration
        The calibration: how much runs of one configuration scatter.
    now : mapping of str to float
        Value by input that the plan has now. [1]
    """
    groups: dict[str, list[Predicted]] = {}
    for row in report.rows:
        if row.study in FACTORS:
            groups.setdefault(FACTORS[row.study], []).append(row)
    return tuple(_recalibrated(path, rows, calibration, now[path]) for path, rows in groups.items())


def _recalibrated(
    path: str, rows: Sequence[Predicted], calibration: Calibration, now: float
) -> Recalibration:
    logs = -np.array([row.log_ratio for row in rows])
    total = float(np.mean([row.interval.ln_half_width for row in rows])) / _Z_90
    alike = [calibration.study(row.study).widths.pooled["R"] for row in rows]
    within = min(float(np.mean(alike)) / _Z_90, total)
    between = max(math.sqrt(total**2 - within**2), _LEAST_BETWEEN * total)
    # A few runs say little about their own scatter: it is mixed with what runs of others scatter.
    squares = float(np.sum((logs - np.mean(logs)) ** 2)) + _SCATTER_RUNS * within**2
    within = max(math.sqrt(squares / (len(logs) - 1 + _SCATTER_RUNS)), _LEAST_SCATTER)
    variance = 1.0 / (1.0 / between**2 + len(logs) / within**2)
    mean = variance * float(np.sum(logs)) / within**2
    width = _Z_90 * math.sqrt(variance + within**2)
    spec = spec_for(path)
    factor = min(max(math.exp(mean), spec.low or 0.0), spec.high or math.inf)
    return Recalibration(
        path=path,
        runs=len(rows),
        factor=factor,
        width_before=_Z_90 * total,
        width_after=width,
        median_before=float(np.median(np.abs(np.expm1(math.log(now) - logs)))),
        median_after=float(np.median(np.abs(np.expm1(math.log(factor) - logs)))),
    )


def changes_of(found: Sequence[Recalibration], name: str) -> dict[str, Any]:
    """Return the inputs that own runs change, with their ranges, and where they come from.

    Raises
    ------
    InputError
        If no run tells of an input.
    """
    if not found:
        raise InputError(
            "no_own_runs",
            f"{name} holds no run that tells of speed, memory or power.",
            "Fill one of the measured columns, such as tokens_per_s_per_accel or peak_mem_gb.",
            path=name,
            allowed="at least one measured run",
        )
    changes: dict[str, Any] = {}
    for each in found:
        changes[each.path] = each.factor
        changes[f"ranges.{each.path}"] = each.range()
    count = sum(each.runs for each in found)
    changes["measured.runs"] = f"{count} own {'run' if count == 1 else 'runs'} of {name}"
    return changes
