"""What it costs: the plan by month, category and volume, item by item; and beside it what was paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from planner.ui.kit.choice import Segmented
from planner.ui.plots.figures.costs import CostByVolume, LineItems, MonthlyCost
from planner.ui.plots.figures.overview import MoneySplit
from planner.ui.tabs.page import Page, Row, Switched
from planner.ui.view import View

if TYPE_CHECKING:
    from planner.ui.tabs.actuals import ActualsPage

PAGES: Final = (("plan", "Plan"), ("actual", "Plan and actual"))


class Costs(Page):
    """Monthly cost of the selected strategy, cost by category of all, cost over volume, line items.

    The second page shows what was paid beside it.
    """

    title = "Costs"

    def __init__(self) -> None:
        super().__init__()
        self.monthly, self.split = MonthlyCost(), MoneySplit("Cost by category")
        self.volume, self.items = CostByVolume(), LineItems()
        self.acceptable = CostByVolume("usd_per_1k_acceptable", self.volume.sweep)
        volumes = Switched("Cost by", (("All", self.volume), ("Acceptable", self.acceptable)))
        self.lay_out(
            (self.monthly, self.split, self.volume, self.acceptable, self.items),
            (
                Row(((self.monthly.card, 54), (self.split.card, 46)), least=230),
                Row(((volumes, 48), (self.items.card, 52)), least=250),
            ),
        )
        self.pages = Segmented("Costs", PAGES, PAGES[0][0], tall=True)
        self.pages.chosen.connect(lambda _key: self._turn())
        self.actuals: ActualsPage | None = None
        self._stack = QStackedLayout()
        self._put_into_stack()

    def _put_into_stack(self) -> None:
        outer = self.layout()
        assert isinstance(outer, QVBoxLayout)
        outer.removeWidget(self._scroll)
        outer.setSpacing(10)
        self._top = QHBoxLayout()
        self._top.addWidget(self.pages)
        self._top.addStretch(1)
        outer.addLayout(self._top)
        self._stack.addWidget(self._scroll)
        outer.addLayout(self._stack, 1)

    @property
    def page(self) -> str:
        """Key of the page shown."""
        return self.pages.current

    @property
    def picture_name(self) -> str:
        """What a picture of the page is called."""
        return self.title if self.actuals is None or self.page == "plan" else self.actuals.title

    @property
    def whole(self) -> QWidget:
        """The rows of the page shown, without the scroll bar."""
        return self._content if self.actuals is None or self.page == "plan" else self.actuals.whole

    def show_page(self, key: str) -> None:
        """Go to a page."""
        self.pages.set_current(key)
        self._turn()

    def show_view(self, view: View) -> None:
        """Hand the view to the page shown; the other one catches up when it is."""
        self.view = view
        if self.page == "plan":
            super().show_view(view)
        else:
            self._second().show_view(view)

    def show_doubt(self, view: View) -> None:
        """Likewise with draws."""
        self.view = view
        if self.page == "plan":
            super().show_doubt(view)
        else:
            self._second().show_doubt(view)

    def stop(self) -> None:
        """Leave nothing running."""
        if self.actuals is not None:
            self.actuals.stop()

    def _turn(self) -> None:
        self._stack.setCurrentWidget(self._scroll if self.page == "plan" else self._second())
        if self.actuals is not None and self.page == "plan":
            self.actuals.tools.hide()
        if self.view is not None:
            self.show_view(self.view)

    def _second(self) -> ActualsPage:
        if self.actuals is None:
            from planner.ui.tabs.actuals import ActualsPage  # not before it is looked at

            page = self.actuals = ActualsPage()
            self.pass_on(page)
            self._top.addWidget(page.tools)
            self._stack.addWidget(page)
        return self.actuals
