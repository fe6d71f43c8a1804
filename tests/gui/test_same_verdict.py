"""Every document says the verdict that the window says where the draws are the same."""

from __future__ import annotations

import io

import openpyxl
import pytest
from pptx import Presentation
from report_plans import changed

from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.crossing import nearest
from planner.engine.risk import risk
from planner.engine.run import simulate
from planner.engine.verdict import verdict
from planner.evidence.asked import physics_ranges
from planner.export.currency import currency_of
from planner.export.job import Job
from planner.export.record import record
from planner.export.sheet_summary import SUMMARY
from planner.export.slides import slides_bytes
from planner.export.storyteller import Teller
from planner.export.workbook import workbook_bytes
from planner.ui.report.report import pages_of
from planner.units import money_in

PLANS = {
    "too close by draws alone": lambda: changed(),
    "clear": lambda: changed(workload__requests_per_month=8e6),
    "nothing keeps the limits": lambda: changed(limits__min_quality=99.0),
    "euro": lambda: changed(report__currency="EUR", report__currency_per_usd=0.92),
    "one, seldom within its budget": lambda: changed(strategies=("distil",), limits__max_total_usd=280e3),
}


@pytest.mark.parametrize("name", PLANS)
def test_all_say_the_same(qapp, name):
    plan = PLANS[name]()
    results = simulate(plan.scenario, load_catalog())
    found = risk(
        plan.scenario,
        load_catalog(),
        count=256,
        seed=0,
        choices=results.choices,
        further=physics_ranges(results),
    )
    currency = currency_of(plan.scenario)
    choice, turn = choose(results, found), nearest(results, load_catalog())
    window = verdict(results, choice, turn, found)
    with money_in(currency.symbol, currency.per_usd):
        documents = verdict(results, choice, turn, found)
    assert (window == documents) == (not currency.converts)
    if name == "too close by draws alone":
        assert choose(results).case == "clear"
        assert choice.case == "too_close"

    held = record(results, plan, found)["verdict"]
    assert (held["sentence"], held["second"]) == (window.sentence, window.second)
    assert held["case"] == choice.case

    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(results, plan, Job(results, found))))
    cells = [row[0].value for row in book[SUMMARY].iter_rows(max_row=6, max_col=1)]
    assert documents.sentence in cells
    assert (documents.second or None) in cells

    teller = Teller(results, plan, found, currency=currency)
    assert teller.told.verdict == documents
    front = " ".join(words.text for words in pages_of(teller).pages[0].words)
    assert documents.sentence in front
    assert documents.second in front

    page = teller.page("answer")
    deck = Presentation(io.BytesIO(slides_bytes(results, plan, Job(results, found))))
    said = [shape.text_frame.text for shape in deck.slides[1].shapes if shape.has_text_frame]
    assert {page.headline, page.subline} <= set(said)
    for word in documents.sentence.split():
        if word.startswith(currency.symbol):  # amounts of the sentence are those of the slide
            assert word.strip(",.;") in " ".join(said)
