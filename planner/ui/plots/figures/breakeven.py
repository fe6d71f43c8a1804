"""Cost along an axis: curves with their steps, crossings, this plan, and what is cheapest where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtWidgets import QWidget

from planner.engine.along import Axis
from planner.engine.breakeven import BreakEven, Standing, Turn, curve
from planner.engine.breakeven_draws import Chances
from planner.engine.breakeven_months import MONTHS
from planner.engine.crossing import VOLUME
from planner.ui.kit.table import Cell
from planner.ui.plots.base import Band, CurveLook, LinePlot, Mark, Marks, Series
from planner.ui.plots.card import Hooks
from planner.ui.plots.figures.breakeven_items import STRIP_HEIGHT, Callout, HereLine, Strip
from planner.ui.plots.figures.breakeven_words import (
    changes_words,
    hero_of,
    main_turn,
    name_of,
    places_of,
    range_words,
    sentence,
    tick_unit_of,
    value_text,
    value_words,
)
from planner.ui.plots.figures.common import Figure, labeller, log_labeller, misfits, short, writer
from planner.ui.plots.frame import Floats, floats
from planner.ui.plots.ticks import AxisSpec, linear_axis, log_axis, month_axis
from planner.ui.theme import STRATEGY_ORDER
from planner.ui.view import View

_BELOW, _ABOVE = 200.0, 50.0
"""Of the value in use, on a logarithmic axis: what is shown of it at least, as far as the axis goes."""
_BESIDE = 3.0
_NEAR = 30.0
"""How far beyond what is shown a place may lie to be shown too."""
_STOPS = 90
_ROWS = 13
_USD = writer("usd")
_BAND_ALPHA = 0.15
Curves = Mapping[str, tuple[Floats, Floats]]


@dataclass(frozen=True)
class Sight:
    """What all parts of the page show.

    ``counting``: draws are awaited, and until they come ``chances`` are those of the plan before (``stale``).
    ``uncertain``: there are ranges to draw from. ``curves`` by strategy, made beside the window where given.
    """

    view: View
    found: BreakEven
    curves: Curves
    chances: Chances | None = None
    stale: bool = False
    counting: bool = False
    uncertain: bool = True

    @property
    def axis(self) -> Axis:
        """What moves."""
        return self.found.axis

    @property
    def hero(self) -> str:
        """The strategy that words and chances are of."""
        return hero_of(self.view, self.found)

    @property
    def draws(self) -> Chances | None:
        """What draws say, where they speak of this axis and baseline."""
        chances = self.chances
        same = chances is not None and chances.axis.path == self.axis.path
        return chances if same and chances is not None and chances.baseline == self.found.baseline else None


def shown_range(found: BreakEven) -> tuple[float, float]:
    """Which part of an axis is shown: around the value in use, with the places near it."""
    axis = found.axis
    if not axis.log:
        return axis.low, axis.high
    here = min(max(axis.here, axis.low), axis.high)
    low, high = here / _BELOW, here * _ABOVE
    if axis.path != VOLUME:
        low, high = here / _ABOVE, here * _ABOVE
    for standing in found.standings.values():
        place = main_turn(standing)
        if place is not None and low / _NEAR < place[0].value < high * _NEAR:
            low, high = min(low, place[0].value / _BESIDE), max(high, place[0].value * _BESIDE)
    return max(low, axis.low), min(high, axis.high)


def curves_of(found: BreakEven) -> Curves:
    """What each strategy's line is drawn from; takes some milliseconds where many values were looked at."""
    low, high = shown_range(found)
    if not found.axis.log:
        return {name: (found.costs.values, found.costs.row(name)) for name in found.costs.strategies}
    return {name: curve(found.costs, name, low, high) for name in found.costs.strategies}


def axis_of_values(axis: Axis, low: float, high: float) -> AxisSpec:
    """The scale of an axis, exact at its ends."""
    unit = tick_unit_of(axis)
    if axis.path == MONTHS:
        return month_axis(int(high))
    if axis.log:
        return log_axis(low, high, log_labeller(unit), snap=False)
    return linear_axis(low, high, labeller(unit), snap=False)


class StairsPlot(LinePlot):
    """Curves whose read-out is what was computed, not what the line between two points says."""

    def __init__(self) -> None:
        self.found: BreakEven | None = None
        super().__init__("Cost along an axis", _USD)

    def crosshair_points(self, x: float) -> list[tuple[str, float]]:
        """Costs at a value that was computed; the gutter shows the same."""
        points = [(s.strategy, cost_at(self.found, s.strategy, x)) for s in self._series]
        if self.gutter is not None:
            rows = [self._row(s, y, None) for s, (_, y) in zip(self._series, points, strict=True)]
            self.gutter.set_rows(rows, leaders=False)
        return points


def cost_at(found: BreakEven | None, strategy: str, x: float) -> float:
    """What a strategy costs at a value, between computed ones along a line. [USD]."""
    if found is None or strategy not in found.costs.strategies:
        return math.nan
    values = found.costs.values
    if not values[0] <= x <= values[-1]:
        return math.nan
    return float(np.interp(x, values, found.costs.row(strategy)))


class CostAlong(Figure):
    """The large plot of the page."""

    def __init__(self, tools: Sequence[QWidget]) -> None:
        self.plot = StairsPlot()
        self.rings, self.strip, self.here, self.callout = Marks(), Strip(), HereLine(), Callout()
        self.bands: dict[str, Band] = {}
        for item in (self.rings, self.strip, self.here, self.callout):
            self.plot.add(item)
        self.sight: Sight | None = None
        super().__init__("Cost against volume", "", self.plot, Hooks(self.table, self.describe), tools)

    def take(self, view: View) -> None:
        """The page hands over what it found by `show_sight`."""

    def show_sight(self, sight: Sight, *, curves: bool) -> None:
        """Show what was found; without `curves` they are those shown already and only draws came."""
        self.sight = sight
        if curves:
            self._show_curves(sight)
        self._show_bands(sight)
        self._show_callout(sight)
        self._say(sight)
        self.card.refresh()

    def move_here(self, value: float) -> None:
        """Let only the line of this plan follow a slider that is held."""
        if self.sight is not None:
            self._stand(value, self.sight.found)

    # -- curves
    def _show_curves(self, sight: Sight) -> None:
        found, view = sight.found, sight.view
        low, high = shown_range(found)
        series = []
        for name in STRATEGY_ORDER:
            x, y = sight.curves.get(name, (floats(()), floats(())))
            if np.isfinite(y).any():
                look = CurveLook(selected=name == view.selected)
                series.append(Series(name, x, y, look, end_text=""))
        self.blank("" if series else "No strategy fits")
        self.plot.found = found
        self._frame(found, (low, high), [each.y for each in series])
        self.plot.set_series(series)
        stops = self._stops(found, low, high)
        self.plot.set_crosshair(stops, lambda value: value_words(found.axis, value))
        limited = any(result.misses for result in view.results.strategies.values())
        self.strip.set(found.stretches, limited=limited)
        marks = [(turn.value, turn.total_usd) for turn in _ringed(found)] if found.exact else []
        self.rings.set([Mark(x, y, ring=True, radius=4.6) for x, y in marks])
        self._stand(found.axis.here, found)

    def _frame(self, found: BreakEven, ends: tuple[float, float], shown: list[Floats]) -> None:
        """Ranges with room for the strip below the lowest curve."""
        good = [y[np.isfinite(y) & (y > 0.0)] for y in shown]
        values = np.concatenate(good) if good else floats(())
        low, high = (float(values.min()), float(values.max())) if values.size else (1.0, 10.0)
        x_axis = axis_of_values(found.axis, *ends)
        room = 2.2 * STRIP_HEIGHT / max(140.0, self.plot.view_box.sceneBoundingRect().height())
        if found.axis.log:
            least = low / (high / low) ** (room / (1.0 - room)) / 1.1
            self.plot.set_axes(x_axis, log_axis(least, high * 1.05, log_labeller("usd")))
            return
        least = 0.0 if found.axis.path == MONTHS else low - 0.15 * (high - low)
        below = least - room * (high - least)
        y_axis = linear_axis(below, high + 0.04 * (high - least), labeller("usd"), snap=False)
        shown_ticks = [(t, words) for t, words in zip(y_axis.ticks, y_axis.labels, strict=True) if t >= least]
        ticks, labels = zip(*shown_ticks, strict=True) if shown_ticks else ((), ())
        self.plot.set_axes(x_axis, AxisSpec(y_axis.lo, y_axis.hi, ticks, labels, zero=y_axis.zero))

    @staticmethod
    def _stops(found: BreakEven, low: float, high: float) -> Floats:
        """Computed values the crosshair visits: about even ones, this plan's, and the crossings."""
        values = found.costs.values
        inside = values[(values >= low) & (values <= high)]
        if not inside.size:
            return floats(())
        where = found.axis.position(np.maximum(inside, 1e-12)) if found.axis.log else inside
        wanted = np.linspace(where[0], where[-1], _STOPS)
        at = np.unique(np.searchsorted(where, wanted).clip(0, len(inside) - 1))
        turns = [turn.value for turn in _ringed(found) if low <= turn.value <= high]
        own = [found.axis.here] if found.axis.here in inside else []
        return np.unique(np.concatenate((inside[at], turns, own)))

    def _stand(self, value: float, found: BreakEven) -> None:
        if found.axis.path == MONTHS:
            self.here.set(math.nan, "", [])
            self.callout.here = math.nan
            return
        points = [(s.strategy, cost_at(found, s.strategy, value)) for s in self.plot.series]
        self.here.set(value, f"this plan, {value_text(found.axis, value)}", points)
        self.callout.here = value

    # -- draws and words
    def _show_bands(self, sight: Sight) -> None:
        chances = sight.draws
        wanted = {sight.view.selected, sight.found.baseline} if chances is not None else set()
        for name in [each for each in self.bands if each not in wanted]:
            self.plot.remove(self.bands.pop(name))
        for name in wanted:
            if chances is None or name not in chances.bands_usd:
                continue
            if name not in self.bands:
                self.bands[name] = Band(name, _BAND_ALPHA)
                self.plot.add(self.bands[name])
            usd = chances.bands_usd[name]
            self.bands[name].set_alpha(_BAND_ALPHA * (0.5 if sight.counting else 1.0))
            self.bands[name].set(chances.values, usd[0], usd[2])

    def _show_callout(self, sight: Sight) -> None:
        found = sight.found
        hero = sight.hero
        place = main_turn(found.standings[hero]) if hero in found.standings and found.exact else None
        curves = [(s.x, s.y) for s in self.plot.series]
        if place is None:
            self.callout.set((math.nan, math.nan), (), curves)
            return
        standing, turn = found.standings[hero], place[0]
        drawn = None if sight.stale else places_of(sight.draws, hero)
        lines = (
            sentence(hero, standing, found.axis),
            range_words(drawn, found.axis),
            changes_words(standing) if len(standing.turns) > 2 else "",
        )
        self.callout.set((turn.value, turn.total_usd), lines, curves)

    def _say(self, sight: Sight) -> None:
        axis, view = sight.axis, sight.view
        against = "API output price" if len(axis.paths) > 1 else name_of(axis)  # it stands for all of them
        title = "Cost up to each month" if axis.path == MONTHS else f"Cost against {against}"
        words = [self._over(sight)]
        if axis.log:
            words.append("log scales")
        if not sight.uncertain:
            words.append("no ranges, so no bands")
        elif sight.draws is not None:
            words.append("bands P10–P90")
        missing = misfits(view)
        self.say(title, ", ".join(words) + (f"; {missing}" if missing else ""))
        self.card.set_counting(0.5 if sight.counting else None, "counting draws")

    @staticmethod
    def _over(sight: Sight) -> str:
        axis, view = sight.axis, sight.view
        if axis.path == MONTHS:
            return "cumulative"
        if axis.path == "horizon_months":
            return "total"
        return f"{view.scenario.horizon_months}-month total"

    # -- the same in figures and words
    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Cost at some values, at each crossing, and in this plan; with what is cheapest."""
        if self.sight is None:
            return [""], []
        found = self.sight.found
        low, high = shown_range(found)
        names = [name for name in STRATEGY_ORDER if name in found.costs.strategies]
        stops = self._stops(found, low, high)
        few = (
            stops[np.unique(np.linspace(0, len(stops) - 1, _ROWS).round().astype(int))]
            if stops.size
            else stops
        )
        turns = [turn.value for turn in _ringed(found) if low <= turn.value <= high]
        here = [found.axis.here] if found.axis.here in stops else []
        rows = []
        for value in np.unique(np.concatenate((few, turns, here))).tolist():
            said = value_words(found.axis, value, figures=3) + (", this plan" if value in here else "")
            cells = [
                Cell(_USD(usd), usd)
                if math.isfinite(usd := cost_at(found, name, value))
                else Cell("does not fit")
                for name in names
            ]
            rows.append([Cell(said, value), *cells, Cell(_winner(found, value))])
        return [found.axis.title, *map(short, names), "Cheapest"], rows

    def describe(self) -> str:
        """Every crossing in words, and what is cheapest where."""
        if self.sight is None:
            return "No data."
        found, chances = self.sight.found, self.sight.draws
        parts = []
        for name in STRATEGY_ORDER:
            if name in found.standings:
                standing = found.standings[name]
                further = (range_words(places_of(chances, name), found.axis), changes_words(standing))
                parts.append(", ".join((sentence(name, standing, found.axis), *(w for w in further if w))))
        against = f"Against {short(found.baseline)}: " + "; ".join(parts) + "." if parts else ""
        return f"{against} {self._cheapest(found)}".strip()

    @staticmethod
    def _cheapest(found: BreakEven) -> str:
        if len(found.stretches) > 6:
            return f"The cheapest changes {len(found.stretches) - 1} times."
        said = [
            f"from {value_words(found.axis, each.low)} {short(each.strategy) if each.strategy else 'none'}"
            for each in found.stretches
        ]
        return f"Cheapest within the limits: {', '.join(said)}."


def _ringed(found: BreakEven) -> list[Turn]:
    """The places that have a ring: of each strategy the first, and the last where its order changes again."""
    rings: list[Turn] = []
    for standing in found.standings.values():
        rings += _of(standing)
    return rings


def _of(standing: Standing) -> list[Turn]:
    place = main_turn(standing)
    if place is None:
        return []
    last = standing.lasting
    return [place[0]] if last is None or last == place[0] or not place[1] else [place[0], last]


def _winner(found: BreakEven, value: float) -> str:
    index = int(np.searchsorted(found.costs.values, value, side="right")) - 1
    winner = int(found.costs.winners()[max(index, 0)])
    return short(found.costs.strategies[winner]) if winner >= 0 else "none keeps the limits"
