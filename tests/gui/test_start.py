"""The start page: real clicks and keys, the engine's own figures, the question about unsaved work kept."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QWidget

from planner.engine.choice import choose
from planner.engine.run import simulate
from planner.engine.verdict import verdict
from planner.errors import CatalogError
from planner.scenario.assumptions import Limits
from planner.scenario.presets import load_preset, presets, reasons_in
from planner.ui import documents
from planner.ui.dialogs.start_sources import PresetSources
from planner.ui.panels import start
from planner.ui.panels.start_card import LEAST_WIDTH
from planner.ui.panels.start_facts import NO_LIMITS, facts_of, limits_text
from planner.ui.theme import DARK, LIGHT, px, theme
from planner.units import format_quantity

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
VOLUME = "workload.requests_per_month"


@pytest.fixture
def page(window, qtbot):
    """The start page of a window, with all figures."""
    window.actions_by_id["start"].trigger()
    shown = window.start.page
    qtbot.waitUntil(lambda: all(card.facts is not None for card in shown.cards), timeout=5000)
    return shown


@pytest.fixture
def asked(monkeypatch):
    """Answer the question about unsaved work; returns how often it was put."""

    def answer(word):
        calls = []
        monkeypatch.setattr(documents, "ask_save", lambda _window, title: calls.append(title) or word)
        return calls

    return answer


def card_of(page, preset):
    return next(card for card in page.cards if card.preset.id == preset)


# ---------------------------------------------------------------- figures
@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.id)
def test_a_card_says_what_the_engine_says(preset, window):
    results = simulate(load_preset(preset.id).scenario, window.catalog)
    choice = choose(results)
    best = results.strategies[choice.strategy]
    facts = facts_of(preset, window.catalog)
    rows = {row.label: row.value for row in facts.rows}
    assert facts.strategy == choice.strategy
    assert facts.total == format_quantity(float(best["total_usd"]), "usd")
    assert facts.sentence == verdict(results, choice).sentence
    assert rows["Score"] == f"{float(best['quality']):.0f}"
    other = choice.runner_up if choice.strategy == results.baseline else results.baseline
    gap = float(best["total_usd"]) - float(results.strategies[other]["total_usd"])
    against = next(row for row in facts.rows if row.label.startswith("Against"))
    assert against.value == f"{format_quantity(abs(gap), 'usd', figures=2)} {'more' if gap > 0 else 'less'}"
    assert (against.tone == "good") == (gap < 0)
    assert all(row.value in facts.spoken for row in facts.rows)


def test_limits_are_said_in_a_few_words():
    assert limits_text(Limits()) == NO_LIMITS
    limits = Limits(self_hosted_only=True, min_quality=79, max_latency_p95_s=1.5, max_total_usd=2e6)
    assert limits_text(limits) == "in-house, score 79, 1.5 s, $2.00M"
    assert limits_text(Limits(max_carbon_kgco2e=5000)) == format_quantity(5000, "kgco2e", figures=2)


def test_nothing_is_simulated_before_the_page_is_asked_for(qapp, window, monkeypatch):
    seen = []
    monkeypatch.setattr(start, "facts_of", lambda preset, _catalog: seen.append(preset.id))
    assert window.start.page is None
    qapp.processEvents()
    assert seen == []


def test_figures_come_one_a_turn_and_stop_when_the_page_goes(window, qapp, qtbot):
    window.show_start()
    shown = window.start.page
    assert all(card.facts is None for card in shown.cards)
    shown._count_one()
    assert [card.facts is not None for card in shown.cards].count(True) == 1
    qtbot.keyClick(shown.cards[0], KEY.Key_Escape)
    qapp.processEvents()
    assert [card.facts is not None for card in shown.cards].count(True) == 1
    assert window.start.currentIndex() == 0


def test_a_preset_that_cannot_be_costed_says_why(window, qtbot, monkeypatch):
    def refuse(preset, catalog):
        if preset.id == "legal-contracts":
            raise CatalogError("unknown_price", "The price list no longer holds gpt-6.1-terra.")
        return facts_of(preset, catalog)

    monkeypatch.setattr(start, "facts_of", refuse)
    window.show_start()
    card = card_of(window.start.page, "legal-contracts")
    qtbot.waitUntil(lambda: bool(card.problem), timeout=5000)
    assert "no longer holds" in card.accessibleDescription()
    assert not card.grab().isNull()


# ---------------------------------------------------------------- choosing
def test_the_page_takes_the_place_of_the_plan_and_marks_what_is_in_use(window, page):
    assert window.start.shown
    assert page.isVisible()
    assert not window.inputs.isVisible()
    assert [card.preset.id for card in page.cards] == [preset.id for preset in presets()]
    assert window.focusWidget() is card_of(page, "customer-support")
    assert card_of(page, "customer-support").accessibleName() == "Customer support, in use"
    assert card_of(page, "legal-contracts").accessibleName() == "Legal contract review"


def test_a_click_opens_the_preset_as_a_new_plan(window, page, qtbot):
    qtbot.mouseClick(card_of(page, "chat-assistant"), LEFT, pos=QPoint(60, 60))
    assert window.store.plan == load_preset("chat-assistant")
    assert window.store.path is None
    assert not window.isWindowModified()
    assert not window.start.shown
    assert window.inputs.isVisible()
    assert window.inputs.preset_name.text() == "Chatbot and virtual assistant"
    assert window.verdict.accessibleName() == card_of(page, "chat-assistant").facts.sentence


@pytest.mark.parametrize("key", [KEY.Key_Return, KEY.Key_Space])
def test_keys_walk_the_cards_and_open_one(window, page, qtbot, key):
    ids = [card.preset.id for card in page.cards]
    qtbot.keyClick(window.focusWidget(), KEY.Key_Right)
    assert window.focusWidget() is page.cards[1]
    qtbot.keyClick(window.focusWidget(), KEY.Key_Down)
    assert window.focusWidget() is page.cards[1 + page._columns]
    assert window.focusWidget().ring_shown
    qtbot.keyClick(window.focusWidget(), KEY.Key_Left)
    qtbot.keyClick(window.focusWidget(), KEY.Key_Up)
    qtbot.keyClick(window.focusWidget(), KEY.Key_Up)  # above the first row there is none
    assert window.focusWidget() is page.cards[0]
    qtbot.keyClick(window.focusWidget(), KEY.Key_Down)
    qtbot.keyClick(window.focusWidget(), key)
    assert window.store.plan.preset == ids[page._columns]


def test_unsaved_work_is_asked_about_and_cancel_stays(window, qtbot, asked):
    window.store.edit(VOLUME, 5e6)
    window.show_start()
    questions = asked("cancel")
    qtbot.mouseClick(card_of(window.start.page, "bank-compliance"), LEFT, pos=QPoint(60, 60))
    assert questions == ["Customer support"]
    assert window.start.shown
    assert window.store.scenario.workload.requests_per_month == 5e6
    asked("discard")
    qtbot.mouseClick(card_of(window.start.page, "bank-compliance"), LEFT, pos=QPoint(60, 60))
    assert window.store.plan.preset == "bank-compliance"
    assert not window.start.shown


def test_escape_and_the_button_go_back_to_where_the_keyboard_was(window, qtbot):
    window.inputs.search.setFocus()
    plan = window.store.plan
    qtbot.keyClick(window, KEY.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.start.shown
    qtbot.keyClick(window.focusWidget(), KEY.Key_Escape)
    assert not window.start.shown
    assert window.focusWidget() is window.inputs.search
    window.show_start()
    qtbot.mouseClick(window.start.page.back, LEFT)
    assert not window.start.shown
    assert window.store.plan is plan


def test_opening_a_file_from_the_page_shows_it(window, page, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "mine.plan.json"
    window.store.save(path)
    monkeypatch.setattr(documents.QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    qtbot.mouseClick(page.open, LEFT)
    assert window.store.path == path
    assert not window.start.shown


def test_the_name_of_the_preset_leads_to_the_page(window, qtbot):
    link = window.inputs.preset_name
    assert link.accessibleName() == "Preset Customer support: choose another"
    qtbot.mouseClick(link, LEFT, pos=QPoint(8, link.height() // 2))
    assert window.start.shown
    window.start.show_plan()
    link.setFocus()
    qtbot.keyClick(link, KEY.Key_Return)
    assert window.start.shown


# ---------------------------------------------------------------- sources
def dialog_of(window):
    return next(dialog for dialog in window.findChildren(PresetSources) if dialog.isVisible())


def test_a_card_leads_to_the_sources_of_its_figures(window, page, qtbot):
    card = card_of(page, "legal-contracts")
    assert card.sources.accessibleName() == "Sources of Legal contract review"
    qtbot.mouseClick(card.sources, LEFT)
    dialog = dialog_of(window)
    reasons = reasons_in(load_preset("legal-contracts").scenario.notes)
    assert [words.text() for _, words in dialog.lines] == [reason.words for reason in reasons]
    assert dialog.lines[0][0].text() == "\n".join(reasons[0].titles)
    assert window.store.plan.preset == "customer-support", "the link opens no plan"
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog.focusWidget(), KEY.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "CUAD" in QGuiApplication.clipboard().text()
    qtbot.keyClick(dialog, KEY.Key_Escape)
    assert not dialog.isVisible()


def test_the_menu_shows_the_sources_of_the_plan_s_preset(window):
    window.documents.new("bank-compliance")
    window.actions_by_id["preset_sources"].trigger()
    dialog = dialog_of(window)
    plan = load_preset("bank-compliance")
    assert len(dialog.lines) == sum(len(reasons_in(scenario.notes)) for scenario in plan.scenarios)
    dialog.close()


def test_a_plan_of_no_preset_is_shown_all_of_them(window):
    window.show_sources(None)
    assert window.start.shown


# ---------------------------------------------------------------- look
@pytest.mark.parametrize("size", [(1240, 680), (1280, 800), (1440, 900)])
def test_every_card_has_room(window, page, qapp, size):
    window.resize(*size)
    qapp.processEvents()
    seen = QRect(0, 0, page.area.viewport().width(), page.area.viewport().height())
    for card in page.cards:
        assert card.width() >= px(LEAST_WIDTH)
        assert seen.contains(QRect(card.mapTo(page.area.viewport(), QPoint(0, 0)), card.size()))
        assert card.rect().contains(card.sources.geometry())


def test_fewer_columns_at_a_larger_zoom(window, page, qapp):
    window.themes.set_zoom(150)
    qapp.processEvents()
    assert page._columns < 4
    assert len({card.geometry().topLeft().toTuple() for card in page.cards}) == len(page.cards)
    assert page.area.verticalScrollBar().maximum() > 0
    window.themes.set_zoom(100)


def test_everything_on_the_page_has_a_name_and_a_place_in_the_tab_order(page):
    for widget in page.findChildren(QWidget):
        if isinstance(widget, QAbstractButton) and widget.isVisibleTo(page):
            assert widget.accessibleName()
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    for card in page.cards:
        assert card.preset.line in card.accessibleDescription()
        assert card.facts.sentence in card.accessibleDescription()


def test_both_themes_paint_the_page_and_the_sources(window, page, qapp):
    for mode, table in (("dark", DARK), ("light", LIGHT)):
        window.themes.set_mode(mode)
        qapp.processEvents()
        assert theme().name == table.name
        image = page.grab().toImage()
        assert image.pixelColor(4, image.height() - 4).name().upper() == table.app
        card = page.cards[2].grab().toImage()
        assert card.pixelColor(8, 30).name().upper() == table.surface
        shades = {card.pixelColor(x, int(y)).name() for x in range(16, 120) for y in np.arange(126, 150)}
        assert table.ink.lower() in shades, "the total is set in ink"
        dialog = PresetSources(load_preset(), window)
        dialog.show()
        assert dialog.grab().toImage().pixelColor(4, 4).name().upper() == table.surface
        dialog.close()


def test_counting_goes_on_where_it_stopped_when_the_page_is_seen_again(window, qtbot):
    window.actions_by_id["start"].trigger()
    page = window.start.page
    page.hide()  # as an iconified window hides it
    qtbot.wait(200)
    assert any(card.facts is None for card in page.cards)
    page.show()
    qtbot.waitUntil(lambda: all(card.facts is not None for card in page.cards), timeout=5000)
