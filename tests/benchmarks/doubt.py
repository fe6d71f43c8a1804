"""Timings of draws beside the window: how soon bands follow a slider, and what frames cost meanwhile."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from tests.benchmarks.rows import Row
from tests.benchmarks.ui import send

_PAUSE_S = 0.002
_LONGEST_S = 20.0


class _Hand:
    """Stops a slider, again and again, and watches the event loop until all draws are counted."""

    def __init__(self, window: Any) -> None:
        self.window = window
        self.slider = window.inputs.rows["workload.requests_per_month"].slider
        self.bands: list[float] = []
        self.whole: list[float] = []
        self.turns: list[float] = []
        self.moves: list[float] = []

    def stop_once(self, number: int) -> None:
        """Move, let go, wait for the first and for all draws; then move once while draws are counted."""
        width, share = self.slider.width(), 0.35 + 0.03 * (number % 10)
        send(self.slider, QEvent.Type.MouseButtonPress, width * 0.5)
        send(self.slider, QEvent.Type.MouseMove, width * share)
        send(self.slider, QEvent.Type.MouseButtonRelease, width * share)
        self._turn()
        stopped = time.perf_counter()
        first = self._until(lambda: self.window.live.view.doubted is not None)
        self.bands.append((first - stopped) * 1e3)
        if number % 2:
            last = self._until(lambda: self.window.live.view.doubted.done)
            self.whole.append((last - stopped) * 1e3)
            return
        started = time.perf_counter()
        send(self.slider, QEvent.Type.MouseButtonPress, width * share)
        send(self.slider, QEvent.Type.MouseMove, width * (share + 0.05))
        QApplication.processEvents()
        self.moves.append((time.perf_counter() - started) * 1e3)
        send(self.slider, QEvent.Type.MouseButtonRelease, width * (share + 0.05))

    def _turn(self) -> None:
        """One turn of the event loop, with all painting that is due."""
        started = time.perf_counter()
        QApplication.processEvents()
        self.turns.append((time.perf_counter() - started) * 1e3)

    def _until(self, holds: Any) -> float:
        started = time.perf_counter()
        while not holds() and time.perf_counter() - started < _LONGEST_S:
            time.sleep(_PAUSE_S)
            self._turn()
        return time.perf_counter()


def run(count: int = 40) -> list[Row]:
    """Time it on the Overview and on the Risk page."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLANNER_DATA_DIR"] = folder
        from planner.app.settings import SettingsStore
        from planner.ui.main import make_app, make_window

        app = make_app()
        window = make_window(app, SettingsStore(Path(folder, "settings.json")))
        window.resize(1440, 900)
        window.show()
        for page in ("Overview", "Risk"):
            window.tab_bar.setCurrentIndex([tab.title for tab in window.tabs].index(page))
            app.processEvents()
            _Hand(window).stop_once(1)  # the first one imports
            hand = _Hand(window)
            for number in range(count):
                hand.stop_once(number)
            rows += [
                Row(f"{page}: slider stops to first bands", tuple(hand.bands), 60.0, "p95"),
                Row(f"{page}: slider stops to all 10,000 draws", tuple(hand.whole), 300.0),
                Row(f"{page}: turn of the event loop meanwhile", tuple(hand.turns), 33.0, "p95"),
                Row(f"{page}: slider event while draws are counted", tuple(hand.moves), 33.0, "p95"),
            ]
        window.store.undo_stack.setClean()
        window.close()
    return rows
