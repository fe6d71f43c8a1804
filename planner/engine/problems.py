"""What makes a strategy impossible or late, and what would make it possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change that helps: words for a button, and values by dotted path, applied as one step."""

    label: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a strategy has no figures.

    Attributes
    ----------
    code : str
        Stable word, such as ``"serving_memory"``.
    message : str
        What is wrong, with both numbers.
    hint : str
        What would help, in words.
    remedies : tuple of Remedy
        The same as one click each, best first.
    """

    code: str
    message: str
    hint: str = ""
    remedies: tuple[Remedy, ...] = ()


class CannotCostError(Exception):
    """Raised inside the engine where a strategy lacks what its cost needs; becomes its problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
