"""The advisor's table: criteria down, strategies across; the heads stay while the body scrolls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from planner.engine.advisor.cells import Cell, Criterion
from planner.ui.kit.buttons import dotted_line
from planner.ui.kit.copying import Copying
from planner.ui.kit.layout import use_slim_bars
from planner.ui.kit.paint import CENTRE, Edge, Ink, advance, draw_marker, draw_text, fill, rounded
from planner.ui.kit.text import pill_colours
from planner.ui.theme import (
    STRATEGY_NAMES,
    STRATEGY_SHORT,
    draw_icon,
    metrics,
    mix,
    px,
    theme,
    token,
)

Index = QModelIndex | QPersistentModelIndex
ICONS = {
    "goal": "target",
    "best_for": "users",
    "data": "database",
    "quality": "gauge",
    "breadth": "expand",
    "release": "flag",
    "running": "dollar-sign",
    "deployment": "server",
    "adaptability": "sliders-horizontal",
    "explainability": "eye",
    "energy": "zap",
    "upkeep": "refresh-cw",
    "experience": "clock",
    "house": "lock",
    "weeks": "play",
    "sharing": "copy",
}
TINT = 0.07
_TITLES = (112, 140)
_WIDE_FROM = 880
_FIRST, _NOTE = (13, 500), (11, 400)
_PAD_X, _PAD_Y, _GAP = 10, 8, 2
_CHECK = 16
_ADVISED = "Advised"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over a column: a strategy, whether it is advised, and a short word in a tone."""

    strategy: str
    advised: bool
    word: str = ""
    tone: str = "muted"

    @property
    def spoken(self) -> str:
        """The head as a screen reader says it."""
        parts = [STRATEGY_NAMES[self.strategy], "advised" if self.advised else "", self.word]
        return ", ".join(part for part in parts if part)


@lru_cache(maxsize=4096)
def lines_of(text: str, size: int, weight: int, width: int, zoom: int) -> tuple[str, ...]:
    """Break a text into lines no wider than `width` pixels; `zoom` only tells one size from another."""
    ink, lines = Ink(size, weight), [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and advance(longer, ink) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)


def _wrapped(text: str, font: tuple[int, int], width: float) -> tuple[str, ...]:
    return lines_of(text, *font, int(width), px(100)) if text else ()


class _Model(QAbstractTableModel):
    """Criteria by strategies; the first column holds the titles."""

    def __init__(self) -> None:
        super().__init__()
        self.heads: tuple[Head, ...] = ()
        self.rows: tuple[Criterion, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Criteria."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Titles and strategies."""
        return 0 if parent.isValid() else len(self.heads) + 1

    def cell(self, index: Index) -> Cell | None:
        """Return a strategy's cell; None in the column of titles."""
        if not index.isValid() or index.column() == 0:
            return None
        return self.rows[index.row()].cells[index.column() - 1]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a cell, and how a screen reader says them."""
        if not index.isValid():
            return None
        title, cell = self.rows[index.row()].title, self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return title if cell is None else cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return title if cell is None else f"{title}, {STRATEGY_NAMES[cell.strategy]}: {cell.spoken}"
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The strategies, and the criteria."""
        words = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role not in words:
            return None
        if orientation == Qt.Orientation.Vertical:
            return self.rows[section].title
        return "Criterion" if section == 0 else self.heads[section - 1].spoken


class _Heads(QHeaderView):
    """Marker, name, and the pill of the advised strategy; a click puts a strategy in focus."""

    def __init__(self, model: _Model) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.viewport().setAutoFillBackground(False)  # the card's round corner shows through
        self._model = model
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setAccessibleName("Strategies")

    def _on_one_line(self) -> bool:
        """Whether name and pill stand beside each other in all columns."""
        pill = advance(_ADVISED, Ink(11, 600)) + px(16)
        return all(
            px(_PAD_X) + px(16) + advance(STRATEGY_NAMES[head.strategy], Ink(13, 600)) + px(8) + pill + px(8)
            <= self.sectionSize(number)
            for number, head in enumerate(self._model.heads, 1)
        )

    def sizeHint(self) -> QSize:
        """One line, or two."""
        return QSize(super().sizeHint().width(), px(40 if self._on_one_line() else 56))

    def paintSection(self, painter: QPainter, rect: object, section: int) -> None:
        """Paint one head."""
        box = QRectF(rect)  # type: ignore[call-overload]
        t = theme()
        painter.save()
        head = self._model.heads[section - 1] if 0 < section <= len(self._model.heads) else None
        fill(painter, box, _ground(head))
        fill(painter, QRectF(box.left(), box.bottom() - 1, box.width(), 1), t.hairline)
        if head is not None:
            self._paint_head(painter, box, head)
        painter.restore()

    def _paint_head(self, painter: QPainter, box: QRectF, head: Head) -> None:
        one_line = self._on_one_line()
        line = QRectF(box) if one_line else QRectF(box.left(), box.top() + px(6), box.width(), px(22))
        left = box.left() + px(_PAD_X)
        draw_marker(painter, head.strategy, QPointF(left + px(5), line.center().y()), px(45) / 10)
        names = STRATEGY_NAMES[head.strategy], STRATEGY_SHORT[head.strategy]
        room = line.adjusted(px(_PAD_X) + px(16), 0, -px(6), 0)
        name = next((each for each in names if advance(each, Ink(13, 600)) <= room.width()), names[1])
        draw_text(painter, room, name, Ink(13, 600), elide=True)
        below = QRectF(left + px(16), box.top() + px(29), box.width() - px(34), px(20))
        if head.advised:
            fill(painter, QRectF(box.left(), box.top(), box.width(), px(3)), theme().strategy[head.strategy])
            ink, ground, edge = pill_colours(head.strategy)
            width = advance(_ADVISED, Ink(11, 600)) + px(16)
            place = QRectF(below.left(), below.top(), width, px(20))
            if one_line:
                place.moveTo(box.right() - width - px(10), box.center().y() - px(10))
            rounded(painter, place, px(10), ground, edge)
            draw_text(painter, place, _ADVISED, Ink(11, 600, ink, align=CENTRE))
        elif head.word:
            if one_line:
                width = advance(head.word, Ink(11, 500)) + 1
                below = QRectF(box.right() - width - px(10), box.top(), width, box.height())
            draw_text(painter, below, head.word, Ink(11, 500, token(head.tone)), elide=True)


def _ground(head: Head | None) -> str:
    t = theme()
    return t.surface if head is None or not head.advised else mix(t.surface, t.strategy[head.strategy], TINT)


class _Cells(QStyledItemDelegate):
    """Paints titles with their icons, and figures over what generally holds."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        table = option.widget
        if not isinstance(table, AdvisorTable):
            return
        box, t = QRectF(option.rect), theme()
        painter.save()
        cell = table.source.cell(index)
        head = table.source.heads[index.column() - 1] if cell is not None else None
        fill(painter, box, _ground(head))
        fill(painter, QRectF(box.left(), box.bottom() - 1, box.width(), 1), t.hairline)
        if cell is None:
            _paint_title(painter, box, table.source.rows[index.row()])
        else:
            place = (index.row(), index.column())
            _paint_cell(painter, box, table.shown[place], hovered=table.hovered == place)
        if option.state & QStyle.StateFlag.State_HasFocus and table.ring_shown:
            rounded(painter, box.adjusted(2, 2, -2, -3), px(4), None, Edge(t.focus, 1.5))
        painter.restore()


def _paint_title(painter: QPainter, box: QRectF, row: Criterion) -> None:
    t, side = theme(), px(16)
    top = box.top() + px(_PAD_Y)
    draw_icon(painter, ICONS[row.id], QPointF(box.left() + px(12), top + px(1)), side, t.muted)
    left = px(12) + side + px(8)
    height = metrics(12, 500).height()
    for line in _wrapped(row.title, (12, 500), box.width() - left - px(4)):
        place = QRectF(box.left() + left, top, box.width() - left, height)
        draw_text(painter, place, line, Ink(12, 500, t.ink2))
        top += height


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell broken into lines for a width: what is painted, and how high it is. [px]."""

    cell: Cell
    width: int
    first: tuple[str, ...]
    note: tuple[str, ...]
    height: float


def shown(cell: Cell, width: int) -> Shown:
    """Break a cell into lines."""
    weight, room = (600 if cell.best else _FIRST[1]), width - 2 * px(_PAD_X)
    beside = px(_CHECK) + px(2) if cell.best else 0
    first = _wrapped(cell.text, (_FIRST[0], weight), room - beside)
    note = _wrapped(cell.note_text, _NOTE, room)
    height = len(first) * metrics(*_FIRST).height() + len(note) * metrics(*_NOTE).height()
    return Shown(cell, width, first, note, height + px(_GAP) + 2 * px(_PAD_Y))


def _paint_cell(painter: QPainter, box: QRectF, what: Shown, *, hovered: bool) -> None:
    t, cell = theme(), what.cell
    left, top, room = box.left() + px(_PAD_X), box.top() + px(_PAD_Y), box.width()
    if cell.best:
        side = px(_CHECK)
        draw_icon(painter, "check", QPointF(box.right() - px(8) - side, top), side, t.good)
    ink = Ink(_FIRST[0], 600 if cell.best else _FIRST[1], t.ink)
    height = metrics(*_FIRST).height()
    for line in what.first:
        draw_text(painter, QRectF(left, top, room, height), line, ink)
        if hovered:
            dotted_line(painter, left, left + advance(line, ink), top + height, t.ink)
        top += height
    top += px(_GAP)
    ink, height = Ink(*_NOTE, t.muted), metrics(*_NOTE).height()
    for line in what.note:
        draw_text(painter, QRectF(left, top, room, height), line, ink)
        top += height


class AdvisorTable(QTableView):
    """Every strategy by every criterion. Arrows walk, Return or a click opens the items behind a figure.

    Signals
    -------
    items_requested(str, str)
        Strategy, and the figure, category or phase behind a cell.
    input_requested(str)
        Path of the input that decides a cell without items.
    strategy_selected(str)
        A head was clicked.
    """

    items_requested = Signal(str, str)
    input_requested = Signal(str)
    strategy_selected = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.source = _Model()
        self.shown: dict[tuple[int, int], Shown] = {}
        self.hovered: tuple[int, int] | None = None
        self.ring_shown = False
        self._pressed: tuple[int, int] | None = None
        self.setModel(self.source)
        self.setHorizontalHeader(_Heads(self.source))
        self.setItemDelegate(_Cells(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(px(20))
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        use_slim_bars(self)
        Copying(self)
        self.horizontalHeader().sectionClicked.connect(self._select)

    def show_rows(self, heads: tuple[Head, ...], rows: tuple[Criterion, ...]) -> None:
        """Show other figures; the place it is scrolled to stays."""
        model = self.source
        if (heads, rows) == (model.heads, model.rows):
            return
        same = len(heads) == len(model.heads) and len(rows) == len(model.rows)
        if not same:
            model.beginResetModel()
        model.heads, model.rows = heads, rows
        if same:
            self.horizontalHeader().viewport().update()
            self.viewport().update()
        else:
            model.endResetModel()
            self._share_width()
        self._fit_rows()

    def retheme(self) -> None:
        """Sizes follow zoom."""
        self.verticalHeader().setMinimumSectionSize(px(20))
        self.shown = {}
        self._share_width()
        self._fit_rows()

    def _share_width(self) -> None:
        room, count = self.viewport().width(), len(self.source.heads)
        if not count:
            return
        titles = px(_TITLES[room >= px(_WIDE_FROM)])
        self.setColumnWidth(0, titles)
        each = (room - titles) // count
        for column in range(1, count + 1):
            self.setColumnWidth(column, each if column < count else room - titles - each * (count - 1))
        self.horizontalHeader().updateGeometry()

    def _fit_rows(self) -> None:
        """Break the cells into lines, those that changed, and give every row the height that it needs."""
        widths = [self.columnWidth(column + 1) for column in range(len(self.source.heads))]
        before, self.shown = self.shown, {}
        least = px(46)
        for number, row in enumerate(self.source.rows):
            needed = 0.0
            for column, (cell, width) in enumerate(zip(row.cells, widths, strict=True), 1):
                held = before.get((number, column))
                if held is None or held.width != width or held.cell != cell:
                    held = shown(cell, width)
                self.shown[number, column] = held
                needed = max(needed, held.height)
            height = max(least, int(needed) + 1)
            if self.rowHeight(number) != height:
                self.setRowHeight(number, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._share_width()
            self._fit_rows()

    # -- what the user points at
    def _select(self, section: int) -> None:
        if section > 0:
            self.strategy_selected.emit(self.source.heads[section - 1].strategy)

    def open_cell(self, index: QModelIndex) -> None:
        """Ask for what stands behind a cell."""
        cell = self.source.cell(index)
        if cell is not None and cell.items:
            self.items_requested.emit(cell.strategy, cell.items)
        elif cell is not None and cell.input:
            self.input_requested.emit(cell.input)

    def _point_at(self, where: QPoint | None) -> None:
        index = self.indexAt(where) if where is not None else QModelIndex()
        cell = self.source.cell(index)
        links = cell is not None and cell.opens
        spot = (index.row(), index.column()) if links else None
        if spot != self.hovered:
            self.hovered = spot
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if links else Qt.CursorShape.ArrowCursor
            )
            self.viewport().update()

    def _place(self, event: QMouseEvent) -> tuple[int, int]:
        index = self.indexAt(event.position().toPoint())
        return index.row(), index.column()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Underline what opens."""
        super().mouseMoveEvent(event)
        self._point_at(event.position().toPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The ring belongs to the keyboard."""
        self.ring_shown = False
        self._pressed = self._place(event)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open what was pressed, if the mouse is still on it."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self._place(event) == self._pressed:
            self.open_cell(self.indexAt(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        """Nothing is underlined once the mouse has left."""
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Start at the first figure."""
        self.ring_shown = event.reason() != Qt.FocusReason.MouseFocusReason
        if self.ring_shown and not self.currentIndex().isValid() and self.source.rows:
            self.setCurrentIndex(self.source.index(0, 1))
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens; arrows walk."""
        self.ring_shown = True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open_cell(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)
        self.viewport().update()
