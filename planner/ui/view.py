"""What every part of the window shows: one plan with its results, handed down whole after each change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.catalog.load import Catalog
from planner.engine.choice import Choice
from planner.engine.results import Results
from planner.engine.verdict import Verdict
from planner.scenario.actuals import Actuals
from planner.scenario.model import STRATEGY_IDS, Plan, Scenario, StrategyId
from planner.scenario.ranges import Range

if TYPE_CHECKING:
    from planner.engine.risk import Risk


IN_MONTH = "@"
"""Between a figure that is opened and the month whose numbers its equation shows: ``total_usd@7``."""


@dataclass(frozen=True, slots=True, eq=False)
class Doubted:
    """What draws say of some results.

    Attributes
    ----------
    spans : mapping
        What was drawn, the intervals of the physics among it, by path.
    own : frozenset of str
        Which of them are the user's.
    """

    results: Results
    risk: Risk
    spans: Mapping[str, Range]
    own: frozenset[str]

    @property
    def done(self) -> bool:
        """Whether all draws asked for are counted."""
        return self.risk.draws >= self.risk.planned


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
    doubted : Doubted or None
        What draws say of these results; None until the first ones are counted.
    """

    plan: Plan
    results: Results
    catalog: Catalog
    choice: Choice
    verdict: Verdict
    selected: str
    dragging: bool = False
    preset: Scenario | None = None
    doubted: Doubted | None = None

    @property
    def risk(self) -> Risk | None:
        """The draws, once the first ones are counted."""
        return None if self.doubted is None else self.doubted.risk

    @property
    def scenario(self) -> Scenario:
        """The active scenario."""
        return self.results.scenario


def strategy_run(actuals: Actuals, view: View | None) -> StrategyId:
    """Return the strategy that is run: the one recorded last, else the choice of the plan."""
    if actuals:
        return max(actuals, key=lambda row: row.month).strategy
    wanted = "" if view is None else view.choice.strategy or view.selected
    return next((each for each in STRATEGY_IDS if each == wanted), STRATEGY_IDS[0])
