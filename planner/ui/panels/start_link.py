"""The name of the preset as a way to the start page."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from planner.ui.kit import Edge, Ink, advance, dotted_line, draw_text, elided, rounded
from planner.ui.kit.buttons import ButtonBase
from planner.ui.theme import draw_icon, px, theme

_GAP, _SIDE = 4, 12


class PresetLink(ButtonBase):
    """A name that may be shortened, with a mark that more lies behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_name("none")

    def show_name(self, name: str) -> None:
        """Show the name of another preset."""
        self.setText(name)
        self.setAccessibleName(f"Preset {name}: choose another")
        self.setToolTip(f"{name}\nAll presets, with their figures and sources")
        self.update()

    def sizeHint(self) -> QSize:
        """The whole name and its mark."""
        return QSize(math.ceil(advance(self.shown_text, Ink(12, 500))) + px(_GAP + _SIDE) + 2, px(20))

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(px(40), px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        ink = Ink(12, 500, theme().ink)
        side = px(_SIDE)
        shown = elided(self.shown_text, ink, self.width() - side - px(_GAP) - 2)
        width = advance(shown, ink)
        draw_text(painter, QRectF(1, 0, width + 1, self.height()), shown, ink)
        where = QPointF(1 + width + px(_GAP), (self.height() - side) / 2)
        draw_icon(painter, "chevron-right", where, side, theme().ink if self.underMouse() else theme().muted)
        if self.underMouse() or self.hasFocus():
            dotted_line(painter, 1, 1 + width, self.height() - px(3), theme().ink)
        if self.ring_shown:
            box = QRectF(0, 0, width + side + px(_GAP) + 2, self.height())
            rounded(painter, box, px(3), None, Edge(theme().focus, 1.5))
