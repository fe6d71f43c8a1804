"""What every table does to be copied: the key, the menu, and its cells as a grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QTableView

from planner.ui.kit.clip import Grid, Shown, copy_grids
from planner.ui.kit.states import Menu

CELL_ROLE = Qt.ItemDataRole.UserRole
Copy = Callable[[bool], object]
"""Copies a table; told whether only the rows that are selected."""


@dataclass(frozen=True)
class Cell:
    """One figure or word of a table. ``value`` sorts; ``link`` is emitted when the cell is opened."""

    text: str
    value: float | None = None
    link: str = ""
    tone: str = ""
    weight: int = 0
    marker: str = ""


class Copying(QObject):
    """Lets the key that copies and the menu of a table copy it; rows that are selected, or all without.

    Parameters
    ----------
    table : QTableView
        Any table.
    copy : callable, optional
        Copies it; as it is shown if not given.
    """

    def __init__(self, table: QTableView, copy: Copy | None = None) -> None:
        super().__init__(table)
        self._table = table
        self._copy = copy or (lambda only: copy_grids([grid_of(table, selected_only=only)]))
        table.installEventFilter(self)
        table.viewport().installEventFilter(self)  # the mouse asks there for the menu, keys ask the table

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key before a shortcut of what is around does, and the menu."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._copy(True)
                return True
        if isinstance(event, QContextMenuEvent):
            self.menu().popup(event.globalPos())
            return True
        return False

    def menu(self) -> Menu:
        """Return what can be copied: the rows that are selected, and all."""
        table = self._table
        menu = Menu("", table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = len({index.row() for index in table.selectionModel().selectedIndexes()})
        if 0 < rows < table.model().rowCount():
            words = "Copy the selected row" if rows == 1 else f"Copy the {rows} selected rows"
            menu.addAction(words).triggered.connect(lambda: self._copy(True))
        menu.addAction("Copy the table").triggered.connect(lambda: self._copy(False))
        return menu


def grid_of(view: QTableView, *, selected_only: bool = False) -> Grid:
    """Return any table as it is shown, sorted as it is; rows that are selected where there are some."""
    model = view.model()
    picked = (
        sorted({index.row() for index in view.selectionModel().selectedIndexes()}) if selected_only else []
    )
    columns = range(model.columnCount())
    heads = tuple(
        str(model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole) or "")
        for column in columns
    )
    rows = tuple(
        tuple(_shown(model.index(row, column)) for column in columns)
        for row in picked or range(model.rowCount())
    )
    return Grid(heads, rows)


def _shown(index: QModelIndex | QPersistentModelIndex) -> Shown:
    cell = index.data(CELL_ROLE)
    if isinstance(cell, Cell):
        return Shown(cell.text, cell.value)
    text = index.data(Qt.ItemDataRole.DisplayRole)
    return Shown("" if text is None else str(text))
