"""``planner export``: write a plan's results to a file by its ending."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Final

from planner.cli.inputs import add_changes, add_file, changed, open_plan, simulated
from planner.cli.text import say
from planner.errors import PlannerError
from planner.export.registry import WRITERS, export, writer_for

HELP: Final = f"Write a plan's results to a file, by its ending: {' '.join(WRITERS)}."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a plan, the file to write, and which figure."""
    add_file(parser)
    parser.add_argument(
        "--to", required=True, metavar="OUT", help="file to write; one that is there is replaced"
    )
    parser.add_argument(
        "--figure", metavar="NAME", help="which figure a picture shows; the Overview page if absent"
    )
    parser.add_argument(
        "--scale",
        type=_scale,
        metavar="N",
        help="pixels of a .png per pixel of the design, such as 3; 2 if absent",
    )
    add_changes(parser)


def _scale(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise argparse.ArgumentTypeError(f'"{text}" is no scale; allowed is a number such as 2')
    return found


def act(chosen: argparse.Namespace) -> int:
    """Simulate and write."""
    path = Path(chosen.to)
    writer_for(path)
    if path.exists() and Path(chosen.file).exists() and path.samefile(chosen.file):
        raise PlannerError("same_file", f"{path.name} is the plan itself.", "Name another file to write.")
    plan = changed(open_plan(chosen.file), chosen.changes)
    export(simulated(plan), plan, path, chosen.figure, scale=chosen.scale)
    say(f"wrote {path}")
    return 0
