"""What the page of break-even computes beside the window: curves first, then every crossing, then draws.

Arrays go to a thread. Inputs that are decided value by value, and the search for what would let another win,
are single runs, a few in each turn of the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from planner.app.background import Stream
from planner.catalog.load import Catalog
from planner.engine.along import Along
from planner.engine.axes import axis_of
from planner.engine.breakeven import BreakEven, break_even, first_look, steps
from planner.engine.regain import search
from planner.engine.results import Results
from planner.errors import PlannerError
from planner.ui.idle import Idle
from planner.ui.plots.figures.breakeven import curves_of
from planner.ui.plots.figures.breakeven_words import challenger_of

FIRST: Final = 161
"""Values of the first curves."""
_QUIET_MS: Final = 350


@dataclass(frozen=True)
class Asked:
    """What is looked at: a plan, along an input, against a baseline, with the strategy in focus."""

    results: Results
    catalog: Catalog
    path: str
    baseline: str
    selected: str

    def along(self) -> Along | None:
        """The plan along the axis; None where the input has no value."""
        axis = axis_of(self.path, self.results, self.catalog)
        return None if axis is None else Along(self.results.scenario, self.catalog, axis)


class Looker(QObject):
    """Looks along one axis at a time.

    Signals
    -------
    looked(BreakEven or None, Curves)
        Curves, first from few values, then with every crossing; None where the input has no value.
    counted(Chances)
        What draws say so far.
    certain()
        Nothing is uncertain: there are no draws.
    ended()
        All is said.
    failed(PlannerError)
        The plan cannot be looked at along this axis.
    """

    looked = Signal(object, object)
    counted = Signal(object)
    certain = Signal()
    ended = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stream = Stream(self)
        self._stream.came.connect(self._take)
        self._stream.finished.connect(self.ended)
        self._stream.failed.connect(self.failed)
        self._slices = Slices(self)
        self._slices.ended.connect(self._each_is_done)
        self._slices.failed.connect(self.failed)
        self._asked: Asked | None = None

    @property
    def busy(self) -> bool:
        """Whether answers are awaited."""
        return self._stream.busy or self._slices.busy

    def look(self, asked: Asked) -> None:
        """Look at something else."""
        self.cancel()
        self._asked = asked
        try:
            along = asked.along()
        except PlannerError as error:
            self.failed.emit(error)
            return
        if along is None:
            self.looked.emit(None, {})
            self.ended.emit()
        elif along.deciding == "each":
            self._slices.start(steps(along, asked.baseline))
        else:
            self._stream.start(_course(asked, along, None))

    def cancel(self) -> None:
        """Drop what is awaited."""
        self._slices.stop()
        self._stream.cancel()

    def stop(self) -> None:
        """Leave nothing running."""
        self._slices.stop()
        self._stream.stop()

    def _each_is_done(self, found: BreakEven) -> None:
        asked = self._asked
        along = None if asked is None else asked.along()
        if asked is None or along is None:
            return
        self.looked.emit(found, curves_of(found))
        self._stream.start(_course(asked, along, found))

    def _take(self, answer: tuple[str, Any]) -> None:
        kind, found = answer
        if kind == "looked":
            self.looked.emit(*found)
        elif kind == "counted":
            self.counted.emit(found)
        else:
            self.certain.emit()


def _course(
    asked: Asked, along: Along, found: BreakEven | None
) -> Callable[[Callable[[], bool]], Iterator[tuple[str, Any]]]:
    def run(stopped: Callable[[], bool]) -> Iterator[tuple[str, Any]]:
        # Imported here: the window opens without them.
        from planner.engine.breakeven_draws import chances
        from planner.engine.risk import drawn_ranges
        from planner.evidence.asked import physics_ranges
        from planner.export.job import SEED

        exact = found
        if exact is None:
            first = first_look(along, asked.baseline, FIRST)
            yield "looked", (first, curves_of(first))
            exact = break_even(along, asked.baseline, stopped=stopped)
            yield "looked", (exact, curves_of(exact))
        hero = asked.selected if asked.selected in exact.standings else challenger_of(exact)
        ranges = drawn_ranges(asked.results.scenario, physics_ranges(asked.results))
        some = False
        for counted in chances(along, (hero, asked.baseline), ranges, seed=SEED, stopped=stopped):
            some = True
            yield "counted", counted
        if not some:
            yield "certain", None

    return run


class _Search:
    """Every step yields nothing, the last one the answer; nobody knows how many there are."""

    share = 0.0

    def __init__(self, steps: Iterator[Any]) -> None:
        self._steps = steps
        self.found: Any = None

    def step(self) -> bool:
        self.found = next(self._steps)
        return self.found is None


class Slices(QObject):
    """Takes the steps of one search, some milliseconds of them a turn of the event loop.

    Signals
    -------
    ended(object)
        The answer: what the last step yields.
    failed(PlannerError)
        A step could not be taken.
    """

    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._search: _Search | None = None
        self._idle = Idle(self)
        self._idle.ended.connect(self._tell)
        self._idle.failed.connect(self.failed)

    @property
    def busy(self) -> bool:
        """Whether there is a search."""
        return self._idle.running

    def start(self, steps: Iterator[Any]) -> None:
        """Take up another search."""
        self._search = _Search(steps)
        self._idle.start(self._search)

    def stop(self) -> None:
        """Drop the search."""
        self._idle.stop()

    def _tell(self) -> None:
        if self._search is not None:
            self.ended.emit(self._search.found)


class Regains(QObject):
    """Searches what would let another strategy win, once nothing moves any more.

    Signals
    -------
    found(object)
        The conditions.
    """

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slices = Slices(self)
        self._slices.ended.connect(self.found)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(self._start)
        self._asked: tuple[Results, Catalog, str | None] | None = None

    @property
    def busy(self) -> bool:
        """Whether conditions are awaited."""
        return self._quiet.isActive() or self._slices.busy

    def search(self, results: Results, catalog: Catalog, rival: str | None) -> None:
        """Search for another plan."""
        self._slices.stop()
        self._asked = (results, catalog, rival)
        self._quiet.start()

    def stop(self) -> None:
        """Leave nothing running."""
        self._quiet.stop()
        self._slices.stop()

    def _start(self) -> None:
        if self._asked is not None:
            self._slices.start(search(*self._asked))
