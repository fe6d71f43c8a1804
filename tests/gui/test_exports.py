"""Exports from the window, by menu, mouse and key: files beside the window, and each way that they fail."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from planner.export import table
from planner.export.registry import WRITERS
from planner.scenario import files
from planner.ui import exports
from planner.ui.kit import Button

OLD = b"the old file"
TABLES = [ending for ending, writer in WRITERS.items() if not writer.picture]


@pytest.fixture
def choose(monkeypatch):
    """Let the file dialog answer with a path."""

    def answer(path):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))

    return answer


@pytest.fixture
def held(monkeypatch):
    """A writer of CSV that waits until it is let go."""

    class Held:
        begun, go_on = threading.Event(), threading.Event()

    made = Held()
    made.begun, made.go_on = threading.Event(), threading.Event()
    real = table.ledger_bytes

    def write(results, plan, job):
        job.progress(0.4, "Rows")
        made.begun.set()
        assert made.go_on.wait(20)
        job.progress(0.8, "Text")
        return real(results, plan, job)

    monkeypatch.setattr(table, "ledger_bytes", write)
    yield made
    made.go_on.set()


def turn(ms):
    """Let the window work for a while, without holding the interpreter."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def ask(window, ending):
    window.actions_by_id[f"export_{ending[1:]}"].trigger()


def written(window, qtbot):
    qtbot.waitUntil(lambda: not window.exports.busy, timeout=30_000)


def said(window):
    return [(message.level, message.text, message.hint) for message in window.bus.current]


def press(window, qtbot, words):
    """Press a button of the message by mouse."""
    found = window.notices.message_banner.findChildren(Button)
    (button,) = [each for each in found if each.shown_text == words and each.isVisible()]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


# ---------------------------------------------------------------- what is written
@pytest.mark.parametrize("ending", list(WRITERS))
def test_every_kind_of_file_is_written_from_the_menu_and_said(window, qtbot, choose, tmp_path, ending):
    path = tmp_path / f"budget{ending}"
    choose(path)
    ask(window, ending)
    written(window, qtbot)
    assert path.stat().st_size > 1000
    assert [each.name for each in tmp_path.iterdir() if each.is_file() and each.name != "settings.json"] == [
        path.name
    ]
    assert ("info", f"Wrote {path.name}.", "") in said(window)


def test_the_menu_lists_every_kind_and_the_button_in_the_header_opens_it(window, qtbot):
    titles = [action.text().replace("&", "") for action in window.export_menu.actions() if action.text()]
    assert titles == [
        *(
            "Budget workbook...",
            "Slides...",
            "Report...",
            "Picture of this page...",
            "Drawing of this page...",
        ),
        *("Line items (CSV)...", "Line items (Parquet)...", "Record...", "Pixels of pictures"),
    ]
    assert set(exports.KINDS) >= set(WRITERS)
    qtbot.mouseClick(window.header.export, Qt.MouseButton.LeftButton)
    assert window.export_menu.isVisible()
    window.export_menu.close()


def test_a_file_is_written_while_the_window_goes_on(window, qtbot, choose, held, tmp_path):
    choose(tmp_path / "a.csv")
    ask(window, ".csv")
    assert held.begun.wait(20)
    shown = window.live.view.results.strategies["api"]["total_usd"]
    window.store.edit("workload.requests_per_month", 5_000_000.0)
    assert window.live.view.results.strategies["api"]["total_usd"] != shown
    held.go_on.set()
    written(window, qtbot)
    rows = (tmp_path / "a.csv").read_text().splitlines()
    api = sum(float(row.split(",")[5]) for row in rows if row.startswith("api,"))
    assert api == pytest.approx(float(shown))  # the plan as it was when the file was asked for


def test_the_draws_on_screen_are_those_of_the_record(window, qtbot, choose, tmp_path, monkeypatch):
    window.doubt.ask(2048)
    qtbot.waitUntil(lambda: not window.doubt.busy and window.live.view.risk is not None, timeout=30_000)
    monkeypatch.setattr("planner.export.job.risk", lambda *_a, **_k: pytest.fail("drawn once more"))
    choose(tmp_path / "a.json")
    ask(window, ".json")
    written(window, qtbot)
    record = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert record["risk"]["draws"] == 2048
    assert record["risk"]["total_usd"]["api"]["p50"] == window.live.view.risk.strategies["api"].total_usd[50]


def test_parquet_from_the_window_holds_the_rows_on_screen(window, qtbot, choose, tmp_path):
    choose(tmp_path / "a.parquet")
    ask(window, ".parquet")
    written(window, qtbot)
    assert pq.read_table(tmp_path / "a.parquet").num_rows == len(window.live.view.results.ledger_rows())


# ---------------------------------------------------------------- after writing
def test_the_message_opens_the_file_or_its_folder(window, qtbot, choose, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr(exports, "open_file", lambda path: opened.append(("file", path)))
    monkeypatch.setattr(exports, "show_in_folder", lambda path: opened.append(("folder", path)))
    choose(tmp_path / "a.csv")
    for words in ("Open", "Show in folder"):
        ask(window, ".csv")
        written(window, qtbot)
        press(window, qtbot, words)
    assert opened == [("file", tmp_path / "a.csv"), ("folder", tmp_path / "a.csv")]


@pytest.mark.parametrize(
    ("beside", "program"), [(".~lock.a.xlsx#", "LibreOffice"), ("~$a.xlsx", "Microsoft Office")]
)
def test_a_file_that_is_open_elsewhere_is_warned_about(window, qtbot, choose, tmp_path, beside, program):
    (tmp_path / "a.xlsx").write_bytes(OLD)
    (tmp_path / beside).write_bytes(b",someone")
    choose(tmp_path / "a.xlsx")
    ask(window, ".xlsx")
    written(window, qtbot)
    ((level, text, hint),) = said(window)
    assert level == "warning"
    assert text == f"Wrote a.xlsx. {program} has it open and still shows the old one."
    assert "Open it there anew" in hint
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")


def test_a_name_without_its_ending_takes_no_other_files_place(window, qtbot, choose, tmp_path):
    (tmp_path / "a.csv").write_bytes(OLD)
    choose(tmp_path / "a")
    ask(window, ".csv")
    written(window, qtbot)
    assert (tmp_path / "a.csv").read_bytes() == OLD
    assert (tmp_path / "a 2.csv").stat().st_size > 1000


# ---------------------------------------------------------------- failures
def full(*_args):
    raise OSError(errno.ENOSPC, "No space left on device")


def open_elsewhere(*_args):
    error = PermissionError(errno.EACCES, "The process cannot access the file")
    error.winerror = 32
    raise error


def read_only(*_args):
    raise PermissionError(errno.EACCES, "Permission denied")


FAILURES = [
    (os, "fsync", full, "the disk is full", "Make room"),
    (files, "_replace", open_elsewhere, "another program has it open", "Close it there and try again"),
    (files, "_replace", read_only, "you have no permission", "another name or place"),
]


@pytest.mark.parametrize(("where", "name", "fail", "cause", "hint"), FAILURES)
@pytest.mark.parametrize("ending", list(WRITERS))
def test_a_failure_is_said_and_leaves_the_old_file_whole(
    window, qtbot, choose, monkeypatch, tmp_path, where, name, fail, cause, hint, ending
):
    path = tmp_path / f"a{ending}"
    path.write_bytes(OLD)
    before = {each.name for each in tmp_path.iterdir()}
    choose(path)
    with monkeypatch.context() as patched:
        patched.setattr(where, name, fail)
        ask(window, ending)
        written(window, qtbot)
    ((level, text, help_),) = said(window)
    assert (level, text) == ("error", f"{path.name} was not saved: {cause}.")
    assert hint in help_
    assert path.read_bytes() == OLD
    assert {each.name for each in tmp_path.iterdir()} == before
    press(window, qtbot, "Try again")
    written(window, qtbot)
    assert path.read_bytes() != OLD
    assert [level for level, _, _ in said(window)] == ["info"]


@pytest.mark.parametrize("ending", [".csv", ".png"])
def test_a_folder_in_place_of_the_file_is_named(window, qtbot, choose, tmp_path, ending):
    path = tmp_path / f"a{ending}"
    path.mkdir()
    choose(path)
    ask(window, ending)
    written(window, qtbot)
    assert said(window) == [("error", f"a{ending} was not saved: it is a folder.", "Take another name.")]
    choose(tmp_path / f"b{ending}")
    press(window, qtbot, "Write elsewhere...")
    written(window, qtbot)
    assert (tmp_path / f"b{ending}").is_file()


def test_a_record_that_would_pass_for_a_plan_is_refused(window, qtbot, choose, tmp_path):
    choose(tmp_path / "a.plan.json")
    ask(window, ".json")
    written(window, qtbot)
    ((level, text, _),) = said(window)
    assert level == "error"
    assert "taken for a plan" in text


def test_a_failure_is_not_hidden_by_the_next_file(window, qtbot, choose, monkeypatch, tmp_path):
    (tmp_path / "a.csv").mkdir()
    for name in ("a.csv", "b.csv"):
        choose(tmp_path / name)
        ask(window, ".csv")
        written(window, qtbot)
    assert [level for level, _, _ in said(window)] == ["error", "info"]


def test_the_same_file_twice_at_once_is_refused(window, qtbot, choose, held, tmp_path):
    choose(tmp_path / "a.csv")
    ask(window, ".csv")
    assert held.begun.wait(20)
    ask(window, ".csv")
    assert said(window)[0][1] == "a.csv is still being written."
    held.go_on.set()
    written(window, qtbot)
    assert (tmp_path / "a.csv").stat().st_size > 1000


# ---------------------------------------------------------------- progress and cancelling
def test_progress_is_shown_after_a_moment_and_cancel_leaves_the_old_file(
    window, qtbot, choose, held, tmp_path
):
    path = tmp_path / "a.csv"
    path.write_bytes(OLD)
    choose(path)
    ask(window, ".csv")
    shown = window.status.writing
    assert shown.isHidden()
    assert held.begun.wait(20)
    qtbot.waitUntil(shown.isVisible, timeout=5000)
    assert shown.words.text() == "Writing a.csv, rows"
    assert shown.line.share == pytest.approx(0.4)
    assert shown.line.isVisible()
    qtbot.mouseClick(shown.cancel, Qt.MouseButton.LeftButton)
    held.go_on.set()
    written(window, qtbot)
    assert path.read_bytes() == OLD
    assert not any(each.name.startswith(".a.csv") for each in tmp_path.iterdir())
    assert said(window) == []
    assert shown.isHidden()
    assert shown.line.isHidden()


def test_cancel_works_by_keyboard(window, qtbot, choose, held, tmp_path):
    choose(tmp_path / "a.csv")
    ask(window, ".csv")
    qtbot.waitUntil(window.status.writing.isVisible, timeout=5000)
    window.status.writing.cancel.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(window.status.writing.cancel, Qt.Key.Key_Return)
    held.go_on.set()
    written(window, qtbot)
    assert not (tmp_path / "a.csv").exists()


def test_a_short_export_needs_no_word(window, qtbot, choose, tmp_path):
    choose(tmp_path / "a.csv")
    ask(window, ".csv")
    written(window, qtbot)
    turn(300)
    assert window.status.writing.isHidden()


# ---------------------------------------------------------------- the end
def test_closing_writes_what_was_asked_for(window, choose, held, tmp_path):
    choose(tmp_path / "a.csv")
    ask(window, ".csv")
    choose(tmp_path / "b.png")
    ask(window, ".png")
    assert held.begun.wait(20)
    threading.Timer(0.1, held.go_on.set).start()
    window.store.undo_stack.setClean()
    assert window.close()
    assert (tmp_path / "a.csv").stat().st_size > 1000
    assert (tmp_path / "b.png").read_bytes().startswith(b"\x89PNG")
    assert not window.exports.busy


def test_a_file_that_fails_while_closing_keeps_the_window_open(window, choose, held, tmp_path):
    (tmp_path / "a.csv").mkdir()
    choose(tmp_path / "a.csv")
    ask(window, ".csv")
    held.go_on.set()
    window.store.undo_stack.setClean()
    assert not window.close()
    assert window.isVisible()
    assert said(window)[0][1] == "a.csv was not saved: it is a folder."
    assert window.close()


# ---------------------------------------------------------------- pictures
def test_a_picture_has_the_chosen_pixels_which_are_remembered(window, qtbot, choose, tmp_path):
    from PySide6.QtGui import QImage

    sizes = []
    for scale in (1, 3):
        window.actions_by_id[f"scale_{scale}"].trigger()
        choose(tmp_path / f"{scale}.png")
        ask(window, ".png")
        written(window, qtbot)
        sizes.append(QImage(str(tmp_path / f"{scale}.png")).size())
    assert sizes[1] == sizes[0] * 3
    ticked = [scale for scale in (1, 2, 3, 4) if window.actions_by_id[f"scale_{scale}"].isChecked()]
    assert ticked == [3]
    assert window.settings.values.picture_scale == 3


def test_a_picture_that_cannot_be_drawn_is_said(window, qtbot, choose, monkeypatch, tmp_path):
    from planner.errors import PlannerError
    from planner.ui import pictures

    def fail(*_args):
        raise PlannerError("not_drawn", "The picture could not be drawn.", "Try a smaller scale.")

    monkeypatch.setattr(pictures, "image_of", fail)
    choose(tmp_path / "a.png")
    ask(window, ".png")
    written(window, qtbot)
    assert said(window) == [("error", "The picture could not be drawn.", "Try a smaller scale.")]
    assert not Path(tmp_path / "a.png").exists()


def test_a_page_in_the_dark_is_drawn_in_light_and_the_window_stays_dark(window, qtbot, choose, tmp_path):
    from PySide6.QtGui import QImage

    from planner.ui.theme import theme

    window.themes.set_mode("dark")
    choose(tmp_path / "a.png")
    ask(window, ".png")
    while window.exports.busy:
        turn(1)
        assert theme().name == "dark"
    assert QImage(str(tmp_path / "a.png")).pixelColor(2, 2).lightness() > 200
