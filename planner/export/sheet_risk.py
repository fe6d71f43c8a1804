"""Sheet "Risk": what draws from the ranges say, as counted when the file was made; nothing here is live."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from planner.engine.risk import PERCENTILES, StrategyRisk
from planner.export import palette
from planner.export.book import RISK, Book, calculated, height_for, put, strategy_title
from planner.export.sheet_inputs import CURRENCY
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario

_HEAD_ROW: Final = 3
_FIRST: Final = 1
_CHANCES: Final[tuple[tuple[str, Callable[[StrategyRisk], float]], ...]] = (
    ("Cheapest", lambda found: found.cheapest_frac),
    ("Greenest", lambda found: found.greenest_frac),
    ("Fits", lambda found: found.fits_frac),
    ("Keeps all limits", lambda found: found.competes_frac),
    ("Within the budget", lambda found: found.within_budget_frac),
    ("Within the carbon budget", lambda found: found.within_carbon_frac),
    ("Pays back", lambda found: found.pays_back_frac),
)
_CHARACTERS: Final = 128.0
_WIDEST: Final = 8


def write_risk(book: Book) -> None:
    """Write percentiles of cost and carbon by strategy, the chances, and what was drawn."""
    sheet, drawn = book.sheet(RISK), book.drawn
    how = (
        f"of {drawn.draws:,} draws from the ranges of the plan, seed {drawn.seed}, half give a value below "
        "P50 and nine in ten one below P90. Counted when this file was made: they stay as they are."
    )
    book.title(sheet, "Risk", how)
    at = _write_spread(
        book, _HEAD_ROW, f"Total, {book.currency}", book.money(), lambda found: found.total_usd
    )
    at = _write_chances(book, at + 1)
    at = _write_spread(book, at + 1, "Carbon, kgCO₂e", "#,##0", lambda found: found.carbon_kgco2e)
    at = _write_regret(book, at + 1)
    _write_drawn(book, at + 1)
    sheet.set_column(0, 0, 34)
    sheet.set_column(_FIRST, _FIRST + len(PERCENTILES), 15)
    sheet.freeze_panes(_HEAD_ROW, 1)
    book.print_setup(sheet)


def _heads(book: Book, at: int, heads: tuple[str, ...]) -> None:
    sheet = book.sheet(RISK)
    sheet.set_row(at, 30)
    for column, head in enumerate(heads):
        put(sheet, at, column, head, book.head(align="right" if column else "left"))


def _write_spread(
    book: Book, at: int, title: str, number: str, take: Callable[[StrategyRisk], dict[int, float]]
) -> int:
    """Write percentiles of a figure by strategy; return the row behind them."""
    sheet, money = book.sheet(RISK), number != "#,##0"
    _heads(book, at, (title, *(f"P{percent}" for percent in PERCENTILES)))
    for row, (strategy, found) in enumerate(book.drawn.strategies.items(), start=at + 1):
        put(sheet, row, 0, strategy_title(strategy), book.band(strategy))
        for column, percent in enumerate(PERCENTILES, start=_FIRST):
            bold = {"bold": True} if percent == PERCENTILES[len(PERCENTILES) // 2] else {}
            _write_number(book, (row, column), take(found)[percent], (number, money, bold))
    return at + len(book.drawn.strategies) + 1


def _write_number(
    book: Book, place: tuple[int, int], value: float, look: tuple[str, bool, dict[str, Any]]
) -> None:
    sheet, (number, money, bold) = book.sheet(RISK), look
    form = book.format(num_format=number, align="right", **bold)
    if value != value:
        put(sheet, *place, "–", form)
    elif money:
        calculated(sheet, place, f"={value!r}*{CURRENCY}", form, value * book.rate)
    else:
        put(sheet, *place, value, form)


def _write_chances(book: Book, at: int) -> int:
    sheet = book.sheet(RISK)
    _heads(book, at, ("Share of draws", *(title for title, _ in _CHANCES)))
    for row, (strategy, found) in enumerate(book.drawn.strategies.items(), start=at + 1):
        put(sheet, row, 0, strategy_title(strategy), book.band(strategy))
        for column, (_, take) in enumerate(_CHANCES, start=_FIRST):
            put(sheet, row, column, take(found), book.format(num_format="0.0%", align="right"))
    row = at + len(book.drawn.strategies) + 1
    put(sheet, row, 0, "No strategy fits and keeps all limits", book.format(font_color=palette.INK2))
    put(sheet, row, _FIRST, book.drawn.none_frac, book.format(num_format="0.0%", align="right"))
    return row + 1


def _write_regret(book: Book, at: int) -> int:
    sheet = book.sheet(RISK)
    _heads(book, at, (f"On average, {book.currency}", "Dearer than the cheapest"))
    look: tuple[str, bool, dict[str, Any]] = (book.money(), True, {})
    for row, (strategy, found) in enumerate(book.drawn.strategies.items(), start=at + 1):
        put(sheet, row, 0, strategy_title(strategy), book.band(strategy))
        _write_number(book, (row, _FIRST), found.regret_usd, look)
    row = at + len(book.drawn.strategies) + 1
    put(sheet, row, 0, "What knowing the future would save", book.format(font_color=palette.INK2))
    _write_number(book, (row, _FIRST), book.drawn.perfect_information_usd, look)
    return row + 1


def _write_drawn(book: Book, at: int) -> None:
    """Write which inputs were drawn."""
    sheet, specs = book.sheet(RISK), specs_of(Scenario)
    titles = [specs[path].title if path in specs else path for path in book.drawn.inputs]
    text = "Drawn: " + (", ".join(titles) if titles else "nothing, no input has a range") + "."
    form = book.format(text_wrap=True, valign="top", font_color=palette.INK2)
    sheet.merge_range(at, 0, at, _WIDEST - 1, "", form)
    put(sheet, at, 0, text, form)
    sheet.set_row(at, height_for([(text, _CHARACTERS)]))
