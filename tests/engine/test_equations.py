"""A plan's equations give the plan's own numbers, and with changed inputs what a new simulation gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
from random_plans import plan

from planner.catalog.load import load_catalog
from planner.engine.equations.build import plan_equations
from planner.engine.equations.expressions import Quantity, evaluate, quantities_in
from planner.engine.equations.plan import PlanEquations
from planner.engine.formulas import FORMULAS
from planner.engine.lineitems import QUANTITIES
from planner.engine.results import FIGURES, Results
from planner.engine.run import simulate
from planner.engine.world import Inputs
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario, spec_for
from planner.scenario.presets import load_preset, presets
from planner.units import UNITS

EXACT = 1e-9
SPECS = specs_of(Scenario)
NUMBERS = [path for path, spec in SPECS.items() if spec.numeric and spec.section in Inputs.__slots__]
"""Paths of numeric inputs that a simulation reads."""

MADE: dict[str, dict[str, Any]] = {
    "owned": {"hardware.ownership": "own", "horizon_months": 60},
    "owned, typed": {
        "hardware.ownership": "own",
        "hardware.capex_usd_per_accelerator": 40_000.0,
        "site.pue": 1.3,
        "prices.discount_frac_per_year": 0.0,
    },
    "autoscale": {"serving.autoscale": True, "workload.requests_per_month": 5e7},
    "workstation": {"serving.student_target": "workstation", "student.model": "llama-3.2-1b"},
    "owned, workstation": {
        "hardware.ownership": "own",
        "serving.student_target": "workstation",
        "student.model": "llama-3.2-1b",
    },
    "devices": {"serving.student_target": "edge", "student.model": "llama-3.2-1b"},
    "passed on to an API": {"distil.escalated_frac": 0.2, "refresh.api_migration_months": 5},
    "passed on to the base": {"distil.escalated_frac": 0.03, "distil.escalate_to": "base"},
    "passed on, owned": {
        "distil.escalated_frac": 0.2,
        "distil.escalate_to": "base",
        "hardware.ownership": "own",
    },
    "taught by an API": {"distil.teacher": "api", "distil.students": 3},
    "logits": {"distil.method": "logits", "finetune.method": "full", "training.hardware": "nvidia-b200-sxm"},
    "qlora": {"finetune.method": "qlora", "serving.precision": "int4"},
    "sold by the token": {
        "finetune.host": "provider",
        "finetune.provider_row": "google-vertex-tuned-gemini-2.5-flash",
    },
    "endpoint of a provider": {
        "finetune.host": "provider",
        "finetune.provider_row": "fireworks-lora-sft-16.1b-80b",
    },
    "tasks": {"finetune.tasks": 4, "serving.min_replicas": 3},
    "cloud overhead": {"prices.cloud_overhead_frac": 0.2},
    "handed over": {"quality.handover_frac": 0.5, "quality.usd_per_failed_answer": 2.0},
    "selected again": {"prices.api_reselect": True, "refresh.interval_months": 2},
    "replaced": {"refresh.teacher_update_months": 6, "refresh.api_migration_months": 9, "horizon_months": 60},
    "best intervals": {"refresh.interval_months": "optimal", "quality.usd_per_failed_answer": 0.05},
    "drift ends": {"refresh.drift_most_points": 8.0, "refresh.drift_points_per_month": 1.5},
    "mixture": {"base.model": "mixtral-8x7b", "distil.method": "sequence"},
    "mixture behind the API": {"api.assumed_model": "mixtral-8x7b"},
    "other sizes": {"base.params": 4e10, "student.params": 5e9},
    "typed prices": {"api.input_usd_per_mtok": 1.0, "api.output_usd_per_mtok": 3.0},
    "shrinking": {"workload.growth_frac_per_month": -0.05, "workload.tpot_limit_s": None},
    "no traffic": {"workload.requests_per_month": 0.0},
    "one month": {"horizon_months": 1},
    "two strategies": {"strategies": ("finetune", "both"), "refresh.interval_months": 7},
    "a student alone": {"strategies": ("distil",), "distil.escalated_frac": 0.5},
    "very many requests": {"workload.requests_per_month": 4e9, "workload.peak_to_mean": 9.0},
}
"""Plans that together take every way through the engine."""


@cache
def scenario_of(name: str) -> Scenario:
    """Return a preset's scenario, or a new plan with changes."""
    return Scenario().with_(MADE[name]) if name in MADE else load_preset(name).scenario


@cache
def made(name: str) -> tuple[Results, PlanEquations]:
    results = simulate(scenario_of(name), load_catalog())
    return results, plan_equations(results, load_catalog())


EVERY = (*(each.id for each in presets()), *MADE)
whole = pytest.mark.parametrize("name", EVERY)


def fitting(results: Results) -> Iterator[str]:
    return (name for name, result in results.strategies.items() if np.all(result.fits))


def differences(
    equations: PlanEquations, results: Results, values: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Return every row and figure in which equations and a simulation differ."""
    found: list[tuple[Any, ...]] = []

    def value(quantity: Quantity) -> Any:
        return quantity.value if values is None else values[quantity.key]

    for strategy in fitting(results):
        result = results.strategies[strategy]
        assert result.ledger is not None
        for key, row in result.ledger.rows.items():
            quantities = equations.ledger.get((strategy, *key), {})
            for number, name in enumerate(QUANTITIES):
                got = value(quantities[name]) if name in quantities else 0.0
                if not np.allclose(got, row[number], rtol=EXACT, atol=0.0):
                    found.append((strategy, *key, name, got, row[number]))
        for (owner, name), quantity in equations.figures.items():
            wanted = float(result.figures[name]) if owner == strategy else 0.0
            got = value(quantity) if owner == strategy else 0.0
            if not np.isclose(got, wanted, rtol=EXACT, atol=0.0, equal_nan=True):
                found.append((strategy, name, got, wanted))
    return found


# ---------------------------------------------------------------- the plan's own numbers
@whole
def test_rows_and_figures_are_those_of_the_simulation(name: str) -> None:
    results, equations = made(name)
    assert any(True for _ in fitting(results))
    assert differences(equations, results) == []


@whole
def test_no_row_is_there_that_the_ledger_has_not(name: str) -> None:
    results, equations = made(name)
    for (strategy, *key), quantities in equations.ledger.items():
        ledger = results.strategies[strategy].ledger
        assert ledger is not None
        row = ledger.rows.get((key[0], key[1]))
        for quantity in quantities.values():
            assert row is not None or not np.any(quantity.value), (strategy, key)


@whole
def test_all_figures_have_an_equation(name: str) -> None:
    results, equations = made(name)
    for strategy in fitting(results):
        missing = {figure for figure in FIGURES if (strategy, figure) not in equations.figures}
        baseline = results.baseline
        no_payback = strategy == baseline or baseline not in set(fitting(results))
        assert missing == ({"payback_month"} if no_payback else set())


@whole
def test_scores_and_sums_by_month_are_those_of_the_simulation(name: str) -> None:
    results, equations = made(name)
    by_key = {quantity.key: quantity.value for quantity in equations.quantities()}
    for strategy in fitting(results):
        result = results.strategies[strategy]
        for key in ("usd_by_month", "energy_by_month", "carbon_by_month", "cumulative_usd"):
            if f"{strategy}/{key}" in by_key:
                np.testing.assert_allclose(by_key[f"{strategy}/{key}"], getattr(result, key), rtol=EXACT)
        np.testing.assert_allclose(
            by_key[f"{strategy}/quality_by_month"][1:], result.quality_by_month, rtol=EXACT
        )


@whole
def test_each_quantity_is_what_its_equation_gives(name: str) -> None:
    _, equations = made(name)
    seen: set[str] = set()
    for quantity in equations.quantities():
        assert quantity.key not in seen
        if quantity.equation is not None:
            assert {each.key for each in quantities_in(quantity.equation)} <= seen, quantity.key
            np.testing.assert_allclose(evaluate(quantity.equation), quantity.value, rtol=EXACT)
        else:
            assert quantity.source, quantity.key
        seen.add(quantity.key)
        assert quantity.unit in UNITS
        assert quantity.title
        assert all(each in FORMULAS for each in quantity.equations), quantity.equations


@whole
def test_every_row_rests_on_an_input(name: str) -> None:
    _, equations = made(name)
    rests: dict[str, bool] = {}
    for quantity in equations.quantities():
        parts = () if quantity.equation is None else quantities_in(quantity.equation)
        rests[quantity.key] = quantity.key in equations.inputs or any(rests[part.key] for part in parts)
    rows = [quantity for row in equations.ledger.values() for quantity in row.values()]
    assert rows
    assert all(rests[quantity.key] for quantity in rows)


def test_cost_of_replicas_goes_through_requests_replicas_and_hours() -> None:
    _, equations = made("customer-support")
    reached = {equations.ledger["distil", "serving", "serving"]["usd"].key}
    waiting = [equations.ledger["distil", "serving", "serving"]["usd"]]
    while waiting:
        quantity = waiting.pop()
        for part in () if quantity.equation is None else quantities_in(quantity.equation):
            if part.key not in reached:
                reached.add(part.key)
                waiting.append(part)
    assert {
        "workload.requests_per_month", "traffic/requests", "traffic/peak_per_s", "replicas/student/batch",
        "replicas/student/capacity_per_s", "replicas/student/replicas", "replicas/student/hours",
        "workload.peak_to_mean", "serving.usd_per_accelerator_h",
    } <= reached  # fmt: skip


def test_a_strategy_that_does_not_fit_has_no_equations() -> None:
    scenario = Scenario().with_({"serving.student_target": "edge", "student.model": "llama-3.1-70b"})
    results = simulate(scenario, load_catalog())
    assert not results.strategies["distil"].fits
    equations = plan_equations(results, load_catalog())
    assert {strategy for strategy, _ in equations.figures} == set(fitting(results))


@pytest.mark.parametrize("seed", range(30))
def test_random_plans_agree(seed: int) -> None:
    results = simulate(plan(Random(seed), share=0.3), load_catalog())
    assert any(fitting(results))
    assert differences(plan_equations(results, load_catalog()), results) == []


# ---------------------------------------------------------------- changed inputs
def recalculated(equations: PlanEquations, changes: Mapping[str, float]) -> dict[str, Any]:
    """Return every value by key with inputs changed, as a workbook gives them after its cells are changed."""
    values: dict[str, Any] = {}
    for quantity in equations.quantities():
        if quantity.equation is None:
            values[quantity.key] = changes.get(quantity.key, quantity.value)
        else:
            values[quantity.key] = evaluate(quantity.equation, values)
    assert changes.keys() <= values.keys()
    return values


def moved(path: str, value: float) -> float:
    """Return another value that the field takes."""
    spec = spec_for(path)
    new = (value + 1.0 if spec.whole else value * 1.3) if value else 0.2
    if spec.whole:
        new = float(round(new)) or 1.0
    if spec.high is not None and new > spec.high:
        new = value - 1.0 if spec.whole else value * 0.7
    return max(new, spec.low) if spec.low is not None else new


def simulated_with(results: Results, changes: Mapping[str, float]) -> Results:
    """Return a simulation with changed inputs and the choices held; the interval is the input itself."""
    choices, interval = results.choices, "refresh.interval_months"
    typed = {path: int(new) if spec_for(path).whole else new for path, new in changes.items()}
    if interval in typed:
        choices = {
            name: each._replace(interval_months=int(typed[interval])) for name, each in choices.items()
        }
    return simulate(results.scenario.with_(typed), load_catalog(), choices=choices)


TOGETHER = 16
"""Inputs that are changed at once: one that does not follow is seen as well, and much sooner."""


FILL_MEMORY = frozenset({"measured.training_memory_factor", "training.seq_len"})
"""Inputs that can make a run too large for the cards that were chosen for it."""


def unlike(results: Results, equations: PlanEquations, paths: list[str]) -> list[tuple[Any, ...]]:
    """Return what differs where inputs are changed at once; in halves where nothing fits then."""
    changes = {path: moved(path, float(equations.inputs[path].value)) for path in paths}
    after = simulated_with(results, changes)
    if set(fitting(after)) & set(fitting(results)):
        return [(paths, *each) for each in differences(equations, after, recalculated(equations, changes))]
    if len(paths) == 1:
        assert paths[0] in FILL_MEMORY
        return []
    half = len(paths) // 2
    return unlike(results, equations, paths[:half]) + unlike(results, equations, paths[half:])


@whole
def test_every_input_recalculates_to_what_a_simulation_gives(name: str) -> None:
    results, equations = made(name)
    paths = sorted(equations.inputs, key=lambda path: path.partition(".")[2])  # sections mixed
    for start in range(0, len(paths), TOGETHER):
        assert unlike(results, equations, paths[start : start + TOGETHER]) == []


@pytest.mark.parametrize("name", ["finance-loans-fraud", "passed on, owned"])
def test_every_input_recalculates_by_itself(name: str) -> None:
    results, equations = made(name)
    for path, quantity in equations.inputs.items():
        changes = {path: moved(path, float(quantity.value))}
        after = simulated_with(results, changes)
        assert differences(equations, after, recalculated(equations, changes)) == [], path


@pytest.mark.parametrize("name", ["customer-support", "on-device-mobile", "owned, typed", "devices"])
def test_what_is_neither_live_nor_held_changes_nothing(name: str) -> None:
    results, equations = made(name)
    for path in NUMBERS:
        if path in equations.inputs or path in equations.held:
            continue
        value = results.scenario.get(path)
        after = simulated_with(results, {path: moved(path, 1.0 if value is None else float(value))})
        assert differences(equations, after) == [], path


def test_the_inputs_that_finance_changes_are_live() -> None:
    _, equations = made("customer-support")
    assert {
        "workload.requests_per_month", "workload.growth_frac_per_month", "workload.peak_to_mean",
        "workload.input_tokens", "workload.output_tokens", "workload.instruction_tokens",
        "workload.tuned_instruction_tokens", "workload.prefix_cache_hit_frac", "api.input_usd_per_mtok",
        "api.output_usd_per_mtok", "training.usd_per_accelerator_h", "serving.usd_per_accelerator_h",
        "prices.api_fall_factor_per_year", "prices.rent_change_frac_per_year",
        "prices.discount_frac_per_year", "prices.storage_usd_per_gb_month", "prices.egress_usd_per_gb",
        "prices.cloud_overhead_frac", "site.usd_per_tco2e", "site.carbon_kgco2e_per_kwh", "site.pue",
        "site.wue_l_per_kwh", "site.grid_water_l_per_kwh", "data.examples", "data.usd_per_example",
        "data.eval_examples", "data.tokens_per_example", "finetune.epochs", "finetune.runs_per_release",
        "distil.examples", "distil.accept_frac", "distil.epochs", "labour.usd_per_hour",
        "labour.overhead_factor", "labour.distil_hours", "refresh.interval_months",
        "refresh.new_data_frac", "refresh.replay_frac", "refresh.api_migration_months",
        "refresh.teacher_update_months", "refresh.drift_points_per_month", "serving.target_load_frac",
        "serving.min_replicas", "hardware.life_years", "quality.handover_frac",
        "quality.usd_per_handover", "quality.usd_per_failed_answer",
    } <= set(equations.inputs)  # fmt: skip
    _, owned = made("owned")
    assert {
        "hardware.capex_usd_per_accelerator", "hardware.host_usd_per_accelerator",
        "hardware.residual_frac", "hardware.upkeep_frac_per_year", "site.usd_per_kwh",
    } <= set(owned.inputs)  # fmt: skip


def test_several_changes_at_once_recalculate_too() -> None:
    results, equations = made("customer-support")
    changes = {
        "workload.requests_per_month": 3e7,
        "workload.output_tokens": 700.0,
        "data.usd_per_example": 9.0,
        "serving.usd_per_accelerator_h": 2.2,
        "site.carbon_kgco2e_per_kwh": 0.05,
        "prices.discount_frac_per_year": 0.0,
        "refresh.teacher_update_months": 7.0,
    }
    after = simulated_with(results, changes)
    assert differences(equations, after, recalculated(equations, changes)) == []


def test_a_decided_interval_is_live_by_strategy() -> None:
    results, equations = made("best intervals")
    choices = {**results.choices, "distil": results.choices["distil"]._replace(interval_months=5)}
    after = simulate(results.scenario, load_catalog(), choices=choices)
    assert differences(equations, after) != []
    assert differences(equations, after, recalculated(equations, {"distil/interval_months": 5.0})) == []


@whole
def test_what_is_held_says_why_and_is_no_input(name: str) -> None:
    _, equations = made(name)
    assert not set(equations.held) & set(equations.inputs)
    assert {"horizon_months", "base.params", "student.params"} <= set(equations.held)
    assert all(reason.endswith(".") for reason in equations.held.values())


def test_null_inputs_stand_with_what_they_resolved_to() -> None:
    results, equations = made("customer-support")
    assert results.scenario.serving.usd_per_accelerator_h is None
    rent = equations.inputs["serving.usd_per_accelerator_h"]
    assert rent.value > 0.0
    assert "median" in rent.source
    assert rent.date
    assert equations.inputs["refresh.teacher_update_months"].value > results.scenario.horizon_months
