"""Today's API prices: fetched on a click alone, away from the window's thread, and said what they changed."""

from __future__ import annotations

import dataclasses
import datetime
import threading

import pytest
from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from genai_prices.types import ModelPrice

from planner.catalog import api_prices
from planner.catalog.api_prices import FetchedPrices, api_price
from planner.errors import CatalogError
from planner.export.sources import sources as sources_of
from planner.scenario.ranges import Range
from planner.ui.dialogs.prices import HEADERS, move_text, own_text, rows_of
from planner.ui.panels.scenario_facts import MISSING

DAY = datetime.date(2026, 11, 25)
OWN, OTHER = ("openai", "gpt-6.1-terra"), ("anthropic", "claude-sonnet-5-5")


@pytest.fixture(autouse=True)
def own_list():
    """Forget a fetched list after the test."""
    yield
    api_prices.use_api_prices(None)


def fetched(**prices: ModelPrice | None) -> FetchedPrices:
    """A list of that day in which some prices differ; None takes the model out."""
    wanted = {OWN: prices.get("own", "keep"), OTHER: prices.get("other", "keep")}
    providers = []
    for provider in get_snapshot().providers:
        models = []
        for model in provider.models:
            new = wanted.get((provider.id, model.id), "keep")
            if new is not None:
                models.append(model if new == "keep" else dataclasses.replace(model, prices=new))
        providers.append(dataclasses.replace(provider, models=models))
    return FetchedPrices(DataSnapshot(providers=providers, from_auto_update=True), DAY)


@pytest.fixture
def refresh(window):
    """The command of a window, and its fetch to be set."""
    return window.runs.prices


def click(window):
    window.actions_by_id["refresh_prices"].trigger()


DEARER = ModelPrice(input_mtok=30, output_mtok=90, cache_read_mtok=3)
CHEAPER = ModelPrice(input_mtok=1, output_mtok=2)


def test_nothing_is_fetched_before_the_click(window, refresh, qtbot):
    asked = []
    refresh.fetch = lambda: asked.append(threading.get_ident()) or fetched()
    window.store.edit("workload.requests_per_month", 3e6)
    qtbot.wait(50)
    assert asked == []
    click(window)
    qtbot.waitUntil(lambda: refresh.dialog is not None)
    assert len(asked) == 1
    assert asked[0] != threading.get_ident()


def test_figures_dates_and_what_moved_follow(window, refresh, qtbot):
    before = window.live.view.results.strategies["api"]["total_usd"]
    old = api_price(*OWN)
    refresh.fetch = lambda: fetched(own=DEARER, other=CHEAPER)
    click(window)
    assert any("Fetching" in message.text for message in window.bus.current)
    qtbot.waitUntil(lambda: refresh.dialog is not None)
    dialog = refresh.dialog
    assert window.live.view.results.strategies["api"]["total_usd"] > 2.0 * before
    assert window.bus.current == ()
    assert "2026-11-25" in dialog.fetched.text()
    assert "2 prices moved" in dialog.fetched.text()
    assert f"{move_text(old.input_usd_per_mtok, 30.0)}" in dialog.own.text()
    first = dialog.table.source.rows[0]
    assert first[0].text == "openai", "the plan's provider comes first"
    assert dialog.table.source.headers == list(HEADERS)
    assert "25 November" in window.status.prices.text()
    dialog.accept()
    window.inputs.reveal("api.input_usd_per_mtok")
    assert window.inputs.rows["api.input_usd_per_mtok"].shown.auto.value == 30.0
    sources = {row.used_for: row for row in sources_of(window.live.view.results)}
    assert sources["Price of the API"].date == "2026-11-25"


def test_back_to_the_packaged_list(window, refresh, qtbot):
    before = window.live.view.results.strategies["api"]["total_usd"]
    refresh.fetch = lambda: fetched(own=DEARER)
    click(window)
    qtbot.waitUntil(lambda: refresh.dialog is not None)
    refresh.dialog._back()
    assert window.live.view.results.strategies["api"]["total_usd"] == before
    assert "25" not in window.status.prices.text()


def test_a_failure_leaves_all_as_it_was(window, refresh, qtbot):
    before = window.live.view.results

    def fail():
        raise CatalogError("refresh_failed", "The price list could not be fetched: no way out.", "Stays.")

    refresh.fetch = fail
    click(window)
    qtbot.waitUntil(lambda: any("no way out" in message.text for message in window.bus.current))
    assert refresh.dialog is None
    assert window.live.view.results is before
    assert api_prices.api_prices_day() is None


def test_a_second_click_waits_for_the_first(window, refresh, qtbot):
    gate, asked = threading.Event(), []

    def slow():
        asked.append(1)
        gate.wait(5.0)
        return fetched()

    refresh.fetch = slow
    click(window)
    qtbot.waitUntil(lambda: asked == [1])
    click(window)
    gate.set()
    qtbot.waitUntil(lambda: refresh.dialog is not None)
    assert asked == [1]
    assert "No price moved" in refresh.dialog.fetched.text()


def test_closing_while_a_list_is_awaited_leaves_nothing_running(window, refresh, qtbot):
    gate = threading.Event()
    refresh.fetch = lambda: (gate.wait(5.0), fetched(own=DEARER))[1]
    click(window)
    threading.Timer(0.05, gate.set).start()
    window.store.undo_stack.setClean()
    window.close()
    assert not refresh._work.busy
    assert api_prices.api_prices_day() is None


def test_a_plan_whose_model_is_gone_says_so(window, refresh, qtbot):
    refresh.fetch = lambda: fetched(own=None)
    click(window)
    qtbot.waitUntil(lambda: refresh.dialog is not None)
    assert "not in the list" in refresh.dialog.own.text()


def test_words_of_prices():
    old = api_price(*OWN)
    assert own_text(old, old).endswith("is the same.")
    assert "moved" in own_text(None, old)
    assert move_text(None, 2.0).startswith(MISSING)
    assert move_text(2.0, 2.0).count("$2") == 1
    assert rows_of([], "openai") == []


def test_a_range_that_new_prices_left_behind_is_said(window, refresh, qtbot):
    path = "api.output_usd_per_mtok"
    price = api_price(*OWN).output_usd_per_mtok
    window.store.edit(f"ranges.{path}", Range(low=0.8 * price, mode=price, high=1.3 * price, shape="pert"))
    assert not window.notices.range_banner.isVisible()
    refresh.fetch = lambda: fetched(own=DEARER)
    click(window)
    qtbot.waitUntil(lambda: refresh.dialog is not None)
    assert window.notices.range_banner.isVisible()


def test_proposals_are_counted_anew_at_new_prices(window, refresh, qtbot):
    cheaper = window.scenarios.cheaper
    qtbot.waitUntil(lambda: bool(cheaper.shown) and not cheaper.counting, timeout=15_000)
    refresh.fetch = lambda: fetched(own=DEARER)
    click(window)
    qtbot.waitUntil(lambda: refresh.dialog is not None)
    assert cheaper.counting
    assert not any(row.apply.isEnabled() for row in cheaper.shown)
