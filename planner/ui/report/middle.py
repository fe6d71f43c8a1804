"""Pages of the story as sections of the report: what they say, their figures, their chart, their table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
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
from planner.ui.report.flow import CELL, OVER, SMALL, STRONG, Flow
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
_NAMES, _LEAST, _BETWEEN = 72.0, 30.0, 11.0
"""Widths: the least of the first column, that of the others, and what lies between. [pt]"""


def put_page(flow: Flow, page: Page, *, lines: float = LINES, facts: bool = True, share: float = 1.0) -> None:
    """Set a page of the story: section, figures, chart with table beside or below, caveat.

    `share` is the part of the width that the chart takes where a table stands beside it; 1 sets it below.
    """
    chart, grid = page.chart, page.table
    if chart is None and grid is None and not page.facts:
        flow.section(page.heading, page.headline, page.subline, strategy=page.strategy, after=0.0)
        return
    beside = None if chart is None or grid is None else _Beside.of(flow, chart, grid, (share, lines))
    height = beside.height if beside else 0.0 if chart is None else chart_height(chart, lines) + _TITLE
    facts = facts and bool(page.facts)
    after = height + (_FACTS + 4.0 if facts else 0.0)
    flow.section(page.heading, page.headline, page.subline, strategy=page.strategy, after=after)
    if facts:
        put_facts(flow, page.facts)
    if beside:
        beside.put(flow)
    else:
        if chart is not None:
            put_chart(flow, chart, lines)
        if grid is not None:
            flow.gap(6.0)
            _table(flow, grid, flow.width).put(flow, _rows(grid))
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


@dataclass(frozen=True, slots=True)
class _Beside:
    """A chart with a table at its right."""

    chart: Chart
    table: Table
    rows: list[Row]
    left: float
    lines: float

    @classmethod
    def of(cls, flow: Flow, chart: Chart, grid: Grid, sizes: tuple[float, float]) -> _Beside | None:
        """Return both, the chart on a share of the width and so high; None where the table has no room."""
        share, lines = sizes
        left = (flow.width - _GUTTER) * share
        width = flow.width - _GUTTER - left
        if share >= 1.0 or sum(_needs(flow, grid)) > width - _NAMES:
            return None
        made = cls(chart, _table(flow, grid, width), _rows(grid), left, lines)
        return made if made.height <= flow.bottom - flow.top else None

    @property
    def height(self) -> float:
        """What both need. [pt]."""
        return max(chart_height(self.chart, self.lines) + _TITLE, self.table.height(self.rows) + 4.0)

    def put(self, flow: Flow) -> None:
        """Set both."""
        box = flow.take(self.height)
        flow.canvas.text(Box(box.left, box.top, self.left, _TITLE), self.chart.title, STRONG)
        plot = Box(box.left, box.top + _TITLE, self.left, chart_height(self.chart, self.lines))
        draw_chart(flow.canvas, plot, self.chart)
        at = self.left + _GUTTER
        self.table.at(Box(box.left + at, box.top, box.width - at, self.height), self.rows)


def _needs(flow: Flow, grid: Grid) -> list[float]:
    """Return how wide the columns of a table are from the second on, so that no text is wrapped. [pt]."""
    letters, needs = flow.letters, []
    for number in range(1, len(grid.headers)):
        cells = max((letters.width(row[number], CELL) for row in grid.rows), default=0.0)
        head = max(letters.width(word, OVER) for word in grid.headers[number].split(" "))
        needs.append(max(cells, head, _LEAST) + _BETWEEN)
    return needs


def _table(flow: Flow, grid: Grid, width: float) -> Table:
    """Return the columns of a table of the story: as wide as their texts need, the first takes the rest."""
    needs, most = _needs(flow, grid), width - _NAMES
    if sum(needs) > most:
        needs = [need * most / sum(needs) for need in needs]
    elif width >= flow.width:  # over the whole width they stand even
        needs = [max(*needs, most * 0.75 / len(needs))] * len(needs)
        needs = needs if sum(needs) <= most else _needs(flow, grid)
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
    flow.subhead(title, "each input alone: at its P10 (light) and at its P90 (dark)", after=height)
    with money_in(told.symbol, 1.0):
        draw_tornado(flow.canvas, flow.take(height), swung, value * told.per_usd, "usd")


def _end(path: str, value: float) -> str:
    unit = spec_for(path).unit
    text = format_quantity(value, unit, figures=_SHORT_ENDS)
    return text if unit_suffix(unit) != "tok" else f"{text}\u00a0tok"
