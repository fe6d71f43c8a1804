"""A row that takes an id of the catalogue: a button that opens a searchable list."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from planner.scenario.fields import FieldSpec
from planner.ui.fields.options import Option
from planner.ui.fields.row import Row, Shown
from planner.ui.kit import Edge, Ink, Popover, SearchBox, draw_text, elided, fill, rounded, use_slim_bars
from planner.ui.kit.buttons import ButtonBase
from planner.ui.theme import draw_icon, px, text_width, theme

Index = QModelIndex | QPersistentModelIndex
_OPTION = Qt.ItemDataRole.UserRole
_NO_INDEX = QModelIndex()
_MOST_ROWS = 9
AUTO_ID = ""


class PickButton(ButtonBase):
    """Looks like a drop-down; its text is muted while the program chooses."""

    def __init__(self, name: str) -> None:
        super().__init__("")
        self._name, self._quiet, self._changed = name, False, False
        self.setAccessibleName(name)

    def show_text(self, text: str, *, quiet: bool, changed: bool) -> None:
        """Show the name of what is chosen."""
        self.setText(text)
        self._quiet, self._changed = quiet, changed
        self.setAccessibleDescription(text)
        self.setToolTip(text)
        self.update()

    def sizeHint(self) -> QSize:
        """Of one width, so that the right column is straight."""
        return QSize(px(150), px(24))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down opens the list too."""
        if event.key() == Qt.Key.Key_Down:
            self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        painter = QPainter(self)
        t = theme()
        edge = Edge(t.focus, 1.5) if self.hasFocus() else Edge(t.strong if self.underMouse() else t.hairline)
        rounded(painter, QRectF(self.rect()), px(5), t.field, edge)
        ink = Ink(13, 600 if self._changed else 500, t.muted if self._quiet else t.ink)
        room = QRectF(px(9), 0, self.width() - px(33), self.height())
        draw_text(painter, room, elided(self.text(), ink, room.width()), ink)
        side = px(13)
        where = QPointF(self.width() - px(20), (self.height() - side) / 2)
        draw_icon(painter, "chevron-down", where, side, t.muted)


class _Options(QAbstractListModel):
    """The options that match what was typed."""

    def __init__(self) -> None:
        super().__init__()
        self._all: list[tuple[str, Option]] = []
        self.shown: list[Option] = []

    def fill(self, options: list[Option]) -> None:
        """Take other options and show them all."""
        self._all = [(f"{o.name} {o.id}".casefold(), o) for o in options]
        self.narrow("")

    def narrow(self, text: str) -> None:
        """Show what holds every word that was typed; first what holds them as they were typed."""
        typed = " ".join(text.casefold().split())
        words = typed.split()
        self.beginResetModel()
        found = [
            (typed not in key, option) for key, option in self._all if all(word in key for word in words)
        ]
        self.shown = [option for _, option in sorted(found, key=lambda pair: pair[0])]
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Rows."""
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, and the option for the painter."""
        option = self.shown[index.row()]
        if role == _OPTION:
            return option
        if role == Qt.ItemDataRole.DisplayRole:
            return option.name
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return option.detail
        return None


class _Rows(QStyledItemDelegate):
    """Name, and below it the key figure with the date of its source."""

    def __init__(self, parent: QWidget, current: Callable[[], str]) -> None:
        super().__init__(parent)
        self._current = current

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines, or one where there is no detail."""
        found = index.data(_OPTION)
        return QSize(px(220), px(40 if isinstance(found, Option) and found.detail else 28))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint."""
        found = index.data(_OPTION)
        if not isinstance(found, Option):
            return
        t = theme()
        box = QRectF(option.rect)
        painter.save()
        fill(painter, box, t.raised)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            rounded(painter, box.adjusted(2, 1, -2, -1), px(5), t.hover)
        current = found.id == self._current()
        room = box.adjusted(px(10), 0, -px(30), 0)
        ink = Ink(13, 600 if current else 400, t.ink)
        if found.detail:
            top = QRectF(room.left(), box.top() + px(3), room.width(), px(19))
            draw_text(painter, top, found.name, ink, elide=True)
            low = QRectF(room.left(), box.top() + px(21), room.width(), px(15))
            draw_text(painter, low, found.detail, Ink(11, 400, t.muted), elide=True)
        else:
            draw_text(painter, room, found.name, ink, elide=True)
        if current:
            side = px(14)
            where = QPointF(box.right() - px(24), box.center().y() - side / 2)
            draw_icon(painter, "check", where, side, t.ink2)
        painter.restore()


class PickList(Popover):
    """Search box and list; Return or a click takes a row."""

    picked = Signal(str)

    def __init__(self, window: QWidget, name: str, options: list[Option], current: str) -> None:
        width = max((text_width(f"{o.name}  {o.detail}", 11) for o in options), default=0.0)
        super().__init__(window, name, width=min(420, max(280, math.ceil(width / px(100) * 70))))
        self._current = current
        self._model = _Options()
        self.search = SearchBox(f"Search {name}", f"Search {len(options)}", key="")
        self.list = QListView()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAccessibleName(name)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(False)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setItemDelegate(_Rows(self.list, lambda: self._current))
        self.list.setModel(self._model)
        self.list.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        use_slim_bars(self.list)
        if len(options) > _MOST_ROWS:
            self.body.addWidget(self.search)
        else:
            self.search.setParent(self)
            self.search.hide()
        self.body.addWidget(self.list)
        self.search.textChanged.connect(self._filter)
        self.search.left.connect(self.dismiss)
        self.list.clicked.connect(self._take)
        self.list.activated.connect(self._take)
        self._model.fill(options)
        rows = [40 if o.detail else 28 for o in options[:_MOST_ROWS]]
        self.list.setFixedHeight(px(sum(rows) + 4))
        self._mark(next((i for i, o in enumerate(options) if o.id == current), 0))

    def _mark(self, row: int) -> None:
        index = self._model.index(row, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index, QListView.ScrollHint.PositionAtCenter)

    def _filter(self, text: str) -> None:
        self._model.narrow(text)
        self._mark(0)

    def _take(self, index: QModelIndex) -> None:
        option = index.data(_OPTION)
        if isinstance(option, Option):
            self.dismiss()
            self.picked.emit(option.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes; up and down move also while typing."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.list.currentIndex())
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            row = self.list.currentIndex().row() + step
            self._mark(min(max(row, 0), self._model.rowCount() - 1))
        else:
            super().keyPressEvent(event)
            return
        event.accept()


class PickRow(Row):
    """An id of the catalogue.

    Attributes
    ----------
    options : callable
        Gives the options when the list opens.
    name_of : callable
        Gives the name of an id.
    """

    def __init__(
        self, spec: FieldSpec, options: Callable[[], list[Option]], name_of: Callable[[str], str]
    ) -> None:
        super().__init__(spec)
        self._options, self._name_of = options, name_of
        self._list: PickList | None = None
        self.button = PickButton(self.name)
        self.button.clicked.connect(self.open_list)
        self.add_control(self.button)

    def display(self, shown: Shown) -> None:
        """Show the name."""
        text = shown.auto.text if shown.value is None else self._name_of(str(shown.value))
        self.button.show_text(text, quiet=shown.value is None, changed=shown.changed)

    def open_list(self) -> None:
        """Open the list below the button."""
        if self.shown is None:
            return
        options = self._options()
        if self.spec.nullable:
            options = [Option(AUTO_ID, f"auto: {self.spec.unset}"), *options]
        if self._list is not None:
            self._list.deleteLater()
        current = AUTO_ID if self.shown.value is None else str(self.shown.value)
        self._list = PickList(self.window(), self.spec.title, options, current)
        self._list.picked.connect(self._take)
        self._list.open_at(self.button)

    def _take(self, id: str) -> None:
        value = None if id == AUTO_ID else id
        if self.shown is not None and value != self.shown.value:
            self.edited.emit(self.spec.path, value, None)
        self.button.setFocus()
