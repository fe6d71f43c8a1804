"""Native charts of slides: the numbers of a story's chart, its colours, labels at the ends of lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE

from planner.export.slide_parts import chart_xml as x
from planner.export.slide_parts.bars import bars_xml, bridge_xml, stacked_xml
from planner.export.slide_parts.lines import lines_xml, scatter_xml
from planner.export.slide_parts.sheet import Column, columns_of, is_scattered
from planner.export.story import Chart

_FROM: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_KEPT: Final = ("idx", "order", "tx")
_START: Final = "0"
"""The month of the first release, as a number like the others: they are one row of a sheet."""
_DATA: Final = ("cat", "val", "xVal", "yVal")


def insert_chart(placeholder: Any, chart: Chart, size: tuple[float, float]) -> Any:
    """Put a chart into a placeholder; return its frame.

    Parameters
    ----------
    placeholder : ChartPlaceholder
        Of the slide.
    chart : Chart
        What it shows.
    size : tuple of float
        Width and height. [inches]
    """
    columns = columns_of(chart)
    frame = placeholder.insert_chart(_type_of(chart), _data_of(chart, columns))
    space = frame.chart._chartSpace
    series = [_parts_of(each) for each in space.iter(f"{_FROM}ser")]
    new = etree.fromstring(_xml_of(chart, columns, series, size))
    space.replace(space.find(f"{_FROM}chart"), new)
    _dress(space)
    return frame


def _type_of(chart: Chart) -> Any:
    if is_scattered(chart):
        return XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS
    if chart.kind == "lines":
        return XL_CHART_TYPE.LINE
    return XL_CHART_TYPE.COLUMN_STACKED


def _data_of(chart: Chart, columns: Sequence[Column]) -> Any:
    if is_scattered(chart):
        data = XyChartData()
        for column in columns:
            series = data.add_series(column.name)
            for place, value in zip(column.places, column.values, strict=True):
                if value is not None:
                    series.add_data_point(place, value)
        return data
    data = CategoryChartData()
    data.categories = [_START if point == "start" else point for point in chart.points]
    for column in columns:
        data.add_series(column.name, column.values)
    return data


def _parts_of(series: Any) -> tuple[str, str]:
    """Return name and numbers of a series as the library wrote them, with their places in the workbook."""
    found = {etree.QName(child).localname: etree.tostring(child).decode() for child in series}
    head = "".join(found[name] for name in _KEPT if name in found)
    return head, "".join(found[name] for name in _DATA if name in found)


def _xml_of(
    chart: Chart, columns: Sequence[Column], series: list[tuple[str, str]], size: tuple[float, float]
) -> str:
    if is_scattered(chart):
        return scatter_xml(chart, columns, series, size)
    if chart.kind == "lines":
        return lines_xml(chart, columns, series, size)
    if chart.kind == "stacked":
        return stacked_xml(chart, columns, series, size)
    if chart.kind == "bridge":
        return bridge_xml(chart, columns, series, size)
    return bars_xml(chart, columns, series, size)


def _dress(space: Any) -> None:
    """Let the chart lie on the slide without a ground of its own; text as the theme has it."""
    for name in ("roundedCorners", "spPr", "txPr"):
        for old in space.findall(f"{_FROM}{name}"):
            space.remove(old)
    chart = space.find(f"{_FROM}chart")
    for xml in (x.text(10.5, x.MUTED), x.shape(x.NO_FILL + x.NO_LINE)):
        chart.addnext(etree.fromstring(xml.replace(">", f" {x.SPACES}>", 1)))
    date = space.find(f"{_FROM}date1904")
    corners = etree.fromstring(f'<c:roundedCorners {x.SPACES} val="0"/>')
    if date is not None:
        date.addnext(corners)
    else:
        space.insert(0, corners)
