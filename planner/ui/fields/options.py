"""What a row of the catalogue is called and what is said beside it, for the pickers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from planner.catalog.api_prices import api_price, list_api_prices, list_api_providers
from planner.catalog.load import Catalog
from planner.catalog.prices import cloud_providers
from planner.catalog.records import ApiPrice, FineTuningPrice, Grid, Hardware, ModelShape
from planner.errors import PlannerError
from planner.scenario.checks import COSTED_KINDS
from planner.scenario.fields import FieldSpec
from planner.scenario.model import Scenario
from planner.units import format_quantity

_DEVICES: Final = {"workstation": ("workstation",), "edge": ("mobile", "edge")}
_SERVERS: Final = ("datacenter", "workstation")


@dataclass(frozen=True, slots=True)
class Option:
    """One row of a picker.

    Attributes
    ----------
    id, name : str
        What is stored, what is shown.
    detail : str
        Key figure and date of its source, muted.
    """

    id: str
    name: str
    detail: str = ""


def options_of(spec: FieldSpec, scenario: Scenario, catalog: Catalog) -> list[Option]:
    """Return what a catalogue field can be set to, in the order of the catalogue."""
    makers: Mapping[str, Callable[[], list[Option]]] = {
        "models": lambda: [_model(m) for m in catalog.models.values() if m.architecture in COSTED_KINDS],
        "hardware": lambda: [_card(card) for card in _cards(spec, scenario, catalog)],
        "grids": lambda: [_grid(grid) for grid in catalog.grids.values()],
        "fine_tuning_prices": lambda: [_tuning(row) for row in catalog.fine_tuning_prices.values()],
        "api_providers": lambda: [Option(name, name) for name in list_api_providers()],
        "api_models": lambda: [_api(price) for price in list_api_prices(scenario.api.provider)],
        "cloud_providers": lambda: [Option(name, name) for name in cloud_providers(catalog)],
    }
    try:
        return makers[spec.table or ""]()
    except PlannerError:
        return []


def name_of(spec: FieldSpec, id: str, scenario: Scenario, catalog: Catalog) -> str:
    """Return the name of a catalogue id; the id itself where there is none."""
    try:
        if spec.table == "models":
            return catalog.find_model(id).name
        if spec.table == "hardware":
            return catalog.find_hardware(id).name
        if spec.table == "grids":
            return catalog.find_grid(id).name
        if spec.table == "fine_tuning_prices":
            return catalog.find_fine_tuning_price(id).name
        if spec.table == "api_models":
            return api_price(scenario.api.provider, id).name
    except PlannerError:
        return id
    return id


def _cards(spec: FieldSpec, scenario: Scenario, catalog: Catalog) -> list[Hardware]:
    classes: tuple[str, ...] = _SERVERS
    if spec.name == "edge_hardware":
        classes = _DEVICES.get(scenario.serving.student_target, ("workstation", "mobile", "edge"))
    cards = [c for c in catalog.hardware.values() if c.device_class in classes and c.bf16_flop_s is not None]
    return sorted(cards, key=lambda card: (-card.release_year, card.name))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _model(model: ModelShape) -> Option:
    size = format_quantity(model.total_params, "params", figures=3)
    active = ""
    if model.active_params != model.total_params:
        active = f"{format_quantity(model.active_params, 'params', figures=2)} active"
    return Option(model.id, model.name, _joined(f"{size} parameters", active, model.source.as_of))


def _card(card: Hardware) -> Option:
    speed = "" if card.bf16_flop_s is None else format_quantity(card.bf16_flop_s, "flop_s")
    return Option(card.id, card.name, _joined(f"{card.memory_gb:g} GB", speed, card.source.as_of))


def _grid(grid: Grid) -> Option:
    carbon = format_quantity(grid.carbon_kgco2e_per_kwh, "kgco2e_per_kwh")
    return Option(grid.id, grid.name, _joined(carbon, grid.source.as_of))


def _tuning(row: FineTuningPrice) -> Option:
    price = row.training_usd_per_mtok
    words = "" if price is None else f"training {format_quantity(price, 'usd_per_mtok')}"
    return Option(row.id, f"{row.name}, {row.provider}", _joined(words, row.source.as_of))


def _api(price: ApiPrice) -> Option:
    money = (format_quantity(v, "usd") for v in (price.input_usd_per_mtok, price.output_usd_per_mtok))
    words = "{} in, {} out per Mtok".format(*money)
    return Option(price.model, price.name, _joined(words, price.source.as_of))
