"""Energy, carbon and water of the choice, and what all strategies emit."""

from __future__ import annotations

import numpy as np

from planner.engine.results import StrategyResult
from planner.engine.verdict import DOING
from planner.export.story import Chart, Fact, Mark, Page, Series
from planner.export.story_pages.answer import carbon_fact
from planner.export.story_pages.told import COUNTS, LABELS, Told, capitalised
from planner.export.words import figure_text
from planner.units import WH_PER_KWH, format_quantity, format_range


def energy(told: Told) -> Page:
    """Return the page of energy and carbon."""
    chosen = told.chosen
    if chosen is None:
        return Page("energy", "Nothing to count.", "No strategy fits on this hardware.")
    headline, subline = _words(told, chosen)
    return Page(
        key="energy",
        headline=headline,
        subline=subline,
        strategy=chosen.strategy,
        facts=(
            carbon_fact(told, chosen),
            _fact(chosen, "energy_kwh", "at the meter", "cooling included"),
            Fact(_per_request(told, chosen), "per request", "training and upkeep included"),
            _fact(chosen, "water_l", "of water", "on site and at power plants"),
        ),
        chart=_carbon(told),
        caveat=_caveat(told),
        inputs=told.inputs("site.pue", "serving.target_load_frac"),
    )


def is_wide(result: StrategyResult) -> bool:
    """Return whether only a range of its energy and carbon is known."""
    low, high = result.energy_range_frac
    return high > low


def _fact(result: StrategyResult, figure: str, caption: str, detail: str) -> Fact:
    return Fact(figure_text(result, figure), caption, detail, figure=figure, of=result.strategy)


def _per_request(told: Told, chosen: StrategyResult) -> str:
    requests = float(np.sum(told.results.requests_by_month))
    if requests <= 0.0:
        return format_quantity(None, "wh")
    wh = float(chosen["energy_kwh"]) * WH_PER_KWH / requests
    low, high = chosen.energy_range_frac
    if is_wide(chosen):
        return format_range(wh * low, wh * high, "wh")
    return format_quantity(wh, "wh", figures=2)


def _words(told: Told, chosen: StrategyResult) -> tuple[str, str]:
    carbon = figure_text(chosen, "carbon_kgco2e")
    headline = f"{carbon} of CO₂e over {told.months}."
    others = [each for each in told.fitting if each is not chosen]
    if not others:
        return headline, f"{figure_text(chosen, 'energy_kwh')} at the meter."
    base = told.baseline if told.baseline is not None and told.baseline is not chosen else None
    other = base or min(others, key=lambda each: float(each["carbon_kgco2e"]))
    against = f"{DOING[other.strategy]} emits {figure_text(other, 'carbon_kgco2e')}"
    if all(_ends(chosen)[1] <= _ends(each)[0] for each in others):
        return headline, f"The least of {COUNTS[len(told.fitting)]}; {against}."
    return headline, f"{capitalised(against)}."


def _ends(result: StrategyResult) -> tuple[float, float]:
    """Return low and high of what a strategy emits. [kgCO2e]."""
    carbon = float(result["carbon_kgco2e"])
    low, high = result.energy_range_frac
    return carbon * low, carbon * high


def _carbon(told: Told) -> Chart:
    """Return what each strategy emits; a span where no more than a range is known."""
    values, low, high = [], [], []
    for each in told.fitting:
        values.append(None if is_wide(each) else float(each["carbon_kgco2e"]))
        low.append(_ends(each)[0])
        high.append(_ends(each)[1])
    budget = told.scenario.limits.max_carbon_kgco2e
    marks = []
    if budget is not None:
        words = f"budget {format_quantity(budget, 'kgco2e', figures=2)}"
        marks.append(Mark("horizontal", words, y=float(budget)))
    names = tuple(each.strategy for each in told.fitting)
    return Chart(
        kind="bars",
        title="Carbon by strategy",
        points=tuple(LABELS[name] for name in names),
        unit="kgco2e",
        series=(Series("CO₂e", tuple(values), low=tuple(low), high=tuple(high)),),
        strategies=names,
        selected=told.choice.strategy or "",
        marks=tuple(marks),
    )


def _caveat(told: Told) -> str:
    wide = [each for each in told.fitting if is_wide(each)]
    if not wide:
        return "Operational, location-based, and embodied by reserved hours."
    factor = wide[0].energy_range_frac[1]
    return f"Energy and carbon of {DOING[wide[0].strategy]} are known within a factor of {factor:.0f} only."
