"""A choice of the ledger's rows that a figure adds up, as a word that travels with the figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from planner.engine.lineitems import CATEGORY_TITLES, ITEMS, QUANTITIES, Phase, category_of

Quantity = Literal["usd", "energy_kwh", "accelerator_h"]
_MARK, _BETWEEN, _OR = "rows", ":", "|"
_TITLES: dict[str, str] = {"usd": "Cost", "energy_kwh": "Energy", "accelerator_h": "Accelerator-hours"}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of some phases, of some categories or items (none: all), in one quantity."""

    quantity: Quantity
    phases: tuple[Phase, ...]
    names: tuple[str, ...] = ()

    @property
    def column(self) -> int:
        """Place of the quantity in the ledger."""
        return QUANTITIES.index(self.quantity)

    @property
    def unit(self) -> str:
        """Unit of the quantity, a key of `units.UNITS`."""
        return "kwh" if self.quantity == "energy_kwh" else self.quantity

    def takes(self, item: str, phase: Phase) -> bool:
        """Return whether a row is among them."""
        named = not self.names or item in self.names or category_of(item) in self.names
        return phase in self.phases and named

    @property
    def key(self) -> str:
        """The choice as one word; `parsed` reads it."""
        return _BETWEEN.join((_MARK, self.quantity, _OR.join(self.phases), _OR.join(self.names)))

    @property
    def title(self) -> str:
        """What it adds up, and when: "Cost, first release: data, teacher"."""
        words = f"{_TITLES[self.quantity]}, {' and '.join(self.phases)}"
        named = [
            CATEGORY_TITLES[name] if name in CATEGORY_TITLES else ITEMS[name].title for name in self.names
        ]
        return f"{words}: {', '.join(named).lower()}" if named else words


def parsed(key: str) -> Rows | None:
    """Return the choice that a word stands for; None if it is another word."""
    mark, _, rest = key.partition(_BETWEEN)
    if mark != _MARK:
        return None
    quantity, phases, names = rest.split(_BETWEEN)
    return Rows(
        cast("Quantity", quantity),
        cast("tuple[Phase, ...]", tuple(phases.split(_OR))),
        tuple(name for name in names.split(_OR) if name),
    )
