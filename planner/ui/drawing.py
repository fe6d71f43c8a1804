"""Widgets as PNG and SVG: painted in the window's thread, encoded in any."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView, QWidget

from planner.errors import PlannerError
from planner.ui.kit.still import still
from planner.ui.theme import colour

_TEXT: Final = re.compile(r"<text([^>]*)>([^<]*)</text>")
_ATTRIBUTE: Final = re.compile(r'([\w-]+)="([^"]*)"')
_LIKE_OURS: Final = "Inter, 'Helvetica Neue', Arial, sans-serif"
_FINE: Final = 16
"""Times as large as drawn are letters measured, so that widths are not those of whole pixels."""

DOTS_PER_INCH: Final = 96  # of a pixel of the design
LARGEST_SCALE: Final = 8.0
SCALES: Final = (1, 2, 3, 4)
"""What the window offers: pixels of a picture per pixel of the screen."""


def image_of(widget: QWidget, scale: float, ground: str) -> QImage:
    """Return a picture of a widget, with so many pixels per pixel of it.

    Parameters
    ----------
    widget : QWidget
        What to paint; focus rings and tools that hide are left out.
    scale : float
        Pixels per pixel.
    ground : str
        Colour behind it, such as ``#FFFFFF``; empty for none.

    Raises
    ------
    PlannerError
        If it would be too large.
    """
    image = QImage(widget.size() * scale, QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        raise _too_large()
    image.setDevicePixelRatio(scale)
    image.fill(colour(ground) if ground else Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _render(widget, painter)
    painter.end()
    return image


def png_bytes(image: QImage) -> bytes:
    """Return a picture as the bytes of a PNG file; no widget is touched.

    Raises
    ------
    PlannerError
        If it is too large to be one.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise _too_large()
    return bytes(buffer.data().data())


def svg_bytes(widget: QWidget, title: str) -> bytes:
    """Return a widget as the bytes of an SVG file; its lines stay lines and its texts texts."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(), widget.size()))
    generator.setTitle(title)
    generator.setResolution(DOTS_PER_INCH)
    painter = QPainter(generator)
    _render(widget, painter)
    painter.end()
    return _with_widths(bytes(buffer.data().data()).decode()).encode()


def _with_widths(drawing: str) -> str:
    """Let every text be as wide as here, and in a font like ours, where ours is not."""

    def told(match: re.Match[str]) -> str:
        start, words = match.groups()
        held = dict(_ATTRIBUTE.findall(start))
        family, size = held.get("font-family", ""), float(held.get("font-size", 0))
        if not words.strip() or size <= 0:
            return match[0]
        font = QFont(family)
        font.setPixelSize(max(1, round(size * _FINE)))
        font.setWeight(QFont.Weight(int(held.get("font-weight", 400))))
        width = QFontMetricsF(font).horizontalAdvance(html.unescape(words)) * size / font.pixelSize()
        likes = f"font-family=\"'{family}', {_LIKE_OURS}\""
        named = start.replace(f'font-family="{family}"', likes)
        return f'<text{named} textLength="{width:.2f}" lengthAdjust="spacingAndGlyphs">{words}</text>'

    return _TEXT.sub(told, drawing)


def _render(widget: QWidget, painter: QPainter) -> None:
    flags = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren
    with still(), _nothing_kept(widget):
        widget.render(painter, QPoint(), QRegion(widget.rect()), flags)


@contextmanager
def _nothing_kept(widget: QWidget) -> Iterator[None]:
    """Let nothing inside a widget paint from pixels that it keeps: they are of the screen's size."""
    views = [(view, view.cacheMode()) for view in widget.findChildren(QGraphicsView)]
    items = [(item, item.cacheMode()) for view, _ in views for item in view.items()]
    for view, _ in views:
        view.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
    for item, _ in items:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    try:
        yield
    finally:
        for view, mode in views:
            view.setCacheMode(mode)
        for item, kept in items:
            item.setCacheMode(kept)


def _too_large() -> PlannerError:
    return PlannerError("not_drawn", "The picture could not be drawn.", "Try a smaller scale.")
