"""How differences between scenarios read: inputs, their values, and the steps of a bridge."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from planner.engine.compare import RANGE, STRATEGY, Bridge, Step
from planner.export.assumptions import section_title
from planner.scenario.fields import in_sentence, specs_of
from planner.scenario.model import STRATEGY_WORDS, Scenario, spec_for
from planner.scenario.parse import value_text
from planner.scenario.ranges import Range
from planner.units import EN_DASH, format_edit

_LONGEST_UNSET: Final = 24
_PLANS: Final[Mapping[str, str]] = {
    "exact": "all {} mixes of the inputs that differ",
    "grouped": "all {} mixes of the steps",
    "sampled": "{} mixes along random orders",
}


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
    return f"{section_title(spec.section)}: {in_sentence(spec.title)}"


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
        return f"{first} and {in_sentence(second)}"
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


def strategy_words(bridge: Bridge) -> str:
    """Return whose figures a bridge explains."""
    first, second = (STRATEGY_WORDS[name] for name in bridge.strategies)
    return first if first == second else f"{first} against {second}"
