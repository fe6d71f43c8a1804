"""Recovery copies: there soon after an edit, gone after a save, offered after a crash."""

import json
import subprocess
import sys
from datetime import UTC

import pytest

from planner.app import autosave as module
from planner.app.autosave import DELAY_MS, Autosave, recoverable
from planner.app.store import PlanStore
from planner.errors import PlanFileError
from planner.scenario.model import Plan, Scenario

KILLED = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from planner.app.autosave import Autosave
from planner.app.store import PlanStore

app = QCoreApplication([])
store = PlanStore()
store.save(Path(sys.argv[2]))
autosave = Autosave(store, Path(sys.argv[1]), delay_ms=10)
autosave.written.connect(lambda: os._exit(9))  # no clean-up of any kind
store.edit("site.pue", 1.7)
app.exec()
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "recovery"


@pytest.fixture
def store(qapp):
    return PlanStore()


@pytest.fixture
def autosave(store, folder):
    found = Autosave(store, folder, delay_ms=10)
    yield found
    found.close()


def test_the_delay_is_within_what_is_promised():
    assert DELAY_MS <= 2000


def test_an_edit_is_on_disk_after_the_delay(store, autosave, qtbot):
    with qtbot.waitSignal(autosave.written):
        store.edit("site.pue", 1.3)
    copy = json.loads(autosave.file.read_text(encoding="utf-8"))
    assert json.loads(copy["plan"])["scenarios"][0]["site"]["pue"] == 1.3
    assert copy["path"] is None


def test_a_stream_of_edits_does_not_put_the_copy_off(store, folder, qtbot):
    autosave = Autosave(store, folder, delay_ms=60_000)
    store.edit("site.pue", 1.1)
    remaining = autosave._timer.remainingTime()
    store.edit("site.pue", 1.2)
    assert autosave._timer.remainingTime() <= remaining
    assert autosave.pending
    assert autosave.flush()
    assert not autosave.pending
    autosave.close()


def test_a_save_removes_the_copy_and_the_next_edit_brings_it_back(store, autosave, tmp_path, qtbot):
    with qtbot.waitSignal(autosave.written):
        store.edit("site.pue", 1.3)
    store.save(tmp_path / "a.plan.json")
    assert not autosave.file.exists()
    assert not autosave.pending
    with qtbot.waitSignal(autosave.written):
        store.edit("site.pue", 1.4)
    assert json.loads(autosave.file.read_text(encoding="utf-8"))["path"] == str(tmp_path / "a.plan.json")


def test_undo_to_the_saved_plan_removes_the_copy(store, autosave):
    store.edit("site.pue", 1.3)
    autosave.flush()
    assert autosave.file.exists()
    store.undo_stack.undo()
    assert not autosave.file.exists()


def test_a_clean_plan_leaves_no_copy(store, autosave):
    store.new()
    assert autosave.flush()
    assert not autosave.file.exists()


def test_close_leaves_nothing_behind(store, folder):
    autosave = Autosave(store, folder)
    store.edit("site.pue", 1.3)
    autosave.flush()
    autosave.close()
    assert list(folder.iterdir()) == []


def test_a_running_program_s_copy_is_not_offered(store, autosave, folder):
    store.edit("site.pue", 1.3)
    autosave.flush()
    assert recoverable(folder) == []


def test_no_folder_means_nothing_to_recover(folder):
    assert recoverable(folder) == []


def test_work_survives_a_kill_and_is_adopted(store, autosave, folder, tmp_path):
    plan_file = tmp_path / "own.plan.json"
    command = [sys.executable, "-c", KILLED, str(folder), str(plan_file)]
    assert subprocess.run(command, check=False, timeout=60).returncode == 9
    (recovery,) = recoverable(folder)
    assert recovery.plan.scenario.site.pue == 1.7
    assert recovery.path == plan_file
    assert recovery.time.tzinfo is UTC

    autosave.adopt(recovery)
    assert store.scenario.site.pue == 1.7
    assert store.path == plan_file
    assert store.modified
    assert not recovery.file.exists()
    assert autosave.file.exists()
    store.save()
    assert recoverable(folder) == []
    assert not autosave.file.exists()


def test_discarded_work_is_not_offered_again(store, folder):
    _left_behind(store, folder)
    (recovery,) = recoverable(folder)
    recovery.discard()
    recovery.discard()
    assert recoverable(folder) == []


def test_several_copies_come_newest_first(store, folder):
    for pue in (1.1, 1.2, 1.3):
        _left_behind(store, folder, pue)
    assert [found.plan.scenario.site.pue for found in recoverable(folder)] == [1.3, 1.2, 1.1]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"path": null, "time": "2027-01-01"}', '{"path": 3, "plan": "{}", "time": 4}']
)
def test_broken_copies_are_set_aside_and_the_others_offered(store, folder, text):
    _left_behind(store, folder)
    (folder / "bad.recovery.json").write_text(text, encoding="utf-8")
    assert len(recoverable(folder)) == 1
    assert (folder / "bad.recovery.json.broken-1").read_text(encoding="utf-8") == text


def test_a_copy_with_a_broken_plan_is_set_aside(folder):
    folder.mkdir()
    copy = {"path": None, "plan": '{"scenarios": [{"site": {"pue": 0.1}}]}', "time": "2027-01-01T00:00:00"}
    (folder / "bad.recovery.json").write_text(json.dumps(copy), encoding="utf-8")
    assert recoverable(folder) == []
    assert not (folder / "bad.recovery.json").exists()


def test_a_full_disk_is_told_and_tried_again(store, autosave, monkeypatch, qtbot):
    def full(path, data):
        raise PlanFileError("not_written", "No space left.")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_whole", full)
        store.edit("site.pue", 1.3)
        with qtbot.waitSignal(autosave.failed) as signal:
            assert not autosave.flush()
        assert "No space left." in str(signal.args[0])
        assert autosave.pending
    assert autosave.flush()
    assert autosave.file.exists()


def test_recovered_work_is_kept_until_the_own_copy_is_written(store, autosave, folder, monkeypatch):
    other = PlanStore(Plan(scenarios=(Scenario(),)))
    _left_behind(other, folder)
    (recovery,) = recoverable(folder)

    def full(path, data):
        raise PlanFileError("not_written", "No space left.")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_whole", full)
        autosave.adopt(recovery)
    assert recovery.file.exists()


def _left_behind(store: PlanStore, folder, pue: float = 1.9) -> None:
    """Leave a copy as a program does that ends without closing."""
    lost = Autosave(store, folder)
    store.edit("site.pue", pue)
    lost.flush()
    lost._lock.unlock()
    lost.setParent(None)
    lost.deleteLater()
