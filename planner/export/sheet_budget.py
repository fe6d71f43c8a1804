"""Sheet "Monthly budget": each strategy's categories by month, summed from the line items by formulas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.results import StrategyResult
from planner.export import palette
from planner.export.book import BUDGET, Book, category_title, put, strategy_title
from planner.export.xlsx import area, cell, fixed_area

HEAD_ROW: Final = 3
"""Row of the calendar months; the months' numbers are above it, their fiscal years two above."""

_YEAR_ROW, _NUMBER_ROW, _FIRST_BLOCK = 1, 2, 4
_NAME, _TOTAL, _FIRST_YEAR = 0, 1, 2
_MONTHS_A_PAGE = 12  # more would print too small to read


class _Columns:
    """Where years and months stand."""

    def __init__(self, book: Book) -> None:
        self.years = list(dict.fromkeys(book.fiscal_years))
        self.first_month = _FIRST_YEAR + len(self.years)
        self.last = self.first_month + book.horizon


def first_month_column(book: Book) -> int:
    """Return the column of month 0."""
    return _Columns(book).first_month


def write_budget(book: Book) -> None:
    """Write a block for each strategy: categories, total, cumulative, and how much of it is refreshes."""
    sheet, columns = book.sheet(BUDGET), _Columns(book)
    _write_head(book, columns)
    rows = book.results.ledger_rows()
    at = _FIRST_BLOCK
    for result in book.results.strategies.values():
        if result.fits:
            at = _write_block(book, columns, result, _by_category(book, result.strategy, rows), at)
        else:
            at = _write_misfit(book, columns, result, at)
    sheet.freeze_panes(HEAD_ROW + 1, _FIRST_YEAR)
    sheet.set_column(_NAME, _NAME, 26)
    sheet.set_column(_TOTAL, columns.first_month - 1, 13)
    sheet.set_column(columns.first_month, columns.last, 10.5)
    sheet.repeat_rows(_YEAR_ROW, HEAD_ROW)
    sheet.repeat_columns(_NAME, _TOTAL)
    book.print_setup(sheet, wide=True, pages=-(-book.horizon // _MONTHS_A_PAGE))


def _by_category(book: Book, strategy: str, rows: list[tuple[Any, ...]]) -> dict[str, Array]:
    """Return amounts by category and month, and those of all refreshes under ``refresh``. [currency]."""
    found: dict[str, Array] = {}
    for name, month, _, category, phase, usd, *_ in rows:
        if name == strategy:
            for key in (category, "refresh") if phase == "refresh" else (category,):
                found.setdefault(key, np.zeros(book.horizon + 1))[month] += usd * book.rate
    return found


def _write_head(book: Book, columns: _Columns) -> None:
    sheet = book.sheet(BUDGET)
    sheet.set_row(0, 26)
    put(sheet, 0, 0, "Monthly budget", book.format(bold=True, font_size=16))
    muted = book.format(font_color=palette.MUTED)
    put(sheet, _YEAR_ROW, _NAME, f"Amounts in {book.currency}; month 0 is the first release.", muted)
    put(sheet, _NUMBER_ROW, _NAME, "Month", muted)
    put(sheet, HEAD_ROW, _NAME, "Category", book.head())
    put(sheet, HEAD_ROW, _TOTAL, "Total", book.head(align="right"))
    for number, year in enumerate(columns.years):
        put(sheet, HEAD_ROW, _FIRST_YEAR + number, year, book.head(align="right"))
    quiet = book.format(font_color=palette.MUTED, align="right")
    for month, (day, year) in enumerate(zip(book.days, book.fiscal_years, strict=True)):
        column = columns.first_month + month
        put(sheet, _YEAR_ROW, column, year, quiet)
        put(sheet, _NUMBER_ROW, column, month, quiet)
        sheet.write_datetime(HEAD_ROW, column, day, book.head(num_format="mmm yyyy", align="right"))


def _write_block(
    book: Book, columns: _Columns, result: StrategyResult, amounts: Mapping[str, Array], at: int
) -> int:
    """Write one strategy from a row on; return the row behind it."""
    strategy = result.strategy
    _write_band(book, columns, strategy, at)
    categories = [category for category in book.categories if np.any(amounts.get(category, 0.0))]
    first = at + 1
    for row, category in enumerate(categories, start=first):
        put(book.sheet(BUDGET), row, _NAME, category_title(category), book.format())
        _write_months(book, columns, row, at, amounts[category])
        _write_row_sums(book, columns, row, amounts[category], "")
        book.category_totals[strategy, category] = (
            f"'{BUDGET}'!{cell(row, _TOTAL, row_abs=True, col_abs=True)}"
        )
    last = first + len(categories) - 1
    total = sum(amounts[category] for category in categories) + np.zeros(book.horizon + 1)
    _write_total(book, columns, (first, last), total)
    reference = f"'{BUDGET}'!{cell(last + 1, _TOTAL, row_abs=True, col_abs=True)}"
    book.totals[strategy] = reference
    book.workbook.define_name(f"total_{strategy}", f"={reference}")
    _write_cumulative(book, columns, last + 2, total)
    book.cumulative_rows[strategy] = last + 2
    _write_refreshes(book, columns, (last + 3, at), amounts.get("refresh", np.zeros(book.horizon + 1)))
    return last + 5


def _write_band(book: Book, columns: _Columns, strategy: str, at: int) -> None:
    sheet = book.sheet(BUDGET)
    sheet.set_row(at, 18)
    put(sheet, at, _NAME, strategy_title(strategy), book.band(strategy))
    for column in range(_TOTAL, columns.last + 1):
        sheet.write_blank(at, column, None, book.band(strategy))


def _write_months(book: Book, columns: _Columns, row: int, band: int, amounts: Array) -> None:
    sheet, form = book.sheet(BUDGET), book.format(num_format=book.money())
    name, category = (cell(at, _NAME, col_abs=True, row_abs=at == band) for at in (band, row))
    for month, amount in enumerate(amounts):
        column = columns.first_month + month
        number = cell(_NUMBER_ROW, column, row_abs=True)
        formula = (
            f"=SUMIFS(items_amount,items_strategy,{name},items_category,{category},items_month,{number})"
        )
        sheet.write_formula(row, column, formula, form, float(amount))


def _write_row_sums(book: Book, columns: _Columns, row: int, amounts: Array, weight: str) -> None:
    """Write the sums of a row over all months and over the months of each fiscal year."""
    sheet = book.sheet(BUDGET)
    properties = _weighted(weight)
    form = book.format(num_format=book.money(), **{**properties, "bold": True})
    months = area(row, columns.first_month, row, columns.last)
    sheet.write_formula(row, _TOTAL, f"=SUM({months})", form, float(amounts.sum()))
    years = fixed_area(_YEAR_ROW, columns.first_month, _YEAR_ROW, columns.last)
    form = book.format(num_format=book.money(), **properties)
    for number, year in enumerate(columns.years):
        head = cell(HEAD_ROW, _FIRST_YEAR + number, row_abs=True)
        inside = [amount for amount, held in zip(amounts, book.fiscal_years, strict=True) if held == year]
        formula = f"=SUMIF({years},{head},{months})"
        sheet.write_formula(row, _FIRST_YEAR + number, formula, form, float(sum(inside)))


def _weighted(weight: str) -> dict[str, Any]:
    if weight == "total":
        return {"bold": True, "top": 1, "top_color": palette.BORDER}
    return {"italic": True, "font_color": palette.MUTED} if weight == "aside" else {}


def _write_total(book: Book, columns: _Columns, span: tuple[int, int], total: Array) -> None:
    sheet, row, properties = book.sheet(BUDGET), span[1] + 1, _weighted("total")
    put(sheet, row, _NAME, "Total", book.format(**properties))
    form = book.format(num_format=book.money(), **properties)
    _write_row_sums(book, columns, row, total, "total")
    for month, amount in enumerate(total):
        column = columns.first_month + month
        formula = f"=SUM({area(span[0], column, span[1], column)})" if span[1] >= span[0] else "=0"
        sheet.write_formula(row, column, formula, form, float(amount))


def _write_cumulative(book: Book, columns: _Columns, row: int, total: Array) -> None:
    sheet, properties = book.sheet(BUDGET), _weighted("aside")
    put(sheet, row, _NAME, "Cumulative", book.format(**properties))
    form = book.format(num_format=book.money(), **properties)
    for month, amount in enumerate(np.cumsum(total)):
        column = columns.first_month + month
        before = f"{cell(row, column - 1)}+" if month else ""
        sheet.write_formula(row, column, f"={before}{cell(row - 1, column)}", form, float(amount))


def _write_refreshes(book: Book, columns: _Columns, place: tuple[int, int], amounts: Array) -> None:
    row, band = place
    sheet, properties = book.sheet(BUDGET), _weighted("aside")
    put(sheet, row, _NAME, "of the total, refreshes", book.format(**properties))
    form = book.format(num_format=book.money(), **properties)
    _write_row_sums(book, columns, row, amounts, "aside")
    name = cell(band, _NAME, row_abs=True, col_abs=True)
    for month, amount in enumerate(amounts):
        column = columns.first_month + month
        number = cell(_NUMBER_ROW, column, row_abs=True)
        formula = f'=SUMIFS(items_amount,items_strategy,{name},items_phase,"refresh",items_month,{number})'
        sheet.write_formula(row, column, formula, form, float(amount))


def _write_misfit(book: Book, columns: _Columns, result: StrategyResult, at: int) -> int:
    """Say why a strategy has no budget."""
    _write_band(book, columns, result.strategy, at)
    words = " ".join(f"{problem.message} {problem.hint}" for problem in result.problems)
    form = book.format(font_color=palette.MUTED)
    put(book.sheet(BUDGET), at + 1, _NAME, f"Does not fit. {words}".strip(), form)
    return at + 3
