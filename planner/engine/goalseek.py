"""Goal seek: the most or the least of one number at which a plan meets a bound.

Costs rise in stairs and choices flip, so a bound may be met, missed and met again. The span is scanned,
both edges that matter are then narrowed down to one whole number, many values at a time, and two answers are
given: how far the bound holds all the way, and the last value at which it holds at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from planner.catalog.load import Catalog
from planner.engine.results import FIGURES
from planner.engine.sweep import Batch
from planner.errors import InputError
from planner.scenario.fields import FieldSpec
from planner.scenario.model import STRATEGY_IDS, Scenario, spec_for
from planner.units import format_quantity

Direction = Literal["max", "min"]
Sign = Literal["<=", ">="]

WHOLE_UNITS: Final = frozenset(
    {"count", "requests_per_month", "tokens", "params", "months", "usd_per_month", "h"}
)
"""Units in which a fraction of one says nothing: the answer is a whole number."""
_SCAN: Final = 240
_SPLIT: Final = 24
_EXACT: Final = 1e-6
"""To this share of the span, where the input is no whole number."""
_FIELD_LIMITS: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure of `results.FIGURES` that must stay on one side of a number."""

    figure: str
    sign: Sign
    value: float

    def holds(self, values: Any) -> Any:
        """Return where values keep it; NaN never does."""
        return values <= self.value if self.sign == "<=" else values >= self.value

    @property
    def words(self) -> str:
        """The bound as it reads."""
        column = FIGURES[self.figure]
        sign = "≤" if self.sign == "<=" else "≥"
        return f"{column.title} {sign} {format_quantity(self.value, column.unit)}"


@dataclass(frozen=True, slots=True)
class Sought:
    """The answer of a goal seek.

    Attributes
    ----------
    path, direction, bounds, strategy : as asked
        The strategy is None where any will do.
    steady : float or None
        How far the bounds hold all the way from the near end (the least for ``max``); None where they do not
        hold there.
    last : float or None
        The last value at which they hold at all; None where they never do.
    winner : str or None
        A strategy that keeps them at `last`, the cheapest of several.
    figures : dict
        Its figures there.
    low, high : float
        The span that was searched.
    at_edge : bool
        Whether they hold to the far end of it, so that the answer may lie beyond.
    resolution : float
        How near the next value is that was found not to hold; 1 for whole numbers.
    tried : int
        Values tried.
    """

    path: str
    direction: Direction
    bounds: tuple[Bound, ...]
    strategy: str | None
    steady: float | None
    last: float | None
    winner: str | None
    figures: Mapping[str, float]
    low: float
    high: float
    at_edge: bool
    resolution: float
    tried: int


@dataclass(slots=True)
class _Known:
    """What was found at each value tried."""

    holds: dict[float, bool] = field(default_factory=dict)
    winner: dict[float, str] = field(default_factory=dict)
    figures: dict[float, dict[str, float]] = field(default_factory=dict)


class Seek:
    """One goal seek, a value at a time: `step` until it says that it is done, then `answer`.

    Parameters
    ----------
    scenario : Scenario
        The plan.
    catalog : Catalog
        Hardware, models, prices.
    path : str
        The number that moves.
    direction : str
        ``max`` or ``min``: which end is wanted.
    bounds : sequence of Bound
        What must hold, all of it for one strategy that fits.
    strategy : str, optional
        Of which; any if not given.
    span : tuple of float, optional
        Least and most to try; the span of the field's slider if not given.

    Raises
    ------
    InputError
        If the path takes no number, the span is empty or outside of what the input takes, a figure is not
        known, or the strategy takes no part.
    """

    def __init__(
        self,
        scenario: Scenario,
        catalog: Catalog,
        path: str,
        direction: Direction,
        bounds: Sequence[Bound],
        *,
        strategy: str | None = None,
        span: tuple[float, float] | None = None,
    ) -> None:
        self._scenario, self._catalog = scenario, catalog
        self._path, self._direction, self._bounds = path, direction, tuple(bounds)
        self._strategy = strategy
        spec = _numeric(path)
        _check(scenario, self._bounds, strategy)
        self.low, self.high = _span(spec, scenario, span)
        self._whole = spec.unit in WHOLE_UNITS or spec.whole
        if self._whole:
            self.low, self.high = float(math.ceil(self.low)), float(math.floor(self.high))
        self._log = spec.scale == "log" and self.low > 0.0
        self._known = _Known()
        self._work = self._search()
        self.share = 0.0
        self.finished = False

    # ------------------------------------------------------------------ stepping
    def step(self) -> bool:
        """Take one value or cost a few; return whether there is more to do."""
        if self.finished:
            return False
        try:
            self.share = next(self._work)
        except StopIteration:
            self.share, self.finished = 1.0, True
        return not self.finished

    def run(self) -> Sought:
        """Search to the end and return the answer."""
        while self.step():
            pass
        return self.answer()

    def answer(self) -> Sought:
        """Return what was found so far."""
        order = self._ordered()
        holding = [value for value in order if self._known.holds[value]]
        last = holding[-1] if holding else None
        steady = None
        for value in order:
            if not self._known.holds[value]:
                break
            steady = value
        beyond = [value for value in order if last is not None and self._beyond(value, last)]
        return Sought(
            path=self._path,
            direction=self._direction,
            bounds=self._bounds,
            strategy=self._strategy,
            steady=steady,
            last=last,
            winner=None if last is None else self._known.winner[last],
            figures={} if last is None else self._known.figures[last],
            low=self.low,
            high=self.high,
            at_edge=last is not None and not beyond,
            resolution=abs(beyond[0] - last) if beyond and last is not None else 0.0,
            tried=len(self._known.holds),
        )

    # ------------------------------------------------------------------ the search
    def _search(self) -> Iterator[float]:
        """Scan, then close in on the end of the first stretch and on the last value; yields what is done."""
        yield from self._try(self._scan(), 0.0, 0.7)
        for done, find in ((0.7, self._first_edge), (0.85, self._last_edge)):
            while (edge := find()) is not None:
                yield from self._try(self._between(*edge), done, done)
        yield 1.0

    def _scan(self) -> list[float]:
        """Return values over the whole span, the plan's own among them; every one of a short span."""
        low, high = self.low, self.high
        if self._whole and high - low <= _SCAN:
            return np.arange(low, high + 1.0).tolist()
        spread = np.geomspace(low, high, _SCAN) if self._log else np.linspace(low, high, _SCAN)
        if self._whole:
            spread = np.rint(spread)
        own = self._scenario.get(self._path)
        values = {*np.clip(spread, low, high).tolist(), low, high}
        if isinstance(own, int | float) and low <= own <= high:
            values.add(float(own))
        return sorted(values)

    def _between(self, one: float, other: float) -> list[float]:
        """Return values between two: all whole numbers where they are few."""
        low, high = min(one, other), max(one, other)
        if self._whole and high - low - 1.0 <= _SPLIT:
            return np.arange(low + 1.0, high).tolist()
        values = np.linspace(low, high, _SPLIT + 2)[1:-1]
        return sorted(set((np.rint(values) if self._whole else values).tolist()))

    def _ordered(self) -> list[float]:
        """Return all values tried, the near end first."""
        return sorted(self._known.holds, reverse=self._direction == "min")

    def _beyond(self, value: float, other: float) -> bool:
        return value > other if self._direction == "max" else value < other

    def _first_edge(self) -> tuple[float, float] | None:
        """Return where it first stops to hold, if that is not known closely enough yet."""
        order = self._ordered()
        first = next((at for at, value in enumerate(order) if not self._known.holds[value]), 0)
        return self._open(order[first - 1], order[first]) if first else None

    def _last_edge(self) -> tuple[float, float] | None:
        """Return where it holds for the last time, if that is not known closely enough yet."""
        order = self._ordered()
        last = next((at for at in reversed(range(len(order))) if self._known.holds[order[at]]), None)
        return None if last is None or last + 1 == len(order) else self._open(order[last], order[last + 1])

    def _open(self, one: float, other: float) -> tuple[float, float] | None:
        gap = abs(other - one)
        near = gap <= (1.0 if self._whole else _EXACT * max(abs(one), abs(other), _FIELD_LIMITS))
        return None if near else (one, other)

    def _try(self, values: Sequence[float], start: float, end: float) -> Iterator[float]:
        """Cost values a few at a time; yields what is done after each."""
        new = [value for value in values if value not in self._known.holds]
        for at in range(0, len(new), _SPLIT):
            block = new[at : at + _SPLIT]
            batch = Batch(self._scenario, self._catalog)
            for number, value in enumerate(block):
                batch.add({self._path: self._typed(value)})
                yield start + (end - start) * (at + number) / len(new)
            self._learn(batch, block)
            yield start + (end - start) * (at + len(block)) / len(new)

    def _typed(self, value: float) -> float | int:
        return int(value) if spec_for(self._path).whole else value

    def _learn(self, batch: Batch, block: Sequence[float]) -> None:
        points = batch.simulate()
        keeps: NDArray[np.bool_] = points.fits.copy()
        for bound in self._bounds:
            keeps &= bound.holds(points[bound.figure])
        if self._strategy is not None:
            others = [name != self._strategy for name in points.strategies]
            keeps[others] = False
        total = np.where(keeps, points["total_usd"], np.inf)
        for number, value in enumerate(block):
            held = bool(keeps[:, number].any())
            self._known.holds[value] = held
            if held:
                row = int(np.argmin(total[:, number]))
                self._known.winner[value] = points.strategies[row]
                self._known.figures[value] = {
                    name: float(figures[row, number]) for name, figures in points.figures.items()
                }


def seek(
    scenario: Scenario,
    catalog: Catalog,
    path: str,
    direction: Direction,
    bounds: Sequence[Bound],
    *,
    strategy: str | None = None,
) -> Sought:
    """Return how far a number may go; as `Seek`, in one call.

    Raises
    ------
    InputError
        As `Seek` does.
    """
    return Seek(scenario, catalog, path, direction, bounds, strategy=strategy).run()


def _numeric(path: str) -> FieldSpec:
    spec = spec_for(path)
    if not spec.numeric:
        message = f"{spec.title} ({path}) is not a number, so no largest or smallest one can be sought."
        raise InputError("not_numeric", message, path=path)
    return spec


def _check(scenario: Scenario, bounds: Sequence[Bound], strategy: str | None) -> None:
    if not bounds:
        message = "A goal seek needs a bound."
        raise InputError("no_bound", message, 'Such as "total_usd<=500000".', path="limit")
    for bound in bounds:
        if bound.figure not in FIGURES:
            known = ", ".join(FIGURES)
            message = f'There is no figure "{bound.figure}".'
            raise InputError("unknown_figure", message, f"Known are {known}.", path="limit")
    if strategy is not None and strategy not in scenario.strategies:
        part = ", ".join(scenario.strategies)
        what = "takes no part in the plan" if strategy in STRATEGY_IDS else "is none"
        message = f'The strategy "{strategy}" {what}; allowed are {part}.'
        raise InputError("unknown_strategy", message, path="strategies")


def _span(spec: FieldSpec, scenario: Scenario, span: tuple[float, float] | None) -> tuple[float, float]:
    """Return least and most to try: as asked, else the slider's span and the plan's own value."""
    least = spec.low if spec.low is not None else spec.above
    most = spec.high
    if span is None:
        own = scenario.get(spec.path)
        ends = [*(spec.slider or (least or 0.0, most or 1.0))]
        ends += [float(own)] if isinstance(own, int | float) and own > 0.0 else []
        return min(ends), max(ends)
    low, high = span
    allowed = (least is None or low >= least) and (most is None or high <= most) and low < high
    if not (math.isfinite(low) and math.isfinite(high) and allowed):
        message = f"{spec.title} ({spec.path}) cannot be sought from {low:g} to {high:g}."
        raise InputError("bad_span", message, f"Allowed is {spec.allowed_number}.", path=spec.path)
    return low, high
