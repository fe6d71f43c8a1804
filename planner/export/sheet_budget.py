"""Sheet "Monthly budget": each strategy's categories by month and fiscal year, summed from the line items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.lineitems import USD, category_of
from planner.engine.results import StrategyResult
from planner.export import palette
from planner.export.book import BUDGET, Book, calculated, category_title, put
from planner.export.cells import fixed_cell
from planner.export.sheet_items import Item, money_items, month_column
from planner.export.timeline import (
    FIRST_ROW,
    FISCAL_START,
    HEAD_ROW,
    NUMBER_ROW,
    YEAR_ROW,
    set_up_months,
    write_head,
)
from planner.export.xlsx import area, cell, fixed_area
from planner.units import MONTHS_PER_YEAR, REQUESTS_PER_1K

_NAME, _TOTAL, _FIRST_YEAR = 0, 1, 2
_YEAR: Final = int(MONTHS_PER_YEAR)
_DISCOUNT: Final = "prices_discount_frac_per_year"
_QUIET: Final[Mapping[str, Any]] = {"italic": True, "font_color": palette.MUTED}
REQUESTS: Final = "Requests"


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where years and months stand. A year more than the plan has now: it may start in another month."""

    years: int
    horizon: int

    @property
    def first_month(self) -> int:
        """Column of month 0."""
        return _FIRST_YEAR + self.years

    @property
    def last(self) -> int:
        """Column of the last month."""
        return self.first_month + self.horizon


def _columns(book: Book) -> _Columns:
    return _Columns((book.horizon + _YEAR - 1) // _YEAR + 1, book.horizon)


def first_month_column(book: Book) -> int:
    """Return the column of month 0."""
    return _columns(book).first_month


def months_of(book: Book, strategy: str, name: str) -> str:
    """Return the months of a row of a strategy's block as a formula elsewhere names them."""
    columns, row = _columns(book), book.rows[BUDGET, strategy, name]
    return f"'{BUDGET}'!{fixed_area(row, columns.first_month, row, columns.last)}"


def requests_total(book: Book) -> tuple[str, float]:
    """Return the cell of all requests as a formula elsewhere names it, and what it holds."""
    row = book.rows[BUDGET, "", REQUESTS]
    held = float(np.asarray(book.results.requests_by_month, dtype=np.float64).sum())
    return fixed_cell(BUDGET, row, _TOTAL), held


def write_budget(book: Book) -> None:
    """Write a block for each strategy: categories, total, what it is made of, and how it stands."""
    sheet, columns = book.sheet(BUDGET), _columns(book)
    how = (
        f"amounts in {book.currency}, summed from the line items; month 0 is the first release. "
        "Totals and fiscal years on the left, months on the right."
    )
    book.title(sheet, "Monthly budget", how)
    _write_heads(book, columns)
    at = _write_requests(book, columns, FIRST_ROW)
    for result in book.results.strategies.values():
        at = (
            _Block(book, columns, result).write(at)
            if result.fits
            else _write_misfit(book, columns, result, at)
        )
    _write_paybacks(book, columns)
    sheet.freeze_panes(FIRST_ROW, _FIRST_YEAR)
    sheet.set_column(_NAME, _NAME, 30)
    sheet.set_column(_TOTAL, columns.first_month - 1, 13.5)
    sheet.repeat_rows(YEAR_ROW, HEAD_ROW)
    set_up_months(book, sheet, columns.first_month, _TOTAL, rows=at)


def _write_heads(book: Book, columns: _Columns) -> None:
    sheet = book.sheet(BUDGET)
    put(sheet, HEAD_ROW, _NAME, "Category", book.head())
    put(sheet, HEAD_ROW, _TOTAL, "Total", book.head(align="right"))
    labels = list(dict.fromkeys(book.fiscal_years))
    years = fixed_area(YEAR_ROW, columns.first_month, YEAR_ROW, columns.last)
    first = cell(HEAD_ROW, columns.first_month, row_abs=True, col_abs=True)
    for number in range(columns.years):
        # The first month of this fiscal year among the months, as the plan's months are counted.
        at = f"{_YEAR * number}-IF({number}=0,0,MOD(MONTH({first})-{FISCAL_START},12))"
        formula = f'=IF({at}>{book.horizon},"",INDEX({years},1,{at}+1))'
        label = labels[number] if number < len(labels) else ""
        calculated(sheet, (HEAD_ROW, _FIRST_YEAR + number), formula, book.head(align="right"), label)
    write_head(book, sheet, BUDGET, columns.first_month, columns.first_month - 1)


def _write_requests(book: Book, columns: _Columns, at: int) -> int:
    """Write the traffic by month, which prices by request are divided by."""
    sheet = book.sheet(BUDGET)
    put(sheet, at, _NAME, REQUESTS, book.format(bold=True))
    values = np.zeros(book.horizon + 1)
    traffic = np.asarray(book.results.requests_by_month, dtype=np.float64)
    values[-len(traffic) :] = traffic
    known = book.requests
    row = _Row(at, values, "#,##0", {})
    if known is None:
        formulas: Iterable[str] = (repr(float(value)) for value in values)
    else:
        formulas = book.cells.months(book.cells.at(known.key, BUDGET))
    _write_row(book, columns, row, formulas)
    book.rows[BUDGET, "", REQUESTS] = at
    return at + 2


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of months: where, its values, their number format and their weight."""

    at: int
    values: Array
    number: str
    weight: Mapping[str, Any]


def _write_row(
    book: Book, columns: _Columns, row: _Row, formulas: Iterable[str], *, sums: bool = True
) -> None:
    """Write the months of a row, and unless they do not add up their sums by fiscal year and in all."""
    sheet, form = book.sheet(BUDGET), book.format(num_format=row.number, **row.weight)
    for column, (formula, value) in enumerate(
        zip(formulas, row.values.tolist(), strict=True), start=columns.first_month
    ):
        sheet.write_formula(row.at, column, f"={formula}", form, value)
    if not sums:
        return
    months = area(row.at, columns.first_month, row.at, columns.last)
    bold = book.format(num_format=row.number, **{**row.weight, "bold": True})
    calculated(sheet, (row.at, _TOTAL), f"=SUM({months})", bold, row.values.sum())
    years = fixed_area(YEAR_ROW, columns.first_month, YEAR_ROW, columns.last)
    labels = list(dict.fromkeys(book.fiscal_years))
    for number in range(columns.years):
        head = cell(HEAD_ROW, _FIRST_YEAR + number, row_abs=True)
        label = labels[number] if number < len(labels) else ""
        held = np.array(book.fiscal_years) == label
        formula = f'=IF({head}="",0,SUMIF({years},{head},{months}))'
        calculated(sheet, (row.at, _FIRST_YEAR + number), formula, form, row.values[held].sum())


class _Block:
    """One strategy's rows."""

    def __init__(self, book: Book, columns: _Columns, result: StrategyResult) -> None:
        self.book, self.columns, self.result = book, columns, result
        self.strategy = result.strategy
        self.sheet = book.sheet(BUDGET)
        self.items: list[Item] = [item for item in money_items(book) if item.key[0] == self.strategy]
        self.total = self._sum(self.items)

    def _sum(self, items: list[Item]) -> Array:
        zero = np.zeros(self.book.horizon + 1)
        return np.asarray(sum((item.values[USD] for item in items), start=zero)) * self.book.rate

    def write(self, at: int) -> int:
        """Write the block from a row on; return the row behind it."""
        self.book.write_band(self.sheet, at, self.strategy, self.columns.last)
        categories = [each for each in self.book.categories if self._of(each)]
        for row, category in enumerate(categories, start=at + 1):
            self._write_category(row, at, category)
        last = at + len(categories)
        self._write_total(at + 1, last)
        self._write_refreshes(last + 2, at)
        self._write_cumulative(last + 3, last + 1)
        self._write_discounted(last + 4, last + 1)
        self._write_price(last + 5, last + 1)
        self._label(last + 6, "Payback against the baseline", "payback", _QUIET)
        return last + 8

    def _of(self, category: str) -> list[Item]:
        return [item for item in self.items if category_of(item.key[1]) == category]

    def _label(self, at: int, text: str, name: str, weight: Mapping[str, Any]) -> None:
        put(self.sheet, at, _NAME, text, self.book.format(**weight))
        self.book.rows[BUDGET, self.strategy, name] = at
        self.book.budget[self.strategy, name] = fixed_cell(BUDGET, at, _TOTAL)

    def _months(self) -> range:
        return range(self.book.horizon + 1)

    def _row(self, at: int, values: Array, weight: Mapping[str, Any]) -> _Row:
        return _Row(at, values, self.book.money(), weight)

    def _write_category(self, at: int, band: int, category: str) -> None:
        self._label(at, category_title(category), f"category/{category}", {})
        names = [cell(row, _NAME, row_abs=True, col_abs=True) for row in (band, at)]
        formulas = (
            f"SUMIFS({month_column(self.book, month)},items_strategy,{names[0]},items_category,{names[1]})"
            for month in self._months()
        )
        _write_row(self.book, self.columns, self._row(at, self._sum(self._of(category)), {}), formulas)

    def _write_total(self, first: int, last: int) -> None:
        weight, at = {"bold": True, "top": 1, "top_color": palette.BORDER}, last + 1
        self._label(at, "Total", "total", weight)
        columns = range(self.columns.first_month, self.columns.last + 1)
        formulas = (f"SUM({area(first, each, last, each)})" if last >= first else "0" for each in columns)
        _write_row(self.book, self.columns, self._row(at, self.total, weight), formulas)
        self.book.workbook.define_name(
            f"total_{self.strategy}", f"={self.book.budget[self.strategy, 'total']}"
        )

    def _write_refreshes(self, at: int, band: int) -> None:
        self._label(at, "of the total, refreshes", "refresh", _QUIET)
        name = cell(band, _NAME, row_abs=True, col_abs=True)
        formulas = (
            f'SUMIFS({month_column(self.book, month)},items_strategy,{name},items_phase,"refresh")'
            if self.items
            else "0"
            for month in self._months()
        )
        refreshes = self._sum([item for item in self.items if item.key[2] == "refresh"])
        _write_row(self.book, self.columns, self._row(at, refreshes, _QUIET), formulas)

    def _write_cumulative(self, at: int, total: int) -> None:
        weight = {"font_color": palette.INK2}
        self._label(at, "Cumulative", "cumulative", weight)
        columns = range(self.columns.first_month, self.columns.last + 1)
        formulas = (
            (f"{cell(at, each - 1)}+" if each > self.columns.first_month else "") + cell(total, each)
            for each in columns
        )
        _write_row(
            self.book, self.columns, self._row(at, np.cumsum(self.total), weight), formulas, sums=False
        )

    def _write_discounted(self, at: int, total: int) -> None:
        weight = {"font_color": palette.INK2}
        self._label(at, "Discounted to month 0", "npv", weight)
        columns = range(self.columns.first_month, self.columns.last + 1)
        formulas = (
            f"{cell(total, each)}*(1+{_DISCOUNT})^(-{cell(NUMBER_ROW, each, row_abs=True)}/{_YEAR})"
            for each in columns
        )
        rate = self.book.results.scenario.prices.discount_frac_per_year
        values = self.total * (1.0 + rate) ** (-np.arange(len(self.total)) / MONTHS_PER_YEAR)
        _write_row(self.book, self.columns, self._row(at, values, weight), formulas)

    def _write_price(self, at: int, total: int) -> None:
        weight = {"font_color": palette.INK2}
        self._label(at, "Per 1,000 requests", "per_1k", weight)
        requests = cell(self.book.rows[BUDGET, "", REQUESTS], _TOTAL, row_abs=True, col_abs=True)
        formula = f'=IF({requests}>0,{int(REQUESTS_PER_1K)}*{cell(total, _TOTAL)}/{requests},"–")'
        value = float(self.result["usd_per_1k_requests"]) * self.book.rate
        form = self.book.format(num_format=self.book.money(2), bold=True, align="right", **weight)
        calculated(self.sheet, (at, _TOTAL), formula, form, value if np.isfinite(value) else "–")


def _write_paybacks(book: Book, columns: _Columns) -> None:
    """Write from which month on each strategy has cost no more than the baseline, counted from the end."""
    baseline = book.results.baseline
    base = book.rows.get((BUDGET, baseline, "cumulative"))
    for result in book.fitting:
        at = book.rows[BUDGET, result.strategy, "payback"]
        if base is None or result.strategy == baseline:
            words = "baseline" if result.strategy == baseline else "–"
            put(book.sheet(BUDGET), at, _TOTAL, words, book.format(align="right", **_QUIET))
        else:
            _write_payback(book, columns, result, (at, base))


def _write_payback(book: Book, columns: _Columns, result: StrategyResult, rows: tuple[int, int]) -> None:
    at, base = rows
    sheet, own = book.sheet(BUDGET), book.rows[BUDGET, result.strategy, "cumulative"]
    form = book.format(num_format='0;-0;"·"', font_color=palette.MUTED, align="right")
    month = float(result["payback_month"])
    for column in range(columns.last, columns.first_month, -1):
        stays = f"{cell(own, column)}<={cell(base, column, row_abs=True)}"
        if column < columns.last:
            stays = f"AND({stays},{cell(at, column + 1)}=1)"
        holds = month == month and column - columns.first_month >= month
        calculated(sheet, (at, column), f"=IF({stays},1,0)", form, 1.0 if holds else 0.0)
    months = area(at, columns.first_month + 1, at, columns.last)
    formula = f'=IF(SUM({months})=0,"never",{book.horizon + 1}-SUM({months}))'
    form = book.format(num_format='"month "0', align="right", bold=True, font_color=palette.INK2)
    calculated(sheet, (at, _TOTAL), formula, form, "never" if month != month else month)


def _write_misfit(book: Book, columns: _Columns, result: StrategyResult, at: int) -> int:
    """Say why a strategy has no budget."""
    book.write_band(book.sheet(BUDGET), at, result.strategy, columns.last)
    words = " ".join(f"{problem.message} {problem.hint}" for problem in result.problems)
    form = book.format(font_color=palette.MUTED)
    put(book.sheet(BUDGET), at + 1, _NAME, f"Does not fit. {words}".strip(), form)
    return at + 3
