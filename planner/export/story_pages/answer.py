"""The answer on one page, and the words of its headline: the verdict's, said in large type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from planner.engine.results import StrategyResult
from planner.engine.risk import StrategyRisk
from planner.engine.verdict import DOING, gap_usd_text
from planner.export.story import Chart, Fact, Grid, Mark, Page, Series
from planner.export.story_pages.told import COUNTS, LABELS, Told, capitalised, elided
from planner.export.words import figure_text
from planner.units import MISSING, format_apart, format_quantity

_DO: Final = {
    "api": "Stay with the API.",
    "prompt": "Host the base model.",
    "finetune": "Fine-tune the model.",
    "distil": "Distil the model.",
    "both": "Fine-tune, then distil.",
}
_P10, _P90 = 1, 5  # places in planner.engine.risk.PERCENTILES
_TURN: Final = 0.5
_PROBLEM: Final = 160


def answer(told: Told) -> Page:
    """Return the page of the answer."""
    headline, subline = spoken(told)
    chosen = told.chosen
    return Page(
        key="answer",
        headline=headline,
        subline=subline,
        strategy=told.verdict.strategy or "",
        facts=() if chosen is None else _facts(told, chosen),
        chart=cost_lines(told, marked=True),
        table=_problems(told) if chosen is None else None,
        caveat=_caveat(told),
        inputs=told.inputs(),
    )


# ---------------------------------------------------------------- words
def spoken(told: Told) -> tuple[str, str]:
    """Return headline and subline: what to do, and why; the verdict's words wherever it has them."""
    sentence, choice, chosen = told.verdict.sentence, told.choice, told.chosen
    if chosen is None:
        return told.verdict.sentence, "What each lacks, and what would make it fit."
    if choice.case == "nothing":
        start, _, rest = sentence.removesuffix(".").partition("; ")
        return f"{start}.", f"{capitalised(rest)}." if rest else ""
    if choice.case == "clear" and told.baseline is not None:
        return _DO[chosen.strategy], _saving(told, chosen, told.baseline)
    start, _, rest = sentence.partition(": ")
    headline = f"{start}." if choice.case in ("too_close", "baseline") else _DO[chosen.strategy]
    return headline, capitalised(rest)


def _saving(told: Told, chosen: StrategyResult, base: StrategyResult) -> str:
    """ "It saves $1.1M in 24 months and pays for itself in month 4."."""
    saved = gap_usd_text(float(base["total_usd"]) - float(chosen["total_usd"]))
    month = float(chosen["payback_month"])
    back = f" and pays for itself in month {month:.0f}" if np.isfinite(month) else ""
    return f"It saves {saved} in {told.months}{back}."


def _caveat(told: Told) -> str:
    """Return what one gains by the next best and what would flip the answer, with the volume of this plan."""
    if told.chosen is None:
        return ""
    said = told.verdict.second
    if told.crossing is None or "requests a month" not in said:
        return said
    volume = format_quantity(told.scenario.workload.requests_per_month, "count", figures=2)
    return f"{said} This plan has {volume}."


def _problems(told: Told) -> Grid:
    """Return why no strategy fits."""
    rows = tuple(
        (LABELS[each.strategy], elided(f"{problem.message} {problem.hint}", _PROBLEM))
        for each in told.order
        for problem in each.problems[:1]
    )
    return Grid(("Strategy", "Why it does not fit"), rows, tuple(each.strategy for each in told.order))


# ---------------------------------------------------------------- facts
def _facts(told: Told, chosen: StrategyResult) -> tuple[Fact, ...]:
    return (
        total_fact(told, chosen),
        chance_fact(told, chosen),
        _score(told, chosen),
        carbon_fact(told, chosen),
    )


def total_fact(told: Told, chosen: StrategyResult) -> Fact:
    """Return the total of a strategy, and how sure it is."""
    return Fact(
        format_quantity(float(chosen["total_usd"]), "usd"),
        f"total over {told.months}",
        told.span(chosen),
        strategy=chosen.strategy,
        figure="total_usd",
        of=chosen.strategy,
    )


def chance_fact(told: Told, chosen: StrategyResult) -> Fact:
    """Return how often a strategy is the best one; how often it keeps all limits, where none does."""
    title, share = chance_of(told)
    caption = f"{title[:1].lower()}{title[1:]}"
    if told.drawn is None or not told.uncertain:
        return Fact(MISSING, caption, told.draws)
    said = f"in {told.draws}" if share is keeps else f"of {COUNTS[len(told.order)]} ways, {told.draws}"
    return Fact(told.chance(share(told.drawn.strategies[chosen.strategy])), caption, said)


def keeps(found: StrategyRisk) -> float:
    """Return in which share of draws a strategy keeps every limit."""
    return found.competes_frac


def chance_of(told: Told) -> tuple[str, Callable[[StrategyRisk], float]]:
    """Return which chance speaks of the answer: figures, chart and headline are of the same."""
    if told.choice.case in ("nothing", "quality") or len(told.order) == 1:
        return "Chance to keep every limit", keeps
    if told.choice.case == "carbon":
        return "Chance to emit least", lambda found: found.greenest_frac
    return "Chance to be cheapest", lambda found: found.cheapest_frac


def _score(told: Told, chosen: StrategyResult) -> Fact:
    value, floor = float(chosen["quality"]), told.scenario.limits.min_quality
    text, details = f"{value:.0f}", []
    if floor is not None and "limits.min_quality" not in chosen.misses:
        text, said = format_apart(value, floor, "points")
        details.append(f"floor {said}")
    elif floor is not None:  # what misses it is the lowest score, between refreshes
        lowest, said = format_apart(float(chosen["quality_lowest"]), floor, "points", figures=3)
        falls = f"falls to {lowest}, " if value >= floor else ""
        details.append(f"{falls}floor {said}, missed")
    other = told.baseline
    if other is chosen or other is None:
        runner = told.choice.runner_up
        other = None if runner is None else told.results.strategies[runner]
    if other is not None:
        details.append(f"{DOING[other.strategy]} has {float(other['quality']):.0f}")
    return Fact(text, "points of 100", ", ".join(details), figure="quality", of=chosen.strategy)


def carbon_fact(told: Told, chosen: StrategyResult) -> Fact:
    """Return what a strategy emits, beside its budget where there is one."""
    budget = told.scenario.limits.max_carbon_kgco2e
    if budget is None:
        detail = f"{figure_text(chosen, 'energy_kwh')} at the meter"
    else:
        missed = ", missed" if "limits.max_carbon_kgco2e" in chosen.misses else ""
        detail = f"the budget is {format_quantity(budget, 'kgco2e', figures=2)}{missed}"
    text = figure_text(chosen, "carbon_kgco2e")
    return Fact(text, "of CO₂e", detail, figure="carbon_kgco2e", of=chosen.strategy)


# ---------------------------------------------------------------- chart
def cost_lines(told: Told, *, marked: bool) -> Chart | None:
    """Return what every strategy costs up to each month, with the band of the choice."""
    if not told.fitting:
        return None
    months = range(told.horizon + 1)
    marks = (*_payback(told), *_gap(told)) if marked else _payback(told)
    return Chart(
        kind="lines",
        title="Cumulative cost",
        points=tuple("start" if month == 0 else str(month) for month in months),
        unit="usd",
        series=tuple(_line(told, result) for result in told.fitting),
        x_title="Month",
        x_values=tuple(float(month) for month in months),
        selected=told.choice.strategy or "",
        marks=marks,
        symbol=told.symbol,
    )


def _line(told: Told, result: StrategyResult) -> Series:
    name = result.strategy
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    if name == told.choice.strategy and told.drawn is not None and told.uncertain:
        bands = told.drawn.strategies[name].cumulative_usd * told.per_usd
        if np.all(np.isfinite(bands)):
            low, high = (tuple(bands[row].tolist()) for row in (_P10, _P90))
    return Series(LABELS[name], told.money(result.cumulative_usd), name, low, high)


def _payback(told: Told) -> tuple[Mark, ...]:
    """Return where the line of the choice goes under that of the baseline for good."""
    chosen, base = told.chosen, told.baseline
    if chosen is None or base is None or chosen is base:
        return ()
    payback = float(chosen["payback_month"])
    if not np.isfinite(payback):
        return ()
    month = int(payback)
    own, other = (np.ravel(each.cumulative_usd) * told.per_usd for each in (chosen, base))
    before, after = own[month - 1] - other[month - 1], own[month] - other[month]
    share = before / (before - after) if before > 0.0 else 1.0
    x = month - 1 + share
    y = own[month - 1] + share * (own[month] - own[month - 1])
    return (Mark("point", f"paid back, month {month}", float(x), float(y), strategy=chosen.strategy),)


def _gap(told: Told) -> tuple[Mark, ...]:
    """Return by how much the choice ends below the baseline, or above it."""
    chosen, base = told.chosen, told.baseline
    if chosen is None or base is None or chosen is base:
        return ()
    low, high = (float(each["total_usd"]) for each in (chosen, base))
    if abs(high - low) < _TURN:
        return ()
    words = gap_usd_text(abs(high - low))
    low, high = low * told.per_usd, high * told.per_usd
    return (Mark("gap", words, float(told.horizon), low, high, chosen.strategy),)
