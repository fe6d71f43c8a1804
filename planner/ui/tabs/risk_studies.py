"""What is computed beside the Risk page: what moves a saving, what is worth knowing, Sobol indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal

from planner.app.background import Background, Stream
from planner.engine.flip_points import flip_points
from planner.engine.matters import Matters, matters
from planner.engine.results import Results
from planner.engine.risk import Risk
from planner.engine.sensitivity import Swings, swings
from planner.engine.sobol import Indices, sobol
from planner.export.record import SEED
from planner.ui.view import Doubted, View

Compared = tuple[str, str | None]


class Studies(QObject):
    """Computes away from the window's thread, once for the same question.

    Signals
    -------
    swung(Swings)
        One input after the other was moved.
    studied(Matters)
        What is known of each input; a second time with the points at which it flips the choice.
    indexed(Indices)
        Sobol indices; None where they were stopped.
    progressed(int, int)
        Runs of the Sobol indices that are done, of how many.
    failed(PlannerError)
        A study has no answer.
    """

    swung = Signal(object)
    studied = Signal(object)
    indexed = Signal(object)
    progressed = Signal(int, int)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._moving, self._studying, self._indexing = Background(self), Stream(self), Background(self)
        self._moving.done.connect(self.swung)
        self._studying.came.connect(self.studied)
        self._indexing.done.connect(self.indexed)
        for work in (self._moving, self._studying, self._indexing):
            work.failed.connect(self.failed)
        self._moved: Results | None = None
        self._asked: tuple[Risk, Compared] | None = None
        self._wanted = False

    def move(self, doubted: Doubted, view: View) -> None:
        """Move one input after the other, where that was not done for these results."""
        if self._moved is not doubted.results:
            self._moved = doubted.results
            self._moving.start(lambda: _swings(doubted, view))

    def study(self, doubted: Doubted, view: View, compared: Compared) -> bool:
        """Ask what matters for a saving, or a cost; returns whether that was not asked before."""
        asked = (doubted.risk, compared)
        if self._asked is not None and self._asked[0] is asked[0] and self._asked[1] == compared:
            return False
        self._asked = asked
        self._studying.start(_course(doubted, view, compared))
        return True

    def index(self, doubted: Doubted, view: View, compared: Compared) -> None:
        """Compute Sobol indices."""
        self._wanted = True
        self._indexing.start(lambda: _indices(doubted, view, compared, self._report))

    def _report(self, done: int, whole: int) -> bool:
        """Called in the thread."""
        self.progressed.emit(done, whole)
        return self._wanted

    def stop_index(self) -> None:
        """Stop the Sobol indices at their next block."""
        self._wanted = False

    def leave(self) -> None:
        """End what speaks of a plan that is gone."""
        self._wanted = False
        self._studying.cancel()
        self._asked = None

    def stop(self) -> None:
        """Leave nothing running."""
        self.leave()
        for work in (self._moving, self._studying, self._indexing):
            work.stop()


def _swings(doubted: Doubted, view: View) -> Swings:
    results = doubted.results
    return swings(results.scenario, view.catalog, choices=results.choices, further=doubted.spans)


def _course(
    doubted: Doubted, view: View, compared: Compared
) -> Callable[[Callable[[], bool]], Iterator[Matters]]:
    def run(stopped: Callable[[], bool]) -> Iterator[Matters]:
        found = matters(doubted.risk, *compared)
        yield found
        results = doubted.results
        flips = flip_points(results.scenario, view.catalog, choices=results.choices, further=doubted.spans)
        yield found.with_flips(flips)

    return run


def _indices(
    doubted: Doubted, view: View, compared: Compared, report: Callable[[int, int], bool]
) -> Indices | None:
    results = doubted.results
    return sobol(
        results.scenario,
        view.catalog,
        compared,
        seed=SEED,
        choices=results.choices,
        further=doubted.spans,
        report=report,
    )
