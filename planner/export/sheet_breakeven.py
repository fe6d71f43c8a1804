"""Sheet "Break-even": where a strategy costs as much as the baseline, as a straight line that is live.

The planner's own costs rise in steps: a replica more is paid whole, and what fits on one is decided anew at
each volume. No one formula of a cell finds where two such stairs meet. So the sheet draws the straight line
through the plan as it stands: what follows the requests keeps its price by request, the rest stays. That is
exact at the plan's volume, live in every price, and near it a good guess. The crossings that the planner
itself finds, steps and all, stand beside it as they were when the file was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from planner.catalog.load import load_catalog
from planner.engine.along import Along
from planner.engine.axes import axis_of
from planner.engine.breakeven import Standing, break_even
from planner.engine.crossing import VOLUME
from planner.engine.lineitems import USD
from planner.export import palette
from planner.export.book import BREAK_EVEN as SHEET
from planner.export.book import Book, calculated, put, strategy_title
from planner.export.sheet_budget import requests_total
from planner.export.sheet_items import NO, YES, money_items
from planner.export.xlsx import area, cell
from planner.units import REQUESTS_PER_1K

_HEAD_ROW: Final = 3
_NAME, _APART, _FOLLOWS, _PER_1K, _TOTAL, _VOLUME, _SIDE, _FIRST, _LASTING = range(9)
_HEADS: Final = (
    "Strategy", "Apart from volume", "Follows volume", "Per 1,000 requests", "Total",
    "Break-even, requests/month", "Cheaper than the baseline", "In the planner: first from",
    "In the planner: for good from",
)  # fmt: skip
_WIDTHS: Final = (30, 18, 18, 18, 18, 22, 22, 22, 22)
_TIMES: Final = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 10.0)
_REQUESTS_NAME: Final = "workload_requests_per_month"
_SAME: Final = "1E-9"
FIRST_COLUMN: Final = 2
"""Column of the first strategy in the table of volumes."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a strategy costs apart from volume and with it, in the report's currency."""

    apart: float
    follows: float


def write_break_even(book: Book) -> None:
    """Write the straight-line break-even against the baseline, and totals over volumes."""
    sheet = book.sheet(SHEET)
    how = (
        f"straight lines through the plan's volume, live, in {book.currency}; the planner's own crossings, "
        "where replicas come in steps, are those of the plan as exported."
    )
    book.title(sheet, "Break-even volume", how)
    sheet.set_row(_HEAD_ROW, 30)
    for column, head in enumerate(_HEADS):
        put(sheet, _HEAD_ROW, column, head, book.head(align="right" if column else "left"))
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    book.print_setup(sheet)
    if not book.fitting or not money_items(book):
        put(sheet, _HEAD_ROW + 1, _NAME, "No strategy fits.", book.format(font_color=palette.MUTED))
        return
    found = _crossings(book)
    rows = {result.strategy: _HEAD_ROW + 1 + number for number, result in enumerate(book.fitting)}
    parts = {strategy: _parts(book, strategy) for strategy in rows}
    for strategy, at in rows.items():
        _write_strategy(book, at, strategy, (rows, parts))
        _write_found(book, at, found.get(strategy), baseline=strategy == book.results.baseline)
    _write_volumes(book, max(rows.values()) + 3, rows, parts)


def _parts(book: Book, strategy: str) -> _Parts:
    apart = follows = 0.0
    for item in money_items(book):
        if item.key[0] == strategy:
            amount = float(item.values[USD].sum()) * book.rate
            apart, follows = (apart, follows + amount) if item.follows else (apart + amount, follows)
    return _Parts(apart, follows)


def _crossings(book: Book) -> dict[str, Standing]:
    """Return how each strategy stands against the baseline by volume, as the planner finds it."""
    results, catalog = book.results, load_catalog()
    axis = axis_of(VOLUME, results, catalog)
    if axis is None or axis.here <= 0.0:
        return {}
    return break_even(Along(results.scenario, catalog, axis), results.baseline).standings


def _write_strategy(
    book: Book, at: int, strategy: str, known: tuple[dict[str, int], dict[str, _Parts]]
) -> None:
    sheet, (rows, parts) = book.sheet(SHEET), known
    mine = parts[strategy]
    put(sheet, at, _NAME, strategy_title(strategy), book.band(strategy))
    form = book.format(num_format=book.money())
    name = cell(at, _NAME, col_abs=True)
    for column, word, amount in ((_APART, NO, mine.apart), (_FOLLOWS, YES, mine.follows)):
        formula = f'=SUMIFS(items_total,items_strategy,{name},items_follows,"{word}")'
        calculated(sheet, (at, column), formula, form, amount)
    requests, count = requests_total(book)
    per = int(REQUESTS_PER_1K)
    formula = f'=IF({requests}>0,{per}*{cell(at, _FOLLOWS)}/{requests},"–")'
    price = REQUESTS_PER_1K * mine.follows / count if count > 0.0 else "–"
    right = book.format(num_format=book.money(2), align="right")
    calculated(sheet, (at, _PER_1K), formula, right, price)
    total = f"={cell(at, _APART)}+{cell(at, _FOLLOWS)}"
    calculated(
        sheet, (at, _TOTAL), total, book.format(num_format=book.money(), bold=True), mine.apart + mine.follows
    )
    base = book.results.baseline
    if strategy == base or base not in rows:
        word = "baseline" if strategy == base else "–"
        for column in (_VOLUME, _SIDE):
            put(sheet, at, column, word, book.format(align="right", font_color=palette.MUTED))
    else:
        _write_crossing(book, at, rows[base], (mine, parts[base]))


def _write_crossing(book: Book, at: int, base: int, parts: tuple[_Parts, _Parts]) -> None:
    sheet, (mine, other) = book.sheet(SHEET), parts
    apart = f"({cell(at, _APART)}-{cell(base, _APART, row_abs=True)})"
    gain = f"({cell(base, _FOLLOWS, row_abs=True)}-{cell(at, _FOLLOWS)})"
    volume = book.results.scenario.workload.requests_per_month
    less, saved = mine.apart - other.apart, other.follows - mine.follows
    meets = abs(saved) > float(_SAME) and less / saved > 0.0
    formula = f'=IF(ABS({gain})>{_SAME},IF({apart}/{gain}>0,{apart}/{gain}*{_REQUESTS_NAME},"none"),"none")'
    form = book.format(num_format="#,##0", align="right", bold=True)
    calculated(sheet, (at, _VOLUME), formula, form, less / saved * volume if meets else "none")
    cheaper = f"{cell(at, _TOTAL)}<{cell(base, _TOTAL, row_abs=True)}"
    formula = (
        f"=IF(ISNUMBER({cell(at, _VOLUME)}),"
        f'IF({gain}>0,"above it","below it"),IF({cheaper},"at any volume","at no volume"))'
    )
    if meets:
        words = "above it" if saved > 0.0 else "below it"
    else:
        words = "at any volume" if mine.apart + mine.follows < other.apart + other.follows else "at no volume"
    calculated(sheet, (at, _SIDE), formula, book.format(align="right"), words)


def _write_found(book: Book, at: int, standing: Standing | None, *, baseline: bool) -> None:
    """Write where the planner itself finds the crossings of this plan."""
    sheet = book.sheet(SHEET)
    form = book.held_cell(num_format="#,##0", align="right")
    if standing is None or baseline:
        for column in (_FIRST, _LASTING):
            put(sheet, at, column, "baseline" if baseline else "–", form)
        return
    for column, turn in ((_FIRST, standing.first), (_LASTING, standing.lasting)):
        words = "at any volume" if standing.always else "at no volume" if standing.never else "–"
        put(sheet, at, column, words if turn is None else turn.value, form)


def _write_volumes(book: Book, at: int, rows: dict[str, int], parts: dict[str, _Parts]) -> None:
    """Write totals over volumes on those straight lines, and which is the least of them."""
    sheet = book.sheet(SHEET)
    head = book.format(bold=True)
    put(sheet, at, 0, "Totals over volume, on those lines; the multiples in blue may be changed", head)
    put(sheet, at + 1, 0, "Times the plan's volume", book.head())
    put(sheet, at + 1, 1, "Requests/month", book.head(align="right"))
    strategies = list(rows)
    for number, strategy in enumerate(strategies):
        put(sheet, at + 1, FIRST_COLUMN + number, strategy_title(strategy), book.head(align="right"))
    last = FIRST_COLUMN + len(strategies)
    put(sheet, at + 1, last, "Least", book.head(align="right"))
    sheet.set_row(at + 1, 30)
    volume = book.results.scenario.workload.requests_per_month
    for row, times in enumerate(_TIMES, start=at + 2):
        put(sheet, row, 0, times, book.input_cell(num_format='0.00"×"', align="left"))
        formula = f"={cell(row, 0)}*{_REQUESTS_NAME}"
        calculated(sheet, (row, 1), formula, book.format(num_format="#,##0"), times * volume)
        amounts = []
        for column, (strategy, own) in enumerate(rows.items(), start=FIRST_COLUMN):
            amounts.append(parts[strategy].apart + times * parts[strategy].follows)
            fixed = cell(own, _APART, row_abs=True, col_abs=True)
            moving = cell(own, _FOLLOWS, row_abs=True, col_abs=True)
            formula = f"={fixed}+{cell(row, 0, col_abs=True)}*{moving}"
            calculated(sheet, (row, column), formula, book.format(num_format=book.money()), amounts[-1])
        span = area(row, FIRST_COLUMN, row, last - 1)
        names = f"{cell(at + 1, FIRST_COLUMN, row_abs=True, col_abs=True)}:" + cell(
            at + 1, last - 1, row_abs=True, col_abs=True
        )
        formula = f"=INDEX({names},1,MATCH(MIN({span}),{span},0))"
        least = strategy_title(strategies[amounts.index(min(amounts))])
        calculated(sheet, (row, last), formula, book.format(align="right", bold=True), least)
    book.rows[SHEET, "", "volumes"] = at + 2


def volume_count() -> int:
    """Return how many volumes the table has."""
    return len(_TIMES)
