"""Titles and order of the sections of the inputs panel, and what a closed one says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from planner.catalog.load import Catalog
from planner.scenario.fields import FieldSpec, specs_of
from planner.scenario.model import Scenario
from planner.scenario.parse import value_text
from planner.ui.fields.options import name_of


@dataclass(frozen=True, slots=True)
class Section:
    """One section: which groups of fields it holds, and the key values that it shows while closed."""

    key: str
    title: str
    groups: tuple[str, ...]
    keys: tuple[str, ...] = ()


SECTIONS: Final = (
    Section("workload", "Workload", ("workload",), ("workload.requests_per_month",)),
    Section("models", "Models", ("base", "student"), ("base.model", "student.model")),
    Section("api", "API", ("api",), ("api.model",)),
    Section("data", "Data", ("data",), ("data.examples", "data.usd_per_example")),
    Section("training", "Training", ("training", "finetune"), ("finetune.method", "training.hardware")),
    Section("distil", "Distillation", ("distil",), ("distil.method",)),
    Section("serving", "Serving", ("serving",), ("serving.hardware", "serving.precision")),
    Section("limits", "Limits", ("limits",), ("limits.goal",)),
    Section("quality", "Quality", ("quality",), ("quality.prompt_points", "quality.tuned_points_at_10k")),
    Section("site", "Site and energy", ("site",), ("site.grid",)),
    Section("refresh", "Refresh", ("refresh",), ("refresh.interval_months",)),
    Section("labour", "Labour", ("labour",), ("labour.usd_per_hour",)),
    Section(
        "prices", "Prices", ("prices", "hardware"), ("hardware.ownership", "prices.rent_change_frac_per_year")
    ),
    Section("measured", "Own measurements", ("measured",)),
    Section("plan", "Plan", ("",), ("start_month", "horizon_months")),
    Section("report", "Report", ("report",), ("report.currency",)),
)
_SUBTITLES: Final = {
    "base": "Base",
    "student": "Student",
    "training": "Machines",
    "finetune": "Fine-tuning",
    "prices": "Price paths",
    "hardware": "Own hardware",
}
_SHORT_WORDS: Final = {
    "data.examples": "{} examples",
    "data.usd_per_example": "{} each",
    "refresh.interval_months": "every {}",
    "quality.prompt_points": "{} prompted",
    "quality.tuned_points_at_10k": "{} tuned",
    "prices.rent_change_frac_per_year": "rent {}",
    "labour.usd_per_hour": "{}",
}


def sections() -> tuple[tuple[Section, tuple[FieldSpec, ...]], ...]:
    """Return every section with its fields; a group that no section names gets one of its own."""
    specs = [spec for spec in specs_of(Scenario).values() if spec.path != "name"]
    named = {group for section in SECTIONS for group in section.groups}
    others = dict.fromkeys(spec.group for spec in specs if spec.group not in named)
    listed = [*SECTIONS, *(Section(group, group.capitalize(), (group,)) for group in others)]
    found = []
    for section in listed:
        fields = [s for group in section.groups for s in specs if s.group == group]
        found.append((section, tuple(fields)))
    return tuple(found)


def subtitle_of(section: Section, spec: FieldSpec) -> str:
    """Return the small heading above a field's group, where a section holds more than one."""
    return _SUBTITLES.get(spec.group, spec.group.capitalize()) if len(section.groups) > 1 else ""


def summary_of(section: Section, scenario: Scenario, catalog: Catalog) -> str:
    """Return what a closed section says: its key values."""
    specs = specs_of(Scenario)
    return ", ".join(_short(specs[path], scenario, catalog) for path in section.keys)


def _short(spec: FieldSpec, scenario: Scenario, catalog: Catalog) -> str:
    value = scenario.get(spec.path)
    if spec.table is not None and value is not None:
        text = name_of(spec, str(value), scenario, catalog)
    else:
        text = value_text(value, spec)
    return _SHORT_WORDS.get(spec.path, "{}").format(text)
