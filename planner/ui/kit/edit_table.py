"""A table some of whose cells can be typed in, or chosen from a list; rows can be removed with Delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyleOptionViewItem, QWidget

from planner.ui.kit.choice import ComboBox, Options
from planner.ui.kit.table import Cells, Row, Table, TableModel
from planner.ui.theme import colour, font, theme

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Edit:
    """What can be done with a cell: the text it is edited as, or the entries it is chosen from."""

    text: str = ""
    options: Options = ()


class EditModel(TableModel):
    """Cells that take text; ``edited(row, column, text)`` asks the owner, who fills the table anew."""

    edited = Signal(int, int, str)

    def __init__(self) -> None:
        super().__init__()
        self.edits: Mapping[tuple[int, int], Edit] = {}

    def edit_of(self, index: Index) -> Edit | None:
        """What can be done with a cell; None for one that is only read."""
        return self.edits.get((index.row(), index.column())) if index.isValid() else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Say which cells can be edited."""
        found = super().flags(index)
        return found if self.edit_of(index) is None else found | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the text that is edited, beside what is shown."""
        edit = self.edit_of(index)
        if role == Qt.ItemDataRole.EditRole and edit is not None:
            return edit.text
        return super().data(index, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask the owner to take a text."""
        edit = self.edit_of(index)
        if edit is None or role != Qt.ItemDataRole.EditRole or str(value).strip() == edit.text:
            return False
        self.edited.emit(index.row(), index.column(), str(value).strip())
        return True


class _Editors(Cells):
    """The cells of `Table`, with a line or a list to edit them."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Make the line or list."""
        edit = _edit_of(index)
        name = str(index.model().headerData(index.column(), Qt.Orientation.Horizontal) or "Value")
        if edit is not None and edit.options:
            chooser = ComboBox(name, edit.options, edit.text)
            chooser.setParent(parent)
            chooser.chosen.connect(lambda _key: self.commitData.emit(chooser))
            chooser.chosen.connect(lambda _key: self.closeEditor.emit(chooser))
            QTimer.singleShot(0, chooser, chooser.showPopup)  # after the view has given it its place
            return chooser
        line = QLineEdit(parent)
        line.setAccessibleName(name)
        line.setFont(font(12, 500))
        palette = line.palette()
        palette.setColor(QPalette.ColorRole.Base, colour(theme().field))
        palette.setColor(QPalette.ColorRole.Text, colour(theme().ink))
        line.setPalette(palette)
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show what is there."""
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Hand over what was typed or chosen."""
        text = editor.current if isinstance(editor, ComboBox) else ""
        if isinstance(editor, QLineEdit):
            text = editor.text()
        model.setData(index, text, Qt.ItemDataRole.EditRole)


def _edit_of(index: Index) -> Edit | None:
    model = index.model()
    source = getattr(model, "sourceModel", None)
    held = source() if callable(source) else model
    found = model.mapToSource(index) if callable(source) else index  # type: ignore[attr-defined]
    return held.edit_of(found) if isinstance(held, EditModel) else None


class EditTable(Table):
    """A table that is typed in: Return or F2 edits, Delete removes rows.

    Signals
    -------
    edited(int, int, str)
        Row and column of the rows as given, and what was typed.
    removed(object)
        Numbers of the rows to remove.
    """

    edited = Signal(int, int, str)
    removed = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        model = EditModel()
        self.source = model
        self._proxy.setSourceModel(model)
        self.setItemDelegate(_Editors(self))
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked
            | triggers.EditKeyPressed
            | triggers.AnyKeyPressed
            | triggers.SelectedClicked
        )
        # Queued: the owner fills the table anew, and the editor is still at work when it hands over.
        model.edited.connect(self.edited, Qt.ConnectionType.QueuedConnection)

    def show_rows(
        self, headers: Sequence[str], rows: Sequence[Row], edits: Mapping[tuple[int, int], Edit]
    ) -> None:
        """Show other rows; the place of the keyboard stays."""
        here = self.currentIndex()
        place = (here.row(), here.column()) if here.isValid() else None
        if isinstance(self.source, EditModel):
            self.source.edits = edits
        self.set_data(headers, rows)
        if place is not None and place[0] < self._proxy.rowCount():
            self.setCurrentIndex(self._proxy.index(*place))

    def picked(self) -> list[int]:
        """Numbers of the rows that are selected, as given."""
        return sorted({self._proxy.mapToSource(i).row() for i in self.selectionModel().selectedIndexes()})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit with Return, remove with Delete; what a line has not taken is not for the table."""
        here = self.currentIndex()
        if self.state() == QAbstractItemView.State.EditingState:
            event.ignore()
        elif (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here.flags() & Qt.ItemFlag.ItemIsEditable
        ):
            self.edit(here)
            event.accept()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.picked():
            self.removed.emit(self.picked())
            event.accept()
        else:
            super().keyPressEvent(event)
