"""What lies over the pages while their figures are out of date: they stay seen, pale, with the reason."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from planner.ui.kit import Edge, Ink, advance, draw_text, rounded
from planner.ui.theme import DIM_OPACITY, colour, draw_icon, px, theme

_WORDS = "Out of date: the last figures that could be computed"


class Veil(QWidget):
    """Covers another widget; the mouse goes through."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(_WORDS)
        self.hide()
        over.installEventFilter(self)

    def set_shown(self, shown: bool) -> None:
        """Cover, or not."""
        if shown == self.isHidden():
            self.setVisible(shown)
            self.setGeometry(self._over.rect())
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of what lies below."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pale ground, and a clock with the reason."""
        painter = QPainter(self)
        t = theme()
        painter.fillRect(self.rect(), colour(t.app, 1.0 - DIM_OPACITY))
        ink, side, high = Ink(12, 500, t.ink), px(14), px(28)
        width = advance(_WORDS, ink) + side + px(34)
        box = QRectF((self.width() - width) / 2, px(14), width, high)
        rounded(painter, box, high / 2, t.raised, Edge(t.border))
        draw_icon(painter, "clock", QPointF(box.left() + px(12), box.center().y() - side / 2), side, t.ink2)
        draw_text(painter, box.adjusted(px(12) + side + px(8), 0, 0, 0), _WORDS, ink)
