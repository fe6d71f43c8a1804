"""The plans that no other one beats: cost against carbon or score, one point a plan, to be picked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.engine.optimise import Candidate
from planner.engine.optimise_words import figure_words
from planner.engine.results import FIGURES
from planner.ui.kit.choice import Segmented
from planner.ui.kit.paint import draw_marker, ring
from planner.ui.kit.table import Cell
from planner.ui.kit.text import Text
from planner.ui.plots.base import Note, Notes, Plot
from planner.ui.plots.card import Figures, Hooks, PlotCard
from planner.ui.plots.figures.common import labeller, short, span_of
from planner.ui.plots.frame import Frame, Item
from planner.ui.plots.places import Rect, free_place
from planner.ui.plots.ticks import linear_axis
from planner.ui.theme import colour, metrics, px, text_width, theme

SIDES: Final = (("carbon_kgco2e", "Carbon"), ("quality", "Score"))
_REACH_PX: Final = 14
_RADIUS: Final = 4.6
_AIR: Final = 0.06


@dataclass(frozen=True)
class FrontPoint:
    """A plan of the front, what it changes in words, and the number by which it is picked."""

    candidate: Candidate
    words: str


class _Dots(Item):
    """Markers of plans; the one picked has an ink ring, the plan as it is is a ring alone."""

    overhang = None

    def __init__(self) -> None:
        super().__init__(60)
        self.places: list[tuple[str, float, float]] = []
        self.spans: list[tuple[float, float]] = []
        self.now: tuple[float, float] | None = None
        self.here: int | None = None
        self.picked: int | None = None

    def is_empty(self) -> bool:
        """Nothing to draw."""
        return not self.places and self.now is None

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint the rings, then the markers."""
        radius = px(_RADIUS * 10) / 10
        self._draw_spans(painter, frame)
        if self.now is not None:
            ring(painter, frame.point(*self.now), radius)
        for number, (strategy, x, y) in enumerate(self.places):
            where = frame.point(x, y)
            if number in (self.here, self.picked):
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
                painter.setPen(QPen(colour(theme().ink), 1.6))
                painter.setBrush(colour(theme().hover if number == self.here else theme().surface))
                painter.drawEllipse(where, radius * 1.9, radius * 1.9)
            draw_marker(painter, strategy, where, radius, halo="" if number == self.here else theme().surface)

    def _draw_spans(self, painter: QPainter, frame: Frame) -> None:
        """Where only a range is known, the marker in its middle is not the figure: a dashed line says so."""
        for (strategy, x, _), (low, high) in zip(self.places, self.spans, strict=True):
            if high > low:
                top, bottom = max(frame.y(high), frame.box.top()), min(frame.y(low), frame.box.bottom())
                pen = QPen(colour(theme().strategy[strategy], 0.6), 1.4)
                pen.setDashPattern([3, 3])
                painter.setPen(pen)
                painter.drawLine(QPointF(frame.x(x), top), QPointF(frame.x(x), bottom))


class FrontPlot(Plot):
    """Points by cost and a second figure.

    Signals
    -------
    visited(int)
        The point under the pointer or the keys; -1 for none.
    picked(int)
        A point was clicked, or Enter was pressed on it.
    """

    visited = Signal(int)
    picked = Signal(int)

    def __init__(self, name: str) -> None:
        self.dots, self._notes = _Dots(), Notes()
        self._order: list[int] = []
        self._labels: list[tuple[str, float, float]] = []
        super().__init__(name)
        self.add(self.dots)
        self.add(self._notes)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view_box.geometryChanged.connect(self.place)

    def set_points(
        self,
        places: Sequence[tuple[str, float, float]],
        now: tuple[float, float] | None,
        best: int | None,
        unit: str,
        spans: Sequence[tuple[float, float]] = (),
    ) -> None:
        """Show other points: strategy, cost, second figure; the plan as it is; which one is the best.

        ``spans``: low and high of the second figure, where only a range of it is known.
        """
        self.dots.places, self.dots.now = list(places), now
        self.dots.spans = list(spans) or [(y, y) for *_, y in places]
        self.dots.here = None
        self._order = sorted(range(len(places)), key=lambda number: places[number][1:])
        xs = [x for _, x, _ in places] + ([now[0]] if now else [])
        ys = [y for *_, y in places] + ([now[1]] if now else [])
        self.set_axes(
            linear_axis(*_with_air(xs), labeller("usd"), count=5, snap=False),
            linear_axis(*_with_air(ys), labeller(unit), count=5, snap=False),
        )
        self._labels = [("now", *now)] if now else []
        if best is not None:
            self._labels.append(("best", *places[best][1:]))
        self.place()
        self.viewport().update()

    def set_picked(self, number: int | None) -> None:
        """Mark the plan that is shown beside the plot."""
        if number != self.dots.picked:
            self.dots.picked = number
            self.viewport().update()

    def place(self) -> None:
        """Give "now" and "best" free places."""
        box: QRectF = self.view_box.sceneBoundingRect()
        limits = (box.left(), box.top(), box.right(), box.bottom())
        dots = [self.pixel_of(x, y) for _, x, y in self.dots.places]
        taken: list[Rect] = [(p.x() - 6, p.y() - 6, p.x() + 6, p.y() + 6) for p in dots]
        notes, height = [], metrics(12).height()
        for text, x, y in self._labels:
            at, size = self.pixel_of(x, y), (text_width(text, 12, 600) + 2, height)
            spot = free_place((at.x(), at.y()), size, taken, limits, float(px(11)))
            taken.append(spot.box)
            notes.append(Note(x, y, text, spot.dx, spot.dy, spot.align, "ink", 600))
        self._notes.set(notes)

    # -- visiting

    def visit(self, number: int | None) -> None:
        """Go to a point, or to none."""
        if number != self.dots.here:
            self.dots.here = number
            self.visited.emit(-1 if number is None else number)
            self.viewport().update()

    def nearest(self, where: QPointF) -> int | None:
        """Return the point near a pixel."""
        if not self.dots.places:
            return None
        pixels = [self.pixel_of(x, y) for _, x, y in self.dots.places]
        away = np.array([math.hypot(p.x() - where.x(), p.y() - where.y()) for p in pixels])
        best = int(np.argmin(away))
        return best if away[best] <= px(_REACH_PX) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Visit the point under the pointer."""
        number = self.nearest(event.position())
        self.visit(number)
        shape = Qt.CursorShape.ArrowCursor if number is None else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the point under the pointer."""
        super().mousePressEvent(event)
        number = self.nearest(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self.visit(number)
            self.picked.emit(number)

    def _leave(self) -> None:
        super()._leave()
        self.visit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right walk by cost, Home and End jump, Enter picks, Escape leaves."""
        key, last = Qt.Key(event.key()), len(self._order) - 1
        if last < 0:
            event.ignore()
            return
        here = None if self.dots.here is None else self._order.index(self.dots.here)
        goals = {
            Qt.Key.Key_Left: last if here is None else max(here - 1, 0),
            Qt.Key.Key_Right: 0 if here is None else min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        self._by_key = True
        if key in goals:
            self.visit(self._order[goals[key]])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.dots.here is not None:
            self.picked.emit(self.dots.here)
        elif key == Qt.Key.Key_Escape and self.dots.here is not None:
            self.visit(None)
        else:
            event.ignore()
            return
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No point is visited any more."""
        super().focusOutEvent(event)
        self.visit(None)


class FrontFigure(PlotCard):
    """The card of the front; `picked` carries the number of a plan."""

    picked = Signal(int)

    def __init__(self) -> None:
        self.points: list[FrontPoint] = []
        self._now: Candidate | None = None
        self._best: int | None = None
        self.chart = FrontPlot("Front")
        self.note = Text("", "caption", elide=True)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.chart, 1)
        column.addWidget(self.note)
        body.setFocusProxy(self.chart)
        self.side = Segmented("Cost against", SIDES, SIDES[0][0])
        super().__init__("The front", "", body, hooks=Hooks(self._table, self._describe), tools=[self.side])
        self.side.chosen.connect(lambda _key: self._redraw())
        self.chart.visited.connect(self._say_point)
        self.chart.picked.connect(self.picked)
        self._say_point(-1)

    def set_front(self, points: Sequence[FrontPoint], now: Candidate | None, best: Candidate | None) -> None:
        """Show another front."""
        self.points, self._now = list(points), now
        numbers = (n for n, point in enumerate(self.points) if point.candidate == best)
        self._best = next(numbers, None)
        self._redraw()

    def set_picked(self, candidate: Candidate | None) -> None:
        """Mark the plan shown beside the plot."""
        numbers = (n for n, point in enumerate(self.points) if point.candidate == candidate)
        self.chart.set_picked(next(numbers, None))

    def set_dimmed(self, reason: str = "") -> None:
        """Dim the points as out of date."""
        self.chart.set_dimmed(bool(reason))

    def _redraw(self) -> None:
        name = self.side.current
        places = [
            (p.candidate.strategy, p.candidate.figures["total_usd"], p.candidate.figures[name])
            for p in self.points
        ]
        now = None if self._now is None else (self._now.figures["total_usd"], self._now.figures[name])
        spans = [_span(p.candidate, name) for p in self.points]
        self.chart.set_points(places, now, self._best, FIGURES[name].unit, spans)
        word = dict(SIDES)[name].lower()
        self.set_titles("The front", f"total against {word}: plans that no other beats")
        self._say_point(-1)
        self.refresh()

    def _say_point(self, number: int) -> None:
        if 0 <= number < len(self.points):
            self.note.setText(self._words_of(self.points[number]))
        else:
            self.note.setText("A click or Enter shows a plan." if self.points else "")

    @staticmethod
    def _words_of(point: FrontPoint) -> str:
        each = point.candidate
        figures = ", ".join(figure_words(each, name) for name in ("total_usd", "carbon_kgco2e"))
        score = figure_words(each, "quality")
        return f"{short(each.strategy)}: {figures}, score {score}. {point.words[:1].upper()}{point.words[1:]}"

    def _table(self) -> Figures:
        headers = ["Plan", "Total", "Carbon", "Score", "Lowest score"]
        names = ("total_usd", "carbon_kgco2e", "quality", "quality_lowest")
        rows = [
            [
                Cell(f"{short(point.candidate.strategy)}, {point.words}", marker=point.candidate.strategy),
                *(Cell(figure_words(point.candidate, name), point.candidate.figures[name]) for name in names),
            ]
            for point in self.points
        ]
        return headers, rows

    def _describe(self) -> str:
        if not self.points:
            return "No plans yet."
        return f"{len(self.points)} plans. " + " ".join(f"{self._words_of(p)}." for p in self.points)


def _span(candidate: Candidate, name: str) -> tuple[float, float]:
    value, (low, high) = candidate.figures[name], candidate.energy_range_frac
    return (value * low, value * high) if name == "carbon_kgco2e" else (value, value)


def _with_air(values: Sequence[float]) -> tuple[float, float]:
    low, high = span_of([np.array(values, dtype=np.float64)], from_zero=False)
    air = _AIR * (high - low) or 0.1 * abs(high) or 1.0
    return max(0.0, low - air) if low >= 0.0 else low - air, high + air
