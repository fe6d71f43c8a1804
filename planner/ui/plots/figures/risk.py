"""What draws say of the choice: how often each is cheapest, when it pays back, chances and regret."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.engine.risk import Risk, StrategyRisk
from planner.ui.kit.layout import hbox, vbox
from planner.ui.kit.table import Cell, Row
from planner.ui.kit.text import HLine, Text
from planner.ui.plots.base import (
    linear_axis,
)
from planner.ui.plots.card import NO_HOOKS, Hooks
from planner.ui.plots.columns import ColumnsData, StackedColumns
from planner.ui.plots.figures.common import (
    DOES_NOT_FIT,
    MISSING,
    TablePart,
    in_order,
    labeller,
    short,
    writer,
)
from planner.ui.plots.figures.drawn import (
    COUNTING,
    DrawnFigure,
    counting_text,
    named,
    pair_of,
    savings_of,
)
from planner.ui.plots.frame import floats
from planner.ui.plots.rows import HBars, RowItem, RowsLook
from planner.ui.theme import STRATEGY_ORDER, STRATEGY_SHORT
from planner.ui.view import View
from planner.units import format_quantity, step_for

_USD = writer("usd")
_USD2 = writer("usd", 2)
_CHANCE = writer("chance")


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
