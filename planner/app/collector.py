"""Garbage is collected in the window's thread alone.

Python collects in whichever thread happens to allocate. Widgets often are part of cycles, and Qt does not
survive that another thread than the window's takes one down.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY_MS: Final = 200


def collect_due() -> int | None:
    """Collect the oldest generation that is due by Python's own thresholds; returns which one."""
    due = zip(reversed(range(3)), reversed(gc.get_count()), reversed(gc.get_threshold()), strict=True)
    for generation, count, limit in due:
        if count > limit:
            gc.collect(generation)
            return generation
    return None


class Collector(QObject):
    """Takes over from Python: looks every fifth of a second, in the thread that it lives in."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(collect_due)
        self._timer.start()
