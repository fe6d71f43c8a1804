"""Figures of the Updates page: events, score over months, upkeep, what one refresh costs by item."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from planner.engine.lineitems import CARBON, ENERGY, USD
from planner.engine.results import StrategyResult
from planner.engine.scores import ScoreRange, is_yours, score_ranges
from planner.ui.kit.table import Cell
from planner.ui.plots.base import Band, month_axis
from planner.ui.plots.figures.common import (
    DOES_NOT_FIT,
    MISSING,
    Figure,
    TablePart,
    event_rows,
    figure,
    first_refresh,
    fits,
    fitting,
    flat,
    in_order,
    item_title,
    month_namer,
    months_of,
    selected_result,
    short,
)
from planner.ui.plots.figures.lines import LinesOf, MonthLines
from planner.ui.plots.frame import Floats
from planner.ui.plots.timeline import KIND_TITLES, KINDS, EventMark, Lane, Timeline
from planner.ui.view import View
from planner.units import format_quantity, format_range, months_words

_UNITS = {USD: "usd", ENERGY: "kwh", CARBON: "kgco2e"}
NO_REFRESH = "No refresh within the horizon"


def events_of(result: StrategyResult) -> list[EventMark]:
    """All events of a strategy by month, with their cost."""
    found = []
    for kind in KINDS:
        for month in np.asarray(result.event_months.get(kind, ())).tolist():
            usd = sum(float(v[USD]) for v in event_rows(result, int(month), "refresh").values())
            found.append(EventMark(int(month), kind, format_quantity(usd, "usd"), usd))
    return sorted(found, key=lambda e: e.month)


class Events(Figure):
    """Refreshes, migrations and replacements on a time line."""

    def __init__(self) -> None:
        self.line = Timeline("Events")
        super().__init__("Events", "", self.line)
        self.line.opened.connect(lambda row, _: self.asked.emit(self.line.lanes[row].strategy, "refresh"))

    def take(self, view: View) -> None:
        """A lane a strategy."""
        lanes = []
        for r in in_order(view):
            events = tuple(events_of(r)) if fits(r) else ()
            note = "" if events else ("none within the horizon" if fits(r) else DOES_NOT_FIT)
            lanes.append(Lane(r.strategy, short(r.strategy), events, note, r.strategy == view.selected))
        axis = month_axis(view.scenario.horizon_months)
        self.line.set_lanes(lanes, axis, month_namer(view.scenario.start_month))
        every = view.scenario.refresh.interval_months
        words = "interval chosen for each" if every == "optimal" else f"every {months_words(int(every))}"
        self.say("Events", f"{words}, with their cost")


class ScoreByMonth(MonthLines):
    """Scores by month, and around the selected one where it lies in nine cases of ten."""

    def __init__(self, about: LinesOf) -> None:
        self.ranges: dict[str, ScoreRange] = {}
        super().__init__(about)
        self._band: Band | None = None

    def _frame(self, view: View, shown: list[Floats]) -> None:
        self.ranges = score_ranges(view.scenario, view.catalog, view.results.choices)
        ends = self._ends(view)
        self._show_band(view, ends)
        super()._frame(view, [*shown, *ends])

    def _ends(self, view: View) -> list[Floats]:
        """Low and high of the selected strategy: its whole saw-tooth, shifted."""
        result, held = selected_result(view), self.ranges.get(view.selected)
        if result is None or held is None or not fits(result):
            return []
        middle = flat(result.quality_by_month)
        return [np.clip(middle + (end - figure(result, "quality")), 0.0, 100.0) for end in held[:2]]

    def _show_band(self, view: View, ends: list[Floats]) -> None:
        if self._band is None or self._band.strategy != view.selected:
            if self._band is not None:
                self.plot.remove(self._band)
            self._band = Band(view.selected, 0.12)
            self.plot.add(self._band)
        nothing = flat(())
        x = months_of(view)[1 : 1 + ends[0].size] if ends else nothing
        self._band.set(x, *(ends or (nothing, nothing)))

    def describe(self) -> str:
        """The lines in words, and each range at release."""
        words = [
            f"{short(name)} at release {format_range(r.low, r.high, 'points')}, "
            f"{'counted by you' if r.source == 'you' else 'assumed'}"
            for name, r in self.ranges.items()
        ]
        return f"{super().describe()} {'; '.join(words)}.".strip()


def score_by_month() -> MonthLines:
    """Score of the serving release, month by month: a saw-tooth of drift and refreshes."""

    def floor(view: View) -> tuple[float, str]:
        least = view.scenario.limits.min_quality
        return (math.nan, "") if least is None else (float(least), f"floor {least:.0f}")

    about = LinesOf(
        "Score",
        _score_words,
        "points",
        lambda result: result.quality_by_month,
        first=1,
        from_zero=False,
        limit=floor,
        forbid="below",
        opens="quality_lowest",
    )
    return ScoreByMonth(about)


def _score_words(view: View) -> str:
    words = "yours" if is_yours(view.scenario, f"quality.{view.selected}_points") else "assumed"
    return f"points; shaded: {short(view.selected)}, {words}"


def upkeep_by_month(quantity: int = USD) -> MonthLines:
    """What refreshes have taken up to each month: money, energy or carbon."""
    about = LinesOf(
        "Upkeep",
        lambda view: "cumulative",
        _UNITS[quantity],
        lambda result: upkeep(result, quantity),
        stepped=True,
        zero=NO_REFRESH,
    )
    return MonthLines(replace(about, narrow=True, opens="refresh_usd" if quantity == USD else ""))


def upkeep(result: StrategyResult, quantity: int = USD) -> Any:
    """Cumulative amount of phase refresh. Unit of the quantity."""
    if result.ledger is None:
        return None
    rows = [v[quantity] for (_, phase), v in result.ledger.rows.items() if phase == "refresh"]
    months = result.ledger.months + 1
    total = np.sum(rows, axis=0) if rows else np.zeros(months)
    return np.cumsum(np.asarray(total, dtype=np.float64).reshape(-1)[:months])


class RefreshItems(TablePart):
    """What the first refresh costs by item, and a migration and a replacement as a whole."""

    def __init__(self) -> None:
        super().__init__("What a refresh costs", "the first one, by item")

    def show(self, view: View) -> None:
        """A row an item, a column a strategy."""
        results = fitting(view)
        columns = [self._column(r) for r in results]
        items = list(dict.fromkeys(item for column in columns for item in column))
        sums = {item: max(column.get(item, 0.0) for column in columns) for item in items}
        rows = []
        for item in sorted(items, key=lambda i: -sums[i]):
            if sums[item]:
                cells = [self._cell(c.get(item), r) for c, r in zip(columns, results, strict=True)]
                rows.append([Cell(item_title(item)), *cells])
        if rows:
            totals = [sum(c.values()) if c else None for c in columns]
            cells = [self._cell(t, r, weight=600) for t, r in zip(totals, results, strict=True)]
            rows.append([Cell("Refresh in all", weight=600), *cells])
        rows += self._larger(results)
        if not rows:
            rows.append([Cell(NO_REFRESH)])
        self.table.set_data(["Item", *[short(r.strategy) for r in results]], rows)

    @staticmethod
    def _column(result: StrategyResult) -> dict[str, float]:
        month = first_refresh(result)
        if month is None:
            return {}
        return {item: float(v[USD]) for item, v in event_rows(result, month, "refresh").items() if v[USD]}

    @staticmethod
    def _cell(usd: float | None, result: StrategyResult, weight: int = 0) -> Cell:
        if usd is None:
            return Cell(MISSING)
        return Cell(format_quantity(usd, "usd"), usd, link=f"{result.strategy}|refresh", weight=weight)

    def _larger(self, results: list[StrategyResult]) -> list[list[Cell]]:
        rows, events = [], [events_of(r) for r in results]
        for kind in ("migration", "replacement"):
            firsts = [next((e.usd for e in found if e.kind == kind), None) for found in events]
            if any(usd is not None for usd in firsts):
                cells = [self._cell(usd, r) for usd, r in zip(firsts, results, strict=True)]
                rows.append([Cell(KIND_TITLES[kind]), *cells])
        return rows
