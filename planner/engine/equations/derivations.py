"""How a figure comes about: its equation, the same with this plan's numbers, each number's source.

The window, the report and the notes of the slides show the same steps.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np

from planner.catalog.load import Catalog, load_catalog
from planner.engine.equations.basis import FIRST_MONTH_ONLY, SUMS, Basis, basis_of
from planner.engine.equations.expressions import Quantity, quantities_in
from planner.engine.equations.plan import PlanEquations
from planner.engine.equations.steps import Key, Part, Step, amount, quantity_of, step_of
from planner.engine.formulas import formulas_text
from planner.engine.lineitems import ITEMS, Phase
from planner.engine.problems import CannotCostError
from planner.engine.results import FIGURES, Results, StrategyResult
from planner.engine.used import used_value
from planner.errors import PlannerError
from planner.scenario.fields import FieldSpec
from planner.scenario.model import spec_for
from planner.scenario.parse import value_text

MOST_STEPS: Final = 24
_MOST_SOURCES: Final = 6
_FORMULAS_OF_AN_ITEM: Final = 2
_SHORT: Final = 220
_MATTERS_FRAC: Final = 0.05
_LONGEST_LINE: Final = 320


@dataclass(frozen=True, slots=True)
class Derivation:
    """Steps from a figure down to what was put in, each below the one that names it."""

    steps: tuple[Step, ...]
    depths: tuple[int, ...]

    @property
    def root(self) -> Step:
        """The figure."""
        return self.steps[0]


# ---------------------------------------------------------------- all steps
def derivation(
    equations: PlanEquations, key: Key, month: int | None = None, *, depth: int = 3, most: int = MOST_STEPS
) -> Derivation:
    """Return the steps from a figure downwards, the largest parts of a sum first.

    Parameters
    ----------
    equations : PlanEquations
        Of the plan.
    key : str or tuple
        See `Key`.
    month : int, optional
        Whose numbers are put in where they differ by month; a telling one where it is not given.
    depth, most : int
        How far below the figure, and how many steps at most.

    Raises
    ------
    KeyError
        If the plan has no such quantity.
    """
    by_key = {each.key: each for each in equations.quantities()}
    root = quantity_of(equations, key)
    tree = _Node(step_of(equations, root, month), 0, [])
    waiting, seen, count = deque([tree]), {root.key}, 1
    while waiting:  # level by level, so that a limit leaves out what lies deepest
        node = waiting.popleft()
        for part in _by_size(node.step) if node.level < depth else ():
            if count < most and part.opens and part.key not in seen:
                seen.add(part.key)
                count += 1
                at = month_below(node.step, part, month)
                below = _Node(step_of(equations, by_key[part.key], at), node.level + 1, [])
                node.below.append(below)
                waiting.append(below)
    nodes = list(_in_order(tree))
    return Derivation(tuple(each.step for each in nodes), tuple(each.level for each in nodes))


class _Node(NamedTuple):
    step: Step
    level: int
    below: list[_Node]


def _in_order(node: _Node) -> Iterator[_Node]:
    """Give a step, then all below it."""
    yield node
    for each in node.below:
        yield from _in_order(each)


def _by_size(step: Step) -> list[Part]:
    """Return the parts, the largest first where they are terms of a sum."""
    if all(part.unit == step.unit for part in step.parts):
        return sorted(step.parts, key=lambda part: -abs(part.number))
    return list(step.parts)


def figure_quantity(equations: PlanEquations, strategy: str, figure: str) -> Quantity | None:
    """Return a figure as a quantity; None where it has no equation, or is a number that was chosen."""
    found = equations.figures.get((strategy, figure))
    if found is None or found.equation is None or next(quantities_in(found.equation), None) is None:
        return None
    return found


def month_below(step: Step, part: Part, month: int | None) -> int | None:
    """Return the month to show of a part: its own, the one asked for, else that of the equation above."""
    if part.month is not None:
        return part.month
    return step.month if month is None else month


def derivation_text(found: Derivation, depth: int = 3) -> str:
    """Return a derivation to read, steps below each other, with the sources of what was put in."""
    lines = []
    for level, step in zip(found.depths, found.steps, strict=True):
        if level > depth:
            continue
        lines.append(f"{'  ' * level}{step.line}")
        lines += [f"{'  ' * level}  {source_line(part)}" for part in step.parts if not part.opens]
    return "\n".join(lines)


def source_line(part: Part) -> str:
    """Return a number that was put in with its source: ``Rent $2.95/h (price list, 2026-09)``."""
    where = ", ".join(word for word in (part.source, part.date) if word)
    return f"{part.title} {part.value} ({where})" if where else f"{part.title} {part.value}"


def uses_of(equations: PlanEquations, path: str, strategy: str, most: int = 2) -> tuple[Step, ...]:
    """Return the equations that an input is put into, those first on which most of the cost rests.

    Parameters
    ----------
    equations : PlanEquations
        Of the plan.
    path : str
        Dotted path of an input.
    strategy : str
        Whose cost it is.
    most : int
        How many at most.
    """
    below = {
        each.key: tuple(dict.fromkeys(quantities_in(each.equation)))
        for block in equations.blocks
        for each in block.quantities
        if each.equation is not None
    }
    weight = _resting_usd(equations, strategy, below)
    users = [
        each
        for block in equations.blocks
        for each in block.quantities
        if any(q.key == path for q in below.get(each.key, ()))
    ]
    users.sort(key=lambda each: -weight.get(each.key, 0.0))
    least = _MATTERS_FRAC * max((weight.get(each.key, 0.0) for each in users), default=0.0)
    made = (step_of(equations, each) for each in users if weight.get(each.key, 0.0) >= least)
    steps = [step for step in made if any(part.path == path for part in step.parts)]  # its branch is taken
    short = [step for step in steps if step.numbers and len(step.words) <= _SHORT]
    return tuple((short or steps)[:most])


def _resting_usd(
    equations: PlanEquations, strategy: str, below: Mapping[str, tuple[Quantity, ...]]
) -> dict[str, float]:
    """Return how much of the cost of a strategy rests on each quantity. [USD]."""
    found: dict[str, float] = {}
    for (owner, _, _), row in equations.ledger.items():
        if owner != strategy or "usd" not in row:
            continue
        total = float(np.sum(np.abs(row["usd"].value)))
        seen, waiting = {row["usd"].key}, [row["usd"].key]
        while waiting:
            key = waiting.pop()
            found[key] = found.get(key, 0.0) + total
            new = [each.key for each in below.get(key, ()) if each.key not in seen]
            seen.update(new)
            waiting.extend(new)
    return found


# ---------------------------------------------------------------- of results
_kept: dict[str, tuple[Results, Catalog, PlanEquations]] = {}


def equations_of(results: Results, strategy: str, catalog: Catalog | None = None) -> PlanEquations:
    """Return the equations of one strategy, and what all share.

    The last ones of each strategy are kept: several figures ask one by one.
    """
    from planner.engine.equations.build import plan_equations  # not before somebody looks at an equation

    used = catalog or load_catalog()
    known = _kept.get(strategy)
    if known is not None and known[0] is results and known[1] is used:
        return known[2]
    alone = {name: each for name, each in results.strategies.items() if name == strategy}
    made = plan_equations(replace(results, strategies=alone), used)
    _kept[strategy] = (results, used, made)
    return made


# ---------------------------------------------------------------- a few lines
def figure_lines(
    results: Results,
    strategy: str,
    figure: str,
    *,
    most: int = 6,
    equations: PlanEquations | None = None,
) -> tuple[str, ...]:
    """Return how a figure comes about in a few lines, for report and speaker's notes.

    Parameters
    ----------
    results : Results
        Of the plan, without draws.
    strategy, figure : str
        A strategy, and a name in `planner.engine.results.FIGURES`.
    most : int
        Lines at most, 1 or more.
    equations : PlanEquations, optional
        Of these results, where they are at hand; figures without an equation there say what they depend on.

    Returns
    -------
    tuple of str
        The figure with its equation first, then what it is made from, sources last. One line that says why
        where the strategy does not take part or does not fit.

    Raises
    ------
    KeyError
        If there is no such figure.
    """
    title = FIGURES[figure].title
    result = results.strategies.get(strategy)
    if result is None:
        return (f"{title}: the strategy does not take part in this scenario.",)
    if not np.all(result.fits) or result.ledger is None:
        return (f"{title}: {result.problems[0].message if result.problems else 'it cannot be built.'}",)
    known = equations or equations_of(results, strategy)
    if figure_quantity(known, strategy, figure) is not None:
        return _derived_lines(known, (strategy, figure), most)
    basis = basis_of(figure, strategy)
    return _sum_lines(result, figure, most) if basis is None else _basis_lines(results, result, figure, most)


def _derived_lines(equations: PlanEquations, key: tuple[str, str], most: int) -> tuple[str, ...]:
    found = derivation(equations, key, depth=2, most=max(1, most - 1))
    lines = [f"{_brief(step)}." for step in found.steps]
    parts = (part for step in found.steps for part in step.parts if not part.opens and part.source)
    given = {part.key: part for part in parts if part.unit != "month_number"}
    if given and most > 1:
        named = [source_line(part) for part in list(given.values())[:_MOST_SOURCES]]
        lines.append(f"Put in: {'; '.join(named)}.")
    return tuple(lines)


def _brief(step: Step) -> str:
    """Return a step in a line that can be read out: without its words or its numbers where they are long."""
    for words, numbers in ((step.words, step.numbers), (step.words, ""), ("", step.numbers)):
        line = replace(step, words=words, numbers=numbers).line
        if len(line) <= _LONGEST_LINE:
            return line
    return replace(step, words="", numbers="").line


def _figure_text(result: StrategyResult, figure: str) -> str:
    return amount(float(result.figures.get(figure, math.nan)), FIGURES[figure].unit)


def _sum_lines(result: StrategyResult, figure: str, most: int) -> tuple[str, ...]:
    """Return a figure that is a sum of line items with the largest of them."""
    column, (quantity, take) = FIGURES[figure], SUMS[figure]
    first_only = figure in FIRST_MONTH_ONLY
    rows: list[tuple[float, str, Phase]] = []
    for (item, phase), values in (result.ledger.rows if result.ledger is not None else {}).items():
        total = float(values[quantity][0] if first_only else values[quantity].sum())
        if total and take(item, phase):
            rows.append((total, item, phase))
    rows.sort(key=lambda row: -abs(row[0]))
    words = "1 line item" if len(rows) == 1 else f"{len(rows)} line items"
    where = "in month 0" if first_only else "over the horizon"
    lines = [f"{column.title} = sum of {words} {where} = {_figure_text(result, figure)}. {column.help}."]
    for total, item, phase in rows[: most - 1]:
        how = formulas_text(ITEMS[item].equations[:_FORMULAS_OF_AN_ITEM]) if item in ITEMS else ""
        title = ITEMS[item].title if item in ITEMS else item
        lines.append(f"{title}, {phase}: {amount(total, column.unit)}{f' ({how})' if how else ''}.")
    return tuple(lines)


def _basis_lines(results: Results, result: StrategyResult, figure: str, most: int) -> tuple[str, ...]:
    """Return a figure that is no sum: how it comes about in words, and the inputs it depends on."""
    basis = basis_of(figure, result.strategy)
    assert basis is not None
    words = formulas_text(basis.equations)
    lines = [f"{FIGURES[figure].title} = {_figure_text(result, figure)}. {basis.note}"]
    if words:
        lines.append(f"{words[:1].upper()}{words[1:]}.")
    inputs = [f"{part.title} {part.value}" for part in basis_parts(basis, results) if part.value]
    room = max(0, most - len(lines))
    if inputs and room:
        share = math.ceil(len(inputs) / room) if len(inputs) > room else 1
        groups = [inputs[i : i + share] for i in range(0, len(inputs), share)]
        lines += [f"{'; '.join(group)}." for group in groups]
    return tuple(lines[:most])


# ---------------------------------------------------------------- inputs of a figure without an equation
def basis_parts(basis: Basis, results: Results) -> tuple[Part, ...]:
    """Return the inputs that a figure without an equation depends on, with values and sources."""
    return tuple(_input_part(path, results) for path in dict.fromkeys(basis.inputs))


def _input_part(path: str, results: Results) -> Part:
    spec, scenario, catalog = spec_for(path), results.scenario, load_catalog()
    value: Any = scenario.get(path)
    if value is not None:
        own = value != spec.default
        source, date = ("set in this plan", "") if own else (spec.source, catalog.date)
        text = _name_of(spec, value, catalog) if spec.table else value_text(value, spec)
    else:
        try:
            value = used_value(path, scenario, catalog, results)
        except (PlannerError, CannotCostError):
            value = None
        source, date = (spec.source, "" if value is None else catalog.date)
        text = _used_text(spec, value)
    number = float(value) if isinstance(value, int | float) else math.nan
    return Part(path, spec.title, text, number, spec.unit, source, date, opens=False, path=path)


def _used_text(spec: FieldSpec, value: Any) -> str:
    """Return what is used in place of null; strategies may differ."""
    if isinstance(value, tuple):
        low, high = (value_text(end, spec) for end in value)
        return low if low == high else f"{low} to {high}"
    return value_text(value, spec)


def _name_of(spec: FieldSpec, value: object, catalog: Catalog) -> str:
    """Return the name of a row of the catalogue; the id where it has none."""
    tables: dict[str, Any] = {"models": catalog.models, "hardware": catalog.hardware, "grids": catalog.grids}
    row = tables.get(spec.table or "", {}).get(value)
    return row.name if row is not None else value_text(value, spec)
