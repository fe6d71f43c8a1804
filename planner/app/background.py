"""One piece of work away from the window's thread, and its answer back in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from planner.errors import PlannerError


class _Task(QRunnable):
    def __init__(self, run: Callable[[], Any], owner: Background, ticket: int) -> None:
        super().__init__()
        self._run, self._owner, self._ticket = run, owner, ticket

    def run(self) -> None:
        try:
            answer, error = self._run(), None
        except Exception as problem:  # noqa: BLE001  # it is raised again in the window's thread
            answer, error = None, problem
        self._owner.ended.emit(self._ticket, answer, error)


class Background(QObject):
    """Runs one function at a time in a thread; of several only the newest one's answer counts.

    The function must not touch widgets, nor anything that the window changes meanwhile.

    Signals
    -------
    done(object)
        What it returned.
    failed(PlannerError)
        What it raised; any other exception is raised in the window's thread.
    """

    done = Signal(object)
    failed = Signal(object)
    ended = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._ticket = 0
        self.ended.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._pool.activeThreadCount() > 0

    def start(self, run: Callable[[], Any]) -> None:
        """Run a function; an older one's answer is dropped."""
        self._ticket += 1
        self._pool.start(_Task(run, self, self._ticket))

    def stop(self) -> None:
        """Drop what is awaited, and wait for the thread to end."""
        self._ticket += 1
        self._pool.clear()
        self._pool.waitForDone()

    def _take(self, ticket: int, answer: object, error: Exception | None) -> None:
        if ticket != self._ticket:
            return
        if error is None:
            self.done.emit(answer)
        elif isinstance(error, PlannerError):
            self.failed.emit(error)
        else:
            raise error
