"""Sheet "Quarters": the monthly budget added up by fiscal quarter."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.lineitems import USD, category_of
from planner.export import palette
from planner.export.book import QUARTERS, SHARED, Book, calculated, category_title, put
from planner.export.cells import FIRST_MONTH, fixed_cell
from planner.export.sheet_budget import months_of
from planner.export.sheet_items import money_items
from planner.export.timeline import FISCAL_START, QUARTER_ROW
from planner.export.timeline import HEAD_ROW as MONTHS_ROW
from planner.export.xlsx import area, cell, fixed_area

_HEAD_ROW: Final = 3
_FIRST_ROW: Final = 4
_NAME, _TOTAL, _FIRST = 0, 1, 2
_MONTHS: Final = 3
_QUARTERS_A_PAGE: Final = 12


def write_quarters(book: Book) -> None:
    """Write categories and total of each strategy by quarter; the quarters follow the fiscal year's start."""
    sheet = book.sheet(QUARTERS)
    how = (
        f"the monthly budget in {book.currency} by fiscal quarter; the first and last may be part of one. "
        "They follow the month in which fiscal years start, on Assumptions."
    )
    book.title(sheet, "Budget by quarter", how)
    labels = list(dict.fromkeys(book.quarters))
    count = (book.horizon + _MONTHS - 1) // _MONTHS + 1
    labels += [""] * (count - len(labels))
    put(sheet, _HEAD_ROW, _NAME, "Category", book.head())
    put(sheet, _HEAD_ROW, _TOTAL, "Total", book.head(align="right"))
    names = f"'{SHARED}'!{fixed_area(QUARTER_ROW, FIRST_MONTH, QUARTER_ROW, FIRST_MONTH + book.horizon)}"
    first = fixed_cell(SHARED, MONTHS_ROW, FIRST_MONTH)
    for number, label in enumerate(labels):
        into = f"MOD(MOD(MONTH({first})-{FISCAL_START},12),{_MONTHS})"
        place = f"{_MONTHS * number}-IF({number}=0,0,{into})"
        formula = f'=IF({place}>{book.horizon},"",INDEX({names},1,{place}+1))'
        calculated(sheet, (_HEAD_ROW, _FIRST + number), formula, book.head(align="right"), label)
    at = _FIRST_ROW
    for result in book.fitting:
        at = _write_block(book, result.strategy, (names, labels), at)
    sheet.freeze_panes(_FIRST_ROW, _FIRST)
    sheet.set_column(_NAME, _NAME, 30)
    sheet.set_column(_TOTAL, _FIRST + len(labels) - 1, 14.5)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.repeat_columns(_NAME, _TOTAL)
    book.print_setup(sheet, wide=True, pages=-(-len(labels) // _QUARTERS_A_PAGE))


def _write_block(book: Book, strategy: str, quarters: tuple[str, list[str]], at: int) -> int:
    sheet = book.sheet(QUARTERS)
    book.write_band(sheet, at, strategy, _FIRST + len(quarters[1]) - 1)
    amounts: dict[str, Array] = {}
    for item in money_items(book):
        if item.key[0] == strategy:
            category = category_of(item.key[1])
            before = amounts.get(category, np.zeros(book.horizon + 1))
            amounts[category] = before + item.values[USD] * book.rate
    rows = [
        (f"category/{each}", category_title(each), amounts[each])
        for each in book.categories
        if each in amounts
    ]
    total = np.asarray(sum(amounts.values(), start=np.zeros(book.horizon + 1)))
    for name, title, values in (*rows, ("total", "Total", total)):
        at += 1
        weight = {"bold": True, "top": 1, "top_color": palette.BORDER} if name == "total" else {}
        put(sheet, at, _NAME, title, book.format(**weight))
        _write_row(book, at, (months_of(book, strategy, name), quarters), values, weight)
    return at + 2


def _write_row(
    book: Book, at: int, asked: tuple[str, tuple[str, list[str]]], values: Array, weight: dict[str, object]
) -> None:
    months, (names, labels) = asked
    sheet = book.sheet(QUARTERS)
    form = book.format(num_format=book.money(), **weight)
    for number, label in enumerate(labels):
        head = cell(_HEAD_ROW, _FIRST + number, row_abs=True)
        formula = f'=IF({head}="",0,SUMIF({names},{head},{months}))'
        held = np.array(book.quarters) == label
        calculated(sheet, (at, _FIRST + number), formula, form, values[held].sum())
    whole = f"=SUM({area(at, _FIRST, at, _FIRST + len(labels) - 1)})"
    bold = book.format(num_format=book.money(), **{**weight, "bold": True})
    calculated(sheet, (at, _TOTAL), whole, bold, values.sum())
