"""What a speaker may be asked: the numbers of a page in words, and how its headline figures come about."""

from __future__ import annotations

from typing import Final

from planner.engine.equations.derivations import figure_lines
from planner.engine.results import FIGURES
from planner.export.story import Chart, Fact, Page
from planner.export.story_pages.told import LABELS, Told
from planner.units import format_quantity, money_in

_MOST_LINES: Final = 6
_DERIVED: Final = 2
"""Figures of a page whose equations are written out."""


def notes(told: Told, page: Page) -> tuple[str, ...]:
    """Return the notes of a page: its figures, the ends of its lines, equations with the numbers put in."""
    return (*_figures(page), *numbers(page.chart), *_derivations(told, page))


def _figures(page: Page) -> tuple[str, ...]:
    return tuple(_said(fact) for fact in page.facts)


def _said(fact: Fact) -> str:
    return f"{fact.value} {fact.caption}" + (f" ({fact.detail})." if fact.detail else ".")


# ---------------------------------------------------------------- numbers of a chart
def numbers(chart: Chart | None) -> tuple[str, ...]:
    """Return the numbers of a chart in words: ends of lines, lengths of bars."""
    if chart is None or chart.kind == "bridge":  # a bridge has notes of its own, a line a step
        return ()
    with money_in(chart.symbol, 1.0):
        if chart.kind == "stacked":
            return tuple(_stack(chart, number) for number in range(len(chart.points)))
        if chart.kind == "bars":
            return (
                f"{chart.title}: {'; '.join(_bar(chart, number) for number in range(len(chart.points)))}.",
            )
        return _lines(chart)


def _value(chart: Chart, value: float | None) -> str:
    return format_quantity(value, chart.unit)


def _stack(chart: Chart, number: int) -> str:
    parts = [(each.name, each.values[number] or 0.0) for each in chart.series]
    total = sum(value for _, value in parts)
    said = ", ".join(f"{name.lower()} {_value(chart, value)}" for name, value in parts if value)
    return f"{chart.points[number]}: {_value(chart, total)}" + (f" = {said}." if said else ".")


def _bar(chart: Chart, number: int) -> str:
    (series,) = chart.series
    return f"{chart.points[number]} {chart.text(series, number)}"


def _lines(chart: Chart) -> tuple[str, ...]:
    """Return where lines stand at some places: the last; on a logarithmic axis both ends and the middle."""
    last = len(chart.points) - 1
    places = (0, last // 2, last) if chart.x_log else (last,)
    found = []
    for place in dict.fromkeys(places):
        ends = "; ".join(f"{each.name} {_value(chart, each.values[place])}" for each in chart.series)
        found.append(f"{chart.title}, {chart.x_title.lower()} {chart.points[place]}: {ends}.")
    return tuple(found)


# ---------------------------------------------------------------- equations
def _derivations(told: Told, page: Page) -> tuple[str, ...]:
    found: list[str] = []
    for fact in [fact for fact in page.facts if fact.figure and fact.of][:_DERIVED]:
        lines = figure_lines(told.results, fact.of, fact.figure, most=_MOST_LINES)
        if lines:
            found.append(f"{FIGURES[fact.figure].title}, {LABELS[fact.of]}:")
            found += lines
    return tuple(found)
