"""What all sheets of the workbook share: cells, formats, months and money in the report's currency."""

from __future__ import annotations

import datetime
import math
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from planner.engine.lineitems import CATEGORIES, CATEGORY_TITLES
from planner.engine.results import Results, StrategyResult
from planner.export import palette
from planner.export.words import fiscal_year, month_after
from planner.export.xlsx import Format, Sheet
from planner.scenario.model import STRATEGY_WORDS, Plan

SUMMARY: Final = "Summary"
BUDGET: Final = "Monthly budget"
ITEMS: Final = "Line items"
INPUTS: Final = "Assumptions"
SOURCES: Final = "Sources"
FONT: Final = "Calibri"
LINE: Final = 13.0
"""Height of a line of text in points."""

ROOM_FOR_BUTTON: Final = 2
"""Indent of a head that ends at the right, where a filter's button would cover its last letters."""

_HIGHEST: Final = 400.0
_PROSE: Final = 1.1
"""Characters of running text per unit of a column's width, which is a digit of a larger size."""

_LONGEST_TEXT: Final = 32_767  # what a cell holds
_LONGEST_FOOTER: Final = 120
_LONGEST_CURRENCY: Final = 12
_SYMBOLS: Final = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "CNY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "BRL": "R$",
}
_A4, _A3 = 9, 8


@dataclass(slots=True)
class Book:
    """A workbook while it is written.

    Attributes
    ----------
    totals : dict
        Cell of each strategy's total on the budget sheet, as a formula refers to it.
    category_totals : dict
        The same of each category of a strategy.
    cumulative_rows : dict
        Row of each strategy's cumulative cost on the budget sheet.
    """

    workbook: Any
    results: Results
    plan: Plan
    totals: dict[str, str] = field(default_factory=dict)
    category_totals: dict[tuple[str, str], str] = field(default_factory=dict)
    cumulative_rows: dict[str, int] = field(default_factory=dict)
    _formats: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)

    # ---------------------------------------------------------------- what is written
    @property
    def fitting(self) -> list[StrategyResult]:
        """The strategies that have figures."""
        return [result for result in self.results.strategies.values() if result.fits]

    @property
    def horizon(self) -> int:
        """Months of traffic."""
        return self.results.scenario.horizon_months

    @property
    def days(self) -> list[datetime.date]:
        """First day of each month, month 0 first."""
        start = self.results.scenario.start_month
        return [month_after(start, month) for month in range(self.horizon + 1)]

    @property
    def fiscal_years(self) -> list[str]:
        """Fiscal year of each month, month 0 first."""
        start = self.results.scenario.report.fiscal_year_start_month
        return [fiscal_year(day, start) for day in self.days]

    @property
    def categories(self) -> list[str]:
        """Categories in which any strategy spends money, in the fixed order."""
        spent = {category for each in self.fitting for category, usd in self.spending(each).items() if usd}
        return [category for category in CATEGORIES if category in spent]

    @staticmethod
    def spending(result: StrategyResult) -> dict[str, float]:
        """Return what a strategy spends by category, refreshes in their categories. [USD]."""
        return result.by_category(refresh_apart=False)

    # ---------------------------------------------------------------- currency
    @property
    def rate(self) -> float:
        """Units of the report's currency per USD."""
        return self.results.scenario.report.currency_per_usd

    @property
    def converts(self) -> bool:
        """Whether amounts are in another currency than the engine's."""
        return self.currency != "USD" or self.rate != 1.0

    @property
    def currency(self) -> str:
        """The report's currency as it can stand in a number format."""
        text = re.sub(r'["\x00-\x1f\[\];\\]', "", self.results.scenario.report.currency).strip()
        return text[:_LONGEST_CURRENCY] or "USD"

    def money(self, decimals: int = 0, *, dash: bool = True) -> str:
        """Return the number format of money; nothing is a dash."""
        symbol = self.symbol
        digits = "#,##0" + ("." + "0" * decimals if decimals else "")
        positive = f'"{symbol}"{digits}'
        return f'{positive};-{positive};"–"' if dash else f"{positive};-{positive}"

    @property
    def symbol(self) -> str:
        """What stands before an amount."""
        return _SYMBOLS.get(self.currency.upper(), self.currency + "\N{NO-BREAK SPACE}")

    def short_money(self) -> str:
        """Return the number format of an axis: k and M."""
        symbol = _SYMBOLS.get(self.currency.upper(), "")
        return f'[>=1000000]"{symbol}"0.0,,"M";[>=1000]"{symbol}"0,"k";"{symbol}"0'

    # ---------------------------------------------------------------- cells
    def format(self, **properties: Any) -> Format:
        """Return a cell format; equal ones are one."""
        merged = {
            "font_name": FONT,
            "font_size": 10,
            "font_color": palette.INK,
            "valign": "vcenter",
            **properties,
        }
        key = tuple(sorted(merged.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(merged)
        return self._formats[key]

    def head(self, **properties: Any) -> Format:
        """Return the format of a column's head."""
        return self.format(
            **{
                "bold": True,
                "font_color": palette.INK2,
                "bg_color": palette.SUNKEN,
                "bottom": 1,
                "bottom_color": palette.BORDER,
                "text_wrap": True,
                **properties,
            }
        )

    def band(self, strategy: str, **properties: Any) -> Format:
        """Return the format of a cell filled with a strategy's colour."""
        return self.format(
            **{
                "bold": True,
                "bg_color": palette.STRATEGY[strategy],
                "font_color": palette.ON_STRATEGY[strategy],
                **properties,
            }
        )

    def sheet(self, name: str) -> Sheet:
        """Return a sheet that was added."""
        return self.workbook.get_worksheet_by_name(name)

    def title(self, sheet: Sheet, text: str, below: str) -> None:
        """Write a sheet's title and the line below it."""
        sheet.set_row(0, 26)
        put(sheet, 0, 0, text, self.format(bold=True, font_size=16))
        put(sheet, 1, 0, below, self.format(font_color=palette.MUTED))

    def print_setup(self, sheet: Sheet, *, wide: bool = False, pages: int = 1) -> None:
        """Set a sheet up to print across landscape pages, one unless more are given, with page numbers."""
        sheet.set_landscape()
        sheet.set_paper(_A3 if wide else _A4)
        sheet.fit_to_pages(pages, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        name = f"{self.plan.title}, {self.results.scenario.name}"[:_LONGEST_FOOTER].replace("&", "&&")
        sheet.set_footer(f"&L&9 {name}&C&9 &A&R&9 &P / &N")


def add_sheets(book: Book) -> None:
    """Add all sheets in the order of their tabs."""
    for name in (SUMMARY, BUDGET, ITEMS, INPUTS, SOURCES):
        sheet = book.workbook.add_worksheet(name)
        sheet.hide_gridlines(2)


def put(sheet: Sheet, row: int, column: int, value: Any, form: Format) -> None:
    """Write a value into a cell: a number as a number, everything else as a text that nothing runs."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, int | float):
        if math.isfinite(value):
            sheet.write_number(row, column, value, form)
        else:
            sheet.write_blank(row, column, None, form)
    elif value is None or value == "":
        sheet.write_blank(row, column, None, form)
    else:
        text = str(value)
        short = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
        sheet.write_string(row, column, short, form)


def height_for(cells: Iterable[tuple[str, float]]) -> float:
    """Return the height of a row whose texts are wrapped to columns of some widths, in points."""
    lines = [
        sum(
            max(1, len(textwrap.wrap(line, max(1, int(width * _PROSE)), break_on_hyphens=True)))
            for line in text.splitlines()
        )
        for text, width in cells
        if text
    ]
    return min(LINE * max(lines, default=1) + 2, _HIGHEST)


def strategy_title(strategy: str) -> str:
    """Return a strategy's name as all sheets write it."""
    return STRATEGY_WORDS[strategy]


def category_title(category: str) -> str:
    """Return a category's name as all sheets write it."""
    return CATEGORY_TITLES[category]
