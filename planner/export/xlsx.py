"""The untyped library XlsxWriter, typed as far as the sheets need it."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook as _Workbook  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_range as _range  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_range_abs as _range_abs
from xlsxwriter.utility import xl_rowcol_to_cell as _cell

Sheet = Any
Format = Any
Workbook: Any = _Workbook


def cell(row: int, column: int, *, row_abs: bool = False, col_abs: bool = False) -> str:
    """Return a cell as formulas name it, such as ``B$4``."""
    return str(_cell(row, column, row_abs=row_abs, col_abs=col_abs))


def area(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """Return a range as formulas name it, such as ``B4:F9``."""
    return str(_range(first_row, first_column, last_row, last_column))


def fixed_area(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """Return a range that stays where it is when a formula is copied, such as ``$B$4:$F$9``."""
    return str(_range_abs(first_row, first_column, last_row, last_column))
