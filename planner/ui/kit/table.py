"""A read-only table: the twin of a plot, line items, comparisons."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from planner.ui.kit.buttons import dotted_line
from planner.ui.kit.clip import Grid, copy_grids
from planner.ui.kit.copying import CELL_ROLE, Cell, Copying, grid_of
from planner.ui.kit.layout import use_slim_bars
from planner.ui.kit.paint import LEFT, RIGHT, Ink, advance, draw_marker, draw_text, fill
from planner.ui.theme import draw_icon, font, px, text_width, theme, token
from planner.units import MISSING

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = Qt.ItemDataRole.UserRole + 1
_LONG = 12

Row = Sequence[Cell | str]


def _cell(item: Cell | str) -> Cell:
    return item if isinstance(item, Cell) else Cell(item)


def _is_numeric(cells: Sequence[Cell]) -> bool:
    """Whether a column holds figures, if only the dashes of missing ones."""
    if any(cell.value is not None for cell in cells):
        return True
    texts = {cell.text for cell in cells if cell.text}
    return texts == {MISSING}


class TableModel(QAbstractTableModel):
    """Headers and rows of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.headers: list[str] = []
        self.rows: list[list[Cell]] = []
        self.numeric: list[bool] = []

    def fill(self, headers: Sequence[str], rows: Sequence[Row]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self.headers = list(headers)
        blank = Cell("")
        width = len(headers)
        self.rows = [([_cell(c) for c in row] + [blank] * width)[:width] for row in rows]
        self.numeric = [_is_numeric([row[i] for row in self.rows]) for i in range(width)]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(self.headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text for all, the cell for the painter, the value for sorting."""
        if not index.isValid():
            return None
        cell = self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == CELL_ROLE:
            return cell
        if role == SORT_ROLE:
            if not self.numeric[index.column()]:
                return cell.text.casefold()
            return -math.inf if cell.value is None or math.isnan(cell.value) else cell.value
        if role == Qt.ItemDataRole.ToolTipRole:  # what may be shortened can be read in full
            return cell.text if len(cell.text) > _LONG else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self.numeric[index.column()] else LEFT
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.headers):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headers[section]
        return None


class Cells(QStyledItemDelegate):
    """Paints the cells."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Text and padding."""
        cell = index.data(CELL_ROLE)
        text, weight = (cell.text, cell.weight or 500) if isinstance(cell, Cell) else ("", 500)
        extra = px(16) if isinstance(cell, Cell) and cell.marker else 0
        return QSize(math.ceil(text_width(text, 12, weight)) + px(24) + extra, px(28))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Rule above, selection, marker, text, dotted underline of links."""
        cell = index.data(CELL_ROLE)
        if not isinstance(cell, Cell):
            return
        t = theme()
        box = QRectF(option.rect)
        state = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            fill(painter, box, t.hover)
        fill(painter, QRectF(box.left(), box.top(), box.width(), 1), t.hairline)
        spilling = _spill(option.widget, index, cell)
        align = RIGHT if index.data(Qt.ItemDataRole.TextAlignmentRole) == RIGHT and not spilling else LEFT
        numeric = align == RIGHT
        tone = token(cell.tone) if cell.tone else t.ink if numeric else t.ink2
        ink = Ink(12, cell.weight or (500 if numeric else 400), tone, align=align)
        room = box.adjusted(px(4), 1, spilling - px(8), 0)
        if cell.marker:
            draw_marker(painter, cell.marker, QPointF(room.left() + px(6), room.center().y()), px(4.2))
            room = room.adjusted(px(18), 0, 0, 0)
        draw_text(painter, room, cell.text, ink, elide=True)
        if cell.link:
            width = min(room.width(), advance(cell.text, ink))
            left = room.right() - width if numeric else room.left()
            dotted_line(painter, left, left + width, room.center().y() + px(8), ink.value)
        if state & QStyle.StateFlag.State_HasFocus:
            for edge in (
                QRectF(box.left(), box.top() + 1, box.width(), 1.5),
                QRectF(box.left(), box.bottom() - 1.5, box.width(), 1.5),
                QRectF(box.left(), box.top(), 1.5, box.height()),
                QRectF(box.right() - 1.5, box.top(), 1.5, box.height()),
            ):
                fill(painter, edge, t.focus)
        painter.restore()


def _spill(view: QWidget | None, index: Index, cell: Cell) -> int:
    """How far words may run over the cells behind them: as far as those are all blank. [px]."""
    if not isinstance(view, Table) or index.column() == 0 or cell.value is not None or not cell.text:
        return 0
    columns = range(index.column() + 1, len(view.source.headers))
    behind = [index.sibling(index.row(), column).data(CELL_ROLE) for column in columns]
    if not behind or any(other.text for other in behind if isinstance(other, Cell)):
        return 0
    return sum(view.columnWidth(column) for column in columns)


class _Head(QHeaderView):
    """Muted column titles; the sorted one carries an arrow."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorClearable(True)

    def sectionSizeFromContents(self, section: int) -> QSize:
        """Title, padding, room for the arrow."""
        return QSize(math.ceil(text_width(self._title(section), 11)) + px(28), px(26))

    def _title(self, section: int) -> str:
        model = self.model()
        return str(model.headerData(section, Qt.Orientation.Horizontal) or "") if model is not None else ""

    def paintSection(self, painter: QPainter, rect: object, section: int) -> None:
        """Paint one title."""
        box = QRectF(rect)  # type: ignore[call-overload]
        t = theme()
        painter.save()
        fill(painter, box, t.surface)
        view = self.parent()
        kinds = view.source.numeric if isinstance(view, Table) else []
        align = RIGHT if section < len(kinds) and kinds[section] else LEFT
        room = box.adjusted(px(4), 0, -px(8), 0)
        sorted_here = self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        ink = Ink(11, 500 if sorted_here else 400, t.ink if sorted_here else t.muted, align=align)
        draw_text(painter, room, self._title(section), ink, elide=True)
        if sorted_here:
            side = px(11)
            down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            width = min(room.width(), advance(self._title(section), ink)) + side + 3
            x = room.right() - width if align == RIGHT else room.left() + width - side
            icon = "chevron-down" if down else "chevron-up"
            draw_icon(painter, icon, QPointF(x, box.center().y() - side / 2), side, t.ink)
        painter.restore()


class Table(QTableView):
    """Headers and rows in our look: sortable, Ctrl+C copies cells, Return opens a link."""

    linkOpened = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.source = TableModel()
        self._fitted: list[int] = []
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self.source)
        self._proxy.setSortRole(SORT_ROLE)
        self.setModel(self._proxy)
        self.setHorizontalHeader(_Head())
        self.setItemDelegate(Cells(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSortingEnabled(True)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.setCornerButtonEnabled(False)
        use_slim_bars(self)
        self.clicked.connect(self._open)
        Copying(self, lambda only: self.copy(selected_only=only))
        self.retheme()

    def set_data(self, headers: Sequence[str], rows: Sequence[Row]) -> None:
        """Show other rows; the order the user sorted by stays if the columns do."""
        same = list(headers) == self.source.headers
        self.source.fill(headers, rows)
        if not same:
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self._fit()
        elif self._natural() != self._fitted:
            self._share_room()

    def _fit(self) -> None:
        head = self.horizontalHeader()
        if self.source.headers:
            head.setMinimumSectionSize(px(28))
            head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._share_room()

    def _natural(self) -> list[int]:
        """What the words of each column need."""
        headers, rows = self.source.headers, self.source.rows
        widths = [math.ceil(text_width(title, 11)) for title in headers]
        for row in rows:
            last = max((i for i, cell in enumerate(row) if cell.text), default=0)
            for i, cell in enumerate(row):
                if cell.text and (i == 0 or i != last or last == len(row) - 1 or cell.value is not None):
                    words = text_width(cell.text, 12, cell.weight or (500 if i else 400))
                    widths[i] = max(widths[i], math.ceil(words) + (px(18) if cell.marker else 0))
        return [width + px(14) for width in widths]

    def _share_room(self) -> None:
        """Each column what it needs, and air where there is some; the first one takes the rest."""
        natural = self._fitted = self._natural()
        spare = self.viewport().width() - sum(natural)
        air = max(0, min(px(20), spare // max(1, len(natural))))
        for column, width in enumerate(natural[1:], 1):
            self.setColumnWidth(column, width + air)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def retheme(self) -> None:
        """Fonts and row height follow zoom."""
        self.setFont(font(12))
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(1)  # else it makes rows of the old zoom a size of their own, which stays
        rows.setDefaultSectionSize(px(28))
        rows.setMinimumSectionSize(px(20))
        self._fit()

    def as_text(self, *, selected_only: bool = False) -> str:
        """The table as tab-separated text, headers first, in the order shown."""
        picked = sorted({i.row() for i in self.selectionModel().selectedIndexes()}) if selected_only else []
        numbers = picked or range(self._proxy.rowCount())
        columns = range(self._proxy.columnCount())
        lines = ["\t".join(self.source.headers)]
        lines += ["\t".join(str(self._proxy.index(r, c).data()) for c in columns) for r in numbers]
        return "\n".join(lines)

    def grid(self, *, selected_only: bool = False) -> Grid:
        """The table as it is shown, for a spreadsheet: rows that are selected, or all."""
        return grid_of(self, selected_only=selected_only)

    def copy(self, *, selected_only: bool = False) -> None:
        """Put the table on the clipboard as cells; without a selection all of it."""
        copy_grids([self.grid(selected_only=selected_only)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open links."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        cell = index.data(CELL_ROLE) if index.isValid() else None
        if isinstance(cell, Cell) and cell.link:
            self.linkOpened.emit(cell.link)


__all__ = ["CELL_ROLE", "SORT_ROLE", "Cell", "Cells", "Index", "Row", "Table", "TableModel"]
