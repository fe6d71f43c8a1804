"""Timings of the window: from a slider's event to painted pixels, and from the start to the first paint."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.benchmarks.rows import Row

_START = """
import sys, time
started = time.perf_counter()
from pathlib import Path
from planner.app.settings import SettingsStore
from planner.ui.main import make_app, make_window
app = make_app()
window = make_window(app, SettingsStore(Path(sys.argv[1])))
window.show()
app.processEvents()
print((time.perf_counter() - started) * 1e3)
"""


def send(target: QWidget, kind: QEvent.Type, x: float) -> None:
    """Send a mouse event of the left button to a place across a widget."""
    where = QPointF(x, target.height() / 2)
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(kind, where, target.mapToGlobal(where), button, button, keys)
    QApplication.sendEvent(target, event)


def _drag(window: QWidget, slider: Any, count: int) -> tuple[float, ...]:
    """Drag a slider back and forth; each sample is one mouse event until all that it moved is painted."""
    app, samples = QApplication.instance(), []
    assert app is not None
    send(slider, QEvent.Type.MouseButtonPress, slider.x_of(slider.fraction))  # the bars of its range stay
    for number in range(count):
        share = 0.3 + 0.4 * abs((number % 80) - 40) / 40
        started = time.perf_counter()
        send(slider, QEvent.Type.MouseMove, slider.width() * share)
        app.processEvents()
        samples.append((time.perf_counter() - started) * 1e3)
    send(slider, QEvent.Type.MouseButtonRelease, slider.width() * 0.5)
    return tuple(samples[10:])


def _start_up(count: int) -> tuple[float, ...]:
    samples = []
    for _ in range(count):
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "PLANNER_DATA_DIR": folder, "PYTHONPATH": str(Path.cwd())}
            command = [sys.executable, "-c", _START, str(Path(folder, "settings.json"))]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            samples.append(float(done.stdout))
    return tuple(samples[1:])


def run() -> list[Row]:
    """Time a drag on the Overview at 1440x900, other pages, and the start."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLANNER_DATA_DIR"] = folder
        from planner.app.settings import SettingsStore
        from planner.ui.main import make_app, make_window

        app = make_app()
        window = make_window(app, SettingsStore(Path(folder, "settings.json")))
        window.resize(1440, 900)
        window.show()
        app.processEvents()
        slider = window.inputs.rows["workload.requests_per_month"].slider
        rows = [Row("slider event to painted Overview, 1440x900", _drag(window, slider, 260), 16.7, "p95")]
        for number, tab in enumerate(window.tabs[1:], start=1):
            window.tab_bar.setCurrentIndex(number)
            app.processEvents()
            rows.append(Row(f"slider event to painted {tab.title}", _drag(window, slider, 90), 33.0, "p95"))
        window.live.stop()
        window.notices.stop()
        window.store.undo_stack.setClean()
        window.close()
    rows.append(Row("start to first painted window, warm", _start_up(6), 1500.0))
    return rows
