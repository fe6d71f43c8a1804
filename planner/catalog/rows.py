"""Read one CSV table of the catalogue into checked records; every complaint names file, row and column."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from planner.catalog.records import Source
from planner.errors import CatalogError

Record = TypeVar("Record")

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-FY|-H[12]|-Q[1-4])?")


class Row:
    """One line of a table, read cell by cell with checks.

    Parameters
    ----------
    file : str
        Name of the table's file.
    id : str
        Id of the row.
    cells : mapping of str to str
        Text by column.
    """

    __slots__ = ("cells", "file", "id")

    def __init__(self, file: str, id: str, cells: Mapping[str, str]) -> None:
        self.file = file
        self.id = id
        self.cells = cells

    def fail(self, column: str, problem: str) -> CatalogError:
        """Build the error that names this row and a column."""
        return CatalogError("bad_row", f'{self.file}, row "{self.id}", column "{column}": {problem}.')

    def text(self, column: str) -> str:
        """Read a cell that may not be empty."""
        text = self.cells[column]
        if not text:
            raise self.fail(column, "is empty")
        return text

    def optional_text(self, column: str) -> str:
        """Read a cell that may be empty."""
        return self.cells[column]

    def choice(self, column: str, allowed: Collection[str]) -> str:
        """Read a cell that takes one of a few words."""
        text = self.cells[column]
        if text not in allowed:
            raise self.fail(column, f'"{text}" is none of {", ".join(sorted(allowed))}')
        return text

    def flag(self, column: str) -> bool:
        """Read a cell that says true or false."""
        return self.choice(column, ("true", "false")) == "true"

    def number(self, column: str, factor: float = 1.0, *, at_least: float | None = None) -> float:
        """Read a number times a whole factor; positive, or not below `at_least` (in the cell's own unit)."""
        value = self.optional_number(column, factor, at_least=at_least)
        if value is None:
            raise self.fail(column, "is empty")
        return value

    def optional_number(
        self, column: str, factor: float = 1.0, *, at_least: float | None = None, at_most: float | None = None
    ) -> float | None:
        """Do as `number`, with None for an empty cell."""
        text = self.cells[column]
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            raise self.fail(column, f'"{text}" is not a number') from None
        if not math.isfinite(value):
            raise self.fail(column, f'"{text}" is not a finite number')
        if at_least is None and value <= 0:
            raise self.fail(column, f"{text} is not above 0")
        if at_least is not None and value < at_least:
            raise self.fail(column, f"{text} is below {at_least:g}")
        if at_most is not None and value > at_most:
            raise self.fail(column, f"{text} is above {at_most:g}")
        return value if factor == 1.0 else float(Decimal(text) * int(factor))

    def whole(self, column: str) -> int:
        """Read a positive whole number."""
        value = self.optional_whole(column)
        if value is None:
            raise self.fail(column, "is empty")
        return value

    def optional_whole(self, column: str, *, at_least: float | None = None) -> int | None:
        """Do as `whole`, with None for an empty cell."""
        value = self.optional_number(column, at_least=at_least)
        if value is None:
            return None
        if value != int(value):
            raise self.fail(column, f"{self.cells[column]} is not a whole number")
        return int(value)

    def date(self, column: str) -> str:
        """Read a year, half-year, quarter, month or day."""
        text = self.text(column)
        if not _DATE.fullmatch(text):
            raise self.fail(column, f'"{text}" is not a year, month or day')
        return text

    def source(self) -> Source:
        """Read the source of the row: columns ``source``, ``as_of`` and ``note``."""
        return Source(self.text("source"), self.date("as_of"), self.optional_text("note"))


def read_table(
    path: Path,
    columns: Sequence[str],
    build: Callable[[Row], Record],
    key: Callable[[Row], str] | None = None,
) -> Mapping[str, Record]:
    """Read a table into a read-only mapping by row id, in the order of the file.

    Parameters
    ----------
    path : Path
        The CSV file, UTF-8 with one header line.
    columns : sequence of str
        The columns the table has.
    build : callable
        Makes a record of a `Row`.
    key : callable, optional
        Makes the id of a row; the ``id`` column by default.
    """
    records: dict[str, Record] = {}
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.reader(stream)
            header = next(reader, [])
            _check_header(path.name, header, columns)
            for line in reader:
                row = _row(path.name, reader.line_num, header, line)
                row.id = key(row) if key else row.text("id")
                if row.id in records:
                    raise CatalogError("duplicate_id", f'{path.name}: the id "{row.id}" is there twice.')
                records[row.id] = build(row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogError("unreadable_table", f"{path.name} cannot be read: {error}.") from error
    return MappingProxyType(records)


def _check_header(file: str, header: Sequence[str], columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in header]
    if missing:
        raise CatalogError("missing_column", f'{file} has no column "{missing[0]}".')
    unknown = [column for column in header if column not in columns]
    if unknown:
        raise CatalogError("unknown_column", f'{file} has a column "{unknown[0]}" that nothing reads.')


def _row(file: str, line_number: int, header: Sequence[str], line: Sequence[str]) -> Row:
    if len(line) != len(header):
        raise CatalogError(
            "bad_row", f"{file}, line {line_number}: {len(line)} cells where the header has {len(header)}."
        )
    return Row(file, f"line {line_number}", dict(zip(header, line, strict=True)))
