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
_ITEM = "- "


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


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some inputs of a plan have the values they have.

    Attributes
    ----------
    titles : tuple of str
        Titles of the inputs.
    words : str
        Their values with a source, or whose judgement they are.
    """

    titles: tuple[str, ...]
    words: str


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


def reasons_in(notes: str) -> tuple[Reason, ...]:
    """Return where the figures of a plan come from, as its notes list them.

    Each line of the list reads ``- Title; Title: words``, with the titles of the inputs that it is about.
    """
    found = []
    for line in notes.splitlines():
        head, mark, words = line.removeprefix(_ITEM).partition(": ")
        if line.startswith(_ITEM) and mark:
            found.append(Reason(tuple(head.split("; ")), words))
    return tuple(found)


def _preset(path: Path) -> Preset:
    plan = _loaded(path)
    line = next(iter(plan.scenario.notes.splitlines()), "")
    return Preset(path.name.removesuffix(SUFFIX), plan.title, line, path)


@cache
def _loaded(path: Path) -> Plan:
    return load_plan(path)
