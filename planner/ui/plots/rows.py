"""One bar or one whisker a row: rankings, shares, carbon with its range, break-even volumes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from planner.ui.kit.paint import CENTRE, LEFT, RIGHT, Ink, advance, draw_text, hatch, rounded
from planner.ui.kit.table import Cell
from planner.ui.plots.chart import Chart, draw_name, finite, names_width
from planner.ui.plots.items import tone_of
from planner.ui.plots.ticks import AxisSpec
from planner.ui.theme import colour, mix, px, text_width, theme


@dataclass(frozen=True)
class RowItem:
    """One row: strategy (or token), name, value with its range, and the value in words.

    ``unknown``: only the range is known; it is hatched (bars) or shown without a centre (whiskers).
    ``pale``: a weaker fill for rows that only compare.
    """

    strategy: str
    name: str
    value: float
    text: str
    low: float = math.nan
    high: float = math.nan
    selected: bool = False
    unknown: bool = False
    pale: bool = False

    @property
    def has_range(self) -> bool:
        """Whether low and high are numbers."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def tone(self) -> str:
        """Colour of the mark."""
        return tone_of(self.strategy or "ink2")


@dataclass(frozen=True)
class RowsLook:
    """Where values stand and what lies behind the bars.

    ``column``: values in a right-aligned column, else at the bar's end. ``track``: the full length behind
    each bar. ``reference``: a dashed line (budget, this plan) with a name. ``axis``: scale with ticks, else
    from 0 to the longest. ``two_lines``: whiskers under their names.
    """

    column: bool = False
    track: bool = False
    reference: float | None = None
    reference_text: str = ""
    axis: AxisSpec | None = None
    two_lines: bool = False


class _Rows(Chart):
    """What bars and whiskers share."""

    def __init__(self, name: str, look: RowsLook | None = None) -> None:
        super().__init__(name)
        self._look = look or RowsLook()
        self._rows: list[RowItem] = []
        self._top = 0.0

    def set_rows(
        self, rows: Sequence[RowItem], look: RowsLook | None = None, top: float | None = None
    ) -> None:
        """Other rows; ``top`` is the end of a scale without axis."""
        self._rows, self._look = list(rows), look or self._look
        ends = [max(finite(r.value), finite(r.high)) for r in self._rows]
        self._top = max([0.0, finite(top or 0.0), finite(self._look.reference or 0.0), *ends])
        self.data_changed()

    def row_count(self) -> int:
        """Rows."""
        return len(self._rows)

    def read_out(self, row: int, part: int) -> str:
        """One row in words."""
        return f"{self._rows[row].name}: {self._rows[row].text}"

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """The row under a pixel."""
        _, _, top, pitch = self._layout()
        row = math.floor((where.y() - top) / pitch)
        return (row, 0) if 0 <= row < len(self._rows) else None

    def _measure(self) -> tuple[float, float, float, float]:
        width, height = float(self.width()), float(self.height())
        look = self._look
        left = 0.0
        if not look.two_lines:
            left = names_width([(r.strategy, r.name) for r in self._rows], width * 0.45)
        right = max((text_width(r.text, 12, 600) for r in self._rows), default=0.0) + px(12)
        if look.two_lines:
            left, right = float(px(6)), float(px(6))
        top = float(px(20)) if look.reference_text else 0.0
        foot = float(px(20)) if look.axis is not None and look.axis.ticks else 0.0
        pitch = (height - top - foot) / max(1, len(self._rows))
        return left, max(1.0, width - left - right), top, max(1.0, pitch)

    def _x(self, value: float, left: float, room: float) -> float:
        axis = self._look.axis
        if axis is not None:
            lo, hi = axis.ends
            share = (axis.view(value) - lo) / (hi - lo)
        else:
            share = value / self._top if self._top > 0 else 0.0
        share = share if share == share else 0.0
        return left + room * min(1.0, max(0.0, share))

    def _draw_axis(self, painter: QPainter, height: float) -> None:
        axis = self._look.axis
        if axis is None:
            return
        left, room, top, pitch = self._layout()
        bottom = top + pitch * len(self._rows)
        last = -math.inf
        for value, label in zip(axis.ticks, axis.labels, strict=False):
            x = self._x(value, left, room)
            if axis.grid:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
                tone = theme().border if value == axis.zero else theme().grid
                painter.fillRect(QRectF(round(x), top, 1, bottom - top), colour(tone))
            half = text_width(label, 11) / 2
            start = min(max(0.0, x - half), self.width() - 2 * half)
            if start > last:
                box = QRectF(start - 2, height - px(18), 2 * half + 4, px(18))
                draw_text(painter, box, label, Ink(11, 400, theme().muted, align=CENTRE))
                last = start + 2 * half + px(4)

    def _draw_reference(self, painter: QPainter) -> None:
        look = self._look
        if look.reference is None or not math.isfinite(look.reference):
            return
        left, room, top, pitch = self._layout()
        x = round(self._x(look.reference, left, room))
        bottom = top + pitch * len(self._rows)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        pen = QPen(colour(theme().ink), 1)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, max(0.0, top - px(4))), QPointF(x, bottom))
        if look.reference_text:
            ink = Ink(11, 500, theme().ink2, align=CENTRE)
            half = advance(look.reference_text, ink) / 2
            start = min(max(0.0, x - half), max(0.0, self.width() - 2 * half))
            draw_text(painter, QRectF(start - 2, 0, 2 * half + 4, px(15)), look.reference_text, ink)

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """The figures."""
        rows = []
        for r in self._rows:
            value = r.value if math.isfinite(r.value) else finite(r.high)
            marker = r.strategy if r.strategy in theme().strategy else ""
            rows.append([Cell(r.name, marker=marker), Cell(r.text, value)])
        return ["", "Value"], rows

    def describe(self) -> str:
        """Every row in words."""
        return "; ".join(f"{r.name} {r.text}" for r in self._rows) + "." if self._rows else "No data."

    def _value_ink(self, row: RowItem, align_right: bool) -> Ink:
        return Ink(12, 600 if row.selected else 500, align=RIGHT if align_right else LEFT)

    def _highlight(self, painter: QPainter, index: int) -> None:
        here = self.visiting
        if here is None or here[0] != index:
            return
        _, _, top, pitch = self._layout()
        box = QRectF(0, top + pitch * index, self.width(), pitch).adjusted(-1, 1, 1, -1)
        rounded(painter, box, px(5), theme().hover)


class HBars(_Rows):
    """Horizontal bars from zero, with whiskers where a range is known."""

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Paint."""
        left, room, top, pitch = self._layout()
        self._draw_axis(painter, height)
        ends = []
        high = float(round(min(px(16), max(3.0, pitch - px(10)))))
        for i in range(len(self._rows)):
            self._highlight(painter, i)
        names = tuple((row.strategy, row.name, row.selected) for row in self._rows)
        self.keep(painter, (names, left, top, pitch), self._paint_names)
        for i, row in enumerate(self._rows):
            y = top + pitch * i
            ends.append(self._bar(painter, row, QRectF(left, round(y + pitch / 2 - high / 2), room, high)))
        self._draw_reference(painter)
        for i, (row, end) in enumerate(zip(self._rows, ends, strict=True)):
            self._write(painter, row, end, QRectF(0, top + pitch * i, width, pitch))

    def _paint_names(self, painter: QPainter) -> None:
        left, _, top, pitch = self._layout()
        for i, row in enumerate(self._rows):
            draw_name(
                painter, QRectF(0, top + pitch * i, left, pitch), (row.strategy, row.name, row.selected)
            )

    def _write(self, painter: QPainter, row: RowItem, end: float, line: QRectF) -> None:
        """The value in words, in its column or at the end of the bar, where no line runs through it."""
        ink = self._value_ink(row, self._look.column)
        if self._look.column:
            draw_text(painter, line, row.text, ink)
            return
        width = advance(row.text, ink)
        start = min(end + px(8), line.width() - width)
        if self._look.reference is not None:
            left, room, _, _ = self._layout()
            limit = self._x(self._look.reference, left, room)
            if start - px(4) < limit < start + width + px(4):
                start = min(limit + px(8), line.width() - width)
        draw_text(painter, line.adjusted(start, 0, 2, 0), row.text, ink)

    def _bar(self, painter: QPainter, row: RowItem, box: QRectF) -> float:
        """Paint one bar; answers where its marks end."""
        t, left, room = theme(), box.left(), box.width()
        if self._look.track:
            rounded(painter, box, px(3), t.hairline if t.dark else t.sunken)
        if row.unknown and row.has_range:
            x0, x1 = self._x(row.low, left, room), self._x(row.high, left, room)
            hatch(painter, QRectF(x0, box.top(), max(2.0, x1 - x0), box.height()), row.tone)
            return x1
        end = self._x(finite(row.value), left, room)
        tone = mix(t.surface, row.tone, 0.4) if row.pale else row.tone
        if self._look.track and row.value > 0:
            rounded(painter, QRectF(left, box.top(), max(px(4), end - left), box.height()), px(3), tone)
        elif math.isfinite(row.value):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            zero = self._x(0.0, left, room) if self._look.axis is not None else left
            a, b = round(min(zero, end)), round(max(zero, end))
            painter.fillRect(QRectF(a, box.top(), max(1, b - a), box.height()), colour(tone))
        if not row.has_range:
            return end
        x0, x1 = round(self._x(row.low, left, room)), round(self._x(row.high, left, room))
        y, cap = round(box.center().y()), px(4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(x0, y, max(1, x1 - x0), 1), colour(t.ink2))
        for x in (x0, x1):
            painter.fillRect(QRectF(x, y - cap, 1, 2 * cap + 1), colour(t.ink2))
        return max(end, float(x1))


class Whiskers(_Rows):
    """Ranges with a centre tick on one scale, beside their names or under them."""

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Paint."""
        left, room, top, pitch = self._layout()
        self._draw_axis(painter, height)
        self._draw_reference(painter)
        for i, row in enumerate(self._rows):
            self._highlight(painter, i)
            line = QRectF(0, top + pitch * i, width, pitch)
            centre = line.center().y()
            name_box = QRectF(0, line.top(), left, pitch)
            if self._look.two_lines:
                name_box = QRectF(0, line.top() + 1, width, px(20))
                centre = name_box.bottom() + min(px(8), max(2.0, (pitch - px(20)) / 2))
                self._blank(painter, name_box, row)
            draw_name(painter, name_box, (row.strategy, row.name, row.selected))
            box = name_box if self._look.two_lines else line
            draw_text(
                painter, QRectF(0, box.top(), width, box.height()), row.text, self._value_ink(row, True)
            )
            self._whisker(painter, row, (left, room, centre))

    @staticmethod
    def _blank(painter: QPainter, box: QRectF, row: RowItem) -> None:
        """Keep grid lines out of the words."""
        name = px(20) + text_width(row.name, 12, 600)
        value = text_width(row.text, 12, 600) + px(4)
        for part in (
            QRectF(0, box.top(), name, box.height()),
            QRectF(box.right() - value, box.top(), value, box.height()),
        ):
            painter.fillRect(part, colour(theme().surface))

    def _whisker(self, painter: QPainter, row: RowItem, place: tuple[float, float, float]) -> None:
        left, room, y = place
        if row.has_range:
            x0, x1 = self._x(row.low, left, room), self._x(row.high, left, room)
            tone = mix(theme().surface, row.tone, 0.38)
            bar = QRectF(x0, y - px(3), max(2.0, x1 - x0), px(6))
            rounded(painter, bar, px(3), tone)
        if not row.unknown and math.isfinite(row.value):
            x = self._x(row.value, left, room)
            rounded(painter, QRectF(x - 1.5, y - px(6), 3, px(12)), 1.5, row.tone)
