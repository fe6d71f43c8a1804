"""Workbooks and tables that many tests look at, made once."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import openpyxl

from planner.catalog.load import load_catalog
from planner.engine.results import Results
from planner.engine.run import simulate
from planner.export.workbook import workbook_bytes
from planner.scenario.model import Plan
from planner.scenario.presets import load_preset, presets

IDS = [preset.id for preset in presets()]


@cache
def made(preset: str = "customer-support", changes: tuple[tuple[str, Any], ...] = ()) -> tuple[Results, Plan]:
    """Return a preset with changes, simulated."""
    plan = load_preset(preset)
    plan = plan.with_scenario(plan.scenario.with_(dict(changes)))
    return simulate(plan.scenario, load_catalog()), plan


@cache
def book_of(preset: str = "customer-support", changes: tuple[tuple[str, Any], ...] = (), *, values=True):
    """Return its workbook as a reader sees it: cached values, or formulas."""
    return opened(workbook_bytes(*made(preset, changes)), values=values)


def opened(data: bytes, *, values: bool = True):
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)
