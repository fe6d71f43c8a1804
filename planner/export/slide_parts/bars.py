"""Charts of bars: cost by category, chances, carbon with spans, and the bridge between two scenarios."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from planner.export import palette
from planner.export.slide_parts import chart_xml as x
from planner.export.slide_parts.formats import Scale, axis_format, linear_scale, number_format
from planner.export.slide_parts.letters import text_inches
from planner.export.slide_parts.sheet import Column
from planner.export.story import Chart
from planner.units import format_quantity, money_in

_LABEL: Final = 10.5
_GAP_WIDTH, _MANY, _WIDEST_GAP = 55, 5, 500
_INSIDE: Final = 0.075
"""Of the axis: what a part must be wide to hold its value."""
_BESIDE: Final = 1.14
_ABOVE: Final = 1.06
"""Room for a label above the highest bar."""
_LEFT: Final = 0.95
"""For ticks and title of the axis at the left. [inches]"""
_UNDER: Final = 0.62
_NAMES: Final = 0.3
_STEP_DOWN, _STEP_UP = "#2E9E62", "#C9483E"

Pair = tuple[str, str]
Size = tuple[float, float]


def _axes() -> str:
    return f'<c:axId val="{x.CATEGORY_AXIS}"/><c:axId val="{x.VALUE_AXIS}"/>'


def _gap(chart: Chart) -> int:
    """Return how far columns stand apart, in percent of their width: a few are not as wide as many."""
    fewer = max(1.0, _MANY / max(1, len(chart.points)))
    return min(_WIDEST_GAP, round(_GAP_WIDTH * math.pow(fewer, 1.5)))


def _bars(series: str, *, flat: bool, stacked: bool = True, gap: int = _GAP_WIDTH) -> str:
    grouping = "stacked" if stacked else "clustered"
    overlap = '<c:overlap val="100"/>'
    return (
        f'<c:barChart><c:barDir val="{"bar" if flat else "col"}"/><c:grouping val="{grouping}"/>'
        f'<c:varyColors val="0"/>{series}<c:gapWidth val="{gap}"/>{overlap}{_axes()}</c:barChart>'
    )


def _series(pair: Pair, look: str, points: str = "", labels: str = "") -> str:
    head, data = pair
    return f'<c:ser>{head}{x.shape(look)}<c:invertIfNegative val="0"/>{points}{labels}{data}</c:ser>'


def _point(number: int, look: str) -> str:
    flat = '<c:invertIfNegative val="0"/><c:bubble3D val="0"/>'
    return f'<c:dPt><c:idx val="{number}"/>{flat}{x.shape(look)}</c:dPt>'


# ---------------------------------------------------------------- by category
def stacked_xml(chart: Chart, columns: Sequence[Column], series: Sequence[Pair], size: Size) -> str:
    """Return stacked columns: hue is the strategy, lightness the part; the total stands at the end.

    The total is a last part that is not seen. It would double the column, but the axis ends before it.
    """
    parts, total = columns[:-1], columns[-1]
    most = max((value or 0.0 for value in total.values), default=0.0)
    fit = linear_scale([most])
    scale = Scale(0.0, max(fit.high, most * _BESIDE), fit.major)
    strengths = palette.steps(len(parts))
    drawn = "".join(
        _part(chart, column, pair, strength, scale.high)
        for column, pair, strength in zip(parts, series[:-1], strengths, strict=True)
    )
    drawn += _series(series[-1], x.NO_FILL + x.NO_LINE, "", _totals(chart, total))
    left = _LEFT / size[0]
    place = x.inner(left, 0.02, 1.0 - left - 0.01, 0.98 - 0.82 / size[1])
    form = axis_format(scale.high, scale.major, chart.unit, chart.symbol)
    return x.whole(
        f"{place}{_bars(drawn, flat=False, gap=_gap(chart))}{x.category_axis('')}"
        f"{x.value_axis(scale, form, chart.title, between='between')}",
        x.legend_below((len(parts),)),
    )


def _part(chart: Chart, column: Column, pair: Pair, strength: float, most: float) -> str:
    edge = x.line("bg1", 0.75)
    looks = [palette.lighter(palette.STRATEGY[name], strength) for name in chart.strategies]
    points = "".join(_point(number, x.solid(look) + edge) for number, look in enumerate(looks))
    grey = palette.lighter(palette.GREY, strength)
    said = []
    for number, value in enumerate(column.values):
        if value is not None and value > _INSIDE * most:
            style = x.text(9.5, _on(looks[number]))
            form = number_format(value, chart.unit, chart.symbol)
            said.append(x.label(number, ("Val",), style, form=form, place="ctr"))
    return _series(pair, x.solid(grey) + edge, points, x.labels(said))


def _on(fill: str) -> str:
    """Return white or ink, whichever reads better on a fill."""
    red, green, blue = (int(fill[at : at + 2], 16) / 255.0 for at in (1, 3, 5))
    light = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return palette.WHITE if 1.05 / (light + 0.05) > (light + 0.05) / 0.056 else palette.INK


def _totals(chart: Chart, total: Column) -> str:
    said = [
        x.label(
            number,
            ("Val",),
            x.text(_LABEL, x.INK, bold=chart.strategies[number] == chart.selected),
            form=number_format(float(value or 0.0), chart.unit, chart.symbol),
            place="inBase",
        )
        for number, value in enumerate(total.values)
    ]
    return x.labels(said)


# ---------------------------------------------------------------- one bar a strategy
def bars_xml(chart: Chart, columns: Sequence[Column], series: Sequence[Pair], size: Size) -> str:
    """Return a bar a strategy; a hatched span where no more than a range is known."""
    if chart.unit == "chance":
        return _chances_xml(chart, columns, series, size)
    scale = linear_scale(value * _ABOVE for column in columns for value in column.values if value is not None)
    drawn, limits = "", ""
    for column, pair in zip(columns, series, strict=True):
        if column.role == "bar":
            drawn += _bar(chart, column, pair)
        elif column.role == "high":
            drawn += _span(chart, column, pair)
        elif column.role == "low":
            drawn += _series(pair, x.solid("bg1") + x.NO_LINE, "", x.labels([]))
        else:
            limits += _limit(column, pair, _across(columns, size) / len(chart.points) / 2.0 / size[0])
    lines = ""
    if limits:
        lines = (
            f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{limits}<c:marker val="1"/>'
            f"{_axes()}</c:lineChart>"
        )
    form = axis_format(scale.high, scale.major, chart.unit, chart.symbol)
    left = _LEFT / size[0]
    place = x.inner(left, 0.06, _across(columns, size) / size[0], 1.0 - 0.06 - _UNDER / size[1])
    return x.whole(
        f"{place}{_bars(drawn, flat=False, stacked=False, gap=_gap(chart))}{lines}{x.category_axis('')}"
        f"{x.value_axis(scale, form, chart.title, between='between')}"
    )


def _chances_xml(chart: Chart, columns: Sequence[Column], series: Sequence[Pair], size: Size) -> str:
    """Return shares as lying bars, names at their left; the axis ends at all of them."""
    scale = Scale(0.0, 1.0, 0.25)
    drawn = _bar(chart, columns[0], series[0])
    left = (max((text_inches(point, _LABEL) for point in chart.points), default=0.0) + 0.2) / size[0]
    place = x.inner(left, 0.01, 1.0 - left - 0.06, 0.99 - _UNDER / size[1])
    form = axis_format(scale.high, scale.major, chart.unit)
    return x.whole(
        f"{place}{_bars(drawn, flat=True, stacked=False)}{x.category_axis('', upside_down=True, at='l')}"
        f"{x.value_axis(scale, form, chart.title, at='b', between='between', crosses='max')}"
    )


def _bar(chart: Chart, column: Column, pair: Pair) -> str:
    points, said = "", []
    for number, value in enumerate(column.values):
        name = chart.strategies[number]
        points += _point(number, x.solid(x.ACCENTS[name]))
        if value is not None:
            style = x.text(_LABEL, x.INK, bold=name == chart.selected)
            form = number_format(value, chart.unit, chart.symbol)
            said.append(x.label(number, ("Val",), style, form=form, place="outEnd"))
    return _series(pair, x.solid(x.MUTED), points, x.labels(said))


def _span(chart: Chart, column: Column, pair: Pair) -> str:
    series, points, said = chart.series[0], "", []
    for number, value in enumerate(column.values):
        accent = x.ACCENTS[chart.strategies[number]]
        points += _point(number, x.hatched(accent) + x.NO_LINE)
        if value is not None:
            with money_in(chart.symbol, 1.0):
                words = chart.text(series, number)
            said.append(x.label(number, ("Val",), "", place="outEnd", words=x.rich(words, _LABEL, x.INK)))
    return _series(pair, x.hatched(x.MUTED), points, x.labels(said))


def _across(columns: Sequence[Column], size: Size) -> float:
    """Return the width of the plot; a limit is named at its right. [inches]."""
    named = [text_inches(column.name, _LABEL, bold=True) for column in columns if column.role == "limit"]
    return size[0] - _LEFT - 0.2 - max(named, default=0.0)


def _limit(column: Column, pair: Pair, half: float) -> str:
    """Return a line from edge to edge: a trend through the middles of the columns, half a column longer.

    `half` is half of what a column has for itself, as a share of the chart: its name stands beyond.
    """
    last, look = len(column.values) - 1, x.line(x.INK, 1.25, "sysDash")
    style = x.text(_LABEL, x.INK, bold=True)
    said = x.label(last, ("SerName",), style, place="r", shift=x.moved(half, 0.0))
    ends = '<c:forward val="0.5"/><c:backward val="0.5"/><c:dispRSqr val="0"/><c:dispEq val="0"/>'
    trend = f'<c:trendline>{x.shape(look)}<c:trendlineType val="linear"/>{ends}</c:trendline>' if last else ""
    return x.line_series(pair, look, [said], trend=trend)


# ---------------------------------------------------------------- the bridge
def bridge_xml(chart: Chart, columns: Sequence[Column], series: Sequence[Pair], size: Size) -> str:
    """Return the way from one total to another: steps hang between them."""
    drawn = ""
    for column, pair in zip(columns, series, strict=True):
        if column.role == "base":
            drawn += _series(pair, x.NO_FILL + x.NO_LINE, "", x.labels([]))
        elif column.role == "total":
            points = "".join(
                _point(number, x.solid(x.ACCENTS[name]))
                for number, name in enumerate(chart.strategies)
                if name in x.ACCENTS
            )
            drawn += _series(pair, x.solid(x.MUTED), points, x.labels([]))
        elif column.role == "note":
            drawn += _series(pair, x.NO_FILL + x.NO_LINE, "", _amounts(chart))
        else:
            fill = _STEP_DOWN if column.role == "down" else _STEP_UP
            drawn += _series(pair, x.solid(fill), "", x.labels([]))
    scale = linear_scale(
        sum(column.values[number] or 0.0 for column in columns) for number in range(len(chart.points))
    )
    form = axis_format(scale.high, scale.major, chart.unit, chart.symbol)
    left, below = _LEFT / size[0], 0.95 / size[1]
    place = x.inner(left, 0.04, 1.0 - left - 0.01, 0.96 - below)
    return x.whole(
        f"{place}{_bars(drawn, flat=False, gap=35)}{x.category_axis('')}"
        f"{x.value_axis(scale, form, chart.title, between='between')}"
    )


def _amounts(chart: Chart) -> str:
    """Return the amounts of totals and steps above them, with their sign where they are steps."""
    said = []
    for number, value in enumerate(chart.series[0].values):
        with money_in(chart.symbol, 1.0):
            words = format_quantity(value, chart.unit, sign=not chart.totals[number])
        note = x.rich(words, 10, x.INK, bold=chart.totals[number])
        said.append(x.label(number, ("Val",), "", place="inBase", words=note))
    return x.labels(said)
