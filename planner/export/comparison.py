"""A comparison of scenarios as JSON: what ``planner compare --json`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from planner import __version__
from planner.engine.choice import choose
from planner.engine.compare import RANGE, Bridge
from planner.engine.results import FIGURES, Results
from planner.errors import PlannerError
from planner.export.differences import input_title, step_title
from planner.export.record import document, plain
from planner.export.words import letter_of
from planner.scenario.model import SCHEMA_VERSION, Scenario


def comparison(
    names: Sequence[tuple[str, str]],
    found: Sequence[Results],
    differ: Sequence[str],
    bridges: Sequence[Bridge | PlannerError],
) -> dict[str, Any]:
    """Return a comparison as ``planner compare --json`` prints it; unknown figures are null.

    Parameters
    ----------
    names : sequence of (str, str)
        File and name of each scenario.
    found : sequence of Results
        Of the same scenarios.
    differ : sequence of str
        Paths of the inputs in which any differs from the first.
    bridges : sequence of Bridge or PlannerError
        From the first scenario to each of the others; or why there is none.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "planner_version": __version__,
        "catalog_version": found[0].catalog_version,
        "scenarios": [
            {
                "id": letter_of(number),
                "file": file,
                "name": name,
                "choice": choose(results).strategy,
                "strategies": document(results)["strategies"],
            }
            for number, ((file, name), results) in enumerate(zip(names, found, strict=True))
        ],
        "differences": [
            {
                "path": path,
                "title": input_title(path),
                "values": {
                    letter_of(number): _value(results.scenario, path) for number, results in enumerate(found)
                },
            }
            for path in differ
        ],
        "bridges": [_bridge(letter_of(number), each) for number, each in enumerate(bridges, 1)],
    }


def _value(scenario: Scenario, path: str) -> Any:
    if path.startswith(RANGE):
        span = scenario.ranges.get(path.removeprefix(RANGE))
        return None if span is None else span.model_dump(mode="json")
    value = scenario.get(path)
    return list(value) if isinstance(value, tuple) else value


def _bridge(to: str, bridge: Bridge | PlannerError) -> dict[str, Any]:
    ends = {"from": letter_of(0), "to": to}
    if isinstance(bridge, PlannerError):
        return {**ends, "problem": {"code": bridge.code, "message": bridge.message, "hint": bridge.hint}}
    return {
        **ends,
        "problem": None,
        "strategy_from": bridge.strategies[0],
        "strategy_to": bridge.strategies[1],
        "method": bridge.method,
        "mixes": bridge.mixes,
        "figures": {
            figure: {
                "unit": FIGURES[figure].unit,
                "from": plain(bridge.before[figure]),
                "to": plain(bridge.after[figure]),
                "difference": plain(bridge.difference(figure)),
            }
            for figure in bridge.before
        },
        "steps": [
            {
                "paths": list(step.paths),
                "title": step_title(step),
                "reason": step.reason,
                "effects": {figure: plain(value) for figure, value in step.effects.items()},
                "standard_errors": {figure: plain(value) for figure, value in step.errors.items()},
            }
            for step in bridge.steps
        ],
    }
