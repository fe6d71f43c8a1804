"""What a file says: its lines, what is wrong with which row, what the user is asked, what is to be known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

from planner.scenario.invoices.amounts import DecimalFound, DecimalSign
from planner.scenario.invoices.layout import Role
from planner.scenario.invoices.months import DayFirst, OrderFound

Doubles = Literal["ask", "keep", "once"]
QuestionKey = Literal["dates", "decimal", "doubles"]
_ROWS_NAMED: Final = 4


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user decided where a file alone does not say; None and ``ask`` where nobody has yet.

    Attributes
    ----------
    roles : tuple
        What each column is; empty as found.
    first : str or None
        What stands first in dates of three numbers.
    decimal : str or None
        The decimal sign.
    doubles : str
        Whether rows that are there twice count twice.
    currency : str
        Code; empty as found.
    """

    roles: tuple[Role, ...] = ()
    first: DayFirst | None = None
    decimal: DecimalSign | None = None
    doubles: Doubles = "ask"
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be read: number of the row as a spreadsheet counts, 0 for all; column, -1 for the row."""

    row: int
    column: int
    where: str
    message: str

    @property
    def text(self) -> str:
        """Place and reason in one sentence."""
        return f"{self.where}: {self.message}."


@dataclass(frozen=True, slots=True)
class Question:
    """What only the user can say before anything is imported, with the answers."""

    key: QuestionKey
    text: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a file, or the usage beside it.

    Attributes
    ----------
    row : int
        Where it stands.
    month : str
        Such as ``2027-03``.
    amount : Decimal or None
        In the currency of the file.
    category, description : str
        As written.
    usage : dict
        Quantities by name.
    """

    row: int
    month: str
    amount: Decimal | None
    category: str = ""
    description: str = ""
    usage: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What its category is looked up by."""
        return " / ".join(dict.fromkeys(word for word in (self.category, self.description) if word))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says.

    Attributes
    ----------
    lines : tuple of Line
        What can be read.
    problems, questions : tuple
        What cannot; what has to be answered first.
    notes : tuple of str
        What is to be known: rows left out, credits, months without figures.
    order, decimal, currency
        How dates and amounts are written, as decided or found.
    """

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    questions: tuple[Question, ...]
    notes: tuple[str, ...]
    order: OrderFound
    decimal: DecimalFound
    currency: str

    @property
    def months(self) -> tuple[str, ...]:
        """Months with figures, the first one first."""
        return tuple(sorted({line.month for line in self.lines}))

    @property
    def by_month(self) -> dict[str, Decimal]:
        """Sum of the amounts of each month, in the currency of the file."""
        found: dict[str, Decimal] = dict.fromkeys(self.months, Decimal(0))
        for line in self.lines:
            found[line.month] += line.amount or 0
        return found

    @property
    def total(self) -> Decimal:
        """Sum of all amounts."""
        return sum(self.by_month.values(), Decimal(0))

    @property
    def labels(self) -> tuple[str, ...]:
        """What stands for a category, the largest amount first; empty for lines without words."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for line in self.lines:
            if line.amount is not None:
                sums[line.label] += line.amount
        return tuple(sorted(sums, key=lambda label: -abs(sums[label])))


def listed(rows: Sequence[int]) -> str:
    """Return numbers of rows in words: ``row 4``, ``rows 4, 9 and 12``, the first few of many."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    if len(rows) > _ROWS_NAMED:
        return f"rows {', '.join(map(str, rows[:_ROWS_NAMED]))} and {len(rows) - _ROWS_NAMED} more"
    return f"rows {', '.join(map(str, rows[:-1]))} and {rows[-1]}"
