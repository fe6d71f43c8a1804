"""A recovery copy of unsaved work, written soon after each change and offered at the next start."""

from __future__ import annotations

import contextlib
import json
import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from planner.app.settings import recovery_folder, set_aside
from planner.app.store import PlanStore
from planner.errors import PlanFileError
from planner.scenario.files import plan_from_text, plan_to_text, write_whole
from planner.scenario.model import Plan

DELAY_MS: Final = 1500
"""Longest time that a change is not yet on disk."""

_SUFFIX: Final = ".recovery.json"
_RETRY_MS: Final = 3000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Unsaved work of a run that did not end well.

    Attributes
    ----------
    file : Path
        The recovery copy.
    plan : Plan
        The plan in it.
    path : Path or None
        The plan's own file; None if it had none yet.
    time : datetime
        When the copy was written.
    """

    file: Path
    plan: Plan
    path: Path | None
    time: datetime

    def discard(self) -> None:
        """Remove the recovery copy."""
        with contextlib.suppress(OSError):
            self.file.unlink(missing_ok=True)


class Autosave(QObject):
    """Keeps a recovery copy of a store's plan while it differs from its file.

    The copy is written at most `delay_ms` after the first change that it lacks, and removed when the plan is
    saved, undone to what was saved, or closed in good order. A lock tells a running program's copy from one
    that was left behind.

    Signals
    -------
    written : Path
        The copy is on disk.
    failed : PlanFileError
        The copy could not be written; it is tried again.
    """

    written = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        store: PlanStore,
        folder: Path | None = None,
        parent: QObject | None = None,
        *,
        delay_ms: int = DELAY_MS,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._file = (folder or recovery_folder()) / f"{uuid.uuid4().hex}{_SUFFIX}"
        self._lock = _lock_of(self._file)
        self._delay_ms = delay_ms
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        store.changed.connect(self._on_changed)
        store.clean_changed.connect(self._on_clean_changed)

    @property
    def file(self) -> Path:
        """Where the recovery copy is, when there is one."""
        return self._file

    @property
    def pending(self) -> bool:
        """Whether a change is not yet on disk."""
        return self._timer.isActive()

    def flush(self) -> bool:
        """Write the copy now if the plan is edited, as at the end of a session or after a crash.

        Returns
        -------
        bool
            Whether all work is safe: in the copy, or in the plan's own file.
        """
        self._timer.stop()
        if not self._store.modified:
            return True
        try:
            self._write()
        except (OSError, PlanFileError) as error:
            _LOG.warning("recovery copy: %s", error)
            problem = PlanFileError(
                "not_written", f"Unsaved work cannot be kept safe: {error}", "Save the plan."
            )
            self.failed.emit(problem)
            self._timer.start(_RETRY_MS)
            return False
        self.written.emit(self._file)
        return True

    def adopt(self, recovery: Recovery) -> None:
        """Continue with recovered work; the old copy goes once the own one is on disk."""
        self._store.restore(recovery.plan, recovery.path)
        if self.flush():
            recovery.discard()

    def close(self) -> None:
        """Remove the copy: the plan was saved, or the user wants it no more."""
        self._timer.stop()
        self._remove()
        self._lock.unlock()

    def _on_changed(self, _plan: Plan) -> None:
        # The undo stack says whether the plan is clean only after this signal; `flush` looks again.
        if not self._timer.isActive():
            self._timer.start(self._delay_ms)

    def _on_clean_changed(self, clean: bool) -> None:
        if clean:
            self._timer.stop()
            self._remove()
        elif not self._timer.isActive():
            self._timer.start(self._delay_ms)

    def _write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        if not self._lock.isLocked():
            self._lock.tryLock(0)
        copy = {
            "path": str(self._store.path) if self._store.path else None,
            "plan": plan_to_text(self._store.plan),
            "time": datetime.now(UTC).isoformat(),
        }
        write_whole(self._file, json.dumps(copy, indent=2).encode())

    def _remove(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)


def recoverable(folder: Path | None = None) -> list[Recovery]:
    """Return the work that earlier runs left unsaved, newest first; broken copies are set aside.

    Parameters
    ----------
    folder : Path, optional
        Where recovery copies are.
    """
    found = []
    for file in sorted((folder or recovery_folder()).glob(f"*{_SUFFIX}")):
        lock = _lock_of(file)
        if not lock.tryLock(0):  # another window is at work on it
            continue
        try:
            found.append(_read(file))
        except (OSError, ValueError, KeyError, TypeError, RecursionError, PlanFileError) as error:
            _LOG.warning("recovery copy %s: %s", file.name, error)
            set_aside(file)
        finally:
            lock.unlock()
    return sorted(found, key=lambda recovery: recovery.time, reverse=True)


def _read(file: Path) -> Recovery:
    copy = json.loads(file.read_text(encoding="utf-8"))
    path = copy["path"]
    time = datetime.fromisoformat(copy["time"])
    plan = plan_from_text(copy["plan"], "The recovery copy")
    return Recovery(file, plan, Path(path) if path is not None else None, time.astimezone(UTC))


def _lock_of(file: Path) -> QLockFile:
    lock = QLockFile(str(file.with_suffix(".lock")))
    lock.setStaleLockTime(0)  # stale only when its program is gone, never by age
    return lock
