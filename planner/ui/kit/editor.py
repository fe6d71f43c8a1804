"""Fields for typing: the editor of a value, and search."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPalette, QShortcut
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from planner.ui.kit.paint import CENTRE, LEFT, RIGHT, Edge, Ink, draw_text, rounded
from planner.ui.theme import colour, draw_icon, font, px, text_width, theme


def _bare(line: QLineEdit, value: str) -> None:
    """Let the line edit paint text and cursor only; the field around it is ours."""
    palette = line.palette()
    palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
    palette.setColor(QPalette.ColorRole.Text, colour(value))
    palette.setColor(QPalette.ColorRole.PlaceholderText, colour(theme().muted))
    line.setPalette(palette)


class Editor(QLineEdit):
    """The value of an input as text, right-aligned, its unit muted behind it.

    ``committed`` carries the text on Return, or on leaving the field with an edit; ``cancelled`` follows
    Escape, after the text went back to the value. ``stepped(kind, sign)`` follows Up and Down.
    """

    committed = Signal(str)
    cancelled = Signal()
    stepped = Signal(str, int)

    def __init__(self, name: str, unit: str = "", *, width: int = 96) -> None:
        super().__init__()
        self._unit, self._width = unit, width
        self._value = ""
        self._bad = self._changed = self._quiet = False
        self.setFrame(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(name)
        self.retheme()

    @property
    def value(self) -> str:
        """The text last shown by the owner."""
        return self._value

    @property
    def is_editing(self) -> bool:
        """Whether the user has typed something not yet taken."""
        return self.isModified()

    @property
    def is_typed(self) -> bool:
        """Whether the text is not the value: typing in progress, or refused."""
        return self.text() != self._value

    def set_value(self, text: str, unit: str | None = None) -> None:
        """Show a value; typing in progress is left alone."""
        self._value = text
        if unit is not None and unit != self._unit:
            self._unit = unit
            self._lay_out()
        if not self.is_editing and self.text() != text:
            self.setText(text)

    def set_bad(self, bad: bool) -> None:
        """Mark as refused; the text stays."""
        if bad != self._bad:
            self._bad = bad
            self.retheme()

    def set_changed(self, changed: bool) -> None:
        """Mark as different from the preset."""
        if changed != self._changed:
            self._changed = changed
            self.retheme()

    def set_quiet(self, quiet: bool) -> None:
        """Mark as a value that the program chose: muted until it is typed over."""
        if quiet != self._quiet:
            self._quiet = quiet
            self.update()

    def revert(self) -> None:
        """Drop what was typed."""
        self.setText(self._value)
        self.setModified(False)
        self.update()

    def take(self) -> None:
        """Hand the text to the owner, who answers with `set_value` or `set_bad`."""
        self.setModified(False)
        self.committed.emit(self.text())

    def retheme(self) -> None:
        """Fonts and colours."""
        self.setFont(font(13, 600 if self._changed else 500))
        _bare(self, theme().bad if self._bad else theme().ink)
        self._lay_out()

    def _lay_out(self) -> None:
        unit = math.ceil(text_width(self._unit, 11)) + px(4) if self._unit else 0
        self.setTextMargins(px(4), 0, px(4) + unit, 0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The design's field."""
        return QSize(px(self._width), px(24))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes, Escape keeps the old value, Up and Down step."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
            self.selectAll()
        elif key == Qt.Key.Key_Escape:
            self.revert()
            self.selectAll()
            self.cancelled.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            sign = 1 if key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp) else -1
            kind = "page" if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) else "step"
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                kind = "coarse"
            elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                kind = "fine"
            if self.is_editing:
                self.take()
            self.stepped.emit(kind, sign)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces the value."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason and not self.is_editing:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving takes what was typed."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.deselect()
            if self.is_editing:
                self.take()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field; text and cursor by Qt while focused, by hand otherwise (cheaper)."""
        painter = QPainter(self)
        t = theme()
        box = QRectF(self.rect())
        if self._bad:
            edge = Edge(t.bad, 1.5)
        elif self.hasFocus():
            edge = Edge(t.focus, 1.5)
        else:
            edge = Edge(t.strong if self.underMouse() and self.isEnabled() else t.hairline)
        rounded(painter, box, px(5), t.bad_tint if self._bad else t.field, edge)
        if self._unit:
            muted = Ink(11, 400, t.muted if self.isEnabled() else t.faint, align=RIGHT)
            draw_text(painter, box.adjusted(0, 0, -px(8), 0), self._unit, muted)
        if self.hasFocus():
            painter.end()
            super().paintEvent(event)
            return
        margins = self.textMargins()
        room = box.adjusted(px(4), 0, -margins.right() - 4, 0)  # Qt keeps 4 of its own
        value = t.faint if not self.isEnabled() else t.bad if self._bad else t.muted if self._quiet else t.ink
        ink = Ink(13, 600 if self._changed else 500, value, align=RIGHT)
        draw_text(painter, room, self.text(), ink, elide=True)


class SearchBox(QLineEdit):
    """A search field with its key at the right; Escape empties it, then gives the focus back."""

    left = Signal()

    def __init__(self, name: str, placeholder: str, *, key: str = "/", scope: QWidget | None = None) -> None:
        super().__init__()
        self._key = key
        self.setFrame(False)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        if scope is not None and key:
            jump = QShortcut(QKeySequence(key), scope)
            jump.activated.connect(self.take_focus)
        self.retheme()

    def take_focus(self) -> None:
        """Go here and select."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def retheme(self) -> None:
        """Fonts and colours."""
        self.setFont(font(13))
        self.setTextMargins(px(30), 0, px(30), 0)
        _bare(self, theme().ink)

    def sizeHint(self) -> QSize:
        """The design's field."""
        return QSize(px(200), px(30))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape empties, then leaves."""
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
                self.clearFocus()
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, then Qt's text."""
        painter = QPainter(self)
        t = theme()
        box = QRectF(self.rect())
        edge = Edge(t.focus, 1.5) if self.hasFocus() else Edge(t.strong if self.underMouse() else t.hairline)
        rounded(painter, box, px(6), t.sunken, edge)
        side = px(15)
        draw_icon(painter, "search", QPointF(px(9), (self.height() - side) / 2), side, t.muted)
        if self._key and not self.text() and not self.hasFocus():
            cap = QRectF(self.width() - px(26), (self.height() - px(18)) / 2, px(18), px(18))
            rounded(painter, cap, px(4), t.surface, Edge(t.border))
            draw_text(painter, cap, self._key, Ink(11, 500, t.muted, align=CENTRE))
        if not self.hasFocus() and not self.text():
            words = box.adjusted(px(32), 0, -px(32), 0)
            draw_text(painter, words, self.placeholderText(), Ink(13, 400, t.muted, align=LEFT), elide=True)
            return
        painter.end()
        super().paintEvent(event)
