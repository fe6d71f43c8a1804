"""From data to pixels: what every item of a plot shares.

Items keep raw data and paint in pixels: the painter's transform is read, reset, and everything is drawn in
logical pixels, so that pens, markers and text are crisp at every pixel ratio and scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from planner.ui.plots.pg import GraphicsObject, ViewBox, arrayToQPolygonF

Floats = NDArray[np.float64]
HUGE = 1e200
FAR = 20_000.0
"""Pixels beyond which nothing is drawn: farther coordinates overflow the rasteriser."""


class Box(ViewBox):
    """The data area; knows which of its axes are logarithmic."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.log_x = False
        self.log_y = False
        self.opacity_shown = 1.0


@dataclass(frozen=True)
class Frame:
    """The transform of one paint, and the data area in pixels."""

    x_scale: float
    x_shift: float
    y_scale: float
    y_shift: float
    box: QRectF
    log_x: bool = False
    log_y: bool = False

    def x(self, value: float) -> float:
        """Pixel of a value, kept within `FAR`."""
        return _pixel(value, self.x_scale, self.x_shift, self.log_x)

    def y(self, value: float) -> float:
        """Pixel of a value, kept within `FAR`."""
        return _pixel(value, self.y_scale, self.y_shift, self.log_y)

    def point(self, x: float, y: float) -> QPointF:
        """Pixel of a point."""
        return QPointF(self.x(x), self.y(y))

    def polygon(self, x: Floats, y: Floats) -> QPolygonF:
        """Pixels of finite points."""
        across = _pixels(x, self.x_scale, self.x_shift, self.log_x)
        up = _pixels(y, self.y_scale, self.y_shift, self.log_y)
        return arrayToQPolygonF(across, up)


def _pixel(value: float, scale: float, shift: float, log: bool) -> float:
    if log:
        value = math.log10(value) if value > 0 else -math.inf
    where = value * scale + shift
    if where != where:
        return -FAR
    return min(max(where, -FAR), FAR)


def _pixels(values: Floats, scale: float, shift: float, log: bool) -> Floats:
    if log:
        values = np.where(values > 0, np.log10(np.maximum(values, 1 / HUGE)), -HUGE)
    placed: Floats = np.clip(values * scale + shift, -FAR, FAR)
    return placed


def floats(values: ArrayLike) -> Floats:
    """Anything as a flat array of floats; infinite becomes not a number, huge is cut against overflow."""
    array = np.asarray(values, dtype=np.float64).ravel()
    if array.size and not np.abs(array).max() < HUGE:
        array = np.clip(np.where(np.isfinite(array), array, np.nan), -HUGE, HUGE)
    return array


def finite_runs(*columns: Floats) -> list[slice]:
    """Stretches of at least one row in which every column is finite."""
    good = np.logical_and.reduce([np.isfinite(c) for c in columns])
    if good.size == 0:
        return []
    if good.all():
        return [slice(0, good.size)]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def same_length(*columns: ArrayLike) -> tuple[Floats, ...]:
    """Arrays cut to the shortest."""
    arrays = [floats(c) for c in columns]
    size = min(a.size for a in arrays)
    return tuple(a[:size] for a in arrays)


def stairs(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Points that hold each value until the next x."""
    if x.size < 2:
        return x, y
    return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]


def opacity_of(box: ViewBox | None) -> float:
    """How strongly a plot shows: less when its figures are out of date."""
    return box.opacity_shown if isinstance(box, Box) else 1.0


class Item(GraphicsObject):
    """Base of what is drawn into the data area; subclasses implement `draw`.

    ``overhang``: how many pixels beyond the data area may be painted, None for everywhere.
    """

    overhang: float | None = 0.0

    def __init__(self, level: float = 0.0) -> None:
        super().__init__()
        self.setZValue(level)

    def boundingRect(self) -> QRectF:
        """The whole view."""
        rect = self.viewRect()
        return QRectF(0, 0, 1, 1) if rect is None else QRectF(rect)

    def retheme(self) -> None:
        """Colours are read when painting."""
        self.update()

    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return False

    def draw(self, painter: QPainter, frame: Frame) -> None:
        """Paint in pixels."""
        raise NotImplementedError

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Hand over to `draw` with the transform of this moment; the painter is always given back whole."""
        frame = None if self.is_empty() else self._frame(painter)
        if frame is None:
            return
        painter.save()
        try:
            painter.resetTransform()
            painter.setOpacity(opacity_of(self.getViewBox()))
            if self.overhang is None:
                painter.setClipping(False)
            else:
                extra = self.overhang
                painter.setClipRect(frame.box.adjusted(-extra, -extra, extra, extra))
            self.draw(painter, frame)
        finally:
            painter.restore()

    def _frame(self, painter: QPainter) -> Frame | None:
        box = self.getViewBox()
        if not isinstance(box, Box):
            return None
        matrix = painter.transform()
        corners = matrix.mapRect(box.viewRect())
        if not (corners.width() >= 1 and corners.height() >= 1 and math.isfinite(corners.width())):
            return None
        return Frame(
            matrix.m11(), matrix.dx(), matrix.m22(), matrix.dy(), corners, log_x=box.log_x, log_y=box.log_y
        )
