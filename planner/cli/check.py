"""``planner check``: every problem of a plan; of a record, whether its numbers still come out."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Final

from planner.catalog.load import load_catalog
from planner.cli.check_record import check_record, problem_values
from planner.cli.inputs import add_file, open_plan
from planner.cli.text import paragraph, say, say_json
from planner.errors import InputError, PlanFileError
from planner.export.recorded import looks_recorded
from planner.scenario.checks import check_plan
from planner.scenario.files import text_of
from planner.scenario.presets import presets

HELP: Final = (
    "List every problem of a plan: path, value, what is allowed, hint. Of a record, say whether this version "
    "still gives its numbers, and what moved: 0 the same, 1 moved, 2 no record."
)
_NOT_READ: Final = ("missing_file", "folder", "not_a_file", "unreadable_file", "too_large")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a plan or a record."""
    add_file(parser)
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def act(chosen: argparse.Namespace) -> int:
    """Print the problems, or what moved; 1 if there are any."""
    path = _path(chosen.file)
    text = _recorded(path)
    if text is not None:
        return check_record(text, path, as_json=chosen.json)
    found = check_plan(path, load_catalog())
    if found and found[0].code in _NOT_READ:
        raise found[0]
    if chosen.json:
        say_json({"file": path.name, "kind": "plan", "same": None, "problems": [*map(problem_values, found)]})
        return 1 if found else 0
    if not found:
        say(f"{path.name}: no problems")
        return 0
    say(f"{path.name}: {'1 problem' if len(found) == 1 else f'{len(found)} problems'}")
    for problem in found:
        say()
        _say_problem(problem)
    return 1


def _recorded(path: Path) -> str | None:
    """Return the text of a record, whatever its name; None for everything else."""
    try:
        text = text_of(path)
    except PlanFileError:
        return None  # what is wrong with it is said of the plan that it might be
    return text if looks_recorded(text) else None


def _path(name: str) -> Path:
    """Return the file to check; a preset's id stands for its file."""
    path = Path(name)
    preset = next((preset.path for preset in presets() if preset.id == name), None)
    if preset is not None and not path.exists():
        return preset
    if not path.suffix and path.name == name:
        try:
            open_plan(name)
        except PlanFileError:
            return path  # it is there, and its problems are listed
    return path


def _say_problem(problem: InputError) -> None:
    say(paragraph(problem.message, "  "))
    if problem.path:
        say(f"    path     {problem.path}")
        say(f"    value    {_value_text(problem.value)}")
    if problem.allowed:
        say(paragraph(problem.allowed, "    allowed  ", " " * 13))
    if problem.hint:
        say(paragraph(problem.hint, "    hint     ", " " * 13))


def _value_text(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 100 else text[:97] + "..."
