"""What it costs: by month, by category, over volume, item by item."""

from __future__ import annotations

from planner.ui.plots.figures.costs import CostByVolume, LineItems, MonthlyCost
from planner.ui.plots.figures.overview import MoneySplit
from planner.ui.tabs.page import Page, Row, Switched


class Costs(Page):
    """Monthly cost of the selected strategy, cost by category of all, cost over volume, line items."""

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
