"""Which strategy is the choice, and how it stands against the others (decisions 11 to 15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from planner.engine.results import Results, StrategyResult

if TYPE_CHECKING:
    from planner.engine.risk import Risk

TOO_CLOSE_FRAC = 0.05
SURE_FRAC = 0.6
"""The share of draws from which on "cheapest" is claimed."""
Case = Literal[
    "clear", "baseline", "too_close", "misses", "no_payback", "nothing", "carbon", "quality", "impossible"
]

AIMS: Final[Mapping[str, tuple[str, float]]] = {
    "cost": ("total_usd", 1.0),
    "carbon": ("carbon_kgco2e", 1.0),
    "quality": ("quality", -1.0),
}
"""The figure of each goal (decision 13), and the sign that makes less better."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The answer of a plan.

    Attributes
    ----------
    strategy : str or None
        The choice; the nearest miss in case ``nothing``; None where nothing fits at all.
    case : str
        Which of the verdict's cases it is.
    runner_up : str or None
        The next best among those that keep all limits.
    cheaper_miss : str or None
        A strategy that costs less but misses a limit.
    """

    strategy: str | None
    case: Case
    runner_up: str | None = None
    cheaper_miss: str | None = None


def choose(results: Results, risk: Risk | None = None) -> Choice:
    """Return the choice of a plan at its most likely values; draws say whether it is too close to call."""
    fitting = {name: result for name, result in results.strategies.items() if bool(np.all(result.fits))}
    if not fitting:
        return Choice(None, "impossible")
    figure, sign = AIMS[results.scenario.limits.goal]
    competing = sorted(
        (name for name, result in fitting.items() if result.keeps_limits),
        key=lambda name: sign * float(fitting[name][figure]),
    )
    if not competing:
        nearest = min(fitting, key=lambda name: (len(fitting[name].misses), fitting[name]["total_usd"]))
        return Choice(nearest, "nothing")
    best, second = competing[0], competing[1] if len(competing) > 1 else None
    missing = [
        name
        for name, result in fitting.items()
        if name not in competing and result["total_usd"] < fitting[best]["total_usd"]
    ]
    cheaper = min(missing, key=lambda name: float(fitting[name]["total_usd"]), default=None)
    close = _is_close(results, best, second) if risk is None else _is_unsure(risk, best)
    return Choice(best, _case(results, best, cheaper, close=close), second, cheaper)


def _is_close(results: Results, best: str, second: str | None) -> bool:
    """Return whether the two lowest totals lie too close, where nothing was drawn (decision 15)."""
    if second is None:
        return False
    total = float(results.strategies[best]["total_usd"])
    return float(results.strategies[second]["total_usd"]) - total < TOO_CLOSE_FRAC * total


def _is_unsure(risk: Risk, best: str) -> bool:
    """Return whether draws leave open what is cheapest: too few say so, or two medians lie too close.

    Where nothing else keeps all limits in any draw, nothing contests it, however seldom it keeps them itself.
    """
    found = risk.strategies[best]
    others = [each for name, each in risk.strategies.items() if name != best and each.competes_frac > 0.0]
    if found.cheapest_frac < SURE_FRAC and others:
        return True
    median = found.total_usd[50]
    return any(abs(each.total_usd[50] - median) < TOO_CLOSE_FRAC * median for each in others)


def _case(results: Results, best: str, cheaper_miss: str | None, *, close: bool) -> Case:
    goal = results.scenario.limits.goal
    if goal == "carbon":
        return "carbon"
    if goal == "quality":
        return "quality"
    if close:
        return "too_close"
    if cheaper_miss == results.baseline:
        return "no_payback"
    if cheaper_miss is not None:
        return "misses"
    return "baseline" if best == results.baseline else "clear"


def surely_least_carbon(results: Results, strategy: str) -> bool:
    """Return whether a strategy emits least of those that keep all limits, wherever a range may end."""
    others = (
        result
        for name, result in results.strategies.items()
        if name != strategy and np.all(result.fits) and result.keeps_limits
    )
    most = _carbon_ends(results.strategies[strategy])[1]
    return all(most <= _carbon_ends(other)[0] for other in others)


def _carbon_ends(result: StrategyResult) -> tuple[float, float]:
    low, high = result.energy_range_frac
    carbon = float(result["carbon_kgco2e"])
    return carbon * low, carbon * high


def marks(results: Results, choice: Choice) -> dict[str, str]:
    """Return the word on each card that stands out, at most one a strategy.

    ``does not fit``, ``misses N limits``, ``cheapest`` (or ``least carbon``, with a question mark where a
    range hides it, or ``best score``), ``best score``.
    """
    words = {"cost": "cheapest", "carbon": "least carbon", "quality": "best score"}
    found: dict[str, str] = {}
    for name, result in results.strategies.items():
        if not np.all(result.fits):
            found[name] = "does not fit"
        elif result.misses:
            count = len(result.misses)
            found[name] = "misses a limit" if count == 1 else f"misses {count} limits"
    if choice.strategy is not None and choice.strategy not in found:
        word = words[results.scenario.limits.goal]
        unsure = choice.case == "carbon" and not surely_least_carbon(results, choice.strategy)
        found[choice.strategy] = f"{word}?" if unsure else word
    fitting = [name for name, result in results.strategies.items() if np.all(result.fits)]
    if fitting:
        best = max(fitting, key=lambda name: float(results.strategies[name]["quality"]))
        found.setdefault(best, "best score")
    return found
