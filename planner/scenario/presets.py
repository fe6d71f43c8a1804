"""The plans that travel with the program: where a user starts, and what "changed" is measured against."""

from __future__ import annotations

import json
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
    """Return the scenario that the active one started from, to compare with; None if from none.

    A preset may hold several: the one of the same name counts, else the one that the preset shows first.
    """
    found = next((preset for preset in presets() if preset.id == plan.preset), None)
    if found is None:
        return None
    own = _loaded(found.path)
    return next((scenario for scenario in own.scenarios if scenario.name == plan.active), own.scenario)


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


def reason_for(notes: str, title: str) -> str:
    """Return what the notes of a plan say of the input of this title; empty if nothing."""
    return next((reason.words for reason in reasons_in(notes) if title in reason.titles), "")


def _preset(path: Path) -> Preset:
    """Return what the list of presets shows of a file. Its values are checked when the preset is loaded."""
    values = json.loads(path.read_text(encoding="utf-8"))
    shown = next(each for each in values["scenarios"] if each["name"] == values["active"])
    return Preset(path.name.removesuffix(SUFFIX), values["title"], shown["notes"].partition("\n")[0], path)


@cache
def _loaded(path: Path) -> Plan:
    return load_plan(path)
