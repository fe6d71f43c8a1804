"""What a start loads: the command line runs without Qt, the window opens without the slow libraries."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LOADED = "import json, sys, {module}; print(json.dumps(list(sys.modules)))"


def loaded_by(module: str) -> set[str]:
    """Names of all modules in memory after a fresh interpreter imported the module."""
    command = [sys.executable, "-c", LOADED.format(module=module)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return set(json.loads(answer))


@pytest.mark.parametrize("module", ["planner.cli.main", "planner.engine.run"])
def test_no_qt_without_a_window(module):
    assert loaded_by(module).isdisjoint({"PySide6", "shiboken6", "pyqtgraph"})


@pytest.mark.parametrize("module", ["planner.cli.main", "planner.ui.window"])
def test_slow_libraries_wait_until_needed(module):
    assert loaded_by(module).isdisjoint({"pandas", "pyarrow", "scipy"})


def test_the_window_opens_without_what_nobody_has_asked_for_yet():
    asked_for_later = {
        "planner.ui.dialogs.ledger",
        "planner.engine.equations",
        "planner.engine.actuals",
        "planner.ui.present.talk",
        "planner.ui.dialogs.actuals_import",
        "planner.scenario.invoices",
        "planner.app.exporter",
        "planner.export.registry",
        "planner.ui.pictures",
    }
    assert loaded_by("planner.ui.window").isdisjoint(asked_for_later)
