"""From a text that people read back to what it stands for: which units agree that it is a value's text."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Final

from planner.units.kinds import UNITS, Step
from planner.units.text import EN_DASH, MINUS, NO_BREAK_SPACE, SINGULAR, separators

_HALF_OF_LAST: Final = 0.51
_ROUNDED_AWAY: Final = 0.051
"""Of a number written with two figures, the fewest that are written."""

_POWER: Final = re.compile(rf"e([+{MINUS}]\d\d+)$")
_SIGNS: Final = {MINUS: -1.0, "-": -1.0, "+": 1.0}


def units_shown(text: str, value: float) -> tuple[str, ...]:
    """Return the units in which a text is that of a value; none where it says more, less, or something else.

    Parameters
    ----------
    text : str
        As the functions of this package write a number: ``$1.05M``, ``27.7 MWh``, ``42%``.
    value : float
        The number that should be behind it.
    """
    if not math.isfinite(value) or not text or EN_DASH in text:
        return ()
    sign = _SIGNS.get(text[0], 0.0)
    plain = text[1:] if sign else text
    if plain[:2] in ("< ", "> "):
        plain = plain[2:]
    size = -value if sign < 0 else value
    return tuple(
        name
        for prefix, behind, name, step in _endings()
        if plain.startswith(prefix)
        and plain.endswith(behind)
        and _is_written(plain[len(prefix) : len(plain) - len(behind)], step, size)
    )


def unit_label(name: str) -> str:
    """Return a unit as the head of a column of plain numbers has it; empty for counts and shares.

    Parameters
    ----------
    name : str
        A key of `UNITS`.
    """
    kind = UNITS[name]
    if kind.is_percent:
        return ""
    return f"USD{kind.tail}" if kind.prefix == "$" else kind.editor


@lru_cache(maxsize=1)
def _endings() -> tuple[tuple[str, str, str, Step], ...]:
    """Return what stands before and behind the digits, by unit and step."""
    found = []
    for name, kind in UNITS.items():
        for step in kind.steps:
            words = {step.unit, SINGULAR.get(step.unit, step.unit)}
            for unit in words:
                behind = step.letter + (NO_BREAK_SPACE + unit if unit else "") + kind.tail
                found.append((kind.prefix, behind, name, step))
    return tuple(found)


def _is_written(digits: str, step: Step, value: float) -> bool:
    """Return whether digits of a step are a value, as far as they go."""
    found = _number(digits)
    if found is None:
        return False
    number, last = found
    room = max(_HALF_OF_LAST * last * step.factor, _ROUNDED_AWAY * abs(value))
    return abs(number * step.factor - value) <= room


def _number(text: str) -> tuple[float, float] | None:
    """Return a number written in digits, and what one in its last place is; None for what is none."""
    decimal, group = separators()
    digits, power = text, 0
    found = _POWER.search(text)
    if found is not None:
        digits, power = text[: found.start()], int(found[1].replace(MINUS, "-"))
    whole, point, decimals = digits.partition(decimal)
    plain = whole.replace(group, "") if group else whole
    parts = (plain, decimals) if point else (plain,)
    if not all(part.isascii() and part.isdecimal() for part in parts):
        return None
    size = 10.0**power
    return float(f"{plain}.{decimals or '0'}") * size, 10.0 ** -len(decimals) * size
