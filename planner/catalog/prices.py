"""Prices by rule: what an accelerator-hour costs when nobody typed it. Token prices are in `api_prices`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Literal, get_args

from planner.catalog.api_prices import (
    ApiPriceMove,
    api_price,
    fetch_api_prices,
    list_api_models,
    list_api_prices,
    list_api_providers,
    use_api_prices,
)
from planner.catalog.load import Catalog, suggest
from planner.catalog.records import CloudPrice, Source
from planner.errors import CatalogError

__all__ = (
    "ApiPriceMove",
    "PricePoint",
    "Purchase",
    "api_price",
    "cloud_providers",
    "fetch_api_prices",
    "first_day",
    "list_api_models",
    "list_api_prices",
    "list_api_providers",
    "rent_offers",
    "rent_usd_per_accelerator_h",
    "use_api_prices",
)

Purchase = Literal["on_demand", "reserved", "spot"]

DEFAULT_PRICE_SHARE = {"reserved": 0.60, "spot": 0.50}
"""Share of the on-demand price, where no row tells: 40 % and 50 % off (price indices 2024 to 2026)."""
_DEFAULT_SHARE_SOURCE = "planning default of 40 % (reserved) and 50 % (spot) off, price indices 2024 to 2026"
_QUARTERS = {"H1": 1, "H2": 7, "Q1": 1, "Q2": 4, "Q3": 7, "Q4": 10, "FY": 1}


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A price by rule, with the range it was taken from.

    Parameters
    ----------
    usd, low_usd, high_usd : float or None
        Price and range of one accelerator-hour; None when no price is known. [USD/h]
    source : Source
        The rule and the rows it used.
    caveats : tuple of str
        Codes of what to know beside it.
    """

    usd: float | None
    low_usd: float | None
    high_usd: float | None
    source: Source
    caveats: tuple[str, ...] = ()


def first_day(as_of: str) -> datetime.date:
    """Find the first day of a year, half-year, quarter or month; of a day the day itself.

    Parameters
    ----------
    as_of : str
        Date of a source, such as ``2026``, ``2025-H2`` or ``2026-11-09``.
    """
    year, *rest = as_of.split("-")
    month = rest[0] if rest else "1"
    day = int(rest[1]) if len(rest) > 1 else 1
    return datetime.date(int(year), _QUARTERS.get(month) or int(month), day)


def cloud_providers(catalog: Catalog) -> tuple[str, ...]:
    """List the providers that rent accelerators, by name."""
    return tuple(sorted({row.provider for row in catalog.cloud_prices.values()}))


def rent_offers(catalog: Catalog, hardware_id: str, provider: str | None = None) -> tuple[CloudPrice, ...]:
    """List the on-demand rows the rule takes: the cheapest recent one of each provider, cheapest first.

    Parameters
    ----------
    catalog : Catalog
        The catalogue.
    hardware_id : str
        Id, alias or name of the accelerator.
    provider : str, optional
        Only this one.
    """
    return _cheapest_by_provider(_usable(catalog, hardware_id, provider)[0])


@lru_cache(maxsize=1024)
def rent_usd_per_accelerator_h(
    catalog: Catalog, hardware_id: str, provider: str | None = None, purchase: Purchase = "on_demand"
) -> PricePoint:
    """Price one accelerator-hour by the planning rule.

    Per provider the cheapest on-demand row not older than 12 months before the catalogue's date, then the
    median over the providers, with cheapest and dearest of them as range. Without so young a row the newest
    ones count. Reserved and spot are that price times the median ratio found for the same hardware, or the
    planning default. With one provider the range is that of its own rows.

    Parameters
    ----------
    catalog : Catalog
        The catalogue.
    hardware_id : str
        Id, alias or name of the accelerator.
    provider : str, optional
        Narrows the rule to one provider.
    purchase : str
        ``on_demand``, ``reserved`` (one year) or ``spot``.
    """
    if purchase not in get_args(Purchase):
        allowed = ", ".join(get_args(Purchase))
        raise CatalogError(
            "unknown_purchase", f'There is no purchase "{purchase}".', f"Take one of {allowed}."
        )
    rows, is_old = _usable(catalog, hardware_id, provider)
    if not rows:
        where = f"at {provider}" if provider else "in the catalogue"
        return PricePoint(None, None, None, Source(f"no price {where}", catalog.date), ("price_unknown",))
    caveats = ("price_old",) if is_old else ()
    point = _median_point(rows, provider, caveats)
    return point if purchase == "on_demand" else _at_share(catalog, hardware_id, provider, purchase, point)


def _usable(catalog: Catalog, hardware_id: str, provider: str | None) -> tuple[tuple[CloudPrice, ...], bool]:
    """On-demand rows the rule looks at, and whether they are older than a year."""
    rows = [row for row in _rows(catalog, hardware_id, provider) if row.on_demand_usd_per_h is not None]
    newest_allowed = _year_before(catalog.day)
    young = tuple(row for row in rows if first_day(row.source.as_of) >= newest_allowed)
    if young or not rows:
        return young, False
    newest = max(first_day(row.source.as_of) for row in rows)
    return tuple(row for row in rows if first_day(row.source.as_of) == newest), True


def _rows(catalog: Catalog, hardware_id: str, provider: str | None) -> tuple[CloudPrice, ...]:
    card = catalog.find_hardware(hardware_id)
    rows = catalog.cloud_prices_by_hardware.get(card.id, ())
    if provider is None:
        return rows
    known = cloud_providers(catalog)
    if provider not in known:
        raise CatalogError(
            "unknown_provider", f'There is no cloud provider "{provider}".', suggest(provider, known)
        )
    return tuple(row for row in rows if row.provider == provider)


def _year_before(day: datetime.date) -> datetime.date:
    last_of_february = (2, 29)
    at = day.replace(day=28) if (day.month, day.day) == last_of_february else day
    return at.replace(year=at.year - 1)


def _price(row: CloudPrice) -> float:
    price = row.on_demand_usd_per_accelerator_h
    if price is None:  # rows without an on-demand price never get here
        raise CatalogError("bad_row", f'cloud_prices.csv, row "{row.id}" has no on-demand price.')
    return price


def _cheapest_by_provider(rows: Iterable[CloudPrice]) -> tuple[CloudPrice, ...]:
    best: dict[str, CloudPrice] = {}
    for row in rows:
        known = best.get(row.provider)
        if known is None or _price(row) < _price(known):
            best[row.provider] = row
    return tuple(sorted(best.values(), key=_price))


def _median_point(rows: tuple[CloudPrice, ...], provider: str | None, caveats: tuple[str, ...]) -> PricePoint:
    best = _cheapest_by_provider(rows)
    prices = [_price(row) for row in (rows if provider else best)]
    dates = sorted({row.source.as_of for row in best})
    if len(best) == 1:
        row = best[0]
        note = f"{row.provider}, {row.region}, {row.instance}"
        source = Source(row.source.title, row.source.as_of, "; ".join(filter(None, (note, row.source.note))))
    else:
        source = Source(
            f"median over {len(best)} providers of the cheapest on-demand price",
            dates[-1],
            f"{', '.join(row.provider for row in best)}; rows dated {dates[0]} to {dates[-1]}",
        )
    usd = median(_price(row) for row in best)
    return PricePoint(usd, min(prices), max(prices), source, caveats)


def _at_share(
    catalog: Catalog, hardware_id: str, provider: str | None, purchase: Purchase, point: PricePoint
) -> PricePoint:
    """Turn an on-demand price into a reserved or a spot price."""
    ratios = _ratios(_rows(catalog, hardware_id, provider), purchase)
    if provider and not ratios:
        ratios = _ratios(_rows(catalog, hardware_id, None), purchase)
    if ratios:
        share, caveats = median(ratios), point.caveats
        why = f"median ratio of {purchase} to on-demand price over {len(ratios)} rows of this hardware"
    else:
        share, caveats = DEFAULT_PRICE_SHARE[purchase], (*point.caveats, "discount_default")
        why = _DEFAULT_SHARE_SOURCE
    source = Source(f"{why}, times: {point.source.title}", point.source.as_of, point.source.note)
    usd, low, high = (
        None if end is None else end * share for end in (point.usd, point.low_usd, point.high_usd)
    )
    return PricePoint(usd, low, high, source, caveats)


def _ratios(rows: Iterable[CloudPrice], purchase: Purchase) -> list[float]:
    ratios = []
    for row in rows:
        other = row.reserved_1y_usd_per_h if purchase == "reserved" else row.spot_usd_per_h
        if other is not None and row.on_demand_usd_per_h is not None:
            ratios.append(other / row.on_demand_usd_per_h)
    return ratios
