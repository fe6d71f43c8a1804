"""Break-even as a distribution (N9): where each strategy meets the baseline in each draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.engine.along import Along, Axis, Truths
from planner.engine.arrays import Array, least_of
from planner.engine.blocks import LEAST
from planner.engine.sampling import draws_of
from planner.scenario.ranges import Range

DRAWS: Final = LEAST
GRID: Final = 37
_HALVINGS: Final = 7
"""Of a stretch between values of the grid: to half a percent on six decades."""
_TENTHS: Final = (10.0, 50.0, 90.0)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a strategy meets the baseline, draw by draw.

    Attributes
    ----------
    values : array
        The first value from which it is cheaper, or up to which it is where it is cheaper at low values: see
        `rising`. The low end of the axis where that is so from there on, infinite where it never comes to it.
        Unit of the axis, shape (draw,); only draws in which both fit somewhere.
    rising : bool
        Whether it is cheaper beyond the value, else before it.
    always_frac, none_frac : float
        Share of draws in which it is cheaper all along the axis, and nowhere. [1]
    """

    values: Array
    rising: bool
    always_frac: float
    none_frac: float

    def percentile(self, share: float) -> float:
        """Return a percentile of the places. Unit of the axis; infinite beyond its end."""
        if not self.values.size:
            return float("nan")
        return float(np.percentile(self.values, share, method="inverted_cdf"))


@dataclass(frozen=True, slots=True)
class Chances:
    """What draws of the other inputs say along an axis.

    Attributes
    ----------
    values : array
        Shape (value,); unit of the axis.
    bands_usd : dict
        P10, P50 and P90 of a strategy's cost over the draws in which it fits, shape (3, value). [USD]
    cheaper_frac : dict
        Share of draws in which it costs less than the baseline, or fits where the baseline does not. [1],
        shape (value,)
    cheapest_frac : dict
        Share of draws in which it is the cheapest that keeps all limits, once all are counted. [1], shape
        (value,)
    places : dict
        By strategy.
    draws : int
        How many.
    inputs : tuple of str
        What was drawn.
    done : bool
        Whether all strategies are counted; before, only the chosen one and the baseline are there.
    """

    axis: Axis
    baseline: str
    values: Array
    bands_usd: dict[str, Array]
    cheaper_frac: dict[str, Array]
    cheapest_frac: dict[str, Array]
    places: dict[str, Places]
    draws: int
    inputs: tuple[str, ...]
    done: bool


def _never() -> bool:
    return False


def chances(
    along: Along,
    pair: tuple[str, str],
    ranges: Mapping[str, Range],
    *,
    seed: int,
    count: int = DRAWS,
    stopped: Callable[[], bool] = _never,
) -> Iterator[Chances]:
    """Yield bands of two strategies from every other value of a grid, then from all, then of all strategies.

    The range of the axis itself is left out. At each value the plan is decided at the most likely values of
    the other inputs, and held over their draws (decision 26). Nothing is yielded where nothing is drawn.

    Parameters
    ----------
    along : Along
        The plan and the axis.
    pair : tuple of str
        The strategy that is asked for first, and the baseline, which all are measured against.
    ranges : mapping of str to Range
        What is uncertain.
    count, seed : int
        Draws and their seed.
    stopped : callable
        Says whether answers are still wanted.

    Raises
    ------
    InputError
        If an input takes no draws.
    """
    draws = draws_of(
        {path: span for path, span in ranges.items() if path not in along.axis.paths}, count, seed
    )
    if not draws:
        return
    held = _Held(along, pair[1], along.axis.grid(GRID), draws)
    first = tuple(dict.fromkeys(pair))
    others = tuple(name for name in along.strategies if name not in first)
    for names, part in ((first, slice(0, None, 2)), (first, slice(1, None, 2)), (others, slice(None))):
        held.count(names, part, stopped)
        if stopped():
            return
        yield held.summed(every=part.start != 0, done=names is others)


class _Held:
    """Costs by strategy, value and draw, as far as they are counted."""

    def __init__(self, along: Along, baseline: str, values: Array, draws: Mapping[str, Array]) -> None:
        self.along, self.baseline, self.values, self.draws = along, baseline, values, draws
        count = len(next(iter(draws.values())))
        self.usd = {name: np.full((len(values), count), np.nan) for name in along.strategies}
        self.competes = {name: np.zeros((len(values), count), dtype=np.bool_) for name in along.strategies}
        self.counted: list[str] = []
        self.places: dict[str, Places] = {}

    def count(self, names: tuple[str, ...], part: slice, stopped: Callable[[], bool]) -> None:
        usd, competes = self.along.costs_in_draws(self.values[part], self.draws, names, stopped=stopped)
        for row, name in enumerate(names):
            self.usd[name][part], self.competes[name][part] = usd[row], competes[row]
        self.counted += [name for name in names if name not in self.counted]

    def summed(self, *, every: bool, done: bool) -> Chances:
        seen = slice(None) if every else slice(0, None, 2)
        base = self.usd[self.baseline]
        cheaper = {}
        for name in self.counted:
            usd = self.usd[name]
            cheaper[name] = ((usd < base) | (np.isnan(base) & np.isfinite(usd))).mean(axis=-1)[seen]
            if every and name != self.baseline and name not in self.places:
                self.places[name] = self._places(name)
        return Chances(
            axis=self.along.axis,
            baseline=self.baseline,
            values=self.values[seen],
            bands_usd={name: _band(self.usd[name][seen]) for name in self.counted},
            cheaper_frac=cheaper,
            cheapest_frac=self._cheapest() if done else {},
            places=dict(self.places),
            draws=base.shape[-1],
            inputs=tuple(self.draws),
            done=done,
        )

    def _cheapest(self) -> dict[str, Array]:
        names = tuple(self.usd)
        usd, competes = (np.stack([held[name] for name in names]) for held in (self.usd, self.competes))
        least = least_of(usd, competes)
        return {name: (least == row).mean(axis=-1) for row, name in enumerate(names)}

    def _places(self, name: str) -> Places:
        difference = self.usd[name] - self.usd[self.baseline]
        known = np.isfinite(difference)
        held = np.flatnonzero(known.any(axis=0))
        cheaper = (difference < 0.0) & known
        rising = _is_rising(cheaper, known)
        reached = (cheaper == rising) & known
        place = _first(self.along, (name, self.baseline), self.values, reached, self.draws)[held]
        every, none = (cheaper | ~known).all(axis=0)[held], ~cheaper.any(axis=0)[held]
        shares = (float(each.mean()) if held.size else 0.0 for each in (every, none))
        return Places(place, rising, *shares)


def _band(usd: Array) -> Array:
    """Return P10, P50 and P90 over the draws that fit. [USD], shape (3, value)."""
    found = np.full((len(_TENTHS), len(usd)), np.nan)
    some = np.isfinite(usd).any(axis=-1)
    if some.any():
        found[:, some] = np.nanpercentile(usd[some], _TENTHS, axis=-1)
    return found


# ---------------------------------------------------------------------- the place in each draw
def _is_rising(cheaper: Truths, known: Truths) -> bool:
    """Return whether more draws are cheaper at the high end of the axis than at its low end."""
    share = cheaper.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    seen = np.flatnonzero(known.any(axis=1))
    return not seen.size or bool(share[seen[-1]] >= share[seen[0]])


def _first(
    along: Along, pair: tuple[str, str], values: Array, reached: Truths, draws: Mapping[str, Array]
) -> Array:
    """Return the first value in each draw at which something is reached, between two of the grid by halving.

    The low end where it is reached there, infinite where it is not.
    """
    some, at = reached.any(axis=0), np.argmax(reached, axis=0)
    place = np.where(some, values[at], np.inf)
    inside = np.flatnonzero(some & (at > 0))
    if not inside.size or not along.axis.drawn:
        return place
    low, high = values[at[inside] - 1], values[at[inside]]
    own = {path: each[inside] for path, each in draws.items()}
    wanted = _sides(along, pair, high, own)
    for _ in range(_HALVINGS):
        middle = np.sqrt(low * high) if along.axis.log else (low + high) / 2.0
        middle = np.rint(middle) if along.axis.whole else middle
        there = _sides(along, pair, middle, own) == wanted
        low, high = np.where(there, low, middle), np.where(there, middle, high)
    place[inside] = high
    return place


def _sides(along: Along, pair: tuple[str, str], values: Array, draws: Mapping[str, Array]) -> Array:
    """Return 1 where the first of two costs less, else 0, NaN where either does not fit. Shape (draw,)."""
    costs = along.costs(values, draws, pair)
    one, other = costs.row(pair[0]), costs.row(pair[1])
    return np.where(np.isfinite(one) & np.isfinite(other), one < other, np.nan)
