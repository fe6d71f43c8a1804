"""What pydantic found wrong, said in the words of the field: path, value, what is allowed, what is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails, PydanticCustomError

from planner.catalog.load import suggest
from planner.errors import InputError
from planner.scenario.fields import FieldSpec

_LONGEST_SHOWN = 60
_SHORTEST_MEANT = 2  # letters; a single one is inside of everything
_BRANCHES = ("int", "float", "str", "bool", "none")
_BRANCH_STARTS = ("constrained-", "literal[", "function-")


def refused(reason: str, path: str) -> PydanticCustomError:
    """Return the error of a validator that knows better than pydantic which field is at fault.

    Parameters
    ----------
    reason : str
        What is wrong, without the path and without a full stop.
    path : str
        Dotted path inside the model that is validated.
    """
    return PydanticCustomError("refused", "{reason}", {"reason": reason, "path": path})


def shown(value: object) -> str:
    """Return a value as an error quotes it: short, on one line, and as JSON spells it."""
    words = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, dict | BaseModel):
        return "a group of values"
    if isinstance(value, list | tuple) and len(value) > 6:
        return f"a list of {len(value)} values"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def not_allowed(spec: FieldSpec, value: object, path: str = "", hint: str = "") -> InputError:
    """Return the error for a value that a field does not take."""
    where = path or spec.path
    message = f"{spec.title} ({where}) is {shown(value)}; allowed is {spec.allowed}."
    return InputError("not_allowed", message, hint, path=where, value=value, allowed=spec.allowed)


def input_error(
    model: type[BaseModel], specs: Mapping[str, FieldSpec], detail: ErrorDetails, prefix: str = ""
) -> InputError:
    """Return one problem that pydantic found as an error a user can act on.

    Parameters
    ----------
    model : type
        The model that was validated.
    specs : mapping of str to FieldSpec
        Every field of a scenario by path.
    detail : dict
        The problem, as pydantic gives it.
    prefix : str
        Written before the path.
    """
    parts = tuple(part for part in detail["loc"] if not _is_branch(part))
    context: dict[str, Any] = detail.get("ctx") or {}
    path = prefix + ".".join(map(str, (*parts, *([context["path"]] if context.get("path") else []))))
    value = detail["input"]
    if detail["type"] == "extra_forbidden":
        message, hint = f'There is no input "{path}".', _meant(str(parts[-1]), _names_at(model, parts))
        return InputError("unknown_field", message, hint, path=path, value=value)
    if detail["type"] in ("refused", "value_error"):
        reason = str(context.get("reason") or context.get("error") or detail["msg"])
        message = f"{_titled(path, specs)}: {reason}." if path else f"{reason[:1].upper()}{reason[1:]}."
        return InputError("not_allowed", message, path=path, value=None if context.get("path") else value)
    spec = specs.get(".".join(str(part) for part in _inside_scenario(parts) if isinstance(part, str)))
    if spec is not None:
        return not_allowed(spec, value, path)
    allowed = _allowed(detail)
    place = _titled(path, specs)
    message = f"{place or 'the plan'} is {shown(value)}; allowed is {allowed}."
    if detail["type"] == "missing":
        message = f"{place} is missing."
    return InputError("not_allowed", message, path=path, value=value, allowed=allowed)


def _titled(path: str, specs: Mapping[str, FieldSpec]) -> str:
    """Return a path, that of a range with the title of its input before it, of an invoice with its row."""
    group, _, rest = path.partition(".")
    row, _, column = rest.partition(".")
    if group == "actuals" and row.isdecimal() and column:
        return f"Row {int(row) + 1} of the invoices, {column} ({path})"
    _, found, field = path.rpartition("ranges.")
    return f"{specs[field].title} ({path})" if found and field in specs else path


def _meant(word: str, known: Iterable[str]) -> str:
    return suggest(word, known) if len(word) >= _SHORTEST_MEANT else ""


def _is_branch(part: int | str) -> bool:
    """Whether a part of a location names a branch of a union and not a place."""
    return isinstance(part, str) and (part in _BRANCHES or part.startswith(_BRANCH_STARTS))


def _inside_scenario(parts: tuple[int | str, ...]) -> tuple[int | str, ...]:
    return parts[2:] if parts[:1] == ("scenarios",) else parts


def _allowed(detail: ErrorDetails) -> str:
    """Return what a place that is no field takes, in words."""
    kinds = {
        "model_type": "a group of values in braces",
        "model_attributes_type": "a group of values in braces",
        "dict_type": "a group of values in braces",
        "tuple_type": "a list in square brackets",
        "string_type": "text",
        "string_unicode": "text",
        "float_type": "a number",
        "finite_number": "a finite number",
    }
    rest = detail["msg"].removeprefix("Input should be ")
    return kinds.get(detail["type"], rest[:1].lower() + rest[1:])


def _names_at(model: type[BaseModel], parts: tuple[int | str, ...]) -> list[str]:
    """Return the field names allowed where an unknown one was found; whole paths at the top of a scenario."""
    target: Any = model
    for part in parts[:-1]:
        if get_origin(target) in (tuple, dict):
            target = next(kind for kind in reversed(get_args(target)) if kind is not Ellipsis)
        elif isinstance(target, type) and issubclass(target, BaseModel) and part in target.model_fields:
            target = target.model_fields[str(part)].annotation
        else:
            return []
    if not (isinstance(target, type) and issubclass(target, BaseModel)):
        return []
    names = list(target.model_fields)
    for name, info in target.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names += [f"{name}.{inner}" for inner in kind.model_fields]
    return names
