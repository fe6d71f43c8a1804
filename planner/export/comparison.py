"""How a comparison of scenarios reads, for the command line and the window, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from planner import __version__
from planner.engine.choice import choose
from planner.engine.compare import RANGE, STRATEGY, Bridge, Step
from planner.engine.results import FIGURES, Results
from planner.errors import PlannerError
from planner.export.assumptions import section_title
from planner.export.record import document, plain
from planner.scenario.fields import specs_of
from planner.scenario.model import SCHEMA_VERSION, STRATEGY_WORDS, Scenario, spec_for
from planner.scenario.parse import value_text
from planner.scenario.ranges import Range
from planner.units import EN_DASH, format_edit

LETTERS: Final = 26
_LONGEST_UNSET: Final = 24
_PLANS: Final[Mapping[str, str]] = {
    "exact": "all {} mixes of the inputs that differ",
    "grouped": "all {} mixes of the steps",
    "sampled": "{} mixes along random orders",
}


def letter_of(number: int) -> str:
    """Return A, B, C for the scenarios of a comparison, from the 27th on the number."""
    return chr(ord("A") + number) if number < LETTERS else str(number + 1)


@cache
def _twice() -> frozenset[str]:
    """Return titles that more than one input has."""
    titles = [spec.title for spec in specs_of(Scenario).values()]
    return frozenset(title for title in titles if titles.count(title) > 1)


@cache
def input_title(path: str) -> str:
    """Return the title of an input, of its range, or of the step to another strategy; no two are the same."""
    if path == STRATEGY:
        return "Other strategy"
    if path.startswith(RANGE):
        return f"{input_title(path.removeprefix(RANGE))} (range)"
    spec = spec_for(path)
    if spec.title not in _twice():
        return spec.title
    return f"{section_title(spec.section)}: {spec.title[:1].lower()}{spec.title[1:]}"


def input_text(path: str, scenario: Scenario) -> str:
    """Return the value of an input in a scenario, or its range, in words."""
    if path.startswith(RANGE):
        return range_text(path.removeprefix(RANGE), scenario.ranges.get(path.removeprefix(RANGE)))
    value, spec = scenario.get(path), spec_for(path)
    if value is None and len(spec.unset) > _LONGEST_UNSET:
        return "auto"
    if spec.kind == "choices" and len(value) == len(spec.choices):
        return "all"
    return value_text(value, spec)


def range_text(path: str, span: Range | None) -> str:
    """Return a range in words: both ends with the unit once, and its shape."""
    if span is None:
        return "none"
    spec = spec_for(path)
    low, high = format_edit(span.low, spec.unit), value_text(span.high, spec)
    return f"{low}{EN_DASH}{high}, {span.shape}"


def step_title(step: Step) -> str:
    """Return the name of a step: of its input, or what its inputs have in common."""
    if len(step.paths) == 1:
        return input_title(step.paths[0])
    sections = {path.rpartition(".")[0] for path in step.paths}
    if step.reason == "section" and len(sections) == 1:
        return f"{section_title(sections.pop())}, {len(step.paths)} inputs"
    if len(step.paths) == 2:
        first, second = (input_title(path) for path in step.paths)
        return f"{first} and {second[:1].lower()}{second[1:]}"
    return f"{input_title(step.paths[0])} and {len(step.paths) - 1} more"


def method_text(bridge: Bridge) -> str:
    """Return in words how the parts of a difference were found."""
    return f"Shapley values over {_PLANS[bridge.method].format(f'{bridge.mixes:,}')}"


def grouping_texts(bridge: Bridge) -> list[str]:
    """Return which inputs are one step, and why; a sentence each."""
    found = []
    for step in bridge.steps:
        if len(step.paths) > 1:
            names = "; ".join(input_title(path) for path in step.paths)
            why = "are only valid together" if step.reason == "only together" else "are taken together"
            found.append(f"{names} {why}.")
    return found


# ---------------------------------------------------------------- JSON
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


def strategy_words(bridge: Bridge) -> str:
    """Return whose figures a bridge explains."""
    first, second = (STRATEGY_WORDS[name] for name in bridge.strategies)
    return first if first == second else f"{first} against {second}"
