"""A strategy's cost over volume as a line with one bend, from the plan as it stands.

Some of it stays whatever is asked (people, releases), some follows each request (tokens), and replicas do
neither: there are as many until the busiest hour takes all that they carry, then as many more as it grows.
The planner adds whole replicas, so this is right as long as their number holds, and within a replica beyond.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from planner.engine.arrays import Array
from planner.engine.lineitems import HOURS, USD
from planner.export.sheet_items import BY_REPLICA, BY_REQUEST, Item

SAME: Final = 1e-9
GROWING: Final = ((False, False), (False, True), (True, False), (True, True))
"""Whether replicas are added in the strategy, and in the baseline."""

BUSY: Final = ("serving", "escalated_serving")
IDLE: Final = ("idle", "escalated_idle")


@dataclass(frozen=True, slots=True)
class Line:
    """What a strategy costs over the horizon.

    Attributes
    ----------
    apart, replicas, requests : float
        What stays, what replicas cost, what follows the requests, at the plan's volume. [currency]
    load_frac : float
        Share of what the replicas carry that the busy hour takes; 0 without replicas.
    """

    apart: float
    replicas: float
    requests: float
    load_frac: float

    def total(self, times: float) -> float:
        """Return the cost at so many times the plan's volume. [currency]."""
        return self.apart + self.replicas * max(1.0, times * self.load_frac) + times * self.requests

    def parts(self, *, growing: bool) -> tuple[float, float]:
        """Return what stays and what follows the volume, while replicas stay or while they are added."""
        grown = self.replicas * self.load_frac if growing else 0.0
        return self.apart + (0.0 if growing else self.replicas), self.requests + grown


def line_of(items: list[Item], rate: float, carried_frac: float) -> Line:
    """Return the line of a strategy's items.

    Parameters
    ----------
    items : list of Item
        Its rows of the ledger.
    rate : float
        Units of the currency per USD.
    carried_frac : float
        Share of the replicas' time that may be taken on average so that the busy hour is carried.
    """

    def usd(follows: tuple[str, ...]) -> float:
        return rate * sum(float(item.values[USD].sum()) for item in items if item.follows in follows)

    whole = usd((BY_REPLICA, BY_REQUEST))
    total = rate * sum(float(item.values[USD].sum()) for item in items)
    return Line(total - whole, usd((BY_REPLICA,)), usd((BY_REQUEST,)), load_frac(items, carried_frac))


def load_frac(items: list[Item], carried_frac: float) -> float:
    """Return the share of what the replicas carry that the busy hour takes. [1]."""
    busy, idle = (_hours(items, names) for names in (BUSY, IDLE))
    return min(1.0, busy / (busy + idle) / carried_frac) if busy + idle > 0.0 else 0.0


def _hours(items: list[Item], names: tuple[str, ...]) -> float:
    rows: list[Array] = [item.values[HOURS] for item in items if item.key[1] in names]
    return float(sum(row.sum() for row in rows))


def crossings(line: Line, base: Line) -> Iterator[float | None]:
    """Give where a line meets the baseline's in each case of `GROWING`, times the plan's volume.

    None where it does not meet it in that case.
    """
    for case in GROWING:
        apart, moving = line.parts(growing=case[0])
        base_apart, base_moving = base.parts(growing=case[1])
        gain = base_moving - moving
        times = (apart - base_apart) / gain if abs(gain) > SAME else -1.0
        holds = (times * line.load_frac > 1.0, times * base.load_frac > 1.0) == case
        yield times if times > 0.0 and holds else None
