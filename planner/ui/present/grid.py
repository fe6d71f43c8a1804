"""A table on the stage, and the numbers of a chart as one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from PySide6.QtCore import QRectF

from planner.export.story import Chart, Grid, Page
from planner.ui.present.area import SMALL
from planner.ui.present.canvas import Canvas, Type
from planner.ui.theme import STRATEGY_SHORT
from planner.units import money_in

_COLUMN_GAP: Final = 28.0
_MOST: Final = 13
"""Rows of a chart with more points: every few of them."""
_TALLEST, _LOWEST = 44.0, 20.0
_WORDY: Final = 24
"""Letters from which on a cell is a sentence and no number."""


def twin_of(page: Page) -> Grid | None:
    """The table of a page, or its chart as one."""
    if page.table is not None:
        return page.table
    return None if page.chart is None else grid_of(page.chart)


def grid_of(chart: Chart) -> Grid:
    """The numbers of a chart: a row a point, a column a series."""
    count = len(chart.points)
    step = max(1, math.ceil((count - 1) / (_MOST - 1))) if chart.kind == "lines" else 1
    kept = [i for i in range(count) if i % step == 0 or i == count - 1]
    with money_in(chart.symbol, 1.0):
        rows = tuple((chart.points[i], *(chart.text(series, i) for series in chart.series)) for i in kept)
    names = tuple(chart.strategies[i] for i in kept) if chart.strategies else ()
    return Grid((chart.x_title or chart.title, *(s.name for s in chart.series)), rows, names)


def grid_width(grid: Grid, size: int = 16) -> float:
    """Room that a table asks for."""
    wide = _widths(grid, size)
    return sum(wide) + _COLUMN_GAP * (len(wide) - 1)


def paint_grid(canvas: Canvas, box: QRectF, grid: Grid) -> None:
    """A table: as tall rows as fit; numbers at the right of their columns, words at the left."""
    pitch = max(_LOWEST, min(_TALLEST, box.height() / (len(grid.rows) + 1)))
    shown = min(len(grid.rows), max(1, math.floor(box.height() / pitch + 1e-6) - 1))
    size = 18 if pitch >= 32 else 16 if pitch >= 26 else 14
    grid, size = _fitting(grid, size, box.width())
    columns = _columns(box.width(), grid, size)
    _row(canvas, box, grid.headers, columns, (Type(min(size, 15), 400, "muted"), pitch, 0, ""))
    canvas.rule(box.left(), box.top() + pitch, box.width(), "border")
    for number, row in enumerate(grid.rows[:shown], start=1):
        strategy = grid.strategies[number - 1] if number <= len(grid.strategies) else ""
        _row(canvas, box, row, columns, (Type(size, 500, "ink2"), pitch, number, strategy))
        if number < shown:
            canvas.rule(box.left(), box.top() + (number + 1) * pitch, box.width(), "grid")
    if shown < len(grid.rows):
        words = f"and {len(grid.rows) - shown} more in the report"
        canvas.text(box.left(), box.top() + (shown + 1.5) * pitch, words, SMALL)


def _fitting(grid: Grid, size: int, room: float) -> tuple[Grid, int]:
    """Short names and smaller letters where there is no room for the others."""
    brief = _briefly(grid)
    for letters in (size, max(14, size - 2), 14):
        for one in (grid, brief):
            if grid_width(one, letters) <= room:
                return one, letters
    return brief, 14


def _briefly(grid: Grid) -> Grid:
    """The same with short names of strategies."""
    rows = tuple(
        (STRATEGY_SHORT.get(strategy, row[0]), *row[1:])
        for row, strategy in zip_longest(grid.rows, grid.strategies[: len(grid.rows)], fillvalue="")
        if row
    )
    return replace(grid, rows=rows)


def _widths(grid: Grid, size: int) -> list[float]:
    """As wide as its words."""
    head, cell = Type(min(size, 15)), Type(size, 600)
    wide = [
        max(head.width(title), *(cell.width(row[i][:120]) for row in grid.rows if i < len(row)), 0.0)
        for i, title in enumerate(grid.headers)
    ]
    if any(grid.strategies):
        wide[0] += 26
    return wide


@dataclass(frozen=True)
class _Column:
    """Left edge and width of a column, and whether it holds sentences."""

    left: float
    width: float
    wordy: bool


def _columns(room: float, grid: Grid, size: int) -> list[_Column]:
    """Where columns are; the widest give where there is no room for all."""
    wide = _widths(grid, size)
    count = len(wide)
    inside = max(1.0, room - _COLUMN_GAP * (count - 1))
    most = _most(wide, inside)
    wide = [min(width, most) for width in wide]
    spare = inside - sum(wide)
    gap = _COLUMN_GAP + max(0.0, spare) / max(1, count - 1) if count > 1 else 0.0
    columns, left = [], 0.0
    for i, width in enumerate(wide):
        wordy = i == 0 or any(len(row[i]) > _WORDY for row in grid.rows if i < len(row))
        columns.append(_Column(left, width, wordy))
        left += width + gap
    return columns


def _most(wide: Sequence[float], room: float) -> float:
    """How wide a column may be, so that all fit."""
    left, count = room, len(wide)
    for width in sorted(wide):
        if width * count > left:
            return left / count
        left, count = left - width, count - 1
    return math.inf


def _row(
    canvas: Canvas,
    box: QRectF,
    words: Sequence[str],
    columns: Sequence[_Column],
    look: tuple[Type, float, int, str],
) -> None:
    style, pitch, number, strategy = look
    middle = box.top() + (number + 0.5) * pitch
    for i, column in enumerate(columns):
        text = words[i] if i < len(words) else ""
        x = box.left() + column.left
        if not column.wordy:
            canvas.text_right(x + column.width, middle, text, style, room=column.width)
            continue
        indent = 26.0 if strategy and i == 0 else 0.0
        if indent:
            canvas.marker(strategy, x + 9, middle, 6.0)
        strong = Type(style.size, 600, "ink") if i == 0 and number else style
        canvas.text(x + indent, middle, text, strong, room=column.width - indent)
