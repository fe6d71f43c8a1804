"""``planner calibrate``: fit the constants of physics to measured runs, and their intervals."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from planner.cli.text import say
from planner.errors import PlannerError
from planner.evidence.calibrate import calibrate, write
from planner.evidence.reference import read_reference
from planner.paths import resource

HELP: Final = "Fit the constants of physics anew to a folder of measured runs. It takes minutes."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a folder and a file."""
    parser.add_argument(
        "--reference", metavar="DIR", help="folder of measured runs; the published ones unless given"
    )
    parser.add_argument(
        "--to", metavar="FILE", help="where to write; the file the program reads unless given"
    )


def act(chosen: argparse.Namespace) -> int:
    """Write the calibration, and the left-out rows beside it."""
    folder = Path(chosen.reference) if chosen.reference else resource("reference")
    path = Path(chosen.to) if chosen.to else resource("physics", "calibration.json")
    if not path.parent.is_dir():
        raise PlannerError(
            "missing_folder", f"There is no folder {path.parent} to write to.", "Make it, or name another."
        )
    result = calibrate(read_reference(folder))
    try:
        write(result, path)
    except OSError as error:
        raise PlannerError(
            "not_written", f"{path} cannot be written: {error.strerror}.", "Name another file with --to."
        ) from error
    say(f"{path} and {path.with_name('left_out.csv').name} written")
    return 0
