"""The first page: what it costs month by month, what one gets for it, where the money and the carbon go."""

from __future__ import annotations

from planner.ui.plots.figures.overview import CarbonBars, CostQuality, CumulativeCost, MoneySplit
from planner.ui.tabs.page import Page, Row


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
