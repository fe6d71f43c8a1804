"""What every part of the window shows: one plan with its results, handed down whole after each change."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog.load import Catalog
from planner.engine.choice import Choice
from planner.engine.results import Results
from planner.engine.verdict import Verdict
from planner.scenario.model import Plan, Scenario


@dataclass(frozen=True, slots=True)
class View:
    """A plan, simulated, with what was chosen and what the user looks at.

    Attributes
    ----------
    selected : str
        The strategy in focus: card edge, limits, thick line.
    dragging : bool
        A slider is held: axes keep their ranges, hidden things wait.
    preset : Scenario or None
        What changed values are compared with.
    """

    plan: Plan
    results: Results
    catalog: Catalog
    choice: Choice
    verdict: Verdict
    selected: str
    dragging: bool = False
    preset: Scenario | None = None

    @property
    def scenario(self) -> Scenario:
        """The active scenario."""
        return self.results.scenario
