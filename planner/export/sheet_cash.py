"""Sheet "Cash": capital apart from operating cost, when it is paid.

The budget spreads owned hardware over its life: an annuity and upkeep in equal months, no lump in month 0
(decision 9). Here it is bought: in the month before it is needed, again at the end of its life, less what the
old is sold for. What the annuity was of follows from it: the hardware in use at its price is the row of the
budget over the share that the annuity takes of the price in a month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.lineitems import USD
from planner.engine.prices import owned_usd_per_year
from planner.engine.results import StrategyResult
from planner.export import palette
from planner.export.book import BUDGET, CASH, Book, calculated, put
from planner.export.sheet_budget import first_month_column
from planner.export.sheet_inputs import CURRENCY
from planner.export.sheet_items import Item, money_items, month_formulas
from planner.export.timeline import FIRST_ROW, HEAD_ROW, NUMBER_ROW, set_up_months, write_head
from planner.export.xlsx import area, cell
from planner.units import MONTHS_PER_YEAR

_NAME, _TOTAL, _FIRST = 0, 1, 2
_YEAR: Final = int(MONTHS_PER_YEAR)
_OWNED: Final = "owned_hardware"
_INPUTS: Final = (
    "hardware.residual_frac",
    "hardware.upkeep_frac_per_year",
    "prices.discount_frac_per_year",
    "hardware.life_years",
)
_Formula = Callable[[int], str]


def write_cash(book: Book) -> None:
    """Write operating cost, hardware bought and sold, and cash by month for each strategy that fits."""
    sheet = book.sheet(CASH)
    how = (
        f"when money leaves, in {book.currency}: owned hardware is capital in the month before it is needed, "
        "all else operating cost. Over a whole life it costs what the budget spreads, but for interest."
    )
    book.title(sheet, "Cash: capital and operating cost", how)
    put(sheet, HEAD_ROW, _NAME, "Strategy", book.head())
    put(sheet, HEAD_ROW, _TOTAL, "Total", book.head(align="right"))
    write_head(book, sheet, CASH, _FIRST, _TOTAL)
    at = FIRST_ROW
    for result in book.fitting:
        at = _write_block(book, result, at)
    sheet.freeze_panes(FIRST_ROW, _FIRST)
    sheet.set_column(_NAME, _NAME, 46)
    sheet.set_column(_TOTAL, _TOTAL, 14)
    sheet.repeat_rows(HEAD_ROW - 1, HEAD_ROW)
    set_up_months(book, sheet, _FIRST, _TOTAL, rows=at)


@dataclass(frozen=True, slots=True)
class _Owned:
    """Owned hardware: the cells that say what it costs by month, and its values in the report's currency."""

    budget: list[str]
    usd: Array
    share: float
    """Of its price that the budget takes in a month."""
    upkeep: float
    residual: float
    life: int
    """In months."""


def _owned(book: Book, strategy: str) -> _Owned | None:
    item: Item | None = next((each for each in money_items(book) if each.key[:2] == (strategy, _OWNED)), None)
    if item is None or any(path not in book.cells for path in _INPUTS):
        return None
    own, prices = book.results.scenario.hardware, book.results.scenario.prices
    rate, life = prices.discount_frac_per_year, own.life_years
    yearly = owned_usd_per_year(1.0, own.residual_frac, own.upkeep_frac_per_year, rate, life)
    return _Owned(
        [f"{formula}*{CURRENCY}" for formula in month_formulas(book, CASH, item, USD)],
        item.values[USD] * book.rate,
        float(yearly) / MONTHS_PER_YEAR,
        own.upkeep_frac_per_year / MONTHS_PER_YEAR,
        own.residual_frac,
        round(life * MONTHS_PER_YEAR),
    )


def _write_block(book: Book, result: StrategyResult, at: int) -> int:
    """Write one strategy from a row on; return the row behind it."""
    strategy = result.strategy
    book.write_band(book.sheet(CASH), at, strategy, _FIRST + book.horizon)
    owned = _owned(book, strategy)
    total = np.asarray(result.usd_by_month, dtype=np.float64) * book.rate
    budget_row, shift = book.rows[BUDGET, strategy, "total"], first_month_column(book) - _FIRST

    def of_budget(column: int) -> str:
        return f"'{BUDGET}'!{cell(budget_row, column + shift)}"

    if owned is None:
        rows = [
            _Row("Operating cost", of_budget, total, {}),
            _Row("Capital", lambda _: "0", np.zeros(book.horizon + 1), {}),
        ]
    else:
        rows = _owned_rows(book, owned, at, (of_budget, total))
    bold = {"bold": True, "top": 1, "top_color": palette.BORDER}
    paid = [number for number, row in enumerate(rows, start=at + 1) if row.is_paid]
    cash = np.asarray(sum(row.values for row in rows if row.is_paid))
    rows.append(_Row("Cash", lambda column: "+".join(cell(row, column) for row in paid), cash, bold))
    muted = {"font_color": palette.MUTED, "italic": True}
    rows.append(_Row("Monthly budget, for comparison", of_budget, total, muted))
    for row, each in enumerate(rows, start=at + 1):
        _write_row(book, row, each)
    return at + len(rows) + 2


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of months: its title, its formula by column, its values and its weight."""

    title: str
    formula: _Formula
    values: Array
    weight: dict[str, Any]
    is_paid: bool = True
    """Whether it is cash; else a stock, or part of another row."""


def _owned_rows(book: Book, owned: _Owned, at: int, budget: tuple[_Formula, Array]) -> list[_Row]:
    """Return the rows of a strategy with hardware of its own."""
    residual, upkeep, rate, life = (book.cells.at(path, CASH) for path in _INPUTS)
    repay = f"IF({rate}=0,1/{life},{rate}/(1-(1+{rate})^(-{life})))"
    yearly = f"({repay}-{residual}*({repay}-{rate})+{upkeep})"
    stock, _, growth, bought, _ = range(at + 1, at + 6)
    months = f"ROUND({_YEAR}*{life},0)"
    of_budget, total = budget

    def spread(column: int) -> str:
        return owned.budget[column - _FIRST]

    def growing(column: int) -> str:
        if column == _FIRST + book.horizon:
            return "0"
        so_far = f"MAX({cell(stock, _FIRST, col_abs=True)}:{cell(stock, column)})"
        return f"MAX(0,{cell(stock, column + 1)}-{so_far})"

    def again(column: int, row: int) -> str:
        """Return what was bought a life ago; nothing before there is any."""
        month = cell(NUMBER_ROW, column, row_abs=True)
        if column == _FIRST:
            return "0"
        before = f"{cell(row, _FIRST, col_abs=True)}:{cell(row, column - 1)}"
        return f"IF({month}<{months},0,INDEX({before},1,MAX(1,{month}-{months}+1)))"

    def buying(column: int) -> str:
        replaced = again(column, bought) if column < _FIRST + book.horizon else "0"
        return f"{cell(growth, column)}+{replaced}"

    values = _cash_values(owned, total)
    quiet = {"font_color": palette.MUTED}
    return [
        _Row(
            "Hardware in use, at its price",
            lambda c: f"{spread(c)}*{_YEAR}/{yearly}",
            values["stock"],
            quiet,
            is_paid=False,
        ),
        _Row(
            "Operating cost, upkeep included",
            lambda c: f"{of_budget(c)}-{spread(c)}+{cell(stock, c)}*{upkeep}/{_YEAR}",
            values["operating"],
            {},
        ),
        _Row("More hardware needed next month", growing, values["growth"], quiet, is_paid=False),
        _Row("Capital: hardware bought, replaced at the end of life", buying, values["bought"], {}),
        _Row("Capital: old hardware sold", lambda c: f"-{residual}*{again(c, bought)}", -values["sold"], {}),
    ]


def _cash_values(owned: _Owned, total: Array) -> dict[str, Array]:
    """Return what the formulas of `_owned_rows` give."""
    last = len(total) - 1
    stock = owned.usd / owned.share
    growth, bought, sold = (np.zeros(last + 1) for _ in range(3))
    for month in range(last + 1):
        if month < last:
            growth[month] = max(0.0, float(stock[month + 1] - stock[: month + 1].max()))
        old = bought[month - owned.life] if month >= owned.life else 0.0
        bought[month] = growth[month] + (old if month < last else 0.0)
        sold[month] = owned.residual * old
    operating = total - owned.usd + stock * owned.upkeep
    return {"stock": stock, "operating": operating, "growth": growth, "bought": bought, "sold": sold}


def _write_row(book: Book, at: int, row: _Row) -> None:
    sheet, form = book.sheet(CASH), book.format(num_format=book.money(), **row.weight)
    put(sheet, at, _NAME, row.title, book.format(**row.weight))
    for column, value in enumerate(row.values.tolist(), start=_FIRST):
        sheet.write_formula(at, column, f"={row.formula(column)}", form, value)
    if not row.is_paid:
        return
    months = area(at, _FIRST, at, _FIRST + book.horizon)
    bold = book.format(num_format=book.money(), **{**row.weight, "bold": True})
    calculated(sheet, (at, _TOTAL), f"=SUM({months})", bold, row.values.sum())
