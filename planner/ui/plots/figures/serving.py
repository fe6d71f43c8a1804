"""Figures of the Serving page: replicas, load, latency against limits, memory, how it is served."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from planner.engine.devices import Device
from planner.engine.fleet import Fleet
from planner.engine.lineitems import ENERGY, HOURS
from planner.engine.results import StrategyResult
from planner.ui.kit.table import Cell
from planner.ui.plots.bars import StackedBars, StackRow
from planner.ui.plots.figures.common import (
    DOES_NOT_FIT,
    MISSING,
    Figure,
    TablePart,
    energy_text,
    figure,
    fits,
    fitting,
    flat,
    in_order,
    item_total,
    limit_text,
    one,
    short,
    writer,
)
from planner.ui.plots.figures.lines import LinesOf, MonthLines
from planner.ui.plots.rows import HBars, RowItem, RowsLook
from planner.ui.view import View
from planner.units import BYTES_PER_GIB_SOLD, format_quantity

SERVING_ITEMS = (
    *("serving", "idle", "api_output"),
    *("escalated_serving", "escalated_idle", "escalated_output"),
)
_SERVED = "How it is served"
_IN_FLIGHT = "in flight: mean of the batch at most; energy per answer"
NO_FLEET = "No strategy of this plan runs on accelerators that we rent or own"


def paid_replicas(result: StrategyResult) -> Any:
    """Replicas by month; None without a fleet."""
    return None if result.fleet is None else result.fleet.sizing.paid_replicas


def load_by_month(result: StrategyResult) -> Any:
    """Mean load by month; None without a fleet."""
    return None if result.fleet is None else result.fleet.load_frac


def replicas_figure() -> MonthLines:
    """Replicas by month, as stairs."""
    about = LinesOf("Replicas", lambda view: "paid for", "count", paid_replicas, first=1)
    return MonthLines(
        replace(about, stepped=True, reach=5.0, none=NO_FLEET, narrow=True, opens="replicas_peak")
    )


def load_figure() -> MonthLines:
    """Load by month."""
    return MonthLines(
        LinesOf(
            "Load",
            lambda view: "mean",
            "frac",
            load_by_month,
            1,
            none=NO_FLEET,
            narrow=True,
            opens="replicas_peak",
        )
    )


@dataclass(frozen=True)
class Limited:
    """A latency, the path of its limit, and its words."""

    title: str
    figure: str
    path: str
    brief: str


LATENCIES = (
    Limited("First token, p95", "ttft_p95_s", "workload.ttft_limit_s", "First"),
    Limited("Each further token", "tpot_s", "workload.tpot_limit_s", "Each"),
    Limited("Whole answer, p95", "latency_p95_s", "limits.max_latency_p95_s", "Answer"),
)


def latency_by_month(about: Limited) -> MonthLines:
    """One latency of each month's busy hour against its limit; without a fleet it is the same in all."""

    def numbers(result: StrategyResult) -> Any:
        if result.busy_hours is None:
            return None
        return np.broadcast_to(
            flat(getattr(result.busy_hours(), about.figure)), np.size(result.usd_by_month) - 1
        )

    def limit(view: View) -> tuple[float, str]:
        most = view.scenario.get(about.path)
        return (math.nan, "") if most is None else (float(most), f"limit {limit_text(float(most), 's')}")

    lines = LinesOf(about.title, lambda view: "busy hour, by month", "s", numbers, 1)
    return MonthLines(replace(lines, limit=limit, forbid="above", narrow=True, opens=about.figure))


class Latency(Figure):
    """One latency of the busiest month's busy hour against its limit."""

    def __init__(self, about: Limited) -> None:
        self.about = about
        self.bars = HBars(about.title)
        self._strategies: list[str] = []
        super().__init__(about.title, "busiest month", self.bars)
        self.bars.opened.connect(lambda row, _: self.asked.emit(self._strategies[row], about.figure))

    def take(self, view: View) -> None:
        """A bar a strategy."""
        results = in_order(view)
        self._strategies = [r.strategy for r in results]
        limit = view.scenario.get(self.about.path)
        rows = []
        for r in results:
            value = figure(r, self.about.figure)
            text = DOES_NOT_FIT
            if fits(r):
                text = format_quantity(value, "s") + (", too slow" if self.about.path in r.misses else "")
            rows.append(
                RowItem(r.strategy, short(r.strategy), value, text, selected=r.strategy == view.selected)
            )
        words = "" if limit is None else f"limit {limit_text(float(limit), 's')}"
        self.bars.set_rows(rows, RowsLook(reference=limit, reference_text=words))


class ServingMemory(Figure):
    """What fills the memory of one accelerator, or of a users' device."""

    categories = ("Weights", "Cache", "Free")

    def __init__(self) -> None:
        self.bars = StackedBars("Accelerator memory", writer("gb", 2))
        self._strategies: list[str] = []
        super().__init__("Accelerator memory", "", self.bars)
        self.bars.opened.connect(
            lambda row, _: self.asked.emit(self._strategies[row], "accelerators_per_replica")
        )

    def take(self, view: View) -> None:
        """A bar a strategy that serves."""
        rows = []
        self._strategies = []
        for result in in_order(view):
            parts = memory_parts(result)
            if parts is None:
                continue
            self._strategies.append(result.strategy)
            whole = parts[3]
            text = format_quantity(whole, "gb", figures=2) if fits(result) else DOES_NOT_FIT
            chosen = result.strategy == view.selected
            rows.append(StackRow(result.strategy, short(result.strategy), parts[:3], text, selected=chosen))
        self.bars.set_data(list(self.categories), rows)
        self.blank("" if rows else NO_FLEET)


def memory_parts(result: StrategyResult) -> tuple[float, float, float, float] | None:
    """Weights, cache, free and all of the memory of one accelerator or device. [GB]."""
    if result.fleet is not None:
        replica = result.fleet.replica
        count = one(replica.accelerators)
        weights = one(replica.weight_bytes) / count
        batch = float(np.max(flat(result.fleet.sizing.batch)))
        cache = one(replica.cache_bytes_per_sequence) * batch / count
        whole = replica.load.card.memory_bytes
    elif result.device is not None:
        weights = one(result.device.weight_bytes)
        cache = one(result.device.needed_bytes) - weights
        whole = result.device.usable_bytes
    else:
        return None
    free = max(0.0, whole - weights - cache)
    gb = [v / BYTES_PER_GIB_SOLD for v in (weights, cache, free, whole)]
    return gb[0], gb[1], gb[2], gb[3]


def _behind(result: StrategyResult, view: View) -> str:
    """What takes the requests that a student passes on, and how many."""
    distil = view.scenario.distil
    if result.strategy not in ("distil", "both") or distil.escalated_frac == 0.0:
        return ""
    share = format_quantity(distil.escalated_frac, "frac", figures=2)
    return f" + {'API' if distil.escalate_to == 'api' else 'base'} {share}"


class HowServed(TablePart):
    """What answers, on what, with how much in flight, and how much of it idles."""

    headers = ("Strategy", "Runs on", "In flight", "Idle", "Tokens/s", "Per answer")

    def __init__(self) -> None:
        super().__init__(_SERVED, _IN_FLIGHT)

    def show(self, view: View) -> None:
        """A row a strategy; what a charge has to give, where phones answer."""
        shares = [
            figure(r, "battery_frac_per_day")
            for r in fitting(view)
            if r.device is not None and r.device.card.device_class == "mobile"
        ]
        battery = format_quantity(max(shares, default=0.0), "frac", figures=2)
        self.say(
            _SERVED, f"{battery} of a phone's battery a day; energy per answer" if shares else _IN_FLIGHT
        )
        requests = float(np.sum(view.results.requests_by_month))
        self.table.set_data(self.headers, [self._row(r, view, requests) for r in in_order(view)])

    def _row(self, result: StrategyResult, view: View, requests: float) -> list[Cell]:
        name = Cell(short(result.strategy), marker=result.strategy)
        if not fits(result):
            return [name, Cell(DOES_NOT_FIT)]
        tpot = figure(result, "tpot_s")
        speed = 1.0 / tpot if tpot > 0 else math.nan
        tail = [
            Cell(format_quantity(speed, "count", figures=2), speed, link=f"{result.strategy}|tpot_s"),
            self._energy(result, requests),
        ]
        behind = _behind(result, view)
        if result.fleet is not None:
            return [name, *self._fleet(result, result.fleet, behind), *tail]
        if result.device is not None:
            return [name, Cell(f"{result.device.card.name}{behind}"), Cell(MISSING), Cell(MISSING), *tail]
        where = view.scenario.api.model if result.strategy == "api" else "provider"
        return [name, Cell(str(where)), Cell(MISSING), Cell(MISSING), *tail]

    @staticmethod
    def _fleet(result: StrategyResult, fleet: Fleet, behind: str) -> list[Cell]:
        card = fleet.replica.load.card.name
        peak = float(np.max(flat(fleet.sizing.paid_replicas)))
        split = one(fleet.replica.accelerators)
        batch = float(np.max(flat(fleet.sizing.batch)))
        running = float(np.max(flat(fleet.batch_mean)))
        hours = figure(result, "serving_accelerator_h")
        idle = item_total(result, ["idle"], HOURS) / hours if hours else math.nan
        return [
            Cell(f"{peak:.0f} × {split:.0f} {card}{behind}", link=f"{result.strategy}|replicas_peak"),
            Cell(f"{format_quantity(running, 'count', figures=2)} of {batch:.0f}", running),
            Cell(format_quantity(idle, "frac", figures=2), idle, link=f"{result.strategy}|idle"),
        ]

    @staticmethod
    def _energy(result: StrategyResult, requests: float) -> Cell:
        device: Device | None = result.device
        if device is not None:
            value = one(device.energy_kwh_per_request)
        elif requests > 0:
            value = item_total(result, SERVING_ITEMS, ENERGY) / requests
        else:
            return Cell(MISSING)
        return Cell(energy_text(result, value, "kwh"), value, link=f"{result.strategy}|energy_kwh")
