"""The price rules, on tiny tables and on our own; token prices from the list inside the package."""

from __future__ import annotations

import dataclasses
import datetime
import socket

import pytest

from planner.catalog import api_prices
from planner.catalog.api_prices import api_price, list_api_models, list_api_prices, list_api_providers
from planner.catalog.build import CLOUD_PRICE_COLUMNS
from planner.catalog.load import load_catalog, read_catalog
from planner.catalog.prices import (
    PricePoint,
    cloud_providers,
    first_day,
    rent_offers,
    rent_usd_per_accelerator_h,
)
from planner.errors import CatalogError
from planner.paths import resource

CARD = "nvidia-h100-sxm"


@pytest.fixture
def catalog_of(tmp_path):
    """Make a catalogue of prices: provider, accelerators, on demand, reserved, spot, date."""

    def make(*rows, card=CARD, date="2026-11-24"):
        (tmp_path / "version.json").write_text(f'{{"version": "t", "date": "{date}"}}', "utf-8")
        for file in ("hardware.csv", "models.csv", "aliases.csv"):
            (tmp_path / file).write_bytes(resource("catalog", file).read_bytes())
        lines = [",".join(CLOUD_PRICE_COLUMNS)]
        for number, (provider, accelerators, on_demand, reserved, spot, as_of) in enumerate(rows):
            cells = [f"row-{number}", provider, "here", f"machine-{number}", card, accelerators, on_demand]
            lines.append(",".join(map(str, [*cells, reserved, spot, as_of, f"list {number}", ""])))
        (tmp_path / "cloud_prices.csv").write_text("\n".join(lines) + "\n", "utf-8")
        return read_catalog(tmp_path)

    return make


def test_the_h100_price_of_the_decisions():
    point = rent_usd_per_accelerator_h(load_catalog(), CARD)
    assert point.usd == 4.50
    assert (round(point.low_usd, 2), point.high_usd) == (2.40, 12.29)
    assert point.caveats == ()
    assert point.source.as_of == "2026-11-09"
    assert point.source.title == "median over 11 providers of the cheapest on-demand price"
    assert "nebius" in point.source.note


def test_every_priced_card_has_a_price_with_source():
    catalog = load_catalog()
    for card in catalog.cloud_prices_by_hardware:
        for purchase in ("on_demand", "reserved", "spot"):
            point = rent_usd_per_accelerator_h(catalog, card, None, purchase)
            assert point.low_usd <= point.usd <= point.high_usd
            assert point.source.title
            assert point.source.as_of
            assert ("price_old" in point.caveats) == card.startswith("google-tpu")


def test_the_median_over_providers_of_their_cheapest_row(catalog_of):
    catalog = catalog_of(
        ("a", 1, 9, "", "", "2026-10"),
        ("a", 8, 16, "", "", "2026-10"),
        ("b", 1, 3, "", "", "2026-11-01"),
        ("c", 2, 14, "", "", "2026"),
    )
    assert rent_usd_per_accelerator_h(catalog, CARD) == PricePoint(
        3, 2, 7, rent_usd_per_accelerator_h(catalog, CARD).source
    )
    assert [row.id for row in rent_offers(catalog, CARD)] == ["row-1", "row-2", "row-3"]
    assert [row.id for row in rent_offers(catalog, "H100-SXM-80GB", "a")] == ["row-1"]


def test_an_even_number_of_providers(catalog_of):
    catalog = catalog_of(("a", 1, 2, "", "", "2026"), ("b", 1, 5, "", "", "2026"))
    assert rent_usd_per_accelerator_h(catalog, CARD).usd == 3.5


def test_one_provider_spans_its_own_rows(catalog_of):
    catalog = catalog_of(
        ("a", 1, 9, "", "", "2026"), ("a", 8, 16, "", "", "2026"), ("b", 1, 3, "", "", "2026")
    )
    point = rent_usd_per_accelerator_h(catalog, CARD, "a")
    assert (point.usd, point.low_usd, point.high_usd) == (2, 2, 9)
    assert point.source.title == "list 1"
    assert point.source.note == "a, here, machine-1"
    assert cloud_providers(catalog) == ("a", "b")


def test_older_than_twelve_months_is_out(catalog_of):
    catalog = catalog_of(("a", 1, 2, "", "", "2025-11-23"), ("b", 1, 5, "", "", "2025-11-24"))
    point = rent_usd_per_accelerator_h(catalog, CARD)
    assert (point.usd, point.caveats) == (5, ())


def test_a_year_without_a_month_counts_from_its_first_day(catalog_of):
    catalog = catalog_of(("a", 1, 2, "", "", "2025"), ("b", 1, 5, "", "", "2026"))
    assert rent_usd_per_accelerator_h(catalog, CARD).usd == 5


def test_only_old_rows_give_the_newest_and_a_caveat(catalog_of):
    catalog = catalog_of(
        ("a", 1, 2, "", "", "2023"), ("a", 1, 4, "", "", "2024-06"), ("b", 1, 6, "", "", "2024-06")
    )
    point = rent_usd_per_accelerator_h(catalog, CARD)
    assert (point.usd, point.low_usd, point.high_usd) == (5, 4, 6)
    assert point.caveats == ("price_old",)


def test_no_price_at_all(catalog_of):
    catalog = catalog_of(("a", 8, "", "", 20, "2026"))
    for card, provider in ((CARD, None), (CARD, "a"), ("nvidia-rtx-3090", None)):
        point = rent_usd_per_accelerator_h(catalog, card, provider, "spot")
        assert (point.usd, point.low_usd, point.high_usd) == (None, None, None)
        assert point.caveats == ("price_unknown",)
        assert point.source.as_of == "2026-11-24"


def test_reserved_and_spot_by_the_ratios_of_the_hardware(catalog_of):
    catalog = catalog_of(
        ("a", 1, 10, 7, 3, "2026"),
        ("a", 1, 20, 10, "", "2023"),
        ("b", 1, 10, 6, 4, "2026"),
        ("c", 1, 40, "", "", "2026"),
    )
    reserved = rent_usd_per_accelerator_h(catalog, CARD, None, "reserved")
    assert (reserved.usd, reserved.low_usd, reserved.high_usd) == (6, 6, 24)
    assert reserved.caveats == ()
    assert reserved.source.title.startswith("median ratio of reserved to on-demand price over 3 rows")
    assert rent_usd_per_accelerator_h(catalog, CARD, None, "spot").usd == pytest.approx(3.5)
    assert rent_usd_per_accelerator_h(catalog, CARD, "b", "spot").usd == pytest.approx(4)
    assert rent_usd_per_accelerator_h(catalog, CARD, "c", "spot").usd == pytest.approx(14)


def test_reserved_and_spot_by_default(catalog_of):
    catalog = catalog_of(("a", 1, 10, "", "", "2026"))
    reserved = rent_usd_per_accelerator_h(catalog, CARD, None, "reserved")
    assert reserved.usd == pytest.approx(6)
    assert reserved.caveats == ("discount_default",)
    assert "planning default" in reserved.source.title
    assert rent_usd_per_accelerator_h(catalog, CARD, None, "spot").usd == pytest.approx(5)


def test_what_cannot_be_priced(catalog_of):
    catalog = catalog_of(("nebius", 1, 10, "", "", "2026"))
    with pytest.raises(CatalogError, match="nebiuss") as caught:
        rent_usd_per_accelerator_h(catalog, CARD, "nebiuss")
    assert caught.value.hint == "Did you mean nebius?"
    with pytest.raises(CatalogError, match="stolen"):
        rent_usd_per_accelerator_h(catalog, CARD, None, "stolen")
    with pytest.raises(CatalogError, match="no-card"):
        rent_usd_per_accelerator_h(catalog, "no-card")


def test_twelve_months_before_a_leap_day(catalog_of):
    catalog = catalog_of(
        ("a", 1, 10, "", "", "2027-02-28"), ("b", 1, 2, "", "", "2027-02-27"), date="2028-02-29"
    )
    assert rent_usd_per_accelerator_h(catalog, CARD).usd == 10


@pytest.mark.parametrize(
    ("as_of", "day"),
    [
        ("2026", (2026, 1, 1)),
        ("2025-FY", (2025, 1, 1)),
        ("2025-H2", (2025, 7, 1)),
        ("2025-Q2", (2025, 4, 1)),
        ("2026-09", (2026, 9, 1)),
        ("2026-11-09", (2026, 11, 9)),
    ],
)
def test_first_days(as_of, day):
    assert first_day(as_of) == datetime.date(*day)


# ---------------------------------------------------------------- token prices
@pytest.fixture
def own_list(monkeypatch):
    """Forget a refresh after the test."""
    monkeypatch.setattr(api_prices._Refreshed, "snapshot", None)
    monkeypatch.setattr(api_prices._Refreshed, "day", None)
    yield
    api_prices._priced.cache_clear()
    api_prices._all_prices.cache_clear()


def test_a_token_price():
    price = api_price("openai", "gpt-6.1-sol")
    assert (price.input_usd_per_mtok, price.output_usd_per_mtok) == (2, 10)
    assert price.cached_input_usd_per_mtok == 0.1
    assert (price.batch_input_usd_per_mtok, price.batch_output_usd_per_mtok) == (1, 5)
    assert price.caveats == ("price_tiered",)
    assert price.source.title.startswith("genai-prices ")
    assert price.source.as_of == load_catalog().date
    assert api_price("openai", "gpt-6.1-sol") is price


def test_a_dated_spelling_is_found():
    assert api_price("anthropic", "claude-sonnet-5-5-20260101").model == "claude-sonnet-5-5"


def test_a_price_by_the_hour_is_the_dearest():
    price = api_price("deepseek", "deepseek-v4-pro")
    assert (price.input_usd_per_mtok, price.output_usd_per_mtok) == (1.32, 3.96)
    assert "price_by_hour" in price.caveats
    assert price.batch_input_usd_per_mtok is None


def test_the_lists():
    models = list_api_models("openai")
    assert ("openai", "gpt-6.1-sol") in models
    assert {provider for provider, _ in models} == {"openai"}
    assert "anthropic" in list_api_providers()
    everything = list_api_prices()
    assert len(everything) > 1_000
    assert all(price.source.title and price.source.as_of for price in everything)
    assert all(price.input_usd_per_mtok >= 0 and price.output_usd_per_mtok >= 0 for price in everything)
    assert len({(price.provider, price.model) for price in everything}) == len(everything)


def test_unknown_token_prices():
    with pytest.raises(CatalogError, match="opnai") as caught:
        api_price("opnai", "gpt-6.1-sol")
    assert "openai" in caught.value.hint
    with pytest.raises(CatalogError, match=r"gpt-6\.1-sool") as caught:
        api_price("openai", "gpt-6.1-sool")
    assert "gpt-6.1-sol" in caught.value.hint
    with pytest.raises(CatalogError) as caught:
        api_price("openai", "µµµµµ")
    assert "planner list prices" in caught.value.hint
    with pytest.raises(CatalogError) as caught:
        api_price("openai", "text-embedding-3-small")
    assert caught.value.code == "no_token_price"


def test_token_prices_need_no_network(monkeypatch, own_list):
    def refuse(*_, **__):
        raise AssertionError("a price opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    api_prices._priced.cache_clear()
    api_prices._all_prices.cache_clear()
    assert api_price("openai", "gpt-6.1-sol").input_usd_per_mtok == 2
    assert list_api_models()


def test_a_refresh_says_what_moved(monkeypatch, own_list):
    import genai_prices
    from genai_prices.data_snapshot import DataSnapshot, get_snapshot

    old = api_price("anthropic", "claude-sonnet-5-5")
    providers = list(get_snapshot().providers)
    place = next(i for i, provider in enumerate(providers) if provider.id == "anthropic")
    models = list(providers[place].models)
    at = next(i for i, model in enumerate(models) if model.id == "claude-sonnet-5-5")
    from genai_prices.types import ModelPrice

    models[at] = dataclasses.replace(models[at], prices=ModelPrice(input_mtok=3, output_mtok=10))
    providers[place] = dataclasses.replace(providers[place], models=models)
    fetched = DataSnapshot(providers=providers, from_auto_update=True)
    monkeypatch.setattr(genai_prices.UpdatePrices, "fetch", lambda _: fetched)

    came = api_prices.fetch_api_prices()
    assert api_price("anthropic", "claude-sonnet-5-5") is old, "fetching changes nothing"
    assert api_prices.api_prices_day() is None
    moved = api_prices.use_api_prices(came)

    ours = [move for move in moved if move.model == "claude-sonnet-5-5" and move.provider == "anthropic"]
    assert [(move.old, move.new.input_usd_per_mtok) for move in ours] == [(old, 3)]
    assert api_price("anthropic", "claude-sonnet-5-5").input_usd_per_mtok == 3
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    assert api_price("openai", "gpt-6.1-sol").source.as_of == today
    assert api_prices.api_prices_day() == came.day

    back = api_prices.use_api_prices(None)
    assert {(move.provider, move.model) for move in back} == {(move.provider, move.model) for move in moved}
    assert api_price("anthropic", "claude-sonnet-5-5") == old
    assert api_prices.api_prices_day() is None


def test_a_refresh_that_fails_changes_nothing(monkeypatch, own_list):
    import genai_prices

    def fail(_):
        raise OSError("no way out")

    monkeypatch.setattr(genai_prices.UpdatePrices, "fetch", fail)
    with pytest.raises(CatalogError, match="no way out") as caught:
        api_prices.fetch_api_prices()
    assert "stay as they are" in caught.value.hint
    monkeypatch.setattr(genai_prices.UpdatePrices, "fetch", lambda _: None)
    with pytest.raises(CatalogError, match="the list is empty"):
        api_prices.fetch_api_prices()
    assert api_price("openai", "gpt-6.1-sol").source.as_of == load_catalog().date
