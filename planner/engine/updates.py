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


def score_at_age(points: Numeric, drift_points_per_month: Numeric, age_months: Numeric) -> Numeric:
    """Return the score of a release of some age under linear drift (U1). [points]."""
    return points - drift_points_per_month * age_months


def best_interval_months(
    refresh_usd: Numeric, usd_per_point_month: Numeric, drift_points_per_month: Numeric
) -> tuple[Any, Any]:
    """Return the interval of least cost and that cost a month, steady state (U2). [months], [USD/month]."""
    rate = usd_per_point_month * drift_points_per_month
    return np.sqrt(2.0 * refresh_usd / rate), np.sqrt(2.0 * refresh_usd * rate)


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
