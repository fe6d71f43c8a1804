"""Files are written whole or not at all, by their ending, and pictures load Qt only on use."""

from __future__ import annotations

import os
import stat
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from export_plans import made

from planner.errors import PlannerError
from planner.export import registry
from planner.export.registry import WRITERS, export, writer_for

TABLES = [ending for ending, writer in WRITERS.items() if not writer.picture]
OLD = b"the old file"


@pytest.fixture(autouse=True)
def _qt_is_left_alone(monkeypatch):
    """No setting for Qt may reach the tests of the window."""
    monkeypatch.setattr(registry, "_let_qt_draw", lambda: None)


@pytest.fixture
def old(tmp_path):
    """A file of each ending that is there already."""

    def make(ending) -> Path:
        path = tmp_path / f"out{ending}"
        path.write_bytes(OLD)
        return path

    return make


def drawer(monkeypatch, draw):
    """Let pictures be drawn by a function of the test instead of Qt."""
    module = ModuleType("planner_test_pictures")
    module.export_figure = draw
    monkeypatch.setitem(sys.modules, "planner_test_pictures", module)
    writer = registry.Writer(".png", "Picture", "planner_test_pictures:export_figure", picture=True)
    monkeypatch.setattr(registry, "WRITERS", {**WRITERS, ".png": writer})


def test_the_endings_of_the_first_version():
    assert list(WRITERS) == [".xlsx", ".pptx", ".pdf", ".csv", ".parquet", ".json", ".png", ".svg"]


@pytest.mark.parametrize("ending", TABLES)
def test_a_target_exists(ending):
    module, _, name = WRITERS[ending].target.partition(":")
    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("ending", TABLES)
def test_a_file_is_replaced_whole(old, ending):
    path = old(ending)
    export(*made(), path)
    assert path.read_bytes() != OLD
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["OUT.XLSX", "out.Csv"])
def test_the_case_of_an_ending_does_not_matter(tmp_path, name):
    export(*made(), tmp_path / name)
    assert (tmp_path / name).stat().st_size


@pytest.mark.parametrize("ending", TABLES)
def test_a_failure_while_it_is_made_leaves_the_old_file(old, monkeypatch, ending):
    path = old(ending)
    module, _, name = WRITERS[ending].target.partition(":")
    monkeypatch.setattr(f"{module}.{name}", lambda results, plan, _job: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(*made(), path)
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("ending", TABLES)
def test_a_failure_while_it_is_written_leaves_the_old_file(old, monkeypatch, ending):
    path = old(ending)

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(PlannerError) as caught:
        export(*made(), path)
    assert "was not saved" in caught.value.message
    assert caught.value.hint
    assert path.read_bytes() == OLD
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_file_that_may_not_be_written_is_left(old):
    path = old(".csv")
    path.chmod(stat.S_IREAD)
    if os.access(path, os.W_OK):
        pytest.skip("this user may write everything")
    with pytest.raises(PlannerError, match="was not saved"):
        export(*made(), path)
    assert path.read_bytes() == OLD


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("out.docx", "unknown_ending"),
        ("out", "unknown_ending"),
        ("a.plan.json", "not_a_plan"),
        ("A.PLAN.JSON", "not_a_plan"),
        (".plan.json", "not_a_plan"),
        ("none/out.csv", "not_written"),
        ("file/out.csv", "not_written"),
    ],
)
def test_what_cannot_be_written_is_said_with_a_hint(tmp_path, name, code):
    (tmp_path / "file").write_bytes(OLD)
    with pytest.raises(PlannerError) as caught:
        export(*made(), tmp_path / name)
    assert caught.value.code == code
    assert caught.value.hint
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("ending", TABLES)
def test_only_a_picture_takes_a_figure(tmp_path, ending):
    with pytest.raises(PlannerError, match=r"Leave out --figure"):
        export(*made(), tmp_path / f"out{ending}", "overview")


# ---------------------------------------------------------------- pictures
def test_a_picture_is_asked_for_by_name_and_written_whole(old, monkeypatch):
    asked = []

    def draw(results, plan, path, figure):
        asked.append((figure, path.suffix))
        path.write_bytes(b"picture")

    drawer(monkeypatch, draw)
    path = old(".png")
    export(*made(), path)
    export(*made(), path, "costs")
    assert asked == [("overview", ".png"), ("costs", ".png")]
    assert path.read_bytes() == b"picture"


def test_a_picture_that_fails_half_way_leaves_the_old_file(old, monkeypatch):
    def draw(results, plan, path, figure):
        path.write_bytes(b"half")
        raise PlannerError("unknown_figure", "no such figure")

    drawer(monkeypatch, draw)
    path = old(".png")
    with pytest.raises(PlannerError, match="no such figure"):
        export(*made(), path, "nope")
    assert path.read_bytes() == OLD
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_where_qt_is_missing_it_says_what_would_do(tmp_path, monkeypatch):
    writer = registry.Writer(".png", "Picture", "a_module_that_is_not_there:draw", picture=True)
    monkeypatch.setattr(registry, "WRITERS", {".png": writer})
    with pytest.raises(PlannerError) as caught:
        export(*made(), tmp_path / "out.png")
    assert caught.value.code == "no_pictures"
    assert "or write .xlsx" in caught.value.hint


def test_a_broken_module_of_ours_is_not_the_users_fault(tmp_path, monkeypatch):
    writer = registry.Writer(".png", "Picture", "planner.nothing_here:draw", picture=True)
    monkeypatch.setattr(registry, "WRITERS", {".png": writer})
    with pytest.raises(ImportError):
        export(*made(), tmp_path / "out.png")


@pytest.mark.parametrize("name", ["", "..", "/"])
def test_odd_names_have_no_writer(name):
    with pytest.raises(PlannerError):
        writer_for(Path(name))
