"""Which line items stand behind a figure, and what they are made from. No widgets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.engine.claims.rows import parsed
from planner.engine.equations.basis import EVERYTHING, FIRST_MONTH_ONLY, SUMS, Basis, Take, basis_of
from planner.engine.equations.steps import Part, Step
from planner.engine.formulas import formulas_text
from planner.engine.lineitems import (
    CATEGORIES,
    CATEGORY_TITLES,
    ITEMS,
    PHASES,
    QUANTITIES,
    USD,
    Phase,
    category_of,
)
from planner.engine.results import FIGURES, StrategyResult
from planner.scenario.model import Scenario, spec_for
from planner.scenario.parse import value_text
from planner.ui.fields.facts import auto_of, provenance_of
from planner.ui.fields.options import name_of
from planner.ui.view import View
from planner.units import UNITS, format_quantity, unit_suffix

UNIT_OF: Final[Mapping[int, str]] = dict(
    enumerate(("usd", "kwh", "kgco2e", "l", "accelerator_h"))
)  # in the order of QUANTITIES
PHASE_TITLES: Final = {"first release": "First release", "serving": "Serving", "refresh": "Refresh"}
APART: Final = "Refreshes are apart, as in the plots."


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line item in one phase, by month of the plan, in one quantity."""

    item: str
    phase: Phase
    by_month: tuple[float, ...]

    @property
    def key(self) -> str:
        """Names the row."""
        return f"{self.item}|{self.phase}"

    @property
    def total(self) -> float:
        """Over the months."""
        return math.fsum(self.by_month)

    @property
    def title(self) -> str:
        """Title of the item."""
        return ITEMS[self.item].title if self.item in ITEMS else self.item

    @property
    def category(self) -> str:
        """Title of its category."""
        return CATEGORY_TITLES[category_of(self.item)]


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a figure of one strategy.

    Attributes
    ----------
    rows : tuple of ItemRow
        Largest first; they add up to `value` where `basis` is None.
    problem : str
        Why there is nothing; empty otherwise.
    """

    title: str
    value: float
    unit: str
    quantity: int
    rows: tuple[ItemRow, ...] = ()
    note: str = ""
    basis: Basis | None = None
    problem: str = ""

    @property
    def total(self) -> float:
        """Of the rows."""
        return math.fsum(row.total for row in self.rows)


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input: title, value in use, where that is from."""

    path: str
    title: str
    value: str
    source: str
    date: str


_TEACHER_TOO: Final = {"training": ("training", "teacher")}


# ---------------------------------------------------------------- behind a figure
def title_of(what: str) -> str:
    """Return the title of a figure, a category or a phase."""
    if what in FIGURES:
        return FIGURES[what].title
    if what in CATEGORY_TITLES:
        return CATEGORY_TITLES[what]
    chosen = parsed(what)
    if chosen is not None:
        return chosen.title
    return PHASE_TITLES.get(what, "Total")


def choices_of(result: StrategyResult | None) -> list[tuple[str, str]]:
    """Return what can be asked for: figures, then categories and phases with money in them."""
    found = [(name, column.title) for name, column in FIGURES.items()]
    parts = result.by_category() if result is not None else {}
    found += [(name, CATEGORY_TITLES[name]) for name in (*CATEGORIES, "refresh") if parts.get(name)]
    found += [(phase, PHASE_TITLES[phase]) for phase in PHASES if phase not in CATEGORY_TITLES]
    return found


def behind(view: View, strategy: str, what: str) -> Behind:
    """Return what stands behind a figure, a category or a phase; "" is all line items."""
    result = view.results.strategies.get(strategy)
    title, unit = title_of(what), FIGURES[what].unit if what in FIGURES else "usd"
    nothing = Behind(title, math.nan, unit, USD)
    if result is None:
        return replace(nothing, problem="It does not take part in this scenario.")
    if not np.all(result.fits) or result.ledger is None:
        words = result.problems[0].message if result.problems else "It cannot be built."
        return replace(nothing, problem=words)
    if what in FIGURES:
        return _behind_figure(result, what)
    chosen = parsed(what)
    if chosen is not None:
        rows = _rows(result, chosen.column, chosen.takes)
        added = math.fsum(row.total for row in rows)
        return Behind(title, added, chosen.unit, chosen.column, rows)
    take, note = _take_of(what, result)
    rows = _rows(result, USD, take)
    return Behind(title, math.fsum(row.total for row in rows), unit, USD, rows, note)


def _behind_figure(result: StrategyResult, what: str) -> Behind:
    column, value = FIGURES[what], float(result.figures.get(what, math.nan))
    basis = basis_of(what, result.strategy)
    if basis is None:
        quantity, take = SUMS[what]
        rows = _rows(result, quantity, take, first_only=what in FIRST_MONTH_ONLY)
        return Behind(column.title, value, column.unit, quantity, rows, f"{column.help}.")
    quantity = USD if basis.quantity is None else basis.quantity
    rows = () if basis.quantity is None else _rows(result, quantity, EVERYTHING)
    return Behind(column.title, value, column.unit, quantity, rows, basis.note, basis)


def _take_of(what: str, result: StrategyResult) -> tuple[Take, str]:
    if what in CATEGORIES:
        wanted = _TEACHER_TOO.get(what, (what,))
        refreshed = any(
            phase == "refresh" and category_of(item) in wanted and values[USD].any()
            for (item, phase), values in (result.ledger.rows.items() if result.ledger else ())
        )
        note = "With the teacher. " if what in _TEACHER_TOO else ""
        take: Take = lambda item, phase: category_of(item) in wanted and phase != "refresh"  # noqa: E731
        return take, (note + (APART if refreshed else "")).strip()
    if what in PHASES:
        return lambda item, phase: phase == what, ""
    return EVERYTHING, "All line items over the horizon."


def _rows(
    result: StrategyResult, quantity: int, take: Take, *, first_only: bool = False
) -> tuple[ItemRow, ...]:
    if result.ledger is None:
        return ()
    found = []
    for (item, phase), values in result.ledger.rows.items():
        by_month = values[quantity][:1] if first_only else values[quantity]
        if take(item, phase) and np.any(by_month):
            found.append(ItemRow(item, phase, tuple(map(float, by_month))))
    return tuple(sorted(found, key=lambda row: -row.total))


# ---------------------------------------------------------------- inputs
def input_lines(paths: tuple[str, ...], view: View) -> list[InputLine]:
    """Return inputs with the values in use and their sources, each once."""
    return [_input_line(path, view) for path in dict.fromkeys(paths)]


def _input_line(path: str, view: View) -> InputLine:
    spec, scenario = spec_for(path), view.scenario
    value = scenario.get(path)
    if value is None:
        auto = auto_of(path, scenario, view.catalog, view.results)
        text = auto.text if auto.value is not None else spec.unset or "none"
        suffix = unit_suffix(spec.unit) if spec.unit in UNITS and auto.value is not None else ""
        text += suffix if suffix.startswith("/") or not suffix else f" {suffix}"
    elif spec.table is not None:
        text = name_of(spec, str(value), scenario, view.catalog)
    else:
        text = value_text(value, spec)
    source = provenance_of(path, scenario, view.preset or Scenario(), view.catalog)
    return InputLine(path, spec.title, text, source.title, source.as_of)


def words_step(found: Behind, row: ItemRow | None, strategy: str, view: View) -> Step:
    """Return a figure or a line item that has no equation of its own: words, and what it depends on."""
    info = None if row is None else ITEMS.get(row.item)
    basis = found.basis if row is None else None
    inputs = (basis.inputs if basis else ()) + (info.inputs_of(strategy) if info is not None else ())
    ids = (basis.equations if basis else ()) + (info.equations if info is not None else ())
    words = formulas_text(ids)
    said = " ".join(part for part in (basis.note if basis else "", words[:1].upper() + words[1:]) if part)
    parts = tuple(
        Part(x.path, x.title, x.value, math.nan, "1", x.source, x.date, opens=False, path=x.path)
        for x in input_lines(inputs, view)
    )
    title, number = (found.title, found.value) if row is None else (row.title, row.total)
    unit = found.unit if row is None else UNIT_OF[found.quantity]
    return Step(f"words:{title}", title, unit, format_quantity(number, unit), number, None, said, "", parts)


def as_text(found: Behind) -> str:
    """Return the line items as tab-separated text with plain numbers, for a spreadsheet."""
    lines = [f"Item\tCategory\tPhase\t{QUANTITIES[found.quantity]}"]
    lines += [
        f"{row.title}\t{row.category}\t{PHASE_TITLES[row.phase]}\t{row.total:.12g}" for row in found.rows
    ]
    lines.append(f"Sum\t\t\t{found.total:.12g}")
    return "\n".join(lines)
