"""Why two scenarios differ: the inputs that differ, and what each of them adds to a figure.

The attribution is by Shapley values: an input gets the mean, over all orders in which the inputs could be
changed from one scenario to the other, of what its change adds. It depends on no order, gives nothing to an
input without effect, and sums to the difference.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from math import comb
from typing import Final, Literal, NamedTuple

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.arrays import Array
from planner.engine.mixes import BRIDGED, TOTAL, Mixes
from planner.errors import PlannerError
from planner.scenario.fields import FieldSpec, specs_of
from planner.scenario.model import STRATEGY_WORDS, Scenario
from planner.scenario.ranges import Range, is_number

Method = Literal["exact", "grouped", "sampled"]
Reason = Literal["", "section", "only together"]
Pair = tuple[str, str]

MOST_EXACT: Final = 10
"""Steps up to which all mixes are costed: 1,024."""
PAIRS: Final = 40
"""Orders drawn beyond that; each is also taken backwards, which cancels most of the error."""
STRATEGY: Final = "strategy"
"""Path of the step from one strategy to another."""
RANGE: Final = "ranges."

_OWN: Final = frozenset({"name", "notes"})
_NO_FIGURE: Final = frozenset({"start_month", "strategies", "labour.engineers", "measured.runs"})
_NO_FIGURE_SECTIONS: Final = ("limits", "report", "ranges")
"""Limits judge what was costed; ranges matter to draws alone."""
_HARDLY: Final = 1e-12


class Differences:
    """Finds inputs that differ, looking only into sections that are other objects than the last time."""

    def __init__(self) -> None:
        self._groups: dict[str, list[FieldSpec]] = {}
        for spec in specs_of(Scenario).values():
            if spec.path not in _OWN:
                self._groups.setdefault(spec.section, []).append(spec)
        self._held: dict[str, tuple[object, object, tuple[str, ...]]] = {}

    def between(self, before: Scenario, after: Scenario) -> tuple[str, ...]:
        """Return the paths of all values that differ, in the order of the file, then ``ranges.PATH``."""
        found: list[str] = []
        for section, specs in self._groups.items():
            old, new = (getattr(s, section) if section else s for s in (before, after))
            held = self._held.get(section)
            if held is None or held[0] is not old or held[1] is not new:
                differ = tuple(s.path for s in specs if getattr(old, s.name) != getattr(new, s.name))
                self._held[section] = held = (old, new, differ)
            found += held[2]
        return (*found, *_other_ranges(before, after))


def _other_ranges(before: Scenario, after: Scenario) -> list[str]:
    """Return the ranges that differ by more than that they follow their value."""
    if before.ranges is after.ranges:
        return []
    found = []
    for path in sorted(before.ranges.keys() | after.ranges.keys()):
        old, new = before.ranges.get(path), after.ranges.get(path)
        if old != new and not (_follows(old, new, after.get(path)) or _follows(new, old, before.get(path))):
            found.append(f"{RANGE}{path}")
    return found


def _follows(old: Range | None, new: Range | None, value: object) -> bool:
    return old is not None and is_number(value) and old.with_mode(float(value)) == new  # type: ignore[arg-type]


def differences(before: Scenario, after: Scenario) -> tuple[str, ...]:
    """Return the paths of all inputs that differ: values in the order of the file, then ``ranges.PATH``."""
    return Differences().between(before, after)


class Progress(NamedTuple):
    """Mixes costed, and how many there will be."""

    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Step:
    """What a change of one input, or of several at once, adds to each figure.

    Attributes
    ----------
    paths : tuple of str
        Inputs; ``strategy`` stands for another strategy, ``ranges.PATH`` for a range.
    effects, errors : dict
        By figure, in its unit: what it adds, and the standard error of that; zero unless sampled.
    reason : str
        Why several inputs are one step: too many to take one by one, or only valid together.
    """

    paths: tuple[str, ...]
    effects: dict[str, float]
    errors: dict[str, float]
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class Bridge:
    """The difference of two scenarios, input by input.

    Attributes
    ----------
    strategies : tuple of str
        Whose figures: that of the first scenario, that of the second.
    before, after : dict
        Figures of both by name; those that are not known in some mix are left out.
    steps : tuple of Step
        Every input that differs is in one of them, in the order of the file. Effects sum to the difference.
    method : str
        ``exact``: all mixes of single inputs. ``grouped``: all mixes, some inputs together. ``sampled``:
        random orders.
    mixes : int
        Plans costed.
    """

    strategies: Pair
    before: dict[str, float]
    after: dict[str, float]
    steps: tuple[Step, ...]
    method: Method
    mixes: int

    def difference(self, figure: str = TOTAL) -> float:
        """Return what the second scenario has more of a figure. In its unit."""
        return self.after[figure] - self.before[figure]

    def ordered(self, figure: str = TOTAL) -> tuple[Step, ...]:
        """Return the steps that change a figure: decreases first, the largest of each first."""
        moving = [step for step in self.steps if step.effects[figure] != 0.0]
        return tuple(sorted(moving, key=lambda s: (s.effects[figure] > 0.0, -abs(s.effects[figure]))))

    def step_of(self, path: str) -> Step | None:
        """Return the step that an input is in."""
        return next((step for step in self.steps if path in step.paths), None)


def bridge(before: Scenario, after: Scenario, catalog: Catalog, strategies: Pair, *, seed: int = 0) -> Bridge:
    """Return why a strategy costs more or less in one scenario than one in another.

    Parameters
    ----------
    before, after : Scenario
        The two plans; what they leave open is decided anew in every mix of them (decision 26).
    catalog : Catalog
        Hardware, models, prices.
    strategies : tuple of str
        Strategy in the first, strategy in the second.
    seed : int
        Of the orders, where there are too many to take all.

    Raises
    ------
    PlannerError
        ``does_not_fit`` if one of both has no figures; as `simulate` if one cannot be costed at all.
    """
    for found in bridging(before, after, catalog, strategies, seed=seed):
        if isinstance(found, Bridge):
            return found
    raise AssertionError("the search ends with a bridge")


def bridging(
    before: Scenario, after: Scenario, catalog: Catalog, strategies: Pair, *, seed: int = 0
) -> Iterator[Progress | Bridge]:
    """Yield how far a bridge is after each piece of work of a few milliseconds, and at last the bridge.

    Parameters and errors are those of `bridge`.
    """
    differ = differences(before, after)
    moving = tuple(path for path in differ if not _is_unmoved(path))
    mixes = Mixes(before, after, catalog, moving, strategies)
    names = (*moving, STRATEGY) if strategies[0] != strategies[1] else moving
    players = [_Player((path,), 1 << bit) for bit, path in enumerate(names)]
    ends = (0, (1 << len(names)) - 1)
    yield from _counted(mixes, ends)
    _refuse_misfit(mixes, ends, strategies)
    players = _by_section(players)
    while True:
        masks, orders = _masks(players, seed)
        yield from _counted(mixes, masks)
        failing = next((mask for mask in masks if mixes.value(mask) is None), None)
        if failing is None:
            break
        players = yield from _joined(mixes, players, failing)
    yield _assembled(mixes, differ, players, orders)


def _is_unmoved(path: str) -> bool:
    return path in _NO_FIGURE or path.partition(".")[0] in _NO_FIGURE_SECTIONS


# ---------------------------------------------------------------- who plays
class _Player(NamedTuple):
    """Inputs that change together, and their bits in a mix."""

    paths: tuple[str, ...]
    bits: int
    reason: Reason = ""


def _merged(players: list[_Player], joined: list[_Player], reason: Reason) -> list[_Player]:
    """Return the players with some of them made one, in the place of the first."""
    paths = tuple(path for player in joined for path in player.paths)
    bits = sum(player.bits for player in joined)
    one = _Player(paths, bits, reason)
    kept = [one if player is joined[0] else player for player in players]
    return [player for player in kept if player is one or player not in joined]


def _by_section(players: list[_Player]) -> list[_Player]:
    """Return the players, the largest sections joined until few enough are left."""
    while len(players) > MOST_EXACT:
        sections: dict[str, list[_Player]] = {}
        for player in players:
            sections.setdefault(player.paths[0].rpartition(".")[0], []).append(player)
        sections.pop("", None)  # horizon and strategy have no more in common than their place in the file
        largest = max(sections.values(), key=len, default=[])
        if len(largest) < 2:
            break
        players = _merged(players, largest, "section")
    return players


def _masks(players: list[_Player], seed: int) -> tuple[list[int], list[list[int]] | None]:
    """Return the mixes to cost, and the orders they come from: none where all subsets are taken."""
    if len(players) <= MOST_EXACT:
        masks = [0]
        for player in players:
            masks += [mask | player.bits for mask in masks]
        return masks, None
    random = np.random.default_rng(seed)
    orders = []
    for _ in range(PAIRS):
        order = random.permutation(len(players)).tolist()
        orders += [order, order[::-1]]
    return sorted({mask for order in orders for mask in _walk(players, order)}), orders


def _walk(players: list[_Player], order: list[int]) -> list[int]:
    masks = [0]
    for number in order:
        masks.append(masks[-1] | players[number].bits)
    return masks


def _joined(mixes: Mixes, players: list[_Player], failing: int) -> Generator[Progress, None, list[_Player]]:
    """Join the players that only go together: found from a mix that cannot be costed.

    It is shrunk to the changes that alone break the plan; then the fewest further changes that mend it are
    sought, and one of the former is tied to them.
    """
    broken = [player for player in players if player.bits & failing]
    for player in list(broken):
        less = _sum(broken) & ~player.bits
        yield from _counted(mixes, (less,))
        if mixes.value(less) is None:
            broken.remove(player)
    cure = [player for player in players if player not in broken]
    for player in list(cure):
        less = _sum(broken) | (_sum(cure) & ~player.bits)
        yield from _counted(mixes, (less,))
        if mixes.value(less) is not None:
            cure.remove(player)
    sections = {path.rpartition(".")[0] for player in cure for path in player.paths}
    related = [p for p in broken if {path.rpartition(".")[0] for path in p.paths} & sections]
    tied = [*(related or broken)[:1], *cure]
    return _merged(players, [player for player in players if player in tied], "only together")


def _sum(players: list[_Player]) -> int:
    return sum(player.bits for player in players)


def _counted(mixes: Mixes, masks: Sequence[int]) -> Iterator[Progress]:
    waiting = mixes.missing(masks)
    start = len(mixes)
    for done in mixes.fill(waiting):
        yield Progress(start + done, start + len(waiting))


def _refuse_misfit(mixes: Mixes, ends: tuple[int, int], strategies: Pair) -> None:
    for mask, strategy, word in zip(ends, strategies, ("first", "second"), strict=True):
        if mixes.value(mask) is None:
            problem = mixes.why_not(mask, strategy)
            message = f"{STRATEGY_WORDS[strategy]} does not fit in the {word} scenario: {problem}"
            raise PlannerError("does_not_fit", message)


# ---------------------------------------------------------------- what each adds
def _assembled(
    mixes: Mixes, differ: tuple[str, ...], players: list[_Player], orders: list[list[int]] | None
) -> Bridge:
    full = _sum(players)
    first, last = mixes.figures_of(0), mixes.figures_of(full)
    if orders is None:
        effects, scale = _exact(mixes, players)
        errors = np.zeros_like(effects)
        method: Method = "exact" if all(len(player.paths) == 1 for player in players) else "grouped"
    else:
        effects, errors, scale = _sampled(mixes, players, orders)
        method = "sampled"
    if players:
        effects = _summing_to(last - first, np.where(scale <= _HARDLY, 0.0, effects))
    known = [number for number in range(len(BRIDGED)) if np.all(np.isfinite([first[number], last[number]]))]
    known = [number for number in known if np.all(np.isfinite(effects[:, number]))]
    nothing = {BRIDGED[number]: 0.0 for number in known}
    steps = [Step((path,), nothing, nothing) for path in differ if _is_unmoved(path)]
    for row, player in enumerate(players):
        own, error = ({BRIDGED[n]: float(table[row, n]) for n in known} for table in (effects, errors))
        steps.append(Step(player.paths, own, error, player.reason))
    place = {path: number for number, path in enumerate((*differ, STRATEGY))}
    return Bridge(
        strategies=mixes.strategies,
        before={BRIDGED[n]: float(first[n]) for n in known},
        after={BRIDGED[n]: float(last[n]) for n in known},
        steps=tuple(sorted(steps, key=lambda step: place[step.paths[0]])),
        method=method,
        mixes=len(mixes),
    )


def _exact(mixes: Mixes, players: list[_Player]) -> tuple[Array, Array]:
    """Return Shapley values over all subsets, and the largest share by which each player ever moves a figure.

    Shape (player, figure).
    """
    count = len(players)
    masks = _masks(players, 0)[0]
    values = np.array([mixes.figures_of(mask) for mask in masks])
    largest = np.maximum(np.abs(values).max(axis=0), np.finfo(np.float64).tiny)
    numbers = np.arange(len(masks))
    sizes = np.array([bin(number).count("1") for number in numbers])
    # Share of the orders in which exactly the players of a subset come before one that is not in it.
    weights = np.array([1.0 / (count * comb(count - 1, size)) for size in range(count)])
    effects = np.zeros((count, len(BRIDGED)))
    scale = np.zeros_like(effects)
    for row in range(count):
        without = numbers[(numbers >> row) & 1 == 0]
        added = values[without | (1 << row)] - values[without]
        effects[row] = weights[sizes[without]] @ added
        scale[row] = np.abs(added).max(axis=0) / largest
    return effects, scale


def _sampled(mixes: Mixes, players: list[_Player], orders: list[list[int]]) -> tuple[Array, Array, Array]:
    """Return means over orders, their standard errors, and scales as `_exact`. Shape (player, figure)."""
    added = np.empty((len(orders), len(players), len(BRIDGED)))
    for number, order in enumerate(orders):
        values = np.array([mixes.figures_of(mask) for mask in _walk(players, order)])
        added[number, order] = np.diff(values, axis=0)
    pairs = (added[::2] + added[1::2]) / 2.0  # an order and its reverse hang together: they count as one
    errors = pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs))
    first, last = mixes.figures_of(0), mixes.figures_of(_sum(players))
    largest = np.maximum(np.maximum(np.abs(first), np.abs(last)), np.finfo(np.float64).tiny)
    return pairs.mean(axis=0), errors, np.abs(added).max(axis=0) / largest


def _summing_to(difference: Array, effects: Array) -> Array:
    """Return effects with the rounding of their sum, some 1e-16 of the figures, given to the largest."""
    rows = np.argmax(np.abs(np.nan_to_num(effects)), axis=0)
    columns = np.arange(effects.shape[1])
    mended = effects.copy()
    mended[rows, columns] += difference - effects.sum(axis=0)
    return mended
