"""What a figure is: a sum of line items, or something else that depends on inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from planner.engine.lineitems import CARBON, ENERGY, HOURS, USD, WATER, Phase, category_of

Take = Callable[[str, Phase], bool]
"""Whether an item in a phase is part of a sum."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a figure that is no sum of line items depends on.

    Attributes
    ----------
    note : str
        How it comes about.
    quantity : int or None
        Column of the ledger whose items help to read it; None where none does.
    """

    note: str
    equations: tuple[str, ...]
    inputs: tuple[str, ...]
    quantity: int | None = None


EVERYTHING: Final[Take] = lambda item, phase: True  # noqa: E731 - one of a table of such
SUMS: Final[Mapping[str, tuple[int, Take]]] = {
    "total_usd": (USD, EVERYTHING),
    "first_release_usd": (USD, EVERYTHING),
    "refresh_usd": (USD, lambda item, phase: phase == "refresh"),
    "energy_kwh": (ENERGY, EVERYTHING),
    "carbon_kgco2e": (CARBON, EVERYTHING),
    "carbon_operational_kgco2e": (CARBON, lambda item, phase: category_of(item) != "hardware"),
    "carbon_embodied_kgco2e": (CARBON, lambda item, phase: category_of(item) == "hardware"),
    "water_l": (WATER, EVERYTHING),
    "training_accelerator_h": (HOURS, lambda item, phase: phase != "serving"),
    "serving_accelerator_h": (HOURS, lambda item, phase: phase == "serving"),
}
FIRST_MONTH_ONLY: Final = frozenset({"first_release_usd"})

_VOLUME: Final = ("workload.requests_per_month", "workload.growth_frac_per_month", "horizon_months")
_TOKENS: Final = ("workload.input_tokens", "workload.output_tokens", "workload.output_tokens_cv")
_MACHINE: Final = ("serving.hardware", "serving.precision", "serving.accelerators_per_replica")
_LOAD: Final = ("workload.peak_to_mean", "serving.target_load_frac", "serving.min_replicas")
_AGE: Final = ("refresh.drift_points_per_month", "refresh.interval_months", "refresh.lag_months")
_QUALITY: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "api": ((), ("quality.api_points",)),
    "prompt": (("Q9",), ("quality.prompt_points", "quality.quantised_drop_frac", "serving.precision")),
    "finetune": (
        ("Q2", "Q6", "Q7", "Q9"),
        (
            "quality.finetune_points",
            "quality.prompt_points",
            "quality.tuned_points_at_10k",
            "data.examples",
            "quality.data_exponent",
            "quality.data_half_examples",
            "finetune.method",
            "serving.precision",
        ),
    ),
}
_STUDENT: Final = ("student.model", "student.params", "base.model", "distil.examples", "distil.teacher")

_BASES: Final[Mapping[str, Basis]] = {
    "npv_usd": Basis(
        "The months below, each discounted to the first release.",
        ("X1",),
        ("prices.discount_frac_per_year", "horizon_months"),
        USD,
    ),
    "usd_per_1k_requests": Basis(
        "The total below over all requests of the horizon, in thousands.", (), _VOLUME, USD
    ),
    "usd_per_1k_acceptable": Basis(
        "The total below over the acceptable answers of the horizon, in thousands.",
        ("U1",),
        (*_VOLUME, *_AGE, "quality.handover_frac", "quality.usd_per_handover"),
        USD,
    ),
    "battery_frac_per_day": Basis(
        "Energy of an answer times the requests of a device and day, over what its battery holds.",
        ("I10",),
        (
            *("workload.battery_wh", "workload.active_devices", "workload.requests_per_month"),
            *("serving.edge_hardware", "serving.edge_precision"),
        ),
    ),
    "payback_month": Basis(
        "The first month from which the cumulative cost stays at or below the baseline's.", (), _VOLUME, USD
    ),
    "carbon_price_usd": Basis(
        "The carbon below times the price of a tonne; beside the total, never in it.",
        ("C1", "C2"),
        ("site.usd_per_tco2e",),
        CARBON,
    ),
    "lost_value_usd": Basis(
        "Answers that are not acceptable, month by month, times what one costs; beside the total.",
        ("U1",),
        ("quality.usd_per_failed_answer", *_VOLUME, *_AGE),
    ),
    "replicas_peak": Basis(
        "The busy hour of the busiest month over what one replica carries.",
        ("S1", "S2", "I5", "M5"),
        (*_VOLUME[:2], *_TOKENS[:2], *_LOAD, *_MACHINE),
    ),
    "accelerators_per_replica": Basis(
        "As many as hold weights and cache; of those, what takes the fewest accelerator-hours.",
        ("M5", "S2"),
        ("serving.accelerators_per_replica", "base.model", *_MACHINE[:2], *_TOKENS[:2]),
    ),
    "ttft_p95_s": Basis(
        "Wait for a slot, reading the prompt and one step, in the busy hour of the busiest month.",
        ("I1", "I6", "I7"),
        ("workload.input_tokens", "workload.instruction_tokens", "workload.network_s", *_LOAD, *_MACHINE),
    ),
    "tpot_s": Basis(
        "One step of the running batch, in the busy hour of the busiest month.",
        ("I2", "I3", "I4", "I5"),
        (*_TOKENS, *_LOAD, *_MACHINE),
    ),
    "latency_p95_s": Basis(
        "First token, each further one and the network, in the busy hour of the busiest month.",
        ("I1", "I2", "I6", "I7"),
        (*_TOKENS, "workload.network_s", *_LOAD, *_MACHINE),
    ),
    "general_quality": Basis(
        "The base's ability outside the domain, less what tuning makes it forget.",
        ("Q8", "Q10"),
        (
            "quality.general_points",
            "quality.forgetting_full_points",
            "quality.forgetting_lora_points",
            "refresh.replay_frac",
            "finetune.method",
        ),
    ),
    "refreshes": Basis(
        "Refreshes, migrations and replacements that fall due within the horizon.",
        ("U2",),
        (
            "refresh.interval_months",
            "refresh.api_migration_months",
            "refresh.teacher_update_months",
            "horizon_months",
        ),
    ),
}
_API_TIMES: Final = {
    "ttft_p95_s": ("api.ttft_p95_s", "workload.network_s"),
    "tpot_s": ("api.tpot_s",),
    "latency_p95_s": ("api.ttft_p95_s", "api.tpot_s", "workload.output_tokens", "workload.network_s"),
}


def basis_of(figure: str, strategy: str) -> Basis | None:
    """Return what a figure depends on; None where it is a sum of line items, by `SUMS`."""
    if figure in ("quality", "quality_lowest"):
        return _quality_basis(figure, strategy)
    if strategy == "api" and figure in _API_TIMES:
        return Basis("What the provider is assumed to take.", (), _API_TIMES[figure])
    return _BASES.get(figure)


def _quality_basis(figure: str, strategy: str) -> Basis:
    if strategy in _QUALITY:
        equations, inputs = _QUALITY[strategy]
    else:
        tuned = _QUALITY["finetune"][1][1:6] if strategy == "both" else ("quality.prompt_points",)
        equations = ("Q2", "Q6", "Q8", "Q9") if strategy == "both" else ("Q2", "Q8", "Q9")
        measured = f"quality.{strategy}_points"
        inputs = (measured, *_STUDENT, "quality.distil_loss_frac", *tuned, "serving.precision")
    note = "Percent of acceptable answers at release, assumed until it is measured."
    if figure == "quality_lowest":
        note = "The score at release, less the drift until the next release is live."
        equations, inputs = (*equations, "U1"), (*_AGE, *inputs)
    return Basis(note, equations, inputs)
