"""``planner validate``: predicted against measured, by family, source and hardware."""

from __future__ import annotations

import argparse
import math
from collections import Counter
from pathlib import Path
from typing import Final

from planner.cli.text import fitted, say, say_json, table
from planner.errors import PlannerError
from planner.evidence.errors import Errors
from planner.evidence.reference import read_reference
from planner.evidence.validate import (
    FAMILIES,
    Predicted,
    Report,
    as_document,
    baseline_errors,
    coverage,
    errors,
    left_out_coverage,
    validate,
)
from planner.paths import resource

HELP: Final = "Predict published or own measured runs from their settings alone, and show how wrong that is."
_MOST_DECLINED: Final = 0.15
_FEW: Final = 5
"""So many declined rows are too few to judge a family by."""
_COLUMNS: Final = ("Predicted", "Configuration", "Model", "Hardware", "Source")
_NOVELTY: Final = ("", "C", "M", "H", "S")
_MARKDOWN_COLUMNS: Final = (
    *("Family", "Rows", "Declined", "In the fit", "Configuration left out", "Model left out"),
    *("Hardware left out", "In 90 % interval, left out", "Best plain rule, median"),
)
_MARKDOWN_NOVELTY: Final = ("", "C", "M", "H")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a folder and a form."""
    parser.add_argument(
        "--reference", metavar="DIR", help="folder of measured runs; the published ones unless given"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="every row, and the figures of every family")
    form.add_argument("--markdown", action="store_true", help="a line for every family, for a document")


def act(chosen: argparse.Namespace) -> int:
    """Print the errors; 1 where a family declines more than 15 % of its rows, and more than a few."""
    folder = Path(chosen.reference) if chosen.reference else resource("reference")
    report = validate(read_reference(folder))
    if not report.rows and not any(report.declined.values()):
        raise PlannerError(
            "nothing_to_validate",
            f"{folder} holds no row with a measured figure.",
            "Fill in at least one measured column, such as tokens_per_s_per_accel.",
        )
    if chosen.json:
        say_json(as_document(report))
    elif chosen.markdown:
        say(markdown(report))
    else:
        _say(report)
    return int(any(_declines_too_much(report, name) for name in FAMILIES))


def _declines_too_much(report: Report, name: str) -> bool:
    many = len(report.declined.get(name, ())) > _FEW
    return many and _declined_frac(report, name) > _MOST_DECLINED


def _declined_frac(report: Report, name: str) -> float:
    declined, rows = len(report.declined.get(name, ())), len(report.family(name))
    return declined / (declined + rows) if declined else 0.0


def markdown(report: Report) -> str:
    """Return the errors of the families as a Markdown table: median / 90th percentile of rows."""
    found = ((name, report.family(name)) for name in FAMILIES)
    lines = [
        _MARKDOWN_COLUMNS,
        ("---", *["---:"] * (len(_MARKDOWN_COLUMNS) - 1)),
        *(_markdown_cells(report, name, rows) for name, rows in found if rows),
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _markdown_cells(report: Report, name: str, rows: tuple[Predicted, ...]) -> tuple[str, ...]:
    return (
        name.replace("_", " "),
        f"{len(rows)}",
        f"{len(report.declined.get(name, ()))}",
        *(_pair(errors(rows, novelty)) for novelty in _MARKDOWN_NOVELTY),
        _percent(left_out_coverage(rows, "C")),
        _best_plain(rows),
    )


def _best_plain(rows: tuple[Predicted, ...]) -> str:
    """Return the best plain rule of those that speak of the most rows, and its median error."""
    plain = baseline_errors(rows)
    most = max((found.rows for found in plain.values()), default=0)
    speaking = {rule: found.median_abs_error for rule, found in plain.items() if found.rows == most}
    if not speaking:
        return ""
    rule = min(speaking, key=lambda name: speaking[name])
    return f"{_percent(speaking[rule])} ({rule})"


def _say(report: Report) -> None:
    say("Absolute error |predicted / measured - 1|, median / 90th percentile of rows, bias the median error.")
    say('"Configuration" to "Source": predicted with all such rows left out of the fit.')
    for name in FAMILIES:
        rows = report.family(name)
        if rows or report.declined.get(name):
            say()
            _say_family(report, name, rows)


def _say_family(report: Report, name: str, rows: tuple[Predicted, ...]) -> None:
    lines: list[tuple[str, ...]] = [("", "Rows", "Bias", "In 90 %", *_COLUMNS, "In 90 % left out")]
    lines.append(_line(name, rows, everything=True))
    for label, key in (("by quantity", "quantity"), ("by source", "source"), ("by hardware", "hardware")):
        groups = Counter(getattr(row, key) for row in rows)
        if key == "quantity" and len(groups) == 1:
            continue
        lines.append((f"  {label}", *[""] * (len(lines[0]) - 1)))
        for group, _ in groups.most_common():
            lines.append(_line(f"    {group}", tuple(row for row in rows if getattr(row, key) == group)))
    for rule, found in baseline_errors(rows).items():
        lines.append((f"  plain: {rule}", f"{found.rows}", _percent(found.bias), "", _pair(found), *[""] * 5))
    for line in fitted(table(lines, right=range(1, len(lines[0])))):
        say(line)
    refused = Counter(refusal.reason for refusal in report.declined.get(name, ()))
    if refused:
        say(f"  declined {sum(refused.values())} ({_percent(_declined_frac(report, name))}):")
        for reason, count in refused.most_common():
            say(f"    {count}  {reason}")


def _line(label: str, rows: tuple[Predicted, ...], *, everything: bool = False) -> tuple[str, ...]:
    found = [errors(rows, novelty) for novelty in _NOVELTY]
    covered = left_out_coverage(rows, "C") if everything else math.nan
    pairs = [_pair(entry) for entry in found]
    return (
        label,
        f"{len(rows)}",
        _percent(found[0].bias),
        _percent(coverage(rows)),
        *pairs,
        _percent(covered),
    )


def _pair(found: Errors) -> str:
    if not found.rows:
        return ""
    return f"{_percent(found.median_abs_error)} / {_percent(found.p90_abs_error)}"


def _percent(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.1%}"
