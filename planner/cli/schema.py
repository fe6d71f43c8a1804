"""``planner schema``: the JSON Schema of a plan file."""

from __future__ import annotations

import argparse
from typing import Final

from planner.cli.text import say_json
from planner.scenario.model import Plan

HELP: Final = "Print the JSON Schema of a plan file."
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take no arguments."""


def act(_chosen: argparse.Namespace) -> int:
    """Print the schema."""
    say_json({"$schema": _DIALECT, **Plan.model_json_schema()})
    return 0
