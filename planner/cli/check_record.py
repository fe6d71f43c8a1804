"""``planner check`` on a record: whether today's version still gives its numbers, and what moved."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from planner import __version__
from planner.catalog.load import load_catalog
from planner.cli.text import fitted, paragraph, say, say_json, table
from planner.errors import InputError, PlanFileError
from planner.export.moved import Comparison, Moved, compared
from planner.export.recorded import read_record
from planner.units import MISSING, PERCENT_PER_FRACTION, UNITS, format_quantity

SAME: Final = 0
MOVED: Final = 1
BAD: Final = 2

_SHOWN: Final = 20
_LISTS: Final = (
    ("contradictions", "Inputs that the record holds in two values"),
    ("versions", "Versions that changed"),
    ("inputs", "Inputs that the record has not"),
    ("rows", "Rows of the catalogue that changed"),
    ("constants", "Constants that changed"),
    ("choices", "Decisions that changed"),
    ("figures", "Figures that changed"),
    ("ledger", "Line items that changed"),
    ("draws", "Draws that changed"),
    ("words", "Verdict and volumes that changed"),
)


def check_record(text: str, path: Path, *, as_json: bool) -> int:
    """Print what moved since a record was written; 0 for nothing, 1 for something, 2 for no record."""
    try:
        recorded = read_record(text, path.name)
    except PlanFileError as error:
        _say_bad(error, path.name, as_json=as_json)
        return BAD
    found = compared(recorded)
    if as_json:
        say_json(_document(found))
    else:
        _say(found)
    return SAME if found.same else MOVED


# ---------------------------------------------------------------- a record that is none
def _say_bad(error: PlanFileError, name: str, *, as_json: bool) -> None:
    problems = error.problems or (InputError(error.code, error.message, error.hint),)
    if as_json:
        say_json(
            {"file": name, "kind": "record", "same": False, "problems": [*map(problem_values, problems)]}
        )
        return
    say(paragraph(error.message))
    for each in problems[:_SHOWN]:
        if each.message != error.message:
            say(paragraph(f"- {each.message}", "  ", "    "))
    if len(problems) > _SHOWN:
        say(f"  - and {len(problems) - _SHOWN:,} more; --json lists all")
    if error.hint:
        say(paragraph(error.hint))


def problem_values(problem: InputError) -> dict[str, Any]:
    """Return a problem as JSON has it."""
    value = problem.value
    if isinstance(value, float) and not math.isfinite(value):
        value = str(value)
    return {
        "code": problem.code,
        "path": problem.path,
        "value": value,
        "allowed": problem.allowed,
        "message": problem.message,
        "hint": problem.hint,
    }


# ---------------------------------------------------------------- one that can be compared
def _document(found: Comparison) -> dict[str, Any]:
    return {
        "file": found.name,
        "kind": "record",
        "same": found.same,
        "reproduced": found.reproduced,
        "untouched": found.untouched,
        "problems": [*map(problem_values, found.problems)],
        "recorded": found.recorded,
        "now": {"planner": __version__, "catalog": load_catalog().version},
        "compared": found.counts,
        **{name: [each.plain() for each in getattr(found, name)] for name, _ in _LISTS},
    }


def _say(found: Comparison) -> None:
    for line in _verdict(found):
        say(paragraph(line))
    for problem in found.problems:
        say(paragraph(f"- {problem.message} {problem.hint}".strip(), "  ", "    "))
    for name, title in _LISTS:
        moved: Sequence[Moved] = getattr(found, name)
        if moved:
            say()
            say(f"{title} ({len(moved):,}):")
            _say_moved(moved)


def _verdict(found: Comparison) -> Iterable[str]:
    recorded = f"planner {found.recorded['planner']}, catalogue {found.recorded['catalog']}"
    yield f"{found.name}: recorded by {recorded}; this is {__version__}, catalogue {load_catalog().version}."
    if found.untouched is False:
        yield "The record was changed after it was written: it does not match its checksum."
    if found.problems:
        yield "It cannot be simulated today:"
    elif found.reproduced:
        counts = found.counts
        drawn = f", {counts['draws']:,} draws" if counts["draws"] else ""
        yield (
            f"Today's version gives the same numbers: {counts['strategies']} strategies, "
            f"{counts['line_items']:,} line items{drawn}."
        )
    else:
        yield "Today's version gives other numbers."
        if not (found.versions or found.rows or found.constants or found.inputs):
            yield "Versions, catalogue and constants are those of the record: the record itself was edited."


def _say_moved(moved: Sequence[Moved]) -> None:
    ordered = (
        sorted(moved, key=lambda each: -abs(each.difference_frac or 0.0)) if len(moved) > _SHOWN else moved
    )
    rows = [["", "Recorded", "Now", "Change"]]
    rows += [
        [each.title, _text(each.recorded, each.unit), _text(each.now, each.unit), _change(each)]
        for each in ordered[:_SHOWN]
    ]
    for line in fitted(table(rows, right=(1, 2, 3))):
        say(f"  {line}")
    if len(moved) > _SHOWN:
        say(f"  The {_SHOWN} largest; --json lists all.")


def _text(value: Any, unit: str) -> str:
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return format_quantity(float(value), unit) if unit in UNITS else f"{value:.6g}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = " ".join(text.split())
    return shown if len(shown) <= 40 else f"{shown[:37]}..."


def _change(each: Moved) -> str:
    share = each.difference_frac
    if share is None:
        return ""
    size = abs(share) * PERCENT_PER_FRACTION
    return f"{share * PERCENT_PER_FRACTION:+.3g}%" if 0.001 <= size < 100_000 else f"{share:+.1e}"
