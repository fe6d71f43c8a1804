"""Long work of single runs, a few milliseconds in each turn of the event loop, so the window never waits."""

from __future__ import annotations

import time
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from planner.errors import PlannerError
from planner.units import SECONDS_PER_MINUTE

_SLICE_S: Final = 0.008
_TELL_S: Final = 0.1


class Work(Protocol):
    """What goes on step by step."""

    @property
    def share(self) -> float: ...

    def step(self) -> bool: ...


class Idle(QObject):
    """Runs one piece of work at a time.

    Signals
    -------
    advanced(float)
        The share that is done, ten times a second.
    ended()
        It ran to its end.
    failed(PlannerError)
        It cannot be done.
    """

    advanced = Signal(float)
    ended = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(0)  # one slice per turn of the event loop, so that events come first
        self._timer.timeout.connect(self._slice)
        self._work: Work | None = None
        self._told = 0.0

    @property
    def running(self) -> bool:
        """Whether there is work."""
        return self._work is not None

    def start(self, work: Work) -> None:
        """Take up other work."""
        self._work, self._told = work, time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Drop the work."""
        self._timer.stop()
        self._work = None

    def _slice(self) -> None:
        work = self._work
        if work is None:
            self.stop()
            return
        until = time.perf_counter() + _SLICE_S
        try:
            more = work.step()
            while more and time.perf_counter() < until and not getattr(work, "idled", False):
                more = work.step()
        except PlannerError as error:
            self.stop()
            self.failed.emit(error)
            return
        if not more:
            self.stop()
            self.ended.emit()
        elif time.perf_counter() - self._told > _TELL_S:
            self._told = time.perf_counter()
            self.advanced.emit(work.share)


def time_words(seconds: float) -> str:
    """Return about how long something takes."""
    if seconds < 1.0:
        return "under 1 s"
    if seconds < 1.5 * SECONDS_PER_MINUTE:
        return f"about {seconds:.0f} s"
    return f"about {seconds / SECONDS_PER_MINUTE:.0f} min"
