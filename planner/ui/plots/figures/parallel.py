"""Parallel coordinates: an upright axis for each input and figure, a line a plan; drag an axis to filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

from planner.ui.kit.paint import CENTRE, RIGHT, Ink, advance, draw_marker, draw_text
from planner.ui.kit.table import Cell
from planner.ui.plots.card import Figures
from planner.ui.plots.chart import Chart
from planner.ui.plots.figures.sweep_data import Line, Lines, Scale
from planner.ui.theme import STRATEGY_SHORT, colour, mix, px, text_width, theme

_REACH: Final = 7  # of a line from the pointer, in pixels of the design
_AXIS_REACH: Final = 11
_CLICK: Final = 4
_LEAST_BRUSH: Final = 0.02  # what the keyboard's first step holds above and below a line
_ALPHA: Final = 0.42
_NOTHING = Lines()


class ParallelPlot(Chart):
    """Lines over upright axes. A line is a row of `Chart`, an axis a part.

    Signals
    -------
    filtered()
        Other lines pass the filters.
    """

    filtered = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._data = _NOTHING
        self._places = np.zeros((0, 0))
        self._brushes: dict[int, tuple[float, float]] = {}
        self._drag: tuple[int, float] | None = None
        self._moved = False
        self._anchor: float | None = None
        self._version = 0
        self.picked: int | None = None

    def set_data(self, data: Lines) -> None:
        """Other lines; filters stay where the axes are the same."""
        if [scale.title for scale in data.scales] != [scale.title for scale in self._data.scales]:
            self._brushes.clear()
        self._data, self.picked, self._anchor = data, None, None
        self._places = np.array([line.places for line in data.lines]).reshape(-1, len(data.scales))
        self._version += 1
        self._at = None
        self.data_changed()

    @property
    def data(self) -> Lines:
        """What is drawn."""
        return self._data

    # -- filters
    @property
    def passing(self) -> list[int]:
        """Numbers of the lines that pass every filter."""
        kept = np.ones(len(self._places), dtype=np.bool_)
        for axis, (low, high) in self._brushes.items():
            kept &= (self._places[:, axis] >= low) & (self._places[:, axis] <= high)
        return [int(number) for number in np.flatnonzero(kept)]

    @property
    def brushes(self) -> dict[int, tuple[float, float]]:
        """Filters by axis: from and to, as shares of its height."""
        return dict(self._brushes)

    def brush(self, axis: int, low: float, high: float) -> None:
        """Let only lines pass that cross an axis between two places."""
        self._brushes[axis] = (max(0.0, min(low, high)), min(1.0, max(low, high)))
        self._changed()

    def clear(self, axis: int | None = None) -> None:
        """Take the filter of an axis away, or all."""
        for each in [axis] if axis is not None else list(self._brushes):
            self._brushes.pop(each, None)
        self._anchor = None
        self._changed()

    def _changed(self) -> None:
        self.update()
        self.filtered.emit()

    # -- what Chart asks
    def row_count(self) -> int:
        """Lines."""
        return len(self._data.lines)

    def part_count(self, row: int) -> int:
        """Axes."""
        return len(self._data.scales)

    def read_out(self, row: int, part: int) -> str:
        """A line in words, the axis that is visited first."""
        line, scales = self._data.lines[row], self._data.scales
        order = [part, *(each for each in range(len(scales)) if each != part)]
        words = [f"{scales[each].title} {line.texts[each]}" for each in order]
        return f"{STRATEGY_SHORT[line.strategy]}: {', '.join(words)}"

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """The line nearest to a pixel among those that pass, with the axis nearest to it."""
        if not self._data.lines or len(self._data.scales) < 2:
            return None
        left, pitch, top, height = self._layout()
        at = (where.x() - left) / pitch
        before = int(min(max(at, 0), len(self._data.scales) - 2))
        share = min(1.0, max(0.0, at - before))
        heights = self._places[:, before] * (1 - share) + self._places[:, before + 1] * share
        away = np.abs(top + (1 - heights) * height - where.y())
        passing = self.passing
        if not passing:
            return None
        nearest = min(passing, key=lambda number: float(away[number]))
        if away[nearest] > px(_REACH) or not -0.1 <= at <= len(self._data.scales) - 0.9:
            return None
        return nearest, before + round(share)

    # -- geometry
    def _measure(self) -> tuple[float, float, float, float]:
        """Left of the first axis, pitch of the axes, top and height of all."""
        scales = self._data.scales
        widest = max((text_width(text, 11) for _, text in scales[0].ticks), default=0.0) if scales else 0.0
        left = min(widest + px(12), self.width() * 0.2)
        left = max(left, text_width(scales[0].title, 12, 500) / 2 + px(4) if scales else 0.0)
        right = max(text_width(scales[-1].title, 12, 500) / 2, px(24)) + px(4) if scales else 0.0
        pitch = (self.width() - left - right) / max(1, len(scales) - 1)
        top = float(px(58))
        return left, max(1.0, pitch), top, max(1.0, self.height() - top - px(14))

    def x_of(self, axis: int) -> float:
        """Where an axis stands, in pixels."""
        left, pitch, _, _ = self._layout()
        return round(left + pitch * axis) + 0.5

    def y_of(self, place: float) -> float:
        """Where a share of the height lies, in pixels."""
        _, _, top, height = self._layout()
        return top + (1.0 - place) * height

    def _axis_at(self, where: QPointF) -> int | None:
        _, _, top, height = self._layout()
        if not top - px(8) <= where.y() <= top + height + px(8):
            return None
        near = [
            axis
            for axis in range(len(self._data.scales))
            if abs(self.x_of(axis) - where.x()) <= px(_AXIS_REACH)
        ]
        return near[0] if near else None

    def _share(self, y: float) -> float:
        _, _, top, height = self._layout()
        return min(1.0, max(0.0, 1.0 - (y - top) / height))

    # -- mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a filter on an axis; beside one, pick the line."""
        axis = self._axis_at(event.position())
        if axis is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._keyboard, self._moved = False, False
        self._drag = (axis, event.position().y())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the filter out, or visit what is under the pointer."""
        if self._drag is None:
            on_axis = self._axis_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.SizeVerCursor if on_axis else Qt.CursorShape.ArrowCursor)
            super().mouseMoveEvent(event)
            return
        axis, start = self._drag
        if self._moved or abs(event.position().y() - start) >= px(_CLICK):
            self._moved = True
            self.brush(axis, self._share(start), self._share(event.position().y()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the filter; a click on an axis takes its filter away, or picks a line there."""
        if self._drag is not None:
            axis, self._drag = self._drag[0], None
            at = self.part_at(event.position())
            if not self._moved and axis in self._brushes:
                self.clear(axis)
            elif not self._moved and at is not None:
                self.opened.emit(*at)
        event.accept()

    # -- keyboard
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right change the axis, Up and Down the line; with Shift they filter, Delete ends that."""
        key, here = Qt.Key(event.key()), self.visiting
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if key in steps and self._data.lines:
            self._keyboard = True
            held = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(here, steps[key], extend=held)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and here is not None:
            self.clear(here[1])
        elif key == Qt.Key.Key_Escape and self._brushes:
            self.clear()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _step(self, here: tuple[int, int] | None, step: int, *, extend: bool) -> None:
        """Visit the line whose value here lies next; extend the filter from where Shift was first held."""
        axis = here[1] if here is not None else 0
        among = list(range(len(self._data.lines))) if extend else self.passing
        if not among:
            return
        order = sorted(among, key=lambda number: (self._places[number, axis], number))
        if here is None or here[0] not in order:
            self.visit((order[0], axis))
            return
        at = order.index(here[0]) + step
        if extend:  # to the next other value: a filter that holds the same lines says nothing
            while 0 <= at < len(order) and self._places[order[at], axis] == self._places[here[0], axis]:
                at += step
        goal = order[min(max(at, 0), len(order) - 1)]
        if extend:
            if self._anchor is None or axis not in self._brushes:
                self._anchor = float(self._places[here[0], axis])
            ends = sorted((self._anchor, float(self._places[goal, axis])))
            self.brush(axis, ends[0] - _LEAST_BRUSH / 2, ends[1] + _LEAST_BRUSH / 2)
        self.visit((goal, axis))

    # -- paint
    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Lines and axes from a picture made once; the line under pointer or keyboard above them."""
        state = (self._version, tuple(sorted(self._brushes.items())))
        self.keep(painter, state, self._draw_all)
        here = self.visiting
        if self.picked is not None and self.picked < self.row_count():
            self._draw_strong(painter, self.picked, None)
        if here is not None:
            self._draw_strong(painter, *here)

    def _draw_all(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        passing = set(self.passing)
        lines, whole = self._data.lines, range(len(self._data.scales))
        self._draw_some(
            painter, [lines[n] for n in range(len(lines)) if n not in passing], theme().grid, 1.0, whole
        )
        shared = self._data.inputs if len({line.strategy for line in lines}) > 1 else 0
        if shared > 1:  # all strategies of one point run together there: one line, in no strategy's colour
            once = {lines[number].point: lines[number] for number in sorted(passing)}
            self._draw_some(painter, list(once.values()), theme().muted, _ALPHA, range(shared))
        for strategy in dict.fromkeys(line.strategy for line in lines):
            own = [lines[number] for number in sorted(passing) if lines[number].strategy == strategy]
            self._draw_some(painter, own, strategy, _ALPHA, whole[max(0, shared - 1) :])
        self._draw_legend(painter, passing)
        for axis, scale in enumerate(self._data.scales):
            self._draw_axis(painter, axis, scale)

    def _draw_some(
        self, painter: QPainter, lines: Sequence[Line], tone: str, alpha: float, axes: range
    ) -> None:
        """Draw lines in one colour, as far as they go over some axes."""
        # One pixel wide and whole: any other pen takes Qt six times as long, and so many dashes say nothing.
        opaque = 1.0 if theme().high_contrast else alpha
        pen = QPen(colour(theme().strategy.get(tone, tone), opaque), 1.0)
        for line in lines:
            self._polyline(painter, line, pen, axes)

    def _polyline(self, painter: QPainter, line: Line, pen: QPen, axes: range) -> None:
        painter.setPen(pen)
        corners = [QPointF(self.x_of(axis), self.y_of(line.places[axis])) for axis in axes]
        painter.drawPolyline(QPolygonF(corners))

    def _draw_legend(self, painter: QPainter, passing: set[int]) -> None:
        """Marker, name and number of lines of each strategy, in the fixed order."""
        x = 0.0
        lines = self._data.lines
        for strategy in dict.fromkeys(line.strategy for line in lines):
            count = sum(1 for number in passing if lines[number].strategy == strategy)
            words = f"{STRATEGY_SHORT[strategy]} {count:,}"
            draw_marker(painter, strategy, QPointF(x + px(6), px(9)), px(4))
            ink = Ink(12, 500, theme().strategy_text[strategy])
            draw_text(painter, QRectF(x + px(15), 0, self.width(), px(18)), words, ink)
            x += px(15) + advance(words, ink) + px(18)

    def _draw_axis(self, painter: QPainter, axis: int, scale: Scale) -> None:
        left, pitch, top, height = self._layout()
        x = self.x_of(axis)
        t = theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(colour(t.strong), 1))
        painter.drawLine(QPointF(x, top), QPointF(x, top + height))
        if axis in self._brushes:
            self._draw_brush(painter, x, self._brushes[axis])
        room = min(pitch, 2 * min(left, pitch)) if axis == 0 else pitch
        box = QRectF(x - room / 2 + px(4), px(28), room - px(8), px(18))
        draw_text(painter, box, scale.title, Ink(12, 500, t.ink2, align=CENTRE), elide=True)
        ink, before = Ink(11, 400, t.muted, align=RIGHT), float("inf")
        for place, text in scale.ticks:
            y = self.y_of(place)
            if before - y < px(14):
                continue
            before = y
            painter.fillRect(QRectF(x - px(3), round(y), px(3), 1), colour(t.strong))
            width = min(advance(text, ink), pitch - px(14) if axis else left - px(8))
            tag = QRectF(x - px(6) - width, y - px(8), width, px(16))
            painter.fillRect(tag.adjusted(-px(2), px(1), px(2), -px(1)), colour(t.surface, 0.82))
            draw_text(painter, tag, text, ink, elide=True)

    def _draw_brush(self, painter: QPainter, x: float, ends: tuple[float, float]) -> None:
        low, high = (self.y_of(end) for end in ends)
        box = QRectF(x - px(6), high, px(12), max(2.0, low - high))
        painter.fillRect(box, colour(theme().ink, 0.12))
        painter.setPen(QPen(colour(theme().ink), 1))
        for y in (box.top(), box.bottom()):
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))

    def _draw_strong(self, painter: QPainter, number: int, axis: int | None) -> None:
        """One line above the others, with its values where there is room."""
        line = self._data.lines[number]
        tone = theme().strategy[line.strategy]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        axes = range(len(line.places))
        self._polyline(painter, line, QPen(colour(theme().surface), 5.0), axes)
        self._polyline(painter, line, QPen(colour(tone), 2.6 + theme().pen_extra), axes)
        for each, (place, text) in enumerate(zip(line.places, line.texts, strict=True)):
            x, y = self.x_of(each), self.y_of(place)
            draw_marker(painter, line.strategy, QPointF(x, y), px(4), halo=theme().surface)
            ink = Ink(11, 600, theme().ink)
            width = advance(text, ink) + px(10)
            last = each == len(line.places) - 1
            box = QRectF(x - width - px(7) if last else x + px(7), y - px(9), width, px(18))
            strong = each == axis
            ground = mix(theme().surface, tone, 0.22 if strong else 0.10)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(ground))
            painter.drawRoundedRect(box, px(4), px(4))
            draw_text(painter, box, text, Ink(11, 600, theme().ink, align=CENTRE))

    # -- twins
    def table(self) -> Figures:
        """The lines that pass, as figures."""
        headers = ["Strategy", *(scale.title for scale in self._data.scales)]
        rows: list[Sequence[Cell | str]] = []
        for number in self.passing:
            line = self._data.lines[number]
            cells = [Cell(text, place) for text, place in zip(line.texts, line.places, strict=True)]
            rows.append([Cell(STRATEGY_SHORT[line.strategy]), *cells])
        return headers, rows

    def describe(self) -> str:
        """How many lines over which axes, and the filters."""
        axes = ", ".join(scale.title for scale in self._data.scales)
        words = f"{len(self.passing)} of {len(self._data.lines)} lines over {axes}."
        for axis in sorted(self._brushes):
            words += f" Filtered by {self._data.scales[axis].title}."
        return (
            f"{words} Arrow keys visit lines and axes, Shift with Up or Down filters, Delete ends a filter."
        )


__all__ = ["ParallelPlot"]
