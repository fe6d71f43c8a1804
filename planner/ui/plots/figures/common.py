"""What all figures share: names, texts, months, ranges of what is unknown, and the base class."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.engine.lineitems import CATEGORY_TITLES, ITEMS
from planner.engine.results import StrategyResult
from planner.ui.kit.buttons import IconButton
from planner.ui.kit.panels import Panel
from planner.ui.kit.states import Empty
from planner.ui.kit.table import Table
from planner.ui.plots.base import AxisSpec, held_range, linear_axis
from planner.ui.plots.card import NO_HOOKS, Hooks, PlotCard
from planner.ui.plots.frame import Floats, floats
from planner.ui.theme import STRATEGY_ORDER, STRATEGY_SHORT
from planner.ui.view import View
from planner.units import (
    MONTHS_PER_YEAR,
    Step,
    axis_labels,
    format_quantity,
    format_range,
    months_words,
    step_for,
)

DOES_NOT_FIT = "does not fit"
MISSING = "–"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_YEAR = int(MONTHS_PER_YEAR)
CATEGORY_SHORT = {**CATEGORY_TITLES, "idle": "Idle", "storage": "Storage", "other": "Other"}
PHASE_SHORT = {"first release": "Release", "serving": "Serving", "refresh": "Refresh"}
CATEGORY_ORDER = (
    "serving",
    "idle",
    "hardware",
    "labour",
    "refresh",
    "training",
    "data",
    "evaluation",
    "electricity",
    "storage",
)
MOST_CATEGORIES = 5
_APART = 0.01


# ---- strategies


def in_order(view: View) -> list[StrategyResult]:
    """All results of a view, in the order of every list."""
    strategies = view.results.strategies
    return [strategies[s] for s in STRATEGY_ORDER if s in strategies]


def fits(result: StrategyResult) -> bool:
    """Whether a strategy has figures."""
    return result.fits is True or bool(np.all(result.fits))  # asked some forty times a frame


def fitting(view: View) -> list[StrategyResult]:
    """The results that have figures."""
    return [r for r in in_order(view) if fits(r)]


def short(strategy: str) -> str:
    """The short name."""
    return STRATEGY_SHORT[strategy]


def misfits(view: View) -> str:
    """ "Self-host does not fit", or nothing: what a plot of lines cannot show by itself."""
    names = [short(r.strategy) for r in in_order(view) if not fits(r)]
    if not names:
        return ""
    listed = ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
    return f"{listed} {'does' if len(names) == 1 else 'do'} not fit"


def with_misfits(subtitle: str, view: View) -> str:
    """A subtitle, and which strategies are missing from the plot."""
    missing = misfits(view)
    return f"{subtitle}; {missing}" if missing else subtitle


def selected_result(view: View) -> StrategyResult | None:
    """The strategy in focus; else the first one."""
    strategies = view.results.strategies
    return strategies.get(view.selected) or next(iter(strategies.values()), None)


def span_words(view: View) -> str:
    """ "24 months"."""
    return months_words(view.scenario.horizon_months)


# ---- texts


def writer(unit: str, figures: int = 3) -> Callable[[float], str]:
    """What writes one value."""
    return lambda value: format_quantity(value, unit, figures=figures)


def labeller(unit: str) -> Callable[[Sequence[float]], list[str]]:
    """What writes the ticks of an axis."""
    return lambda ticks: axis_labels(ticks, unit)


def common_step(values: Iterable[float], unit: str) -> Step | None:
    """The step all values of a plot are written in; None where they lie too far apart for one."""
    sizes = [abs(v) for v in values if math.isfinite(v) and v != 0]
    if not sizes or min(sizes) < _APART * max(sizes):
        return None
    return step_for(sizes, unit)


def log_labeller(unit: str) -> Callable[[Sequence[float]], list[str]]:
    """What writes the ticks of a logarithmic axis: each in its own step."""
    return lambda ticks: [axis_labels([tick], unit)[0] for tick in ticks]


def limit_text(value: float, unit: str) -> str:
    """A typed limit: no more figures than it was typed with."""
    briefly = round(value, 1 - math.floor(math.log10(abs(value)))) if value else 0.0
    return format_quantity(value, unit, figures=2 if briefly == value else 3)


def has_range(result: StrategyResult) -> bool:
    """Whether only a range of its energy and carbon is known."""
    low, high = result.energy_range_frac
    return high > low


def range_of(result: StrategyResult, value: float) -> tuple[float, float]:
    """Low and high of an energy or carbon whose middle is given."""
    low, high = result.energy_range_frac
    return value * low, value * high


def energy_text(result: StrategyResult, value: float, unit: str, step: Step | None = None) -> str:
    """An energy, carbon or water in words: a range where that is all we know."""
    if has_range(result) and value > 0:
        return format_range(*range_of(result, value), unit)
    return format_quantity(value, unit, step=step)


@lru_cache(maxsize=512)
def month_name(start_month: str, month: int, *, brief: bool = False) -> str:
    """The calendar month of a month of the plan: "February 2028", "Feb 28"."""
    year, number = int(start_month[:4]), int(start_month[5:7]) - 1 + month
    year, number = year + number // _YEAR, number % _YEAR
    return f"{_MONTHS[number][:3]} {year % 100:02d}" if brief else f"{_MONTHS[number]} {year}"


def month_namer(start_month: str) -> Callable[[float], str]:
    """What the chip of the crosshair says: "month 14, February 2028"."""

    def name(month: float) -> str:
        word = "start" if month < 1 else f"month {month:.0f}"
        return f"{word}, {month_name(start_month, round(month))}"

    return name


# ---- numbers


def months_of(view: View) -> Floats:
    """0 to the horizon."""
    return np.arange(view.scenario.horizon_months + 1, dtype=np.float64)


def flat(values: Any) -> Floats:
    """Numbers by month as a flat array."""
    return floats(values)


def drawn_ends(view: View, strategy: str, figure: str = "total_usd") -> tuple[float, float]:
    """P10 and P90 of a strategy's total or carbon over draws; not numbers before there are any."""
    risk = view.risk
    if risk is None or strategy not in risk.strategies:
        return math.nan, math.nan
    found = getattr(risk.strategies[strategy], figure)
    return float(found[10]), float(found[90])


def figure(result: StrategyResult, name: str) -> float:
    """A figure; not a number where it does not fit."""
    return float(np.asarray(result.figures.get(name, math.nan)).ravel()[0])


def one(value: Any) -> float:
    """A number out of whatever the engine hands over; the first of several."""
    array = np.asarray(value, dtype=np.float64).ravel()
    return float(array[0]) if array.size else math.nan


def money_parts(result: StrategyResult) -> dict[str, float]:
    """Cost by category: refreshes apart, the teacher with the training (decision 10)."""
    parts = result.by_category()
    teacher = parts.pop("teacher", 0.0)
    if teacher or "training" in parts:
        parts["training"] = parts.get("training", 0.0) + teacher
    return {name: value for name, value in parts.items() if value}


def main_categories(parts: Sequence[dict[str, float]], most: int = MOST_CATEGORIES) -> list[str]:
    """The largest few categories in their fixed order; what is beyond them is "other"."""
    totals: dict[str, float] = {}
    for each in parts:
        for name, value in each.items():
            totals[name] = totals.get(name, 0.0) + value
    largest = sorted(totals, key=lambda name: -totals[name])[:most]
    kept = sorted(
        largest,
        key=lambda name: CATEGORY_ORDER.index(name) if name in CATEGORY_ORDER else len(CATEGORY_ORDER),
    )
    return kept if len(totals) <= most else [*kept, "other"]


def in_categories(parts: dict[str, float], order: Sequence[str]) -> tuple[float, ...]:
    """One value a category; "other" takes what is not named."""
    rest = sum(value for name, value in parts.items() if name not in order)
    return tuple(rest if name == "other" else parts.get(name, 0.0) for name in order)


def event_rows(result: StrategyResult, month: int, phase: str) -> dict[str, Floats]:
    """What one release costs by item: quantities of the month. [USD, kWh, kg, L, h]."""
    found: dict[str, Floats] = {}
    if result.ledger is not None:
        for (item, own), values in result.ledger.rows.items():
            if own == phase and month < values.shape[-1]:
                found[item] = np.asarray(values[..., month], dtype=np.float64)
    return found


def first_refresh(result: StrategyResult) -> int | None:
    """Month of the first plain refresh."""
    months = np.asarray(result.event_months.get("refresh", ()))
    return int(months[0]) if months.size else None


def item_total(result: StrategyResult, items: Iterable[str], quantity: int, phase: str = "") -> float:
    """A quantity over the horizon of some items, in one phase or all."""
    wanted = set(items)
    if result.ledger is None:
        return 0.0
    return sum(
        float(np.sum(values[quantity]))
        for (item, own), values in result.ledger.rows.items()
        if item in wanted and phase in ("", own)
    )


def item_title(item: str) -> str:
    """Title of a line item."""
    return ITEMS[item].title if item in ITEMS else item


def held_axis(
    now: AxisSpec,
    span: tuple[float, float],
    label: Callable[[Sequence[float]], list[str]],
    view: View,
    count: int = 5,
) -> AxisSpec:
    """A linear axis around data that stays while a slider is held and the data fit."""
    low, high = held_range((now.lo, now.hi), *span, dragging=view.dragging)
    if view.dragging and now.ticks and (low, high) == (now.lo, now.hi):
        return now
    return linear_axis(low, high, label, count=count, snap=False)


def span_of(arrays: Iterable[Floats], *also: float, from_zero: bool = True) -> tuple[float, float]:
    """Smallest and largest finite number of arrays and some more; 0 to 1 if there is none."""
    good = [a[np.isfinite(a)] for a in arrays]
    ends = [float(v) for a in good if a.size for v in (a.min(), a.max())]
    ends += [v for v in also if math.isfinite(v)]
    if not ends:
        return 0.0, 1.0
    low, high = min(ends), max(ends)
    return (min(0.0, low), high) if from_zero else (low, high)


class Part(QObject):
    """A panel that shows something of a view. ``asked`` opens line items, ``pointed`` a strategy.

    ``follows_draws``: it is shown again when draws are counted.
    """

    asked = Signal(str, str)
    pointed = Signal(str)
    card: Panel
    follows_draws = False

    def show(self, view: View) -> None:
        """Take another view."""
        raise NotImplementedError


class Figure(Part):
    """A card with a plot."""

    card: PlotCard

    def __init__(
        self,
        title: str,
        subtitle: str,
        plot: QWidget,
        hooks: Hooks = NO_HOOKS,
        tools: Sequence[QWidget] = (),
    ) -> None:
        super().__init__()
        self._said = (title, subtitle)
        self._blank = ""
        self.card = PlotCard(title, subtitle, plot, hooks=hooks, tools=tools)
        self.setParent(self.card)  # its timers end with what they paint

    def show(self, view: View) -> None:
        """Take another view; while a slider is held, nobody reads the description."""
        self.take(view)
        if not view.dragging or self.card.is_table_shown:
            self.card.refresh()

    def take(self, view: View) -> None:
        """Hand the data of a view to the plot."""
        raise NotImplementedError

    def say(self, title: str, subtitle: str) -> None:
        """Change the head where it differs."""
        if (title, subtitle) != self._said:
            self._said = (title, subtitle)
            self.card.set_titles(title, subtitle)

    def blank(self, words: str, detail: str = "", icon: str = "info") -> None:
        """Say why there is nothing to see; empty words bring the plot back."""
        if words + detail != self._blank:
            self._blank = words + detail
            self.card.show_empty(Empty(icon, words, detail) if words else None)


class TablePart(Part):
    """A panel with a table whose links are line items: "strategy|figure, category or phase"."""

    card: Panel

    def __init__(self, title: str, subtitle: str = "") -> None:
        super().__init__()
        self._said = (title, subtitle)
        self.table = Table(title)
        copy = IconButton("copy", f"Copy: {title}", size=15, quiet=True)
        copy.clicked.connect(lambda: self.table.copy())
        self.card = Panel(title, subtitle, tools=[copy])
        self.card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.card.body.addWidget(self.table)
        self.setParent(self.card)
        self.table.linkOpened.connect(self._open)

    def _open(self, link: str) -> None:
        strategy, _, key = link.partition("|")
        self.asked.emit(strategy, key)

    def say(self, title: str, subtitle: str) -> None:
        """Change the head where it differs."""
        if (title, subtitle) != self._said:
            self._said = (title, subtitle)
            self.card.set_titles(title, subtitle)
