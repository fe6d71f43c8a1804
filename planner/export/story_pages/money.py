"""Cost over time, and cost by category."""

from __future__ import annotations

import numpy as np

from planner.engine.lineitems import CATEGORIES, CATEGORY_TITLES
from planner.engine.results import StrategyResult
from planner.engine.verdict import DOING, NAMES
from planner.export.story import Chart, Fact, Page, Series
from planner.export.story_pages.answer import cost_lines, total_fact
from planner.export.story_pages.told import LABELS, Told, capitalised
from planner.units import format_quantity

MOST_CATEGORIES = 6
_LEAST = 0.01
"""Of the total: what a category must take to be told."""
REFRESH, OTHER = "refresh", "Other"


def usd_text(value: float, figures: int = 3) -> str:
    """Return an amount in words."""
    return format_quantity(value, "usd", figures=figures)


def cost(told: Told) -> Page:
    """Return the page of cost over time."""
    chosen = told.chosen
    if chosen is None:
        return Page("cost", "Nothing to cost.", "No strategy fits on this hardware.")
    headline, subline = _course(told, chosen)
    return Page(
        key="cost",
        headline=headline,
        subline=subline,
        strategy=chosen.strategy,
        facts=(
            total_fact(told, chosen),
            _fact(chosen, "npv_usd", "present value", f"at {_rate(told)} a year"),
            _fact(chosen, "first_release_usd", "first release", "paid at the start"),
            _fact(chosen, "usd_per_1k_requests", "per 1,000 requests", "one-off costs included"),
        ),
        chart=cost_lines(told, marked=False),
        caveat=_band_words(told, chosen),
        inputs=told.inputs(),
    )


def _rate(told: Told) -> str:
    return format_quantity(told.scenario.prices.discount_frac_per_year, "frac")


def _fact(result: StrategyResult, figure: str, caption: str, detail: str) -> Fact:
    return Fact(
        format_quantity(float(result[figure]), "usd"), caption, detail, figure=figure, of=result.strategy
    )


def _course(told: Told, chosen: StrategyResult) -> tuple[str, str]:
    """Return headline and subline: when it pays back, and what a month costs."""
    base, payback = told.baseline, float(chosen["payback_month"])
    first = float(chosen["first_release_usd"])
    monthly = (float(chosen["total_usd"]) - first) / told.horizon
    later = (
        f"{usd_text(monthly)} a month on average" if told.horizon > 1 else f"{usd_text(monthly)} in the month"
    )
    course = f"{usd_text(first)} at the start, then {later}."
    if base is None or told.horizon == 0:
        return f"{usd_text(float(chosen['total_usd']))} over {told.months}.", capitalised(course)
    if chosen is not base:
        back = np.isfinite(payback)
        return (f"Paid back in month {payback:.0f}." if back else f"Not paid back in {told.months}."), course
    others = [each for each in told.fitting if each is not base]
    back_too = [each for each in others if np.isfinite(float(each["payback_month"]))]
    if not others:
        return f"{usd_text(float(chosen['total_usd']))} over {told.months}.", course
    if not back_too:
        return f"Nothing else pays back in {told.months}.", course
    soonest = min(back_too, key=lambda each: float(each["payback_month"]))
    month = float(soonest["payback_month"])
    return f"{NAMES[soonest.strategy]} would pay back in month {month:.0f}.", course


def _band_words(told: Told, chosen: StrategyResult) -> str:
    missing = [LABELS[each.strategy] for each in told.order if each not in told.fitting]
    said = f"Shaded: P10 to P90 of {DOING[chosen.strategy]}, {told.draws}." if told.uncertain else ""
    if not told.uncertain:
        said = f"{capitalised(told.draws)}, so no band is shown."
    if missing:
        verb = "does" if len(missing) == 1 else "do"
        said += f" {' and '.join(missing)} {verb} not fit."
    return said


# ---------------------------------------------------------------- by category
def categories(told: Told) -> Page:
    """Return the page of cost by category."""
    chosen = told.chosen
    if chosen is None:
        said = "No strategy fits on this hardware."
        return Page("categories", "Nothing to cost.", said)
    spent = sorted(chosen.by_category().items(), key=lambda each: -each[1])
    total = float(chosen["total_usd"])
    headline, subline = _largest(spent, total)
    return Page(
        key="categories",
        headline=headline,
        subline=subline,
        strategy=chosen.strategy,
        facts=tuple(
            Fact(
                usd_text(usd),
                CATEGORY_TITLES[name].lower(),
                f"{_share(usd, total)} of the total",
                figure="refresh_usd" if name == REFRESH else "",
                of=chosen.strategy if name == REFRESH else "",
            )
            for name, usd in spent[:4]
            if usd > _LEAST * total
        ),
        chart=_stacks(told),
        caveat="Refreshes stand apart: their labour, data and training are not in the other categories.",
        inputs=told.inputs("serving.usd_per_accelerator_h", "labour.usd_per_hour"),
    )


def _share(usd: float, total: float) -> str:
    return format_quantity(usd / total, "frac", figures=2) if total else ""


def _largest(spent: list[tuple[str, float]], total: float) -> tuple[str, str]:
    if not spent or not total:
        return "It costs nothing.", ""
    name, usd = spent[0]
    headline = f"{CATEGORY_TITLES[name]} takes {_share(usd, total)} of the cost."
    rest = [(CATEGORY_TITLES[each].lower(), part) for each, part in spent[1:3] if part > 0.0]
    if not rest:
        return headline, f"{usd_text(usd)} of {usd_text(total)}."
    listed = " and ".join(f"{title} {_share(part, total)}" for title, part in rest)
    return headline, f"{usd_text(usd)} of {usd_text(total)}; {listed}."


def _stacks(told: Told) -> Chart:
    """Return bars of strategies by category, the largest categories first, the smallest together."""
    spent = {result.strategy: result.by_category() for result in told.fitting}
    sums = {name: sum(each.get(name, 0.0) for each in spent.values()) for name in (*CATEGORIES, REFRESH)}
    names = sorted((name for name, usd in sums.items() if usd > 0.0), key=lambda name: -sums[name])
    kept, rest = names[:MOST_CATEGORIES], names[MOST_CATEGORIES:]
    if len(rest) == 1:
        kept, rest = names, []
    series = [
        Series(CATEGORY_TITLES[name], told.money([each.get(name, 0.0) for each in spent.values()]))
        for name in kept
    ]
    if rest:
        usd = [sum(each.get(name, 0.0) for name in rest) for each in spent.values()]
        series.append(Series(OTHER, told.money(usd)))
    return Chart(
        kind="stacked",
        title="Cost by category",
        points=tuple(LABELS[name] for name in spent),
        unit="usd",
        series=tuple(series),
        strategies=tuple(spent),
        selected=told.choice.strategy or "",
        symbol=told.symbol,
    )
