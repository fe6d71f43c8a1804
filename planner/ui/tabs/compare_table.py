"""A table of the Compare page: badges of scenarios at its head, a row that opens its input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QSizePolicy

from planner.ui.kit.paint import CENTRE, LEFT, RIGHT, Edge, Ink, advance, draw_text, fill, rounded
from planner.ui.kit.table import CELL_ROLE, Cell, Row, Table
from planner.ui.theme import px, theme

_HEAD: Final = 28
_ROW: Final = 28
_CELL, _TITLE = Ink(12, 500), Ink(11)
_MEASURED: Final = 40
"""Rows whose words share out the width: a list of all inputs is not measured whole."""


def draw_badge(painter: QPainter, box: QRectF, letter: str, *, filled: bool) -> None:
    """Paint the letter of a scenario in a rounded square: the first is filled, the second outlined."""
    t = theme()
    rounded(painter, box, px(4), t.accent if filled else t.surface, None if filled else Edge(t.strong))
    tone = t.on_accent if filled else t.ink2
    draw_text(painter, box, letter, Ink(11 if len(letter) < 3 else 9, 600, tone, align=CENTRE))


class _Head(QHeaderView):
    """Muted titles, and badges where a column is a scenario's."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.badges: dict[int, bool] = {}
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sectionSizeFromContents(self, section: int) -> QSize:
        """One line."""
        return QSize(px(40), px(_HEAD))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one title."""
        box, model, view = QRectF(rect), self.model(), self.parent()
        text = str(model.headerData(section, Qt.Orientation.Horizontal) or "") if model is not None else ""
        painter.save()
        fill(painter, box, theme().surface)
        if section in self.badges and text:
            side = px(18)
            square = QRectF(box.left() + px(4), box.center().y() - side / 2, side, side)
            draw_badge(painter, square, text, filled=self.badges[section])
        else:
            kinds = view.source.numeric if isinstance(view, Table) else []
            align = RIGHT if section < len(kinds) and kinds[section] else LEFT
            room = box.adjusted(px(4), 0, -px(8), 0)
            draw_text(painter, room, text, Ink(11, 400, theme().muted, align=align), elide=True)
        painter.restore()


class CompareTable(Table):
    """Columns of set shares of the width; a row is opened as a whole.

    Parameters
    ----------
    name : str
        For screen readers.
    shares : sequence of int
        Percent of the width of every column.
    right : sequence of int
        Columns of figures.
    whole : bool
        Whether it shows all rows, without a scroll bar.
    """

    def __init__(
        self, name: str, shares: Sequence[int], right: Sequence[int] = (3,), *, whole: bool = False
    ) -> None:
        self._shares, self._right = tuple(shares), frozenset(right)
        self._whole = whole
        super().__init__(name)
        self._head = _Head()
        self.setHorizontalHeader(self._head)
        self.setSortingEnabled(False)
        self._proxy.sort(-1)  # rows stand in an order that means something
        self._head.setVisible(True)
        if whole:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fit()

    def set_badges(self, badges: dict[int, bool]) -> None:
        """Which columns are scenarios, and whether their badge is filled."""
        self._head.badges = dict(badges)
        self._head.viewport().update()

    def show_rows(self, headers: Sequence[str], rows: Sequence[Row]) -> None:
        """Show other rows; where nothing differs, nothing is painted anew, and the place of the bar stays."""
        texts = [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in rows]
        if list(headers) == self.source.headers and texts == self.source.rows:
            return
        bar = self.verticalScrollBar()
        place, same = bar.value(), len(rows) == len(self.source.rows)
        self.set_data(headers, texts)
        self.source.numeric = [column in self._right for column in range(len(headers))]
        if same:
            bar.setValue(place)
        self._fit()

    def _natural(self) -> list[int]:
        """Widths are shares, not the natural ones."""
        return []

    def _fit(self) -> None:
        head, width = self.horizontalHeader(), self.viewport().width()
        if not self.source.headers or head.count() < len(self.source.headers):
            return
        head.setMinimumSectionSize(px(24))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, share in enumerate(self._widths(width)):
            if column:
                self.setColumnWidth(column, share)
        if self._whole:
            self.setFixedHeight(px(_HEAD) + px(_ROW) * len(self.source.rows) + 2)

    def _widths(self, width: int) -> list[int]:
        """The shares; columns whose words need more take it from those that have some to spare."""
        shares = [width * share // 100 for share in self._shares[: len(self.source.headers)]]
        shown = self.source.rows[:_MEASURED]
        needed = [
            round(max(advance(head, _TITLE), 0.0, *(advance(row[column].text, _CELL) for row in shown)))
            + px(16)
            for column, head in enumerate(self.source.headers)
        ]
        lacking = [max(0, need - share) for need, share in zip(needed, shares, strict=True)]
        spare = [max(0, share - need) for need, share in zip(needed, shares, strict=True)]
        moved = min(sum(lacking), sum(spare))
        if moved <= 0:
            return shares
        given, taken = (moved / sum(lacking), moved / sum(spare))
        return [
            int(share + lack * given - rest * taken)
            for share, lack, rest in zip(shares, lacking, spare, strict=True)
        ]

    def sizeHint(self) -> QSize:
        """Some room."""
        return QSize(px(280), px(140))

    def _open(self, index: QModelIndex) -> None:
        """A click or Return opens what the cell leads to, else what the first cell of its row does."""
        for place in (index, index.sibling(index.row(), 0)):
            cell = place.data(CELL_ROLE) if index.isValid() else None
            if isinstance(cell, Cell) and cell.link:
                self.linkOpened.emit(cell.link)
                return

    def place_of(self, row: int, column: int = 0) -> QPoint:
        """The middle of a cell in pixels of the viewport."""
        return self.visualRect(self.model().index(row, column)).center()
