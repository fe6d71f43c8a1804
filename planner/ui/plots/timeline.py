"""Events on a time line, one lane a strategy: small ones filled, others ringed or hollow, with their cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from planner.ui.kit.paint import CENTRE, Ink, advance, draw_marker, draw_text, fill, rounded
from planner.ui.kit.table import Cell
from planner.ui.plots.chart import Chart, draw_name, names_width
from planner.ui.plots.items import tone_of
from planner.ui.plots.ticks import AxisSpec
from planner.ui.theme import colour, px, theme

KINDS = ("refresh", "migration", "replacement")
KIND_TITLES = {"refresh": "Refresh", "migration": "API model withdrawn", "replacement": "Base replaced"}


@dataclass(frozen=True)
class EventMark:
    """One event: month, kind, cost in words and as a number."""

    month: int
    kind: str
    text: str
    usd: float


@dataclass(frozen=True)
class Lane:
    """The events of a strategy; ``note`` stands instead where there are none."""

    strategy: str
    name: str
    events: tuple[EventMark, ...] = ()
    note: str = ""
    selected: bool = False


class Timeline(Chart):
    """Lanes of events over months; left and right walk through the events of a lane."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.lanes: list[Lane] = []
        self._axis = AxisSpec()
        self._namer: Callable[[float], str] = str

    def set_lanes(self, lanes: Sequence[Lane], axis: AxisSpec, namer: Callable[[float], str]) -> None:
        """Other events."""
        self.lanes, self._axis, self._namer = list(lanes), axis, namer
        self.data_changed()

    def row_count(self) -> int:
        """Lanes."""
        return len(self.lanes)

    def part_count(self, row: int) -> int:
        """Events of a lane; one where there are none, so that the keyboard gets past it."""
        return max(1, len(self.lanes[row].events))

    def read_out(self, row: int, part: int) -> str:
        """One event in words."""
        lane = self.lanes[row]
        if part >= len(lane.events):
            return f"{lane.name}: {lane.note or 'no events'}"
        event = lane.events[part]
        return f"{lane.name}, {self._namer(event.month)}: {KIND_TITLES[event.kind].lower()}, {event.text}"

    def _measure(self) -> tuple[float, float, float, float]:
        left = names_width([(lane.strategy, lane.name) for lane in self.lanes], self.width() * 0.4) + px(6)
        room = max(1.0, float(self.width()) - left - px(24))
        top, foot = float(px(24)), float(px(20))
        return left, room, top, max(1.0, (self.height() - top - foot) / max(1, len(self.lanes)))

    def _x(self, month: float) -> float:
        left, room, _, _ = self._layout()
        lo, hi = self._axis.ends
        return left + room * (month - lo) / (hi - lo)

    def _y(self, row: int) -> float:
        _, _, top, pitch = self._layout()
        return top + pitch * row + pitch * 0.62

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """The event nearest to a pixel within its lane."""
        _, _, top, pitch = self._layout()
        row = math.floor((where.y() - top) / pitch)
        if not 0 <= row < len(self.lanes):
            return None
        events = self.lanes[row].events
        if not events:
            return row, 0
        return row, min(range(len(events)), key=lambda i: abs(self._x(events[i].month) - where.x()))

    # -- paint

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Legend or read-out, months, lanes."""
        here = self.visiting
        if here is None:
            self._legend(painter)
        else:
            draw_text(painter, QRectF(0, 0, width, px(18)), self.read_out(*here), Ink(12, 500), elide=True)
        self._months(painter, height)
        for row, lane in enumerate(self.lanes):
            self._lane(painter, row, lane, here)

    def _legend(self, painter: QPainter) -> None:
        shown = [k for k in KINDS if any(e.kind == k for lane in self.lanes for e in lane.events)]
        x = self._layout()[0]
        for kind in shown:
            _mark(painter, kind, "", QPointF(x + px(5), px(9)), theme().ink2)
            draw_text(painter, QRectF(x + px(16), 0, self.width(), px(18)), KIND_TITLES[kind], _quiet())
            x += px(34) + advance(KIND_TITLES[kind], _quiet())

    def _months(self, painter: QPainter, height: float) -> None:
        _, _, top, pitch = self._layout()
        bottom = top + pitch * len(self.lanes)
        last = -math.inf
        for month, label in zip(self._axis.ticks, self._axis.labels, strict=False):
            x = self._x(month)
            fill(painter, QRectF(round(x), top, 1, bottom - top), theme().grid)
            half = advance(label, _quiet()) / 2
            if x - half > last:
                box = QRectF(x - half - 2, height - px(18), 2 * half + 4, px(18))
                draw_text(painter, box, label, Ink(11, 400, theme().muted, align=CENTRE))
                last = x + half + px(4)

    def _lane(self, painter: QPainter, row: int, lane: Lane, here: tuple[int, int] | None) -> None:
        left, room, top, pitch = self._layout()
        box = QRectF(0, top + pitch * row, left - px(6), pitch)
        draw_name(painter, box.translated(0, pitch * 0.12), (lane.strategy, lane.name, lane.selected))
        y = self._y(row)
        if not lane.events:
            draw_text(painter, QRectF(left + px(6), y - px(10), room, px(20)), lane.note, Ink(12, 500))
            return
        fill(painter, QRectF(left, round(y), room, 1), theme().border)
        last = -math.inf
        for i, event in enumerate(lane.events):
            x = self._x(event.month)
            if here == (row, i):
                ring_box = QRectF(x - px(10), y - px(10), px(20), px(20))
                rounded(painter, ring_box, px(10), theme().hover)
            _mark(painter, event.kind, lane.strategy, QPointF(x, y), tone_of(lane.strategy))
            half = advance(event.text, _quiet()) / 2
            if x - half > last and pitch >= px(26):
                words = QRectF(x - half - 2, y - px(23), 2 * half + 4, px(14))
                draw_text(painter, words, event.text, Ink(11, 400, theme().ink2, align=CENTRE))
                last = x + half + px(6)

    # -- twin

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """A row an event."""
        rows = [
            [
                Cell(lane.name, marker=lane.strategy),
                Cell(self._namer(e.month), float(e.month)),
                Cell(KIND_TITLES[e.kind]),
                Cell(e.text, e.usd),
            ]
            for lane in self.lanes
            for e in lane.events
        ]
        return ["Strategy", "Month", "Event", "Cost"], rows

    def describe(self) -> str:
        """Number and cost of the events of each lane."""
        parts = []
        for lane in self.lanes:
            count = len(lane.events)
            said = f"{count} events, the first {lane.events[0].text}" if count else lane.note or "no events"
            parts.append(f"{lane.name}: {said}")
        return "; ".join(parts) + "." if parts else "No data."


def _quiet() -> Ink:
    return Ink(11, 400, theme().muted)


def _mark(painter: QPainter, kind: str, strategy: str, where: QPointF, tone: str) -> None:
    """Filled for a refresh, hollow for a migration, filled in a ring for a replacement."""
    t, radius = theme(), px(45) / 10
    if kind == "migration":
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(colour(tone), 1.8))
        painter.setBrush(colour(t.surface))
        painter.drawEllipse(where, radius, radius)
        return
    draw_marker(painter, strategy, where, radius, value=tone, halo=t.surface)
    if kind == "replacement":
        painter.setPen(QPen(colour(tone), 1.5))
        painter.setBrush(colour(t.surface, 0.0))
        painter.drawEllipse(where, radius + px(4), radius + px(4))
