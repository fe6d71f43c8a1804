"""Below the curves of break-even: places over draws, the chance to win, what would let another win again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from planner.engine.along import Axis
from planner.engine.axes import API_PRICE
from planner.engine.breakeven_draws import Places
from planner.engine.breakeven_months import MONTHS
from planner.engine.crossing import VOLUME
from planner.engine.regain import Regain
from planner.ui.kit.paint import RIGHT, Ink, draw_marker, draw_text, fill, rounded
from planner.ui.kit.table import Cell
from planner.ui.plots.base import Band, CurveLook, LinePlot, Mark, Marks, Note, Notes, PlotLook, Series
from planner.ui.plots.card import Hooks
from planner.ui.plots.chart import Chart
from planner.ui.plots.figures.breakeven import Sight, axis_of_values, shown_range
from planner.ui.plots.figures.breakeven_words import (
    chance_text,
    main_turn,
    name_of,
    place_text,
    places_of,
    range_words,
    value_text,
)
from planner.ui.plots.figures.common import Figure, short
from planner.ui.plots.frame import Floats, floats
from planner.ui.plots.rows import RowItem, RowsLook, Whiskers
from planner.ui.plots.ticks import AxisSpec
from planner.ui.theme import STRATEGY_ORDER, px, text_width, theme
from planner.ui.view import View
from planner.units import format_apart, format_quantity

_MARKS = (0.1, 0.5, 0.9)
_POINTS = 120
_ALIKE = 0.03
_MOST_CONDITIONS = 6
_FALL: Final = "prices.api_fall_factor_per_year"


class PlaceWhiskers(Figure):
    """The break-even of each strategy with P10 to P90, the earliest first; this plan as a dashed line."""

    def __init__(self, tools: Sequence[QWidget]) -> None:
        self.plot = Whiskers("Break-even by strategy")
        self.sight: Sight | None = None
        super().__init__("Break-even volume", "", self.plot, Hooks(self.table, self.describe), tools)
        self.plot.opened.connect(lambda row, _part: self._point(row))
        self._names: list[str] = []

    def take(self, view: View) -> None:
        """The page hands over what it found by `show_sight`."""

    def show_sight(self, sight: Sight) -> None:
        """Show other places."""
        self.sight = sight
        found, axis = sight.found, sight.axis
        self.say("Paid back against" if axis.path == MONTHS else "Break-even against", "")
        self._names = sorted(found.standings, key=self._order)
        low, high = self._ends(sight)
        rows = [self._row(sight, name, (low, high)) for name in self._names]
        here = axis.here if axis.path != MONTHS and low <= axis.here <= high else None
        look = RowsLook(axis=_few_ticks(axis_of_values(axis, low, high)), two_lines=True, reference=here)
        self.plot.set_rows(rows, look)
        self.blank("" if rows else "Only one strategy")
        self.card.refresh()

    def _order(self, name: str) -> tuple[float, int]:
        assert self.sight is not None
        standing = self.sight.found.standings[name]
        place = main_turn(standing)
        value = place[0].value if place is not None else 0.0 if standing.always else math.inf
        return value, STRATEGY_ORDER.index(name)

    def _ends(self, sight: Sight) -> tuple[float, float]:
        """Around places and ranges and this plan, within what the axis shows."""
        axis, found = sight.axis, sight.found
        if not axis.log:
            return axis.low, axis.high
        shown = shown_range(found)
        seen = [axis.here]
        for name, standing in found.standings.items():
            place, drawn = main_turn(standing), places_of(sight.draws, name)
            seen += [place[0].value] if place is not None else []
            if drawn is not None and drawn.values.size:
                seen += [drawn.percentile(10), drawn.percentile(90)]
        inside = [value for value in seen if math.isfinite(value) and shown[0] <= value <= shown[1]]
        low, high = (min(inside), max(inside)) if inside else shown
        return max(low / 1.8, axis.low), min(high * 1.8, axis.high)

    def _row(self, sight: Sight, name: str, ends: tuple[float, float]) -> RowItem:
        standing, drawn = sight.found.standings[name], places_of(sight.draws, name)
        place = main_turn(standing)
        low, high = math.nan, math.nan
        if drawn is not None and drawn.values.size:
            low, high = (min(max(drawn.percentile(share), ends[0]), ends[1]) for share in (10, 90))
            if low >= ends[1] or high <= ends[0]:  # beyond what is shown
                low = high = math.nan
        return RowItem(
            name,
            short(name),
            place[0].value if place is not None else math.nan,
            place_text(standing, sight.axis),
            low,
            high,
            selected=name == sight.view.selected,
        )

    def _point(self, row: int) -> None:
        self.pointed.emit(self._names[row])

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Place, range, shares."""
        heads = ["", "Break-even", "Over draws", "Never", "Always", "Changes of order"]
        if self.sight is None:
            return heads, []
        rows = []
        for name in self._names:
            standing, drawn = self.sight.found.standings[name], places_of(self.sight.draws, name)
            shares = ["", ""] if drawn is None else [_share(drawn.none_frac), _share(drawn.always_frac)]
            rows.append(
                [
                    Cell(short(name), marker=name),
                    Cell(place_text(standing, self.sight.axis)),
                    Cell(range_words(drawn, self.sight.axis)),
                    *map(Cell, shares),
                    Cell(str(len(standing.turns)), len(standing.turns)),
                ]
            )
        return heads, rows

    def describe(self) -> str:
        """Each row in words."""
        if self.sight is None or not self._names:
            return "No data."
        parts = []
        for name in self._names:
            drawn = places_of(self.sight.draws, name)
            said = (
                place_text(self.sight.found.standings[name], self.sight.axis),
                range_words(drawn, self.sight.axis),
            )
            parts.append(f"{short(name)} {', '.join(word for word in said if word)}")
        return "; ".join(parts) + "."


def _share(share: float) -> str:
    return chance_text(share) if 0.0 < share < 1.0 else f"{share:.0%}"


def _few_ticks(spec: AxisSpec, most: int = 4) -> AxisSpec:
    """Every other tick where there are many: the card is narrow."""
    step = max(1, math.ceil(len(spec.ticks) / most))
    return AxisSpec(spec.lo, spec.hi, spec.ticks[::step], spec.labels[::step], log=spec.log, zero=spec.zero)


class ChanceCurve(Figure):
    """In which share of draws a strategy costs less than the baseline, along the axis."""

    def __init__(self) -> None:
        self.plot = LinePlot("Chance to win", chance_text, PlotLook())
        self.area, self.marks, self.notes = Band("distil", 0.12), Marks(), Notes()
        for item in (self.area, self.marks, self.notes):
            self.plot.add(item)
        self.sight: Sight | None = None
        super().__init__("Chance to win", "", self.plot, Hooks(self.table, self.describe))

    def take(self, view: View) -> None:
        """The page hands over what it found by `show_sight`."""

    def show_sight(self, sight: Sight) -> None:
        """Show other chances."""
        self.sight = sight
        hero, axis = sight.hero, sight.axis
        self.say(f"Chance that {short(hero)} wins", f"by {name_of(axis)}")
        x, share = self._curve(sight)
        if hero == sight.found.baseline:
            self.blank("Only one strategy")
            return
        standing = sight.found.standings[hero]
        if not (standing.turns or standing.always or standing.never):
            self.blank("One of the two fits at no value")
            return
        if not sight.uncertain:
            self.blank(
                "Nothing is uncertain here", "Give an input a range, and the chance follows from draws."
            )
            return
        if not x.size:
            self.blank("Counting draws" if sight.counting else "No draws speak of this")
            return
        self.blank("")
        low, high = self._ends(axis, x, share)
        ticks = (0.0, 0.5, 1.0)
        y_axis = AxisSpec(0.0, 1.06, ticks, ("0%", "50%", "100%"), zero=0.0)
        self.plot.set_axes(_few_ticks(axis_of_values(axis, low, high), 5), y_axis)
        self.area.strategy = hero
        self.area.set(x, np.zeros_like(x), share)
        self.plot.set_series([Series(hero, x, share, CurveLook(width=2.0))])
        self.plot.set_crosshair(x[(x >= low) & (x <= high)], self._name)
        self._mark(x, share, axis)
        self.card.refresh()

    def _name(self, value: float) -> str:
        assert self.sight is not None
        x, share = self._curve(self.sight)
        at = chance_text(float(np.interp(value, x, share)))
        return f"{value_text(self.sight.axis, value)}: {at}"

    @staticmethod
    def _curve(sight: Sight) -> tuple[Floats, Floats]:
        chances = sight.draws
        if chances is None or sight.hero not in chances.cheaper_frac:
            return floats(()), floats(())
        x, share = chances.values, chances.cheaper_frac[sight.hero]
        places = places_of(chances, sight.hero)
        if places is None or sight.axis.path == MONTHS:
            return x, share
        fine = sight.axis.position(x[0]), sight.axis.position(x[-1])
        values = np.linspace(*fine, _POINTS)
        values = np.exp(values) if sight.axis.log else values
        smooth = _won(places, values)
        if np.abs(_won(places, x) - share).max() <= _ALIKE:
            return values, smooth
        return x, share  # it wins and loses again in some draws: one place each does not tell

    @staticmethod
    def _ends(axis: Axis, x: Floats, share: Floats) -> tuple[float, float]:
        """Where the chance moves, and some room."""
        if not axis.log:
            return axis.low, axis.high
        moving = np.flatnonzero((share > 0.01) & (share < 0.99))
        if not moving.size:
            return float(x[0]), float(x[-1])
        low, high = float(x[moving[0]]), float(x[moving[-1]])
        return max(low / 2.0, axis.low), min(high * 2.5, axis.high)

    def _mark(self, x: Floats, share: Floats, axis: Axis) -> None:
        marks, notes = [], []
        for level in _MARKS:
            over = share >= level
            at = np.flatnonzero(over[1:] != over[:-1])
            if not at.size:
                continue
            value = self._place(x, share, int(at[0]), level, axis)
            rising = share[-1] >= share[0]
            words = value_text(axis, value) + (", even odds" if level == _MARKS[1] else "")
            right = (level >= 0.5) == rising
            marks.append(Mark(value, level, self.sight.hero if self.sight else "", radius=4.5))
            notes.append(
                Note(
                    value,
                    level,
                    words,
                    dx=9.0 if right else -9.0,
                    dy=6.0 if level >= 0.5 else -9.0,
                    align="l" if right else "r",
                    weight=600 if level == _MARKS[1] else 400,
                    tone="ink" if level == _MARKS[1] else "muted",
                    size=11.0,
                    ground=True,
                )
            )
        self.marks.set(marks)
        self.notes.set(notes)

    def _place(self, x: Floats, share: Floats, i: int, level: float, axis: Axis) -> float:
        """Where the chance passes a level: the percentile of the places where the curve is theirs."""
        places = None if self.sight is None else places_of(self.sight.draws, self.sight.hero)
        if places is not None and x.size == _POINTS:
            value = places.percentile(100.0 * (level if places.rising else 1.0 - level))
            if x[i] <= value <= x[i + 1]:
                return value
        part = (level - share[i]) / (share[i + 1] - share[i])
        ends = axis.position(np.maximum(x[i : i + 2], 1e-12)) if axis.log else x[i : i + 2]
        place = float(ends[0] + part * (ends[1] - ends[0]))
        return math.exp(place) if axis.log else place

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """The chance at some values; that of being the cheapest of all where it is counted."""
        heads = ["", "Wins", "Cheapest of all"]
        if self.sight is None or self.sight.draws is None:
            return heads, []
        chances, hero = self.sight.draws, self.sight.hero
        wins, best = chances.cheaper_frac.get(hero), chances.cheapest_frac.get(hero)
        if wins is None:
            return heads, []
        rows = []
        for number, value in enumerate(chances.values.tolist()):
            cells = [Cell(chance_text(float(wins[number])), float(wins[number]))]
            cells.append(
                Cell("") if best is None else Cell(chance_text(float(best[number])), float(best[number]))
            )
            rows.append([Cell(value_text(self.sight.axis, value), value), *cells])
        return heads, rows

    def describe(self) -> str:
        """Where the chance passes one in ten, a half, and nine in ten."""
        if self.sight is None or self.sight.draws is None:
            return "No draws."
        said = range_words(places_of(self.sight.draws, self.sight.hero), self.sight.axis)
        return f"{short(self.sight.hero)} against {short(self.sight.found.baseline)}: {said or 'no place'}."


def _won(places: Places, values: Floats) -> Floats:
    """The share of draws that are cheaper at each value, by the place of each. [1]."""
    ordered = np.sort(places.values)
    reached = np.searchsorted(ordered, values, side="right") / max(1, len(ordered))
    return np.asarray(reached if places.rising else 1.0 - reached, dtype=np.float64)


class Conditions(Chart):
    """One condition a row: input, value, value now. A row leads to its input."""

    def __init__(self) -> None:
        super().__init__("What would let another strategy win")
        self.rows: list[Regain] = []
        self.marked = False

    def set_rows(self, rows: Sequence[Regain], *, marked: bool = False) -> None:
        """Other conditions; marked with the strategy that each lets win where that is not always the same."""
        self.rows, self.marked = list(rows), marked
        self.data_changed()

    def row_count(self) -> int:
        """Conditions."""
        return len(self.rows)

    def read_out(self, row: int, part: int) -> str:
        """One condition in words."""
        title, value, now = condition_words(self.rows[row])
        wins = f", {short(self.rows[row].strategy)} wins" if self.marked else ""
        return f"{title} {value}{wins}, {now}"

    def _pitch(self) -> float:
        return min(self.height() / max(1, len(self.rows)), float(px(36)))

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """The row under a pixel."""
        row = int(where.y() // self._pitch())
        return (row, 0) if 0 <= row < len(self.rows) else None

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Paint the rows."""
        t, pitch = theme(), self._pitch()
        words = [condition_words(row) for row in self.rows]
        now = max((text_width(each[2], 11) for each in words), default=0.0) + px(4)
        widest = max((text_width(each[0], 12) + text_width(each[1], 12, 600) for each in words), default=0.0)
        if widest + now + px(42) > width:  # said all the same when a row is visited, and in the table
            now = 0.0
        for number, (title, value, now_text) in enumerate(words):
            line = QRectF(0, number * pitch, width, pitch)
            if self.visiting is not None and self.visiting[0] == number:
                rounded(painter, line.adjusted(0, 1, 0, -1), px(5), t.hover)
            if number:
                fill(painter, QRectF(0, round(line.top()), width, 1), t.hairline)
            left = px(18) if self.marked else 2
            if self.marked:
                where = QPointF(px(7), line.center().y())
                draw_marker(painter, self.rows[number].strategy, where, px(42) / 10)
            before = QRectF(left, line.top(), width - now - px(8) - left, pitch)
            room = before.adjusted(0, 0, -text_width(value, 12, 600) - px(6), 0)
            draw_text(painter, room, title, Ink(12, 400, t.ink2), elide=True)
            draw_text(painter, before, value, Ink(12, 600, align=RIGHT))
            if not now:
                continue
            draw_text(painter, line.adjusted(0, 0, -2, 0), now_text, Ink(11, 400, t.muted, align=RIGHT))

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """The conditions."""
        rows = []
        for row in self.rows:
            title, value, now = condition_words(row)
            cells = [Cell(title), Cell(value, row.value), Cell(now.removeprefix("now "), row.here)]
            rows.append([*cells, Cell(short(row.strategy), marker=row.strategy)])
        return ["Input", "Value", "Now", "Wins"], rows

    def describe(self) -> str:
        """Every condition in words."""
        said = [self.read_out(number, 0) for number in range(len(self.rows))]
        return "; ".join(said) + "." if said else "No data."


_SHORT: Final[Mapping[str, str]] = {
    VOLUME: "Volume",
    "workload.output_tokens": "Answer tokens",
    "workload.input_tokens": "Request tokens",
    "workload.instruction_tokens": "Prompt text",
    "data.usd_per_example": "Label price",
    "data.examples": "Labels",
    "distil.examples": "Answers kept",
    "labour.usd_per_hour": "Engineer",
    "labour.run_own_hours_per_month": "Running replicas",
    "quality.prompt_points": "Score of the base",
    "quality.tuned_points_at_10k": "Score, tuned",
}
"""Titles that a narrow card has room for."""


def condition_words(row: Regain) -> tuple[str, str, str]:
    """Title with its side, the value, and the value now."""
    unit, figures = row.unit, row.figures
    if row.path == API_PRICE:
        side = "falls to" if row.below else "rises to"
        return f"API price {side}", format_quantity(row.value, unit), "now 100%"
    side = "under" if row.below else "over"
    if row.path == _FALL:  # a factor a year reads better as what is gone after one
        value, here = (format_quantity(1.0 - 1.0 / each, "frac") for each in (row.value, row.here))
        return f"API price falls {side}", f"{value} a year", f"now {here}"
    value, here = format_apart(row.value, row.here, unit, figures=figures)
    if row.path == VOLUME:
        value = f"{value} a month"
    return f"{_SHORT.get(row.path, row.title)} {side}", value, f"now {here}"


class WinsAgain(Figure):
    """Each input with the value at which the baseline, or the next best, is the choice again."""

    def __init__(self) -> None:
        self.plot = Conditions()
        super().__init__("The API wins again if", "", self.plot)

    def take(self, view: View) -> None:
        """The page hands over what it found by `show_found`."""

    def show_nothing(self) -> None:
        """There is no lead to lose."""
        self.card.set_counting(None)
        self.say("What would change it", "")
        self.blank("No strategy keeps every limit", "So there is none to lose the lead.")

    def show_found(self, rival: str | None, baseline: str, found: tuple[Regain, ...] | None) -> None:
        """Show conditions under which the rival wins, or any other than the baseline; None while searched."""
        name = "The API" if baseline == "api" else short(baseline)
        self.say(f"{name} {'loses' if rival is None else 'wins again'} if", "")
        if found is None:
            self.card.set_counting(0.5, "looking")
            return
        self.card.set_counting(None)
        self.plot.set_rows(found[:_MOST_CONDITIONS], marked=rival is None)
        self.blank(
            "" if found else "No single input changes it", "" if found else "Each was tried over its range."
        )
        self.card.refresh()
