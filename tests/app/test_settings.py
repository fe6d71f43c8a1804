"""Settings and recent files: kept across starts, broken files cost nothing but a message."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from planner.app.recent import MOST, RecentFiles
from planner.app.settings import (
    FOLDER_VARIABLE,
    Settings,
    SettingsStore,
    data_folder,
    recovery_folder,
    set_aside,
    settings_file,
)
from planner.errors import PlanFileError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "settings.json"


@pytest.fixture
def settings(qapp, path):
    return SettingsStore(path)


def test_a_first_start_has_the_defaults_and_writes_nothing(settings, path):
    assert settings.values == Settings()
    assert settings.problem == ""
    assert not path.exists()


def test_changes_are_written_and_found_again(settings, path, qtbot):
    wanted = {
        "theme": "dark",
        "zoom": 1.25,
        "geometry": bytes(range(256)),
        "window_state": b"\x00\xff",
        "layout_version": 3,
        "open_sections": ("base", "site"),
    }
    with qtbot.waitSignal(settings.changed) as signal:
        settings.change(**wanted)
    again = SettingsStore(path)
    assert again.values == signal.args[0] == Settings(**wanted)
    assert again.problem == ""


def test_the_same_again_is_no_change(settings, qtbot):
    with qtbot.assertNotEmitted(settings.changed):
        settings.change(theme="system")


def test_a_value_that_is_no_setting_is_an_error_of_ours(settings):
    with pytest.raises(ValidationError):
        settings.change(theme="pink")
    assert settings.values.theme == "system"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00\x01", '{"zoom": NaN}', "[" * 5000, '"x"'])
def test_a_broken_file_is_set_aside_with_a_message(qapp, path, text):
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    store = SettingsStore(path)
    assert store.values == Settings()
    assert "settings.json.broken-1" in store.problem
    assert path.with_name("settings.json.broken-1").read_text(encoding="utf-8") == text
    assert SettingsStore(path).problem == ""


def test_one_bad_entry_costs_only_itself(qapp, path):
    path.parent.mkdir()
    path.write_text(json.dumps({"theme": "dark", "zoom": "huge", "later": 1}), encoding="utf-8")
    store = SettingsStore(path)
    assert store.values == Settings(theme="dark")
    assert store.problem
    assert SettingsStore(path).values == Settings(theme="dark")


def test_bytes_that_are_no_text_are_set_aside(qapp, path):
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    assert SettingsStore(path).problem


def test_entries_of_a_newer_version_are_passed_over(qapp, path):
    path.parent.mkdir()
    path.write_text(json.dumps({"theme": "dark", "hologram": True}), encoding="utf-8")
    store = SettingsStore(path)
    assert store.values.theme == "dark"
    assert store.problem == ""


def test_settings_that_cannot_be_written_still_hold(qapp, tmp_path, qtbot):
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = SettingsStore(tmp_path / "file" / "settings.json")
    with qtbot.waitSignal(store.failed) as signal:
        store.change(theme="dark")
    assert isinstance(signal.args[0], PlanFileError)
    assert store.values.theme == "dark"


def test_nothing_is_set_aside_twice_under_one_name(tmp_path):
    broken = tmp_path / "a.json"
    names = []
    for text in ("one", "two"):
        broken.write_text(text, encoding="utf-8")
        names.append(set_aside(broken).name)
    assert names == ["a.json.broken-1", "a.json.broken-2"]
    assert set_aside(broken) is None


def test_the_folder_is_the_users_or_the_named_one(monkeypatch, tmp_path):
    assert "llm-planner" in str(data_folder())
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert settings_file() == tmp_path / "settings.json"
    assert recovery_folder() == tmp_path / "recovery"


# ---------------------------------------------------------------- recent files
@pytest.fixture
def recent(settings):
    return RecentFiles(settings)


def _file(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("", encoding="utf-8")
    return path


def test_the_newest_file_is_first_and_each_is_there_once(recent, tmp_path, qtbot):
    first, second = _file(tmp_path, "a"), _file(tmp_path, "b")
    for path in (first, second, tmp_path / "x" / ".." / "a"):
        with qtbot.waitSignal(recent.changed):
            recent.add(path)
    assert recent.paths() == [first, second]


def test_the_list_is_short_and_kept(recent, settings, path, tmp_path):
    files = [_file(tmp_path, f"{number}") for number in range(MOST + 3)]
    for file in files:
        recent.add(file)
    assert recent.paths() == files[: -MOST - 1 : -1]
    assert RecentFiles(SettingsStore(path)).paths() == recent.paths()


def test_missing_files_are_dropped_and_clear_drops_all(recent, tmp_path):
    first, second = _file(tmp_path, "a"), _file(tmp_path, "b")
    recent.add(first)
    recent.add(second)
    first.unlink()
    assert recent.paths() == [second]
    recent.clear()
    assert recent.paths() == []
