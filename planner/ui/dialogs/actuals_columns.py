"""Lists of the mapping step: every column with what it is, every description with its category, a preview."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.app.importing import Importing
from planner.scenario.invoices.layout import ROLE_TITLES, ROLES
from planner.scenario.invoices.text import letter
from planner.ui.kit import Cell, ComboBox, Table, Text, hbox
from planner.ui.kit.wide_table import WideTable
from planner.ui.plots.figures.common import CATEGORY_SHORT
from planner.ui.tabs.actuals_rows import CATEGORIES
from planner.ui.theme import px, text_width

_PREVIEWED: Final = 4
_MOST_LABELS: Final = 150
_LONG: Final = 60
_NARROW: Final = 28


class ColumnList(QWidget):
    """A line a column: letter, title, an example, and what it is.

    Signals
    -------
    chosen(int, str)
        Column and role.
    """

    chosen = Signal(int, str)

    def __init__(self, importing: Importing) -> None:
        super().__init__()
        self._importing = importing
        self.choosers: list[ComboBox] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(4)
        options = [(role, ROLE_TITLES[role]) for role in ROLES]
        for number in range(len(importing.choices.roles)):
            title = importing.layout.title(number)
            chooser = ComboBox(f"Column {letter(number)}, {title}", options)
            chooser.setFixedWidth(px(160))
            chooser.chosen.connect(partial(self.chosen.emit, number))
            mark = Text(letter(number), "muted")
            mark.setFixedWidth(px(18))
            name = Text(title, "label-strong", elide=True)
            column.addWidget(
                hbox(mark, (name, 3), (Text(_example(importing, number), "muted", elide=True), 4), chooser)
            )
            self.choosers.append(chooser)
        column.addStretch(1)

    def show_roles(self) -> None:
        """Show what each column is now."""
        for chooser, role in zip(self.choosers, self._importing.choices.roles, strict=True):
            chooser.set_current(role)


class CategoryList(QWidget):
    """A line a description, the largest amount first, with its category.

    Signals
    -------
    chosen(str, str)
        Description and category.
    """

    chosen = Signal(str, str)

    def __init__(self, importing: Importing) -> None:
        super().__init__()
        self._importing = importing
        self.choosers: dict[str, ComboBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 12, 0)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        self._lines: list[QWidget] = []

    def show_labels(self) -> None:
        """Show the descriptions of the columns chosen now; made anew only when they differ."""
        labels = self._importing.reading.labels[:_MOST_LABELS]
        if tuple(self.choosers) != labels:
            self._make(labels)
        for label, chooser in self.choosers.items():
            chooser.set_current(self._importing.category(label))

    def _make(self, labels: tuple[str, ...]) -> None:
        for line in self._lines:
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.choosers, self._lines = {}, []
        for number, label in enumerate(labels):
            words = label or "All amounts"
            chooser = ComboBox(f"Category of {words[:_LONG]}", CATEGORIES)
            chooser.setFixedWidth(px(160))
            chooser.chosen.connect(partial(self.chosen.emit, label))
            line = hbox((Text(words, "label", elide=True), 1), chooser)
            self._column.insertWidget(number, line)
            self._lines.append(line)
            self.choosers[label] = chooser
        further = len(self._importing.reading.labels) - len(labels)
        if further > 0:
            said = f"and {further:,} smaller ones, by their words or {CATEGORY_SHORT['other'].casefold()}"
            line = Text(said, "muted")
            self._column.insertWidget(len(labels), line)
            self._lines.append(line)


def _example(importing: Importing, column: int) -> str:
    """Return the first value of a column that says something."""
    rows = importing.sheet.rows[importing.layout.header_row :]
    return next((" ".join(row[column].split()) for row in rows if column < len(row) and row[column]), "")


def preview_table(importing: Importing) -> Table:
    """Return the first rows of the file as they stand, with their numbers."""
    layout, start = importing.layout, importing.layout.header_row
    count = len(layout.roles)
    titles = [f"{letter(c)}  {layout.title(c) if layout.headers[c] else ''}".strip() for c in range(count)]
    rows = [(number, row) for number, row in enumerate(importing.sheet.rows[start:], start + 1) if row]
    cells = [
        [Cell(str(number)), *(Cell(" ".join(cell.split())[:_LONG]) for cell in row)]
        for number, row in rows[:_PREVIEWED]
    ]
    widths = {
        column + 1: _NARROW
        + max(
            int(text_width(words, 12) * _NARROW / px(_NARROW))
            for words in (title, *(row[column + 1].text for row in cells if column + 1 < len(row)))
        )
        for column, title in enumerate(titles)
    }
    table = WideTable("First rows of the file", count, {0: _NARROW + 18, **widths})
    table.set_data(["Row", *titles], cells)
    return table
