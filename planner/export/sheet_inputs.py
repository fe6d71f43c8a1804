"""Sheets "Assumptions" and "Sources": every input, and every row of the catalogue that was used."""

from __future__ import annotations

from typing import Final

from planner import __version__
from planner.catalog.load import load_catalog
from planner.export import palette
from planner.export.assumptions import Assumption, assumptions
from planner.export.book import INPUTS, ROOM_FOR_BUTTON, SOURCES, Book, height_for, put
from planner.export.sources import sources
from planner.export.xlsx import cell
from planner.units import UNITS, unit_suffix

_HEAD_ROW: Final = 3
_CURRENCY_PATH: Final = "report.currency_per_usd"
_VALUE: Final = 3
_LEAST, _MOST = 1e-4, 1e15
_INPUT_WIDTHS: Final = (17, 27, 37, 32, 12, 15, 15, 15, 12, 52, 11, 11, 30)
_SOURCE_WIDTHS: Final = (36, 16, 28, 30, 38, 60, 11, 46)
_NOTES: Final = "notes"
_ON_SUMMARY: Final = "in full on the Summary"
_STOP: Final = " "  # a long text on the left would run over an empty cell


def write_inputs(book: Book) -> None:
    """Write every input with its value, unit, range, source, and whether it was changed."""
    sheet = book.sheet(INPUTS)
    preset = book.plan.preset
    compared = f"the preset {preset}" if preset else "a new plan"
    book.title(sheet, "Assumptions", f"Every input of the plan; rows with a tint differ from {compared}.")
    heads = (
        *("Section", "Input", "Path", "Value", "Unit", "Low", "Most likely", "High", "Shape"),
        *("Source", "Date", "Changed", f"In {compared}"),
    )
    for column, head in enumerate(heads):
        right = column in (_VALUE, 5, 6, 7)
        indent = ROOM_FOR_BUTTON if right else 1 if head in ("Unit", "Shape") else 0
        put(sheet, _HEAD_ROW, column, head, book.head(align="right" if right else "left", indent=indent))
    rows = assumptions(book.results.scenario, book.plan)
    for at, row in enumerate(rows, start=_HEAD_ROW + 1):
        _write_input(book, at, row)
        if row.path == _CURRENCY_PATH:
            rate = cell(at, _VALUE, row_abs=True, col_abs=True)
            book.workbook.define_name("currency_per_usd", f"='{INPUTS}'!{rate}")
    sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(rows), len(heads) - 1)
    sheet.freeze_panes(_HEAD_ROW + 1, 2)
    for column, width in enumerate(_INPUT_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.repeat_rows(_HEAD_ROW)
    book.print_setup(sheet, wide=True)


def _write_input(book: Book, at: int, row: Assumption) -> None:
    sheet = book.sheet(INPUTS)
    tint = {"bg_color": palette.CHANGED} if row.changed else {}
    plain = book.format(text_wrap=True, valign="top", **tint)
    muted = book.format(font_color=palette.MUTED, text_wrap=True, valign="top", **tint)
    put(sheet, at, 0, row.section, plain)
    put(sheet, at, 1, row.title, plain)
    put(sheet, at, 2, row.path, muted)
    numeric = isinstance(row.value, int | float) and not isinstance(row.value, bool)
    if numeric:
        form = book.format(
            num_format=_number_format(row.value, row.unit), align="right", valign="top", **tint
        )
        put(sheet, at, _VALUE, row.value, form)
    else:
        text = _ON_SUMMARY if row.path == _NOTES and row.value else row.text
        put(sheet, at, _VALUE, text, book.format(valign="top", align="right", text_wrap=True, **tint))
    has_numbers = numeric or row.low is not None
    beside = book.format(font_color=palette.MUTED, valign="top", align="left", indent=1, **tint)
    put(sheet, at, 4, _unit_words(row.unit) if has_numbers else _STOP, beside)
    for column, end in ((5, row.low), (6, row.likely), (7, row.high)):
        form = _number_format(end or 0.0, row.unit)
        put(sheet, at, column, end, book.format(num_format=form, align="right", valign="top", **tint))
    put(sheet, at, 8, row.shape, beside)
    for column, text in enumerate((row.source, row.date, "yes" if row.changed else ""), start=9):
        put(sheet, at, column, text, plain)
    before = row.before if row.changed and row.path != _NOTES else ""
    put(sheet, at, 12, before, muted)
    shown = "" if row.path == _NOTES or numeric else row.text
    texts = ((shown, _INPUT_WIDTHS[_VALUE]), (row.source, _INPUT_WIDTHS[9]), (before, _INPUT_WIDTHS[12]))
    sheet.set_row(at, height_for(texts))


def _is_percent(unit: str) -> bool:
    return unit in UNITS and UNITS[unit].is_percent


def _number_format(value: float, unit: str) -> str:
    """Return a format that shows the digits of a number and no more."""
    shown = value * 100.0 if _is_percent(unit) else value
    percent = "%" if _is_percent(unit) else ""
    if shown and not _LEAST <= abs(shown) < _MOST:
        return "0.00E+00"
    decimals = next((count for count in range(6) if abs(round(shown, count) - shown) <= 1e-9 * abs(shown)), 6)
    return "#,##0" + ("." + "0" * decimals if decimals else "") + percent


def _unit_words(unit: str) -> str:
    if unit not in UNITS or unit == "1":
        return ""
    money = {"usd": "USD", "usd_per_1k_requests": "USD"}
    if _is_percent(unit):
        return unit_suffix(unit).removeprefix("%")
    suffix = unit_suffix(unit)
    return (
        f"USD{suffix}" if unit.startswith("usd_per") and suffix.startswith("/") else money.get(unit, suffix)
    )


def write_sources(book: Book) -> None:
    """Write every row that was looked up, with source and date."""
    sheet = book.sheet(SOURCES)
    catalog = load_catalog()
    below = f"Catalogue {catalog.version}, closed {catalog.date}; planner {__version__}."
    book.title(sheet, "Sources", f"What was looked up for this plan. {below}")
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
