"""What stands on the lines of a chart: the payback, the difference at the end, this plan; in free places."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from planner.export.story import Mark
from planner.ui.present.area import NAME_STRONG, Area
from planner.ui.present.canvas import Canvas, Type
from planner.ui.theme import colour, theme

_HEADS = 7.0
_LINE = 26.0
_CHIP = Type(15, 600, "on_accent")
_LIMIT = Type(15, 500, "ink2")
_HEIGHTS = (-136.0, -104.0, -76.0, -170.0, -210.0, -260.0, 76.0, 110.0, 150.0, -320.0)
_SAMPLES = 9


class Traces:
    """The lines on the sheet, to keep words off them."""

    def __init__(self, lines: Iterable[list[QPointF]]) -> None:
        self._lines = [(np.array([p.x() for p in line]), np.array([p.y() for p in line])) for line in lines]

    def crossed(self, box: QRectF) -> float:
        """How much lines run through a box."""
        steps = np.linspace(box.left(), box.right(), _SAMPLES)
        found = 0.0
        for xs, ys in self._lines:
            heights = np.interp(steps, xs, ys, left=math.inf, right=math.inf)
            found += float(np.count_nonzero((heights >= box.top()) & (heights <= box.bottom())))
        return found


def paint_callouts(canvas: Canvas, area: Area, traces: Traces, marks: Sequence[Mark]) -> None:
    """Paint what a chart points at."""
    taken: list[QRectF] = []
    for mark in marks:
        if mark.kind == "horizontal":
            taken.append(_limit(canvas, area, traces, mark))
        elif mark.kind == "vertical":
            taken.append(_here(canvas, area, mark))
            taken.append(QRectF(area.at_x(mark.x) - 5, area.box.top(), 10, area.box.height()))
    for mark in marks:
        if mark.kind == "gap":
            taken += _gap(canvas, area, traces, mark)
    for mark in marks:
        if mark.kind == "point" and area.holds(mark.x, mark.y):
            taken.append(_point(canvas, area, traces, mark, taken))


def _point(canvas: Canvas, area: Area, traces: Traces, mark: Mark, taken: list[QRectF]) -> QRectF:
    """A ring, and words above or below it with a leader."""
    at = area.point(mark.x, mark.y)
    box = _free(area, traces, at, NAME_STRONG.width(mark.words), taken)
    canvas.pen("muted", 1.5)
    above = box.center().y() < at.y()
    start, end = (at.y() - 10, box.bottom()) if above else (at.y() + 10, box.top())
    canvas.painter.drawLine(QPointF(at.x(), start), QPointF(at.x(), end))
    canvas.pen("ink", 3.0)
    canvas.painter.setBrush(colour(theme().app))
    canvas.painter.drawEllipse(at, 8.0, 8.0)
    canvas.text(box.left(), box.center().y(), mark.words, NAME_STRONG)
    return box


def _free(area: Area, traces: Traces, at: QPointF, width: float, taken: list[QRectF]) -> QRectF:
    """A place for words above or below a point that lines cross least, its leader straight."""
    room = area.box.adjusted(2, -8, -2, -4)

    def cost(number: int, dx: float, box: QRectF) -> float:
        outside = 0.0 if room.contains(box) else 60.0
        covered = 40.0 * sum(box.intersects(other) for other in taken)
        aside = 0.0 if dx == _ASIDE else 0.3
        return number * 0.4 + outside + covered + aside + 3 * traces.crossed(box.adjusted(-4, -4, 4, 4))

    places = [
        (number, dx, QRectF(at.x() + dx, at.y() + dy - _LINE / 2, width, _LINE))
        for number, dy in enumerate(_HEIGHTS)
        for dx in (_ASIDE, -_ASIDE - width, -width / 2, 2.0 - width, -2.0)
    ]
    return min(places, key=lambda place: cost(*place))[2]


_ASIDE = -8.0


def _gap(canvas: Canvas, area: Area, traces: Traces, mark: Mark) -> list[QRectF]:
    """An arrow between two line ends with the difference beside it; none where they are close."""
    words = mark.words
    at = area.at_x(mark.x) - 7
    top, bottom = sorted((area.at_y(mark.y), area.at_y(mark.y_to)))
    top, bottom = top + 16, bottom - 10
    width = NAME_STRONG.width(words)
    if bottom - top < 44:
        return []
    painter = canvas.painter
    canvas.pen("ink", 1.5)
    painter.drawLine(QPointF(at, top), QPointF(at, bottom))
    for y, down in ((top, 1.0), (bottom, -1.0)):
        for side in (-5.0, 5.0):
            painter.drawLine(QPointF(at, y), QPointF(at + side, y + _HEADS * down))
    middle = (top + bottom) / 2
    places = [top + 14 + (bottom - top - 28) * i / 12 for i in range(13)]
    boxes = [QRectF(at - 16 - width, y - _LINE / 2, width, _LINE) for y in places]

    def cost(box: QRectF) -> float:
        return 3 * traces.crossed(box.adjusted(-4, -3, 4, 3)) + abs(box.center().y() - middle) / 60

    best = min(boxes, key=cost)
    canvas.text(best.left(), best.center().y(), words, NAME_STRONG)
    return [best, QRectF(at - 6, top, 12, bottom - top)]


def _here(canvas: Canvas, area: Area, mark: Mark) -> QRectF:
    """An upright line and a chip that names it."""
    box, at = area.box, area.at_x(mark.x)
    if not box.left() - 1 <= at <= box.right() + 1:
        return QRectF()
    canvas.upright(at, box.top(), box.height(), "strong")
    width = _CHIP.width(mark.words) + 24
    left = min(max(at - width / 2, box.left()), max(box.left(), box.right() - width))
    chip = QRectF(left, box.top() - 14, width, _LINE)
    canvas.rounded(chip, _LINE / 2, "accent")
    canvas.text(left + 12, chip.center().y(), mark.words, _CHIP)
    return chip


def _limit(canvas: Canvas, area: Area, traces: Traces, mark: Mark) -> QRectF:
    """A dashed line across with its name at the end where fewer lines run."""
    box, y = area.box, area.at_y(mark.y)
    if not box.top() - 1 <= y <= box.bottom() + 1:
        return QRectF()
    canvas.dashes(QPointF(box.left(), y), QPointF(box.right(), y))
    width = _LIMIT.width(mark.words)
    places = [
        QRectF(left, y + dy - 11, width, 22)
        for dy in (-14.0, 15.0)
        for left in (box.right() - width - 20, box.left() + 6)
    ]
    inside = [place for place in places if box.adjusted(-1, -4, 1, 0).contains(place)] or places
    best = min(inside, key=lambda place: traces.crossed(place.adjusted(-3, 0, 3, 0)))
    canvas.text(best.left(), best.center().y(), mark.words, _LIMIT)
    return best
