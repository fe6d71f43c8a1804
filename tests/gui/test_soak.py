"""Five thousand changes of a slider: memory stays flat, and no reference to None is lost (own command)."""

from __future__ import annotations

import gc
import resource
import sys

import numpy as np
import pytest
from PySide6.QtCore import QEvent

CHANGES = 5000
_MOST_GROWTH_KIB = 40_000


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the resource module is not on Windows")
def test_five_thousand_changes(window, mouse, qapp):
    hand = mouse(window.inputs.rows["workload.requests_per_month"].slider)
    hand.send(QEvent.Type.MouseButtonPress, 0.55)  # the likely handle, not a bar of its range

    def move(count):
        for number in range(count):
            hand.send(QEvent.Type.MouseMove, 0.3 + 0.4 * abs(np.sin(number / 7)))
            qapp.processEvents()
            if number % 250 == 0:
                window.tab_bar.setCurrentIndex((number // 250) % len(window.tabs))

    move(500)  # caches fill, pages are made
    gc.collect()
    memory, references = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, sys.getrefcount(None)
    move(CHANGES)
    hand.send(QEvent.Type.MouseButtonRelease, 0.5)
    gc.collect()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    assert grown < _MOST_GROWTH_KIB, f"{grown} KiB more"
    # From 3.12 on None is not counted and the number stays as it is.
    assert sys.getrefcount(None) > references - CHANGES / 10
