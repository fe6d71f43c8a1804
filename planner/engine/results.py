"""What a simulation gives back: figures of each strategy, their parts, and the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engine.arrays import running_sum
from planner.engine.books import Ledger
from planner.engine.devices import Device
from planner.engine.fleet import BusyHour, Fleet
from planner.engine.jobs import Generation, Training
from planner.engine.lineitems import ITEMS, QUANTITIES, USD, Phase, category_of
from planner.engine.problems import Problem
from planner.engine.updates import Calendar, IntervalCosts
from planner.scenario.model import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Column:
    """Title, unit and meaning of a figure: what tables, plots and exports print above it."""

    title: str
    unit: str
    help: str


FIGURES: Mapping[str, Column] = {
    "total_usd": Column("Total", "usd", "Undiscounted sum of all line items over the horizon"),
    "npv_usd": Column("Net present value", "usd", "The same, discounted by month"),
    "first_release_usd": Column("First release", "usd", "All of month 0"),
    "refresh_usd": Column("Refreshes", "usd", "All refreshes and replacements"),
    "usd_per_1k_requests": Column(
        "Per 1k requests", "usd_per_1k_requests", "Total over all requests, one-off costs included"
    ),
    "usd_per_1k_acceptable": Column(
        "Per 1k acceptable answers", "usd_per_1k_requests", "Total over the answers that are acceptable"
    ),
    "energy_kwh": Column("Energy", "kwh", "At the meter, cooling included"),
    "carbon_kgco2e": Column("Carbon", "kgco2e", "Operational and embodied"),
    "carbon_operational_kgco2e": Column("Operational carbon", "kgco2e", "Of electricity, location-based"),
    "carbon_embodied_kgco2e": Column(
        "Embodied carbon", "kgco2e", "Of making the hardware, by reserved hours"
    ),
    "water_l": Column("Water", "l", "On site and at power plants"),
    "training_accelerator_h": Column(
        "Training accelerator-hours", "accelerator_h", "Training and teacher, refreshes included"
    ),
    "serving_accelerator_h": Column("Serving accelerator-hours", "accelerator_h", "Reserved, busy or idle"),
    "replicas_peak": Column("Replicas, busiest month", "count", "Sized on the busy hour"),
    "accelerators_per_replica": Column(
        "Accelerators per replica", "count", "Over which the weights are split"
    ),
    "battery_frac_per_day": Column(
        "Battery by day", "frac", "Of an active device's charge; 0 where no device answers"
    ),
    "ttft_p95_s": Column("First token p95", "s", "Busy hour of the busiest month"),
    "tpot_s": Column("Each further token", "s", "Busy hour of the busiest month"),
    "latency_p95_s": Column("Whole answer p95", "s", "Busy hour of the busiest month"),
    "quality": Column("Score", "points", "At release; percent of acceptable answers"),
    "quality_lowest": Column("Lowest score", "points", "Of the oldest release within the horizon"),
    "general_quality": Column("General score", "points", "Ability outside the domain"),
    "lost_value_usd": Column("Lost value", "usd", "Of unacceptable answers; beside the total"),
    "carbon_price_usd": Column("Carbon at the internal price", "usd", "Beside the total"),
    "refreshes": Column("Refreshes", "count", "Refreshes, migrations and replacements"),
    "payback_month": Column(
        "Payback month", "months", "From which cumulative cost stays at or below the baseline's"
    ),
}


@dataclass(slots=True)
class StrategyResult:
    """One strategy. Figures are floats, or arrays by draw; NaN where it does not fit.

    Attributes
    ----------
    fits : bool or array
        Whether it can be built at all.
    problems, misses : tuple
        Why it does not fit; which limits it misses, by path of the limit.
    figures : dict
        By the names of `FIGURES`.
    usd_by_month, carbon_by_month, energy_by_month : array
        All rows of months 0 to the horizon, shape (..., month).
    quality_by_month : array
        Months 1 to the horizon, shape (..., month). [points]
    ledger : Ledger or None
        Its rows; None where a missing price or rate stopped it.
    calendar : Calendar or None
        When it is refreshed, migrated, replaced.
    trainings : dict
        Runs by item: ``base_training``, ``student_training``.
    generation, answers : Generation or None, float or array
        A self-hosted teacher, and the requests of a release that it answers for this strategy. [1]
    busy_hours : callable or None
        Gives latencies in the busy hour of each month, or one for all; likewise.
    interval_costs : callable or None
        Gives what upkeep costs at every refresh interval, computed when somebody looks; None with draws.
    energy_range_frac : tuple of float
        Low and high of energy and carbon over their middle: wide for an API.
    outside : bool
        Whether data leave the house.
    lag_months : float or array
        Time from new data to live. [months]
    """

    strategy: str
    fits: Any
    problems: tuple[Problem, ...] = ()
    misses: tuple[str, ...] = ()
    keeps_limits: Any = True
    figures: dict[str, Any] = field(default_factory=dict)
    usd_by_month: Any = None
    energy_by_month: Any = None
    carbon_by_month: Any = None
    quality_by_month: Any = None
    calendar: Calendar | None = None
    ledger: Ledger | None = None
    trainings: dict[str, Training] = field(default_factory=dict)
    generation: Generation | None = None
    answers: Any = 0.0
    fleet: Fleet | None = None
    device: Device | None = None
    energy_range_frac: tuple[float, float] = (1.0, 1.0)
    interval_costs: Callable[[], IntervalCosts] | None = None
    busy_hours: Callable[[], BusyHour] | None = None
    caveats: tuple[str, ...] = ()
    outside: bool = False
    lag_months: Any = 0.0

    def __getitem__(self, name: str) -> Any:
        """Return a figure by its name in `FIGURES`."""
        return self.figures[name]

    def is_offline(self, scenario: Scenario) -> bool:
        """Return whether users' devices answer everything, so that no network is needed."""
        return self.device is not None and scenario.distil.escalated_frac == 0.0

    @property
    def release_flop(self) -> dict[str, Any]:
        """Operations of a first release by item: all runs, with a teacher beside them, and its answers.

        [FLOP]; what a provider computes for us is not among them.
        """
        found = {item: runs.model_flop * runs.course.runs for item, runs in self.trainings.items()}
        if self.generation is not None:
            found["answers"] = self.generation.flop_per_request * self.answers
        return found

    @property
    def event_months(self) -> dict[str, Any]:
        """Months of refreshes, migrations and replacements, by kind; empty where nothing is costed."""
        when = self.calendar
        kinds = (
            {}
            if when is None
            else {"refresh": when.refresh, "migration": when.migration, "replacement": when.replacement}
        )
        return {kind: np.flatnonzero(months) for kind, months in kinds.items()}

    @property
    def cumulative_usd(self) -> Any:
        """Cost up to each month, shape (..., month). [USD]."""
        return running_sum(self.usd_by_month)

    def by_category(self, quantity: int = USD, *, refresh_apart: bool = True) -> dict[str, float]:
        """Return a quantity over the horizon by category.

        Refreshes as their own where asked (decision 10).
        """
        totals: dict[str, float] = {}
        if self.ledger is not None:
            for (item, phase), amount in self.ledger.totals(quantity).items():
                name = "refresh" if refresh_apart and phase == "refresh" else category_of(item)
                totals[name] = totals.get(name, 0.0) + amount
        return totals

    def by_phase(self, quantity: int = USD) -> dict[Phase, float]:
        """Return a quantity over the horizon by phase."""
        totals: dict[Phase, float] = {"first release": 0.0, "serving": 0.0, "refresh": 0.0}
        if self.ledger is not None:
            for (_, phase), amount in self.ledger.totals(quantity).items():
                totals[phase] += amount
        return totals


@dataclass(slots=True)
class Results:
    """All strategies of one scenario, and how they compare."""

    scenario: Scenario
    choices: Any
    strategies: dict[str, StrategyResult]
    baseline: str
    requests_by_month: Any
    caveats: tuple[str, ...]
    catalog_version: str

    def ledger(self) -> pd.DataFrame:
        """Return every line item of every strategy that fits: one row an item, phase and month.

        Returns
        -------
        pandas.DataFrame
            Columns strategy, month, item, category, phase, and those of `QUANTITIES`.
        """
        import pandas as pd  # not before it is needed: half a second of start-up

        return pd.DataFrame(
            self.ledger_rows(), columns=("strategy", "month", "item", "category", "phase", *QUANTITIES)
        )

    def ledger_rows(self) -> list[tuple[Any, ...]]:
        """Return the ledger's rows as tuples, without those that are zero throughout."""
        rows: list[tuple[Any, ...]] = []
        for name, result in self.strategies.items():
            if result.ledger is None or not np.all(result.fits):
                continue
            for (item, phase), values in result.ledger.rows.items():
                months = np.flatnonzero(np.any(values != 0.0, axis=0))
                rows.extend(
                    (name, int(month), item, ITEMS[item].category, phase, *map(float, values[:, month]))
                    for month in months
                )
        return rows
