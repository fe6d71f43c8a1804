"""A map of two swept inputs: each cell the cheapest strategy, or a figure of one strategy in greys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF

from planner.ui.kit.paint import CENTRE, RIGHT, Edge, Ink, advance, draw_marker, draw_text, hatch, rounded
from planner.ui.kit.table import Cell
from planner.ui.plots.card import Figures
from planner.ui.plots.chart import Chart
from planner.ui.plots.figures.sweep_data import Square, Squares, shares_of_cheapest
from planner.ui.theme import STRATEGY_SHORT, colour, mix, on_fill, px, text_width, theme

NO_STRATEGY: Final = "None keeps all limits"
_PALE, _DARK = 0.05, 0.85  # greys of the lowest and the highest figure: ink over surface
_NOTHING = Squares("", "", (), (), ())


class HeatMap(Chart):
    """Cells in rows and columns; a row of `Chart` is a row, from the highest value down, a part a column."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._data = _NOTHING
        self._version = 0
        self._corners = False
        self._widest: float | None = None
        self.picked: tuple[int, int] | None = None

    def set_data(self, data: Squares) -> None:
        """Other cells."""
        self._data, self.picked = data, None
        self._corners = data.missing == "some"  # where all miss, the subtitle says so
        self._version += 1
        self._at = None
        self.data_changed()

    # -- what Chart asks
    def data_changed(self) -> None:
        """Words are measured anew as well: zoom changes them."""
        self._widest = None
        super().data_changed()

    def row_count(self) -> int:
        """Rows."""
        return len(self._data.rows)

    def part_count(self, row: int) -> int:
        """Columns."""
        return len(self._data.columns)

    def cell(self, row: int, part: int) -> Square:
        """One cell."""
        return self._data.cells[row][part]

    def read_out(self, row: int, part: int) -> str:
        """A cell in words."""
        data, cell = self._data, self._data.cells[row][part]
        where = f"{data.across} {data.columns[part]}, {data.up} {data.rows[row]}"
        return f"{where}: {self._said(cell)}"

    def _said(self, cell: Square) -> str:
        if cell.strategy:
            return f"{STRATEGY_SHORT[cell.strategy]}, {cell.text}"
        if not cell.text:
            return NO_STRATEGY if self._of_strategies() else "does not fit"
        return f"{cell.text}, misses a limit" if cell.misses else cell.text

    def _of_strategies(self) -> bool:
        return self._data.ends == ("", "") and any(
            cell.strategy or cell.misses for cell in self._data.cells[0]
        )

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """The cell under a pixel."""
        for row in range(self.row_count()):
            for part in range(self.part_count(row)):
                if self.box(row, part).contains(where):
                    return row, part
        return None

    # -- geometry
    def _measure(self) -> tuple[float, float, float, float]:
        """Left of the cells, their width, top, their height."""
        data = self._data
        names = max((text_width(name, 11) for name in data.rows), default=0.0)
        left = max(
            min(names, self.width() * 0.3) + px(8), min(text_width(data.up, 12, 500), self.width() * 0.3)
        )
        top, foot = float(px(52)), float(px(44))
        wide = (self.width() - left - px(2)) / max(1, len(data.columns))
        high = (self.height() - top - foot) / max(1, len(data.rows))
        return left, max(1.0, wide), top, max(1.0, high)

    def box(self, row: int, part: int) -> QRectF:
        """Pixels of a cell, on whole ones, with a gap to the next."""
        left, wide, top, high = self._layout()
        x, y = round(left + wide * part), round(top + high * row)
        far, low = round(left + wide * (part + 1)), round(top + high * (row + 1))
        gap = 1 if min(wide, high) > 5 else 0
        return QRectF(x, y, max(1, far - x - gap), max(1, low - y - gap))

    # -- paint
    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Cells and names from a picture made once; edges of the cell visited and the one picked above."""
        if not self._data.cells:
            return
        self.keep(painter, self._version, self._draw_all)
        for at, weight in ((self.picked, 2.5), (self.visiting, 1.5)):
            if at is not None:
                box = self.box(*at).adjusted(-1.5, -1.5, 1.5, 1.5)
                rounded(painter, box, 2, None, Edge(theme().surface, weight + 2))
                rounded(painter, box, 2, None, Edge(theme().ink, weight))
        here = self.visiting
        if here is not None:
            words = self.read_out(*here)
            ink = Ink(12, 500, theme().ink, align=RIGHT)
            space = QRectF(self._legend_width() + px(16), 0, width - self._legend_width() - px(18), px(18))
            draw_text(painter, space, words, ink, elide=True)

    def _draw_all(self, painter: QPainter) -> None:
        self._draw_legend(painter)
        for row, cells in enumerate(self._data.cells):
            for part, cell in enumerate(cells):
                self._draw_cell(painter, cell, self.box(row, part))
        self._draw_names(painter)

    def _draw_cell(self, painter: QPainter, cell: Square, box: QRectF) -> None:
        t = theme()
        if not cell.text:
            painter.fillRect(box, colour(t.sunken))
            hatch(painter, box, t.muted)
            return
        ground = t.strategy[cell.strategy] if cell.strategy else self.grey(cell.share)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(box, colour(ground))
        ink = Ink(11, 500, on_fill(ground), align=CENTRE)
        spoken = self._spoken(ink)
        if cell.strategy:
            self._draw_winner(painter, cell, box, ink if spoken else None)
        elif spoken:
            draw_text(painter, box, cell.text, ink)
        if cell.misses and self._corners and min(box.width(), box.height()) >= px(6):
            side = min(px(9), box.width() / 2, box.height() / 2)
            corner = QPolygonF(
                [box.topRight(), box.topRight() - QPointF(side, 0), box.topRight() + QPointF(0, side)]
            )
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            painter.setPen(QPen(colour(t.surface), 1.0))
            painter.setBrush(colour(t.bad))
            painter.drawPolygon(corner)

    def _spoken(self, ink: Ink) -> bool:
        """Whether every cell has room for what it says: some with words and some without would mislead."""
        _, wide, _, high = self._layout()
        if self._widest is None:
            texts = {cell.text for cells in self._data.cells for cell in cells}
            self._widest = max((advance(text, ink) for text in texts), default=0.0)
        return high >= px(16) and self._widest + px(3) <= wide

    def _draw_winner(self, painter: QPainter, cell: Square, box: QRectF, ink: Ink | None) -> None:
        """The marker of the cheapest, as colour is never alone, and its total where both have room."""
        ground = theme().strategy[cell.strategy]
        radius = min(px(4), box.width() / 4, box.height() / 4)
        if radius < 1.5:
            return
        if ink is None:
            draw_marker(painter, cell.strategy, box.center(), radius, value=on_fill(ground))
            return
        need = advance(cell.text, ink) + 2 * radius + px(10)
        if need <= box.width():
            centre = QPointF(box.center().x() - need / 2 + radius + px(3), box.center().y())
            words = box.adjusted(2 * radius + px(4), 0, 0, 0)
        elif box.height() >= px(34):
            centre = QPointF(box.center().x(), box.center().y() - px(8))
            words = box.adjusted(0, px(14), 0, 0)
        else:
            centre, words = QPointF(box.center()), None
        draw_marker(painter, cell.strategy, centre, radius, value=on_fill(ground))
        if words is not None:
            draw_text(painter, words, cell.text, ink)

    def grey(self, share: float) -> str:
        """The grey of a figure from the lowest, 0, to the highest, 1."""
        known = 0.0 if math.isnan(share) else share
        return mix(theme().surface, theme().ink2, _PALE + (_DARK - _PALE) * known)

    def _draw_names(self, painter: QPainter) -> None:
        left, wide, top, high = self._layout()
        data, t = self._data, theme()
        ink = Ink(11, 400, t.muted, align=RIGHT)
        every = max(1, math.ceil(px(15) / high))
        for row, name in enumerate(data.rows):
            if (len(data.rows) - 1 - row) % every == 0:
                box = QRectF(0, top + high * row, left - px(7), high)
                draw_text(painter, box, name, ink, elide=True)
        widest = max((text_width(name, 11) for name in data.columns), default=0.0)
        every = max(1, math.ceil((widest + px(10)) / wide))
        bottom = top + high * len(data.rows)
        for part, name in enumerate(data.columns):
            if part % every == 0:
                centre = left + wide * (part + 0.5)
                half = max(wide * every, widest) / 2
                start = min(max(centre - half, 0.0), self.width() - 2 * half)
                box = QRectF(start, bottom + px(3), 2 * half, px(16))
                draw_text(painter, box, name, Ink(11, 400, t.muted, align=CENTRE), elide=True)
        title = Ink(12, 500, t.ink2)
        draw_text(painter, QRectF(0, top - px(22), left + px(200), px(18)), f"↑ {data.up}", title)
        across = QRectF(left, bottom + px(21), self.width() - left - px(2), px(18))
        draw_text(painter, across, f"{data.across} →", Ink(12, 500, t.ink2, align=RIGHT))

    # -- legend
    def _legend(self) -> list[tuple[str, str]]:
        if not self._of_strategies():
            return []
        words = shares_of_cheapest(self._data)
        return [(name, f"{STRATEGY_SHORT[name] if name else NO_STRATEGY} {share}") for name, share in words]

    def _legend_width(self) -> float:
        if self._of_strategies():
            return sum(px(35) + text_width(words, 12, 500) for _, words in self._legend())
        low, high = self._data.ends
        return px(110) + text_width(low, 11) + text_width(high, 11)

    def _draw_legend(self, painter: QPainter) -> None:
        t, x = theme(), 0.0
        for name, words in self._legend():
            if name:
                draw_marker(painter, name, QPointF(x + px(6), px(9)), px(4))
            else:
                hatch(painter, QRectF(x, px(3), px(12), px(12)), t.muted)
            ink = Ink(12, 500, t.strategy_text[name] if name else t.ink2)
            draw_text(painter, QRectF(x + px(17), 0, self.width(), px(18)), words, ink)
            x += px(35) + advance(words, ink)
        if self._legend():
            return
        low, high = self._data.ends
        if not low:
            return
        ink = Ink(11, 400, t.muted)
        draw_text(painter, QRectF(0, 0, px(200), px(18)), low, ink)
        start, parts = advance(low, ink) + px(8), 8
        side = px(80) / parts
        for part in range(parts):
            box = QRectF(start + side * part, px(4), side + 0.5, px(10))
            painter.fillRect(box, colour(self.grey(part / (parts - 1))))
        draw_text(painter, QRectF(start + px(88), 0, px(200), px(18)), high, ink)

    # -- twins
    def table(self) -> Figures:
        """The map as figures: a row for each value up, a column for each value across."""
        data = self._data
        headers = [f"{data.up} / {data.across}", *data.columns]
        rows: list[Sequence[Cell | str]] = [
            [Cell(name), *(Cell(self._said(cell)) for cell in cells)]
            for name, cells in zip(data.rows, data.cells, strict=True)
        ]
        return headers, rows

    def describe(self) -> str:
        """What wins where, or from where to where the figure goes."""
        data = self._data
        if not data.cells:
            return "No data."
        where = f"{data.across} across, {data.up} up"
        if self._of_strategies():
            shares = ", ".join(words for _, words in self._legend())
            return f"{where}. Cheapest: {shares}. Arrow keys visit cells, Return picks one."
        return f"{where}. From {data.ends[0]} to {data.ends[1]}. Arrow keys visit cells, Return picks one."


__all__ = ["NO_STRATEGY", "HeatMap"]
