"""A chart of the story on a page of the report, whatever its kind."""

from __future__ import annotations

from planner.export.story import Chart
from planner.ui.report.bars import bars_height, bridge_height, draw_bars, draw_bridge, draw_stacked
from planner.ui.report.canvas import Box, Canvas
from planner.ui.report.plots import draw_lines
from planner.units import money_in

_DRAWN = {
    "lines": draw_lines,
    "stacked": draw_stacked,
    "bars": draw_bars,
    "bridge": draw_bridge,
}


def chart_height(chart: Chart, lines: float = 190.0) -> float:
    """Return the height that a chart needs; lines take what they are given. [pt]."""
    if chart.kind == "lines":
        return lines
    return bridge_height(chart) if chart.kind == "bridge" else bars_height(chart)


def draw_chart(canvas: Canvas, box: Box, chart: Chart) -> None:
    """Draw a chart; its money is in its own currency already."""
    with money_in(chart.symbol, 1.0):
        _DRAWN[chart.kind](canvas, box, chart)
