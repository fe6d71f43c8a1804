"""What the commands read: a plan file or a preset, and ``--set PATH=VALUE``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from planner.catalog.load import load_catalog, suggest
from planner.engine.results import Results
from planner.engine.run import simulate
from planner.errors import PlanFileError, PlannerError
from planner.scenario.checks import problems
from planner.scenario.files import load_plan
from planner.scenario.model import Plan, Scenario, spec_for
from planner.scenario.parse import parse_value
from planner.scenario.presets import load_preset, presets


def add_file(parser: argparse.ArgumentParser) -> None:
    """Let a command take a plan file or the id of a preset."""
    parser.add_argument(
        "file", metavar="FILE", help='plan file, or the id of a preset ("planner list presets")'
    )


def add_changes(parser: argparse.ArgumentParser) -> None:
    """Let a command take changes of the plan."""
    parser.add_argument(
        "--set",
        dest="changes",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="change an input before the run, such as workload.requests_per_month=2M; may stand many times",
    )


def add_seed(parser: argparse.ArgumentParser, *, default: int, words: str) -> None:
    """Let a command take the seed of what it draws."""
    parser.add_argument("--seed", type=_seed, default=default, metavar="S", help=words)


def _seed(text: str) -> int:
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(f'"{text}" is no seed; allowed is a whole number from 0')
    return int(text)


def open_plan(name: str) -> Plan:
    """Return the plan of a file or of a preset; a file wins.

    Raises
    ------
    PlannerError
        If there is neither, or the file is no valid plan.
    """
    known = [preset.id for preset in presets()]
    path = Path(name)
    if name in known and not _is_there(path):
        return load_preset(name)
    if not path.suffix and path.name == name and not _is_there(path):
        hint = suggest(name, known) or f"The presets are {', '.join(known)}."
        raise PlannerError("missing_file", f'There is no file and no preset "{name}".', hint)
    return load_plan(path)


def changed(plan: Plan, changes: Sequence[str]) -> Plan:
    """Return the plan with the inputs of its active scenario changed as ``--set`` says.

    Raises
    ------
    PlannerError
        If a change has no ``=``, names no input, or holds a value that is not allowed.
    """
    values = {}
    for change in changes:
        path, equals, text = change.partition("=")
        if not equals:
            raise PlannerError(
                "bad_set", f'"--set {change}" has no "=".', "Write --set PATH=VALUE, such as site.pue=1.2."
            )
        values[path.strip()] = parse_value(text, spec_for(path.strip())).value
    return plan.with_scenario(plan.scenario.with_(values)) if values else plan


def check_ids(scenario: Scenario) -> None:
    """Look up every id of a scenario.

    Raises
    ------
    PlannerError
        If the catalogue knows one not; of several, with all of them.
    """
    found = problems(scenario, load_catalog())
    if len(found) > 1:
        lines = "\n".join(f"- {problem}" for problem in found)
        raise PlanFileError("invalid_plan", f"The plan has {len(found)} problems:\n{lines}", problems=found)
    if found:
        raise found[0]


def simulated(plan: Plan) -> Results:
    """Return the active scenario, costed.

    Raises
    ------
    PlannerError
        If the catalogue knows an id of it not, or cannot cost it.
    """
    check_ids(plan.scenario)
    return simulate(plan.scenario, load_catalog())


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no system takes; reading it will say so
        return False
