"""A sheet of the stage: text, rules and marks in units of the design, whatever the screen measures.

The design is 1440x900. A screen of another size gets the same letters, larger or smaller by
``min(width / 1440, height / 900)``; what is left over widens or heightens the sheet. Nothing here follows
the zoom of the window: a projector has its own size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from planner.ui.kit.paint import draw_marker
from planner.ui.lettering import plain
from planner.ui.theme import colour, font_of, metrics_of, theme, token

WIDTH: Final = 1440.0
HEIGHT: Final = 900.0


@dataclass(frozen=True, slots=True)
class Type:
    """How a text is set: size in units of the design, weight, cut, and a token for its colour."""

    size: int
    weight: int = 400
    tone: str = "ink"
    display: bool = False

    @property
    def metrics(self) -> QFontMetricsF:
        """Lengths in units of the design."""
        return metrics_of(self.size, self.weight, self.display)

    def width(self, text: str) -> float:
        """Advance of one line."""
        return self.metrics.horizontalAdvance(text)

    @property
    def line(self) -> float:
        """From one line to the next."""
        return round(self.size * 1.28)


@dataclass(frozen=True, slots=True)
class Written:
    """A text that was painted, where its letters are, and whether it had to be shortened."""

    text: str
    box: QRectF
    cut: bool


def scale_of(width: float, height: float) -> float:
    """Pixels of a screen for a unit of the design."""
    return max(0.05, min(width / WIDTH, height / HEIGHT))


def wrapped(text: str, style: Type, width: float, most: int = 99) -> list[str]:
    """Lines of a text that fit a width; the last one of the allowed is shortened where more would follow."""
    lines: list[str] = []
    words = [word for word in plain(text).split(" ") if word]
    while words and len(lines) < most:
        line = words.pop(0)
        while words and style.width(f"{line} {words[0]}") <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    if words:
        lines[-1] = f"{lines[-1]} {words[0]} …"
    return [elided(line, style, width) for line in lines]


def elided(text: str, style: Type, width: float) -> str:
    """A line shortened with an ellipsis to a width."""
    text = plain(text)
    if style.width(text) <= width:
        return text
    return style.metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))


def fitted(text: str, styles: Sequence[Type], width: float) -> tuple[Type, list[str]]:
    """The largest of some styles in which a text stands on one line; else the last one, on two."""
    for style in styles:
        if style.width(plain(text)) <= width:
            return style, [plain(text)]
    return styles[-1], wrapped(text, styles[-1], width, 2)


@dataclass
class Canvas:
    """One paint of a page.

    Attributes
    ----------
    painter : QPainter
        Scaled to units of the design, its origin at the corner of the page.
    width, height : float
        Of the page.
    unit : float
        Pixels of the device for one unit.
    written : list of Written
        Every text, in order.
    """

    painter: QPainter
    width: float
    height: float
    unit: float
    written: list[Written] = field(default_factory=list)

    @classmethod
    def on(cls, painter: QPainter, box: QRectF) -> Canvas:
        """Scale a painter to a page that fills a box of the device."""
        scale = scale_of(box.width(), box.height())
        painter.translate(box.topLeft())
        painter.scale(scale, scale)
        ratio = painter.device().devicePixelRatioF()
        return cls(painter, box.width() / scale, box.height() / scale, scale * ratio)

    # -- text

    def text(self, left: float, middle: float, text: str, style: Type, *, room: float = 1e9) -> float:
        """Set a line from the left, its capitals centred on ``middle``; return where it ends."""
        return self._set(left, middle, text, style, room)

    def text_right(self, right: float, middle: float, text: str, style: Type, *, room: float = 1e9) -> float:
        """Set a line that ends at ``right``; return where it begins."""
        shown = elided(text, style, room)
        left = right - style.width(shown)
        self._set(left, middle, text, style, room)
        return left

    def text_centre(self, centre: float, middle: float, text: str, style: Type) -> None:
        """Set a line around a centre."""
        self._set(centre - style.width(plain(text)) / 2, middle, text, style, 1e9)

    def lines(self, left: float, middle: float, lines: Sequence[str], style: Type) -> float:
        """Set lines below each other; return the middle of the one that would follow."""
        for line in lines:
            self._set(left, middle, line, style, 1e9)
            middle += style.line
        return middle

    def _set(self, left: float, middle: float, text: str, style: Type, room: float) -> float:
        shown = elided(text, style, room)
        if not shown:
            return left
        lengths = style.metrics
        base = middle + lengths.capHeight() / 2
        self.painter.setFont(font_of(style.size, style.weight, style.display))
        self.painter.setPen(colour(_tone(style.tone)))
        self.painter.drawText(QPointF(left, base), shown)
        box = QRectF(left, base - lengths.capHeight(), lengths.horizontalAdvance(shown), 0)
        box.setBottom(base + (lengths.descent() * 0.75 if any(c in "gjpqy,;Q()" for c in shown) else 0.0))
        self.written.append(Written(shown, box, shown != plain(text)))
        return left + box.width()

    # -- lines and areas

    def rule(self, left: float, y: float, width: float, tone: str = "hairline") -> None:
        """A horizontal line on whole pixels."""
        self._bar(QRectF(left, y, width, 0), tone)

    def upright(self, x: float, top: float, height: float, tone: str = "hairline") -> None:
        """A vertical line on whole pixels."""
        self._bar(QRectF(x, top, 0, height), tone)

    def _bar(self, box: QRectF, tone: str) -> None:
        thick = max(1, round(self.unit)) / self.unit
        left, top = (round(v * self.unit) / self.unit for v in (box.left(), box.top()))
        self.fill(QRectF(left, top, box.width() or thick, box.height() or thick), _tone(tone))

    def fill(self, box: QRectF, value: str, alpha: float = 1.0) -> None:
        """A plain rectangle."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.painter.fillRect(box, colour(value, alpha))

    def dashes(self, start: QPointF, end: QPointF, tone: str = "ink2") -> None:
        """A dashed line: a limit."""
        self.pen(tone, 1.2)
        pen = self.painter.pen()
        pen.setDashPattern([4, 4])
        self.painter.setPen(pen)
        self.painter.drawLine(start, end)

    def rounded(self, box: QRectF, radius: float, tone: str, edge: str = "") -> None:
        """A rounded surface."""
        painter = self.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(colour(_tone(edge)), 1) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(colour(_tone(tone)))
        painter.drawRoundedRect(box, radius, radius)

    def marker(self, strategy: str, x: float, y: float, radius: float) -> None:
        """The marker of a strategy."""
        draw_marker(self.painter, strategy, QPointF(x, y), radius)

    def pen(self, tone: str, width: float, alpha: float = 1.0) -> None:
        """Take a smooth pen and no brush."""
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        pen = QPen(colour(_tone(tone), alpha), width + theme().pen_extra)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)


def _tone(name: str) -> str:
    """A token, a colour as it is, or a strategy's mark."""
    if name.startswith("#"):
        return name
    return theme().strategy[name] if name in theme().strategy else token(name)
