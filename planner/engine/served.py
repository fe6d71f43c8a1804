"""A replica as the calibrated laws of serving see it: their inputs, and the constants that hold for it."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Final

from planner.catalog.records import Hardware, ModelShape
from planner.engine.architecture import Architecture
from planner.engine.arrays import Numeric
from planner.engine.calibration import load_calibration
from planner.engine.generations import generation_of, link_bytes_s
from planner.engine.laws.device import DeviceDecodeConstants, DeviceJob, DevicePrefillConstants
from planner.engine.laws.power import PowerConstants
from planner.engine.laws.serving import ServingConstants, ServingJob
from planner.units import GIGA

STUDY: Final = "serving"
POWER_STUDY: Final = "board_power"
DECODE_STUDY: Final = "edge_decode"
PREFILL_STUDY: Final = "edge_prefill"
_UNIFIED: Final = ("edge", "mobile")
_MATRIX_ENGINES: Final = "NVIDIA"
GENERAL_ENGINE: Final = "vLLM"
"""Runs on many kinds of cards, some of them new to it when measured; makers tune their own engines."""
_SLOW_LINK_BYTES_S: Final = 100.0 * GIGA
_FORMATS: Final = {"bf16": "16-bit", "fp8": "fp8", "fp4": "fp4", "int8": "int8", "int4": "int4"}


def kind_of(shape: ModelShape) -> str:
    """Return ``dense``, ``moe`` or ``hybrid``."""
    if "hybrid" in shape.architecture or "recurrent" in shape.architecture:
        return "hybrid"
    return "moe" if shape.is_moe else "dense"


def expert_width(shape: ModelShape) -> float:
    """Return the width of one expert; infinite for a dense model. [1]."""
    return float(shape.moe_intermediate_size or shape.intermediate_size) if shape.is_moe else math.inf


def levels_of(card: Hardware, format_name: str, kind: str, engine: str, stack: str) -> dict[str, str]:
    """Return what the constants of serving depend on, by kind of level."""
    generation = generation_of(card.id).name
    slow = link_bytes_s(card) < _SLOW_LINK_BYTES_S
    return {
        "generation": generation,
        "card": card.id,
        "format": f"{generation} {format_name}",
        "kind": kind,
        "state": kind if kind == "hybrid" else "",
        "engine": engine,
        "stack": stack,
        "kernels": f"{stack} {kind}",
        "port": f"{stack} {generation}" if engine == GENERAL_ENGINE else "",
        "link": ("PCIe" if card.vendor == "NVIDIA" else f"slow {card.vendor}") if slow else "",
    }


@lru_cache(maxsize=256)
def serving_constants(
    card: Hardware, precision: str, kind: str, engine: str, stack: str
) -> tuple[ServingConstants, PowerConstants]:
    """Return the constants of speed and of power of a served model.

    A level that was not measured changes nothing.
    """
    levels = levels_of(card, _FORMATS[precision], kind, engine, stack)
    calibration = load_calibration()
    return (
        ServingConstants(**calibration.study(STUDY).constants.at(levels)),
        PowerConstants(**calibration.study(POWER_STUDY).constants.at(levels)),
    )


def is_measured(card: Hardware) -> bool:
    """Return whether the fit has runs of a card's generation."""
    return generation_of(card.id).name in load_calibration().study(STUDY).seen["hardware"]


def serving_job(
    arch: Architecture,
    shape: ModelShape,
    card: Hardware,
    *,
    tensor: Numeric,
    peak_flop_s: float,
    weight_bytes: float,
    cache_bytes: float,
    reference_joule_per_flop: Numeric,
    prompt_tokens: Numeric,
    output_tokens: Numeric,
    output_cv: Numeric,
) -> ServingJob:
    """Return a model on `tensor` cards, as many requests as it may hold, without a limit of the law's own."""
    attending = (shape.layers if shape.cache_layers is None else shape.cache_layers) / shape.layers
    lookup: Any = (arch.embedding_copies - 1.0) * arch.vocab * arch.hidden
    peak_16bit = card.bf16_flop_s or peak_flop_s
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
        cache_values=arch.cache_values,
        window_tokens=float(shape.window_tokens or math.inf),
        windowed_frac=(shape.window_layers or 0) / shape.layers,
        weight_bytes=weight_bytes,
        expert_weight_bytes=weight_bytes,
        cache_bytes=cache_bytes,
        peak_flop_s=peak_flop_s,
        peak_16bit_flop_s=peak_16bit,
        bandwidth_bytes_s=card.memory_bandwidth_bytes_s,
        memory_bytes=card.memory_bytes,
        link_bytes_s=link_bytes_s(card),
        tdp_w=card.tdp_w or peak_16bit * reference_joule_per_flop,
        tensor=tensor,
        pipeline=1.0,
        attention_replicas=1.0,
        prompt_tokens=prompt_tokens,
        output_tokens=output_tokens,
        is_prompt_stated=1.0,
        batch=math.nan,
        tpot_limit_s=math.nan,
        output_cv=output_cv,
    )


def device_levels(card: Hardware, width: str, engine: str) -> dict[str, str]:
    """Return what the constants of a device depend on, by kind of level; `width` is of the weights."""
    generation = generation_of(card.id).name
    return {
        "generation": generation,
        "card": card.id,
        "format": f"{generation} {width}",
        "engine": engine,
        "kernel": f"{engine} {width}",
    }


@lru_cache(maxsize=256)
def device_constants(
    card: Hardware, width: str, engine: str
) -> tuple[DeviceDecodeConstants, DevicePrefillConstants]:
    """Return the constants of decoding and of reading prompts on a device."""
    levels, calibration = device_levels(card, width, engine), load_calibration()
    return (
        DeviceDecodeConstants(**calibration.study(DECODE_STUDY).constants.at(levels)),
        DevicePrefillConstants(**calibration.study(PREFILL_STUDY).constants.at(levels)),
    )


def device_peak_flop_s(card: Hardware) -> float | None:
    """Return the rate of products of engines for devices; None where the catalogue knows none. [FLOP/s].

    They add up in 16 bits, which GeForce cards do twice as fast as the rate they are rated for; the integer
    rate of a card of that maker is twice this faster one.
    """
    if card.bf16_flop_s is not None and card.vendor == _MATRIX_ENGINES and card.int8_flop_s is not None:
        return max(card.bf16_flop_s, card.int8_flop_s / 2.0)
    return card.bf16_flop_s


def device_job(
    arch: Architecture,
    card: Hardware,
    *,
    peak_flop_s: float,
    weight_bytes: float,
    is_quantised: bool,
    prompt_tokens: Numeric,
    context_tokens: Numeric,
) -> DeviceJob:
    """Return a model that answers one request at a time on one device."""
    return DeviceJob(
        matmul_params=arch.matmul_params,
        params=arch.params,
        layers=arch.layers,
        hidden=arch.hidden,
        attention_width=arch.heads * arch.head_dim,
        cache_values=arch.cache_values,
        weight_bytes=weight_bytes,
        is_quantised=float(is_quantised),
        peak_flop_s=peak_flop_s,
        bandwidth_bytes_s=card.memory_bandwidth_bytes_s,
        memory_bytes=card.memory_bytes,
        tensor=1.0,
        devices=1.0,
        is_unified=float(card.device_class in _UNIFIED),
        prompt_tokens=prompt_tokens,
        context_tokens=context_tokens,
    )
