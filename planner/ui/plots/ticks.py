"""Where axes end and where their ticks stand: plain functions, no Qt."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Labeller = Callable[[Sequence[float]], Sequence[str]]
_EPS = 1e-9
_LARGEST = 1e300
_MOST_TICKS = 60


def nice_step(span: float, count: int = 5) -> float:
    """The step of 1, 2 or 5 times a power of ten that cuts a span into about ``count`` parts."""
    if not math.isfinite(span) or span <= 0:
        return 1.0
    rough = span / max(1, count)
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 0.0
    if power <= 0 or not math.isfinite(power):
        return 1.0
    for factor in (1.0, 2.0, 5.0):
        if rough <= factor * power * (1 + _EPS):
            return factor * power
    return 10.0 * power


def _sane(lo: float, hi: float) -> tuple[float, float]:
    """Finite, ordered and apart."""
    lo = min(max(lo, -_LARGEST), _LARGEST) if lo == lo else 0.0
    hi = min(max(hi, -_LARGEST), _LARGEST) if hi == hi else max(lo, 0.0)
    if lo > hi:
        lo, hi = hi, lo
    if hi - lo <= max(abs(lo), abs(hi)) * 1e-12:
        pad = abs(hi) * 0.1 or 1.0
        return (0.0, hi + pad) if lo >= 0 else (lo - pad, hi + pad)
    return lo, hi


def nice_range(lo: float, hi: float, count: int = 5) -> tuple[float, float]:
    """The range snapped outwards to half steps of `nice_step`; what is not a number becomes 0 to 1."""
    lo, hi = _sane(lo, hi)
    half = nice_step(hi - lo, count) / 2
    low = math.floor(lo / half + _EPS) * half
    high = math.ceil(hi / half - _EPS) * half
    return (low, high) if high > low else (low, low + half)


def nice_ticks(lo: float, hi: float, count: int = 5) -> list[float]:
    """Multiples of a 1-2-5 step inside the range, ends included."""
    lo, hi = _sane(lo, hi)
    step = nice_step(hi - lo, count)
    first = math.ceil(lo / step - 1e-6)
    last = math.floor(hi / step + 1e-6)
    return [i * step if i else 0.0 for i in range(first, min(last, first + _MOST_TICKS) + 1)]


def log_range(lo: float, hi: float) -> tuple[float, float]:
    """The range snapped outwards to 1, 2 or 5 of a decade; must be positive, else 1 to 10."""
    if not (math.isfinite(lo) and math.isfinite(hi)) or max(lo, hi) <= 0:
        return 1.0, 10.0
    lo, hi = min(lo, hi), max(lo, hi)
    lo = lo if lo > 0 else hi / 1e3
    lo, hi = (min(max(v, 1 / _LARGEST), _LARGEST) for v in (lo, hi))
    low, high = _snap_down(lo), _snap_up(hi)
    return (low, high) if high > low else (low, low * 10)


def _snap_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value) + _EPS)
    return power * max((f for f in (1.0, 2.0, 5.0) if f * power <= value * (1 + _EPS)), default=1.0)


def _snap_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value) + _EPS)
    return power * min((f for f in (1.0, 2.0, 5.0, 10.0) if f * power >= value * (1 - _EPS)), default=10.0)


def log_ticks(lo: float, hi: float) -> tuple[list[float], list[float]]:
    """Labelled ticks and unlabelled 2-5 lines of a logarithmic axis."""
    if not 1 / _LARGEST < lo < hi < _LARGEST:
        return [], []
    first, last = math.floor(math.log10(lo) + _EPS), math.ceil(math.log10(hi) - _EPS)
    decades = math.log10(hi / lo)
    factors: tuple[float, ...] = (1.0, 3.0) if decades <= 2.2 else (1.0,)
    if decades < 1.05:
        factors = (1.0, 2.0, 5.0)
    skip = max(1, math.ceil((last - first) / 8))
    low, high = lo * (1 - _EPS), hi * (1 + _EPS)
    major = [f * 10.0**e for e in range(first, last + 1, skip) for f in factors]
    major = [v for v in major if low <= v <= high]
    minor = [f * 10.0**e for e in range(first, last + 1) for f in (2.0, 5.0)]
    minor = [v for v in minor if low <= v <= high]
    return major, [v for v in minor if v not in major] if skip == 1 else []


def held_range(now: tuple[float, float], lo: float, hi: float, *, dragging: bool) -> tuple[float, float]:
    """The nice range of new data; while a drag lasts the old one stays as long as the data fit in it."""
    if dragging and now[0] <= lo and hi <= now[1] and now[1] > now[0]:
        return now
    return nice_range(lo, hi)


@dataclass(frozen=True)
class AxisSpec:
    """Range, ticks and their texts. ``grid``: lines at ticks; ``zero``: a stronger line there."""

    lo: float = 0.0
    hi: float = 1.0
    ticks: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    minor: tuple[float, ...] = field(default=())
    log: bool = False
    grid: bool = True
    zero: float | None = None

    def __post_init__(self) -> None:
        """Refuse a range that cannot be drawn by replacing it."""
        lo, hi = self.lo, self.hi
        bad = not (math.isfinite(lo) and math.isfinite(hi) and hi > lo and (lo > 0 or not self.log))
        if bad:
            fixed = log_range(lo, hi) if self.log else nice_range(lo, hi)
            object.__setattr__(self, "lo", fixed[0])
            object.__setattr__(self, "hi", fixed[1])

    @property
    def ends(self) -> tuple[float, float]:
        """The range as the view has it: logarithms on a logarithmic axis."""
        return (math.log10(self.lo), math.log10(self.hi)) if self.log else (self.lo, self.hi)

    def view(self, value: float) -> float:
        """A value as the view has it."""
        if not self.log:
            return value
        return math.log10(value) if value > 0 else -math.inf

    def share(self, value: float) -> float:
        """Where a value lies: 0 at the low end, 1 at the high one."""
        low, high = self.ends
        return (self.view(value) - low) / (high - low)


def linear_axis(
    lo: float, hi: float, labeller: Labeller, *, count: int = 5, grid: bool = True, snap: bool = True
) -> AxisSpec:
    """A linear axis around data, snapped outwards (or exact), with about ``count`` ticks."""
    low, high = nice_range(lo, hi, count) if snap else _sane(lo, hi)
    ticks = tuple(nice_ticks(low, high, count))
    zero = 0.0 if low <= 0 <= high else None
    return AxisSpec(low, high, ticks, tuple(labeller(ticks)), grid=grid, zero=zero if grid else None)


def log_axis(lo: float, hi: float, labeller: Labeller, *, grid: bool = True, snap: bool = True) -> AxisSpec:
    """A logarithmic axis around positive data."""
    low, high = log_range(lo, hi) if snap or not 0 < lo < hi else (lo, hi)
    major, minor = log_ticks(low, high)
    return AxisSpec(low, high, tuple(major), tuple(labeller(major)), tuple(minor), log=True, grid=grid)


def month_axis(horizon: int, *, width: int = 7) -> AxisSpec:
    """Months 0 to the horizon; month 0 reads "start"."""
    horizon = max(1, horizon)
    steps = (1, 2, 3, 4, 6, 12, 24, 36, 60, 120)
    step = next((s for s in steps if horizon / s <= width), steps[-1])
    ticks = tuple(float(m) for m in range(0, horizon + 1, step))
    labels = tuple("start" if m == 0 else f"{m:.0f}" for m in ticks)
    return AxisSpec(0.0, float(horizon), ticks, labels, grid=False)


def spread(wanted: Sequence[float], step: float, height: float) -> list[float]:
    """Positions of sorted labels pushed apart to ``step``, near where they are wanted, inside the height."""
    places = list(wanted)
    for _ in range(60):
        moved = False
        for i in range(1, len(places)):
            gap = places[i] - places[i - 1]
            if gap < step - 1e-6:
                shift = (step - gap) / 2
                places[i - 1] -= shift
                places[i] += shift
                moved = True
        if not moved:
            break
    if places:
        low, high = step / 2 - 6, height - step / 2 + 6
        return _held_inside(places, step, low, max(high, low + step * (len(places) - 1)))
    return places


def _held_inside(places: Sequence[float], step: float, low: float, high: float) -> list[float]:
    """Move labels at either end inwards, and others only as far as those push them."""
    kept: list[float] = []
    for place in places:
        kept.append(max(place, kept[-1] + step if kept else low))
    for i in range(len(kept) - 1, -1, -1):
        kept[i] = min(kept[i], kept[i + 1] - step if i + 1 < len(kept) else high)
    return kept
