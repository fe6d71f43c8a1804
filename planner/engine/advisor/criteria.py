"""The advisor's table: every strategy by every criterion, with this plan's own figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from planner.engine.advisor.cells import Cell, Criterion, Figure, Part, with_best
from planner.engine.advisor.release import (
    carbon_kgco2e,
    data_usd,
    energy_kwh,
    training_h,
    weeks_to_release,
)
from planner.engine.advisor.truths import EXPLAINABILITY, TITLES, TRUTHS
from planner.engine.crossing import VOLUME
from planner.engine.lineitems import CATEGORY_TITLES, USD, category_of
from planner.engine.results import Results, StrategyResult
from planner.engine.scores import ScoreRange
from planner.scenario.model import Scenario
from planner.units import HOURS_PER_MONTH, HOURS_PER_WEEK, MISSING

_HOUSE: Final = "limits.self_hosted_only"
Make = Callable[["Case"], Cell]


@dataclass(frozen=True, slots=True)
class Window:
    """Volumes at which a strategy is the choice, None where it still is at the end of what was tried.

    [1/month].
    """

    strategy: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class More:
    """What is counted beside the results, where it is known.

    Attributes
    ----------
    windows : sequence of Window or None
        Where each strategy is the choice by volume.
    scores : mapping of str to ScoreRange
        How sure each score is.
    """

    windows: Sequence[Window] | None = None
    scores: Mapping[str, ScoreRange] = field(default_factory=dict)


NOTHING_MORE: Final = More()


@dataclass(frozen=True, slots=True)
class Case:
    """One strategy of a plan: what a cell is made from."""

    results: Results
    result: StrategyResult
    chosen: str | None
    more: More

    @property
    def windows(self) -> Sequence[Window] | None:
        """Where each strategy is the choice, where that has been counted."""
        return self.more.windows

    @property
    def name(self) -> str:
        """The strategy."""
        return self.result.strategy

    @property
    def scenario(self) -> Scenario:
        """The plan."""
        return self.results.scenario

    def value(self, figure: str) -> float:
        """Return a figure of the results."""
        return float(self.result[figure])

    def figure(self, name: str, unit: str, figures: int = 3) -> Figure:
        """Return a figure of the results with its unit."""
        return Figure(self.value(name), unit, figures=figures)

    def truth(self, criterion: str) -> tuple[Part, ...]:
        """Return what generally holds."""
        return (TRUTHS[criterion][self.name],)


# ---------------------------------------------------------------------- what it is for
def _goal(case: Case) -> Cell:
    base = case.results.strategies[case.results.baseline]
    score, note = case.figure("quality", "points", 2), case.truth("goal")
    if case.result is base or not np.all(base.fits) or not float(base["total_usd"]):
        parts: tuple[Part, ...] = ("Score ", score, " for ", case.figure("total_usd", "usd"))
    else:
        change = case.value("total_usd") / float(base["total_usd"]) - 1.0
        parts = ("Score ", score, " at ", Figure(change, "frac", figures=2, sign=True), " cost")
    return Cell(case.name, parts, note, "total_usd")


def _window(case: Case) -> tuple[Part, ...]:
    """Return at which volumes it is the choice."""
    here = Figure(case.scenario.workload.requests_per_month, "count", figures=2)
    if case.windows is None:
        return (
            ("The choice at ", here, " a month")
            if case.name == case.chosen
            else ("Not at ", here, " a month")
        )
    own = [window for window in case.windows if window.strategy == case.name]
    if not own:
        return ("At no volume",)
    window = next((each for each in own if case.name == case.chosen and _holds(each, here.value)), own[0])
    low, high = window.low, window.high
    if low is None and high is None:
        return ("Any volume",)
    if low is None:
        return ("Up to ", _volume(high), " a month")
    if high is None:
        return ("From ", _volume(low), " a month")
    return (Figure(low, "count", high), " a month")


def _volume(requests: float | None) -> Figure:
    return Figure(np.nan if requests is None else requests, "count", figures=2)


def _holds(window: Window, volume: float) -> bool:
    return (window.low is None or window.low <= volume) and (window.high is None or volume <= window.high)


def _best_for(case: Case) -> Cell:
    chosen = case.name == case.chosen and bool(case.result.keeps_limits)
    kept = any(result.keeps_limits for result in case.results.strategies.values())
    rank = Figure(0.0 if chosen else 1.0, "1") if kept else None
    return Cell(case.name, _window(case), case.truth("best_for"), rank=rank, input=VOLUME)


def _data(case: Case) -> Cell:
    labels, answers = case.scenario.data.examples, case.scenario.distil.examples
    usd = Figure(data_usd(case.result), "usd")
    needs: dict[str, tuple[Part, ...]] = {
        "finetune": (Figure(labels, "count", figures=2), " labels, ", usd),
        "distil": (Figure(answers, "count", figures=2), " answers, ", usd),
        "both": (
            Figure(labels, "count", figures=2),
            " labels, ",
            Figure(answers, "count", figures=2),
            " answers, ",
            usd,
        ),
    }
    parts = needs.get(case.name, ("No training data",))
    return Cell(case.name, parts, case.truth("data"), "first_release_usd" if case.name in needs else "", usd)


# ---------------------------------------------------------------------- what one gets
def _quality(case: Case) -> Cell:
    score, lowest = case.figure("quality", "points", 2), case.figure("quality_lowest", "points", 3)
    held = case.more.scores.get(case.name)
    parts: tuple[Part, ...] = (score, " points")
    note: tuple[Part, ...] = (*case.truth("quality"), "; ", lowest, " at its oldest")
    if held is not None:
        parts = (score, " points (", Figure(held.low, "points", held.high), ")")
        note = (*note, "; your measure" if held.source == "you" else "; assumed")
    return Cell(case.name, parts, note, "quality", Figure(-score.value, "points", figures=2))


def _breadth(case: Case) -> Cell:
    score = case.figure("general_quality", "points", 2)
    rank = Figure(-score.value, "points", figures=2)
    return Cell(case.name, (score, " off its topic"), case.truth("breadth"), "general_quality", rank)


def _experience(case: Case) -> Cell:
    latency = case.figure("latency_p95_s", "s", 2)
    first, each = case.figure("ttft_p95_s", "s", 2), case.figure("tpot_s", "s", 2)
    note: tuple[Part, ...] = ("first token ", first, ", then ", each, " each")
    if case.result.device is not None:
        battery = case.figure("battery_frac_per_day", "chance")  # under 1 % says enough
        offline = "offline, " if case.result.is_offline(case.scenario) else ""
        note = (*note, f"; {offline}", battery, " of a battery a day")
    return Cell(case.name, (latency, " at p95"), note, "latency_p95_s", latency)


# ---------------------------------------------------------------------- what it costs
def _release(case: Case) -> Cell:
    usd = case.figure("first_release_usd", "usd")
    parts: dict[str, float] = {}
    if case.result.ledger is not None:
        for (item, phase), amount in case.result.ledger.totals(USD).items():
            if phase == "first release":
                category = category_of(item)
                parts[category] = parts.get(category, 0.0) + amount
    largest = max(parts, key=lambda name: parts[name], default="")
    note: tuple[Part, ...] = ()
    if largest and parts[largest]:
        note = (f"{CATEGORY_TITLES[largest].lower()} ", Figure(parts[largest], "usd"), " of it")
    return Cell(case.name, (usd, " up front"), note, "first_release_usd", usd)


def _running(case: Case) -> Cell:
    later = case.value("total_usd") - case.value("first_release_usd")
    monthly = Figure(later / case.scenario.horizon_months, "usd")
    note: tuple[Part, ...] = (case.figure("total_usd", "usd"), " in all")
    if not np.isnan(case.value("usd_per_1k_acceptable")):
        acceptable = case.figure("usd_per_1k_acceptable", "usd_per_1k_requests")
        note = (acceptable, " per 1k acceptable answers; ", *note)
    return Cell(case.name, (monthly, " a month"), note, "total_usd", monthly)


def _deployment(case: Case) -> Cell:
    fleet, device = case.result.fleet, case.result.device
    if device is not None:
        needed = "no network needed" if case.result.is_offline(case.scenario) else "a part goes on by network"
        return Cell(case.name, ("Users' devices",), (f"{device.card.name}, {needed}",))
    if fleet is None:
        return Cell(case.name, ("The provider's cloud",), ("nothing to run, nothing to own",))
    replicas, each = case.figure("replicas_peak", "count"), case.figure("accelerators_per_replica", "count")
    count = Figure(replicas.value * each.value, "count")
    desk = case.scenario.serving.student_target == "workstation" and case.name in ("distil", "both")
    noun = " replica" if replicas.value == 1.0 else " replicas"
    where = "our workstations" if desk else "a data centre"
    return Cell(
        case.name,
        (count, f" × {_card(fleet.replica.load.card.name)}"),
        (replicas, f"{noun} in {where}"),
        "replicas_peak",
    )


def _card(name: str) -> str:
    """Return a card's name without the memory that stands behind it."""
    words = name.split()
    return " ".join(words[:-1]) if words[-1].endswith("GB") and len(words) > 1 else name


def _energy(case: Case) -> Cell:
    low, high = case.result.energy_range_frac
    trained, used = energy_kwh(case.result)
    making, _ = carbon_kgco2e(case.result)
    whole, carbon = case.value("energy_kwh"), case.value("carbon_kgco2e")
    if low != high:
        span = Figure(whole * low, "kwh", whole * high)
        carbon_span = Figure(carbon * low, "kgco2e", carbon * high)
        note: tuple[Part, ...] = (carbon_span, " CO₂e; the provider publishes none")
        in_use = Figure(whole * low - trained, "kwh", whole * high - trained)
        known: tuple[Part, ...] = (Figure(trained, "kwh", figures=2), " to train, ") if trained else ()
        return Cell(case.name, (*known, in_use, " in use"), note, "energy_kwh", span)
    parts: tuple[Part, ...] = (Figure(used, "kwh", figures=2), " in use")
    note = (Figure(carbon, "kgco2e", figures=2), " CO₂e")
    if trained:
        parts = (Figure(trained, "kwh", figures=2), " to train, ", *parts)
        note = (*note, ", ", Figure(making, "kgco2e", figures=2), " of it in training")
    return Cell(case.name, parts, note, "energy_kwh", Figure(whole, "kwh", figures=2))


# ---------------------------------------------------------------------- how it lives on
def _adaptability(case: Case) -> Cell:
    weeks = Figure(float(case.result.lag_months) * HOURS_PER_MONTH / HOURS_PER_WEEK, "weeks", figures=2)
    count = case.value("refreshes")
    if not count:
        return Cell(case.name, (weeks, ", none planned"), case.truth("adaptability"))
    each = Figure(case.value("refresh_usd") / count, "usd", figures=2)
    return Cell(case.name, (weeks, ", ", each), case.truth("adaptability"), "refresh_usd", each)


def _upkeep(case: Case) -> Cell:
    count, usd = case.figure("refreshes", "count"), case.figure("refresh_usd", "usd")
    noun = " refresh, " if count.value == 1.0 else " refreshes, "
    parts: tuple[Part, ...] = (count, noun, usd) if count.value else ("No refresh",)
    return Cell(case.name, parts, case.truth("upkeep"), "refresh_usd", usd)


def _explainability(case: Case) -> Cell:
    word, reason = EXPLAINABILITY[case.name]
    return Cell(case.name, (f"Judged {word.lower()}",), (reason,))


def _house(case: Case) -> Cell:
    outside, asked = case.result.outside, case.scenario.limits.self_hosted_only
    if not outside:
        by_us = "served by us" if case.name == "prompt" else "trained and served by us"
        return Cell(case.name, ("Stays in",), (by_us,), input=_HOUSE)
    why = "the plan forbids it" if asked else "a contract must cover it"
    return Cell(case.name, ("Leaves the house",), (why,), input=_HOUSE)


def _weeks(case: Case) -> Cell:
    weeks = Figure(weeks_to_release(case.results, case.result), "weeks", figures=2)
    hours = Figure(float(case.scenario.get(f"labour.{case.name}_hours")), "count")
    people = case.scenario.labour.engineers
    note: tuple[Part, ...] = (hours, f" h by {people} {'engineer' if people == 1 else 'engineers'}")
    trained = training_h(case.results, case.result)
    if trained:
        note = (*note, ", ", Figure(trained, "h", figures=2), " of runs")
    return Cell(case.name, (weeks,), note, rank=weeks, input="labour.engineers")


def _sharing(case: Case) -> Cell:
    tasks, students = case.scenario.finetune.tasks, case.scenario.distil.students
    if case.name in ("api", "prompt"):
        return Cell(case.name, ("Any task",), ("another prompt on the same model",))
    if case.name == "finetune":
        full, provider = case.scenario.finetune.method == "full", case.scenario.finetune.host == "provider"
        if full or provider:
            why = "a fully tuned model serves one task" if full else "the provider shares nothing"
            return Cell(case.name, ("One model a task",), (why,), input="finetune.method")
        words = "One task" if tasks == 1 else f"{tasks} tasks on one base"
        why = (
            "more adapters could share the base" if tasks == 1 else "this plan pays its share of the replicas"
        )
        return Cell(case.name, (words,), (why,), input="finetune.tasks")
    words = "One student" if students == 1 else f"{students} students of one teacher"
    why = "another task is another student"
    return Cell(
        case.name,
        (words,),
        (why if students == 1 else f"{why}; answers are shared",),
        input="distil.students",
    )


_ROWS: Final[Mapping[str, Make]] = {
    "goal": _goal,
    "best_for": _best_for,
    "data": _data,
    "quality": _quality,
    "breadth": _breadth,
    "release": _release,
    "running": _running,
    "deployment": _deployment,
    "adaptability": _adaptability,
    "explainability": _explainability,
    "energy": _energy,
    "upkeep": _upkeep,
    "experience": _experience,
    "house": _house,
    "weeks": _weeks,
    "sharing": _sharing,
}


def _misfit(case: Case, criterion: str) -> Cell:
    """Return the cell of a strategy without figures: why in the first row, a dash in the others."""
    if criterion == "goal":
        problem = case.result.problems[0].message if case.result.problems else "It cannot be built."
        return Cell(case.name, ("Does not fit",), (problem,))
    if criterion == "explainability":
        return _explainability(case)
    note = case.truth(criterion) if criterion in TRUTHS else ()
    return Cell(case.name, (MISSING,), note)


def criteria(results: Results, chosen: str | None, more: More = NOTHING_MORE) -> tuple[Criterion, ...]:
    """Return the table's rows.

    Parameters
    ----------
    results : Results
        The plan, simulated at its most likely values.
    chosen : str or None
        The advised strategy, from `planner.engine.choice.choose`.
    more : More, optional
        What was counted beside the results.
    """
    cases = [Case(results, result, chosen, more) for result in results.strategies.values()]
    return tuple(
        Criterion(
            id,
            TITLES[id],
            with_best(tuple(make(case) if np.all(case.result.fits) else _misfit(case, id) for case in cases)),
        )
        for id, make in _ROWS.items()
    )
