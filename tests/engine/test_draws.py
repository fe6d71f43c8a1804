"""Draws at once against single runs: the same figures, one draw at a time."""

from __future__ import annotations

import gc
import weakref
from typing import Any, NamedTuple

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.lineitems import CARBON, ENERGY, USD, category_of
from planner.engine.results import FIGURES, Results
from planner.engine.run import resolve, simulate
from planner.errors import InputError
from planner.scenario.fields import FieldSpec, specs_of
from planner.scenario.model import Scenario

CATALOG = load_catalog()
SEED = 20261124
TOLERANCE = 1e-12
BY_MONTH = ("usd_by_month", "energy_by_month", "carbon_by_month", "quality_by_month")


class Case(NamedTuple):
    """A plan, the spans its inputs are drawn from, and how often."""

    plan: Scenario
    spans: dict[str, tuple[float, float]]
    draws: int


SERVED_FROM_THE_CLOUD = Case(
    Scenario().with_({"quality.usd_per_failed_answer": 0.02, "refresh.interval_months": "optimal"}),
    {
        "workload.requests_per_month": (1e4, 2e8),
        "workload.growth_frac_per_month": (-0.1, 0.1),
        "workload.output_tokens": (50, 900),
        "workload.output_tokens_cv": (0, 2),
        "workload.prefix_cache_hit_frac": (0, 1),
        "workload.peak_to_mean": (1, 8),
        "base.params": (3e10, 9e10),
        "data.examples": (500, 1e6),
        "prices.api_fall_factor_per_year": (1, 5),
        "prices.rent_change_frac_per_year": (-0.5, 0.3),
        "serving.target_load_frac": (0.4, 0.9),
        "quality.distil_loss_frac": (0.01, 0.1),
        "refresh.drift_points_per_month": (0, 3),
    },
    1000,
)
MIXTURE_OWNED_AND_A_WORKSTATION = Case(
    Scenario().with_(
        {
            "base.model": "mixtral-8x7b",
            "student.model": "qwen2.5-7b",
            "distil.teacher": "api",
            "finetune.method": "qlora",
            "finetune.tasks": 3,
            "training.hardware": "nvidia-a100-sxm-80gb",
            "serving.hardware": "amd-mi300x",
            "serving.precision": "int8",
            "serving.autoscale": True,
            "serving.student_target": "workstation",
            "hardware.ownership": "own",
            "refresh.teacher_update_months": 7,
            "prices.api_reselect": True,
            "limits.max_total_usd": 2e6,
            "horizon_months": 36,
        }
    ),
    {
        "base.params": (3e10, 1.2e11),
        "student.params": (1e9, 2.5e10),
        "finetune.lora_rank": (2, 256),
        "training.seq_len": (512, 16384),
        "workload.requests_per_month": (1e3, 1e8),
        "workload.input_tokens": (50, 4000),
        "prices.discount_frac_per_year": (0, 0.3),
        "hardware.life_years": (1.5, 7),
        "site.pue": (1, 2),
        "site.usd_per_kwh": (0.03, 0.4),
        "distil.examples": (1000, 1e6),
        "distil.accept_frac": (0.2, 1),
        "api.input_usd_per_mtok": (0, 10),
    },
    100,
)
OUTGROWS_ITS_CHOICES = Case(
    Scenario().with_(
        {
            "base.model": "llama-3.1-8b",
            "student.model": "llama-3.2-1b",
            "distil.method": "logits",
            "finetune.method": "full",
            "serving.precision": "bf16",
            "serving.student_target": "edge",
            "training.accelerators": 4,
            "quality.usd_per_failed_answer": 0.001,
            "workload.tpot_limit_s": None,
            "horizon_months": 12,
        }
    ),
    {
        "base.params": (4e9, 5e10),
        "student.params": (7e8, 2.4e10),
        "training.seq_len": (512, 4096),
        "workload.requests_per_month": (1e3, 1e8),
        "workload.input_tokens": (50, 30000),
        "workload.output_tokens": (20, 4000),
        "workload.active_devices": (1e3, 1e7),
        "data.tokens_per_example": (100, 6000),
        "refresh.replay_frac": (0, 0.5),
        "quality.prompt_points": (40, 80),
        "labour.usd_per_hour": (30, 200),
        "prices.egress_usd_per_gb": (0, 0.2),
    },
    100,
)


def drawn(case: Case) -> dict[str, np.ndarray]:
    """Values of every input, evenly or by order of magnitude over its span."""
    random = np.random.default_rng(SEED)
    values = {}
    for path, (low, high) in case.spans.items():
        if low > 0 and high / low > 20:
            values[path] = np.exp(random.uniform(np.log(low), np.log(high), case.draws))
        else:
            values[path] = random.uniform(low, high, case.draws)
    return values


def differing(together: Results, alone: Results, draw: int) -> list[str]:
    """Figures of one draw that differ from the single run's, in words."""
    found = []
    for name, many in together.strategies.items():
        one = alone.strategies[name]
        pairs = {figure: (many.figures[figure], one.figures[figure]) for figure in FIGURES}
        pairs |= {series: (getattr(many, series), getattr(one, series)) for series in BY_MONTH}
        pairs |= {"fits": (many.fits, one.fits), "keeps_limits": (many.keeps_limits, one.keeps_limits)}
        for what, (values, value) in pairs.items():
            if not same(at(values, draw, what in BY_MONTH), value):
                found.append(
                    f"draw {draw}, {name} {what}: {at(values, draw, what in BY_MONTH)}, alone {value}"
                )
    return found


def at(values: Any, draw: int, by_month: bool) -> Any:
    """One draw of a figure; what no draw changes may have no entry per draw."""
    array = np.asarray(values)
    if array.ndim <= int(by_month):
        return array
    return array[0] if len(array) == 1 else array[draw]


def same(one: Any, other: Any) -> bool:
    return np.allclose(np.asarray(one, float), np.asarray(other, float), TOLERANCE, 0.0, equal_nan=True)


@pytest.mark.parametrize(
    "case",
    [SERVED_FROM_THE_CLOUD, MIXTURE_OWNED_AND_A_WORKSTATION, OUTGROWS_ITS_CHOICES],
    ids=("cloud", "mixture", "outgrown"),
)
def test_draws_equal_single_runs(case: Case):
    values, choices = drawn(case), resolve(case.plan, CATALOG)
    together = simulate(case.plan, CATALOG, draws=values, choices=choices)
    found = []
    for draw in range(case.draws):
        plan = case.plan.with_({path: float(array[draw]) for path, array in values.items()})
        found += differing(together, simulate(plan, CATALOG, choices=choices), draw)
    assert not found, "\n".join(found[:20])


def test_some_draws_outgrow_their_choices():
    values = drawn(OUTGROWS_ITS_CHOICES)
    results = simulate(OUTGROWS_ITS_CHOICES.plan, CATALOG, draws=values)
    for name in ("prompt", "finetune", "distil"):
        result = results.strategies[name]
        assert 0.05 < np.mean(result.fits) < 0.95
        assert np.array_equal(np.isnan(result.figures["total_usd"]), ~result.fits)


def test_choices_are_those_of_the_most_likely_values():
    values = drawn(OUTGROWS_ITS_CHOICES)
    plan = OUTGROWS_ITS_CHOICES.plan
    chosen = simulate(plan, CATALOG, draws=values)
    given = simulate(plan, CATALOG, draws=values, choices=resolve(plan, CATALOG))
    for name, result in chosen.strategies.items():
        assert same(result.figures["total_usd"], given.strategies[name].figures["total_usd"])


# ---------------------------------------------------------------- every input on its own
NUMBERS = [spec for spec in specs_of(Scenario).values() if spec.numeric and spec.section != "report"]


def two_values(spec: FieldSpec) -> np.ndarray:
    """Two values of a field: a third of its slider from either end, or whole ones."""
    if spec.kind != "number":
        return np.array([2.0, 5.0])
    assert spec.slider is not None
    low, high = spec.slider
    if spec.scale == "log" and low > 0:
        return np.exp(np.log(low) + np.log(high / low) * np.array([1 / 3, 2 / 3]))
    return low + (high - low) * np.array([1 / 3, 2 / 3])


@pytest.mark.parametrize("spec", NUMBERS, ids=lambda spec: spec.path)
def test_every_number_takes_draws_or_says_that_it_does_not(spec: FieldSpec):
    plan = Scenario().with_({"quality.usd_per_failed_answer": 0.02})
    values, choices = two_values(spec), resolve(plan, CATALOG)
    try:
        together = simulate(plan, CATALOG, draws={spec.path: values}, choices=choices)
    except InputError as error:
        if error.code != "not_drawn":
            raise
        return
    found = []
    for draw, value in enumerate(values):
        alone = simulate(plan.with_({spec.path: float(value)}), CATALOG, choices=choices)
        found += differing(together, alone, draw)
    assert not found, "\n".join(found[:20])


def test_draws_leave_memory_at_once():
    """Arrays of many draws must not wait for the collector: nothing they hang on knows itself."""
    gc.collect()
    gc.disable()
    try:
        for case in (SERVED_FROM_THE_CLOUD, MIXTURE_OWNED_AND_A_WORKSTATION, OUTGROWS_ITS_CHOICES):
            results = simulate(case.plan, CATALOG, draws=drawn(case))
            fleets = [
                weakref.ref(each.fleet) for each in results.strategies.values() if each.fleet is not None
            ]
            assert fleets
            del results
            assert not any(fleet() for fleet in fleets)
    finally:
        gc.enable()


def test_rows_by_category_add_up_to_the_months():
    plan = SERVED_FROM_THE_CLOUD.plan.with_({"distil.escalated_frac": 0.2, "prices.cloud_overhead_frac": 0.1})
    choices = resolve(plan, CATALOG)
    many = simulate(plan, CATALOG, draws=drawn(SERVED_FROM_THE_CLOUD), choices=choices)
    single = simulate(plan, CATALOG, choices=choices)
    for name, result in many.strategies.items():
        assert result.ledger is not None
        assert single.strategies[name].ledger is not None
        rows = result.ledger.rows
        for quantity, by_month in ((USD, "usd"), (ENERGY, "energy"), (CARBON, "carbon")):
            whole = sum(row[quantity] for row in rows.values())
            np.testing.assert_allclose(whole, getattr(result, f"{by_month}_by_month"), rtol=1e-11)
        expected = {(category_of(item), phase) for item, phase in single.strategies[name].ledger.rows}
        assert {key for key, row in rows.items() if row.any()} <= expected
        by_category = result.ledger.usd_by_category
        assert by_category.keys() <= rows.keys()
        for key, usd in by_category.items():
            np.testing.assert_array_equal(usd, rows[key][USD])


@pytest.mark.parametrize(
    "case",
    [SERVED_FROM_THE_CLOUD, MIXTURE_OWNED_AND_A_WORKSTATION, OUTGROWS_ITS_CHOICES],
    ids=("cloud", "mixture", "outgrown"),
)
def test_rows_by_category_equal_those_of_single_runs(case: Case):
    plan = case.plan.with_({"prices.cloud_overhead_frac": 0.2, "quality.handover_frac": 0.3})
    values, choices = {path: array[:7] for path, array in drawn(case).items()}, resolve(plan, CATALOG)
    together = simulate(plan, CATALOG, draws=values, choices=choices)
    for draw in range(7):
        at_draw = {path: float(array[draw]) for path, array in values.items()}
        alone = simulate(plan.with_(at_draw), CATALOG, choices=choices)
        for name, result in alone.strategies.items():
            many = together.strategies[name].ledger
            assert result.ledger is not None
            assert many is not None
            expected: dict[Any, Any] = {}
            for (item, phase), row in result.ledger.rows.items():
                key = category_of(item), phase
                expected[key] = expected.get(key, 0.0) + row
            for key in expected.keys() | many.rows.keys():
                own = many.rows[key][:, draw] if key in many.rows else 0.0
                np.testing.assert_allclose(
                    own, expected.get(key, 0.0), rtol=1e-11, atol=1e-12, err_msg=str(key)
                )
            for key, usd in result.ledger.usd_by_category.items():
                np.testing.assert_allclose(usd, expected[key][USD], rtol=1e-14)
