"""Timings of the stage: from a slider's event in its drawer to the painted page, at 1920x1080."""

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

_MOVES = 90
_QUIET_S = 1.5
_FRAME_MS = 33.0


def _turns(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        QApplication.processEvents()
        time.sleep(0.002)  # other threads run


def _drag(slider: Any) -> tuple[float, ...]:
    """Drag back and forth; each sample is one mouse event until all that it moved is painted."""
    samples = []
    send(slider, QEvent.Type.MouseButtonPress, slider.x_of(slider.fraction))
    for number in range(_MOVES):
        share = 0.45 + 0.2 * abs((number % 40) - 20) / 20
        started = time.perf_counter()
        send(slider, QEvent.Type.MouseMove, slider.width() * share)
        QApplication.processEvents()
        samples.append((time.perf_counter() - started) * 1e3)
    send(slider, QEvent.Type.MouseButtonRelease, slider.width() * 0.5)
    return tuple(samples[10:])


def run() -> list[Row]:
    """Time a drag on each page."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLANNER_DATA_DIR"] = folder
        from planner.app.settings import SettingsStore
        from planner.ui.main import make_app, make_window
        from planner.ui.present.talk import Talk

        window = make_window(make_app(), SettingsStore(Path(folder, "settings.json")))
        window.resize(1440, 900)
        window.show()
        _turns(_QUIET_S)
        started = time.perf_counter()
        talk = window.runs.talk = Talk(window)
        talk.begin()
        assert talk.stage is not None
        talk.stage.resize(1920, 1080)
        QApplication.processEvents()
        rows = [Row("F5 to the first page", ((time.perf_counter() - started) * 1e3,), 500.0, "median")]
        talk.run("sliders")
        for number, key in enumerate(talk.keys):
            talk.go(number)
            _turns(_QUIET_S)
            slider = talk.stage.drawer.hand.rows["workload.requests_per_month"].slider
            rows.append(Row(f"slider event to painted stage, {key}", _drag(slider), _FRAME_MS, "p95"))
            _turns(_QUIET_S)
        talk.end()
        window.store.undo_stack.setClean()
        window.close()
    return rows
