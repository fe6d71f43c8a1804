"""Which strategy to choose: the advice, what would change it, and every strategy by every criterion."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout

from planner.engine.advisor.cells import Criterion
from planner.engine.advisor.criteria import More, criteria
from planner.engine.advisor.flips import Findings, Search, search
from planner.engine.advisor.recommend import recommend
from planner.engine.scores import score_ranges
from planner.ui.kit.choice import Segmented
from planner.ui.kit.panels import Panel, PanelLook
from planner.ui.tabs.advisor_card import AdviceCard
from planner.ui.tabs.advisor_table import AdvisorTable, Head
from planner.ui.tabs.base import Tab
from planner.ui.theme import px
from planner.ui.view import View

QUIET_MS = 250
_LOW = 440
_NOTHING = Findings((), ())
_TABLE_LOOK = PanelLook(pad=(1, 1, 1, 1), gap=0)


def _claims() -> Tab:
    from planner.ui.tabs.claims import ClaimsPage  # not at the start

    return ClaimsPage()


OTHER_PAGES: tuple[tuple[str, str, Callable[[], Tab]], ...] = (("claims", "Received wisdom", _claims),)
"""Key, word on the switch, and what makes the page when it is first looked at."""

_ADVICE = ("advice", "Advice")


def heads_of(view: View) -> tuple[Head, ...]:
    """Return the heads of the table in the order of the results."""
    heads = []
    for name, result in view.results.strategies.items():
        word, tone = "", "muted"
        if not np.all(result.fits):
            word, tone = "does not fit", "bad"
        elif result.misses:
            count = len(result.misses)
            word, tone = ("misses a limit" if count == 1 else f"misses {count} limits"), "bad"
        advised = name == view.choice.strategy and view.choice.case != "nothing"
        heads.append(Head(name, advised, word, tone))
    return tuple(heads)


def _whose(view: View) -> tuple[object, ...]:
    """Return what names the scenario that a view shows."""
    return view.plan.title, view.plan.preset, view.scenario.name


class AdvicePage(Tab):
    """The advice over the table.

    Signals
    -------
    counted()
        What would change the advice is known.
    """

    counted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.card = AdviceCard()
        self.table = AdvisorTable("Strategies by criterion")
        holder = Panel(look=_TABLE_LOOK)
        holder.body.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.card)
        column.addWidget(holder, 1)
        self.findings: Findings | None = None
        self._view: View | None = None
        self._search: Search | None = None
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._start_search)
        self._idle = QTimer(self)
        self._idle.setInterval(0)  # one simulation per turn of the event loop, so that events come first
        self._idle.timeout.connect(self._work)
        self.card.input_requested.connect(self.input_requested)
        self.table.items_requested.connect(self.items_requested)
        self.table.input_requested.connect(self.input_requested)
        self.table.strategy_selected.connect(self.strategy_selected)

    # -- what is shown
    def show_view(self, view: View) -> None:
        """Show a plan; what would change the advice follows when nothing moves any more."""
        fresh = self._view is None or view.results is not self._view.results
        other = self._view is not None and _whose(view) != _whose(self._view)
        self._view = view
        if fresh:
            self._stop_search()
            self.findings = None
        self.card.show_advice(recommend(view.results, view.choice), view)
        self.table.show_rows(heads_of(view), self._rows(view))
        if fresh:
            self.card.show_flips(_NOTHING if other else None, view)
            self.card.show_flips(None, view)
        if self.findings is None:
            self._quiet.start()

    def _rows(self, view: View) -> tuple[Criterion, ...]:
        windows = None if self.findings is None else self.findings.windows
        scores = score_ranges(view.scenario, view.catalog, view.results.choices)
        return criteria(view.results, view.choice.strategy, More(windows, scores))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low page keeps room for the table."""
        super().resizeEvent(event)
        self.card.set_compact(event.size().height() < px(_LOW))

    def hideEvent(self, event: QHideEvent) -> None:
        """Count nothing for a page that is not seen."""
        super().hideEvent(event)
        self._quiet.stop()
        self._idle.stop()

    # -- what would change it
    def _start_search(self) -> None:
        view = self._view
        if view is None or not self.isVisible():
            return
        if view.dragging:
            self._quiet.start()
            return
        if self._search is None:
            self._search = search(view.results, view.catalog)
        self._idle.start()

    def _stop_search(self) -> None:
        self._idle.stop()
        self._search = None

    def _work(self) -> None:
        """Take one step of the search."""
        view = self._view
        if self._search is None or view is None:
            self._idle.stop()
            return
        found = next(self._search, _NOTHING)
        if found is not None:
            self._stop_search()
            self.findings = found
            self.card.show_flips(found, view)
            self.table.show_rows(heads_of(view), self._rows(view))
            self.counted.emit()

    def stop(self) -> None:
        """Leave nothing running."""
        self._quiet.stop()
        self._stop_search()


class AdvisorTab(Tab):
    """The advice, and further pages beside it; each is made when it is first looked at."""

    title = "Advisor"

    def __init__(self) -> None:
        super().__init__()
        options = (_ADVICE, *((key, words) for key, words, _ in OTHER_PAGES))
        self.pages = Segmented("What to show", options, "advice", tall=True)
        self.pages.setVisible(bool(OTHER_PAGES))
        self.advice = AdvicePage()
        self.others: dict[str, Tab] = {}
        self._view: View | None = None
        top = QHBoxLayout()
        top.addWidget(self.pages)
        top.addStretch(1)
        self._centre = QStackedLayout()
        self._centre.addWidget(self.advice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12 if OTHER_PAGES else 0)
        column.addLayout(top)
        column.addLayout(self._centre, 1)
        self.pass_on(self.advice)
        self.pages.chosen.connect(lambda _key: self._refresh())

    @property
    def page(self) -> str:
        """Key of the page shown."""
        return self.pages.current

    def show_page(self, key: str) -> None:
        """Go to a page."""
        self.pages.set_current(key)
        self._refresh()

    def show_view(self, view: View) -> None:
        """Show a plan on the page that is seen."""
        self._view = view
        self._refresh()

    def stop(self) -> None:
        """Leave nothing running."""
        for page in (self.advice, *self.others.values()):
            page.stop()

    def _refresh(self) -> None:
        if self._view is None:
            return
        if self.page == "advice":
            self._centre.setCurrentWidget(self.advice)
            self.advice.show_view(self._view)
            return
        page = self._other(self.page)
        self._centre.setCurrentWidget(page)
        page.show_view(self._view)

    def _other(self, key: str) -> Tab:
        if key not in self.others:
            made = next(make for other, _, make in OTHER_PAGES if other == key)()
            self.others[key] = made
            self._centre.addWidget(made)
            self.pass_on(made)
        return self.others[key]
