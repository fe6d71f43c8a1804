"""A table with set widths, one column that takes what is spare, and a search."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHeaderView

from planner.ui.kit.table import Row, Table
from planner.ui.theme import px


class WideTable(Table):
    """A table one of whose later columns takes the spare width; a search leaves only rows with the word."""

    def __init__(self, name: str, stretch: int, widths: dict[int, int]) -> None:
        self._stretch, self._widths = stretch, widths
        self._all: list[Row] = []
        self._headers: Sequence[str] = ()
        super().__init__(name)

    def _natural(self) -> list[int]:
        """Widths are given; words are not measured."""
        return []

    def _fit(self) -> None:
        super()._fit()
        head = self.horizontalHeader()
        if head.count() <= self._stretch:
            return
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        for column, width in self._widths.items():
            self.setColumnWidth(column, px(width))
        head.setSectionResizeMode(self._stretch, QHeaderView.ResizeMode.Stretch)

    def show_rows(self, headers: Sequence[str], rows: Sequence[Row], word: str) -> int:
        """Show the rows that hold a word; answers how many."""
        self._headers, self._all = headers, list(rows)
        return self.search(word)

    def search(self, word: str) -> int:
        """Leave only rows that hold a word."""
        shown = [row for row in self._all if not word or any(word in _text(c) for c in row)]
        self.set_data(self._headers, shown)
        return len(shown)


def _text(cell: object) -> str:
    return str(getattr(cell, "text", cell)).casefold()
