"""The report as a file: two to six pages A4 with the verdict, plots, tables, assumptions and equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from planner import __version__
from planner.engine.results import Results
from planner.export import palette
from planner.export.currency import currency_of
from planner.export.job import Job
from planner.export.story import Page
from planner.export.story_pages.told import Told
from planner.export.storyteller import Teller
from planner.scenario.model import Plan
from planner.ui.lettering import plain
from planner.ui.offscreen import application
from planner.ui.report.budget import put_categories, put_months, put_years
from planner.ui.report.canvas import HEIGHT, RIGHT, WIDTH, Box, Canvas, pdf_bytes
from planner.ui.report.flow import MARGIN, TICK, Flow
from planner.ui.report.front import put_front
from planner.ui.report.inputs import Inputs
from planner.ui.report.letters import Letters
from planner.ui.report.middle import energy_table, put_page, put_swings
from planner.ui.report.outline import with_outline
from planner.ui.report.workings import put_equations, put_method
from planner.units import money_in

MOST_PAGES: Final = 6
_SECTIONS: Final = ("answer", "categories", "risk", "breakeven", "energy", "updates", "scenarios")
_DRAWN, _LAID_OUT = 0.55, 0.85
"""Shares of the work that are done when the draws are counted, and when the pages are laid out."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How much room things take: a longer plan takes a tighter one, so that it keeps to its pages."""

    lines: float = 175.0
    scores: float = 125.0
    months: bool = True
    facts: bool = True
    categories: bool = True
    swings: int = 8
    first: int = 22
    equations: int = 6
    small: float = 1.0
    notes: int = 10


_MEASURES: Final = (
    Measure(),
    Measure(lines=150.0, scores=105.0, equations=5),
    Measure(lines=150.0, scores=105.0, equations=5, facts=False),
    Measure(lines=150.0, scores=105.0, equations=5, facts=False, small=0.94),
    Measure(lines=150.0, scores=105.0, equations=5, months=False),
    Measure(lines=130.0, scores=90.0, equations=4, months=False, facts=False, swings=6, small=0.94),
    Measure(120.0, 80.0, months=False, facts=False, swings=6, equations=4, small=0.92, notes=5),
    Measure(
        120.0, 80.0, months=False, facts=False, categories=False, swings=5, first=12, equations=3, small=0.88
    ),
    Measure(
        110.0, 75.0, months=False, facts=False, categories=False, swings=4, first=6, equations=2, small=0.8
    ),
)


def report_bytes(results: Results, plan: Plan, job: Job) -> bytes:
    """Return the report of a plan's active scenario as a file's bytes.

    No widget takes part, so that it can be made beside the window, in a thread of its own.

    Parameters
    ----------
    results : Results
        The scenario, simulated at its most likely values.
    plan : Plan
        Its plan.
    job : Job
        Its draws, and whom to tell how far it is.

    Raises
    ------
    PlannerError
        If no PDF can be drawn here.
    """
    application()
    job.progress(0.0, "Counting the draws")
    drawn = job.drawn
    job.progress(_DRAWN, "Laying out the pages")
    canvas = pages_of(Teller(results, plan, drawn, currency=currency_of(results.scenario)))

    def told(share: float) -> None:
        job.progress(_LAID_OUT + (1.0 - _LAID_OUT) * share, "Drawing the pages")

    data = pdf_bytes(canvas, plain(plan.title), f"planner {__version__}", told)
    return with_outline(data, canvas.bookmarks)


def pages_of(teller: Teller) -> Canvas:
    """Return the pages, laid out and not yet painted; six at most."""
    letters, currency = Letters(), teller.currency
    said = {key: teller.page(key) for key in teller.keys if key in _SECTIONS}
    with money_in(currency.symbol, currency.per_usd):
        said["energy"] = replace(said["energy"], table=energy_table(teller.told))
        for measure in _MEASURES:
            canvas = _laid_out(teller.told, said, Canvas(letters), measure)
            if len(canvas.pages) <= MOST_PAGES:
                break
        _frame(canvas, teller)
    return canvas


def _laid_out(told: Told, said: Mapping[str, Page], canvas: Canvas, measure: Measure) -> Canvas:
    flow = Flow(canvas)
    put_front(flow, told, said["answer"])
    if told.chosen is not None:
        flow.new_page()
        _put_story(flow, told, said, measure)
    if "scenarios" in said:
        put_page(flow, said["scenarios"], share=0.5)
    put_equations(flow, told, measure.equations)
    Inputs(flow, told, most=measure.first, scale=measure.small).put()
    put_method(flow, told, measure.notes)
    return canvas


def _put_story(flow: Flow, told: Told, said: Mapping[str, Page], measure: Measure) -> None:
    """Set what the choice costs, how sure it is, where it turns, what it emits, how it is kept current."""
    put_page(flow, said["categories"], facts=False)
    if measure.categories:
        put_categories(flow, told)
    put_years(flow, told)
    if measure.months:
        put_months(flow, told)
    put_page(flow, said["risk"], share=0.5, facts=measure.facts)
    put_swings(flow, told, measure.swings)
    put_page(flow, said["breakeven"], lines=measure.lines, facts=measure.facts)
    put_page(flow, said["energy"], share=0.46, facts=measure.facts)
    put_page(flow, said["updates"], share=0.56, lines=measure.scores)


def _frame(canvas: Canvas, teller: Teller) -> None:
    """Set header and footer of every page: what plan it is, of what versions, which page of how many."""
    told, count = teller.told, len(canvas.pages)
    left, right = MARGIN, WIDTH - MARGIN
    letters = canvas.letters
    half = (right - left) / 2
    title = letters.elided(told.plan.title, TICK, half - 10.0)
    name = letters.elided(told.scenario.name, TICK, half - 10.0)
    for number, page in enumerate(canvas.pages, start=1):
        if number > 1:
            canvas.text(Box(left, 28.0, half - 10.0, 10.0), title, TICK, page=page)
            canvas.text(Box(left + half, 28.0, half, 10.0), name, TICK, RIGHT, page)
        y = HEIGHT - 34.0
        canvas.line(((left, y), (right, y)), palette.HAIRLINE, 0.5, page=page)
        foot = Box(left, y + 4.0, right - left - 70.0, 10.0)
        canvas.text(foot, told.sources, TICK, page=page)
        canvas.text(Box(right - 70.0, y + 4.0, 70.0, 10.0), f"Page {number} of {count}", TICK, RIGHT, page)
