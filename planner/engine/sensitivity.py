"""What moves a figure: each input from its P10 to its P90 alone (N7), and rank correlations (N6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.arrays import Array
from planner.engine.choices import Choices
from planner.engine.results import FIGURES
from planner.engine.risk import drawn_ranges
from planner.engine.run import resolve, simulate
from planner.engine.sampling import values_at
from planner.errors import InputError
from planner.scenario.model import Scenario
from planner.scenario.ranges import Range

ENDS: Final = (0.1, 0.9)
"""Where a tornado moves each input: P10 and P90."""
_FEWEST: Final = 3
"""Draws below which ranks say nothing."""


@dataclass(frozen=True, slots=True)
class Swing:
    """One input of a tornado, moved alone.

    Attributes
    ----------
    path : str
        The input.
    low_input, high_input, base_input : float
        Its P10, its P90 and its most likely value, in its own unit.
    low, high : float
        The figure at P10 and at P90; NaN where a strategy does not fit there.
    width : float
        By how much the figure moves from P10 to P90, whichever way; to the base case where one end does not
        fit, 0 where none does.
    """

    path: str
    low_input: float
    high_input: float
    base_input: float
    low: float
    high: float
    width: float

    @property
    def fits(self) -> bool:
        """Whether there is a figure at both ends."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))


@dataclass(frozen=True, slots=True)
class Tornado:
    """A figure of a strategy, or by how much one saves against another, and what moves it.

    Attributes
    ----------
    against : str or None
        The figure is that of `against` less that of `strategy`: positive where the strategy saves. None: the
        figure of the strategy itself.
    figure : str
        A name of `results.FIGURES`.
    base : float
        With all inputs at their most likely values; NaN where a strategy does not fit there.
    rows : tuple of Swing
        The widest first; then as the inputs are called.
    """

    strategy: str
    against: str | None
    figure: str
    base: float
    rows: tuple[Swing, ...]


@dataclass(frozen=True, slots=True)
class Swings:
    """Every strategy with one input after the other at its P10 and its P90, all others most likely.

    Attributes
    ----------
    inputs : tuple of str
        The inputs that have a range.
    ends : array
        P10 and P90 of each, in its own unit, shape (input, 2).
    modes : array
        Most likely values, shape (input,).
    figure : str
        A name of `results.FIGURES`.
    values : dict
        By strategy: the base case, then each input at P10 and at P90, shape (1 + 2 inputs,); NaN where it
        does not fit.
    """

    inputs: tuple[str, ...]
    ends: Array
    modes: Array
    figure: str
    values: dict[str, Array]

    def tornado(self, strategy: str, against: str | None = None) -> Tornado:
        """Return what moves the figure of a strategy, or what it saves against another.

        Raises
        ------
        InputError
            If a strategy does not take part.
        """
        own = self._of(strategy)
        found = own if against is None else self._of(against) - own
        base, moved = float(found[0]), found[1:].reshape(-1, 2)
        each = zip(self.inputs, self.ends.tolist(), self.modes.tolist(), moved, strict=True)
        rows = [
            Swing(path, low, high, mode, float(pair[0]), float(pair[1]), _width(base, pair))
            for path, (low, high), mode, pair in each
        ]
        rows.sort(key=lambda row: (-row.width, row.path))
        return Tornado(strategy, against, self.figure, base, tuple(rows))

    def _of(self, strategy: str) -> Array:
        if strategy not in self.values:
            known = ", ".join(self.values)
            raise InputError(
                "unknown_strategy", f'"{strategy}" does not take part; allowed is one of {known}.'
            )
        return self.values[strategy]


def _width(base: float, pair: Array) -> float:
    """Return how far a figure moves between what fits of two ends and, where one does not, the base case."""
    known = pair[np.isfinite(pair)]
    if known.size == 1 and np.isfinite(base):
        known = np.append(known, base)
    return float(np.ptp(known)) if known.size else 0.0


def swings(
    scenario: Scenario,
    catalog: Catalog,
    *,
    choices: Choices | None = None,
    further: Mapping[str, Range] | None = None,
    figure: str = "total_usd",
    strategies: tuple[str, ...] | None = None,
) -> Swings:
    """Return a figure of every strategy with one input after the other at its P10 and its P90 (N7).

    One simulation of 2 n + 1 draws; dependence between inputs plays no part, as only one moves.

    Parameters
    ----------
    scenario : Scenario
        The plan; what it leaves open is decided at its most likely values and held (decision 26).
    catalog : Catalog
        Hardware, models, prices.
    choices : dict, optional
        What was decided; decided here if not given.
    further : mapping of str to Range, optional
        Ranges beside those of the plan: the intervals of the physics.
    figure : str
        A name of `results.FIGURES`.
    strategies : tuple of str, optional
        Only these, for a single comparison: two take half the time of five.

    Raises
    ------
    CatalogError, InputError
        As `simulate`; if there is no such figure.
    """
    if figure not in FIGURES:
        raise InputError(
            "unknown_figure", f'"{figure}" is no figure; allowed is one of {", ".join(FIGURES)}.'
        )
    decided = resolve(scenario, catalog) if choices is None else choices
    if strategies is not None:
        scenario = scenario.with_({"strategies": strategies})
    ranges = drawn_ranges(scenario, further)
    inputs = tuple(sorted(ranges))
    ends = np.array([values_at(path, ranges[path], np.array(ENDS)) for path in inputs]).reshape(-1, 2)
    modes = np.array([ranges[path].mode for path in inputs])
    rows = np.tile(modes, (1 + 2 * len(inputs), 1))
    for number in range(len(inputs)):
        rows[1 + 2 * number : 3 + 2 * number, number] = ends[number]
    draws = {path: rows[:, number] for number, path in enumerate(inputs)} or None
    results = simulate(scenario, catalog, draws=draws, choices=decided)
    values = {
        name: np.atleast_1d(np.asarray(result[figure], dtype=np.float64))
        for name, result in results.strategies.items()
    }
    return Swings(inputs, ends, modes, figure, values)


def ranks(values: Array) -> Array:
    """Return the rank of each value, 1 for the smallest; equal ones share the mean of theirs. [1]."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: Array = (last - (counts - 1) / 2.0)[place]
    return shared


def rank_correlations(inputs: Mapping[str, Array], figure: Array) -> dict[str, float]:
    """Return how each input orders the draws of a figure (N6): Spearman's coefficient. [1].

    Of a difference of two strategies, not of one cost: what moves both alike decides nothing.

    Parameters
    ----------
    inputs : mapping of str to array
        Draws by path, shape (draw,).
    figure : array
        Shape (draw,); draws in which it is NaN, as a strategy does not fit, are left out.

    Returns
    -------
    dict
        -1 to 1 by path; NaN where an input, or the figure, does not change.
    """
    known = np.isfinite(figure)
    if known.sum() < _FEWEST:
        return dict.fromkeys(inputs, float("nan"))
    own = _standard(figure[known])
    return {path: float(_standard(values[known]) @ own) for path, values in inputs.items()}


def _standard(values: Array) -> Array:
    """Return ranks about their mean, of length 1: a product of two such is their correlation."""
    centred = ranks(values) - (values.size + 1) / 2.0
    length = float(np.sqrt(centred @ centred))
    return centred / length if length > 0.0 else np.full(values.shape, np.nan)
