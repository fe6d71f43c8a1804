"""The advice in words: what to do, why, and the strongest arguments against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.engine.advisor.cells import Figure, Part, text_of
from planner.engine.advisor.release import weeks_to_release
from planner.engine.choice import TOO_CLOSE_FRAC, Choice, surely_least_carbon
from planner.engine.results import Results, StrategyResult
from planner.engine.verdict import DOING, missed_text

NOTICED_POINTS: Final = 5.0
NOTICED_COST_FRAC: Final = 0.10
NOTICED_WEEKS: Final = 4.0
NOTICED_RATIO: Final = 2.0
"""A difference that a manager would notice, by kind: what makes arguments of different kinds comparable.

Judgement: 5 points of score, a tenth of the total, four weeks, twice the latency or the energy.
"""
LEAST_SIZE: Final = 0.1
"""A tenth of what one would notice is no argument."""

_DO: Final = {
    "api": "prompt the API",
    "prompt": "host a large model",
    "finetune": "fine-tune",
    "distil": "distil",
    "both": "fine-tune, then distil",
}
_TEACHER_CAVEAT: Final = "licence_teacher_outputs"


@dataclass(frozen=True, slots=True)
class Argument:
    """Something that speaks for or against a strategy.

    Attributes
    ----------
    kind : str
        What it is about: ``cost``, ``quality``, ``upkeep`` ...
    parts : tuple of str and Figure
        A sentence with its figures.
    size : float
        How many times a noticeable difference it is. [1]
    """

    kind: str
    parts: tuple[Part, ...]
    size: float

    @property
    def text(self) -> str:
        """The sentence."""
        return text_of(self.parts)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The advice: strategy (None where none fits), headline, reasons and objections, strongest first."""

    strategy: str | None
    headline: str
    reasons: tuple[Argument, ...]
    against: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """What arguments are made from."""

    results: Results
    choice: Choice
    best: StrategyResult

    @property
    def fitting(self) -> list[StrategyResult]:
        """All other strategies that have figures."""
        return [
            result
            for result in self.results.strategies.values()
            if result is not self.best and np.all(result.fits)
        ]

    @property
    def competing(self) -> list[StrategyResult]:
        """Those of them that keep all limits."""
        return [result for result in self.fitting if result.keeps_limits]

    def least(self, figure: str) -> StrategyResult | None:
        """Return the other strategy with the least of a figure."""
        return min(self.fitting, key=lambda result: float(result[figure]), default=None)

    def most(self, figure: str) -> StrategyResult | None:
        """Return the other strategy with the most of a figure."""
        return max(self.fitting, key=lambda result: float(result[figure]), default=None)

    def weeks(self, result: StrategyResult) -> float:
        """Return the time to the first release. [weeks]."""
        return weeks_to_release(self.results, result)

    def share(self, usd: float) -> float:
        """Return how many times a noticeable cost an amount is. [1]."""
        total = float(self.best["total_usd"])
        return usd / (NOTICED_COST_FRAC * total) if total > 0.0 else 0.0


Arguments = Iterator[Argument]


def _of(result: StrategyResult, figure: str, unit: str, figures: int = 3) -> Figure:
    return Figure(float(result[figure]), unit, figures=figures)


def _ratio_size(more: float, less: float) -> float:
    """Return how many times a noticeable ratio one is over the other. [1]."""
    return math.log(more / less, NOTICED_RATIO) if more > 0.0 and less > 0.0 else 0.0


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


# ---------------------------------------------------------------------- for
def _goal_reason(case: _Case) -> Argument:
    """Return why it wins by the plan's own goal; always the first reason."""
    best, goal, rivals = case.best, case.results.scenario.limits.goal, case.competing
    figure, unit, figures = {
        "cost": ("total_usd", "usd", 3),
        "carbon": ("carbon_kgco2e", "kgco2e", 2),
        "quality": ("quality", "points", 2),
    }[goal]
    own = _of(best, figure, unit, figures)
    if not rivals:
        alone = len(case.results.strategies) == 1
        words = "It is the only one that takes part" if alone else "It alone keeps every limit"
        return Argument("alone", (f"{words}: ", _of(best, "total_usd", "usd"), " in all."), math.inf)
    sign = -1.0 if goal == "quality" else 1.0
    second = min(rivals, key=lambda result: sign * float(result[figure]))
    gap = Figure(abs(float(second[figure]) - own.value), unit, figures=2)
    kept = " that keeps every limit" if len(rivals) < len(case.fitting) else ""
    less: tuple[Part, ...] = (own, ", ", gap, f" less than {DOING[second.strategy]}.")
    if goal == "carbon" and any(each.energy_range_frac != (1.0, 1.0) for each in (best, second)):
        low, high = (own.value * end for end in best.energy_range_frac)  # no middle of what nobody knows
        less = (own if low == high else Figure(low, unit, high), ".")
    emits = "Least carbon" if surely_least_carbon(case.results, best.strategy) else "Perhaps the least carbon"
    parts: dict[str, tuple[Part, ...]] = {
        "cost": (f"Cheapest{kept}: ", *less),
        "carbon": (f"{emits}{kept}: ", *less),
        "quality": (f"Best score{kept}: ", own, ", ", gap, f" above {DOING[second.strategy]}."),
    }
    return Argument("goal", parts[goal], math.inf)


def _beats_on_limits(case: _Case) -> Arguments:
    """Yield each strategy that would cost less, and the limit that it misses."""
    for other in case.fitting:
        saving = float(case.best["total_usd"]) - float(other["total_usd"])
        if other.misses and saving > 0.0 and case.best.keeps_limits:
            parts: tuple[Part, ...] = (
                f"{_upper(DOING[other.strategy])} would cost ",
                Figure(saving, "usd", figures=2),
                f" less, but {missed_text(other, case.results)}.",
            )
            yield Argument("limit", parts, 1.0 + case.share(saving))


def _payback(case: _Case) -> Arguments:
    month, horizon = float(case.best["payback_month"]), case.results.scenario.horizon_months
    if not math.isnan(month):
        base = DOING[case.results.baseline]
        yield Argument(
            "payback",
            ("Against ", base, " it is paid back in month ", Figure(month, "count"), "."),
            2.0 * (1.0 - month / horizon),
        )


def _best_score(case: _Case) -> Arguments:
    other = case.most("quality")
    if other is not None and case.results.scenario.limits.goal != "quality":
        gain = float(case.best["quality"]) - float(other["quality"])
        score = _of(case.best, "quality", "points", 2)
        if gain >= 0.5:
            yield Argument("quality", ("It has the best score, ", score, "."), gain / NOTICED_POINTS)


def _quickest(case: _Case) -> Arguments:
    other = case.least("latency_p95_s")
    if other is not None:
        size = _ratio_size(float(other["latency_p95_s"]), float(case.best["latency_p95_s"]))
        own, slower = _of(case.best, "latency_p95_s", "s", 2), _of(other, "latency_p95_s", "s", 2)
        if own.text != slower.text:
            words = f" at p95, {DOING[other.strategy]} in "
            yield Argument("latency", ("It answers in ", own, words, slower, "."), size)
            return
    slowest = case.results.strategies[case.results.baseline]
    if slowest is not case.best and np.all(slowest.fits):
        own, slower = _of(case.best, "latency_p95_s", "s", 2), _of(slowest, "latency_p95_s", "s", 2)
        words = f" at p95, {DOING[slowest.strategy]} in "
        size = _ratio_size(slower.value, own.value)
        yield Argument("latency", ("It answers in ", own, words, slower, "."), size)


def _least_energy(case: _Case) -> Arguments:
    rivals = [result for result in case.fitting if result.energy_range_frac == (1.0, 1.0)]
    other = min(rivals, key=lambda result: float(result["energy_kwh"]), default=None)
    if other is not None and case.best.energy_range_frac == (1.0, 1.0):
        own, more = _of(case.best, "energy_kwh", "kwh", 2), _of(other, "energy_kwh", "kwh", 2)
        size = _ratio_size(more.value, own.value)
        words = (", ", f"{DOING[other.strategy]} ", more)
        yield Argument("energy", ("It takes ", own, " in training and use", *words, "."), size)


def _at_home(case: _Case) -> Arguments:
    if not case.best.outside and any(result.outside for result in case.fitting):
        asked = 1.0 if case.results.scenario.limits.self_hosted_only else 0.5
        yield Argument("house", ("Data stay in the house.",), asked)
    if case.best.is_offline(case.results.scenario):
        yield Argument("offline", ("It answers on the users' devices, without a network.",), 1.0)


def _soonest(case: _Case) -> Arguments:
    own = case.weeks(case.best)
    other = min(map(case.weeks, case.fitting), default=math.nan)
    if own < other:
        parts = ("It is live first, after ", Figure(own, "weeks", figures=2), ".")
        yield Argument("weeks", parts, (other - own) / NOTICED_WEEKS)
    if case.best.strategy == "api":
        yield Argument("simple", ("There is nothing to train and nothing to run.",), 1.0)


def _broadest(case: _Case) -> Arguments:
    other = case.most("general_quality")
    if other is not None:
        gain = float(case.best["general_quality"]) - float(other["general_quality"])
        score = _of(case.best, "general_quality", "points", 2)
        parts: tuple[Part, ...] = ("Off its topic it scores ", score, ", the most of all.")
        yield Argument("breadth", parts, gain / NOTICED_POINTS)


# ---------------------------------------------------------------------- against
def _worse_score(case: _Case) -> Arguments:
    other = case.most("quality")
    if other is not None:
        loss = float(other["quality"]) - float(case.best["quality"])
        own, more = _of(case.best, "quality", "points", 2), _of(other, "quality", "points", 2)
        parts: tuple[Part, ...] = ("It scores ", own, f", {DOING[other.strategy]} ", more, ".")
        yield Argument("quality", parts, loss / NOTICED_POINTS)


def _dearer(case: _Case) -> Arguments:
    other = min(case.competing, key=lambda result: float(result["total_usd"]), default=None)
    if other is not None:  # one that misses a limit is a reason, with what it misses
        excess = float(case.best["total_usd"]) - float(other["total_usd"])
        parts: tuple[Part, ...] = (
            "It costs ",
            Figure(excess, "usd", figures=2),
            f" more than {DOING[other.strategy]}.",
        )
        yield Argument("cost", parts, case.share(excess))


def _upkeep(case: _Case) -> Arguments:
    other = case.least("refresh_usd")
    if other is not None:
        excess = float(case.best["refresh_usd"]) - float(other["refresh_usd"])
        own, less = _of(case.best, "refresh_usd", "usd"), _of(other, "refresh_usd", "usd")
        words = f", {DOING[other.strategy]} "
        yield Argument("upkeep", ("Keeping it current takes ", own, words, less, "."), case.share(excess))


def _up_front(case: _Case) -> Arguments:
    other = case.least("first_release_usd")
    if other is not None:
        excess = float(case.best["first_release_usd"]) - float(other["first_release_usd"])
        own, less = _of(case.best, "first_release_usd", "usd"), _of(other, "first_release_usd", "usd")
        words = f" are due before the first answer, {less.text} with {DOING[other.strategy]}."
        yield Argument("up front", (own, words), case.share(excess))


def _later(case: _Case) -> Arguments:
    other = min(case.fitting, key=case.weeks, default=None)
    if other is not None:
        own, less = (Figure(case.weeks(each), "weeks", figures=2) for each in (case.best, other))
        words = f", {DOING[other.strategy]} "
        late = (own.value - less.value) / NOTICED_WEEKS
        yield Argument("weeks", ("The first release takes ", own, words, less, "."), late)


def _narrower(case: _Case) -> Arguments:
    other = case.most("general_quality")
    if other is not None:
        loss = float(other["general_quality"]) - float(case.best["general_quality"])
        own, more = _of(case.best, "general_quality", "points", 2), _of(other, "general_quality", "points", 2)
        locked = "It is tied to one skill: off its topic it scores "
        parts: tuple[Part, ...] = (locked, own, f", {DOING[other.strategy]} ", more, ".")
        yield Argument("breadth", parts, loss / NOTICED_POINTS)


def _slower(case: _Case) -> Arguments:
    other = case.least("latency_p95_s")
    if other is not None:
        own, less = _of(case.best, "latency_p95_s", "s", 2), _of(other, "latency_p95_s", "s", 2)
        parts: tuple[Part, ...] = ("It answers in ", own, f" at p95, {DOING[other.strategy]} in ", less, ".")
        yield Argument("latency", parts, _ratio_size(own.value, less.value))


def _more_energy(case: _Case) -> Arguments:
    rivals = [result for result in case.fitting if result.energy_range_frac == (1.0, 1.0)]
    other = min(rivals, key=lambda result: float(result["energy_kwh"]), default=None)
    if other is not None and case.best.energy_range_frac == (1.0, 1.0):
        own, less = _of(case.best, "energy_kwh", "kwh", 2), _of(other, "energy_kwh", "kwh", 2)
        parts: tuple[Part, ...] = ("It takes ", own, f", {DOING[other.strategy]} ", less, ".")
        yield Argument("energy", parts, _ratio_size(own.value, less.value))


def _dependent(case: _Case) -> Arguments:
    if not case.best.outside:
        return
    every = case.results.scenario.refresh.api_migration_months
    if case.best.strategy == "api" and every is not None:
        parts = (f"One provider sees the data, and withdraws the model every {every} months.",)
    else:
        parts = ("A provider sees the data.",)
    yield Argument("provider", parts, 1.0)


def _licence(case: _Case) -> Arguments:
    if _TEACHER_CAVEAT in case.best.caveats:
        words = "Many providers forbid training a competing model on their answers."
        yield Argument("licence", (words,), 2.0)


def _close(case: _Case) -> Arguments:
    second = case.choice.runner_up
    if second is not None and case.results.scenario.limits.goal == "cost":
        other, total = case.results.strategies[second], float(case.best["total_usd"])
        gap = (float(other["total_usd"]) - total) / total if total else math.inf
        if gap < TOO_CLOSE_FRAC:
            words = f"It is close: {DOING[second]} costs only "
            yield Argument("close", (words, Figure(gap, "frac", figures=2), " more."), 1.0)


def _misses(case: _Case) -> Arguments:
    if case.best.misses:
        yield Argument("limit", (f"It misses a limit: {missed_text(case.best, case.results)}.",), 10.0)


_Find = Callable[[_Case], Arguments]
_FOR: Final[tuple[_Find, ...]] = (
    _beats_on_limits,
    _payback,
    _best_score,
    _quickest,
    _least_energy,
    _at_home,
    _soonest,
    _broadest,
)
_AGAINST: Final[tuple[_Find, ...]] = (
    _misses,
    _worse_score,
    _dearer,
    _upkeep,
    _up_front,
    _later,
    _narrower,
    _slower,
    _more_energy,
    _dependent,
    _licence,
    _close,
)


def _ranked(case: _Case, finders: tuple[_Find, ...]) -> tuple[Argument, ...]:
    found = [argument for find in finders for argument in find(case) if argument.size >= LEAST_SIZE]
    return tuple(sorted(found, key=lambda argument: -argument.size))


def _headline(choice: Choice) -> str:
    doing = _DO[choice.strategy or "api"]
    if choice.case == "nothing":
        return f"Nothing keeps every limit. Nearest: {doing}."
    return f"For this plan, {doing}{', but it is close' if choice.case == 'too_close' else ''}."


def recommend(results: Results, choice: Choice) -> Recommendation:
    """Return the advice of a plan at its most likely values.

    Parameters
    ----------
    results : Results
        The plan, simulated.
    choice : Choice
        From `planner.engine.choice.choose`: the advice is its strategy.
    """
    if choice.strategy is None:
        return Recommendation(None, "No strategy fits on this hardware.", (), ())
    case = _Case(results, choice, results.strategies[choice.strategy])
    reasons = _ranked(case, _FOR)
    if choice.case != "nothing":
        reasons = (_goal_reason(case), *reasons)
    return Recommendation(choice.strategy, _headline(choice), reasons, _ranked(case, _AGAINST))
