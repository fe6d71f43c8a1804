"""Number formats of Office that write numbers as `planner.units` does, and scales of axes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from planner.units import KILO, UNITS, Step, money_in, step_for

_FIGURES: Final = 3
_CHANCE: Final = '[<0.01]"< 1%";[>0.99]"> 99%";0%'
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_TICKS: Final = 4
_HEADROOM: Final = 1.04


def number_format(value: float, unit: str, symbol: str = "$", *, sign: bool = False) -> str:
    """Return the format that writes a number with three figures: ``$272k``, ``10.6 t``, ``86%``."""
    if unit == "chance":
        return _CHANCE
    if UNITS[unit].is_percent:
        return "0%"
    step = _step(value, unit)
    size = abs(value) / step.factor
    decimals = max(0, _FIGURES - 1 - math.floor(math.log10(size))) if size else 0
    decimals = 0 if unit == "points" else min(decimals, _FIGURES)
    body = _body(unit, symbol, step, decimals)
    return f'"+"{body};"−"{body};{body}' if sign else f'{body};"−"{body}'


def axis_format(most: float, major: float, unit: str, symbol: str = "$") -> str:
    """Return the format of all ticks of an axis: one size for all, zero as 0."""
    if unit == "chance" or UNITS[unit].is_percent:
        return "0%"
    step = _step(most, unit)
    decimals = next((count for count in range(4) if _is_whole(major / step.factor * 10.0**count)), 3)
    body = _body(unit, symbol, step, decimals)
    return f'{body};"−"{body};0'


def log_format(low: float, high: float, unit: str, symbol: str = "$") -> str:
    """Return the format of an axis over decades, where each tick has its own size."""
    steps = sorted({_step(10.0**power, unit).factor for power in _powers(low, high)}, reverse=True)
    by_factor = {step.factor: step for step in UNITS[unit].steps}
    chosen = [by_factor[factor] for factor in steps][:3]
    parts = [f"[>={step.factor:.0f}]{_body(unit, symbol, step, 0)}" for step in chosen[:-1]]
    return ";".join((*parts, _body(unit, symbol, chosen[-1], 0)))


def _powers(low: float, high: float) -> range:
    return range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)


def _step(value: float, unit: str) -> Step:
    with money_in("$", 1.0):
        return step_for([value], unit)


def _body(unit: str, symbol: str, step: Step, decimals: int) -> str:
    """Return a format for one size: a comma behind the digits divides by a thousand."""
    commas = max(0, round(math.log(step.factor, KILO))) if step.factor >= 1.0 else 0
    digits = "#,##0" + ("." + "0" * decimals if decimals else "") + "," * commas
    before = f'"{symbol}"' if UNITS[unit].prefix else ""
    behind = f"{step.letter}\N{NO-BREAK SPACE}{step.unit}" if step.unit else step.letter
    return before + digits + (f'"{behind}{UNITS[unit].tail}"' if behind or UNITS[unit].tail else "")


def _is_whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6 * max(1.0, abs(value))


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis of numbers: its ends and the distance of its ticks."""

    low: float
    high: float
    major: float
    log: bool = False

    def share(self, value: float) -> float:
        """Return where a value lies, 0 at the low end and 1 at the high one."""
        if self.log:
            return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (value - self.low) / (self.high - self.low)


def linear_scale(values: Iterable[float], *, from_zero: bool = True) -> Scale:
    """Return an axis that holds all values, its ends at ticks that are easily read."""
    known = [value for value in values if math.isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= 0.0:
        high = low + (abs(low) or 1.0)
    major = _major((high - low) / _TICKS)
    first, last = math.floor(low / major + 1e-9) * major, math.ceil(high / major - 1e-9) * major
    if last - high < (_HEADROOM - 1.0) * (high - low):
        last += major / 2.0 if _is_whole(last / major) and major > 0 else 0.0
    return Scale(first, last, major)


def _major(distance: float) -> float:
    power = 10.0 ** math.floor(math.log10(distance))
    return next(step * power for step in _STEPS if step * power >= distance * (1.0 - 1e-9))


def log_scale(values: Iterable[float]) -> Scale:
    """Return an axis over decades: its ends at 1, 2 or 5 of one."""
    known = [value for value in values if math.isfinite(value) and value > 0.0]
    low, high = min(known, default=1.0), max(known, default=10.0)
    return Scale(_rounded(low, down=True), _rounded(high * 1.0001, down=False), 10.0, log=True)


def _rounded(value: float, *, down: bool) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 2.0, 5.0, 10.0)
    if down:
        return max(step * power for step in steps if step * power <= value * (1.0 + 1e-9))
    return min(step * power for step in steps if step * power >= value * (1.0 - 1e-9))
