"""What running a plan really cost: amounts and usage by month, as invoices and meters gave them.

They are a section of the plan file that is there only when it holds something, so files without any stay as
they were, and no older file needs a migration: nothing that an older version wrote means anything else now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from planner.scenario.section import Section
from planner.scenario.wording import refused
from planner.units import MONTHS_PER_YEAR

Category = Literal[
    "serving",
    "idle",
    "labour",
    "data",
    "teacher",
    "training",
    "evaluation",
    "hardware",
    "electricity",
    "storage",
]
"""What money is spent on, in the ledger's order."""

UNASSIGNED: Final = "unassigned"
ActualCategory = Literal[Category, "unassigned"]
ACTUAL_CATEGORIES: tuple[ActualCategory, ...] = get_args(ActualCategory)
"""The ledger's categories in its order, and the one of an amount that nobody assigned."""

QUANTITIES: Final = ("requests", "tokens", "accelerator_h", "energy_kwh")
"""What usage may be given in, beside money."""
LARGEST_USD: Final = 1e12
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")


class Actual(Section):
    """One amount, or usage, of one month.

    Attributes
    ----------
    month : str
        Such as ``2027-03``.
    strategy : str
        The strategy that was chosen and is run.
    category : str
        A category of the ledger, or ``unassigned``.
    usd : float or None
        What was paid, a credit below 0; None where only usage is known. [USD]
    requests, tokens, accelerator_h, energy_kwh : float or None
        Usage of the month; None where it is not known. [1], [tokens], [h], [kWh]
    source, imported_on : str
        File that it comes from, empty where somebody typed it; day of that, such as ``2027-04-02``.
    currency, currency_per_usd : str, float
        Currency of the file, and the rate that it was turned into USD with.
    """

    month: str = Field(title="Month")
    strategy: Literal["api", "prompt", "finetune", "distil", "both"] = Field(title="Strategy")
    category: ActualCategory = Field("unassigned", title="Category")
    usd: float | None = Field(None, title="Amount", ge=-LARGEST_USD, le=LARGEST_USD)
    requests: float | None = Field(None, title="Requests", ge=0.0, le=1e15)
    tokens: float | None = Field(None, title="Tokens", ge=0.0, le=1e18)
    accelerator_h: float | None = Field(None, title="Accelerator-hours", ge=0.0, le=1e12)
    energy_kwh: float | None = Field(None, title="Energy", ge=0.0, le=1e12)
    source: str = Field("", title="File", max_length=500)
    imported_on: str = Field("", title="Imported on", max_length=10)
    currency: str = Field("USD", title="Currency", max_length=3)
    currency_per_usd: float = Field(1.0, title="Units of the currency per USD", gt=0.0, le=1e9)

    @field_validator("month")
    @classmethod
    def _is_month(cls, month: str) -> str:
        found = _MONTH.fullmatch(month)
        if found is None or not 1 <= int(found[2]) <= MONTHS_PER_YEAR or not int(found[1]):
            raise ValueError(f'"{month[:20]}" is no month; allowed is one such as 2027-03')
        return month

    @field_validator("currency")
    @classmethod
    def _is_currency(cls, code: str) -> str:
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            raise ValueError(f'"{code[:20]}" is no currency; allowed is a code of three letters such as USD')
        return code

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if self.usd is None and not self.has_usage:
            raise refused(
                f"it is null, and so is the usage ({', '.join(QUANTITIES)}); give one of them", "usd"
            )
        return self

    @property
    def has_usage(self) -> bool:
        """Whether it says what was used."""
        return any(getattr(self, name) is not None for name in QUANTITIES)

    @property
    def key(self) -> tuple[str, str, int]:
        """What rows are ordered by: month, then strategy, then category."""
        return self.month, self.strategy, ACTUAL_CATEGORIES.index(self.category)


Actuals = tuple[Actual, ...]


def in_order(rows: Iterable[Actual]) -> Actuals:
    """Return rows by month, strategy and category; those alike in the order they came in."""
    return tuple(sorted(rows, key=lambda row: row.key))


def months_in(rows: Iterable[Actual]) -> tuple[str, ...]:
    """Return the months that rows are of, each once, the first one first."""
    return tuple(sorted({row.month for row in rows}))


def is_replaced(old: Actual, fresh: Sequence[Actual], *, anywhere: bool = False) -> bool:
    """Return whether a row gives way to those of an import.

    It does if it is of the same strategy and month and came from the same file; from any file where asked.
    """
    return any(
        old.month == new.month and old.strategy == new.strategy and (anywhere or old.source == new.source)
        for new in fresh
    )


def merged(
    held: Sequence[Actual], fresh: Sequence[Actual], mode: Literal["replace", "replace_all", "add"]
) -> Actuals:
    """Return the rows of a plan after an import.

    Parameters
    ----------
    held, fresh : sequence of Actual
        What the plan holds; what is imported.
    mode : str
        ``replace``: months that came from the same file are taken from it anew. ``replace_all``: whatever the
        plan holds for these months gives way. ``add``: everything stays.
    """
    if mode == "add":
        return in_order((*held, *fresh))
    kept = (row for row in held if not is_replaced(row, fresh, anywhere=mode == "replace_all"))
    return in_order((*kept, *fresh))


def overlapping(held: Sequence[Actual], fresh: Sequence[Actual], *, anywhere: bool) -> tuple[str, ...]:
    """Return the months of an import that the plan holds already, from the same file or from any."""
    return months_in(row for row in held if is_replaced(row, fresh, anywhere=anywhere))
