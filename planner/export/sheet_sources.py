"""Sheets "Rates" and "Sources": the numbers that are looked up or decided, and where they are from."""

from __future__ import annotations

from typing import Final

from planner import __version__
from planner.catalog.load import load_catalog
from planner.engine.equations.expressions import Quantity
from planner.export import palette
from planner.export.book import RATES, SOURCES, Book, height_for, put
from planner.export.cellformats import input_format, unit_words
from planner.export.cells import Place
from planner.export.sources import sources

_HEAD_ROW: Final = 3
_SOURCE_WIDTHS: Final = (36, 16, 28, 30, 38, 60, 11, 46)
_FIXED: Final = ("horizon_months",)
"""Keys of what the file cannot change: its months are its columns."""

_NAMED: Final = ("choice/", "list/")
"""Keys that have names in formulas; constants of physics are named by their cells."""

_TITLE, _VALUE, _UNIT, _SOURCE, _DATE, _NAME = range(6)
_RATE_WIDTHS: Final = (52, 18, 18, 72, 12, 46)


def write_rates(book: Book) -> None:
    """Write every number that is given: rows of the catalogue, constants, what the planner decided."""
    sheet = book.sheet(RATES)
    how = "numbers that were looked up or decided when this file was made; those in blue may be changed."
    book.title(sheet, "Rates, constants and choices", how)
    heads = ("Number", "Value", "Unit", "Source", "Date", "Name in formulas")
    for column, head in enumerate(heads):
        side = {"align": "right"} if column == _VALUE else {"indent": 1 if column == _UNIT else 0}
        put(sheet, _HEAD_ROW, column, head, book.head(**side))
    given = [quantity for quantity in book.equations.given if not quantity.is_monthly]
    for at, quantity in enumerate(given, start=_HEAD_ROW + 1):
        _write_rate(book, at, quantity)
    sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + max(len(given), 1), len(heads) - 1)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    for column, width in enumerate(_RATE_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.repeat_rows(_HEAD_ROW)
    book.print_setup(sheet, wide=True)


def _write_rate(book: Book, at: int, quantity: Quantity) -> None:
    sheet, value = book.sheet(RATES), float(quantity.value)
    plain, muted = book.format(text_wrap=True), book.format(font_color=palette.MUTED)
    put(sheet, at, _TITLE, quantity.title, plain)
    look = book.held_cell if quantity.key in _FIXED else book.input_cell
    put(sheet, at, _VALUE, value, look(num_format=input_format(value, quantity.unit)))
    put(sheet, at, _UNIT, unit_words(quantity.unit), book.format(font_color=palette.MUTED, indent=1))
    put(sheet, at, _SOURCE, quantity.source, plain)
    put(sheet, at, _DATE, quantity.date, plain)
    book.cells.put(quantity.key, Place(RATES, at, _VALUE))
    name = book.cells.named(quantity.key) if quantity.key.startswith(_NAMED) else ""
    if name:
        book.workbook.define_name(name, f"={book.cells.absolute(quantity.key)}")
    put(sheet, at, _NAME, name, muted)
    texts = ((quantity.title, _RATE_WIDTHS[_TITLE]), (quantity.source, _RATE_WIDTHS[_SOURCE]))
    sheet.set_row(at, height_for(texts))


def write_sources(book: Book) -> None:
    """Write every row that was looked up, with source and date."""
    sheet = book.sheet(SOURCES)
    catalog = load_catalog()
    how = (
        f"what the figures rest on, each with source and date. Catalogue {catalog.version}, closed "
        f"{catalog.date}; planner {__version__}."
    )
    book.title(sheet, "Sources", how)
    heads = ("Used for", "Table", "Id", "Name", "Figures", "Source", "Date", "Note")
    for column, head in enumerate(heads):
        put(sheet, _HEAD_ROW, column, head, book.head())
    rows = sources(book.results)
    form = book.format(text_wrap=True, valign="top")
    for at, row in enumerate(rows, start=_HEAD_ROW + 1):
        texts = (row.used_for, row.kind, row.id, row.name, row.figure, row.source, row.date, row.note)
        for column, text in enumerate(texts):
            put(sheet, at, column, text, form)
        sheet.set_row(at, height_for(zip(texts, _SOURCE_WIDTHS, strict=True)))
    sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(rows), len(heads) - 1)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    for column, width in enumerate(_SOURCE_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.repeat_rows(_HEAD_ROW)
    book.print_setup(sheet, wide=True)
