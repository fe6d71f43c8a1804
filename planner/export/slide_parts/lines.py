"""Charts of lines: over months with a band, and over volume on logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from planner.export.slide_parts import chart_xml as x
from planner.export.slide_parts.formats import (
    Scale,
    axis_format,
    linear_scale,
    log_format,
    log_scale,
    number_format,
)
from planner.export.slide_parts.letters import text_inches
from planner.export.slide_parts.room import BOTTOM, LABEL, Room, drop_of, spread
from planner.export.slide_parts.sheet import Column, marks_of
from planner.export.story import Chart, Mark
from planner.units import format_quantity, money_in

_APART: Final = 0.2
"""Inches between two labels."""
_GAP, _WIDEST = 0.14, 0.42
_THIN, _HEAVY = 1.75, 3.25
_BAND: Final = 0.18
_MOST_TICKS: Final = 7
_MONTHS: Final = "0"
_VOLUME: Final = "count"
_PAST: Final = 1.001
"""How far an axis reaches past its last point: some programs leave out a point that lies on the very end."""

_LIMIT: Final = x.line(x.INK, 1.25, "sysDash")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Shifts:
    """By how much labels are pushed down: at ends of lines by their name, at points by strategy.

    As shares of the chart.
    """

    ends: dict[str, float]
    points: dict[str, float]


def lines_xml(
    chart: Chart, columns: Sequence[Column], series: Sequence[Pair], size: tuple[float, float]
) -> str:
    """Return lines over months, with the band of one of them."""
    up = linear_scale(_all(columns), from_zero=chart.from_zero)
    room = Room(*size, _gutter(chart, columns, size[0]), up)
    shifts = _shifts(chart, columns, room)
    bands = "".join(
        _area(column, pair)
        for column, pair in zip(columns, series, strict=True)
        if column.role in ("base", "band")
    )
    lines = "".join(
        _line(chart, column, pair, shifts)
        for column, pair in zip(columns, series, strict=True)
        if column.role in ("line", "limit")
    )
    axes = f'<c:axId val="{x.CATEGORY_AXIS}"/><c:axId val="{x.VALUE_AXIS}"/>'
    area = ""
    if bands:
        area = f'<c:areaChart><c:grouping val="stacked"/><c:varyColors val="0"/>{bands}{axes}</c:areaChart>'
    months = x.category_axis(chart.x_title, every=_every(len(chart.points)))
    form = axis_format(up.high, up.major, chart.unit, chart.symbol)
    return x.whole(
        f'{room.plot}{area}<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{lines}'
        f'<c:marker val="1"/>{axes}</c:lineChart>{months}{x.value_axis(up, form, chart.title)}'
    )


def scatter_xml(
    chart: Chart, columns: Sequence[Column], series: Sequence[Pair], size: tuple[float, float]
) -> str:
    """Return lines over an axis of numbers: months, or volume on two logarithmic axes."""
    up = log_scale(_all(columns)) if chart.y_log else linear_scale(_all(columns), from_zero=chart.from_zero)
    along = _along(chart)
    room = Room(*size, _gutter(chart, columns, size[0]), up)
    shifts = _shifts(chart, columns, room)
    lines = "".join(
        _scattered(chart, column, pair, shifts) for column, pair in zip(columns, series, strict=True)
    )
    ticks = log_format(along.low, along.high, _VOLUME) if chart.x_log else _MONTHS
    beside = x.value_axis(
        along,
        ticks,
        chart.x_title,
        at="b",
        number=x.CATEGORY_AXIS,
        crosses=repr(up.low) if up.log else "min",
        grid=chart.x_log,
    )
    form = (
        log_format(up.low, up.high, chart.unit, chart.symbol)
        if up.log
        else axis_format(up.high, up.major, chart.unit, chart.symbol)
    )
    upright = x.value_axis(up, form, chart.title, crosses=repr(along.low) if along.log else "min")
    return x.whole(
        f'{room.plot}<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>{lines}'
        f'<c:axId val="{x.CATEGORY_AXIS}"/><c:axId val="{x.VALUE_AXIS}"/></c:scatterChart>{beside}{upright}'
    )


def _along(chart: Chart) -> Scale:
    """Return the lying axis."""
    first, last = chart.x_values[0], chart.x_values[-1]
    if chart.x_log:
        return log_scale((first, last * _PAST))
    return Scale(0.0, max(last, first + 1.0), float(_every(len(chart.points))))


def _every(points: int) -> int:
    """Return how many months lie between two that are written."""
    return next(step for step in (1, 2, 3, 6, 12, 24) if points <= step * _MOST_TICKS + 1 or step == 24)


def _all(columns: Sequence[Column]) -> Iterator[float]:
    """Yield all numbers that the axis must hold; a band ends above its base."""
    base: dict[str, tuple[float | None, ...]] = {}
    for column in columns:
        if column.role == "base":
            base[column.strategy] = column.values
        for number, value in enumerate(column.values):
            if value is not None:
                below = base[column.strategy][number] if column.role == "band" else None
                yield value + (below or 0.0)


# ---------------------------------------------------------------- labels at the ends
def _gutter(chart: Chart, columns: Sequence[Column], width: float) -> float:
    """Return the room that labels at the ends need. [inches]."""
    texts = [_end_text(chart, column) for column in columns if column.role in ("line", "limit")]
    widest = max((text_inches(text, LABEL, bold=True) for text in texts), default=0.0)
    return min(widest + 2 * _GAP, _WIDEST * width)


def _end_text(chart: Chart, column: Column) -> str:
    if column.role == "limit":
        return "" if _is_upright(column) else column.name
    if chart.x_log:
        return column.name
    with money_in(chart.symbol, 1.0):
        return f"{column.name}  {format_quantity(column.values[-1], chart.unit)}"


def _is_upright(column: Column) -> bool:
    return len(column.places) > 1 and column.places[0] == column.places[1]


def _last(column: Column) -> int | None:
    """Return the number of the last point that has a value."""
    known = [number for number, value in enumerate(column.values) if value is not None]
    return known[-1] if known else None


def _shifts(chart: Chart, columns: Sequence[Column], room: Room) -> _Shifts:
    """Return by how much labels are pushed so that no two run into each other, and none into a line."""
    wanted = []
    for column in columns:
        last = _last(column)
        labelled = column.role == "line" or (column.role == "limit" and not _is_upright(column))
        if labelled and last is not None:
            wanted.append((room.height_of(float(column.values[last] or 0.0)), column.name))
    wanted.sort()
    places = spread([place for place, _ in wanted], _APART, 0.08, room.height - BOTTOM + 0.1)
    ends = {name: (new - old) / room.height for (old, name), new in zip(wanted, places, strict=True)}
    points = {
        mark.strategy: drop_of(chart, room, mark, _point_of(chart, mark)) / room.height
        for mark in marks_of(chart, "point")
        if not chart.x_log
    }
    return _Shifts(ends, points)


def _point_of(chart: Chart, mark: Mark) -> int:
    """Return the number of the point from which on what a mark says holds."""
    return min(math.ceil(mark.x), len(chart.points) - 1)


# ---------------------------------------------------------------- series
def _area(column: Column, pair: Pair) -> str:
    head, data = pair
    fill = x.NO_FILL if column.role == "base" else x.solid(x.ACCENTS[column.strategy], _BAND)
    return f"<c:ser>{head}{x.shape(fill + x.NO_LINE)}{data}</c:ser>"


def _line(chart: Chart, column: Column, pair: Pair, shifts: _Shifts) -> str:
    if column.role == "limit":
        return x.line_series(pair, _LIMIT, [_end(chart, column, len(column.values) - 1, shifts)])
    return _strategy(chart, column, pair, shifts, _last(column))


def _scattered(chart: Chart, column: Column, pair: Pair, shifts: _Shifts) -> str:
    if column.role == "limit":
        upright = _is_upright(column)
        said = _words(1, column.name, "t") if upright else _end(chart, column, 1, shifts)
        return x.line_series(pair, _LIMIT, [said])
    if column.role == "mark":
        look = x.line(x.INK, 0.75, "sysDot")
        said = _words(0, column.name, _side(chart, column))
        return x.line_series(pair, look, [said], points=_point(1, _ring(), look))
    known = sum(value is not None for value in column.values)  # the others are no points of its sheet
    return _strategy(chart, column, pair, shifts, known - 1 if known else None)


def _strategy(chart: Chart, column: Column, pair: Pair, shifts: _Shifts, last: int | None) -> str:
    """Return the line of a strategy: a marker and its name at the last point, a ring where it pays back."""
    accent, heavy = x.ACCENTS[column.strategy], column.strategy == chart.selected
    look = x.line(accent, _HEAVY if heavy else _THIN, x.DASHES[column.strategy])
    rings, said = _rings(chart, column), _pointed(chart, column, shifts)
    points = "".join(_point(number, _ring(), look) for number in rings)
    if last is not None:
        said.append(_end(chart, column, last, shifts))
        points += "" if last in rings else _point(last, _marker(column), look)
    return x.line_series(pair, look, said, points=points)


def _point(number: int, marker: str, look: str) -> str:
    """Return the look of a single point of a line."""
    return f'<c:dPt><c:idx val="{number}"/>{marker}<c:bubble3D val="0"/>{x.shape(look)}</c:dPt>'


def _side(chart: Chart, column: Column) -> str:
    """Return on which side of a mark its words stand: away from the line of the plan."""
    plan = next(iter(marks_of(chart, "vertical")), None)
    return "l" if plan is not None and plan.x > column.places[0] else "r"


def _marker(column: Column) -> str:
    fill = x.solid(x.ACCENTS[column.strategy])
    return (
        f'<c:marker><c:symbol val="{x.SHAPES[column.strategy]}"/><c:size val="8"/>'
        f"{x.shape(fill + x.line(x.ACCENTS[column.strategy], 0.75))}</c:marker>"
    )


def _ring() -> str:
    """Return the marker of a place that is pointed at."""
    return (
        f'<c:marker><c:symbol val="circle"/><c:size val="9"/>{x.shape(x.solid(x.INK) + x.line("bg1", 1.0))}'
        "</c:marker>"
    )


def _rings(chart: Chart, column: Column) -> list[int]:
    """Return the points of a line that are pointed at."""
    if chart.x_log:
        return []
    return [_point_of(chart, mark) for mark in marks_of(chart, "point") if mark.strategy == column.strategy]


def _pointed(chart: Chart, column: Column, shifts: _Shifts) -> list[str]:
    marks = [mark for mark in marks_of(chart, "point") if mark.strategy == column.strategy]
    numbers, last = _rings(chart, column), _last(column)
    if not numbers:
        return []
    return [
        _words(number, mark.words, "r", x.moved(0.0, shifts.points.get(column.strategy, 0.0)))
        for mark, number in zip(marks, numbers, strict=True)
        if number != last
    ]


def _words(point: int, words: str, place: str, shift: str = "") -> str:
    said = x.rich(words, LABEL, x.INK, bold=True)
    return x.label(point, ("SerName",), "", place=place, words=said, shift=shift)


def _end(chart: Chart, column: Column, last: int, shifts: _Shifts) -> str:
    """Return the label at the end of a line: its name, and its value but on a logarithmic axis."""
    bold = column.strategy == chart.selected and column.role == "line"
    style = x.text(LABEL, x.TEXTS.get(column.strategy, x.INK), bold=bold)
    value = next((each for each in reversed(column.values) if each is not None), 0.0)
    form = number_format(float(value), chart.unit, chart.symbol)
    shift = shifts.ends.get(column.name, 0.0)
    what = ("SerName",) if column.role == "limit" or chart.x_log else ("SerName", "Val")
    return x.label(last, what, style, form=form, shift=x.moved(0.0, shift) if abs(shift) > 1e-4 else "")
