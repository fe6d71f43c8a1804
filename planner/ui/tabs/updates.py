"""How the release is kept current: when, at what cost, and what it does to the score."""

from __future__ import annotations

from planner.engine.lineitems import CARBON, ENERGY, USD
from planner.ui.plots.figures.intervals import UpkeepByInterval
from planner.ui.plots.figures.updates import Events, RefreshItems, score_by_month, upkeep_by_month
from planner.ui.tabs.page import Page, Row, Switched


class UpdatesTab(Page):
    """Events on a time line, score over months, upkeep over months and by interval, what a refresh costs."""

    title = "Updates"

    def __init__(self) -> None:
        super().__init__()
        self.events, self.score = Events(), score_by_month()
        self.upkeep, self.upkeep_kwh, self.upkeep_kgco2e = (
            upkeep_by_month(quantity) for quantity in (USD, ENERGY, CARBON)
        )
        self.upkeeps = Switched(
            "Upkeep in", (("USD", self.upkeep), ("kWh", self.upkeep_kwh), ("CO₂e", self.upkeep_kgco2e))
        )
        self.intervals, self.items = UpkeepByInterval(), RefreshItems()
        self.lay_out(
            (
                self.events,
                self.score,
                self.intervals,
                self.upkeep,
                self.upkeep_kwh,
                self.upkeep_kgco2e,
                self.items,
            ),
            (
                Row(((self.events.card, 54), (self.score.card, 46)), least=240),
                Row(((self.intervals.card, 54), (self.upkeeps, 46)), least=240),
                Row(((self.items.card, 100),), least=230),
            ),
        )
