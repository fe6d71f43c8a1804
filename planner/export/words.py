"""Texts that the command line and the exports share."""

from __future__ import annotations

import datetime
from typing import Final

from planner.engine.results import FIGURES, StrategyResult
from planner.units import MISSING, Step, format_quantity, format_range

UNCERTAIN: Final = (
    *("energy_kwh", "carbon_kgco2e", "carbon_operational_kgco2e", "carbon_embodied_kgco2e", "water_l"),
    "carbon_price_usd",
)
"""Figures that are shown as a range alone where the provider's energy is not known (decision 35)."""


LETTERS: Final = 26


def letter_of(number: int) -> str:
    """Return A, B, C for scenarios beside each other, from the 27th on the number."""
    return chr(ord("A") + number) if number < LETTERS else str(number + 1)


def figure_title(name: str) -> str:
    """Return the title of a figure as tables write it, where no two may be the same."""
    return {"refreshes": "Number of refreshes"}.get(name, FIGURES[name].title)


def figure_text(result: StrategyResult, name: str, step: Step | None = None) -> str:
    """Return a figure of a strategy in words; a range where nothing better is known."""
    value, unit = float(result.figures[name]), FIGURES[name].unit
    if name == "battery_frac_per_day" and result.device is None:
        return MISSING
    low, high = result.energy_range_frac
    if name in UNCERTAIN and low != high:
        return format_range(value * low, value * high, unit)
    return format_quantity(value, unit, step=step if value else None)


def month_after(start_month: str, months: int) -> datetime.date:
    """Return the first day of the month that lies some months after a month such as ``2027-01``."""
    year, month = map(int, start_month.split("-"))
    total = year * 12 + month - 1 + months
    return datetime.date(total // 12, total % 12 + 1, 1)


def month_words(start_month: str) -> str:
    """Return a month such as ``2027-01`` as ``January 2027``."""
    names = (
        *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
        *("November", "December"),
    )
    year, month = start_month.split("-")
    return f"{names[int(month) - 1]} {year}"


def fiscal_year(day: datetime.date, start_month: int) -> str:
    """Return the fiscal year of a day: ``FY 2027``, or ``FY 2026/27`` where it does not start in January."""
    first = day.year if day.month >= start_month else day.year - 1
    return f"FY {first}" if start_month == 1 else f"FY {first}/{(first + 1) % 100:02d}"


def fiscal_quarter(day: datetime.date, start_month: int) -> str:
    """Return the quarter of a day in its fiscal year: ``Q1 FY 2026/27``."""
    quarters, months = 4, 12
    into = (day.month - start_month) % months
    return f"Q{into // (months // quarters) + 1} {fiscal_year(day, start_month)}"
