"""Workbooks and tables that many tests look at, made once."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import openpyxl

from planner.catalog.load import load_catalog
from planner.engine.results import Results
from planner.engine.risk import Risk, risk
from planner.engine.run import simulate
from planner.export.job import Job
from planner.export.workbook import workbook_bytes
from planner.scenario.model import Plan
from planner.scenario.presets import load_preset, presets

DRAWS = 64
IDS = [preset.id for preset in presets()]


@cache
def made(preset: str = "customer-support", changes: tuple[tuple[str, Any], ...] = ()) -> tuple[Results, Plan]:
    """Return a preset with changes, simulated."""
    plan = load_preset(preset)
    plan = plan.with_scenario(plan.scenario.with_(dict(changes)))
    return simulate(plan.scenario, load_catalog()), plan


@cache
def drawn_of(preset: str = "customer-support", changes: tuple[tuple[str, Any], ...] = ()) -> Risk:
    """Return draws of it, few."""
    results, _ = made(preset, changes)
    return risk(results.scenario, load_catalog(), count=DRAWS, seed=0, choices=results.choices, workers=1)


@cache
def data_of(preset: str = "customer-support", changes: tuple[tuple[str, Any], ...] = ()) -> bytes:
    """Return its workbook as a file's bytes."""
    results, plan = made(preset, changes)
    return workbook_bytes(results, plan, Job(results, drawn_of(preset, changes)))


@cache
def book_of(preset: str = "customer-support", changes: tuple[tuple[str, Any], ...] = (), *, values=True):
    """Return its workbook as a reader sees it: cached values, or formulas."""
    return opened(data_of(preset, changes), values=values)


def opened(data: bytes, *, values: bool = True):
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def cells_with_formulas(data: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Text of the formula and of the value of every cell that has one, straight from the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                text = archive.read(name).decode()
                for cell, formula, value in re.findall(
                    r'<c r="([A-Z]+\d+)"[^>]*><f>(.*?)</f>(?:<v>(.*?)</v>)?</c>', text
                ):
                    yield name, cell, formula, value
