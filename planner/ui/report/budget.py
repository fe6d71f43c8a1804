"""What each strategy costs by category, by fiscal year and by month, as tables."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.lineitems import CATEGORIES, CATEGORY_TITLES
from planner.export.story_pages.told import LABELS, Told
from planner.export.words import fiscal_year, month_after
from planner.ui.report.canvas import RIGHT
from planner.ui.report.flow import QUIET, SMALL, Flow, Piece
from planner.ui.report.tables import Column, Row, Table
from planner.ui.theme import STRATEGY_SHORT
from planner.units import MISSING, Step, format_quantity, step_for

_FIRST: Final = 104.0
_MOST_MONTHS: Final = 36
_MONTHS_OF_A_QUARTER: Final = 3
_LEAST, _MOST = 0.1, 1e3


def put_categories(flow: Flow, told: Told) -> None:
    """Set the cost by category, refreshes in their categories, as the workbook has it."""
    spent = {each.strategy: each.by_category(refresh_apart=False) for each in told.fitting}
    names = [name for name in CATEGORIES if any(each.get(name) for each in spent.values())]
    if not names:
        return
    names.sort(key=lambda name: -sum(each.get(name, 0.0) for each in spent.values()))
    values = [[spent[each.strategy].get(name, 0.0) for each in told.fitting] for name in names]
    titles = [CATEGORY_TITLES[name] for name in names]
    refresh = [float(each["refresh_usd"]) for each in told.fitting]
    flow.gap(8.0)
    flow.subhead("By category", "refreshes in their categories", after=80.0)
    _put(flow, told, titles, values, last="of it, refreshes", aside=refresh)


def put_years(flow: Flow, told: Told) -> None:
    """Set the cost by fiscal year."""
    if not told.fitting:
        return
    days = _days(told)
    start = told.scenario.report.fiscal_year_start_month
    years = [fiscal_year(day, start) for day in days]
    names = list(dict.fromkeys(years))
    values = [[_sum(each.usd_by_month, years, name) for each in told.fitting] for name in names]
    flow.gap(10.0)
    flow.subhead("By fiscal year", f"the first release is in {_month(days[0])}", after=60.0)
    _put(flow, told, names, values)


def _days(told: Told) -> list[datetime.date]:
    return [month_after(told.scenario.start_month, month) for month in range(told.horizon + 1)]


def _sum(by_month: Array, groups: Sequence[str], name: str) -> float:
    inside = np.asarray([group == name for group in groups])
    return float(np.ravel(by_month)[inside].sum())


def _month(day: datetime.date) -> str:
    return f"{day:%b %Y}"


def _put(
    flow: Flow,
    told: Told,
    titles: Sequence[str],
    values: Sequence[Sequence[float]],
    *,
    last: str = "",
    aside: Sequence[float] = (),
) -> None:
    """Set rows of money with their total; every column keeps one step."""
    fitting = told.fitting
    width = min((flow.width - _FIRST) / len(fitting), 110.0)
    columns = (
        Column("", _FIRST),
        *(Column(LABELS[each.strategy], width, RIGHT, 2) for each in fitting),
    )
    totals = [sum(row[number] for row in values) for number in range(len(fitting))]
    steps = [step_for((row[number] for row in values), "usd") for number in range(len(fitting))]

    def cells(numbers: Sequence[float]) -> tuple[str, ...]:
        return tuple(_amount(value, step) for value, step in zip(numbers, steps, strict=True))

    rows = [Row((title, *cells(row))) for title, row in zip(titles, values, strict=True)]
    rows.append(Row(("Total", *cells(totals)), strong=True))
    if last:
        rows.append(Row((last, *cells(aside)), faces=(QUIET,) * (len(fitting) + 1)))
    heads = ("", *(each.strategy for each in fitting))
    Table(flow.canvas, columns, pad=2.4, heads=heads).put(flow, rows)


def _amount(value: float, step: Step) -> str:
    """Return an amount in the step of its column; in its own where little would be left of it."""
    if not value:
        return MISSING
    inside = _LEAST <= abs(value) / step.factor < _MOST
    return format_quantity(value, "usd", step=step if inside else None)


def put_months(flow: Flow, told: Told) -> None:
    """Set the cost by month in two columns; by quarter where there are many months."""
    if not told.fitting:
        return
    days = _days(told)
    quarters = told.horizon > _MOST_MONTHS
    groups = [_quarter(told, day) if quarters else _month(day) for day in days]
    names = list(dict.fromkeys(groups))
    values = {name: [_sum(each.usd_by_month, groups, name) for each in told.fitting] for name in names}
    steps = [step_for((values[name][n] for name in names), "usd") for n in range(len(told.fitting))]
    half = (flow.width - 18.0) / 2
    first = 50.0 if quarters else 42.0
    width = (half - first) / len(told.fitting)
    columns = (
        Column("", first, face=SMALL),
        *(Column(STRATEGY_SHORT[each.strategy], width, RIGHT, 2, SMALL) for each in told.fitting),
    )
    table = Table(flow.canvas, columns, pad=0.6, gap=5.0)
    rows = [
        Row(
            (
                name,
                *(_amount(value, step) for value, step in zip(values[name], steps, strict=True)),
            )
        )
        for name in names
    ]
    flow.gap(10.0)
    flow.subhead("By fiscal quarter" if quarters else "By month", after=80.0)
    pieces: list[Piece] = table.pieces(rows)
    flow.columns(2, pieces, head=table.head)


def _quarter(told: Told, day: datetime.date) -> str:
    start = told.scenario.report.fiscal_year_start_month
    number = (day.month - start) % 12 // _MONTHS_OF_A_QUARTER + 1
    return f"Q{number} {fiscal_year(day, start).removeprefix('FY ')}"
