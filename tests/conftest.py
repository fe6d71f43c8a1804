"""Ground that every test stands on: no screen, no settings of the user, the same random examples in CI."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from planner.evidence.validate import Report

# Folders in which programs keep what belongs to a user, on Linux, macOS and Windows.
_USER_FOLDERS = {
    "HOME": "",
    "USERPROFILE": "",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "APPDATA": "roaming",
    "LOCALAPPDATA": "local",
}


def _user_folders(home: Path) -> dict[str, str]:
    return {name: str(home / folder) for name, folder in _USER_FOLDERS.items()}


# Set before anything imports Qt, and for fixtures wider than one test. The cache is shared by all tests of a
# process, as fontconfig would otherwise read every font again for each.
_session_home = Path(tempfile.mkdtemp(prefix="planner-tests-"))
os.environ |= _user_folders(_session_home)
os.environ["XDG_CACHE_HOME"] = str(_session_home / "cache")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No deadline: the time of one example says nothing on a busy machine.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("default")


@pytest.fixture(autouse=True)
def garbage_in_this_thread() -> Iterator[None]:
    """As in the window: a thread that counts must not take down what is left of an earlier test's widgets."""
    gc.disable()
    yield
    collector = sys.modules.get("planner.app.collector")  # there once a test has opened a window
    if collector is not None:
        collector.collect_due()
    else:
        gc.collect(0)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home of its own, so that none finds recent files or settings of another."""
    home = tmp_path_factory.mktemp("home")
    for name, folder in _user_folders(home).items():
        monkeypatch.setenv(name, folder)
    return home


@pytest.fixture(scope="session")
def shipped_report() -> Report:
    """Predict every run that travels with the planner, once for all tests that read it."""
    from planner.evidence.reference import read_reference
    from planner.evidence.validate import validate
    from planner.paths import resource

    return validate(read_reference(resource("reference")))


def pytest_unconfigure() -> None:
    """Remove the home of the session."""
    shutil.rmtree(_session_home, ignore_errors=True)
