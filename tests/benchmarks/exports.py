"""Timings of exports from the window: until the file is there, and the longest turn of the loop meanwhile."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer

from planner.export.registry import WRITERS
from tests.benchmarks.rows import Row

BUDGETS_MS = {".xlsx": 2000.0, ".pptx": 2000.0, ".pdf": 3000.0}
OTHERS_MS = 2000.0
FRAME_MS = 33.0
_EVERY_MS = 2
MONTHS = 60


class _Turns:
    """Runs the event loop and keeps how long each turn took."""

    def __init__(self, until: Callable[[], bool]) -> None:
        self.longest_ms, self._until, self._loop = 0.0, until, QEventLoop()
        self._last = time.perf_counter()
        timer = QTimer()
        timer.timeout.connect(self._tick)
        timer.start(_EVERY_MS)
        self._loop.exec()
        timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest_ms, self._last = max(self.longest_ms, (now - self._last) * 1e3), now
        if self._until():
            self._loop.quit()


def _asked(window: Any, ending: str, folder: Path) -> Callable[[], None]:
    path, view = folder / f"out{ending}", window.live.view
    if not WRITERS[ending].picture:
        return lambda: window.exports.write(path, view)
    from planner.ui.pictures import steps

    return lambda: window.exports._draw(path, lambda: steps(view, "overview", ending))


def run() -> list[Row]:
    """Write each kind of file of a plan of five strategies over 60 months, draws counted before."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["PLANNER_DATA_DIR"] = name
        from planner.app.settings import SettingsStore
        from planner.ui.main import make_app, make_window

        make_app()
        window = make_window(make_app(), SettingsStore(folder / "settings.json"))
        window.store.edit("horizon_months", MONTHS)
        window.resize(1440, 900)
        window.show()
        _Turns(lambda: window.live.view is not None and window.doubt.busy is False)
        rows = []
        for ending in WRITERS:
            ask, whole, turns = _asked(window, ending, folder), [], []
            for _ in range(4):
                window.bus.clear("export")
                _Turns(lambda: True)
                started = time.perf_counter()
                ask()
                turns.append(_Turns(lambda: not window.exports.busy).longest_ms)
                whole.append((time.perf_counter() - started) * 1e3)
            budget = BUDGETS_MS.get(ending, OTHERS_MS)
            rows.append(Row(f"{ending} written beside the window, 60 months", tuple(whole[1:]), budget))
            rows.append(Row(f"{ending}, longest turn of the event loop", tuple(turns[1:]), FRAME_MS, "p95"))
        window.exports.stop()
        window.store.undo_stack.setClean()
        window.close()
    return rows
