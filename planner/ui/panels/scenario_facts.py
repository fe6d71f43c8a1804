"""What the scenarios panel says, worked out before anything is painted."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from planner.engine.compare import RANGE, Bridge
from planner.engine.results import StrategyResult
from planner.export.differences import input_title, range_text
from planner.export.words import letter_of
from planner.scenario.fields import FieldSpec
from planner.scenario.model import Scenario, spec_for
from planner.scenario.parse import value_text
from planner.ui.fields.options import name_of
from planner.ui.live import Outcome
from planner.ui.theme import STRATEGY_SHORT
from planner.ui.view import View
from planner.units import MISSING, format_apart, format_quantity

_LONGEST_UNSET: Final = 24
_OWN: Final = ("name", "notes")
_WAITING: Final = "\u2026"
FIRST_LIMIT: Final = "limits.max_total_usd"
IN_HOUSE: Final = "limits.self_hosted_only"
_LIMITS: Final[Mapping[str, tuple[str, str, str]]] = {
    # path: words before the limit, figure, unit
    FIRST_LIMIT: ("Budget", "total_usd", "usd"),
    "limits.min_quality": ("Score \u2265", "quality_lowest", "points"),
    "limits.max_latency_p95_s": ("p95 \u2264", "latency_p95_s", "s"),
    "workload.ttft_limit_s": ("First token \u2264", "ttft_p95_s", "s"),
    "workload.tpot_limit_s": ("Each token \u2264", "tpot_s", "s"),
    "limits.max_carbon_kgco2e": ("Carbon \u2264", "carbon_kgco2e", "kgco2e"),
}


@dataclass(frozen=True, slots=True)
class ScenarioFacts:
    """One scenario of the list."""

    letter: str
    name: str
    total: str = _WAITING
    strategy: str = ""
    winner: str = ""
    active: bool = False

    @property
    def spoken(self) -> str:
        """For screen readers and the tooltip of the rail."""
        parts = [f"{self.letter}: {self.name}"]
        if self.winner:
            parts.append(f"{self.total}, {self.winner}" if self.strategy else self.winner)
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Change:
    """One input that differs, with both values."""

    path: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """One limit in force; ``kept`` is None where the strategy cannot be built."""

    path: str
    words: str
    value: str
    kept: bool | None


def scenario_facts(view: View, outcome_of: Callable[[Scenario], Outcome | None]) -> tuple[ScenarioFacts, ...]:
    """Return the list of scenarios."""
    return tuple(
        _scenario_facts(number, scenario, outcome_of(scenario), scenario.name == view.plan.active)
        for number, scenario in enumerate(view.plan.scenarios)
    )


def _scenario_facts(number: int, scenario: Scenario, outcome: Outcome | None, active: bool) -> ScenarioFacts:
    letter = letter_of(number)
    if outcome is None:
        return ScenarioFacts(letter, scenario.name, active=active)
    if outcome.strategy is None or outcome.total_usd is None:
        return ScenarioFacts(letter, scenario.name, MISSING, "", "no result", active)
    total = format_quantity(outcome.total_usd, "usd")
    return ScenarioFacts(
        letter, scenario.name, total, outcome.strategy, STRATEGY_SHORT[outcome.strategy], active
    )


def limits_of(view: View) -> tuple[LimitFacts, ...]:
    """Return the limits in force for the strategy in focus, each kept or missed."""
    result = view.results.strategies[view.selected]
    fits = bool(np.all(result.fits))
    found = [
        _limit(path, float(limit), result, fits)
        for path in _LIMITS
        if (limit := view.scenario.get(path)) is not None
    ]
    if view.scenario.limits.self_hosted_only:
        kept = IN_HOUSE not in result.misses if fits else None
        value = MISSING if kept is None else "stays" if kept else "leaves"
        found.append(LimitFacts(IN_HOUSE, "Data stays in house", value, kept))
    return tuple(found)


def _limit(path: str, limit: float, result: StrategyResult, fits: bool) -> LimitFacts:
    words, figure, unit = _LIMITS[path]
    value = float(result.figures.get(figure, math.nan)) if fits else math.nan
    kept = path not in result.misses if fits else None
    figures = 3 if unit == "usd" else 2
    texts = [format_quantity(number, unit, figures=figures) for number in (limit, value)]
    if kept is False:
        texts = list(format_apart(limit, value, unit, figures=figures))
    return LimitFacts(path, f"{words} {texts[0]}", texts[1], kept)


def change_of(path: str, before: Scenario, view: View) -> Change:
    """Return an input that differs, in words."""
    if path.startswith(RANGE):
        own = path.removeprefix(RANGE)
        texts = [range_text(own, scenario.ranges.get(own)) for scenario in (before, view.scenario)]
        return Change(path, input_title(path), *texts)
    spec = spec_for(path)
    return Change(path, spec.title, _text(spec, before, view), _text(spec, view.scenario, view))


def effects_of(paths: Sequence[str], bridge: Bridge | None, figure: str) -> list[tuple[str, str]]:
    """Return what each change adds to a figure in USD, and its tone; inputs taken together say it once."""
    found, seen = [], set[int]()
    for path in paths:
        step = None if bridge is None else bridge.step_of(path)
        if step is None:
            found.append(("", ""))
        elif id(step) in seen:
            found.append(("together", "muted"))
        else:
            seen.add(id(step))
            found.append(_effect(step.effects[figure]))
    return found


def _effect(usd: float) -> tuple[str, str]:
    if usd == 0.0:
        return "none", "muted"
    return format_quantity(usd, "usd", sign=True), "good" if usd < 0 else "bad"


def _text(spec: FieldSpec, scenario: Scenario, view: View) -> str:
    value = scenario.get(spec.path)
    if spec.table is not None and value is not None:
        return name_of(spec, str(value), scenario, view.catalog)
    return _value_text(spec.path, value)


@lru_cache(maxsize=512)
def _value_text(path: str, value: Hashable) -> str:
    """Return a value in words; while a slider moves, all but one of them stay."""
    if value is None and len(spec_for(path).unset) > _LONGEST_UNSET:
        return "auto"
    return value_text(value, spec_for(path))
