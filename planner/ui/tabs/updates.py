"""How the release is kept current: when, at what cost, and what it does to the score."""

from __future__ import annotations

from planner.ui.plots.figures.updates import Events, RefreshItems, score_by_month, upkeep_by_month
from planner.ui.tabs.page import Page, Row


class UpdatesTab(Page):
    """Events on a time line, score over months, upkeep, what a refresh costs."""

    title = "Updates"

    def __init__(self) -> None:
        super().__init__()
        self.events, self.score = Events(), score_by_month()
        self.upkeep, self.items = upkeep_by_month(), RefreshItems()
        self.lay_out(
            (self.events, self.score, self.upkeep, self.items),
            (
                Row(((self.events.card, 54), (self.score.card, 46)), least=240),
                Row(((self.upkeep.card, 36), (self.items.card, 64)), least=260),
            ),
        )
