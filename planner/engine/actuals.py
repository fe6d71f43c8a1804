"""What running a plan really cost beside what it was planned to: by month and category, volume and price.

A month or category without a figure is missing, never 0: what nobody recorded is left out on both sides. A
bill seldom tells busy from idle accelerators, or a teacher's answers from training: where only one of such a
pair is recorded, it is compared with both. An amount that nobody assigned stands against all that is planned
and not recorded under a category of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.load import Catalog
from planner.engine.arrays import Array
from planner.engine.books import Ledger
from planner.engine.lineitems import CATEGORIES, CATEGORY_TITLES, Phase
from planner.engine.results import Results, StrategyResult
from planner.engine.run import simulate
from planner.errors import InputError
from planner.scenario.actuals import UNASSIGNED, Actual
from planner.scenario.model import STRATEGY_IDS, StrategyId
from planner.units import MONTHS_PER_YEAR

Truths = NDArray[np.bool_]
Rows = Mapping[tuple[str, Phase], Array]
"""Costs by category and phase, shape (..., month 0 to the horizon). [USD]."""

ON_ONE_BILL: Final[Mapping[str, str]] = {"idle": "serving", "teacher": "training"}
"""A category that is billed within another where it is not recorded by itself."""
RUNNING: Final = "serving"
"""The phase of what a month of traffic costs; the others are releases."""


@dataclass(frozen=True, slots=True)
class Group:
    """Categories that are compared as one.

    Attributes
    ----------
    key : str
        The category that was recorded, or ``unassigned``.
    parts : tuple of str
        Categories of the plan that stand against it.
    """

    key: str
    parts: tuple[str, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        if self.key == UNASSIGNED:
            return "Not assigned"
        further = [CATEGORY_TITLES[part].casefold() for part in self.parts if part != self.key]
        return " and ".join((CATEGORY_TITLES[self.key], *further))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plan and actual of one strategy.

    Arrays by group have the shape (group, month 0 to the horizon), others (month,).

    Attributes
    ----------
    strategy : str
        The one that is run.
    groups : tuple of Group
        In the order of the ledger's categories.
    actual_usd, planned_usd, running_usd : array
        What was paid, NaN where nobody recorded it; what was planned; the planned part that follows from
        traffic. [USD]
    requests, planned_requests : array
        NaN where nobody recorded it. [1/month]
    left_out : dict
        Planned cost over the horizon of categories that no record is of, by category. [USD]
    outside : tuple of str
        Recorded months that the plan does not hold.
    """

    strategy: StrategyId
    groups: tuple[Group, ...]
    actual_usd: Array
    planned_usd: Array
    running_usd: Array
    requests: Array
    planned_requests: Array
    left_out: dict[str, float]
    outside: tuple[str, ...]

    @property
    def recorded(self) -> Truths:
        """Whether a group was recorded in a month, shape (group, month)."""
        found: Truths = np.isfinite(self.actual_usd)
        return found

    @property
    def months(self) -> NDArray[np.intp]:
        """Months with an amount, from month 0."""
        return np.flatnonzero(self.recorded.any(axis=0))

    @property
    def missing(self) -> tuple[tuple[str, int], ...]:
        """Group and month that are planned and not recorded, in months that are."""
        recorded = self.recorded
        gaps = recorded.any(axis=0) & ~recorded & (self.planned_usd > 0.0)
        return tuple((self.groups[group].key, int(month)) for group, month in np.argwhere(gaps))

    @property
    def variance_usd(self) -> Array:
        """Actual less planned cost, 0 where nothing is recorded. [USD], shape (group, month)."""
        return np.where(self.recorded, self.actual_usd - self.planned_usd, 0.0)

    @property
    def volume_variance_usd(self) -> Array:
        """The part of the variance that comes with volume. [USD], shape (group, month).

        Requests beyond the planned ones, each at the planned running cost of one (volume variance); NaN where
        requests are not known, or none were planned. What is left of the variance is price and efficiency.
        """
        planned = np.where(self.planned_requests > 0.0, self.planned_requests, np.nan)
        by_volume = (self.requests - planned) * self.running_usd / planned
        by_volume[..., 0] = 0.0  # the first release comes before any traffic
        return np.where(self.recorded, by_volume, 0.0)

    def by_month(self, usd: Array) -> Array:
        """Return recorded amounts added up over groups, NaN in months without any. Shape (month,)."""
        added = np.where(self.recorded, usd, 0.0).sum(axis=0)
        return np.where(self.recorded.any(axis=0), added, np.nan)

    def by_group(self, usd: Array) -> Array:
        """Return recorded amounts added up over months. Shape (group,)."""
        total: Array = np.where(self.recorded, usd, 0.0).sum(axis=1)
        return total

    @property
    def total_actual_usd(self) -> float:
        """All that was recorded within the plan. [USD]."""
        return float(self.by_group(self.actual_usd).sum())

    @property
    def total_planned_usd(self) -> float:
        """What was planned for the same months and groups. [USD]."""
        return float(self.by_group(self.planned_usd).sum())

    @property
    def total_variance_usd(self) -> float:
        """Actual less planned. [USD]."""
        return float(self.variance_usd.sum())


def month_number(month: str, start_month: str) -> int:
    """Return the number of a month, such as ``2027-03``, in a plan; below 0 before its first release."""
    (year, number), (first_year, first) = ((int(m[:4]), int(m[5:7])) for m in (month, start_month))
    return (year - first_year) * int(MONTHS_PER_YEAR) + number - first


def recorded_strategies(actuals: Iterable[Actual]) -> tuple[StrategyId, ...]:
    """Return the strategies that something is recorded of, in their order."""
    found = {row.strategy for row in actuals}
    return tuple(strategy for strategy in STRATEGY_IDS if strategy in found)


def planned(results: Results, catalog: Catalog, strategy: StrategyId) -> StrategyResult:
    """Return the planned figures of a strategy, also where it no longer takes part.

    Raises
    ------
    InputError
        If it does not fit: there is nothing to compare with.
    """
    result = results.strategies.get(strategy)
    if result is None:
        alone = results.scenario.with_({"strategies": (strategy,)})
        result = simulate(alone, catalog).strategies[strategy]
    if not np.all(result.fits) or result.ledger is None:
        message = "The strategy that is run does not fit in this plan, so there is no planned cost."
        raise InputError("does_not_fit", message, "Its card says what would make it fit.", path="strategies")
    return result


def compare(
    results: Results, catalog: Catalog, actuals: Sequence[Actual], strategy: StrategyId
) -> Comparison:
    """Return plan and actual of a strategy.

    Parameters
    ----------
    results : Results
        The plan, without draws.
    catalog : Catalog
        Hardware, models, prices.
    actuals : sequence of Actual
        All that is recorded.
    strategy : str
        The one that is run.

    Raises
    ------
    InputError
        If the strategy does not fit.
    """
    ledger = planned(results, catalog, strategy).ledger
    rows = ledger.usd_by_category if isinstance(ledger, Ledger) else {}
    horizon, start = results.scenario.horizon_months, results.scenario.start_month
    own = [(month_number(row.month, start), row) for row in actuals if row.strategy == strategy]
    inside = [(month, row) for month, row in own if 0 <= month <= horizon]
    outside = {row.month for month, row in own if not 0 <= month <= horizon}
    groups = groups_of({row.category for _, row in inside if row.usd is not None}, _categories(rows))
    actual = np.full((len(groups), horizon + 1), np.nan)
    requests = np.full(horizon + 1, np.nan)
    number = {group.key: place for place, group in enumerate(groups)}
    for month, row in inside:
        if row.usd is not None:
            held = actual[number[row.category], month]
            actual[number[row.category], month] = row.usd + (0.0 if np.isnan(held) else held)
        if row.requests is not None:
            requests[month] = row.requests + (0.0 if np.isnan(requests[month]) else requests[month])
    spoken = parts_of(groups)
    return Comparison(
        strategy=strategy,
        groups=groups,
        actual_usd=actual,
        planned_usd=by_group(rows, groups, horizon),
        running_usd=by_group(_running(rows), groups, horizon),
        requests=requests,
        planned_requests=np.asarray(results.requests_by_month, dtype=np.float64),
        left_out={c: usd for c, usd in _categories(rows).items() if c not in spoken and usd},
        outside=tuple(sorted(outside)),
    )


def groups_of(recorded: set[str], planned_usd: Mapping[str, float]) -> tuple[Group, ...]:
    """Return what is compared: each recorded category with those that its bill holds too.

    Parameters
    ----------
    recorded : set of str
        Categories with an amount, ``unassigned`` among them.
    planned_usd : mapping
        Planned cost by category. [USD]
    """
    own: dict[str, list[str]] = {category: [category] for category in CATEGORIES if category in recorded}
    for within, bill in ON_ONE_BILL.items():
        if within not in own and bill in own and planned_usd.get(within):
            own[bill].append(within)
    groups = [Group(key, tuple(parts)) for key, parts in own.items()]
    if UNASSIGNED in recorded:
        spoken = parts_of(groups)
        rest = tuple(c for c in CATEGORIES if c not in spoken and planned_usd.get(c))
        groups.append(Group(UNASSIGNED, rest))
    return tuple(groups)


def parts_of(groups: Iterable[Group]) -> set[str]:
    """Return the categories of the plan that some group stands for."""
    return {part for group in groups for part in group.parts}


def by_group(rows: Rows, groups: Sequence[Group], horizon: int) -> Array:
    """Return costs by category and phase added up by group. [USD], shape (group, ..., month)."""
    found: list[Any] = []
    for group in groups:
        parts = [usd for (category, _), usd in rows.items() if category in group.parts]
        found.append(sum(parts[1:], parts[0]) if parts else np.zeros(horizon + 1))
    return np.stack(np.broadcast_arrays(*found)) if found else np.zeros((0, horizon + 1))


def _running(rows: Rows) -> Rows:
    return {key: usd for key, usd in rows.items() if key[1] == RUNNING}


def _categories(rows: Rows) -> dict[str, float]:
    """Return planned costs over the horizon by category. [USD]."""
    found: dict[str, float] = {}
    for (category, _), usd in rows.items():
        found[category] = found.get(category, 0.0) + float(usd.sum())
    return found
