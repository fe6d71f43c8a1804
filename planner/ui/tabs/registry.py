"""The tabs of the centre, in their order."""

from __future__ import annotations

from planner.ui.tabs.base import Tab
from planner.ui.tabs.costs import Costs
from planner.ui.tabs.overview import Overview
from planner.ui.tabs.training import TrainingTab

TABS: tuple[type[Tab], ...] = (Overview, Costs, TrainingTab)
