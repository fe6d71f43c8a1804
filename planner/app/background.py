"""Work away from the window's thread, and its answers back in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from planner.errors import PlannerError

Steps = Callable[[Callable[[], bool]], Iterator[Any]]
"""Makes a course of answers; is given a function that says whether to stop."""


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


class _Course(QRunnable):
    def __init__(self, run: Steps, owner: Stream, ticket: int) -> None:
        super().__init__()
        self._run, self._owner, self._ticket = run, owner, ticket

    def run(self) -> None:
        owner, ticket, problem = self._owner, self._ticket, None
        try:
            for answer in self._run(lambda: owner.is_old(ticket)):
                if owner.is_old(ticket):
                    break
                owner.stepped.emit(ticket, answer)
        except Exception as error:  # noqa: BLE001  # it is raised again in the window's thread
            problem = error
        owner.ended.emit(ticket, problem)


class Stream(QObject):
    """Runs one course of answers at a time in a thread: a first one soon, better ones after it.

    A newer course ends the older one. The function is given one to ask whether it should stop; it must not
    touch widgets, nor anything that the window changes meanwhile.

    Signals
    -------
    came(object)
        An answer of the newest course.
    finished()
        The newest course has given its last.
    failed(PlannerError)
        What it raised; any other exception is raised in the window's thread.
    """

    came = Signal(object)
    finished = Signal()
    failed = Signal(object)
    stepped = Signal(int, object)
    ended = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._ticket = 0
        self._running = False
        self.stepped.connect(self._take)
        self.ended.connect(self._end)

    @property
    def busy(self) -> bool:
        """Whether answers of the newest course are awaited."""
        return self._running

    def is_old(self, ticket: int) -> bool:
        """Return whether a course should stop. Asked from its thread."""
        return ticket != self._ticket

    def start(self, run: Steps) -> None:
        """Run a course; an older one ends at its next question, and what it still says is dropped."""
        self._ticket += 1
        self._running = True
        self._pool.clear()
        self._pool.start(_Course(run, self, self._ticket))

    def cancel(self) -> None:
        """End the course; what came so far stands."""
        self._ticket += 1
        self._running = False
        self._pool.clear()

    def stop(self) -> None:
        """End the course, and wait for the thread."""
        self.cancel()
        self._pool.waitForDone()

    def _take(self, ticket: int, answer: object) -> None:
        if not self.is_old(ticket):
            self.came.emit(answer)

    def _end(self, ticket: int, error: Exception | None) -> None:
        if self.is_old(ticket):
            return
        self._running = False
        if error is None:
            self.finished.emit()
        elif isinstance(error, PlannerError):
            self.failed.emit(error)
        else:
            raise error
