"""Sheet "Summary": the verdict, the figures of each strategy, where the money goes, what to know."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from planner import __version__
from planner.catalog.caveats import CAVEATS
from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.crossing import nearest
from planner.engine.results import FIGURES, StrategyResult
from planner.engine.verdict import verdict
from planner.export import palette, sheet_carbon
from planner.export.book import (
    BUDGET,
    LINE,
    SUMMARY,
    Book,
    calculated,
    category_title,
    height_for,
    put,
    strategy_title,
)
from planner.export.cellformats import unit_words
from planner.export.cells import fixed_cell
from planner.export.charts import insert_charts
from planner.export.sheet_budget import first_month_column
from planner.export.sheet_inputs import CURRENCY
from planner.export.words import UNCERTAIN, figure_title, month_words
from planner.export.xlsx import cell
from planner.scenario.model import spec_for
from planner.units import UNITS, money_in, months_words

HEAD_ROW: Final = 7
_FIRST_ROW: Final = HEAD_ROW + 1
_WIDEST: Final = 6
"""Columns that running text is wrapped over."""

_CHARACTERS: Final = 128
"""Width of those columns together."""

_MONEY: Final = ("usd", "usd_per_1k_requests")
_DECIMALS: Final = {"s": 3, "points": 1, "usd_per_1k_requests": 2}
_DECIMALS_OF: Final = {"tpot_s": 4, "latency_p95_s": 2}
_LINE: Final = {"bottom": 4, "bottom_color": palette.HAIRLINE, "align": "right"}
_ON_BUDGET: Final[Mapping[str, str]] = {
    "total_usd": "total",
    "npv_usd": "npv",
    "refresh_usd": "refresh",
    "usd_per_1k_requests": "per_1k",
    "payback_month": "payback",
}
_ON_CARBON: Final[Mapping[str, str]] = {
    "energy_kwh": "energy_kwh",
    "carbon_kgco2e": "carbon_kgco2e",
    "carbon_operational_kgco2e": "operational",
    "carbon_embodied_kgco2e": "embodied",
    "water_l": "water_l",
    "training_accelerator_h": "training_h",
    "serving_accelerator_h": "serving_h",
    "carbon_price_usd": "carbon_price_usd",
}
_SMALL_SHARE: Final = 0.01
_SAME: Final = 0.005
"""Amounts that differ by less are the same, to the cent."""


def write_summary(book: Book) -> None:
    """Write the sheet that is seen first; the others are written already."""
    sheet = book.sheet(SUMMARY)
    _write_top(book)
    at = _write_figures(book)
    at, money = _write_spending(book, at + 1)
    at = _write_problems(book, at + 1)
    _write_caveats(book, at)
    insert_charts(book, money)
    sheet.set_column(0, 0, 31)
    sheet.set_column(1, _WIDEST - 1, 19.5)
    sheet.freeze_panes(_FIRST_ROW, 1)
    sheet.activate()
    book.print_setup(sheet, wide=True)


def _write_top(book: Book) -> None:
    sheet, scenario = book.sheet(SUMMARY), book.results.scenario
    book.title(
        sheet,
        book.plan.title,
        "black figures are live and follow Assumptions; grey ones and the verdict are those of the export.",
    )
    horizon = months_words(book.horizon)
    rate = f", {book.rate:g} {book.currency} per USD" if book.converts else ""
    below = (
        f"{scenario.name}. {horizon} after the first release in {month_words(scenario.start_month)}. "
        f"Amounts in {book.currency}{rate}, undiscounted. Planner {__version__}, "
        f"catalogue {book.results.catalog_version}."
    )
    put(sheet, 2, 0, below, book.format(font_color=palette.MUTED))
    choice = choose(book.results, book.drawn)  # with the draws, as window, report and slides have it
    with money_in(book.money_of.symbol, book.money_of.per_usd):
        said = verdict(book.results, choice, nearest(book.results, load_catalog()), book.drawn)
    colour = palette.STRATEGY[choice.strategy] if choice.strategy else palette.INK
    sheet.set_row(3, 22)
    put(sheet, 3, 0, said.sentence, book.format(bold=True, font_size=14, font_color=colour))
    put(sheet, 4, 0, said.second, book.format(font_color=palette.INK2))


def _write_figures(book: Book) -> int:
    """Write figures by strategy; return the row behind them."""
    sheet, strategies = book.sheet(SUMMARY), list(book.results.strategies.values())
    sheet.set_row(HEAD_ROW, 32)
    put(sheet, HEAD_ROW, 0, "Over the whole horizon", book.head())
    for column, result in enumerate(strategies, start=1):
        form = book.band(result.strategy, text_wrap=True, align="center")
        put(sheet, HEAD_ROW, column, strategy_title(result.strategy), form)
    at = _FIRST_ROW
    for name, column_info in FIGURES.items():
        money = column_info.unit in _MONEY
        unit = "" if money else unit_words(column_info.unit).removeprefix("accelerator-")
        unit = "" if unit in ("%", "months") else unit
        weight = {"bold": True} if name == "total_usd" else {}
        title = f"{figure_title(name)}, {unit}" if unit else figure_title(name)
        put(sheet, at, 0, title, book.format(bottom=4, bottom_color=palette.HAIRLINE, **weight))
        for column, result in enumerate(strategies, start=1):
            _write_figure(book, (at, column), result, name)
        at += 1
        if name == "total_usd":
            _write_exported(book, at)
            at += 1
    put(sheet, at, 0, "Limits, as exported", book.format(valign="top"))
    for column, result in enumerate(strategies, start=1):
        form = book.format(align="right", text_wrap=True, valign="top", font_color=palette.MUTED)
        put(sheet, at, column, _limits_text(result), form)
    most = max((len(result.misses) for result in strategies), default=0)
    sheet.set_row(at, LINE * max(1, 2 * most) + 2)
    return at + 1


def _write_exported(book: Book, at: int) -> None:
    """Write the totals as they were, and above whether they still are."""
    sheet = book.sheet(SUMMARY)
    muted = {"font_color": palette.MUTED, "italic": True}
    put(sheet, at, 0, "Total when exported", book.format(**{**_LINE, **muted, "align": "left"}))
    form = book.format(num_format=book.money(), **{**_LINE, **muted})
    differences = []
    for column, result in enumerate(book.results.strategies.values(), start=1):
        if not result.fits:
            put(sheet, at, column, "–", form)
            continue
        usd = float(result["total_usd"])
        calculated(sheet, (at, column), f"={usd!r}*{CURRENCY}", form, usd * book.rate)
        differences.append(f"ABS({cell(at, column)}-{cell(at - 1, column)})")
    if differences:
        formula = (
            f"=IF(MAX({','.join(differences)})<{_SAME},"
            '"Totals are as exported.","Totals have changed since the export; the verdict above has not.")'
        )
        look = book.format(bold=True, font_color=palette.INK2)
        calculated(sheet, (6, 0), formula, look, "Totals are as exported.")


def _write_figure(book: Book, place: tuple[int, int], result: StrategyResult, name: str) -> None:
    sheet, (row, column) = book.sheet(SUMMARY), place
    quiet = book.format(font_color=palette.MUTED, **_LINE)
    low, high = result.energy_range_frac
    if not result.fits:
        put(sheet, row, column, "does not fit" if name == "total_usd" else "–", quiet)
    elif name == "battery_frac_per_day" and result.device is None:
        put(sheet, row, column, "–", quiet)
    elif name == "payback_month":
        _write_payback(book, place, result)
    elif name in UNCERTAIN and low != high:
        _write_range(book, place, result, name)
    else:
        _write_number(book, place, result, name)


def _live(book: Book, result: StrategyResult, name: str) -> str:
    """Return the formula of a figure without ``=``, in the report's currency; empty where it has none."""
    strategy = result.strategy
    if name in _ON_BUDGET:
        return book.budget[strategy, _ON_BUDGET[name]]
    if name in _ON_CARBON:
        return sheet_carbon.total_cell(book, strategy, _ON_CARBON[name])
    if name == "first_release_usd":
        return fixed_cell(BUDGET, book.rows[BUDGET, strategy, "total"], first_month_column(book))
    known = book.equations.figures.get((strategy, name))
    if known is None:
        return ""
    factor = f"*{CURRENCY}" if FIGURES[name].unit in _MONEY else ""
    return book.cells.at(known.key, SUMMARY) + factor


def _number_format(book: Book, name: str, value: float) -> str:
    unit = FIGURES[name].unit
    if unit == "frac":
        return "0.0%" if value >= _SMALL_SHARE or not value else "0.000%"
    if unit in _MONEY:
        return book.money(_DECIMALS.get(unit, 0))
    decimals = _DECIMALS_OF.get(name, _DECIMALS.get(unit, 0))
    return "#,##0" + ("." + "0" * decimals if decimals else "") if unit in UNITS else "General"


def _write_number(book: Book, place: tuple[int, int], result: StrategyResult, name: str) -> None:
    sheet, value = book.sheet(SUMMARY), float(result.figures[name])
    form = _number_format(book, name, value)
    shown = value * book.rate if FIGURES[name].unit in _MONEY else value
    formula = _live(book, result, name)
    weight = {"bold": True} if name == "total_usd" else {}
    if not math.isfinite(shown):
        put(sheet, *place, "–", book.format(font_color=palette.MUTED, **_LINE))
    elif formula:
        calculated(sheet, place, f"={formula}", book.format(num_format=form, **weight, **_LINE), shown)
    else:
        put(sheet, *place, shown, book.held_cell(num_format=form, bg_color=palette.WHITE, **_LINE))


def _write_payback(book: Book, place: tuple[int, int], result: StrategyResult) -> None:
    sheet, month = book.sheet(SUMMARY), float(result["payback_month"])
    baseline = result.strategy == book.results.baseline
    if baseline or not book.results.strategies[book.results.baseline].fits:
        put(sheet, *place, "baseline" if baseline else "–", book.format(font_color=palette.MUTED, **_LINE))
        return
    form = book.format(num_format='"in month "0', **_LINE)
    value: Any = "never" if month != month else month
    calculated(sheet, place, f"={_live(book, result, 'payback_month')}", form, value)


def _write_range(book: Book, place: tuple[int, int], result: StrategyResult, name: str) -> None:
    """Write what is known of a figure as two ends of two digits, which follow its middle."""
    money = FIGURES[name].unit in _MONEY
    middle = float(result.figures[name]) * (book.rate if money else 1.0)
    source = _live(book, result, name)
    ends = [(f"{factor!r}*{source}", factor * middle) for factor in result.energy_range_frac]
    symbol = book.symbol if money else ""
    formula = "=" + '&"–"&'.join(_two_digits(text) for text, _ in ends)
    words = "–".join(_two_digit_words(value) for _, value in ends)
    if symbol:
        formula = f'="{symbol}"&' + formula[1:]
    calculated(book.sheet(SUMMARY), place, formula, book.format(**_LINE), symbol + words)


def _two_digits(text: str) -> str:
    return f'IF({text}>0,FIXED({text},1-INT(LOG10({text}))),"0")'


def _two_digit_words(value: float) -> str:
    """Return what the formula of `_two_digits` gives."""
    if value <= 0.0:
        return "0"
    decimals = 1 - math.floor(math.log10(value))
    rounded = math.floor(value * 10.0**decimals + 0.5) / 10.0**decimals
    return f"{rounded:,.{max(decimals, 0)}f}"


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
        put(sheet, at, column, strategy_title(result.strategy), book.head(align="right"))
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
            source = book.budget.get((result.strategy, f"category/{category}"))
            if source is None:
                put(sheet, row, column, 0.0, form)
            else:
                amount = spent[result.strategy].get(category, 0.0) * book.rate
                calculated(sheet, (row, column), f"={source}", form, amount)
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


def _write_caveats(book: Book, at: int) -> None:
    known = [CAVEATS[code] for code in book.results.caveats if code in CAVEATS]
    if not known:
        return
    put(book.sheet(SUMMARY), at, 0, "What to know", book.format(bold=True))
    at += 1
    for caveat in known:
        at = _write_text(book, at, f"{caveat.text}. {caveat.help}", font_color=palette.INK2)
