"""Figures of a strategy as quantities: sums over its rows, and what follows from them."""

from __future__ import annotations

from typing import Any

from planner.engine.equations.expressions import Quantity, call
from planner.engine.equations.rows import Events, Rows
from planner.engine.equations.traced import Traced
from planner.engine.results import FIGURES
from planner.engine.strategies.blueprint import Blueprint
from planner.units import REQUESTS_PER_1K


def figures_of(
    traced: Traced, strategy: str, blueprint: Blueprint, rows: Rows, happens: Events
) -> dict[str, Quantity]:
    """Return the figures of a strategy that have an equation."""
    graph = traced.graph
    found: dict[str, Quantity] = {}

    def figure(name: str, value: Any, equations: tuple[str, ...] = ()) -> Quantity:
        column = FIGURES[name]
        found[name] = graph.add(value, f"{strategy}/{name}", column.title, column.unit, equations=equations)
        return found[name]

    usd: Any = 0.0
    for quantities in rows.ledger.values():
        usd = usd + quantities.get("usd", 0.0)
    by_month = graph.add(usd, f"{strategy}/usd_by_month", "Cost of a month", "usd")
    total = figure("total_usd", call("sum", by_month))
    worth = graph.add(by_month * traced.discount, f"{strategy}/worth", "Cost of a month, discounted", "usd")
    figure("npv_usd", call("sum", worth), ("X1",))
    figure("usd_per_1k_requests", REQUESTS_PER_1K * total / traced.world.total_requests)
    return found
