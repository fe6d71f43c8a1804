"""The budget workbook: the plan as live formulas, from assumptions to the monthly budget."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

from planner import __version__
from planner.catalog.load import load_catalog
from planner.engine.equations.build import plan_equations
from planner.engine.results import Results
from planner.export.book import Book, add_sheets
from planner.export.job import Job
from planner.export.sheet_breakeven import write_break_even
from planner.export.sheet_budget import write_budget
from planner.export.sheet_calculation import write_calculations
from planner.export.sheet_carbon import write_carbon
from planner.export.sheet_cash import write_cash
from planner.export.sheet_inputs import write_inputs
from planner.export.sheet_items import find_items, write_items
from planner.export.sheet_notes import write_notes
from planner.export.sheet_quarters import write_quarters
from planner.export.sheet_risk import write_risk
from planner.export.sheet_sources import write_rates, write_sources
from planner.export.sheet_summary import write_summary
from planner.export.xlsx import Workbook
from planner.scenario.model import Plan

_TEXT_STAYS_TEXT = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_LONGEST_PROPERTY: Final = 255
_STEPS: Final[tuple[tuple[Callable[[Book], None], str], ...]] = (
    (write_inputs, "assumptions"),
    (write_rates, "rates"),
    (write_calculations, "calculations"),
    (find_items, "line items"),
    (write_items, "line items"),
    (write_budget, "monthly budget"),
    (write_quarters, "quarters"),
    (write_carbon, "energy and carbon"),
    (write_cash, "cash"),
    (write_break_even, "break-even"),
    (write_risk, "risk"),
    (write_sources, "sources"),
    (write_notes, "notes"),
    (write_summary, "summary"),
)
"""What writes each sheet, in an order in which each refers to cells that have their place."""


def workbook_bytes(results: Results, plan: Plan, job: Job | None = None) -> bytes:
    """Return the budget workbook of a plan's active scenario as a file's bytes.

    Every formula carries its value, so that a reader that does not calculate shows the same figures.

    Parameters
    ----------
    results : Results
        The scenario, simulated at its most likely values.
    plan : Plan
        Its plan.
    job : Job, optional
        Its draws, and whom to tell of progress.
    """
    work, stream = job or Job(results), io.BytesIO()
    work.progress(0.0, "draws")
    drawn = work.drawn
    equations = plan_equations(results, load_catalog())
    with Workbook(stream, _TEXT_STAYS_TEXT) as workbook:
        title = plan.title[:_LONGEST_PROPERTY]
        workbook.set_properties({"title": title, "comments": f"Made by planner {__version__}"})
        book = Book(workbook, results, plan, equations, drawn)
        add_sheets(book)
        for number, (write, words) in enumerate(_STEPS, start=1):
            work.progress(number / (len(_STEPS) + 1), words)
            write(book)
    work.progress(1.0, "done")
    return stream.getvalue()
