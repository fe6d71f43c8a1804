"""What the engine uses where a field is null: a size or price of the catalogue, a choice of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from planner.catalog.load import Catalog
from planner.engine.constants import load_physics
from planner.engine.results import Results
from planner.engine.world import World, api_fall_factor, build_world
from planner.scenario.model import Scenario


def used_value(path: str, scenario: Scenario, catalog: Catalog, results: Results | None) -> Any:
    """Return what stands in place of null at a path.

    Parameters
    ----------
    path : str
        Of a field that is null.
    scenario : Scenario
        The plan.
    catalog : Catalog
        Hardware, models, prices.
    results : Results or None
        Of the plan; what only they tell is None without them.

    Returns
    -------
    float, tuple of int or None
        In the field's unit; least and most where strategies differ; None where there is nothing (no limit,
        never).

    Raises
    ------
    CannotCostError, CatalogError
        If a price or a row is not known.
    """
    if path in ("base.params", "student.params"):
        model = scenario.base.model if path == "base.params" else scenario.student.model
        return None if model is None else catalog.find_model(model).total_params
    if path in _BY_RESULTS:
        return None if results is None else _BY_RESULTS[path](results)
    if path in _BY_WORLD:
        return _BY_WORLD[path](_world(scenario, catalog))
    return None


def _world(scenario: Scenario, catalog: Catalog) -> World:
    return build_world(scenario, catalog, load_physics(), None)


def _span(numbers: list[int]) -> tuple[int, int] | None:
    return (min(numbers), max(numbers)) if numbers else None


def _training_accelerators(results: Results) -> tuple[int, int] | None:
    return _span([n for c in results.choices.values() for n in c.training_accelerators.values()])


def _per_replica(results: Results) -> tuple[int, int] | None:
    return _span([c.accelerators_per_replica for c in results.choices.values() if c.accelerators_per_replica])


def _measured(strategy: str) -> Callable[[Results], float | None]:
    def read(results: Results) -> float | None:
        result = results.strategies.get(strategy)
        quality = None if result is None else float(result["quality"])
        return None if quality is None or quality != quality else round(quality, 1)

    return read


def _capex(world: World) -> Any:
    price = world.serving_card.purchase_price_usd
    return None if price is None else price + world.inputs.hardware.host_usd_per_accelerator


_BY_RESULTS: Final[Mapping[str, Callable[[Results], Any]]] = {
    "training.accelerators": _training_accelerators,
    "serving.accelerators_per_replica": _per_replica,
    "quality.finetune_points": _measured("finetune"),
    "quality.distil_points": _measured("distil"),
    "quality.both_points": _measured("both"),
}
_BY_WORLD: Final[Mapping[str, Callable[[World], Any]]] = {
    "training.usd_per_accelerator_h": lambda world: world.training_rent_usd_h,
    "serving.usd_per_accelerator_h": lambda world: world.serving_rent_usd_h,
    "api.input_usd_per_mtok": lambda world: world.token_prices().input_usd_per_mtok,
    "api.output_usd_per_mtok": lambda world: world.token_prices().output_usd_per_mtok,
    "api.cached_input_usd_per_mtok": lambda world: world.token_prices().cached_input_usd_per_mtok,
    "api.assumed_model": lambda world: None,
    "site.carbon_kgco2e_per_kwh": lambda world: world.grid.carbon_kgco2e_per_kwh,
    "site.pue": lambda world: world.footprint(_place(world)).pue,
    "site.grid_water_l_per_kwh": lambda world: world.grid.water_l_per_kwh,
    "site.usd_per_kwh": lambda world: world.electricity_usd_per_kwh,
    "site.usd_per_tco2e": lambda world: world.carbon_price_usd_per_tco2e,
    "prices.api_fall_factor_per_year": lambda world: api_fall_factor(world.inputs.prices),
    "hardware.capex_usd_per_accelerator": _capex,
}


def _place(world: World) -> str:
    return "owned" if world.inputs.hardware.ownership == "own" else "rented"
