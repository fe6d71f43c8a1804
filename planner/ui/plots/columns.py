"""Stacked columns over months: hue is the strategy, lightness the category."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from planner.ui.kit.paint import CENTRE, RIGHT, Ink, advance, draw_text, rounded
from planner.ui.kit.table import Cell
from planner.ui.plots.bars import LIGHTNESS
from planner.ui.plots.chart import Chart, finite
from planner.ui.plots.items import tone_of
from planner.ui.plots.ticks import AxisSpec
from planner.ui.theme import colour, mix, px, text_width, theme


@dataclass(frozen=True)
class ColumnsData:
    """One strategy: values by category and column; ``names`` are long, ``labels`` stand under the axis."""

    strategy: str = ""
    categories: tuple[str, ...] = ()
    values: tuple[tuple[float, ...], ...] = ()
    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def totals(self) -> list[float]:
        """Height of each column."""
        return [sum(max(0.0, finite(v)) for v in column) for column in zip(*self.values, strict=True)]


class StackedColumns(Chart):
    """Rows are categories, parts are columns: left and right walk through time."""

    def __init__(self, name: str, writer: Callable[[float], str]) -> None:
        super().__init__(name)
        self._writer = writer
        self.data = ColumnsData()
        self.axis = AxisSpec()

    def set_data(self, data: ColumnsData, axis: AxisSpec) -> None:
        """Other columns."""
        self.data, self.axis = data, axis
        self.data_changed()

    def row_count(self) -> int:
        """Categories."""
        return len(self.data.categories)

    def part_count(self, row: int) -> int:
        """Columns."""
        return len(self.data.names)

    def read_out(self, row: int, part: int) -> str:
        """Month, its total, and one category of it."""
        value = finite(self.data.values[row][part])
        total = self._writer(self.data.totals[part])
        return f"{self.data.names[part]}: {total}, {self.data.categories[row].lower()} {self._writer(value)}"

    # -- geometry: left, room, top, column pitch

    def _measure(self) -> tuple[float, float, float, float]:
        left = max((text_width(t, 11) for t in self.axis.labels), default=0.0) + px(14)
        room = max(1.0, float(self.width()) - left - px(6))
        lines = max((line for _, line in self._legend_places(left)), default=0)
        return left, room, float(px(26 + 18 * lines)), room / max(1, len(self.data.names))

    def _bottom(self) -> float:
        return max(self._layout()[2] + 1, float(self.height() - px(20)))

    def _y(self, value: float) -> float:
        top, bottom = self._layout()[2], self._bottom()
        lo, hi = self.axis.ends
        return bottom - (bottom - top) * min(1.0, max(0.0, (value - lo) / (hi - lo)))

    def _boxes(self, part: int) -> list[QRectF]:
        """The segments of a column, one a category, from the bottom up."""
        left, _, _, pitch = self._layout()
        gap = 1 if pitch < px(10) else round(pitch * 0.22)
        x0, x1 = round(left + pitch * part), round(left + pitch * (part + 1)) - gap
        boxes, run = [], 0.0
        for values in self.data.values:
            value = max(0.0, finite(values[part]))
            y0, y1 = round(self._y(run + value)), round(self._y(run))
            run += value
            boxes.append(QRectF(x0, y0, max(1, x1 - x0), max(0, y1 - y0 - (1 if y1 - y0 > 2 else 0))))
        return boxes

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """The column under a pixel, and the nearest of its segments."""
        left, _, _, pitch = self._layout()
        part = int((where.x() - left) // pitch)
        if not 0 <= part < len(self.data.names):
            return None
        filled = [(row, box) for row, box in enumerate(self._boxes(part)) if box.height() > 0]
        if not filled:
            return (0, part) if self.data.categories else None
        return min(filled, key=lambda p: abs(p[1].center().y() - where.y()) - p[1].height() / 2)[0], part

    # -- paint

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Legend or read-out, grid, columns, months."""
        if not self.data.names:
            return
        here = self.visiting
        if here is None:
            self._legend(painter)
        else:
            ink = Ink(12, 500)
            left = self._layout()[0]
            draw_text(painter, QRectF(left, 0, width - left, px(18)), self.read_out(*here), ink, elide=True)
        self._grid(painter, width)
        hue = tone_of(self.data.strategy or "ink2")
        for part in range(len(self.data.names)):
            self._column(painter, part, hue, here)
        self._months(painter, width, height)

    def _legend_places(self, left: float) -> list[tuple[float, int]]:
        """Where each category stands: x and line, wrapped where the card is narrow."""
        places, x, line = [], left, 0
        for name in self.data.categories:
            need = px(15) + text_width(name, 11)
            if x > left and x + need > self.width():
                x, line = left, line + 1
            places.append((x, line))
            x += need + px(14)
        return places

    def _legend(self, painter: QPainter) -> None:
        t, step = theme(), px(18)
        places = self._legend_places(self._layout()[0])
        for i, (name, (x, line)) in enumerate(zip(self.data.categories, places, strict=True)):
            square = QRectF(x, px(4) + line * step, px(10), px(10))
            rounded(painter, square, px(2), mix(t.surface, t.ink2, LIGHTNESS[min(i, len(LIGHTNESS) - 1)]))
            words = QRectF(x + px(15), line * step, self.width(), step)
            draw_text(painter, words, name, Ink(11, 400, t.muted))

    def _grid(self, painter: QPainter, width: float) -> None:
        t, left = theme(), self._layout()[0]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for value, label in zip(self.axis.ticks, self.axis.labels, strict=False):
            y = round(self._y(value))
            painter.fillRect(QRectF(left, y, width - left, 1), colour(t.border if value == 0 else t.grid))
            box = QRectF(0, y - px(9), left - px(8), px(18))
            draw_text(painter, box, label, Ink(11, 400, t.muted, align=RIGHT))

    def _column(self, painter: QPainter, part: int, hue: str, here: tuple[int, int] | None) -> None:
        t = theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for row, box in enumerate(self._boxes(part)):
            if box.height() <= 0:
                continue
            painter.fillRect(box, colour(mix(t.surface, hue, LIGHTNESS[min(row, len(LIGHTNESS) - 1)])))
            if here == (row, part) or t.high_contrast:
                painter.setPen(QPen(colour(t.ink), 2 if here == (row, part) else 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _months(self, painter: QPainter, width: float, height: float) -> None:
        left, _, _, pitch = self._layout()
        ink = Ink(11, 400, theme().muted, align=CENTRE)
        widest = max(advance(label, ink) for label in self.data.labels) + px(10)
        step = next((s for s in (1, 2, 3, 4, 6, 12, 24) if s * pitch >= widest), 36)
        for part in range(0, len(self.data.labels), step):
            half = advance(self.data.labels[part], ink) / 2
            centre = min(max(left + pitch * (part + 0.5), left + half - px(6)), width - half)
            box = QRectF(centre - half - 2, height - px(18), 2 * half + 4, px(18))
            draw_text(painter, box, self.data.labels[part], ink)

    # -- twin

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """A row a month."""
        rows = []
        for part, (name, total) in enumerate(zip(self.data.names, self.data.totals, strict=True)):
            values = [finite(v[part]) for v in self.data.values]
            cells = [Cell(self._writer(v), v) for v in values]
            rows.append([Cell(name), *cells, Cell(self._writer(total), total, weight=600)])
        return ["Month", *self.data.categories, "Total"], rows

    def describe(self) -> str:
        """First month, then the range of the others."""
        totals: Sequence[float] = self.data.totals
        if not totals:
            return "No data."
        text = f"{self.data.names[0]} {self._writer(totals[0])}"
        if len(totals) > 1:
            low, high = self._writer(min(totals[1:])), self._writer(max(totals[1:]))
            text += f"; months after it {low} to {high}"
        return text + "."
