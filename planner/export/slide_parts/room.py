"""Where the plot of a chart of lines lies, and where labels stand so that they run into nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from planner.export.slide_parts import chart_xml as x
from planner.export.slide_parts.formats import Scale
from planner.export.slide_parts.letters import text_inches
from planner.export.story import Chart, Mark

TOP, BOTTOM, LEFT = 0.1, 0.62, 0.95
"""Inches around the plot: for labels at its upper edge, for ticks and titles of its axes."""
LABEL: Final = 10.5
"""Points of labels."""
_HALF, _FREE = 0.09, 0.13
"""Half the height of a label, and how far from a line it stands at least. [inches]"""
_DROPS: Final = (0.3, 0.45, -0.45, -0.7, -1.0, -1.4, -1.8, -2.2)
"""How far below a point its label may stand, the best first. [inches]"""


@dataclass(frozen=True, slots=True)
class Room:
    """A chart's size [inches], the room of labels at the right of its plot, and its scale upwards."""

    width: float
    height: float
    gutter: float
    up: Scale

    @property
    def plot(self) -> str:
        """The place of the plot, as shares of the chart."""
        width = 1.0 - (LEFT + self.gutter) / self.width
        return x.inner(LEFT / self.width, TOP / self.height, width, 1.0 - (TOP + BOTTOM) / self.height)

    def height_of(self, value: float) -> float:
        """Return how far down a value lies. [inches]."""
        return TOP + (self.height - TOP - BOTTOM) * (1.0 - self.up.share(value))

    def step(self, points: int) -> float:
        """Return how far two neighbours of so many points lie apart. [inches]."""
        return (self.width - LEFT - self.gutter) / max(1, points - 1)


def drop_of(chart: Chart, room: Room, mark: Mark, point: int) -> float:
    """Return how far below a point its label stands free of all lines and inside the plot. [inches].

    Negative above it; where nothing is free, the place farthest from the lines.
    """
    step, at = room.step(len(chart.points)), room.height_of(mark.y)
    wide = text_inches(mark.words, LABEL, bold=True) + 0.2
    covered = range(point, min(len(chart.points), point + round(wide / step) + 2))
    inside = [drop for drop in _DROPS if TOP + _HALF < at + drop < room.height - BOTTOM - _HALF]

    def free(drop: float) -> float:
        return min((_distance(chart, room, number, at + drop) for number in covered), default=1.0)

    return next(
        (drop for drop in inside if free(drop) > _HALF + _FREE), max(inside, key=free, default=_DROPS[0])
    )


def _distance(chart: Chart, room: Room, number: int, place: float) -> float:
    known = [each.values[number] for each in chart.series]
    return min((abs(room.height_of(value) - place) for value in known if value is not None), default=1.0)


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Return places near those wanted, at least so far apart, within two ends where they fit.

    Parameters
    ----------
    wanted : sequence of float
        Rising.
    apart, low, high : float
        Least distance, and both ends.
    """
    groups: list[list[float]] = []  # of labels that touch: sum of wanted places less their offsets, count
    for place in wanted:
        groups.append([place, 1.0])
        while len(groups) > 1 and _touch(groups[-2], groups[-1], apart, low, high):
            total, count = groups.pop()
            groups[-1][0] += total - count * groups[-1][1] * apart
            groups[-1][1] += count
    found: list[float] = []
    for group in groups:
        start = _start(group, apart, low, high)
        found += [start + number * apart for number in range(int(group[1]))]
    return found


def _touch(one: Sequence[float], two: Sequence[float], apart: float, low: float, high: float) -> bool:
    end = _start(one, apart, low, high) + one[1] * apart
    return end > _start(two, apart, low, high)


def _start(group: Sequence[float], apart: float, low: float, high: float) -> float:
    """Return where a group of touching labels begins: around the mean of their places, within the ends."""
    total, count = group
    return max(low, min(total / count, high - (count - 1.0) * apart))
