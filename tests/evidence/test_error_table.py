"""The error table that the README and the changelog state is what the command prints."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from planner.cli.main import main

ROOT = Path(__file__).parents[2]
START, END = "<!-- errors: written by packaging/dev.py errors -->", "<!-- errors: end -->"


@pytest.fixture(scope="module")
def printed():

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["validate", "--markdown"]) == 0
    return said.getvalue().strip()


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_the_table_is_the_commands(name, printed):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.count(START) == text.count(END) == 1
    assert text.partition(START)[2].partition(END)[0].strip() == printed
    assert printed.count("\n") > 10
