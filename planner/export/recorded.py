"""A record read back with care: every value that cannot be what was written is named by its path."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from planner.engine.lineitems import QUANTITIES
from planner.engine.sampling import MOST_DRAWS
from planner.errors import InputError, PlanFileError, PlannerError
from planner.export.record import RECORD_KEY, RECORD_VERSION, digest
from planner.export.table import LEDGER_COLUMNS
from planner.scenario.files import object_of
from planner.scenario.migrations import migrated
from planner.scenario.model import SCHEMA_VERSION, Plan, Scenario, validated

_HEAD_CHARACTERS: Final = 400
_LARGEST: Final = 1e300
"""Beyond it a difference of two numbers may be none."""

_NUMBER: Final = "a number"
_KINDS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "a text": lambda value: isinstance(value, str),
    "a whole number from 0": lambda value: _is_whole(value) and value >= 0,
    "an object": lambda value: isinstance(value, dict),
    "a list": lambda value: isinstance(value, list),
    "true or false": lambda value: isinstance(value, bool),
    _NUMBER: lambda value: _is_number(value),
    "a number or null": lambda value: value is None or _is_number(value),
}
_PARTS: Final = {
    "schema_version": "a whole number from 0",
    "planner_version": "a text",
    "catalog_version": "a text",
    "seed": "a whole number from 0",
    "scenario": "an object",
    "strategies": "an object",
    "ledger": "a list",
    "risk": "an object",
}
_FURTHER: Final = {
    RECORD_KEY: "a whole number from 0",
    "title": "a text",
    "inputs": "a list",
    "requests_by_month": "a list",
    "versions": "an object",
    "verdict": "an object",
    "plan": "an object",
    "rows": "an object",
    "constants": "an object",
    "digest": "a text",
}
"""What a record holds beside what ``planner run --json`` prints."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record that can be compared.

    Attributes
    ----------
    name : str
        Of its file.
    values : dict
        All that it holds, finite numbers throughout.
    scenario, plan : Scenario, Plan
        What was simulated, and the plan that it is of; a record without one has a plan of that scenario.
    missing : tuple of str
        Inputs that this version has and the record does not: they take their defaults.
    untouched : bool or None
        Whether all is as it was written; None for what carries no sum.
    """

    name: str
    values: dict[str, Any]
    scenario: Scenario
    plan: Plan
    missing: tuple[str, ...]
    untouched: bool | None


def looks_recorded(text: str) -> bool:
    """Return whether a text is a record or was one, rather than a plan; it may be cut off or broken."""
    head = text[:_HEAD_CHARACTERS]
    if f'"{RECORD_KEY}":' in head.replace(" ", "") or '"planner_version"' in head:
        return True
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(values, dict) and "scenarios" not in values and "ledger" in values


def read_record(text: str, name: str) -> Recorded:
    """Return the record that a text holds.

    Parameters
    ----------
    text : str
        What `record_bytes` wrote, or ``planner run --json`` printed.
    name : str
        What an error calls it.

    Raises
    ------
    PlanFileError
        If it is none; `problems` names every value that is wrong.
    """
    values = object_of(text, name)
    found = [*_versioned(values), *_not_finite(values, "")] or [*_shaped(values)]
    if found:
        raise _broken(name, found)
    scenario, missing = _scenario(values, name)
    plan = _plan(values, scenario, name)
    kept = values.get("digest")
    return Recorded(name, values, scenario, plan, missing, None if kept is None else kept == digest(values))


# ---------------------------------------------------------------- shape
def _versioned(values: Mapping[str, Any]) -> Iterator[InputError]:
    for key, newest in ((RECORD_KEY, RECORD_VERSION), ("schema_version", SCHEMA_VERSION)):
        held = values.get(key, newest)
        if _is_whole(held) and held > newest:
            message = (
                f"{key} is {held}: a newer version of the planner wrote this; this one reads up to {newest}."
            )
            yield InputError("newer_version", message, "Update the planner.", path=key, value=held)


def _not_finite(value: Any, path: str) -> Iterator[InputError]:
    """Yield numbers that JSON has no word for, or that no figure can be."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _not_finite(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _not_finite(inner, f"{path}.{number}")
    elif isinstance(value, float | int) and not isinstance(value, bool) and not abs(value) <= _LARGEST:
        shown = "a number of more than 300 digits" if _is_whole(value) else f"{value:g}"
        yield _problem(path, value, shown, "a finite number or null")


def _shaped(values: Mapping[str, Any]) -> Iterator[InputError]:
    for key in _PARTS:
        if key not in values:
            yield InputError(
                "missing_part", f"{key} is missing.", "Was the file cut off, or edited by hand?", path=key
            )
    yield from _of_kinds(values, {**_PARTS, **_FURTHER}, "")
    strategies, ledger, risk = (values.get(key) for key in ("strategies", "ledger", "risk"))
    if isinstance(strategies, dict):
        for name, figures in strategies.items():
            yield from _strategy(figures, f"strategies.{name}")
    if isinstance(ledger, list):
        for number, row in enumerate(ledger):
            yield from _ledger_row(row, f"ledger.{number}")
    if isinstance(risk, dict):
        yield from _risk(risk)
    for number, input in enumerate(values["inputs"] if isinstance(values.get("inputs"), list) else ()):
        yield from _of(input, {"path": "a text"}, f"inputs.{number}")
    for number, each in enumerate(_list(values.get("requests_by_month"))):
        if not _is_number(each):
            yield _problem(f"requests_by_month.{number}", each, _shown(each), _NUMBER)


def _strategy(figures: Any, path: str) -> Iterator[InputError]:
    from planner.export.record import CONTRACT_FIGURES

    kinds = dict.fromkeys(CONTRACT_FIGURES, "a number or null")
    yield from _of(figures, {"fits": "true or false"}, path)
    if isinstance(figures, dict):
        numbers = {name: kind for name, kind in kinds.items() if name != "keeps_limits"}
        yield from _of_kinds(
            figures, {**numbers, "keeps_limits": "true or false", "problems": "a list"}, f"{path}."
        )


def _ledger_row(row: Any, path: str) -> Iterator[InputError]:
    texts = dict.fromkeys(LEDGER_COLUMNS, "a text")
    kinds = {**texts, "month": "a whole number from 0", **dict.fromkeys(QUANTITIES, _NUMBER)}
    yield from _of(row, kinds, path)


def _risk(risk: Mapping[str, Any]) -> Iterator[InputError]:
    yield from _of(risk, {"draws": "a whole number from 0"}, "risk")
    draws: Any = risk.get("draws")
    if _is_whole(draws) and draws > MOST_DRAWS:
        yield _problem("risk.draws", draws, f"{draws:,}", f"a whole number up to {MOST_DRAWS:,}")


def _of(value: Any, kinds: Mapping[str, str], path: str) -> Iterator[InputError]:
    """Yield what is wrong with an object all of whose parts are needed."""
    if not isinstance(value, dict):
        yield _problem(path, value, _shown(value), "an object")
        return
    for key in kinds:
        if key not in value:
            yield InputError("missing_part", f"{path}.{key} is missing.", path=f"{path}.{key}")
    yield from _of_kinds(value, kinds, f"{path}.")


def _of_kinds(values: Mapping[str, Any], kinds: Mapping[str, str], prefix: str) -> Iterator[InputError]:
    for key, kind in kinds.items():
        if key in values and not _KINDS[kind](values[key]):
            yield _problem(prefix + key, values[key], _shown(values[key]), kind)


def _problem(path: str, value: Any, shown: str, allowed: str) -> InputError:
    return InputError(
        "wrong_value",
        f"{path} is {shown}; a record has {allowed} there.",
        path=path,
        value=value,
        allowed=allowed,
    )


def _shown(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", type(None): "null"}
    if type(value) in kinds:
        return kinds[type(value)]
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


# ---------------------------------------------------------------- scenario and plan
def _scenario(values: Mapping[str, Any], name: str) -> tuple[Scenario, tuple[str, ...]]:
    held = values["scenario"]
    bare = {
        "schema_version": values["schema_version"] or SCHEMA_VERSION,
        "title": "record",
        "active": held.get("name"),
        "scenarios": [held],
    }
    try:
        plan = validated(Plan, migrated(bare, name))
    except PlannerError as error:
        raise _broken(name, _renamed(error, "scenarios.0", "scenario")) from None
    whole = set(_leaves(plan.scenario.model_dump(mode="json"), ""))
    given = set(_leaves(held, ""))
    missing = {path for path in whole - given if not path.startswith("ranges")}
    return plan.scenario, tuple(sorted(missing))


def _plan(values: Mapping[str, Any], scenario: Scenario, name: str) -> Plan:
    held = values.get("plan")
    if held is None:
        return validated(Plan, {"title": "Record", "active": scenario.name, "scenarios": (scenario,)})
    try:
        return validated(Plan, migrated(held, name))
    except PlannerError as error:
        raise _broken(name, _renamed(error, "", "plan")) from None


def _renamed(error: PlannerError, old: str, new: str) -> list[InputError]:
    """Return the problems of a part with their paths as the record has them."""
    problems = getattr(error, "problems", ()) or (error if isinstance(error, InputError) else None,)
    found = []
    for each in problems:
        if each is None:
            found.append(InputError(error.code, f"{new}: {error.message}", error.hint, path=new))
            continue
        path = each.path.removeprefix(old).lstrip(".")
        placed = f"{new}.{path}" if path else new
        message = each.message.replace(each.path, placed) if each.path else f"{new}: {each.message}"
        found.append(
            InputError(each.code, message, each.hint, path=placed, value=each.value, allowed=each.allowed)
        )
    return found


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    else:
        yield path


def _broken(name: str, problems: list[InputError]) -> PlanFileError:
    many = "1 value is" if len(problems) == 1 else f"{len(problems):,} values are"
    return PlanFileError(
        "bad_record",
        f"{name} is no record that can be compared: {many} not what was written.",
        "Was the file cut off, or edited by hand? Export the record anew from its plan.",
        problems=problems,
    )
