"""Garbage goes in the thread of the window and in no other."""

from __future__ import annotations

import gc
import threading

from planner.app.collector import Collector, collect_due


class Loop:
    """Garbage in a cycle, which says in which thread it went."""

    def __init__(self, went):
        self.me, self.went = self, went

    def __del__(self):
        self.went.append(threading.current_thread())


def test_threads_that_allocate_collect_nothing_and_the_window_does(qtbot):
    collector = Collector()
    went, kept = [], []
    Loop(went)

    def allocate():
        kept.append([[number] for number in range(50_000)])  # many times what makes Python collect

    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert went == []
    qtbot.waitUntil(lambda: bool(went), timeout=5_000)
    assert went == [threading.main_thread()]
    assert not gc.isenabled()
    collector.deleteLater()


def test_nothing_is_collected_that_is_not_due():
    gc.collect()
    assert collect_due() is None
    held = [[number] for number in range(2 * gc.get_threshold()[0])]
    assert collect_due() == 0
    assert held
