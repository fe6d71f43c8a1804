"""Tables on a terminal or in a pipe, and JSON that reads and compares well."""

from __future__ import annotations

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from planner.export.record import json_text

_GAP = "  "
_NARROWEST_LAST = 12


def say(text: str = "") -> None:
    """Write a line to the standard output."""
    print(text)


def say_json(value: object) -> None:
    """Write a value as JSON to the standard output."""
    print(json_text(value), end="")


def width(text: str) -> int:
    """Return the columns that a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


def table(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """Return rows as lines of aligned columns.

    Parameters
    ----------
    rows : sequence of sequence of str
        All of the same length.
    right : collection of int
        Columns that end together, as numbers do.
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        _GAP.join(_padded(cell, widths[at], at in right) for at, cell in enumerate(row)).rstrip()
        for row in rows
    ]


def fitted(lines: Iterable[str]) -> list[str]:
    """Return lines cut at the terminal's edge; whole where they go to a file or a pipe."""
    if not sys.stdout.isatty():
        return list(lines)
    most = max(shutil.get_terminal_size().columns, _NARROWEST_LAST)
    return [line if width(line) <= most else line[: most - 1] + "…" for line in lines]


def paragraph(text: str, indent: str = "", hanging: str | None = None) -> str:
    """Return a text wrapped to the width of a page."""
    return textwrap.fill(
        text, 100, initial_indent=indent, subsequent_indent=indent if hanging is None else hanging
    )


def _padded(text: str, columns: int, right: bool) -> str:
    blank = " " * (columns - width(text))
    return blank + text if right else text + blank
