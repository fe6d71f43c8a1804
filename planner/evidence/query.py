"""One prediction that nobody has measured: its interval, and training in ranks as measured runs tell it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from planner.catalog.load import load_catalog
from planner.catalog.records import Hardware
from planner.engine.architecture import Architecture
from planner.engine.calibration import load_calibration
from planner.engine.generations import generation_of
from planner.evidence.families.memory import STUDIES as MEMORY_STUDIES
from planner.evidence.families.training import STUDIES as TRAINING_STUDIES
from planner.evidence.intervals import Interval, interval
from planner.evidence.names import Names
from planner.evidence.reference import Settings
from planner.evidence.study import Keys, Study
from planner.evidence.validate import load_left_out
from planner.units import GIGA


@cache
def _configurations() -> frozenset[tuple[str, tuple[str, ...]]]:
    return frozenset((study, row.fine) for (study, _, _), row in load_left_out().items())


@cache
def _names() -> Names:
    return Names(load_catalog())


def interval_for(study: str, keys: Keys, job: Any) -> Interval:
    """Return the interval of a prediction of a study, by how new it is to the fit."""
    known = (study, (keys.model, keys.hardware, keys.source, keys.fine)) in _configurations()
    return interval(load_calibration().study(study), keys, job, known=known)


def keys_of(arch: Architecture, card: Hardware, software: str, fine: str) -> Keys:
    """Return the groups of a query: a model at its catalogue size counts as measured where a run has it."""
    model = arch.model_id if not arch.interpolated else f"{arch.family} {float(arch.params) / GIGA:.3g}B"
    return Keys(model, generation_of(card.id).name, software, fine)


@dataclass(frozen=True, slots=True)
class Ranks:
    """Training of all weights in tensor and pipeline ranks.

    Parameters
    ----------
    arch : Architecture
        What is trained.
    card : Hardware
        On what.
    seq_len : float
        Tokens of a sequence. [token]
    accelerators, tensor, pipeline : int
        Cards, and the degrees of parallelism; with neither, weights are sharded over all. [1]
    micro_batch, global_batch : int or None
        Sequences of a micro-batch on one card, and of a step on all. [1]
    recompute : str
        ``none``, ``selective`` or ``full``.
    precision : str
        ``bf16`` or ``fp8``.
    """

    arch: Architecture
    card: Hardware
    seq_len: float
    accelerators: int
    tensor: int
    pipeline: int
    micro_batch: int | None
    global_batch: int | None
    recompute: str
    precision: str

    def settings(self, software: str) -> Settings:
        """Return the run as a row of measured runs would say it."""
        arch = self.arch
        cells: dict[str, str | float | None] = {
            "model": arch.model_id if not arch.interpolated else "",
            "family": arch.family,
            "params_total_b": float(arch.params) / GIGA,
            "params_active_b": float(arch.active_params) / GIGA,
            "hardware": self.card.id,
            "accelerators": float(self.accelerators),
            "precision": self.precision,
            "seq_len": self.seq_len,
            "micro_batch_seqs": None if self.micro_batch is None else float(self.micro_batch),
            "global_batch_seqs": None if self.global_batch is None else float(self.global_batch),
            "parallelism": self.parallelism,
            "activation_ckpt": self.recompute,
            "source": software,
        }
        known = {name: cell for name, cell in cells.items() if cell is not None}
        return Settings("training", "query", known)

    @property
    def parallelism(self) -> str:
        """The layout in the words of a row."""
        if self.tensor == self.pipeline == 1:
            return "FSDP"
        return f"TP{self.tensor} PP{self.pipeline}"


def ranks_tokens_per_s(ranks: Ranks, software: str) -> tuple[float, Interval]:
    """Return trained tokens by second and card, and how sure that is. [token/s].

    Raises
    ------
    Declined
        If the law does not speak of such a model or card.
    """
    return _predicted(TRAINING_STUDIES[0], ranks.settings(software), {})


def ranks_peak_gb(ranks: Ranks, software: str) -> tuple[float, Interval]:
    """Return the peak memory of one card, whether or not the card has it, and how sure that is. [GB].

    Raises
    ------
    Declined
        If the law does not speak of such a model or card.
    """
    return _predicted(MEMORY_STUDIES[0], ranks.settings(software), {"limit_bytes": math.inf})


def _predicted(study: Study, settings: Settings, changes: Mapping[str, float]) -> tuple[float, Interval]:
    described = study.describe(settings, _names())
    job = replace(described.job, **changes)
    constants = study.constants(**load_calibration().study(study.name).constants.at(described.levels))
    return float(study.law(job, constants)), interval_for(study.name, described.keys, job)
