"""A strategy's cost over volume as a bent line through the plan as it stands.

Some of it stays whatever is asked (people, releases), some follows each request (tokens), and replicas do
neither: there are as many as the busiest hour needs, whole ones, and never fewer than the plan keeps. The
line holds their number where one replica less would not do and no more are needed; above it they grow with
the busy hour, below it they fall with it, one kept in hand, down to the least. So it is the planner's own
while their number holds, and off by a replica at most beyond, as long as what one carries stays the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from planner.engine.arrays import Array
from planner.engine.lineitems import HOURS, USD
from planner.export.sheet_items import BY_REPLICA, BY_REQUEST, Item

BUSY: Final = ("serving", "escalated_serving")
IDLE: Final = ("idle", "escalated_idle")


@dataclass(frozen=True, slots=True)
class Carried:
    """What replicas of a plan are kept for.

    Attributes
    ----------
    taken_frac : float
        Share of a replica's time that may be taken on average so that the busy hour is carried.
    accelerators, hours : float
        Accelerators of a replica; hours of the horizon. [1], [h]
    least : float
        Fewest replicas.
    follows : bool
        Whether replicas follow the load from hour to hour.
    """

    taken_frac: float
    accelerators: float
    hours: float
    least: float
    follows: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What a strategy costs over the horizon.

    Attributes
    ----------
    apart, replicas, requests : float
        What stays, what replicas cost, what follows the requests, at the plan's volume. [currency]
    load_frac : float
        Share of what the replicas carry that the busy hour takes; 0 without replicas.
    one_frac, least_frac : float
        One replica, and the fewest, as a share of those of the plan.
    """

    apart: float
    replicas: float
    requests: float
    load_frac: float = 0.0
    one_frac: float = 1.0
    least_frac: float = 1.0

    def total(self, times: float) -> float:
        """Return the cost at so many times the plan's volume. [currency]."""
        taken = times * self.load_frac
        kept = max(self.least_frac, min(1.0, taken + self.one_frac), taken)
        return self.apart + self.replicas * kept + times * self.requests


def line_of(items: list[Item], rate: float, carried: Carried) -> Line:
    """Return the line of a strategy's items, at so many units of the currency per USD."""

    def usd(follows: str) -> float:
        return rate * sum(float(item.values[USD].sum()) for item in items if item.follows == follows)

    by_replica, by_request = usd(BY_REPLICA), usd(BY_REQUEST)
    whole = rate * sum(float(item.values[USD].sum()) for item in items)
    busy, idle = (_hours(items, names) for names in (BUSY, IDLE))
    count = (busy + idle) / (carried.accelerators * carried.hours) if carried.accelerators else 0.0
    if count <= 0.0:
        return Line(whole - by_replica - by_request, by_replica, by_request)
    load = 1.0 if carried.follows else min(1.0, busy / (busy + idle) / carried.taken_frac)
    # Months of less traffic may need fewer than the mean: at the plan's volume it is what the plan has.
    one = 0.0 if carried.follows else max(min(1.0, 1.0 / count), 1.0 - load)
    least = min(1.0, carried.least / count)
    return Line(whole - by_replica - by_request, by_replica, by_request, load, one, least)


def _hours(items: list[Item], names: tuple[str, ...]) -> float:
    rows: list[Array] = [item.values[HOURS] for item in items if item.key[1] in names]
    return float(sum(row.sum() for row in rows))
