"""The story of a plan in pages: what slides, report and presentation show, made from the same figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, Literal

from planner.engine.crossing import Crossing
from planner.engine.results import Results
from planner.engine.risk import Risk
from planner.export.currency import Currency
from planner.export.story import Page
from planner.export.story_pages.answer import answer
from planner.export.story_pages.doubt import risk
from planner.export.story_pages.footprint import energy
from planner.export.story_pages.grounds import grounds
from planner.export.story_pages.money import categories, cost
from planner.export.story_pages.notes import notes
from planner.export.story_pages.side_by_side import scenarios
from planner.export.story_pages.told import Told
from planner.export.story_pages.turning import breakeven
from planner.export.story_pages.upkeep import updates
from planner.scenario.model import Plan
from planner.units import money_in

_PAGES: Final[Mapping[str, Callable[[Told], Page]]] = {
    "answer": answer,
    "cost": cost,
    "categories": categories,
    "breakeven": breakeven,
    "risk": risk,
    "energy": energy,
    "updates": updates,
    "scenarios": scenarios,
    "assumptions": grounds,
}
USD: Final = Currency()


class Teller:
    """Tells a plan page by page; what several pages need is found once.

    Parameters are those of `planner.export.story_pages.told.Told`, with the currency to tell it in: USD, as
    the window does, unless the report's is given (`planner.export.currency.currency_of`).
    """

    def __init__(
        self,
        results: Results,
        plan: Plan,
        drawn: Risk | None = None,
        *,
        crossing: Crossing | Literal["search"] | None = "search",
        inputs: tuple[str, ...] | None = None,
        currency: Currency = USD,
    ) -> None:
        self.currency = currency
        self.told = Told(
            results,
            plan,
            drawn,
            crossing=crossing,
            inputs=inputs,
            symbol=currency.symbol,
            per_usd=currency.per_usd,
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the pages, in order."""
        return page_keys(self.told.plan)

    def page(self, key: str, *, noted: bool = False) -> Page:
        """Return one page; with what a speaker may be asked where wanted, which takes longer."""
        with money_in(self.currency.symbol, self.currency.per_usd):
            found = _PAGES[key](self.told)
            said = (*found.notes, *notes(self.told, found)) if noted else found.notes
        return replace(found, sources=self.told.sources, notes=said)


def page_keys(plan: Plan) -> tuple[str, ...]:
    """Return the keys of the pages of a plan, in order: scenarios only where there are several."""
    return tuple(key for key in _PAGES if key != "scenarios" or len(plan.scenarios) > 1)
