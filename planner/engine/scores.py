"""How sure the scores are: a range for each strategy, from the doubt in all that its score follows from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.arrays import Array
from planner.engine.choices import Choices
from planner.engine.constants import Physics, load_physics
from planner.engine.sampling import quantiles, triangular
from planner.engine.strategies.table import STRATEGIES
from planner.engine.world import build_world
from planner.scenario.model import Scenario, spec_for
from planner.units import POINTS_PER_FRACTION

SAMPLES = 256
ENDS = (0.05, 0.95)
_Z = NormalDist().inv_cdf(ENDS[1])
_ASSUMED_POINTS = 6.0
"""Give or take of a score that nobody measured (decision 37), 90 %. [points]."""

_ASSUMED = ("quality.api_points", "quality.prompt_points", "quality.tuned_points_at_10k")
_TYPED = ("quality.finetune_points", "quality.distil_points", "quality.both_points")
_BETWEEN: Mapping[str, tuple[float, float]] = {
    "quality.data_exponent": (0.13, 0.44),
    "quality.data_half_examples": (4e3, 4e5),
    "quality.distil_loss_frac": (0.01, 0.08),
    "quality.quantised_drop_frac": (0.01, 0.03),
    "quality.qlora_drop_frac": (0.0, 0.02),
}
"""Least and most of inputs of the score, from the sources of their defaults (Q2, Q7 to Q9)."""


class ScoreRange(NamedTuple):
    """Where a score at release lies in nine cases of ten [points], and who says so.

    ``you``: typed scores, whose doubt is that of counting acceptable answers in an evaluation set;
    ``assumed``: the program's own.
    """

    low: float
    high: float
    source: Literal["you", "assumed"]


@lru_cache(maxsize=1)
def _strata() -> Array:
    """Return numbers between 0 and 1, one in each of equal parts, shuffled anew for every input.

    [1], shape (input, draw).
    """
    inputs = len(_ASSUMED) + len(_TYPED) + len(_BETWEEN)
    shuffled = np.random.default_rng(0)
    middles = (np.arange(SAMPLES) + 0.5) / SAMPLES
    return np.stack([shuffled.permutation(middles) for _ in range(inputs)])


@lru_cache(maxsize=1)
def _normal() -> Array:
    """Return the strata as deviates of the normal distribution, 1 at the ends of nine cases in ten."""
    unit = NormalDist()
    return np.array([[unit.inv_cdf(share) / _Z for share in row] for row in _strata().tolist()])


def counting_error_points(points: float, answers: float) -> float:
    """Return the give or take of a score counted on an evaluation set, 90 %. [points].

    Normal approximation of the binomial distribution.
    """
    share = min(max(points / POINTS_PER_FRACTION, 0.0), 1.0)
    return POINTS_PER_FRACTION * _Z * math.sqrt(share * (1.0 - share) / max(answers, 1.0))


def is_yours(scenario: Scenario, path: str) -> bool:
    """Return whether the user typed a score: it differs from the program's own, or there is none of that."""
    value = scenario.get(path)
    return value is not None and value != spec_for(path).default


def _draws(scenario: Scenario) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for number, path in enumerate((*_ASSUMED, *_TYPED, *_BETWEEN)):
        value, spec = scenario.get(path), spec_for(path)
        if value is None:
            continue
        given = scenario.ranges.get(path)
        if given is not None:
            drawn = quantiles(given, _strata()[number])
        elif path in _BETWEEN:
            least, most = _BETWEEN[path]
            drawn = triangular(_strata()[number], min(least, value), value, max(most, value))
        else:
            answers = scenario.data.eval_examples
            within = counting_error_points(value, answers) if is_yours(scenario, path) else _ASSUMED_POINTS
            drawn = value + within * _normal()[number]
        lowest = -math.inf if spec.low is None else spec.low
        found[path] = np.clip(drawn, lowest, math.inf if spec.high is None else spec.high)
    return found


def _source(scenario: Scenario, strategy: str) -> Literal["you", "assumed"]:
    path = f"quality.{strategy}_points"
    return "you" if is_yours(scenario, path) else "assumed"


def score_ranges(
    scenario: Scenario, catalog: Catalog, choices: Choices, *, physics: Physics | None = None
) -> dict[str, ScoreRange]:
    """Return the range of each chosen strategy's score at release, by the functions that give the score.

    Draws are the same for all strategies and from run to run. A range of the plan on an input of the score
    takes the place of the program's.
    """
    world = build_world(scenario, catalog, physics or load_physics(), _draws(scenario))
    found = {}
    for strategy, decided in choices.items():
        points = np.broadcast_to(STRATEGIES[strategy].points(world, decided), (SAMPLES, 1))
        low, high = np.quantile(points, ENDS)
        found[strategy] = ScoreRange(float(low), float(high), _source(scenario, strategy))
    return found
