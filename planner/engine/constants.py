"""The physics constants, read once from one resource file and passed on as arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from planner.paths import resource

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class TrainingConstants:
    """Everything that training needs beside the fitted laws. Decisions 22 to 24.

    `software` is the one that a plan trains with; `layout_software` those whose speed and memory stand for
    a run in tensor or pipeline ranks. Bytes are by parameter: frozen, and weight, gradient and optimiser
    states of a trained one, by method.
    """

    software: str
    layout_software: dict[str, str]
    micro_batch_tokens: float
    frozen_bytes: dict[str, float]
    state_bytes: dict[str, float]
    fixed_h: float
    checkpoint_s: float
    restart_s: float
    mtbf_accelerator_h: float
    usable_memory_frac: float
    accelerator_counts: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ServingConstants:
    """Everything that serving needs beside the fit of a card. Decisions 25 to 35 and 46."""

    engine: str
    stack: str
    device_engine: str
    device_usable_memory_frac: float
    weight_bytes: dict[str, float]
    cache_value_bytes: float
    largest_batch: int
    accelerator_counts: tuple[int, ...]
    headroom_frac: float
    arrival_scv: float
    offline_batch: int
    offline_busy_frac: float
    api_hardware: str
    api_precision: str
    api_batch: int
    api_pue: float
    api_low_factor: float
    api_high_factor: float
    source: str


@dataclass(frozen=True, slots=True)
class PowerConstants:
    """Rest as a share of TDP [1], host share and phone [W]."""

    idle_frac: float
    host_w: float
    mobile_w: float
    source: str


@dataclass(frozen=True, slots=True)
class EmbodiedConstants:
    """Carbon of making one accelerator where the catalogue has none, and its share of the host. [kgCO2e]."""

    accelerator_kgco2e: float
    host_kgco2e: float
    source: str


@dataclass(frozen=True, slots=True)
class QualityConstants:
    """Fixed points of the data law and the score link (Q2, Q6). [nat/token], [1]."""

    loss_start_nats: float
    loss_floor_nats: float
    anchor_examples: float
    enough_examples: float
    low: float
    high: float
    source: str


@dataclass(frozen=True, slots=True)
class UpdateConstants:
    """How much longer `both` takes from data to live. [1]."""

    both_lag_factor: float
    source: str


@dataclass(frozen=True, slots=True)
class StorageConstants:
    """What is kept: text [bytes/token], checkpoints of a release [1] and their size [bytes/parameter]."""

    bytes_per_token: float
    kept_checkpoints: int
    checkpoint_bytes_per_param: float
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Physics:
    """All constants, with version and source of the file they came from. Compared by identity.

    `sources` names, by part and field, where a constant comes from that has not the source of its part.
    """

    version: str
    source: str
    sources: Mapping[str, Mapping[str, str]]
    training: TrainingConstants
    serving: ServingConstants
    power: PowerConstants
    embodied: EmbodiedConstants
    quality: QualityConstants
    updates: UpdateConstants
    storage: StorageConstants

    def named(self, record: _T, about: str, card: str = "") -> _T:
        """Return inputs or constants of a law, as they are.

        Where a plan is written as equations, its physics gives every number in them a name here.

        Parameters
        ----------
        record : dataclass
            Numbers by field.
        about : str
            What they belong to: unlike ones may have the same fields.
        card : str, optional
            Name of the accelerator that some of them are of, whatever else they belong to.
        """
        return record


def _build(kind: type[_T], values: dict[str, Any], **parts: Any) -> _T:
    """Return a record; lists become tuples, and a missing or unknown key is an error of the file."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    given = {**values, **parts}
    if set(given) != names:
        raise ValueError(f"{kind.__name__}: keys differ: {sorted(set(given) ^ names)}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})


def read_physics(path: Path) -> Physics:
    """Return the constants of a file.

    Raises
    ------
    ValueError
        If a key is missing or unknown.
    """
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Physics(
        version=raw["version"],
        source=raw["source"],
        sources=raw["sources"],
        training=_build(TrainingConstants, raw["training"]),
        serving=_build(ServingConstants, raw["serving"]),
        power=_build(PowerConstants, raw["power"]),
        embodied=_build(EmbodiedConstants, raw["embodied"]),
        quality=_build(QualityConstants, raw["quality"]),
        updates=_build(UpdateConstants, raw["updates"]),
        storage=_build(StorageConstants, raw["storage"]),
    )


@cache
def load_physics() -> Physics:
    """Return the constants that travel with the program."""
    return read_physics(resource("physics", "constants.json"))
