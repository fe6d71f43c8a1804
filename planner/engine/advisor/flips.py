"""What would have to change for another strategy to win: searched with the engine, checked on either side."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from planner.catalog.load import Catalog
from planner.engine.advisor.cells import Figure
from planner.engine.advisor.criteria import Window
from planner.engine.advisor.levers import (
    VOLUME_DECADES,
    Changes,
    Lever,
    Limit,
    Switch,
    levers,
    limits,
    switches,
)
from planner.engine.choice import choose
from planner.engine.crossing import VOLUME
from planner.engine.results import Results
from planner.engine.run import simulate
from planner.errors import PlannerError
from planner.scenario.model import Scenario

SWITCH_SIZE: Final = 0.3
"""How large a change it is to decide otherwise, beside moving a number across its span. Judgement."""

_STEPS: Final = (0.03, 0.1, 0.25, 0.5, 1.0)
"""Shares of the span that are tried to either side; a change that comes back within one is not seen."""
_VOLUME_STEPS: Final = 4
"""Of a decade."""
_NEAR_FRAC, _NEAR_SPAN = 0.005, 0.0005
_NOTHING_FRAC: Final = 0.01
"""Of the value in use: what flips only below it would have to vanish."""
_LIMITS: Final = "limits."


@dataclass(frozen=True, slots=True)
class Flip:
    """A change under which another strategy is the choice.

    Attributes
    ----------
    strategy : str
        Which one.
    words : str
        The condition, to be read after "if".
    near, far : mapping
        Changes on this side and on the other: with the second `strategy` is the choice, with the first it is
        not. Nothing on this side of a switch.
    value : float or None
        Where it changes, in the unit of the input; None for a switch.
    below : bool
        Whether it holds below the value.
    size : float
        How far the input has to move, over its plausible span. [1]
    extra_usd : float or None
        What the other strategy costs more in the plan as it is, where the change itself moves no cost. [USD]
    """

    path: str
    strategy: str
    words: str
    near: Changes
    far: Changes
    value: float | None
    below: bool
    size: float
    extra_usd: float | None = None

    @property
    def text(self) -> str:
        """The condition and what it costs."""
        if self.extra_usd is None:
            return self.words
        return f"{self.words}: {Figure(self.extra_usd, 'usd', figures=2, sign=True).text}"


@dataclass(frozen=True, slots=True)
class Findings:
    """Flips, the nearest of each strategy first, and where each strategy is the choice by volume."""

    flips: tuple[Flip, ...]
    windows: tuple[Window, ...]


Search = Iterator[Findings | None]
_Simulated = Iterator[None]


class Finder:
    """Simulates changed plans, one at a time, for a caller that does other things in between.

    It looks for any other choice than the plan's, or for one strategy's where that is named.
    """

    def __init__(self, results: Results, catalog: Catalog, towards: str | None = None) -> None:
        self.results, self.catalog, self.towards = results, catalog, towards
        self.here = choice_of(results)
        self.flips: list[Flip] = []
        self.windows: list[Window] = []

    def choice_at(self, changes: Changes) -> str | None:
        """Return the choice after changes; None where none keeps the limits or the plan cannot be costed."""
        return choice_after(self.results.scenario, self.catalog, changes)

    def differs(self, choice: str | None) -> bool:
        """Whether a choice is another strategy's, or the one that is looked for."""
        if self.towards is not None:
            return choice == self.towards
        return choice is not None and choice != self.here

    def hedged(self, words: str, strategy: str, changes: Changes) -> str:
        """Return a condition with a caveat where it rests on carbon that is known as a wide range only."""
        by_carbon = changes.get("limits.goal") == "carbon" or "limits.max_carbon_kgco2e" in changes
        if not by_carbon:
            return words
        pair = (self.results.strategies[name] for name in (self.here, strategy) if name is not None)
        sure = all(result.energy_range_frac == (1.0, 1.0) for result in pair)
        return words if sure else f"{words} (roughly known)"

    def extra_usd(self, strategy: str, path: str) -> float | None:
        """Return what a strategy costs more in the plan as it is, where a change moves no cost."""
        if self.here is None or not path.startswith(_LIMITS):
            return None
        own, other = (float(self.results.strategies[name]["total_usd"]) for name in (self.here, strategy))
        return None if math.isnan(other) else other - own

    # -- numbers
    def lever(self, lever: Lever) -> _Simulated:
        """Look for the nearer flip of a number."""
        found: list[Flip] = []
        for side in (-1.0, 1.0):
            near = lever.here
            for step in _STEPS:
                far = lever.value_at(lever.position(lever.here) + side * step)
                if far == near:
                    continue
                choice = self.choice_at(lever.changes(far))
                yield
                if self.differs(choice):
                    yield from self._narrow(lever, near, far, str(choice), found)
                    break
                near = far
        found = [flip for flip in found if abs(flip.value or 0.0) >= _NOTHING_FRAC * abs(lever.here)]
        if found:
            self.flips.append(min(found, key=lambda flip: flip.size))

    def _narrow(self, lever: Lever, near: float, far: float, other: str, found: list[Flip]) -> _Simulated:
        """Halve a stretch with the choice at its near and another at its far end until both read the same."""
        while not _close(lever, near, far):
            middle = lever.value_at((lever.position(near) + lever.position(far)) / 2.0)
            if middle in (near, far):
                break
            choice = self.choice_at(lever.changes(middle))
            yield
            near, far, other = (near, middle, str(choice)) if self.differs(choice) else (middle, far, other)
        found.append(self._flip(lever, near, far, other))

    def _flip(self, lever: Lever, near: float, far: float, other: str) -> Flip:
        value, below = far if lever.whole else (near + far) / 2.0, far < near
        return Flip(
            path=lever.path,
            strategy=other,
            words=lever.words(value, below=below),
            near=lever.changes(near),
            far=lever.changes(far),
            value=value,
            below=below,
            size=abs(lever.position(value) - lever.position(lever.here)),
            extra_usd=self.extra_usd(other, lever.path),
        )

    # -- volume, whose whole span is wanted
    def volume(self, lever: Lever) -> _Simulated:
        """Find the choice at every volume, and the flip that lies nearest."""
        steps = round(VOLUME_DECADES * _VOLUME_STEPS)
        points: list[tuple[float, str | None]] = []
        for step in range(-steps, steps + 1):
            value = lever.here * 10.0 ** (step / _VOLUME_STEPS)
            points.append((value, self.here if step == 0 else self.choice_at(lever.changes(value))))
            yield
        ends: list[tuple[float, float, str | None]] = []
        for (low, first), (high, second) in itertools.pairwise(points):
            if first != second:
                yield from self._border(lever, (low, first), (high, second), ends)
        self.windows = list(_windows(points[0][1], ends))
        self._nearest(lever, points, ends)

    def _border(
        self,
        lever: Lever,
        low: tuple[float, str | None],
        high: tuple[float, str | None],
        ends: list[tuple[float, float, str | None]],
    ) -> _Simulated:
        """Halve a stretch of volume until its ends read the same; twice where a third choice lies between."""
        while not _close(lever, low[0], high[0]):
            value = math.sqrt(low[0] * high[0])
            middle = (value, self.choice_at(lever.changes(value)))
            yield
            if middle[1] == low[1]:
                low = middle
            elif middle[1] == high[1]:
                high = middle
            else:
                yield from self._border(lever, low, middle, ends)
                low = middle
        ends.append((low[0], high[0], high[1]))

    def _nearest(
        self,
        lever: Lever,
        points: list[tuple[float, str | None]],
        ends: list[tuple[float, float, str | None]],
    ) -> None:
        found, before = [], points[0][1]
        for low, high, after in ends:
            if high <= lever.here and self.differs(before):
                found.append((high, low, str(before)))
            if low >= lever.here and self.differs(after):
                found.append((low, high, str(after)))
            before = after
        flips = [self._flip(lever, near, far, other) for near, far, other in found]
        flips = [flip for flip in flips if self._stays(flip)]
        if flips:
            self.flips.append(min(flips, key=lambda flip: flip.size))

    def _stays(self, flip: Flip) -> bool:
        """Whether the choice of the plan holds on this side: the window next to it is the plan's own."""
        value = float(flip.near[VOLUME])
        own = [each for each in self.windows if each.strategy == self.here]
        return self.here is None or any(
            (each.low is None or each.low <= value) and (each.high is None or value <= each.high)
            for each in own
        )

    # -- limits
    def limit(self, limit: Limit) -> _Simulated:
        """Look at either side of one level; no further one at which the same strategy wins is kept."""
        sides = [{limit.path: limit.value}, {limit.path: limit.tight}]
        near, far = sides if limit.tightens else sides[::-1]
        before = self.choice_at(near)
        yield
        after = self.choice_at(far)
        yield
        known = any(flip.path == limit.path and flip.strategy == after for flip in self.flips)
        if self.differs(after) and after != before and not known:
            self.flips.append(
                Flip(
                    path=limit.path,
                    strategy=str(after),
                    words=self.hedged(limit.words, str(after), far),
                    near=near,
                    far=far,
                    value=limit.value,
                    below=float(far[limit.path]) < float(near[limit.path]),
                    size=limit.size,
                    extra_usd=self.extra_usd(str(after), limit.path),
                )
            )

    # -- choices
    def switch(self, switch: Switch) -> _Simulated:
        """Look at one other decision."""
        choice = self.choice_at(switch.changes)
        yield
        if self.differs(choice):
            extra = self.extra_usd(str(choice), switch.path)
            self.flips.append(
                Flip(
                    switch.path,
                    str(choice),
                    self.hedged(switch.words, str(choice), switch.changes),
                    {},
                    switch.changes,
                    None,
                    below=False,
                    size=SWITCH_SIZE,
                    extra_usd=extra,
                )
            )


def _close(lever: Lever, near: float, far: float) -> bool:
    if lever.whole:
        return abs(far - near) <= 1.0
    return abs(far - near) <= max(
        _NEAR_FRAC * min(abs(near), abs(far)) if lever.log else 0.0,
        0.0 if lever.log else _NEAR_SPAN * (lever.high - lever.low),
    )


def _windows(first: str | None, ends: list[tuple[float, float, str | None]]) -> Iterator[Window]:
    """Yield stretches of volume from the borders between them."""
    low, strategy = None, first
    for below, above, after in ends:
        border = math.sqrt(below * above)
        if strategy is not None:
            yield Window(strategy, low, border)
        low, strategy = border, after
    if strategy is not None:
        yield Window(strategy, low, None)


def choice_of(results: Results) -> str | None:
    """Return the choice among strategies that keep all limits; a nearest miss is none."""
    choice = choose(results)
    return None if choice.case == "nothing" else choice.strategy


def choice_after(scenario: Scenario, catalog: Catalog, changes: Changes) -> str | None:
    """Return the choice of a changed plan; None where none keeps all limits or the plan cannot be costed."""
    try:
        return choice_of(simulate(scenario.with_(dict(changes)), catalog))
    except PlannerError:
        return None


def search(results: Results, catalog: Catalog) -> Search:
    """Look for all flips of a plan, one simulation a step; the last step yields what was found.

    For a caller that must stay quick in between. The goal and the limits hold throughout, and whatever the
    plan leaves open is decided anew at each step.
    """
    finder = Finder(results, catalog)
    for lever in levers(results, catalog):
        yield from finder.volume(lever) if lever.path == VOLUME else finder.lever(lever)
    for limit in limits(results):
        yield from finder.limit(limit)
    for switch in switches(results.scenario):
        yield from finder.switch(switch)
    yield Findings(_ranked(finder.flips), tuple(finder.windows))


def _ranked(flips: list[Flip]) -> tuple[Flip, ...]:
    """Return the smallest change first; before all others that of each strategy, so that none is buried."""
    by_size = sorted(flips, key=lambda flip: flip.size)
    first = {flip.strategy: flip for flip in reversed(by_size)}.values()
    ahead = sorted(first, key=lambda flip: flip.size)
    return (*ahead, *(flip for flip in by_size if flip not in ahead))


def find(results: Results, catalog: Catalog) -> Findings:
    """Return all flips of a plan at once. Takes some hundreds of simulations."""
    *_, found = search(results, catalog)
    return found or Findings((), ())
