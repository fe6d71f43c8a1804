"""The slider of an input: one value, or low, likely and high.

Positions are fractions of the track, 0 to 1; what they mean is the owner's affair. A gesture (a drag, or a
key held down) lies between ``pressed`` and ``released``, so that it can become one undo step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy

from planner.ui.theme import colour, px, theme

STEPS = 10_000
_SIGN = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -1,
    Qt.Key.Key_PageUp: 1,
}
KINDS = ("fine", "step", "coarse", "page")
_DEFAULT_STEP = {"fine": 0.001, "step": 0.01, "coarse": 0.05, "page": 0.1}
Stepper = Callable[[float, str, int], float]
Curve = tuple[tuple[float, float], ...]
"""Fractions of the track, rising, and how high a density is there, 0 to 1."""


@dataclass
class _Shown:
    """What is shown besides the value."""

    preset: float | None = None
    low: float | None = None
    high: float | None = None
    bad: bool = False
    unset: bool = False
    curve: Curve = ()
    band: tuple[float, float] | None = None


class Slider(QAbstractSlider):
    """A painted slider with keyboard steps, a tick at the preset and, if set, bars for low and high.

    ``stepper(fraction, kind, sign)`` may say where a key leads; kinds are fine (Ctrl), step, coarse
    (Shift) and page. Space moves the keyboard from the likely handle to low and high and back. Bars stop at
    the likely handle, and it at them, unless it ``carries`` them: then the owner moves them along.
    """

    moved = Signal(float)
    lowMoved = Signal(float)
    highMoved = Signal(float)
    pressed = Signal()
    released = Signal()
    presetAsked = Signal()

    def __init__(self, name: str, stepper: Stepper | None = None) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, STEPS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.stepper = stepper
        self.carries = False
        self._fraction = 0.0
        self._shown = _Shown()
        self._drawn: tuple[Curve, float, float, QPolygonF, QPolygonF] | None = None
        self._active = "likely"
        self._gesture = False
        self._grip = 0.0
        self._internal = False
        self.valueChanged.connect(self._set_from_outside)

    # -- values

    @property
    def fraction(self) -> float:
        """Where the handle is."""
        return self._fraction

    def set_fraction(self, fraction: float) -> None:
        """Move the handle; nothing is emitted."""
        fraction = _clamped(fraction)
        if fraction == self._fraction and self.value() == round(fraction * STEPS):
            return
        self._fraction = fraction
        self._internal = True
        self.setValue(round(self._fraction * STEPS))
        self._internal = False
        self.update()

    def set_preset(self, fraction: float | None) -> None:
        """Tick where the preset was; None removes it."""
        preset = None if fraction is None else _clamped(fraction)
        if preset != self._shown.preset:
            self._shown.preset = preset
            self.update()

    def set_range(self, low: float | None, high: float | None) -> None:
        """Show the bars of a range; None hides them."""
        ends: tuple[float | None, float | None] = (None, None)
        if low is None or high is None:
            self.set_active("likely")
        else:
            ends = _clamped(min(low, high)), _clamped(max(low, high))
        if ends != (self._shown.low, self._shown.high):
            self._shown.low, self._shown.high = ends
            self.update()

    def set_density(self, curve: Curve, band: tuple[float, float] | None = None) -> None:
        """Show how probable the places of the track are; a band shows ends that nobody can move, pale."""
        if curve is not self._shown.curve or band != self._shown.band:
            self._shown.curve, self._shown.band = curve, band
            self.update()

    @property
    def range_shown(self) -> tuple[float, float] | None:
        """Low and high, when the bars are shown."""
        low, high = self._shown.low, self._shown.high
        return None if low is None or high is None else (low, high)

    def set_bad(self, bad: bool) -> None:
        """Paint as refused."""
        self._shown.bad = bad
        self.update()

    def set_unset(self, unset: bool) -> None:
        """Paint as a value that nobody chose: no filled track, a pale handle."""
        if unset != self._shown.unset:
            self._shown.unset = unset
            self.update()

    @property
    def active_handle(self) -> str:
        """``likely``, ``low`` or ``high``: the one keys move."""
        return self._active

    def set_active(self, handle: str) -> None:
        """Let keys move another handle."""
        if handle != self._active:
            self._active = handle
            self.setAccessibleDescription(f"keys move {handle}")
            self.update()

    def _set_from_outside(self, value: int) -> None:
        """A screen reader or other client moved the native value."""
        if self._internal:
            return
        self._fraction = value / STEPS
        self.moved.emit(self._fraction)

    def _move_to(self, fraction: float) -> None:
        """A gesture moves the active handle; bars stop at each other and at the likely value."""
        fraction = _clamped(fraction)
        bars = self.range_shown
        if bars is None or self._active == "likely":
            if bars is not None and not self.carries:
                fraction = min(max(fraction, bars[0]), bars[1])
            if fraction != self._fraction:
                self.set_fraction(fraction)
                self.moved.emit(fraction)
        elif self._active == "low":
            fraction = min(fraction, self._fraction)
            if fraction != bars[0]:
                self._shown.low = fraction
                self.update()
                self.lowMoved.emit(fraction)
        else:
            fraction = max(fraction, self._fraction)
            if fraction != bars[1]:
                self._shown.high = fraction
                self.update()
                self.highMoved.emit(fraction)

    def _position(self, handle: str) -> float:
        bars = self.range_shown
        if bars is None or handle == "likely":
            return self._fraction
        return bars[0] if handle == "low" else bars[1]

    # -- geometry

    def sizeHint(self) -> QSize:
        """Wide, and as high as the hit area; a density takes what there is above."""
        return QSize(px(160), px(18))

    def minimumSizeHint(self) -> QSize:
        """Room for a short track."""
        return QSize(px(60), px(18))

    def _track(self) -> tuple[float, float]:
        inset = px(13) / 2 + 1.5
        return inset, max(inset + 1.0, self.width() - inset)

    def x_of(self, fraction: float) -> float:
        """Pixel of a fraction."""
        left, right = self._track()
        return left + (right - left) * fraction

    def fraction_at(self, x: float) -> float:
        """Fraction at a pixel."""
        left, right = self._track()
        return _clamped((x - left) / (right - left))

    # -- gestures

    def _begin(self) -> None:
        if not self._gesture:
            self._gesture = True
            self.setSliderDown(True)
            self.pressed.emit()

    def _end(self) -> None:
        if self._gesture:
            self._gesture = False
            self.setSliderDown(False)
            self.released.emit()
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the nearest handle; a click on the track brings it there."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x = event.position().x()
        self._active = self._nearest(x)
        self._begin()
        offset = x - self.x_of(self._position(self._active))
        self._grip = offset if abs(offset) <= px(13) / 2 + 1 else 0.0
        if self._grip == 0.0:
            self._move_to(self.fraction_at(x))
        event.accept()

    def _nearest(self, x: float) -> str:
        bars = self.range_shown
        if bars is None:
            return "likely"
        distance = {name: abs(x - self.x_of(self._position(name))) for name in ("likely", "low", "high")}
        if distance["likely"] <= px(13) / 2 and self._fraction not in bars:
            return "likely"
        if x < self.x_of(bars[0]):
            return "low"
        if x > self.x_of(bars[1]):
            return "high"
        return min(distance, key=lambda name: distance[name])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._gesture and event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(self.fraction_at(event.position().x() - self._grip))
            event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End of the drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._end()
            event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the panel."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, Shift coarse, Ctrl fine, Page a decade, Home the preset, Space the next handle."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Home:
            self.presetAsked.emit()
        elif key == Qt.Key.Key_Space and self.range_shown is not None:
            order = ("likely", "low", "high")
            self.set_active(order[(order.index(self._active) + 1) % 3])
        elif key in _SIGN:
            self._begin()
            self._step(self._kind(event), _SIGN[key])
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _kind(self, event: QKeyEvent) -> str:
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            return "page"
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return "coarse"
        return "fine" if event.modifiers() & Qt.KeyboardModifier.ControlModifier else "step"

    def _step(self, kind: str, sign: int) -> None:
        at = self._position(self._active)
        where = self.stepper(at, kind, sign) if self.stepper else at + sign * _DEFAULT_STEP[kind]
        self._move_to(where)

    def step(self, kind: str, sign: int) -> None:
        """One step as a gesture of its own (from the editor's arrow keys)."""
        self._begin()
        self._step(kind, sign)
        self._end()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End of a held key."""
        if event.key() in _SIGN and not event.isAutoRepeat():
            self._end()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A gesture never outlives the focus."""
        self._end()
        super().focusOutEvent(event)
        self.update()

    # -- paint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        t = theme()
        y, thick = self.height() - px(18) / 2, px(3)
        self._paint_density(painter, y)
        left, right = self._track()
        left, right = left - px(13) / 2 + 1, right + px(13) / 2 - 1
        value = t.bad if self._shown.bad else t.ink2 if self.isEnabled() else t.faint
        painter.setBrush(colour(t.border if t.dark or t.high_contrast else t.hairline))
        painter.drawRoundedRect(QRectF(left, y - thick / 2, right - left, thick), 1.5, 1.5)
        bars = self.range_shown
        here = self.x_of(self._fraction)
        if self._shown.unset and not self._shown.bad:
            value = t.strong
        elif bars is None and self._shown.band is None:
            painter.setBrush(colour(value))
            painter.drawRoundedRect(QRectF(left, y - thick / 2, max(0.0, here - left), thick), 1.5, 1.5)
        if bars is not None:
            low, high = self.x_of(bars[0]), self.x_of(bars[1])
            painter.setBrush(colour(t.ink2, 0.28))
            painter.drawRect(QRectF(low, y - thick / 2, high - low, thick))
        if self._shown.band is not None and not self._shown.bad:
            low, high = (self.x_of(_clamped(end)) for end in self._shown.band)
            painter.setBrush(colour(t.ink2, 0.28))
            painter.drawRoundedRect(QRectF(low, y - thick, high - low, 2 * thick), thick, thick)
        if self._shown.preset is not None:
            painter.setBrush(colour(t.strong))
            painter.drawRoundedRect(QRectF(self.x_of(self._shown.preset) - 1, y - px(5), 2, px(10)), 1, 1)
        if bars is not None:
            self._paint_bars(
                painter, y, t.bad if self._shown.bad else t.ink2 if self.isEnabled() else t.faint
            )
        self._paint_handle(painter, QPointF(here, y), value)

    def _paint_density(self, painter: QPainter, y: float) -> None:
        """A filled curve that stands on the track, as high as there is room."""
        curve, room = self._shown.curve, y - px(1)
        if len(curve) < 2:
            return
        t, pale = theme(), self._shown.band is not None
        (left, right), drawn = self._track(), self._drawn
        if drawn is None or drawn[0] is not curve or drawn[1:3] != (right, y):
            tops = [QPointF(left + (right - left) * at, y - room * height) for at, height in curve]
            ground = [QPointF(tops[-1].x(), y), QPointF(tops[0].x(), y)]
            self._drawn = drawn = (curve, right, y, QPolygonF(tops), QPolygonF([*tops, *ground]))
        painter.setBrush(colour(t.ink2, 0.10 if pale else 0.16))
        painter.drawPolygon(drawn[4])
        painter.setPen(QPen(colour(t.ink2, 0.28 if pale else 0.5), 1.0))
        painter.drawPolyline(drawn[3])
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_bars(self, painter: QPainter, y: float, value: str) -> None:
        t = theme()
        for name in ("low", "high"):
            x = self.x_of(self._position(name))
            box = QRectF(x - px(5) / 2, y - px(6), px(5), px(12))
            if self.hasFocus() and self._active == name:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour(t.focus, 0.28))
                painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), px(5), px(5))
            painter.setBrush(colour(t.raised))
            painter.setPen(QPen(colour(value), 1.5))
            painter.drawRoundedRect(box, px(5) / 2, px(5) / 2)

    def _paint_handle(self, painter: QPainter, centre: QPointF, value: str) -> None:
        t = theme()
        radius = px(13) / 2
        if self.hasFocus() and self._active == "likely":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(t.focus, 0.28))
            painter.drawEllipse(centre, radius + 2.5, radius + 2.5)
        if t.dark and not self._shown.bad:
            painter.setPen(Qt.PenStyle.NoPen)
            solid = value if self._shown.unset else t.ink
            painter.setBrush(colour(solid if self.isEnabled() else t.faint))
            painter.drawEllipse(centre, radius - 0.5, radius - 0.5)
            return
        hot = self.underMouse() or self._gesture
        edge = value if self._shown.bad or not hot else t.ink
        painter.setBrush(colour(t.raised))
        painter.setPen(QPen(colour(edge), 1.5))
        painter.drawEllipse(centre, radius - 0.75, radius - 0.75)


def _clamped(fraction: float) -> float:
    """Into 0 to 1; what is not a number goes to 0."""
    return min(1.0, max(0.0, fraction)) if fraction == fraction else 0.0
