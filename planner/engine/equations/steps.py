"""One equation of a plan: in words, with this plan's numbers put in, and where each of them is from.

Numbers are written with a figure more than elsewhere, so that a reader who works them out gets the result.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.equations.expressions import (
    FUNCTIONS,
    OVER_MONTHS,
    Expression,
    Number,
    Operation,
    Quantity,
    evaluate,
)
from planner.engine.equations.plan import LedgerKey, PlanEquations
from planner.engine.equations.writing import text
from planner.scenario.fields import in_sentence
from planner.units import UNITS, format_edit, format_quantity
from planner.units.text import separators

Key = str | tuple[str, str] | LedgerKey
"""A quantity by its key, a figure by strategy and name, or a row of the ledger: its cost, if it has one."""

MOST_TERMS: Final = 6
"""Of a sum; what is smaller is put together."""
MOST_PARTS: Final = 24
LONGEST: Final = 640
"""Letters of an equation, in words or with numbers; a longer one is not written out."""
_MOST_NODES: Final = 400
_COMPARISONS: Final = ((">=", "\N{GREATER-THAN OR EQUAL TO}"), ("<=", "\N{LESS-THAN OR EQUAL TO}"))
_FIGURES: Final = 4
_MOST_DIGITS: Final = 15
_OTHERS_FROM: Final = 2
"""A sum of more quantities than this is a list, whose zeros are left out."""
_ENDS_SHOWN: Final = 2
CALCULATED: Final = "calculated"


@dataclass(frozen=True, slots=True)
class Part:
    """A number that is put into an equation.

    Attributes
    ----------
    key, title, value : str
        Of the quantity; the value formatted with its unit.
    number : float
        The same as a number, in `unit`.
    source, date : str
        Where it comes from; `CALCULATED` where it has an equation itself.
    opens : bool
        Whether it has an equation.
    path : str
        Of the input that it is; empty for others.
    month : int or None
        The month that the number is of, where it is another one than the equation's.
    """

    key: str
    title: str
    value: str
    number: float
    unit: str
    source: str
    date: str
    opens: bool
    path: str
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One equation with its numbers.

    Attributes
    ----------
    key, title, unit, value : str
        Of the quantity that it gives, and the formatted result.
    number : float
        The result, in `unit`.
    month : int or None
        Of which month the numbers are; None for a quantity without months.
    words : str
        The equation in the case that applies: ``replicas x accelerators per replica``.
    numbers : str
        The same with numbers: ``3 x 2``; empty where the words already are one.
    parts : tuple of Part
        What is put in, each once, in the order of the equation.
    left_out : int
        Terms of its sum that are put together or are zero, and parts beyond `MOST_PARTS`.
    equations : tuple of str
        Ids in `planner.engine.formulas.FORMULAS`.
    """

    key: str
    title: str
    unit: str
    value: str
    number: float
    month: int | None
    words: str
    numbers: str
    parts: tuple[Part, ...]
    left_out: int = 0
    equations: tuple[str, ...] = ()

    @property
    def left(self) -> str:
        """What stands left of the equation: the title, and the month."""
        return self.title if self.month is None else f"{self.title}, month {self.month}"

    @property
    def line(self) -> str:
        """The whole step in one line."""
        sides = dict.fromkeys(part for part in (self.left, self.words, self.numbers, self.value) if part)
        return " = ".join(sides)


# ---------------------------------------------------------------- numbers as text
def amount(value: float, unit: str) -> str:
    """Return a number with its unit, precise enough to work on with: four figures, five for percent.

    Zeros at the end are left out, but money keeps its cents.
    """
    kind = UNITS[unit]
    if not math.isfinite(value) or value == 0.0:
        return format_quantity(value, unit)
    if kind.is_percent:
        return format_edit(value, unit) + kind.tail
    written = format_quantity(value, unit, figures=_FIGURES)
    found = _decimals(written)
    if found is None:
        return written
    cents = bool(kind.prefix) and not found["behind"]
    if cents and len(found["decimals"]) == 1:
        return _trimmed(format_quantity(value, unit, figures=_FIGURES + 1), cents=True)
    return _trimmed(written, cents=cents)


def _decimals(written: str) -> re.Match[str] | None:
    """Return the decimal sign with the decimals, and the letter right behind them."""
    sign = re.escape(separators()[0])
    return re.search(rf"{sign}(?P<decimals>\d+)(?P<behind>[a-zA-Z]?)", written)


def _trimmed(written: str, *, cents: bool) -> str:
    """Return a number without zeros at the end of its decimals; of money two stay where one does."""
    found = _decimals(written)
    if found is None:
        return written
    kept = found["decimals"].rstrip("0")
    if kept and cents:
        kept = kept.ljust(2, "0")
    end = found.start() + 1 + len(found["decimals"])
    return f"{written[: found.start()]}{separators()[0] if kept else ''}{kept}{written[end:]}"


def plain(value: float) -> str:
    """Return a number of an equation itself, such as 1 in 1 + growth; whole ones with all their digits."""
    if math.isfinite(value) and value == int(value):
        return format_quantity(value, "1", figures=_MOST_DIGITS, step=UNITS["1"].steps[0])
    return amount(value, "1")


# ---------------------------------------------------------------- one step
def quantity_of(equations: PlanEquations, key: Key) -> Quantity:
    """Return what a key stands for.

    Raises
    ------
    KeyError
        If the plan has no such quantity.
    """
    if isinstance(key, str):
        if key in equations.inputs:
            return equations.inputs[key]
        return next((each for each in equations.quantities() if each.key == key), None) or _missing(key)
    if len(key) == 2:
        return equations.figures[key]
    row = equations.ledger[key]
    return row["usd"] if "usd" in row else next(iter(row.values()))


def _missing(key: str) -> Quantity:
    raise KeyError(key)


def month_shown(quantity: Quantity, month: int | None) -> int | None:
    """Return the month to show of a quantity: the one asked for, else month 1, or the largest; else None."""
    if not quantity.is_monthly:
        return None
    values = quantity.value
    if month is not None and 0 <= month < len(values):
        return month
    return 1 if len(values) > 1 and values[1] else int(np.argmax(np.abs(values)))


def step_of(equations: PlanEquations, quantity: Quantity, month: int | None = None) -> Step:
    """Return the equation of a quantity with the numbers of a month put in.

    Parameters
    ----------
    equations : PlanEquations
        Of the plan.
    quantity : Quantity
        One of them.
    month : int, optional
        Of months 0 to the horizon; a telling one where it is not given.
    """
    at = month_shown(quantity, month)
    number = _value_at(quantity, at)
    value = amount(number, quantity.unit)
    if quantity.equation is None:
        part = _part(equations, quantity, number)
        return Step(quantity.key, quantity.title, quantity.unit, value, number, at, part.source, "", (part,))
    shown, left_out, written = quantity.equation, 0, None
    if _is_short(shown):
        taken = _taken(shown, at)
        shown, left_out = _pruned(shown if isinstance(taken, Number) else taken, at)
        written = _written(shown, at)
    parts = _parts(equations, shown, at)
    words, numbers = written or ("", "")
    if not words or len(words) > LONGEST:
        words = _worked_out_from(parts)
    return Step(
        quantity.key,
        quantity.title,
        quantity.unit,
        value,
        number,
        at,
        words,
        "" if numbers == value else numbers,
        parts[:MOST_PARTS],
        left_out + len(parts[MOST_PARTS:]),
        quantity.equations,
    )


def _written(shown: Expression, month: int | None) -> tuple[str, str]:
    """Return an equation in words and with numbers; no numbers where they are too long to be read."""
    words = text(_over_months(shown, month, words=True), _inside, plain)
    numbers = text(_over_months(shown, month, words=False), lambda q: _value_text(q, month), plain)
    if isinstance(shown, Operation) and shown.name in _SUMS:
        numbers = numbers.removeprefix("(").removesuffix(")")  # for a sum within something else
    for sign, shown_as in _COMPARISONS:
        words, numbers = words.replace(sign, shown_as), numbers.replace(sign, shown_as)
    return words, numbers if len(numbers) <= LONGEST else ""


def _worked_out_from(parts: tuple[Part, ...]) -> str:
    named = [_lower(part.title) for part in parts[:MOST_TERMS]]
    more = f" and {len(parts) - len(named)} more" if len(parts) > len(named) else ""
    return f"worked out from {', '.join(named)}{more}"


def _inside(quantity: Quantity) -> str:
    return _lower(quantity.title)


def _lower(title: str) -> str:
    """Return a title as it stands inside an equation: its first word small, API and names behind it stay."""
    first, gap, rest = title.partition(" ")
    return f"{in_sentence(first)}{gap}{rest}"


def _is_short(expression: Expression) -> bool:
    """Return whether an expression has few enough parts to be looked at one by one."""
    waiting, count = [expression], 0
    while waiting:
        each = waiting.pop()
        count += 1
        if count > _MOST_NODES:
            return False
        if isinstance(each, Operation):
            waiting.extend(each.of)
    return True


_OTHERS: Final = "others"
_WRITTEN: Final = "written"
_MADE: Final = frozenset({_OTHERS, _WRITTEN})
"""Keys of quantities that stand for several in a text."""
_SUMS: Final = ("sum", "running")


def _value_at(quantity: Quantity, month: int | None) -> float:
    """Return the value in a month; of a quantity by month without one, the sum."""
    if not quantity.is_monthly:
        return float(quantity.value)
    return float(quantity.value.sum() if month is None else quantity.value[month])


def _value_text(quantity: Quantity, month: int | None) -> str:
    if quantity.key == _WRITTEN:
        return str(quantity.value)
    return amount(_value_at(quantity, month), quantity.unit)


def _parts(equations: PlanEquations, expression: Expression, month: int | None) -> tuple[Part, ...]:
    """Return what is put into an equation, each once."""
    parts: dict[str, Part] = {}
    seen: set[int] = set()

    def visit(each: Expression) -> None:
        if id(each) in seen:  # long expressions share their parts
            return
        seen.add(id(each))
        if isinstance(each, Quantity):
            if each.key not in _MADE:
                parts.setdefault(each.key, _part(equations, each, _value_at(each, month)))
        elif isinstance(each, Operation) and each.name in OVER_MONTHS and isinstance(each.of[0], Quantity):
            summed, number = each.of[0], _at(each, month)
            part = _part(equations, summed, number, f", {_which_months(each, month)}")
            of_month = round(_at(each.of[1], month)) if each.name == "at" else None
            parts.setdefault(summed.key, replace(part, month=of_month))
            for other in each.of[1:]:
                visit(other)
        elif isinstance(each, Operation):
            for inner in each.of:
                visit(inner)

    visit(expression)
    return tuple(parts.values())


def _part(equations: PlanEquations, quantity: Quantity, number: float, which: str = "") -> Part:
    opens = quantity.equation is not None
    return Part(
        quantity.key,
        quantity.title + (which if quantity.is_monthly else ""),
        amount(number, quantity.unit),
        number,
        quantity.unit,
        CALCULATED if opens else quantity.source,
        "" if opens else quantity.date,
        opens,
        quantity.key if quantity.key in equations.inputs else "",
    )


def _which_months(operation: Operation, month: int | None) -> str:
    """Say of which months a function is: ``months 0 to 24``, ``highest of months 0 to 24``, ``month 3``."""
    if operation.name == "at":
        return f"month {_at(operation.of[1], month):.0f}"
    last = np.size(evaluate(operation.of[0])) - 1
    if operation.name == "running" and month is not None:
        last = month
    months = f"months 0 to {last}" if last else "month 0"
    return months if operation.name in _SUMS else f"{FUNCTIONS[operation.name].text} of {months}"


# ---------------------------------------------------------------- what fits on a line
def _at(expression: Expression, month: int | None) -> float:
    """Return what an expression gives in a month."""
    value: Any = evaluate(expression)
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return float(value.sum() if month is None else value[month])
    return float(value)


def _pruned(expression: Expression, month: int | None) -> tuple[Expression, int]:
    """Return an equation whose long sums hold their largest terms, and how many terms were left out."""
    if not isinstance(expression, Operation):
        return expression, 0
    if expression.name in OVER_MONTHS:
        return expression, 0
    if expression.name != "+":
        found = [_pruned(each, month) for each in expression.of]
        return Operation(expression.name, tuple(each for each, _ in found)), sum(n for _, n in found)
    terms = list(_terms(expression))
    values = [_at(term, month) for term in terms]
    listed = len(terms) > _OTHERS_FROM and all(isinstance(term, Quantity) for term in terms)
    kept = [i for i, value in enumerate(values) if value or not listed] or [0]
    if len(kept) > MOST_TERMS:
        kept = sorted(sorted(kept, key=lambda i: -abs(values[i]))[: MOST_TERMS - 1])
    rest = sum(value for i, value in enumerate(values) if i not in kept)
    others = len(terms) - len(kept)
    found = [_pruned(terms[i], month) for i in kept]
    total = found[0][0]
    for each, _ in found[1:]:
        total = total + each
    if rest:
        count = sum(1 for i, value in enumerate(values) if value and i not in kept)
        total = total + Quantity(_OTHERS, f"{count} others", _unit_of(terms), rest)
    return total, others + sum(n for _, n in found)


def _taken(expression: Expression, month: int | None) -> Expression:
    """Return an equation with the branches that are taken in a month in place of its ifs."""
    if not isinstance(expression, Operation) or expression.name in OVER_MONTHS:
        return expression
    if expression.name == "if":
        truth, yes, no = expression.of
        return _taken(yes if _at(truth, month) else no, month)
    return replace(expression, of=tuple(_taken(each, month) for each in expression.of))


def _terms(expression: Expression) -> Iterator[Expression]:
    """Give the terms of a sum."""
    if isinstance(expression, Operation) and expression.name == "+":
        for each in expression.of:
            yield from _terms(each)
    else:
        yield expression


def _unit_of(terms: list[Expression]) -> str:
    """Return the unit of terms that are quantities; a plain number where they are something else."""
    units = {term.unit if isinstance(term, Quantity) else "1" for term in terms}
    return units.pop() if len(units) == 1 else "1"


def _over_months(expression: Expression, month: int | None, *, words: bool) -> Expression:
    """Return an expression whose functions over months are words, or a few of their numbers."""
    if not isinstance(expression, Operation):
        return expression
    if expression.name not in OVER_MONTHS:
        return replace(expression, of=tuple(_over_months(each, month, words=words) for each in expression.of))
    inner = expression.of[0]
    unit = inner.unit if isinstance(inner, Quantity) else "1"
    if words:
        what = text(inner, _inside, plain)
        which = _which_months(expression, month)
        said = {"at": f"{what} in {which}"}.get(expression.name, f"{which} of {what}")
        return Quantity(_WRITTEN, f"sum of {said}" if expression.name in _SUMS else said, unit, 0.0)
    if expression.name == "at":
        return Quantity(_WRITTEN, "", unit, amount(_at(expression, month), unit))
    values = np.atleast_1d(np.asarray(evaluate(inner), float))
    upto = values[: month + 1] if expression.name == "running" and month is not None else values
    return Quantity(_WRITTEN, "", unit, _few(upto, unit, expression.name))


def _few(values: Array, unit: str, name: str) -> str:
    """Return the first and the last of many numbers."""
    texts = [amount(float(value), unit) for value in values]
    if len(texts) > 2 * _ENDS_SHOWN:
        texts = [*texts[:_ENDS_SHOWN], "\N{HORIZONTAL ELLIPSIS}", *texts[-_ENDS_SHOWN:]]
    return f"({' + '.join(texts)})" if name in _SUMS else f"{FUNCTIONS[name].text}({', '.join(texts)})"
