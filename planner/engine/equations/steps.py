"""One equation of a plan: in words, with this plan's numbers put in, and where each of them is from.

Numbers are written with a figure more than elsewhere, so that a reader who works them out gets the result.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from planner.engine.equations.expressions import (
    FUNCTIONS,
    Expression,
    Operation,
    Quantity,
    evaluate,
    text,
)
from planner.engine.equations.plan import LedgerKey, PlanEquations
from planner.scenario.fields import in_sentence
from planner.units import UNITS, format_edit, format_quantity, step_for

Key = str | tuple[str, str] | LedgerKey
"""A quantity by its key, a figure by strategy and name, or a row of the ledger (its cost)."""

MOST_TERMS: Final = 6
"""Of a sum; what is smaller is put together."""
_FIGURES: Final = 4
_MOST_DIGITS: Final = 15
_OVER_MONTHS: Final = ("sum", "highest")
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
        The equation: ``replicas x accelerators per replica``.
    numbers : str
        The same with numbers: ``3 x 2``; empty where the words already are one.
    parts : tuple of Part
        What is put in, each once, in the order of the equation.
    left_out : int
        Terms of its sum that are put together or are zero.
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
        middle = f" = {self.numbers}" if self.numbers else ""
        return f"{self.left} = {self.words}{middle} = {self.value}"


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
    step = step_for([value], unit)
    digits, _, exponent = f"{abs(value) / step.factor:.{_FIGURES - 1}e}".partition("e")
    figures = len(digits.replace(".", "").rstrip("0"))
    if kind.prefix and not step.letter and figures - 1 - int(exponent) == 1:
        figures += 1
    return format_quantity(value, unit, figures=figures)


def plain(value: float) -> str:
    """Return a number of an equation itself, such as 1 in 1 + growth; whole ones with all their digits."""
    if value == int(value):
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
    return equations.ledger[key]["usd"]


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
        part = _part(equations, quantity, at)
        return Step(quantity.key, quantity.title, quantity.unit, value, number, at, part.source, "", (part,))
    shown, left_out = _pruned(quantity.equation, at)
    taken = _taken(shown, at)
    words = text(_with_sums(shown, words=True), lambda q: in_sentence(q.title), plain)
    numbers = text(_with_sums(taken, words=False), lambda q: _value_text(q, at), plain)
    if isinstance(taken, Operation) and taken.name == "sum":
        numbers = numbers[1:-1]  # brackets are for a sum within something else
    parts: dict[str, Part] = {}
    for each, over in _put_in(shown):
        if each.key not in _MADE:
            parts.setdefault(each.key, _part(equations, each, at, over))
    return Step(
        quantity.key,
        quantity.title,
        quantity.unit,
        value,
        number,
        at,
        words.replace(">=", "\N{GREATER-THAN OR EQUAL TO}").replace("<=", "\N{LESS-THAN OR EQUAL TO}"),
        "" if numbers == value else numbers,
        tuple(parts.values()),
        left_out,
        quantity.equations,
    )


_OTHERS: Final = "others"
_SUMMED: Final = "summed"
_MADE: Final = frozenset({_OTHERS, _SUMMED})
"""Keys of quantities that stand for several in a text."""


def _put_in(expression: Expression, over: str = "") -> Iterator[tuple[Quantity, str]]:
    """Give the quantities of an equation, each with the function over months that it stands under."""
    if isinstance(expression, Quantity):
        yield expression, over
    elif isinstance(expression, Operation):
        for each in expression.of:
            yield from _put_in(each, expression.name if expression.name in _OVER_MONTHS else over)


def _value_at(quantity: Quantity, month: int | None, over: str = "") -> float:
    """Return the value in a month; of a quantity by month over all of them where that is asked."""
    if not quantity.is_monthly:
        return float(quantity.value)
    if over or month is None:
        return float(FUNCTIONS[over or "sum"].compute(quantity.value))
    return float(quantity.value[month])


def _value_text(quantity: Quantity, month: int | None) -> str:
    return (
        str(quantity.value)
        if quantity.key == _SUMMED
        else amount(_value_at(quantity, month, ""), quantity.unit)
    )


_OVER_WORDS: Final = {"sum": ", all months", "highest": ", highest"}


def _part(equations: PlanEquations, quantity: Quantity, month: int | None, over: str = "") -> Part:
    number = _value_at(quantity, month, over)
    opens = quantity.equation is not None
    return Part(
        quantity.key,
        quantity.title + (_OVER_WORDS.get(over, "") if quantity.is_monthly else ""),
        amount(number, quantity.unit),
        number,
        quantity.unit,
        CALCULATED if opens else quantity.source,
        "" if opens else quantity.date,
        opens,
        quantity.key if quantity.key in equations.inputs else "",
    )


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
    if expression.name in _OVER_MONTHS:
        return expression, 0
    if expression.name != "+":
        found = [_pruned(each, month) for each in expression.of]
        return Operation(expression.name, tuple(each for each, _ in found)), sum(n for _, n in found)
    terms = list(_terms(expression))
    values = [_at(term, month) for term in terms]
    kept = [i for i, value in enumerate(values) if value] or [0]
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
    if not isinstance(expression, Operation) or expression.name in _OVER_MONTHS:
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


def _with_sums(expression: Expression, *, words: bool) -> Expression:
    """Return an expression whose sums over months are words, or a few of their numbers."""
    if not isinstance(expression, Operation):
        return expression
    if expression.name in _OVER_MONTHS:
        inner = expression.of[0]
        values = np.atleast_1d(np.asarray(evaluate(inner), float))
        unit = inner.unit if isinstance(inner, Quantity) else "1"
        if words:
            what = text(inner, lambda q: in_sentence(q.title), plain)
            verb = "sum" if expression.name == "sum" else "highest"
            return Quantity(_SUMMED, f"{verb} of months 0 to {len(values) - 1} of {what}", unit, 0.0)
        written = _few(values, unit, expression.name)
        return Quantity(_SUMMED, "", unit, written)
    return replace(expression, of=tuple(_with_sums(each, words=words) for each in expression.of))


def _few(values: np.ndarray, unit: str, name: str) -> str:
    """Return the first and the last of many numbers."""
    texts = [amount(float(value), unit) for value in values]
    if len(texts) > 2 * _ENDS_SHOWN:
        texts = [*texts[:_ENDS_SHOWN], "\N{HORIZONTAL ELLIPSIS}", *texts[-_ENDS_SHOWN:]]
    if name == "sum":
        return f"({' + '.join(texts)})"
    return f"{FUNCTIONS[name].text}({', '.join(texts)})"
