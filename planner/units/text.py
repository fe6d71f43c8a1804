"""The only place where numbers become text for people. Files keep plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple, SupportsFloat

from planner.units.factors import PERCENT_PER_FRACTION
from planner.units.kinds import COUNT_STEPS, PERCENT_STEPS, UNITS, Step, Unit

NO_BREAK_SPACE: Final = "\u00a0"
MINUS: Final = "\u2212"
EN_DASH: Final = "\u2013"
MISSING: Final = EN_DASH
"""Shown for a number that is not known."""

Number = SupportsFloat | None

_FIGURES_IN_RANGES = 2
_PLAIN_LOW, _PLAIN_HIGH = 1e-6, 1e15
_SMALLEST_SHARE_OF_STEP = 0.1
_DECADES_OF_ONE_STEP = 1e3
_MOST_DECIMALS = 9
_MOST_FIGURES = 6
_SURELY_BELOW: Final = 0.9
"""Rounding to two figures or more adds at most a twentieth."""

SINGULAR: Final[Mapping[str, str]] = MappingProxyType({"weeks": "week", "months": "month", "years": "year"})
"""Words of units that one of them is called otherwise by."""


class _Separators:
    decimal: str = "."
    group: str = ","


def set_separators(decimal: str, group: str) -> None:
    """Set the decimal and the group sign of all text made from now on.

    Parameters
    ----------
    decimal : str
        Sign before the decimals; ``.`` until it is set.
    group : str
        Sign between groups of three digits; ``,`` until it is set, may be empty.
    """
    _Separators.decimal = decimal
    _Separators.group = group


def separators() -> tuple[str, str]:
    """Return the decimal and the group sign of text made now."""
    return _Separators.decimal, _Separators.group


class _Money(NamedTuple):
    symbol: str = "$"
    per_usd: float = 1.0


_USD: Final = _Money()
_MONEY: ContextVar[_Money] = ContextVar("money", default=_USD)
"""Of one thread: a file in another currency is written while the window shows USD."""


@contextmanager
def money_in(symbol: str, per_usd: float) -> Iterator[None]:
    """Write amounts in another currency in all text made inside, in this thread.

    Parameters
    ----------
    symbol : str
        What stands before an amount.
    per_usd : float
        Units of that currency per USD; 1 for amounts that are in it already.
    """
    token = _MONEY.set(_Money(symbol, per_usd))
    try:
        yield
    finally:
        _MONEY.reset(token)


# ---------------------------------------------------------------- text
def format_quantity(
    value: Number, unit: str, *, figures: int = 3, sign: bool = False, step: Step | None = None
) -> str:
    """Write a number with its unit, as in ``$1.52M``, ``34 MWh`` or ``86%``.

    Parameters
    ----------
    value : number or None
        In the unit named; None and NaN give an en dash.
    unit : str
        A key of `UNITS`.
    figures : int
        Significant figures. Fractions show whole percent from 10 % on whatever is asked for.
    sign : bool
        Whether positive numbers carry a plus, as differences do.
    step : Step, optional
        Size to write in, from `step_for`; chosen by the number itself when absent.
    """
    kind = _unit(unit)
    number = _number(value, kind)
    if number is None:
        return MISSING
    mark = _sign_of(number, sign)
    size = abs(number)
    if math.isinf(size):
        return f"{mark}{kind.prefix}∞"
    if unit == "chance":
        return _chance(number)
    chosen = step or _pick(size, kind, figures)
    digits = _percent_digits(size) if kind.is_percent else _step_digits(size, kind, chosen, figures)
    return f"{mark}{kind.prefix}{digits}{chosen.letter}{_behind(kind, chosen, digits)}"


def format_apart(first: Number, second: Number, unit: str, *, figures: int = 2) -> tuple[str, str]:
    """Write two different numbers so that they read differently: 77.6 beside 78 is not written 78.

    Parameters
    ----------
    first, second : number or None
        In the unit named.
    unit : str
        A key of `UNITS`.
    figures : int
        Significant figures where these tell them apart; more where not, up to six.
    """
    texts = (format_quantity(first, unit, figures=figures), format_quantity(second, unit, figures=figures))
    if texts[0] == texts[1] and first != second and figures < _MOST_FIGURES:
        return format_apart(first, second, unit, figures=figures + 1)
    return texts


def format_range(low: Number, high: Number, unit: str, *, figures: int = _FIGURES_IN_RANGES) -> str:
    """Write two ends with the unit once, as in ``25–150 MWh`` and ``$330k–$520k``.

    Both ends keep the step of the larger one while the smaller is at least a tenth of that step; a range
    that reaches below zero is written with "to".

    Parameters
    ----------
    low, high : number or None
        Ends in the unit named; when one is unknown the other stands alone.
    unit : str
        A key of `UNITS`.
    figures : int
        Significant figures of each end.
    """
    kind = _unit(unit)
    first, last = _number(low), _number(high)
    if first is None or last is None:
        return format_quantity(last if first is None else first, unit, figures=figures)
    first, last = min(first, last), max(first, last)
    rate = _MONEY.get().per_usd if _is_money(kind) else 1.0
    step = _common_step((first * rate, last * rate), kind, figures)
    texts = [format_quantity(end, unit, figures=figures, step=step) for end in (first, last)]
    if texts[0] == texts[1]:
        return texts[0]
    if first < 0:
        return f"{texts[0]} to {texts[1]}"
    if step is not None and unit != "chance":
        shared = _behind(kind, step, "") if step.unit or kind.tail else ""
        shared = step.letter + shared if step.letter == "%" else shared
        texts[0] = texts[0].removesuffix(shared)
    return EN_DASH.join(texts)


def step_for(values: Iterable[Number], unit: str) -> Step:
    """Find the one step in which a column or an axis is written: that of its largest number.

    Parameters
    ----------
    values : iterable of number or None
        In the unit named; unknown ones are passed over.
    unit : str
        A key of `UNITS`.
    """
    kind = _unit(unit)
    numbers = (_number(value, kind) for value in values)
    sizes = [abs(n) for n in numbers if n is not None and math.isfinite(n)]
    return _pick(max(sizes, default=0.0), kind, 3)


def axis_labels(ticks: Sequence[Number], unit: str) -> list[str]:
    """Write the ticks of one axis: one step, equal decimals, as few as tell them apart; zero is ``0``.

    Ticks that span more than three decades, as on a logarithmic axis, take each its own step.

    Parameters
    ----------
    ticks : sequence of number or None
        In the unit named.
    unit : str
        A key of `UNITS`.
    """
    kind = _unit(unit)
    numbers = [_number(tick, kind) for tick in ticks]
    sizes = [abs(n) for n in numbers if n and math.isfinite(n)]
    if not sizes:
        return [_axis_label(number, kind, kind.steps[0], 0) for number in numbers]
    if max(sizes) / min(sizes) > _DECADES_OF_ONE_STEP:
        steps = [_pick(abs(n) if n and math.isfinite(n) else 0.0, kind, 3) for n in numbers]
        decimals = [_decimals_needed([n], step.factor) for n, step in zip(numbers, steps, strict=True)]
    else:
        steps = [_pick(max(sizes), kind, 3)] * len(numbers)
        decimals = [_decimals_needed(numbers, steps[0].factor)] * len(numbers)
    return [_axis_label(n, kind, s, d) for n, s, d in zip(numbers, steps, decimals, strict=True)]


def unit_suffix(unit: str) -> str:
    """Text an editor shows behind its number, such as ``/mo`` or ``tok``; empty for money and plain numbers.

    Parameters
    ----------
    unit : str
        A key of `UNITS`.
    """
    return _unit(unit).editor


def format_edit(value: Number, unit: str) -> str:
    """Write a number as an editor shows it: ``2.0M``, ``900``, ``3.0%``, ``8B``, ``$2.95``.

    The unit itself is not in the text (`unit_suffix`), and the step is always the unit's own.

    Parameters
    ----------
    value : number or None
        In the unit named; unknown gives an empty text.
    unit : str
        A key of `UNITS`.
    """
    kind = _unit(unit)
    number = _number(value, kind)
    if number is None or math.isinf(number):
        return ""
    steps = PERCENT_STEPS if kind.is_percent else COUNT_STEPS
    plain = Unit(steps, whole=True)
    size = abs(number)
    step = _pick(size, plain, kind.edit_figures)
    shown = Decimal(f"{size / step.factor:.{kind.edit_figures - 1}e}")
    decimals = _decimals_of(shown)
    short = shown < 10 and step.letter and unit != "params"
    if short:
        decimals = max(decimals, 1)
    elif decimals and not step.letter:
        decimals = max(decimals, 2)
    digits = _localised(f"{shown:,.{decimals}f}")
    return f"{_sign_of(number, False)}{kind.prefix}{digits}{step.letter}"


def format_cents(value: Number) -> str:
    """Write an amount of money in full, as a bill does: ``1,234.50``. Its currency stands elsewhere.

    Parameters
    ----------
    value : number or None
        In any currency; unknown gives an en dash.
    """
    if value is None or math.isnan(value):
        return MISSING
    number = float(value)
    return f"{_sign_of(number, False)}{_localised(f'{abs(number):,.2f}')}"


def months_words(count: int) -> str:
    """Write a number of months in running text: ``1 month``, ``24 months``."""
    return "1 month" if count == 1 else f"{count} months"


# ---------------------------------------------------------------- helpers
def _unit(name: str) -> Unit:
    try:
        kind = UNITS[name]
    except KeyError:
        raise ValueError(f"unknown unit {name!r}") from None
    symbol = _MONEY.get().symbol
    return replace(kind, prefix=symbol) if _is_money(kind) and kind.prefix != symbol else kind


def _is_money(kind: Unit) -> bool:
    return kind.prefix not in ("", "×")


def _number(value: Number, kind: Unit | None = None) -> float | None:
    """Return a number that is known; of a kind of money in the currency that is written."""
    if value is None:
        return None
    number = float(value)
    if kind is not None and _is_money(kind):
        number *= _MONEY.get().per_usd
    return None if math.isnan(number) else number


def _sign_of(number: float, plus: bool) -> str:
    if number < 0:
        return MINUS
    return "+" if plus and number > 0 else ""


def _rounded(size: float, figures: int) -> Decimal:
    return Decimal(f"{size:.{max(figures, 1) - 1}e}")


def _pick(size: float, kind: Unit, figures: int) -> Step:
    """Smallest step whose limit the number, rounded in that step, does not reach."""
    for step in kind.steps:
        if size >= step.below or (size == 0 and step.factor < 1.0 and not kind.is_percent):
            continue
        if figures > 1 and size < _SURELY_BELOW * step.below:  # most numbers: no rounding reaches the limit
            return step
        if float(_rounded(size / step.factor, figures)) * step.factor < step.below * (1.0 - 1e-12):
            return step
    return kind.steps[-1]


def _common_step(ends: tuple[float, float], kind: Unit, figures: int) -> Step | None:
    sizes = [abs(end) for end in ends if math.isfinite(end)]
    step = _pick(max(sizes, default=0.0), kind, figures)
    smallest = min((size for size in sizes if size > 0), default=step.factor)
    return step if kind.is_percent or smallest >= _SMALLEST_SHARE_OF_STEP * step.factor else None


def _step_digits(size: float, kind: Unit, step: Step, figures: int) -> str:
    shown = size / step.factor
    if shown == 0:
        return "0"
    if not _PLAIN_LOW <= shown < _PLAIN_HIGH:
        return _localised(f"{shown:.{max(figures, 1) - 1}e}".replace("e-", "e" + MINUS))
    rounded = _rounded(shown, figures)
    exponent = rounded.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    if kind.whole and not step.letter and shown == rounded and shown == int(shown):
        decimals = 0
    elif kind.prefix and decimals > 2:
        decimals = max(2, _decimals_of(rounded))
    return _localised(f"{rounded:,.{decimals}f}")


def _percent_digits(size: float) -> str:
    percent = size * PERCENT_PER_FRACTION
    if percent == 0 or round(percent, 1) >= 10 or abs(percent - round(percent)) < 1e-9 * percent:
        return _localised(f"{percent:,.0f}")
    if percent >= 0.1:
        return _localised(f"{percent:.1f}")
    rounded = _rounded(percent, 2)
    if percent >= _PLAIN_LOW:
        return _localised(f"{rounded:.{_decimals_of(rounded)}f}")
    return _localised(f"{percent:.0e}".replace("e-", "e" + MINUS))


def _chance(number: float) -> str:
    percent = number * PERCENT_PER_FRACTION
    if percent < 1:
        return f"<{NO_BREAK_SPACE}1%"
    if percent > 99:
        return f">{NO_BREAK_SPACE}99%"
    return f"{percent:.0f}%"


def _behind(kind: Unit, step: Step, digits: str) -> str:
    unit = SINGULAR.get(step.unit, step.unit) if digits == "1" and not step.letter else step.unit
    return (NO_BREAK_SPACE + unit if unit else "") + kind.tail


def _decimals_of(rounded: Decimal) -> int:
    exponent = rounded.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _decimals_needed(ticks: Sequence[Number], factor: float) -> int:
    shown = [n / factor for n in map(_number, ticks) if n is not None and math.isfinite(n)]
    distinct = sorted(set(shown))
    gaps = [b - a for a, b in pairwise(distinct)]
    slack = 1e-3 * min(gaps, default=abs(shown[0]) if shown and shown[0] else 1.0)
    for decimals in range(_MOST_DECIMALS):
        if all(abs(round(x, decimals) - x) <= slack for x in shown):
            return decimals
    return _MOST_DECIMALS


def _axis_label(tick: Number, kind: Unit, step: Step, decimals: int) -> str:
    number = _number(tick)
    if number is None or math.isinf(number):
        return ""
    if number == 0:
        return "0"
    digits = _localised(f"{abs(number) / step.factor:,.{decimals}f}")
    return f"{_sign_of(number, False)}{kind.prefix}{digits}{step.letter}{_behind(kind, step, digits)}"


def _localised(digits: str) -> str:
    if _Separators.decimal == "." and _Separators.group == ",":
        return digits
    swapped = digits.replace(",", "\0").replace(".", _Separators.decimal)
    return swapped.replace("\0", _Separators.group)
