"""The answer in one sentence, and a second line with what would change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.engine.choice import Case, Choice, surely_least_carbon
from planner.engine.crossing import Crossing
from planner.engine.results import Results, StrategyResult
from planner.units import format_apart, format_quantity, format_range, months_words

if TYPE_CHECKING:
    from planner.engine.risk import Risk

LONGEST_SENTENCE, LONGEST_SECOND = 95, 110
_ONLY = "the only one that keeps every limit"
NAMES = {
    "api": "Prompt via API",
    "prompt": "Self-host",
    "finetune": "Fine-tune",
    "distil": "Distil",
    "both": "Fine-tune, then distil",
}
DOING = {
    "api": "the API",
    "prompt": "self-hosting",
    "finetune": "fine-tuning",
    "distil": "distilling",
    "both": "tuning, then distilling",
}
_LIMITS = {
    "limits.max_total_usd": ("budget", "total_usd", "usd"),
    "limits.max_carbon_kgco2e": ("carbon budget", "carbon_kgco2e", "kgco2e"),
    "limits.min_quality": ("score floor", "quality_lowest", "points"),
    "limits.max_latency_p95_s": ("answer limit", "latency_p95_s", "s"),
    "workload.ttft_limit_s": ("first-token limit", "ttft_p95_s", "s"),
    "workload.tpot_limit_s": ("token limit", "tpot_s", "s"),
}
_FLIPS = {
    "cost": "is cheapest",
    "carbon": "emits least",
    "carbon, unsure": "may emit least",
    "quality": "scores best within the limits",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Marker, sentence (at most 95 characters) and second line (at most 110)."""

    strategy: str | None
    sentence: str
    second: str


@dataclass(frozen=True, slots=True)
class _Case:
    """What a sentence is made from."""

    results: Results
    choice: Choice
    best: StrategyResult
    risk: Risk | None = None

    @property
    def name(self) -> str:
        return NAMES[self.best.strategy]

    @property
    def total(self) -> str:
        return _usd(self.best)

    @property
    def over(self) -> str:
        return f"over {months_words(self.results.scenario.horizon_months)}"

    def other(self, strategy: str | None) -> StrategyResult | None:
        return None if strategy is None else self.results.strategies[strategy]


def _usd(result: StrategyResult) -> str:
    return format_quantity(float(result["total_usd"]), "usd")


def _is_wide(result: StrategyResult) -> bool:
    """Return whether its energy and carbon are known as a wide range only."""
    return result.energy_range_frac != (1.0, 1.0)


def gap_usd_text(usd: float) -> str:
    """Return a difference of totals in words: two figures, as it is less certain than the totals."""
    return format_quantity(usd, "usd", figures=2)


def _gap(result: StrategyResult, other: StrategyResult) -> str:
    """Return by how much one costs more or less than another."""
    difference = float(result["total_usd"]) - float(other["total_usd"])
    return f"{gap_usd_text(abs(difference))} {'more' if difference > 0 else 'less'}"


def _shorter(choices: tuple[str, ...], longest: int) -> str:
    """Return the first wording that is short enough, else the shortest."""
    return next((words for words in choices if len(words) <= longest), min(choices, key=len))


def _against_baseline(case: _Case) -> str:
    base = case.results.strategies[case.results.baseline]
    if not np.all(base.fits) or case.best is base:
        return ""
    return f", {_gap(case.best, base)} than {DOING[base.strategy]}"


def _payback(case: _Case) -> str:
    base = case.results.strategies[case.results.baseline]
    if case.best is base or not np.all(base.fits):
        return ""
    month = case.best["payback_month"]
    if np.isnan(month):
        return ", never paid back"
    return f", paid back in month {month:.0f}"


def missed_text(result: StrategyResult, results: Results) -> str:
    """Return the first missed limit with both numbers."""
    path = result.misses[0]
    if path not in _LIMITS:
        return "data leave the house"
    words, figure, unit = _LIMITS[path]
    value, limit = format_apart(float(result[figure]), float(results.scenario.get(path)), unit, figures=3)
    return f"{value} against {'an' if words[0] in 'aeiou' else 'a'} {words} of {limit}"


def _clear(case: _Case) -> tuple[str, ...]:
    start = f"{case.name}: {case.total} {case.over}{_against_baseline(case)}"
    return (f"{start}{_payback(case)}.", f"{start}.")


def _baseline(case: _Case) -> tuple[str, ...]:
    second = case.other(case.choice.runner_up)
    start = f"Stay with {DOING[case.best.strategy]}: {case.total} {case.over}"
    return (f"{start}, {_gap(case.best, second)} than {DOING[second.strategy]}." if second else f"{start}.",)


def _too_close(case: _Case) -> tuple[str, ...]:
    second = case.other(_rival(case))
    if case.risk is not None and second is not None:
        shares = [case.risk.strategies[each.strategy].cheapest_frac for each in (case.best, second)]
        one, other = (format_quantity(share, "chance") for share in shares)
        names = (f"{case.name} {case.total}", f"{NAMES[second.strategy]} {_usd(second)}")
        nobody = case.risk.none_frac
        if shares[0] > 2.0 * shares[1] and nobody > shares[1]:  # the limits contest it, not another strategy
            lost = format_quantity(nobody, "chance")
            return (
                f"Not settled: {names[0]}, cheapest in {one} of draws; in {lost} none keeps every limit.",
                f"Not settled: {names[0]} ({one} of draws); in {lost} none keeps every limit.",
            )
        start = f"Too close to call: {', '.join(names)}"
        shared = (
            f"each cheapest in {one} of draws" if one == other else f"cheapest in {one} and {other} of draws"
        )
        return (
            f"{start}, {shared}.",
            f"Too close to call: {names[0]} ({one} of draws), {names[1]} ({other}).",
            f"{start}.",
        )
    other = f", {NAMES[second.strategy]} {_usd(second)}" if second else ""
    start = f"Too close to call: {case.name} {case.total}{other}"
    return (f"{start} {case.over}.", f"{start}.")


def _rival(case: _Case) -> str | None:
    """Return what contests the choice: the other that is cheapest most often; without draws the next best."""
    if case.risk is None:
        return case.choice.runner_up
    shares = {
        name: found.cheapest_frac
        for name, found in case.risk.strategies.items()
        if name != case.best.strategy and np.all(case.results.strategies[name].fits)
    }
    most = max(shares, key=lambda name: shares[name], default=None)
    return most if most is not None and shares[most] > 0.0 else case.choice.runner_up


def _misses(case: _Case) -> tuple[str, ...]:
    return (f"{case.name}: {case.total} {case.over}, the cheapest that keeps every limit.",)


def _no_payback(case: _Case) -> tuple[str, ...]:
    start = f"{case.name}: {case.total}, the cheapest that keeps every limit"
    return (f"{start}{_against_baseline(case)}.", f"{start}.")


def _nothing(case: _Case) -> tuple[str, ...]:
    missed = missed_text(case.best, case.results)
    return (
        f"No strategy keeps every limit; {case.name} comes nearest: {missed}.",
        f"No strategy keeps every limit; {case.name} comes nearest.",
    )


def _carbon(case: _Case) -> tuple[str, ...]:
    low, high = case.best.energy_range_frac
    value = float(case.best["carbon_kgco2e"])
    carbon = format_range(value * low, value * high, "kgco2e")
    if _alone(case):
        start = f"{case.name}: {carbon} CO₂e {case.over}"
        return (f"{start}, {_ONLY}, for {case.total}.", f"{start}, for {case.total}.")
    least = "the least" if surely_least_carbon(case.results, case.best.strategy) else "perhaps the least"
    return (
        f"{case.name}: {carbon} CO₂e {case.over}, {least} of {_competing(case)}, for {case.total}.",
        f"{case.name}: {carbon} CO₂e {case.over}, {least}, for {case.total}.",
    )


def _why_unsure(case: _Case) -> str:
    """Return whose wide range leaves open what emits least; empty where nothing does."""
    if case.choice.case != "carbon" or surely_least_carbon(case.results, case.best.strategy):
        return ""
    others = (each for each in case.results.strategies.values() if np.all(each.fits) and each.keeps_limits)
    wide = next(each for each in (case.best, *others) if _is_wide(each))
    return f"Carbon of {DOING[wide.strategy]} is known within a factor of {wide.energy_range_frac[1]:.0f}."


def _quality(case: _Case) -> tuple[str, ...]:
    score = f"a score of {float(case.best['quality']):.0f}"
    if _alone(case):
        return (f"{case.name}: {score}, {_ONLY}, for {case.total}.", f"{case.name}: {score}, {_ONLY}.")
    return (f"{case.name}: {score}, the best of {_competing(case)}, for {case.total} {case.over}.",)


def _competitors(case: _Case) -> int:
    return sum(bool(result.keeps_limits) for result in case.results.strategies.values())


def _competing(case: _Case) -> str:
    return ("none", "one", "two", "three", "four", "five")[_competitors(case)]


def _alone(case: _Case) -> bool:
    """Return whether it is the only one of several that keeps every limit."""
    return _competitors(case) == 1 < len(case.results.strategies)


_SENTENCES: dict[Case, Callable[[_Case], tuple[str, ...]]] = {
    "clear": _clear,
    "baseline": _baseline,
    "too_close": _too_close,
    "misses": _misses,
    "no_payback": _no_payback,
    "nothing": _nothing,
    "carbon": _carbon,
    "quality": _quality,
}


def _points(result: StrategyResult, other: StrategyResult) -> str:
    """Return by how many points of score one differs from another; empty below half a point."""
    points = float(result["quality"]) - float(other["quality"])
    if abs(points) < 0.5:
        return ""
    count = f"{abs(points):.0f}"
    return f"{count} {'point' if count == '1' else 'points'} {'more' if points > 0 else 'less'}"


def _next_best(case: _Case) -> tuple[str, ...]:
    """Return what one gains or pays by the next best."""
    cheaper = case.other(case.choice.cheaper_miss)
    if cheaper is not None:
        start = f"{NAMES[cheaper.strategy]} costs {_gap(cheaper, case.best)}"
        return (f"{start}, but {missed_text(cheaper, case.results)}.", f"{start}, but misses a limit.")
    second = case.other(case.choice.runner_up)
    if second is None:
        return ("",)
    start, score = f"{NAMES[second.strategy]} costs {_gap(second, case.best)}", _points(second, case.best)
    return (f"{start} and scores {score}.", f"{start}.") if score else (f"{start}.",)


def _flip(case: _Case, crossing: Crossing | None) -> str:
    """Return the volume at which the answer is another one; of carbon no more than a chance with an API."""
    if crossing is None:
        return ""
    volume = format_quantity(crossing.requests_per_month, "count", figures=2)
    side = "Below" if crossing.below else "Above"
    goal: str = case.results.scenario.limits.goal
    if goal == "carbon" and (_is_wide(case.best) or _is_wide(case.results.strategies[crossing.strategy])):
        goal = "carbon, unsure"
    return f"{side} {volume} requests a month {DOING[crossing.strategy]} {_FLIPS[goal]}."


def _way_out(case: _Case) -> tuple[str, ...]:
    """Return what would let the nearest strategy keep its limit: the limit, moved to where it is met."""
    path = case.best.misses[0]
    if path not in _LIMITS:
        return ("Allow data to leave the house, or choose other strategies.",)
    words, figure, unit = _LIMITS[path]
    value = format_quantity(float(case.best[figure]), unit)
    verb = "Lower" if path == "limits.min_quality" else "Raise"
    return (f"{verb} the {words} to {value}, or change what drives it.",)


def _second(case: _Case, crossing: Crossing | None) -> str:
    if case.choice.case == "nothing":
        return _shorter(_way_out(case), LONGEST_SECOND)
    starts, flip, unsure = _next_best(case), _flip(case, crossing), _why_unsure(case)
    starts = (*(f"{unsure} {start}".strip() for start in starts), unsure) if unsure else starts
    both = tuple(f"{start} {flip}".strip() for start in starts)
    return _shorter((*both, *starts) if flip else starts, LONGEST_SECOND)


def verdict(
    results: Results, choice: Choice, crossing: Crossing | None = None, risk: Risk | None = None
) -> Verdict:
    """Return the answer in words.

    Parameters
    ----------
    results : Results
        The plan, simulated at its most likely values.
    choice : Choice
        From `planner.engine.choice.choose`.
    crossing : Crossing, optional
        The nearest volume at which another strategy becomes the choice, where it is known.
    risk : Risk, optional
        What draws say, where there are any; the choice is made with them then.
    """
    if choice.strategy is None:
        second = "Each card says what does not fit, and what would make it fit."
        return Verdict(None, "No strategy fits on this hardware.", second)
    case = _Case(results, choice, results.strategies[choice.strategy], risk)
    sentence = _shorter(_SENTENCES[choice.case](case), LONGEST_SENTENCE)
    return Verdict(choice.strategy, sentence, _second(case, crossing))
