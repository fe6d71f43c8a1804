"""Timings of equations: of one strategy, and of the dialog that shows them while the plan changes."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent

from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.equations.build import plan_equations
from planner.engine.run import simulate
from planner.engine.verdict import verdict
from planner.scenario.presets import load_preset
from planner.ui.dialogs.ledger import LedgerDialog
from planner.ui.main import make_app
from planner.ui.view import View
from tests.benchmarks.rows import Row

_STRATEGY = "both"  # has the most equations


def _views(count: int) -> list[View]:
    plan, catalog, found = load_preset(), load_catalog(), []
    for number in range(count):
        scenario = plan.scenario.with_({"workload.requests_per_month": 1e6 + number * 1e5})
        results = simulate(scenario, catalog)
        choice = choose(results)
        shown = plan.with_scenario(scenario)
        found.append(View(shown, results, catalog, choice, verdict(results, choice, None, None), _STRATEGY))
    return found


def run() -> list[Row]:
    """Time the equations of the strategy that has the most, and the dialog on another plan."""
    views = _views(24)
    alone, shown = [], []
    for view in views:
        one = replace(view.results, strategies={_STRATEGY: view.results.strategies[_STRATEGY]})
        started = time.perf_counter()
        plan_equations(one, view.catalog)
        alone.append((time.perf_counter() - started) * 1e3)
    app = make_app()
    dialog = LedgerDialog()
    dialog.show_items(views[0], _STRATEGY, "total_usd")
    dialog.show()
    app.processEvents()
    for view in views:
        started = time.perf_counter()
        dialog.refresh(view)
        app.processEvents()
        shown.append((time.perf_counter() - started) * 1e3)
    dialog.close()
    dialog.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [
        Row("equations of one strategy", tuple(alone[4:]), 30.0),
        Row("dialog of equations on another plan", tuple(shown[4:]), 66.0, "p95"),
    ]
