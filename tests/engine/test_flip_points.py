"""Where each input flips the decision, against single runs on both sides."""

from __future__ import annotations

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine import flip_points as module
from planner.engine.choice import choose
from planner.engine.flip_points import NOBODY, flip_points, winners
from planner.engine.run import resolve, simulate
from planner.engine.sampling import draws_of, values_at
from planner.evidence.asked import physics_ranges
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset

CATALOG = load_catalog()
VOLUME = "workload.requests_per_month"


def with_ranges(plan, ranges):
    return plan.with_({"ranges": ranges})


def chosen(plan, values, decided):
    """The choice of a single run; None where none keeps the limits."""
    choice = choose(simulate(plan.with_(values), CATALOG, choices=decided))
    return None if choice.case in ("nothing", "impossible") else choice.strategy


def modes_of(ranges):
    return {path: span.mode for path, span in ranges.items()}


PLANS = {
    "support": load_preset(),
    "bank": load_preset("bank-compliance"),
    "legal": load_preset("legal-contracts"),
    "finance": load_preset("finance-loans-fraud"),
}


@pytest.mark.parametrize("name", PLANS)
def test_single_runs_on_both_sides_differ_as_said(name):
    plan = PLANS[name].scenario
    further = physics_ranges(simulate(plan, CATALOG))
    ranges, decided = {**further, **plan.ranges}, resolve(plan, CATALOG)
    base, found = modes_of(ranges), flip_points(plan, CATALOG, further=further)
    assert set(found) == set(ranges)
    here = chosen(plan, base, decided)
    for path, points in found.items():
        assert len(points) <= 2
        for point in points:
            assert chosen(plan, {**base, path: point.near}, decided) == here
            assert chosen(plan, {**base, path: point.far}, decided) == point.strategy != here
            assert (point.far < point.near) is point.below
            low, high = values_at(path, ranges[path], np.array([0.01, 0.99]))
            assert low - 1e-9 <= point.value <= high + 1e-9
            close = max(0.005 * min(abs(point.near), abs(point.far)), 0.0005 * (high - low))
            assert abs(point.near - point.far) <= close


def test_there_are_flips_and_they_are_the_first_ones():
    """By trying every value on a grid: the choice stays the plan's up to the flip, or throughout."""
    plan = PLANS["support"].scenario
    found, base = flip_points(plan, CATALOG), modes_of(plan.ranges)
    assert sum(map(len, found.values())) >= 2
    decided = resolve(plan, CATALOG)
    home = winners(simulate(plan.with_(base), CATALOG, choices=decided))
    for path, span in plan.ranges.items():
        low, high = values_at(path, span, np.array([0.01, 0.99]))
        grid = np.linspace(low, high, 3001)
        draws = {other: np.full(grid.size, value) for other, value in base.items()} | {path: grid}
        same = winners(simulate(plan, CATALOG, draws=draws, choices=decided)) == home
        cell = grid[1] - grid[0]
        for below in (True, False):
            side = grid < span.mode if below else grid > span.mode
            elsewhere = grid[side & ~same]
            first = None if not elsewhere.size else elsewhere.max() if below else elsewhere.min()
            own = [point.value for point in found[path] if point.below is below]
            if first is None:
                assert own == []
            else:
                assert own == pytest.approx([first], abs=1.5 * cell + 0.005 * abs(first))


def test_the_choice_in_each_draw_is_that_of_single_runs():
    limits = {"limits.min_quality": 75.0, "limits.max_total_usd": 6e5, "limits.max_carbon_kgco2e": 2.5e4}
    for goal in ("cost", "carbon", "quality"):
        plan = PLANS["support"].scenario.with_({**limits, "limits.goal": goal})
        drawn, decided = draws_of(plan.ranges, 48, 3), resolve(plan, CATALOG)
        found = winners(simulate(plan, CATALOG, draws=drawn, choices=decided))
        for number, winner in enumerate(found.tolist()):
            values = {path: float(column[number]) for path, column in drawn.items()}
            expected = chosen(plan, values, decided)
            assert (None if winner == NOBODY else plan.strategies[winner]) == expected
    assert NOBODY in found


def test_beyond_a_limit_nobody_is_left():
    plan = with_ranges(
        Scenario().with_({"limits.max_total_usd": 2e6, "strategies": ("api",)}),
        {VOLUME: {"low": 1e6, "mode": 2e6, "high": 2e7, "shape": "lognormal"}},
    )
    (point,) = flip_points(plan, CATALOG)[VOLUME]
    assert point.strategy is None
    assert not point.below
    totals = [
        simulate(plan.with_({VOLUME: value}), CATALOG).strategies["api"]["total_usd"]
        for value in (point.near, point.far)
    ]
    assert totals[0] <= 2e6 < totals[1]


def test_whole_numbers_flip_between_neighbours():
    plan = with_ranges(
        Scenario().with_({"strategies": ("api", "distil")}),
        {"serving.min_replicas": {"low": 1, "mode": 2, "high": 40, "shape": "uniform"}},
    )
    points = flip_points(plan, CATALOG)["serving.min_replicas"]
    assert points
    for point in points:
        assert float(point.value).is_integer()
        assert abs(point.near - point.far) == 1.0
        assert point.value == point.far


def test_work_goes_in_large_arrays_and_little_of_it(monkeypatch):
    sizes = []

    def counted(*args, draws, **named):
        sizes.append(next(iter(draws.values())).size)
        return simulate(*args, draws=draws, **named)

    monkeypatch.setattr(module, "simulate", counted)
    for plan in PLANS.values():
        sizes.clear()
        flip_points(plan.scenario, CATALOG)
        assert 1 <= len(sizes) <= 2
        assert all(1000 <= size <= 2500 for size in sizes)
    sizes.clear()
    assert flip_points(Scenario(), CATALOG) == {}
    still = with_ranges(Scenario(), {"site.pue": {"low": 1.2, "mode": 1.2, "high": 1.2}})
    assert flip_points(still, CATALOG) == {"site.pue": ()}
    assert sizes == []
