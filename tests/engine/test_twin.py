"""The engine against its slow twin: every figure and every ledger row of 200 random plans."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from reference import FIRST, QUANTITIES, REFRESH, RUNNING, twin

from planner.catalog.load import load_catalog
from planner.catalog.prices import cloud_providers
from planner.engine.results import FIGURES, Results, StrategyResult
from planner.engine.run import simulate
from planner.scenario.model import STRATEGY_IDS, Scenario

CATALOG = load_catalog()
SEED = 20261124
PLANS = 200
BATCHES = 20
TOLERANCE = 1e-9
LEDGER_SUMS = {
    "total_usd": ("usd", (FIRST, RUNNING, REFRESH)),
    "first_release_usd": ("usd", (FIRST,)),
    "refresh_usd": ("usd", (REFRESH,)),
    "energy_kwh": ("energy_kwh", (FIRST, RUNNING, REFRESH)),
    "carbon_kgco2e": ("carbon_kgco2e", (FIRST, RUNNING, REFRESH)),
    "water_l": ("water_l", (FIRST, RUNNING, REFRESH)),
}

# ---------------------------------------------------------------- random plans
FAMILIES = (
    ("llama-3.1-70b", "llama-3.1-405b", "llama-3.3-70b", "llama-3.1-8b", "llama-3.2-3b", "llama-3.2-1b"),
    ("qwen2.5-72b", "qwen2.5-32b", "qwen2.5-14b", "qwen2.5-7b", "qwen2.5-3b", "qwen2.5-0.5b"),
    ("qwen3-32b", "qwen3-14b", "qwen3-8b", "qwen3-4b", "qwen3-1.7b", "qwen3-0.6b"),
    ("gemma-3-27b", "gemma-3-12b", "gemma-3-4b", "gemma-3-1b"),
    ("falcon-180b", "falcon-40b", "falcon-7b"),
    ("pythia-12b", "pythia-2.8b", "pythia-410m"),
)
SINGLES = ("mistral-7b-v0.3", "phi-4", "mistral-small-24b", "smollm3-3b")
MIXTURES = (
    "mixtral-8x7b",
    "mixtral-8x22b",
    "deepseek-v3",
    "deepseek-v2-lite",
    "gpt-oss-20b",
    "gpt-oss-120b",
    "qwen3-30b-a3b",
)
CARDS = (
    "nvidia-h100-sxm",
    "nvidia-h200-sxm",
    "nvidia-h100-pcie",
    "nvidia-a100-sxm-80gb",
    "nvidia-a100-pcie-40gb",
    "nvidia-l40s",
    "amd-mi300x",
    "nvidia-b200-sxm",
    "nvidia-rtx-4090",
)
WORKSTATIONS = ("nvidia-rtx-4090", "nvidia-rtx-5090", "nvidia-rtx-6000-ada", "nvidia-rtx-3060-12gb")
DEVICES = (
    "qualcomm-snapdragon-8-elite",
    "apple-a18",
    "google-tensor-g4",
    "apple-m4-max",
    "raspberry-pi-5-8gb",
    "nvidia-jetson-agx-orin-64gb",
)
APIS = (("openai", "gpt-6.1-terra"), ("openai", "gpt-4o-mini"), ("anthropic", "claude-sonnet-4-5"))
GRIDS = ("usa", "deu", "fra", "swe", "ind", "wor", "eee")
PRECISIONS = ("bf16", "fp8", "fp4", "int8", "int4")
PROVIDER_ROWS = (
    "openai-ft-gpt-4.1-mini-2025-04-14",
    "openai-ft-gpt-3.5-turbo",
    "fireworks-lora-sft-16.1b-80b",
    "together-fine-tuning-70b-100b-lowest-lora-sft",
    "aws-bedrock-custom-nova-lite",
    "mistral-fine-tuning-nemo-and-7b-class",
)


class Dice:
    """Random values that are no round numbers, so that no choice rests on an exact tie."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def linear(self, low: float, high: float) -> float:
        return self.random.uniform(low, high)

    def log(self, low: float, high: float) -> float:
        return math.exp(self.random.uniform(math.log(low), math.log(high)))

    def one_of(self, options: Any) -> Any:
        return self.random.choice(options)

    def null_or(self, share: float, value: Any) -> Any:
        """A typed value in a share of the plans, else null."""
        return value if self.chance(share) else None


def models(dice: Dice) -> dict[str, Any]:
    """Base and student: of one family, of a single, or a mixture; on or off their catalogue sizes."""
    family = dice.one_of(FAMILIES)
    base, student = sorted((dice.random.randrange(len(family)), dice.random.randrange(len(family))))
    values: dict[str, Any] = {"base.model": family[base], "student.model": family[student]}
    if dice.chance(0.3):
        values["base.model"] = dice.one_of((*MIXTURES, *SINGLES))
    if dice.chance(0.15):
        values["student.model"] = dice.one_of((*SINGLES, "qwen3-30b-a3b", "gpt-oss-20b"))
    for part in ("base", "student"):
        model = CATALOG.find_model(values[f"{part}.model"])
        if dice.chance(0.4):
            values[f"{part}.params"] = model.total_params * dice.log(0.7 if model.is_moe else 0.2, 4.0)
        elif dice.chance(0.1):
            values[f"{part}.model"], values[f"{part}.params"] = None, dice.log(4e8, 8e11)
    values["api.assumed_model"] = dice.null_or(
        0.3, dice.one_of(("llama-3.1-405b", "deepseek-v3", "qwen3-8b"))
    )
    return values


def traffic(dice: Dice) -> dict[str, Any]:
    return {
        "horizon_months": dice.one_of((1, 2, 3, 12, 24, 36, 60, dice.random.randint(1, 60))),
        "workload.requests_per_month": 0.0 if dice.chance(0.06) else dice.log(1e3, 3e8),
        "workload.growth_frac_per_month": 0.0 if dice.chance(0.2) else dice.linear(-0.15, 0.15),
        "workload.input_tokens": dice.log(20, 6000),
        "workload.output_tokens": dice.log(5, 2000),
        "workload.output_tokens_cv": dice.linear(0, 2),
        "workload.instruction_tokens": dice.log(10, 8000),
        "workload.tuned_instruction_tokens": dice.log(1, 800),
        "workload.prefix_cache_hit_frac": dice.one_of((0.0, dice.linear(0, 1), 1.0)),
        "workload.peak_to_mean": dice.linear(1, 8),
        "workload.ttft_limit_s": dice.null_or(0.5, dice.log(0.05, 5)),
        "workload.tpot_limit_s": dice.null_or(0.7, dice.log(0.004, 0.2)),
        "workload.active_devices": dice.log(10, 1e7),
        "workload.network_s": dice.linear(0, 0.3),
    }


def prices(dice: Dice) -> dict[str, Any]:
    provider, model = dice.one_of(APIS)
    return {
        "api.provider": provider,
        "api.model": model,
        "api.input_usd_per_mtok": dice.null_or(0.3, dice.log(0.02, 20)),
        "api.output_usd_per_mtok": dice.null_or(0.3, dice.log(0.05, 60)),
        "api.cached_input_usd_per_mtok": dice.null_or(0.3, dice.log(0.01, 5)),
        "api.batch_discount_frac": dice.linear(0, 1),
        "api.ttft_p95_s": dice.log(0.1, 5),
        "api.tpot_s": dice.log(0.002, 0.1),
        "prices.api_fall_factor_per_year": dice.null_or(0.5, dice.log(0.5, 20)),
        "prices.api_reselect": dice.chance(0.3),
        "prices.rent_change_frac_per_year": dice.linear(-0.5, 0.5),
        "prices.discount_frac_per_year": 0.0 if dice.chance(0.15) else dice.linear(0, 0.3),
        "prices.cloud_overhead_frac": dice.one_of((0.0, dice.linear(0, 0.6))),
        "prices.cloud_provider": dice.null_or(0.2, dice.one_of(cloud_providers(CATALOG))),
        "prices.storage_usd_per_gb_month": dice.linear(0, 0.1),
        "prices.egress_usd_per_gb": dice.linear(0, 0.2),
        "hardware.ownership": dice.one_of(("rent", "rent", "own")),
        "hardware.capex_usd_per_accelerator": dice.null_or(0.6, dice.log(2e3, 6e4)),
        "hardware.host_usd_per_accelerator": dice.linear(0, 2e4),
        "hardware.residual_frac": dice.linear(0, 0.5),
        "hardware.life_years": dice.linear(1, 8),
        "hardware.upkeep_frac_per_year": dice.linear(0, 0.2),
        "labour.usd_per_hour": dice.linear(20, 200),
        "labour.overhead_factor": dice.linear(1, 1.5),
        "labour.refresh_frac": dice.linear(0, 1),
        "labour.run_edge_hours_per_month": dice.linear(0, 50),
    }


def adaptation(dice: Dice) -> dict[str, Any]:
    return {
        "data.examples": dice.log(50, 1e6),
        "data.tokens_per_example": dice.log(50, 8000),
        "data.usd_per_example": dice.log(0.01, 20),
        "data.llm_label_frac": dice.linear(0, 1),
        "data.llm_label_saving_frac": dice.linear(0, 1),
        "data.eval_examples": dice.one_of((0.0, dice.log(10, 5000))),
        "data.eval_usd_per_example": dice.linear(0, 5),
        "data.judge_usd_per_answer": dice.linear(0, 0.05),
        "finetune.method": dice.one_of(("full", "lora", "qlora")),
        "finetune.epochs": dice.linear(0.5, 5),
        "finetune.lora_rank": dice.log(2, 256),
        "finetune.runs_per_release": dice.linear(1, 12),
        "finetune.host": dice.one_of(("own", "own", "provider")),
        "finetune.provider_row": dice.null_or(0.5, dice.one_of(PROVIDER_ROWS)),
        "finetune.tasks": dice.one_of((1, 1, 3, 12)),
        "distil.method": dice.one_of(("sequence", "sequence", "logits")),
        "distil.teacher": dice.one_of(("base", "base", "api")),
        "distil.examples": dice.log(100, 1e6),
        "distil.accept_frac": dice.linear(0.1, 1),
        "distil.epochs": dice.linear(0.5, 5),
        "distil.runs_per_release": dice.linear(1, 12),
        "distil.usd_per_prompt": dice.linear(0, 0.2),
        "distil.students": dice.one_of((1, 1, 2, 7)),
        "distil.escalated_frac": dice.one_of((0.0, 0.0, 1.0, dice.linear(0, 0.1), dice.linear(0, 1))),
        "distil.escalate_to": dice.one_of(("api", "base")),
        "distil.escalation_aim_frac": dice.linear(0, 1),
        "training.accelerators": dice.null_or(0.3, dice.one_of((1, 3, 8, 16, 24, 128, 512))),
        "training.seq_len": dice.log(256, 32768),
        "training.packing_frac": dice.linear(0.3, 1),
    }


def machines(dice: Dice) -> dict[str, Any]:
    target = dice.one_of(("cloud", "cloud", "workstation", "edge"))
    devices = {"cloud": (None,), "workstation": WORKSTATIONS, "edge": DEVICES}[target]
    return {
        "training.hardware": dice.one_of(CARDS),
        "training.usd_per_accelerator_h": dice.null_or(0.4, dice.log(0.2, 15)),
        "serving.hardware": dice.one_of(CARDS),
        "serving.precision": dice.one_of(PRECISIONS),
        "serving.usd_per_accelerator_h": dice.null_or(0.4, dice.log(0.2, 15)),
        "serving.purchase": dice.one_of(("on_demand", "reserved", "spot")),
        "serving.target_load_frac": dice.linear(0.3, 0.95),
        "serving.min_replicas": dice.one_of((1, 2, 5)),
        "serving.autoscale": dice.chance(0.35),
        "serving.accelerators_per_replica": dice.null_or(0.25, dice.one_of((1, 2, 3, 4, 8, 16))),
        "serving.student_target": target,
        "serving.edge_hardware": dice.null_or(0.7, dice.one_of(devices)),
        "serving.edge_precision": dice.one_of(PRECISIONS),
        "site.grid": dice.one_of(GRIDS),
        "site.carbon_kgco2e_per_kwh": dice.null_or(0.2, dice.linear(0, 1)),
        "site.pue": dice.null_or(0.3, dice.linear(1, 2)),
        "site.wue_l_per_kwh": dice.linear(0, 2),
        "site.grid_water_l_per_kwh": dice.null_or(0.3, dice.linear(0, 8)),
        "site.usd_per_kwh": dice.null_or(0.3, dice.linear(0.02, 0.5)),
        "site.usd_per_tco2e": dice.null_or(0.3, dice.linear(0, 400)),
    }


def upkeep(dice: Dice) -> dict[str, Any]:
    return {
        "refresh.interval_months": "optimal" if dice.chance(0.3) else dice.random.randint(1, 18),
        "refresh.new_data_frac": dice.linear(0, 1),
        "refresh.replay_frac": dice.linear(0, 0.5),
        "refresh.drift_points_per_month": dice.one_of((0.0, dice.linear(0, 1), dice.linear(0, 4))),
        "refresh.drift_most_points": dice.null_or(0.6, dice.log(0.5, 60)),
        "refresh.lag_months": dice.linear(0, 2),
        "refresh.api_migration_months": dice.null_or(0.7, dice.random.randint(1, 20)),
        "refresh.teacher_update_months": dice.null_or(0.4, dice.random.randint(1, 20)),
        "quality.api_points": dice.linear(50, 99),
        "quality.prompt_points": dice.linear(40, 90),
        "quality.tuned_points_at_10k": dice.linear(45, 94),
        "quality.finetune_points": dice.null_or(0.2, dice.linear(50, 99)),
        "quality.distil_points": dice.null_or(0.2, dice.linear(50, 99)),
        "quality.both_points": dice.null_or(0.2, dice.linear(50, 99)),
        "quality.data_exponent": dice.linear(0.1, 0.6),
        "quality.data_half_examples": dice.log(1e3, 1e6),
        "quality.distil_loss_frac": dice.linear(0, 0.1),
        "quality.quantised_drop_frac": dice.linear(0, 0.05),
        "quality.general_points": dice.linear(5, 90),
        "quality.forgetting_full_points": dice.linear(0, 30),
        "quality.handover_frac": 0.0 if dice.chance(0.5) else dice.linear(0, 1),
        "quality.usd_per_handover": dice.log(0.1, 100),
        "quality.usd_per_failed_answer": 0.0 if dice.chance(0.3) else dice.log(1e-4, 1),
        "limits.max_total_usd": dice.null_or(0.2, dice.log(1e4, 1e8)),
        "limits.min_quality": dice.null_or(0.2, dice.linear(50, 90)),
        "limits.max_latency_p95_s": dice.null_or(0.2, dice.log(0.5, 60)),
        "limits.self_hosted_only": dice.chance(0.1),
    }


def random_plan(number: int) -> Scenario:
    """A valid plan; the same number gives the same plan."""
    dice = Dice(f"{SEED}-{number}")
    chosen = dice.one_of((STRATEGY_IDS, STRATEGY_IDS, dice.random.sample(STRATEGY_IDS, 3)))
    values = {"name": f"Plan {number}", "strategies": tuple(chosen)}
    for draw in (models, traffic, prices, adaptation, machines, upkeep):
        values |= draw(dice)
    return Scenario().with_(values)


# ---------------------------------------------------------------- comparison
def agree(one: Any, other: Any) -> bool:
    """Whether two figures are the same to the tolerance; null and NaN are none."""
    known = [value is not None and not math.isnan(value) for value in (one, other)]
    if not all(known):
        return known[0] == known[1]
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=0.0)


def rows_of(results: Results, strategy: str) -> dict[tuple[Any, ...], tuple[float, ...]]:
    return {row[:5]: row[5:] for row in results.ledger_rows() if row[0] == strategy}


def compared(name: str, fast: StrategyResult, slow: dict[str, Any], rows: dict[Any, Any]) -> list[str]:
    """Every disagreement on one strategy, in words."""
    if bool(fast.fits) != slow["fits"]:
        return [f"{name}: fits {fast.fits}, twin {slow['fits']} {[str(p) for p in fast.problems]}"]
    if not slow["fits"]:
        assert not rows
        return []
    found = [
        f"{name} {figure}: {fast.figures[figure]!r}, twin {value!r}"
        for figure, value in slow["figures"].items()
        if not agree(fast.figures[figure], value)
    ]
    if fast.release_flop.keys() != slow["flop"].keys():
        found.append(f"{name} operations: {set(fast.release_flop)}, twin {set(slow['flop'])}")
    found += [
        f"{name} {item}: {fast.release_flop[item]!r} operations, twin {flop!r}"
        for item, flop in slow["flop"].items()
        if not agree(fast.release_flop.get(item), flop)
    ]
    none = (0.0,) * len(QUANTITIES)
    for key in rows.keys() | slow["rows"].keys():
        pair = rows.get(key, none), slow["rows"].get(key, none)
        if not all(map(agree, *pair)):
            found.append(f"{key}: {pair[0]}, twin {pair[1]}")
    return found


def sums_differ(
    name: str, figures: dict[str, Any], rows: dict[tuple[Any, ...], tuple[float, ...]]
) -> list[str]:
    """Totals that are not the sum of the ledger's rows."""
    found = []
    for figure, (quantity, phases) in LEDGER_SUMS.items():
        place = QUANTITIES.index(quantity)
        total = math.fsum(values[place] for key, values in rows.items() if key[4] in phases)
        if not agree(total, figures[figure]):
            found.append(f"{name} {figure}: {figures[figure]!r}, rows {total!r}")
    return found


@pytest.mark.parametrize("batch", range(BATCHES))
def test_engine_agrees_with_its_twin(batch: int):
    found = []
    for number in range(batch, PLANS, BATCHES):
        plan = random_plan(number)
        results, slow = simulate(plan, CATALOG), twin(plan, CATALOG)
        for name in plan.strategies:
            fast, rows = results.strategies[name], rows_of(results, name)
            wrong = compared(name, fast, slow[name], rows)
            if fast.fits:
                wrong += sums_differ(name, fast.figures, rows)
            found += [f"plan {number}, {line}" for line in wrong]
    assert not found, "\n".join(found[:40])


def test_twin_knows_every_figure():
    figures = twin(Scenario(), CATALOG)["prompt"]["figures"]
    assert set(figures) == set(FIGURES)
