"""Axes along which a break-even is looked for: volume, prices of the API, rent, and any other number."""

from __future__ import annotations

from typing import Any, Final

from planner.catalog.load import Catalog
from planner.engine.advisor.levers import VOLUME_DECADES, Lever, levers
from planner.engine.along import Axis
from planner.engine.crossing import VOLUME
from planner.engine.results import Results
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario, spec_for

API_PRICE: Final = "api.output_usd_per_mtok"
RENT: Final = "serving.usd_per_accelerator_h"
_LEFT: Final = ("report.", "limits.")
_FIRST: Final = (
    "horizon_months",
    "workload.output_tokens",
    "workload.input_tokens",
    "workload.instruction_tokens",
    "workload.growth_frac_per_month",
    "workload.peak_to_mean",
    "prices.api_fall_factor_per_year",
    "data.usd_per_example",
    "data.examples",
    "distil.examples",
    "student.params",
    "labour.usd_per_hour",
    "refresh.interval_months",
    "serving.target_load_frac",
)
"""What matters first, in a list of all others."""


def axis_of(path: str, results: Results, catalog: Catalog) -> Axis | None:
    """Return the axis of an input; None where the plan and the catalogue give it no value.

    The output price of the API stands for all of its token prices, which keep their ratios.

    Raises
    ------
    InputError
        If there is no such input.
    """
    spec, scenario = spec_for(path), results.scenario
    if not spec.numeric:
        return None
    lever = next((each for each in levers(results, catalog) if each.path == path), None)
    value = scenario.get(path)
    if path == API_PRICE:
        return None if lever is None else _api_price(lever)
    if lever is not None:
        here = lever.here
    elif isinstance(value, int | float) and not isinstance(value, bool):
        here = float(value)
    else:
        return None
    return _axis(path, here)


def _axis(path: str, here: float) -> Axis:
    spec = spec_for(path)
    low, high = spec.slider or (spec.low or 0.0, spec.high or max(here, 1.0))
    log = spec.scale == "log"
    if path == VOLUME:
        reach = 10.0**VOLUME_DECADES
        low, high = min(low, max(1.0, here / reach)), min(spec.high or high, max(high, here * reach))
    low, high = (min(low, here) if here > 0.0 or not log else low), max(high, here)
    whole = spec.whole or path == VOLUME
    if whole:
        low, high = float(round(low)), float(round(high))

    def changes(value: Any) -> dict[str, Any]:
        return {path: value}

    return Axis(path, spec.title, spec.unit, here, low, high, log and low > 0.0, whole, changes)


def _api_price(lever: Lever) -> Axis:
    """Return all token prices as one axis: the output price is read, the others keep their ratio to it."""
    prices = {path: float(price) for path, price in lever.changes(1.0).items()}
    here, spec = prices[API_PRICE], spec_for(API_PRICE)
    low, high = spec.slider or (here, here)

    def changes(value: Any) -> dict[str, Any]:
        return {path: value * (price / here) for path, price in prices.items()}

    return Axis(
        API_PRICE,
        "API price",
        spec.unit,
        here,
        min(max(low, here / 10.0**VOLUME_DECADES), here),
        max(min(high, here * 10.0**VOLUME_DECADES), here),
        log=True,
        whole=False,
        changes=changes,
    )


def other_axes(scenario: Scenario) -> tuple[str, ...]:
    """Return the inputs that can be an axis beside volume, API price, rent; the important first."""
    numbers = [
        path
        for path, spec in specs_of(Scenario).items()
        if spec.numeric and not path.startswith(_LEFT) and path not in (VOLUME, API_PRICE, RENT)
    ]
    held = [path for path in numbers if isinstance(scenario.get(path), int | float) or path in _FIRST]
    front = [path for path in _FIRST if path in held]
    return (*front, *(path for path in held if path not in front))
