"""Rows of the catalogue and fitted constants as quantities: held in equations, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, Final, TypeVar

import numpy as np

from planner.catalog.load import Catalog, load_catalog
from planner.catalog.records import FineTuningPrice, Hardware, Source
from planner.engine.architecture import Architecture
from planner.engine.calibration import load_calibration
from planner.engine.constants import Physics, load_physics
from planner.engine.equations.expressions import Expression, Quantity

_T = TypeVar("_T")
Naming = Mapping[str, tuple[str, str]]
"""Title and unit by field."""

_CARD: Final[Naming] = {
    "tdp_w": ("Rated power of a card", "w"),
    "idle_w": ("Power of a card at rest", "w"),
    "memory_gb": ("Memory of a card", "gb"),
    "purchase_price_usd": ("Price of a card", "usd"),
    "embodied_kgco2e": ("Carbon of making a card", "kgco2e"),
}
_TUNING: Final[Naming] = {
    "training_usd_per_mtok": ("Price of training", "usd_per_mtok"),
    "input_usd_per_mtok": ("Input price", "usd_per_mtok"),
    "output_usd_per_mtok": ("Output price", "usd_per_mtok"),
    "cached_input_usd_per_mtok": ("Cached input price", "usd_per_mtok"),
}
_MODEL: Final[Naming] = {
    "layers": ("Layers", "count"),
    "hidden": ("Width of the model", "count"),
    "heads": ("Query heads", "count"),
    "kv_heads": ("Key and value heads", "count"),
    "head_dim": ("Width of a head", "count"),
    "mlp_width": ("Width of the MLP", "count"),
    "params": ("Parameters", "params"),
    "active_params": ("Parameters used for a token", "params"),
    "cache_values": ("Cached values of a token", "count"),
}
_MIXTURE: Final[Naming] = {
    "expert_params": ("Parameters in experts", "params"),
    "active_expert_frac": ("Experts used for a token", "frac"),
}
_LAW: Final[Naming] = {
    # What a card or a model is, where a law asks
    "peak_flop_s": ("Peak of a card", "flop_s"),
    "peak_16bit_flop_s": ("Peak of a card in 16 bits", "flop_s"),
    "bandwidth_bytes_s": ("Memory bandwidth of a card", "bytes_s"),
    "memory_bytes": ("Memory of a card", "bytes"),
    "link_bytes_s": ("Link between cards", "bytes_s"),
    "tdp_w": ("Rated power of a card", "w"),
    "tensor": ("Accelerators of a replica", "accelerators"),
    "accelerators": ("Accelerators", "accelerators"),
    "weight_bytes": ("Bytes of a weight", "bytes"),
    "cache_bytes": ("Bytes of a cached value", "bytes"),
    "expert_width": ("Width of an expert", "count"),
    "matmul_params": ("Parameters that multiply", "params"),
    "shared_params": ("Parameters that every step reads", "params"),
    "params": ("Parameters", "params"),
    "expert_params": ("Parameters in experts", "params"),
    "layers": ("Layers", "count"),
    "hidden": ("Width of the model", "count"),
    "attention_width": ("Width of attention", "count"),
    "kv_heads": ("Key and value heads", "count"),
    "cache_values": ("Cached values of a token", "count"),
    # Serving
    "prefill_efficiency": ("Share of the peak in prefill", "frac"),
    "decode_efficiency": ("Share of the peak in decoding", "frac"),
    "power_exponent": ("Exponent of power supply", "1"),
    "reference_joule_per_flop": ("Energy of an operation, reference card", "j"),
    "most_supply": ("Most power supply that binds", "1"),
    "half_width": ("Width of half the rate", "count"),
    "half_expert_width": ("Expert width of half the rate", "count"),
    "half_read_width": ("Width of half the reading rate", "count"),
    "bandwidth_efficiency": ("Share of the bandwidth reached", "frac"),
    "cache_efficiency": ("Share of the bandwidth, cache", "frac"),
    "attention_efficiency": ("Share of the peak, attention", "frac"),
    "link_efficiency": ("Share of the link reached", "frac"),
    "layer_s": ("Overhead of a layer", "s"),
    "step_s": ("Overhead of a step", "s"),
    "sequence_s": ("Overhead of a sequence", "s"),
    "allreduce_s": ("Wait of an all-reduce", "s"),
    "prompt_token_s": ("Overhead of a prompt's token", "s"),
    "prompt_s": ("Overhead of a prompt", "s"),
    "usable_memory_frac": ("Share of memory an engine takes", "frac"),
    "reserved_bytes": ("Memory of the engine itself", "bytes"),
    "held_output_frac": ("Share of an answer the cache holds", "frac"),
    # Power
    "awake_frac": ("Power when working at all", "frac"),
    "memory_frac": ("Power added at full bandwidth", "frac"),
    "compute_frac": ("Power added at full peak", "frac"),
    "most_frac": ("Power never exceeded", "frac"),
    "memory_exponent": ("Exponent of memory use", "1"),
    "compute_exponent": ("Exponent of computing", "1"),
    # Training
    "efficiency": ("Share of the peak in training", "frac"),
    "recompute": ("Share of a pass computed again", "frac"),
    "dequantised_bytes": ("Bytes moved to unpack a weight", "bytes"),
    "gather": ("Traffic over the ideal", "1"),
    "scale_loss": ("Time added by doubling the cards", "frac"),
    "memory_loss": ("Time added by missing memory", "frac"),
    "software": ("Speed of the training code", "1"),
    "fabric_accelerators": ("Accelerators in a fabric", "count"),
    "quantised_layer_factor": ("Overhead with 4-bit weights", "1"),
    "states": ("States over the recipe's", "1"),
    "frozen": ("Frozen weights over the recipe's", "1"),
    "quantised": ("4-bit weights over the recipe's", "1"),
    "activations": ("Activations over the count", "1"),
    "width_values": ("Values kept by layer and width", "1"),
    "gated_values": ("Values more that norms keep", "1"),
    "full_recompute": ("Activations left by full recompute", "frac"),
    "selective_recompute": ("Activations left by selective recompute", "frac"),
    "chunked_logit_bytes": ("Bytes for a logit, chunked", "bytes"),
    "gathered": ("Gathered layers over the count", "1"),
    "base_gb": ("Memory of the runtime", "gb"),
    # Devices
    "unpack_factor": ("Time to unpack over products", "1"),
    "token_s": ("Overhead of a token", "s"),
    "paging_factor": ("Slower when memory is full", "1"),
    "room_frac": ("Share of memory from which it is", "frac"),
    "compute_efficiency": ("Share of the peak, prompts", "frac"),
    "quantised_factor": ("Speed of quantised products", "1"),
    "block_tokens": ("Tokens of a block", "tokens"),
    "read_factor": ("Reading weights over the ideal", "1"),
}  # fmt: skip
_OF_CARDS: Final = frozenset(
    {"peak_flop_s", "peak_16bit_flop_s", "bandwidth_bytes_s", "memory_bytes", "link_bytes_s", "tdp_w"}
)
_ASKED: Final = {
    "tensor": "decided: the fewest accelerators that hold it",
    "accelerators": "decided: the fewest accelerators that hold it",
    "fabric_accelerators": "our table of card generations",
    "weight_bytes": "number format of the weights, with their scales",
    "cache_bytes": "number format of the cache: 16 bits",
}
_FLAGS: Final = frozenset({"FineTuningJob.full_recompute", "MemoryJob.full_recompute"})
"""Fields of the same name as a constant that are 0 or 1."""
_PLAIN_OF_DEVICES: Final = frozenset({"tensor"})
_PARTS: Final[Mapping[str, Naming]] = {
    "training": {
        "micro_batch_tokens": ("Tokens of a micro-batch, wanted", "tokens"),
        "fixed_h": ("Fixed time of a run", "h"),
        "checkpoint_s": ("Time to save", "s"),
        "restart_s": ("Time to start again", "s"),
        "mtbf_accelerator_h": ("Accelerator-hours between failures", "accelerator_h"),
        "usable_memory_frac": ("Usable share of memory", "frac"),
    },
    "serving": {
        "device_usable_memory_frac": ("Usable share of a device's memory", "frac"),
        "largest_batch": ("Largest batch of an engine", "count"),
        "headroom_frac": ("Headroom of autoscaling", "frac"),
        "arrival_scv": ("Spread of arrivals", "1"),
        "offline_batch": ("Largest batch of a teacher", "count"),
        "offline_busy_frac": ("Share of time a teacher works", "frac"),
        "api_pue": ("PUE of a provider", "1"),
    },
    "power": {
        "idle_frac": ("Power at rest over rated power", "frac"),
        "host_w": ("Host's power by card", "w"),
        "mobile_w": ("Power of a phone", "w"),
    },
    "embodied": {
        "accelerator_kgco2e": ("Carbon of making a card", "kgco2e"),
        "host_kgco2e": ("Carbon of making its share of the host", "kgco2e"),
    },
    "quality": {
        "loss_start_nats": ("Loss before tuning", "1"),
        "loss_floor_nats": ("Loss never undercut", "1"),
        "anchor_examples": ("Examples of the known score", "count"),
        "enough_examples": ("Examples that are enough", "count"),
        "low": ("Score of guessing", "frac"),
        "high": ("Best possible score", "frac"),
    },
    "updates": {"both_lag_factor": ("Lag of tune, then distil", "1")},
    "storage": {
        "bytes_per_token": ("Bytes of a token of text", "bytes"),
        "kept_checkpoints": ("Checkpoints kept", "count"),
        "checkpoint_bytes_per_param": ("Bytes of a checkpoint by parameter", "bytes"),
    },
}


def _quantity(key: str, title: str, unit: str, value: Any, source: Source) -> Quantity:
    return Quantity(key, title, unit, float(value), source=source.title, date=source.as_of)


def _wanted(value: Any) -> bool:
    """Whether a number says something: 0 and 1 leave an equation as if they were not there."""
    plain = isinstance(value, float | int) and not isinstance(value, bool)
    return plain and bool(np.isfinite(value)) and value not in (0.0, 1.0)


def _named(record: _T, naming: Naming, prefix: str, of_what: str, source: Source) -> _T:
    """Return a record whose numbers are quantities."""
    changed = {
        name: _quantity(f"{prefix}/{name}", f"{title}, {of_what}", unit, getattr(record, name), source)
        for name, (title, unit) in naming.items()
        if hasattr(record, name) and _wanted(getattr(record, name))
    }
    return replace(record, **changed)  # type: ignore[type-var]


@lru_cache(maxsize=64)
def named_card(card: Hardware) -> Hardware:
    """Return a card whose power, price and carbon are quantities; the same ones at every call."""
    found = _named(card, _CARD, f"card/{card.id}", card.name, card.source)
    if isinstance(found.embodied_kgco2e, Quantity):
        made = replace(found.embodied_kgco2e, source=card.embodied_source)
        found = replace(found, embodied_kgco2e=made)
    return found


@lru_cache(maxsize=64)
def named_architecture(arch: Architecture, source: Source) -> Architecture:
    """Return a model whose shape is quantities; the same ones at every call."""
    title = arch.name if not arch.interpolated else f"{arch.name} at another size"
    naming = {**_MODEL, **(_MIXTURE if arch.is_moe else {})}
    prefix = f"model/{arch.model_id}" + (f" at {arch.params}" if arch.interpolated else "")
    return _named(arch, naming, prefix, title, source)


@lru_cache(maxsize=64)
def named_tuning(row: FineTuningPrice) -> FineTuningPrice:
    """Return a provider's price row with quantities; the same ones at every call."""
    return _named(row, _TUNING, f"tuning/{row.id}", f"{row.provider}, {row.name}", row.source)


class NamedCatalog:
    """A catalogue whose cards and prices of tuning are quantities; all else is the catalogue's own."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def __getattr__(self, name: str) -> Any:
        """Return what the catalogue has."""
        return getattr(self._catalog, name)

    def find_hardware(self, name: str) -> Hardware:
        """Return a card of the catalogue, by id, alias or name."""
        return named_card(self._catalog.find_hardware(name))

    def find_fine_tuning_price(self, id: str) -> FineTuningPrice:
        """Return a provider's price row."""
        return named_tuning(self._catalog.find_fine_tuning_price(id))


@lru_cache(maxsize=4)
def named_catalog(catalog: Catalog) -> NamedCatalog:
    """Return a catalogue with quantities; the same one at every call."""
    return NamedCatalog(catalog)


@dataclass(frozen=True, slots=True, eq=False)
class NamedPhysics(Physics):
    """The constants as quantities, and the same for all that laws are asked: see `Physics.named`."""

    kept: dict[tuple[str, float], Quantity]

    def named(self, record: _T, about: str, card: str = "") -> _T:
        """Return inputs or constants of a law with a quantity in place of each number that has a title."""
        kind = type(record).__name__
        changed: dict[str, Expression] = {}
        for field in fields(record):  # type: ignore[arg-type]
            value = getattr(record, field.name)
            skip = f"{kind}.{field.name}" in _FLAGS or (
                kind == "DeviceJob" and field.name in _PLAIN_OF_DEVICES
            )
            if field.name in _LAW and _wanted(value) and not skip:
                changed[field.name] = self._quantity(field.name, kind, about, float(value), card)
        return replace(record, **changed)  # type: ignore[type-var]

    def _quantity(self, name: str, kind: str, about: str, value: float, card: str) -> Quantity:
        title, unit = _LAW[name]
        if name not in _OF_CARDS:
            card = ""
        about = card or about
        prefix = f"law/{kind}/{about}/{name}"
        found = self.kept.get((prefix, value))
        if found is None:
            number = sum(1 for key, _ in self.kept if key == prefix)
            key = prefix if not number else f"{prefix} {number + 1}"
            source = _fitted() if kind.endswith("Constants") else _asked(name, card)
            found = _quantity(key, f"{title}, {about}", unit, value, source)
            self.kept[prefix, value] = found
        return found


def _fitted() -> Source:
    return Source(load_calibration().source, load_catalog().date)


def _asked(name: str, card: str) -> Source:
    """Return where a number that a law is asked comes from."""
    catalog = load_catalog()
    if card:
        return catalog.find_hardware(card).source
    return Source(_ASKED.get(name, "catalogue, models"), catalog.date)


def named_physics() -> NamedPhysics:
    """Return the constants that travel with the program, as quantities."""
    physics, date = load_physics(), load_catalog().date
    parts = {}
    for part, naming in _PARTS.items():
        record, own = getattr(physics, part), physics.sources.get(part, {})
        changed = {
            name: _quantity(
                f"constant/{part}/{name}", title, unit, getattr(record, name),
                Source(own.get(name, record.source), date),
            )
            for name, (title, unit) in naming.items()
        }  # fmt: skip
        parts[part] = replace(record, **changed)
    whole = {field.name: getattr(physics, field.name) for field in fields(physics)}
    return NamedPhysics(**{**whole, **parts}, kept={})
