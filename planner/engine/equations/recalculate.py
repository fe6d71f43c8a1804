"""What a plan's equations give with other inputs: what a workbook shows after its cells are changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.engine.equations.expressions import evaluate
from planner.engine.equations.plan import PlanEquations


def recalculated(equations: PlanEquations, changes: Mapping[str, float]) -> dict[str, Any]:
    """Return the value of every quantity by key, with inputs or given quantities changed.

    Parameters
    ----------
    equations : PlanEquations
        Of a plan.
    changes : mapping of str to float
        New values by key, in the unit of each quantity.

    Raises
    ------
    KeyError
        If a key is no input and no given quantity.
    """
    put_in = {*equations.inputs, *(each.key for each in equations.given)}
    for key in changes:
        if key not in put_in:
            raise KeyError(key)
    values: dict[str, Any] = {}
    for quantity in equations.quantities():
        if quantity.equation is None:
            values[quantity.key] = changes.get(quantity.key, quantity.value)
        else:
            values[quantity.key] = evaluate(quantity.equation, values)
    return values
