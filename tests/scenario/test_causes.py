"""The system's reasons in words, with what would help."""

from __future__ import annotations

import errno

import pytest

from planner.errors import PlanFileError
from planner.scenario import files
from planner.scenario.causes import cause_of, opener_of, refusal


@pytest.mark.parametrize(
    ("error", "cause", "hint"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full", "Make room"),
        (OSError(errno.EROFS, "Read-only file system"), "the disk may only be read", "another name or place"),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "you have no permission",
            "another name or place",
        ),
        (OSError(errno.EBUSY, "Device or resource busy"), "another program has it open", "Close it there"),
        (OSError(errno.ENAMETOOLONG, "File name too long"), "its name is too long", "a shorter one"),
        (IsADirectoryError(), "it is a folder", "Take another name."),
        (OSError(errno.ELOOP, "Too many symbolic links."), "too many symbolic links", "another name"),
        (ValueError("Embedded null byte"), "embedded null byte", "another name"),
    ],
)
def test_each_reason_has_words_and_a_remedy(tmp_path, error, cause, hint):
    found, help_ = refusal(tmp_path / "a.xlsx", error)
    assert found == cause == cause_of(error)
    assert hint in help_


@pytest.mark.parametrize(
    ("number", "cause"), [(32, "has it open"), (33, "has it open"), (5, "or you have no")]
)
def test_what_windows_says_of_a_file_that_is_open(number, cause):
    error = PermissionError(errno.EACCES, "Access is denied")
    error.winerror = number
    assert cause in cause_of(error)


@pytest.mark.parametrize(
    ("beside", "opener"), [(".~lock.a.xlsx#", "LibreOffice"), ("~$a.xlsx", "Microsoft Office"), ("x", "")]
)
def test_the_program_that_has_a_file_open_is_named(tmp_path, monkeypatch, beside, opener):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    (tmp_path / beside).write_bytes(b",someone,host")
    assert opener_of(path) == opener

    def denied(*_args):
        raise PermissionError(errno.EACCES, "Access is denied")

    monkeypatch.setattr(files, "_replace", denied)
    with pytest.raises(PlanFileError) as caught:
        files.write_whole(path, b"new")
    assert (
        caught.value.message
        == f"a.xlsx was not saved: {opener or 'you'} {'has it open' if opener else 'have no permission'}."
    )
    assert path.read_bytes() == b"old"


def test_an_odd_name_is_open_nowhere(tmp_path):
    assert opener_of(tmp_path / "a\0b") == ""
