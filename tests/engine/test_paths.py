"""Every input moves a figure, in the direction that physics and economics say.

One row an input: a plan in which it matters, from which value to which, whose figure, and the sign of its
change; 0 is "changes", for choices such as a model. Not in the table: inputs that change no figure
(`NO_FIGURE`: name, notes, first month and all of `report`), and `ranges`, which only draws read.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from random_plans import NO_FIGURE

from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.run import simulate
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario

CATALOG = load_catalog()
SPECS = specs_of(Scenario)


class Row(NamedTuple):
    """What one input does."""

    path: str
    old: Any
    new: Any
    strategy: str
    figure: str
    sign: int
    plan: dict[str, Any] = {}  # noqa: RUF012 - never written to


OWNED = {"hardware.ownership": "own"}
EDGE = {"serving.student_target": "edge", "student.model": "llama-3.2-1b"}
DESK = {"serving.student_target": "workstation"}
BUSY = {"workload.requests_per_month": 3e7}
BY_API = {"distil.teacher": "api"}
SOLD_BY_BOTH = {"api.model": "claude-haiku-4-5"}
AT_PROVIDER = {"finetune.host": "provider"}
TUNED_FLASH, TUNED_PRO = (f"google-vertex-tuned-gemini-2.5-{kind}" for kind in ("flash", "pro"))
ROW = {"finetune.provider_row": TUNED_FLASH}
HELD = {**BUSY, "serving.accelerators_per_replica": 4}
FULL, QLORA = ({"finetune.method": method} for method in ("full", "qlora"))
FEW = {"data.examples": 1000}

TABLE = [
    Row("horizon_months", 12, 24, "prompt", "total_usd", +1),
    Row("strategies", ("api",), ("api", "prompt"), "api", "strategies", +1),
    # ---- workload
    Row("workload.requests_per_month", 1e6, 4e6, "api", "total_usd", +1),
    Row("workload.growth_frac_per_month", 0.0, 0.05, "api", "total_usd", +1),
    Row("workload.input_tokens", 900, 1800, "api", "total_usd", +1),
    Row("workload.output_tokens", 450, 900, "api", "total_usd", +1),
    Row("workload.output_tokens_cv", 0.5, 2.0, "prompt", "replicas_peak", +1, BUSY),  # long answers are held
    Row("workload.instruction_tokens", 1000, 3600, "api", "total_usd", +1),
    Row("workload.tuned_instruction_tokens", 100, 2000, "finetune", "tpot_s", +1),
    Row("workload.prefix_cache_hit_frac", 0.2, 0.8, "api", "total_usd", -1),
    Row("workload.peak_to_mean", 2.0, 6.0, "prompt", "replicas_peak", +1, BUSY),
    Row("workload.ttft_limit_s", 1.0, 2.0, "api", "keeps_limits", +1),
    Row("workload.tpot_limit_s", 0.04, 0.09, "prompt", "replicas_peak", -1, HELD),
    Row("workload.active_devices", 1e4, 1e6, "distil", "total_usd", +1, EDGE),
    Row("workload.network_s", 0.05, 0.5, "prompt", "latency_p95_s", +1),
    # ---- models and API
    Row("base.model", "llama-3.1-70b", "llama-3.1-8b", "prompt", "energy_kwh", 0),
    Row("base.params", 3e10, 6e10, "prompt", "energy_kwh", +1),
    Row("student.model", "llama-3.1-8b", "llama-3.2-1b", "distil", "energy_kwh", 0),
    Row("student.params", 3e9, 6e9, "distil", "energy_kwh", +1),
    Row("api.provider", "anthropic", "quicksilverpro", "api", "total_usd", 0, SOLD_BY_BOTH),
    Row("api.model", "gpt-6.1-terra", "gpt-4.1-mini", "api", "total_usd", 0),
    Row("api.input_usd_per_mtok", 0.5, 2.0, "api", "total_usd", +1),
    Row("api.output_usd_per_mtok", 2.0, 8.0, "api", "total_usd", +1),
    Row("api.cached_input_usd_per_mtok", 0.05, 0.5, "api", "total_usd", +1),
    Row("api.batch_discount_frac", 0.2, 0.6, "distil", "total_usd", -1, BY_API),
    Row("api.ttft_p95_s", 0.5, 1.5, "api", "ttft_p95_s", +1),
    Row("api.tpot_s", 0.01, 0.03, "api", "latency_p95_s", +1),
    Row("api.assumed_model", "llama-3.1-8b", "llama-3.1-70b", "api", "energy_kwh", 0),
    # ---- data and adaptation
    Row("data.examples", 5000, 20_000, "finetune", "quality", +1),
    Row("data.tokens_per_example", 700, 2800, "finetune", "training_accelerator_h", +1),
    Row("data.usd_per_example", 0.5, 2.0, "finetune", "total_usd", +1),
    Row("data.llm_label_frac", 0.0, 0.8, "finetune", "total_usd", -1),
    Row("data.llm_label_saving_frac", 0.5, 0.9, "finetune", "total_usd", -1, {"data.llm_label_frac": 0.5}),
    Row("data.eval_examples", 100, 2000, "prompt", "total_usd", +1),
    Row("data.eval_usd_per_example", 0.1, 2.0, "prompt", "total_usd", +1),
    Row("data.judge_usd_per_answer", 0.001, 0.02, "distil", "total_usd", +1),
    Row("finetune.method", "lora", "full", "finetune", "training_accelerator_h", 0),
    Row("finetune.epochs", 1, 4, "finetune", "training_accelerator_h", +1),
    Row("finetune.lora_rank", 8, 128, "finetune", "training_accelerator_h", +1),
    Row("finetune.runs_per_release", 1, 5, "finetune", "total_usd", +1),
    Row("finetune.host", "own", "provider", "finetune", "total_usd", 0, ROW),
    Row("finetune.provider_row", TUNED_FLASH, TUNED_PRO, "finetune", "total_usd", 0, AT_PROVIDER),
    Row("finetune.tasks", 1, 4, "finetune", "total_usd", -1),
    Row("distil.method", "sequence", "logits", "distil", "first_release_usd", 0),
    Row("distil.teacher", "base", "api", "distil", "quality", 0),
    Row("distil.examples", 10_000, 60_000, "distil", "quality", +1),
    Row("distil.accept_frac", 0.3, 0.9, "distil", "first_release_usd", -1),
    Row("distil.epochs", 1, 4, "distil", "training_accelerator_h", +1),
    Row("distil.runs_per_release", 1, 5, "distil", "training_accelerator_h", +1),
    Row("distil.usd_per_prompt", 0.01, 0.10, "distil", "first_release_usd", +1),
    Row("distil.students", 1, 4, "both", "first_release_usd", -1),
    # ---- training and serving
    Row(
        "training.hardware",
        "nvidia-h100-sxm",
        "nvidia-a100-sxm-80gb",
        "finetune",
        "training_accelerator_h",
        0,
    ),
    Row("training.accelerators", 4, 8, "finetune", "training_accelerator_h", +1),  # a fixed hour of each
    Row("training.usd_per_accelerator_h", 2.0, 6.0, "finetune", "total_usd", +1),
    Row(
        "training.seq_len",
        2048,
        16384,
        "finetune",
        "training_accelerator_h",
        +1,
        {"training.accelerators": 8},
    ),
    Row("training.packing_frac", 0.5, 0.95, "finetune", "training_accelerator_h", -1),
    Row("serving.hardware", "nvidia-h100-sxm", "nvidia-h200-sxm", "prompt", "tpot_s", 0),
    Row("serving.precision", "fp8", "bf16", "prompt", "tpot_s", 0),
    Row("serving.usd_per_accelerator_h", 2.0, 6.0, "prompt", "total_usd", +1),
    Row("serving.purchase", "on_demand", "spot", "prompt", "total_usd", 0),
    Row("serving.target_load_frac", 0.4, 0.9, "prompt", "replicas_peak", -1, BUSY),
    Row("serving.min_replicas", 1, 8, "prompt", "total_usd", +1),
    Row("serving.autoscale", False, True, "prompt", "total_usd", -1, BUSY),
    Row("serving.accelerators_per_replica", 2, 8, "distil", "total_usd", +1),
    Row("serving.student_target", "cloud", "workstation", "distil", "total_usd", 0),
    Row("serving.edge_hardware", "qualcomm-snapdragon-8-elite", "apple-a18", "distil", "tpot_s", 0, EDGE),
    Row("serving.edge_precision", "int4", "int8", "distil", "total_usd", 0, EDGE),
    # ---- site
    Row("site.grid", "usa", "fra", "prompt", "carbon_kgco2e", 0),
    Row("site.carbon_kgco2e_per_kwh", 0.1, 0.5, "prompt", "carbon_kgco2e", +1),
    Row("site.pue", 1.1, 1.6, "prompt", "energy_kwh", +1),
    Row("site.wue_l_per_kwh", 0.2, 1.8, "prompt", "water_l", +1),
    Row("site.grid_water_l_per_kwh", 1.0, 6.0, "prompt", "water_l", +1),
    Row("site.usd_per_kwh", 0.05, 0.30, "prompt", "total_usd", +1, OWNED),
    Row("site.usd_per_tco2e", 20, 200, "prompt", "carbon_price_usd", +1),
    # ---- limits: states, not figures
    Row("limits.goal", "cost", "quality", "finetune", "choice", 0),
    Row("limits.max_total_usd", 1e3, 1e8, "prompt", "keeps_limits", +1),
    Row("limits.max_carbon_kgco2e", 1.0, 1e9, "prompt", "keeps_limits", +1),
    Row("limits.min_quality", 10, 80, "prompt", "keeps_limits", -1),
    Row("limits.max_latency_p95_s", 0.1, 600, "prompt", "keeps_limits", +1),
    Row("limits.self_hosted_only", False, True, "api", "keeps_limits", -1),
    # ---- upkeep
    Row("refresh.interval_months", 3, 9, "finetune", "refresh_usd", -1),
    Row("refresh.new_data_frac", 0.1, 0.6, "finetune", "refresh_usd", +1),
    Row("refresh.replay_frac", 0.05, 0.5, "finetune", "refresh_usd", +1),
    Row("refresh.drift_points_per_month", 0.1, 1.0, "prompt", "quality_lowest", -1),
    Row("refresh.drift_most_points", 0.5, 10, "prompt", "quality_lowest", -1),
    Row("refresh.lag_months", 0.2, 3.0, "prompt", "quality_lowest", -1),
    Row("refresh.api_migration_months", 5, 23, "api", "refreshes", -1),
    Row("refresh.teacher_update_months", 5, 23, "finetune", "refresh_usd", -1),
    # ---- scores
    Row("quality.api_points", 60, 90, "api", "quality", +1),
    Row("quality.prompt_points", 60, 80, "prompt", "quality", +1),
    Row("quality.tuned_points_at_10k", 78, 90, "finetune", "quality", +1),
    Row("quality.finetune_points", 60, 90, "finetune", "quality", +1),
    Row("quality.distil_points", 60, 90, "distil", "quality", +1),
    Row("quality.both_points", 60, 90, "both", "quality", +1),
    # Below the anchor of 10,000 examples a steeper law, or one that needs more data, leaves less of the gain.
    Row("quality.data_exponent", 0.15, 0.6, "finetune", "quality", -1, FEW),
    Row("quality.data_half_examples", 1e3, 1e6, "finetune", "quality", -1, FEW),
    Row("quality.distil_loss_frac", 0.01, 0.08, "distil", "quality", -1),
    Row("quality.quantised_drop_frac", 0.0, 0.1, "prompt", "quality", -1, {"serving.precision": "int8"}),
    Row("quality.qlora_drop_frac", 0.0, 0.1, "finetune", "quality", -1, QLORA),
    Row("quality.general_points", 50, 80, "prompt", "general_quality", +1),
    Row(
        "quality.forgetting_full_points",
        0,
        30,
        "finetune",
        "general_quality",
        -1,
        {"finetune.method": "full"},
    ),
    Row("quality.forgetting_lora_points", 0, 30, "finetune", "general_quality", -1),
    Row("quality.usd_per_failed_answer", 0.001, 0.01, "prompt", "lost_value_usd", +1),
    Row("workload.battery_wh", 10, 20, "distil", "battery_frac_per_day", -1, EDGE),
    Row("quality.handover_frac", 0.0, 0.5, "prompt", "total_usd", +1),
    Row("quality.usd_per_handover", 3, 25, "prompt", "total_usd", +1, {"quality.handover_frac": 0.5}),
    # ---- what a student passes on
    Row("distil.escalated_frac", 0.0, 0.2, "distil", "total_usd", +1),
    Row("distil.escalate_to", "api", "base", "distil", "total_usd", 0, {"distil.escalated_frac": 0.2}),
    Row("distil.escalation_aim_frac", 0.0, 1.0, "distil", "quality", +1, {"distil.escalated_frac": 0.2}),
    # ---- people and prices
    Row("labour.usd_per_hour", 50, 150, "prompt", "total_usd", +1),
    Row("labour.overhead_factor", 1.0, 1.3, "prompt", "total_usd", +1),
    Row("labour.api_hours", 40, 200, "api", "total_usd", +1),
    Row("labour.prompt_hours", 40, 200, "prompt", "total_usd", +1),
    Row("labour.finetune_hours", 100, 500, "finetune", "total_usd", +1),
    Row("labour.distil_hours", 100, 500, "distil", "total_usd", +1),
    Row("labour.both_hours", 100, 900, "both", "total_usd", +1),
    Row("labour.refresh_frac", 0.1, 0.5, "prompt", "refresh_usd", +1),
    Row("labour.run_api_hours_per_month", 5, 40, "api", "total_usd", +1),
    Row("labour.run_own_hours_per_month", 5, 40, "prompt", "total_usd", +1),
    Row("labour.run_edge_hours_per_month", 5, 40, "distil", "total_usd", +1, EDGE),
    Row("prices.api_fall_factor_per_year", 1.0, 4.0, "api", "total_usd", -1),
    Row("prices.api_reselect", False, True, "api", "refresh_usd", +1),
    Row("prices.rent_change_frac_per_year", -0.3, 0.3, "prompt", "total_usd", +1),
    Row("prices.discount_frac_per_year", 0.0, 0.2, "prompt", "npv_usd", -1),
    Row("prices.cloud_provider", "vast", "azure", "prompt", "total_usd", 0),
    Row("prices.cloud_overhead_frac", 0.0, 0.5, "prompt", "total_usd", +1),
    Row("prices.storage_usd_per_gb_month", 0.01, 0.2, "prompt", "total_usd", +1),
    Row("prices.egress_usd_per_gb", 0.01, 0.2, "api", "total_usd", +1),
    # ---- own hardware
    Row("hardware.ownership", "rent", "own", "prompt", "total_usd", 0),
    Row("hardware.capex_usd_per_accelerator", 2e4, 6e4, "prompt", "total_usd", +1, OWNED),
    Row("hardware.host_usd_per_accelerator", 5e3, 2e4, "prompt", "total_usd", +1, OWNED),
    Row("hardware.residual_frac", 0.0, 0.5, "prompt", "total_usd", -1, OWNED),
    Row("hardware.life_years", 3, 8, "prompt", "carbon_kgco2e", -1),
    Row("hardware.upkeep_frac_per_year", 0.02, 0.2, "prompt", "total_usd", +1, OWNED),
    # ---- own measurements
    Row("measured.training_speed_factor", 0.5, 2.0, "finetune", "training_accelerator_h", -1),
    Row("measured.training_memory_factor", 0.5, 3.0, "finetune", "training_accelerator_h", +1),
    Row("measured.serving_speed_factor", 0.3, 2.0, "prompt", "serving_accelerator_h", -1),
    Row("measured.device_speed_factor", 0.5, 2.0, "distil", "tpot_s", -1, EDGE),
    Row("measured.serving_power_factor", 0.7, 1.3, "prompt", "energy_kwh", +1),
]


def figure(row, value):
    """The row's figure with its input at a value."""
    scenario = Scenario().with_({**row.plan, row.path: value})
    if (
        row.figure == "problem_or_total"
    ):  # the other provider sells no model of this name, unless prices are typed
        scenario = scenario.with_(
            {"api.model": {"openai": "gpt-4.1-mini", "anthropic": "claude-haiku-4-5"}[value]}
        )
    results = simulate(scenario, CATALOG)
    result = results.strategies[row.strategy]
    assert result.fits, result.problems
    if row.figure == "strategies":
        return len(results.strategies)
    if row.figure == "choice":
        return choose(results).strategy
    if row.figure == "keeps_limits":
        return float(result.keeps_limits)
    return result[row.figure]


def test_no_input_is_missing_and_none_stands_twice():
    paths = [row.path for row in TABLE]
    assert len(paths) == len(set(paths))
    assert set(paths) == set(SPECS) - NO_FIGURE


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.path)
def test_each_input_moves_a_figure_the_right_way(row):
    before, after = figure(row, row.old), figure(row, row.new)
    if row.sign == 0:
        assert before != after
    else:
        assert np.sign(after - before) == row.sign, (before, after)


@pytest.mark.parametrize("path", sorted(NO_FIGURE))
def test_what_is_said_to_change_no_figure_changes_none(path):
    values = {
        "start_month": "2031-07",
        "report.currency_per_usd": 0.9,
        "report.fiscal_year_start_month": 7,
        "labour.engineers": 9,
    }
    scenario = Scenario().with_({path: values.get(path, "EUR")})
    before, after = (simulate(each, CATALOG).strategies for each in (Scenario(), scenario))
    for name, result in before.items():
        assert after[name].figures == pytest.approx(result.figures, nan_ok=True)


def test_ranges_change_no_figure():
    span = {"low": 1e6, "mode": 2e6, "high": 6e6, "shape": "lognormal"}
    scenario = Scenario().with_({"ranges.workload.requests_per_month": span})
    before, after = (simulate(each, CATALOG).strategies for each in (Scenario(), scenario))
    for name, result in before.items():
        assert after[name].figures == pytest.approx(result.figures, nan_ok=True)
