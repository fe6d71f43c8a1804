"""Stacked bars: hue is the strategy, lightness the category."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from planner.ui.kit.paint import Ink, advance, draw_text, hatch, rounded
from planner.ui.kit.table import Cell
from planner.ui.plots.chart import Chart, draw_name, finite, names_width
from planner.ui.plots.items import tone_of
from planner.ui.theme import colour, metrics, mix, on_fill, px, text_width, theme

Writer = Callable[[float], str]
LIGHTNESS = (1.0, 0.66, 0.44, 0.28, 0.16, 0.08)


@dataclass(frozen=True)
class StackRow:
    """A stacked bar: one value a category, the total in words; ``span`` instead where it is unknown."""

    strategy: str
    name: str
    values: tuple[float, ...] = ()
    total: str = ""
    span: tuple[float, float] | None = None
    selected: bool = False


class StackedBars(Chart):
    """Stacked bars: hue is the strategy, lightness the category, largest category first."""

    def __init__(self, name: str, writer: Writer) -> None:
        super().__init__(name)
        self._writer = writer
        self._categories: list[str] = []
        self._rows: list[StackRow] = []
        self._top = 0.0

    def set_data(self, categories: Sequence[str], rows: Sequence[StackRow], top: float | None = None) -> None:
        """Other bars; ``top`` is the end of the axis, else the longest bar."""
        self._categories, self._rows = list(categories), list(rows)
        longest = max((self._length(r) for r in self._rows), default=0.0)
        self._top = max(longest, finite(top or 0.0))
        self.data_changed()

    @staticmethod
    def _length(row: StackRow) -> float:
        if row.span is not None:
            return max(0.0, finite(row.span[0]), finite(row.span[1]))
        return sum(max(0.0, finite(v)) for v in row.values)

    def row_count(self) -> int:
        """Rows."""
        return len(self._rows)

    def part_count(self, row: int) -> int:
        """Categories, or the one span."""
        return 1 if self._rows[row].span is not None else max(1, len(self._rows[row].values))

    def read_out(self, row: int, part: int) -> str:
        """Strategy, category, value and share."""
        r = self._rows[row]
        if r.span is not None or part >= min(len(r.values), len(self._categories)):
            return f"{r.name}: {r.total}"
        value, whole = finite(r.values[part]), self._length(r)
        share = f", {100 * value / whole:.0f}% of {r.total}" if whole > 0 and value >= 0 else ""
        return f"{r.name}: {self._categories[part]} {self._writer(value)}{share}"

    # -- geometry

    def _measure(self) -> tuple[float, float, float, float]:
        width, height = float(self.width()), float(self.height())
        left = names_width([(r.strategy, r.name) for r in self._rows], width * 0.45)
        right = max((text_width(r.total, 12, 600) for r in self._rows), default=0.0) + px(14)
        top = float(px(18) * max(1, len(self._legend_rows(left))) + px(4)) if self._categories else 0.0
        pitch = (height - top) / max(1, len(self._rows))
        return left, max(1.0, width - left - right), top, max(1.0, pitch)

    def _bar_height(self, pitch: float) -> float:
        return float(round(min(px(26), max(2.0, pitch - px(8)))))

    def _x(self, value: float, left: float, room: float) -> float:
        return left + (room * min(1.0, max(0.0, value / self._top)) if self._top > 0 else 0.0)

    def _parts(self, row: int) -> list[tuple[int, QRectF]]:
        """Pixel rectangles of the segments of a row."""
        left, room, top, pitch = self._layout()
        high = self._bar_height(pitch)
        y = round(top + pitch * (row + 0.5) - high / 2)
        r = self._rows[row]
        if r.span is not None:
            low, far = sorted((finite(r.span[0]), finite(r.span[1])))
            x0, x1 = round(self._x(low, left, room)), round(self._x(far, left, room))
            return [(0, QRectF(x0, y, max(2, x1 - x0), high))]
        parts, run = [], 0.0
        for i, value in enumerate(r.values):
            value = max(0.0, finite(value))
            x0, x1 = round(self._x(run, left, room)), round(self._x(run + value, left, room))
            run += value
            if value > 0:
                parts.append((i, QRectF(x0, y, max(1, x1 - x0 - 1), high)))
        return parts

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """The segment under a pixel."""
        for row in range(len(self._rows)):
            for part, box in self._parts(row):
                if box.adjusted(0, -2, 1, 2).contains(where):
                    return row, part
        return None

    # -- paint

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Legend or read-out, then the rows."""
        left, _, top, pitch = self._layout()
        here = self.visiting
        names = tuple((row.strategy, row.name, row.selected) for row in self._rows)
        legend = here is None and tuple(self._categories)
        self.keep(
            painter, (names, legend, left, top, pitch), lambda own: self._paint_words(own, bool(legend))
        )
        if self._categories and here is not None:
            self._say(painter, QRectF(0, 0, width, px(18)), left, self.read_out(*here))
        for i, row in enumerate(self._rows):
            end = self._draw_row(painter, i, here)
            box = QRectF(end + px(8), top + pitch * i, max(0.0, width - end - px(8)), pitch)
            draw_text(painter, box, row.total, Ink(12, 600 if row.selected else 500))

    def _paint_words(self, painter: QPainter, legend: bool) -> None:
        left, _, top, pitch = self._layout()
        if legend:
            self._legend(painter)
        for i, row in enumerate(self._rows):
            draw_name(
                painter, QRectF(0, top + pitch * i, left, pitch), (row.strategy, row.name, row.selected)
            )

    @staticmethod
    def _say(painter: QPainter, box: QRectF, left: float, text: str) -> None:
        ink = Ink(12, 500)
        start = max(0.0, min(left, box.width() - advance(text, ink)))
        draw_text(painter, box.adjusted(start, 0, 0, 0), text, ink, elide=True)

    def _legend_rows(self, left: float) -> list[list[tuple[int, float]]]:
        """Category and its x, line by line: from the bars' left edge, or from 0 and wrapped if narrow."""
        needs = [px(15) + text_width(name, 11) + px(14) for name in self._categories]
        width = float(self.width())
        start = left if left + sum(needs) - px(14) <= width else 0.0
        rows: list[list[tuple[int, float]]] = [[]]
        x = start
        for i, need in enumerate(needs):
            if rows[-1] and x + need - px(14) > width:
                rows.append([])
                x = start
            rows[-1].append((i, x))
            x += need
        return rows

    def _legend(self, painter: QPainter) -> None:
        t, side, line = theme(), px(10), px(18)
        shades = _shades(len(self._categories))
        for number, row in enumerate(self._legend_rows(self._layout()[0])):
            y = number * line
            for i, x in row:
                square = QRectF(x, y + (line - side) / 2, side, side)
                rounded(painter, square, px(2), mix(t.surface, t.ink2, shades[i]))
                words = QRectF(x + px(15), y, self.width(), line)
                draw_text(painter, words, self._categories[i], Ink(11, 400, t.muted))

    def _draw_row(self, painter: QPainter, index: int, here: tuple[int, int] | None) -> float:
        """Paint the segments; answers where the bar ends."""
        t, row = theme(), self._rows[index]
        hue = tone_of(row.strategy if row.strategy in t.strategy else "ink2")
        end = self._layout()[0]
        shades = _shades(max(len(row.values), len(self._categories)))
        for part, box in self._parts(index):
            end = box.right()
            if row.span is not None:
                hatch(painter, box, hue)
            else:
                self._segment(painter, box, mix(t.surface, hue, shades[part]), row.values[part])
            if here == (index, part):
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                painter.setPen(QPen(colour(t.ink), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box.adjusted(1, 1, -1, -1))
        return end

    def _segment(self, painter: QPainter, box: QRectF, shade: str, value: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(box, colour(shade))
        if theme().high_contrast:
            painter.setPen(QPen(colour(theme().ink), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        if box.width() <= px(24) or box.height() < metrics(11, 600).height():
            return
        text = self._writer(value)
        ink = Ink(11, 600, on_fill(shade))
        if box.width() > advance(text, ink) + px(24):
            draw_text(painter, box.adjusted(px(6), 0, 0, 0), text, ink)

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """The figures."""
        rows = []
        for r in self._rows:
            values = [finite(v) for v in r.values] if r.span is None else []
            cells = [Cell(self._writer(v), v) for v in values]
            cells += [Cell("")] * (len(self._categories) - len(cells))
            total = Cell(r.total, self._length(r), weight=600)
            rows.append([Cell(r.name, marker=r.strategy), *cells[: len(self._categories)], total])
        return ["Strategy", *self._categories, "Total"], rows

    def describe(self) -> str:
        """Totals, and the largest part of each."""
        parts = []
        for r in self._rows:
            text = f"{r.name} {r.total}"
            values = [finite(v) for v in r.values][: len(self._categories)]
            if r.span is None and values and max(values) > 0:
                largest = values.index(max(values))
                text += f", most of it {self._categories[largest].lower()}"
            parts.append(text)
        return "; ".join(parts) + "." if parts else "No data."


def _shades(count: int) -> list[float]:
    """Lightness of each category."""
    return [LIGHTNESS[min(i, len(LIGHTNESS) - 1)] for i in range(count)]
