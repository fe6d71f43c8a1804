"""What every input row has: margin dot, label, reset, information, and a place for its control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.scenario.fields import FieldSpec
from planner.ui.fields.facts import Auto
from planner.ui.kit import IconButton, Ink, Reveal, advance, dot, draw_text
from planner.ui.theme import px, theme
from planner.units import UNITS, unit_suffix

MARGIN = 16
LOW_ROW = 34
SLIDER_ROW = 52
_TOOL = 20  # leaves a long label the room of both tools


_NO_AUTO = Auto(None, "")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row shows: the value, that of the preset, and what stands in for null."""

    value: Any
    preset: Any
    auto: Auto = _NO_AUTO

    @property
    def changed(self) -> bool:
        """Whether the value differs from the preset."""
        return bool(self.value != self.preset)


class Row(QWidget):
    """One input. It asks for changes by signal and shows what it is told; it never echoes.

    Signals
    -------
    edited(str, object, object)
        Path, value and number of the gesture (None for a single change).
    held(bool)
        A gesture begins or ends.
    reset_asked(str), info_asked(object)
        The two tools; the second carries the row.
    """

    edited = Signal(str, object, object)
    held = Signal(bool)
    reset_asked = Signal(str)
    info_asked = Signal(object)

    base_height = LOW_ROW

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        self.spec = spec
        self.shown: Shown | None = None
        self.control: QWidget | None = None
        self._extra: QWidget | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(px(self.base_height))

    # -- for the subclasses
    def add_control(self, control: QWidget) -> None:
        """Put the control at the right and the tools before it; call once, at the end of making a row."""
        self.control = control
        control.setParent(self)
        self._reset = IconButton("rotate-ccw", f"Reset {self.spec.title}", size=14)
        self._info = IconButton("info", f"About {self.spec.title}", size=14, quiet=True)
        for button in (self._reset, self._info):
            button.setParent(self)
        self._reset.hide()
        self._reset.clicked.connect(lambda: self.reset_asked.emit(self.spec.path))
        self._info.clicked.connect(lambda: self.info_asked.emit(self))
        self._reveal = Reveal(self, [self._info])

    def display(self, shown: Shown) -> None:
        """Show a value: what a subclass does with its control."""
        raise NotImplementedError

    # -- for the panel
    @property
    def name(self) -> str:
        """Accessible name: title and unit."""
        suffix = unit_suffix(self.spec.unit) if self.spec.unit in UNITS else ""
        return f"{self.spec.title}, {suffix}" if suffix else self.spec.title

    def show_value(self, shown: Shown) -> None:
        """Show a value; nothing is emitted."""
        if shown == self.shown:
            return
        before, self.shown = self.shown, shown
        if before is None or before.changed != shown.changed:
            self._reset.setVisible(shown.changed)
            self.update()
        self.display(shown)

    def focus_control(self) -> None:
        """Bring the keyboard here."""
        if self.control is not None:
            self.control.setFocus()

    @property
    def info_button(self) -> IconButton:
        """The information mark, beside which the explanation opens."""
        return self._info

    @property
    def message(self) -> str:
        """What stands below the row: how a text is read, or why it is refused; empty for nothing."""
        return self._extra.accessibleName() if self._extra is not None else ""

    # -- geometry
    def event(self, event: QEvent) -> bool:
        """A tool that shows or hides takes or leaves its room: nothing else places it here."""
        if event.type() == QEvent.Type.LayoutRequest and self.control is not None:
            self.relayout()
            self.update()
        return super().event(event)

    def set_extra(self, extra: QWidget | None) -> None:
        """Show something below the row, or nothing."""
        if self._extra is not None and self._extra is not extra:
            self._extra.hide()
        self._extra = extra
        if extra is not None:
            extra.setParent(self)
            extra.show()
        self.relayout()

    def relayout(self) -> None:
        """Place everything and take the height it needs."""
        height = px(self.base_height)
        if self._extra is not None:
            width = max(40, self.width() - 2 * px(MARGIN))
            needed = self._extra.heightForWidth(width)
            needed = needed if needed > 0 else self._extra.sizeHint().height()
            self._extra.setGeometry(px(MARGIN), height - px(3), width, needed)
            height += needed + px(4)
        if height != self.height():
            self.setFixedHeight(height)
        self.place()

    def place(self) -> None:
        """Place control and tools."""
        if self.control is None:
            return
        size = self.control.sizeHint()
        top = round((px(LOW_ROW) - size.height()) / 2)
        left = self.width() - px(MARGIN) - size.width()
        self.control.setGeometry(left, top, size.width(), size.height())
        middle = px(LOW_ROW) // 2
        for button in (self._info, self._reset):
            side = min(button.sizeHint().width(), px(_TOOL))
            left -= side
            button.setGeometry(left, middle - side // 2, side, side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything anew."""
        super().resizeEvent(event)
        self.relayout()

    def sizeHint(self) -> QSize:
        """As wide as the panel."""
        return QSize(px(268), self.height())

    def retheme(self) -> None:
        """Heights follow zoom."""
        self.relayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dot and label."""
        painter = QPainter(self)
        t = theme()
        changed = self.shown is not None and self.shown.changed
        middle = px(LOW_ROW) / 2
        if changed:
            dot(painter, QPointF(px(8), middle + 0.5), px(2.6 * 10) / 10, t.ink)
        ink = Ink(12, 500 if changed else 400, t.ink if changed else t.ink2)
        room = QRectF(px(MARGIN), 0, self._label_room(), px(LOW_ROW))
        draw_text(painter, room, self.spec.title, ink, elide=True)

    def _label_room(self) -> float:
        """From the margin to the first thing that is seen on the line."""
        right = self.control.x() if self.control is not None else self.width()
        if self._info.is_painted:
            right = self._info.x()
        if self._reset.isVisible():
            right = self._reset.x()
        return right - px(MARGIN) - px(4)

    def title_is_cut(self) -> bool:
        """Whether the label does not fit beside the control."""
        return advance(self.spec.title, Ink(12, 500)) > self._label_room()
