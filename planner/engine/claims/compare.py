"""How two figures are compared, and the comparison in words."""

from __future__ import annotations

from collections.abc import Sequence

from planner.engine.choice import TOO_CLOSE_FRAC
from planner.engine.claims.records import Figure, Verdict
from planner.units import format_quantity

LITTLE_FRAC = 0.05
"""At most this share of a score is "a little". Our judgement: compressed models are praised for 95 %."""
LEAST_POINTS = 0.5
"""Scores closer than this are told apart by no evaluation of some hundred answers. Our judgement."""
MUCH_FRAC = 0.10
"""From this share on, what is lost is no longer near "a little". Our judgement."""
_SAME_FRAC, _ABOUT_FRAC = 1e-9, 0.01
_TWICE = 2.0

MODEL = {
    "api": "the API",
    "prompt": "the prompted large model",
    "finetune": "the tuned model",
    "distil": "the distilled model",
    "both": "the student of the tuned model",
}
"""What answers, in a sentence."""


def lower(mine: float, other: float) -> Verdict:
    """Return whether an amount is lower; by less than what makes totals too close to call, partly.

    Amounts within a hundredth are about the same: neither is lower.
    """
    if mine >= other or mine > other * (1.0 - _ABOUT_FRAC):
        return "fails"
    return "holds" if mine < other * (1.0 - TOO_CLOSE_FRAC) else "partly"


def higher_score(mine: float, other: float) -> Verdict:
    """Return whether a score is higher; by less than an evaluation can tell, partly."""
    if mine <= other * (1.0 + _SAME_FRAC):
        return "fails"
    return "holds" if mine >= other + LEAST_POINTS else "partly"


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of a claim of several parts: what all of them say, else partly."""
    return verdicts[0] if len(set(verdicts)) == 1 else "partly"


def ratio(mine: float, other: float) -> str:
    """Return an amount by another in words: "40% less", "2.3 times as much"."""
    if abs(mine - other) <= _SAME_FRAC * abs(other):
        return "as much"
    if abs(mine - other) < _ABOUT_FRAC * abs(other):
        return "about as much"
    if other <= 0.0:
        return "more"
    if mine < other:
        return f"{format_quantity(1.0 - mine / other, 'chance')} less"
    if mine < _TWICE * other:
        return f"{format_quantity(mine / other - 1.0, 'chance')} more"
    return f"{format_quantity(mine / other, '1', figures=2)} times as much"


def against(mine: float, other: float) -> str:
    """Return an amount against another in words: "40% less than", "2.3 times as much as"."""
    words = ratio(mine, other)
    return f"{words} {'as' if words.endswith('much') else 'than'}"


def points_apart(mine: Figure, other: Figure) -> str:
    """Return two scores in words: "7.8 points above the prompted large model"."""
    apart = mine.value - other.value
    if abs(apart) <= _SAME_FRAC * abs(other.value):
        return f"the same as {MODEL[other.strategy]}"
    side = "above" if apart > 0.0 else "below"
    return f"{format_quantity(abs(apart), 'points', figures=2)} points {side} {MODEL[other.strategy]}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
