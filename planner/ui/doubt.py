"""The slow lane: draws beside each plan on screen, a first answer from few at once, then from all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from planner.app.background import Stream
from planner.catalog.load import Catalog
from planner.engine.results import Results
from planner.ui.view import Doubted

FIRST: Final = 1024
DRAWS: Final = 10_000
_REST_MS: Final = 15
"""A handle that rests for so long counts as stopped: nothing is drawn for a frame that is gone."""


class Doubt(QObject):
    """Draws from the ranges of the newest results, away from the window's thread.

    Signals
    -------
    counted(Doubted)
        More draws than before are counted.
    """

    counted = Signal(object)

    def __init__(self, catalog: Catalog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalog = catalog
        self.draws = DRAWS
        self._results: Results | None = None
        self._planned = 0
        self._held = False
        self._stream = Stream(self)
        self._stream.came.connect(self.counted)
        self._stream.failed.connect(lambda _problem: None)  # the plan itself has failed the same way
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._start)

    @property
    def busy(self) -> bool:
        """Whether draws are awaited."""
        return self._rest.isActive() or self._stream.busy

    def follow(self, results: Results, *, held: bool) -> None:
        """Draw for other results; for the same ones only when a slider was let go meanwhile."""
        wanted = FIRST if held else self.draws
        if results is self._results and wanted <= self._planned:
            return
        if results is not self._results:
            self._stream.cancel()
        self._results, self._held, self._planned = results, held, wanted
        self._rest.start()

    def hold(self, held: bool) -> None:
        """A slider is taken: its first frames do not share the machine with draws of what is gone soon."""
        if held and self._stream.busy:
            self._stream.cancel()
            self._planned = 0

    def ask(self, draws: int) -> None:
        """Draw this many from now on; 0 stops where it stands."""
        if draws <= 0:
            self._rest.stop()
            self._stream.cancel()
            return
        self.draws, self._planned = draws, 0
        if self._results is not None:
            self.follow(self._results, held=False)

    def leave(self) -> None:
        """Stop: there are no results to speak of."""
        self._rest.stop()
        self._stream.cancel()
        self._results, self._planned = None, 0

    def stop(self) -> None:
        """Leave nothing running."""
        self.leave()
        self._stream.stop()

    def _start(self) -> None:
        if self._results is not None:
            self._stream.start(_course(self._results, self._catalog, self._planned))


def _course(
    results: Results, catalog: Catalog, count: int
) -> Callable[[Callable[[], bool]], Iterator[Doubted]]:
    def run(stopped: Callable[[], bool]) -> Iterator[Doubted]:
        # Imported here: the window opens without them.
        from planner.engine.risk import drawn_ranges, steps
        from planner.evidence.asked import physics_ranges
        from planner.export.job import SEED

        scenario = results.scenario
        further = physics_ranges(results)
        spans, own = drawn_ranges(scenario, further), frozenset(scenario.ranges)
        course = steps(
            scenario,
            catalog,
            count=count,
            seed=SEED,
            choices=results.choices,
            further=further,
            first=FIRST,
            workers=1,  # the other core is the window's
            stopped=stopped,
        )
        for risk in course:
            yield Doubted(results, risk, spans, own)

    return run
