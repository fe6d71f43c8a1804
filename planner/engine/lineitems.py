"""Line items by month: their catalogue, and the ledger that adds them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from planner.engine.arrays import Array

Category = Literal[
    "data",
    "teacher",
    "training",
    "evaluation",
    "serving",
    "idle",
    "storage",
    "labour",
    "hardware",
    "electricity",
]
CATEGORIES: tuple[Category, ...] = (
    "serving",
    "idle",
    "labour",
    "data",
    "teacher",
    "training",
    "evaluation",
    "hardware",
    "electricity",
    "storage",
)
CATEGORY_TITLES: dict[str, str] = {
    "serving": "Serving",
    "idle": "Idle capacity",
    "labour": "Labour",
    "data": "Data",
    "teacher": "Teacher",
    "training": "Training",
    "evaluation": "Evaluation",
    "hardware": "Hardware",
    "electricity": "Electricity",
    "storage": "Storage and egress",
    "refresh": "Refresh",
}
Phase = Literal["first release", "serving", "refresh"]
PHASES: tuple[Phase, ...] = ("first release", "serving", "refresh")

QUANTITIES = ("usd", "energy_kwh", "carbon_kgco2e", "water_l", "accelerator_h")
USD, ENERGY, CARBON, WATER, HOURS = range(len(QUANTITIES))


@dataclass(frozen=True, slots=True)
class ItemInfo:
    """What a line item is: title, category, equations of the model, inputs that drive it.

    An input may hold ``{strategy}``, where each strategy has one of its own; `inputs_of` fills it in.
    """

    title: str
    category: Category
    equations: tuple[str, ...]
    inputs: tuple[str, ...]

    def inputs_of(self, strategy: str) -> tuple[str, ...]:
        """Return the paths of the inputs that drive this item in a strategy."""
        return tuple(path.format(strategy=strategy) for path in self.inputs)


_TRAINING_INPUTS = (
    "training.hardware",
    "training.accelerators",
    "training.usd_per_accelerator_h",
    "training.seq_len",
    "training.packing_frac",
    "measured.training_speed_factor",
    "prices.rent_change_frac_per_year",
)
_SERVING_INPUTS = (
    "workload.requests_per_month",
    "workload.growth_frac_per_month",
    "workload.input_tokens",
    "workload.output_tokens",
    "workload.peak_to_mean",
    "serving.hardware",
    "serving.precision",
    "serving.usd_per_accelerator_h",
    "serving.purchase",
    "serving.target_load_frac",
    "serving.min_replicas",
    "serving.accelerators_per_replica",
    "measured.serving_speed_factor",
    "prices.rent_change_frac_per_year",
)
_API_INPUTS = (
    "workload.requests_per_month",
    "workload.growth_frac_per_month",
    "api.provider",
    "api.model",
    "prices.api_fall_factor_per_year",
)
_OWN_INPUTS = (
    "hardware.ownership",
    "hardware.capex_usd_per_accelerator",
    "hardware.host_usd_per_accelerator",
    "hardware.residual_frac",
    "hardware.life_years",
    "hardware.upkeep_frac_per_year",
    "prices.discount_frac_per_year",
)

ITEMS: dict[str, ItemInfo] = {
    "labels": ItemInfo(
        "Labels by people",
        "data",
        ("X8",),
        (
            "data.examples",
            "data.usd_per_example",
            "data.llm_label_frac",
            "data.llm_label_saving_frac",
            "refresh.new_data_frac",
        ),
    ),
    "prompts": ItemInfo(
        "Prompts for the teacher",
        "data",
        ("K4",),
        ("distil.examples", "distil.accept_frac", "distil.usd_per_prompt", "distil.students"),
    ),
    "answers": ItemInfo(
        "Teacher's answers, hosted",
        "teacher",
        ("K5",),
        ("distil.examples", "distil.accept_frac", "base.model", "workload.output_tokens", *_TRAINING_INPUTS),
    ),
    "answers_api": ItemInfo(
        "Teacher's answers, API",
        "teacher",
        ("K4", "S4"),
        (
            "distil.examples",
            "distil.accept_frac",
            "api.model",
            "api.batch_discount_frac",
            "workload.output_tokens",
        ),
    ),
    "teacher_forward": ItemInfo(
        "Teacher beside the student",
        "teacher",
        ("K1", "K2"),
        ("distil.examples", "distil.epochs", "base.model", *_TRAINING_INPUTS),
    ),
    "judge": ItemInfo(
        "Judging the answers",
        "teacher",
        ("K4",),
        ("distil.examples", "distil.accept_frac", "data.judge_usd_per_answer"),
    ),
    "base_training": ItemInfo(
        "Fine-tuning runs",
        "training",
        ("F2", "F3", "F4", "T1", "T2"),
        (
            "base.model",
            "data.examples",
            "data.tokens_per_example",
            "finetune.method",
            "finetune.epochs",
            "finetune.lora_rank",
            "finetune.runs_per_release",
            *_TRAINING_INPUTS,
        ),
    ),
    "student_training": ItemInfo(
        "Student's training runs",
        "training",
        ("F2", "F4", "T1", "T2"),
        (
            "student.model",
            "distil.examples",
            "data.tokens_per_example",
            "distil.epochs",
            "distil.runs_per_release",
            *_TRAINING_INPUTS,
        ),
    ),
    "provider_training": ItemInfo(
        "Fine-tuning at the provider",
        "training",
        (),
        (
            "finetune.provider_row",
            "data.examples",
            "data.tokens_per_example",
            "finetune.epochs",
            "finetune.runs_per_release",
        ),
    ),
    "evaluation_people": ItemInfo(
        "Evaluation by people", "evaluation", (), ("data.eval_examples", "data.eval_usd_per_example")
    ),
    "evaluation_judge": ItemInfo(
        "Evaluation by a model", "evaluation", (), ("data.eval_examples", "data.judge_usd_per_answer")
    ),
    "release_labour": ItemInfo(
        "Engineering of a release",
        "labour",
        ("X6",),
        ("labour.usd_per_hour", "labour.overhead_factor", "labour.{strategy}_hours", "labour.refresh_frac"),
    ),
    "running_labour": ItemInfo(
        "Running the service",
        "labour",
        ("X6",),
        (
            "labour.usd_per_hour",
            "labour.overhead_factor",
            "labour.run_api_hours_per_month",
            "labour.run_own_hours_per_month",
            "labour.run_edge_hours_per_month",
        ),
    ),
    "api_input": ItemInfo(
        "API, prompt tokens",
        "serving",
        ("S4", "X5"),
        (
            *_API_INPUTS,
            "api.input_usd_per_mtok",
            "api.cached_input_usd_per_mtok",
            "workload.input_tokens",
            "workload.instruction_tokens",
            "workload.prefix_cache_hit_frac",
        ),
    ),
    "api_output": ItemInfo(
        "API, answer tokens",
        "serving",
        ("S4", "X5"),
        (*_API_INPUTS, "api.output_usd_per_mtok", "workload.output_tokens"),
    ),
    "serving": ItemInfo(
        "Busy accelerators", "serving", ("I1", "I2", "I5", "S1", "S2", "P3"), _SERVING_INPUTS
    ),
    "idle": ItemInfo("Idle accelerators", "idle", ("S2", "S3", "P3"), _SERVING_INPUTS),
    "devices": ItemInfo(
        "Users' devices",
        "serving",
        ("I10",),
        ("serving.edge_hardware", "serving.edge_precision", "student.model", "workload.output_tokens"),
    ),
    "escalated_input": ItemInfo(
        "API for what is passed on, prompts",
        "serving",
        ("S4", "X5"),
        ("distil.escalated_frac", *_API_INPUTS, "api.input_usd_per_mtok", "workload.input_tokens"),
    ),
    "escalated_output": ItemInfo(
        "API for what is passed on, answers",
        "serving",
        ("S4", "X5"),
        ("distil.escalated_frac", *_API_INPUTS, "api.output_usd_per_mtok", "workload.output_tokens"),
    ),
    "escalated_serving": ItemInfo(
        "Large model for what is passed on",
        "serving",
        ("I1", "I2", "I5", "S1", "S2", "P3"),
        ("distil.escalated_frac", "base.model", *_SERVING_INPUTS),
    ),
    "escalated_idle": ItemInfo(
        "Large model, idle",
        "idle",
        ("S2", "S3", "P3"),
        ("distil.escalated_frac", "base.model", *_SERVING_INPUTS),
    ),
    "handover": ItemInfo(
        "Answers by people instead",
        "labour",
        (),
        (
            "quality.handover_frac",
            "quality.usd_per_handover",
            "workload.requests_per_month",
            "refresh.drift_points_per_month",
        ),
    ),
    "owned_hardware": ItemInfo("Owned hardware, annuity and upkeep", "hardware", ("X2",), _OWN_INPUTS),
    "electricity": ItemInfo(
        "Electricity", "electricity", ("P4", "X2"), ("site.usd_per_kwh", "site.grid", "site.pue")
    ),
    "cloud_overhead": ItemInfo("Further cloud services", "serving", (), ("prices.cloud_overhead_frac",)),
    "stored": ItemInfo("Data and checkpoints", "storage", ("X9",), ("prices.storage_usd_per_gb_month",)),
    "egress": ItemInfo(
        "Answers sent out",
        "storage",
        ("X9",),
        ("prices.egress_usd_per_gb", "workload.requests_per_month", "workload.output_tokens"),
    ),
    "delivery": ItemInfo(
        "Weights sent to devices",
        "storage",
        ("X9",),
        ("workload.active_devices", "prices.egress_usd_per_gb", "serving.edge_precision"),
    ),
    "embodied": ItemInfo("Making the hardware", "hardware", ("C2",), ("hardware.life_years",)),
}

Row = tuple[str, str, Phase]
"""Strategy, item (or category) and phase."""

_ROWS_AT_FIRST = 128


class Books:
    """The rows of all strategies in one block: adding and summing take one call for all of them.

    Parameters
    ----------
    months : int
        Horizon; arrays hold one more entry.
    draws : int or None
        With draws, rows of a category and phase are added up and single rows are dropped (decision 48).
    """

    __slots__ = ("_block", "draws", "index", "months")

    def __init__(self, months: int, draws: int | None) -> None:
        self.months = months
        self.draws = draws
        self.index: dict[Row, int] = {}
        size = (months + 1,) if draws is None else (draws, months + 1)
        # As many as a plan of five strategies takes: memory that nobody writes to is free, growing is not.
        self._block = np.zeros((_ROWS_AT_FIRST, len(QUANTITIES), *size))

    @property
    def block(self) -> Array:
        """All rows: shape (row, quantity, ..., month)."""
        return self._block[: len(self.index)]

    def row(self, strategy: str, item: str, phase: Phase) -> Array:
        """Return the row of an item in a phase, quantities first: made on first use, written in place."""
        return self.rows([(strategy, item, phase)])[0]

    def rows(self, rows: Sequence[Row]) -> list[Array]:
        """Return several rows, likewise. They hold until a row is made."""
        numbers = self._numbers(rows)  # may grow the block
        block = self._block
        return [block[number] for number in numbers]

    def _numbers(self, rows: Sequence[Row]) -> list[int]:
        """Return where rows stand in the block; new ones are made."""
        if self.draws is not None:
            rows = [(strategy, ITEMS[item].category, phase) for strategy, item, phase in rows]
        index = self.index
        numbers = [index.setdefault(row, len(index)) for row in rows]
        while len(index) > len(self._block):
            self._block = np.concatenate([self._block, np.zeros_like(self._block)])
        return numbers

    def book(self, rows: Sequence[Row], amounts: Any, months: Any) -> None:
        """Add amounts of several items in some months.

        Parameters
        ----------
        rows : sequence of (strategy, item, phase)
            Different rows.
        amounts : array
            Unit of each quantity; shape (row, quantity, ..., month).
        months : slice or array of int
            Of months 0 to the horizon; with draws it may name single ones.
        """
        numbers = self._numbers(rows)
        if self.draws is None:
            self._block[numbers, :, months] += amounts
            return
        for number, added in zip(numbers, amounts, strict=True):
            row = self._block[number]  # items share that of their category
            row[..., months] += added

    def total_by_month(self, strategies: tuple[str, ...]) -> Any:
        """Return the rows of each strategy added up. Shape (strategy, quantity, ..., month)."""
        return self._grouped(_owners(tuple(self.index), strategies), self.block)

    def sums_by_group(self, strategies: tuple[str, ...]) -> Any:
        """Return refreshes, all releases, serving, and the hardware category, added up over rows and months.

        Unit of each quantity, shape (group, strategy, quantity, ...).
        """
        groups = _groups(tuple(self.index), strategies)
        sums = self._grouped(groups.reshape(-1, groups.shape[-1]), self.block.sum(axis=-1))
        return sums.reshape(*groups.shape[:2], *sums.shape[1:])

    @staticmethod
    def _grouped(members: Array, rows: Array) -> Any:
        return (members @ rows.reshape(len(rows), -1)).reshape(len(members), *rows.shape[1:])


class Ledger:
    """The rows of one strategy in books that are closed."""

    __slots__ = ("_books", "_rows", "_strategy")

    def __init__(self, books: Books, strategy: str) -> None:
        self._books, self._strategy = books, strategy
        self._rows: dict[tuple[str, Phase], Array] | None = None

    @property
    def months(self) -> int:
        """Horizon of the books. [months]."""
        return self._books.months

    @property
    def has_draws(self) -> bool:
        """Whether rows are arrays by draw, added up by category."""
        return self._books.draws is not None

    @property
    def rows(self) -> dict[tuple[str, Phase], Array]:
        """Rows by item (by category with draws) and phase, quantities first: shape (quantity, ..., month)."""
        if self._rows is None:
            block = self._books.block
            self._rows = {
                (name, phase): block[number]
                for (strategy, name, phase), number in self._books.index.items()
                if strategy == self._strategy
            }
        return self._rows

    def totals(self, quantity: int) -> dict[tuple[str, Phase], float]:
        """Return a quantity over the horizon (and all draws) by item and phase."""
        rows = [(key[1:], row) for key, row in self._books.index.items() if key[0] == self._strategy]
        amounts = self._books.block[[row for _, row in rows], quantity]
        sums = amounts.reshape(len(rows), -1).sum(axis=1).tolist() if rows else []
        return {key: total for (key, _), total in zip(rows, sums, strict=True)}


Keys = tuple[Row, ...]


@lru_cache(maxsize=512)
def _owners(keys: Keys, strategies: tuple[str, ...]) -> Array:
    """Return which rows belong to each strategy. [1], shape (strategy, row)."""
    return np.array(
        [[owner == strategy for owner, _, _ in keys] for strategy in strategies], dtype=np.float64
    )


@lru_cache(maxsize=512)
def _groups(keys: Keys, strategies: tuple[str, ...]) -> Array:
    """Return which rows belong to each group of `Books.sums_by_group`. [1], shape (group, strategy, row)."""
    kinds = [
        [phase == "refresh" for _, _, phase in keys],
        [phase != "serving" for _, _, phase in keys],
        [phase == "serving" for _, _, phase in keys],
        [category_of(name) == "hardware" for _, name, _ in keys],
    ]
    grouped: Array = np.array(kinds, dtype=np.float64)[:, np.newaxis, :] * _owners(keys, strategies)
    return grouped


def category_of(name: str) -> str:
    """Return the category of an item; a category is its own."""
    return ITEMS[name].category if name in ITEMS else name
