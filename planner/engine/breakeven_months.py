"""Break-even over time: cost up to each month, from what a plan and its draws hold already."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from planner.engine.along import Axis, Costs
from planner.engine.arrays import Array
from planner.engine.breakeven import BreakEven, judged
from planner.engine.breakeven_draws import Chances, Places
from planner.engine.results import Results
from planner.engine.risk import PERCENTILES, Risk, StrategyRisk

MONTHS: Final = "month"
"""Stands for a path where the axis is none of the plan's inputs."""
_SHOWN: Final = (10, 50, 90)


def _axis(horizon_months: int) -> Axis:
    def changes(value: Any) -> dict[str, Any]:
        return {MONTHS: value}

    return Axis(
        MONTHS,
        "Month",
        "months",
        float(horizon_months),
        0.0,
        float(horizon_months),
        log=False,
        whole=True,
        changes=changes,
    )


def by_month(results: Results, baseline: str) -> BreakEven:
    """Return the cost of each strategy up to each month, and where their order changes.

    Months 0 to the horizon. Who competes is judged over the whole horizon.
    """
    names = tuple(results.strategies)
    usd = np.array(
        [np.asarray(each.cumulative_usd, dtype=np.float64) for each in results.strategies.values()]
    )
    keeps = np.array([bool(each.keeps_limits) for each in results.strategies.values()])
    months = np.arange(usd.shape[1], dtype=np.float64)
    competes = np.broadcast_to(keeps[:, np.newaxis], usd.shape) & np.isfinite(usd)
    costs = Costs(names, months, usd, competes, np.zeros(usd.shape), np.zeros(usd.shape))
    return judged(_axis(results.scenario.horizon_months), costs, baseline)


def chances_by_month(results: Results, risk: Risk) -> Chances:
    """Return bands of the cost up to each month, and the month in which each strategy has paid back.

    Against the plan's own baseline: draws keep the month of payback (decision 14), not the path there.
    """
    horizon = results.scenario.horizon_months
    months = np.arange(horizon + 1, dtype=np.float64)
    rows = [PERCENTILES.index(share) for share in _SHOWN]
    others = [name for name in risk.strategies if name != results.baseline]
    return Chances(
        axis=_axis(horizon),
        baseline=results.baseline,
        values=months,
        bands_usd={name: found.cumulative_usd[rows] for name, found in risk.strategies.items()},
        cheaper_frac={name: _paid_back(risk.strategies[name], months) for name in others},
        cheapest_frac={},
        places={name: _places(risk.strategies[name]) for name in others},
        draws=risk.draws,
        inputs=risk.inputs,
        done=risk.draws >= risk.planned,
    )


def _paid_back(found: StrategyRisk, months: Array) -> Array:
    """Return the share of draws that have paid back by each month. [1]."""
    ordered = np.sort(found.payback_months)
    share = np.searchsorted(ordered, months, side="right") / max(1, len(ordered))
    return np.asarray(share * found.pays_back_frac)


def _places(found: StrategyRisk) -> Places:
    paid = len(found.payback_months)
    fit = round(paid / found.pays_back_frac * found.fits_frac) if paid else 0
    never = max(fit - paid, 0)
    none = never / fit if fit else float(found.fits_frac > 0.0)
    values = np.concatenate((found.payback_months, np.full(never, np.inf)))
    return Places(values, rising=True, always_frac=0.0, none_frac=none)
