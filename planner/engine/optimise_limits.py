"""Which limits of a plan a strategy misses, and by how much: what is nearest where no plan keeps them all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from planner.engine.results import StrategyResult
from planner.scenario.model import Scenario

CEILINGS: Final = {
    "limits.max_total_usd": "total_usd",
    "limits.max_carbon_kgco2e": "carbon_kgco2e",
    "limits.max_latency_p95_s": "latency_p95_s",
    "workload.ttft_limit_s": "ttft_p95_s",
    "workload.tpot_limit_s": "tpot_s",
}
FLOORS: Final = {"limits.min_quality": "quality_lowest"}


@dataclass(frozen=True, slots=True)
class Missed:
    """A limit that is not kept: its path, the figure against it, and by which share of the limit.

    Where it is no number (data leave the house), value and limit are NaN and the share is 1.
    """

    path: str
    value: float
    limit: float
    frac: float


def missed_limits(result: StrategyResult, scenario: Scenario) -> tuple[Missed, ...]:
    """Return the limits that a strategy misses, as `result.misses` has them."""
    return tuple(_missed(path, result, scenario) for path in result.misses)


def _missed(path: str, result: StrategyResult, scenario: Scenario) -> Missed:
    figure = CEILINGS.get(path) or FLOORS.get(path)
    if figure is None:
        return Missed(path, math.nan, math.nan, 1.0)
    value, limit = float(result[figure]), float(scenario.get(path))
    return Missed(path, value, limit, abs(value - limit) / (abs(limit) or 1.0))
