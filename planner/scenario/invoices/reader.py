"""Reads all rows of a file: nothing is guessed in silence, nothing that cannot be read is dropped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Final

from planner.scenario.invoices import amounts, months
from planner.scenario.invoices.amounts import (
    DOLLARS,
    AmountError,
    DecimalFound,
    decimal_of,
    is_blank,
    plain,
    read_amount,
)
from planner.scenario.invoices.layout import USAGE, Layout, Role, is_total, usage_named
from planner.scenario.invoices.months import DayFirst, MonthError, OrderFound, is_month, order_of, read_month
from planner.scenario.invoices.reading import Choices, Line, Problem, Question, Reading, listed
from planner.scenario.invoices.text import Sheet, column_words
from planner.units import format_cents

AS_FOUND: Final = Choices()
_NAMED: Final = 4
_SHOWN: Final = 30
_FIRST: Final[tuple[DayFirst, ...]] = ("day", "month")
_CLOSE: Final = Decimal("0.02")
"""By how much a row of sums may differ from its rows: each was rounded on its own."""
_SPLIT: Final = "a text or an amount may hold the separator without quotation marks"


def read(sheet: Sheet, layout: Layout, choices: Choices = AS_FOUND) -> Reading:
    """Return what a file says, with everything that is wrong with it."""
    if choices.roles:
        layout = replace(layout, roles=choices.roles)
    return _Reader(sheet, layout, choices).read()


class _Reader:
    """One pass over the rows of a file."""

    def __init__(self, sheet: Sheet, layout: Layout, choices: Choices) -> None:
        self.layout, self.choices = layout, choices
        self.at: dict[Role, int] = {role: column for column, role in enumerate(layout.roles)}
        self.money, self.used = layout.columns("amount"), layout.columns(*USAGE)
        self.spoken = layout.columns("description")
        head = layout.header_row
        body = [(number, row) for number, row in enumerate(sheet.rows[head:], start=head + 1) if row]
        self.totals = [(number, row) for number, row in body if self._is_total(row)]
        sums = {number for number, _ in self.totals}
        self.body = [(number, row) for number, row in body if number not in sums]
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.blanks: list[int] = []
        self.order, self.decimal = self._order(), self._decimal()
        self.currency = choices.currency or self._currency()

    def read(self) -> Reading:
        """Return what the file says."""
        lines: list[Line] = []
        if self._is_readable():
            for number, row in self.body:
                lines += self._lines(number, row)
        lines = self._with_usage_once(lines)
        questions = (*self._questions(), *self._doubles(lines))
        if self.choices.doubles == "once":
            again = {number for numbers in self._same() for number in numbers[1:]}
            lines = [line for line in lines if line.row not in again]
        self._say(lines)
        return Reading(
            tuple(lines),
            tuple(self.problems),
            questions,
            tuple(self.notes),
            self.order,
            self.decimal,
            self.currency,
        )

    # ------------------------------------------------------------ how it is written
    def _order(self) -> OrderFound:
        if self.layout.wide:
            dates = [self.layout.headers[column] for column in self.money]
        else:
            column = self.at.get("month", -1)
            dates = [row[column] for _, row in self.body if 0 <= column < len(row)]
        found = order_of(dates)
        return found if self.choices.first is None else OrderFound(self.choices.first, True, found.example)

    def _decimal(self) -> DecimalFound:
        cells = (row[c] for _, row in self.body for c in (*self.money, *self.used) if c < len(row))
        found = decimal_of(cells)
        chosen = self.choices.decimal
        return found if chosen is None else DecimalFound(chosen, True, found.example)

    def _currency(self) -> str:
        """Return the commonest currency of the cells, else that of the titles; USD where none is named."""
        named = Counter(code for _, row in self.body for code in self._codes(row))
        if named:
            return named.most_common(1)[0][0]
        titles = " ".join(plain(self.layout.title(column)).upper() for column in self.money)
        words = "".join(sign if sign.isalpha() else " " for sign in titles).split()
        coded = (code for code in amounts.CURRENCIES if code in words)
        signed = (amounts.CURRENCY_SIGNS[sign] for sign in ("€", "£", "¥") if sign in titles)
        return next(coded, None) or next(signed, "USD")

    def _codes(self, row: Sequence[str]) -> Iterator[str]:
        """Yield the currencies that a row names: in their own column, else beside its amounts."""
        column = self.at.get("currency", -1)
        if 0 <= column < len(row) and row[column]:
            yield amounts.CURRENCY_SIGNS.get(row[column].casefold(), row[column].upper())
            return
        for column in self.money:
            if column >= len(row) or is_blank(row[column]):
                continue
            try:
                code = read_amount(row[column], self.decimal.sign).currency
            except AmountError:
                continue
            if code:
                yield code

    # ------------------------------------------------------------ rows
    def _is_total(self, row: Sequence[str]) -> bool:
        """Whether a row says that it is a sum: in its first words, or in a category or description."""
        texts = {0, *self.layout.columns("month", "category", "description")}
        return any(column < len(row) and is_total(row[column]) for column in texts)

    def _is_readable(self) -> bool:
        if "month" not in self.at and not self.layout.wide:
            self._refuse(0, -1, f"no column holds months; one is needed, with {months.ALLOWED}")
        if not self.money and not self.used:
            self._refuse(0, -1, "no column holds amounts or usage; one of them is needed")
        if not self.body:
            self._refuse(0, -1, "there is no row with figures")
        return not self.problems

    def _refuse(self, row: int, column: int, message: str) -> None:
        where = f"Row {row}" if row else "The file"
        if column >= 0:
            where += f", {column_words(column, self.layout.headers)}"
        self.problems.append(Problem(row, column, where, message))

    def _lines(self, number: int, row: Sequence[str]) -> Iterator[Line]:
        if len(row) > self._titled and any(row[self._titled :]):
            self._refuse(number, -1, f"it has {len(row)} cells, the titles are {self._titled}: {_SPLIT}")
            return
        row = (*row, *[""] * (len(self.layout.headers) - len(row)))
        if self._is_other_currency(number, row):
            return
        before = len(self.problems)
        found = {column: self._figure(number, row, column) for column in (*self.money, *self.used)}
        if any(value is not None for value in found.values()):
            yield from self._wide(number, row, found) if self.layout.wide else self._long(number, row, found)
        elif len(self.problems) == before:
            self.blanks.append(number)

    @cached_property
    def _titled(self) -> int:
        """Return how many cells a row may have: up to the last title."""
        headers = self.layout.headers
        return max((column + 1 for column, title in enumerate(headers) if title), default=len(headers))

    def _is_other_currency(self, number: int, row: Sequence[str]) -> bool:
        for code in self._codes(row):
            if code != self.currency and not (code == "USD" and self.currency in DOLLARS):
                column = self.at.get("currency", self.money[0] if self.money else -1)
                message = (
                    f"it is in {code[:12]}, other rows in {self.currency}: import each currency by itself"
                )
                self._refuse(number, column, message)
                return True
        return False

    def _figure(self, number: int, row: Sequence[str], column: int) -> Decimal | None:
        cell = row[column]
        if is_blank(cell):
            return None
        try:
            value = read_amount(cell, self.decimal.sign).value
        except AmountError as error:
            self._refuse(number, column, f"{error}; allowed is {amounts.ALLOWED}")
            return None
        if value < 0 and column in self.used:
            self._refuse_usage(number, column, cell)
            return None
        return value

    def _refuse_usage(self, number: int, column: int, cell: str) -> None:
        self._refuse(number, column, f'"{plain(cell)[:_SHOWN]}" is below 0; usage is not')

    def _words(self, row: Sequence[str]) -> tuple[str, str]:
        category = row[self.at["category"]] if "category" in self.at else ""
        said = [" ".join(row[column].split()) for column in self.spoken if row[column]]
        return " ".join(category.split()), " / ".join(said)

    def _month(self, number: int, column: int, cell: str) -> str:
        try:
            return read_month(cell, self.order.first)
        except MonthError as error:
            self._refuse(number, column, f"{error}; allowed is {months.ALLOWED}")
            return ""

    @cached_property
    def _side_by_side(self) -> dict[int, str]:
        """Return the months of the columns of a wide table; a title that is none is refused once."""
        head, titles = self.layout.header_row, self.layout.headers
        return {column: self._month(head, column, titles[column]) for column in self.money}

    def _wide(self, number: int, row: Sequence[str], found: Mapping[int, Decimal | None]) -> Iterator[Line]:
        category, description = self._words(row)
        kind = usage_named(category) or usage_named(description)
        for column, month in self._side_by_side.items():
            value = found[column]
            if value is None or not month:
                continue
            if not kind:
                yield Line(number, month, value, category, description)
            elif value < 0:
                self._refuse_usage(number, column, row[column])
            else:
                yield Line(number, month, None, usage={kind: value})

    def _long(self, number: int, row: Sequence[str], found: Mapping[int, Decimal | None]) -> Iterator[Line]:
        column = self.at["month"]
        month = self._month(number, column, row[column])
        if not month:
            return
        category, description = self._words(row)
        several = len(self.money) > 1
        for column in self.money:
            value = found[column]
            if value is not None:
                named = self.layout.title(column) if several else ""
                yield Line(number, month, value, category, " / ".join(filter(None, (description, named))))
        usage = {str(self.layout.roles[c]): value for c in self.used if (value := found[c]) is not None}
        if usage:
            yield Line(number, month, None, usage=usage)

    # ------------------------------------------------------------ what the user is asked
    def _questions(self) -> Iterator[Question]:
        if not self.order.sure:
            ways = [(first, read_month(self.order.example, first)) for first in _FIRST]
            text = f'"{self.order.example}" can be {" or ".join(month for _, month in ways)}: which is it?'
            names = {"day": "Day first", "month": "Month first"}
            yield Question("dates", text, tuple((first, f"{names[first]}: {month}") for first, month in ways))
        if not self.decimal.sure:
            text = f'"{self.decimal.example}" can be read in two ways: which sign stands before the fraction?'
            yield Question("decimal", text, ((".", "Point: 1,234.56"), (",", "Comma: 1.234,56")))

    def _same(self) -> list[list[int]]:
        """Return the numbers of rows that are the same in every cell."""
        seen: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, row in self.body:
            seen[tuple(row)].append(number)
        return [numbers for numbers in seen.values() if len(numbers) > 1]

    def _doubles(self, lines: Sequence[Line]) -> Iterator[Question]:
        same = self._same()
        if not same or not lines:
            return
        words = "; ".join(f"{listed(numbers)} are the same" for numbers in same[:3])
        words = f"{words[:1].upper()}{words[1:]}" + (f"; and {len(same) - 3} more" if len(same) > 3 else "")
        if self.choices.doubles == "ask":
            text = f"{words}. Are they one charge or several?"
            yield Question("doubles", text, (("once", "One: count once"), ("keep", "Several: count all")))
        else:
            self.notes.append(
                f"{words}: {'counted once' if self.choices.doubles == 'once' else 'all counted'}."
            )

    def _with_usage_once(self, lines: list[Line]) -> list[Line]:
        """Take usage once where each row of a month repeats it beside another amount."""
        if not (self.money and self.used) or self.layout.wide:
            return lines
        by_month: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            if line.usage:
                by_month[line.month].append(line)
        several = [held for held in by_month.values() if len(held) > 1]
        if not several or not all(line.usage == held[0].usage for held in several for line in held):
            return lines
        self.notes.append("Usage is the same in all rows of a month: taken once a month.")
        dropped = {id(line) for held in several for line in held[1:]}
        return [line for line in lines if id(line) not in dropped]

    # ------------------------------------------------------------ what is to be known
    def _say(self, lines: Sequence[Line]) -> None:
        self._say_sums(lines)
        if self.blanks:
            self.notes.append(f"No figure in {listed(self.blanks)}: left out, not taken as 0.")
        credits = [line.amount for line in lines if line.amount is not None and line.amount < 0]
        if credits:
            count = "1 credit" if len(credits) == 1 else f"{len(credits)} credits"
            self.notes.append(f"{count} below 0, {format_cents(float(sum(credits)))} {self.currency} in all.")
        missing = list(_gaps(sorted({line.month for line in lines})))
        if missing:
            named = ", ".join(missing[:_NAMED]) + (", ..." if len(missing) > _NAMED else "")
            self.notes.append(f"No figures for {named}: missing, not taken as 0.")

    def _say_sums(self, lines: Sequence[Line]) -> None:
        if self.layout.wide:
            left = [
                self.layout.title(column)
                for column in self.layout.columns("ignore")
                if self.layout.headers[column] and not is_month(self.layout.headers[column])
            ]
            if left:
                self.notes.append(f"Columns left out: {', '.join(left[:_NAMED])}.")
        if not self.totals:
            return
        self.notes.append(f"Sums left out: {listed([number for number, _ in self.totals])}.")
        if len(self.money) == 1 and not self.problems:
            self._check_sum(lines)

    def _check_sum(self, lines: Sequence[Line]) -> None:
        """Say where the last sum of a file is not that of its rows, nor of those since the sum before it."""
        number, row = self.totals[-1]
        column = self.money[0]
        if column >= len(row) or is_blank(row[column]):
            return
        try:
            said = read_amount(row[column], self.decimal.sign).value
        except AmountError:
            return  # what is left out may be anything
        above = max((other for other, _ in self.totals if other < number), default=0)
        sums = [
            sum((line.amount or Decimal(0) for line in lines if line.row > start), Decimal(0))
            for start in (0, above)
        ]
        if min(abs(said - summed) for summed in sums) > _CLOSE:
            self.notes.append(
                f"The sum in row {number} is {format_cents(float(said))}; "
                f"the rows above it come to {format_cents(float(sums[0]))}."
            )


def _gaps(found: Sequence[str]) -> Iterator[str]:
    """Yield the months between the first and the last that are not among them."""
    month = found[0] if found else ""
    while found and month < found[-1]:
        month = months.following(month)
        if month not in found:
            yield month
