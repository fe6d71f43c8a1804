"""Line items: their catalogue, categories, phases and quantities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from planner.scenario.actuals import Category

CATEGORIES: tuple[Category, ...] = get_args(Category)
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


def category_of(name: str) -> str:
    """Return the category of an item; a category is its own."""
    return ITEMS[name].category if name in ITEMS else name
