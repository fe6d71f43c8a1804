"""The answer in one sentence, and under it what would change it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.engine.verdict import Verdict
from planner.ui.kit import Ink, advance, draw_marker, draw_text
from planner.ui.theme import DIM_OPACITY, draw_icon, px, theme

_HEIGHT = 56
_LARGEST, _SMALLEST = 21, 15


class VerdictBar(QWidget):
    """Marker, sentence, second line. A sentence too long for the width is set smaller, never cut."""

    def __init__(self) -> None:
        super().__init__()
        self._verdict = Verdict(None, "", "")
        self._stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retheme()

    def retheme(self) -> None:
        """Height follows zoom."""
        self.setFixedHeight(px(_HEIGHT))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(px(600), px(_HEIGHT))

    def show_verdict(self, verdict: Verdict, *, stale: bool = False) -> None:
        """Say something else; dimmed while it is out of date."""
        if (verdict, stale) == (self._verdict, self._stale):
            return
        self._verdict, self._stale = verdict, stale
        self.setAccessibleName(f"{'Out of date. ' if stale else ''}{verdict.sentence}")
        self.setAccessibleDescription(verdict.second)
        self.setToolTip(f"{verdict.sentence}\n{verdict.second}".strip())
        self.update()

    def _ink(self, room: float) -> Ink:
        return _fitting(self._verdict.sentence, room, (_LARGEST, _SMALLEST), weight=600)

    def _second_ink(self, room: float) -> Ink:
        return replace(_fitting(self._verdict.second, room, (13, 11)), colour=theme().ink2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter, left = QPainter(self), px(25)
        room = self.width() - left
        if self._stale:
            painter.setOpacity(DIM_OPACITY)
        if self._verdict.strategy is not None:
            draw_marker(painter, self._verdict.strategy, QPointF(px(9), px(15)), px(65) / 10)
        elif self._verdict.sentence:
            draw_icon(painter, "circle-alert", QPointF(px(1), px(7)), px(16), theme().bad)
        draw_text(painter, QRectF(left, 0, room, px(30)), self._verdict.sentence, self._ink(room), elide=True)
        second = QRectF(left, px(32), room, px(20))
        draw_text(painter, second, self._verdict.second, self._second_ink(room), elide=True)


def _fitting(text: str, room: float, sizes: tuple[int, int], *, weight: int = 400) -> Ink:
    """Return the largest size in which a line has room; the smallest where none has."""
    for size in range(sizes[0], sizes[1] - 1, -1):
        ink = Ink(size, weight, theme().ink, weight > 500)
        if advance(text, ink) <= room:
            break
    return ink
