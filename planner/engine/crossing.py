"""The nearest volume at which another strategy becomes the choice: "below 120k requests a month ..."."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from planner.catalog.load import Catalog
from planner.engine import sweep
from planner.engine.choice import choose
from planner.engine.results import Results
from planner.scenario.model import Scenario, spec_for

VOLUME: Final = "workload.requests_per_month"
_DECADES: Final = 2
_STEPS_OF_A_DECADE: Final = 4
_HALVINGS: Final = 6
"""To 0.9 % of the volume: it is printed with two figures."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where another strategy becomes the choice: a volume, and whether it is so below or above it."""

    strategy: str
    requests_per_month: float
    below: bool


def search(results: Results, catalog: Catalog) -> Iterator[Crossing | None]:
    """Look for the nearest crossing within two decades to either side, one simulation a step.

    For a caller that must stay quick in between: yields None after each simulation, at last the crossing
    where there is one. The goal and the limits of the plan hold at every volume, as in `choice.choose`, and
    whatever the plan leaves open is decided anew at each.

    Raises
    ------
    InputError
        If the plan cannot be costed at a volume.
    """
    scenario, here = results.scenario, _choice_of(results)
    if here is None or scenario.workload.requests_per_month <= 0.0:
        return
    for near, far in _spans(scenario):
        other = _choice_at(scenario, catalog, far)
        yield None
        if other in (here, None):
            continue
        low, high = near, far  # the choice stays at `low`, `other` is it at `high`; either may be the larger
        for _ in range(_HALVINGS):
            middle = math.sqrt(low * high)
            found = _choice_at(scenario, catalog, middle)
            yield None
            low, high, other = (middle, high, other) if found in (here, None) else (low, middle, found)
        yield Crossing(str(other), math.sqrt(low * high), below=far < near)
        return


def nearest(results: Results, catalog: Catalog) -> Crossing | None:
    """Return the nearest crossing within two decades of volume, or None where there is none.

    Raises
    ------
    InputError
        If the plan cannot be costed at a volume.
    """
    found = None
    for step in search(results, catalog):
        found = step
    return found


def _spans(scenario: Scenario) -> Iterator[tuple[float, float]]:
    """Yield stretches of volume from the plan's own outwards, below and above by turns, within its limits."""
    start, spec = scenario.workload.requests_per_month, spec_for(VOLUME)
    least, most = spec.low or 0.0, math.inf if spec.high is None else spec.high
    for step in range(_DECADES * _STEPS_OF_A_DECADE):
        for sign in (-1.0, 1.0):
            near, far = (start * 10.0 ** (sign * end / _STEPS_OF_A_DECADE) for end in (step, step + 1))
            if least <= far <= most:
                yield near, far


def _choice_at(scenario: Scenario, catalog: Catalog, requests_per_month: float) -> str | None:
    _, results = next(sweep.over(scenario, catalog, VOLUME, (requests_per_month,)))
    return _choice_of(results)


def _choice_of(results: Results) -> str | None:
    """Return the choice among strategies that keep all limits; a nearest miss is none."""
    choice = choose(results)
    return None if choice.case == "nothing" else choice.strategy
