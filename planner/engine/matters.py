"""What matters most in a plan: all that is known of each uncertain input, and one advice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.engine.arrays import Array
from planner.engine.flip_points import FlipPoint
from planner.engine.knowing import Knowing, Separation, knowing, loses, separations
from planner.engine.risk import Risk
from planner.engine.sensitivity import rank_correlations
from planner.engine.sobol import Indices
from planner.engine.verdict import NAMES
from planner.scenario.model import spec_for
from planner.units import format_quantity

NOUNS: Final[Mapping[str, str]] = {
    "workload.requests_per_month": "the volume",
    "workload.growth_frac_per_month": "the growth",
    "workload.input_tokens": "the length of requests",
    "workload.output_tokens": "the length of answers",
    "workload.instruction_tokens": "the length of the prompt text",
    "workload.tuned_instruction_tokens": "the prompt text after tuning",
    "workload.prefix_cache_hit_frac": "the cached share of the prompt",
    "workload.peak_to_mean": "the busy hour",
    "workload.active_devices": "the number of devices",
    "data.examples": "the number of labels",
    "data.usd_per_example": "the label cost",
    "distil.accept_frac": "the share of answers accepted",
    "api.input_usd_per_mtok": "the API's input price",
    "api.output_usd_per_mtok": "the API's output price",
    "training.usd_per_accelerator_h": "the training rent",
    "serving.usd_per_accelerator_h": "the serving rent",
    "prices.api_fall_factor_per_year": "the fall of API prices",
    "prices.rent_change_frac_per_year": "the change of rents",
    "site.pue": "the PUE",
    "site.usd_per_kwh": "the electricity price",
    "refresh.drift_points_per_month": "the drift",
    "refresh.new_data_frac": "the new data of a refresh",
    "quality.api_points": "the API's score",
    "quality.prompt_points": "the score of the prompted base",
    "quality.tuned_points_at_10k": "the score after tuning",
    "quality.distil_loss_frac": "the distillation loss",
    "labour.usd_per_hour": "the engineer's rate",
    "hardware.life_years": "the life of the hardware",
    "measured.training_speed_factor": "the training speed",
    "measured.serving_speed_factor": "the serving speed",
    "measured.serving_power_factor": "the serving power",
    "measured.device_speed_factor": "the device speed",
}
"""How an input is called in a sentence; any other goes by its title."""
_IN_SENTENCES: Final[Mapping[str, str]] = {"workload.requests_per_month": "count"}
"""Units where a sentence already says the rest: 600k, not 600k/mo."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of one uncertain input.

    Attributes
    ----------
    path : str
        The input.
    correlation : float
        Spearman's, with what is saved or with the cost (N6). [1]; NaN where nothing moves.
    worth_usd : float
        What knowing it before choosing is worth; NaN where no strategy competes in every draw. [USD]
    right_gain_frac : float
        By how much knowing it raises the share of draws in which the choice is right. [1]
    flips : tuple of FlipPoint
        Where it flips the choice, the nearer first.
    first, total : tuple of float
        Sobol indices: value, low and high of the 90 % interval; NaN before they are asked for. [1]
    tied : tuple of str
        Inputs whose Sobol indices it shares, as they depend on each other.
    """

    path: str
    correlation: float
    worth_usd: float
    right_gain_frac: float
    flips: tuple[FlipPoint, ...] = ()
    first: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    total: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    tied: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name of the input."""
        return spec_for(self.path).title


@dataclass(frozen=True, slots=True)
class Matters:
    """All uncertain inputs of a plan, what is most worth knowing first.

    Attributes
    ----------
    strategy, against : str, str or None
        What is saved is the cost of `against` less that of `strategy`; None: the cost of `strategy`.
    rows : tuple of Matter
        By worth, then by rank correlation whichever its sign.
    known : Knowing
        What the worth of each rests on.
    apart : tuple of Separation
        Which inputs tell the draws in which `strategy` loses from the others, the clearest first.
    lost_frac, none_frac : float
        Share of draws in which `strategy` is not the cheapest of those that compete; in which none does. [1]
    draws : int
        On how many all this rests.
    fits_frac : float
        Share of them in which what is compared fits: rank correlations rest on these. [1]
    complete_frac : float
        Share of the rows on which Sobol indices rest: those in which both strategies fit throughout. [1]
    """

    strategy: str
    against: str | None
    rows: tuple[Matter, ...]
    known: Knowing
    apart: tuple[Separation, ...]
    lost_frac: float
    none_frac: float
    draws: int
    fits_frac: float
    complete_frac: float = 1.0

    def with_flips(self, flips: Mapping[str, tuple[FlipPoint, ...]]) -> Matters:
        """Return the same with the points at which inputs flip the choice."""
        rows = tuple(replace(row, flips=flips.get(row.path, ())) for row in self.rows)
        return replace(self, rows=rows)

    def with_indices(self, indices: Indices) -> Matters:
        """Return the same with Sobol indices."""
        rows = tuple(_with_indices(row, indices) for row in self.rows)
        return replace(self, rows=rows, complete_frac=indices.complete_frac)


def _with_indices(row: Matter, indices: Indices) -> Matter:
    number = indices.of(row.path)
    if number is None:
        return row
    first = _with_range(indices.first, indices.first_range, number)
    total = _with_range(indices.total, indices.total_range, number)
    tied = tuple(path for path in indices.groups[number] if path != row.path)
    return replace(row, first=first, total=total, tied=tied)


def _with_range(values: Array, ranges: Array, number: int) -> tuple[float, float, float]:
    return float(values[number]), float(ranges[number, 0]), float(ranges[number, 1])


def matters(risk: Risk, strategy: str, against: str | None = None) -> Matters:
    """Return what draws say of each input: for a saving, or for the cost of one strategy.

    Parameters
    ----------
    risk : Risk
        Of the plan; the draws that it keeps one by one.
    strategy, against : str, optional
        What is compared, names of strategies that take part.
    """
    number = risk.names.index(strategy)
    figure = risk.totals_usd[number]
    if against is not None:
        figure = risk.totals_usd[risk.names.index(against)] - figure
    inputs, known = risk.inputs_drawn, knowing(risk.inputs_drawn, risk.totals_usd, risk.competes)
    correlations = rank_correlations(inputs, figure)
    lost = loses(number, risk.totals_usd, risk.competes)
    rows = [Matter(path, correlations[path], known.usd[path], known.right_gain_frac[path]) for path in inputs]
    rows.sort(key=_importance)
    return Matters(
        strategy=strategy,
        against=against,
        rows=tuple(rows),
        known=known,
        apart=separations(inputs, lost),
        lost_frac=float(lost.mean()),
        none_frac=float(1.0 - risk.competes.any(axis=0).mean()),
        draws=figure.size,
        fits_frac=float(np.isfinite(figure).mean()),
    )


def _importance(row: Matter) -> tuple[float, float, float, str]:
    correlation = 0.0 if math.isnan(row.correlation) else abs(row.correlation)
    worth = 0.0 if math.isnan(row.worth_usd) else row.worth_usd
    return (-worth, -row.right_gain_frac if math.isnan(row.worth_usd) else 0.0, -correlation, row.path)


# ---------------------------------------------------------------- words


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do first, and why: two short sentences. ``path`` is empty where no input is worth it."""

    path: str
    heading: str
    text: str


def noun(path: str) -> str:
    """Return an input as a sentence calls it: "the volume"."""
    return NOUNS.get(path) or f'"{spec_for(path).title}"'


def value_words(path: str, value: float) -> str:
    """Return a value of an input as a sentence says it: two figures, with its unit."""
    spec = spec_for(path)
    text = format_quantity(value, _IN_SENTENCES.get(path, spec.unit), figures=2)
    return f"{text} tokens" if spec.unit == "tokens" else text


def flip_words(point: FlipPoint) -> str:
    """Return where an input flips the choice: "below 430k/mo: Prompt via API"."""
    spec = spec_for(point.path)
    text = format_quantity(point.value, spec.unit, figures=2)
    side = "below" if point.below else "from" if spec.whole else "above"
    return f"{side} {text}: {'none is left' if point.strategy is None else NAMES[point.strategy]}"


def advice(found: Matters) -> Advice:
    """Return which input to pin down first, and why.

    The one most worth knowing. If it tells the draws in which the strategy loses from the others, that is
    why; else what knowing it is worth.
    """
    name = NAMES[found.strategy]
    top = found.rows[0] if found.rows else None
    if top is None:
        return Advice("", "Nothing is uncertain.", "Give inputs a range: low, most likely and high.")
    known = found.known
    gain = top.worth_usd if known.fixed is not None else top.right_gain_frac
    apart = {each.path: each for each in found.apart}
    path = top.path if gain > 0.0 or not found.apart else found.apart[0].path
    if gain <= 0.0 and path not in apart:
        return Advice("", "No single input changes the choice.", f"{name} is {_wins(found)}.")
    heading = f"Pin down {noun(path)} first."
    if path in apart:
        side = "under" if apart[path].below else "over"
        value = value_words(path, apart[path].value)
        return Advice(path, heading, f"Where {name} loses, it is mostly {side} {value}.")
    if known.fixed is not None:
        return Advice(path, heading, f"Knowing it is worth up to {format_quantity(gain, 'usd', figures=2)}.")
    now, then = (format_quantity(share, "chance") for share in (known.right_frac, known.right_frac + gain))
    return Advice(path, heading, f"Knowing it, the choice is right in {then} of the draws, not {now}.")


def _wins(found: Matters) -> str:
    """Return in how many draws the strategy wins, and in how many nobody does."""
    wins = f"cheapest in {format_quantity(1.0 - found.lost_frac, 'chance')} of the draws"
    if found.none_frac <= 0.0:
        return wins
    return f"{wins}; in {format_quantity(found.none_frac, 'chance')} none keeps all limits"


def worth_words(found: Matters) -> str:
    """Return "worth measuring: label cost, up to $38k", or nothing where no input alone is worth it."""
    top = found.rows[0] if found.rows else None
    if top is None or not top.worth_usd > 0.0:
        return ""
    worth = format_quantity(top.worth_usd, "usd", figures=2)
    return f"worth measuring: {noun(top.path).removeprefix('the ')}, up to {worth}"


def is_known(values: tuple[float, float, float]) -> bool:
    """Return whether a Sobol index was computed."""
    return bool(np.isfinite(values[0]))
