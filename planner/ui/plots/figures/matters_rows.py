"""A list of inputs with marks beside them: what the tornado and "What matters" share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPainter

from planner.scenario.model import spec_for
from planner.ui.kit.paint import Ink, draw_text, rounded
from planner.ui.plots.chart import Chart
from planner.ui.theme import px, text_width, theme
from planner.units import format_apart, format_quantity

_MOST_SHARE = 0.36
"""Of the width, for the names."""
_TOP_ROWS = 3
"""Whose names stand out."""
_UNITS = {"workload.requests_per_month": "count"}
"""Where the name already says the rest: 600k, not 600k/mo."""


def unit_of(path: str) -> str:
    """In which unit a value of an input is written beside its name."""
    return _UNITS.get(path) or spec_for(path).unit


def value_text(path: str, value: float) -> str:
    """A value of an input, as far as anyone knows it: two figures."""
    return format_quantity(value, unit_of(path), figures=2)


def two_values(path: str, low: float, high: float) -> tuple[str, str]:
    """Two values of an input, with as many figures as it takes to tell them apart."""
    return format_apart(low, high, unit_of(path), figures=2)


class InputRows(Chart):
    """Rows of inputs, as many as fit; the last line says how many more there are.

    Signals
    -------
    input_asked(str)
        Path of the input whose row was opened, by a click or by Return.
    more_asked()
        The line below the last row was opened.
    """

    input_asked = Signal(str)
    more_asked = Signal()
    head, foot = 0, 0
    """Heights above and below the rows, in the design's pixels."""
    least, most = 21, 29
    """Of a row, likewise."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.paths: list[str] = []
        self.opened.connect(self._open)

    def set_paths(self, paths: Sequence[str]) -> None:
        """Other inputs, in their order."""
        self.paths = list(paths)
        self.data_changed()

    # -- which rows fit

    @property
    def shown(self) -> int:
        """Rows that are painted."""
        fit = max(1, int((self.height() - px(self.head) - px(self.foot)) // px(self.least)))
        return len(self.paths) if len(self.paths) <= fit else max(1, fit - 1)

    @property
    def hidden(self) -> int:
        """Rows for which there is no room."""
        return len(self.paths) - self.shown

    def row_count(self) -> int:
        """Rows that are painted, and the line that says how many more there are."""
        return self.shown + (1 if self.hidden else 0)

    def part_at(self, where: QPointF) -> tuple[int, int] | None:
        """The row under a pixel."""
        _, _, top, pitch = self._layout()
        row = int((where.y() - top) // pitch)
        return (row, 0) if where.y() >= top and row < self.row_count() else None

    def read_out(self, row: int, part: int) -> str:
        """One row in words."""
        return self.words(row) if row < self.shown else self.more_text()

    def words(self, row: int) -> str:
        """One input in words; subclasses answer."""
        return ""

    def more_text(self) -> str:
        """What the last line says."""
        return f"{self.hidden} more in the table"

    def _open(self, row: int, _part: int) -> None:
        if row < self.shown:
            self.input_asked.emit(self.paths[row])
        else:
            self.more_asked.emit()

    # -- layout and paint

    def _measure(self) -> tuple[float, float, float, float]:
        width, height = float(self.width()), float(self.height())
        widest = max((text_width(spec_for(path).title, 12, 500) for path in self.paths), default=0.0)
        left = min(widest + px(12), width * _MOST_SHARE)
        room = height - px(self.head) - px(self.foot)
        pitch = min(float(px(self.most)), room / max(1, self.row_count()))
        return left, max(1.0, width - left), float(px(self.head)), max(1.0, pitch)

    def line(self, row: int) -> QRectF:
        """Where a row stands, over the whole width."""
        _, _, top, pitch = self._layout()
        return QRectF(0.0, top + pitch * row, float(self.width()), pitch)

    def draw_ground(self, painter: QPainter) -> None:
        """Paint the field behind the row that is visited."""
        if self.visiting is not None:
            box = self.line(self.visiting[0]).adjusted(0, 1, 0, -1)
            rounded(painter, box, px(5), theme().hover)

    def draw_names(self, painter: QPainter) -> None:
        """Paint the names, the first few stronger, and the line below them."""
        t, left = theme(), self._layout()[0]
        for row in range(self.shown):
            strong = row < _TOP_ROWS
            ink = Ink(12, 500 if strong else 400, t.ink if strong else t.ink2)
            box = self.line(row).adjusted(px(2), 0, 0, 0)
            box.setWidth(left - px(8))
            draw_text(painter, box, spec_for(self.paths[row]).title, ink, elide=True)
        if self.hidden:
            box = self.line(self.shown).adjusted(px(2), 0, 0, 0)
            draw_text(painter, box, self.more_text(), Ink(12, 400, t.muted))
