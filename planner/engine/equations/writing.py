"""Expressions written out: as a formula of a spreadsheet, or as a text to read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from planner.engine.equations.expressions import (
    FUNCTIONS,
    OVER_MONTHS,
    TINY,
    Expression,
    Number,
    Operation,
    Quantity,
)

_LOOSE, _COMPARED, _ADDED, _MULTIPLIED, _SIGNED, _RAISED, _ATOM = range(7)
_INFIX: Final[Mapping[str, int]] = {
    **dict.fromkeys(("<", "<=", ">", ">=", "="), _COMPARED),
    "+": _ADDED,
    "-": _ADDED,
    "*": _MULTIPLIED,
    "/": _MULTIPLIED,
    "^": _RAISED,
}


def formula(
    expression: Expression,
    cell_of: Callable[[Quantity], str],
    range_of: Callable[[Quantity], str] | None = None,
    so_far_of: Callable[[Quantity], str] | None = None,
) -> str:
    """Return an expression as a spreadsheet's formula, without ``=``.

    Functions are those that Excel 2010 and LibreOffice know; nothing is an array formula. Infinite stands
    there as 1E+300, what is never reached as ``NA()``.

    Parameters
    ----------
    expression : Expression
        What to write.
    cell_of : callable
        Gives the cell or name of a quantity as it stands in this formula: that of its month for one by month.
    range_of : callable, optional
        Gives the cells of all months of a quantity, month 0 first, such as ``$D$7:$AB$7``: under ``sum``,
        ``highest``, ``lowest`` and ``at``. What stands under one of `OVER_MONTHS` always is a quantity.
    so_far_of : callable, optional
        Gives the cells from month 0 to the month of this formula, such as ``$D7:F7``: under ``running``.
    """
    ranges = {"running": so_far_of or cell_of}
    return _written(expression, cell_of, repr_number, _Sheet(range_of or cell_of, ranges))[0]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """How a spreadsheet's formula names the months of a quantity."""

    range_of: Callable[[Quantity], str]
    others: Mapping[str, Callable[[Quantity], str]]

    def months(self, name: str, quantity: Expression) -> str:
        assert isinstance(quantity, Quantity)
        return self.others.get(name, self.range_of)(quantity)


def text(expression: Expression, words_of: Callable[[Quantity], str], number: Callable[[float], str]) -> str:
    """Return an expression as a text to read: true signs for times and minus, functions in words."""
    return _written(expression, words_of, number, None)[0]


_INFINITE: Final = "1E+300"


def repr_number(value: float) -> str:
    """Return a number with all its digits as a spreadsheet reads it, whole ones without a point."""
    if math.isnan(value):
        return "NA()"
    if math.isinf(value):
        return _INFINITE if value > 0.0 else f"-{_INFINITE}"
    if float(value).is_integer() and abs(value) < 2**53:
        return str(int(value))
    if abs(value) < TINY:  # spreadsheets know no smaller ones
        return repr(TINY).upper()
    return repr(float(value)).upper()  # files of spreadsheets write 1E-05


_SIGNS: Final = {"*": " × ", "/": " / ", "+": " + ", "-": " − ", "^": "^", "neg": "−"}


def _written(
    part: Expression,
    words_of: Callable[[Quantity], str],
    number: Callable[[float], str],
    sheet: _Sheet | None,
) -> tuple[str, int]:
    """Return a part and how tightly it binds."""
    if isinstance(part, Number):
        return number(part.value), _SIGNED if part.value < 0 else _ATOM
    if isinstance(part, Quantity):
        return words_of(part), _ATOM
    assert isinstance(part, Operation)
    if sheet is not None and part.name in OVER_MONTHS:
        return _over_months(part, words_of, number, sheet), _ATOM
    inner = [_written(each, words_of, number, sheet) for each in part.of]
    if part.name == "neg":
        sign = "-" if sheet is not None else _SIGNS["neg"]
        # A spreadsheet takes the sign before the power, so all but single things stand in brackets.
        return f"{sign}{inner[0][0] if inner[0][1] == _ATOM else f'({inner[0][0]})'}", _SIGNED
    binding = _INFIX.get(part.name)
    if binding is None:
        return _function(part.name, inner, in_sheet=sheet is not None)
    left, right = inner
    # Left to right among equals, so only the right operand of a difference, quotient or power needs brackets.
    # A sign stands in brackets wherever something is before it, or a power behind it.
    left_text = f"({left[0]})" if left[1] < binding or (part.name == "^" and left[1] <= binding) else left[0]
    needs = right[1] < binding or (right[1] == binding and part.name not in ("+", "*")) or right[1] == _SIGNED
    right_text = f"({right[0]})" if needs else right[0]
    sign = part.name if sheet is not None else _SIGNS.get(part.name, f" {part.name} ")
    return f"{left_text}{sign}{right_text}", binding


def _function(name: str, inner: list[tuple[str, int]], *, in_sheet: bool) -> tuple[str, int]:
    """Return a function of what is written inside, and how tightly it binds."""
    known, words = FUNCTIONS[name], [each for each, _ in inner]
    if name == "log1p":
        plus = "+" if in_sheet else _SIGNS["+"]
        words = [f"1{plus}{words[0] if inner[0][1] > _ADDED else f'({words[0]})'}"]
    if in_sheet and name in ("ceil", "floor"):
        words.append("1")  # both take the step
    if in_sheet and name == "log2":
        words.append("2")
    whole = f"{known.sheet if in_sheet else known.text}({(',' if in_sheet else ', ').join(words)})"
    if name == "expm1":
        return f"{whole}{'-' if in_sheet else _SIGNS['-']}1", _ADDED
    return whole, _ATOM


def _over_months(
    part: Operation, words_of: Callable[[Quantity], str], number: Callable[[float], str], sheet: _Sheet
) -> str:
    """Return a function over months as a spreadsheet's formula."""
    cells = sheet.months(part.name, part.of[0])
    if part.name == "at":
        month, binding = _written(part.of[1], words_of, number, sheet)
        return f"INDEX({cells},{month if binding > _ADDED else f'({month})'}+1)"
    return f"{FUNCTIONS[part.name].sheet}({cells})"
