"""Sheet "Break-even": where a strategy costs as much as the baseline, live, on lines through the plan.

The planner's own costs rise in steps: a replica more is paid whole, and what fits on one is decided anew at
each volume. No one formula of a cell finds where two such stairs meet. So the sheet draws a line with one
bend for each strategy (`planner.export.lines`), which is live in every price and right while the number of
replicas holds. The crossings that the planner itself finds, steps and all, stand beside it as they were when
the file was made.
"""

from __future__ import annotations

from typing import Any, Final

from planner.catalog.load import load_catalog
from planner.engine.along import Along
from planner.engine.axes import axis_of
from planner.engine.breakeven import Standing, break_even
from planner.engine.crossing import VOLUME
from planner.engine.lineitems import HOURS, QUANTITIES
from planner.export import palette
from planner.export.book import BREAK_EVEN as SHEET
from planner.export.book import Book, calculated, put, strategy_title
from planner.export.lines import BUSY, GROWING, IDLE, SAME, Line, crossings, line_of
from planner.export.sheet_items import APART, BY_REPLICA, BY_REQUEST, Item, money_items
from planner.export.xlsx import area, cell

_HEAD_ROW: Final = 3
_NAME, _APART, _REPLICAS, _REQUESTS, _LOAD, _TOTAL, _VOLUME, _SIDE, _FIRST, _LASTING, _WORK = range(11)
_HEADS: Final = (
    "Strategy",
    "Apart from volume",
    "Replicas",
    "By requests",
    "Busy hour takes of replicas",
    "Total",
    "Break-even, requests/month",
    "Cheaper than the baseline",
    "In the planner: first from",
    "In the planner: for good from",
)
_CASES: Final = (
    "Replicas hold in both",
    "Added in the baseline",
    "Added in the strategy",
    "Added in both",
)
_WIDTHS: Final = (30, 17, 17, 17, 17, 17, 19, 19, 19, 19, 15, 15, 15, 15)
_TIMES: Final = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 10.0)
_VOLUME_NAME: Final = "workload_requests_per_month"
_PEAK, _TARGET = "workload.peak_to_mean", "serving.target_load_frac"
_BEYOND: Final = 1.001
"""How far behind a crossing the sheet looks which of the two is cheaper there."""

FIRST_COLUMN: Final = 2
"""Column of the first strategy in the table of volumes."""


def write_break_even(book: Book) -> None:
    """Write the break-even against the baseline on those lines, and totals over volumes."""
    sheet = book.sheet(SHEET)
    how = (
        f"lines through the plan, live, in {book.currency}: replicas stay until the busy hour takes all "
        "of them, then grow with it. The planner's own crossings, in whole replicas, are those of the export."
    )
    book.title(sheet, "Break-even volume", how)
    sheet.set_row(_HEAD_ROW, 30)
    for column, head in enumerate((*_HEADS, *_CASES)):
        put(sheet, _HEAD_ROW, column, head, book.head(align="right" if column else "left"))
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    book.print_setup(sheet, wide=True)
    if not book.fitting or not money_items(book):
        put(sheet, _HEAD_ROW + 1, _NAME, "No strategy fits.", book.format(font_color=palette.MUTED))
        return
    found = _crossings(book)
    rows = {result.strategy: _HEAD_ROW + 1 + number for number, result in enumerate(book.fitting)}
    lines = {strategy: _line(book, strategy) for strategy in rows}
    base = book.results.baseline
    for strategy, at in rows.items():
        _write_strategy(book, at, strategy, lines[strategy])
        if strategy == base or base not in rows:
            word = "baseline" if strategy == base else "–"
            for column in (_VOLUME, _SIDE):
                put(sheet, at, column, word, book.format(align="right", font_color=palette.MUTED))
        else:
            _write_crossing(book, at, rows[base], (lines[strategy], lines[base]))
        _write_found(book, at, found.get(strategy), baseline=strategy == base)
    _write_volumes(book, max(rows.values()) + 3, rows, lines)


def _items(book: Book, strategy: str) -> list[Item]:
    return [item for item in book.items if item.key[0] == strategy]


def _carried_frac(book: Book) -> float:
    """Return the share of time that replicas may be taken on average, 1 where they follow the load."""
    scenario = book.results.scenario
    if scenario.serving.autoscale:
        return 1.0
    return scenario.serving.target_load_frac / scenario.workload.peak_to_mean


def _line(book: Book, strategy: str) -> Line:
    return line_of(_items(book, strategy), book.rate, _carried_frac(book))


def _crossings(book: Book) -> dict[str, Standing]:
    """Return how each strategy stands against the baseline by volume, as the planner finds it."""
    results, catalog = book.results, load_catalog()
    axis = axis_of(VOLUME, results, catalog)
    if axis is None or axis.here <= 0.0:
        return {}
    return break_even(Along(results.scenario, catalog, axis), results.baseline).standings


def _write_strategy(book: Book, at: int, strategy: str, line: Line) -> None:
    sheet = book.sheet(SHEET)
    put(sheet, at, _NAME, strategy_title(strategy), book.band(strategy))
    form = book.format(num_format=book.money())
    name = cell(at, _NAME, col_abs=True)
    amounts = (
        (_APART, APART, line.apart),
        (_REPLICAS, BY_REPLICA, line.replicas),
        (_REQUESTS, BY_REQUEST, line.requests),
    )
    for column, word, amount in amounts:
        formula = f'=SUMIFS(items_total,items_strategy,{name},items_follows,"{word}")'
        calculated(sheet, (at, column), formula, form, amount)
    share = book.format(num_format='0%;-0%;"–"', align="right")
    calculated(sheet, (at, _LOAD), _load(book, strategy), share, line.load_frac)
    total = f"=SUM({area(at, _APART, at, _REQUESTS)})"
    calculated(sheet, (at, _TOTAL), total, book.format(num_format=book.money(), bold=True), line.total(1.0))


def _load(book: Book, strategy: str) -> str:
    """Return the formula of the share of the replicas' work that the busy hour takes."""
    busy, idle = (_hours(book, strategy, names) for names in (BUSY, IDLE))
    if not busy and not idle:
        return "=0"
    every = "+".join((*busy, *idle))
    if book.results.scenario.serving.autoscale or _PEAK not in book.cells or _TARGET not in book.cells:
        carried = repr(1.0 / _carried_frac(book))
    else:
        carried = f"{book.cells.at(_PEAK, SHEET)}/{book.cells.at(_TARGET, SHEET)}"
    return f"=IF({every}>0,MIN(1,({'+'.join(busy) or '0'})/({every})*{carried}),0)"


def _hours(book: Book, strategy: str, names: tuple[str, ...]) -> list[str]:
    known = (item.equations.get(QUANTITIES[HOURS]) for item in _items(book, strategy) if item.key[1] in names)
    return [f"SUM({book.cells.row(quantity.key, SHEET)})" for quantity in known if quantity is not None]


def _write_crossing(book: Book, at: int, base: int, lines: tuple[Line, Line]) -> None:
    """Write where a strategy's line meets the baseline's, case by case and first of all."""
    sheet, volume = book.sheet(SHEET), book.results.scenario.workload.requests_per_month
    met = list(crossings(*lines))
    small = book.format(num_format="#,##0", font_color=palette.MUTED, align="right")
    for column, (case, times) in enumerate(zip(GROWING, met, strict=True), start=_WORK):
        value: Any = "–" if times is None else times * volume
        calculated(sheet, (at, column), _meeting(at, base, case), small, value)
    cases = area(at, _WORK, at, _WORK + len(GROWING) - 1)
    known = [times for times in met if times is not None]
    bold = book.format(num_format="#,##0", align="right", bold=True)
    least: Any = min(known) * volume if known else "none"
    calculated(sheet, (at, _VOLUME), f'=IF(COUNT({cases})=0,"none",MIN({cases}))', bold, least)
    beyond = f"{_BEYOND}*{cell(at, _VOLUME)}/{_VOLUME_NAME}"
    formula = (
        f"=IF(ISNUMBER({cell(at, _VOLUME)}),"
        f'IF({_at(at, beyond)}<{_at(base, beyond)},"above it","below it"),'
        f'IF({cell(at, _TOTAL)}<{cell(base, _TOTAL, row_abs=True)},"at any volume","at no volume"))'
    )
    own, other = lines
    if known:
        times = _BEYOND * min(known)
        words = "above it" if own.total(times) < other.total(times) else "below it"
    else:
        words = "at any volume" if own.total(1.0) < other.total(1.0) else "at no volume"
    calculated(sheet, (at, _SIDE), formula, book.format(align="right"), words)


def _meeting(at: int, base: int, case: tuple[bool, bool]) -> str:
    """Return the formula of a crossing in a case: a volume, or a dash where the lines do not meet in it."""
    apart, moving, holds = [], [], []
    for row, growing in zip((at, base), case, strict=True):
        stays, replicas, requests, load = (
            cell(row, column, row_abs=row == base, col_abs=True)
            for column in (_APART, _REPLICAS, _REQUESTS, _LOAD)
        )
        apart.append(stays if growing else f"({stays}+{replicas})")
        moving.append(f"({requests}+{replicas}*{load})" if growing else requests)
        holds.append(f"{{0}}*{load}{'>' if growing else '<='}1")
    gain = f"({moving[1]}-{moving[0]})"
    times = f"({apart[0]}-{apart[1]})/{gain}"
    within = ",".join(each.format(times) for each in holds)
    inner = f'IF({times}>0,IF(AND({within}),{times}*{_VOLUME_NAME},"–"),"–")'
    return f'=IF(ABS{gain}>{SAME:.0E},{inner},"–")'


def _at(row: int, times: str) -> str:
    """Return what a strategy costs at so many times the plan's volume, as a part of a formula."""
    apart, replicas, requests, load = (
        cell(row, column, row_abs=True, col_abs=True) for column in (_APART, _REPLICAS, _REQUESTS, _LOAD)
    )
    return f"{apart}+{replicas}*MAX(1,{times}*{load})+{times}*{requests}"


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


def _write_volumes(book: Book, at: int, rows: dict[str, int], lines: dict[str, Line]) -> None:
    """Write totals over volumes on those lines, and which is the least of them."""
    sheet, strategies = book.sheet(SHEET), list(rows)
    title = "Totals over volume, on those lines; the multiples in blue may be changed"
    put(sheet, at, 0, title, book.format(bold=True))
    last = FIRST_COLUMN + len(strategies)
    heads = ("Times the plan's volume", "Requests/month", *map(strategy_title, strategies), "Least")
    for column, head in enumerate(heads):
        put(sheet, at + 1, column, head, book.head(align="right" if column else "left"))
    sheet.set_row(at + 1, 30)
    volume = book.results.scenario.workload.requests_per_month
    first = cell(at + 1, FIRST_COLUMN, row_abs=True, col_abs=True)
    names = f"{first}:{cell(at + 1, last - 1, row_abs=True, col_abs=True)}"
    for row, times in enumerate(_TIMES, start=at + 2):
        put(sheet, row, 0, times, book.input_cell(num_format='0.00"×"', align="left"))
        formula = f"={cell(row, 0)}*{_VOLUME_NAME}"
        calculated(sheet, (row, 1), formula, book.format(num_format="#,##0"), times * volume)
        amounts = [lines[strategy].total(times) for strategy in strategies]
        for column, (own, amount) in enumerate(zip(rows.values(), amounts, strict=True), start=FIRST_COLUMN):
            formula = f"={_at(own, cell(row, 0, col_abs=True))}"
            calculated(sheet, (row, column), formula, book.format(num_format=book.money()), amount)
        span = area(row, FIRST_COLUMN, row, last - 1)
        formula = f"=INDEX({names},1,MATCH(MIN({span}),{span},0))"
        least = strategy_title(strategies[amounts.index(min(amounts))])
        calculated(sheet, (row, last), formula, book.format(align="right", bold=True), least)
