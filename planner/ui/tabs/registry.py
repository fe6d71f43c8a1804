"""The tabs of the centre, in their order."""

from __future__ import annotations

from planner.ui.tabs.advisor import AdvisorTab
from planner.ui.tabs.base import Tab
from planner.ui.tabs.compare import CompareTab
from planner.ui.tabs.costs import Costs
from planner.ui.tabs.energy import EnergyTab
from planner.ui.tabs.optimise import OptimiseTab
from planner.ui.tabs.overview import Overview
from planner.ui.tabs.risk import RiskTab
from planner.ui.tabs.serving import ServingTab
from planner.ui.tabs.sources import SourcesTab
from planner.ui.tabs.training import TrainingTab
from planner.ui.tabs.updates import UpdatesTab

TABS: tuple[type[Tab], ...] = (
    Overview,
    Costs,
    TrainingTab,
    ServingTab,
    EnergyTab,
    UpdatesTab,
    RiskTab,
    OptimiseTab,
    CompareTab,
    AdvisorTab,
    SourcesTab,
)
