"""How a place of break-even reads: values of an axis, the main place of a strategy, its range over draws."""

from __future__ import annotations

import math

from planner.engine.along import Axis
from planner.engine.breakeven import BreakEven, Standing, Turn
from planner.engine.breakeven_draws import Chances, Places
from planner.engine.breakeven_months import MONTHS
from planner.engine.crossing import VOLUME
from planner.ui.theme import STRATEGY_ORDER, STRATEGY_SHORT
from planner.ui.view import View
from planner.units import format_quantity, format_range


def chance_text(share: float) -> str:
    """A share of draws: never 0 or 100 %."""
    return format_quantity(share, "chance")


def unit_of(axis: Axis) -> str:
    """The unit in which values of an axis are written: volume as a number, "a month" is said beside it."""
    return "count" if axis.path in (VOLUME, MONTHS) else axis.unit


def tick_unit_of(axis: Axis) -> str:
    """The unit of ticks: what a price is per stands in the title of the plot."""
    unit = unit_of(axis)
    return "usd" if unit.startswith("usd_per") else "count" if unit in ("months", "tokens") else unit


def value_text(axis: Axis, value: float, figures: int = 2) -> str:
    """A value; whole months."""
    if axis.path == MONTHS:
        return f"month {value:.0f}"
    if axis.whole and axis.path != VOLUME:
        return format_quantity(round(value), unit_of(axis))
    return format_quantity(value, unit_of(axis), figures=figures)


def value_words(axis: Axis, value: float, figures: int = 2) -> str:
    """A value in a sentence: "430k a month"."""
    said = value_text(axis, value, figures)
    return f"{said} a month" if axis.path == VOLUME else said


def name_of(axis: Axis) -> str:
    """What an axis is called in titles: "volume"."""
    if axis.path == VOLUME:
        return "volume"
    return axis.title if axis.title.startswith("API") else axis.title[:1].lower() + axis.title[1:]


def main_turn(standing: Standing) -> tuple[Turn, bool] | None:
    """The place to name, and whether the strategy is cheaper beyond it; None where its order never changes.

    What wins at the end wins from its first place on; what loses there wins up to its last one.
    """
    if not standing.turns:
        return None
    if standing.turns[-1].cheaper and standing.first is not None:
        return standing.first, True
    return standing.turns[-1], False


def place_text(standing: Standing, axis: Axis) -> str:
    """The place in a column of figures."""
    found = main_turn(standing)
    if found is not None:
        return value_text(axis, found[0].value)
    return "always" if standing.always else "never" if standing.never else "does not fit"


def sentence(name: str, standing: Standing, axis: Axis) -> str:
    """The place in words: "Distil wins from 430k a month", "..., for good from 510k"."""
    found, short = main_turn(standing), STRATEGY_SHORT[name]
    if found is None:
        if standing.always:
            return f"{short} wins throughout"
        return f"{short} never wins" if standing.never else f"{short} does not fit"
    turn, rising = found
    said = f"{short} wins {'from' if rising else 'up to'} {value_words(axis, turn.value)}"
    last = standing.lasting
    if rising and last is not None and value_text(axis, last.value) != value_text(axis, turn.value):
        said += f", for good from {value_text(axis, last.value)}"
    return said


def changes_words(standing: Standing) -> str:
    """How often the order changes, where that is more than once."""
    count = len(standing.turns)
    return f"the order changes {count} times" if count > 1 else ""


def range_words(places: Places | None, axis: Axis) -> str:
    """P10 to P90 over draws: "P10–P90 270k–730k"; what lies beyond the axis in words."""
    if places is None or not places.values.size:
        return ""
    low, high = places.percentile(10), places.percentile(90)
    if not math.isfinite(low):
        return f"in {chance_text(places.none_frac)} of draws never"
    if not math.isfinite(high):
        beyond = "never" if places.rising else "beyond"
        return f"P10 {value_text(axis, low)}, P90 {beyond}"
    if axis.path == MONTHS:
        return f"P10–P90 month {low:.0f}–{high:.0f}"
    return f"P10–P90 {format_range(low, high, unit_of(axis))}"


def challenger_of(found: BreakEven) -> str:
    """What wins at the lowest value; the baseline where it is alone."""
    others = [name for name in STRATEGY_ORDER if name in found.standings]

    def start(name: str) -> float:
        place = main_turn(found.standings[name])
        return place[0].value if place is not None else math.inf

    return min(others, key=start, default=found.baseline)


def hero_of(view: View, found: BreakEven) -> str:
    """The strategy that the words and the chance are of: the one in focus, else a challenger."""
    return view.selected if view.selected in found.standings else challenger_of(found)


def places_of(chances: Chances | None, name: str) -> Places | None:
    """Where a strategy meets the baseline over draws, once that is counted."""
    return None if chances is None else chances.places.get(name)
