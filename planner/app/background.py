"""Work away from the window's thread, and its answers back in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

from planner.errors import PlannerError

Steps = Callable[[Callable[[], bool]], Iterator[Any]]
"""Makes a course of answers; is given a function that says whether to stop."""


class _Lane:
    """One thread, made on first use; the newest ticket counts.

    A thread of Python's own and not of a QThreadPool: that one waits for its work when Qt deletes it, with
    the interpreter's lock in hand, and work that needs the lock never ends.
    """

    def __init__(self) -> None:
        self.ticket = 0
        self._pool: ThreadPoolExecutor | None = None
        self._futures: list[Future[None]] = []

    def start(self, work: Callable[[int], None]) -> None:
        """Run something under the next ticket; what waits before it is dropped."""
        self.drop()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="beside the window")
        self._futures.append(self._pool.submit(work, self.ticket))

    def drop(self) -> None:
        """Let no answer so far count; what has not begun does not begin."""
        self.ticket += 1
        self._futures = [future for future in self._futures if not (future.cancel() or future.done())]

    def stop(self) -> None:
        """Drop everything, and wait for the thread to end."""
        self.drop()
        wait(self._futures)
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def wait(self) -> None:
        """Wait until nothing runs any more."""
        wait(self._futures)

    @property
    def busy(self) -> bool:
        """Whether something runs or waits."""
        return any(not future.done() for future in self._futures)


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
        self._lane = _Lane()
        self.ended.connect(self._take)

    @property
    def busy(self) -> bool:
        """Whether something runs."""
        return self._lane.busy

    def start(self, run: Callable[[], Any]) -> None:
        """Run a function; an older one's answer is dropped."""

        def work(ticket: int) -> None:
            answer, problem = None, None
            try:
                answer = run()
            except Exception as error:  # noqa: BLE001  # it is raised again in the window's thread
                problem = error
            with suppress(RuntimeError):  # nobody is left to be told
                self.ended.emit(ticket, answer, problem)

        self._lane.start(work)

    def finish(self) -> None:
        """Wait for what is awaited, and hand it on at once."""
        self._lane.wait()
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall)

    def stop(self) -> None:
        """Drop what is awaited, and wait for the thread to end."""
        self._lane.stop()

    def _take(self, ticket: int, answer: object, error: Exception | None) -> None:
        if ticket != self._lane.ticket:
            return
        if error is None:
            self.done.emit(answer)
        elif isinstance(error, PlannerError):
            self.failed.emit(error)
        else:
            raise error


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
        self._lane = _Lane()
        self._running = False
        self.stepped.connect(self._take)
        self.ended.connect(self._end)

    @property
    def busy(self) -> bool:
        """Whether answers of the newest course are awaited."""
        return self._running

    def start(self, run: Steps) -> None:
        """Run a course; an older one ends at its next question, and what it still says is dropped."""
        lane = self._lane

        def work(ticket: int) -> None:
            problem = None
            try:
                for answer in run(lambda: ticket != lane.ticket):
                    if ticket != lane.ticket:
                        return
                    self.stepped.emit(ticket, answer)
            except Exception as error:  # noqa: BLE001  # it is raised again in the window's thread
                problem = error
            with suppress(RuntimeError):  # nobody is left to be told
                self.ended.emit(ticket, problem)

        self._running = True
        lane.start(work)

    def cancel(self) -> None:
        """End the course; what came so far stands."""
        self._lane.drop()
        self._running = False

    def stop(self) -> None:
        """End the course, and wait for the thread."""
        self._running = False
        self._lane.stop()

    def _take(self, ticket: int, answer: object) -> None:
        if ticket == self._lane.ticket:
            self.came.emit(answer)

    def _end(self, ticket: int, error: Exception | None) -> None:
        if ticket != self._lane.ticket:
            return
        self._running = False
        if error is None:
            self.finished.emit()
        elif isinstance(error, PlannerError):
            self.failed.emit(error)
        else:
            raise error
