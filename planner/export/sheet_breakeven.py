"""Sheet "Break-even": where a strategy costs as much as the baseline, live, on lines through the plan.

The planner's own costs rise in steps: a replica more is paid whole, and what fits on one is decided anew at
each volume. No one formula of a cell finds where two such stairs meet. So the sheet draws a bent line for
each strategy (`planner.export.lines`) over a table of volumes, live in every price, and reads off between
two rows where it passes the baseline's. The crossings that the planner itself finds, steps and all, stand
beside it as they were when the file was made.
"""

from __future__ import annotations

from itertools import pairwise
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
from planner.export.charts import insert_volumes
from planner.export.lines import BUSY, IDLE, Carried, Line, line_of
from planner.export.sheet_items import APART, BY_REPLICA, BY_REQUEST, Item, money_items
from planner.export.xlsx import area, cell
from planner.units import HOURS_PER_MONTH

_HEAD_ROW: Final = 3
(_NAME, _APART, _REPLICAS, _REQUESTS, _LOAD, _ONE, _LEAST, _TOTAL, _VOLUME, _SIDE, _FIRST, _LASTING) = range(
    12
)
_HEADS: Final = (
    "Strategy",
    "Apart from volume",
    "Replicas",
    "By requests",
    "Busy hour takes of replicas",
    "One replica of all",
    "Fewest replicas of all",
    "Total",
    "Break-even, requests/month",
    "Cheaper than the baseline",
    "Planner finds: first from",
    "Planner finds: for good from",
)
_WIDTHS: Final = (30, 18, 18, 19, 18, 18, 22, 18, 20, 20, 18, 18, 20)
_STEPS_OF_A_DECADE: Final = 10
_TIMES: Final = tuple(10.0 ** (step / _STEPS_OF_A_DECADE) for step in range(-20, 21))
"""Of the plan's volume, a hundredth to a hundred; 1 is among them."""

_VOLUME_NAME: Final = "workload_requests_per_month"
_PEAK, _TARGET = "workload.peak_to_mean", "serving.target_load_frac"
_FEWEST: Final = "serving.min_replicas"
_BEYOND: Final = 1.001
"""How far behind a crossing the sheet looks which of the two is cheaper there."""

_VOLUMES_COLUMN: Final = 1
FIRST_COLUMN: Final = 2
"""Column of the first strategy in the table of volumes."""


def write_break_even(book: Book) -> None:
    """Write the break-even against the baseline on those lines, and totals over volumes."""
    sheet = book.sheet(SHEET)
    how = (
        f"bent lines through the plan, live, in {book.currency}: replicas as the busy hour needs them, "
        "between whole ones. The planner's own crossings, in whole replicas, are those of the export."
    )
    book.title(sheet, "Break-even volume", how)
    sheet.set_row(_HEAD_ROW, 30)
    for column, head in enumerate(_HEADS):
        put(sheet, _HEAD_ROW, column, head, book.head(align="right" if column else "left"))
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    book.print_setup(sheet, wide=True)
    if not book.fitting or not money_items(book):
        put(sheet, _HEAD_ROW + 1, _NAME, "No strategy fits.", book.format(font_color=palette.MUTED))
        return
    found, base = _crossings(book), book.results.baseline
    rows = {result.strategy: _HEAD_ROW + 1 + number for number, result in enumerate(book.fitting)}
    lines = {strategy: _line(book, strategy) for strategy in rows}
    table = _Table(book, max(rows.values()) + 3, rows, lines)
    for strategy, at in rows.items():
        _write_strategy(book, at, strategy, lines[strategy])
        if strategy == base or base not in rows:
            word = "baseline" if strategy == base else "–"
            for column in (_VOLUME, _SIDE):
                put(sheet, at, column, word, book.format(align="right", font_color=palette.MUTED))
        else:
            table.write_crossing(strategy)
        _write_found(book, at, found.get(strategy), baseline=strategy == base)
    table.write()


def _items(book: Book, strategy: str) -> list[Item]:
    return [item for item in book.items if item.key[0] == strategy]


def _carried(book: Book, strategy: str) -> Carried:
    serving, workload = book.results.scenario.serving, book.results.scenario.workload
    return Carried(
        serving.target_load_frac / workload.peak_to_mean,
        float(book.results.strategies[strategy]["accelerators_per_replica"]),
        HOURS_PER_MONTH * book.horizon,
        serving.min_replicas,
        serving.autoscale,
    )


def _line(book: Book, strategy: str) -> Line:
    return line_of(_items(book, strategy), book.rate, _carried(book, strategy))


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
    # Without replicas the shares only keep the formulas below alike.
    share = book.format(num_format="0%" if line.replicas else '"–"', align="right")
    shares = zip(_shares(book, strategy), (line.load_frac, line.one_frac, line.least_frac), strict=True)
    for column, (formula, value) in enumerate(shares, start=_LOAD):
        calculated(sheet, (at, column), formula, share, value)
    total = f"=SUM({area(at, _APART, at, _REQUESTS)})"
    calculated(sheet, (at, _TOTAL), total, book.format(num_format=book.money(), bold=True), line.total(1.0))


def _shares(book: Book, strategy: str) -> tuple[str, str, str]:
    """Return the formulas of what the busy hour takes of the replicas, of one of them, and of the fewest."""
    busy, idle = (_hours(book, strategy, names) for names in (BUSY, IDLE))
    each = book.equations.figures.get((strategy, "accelerators_per_replica"))
    if not busy or each is None or not float(each.value):
        return "=0", "=1", "=1"
    every, scenario = "+".join((*busy, *idle)), book.results.scenario
    hours = int(HOURS_PER_MONTH) * book.horizon
    count = f"(({every})/({book.cells.at(each.key, SHEET)}*{hours}))"
    least = f"=MIN(1,{_input(book, _FEWEST)}/{count})"
    if scenario.serving.autoscale:
        return "=1", "=0", least
    taken = f"({'+'.join(busy)})/({every})*{_input(book, _PEAK)}/{_input(book, _TARGET)}"
    return f"=MIN(1,{taken})", f"=MAX(MIN(1,1/{count}),1-MIN(1,{taken}))", least


def _input(book: Book, path: str) -> str:
    """Return an input as formulas name it; its value where nothing else rests on it."""
    return book.cells.at(path, SHEET) if path in book.cells else repr(book.results.scenario.get(path))


def _hours(book: Book, strategy: str, names: tuple[str, ...]) -> list[str]:
    known = (item.equations.get(QUANTITIES[HOURS]) for item in _items(book, strategy) if item.key[1] in names)
    return [f"SUM({book.cells.row(quantity.key, SHEET)})" for quantity in known if quantity is not None]


def _at(row: int, times: str) -> str:
    """Return what a strategy costs at so many times the plan's volume, as a part of a formula."""
    apart, replicas, requests, load, one, least = (
        cell(row, column, row_abs=True, col_abs=True)
        for column in (_APART, _REPLICAS, _REQUESTS, _LOAD, _ONE, _LEAST)
    )
    kept = f"MAX({least},MIN(1,{times}*{load}+{one}),{times}*{load})"
    return f"{apart}+{replicas}*{kept}+{times}*{requests}"


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


class _Table:
    """Totals over volumes on those lines, which is the least, and where each passes the baseline's.

    Parameters
    ----------
    at : int
        Row of its title.
    rows, lines : dict
        Rows of the strategies above, and their lines.
    """

    def __init__(self, book: Book, at: int, rows: dict[str, int], lines: dict[str, Line]) -> None:
        self.book, self.sheet, self.at, self.rows, self.lines = book, book.sheet(SHEET), at, rows, lines
        self.strategies = list(rows)
        self.first, self.last = at + 2, at + 1 + len(_TIMES)
        self.least = FIRST_COLUMN + len(rows)
        self.volume = float(book.results.scenario.workload.requests_per_month)
        self.base = book.results.baseline

    def write(self) -> None:
        """Write the table and its chart."""
        title = "Totals over volume on those lines, and where each passes the baseline"
        put(self.sheet, self.at, 0, title, self.book.format(bold=True))
        names = list(map(strategy_title, self.strategies))
        passes = [f"{name} passes" for name in names] if self.base in self.rows else []
        heads = ("Times the plan's volume", "Requests/month", *names, "Least", *passes)
        for column, head in enumerate(heads):
            put(self.sheet, self.at + 1, column, head, self.book.head(align="right" if column else "left"))
        self.sheet.set_row(self.at + 1, 30)
        for number, times in enumerate(_TIMES):
            self._write_row(self.first + number, times)
        insert_volumes(self.book, (self.first, self.last), self.strategies)

    def _write_row(self, row: int, times: float) -> None:
        book, sheet = self.book, self.sheet
        put(sheet, row, 0, times, book.format(num_format='0.000"×"', align="left"))
        formula = f"={cell(row, 0)}*{_VOLUME_NAME}"
        calculated(
            sheet, (row, _VOLUMES_COLUMN), formula, book.format(num_format="#,##0"), times * self.volume
        )
        amounts = [self.lines[strategy].total(times) for strategy in self.strategies]
        money = book.format(num_format=book.money())
        for column, (own, amount) in enumerate(
            zip(self.rows.values(), amounts, strict=True), start=FIRST_COLUMN
        ):
            calculated(sheet, (row, column), f"={_at(own, cell(row, 0, col_abs=True))}", money, amount)
        span = area(row, FIRST_COLUMN, row, self.least - 1)
        names = f"{self._fixed(self.at + 1, FIRST_COLUMN)}:{self._fixed(self.at + 1, self.least - 1)}"
        formula = f"=INDEX({names},1,MATCH(MIN({span}),{span},0))"
        least = strategy_title(self.strategies[amounts.index(min(amounts))])
        calculated(sheet, (row, self.least), formula, book.format(align="right", bold=True), least)

    @staticmethod
    def _fixed(row: int, column: int) -> str:
        return cell(row, column, row_abs=True, col_abs=True)

    def _passes(self, strategy: str) -> list[float | None]:
        """Return between each row and the next where a line passes the baseline's, requests a month."""
        own, other = self.lines[strategy], self.lines[self.base]
        found: list[float | None] = []
        for low, high in pairwise(_TIMES):
            before, after = (own.total(times) - other.total(times) for times in (low, high))
            meets = before * after <= 0.0 and before != 0.0
            found.append(self.volume * (low + (high - low) * before / (before - after)) if meets else None)
        return found

    def write_crossing(self, strategy: str) -> None:
        """Write where a strategy passes the baseline: row by row, and first of all."""
        book, sheet, at, base = self.book, self.sheet, self.rows[strategy], self.rows[self.base]
        own, other = (FIRST_COLUMN + self.strategies.index(each) for each in (strategy, self.base))
        column = self.least + 1 + self.strategies.index(strategy)
        small = book.format(num_format="#,##0", font_color=palette.MUTED, align="right")
        found = self._passes(strategy)
        for row, volume in enumerate(found, start=self.first):
            before, after = (f"({cell(each, own)}-{cell(each, other)})" for each in (row, row + 1))
            low, high = cell(row, _VOLUMES_COLUMN), cell(row + 1, _VOLUMES_COLUMN)
            between = f"{low}+({high}-{low})*{before}/({before}-{after})"
            formula = f'=IF(AND({before}*{after}<=0,{before}<>0),{between},"")'
            calculated(sheet, (row, column), formula, small, "" if volume is None else volume)
        span = area(self.first, column, self.last - 1, column)
        known = [volume for volume in found if volume is not None]
        bold = book.format(num_format="#,##0", align="right", bold=True)
        first: Any = min(known) if known else "none"
        calculated(sheet, (at, _VOLUME), f'=IF(COUNT({span})=0,"none",MIN({span}))', bold, first)
        beyond = f"{_BEYOND}*{cell(at, _VOLUME)}/{_VOLUME_NAME}"
        formula = (
            f"=IF(ISNUMBER({cell(at, _VOLUME)}),"
            f'IF({_at(at, beyond)}<{_at(base, beyond)},"above it","below it"),'
            f'IF({cell(at, _TOTAL)}<{cell(base, _TOTAL, row_abs=True)},"at any volume","at no volume"))'
        )
        words = self._side(strategy, min(known) / self.volume if known else None)
        calculated(sheet, (at, _SIDE), formula, book.format(align="right"), words)

    def _side(self, strategy: str, times: float | None) -> str:
        own, other = self.lines[strategy], self.lines[self.base]
        if times is None:
            return "at any volume" if own.total(1.0) < other.total(1.0) else "at no volume"
        return "above it" if own.total(_BEYOND * times) < other.total(_BEYOND * times) else "below it"
