"""Serving throughput: tokens by second and card of TensorRT-LLM, MLPerf Inference and ML.ENERGY.

One law is fitted to rows whose batch follows from memory and latency limits and to rows that state it, so
that what a card or an engine does is learned once; the report shows them as two families.

What limits it, configurations left out: 16 of the 55 largest errors with the batch given are of vLLM on B200,
rows 1.4 to 3.9 times slower than their peers at the same batch, as if their hosts were short of processors;
nothing in them says so. Mixtures of experts in TensorRT-LLM 1.0 on Blackwell miss by 15 to 40 %, with either
sign. Under tight latency limits (MLPerf interactive) a small error of a step becomes a large one of a batch.
Processors and Intel's card are one table: left out, nothing tells their speed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from planner.engine.laws.serving import ServingConstants, ServingJob, memory_batch, output_tokens_per_s
from planner.evidence.names import Declined, Names
from planner.evidence.reference import Run, Settings
from planner.evidence.served import accelerators_of, served
from planner.evidence.study import Constant, Described, Effect, Study

NAME: Final = "serving"
_PLAIN_EFFICIENCY: Final = 0.40
_LONE = ("batch 1", "singlestream", "prefill")

_FIRST = "first study of the same tables"
_SPECIFICATION = "the specification's rate, less what large transfers and products lose"
PRIORS: Final = (
    Constant("prefill_efficiency", 0.56, 0.15, "1", _FIRST),
    Constant("decode_efficiency", 0.55, 0.15, "1", _FIRST),
    Constant("power_exponent", 0.3, 0.5, "1", "dense products are bound by power on most cards"),
    Constant("reference_joule_per_flop", 7.075e-13, 0.0, "J", "H100 SXM: 700 W for 989.4 TFLOP/s"),
    Constant("most_supply", 2.0, 0.0, "1", "A100 and cards for workstations, the best supplied ones"),
    Constant("half_width", 450.0, 0.5, "1", _FIRST),
    Constant("half_expert_width", 500.0, 0.5, "1", "as for the width of a model"),
    Constant("half_read_width", 80.0, 0.5, "1", "reads of small matrices start more often"),
    Constant("bandwidth_efficiency", 0.85, 0.06, "1", _SPECIFICATION),
    Constant("cache_efficiency", 0.81, 0.1, "1", _SPECIFICATION),
    Constant("attention_efficiency", 0.5, 0.2, "1", _FIRST),
    Constant("link_efficiency", 0.7, 0.2, "1", _SPECIFICATION),
    Constant("exchange_factor", 1.0, 0.5, "1", "tokens go to experts and back instead of all-reduces"),
    Constant("layer_s", 4e-5, 0.3, "s", "kernels of a layer, launched as a graph"),
    Constant("step_s", 1.7e-3, 0.5, "s", _FIRST),
    Constant("sequence_s", 1.8e-5, 0.5, "s", _FIRST),
    Constant("allreduce_s", 2.6e-5, 0.5, "s", _FIRST),
    Constant("prompt_token_s", 7e-7, 1.0, "s", _FIRST),
    Constant("prompt_s", 1e-3, 0.7, "s", "judgement: one round of the host to admit a request"),
    Constant("usable_memory_frac", 0.95, 0.02, "1", "default of the engines"),
    Constant("reserved_bytes", 1.4e9, 0.5, "bytes", _FIRST),
    Constant("held_output_frac", 0.87, 0.1, "1", _FIRST),
    Constant("most_sequences", 7000.0, 0.5, "1", _FIRST),
    Constant("pipeline_efficiency", 0.87, 0.1, "1", _FIRST),
    Constant("prompt_factor", 1.0, 0.0, "1", "the guess itself"),
    Constant("limit_use_frac", 0.8, 0.1, "1", "limits hold for 99 of 100 requests, so the mean lies below"),
    Constant("limit_speed_frac", 0.86, 0.1, "1", _FIRST),
)
EFFECTS: Final = (
    Effect("prefill_efficiency", "generation", 0.15),
    Effect("prefill_efficiency", "card", 0.1),
    Effect("prefill_efficiency", "format", 0.1),
    Effect("prefill_efficiency", "kind", 0.15),
    Effect("prefill_efficiency", "stack", 0.15),
    Effect("decode_efficiency", "generation", 0.15),
    Effect("decode_efficiency", "card", 0.1),
    Effect("decode_efficiency", "format", 0.15),
    Effect("decode_efficiency", "kind", 0.15),
    Effect("decode_efficiency", "stack", 0.1),
    Effect("decode_efficiency", "kernels", 0.1),
    Effect("half_expert_width", "generation", 0.4),
    Effect("bandwidth_efficiency", "generation", 0.1),
    Effect("bandwidth_efficiency", "format", 0.12),
    Effect("bandwidth_efficiency", "kind", 0.15),
    Effect("bandwidth_efficiency", "stack", 0.05),
    Effect("bandwidth_efficiency", "kernels", 0.06),
    Effect("cache_efficiency", "generation", 0.15),
    Effect("cache_efficiency", "stack", 0.15),
    Effect("link_efficiency", "generation", 0.3),
    Effect("allreduce_s", "generation", 0.5),
    Effect("allreduce_s", "engine", 0.4),
    Effect("allreduce_s", "link", 1.0),
    Effect("layer_s", "kind", 0.3),
    Effect("layer_s", "engine", 0.3),
    Effect("layer_s", "generation", 0.3),
    Effect("layer_s", "stack", 0.5),
    Effect("layer_s", "kernels", 0.5),
    Effect("layer_s", "port", 0.3),
    Effect("step_s", "stack", 0.3),
    Effect("step_s", "port", 0.3),
    Effect("sequence_s", "engine", 1.0),
    Effect("sequence_s", "stack", 0.5),
    Effect("sequence_s", "state", 1.5),
    Effect("prompt_s", "engine", 1.0),
    Effect("prompt_s", "stack", 0.7),
    Effect("most_sequences", "stack", 0.4),
    Effect("prompt_factor", "workload", 0.5),
    Effect("limit_use_frac", "limit", 0.1),
    Effect("limit_speed_frac", "limit", 0.15),
)
_BY_SPECIFICATION = ServingConstants(**{item.name: item.prior for item in PRIORS})


def is_shared(settings: Settings) -> bool:
    """Whether a row is of many requests at a time."""
    if settings.file == "energy":
        batch = settings.number("batch_mean")
        return batch is not None and batch > 1.0
    lone = settings.text("scenario").startswith(_LONE) or settings.number("batch") == 1.0
    return settings.file == "inference" and not lone


def column(run: Run) -> str | None:
    """Return the column that tells the speed of many requests at a time; none for a single one."""
    if not is_shared(run.settings):
        return None
    columns = ("output_tok_s_per_accel", "output_tok_s", "samples_per_s")
    return next((name for name in columns if run.figure(name) is not None), None)


def describe(settings: Settings, names: Names) -> Described:
    """Return a row as the law sees it; its family says whether the batch was given."""
    if "prefill nodes" in settings.text("scenario") or "decode nodes" in settings.text("scenario"):
        raise Declined("prefill and decode on separate nodes")
    if "disaggregation" in settings.text("scenario"):
        raise Declined("prefill and decode on separate nodes")
    row = served(settings, names, _BY_SPECIFICATION)
    given = not np.isnan(row.job.batch)
    return replace(row, family="serving_batch_given" if given else "serving_throughput")


def value(run: Run, column: str, job: ServingJob) -> float:
    """Return output tokens by second and card."""
    figure = run.figure(column) or 0.0
    if column == "output_tok_s_per_accel":
        return figure
    if column == "samples_per_s":
        figure *= float(job.output_tokens)
    return figure / accelerators_of(run.settings)


def plain_2nd(job: ServingJob) -> Any:
    """Return tokens by second and card from 2 N D at 40 % of the peak, prompts counted. [token/s]."""
    flop = 2.0 * job.matmul_params * (1.0 + job.prompt_tokens / job.output_tokens)
    return _PLAIN_EFFICIENCY * job.peak_flop_s / flop


def roofline(job: ServingJob) -> Any:
    """Return tokens by second and card if each step took the longer of reading and computing. [token/s]."""
    held = memory_batch(job, _BY_SPECIFICATION)
    batch = np.where(np.isnan(job.batch), held, job.batch)
    context = job.prompt_tokens + job.output_tokens / 2.0
    moved = job.shared_params * job.weight_bytes + job.expert_params * job.expert_weight_bytes
    moved = moved + batch * job.cache_values * job.cache_bytes * context
    computed = 2.0 * job.matmul_params * batch
    cards = job.tensor * job.pipeline
    step = np.maximum(moved / job.bandwidth_bytes_s, computed / job.peak_flop_s) / cards
    return batch / (step * cards)


STUDIES: Final = (
    Study(
        name=NAME,
        family="serving_throughput",
        quantity="output_tok_s_per_accel",
        unit="token/s",
        law=output_tokens_per_s,
        job=ServingJob,
        constants=ServingConstants,
        priors=PRIORS,
        effects=EFFECTS,
        column=column,
        describe=describe,
        value=value,
        baselines={"2ND at 40 %": plain_2nd, "plain roofline": roofline},
        noise=0.08,
        ranges=("matmul_params", "tensor", "pipeline", "prompt_tokens", "output_tokens"),
    ),
)
