"""Buttons of every kind: all are `QAbstractButton`, so that shortcuts and accessibility come from Qt."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QMenu, QSizePolicy, QWidget

from planner.ui.kit.paint import LEFT, RIGHT, Edge, Ink, advance, dot, draw_text, elided, fill, rounded
from planner.ui.kit.still import is_still
from planner.ui.theme import draw_icon, mix, px, text_width, theme

_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)


class ButtonBase(QAbstractButton):
    """Hover, Return as a click, and a focus ring that shows when focus came from the keyboard."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setText(text)
        self._ring = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def shown_text(self) -> str:
        """The text without the mark of its access key."""
        return self.text().replace("&&", "\0").replace("&", "").replace("\0", "&")

    @property
    def ring_shown(self) -> bool:
        """Whether the focus ring is painted."""
        return self._ring and self.hasFocus() and not is_still()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember whether the keyboard brought the focus."""
        if event.reason() in _KEYBOARD:
            self._ring = True
        elif event.reason() == Qt.FocusReason.MouseFocusReason:
            self._ring = False
        super().focusInEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return and Enter click, like Space."""
        self._ring = True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Repaint as hovered."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Repaint as not hovered."""
        super().leaveEvent(event)
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Nothing smaller than the hint."""
        return self.sizeHint()


class Button(ButtonBase):
    """A push button. Kinds: primary (filled), secondary (edge), ghost (text only), danger."""

    def __init__(
        self,
        text: str,
        kind: str = "secondary",
        *,
        icon: str = "",
        menu: QMenu | None = None,
        small: bool = False,
    ) -> None:
        super().__init__(text)
        self._kind, self._icon, self._small = kind, icon, small
        self._menu = menu
        self._trailing = "chevron-down" if menu is not None else ""
        self.setAccessibleName(self.shown_text)
        if menu is not None:
            self.clicked.connect(self.open_menu)

    def set_text(self, text: str) -> None:
        """Change the words."""
        self.setText(text)
        self.setAccessibleName(self.shown_text)
        self.updateGeometry()

    def set_trailing(self, icon: str) -> None:
        """Show an icon after the words."""
        self._trailing = icon
        self.updateGeometry()

    def open_menu(self) -> None:
        """Drop the menu below the button."""
        if self._menu is not None:
            self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def sizeHint(self) -> QSize:
        """Text, icons and padding."""
        ink = self._ink("")
        width = advance(self.shown_text, ink) + px(18 if self._small else 22)
        width += px(20) if self._icon else 0
        width += px(18) if self._trailing else 0
        return QSize(math.ceil(width), px(24 if self._small else 30))

    def _ink(self, value: str) -> Ink:
        return Ink(12 if self._small else 13, 500, value, align=LEFT)

    def colours(self) -> tuple[str, str | None, Edge | None]:
        """Text, fill and edge for kind and state."""
        t = theme()
        if not self.isEnabled():
            return t.faint, (None if self._kind == "ghost" else t.sunken), Edge(t.hairline)
        hot = self.underMouse() or self.isDown()
        if self._kind == "primary":
            return t.on_accent, mix(t.accent, t.surface, 0.14) if hot else t.accent, None
        if self._kind == "danger":
            return t.surface, mix(t.bad, t.ink, 0.14) if hot else t.bad, None
        if self._kind == "ghost":
            return (t.ink if hot else t.ink2), (t.hover if hot else None), None
        return t.ink, (t.hover if hot else t.raised), Edge(t.strong if hot else t.border)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        ink, ground, edge = self.colours()
        box = QRectF(self.rect())
        if self.ring_shown:
            if edge is None and ground is not None:
                rounded(painter, box, px(7), None, Edge(theme().focus, 1.5))
                box = box.adjusted(3, 3, -3, -3)
            else:
                edge = Edge(theme().focus, 1.5)
        if ground is not None or edge is not None:
            rounded(painter, box, px(6), ground, edge)
        x = float(px(9 if self._small else 11))
        if self._icon:
            side = px(15)
            tone = theme().ink2 if self._kind == "secondary" and self.isEnabled() else ink
            draw_icon(painter, self._icon, QPointF(x - 1, (self.height() - side) / 2), side, tone)
            x += px(20)
        room = QRectF(x, 0, self.width() - x, self.height())
        draw_text(painter, room, self.shown_text, self._ink(ink))
        if self._trailing:
            side = px(14)
            where = QPointF(self.width() - px(8) - side, (self.height() - side) / 2)
            draw_icon(painter, self._trailing, where, side, ink)


class IconButton(ButtonBase):
    """A button of one icon. Its name is tooltip and accessible name; the shortcut stands in the tooltip.

    With ``scope`` the shortcut works wherever focus is inside that widget; without, an action of the
    window owns it. A ``quiet`` button is painted only while revealed (see `Reveal`) or focused.
    """

    def __init__(
        self,
        icon: str,
        name: str,
        shortcut: str = "",
        *,
        size: int = 16,
        quiet: bool = False,
        scope: QWidget | None = None,
    ) -> None:
        super().__init__()
        self._icon, self._size, self._quiet = icon, size, quiet
        self._name, self._keys = name, shortcut
        self._revealed = not quiet
        self._edge = False
        self._tone = ""
        self.set_name(name)
        if scope is not None and shortcut:
            keys = QShortcut(QKeySequence(shortcut), scope)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(self.click)

    def set_name(self, name: str) -> None:
        """Change what the button is called."""
        self._name = name
        keys = QKeySequence(self._keys).toString(QKeySequence.SequenceFormat.NativeText)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}  ({keys})" if keys else name)

    def set_icon(self, icon: str, tone: str = "") -> None:
        """Show another icon, in the colour of a theme attribute when given."""
        self._icon, self._tone = icon, tone
        self.update()

    def set_edge(self, on: bool) -> None:
        """Paint an edge like a secondary button."""
        self._edge = on
        self.updateGeometry()

    def set_revealed(self, on: bool) -> None:
        """Show a quiet button; while hidden it takes no room, but keeps its place in the tab order."""
        if self._revealed != (on or not self._quiet):
            self._revealed = on or not self._quiet
            self.updateGeometry()
            self.update()

    def set_quiet(self, on: bool, revealed: bool) -> None:
        """Hide from now on until hover or focus, which may be there now, or show always."""
        if on != self._quiet:
            self._quiet = on
            self.set_revealed(revealed)

    @property
    def is_quiet(self) -> bool:
        """Whether it hides until hover or focus."""
        return self._quiet

    @property
    def is_painted(self) -> bool:
        """Whether a quiet button shows now."""
        return self._revealed or self.hasFocus() or self.isChecked()

    def sizeHint(self) -> QSize:
        """A square around the icon; no width while hidden."""
        side = px(30) if self._edge else px(self._size + 8)
        return QSize(side if self.is_painted else 0, side)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A focused button shows."""
        super().focusInEvent(event)
        if self._quiet:
            self.updateGeometry()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A quiet button hides again."""
        super().focusOutEvent(event)
        if self._quiet:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        if not self.is_painted or (self._quiet and is_still()):
            return
        painter = QPainter(self)
        t = theme()
        hot = (self.underMouse() or self.isDown()) and self.isEnabled()
        edge = Edge(t.focus, 1.5) if self.ring_shown else Edge(t.border) if self._edge else None
        ground = t.hover if hot else (t.raised if self._edge else None)
        if edge is not None or ground is not None:
            rounded(painter, QRectF(self.rect()), px(6 if self._edge else 5), ground, edge)
        value = t.ink if hot or self.isChecked() else t.ink2 if self._edge else t.muted
        if self._tone:
            value = str(getattr(t, self._tone))
        if not self.isEnabled():
            value = t.faint
        side = px(self._size)
        where = QPointF((self.width() - side) / 2, (self.height() - side) / 2)
        draw_icon(painter, self._icon, where, side, value)


class Reveal(QObject):
    """Shows quiet buttons while the pointer or the focus is inside their owner."""

    def __init__(self, owner: QWidget, buttons: list[IconButton]) -> None:
        super().__init__(owner)
        self._owner, self._buttons = owner, buttons
        self._inside = self._focused = False
        owner.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    @property
    def is_revealing(self) -> bool:
        """Whether pointer or focus are inside."""
        return self._inside or self._focused

    def add(self, button: IconButton) -> None:
        """Take one more button."""
        self._buttons.append(button)
        button.set_revealed(self.is_revealing)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer."""
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._inside = event.type() == QEvent.Type.Enter
            self._show()
        return False

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        focused = new is not None and (new is self._owner or self._owner.isAncestorOf(new))
        if focused != self._focused:
            self._focused = focused
            self._show()

    def _show(self) -> None:
        for button in self._buttons:
            button.set_revealed(self._inside or self._focused)


class LinkButton(ButtonBase):
    """Words that act: underlined with dots on hover and focus, optionally with an icon behind."""

    def __init__(self, text: str, *, icon: str = "", size: int = 12, weight: int = 500) -> None:
        super().__init__(text)
        self._icon, self._size, self._weight = icon, size, weight
        self.setAccessibleName(self.shown_text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Text and icon."""
        width = text_width(self.shown_text, self._size, self._weight) + (px(19) if self._icon else 0)
        return QSize(math.ceil(width) + 2, px(self._size + 8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        value = theme().ink if self.isEnabled() else theme().faint
        box = QRectF(self.rect())
        draw_text(painter, box, self.shown_text, Ink(self._size, self._weight, value))
        width = text_width(self.shown_text, self._size, self._weight)
        if self._icon:
            side = px(14)
            draw_icon(painter, self._icon, QPointF(width + px(5), (self.height() - side) / 2), side, value)
        if self.underMouse() or self.hasFocus():
            dotted_line(painter, 0, width, self.height() - px(3), value)
        if self.ring_shown:
            rounded(painter, box, px(3), None, Edge(theme().focus, 1.5))


def dotted_line(painter: QPainter, left: float, right: float, y: float, value: str) -> None:
    """The underline of a figure that opens its line items."""
    x = round(left)
    while x < right:
        fill(painter, QRectF(x, round(y), 1, 1), value)
        x += 3


class SectionHead(ButtonBase):
    """Head of a section that opens and closes: title, changed dot, and a summary while closed."""

    def __init__(self, title: str, summary: str = "", *, opened: bool = False) -> None:
        super().__init__(title)
        self._summary, self._changed, self._ranges, self._has_hits = summary, 0, 0, False
        self.setCheckable(True)
        self.setChecked(opened)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._describe)
        self._describe()

    def set_summary(self, summary: str) -> None:
        """Key values shown while the section is closed."""
        if summary != self._summary:
            self._summary = summary
            self._describe()
            self.update()

    def set_changed(self, count: int) -> None:
        """How many inputs of the section differ from the preset."""
        if count != self._changed:
            self._changed = count
            self._describe()
            self.update()

    def set_ranges(self, count: int) -> None:
        """How many inputs of the section are ranges."""
        if count != self._ranges:
            self._ranges = count
            self._describe()
            self.update()

    def set_has_hits(self, on: bool) -> None:
        """Whether a search shows rows of it: then it looks open, whatever it is without the search."""
        if on != self._has_hits:
            self._has_hits = on
            self._describe()
            self.update()

    @property
    def looks_open(self) -> bool:
        """Whether rows stand below it."""
        return self.isChecked() or self._has_hits

    def _describe(self) -> None:
        state = "open" if self.looks_open else "closed"
        changed = f", {self._changed} changed" if self._changed else ""
        ranges = f", {self._ranges} as ranges" if self._ranges else ""
        self.setAccessibleName(f"{self.shown_text}, {state}{ranges}{changed}")
        self.setAccessibleDescription(self._summary)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Right opens, Left closes."""
        wanted = {Qt.Key.Key_Right: True, Qt.Key.Key_Left: False}.get(Qt.Key(event.key()))
        if wanted is not None:
            self.setChecked(wanted)
            event.accept()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(px(220), px(33))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        t = theme()
        if self.underMouse():
            fill(painter, self.rect(), t.hover)
        fill(painter, QRectF(0, 0, self.width(), 1), t.hairline)
        side, middle = px(13), self.height() / 2
        icon = "chevron-down" if self.looks_open else "chevron-right"
        draw_icon(painter, icon, QPointF(px(14), middle - side / 2), side, t.muted)
        ink = Ink(12, 600)
        left = px(32)
        draw_text(painter, QRectF(left, 1, self.width(), self.height() - 1), self.shown_text, ink)
        end = left + advance(self.shown_text, ink)
        if self._changed:
            dot(painter, QPointF(end + px(9), middle + 0.5), px(26) / 10, t.ink)
            end += px(12)
        if self._ranges:
            small = px(12)
            draw_icon(
                painter, "unfold-horizontal", QPointF(end + px(6), middle - small / 2 + 0.5), small, t.muted
            )
            end += px(16)
        if not self.looks_open and self._summary:
            gap = px(12) if self._ranges or self._changed else px(24)
            room = QRectF(end + gap, 1, max(0.0, self.width() - px(16) - end - gap), self.height() - 1)
            muted = Ink(12, 400, t.muted, align=RIGHT)
            draw_text(painter, room, elided(self._summary, muted, room.width()), muted)
        if self.ring_shown:
            rounded(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), px(5), None, Edge(t.focus, 1.5))


class CheckBox(QCheckBox):
    """A tick, or with ``switch`` a small switch, before its words."""

    def __init__(self, text: str, *, switch: bool = False) -> None:
        super().__init__(text)
        self._switch = switch
        self.setAccessibleName(text.replace("&", ""))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Box and words."""
        words = self.text().replace("&", "")
        width = px(28 if self._switch else 16) + (px(8) + text_width(words, 12) if words else 0)
        return QSize(math.ceil(width) + 4, px(24))

    def minimumSizeHint(self) -> QSize:
        """Nothing smaller than the hint."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """All of it reacts."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        t = theme()
        wide, high = px(28 if self._switch else 16), px(16)
        box = QRectF(2, (self.height() - high) / 2, wide, high)
        on = self.isChecked()
        edge = Edge(t.accent if on and not self.underMouse() else t.strong)
        if self.hasFocus():
            edge = Edge(t.focus, 1.5)
        ground = t.accent if on else t.field
        if not self.isEnabled():
            ground, edge = t.sunken, Edge(t.hairline)
        if self.hasFocus() and on:
            rounded(painter, box.adjusted(-2, -2, 2, 2), px(6), None, Edge(t.focus, 1.5))
        rounded(painter, box, high / 2 if self._switch else px(4), ground, edge)
        if self._switch:
            x = box.right() - high / 2 if on else box.left() + high / 2
            dot(painter, QPointF(x, box.center().y()), high / 2 - 3.5, t.on_accent if on else t.muted)
        elif on:
            side = px(12)
            tone = t.on_accent if self.isEnabled() else t.faint
            draw_icon(painter, "check", box.center() - QPointF(side / 2, side / 2), side, tone)
        words = QRectF(box.right() + px(8), 0, self.width(), self.height())
        ink = Ink(12, 400, t.ink2 if self.isEnabled() else t.faint)
        draw_text(painter, words, self.text().replace("&", ""), ink)
