"""Pages of the story as sections of the report: what they say, their figures, their chart, their table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from planner.export import palette
from planner.export.differences import input_title
from planner.export.story import Chart, Fact, Grid, Page
from planner.export.story_pages.told import Told
from planner.export.words import figure_text
from planner.scenario.model import spec_for
from planner.ui.report.bars import Swung, draw_tornado, tornado_height
from planner.ui.report.canvas import RIGHT, Box
from planner.ui.report.charts import chart_height, draw_chart
from planner.ui.report.flow import CELL, SMALL, STRONG, Flow
from planner.ui.report.letters import Face
from planner.ui.report.tables import Column, Row, Table
from planner.ui.theme import LIGHT, STRATEGY_SHORT
from planner.units import format_quantity, money_in, unit_suffix

LINES: Final = 165.0
"""Height of a plot of lines. [pt]"""
_VALUE: Final = Face(12.5, 600, display=True)
_CAPTION: Final = Face(7.5, 500, palette.INK2)
_DETAIL: Final = Face(7.0, 400, palette.MUTED)
_FACTS: Final = 40.0
_TITLE: Final = 14.0
_GUTTER: Final = 20.0
_MOST_SWINGS: Final = 8
_SHORT_ENDS: Final = 3
_NAMES: Final = 80.0


def put_page(flow: Flow, page: Page, *, lines: float = LINES, facts: bool = True, share: float = 1.0) -> None:
    """Set a page of the story: section, figures, chart with table beside or below, caveat.

    `share` is the part of the width that the chart takes where a table stands beside it; 1 sets it below.
    """
    chart, table = page.chart, page.table
    height = 0.0 if chart is None else chart_height(chart, lines) + _TITLE
    facts = facts and bool(page.facts)
    after = height + (_FACTS + 4.0 if facts else 0.0)
    flow.section(page.heading, page.headline, page.subline, strategy=page.strategy, after=after)
    if facts:
        put_facts(flow, page.facts)
    if chart is not None and table is not None and share < 1.0:
        put_beside(flow, chart, table, share, lines)
    else:
        if chart is not None:
            put_chart(flow, chart, lines)
        if table is not None:
            flow.gap(6.0)
            _table(flow, table, flow.width).put(flow, _rows(table))
    if page.caveat:
        flow.gap(4.0)
        flow.paragraph(page.caveat, SMALL, most=3)


def put_facts(flow: Flow, facts: Sequence[Fact]) -> None:
    """Set up to four figures beside each other."""
    box = flow.take(_FACTS)
    canvas, width = flow.canvas, box.width / 4
    for number, fact in enumerate(facts[:4]):
        cell = Box(box.left + number * width, box.top, width - 10.0, box.height)
        tone = LIGHT.strategy_text.get(fact.strategy, palette.INK)
        canvas.text(Box(cell.left, cell.top, cell.width, 17.0), fact.value, _VALUE.toned(tone))
        canvas.text(Box(cell.left, cell.top + 16.5, cell.width, 10.0), fact.caption, _CAPTION)
        canvas.text(Box(cell.left, cell.top + 26.0, cell.width, 9.5), fact.detail, _DETAIL)
    flow.y += 4.0


def put_chart(flow: Flow, chart: Chart, lines: float = LINES) -> None:
    """Set a chart under its title."""
    height = chart_height(chart, lines)
    flow.subhead(chart.title, after=height)
    draw_chart(flow.canvas, flow.take(height), chart)


def put_beside(flow: Flow, chart: Chart, grid: Grid, share: float, lines: float = LINES) -> None:
    """Set a chart and a table beside each other; below each other where the table is the longer by far."""
    left = (flow.width - _GUTTER) * share
    table, rows = _table(flow, grid, flow.width - _GUTTER - left), _rows(grid)
    height = max(chart_height(chart, lines) + _TITLE, table.height(rows) + 4.0)
    if height > flow.bottom - flow.top:
        put_chart(flow, chart, lines)
        _table(flow, grid, flow.width).put(flow, rows)
        return
    box = flow.take(height)
    flow.canvas.text(Box(box.left, box.top, left, _TITLE), chart.title, STRONG)
    draw_chart(flow.canvas, Box(box.left, box.top + _TITLE, left, chart_height(chart, lines)), chart)
    table.at(Box(box.left + left + _GUTTER, box.top, box.width - left - _GUTTER, height), rows)


def _table(flow: Flow, grid: Grid, width: float) -> Table:
    """Return the columns of a table of the story: as wide as their texts need, the first takes the rest."""
    letters, count = flow.letters, len(grid.headers)
    needs = []
    for number in range(1, count):
        texts = [row[number] for row in grid.rows]
        widest = max((letters.width(text, CELL) for text in texts), default=0.0)
        head = max(
            (letters.width(word, Face(7.5, 600)) for word in grid.headers[number].split(" ")), default=0
        )
        needs.append(min(max(widest, head, 30.0) + 12.0, (width - _NAMES) / max(1, count - 1)))
    first = width - sum(needs)
    columns = tuple(
        Column(head, needs[number - 1] if number else first, RIGHT if number else 0.0, 2)
        for number, head in enumerate(grid.headers)
    )
    return Table(flow.canvas, columns)


def _rows(grid: Grid) -> list[Row]:
    strategies = grid.strategies or ("",) * len(grid.rows)
    return [Row(tuple(cells), strategy) for cells, strategy in zip(grid.rows, strategies, strict=True)]


# ---------------------------------------------------------------- beside the story
def energy_table(told: Told) -> Grid:
    """Return energy, water and the price of carbon by strategy."""
    rows = tuple(
        (
            STRATEGY_SHORT[each.strategy],
            figure_text(each, "energy_kwh"),
            figure_text(each, "water_l"),
            figure_text(each, "carbon_price_usd"),
        )
        for each in told.fitting
    )
    heads = ("By strategy", "Energy", "Water", "Carbon priced")
    return Grid(heads, rows, tuple(each.strategy for each in told.fitting))


def put_swings(flow: Flow, told: Told, most: int = _MOST_SWINGS) -> None:
    """Set the inputs that move most, from their P10 to their P90 alone."""
    rows = [row for row in told.swings if math.isfinite(row.low) or math.isfinite(row.high)][:most]
    chosen, base = told.chosen, told.baseline
    if not rows or chosen is None:
        return
    saves = base is not None and base is not chosen
    value = float(chosen["total_usd"])
    if saves and base is not None:
        value = float(base["total_usd"]) - value
    swung = [
        Swung(
            input_title(row.path),
            row.low * told.per_usd,
            row.high * told.per_usd,
            _end(row.path, row.low_input),
            _end(row.path, row.high_input),
        )
        for row in rows
    ]
    height = tornado_height(swung)
    title = "What moves the saving against the baseline" if saves else "What moves the total"
    flow.gap(10.0)
    flow.subhead(title, "each input from its P10 to its P90 alone", after=height)
    with money_in(told.symbol, 1.0):
        draw_tornado(flow.canvas, flow.take(height), swung, value * told.per_usd, "usd")


def _end(path: str, value: float) -> str:
    unit = spec_for(path).unit
    text = format_quantity(value, unit, figures=_SHORT_ENDS)
    return text if unit_suffix(unit) != "tok" else f"{text}\u00a0tok"
