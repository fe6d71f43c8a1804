"""What may change the advice: inputs that move, over which span, and how a value of each reads."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.advisor.cells import Figure
from planner.engine.constants import load_physics
from planner.engine.crossing import VOLUME
from planner.engine.results import Results
from planner.engine.world import World, api_fall_factor, build_world
from planner.errors import PlannerError
from planner.scenario.model import Scenario, spec_for

HARDLY_FRAC: Final = 1e-6
VOLUME_DECADES: Final = 2.0
"""The span of volume to either side, as the verdict searches it."""

Changes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lever:
    """A number that may move.

    Attributes
    ----------
    path : str
        The input that a reader is led to.
    here : float
        Value in use.
    low, high : float
        Span in which it is plausible.
    whole : bool
        Whether it takes whole numbers only.
    below, above : str
        Words around a value on either side; ``{}`` stands for it.
    changes : callable
        What to set for a value.
    """

    path: str
    here: float
    low: float
    high: float
    unit: str
    log: bool
    whole: bool
    below: str
    above: str
    changes: Callable[[float], Changes]
    figures: int = 2

    def position(self, value: float) -> float:
        """Return where a value lies in the span, at its end where it lies beyond. [1]."""
        value = min(max(value, self.low), self.high)
        low, high, value = (math.log(each) if self.log else each for each in (self.low, self.high, value))
        return (value - low) / (high - low) if high > low else 0.0

    def value_at(self, position: float) -> float:
        """Return the value at a place in the span; a whole number where only these are taken."""
        low, high = (math.log(each) if self.log else each for each in (self.low, self.high))
        value = low + (high - low) * position
        value = math.exp(value) if self.log else value
        value = min(max(value, self.low), self.high)
        return float(round(value)) if self.whole else value

    def words(self, value: float, *, below: bool) -> str:
        """Return a condition: ``requests stay under 430k a month``."""
        text = Figure(value, self.unit, figures=self.figures).text
        return (self.below if below else self.above).format(text)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit at a level where one strategy just keeps it, and hardly tighter, where it misses it.

    Attributes
    ----------
    tightens : bool
        Whether the level is at the plan's own limit or tighter; else it is looser.
    size : float
        How far the level lies from the plan's limit over the plausible span; from where the worst strategy
        fails, where the plan sets none. [1]
    """

    path: str
    value: float
    tight: float
    words: str
    tightens: bool
    size: float


@dataclass(frozen=True, slots=True)
class Switch:
    """A choice that may be made differently: values by path, and the condition in words."""

    path: str
    words: str
    changes: Changes


@dataclass(frozen=True, slots=True)
class _Words:
    """How an input reads below and above a value; in which unit, and whom it concerns, where not all."""

    below: str
    above: str
    unit: str = ""
    of: tuple[str, ...] = ()
    figures: int = 2


_LABELLED: Final = ("finetune", "both")
_TAUGHT: Final = ("distil", "both")
_INPUTS: Final[Mapping[str, _Words]] = {
    VOLUME: _Words("there are under {} requests a month", "there are over {} requests a month", "count"),
    "workload.growth_frac_per_month": _Words("volume grows under {}", "volume grows over {}"),
    "workload.output_tokens": _Words("answers are under {} tokens", "answers are over {} tokens"),
    "workload.input_tokens": _Words("requests are under {} tokens", "requests are over {} tokens"),
    "workload.instruction_tokens": _Words(
        "the prompt text is under {} tokens", "the prompt text is over {} tokens"
    ),
    "workload.ttft_limit_s": _Words("the first token must come in {}", "the first token may take {}"),
    "data.usd_per_example": _Words("a label costs under {}", "a label costs over {}", of=_LABELLED),
    "data.examples": _Words("under {} examples are labelled", "over {} examples are labelled", of=_LABELLED),
    "distil.examples": _Words(
        "the student learns from under {} answers",
        "the student learns from over {} answers",
        of=_TAUGHT,
    ),
    "student.params": _Words(
        "the student has under {} parameters", "the student has over {} parameters", of=_TAUGHT
    ),
    "serving.usd_per_accelerator_h": _Words("serving rents under {}", "serving rents over {}"),
    "serving.min_replicas": _Words("the least replicas are {}", "the least replicas are {}"),
    "prices.api_fall_factor_per_year": _Words(
        "API prices fall by a factor under {} a year",
        "API prices fall by a factor over {} a year",
        of=("api",),
    ),
    "refresh.interval_months": _Words("it is refreshed every {}", "a refresh every {} is enough"),
    "refresh.drift_points_per_month": _Words("the score drifts by under {}", "the score drifts by over {}"),
    "labour.usd_per_hour": _Words("an engineer costs under {}", "an engineer costs over {}"),
    "labour.run_own_hours_per_month": _Words(
        "running replicas takes under {}", "running replicas takes over {}"
    ),
    "horizon_months": _Words("the plan ends after {}", "the plan runs for {}"),
}
_SCORES: Final[Mapping[str, _Words]] = {
    "quality.api_points": _Words("the API scores under {}", "the API scores over {}", figures=3, of=("api",)),
    "quality.prompt_points": _Words("the base scores under {}", "the base scores over {}", figures=3),
    "quality.tuned_points_at_10k": _Words(
        "10k examples lift the score to under {}",
        "10k examples lift the score over {}",
        figures=3,
        of=_LABELLED,
    ),
    "quality.distil_loss_frac": _Words(
        "the distillation loss is under {}", "the distillation loss is over {}", of=_TAUGHT
    ),
}
"""Assumed until they are measured. They move no cost, so they matter where scores decide."""

_LIMITS: Final[Mapping[str, tuple[str, bool, str, str]]] = {
    "limits.min_quality": ("quality_lowest", True, "a score of {} is enough", "a score over {} is needed"),
    "limits.max_latency_p95_s": (
        "latency_p95_s",
        False,
        "answers may take {}",
        "answers must come in under {}",
    ),
    "limits.max_carbon_kgco2e": ("carbon_kgco2e", False, "carbon may reach {}", "carbon must stay under {}"),
}
"""The figure that each limit holds against, whether it is a floor, and how it reads looser and tighter."""

_SWITCHES: Final[tuple[tuple[str, Any, str], ...]] = (
    ("limits.self_hosted_only", False, "data may leave the house"),
    ("limits.self_hosted_only", True, "data must stay in the house"),
    ("limits.goal", "cost", "cost decides"),
    ("limits.goal", "carbon", "carbon decides"),
    ("limits.goal", "quality", "the score decides"),
    ("serving.student_target", "cloud", "the student runs in the cloud"),
    ("serving.student_target", "edge", "the student runs on users' devices"),
    ("serving.student_target", "workstation", "the student runs on our workstation"),
    ("serving.autoscale", True, "replicas scale with the load"),
    ("prices.api_reselect", True, "the API model is re-selected at each refresh"),
    ("finetune.host", "provider", "a provider tunes and serves"),
    ("distil.teacher", "api", "the API teaches the student"),
)


def _in_use(path: str, world: World, catalog: Catalog) -> float | None:
    """Return the value of an input where the catalogue decides it; None where nothing does."""
    scenario = world.scenario
    if path == "serving.usd_per_accelerator_h":
        return float(np.asarray(world.serving_rent_usd_h))
    if path == "prices.api_fall_factor_per_year":
        return float(np.asarray(api_fall_factor(world.inputs.prices)))
    if path == "student.params" and scenario.student.model is not None:
        return float(catalog.find_model(scenario.student.model).total_params)
    return None


def _span(path: str, here: float) -> tuple[float, float]:
    """Return where an input is plausible: the slider's span, at least as far as the value in use."""
    spec = spec_for(path)
    if path == VOLUME:
        return here * 10.0**-VOLUME_DECADES, here * 10.0**VOLUME_DECADES
    low, high = spec.slider or (spec.low or 0.0, spec.high or here)
    return min(low, here), max(high, here)


def _lever(path: str, here: float, words: _Words) -> Lever | None:
    spec = spec_for(path)
    low, high = _span(path, here)
    log = (spec.scale == "log" or path == VOLUME) and low > 0.0
    whole = spec.whole
    if not low < high:
        return None

    def changes(value: float) -> Changes:
        return {path: int(value) if whole else value}

    unit = words.unit or spec.unit
    return Lever(path, here, low, high, unit, log, whole, words.below, words.above, changes, words.figures)


def _api_price(world: World) -> Lever | None:
    """Return all token prices of the API as one lever: times a factor."""
    try:
        prices = world.token_prices()
    except PlannerError:
        return None

    def changes(factor: float) -> Changes:
        return {
            "api.input_usd_per_mtok": float(np.asarray(prices.input_usd_per_mtok)) * factor,
            "api.output_usd_per_mtok": float(np.asarray(prices.output_usd_per_mtok)) * factor,
            "api.cached_input_usd_per_mtok": float(np.asarray(prices.cached_input_usd_per_mtok)) * factor,
        }

    below, above = "the API costs under {} of its price", "the API costs over {} of its price"
    return Lever("api.output_usd_per_mtok", 1.0, 0.1, 10.0, "frac", True, False, below, above, changes)


def _scores_decide(scenario: Scenario) -> bool:
    limits, quality = scenario.limits, scenario.quality
    return limits.min_quality is not None or limits.goal == "quality" or quality.handover_frac > 0.0


def levers(results: Results, catalog: Catalog) -> Iterator[Lever]:
    """Yield the numbers that may change the advice of a plan."""
    scenario = results.scenario
    world = build_world(scenario, catalog, load_physics(), None)
    inputs = {**_INPUTS, **(_SCORES if _scores_decide(scenario) else {})}
    for path, words in inputs.items():
        value = scenario.get(path)
        concerned = not words.of or set(words.of) & set(scenario.strategies)
        if isinstance(value, str) or not concerned:  # a word is an interval that is searched for
            continue
        here = _in_use(path, world, catalog) if value is None else float(value)
        if here is None or (path == VOLUME and here <= 0.0):
            continue
        made = _lever(path, here, words)
        if made is not None:
            yield made
    if "api" in scenario.strategies:
        price = _api_price(world)
        if price is not None:
            yield price


def limits(results: Results) -> Iterator[Limit]:
    """Yield every level of a limit at which a strategy begins to miss it, the nearest of each limit first."""
    for path, (figure, floor, looser, tighter) in _LIMITS.items():
        levels = sorted({float(r[figure]) for r in results.strategies.values() if np.all(r.fits)})
        levels = levels if floor else levels[::-1]  # from loose to tight
        held, spec = results.scenario.get(path), spec_for(path)
        if not levels:
            continue
        here = levels[0] if held is None else float(held)
        span = _lever(path, here, _Words(looser, tighter))
        found = []
        for level in levels:
            tightens = level >= here if floor else level <= here
            tight = level * (1.0 + HARDLY_FRAC if floor else 1.0 - HARDLY_FRAC)
            text = Figure(level, spec.unit, figures=3 if floor else 2).text
            size = 0.0 if span is None else abs(span.position(level) - span.position(here))
            found.append(
                Limit(path, level, tight, (tighter if tightens else looser).format(text), tightens, size)
            )
        yield from sorted(found, key=lambda limit: limit.size)


def switches(scenario: Scenario) -> Iterator[Switch]:
    """Yield the choices that a plan could make differently."""
    for path, value, words in _SWITCHES:
        if scenario.get(path) != value:
            yield Switch(path, words, {path: value})
