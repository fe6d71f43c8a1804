"""The plans that travel with the program: where a user starts, and what "changed" is measured against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from planner.catalog.load import suggest
from planner.errors import InputError
from planner.paths import presets_folder
from planner.scenario.files import SUFFIX, load_plan
from planner.scenario.model import Plan, Scenario

DEFAULT_PRESET = "customer-support"


@dataclass(frozen=True, slots=True)
class Preset:
    """A plan that travels with the program.

    Attributes
    ----------
    id : str
        Its file name without the ending.
    title, line : str
        Its name, and what it is about on one line.
    path : Path
        The file.
    """

    id: str
    title: str
    line: str
    path: Path


@cache
def presets() -> tuple[Preset, ...]:
    """Return all presets, the default one first, then by title."""
    found = [_preset(path) for path in presets_folder().glob(f"*{SUFFIX}")]
    return tuple(sorted(found, key=lambda preset: (preset.id != DEFAULT_PRESET, preset.title)))


def load_preset(id: str = DEFAULT_PRESET) -> Plan:
    """Return a preset as a new plan that remembers where it came from.

    Raises
    ------
    InputError
        If there is no preset of this id.
    """
    path = next((preset.path for preset in presets() if preset.id == id), None)
    if path is None:
        known = [preset.id for preset in presets()]
        hint = suggest(id, known) or f"There are {', '.join(known)}."
        raise InputError("unknown_preset", f'There is no preset "{id}".', hint, path="preset", value=id)
    return _loaded(path).model_copy(update={"preset": id})


def preset_scenario(plan: Plan) -> Scenario | None:
    """Return the scenario that a plan started from, to compare with; None if it started from none."""
    found = next((preset for preset in presets() if preset.id == plan.preset), None)
    return _loaded(found.path).scenario if found else None


def _preset(path: Path) -> Preset:
    plan = _loaded(path)
    line = next(iter(plan.scenario.notes.splitlines()), "")
    return Preset(path.name.removesuffix(SUFFIX), plan.title, line, path)


@cache
def _loaded(path: Path) -> Plan:
    return load_plan(path)
