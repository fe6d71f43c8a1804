"""What can be said about a sweep in a few lines, counted while its tables go by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.engine.arrays import Array
from planner.export.sweeps.blocks import Sweep
from planner.export.sweeps.read import cheapest_at

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class StrategyOutline:
    """One strategy over all points.

    Attributes
    ----------
    fits, keeps_limits, cheapest : int
        In how many points it fits, keeps all limits, and costs least of those that do.
    lowest_usd, highest_usd : float
        Of its total; infinite where it never fits. [USD]
    lowest_at, highest_at : int
        The first point with that total; -1 where it never fits.
    """

    fits: int = 0
    keeps_limits: int = 0
    cheapest: int = 0
    lowest_usd: float = np.inf
    lowest_at: int = -1
    highest_usd: float = -np.inf
    highest_at: int = -1


@dataclass(slots=True)
class Outline:
    """Counts over all tables seen; the rows of the first points are kept.

    Attributes
    ----------
    none : int
        Points in which no strategy keeps all limits.
    problems : dict
        How often a strategy had no figures, by the code of the problem.
    rows : list of dict
        The first rows, at most `most_rows` of them.
    """

    sweep: Sweep
    most_rows: int = 0
    points: int = 0
    none: int = 0
    problems: dict[str, int] = field(default_factory=dict)
    strategies: dict[str, StrategyOutline] = field(init=False)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with every strategy."""
        self.strategies = {name: StrategyOutline() for name in self.sweep.strategies}

    def add(self, table: pa.Table) -> None:
        """Count the table of a block; tables come in order."""
        each = len(self.sweep.strategies)

        def column(name: str) -> Array:
            return np.asarray(table[name].to_numpy().astype(float).reshape(-1, each).T)

        total, fits, keeps = column("total_usd"), column("fits"), column("keeps_limits")
        cheapest = cheapest_at(total, keeps)
        for row, found in enumerate(self.strategies.values()):
            found.fits += int(fits[row].sum())
            found.keeps_limits += int(keeps[row].sum())
            found.cheapest += int((cheapest == row).sum())
            _extend(found, total[row], self.points)
        self.none += int((cheapest < 0).sum())
        for code in table["problem"].drop_null().value_counts().to_pylist():
            self.problems[code["values"]] = self.problems.get(code["values"], 0) + code["counts"]
        self.points += total.shape[1]
        if len(self.rows) < self.most_rows:
            self.rows += table.slice(0, self.most_rows - len(self.rows)).to_pylist()


def _extend(found: StrategyOutline, total: Array, before: int) -> None:
    if np.isnan(total).all():
        return
    low, high = int(np.nanargmin(total)), int(np.nanargmax(total))
    if total[low] < found.lowest_usd:
        found.lowest_usd, found.lowest_at = float(total[low]), before + low
    if total[high] > found.highest_usd:
        found.highest_usd, found.highest_at = float(total[high]), before + high
