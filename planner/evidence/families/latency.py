"""Time per output token and to the first token, on top of the fitted throughput.

The plain rule takes the decode step from the fit to all rows, so that its error is one in the fit.

What limits the time per token, configurations left out: it takes over the error of throughput. NVIDIA's
servers in MLPerf 5.1 miss by 80 % (P90 of 84 rows), where a small error of a step becomes a large one of the
batch that keeps a limit; vLLM of 2026 by 45 % (321 rows), slow small batches on B200 among them. The load is
no matter of the card: an effect of the generation on it made 14.9 % of 13.7 % and 42.5 % of 40.7 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from planner.engine.laws.latency import (
    FirstTokenConstants,
    LatencyJob,
    TokenTimeConstants,
    latency_job,
    time_per_output_token_s,
    time_to_first_token_s,
)
from planner.evidence.families import serving
from planner.evidence.names import Names
from planner.evidence.reference import Run, Settings
from planner.evidence.study import Constant, Described, Effect, Study
from planner.units import MILLISECONDS_PER_SECOND

_EMPTY = LatencyJob(step_s=0.0, sequences_s=0.0, prompts_s=0.0, prefill_s=0.0)
TOKEN_PRIORS: Final = (
    Constant("stall_share", 0.7, 0.4, "1", "a mean sees all of it, a median part of it"),
    Constant("sequences_share", 0.8, 0.3, "1", "as for prompts, but of every step"),
    Constant("load_factor", 1.0, 0.1, "1", "a full batch"),
)
TOKEN_EFFECTS: Final = (
    Effect("stall_share", "stack", 0.4),
    Effect("sequences_share", "stack", 0.6),
    Effect("load_factor", "stack", 0.1),
    Effect("load_factor", "limit", 0.15),
)
FIRST_PRIORS: Final = (
    Constant("prefill_factor", 1.0, 0.5, "1", "the prompt alone"),
    Constant("steps", 3.0, 0.7, "1", "judgement: a few steps until a slot is given"),
    Constant("queue_s", 0.05, 1.0, "s", "judgement: benchmarks run near their limits"),
)
FIRST_EFFECTS: Final = (
    Effect("steps", "limit", 0.5),
    Effect("steps", "stack", 0.5),
    Effect("queue_s", "limit", 1.0),
    Effect("queue_s", "stack", 1.0),
)


def _offers(name: str) -> Callable[[Run], str | None]:
    def column(run: Run) -> str | None:
        shared = serving.is_shared(run.settings)
        return name if shared and run.figure(name) is not None else None

    return column


def describe(settings: Settings, names: Names) -> Described:
    """Return a serving row; what the laws need is worked out from the throughput's fit."""
    row = serving.describe(settings, names)
    return replace(row, job=_EMPTY, upstream={serving.NAME: row}, family="")


def value(run: Run, column: str, job: LatencyJob) -> float:
    """Return a time. [s]."""
    return (run.figure(column) or 0.0) / MILLISECONDS_PER_SECOND


def join(job: LatencyJob, upstream: Mapping[str, tuple[Any, Any]]) -> LatencyJob:
    """Return what requests meet under the fitted law of throughput."""
    return latency_job(*upstream[serving.NAME])


def reading_only(job: LatencyJob) -> Any:
    """Return the time of a step that no prompt disturbs. [s]."""
    return job.step_s + job.sequences_s


def prompt_only(job: LatencyJob) -> Any:
    """Return the time to read the prompt alone. [s]."""
    return job.prefill_s


STUDIES: Final = (
    Study(
        name="time_per_output_token",
        family="serving_latency",
        quantity="tpot_s",
        unit="s",
        law=time_per_output_token_s,
        job=LatencyJob,
        constants=TokenTimeConstants,
        priors=TOKEN_PRIORS,
        effects=TOKEN_EFFECTS,
        column=_offers("tpot_ms"),
        describe=describe,
        value=value,
        baselines={"decode step alone": reading_only},
        noise=0.1,
        upstream=(serving.NAME,),
        join=join,
    ),
    Study(
        name="time_to_first_token",
        family="serving_latency",
        quantity="ttft_s",
        unit="s",
        law=time_to_first_token_s,
        job=LatencyJob,
        constants=FirstTokenConstants,
        priors=FIRST_PRIORS,
        effects=FIRST_EFFECTS,
        column=_offers("ttft_ms"),
        describe=describe,
        value=value,
        baselines={"prefill alone": prompt_only},
        noise=0.15,
        upstream=(serving.NAME,),
        join=join,
    ),
)
