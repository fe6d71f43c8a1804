"""What a claim is, and what the engine finds about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from planner.engine.claims.facts import Facts

Verdict = Literal["holds", "partly", "fails", "not tested"]
Topic = Literal["Quality", "Cost", "Energy", "Upkeep", "In use"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a finding rests on.

    Attributes
    ----------
    name : str
        What it measures; figures of one name are compared with each other.
    value : float
        In `unit`, a key of `units.UNITS`.
    strategy : str
        Whose figure it is.
    what : str
        What shows where it is from: a figure of `results.FIGURES`, the key of a choice of `rows.Rows`, or the
        dotted path of an input. Empty where neither does.
    """

    name: str
    value: float
    unit: str
    strategy: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a plan says about a claim: verdict, one plain sentence, the figures compared."""

    verdict: Verdict
    sentence: str
    figures: tuple[Figure, ...] = ()


class UntestedError(Exception):
    """Raised where a plan lacks what a claim needs; becomes a finding that says so."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that is often heard, and how a plan is asked about it.

    Attributes
    ----------
    id : str
        Stable word.
    measure : str
        What is compared, and when the claim counts as true.
    judge : callable
        Gives the finding. Raises `UntestedError` where the plan lacks what it needs.
    is_judgement : bool
        Nothing in the engine measures it: it is never decided, whatever the plan.
    """

    id: str
    topic: Topic
    sentence: str
    measure: str
    judge: Callable[[Facts], Finding]
    is_judgement: bool = False
