"""Scenarios beside each other: what each strategy costs in each, and why two of them differ."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from planner.engine.choice import choose
from planner.engine.compare import Bridge, Step, bridge
from planner.engine.results import Results
from planner.engine.run import simulate
from planner.engine.verdict import NAMES, gap_usd_text
from planner.errors import PlannerError
from planner.export.differences import grouping_texts, input_text, method_text, step_title
from planner.export.story import Chart, Grid, Page, Series
from planner.export.story_pages.told import LABELS, SHORT, Told, elided
from planner.export.words import letter_of
from planner.scenario.fields import in_sentence
from planner.scenario.model import STRATEGY_WORDS, Scenario
from planner.units import MISSING, format_quantity

MOST_SCENARIOS: Final = 4
MOST_STEPS: Final = 6
_HEADLINE_NAME, _NAME, _VALUE = 17, 22, 16
_HARDLY: Final = 0.5
_SMALL: Final = 0.005
"""Of a total: what a step must change to stand by itself."""


class Side(NamedTuple):
    """A scenario with its letter and results; None where it cannot be costed."""

    letter: str
    scenario: Scenario
    results: Results | None

    @property
    def choice(self) -> str | None:
        """Its choice."""
        return None if self.results is None else choose(self.results).strategy

    @property
    def answer(self) -> str:
        """Its choice in few words; what only comes nearest is none."""
        if self.results is None:
            return MISSING
        found = choose(self.results)
        return "none" if found.strategy is None or found.case == "nothing" else SHORT[found.strategy]


def scenarios(told: Told) -> Page:
    """Return the page of scenarios; of a plan with one there is none."""
    sides = _sides(told)
    first, second = _pair(told, sides)
    found = _bridge(told, first, second)
    headline, subline = _words(first, second, found)
    return Page(
        key="scenarios",
        headline=headline,
        subline=subline,
        strategy=second.choice or "",
        chart=None if isinstance(found, str) else _chart(told, (first, second), found),
        table=_totals(told, sides),
        caveat=_caveat(told, found),
        notes=() if isinstance(found, str) else _steps_said(first, second, found),
        inputs=told.inputs(),
    )


def _sides(told: Told) -> list[Side]:
    active, sides = told.scenario.name, []
    for number, scenario in enumerate(told.plan.scenarios):
        results: Results | None = told.results
        if scenario.name != active:
            try:
                results = simulate(scenario, told.catalog)
            except PlannerError:  # the window says why; beside the others it has no figures
                results = None
        sides.append(Side(letter_of(number), told.scenario if scenario.name == active else scenario, results))
    return sides


def _pair(told: Told, sides: list[Side]) -> tuple[Side, Side]:
    """Return what is compared: the first scenario and the active one, or the first two."""
    second = next((side for side in sides[1:] if side.scenario.name == told.scenario.name), sides[1])
    return sides[0], second


def _bridge(told: Told, first: Side, second: Side) -> Bridge | str:
    """Return why two scenarios differ, or why that cannot be said."""
    if first.choice is None or second.choice is None:
        return "One of them has no figures, so what differs cannot be priced."
    try:
        return bridge(first.scenario, second.scenario, told.catalog, (first.choice, second.choice))
    except PlannerError as error:
        return error.message


# ---------------------------------------------------------------- words
def _words(first: Side, second: Side, found: Bridge | str) -> tuple[str, str]:
    one, other = (elided(side.scenario.name, _HEADLINE_NAME) for side in (first, second))
    if isinstance(found, str):
        return f"{one} and {other}.", "What each strategy costs in each of them."
    usd = found.difference()
    if abs(usd) < _HARDLY:
        headline = f"{other} costs the same."
    else:
        headline = f"{other} costs {gap_usd_text(abs(usd))} {'more' if usd > 0.0 else 'less'}."
    names = [NAMES[name] for name in found.strategies]
    who = f"{names[1]} in both" if names[0] == names[1] else f"{names[1]} there, {names[0]} in {one}"
    largest = max(found.steps, key=lambda step: abs(step.effects["total_usd"]), default=None)
    why = ""
    if largest is not None and abs(largest.effects["total_usd"]) >= _HARDLY:
        why = f"; the largest step is {in_sentence(elided(step_title(largest), 26))}"
    return headline, f"{who}{why}."


def _caveat(told: Told, found: Bridge | str) -> str:
    more = len(told.plan.scenarios) - MOST_SCENARIOS
    said = found if isinstance(found, str) else f"{method_text(found)}." if found.steps else ""
    others = "1 more scenario is" if more == 1 else f"{more} more scenarios are"
    return f"{said} {others} in the plan.".strip() if more > 0 else said


def _steps_said(first: Side, second: Side, found: Bridge) -> tuple[str, ...]:
    lines = [
        f"{step_title(step)}: {_change(step, first, second)}"
        f"{format_quantity(step.effects['total_usd'], 'usd', sign=True)}"
        for step in found.ordered()
    ]
    return (*lines, *grouping_texts(found))


def _change(step: Step, first: Side, second: Side) -> str:
    """ "2.0M/mo → 600k/mo, ", or nothing where several inputs are one step."""
    path = step.paths[0]
    if len(step.paths) > 1 or path == "strategy":
        return ""
    before, after = (elided(input_text(path, side.scenario), _VALUE) for side in (first, second))
    return f"{before} → {after}, "


# ---------------------------------------------------------------- chart and table
def _chart(told: Told, pair: tuple[Side, Side], found: Bridge) -> Chart:
    """Return the way from one total to the other, the largest steps by themselves."""
    ordered = found.ordered()
    least = _SMALL * max(found.before["total_usd"], found.after["total_usd"])
    large = [step for step in ordered if abs(step.effects["total_usd"]) >= least]
    kept = sorted(large, key=lambda step: -abs(step.effects["total_usd"]))[:MOST_STEPS]
    if len(ordered) == len(kept) + 1:
        kept = list(ordered)
    steps = [step for step in ordered if step in kept]
    rest = sum(step.effects["total_usd"] for step in ordered if step not in kept)
    names = [f"{side.letter} {elided(side.scenario.name, _NAME)}" for side in pair]
    words = [step_title(step) for step in steps]
    usd = [step.effects["total_usd"] for step in steps]
    if len(ordered) > len(kept):
        words.append(f"{len(ordered) - len(kept)} small steps")
        usd.append(rest)
    values = told.money([found.before["total_usd"], *usd, found.after["total_usd"]])
    return Chart(
        kind="bridge",
        title=f"Total cost, from {pair[0].letter} to {pair[1].letter}",
        points=(names[0], *words, names[1]),
        unit="usd",
        series=(Series("Total", values),),
        strategies=(found.strategies[0], *("" for _ in words), found.strategies[1]),
        totals=(True, *(False for _ in words), True),
        symbol=told.symbol,
    )


def _totals(told: Told, sides: list[Side]) -> Grid:
    shown = _shown(told, sides)
    taking = {name for side in shown for name in side.scenario.strategies}
    order = [name for name in STRATEGY_WORDS if name in taking]
    rows = [(LABELS[name], *(_total(side, name) for side in shown)) for name in order]
    answers = ("Answer", *(side.answer for side in shown))
    heads = ("Total", *(f"{side.letter} {elided(side.scenario.name, _NAME)}" for side in shown))
    return Grid(heads, (*rows, answers), (*order, ""))


def _shown(told: Told, sides: list[Side]) -> list[Side]:
    """Return as many as a table holds, the active one among them."""
    shown = sides[:MOST_SCENARIOS]
    if all(side.scenario.name != told.scenario.name for side in shown):
        active = next(side for side in sides if side.scenario.name == told.scenario.name)
        shown[-1] = active
    return shown


def _total(side: Side, name: str) -> str:
    if side.results is None or name not in side.results.strategies:
        return MISSING
    result = side.results.strategies[name]
    if not bool(np.all(result.fits)):
        return "does not fit"
    return format_quantity(float(result["total_usd"]), "usd")
