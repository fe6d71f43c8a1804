"""Where each quantity of a plan stands in the workbook, and its equation as the formula of a cell there.

Months stand in the same columns on all sheets that calculate, so that a formula of one month names other
cells of that month, and is written once for a row: `MARK` stands for the letter of the column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from planner.engine.equations.expressions import Expression
from planner.engine.equations.writing import formula
from planner.export.xlsx import cell, column_letter

FIRST_MONTH: Final = 6
"""Column of month 0 on sheets that calculate."""

MARK: Final = "\x1a"
_NAME: Final = re.compile(r"[a-z_][a-z0-9]*_[a-z0-9_]+")
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Place:
    """A cell, or the cell of month 0 of a row of months."""

    sheet: str
    row: int
    column: int
    monthly: bool = False


def quoted(sheet: str) -> str:
    """Return a sheet's name as formulas write it."""
    return sheet if sheet.isalpha() and sheet.isascii() else "'" + sheet.replace("'", "''") + "'"


def fixed_cell(sheet: str, row: int, column: int) -> str:
    """Return a cell that stays where it is when a formula is copied, as formulas of other sheets name it."""
    return f"{quoted(sheet)}!{cell(row, column, row_abs=True, col_abs=True)}"


def name_of(key: str) -> str:
    """Return the name that a quantity has in formulas: ``workload.input_tokens`` is workload_input_tokens.

    Empty where the key makes no name that spreadsheets take.
    """
    found = re.sub(r"[^a-z0-9]+", "_", key.casefold()).strip("_")
    return found if _NAME.fullmatch(found) and len(found) <= _LONGEST_NAME else ""


class Cells:
    """Places and names of quantities by key.

    Parameters
    ----------
    months : int
        Months with month 0.
    """

    def __init__(self, months: int) -> None:
        self._months = months
        self._places: dict[str, Place] = {}
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        self.letters = [column_letter(FIRST_MONTH + month) for month in range(months)]
        """Columns of the months."""

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def put(self, key: str, place: Place) -> None:
        """Remember where a quantity stands."""
        self._places[key] = place

    def named(self, key: str) -> str:
        """Return a free name for a quantity that has its place; it is used from now on. Empty if none is."""
        name = name_of(key)
        if not name or name in self._taken:
            return ""
        self._taken.add(name)
        self._names[key] = name
        return name

    def place(self, key: str) -> Place:
        """Return where a quantity stands.

        Raises
        ------
        KeyError
            If it stands nowhere yet.
        """
        return self._places[key]

    def absolute(self, key: str) -> str:
        """Return the cell of a quantity without months as a name's definition has it."""
        place = self._places[key]
        return fixed_cell(place.sheet, place.row, place.column)

    def at(self, key: str, sheet: str) -> str:
        """Return a quantity as a formula on a sheet names it; of one by month the cell of column `MARK`."""
        if key in self._names:
            return self._names[key]
        place = self._places[key]
        away = "" if place.sheet == sheet else f"{quoted(place.sheet)}!"
        if place.monthly:
            return f"{away}{MARK}${place.row + 1}"
        return f"{away}${column_letter(place.column)}${place.row + 1}"

    def row(self, key: str, sheet: str) -> str:
        """Return all months of a quantity as a formula on a sheet names them."""
        place = self._places[key]
        away = "" if place.sheet == sheet else f"{quoted(place.sheet)}!"
        number = place.row + 1
        return f"{away}${self.letters[0]}${number}:${self.letters[-1]}${number}"

    def so_far(self, key: str, sheet: str) -> str:
        """Return the months of a quantity up to column `MARK` as a formula on a sheet names them."""
        place = self._places[key]
        away = "" if place.sheet == sheet else f"{quoted(place.sheet)}!"
        return f"{away}${self.letters[0]}${place.row + 1}:{MARK}${place.row + 1}"

    # ---------------------------------------------------------------- formulas
    def formula(self, expression: Expression, sheet: str) -> str:
        """Return an equation as the formula of a cell on a sheet, `MARK` for the column of a month.

        Raises
        ------
        KeyError
            If it names a quantity that stands nowhere yet.
        """
        text = formula(
            expression,
            lambda quantity: self.at(quantity.key, sheet),
            lambda quantity: self.row(quantity.key, sheet),
            lambda quantity: self.so_far(quantity.key, sheet),
        )
        return "=" + text

    def months(self, text: str) -> Iterator[str]:
        """Give a formula for each month, month 0 first."""
        return (text.replace(MARK, letter) for letter in self.letters)
