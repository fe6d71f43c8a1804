"""Painting shared by the widgets and the plots: surfaces, text, strategy markers, shadow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QStaticText

from planner.ui.theme import (
    CACHES,
    STRATEGY_MARKERS,
    colour,
    font_of,
    metrics,
    metrics_of,
    px,
    text_width,
    theme,
)

Align = Qt.AlignmentFlag
LEFT = Align.AlignLeft | Align.AlignVCenter
RIGHT = Align.AlignRight | Align.AlignVCenter
CENTRE = Align.AlignHCenter | Align.AlignVCenter
_RIGHT, _HORIZONTAL_CENTRE = int(Align.AlignRight), int(Align.AlignHCenter)
_VERTICAL_CENTRE, _BOTTOM = int(Align.AlignVCenter), int(Align.AlignBottom)
_CORNERS = {  # corners, turn in degrees, size against a circle
    "square": (4, 45, 1.25),
    "triangle": (3, -90, 1.28),
    "diamond": (4, 0, 1.32),
    "pentagon": (5, -90, 1.16),
}


@dataclass(frozen=True)
class Ink:
    """How one piece of text is set: size and weight of the design, colour, alignment."""

    size: float = 13
    weight: int = 400
    colour: str = ""
    display: bool = False
    align: Qt.AlignmentFlag = LEFT

    @property
    def value(self) -> str:
        """The colour, ink when none was given."""
        return self.colour or theme().ink


def draw_text(painter: QPainter, box: QRectF, text: str, ink: Ink, *, elide: bool = False) -> None:
    """Set one line of text in a box; with ``elide`` it is shortened to fit."""
    if elide:
        text = elided(text, ink, box.width())
    line, face, width, height = _laid_out(text, px(ink.size), ink.weight, ink.display)
    painter.setFont(face)
    painter.setPen(colour(ink.value))
    align, left, top = int(ink.align), box.x(), box.y()
    if align & _RIGHT:
        left += box.width() - width
    elif align & _HORIZONTAL_CENTRE:
        left += (box.width() - width) / 2
    if align & _VERTICAL_CENTRE:
        top += (box.height() - height) / 2
    elif align & _BOTTOM:
        top += box.height() - height
    painter.drawStaticText(QPointF(left, top), line)


@lru_cache(maxsize=2048)
def _laid_out(text: str, size: int, weight: int, display: bool) -> tuple[QStaticText, QFont, float, float]:
    """One line of text whose glyphs are placed once: placing them again is most of the time of drawing it."""
    face = font_of(size, weight, display)
    line = QStaticText(text)
    line.setTextFormat(Qt.TextFormat.PlainText)
    line.prepare(font=face)
    lengths = metrics_of(size, weight, display)
    return line, face, lengths.horizontalAdvance(text), lengths.height()


def elided(text: str, ink: Ink, width: float) -> str:
    """The text shortened with an ellipsis to a width in pixels."""
    if advance(text, ink) <= width:
        return text
    lengths = metrics(ink.size, ink.weight, ink.display)
    return lengths.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))


def advance(text: str, ink: Ink) -> float:
    """Width of one line in pixels."""
    return text_width(text, ink.size, ink.weight, ink.display)


@dataclass(frozen=True)
class Edge:
    """Outline of a surface."""

    colour: str
    width: float = 1.0


def rounded(
    painter: QPainter, rect: QRectF | QRect, radius: float, ground: str | None, edge: Edge | None = None
) -> None:
    """A rounded surface with an optional hairline inside its rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    box = QRectF(rect)
    if edge is not None:
        inset = edge.width / 2
        box = box.adjusted(inset, inset, -inset, -inset)
        painter.setPen(QPen(colour(edge.colour), edge.width))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    if ground is None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setBrush(colour(ground))
    painter.drawRoundedRect(box, radius, radius)


def fill(painter: QPainter, rect: QRectF | QRect, value: str) -> None:
    """A plain rectangle on whole pixels, without antialiasing."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(rect), colour(value))


def dot(painter: QPainter, centre: QPointF, radius: float, value: str) -> None:
    """A filled disc: the sign of a changed value."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(value))
    painter.drawEllipse(centre, radius, radius)


@lru_cache(maxsize=128)
def marker_path(kind: str, radius: float) -> QPainterPath:
    """The shape of a strategy marker around the origin."""
    path = QPainterPath()
    if kind == "circle":
        path.addEllipse(QPointF(0, 0), radius, radius)
        return path
    count, turn, scale = _CORNERS[kind]
    down = radius * 0.18 if kind == "triangle" else 0.0
    points = [
        QPointF(scale * radius * math.cos(angle), down + scale * radius * math.sin(angle))
        for angle in (math.radians(turn + i * 360 / count) for i in range(count))
    ]
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path


def draw_marker(
    painter: QPainter, strategy: str, centre: QPointF, radius: float, *, value: str = "", halo: str = ""
) -> None:
    """Paint the marker of a strategy; ``halo`` is a rim that lifts it off lines below."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    path = marker_path(STRATEGY_MARKERS.get(strategy, "circle"), radius).translated(centre)
    if halo:
        painter.setPen(QPen(colour(halo), 3))
        painter.setBrush(colour(halo))
        painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(value or theme().strategy.get(strategy, theme().ink2)))
    painter.drawPath(path)


def ring(painter: QPainter, centre: QPointF, radius: float = 4.6) -> None:
    """The sign of a crossing: surface fill, ink edge."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(colour(theme().ink), 1.8))
    painter.setBrush(colour(theme().surface))
    painter.drawEllipse(centre, radius, radius)


def hatch(painter: QPainter, rect: QRectF, value: str, gap: float = 6.0) -> None:
    """Fill for what is unknown: faint tint and diagonal lines."""
    if rect.width() <= 0 or rect.height() <= 0 or rect.width() > 20_000:
        return
    painter.save()
    painter.fillRect(rect, colour(value, 0.10))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(colour(value, 0.55), 1.2))
    x = rect.left() - rect.height()
    while x < rect.right():  # cut by hand: drawings in SVG know no clipping
        before, beyond = max(0.0, rect.left() - x), max(0.0, x + rect.height() - rect.right())
        start = QPointF(x + before, rect.bottom() - before)
        painter.drawLine(start, QPointF(x + rect.height() - beyond, rect.top() + beyond))
        x += gap
    painter.restore()


def chip(painter: QPainter, centre_x: float, top: float, text: str, limits: tuple[float, float]) -> None:
    """A filled pill with a word on it (crosshair, "this plan"), kept inside the limits."""
    ink = Ink(11, 600, theme().on_accent, align=CENTRE)
    height = metrics(11, 600).height() + 5
    width = advance(text, ink) + 16
    left = min(max(centre_x - width / 2, limits[0]), max(limits[0], limits[1] - width))
    box = QRectF(left, top, width, height)
    rounded(painter, box, height / 2, theme().accent)
    draw_text(painter, box, text, ink)


SHADOW_BLUR = 22
SHADOW_DOWN = 8
_CORE = 2 * SHADOW_BLUR + 4  # as wide as the blur reaches inwards, and a strip to stretch


def shadow_margin() -> int:
    """Room around a floating surface that its shadow needs."""
    return SHADOW_BLUR + SHADOW_DOWN


@lru_cache(maxsize=8)
def _shadow(dark: bool, ratio: float) -> QPixmap:
    """The shadow of a small rounded square, to be stretched as a nine-patch."""
    side = math.ceil((2 * SHADOW_BLUR + _CORE) * ratio)
    mask = np.zeros((side, side))
    edge = round(SHADOW_BLUR * ratio)
    mask[edge:-edge, edge:-edge] = 1.0
    reach = max(1, round(SHADOW_BLUR * ratio / 3.2))
    kernel = np.ones(2 * reach + 1) / (2 * reach + 1)
    for _ in range(3):
        for axis in (0, 1):
            mask = np.apply_along_axis(np.convolve, axis, mask, kernel, "same")
    pixels = np.zeros((side, side, 4), np.uint8)
    pixels[..., 3] = np.round(mask * 255 * (0.48 if dark else 0.16))
    image = QImage(pixels.tobytes(), side, side, 4 * side, QImage.Format.Format_ARGB32_Premultiplied)
    picture = QPixmap.fromImage(image.copy())
    picture.setDevicePixelRatio(ratio)
    return picture


CACHES.append(_shadow)


def draw_shadow(painter: QPainter, rect: QRectF) -> None:
    """Paint the soft shadow of a floating surface around and below its rectangle."""
    ratio = painter.device().devicePixelRatioF()
    picture = _shadow(theme().dark, ratio)
    corner = 2.0 * SHADOW_BLUR
    side = picture.width() / ratio
    outer = rect.adjusted(-SHADOW_BLUR, -SHADOW_BLUR, SHADOW_BLUR, SHADOW_BLUR).translated(0, SHADOW_DOWN)
    if outer.width() < 2 * corner or outer.height() < 2 * corner:
        return
    source = (0.0, corner, side - corner, side)
    across = (outer.left(), outer.left() + corner, outer.right() - corner, outer.right())
    down = (outer.top(), outer.top() + corner, outer.bottom() - corner, outer.bottom())
    for i in range(3):
        for j in range(3):
            target = QRectF(QPointF(across[i], down[j]), QPointF(across[i + 1], down[j + 1]))
            near, far = QPointF(source[i], source[j]), QPointF(source[i + 1], source[j + 1])
            part = QRectF(near * ratio, far * ratio)
            painter.drawPixmap(target, picture, part)
