"""Equations as data: evaluated with numbers, written as a formula of a spreadsheet, or as a text to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from planner.engine.arrays import Array

Operand = "Expression | float | int"

_LOOSE, _COMPARED, _ADDED, _MULTIPLIED, _SIGNED, _RAISED, _ATOM = range(7)
_INFIX: Final[Mapping[str, int]] = {
    **dict.fromkeys(("<", "<=", ">", ">=", "="), _COMPARED),
    "+": _ADDED,
    "-": _ADDED,
    "*": _MULTIPLIED,
    "/": _MULTIPLIED,
    "^": _RAISED,
}


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """Part of an equation; operators make larger ones. Comparisons are methods: ``==`` stays identity."""

    def __add__(self, other: Any) -> Expression:
        """Return a sum."""
        return Operation("+", (self, of(other)))

    def __radd__(self, other: Any) -> Expression:
        """Return a sum."""
        return Operation("+", (of(other), self))

    def __sub__(self, other: Any) -> Expression:
        """Return a difference."""
        return Operation("-", (self, of(other)))

    def __rsub__(self, other: Any) -> Expression:
        """Return a difference."""
        return Operation("-", (of(other), self))

    def __mul__(self, other: Any) -> Expression:
        """Return a product."""
        return Operation("*", (self, of(other)))

    def __rmul__(self, other: Any) -> Expression:
        """Return a product."""
        return Operation("*", (of(other), self))

    def __truediv__(self, other: Any) -> Expression:
        """Return a quotient."""
        return Operation("/", (self, of(other)))

    def __rtruediv__(self, other: Any) -> Expression:
        """Return a quotient."""
        return Operation("/", (of(other), self))

    def __pow__(self, other: Any) -> Expression:
        """Return a power."""
        return Operation("^", (self, of(other)))

    def __rpow__(self, other: Any) -> Expression:
        """Return a power."""
        return Operation("^", (of(other), self))

    def at_least(self, other: Any) -> Expression:
        """Return the truth of self >= other."""
        return Operation(">=", (self, of(other)))

    def above(self, other: Any) -> Expression:
        """Return the truth of self > other."""
        return Operation(">", (self, of(other)))

    def equals(self, other: Any) -> Expression:
        """Return the truth of self = other."""
        return Operation("=", (self, of(other)))


@dataclass(frozen=True, slots=True, eq=False)
class Number(Expression):
    """A constant that belongs to the equation itself, such as 1 in 1 + growth."""

    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Expression):
    """An operator or a function of `FUNCTIONS`, and what it is of."""

    name: str
    of: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Quantity(Expression):
    """Something with a name: an input, a row of the catalogue, a constant, or what an equation gives.

    Attributes
    ----------
    key : str
        Unique within a plan: a dotted path for an input, ``strategy/name`` for what belongs to a strategy.
    title, unit : str
        As a reader sees them; the unit as `planner.units` knows it.
    value : float or array
        A number, or one by month with the shape (month 0 to the horizon,).
    equation : Expression or None
        How it comes about; None for what is put in.
    source, date : str
        Where a number that is put in comes from; empty for what an equation gives.
    equations : tuple of str
        Ids of the model's equations, as in `planner.engine.formulas.FORMULAS`.
    """

    key: str
    title: str
    unit: str
    value: Any
    equation: Expression | None = None
    source: str = ""
    date: str = ""
    equations: tuple[str, ...] = field(default=())

    @property
    def is_monthly(self) -> bool:
        """Whether it has a value a month."""
        return isinstance(self.value, np.ndarray) and self.value.ndim == 1


def of(value: Any) -> Expression:
    """Return an operand as an expression."""
    return value if isinstance(value, Expression) else Number(float(value))


def call(name: str, *operands: Any) -> Expression:
    """Return a function of `FUNCTIONS` over operands.

    Raises
    ------
    KeyError
        If there is no such function.
    """
    if name not in FUNCTIONS:
        raise KeyError(name)
    return Operation(name, tuple(of(each) for each in operands))


@dataclass(frozen=True, slots=True)
class Function:
    """How a function is computed, and its name in a spreadsheet and in a text."""

    compute: Callable[..., Any]
    sheet: str
    text: str


def _select(truth: Any, yes: Any, no: Any) -> Any:
    return np.where(truth, yes, no)


def _rounded_up(value: Any) -> Any:
    return np.ceil(value)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "max": Function(np.maximum, "MAX", "max"),
    "min": Function(np.minimum, "MIN", "min"),
    "ceil": Function(_rounded_up, "CEILING", "round up"),
    "floor": Function(np.floor, "FLOOR", "round down"),
    "if": Function(_select, "IF", "if"),
    "mod": Function(np.mod, "MOD", "remainder"),
    "sqrt": Function(np.sqrt, "SQRT", "root"),
    "log": Function(np.log, "LN", "ln"),
    "log2": Function(np.log2, "LOG2", "log2"),
    "exp": Function(np.exp, "EXP", "exp"),
    "and": Function(np.logical_and, "AND", "and"),
    "or": Function(np.logical_or, "OR", "or"),
    "sum": Function(lambda values: np.sum(values, axis=-1), "SUM", "sum"),
    "highest": Function(lambda values: np.max(values, axis=-1), "MAX", "highest"),
}
"""By name. ``sum`` and ``highest`` take a quantity by month and give one number."""

_COMPUTE: Final[Mapping[str, Callable[..., Any]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "=": np.equal,
}


def evaluate(expression: Expression) -> float | Array:
    """Return what an expression gives, quantities taken at their values; shapes broadcast."""
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Quantity):
        return expression.value  # type: ignore[no-any-return]
    assert isinstance(expression, Operation)
    operands = [evaluate(each) for each in expression.of]
    if expression.name in _COMPUTE:
        return _COMPUTE[expression.name](*operands)  # type: ignore[no-any-return]
    return FUNCTIONS[expression.name].compute(*operands)  # type: ignore[no-any-return]


def quantities_in(expression: Expression) -> Iterator[Quantity]:
    """Give the quantities that an expression names, in order, each as often as it stands there."""
    if isinstance(expression, Quantity):
        yield expression
    elif isinstance(expression, Operation):
        for each in expression.of:
            yield from quantities_in(each)


def formula(expression: Expression, cell_of: Callable[[Quantity], str]) -> str:
    """Return an expression as a spreadsheet's formula, without ``=``.

    Parameters
    ----------
    expression : Expression
        What to write.
    cell_of : callable
        Gives the cell or name of a quantity as it stands in this formula; of a quantity by month under
        ``sum`` and ``highest`` it is asked with the same quantity and gives the cell of this month, so
        writers give such sums cells of their own, or handle them before.
    """
    return _written(expression, cell_of, repr_number, sheet=True)[0]


def text(expression: Expression, words_of: Callable[[Quantity], str], number: Callable[[float], str]) -> str:
    """Return an expression as a text to read: true signs for times and minus, functions in words."""
    return _written(expression, words_of, number, sheet=False)[0]


def repr_number(value: float) -> str:
    """Return a number with all its digits as a spreadsheet reads it, whole ones without a point."""
    if float(value).is_integer() and abs(value) < 2**53:
        return str(int(value))
    return repr(float(value)).upper()  # files of spreadsheets write 1E-05


_SIGNS: Final = {"*": " × ", "/": " / ", "+": " + ", "-": " − ", "^": "^"}


def _written(
    part: Expression, words_of: Callable[[Quantity], str], number: Callable[[float], str], *, sheet: bool
) -> tuple[str, int]:
    """Return a part and how tightly it binds."""
    if isinstance(part, Number):
        return number(part.value), _ATOM if part.value >= 0 else _SIGNED
    if isinstance(part, Quantity):
        return words_of(part), _ATOM
    assert isinstance(part, Operation)
    inner = [_written(each, words_of, number, sheet=sheet) for each in part.of]
    binding = _INFIX.get(part.name)
    if binding is None:
        known = FUNCTIONS[part.name]
        words = [each for each, _ in inner]
        if sheet and part.name in ("ceil", "floor"):
            words.append("1")  # both take the step
        if sheet and part.name == "log2":
            return f"LOG({words[0]},2)", _ATOM
        return f"{known.sheet if sheet else known.text}({(',' if sheet else ', ').join(words)})", _ATOM
    left, right = inner
    # Left to right among equals, so only the right operand of a difference, quotient or power needs brackets.
    left_text = f"({left[0]})" if left[1] < binding or (part.name == "^" and left[1] <= binding) else left[0]
    needs = right[1] < binding or (right[1] == binding and part.name not in ("+", "*"))
    right_text = f"({right[0]})" if needs else right[0]
    sign = part.name if sheet else _SIGNS.get(part.name, f" {part.name} ")
    return f"{left_text}{sign}{right_text}", binding
