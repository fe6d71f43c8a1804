"""Tables for the clipboard: cells for a spreadsheet, numbers with all digits, texts that nothing runs."""

from __future__ import annotations

import html
import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from planner.export.guard import guarded
from planner.units import MISSING, UNITS, unit_label, units_shown

_KEPT: Final = "\t\n"
_QUOTED: Final = ("\t", "\n", '"')


@dataclass(frozen=True)
class Shown:
    """A cell as a table shows it: its text, and the number behind it, if there is one."""

    text: str
    value: float | None = None


@dataclass(frozen=True)
class Grid:
    """A table: heads, and rows of as many cells."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Shown, ...], ...]


@dataclass(frozen=True)
class _Pasted:
    """A cell as a spreadsheet takes it: a number or a text, and how numbers look there."""

    value: float | str
    percent: bool = False


def copy_grids(grids: Sequence[Grid]) -> None:
    """Put tables on the clipboard, one below the other."""
    QGuiApplication.clipboard().setMimeData(mime_of(grids))


def mime_of(grids: Sequence[Grid]) -> QMimeData:
    """Return tables as tab-separated text and as HTML: each spreadsheet takes what it reads best."""
    found = [_pasted(grid) for grid in grids]
    mime = QMimeData()
    mime.setText("\n\n".join(_as_text(heads, rows) for heads, rows in found))
    mime.setHtml(_as_html(found))
    return mime


# ---------------------------------------------------------------- numbers and units
def _pasted(grid: Grid) -> tuple[list[str], list[list[_Pasted]]]:
    """Return heads and cells; the unit of a column stands in its head, or in a column of its own."""
    heads, columns = [], []
    for place, head in enumerate(grid.heads):
        shown = [row[place] for row in grid.rows]
        units = _units_of(shown)
        cells = [_cell(each, unit) for each, unit in zip(shown, units, strict=True)]
        labels = ["" if unit is None else unit_label(unit) for unit in units]
        known = {label for label, unit in zip(labels, units, strict=True) if unit is not None}
        one = known.pop() if len(known) == 1 else ""
        heads.append(f"{head} [{one}]".strip() if one and one not in head else head)
        columns.append(cells)
        if known:  # more than one
            heads.append(f"{head}, unit" if head else "Unit")
            columns.append([_Pasted(label) for label in labels])
    rows = [list(row) for row in zip(*columns, strict=True)] if columns else []
    return heads, rows


def _units_of(shown: Sequence[Shown]) -> list[str | None]:
    """Return the unit of each number of a column, one for as many as agree; None for what is a text."""
    found = [() if each.value is None else units_shown(each.text, each.value) for each in shown]
    counted = Counter(name for names in found for name in names)
    order = {name: place for place, name in enumerate(UNITS)}
    return [min(names, key=lambda name: (-counted[name], order[name])) if names else None for names in found]


def _cell(shown: Shown, unit: str | None) -> _Pasted:
    if unit is not None and shown.value is not None:
        return _Pasted(float(shown.value), UNITS[unit].is_percent)
    return _Pasted("" if shown.text == MISSING else _clean(shown.text))


def _clean(text: str) -> str:
    """Return a text without signs that no cell holds, and so that no spreadsheet runs it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        sign
        if sign in _KEPT or unicodedata.category(sign) not in ("Cc", "Cs")
        else "\N{REPLACEMENT CHARACTER}"
        for sign in lines
    )
    return guarded(kept)


# ---------------------------------------------------------------- text and HTML
def _as_text(heads: Sequence[str], rows: Sequence[Sequence[_Pasted]]) -> str:
    lines = [[_clean(head) for head in heads], *([_plain(cell) for cell in row] for row in rows)]
    return "\n".join("\t".join(_quoted(text) for text in line) for line in lines)


def _plain(cell: _Pasted) -> str:
    """Return a cell in plain digits: no sign of a currency, no groups, nothing rounded away."""
    value = cell.value
    if isinstance(value, str):
        return value
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in _QUOTED) else text


def _as_html(tables: Sequence[tuple[list[str], list[list[_Pasted]]]]) -> str:
    parts = ['<html><head><meta charset="utf-8"></head><body>']
    for heads, rows in tables:
        parts.append("<table>")
        parts.append("<tr>" + "".join(f"<th>{_escaped(_clean(head))}</th>" for head in heads) + "</tr>")
        parts += ["<tr>" + "".join(map(_td, row)) + "</tr>" for row in rows]
        parts.append("</table>")
    return "".join([*parts, "</body></html>"])


def _td(cell: _Pasted) -> str:
    """Return a cell of HTML: a number that no language reads otherwise, or a text that stays one."""
    if isinstance(cell.value, str):
        return f'<td style="mso-number-format:\'\\@\'" sdnum="1033;1033;@">{_escaped(cell.value)}</td>'
    number = _plain(cell) if math.isfinite(cell.value) else ""
    shape = "0.0%" if cell.percent else "General"
    return (
        f'<td style="mso-number-format:\'{shape}\'" sdval="{number}" sdnum="1033;1033;{shape}">{number}</td>'
    )


def _escaped(text: str) -> str:
    lines = html.escape(text).replace("\n", '<br style="mso-data-placement:same-cell">')
    return lines.replace("\t", "&#9;")
