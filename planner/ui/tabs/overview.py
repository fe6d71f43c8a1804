"""The first page: what it costs month by month, what one gets for it, where the money and the carbon go."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent

from planner.ui.plots.base import Plot
from planner.ui.plots.figures.overview import CarbonBars, CostQuality, CumulativeCost, MoneySplit
from planner.ui.tabs.page import Page, Row
from planner.ui.view import View


class Overview(Page):
    """Cumulative cost, cost and quality, where the money goes, carbon."""

    title = "Overview"

    def __init__(self) -> None:
        super().__init__()
        self.cumulative, self.scatter = CumulativeCost(), CostQuality()
        self.split, self.carbon = MoneySplit(), CarbonBars()
        self.lay_out(
            (self.cumulative, self.scatter, self.split, self.carbon),
            (
                Row(((self.cumulative.card, 62), (self.scatter.card, 38)), least=190),
                Row(((self.split.card, 62), (self.carbon.card, 38)), least=196, stretch=0),
            ),
        )

    def show_view(self, view: View) -> None:
        """While a slider is held the main plot is painted at once, the rest in the next turn."""
        self.view = view
        self.cumulative.show(view)
        if view.dragging and self.isVisible():
            paint_now(self.cumulative.plot)  # before the others are marked, or Qt would paint them all
        for figure in self.figures[1:]:
            figure.show(view)


def paint_now(plot: Plot) -> None:
    """Paint a plot in this event: the scene hands on what has changed, and Qt then paints what is marked."""
    QCoreApplication.sendPostedEvents(plot.scene(), QEvent.Type.MetaCall.value)
