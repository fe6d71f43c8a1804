"""Inputs under each other: rank correlation, worth of knowing, where each flips the choice, Sobol indices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from planner.ui.kit.paint import RIGHT, Ink, advance, draw_marker, draw_text, fill
from planner.ui.plots.figures.matters_rows import InputRows
from planner.ui.plots.figures.tornado_bars import LESS, MORE
from planner.ui.theme import mix, px, text_width, theme
from planner.units import MINUS, MISSING

Three = tuple[float, float, float]
UNKNOWN: Final[Three] = (math.nan, math.nan, math.nan)
NO_FLIP: Final = "no flip"
_BAR: Final = 8
_GAP: Final = 16
_NOTHING: Final = 0.005
"""An index that reads 0.00 has no whisker."""
_WITH: Final = ((0.22, 0.22, 0.26, 0.30), (0.34, 0.27, 0.39))
"""Shares of the width of each column after the names, with Sobol indices and without."""


def signed(value: float) -> str:
    """A correlation in words: "+0.83"; a dash where there is none."""
    if not math.isfinite(value):
        return MISSING
    return f"{MINUS if round(value, 2) < 0 else '+' if round(value, 2) > 0 else ''}{abs(value):.2f}"


def index_text(value: float) -> str:
    """A Sobol index; noise below 0 or above 1 reads as these."""
    return f"{min(max(value, 0.0), 1.0):.2f}"


@dataclass(frozen=True)
class MatterRow:
    """One input. ``flips`` are pairs of a strategy (none: empty) and words; indices have a 90 % interval.

    ``shared`` names the row that shows the same Sobol indices.
    """

    path: str
    correlation: float
    worth: float
    worth_text: str
    flips: tuple[tuple[str, str], ...] = ()
    first: Three = UNKNOWN
    total: Three = UNKNOWN
    shared: str = ""
    words: str = ""

    @property
    def has_indices(self) -> bool:
        """Whether its Sobol indices are known."""
        return math.isfinite(self.first[0])


@dataclass(frozen=True)
class MatterHeads:
    """What stands above the columns; ``most`` is the worth at which its bar is full."""

    worth: str = "Worth of knowing"
    most: float = 0.0


class MattersChart(InputRows):
    """A table that is painted: bars and words, one input a line."""

    head, foot = 26, 0
    least, most = 22, 28

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.rows: list[MatterRow] = []
        self.heads = MatterHeads()

    def set_rows(self, rows: Sequence[MatterRow], heads: MatterHeads) -> None:
        """Other inputs."""
        self.rows, self.heads = list(rows), heads
        self.set_paths([row.path for row in rows])

    def words(self, row: int) -> str:
        """One input in words."""
        return self.rows[row].words

    @property
    def has_indices(self) -> bool:
        """Whether Sobol indices are shown."""
        return any(row.has_indices for row in self.rows)

    def columns(self) -> list[tuple[float, float]]:
        """Left and width of each column after the names."""
        left, room, _, _ = self._layout()
        shares = _WITH[0] if self.has_indices else _WITH[1]
        found, at = [], left
        for share in shares:
            found.append((at, room * share - px(_GAP)))
            at += room * share
        return found

    # -- paint

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Heads, then a line an input."""
        columns = self.columns()
        self._draw_heads(painter, columns, width)
        self.draw_ground(painter)
        for number in range(self.shown):
            line, row = self.line(number), self.rows[number]
            boxes = [QRectF(left, line.top(), room, line.height()) for left, room in columns]
            self._draw_correlation(painter, boxes[0], row)
            self._draw_worth(painter, boxes[1], row)
            self._draw_flips(painter, boxes[2], row)
            if len(boxes) > 3:
                self._draw_indices(painter, boxes[3], row)
        self.draw_names(painter)

    def _draw_heads(self, painter: QPainter, columns: list[tuple[float, float]], width: float) -> None:
        t = theme()
        words = ["Rank correlation", self.heads.worth, "Flips the choice to", "Sobol: alone, with others"]
        ink = Ink(11, 400, t.muted)
        for (left, room), text in zip(columns, words, strict=False):
            draw_text(painter, QRectF(left, 0, room + px(8), px(20)), text, ink, elide=True)
        fill(painter, QRectF(0, px(22), width, 1), t.hairline)

    @staticmethod
    def _bar(painter: QPainter, box: QRectF, span: tuple[float, float], dark: float) -> None:
        t, high = theme(), px(_BAR)
        left, right = round(min(span)), round(max(span))
        top = round(box.center().y() - high / 2)
        fill(painter, QRectF(left, top, max(1, right - left), high), mix(t.surface, t.ink2, dark))

    def _draw_correlation(self, painter: QPainter, box: QRectF, row: MatterRow) -> None:
        t = theme()
        words = text_width("+0.00", 12) + px(8)
        middle, half = box.left() + (box.width() - words) / 2, max(0.0, (box.width() - words) / 2)
        if math.isfinite(row.correlation):
            end = middle + half * min(max(row.correlation, -1.0), 1.0)
            self._bar(painter, box, (middle, end), MORE if row.correlation >= 0 else LESS)
        fill(painter, QRectF(round(middle), box.top() + 2, 1, box.height() - 4), t.strong)
        draw_text(painter, box, signed(row.correlation), Ink(12, 400, t.ink2, align=RIGHT))

    def _draw_worth(self, painter: QPainter, box: QRectF, row: MatterRow) -> None:
        t, worthless = theme(), not row.worth > 0.0
        words = px(48)
        if not worthless and self.heads.most > 0.0:
            room = max(0.0, box.width() - words - px(6))
            start = box.left() + words + px(6)
            self._bar(painter, box, (start, start + room * min(1.0, row.worth / self.heads.most)), MORE)
        ink = Ink(12, 400 if worthless else 600, t.muted if worthless else t.ink, align=RIGHT)
        draw_text(painter, QRectF(box.left(), box.top(), words, box.height()), row.worth_text, ink)

    def _draw_flips(self, painter: QPainter, box: QRectF, row: MatterRow) -> None:
        t, at = theme(), box.left()
        if not row.flips:
            draw_text(painter, box, NO_FLIP, Ink(12, 400, t.muted))
        for number, (strategy, words) in enumerate(row.flips):
            ink = Ink(12, 400, t.ink2 if strategy else t.bad)
            marker = px(15) if strategy else 0
            room = box.right() + px(_GAP) - px(4) - at - marker
            if number and advance(words, ink) > room:
                break  # the table has it
            if strategy:
                draw_marker(painter, strategy, QPointF(at + px(5), box.center().y()), px(38) / 10)
            draw_text(painter, QRectF(at + marker, box.top(), room, box.height()), words, ink, elide=True)
            at += marker + advance(words, ink) + px(12)

    def _draw_indices(self, painter: QPainter, box: QRectF, row: MatterRow) -> None:
        t = theme()
        if row.shared:
            draw_text(painter, box, f"with {row.shared}", Ink(12, 400, t.muted), elide=True)
            return
        if not row.has_indices:
            draw_text(painter, box, MISSING, Ink(12, 400, t.muted))
            return
        words = text_width("0.00, 0.00", 12) + px(10)
        room = max(0.0, box.width() - words)
        places = [
            [box.left() + room * min(max(value, 0.0), 1.0) for value in values]
            for values in (row.first, row.total)
        ]
        self._bar(painter, box, (box.left(), places[1][0]), LESS)
        self._bar(painter, box, (box.left(), places[0][0]), MORE)
        for _, low, high in places[1:] if row.total[0] >= _NOTHING else ():
            y = round(box.center().y())
            fill(painter, QRectF(round(low), y, max(1.0, high - low), 1), t.ink)
            for x in (low, high):
                fill(painter, QRectF(round(x), y - px(3), 1, 2 * px(3) + 1), t.ink)
        text = f"{index_text(row.first[0])}, {index_text(row.total[0])}"
        draw_text(painter, box, text, Ink(12, 400, t.ink2, align=RIGHT))
