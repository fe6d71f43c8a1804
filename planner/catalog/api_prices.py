"""Token prices of providers, from the price list that travels inside the library genai-prices.

The library is imported on first use (a fifth of a second). Nothing here uses the network but
`fetch_api_prices`. Prices hold for the catalogue's date, so that the same plan gives the same figures.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from planner.catalog.load import load_catalog, suggest
from planner.catalog.records import ApiPrice, Source
from planner.errors import CatalogError

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo, ModelPrice, Provider

_LIBRARY = "genai-prices"
_BATCH = {"processing": "batch"}
_HOURS_OF_DAY = range(24)
_PATIENCE_S = 5.0


class FetchedPrices(NamedTuple):
    """A price list from the network, and the day it was fetched."""

    snapshot: DataSnapshot
    day: datetime.date


class ApiPriceMove(NamedTuple):
    """A price that a refresh changed.

    Attributes
    ----------
    provider, model : str
        As the price list spells them.
    old, new : ApiPrice
        Before and after.
    """

    provider: str
    model: str
    old: ApiPrice
    new: ApiPrice


class _Refreshed:
    """The list of the last refresh, while the program runs."""

    snapshot: DataSnapshot | None = None
    day: datetime.date | None = None


def api_price(provider: str, model: str) -> ApiPrice:
    """Price a provider's model: base tier, standard service, dearest hour of the day.

    Parameters
    ----------
    provider : str
        Provider's id, such as ``openai``.
    model : str
        Model as the provider spells it; dated spellings of a listed model are found too.
    """
    return _priced(provider, model, _Refreshed.day)


def list_api_providers() -> tuple[str, ...]:
    """List the providers that sell by token, by name."""
    return tuple(sorted({provider for provider, _ in list_api_models()}))


def list_api_models(provider: str | None = None) -> tuple[tuple[str, str], ...]:
    """List provider and model of everything that is sold by input and output token.

    Parameters
    ----------
    provider : str, optional
        Only this one's.
    """
    return tuple((price.provider, price.model) for price in list_api_prices(provider))


def list_api_prices(provider: str | None = None) -> tuple[ApiPrice, ...]:
    """Price everything that is sold by input and output token.

    Parameters
    ----------
    provider : str, optional
        Only this one's.
    """
    everything = _all_prices(_Refreshed.day)
    if provider is None:
        return everything
    found = _find_provider(_snapshot(), provider)
    return tuple(price for price in everything if price.provider == found.id)


def fetch_api_prices() -> FetchedPrices:
    """Fetch today's price list; the prices in use stay as they are until `use_api_prices`.

    The only function of the catalogue that uses the network; call it when the user asks for it. It may run
    in a thread of its own.

    Raises
    ------
    CatalogError
        If no list came, or one that cannot be read.
    """
    import httpx2
    from genai_prices import UpdatePrices

    try:
        fetched = UpdatePrices(request_timeout=httpx2.Timeout(_PATIENCE_S)).fetch()
    except (httpx2.HTTPError, OSError, ValueError) as error:
        raise _not_fetched(str(error) or type(error).__name__) from error
    if fetched is None:
        raise _not_fetched("the list is empty")
    return FetchedPrices(fetched, datetime.datetime.now(tz=datetime.UTC).date())


def _not_fetched(why: str) -> CatalogError:
    return CatalogError(
        "refresh_failed",
        f"The price list could not be fetched: {why.rstrip('.')}.",
        "The prices in use stay as they are. Try again when there is a connection.",
    )


def api_prices_day() -> datetime.date | None:
    """Return the day on which the list in use was fetched; None for the one inside the library."""
    return _Refreshed.day


def use_api_prices(fetched: FetchedPrices | None) -> list[ApiPriceMove]:
    """Use a fetched list until the program ends, and return the prices that moved.

    None goes back to the list inside the library.
    """
    before = {(price.provider, price.model): price for price in list_api_prices()}
    _Refreshed.snapshot, _Refreshed.day = (None, None) if fetched is None else fetched
    _priced.cache_clear()
    _all_prices.cache_clear()
    after = {(price.provider, price.model): price for price in list_api_prices()}
    return [
        ApiPriceMove(*key, old, after[key])
        for key, old in before.items()
        if key in after and _figures(old) != _figures(after[key])
    ]


def _snapshot() -> DataSnapshot:
    if _Refreshed.snapshot is not None:
        return _Refreshed.snapshot
    from genai_prices.data_snapshot import get_snapshot

    return get_snapshot()


@cache
def _source(refreshed: datetime.date | None) -> Source:
    from importlib.metadata import version

    title = f"{_LIBRARY} {version(_LIBRARY)}"
    if refreshed is not None:
        return Source(f"{title}, list fetched", refreshed.isoformat())
    return Source(
        f"{title}, list inside the package", load_catalog().date, "offline; prices in force on that day"
    )


@cache
def _priced(provider: str, model: str, refreshed: datetime.date | None) -> ApiPrice:
    snapshot = _snapshot()
    found = _find_provider(snapshot, provider)
    info = next((entry for entry in found.models if entry.id == model), None)
    if info is None:
        info = found.find_model(model, all_providers=snapshot.providers)
    if info is None:
        names = [entry.id for entry in found.models]
        hint = suggest(model, names) or f'"planner list prices" shows the models of {found.id}.'
        raise CatalogError("unknown_id", f'{found.id} sells no model "{model}" in the price list.', hint)
    price = _price(found, info, refreshed)
    if price is None:
        raise CatalogError(
            "no_token_price", f'"{info.id}" of {found.id} is not sold by input and output token.'
        )
    return price


@cache
def _all_prices(refreshed: datetime.date | None) -> tuple[ApiPrice, ...]:
    pairs = ((provider, info) for provider in _snapshot().providers for info in provider.models)
    prices = (_price(provider, info, refreshed) for provider, info in pairs)
    return tuple(price for price in prices if price is not None)


def _find_provider(snapshot: DataSnapshot, provider: str) -> Provider:
    from genai_prices.data_snapshot import find_provider_by_id

    found = find_provider_by_id(snapshot.providers, provider)
    if found is None:
        hint = suggest(provider, [entry.id for entry in snapshot.providers])
        raise CatalogError("unknown_provider", f'There is no provider "{provider}" in the price list.', hint)
    return found


def _price(provider: Provider, info: ModelInfo, refreshed: datetime.date | None) -> ApiPrice | None:
    day = refreshed or load_catalog().day
    by_hour = [prices for hour in _hours(info) if _is_sold(prices := info.get_prices(_moment(day, hour)))]
    if not by_hour:
        return None
    dearest = max(by_hour, key=lambda prices: _usd(prices, "input_mtok") or 0.0)
    caveats = []
    if any(prices != dearest for prices in by_hour):
        caveats.append("price_by_hour")
    if hasattr(getattr(dearest, "input_mtok", None), "base"):
        caveats.append("price_tiered")
    batch = _batch_price(info, day)
    return ApiPrice(
        provider=provider.id,
        model=info.id,
        name=info.name or info.id,
        input_usd_per_mtok=_usd(dearest, "input_mtok") or 0.0,
        output_usd_per_mtok=_usd(dearest, "output_mtok") or 0.0,
        cached_input_usd_per_mtok=_usd(dearest, "cache_read_mtok"),
        batch_input_usd_per_mtok=_usd(batch, "input_mtok"),
        batch_output_usd_per_mtok=_usd(batch, "output_mtok"),
        context_length=info.context_window,
        caveats=tuple(caveats),
        source=_source(refreshed),
    )


def _hours(info: ModelInfo) -> Iterator[int]:
    """Hours of the day that may differ in price; one for nearly every model."""
    from genai_prices.types import ModelPrice, TimeOfDateConstraint

    prices = info.prices
    timed = not isinstance(prices, ModelPrice) and any(
        isinstance(price.constraint, TimeOfDateConstraint) for price in prices
    )
    yield from _HOURS_OF_DAY if timed else (0,)


def _moment(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime(day.year, day.month, day.day, hour, 30, tzinfo=datetime.UTC)


def _is_sold(prices: ModelPrice) -> bool:
    return _usd(prices, "input_mtok") is not None and _usd(prices, "output_mtok") is not None


def _batch_price(info: ModelInfo, day: datetime.date) -> ModelPrice | None:
    moment = _moment(day, 12)
    for variant in info.price_variants or ():
        if variant.when == _BATCH and (variant.constraint is None or variant.constraint.active(moment)):
            return variant.prices
    return None


def _usd(prices: ModelPrice | None, key: str) -> float | None:
    """Read the base price of a key of the list. [USD/1e6 tokens]."""
    value = getattr(prices, key, None)
    value = getattr(value, "base", value)
    return None if value is None else float(value)


def _figures(price: ApiPrice) -> tuple[float | None, ...]:
    return (
        price.input_usd_per_mtok,
        price.output_usd_per_mtok,
        price.cached_input_usd_per_mtok,
        price.batch_input_usd_per_mtok,
        price.batch_output_usd_per_mtok,
    )
