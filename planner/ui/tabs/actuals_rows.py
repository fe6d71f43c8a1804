"""What was recorded, as rows that can be typed in: by month, and every record by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from planner.engine.lineitems import CATEGORY_TITLES
from planner.errors import InputError
from planner.scenario.actuals import ACTUAL_CATEGORIES, UNASSIGNED, Actual, Actuals
from planner.scenario.model import Scenario, StrategyId, spec_for, validated
from planner.scenario.parse import parse_value
from planner.ui.kit.edit_table import Edit
from planner.ui.kit.table import Cell
from planner.ui.plots.figures.common import month_name
from planner.units import MISSING, MONTHS_PER_YEAR, format_edit, format_quantity

Field = Literal["usd", "requests", "category"]
CATEGORIES: Final = tuple(
    (category, "Not assigned" if category == UNASSIGNED else CATEGORY_TITLES[category])
    for category in ACTUAL_CATEGORIES
)
MONTH_HEADERS: Final = ("Month", "Plan", "Paid", "Requests")
RECORD_HEADERS: Final = ("Month", "Category", "Paid", "Requests", "From")
_PAID, _USED = 2, 3
_MONEY: Final = spec_for("limits.max_total_usd")
_REQUESTS: Final = spec_for("workload.requests_per_month")


@dataclass(frozen=True)
class Rows:
    """Rows of a table, what can be edited in them, and which records and month each is."""

    headers: tuple[str, ...]
    cells: list[list[Cell]]
    edits: dict[tuple[int, int], Edit]
    records: list[tuple[int, ...]]
    months: list[str]


def month_of(start_month: str, number: int) -> str:
    """Return a month of a plan, such as ``2027-03``."""
    whole = int(start_month[:4]) * int(MONTHS_PER_YEAR) + int(start_month[5:7]) - 1 + number
    return f"{whole // int(MONTHS_PER_YEAR):04d}-{whole % int(MONTHS_PER_YEAR) + 1:02d}"


def month_rows(
    actuals: Actuals, scenario: Scenario, strategy: StrategyId, planned_usd: Sequence[float]
) -> Rows:
    """Return a row a month of the plan; a month of one record at most can be typed in."""
    found = Rows(MONTH_HEADERS, [], {}, [], [])
    own = [(number, row) for number, row in enumerate(actuals) if row.strategy == strategy]
    for number, plan in enumerate(planned_usd):
        month = month_of(scenario.start_month, number)
        held = [(at, row) for at, row in own if row.month == month]
        money = [(at, row) for at, row in held if row.usd is not None]
        used = [(at, row) for at, row in held if row.requests is not None]
        usd = math.fsum(row.usd or 0.0 for _, row in money)
        requests = math.fsum(row.requests or 0.0 for _, row in used)
        line = len(found.cells)
        name = month_name(scenario.start_month, number)
        paid = Cell(format_quantity(usd, "usd"), usd) if money else Cell(MISSING)
        users = Cell(format_quantity(requests, "requests"), requests) if used else Cell(MISSING)
        found.cells.append([Cell(name), Cell(format_quantity(plan, "usd"), plan), paid, users])
        if len(money) < 2:
            found.edits[line, _PAID] = Edit(format_edit(usd, "usd") if money else "")
        if len(used) < 2 and number:
            found.edits[line, _USED] = Edit(format_edit(requests, "requests") if used else "")
        found.records.append(tuple(at for at, _ in held))
        found.months.append(month)
    return found


def record_rows(actuals: Actuals, strategy: StrategyId) -> Rows:
    """Return a row a record of a strategy."""
    found = Rows(RECORD_HEADERS, [], {}, [], [])
    names = dict(CATEGORIES)
    for at, row in enumerate(actuals):
        if row.strategy != strategy:
            continue
        line = len(found.cells)
        usage_only = row.usd is None
        source = row.source or "typed"
        if row.currency != "USD":
            source += f", {row.currency} at {row.currency_per_usd:g}"
        found.cells.append(
            [
                Cell(row.month),
                Cell("Usage" if usage_only else names[row.category]),
                Cell(MISSING) if row.usd is None else Cell(format_quantity(row.usd, "usd"), row.usd),
                Cell(MISSING)
                if row.requests is None
                else Cell(format_quantity(row.requests, "requests"), row.requests),
                Cell(source),
            ]
        )
        if row.usd is not None:
            found.edits[line, 1] = Edit(row.category, CATEGORIES)
            found.edits[line, _PAID] = Edit(format_edit(row.usd, "usd"))
        if row.requests is not None:
            found.edits[line, _USED] = Edit(format_edit(row.requests, "requests"))
        found.records.append((at,))
        found.months.append(row.month)
    return found


def typed_usd(text: str) -> float:
    """Return an amount that somebody typed: ``12.5k``, ``$1,200``, ``-300`` or ``(300)`` for a credit.

    Raises
    ------
    InputError
        If it is no amount.
    """
    bare = text.strip()
    negative = bare[:1] in ("-", "\N{MINUS SIGN}") or (bare.startswith("(") and bare.endswith(")"))
    try:
        value = parse_value(bare.strip("()").lstrip("-\N{MINUS SIGN} "), _MONEY).value
    except InputError:
        value = None
    if value is None:
        raise InputError("not_allowed", f'"{text[:40]}" is no amount; allowed is one such as 1,200 or 12.5k.')
    return -float(value) if negative else float(value)


def typed_requests(text: str) -> float:
    """Return requests that somebody typed, such as ``2.1M``.

    Raises
    ------
    InputError
        If they are no number of requests.
    """
    return float(parse_value(text, _REQUESTS).value)


def edited(
    actuals: Actuals, records: Sequence[int], month: str, strategy: StrategyId, change: tuple[Field, str]
) -> Actuals:
    """Return the records after a cell was typed in; an empty text takes the figure away.

    Parameters
    ----------
    actuals : tuple of Actual
        What is recorded.
    records : sequence of int
        Records behind the row; none for a month without any.
    month, strategy : str
        Of a record that is new.
    change : tuple
        Field, and what was typed.

    Raises
    ------
    InputError
        If what was typed is not taken.
    """
    field, text = change
    value: object = text
    if field != "category":
        value = (
            None if not text or text == MISSING else (typed_usd if field == "usd" else typed_requests)(text)
        )
    target = next((at for at in records if getattr(actuals[at], field) is not None), None)
    rows = list(actuals)
    if target is None:
        if value is not None:
            rows.append(validated(Actual, {"month": month, "strategy": strategy, field: value}))
        return tuple(rows)
    held = rows[target]
    values = {**held.__dict__, field: value}
    if field == "usd":
        values |= {"currency": "USD", "currency_per_usd": 1.0}
    if value is None and (held.usd is None or not held.has_usage):
        del rows[target]
    else:
        rows[target] = validated(Actual, values)
    return tuple(rows)
