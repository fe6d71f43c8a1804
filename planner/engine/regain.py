"""What would let the baseline win again: each input's nearest value at which it is the choice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.catalog.load import Catalog
from planner.engine.advisor.flips import Finder
from planner.engine.advisor.levers import Changes, levers
from planner.engine.choice import Choice
from planner.engine.crossing import VOLUME
from planner.engine.results import Results
from planner.scenario.model import spec_for


@dataclass(frozen=True, slots=True)
class Regain:
    """An input and the value beyond which a strategy is the choice.

    Attributes
    ----------
    strategy : str
        Which one.
    value, here : float
        Where that begins, and the value in use. Unit of the input.
    below : bool
        Whether it holds below the value.
    near, far : mapping
        Changes on this side, where it is not the choice, and on the other, where it is.
    size : float
        How far the input has to move, over its plausible span. [1]
    """

    path: str
    strategy: str
    title: str
    value: float
    here: float
    below: bool
    unit: str
    figures: int
    near: Changes
    far: Changes
    size: float


def has_lead(choice: Choice) -> bool:
    """Return whether there is a lead to lose: a strategy that keeps every limit."""
    return choice.strategy is not None and choice.case != "nothing"


def rival_of(choice: Choice, results: Results) -> str | None:
    """Return whose return is looked for: the baseline's; any other's (None) where that is the choice."""
    return None if choice.strategy == results.baseline else results.baseline


def search(results: Results, catalog: Catalog, strategy: str | None) -> Iterator[tuple[Regain, ...] | None]:
    """Look at every input that may let a strategy win, or any other, one simulation a step.

    The last step answers. Limits and goal of the plan hold throughout, as for the advice, whose search it is
    (`planner.engine.advisor.flips`). The smallest change comes first.
    """
    found: list[Regain] = []
    for lever in levers(results, catalog):
        finder = Finder(results, catalog, strategy)
        yield from finder.volume(lever) if lever.path == VOLUME else finder.lever(lever)
        for flip in finder.flips:
            factor = lever.unit == "frac" and spec_for(lever.path).unit != "frac"
            found.append(
                Regain(
                    path=lever.path,
                    strategy=flip.strategy,
                    title="API price" if factor else spec_for(lever.path).title,
                    value=float(flip.value or 0.0),
                    here=lever.here,
                    below=flip.below,
                    unit=lever.unit,
                    figures=lever.figures,
                    near=flip.near,
                    far=flip.far,
                    size=flip.size,
                )
            )
    yield tuple(sorted(found, key=lambda each: each.size))
