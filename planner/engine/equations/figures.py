"""Figures of a strategy as quantities: sums over its rows, and what follows from them."""

from __future__ import annotations

from typing import Any, Final

from planner.engine.arrays import positive_part
from planner.engine.costing import (
    failures_by_month,
    lag_months,
    lost_by_age,
    lost_usd_per_failure,
    paid_usd_per_failure,
    per_1k,
)
from planner.engine.equations.basis import SUMS
from planner.engine.equations.expressions import Expression, Operation, Quantity, call
from planner.engine.equations.rows import Events, Rows
from planner.engine.equations.traced import Traced
from planner.engine.lineitems import QUANTITIES
from planner.engine.results import FIGURES
from planner.engine.strategies.blueprint import Blueprint, RunningItem
from planner.units import KILOGRAMS_PER_TONNE

_BY_MONTH: Final = {
    "usd_by_month": ("Cost of a month", "usd", "total_usd"),
    "energy_by_month": ("Energy of a month", "kwh", "energy_kwh"),
    "carbon_by_month": ("Carbon of a month", "kgco2e", "carbon_kgco2e"),
    "refresh_usd_by_month": ("Refreshes of a month", "usd", "refresh_usd"),
    "embodied_by_month": ("Making the hardware, a month", "kgco2e", "carbon_embodied_kgco2e"),
    "operational_by_month": ("Carbon of electricity, a month", "kgco2e", "carbon_operational_kgco2e"),
    "water_by_month": ("Water of a month", "l", "water_l"),
    "training_h_by_month": ("Hours of releases, a month", "accelerator_h", "training_accelerator_h"),
    "serving_h_by_month": ("Hours of serving, a month", "accelerator_h", "serving_accelerator_h"),
}  # fmt: skip
_AT_RELEASE: Final = {"quality": (), "general_quality": ("Q10",)}
_OF_BUSIEST: Final = {
    "ttft_p95_s": ("I6", "I7"),
    "tpot_s": ("I4",),
    "latency_p95_s": ("I7",),
}


class Figures:
    """The figures of one strategy, as they are written down."""

    def __init__(self, traced: Traced, rows: Rows, blueprint: Blueprint) -> None:
        self.traced, self.graph, self.rows, self.blueprint = traced, traced.graph, rows, blueprint
        self.strategy = rows.strategy
        self.found: dict[str, Quantity] = {}

    def figure(self, name: str, value: Any, *equations: str) -> Quantity:
        """Write down a figure."""
        column = FIGURES[name]
        self.found[name] = self.graph.add(
            value, f"{self.strategy}/{name}", column.title, column.unit, equations=equations
        )
        return self.found[name]

    def by_month(self, key: str, value: Any, title: str, unit: str, *equations: str) -> Quantity:
        """Write down what a figure is summed from."""
        return self.graph.add(value, f"{self.strategy}/{key}", title, unit, equations=equations)

    # ------------------------------------------------------------------ scores
    def scores(self, happens: Events) -> None:
        """Write down the score of each month (U1), and who takes over where it fails."""
        world, print_ = self.traced.world, self.blueprint
        self.graph.open("scores", "Scores", self.strategy)
        points = self.figure("quality", print_.quality)
        self.figure("general_quality", print_.general_quality, "Q10")
        lag = self.graph.name(
            lag_months(world, print_), f"{self.strategy}/lag_months", "Lag, data to live", "months"
        )
        age: Any = happens.age_months + lag
        lost: Any = lost_by_age(world, age)
        lost = self.by_month("lost_points", lost, "Points lost by age", "points", "U1")
        score = self.by_month(
            "quality_by_month", positive_part(points - lost), "Score of a month", "points", "U1"
        )
        self.failures = self.by_month(
            "failures", failures_by_month(world, score), "Unacceptable answers", "requests"
        )
        self.graph.only_with_traffic(self.failures)
        self.figure("quality_lowest", call("lowest", score))

    def handed_over(self) -> RunningItem:
        """Return what people who take over cost."""
        usd: Any = self.failures * paid_usd_per_failure(self.traced.world)
        return RunningItem("handover", usd=usd)

    # ------------------------------------------------------------------ sums
    def sums(self) -> None:
        """Write down every figure that is a sum over rows and months."""
        self.graph.open("figures", "Figures", self.strategy)
        for key, (title, unit, name) in _BY_MONTH.items():
            quantity, take = SUMS[name]
            total: Any = 0.0
            for (_, item, phase), row in self.rows.ledger.items():
                if take(item, phase):
                    total = total + row.get(QUANTITIES[quantity], 0.0)
            if not isinstance(total, Expression):
                self.figure(name, 0.0)
                continue
            self.figure(name, call("sum", self.by_month(key, total, title, unit)))

    def money(self, baseline: Quantity | None) -> Quantity:
        """Write down what follows from cost by month; give its running sum.

        Parameters
        ----------
        baseline : Quantity or None
            Running sum of the baseline; None for the baseline itself.
        """
        world, usd = self.traced.world, self.graph.keys[f"{self.strategy}/usd_by_month"]
        total, requests = self.found["total_usd"], world.total_requests
        self.figure("first_release_usd", call("at", usd, 0.0))
        worth = self.by_month("worth", usd * self.traced.discount, "Cost of a month, discounted", "usd", "X1")
        self.figure("npv_usd", call("sum", worth), "X1")
        self.figure("usd_per_1k_requests", per_1k(total, requests))
        failed = self.graph.add(
            call("sum", self.failures), f"{self.strategy}/all_failures", "Unacceptable answers, all months",
            "requests",
        )  # fmt: skip
        self.figure("usd_per_1k_acceptable", per_1k(total, requests - failed))
        lost: Any = lost_usd_per_failure(world)
        self.figure("lost_value_usd", failed * lost)
        price: Any = world.carbon_price_usd_per_tco2e
        self.figure("carbon_price_usd", self.found["carbon_kgco2e"] / KILOGRAMS_PER_TONNE * price)
        so_far = self.by_month("cumulative_usd", call("running", usd), "Cost so far", "usd")
        if baseline is not None:
            self._payback(so_far, baseline)
        return so_far

    def _payback(self, so_far: Quantity, baseline: Quantity) -> None:
        """Write down the month from which cumulative cost stays at or below the baseline's (decision 14)."""
        traced = self.traced
        above = call("if", so_far > baseline, traced.month, 0.0)
        last = self.by_month("dearer_month", above, "Month, where it has cost more so far", "month_number")
        highest = call("highest", last)
        last_month = self.graph.add(
            highest, f"{self.strategy}/last_dearer", "Last month of having cost more", "month_number"
        )
        never = last_month >= traced.horizon
        self.figure("payback_month", call("if", never, float("nan"), last_month + 1.0))

    # ------------------------------------------------------------------ machines
    def machines(self, happens: Events, busiest: Quantity) -> None:
        """Write down events, replicas, battery and latency."""
        print_ = self.blueprint
        self.figure("refreshes", call("sum", happens.any_event))
        fleet, device = print_.fleet, print_.device
        self.figure("replicas_peak", 0.0 if fleet is None else call("highest", fleet.sizing.replicas), "S2")
        self.figure("accelerators_per_replica", 0.0 if fleet is None else fleet.replica.accelerators)
        self.figure("battery_frac_per_day", 0.0 if device is None else device.battery_frac_per_day)
        for name, equations in _OF_BUSIEST.items():
            value = self.graph.written(getattr(print_, name))
            if _has_months(value):
                title = f"{FIGURES[name].title}, busy hour"
                value = self.by_month(f"{name}_by_month", value, title, "s", *equations)
                value = call("at", value, busiest)
            self.figure(name, value, *equations)


def _has_months(expression: Expression) -> bool:
    """Return whether an expression differs by month."""
    if isinstance(expression, Quantity):
        return expression.is_monthly
    if isinstance(expression, Operation):
        if expression.name in ("sum", "highest", "lowest", "at"):
            return False
        return any(_has_months(each) for each in expression.of)
    return False
