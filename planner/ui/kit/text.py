"""Labels, pills and rules: what only shows."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from planner.ui.kit.paint import Edge, Ink, advance, draw_marker, draw_text, elided, fill, rounded
from planner.ui.theme import colour, draw_icon, font, mix, px, theme, token

ROLES: Final[dict[str, tuple[float, int, str, bool]]] = {
    # role: size, weight, colour token, display cut
    "caption": (11, 400, "muted", False),
    "caption-strong": (11, 500, "ink", False),
    "muted": (12, 400, "muted", False),
    "label": (12, 400, "ink2", False),
    "label-strong": (12, 500, "ink", False),
    "value": (12, 500, "ink", False),
    "heading": (12, 600, "ink", False),
    "body": (13, 400, "ink", False),
    "body2": (13, 400, "ink2", False),
    "strong": (13, 500, "ink", False),
    "title": (13, 600, "ink", False),
    "banner": (14, 600, "ink", False),
    "section": (21, 600, "ink", True),
    "verdict": (21, 600, "ink", True),
    "figure": (20, 600, "ink", True),
    "total": (26, 600, "ink", True),
    "stage-headline": (54, 600, "ink", True),
    "stage-line": (32, 500, "ink2", True),
    "stage-figure": (48, 600, "ink", True),
    "stage-text": (18, 500, "ink", False),
    "stage-small": (15, 400, "muted", False),
}


class Text(QLabel):
    """A label of a role of the type table; its colour follows the theme."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        *,
        tone: str = "",
        wrap: bool = False,
        elide: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        super().__init__(text)
        self._role, self._tone, self._elide = role, tone, elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        self.setWordWrap(wrap)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.retheme()

    @property
    def tone(self) -> str:
        """The token this label takes its colour from."""
        return self._tone or ROLES[self._role][2]

    def set_tone(self, tone: str) -> None:
        """Take the colour from another token; empty for the role's own."""
        self._tone = tone
        self.retheme()

    def set_role(self, role: str) -> None:
        """Become another role of the type table."""
        self._role = role
        self.retheme()

    def set_rich(self, html: str) -> None:
        """Show simple HTML (bold, links)."""
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(html)

    def retheme(self) -> None:
        """Apply font and colour anew."""
        size, weight, _, display = ROLES[self._role]
        self.setFont(font(size, weight, display))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colour(token(self.tone)))
        palette.setColor(QPalette.ColorRole.Link, colour(theme().ink))
        self.setPalette(palette)

    def minimumSizeHint(self) -> QSize:
        """Text that may be shortened asks for no room."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), px(16)), hint.height()) if self._elide else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the full text as tooltip while it is shortened."""
        super().resizeEvent(event)
        if self._elide:
            self.setToolTip(self.text() if self._is_cut() else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint; shortened text by hand."""
        if not self._elide:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        draw_text(painter, QRectF(self.rect()), elided(self.text(), self._ink(), self.width()), self._ink())

    def _ink(self) -> Ink:
        size, weight, _, display = ROLES[self._role]
        return Ink(size, weight, token(self.tone), display, self.alignment())

    def _is_cut(self) -> bool:
        return advance(self.text(), self._ink()) > self.width()


class Pill(QWidget):
    """A short word in a rounded field. Kinds: plain, bad, warn, good, accent, or a strategy id (filled)."""

    def __init__(self, text: str, kind: str = "plain", *, icon: str = "", marker: str = "") -> None:
        super().__init__()
        self._text, self._kind, self._icon, self._marker = text, kind, icon, marker
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def set_text(self, text: str, kind: str = "") -> None:
        """Change the word, and the kind when one is given."""
        self._text, self._kind = text, kind or self._kind
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Text and ornaments."""
        extra = (px(15) if self._icon else 0) + (px(14) if self._marker else 0)
        return QSize(math.ceil(advance(self._text, Ink(11, 600))) + px(16) + extra, px(20))

    def colours(self) -> tuple[str, str, Edge | None]:
        """Text, fill and edge of the kind."""
        return pill_colours(self._kind)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        ink, ground, edge = self.colours()
        box = QRectF(self.rect())
        rounded(painter, box, box.height() / 2, ground, edge)
        x = px(8)
        if self._icon:
            side = px(12)
            draw_icon(painter, self._icon, QPointF(px(7), (self.height() - side) / 2), side, ink)
            x = px(22)
        if self._marker:
            draw_marker(painter, self._marker, QPointF(px(12), self.height() / 2), px(4))
            x = px(21)
        draw_text(painter, box.adjusted(x, 0, 0, 0), self._text, Ink(11, 600, ink))


def pill_colours(kind: str) -> tuple[str, str, Edge | None]:
    """Text, fill and edge of a kind of pill."""
    t = theme()
    if kind in ("bad", "warn", "good"):
        ink, tint = token(kind), token(f"{kind}_tint")
        return ink, tint, Edge(mix(tint, ink, 0.35))
    if kind == "accent":
        return t.on_accent, t.accent, None
    if kind in t.strategy_text:
        ground = t.strategy_text[kind]
        return (t.app if t.dark else "#FFFFFF"), ground, None
    return t.ink2, t.raised, Edge(t.border)


class Icon(QWidget):
    """A still icon in the colour of a token."""

    def __init__(self, name: str, size: int = 16, tone: str = "muted") -> None:
        super().__init__()
        self._name, self._size, self._tone = name, size, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, name: str, tone: str = "") -> None:
        """Show another icon."""
        self._name, self._tone = name, tone or self._tone
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(px(self._size), px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        draw_icon(QPainter(self), self._name, QPointF(0, 0), px(self._size), token(self._tone))


class Marker(QWidget):
    """The marker of a strategy as a widget."""

    def __init__(self, strategy: str, radius: float = 4.5) -> None:
        super().__init__()
        self._strategy, self._radius = strategy, radius
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_strategy(self, strategy: str) -> None:
        """Show another strategy."""
        self._strategy = strategy
        self.update()

    def sizeHint(self) -> QSize:
        """A square that holds every shape."""
        side = math.ceil(px(self._radius * 2.7))
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        centre = QPointF(self.width() / 2, self.height() / 2)
        draw_marker(QPainter(self), self._strategy, centre, px(self._radius * 10) / 10)


class HLine(QWidget):
    """A horizontal rule of one pixel."""

    def __init__(self, tone: str = "hairline") -> None:
        super().__init__()
        self._tone = tone
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        fill(QPainter(self), self.rect(), token(self._tone))


class VLine(QWidget):
    """A vertical rule of one pixel."""

    def __init__(self, tone: str = "hairline") -> None:
        super().__init__()
        self._tone = tone
        self.setFixedWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        fill(QPainter(self), self.rect(), token(self._tone))
