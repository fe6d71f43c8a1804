"""Sheet "Assumptions": every input of the plan; cells of those that formulas read have names and are live.

An input is one of three things here. Live: its cell has a name, formulas read it, and a change runs through
to the budget. Held: the plan reads it in a way that a workbook cannot follow (another model's shape, say),
with the reason. Without use: nothing in this plan rests on it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from planner.export import palette
from planner.export.assumptions import Assumption, assumptions
from planner.export.book import INPUTS, ROOM_FOR_BUTTON, Book, height_for, put
from planner.export.cellformats import input_format, unit_words
from planner.export.cells import Place
from planner.scenario.fields import FieldSpec
from planner.scenario.model import spec_for

HEAD_ROW: Final = 4
"""Row of the heads."""

SECTION, TITLE, VALUE, UNIT, USE, LOW, LIKELY, HIGH, SHAPE, SOURCE, DATE, CHANGED, BEFORE, NAME = range(14)
_WIDTHS: Final = (16, 26, 20, 15, 26, 12, 12, 12, 9, 50, 11, 10, 24, 36)
_RIGHT: Final = (VALUE, LOW, LIKELY, HIGH)
_NOTES: Final = "notes"
_START_PATH: Final = "start_month"
CURRENCY: Final = "report_currency_per_usd"
"""Name of the exchange rate."""

_OF_THE_SHEETS: Final = (
    "report.currency_per_usd",
    "report.fiscal_year_start_month",
    "prices.discount_frac_per_year",
)
"""Inputs that only sheets read."""

_ON_NOTES: Final = "see Notes"
_LONGEST: Final = 200
"""Characters of a text in a cell of this sheet; Notes has all of a name."""

_STOP: Final = " "  # a long text on the left would run over an empty cell
LIVE, UNUSED, WORDS = "live", "no figure here rests on it", "held: chosen when exported"


def write_inputs(book: Book) -> None:
    """Write every input with its value, unit, range and source; whether it is live, whether changed."""
    sheet, preset = book.sheet(INPUTS), book.plan.preset
    compared = f"the preset {preset}" if preset else "a new plan"
    how = "change a blue cell and every sheet follows; grey ones are held, with the reason beside them."
    book.title(sheet, "Assumptions", how)
    put(sheet, 2, SECTION, "Blue: live", book.input_cell())
    put(sheet, 2, TITLE, "Grey: held in this file", book.held_cell())
    put(sheet, 2, VALUE, f"Tint: differs from {compared}", book.format(bg_color=palette.CHANGED))
    sheet.write_blank(2, UNIT, None, book.format(bg_color=palette.CHANGED))
    heads = (
        *("Section", "Input", "Value", "Unit", "In this file", "Low", "Most likely", "High", "Shape"),
        *("Source", "Date", "Changed", f"In {compared}", "Name in formulas"),
    )
    for column, head in enumerate(heads):
        right = column in _RIGHT
        indent = ROOM_FOR_BUTTON if right else 1 if column in (UNIT, SHAPE) else 0
        put(sheet, HEAD_ROW, column, head, book.head(align="right" if right else "left", indent=indent))
    rows = assumptions(book.results.scenario, book.plan)
    for at, row in enumerate(rows, start=HEAD_ROW + 1):
        _write_input(book, at, row)
    sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + len(rows), len(heads) - 1)
    sheet.freeze_panes(HEAD_ROW + 1, USE)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.repeat_rows(HEAD_ROW)
    book.print_setup(sheet, wide=True)


def _write_input(book: Book, at: int, row: Assumption) -> None:
    sheet = book.sheet(INPUTS)
    tint = {"bg_color": palette.CHANGED} if row.changed else {}
    top = {"valign": "top", **tint}
    plain = book.format(text_wrap=True, **top)
    muted = book.format(font_color=palette.MUTED, text_wrap=True, **top)
    beside = book.format(font_color=palette.MUTED, align="left", indent=1, **top)
    use, source, date = _write_value(book, at, row)
    put(sheet, at, SECTION, row.section, plain)
    put(sheet, at, TITLE, row.title, plain)
    numbers = _number_of(book, row) is not None or row.low is not None
    put(sheet, at, UNIT, unit_words(row.unit) or _STOP if numbers else _STOP, beside)
    put(sheet, at, USE, use, plain if use == LIVE else muted)
    for column, end in ((LOW, row.low), (LIKELY, row.likely), (HIGH, row.high)):
        put(sheet, at, column, end, book.format(num_format=input_format(end or 0.0, row.unit), **top))
    put(sheet, at, SHAPE, row.shape, beside)
    for column, text in ((SOURCE, source), (DATE, date), (CHANGED, "yes" if row.changed else "")):
        put(sheet, at, column, text, plain)
    before = row.before if row.changed and row.path != _NOTES else ""
    put(sheet, at, BEFORE, before, muted)
    texts = [(use, _WIDTHS[USE]), (source, _WIDTHS[SOURCE]), (before, _WIDTHS[BEFORE])]
    if not numbers and row.path != _NOTES:
        texts.append((_short(row.text), _WIDTHS[VALUE]))
    sheet.set_row(at, height_for(texts))


def _number_of(book: Book, row: Assumption) -> float | None:
    """Return the number of an input as equations have it: an input that is null stands for one."""
    known = book.equations.inputs.get(row.path)
    if known is not None:
        return float(known.value)
    numeric = isinstance(row.value, int | float) and not isinstance(row.value, bool)
    return float(row.value) if numeric else None


def _write_value(book: Book, at: int, row: Assumption) -> tuple[str, str, str]:
    """Write the cell of the value; return what it does in this file, its source and date."""
    sheet, number = book.sheet(INPUTS), _number_of(book, row)
    if row.path == _START_PATH:
        _write_start(book, at)
        return LIVE, row.source, row.date
    held = book.equations.held.get(row.path)
    if number is None:
        text = _ON_NOTES if row.path == _NOTES and row.value else _short(row.text)
        put(sheet, at, VALUE, text, book.held_cell(valign="top", align="right", text_wrap=True))
        return _held(held, WORDS), row.source, row.date
    number_format = input_format(number, row.unit)
    known = book.equations.inputs.get(row.path)
    if known is None and row.path not in _OF_THE_SHEETS:
        put(sheet, at, VALUE, number, book.held_cell(num_format=number_format, valign="top"))
        return _held(held, UNUSED), row.source, row.date
    put(sheet, at, VALUE, number, book.input_cell(num_format=number_format, valign="top"))
    _name(book, at, row.path)
    _validate(book, at, spec_for(row.path))
    if known is not None and row.value is None:
        return LIVE, known.source or row.source, known.date or row.date
    return LIVE, row.source, row.date


def _held(reason: str | None, otherwise: str) -> str:
    return f"held: {reason[:1].lower()}{reason[1:]}" if reason else otherwise


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _name(book: Book, at: int, path: str) -> None:
    """Give the cell of an input its name, and write it beside."""
    book.cells.put(path, Place(INPUTS, at, VALUE))
    name = book.cells.named(path)
    book.workbook.define_name(name, f"={book.cells.absolute(path)}")
    put(book.sheet(INPUTS), at, NAME, name, book.format(font_color=palette.MUTED, valign="top"))


def _write_start(book: Book, at: int) -> None:
    """Write the month of the first release as a day, from which all calendars count."""
    sheet = book.sheet(INPUTS)
    day: datetime.date = book.days[0]
    sheet.write_datetime(at, VALUE, day, book.input_cell(num_format="mmm yyyy", align="right", valign="top"))
    _name(book, at, _START_PATH)


def _validate(book: Book, at: int, spec: FieldSpec) -> None:
    """Let the cell take what the planner takes."""
    low = spec.low if spec.low is not None else spec.above
    rule: dict[str, Any] = {"validate": "integer" if spec.whole else "decimal"}
    bounds: Mapping[str, Any]
    if low is not None and spec.high is not None:
        bounds = {"criteria": "between", "minimum": low, "maximum": spec.high}
    elif low is not None:
        bounds = {"criteria": ">=", "value": low}
    else:
        return
    words = {
        "error_title": "Not allowed",
        "error_message": f"{spec.title}: allowed is {spec.allowed_number}.",
    }
    book.sheet(INPUTS).data_validation(at, VALUE, at, VALUE, {**rule, **bounds, **words})
