"""The plan's rows of what a file says: amounts in USD added up by month and category, usage by month."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from planner.errors import InputError
from planner.scenario.actuals import Actual, ActualCategory, Actuals, in_order
from planner.scenario.invoices.layout import USAGE
from planner.scenario.invoices.reading import Line
from planner.scenario.model import StrategyId, validated


def actuals_of(
    lines: Sequence[Line],
    categories: Mapping[str, ActualCategory],
    *,
    strategy: StrategyId,
    source: str,
    day: datetime.date,
    currency: str = "USD",
    currency_per_usd: float = 1.0,
) -> Actuals:
    """Return rows of a plan.

    Parameters
    ----------
    lines : sequence of Line
        What a file says, amounts in its currency.
    categories : mapping
        Category by label of a line; ``unassigned`` for one that is not there.
    strategy : str
        Which one is run.
    source, day
        File and day of the import.
    currency, currency_per_usd
        What amounts are in, and how many units of it a USD is.

    Raises
    ------
    InputError
        If the rate is not above 0, or a row is not allowed.
    """
    if not 0.0 < currency_per_usd < float("inf"):
        raise InputError("rate", f"A rate of {currency_per_usd:g} per USD is not allowed; it is above 0.")
    money: dict[tuple[str, ActualCategory], Decimal] = defaultdict(Decimal)
    used: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in lines:
        if line.amount is not None:
            money[line.month, categories.get(line.label, "unassigned")] += line.amount
        for name, value in line.usage.items():
            used[line.month][name] += value
    common: dict[str, object] = {
        "strategy": strategy,
        "source": source,
        "imported_on": day.isoformat(),
        "currency": currency,
        "currency_per_usd": currency_per_usd,
    }
    rows = [
        validated(
            Actual, {**common, "month": month, "category": category, "usd": float(amount) / currency_per_usd}
        )
        for (month, category), amount in money.items()
    ]
    rows += [
        validated(
            Actual,
            {**common, "month": month, **{str(name): float(held[name]) for name in USAGE if name in held}},
        )
        for month, held in used.items()
    ]
    return in_order(rows)
