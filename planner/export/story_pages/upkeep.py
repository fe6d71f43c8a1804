"""Updates: when releases are refreshed, what that costs, and how the score falls in between."""

from __future__ import annotations

import numpy as np

from planner.engine.results import StrategyResult
from planner.export.story import Chart, Grid, Mark, Page, Series
from planner.export.story_pages.told import LABELS, Told
from planner.units import MISSING, format_apart, format_quantity


def updates(told: Told) -> Page:
    """Return the page of updates."""
    chosen = told.chosen
    if chosen is None:
        return Page("updates", "Nothing to keep current.", "No strategy fits on this hardware.")
    headline, subline = _words(told, chosen)
    return Page(
        key="updates",
        headline=headline,
        subline=subline,
        strategy=chosen.strategy,
        chart=_scores(told),
        table=_table(told),
        caveat="A release loses score with age and regains it when refreshed. Refreshes are in the totals.",
        inputs=told.inputs("refresh.interval_months", "refresh.drift_points_per_month"),
    )


def _count(result: StrategyResult) -> int:
    return round(float(result["refreshes"]))


def _words(told: Told, chosen: StrategyResult) -> tuple[str, str]:
    count, usd = _count(chosen), float(chosen["refresh_usd"])
    top, low = float(chosen["quality"]), float(chosen["quality_lowest"])
    fall = "The score stays as released."
    if top - low >= 0.05:
        first, last = format_apart(top, low, "points")
        fall = (
            f"The score falls from {first} to {last} before the next."
            if count
            else (f"The score falls from {first} to {last} by the end.")
        )
    if not count:
        return f"No refresh in {told.months}.", fall
    times = "One refresh costs" if count == 1 else f"{count} refreshes cost"
    every = told.results.choices[chosen.strategy].interval_months
    rhythm = f"Every {every} months. " if every > 1 and count > 1 else ""
    rhythm = "Every month. " if every == 1 else rhythm
    return f"{times} {format_quantity(usd, 'usd')}.", f"{rhythm}{fall}"


def _scores(told: Told) -> Chart | None:
    """Return the score of each strategy by month: a saw-tooth of age and refreshes."""
    months = range(1, told.horizon + 1)
    series = tuple(
        Series(LABELS[each.strategy], tuple(np.ravel(each.quality_by_month).tolist()), each.strategy)
        for each in told.fitting
    )
    floor = told.scenario.limits.min_quality
    marks = () if floor is None else (Mark("horizontal", f"floor {floor:g}", y=float(floor)),)
    return Chart(
        kind="lines",
        title="Score by month",
        points=tuple(str(month) for month in months),
        unit="points",
        series=series,
        x_title="Month",
        x_values=tuple(float(month) for month in months),
        selected=told.choice.strategy or "",
        marks=marks,
        from_zero=False,
    )


def _table(told: Told) -> Grid:
    rows = []
    for each in told.order:
        name = LABELS[each.strategy]
        if each not in told.fitting:
            rows.append((name, "does not fit", MISSING, MISSING))
            continue
        count, usd = _count(each), float(each["refresh_usd"])
        first = format_quantity(usd / count, "usd") if count else MISSING
        rows.append((name, str(count), format_quantity(usd, "usd"), first))
    return Grid(
        ("Upkeep", "Updates", "Cost", "Each"),
        tuple(rows),
        tuple(each.strategy for each in told.order),
    )
