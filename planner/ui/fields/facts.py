"""What catalogue and engine know about an input: the value used where none is typed, and its source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from planner.catalog.api_prices import api_price
from planner.catalog.caveats import CAVEATS
from planner.catalog.load import Catalog
from planner.catalog.prices import rent_usd_per_accelerator_h
from planner.catalog.records import Source
from planner.engine.problems import CannotCostError
from planner.engine.results import Results
from planner.engine.used import used_value
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
        value = used_value(path, scenario, catalog, results)
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
