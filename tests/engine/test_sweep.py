"""A point of a sweep is the plan run alone with its changes (decision 26)."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from random_plans import NO_FIGURE, SPECS, plan, value_for

from planner.catalog.load import load_catalog
from planner.engine.results import FIGURES
from planner.engine.run import simulate
from planner.engine.sweep import Batch, Points, evaluate
from planner.errors import InputError, PlannerError
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets

CATALOG = load_catalog()


def _agrees(found: Points, number: int, scenario: Scenario) -> None:
    results = simulate(scenario, CATALOG)
    for name, result in results.strategies.items():
        row = found.strategies.index(name)
        assert bool(found.fits[row, number]) == bool(np.all(result.fits))
        assert bool(found.keeps_limits[row, number]) == bool(np.all(result.keeps_limits))
        for figure in FIGURES:
            np.testing.assert_allclose(
                found[figure][row, number], result[figure], rtol=1e-11, err_msg=f"{figure} of {name}"
            )


@pytest.mark.parametrize("preset", [each.id for each in presets()])
def test_points_of_a_grid_are_single_runs(preset: str) -> None:
    scenario = load_preset(preset).scenario
    points: list[dict[str, Any]] = [
        {"workload.requests_per_month": volume, "serving.precision": precision, "student.params": size}
        for volume in (0.0, 3e4, 2e6, 7e7)
        for precision in ("bf16", "fp8", "int4")
        for size in (1e9, 8e9)
    ]
    found = evaluate(scenario, CATALOG, points)
    assert not found.invalid
    for number, changes in enumerate(points):
        _agrees(found, number, scenario.with_(changes))


@pytest.mark.parametrize("preset", ["customer-support", "on-device-mobile"])
def test_a_point_where_nothing_is_passed_on_stands_beside_others(preset: str) -> None:
    """Without a large model behind the student no release follows that model's updates."""
    scenario = load_preset(preset).scenario
    points: list[dict[str, Any]] = [{"distil.escalated_frac": share} for share in (0.0, 0.05, 0.2)]
    found = evaluate(scenario, CATALOG, points)
    for number, changes in enumerate(points):
        _agrees(found, number, scenario.with_(changes))


@pytest.mark.parametrize("seed", range(12))
def test_points_of_random_changes_are_single_runs(seed: int) -> None:
    random = Random(seed)
    scenario = plan(random)
    paths = random.sample(sorted(set(SPECS) - NO_FIGURE - {"strategies", "base.model", "student.model"}), 4)
    points = [{path: value_for(random, path) for path in paths} for _ in range(30)]
    found = evaluate(scenario, CATALOG, points)
    checked = 0
    for number, changes in enumerate(points):
        if number in found.invalid:
            with pytest.raises(PlannerError):
                simulate(scenario.with_(changes), CATALOG)
            assert not found.fits[:, number].any()
        else:
            _agrees(found, number, scenario.with_(changes))
            checked += 1
    assert checked


def test_a_value_that_is_refused_is_named_and_the_others_stand() -> None:
    scenario = Scenario()
    found = evaluate(
        scenario, CATALOG, [{"site.pue": 1.3}, {"site.pue": 0.5}, {"serving.hardware": "abacus"}]
    )
    assert sorted(found.invalid) == [1, 2]
    assert "0.5" in str(found.invalid[1])
    assert found.fits[:, 0].any()
    assert not found.fits[:, 1:].any()
    assert np.isnan(found["total_usd"][:, 1:]).all()


def test_what_only_costing_refuses_is_no_figure_and_no_end_of_the_others() -> None:
    points = [{"api.model": "no-such-model"}, {}, {"api.model": "no-such-model", "site.pue": 1.3}]
    found = evaluate(Scenario(), CATALOG, points)
    assert sorted(found.invalid) == [0, 2]
    with pytest.raises(PlannerError, match="no-such-model"):
        simulate(Scenario().with_(points[0]), CATALOG)
    assert found.fits[:, 1].any()
    assert not found.fits[:, (0, 2)].any()


def test_an_unknown_path_is_refused_at_once() -> None:
    with pytest.raises(InputError, match=r"workload\.requests"):
        evaluate(Scenario(), CATALOG, [{"workload.requests": 1.0}])


def test_strategies_that_take_no_part_have_no_figures() -> None:
    found = evaluate(Scenario(), CATALOG, [{"strategies": ("api",)}, {"strategies": ("distil", "api")}])
    assert found.strategies == ("api", "distil")
    assert np.isfinite(found["total_usd"]).tolist() == [[True, True], [False, True]]


def test_cost_by_month_adds_up_and_is_left_out_where_horizons_differ() -> None:
    points = [{"workload.requests_per_month": volume} for volume in (1e5, 1e6)]
    found = evaluate(Scenario(), CATALOG, points, by_month=True)
    assert found.usd_by_month is not None
    np.testing.assert_allclose(found.usd_by_month.sum(axis=-1), found["total_usd"], rtol=1e-12)
    mixed = [{"horizon_months": months} for months in (12, 24)]
    assert evaluate(Scenario(), CATALOG, mixed, by_month=True).usd_by_month is None


def test_no_points_are_no_figures() -> None:
    batch = Batch(Scenario(), CATALOG)
    assert len(batch) == 0
    assert batch.simulate()["total_usd"].shape == (0, 0)
