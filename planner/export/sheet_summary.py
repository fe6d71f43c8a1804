"""Sheet "Summary": the verdict, the figures of each strategy, where the money goes, what to know."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner import __version__
from planner.catalog.caveats import CAVEATS
from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.crossing import nearest
from planner.engine.results import FIGURES, StrategyResult
from planner.engine.verdict import verdict
from planner.export import palette
from planner.export.book import LINE, SUMMARY, Book, category_title, height_for, put, strategy_title
from planner.export.charts import insert_charts
from planner.export.words import UNCERTAIN, figure_title, month_words
from planner.scenario.model import spec_for
from planner.units import UNITS, Step, format_quantity

_HEAD_ROW: Final = 6
_FIRST_ROW: Final = _HEAD_ROW + 1
_WIDEST: Final = 6
"""Columns that running text is wrapped over."""

_CHARACTERS: Final = 128
"""Width of those columns together."""

_PLAIN: Final = Step(1.0, float("inf"))
_MONEY: Final = ("usd", "usd_per_1k_requests")
_NAMES: Final = {
    "kwh": "kWh",
    "kgco2e": "kgCO₂e",
    "l": "L",
    "s": "s",
    "accelerator_h": "h",
    "points": "points",
}
_DECIMALS: Final = {"s": 3, "points": 1, "usd_per_1k_requests": 2}
_DECIMALS_OF: Final = {"tpot_s": 4, "latency_p95_s": 2}


def write_summary(book: Book) -> None:
    """Write the sheet that is seen first; the others are written already."""
    sheet = book.sheet(SUMMARY)
    _write_top(book)
    at = _write_figures(book)
    at, money = _write_spending(book, at + 1)
    at = _write_problems(book, at + 1)
    at = _write_caveats(book, at)
    _write_notes(book, at)
    insert_charts(book, money)
    sheet.set_column(0, 0, 31)
    sheet.set_column(1, _WIDEST - 1, 19.5)
    sheet.freeze_panes(_FIRST_ROW, 1)
    sheet.activate()
    book.print_setup(sheet, wide=True)


def _write_top(book: Book) -> None:
    sheet, scenario = book.sheet(SUMMARY), book.results.scenario
    horizon = "1 month" if book.horizon == 1 else f"{book.horizon} months"
    rate = f", {book.rate:g} {book.currency} per USD" if book.converts else ""
    below = (
        f"{scenario.name}. {horizon} after the first release in {month_words(scenario.start_month)}. "
        f"Amounts in {book.currency}{rate}, undiscounted. Planner {__version__}, "
        f"catalogue {book.results.catalog_version}."
    )
    book.title(sheet, book.plan.title, below)
    choice = choose(book.results)
    said = verdict(book.results, choice, nearest(book.results, load_catalog()))
    colour = palette.STRATEGY[choice.strategy] if choice.strategy else palette.INK
    sheet.set_row(3, 22)
    put(sheet, 3, 0, said.sentence, book.format(bold=True, font_size=14, font_color=colour))
    put(sheet, 4, 0, said.second, book.format(font_color=palette.INK2))
    if book.converts:
        put(
            sheet, 5, 0, "The two lines above are in USD.", book.format(font_color=palette.MUTED, italic=True)
        )


def _write_figures(book: Book) -> int:
    """Write figures by strategy; return the row behind them."""
    sheet, strategies = book.sheet(SUMMARY), list(book.results.strategies.values())
    sheet.set_row(_HEAD_ROW, 32)
    put(sheet, _HEAD_ROW, 0, "Over the whole horizon", book.head())
    for column, result in enumerate(strategies, start=1):
        form = book.band(result.strategy, text_wrap=True, align="center")
        put(sheet, _HEAD_ROW, column, strategy_title(result.strategy), form)
    at = _FIRST_ROW
    for name, column_info in FIGURES.items():
        unit = _NAMES.get(column_info.unit, "")
        weight = {"bold": True} if name == "total_usd" else {}
        title = f"{figure_title(name)}, {unit}" if unit else figure_title(name)
        put(sheet, at, 0, title, book.format(bottom=4, bottom_color=palette.HAIRLINE, **weight))
        for column, result in enumerate(strategies, start=1):
            _write_figure(book, (at, column), result, name)
        at += 1
    put(sheet, at, 0, "Limits", book.format(valign="top"))
    for column, result in enumerate(strategies, start=1):
        put(sheet, at, column, _limits_text(result), book.format(align="right", text_wrap=True, valign="top"))
    most = max((len(result.misses) for result in strategies), default=0)
    sheet.set_row(at, LINE * max(1, 2 * most) + 2)
    return at + 1


def _write_figure(book: Book, place: tuple[int, int], result: StrategyResult, name: str) -> None:
    sheet, (row, column), unit = book.sheet(SUMMARY), place, FIGURES[name].unit
    line = {"bottom": 4, "bottom_color": palette.HAIRLINE, "align": "right"}
    quiet = book.format(font_color=palette.MUTED, **line)
    value = result.figures[name]
    low, high = result.energy_range_frac
    if not result.fits:
        put(sheet, row, column, "does not fit" if name == "total_usd" else "–", quiet)
    elif name == "battery_frac_per_day" and result.device is None:
        put(sheet, row, column, "–", quiet)
    elif unit == "frac":
        put(sheet, row, column, float(value), book.format(num_format="0.0%", **line))
    elif name == "payback_month":
        put(sheet, row, column, _payback_text(book, result), book.format(**line))
    elif name in UNCERTAIN and low != high:
        put(sheet, row, column, _range_text(book, result, name), book.format(**line))
    elif unit in _MONEY:
        _write_money(book, place, result, name)
    else:
        decimals = _DECIMALS_OF.get(name, _DECIMALS.get(unit, 0))
        form = "#,##0" + ("." + "0" * decimals if decimals else "") if unit in UNITS else "General"
        put(sheet, row, column, float(value), book.format(num_format=form, **line))


def _range_text(book: Book, result: StrategyResult, name: str) -> str:
    """Return what is known of a figure as two ends, in the row's unit."""
    money = FIGURES[name].unit in _MONEY
    value = float(result.figures[name]) * (book.rate if money else 1.0)
    low, high = (
        format_quantity(value * end, "1", figures=2, step=_PLAIN) for end in result.energy_range_frac
    )
    return f"{book.symbol if money else ''}{low}–{high}"


def _write_money(book: Book, place: tuple[int, int], result: StrategyResult, name: str) -> None:
    sheet, (row, column), unit = book.sheet(SUMMARY), place, FIGURES[name].unit
    line = {"bottom": 4, "bottom_color": palette.HAIRLINE, "align": "right"}
    number = book.money(_DECIMALS.get(unit, 0))
    amount = float(result.figures[name]) * book.rate
    if name == "total_usd":
        form = book.format(num_format=number, bold=True, **line)
        sheet.write_formula(row, column, f"={book.totals[result.strategy]}", form, amount)
    elif book.converts and np.isfinite(amount):
        form = book.format(num_format=number, **line)
        sheet.write_formula(row, column, f"={amount / book.rate!r}*currency_per_usd", form, amount)
    else:
        put(sheet, row, column, amount, book.format(num_format=number, **line))


def _payback_text(book: Book, result: StrategyResult) -> str:
    month = float(result.figures["payback_month"])
    if result.strategy == book.results.baseline:
        return "baseline"
    if not book.results.strategies[book.results.baseline].fits:
        return "–"
    return "never" if month != month else f"in month {month:.0f}"


def _limits_text(result: StrategyResult) -> str:
    if not result.fits:
        return "–"
    titles = [spec_for(path).title for path in result.misses]
    return "misses: " + ", ".join(titles) if titles else "kept"


def _write_spending(book: Book, at: int) -> tuple[int, tuple[int, int]]:
    """Write categories by strategy, as on the budget sheet; return the row behind, and first and last row."""
    sheet, fitting = book.sheet(SUMMARY), book.fitting
    if not fitting:
        return at, (at, at - 1)
    put(sheet, at, 0, "Where the money goes", book.head())
    for column, result in enumerate(fitting, start=1):
        form = book.head(align="right")
        put(sheet, at, column, strategy_title(result.strategy), form)
    sheet.set_row(at, 28)
    spent = {result.strategy: book.spending(result) for result in fitting}
    categories = sorted(
        book.categories, key=lambda category: -sum(each.get(category, 0.0) for each in spent.values())
    )
    form = book.format(num_format=book.money(), align="right")
    first = at + 1
    for row, category in enumerate(categories, start=first):
        put(sheet, row, 0, category_title(category), book.format())
        for column, result in enumerate(fitting, start=1):
            cell = book.category_totals.get((result.strategy, category))
            if cell is None:
                put(sheet, row, column, 0.0, form)
            else:
                amount = spent[result.strategy][category] * book.rate
                sheet.write_formula(row, column, f"={cell}", form, amount)
    last = first + len(categories) - 1
    return last + 1, (first, last)


def _write_text(book: Book, at: int, text: str, **properties: object) -> int:
    """Write a paragraph over the columns of the table; return the row behind it."""
    sheet = book.sheet(SUMMARY)
    form = book.format(text_wrap=True, valign="top", **properties)
    sheet.merge_range(at, 0, at, _WIDEST - 1, "", form)
    put(sheet, at, 0, text, form)
    sheet.set_row(at, height_for([(text, _CHARACTERS)]))
    return at + 1


def _write_problems(book: Book, at: int) -> int:
    for result in book.results.strategies.values():
        for problem in result.problems:
            words = f"{strategy_title(result.strategy)} does not fit: {problem.message} {problem.hint}"
            at = _write_text(book, at, words.strip())
    return at


def _write_caveats(book: Book, at: int) -> int:
    known = [CAVEATS[code] for code in book.results.caveats if code in CAVEATS]
    if not known:
        return at
    put(book.sheet(SUMMARY), at, 0, "What to know", book.format(bold=True))
    at += 1
    for caveat in known:
        at = _write_text(book, at, f"{caveat.text}. {caveat.help}", font_color=palette.INK2)
    return at + 1


def _write_notes(book: Book, at: int) -> None:
    notes = book.results.scenario.notes.strip()
    if notes:
        put(book.sheet(SUMMARY), at, 0, "Notes of the plan", book.format(bold=True))
        for line in [line for line in notes.splitlines() if line.strip()]:
            at = _write_text(book, at + 1, line, font_color=palette.INK2) - 1
