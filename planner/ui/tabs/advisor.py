"""Which strategy to choose: the advice, what would change it, and every strategy by every criterion."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout

from planner.engine.advisor.criteria import criteria
from planner.engine.advisor.recommend import recommend
from planner.ui.kit.choice import Segmented
from planner.ui.kit.panels import Panel, PanelLook
from planner.ui.tabs.advisor_card import AdviceCard
from planner.ui.tabs.advisor_table import AdvisorTable, Head
from planner.ui.tabs.base import Tab
from planner.ui.view import View

_TABLE_LOOK = PanelLook(pad=(1, 1, 1, 1), gap=0)


OTHER_PAGES: tuple[tuple[str, str, Callable[[], Tab]], ...] = ()
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


class AdvicePage(Tab):
    """The advice over the table."""

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
        self.card.input_requested.connect(self.input_requested)
        self.table.items_requested.connect(self.items_requested)
        self.table.strategy_selected.connect(self.strategy_selected)

    def show_view(self, view: View) -> None:
        """Show a plan."""
        self.card.show_advice(recommend(view.results, view.choice), view)
        self.table.show_rows(heads_of(view), criteria(view.results, view.choice.strategy))


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
        self._pass_on(self.advice)
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
            self._pass_on(made)
        return self.others[key]

    def _pass_on(self, page: Tab) -> None:
        """Send a page's signals on as this tab's."""
        page.strategy_selected.connect(self.strategy_selected)
        page.items_requested.connect(self.items_requested)
        page.input_requested.connect(self.input_requested)
        page.change_requested.connect(self.change_requested)
        page.problem_met.connect(self.problem_met)
