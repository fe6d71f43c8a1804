"""Comma-separated tables that no spreadsheet runs as formulas.

UTF-8, CRLF, quoted as RFC 4180 says. A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a
carriage return would be read as a formula; it, and a text that begins with an apostrophe, gets one
apostrophe in front. Reading back, take off one leading apostrophe (`unguarded`): the text is as it was.
Numbers are written with all their digits and read back exactly; one that is not known is an empty cell.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

from planner.engine.lineitems import QUANTITIES
from planner.engine.results import Results
from planner.export.guard import guarded, unguarded
from planner.export.job import Job
from planner.scenario.model import Plan

LEDGER_COLUMNS: Final = ("strategy", "month", "item", "category", "phase", *QUANTITIES)


def ledger_bytes(results: Results, _plan: Plan, _job: Job | None = None) -> bytes:
    """Return the line items of all strategies that fit, in USD, as a CSV file's bytes."""
    return csv_text(LEDGER_COLUMNS, results.ledger_rows()).encode()


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows under a header as CSV."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return guarded(value)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return value


__all__ = ["LEDGER_COLUMNS", "csv_text", "guarded", "ledger_bytes", "unguarded"]
