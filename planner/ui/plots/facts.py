"""A short list of figures, each with an icon and a remark: what is counted beside the plots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from planner.ui.kit.paint import RIGHT, Ink, draw_text, fill, rounded
from planner.ui.kit.table import Cell
from planner.ui.plots.chart import Chart
from planner.ui.theme import draw_icon, px, text_width, theme


@dataclass(frozen=True)
class Fact:
    """Icon, title, remark, value in words and as a number, and the figure it opens."""

    icon: str
    title: str
    remark: str
    text: str
    value: float = math.nan
    key: str = ""


class Facts(Chart):
    """The facts under each other; a row opens its line items."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.facts: list[Fact] = []

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Other facts."""
        self.facts = list(facts)
        self.data_changed()

    def row_count(self) -> int:
        """Facts."""
        return len(self.facts)

    def read_out(self, row: int, part: int) -> str:
        """One fact in words."""
        fact = self.facts[row]
        return f"{fact.title}: {fact.text}, {fact.remark}"

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """The fact under a pixel."""
        row = int(where.y() * len(self.facts) / max(1, self.height()))
        return (row, 0) if 0 <= row < len(self.facts) else None

    def draw(self, painter: QPainter, width: float, height: float) -> None:
        """Paint the rows."""
        t, here = theme(), self.visiting
        pitch = min(height / max(1, len(self.facts)), float(px(46)))
        side, left = px(16), float(px(26))
        for i, fact in enumerate(self.facts):
            y = pitch * i
            if here is not None and here[0] == i:
                rounded(painter, QRectF(0, y + 1, width, pitch - 2), px(5), t.hover)
            if i:
                fill(painter, QRectF(0, round(y), width, 1), t.hairline)
            draw_icon(painter, fact.icon, QPointF(2, y + (pitch - side) / 2), side, t.muted)
            middle = y + pitch / 2
            room = width - left - text_width(fact.text, 13, 600) - px(12)
            box = QRectF(left, middle - px(17), room, px(17))
            draw_text(painter, box, fact.title, Ink(12, 400, t.ink2), elide=True)
            draw_text(painter, box.translated(0, px(17)), fact.remark, Ink(11, 400, t.muted), elide=True)
            line = QRectF(0, y, width - px(2), pitch)
            draw_text(painter, line, fact.text, Ink(13, 600, align=RIGHT))

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """The figures."""
        return ["", "Value", "Remark"], [
            [Cell(f.title), Cell(f.text, f.value if math.isfinite(f.value) else None), Cell(f.remark)]
            for f in self.facts
        ]

    def describe(self) -> str:
        """Every fact in words."""
        return "; ".join(f"{f.title} {f.text}" for f in self.facts) + "." if self.facts else "No data."
