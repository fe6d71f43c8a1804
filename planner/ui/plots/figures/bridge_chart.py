"""A waterfall: from one total to another by signed steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from planner.ui.kit.paint import CENTRE, RIGHT, Ink, advance, draw_text, elided, fill
from planner.ui.kit.table import Cell
from planner.ui.plots.chart import Chart
from planner.ui.plots.items import tone_of
from planner.ui.plots.ticks import AxisSpec
from planner.ui.theme import colour, px, text_width, theme

_FONT, _SMALL = 11, 10
_LINES = 2
_SHORTEST = 3


@dataclass(frozen=True)
class Bar:
    """One column: a total, or a step with what it adds.

    ``name`` stands under it, ``words`` is read out, ``strategy`` colours a total, ``key`` is what it opens.
    """

    name: str
    value: float
    text: str
    words: str = ""
    strategy: str = ""
    key: str = ""

    @property
    def is_total(self) -> bool:
        """Whether it stands on the axis."""
        return bool(self.strategy)


def wrapped(text: str, width: float, size: float = _FONT, most: int = _LINES) -> list[str]:
    """Return a name in lines of a width in pixels: at blanks, a long word with a hyphen, the rest cut."""
    ink, words = Ink(size, 400), text.split()
    lines: list[str] = []
    while words and len(lines) < most:
        line = words.pop(0)
        if advance(line, ink) > width and len(lines) < most - 1:
            head, tail = _broken(line, width, ink)
            line = head
            if tail:
                words.insert(0, tail)
        while words and not line.endswith("-") and advance(f"{line} {words[0]}", ink) <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    if words:
        lines[-1] = f"{lines[-1]} {' '.join(words)}"
    return [elided(line, ink, width) for line in lines]


def _broken(word: str, width: float, ink: Ink) -> tuple[str, str]:
    """Return a word in two parts, the first with a hyphen; whole where one would be too short or wide."""
    for cut in range(len(word) - _SHORTEST, _SHORTEST - 1, -1):
        if advance(f"{word[:cut]}-", ink) <= width:
            return f"{word[:cut]}-", word[cut:]
    return word, ""


class Waterfall(Chart):
    """Bars from left to right; parts are bars: left and right walk."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.bars: tuple[Bar, ...] = ()
        self.spans: tuple[tuple[float, float], ...] = ()
        self.axis = AxisSpec()
        self._twin: Callable[[], tuple[list[str], list[list[Cell]]]] = lambda: ([], [])
        self.said = ""

    def set_bars(self, bars: Sequence[Bar], axis: AxisSpec) -> None:
        """Other bars."""
        self.bars, self.axis = tuple(bars), axis
        self.spans = spans_of(bars)
        self.data_changed()

    def set_twin(self, twin: Callable[[], tuple[list[str], list[list[Cell]]]], said: str) -> None:
        """What the table says, where it says more than the bars, and the whole in words."""
        self._twin, self.said = twin, said

    def row_count(self) -> int:
        """One row of bars."""
        return 1 if self.bars else 0

    def part_count(self, row: int) -> int:
        """Bars."""
        return len(self.bars)

    def read_out(self, row: int, part: int) -> str:
        """One bar in words."""
        bar = self.bars[part]
        return f"{bar.name}: {bar.words}, {bar.text}" if bar.words else f"{bar.name}: {bar.text}"

    # -- geometry: left, room, top, pitch

    def _measure(self) -> tuple[float, float, float, float]:
        left = max((text_width(t, _FONT) for t in self.axis.labels), default=0.0) + px(12)
        room = max(1.0, float(self.width()) - left)
        return left, room, float(px(34)), room / max(1, len(self.bars))

    def _bottom(self) -> float:
        return max(self._layout()[2] + 1, float(self.height() - px(15 * _LINES + 6)))

    def _y(self, value: float) -> float:
        top, bottom = self._layout()[2], self._bottom()
        lo, hi = self.axis.ends
        return bottom - (bottom - top) * (value - lo) / (hi - lo)

    def box(self, part: int) -> QRectF:
        """Where a bar stands; at least two pixels high."""
        left, _, _, pitch = self._layout()
        gap = max(2, round(pitch * 0.22))
        x0, x1 = round(left + pitch * part) + gap // 2, round(left + pitch * (part + 1)) - gap // 2
        low, high = self.spans[part]
        y0, y1 = round(self._y(high)), round(self._y(low))
        return QRectF(x0, y0, max(1, min(x1 - x0, px(64))), max(2, y1 - y0)).translated(
            max(0, (x1 - x0 - px(64)) // 2), 0
        )

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """The bar whose column is under a pixel."""
        left, _, _, pitch = self._layout()
        part = int((where.x() - left) // pitch)
        return (0, part) if 0 <= part < len(self.bars) else None

    def label_boxes(self) -> list[QRectF]:
        """Where the values stand: above their bar, or as far above as others leave room, or below it."""
        placed: list[QRectF] = []
        high = px(15)
        for part, bar in enumerate(self.bars):
            box = self.box(part)
            wide = text_width(bar.text, _FONT, 600) + px(4)
            left = min(max(box.center().x() - wide / 2, 0.0), max(0.0, self.width() - wide))
            above = QRectF(left, box.top() - high - 1, wide, high)
            below = QRectF(left, box.bottom() + 1, wide, high)
            tries = [above]
            if not bar.is_total and below.bottom() <= self._bottom():
                tries.append(below)
            tries += [above.translated(0, -high * step) for step in (1, 2, 3)]
            free = (b for b in tries if not any(b.intersects(other) for other in placed))
            placed.append(next(free, above))
        return placed

    # -- paint

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Read-out, grid, connectors, bars, values, names."""
        if not self.bars:
            return
        here = self.visiting
        if here is not None:
            left = self._layout()[0]
            box = QRectF(left, 0, width - left, px(18))
            draw_text(painter, box, self.read_out(*here), Ink(12, 500), elide=True)
        self._grid(painter, width)
        self._connectors(painter)
        for part, (bar, place) in enumerate(zip(self.bars, self.label_boxes(), strict=True)):
            self._bar(painter, part, bar, here == (0, part))
            draw_text(painter, place, bar.text, Ink(_FONT, 600, self._tone(bar), align=CENTRE))
        self._names(painter, height)

    @staticmethod
    def _tone(bar: Bar) -> str:
        t = theme()
        return t.ink if bar.is_total else t.good if bar.value < 0 else t.bad

    def _grid(self, painter: QPainter, width: float) -> None:
        t, left = theme(), self._layout()[0]
        for value, label in zip(self.axis.ticks, self.axis.labels, strict=False):
            y = round(self._y(value))
            fill(painter, QRectF(left, y, width - left, 1), t.border if value == 0 else t.grid)
            box = QRectF(0, y - px(9), left - px(8), px(18))
            draw_text(painter, box, label, Ink(_FONT, 400, t.muted, align=RIGHT))

    def _connectors(self, painter: QPainter) -> None:
        running = 0.0
        for part, bar in enumerate(self.bars[:-1]):
            running = bar.value if bar.is_total else running + bar.value
            y, here, then = round(self._y(running)), self.box(part), self.box(part + 1)
            fill(painter, QRectF(here.left(), y, then.right() - here.left(), 1), theme().strong)

    def _bar(self, painter: QPainter, part: int, bar: Bar, visited: bool) -> None:
        t, box = theme(), self.box(part)
        hue = tone_of(bar.strategy) if bar.is_total else t.fall if bar.value < 0 else t.rise
        fill(painter, box, hue)
        if visited or t.high_contrast:
            painter.setPen(QPen(colour(t.ink), 2 if visited else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _names(self, painter: QPainter, height: float) -> None:
        left, _, _, pitch = self._layout()
        t, step = theme(), px(14)
        top, wide = self._bottom() + px(5), pitch - px(2)
        words = [word for bar in self.bars for word in bar.name.split()]
        fit = all(text_width(word, _FONT) <= wide for word in words)
        size = _FONT if fit else _SMALL
        for part, bar in enumerate(self.bars):
            weight, tone = (600, t.ink) if bar.is_total else (400, t.ink2)
            for number, line in enumerate(wrapped(bar.name, wide, size)):
                box = QRectF(left + pitch * part, top + step * number, pitch, step)
                draw_text(painter, box, line, Ink(size, weight, tone, align=CENTRE), elide=True)

    # -- twin

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Every step, those too that the bars join."""
        return self._twin()

    def describe(self) -> str:
        """The whole in words."""
        return self.said or "No data."


def spans_of(bars: Sequence[Bar]) -> tuple[tuple[float, float], ...]:
    """Return from where to where each bar reaches: totals from zero, steps from what came before."""
    spans, running = [], 0.0
    for bar in bars:
        start = 0.0 if bar.is_total else running
        running = bar.value if bar.is_total else running + bar.value
        spans.append((min(start, running), max(start, running)))
    return tuple(spans)
