"""Who writes which ending, and that a failure leaves the old file whole."""

from __future__ import annotations

import errno
import os
import sys
import types
from pathlib import Path

import pytest

from planner.errors import PlannerError
from planner.export import registry
from planner.export.registry import WRITERS, Writer, export, writer_for
from planner.scenario import files


@pytest.mark.parametrize("ending", [".csv", ".json", ".xlsx", ".CSV"])
def test_each_ending_is_written(support, tmp_path, ending):
    path = tmp_path / f"out{ending}"
    export(support.results, support.plan, path)
    assert path.stat().st_size > 1000
    assert list(tmp_path.iterdir()) == [path]


def test_the_endings_of_this_version():
    assert list(WRITERS) == [".xlsx", ".csv", ".json", ".png", ".svg"]
    assert {ending for ending, writer in WRITERS.items() if writer.picture} == {".png", ".svg"}


@pytest.mark.parametrize("name", ["out.pdf", "out", ".xlsx", "out.plan.json"])
def test_other_endings_are_refused_with_what_there_is(name):
    with pytest.raises(PlannerError) as caught:
        writer_for(Path(name))
    assert caught.value.hint


def test_a_figure_is_for_pictures(support, tmp_path):
    with pytest.raises(PlannerError, match="no single figure"):
        export(support.results, support.plan, tmp_path / "out.xlsx", "overview")


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_full_disk_leaves_the_old_file(support, tmp_path, monkeypatch, ending):
    path = tmp_path / f"out{ending}"
    path.write_text("old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(PlannerError, match="no space left"):
        export(support.results, support.plan, path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only(support, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PlannerError, match="no permission"):
        export(support.results, support.plan, tmp_path / "out.csv")


@pytest.mark.parametrize(
    ("error", "words"), [(PermissionError, "no permission"), (IsADirectoryError, "it is a folder")]
)
def test_what_the_system_refuses_is_said(support, tmp_path, monkeypatch, error, words):
    def refused(*_: object, **__: object) -> int:
        raise error

    monkeypatch.setattr(files.os, "open", refused)
    with pytest.raises(PlannerError, match=words):
        export(support.results, support.plan, tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- pictures
@pytest.fixture
def drawn(monkeypatch):
    """A painter in place of the window's; returns what it was asked for."""
    asked = []

    def paint(results, plan, path: Path, figure: str = "overview") -> None:
        asked.append((path.suffix, figure))
        if figure == "bad":
            raise PlannerError("unknown_figure", "There is no figure bad.")
        path.write_bytes(b"picture")

    module = types.ModuleType("painter_of_this_test")
    module.paint = paint
    monkeypatch.setitem(sys.modules, "painter_of_this_test", module)
    writer = Writer(".png", "Picture", "painter_of_this_test:paint", picture=True)
    monkeypatch.setattr(registry, "WRITERS", {".png": writer})
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return asked


def test_a_picture_is_drawn_and_then_put_in_place(support, tmp_path, drawn):
    export(support.results, support.plan, tmp_path / "out.PNG")
    export(support.results, support.plan, tmp_path / "two.png", "costs")
    assert drawn == [(".png", "overview"), (".png", "costs")]
    assert (tmp_path / "out.PNG").read_bytes() == b"picture"


def test_a_picture_that_fails_leaves_the_old_one(support, tmp_path, drawn):
    path = tmp_path / "out.png"
    path.write_bytes(b"old")
    with pytest.raises(PlannerError, match="no figure bad"):
        export(support.results, support.plan, path, "bad")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_without_a_screen_qt_draws_offscreen(support, tmp_path, drawn, monkeypatch):
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    export(support.results, support.plan, tmp_path / "out.png")
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_where_qt_is_not_a_picture_says_so(support, tmp_path, monkeypatch):
    writer = Writer(".png", "Picture", "no_such_module:paint", picture=True)
    monkeypatch.setattr(registry, "WRITERS", {".png": writer})
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with pytest.raises(PlannerError, match="Pictures cannot be drawn"):
        export(support.results, support.plan, tmp_path / "out.png")
