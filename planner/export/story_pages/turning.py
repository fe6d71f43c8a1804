"""Break-even: what every strategy costs over volume, and where the answer turns."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.engine.along import Along, Axis
from planner.engine.axes import axis_of
from planner.engine.breakeven import BreakEven, first_look
from planner.engine.crossing import VOLUME
from planner.engine.verdict import DOING, NAMES
from planner.export.story import Chart, Fact, Mark, Page, Series
from planner.export.story_pages.told import LABELS, Told
from planner.units import format_quantity

VALUES: Final = 181
"""Volumes that are costed: in some 10 ms."""
_BELOW, _ABOVE, _BESIDE = 200.0, 50.0, 3.0
"""Of the volume in use: what is shown of the axis at least; and beyond a place where the answer turns."""
_TIMES: Final = 3.0
"""From here on a ratio is told as such, below as percent."""


def volume_text(value: float, figures: int = 2) -> str:
    """Return a volume in words: ``430k``."""
    return format_quantity(value, "count", figures=figures)


def breakeven(told: Told) -> Page:
    """Return the page of break-even over volume."""
    axis = axis_of(VOLUME, told.results, told.catalog)
    if axis is None or not told.fitting or axis.here <= 0.0:
        return Page("breakeven", "No volume to look at.", "This plan has no requests.")
    found = first_look(Along(told.scenario, told.catalog, axis), told.results.baseline, VALUES)
    low, high = _shown(told, axis)
    headline, subline = _words(told, axis)
    return Page(
        key="breakeven",
        headline=headline,
        subline=subline,
        strategy=told.choice.strategy or "",
        facts=_facts(told, axis),
        chart=_chart(told, found, low, high),
        caveat="Hardware, splits and refreshes are decided anew at each volume.",
        inputs=told.inputs(),
    )


def _shown(told: Told, axis: Axis) -> tuple[float, float]:
    low, high = axis.here / _BELOW, axis.here * _ABOVE
    if told.crossing is not None:
        at = told.crossing.requests_per_month
        low, high = min(low, at / _BESIDE), max(high, at * _BESIDE)
    return max(low, axis.low, 1.0), min(high, axis.high)


def _words(told: Told, axis: Axis) -> tuple[str, str]:
    """Return headline and subline: from which volume on, or up to which, the choice stays."""
    here = f"This plan has {volume_text(axis.here)}."
    turn, chosen = told.crossing, told.chosen
    if chosen is None or told.choice.case == "nothing":
        return "No strategy keeps every limit.", f"{here} The chart shows what each would cost."
    name = NAMES[chosen.strategy]
    if turn is None:
        return (
            "The answer at every volume looked at.",
            f"{name}. {here} Looked at from 1% of that to 100 times.",
        )
    at = volume_text(turn.requests_per_month)
    side, beyond = ("from", "Below") if turn.below else ("up to", "Above")
    return (
        f"The answer {side} {at} a month.",
        f"{name}. {beyond} that it is {DOING[turn.strategy]}. {here}",
    )


def _facts(told: Told, axis: Axis) -> tuple[Fact, ...]:
    facts = [Fact(volume_text(axis.here), "requests a month", "in this plan")]
    turn, chosen = told.crossing, told.chosen
    if turn is not None:
        side = "below" if turn.below else "above"
        detail = f"{side} it {DOING[turn.strategy]}"
        facts.append(Fact(volume_text(turn.requests_per_month), "where the answer turns", detail))
        facts.append(_way(turn.requests_per_month / axis.here))
    if chosen is not None:
        value = format_quantity(float(chosen["usd_per_1k_requests"]), "usd")
        facts.append(
            Fact(
                value,
                "per 1,000 requests",
                "at this volume",
                figure="usd_per_1k_requests",
                of=chosen.strategy,
            )
        )
    return tuple(facts)


def _way(ratio: float) -> Fact:
    """Return how far the plan is from where the answer turns, a volume over its own."""
    if ratio < 1.0:
        return Fact(format_quantity(1.0 - ratio, "frac", figures=2), "fewer requests", "and the answer turns")
    if ratio < _TIMES:
        return Fact(format_quantity(ratio - 1.0, "frac", figures=2), "more requests", "and the answer turns")
    return Fact(f"{format_quantity(ratio, '1', figures=2)}×", "the requests", "and the answer turns")


def _chart(told: Told, found: BreakEven, low: float, high: float) -> Chart:
    """Return the lines on the volumes of all of them, so that they share one x axis."""
    values = found.costs.values
    inside = (values >= low) & (values <= high)
    shown = values[inside]
    series = tuple(
        Series(LABELS[name], told.money(found.costs.row(name)[inside]), name)
        for name in (each.strategy for each in told.order)
        if np.any(np.isfinite(found.costs.row(name)))
    )
    here = found.axis.here
    marks = [Mark("vertical", f"this plan, {volume_text(here)}", here)]
    turn = told.crossing
    if turn is not None and told.chosen is not None:
        own = np.interp(turn.requests_per_month, values, found.costs.row(told.chosen.strategy))
        if np.isfinite(own):
            words = f"{volume_text(turn.requests_per_month)} a month"
            marks.append(
                Mark(
                    "point", words, turn.requests_per_month, float(own) * told.per_usd, strategy=turn.strategy
                )
            )
    return Chart(
        kind="lines",
        title=f"Total over {told.months}",
        points=tuple(volume_text(value, 3) for value in shown.tolist()),
        unit="usd",
        series=series,
        x_title="Requests a month",
        x_values=tuple(shown.tolist()),
        x_log=True,
        y_log=True,
        selected=told.choice.strategy or "",
        marks=tuple(marks),
        from_zero=False,
        symbol=told.symbol,
    )
