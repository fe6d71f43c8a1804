"""Bridges between scenarios, counted a few milliseconds at a time in the turns of the event loop."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from planner.catalog.load import Catalog
from planner.engine.compare import bridging
from planner.engine.results import Results
from planner.engine.run import simulate
from planner.errors import PlannerError
from planner.scenario.model import Scenario

if TYPE_CHECKING:
    from planner.engine.compare import Bridge, Progress

    Answer = Bridge | PlannerError

Key = tuple[int, int, tuple[str, str]]
Pair = tuple[str, str]

QUIET_MS: Final = 120
"""Nothing is counted before the plan has rested so long."""
SLICE_S: Final = 6e-3
"""Longest work in one turn of the event loop, beside the piece that is at hand. [s]."""
_MOST_BRIDGES, _MOST_RESULTS, _MOST_WORK = 64, 32, 4
_SAME: Final = 1e-9


class _Kept:
    """What was counted, by the identity of the scenarios: they never change, and stay alive in here."""

    def __init__(self) -> None:
        self.bridges: OrderedDict[Key, tuple[Scenario, Scenario, Answer]] = OrderedDict()
        self.results: OrderedDict[int, tuple[Scenario, Results | PlannerError]] = OrderedDict()
        self.most_results = _MOST_RESULTS
        self.work: dict[Key, Iterator[Progress | Bridge]] = {}
        """What is being counted: the page and the panel often ask for the same."""

    def clear(self) -> None:
        self.bridges.clear()
        self.results.clear()
        self.work.clear()


_kept = _Kept()


def results_of(scenario: Scenario, catalog: Catalog) -> Results | PlannerError:
    """Return the results of a scenario that is not the active one; simulated when it is first asked for."""
    held = kept_results(scenario)
    if held is None:
        try:
            held = simulate(scenario, catalog)
        except PlannerError as error:
            held = error
        _keep_results(scenario, held)
    return held


def kept_results(scenario: Scenario) -> Results | PlannerError | None:
    """Return the results of a scenario, if they are there."""
    found = _kept.results.get(id(scenario))
    return found[1] if found is not None and found[0] is scenario else None


def make_room(scenarios: int) -> None:
    """Keep the results of at least so many scenarios: what a page shows at once must not drop out."""
    _kept.most_results = max(_MOST_RESULTS, scenarios)


def take_results(results: Results) -> None:
    """Keep the results of the active scenario.

    Where an older run of the same scenario said something else, something beside the plan has changed, such
    as a price list: nothing that was counted holds any more.
    """
    held = kept_results(results.scenario)
    if held is results:
        return
    if held is not None and not agrees(held, results):
        _kept.clear()
    _keep_results(results.scenario, results)


def _keep_results(scenario: Scenario, results: Results | PlannerError) -> None:
    _kept.results[id(scenario)] = (scenario, results)
    _kept.results.move_to_end(id(scenario))
    while len(_kept.results) > _kept.most_results:
        _kept.results.popitem(last=False)


def agrees(held: Results | PlannerError, now: Results) -> bool:
    """Return whether two runs of one scenario say the same: nothing beside the plan has changed."""
    if isinstance(held, PlannerError):
        return False
    one, other = (
        [float(np.asarray(r["total_usd"])) for r in each.strategies.values()] for each in (held, now)
    )
    return bool(np.allclose(one, other, rtol=_SAME, atol=0.0, equal_nan=True))


class Bridges(QObject):
    """Counts one bridge at a time: that asked for last.

    Signals
    -------
    found()
        The answer to what was asked last is there: ask again for it.
    progressed(int, int)
        So many of so many plans are costed.
    """

    found = Signal()
    progressed = Signal(int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._key: Key | None = None
        self._asked: tuple[Scenario, Scenario, Catalog, Pair] | None = None
        self._idle = QTimer(self)
        self._idle.setInterval(0)  # a slice of work in each turn of the event loop, so that events come first
        self._idle.timeout.connect(self._count)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._idle.start)

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._asked is not None

    def ask(self, before: Scenario, after: Scenario, catalog: Catalog, strategies: Pair) -> Answer | None:
        """Return the bridge, or why there is none; None while it is counted, then `found` says so."""
        key = (id(before), id(after), strategies)
        held = _kept.bridges.get(key)
        if held is not None and held[0] is before and held[1] is after:
            self.stop()
            return held[2]
        if key != self._key:
            self.stop()
            self._key, self._asked = key, (before, after, catalog, strategies)
        if not self._idle.isActive():
            self._quiet.start()
        return None

    def pause(self) -> None:
        """Count nothing for a page that is not seen."""
        self._quiet.stop()
        self._idle.stop()

    def resume(self) -> None:
        """Go on where `pause` left it."""
        if self._asked is not None and not self._idle.isActive():
            self._quiet.start()

    def stop(self) -> None:
        """Leave nothing running."""
        self.pause()
        self._key = self._asked = None

    def _count(self) -> None:
        if self._asked is None or self._key is None:
            self._idle.stop()
            return
        if self._key in _kept.bridges:  # the other one who asked has counted the last piece
            self._end()
            return
        work = _kept.work.get(self._key)
        if work is None:
            work = _kept.work[self._key] = bridging(*self._asked)
            while len(_kept.work) > _MOST_WORK:
                _kept.work.pop(next(iter(_kept.work)))
        began, last = time.perf_counter(), None
        try:
            for last in work:
                if not isinstance(last, tuple):
                    self._keep(last)
                    return
                if time.perf_counter() - began > SLICE_S:
                    break
        except PlannerError as problem:
            self._keep(problem)
            return
        if isinstance(last, tuple):
            self.progressed.emit(*last)

    def _keep(self, answer: Answer) -> None:
        if self._asked is not None and self._key is not None:
            _kept.work.pop(self._key, None)
            _kept.bridges[self._key] = (self._asked[0], self._asked[1], answer)
            while len(_kept.bridges) > _MOST_BRIDGES:
                _kept.bridges.popitem(last=False)
        self._end()

    def _end(self) -> None:
        self.stop()
        self.found.emit()
