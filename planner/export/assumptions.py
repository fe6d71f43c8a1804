"""Every input of a scenario as a row: value, range, source, and whether it was changed from the preset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from planner.catalog.load import Catalog, load_catalog
from planner.catalog.records import Source
from planner.errors import CatalogError
from planner.scenario.fields import FieldSpec, specs_of
from planner.scenario.model import Plan, Scenario
from planner.scenario.parse import value_text
from planner.scenario.presets import preset_scenario

YOU: Final = "you"
_TITLES: Final = {
    "": "Scenario",
    "api": "API",
    "base": "Base model",
    "student": "Student model",
    "finetune": "Fine-tuning",
    "distil": "Distillation",
    "site": "Site and energy",
    "hardware": "Owned hardware",
}


@dataclass(frozen=True, slots=True)
class Assumption:
    """One input.

    Attributes
    ----------
    section, title, path, unit : str
        Where it is, its name, dotted path and unit.
    value : object
        As the plan file has it; None where the catalogue decides.
    text : str
        The value in words: what None means, names of choices.
    low, likely, high : float or None
        Its range, where it has one.
    shape : str
        Distribution of the range; empty without one.
    source, date : str
        Where the value comes from, and of what date that is; ``you`` for a value that was changed.
    changed : bool
        Whether it differs from the preset, or from a new plan where there is no preset.
    before : str
        The preset's value in words.
    """

    section: str
    title: str
    path: str
    value: Any
    text: str
    unit: str
    low: float | None
    likely: float | None
    high: float | None
    shape: str
    source: str
    date: str
    changed: bool
    before: str


def section_title(section: str) -> str:
    """Return the title of a section of the plan file."""
    return _TITLES.get(section, section.capitalize())


def assumptions(scenario: Scenario, plan: Plan) -> list[Assumption]:
    """Return all inputs of a scenario, in the order of the panel.

    Parameters
    ----------
    scenario : Scenario
        The one that was simulated.
    plan : Plan
        Its plan, which knows its preset.
    """
    before = preset_scenario(plan)
    return [_row(spec, scenario, plan, before) for spec in specs_of(Scenario).values()]


def _row(spec: FieldSpec, scenario: Scenario, plan: Plan, preset: Scenario | None) -> Assumption:
    value = scenario.get(spec.path)
    start = spec.default if preset is None else preset.get(spec.path)
    span = scenario.ranges.get(spec.path)
    before = None if preset is None else preset.ranges.get(spec.path)
    changed = value != start or (preset is not None and span != before)
    source, date = _source(spec, value, plan, changed=changed, default=value == spec.default)
    return Assumption(
        section=section_title(spec.section),
        title=spec.title,
        path=spec.path,
        value=list(value) if isinstance(value, tuple) else value,
        text=value_text(value, spec),
        unit=spec.unit,
        low=span.low if span else None,
        likely=span.mode if span else None,
        high=span.high if span else None,
        shape=span.shape if span else "",
        source=source,
        date=date,
        changed=changed,
        before=value_text(start, spec),
    )


def _source(spec: FieldSpec, value: Any, plan: Plan, *, changed: bool, default: bool) -> tuple[str, str]:
    """Return where a value comes from and the date of that."""
    catalog = load_catalog()
    if changed:
        return YOU, ""
    row = _catalog_row(catalog, spec, value)
    if row is not None:
        return row
    if default or plan.preset is None:
        return spec.source, "" if spec.source == YOU else catalog.date
    return f"preset {plan.preset}, see its notes; default: {spec.source}", catalog.date


def _catalog_row(catalog: Catalog, spec: FieldSpec, value: Any) -> tuple[str, str] | None:
    """Return source and date of the catalogue row that a field names."""
    finders: dict[str, Callable[[str], Any]] = {
        "models": catalog.find_model,
        "hardware": catalog.find_hardware,
        "grids": catalog.find_grid,
        "fine_tuning_prices": catalog.find_fine_tuning_price,
    }
    find = finders.get(spec.table or "")
    if find is None or not isinstance(value, str):
        return None
    try:
        source: Source = find(value).source
    except CatalogError:
        return None
    return source.title, source.as_of
