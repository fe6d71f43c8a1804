"""What happens when the program itself fails: log, recovery copy, one message with the details to copy."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QMessageBox

from planner import __version__

_LOG = logging.getLogger("planner")
_BYTES, _FILES = 500_000, 3


def start_log(folder: Path) -> Path:
    """Write the program's log to a folder, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "planner.log"
    handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    return path


def watch_interpreter(folder: Path) -> None:
    """Write the stacks of all threads where the interpreter itself is killed by a signal."""
    faulthandler.enable((folder / "crash.txt").open("a", encoding="utf-8"))


class CrashHook(QObject):
    """Catches what nobody caught, in any thread, saves the work, and tells the user once.

    Parameters
    ----------
    save : callable
        Writes the recovery copy.
    log : Path
        Where the details are kept.
    """

    _failed = Signal(str)

    def __init__(self, save: Callable[[], object], log: Path) -> None:
        super().__init__()
        self._save, self._log, self._shown = save, log, False
        self._failed.connect(self._tell)  # queued from other threads: the dialog opens on this one
        sys.excepthook = self._caught
        threading.excepthook = lambda args: self._caught(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        _LOG.critical("%s", details)
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        self._failed.emit(details)

    def _tell(self, details: str) -> None:
        self._save()
        if self._shown:
            return
        self._shown = True
        box = QMessageBox(QApplication.activeWindow())
        box.setWindowTitle("Something went wrong")
        box.setText("The planner met an error of its own. Your work was saved as a recovery copy.")
        box.setInformativeText(f"You can go on, or quit and start again. Details are in {self._log}.")
        box.setDetailedText(f"Planner {__version__}\n{details}")
        go_on = box.addButton("Go on", QMessageBox.ButtonRole.AcceptRole)
        stop = box.addButton("Quit", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(go_on)
        box.exec()
        self._shown = False
        if box.clickedButton() is stop:
            QApplication.exit(3)
