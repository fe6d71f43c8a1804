"""Small painted things that several panels use."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from planner.ui.kit import CENTRE, Edge, Ink, advance, draw_text, rounded
from planner.ui.kit.buttons import ButtonBase
from planner.ui.theme import colour, px, theme


class PillButton(ButtonBase):
    """A pill that can be clicked."""

    def set_text(self, text: str) -> None:
        """Change the word."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Word and padding."""
        return QSize(math.ceil(advance(self.shown_text, Ink(11, 600))) + px(18), px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        t = theme()
        edge = Edge(t.focus, 1.5) if self.ring_shown else Edge(t.strong if self.underMouse() else t.hairline)
        box = QRectF(self.rect())
        rounded(painter, box, box.height() / 2, t.hover if self.underMouse() else t.sunken, edge)
        draw_text(painter, box, self.shown_text, Ink(11, 600, t.ink, align=CENTRE))


class Logo(QWidget):
    """Two lines that cross: where one way becomes cheaper than the other."""

    def __init__(self, size: int = 20) -> None:
        super().__init__()
        self._size = size
        self.retheme()

    def retheme(self) -> None:
        """Size follows zoom."""
        self.setFixedSize(px(self._size), px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        paint_logo(QPainter(self), self.width())


def paint_logo(painter: QPainter, side: float) -> None:
    """Paint the logo into a square."""
    t = theme()
    rounded(painter, QRectF(0, 0, side, side), side * 0.24, t.accent)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    unit = side / 20
    lines = (
        (0.55, 1.7, QPointF(4.2, 14.8), QPointF(15.6, 5.0)),
        (1.0, 1.9, QPointF(4.2, 8.2), QPointF(15.6, 11.8)),
    )
    for alpha, width, start, end in lines:
        pen = QPen(colour(t.on_accent, alpha), width * unit)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(start * unit, end * unit)
