"""One import of invoices under way: what the user chose so far, what would come of it, why not yet."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from planner.app.import_memory import ImportMemory
from planner.errors import PlannerError
from planner.scenario.actuals import ActualCategory, Actuals, merged, months_in, overlapping
from planner.scenario.invoices.amounts import DecimalSign
from planner.scenario.invoices.fresh import actuals_of
from planner.scenario.invoices.layout import SINGLE, Layout, Role, layout_of
from planner.scenario.invoices.months import DayFirst
from planner.scenario.invoices.reader import read
from planner.scenario.invoices.reading import Choices, Doubles, Reading
from planner.scenario.invoices.text import Sheet
from planner.scenario.model import Plan, StrategyId

Mode = Literal["replace", "replace_all", "add"]
TITLE: Final = "Import actuals"


@dataclass(frozen=True, slots=True)
class MonthFound:
    """What one month of an import holds: in the file's currency, in USD, and what the plan holds of it."""

    month: str
    amount: float
    usd: float | None
    requests: float | None
    held_usd: float | None


class Importing:
    """A file on its way into a plan. Nothing of the plan changes here; `rows` is what it will hold.

    Parameters
    ----------
    sheet : Sheet
        Cells of the file.
    name : str
        Its name; empty for the clipboard.
    plan : Plan
        The plan it goes into.
    strategy : str
        The strategy that is run, until the user says otherwise.
    memory : ImportMemory
        What was chosen in earlier imports.
    """

    def __init__(
        self, sheet: Sheet, name: str, plan: Plan, strategy: StrategyId, memory: ImportMemory
    ) -> None:
        self.sheet, self.name, self.plan, self.strategy = sheet, name, plan, strategy
        self._memory = memory
        self.layout: Layout = layout_of(sheet)
        recalled = memory.recall(self.layout)
        self.remembered = recalled is not None
        self.choices = recalled.choices if recalled is not None else Choices()
        if not self.choices.roles:
            self.choices = replace(self.choices, roles=self.layout.roles)
        self.categories: dict[str, ActualCategory] = {}
        self.mode: Mode = "replace"
        self.leave_out_problems = False
        self._made: tuple[Reading, object, Actuals] | None = None
        self.reading: Reading = self._read()
        self.rate = self._first_rate(recalled.currency_per_usd if recalled is not None else None)

    # ------------------------------------------------------------ what the user chooses
    def set_role(self, column: int, role: Role) -> None:
        """Say what a column is; what only one can be is taken from the other."""
        roles = list(self.choices.roles)
        if role in SINGLE:
            roles = ["ignore" if each == role else each for each in roles]
        roles[column] = role
        self._choose(replace(self.choices, roles=tuple(roles)))

    def answer(self, key: str, value: str) -> None:
        """Answer a question about dates, decimals or rows that are there twice; empty takes it back."""
        changes: dict[str, object] = {}
        if key == "dates":
            orders: dict[str, DayFirst] = {"day": "day", "month": "month"}
            changes = {"first": orders.get(value)}
        elif key == "decimal":
            signs: dict[str, DecimalSign] = {".": ".", ",": ","}
            changes = {"decimal": signs.get(value)}
        else:
            counts: dict[str, Doubles] = {"once": "once", "keep": "keep"}
            changes = {"doubles": counts.get(value, "ask")}
        self._choose(replace(self.choices, **changes))  # type: ignore[arg-type]

    def set_currency(self, code: str) -> None:
        """Say what amounts are in; the rate is 1 for USD, else that of the plan where it has one."""
        self._choose(replace(self.choices, currency=code))
        self.rate = self._first_rate(None)

    def set_category(self, label: str, category: ActualCategory) -> None:
        """Say what a description is."""
        self.categories[label] = category

    def category(self, label: str) -> ActualCategory:
        """Return what a description is: as chosen now, before, or as its words say."""
        return self.categories.get(label) or self._memory.category(label)

    def _choose(self, choices: Choices) -> None:
        self.choices = choices
        self.reading = self._read()

    def _read(self) -> Reading:
        return read(self.sheet, self.layout, self.choices)

    def _first_rate(self, remembered: float | None) -> float | None:
        """Return the rate to begin with; None where the user has to give one."""
        report, code = self.plan.scenario.report, self.reading.currency
        if code == "USD":
            return 1.0
        if remembered is not None:
            return remembered
        return report.currency_per_usd if report.currency == code else None

    # ------------------------------------------------------------ what comes of it
    @property
    def fresh(self) -> Actuals:
        """The rows of the file, as the plan will hold them; none before the rate is known."""
        if self.rate is None or not self.reading.lines:
            return ()
        key = (self.strategy, self.rate, tuple(self.categories.items()))
        if self._made is None or self._made[0] is not self.reading or self._made[1] != key:
            rows = actuals_of(
                self.reading.lines,
                {label: self.category(label) for label in self.reading.labels},
                strategy=self.strategy,
                source=self.name,
                day=datetime.datetime.now(tz=datetime.UTC).date(),
                currency=self.reading.currency,
                currency_per_usd=self.rate,
            )
            self._made = self.reading, key, rows
        return self._made[2]

    @property
    def rows(self) -> Actuals:
        """What the plan will hold."""
        return merged(self.plan.actuals, self.fresh, self.mode)

    @property
    def months(self) -> list[MonthFound]:
        """Every month of the file."""
        held: dict[str, float] = {}
        for row in self.plan.actuals:
            if row.strategy == self.strategy and row.usd is not None:
                held[row.month] = held.get(row.month, 0.0) + row.usd
        requests: dict[str, float] = {}
        for line in self.reading.lines:
            if "requests" in line.usage:
                requests[line.month] = requests.get(line.month, 0.0) + float(line.usage["requests"])
        return [
            MonthFound(
                month,
                float(amount),
                None if self.rate is None else float(amount) / self.rate,
                requests.get(month),
                held.get(month),
            )
            for month, amount in self.reading.by_month.items()
        ]

    def overlap(self, *, anywhere: bool) -> tuple[str, ...]:
        """Return months that the plan holds already: from this file, or from any."""
        try:
            return overlapping(self.plan.actuals, self.fresh, anywhere=anywhere)
        except PlannerError:
            return ()

    @property
    def why_not(self) -> str:
        """What is still in the way; empty when it can be imported."""
        reading = self.reading
        if not reading.lines:
            return reading.problems[0].text if reading.problems else "There is nothing to import."
        if reading.questions:
            return (
                "Answer the question first." if len(reading.questions) == 1 else "Answer the questions first."
            )
        if reading.problems and not self.leave_out_problems:
            count = len({problem.row for problem in reading.problems})
            rows = "1 row cannot be read" if count == 1 else f"{count} rows cannot be read"
            return f"{rows}: mend the file, or leave them out."
        if self.rate is None:
            return f"Say how many {reading.currency} a USD is."
        try:
            months_in(self.fresh)
        except PlannerError as problem:
            return problem.message
        return ""

    def remember(self) -> None:
        """Keep what was chosen for the next file of this kind."""
        labels: Sequence[str] = self.reading.labels
        categories: Mapping[str, ActualCategory] = {label: self.category(label) for label in labels}
        self._memory.remember(self.layout, self.choices, self.rate or 1.0, categories)
