"""Mixes of two scenarios: some inputs of one, the others of the other, costed once each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.arrays import Array
from planner.engine.run import simulate
from planner.engine.sweep import Batch
from planner.errors import PlannerError
from planner.scenario.model import NOT_DRAWN, Scenario

TOTAL: Final = "total_usd"
BRIDGED: Final = (
    TOTAL,
    "npv_usd",
    "first_release_usd",
    "refresh_usd",
    "energy_kwh",
    "carbon_kgco2e",
    "carbon_operational_kgco2e",
    "carbon_embodied_kgco2e",
    "water_l",
    "training_accelerator_h",
    "serving_accelerator_h",
    "lost_value_usd",
    "carbon_price_usd",
)
"""Figures that are sums, so that parts of a difference mean something; the total first."""
CHUNK: Final = 64
"""Mixes simulated in one go: a few milliseconds where they choose alike."""


class Mixes:
    """Figures of one strategy, or of two, in mixes of two scenarios.

    A mix is a number: its bit at a path's place says that the value of the second scenario holds there, the
    bit above all paths that it is the second strategy.

    Parameters
    ----------
    before, after : Scenario
        Where the values come from.
    catalog : Catalog
        Hardware, models, prices.
    paths : tuple of str
        Inputs that differ and change figures.
    strategies : tuple of str
        Strategy of the first, strategy of the second.
    """

    def __init__(
        self,
        before: Scenario,
        after: Scenario,
        catalog: Catalog,
        paths: Sequence[str],
        strategies: tuple[str, str],
    ) -> None:
        self.strategies = strategies
        self._base = before.with_({"strategies": tuple(dict.fromkeys(strategies)), "ranges": {}})
        self._catalog = catalog
        self._paths = tuple(paths)
        self._values = [(before.get(path), after.get(path)) for path in paths]
        self._world = (1 << len(self._paths)) - 1
        self._choices = sum(
            1 << bit for bit, path in enumerate(self._paths) if not self._is_number(bit, path)
        )
        self._kept: dict[int, Array] = {}

    def _is_number(self, bit: int, path: str) -> bool:
        """Return whether both values can stand in one array."""
        return path not in NOT_DRAWN and all(
            isinstance(value, int | float) and not isinstance(value, bool) for value in self._values[bit]
        )

    def __len__(self) -> int:
        """Return the number of plans costed."""
        return len(self._kept)

    def changes(self, mask: int) -> dict[str, Any]:
        """Return the value of every path that differs in a mix."""
        return {path: self._values[bit][mask >> bit & 1] for bit, path in enumerate(self._paths)}

    def missing(self, masks: Iterable[int]) -> list[int]:
        """Return the plans behind mixes that are not costed; those that can share an array stand together."""
        worlds = {mask & self._world for mask in masks} - self._kept.keys()
        return sorted(worlds, key=lambda world: (world & self._choices, world))

    def fill(self, worlds: Sequence[int]) -> Iterator[int]:
        """Cost plans; yield how many are done after each short piece of work."""
        start = 0
        while start < len(worlds):
            alike = worlds[start] & self._choices
            end = start
            batch = Batch(self._base, self._catalog)
            while end < len(worlds) and end - start < CHUNK and worlds[end] & self._choices == alike:
                batch.add(self.changes(worlds[end]))
                end += 1
                yield start
            self._cost(worlds[start:end], batch)
            start = end
            yield start

    def _cost(self, worlds: Sequence[int], batch: Batch) -> None:
        """Simulate plans; where one of several cannot be costed at all, each by itself."""
        try:
            points = batch.simulate()
        except PlannerError:
            if len(worlds) == 1:
                self._kept[worlds[0]] = self._unknown()
                return
            for world in worlds:
                alone = Batch(self._base, self._catalog)
                alone.add(self.changes(world))
                self._cost([world], alone)
            return
        rows = [points.strategies.index(s) if s in points.strategies else None for s in self.strategies]
        for number, world in enumerate(worlds):
            found = self._kept[world] = self._unknown()
            for at, row in enumerate(rows):
                if row is not None and points.fits[row, number]:
                    found[at] = [points.figures[name][row, number] for name in BRIDGED]

    def _unknown(self) -> Array:
        return np.full((len(self.strategies), len(BRIDGED)), np.nan)

    def figures_of(self, mask: int) -> Array:
        """Return the figures of a mix in the order of `BRIDGED`, NaN where it cannot be costed."""
        row: Array = self._kept[mask & self._world][1 if mask > self._world else 0]
        return row

    def value(self, mask: int) -> Array | None:
        """Return the figures of a mix, or None where it cannot be costed or does not fit."""
        found = self.figures_of(mask)
        return found if np.isfinite(found[0]) else None

    def why_not(self, mask: int, strategy: str) -> str:
        """Return in words why a strategy does not fit in a mix.

        Raises
        ------
        PlannerError
            If the plan cannot be costed at all.
        """
        result = simulate(self._base.with_(self.changes(mask)), self._catalog).strategies[strategy]
        return result.problems[0].message if result.problems else "It cannot be built."
