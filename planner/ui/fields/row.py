"""What every input row has: margin dot, label, reset, information, and a place for its control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from planner.scenario.fields import FieldSpec
from planner.scenario.ranges import Range
from planner.ui.fields.facts import Auto
from planner.ui.kit import IconButton, Ink, Reveal, advance, dot, draw_text
from planner.ui.theme import px, theme
from planner.units import UNITS, unit_suffix

MARGIN = 16
LOW_ROW = 34
SLIDER_ROW = 52
RANGE_ROW = 66
_TOOL = 20  # leaves a long label the room of both tools


_NO_AUTO = Auto(None, "")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a row shows: the value, that of the preset, and what stands in for null; the same for its range.

    ``law`` is the range that the laws bring in where the user has none.
    """

    value: Any
    preset: Any
    auto: Auto = _NO_AUTO
    span: Range | None = None
    preset_span: Range | None = None
    law: Range | None = None

    @property
    def value_changed(self) -> bool:
        """Whether the value differs from the preset."""
        return bool(self.value != self.preset)

    @property
    def changed(self) -> bool:
        """Whether the value, or its range, differs from the preset."""
        return self.value_changed or self.span != self.preset_span


class Row(QWidget):
    """One input. It asks for changes by signal and shows what it is told; it never echoes.

    Signals
    -------
    edited(str, object, object)
        Path, value and number of the gesture (None for a single change).
    held(bool)
        A gesture begins or ends.
    carried(str, object, object, object)
        Path, value, its range that moves along with it, number of the gesture.
    range_asked(str, bool)
        Make a range of it, or, where it says so, a point again.
    reset_asked(str), info_asked(object)
        The two other tools; the second carries the row.
    """

    edited = Signal(str, object, object)
    carried = Signal(str, object, object, object)
    range_asked = Signal(str, bool)
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
        self.extra_drop = 0
        self._tools: tuple[IconButton, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(px(self.base_height))

    # -- for the subclasses
    def add_control(self, control: QWidget, tools: Sequence[IconButton] = ()) -> None:
        """Put the control at the right and the tools before it; call once, at the end of making a row.

        Further tools stand between reset and information.
        """
        self.control = control
        control.setParent(self)
        self._reset = IconButton("rotate-ccw", f"Reset {self.spec.title}", size=14)
        self._info = IconButton("info", f"About {self.spec.title}", size=14, quiet=True)
        self._tools = (self._reset, *tools, self._info)
        for button in self._tools:
            button.setParent(self)
        self._reset.hide()
        self._reset.clicked.connect(lambda: self.reset_asked.emit(self.spec.path))
        self._info.clicked.connect(lambda: self.info_asked.emit(self))
        self._reveal = Reveal(self, list(self._tools))

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
        self._make_room()

    def _make_room(self) -> None:
        """Beside a range's tool, which stays, the reset arrow of a long label waits for hover or focus."""
        stays = self.control is not None and any(tool.isChecked() for tool in self._tools)
        room = 0 if self.control is None else self.control.x() - px(MARGIN + 4) - 2 * px(_TOOL)
        crowded = stays and advance(self.spec.title, self._label_ink) > room
        self._reset.set_quiet(crowded, self._reveal.is_revealing)

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
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.title_is_cut():
            QToolTip.showText(event.globalPos(), self.spec.title, self)
            return True
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
            top = height - (px(3) if self.base_height < RANGE_ROW else 0) + px(self.extra_drop)
            self._extra.setGeometry(px(MARGIN), top, width, needed)
            height = top + needed + px(7)
        if height != self.height():
            self.setFixedHeight(height)
        self.place()
        if self.control is not None:
            self._make_room()

    def place(self) -> None:
        """Place control and tools."""
        if self.control is None:
            return
        size = self.control.sizeHint()
        top = round((px(LOW_ROW) - size.height()) / 2)
        left = self.width() - px(MARGIN) - size.width()
        self.control.setGeometry(left, top, size.width(), size.height())
        middle = px(LOW_ROW) // 2
        for button in reversed(self._tools):
            if button.isHidden():
                continue
            hint = button.sizeHint()
            width, height = min(hint.width(), px(_TOOL)), min(hint.height(), px(_TOOL))
            left -= width
            button.setGeometry(left, middle - height // 2, width, height)

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
        room = QRectF(px(MARGIN), 0, self._label_room(), px(LOW_ROW))
        draw_text(painter, room, self.spec.title, self._label_ink, elide=True)

    @property
    def _label_ink(self) -> Ink:
        changed = self.shown is not None and self.shown.changed
        return Ink(12, 500 if changed else 400, theme().ink if changed else theme().ink2)

    def _label_room(self) -> float:
        """From the margin to the first thing that is seen on the line."""
        right = self.control.x() if self.control is not None else self.width()
        for button in self._tools:
            if button.width() and not button.isHidden() and button.is_painted:
                right = min(right, button.x())
        return right - px(MARGIN) - px(4)

    def title_is_cut(self) -> bool:
        """Whether the label does not fit beside the control."""
        return advance(self.spec.title, self._label_ink) > self._label_room()
