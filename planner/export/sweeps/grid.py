"""The axes of a sweep as they are typed, and the points of the grid that they span, by number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.load import Catalog
from planner.errors import InputError, PlannerError
from planner.scenario.checks import problems
from planner.scenario.fields import FieldSpec
from planner.scenario.model import Scenario, spec_for
from planner.scenario.parse import parse_value

MOST_VALUES: Final = 100_000
MOST_POINTS: Final = 500_000_000

_OWN: Final = ("name", "notes")
_DIGITS: Final = 12  # of a value between the ends: 0.3, never 0.30000000000000004
_FORM: Final = "Write --over PATH=a,b,c or --over PATH=lo:hi:n[:log], such as workload.requests_per_month="


@dataclass(frozen=True, slots=True)
class Axis:
    """One swept input: its dotted path, and its values in the field's own unit, each once."""

    path: str
    values: tuple[Any, ...]

    @property
    def spec(self) -> FieldSpec:
        """What the input is."""
        return spec_for(self.path)


@dataclass(frozen=True, slots=True)
class Grid:
    """All combinations of the values of some axes; the last axis moves fastest."""

    axes: tuple[Axis, ...]

    @property
    def size(self) -> int:
        """Number of points."""
        return math.prod(len(axis.values) for axis in self.axes)

    def point(self, number: int) -> dict[str, Any]:
        """Return the values of a point by dotted path."""
        values: dict[str, Any] = {}
        for axis in reversed(self.axes):
            number, place = divmod(number, len(axis.values))
            values[axis.path] = axis.values[place]
        return {axis.path: values[axis.path] for axis in self.axes}


def read_grid(texts: Sequence[str]) -> Grid:
    """Return the grid of axes as typed behind ``--over``.

    Raises
    ------
    PlannerError
        If a text is no axis, names no input or one twice, holds a value that is not allowed, or there are
        more points than a file can hold.
    """
    axes = tuple(map(read_axis, texts))
    paths = [axis.path for axis in axes]
    for path in paths:
        if paths.count(path) > 1:
            hint = "Give all its values in one --over."
            raise PlannerError("axis_twice", f'"{path}" is swept twice.', hint)
    grid = Grid(axes)
    if grid.size > MOST_POINTS:
        raise PlannerError(
            "too_many_points",
            f"The grid has {grid.size:,} points; at most {MOST_POINTS:,} are computed.",
            "Take fewer values, or sweep a part at a time.",
        )
    return grid


def read_axis(text: str) -> Axis:
    """Return an axis as typed: ``PATH=a,b,c``, ``PATH=lo:hi:n`` or ``PATH=lo:hi:n:log``.

    Raises
    ------
    PlannerError
        If it is none of these; names the input, the value and what is allowed.
    """
    path, equals, values = text.partition("=")
    path = path.strip()
    if not equals:
        raise PlannerError("bad_axis", f'"--over {text}" has no "=".', f"{_FORM}100k:100M:9:log.")
    spec = spec_for(path)
    if path in _OWN:
        raise InputError("not_swept", f"{spec.title} ({path}) changes no figure.", path=path)
    if spec.numeric and ":" in values:
        return Axis(path, _between(spec, values))
    found = [parse_value(each, spec).value for each in values.split(",")]
    for value in found:
        if found.count(value) > 1:
            hint = "A comma stands between values: write 2500 or 2.5k, not 2,500." if spec.numeric else ""
            raise InputError(
                "value_twice", f"{spec.title} ({path}): {value} is there twice.", hint, path=path, value=value
            )
    return Axis(path, tuple(found))


def _between(spec: FieldSpec, text: str) -> tuple[Any, ...]:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) not in (3, 4) or parts[3:] not in ([], ["log"], ["lin"]):
        reason = f'"{text}" is not of the form lo:hi:n or lo:hi:n:log.'
        raise InputError("bad_axis", f"{spec.title} ({spec.path}): {reason}", path=spec.path, value=text)
    count = _count(spec, parts[2])
    ends = [parse_value(part, spec).value for part in parts[:2]]
    log = parts[3:] == ["log"]
    if not all(isinstance(end, int | float) for end in ends) or ends[0] == ends[1]:
        reason = f'"{text}" needs two different numbers as its ends.'
        raise InputError("bad_axis", f"{spec.title} ({spec.path}): {reason}", path=spec.path, value=text)
    if log and min(ends) <= 0:
        reason = f'"{text}" has an end at or below zero, which a log scale never reaches.'
        raise InputError("bad_axis", f"{spec.title} ({spec.path}): {reason}", path=spec.path, value=text)
    spread = np.geomspace if log else np.linspace
    steps = spread(float(ends[0]), float(ends[1]), count)
    inner = [float(f"{step:.{_DIGITS}g}") for step in steps[1:-1].tolist()]
    values = [ends[0], *inner, ends[1]]
    if spec.kind != "number":  # whole numbers: those that lie nearest, each once
        values = list(dict.fromkeys(round(value) for value in values))
    return tuple(values)


def _count(spec: FieldSpec, text: str) -> int:
    if text.isdecimal() and len(text) < _DIGITS and 2 <= int(text) <= MOST_VALUES:
        return int(text)
    raise InputError(
        "bad_axis",
        f'{spec.title} ({spec.path}): "{text}" is no number of values; allowed is 2 to {MOST_VALUES:,}.',
        path=spec.path,
        value=text,
    )


def check_grid(scenario: Scenario, catalog: Catalog, grid: Grid) -> None:
    """Look at every value of every axis before the first point is computed.

    Values that contradict each other in some points only are left to those points.

    Raises
    ------
    InputError
        If the catalogue knows an id not, on an axis or in the plan.
    """
    for axis in grid.axes:
        if axis.spec.kind != "catalog":
            continue
        for value in axis.values:
            _raise_first(_problems_of(scenario, catalog, {axis.path: value}), {axis.path})
    swept = {axis.path for axis in grid.axes}
    first = _problems_of(scenario, catalog, grid.point(0))
    _raise_first([problem for problem in first if problem.path not in swept])


def _problems_of(scenario: Scenario, catalog: Catalog, changes: dict[str, Any]) -> list[InputError]:
    try:
        return problems(scenario.with_(changes), catalog)
    except PlannerError:  # a contradiction: the points that hold it will say so
        return []


def _raise_first(found: list[InputError], paths: set[str] | None = None) -> None:
    for problem in found:
        if paths is None or problem.path in paths:
            raise problem
