"""Sheet "Line items": the ledger, to filter and to sum."""

from __future__ import annotations

from typing import Any, Final

from planner.engine.lineitems import ITEMS as ITEM_INFO
from planner.export.book import ITEMS, ROOM_FOR_BUTTON, Book, category_title, put, strategy_title
from planner.export.xlsx import area, cell, fixed_area

_TITLE_ROW, _SUM_ROW, _HEAD_ROW, FIRST_ROW = 0, 2, 3, 4
STRATEGY, MONTH, DAY, ITEM, CATEGORY, PHASE, USD = range(7)
NAMES: Final = {
    "items_strategy": STRATEGY,
    "items_month": MONTH,
    "items_category": CATEGORY,
    "items_phase": PHASE,
}
"""Named ranges of this sheet, by column; the amounts are ``items_amount``."""


def write_items(book: Book) -> None:
    """Write every line item of every strategy that fits."""
    sheet = book.sheet(ITEMS)
    rows = book.results.ledger_rows()
    book.title(sheet, "Line items", "One row an item, phase and month; filter any column, the sums follow.")
    heads = ["Strategy", "Month", "Calendar", "Item", "Category", "Phase"]
    if book.converts:
        heads.append("USD")
    amount = len(heads)
    heads += [f"Amount, {book.currency}", "Energy, kWh", "Carbon, kgCO₂e", "Water, L", "Accelerator-hours"]
    for column, head in enumerate(heads):
        side = {"align": "right", "indent": ROOM_FOR_BUTTON} if column >= USD else {"align": "left"}
        put(sheet, _HEAD_ROW, column, head, book.head(**side))
    for number, row in enumerate(rows):
        _write_row(book, FIRST_ROW + number, row, amount)
    last = FIRST_ROW + len(rows) - 1
    if rows:
        _write_sums(book, rows, amount, last)
        for name, column in {**NAMES, "items_amount": amount}.items():
            rows_of = fixed_area(FIRST_ROW, column, last, column)
            book.workbook.define_name(name, f"='{ITEMS}'!{rows_of}")
    sheet.autofilter(_HEAD_ROW, 0, max(last, _HEAD_ROW), len(heads) - 1)
    sheet.freeze_panes(FIRST_ROW, 0)
    _set_widths(book, amount)
    sheet.repeat_rows(_HEAD_ROW)
    book.print_setup(sheet)


def _write_row(book: Book, at: int, row: tuple[Any, ...], amount: int) -> None:
    sheet = book.sheet(ITEMS)
    strategy, month, item, category, phase, usd, *others = row
    plain, number = book.format(), book.format(num_format='#,##0.00;-#,##0.00;"–"')
    put(sheet, at, STRATEGY, strategy_title(strategy), plain)
    put(sheet, at, MONTH, month, book.format(num_format="0", align="center"))
    sheet.write_datetime(at, DAY, book.days[month], book.format(num_format="mmm yyyy", align="left"))
    put(sheet, at, ITEM, ITEM_INFO[item].title, plain)
    put(sheet, at, CATEGORY, category_title(category), plain)
    put(sheet, at, PHASE, phase, plain)
    if book.converts:
        put(sheet, at, USD, usd, book.format(num_format='#,##0.00;-#,##0.00;"–"'))
        formula = f"={cell(at, USD)}*currency_per_usd"
        sheet.write_formula(at, amount, formula, book.format(num_format=book.money(2)), usd * book.rate)
    else:
        put(sheet, at, amount, usd, book.format(num_format=book.money(2)))
    for offset, value in enumerate(others, start=1):
        put(sheet, at, amount + offset, value, number)


def _write_sums(book: Book, rows: list[tuple[Any, ...]], amount: int, last: int) -> None:
    """Write sums of the rows that the filter shows."""
    sheet = book.sheet(ITEMS)
    put(sheet, _SUM_ROW, PHASE, "Sum of the rows shown", book.format(bold=True, align="right"))
    values = [sum(row[quantity] for row in rows) for quantity in range(USD - 1, USD + 4)]
    cells = {amount: values[0] * book.rate, **{amount + at: values[at] for at in range(1, 5)}}
    if book.converts:
        cells[USD] = values[0]
    for column, value in cells.items():
        form = book.money() if column == amount else '#,##0;-#,##0;"–"'
        sheet.write_formula(
            _SUM_ROW,
            column,
            f"=SUBTOTAL(109,{area(FIRST_ROW, column, last, column)})",
            book.format(bold=True, num_format=form),
            value,
        )


def _set_widths(book: Book, amount: int) -> None:
    sheet = book.sheet(ITEMS)
    for column, width in enumerate((23, 8, 11, 34, 19, 14)):
        sheet.set_column(column, column, width)
    sheet.set_column(USD, amount, 18)
    sheet.set_column(amount + 1, amount + 4, 20)
