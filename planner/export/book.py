"""What all sheets of the workbook share: cells, formats, months and money in the report's currency."""

from __future__ import annotations

import datetime
import math
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from planner.engine.equations.expressions import Quantity
from planner.engine.equations.plan import PlanEquations
from planner.engine.lineitems import CATEGORIES, CATEGORY_TITLES
from planner.engine.results import Results, StrategyResult
from planner.engine.risk import Risk
from planner.export import palette
from planner.export.cells import Cells
from planner.export.currency import Currency, currency_of
from planner.export.words import fiscal_quarter, fiscal_year, month_after
from planner.export.xlsx import Format, PlainSheet, Sheet
from planner.scenario.model import STRATEGY_WORDS, Plan

SUMMARY: Final = "Summary"
INPUTS: Final = "Assumptions"
BUDGET: Final = "Monthly budget"
QUARTERS: Final = "Quarters"
CASH: Final = "Cash"
CARBON: Final = "Energy and carbon"
BREAK_EVEN: Final = "Break-even"
RISK: Final = "Risk"
ITEMS: Final = "Line items"
RATES: Final = "Rates"
SHARED: Final = "Calc shared"
SOURCES: Final = "Sources"
NOTES: Final = "Notes"
_CALCULATIONS: Final = {
    "api": "Calc API",
    "prompt": "Calc self-hosted",
    "finetune": "Calc fine-tune",
    "distil": "Calc distil",
    "both": "Calc both",
}
REQUESTS_KEY: Final = "traffic/requests"
"""Key of the requests by month."""

FONT: Final = "Calibri"
LINE: Final = 13.0
"""Height of a line of text in points."""

ROOM_FOR_BUTTON: Final = 2
"""Indent of a head that ends at the right, where a filter's button would cover its last letters."""

_HIGHEST: Final = 400.0
_PROSE: Final = 1.1
"""Characters of running text per unit of a column's width, which is a digit of a larger size."""

_LARGEST: Final = 1e300
_LONGEST_TEXT: Final = 32_767  # what a cell holds
_LONGEST_FOOTER: Final = 120
_A4, _A3 = 9, 8
_ROWS_A_PAGE: Final = 96


@dataclass(slots=True)
class Book:
    """A workbook while it is written.

    Attributes
    ----------
    equations : PlanEquations
        The plan as quantities with equations.
    drawn : Risk
        What draws say of it.
    money_of : Currency
        The report's currency.
    days, fiscal_years, quarters : list
        First day of each month, its fiscal year and its fiscal quarter, month 0 first.
    cells : Cells
        Where each quantity stands, filled as sheets are written.
    budget : dict
        Cells of the budget sheet by strategy and row (``total``, ``npv``, ``payback``, ``category/labour``),
        as a formula elsewhere names them.
    items : list
        Rows of the ledger, `planner.export.sheet_items.Item`.
    rows : dict
        Rows of months by sheet, strategy and name: what charts and other sheets read.
    """

    workbook: Any
    results: Results
    plan: Plan
    equations: PlanEquations
    drawn: Risk
    cells: Cells = field(init=False)
    money_of: Currency = field(init=False)
    days: list[datetime.date] = field(init=False)
    fiscal_years: list[str] = field(init=False)
    quarters: list[str] = field(init=False)
    budget: dict[tuple[str, str], str] = field(default_factory=dict)
    items: list[Any] = field(default_factory=list)
    rows: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _formats: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)

    def __post_init__(self) -> None:
        scenario = self.results.scenario
        start = scenario.report.fiscal_year_start_month
        self.money_of = currency_of(scenario)
        self.cells = Cells(self.horizon + 1)
        self.days = [month_after(scenario.start_month, month) for month in range(self.horizon + 1)]
        self.fiscal_years = [fiscal_year(day, start) for day in self.days]
        self.quarters = [fiscal_quarter(day, start) for day in self.days]

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
    def requests(self) -> Quantity | None:
        """The requests by month as the equations have them; None without."""
        return next((each for each in self.equations.quantities() if each.key == REQUESTS_KEY), None)

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
        return self.money_of.per_usd

    @property
    def converts(self) -> bool:
        """Whether amounts are in another currency than the engine's."""
        return self.money_of.converts

    @property
    def currency(self) -> str:
        """The report's currency as it can stand in a number format."""
        return self.money_of.word

    @property
    def symbol(self) -> str:
        """What stands before an amount."""
        return self.money_of.symbol

    def money(self, decimals: int = 0, *, dash: bool = True) -> str:
        """Return the number format of money; nothing is a dash."""
        symbol = self.symbol
        digits = "#,##0" + ("." + "0" * decimals if decimals else "")
        positive = f'"{symbol}"{digits}'
        return f'{positive};-{positive};"–"' if dash else f"{positive};-{positive}"

    def short_money(self) -> str:
        """Return the number format of an axis: k and M."""
        symbol = "" if self.symbol.startswith(self.currency) else self.symbol
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

    def write_band(self, sheet: Sheet, at: int, strategy: str, last: int) -> None:
        """Write a strategy's name over a row in its colour, up to a column."""
        form = self.band(strategy)
        sheet.set_row(at, 18)
        put(sheet, at, 0, strategy_title(strategy), form)
        for column in range(1, last + 1):
            sheet.write_blank(at, column, None, form)

    def sheet(self, name: str) -> Sheet:
        """Return a sheet that was added."""
        return self.workbook.get_worksheet_by_name(name)

    def title(self, sheet: Sheet, text: str, how: str) -> None:
        """Write a sheet's title and how to read it below."""
        sheet.set_row(0, 26)
        put(sheet, 0, 0, text, self.format(bold=True, font_size=16))
        put(sheet, 1, 0, f"How to read: {how}" if how else "", self.format(font_color=palette.MUTED))

    def input_cell(self, **properties: Any) -> Format:
        """Return the format of a cell to type into."""
        edge = {"border": 1, "border_color": palette.BORDER}
        return self.format(
            **{
                "bg_color": palette.INPUT,
                "font_color": palette.INPUT_INK,
                "locked": False,
                **edge,
                **properties,
            }
        )

    def held_cell(self, **properties: Any) -> Format:
        """Return the format of a number that stays as it is."""
        return self.format(
            **{"bg_color": palette.HELD, "font_color": palette.MUTED, "italic": True, **properties}
        )

    def print_setup(self, sheet: Sheet, *, wide: bool = False, pages: int = 1, rows: int = 0) -> None:
        """Set a sheet up to print across landscape pages, one unless more are given, with page numbers.

        `rows` are so few that they may stand on as few pages as they nearly fit on.
        """
        sheet.set_landscape()
        sheet.set_paper(_A3 if wide else _A4)
        sheet.fit_to_pages(pages, -(-rows // _ROWS_A_PAGE))
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        name = f"{self.plan.title}, {self.results.scenario.name}"[:_LONGEST_FOOTER].replace("&", "&&")
        sheet.set_footer(f"&L&9 {name}&C&9 &A&R&9 &P / &N")


def calculation_sheet(strategy: str) -> str:
    """Return the sheet on which a strategy is calculated; empty is what all share."""
    return _CALCULATIONS.get(strategy, SHARED)


def add_sheets(book: Book) -> None:
    """Add all sheets in the order of their tabs, coloured by what they are for."""
    front = (SUMMARY, INPUTS, BUDGET, QUARTERS, CASH, CARBON, BREAK_EVEN, RISK)
    back = (SHARED, *(calculation_sheet(result.strategy) for result in book.fitting), ITEMS, RATES)
    for name in (*front, *back, SOURCES, NOTES):
        sheet = book.workbook.add_worksheet(name, worksheet_class=PlainSheet)
        sheet.hide_gridlines(2)
        if name in (INPUTS, RATES):
            sheet.set_tab_color(palette.INPUT_INK)
        elif name in back:
            sheet.set_tab_color(palette.BORDER)
    for result in book.fitting:
        book.sheet(calculation_sheet(result.strategy)).set_tab_color(palette.STRATEGY[result.strategy])


def calculated(sheet: Sheet, place: tuple[int, int], formula: str, form: Format, value: Any) -> None:
    """Write a formula with its value, so that a reader that does not calculate shows the same."""
    shown: str | float = value if isinstance(value, str) else _cached(float(value))
    sheet.write_formula(*place, formula, form, shown)


def _cached(value: float) -> float:
    """Return a value as files of spreadsheets hold it: they know nothing infinite."""
    return max(-_LARGEST, min(_LARGEST, value))


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
