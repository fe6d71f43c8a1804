"""The books of a plan: rows of items by month, what costing reads off them, and the ledger of a strategy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np

from planner.engine.arrays import Array
from planner.engine.lineitems import CARBON, ENERGY, HOURS, QUANTITIES, USD, WATER, Phase, category_of

Row = tuple[str, str, Phase]
"""Strategy, item (or category) and phase."""

_ROWS_AT_FIRST = 128


class Totals(NamedTuple):
    """What costing reads off the books of all strategies: rows added up, strategies on the first axis.

    Attributes
    ----------
    usd_by_month, energy_by_month, carbon_by_month : array
        Over all rows, shape (strategy, ..., month). [USD], [kWh], [kgCO2e]
    usd, energy_kwh, carbon_kgco2e, water_l : array
        Over rows and months, shape (strategy, ...).
    refresh_usd, released_h, served_h : array
        Of refreshes [USD]; accelerator-hours of all releases, and of serving [h].
    embodied_kgco2e : array
        Of making the hardware. [kgCO2e]
    """

    usd_by_month: Any
    energy_by_month: Any
    carbon_by_month: Any
    usd: Any
    energy_kwh: Any
    carbon_kgco2e: Any
    water_l: Any
    refresh_usd: Any
    released_h: Any
    served_h: Any
    embodied_kgco2e: Any


class Rows(Protocol):
    """Books that are closed, as a ledger reads them."""

    @property
    def months(self) -> int:
        """Horizon. [months]."""
        ...

    @property
    def has_draws(self) -> bool:
        """Whether rows are arrays by draw, added up by category (decision 48)."""
        ...

    def rows_of(self, strategy: str) -> dict[tuple[str, Phase], Array]:
        """Return rows by item (by category with draws) and phase: shape (quantity, ..., month)."""
        ...

    def usd_by_category(self, strategy: str) -> dict[tuple[str, Phase], Array]:
        """Return costs by category and phase: shape (..., month). [USD]."""
        ...

    def totals_of(self, strategy: str, quantity: int) -> dict[tuple[str, Phase], float]:
        """Return a quantity over the horizon (and all draws) by item and phase."""
        ...


class Books:
    """The rows of all strategies in one block, without draws: adding and summing take one call for all.

    Parameters
    ----------
    months : int
        Horizon; arrays hold one more entry.
    """

    __slots__ = ("_block", "index", "months")

    has_draws = False

    def __init__(self, months: int) -> None:
        self.months = months
        self.index: dict[Row, int] = {}
        # As many as a plan of five strategies takes: memory that nobody writes to is free, growing is not.
        self._block = np.zeros((_ROWS_AT_FIRST, len(QUANTITIES), months + 1))

    @property
    def block(self) -> Array:
        """All rows: shape (row, quantity, month)."""
        return self._block[: len(self.index)]

    def row(self, strategy: str, item: str, phase: Phase) -> Array:
        """Return the row of an item in a phase, quantities first: made on first use, written in place."""
        return self.rows([(strategy, item, phase)])[0]

    def rows(self, rows: Sequence[Row]) -> list[Array]:
        """Return several rows, likewise. They hold until a row is made."""
        numbers = self._numbers(rows)  # may grow the block
        block = self._block
        return [block[number] for number in numbers]

    def _numbers(self, rows: Sequence[Row]) -> list[int]:
        """Return where rows stand in the block; new ones are made."""
        index = self.index
        numbers = [index.setdefault(row, len(index)) for row in rows]
        while len(index) > len(self._block):
            self._block = np.concatenate([self._block, np.zeros_like(self._block)])
        return numbers

    def book(self, rows: Sequence[Row], amounts: Any, months: slice) -> None:
        """Add amounts of several items in some months.

        Parameters
        ----------
        rows : sequence of (strategy, item, phase)
            Different rows.
        amounts : array
            Unit of each quantity; shape (row, quantity, month).
        months : slice
            Of months 0 to the horizon.
        """
        self._block[self._numbers(rows), :, months] += amounts

    def totals(self, strategies: tuple[str, ...]) -> Totals:
        """Return the rows of strategies added up."""
        keys, block = tuple(self.index), self.block
        by_month = self._grouped(_owners(keys, strategies), block)
        sums = by_month.sum(axis=-1)
        groups = _groups(keys, strategies)
        grouped = self._grouped(groups.reshape(-1, groups.shape[-1]), block.sum(axis=-1))
        refreshed, released, served, hardware = grouped.reshape(*groups.shape[:2], *grouped.shape[1:])
        return Totals(
            usd_by_month=by_month[:, USD],
            energy_by_month=by_month[:, ENERGY],
            carbon_by_month=by_month[:, CARBON],
            usd=sums[:, USD],
            energy_kwh=sums[:, ENERGY],
            carbon_kgco2e=sums[:, CARBON],
            water_l=sums[:, WATER],
            refresh_usd=refreshed[:, USD],
            released_h=released[:, HOURS],
            served_h=served[:, HOURS],
            embodied_kgco2e=hardware[:, CARBON],
        )

    @staticmethod
    def _grouped(members: Array, rows: Array) -> Any:
        return (members @ rows.reshape(len(rows), -1)).reshape(len(members), *rows.shape[1:])

    def rows_of(self, strategy: str) -> dict[tuple[str, Phase], Array]:
        """Return the rows of a strategy by item and phase: shape (quantity, month)."""
        block = self.block
        return {
            (name, phase): block[number]
            for (owner, name, phase), number in self.index.items()
            if owner == strategy
        }

    def usd_by_category(self, strategy: str) -> dict[tuple[str, Phase], Array]:
        """Return costs by category and phase: shape (month,). [USD]."""
        found: dict[tuple[str, Phase], Array] = {}
        for (item, phase), row in self.rows_of(strategy).items():
            key = category_of(item), phase
            found[key] = found[key] + row[USD] if key in found else row[USD]
        return found

    def totals_of(self, strategy: str, quantity: int) -> dict[tuple[str, Phase], float]:
        """Return a quantity over the horizon by item and phase."""
        rows = [(key[1:], row) for key, row in self.index.items() if key[0] == strategy]
        amounts = self.block[[row for _, row in rows], quantity]
        sums = amounts.sum(axis=1).tolist() if rows else []
        return {key: total for (key, _), total in zip(rows, sums, strict=True)}


class Ledger:
    """The rows of one strategy in books that are closed."""

    __slots__ = ("_books", "_rows", "_strategy")

    def __init__(self, books: Rows, strategy: str) -> None:
        self._books, self._strategy = books, strategy
        self._rows: dict[tuple[str, Phase], Array] | None = None

    @property
    def months(self) -> int:
        """Horizon of the books. [months]."""
        return self._books.months

    @property
    def has_draws(self) -> bool:
        """Whether rows are arrays by draw, added up by category."""
        return self._books.has_draws

    @property
    def rows(self) -> dict[tuple[str, Phase], Array]:
        """Rows by item (by category with draws) and phase, quantities first: shape (quantity, ..., month)."""
        if self._rows is None:
            self._rows = self._books.rows_of(self._strategy)
        return self._rows

    @property
    def usd_by_category(self) -> dict[tuple[str, Phase], Array]:
        """Costs by category and phase: shape (..., month 0 to the horizon). [USD]."""
        return self._books.usd_by_category(self._strategy)

    def totals(self, quantity: int) -> dict[tuple[str, Phase], float]:
        """Return a quantity over the horizon (and all draws) by item and phase."""
        return self._books.totals_of(self._strategy, quantity)


Keys = tuple[Row, ...]


@lru_cache(maxsize=512)
def _owners(keys: Keys, strategies: tuple[str, ...]) -> Array:
    """Return which rows belong to each strategy. [1], shape (strategy, row)."""
    return np.array(
        [[owner == strategy for owner, _, _ in keys] for strategy in strategies], dtype=np.float64
    )


@lru_cache(maxsize=512)
def _groups(keys: Keys, strategies: tuple[str, ...]) -> Array:
    """Return which rows are refreshes, of any release, of serving, of hardware.

    [1], shape (group, strategy, row).
    """
    kinds = [
        [phase == "refresh" for _, _, phase in keys],
        [phase != "serving" for _, _, phase in keys],
        [phase == "serving" for _, _, phase in keys],
        [category_of(name) == "hardware" for _, name, _ in keys],
    ]
    grouped: Array = np.array(kinds, dtype=np.float64)[:, np.newaxis, :] * _owners(keys, strategies)
    return grouped
