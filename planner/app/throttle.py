"""Thins bursts: the first value goes through at once, the last one is never lost."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

_NOTHING: Any = object()


class Throttle(QObject):
    """Hands values on at most once an interval.

    Signals
    -------
    fired : object
        The newest value.
    """

    fired = Signal(object)

    def __init__(self, interval_ms: int = 30, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: Any = _NOTHING
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self.flush)

    @property
    def pending(self) -> bool:
        """Whether a value waits for its turn."""
        return self._waiting is not _NOTHING

    def submit(self, value: object) -> None:
        """Hand a value on, now or when the interval is over; a newer one takes its place."""
        self._waiting = value
        if not self._timer.isActive():
            self.flush()

    def flush(self) -> None:
        """Hand on at once what waits, if anything does."""
        if not self.pending:
            return
        value, self._waiting = self._waiting, _NOTHING
        self._timer.start()
        self.fired.emit(value)

    def cancel(self) -> None:
        """Forget what waits."""
        self._waiting = _NOTHING
        self._timer.stop()
