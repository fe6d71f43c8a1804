"""The range of an input that nobody has given one yet: by its source, by the catalogue, else by a factor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from planner.catalog.load import Catalog
from planner.catalog.prices import Purchase, rent_usd_per_accelerator_h
from planner.engine.problems import CannotCostError
from planner.engine.results import Results
from planner.engine.risk import drawn_ranges
from planner.engine.scores import counting_error_points, is_yours
from planner.engine.used import used_value
from planner.errors import PlannerError
from planner.evidence.asked import physics_ranges
from planner.scenario.fields import FieldSpec
from planner.scenario.model import Scenario, spec_for
from planner.scenario.ranges import Range, Shape, is_number

CATALOGUE_PATHS: Final = (
    "workload.requests_per_month",
    "workload.growth_frac_per_month",
    "workload.input_tokens",
    "workload.output_tokens",
    "workload.prefix_cache_hit_frac",
    "workload.peak_to_mean",
    "data.usd_per_example",
    "distil.accept_frac",
    "training.usd_per_accelerator_h",
    "serving.usd_per_accelerator_h",
    "site.carbon_kgco2e_per_kwh",
    "site.usd_per_kwh",
    "refresh.drift_points_per_month",
    "quality.api_points",
    "quality.prompt_points",
    "quality.tuned_points_at_10k",
    "quality.distil_loss_frac",
    "labour.usd_per_hour",
    "labour.api_hours",
    "labour.prompt_hours",
    "labour.finetune_hours",
    "labour.distil_hours",
    "labour.both_hours",
    "labour.refresh_frac",
    "prices.api_fall_factor_per_year",
    "prices.rent_change_frac_per_year",
    "prices.cloud_overhead_frac",
    "hardware.life_years",
)
"""What the world decides and a plan only guesses: prices and how they move, volume, scores, hours of work."""

_RENTS: Final[Mapping[str, str]] = {
    "training.usd_per_accelerator_h": "training",
    "serving.usd_per_accelerator_h": "serving",
}
_FALL_KEPT, _FALL_RESELECTED = (1.0, 3.0), (1.2, 10.0)
_PUE_RENTED, _PUE_OWNED = (1.09, 1.25), (1.25, 1.8)
_ELECTRICITY_USD_PER_KWH: Final = (0.06, 0.10, 0.20)
_SHARES: Final[Mapping[str, float]] = {"site.carbon_kgco2e_per_kwh": 0.25, "site.grid_water_l_per_kwh": 0.40}
_SCORES: Final = (
    "quality.api_points",
    "quality.prompt_points",
    "quality.tuned_points_at_10k",
    "quality.finetune_points",
    "quality.distil_points",
    "quality.both_points",
)
_ASSUMED_POINTS: Final = 6.0  # give or take, of a score that nobody measured (decision 37)
_VOLUME_FACTOR, _PRICE_FACTOR = 2.0, 1.5
_VOLUMES: Final = ("requests_per_month", "tokens", "count")
_LINEAR_SHARE, _LEAST_OF_SLIDER = 0.25, 0.05
_CENTS: Final = 2
_APART: Final = 0.005  # of the value in use: less reads the same
_FIGURES, _FIGURES_MEASURED, _FIGURES_DOCUMENTED = 2, 3, 4


def likely_value(
    path: str, scenario: Scenario, catalog: Catalog, results: Results | None = None
) -> float | None:
    """Return what a range of an input would stand around: its value, or what the engine uses for null.

    None where there is no number: no limit, never.
    """
    value = scenario.get(path)
    if value is None:
        try:
            value = used_value(path, scenario, catalog, results)
        except (PlannerError, CannotCostError):
            return None
    return float(value) if is_number(value) else None


def ranges_apart(results: Results, catalog: Catalog) -> dict[str, float]:
    """Return the values in use of inputs whose range, as it is drawn, does not stand around them, by path.

    Such as a rent of the catalogue, where another card was chosen: draws follow the range, a single run the
    value.
    """
    found = {}
    for path, span in drawn_ranges(results.scenario).items():
        used = likely_value(path, results.scenario, catalog, results)
        if used is not None and abs(used - span.mode) > _APART * abs(used):
            found[path] = used
    return found


def default_range(
    path: str, scenario: Scenario, catalog: Catalog, results: Results | None = None
) -> Range | None:
    """Return the range that an input gets when it first becomes one.

    Ends that a source gives are the ends of a PERT range (N1, section 14 of the model). Where no source gives
    any, prices and volumes get a lognormal one by a factor (N3), all else a share to both sides (PERT).

    Parameters
    ----------
    path : str
        Of a number that may be uncertain.
    scenario : Scenario
        The plan.
    catalog : Catalog
        Its prices have ranges of their own.
    results : Results or None
        Of the plan, for what only the engine knows: scores, intervals of the laws.

    Returns
    -------
    Range or None
        None where the input has no likely value.

    Raises
    ------
    InputError
        If there is no such input.
    """
    spec, mode = spec_for(path), likely_value(path, scenario, catalog, results)
    if mode is None:
        return None
    if path.startswith("measured.") and results is not None and mode == spec.default:
        measured = _measured(path, results)
        if measured is not None:
            return measured
    ends = _documented(spec, mode, scenario, catalog)
    if ends is not None:
        return _range(spec, ends, mode, _FIGURES_DOCUMENTED, "pert")
    if _is_price(spec) or spec.scale == "log":
        factor = _VOLUME_FACTOR if spec.unit in _VOLUMES else _PRICE_FACTOR
        return _range(spec, (mode / factor, mode * factor), mode, _FIGURES, "lognormal")
    width = max(_LINEAR_SHARE * abs(mode), _LEAST_OF_SLIDER * _slider_span(spec))
    return _range(spec, (mode - width, mode + width), mode, _FIGURES, "pert")


def catalogue_ranges(
    scenario: Scenario, catalog: Catalog, results: Results | None = None
) -> dict[str, Range]:
    """Return the default ranges of the inputs that are always uncertain and have none in the plan yet.

    Parameters
    ----------
    scenario : Scenario
        The plan; its own ranges stay, so they are not among those returned.
    catalog : Catalog
        Hardware, models, prices.
    results : Results or None
        Of the plan.

    Returns
    -------
    dict of str to Range
        By path, in the order of the panel.
    """
    found = {}
    for path in CATALOGUE_PATHS:
        if path not in scenario.ranges and _matters(path, scenario):
            span = default_range(path, scenario, catalog, results)
            if span is not None and span.low < span.high:
                found[path] = span
    return found


def _matters(path: str, scenario: Scenario) -> bool:
    """Whether the plan reads an input at all."""
    chosen, owned = scenario.strategies, scenario.hardware.ownership == "own"
    if path.startswith("labour.") and path.endswith("_hours"):
        return path.removeprefix("labour.").removesuffix("_hours") in chosen
    if path in ("distil.accept_frac", "quality.distil_loss_frac"):
        return "distil" in chosen or "both" in chosen
    if path == "data.usd_per_example":
        return "finetune" in chosen or "both" in chosen
    if path in ("hardware.life_years", "site.usd_per_kwh"):
        return owned
    return path != "serving.usd_per_accelerator_h" or not owned


# ---------------------------------------------------------------- ends that a source gives
def _documented(
    spec: FieldSpec, mode: float, scenario: Scenario, catalog: Catalog
) -> tuple[float, float] | None:
    path = spec.path
    if path in _RENTS:
        return _rent_ends(path, mode, scenario, catalog)
    if path == "prices.api_fall_factor_per_year":
        ends = _FALL_RESELECTED if scenario.prices.api_reselect else _FALL_KEPT
        return min(ends[0], mode), max(ends[1], mode)
    if path == "site.pue":
        ends = _PUE_OWNED if scenario.hardware.ownership == "own" else _PUE_RENTED
        return min(ends[0], mode), max(ends[1], mode)
    if path == "site.usd_per_kwh":
        low, middle, high = _ELECTRICITY_USD_PER_KWH
        return mode * low / middle, mode * high / middle
    if path in _SHARES:
        return mode * (1.0 - _SHARES[path]), mode * (1.0 + _SHARES[path])
    if path in _SCORES:
        counted = counting_error_points(mode, scenario.data.eval_examples)
        within = counted if is_yours(scenario, path) else _ASSUMED_POINTS
        return mode - within, mode + within
    return None if spec.doubt is None else _around(spec.doubt, spec.default, mode)


def _around(ends: tuple[float, float], default: float, mode: float) -> tuple[float, float]:
    """Return documented ends as they are where they hold the value, else moved as it is from the default."""
    low, high = ends
    if low <= mode <= high:
        return ends
    if low >= 0 and default > 0 and mode > 0:
        return low * mode / default, high * mode / default
    return low + mode - default, high + mode - default


def _rent_ends(path: str, mode: float, scenario: Scenario, catalog: Catalog) -> tuple[float, float] | None:
    """Return cheapest and dearest of the providers, in proportion to the rent that is used."""
    section = _RENTS[path]
    serving = section == "serving"
    hardware = scenario.serving.hardware if serving else scenario.training.hardware
    purchase: Purchase = scenario.serving.purchase if serving else "on_demand"
    try:
        point = rent_usd_per_accelerator_h(catalog, hardware, scenario.prices.cloud_provider, purchase)
    except PlannerError:
        return None
    if (
        point.usd is None
        or point.low_usd is None
        or point.high_usd is None
        or point.low_usd == point.high_usd
    ):
        return None
    if point.low_usd <= mode <= point.high_usd:
        return round(point.low_usd, _CENTS), round(point.high_usd, _CENTS)
    return mode * point.low_usd / point.usd, mode * point.high_usd / point.usd


def _measured(path: str, results: Results) -> Range | None:
    """Return the interval that the laws bring in for an input, P10 to P90."""
    found = physics_ranges(results).get(path)
    if found is None:
        return None
    low, high = (float(f"{end:.{_FIGURES_MEASURED}g}") for end in (found.low, found.high))
    return Range(low=min(low, found.mode), mode=found.mode, high=max(high, found.mode), shape=found.shape)


# ---------------------------------------------------------------- making one
def _is_price(spec: FieldSpec) -> bool:
    return spec.unit.startswith("usd")


def _slider_span(spec: FieldSpec) -> float:
    return 0.0 if spec.slider is None else spec.slider[1] - spec.slider[0]


def _range(spec: FieldSpec, ends: tuple[float, float], mode: float, figures: int, shape: Shape) -> Range:
    """Return a range of tidy ends within the limits; a lognormal one only where it is above 0."""
    low, high = ends
    if mode == 0.0 and low == high and spec.slider is not None:  # a factor of nothing is nothing
        high = spec.slider[0] if spec.scale == "log" else _LEAST_OF_SLIDER * spec.slider[1]
    low, high = (float(f"{end:.{figures}g}") for end in (low, high))
    if spec.whole:
        low, high = min(round(low), mode - 1), max(round(high), mode + 1)
    low, high = min(mode, _within(low, spec, mode)), max(mode, _within(high, spec, mode))
    return Range(low=low, mode=mode, high=high, shape="pert" if low <= 0 else shape)


def _within(end: float, spec: FieldSpec, mode: float) -> float:
    if spec.low is not None and end < spec.low:
        return spec.low
    if spec.low is None and spec.above is not None and end <= spec.above:
        return (spec.above + mode) / 2.0
    return spec.high if spec.high is not None and end > spec.high else end
