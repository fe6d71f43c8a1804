"""Equations as data: made by the operators of numbers, evaluated; `writing` gives formulas and texts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

TINY: Final = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """Part of an equation; operators and numpy's functions make larger ones, ``==`` stays identity.

    So the engine's own functions, called with expressions instead of numbers, return their equation. What is
    certain is worked out on the way (``1 x a`` is ``a``), see `operation`. A quantity by month stands for all
    months 0 to the horizon: slices of it are itself.
    """

    def __add__(self, other: Any) -> Expression:
        """Return a sum."""
        return operation("+", self, other)

    def __radd__(self, other: Any) -> Expression:
        """Return a sum."""
        return operation("+", other, self)

    def __sub__(self, other: Any) -> Expression:
        """Return a difference."""
        return operation("-", self, other)

    def __rsub__(self, other: Any) -> Expression:
        """Return a difference."""
        return operation("-", other, self)

    def __mul__(self, other: Any) -> Expression:
        """Return a product."""
        return operation("*", self, other)

    def __rmul__(self, other: Any) -> Expression:
        """Return a product."""
        return operation("*", other, self)

    def __truediv__(self, other: Any) -> Expression:
        """Return a quotient."""
        return operation("/", self, other)

    def __rtruediv__(self, other: Any) -> Expression:
        """Return a quotient."""
        return operation("/", other, self)

    def __pow__(self, other: Any) -> Expression:
        """Return a power."""
        return operation("^", self, other)

    def __rpow__(self, other: Any) -> Expression:
        """Return a power."""
        return operation("^", other, self)

    def __neg__(self) -> Expression:
        """Return the negative."""
        return operation("neg", self)

    def __lt__(self, other: Any) -> Expression:
        """Return the truth of self < other."""
        return operation("<", self, other)

    def __le__(self, other: Any) -> Expression:
        """Return the truth of self <= other."""
        return operation("<=", self, other)

    def __gt__(self, other: Any) -> Expression:
        """Return the truth of self > other."""
        return operation(">", self, other)

    def __ge__(self, other: Any) -> Expression:
        """Return the truth of self >= other."""
        return operation(">=", self, other)

    def __and__(self, other: Any) -> Expression:
        """Return whether both hold."""
        return operation("and", self, other)

    def __rand__(self, other: Any) -> Expression:
        """Return whether both hold."""
        return operation("and", other, self)

    def equals(self, other: Any) -> Expression:
        """Return the truth of self = other."""
        return operation("=", self, other)

    # ------------------------------------------------------------------ as the engine meets an array
    @property
    def shape(self) -> tuple[int, ...]:
        """No shape: months are not an axis here."""
        return ()

    def __getitem__(self, months: Any) -> Expression:
        """Return itself: months 1 to the horizon are the same row."""
        return self

    def sum(self, axis: int = -1, *, keepdims: bool = False) -> Expression:
        """Return the sum over months."""
        return operation("sum", self)

    def max(self, axis: int = -1, *, keepdims: bool = False) -> Expression:
        """Return the highest of all months."""
        return operation("highest", self)

    def min(self, axis: int = -1, *, keepdims: bool = False) -> Expression:
        """Return the lowest of all months."""
        return operation("lowest", self)

    def any(self) -> bool:
        """Return that there may be some: what is not known to be nothing has to be written down."""
        return True

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Return what a function of numpy makes of expressions."""
        name = _BY_UFUNC.get(ufunc)
        if name is None or method != "__call__":
            return NotImplemented
        return operation(name, *inputs)

    def __array_function__(self, function: Any, types: Any, operands: Any, options: Any) -> Any:
        """Return what numpy's `where` and `broadcast_to` make of expressions."""
        if function is np.where:
            return operation("if", *operands)
        if function is np.broadcast_to:
            return operands[0]
        return NotImplemented


@dataclass(frozen=True, slots=True, eq=False)
class Number(Expression):
    """A constant that belongs to the equation itself, such as 1 in 1 + growth."""

    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Operation(Expression):
    """An operator, ``neg`` or a function of `FUNCTIONS`, and what it is of."""

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
    equation: Expression | None = field(default=None, repr=False)  # it holds all that it rests on
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


def operation(name: str, *operands: Any) -> Expression:
    """Return an operator or function over operands; what is certain without their values is worked out.

    A product with 0 is 0, one with 1 the other factor; a least value so small that it only keeps a division
    from failing is nothing; what is infinite as a plain number (no limit, say)
    stays so with whatever it meets, which is taken to be positive and finite.
    """
    parts = tuple(of(each) for each in operands)
    numbers = [each.value if isinstance(each, Number) else None for each in parts]
    if name not in OVER_MONTHS and None not in numbers:
        with np.errstate(all="ignore"):
            return Number(float(_computed(name)(*numbers)))
    known = _CERTAIN.get(name)
    found = None if known is None else known(parts, numbers)
    return Operation(name, parts) if found is None else found


def _sum_of(parts: Parts, numbers: Numbers) -> Expression | None:
    for number, other in ((numbers[0], parts[1]), (numbers[1], parts[0])):
        if number == 0.0:
            return other
        if number is not None and math.isinf(number):
            return Number(number)
    return None


def _difference(parts: Parts, numbers: Numbers) -> Expression | None:
    if numbers[1] == 0.0:
        return parts[0]
    if numbers[0] is not None and math.isinf(numbers[0]):
        return parts[0]
    return operation("neg", parts[1]) if numbers[0] == 0.0 else None


def _product(parts: Parts, numbers: Numbers) -> Expression | None:
    for number, other in ((numbers[0], parts[1]), (numbers[1], parts[0])):
        if number == 1.0:
            return other
        if number == 0.0 or number == math.inf:
            return Number(number)
    return None


def _quotient(parts: Parts, numbers: Numbers) -> Expression | None:
    if numbers[1] == 1.0 or numbers[0] in (0.0, math.inf):
        return parts[0]
    return Number(0.0) if numbers[1] == math.inf else None


def _power(parts: Parts, numbers: Numbers) -> Expression | None:
    if numbers[1] == 1.0:
        return parts[0]
    return Number(1.0) if numbers[1] == 0.0 or numbers[0] == 1.0 else None


def _smallest(parts: Parts, numbers: Numbers) -> Expression | None:
    return _without(parts, numbers, math.inf)


def _largest(parts: Parts, numbers: Numbers) -> Expression | None:
    for number, other in ((numbers[0], parts[1]), (numbers[1], parts[0])):
        if number is not None and 0.0 < number < TINY:
            return other
    return _without(parts, numbers, -math.inf)


def _without(parts: Parts, numbers: Numbers, nothing: float) -> Expression | None:
    kept = [part for part, number in zip(parts, numbers, strict=True) if number != nothing]
    return kept[0] if len(kept) == 1 else None


def _chosen(parts: Parts, numbers: Numbers) -> Expression | None:
    if numbers[0] is not None:
        return parts[1] if numbers[0] else parts[2]
    same = parts[1] is parts[2] or (numbers[1] is not None and numbers[1] == numbers[2])
    return parts[1] if same else None


def _both(parts: Parts, numbers: Numbers) -> Expression | None:
    for number, other in ((numbers[0], parts[1]), (numbers[1], parts[0])):
        if number is not None:
            return other if number else Number(0.0)
    return None


Parts = tuple[Expression, ...]
Numbers = list[float | None]
_CERTAIN: Final[Mapping[str, Callable[[Parts, Numbers], Expression | None]]] = {
    "+": _sum_of,
    "-": _difference,
    "*": _product,
    "/": _quotient,
    "^": _power,
    "min": _smallest,
    "max": _largest,
    "if": _chosen,
    "and": _both,
}


def call(name: str, *operands: Any) -> Expression:
    """Return a function of `FUNCTIONS` over operands.

    Raises
    ------
    KeyError
        If there is no such function.
    """
    if name not in FUNCTIONS:
        raise KeyError(name)
    return operation(name, *operands)


@dataclass(frozen=True, slots=True)
class Function:
    """How a function is computed, and its name in a spreadsheet and in a text."""

    compute: Callable[..., Any]
    sheet: str
    text: str


def _month_of(values: Any, month: Any) -> Any:
    return values[int(month)]


FUNCTIONS: Final[Mapping[str, Function]] = {
    "max": Function(np.maximum, "MAX", "max"),
    "min": Function(np.minimum, "MIN", "min"),
    "ceil": Function(np.ceil, "CEILING", "round up"),
    "floor": Function(np.floor, "FLOOR", "round down"),
    "if": Function(np.where, "IF", "if"),
    "mod": Function(np.mod, "MOD", "remainder"),
    "sqrt": Function(np.sqrt, "SQRT", "root"),
    "log": Function(np.log, "LN", "ln"),
    "log1p": Function(np.log1p, "LN", "ln"),
    "log2": Function(np.log2, "LOG", "log2"),
    "exp": Function(np.exp, "EXP", "exp"),
    "expm1": Function(np.expm1, "EXP", "exp"),
    "and": Function(np.logical_and, "AND", "and"),
    "sum": Function(lambda values: np.sum(values, axis=-1), "SUM", "sum"),
    "highest": Function(lambda values: np.max(values, axis=-1), "MAX", "highest"),
    "lowest": Function(lambda values: np.min(values, axis=-1), "MIN", "lowest"),
    "at": Function(_month_of, "INDEX", "in month"),
    "running": Function(lambda values: np.cumsum(values, axis=-1), "SUM", "sum so far"),
}
"""By name. Those of `OVER_MONTHS` take a quantity by month first."""

OVER_MONTHS: Final = frozenset(("sum", "highest", "lowest", "at", "running"))
"""``sum``, ``highest`` and ``lowest`` give one number; ``at`` the one of a month, counted from 0, that is its
second operand; ``running`` gives by month the sum of all months up to it."""

_BY_UFUNC: Final[Mapping[Any, str]] = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.divide: "/",
    np.power: "^",
    np.negative: "neg",
    np.less: "<",
    np.less_equal: "<=",
    np.greater: ">",
    np.greater_equal: ">=",
    np.equal: "=",
    np.maximum: "max",
    np.minimum: "min",
    np.ceil: "ceil",
    np.floor: "floor",
    np.sqrt: "sqrt",
    np.log: "log",
    np.log1p: "log1p",
    np.log2: "log2",
    np.exp: "exp",
    np.expm1: "expm1",
    np.bitwise_and: "and",
    np.logical_and: "and",
}

_COMPUTE: Final[Mapping[str, Callable[..., Any]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "neg": np.negative,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "=": np.equal,
}


def _computed(name: str) -> Callable[..., Any]:
    return _COMPUTE[name] if name in _COMPUTE else FUNCTIONS[name].compute


def evaluate(expression: Expression, values: Mapping[str, Any] | None = None) -> Any:
    """Return what an expression gives; shapes broadcast.

    Parameters
    ----------
    expression : Expression
        What to work out.
    values : mapping, optional
        Of quantities by key; quantities are taken at their own values where it is not given.

    Raises
    ------
    KeyError
        If a quantity is not among the values.
    """
    with np.errstate(all="ignore"):  # the branch that is not taken may divide by nothing
        return _evaluated(expression, values)


def _evaluated(expression: Expression, values: Mapping[str, Any] | None) -> Any:
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Quantity):
        return expression.value if values is None else values[expression.key]
    assert isinstance(expression, Operation)
    return _computed(expression.name)(*(_evaluated(each, values) for each in expression.of))


def quantities_in(expression: Expression) -> Iterator[Quantity]:
    """Give the quantities that an expression names, in order, each as often as it stands there."""
    if isinstance(expression, Quantity):
        yield expression
    elif isinstance(expression, Operation):
        for each in expression.of:
            yield from quantities_in(each)
