"""Sheets "Calc ...": every quantity of the plan with its equation as live formulas, months along columns.

One sheet holds what all strategies share, then one each. A quantity without months stands in the column of
values; one by month fills its row. Each rests on inputs, on rates, or on rows above it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from planner.engine.equations.expressions import Expression, Quantity
from planner.engine.equations.plan import Block
from planner.engine.equations.writing import repr_number, text
from planner.export import palette
from planner.export.book import SHARED, Book, calculated, calculation_sheet, height_for, put, strategy_title
from planner.export.cellformats import row_format, unit_words
from planner.export.cells import FIRST_MONTH, Place
from planner.export.timeline import FIRST_ROW, HEAD_ROW, set_up_months, write_head
from planner.export.xlsx import Sheet, area

_TITLE, _UNIT, _VALUE, _SUM, _HOW, _IDS = range(6)
_HEADS: Final = ("Quantity", "Unit", "Value", "All months", "How it comes about", "Equations")
_WIDTHS: Final = (46, 15, 15, 15, 58, 11)
_SMALLER: Final = 1.15
"""Characters of the smaller letters over those of the larger."""

_HOW_LINES: Final = 3
"""A longer equation is shortened: the formula has all of it."""

_ADDS_UP: Final = frozenset({"usd", "kwh", "kgco2e", "l", "accelerator_h", "h", "requests", "tokens", "gb"})
"""Units whose months add up to something."""

_UNKNOWN, _NONE = "NA()", "–"


def write_calculations(book: Book) -> None:
    """Write what all strategies share, then each strategy that fits."""
    sheets = [SHARED, *(calculation_sheet(result.strategy) for result in book.fitting)]
    for name in sheets:
        _start(book, name)
    at = dict.fromkeys(sheets, FIRST_ROW)
    by_month = tuple(each for each in book.equations.given if each.is_monthly)
    given = (Block("given", "Given by month", by_month),) if by_month else ()
    for block in (*given, *book.equations.blocks):
        name = calculation_sheet(block.strategy)
        if name in at:
            at[name] = _write_block(book, name, block, at[name])


def _start(book: Book, name: str) -> None:
    sheet = book.sheet(name)
    strategy = next((each.strategy for each in book.fitting if calculation_sheet(each.strategy) == name), "")
    title = f"Calculation, {strategy_title(strategy)}" if strategy else "Calculation, shared by all"
    how = "top to bottom, each row from inputs, rates and rows above it; months along the columns. In USD."
    book.title(sheet, title, how)
    for column, head in enumerate(_HEADS):
        side = {"align": "right"} if column in (_VALUE, _SUM) else {"indent": 1 if column == _HOW else 0}
        put(sheet, HEAD_ROW, column, head, book.head(**side))
    write_head(book, sheet, name, FIRST_MONTH, _IDS)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(FIRST_ROW, _UNIT)
    sheet.repeat_rows(HEAD_ROW - 1, HEAD_ROW)
    set_up_months(book, sheet, FIRST_MONTH, _TITLE, front=1)


def _write_block(book: Book, name: str, block: Block, at: int) -> int:
    """Write the quantities of a block from a row on; return the row behind it."""
    sheet = book.sheet(name)
    form = book.band(block.strategy) if block.strategy else book.format(bold=True, bg_color=palette.SUNKEN)
    for column in range(_IDS + 1):
        sheet.write_blank(at, column, None, form)
    put(sheet, at, _TITLE, block.title, form)
    for row, quantity in enumerate(block.quantities, start=at + 1):
        _write_quantity(book, (name, row), quantity)
    return at + len(block.quantities) + 2


def _write_quantity(book: Book, where: tuple[str, int], quantity: Quantity) -> None:
    name, row = where
    sheet = book.sheet(name)
    wrapped = book.format(text_wrap=True)
    quiet = book.format(font_color=palette.MUTED)
    how = _how(quantity)
    put(sheet, row, _TITLE, quantity.title, wrapped)
    put(sheet, row, _UNIT, unit_words(quantity.unit), quiet)
    put(sheet, row, _HOW, how, book.format(font_color=palette.MUTED, text_wrap=True, font_size=9, indent=1))
    put(sheet, row, _IDS, ", ".join(quantity.equations), book.format(font_color=palette.MUTED, font_size=9))
    sheet.set_row(row, height_for([(how, _WIDTHS[_HOW] * _SMALLER), (quantity.title, _WIDTHS[_TITLE])]))
    form = book.format(num_format=row_format(quantity.value, quantity.unit))
    if quantity.is_monthly:
        book.cells.put(quantity.key, Place(name, row, FIRST_MONTH, monthly=True))
        _write_months(book, where, quantity, form)
    else:
        book.cells.put(quantity.key, Place(name, row, _VALUE))
        write_scalar(book, sheet, (row, _VALUE), quantity, form)


def write_scalar(book: Book, sheet: Sheet, place: tuple[int, int], quantity: Quantity, form: Any) -> None:
    """Write a quantity without months: its equation, or its value where nothing gives it."""
    value = float(quantity.value)
    if quantity.equation is None:
        put(sheet, *place, value, book.input_cell(num_format=row_format(value, quantity.unit)))
    else:
        formula = book.cells.formula(quantity.equation, sheet.get_name())
        if _UNKNOWN in formula:  # such as a payback month that never comes
            formula = f'=IFERROR({formula.removeprefix("=")},"{_NONE}")'
        calculated(sheet, place, formula, form, _NONE if math.isnan(value) else value)


def _write_months(book: Book, where: tuple[str, int], quantity: Quantity, form: Any) -> None:
    name, row = where
    sheet = book.sheet(name)
    values = np.asarray(quantity.value, dtype=np.float64).tolist()
    if quantity.equation is None:
        held = book.held_cell(num_format="General", align="right")
        for month, value in enumerate(values):
            put(sheet, row, FIRST_MONTH + month, value, held)
    else:
        write_row(book, sheet, row, quantity.equation, zip(values, [form] * len(values), strict=True))
    if quantity.unit in _ADDS_UP:
        months = area(row, FIRST_MONTH, row, FIRST_MONTH + book.horizon)
        calculated(sheet, (row, _SUM), f"=SUM({months})", form, sum(values))


def write_row(
    book: Book, sheet: Sheet, row: int, equation: Expression, cells: Iterable[tuple[float, Any]]
) -> None:
    """Write an equation into all months of a row, with value and format of each."""
    template = book.cells.formula(equation, sheet.get_name())
    for column, (formula, (value, form)) in enumerate(
        zip(book.cells.months(template), cells, strict=True), start=FIRST_MONTH
    ):
        sheet.write_formula(row, column, formula, form, value)


def _how(quantity: Quantity) -> str:
    """Return where a quantity comes from in words."""
    if quantity.equation is None:
        return ", ".join(part for part in (quantity.source, quantity.date) if part)
    words = text(quantity.equation, lambda each: each.title, repr_number)
    most = int(_WIDTHS[_HOW] * _HOW_LINES)
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
