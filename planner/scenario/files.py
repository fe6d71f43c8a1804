"""Plan files: text to plan and back, read with care, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import uuid
from pathlib import Path
from typing import Any

from planner.errors import InputError, PlanFileError, PlannerError
from planner.scenario.causes import cause_of, refusal
from planner.scenario.migrations import migrated
from planner.scenario.model import Plan, validated

SUFFIX = ".plan.json"
LARGEST_BYTES = 10_000_000

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_NEW_FILE_MODE = 0o666  # what the system's umask leaves of it
_PLAIN_BELOW = 1e15
_PROBLEMS_SHOWN = 5


def load_plan(path: Path) -> Plan:
    """Return the plan of a file.

    Parameters
    ----------
    path : Path
        A file of this version or an older one.

    Raises
    ------
    PlanFileError
        If the file cannot be read or is no valid plan; `problems` holds what is wrong with its values.
    """
    return plan_from_text(text_of(path), path.name)


def save_plan(plan: Plan, path: Path) -> None:
    """Write a plan to a file; if that fails the file that was there stays as it was.

    Raises
    ------
    PlanFileError
        If the file cannot be written.
    """
    write_whole(path, plan_to_text(plan).encode())


def plan_to_text(plan: Plan) -> str:
    """Return a plan as JSON: every value, sorted, one a line, numbers plain."""
    # A plan without invoices is written as it was before plans held any.
    values = _plain(plan.model_dump(mode="json", exclude=None if plan.actuals else {"actuals"}))
    return json.dumps(values, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def plan_from_text(text: str, name: str = "The plan") -> Plan:
    """Return the plan that a JSON text holds.

    Parameters
    ----------
    text : str
        JSON of this version or an older one.
    name : str
        What an error calls the text.

    Raises
    ------
    PlanFileError
        If the text is no JSON or no valid plan.
    """
    try:
        values = _object_in(text, name)
        _refuse_record(values, name)
        return validated(Plan, migrated(values, name))
    except PlanFileError as error:
        raise _summed_up(name, error.problems) if error.problems else error from None
    except InputError as problem:
        raise _summed_up(name, (problem,)) from None
    except RecursionError:
        raise PlanFileError("too_deep", f"{name} is nested too deeply to be a plan.") from None


def text_of(path: Path) -> str:
    """Return the text of a file of reasonable size.

    Raises
    ------
    PlanFileError
        If it cannot be read, or is no text.
    """
    return decoded(_bytes_of(path), path.name)


def object_of(text: str, name: str) -> dict[str, Any]:
    """Return the object at the top of a JSON text.

    Raises
    ------
    PlanFileError
        If there is none.
    """
    try:
        return _object_in(text, name)
    except RecursionError:
        raise PlanFileError("too_deep", f"{name} is nested too deeply.") from None


def decoded(data: bytes, name: str) -> str:
    """Return the text of a file's bytes, UTF-8 with or without a byte order mark.

    Raises
    ------
    PlanFileError
        If the bytes are no such text.
    """
    if not data.strip():
        raise PlanFileError("empty_file", f"{name} is empty.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise PlanFileError("not_utf8", f"{name} is written in UTF-16.", "Save it as UTF-8.")
    if b"\0" in data:
        raise PlanFileError("binary_file", f"{name} is no text file.", """A plan\'s name ends in {SUFFIX}.""")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{name} is not written in UTF-8: line {line} holds byte 0x{data[error.start]:02x}."
        raise PlanFileError("not_utf8", message, "Save it as UTF-8.") from None


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file by new bytes in one step; on any failure the old file is untouched.

    The bytes go to a new file in the same folder, are forced to disk, and take the old file's name and
    permissions. A link stays a link.

    Raises
    ------
    PlanFileError
        If the file cannot be written.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise IsADirectoryError
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        if mode is not None and not os.access(target, os.W_OK):  # a rename would not ask
            raise PermissionError
        _replace(target, data, mode)
    except (OSError, ValueError) as error:
        cause, hint = refusal(path, error)
        raise PlanFileError("not_written", f"{path.name} was not saved: {cause}.", hint) from error


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    fresh = target.with_name(f".{target.name[:80]}.{uuid.uuid4().hex[:12]}.tmp")
    try:
        handle = os.open(fresh, _NEW_FILE, _NEW_FILE_MODE)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            fresh.chmod(mode)
        fresh.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Force the new name to disk where the system can; the file itself is whole either way."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _bytes_of(path: Path) -> bytes:
    """Return the bytes of a plain file of reasonable size."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise PlanFileError("folder", f"{path.name or path} is a folder, not a plan.")
        if not stat.S_ISREG(status.st_mode):
            raise PlanFileError("not_a_file", f"{path.name} is no ordinary file.")
        with path.open("rb") as stream:
            data = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise PlanFileError(
            "missing_file", f"There is no file {path}.", "Check the name and folder."
        ) from None
    except (OSError, ValueError) as error:
        raise PlanFileError("unreadable_file", f"{path.name} cannot be read: {cause_of(error)}.") from error
    if len(data) > LARGEST_BYTES:
        raise PlanFileError(
            "too_large", f"{path.name} is larger than {LARGEST_BYTES / 1e6:.0f} MB, which no plan is."
        )
    return data


def _refuse_record(values: dict[str, Any], name: str) -> None:
    """Say of a record what it is, rather than that nothing in it is an input."""
    if "ledger" in values and "scenario" in values:
        hint = f'Open the plan that it was made from; "planner check {name}" checks its numbers.'
        raise PlanFileError("a_record", f"{name} is a record of results, not a plan.", hint)


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys stood twice in it."""

    twice: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found.twice = tuple(name for name in found if names.count(name) > 1)
    return found


def _object_in(text: str, name: str) -> dict[str, Any]:
    """Return the object at the top of a JSON text."""
    try:
        values = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        message = (
            f"{name} is no valid JSON at line {error.lineno}, column {error.colno}: {_said(error, text)}."
        )
        raise PlanFileError("not_json", message, "Was it cut off, or edited by hand?") from None
    except ValueError as error:  # a number of thousands of digits
        message = f"{name} holds a number that cannot be read: {str(error).partition(';')[0]}."
        raise PlanFileError("not_json", message) from None
    twice = [
        InputError("duplicate_key", f'"{path}" is there twice.', "Keep one of them.", path=path)
        for path in _twice_in(values, "")
    ]
    if twice:
        raise _summed_up(name, twice)
    if not isinstance(values, dict):
        kinds = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
        kind = kinds.get(type(values), "a number")
        raise PlanFileError("not_a_plan", f"{name} holds {kind}; a plan is an object in braces.")
    return values


def _said(error: json.JSONDecodeError, text: str) -> str:
    # A string that no quotation mark ends runs to the end of the text: a line break inside is another error.
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return "the text ends too early"
    return error.msg[:1].lower() + error.msg[1:]


def _twice_in(values: object, path: str) -> list[str]:
    """Return the paths of all keys that stand twice in their object."""
    if isinstance(values, _Object):
        inner: list[tuple[str, Any]] = list(values.items())
        found = [f"{path}{name}" for name in values.twice]
    elif isinstance(values, list):
        inner, found = [(str(number), value) for number, value in enumerate(values)], []
    else:
        return []
    return found + [key for name, value in inner for key in _twice_in(value, f"{path}{name}.")]


def _plain(value: object) -> object:
    """Return JSON values with whole floats as integers, so that a file reads 900 and never 900.0."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _PLAIN_BELOW:
        return int(value)
    return value


def _summed_up(name: str, problems: list[InputError] | tuple[InputError, ...]) -> PlanFileError:
    """Return one error that lists what is wrong with the values of a file."""
    if len(problems) == 1:
        only: PlannerError = problems[0]
        return PlanFileError(only.code, f"{name}: {only.message}", only.hint, problems=problems)
    lines = [f"- {problem}" for problem in problems[:_PROBLEMS_SHOWN]]
    if len(problems) > _PROBLEMS_SHOWN:
        lines.append(f"- and {len(problems) - _PROBLEMS_SHOWN} more")
    return PlanFileError(
        "invalid_plan", "\n".join([f"{name} has {len(problems)} problems:", *lines]), problems=problems
    )
