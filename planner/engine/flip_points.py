"""Where each uncertain input flips the decision, all others at their most likely values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.load import Catalog
from planner.engine.arrays import NOBODY, Array, least_of
from planner.engine.choice import AIMS
from planner.engine.choices import Choices
from planner.engine.results import Results
from planner.engine.risk import drawn_ranges
from planner.engine.run import resolve, simulate
from planner.engine.sampling import values_at
from planner.scenario.model import Scenario, spec_for
from planner.scenario.ranges import Range

_FROM_TO: Final = np.array([0.01, 0.99])
_LEAST_STEPS: Final = 32
"""Of each side of the most likely value: a choice that comes and goes within one step is not seen."""
_RUNS: Final = 2**10
"""At once: an array of few rows beside the window would make it stutter, and costs nearly as much."""
_NEAR_FRAC: Final = 0.005
_NEAR_SPAN: Final = 0.0005
"""A value that is within either of these reads the same."""
Winners = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class FlipPoint:
    """A value of one input at which the choice becomes another.

    Attributes
    ----------
    path : str
        The input.
    value : float
        Where it changes, in the unit of the input; the first whole number on the other side where only such
        are taken.
    below : bool
        Whether the other choice holds below the value.
    strategy : str or None
        The choice there; None where no strategy keeps all limits.
    near, far : float
        Values on this side and on the other: with the first the choice is the plan's, with the second it is
        `strategy`.
    """

    path: str
    value: float
    below: bool
    strategy: str | None
    near: float
    far: float


@dataclass(slots=True)
class _Stretch:
    """From a value at which the choice is the plan's to one at which it is another."""

    path: str
    near: float
    far: float
    other: int


def winners(results: Results) -> Winners:
    """Return the choice in each draw (decision 13): its number among the strategies, `NOBODY` for none."""
    figure, sign = AIMS[results.scenario.limits.goal]
    held = list(results.strategies.values())
    shape = np.shape(held[0][figure])
    ranked = np.array([np.broadcast_to(sign * np.asarray(each[figure]), shape) for each in held])
    competes = np.array(
        [np.broadcast_to(np.logical_and(each.fits, each.keeps_limits), shape) for each in held]
    )
    return least_of(ranked, competes)


class _Scan:
    """Finds the choice at single values of single inputs, many at once."""

    def __init__(
        self, scenario: Scenario, catalog: Catalog, ranges: Mapping[str, Range], choices: Choices
    ) -> None:
        self._scenario, self._catalog, self._choices = scenario, catalog, choices
        self.ranges = dict(sorted(ranges.items()))

    def at(self, paths: Sequence[str], values: Sequence[Array]) -> list[Winners]:
        """Return the choice at values of each input, and before them that of the base case."""
        sizes = [each.size for each in values]
        draws = {path: np.full(1 + sum(sizes), span.mode) for path, span in self.ranges.items()}
        start = 1
        for path, each in zip(paths, values, strict=True):
            draws[path][start : start + each.size] = each
            start += each.size
        found = winners(simulate(self._scenario, self._catalog, draws=draws, choices=self._choices))
        return [found[:1], *np.split(found[1:], np.cumsum(sizes)[:-1])]

    def stretches(self) -> tuple[int, list[_Stretch]]:
        """Return the choice of the base case, and where it first ends to either side of each input."""
        steps = max(_LEAST_STEPS, math.ceil(_RUNS / (2 * len(self.ranges))))
        paths, values = [], []
        for path, span in self.ranges.items():
            for end, side in zip(values_at(path, span, _FROM_TO).tolist(), (-1.0, 1.0), strict=True):
                if side * (end - span.mode) > 0.0:
                    paths.append(path)
                    values.append(_between(path, span.mode, end, steps)[1:])
        if not paths:
            return NOBODY, []
        (base,), *found = (each.tolist() for each in self.at(paths, values))
        made = zip(paths, values, found, strict=True)
        cut = [self._first(path, each, chosen, base) for path, each, chosen in made]
        return base, [each for each in cut if each is not None]

    def _first(self, path: str, values: Array, found: list[int], base: int) -> _Stretch | None:
        number = next((number for number, choice in enumerate(found) if choice != base), None)
        if number is None:
            return None
        near = self.ranges[path].mode if number == 0 else float(values[number - 1])
        return _Stretch(path, near, float(values[number]), found[number])

    def narrow(self, base: int, stretches: list[_Stretch]) -> None:
        """Cut all stretches again, at once, until both ends of each read the same."""
        while wide := [each for each in stretches if not self._is_narrow(each)]:
            steps = max(4, math.ceil(_RUNS / len(wide)))
            values = [_between(each.path, each.near, each.far, steps)[1:-1] for each in wide]
            found = self.at([each.path for each in wide], values)[1:]
            for stretch, inside, chosen in zip(wide, values, found, strict=True):
                held = [*inside.tolist(), stretch.far]
                choices = [*chosen.tolist(), stretch.other]
                number = next(number for number, choice in enumerate(choices) if choice != base)
                stretch.near = stretch.near if number == 0 else held[number - 1]
                stretch.far, stretch.other = held[number], choices[number]

    def _is_narrow(self, stretch: _Stretch) -> bool:
        width = abs(stretch.far - stretch.near)
        if spec_for(stretch.path).whole:
            return width <= 1.0
        alike = _NEAR_FRAC * min(abs(stretch.near), abs(stretch.far))
        span = float(np.ptp(values_at(stretch.path, self.ranges[stretch.path], _FROM_TO)))
        return width <= max(alike, _NEAR_SPAN * span)


def _between(path: str, near: float, far: float, steps: int) -> Array:
    """Return values from one end to the other: by ratio where the input spans decades, whole where asked."""
    if spec_for(path).scale == "log" and min(near, far) > 0.0:
        values = np.geomspace(near, far, steps + 1)
    else:
        values = np.linspace(near, far, steps + 1)
    values[0], values[-1] = near, far
    if spec_for(path).whole:
        values = np.unique(np.rint(values))
        values = values if far > near else values[::-1]
    return values


def flip_points(
    scenario: Scenario,
    catalog: Catalog,
    *,
    choices: Choices | None = None,
    further: Mapping[str, Range] | None = None,
) -> dict[str, tuple[FlipPoint, ...]]:
    """Return where each input flips the choice between its P1 and its P99, the nearer flip first.

    What was decided is held: a plan is made, and then the world turns out so (decision 26). Where the
    decisions would follow too, as in `advisor.flips`, the point may lie elsewhere.

    Parameters
    ----------
    scenario : Scenario
        The plan; what it leaves open is decided at its most likely values.
    catalog : Catalog
        Hardware, models, prices.
    choices : dict, optional
        What was decided; decided here if not given.
    further : mapping of str to Range, optional
        Ranges beside those of the plan: the intervals of the physics.

    Returns
    -------
    dict
        By path: none, one, or one to either side of the most likely value, to 0.5 %.

    Raises
    ------
    CatalogError, InputError
        As `simulate`.
    """
    ranges = drawn_ranges(scenario, further)
    if not ranges:
        return {}
    decided = resolve(scenario, catalog) if choices is None else choices
    scan = _Scan(scenario, catalog, ranges, decided)
    base, stretches = scan.stretches()
    scan.narrow(base, stretches)
    found: dict[str, list[FlipPoint]] = {path: [] for path in scan.ranges}
    for each in stretches:
        strategy = None if each.other == NOBODY else scenario.strategies[each.other]
        value = each.far if spec_for(each.path).whole else (each.near + each.far) / 2.0
        found[each.path].append(
            FlipPoint(each.path, value, each.far < each.near, strategy, each.near, each.far)
        )
    return {
        path: tuple(sorted(points, key=lambda point: _distance(ranges[path], point)))
        for path, points in found.items()
    }


def _distance(span: Range, point: FlipPoint) -> float:
    """Return how far a flip lies from the most likely value, over the range to its side. [1]."""
    end = span.low if point.below else span.high
    width = abs(end - span.mode)
    return abs(point.value - span.mode) / width if width > 0.0 else math.inf
