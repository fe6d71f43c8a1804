"""From the values of an older plan file to those of this version, in numbered steps.

A step takes the values of one version and returns new ones of the next; it changes nothing in place and
drops nothing that it does not know. The file itself is only changed when the user saves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from planner.errors import PlanFileError
from planner.scenario.model import SCHEMA_VERSION

Values = Mapping[str, Any]

_VERSION = "schema_version"


def migrate_0_to_1(values: Values) -> dict[str, Any]:
    """Wrap a bare scenario, as files held it before there were plans, into a plan of one scenario."""
    scenario = {key: value for key, value in values.items() if key != _VERSION}
    name = scenario.get("name")
    name = name if isinstance(name, str) and name.strip() else "Plan A"
    return {_VERSION: 1, "title": name, "active": name, "scenarios": [scenario]}


STEPS: Final[Mapping[int, Callable[[Values], dict[str, Any]]]] = {0: migrate_0_to_1}
"""The step away from each older version."""


def version_of(values: Values, name: str = "The plan") -> int:
    """Return the version of a file's values.

    Raises
    ------
    PlanFileError
        If it is no version, or one of a newer program.
    """
    version = values.get(_VERSION, SCHEMA_VERSION if "scenarios" in values else 0)
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        message = f"{name}: {_VERSION} is {version!r}; allowed is a whole number up to {SCHEMA_VERSION}."
        raise PlanFileError("bad_version", message)
    if version > SCHEMA_VERSION:
        message = (
            f"{name} was made by a newer version of the planner: its {_VERSION} is {version}, "
            f"this one reads up to {SCHEMA_VERSION}."
        )
        raise PlanFileError("newer_version", message, "Update the planner.")
    return version


def migrated(values: Values, name: str = "The plan") -> dict[str, Any]:
    """Return a file's values in this version.

    Raises
    ------
    PlanFileError
        If they are of no known version.
    """
    found = dict(values)
    for version in range(version_of(values, name), SCHEMA_VERSION):
        found = STEPS[version](found)
    return found
