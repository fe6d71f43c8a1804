"""The tabs of the centre, in their order."""

from __future__ import annotations

from planner.ui.tabs.base import Tab
from planner.ui.tabs.overview import Overview

TABS: tuple[type[Tab], ...] = (Overview,)
