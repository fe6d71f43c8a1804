"""From the bytes of a file to cells: encoding, separator, quotes. Rows are numbered as spreadsheets do."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.errors import PlannerError
from planner.scenario.causes import cause_of

SEPARATORS: Final = ("\t", ";", "|", ",")
SEPARATOR_WORDS: Final = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
LARGEST_BYTES: Final = 20_000_000
MOST_ROWS: Final = 50_000
_LOOKED_AT: Final = 200
_BINARY: Final = {
    b"PK\x03\x04": "a workbook or archive",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old workbook",
    b"\x1f\x8b": "a compressed file",
    b"PAR1": "a Parquet file",
}
_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)


class InvoiceError(PlannerError):
    """A file, or a cell of it, that cannot be imported."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as cells.

    Attributes
    ----------
    rows : tuple
        Cells without blanks around them; an empty tuple for a blank line. Row 1 is the first.
    separator, encoding : str
        How it is written.
    """

    rows: tuple[tuple[str, ...], ...]
    separator: str
    encoding: str

    @property
    def width(self) -> int:
        """The most cells of a row."""
        return max((len(row) for row in self.rows), default=0)


def letter(column: int) -> str:
    """Return the letters of a column, as spreadsheets have them: A for 0, AA for 26."""
    word, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        word = chr(ord("A") + rest) + word
    return word


def read_sheet(path: Path) -> Sheet:
    """Return the cells of a file.

    Raises
    ------
    PlannerError
        If it cannot be read, or is no table in text.
    """
    try:
        if not path.is_file():
            raise InvoiceError("missing_file", f"There is no file {path.name}.")
        with path.open("rb") as stream:
            data = stream.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InvoiceError("unreadable_file", f"{path.name} cannot be read: {cause_of(error)}.") from error
    return sheet_of(data, path.name)


def sheet_of(data: bytes, name: str) -> Sheet:
    """Return the cells of a file's bytes.

    Raises
    ------
    PlannerError
        If they are no table in text; names the file, and the row where there is one.
    """
    if len(data) > LARGEST_BYTES:
        raise InvoiceError("too_large", f"{name} is larger than 20 MB.", "Export fewer months at a time.")
    text, encoding = decoded(data, name)
    return cells_of(text, name, encoding)


def decoded(data: bytes, name: str) -> tuple[str, str]:
    """Return the text of bytes and its encoding: Unicode with or without a mark, else Windows-1252.

    Raises
    ------
    PlannerError
        If they are empty, or no text.
    """
    if not data.strip():
        raise InvoiceError("empty_file", f"{name} is empty.")
    for start, words in _BINARY.items():
        if data.startswith(start):
            raise InvoiceError("not_text", f"{name} is {words}, not CSV.", "Save it as CSV and import that.")
    encoding = next((code for mark, code in _MARKS if data.startswith(mark)), "") or _unmarked(data)
    try:
        return data.decode(encoding), encoding.removesuffix("-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        message = f"{name}, row {row}: byte 0x{data[error.start]:02x} belongs to no text."
        raise InvoiceError("not_text", message, "Save it as CSV in UTF-8.") from None


def _unmarked(data: bytes) -> str:
    """Return the encoding of bytes that have no mark."""
    head = data[:4096]
    if b"\0" in head:  # letters of two bytes, one of them 0: which one says the order
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def cells_of(text: str, name: str, encoding: str = "utf-8") -> Sheet:
    """Return the cells of a text.

    Raises
    ------
    PlannerError
        If it holds no row, too many, or a quotation mark that nothing closes.
    """
    if "\0" in text:
        raise InvoiceError("not_text", f"{name} is no text.", "Save it as CSV and import that.")
    first, line_end, rest = text.partition("\n")
    named = first.strip().casefold()
    if named.startswith("sep=") and len(named) == len("sep=") + 1:
        separator = named[-1]
        text = line_end + rest  # the blank line keeps the numbers of the rows
    elif first.casefold().startswith("sep=\t"):
        separator, text = "\t", line_end + rest
    else:
        separator = separator_of(text)
    rows = _split(text, separator, name)
    if not any(rows):
        raise InvoiceError("empty_file", f"{name} holds no row.")
    return Sheet(tuple(rows), separator, encoding)


def _split(text: str, separator: str, name: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    # Strict: else a quotation mark that nothing closes swallows all rows behind it without a word.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in lines:
            if len(rows) >= MOST_ROWS:
                raise InvoiceError("too_large", f"{name} has more than {MOST_ROWS:,} rows.")
            cells = [cell.strip() for cell in cells]
            rows.append(tuple(cells) if any(cells) else ())
    except csv.Error as error:
        row = len(rows) + 1
        if "unexpected end" in str(error):
            message = f"{name}, row {row}: a quotation mark is opened there and never closed."
        elif "limit" in str(error):
            message = f"{name}, row {row}: a cell holds more than {csv.field_size_limit():,} characters."
        else:
            message = f"{name}, row {row}: text follows a closing quotation mark."
        raise InvoiceError("not_csv", message, "Mend that row, or export the file again.") from None
    return rows


def separator_of(text: str) -> str:
    """Return the separator that cuts the first rows most evenly, into most cells."""
    return max(SEPARATORS, key=lambda sign: (*_evenness(text, sign), -SEPARATORS.index(sign)))


def _evenness(text: str, separator: str) -> tuple[float, int]:
    """Return the share of rows that have the commonest number of cells above 1, and that number."""
    counts: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if any(cell.strip() for cell in cells):
                counts.append(len(cells))
            if len(counts) >= _LOOKED_AT:
                break
    except csv.Error:
        return 0.0, 1
    several = Counter(count for count in counts if count > 1)
    if not several:
        return 0.0, 1
    common, times = max(several.items(), key=lambda pair: (pair[1], pair[0]))
    return round(times / len(counts), 1), common


def pasted(text: str) -> Sheet:
    """Return the cells of text from the clipboard.

    Raises
    ------
    PlannerError
        If there is no table in it.
    """
    if not text.strip():
        raise InvoiceError("empty_file", "There is no text on the clipboard.", "Copy the cells first.")
    return cells_of(text, "The clipboard")


def column_words(column: int, headers: Sequence[str]) -> str:
    """Return what an error calls a column: ``column C (Amount)``."""
    title = headers[column] if column < len(headers) else ""
    title = " ".join(title.split())[:40]
    return f"column {letter(column)} ({title})" if title else f"column {letter(column)}"
