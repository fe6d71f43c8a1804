"""The untyped library XlsxWriter, typed as far as the sheets need it."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook as _Workbook  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_col_to_name as _letter  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_range as _range
from xlsxwriter.utility import xl_range_abs as _range_abs
from xlsxwriter.utility import xl_rowcol_to_cell as _cell
from xlsxwriter.worksheet import Worksheet as _Worksheet  # type: ignore[import-untyped]

Sheet = Any
Format = Any
Workbook: Any = _Workbook
_PlainWorksheet: Any = _Worksheet


class PlainSheet(_PlainWorksheet):  # type: ignore[misc]
    """A sheet that takes formulas as they are.

    The library looks through each for some thirty functions of later versions that files write with a prefix;
    half of the time of a file. Our formulas have none of them, which a test holds.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


def cell(row: int, column: int, *, row_abs: bool = False, col_abs: bool = False) -> str:
    """Return a cell as formulas name it, such as ``B$4``."""
    return str(_cell(row, column, row_abs=row_abs, col_abs=col_abs))


def area(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """Return a range as formulas name it, such as ``B4:F9``."""
    return str(_range(first_row, first_column, last_row, last_column))


def fixed_area(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """Return a range that stays where it is when a formula is copied, such as ``$B$4:$F$9``."""
    return str(_range_abs(first_row, first_column, last_row, last_column))


def column_letter(column: int) -> str:
    """Return a column as formulas name it, such as ``AB``."""
    return str(_letter(column))
