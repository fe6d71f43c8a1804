"""The budget workbook: verdict, budget by month, line items, assumptions, sources, with live formulas."""

from __future__ import annotations

import io

from planner import __version__
from planner.engine.results import Results
from planner.export.book import Book, add_sheets
from planner.export.job import Job
from planner.export.sheet_budget import write_budget
from planner.export.sheet_inputs import write_inputs, write_sources
from planner.export.sheet_items import write_items
from planner.export.sheet_summary import write_summary
from planner.export.xlsx import Workbook
from planner.scenario.model import Plan

_TEXT_STAYS_TEXT = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def workbook_bytes(results: Results, plan: Plan, _job: Job | None = None) -> bytes:
    """Return the budget workbook of a plan's active scenario as a file's bytes.

    Every formula carries its value, so that a reader that does not calculate shows the same figures.

    Parameters
    ----------
    results : Results
        The scenario, simulated at its most likely values.
    plan : Plan
        Its plan.
    """
    stream = io.BytesIO()
    with Workbook(stream, _TEXT_STAYS_TEXT) as workbook:
        workbook.set_properties({"title": plan.title, "comments": f"Made by planner {__version__}"})
        book = Book(workbook, results, plan)
        add_sheets(book)
        write_items(book)
        write_budget(book)
        write_inputs(book)
        write_sources(book)
        write_summary(book)
    return stream.getvalue()
