"""Plans that were open last, newest first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from planner.app.settings import SettingsStore

MOST: Final = 10


class RecentFiles(QObject):
    """The list behind Open Recent, kept in the settings.

    Signals
    -------
    changed : None
        The list is another one now.
    """

    changed = Signal()

    def __init__(self, settings: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def paths(self) -> list[Path]:
        """Return the files that still exist, newest first."""
        return [path for path in map(Path, self._settings.values.recent) if path.is_file()]

    def add(self, path: Path) -> None:
        """Put a file on top of the list, once."""
        added = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow a link the user chose
        others = [held for held in self.paths() if _same(held) != _same(added)]
        self._keep([added, *others][:MOST])

    def clear(self) -> None:
        """Forget all of them."""
        self._keep([])

    def _keep(self, paths: list[Path]) -> None:
        self._settings.change(recent=tuple(map(str, paths)))
        self.changed.emit()


def _same(path: Path) -> str:
    """Return what two spellings of one file share."""
    return os.path.normcase(os.path.realpath(path))
