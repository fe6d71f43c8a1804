"""Sheet "Energy and carbon": what each strategy draws and emits by month, carbon at the internal price."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.lineitems import CARBON, ENERGY, HOURS, QUANTITIES, WATER, category_of
from planner.engine.results import StrategyResult
from planner.export import palette
from planner.export.book import CARBON as SHEET
from planner.export.book import Book, calculated, put
from planner.export.cellformats import DASHED
from planner.export.cells import fixed_cell
from planner.export.sheet_inputs import CURRENCY
from planner.export.sheet_items import Item, month_formulas
from planner.export.timeline import FIRST_ROW, HEAD_ROW, set_up_months, write_head
from planner.export.xlsx import area, cell
from planner.units import KILOGRAMS_PER_TONNE

_NAME, _UNIT, _TOTAL, FIRST = range(4)
"""The last is the column of month 0."""

_PRICE: Final = "site.usd_per_tco2e"
_DECIMAL: Final = '#,##0.0;-#,##0.0;"–"'


@dataclass(frozen=True, slots=True)
class _Sum:
    """A row that adds up line items: its key, title, unit, quantity and which items it takes."""

    key: str
    title: str
    unit: str
    quantity: int
    take: Callable[[str, str], bool]
    number: str = DASHED
    strong: bool = False


def _every(_item: str, _phase: str) -> bool:
    return True


def _made(item: str, _phase: str) -> bool:
    return category_of(item) == "hardware"


def _running(item: str, phase: str) -> bool:
    return not _made(item, phase)


def _serving(_item: str, phase: str) -> bool:
    return phase == "serving"


def _training(item: str, phase: str) -> bool:
    return not _serving(item, phase)


_SUMS: Final = (
    _Sum("energy_kwh", "Energy at the meter", "kWh", ENERGY, _every, strong=True),
    _Sum("operational", "Operational carbon", "kgCO₂e", CARBON, _running, _DECIMAL),
    _Sum("embodied", "Embodied carbon", "kgCO₂e", CARBON, _made, _DECIMAL),
    _Sum("carbon_kgco2e", "Carbon", "kgCO₂e", CARBON, _every, _DECIMAL, strong=True),
    _Sum("water_l", "Water", "L", WATER, _every),
    _Sum("training_h", "Accelerator-hours, training", "h", HOURS, _training, _DECIMAL),
    _Sum("serving_h", "Accelerator-hours, serving", "h", HOURS, _serving, _DECIMAL),
)


def write_carbon(book: Book) -> None:
    """Write energy, carbon, water and hours of each strategy that fits."""
    sheet = book.sheet(SHEET)
    how = (
        "sums of the line items' energy, carbon and water; carbon at the internal price stands beside the "
        "budget, never in it. A provider's energy is not published: see the range on the Summary."
    )
    book.title(sheet, "Energy and carbon", how)
    for column, head in ((_NAME, "Quantity"), (_UNIT, "Unit"), (_TOTAL, "Total")):
        put(sheet, HEAD_ROW, column, head, book.head(align="right" if column == _TOTAL else "left"))
    write_head(book, sheet, SHEET, FIRST, _TOTAL)
    at = FIRST_ROW
    for result in book.fitting:
        at = _write_block(book, result, at)
    sheet.freeze_panes(FIRST_ROW, FIRST)
    sheet.set_column(_NAME, _NAME, 30)
    sheet.set_column(_UNIT, _UNIT, 10)
    sheet.set_column(_TOTAL, _TOTAL, 15)
    sheet.repeat_rows(HEAD_ROW - 1, HEAD_ROW)
    set_up_months(book, sheet, FIRST, _TOTAL, rows=at)


def total_cell(book: Book, strategy: str, name: str) -> str:
    """Return the total of a row as a formula elsewhere names it."""
    return fixed_cell(SHEET, book.rows[SHEET, strategy, name], _TOTAL)


def _write_block(book: Book, result: StrategyResult, at: int) -> int:
    strategy = result.strategy
    book.write_band(book.sheet(SHEET), at, strategy, FIRST + book.horizon)
    mine: list[Item] = [item for item in book.items if item.key[0] == strategy]
    for row, each in enumerate(_SUMS, start=at + 1):
        _write_sum(
            book, (row, strategy), each, [item for item in mine if each.take(item.key[1], item.key[2])]
        )
    _write_price(book, at + len(_SUMS) + 1, result)
    return at + len(_SUMS) + 3


def _write_sum(book: Book, where: tuple[int, str], each: _Sum, items: list[Item]) -> None:
    row, strategy = where
    book.rows[SHEET, strategy, each.key] = row
    held = [item for item in items if _has(item, each.quantity)]
    columns = [month_formulas(book, SHEET, item, each.quantity) for item in held]
    formulas = ["+".join(parts) or "0" for parts in zip(*columns, strict=True)] or ["0"] * (book.horizon + 1)
    zero = np.zeros(book.horizon + 1)
    values = np.asarray(sum((item.values[each.quantity] for item in held), start=zero))
    weight = {"bold": True} if each.strong else {}
    _write_row(book, row, (each.title, each.unit), (formulas, values), {"num_format": each.number, **weight})


def _has(item: Item, quantity: int) -> bool:
    return QUANTITIES[quantity] in item.equations or bool(np.any(item.values[quantity]))


def _write_row(
    book: Book,
    row: int,
    names: tuple[str, str],
    months: tuple[Iterable[str], Array],
    look: dict[str, Any],
) -> None:
    sheet, form = book.sheet(SHEET), book.format(**look)
    words = {name: value for name, value in look.items() if name != "num_format"}
    put(sheet, row, _NAME, names[0], book.format(**words))
    put(sheet, row, _UNIT, names[1], book.format(font_color=palette.MUTED))
    formulas, values = months
    whole = f"=SUM({area(row, FIRST, row, FIRST + book.horizon)})"
    calculated(sheet, (row, _TOTAL), whole, book.format(**{**look, "bold": True}), values.sum())
    for column, (formula, value) in enumerate(zip(formulas, values.tolist(), strict=True), start=FIRST):
        sheet.write_formula(row, column, f"={formula}", form, value)


def _write_price(book: Book, row: int, result: StrategyResult) -> None:
    """Write carbon at the internal price, which is a cell of the assumptions."""
    carbon_row = book.rows[SHEET, result.strategy, "carbon_kgco2e"]
    book.rows[SHEET, result.strategy, "carbon_price_usd"] = row
    values = np.asarray(result.carbon_by_month, dtype=np.float64) * book.rate
    usd, whole = float(result["carbon_price_usd"]), float(result["carbon_kgco2e"])
    per_kg = usd / whole if whole else 0.0
    tonne = int(KILOGRAMS_PER_TONNE)
    price = book.cells.at(_PRICE, SHEET) if _PRICE in book.cells else repr(per_kg * KILOGRAMS_PER_TONNE)
    columns = range(FIRST, FIRST + book.horizon + 1)
    formulas = [f"{cell(carbon_row, column)}/{tonne}*{price}*{CURRENCY}" for column in columns]
    names = ("Carbon at the internal price", book.currency)
    look = {"num_format": book.money(), "font_color": palette.INK2}
    _write_row(book, row, names, (formulas, values * per_kg), look)
