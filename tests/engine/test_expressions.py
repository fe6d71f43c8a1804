"""Equations as data: what certain parts fold to, and that formulas and texts mean what is evaluated.

The formulas are read by a small reader of spreadsheets' grammar: the sign binds tighter than the power, equal
operators group from the left.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.load import load_catalog
from planner.engine.arrays import larger, select, smaller
from planner.engine.equations.build import plan_equations
from planner.engine.equations.expressions import Expression, Number, Operation, Quantity, call, evaluate, of
from planner.engine.equations.writing import formula, repr_number, text
from planner.engine.run import simulate
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset

A, B, C = (Quantity(key, key.upper(), "1", value) for key, value in (("a", 2.0), ("b", -3.0), ("c", 0.5)))
M = Quantity("m", "M", "1", np.array([0.0, 1.0, 4.0, 2.0]))


# ---------------------------------------------------------------- a reader of formulas
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:E[+-]?\d+)?)|([A-Za-z_][A-Za-z_0-9]*)|(<=|>=|[-+*/^(),=<>]))")
_SHEET: dict[str, Callable[..., Any]] = {
    "MAX": max,
    "MIN": min,
    "IF": lambda truth, yes, no: yes if truth else no,
    "MOD": lambda value, by: value - by * math.floor(value / by),
    "CEILING": lambda value, step: math.ceil(value / step) * step,
    "FLOOR": lambda value, step: math.floor(value / step) * step,
    "LN": math.log,
    "LOG": lambda value, base: math.log(value) / math.log(base),
    "EXP": math.exp,
    "SQRT": math.sqrt,
    "AND": lambda *truths: all(truths),
    "OR": lambda *truths: any(truths),
    "NA": lambda: math.nan,
}
"""Functions on single numbers; those over months are below."""
KNOWN = {*_SHEET, "SUM", "INDEX"}
Reading = Callable[[dict[str, Any]], Any]


class Reader:
    """Reads a formula once; gives what it means for the values of names."""

    def __init__(self, written: str) -> None:
        self.tokens: list[str] = []
        at = 0
        while at < len(written):
            found = _TOKEN.match(written, at)
            assert found, written[at:]
            self.tokens.append(found[0].strip())
            at = found.end()
        self.at = 0

    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def whole(self) -> Reading:
        found = self.compared()
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return found

    def _left(self, signs: dict[str, Callable[[Any, Any], Any]], part: Callable[[], Reading]) -> Reading:
        found = part()
        while self.next() in signs:
            found = _both(signs[self.take()], found, part())
        return found

    def compared(self) -> Reading:
        return self._left(
            {
                "<": lambda x, y: x < y,
                "<=": lambda x, y: x <= y,
                ">": lambda x, y: x > y,
                ">=": lambda x, y: x >= y,
                "=": lambda x, y: x == y,
            },
            self.added,
        )

    def added(self) -> Reading:
        return self._left({"+": lambda x, y: x + y, "-": lambda x, y: x - y}, self.multiplied)

    def multiplied(self) -> Reading:
        return self._left({"*": lambda x, y: x * y, "/": _divided}, self.raised)

    def raised(self) -> Reading:
        return self._left({"^": lambda x, y: x**y}, self.signed)

    def signed(self) -> Reading:
        if self.next() == "-":
            self.take()
            inner = self.signed()
            return lambda values: -inner(values)
        return self.atom()

    def atom(self) -> Reading:
        token = self.take()
        if token == "(":
            inner = self.compared()
            assert self.take() == ")"
            return inner
        if token[0].isdigit():
            return lambda values: float(token)
        if self.next() == "(":
            return self.function(token)
        return lambda values: values[token]

    def function(self, name: str) -> Reading:
        self.take()
        inner: list[Reading] = []
        while self.next() != ")":
            if inner:
                assert self.take() == ","
            inner.append(self.compared())
        self.take()
        assert name in KNOWN, name
        if name == "INDEX":
            return lambda values: inner[0](values)[int(inner[1](values)) - 1]
        if name == "IF":  # only the branch that is taken is worked out
            return lambda values: inner[1](values) if inner[0](values) else inner[2](values)
        return lambda values: _called(name, [each(values) for each in inner])


def _both(operator: Callable[[Any, Any], Any], one: Reading, other: Reading) -> Reading:
    return lambda values: operator(one(values), other(values))


def _divided(one: Any, other: Any) -> Any:
    return one / other if other else math.nan


def _called(name: str, parts: list[Any]) -> Any:
    if len(parts) == 1 and isinstance(parts[0], list):  # cells of several months
        return {"SUM": sum, "MAX": max, "MIN": min}[name](parts[0])
    return _SHEET[name](*parts)


def name_of(quantity: Quantity) -> str:
    """Return a name that a spreadsheet takes."""
    return "q_" + re.sub(r"[^A-Za-z0-9]", "_", quantity.key)


def read(expression: Expression, **values: Any) -> Any:
    """Return what the formula of an expression means."""
    return Reader(formula(expression, lambda quantity: quantity.key)).whole()(values)


# ---------------------------------------------------------------- how formulas and texts are written
@pytest.mark.parametrize(
    ("expression", "sheet", "words"),
    [
        (A + B - C, "a+b-c", "a + b − c"),
        (A - (B + C), "a-(b+c)", "a − (b + c)"),
        (A - (B - C), "a-(b-c)", "a − (b − c)"),
        (A / (B * C), "a/(b*c)", "a / (b × c)"),
        (A / B / C, "a/b/c", "a / b / c"),
        (A * (B + 1.0), "a*(b+1)", "a × (b + 1)"),
        ((A**B) ** C, "(a^b)^c", "(a^b)^c"),
        (A ** (B**C), "a^(b^c)", "a^(b^c)"),
        (-A, "-a", "−a"),
        (-(A**B), "-(a^b)", "−(a^b)"),
        ((-A) ** B, "(-a)^b", "(−a)^b"),
        (A**-B, "a^(-b)", "a^(−b)"),
        (A - -B, "a-(-b)", "a − (−b)"),
        (A * -2.0, "a*(-2)", "a × (-2)"),
        (A**-0.5, "a^(-0.5)", "a^(-0.5)"),
        ((A < B) * C, "(a<b)*c", "(a < b) × c"),
        (call("if", A >= B, C, 0.0), "IF(a>=b,c,0)", "if(a >= b, c, 0)"),
        (call("ceil", A / B), "CEILING(a/b,1)", "round up(a / b)"),
        (np.log1p(A - B), "LN(1+(a-b))", "ln(1 + (a − b))"),
        (np.expm1(A) * B, "(EXP(a)-1)*b", "(exp(a) − 1) × b"),
        (1.0 - np.expm1(A), "1-(EXP(a)-1)", "1 − (exp(a) − 1)"),
        (np.log2(A), "LOG(a,2)", "log2(a)"),
        (call("mod", A, B).equals(0.0), "MOD(a,b)=0", "remainder(a, b) = 0"),
    ],
)
def test_brackets_stand_where_they_are_needed(expression: Expression, sheet: str, words: str) -> None:
    assert formula(expression, lambda quantity: quantity.key) == sheet
    assert text(expression, lambda quantity: quantity.key, lambda value: f"{value:g}") == words


OPERATORS = ("+", "-", "*", "/", "^", "neg", "max", "min", "if", "ceil", "expm1", "log1p")


@st.composite
def expressions(draw: st.DrawFn, depth: int = 4) -> Expression:
    """Return any expression of small numbers that can be worked out."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        value = draw(st.sampled_from([0.25, 0.5, 1.5, 2.0, 3.0]))
        return draw(st.sampled_from([A, C, Number(value), Number(-value)]))
    name = draw(st.sampled_from(OPERATORS))
    one, other = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    if name == "if":
        truth = Operation(draw(st.sampled_from(["<", ">="])), (one, draw(expressions(depth - 1))))
        return Operation(name, (truth, one, other))
    if name in ("neg", "ceil"):
        return Operation(name, (one,))
    if name == "expm1":
        return Operation(name, (Operation("min", (one, Number(3.0))),))
    if name in ("^", "log1p"):  # of what is positive, by what is small
        base: Expression = Operation("max", (one, Number(0.5)))
        return Operation(name, (base,) if name == "log1p" else (base, Operation("min", (other, C))))
    return Operation(name, (one, other))


@given(expressions())
def test_a_formula_means_what_is_evaluated(expression: Expression) -> None:
    wanted = float(evaluate(expression))
    try:
        got = float(read(expression, a=A.value, c=C.value))
    except (OverflowError, ZeroDivisionError):
        return
    if math.isfinite(wanted) and math.isfinite(got) and abs(wanted) < 1e100:
        assert got == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3.0, "3"), (-2.0, "-2"), (0.1, "0.1"), (1e-5, "1E-05"), (1.5e22, "1.5E+22"), (math.inf, "1E+300"),
        (-math.inf, "-1E+300"), (math.nan, "NA()"), (2.0**53, "9007199254740992.0"), (1e-308, "1E-300"),
    ],
)  # fmt: skip
def test_numbers_are_written_with_all_their_digits(value: float, written: str) -> None:
    assert repr_number(value) == written


def test_months_are_named_as_ranges() -> None:
    def written(expression: Expression) -> str:
        cells = lambda q: f"{q.key}0:{q.key}9", lambda q: f"{q.key}0:5"
        return formula(expression, lambda q: f"{q.key}5", *cells)

    assert written(call("sum", M) / A) == "SUM(m0:m9)/a5"
    assert written(call("highest", M) + call("lowest", M)) == "MAX(m0:m9)+MIN(m0:m9)"
    assert written(call("at", M, A)) == "INDEX(m0:m9,a5+1)"
    assert written(call("running", M) - M) == "SUM(m0:5)-m5"


def test_functions_over_months_give_one_number_or_a_running_sum() -> None:
    assert evaluate(call("sum", M)) == 7.0
    assert evaluate(call("highest", M)) == 4.0
    assert evaluate(call("lowest", M)) == 0.0
    assert evaluate(call("at", M, A)) == 4.0
    np.testing.assert_array_equal(evaluate(call("running", M)), [0.0, 1.0, 5.0, 7.0])


# ---------------------------------------------------------------- what is certain
@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (A * 1.0, A), (1.0 * A, A), (A + 0.0, A), (A - 0.0, A), (A / 1.0, A), (A**1.0, A),
        (np.minimum(A, math.inf), A), (np.maximum(-math.inf, A), A), (np.maximum(A, 1e-308), A),
        (np.where(True, A, B), A), (np.where(False, A, B), B), (A & True, A),
    ],
)  # fmt: skip
def test_what_changes_nothing_is_left_out(got: Expression, wanted: Expression) -> None:
    assert got is wanted


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (A * 0.0, 0.0), (0.0 / A, 0.0), (A / math.inf, 0.0), (math.inf * A, math.inf),
        (math.inf - A, math.inf), (A**0.0, 1.0), (of(2.0) * 3.0, 6.0), (of(3.0) > 2.0, 1.0), (A & False, 0.0),
        (np.ceil(of(2.5)), 3.0),
    ],
)  # fmt: skip
def test_what_is_certain_is_a_number(got: Expression, wanted: float) -> None:
    assert isinstance(got, Number)
    assert got.value == wanted


def test_functions_of_the_engine_take_expressions() -> None:
    found = select(larger(A, B) > 1.0, smaller(A, C), np.sqrt(A))
    assert isinstance(found, Operation)
    assert evaluate(found) == 0.5
    assert read(found, a=0.5, b=0.25, c=9.0) == pytest.approx(math.sqrt(0.5))


def test_values_can_be_other_ones() -> None:
    assert evaluate(A * M, {"a": 3.0, "m": np.array([1.0, 2.0])}).tolist() == [3.0, 6.0]
    with pytest.raises(KeyError):
        evaluate(A + B, {"a": 1.0})


def test_unknown_functions_are_refused() -> None:
    with pytest.raises(KeyError):
        call("cosine", A)


def test_a_quantity_is_named_shortly_however_much_it_rests_on() -> None:
    deep = Quantity("deep", "Deep", "1", 1.0, (A + B) * C)
    assert "C" not in repr(deep)


# ---------------------------------------------------------------- a whole plan
@pytest.mark.parametrize(
    "scenario",
    [
        load_preset("customer-support").scenario,
        load_preset("on-device-mobile").scenario,
        Scenario().with_({"base.model": "mixtral-8x7b", "hardware.ownership": "own", "horizon_months": 7}),
    ],
    ids=["customer-support", "on-device-mobile", "owned mixture"],
)
def test_formulas_of_a_plan_give_its_numbers(scenario: Scenario) -> None:
    """Each formula is worked out in every month from the values of the cells that it names."""
    equations = plan_equations(simulate(scenario, load_catalog()), load_catalog())
    cells = {name_of(quantity): quantity.value for quantity in equations.quantities()}
    for quantity in equations.quantities():
        if quantity.equation is None:
            continue
        written = formula(
            quantity.equation,
            name_of,
            lambda each: f"all_{name_of(each)}",
            lambda each: f"far_{name_of(each)}",
        )
        assert len(written) < 8000
        meant = Reader(written).whole()
        months = range(len(quantity.value)) if quantity.is_monthly else [0]
        for month in list(months)[:: max(1, len(months) // 5)]:
            got = meant(_Cells(cells, month))
            wanted = quantity.value[month] if quantity.is_monthly else quantity.value
            if math.isfinite(wanted):
                assert float(got) == pytest.approx(float(wanted), rel=1e-9, abs=1e-300), quantity.key


def _truths_outside(expression: Expression | None, *, inside: bool = False) -> bool:
    """Return whether a truth is taken as a number, which programs do not all do alike."""
    if not isinstance(expression, Operation):
        return False
    if expression.name in ("<", "<=", ">", ">=", "=", "and", "or") and not inside:
        return True
    takes = {"if": 1, "and": 9, "or": 9}.get(expression.name, 0)
    return any(_truths_outside(each, inside=number < takes) for number, each in enumerate(expression.of))


@pytest.mark.parametrize("name", ["customer-support", "on-device-mobile", "legal-contracts"])
def test_truths_stand_only_where_they_choose(name: str) -> None:
    results = simulate(load_preset(name).scenario, load_catalog())
    for quantity in plan_equations(results, load_catalog()).quantities():
        assert not _truths_outside(quantity.equation), quantity.key


class _Cells(dict[str, Any]):
    """The cells that a formula in a month sees."""

    def __init__(self, cells: dict[str, Any], month: int) -> None:
        super().__init__()
        self.cells, self.month = cells, month

    def __missing__(self, name: str) -> Any:
        if name.startswith("all_"):
            return self.cells[name.removeprefix("all_")].tolist()
        if name.startswith("far_"):
            return self.cells[name.removeprefix("far_")][: self.month + 1].tolist()
        value = self.cells[name]
        return float(value[self.month]) if isinstance(value, np.ndarray) else value
