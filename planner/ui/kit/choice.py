"""Choosing one of several: drop-down, segments, tabs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QWidget,
)

from planner.ui.kit.buttons import ButtonBase
from planner.ui.kit.paint import CENTRE, Edge, Ink, draw_marker, draw_text, elided, fill, rounded
from planner.ui.theme import draw_icon, font, px, text_width, theme

Options = Sequence[tuple[str, str]]
MARKER_ROLE = Qt.ItemDataRole.UserRole + 1


class _Rows(QStyledItemDelegate):
    """Rows of a drop-down list."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One row."""
        text = str(index.data() or "")
        return QSize(math.ceil(text_width(text, 13)) + px(56), px(28))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Fill, marker, words, and a tick on the current one."""
        t = theme()
        box = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        text, marker = str(index.data() or ""), str(index.data(MARKER_ROLE) or "")
        combo = self.parent()
        current = isinstance(combo, QComboBox) and combo.currentIndex() == index.row()
        painter.save()
        fill(painter, box, t.raised)
        if chosen:
            rounded(painter, box.adjusted(4, 1, -4, -1), px(5), t.hover)
        x = px(12)
        if marker:
            draw_marker(painter, marker, QPointF(box.left() + px(18), box.center().y()), px(4.5))
            x = px(30)
        value = t.ink if enabled else t.faint
        room = box.adjusted(x, 0, -px(28), 0)
        draw_text(painter, room, text, Ink(13, 500 if current else 400, value), elide=True)
        if current:
            side = px(14)
            where = QPointF(box.right() - px(24), box.center().y() - side / 2)
            draw_icon(painter, "check", where, side, t.ink2)
        painter.restore()


class ComboBox(QComboBox):
    """A drop-down of (key, words). ``chosen`` carries the key, and only when the user chose it."""

    chosen = Signal(str)

    def __init__(self, name: str, options: Options = (), current: str = "", *, tall: bool = False) -> None:
        super().__init__()
        self._tall = tall
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        view = QListView()
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setAccessibleName(name)
        view.setMouseTracking(True)
        self.setView(view)
        self.setItemDelegate(_Rows(self))
        self.activated.connect(lambda row: self.chosen.emit(str(self.itemData(row))))
        self.set_options(options, current)
        self.retheme()

    def set_options(self, options: Options, current: str = "") -> None:
        """Replace the list; nothing is emitted."""
        blocked = self.blockSignals(True)
        self.clear()
        for key, words in options:
            self.addItem(words, key)
        self.blockSignals(blocked)
        if current:
            self.set_current(current)

    def set_marker(self, key: str, strategy: str) -> None:
        """Show the marker of a strategy before an entry."""
        row = self.findData(key)
        if row >= 0:
            self.setItemData(row, strategy, MARKER_ROLE)

    def set_enabled(self, key: str, enabled: bool, reason: str = "") -> None:
        """Grey out an entry, and say why."""
        row = self.findData(key)
        item = getattr(self.model(), "item", None)
        if row >= 0 and item is not None:
            item(row).setEnabled(enabled)
            self.setItemData(row, reason, Qt.ItemDataRole.ToolTipRole)

    def set_current(self, key: str) -> None:
        """Show an entry; nothing is emitted."""
        blocked = self.blockSignals(True)
        self.setCurrentIndex(self.findData(key))
        self.blockSignals(blocked)
        self.update()

    @property
    def current(self) -> str:
        """Key of the entry shown."""
        data = self.currentData()
        return "" if data is None else str(data)

    def retheme(self) -> None:
        """Font of the list follows zoom."""
        self.setFont(font(13))

    def sizeHint(self) -> QSize:
        """The longest entry."""
        longest = max((text_width(self.itemText(i), 13, 500) for i in range(self.count())), default=0.0)
        return QSize(math.ceil(longest) + px(48), px(30 if self._tall else 24))

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(px(72), px(30 if self._tall else 24))

    def showPopup(self) -> None:
        """Make the list as wide as its longest entry."""
        widest = max((text_width(self.itemText(i), 13) for i in range(self.count())), default=0.0)
        self.view().setMinimumWidth(max(self.width(), min(px(420), math.ceil(widest) + px(60))))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the panel, it never changes a value."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        t = theme()
        value = t.ink if self.isEnabled() else t.faint
        if self.hasFocus():
            edge = Edge(t.focus, 1.5)
        elif self._tall:
            edge = Edge(t.strong if self.underMouse() else t.border)
        else:
            edge = Edge(t.strong if self.underMouse() else t.hairline)
        ground = t.raised if self._tall else t.field
        rounded(painter, QRectF(self.rect()), px(6 if self._tall else 5), ground, edge)
        marker = str(self.currentData(MARKER_ROLE) or "")
        x = px(9)
        if marker:
            draw_marker(painter, marker, QPointF(px(15), self.height() / 2), px(4.5))
            x = px(26)
        ink = Ink(13, 500, value)
        room = QRectF(x, 0, self.width() - x - px(24), self.height())
        draw_text(painter, room, elided(self.currentText(), ink, room.width()), ink)
        side = px(13)
        where = QPointF(self.width() - px(20), (self.height() - side) / 2)
        draw_icon(painter, "chevron-down", where, side, t.muted if self.isEnabled() else t.faint)


class _Segment(ButtonBase):
    """One segment."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self.key = key
        self.setCheckable(True)
        self.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        """Words and padding."""
        return QSize(math.ceil(text_width(self.shown_text, 12, 500)) + px(18), px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        t = theme()
        if self.isChecked():
            edge = Edge(t.focus, 1.5) if self.hasFocus() else Edge(t.border)
            rounded(painter, QRectF(self.rect()), px(4), t.hover if t.dark else t.raised, edge)
        hot = self.isChecked() or self.underMouse()
        value = t.faint if not self.isEnabled() else t.ink if hot else t.muted
        draw_text(painter, QRectF(self.rect()), self.shown_text, Ink(12, 500, value, align=CENTRE))


class Segmented(QWidget):
    """A switch between a few views; arrow keys move, the group is one stop of the tab order."""

    chosen = Signal(str)

    def __init__(self, name: str, options: Options, current: str = "", *, tall: bool = False) -> None:
        super().__init__()
        self._tall = tall
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2, 2, 2, 2)
        self._row.setSpacing(0)
        for key, words in options:
            segment = _Segment(key, words)
            segment.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
            self._group.addButton(segment)
            self._row.addWidget(segment)
        self.set_current(current or (options[0][0] if options else ""))
        self._group.buttonToggled.connect(self._toggled)

    def buttons(self) -> list[ButtonBase]:
        """The segments, in order."""
        return [b for b in self._group.buttons() if isinstance(b, ButtonBase)]

    @property
    def current(self) -> str:
        """Key of the chosen segment."""
        button = self._group.checkedButton()
        return button.key if isinstance(button, _Segment) else ""

    def set_current(self, key: str) -> None:
        """Choose a segment, none for a key that there is not; nothing is emitted."""
        blocked = self._group.blockSignals(True)
        checked = self._group.checkedButton()
        if checked is not None:
            self._group.setExclusive(False)
            checked.setChecked(False)
            self._group.setExclusive(True)
        for button in self._group.buttons():
            if isinstance(button, _Segment) and button.key == key:
                button.setChecked(True)
                self.setFocusProxy(button)
        self._group.blockSignals(blocked)

    def _toggled(self, button: ButtonBase, on: bool) -> None:
        if on and isinstance(button, _Segment):
            self.setFocusProxy(button)
            self.chosen.emit(button.key)

    def sizeHint(self) -> QSize:
        """The segments and the frame."""
        width = sum(b.sizeHint().width() for b in self._group.buttons())
        return QSize(width + 4, px(28 if self._tall else 24))

    def minimumSizeHint(self) -> QSize:
        """Nothing smaller than the hint."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame."""
        rounded(QPainter(self), QRectF(self.rect()), px(6), theme().sunken, Edge(theme().hairline))


class TabBar(QTabBar):
    """The tabs of the centre: words, an ink line under the current one, a hairline under all."""

    GAP = 22

    def __init__(self, name: str, options: Options = ()) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._hovered = -1
        for key, words in options:
            self.setTabData(self.addTab(words), key)
        self.retheme()

    @property
    def current(self) -> str:
        """Key of the current tab."""
        return str(self.tabData(self.currentIndex()) or "")

    def set_current(self, key: str) -> None:
        """Go to a tab; ``currentChanged`` is emitted if that changes anything."""
        for i in range(self.count()):
            if self.tabData(i) == key:
                self.setCurrentIndex(i)

    def retheme(self) -> None:
        """A change of font makes Qt lay the tabs out anew."""
        self.setFont(font(13))

    def _words_width(self, index: int) -> float:
        return text_width(self.tabText(index), 13, 600)

    def _gap(self) -> float:
        total = sum(self._words_width(i) for i in range(self.count()))
        room = (self.width() - total - 2) / max(1, self.count() - 1)
        return max(6.0, min(float(px(self.GAP)), room))

    def tabSizeHint(self, index: int) -> QSize:
        """Words and the gap behind them."""
        gap = self._gap() if index < self.count() - 1 else 1.0
        return QSize(int(self._words_width(index) + gap), px(36))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """The same: tabs are never cut."""
        return self.tabSizeHint(index)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(px(400), px(36))

    def minimumSizeHint(self) -> QSize:
        """Scrolls when narrower."""
        return QSize(px(160), px(36))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gaps depend on the width, and Qt asks for hints only after a change of font."""
        self.setFont(font(13))
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Follow the pointer for the hover colour."""
        kind = event.type()
        if kind in (QEvent.Type.HoverMove, QEvent.Type.MouseMove, QEvent.Type.HoverLeave, QEvent.Type.Leave):
            inside = kind in (QEvent.Type.HoverMove, QEvent.Type.MouseMove)
            hovered = self.tabAt(self.mapFromGlobal(self.cursor().pos())) if inside else -1
            if hovered != self._hovered:
                self._hovered = hovered
                self.update()
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel changes no tab."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        t = theme()
        bottom = self.height()
        fill(painter, QRectF(0, bottom - 1, self.width(), 1), t.hairline)
        for i in range(self.count()):
            box = QRectF(self.tabRect(i))
            current = i == self.currentIndex()
            width = self._words_width(i)
            value = t.ink if current else t.ink2 if i == self._hovered else t.muted
            room = QRectF(box.left(), 0, width + 4, bottom - 2)
            draw_text(painter, room, self.tabText(i), Ink(13, 600 if current else 400, value))
            if current:
                fill(painter, QRectF(round(box.left()), bottom - 2, round(width), 2), t.ink)
                if self.hasFocus():
                    around = QRectF(max(0.0, box.left() - 4), 6, width + 8, bottom - 12)
                    rounded(painter, around, px(5), None, Edge(t.focus, 1.5))
