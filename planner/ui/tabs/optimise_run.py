"""Searches of the page: a few plans in each idle turn of the event loop, so the window never waits."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from planner.app.background import Background
from planner.engine.goalseek import Seek, Sought
from planner.engine.optimise import Outcome, Search
from planner.errors import PlannerError
from planner.ui.idle import Idle


class _Patient:
    """A search whose step does nothing while the heuristic thinks in its thread."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.idled = False

    @property
    def share(self) -> float:
        return self.search.share

    def step(self) -> bool:
        before = self.search.share
        more = self.search.step(wait=False)
        self.idled = more and self.search.share == before
        return more


class SearchRun(QObject):
    """The search of the page.

    Signals
    -------
    advanced()
        More plans were tried.
    found(Outcome)
        It ended, or was stopped: what was found.
    failed(PlannerError)
        The plan cannot be searched.
    """

    advanced = Signal()
    found = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.search: Search | None = None
        self.ms_a_plan = 3.0
        self._started = 0.0
        self._idle = Idle(self)
        self._idle.advanced.connect(lambda _share: self.advanced.emit())
        self._idle.ended.connect(self._gather)
        self._idle.failed.connect(self._fail)
        self._background = Background(self)  # the front of all plans tried: arrays, no single runs
        self._background.done.connect(self._tell)
        self._background.failed.connect(self._fail)

    @property
    def running(self) -> bool:
        """Whether plans are being tried, or the front gathered."""
        return self.search is not None

    @property
    def seconds_left(self) -> float:
        """A guess from what is done. [s]."""
        share = 0.0 if self.search is None else self.search.share
        spent = time.perf_counter() - self._started
        return spent * (1.0 - share) / share if share > 0.0 else 0.0

    def start(self, make: Callable[[], Search]) -> None:
        """Start a search; an older one is dropped."""
        self.drop()
        try:
            self.search = make()
        except PlannerError as error:
            self.failed.emit(error)
            return
        self._started = time.perf_counter()
        self._idle.start(_Patient(self.search))

    def halt(self) -> None:
        """Stop trying, and tell what was found so far."""
        if self._idle.running and self.search is not None:
            self._idle.stop()
            self.search.stop()
            self._gather()

    def drop(self) -> None:
        """Stop, and tell nothing."""
        self._idle.stop()
        if self.search is not None:
            self.search.stop()
            self.search = None
        self._background.stop()

    def _gather(self) -> None:
        search = self.search
        if search is not None:
            if search.tried:
                self.ms_a_plan = 1e3 * (time.perf_counter() - self._started) / search.tried
            self._background.start(search.outcome)

    def _tell(self, outcome: Outcome) -> None:
        self.search = None
        self.found.emit(outcome)

    def _fail(self, error: PlannerError) -> None:
        self.drop()
        self.failed.emit(error)


class SeekRun(QObject):
    """The goal seek of the page; signals as `SearchRun`, `found` carries a `Sought`."""

    advanced = Signal(float)
    found = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seek: Seek | None = None
        self._idle = Idle(self)
        self._idle.advanced.connect(self.advanced)
        self._idle.ended.connect(self._tell)
        self._idle.failed.connect(self.failed)

    @property
    def running(self) -> bool:
        """Whether values are being tried."""
        return self._idle.running

    def start(self, make: Callable[[], Seek]) -> None:
        """Start; an older one is dropped."""
        self.stop()
        try:
            self._seek = make()
        except PlannerError as error:
            self.failed.emit(error)
            return
        self._idle.start(self._seek)

    def stop(self) -> None:
        """Drop it."""
        self._idle.stop()

    def _tell(self) -> None:
        if self._seek is not None:
            answer: Sought = self._seek.answer()
            self.found.emit(answer)
