"""What may go wrong while somebody presents: the stage, the window and the plan stay whole."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from presenting import drawn, press, settle
from PySide6.QtCore import QCoreApplication, QEvent, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from planner.errors import PlannerError
from planner.export.story import Chart, Series
from planner.scenario.files import save_plan
from planner.scenario.presets import load_preset
from planner.ui.present import screens
from planner.ui.present.bars import paint_bars
from planner.ui.present.canvas import Canvas
from planner.ui.theme import LIGHT, STAGE, load_fonts

KEY = Qt.Key


@contextmanager
def failing(window):
    """Let the plan have no figures from the next change on, as one with an unknown card has."""

    def broken(*_given, **_named):
        raise PlannerError("impossible", "No card holds this model.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planner.ui.live.simulate", broken)
        window.store.edit("workload.requests_per_month", 2.1e6)
        yield


# ---- the window
def test_closing_the_window_ends_the_talk(talk, window, qtbot):
    stage = talk.stage
    window.store.undo_stack.setClean()
    assert window.close()
    assert not talk.running
    assert stage.isHidden()
    settle(300)
    assert not window.live._quiet.isActive()
    assert not window.live._idle.isActive()
    assert not talk.now.busy


def test_the_window_that_is_not_closed_keeps_the_talk(talk, window, monkeypatch):
    monkeypatch.setattr(window.documents, "may_leave", lambda: False)
    assert not window.close()
    assert talk.running
    assert talk.stage.isVisible()


def test_a_talk_ends_when_a_slider_is_held(talk, window, qtbot):
    press(qtbot, talk, KEY.Key_S)
    window.live.set_dragging(True)
    window.store.undo_stack.setClean()
    assert window.close()
    assert not window.live._quiet.isActive()
    assert not window.live._idle.isActive()


def test_the_keyboard_goes_back_although_its_widget_is_gone(window, qtbot):
    row = QWidget(window.centre)
    row.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    row.show()
    window.activateWindow()
    row.setFocus()
    assert window.focusWidget() is row
    window.actions_by_id["present"].trigger()
    row.deleteLater()
    QCoreApplication.sendPostedEvents(row, QEvent.Type.DeferredDelete)
    press(qtbot, window.runs.talk, KEY.Key_Escape)
    assert not window.runs.talk.running
    assert window.focusWidget() is window.centre


# ---- keys that come twice
def test_escape_twice_and_f5_twice(talk, window, qtbot):
    press(qtbot, talk, KEY.Key_S, KEY.Key_Right)
    stage = talk.stage
    press(qtbot, talk, KEY.Key_F5)
    assert talk.number == 0
    assert talk.stage is stage
    window.actions_by_id["present"].trigger()
    assert talk.stage is stage
    press(qtbot, talk, KEY.Key_Escape)
    assert talk.running
    press(qtbot, talk, KEY.Key_Escape)
    assert not talk.running
    qtbot.keyClick(window.centre, KEY.Key_Escape)
    assert not talk.running
    qtbot.keyClick(window.centre, KEY.Key_F5)
    qtbot.keyClick(window.centre, KEY.Key_F5)
    assert talk.running
    assert talk.number == 0
    assert not talk.stage.blank
    assert not talk.stage.notes_open


def test_a_new_talk_has_the_chart_again(talk, window, qtbot):
    press(qtbot, talk, KEY.Key_T, KEY.Key_Escape)
    window.actions_by_id["present"].trigger()
    assert not talk.stage.sheet.numbers


# ---- the plan
def test_another_plan_is_opened_while_presenting(talk, window, qtbot, tmp_path):
    path = tmp_path / "other.json"
    plan = load_preset("bank-compliance").with_title("Another plan")
    save_plan(plan, path)
    window.store.undo_stack.setClean()
    press(qtbot, talk, KEY.Key_End)
    assert window.open_file(path)
    settle()
    assert talk.running
    assert "Another plan" in drawn(talk)
    assert talk.number < len(talk.keys)
    while talk.number:
        press(qtbot, talk, KEY.Key_Left)
        qtbot.waitUntil(lambda: talk.page.key == talk.keys[talk.number], timeout=10000)
    press(qtbot, talk, KEY.Key_Escape)
    assert not talk.running


def test_the_scenario_on_stage_is_deleted_and_comes_back(talk, window, qtbot):
    window.store.duplicate()
    talk.go(talk.keys.index("scenarios"))
    qtbot.waitUntil(lambda: talk.page.key == "scenarios", timeout=10000)
    window.store.delete(window.store.plan.active)
    assert "scenarios" not in talk.keys
    settle()
    assert talk.page.key == talk.keys[talk.number]
    press(qtbot, talk, KEY.Key_End, KEY.Key_Left)
    qtbot.keyClick(talk.stage, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "scenarios" in talk.keys
    settle()
    assert talk.page.key == talk.keys[talk.number]


def test_a_plan_with_one_strategy_has_every_page(talk, window, qtbot):
    window.store.edit("strategies", ("distil",))
    for number in range(len(talk.keys)):
        talk.go(number)
        qtbot.waitUntil(lambda n=number: talk.page.key == talk.keys[n], timeout=10000)
        assert drawn(talk)


def test_a_plan_without_figures_says_so_on_every_page_and_when_a_talk_begins(talk, window, qtbot):
    with failing(window):
        assert "No card holds this model." in drawn(talk)
        press(qtbot, talk, KEY.Key_Right)
        settle()
        assert talk.page.key == talk.keys[1]
        assert "No card holds this model." in drawn(talk)
        press(qtbot, talk, KEY.Key_Escape)
        assert not talk.running
        window.actions_by_id["present"].trigger()
        settle()
        assert "No card holds this model." in drawn(talk)
    window.store.edit("workload.requests_per_month", 2.2e6)
    assert "No card holds this model." not in drawn(talk)


def test_a_page_that_cannot_be_told_does_not_spoil_the_others(talk, qtbot, monkeypatch):
    from planner.export import storyteller

    def broken(_told):
        raise PlannerError("untold", "This page cannot be told.")

    monkeypatch.setitem(storyteller._PAGES, "cost", broken)
    press(qtbot, talk, KEY.Key_Right)
    assert "This page cannot be told." in drawn(talk)
    press(qtbot, talk, KEY.Key_Right)
    assert talk.page.key == "categories"
    assert "This page cannot be told." not in drawn(talk)


# ---- looks and screens
@pytest.mark.parametrize("mode", ["dark", "light"])
def test_theme_and_zoom_change_under_the_stage(talk, window, qtbot, mode):
    press(qtbot, talk, KEY.Key_S, KEY.Key_N)
    window.themes.set_mode(mode)
    for zoom in (150, 100):
        window.themes.set_zoom(zoom)
        settle(50)
        assert talk.stage.grab().toImage().pixelColor(3, 3).name().upper() == STAGE.app
        drawer = talk.stage.drawer
        assert drawer.geometry().bottom() == talk.stage.height() - 1
        assert drawer.height() == drawer.wanted
        assert talk.stage.page_box.bottom() <= drawer.y()
    press(qtbot, talk, KEY.Key_L)
    assert talk.stage.grab().toImage().pixelColor(3, 3).name().upper() == LIGHT.app


def test_the_only_screen_left_takes_the_stage(talk, window, monkeypatch):
    here = talk.stage.screen()
    talk._open_presenter()
    monkeypatch.setattr(screens, "all_screens", lambda: [here])
    talk._screen_gone(here)
    assert talk.presenter is None
    assert talk.stage.isVisible()
    monkeypatch.setattr(screens, "all_screens", list)
    talk._screen_gone(here)  # for a moment there may be none
    assert talk.running


def test_bars_of_chances_are_shares_of_all_draws(qapp):
    load_fonts()
    bars = []

    class Seen(Canvas):
        def rounded(self, box, radius, tone, edge=""):
            bars.append(box.width())

    image = QImage(800, 400, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    shares = Series("Share of draws", (0.25, 1.0))
    for series in (shares, Series("Share of draws", (0.25, 0.5))):
        chart = Chart("bars", "Chance", ("A", "B"), "chance", (series,))
        paint_bars(Seen(painter, 800, 400, 1.0), QRectF(0, 0, 800, 400), chart)
    painter.end()
    assert bars[0] == pytest.approx(bars[2], rel=0.05)  # the words behind them have other widths
    assert bars[3] == pytest.approx(2 * bars[2], rel=0.02)
    assert bars[3] < 0.6 * bars[1]
