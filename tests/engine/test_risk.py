"""What draws say of a plan, against counting single runs."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.blocks import BLOCK, LEAST, ends_of
from planner.engine.results import Results
from planner.engine.risk import PERCENTILES, Risk, drawn_ranges, risk, steps
from planner.engine.run import resolve, simulate
from planner.engine.sampling import draws_of
from planner.engine.sensitivity import swings
from planner.errors import InputError
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets
from planner.scenario.ranges import Range

CATALOG = load_catalog()
RANGES = {
    "workload.requests_per_month": {"low": 5e5, "mode": 2e6, "high": 8e6, "shape": "lognormal"},
    "prices.api_fall_factor_per_year": {"low": 1.0, "mode": 1.2, "high": 3.0, "shape": "triangular"},
    "quality.api_points": {"low": 70, "mode": 81, "high": 90, "shape": "pert"},
}
LIMITS = {"limits.min_quality": 70.0, "limits.max_total_usd": 5e5, "limits.max_carbon_kgco2e": 3e4}
COUNT = 60


def scenario(changes=None, ranges=RANGES):
    return Scenario().with_({**(changes or {}), "ranges": ranges})


def test_shares_and_percentiles_are_those_of_single_runs():
    plan = scenario(LIMITS)
    decided = resolve(plan, CATALOG)
    drawn = draws_of(plan.ranges, COUNT, 4)
    found = risk(plan, CATALOG, count=COUNT, seed=4)
    totals = {name: [] for name in plan.strategies}
    cheapest, greenest = (dict.fromkeys(plan.strategies, 0) for _ in range(2))
    within, none, least = dict.fromkeys(plan.strategies, 0), 0, []
    for number in range(COUNT):
        values = {path: float(column[number]) for path, column in drawn.items()}
        results = simulate(plan.with_(values), CATALOG, choices=decided).strategies
        keeping = [name for name, result in results.items() if result.fits and result.keeps_limits]
        for name, result in results.items():
            totals[name].append(result["total_usd"])
            within[name] += result["total_usd"] <= LIMITS["limits.max_total_usd"]
        if not keeping:
            none += 1
            continue
        best = min(keeping, key=lambda name: results[name]["total_usd"])
        cheapest[best] += 1
        greenest[min(keeping, key=lambda name: results[name]["carbon_kgco2e"])] += 1
        least.append(results[best]["total_usd"])
    assert 0 < none < COUNT
    assert sum(count > 0 for count in cheapest.values()) >= 2
    assert found.draws == COUNT
    assert found.none_frac == pytest.approx(none / COUNT)
    for name, held in found.strategies.items():
        assert held.cheapest_frac == pytest.approx(cheapest[name] / COUNT)
        assert held.greenest_frac == pytest.approx(greenest[name] / COUNT)
        assert held.within_budget_frac == pytest.approx(within[name] / COUNT)
        expected = dict(zip(PERCENTILES, np.percentile(totals[name], PERCENTILES), strict=True))
        assert held.total_usd == pytest.approx(expected, rel=1e-10)
        assert held.cumulative_usd[PERCENTILES.index(50), -1] == pytest.approx(expected[50], rel=1e-10)
    assert sum(each.cheapest_frac for each in found.strategies.values()) + found.none_frac == pytest.approx(
        1.0
    )


def test_regret_and_the_worth_of_knowing():
    plan = scenario()
    found = risk(plan, CATALOG, count=512, seed=0)
    decided = resolve(plan, CATALOG)
    results = simulate(plan, CATALOG, draws=draws_of(plan.ranges, 512, 0), choices=decided).strategies
    totals = np.stack([result["total_usd"] for result in results.values()])
    least = totals.min(axis=0).mean()
    for name, held in found.strategies.items():
        assert held.regret_usd == pytest.approx(results[name]["total_usd"].mean() - least)
    assert found.perfect_information_usd == pytest.approx(totals.mean(axis=1).min() - least)
    assert found.perfect_information_usd == pytest.approx(
        min(held.regret_usd for held in found.strategies.values())
    )
    assert found.perfect_information_usd > 0.0


def test_blocks_change_nothing():
    plan = scenario()
    few, many = (risk(plan, CATALOG, count=count, seed=1) for count in (1000, 2500))
    whole = simulate(
        plan, CATALOG, draws=draws_of(plan.ranges, 2500, 1), choices=resolve(plan, CATALOG)
    ).strategies
    for name, held in many.strategies.items():
        np.testing.assert_allclose(
            held.total_usd[50], np.percentile(whole[name]["total_usd"], 50), rtol=1e-12
        )
        assert few.strategies[name].total_usd[50] == pytest.approx(held.total_usd[50], rel=0.02)


def test_a_plan_without_ranges_is_sure():
    plan = Scenario()
    found, alone = risk(plan, CATALOG, count=8, seed=0), simulate(plan, CATALOG).strategies
    assert found.inputs == ()
    assert found.none_frac == 0.0
    assert found.perfect_information_usd == pytest.approx(0.0, abs=1e-6)
    for name, held in found.strategies.items():
        assert list(held.total_usd.values()) == pytest.approx(
            [alone[name]["total_usd"]] * len(PERCENTILES), rel=1e-12
        )
        assert held.cheapest_frac in (0.0, 1.0)


def test_what_fits_in_part_of_the_draws_says_in_how_many():
    ranges = {"workload.input_tokens": {"low": 900, "mode": 900, "high": 4e5, "shape": "uniform"}}
    found = risk(scenario(ranges=ranges), CATALOG, count=200, seed=0).strategies["prompt"]
    assert 0.0 < found.fits_frac < 1.0
    assert found.competes_frac <= found.fits_frac
    assert np.isfinite(found.total_usd[50])


def test_ranges_of_the_physics_stand_beside_those_of_the_plan():
    further = {"measured.serving_speed_factor": {"low": 0.7, "mode": 1.0, "high": 1.4, "shape": "lognormal"}}
    held = {path: scenario(ranges=further).ranges[path] for path in further}
    found = risk(scenario(), CATALOG, count=200, seed=0, further=held)
    assert found.inputs == tuple(sorted({*RANGES, *further}))


# ---------------------------------------------------------------- step by step, on any number of threads
def same(one: Risk, other: Risk) -> bool:
    """Whether all of two answers is equal to the last bit."""

    def parts(found: Risk) -> list[object]:
        own = [
            getattr(found, item.name) for item in fields(Risk) if item.name not in ("strategies", "planned")
        ]
        return [
            *own,
            *(getattr(each, item.name) for each in found.strategies.values() for item in fields(each)),
        ]

    return all(equal(a, b) for a, b in zip(parts(one), parts(other), strict=True))


def equal(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, (float, np.ndarray)):
        return np.array_equal(one, other, equal_nan=True)
    return one == other


def in_part_of_the_draws() -> Scenario:
    ranges = {"workload.input_tokens": {"low": 900, "mode": 900, "high": 4e5, "shape": "uniform"}}
    return scenario(LIMITS, {**RANGES, **ranges})


def test_the_same_numbers_on_any_number_of_threads():
    one, *others = (
        risk(in_part_of_the_draws(), CATALOG, count=5000, seed=2, workers=workers) for workers in (1, 2, 4)
    )
    assert all(same(one, other) for other in others)


@pytest.mark.parametrize("first", [7, 600, 1024, 1500])
def test_the_first_answer_is_that_of_fewer_draws(first: int):
    found = list(steps(in_part_of_the_draws(), CATALOG, count=2100, seed=2, first=first))
    assert [each.draws for each in found][:: len(found) - 1] == [first, 2100]
    assert all(each.planned == 2100 for each in found)
    assert same(found[0], risk(in_part_of_the_draws(), CATALOG, count=first, seed=2))
    assert same(found[-1], risk(in_part_of_the_draws(), CATALOG, count=2100, seed=2))


def test_answers_between_rest_on_ever_more_draws():
    counts = [each.draws for each in steps(scenario(), CATALOG, count=2000, seed=0, first=30)]
    assert counts == [30, 120, 480, 2000]


def test_no_draw_is_simulated_twice(monkeypatch: pytest.MonkeyPatch):
    seen: list[int] = []

    def counted(*args: Any, draws: Any, **rest: Any) -> Results:
        seen.append(len(next(iter(draws.values()))))
        return simulate(*args, draws=draws, **rest)

    monkeypatch.setattr("planner.engine.blocks.simulate", counted)
    assert len(list(steps(scenario(), CATALOG, count=4000, seed=0, first=100))) > 2
    assert sum(seen) == 4000


def test_stopping_ends_it_between_blocks():
    asked: list[int] = []

    def stopped() -> bool:
        asked.append(threading.active_count())
        return len(asked) == 2

    before = threading.active_count()
    found = list(steps(scenario(), CATALOG, count=50_000, seed=0, first=100, stopped=stopped, workers=2))
    assert [each.draws for each in found] == [100]
    assert len(asked) == 2
    assert threading.active_count() == before


def test_draws_come_one_by_one_too():
    plan = in_part_of_the_draws()
    found, drawn = risk(plan, CATALOG, count=1500, seed=6), draws_of(plan.ranges, 1500, 6)
    alone = simulate(plan, CATALOG, draws=drawn, choices=resolve(plan, CATALOG)).strategies
    assert found.names == tuple(alone)
    assert list(found.inputs_drawn) == list(drawn)
    for path, values in drawn.items():
        np.testing.assert_array_equal(found.inputs_drawn[path], values)
    for number, (name, result) in enumerate(alone.items()):
        np.testing.assert_allclose(found.totals_usd[number], result["total_usd"], rtol=1e-12)
        np.testing.assert_allclose(found.carbon[number], result["carbon_kgco2e"], rtol=1e-12)
        np.testing.assert_array_equal(found.fits[number], result.fits)
        np.testing.assert_array_equal(found.competes[number], result.fits & result.keeps_limits)
        held = found.strategies[name]
        assert held.fits_frac == found.fits[number].mean()
        shown = np.percentile(result.cumulative_usd[found.fits[number]], PERCENTILES, axis=0)
        np.testing.assert_allclose(held.cumulative_usd, shown, rtol=1e-12)
    assert 0.0 < found.strategies["prompt"].fits_frac < 1.0


@pytest.mark.parametrize("preset", [preset.id for preset in presets()])
def test_ranges_without_width_are_the_point_run(preset: str):
    plan = load_preset(preset).scenario
    sure = {path: Range(low=span.mode, mode=span.mode, high=span.mode) for path, span in plan.ranges.items()}
    plan = plan.with_({**{path: span.mode for path, span in sure.items()}, "ranges": {}})
    alone = simulate(plan, CATALOG).strategies
    found = risk(plan, CATALOG, count=64, seed=0, further=sure)
    assert found.inputs
    for number, (name, result) in enumerate(alone.items()):
        assert found.strategies[name].fits_frac == float(result.fits)
        assert found.strategies[name].competes_frac == float(result.fits and result.keeps_limits)
        np.testing.assert_allclose(found.totals_usd[number], result["total_usd"], rtol=1e-12)
        np.testing.assert_allclose(found.carbon[number], result["carbon_kgco2e"], rtol=1e-12)
        bands = found.strategies[name].cumulative_usd
        expected = np.broadcast_to(result.cumulative_usd, bands.shape)
        np.testing.assert_allclose(bands, expected, rtol=1e-12)


@pytest.mark.parametrize("count", [0, -1, 2**24 + 1])
def test_a_number_of_draws_out_of_bounds_is_refused(count: int):
    for plan in (scenario(), Scenario()):
        with pytest.raises(InputError, match="draws"):
            risk(plan, CATALOG, count=count, seed=0)


@pytest.mark.parametrize(
    "marks", [{1}, {1024}, {1024, 10_000}, {10_000}, {3, 5000}, {1024, 4096, 65_536, 100_000}]
)
def test_blocks_end_at_every_mark_and_are_neither_large_nor_small(marks: set[int]):
    ends = ends_of(marks)
    sizes = np.diff([0, *ends])
    assert marks <= set(ends)
    assert ends[-1] == max(marks)
    assert sizes.max() <= BLOCK
    assert sizes.min() >= min(LEAST, np.diff([0, *sorted(marks)]).min())


def test_two_threads_have_as_much_to_do():
    for count in (10_000, 20_000, 100_000):
        sizes = np.diff([0, *ends_of({count})])
        assert len(sizes) % 2 == 0
        assert sizes.max() - sizes.min() <= 1


def test_bands_and_draws_that_are_kept_are_those_of_the_first(monkeypatch: pytest.MonkeyPatch):
    plan = in_part_of_the_draws()
    few, whole = risk(plan, CATALOG, count=1200, seed=3), risk(plan, CATALOG, count=3000, seed=3)
    monkeypatch.setattr("planner.engine.risk.KEPT", 1200)
    found = risk(plan, CATALOG, count=3000, seed=3)
    for name, held in found.strategies.items():
        np.testing.assert_array_equal(held.cumulative_usd, few.strategies[name].cumulative_usd)
        assert held.total_usd == pytest.approx(whole.strategies[name].total_usd, rel=1e-12)
        assert held.fits_frac == whole.strategies[name].fits_frac
    assert found.draws == 3000
    for kept in (found.totals_usd[0], found.fits[0], *found.inputs_drawn.values()):
        assert kept.shape == (1200,)
    np.testing.assert_array_equal(found.totals_usd, few.totals_usd)


_PEAK = """
import resource, sys
from pathlib import Path
from planner.catalog.load import load_catalog
from planner.engine.risk import risk
from planner.scenario.presets import load_preset

def peak_bytes():
    status = Path("/proc/self/status")
    if status.exists():  # the other figure starts at that of the process that started this one
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return 1024 * int(line.split()[1])
    each = 1 if sys.platform == "darwin" else 1024
    return each * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

plan, catalog = load_preset().scenario, load_catalog()
for count in (2000, 1_000_000):
    risk(plan, catalog, count=count, seed=0)
    print(peak_bytes())
"""


@pytest.mark.slow
def test_a_million_draws_take_bounded_memory():
    """In a process of its own: what it ever held, above what a few draws took."""
    pytest.importorskip("resource")
    answer = subprocess.run([sys.executable, "-c", _PEAK], capture_output=True, text=True, check=True)
    before, after = (int(line) for line in answer.stdout.split())
    assert 40e6 < after - before < 400e6


def test_a_range_of_a_file_is_drawn_around_the_value_that_the_plan_uses():
    """Only a file can hold another likely value: everything else moves the range along."""
    path = "workload.output_tokens"
    span = Range(low=200, mode=300, high=900)
    plan = load_preset().scenario.with_({path: 450}).with_({"ranges": {path: span}})
    assert drawn_ranges(plan) == {path: Range(low=200, mode=450, high=900)}
    results = simulate(plan, CATALOG)
    base = swings(plan, CATALOG, choices=results.choices).tornado("distil").base
    assert base == pytest.approx(results.strategies["distil"]["total_usd"], rel=1e-12)


def test_regret_is_of_draws_in_which_a_strategy_competes():
    plan = load_preset().scenario.with_({"limits.min_quality": 75.0})
    found = risk(plan, CATALOG, count=512, seed=0)
    for number, name in enumerate(found.names):
        each, competes = found.strategies[name], found.competes[number]
        if each.competes_frac == 0.0:
            assert np.isnan(each.regret_usd)
            continue
        least = np.where(found.competes, found.totals_usd, np.inf).min(axis=0)
        own = (found.totals_usd[number] - least)[competes]
        assert each.regret_usd == pytest.approx(own.mean(), rel=1e-9, abs=1e-6)
        assert own.min() >= 0.0
    assert np.isnan(found.strategies["distil"].regret_usd)
