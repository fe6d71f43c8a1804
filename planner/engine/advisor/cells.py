"""What the advisor's texts are made of: words and figures that keep their value, and the table's cells."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from planner.units import format_quantity, format_range

_RANGE_FIGURES = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """A value inside a text.

    Attributes
    ----------
    value : float
        In `unit`.
    unit : str
        A key of `planner.units.UNITS`.
    high : float or None
        Upper end where only a range is known; `value` is then the lower end.
    """

    value: float
    unit: str
    high: float | None = None
    figures: int = 3
    sign: bool = False

    @property
    def text(self) -> str:
        """The value as people read it."""
        if self.high is not None:
            return format_range(self.value, self.high, self.unit, figures=_RANGE_FIGURES)
        return format_quantity(self.value, self.unit, figures=self.figures, sign=self.sign)

    @property
    def most(self) -> float:
        """The upper end."""
        return self.value if self.high is None else self.high


Part = Figure | str


def text_of(parts: tuple[Part, ...]) -> str:
    """Return words and figures as one text."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def figures_of(parts: tuple[Part, ...]) -> tuple[Figure, ...]:
    """Return the figures of a text, in their order."""
    return tuple(part for part in parts if isinstance(part, Figure))


@dataclass(frozen=True, slots=True)
class Cell:
    """What one strategy is like by one criterion.

    Attributes
    ----------
    parts : tuple of str and Figure
        This plan's own figure, or a plain word where it is a judgement.
    note : tuple of str and Figure
        What generally holds, or what belongs to the figure.
    items : str
        Which line items stand behind the figure: a figure, category or phase; empty where none do.
    input : str
        Path of the input that decides it, where no line items do; may be empty.
    rank : Figure or None
        By what it is compared, less is better; None where nothing is.
    best : bool
        Whether it is better than all others; nobody is where two tie.
    """

    strategy: str
    parts: tuple[Part, ...]
    note: tuple[Part, ...]
    items: str = ""
    rank: Figure | None = None
    best: bool = False
    input: str = ""

    @property
    def opens(self) -> bool:
        """Whether something stands behind it."""
        return bool(self.items or self.input)

    @property
    def text(self) -> str:
        """The first line."""
        return text_of(self.parts)

    @property
    def note_text(self) -> str:
        """The second line."""
        return text_of(self.note)

    @property
    def spoken(self) -> str:
        """Both lines as a screen reader says them."""
        words = [self.text, self.note_text, "best of all" if self.best else ""]
        return ". ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of the table: every strategy by one criterion."""

    id: str
    title: str
    cells: tuple[Cell, ...]

    def cell(self, strategy: str) -> Cell:
        """Return the cell of a strategy.

        Raises
        ------
        KeyError
            If it does not take part.
        """
        found = next((cell for cell in self.cells if cell.strategy == strategy), None)
        if found is None:
            raise KeyError(strategy)
        return found


def with_best(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Mark the best cell, none where two read the same or a range reaches into another."""
    ranked = [cell for cell in cells if cell.rank is not None and not math.isnan(cell.rank.value)]
    if len(ranked) < 2:
        return cells
    first, second = sorted(ranked, key=lambda cell: _rank(cell).most)[:2]
    others = [cell for cell in ranked if cell is not first]
    if _rank(first).text == _rank(second).text or any(
        _rank(other).value <= _rank(first).most for other in others
    ):
        return cells
    return tuple(replace(cell, best=cell is first) for cell in cells)


def _rank(cell: Cell) -> Figure:
    if cell.rank is None:
        raise ValueError(cell.strategy)
    return cell.rank
