"""Free places for labels beside points: plain numbers, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Rect = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""
_PART = {"l": 0.0, "c": 0.5, "r": 1.0}


@dataclass(frozen=True)
class Place:
    """Offset of a label from its point, which part of it sits there (l, c or r), and its box."""

    dx: float
    dy: float
    align: str
    box: Rect


def free_place(
    at: tuple[float, float], size: tuple[float, float], taken: Sequence[Rect], limits: Rect, gap: float
) -> Place:
    """The first of eight places around a point that is free, else the one that overlaps least."""
    width, height = size
    tries = ((gap, 0.0, "l"), (-gap, 0.0, "r"), (0.0, -gap - 4, "c"), (0.0, gap + 4, "c"))
    corners = ((gap, -gap, "l"), (gap, gap, "l"), (-gap, -gap, "r"), (-gap, gap, "r"))
    best, least = None, float("inf")
    for dx, dy, align in (*tries, *corners):
        left, top = at[0] + dx - _PART[align] * width, at[1] + dy - height / 2
        box = (left, top, left + width, top + height)
        cost = sum(overlap(box, other) for other in taken) + 2 * (width * height - overlap(box, limits))
        if cost < least - 0.5:
            best, least = Place(dx, dy, align, box), cost
        if cost <= 0.0:
            break
    return best or Place(gap, 0.0, "l", (at[0], at[1], at[0] + width, at[1] + height))


def overlap(a: Rect, b: Rect) -> float:
    """Area that two boxes share."""
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across * down if across > 0 and down > 0 else 0.0
