"""Tables of the report: rows under a head that is set again on every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.export import palette
from planner.ui.report.canvas import LEFT, Box, Canvas
from planner.ui.report.flow import CELL, OVER, Flow, Piece, fitting, line_of
from planner.ui.report.letters import Face
from planner.ui.theme import LIGHT


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its width, where its texts stand, over how many lines they may run."""

    head: str
    width: float
    align: float = LEFT
    lines: int = 1
    face: Face = CELL


@dataclass(frozen=True, slots=True)
class Row:
    """A row: texts by column, whose marker stands before the first, and what sets it apart."""

    cells: tuple[str, ...]
    strategy: str = ""
    strong: bool = False
    tint: str = ""
    faces: tuple[Face | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head that is set again on every page."""

    canvas: Canvas
    columns: tuple[Column, ...]
    pad: float = 3.2
    gap: float = 8.0
    heads: tuple[str, ...] = ()
    """Strategies whose markers stand in the heads, as many as columns; empty for none."""

    def pieces(self, rows: Sequence[Row]) -> list[Piece]:
        """Return the rows as pieces."""
        return [self._piece(row) for row in rows]

    @property
    def head(self) -> Piece:
        """Return the head as a piece."""
        canvas = self.canvas
        wrapped = [
            canvas.letters.wrapped(column.head, OVER, self._head_room(column, number), 2)
            for number, column in enumerate(self.columns)
        ]
        most = max(len(lines) for lines in wrapped)
        line = line_of(OVER)

        def draw(box: Box) -> None:
            left = box.left
            for number, (column, lines) in enumerate(zip(self.columns, wrapped, strict=True)):
                for at, text in enumerate(lines):
                    top = box.top + box.height - 3.0 - line * (len(lines) - at)
                    place = Box(left, top, self._inner(column, number), line)
                    canvas.text(place, text, OVER, column.align)
                self._head_marker(number, left, box, (column, wrapped[number]))
                left += column.width
            canvas.rule(box.left, box.left + sum(c.width for c in self.columns), box.bottom - 1.0,
                        palette.BORDER, 0.7)  # fmt: skip

        return Piece(line * most + 6.0, draw, holds=True)

    def _head_marker(self, number: int, left: float, box: Box, what: tuple[Column, list[str]]) -> None:
        strategy = self.heads[number] if self.heads else ""
        if not strategy:
            return
        column, lines = what
        letters = self.canvas.letters
        inner = self._inner(column, number)
        x = left + (inner - letters.width(lines[0], OVER)) * column.align - 7.0
        y = box.bottom - 3.0 - line_of(OVER) * (len(lines) - 0.5)
        self.canvas.marker(strategy, x, y, 2.6, LIGHT.strategy[strategy])

    def _head_room(self, column: Column, number: int) -> float:
        marked = bool(self.heads) and bool(self.heads[number])
        return self._inner(column, number) - (11.0 if marked else 0.0)

    def _inner(self, column: Column, number: int) -> float:
        last = number == len(self.columns) - 1
        return column.width - (0.0 if last else self.gap)

    def _piece(self, row: Row) -> Piece:
        letters, indent = self.canvas.letters, 11.0 if row.strategy else 0.0
        texts, faces = [], []
        for number, (cell, column) in enumerate(zip(row.cells, self.columns, strict=True)):
            face = (row.faces[number] if row.faces else None) or column.face
            face = Face(face.size, 600, face.colour) if row.strong else face
            width = self._inner(column, number) - (0.0 if number else indent)
            faces.append(face)
            texts.append(
                letters.wrapped(cell, face, width, column.lines)
                if column.lines > 1
                else [letters.elided(cell, face, width)]
            )
        most = max(line_of(face) * len(lines) for face, lines in zip(faces, texts, strict=True))
        height = most + self.pad

        def draw(box: Box) -> None:
            total = sum(column.width for column in self.columns)
            if row.tint:
                self.canvas.fill(Box(box.left - 3.0, box.top, total + 6.0, height), row.tint)
            left = box.left
            for number, (column, lines, face) in enumerate(zip(self.columns, texts, faces, strict=True)):
                for at, text in enumerate(lines):
                    top = box.top + self.pad / 2 + at * line_of(face)
                    shift = 0.0 if number else indent
                    inner = self._inner(column, number) - shift
                    self.canvas.text(Box(left + shift, top, inner, line_of(face)), text, face, column.align)
                left += column.width
            if row.strategy:
                y = box.top + self.pad / 2 + line_of(faces[0]) / 2
                self.canvas.marker(row.strategy, box.left + 3.6, y, 2.8, LIGHT.strategy[row.strategy])
            self.canvas.rule(box.left, box.left + total, box.bottom, palette.HAIRLINE, 0.4)

        return Piece(height, draw)

    def put(self, flow: Flow, rows: Sequence[Row], left: float = 0.0) -> None:
        """Run the rows down the pages."""
        head = self.head
        rest = self.pieces(rows)
        while rest:
            flow.need(head.height + rest[0].height)
            count = max(1, fitting(rest, flow.room - head.height))
            for piece in (head, *rest[:count]):
                piece.draw(Box(flow.left + left, flow.y, flow.width - left, piece.height))
                flow.y += piece.height
            rest = rest[count:]
            if rest:
                flow.new_page()

    def height(self, rows: Sequence[Row]) -> float:
        """Return what head and rows need. [pt]."""
        return self.head.height + sum(piece.height for piece in self.pieces(rows))

    def at(self, box: Box, rows: Sequence[Row]) -> float:
        """Set head and rows into a box that has room for them; return where they end. [pt]."""
        y = box.top
        for piece in (self.head, *self.pieces(rows)):
            piece.draw(Box(box.left, y, box.width, piece.height))
            y += piece.height
        return y
