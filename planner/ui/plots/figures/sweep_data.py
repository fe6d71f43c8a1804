"""What is drawn of a file of a sweep: scales of its axes, lines of a sample, cells of a map. No widgets."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.results import FIGURES
from planner.export.sweeps.grid import Axis
from planner.export.sweeps.read import SweepFile, cheapest_at, sample, spread
from planner.scenario.parse import value_text
from planner.ui.plots.figures.common import labeller, log_labeller, writer
from planner.ui.plots.ticks import linear_axis, log_axis
from planner.units import PERCENT_PER_FRACTION, format_quantity

LINE_FIGURES: Final = ("total_usd", "carbon_kgco2e", "quality")
MAP_FIGURES: Final = (
    *("total_usd", "usd_per_1k_requests", "carbon_kgco2e", "energy_kwh", "water_l", "quality"),
    *("latency_p95_s", "replicas_peak", "serving_accelerator_h", "payback_month"),
)
MOST_LINES: Final = 300
MOST_CELLS: Final = 48
CHEAPEST: Final = "cheapest"
RANGED_FIGURES: Final = ("carbon_kgco2e", "energy_kwh", "water_l")
"""Of an API only a range of these is known; its middle is drawn, and that is said."""

_LOG_FROM: Final = 40.0  # highest over lowest
_TICKS: Final = 5


@dataclass(frozen=True)
class Scale:
    """One upright axis: where a value stands, from 0 to 1, and the ticks (place, text)."""

    title: str
    place: Callable[[Any], float]
    text: Callable[[Any], str]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Line:
    """A strategy at a point: its place on each scale, and what it says there."""

    strategy: str
    point: int
    places: tuple[float, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Lines:
    """What is drawn.

    Attributes
    ----------
    scales, lines : tuple
        The axes, inputs first, and the lines that are drawn.
    inputs : int
        How many of the axes are inputs.
    all_lines, misfits : int
        How many lines there are in all, and how many of the sample do not fit.
    """

    scales: tuple[Scale, ...] = ()
    lines: tuple[Line, ...] = ()
    inputs: int = 0
    all_lines: int = 0
    misfits: int = 0


@dataclass(frozen=True)
class Slice:
    """A map: which axes go across and up, the places of the others, what is shown of which strategy."""

    across: int
    up: int
    fixed: Mapping[int, int]
    figure: str
    strategy: str


@dataclass(frozen=True)
class Square:
    """A cell of a map.

    Attributes
    ----------
    point : int
        Number of the point.
    text : str
        What it says; empty where nothing is known.
    strategy : str
        The cheapest, in a map of the cheapest.
    share : float
        From 0 for the lowest to 1 for the highest, in a map of figures; not a number where unknown.
    misses : bool
        Whether a limit is missed.
    """

    point: int
    text: str
    strategy: str = ""
    share: float = math.nan
    misses: bool = False


@dataclass(frozen=True)
class Squares:
    """A map: rows from the highest value down, names of columns and rows, the ends of its greys."""

    across: str
    up: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[Square, ...], ...]
    ends: tuple[str, str] = ("", "")
    sampled: bool = False

    @property
    def missing(self) -> str:
        """Whether no, some or all cells with a figure miss a limit."""
        misses = [cell.misses for row in self.cells for cell in row if cell.text]
        return "no" if not any(misses) else "all" if all(misses) else "some"


def cause_of_middle(strategies: Sequence[str], figures: Sequence[str]) -> str:
    """Return what is to be said where a range of an API's energy is drawn as its middle; else nothing."""
    if "api" in strategies and any(figure in RANGED_FIGURES for figure in figures):
        return "the API's energy and carbon lie in the middle of their range"
    return ""


def axis_text(axis: Axis, value: Any) -> str:
    """Return a value of an axis, no longer than it takes to tell it from its neighbours."""
    if isinstance(value, int | float) and not isinstance(value, bool) and axis.spec.numeric:
        return format_quantity(value, axis.spec.unit)
    return value_text(value, axis.spec)


# ---------------------------------------------------------------- lines
def read_lines(file: SweepFile, strategies: Sequence[str]) -> Lines:
    """Return a sample of the points as lines, evenly spread, of these strategies.

    Raises
    ------
    PlannerError
        If the file cannot be read any more.
    """
    points = sample(file.grid.size, max(1, MOST_LINES // max(1, len(strategies))))
    found = file.figures(points, LINE_FIGURES)
    axes = [axis for axis in file.grid.axes if len(axis.values) > 1] or list(file.grid.axes)
    rows = [file.strategies.index(name) for name in strategies]
    scales = [scale_of_axis(axis) for axis in axes]
    scales += [_scale_of_figure(name, found[name][rows]) for name in LINE_FIGURES]
    lines, misfits = [], 0
    for row, strategy in zip(rows, strategies, strict=True):
        for column, number in enumerate(points.tolist()):
            if not found["fits"][row, column]:
                misfits += 1
                continue
            changes = file.grid.point(number)
            values = [changes[axis.path] for axis in axes]
            values += [float(found[name][row, column]) for name in LINE_FIGURES]
            pairs = list(zip(scales, values, strict=True))
            places = tuple(scale.place(value) for scale, value in pairs)
            lines.append(Line(strategy, number, places, tuple(scale.text(value) for scale, value in pairs)))
    return Lines(tuple(scales), tuple(lines), len(axes), file.grid.size * len(strategies), misfits)


def scale_of_axis(axis: Axis) -> Scale:
    """Return the scale of a swept input: by its numbers, or one place a value where they are words."""
    spec = axis.spec

    def text(value: Any) -> str:
        return axis_text(axis, value)

    numbers = [
        value for value in axis.values if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    if len(numbers) == len(axis.values):
        return _numeric(spec.title, min(numbers), max(numbers), (spec.unit, text))
    places = {value: (index + 0.5) / len(axis.values) for index, value in enumerate(axis.values)}
    ticks = [(place, text(value)) for value, place in places.items()]
    every = -(-len(ticks) // MOST_CELLS)
    return Scale(spec.title, places.__getitem__, text, tuple(ticks[::every]))


def _scale_of_figure(name: str, values: Array) -> Scale:
    column = FIGURES[name]
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    return _numeric(column.title, low, high, (column.unit, writer(column.unit)))


def _numeric(title: str, low: float, high: float, said: tuple[str, Callable[[Any], str]]) -> Scale:
    unit, text = said
    log = low > 0.0 and high / low >= _LOG_FROM
    axis = (
        log_axis(low, high, log_labeller(unit))
        if log
        else linear_axis(low, high, labeller(unit), count=_TICKS)
    )
    start, end = axis.ends

    def place(value: float) -> float:
        return min(1.0, max(0.0, (axis.view(value) - start) / (end - start)))

    return Scale(title, place, text, tuple(zip(map(place, axis.ticks), axis.labels, strict=True)))


# ---------------------------------------------------------------- the map
def read_map(file: SweepFile, cut: Slice) -> Squares:
    """Return the cells of a map.

    Raises
    ------
    PlannerError
        If the file cannot be read any more.
    """
    across, up = file.grid.axes[cut.across], file.grid.axes[cut.up]
    columns = spread(len(across.values), MOST_CELLS)
    rows = spread(len(up.values), MOST_CELLS)[::-1]
    numbers = np.array([[_number(file, cut, int(column), int(row)) for column in columns] for row in rows])
    names = ["total_usd"] if cut.figure == CHEAPEST else [cut.figure]
    found = file.figures(numbers.ravel(), names)
    shape = numbers.shape
    cells = _cheapest(file, found, numbers) if cut.figure == CHEAPEST else _figures(file, cut, found, numbers)
    known = [] if cut.figure == CHEAPEST else _known(file, cut, found)
    write = writer(FIGURES[cut.figure].unit) if cut.figure != CHEAPEST else str
    return Squares(
        across=across.spec.title,
        up=up.spec.title,
        columns=tuple(axis_text(across, across.values[column]) for column in columns),
        rows=tuple(axis_text(up, up.values[row]) for row in rows),
        cells=tuple(
            tuple(cells[start : start + shape[1]]) for start in range(0, shape[0] * shape[1], shape[1])
        ),
        ends=(write(min(known)), write(max(known))) if known else ("", ""),
        sampled=shape != (len(up.values), len(across.values)),
    )


def _number(file: SweepFile, cut: Slice, column: int, row: int) -> int:
    """Return the number of a point; the last axis moves fastest."""
    number = 0
    for index, axis in enumerate(file.grid.axes):
        place = column if index == cut.across else row if index == cut.up else cut.fixed.get(index, 0)
        number = number * len(axis.values) + place
    return number


def _cheapest(file: SweepFile, found: dict[str, Array], numbers: Any) -> list[Square]:
    best = cheapest_at(found["total_usd"], found["keeps_limits"])
    write = writer("usd", 2)
    return [
        Square(int(number), "", misses=True)
        if row < 0
        else Square(int(number), write(float(found["total_usd"][row, column])), file.strategies[row])
        for column, (number, row) in enumerate(zip(numbers.ravel(), best, strict=True))
    ]


def _figures(file: SweepFile, cut: Slice, found: dict[str, Array], numbers: Any) -> list[Square]:
    row = file.strategies.index(cut.strategy)
    values, fits, keeps = found[cut.figure][row], found["fits"][row], found["keeps_limits"][row]
    known = _known(file, cut, found)
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    log = low > 0.0 and high / low >= _LOG_FROM
    write = writer(FIGURES[cut.figure].unit, 2)

    def share(value: float) -> float:
        if high <= low or math.isnan(value):
            return math.nan if math.isnan(value) else 0.0
        return math.log(value / low) / math.log(high / low) if log else (value - low) / (high - low)

    return [
        Square(
            int(number),
            write(float(value))
            if math.isfinite(value)
            else "never"
            if fit and cut.figure == "payback_month"
            else "",
            share=share(float(value)),
            misses=bool(fit) and not keep,
        )
        for number, value, fit, keep in zip(numbers.ravel(), values, fits, keeps, strict=True)
    ]


def _known(file: SweepFile, cut: Slice, found: dict[str, Array]) -> list[float]:
    values = found[cut.figure][file.strategies.index(cut.strategy)]
    return [float(value) for value in values if math.isfinite(value)]


def shares_of_cheapest(squares: Squares) -> list[tuple[str, str]]:
    """Return which strategies are cheapest somewhere, and in how much of the map, most first."""
    cells = [cell for row in squares.cells for cell in row]
    counts: dict[str, int] = {}
    for cell in cells:
        counts[cell.strategy] = counts.get(cell.strategy, 0) + 1
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    return [(name, f"{PERCENT_PER_FRACTION * count / len(cells):.0f}%") for name, count in ranked]
