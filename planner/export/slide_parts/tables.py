"""Native tables of slides: quiet rules between rows, a bar in the strategy's colour before its name."""

from __future__ import annotations

from typing import Any, Final

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.util import Emu, Inches, Pt

from planner.export import palette
from planner.export.slide_parts.chart_xml import ACCENTS, solid
from planner.export.slide_parts.letters import fitted, text_inches
from planner.export.slide_parts.places import Place
from planner.export.story import Grid

_PLAIN: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""The style without colours and grid, known to all versions of Office."""
_SPACE: Final = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_PAD: Final = 0.08
_TALLEST: Final = 0.44
_SIZES: Final = (12.0, 10.5, 9.5)
"""Points; the largest at which a table fits."""
_MANY: Final = 8
_LEAST, _SHARE = 0.55, 0.8
_PROSE: Final = ("Source", "Value", "Why it does not fit")
"""Columns of words rather than numbers; these stand at the left and give way first."""
_FILLING: Final = ("Source", "Why it does not fit")


def insert_table(placeholder: Any, grid: Grid, place: Place) -> Any:
    """Put a table into a placeholder; return its frame.

    Parameters
    ----------
    placeholder : TablePlaceholder
        Of the slide.
    grid : Grid
        What it shows, in words.
    place : Place
        How much room there is.
    """
    rows = (grid.headers, *grid.rows)
    sizes = _SIZES if len(rows) <= _MANY else _SIZES[1:]
    size = next((each for each in sizes if sum(_needed(grid, each)) <= place.width), sizes[-1])
    widths = _widths(grid, place.width, size)
    frame = placeholder.insert_table(len(rows), len(grid.headers))
    table = frame.table
    table._tbl.tblPr.find("{*}tableStyleId").text = _PLAIN
    table.horz_banding = False
    height = min(_TALLEST, place.height / len(rows))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
    for number, row in enumerate(rows):
        table.rows[number].height = Inches(height)
        strategy = grid.strategies[number - 1] if number and grid.strategies else ""
        for at, words in enumerate(row):
            text = fitted(words, widths[at] - 2 * _PAD, size, bold=number == 0)
            cell = table.cell(number, at)
            _write(cell, text, size, head=number == 0, left=at == 0 or grid.headers[at] in _PROSE)
            _rule(cell, strategy if at == 0 else "", head=number == 0)
    frame.height = Inches(height * len(rows))
    frame.width = Inches(sum(widths))
    return frame


def _widths(grid: Grid, room: float, size: float) -> list[float]:
    """Return the width of each column: what its words need; prose gives way if that is too much. [inches]."""
    wanted = _needed(grid, size)
    over = sum(wanted) - room
    if over <= 0.0:
        wanted[_giving(grid)] -= over
        return wanted
    order = sorted(range(len(wanted)), key=lambda at: (grid.headers[at] not in _PROSE, at == 0, -wanted[at]))
    for at in order:
        less = min(over, max(0.0, wanted[at] - max(_LEAST, room / len(wanted) * _SHARE)))
        wanted[at] -= less
        over -= less
    return wanted


def _needed(grid: Grid, size: float) -> list[float]:
    """Return the width that the words of each column need. [inches]."""
    rows = (grid.headers, *grid.rows)
    return [
        max(text_inches(row[at], size, bold=not number) for number, row in enumerate(rows)) + 2 * _PAD + 0.06
        for at in range(len(grid.headers))
    ]


def _giving(grid: Grid) -> int:
    """Return which column takes the room that is left: one of prose, else the first."""
    return next((at for at, head in enumerate(grid.headers) if head in _FILLING), 0)


def _write(cell: Any, words: str, size: float, *, head: bool, left: bool) -> None:
    cell.margin_left = cell.margin_right = Inches(_PAD)
    cell.margin_top = cell.margin_bottom = Emu(0)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame = cell.text_frame
    frame.word_wrap = False
    frame.text = words
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT if left else PP_ALIGN.RIGHT
    font = paragraph.font
    font.size, font.bold = Pt(size), head
    font.color.theme_color = MSO_THEME_COLOR.ACCENT_6 if head else MSO_THEME_COLOR.TEXT_1


def _rule(cell: Any, strategy: str, *, head: bool) -> None:
    """Draw a rule below a cell, and before the name of a strategy a bar in its colour."""
    properties = cell._tc.get_or_add_tcPr()
    left = '<a:lnL w="0"><a:noFill/></a:lnL>'
    if strategy:
        left = f'<a:lnL w="57150" cap="flat">{solid(ACCENTS[strategy])}</a:lnL>'
    colour, width = (palette.BORDER, 12_700) if head else (palette.HAIRLINE, 9_525)
    below = f'<a:lnB w="{width}">{solid(colour)}</a:lnB>'
    nothing = '<a:lnR w="0"><a:noFill/></a:lnR>', '<a:lnT w="0"><a:noFill/></a:lnT>'
    for number, xml in enumerate((left, *nothing, below)):
        tag, rest = xml.split(" ", 1)
        properties.insert(number, parse_xml(f"{tag} {_SPACE} {rest}"))
    properties.append(parse_xml(f"<a:noFill {_SPACE}/>"))
