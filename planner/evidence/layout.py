"""What rows say in words: parallel layout, precision, software, recompute."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from planner.evidence.reference import Settings
from planner.paths import resource

_DEGREE = re.compile(r"\b(TP|PP|CP|VP|EP|DP|FSDP)\s*(\d+)", re.IGNORECASE)
_WHOLE_RUN = "whole run"


@dataclass(frozen=True, slots=True)
class Layout:
    """Degrees of parallelism that a row states, 1 where it states none. [1]."""

    tensor: float
    pipeline: float
    context: float
    virtual_stages: float
    expert_parallel: float
    is_sharded: bool | None
    """Whether weights are sharded over data-parallel cards; None where the row says nothing."""


def layout_of(text: str) -> Layout:
    """Read a parallel layout such as ``TP8 PP12 DP16`` or ``FSDP FULL_SHARD``."""
    degrees = {name.upper(): float(number) for name, number in _DEGREE.findall(text)}
    return Layout(
        tensor=max(degrees.get("TP", 1.0), 1.0),
        pipeline=max(degrees.get("PP", 1.0), 1.0),
        context=max(degrees.get("CP", 1.0), 1.0),
        virtual_stages=max(degrees.get("VP", 1.0), 1.0),
        expert_parallel=max(degrees.get("EP", 1.0), 1.0),
        is_sharded=_sharded(text, degrees),
    )


def _sharded(text: str, degrees: dict[str, float]) -> bool | None:
    if not text:
        return None
    if "FSDP" in degrees:
        return degrees["FSDP"] > 0.0
    return bool(re.search(r"FSDP|ZeRO-3", text)) and "SHARD_GRAD_OP" not in text


def is_fp8(precision: str) -> bool:
    """Whether the matrix products run in FP8."""
    return precision.lower().startswith(("fp8", "mxfp8"))


@cache
def _patterns(file: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    with resource("physics", "stacks.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["file"] == file]
    return tuple((re.compile(row["pattern"], re.IGNORECASE), row["stack"]) for row in rows)


def software_of(settings: Settings) -> str:
    """Return the software or table that a row comes from; its source where that is none that is known."""
    if settings.text("kind") == "full_run":
        return _WHOLE_RUN
    source = settings.text("source")
    for pattern, stack in _patterns(settings.file):
        if pattern.search(source):
            return stack
    return source
