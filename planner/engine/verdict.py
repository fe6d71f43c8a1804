"""The answer in one sentence, and a second line with what one gains by the next best and what would flip it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.engine.choice import Choice
from planner.engine.results import Results, StrategyResult
from planner.units import format_quantity

SHORT = {
    "api": "the API",
    "prompt": "self-hosting",
    "finetune": "fine-tuning",
    "distil": "distilling",
    "both": "tuning, then distilling",
}
NAMES = {
    "api": "Prompt via API",
    "prompt": "Self-host",
    "finetune": "Fine-tune",
    "distil": "Distil",
    "both": "Fine-tune, then distil",
}
LIMIT_WORDS = {
    "limits.max_total_usd": ("budget", "total_usd", "usd"),
    "limits.max_carbon_kgco2e": ("carbon budget", "carbon_kgco2e", "kgco2e"),
    "limits.min_quality": ("score floor", "quality_lowest", "points"),
    "limits.max_latency_p95_s": ("answer limit", "latency_p95_s", "s"),
    "workload.ttft_limit_s": ("first-token limit", "ttft_p95_s", "s"),
    "workload.tpot_limit_s": ("token limit", "tpot_s", "s"),
    "limits.self_hosted_only": ("data in the house", "", ""),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Marker, sentence (at most 95 characters) and second line (at most 110)."""

    strategy: str | None
    sentence: str
    second: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where another strategy becomes the cheapest: a volume, and whether below or above it."""

    strategy: str
    requests_per_month: float
    below: bool


def usd(value: float) -> str:
    """Return money as the verdict says it."""
    return format_quantity(value, "usd")


def _horizon(results: Results) -> str:
    months = results.scenario.horizon_months
    return "1 month" if months == 1 else f"{months} months"


def _against(results: Results, result: StrategyResult) -> str:
    base = results.strategies[results.baseline]
    if not np.all(base.fits) or result is base:
        return ""
    saved = float(base["total_usd"]) - float(result["total_usd"])
    word = "less than" if saved >= 0 else "more than"
    return f", {usd(abs(saved))} {word} {SHORT[results.baseline]}"


def _payback(results: Results, result: StrategyResult) -> str:
    month = result["payback_month"]
    if result.strategy == results.baseline or not np.all(results.strategies[results.baseline].fits):
        return ""
    return f", no payback in {_horizon(results)}" if np.isnan(month) else f", paid back in month {month:.0f}"


def _missed(result: StrategyResult, results: Results) -> str:
    path = result.misses[0]
    words, figure, unit = LIMIT_WORDS[path]
    if not figure:
        return "lets data leave the house"
    limit = results.scenario.get(path)
    return f"{format_quantity(float(result[figure]), unit)} against a {words} of {format_quantity(float(limit), unit)}"


def _sentence(results: Results, choice: Choice) -> str:
    if choice.strategy is None:
        return "No strategy fits: the models do not hold on this hardware."
    result = results.strategies[choice.strategy]
    name, total, horizon = NAMES[choice.strategy], usd(float(result["total_usd"])), _horizon(results)
    if choice.case == "nothing":
        return f"No strategy keeps every limit; {name} comes nearest: {_missed(result, results)}."
    if choice.case == "too_close" and choice.runner_up is not None:
        other = results.strategies[choice.runner_up]
        return f"Too close to call: {name} {total}, {NAMES[choice.runner_up]} {usd(float(other['total_usd']))} over {horizon}."
    if choice.case == "baseline":
        ahead = ""
        if choice.runner_up is not None:
            gap = float(results.strategies[choice.runner_up]["total_usd"]) - float(result["total_usd"])
            ahead = f", {usd(gap)} less than {SHORT[choice.runner_up]}"
        return f"Stay with {SHORT[choice.strategy]}: {total} over {horizon}{ahead}."
    if choice.case == "carbon":
        carbon = format_quantity(float(result["carbon_kgco2e"]), "kgco2e")
        return f"{name}: {carbon} CO₂e over {horizon}, the least of those that keep the limits, for {total}."
    if choice.case == "quality":
        return (
            f"{name}: a score of {float(result['quality']):.0f}, the best that keeps the limits, for {total}."
        )
    if choice.case == "misses":
        return f"{name}: {total} over {horizon}, the cheapest that keeps every limit."
    if choice.case == "no_payback":
        return f"{name}: {total}, the cheapest that keeps every limit{_against(results, result)}."
    return f"{name}: {total} over {horizon}{_against(results, result)}{_payback(results, result)}."


def _second(results: Results, choice: Choice, crossing: Crossing | None) -> str:
    if choice.strategy is None:
        return "See each card for what does not fit, and take the remedy it offers."
    parts = []
    result = results.strategies[choice.strategy]
    if choice.cheaper_miss is not None:
        other = results.strategies[choice.cheaper_miss]
        gap = float(result["total_usd"]) - float(other["total_usd"])
        parts.append(
            f"{NAMES[choice.cheaper_miss]} costs {usd(gap)} less but misses: {_missed(other, results)}."
        )
    elif choice.runner_up is not None:
        other = results.strategies[choice.runner_up]
        more = float(other["total_usd"]) - float(result["total_usd"])
        points = float(other["quality"]) - float(result["quality"])
        score = (
            f" and {abs(points):.0f} {'points more' if points > 0 else 'points less'} of score"
            if abs(points) >= 0.5
            else ""
        )
        parts.append(
            f"{NAMES[choice.runner_up]} costs {usd(abs(more))} {'more' if more >= 0 else 'less'}{score}."
        )
    if crossing is not None:
        volume = format_quantity(crossing.requests_per_month, "count", figures=2)
        side = "Below" if crossing.below else "Above"
        parts.append(f"{side} {volume} requests a month {SHORT[crossing.strategy]} is cheapest.")
    return " ".join(parts)


def verdict(results: Results, choice: Choice, crossing: Crossing | None = None) -> Verdict:
    """Return the answer in words.

    Parameters
    ----------
    results : Results
        The plan, simulated at its most likely values.
    choice : Choice
        From `planner.engine.choice.choose`.
    crossing : Crossing, optional
        The nearest volume at which another strategy becomes the cheapest, where it is known.
    """
    return Verdict(choice.strategy, _sentence(results, choice), _second(results, choice, crossing))
