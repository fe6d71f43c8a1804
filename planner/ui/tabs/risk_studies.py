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
from planner.export.job import SEED
from planner.ui.view import Doubted, View

Compared = tuple[str, str | None]


class Studies(QObject):
    """Computes away from the window's thread, once for the same question.

    Signals
    -------
    swung(Swings)
        One input after the other was moved.
    studied(Matters)
        What is known of each input, and then the points at which it flips the choice.
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
        self._studying, self._indexing = Stream(self), Background(self)
        self._studying.came.connect(self._hand_on)
        self._indexing.done.connect(self.indexed)
        for work in (self._studying, self._indexing):
            work.failed.connect(self.failed)
        self._moving: Results | None = None
        self._moved: Results | None = None
        self._asked: tuple[Risk, Compared] | None = None
        self._wanted = False

    def study(self, doubted: Doubted, view: View, compared: Compared) -> None:
        """Ask what moves, and what matters for, a saving or a cost, where that was not asked before.

        One thread does it all, one after the other: each further one would take its time from the window.
        """
        asked = (doubted.risk, compared)
        if self._asked is not None and self._asked[0] is asked[0] and self._asked[1] == compared:
            return
        self._asked = asked
        self._moving = doubted.results
        move = self._moved is not doubted.results
        self._studying.start(_course(doubted, view, compared, move=move))

    def _hand_on(self, answer: Swings | Matters) -> None:
        if isinstance(answer, Swings):
            self._moved = self._moving  # answers are those of the newest question
            self.swung.emit(answer)
        else:
            self.studied.emit(answer)

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
        self._asked = self._moved = None

    def stop(self) -> None:
        """Leave nothing running."""
        self.leave()
        for work in (self._studying, self._indexing):
            work.stop()


def _swings(doubted: Doubted, view: View) -> Swings:
    results = doubted.results
    return swings(results.scenario, view.catalog, choices=results.choices, further=doubted.spans)


def _course(
    doubted: Doubted, view: View, compared: Compared, *, move: bool
) -> Callable[[Callable[[], bool]], Iterator[Swings | Matters]]:
    def run(stopped: Callable[[], bool]) -> Iterator[Swings | Matters]:
        if move:
            yield _swings(doubted, view)
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
