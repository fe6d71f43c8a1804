"""A served model as rows describe it: shape, cards, format, layout and load."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Final

from planner.engine.generations import link_bytes_s
from planner.engine.laws.serving import ServingConstants, ServingJob, output_tokens_per_s
from planner.engine.served import GENERAL_ENGINE, expert_width, kind_of, levels_of
from planner.evidence.formats import Format, Software, format_of, serving_software
from planner.evidence.layout import layout_of
from planner.evidence.names import Card, Declined, Model, Names
from planner.evidence.reference import Settings
from planner.evidence.study import Described, Keys
from planner.evidence.workloads import Workload, workload_of

_TENSOR_DEGREES: Final = (1.0, 2.0, 4.0, 8.0)
_ROOM_FRAC: Final = 0.85
"""Share of memory that weights may take for a layout to be tried."""
_SOCKETS = re.compile(r"(\d+) sockets x (\d+) node")
_NOT_SERVED = ("encoder", "encoder-decoder", "encoder-decoder-moe")
_MLPERF: Final = "MLPerf"
_NVIDIA: Final = "NVIDIA"
_NVIDIA_ENGINE: Final = "TensorRT-LLM"
_BYTES_16BIT: Final = 2.0


def served(settings: Settings, names: Names, priors: ServingConstants) -> Described:
    """Return a serving row as the law sees it.

    Parameters
    ----------
    settings : Settings
        The row.
    names : Names
        Look-ups of models and hardware.
    priors : ServingConstants
        Constants by specification; a layout that is not stated is the best by these.

    Raises
    ------
    Declined
        If the row does not say enough.
    """
    model = model_of(settings, names)
    card = names.card(settings.text("hardware"), settings.text("hw_family"))
    workload = workload_of(settings)
    software = serving_software(settings)
    weights = _format(settings, card, software)
    job = _laid_out(_job(settings, model, card, weights, software, workload), settings, priors)
    levels = _levels(model, card, weights, software, workload, job)
    scenario = f"{settings.text('scenario')}{settings.text('task')}"
    fine = f"{weights.name} tp{job.tensor:g} pp{job.pipeline:g} {scenario}"
    return Described(job, levels, _keys(model, card, levels["stack"], fine))


def _keys(model: Model, card: Card, source: str, fine: str) -> Keys:
    return Keys(model.key, card.generation.name, source, fine, card.hardware.id)


def model_of(settings: Settings, names: Names) -> Model:
    """Return the model of a row; encoders do not generate token by token."""
    model = names.model(
        settings.text("model"),
        settings.text("family"),
        settings.number("params_total_b"),
        settings.number("params_active_b"),
    )
    if model.shape.architecture in _NOT_SERVED:
        raise Declined("encoder-decoder: a token passes only part of the weights")
    return model


def accelerators_of(settings: Settings) -> float:
    """Return the cards of a row; for servers of processors its sockets. [1]."""
    given = settings.number("accelerators")
    if given is not None:
        return given
    sockets = _SOCKETS.search(settings.text("notes"))
    if sockets is None:
        raise Declined("number of accelerators not given")
    return float(sockets[1]) * float(sockets[2])


def cached_values(model: Model) -> float:
    """Return the values that one token leaves in the cache, over the layers that have one. [1]."""
    held = model.shape.kv_bytes_per_token_16bit
    if held is None or model.arch.interpolated:
        return float(model.arch.cache_values)
    return held / _BYTES_16BIT


def _format(settings: Settings, card: Card, software: Software) -> Format:
    stated = format_of(settings.text("precision"))
    hardware = card.hardware
    if software.engine != _MLPERF or stated.is_quantised:
        return stated
    # MLPerf's forms name the format of the checkpoint; cards with 8 or 4 bits in their units ran in those.
    if not settings.text("precision") and hardware.fp4_flop_s is not None:
        return format_of("fp4")
    return format_of("fp8") if hardware.fp8_flop_s is not None else stated


def _job(
    settings: Settings, model: Model, card: Card, weights: Format, software: Software, workload: Workload
) -> ServingJob:
    arch, shape, hardware = model.arch, model.shape, card.hardware
    layout = layout_of(settings.text("notes"))
    stated = settings.number("tp")
    tensor = math.nan if stated is None else max(stated, layout.expert_parallel)
    pipeline = settings.number("pp") or 1.0
    cards = accelerators_of(settings)
    instances = max(cards / (tensor * pipeline), 1.0) if stated is not None else 1.0
    batch = settings.number("batch_mean") or settings.number("batch")
    attending = (shape.layers if shape.cache_layers is None else shape.cache_layers) / shape.layers
    lookup = (arch.embedding_copies - 1.0) * arch.vocab * arch.hidden
    peak_16bit = hardware.bf16_flop_s or math.nan
    other_bytes = format_of("").weight_bytes if weights.experts_only else weights.weight_bytes
    eight_bit_cache = weights.is_quantised and software.engine != GENERAL_ENGINE
    return ServingJob(
        matmul_params=arch.matmul_params,
        shared_params=arch.dense_params - lookup,
        lookup_params=lookup,
        expert_params=arch.expert_params,
        active_expert_frac=arch.active_expert_frac,
        expert_width=expert_width(shape),
        layers=arch.layers,
        hidden=arch.hidden,
        attention_width=arch.heads * arch.head_dim * attending,
        kv_heads=1.0 if shape.latent_cache_values else arch.kv_heads,
        cache_values=cached_values(model),
        window_tokens=float(shape.window_tokens or math.inf),
        windowed_frac=(shape.window_layers or 0) / shape.layers,
        weight_bytes=other_bytes,
        expert_weight_bytes=weights.weight_bytes,
        cache_bytes=1.0 if eight_bit_cache else 2.0,
        peak_flop_s=weights.peak_flop_s(hardware),
        peak_16bit_flop_s=peak_16bit,
        bandwidth_bytes_s=hardware.memory_bandwidth_bytes_s,
        memory_bytes=hardware.memory_bytes,
        link_bytes_s=link_bytes_s(hardware),
        tdp_w=hardware.tdp_w or math.nan,
        tensor=tensor,
        pipeline=pipeline,
        attention_replicas=tensor if arch.is_moe and "attention DP" in settings.text("notes") else 1.0,
        prompt_tokens=workload.prompt_tokens,
        output_tokens=workload.output_tokens,
        is_prompt_stated=float(not workload.name),
        batch=math.nan if batch is None else batch / instances,
        tpot_limit_s=workload.tpot_limit_s,
    )


def _laid_out(job: ServingJob, settings: Settings, priors: ServingConstants) -> ServingJob:
    """Return the job with rated power and layout where the row leaves them out.

    Of the degrees of tensor parallelism that hold the weights, the one with the most tokens by second and
    card is taken, as whoever tunes a system would.
    """
    if math.isnan(float(job.tdp_w)):
        job = replace(job, tdp_w=job.peak_16bit_flop_s * priors.reference_joule_per_flop)
    if not math.isnan(float(job.tensor)):
        return job
    cards = accelerators_of(settings)
    room = _ROOM_FRAC * job.memory_bytes
    weights = (job.shared_params + job.lookup_params) * job.weight_bytes
    weights = weights + job.expert_params * job.expert_weight_bytes
    tried = [
        replace(job, tensor=degree)
        for degree in _TENSOR_DEGREES
        if degree <= max(cards, 1.0) and weights <= room * degree
    ]
    if tried:
        return max(tried, key=lambda one: float(output_tokens_per_s(one, priors)))
    stages = 2.0 ** math.ceil(math.log2(max(weights / (room * _TENSOR_DEGREES[-1]), 1.0)))
    return replace(job, tensor=_TENSOR_DEGREES[-1], pipeline=stages)


def _levels(
    model: Model, card: Card, weights: Format, software: Software, workload: Workload, job: ServingJob
) -> dict[str, str]:
    hardware = card.hardware
    engine, stack = software.engine, software.stack
    if engine == _MLPERF:
        engine = _NVIDIA_ENGINE if hardware.vendor == _NVIDIA else hardware.vendor
        stack = f"{stack} {hardware.vendor}"
    levels = levels_of(hardware, weights.name, kind_of(model.shape), engine, stack)
    if job.tensor <= 1.0:  # alone, a card waits for no other
        levels["link"] = ""
    return {**levels, "workload": workload.name, "limit": workload.limited}
