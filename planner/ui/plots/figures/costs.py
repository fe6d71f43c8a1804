"""Figures of the Costs page: months of one strategy, its line items, cost per 1,000 requests over volume."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from planner.engine import sweep
from planner.engine.lineitems import ITEMS, USD
from planner.engine.results import Results, StrategyResult
from planner.errors import PlannerError
from planner.scenario.model import Scenario
from planner.ui.kit.table import Cell
from planner.ui.plots.base import (
    CurveLook,
    LimitLine,
    LimitLook,
    LinePlot,
    Mark,
    Marks,
    Note,
    Notes,
    Series,
    log_axis,
)
from planner.ui.plots.columns import ColumnsData, StackedColumns
from planner.ui.plots.figures.common import (
    CATEGORY_SHORT,
    DOES_NOT_FIT,
    PHASE_SHORT,
    Figure,
    TablePart,
    figure,
    fits,
    fitting,
    held_axis,
    in_categories,
    in_order,
    item_title,
    labeller,
    log_labeller,
    main_categories,
    misfits,
    month_name,
    selected_result,
    short,
    span_words,
    writer,
)
from planner.ui.plots.frame import Floats, floats
from planner.ui.view import View
from planner.units import format_quantity

_USD = writer("usd")
VOLUME = "workload.requests_per_month"
DECADES = 2
POINTS = 41
SLICE_S = 0.008
QUIET_MS = 150
_LARGEST_VOLUME = 1e11
PER_1K = {
    "usd_per_1k_requests": "Cost per 1,000 requests",
    "usd_per_1k_acceptable": "Cost per 1,000 acceptable answers",
}


class MonthlyCost(Figure):
    """What the selected strategy costs month by month, by category."""

    def __init__(self) -> None:
        self.columns = StackedColumns("Monthly cost", _USD)
        self.keys: list[str] = []
        self._strategy = ""
        super().__init__("Monthly cost", "", self.columns)
        self.columns.opened.connect(self._open)

    def take(self, view: View) -> None:
        """Columns of the selected strategy."""
        result = selected_result(view)
        if result is None or not fits(result):
            self.blank(f"{short(view.selected)} {DOES_NOT_FIT}", "Its card says what would make it fit.")
            return
        self.blank("")
        self._strategy = result.strategy
        by_month = monthly_parts(result)
        order = main_categories([{k: float(v.sum()) for k, v in by_month.items()}])
        if not (view.dragging and sorted(order) == sorted(self.keys)):
            self.keys = order
        months = view.scenario.horizon_months + 1
        per_month = [{k: float(v[m]) for k, v in by_month.items()} for m in range(months)]
        columns = [in_categories(parts, self.keys) for parts in per_month]
        start = view.scenario.start_month
        data = ColumnsData(
            result.strategy,
            tuple(CATEGORY_SHORT[k] for k in self.keys),
            tuple(zip(*columns, strict=True)),
            tuple(month_name(start, m) for m in range(months)),
            tuple(month_name(start, m, brief=True) for m in range(months)),
        )
        axis = held_axis(self.columns.axis, (0.0, max(data.totals, default=1.0)), labeller("usd"), view)
        self.columns.set_data(data, axis)
        self.say("Monthly cost", f"{short(result.strategy)}, by category")

    def _open(self, row: int, _part: int) -> None:
        key = self.keys[row]
        self.asked.emit(self._strategy, "total_usd" if key == "other" else key)


def monthly_parts(result: StrategyResult) -> dict[str, Floats]:
    """Cost by category and month: refreshes apart, the teacher with the training."""
    found: dict[str, Floats] = {}
    if result.ledger is None:
        return found
    for (item, phase), values in result.ledger.rows.items():
        category = "refresh" if phase == "refresh" else str(ITEMS[item].category)
        category = "training" if category == "teacher" else category
        usd = np.asarray(values[USD], dtype=np.float64)
        found[category] = found[category] + usd if category in found else usd
    return {name: usd for name, usd in found.items() if usd.any()}


class LineItems(TablePart):
    """The ledger of the selected strategy, largest first; a row opens its category."""

    def __init__(self) -> None:
        super().__init__("Line items")

    def show(self, view: View) -> None:
        """Rows of the selected strategy."""
        result = selected_result(view)
        self.say("Line items", f"{short(view.selected)}, {span_words(view)}")
        rows: list[list[Cell]] = []
        if result is not None and fits(result) and result.ledger is not None:
            total = figure(result, "total_usd")
            sums = {key: float(values[USD].sum()) for key, values in result.ledger.rows.items()}
            for (item, phase), usd in sorted(sums.items(), key=lambda pair: -pair[1]):
                if usd == 0.0:
                    continue
                category = "refresh" if phase == "refresh" else str(ITEMS[item].category)
                share = usd / total if total else math.nan
                rows.append(
                    [
                        Cell(item_title(item), link=f"{result.strategy}|{category}"),
                        Cell(PHASE_SHORT[phase]),
                        Cell(_USD(usd), usd),
                        Cell(format_quantity(share, "frac", figures=2), share),
                    ]
                )
            rows.append([Cell("Total", weight=600), Cell(""), Cell(_USD(total), total, weight=600), Cell("")])
        else:
            rows.append([Cell(f"{short(view.selected)} {DOES_NOT_FIT}")])
        self.table.set_data(["Item", "Phase", "Total", "Share"], rows)


def volumes_around(requests_per_month: float) -> list[float]:
    """Volumes a few decades around a plan's own, which is one of them."""
    centre = requests_per_month if requests_per_month > 0 else 1e5
    steps = np.linspace(-DECADES, DECADES, POINTS)
    return [float(v) for v in centre * 10.0**steps if v <= _LARGEST_VOLUME]


class VolumeSweep(QObject):
    """Costs a scenario at many volumes, a little at a time, once changes have stopped."""

    finished = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.scenario: Scenario | None = None
        self.points: list[tuple[float, dict[str, dict[str, float]]]] = []
        self._view: View | None = None
        self._steps: Iterator[tuple[float, Results]] | None = None
        self._found: list[tuple[float, dict[str, dict[str, float]]]] = []
        self._wait, self._turn = QTimer(self), QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(QUIET_MS)
        self._wait.timeout.connect(self._begin)
        self._turn.timeout.connect(self._slice)

    @property
    def is_fresh(self) -> bool:
        """Whether the points belong to the scenario asked for last."""
        return self._view is not None and self.scenario == self._view.scenario

    def ask(self, view: View) -> None:
        """Want the curve of this view; the wait starts anew with every change."""
        same = self._view is not None and self._view.scenario == view.scenario
        self._view = view
        if self.is_fresh:
            self._halt()
        elif not (same and (self._turn.isActive() or self._wait.isActive())):
            self._halt()
            self._wait.start()

    def complete(self) -> None:
        """Finish at once: for pictures, which nobody waits for."""
        while self.advance():
            pass

    def advance(self) -> bool:
        """Count a little at once, and return whether there is more: for pictures, which do not wait."""
        self._wait.stop()
        if self._steps is None and not self.is_fresh:
            self._begin()
        if self._steps is not None:
            self._slice()
        return self._steps is not None

    def _halt(self) -> None:
        self._wait.stop()
        self._turn.stop()
        self._steps = None

    def _begin(self) -> None:
        if self._view is None:
            return
        scenario = self._view.scenario
        values = volumes_around(scenario.workload.requests_per_month)
        self._steps = sweep.over(scenario, self._view.catalog, VOLUME, values)
        self._found = []
        self._turn.start(0)

    def _slice(self) -> None:
        end = time.perf_counter() + SLICE_S
        longest = 0.0
        while self._steps is not None:
            began = time.perf_counter()
            try:
                step = next(self._steps, None)
            except PlannerError:
                self._halt()
                return
            if step is None:
                self._finish()
                return
            self._found.append((step[0], {name: _by_strategy(step[1], name) for name in PER_1K}))
            longest = max(longest, time.perf_counter() - began)
            if time.perf_counter() + longest > end:
                return

    def _finish(self) -> None:
        self._halt()
        self.points = self._found
        self.scenario = self._view.scenario if self._view is not None else None
        self.finished.emit()


def _by_strategy(results: Results, name: str) -> dict[str, float]:
    return {strategy: figure(result, name) for strategy, result in results.strategies.items()}


class CostByVolume(Figure):
    """Cost per 1,000 requests, or acceptable answers, over volume; dimmed until the sweep has caught up.

    Figures that share a sweep count once for all of them.
    """

    def __init__(self, name: str = "usd_per_1k_requests", sweep: VolumeSweep | None = None) -> None:
        self.name, title = name, PER_1K[name]
        self.title = title
        self.plot = LinePlot(title, writer("usd_per_1k_requests"))
        self.here = LimitLine(LimitLook(axis="x", tone="ink", solid=True))
        self._marks = Marks()
        self.plot.add(self.here)
        self._corner = Notes()
        self.plot.add(self._marks)
        self.plot.add(self._corner)
        super().__init__(title, "", self.plot)
        self.sweep = VolumeSweep(self) if sweep is None else sweep
        self.sweep.finished.connect(self._finished)
        self._view: View | None = None

    def take(self, view: View) -> None:
        """Ask for the curve; show the plan's own points at once."""
        self._view = view
        self.sweep.ask(view)
        self._draw(view)

    def _finished(self) -> None:
        if self._view is not None:
            self._draw(self._view)
            self.card.refresh()

    def _draw(self, view: View) -> None:
        fresh = self.sweep.is_fresh
        volume = view.scenario.workload.requests_per_month
        own = {r.strategy: figure(r, self.name) for r in fitting(view)}
        points = [(at, found[self.name]) for at, found in self.sweep.points] or [(volume, own)]
        x = floats([v for v, _ in points])
        alpha = 1.0 if fresh else 0.36
        series = []
        for result in in_order(view):
            y = floats([costs.get(result.strategy, math.nan) for _, costs in points])
            look = CurveLook(selected=result.strategy == view.selected, alpha=alpha)
            if np.isfinite(y).any():
                series.append(Series(result.strategy, x, y, look, end_text=""))
        self._axes(view, x, [s.y for s in series], list(own.values()))
        self.plot.set_series(series)
        self.here.set(volume if volume > 0 else math.nan, "this plan")
        self._marks.set([Mark(volume, y, s, radius=4.5) for s, y in own.items() if volume > 0])
        self.plot.set_crosshair(x, lambda v: f"{format_quantity(v, 'count')} requests a month")
        state = "" if fresh else ", being counted"
        self.say(self.title, f"over volume{state}")
        missing = misfits(view)
        low = (self.plot.x_spec.lo, self.plot.y_spec.lo)
        self._corner.set([Note(*low, missing, 4, -8, "l", "muted", size=11, ground=True)] if missing else [])

    def _axes(self, view: View, x: Floats, ys: list[Floats], own: list[float]) -> None:
        count = log_labeller("count")
        values = np.concatenate([*ys, floats(own)]) if ys or own else floats([1.0])
        good = values[np.isfinite(values) & (values > 0)]
        low, high = (float(good.min()), float(good.max())) if good.size else (1.0, 10.0)
        now = self.plot.y_spec
        keep = view.dragging and now.log and now.lo <= low and high <= now.hi
        y_axis = now if keep else log_axis(low, high, log_labeller("usd_per_1k_requests"))
        volume = view.scenario.workload.requests_per_month
        ends = (float(x[0]), float(x[-1])) if x.size > 1 else (max(1.0, volume / 100), max(1e4, volume * 100))
        x_axis = log_axis(ends[0], ends[1], count, snap=False)
        if not (view.dragging and self.plot.x_spec.log and ends[0] >= self.plot.x_spec.lo):
            self.plot.set_axes(x_axis, y_axis)
        else:
            self.plot.set_axes(None, y_axis)
