"""Prefill, decode step, steady state, queue and latency of one served model (equations I1 to I8, I10)."""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.engine.arrays import Numeric, larger, select


def mean_context_tokens(prompt_tokens: Numeric, output_tokens: Numeric, output_cv: Numeric) -> Numeric:
    """Return the context of a running request seen at a random instant (I3). [tokens].

    Long answers are seen more often: the output part is 1 + cv^2 times half the mean.
    """
    return prompt_tokens + output_tokens / 2.0 * (1.0 + output_cv**2)


def steady_batch(
    rate_per_s: Numeric, output_tokens: Numeric, fixed_s: Numeric, sequence_s: Numeric, prefill_s: Numeric
) -> Any:
    """Return the mean number of running sequences of a replica (I4). [1]; infinite where it cannot keep up.

    Little's law with a step time linear in the batch, prefill taking its time from decoding.
    """
    spare = 1.0 - rate_per_s * prefill_s - rate_per_s * output_tokens * sequence_s
    holds = spare > 0.0
    return select(holds, rate_per_s * output_tokens * fixed_s / select(holds, spare, 1.0), np.inf)


def time_per_token(
    batch: Numeric, rate_per_s: Numeric, fixed_s: Numeric, sequence_s: Numeric, prefill_s: Numeric
) -> Numeric:
    """Return the time per output token in the steady state (I4). [s]."""
    return (fixed_s + sequence_s * batch) / (1.0 - rate_per_s * prefill_s)


def latency_batch(
    limit_s: Numeric, rate_per_s: Numeric, fixed_s: Numeric, sequence_s: Numeric, prefill_s: Numeric
) -> Numeric:
    """Return the largest batch that keeps a limit on the time per token (I5, B_slo).

    [1]; below 1 it cannot be kept.
    """
    return (limit_s * (1.0 - rate_per_s * prefill_s) - fixed_s) / sequence_s


def capacity_per_s(
    batch: Numeric, output_tokens: Numeric, fixed_s: Numeric, sequence_s: Numeric, prefill_s: Numeric
) -> Numeric:
    """Return the largest request rate of one replica (I5, lambda_max). [1/s]."""
    return batch / (output_tokens * (fixed_s + sequence_s * batch) + batch * prefill_s)


def queue_wait(
    rate_per_s: Numeric,
    slots: Numeric,
    service_s: Numeric,
    *,
    arrival_scv: Numeric = 1.0,
    service_scv: Numeric = 1.0,
    carried_load: Numeric = 1.0,
) -> tuple[Any, Any]:
    """Return the mean wait for a slot and the chance of waiting (I6). [s], [1].

    Source: Sakasegawa 1977 with the Allen-Cunneen factor; 1.3 % off M/M/8 at load 0.9.

    A service time that counts prefill twice can load the slots beyond 1 although the replicas keep up: the
    load is then `carried_load`, of requests over capacity. At 1 or more the wait is infinite.
    """
    load = rate_per_s * service_s / slots
    load = select(load < 1.0, load, carried_load)
    holds = load < 1.0
    safe = select(holds, load, 0.5)
    waits = select(holds, safe ** ((2.0 * (slots + 1.0)) ** 0.5 - 1.0), 1.0)
    wait = (arrival_scv + service_scv) / 2.0 * waits * service_s / (slots * (1.0 - safe))
    return select(holds, wait, np.inf), waits


def wait_percentile(quantile: float, mean_wait_s: Numeric, waiting_frac: Numeric) -> Any:
    """Return a percentile of the wait, with an exponential tail (I7).

    [s]; 0 where fewer than 1 - quantile wait.
    """
    tail = 1.0 - quantile
    some = larger(waiting_frac, np.finfo(float).tiny)
    wait = mean_wait_s / some * np.log(larger(some, tail) / tail)
    return select(waiting_frac > tail, wait, 0.0)


def speculative_speedup(
    acceptance_frac: Numeric, guesses: Numeric, draft_cost_frac: Numeric
) -> tuple[Numeric, Numeric]:
    """Return tokens per pass and the speed-up of speculative decoding (I8). [1], [1].

    Only while the step is bound by memory. Source: Leviathan et al. 2023, theorem 3.8.
    """
    tokens = (1.0 - acceptance_frac ** (guesses + 1.0)) / (1.0 - acceptance_frac)
    return tokens, tokens / (guesses * draft_cost_frac + 1.0)
