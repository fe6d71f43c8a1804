"""Opening and saving plans from the window, recent files, what is asked before leaving."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from planner.app.messages import MessageBus
from planner.app.recent import RecentFiles
from planner.app.store import PlanStore
from planner.errors import PlannerError
from planner.scenario.files import SUFFIX
from planner.scenario.model import Plan
from planner.scenario.presets import presets
from planner.ui.dialogs.save import ask_save
from planner.ui.kit import Menu

_PLANS = f"Plans (*{SUFFIX});;All files (*)"
_SWEEP = ".parquet"
_INVOICES = (".csv", ".tsv")
_SWEEPS = f"Sweep results (*{_SWEEP});;All files (*)"


class Documents(QObject):
    """The plan's file.

    Signals
    -------
    saved(str)
        Words for the status bar.
    started()
        Another plan is shown: what was in focus no longer is.
    sweep_opened(SweepFile)
        The results of a sweep are to be shown.
    invoices_opened(Path)
        A file of invoices is to be imported.
    """

    invoices_opened = Signal(object)

    sweep_opened = Signal(object)
    saved = Signal(str)
    started = Signal()

    def __init__(self, window: QWidget, store: PlanStore, bus: MessageBus, recent: RecentFiles) -> None:
        super().__init__(window)
        self._window, self._store, self._bus, self._recent = window, store, bus, recent

    # -- leaving
    def may_leave(self) -> bool:
        """Ask what becomes of unsaved changes; False to stay."""
        if not self._store.modified:
            return True
        answer = ask_save(self._window, self._store.plan.title)
        return self.save() if answer == "save" else answer == "discard"

    # -- opening
    def new(self, preset_id: str) -> None:
        """Start a new plan from a preset."""
        if self.may_leave() and self._try(lambda: self._store.new(preset_id), "open"):
            self.started.emit()

    def ask_open(self) -> None:
        """Let the user choose a file."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a plan", self.folder(), _PLANS)
        if name:
            self.open(Path(name))

    def ask_open_sweep(self) -> None:
        """Let the user choose the results of a sweep."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open sweep results", self.folder(), _SWEEPS)
        if name:
            self.open_sweep(Path(name))

    def open_sweep(self, path: Path) -> bool:
        """Open the results of a sweep beside the plan."""
        from planner.export.sweeps.read import open_sweep  # not before somebody opens one

        return self._try(lambda: self.sweep_opened.emit(open_sweep(path)), "open")

    def open(self, path: Path) -> bool:
        """Open a file; whatever is wrong with it, the plan on screen stays."""
        if path.suffix.casefold() == _SWEEP:
            return self.open_sweep(path)
        if path.suffix.casefold() in _INVOICES:
            self.invoices_opened.emit(path)
            return True
        if not self.may_leave() or not self._try(lambda: self._store.open(path), "open"):
            return False
        self._recent.add(path)
        self.started.emit()
        return True

    def dropped(self, mime: QMimeData) -> Path | None:
        """Return the file that is being dropped, if it is one."""
        urls = [url for url in mime.urls() if url.isLocalFile()]
        return Path(urls[0].toLocalFile()) if len(urls) == 1 else None

    # -- saving
    def save(self) -> bool:
        """Write the plan to its file; ask for one if it has none."""
        if self._store.path is None:
            return self.save_as()
        return self._save_to(self._store.path)

    def save_as(self) -> bool:
        """Write the plan to a file that the user names."""
        start = str(self._store.path or Path(self.folder()) / f"{_file_name(self._store.plan.title)}{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self._window, "Save the plan", start, _PLANS)
        if not name:
            return False
        return self._save_to(self._named(name))

    def _named(self, name: str) -> Path:
        """Return the file that was typed; one whose ending we add never takes another plan's place."""
        if name.endswith(".json"):
            return Path(name)  # the dialog has asked whether to replace it
        stem, number = name.removesuffix(".plan"), 2
        path = Path(f"{stem}{SUFFIX}")
        while path.exists() and path != self._store.path:
            path, number = Path(f"{stem} {number}{SUFFIX}"), number + 1
        return path

    def _save_to(self, path: Path) -> bool:
        if not self._try(lambda: self._store.save(path), "save"):
            return False
        self._recent.add(path)
        self.saved.emit(f"Saved {time.strftime('%H:%M')}")
        return True

    # -- names of other files
    def folder(self) -> str:
        """Return the folder that a dialog begins in: the plan's."""
        return str(self._store.path.parent if self._store.path is not None else Path.home())

    def stem(self, plan: Plan) -> str:
        """Return how a file made from a plan is called, without its ending."""
        own = self._store.path
        return self.stem_of(plan.title) if own is None else own.name.removesuffix(SUFFIX)

    def stem_of(self, title: str) -> str:
        """Return a title as a file's name that every system takes."""
        return _file_name(title)

    # -- menus
    def fill_new(self, menu: Menu) -> None:
        """List the presets."""
        for preset in presets():
            action = menu.addAction(preset.title)
            action.setToolTip(preset.line)
            action.triggered.connect(partial(self.new, preset.id))

    def fill_recent(self, menu: Menu) -> None:
        """List the recent files anew."""
        menu.clear()
        for path in self._recent.paths():
            action = menu.addAction(path.name.removesuffix(SUFFIX))
            action.setToolTip(str(path))
            action.triggered.connect(partial(self.open, path))
        if menu.isEmpty():
            menu.addAction("No recent plans").setEnabled(False)
            return
        menu.addSeparator()
        menu.addAction("Clear").triggered.connect(self._recent.clear)

    # -- inside
    def _try(self, run: Callable[[], object], key: str) -> bool:
        try:
            run()
        except PlannerError as problem:
            self._bus.report(problem, key=key)
            return False
        self._bus.clear(key)
        return True


def _file_name(title: str) -> str:
    """Return a title as a file name that every system takes."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in title.casefold())
    return "-".join(part for part in kept.split("-") if part)[:60] or "plan"
