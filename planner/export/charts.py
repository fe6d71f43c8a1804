"""Native charts of the workbook, of live cells: cost to date, by category and by month, and carbon."""

from __future__ import annotations

from typing import Any, Final

from planner.export import palette, sheet_carbon
from planner.export.book import BREAK_EVEN, BUDGET, CARBON, FONT, SUMMARY, Book, strategy_title
from planner.export.sheet_budget import first_month_column
from planner.export.timeline import HEAD_ROW

_COLUMN: Final = 7
_SIZE: Final = {"width": 660, "height": 285}
_BELOW: Final = 15
_DASHES: Final = {
    "api": "dash",
    "prompt": "round_dot",
    "finetune": "dash_dot",
    "distil": "solid",
    "both": "long_dash",
}


def insert_charts(book: Book, money: tuple[int, int]) -> None:
    """Put all charts beside the figures.

    Parameters
    ----------
    money : tuple of int
        First and last row of the table of categories on the summary.
    """
    if not book.fitting:
        return
    sheet = book.sheet(SUMMARY)
    first = first_month_column(book)
    charts = [_by_month(book, (BUDGET, "cumulative", first), f"Cumulative cost, {book.currency}")]
    if money[1] >= money[0]:
        charts.append(_spending(book, money))
    charts.append(_by_month(book, (BUDGET, "total", first), f"Cost by month, {book.currency}"))
    carbon = _by_month(
        book,
        (CARBON, "carbon_kgco2e", sheet_carbon.FIRST),
        "Carbon by month, kgCO₂e; of an API the middle of a range",
    )
    charts.append(carbon)
    for number, chart in enumerate(charts):
        sheet.insert_chart(HEAD_ROW + 1 + _BELOW * number, _COLUMN, chart)


def insert_volumes(book: Book, rows: tuple[int, int], strategies: list[str]) -> None:
    """Put totals over volume below their table on the break-even sheet.

    Parameters
    ----------
    rows : tuple of int
        First and last row of the table; requests stand in its second column, strategies from the third on.
    """
    chart = book.workbook.add_chart({"type": "scatter", "subtype": "straight"})
    first, last = rows
    for column, strategy in enumerate(strategies, start=2):
        chart.add_series(
            {
                "name": strategy_title(strategy),
                "categories": [BREAK_EVEN, first, 1, last, 1],
                "values": [BREAK_EVEN, first, column, last, column],
                "line": {
                    "color": palette.STRATEGY[strategy],
                    "width": 2.25,
                    "dash_type": _DASHES[strategy],
                },
            }
        )
    _dress(book, chart, f"Total over requests a month, {book.currency}", book.short_money(), log=True)
    names = {"name": "Requests a month, multiples of 10", "name_font": _text(bold=False)}
    chart.set_x_axis(
        {
            **names,
            "log_base": 10,
            "num_format": '[>=1000000]0.#,,"M";[>=1000]0,"k";0',
            "num_font": _text(),
            "line": {"color": palette.BORDER},
            "major_gridlines": {"visible": False},
            "crossing": "min",
        }
    )
    book.sheet(BREAK_EVEN).insert_chart(last + 2, 0, chart)


def _text(size: int = 9, **properties: Any) -> dict[str, Any]:
    return {"name": FONT, "size": size, "color": palette.MUTED, **properties}


def _dress(book: Book, chart: Any, title: str, numbers: str, *, log: bool = False) -> None:
    """Give a chart the manners of the window's plots: horizontal grid only, no frames, quiet text."""
    font = _text(12, bold=True, color=palette.INK)
    chart.set_title({"name": title, "name_font": font, "overlay": False})
    chart.set_y_axis(
        {
            "num_format": numbers,
            "num_font": _text(),
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": palette.GRID, "width": 0.75}},
            **({"log_base": 10, "crossing": "min"} if log else {"min": 0}),
        }
    )
    chart.set_legend({"position": "bottom", "font": _text()})
    chart.set_chartarea({"border": {"color": palette.HAIRLINE}})
    chart.set_size(_SIZE)


def _by_month(book: Book, rows: tuple[str, str, int], title: str) -> Any:
    """Draw a row of each strategy over the months of a sheet, from a column on."""
    chart = book.workbook.add_chart({"type": "line"})
    sheet, name, first = rows
    last = first + book.horizon
    for result in book.fitting:
        strategy = result.strategy
        row, colour = book.rows[sheet, strategy, name], palette.STRATEGY[strategy]
        chart.add_series(
            {
                "name": strategy_title(strategy),
                "categories": [sheet, HEAD_ROW, first, HEAD_ROW, last],
                "values": [sheet, row, first, row, last],
                "line": {"color": colour, "width": 2.25, "dash_type": _DASHES[strategy]},
            }
        )
    _dress(book, chart, title, book.short_money() if sheet == BUDGET else "#,##0")
    axis = {"num_font": _text(rotation=-45), "line": {"color": palette.BORDER}, "date_axis": True}
    apart = {"major_unit": _months_apart(book), "major_unit_type": "months"}
    chart.set_x_axis({**axis, "num_format": "mmm yy", **apart})
    return chart


def _months_apart(book: Book) -> int:
    return next(step for step in (1, 2, 3, 6, 12) if book.horizon <= 12 * step)


def _spending(book: Book, money: tuple[int, int]) -> Any:
    """Stack categories: hue is the strategy, lightness the category; the legend is in greys."""
    chart = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    strategies = [result.strategy for result in book.fitting]
    gap = {"color": palette.WHITE, "width": 0.75}
    head = money[0] - 1
    for row, strength in zip(
        range(money[0], money[1] + 1), palette.steps(money[1] - money[0] + 1), strict=True
    ):
        fills = [palette.lighter(palette.STRATEGY[strategy], strength) for strategy in strategies]
        chart.add_series(
            {
                "name": [SUMMARY, row, 0],
                "categories": [SUMMARY, head, 1, head, len(strategies)],
                "values": [SUMMARY, row, 1, row, len(strategies)],
                "fill": {"color": palette.lighter(palette.GREY, strength)},
                "border": gap,
                "points": [{"fill": {"color": fill}, "border": gap} for fill in fills],
                "gap": 60,
            }
        )
    _dress(book, chart, f"Where the money goes, {book.currency}", book.short_money())
    chart.set_x_axis({"num_font": _text(), "line": {"color": palette.BORDER}})
    return chart
