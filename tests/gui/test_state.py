"""What outlives a click: files, recovery, questions before leaving, layout, zoom, figures out of date."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from planner.app.autosave import recoverable
from planner.app.settings import SettingsStore
from planner.app.store import PlanStore
from planner.scenario.presets import load_preset
from planner.ui import main as start
from planner.ui.theme import px
from planner.ui.window import MainWindow

VOLUME = "workload.requests_per_month"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def answers(monkeypatch):
    """Answer the question about unsaved changes, and count how often it is asked."""
    asked: list[str] = []

    def answer(words: str):
        monkeypatch.setattr("planner.ui.documents.ask_save", lambda _w, title: asked.append(title) or words)
        return asked

    return answer


def test_closing_asks_and_cancel_stays(window, answers):
    window.store.edit(VOLUME, 3e6)
    asked = answers("cancel")
    assert not window.close()
    assert window.isVisible()
    assert asked == ["Customer support"]
    answers("discard")
    assert window.close()


def test_closing_saves_to_the_plans_file(window, answers, tmp_path):
    path = tmp_path / "mine.plan.json"
    window.store.save(path)
    window.store.edit(VOLUME, 3e6)
    answers("save")
    assert window.close()
    store = PlanStore()
    store.open(path)
    assert store.scenario.workload.requests_per_month == 3e6


def test_a_plan_without_changes_is_left_without_a_question(window, answers):
    asked = answers("cancel")
    window.documents.new("bank-compliance")
    assert window.store.plan.preset == "bank-compliance"
    assert asked == []


def test_unsaved_work_comes_back_at_the_next_start(window, monkeypatch, tmp_path):
    window.store.edit(VOLUME, 7e6)
    assert window.autosave.flush()
    window.autosave._lock.unlock()  # as after a crash: the program that held it is gone
    other = PlanStore(load_preset())
    found = recoverable()
    assert [copy.plan.scenario.workload.requests_per_month for copy in found] == [7e6]
    monkeypatch.setattr(start, "ask_recovery", lambda _window, copies: copies[0])
    settings = SettingsStore(tmp_path / "other.json")
    second = MainWindow(other, window.catalog, settings, window.themes)
    start.offer_recovery(second)
    assert second.store.scenario.workload.requests_per_month == 7e6
    assert second.store.modified
    assert not found[0].file.exists()
    second.store.undo_stack.setClean()
    second.close()
    second.deleteLater()


def test_recovery_declined_keeps_the_plan(window, monkeypatch):
    monkeypatch.setattr(start, "ask_recovery", lambda *_: None)
    plan = window.store.plan
    start.offer_recovery(window)
    assert window.store.plan is plan


def test_when_it_was_saved_stays_until_the_next_change(window, tmp_path):
    window.store.edit(VOLUME, 3e6)
    assert window.status.saved.text() == "Not saved"
    window.store.save(tmp_path / "a.plan.json")
    window.documents.saved.emit("Saved 14:32")
    window.live.select("both")
    assert window.status.saved.text() == "Saved 14:32"
    window.store.edit(VOLUME, 4e6)
    assert window.status.saved.text() == "Not saved"


def test_layout_comes_back(window, qapp, tmp_path):
    window.tab_bar.setCurrentIndex(4)
    window.actions_by_id["show_scenarios"].trigger()
    window.inputs.set_opened(("models", "site"))
    window.resize(1300, 760)
    window.remember_layout()
    again = MainWindow(PlanStore(load_preset()), window.catalog, window.settings, window.themes)
    again.show()
    qapp.processEvents()
    assert again.tab_bar.currentIndex() == 4
    assert again.page.title == "Energy"
    assert again.page.isVisible()
    assert not again.scenarios.isVisible()
    assert set(again.inputs.opened) == {"models", "site"}
    assert again.height() == 760  # the width is that of the screen, which is narrow without a display
    assert again.screen().availableGeometry().intersects(again.geometry())
    again.close()
    again.deleteLater()


@pytest.mark.parametrize("state", [b"", b"9,1,1", b"x,y", b"\xff\xfe"])
def test_a_strange_layout_opens_as_new(window, qapp, state):
    window.settings.change(layout_version=1, geometry=b"nonsense", window_state=state)
    again = MainWindow(PlanStore(load_preset()), window.catalog, window.settings, window.themes)
    again.show()
    qapp.processEvents()
    assert again.page.isVisible()
    again.close()
    again.deleteLater()


def test_zoom_by_keys_folds_what_has_no_room(window, qtbot, qapp):
    control = Qt.KeyboardModifier.ControlModifier
    assert window.cards.isVisible()
    for _ in range(5):
        qtbot.keyClick(window, Qt.Key.Key_Plus, control)
    qapp.processEvents()
    assert window.themes.zoom == 150
    assert window.settings.values.zoom == 1.5
    assert window.inputs.width() == px(300) == 450
    assert window.strip.isVisible()
    assert window.scenarios.folded
    qtbot.keyClick(window, Qt.Key.Key_0, control)
    qapp.processEvents()
    assert window.themes.zoom == 100
    assert window.cards.isVisible()


def test_full_screen_and_back(window, qapp):
    window.actions_by_id["full_screen"].trigger()
    qapp.processEvents()
    assert window.isFullScreen()
    window.actions_by_id["full_screen"].trigger()
    qapp.processEvents()
    assert not window.isFullScreen()


def test_figures_out_of_date_stay_pale_whatever_is_looked_at(window, qtbot):
    window.store.edit("base.params", 1e7)
    assert window.live.problem is not None
    assert window.veil.isVisible()
    qtbot.wait(400)  # what waits for quiet must not take the old figures for new ones
    window.live.select("both")
    window.tab_bar.setCurrentIndex(1)
    assert window.veil.isVisible()
    assert window.notices.message_banner.isVisible()
    assert window.inputs.pill.text() == "1 changed"
    window.actions_by_id["undo"].trigger()
    assert not window.veil.isVisible()
    assert not window.notices.message_banner.isVisible()


def test_the_second_line_says_where_the_answer_flips(window, qtbot):
    qtbot.waitUntil(lambda: "requests a month" in window.live.view.verdict.second, timeout=8000)


def test_totals_of_other_scenarios_are_counted_when_it_is_quiet(window, qtbot):
    window.actions_by_id["duplicate"].trigger()
    window.store.edit(VOLUME, 4e6)
    first = window.store.plan.scenarios[0]
    qtbot.waitUntil(lambda: window.live.outcome_of(first) is not None, timeout=4000)
    assert window.live.outcome_of(first).total_usd != window.live.outcome_of(window.store.scenario).total_usd


def test_undo_names_the_change_in_the_menu(window, qtbot):
    window.store.edit("serving.min_replicas", 3)
    assert window.actions_by_id["undo"].text().replace("&", "") == "Undo Change Least replicas"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.store.scenario.serving.min_replicas == 2
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_Z, both)
    assert window.store.scenario.serving.min_replicas == 3


def test_reset_all_is_one_step(window, qtbot):
    window.store.edit(VOLUME, 4e6)
    window.store.edit("site.pue", 1.4)
    qtbot.mouseClick(window.inputs.pill, LEFT)
    assert window.store.changed_paths() == set()
    window.actions_by_id["undo"].trigger()
    assert window.store.changed_paths() == {VOLUME, "site.pue"}


def test_files_that_are_no_plans_leave_everything(window, tmp_path):
    plan = window.store.plan
    for name, data in (("a.json", b""), ("b.json", b"\x00\x01"), ("c.json", b"[1]"), ("d.json", b'{"x": 1}')):
        path = tmp_path / name
        path.write_bytes(data)
        assert not window.open_file(path)
        assert window.store.plan is plan
        assert name in window.notices.message_banner.accessibleName()
    assert not window.open_file(tmp_path / "missing.plan.json")
    assert window.store.plan is plan


def test_focus_starts_beside_the_fields(window):
    assert QApplication.focusWidget() in (window.centre, None)


def test_only_the_page_on_screen_is_made(window):
    assert sum(tab is not None for tab in window.pages._tabs) == 1


def test_a_second_press_while_held_is_one_gesture(window, mouse):
    hand = mouse(window.inputs.rows[VOLUME].slider)
    hand.send(QEvent.Type.MouseButtonPress, 0.5)
    hand.send(QEvent.Type.MouseMove, 0.6)
    assert window.live.view.dragging
    hand.send(QEvent.Type.MouseButtonRelease, 0.6)
    assert not window.live.view.dragging
    hand.drag(0.6, 0.7)
    assert window.store.undo_stack.count() == 2


def test_smoke_opens_paints_and_closes(tmp_path):
    environment = {**os.environ, "PLANNER_DATA_DIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "planner", "gui", "--smoke"],
        cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("typed", ["board", "board.plan", "board.plan.json"])
def test_a_plan_is_saved_under_one_ending_however_much_of_it_was_typed(window, monkeypatch, tmp_path, typed):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / typed), ""))
    window.actions_by_id["save_as"].trigger()
    assert [path.name for path in tmp_path.glob("board*")] == ["board.plan.json"]


def test_a_name_without_ending_takes_no_other_plans_place(window, monkeypatch, tmp_path):
    other = tmp_path / "board.plan.json"
    other.write_text("somebody else's plan")  # the dialog asked about "board", which is not there
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "board"), ""))
    window.actions_by_id["save_as"].trigger()
    assert other.read_text() == "somebody else's plan"
    assert window.store.path == tmp_path / "board 2.plan.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "board 2"), ""))
    window.actions_by_id["save_as"].trigger()
    assert window.store.path == tmp_path / "board 2.plan.json"
    assert not (tmp_path / "board 2 2.plan.json").exists()


def test_an_export_is_named_after_the_file_and_holds_the_figures_on_screen(window, monkeypatch, tmp_path):
    asked = []

    def choose(_owner, _title, start, _kinds):
        asked.append(start)
        return start, ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    window.store.save(tmp_path / "board.plan.json")
    for ending in ("xlsx", "csv", "png"):
        window.actions_by_id[f"export_{ending}"].trigger()
    assert window.exports.finish()
    assert asked == [str(tmp_path / f"board.{ending}") for ending in ("xlsx", "csv", "png")]
    sheet = openpyxl.load_workbook(tmp_path / "board.xlsx", data_only=True)["Summary"]
    shown = [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, float)]
    total = window.live.view.results.strategies["distil"]["total_usd"]
    assert any(value == pytest.approx(total) for value in shown)
    assert (tmp_path / "board.png").read_bytes().startswith(b"\x89PNG")
