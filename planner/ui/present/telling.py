"""Pages told from views of a plan: at once where that is quick, beside the window where it is not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from planner.app.background import Background
from planner.engine.crossing import Crossing, search
from planner.engine.results import Results
from planner.errors import PlannerError
from planner.export.story import Page
from planner.export.storyteller import Teller
from planner.ui.view import View

SLOW: Final = frozenset({"scenarios"})
"""Pages that simulate many plans: told in a thread, and not while a slider is held."""
TURNING: Final = frozenset({"breakeven"})
"""Pages that say where the answer turns: that is looked for in pieces, and the page waits for it."""
_PIECE_S: Final = 0.006


class Telling(QObject):
    """Tells the newest page that was asked for.

    While a slider is held, a page that waits for a search is told for the plan that the search was of, and
    then anew: it may be some frames behind, but its numbers belong together.

    Signals
    -------
    told(str, object, object)
        Key, page and view that it is of.
    failed(object)
        Why the page cannot be told.
    """

    told = Signal(str, object, object)
    failed = Signal(object)

    def __init__(self, known: Callable[[View], Crossing | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known = known
        self._moving: tuple[str, ...] | None = None
        self._wanted: tuple[str, View, bool] | None = None
        self._asked: tuple[str, View] | None = None
        self._turn: tuple[Results, Crossing | None] | None = None
        self._search: tuple[View, Iterator[Crossing | None], Crossing | None] | None = None
        self._idle = QTimer(self)
        self._idle.setInterval(0)  # a piece of the search for each turn of the event loop
        self._idle.timeout.connect(self._look)
        self._thread = Background(self)
        self._thread.done.connect(self._take)
        self._thread.failed.connect(self.failed)

    @property
    def busy(self) -> bool:
        """Whether a page is awaited."""
        return self._idle.isActive() or self._thread.busy

    def want(self, key: str, view: View, *, noted: bool) -> None:
        """Tell a page; an older one that waits is dropped."""
        self._wanted = (key, view, noted)
        if key in SLOW:
            self._idle.stop()
            self._begin(key, view, noted)
        elif key in TURNING and not self._turn_known(view):
            if self._search is None:
                self._search = (view, search(view.results, view.catalog), None)
            self._idle.start()
        else:
            self._idle.stop()
            self._search = None
            self._tell(key, view, noted)

    def stop(self) -> None:
        """Leave nothing running."""
        self._idle.stop()
        self._search = None
        self._thread.stop()

    # -- at once
    def _tell(self, key: str, view: View, noted: bool) -> None:
        teller = self._teller(view)
        try:
            page = teller.page(key, noted=noted and not view.dragging)
        except PlannerError as error:
            self.failed.emit(error)
            return
        if not view.dragging:
            self._moving = tuple(swing.path for swing in teller.told.swings)
        self.told.emit(key, page, view)

    def _teller(self, view: View) -> Teller:
        found = self._turn
        turn = found[1] if found is not None and found[0] is view.results else self._known(view)
        held = self._moving if view.dragging else None
        return Teller(view.results, view.plan, view.risk, crossing=turn, inputs=held)

    # -- where the answer turns
    def _turn_known(self, view: View) -> bool:
        if self._turn is not None and self._turn[0] is view.results:
            return True
        found = self._known(view)
        if found is not None:
            self._turn = (view.results, found)
        return found is not None

    def _look(self) -> None:
        if self._search is None or self._wanted is None:
            self._idle.stop()
            return
        view, course, found = self._search
        until = time.perf_counter() + _PIECE_S
        try:
            while time.perf_counter() < until:
                found = next(course)
        except (StopIteration, PlannerError):  # there is none, or a volume cannot be costed
            self._search = None
        else:
            self._search = (view, course, found)
            return
        self._turn = (view.results, found)
        key, newest, noted = self._wanted
        self._idle.stop()
        if newest.results is view.results:
            self._tell(key, newest, noted)
            return
        self._tell(key, view, noted)
        self.want(key, newest, noted=noted)

    # -- in a thread
    def _begin(self, key: str, view: View, noted: bool) -> None:
        if view.dragging:
            return
        if self._asked is not None and self._asked[0] == key and self._asked[1].results is view.results:
            same = self._asked[1].risk is view.risk
            if same and self._thread.busy:
                return
        self._asked = (key, view)
        teller = self._teller(view)
        self._thread.start(lambda: (key, teller.page(key, noted=noted), view))

    def _take(self, answer: tuple[str, Page, View]) -> None:
        self.told.emit(*answer)
