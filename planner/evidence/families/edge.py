"""One sequence at a time: decode and prefill of llama.cpp and its like, first tokens of TensorRT-LLM."""

from __future__ import annotations

import re
from typing import Any, Final

from planner.catalog.records import Hardware
from planner.engine.laws.device import (
    DeviceDecodeConstants,
    DeviceJob,
    DevicePrefillConstants,
    decode_tokens_per_s,
    prefill_tokens_per_s,
)
from planner.engine.served import device_levels, device_peak_flop_s
from planner.evidence.formats import Format, format_of, serving_software
from planner.evidence.names import Declined, Names
from planner.evidence.reference import Run, Settings
from planner.evidence.served import cached_values, model_of
from planner.evidence.study import Constant, Described, Effect, Keys, Study
from planner.units import BYTES_PER_GIB_SOLD

_SHORT_PROMPT: Final = 512.0
_SHORT_ANSWER: Final = 128.0
_MEMORY = re.compile(r"(\d+)\s*GB\b")
_UNIFIED = ("edge", "mobile")
_NATIVE_8_BIT: Final = "TensorRT-LLM"

_FIRST = "first study of the same tables"
_SPECIFICATION = "the specification's rate, less what large transfers and products lose"
_PAGING = "judgement: weights beyond what the system leaves are read from storage"
_ROOM = "share of unified memory that systems leave to an accelerator"
DECODE_PRIORS: Final = (
    Constant("bandwidth_efficiency", 0.75, 0.15, "1", _FIRST),
    Constant("half_width", 100.0, 0.5, "1", "reads of small matrices start more often"),
    Constant("cache_efficiency", 0.6, 0.3, "1", _SPECIFICATION),
    Constant("unpack_factor", 1.0, 1.0, "1", "as long as the products themselves"),
    Constant("layer_s", 3e-5, 0.6, "s", "a few kernel launches"),
    Constant("token_s", 3e-4, 0.6, "s", "sampling and one round of the host"),
    Constant("hop_s", 1.4e-4, 0.5, "s", _FIRST),
    Constant("allreduce_s", 1.5e-5, 0.5, "s", "latency of links between cards"),
    Constant("paging_factor", 2.0, 0.7, "1", _PAGING),
    Constant("room_frac", 0.75, 0.0, "1", _ROOM),
)
DECODE_EFFECTS: Final = (
    Effect("bandwidth_efficiency", "generation", 0.05),
    Effect("bandwidth_efficiency", "card", 0.1),
    Effect("bandwidth_efficiency", "format", 0.1),
    Effect("bandwidth_efficiency", "kernel", 0.1),
    Effect("cache_efficiency", "generation", 0.3),
    Effect("cache_efficiency", "card", 0.3),
    Effect("layer_s", "engine", 0.6),
    Effect("layer_s", "generation", 0.3),
)
PREFILL_PRIORS: Final = (
    Constant("compute_efficiency", 0.5, 0.3, "1", _SPECIFICATION),
    Constant("half_width", 400.0, 0.5, "1", _FIRST),
    Constant("attention_efficiency", 0.3, 0.4, "1", "attention without fused kernels"),
    Constant("quantised_factor", 0.8, 0.2, "1", "weights are unpacked before products"),
    Constant("block_tokens", 512.0, 0.3, "token", "default of llama.cpp"),
    Constant("read_factor", 0.5, 0.7, "1", "in part hidden behind products"),
    Constant("layer_s", 6e-5, 0.7, "s", "a few kernel launches"),
    Constant("split_gain", 0.8, 0.3, "1", "a pipeline keeps its devices busy in part"),
    Constant("paging_factor", 4.0, 1.0, "1", _PAGING),
    Constant("room_frac", 0.75, 0.0, "1", _ROOM),
)
PREFILL_EFFECTS: Final = (
    Effect("compute_efficiency", "generation", 0.35),
    Effect("compute_efficiency", "card", 0.2),
    Effect("compute_efficiency", "format", 0.15),
    Effect("compute_efficiency", "engine", 0.3),
    Effect("compute_efficiency", "kernel", 0.1),
    Effect("attention_efficiency", "generation", 0.4),
    Effect("layer_s", "engine", 0.5),
    Effect("layer_s", "generation", 0.5),
)


def _is_lone(run: Run) -> bool:
    settings = run.settings
    return settings.file == "inference" and settings.text("scenario").startswith("batch 1")


def decode_column(run: Run) -> str | None:
    """Return the column of the decode speed of a single sequence."""
    return "decode_tok_s" if _is_lone(run) and run.figure("decode_tok_s") is not None else None


def prefill_column(run: Run) -> str | None:
    """Return the column of the speed at which one prompt is read."""
    return "prefill_tok_s" if _is_lone(run) and run.figure("prefill_tok_s") is not None else None


def value(run: Run, column: str, job: DeviceJob) -> float:
    """Return tokens by second of the whole set of devices."""
    return run.figure(column) or 0.0


def describe(settings: Settings, names: Names) -> Described:
    """Return a row as the laws see it.

    Raises
    ------
    Declined
        If the row does not say enough.
    """
    model = model_of(settings, names)
    card = names.card(settings.text("hardware"), settings.text("hw_family"))
    weights, software = format_of(settings.text("precision")), serving_software(settings)
    arch, hardware = model.arch, card.hardware
    tensor = settings.number("tp")
    devices = settings.number("accelerators") or 1.0
    answer = settings.number("osl") or _SHORT_ANSWER
    job = DeviceJob(
        matmul_params=arch.matmul_params,
        params=arch.params,
        layers=arch.layers,
        hidden=arch.hidden,
        attention_width=arch.heads * arch.head_dim if cached_values(model) else 0.0,
        cache_values=cached_values(model),
        weight_bytes=weights.weight_bytes,
        is_quantised=float(weights.is_quantised and software.engine != _NATIVE_8_BIT),
        peak_flop_s=_peak_flop_s(hardware, weights, software.engine),
        bandwidth_bytes_s=hardware.memory_bandwidth_bytes_s,
        memory_bytes=_memory_bytes(settings.text("hardware"), hardware),
        tensor=tensor or 1.0,
        devices=1.0 if tensor else devices,
        is_unified=float(hardware.device_class in _UNIFIED),
        prompt_tokens=settings.number("isl") or _SHORT_PROMPT,
        context_tokens=answer / 2.0,
    )
    generation = card.generation.name
    width = "quantised" if weights.is_quantised else "16-bit"
    levels = device_levels(hardware, width, software.engine)
    fine = f"{settings.text('precision')} x{devices:g} tp{job.tensor:g}"
    return Described(job, levels, Keys(model.key, generation, software.stack, fine, hardware.id))


def _peak_flop_s(hardware: Hardware, weights: Format, engine: str) -> float:
    """Return the rate of products."""
    if engine == _NATIVE_8_BIT:
        return weights.peak_flop_s(hardware)
    peak = device_peak_flop_s(hardware)
    if peak is None:
        raise Declined("rate of the hardware not known")
    return peak


def _memory_bytes(name: str, hardware: Hardware) -> float:
    """Return the memory that a name such as ``Apple M3 16GB`` states, else the catalogue's. [bytes]."""
    stated = _MEMORY.search(name)
    return float(stated[1]) * BYTES_PER_GIB_SOLD if stated else hardware.memory_bytes


def roofline_decode(job: DeviceJob) -> Any:
    """Return tokens by second if only reading the weights took time. [token/s]."""
    return job.tensor * job.bandwidth_bytes_s / (job.matmul_params * job.weight_bytes)


def roofline_prefill(job: DeviceJob) -> Any:
    """Return tokens by second at the whole peak of all devices. [token/s]."""
    return job.tensor * job.devices * job.peak_flop_s / (2.0 * job.matmul_params)


STUDIES: Final = (
    Study(
        name="edge_decode",
        family="edge_decode",
        quantity="decode_tok_s",
        unit="token/s",
        law=decode_tokens_per_s,
        job=DeviceJob,
        constants=DeviceDecodeConstants,
        priors=DECODE_PRIORS,
        effects=DECODE_EFFECTS,
        column=decode_column,
        describe=describe,
        value=value,
        baselines={"plain roofline": roofline_decode},
        noise=0.08,
        ranges=("matmul_params", "bandwidth_bytes_s", "context_tokens"),
    ),
    Study(
        name="edge_prefill",
        family="edge_prefill",
        quantity="prefill_tok_s",
        unit="token/s",
        law=prefill_tokens_per_s,
        job=DeviceJob,
        constants=DevicePrefillConstants,
        priors=PREFILL_PRIORS,
        effects=PREFILL_EFFECTS,
        column=prefill_column,
        describe=describe,
        value=value,
        baselines={"2N at the peak": roofline_prefill},
        noise=0.15,
        ranges=("matmul_params", "peak_flop_s", "prompt_tokens"),
    ),
)
