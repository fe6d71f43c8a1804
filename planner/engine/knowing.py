"""What knowing one input before deciding is worth, and where the choice loses (N8, input by input)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.engine.arrays import Array, least_of
from planner.engine.blocks import Truths

Draws = NDArray[np.intp]

_MOST_DRAWS: Final = 2**14
"""More say no more of one input."""
_FOLDS: Final = 4
_PER_BIN: Final = 64
_MOST_BINS: Final = 64
_PER_KNOT: Final = 256
_KNOTS: Final = (3, 8)
_LEAST_DRAWS: Final = 256
"""Below, noise would be taken for knowledge."""
_SHUFFLE: Final = 20261124
_MOSTLY_FRAC: Final = 0.7
"""Of the draws in which a strategy loses, this share has to lie on one side ..."""
_SIDE_FRAC: Final = 0.4
"""... that holds at most this share of all draws."""
_FEWEST_LOST: Final = 30
_LEVELS: Final = np.linspace(0.02, 0.98, 97)
_FIGURES: Final = 2


@dataclass(frozen=True, slots=True)
class Knowing:
    """What it is worth to know inputs before a strategy is chosen.

    Attributes
    ----------
    fixed : int or None
        The strategy chosen when nothing is known, by number: of those that compete in every draw the one of
        least mean cost. None where there is none: then no worth in money can be told.
    perfect_usd : float
        What knowing everything would save over it; NaN without it. [USD]
    usd : dict
        What knowing one input alone would save, by path: between 0 and `perfect_usd`; NaN without `fixed`.
        [USD]
    right_frac : float
        Share of draws in which the strategy that is most often the best is the best. [1]
    right_gain_frac : dict
        By how much knowing one input alone raises that share, by path. [1]
    """

    fixed: int | None
    perfect_usd: float
    usd: dict[str, float]
    right_frac: float
    right_gain_frac: dict[str, float]


def knowing(inputs: Mapping[str, Array], totals_usd: Array, competes: Truths) -> Knowing:
    """Return what it is worth to know each input alone, from draws that were made once.

    Given a value of an input, the strategy of least expected cost is chosen of those that compete wherever
    the input has about that value. The expectation is a smooth curve through the means of bins of equally
    many draws; it is learned on some of the draws and judged on others, so that noise is worth nothing.

    Parameters
    ----------
    inputs : mapping of str to array
        Draws by path, shape (draw,).
    totals_usd : array
        Cost, NaN where a strategy does not fit, shape (strategy, draw). [USD]
    competes : array of bool
        Whether a strategy fits and keeps all limits, shape (strategy, draw).
    """
    best = np.where(competes, totals_usd, np.inf).min(axis=0)
    wins = np.equal.outer(np.arange(len(competes)), least_of(totals_usd, competes)).astype(np.float64)
    always = np.flatnonzero(competes.all(axis=1))
    right = float(wins.mean(axis=1).max())
    orders = {path: _in_bins(values[:_MOST_DRAWS]) for path, values in inputs.items()}
    anywhere = np.ones_like(competes)
    gains = {path: _gain(order, -wins, anywhere, 1.0) for path, order in orders.items()}
    if not always.size:
        nothing = dict.fromkeys(inputs, float("nan"))
        return Knowing(None, float("nan"), nothing, right, gains)
    fixed = int(always[np.argmin(totals_usd[always].mean(axis=1))])
    perfect = max(0.0, float(totals_usd[fixed].mean() - best.mean()))
    usd = {path: _gain(order, totals_usd, competes, perfect) for path, order in orders.items()}
    return Knowing(fixed, perfect, usd, right, gains)


def _in_bins(values: Array) -> Draws | None:
    """Return the numbers of draws by bin of an input and by fold, shape (bin, draw, fold).

    None where there are too few draws, or the input does not move.
    """
    draws = values.size
    if draws < _LEAST_DRAWS or np.ptp(values) == 0.0:
        return None
    bins = min(_MOST_BINS, draws // _PER_BIN)
    each = draws // (bins * _FOLDS)
    make = np.random.default_rng(_SHUFFLE)
    kept = make.permutation(draws)[: bins * _FOLDS * each]
    ordered = kept[np.argsort(values[kept], kind="stable")].reshape(bins, -1)
    # Folds by chance: by place in this order they would follow the other inputs, as Sobol points do.
    return make.permuted(ordered, axis=1).reshape(bins, each, _FOLDS)


def _gain(order: Draws | None, costs: Array, competes: Truths, most: float) -> float:
    """Return how much less the strategy costs that is chosen by an input, at most so much. Unit of costs.

    Less than the one that costs least on average and competes throughout.
    """
    if order is None or most <= 0.0:
        return 0.0
    held = costs[:, order].mean(axis=2)  # strategy, bin, fold
    allowed: Any = competes[:, order].all(axis=(2, 3))
    always = allowed.all(axis=1)
    if not always.any():
        return 0.0
    fixed = int(np.flatnonzero(always)[np.argmin(held[always].mean(axis=(1, 2)))])
    # Against the fixed one, whose cost is the largest part of the noise and common to all.
    dearer = held - held[fixed]
    learned = (dearer.sum(axis=2, keepdims=True) - dearer) / (_FOLDS - 1)
    knots = min(max(order.size // _PER_KNOT, _KNOTS[0]), _KNOTS[1])
    expected = np.stack([_smoothed(*row, knots=knots) for row in zip(learned, allowed, strict=True)])
    chosen = np.where(allowed[..., np.newaxis], expected, np.inf).argmin(axis=0)
    saved = -np.take_along_axis(dearer, chosen[np.newaxis], axis=0).mean()
    return min(max(float(saved), 0.0), most)


def _smoothed(means: Array, allowed: Truths, *, knots: int) -> Array:
    """Return the curves that lie closest to the means of the bins that count, shape (bin, fold)."""
    bins = len(means)
    if allowed.all():
        return _hat(bins, knots) @ means
    if not allowed.any():
        return means
    weights = _weights(bins, knots)
    found, *_ = np.linalg.lstsq(weights[allowed], means[allowed], rcond=None)
    curves: Array = weights @ found
    return curves


def _weights(bins: int, knots: int) -> Array:
    """Return the weights of knots in each bin, straight lines between them. [1], shape (bin, knot)."""
    at = (np.arange(bins) + 0.5) / bins * (knots - 1)
    weights: Array = np.maximum(0.0, 1.0 - np.abs(at[:, np.newaxis] - np.arange(knots)))
    return weights


@lru_cache(maxsize=32)
def _hat(bins: int, knots: int) -> Array:
    """Return what takes the means of all bins to the curve through them. [1], shape (bin, bin)."""
    weights = _weights(bins, knots)
    hat: Array = weights @ np.linalg.pinv(weights)
    return hat


# ---------------------------------------------------------------- where the choice loses


@dataclass(frozen=True, slots=True)
class Separation:
    """One value of one input that tells most of the draws in which a strategy loses from the others.

    Attributes
    ----------
    path, value : str, float
        The input and the value, of two figures: what is printed is what was counted.
    below : bool
        Whether it loses below the value.
    lost_frac : float
        Share of the losing draws on that side. [1]
    side_frac : float
        Share of all draws there. [1]
    """

    path: str
    value: float
    below: bool
    lost_frac: float
    side_frac: float

    @property
    def contrast(self) -> float:
        """How much more of the losing draws than of all lie on that side. [1]."""
        return self.lost_frac - self.side_frac


def loses(number: int, totals_usd: Array, competes: Truths) -> Truths:
    """Return in which draws a strategy is not the cheapest of those that compete. Shape (draw,)."""
    best = np.where(competes, totals_usd, np.inf).min(axis=0)
    own: Truths = ~(competes[number] & (totals_usd[number] <= best))
    return own


def separations(inputs: Mapping[str, Array], lost: Truths) -> tuple[Separation, ...]:
    """Return the value of each input that best tells losing draws from others, the clearest input first.

    Only where at least 70 % of the losing draws lie on a side that holds at most 40 % of all, and where at
    least 30 draws lose.

    Parameters
    ----------
    inputs : mapping of str to array
        Draws by path, shape (draw,).
    lost : array of bool
        In which of them the strategy loses.
    """
    if lost.sum() < _FEWEST_LOST:
        return ()
    found = [_separation(path, values, lost) for path, values in inputs.items()]
    return tuple(sorted((each for each in found if each is not None), key=lambda each: -each.contrast))


def _separation(path: str, values: Array, lost: Truths) -> Separation | None:
    ordered, losing = np.sort(values), np.sort(values[lost])
    levels = np.unique(_rounded(ordered[(_LEVELS * (ordered.size - 1)).astype(np.intp)]))
    under_all = np.searchsorted(ordered, levels, side="left") / ordered.size
    under_lost = np.searchsorted(losing, levels, side="left") / losing.size
    best: Separation | None = None
    for below, side, share in ((True, under_all, under_lost), (False, 1.0 - under_all, 1.0 - under_lost)):
        clear = (share >= _MOSTLY_FRAC) & (side <= _SIDE_FRAC)
        if clear.any():
            number = int(np.where(clear, share - side, -np.inf).argmax())
            made = Separation(path, float(levels[number]), below, float(share[number]), float(side[number]))
            best = made if best is None or made.contrast > best.contrast else best
    return best


def _rounded(values: Array) -> Array:
    """Return values of two figures, as they are printed."""
    return np.array([float(f"{value:.{_FIGURES}g}") for value in values])
