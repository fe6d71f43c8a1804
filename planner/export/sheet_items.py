"""Sheet "Line items": the ledger in money, one row an item and phase, each cell its calculation's.

The planner works in USD; here amounts are turned into the report's currency, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.equations.expressions import Quantity
from planner.engine.equations.plan import LedgerKey
from planner.engine.lineitems import ITEMS as ITEM_INFO
from planner.engine.lineitems import QUANTITIES, USD, Phase
from planner.export.book import ITEMS, Book, calculated, category_title, put, strategy_title
from planner.export.cells import FIRST_MONTH
from planner.export.sheet_inputs import CURRENCY
from planner.export.timeline import FIRST_ROW, HEAD_ROW, set_up_months, write_head
from planner.export.xlsx import area, column_letter, fixed_area

STRATEGY, ITEM, CATEGORY, PHASE, FOLLOWS, TOTAL = range(6)
_HEADS: Final = ("Strategy", "Item", "Category", "Phase", "Follows volume", "Total")
_WIDTHS: Final = (23, 34, 19, 14, 14, 15)
NAMES: Final = {
    "items_strategy": STRATEGY,
    "items_category": CATEGORY,
    "items_phase": PHASE,
    "items_follows": FOLLOWS,
    "items_total": TOTAL,
}
"""Named ranges of this sheet, by column."""

APART, BY_REPLICA, BY_REQUEST = "no", "by replicas", "by requests"
"""How an item follows the volume."""

_APART: Final = frozenset({"running_labour", "stored"})
_REPLICAS: Final = frozenset(
    {
        *("serving", "idle", "escalated_serving", "escalated_idle"),
        *("owned_hardware", "electricity", "cloud_overhead"),
    }
)


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the ledger: its values by quantity and month, and its equations by the quantity's name."""

    key: LedgerKey
    values: Array
    equations: Mapping[str, Quantity]

    costs: bool
    """Whether it is money at all."""

    @property
    def follows(self) -> str:
        """How it follows the volume, other than by steps of time."""
        _, name, phase = self.key
        if phase != "serving" or name in _APART:
            return APART
        return BY_REPLICA if name in _REPLICAS else BY_REQUEST


def find_items(book: Book) -> None:
    """Find the rows of the ledger of every strategy that fits, in order."""
    for result in book.fitting:
        rows: Mapping[tuple[str, Phase], Array] = result.ledger.rows if result.ledger is not None else {}
        for (name, phase), values in rows.items():
            key = (result.strategy, name, phase)
            equations = book.equations.ledger.get(key, {})
            if equations or np.any(values != 0.0):
                costs = "usd" in equations or bool(np.any(values[USD]))
                book.items.append(Item(key, np.asarray(values), equations, costs))


def write_items(book: Book) -> None:
    """Write the cost of every line item by month."""
    sheet = book.sheet(ITEMS)
    how = f"one row an item and phase, amounts in {book.currency}; filter any column, the sums above follow."
    book.title(sheet, "Line items", how)
    for column, head in enumerate(_HEADS):
        put(sheet, HEAD_ROW, column, head, book.head(align="right" if column == TOTAL else "left"))
    write_head(book, sheet, ITEMS, FIRST_MONTH, TOTAL)
    rows = money_items(book)
    for at, item in enumerate(rows, start=FIRST_ROW):
        _write_item(book, at, item)
    last = FIRST_ROW + len(rows) - 1
    if rows:
        for name, column in NAMES.items():
            named = fixed_area(FIRST_ROW, column, last, column)
            book.workbook.define_name(name, f"='{ITEMS}'!{named}")
        total = sum(item.values[USD].sum() for item in rows) * book.rate
        put(sheet, 2, CATEGORY, "Sum of the rows shown", book.format(bold=True, align="right"))
        formula = f"=SUBTOTAL(109,{area(FIRST_ROW, TOTAL, last, TOTAL)})"
        calculated(sheet, (2, PHASE), formula, book.format(bold=True, num_format=book.money()), total)
    sheet.autofilter(HEAD_ROW, 0, max(last, HEAD_ROW), TOTAL)
    sheet.freeze_panes(FIRST_ROW, CATEGORY)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.repeat_rows(HEAD_ROW - 1, HEAD_ROW)
    set_up_months(book, sheet, FIRST_MONTH, ITEM, front=1)


def _write_item(book: Book, at: int, item: Item) -> None:
    sheet, plain = book.sheet(ITEMS), book.format()
    strategy, name, phase = item.key
    info = ITEM_INFO[name]
    texts = (
        strategy_title(strategy), info.title, category_title(info.category), phase,
        item.follows,
    )  # fmt: skip
    for column, text in enumerate(texts):
        put(sheet, at, column, text, plain)
    form = book.format(num_format=book.money())
    usd = item.values[USD] * book.rate
    months = area(at, FIRST_MONTH, at, FIRST_MONTH + book.horizon)
    calculated(
        sheet, (at, TOTAL), f"=SUM({months})", book.format(num_format=book.money(), bold=True), usd.sum()
    )
    for column, (formula, value) in enumerate(
        zip(month_formulas(book, ITEMS, item, USD), usd.tolist(), strict=True), start=FIRST_MONTH
    ):
        sheet.write_formula(at, column, f"={formula}*{CURRENCY}", form, value)


def month_formulas(book: Book, sheet: str, item: Item, quantity: int) -> list[str]:
    """Return a line item's quantity by month as formulas without ``=``: its calculation's cells.

    Plain numbers where it has no equation.
    """
    known = item.equations.get(QUANTITIES[quantity])
    if known is None:
        return [repr(float(value)) for value in item.values[quantity]]
    return list(book.cells.months(book.cells.at(known.key, sheet)))


def month_column(book: Book, month: int) -> str:
    """Return a month's amounts of all line items as a formula elsewhere names them."""
    letter = column_letter(FIRST_MONTH + month)
    return f"'{ITEMS}'!{letter}${FIRST_ROW + 1}:{letter}${FIRST_ROW + len(money_items(book))}"


def money_items(book: Book) -> list[Item]:
    """Return the rows of the ledger that cost something."""
    return [item for item in book.items if item.costs]
