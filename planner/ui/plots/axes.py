"""Axes of text only, the gutter of direct labels, and the grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from planner.ui.kit.paint import CENTRE, LEFT, RIGHT, Ink, advance, draw_marker, draw_text
from planner.ui.plots.frame import Frame, Item, opacity_of
from planner.ui.plots.pg import AxisItem
from planner.ui.plots.ticks import AxisSpec, spread
from planner.ui.theme import colour, px, text_width, theme


class TextAxis(AxisItem):
    """An axis that paints nothing but the texts of its ticks."""

    def __init__(self, orientation: str, size: float = 11) -> None:
        super().__init__(orientation, showValues=False)
        self.enableAutoSIPrefix(False)
        self._side, self._size = orientation, size
        self._spec = AxisSpec()
        self._extent = 0
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)  # the same while a slider moves
        self.retheme()

    def set_spec(self, spec: AxisSpec) -> None:
        """Show other ticks; the room for texts grows when they need it and never shrinks by itself."""
        self._spec = spec
        self._make_room()
        self.update()

    def set_size(self, size: float) -> None:
        """Letters of another size (slides)."""
        self._size = size
        self.retheme()

    def retheme(self) -> None:
        """Measure anew after zoom."""
        self._extent = 0
        self._make_room()
        self.update()

    def boundingRect(self) -> QRectF:
        """The axis, and what its first and last texts stand out of it."""
        return QRectF(self.rect()).adjusted(-px(24), -px(self._size), px(24), px(self._size))

    def _make_room(self) -> None:
        if self._side == "bottom":
            self.setHeight(px(self._size + 11))
            return
        widest = max((text_width(t, self._size) for t in self._spec.labels), default=0.0)
        need = math.ceil((widest + px(12)) / 4) * 4
        if need > self._extent:
            self._extent = need
            self.setWidth(need)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the texts."""
        lo, hi = self._spec.ends
        width, height = self.width(), self.height()
        if hi <= lo or width <= 0 or height <= 0:
            return
        painter.setOpacity(opacity_of(self.linkedView()))
        upright = self._side == "left"
        line = px(self._size + 9)
        ink = Ink(self._size, 400, theme().muted, align=RIGHT if upright else CENTRE)
        last = -math.inf
        for value, label in zip(self._spec.ticks, self._spec.labels, strict=False):
            share = (self._spec.view(value) - lo) / (hi - lo)
            if not -1e-6 <= share <= 1 + 1e-6:
                continue
            if upright:
                draw_text(
                    painter, QRectF(0, (1 - share) * height - line / 2, width - px(8), line), label, ink
                )
                continue
            half = advance(label, ink) / 2
            start = min(share * width - half, width + px(10) - 2 * half)  # the last one stays in the picture
            if start > last:
                draw_text(painter, QRectF(start - 2, px(3), 2 * half + 4, line), label, ink)
                last = start + 2 * half + px(4)


@dataclass(frozen=True)
class GutterRow:
    """One direct label: which strategy, at which height of the data, and what it says."""

    strategy: str
    y: float
    name: str
    value: str = ""
    selected: bool = False


class GutterAxis(AxisItem):
    """The right margin: marker, name and value at each line end; the read-out while a month is marked."""

    def __init__(self, width: int = 0, size: float = 12) -> None:
        super().__init__("right", showValues=False)
        self.enableAutoSIPrefix(False)
        self._fixed, self._size = width, size
        self._rows: list[GutterRow] = []
        self._spec = AxisSpec()
        self._leaders = True
        self._in_column = False
        self._extent = 0
        self.setWidth(px(max(width, 24)))

    def set_spec(self, spec: AxisSpec) -> None:
        """The scale of the rows' heights."""
        self._spec = spec
        self.update()

    def set_rows(self, rows: Sequence[GutterRow], *, leaders: bool = True) -> None:
        """Show other labels; rows whose height is not a number stay away."""
        self._rows = [r for r in rows if math.isfinite(self._spec.view(r.y))]
        self._leaders = leaders
        self._make_room()
        self.update()

    def set_column(self, on: bool) -> None:
        """Set the values in one right-aligned column (slides)."""
        self._in_column = on
        self.update()

    def set_size(self, size: float) -> None:
        """Letters of another size (slides)."""
        self._size = size
        self.retheme()

    @property
    def rows(self) -> list[GutterRow]:
        """What is shown."""
        return list(self._rows)

    def retheme(self) -> None:
        """Measure anew after zoom."""
        self._extent = 0
        self._make_room()
        self.update()

    def _make_room(self) -> None:
        if self._fixed:
            self.setWidth(px(self._fixed))
            return
        widest = max((self._width_of(r) for r in self._rows), default=0.0)
        need = math.ceil((px(self._size * 2) + widest + px(8)) / 8) * 8
        if need > self._extent:
            self._extent = need
            self.setWidth(need)

    def _width_of(self, row: GutterRow) -> float:
        name = text_width(row.name, self._size, 600)
        return name + (px(6) + text_width(row.value, self._size) if row.value else 0.0)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the labels."""
        lo, hi = self._spec.ends
        height = self.height()
        if not self._rows or hi <= lo or height <= 0:
            return
        painter.setOpacity(opacity_of(self.linkedView()))
        limit = 3 * height
        heights = [(1 - (self._spec.view(r.y) - lo) / (hi - lo)) * height for r in self._rows]
        pairs = sorted(zip(heights, self._rows, strict=True), key=lambda p: p[0])
        wanted = [min(max(h, -limit), limit) for h, _ in pairs]
        places = spread(wanted, px(self._size + 5), height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for y0, y, (_, row) in zip(wanted, places, pairs, strict=True):
            if self._leaders and abs(y - y0) > 1.5 and 0 <= y0 <= height:
                painter.setPen(QPen(colour(theme().strategy.get(row.strategy, theme().strong), 0.55), 1))
                painter.drawLine(QPointF(1, y0), QPointF(px(7), y))
            self._paint_row(painter, row, y)

    def _paint_row(self, painter: QPainter, row: GutterRow, y: float) -> None:
        t = theme()
        size = self._size
        draw_marker(painter, row.strategy, QPointF(px(size * 1.17), y), px(size * 3.5) / 10)
        left, line = px(size * 2), px(size + 8)
        box = QRectF(left, y - line / 2, self.width() - left, line)
        name = Ink(size, 600 if row.selected else 500, t.ink if row.selected else t.ink2)
        draw_text(painter, box, row.name, name)
        if not row.value:
            return
        weight = 600 if row.selected and self._in_column else 500 if self._in_column else 400
        value_tone = t.ink if row.selected and self._in_column else t.muted
        value = Ink(size, weight, value_tone, align=RIGHT if self._in_column else LEFT)
        if not self._in_column:
            box = box.adjusted(advance(row.name, name) + px(6), 0, 0, 0)
        draw_text(painter, box, row.value, value)


class Grid(Item):
    """Hairlines at the ticks of both axes, minor ones fainter, the zero line stronger."""

    def __init__(self) -> None:
        super().__init__(-100)
        self._x, self._y = AxisSpec(), AxisSpec()

    def set_specs(self, x: AxisSpec, y: AxisSpec) -> None:
        """Lines at other ticks."""
        self._x, self._y = x, y
        self.update()

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint with one pixel rectangles."""
        t = theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        box = frame.box
        for spec, upright in ((self._x, True), (self._y, False)):
            if not spec.grid:
                continue
            for values, alpha in ((spec.minor, 0.45), (spec.ticks, 1.0)):
                for value in values:
                    tone = t.border if value == spec.zero else t.grid
                    self._line(
                        painter, box, (frame.x(value) if upright else frame.y(value), upright), tone, alpha
                    )

    @staticmethod
    def _line(painter: QPainter, box: QRectF, where: tuple[float, bool], tone: str, alpha: float) -> None:
        at, upright = round(where[0]), where[1]
        if upright:
            painter.fillRect(QRectF(at, box.top(), 1, box.height()), colour(tone, alpha))
        else:
            painter.fillRect(QRectF(box.left(), at, box.width(), 1), colour(tone, alpha))
