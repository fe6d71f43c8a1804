"""How much of a figure's variance each input makes: Sobol indices, on demand (N4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.arrays import Array
from planner.engine.blocks import BLOCK
from planner.engine.choices import Choices
from planner.engine.results import FIGURES
from planner.engine.risk import drawn_ranges
from planner.engine.run import resolve, simulate
from planner.engine.sampling import CORRELATED, Sampler, points
from planner.errors import InputError
from planner.scenario.model import Scenario
from planner.scenario.ranges import Range

Report = Callable[[int, int], bool]
"""Is told how many runs are done of how many; returns whether to go on."""
Groups = tuple[tuple[str, ...], ...]

FEWEST, MOST = 64, 2**14
ROWS: Final = 2**12
"""Of a plan, unless asked for more: 90 % intervals of about 0.1."""
_RESAMPLES: Final = 400
_CONFIDENCE: Final = (5.0, 95.0)


@dataclass(frozen=True, slots=True)
class Indices:
    """Shares of the variance of a figure, by input or by group of inputs that depend on each other.

    Attributes
    ----------
    groups : tuple
        Inputs that stand together, most of them alone.
    first, total : array
        What a group makes alone, and with all it acts together with; shape (group,). [1]; NaN where the
        figure is known in too few runs.
    first_range, total_range : array
        90 % intervals by bootstrap, shape (group, 2). [1]
    runs : int
        Evaluations of the model, rows times (groups + 2).
    complete_frac : float
        Share of the rows in which the figure is known in every run; the others are left out. [1]
    """

    groups: Groups
    first: Array
    total: Array
    first_range: Array
    total_range: Array
    runs: int
    complete_frac: float

    def of(self, path: str) -> int | None:
        """Return the number of the group that an input stands in; None where it stands in none."""
        return next((number for number, group in enumerate(self.groups) if path in group), None)


def groups_of(paths: Sequence[str]) -> Groups:
    """Return inputs in groups: those that N5 correlates together, all others alone; ordered by name.

    An index of a correlated input alone would count what it shares with the other twice, or not at all.
    """
    group = {path: {path} for path in sorted(paths)}
    for ones, others, _ in CORRELATED:
        tied = [path for path in (*ones, *others) if path in group]
        if any(path in ones for path in tied) and any(path in others for path in tied):
            joint = set().union(*(group[path] for path in tied))
            group.update(dict.fromkeys(joint, joint))
    return tuple(dict.fromkeys(tuple(sorted(each)) for each in group.values()))


def indices(
    function: Callable[[Array], Array],
    paths: Sequence[str],
    count: int,
    *,
    seed: int = 0,
    groups: Groups | None = None,
    report: Report | None = None,
) -> Indices | None:
    """Return Sobol indices of a function: first-order and total, as scipy estimates them (N4).

    Parameters
    ----------
    function : callable
        Takes independent shares between 0 and 1, shape (input, run), and returns the figure, shape (run,);
        NaN where there is none. It is given at least `BLOCK` runs at a time, but for the last.
    paths : sequence of str
        Names of the inputs, in the order of the shares.
    count : int
        Rows, a power of two; each costs (groups + 2) runs.
    seed : int
        The same seed gives the same numbers.
    groups : tuple, optional
        Inputs that move together; each alone if not given.
    report : callable, optional
        Told after each block; stops the work by returning False.

    Returns
    -------
    Indices or None
        None where it was stopped.

    Raises
    ------
    InputError
        If the rows are no power of two, or too few or many.
    """
    if not FEWEST <= count <= MOST or count & (count - 1):
        allowed = f"a power of two from {FEWEST:,} to {MOST:,}"
        raise InputError("sobol_rows", f"The rows of Sobol indices are {count:,}; allowed is {allowed}.")
    joint = groups or tuple((path,) for path in paths)
    if not paths:
        return _nothing((), 1.0)
    pages = _pages(tuple(paths), joint, count, seed)
    values = _evaluated(function, pages, report)
    if values is None:
        return None
    return _estimated(values.reshape(len(joint) + 2, count), joint, seed)


def _pages(paths: tuple[str, ...], groups: Groups, count: int, seed: int) -> Array:
    """Return A, B, and A with one group after the other from B: shape (input, (groups + 2) rows). [1]."""
    both = points(2 * len(paths), count, seed).T
    first, second = both[: len(paths)], both[len(paths) :]
    mixed = []
    for group in groups:
        page = first.copy()
        rows = [paths.index(path) for path in group]
        page[rows] = second[rows]
        mixed.append(page)
    return np.concatenate([first, second, *mixed], axis=1)


def _evaluated(function: Callable[[Array], Array], pages: Array, report: Report | None) -> Array | None:
    runs = pages.shape[1]
    found = np.empty(runs)
    for start in range(0, runs, BLOCK):
        end = min(start + BLOCK, runs)
        found[start:end] = function(pages[:, start:end])
        if report is not None and not report(end, runs):
            return None
    return found


def _estimated(values: Array, groups: Groups, seed: int) -> Indices:
    """Return the indices of rows that are complete; of these the largest power of two, as scipy asks."""
    known: Any = np.isfinite(values).all(axis=0)
    complete = float(known.mean())
    if known.sum() < FEWEST:
        return _nothing(groups, complete)
    rows = 1 << (int(known.sum()).bit_length() - 1)
    held = values[:, known][:, :rows]
    if np.ptp(held) == 0.0:  # nothing moves it
        none, pairs = np.zeros(len(groups)), np.zeros((len(groups), 2))
        return Indices(groups, none, none, pairs, pairs, values.size, complete)
    (first, total), (first_range, total_range) = _by_scipy(held), _bootstrap(held, seed)
    return Indices(groups, first, total, first_range, total_range, values.size, complete)


def _nothing(groups: Groups, complete_frac: float) -> Indices:
    none, pairs = np.full(len(groups), np.nan), np.full((len(groups), 2), np.nan)
    return Indices(groups, none, none, pairs, pairs, 0, complete_frac)


def _by_scipy(values: Array) -> tuple[Array, Array]:
    from scipy.stats import sobol_indices

    pages: Any = {"f_A": values[:1], "f_B": values[1:2], "f_AB": values[2:, np.newaxis, :]}
    found = sobol_indices(func=pages, n=values.shape[1])
    return np.atleast_1d(found.first_order), np.atleast_1d(found.total_order)


def _bootstrap(values: Array, seed: int) -> tuple[Array, Array]:
    """Return 90 % intervals of both indices, rows drawn again with replacement. [1], shape (group, 2).

    The same estimates as scipy's (Saltelli 2010, Jansen 1999), as weighted means: its own bootstrap draws
    from numpy's global state, so that its intervals would not come out the same twice.
    """
    count = values.shape[1]
    make = np.random.default_rng(seed)
    weights = make.multinomial(count, np.full(count, 1.0 / count), size=_RESAMPLES) / count
    centred = values - values[:2].mean()
    one, other, mixed = centred[0], centred[1], centred[2:]
    mean = weights @ (one + other) / 2.0
    variance = weights @ (one**2 + other**2) / 2.0 - mean**2
    safe = np.where(variance > 0.0, variance, np.nan)[:, np.newaxis]
    first = (weights @ (other * (mixed - one)).T - mean[:, np.newaxis] * (weights @ (mixed - one).T)) / safe
    total = weights @ ((one - mixed) ** 2).T / (2.0 * safe)
    ranges = [np.nanpercentile(each, _CONFIDENCE, axis=0).T for each in (first, total)]
    return ranges[0], ranges[1]


def sobol(
    scenario: Scenario,
    catalog: Catalog,
    compared: tuple[str, str | None],
    *,
    count: int = ROWS,
    seed: int = 0,
    choices: Choices | None = None,
    further: Mapping[str, Range] | None = None,
    figure: str = "total_usd",
    report: Report | None = None,
) -> Indices | None:
    """Return how much of the variance of a figure, or of what is saved, each input makes (N4).

    Parameters
    ----------
    scenario : Scenario
        The plan; what it leaves open is decided at its most likely values and held (decision 26).
    catalog : Catalog
        Hardware, models, prices.
    compared : tuple
        A strategy, and the one against which it saves, or None for its own figure.
    count, seed : int
        Rows, a power of two, and their seed.
    choices : dict, optional
        What was decided; decided here if not given.
    further : mapping of str to Range, optional
        Ranges beside those of the plan: the intervals of the physics.
    figure : str
        A name of `results.FIGURES`.
    report : callable, optional
        Told how many runs are done of how many; stops the work by returning False.

    Returns
    -------
    Indices or None
        Inputs that N5 correlates stand in a group; None where it was stopped.

    Raises
    ------
    CatalogError, InputError
        As `simulate`; if a strategy does not take part, there is no such figure, or the rows are no power of
        two.
    """
    strategy, against = compared
    pair = tuple(name for name in compared if name is not None)
    for name in pair:
        if name not in scenario.strategies:
            allowed = f"allowed is one of {', '.join(scenario.strategies)}"
            raise InputError("unknown_strategy", f'"{name}" does not take part; {allowed}.')
    if figure not in FIGURES:
        raise InputError(
            "unknown_figure", f'"{figure}" is no figure; allowed is one of {", ".join(FIGURES)}.'
        )
    decided = resolve(scenario, catalog) if choices is None else choices
    ranges = drawn_ranges(scenario, further)
    only = scenario.with_({"strategies": pair})
    sampler = Sampler(ranges, seed)

    def values(shares: Array) -> Array:
        results = simulate(only, catalog, draws=sampler.values(shares), choices=decided).strategies
        own = np.asarray(results[strategy][figure], dtype=np.float64)
        return own if against is None else results[against][figure] - own

    paths = sampler.paths
    return indices(values, paths, count, seed=seed, groups=groups_of(paths), report=report)


def runs_of(inputs: Sequence[str], count: int) -> int:
    """Return how many runs the indices of some inputs take. [1]."""
    return count * (len(groups_of(inputs)) + 2)
