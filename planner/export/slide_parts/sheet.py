"""The columns of a chart's own sheet: its series, and what its bands, spans and marks need beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from planner.export.story import Chart, Mark, Series

Role = Literal[
    "line",
    "base",
    "band",
    "part",
    "total",
    "bar",
    "high",
    "low",
    "down",
    "up",
    "note",
    "mark",
    "limit",
]

_NOTE: Final = 0.08
"""Of the larger total: how much room a label above a bar takes."""


@dataclass(frozen=True, slots=True)
class Column:
    """One series of the native chart.

    Attributes
    ----------
    name : str
        Its head in the sheet.
    values : tuple
        Numbers by point; None leaves a gap.
    role : str
        ``base`` is not seen and carries a ``band`` or a step; ``low`` covers the lower part of ``high``, so
        that a span is left; ``note`` is not seen and carries labels; ``mark`` and ``limit`` are what is
        pointed at.
    strategy : str
        Whose it is, empty for none.
    places : tuple of float
        Where the points lie, on an axis of numbers.
    """

    name: str
    values: tuple[float | None, ...]
    role: Role
    strategy: str = ""
    places: tuple[float, ...] = ()


def columns_of(chart: Chart) -> tuple[Column, ...]:
    """Return the columns of a chart, in the order in which they are drawn."""
    if is_scattered(chart):
        return _along(chart)
    if chart.kind == "lines":
        return _lines(chart)
    if chart.kind == "stacked":
        return _stacked(chart)
    if chart.kind == "bridge":
        return _bridge(chart)
    return _bars(chart)


def is_scattered(chart: Chart) -> bool:
    """Return whether a chart is drawn over an axis of numbers: all lines are, but those with a band."""
    return chart.kind == "lines" and not any(each.low for each in chart.series)


# ---------------------------------------------------------------- lines
def _lines(chart: Chart) -> tuple[Column, ...]:
    columns: list[Column] = []
    for each in chart.series:
        if each.low:
            columns += _band(each)
    columns += [Column(each.name, each.values, "line", each.strategy) for each in chart.series]
    columns += [
        Column(mark.words, (mark.y,) * len(chart.points), "limit")
        for mark in chart.marks
        if mark.kind == "horizontal"
    ]
    return tuple(columns)


def _band(series: Series) -> list[Column]:
    width = tuple(high - low for low, high in zip(series.low, series.high, strict=True))
    return [
        Column(f"{series.name}, P10", series.low, "base", series.strategy),
        Column(f"{series.name}, P10 to P90", width, "band", series.strategy),
    ]


def _along(chart: Chart) -> tuple[Column, ...]:
    columns = [Column(each.name, each.values, "line", each.strategy, chart.x_values) for each in chart.series]
    known = [value for each in chart.series for value in each.values if value]
    ends = (min(known, default=1.0), max(known, default=10.0))
    for mark in chart.marks:
        if mark.kind == "vertical":
            columns.append(Column(mark.words, ends, "limit", "", (mark.x, mark.x)))
        elif mark.kind == "horizontal":
            across = (chart.x_values[0], chart.x_values[-1])
            columns.append(Column(mark.words, (mark.y, mark.y), "limit", "", across))
        elif mark.kind == "point" and chart.x_log:
            columns.append(Column(mark.words, (ends[0], mark.y), "mark", mark.strategy, (mark.x, mark.x)))
    return tuple(columns)


# ---------------------------------------------------------------- bars
def _stacked(chart: Chart) -> tuple[Column, ...]:
    parts = [Column(each.name, each.values, "part") for each in chart.series]
    totals = tuple(
        float(sum(each.values[number] or 0.0 for each in chart.series)) for number in range(len(chart.points))
    )
    return (*parts, Column("Total", totals, "total"))


def _bars(chart: Chart) -> tuple[Column, ...]:
    """Return bars, and both ends where a value is a range alone."""
    (series,) = chart.series
    columns = [Column(series.name, series.values, "bar")]
    wide = [value is None for value in series.values]
    if any(wide) and series.low:
        low, high = (
            tuple(end if is_wide else None for end, is_wide in zip(ends, wide, strict=True))
            for ends in (series.low, series.high)
        )
        columns += [Column(f"{series.name}, to", high, "high"), Column(f"{series.name}, from", low, "low")]
    columns += [
        Column(mark.words, (mark.y,) * len(chart.points), "limit")
        for mark in chart.marks
        if mark.kind == "horizontal"
    ]
    return tuple(columns)


def _bridge(chart: Chart) -> tuple[Column, ...]:
    """Return totals, and steps on a base that is not seen."""
    base: list[float | None] = []
    total: list[float | None] = []
    down: list[float | None] = []
    up: list[float | None] = []
    for step, value in zip(chart.steps, chart.series[0].values, strict=True):
        amount = value or 0.0
        fall, rise = (-amount, None) if amount < 0.0 else (None, amount)
        row = (None, step.end, None, None) if step.total else (min(step.start, step.end), None, fall, rise)
        for column, cell in zip((base, total, down, up), row, strict=True):
            column.append(cell)
    return (
        Column("Base", tuple(base), "base"),
        Column("Total", tuple(total), "total"),
        Column("Less", tuple(down), "down"),
        Column("More", tuple(up), "up"),
        Column("Label", (_NOTE * max(abs(value or 0.0) for value in total),) * len(total), "note"),
    )


def marks_of(chart: Chart, kind: str) -> list[Mark]:
    """Return what is pointed at in one way."""
    return [mark for mark in chart.marks if mark.kind == kind]
