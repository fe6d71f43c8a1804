"""Bars from P10 to P90 of each input around the base case, the widest on top."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QResizeEvent

from planner.ui.kit.paint import CENTRE, Ink, advance, draw_text, fill
from planner.ui.plots.figures.matters_rows import InputRows
from planner.ui.plots.ticks import nice_ticks
from planner.ui.theme import mix, px, theme
from planner.units import EN_DASH, axis_labels

LESS, MORE = 0.34, 0.84
"""How dark the two greys are: where the figure is lower, where it is higher than in the base case."""
_GAP: Final = 7
_SMALL: Final = 12
"""A bar so narrow has both its values on one side."""
_FEWEST_TICKS: Final = 3
_MOVED: Final = 8
"""By so much a number may stand beside its line, at either end of the axis."""
ENDS_TEXT: Final = "each from P10 to P90"
_NOT: Final = "does not fit"


@dataclass(frozen=True)
class SwingRow:
    """One bar: the figure at both ends, what the input is there, and all of it in words.

    ``low`` and ``high`` are the figure at P10 and P90; not a number where a strategy does not fit.
    """

    path: str
    low: float
    high: float
    low_text: str
    high_text: str
    words: str = ""

    @property
    def known(self) -> list[tuple[float, str]]:
        """Figure and input at the ends that fit, the lower figure first."""
        ends = ((self.low, self.low_text), (self.high, self.high_text))
        return sorted(end for end in ends if math.isfinite(end[0]))

    @property
    def both(self) -> str:
        """Both values of the input on one line."""
        low, high = (
            text if math.isfinite(value) else f"{text} {_NOT}"
            for value, text in ((self.low, self.low_text), (self.high, self.high_text))
        )
        return f"{low} {EN_DASH} {high}"


@dataclass(frozen=True)
class _Ends:
    """Texts beside a bar, and where it ends in figures."""

    low: float
    high: float
    left: str
    right: str


class TornadoBars(InputRows):
    """A tornado: two greys, the inputs' values at the bars' ends, a line at the base case, an axis below."""

    head, foot = 2, 22
    most = 32

    def __init__(self, name: str, unit: str) -> None:
        super().__init__(name)
        self._unit = unit
        self.rows: list[SwingRow] = []
        self.base = math.nan
        self._scale: tuple[float, float] | None = None

    def set_rows(self, rows: Sequence[SwingRow], base: float, unit: str) -> None:
        """Other bars around another base case."""
        self.rows, self.base, self._unit = list(rows), base, unit
        self.set_paths([row.path for row in rows])

    def data_changed(self) -> None:
        """Measure anew."""
        self._scale = None
        super().data_changed()

    def words(self, row: int) -> str:
        """One bar in words."""
        return self.rows[row].words

    # -- geometry

    def _ends(self, row: SwingRow) -> _Ends:
        values = [value for value, _ in row.known]
        low, high = min([self.base, *values]), max([self.base, *values])
        astride = len(values) == 2 and values[0] <= self.base <= values[1]
        if not astride or not self._is_wide(high - low):
            return _Ends(low, high, "", row.both)
        return _Ends(low, high, row.known[0][1], row.known[1][1])

    def _is_wide(self, width: float) -> bool:
        spans = [abs(value - self.base) for row in self.rows for value, _ in row.known]
        widest = 2.0 * max(spans, default=0.0)
        return width * self._layout()[1] > widest * px(_SMALL)

    def _mapping(self) -> tuple[float, float]:
        """Pixels of one unit of the figure, and the pixel of the base case: all bars and texts have room."""
        if self._scale is not None:
            return self._scale
        left, room, _, _ = self._layout()
        ink = Ink(12)
        ends = [self._ends(row) for row in self.rows[: self.shown]]
        below = [(self.base - end.low, advance(end.left, ink) + px(_GAP)) for end in ends]
        above = [(end.high - self.base, advance(end.right, ink) + px(_GAP)) for end in ends]
        widest = max((under + over for (under, _), (over, _) in zip(below, above, strict=True)), default=0.0)
        room -= px(6)
        slope = 0.0
        if widest > 0.0:
            low, high = 0.0, room / widest
            for _ in range(40):  # the largest scale at which the outermost texts still have room
                slope = (low + high) / 2.0
                need = sum(max(width * slope + text for width, text in side) for side in (below, above))
                low, high = (slope, high) if need <= room else (low, slope)
            slope = low
        start = max((width * slope + text for width, text in below), default=0.0)
        spare = room - start - max((width * slope + text for width, text in above), default=0.0)
        self._scale = (slope, left + start + max(0.0, spare) / 2.0)
        return self._scale

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure anew."""
        self._scale = None
        super().resizeEvent(event)

    def x_of(self, value: float) -> float:
        """Pixel of a figure."""
        slope, origin = self._mapping()
        return origin + (value - self.base) * slope

    # -- paint

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Grid and axis, bars, base line, names."""
        if not math.isfinite(self.base):
            return
        bottom = self.line(self.row_count()).top()
        self.draw_ground(painter)
        self._draw_axis(painter, bottom)
        for number in range(self.shown):
            self._draw_bar(painter, number)
        x = round(self.x_of(self.base))
        fill(painter, QRectF(x, 0, max(1, px(1.5)), bottom + px(2)), theme().ink)
        self.draw_names(painter)

    def _draw_axis(self, painter: QPainter, bottom: float) -> None:
        t, (slope, origin) = theme(), self._mapping()
        left, room, _, _ = self._layout()
        if self.visiting is not None and self.visiting[0] < self.shown:
            box = QRectF(px(2), bottom + px(3), self.width() - px(4), px(18))
            draw_text(painter, box, self.words(self.visiting[0]), Ink(11, 500, t.ink2), elide=True)
            return
        box = QRectF(px(2), bottom + px(4), left - px(12), px(16))
        draw_text(painter, box, ENDS_TEXT, Ink(11, 400, t.muted), elide=True)
        if slope <= 0.0:
            return
        ends = (self.base + (left - origin) / slope, self.base + (left + room - origin) / slope)
        count = max(3, int(room / px(72)))
        ticks = nice_ticks(*ends, count=count)
        if len(ticks) < _FEWEST_TICKS:
            ticks = nice_ticks(*ends, count=2 * count)
        for value, label in zip(ticks, axis_labels(ticks, self._unit), strict=True):
            x = round(self.x_of(value))
            fill(painter, QRectF(x, 0, 1, bottom), t.border if value == 0.0 else t.grid)
            ink = Ink(11, 400, t.muted, align=CENTRE)
            half = advance(label, ink) / 2.0 + 1.0
            at = min(max(x, left - px(8) + half), self.width() - half)
            if abs(at - x) < px(_MOVED):
                draw_text(painter, QRectF(at - half, bottom + px(4), 2.0 * half, px(16)), label, ink)

    def _draw_bar(self, painter: QPainter, number: int) -> None:
        t, row, line = theme(), self.rows[number], self.line(number)
        ends, base = self._ends(row), round(self.x_of(self.base))
        left, right = round(self.x_of(ends.low)), round(self.x_of(ends.high))
        high = round(min(px(15), max(3.0, line.height() - px(10))))
        top = round(line.center().y() - high / 2)
        fill(painter, QRectF(left, top, base - left, high), mix(t.surface, t.ink2, LESS))
        fill(painter, QRectF(base, top, right - base, high), mix(t.surface, t.ink2, MORE))
        ink = Ink(12, 400, t.ink2 if row.known and len(row.known) == 2 else t.bad)
        if ends.left:
            self._write(painter, number, left - px(_GAP) - advance(ends.left, ink), (ends.left, ink))
        self._write(painter, number, right + px(_GAP), (ends.right, ink))

    def _write(self, painter: QPainter, number: int, start: float, what: tuple[str, Ink]) -> None:
        """Set a value beside its bar; no grid line runs through it."""
        t, (text, ink), line = theme(), what, self.line(number)
        box = QRectF(start, line.top(), max(0.0, self.width() - start), line.height())
        visited = self.visiting is not None and self.visiting[0] == number
        under = QRectF(start - 2, line.top() + 2, advance(text, ink) + 4, line.height() - 4)
        fill(painter, under.intersected(QRectF(self.rect())), t.hover if visited else t.surface)
        draw_text(painter, box, text, ink, elide=True)
