"""When a release is refreshed, how old it is.

And what that costs in score (equations U1 to U6, decision 41).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.engine.arrays import Numeric

Months = NDArray[np.bool_]
_TIE = 1e-12


def drifted_points(
    drift_points_per_month: Numeric, age_months: Numeric, most_points: Numeric | None = None
) -> Any:
    """Return what a release has lost at some age (U1). [points].

    Linear, or towards `most_points` with the same slope at first where those are given.
    """
    if most_points is None:
        return drift_points_per_month * age_months
    return most_points * -np.expm1(-drift_points_per_month / most_points * age_months)


def best_interval_months(
    refresh_usd: Numeric, usd_per_point_month: Numeric, drift_points_per_month: Numeric
) -> tuple[Any, Any]:
    """Return the interval of least cost and that cost a month, steady state (U2). [months], [USD/month]."""
    rate = usd_per_point_month * drift_points_per_month
    return np.sqrt(2.0 * refresh_usd / rate), np.sqrt(2.0 * refresh_usd * rate)


def best_saturating_interval_months(
    refresh_usd: float, usd_per_point_month: float, drift_points_per_month: float, most_points: float
) -> float:
    """Return the interval of least cost under saturating drift, steady state (U3). [months].

    Infinite where a refresh costs more than all that age can ever cost.
    """
    from scipy.special import lambertw  # not before it is needed: a fifth of a second of start-up

    speed = drift_points_per_month / most_points
    ratio = speed * refresh_usd / (usd_per_point_month * most_points)
    if ratio >= 1.0:
        return float("inf")
    return float((-1.0 - lambertw(-(1.0 - ratio) / np.e, -1).real) / speed)


@dataclass(frozen=True, slots=True)
class IntervalCosts:
    """What keeping a release current costs over the horizon, by refresh interval 1 to the horizon (never).

    Attributes
    ----------
    refresh_usd, stale_usd : array
        Refreshes that fall beside larger events, and what the age of the release costs in failed answers,
        paid or lost. [USD], shape (interval,)
    """

    refresh_usd: NDArray[np.float64]
    stale_usd: NDArray[np.float64]

    @property
    def total_usd(self) -> NDArray[np.float64]:
        """Both. [USD]."""
        return self.refresh_usd + self.stale_usd

    @property
    def best(self) -> int:
        """The interval of least cost, the longer of equal ones (decision 42). [months]."""
        return int(self.best_at(np.ones(1))[0])

    def best_at(self, traffic: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the best interval where there are so many times as many requests. [months], same shape.

        What is refreshed does not follow the requests, what fails does.
        """
        total = self.refresh_usd[:, np.newaxis] + self.stale_usd[:, np.newaxis] * traffic
        least = total.min(axis=0)
        good = total <= least + _TIE * np.abs(least)
        return np.asarray(len(total) - np.argmax(good[::-1], axis=0), dtype=np.int64)

    def within(self, share: float) -> tuple[int, int]:
        """Return the shortest and longest interval around the best, a share dearer at most. [months]."""
        dear = np.flatnonzero(self.total_usd > self.total_usd.min() * (1.0 + share)) + 1
        best = self.best
        low, high = dear[dear < best], dear[dear > best]
        return (int(low[-1]) + 1 if low.size else 1), (int(high[0]) - 1 if high.size else len(self.total_usd))


def replayed_tokens(new_tokens: Numeric, replay_frac: Numeric) -> Numeric:
    """Return the tokens of a refresh with replayed old text among them (U4). [tokens]."""
    return new_tokens / (1.0 - replay_frac)


@lru_cache(maxsize=512)
def every(interval_months: int | None, horizon_months: int) -> Months:
    """Return the months of an event every so many months, by month 0 to the horizon.

    The first falls after one interval, the last at least one month before the end, since a release serves
    from the month after it. None is never.
    """
    months = np.zeros(horizon_months + 1, dtype=np.bool_)
    if interval_months is not None:
        months[interval_months:horizon_months:interval_months] = True
    months.flags.writeable = False
    return months


def age_months(events: Months) -> NDArray[np.float64]:
    """Return the age of the serving release in months 1 to the horizon. [months].

    A release made in month k serves from month k + 1, at age 0.
    """
    index = np.arange(events.shape[-1])
    made = np.maximum.accumulate(np.where(events, index, 0), axis=-1)
    return (index[1:] - 1 - made[..., :-1]).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a strategy is refreshed, migrated and replaced.

    And how old its release is in each month of traffic.

    Attributes
    ----------
    refresh, migration, replacement : array of bool
        Months of each, by month 0 to the horizon; no month is in two of them.
    age_months : array
        Age of the serving release in months 1 to the horizon. [months]
    events : int
        How many there are in all.
    """

    refresh: Months
    migration: Months
    replacement: Months
    age_months: NDArray[np.float64]
    events: int

    @property
    def any_event(self) -> Months:
        """Months of an event of any kind, by month 0 to the horizon."""
        return self.refresh | self.migration | self.replacement


@lru_cache(maxsize=4096)
def calendar_of(
    interval: int, migrated_every: int | None, replaced_every: int | None, horizon: int
) -> Calendar:
    """Return the events at intervals in months, None for never.

    A larger one takes the place of a smaller one.
    """
    replacement = every(replaced_every, horizon)
    migration = every(migrated_every, horizon) & ~replacement
    refresh = every(interval, horizon) & ~replacement & ~migration
    any_event = refresh | migration | replacement
    return Calendar(refresh, migration, replacement, age_months(any_event), int(any_event.sum()))


@lru_cache(maxsize=64)
def calendars_of(
    migrated_every: int | None, replaced_every: int | None, horizon: int
) -> tuple[Months, NDArray[np.float64]]:
    """Return refreshes by interval 1 to the horizon and month, and ages likewise. [months].

    Shapes (interval, month 0 to the horizon) and (interval, month 1 to the horizon).
    """
    found = [calendar_of(each, migrated_every, replaced_every, horizon) for each in range(1, horizon + 1)]
    return np.stack([when.refresh for when in found]), np.stack([when.age_months for when in found])
