"""What a derivation says is what the engine worked out: numbers are parsed back, and worked out again."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.equations.basis import basis_of
from planner.engine.equations.derivations import (
    MOST_STEPS,
    basis_parts,
    derivation,
    derivation_text,
    equations_of,
    figure_lines,
    uses_of,
)
from planner.engine.equations.expressions import Quantity, call
from planner.engine.equations.plan import Block, PlanEquations
from planner.engine.equations.steps import (
    CALCULATED,
    LONGEST,
    MOST_PARTS,
    MOST_TERMS,
    amount,
    plain,
    step_of,
)
from planner.engine.results import FIGURES
from planner.engine.run import simulate
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets
from planner.units import UNITS, money_in, set_separators

PRESETS = [preset.id for preset in presets()]
ROUNDED = 5e-4
"""Four figures are right to half of the last one."""
NUMBER = re.compile(
    r"(?P<prefix>\$?)(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e\u2212?\+?\d+)?)(?P<letter>[kMBT%]?)"
    r"(?:\u00a0(?P<unit>[^\s(),+]+))?(?P<tail>/[A-Za-z][\w-]*)?"
)
FUNCTIONS = {
    "round_up": math.ceil,
    "round_down": math.floor,
    "root": math.sqrt,
    "ln": math.log,
    "log2": math.log2,
    "exp": math.exp,
    "remainder": math.fmod,
    "iff": lambda truth, yes, no: yes if truth else no,
    "both": lambda one, other: one and other,
    "max": max,
    "min": min,
    "highest": lambda *values: max(values),
    "lowest": lambda *values: min(values),
}


@pytest.fixture(autouse=True)
def separators():
    set_separators(".", ",")
    yield
    set_separators(".", ",")


@pytest.fixture(scope="module", params=PRESETS)
def results(request):
    plan = load_preset(request.param)
    return simulate(plan.scenario, load_catalog())


@pytest.fixture(scope="module")
def steps(results):
    set_separators(".", ",")
    return list(all_steps(results))


@pytest.fixture(scope="module")
def plain_results():
    return simulate(load_preset().scenario, load_catalog())


# ---------------------------------------------------------------- reading a number back
def read(text, unit):
    """The number that a text stands for in a unit; None if it is not written in that unit."""
    match = NUMBER.fullmatch(text.lstrip("\u2212"))
    kind = UNITS[unit]
    if match is None or match["prefix"] != kind.prefix:
        return None
    behind = (match["unit"] or "") + (match["tail"] or "")
    size = float(match["digits"].replace(",", "").replace("\u2212", "-"))
    for step in kind.steps:
        singular = {"weeks": "week", "months": "month", "years": "year"}.get(step.unit, step.unit)
        if match["letter"] == step.letter and behind in (step.unit + kind.tail, singular + kind.tail):
            return (-1 if text.startswith("\u2212") else 1) * size * step.factor
    if size == 0 and not match["letter"]:
        return 0.0
    return None


def worked_out(step):
    """What the line of numbers gives, and by how much rounding may move it."""
    units = [*{part.unit for part in step.parts}, step.unit, "1", *UNITS]
    by_text = {part.value: part.unit for part in step.parts}
    values = []

    def put(match):
        text = match[0]
        found = read(text, by_text[text]) if text in by_text else None
        for unit in units:
            found = read(text, unit) if found is None else found
        assert found is not None, text
        values.append(found)
        return f"x[{len(values) - 1}]"

    code = NUMBER.sub(put, step.numbers.replace("log2(", "logb("))
    for words, python in (
        ("logb(", "log2("),
        ("round up(", "round_up("),
        ("round down(", "round_down("),
        ("if(", "iff("),
        ("and(", "both("),
        (" = ", " == "),
        ("\u00d7", "*"),
        ("\u2212", "-"),
        ("^", "**"),
    ):
        code = code.replace(words, python)

    def work(x):
        return float(eval(code, {"__builtins__": {}}, {**FUNCTIONS, "x": x}))

    result = work(values)
    slack = sum(
        max(abs(work([*values[:i], v * f, *values[i + 1 :]]) - result) for f in (1 - ROUNDED, 1 + ROUNDED))
        for i, v in enumerate(values)
    )
    return result, slack


def all_steps(results):
    """Steps of all figures with an equation, each quantity once."""
    for strategy in results.strategies:
        equations = equations_of(results, strategy)
        seen = set()
        for key in equations.figures:
            for step in derivation(equations, key, depth=9, most=200).steps:
                if step.key not in seen:
                    seen.add(step.key)
                    yield step


# ---------------------------------------------------------------- numbers
def test_numbers_put_in_give_the_result(steps):
    worked = unwritten = 0
    for step in steps:
        if not step.numbers or "\N{HORIZONTAL ELLIPSIS}" in step.numbers or not math.isfinite(step.number):
            unwritten += step.words.startswith("worked out from") and not step.numbers
            continue
        result, slack = worked_out(step)
        room = slack + ROUNDED * abs(step.number) + 1e-12
        assert abs(result - step.number) <= room, step.line
        worked += 1
    assert worked > 100
    assert unwritten < 0.05 * worked


def test_each_number_is_written_as_precisely_as_it_is_read(steps):
    for step in steps:
        for number, text, unit in [
            (step.number, step.value, step.unit),
            *((part.number, part.value, part.unit) for part in step.parts),
        ]:
            if math.isfinite(number):
                found = read(text, unit)
                assert found is not None, (text, unit)
                assert found == pytest.approx(number, rel=1.01 * ROUNDED, abs=1e-12), step.line


def test_figures_are_those_of_the_engine(results):
    for strategy, result in results.strategies.items():
        equations = equations_of(results, strategy)
        for name, figure in equations.figures:
            step = derivation(equations, (name, figure), depth=0).root
            assert step.number == pytest.approx(float(result[figure]), rel=1e-9, nan_ok=True)
            assert step.title == FIGURES[figure].title


def test_a_sum_over_months_adds_what_the_engine_books(plain_results):
    equations = equations_of(plain_results, "distil")
    total = derivation(equations, ("distil", "total_usd"))
    assert total.root.words.startswith("sum of months 0 to 24 of ")
    below = total.steps[1]
    assert below.month == 1
    usd = plain_results.strategies["distil"].usd_by_month
    assert below.number == pytest.approx(usd[1], rel=1e-9)
    first, last = (amount(float(usd[month]), "usd") for month in (0, -1))
    assert total.root.numbers.startswith(f"{first} + ")
    assert total.root.numbers.endswith(f" + {last}")
    other = derivation(equations, ("distil", "total_usd"), 7)
    assert other.steps[1].month == 7
    assert other.steps[1].number == pytest.approx(usd[7], rel=1e-9)
    assert {step.month for step in other.steps[1:]} <= {7, None}


# ---------------------------------------------------------------- sources and limits
def test_whatever_is_put_in_has_a_source(steps):
    fields = specs_of(Scenario)
    for step in steps:
        assert step.title
        assert step.parts or not re.search("[a-z]{3}", step.words), step.line
        for part in step.parts:
            assert part.source, part
            assert part.opens == (part.source == CALCULATED)
            assert not part.path or part.path in fields


def test_nothing_is_longer_than_its_limit(results):
    for strategy in results.strategies:
        equations = equations_of(results, strategy)
        for key in [*equations.figures, *equations.ledger]:
            found = derivation(equations, key, depth=9)
            assert 1 <= len(found.steps) <= MOST_STEPS
            assert found.depths[0] == 0
            assert all(b <= a + 1 for a, b in zip(found.depths, found.depths[1:], strict=False))
            for step in found.steps:
                assert len(step.words) <= LONGEST
                assert len(step.parts) <= MOST_PARTS


def test_every_figure_of_every_strategy_says_how_it_comes_about(results):
    for strategy, result in results.strategies.items():
        for figure, column in FIGURES.items():
            lines = figure_lines(results, strategy, figure)
            assert 1 <= len(lines) <= 6, lines
            assert lines[0].startswith(column.title)
            assert all(line.strip() and "None" not in line and "nan" not in line for line in lines)
            assert all(len(line) <= LONGEST for line in lines[:-1])
            assert figure_lines(results, strategy, figure, most=1) == lines[:1]
            if np.all(result.fits):
                value = amount(float(result.figures[figure]), column.unit)
                assert value in lines[0]


def test_lines_name_sources(plain_results):
    lines = figure_lines(plain_results, "distil", "usd_per_1k_requests")
    assert lines[-1].startswith("Put in: ")
    assert "Requests per month 2M/mo (you" in lines[-1]


def test_lines_of_what_is_not_there(plain_results):
    scenario = load_preset().scenario
    with pytest.raises(KeyError):
        figure_lines(plain_results, "distil", "joy")
    only = simulate(scenario.with_({"strategies": ("api",)}), load_catalog())
    assert "does not take part" in figure_lines(only, "distil", "total_usd")[0]
    changes = {
        "serving.hardware": "nvidia-l4",
        "serving.precision": "bf16",
        "serving.accelerators_per_replica": 1,
    }
    unfit = simulate(scenario.with_(changes), load_catalog())
    assert "GB" in figure_lines(unfit, "prompt", "total_usd")[0]


def test_inputs_behind_a_figure_without_equation(plain_results):
    basis = basis_of("latency_p95_s", "distil")
    parts = {part.path: part for part in basis_parts(basis, plain_results)}
    assert set(parts) == set(basis.inputs)
    assert parts["workload.output_tokens"].value.startswith("450")
    assert parts["serving.hardware"].value == "H100 SXM5 80GB"
    assert all(part.source for part in parts.values())


# ---------------------------------------------------------------- where an input goes
def test_equations_that_an_input_enters_hold_its_number(results):
    strategy = results.baseline
    equations = equations_of(results, strategy)
    assert equations.inputs
    for path, quantity in equations.inputs.items():
        for step in uses_of(equations, path, strategy):
            part = next(part for part in step.parts if part.path == path)
            assert part.number == pytest.approx(float(quantity.value))
    assert uses_of(equations, "name", strategy) == ()


# ---------------------------------------------------------------- small plans, by hand
def by_hand(terms):
    lots = tuple(Quantity(f"a/{i}", f"Item {i}", "usd", v, source="list") for i, v in enumerate(terms))
    whole = lots[0] + lots[1]
    for each in lots[2:]:
        whole = whole + each
    total = Quantity("a/total", "Total", "usd", float(sum(terms)), whole)
    block = Block("money", "Money", (total,), "a")
    return PlanEquations({}, lots, (block,), {}, {("a", "total_usd"): total}, {}), total


def test_a_long_sum_holds_its_largest_terms():
    equations, total = by_hand([1.0, 50.0, 0.0, 20.0, 30.0, 2.0, 40.0, 60.0, 3.0])
    step = step_of(equations, total)
    assert step.words == "item 1 + item 3 + item 4 + item 6 + item 7 + 3 others"
    assert step.numbers == "$50 + $20 + $30 + $40 + $60 + $6"
    assert step.value == "$206"
    assert step.left_out == 4
    assert len(step.parts) == MOST_TERMS - 1


def test_a_branch_that_is_not_taken_is_not_written():
    month = Quantity("months", "Month", "month_number", np.arange(4.0), source="calendar")
    rate = Quantity("rate", "Rate", "usd", 5.0, source="list")
    equation = call("if", month >= 2, rate * month, 0)
    spent = Quantity("a/spent", "Spent", "usd", np.array([0.0, 0.0, 10.0, 15.0]), equation)
    equations = PlanEquations({}, (month, rate), (Block("a", "A", (spent,)),), {}, {}, {})
    assert step_of(equations, spent).line == "Spent, month 3 = rate \u00d7 month = $5 \u00d7 3 = $15"
    nothing = step_of(equations, spent, 1)
    assert nothing.words == "if(month \u2265 2, rate \u00d7 month, 0)"
    assert nothing.value == "$0"
    text = derivation_text(derivation(equations, "a/spent", 2))
    assert text.splitlines() == [
        "Spent, month 2 = rate \u00d7 month = $5 \u00d7 2 = $10",
        "  Rate $5 (list)",
        "  Month 2 (calendar)",
    ]
    with pytest.raises(KeyError):
        derivation(equations, "a/joy")


def test_what_is_too_long_names_what_it_is_worked_out_from():
    parts = tuple(Quantity(f"p/{i}", f"Part number {i}", "1", 1.0 + i, source="list") for i in range(60))
    whole = parts[0] * 1.5
    for each in parts[1:]:
        whole = (whole + 2.0) * each
    made = Quantity("a/made", "Made", "1", 7.0, whole)
    step = step_of(PlanEquations({}, parts, (Block("a", "A", (made,)),), {}, {}, {}), made)
    assert step.words.startswith("worked out from part number 0, part number 1")
    assert step.words.endswith("and 54 more")
    assert step.numbers == ""
    assert len(step.parts) == MOST_PARTS


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (15.0, "usd_per_mtok", "$15/Mtok"),
        (2.5, "usd_per_h", "$2.50/h"),
        (13_500.0, "usd", "$13.5k"),
        (4380.0, "accelerator_h", "4,380\u00a0h"),
        (2e6, "requests", "2M"),
        (0.12345, "frac", "12.345%"),
        (0.7, "frac", "70%"),
        (-0.15, "frac_per_year", "\u221215%/yr"),
        (0.0, "usd", "$0"),
        (0.0, "frac", "0%"),
        (math.nan, "usd", "\u2013"),
    ],
)
def test_numbers_are_written_short_but_precise(value, unit, text):
    assert amount(value, unit) == text


def test_another_currency_is_as_precise():
    with money_in("\N{EURO SIGN}", 0.92):
        assert amount(15.0, "usd_per_mtok") == "\N{EURO SIGN}13.80/Mtok"
        assert amount(272_460.0, "usd") == "\N{EURO SIGN}250.7k"
    set_separators(",", ".")
    assert amount(13_500.0, "usd") == "$13,5k"
    assert amount(2.5, "usd_per_h") == "$2,50/h"
    assert amount(1460.0, "accelerator_h") == "1.460\u00a0h"


def test_numbers_of_an_equation_have_all_their_digits():
    assert plain(1_000_000.0) == "1,000,000"
    assert plain(0.5) == "0.5"
    assert plain(math.inf) == "\u221e"
