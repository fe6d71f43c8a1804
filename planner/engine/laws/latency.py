"""Time to the first token and per further token of a served model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.engine.arrays import Numeric
from planner.engine.laws.serving import ServingConstants, ServingJob, prefill_s, running_batch, step_s


@dataclass(frozen=True, slots=True)
class LatencyJob:
    """What a request meets in a busy instance. Each field is a number or an array.

    Attributes
    ----------
    step_s : float or array
        Time of one decode step without what the engine spends on each sequence. [s]
    sequences_s : float or array
        What the engine spends on the sequences of a step. [s]
    prompts_s : float or array
        Time that prompts of other requests take from each token, on average. [s]
    prefill_s : float or array
        Time to read the request's own prompt. [s]
    """

    step_s: Numeric
    sequences_s: Numeric
    prompts_s: Numeric
    prefill_s: Numeric


@dataclass(frozen=True, slots=True)
class TokenTimeConstants:
    """Fitted constants of `time_per_output_token_s`.

    Attributes
    ----------
    stall_share, sequences_share : float or array
        Shares of the time taken by prompts, and by the engine's work on sequences, that show in the figure; a
        median between tokens sees little of what comes in bursts. [1]
    load_factor : float or array
        Time under arrivals at random over that of a full batch. [1]
    """

    stall_share: Numeric
    sequences_share: Numeric
    load_factor: Numeric


@dataclass(frozen=True, slots=True)
class FirstTokenConstants:
    """Fitted constants of `time_to_first_token_s`.

    Attributes
    ----------
    prefill_factor : float or array
        Time to read a prompt among others over that alone. [1]
    steps : float or array
        Decode steps a request waits for. [1]
    queue_s : float or array
        Wait for a slot; set by how near to its limits a benchmark drives the system. [s]
    """

    prefill_factor: Numeric
    steps: Numeric
    queue_s: Numeric


def latency_job(job: ServingJob, constants: ServingConstants) -> LatencyJob:
    """Return what a request meets, from the law of throughput."""
    batch = running_batch(job, constants)
    prompt = prefill_s(job, constants)
    sequences = batch / job.pipeline * constants.sequence_s
    return LatencyJob(
        step_s=step_s(job, constants, batch / job.pipeline) - sequences,
        sequences_s=sequences,
        prompts_s=prompt * batch / (job.pipeline * job.output_tokens),
        prefill_s=prompt,
    )


def time_per_output_token_s(job: LatencyJob, constants: TokenTimeConstants) -> Any:
    """Return the time per further token. [s]. Fitted on MLPerf servers (mean) and vLLM (mean, median)."""
    bursts = constants.stall_share * job.prompts_s + constants.sequences_share * job.sequences_s
    return constants.load_factor * (job.step_s + bursts)


def time_to_first_token_s(job: LatencyJob, constants: FirstTokenConstants) -> Any:
    """Return the time to the first token. [s]. Fitted on MLPerf servers; only its size is predictable."""
    steps = constants.steps * (job.step_s + job.sequences_s)
    return constants.prefill_factor * job.prefill_s + steps + constants.queue_s
