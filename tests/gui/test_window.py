"""The window driven as a user drives it: real events, figures that follow, one undo step a gesture."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QLineEdit, QWidget

from planner.engine.run import simulate
from planner.scenario.files import load_plan
from planner.scenario.presets import load_preset
from planner.ui.kit import fit_screen
from planner.ui.theme import DARK, LIGHT, theme
from planner.ui.window import FIRST_SIZE, SMALLEST

VOLUME = "workload.requests_per_month"


def type_value(qtbot, window, path, text):
    window.inputs.reveal(path)
    editor = window.inputs.rows[path].editor
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)


def test_figures_on_screen_are_the_engines(window):
    results = simulate(load_preset().scenario, window.catalog)
    assert [card.strategy for card in window.cards.cards] == list(results.strategies)
    for name, result in results.strategies.items():
        assert window.live.view.results.strategies[name]["total_usd"] == result["total_usd"]
    assert window.verdict.accessibleName() == window.live.view.verdict.sentence


def test_a_drag_moves_the_figures_and_is_one_step(window, mouse, qapp):
    before = window.live.view.results.strategies["api"]["total_usd"]
    slider = window.inputs.rows[VOLUME].slider
    mouse(slider).drag(0.55, 0.6, 0.65, 0.7, 0.75)
    after = window.live.view.results.strategies["api"]["total_usd"]
    assert after > 2 * before
    assert window.store.undo_stack.count() == 1
    assert window.actions_by_id["undo"].text().replace("&", "") == "Undo Change Requests per month"
    window.actions_by_id["undo"].trigger()
    assert window.live.view.results.strategies["api"]["total_usd"] == before
    window.actions_by_id["redo"].trigger()
    assert window.live.view.results.strategies["api"]["total_usd"] == after


def test_ten_times_the_volume_as_text(window, qtbot):
    type_value(qtbot, window, VOLUME, "20M")
    assert window.store.scenario.workload.requests_per_month == 20e6
    assert window.isWindowModified()
    assert window.header.edited.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.store.scenario.workload.requests_per_month == 2e6


def test_a_refused_value_stays_in_its_row_and_nothing_changes(window, qtbot):
    plan = window.store.plan
    type_value(qtbot, window, "site.pue", "0.2")
    assert window.store.plan is plan
    assert window.inputs.rows["site.pue"].editor.text() == "0.2"


def test_pages_follow_the_plan_when_they_are_seen(window, qtbot):
    for number, tab in enumerate(window.tabs):
        window.tab_bar.setCurrentIndex(number)
        assert window.page is tab
        assert tab.isVisible()
    order = (
        "Overview", "Costs", "Training", "Serving", "Energy", "Updates", "Break-even", "Risk", "Optimise",
        "Compare", "Advisor", "Sources",
    )  # fmt: skip
    titles = [tab.title for tab in window.tabs]
    assert titles == [title for title in order if title in titles]
    assert window.strip.isVisible()
    window.tab_bar.setCurrentIndex(0)
    assert window.cards.isVisible()


def test_what_does_not_fit_is_said_and_mended_in_one_click(window, qtbot):
    window.store.edit_many({"serving.precision": "bf16", "serving.accelerators_per_replica": 1}, "Try")
    steps = window.store.undo_stack.count()
    assert window.notices.problem_banner.isVisible()
    assert not window.live.view.results.strategies["prompt"].fits
    assert window.live.view.results.strategies["api"].fits
    button = window.notices.problem_banner.buttons()[0]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.store.undo_stack.count() == steps + 1
    assert window.live.view.results.strategies["prompt"].fits
    assert not window.notices.problem_banner.isVisible()


def test_a_range_left_behind_by_another_card_is_said_and_moved_in_one_click(window, qtbot):
    banner, rent = window.notices.range_banner, "serving.usd_per_accelerator_h"
    assert not banner.isVisible()
    before = window.store.scenario.ranges[rent]
    window.store.edit("serving.hardware", "nvidia-l40")
    steps = window.store.undo_stack.count()
    assert banner.isVisible()
    qtbot.mouseClick(banner.buttons()[0], Qt.MouseButton.LeftButton)
    after = window.store.scenario.ranges[rent]
    assert after.low < after.mode < before.low
    assert window.store.undo_stack.count() == steps + 1
    assert not banner.isVisible()
    window.store.undo_stack.undo()
    assert banner.isVisible()


def test_remedies_carry_what_they_would_cost(window, qtbot):
    window.store.edit_many({"serving.precision": "bf16", "serving.accelerators_per_replica": 1}, "Try")
    banner = window.notices.problem_banner
    qtbot.waitUntil(lambda: all("$" in button.text() for button in banner.buttons()), timeout=3000)


def test_selecting_a_card_puts_its_strategy_in_focus(window, qtbot):
    card = next(card for card in window.cards.cards if card.strategy == "finetune")
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(60, 24))
    assert window.live.view.selected == "finetune"


def test_every_figure_opens_its_items(window, qtbot):
    window.show_items("distil", "total_usd")
    assert window._ledger is not None
    assert window._ledger.isVisible()
    qtbot.keyClick(window._ledger, Qt.Key.Key_Escape)
    assert not window._ledger.isVisible()


def test_scenarios_come_and_go(window):
    window.actions_by_id["duplicate"].trigger()
    assert window.store.plan.active == "Plan B"
    window.store.edit(VOLUME, 1e6)
    window.actions_by_id["next_scenario"].trigger()
    assert window.store.plan.active == "Plan A"
    assert window.live.view.scenario.workload.requests_per_month == 2e6
    window.actions_by_id["next_scenario"].trigger()
    window.actions_by_id["delete"].trigger()
    assert [scenario.name for scenario in window.store.plan.scenarios] == ["Plan A"]
    window.actions_by_id["undo"].trigger()
    assert len(window.store.plan.scenarios) == 2


def test_saved_and_opened_again(window, tmp_path, qtbot):
    type_value(qtbot, window, VOLUME, "2,5 mio")
    path = tmp_path / "mine.plan.json"
    window.store.save(path)
    assert not window.isWindowModified()
    window.documents.new("bank-compliance")
    assert window.store.path is None
    assert window.open_file(path)
    assert window.store.scenario.workload.requests_per_month == 2.5e6
    assert load_plan(path) == window.store.plan
    assert window.recent.paths()[0] == path
    assert "mine" in window.windowTitle()


def test_a_broken_file_leaves_the_plan_as_it_was(window, tmp_path):
    path = tmp_path / "broken.plan.json"
    path.write_text('{"scenarios": [{"site": {"pue": 0.2}}]', encoding="utf-8")
    plan = window.store.plan
    assert not window.open_file(path)
    assert window.store.plan is plan
    assert window.notices.message_banner.isVisible()
    assert "broken" in window.notices.message_banner.accessibleName()


def test_a_dropped_file_opens(window, tmp_path):
    path = tmp_path / "dropped.plan.json"
    window.store.save(path)
    window.documents.new("on-device-mobile")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(500, 400), copy, mime, left, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(500, 400), copy, mime, left, keys))
    assert window.store.path == path


def test_themes_switch_while_it_runs(window):
    for mode, table in (("dark", DARK), ("light", LIGHT)):
        window.actions_by_id[f"theme_{mode}"].trigger()
        assert theme().surface == table.surface
        assert window.settings.values.theme == mode
        assert window.actions_by_id[f"theme_{mode}"].isChecked()


def test_panels_fold_by_the_room_there_is(window, qapp):
    window.resize(1280, 800)
    qapp.processEvents()
    assert window.scenarios.width() < 100
    assert window.strip.isVisible()
    window.resize(1440, 900)
    qapp.processEvents()
    assert window.scenarios.width() > 200
    assert window.cards.isVisible()


def test_the_first_size_leaves_room_for_a_title_bar_on_a_small_screen():
    class Screen:
        def __init__(self, width: int, height: int) -> None:
            self.room = QSize(width, height)

        def availableSize(self) -> QSize:
            return self.room

    first = QSize(*FIRST_SIZE)
    assert fit_screen(first, Screen(2560, 1440)) == first
    assert fit_screen(first, Screen(1440, 900)) == QSize(1440, 860)
    assert fit_screen(first, Screen(1280, 800)) == QSize(1280, 760)


def test_the_first_layout_is_no_larger_than_the_screen(window):
    window.resize(1440, 1200)
    window.reset_layout()
    room = fit_screen(QSize(*FIRST_SIZE), window.screen())
    assert window.size() == room.expandedTo(QSize(*SMALLEST))


def test_layout_is_remembered(window):
    window.tab_bar.setCurrentIndex(3)
    window.actions_by_id["show_scenarios"].trigger()
    window.remember_layout()
    assert window.settings.values.window_state == b"3,1,0"
    window.reset_layout()
    assert window.pages.currentIndex() == 0
    assert window.scenarios.isVisible()


def test_a_plan_that_cannot_be_costed_keeps_the_last_figures_dimmed(window):
    total = window.live.view.results.strategies["api"]["total_usd"]
    window.store.edit("base.params", 1e7)
    assert window.notices.message_banner.isVisible()
    assert window.live.view.results.strategies["api"]["total_usd"] == total
    assert "Out of date" in window.verdict.accessibleName()
    window.actions_by_id["undo"].trigger()
    assert not window.notices.message_banner.isVisible()
    assert "Out of date" not in window.verdict.accessibleName()


def test_every_control_has_a_name_and_can_be_reached(window, qapp):
    kinds = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit)
    window.inputs.set_opened(tuple(part.section.key for part in window.inputs.parts))
    for number in range(len(window.tabs)):
        window.tab_bar.setCurrentIndex(number)
        qapp.processEvents()
        for widget in window.findChildren(QWidget):
            if not widget.isVisibleTo(window) or not isinstance(widget, kinds):
                continue
            inside = widget.parent().__class__.__name__
            if inside in ("SlimBar", "QComboBoxListView", "QMenuBar") or "scroll" in inside.casefold():
                continue
            if widget.__class__.__name__ in ("SlimBar", "QToolButton"):
                continue
            assert widget.accessibleName() or widget.accessibleDescription(), widget
            if widget.isEnabled():
                assert widget.focusPolicy() != Qt.FocusPolicy.NoFocus, widget


def test_three_hundred_changes_leave_no_trace(window, mouse, qapp):
    slider = window.inputs.rows[VOLUME].slider
    shares = 0.3 + 0.4 * np.abs(np.sin(np.arange(300)))
    mouse(slider).drag(0.5, *shares)
    qapp.processEvents()
    assert window.store.undo_stack.count() == 1


@pytest.mark.parametrize("preset", ["customer-support", "bank-compliance", "on-device-mobile"])
def test_every_preset_paints_on_every_page(window, qapp, preset):
    window.documents.new(preset)
    for number in range(len(window.tabs)):
        window.tab_bar.setCurrentIndex(number)
        qapp.processEvents()
        assert not window.grab().isNull()
