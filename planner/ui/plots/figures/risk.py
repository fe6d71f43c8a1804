"""What draws say: the fan of cumulative cost, how often each is cheapest, the saving, payback, chances."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.engine.risk import PERCENTILES, Risk, StrategyRisk
from planner.ui.kit.choice import Segmented
from planner.ui.kit.layout import hbox, vbox
from planner.ui.kit.table import Cell, Row
from planner.ui.kit.text import HLine, Text
from planner.ui.plots.base import (
    Band,
    CurveLook,
    LinePlot,
    Note,
    Notes,
    Plot,
    PlotLook,
    Series,
    linear_axis,
    month_axis,
)
from planner.ui.plots.card import NO_HOOKS, Hooks
from planner.ui.plots.columns import ColumnsData, StackedColumns
from planner.ui.plots.figures.common import (
    DOES_NOT_FIT,
    MISSING,
    Figure,
    TablePart,
    held_axis,
    in_order,
    labeller,
    month_namer,
    months_of,
    short,
    span_of,
    writer,
)
from planner.ui.plots.frame import Floats, floats
from planner.ui.plots.rows import HBars, RowItem, RowsLook
from planner.ui.plots.shapes import Columns, LimitLine, LimitLook
from planner.ui.theme import STRATEGY_ORDER, STRATEGY_SHORT
from planner.ui.view import View
from planner.units import format_quantity, step_for

_USD = writer("usd")
_USD2 = writer("usd", 2)
_CHANCE = writer("chance")
COUNTING: Final = "Counting draws"
BANDS: Final = ((5, 95, 0.08), (10, 90, 0.10), (25, 75, 0.13))
"""Percentiles of each band of the fan, and its opacity."""
_BINS: Final = 36
_TAIL: Final = 0.5
"""Percent of draws beyond either end of the histogram; its last bars hold them."""


def counting_text(risk: Risk) -> str:
    """How many draws are counted."""
    if risk.draws >= risk.planned:
        return f"{risk.draws:,} draws"
    return f"{risk.draws:,} of {risk.planned:,} draws"


def named(strategy: str) -> str:
    """A strategy as the object of a sentence."""
    return "the API" if strategy == "api" else STRATEGY_SHORT[strategy]


@dataclass(frozen=True)
class Pair:
    """Whom the saving is of, and against whom: the selected strategy and the baseline, or its best rival."""

    mine: str
    other: str


def pair_of(view: View) -> Pair | None:
    """The selected strategy against the baseline; the baseline itself against what contests it most."""
    risk = view.risk
    if risk is None or view.selected not in risk.strategies:
        return None
    base = view.results.baseline
    if view.selected != base:
        return Pair(view.selected, base)
    others = {name: each for name, each in risk.strategies.items() if name != base and each.fits_frac > 0.0}
    if not others:
        return None
    return Pair(base, max(others, key=lambda name: (others[name].cheapest_frac, -others[name].total_usd[50])))


def savings_of(risk: Risk, pair: Pair) -> Floats:
    """What the one costs less than the other, in the draws in which both fit. [USD]."""
    names = list(risk.strategies)
    mine, other = (risk.totals_usd[names.index(name)] for name in (pair.mine, pair.other))
    both = np.isfinite(mine) & np.isfinite(other)
    return floats(other[both] - mine[both])


class DrawnFigure(Figure):
    """A figure of draws: while others are counted, the last ones stay on it, dimmed."""

    follows_draws = True

    def __init__(self, title: str, plot: QWidget, hooks: Hooks, tools: Sequence[QWidget] = ()) -> None:
        self._drawn = False
        super().__init__(title, "", plot, hooks, tools)

    def take(self, view: View) -> None:
        """Show what draws say, or that they are counted."""
        if view.risk is not None:
            self._drawn = True
            self.card.set_dimmed("")
            self.take_draws(view, view.risk)
        elif self._drawn:
            self.card.set_dimmed("counting draws")
        else:
            self.blank(COUNTING)

    def take_draws(self, view: View, risk: Risk) -> None:
        """Hand draws to the plot."""
        raise NotImplementedError


class Fan(DrawnFigure):
    """Cost up to each month: median and bands of the selected strategy and the baseline, or of all."""

    def __init__(self) -> None:
        self.plot = LinePlot("Cumulative cost over draws", _USD, PlotLook(gutter=0))
        self.bands: dict[tuple[str, int], Band] = {}
        self._view: View | None = None
        self.which = Segmented("Strategies shown", (("two", "Two"), ("all", "All")), "two")
        super().__init__("Cumulative cost", self.plot, Hooks(self.table, self.describe), [self.which])
        self.which.chosen.connect(lambda _key: self._again())
        self.plot.view_box.geometryChanged.connect(self._spread)

    def _again(self) -> None:
        if self._view is not None:
            self.show(self._view)

    def _spread(self) -> None:
        if self._view is not None:
            months = self._view.scenario.horizon_months
            self.plot.set_axes(month_axis(months, width=7), None)

    def _shown(self, view: View) -> list[str]:
        if view.risk is None:
            return []
        fit = [name for name, each in view.risk.strategies.items() if each.fits_frac > 0.0]
        if self.which.current == "all":
            return [name for name in STRATEGY_ORDER if name in fit]
        pair = pair_of(view)
        wanted = (view.selected,) if pair is None else (pair.mine, pair.other)
        return [name for name in STRATEGY_ORDER if name in wanted and name in fit]

    def take_draws(self, view: View, risk: Risk) -> None:
        """Medians, bands, axes."""
        self._view = view
        shown = self._shown(view)
        self.blank("" if shown else "It fits in no draw")
        if not shown:
            return
        months, single = months_of(view), self.which.current == "all"
        bands = BANDS[1:2] if single else BANDS
        tops: list[Floats] = []
        series = []
        for (strategy, low), band in self.bands.items():
            if strategy not in shown or low not in [pair[0] for pair in bands]:
                band.set((), (), ())
        for name in shown:
            found = risk.strategies[name].cumulative_usd
            for low, high, alpha in bands:
                top = floats(found[PERCENTILES.index(high)])
                tops.append(top)
                self._band(name, low, alpha).set(months, found[PERCENTILES.index(low)], top)
            middle = floats(found[PERCENTILES.index(50)])
            look = CurveLook(selected=name == view.selected)
            end = f"P50 {_USD(float(middle[-1]))}"
            series.append(Series(name, months, middle, look, end_text=end))
        self.plot.set_axes(
            month_axis(view.scenario.horizon_months, width=7),
            held_axis(self.plot.y_spec, span_of(tops), labeller("usd"), view),
        )
        self.plot.set_crosshair(months, month_namer(view.scenario.start_month))
        self.plot.set_series(series)
        words = ", ".join(f"P{low}–P{high}" for low, high, _ in reversed(bands))
        self.say("Cumulative cost", f"median, {words}")

    def _band(self, strategy: str, low: int, alpha: float) -> Band:
        key = (strategy, low)
        if key not in self.bands:
            self.bands[key] = Band(strategy, alpha)
            self.plot.add(self.bands[key])
        return self.bands[key]

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Percentiles by month of every strategy shown."""
        view = self._view
        if view is None or view.risk is None:
            return ["Month", "P50"], []
        shown = self._shown(view)
        headers = ["Month", *(f"{short(name)} P{percent}" for name in shown for percent in PERCENTILES)]
        rows = []
        for month in range(view.scenario.horizon_months + 1):
            values = [
                float(view.risk.strategies[name].cumulative_usd[row, month])
                for name in shown
                for row in range(len(PERCENTILES))
            ]
            label = "start" if month == 0 else str(month)
            rows.append([Cell(label, month), *(Cell(_USD(value), value) for value in values)])
        return headers, rows

    def describe(self) -> str:
        """The totals at the end in words."""
        view = self._view
        if view is None or view.risk is None:
            return f"{COUNTING}."
        parts = []
        for name in self._shown(view):
            found = view.risk.strategies[name].total_usd
            parts.append(f"{short(name)} {_USD(found[50])}, P10 {_USD(found[10])}, P90 {_USD(found[90])}")
        return "; ".join(parts) + "." if parts else "No strategy fits in any draw."


class _Big(QWidget):
    """A figure with a caption above and a remark below."""

    def __init__(self) -> None:
        super().__init__()
        self._above, self._figure = Text("", "label", wrap=True), Text("", "figure")
        self._below = Text("", "caption", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for part in (self._above, self._figure, self._below):
            column.addWidget(part)

    def say(self, above: str, value: str, below: str) -> None:
        """Show something else."""
        for part, words in ((self._above, above), (self._figure, value), (self._below, below)):
            if part.text() != words:
                part.setText(words)
        self.setAccessibleName(f"{above}: {value}, {below}")


class _Stack(QWidget):
    """Bars with what stands below them; dims as one."""

    def __init__(self, bars: HBars, below: QWidget) -> None:
        super().__init__()
        self._bars = bars
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(bars, 1)
        column.addWidget(below)

    def set_dimmed(self, on: bool) -> None:
        """Show the last figures weakly while others are counted."""
        self._bars.set_dimmed(on)


class Ranking(DrawnFigure):
    """How often each is cheapest, what one saves in nine of ten draws, what knowing more is worth."""

    def __init__(self, advice: QWidget) -> None:
        self.bars = HBars("Which is cheapest", RowsLook(column=True, track=True))
        self.saving, self.knowing = _Big(), _Big()
        self._rows: list[tuple[str, float]] = []
        self._none_frac = 0.0
        below = vbox(HLine(), hbox((self.saving, 1), (self.knowing, 1), gap=12), advice, gap=10)
        super().__init__("Which is cheapest", _Stack(self.bars, below), Hooks(self.table, self.describe))
        self.bars.opened.connect(self._point)

    def take_draws(self, view: View, risk: Risk) -> None:
        """Bars, best first, and the two figures."""
        self.blank("")
        greenest = view.scenario.limits.goal == "carbon"
        shares = {
            name: each.greenest_frac if greenest else each.cheapest_frac
            for name, each in risk.strategies.items()
        }
        order = [name for name in STRATEGY_ORDER if name in shares]
        order.sort(key=lambda name: -shares[name])
        self._rows = [(name, shares[name]) for name in order]
        self._none_frac = risk.none_frac
        rows = [
            RowItem(name, short(name), share, _share_text(risk, name, share), selected=name == view.selected)
            for name, share in self._rows
        ]
        if risk.none_frac > 0.0:
            rows.append(RowItem("muted", "None keeps all", risk.none_frac, _CHANCE(risk.none_frac)))
        self.bars.set_rows(rows, top=1.0)
        self._say_figures(view, risk)
        title = "Which emits least" if greenest else "Which is cheapest"
        self.say(title, f"share of {counting_text(risk)}")

    def _say_figures(self, view: View, risk: Risk) -> None:
        pair = pair_of(view)
        saved = savings_of(risk, pair) if pair is not None else floats(())
        if pair is not None and saved.size:
            low = float(np.percentile(saved, 10))
            words = "nine in ten draws save more" if low > 0 else "one in ten draws loses more"
            self.saving.say("Saving, P10", _USD2(low), words)
        else:
            self.saving.say("Saving, P10", MISSING, "nothing to compare with")
        worth = risk.perfect_information_usd
        text = MISSING if math.isnan(worth) else _USD2(worth)
        why = "no strategy always competes" if math.isnan(worth) else "most a study can be worth"
        self.knowing.say("Worth of knowing more", text, why)

    def _point(self, row: int, _part: int) -> None:
        if row < len(self._rows):
            self.pointed.emit(self._rows[row][0])

    def table(self) -> tuple[Sequence[str], Sequence[Row]]:
        """The shares."""
        rows: list[Row] = [
            [Cell(short(name), marker=name), Cell(_CHANCE(share), share)] for name, share in self._rows
        ]
        if self._none_frac > 0.0:
            rows.append(["None keeps all limits", Cell(_CHANCE(self._none_frac), self._none_frac)])
        return ["Strategy", "Share of draws"], rows

    def describe(self) -> str:
        """The ranking in words."""
        parts = [f"{short(name)} {_CHANCE(share)}" for name, share in self._rows]
        return "; ".join(parts) + "." if parts else f"{COUNTING}."


def _share_text(risk: Risk, name: str, share: float) -> str:
    return DOES_NOT_FIT if risk.strategies[name].fits_frac == 0.0 else _CHANCE(share)


class SavingHistogram(DrawnFigure):
    """How much less the selected strategy costs than the baseline, draw by draw."""

    def __init__(self) -> None:
        self.plot = Plot("Saving over draws", PlotLook(gutter=None))
        self._bars, self._notes = Columns(), Notes()
        self._lines = [LimitLine(LimitLook(axis="x", tone="ink", solid=True)) for _ in range(3)]
        for item in (self._bars, *self._lines, self._notes):
            self.plot.add(item)
        self._edges, self._counts = floats(()), floats(())
        self._ends: dict[int, float] = {}
        self._said_of = ""
        super().__init__("Saving", self.plot, Hooks(self.table, self.describe))
        self.plot.view_box.geometryChanged.connect(self._place)

    def take_draws(self, view: View, risk: Risk) -> None:
        """Bars, the three percentiles, axes."""
        pair = pair_of(view)
        saved = savings_of(risk, pair) if pair is not None else floats(())
        if pair is None or not saved.size:
            self.say("Saving", "")
            self.blank("There is nothing to compare with")
            self._edges, self._counts, self._ends = floats(()), floats(()), {}
            return
        self.blank("")
        low, high = np.percentile(saved, [_TAIL, 100.0 - _TAIL])
        if high - low < 1e-9 * max(abs(low), abs(high), 1.0):
            low, high = low - 0.5, high + 0.5
        edges = np.linspace(low, high, _BINS + 1)
        counts, _ = np.histogram(np.clip(saved, low, high), edges)
        self._edges, self._counts = floats(edges), floats(counts)
        centres = (edges[1:] + edges[:-1]) / 2.0
        self._bars.set(edges, counts, [pair.mine if centre > 0 else "strong" for centre in centres])
        percents = (10, 50, 90)
        values = np.percentile(saved, percents).tolist()
        self._ends = dict(zip(percents, values, strict=True))
        for line, value in zip(self._lines, values, strict=True):
            line.set(value)
        top = 1.16 * float(counts.max())
        self.plot.set_axes(
            linear_axis(float(low), float(high), labeller("usd"), count=4, grid=False, snap=False),
            linear_axis(0.0, top, lambda ticks: [""] * len(ticks), count=2, grid=False, snap=False),
        )
        self._said_of = f"{short(pair.mine)} against {named(pair.other)}"
        self.say(f"Saving against {named(pair.other)}", f"of {short(pair.mine)}, {counting_text(risk)}")
        self._place()

    def _place(self) -> None:
        """Name the three lines; those on the right of the middle read leftwards where they would be cut."""
        if not self._ends:
            self._notes.set([])
            return
        top = self.plot.y_spec.hi
        low, high = self.plot.x_spec.ends
        notes = []
        for percent, value in self._ends.items():
            text = f"P{percent} {_USD2(value)}"
            left = percent == 10 or (value - low) / (high - low) > 0.72
            dy = 8 if percent != 50 else 24
            notes.append(
                Note(value, top, text, -6 if left else 6, dy, "r" if left else "l", "ink", 500, ground=True)
            )
        self._notes.set(notes)

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """The bars."""
        rows = []
        for low, high, count in zip(self._edges[:-1], self._edges[1:], self._counts, strict=True):
            span = f"{_USD(float(low))} to {_USD(float(high))}"
            rows.append([Cell(span, float(low)), Cell(f"{count:,.0f}", float(count))])
        return ["Saving", "Draws"], rows

    def describe(self) -> str:
        """The percentiles in words."""
        if not self._ends:
            return "No draws to show."
        parts = ", ".join(f"P{percent} {_USD2(value)}" for percent, value in self._ends.items())
        return f"Saving of {self._said_of}: {parts}."


class Paybacks(DrawnFigure):
    """In which month the selected strategy pays back, and in how many draws it never does."""

    def __init__(self) -> None:
        self.columns = StackedColumns("Payback month", _CHANCE)
        super().__init__("Payback month", self.columns, NO_HOOKS)

    def take_draws(self, view: View, risk: Risk) -> None:
        """A column a month, and one for never."""
        base = view.results.baseline
        found = risk.strategies[view.selected]
        if view.selected == base:
            self.blank(f"{STRATEGY_SHORT[base]} is the baseline", "Select another strategy.")
            return
        if found.fits_frac == 0.0:
            self.blank("It fits in no draw")
            return
        self.blank("")
        horizon = view.scenario.horizon_months
        months = np.bincount(np.rint(found.payback_months).astype(int), minlength=horizon + 1)[1:]
        shares = [*(months / risk.draws).tolist(), found.fits_frac - found.pays_back_frac]
        names = (*(f"Month {month}" for month in range(1, horizon + 1)), "Never within the plan")
        labels = (*(str(month) for month in range(1, horizon + 1)), "never")
        self.columns.set_data(
            ColumnsData(view.selected, ("Share of draws",), (tuple(shares),), names, labels),
            linear_axis(0.0, max(shares), labeller("frac"), count=3),
        )
        self.say("Payback month", f"{short(view.selected)} against {named(base)}, {counting_text(risk)}")


class Chances(TablePart):
    """All shares and percentiles of all strategies."""

    follows_draws = True

    def __init__(self) -> None:
        super().__init__("Chances and regret")
        self._shown: Risk | None = None

    def show(self, view: View) -> None:
        """A row a strategy."""
        risk = view.risk
        if risk is None:
            self.say("Chances and regret", COUNTING.lower())
            return
        if risk is self._shown:
            return
        self._shown = risk
        limits = view.scenario.limits
        self.table.set_data(
            _headers(view), [_chances(view, risk, result.strategy) for result in in_order(view)]
        )
        budget = "" if limits.max_total_usd is None else f", budget {_USD(float(limits.max_total_usd))}"
        self.say("Chances and regret", f"{counting_text(risk)} of {_inputs_text(risk)}{budget}")


def _inputs_text(risk: Risk) -> str:
    count = len(risk.inputs)
    return f"{count} uncertain input" + ("" if count == 1 else "s")


def _headers(view: View) -> list[str]:
    limits = view.scenario.limits
    headers = ["Strategy", "Fits", "Keeps limits", "Cheapest", "Least carbon"]
    headers += ["Within budget"] if limits.max_total_usd is not None else []
    headers += ["Within carbon"] if limits.max_carbon_kgco2e is not None else []
    return [*headers, "Pays back", "P10", "P50", "P90", "Mean regret"]


def _chances(view: View, risk: Risk, strategy: str) -> list[Cell]:
    found, limits = risk.strategies[strategy], view.scenario.limits
    shares = [found.fits_frac, found.competes_frac, found.cheapest_frac, found.greenest_frac]
    shares += [found.within_budget_frac] if limits.max_total_usd is not None else []
    shares += [found.within_carbon_frac] if limits.max_carbon_kgco2e is not None else []
    cells = [Cell(short(strategy), marker=strategy, weight=600 if strategy == view.selected else 0)]
    cells += [Cell(_whole(share), share) for share in shares]
    base = strategy == view.results.baseline
    pays = "baseline" if base else _whole(found.pays_back_frac)
    cells.append(Cell(pays, None if base else found.pays_back_frac))
    for column in _MONEY:
        step = step_for([column(each) for each in risk.strategies.values()], "usd")
        value = column(found)
        text = MISSING if math.isnan(value) else format_quantity(value, "usd", figures=2, step=step)
        cells.append(Cell(text, value))
    return cells


_MONEY: Final[tuple[Callable[[StrategyRisk], float], ...]] = (
    *(partial(lambda percent, found: found.total_usd[percent], percent) for percent in (10, 50, 90)),
    lambda found: found.regret_usd,
)


def _whole(share: float) -> str:
    """A share of draws: "all" and "none" are counts, no chances."""
    return "all" if share == 1.0 else "none" if share == 0.0 else _CHANCE(share)


__all__ = ["Chances", "Fan", "Pair", "Paybacks", "Ranking", "SavingHistogram", "pair_of", "savings_of"]
