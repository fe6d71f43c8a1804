"""Figures of Plan and actual: by month, cumulative, and what the variance comes from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtWidgets import QWidget

from planner.engine.lineitems import CATEGORY_TITLES
from planner.ui.kit.table import Cell
from planner.ui.plots.axes import GutterRow
from planner.ui.plots.base import AxisSpec, Band, Columns, CurveLook, LinePlot, Series, month_axis
from planner.ui.plots.card import Hooks
from planner.ui.plots.figures.common import (
    Figure,
    held_axis,
    labeller,
    month_name,
    month_namer,
    short,
    span_of,
    writer,
)
from planner.ui.plots.frame import Floats, floats, stairs
from planner.ui.plots.rows import HBars, RowItem, RowsLook
from planner.ui.plots.ticks import linear_axis
from planner.ui.theme import px
from planner.ui.view import View
from planner.units import MISSING, format_quantity, format_range, months_words

if TYPE_CHECKING:
    from planner.engine.actuals import Comparison
    from planner.engine.reforecast import Band as Doubt
    from planner.engine.reforecast import Reforecast

_USD = writer("usd")
PLAN: Final = "ink2"
AGAIN: Final = "strategy."
"""Before a strategy: the line of its re-forecast, of the same colour."""
DASH: Final = (5.0, 3.0)
MOST_ROWS: Final = 6
"""Categories in the plot of variances; the smallest are one row. The table has them all."""
_HALF, _BAR = 0.5, 0.34
"""Of a month, from its middle: where its step ends, and its bar. [months]."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the page shows: a view, plan and actual of one strategy, the rest told anew and its range."""

    view: View
    compared: Comparison
    found: Reforecast
    doubt: Doubt | None = None

    def is_like(self, other: Shown) -> bool:
        """Whether plan, record and strategy are the same: then what draws say of one is true of the other."""
        return (
            self.view.results is other.view.results
            and self.view.plan.actuals == other.view.plan.actuals
            and self.strategy == other.strategy
        )

    @property
    def strategy(self) -> str:
        """The one that is run."""
        return self.compared.strategy

    @property
    def start_month(self) -> str:
        """The first release."""
        return self.view.scenario.start_month

    @property
    def months(self) -> Floats:
        """0 to the horizon."""
        return np.arange(float(len(self.found.by_month)))

    @property
    def actual(self) -> Floats:
        """What was paid in each recorded month, as far as it is compared. [USD]."""
        return floats(self.compared.by_month(self.compared.actual_usd))

    @property
    def last(self) -> int:
        """The last recorded month; -1 before there is one."""
        months = self.compared.months
        return int(months[-1]) if len(months) else -1

    @property
    def planned(self) -> Floats:
        """What was planned of what is compared; in recorded months, of what is recorded in them. [USD]."""
        like = floats(self.compared.by_month(self.compared.planned_usd))
        return np.where(np.isfinite(like), like, self.compared.planned_usd.sum(axis=0))

    @property
    def estimate(self) -> Floats:
        """The re-forecast of what is compared, in months that are not recorded; else not a number. [USD]."""
        return self._to_come(self.found.by_month)

    @property
    def estimate_ends(self) -> tuple[Floats, Floats]:
        """P10 and P90 of it."""
        if self.doubt is None:
            nothing = np.full(len(self.months), np.nan)
            return nothing, nothing
        low, high = (self._to_come(row) for row in self.doubt.by_month)
        return low, high

    def _to_come(self, usd: Floats) -> Floats:
        return np.where(self.found.known, np.nan, usd - self.found.left_out_by_month)

    @property
    def without(self) -> str:
        """ ", without labour and data": the categories that nobody records."""
        names = [CATEGORY_TITLES[category].casefold() for category in self.compared.left_out]
        listed = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
        return f", without {listed}" if listed else ""


class ActualPlot(LinePlot):
    """Lines of plan, actual and re-forecast; the last two share a colour. ``silent``: no end label."""

    def __init__(self, name: str) -> None:
        self.silent: frozenset[str] = frozenset()
        super().__init__(name, _USD)

    def _row(self, s: Series, y: float, text: str | None) -> GutterRow:
        row = super()._row(s, y, text)
        return replace(row, strategy=row.strategy.removeprefix(AGAIN))

    def crosshair_points(self, x: float) -> list[tuple[str, float]]:
        """Markers in the colour of the strategy."""
        return [(s.removeprefix(AGAIN), y) for s, y in super().crosshair_points(x)]

    def _show_ends(self) -> None:
        held = self._series
        self._series = [s for s in held if s.strategy not in self.silent]
        super()._show_ends()
        self._series = held


class _MonthFigure(Figure):
    """A plot over the months of the plan, with a band."""

    def __init__(self, title: str, *, tools: Sequence[QWidget] = ()) -> None:
        self.plot = ActualPlot(title)
        self.shown: Shown | None = None
        super().__init__(title, "", self.plot, Hooks(self.table, self.describe), tools)
        self.band: Band | None = None
        self.plot.view_box.geometryChanged.connect(self._spread)

    def show(self, view: View) -> None:
        """A view alone says nothing of what was paid."""

    def take(self, view: View) -> None:
        """Likewise."""

    def show_actuals(self, shown: Shown) -> None:
        """Show plan and actual."""
        self.shown = shown
        if self.band is None or self.band.strategy != shown.strategy:
            if self.band is not None:
                self.plot.remove(self.band)
            self.band = Band(shown.strategy, 0.15)
            self.plot.add(self.band)
        self.draw(shown)
        if not shown.view.dragging or self.card.is_table_shown:
            self.card.refresh()

    def draw(self, shown: Shown) -> None:
        """Hand data to the plot."""
        raise NotImplementedError

    def month_axis(self, horizon: int) -> AxisSpec:
        """As many months named as there is room for."""
        room = self.plot.view_box.sceneBoundingRect().width()
        return month_axis(horizon, width=min(9, max(2, int(room / px(44)))))

    def _spread(self) -> None:
        if self.shown is not None:
            self.plot.set_axes(self.month_axis(len(self.shown.months) - 1), None)

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Every month."""
        return month_table(self.shown)

    def describe(self) -> str:
        """The ends in words."""
        raise NotImplementedError


class MonthlyActual(_MonthFigure):
    """Paid amounts as bars, the plan as a line of steps, the re-forecast dashed with its range."""

    def __init__(self) -> None:
        super().__init__("Plan and actual by month")
        self.bars = Columns()
        self.plot.add(self.bars)

    def month_axis(self, horizon: int) -> AxisSpec:
        """Half a month further at both ends, for the bars."""
        return replace(super().month_axis(horizon), lo=-_HALF, hi=horizon + _HALF)

    def draw(self, shown: Shown) -> None:
        """Bars, steps, band."""
        months, plan = shown.months, shown.planned
        actual, estimate = shown.actual, shown.estimate
        steps = np.append(months - _HALF, months[-1] + _HALF)
        edges = np.column_stack((months - _BAR, months + _BAR)).ravel()
        heights = np.column_stack((np.nan_to_num(actual), np.zeros_like(actual))).ravel()[:-1]
        self.bars.set(edges, heights, [shown.strategy])
        low, high = shown.estimate_ends
        if self.band is not None:
            ends = [stairs(steps, np.append(values, values[-1])) for values in (low, high)]
            self.band.set(ends[0][0], ends[0][1], ends[1][1])
        self.plot.set_axes(
            self.month_axis(len(months) - 1),
            held_axis(
                self.plot.y_spec, span_of([plan, actual, estimate, high, low]), labeller("usd"), shown.view
            ),
        )
        self.plot.set_crosshair(months, month_namer(shown.start_month))
        look = CurveLook(stepped=True)
        series = [Series(PLAN, steps, np.append(plan, plan[-1]), look, "Plan")]
        if np.isfinite(estimate).any():
            again = CurveLook(stepped=True, dash=DASH, width=1.8)
            rest = np.append(estimate, estimate[-1])
            series.append(Series(f"{AGAIN}{shown.strategy}", steps, rest, again, "Re-forecast"))
        hidden = CurveLook(stepped=True, alpha=0.0)
        series.append(Series(shown.strategy, steps, np.append(actual, np.nan), hidden, "Actual"))
        self.plot.silent = frozenset({shown.strategy})
        self.plot.set_series(series)
        band = ", P10–P90" if shown.doubt is not None else ""
        words = f"{short(shown.strategy)}{shown.without}; bars paid, line planned, dashed re-forecast{band}"
        self.say("Plan and actual by month", words)

    def describe(self) -> str:
        """The last recorded month, and the mean of the months to come."""
        shown = self.shown
        if shown is None or shown.last < 0:
            return "No data."
        paid, plan = shown.actual[shown.last], shown.planned[shown.last]
        text = f"{month_name(shown.start_month, shown.last)}: paid {_USD(paid)}, planned {_USD(plan)}"
        rest = shown.estimate[np.isfinite(shown.estimate)]
        return f"{text}; months to come {_USD(float(rest.mean()))} on average." if rest.size else f"{text}."


class CumulativeActual(_MonthFigure):
    """Cost up to each month: the plan, what was paid, and the re-forecast with its range."""

    def __init__(self) -> None:
        super().__init__("Cumulative")

    def draw(self, shown: Shown) -> None:
        """Lines and band."""
        months = shown.months
        plan, path = np.cumsum(shown.found.planned_by_month), np.cumsum(shown.found.by_month)
        paid = np.where(months <= shown.last, path, np.nan)
        rest = np.where(months >= shown.last, path, np.nan)
        low, high = (
            (np.where(months >= shown.last, row, np.nan) for row in shown.doubt.cumulative)
            if shown.doubt is not None
            else (np.full_like(path, np.nan), np.full_like(path, np.nan))
        )
        if self.band is not None:
            self.band.set(months, low, high)
        self.plot.set_axes(
            self.month_axis(len(months) - 1),
            held_axis(self.plot.y_spec, span_of([plan, path, high]), labeller("usd"), shown.view),
        )
        self.plot.set_crosshair(months, month_namer(shown.start_month))
        series = [Series(PLAN, months, plan, CurveLook(), "Plan")]
        again = CurveLook(dash=DASH, selected=True, width=2.2)
        series.append(Series(f"{AGAIN}{shown.strategy}", months, rest, again, "Re-forecast"))
        if shown.last >= 0:
            look = CurveLook(selected=True)
            series.append(Series(shown.strategy, months, paid, look, "Actual"))
        done = shown.last == len(months) - 1
        self.plot.silent = frozenset({f"{AGAIN}{shown.strategy}"} if done else {shown.strategy})
        self.plot.set_series(series)
        gaps = int((~shown.found.known[: shown.last + 1]).sum())
        said = (
            f"paid to date; {months_words(gaps)} without records estimated"
            if gaps
            else "paid to date, then re-forecast"
        )
        self.say("Cumulative", said)

    def describe(self) -> str:
        """The totals in words."""
        shown = self.shown
        if shown is None:
            return "No data."
        text = f"Plan {_USD(shown.found.planned_total_usd)}; re-forecast {_USD(shown.found.total_usd)}"
        if shown.doubt is not None and shown.doubt.draws:
            low, high = shown.doubt.total_usd
            text += f", P10 {_USD(low)}, P90 {_USD(high)}"
        return f"{text}."


class VarianceByCategory(Figure):
    """What was paid beyond the plan, by category: signed bars with their share of the plan."""

    def __init__(self) -> None:
        self.bars = HBars("Variance by category", RowsLook(column=True))
        self.shown: Shown | None = None
        super().__init__("Variance by category", "", self.bars, Hooks(self.table, self.describe))

    def show(self, view: View) -> None:
        """A view alone says nothing of what was paid."""

    def take(self, view: View) -> None:
        """Likewise."""

    def show_actuals(self, shown: Shown) -> None:
        """Bars, largest first."""
        self.shown = shown
        rows = self._rows(shown)
        values = [row.value for row in rows]
        axis = linear_axis(min([0.0, *values]), max([0.0, *values]), labeller("usd"), count=3)
        self.bars.set_rows(rows, RowsLook(column=True, axis=axis))
        months = months_words(len(shown.compared.months))
        self.say("Variance by category", f"paid less planned, {months}")
        self.blank("" if rows else "Usage only", "No amounts are recorded.")
        if not shown.view.dragging or self.card.is_table_shown:
            self.card.refresh()

    @staticmethod
    def _rows(shown: Shown) -> list[RowItem]:
        compared = shown.compared
        off, plan = compared.by_group(compared.variance_usd), compared.by_group(compared.planned_usd)
        rows = [
            RowItem(
                "rise" if usd > 0.0 else "fall",
                group.title,
                float(usd),
                variance_text(float(usd), float(base)),
            )
            for group, usd, base in zip(compared.groups, off, plan, strict=True)
        ]
        rows.sort(key=lambda row: -abs(row.value))
        if len(rows) > MOST_ROWS:
            planned = {group.title: float(base) for group, base in zip(compared.groups, plan, strict=True)}
            small = rows[MOST_ROWS - 1 :]
            usd, base = sum(row.value for row in small), sum(planned[row.name] for row in small)
            tone = "rise" if usd > 0.0 else "fall"
            rows[MOST_ROWS - 1 :] = [RowItem(tone, f"{len(small)} others", usd, variance_text(usd, base))]
        if len(rows) > 1:
            total = compared.total_variance_usd
            text = variance_text(total, compared.total_planned_usd)
            rows.append(RowItem("rise" if total > 0.0 else "fall", "Total", total, text, selected=True))
        return rows

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Plan, actual and variance of every category, and what of it comes with volume."""
        headers = ["Category", "Plan", "Actual", "Variance", "Share", "By volume", "By price", "Factor"]
        if self.shown is None:
            return headers, []
        compared = self.shown.compared
        volume = np.where(compared.recorded, compared.volume_variance_usd, 0.0).sum(axis=1)
        factors = {factor.key: factor for factor in self.shown.found.factors}
        sums = [
            compared.by_group(usd)
            for usd in (compared.planned_usd, compared.actual_usd, compared.variance_usd)
        ]
        rows = []
        for i, group in enumerate(compared.groups):
            plan, paid, off = (float(column[i]) for column in sums)
            usd = plan, paid, off, float(volume[i])
            rows.append(_variance_row(group.title, usd, factors[group.key].used))
        totals = (compared.total_planned_usd, compared.total_actual_usd, compared.total_variance_usd)
        rows.append(_variance_row("Total", (*totals, float(volume.sum())), math.nan))
        return headers, rows

    def describe(self) -> str:
        """Every row in words."""
        return self.bars.describe()


def variance_text(usd: float, planned: float) -> str:
    """Return a variance with its sign and its share of the plan."""
    share = f" ({format_quantity(usd / planned, 'frac', sign=True)})" if planned > 0.0 else ""
    return f"{format_quantity(usd, 'usd', sign=True)}{share}"


def _variance_row(name: str, usd: tuple[float, float, float, float], factor: float) -> list[Cell]:
    plan, paid, off, by_volume = usd
    share = off / plan if plan > 0.0 else math.nan
    tone = "" if not off else "bad" if off > 0.0 else "good"
    return [
        Cell(name),
        Cell(_USD(plan), plan),
        Cell(_USD(paid), paid),
        Cell(format_quantity(off, "usd", sign=True), off, tone=tone),
        Cell(format_quantity(share, "frac", sign=True) if math.isfinite(share) else MISSING, share),
        _signed(by_volume),
        _signed(off - by_volume),
        Cell(f"{factor:.2f}", factor) if math.isfinite(factor) else Cell(""),
    ]


def _signed(usd: float) -> Cell:
    return Cell(format_quantity(usd, "usd", sign=True), usd) if math.isfinite(usd) else Cell(MISSING)


def month_table(shown: Shown | None) -> tuple[list[str], list[list[Cell]]]:
    """Return every month with plan, actual, variance, re-forecast and its range, and requests."""
    headers = ["Month", "Plan", "Actual", "Variance", "Re-forecast", "P10–P90", "Requests"]
    if shown is None:
        return headers, []
    compared = shown.compared
    off = floats(compared.by_month(compared.variance_usd))
    rest, (low, high) = shown.estimate, shown.estimate_ends
    rows = []
    for month in range(len(shown.months)):
        ends = format_range(low[month], high[month], "usd") if math.isfinite(low[month]) else MISSING
        rows.append(
            [
                Cell(month_name(shown.start_month, month, brief=True)),
                _cell(shown.planned[month]),
                _cell(shown.actual[month]),
                _signed(float(off[month])),
                _cell(rest[month]),
                Cell(ends, float(low[month]) if ends != MISSING else None),
                _cell(compared.requests[month], "requests"),
            ]
        )
    return headers, rows


def _cell(value: float, unit: str = "usd") -> Cell:
    return Cell(format_quantity(value, unit), float(value)) if math.isfinite(value) else Cell(MISSING)
