"""Documents in another currency are written in a thread while the window paints: the same bytes."""

from __future__ import annotations

import threading

from presenting import settle
from report_plans import changed

from planner.catalog.load import load_catalog
from planner.engine.risk import risk
from planner.engine.run import simulate
from planner.export.currency import currency_of
from planner.export.job import Job
from planner.export.slides import slides_bytes
from planner.export.storyteller import Teller
from planner.ui.report.report import pages_of, report_bytes

ROUNDS = 2


def test_documents_are_the_same_while_the_stage_is_moved(window, talk):
    plan = changed("bank-compliance", report__currency="EUR", report__currency_per_usd=0.92)
    results = simulate(plan.scenario, load_catalog())
    found = risk(plan.scenario, load_catalog(), count=128, seed=0, choices=results.choices)
    written, broken, spoken = [], [], set()

    def document():
        teller = Teller(results, plan, found, currency=currency_of(plan.scenario))
        assert report_bytes(results, plan, Job(results, found)).startswith(b"%PDF")
        marks = repr([page.marks for page in pages_of(teller).pages])
        return slides_bytes(results, plan, Job(results, found)), marks

    def work():
        try:
            written.extend(document() for _ in range(ROUNDS))
        except BaseException as error:  # noqa: BLE001  # it fails the test in its own thread
            broken.append(error)

    quiet = document()
    thread = threading.Thread(target=work)
    thread.start()
    turn = 0
    while thread.is_alive():
        turn += 1
        window.store.edit("workload.requests_per_month", 1e6 + 1e3 * turn)
        talk.run("next" if talk.number < len(talk.keys) - 1 else "first")
        if turn % 5 == 0:
            window.themes.set_mode("dark" if turn % 2 else "light")
            talk.run("light")
        talk.stage.grab()
        spoken.update(text.text for text in talk.stage.written)
        settle(2)
    thread.join()
    assert not broken
    assert turn > 3
    assert written == [quiet] * ROUNDS
    assert "€" in quiet[1]
    assert not any("€" in text for text in spoken)
