"""What a start loads: the command line runs without Qt, the window opens without the slow libraries."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LOADED = "import json, sys, {module}; print(json.dumps(list(sys.modules)))"


def loaded_by(module: str) -> set[str]:
    """Top-level packages in memory after a fresh interpreter imported the module."""
    command = [sys.executable, "-c", LOADED.format(module=module)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return {name.partition(".")[0] for name in json.loads(answer)}


@pytest.mark.parametrize("module", ["planner.cli.main", "planner.engine.run"])
def test_no_qt_without_a_window(module):
    assert loaded_by(module).isdisjoint({"PySide6", "shiboken6", "pyqtgraph"})


@pytest.mark.parametrize("module", ["planner.cli.main", "planner.ui.window"])
def test_slow_libraries_wait_until_needed(module):
    assert loaded_by(module).isdisjoint({"pandas", "pyarrow", "scipy"})
