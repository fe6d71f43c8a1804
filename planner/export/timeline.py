"""The heads of sheets with months: fiscal year, quarter, number and calendar month, in four rows.

The first release's month and the month in which fiscal years start are cells of the assumptions, so the heads
are formulas; those of the shared calculation are the ones that all others repeat.
"""

from __future__ import annotations

from typing import Final

from planner.export import palette
from planner.export.book import SHARED, Book, calculated, put
from planner.export.cells import FIRST_MONTH, fixed_cell
from planner.export.xlsx import Sheet, cell

YEAR_ROW, QUARTER_ROW, NUMBER_ROW, HEAD_ROW, FIRST_ROW = 2, 3, 4, 5, 6
"""Rows of the heads, and the first one below them."""

START: Final = "start_month"
FISCAL_START: Final = "report_fiscal_year_start_month"
_MONTHS_A_PAGE: Final = 12
"""More would print too small to read."""

_MONTH_WIDTH: Final = 13.5
_WORDS: Final = {
    YEAR_ROW: "Fiscal year",
    QUARTER_ROW: "Quarter",
    NUMBER_ROW: "Month",
}
_YEAR: Final = "YEAR({0})-IF(MONTH({0})<{1},1,0)"
_YEAR_LABEL: Final = '"FY "&({0})&IF({1}=1,"","/"&RIGHT("0"&MOD(({0})+1,100),2))'


def write_head(book: Book, sheet: Sheet, name: str, first: int, label: int) -> None:
    """Write the head of a sheet with months.

    Parameters
    ----------
    sheet, name : Sheet, str
        The sheet and its name.
    first : int
        Column of month 0.
    label : int
        Column in which the rows of the head are named.
    """
    muted = book.format(font_color=palette.MUTED, align="right")
    for row, words in _WORDS.items():
        put(sheet, row, label, words, muted)
    for month in range(book.horizon + 1):
        column = first + month
        if name == SHARED:
            _write_month(book, sheet, column, month)
        else:
            _repeat_month(book, sheet, column, month)


def set_up_months(book: Book, sheet: Sheet, first: int, kept: int, *, front: int = 0, rows: int = 0) -> None:
    """Set a sheet with months up to be read and printed.

    Parameters
    ----------
    first : int
        Column of month 0.
    kept : int
        The last of the columns that each page repeats.
    front : int
        Pages of what stands before the months.
    rows : int
        Its rows, where they may stand on as few pages as they nearly fit on.
    """
    sheet.set_column(first, first + book.horizon, _MONTH_WIDTH)
    sheet.repeat_columns(0, kept)
    book.print_setup(sheet, wide=True, pages=front + -(-book.horizon // _MONTHS_A_PAGE), rows=rows)


def _formats(book: Book) -> dict[int, object]:
    quiet = book.format(font_color=palette.MUTED, align="right")
    return {
        YEAR_ROW: quiet,
        QUARTER_ROW: quiet,
        NUMBER_ROW: book.format(font_color=palette.MUTED, align="right", num_format="0"),
        HEAD_ROW: book.head(num_format="mmm yyyy", align="right"),
    }


def _values(book: Book, month: int) -> dict[int, str | float]:
    return {
        YEAR_ROW: book.fiscal_years[month],
        QUARTER_ROW: book.quarters[month],
        NUMBER_ROW: month,
        HEAD_ROW: day_number(book, month),
    }


def day_number(book: Book, month: int) -> float:
    """Return the first day of a month as spreadsheets count days."""
    epoch = 693_594  # ordinal of 1899-12-30
    return float(book.days[month].toordinal() - epoch)


def _write_month(book: Book, sheet: Sheet, column: int, month: int) -> None:
    formats, values = _formats(book), _values(book, month)
    day, year = cell(HEAD_ROW, column), _YEAR.format(cell(HEAD_ROW, column), FISCAL_START)
    label = _YEAR_LABEL.format(year, FISCAL_START)
    formulas = {
        YEAR_ROW: f"={label}",
        QUARTER_ROW: f'="Q"&(INT(MOD(MONTH({day})-{FISCAL_START},12)/3)+1)&" "&{cell(YEAR_ROW, column)}',
        HEAD_ROW: f"=EDATE({START},{cell(NUMBER_ROW, column)})",
    }
    put(sheet, NUMBER_ROW, column, month, formats[NUMBER_ROW])
    for row, formula in formulas.items():
        calculated(sheet, (row, column), formula, formats[row], values[row])


def _repeat_month(book: Book, sheet: Sheet, column: int, month: int) -> None:
    formats, values = _formats(book), _values(book, month)
    for row in (YEAR_ROW, QUARTER_ROW, NUMBER_ROW, HEAD_ROW):
        source = f"={fixed_cell(SHARED, row, FIRST_MONTH + month)}"
        calculated(sheet, (row, column), source, formats[row], values[row])
