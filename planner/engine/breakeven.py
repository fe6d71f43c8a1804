"""Where one strategy begins or ceases to cost less than another along an axis (X4): all places, not one root.

Replicas come in steps, so the cost difference jumps and may change its sign many times. A stretch of the axis
is cut further while the costs around it leave a change of sign possible, down to neighbouring whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.engine.along import KIND, STEP, Along, Axis, Costs, Truths
from planner.engine.arrays import Array
from planner.engine.run import simulate

GRID: Final = 1500
"""Values of a first look: replicas up to some seventy step in stretches of their own."""
EACH_GRID: Final = 49
_FALL: Final = 3.0
"""Replicas less by one step of the first pass, at most, over those of the first pass. [1]."""
_SAFE, _BESIDE = 0.999, 5
_UNEVEN, _GOLDEN = 0.9, 0.6180339887498949
_PARTS: Final = 8
_CLOSE: Final = 1e-4
"""Of the span, on the scale of the axis: how near a place is found where values are no whole numbers."""
_STEP_WIDTH: Final = 1e-3
_STEP_SLOPE, _STEP_LEAST = 1.5, 2e-3
"""A cost that rises faster than this power of the value, and by more than this share, has a step in it."""
MOST_VALUES: Final = 200_000
"""Costs of two strategies that meet in every step are not followed further."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A place where the order of a strategy and the baseline changes.

    Attributes
    ----------
    value : float
        The first value with the new order; between two values that are `_CLOSE`, the middle.
    before : float
        The last value seen with the old order.
    cheaper : bool
        Whether the strategy costs less from here on; else it costs as much or more.
    total_usd : float
        What it costs at the value. [USD]
    """

    value: float
    before: float
    cheaper: bool
    total_usd: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How a strategy stands against the baseline along an axis.

    Attributes
    ----------
    turns : tuple of Turn
        All, by rising value. Where one of the two does not fit there is none.
    first, lasting : Turn or None
        The first from which it is cheaper; that from which it stays so to the end of the axis.
    always, never : bool
        Whether it is cheaper, or at no value cheaper, wherever both fit; both false where it never fits.
    """

    turns: tuple[Turn, ...]
    first: Turn | None
    lasting: Turn | None
    always: bool
    never: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """From which to which value a strategy is the cheapest that keeps all limits; None where none does."""

    strategy: str | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BreakEven:
    """A plan along an axis: costs, how each strategy stands against the baseline, what is cheapest where.

    Not `exact` where places are known as well only as the values of a first look.
    """

    axis: Axis
    baseline: str
    costs: Costs
    standings: dict[str, Standing]
    stretches: tuple[Stretch, ...]
    exact: bool = True


def _never() -> bool:
    return False


def break_even(along: Along, baseline: str, *, stopped: Callable[[], bool] = _never) -> BreakEven:
    """Return all places where the order of a strategy and the baseline changes.

    Parameters
    ----------
    along : Along
        The plan and the axis; not one on which each value is decided by itself (`steps` for that).
    baseline : str
        What the others are measured against.
    stopped : callable
        Says whether the answer is still wanted; it ends early where not.

    Raises
    ------
    InputError
        If the plan does not take a value of the axis.
    """
    grid = _uneven(along.axis, GRID)
    costs = along.costs(np.union1d(grid, grid[:-1] + 1.0) if along.axis.whole else grid)
    slopes = costs.values, _slopes(costs, along.axis)
    while not stopped() and len(costs.values) < MOST_VALUES:
        open_ = _open(costs, along.axis, baseline, slopes)
        if not open_.any():
            break
        costs = costs.joined(along.costs(_inner(costs.values, open_, along.axis)))
    return judged(along.axis, costs, baseline)


def _uneven(axis: Axis, count: int) -> Array:
    """Return values over an axis that no regular row of steps can hide from."""
    even = axis.position(axis.grid(count))
    here = axis.looked_at(2)
    inner = even[1:-1] + _UNEVEN * np.diff(even)[:-1] * (np.arange(len(even) - 2) * _GOLDEN % 1.0 - 0.5)
    values = np.exp(inner) if axis.log else inner
    values = np.concatenate(([axis.low], values, [axis.high]))
    return np.union1d(np.rint(values) if axis.whole else values, here)


def first_look(along: Along, baseline: str, count: int) -> BreakEven:
    """Return what few values show: curves for a screen until `break_even` is there."""
    return replace(judged(along.axis, along.costs(along.axis.looked_at(count)), baseline), exact=False)


def steps(along: Along, baseline: str) -> Iterator[BreakEven | None]:
    """Look along any axis, one simulation a step, for a caller that must stay quick; the last step answers.

    Stretches between values of a first look are halved where their ends differ in order.

    Raises
    ------
    InputError
        If the plan does not take a value of the axis.
    """
    axis, costs = along.axis, None
    values = axis.looked_at(EACH_GRID)
    while values.size:
        for value in values.tolist():
            one = _single(along, value)
            costs = one if costs is None else costs.joined(one)
            yield None
        assert costs is not None
        ends = _changes(costs, baseline) & ~_closed(costs.values, axis)
        values = _inner(costs.values, ends, axis, parts=2)
    if costs is not None:
        yield judged(axis, costs, baseline)


def _single(along: Along, value: float) -> Costs:
    results = simulate(along.plan_at(value), along.catalog)
    usd = [[float(results.strategies[name]["total_usd"])] for name in along.strategies]
    keeps = [[bool(results.strategies[name].keeps_limits)] for name in along.strategies]
    return Costs(
        along.strategies, np.array([value]), np.array(usd), np.array(keeps), *np.zeros((2, len(usd), 1))
    )


# ---------------------------------------------------------------------- where to look closer
def _signs(costs: Costs, baseline: str) -> Array:
    """Return -1 where a strategy costs less than the baseline, 0 where as much, 1 where more, else NaN."""
    signs: Array = np.sign(costs.total_usd - costs.row(baseline))
    return signs


def _changes(costs: Costs, baseline: str) -> Truths:
    """Return between which neighbours an order, a fit or the cheapest changes. Shape (value - 1,)."""
    signs, winners = _signs(costs, baseline), costs.winners()
    known = np.isfinite(signs)
    differs = (signs[:, 1:] != signs[:, :-1]) & known[:, 1:] & known[:, :-1]
    appears = known[:, 1:] != known[:, :-1]
    found: Truths = (differs | appears).any(axis=0) | (winners[1:] != winners[:-1])
    return found


def _closed(values: Array, axis: Axis) -> Truths:
    """Return which neighbours have nothing between them that is worth a look."""
    if axis.whole:
        closed: Truths = np.diff(values) <= 1.0
        return closed
    span = float(axis.position(axis.high) - axis.position(axis.low))
    return np.asarray(np.diff(axis.position(values)) <= _CLOSE * span)


def _open(costs: Costs, axis: Axis, baseline: str, slopes: tuple[Array, Array]) -> Truths:
    """Return between which neighbours to look closer."""
    wide = ~_closed(costs.values, axis)
    near = np.searchsorted(slopes[0], costs.values[1:]).clip(0, len(slopes[0]) - 1)
    meets = _may_meet(costs, baseline, slopes[1][:, near])
    return wide & (_changes(costs, baseline) | meets | _stepped(costs, axis))


def _slopes(costs: Costs, axis: Axis) -> Array:
    """Return by how much each cost rises at least from one value to the next, steps apart. [USD], same shape.

    From neighbouring whole numbers, the least of some: a step may fall between two of them.
    """
    if not axis.whole:
        return np.zeros(costs.total_usd.shape)
    rise = np.diff(costs.total_usd, axis=1, append=np.nan)
    rise[:, np.diff(costs.values, append=np.inf) > 1.0] = np.nan
    least = np.full(rise.shape, np.nan)
    for shift in range(-_BESIDE, _BESIDE + 1):
        least = np.fmin(least, np.roll(rise, shift, axis=1))
    return np.asarray(_SAFE * np.maximum(np.nan_to_num(least), 0.0))


def _may_meet(costs: Costs, baseline: str, slopes: Array) -> Truths:
    """Return where costs at the ends leave it open whether a strategy meets the baseline in between.

    Costs rise with volume, but for this: a replica more in the first pass lets each answer faster, so that a
    few less may do. Each such step within a stretch may lower the cost, or have raised it, by some replicas'
    share. What both rise by in any case (`slopes`) tells nothing of which is above.
    """
    usd, own, form = costs.total_usd, costs.strategies.index(baseline), costs.form
    steps = np.abs(np.diff(form % KIND, axis=1)) / STEP
    sizes = np.maximum(np.fmin(form[:, 1:] % KIND, form[:, :-1] % KIND) / STEP, 1.0)
    decided = np.abs(np.diff(form - form % KIND, axis=1)) > 0.0
    fall = np.minimum(_FALL * np.where(decided, np.maximum(steps, 1.0), steps) / sizes, 1.0)
    common = np.minimum(slopes, slopes[own])
    fleet = np.fmax(costs.fleet_usd[:, :-1], costs.fleet_usd[:, 1:])
    width = np.diff(costs.values)
    ends = np.stack((usd[:, :-1], usd[:, 1:] - common * width))
    own_ends = np.stack((np.broadcast_to(usd[own, :-1], ends[0].shape), usd[own, 1:] - common * width))
    low, high = np.fmin(*ends) - fall * fleet, np.fmax(*ends) + fall * fleet
    own_low = np.fmin(*own_ends) - fall[own] * fleet[own]
    own_high = np.fmax(*own_ends) + fall[own] * fleet[own]
    equal = usd == usd[own]
    meets = (low <= own_high) & (high >= own_low) & ~(equal[:, 1:] & equal[:, :-1])
    meets[own] = False
    return np.asarray(meets.any(axis=0))


def _stepped(costs: Costs, axis: Axis) -> Truths:
    """Return where a cost jumps within a stretch that a curve would show as a slope."""
    width = np.diff(axis.position(costs.values))
    span = float(axis.position(axis.high) - axis.position(axis.low))
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.abs(np.diff(np.log(costs.total_usd), axis=1))
    allowed = (_STEP_SLOPE * width if axis.log else _STEP_SLOPE * width / span) + _STEP_LEAST
    least = _STEP_WIDTH if axis.log else _STEP_WIDTH * span
    return np.asarray((rise > allowed).any(axis=0) & (width > least))


def _inner(values: Array, open_: Truths, axis: Axis, parts: int = _PARTS) -> Array:
    """Return values inside the open stretches."""
    low, high = values[:-1][open_], values[1:][open_]
    shares = np.arange(1, parts) / parts
    if axis.log:
        inside = low[:, np.newaxis] * (high / low)[:, np.newaxis] ** shares
    else:
        inside = low[:, np.newaxis] + (high - low)[:, np.newaxis] * shares
    if axis.whole:
        inside = np.rint(inside)
        inside = np.where((inside > low[:, np.newaxis]) & (inside < high[:, np.newaxis]), inside, np.nan)
        middle = np.floor((low + high) / 2.0)[:, np.newaxis]
        inside = np.concatenate((inside, np.where((middle > low[:, np.newaxis]), middle, np.nan)), axis=1)
    return np.unique(inside[np.isfinite(inside)])


# ---------------------------------------------------------------------- what the costs say
def judged(axis: Axis, costs: Costs, baseline: str) -> BreakEven:
    """Return what costs at some values say: changes of order between neighbours."""
    signs = _signs(costs, baseline)
    standings = {
        name: _standing(axis, costs.values, signs[row], costs.total_usd[row])
        for row, name in enumerate(costs.strategies)
        if name != baseline
    }
    return BreakEven(axis, baseline, costs, standings, _stretches(costs))


def turns_of(axis: Axis, values: Array, signs: Array, usd: Array) -> tuple[Turn, ...]:
    """Return where a cost difference becomes negative or ceases to be, between neighbours that are known."""
    known, cheaper = np.isfinite(signs), signs < 0.0
    at = np.flatnonzero((cheaper[1:] != cheaper[:-1]) & known[1:] & known[:-1])
    return tuple(
        Turn(
            value=float(values[i + 1] if axis.whole else (values[i] + values[i + 1]) / 2.0),
            before=float(values[i]),
            cheaper=bool(cheaper[i + 1]),
            total_usd=float(usd[i + 1]),
        )
        for i in at.tolist()
    )


def _standing(axis: Axis, values: Array, signs: Array, usd: Array) -> Standing:
    turns, known = turns_of(axis, values, signs, usd), signs[np.isfinite(signs)]
    wins = [turn for turn in turns if turn.cheaper]
    stays = bool(turns) and turns[-1].cheaper and bool(np.isfinite(signs[-1]) and signs[-1] < 0.0)
    return Standing(
        turns=turns,
        first=wins[0] if wins else None,
        lasting=turns[-1] if stays and _unbroken(values, signs, turns[-1].before) else None,
        always=bool(known.size) and bool((known < 0.0).all()),
        never=bool(known.size) and not bool((known < 0.0).any()),
    )


def _unbroken(values: Array, signs: Array, after: float) -> bool:
    return bool(np.isfinite(signs[values > after]).all())


def _stretches(costs: Costs) -> tuple[Stretch, ...]:
    winners = costs.winners()
    starts = np.concatenate(([0], np.flatnonzero(np.diff(winners)) + 1, [len(winners)]))
    found = []
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        name = costs.strategies[winners[start]] if winners[start] >= 0 else None
        high = costs.values[min(end, len(winners) - 1)]
        found.append(Stretch(name, float(costs.values[start]), float(high)))
    return tuple(found)


# ---------------------------------------------------------------------- curves for a screen
def curve(costs: Costs, strategy: str, low: float, high: float, most: int = 200) -> tuple[Array, Array]:
    """Return at most so many points that show a cost: those where its line bends most, steps as steps.

    Unit of the axis, [USD]; NaN between stretches in which it fits.
    """
    inside = (costs.values >= low) & (costs.values <= high)
    x, y = costs.values[inside], costs.row(strategy)[inside]
    known = np.isfinite(y) & (y > 0.0)
    if known.sum() <= 2:
        return x[known], y[known]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], known.astype(np.int8), [0]))))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))[: most // 4]
    kept: list[NDArray[np.float64]] = []
    for start, end in runs:
        share = max(2, int((most - len(runs)) * (end - start) / known.sum()))
        chosen = _bends(np.log(x[start:end]) if low > 0.0 else x[start:end], np.log(y[start:end]), share)
        kept.append(np.stack((x[start:end][chosen], y[start:end][chosen])))
        kept.append(np.array([[x[end - 1]], [np.nan]]))
    joined = np.concatenate(kept[:-1], axis=1)
    return joined[0], joined[1]


def _bends(x: Array, y: Array, most: int) -> NDArray[np.intp]:
    """Return the points that a line through them deviates least with: the worst stretch is cut first."""
    if len(x) <= most:
        return np.arange(len(x))
    parts = [(*_farthest(x, y, 0, len(x) - 1), 0, len(x) - 1)]
    kept = [0, len(x) - 1]
    while parts and len(kept) < most:
        worst = max(range(len(parts)), key=lambda number: parts[number][0])
        away, at, start, end = parts.pop(worst)
        if away <= 0.0:
            break
        kept.append(at)
        parts += [(*_farthest(x, y, a, b), a, b) for a, b in ((start, at), (at, end)) if b - a > 1]
    return np.array(sorted(kept))


def _farthest(x: Array, y: Array, start: int, end: int) -> tuple[float, int]:
    """Return how far a line between two points passes from the points between them, and from which most."""
    inner = slice(start + 1, end)
    line = y[start] + (y[end] - y[start]) * (x[inner] - x[start]) / (x[end] - x[start])
    away = np.abs(y[inner] - line)
    at = int(np.argmax(away))
    return float(away[at]), start + 1 + at
