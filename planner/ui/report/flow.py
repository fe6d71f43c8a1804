"""Text, tables and columns that run down the pages of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from planner.export import palette
from planner.ui.report.canvas import HEIGHT, RIGHT, WIDTH, Box, Canvas
from planner.ui.report.letters import Face
from planner.ui.theme import LIGHT

MARGIN: Final = 44.0
TOP: Final = 52.0
BOTTOM: Final = 44.0
"""Margins of the text; header and footer stand in them. [pt]"""

TITLE: Final = Face(21.0, 600, display=True)
VERDICT: Final = Face(15.0, 600, display=True)
HEADLINE: Final = Face(12.5, 600, display=True)
OVER: Final = Face(7.5, 600, palette.MUTED)
BODY: Final = Face(8.5, 400, palette.INK2)
STRONG: Final = Face(8.5, 600)
CELL: Final = Face(8.0, 400)
SMALL: Final = Face(7.5, 400, palette.INK2)
SMALL_STRONG: Final = Face(7.5, 600)
QUIET: Final = Face(7.5, 400, palette.MUTED)
TICK: Final = Face(7.0, 400, palette.MUTED)
_LEADING: Final = 1.36
_MARKER: Final = 13.0


def line_of(face: Face) -> float:
    """Return the height of a line of text. [pt]."""
    return face.size * _LEADING


@dataclass(frozen=True, slots=True)
class Piece:
    """Something of a height that is drawn where there is room; `holds` keeps it with the next."""

    height: float
    draw: Callable[[Box], None]
    holds: bool = False


class Flow:
    """A place on the pages that moves down."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.letters = canvas, canvas.letters
        self.left, self.right = MARGIN, WIDTH - MARGIN
        self.top, self.bottom = TOP, HEIGHT - BOTTOM
        self.y = self.top

    @property
    def width(self) -> float:
        """Width of the text. [pt]."""
        return self.right - self.left

    @property
    def room(self) -> float:
        """What is left of the page. [pt]."""
        return self.bottom - self.y

    @property
    def fresh(self) -> bool:
        """Whether nothing stands on the page yet."""
        return self.y <= self.top

    def new_page(self) -> None:
        """Go on at the top of another page."""
        self.canvas.new_page()
        self.y = self.top

    def need(self, height: float) -> None:
        """Go on at another page unless so much is left of this one. [pt]."""
        if height > self.room and not self.fresh:
            self.new_page()

    def gap(self, height: float) -> None:
        """Leave room, save at the top of a page. [pt]."""
        if not self.fresh:
            self.y = min(self.y + height, self.bottom)

    def take(self, height: float) -> Box:
        """Return the next stretch over the whole width. [pt]."""
        self.need(height)
        box = Box(self.left, self.y, self.width, height)
        self.y += height
        return box

    def paragraph(self, text: str, face: Face = BODY, *, width: float = 0.0, most: int = 40) -> None:
        """Set a text over as many lines as it needs."""
        height = line_of(face)
        for line in self.letters.wrapped(text, face, width or self.width, most):
            self.canvas.text(self.take(height), line, face)

    def section(
        self, name: str, headline: str, subline: str = "", *, strategy: str = "", after: float = 60.0
    ) -> None:
        """Begin a section: what it says, its name at the right; never at the foot of a page."""
        indent = _MARKER if strategy else 0.0
        named = self.letters.width(name, OVER) + 16.0
        lines = self.letters.wrapped(headline, HEADLINE, self.width - indent - named, 2)
        below = self.letters.wrapped(subline, BODY, self.width, 2) if subline else []
        gap = 0.0 if self.fresh else 17.0
        height = 6.0 + line_of(HEADLINE) * len(lines) + line_of(BODY) * len(below) + 6.0
        if gap + height + after > self.room and not self.fresh:
            self.new_page()
            gap = 0.0
        self.y += gap
        self.canvas.bookmark(name)
        self.canvas.rule(self.left, self.right, self.y, palette.INK, 0.8)
        self.y += 6.0
        self.canvas.text(Box(self.left, self.y, self.width, line_of(HEADLINE)), name, OVER, RIGHT)
        for number, line in enumerate(lines):
            box = self.take(line_of(HEADLINE))
            if strategy and not number:
                mark = LIGHT.strategy.get(strategy, palette.INK)
                self.canvas.marker(strategy, box.left + 4.0, box.top + box.height / 2, 4.0, mark)
            self.canvas.text(box.inset(left=indent, right=named), line, HEADLINE)
        for line in below:
            self.canvas.text(self.take(line_of(BODY)), line, BODY)
        self.y += 6.0

    def subhead(self, title: str, quiet: str = "", after: float = 30.0) -> None:
        """Name a table or a plot; never at the foot of a page."""
        self.need(14.0 + after)
        box = self.take(14.0)
        used = self.canvas.text(box, title, STRONG)
        if quiet:
            self.canvas.text(box.inset(left=used + 6.0), quiet, QUIET)

    # ---------------------------------------------------------------- columns
    def columns(
        self, count: int, pieces: Sequence[Piece], *, gutter: float = 18.0, head: Piece | None = None
    ) -> None:
        """Run pieces down some columns, over as many pages as they need; the last columns are even."""
        width = (self.width - gutter * (count - 1)) / count
        rest = list(pieces)
        top = 0.0 if head is None else head.height
        while rest:
            self.need(top + _first_of(rest))
            height = _even(rest, count, self.room - top)
            start, lowest = self.y, self.y
            for number in range(count):
                held = fitting(rest, height)
                if not held:
                    break
                at = start
                if head is not None:
                    head.draw(Box(self.left + number * (width + gutter), at, width, head.height))
                    at += head.height
                for piece in rest[:held]:
                    piece.draw(Box(self.left + number * (width + gutter), at, width, piece.height))
                    at += piece.height
                rest = rest[held:]
                lowest = max(lowest, at)
            self.y = lowest
            if rest:
                self.new_page()

    def text_pieces(
        self, text: str, face: Face, width: float, *, indent: float = 0.0, most: int = 1000
    ) -> list[Piece]:
        """Return the lines of a text as pieces."""

        def drawn(line: str) -> Callable[[Box], None]:
            return lambda box: _set(self.canvas, box.inset(left=indent), line, face)

        lines = self.letters.wrapped(text, face, width - indent, most)
        return [
            Piece(line_of(face), drawn(line), holds=number in (0, len(lines) - 2) and len(lines) > 1)
            for number, line in enumerate(lines)
        ]


def _set(canvas: Canvas, box: Box, line: str, face: Face) -> None:
    canvas.text(box, line, face)


def _first_of(pieces: Sequence[Piece]) -> float:
    """Return the height of the first piece with what it holds on to."""
    height = 0.0
    for piece in pieces:
        height += piece.height
        if not piece.holds:
            break
    return height


def fitting(pieces: Sequence[Piece], height: float) -> int:
    """Return how many pieces go into a height; none is parted from the next that it holds, if that can be."""
    used, count = 0.0, 0
    for piece in pieces:
        if used + piece.height > height + 1e-6:
            break
        used += piece.height
        count += 1
    if count == len(pieces):
        return count
    kept = count
    while kept and pieces[kept - 1].holds:
        kept -= 1
    return kept or count or 1


def _even(pieces: Sequence[Piece], count: int, most: float) -> float:
    """Return the least height at which all pieces stand in so many columns; the most where none is enough."""

    def fits(height: float) -> bool:
        rest = list(pieces)
        for _ in range(count):
            rest = rest[fitting(rest, height) :] if rest else rest
        return not rest

    if not fits(most):
        return most
    low, high = 0.0, most
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (low, middle) if fits(middle) and middle >= _first_of(pieces) else (middle, high)
    return high
