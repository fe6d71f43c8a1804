"""What a fetched price list changed: the plan's own price first, then every price that moved."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from planner.catalog.api_prices import ApiPriceMove
from planner.catalog.records import ApiPrice
from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import Button, Cell, Empty, Text
from planner.ui.kit.wide_table import WideTable
from planner.units import format_quantity

HEADERS: Final = ("Provider", "Model", "Prompt, $/Mtok", "Answer, $/Mtok", "From cache, $/Mtok")
_FIGURES: Final = ("input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok")
_ARROW: Final = "\N{RIGHTWARDS ARROW}"


def move_text(old: float | None, new: float | None, unit: str = "usd_per_mtok") -> str:
    """Return a price before and after, once where it is the same."""
    texts = [format_quantity(price, unit) for price in (old, new)]
    return texts[0] if old == new else f"{texts[0]} {_ARROW} {texts[1]}"


def own_text(old: ApiPrice | None, new: ApiPrice | None) -> str:
    """Return what happened to the price that a plan uses; either may be missing in its list."""
    if new is None:
        return "This plan's model is not in the list, so its price is not known. Choose another, or type one."
    name = f"This plan's price, {new.provider} {new.name}"
    words = ("prompt", "answer", "from cache")
    if old is None or any(getattr(old, each) != getattr(new, each) for each in _FIGURES):
        parts = [
            f"{word} {move_text(None if old is None else getattr(old, each), getattr(new, each))}"
            for each, word in zip(_FIGURES, words, strict=True)
        ]
        return f"{name}, moved: {', '.join(parts)}."
    return f"{name}, is the same."


def rows_of(moves: Sequence[ApiPriceMove], provider: str) -> list[list[Cell]]:
    """Return the prices that moved, those of a plan's provider first."""
    ordered = sorted(moves, key=lambda move: (move.provider != provider, move.provider, move.model))
    return [
        [
            Cell(move.provider),
            Cell(move.new.name, tone="ink"),
            *(Cell(move_text(getattr(move.old, each), getattr(move.new, each), "usd")) for each in _FIGURES),
        ]
        for move in ordered
    ]


class PricesDialog(Sheet):
    """What was fetched, its date, and what moved.

    Signals
    -------
    back_asked()
        Use the list that travels with the program again.
    """

    back_asked = Signal()

    def __init__(
        self,
        moves: Sequence[ApiPriceMove],
        day: datetime.date,
        provider: str,
        own: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, "API prices", size=(760, 520 if moves else 260))
        count = {0: "No price moved", 1: "1 price moved"}.get(len(moves), f"{len(moves):,} prices moved")
        self.fetched = Text(
            f"Price list of genai-prices, fetched on {day.isoformat()}. {count}. "
            "It is used until the planner is closed.",
            "muted",
            wrap=True,
        )
        self.own = Text(own, "body2", wrap=True)
        self.table = WideTable("Prices that moved", 1, {0: 120, 2: 150, 3: 150, 4: 150})
        self.body.addWidget(Text("API prices", "section"))
        self.body.addWidget(self.fetched)
        self.body.addWidget(self.own)
        if moves:
            self.table.set_data(HEADERS, rows_of(moves, provider))
            self.body.addWidget(self.table, 1)
        else:
            self.table.hide()
            self.body.addWidget(Empty("circle-check", "Nothing moved", "Every price is as it was."), 1)
        back = Button("Use the packaged list")
        back.clicked.connect(self._back)
        close = Button("Close", "primary")
        close.clicked.connect(self.accept)
        self.add_foot(back, close)

    def _back(self) -> None:
        self.back_asked.emit()
        self.accept()
