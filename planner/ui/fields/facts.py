"""What catalogue and engine know about an input: the value used where none is typed, and its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from planner.catalog.api_prices import api_price
from planner.catalog.caveats import CAVEATS
from planner.catalog.load import Catalog
from planner.catalog.prices import rent_usd_per_accelerator_h
from planner.catalog.records import Source
from planner.engine.constants import load_physics
from planner.engine.problems import CannotCostError
from planner.engine.results import Results
from planner.engine.world import World, api_fall_factor, build_world
from planner.errors import PlannerError
from planner.scenario.fields import FieldSpec
from planner.scenario.model import Scenario, spec_for
from planner.scenario.parse import value_text
from planner.scenario.presets import reason_for
from planner.units import format_edit

YOU: Final = Source("you", "")
_AUTO_FIGURES: Final = 3
_PLAIN: Final = Scenario()


@dataclass(frozen=True, slots=True)
class Auto:
    """What the program uses where a field is null.

    Attributes
    ----------
    value : float or str or None
        In the field's unit; None where there is none (no limit, never).
    text : str
        As the editor shows it, such as ``auto $4.50`` or ``no limit``.
    """

    value: Any
    text: str


def auto_of(path: str, scenario: Scenario, catalog: Catalog, results: Results | None) -> Auto:
    """Return what is used in place of null at a path."""
    spec = spec_for(path)
    try:
        value = _used(path, scenario, catalog, results)
    except (PlannerError, CannotCostError):
        value = None
    if value is None:
        return Auto(None, _short_unset(spec))
    if isinstance(value, tuple):
        low, high = value
        text = value_text_short(low, spec)
        return Auto(high, f"auto {text}" if low == high else f"auto {text} to {value_text_short(high, spec)}")
    shown = float(f"{value:.{_AUTO_FIGURES}g}") if isinstance(value, float) else value
    return Auto(value, f"auto {value_text_short(shown, spec)}")


def value_text_short(value: object, spec: FieldSpec) -> str:
    """Return a value without the unit that the editor shows behind it anyway."""
    if isinstance(value, int | float) and spec.numeric and not isinstance(value, bool):
        return format_edit(value, spec.unit)
    return value_text(value, spec)


def _short_unset(spec: FieldSpec) -> str:
    return spec.unset if len(spec.unset) <= 12 else "auto"


def _used(path: str, scenario: Scenario, catalog: Catalog, results: Results | None) -> Any:
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


# ---------------------------------------------------------------- sources
@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value comes from: words, date (may be empty), caveat codes."""

    title: str
    as_of: str
    caveats: tuple[str, ...] = ()


def provenance_of(path: str, scenario: Scenario, preset: Scenario, catalog: Catalog) -> Provenance:
    """Return the source of the value in use: the user, a catalogue row, the preset, or the field itself."""
    spec = spec_for(path)
    value = scenario.get(path)
    if spec.table is not None and value is not None:
        return _of_row(spec, str(value), scenario, catalog)
    if value is not None and value != preset.get(path):
        return Provenance("you", "")
    if value is not None and value != _PLAIN.get(path):
        reason = reason_for(preset.notes, spec.title)
        if reason:
            return Provenance(f"preset: {reason}", "", ("judgement",) if "our judgement" in reason else ())
    if value is None:
        found = _of_null(path, scenario, catalog)
        if found is not None:
            return found
    caveats = ("judgement",) if "judgement" in spec.source else ()
    date = catalog.date if spec.source.startswith("catalogue") else ""
    return Provenance(spec.source, date, caveats)


def _of_row(spec: FieldSpec, id: str, scenario: Scenario, catalog: Catalog) -> Provenance:
    try:
        if spec.table in ("api_models", "api_providers"):
            price = api_price(scenario.api.provider, scenario.api.model)
            return Provenance(price.source.title, price.source.as_of, price.caveats)
        finders: dict[str, Callable[[str], Any]] = {
            "models": catalog.find_model,
            "hardware": catalog.find_hardware,
            "grids": catalog.find_grid,
            "fine_tuning_prices": catalog.find_fine_tuning_price,
        }
        if spec.table in finders:
            row = finders[spec.table](id)
            return Provenance(row.source.title, row.source.as_of, tuple(getattr(row, "caveats", ())))
    except PlannerError as error:
        return Provenance(error.message, "")
    return Provenance(spec.source, catalog.date)


def _of_null(path: str, scenario: Scenario, catalog: Catalog) -> Provenance | None:
    try:
        if path.endswith("usd_per_accelerator_h"):
            training = path.startswith("training")
            hardware = scenario.training.hardware if training else scenario.serving.hardware
            purchase = "on_demand" if training else scenario.serving.purchase
            point = rent_usd_per_accelerator_h(catalog, hardware, scenario.prices.cloud_provider, purchase)
            return Provenance(point.source.title, point.source.as_of, point.caveats)
        if path.startswith("api.") and path.endswith("mtok"):
            price = api_price(scenario.api.provider, scenario.api.model)
            return Provenance(price.source.title, price.source.as_of, price.caveats)
        if path in ("site.carbon_kgco2e_per_kwh", "site.grid_water_l_per_kwh", "site.usd_per_kwh"):
            grid = catalog.find_grid(scenario.site.grid)
            date = grid.electricity_as_of if path == "site.usd_per_kwh" else grid.source.as_of
            return Provenance(grid.source.title, date)
    except PlannerError as error:
        return Provenance(error.message, "")
    return None


def caveat_texts(codes: tuple[str, ...]) -> list[str]:
    """Return the one-line texts of caveat codes."""
    return [CAVEATS[code].text for code in codes if code in CAVEATS]
