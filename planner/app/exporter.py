"""Files written away from the window's thread, one after the other: progress, cancelling, how each ended."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from planner.app.background import Background
from planner.errors import PlannerError
from planner.export.job import Cancelled, Progress

_TOLD_EVERY_S: Final = 0.03


@dataclass(frozen=True, slots=True)
class Order:
    """A file to write.

    Attributes
    ----------
    path : Path
        Where to.
    write : callable
        Writes it, whole or not at all; tells what it is given how far it is, and lets `Cancelled` pass. It
        runs in a thread of its own and must not touch widgets.
    """

    path: Path
    write: Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class _Ended:
    """How the writing of a file ended: well, by cancelling, or by an error."""

    error: Exception | None = None


class Exporter(QObject):
    """Writes files one at a time; what is asked for meanwhile waits.

    Signals
    -------
    progressed(str, float, str)
        Name of the file being written, share that is done, and of what.
    idle()
        Nothing is written any more.
    written(Order)
        A file is there.
    failed(Order, PlannerError)
        It could not be written; what was there before is as it was.
    """

    progressed = Signal(str, float, str)
    idle = Signal()
    written = Signal(object)
    failed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Order] = deque()
        self._order: Order | None = None
        self._cancel = threading.Event()
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        self._work = Background(self)
        self._work.done.connect(self._end)

    @property
    def busy(self) -> bool:
        """Whether a file is being written."""
        return self._order is not None

    def is_writing(self, path: Path) -> bool:
        """Return whether a file is being written, or waits to be."""
        orders = (*self._waiting, *([] if self._order is None else [self._order]))
        return any(_same(order.path, path) for order in orders)

    def start(self, order: Order) -> None:
        """Write a file, after those that wait.

        Raises
        ------
        PlannerError
            If that very file is being written already.
        """
        if self.is_writing(order.path):
            message = f"{order.path.name} is still being written."
            raise PlannerError("busy", message, "Wait until it is there, or take another name.")
        self._waiting.append(order)
        if self._order is None:
            self._next()

    def hold(self, held: bool) -> None:
        """Let the writer rest at its next word of progress, or go on: a slider is held, or let go."""
        if held:
            self._may_go_on.clear()
        else:
            self._may_go_on.set()

    def cancel(self) -> None:
        """Stop the file being written; nothing is left of it. Those that wait are not written either."""
        self._waiting.clear()
        self._cancel.set()
        self._may_go_on.set()

    def finish(self) -> None:
        """Wait until everything is written, and say how it ended."""
        self._may_go_on.set()
        while self._order is not None:
            self._work.finish()

    def stop(self) -> None:
        """Leave nothing running, and nothing half written."""
        self.cancel()
        self._work.stop()
        self._order = None

    def _next(self) -> None:
        self._order = order = self._waiting.popleft()
        self._cancel = cancel = threading.Event()
        name, told = order.path.name, 0.0

        def progress(share: float, words: str) -> None:
            nonlocal told
            self._may_go_on.wait()
            if cancel.is_set():
                raise Cancelled
            now = time.monotonic()
            if now - told >= _TOLD_EVERY_S:
                told = now
                self.progressed.emit(name, share, words)

        def work() -> _Ended:
            try:
                order.write(progress)
            except Exception as error:  # noqa: BLE001  # `_end` raises it in the window's thread
                return _Ended(error)
            return _Ended()

        self.progressed.emit(name, 0.0, "")
        self._work.start(work)

    def _end(self, ended: _Ended) -> None:
        order, self._order = self._order, None
        if self._waiting:
            self._next()
        else:
            self.idle.emit()
        if ended.error is None:
            self.written.emit(order)
        elif isinstance(ended.error, PlannerError):
            self.failed.emit(order, ended.error)
        elif not isinstance(ended.error, Cancelled):
            raise ended.error


def _same(one: Path, other: Path) -> bool:
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))
