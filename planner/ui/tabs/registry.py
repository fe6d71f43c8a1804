"""The tabs of the centre, in their order; a module is imported when its page is first looked at."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from planner.ui.tabs.base import Tab


@dataclass(frozen=True, slots=True)
class PageKind:
    """A page by its title, and where its class is."""

    title: str
    module: str
    name: str

    def load(self) -> type[Tab]:
        """Return the class."""
        kind: type[Tab] = getattr(import_module(f"planner.ui.tabs.{self.module}"), self.name)
        return kind


PAGES: tuple[PageKind, ...] = (
    PageKind("Overview", "overview", "Overview"),
    PageKind("Costs", "costs", "Costs"),
    PageKind("Training", "training", "TrainingTab"),
    PageKind("Serving", "serving", "ServingTab"),
    PageKind("Energy", "energy", "EnergyTab"),
    PageKind("Updates", "updates", "UpdatesTab"),
    PageKind("Break-even", "breakeven", "BreakEvenTab"),
    PageKind("Risk", "risk", "RiskTab"),
    PageKind("Optimise", "optimise", "OptimiseTab"),
    PageKind("Compare", "compare", "CompareTab"),
    PageKind("Advisor", "advisor", "AdvisorTab"),
    PageKind("Sources", "sources", "SourcesTab"),
)


def number_of(title: str) -> int:
    """Return where a page stands."""
    return [page.title for page in PAGES].index(title)


def tab_kinds() -> tuple[type[Tab], ...]:
    """Return every class, all of them imported."""
    return tuple(page.load() for page in PAGES)
