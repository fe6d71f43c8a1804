"""What keeping a release current costs a year, over how often it is refreshed."""

from __future__ import annotations

import math

import numpy as np

from planner.engine.results import StrategyResult
from planner.engine.updates import IntervalCosts
from planner.ui.kit.table import Cell
from planner.ui.plots.base import (
    AxisSpec,
    CurveLook,
    LimitLine,
    LimitLook,
    LinePlot,
    Mark,
    Marks,
    Series,
    Span,
    Spans,
    log_axis,
)
from planner.ui.plots.card import Hooks
from planner.ui.plots.figures.common import (
    Figure,
    fitting,
    log_labeller,
    selected_result,
    short,
    writer,
)
from planner.ui.plots.frame import Floats, floats
from planner.ui.view import View
from planner.units import MONTHS_PER_YEAR, months_words

TITLE = "Upkeep by interval"
FLAT_FRAC = 0.05
"""Intervals that cost at most so much more than the best are as good. [1]."""
_USD = writer("usd")


def interval_words(interval: int, horizon: int) -> str:
    """An interval in words; as long as the horizon it is never."""
    return "never" if interval >= horizon else f"every {months_words(interval)}"


def flat_words(costs: IntervalCosts, horizon: int) -> str:
    """The best interval, and those that cost about as much."""
    low, high = costs.within(FLAT_FRAC)
    best = f"best {interval_words(costs.best, horizon)}"
    if low == high:
        return best
    end = "never" if high >= horizon else f"{high}"
    return f"{best}, {low} to {end} alike"


def why_never(view: View, costs: IntervalCosts) -> str:
    """Why age costs nothing in a plan; empty where it costs something."""
    if costs.stale_usd.any():
        return ""
    if view.scenario.refresh.drift_points_per_month == 0.0:
        return "no drift: never is cheapest"
    return "never: failed answers cost nothing"


class UpkeepByInterval(Figure):
    """Refreshes and what age costs, a year, over the interval; best, flat region, and the plan's own."""

    def __init__(self) -> None:
        self.plot = LinePlot(TITLE, _USD)
        self.here = LimitLine(LimitLook(axis="x", tone="ink2"))
        self._flat, self._marks = Spans(), Marks()
        for item in (self._flat, self.here, self._marks):
            self.plot.add(item)
        self.costs: dict[str, IntervalCosts] = {}
        self._horizon = 1
        super().__init__(TITLE, "", self.plot, Hooks(self.table, self.describe))

    def take(self, view: View) -> None:
        """A line a strategy."""
        self._horizon = horizon = view.scenario.horizon_months
        asked = {r.strategy: r.interval_costs for r in fitting(view)}
        self.costs = {name: each() for name, each in asked.items() if each is not None}
        intervals = np.arange(1.0, horizon + 1.0)
        series, marks, values = [], [], []
        for name, costs in self.costs.items():
            usd = self._yearly(costs)
            shown = np.where(usd > 0.0, usd, math.nan)
            best = costs.best
            look = CurveLook(selected=name == view.selected)
            series.append(Series(name, intervals, shown, look, end_text=interval_words(best, horizon)))
            values.append(shown[np.isfinite(shown)])
            if shown[best - 1] > 0.0:
                marks.append(Mark(float(best), float(shown[best - 1]), name, radius=4.5))
        self.blank("" if series else "No strategy fits")
        self._axes(np.concatenate(values) if values else floats(()), horizon)
        self.plot.set_series(series)
        self.plot.set_crosshair(intervals, lambda x: interval_words(round(x), horizon))
        self._marks.set(marks)
        self._show_selected(view)

    def _show_selected(self, view: View) -> None:
        result = selected_result(view)
        costs = self.costs.get(view.selected)
        if result is None or costs is None:
            self._flat.set([])
            self.here.set(math.nan, "")
            self.say(TITLE, "a year")
            return
        low, high = costs.within(FLAT_FRAC)
        y = (self.plot.y_spec.lo, self.plot.y_spec.hi)
        self._flat.set([Span((float(low), float(high)), y, view.selected, alpha=0.08)])
        now = min(self._interval(view, result), self._horizon)
        self.here.set(float(now), "this plan")
        best = f"a year; {short(view.selected)}: {flat_words(costs, self._horizon)}"
        self.say(TITLE, why_never(view, costs) or best)

    @staticmethod
    def _interval(view: View, result: StrategyResult) -> int:
        return int(view.results.choices[result.strategy].interval_months)

    def _yearly(self, costs: IntervalCosts) -> Floats:
        return costs.total_usd * (MONTHS_PER_YEAR / self._horizon)

    def _axes(self, usd: Floats, horizon: int) -> None:
        low, high = (float(usd.min()), float(usd.max())) if usd.size else (1.0, 10.0)
        step = next(s for s in (1, 2, 3, 6, 12) if horizon / s <= 5)
        ticks = tuple(float(t) for t in range(step, horizon + 1, step)) if horizon > 1 else (1.0,)
        labels = tuple("never" if t >= horizon else f"{t:.0f} mo" for t in ticks)
        x_axis = AxisSpec(1.0, max(2.0, float(horizon)), ticks, labels, grid=False)
        self.plot.set_axes(x_axis, log_axis(low, high, log_labeller("usd")))

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Best interval, what is about equal, and the cost a year there and at the ends."""
        rows = []
        for name, costs in self.costs.items():
            usd, (low, high) = self._yearly(costs), costs.within(FLAT_FRAC)
            rows.append(
                [
                    Cell(short(name), marker=name),
                    Cell(interval_words(costs.best, self._horizon), costs.best),
                    Cell(f"{low} to {high}" if low != high else f"{low}", low),
                    *[Cell(_USD(float(usd[i])), float(usd[i])) for i in (costs.best - 1, 0, -1)],
                ]
            )
        return ["Strategy", "Best", "About equal", "A year at best", "Monthly", "Never"], rows

    def describe(self) -> str:
        """The best interval of each strategy in words."""
        parts = [f"{short(name)} {flat_words(costs, self._horizon)}" for name, costs in self.costs.items()]
        return "; ".join(parts) + "." if parts else "No strategy fits."
