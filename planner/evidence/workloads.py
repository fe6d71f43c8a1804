"""What benchmarks ask of a model where their tables leave it out: lengths and latency limits."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import cache

from planner.evidence.formats import table_of
from planner.evidence.names import Declined
from planner.evidence.reference import Settings
from planner.paths import resource


@dataclass(frozen=True, slots=True)
class Workload:
    """Requests of a benchmark.

    Parameters
    ----------
    name : str
        Of the benchmark's set of prompts; empty where the row states the lengths itself.
    prompt_tokens, output_tokens : float
        Mean lengths. [token]
    tpot_limit_s : float
        Limit on the time per output token in the row's scenario; nan: none. [s]
    limited : str
        Benchmark set and scenario that set the limit; empty without one.
    """

    name: str
    prompt_tokens: float
    output_tokens: float
    tpot_limit_s: float
    limited: str


@cache
def _table() -> tuple[dict[str, str], ...]:
    with resource("physics", "workloads.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def _entry(settings: Settings) -> dict[str, str]:
    words = " ".join(
        (table_of(settings), settings.text("source"), settings.text("task"), settings.text("model"))
    )
    for row in _table():
        if row["file"] == settings.file and re.search(row["pattern"], words, re.IGNORECASE):
            return row
    return {}


def workload_of(settings: Settings) -> Workload:
    """Return lengths and limit of the requests of a row.

    Raises
    ------
    Declined
        If neither the row nor its benchmark gives the lengths.
    """
    energy = settings.file == "energy"
    prompt = settings.number("in_tokens" if energy else "isl")
    output = settings.number("out_tokens" if energy else "osl")
    known = _entry(settings)
    guess, usual = _number(known, "prompt_tokens"), _number(known, "output_tokens")
    if (prompt is None and guess is None) or (output is None and usual is None):
        raise Declined("lengths of prompts and answers not given")
    scenario = f"{settings.text('scenario')} {settings.text('task')}"
    kinds = [kind for kind in ("server", "interactive") if re.search(rf"\b{kind}\b", scenario, re.IGNORECASE)]
    limit = _number(known, f"{kinds[0]}_tpot_limit_s") if kinds else None
    return Workload(
        name="" if prompt is not None else known.get("workload", ""),
        prompt_tokens=prompt if prompt is not None else guess or 0.0,
        output_tokens=output if output is not None else usual or 0.0,
        tpot_limit_s=math.nan if limit is None else limit,
        limited="" if limit is None else f"{known['workload']} {kinds[0]}",
    )


def _number(row: dict[str, str], column: str) -> float | None:
    return float(row[column]) if row.get(column) else None
