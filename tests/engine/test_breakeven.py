"""Break-even: every change of order is found, and nothing else, against plain counting."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from random_plans import plan

from planner.catalog.load import load_catalog
from planner.engine import along, axes, breakeven, breakeven_draws, breakeven_months, regain, risk
from planner.engine.advisor.flips import choice_after
from planner.engine.along import Along, Axis
from planner.engine.choice import choose
from planner.engine.crossing import VOLUME, nearest
from planner.engine.run import resolve, simulate
from planner.errors import InputError
from planner.evidence.asked import physics_ranges
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets

CATALOG = load_catalog()
SEEDS_AT_ONCE = 20


def volume_of(scenario: Scenario) -> Axis:
    axis = axes.axis_of(VOLUME, simulate(scenario, CATALOG), CATALOG)
    assert axis is not None
    return axis


def on_volume(scenario: Scenario) -> Along:
    return Along(scenario, CATALOG, volume_of(scenario))


def signs_by(found: breakeven.Standing, signs: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the order that the turns alone imply, from that at the first value on."""
    places = np.array([turn.value for turn in found.turns])
    cheaper = np.array([turn.cheaper for turn in found.turns])
    at = np.searchsorted(places, values, side="right") - 1
    return np.where(at < 0, signs[0] < 0.0, cheaper[at] if places.size else False)


# ---------------------------------------------------------------------- decided in arrays as one by one
@pytest.mark.parametrize("seed", range(SEEDS_AT_ONCE))
def test_many_volumes_in_arrays_are_single_runs(seed):
    random = Random(seed)
    scenario = plan(random)
    if seed % 4 == 0:
        scenario = scenario.with_(
            {"refresh.interval_months": "optimal", "quality.usd_per_failed_answer": 0.01}
        )
    here = on_volume(scenario)
    values = np.array(sorted({1.0, *(float(round(10 ** random.uniform(3, 9))) for _ in range(12))}))
    costs = here.costs(values)
    for number, value in enumerate(values.tolist()):
        results = simulate(scenario.with_({VOLUME: value}), CATALOG)
        for row, name in enumerate(costs.strategies):
            alone = results.strategies[name]
            assert costs.total_usd[row, number] == pytest.approx(alone["total_usd"], rel=1e-9, nan_ok=True)
            assert bool(costs.competes[row, number]) == bool(alone.keeps_limits)


def test_what_is_decided_changes_along_volume_and_is_that_of_resolve():
    scenario = load_preset("customer-support").scenario.with_(
        {"refresh.interval_months": "optimal", "quality.usd_per_failed_answer": 0.02}
    )
    here, values = on_volume(scenario), np.geomspace(1e4, 1e9, 60)
    seen = {}
    for name, groups in here.decided(values, here.strategies).items():
        for group in groups:
            seen.update({(name, int(number)): group.choices for number in group.numbers})
    assert len({choices.accelerators_per_replica for choices in seen.values()}) > 1
    assert len({choices.interval_months for choices in seen.values()}) > 3
    for number, value in enumerate(values.tolist()):
        single = resolve(scenario.with_({VOLUME: value}), CATALOG)
        assert {name: seen[name, number] for name in single} == single


@pytest.mark.parametrize(
    ("path", "deciding"),
    [
        (axes.API_PRICE, "once"),
        (axes.RENT, "once"),
        ("workload.output_tokens", "each"),
        ("horizon_months", "each"),
    ],
)
def test_any_other_input_is_decided_as_a_single_run_is(path, deciding):
    scenario = load_preset("customer-support").scenario
    axis = axes.axis_of(path, simulate(scenario, CATALOG), CATALOG)
    here = Along(scenario, CATALOG, axis)
    assert here.deciding == deciding
    values = axis.grid(5)
    costs = here.costs(values)
    for number, value in enumerate(values.tolist()):
        results = simulate(here.plan_at(value), CATALOG)
        for row, name in enumerate(costs.strategies):
            expected = results.strategies[name]["total_usd"]
            assert costs.total_usd[row, number] == pytest.approx(expected, rel=1e-9, nan_ok=True)


def test_the_price_of_the_api_moves_all_its_token_prices():
    scenario = load_preset("customer-support").scenario
    axis = axes.axis_of(axes.API_PRICE, simulate(scenario, CATALOG), CATALOG)
    now, twice = axis.changes(axis.here), axis.changes(2.0 * axis.here)
    assert len(now) == 3
    assert twice == pytest.approx({path: 2.0 * price for path, price in now.items()})


# ---------------------------------------------------------------------- brute force
def disagreements(seed: int, count: int = 10_000) -> int:
    """Return at how many of a plan's volumes the turns say another order than the costs there."""
    scenario = plan(Random(seed))
    here, baseline = on_volume(scenario), scenario.strategies[0]
    found = breakeven.break_even(here, baseline)
    draw = np.random.default_rng(seed)
    low, high = here.axis.low, here.axis.high
    spread = np.concatenate(
        (np.exp(draw.uniform(np.log(low), np.log(high), count // 2)), draw.uniform(low, high, count // 2))
    )
    beside = [
        turn.value + step for each in found.standings.values() for turn in each.turns for step in (-1, 0, 1)
    ]
    values = np.unique(np.rint(np.concatenate((spread, beside, [low]))).clip(low, high))
    costs = here.costs(values)
    wrong = 0
    for name, standing in found.standings.items():
        difference = costs.row(name) - costs.row(baseline)
        known = np.isfinite(difference)
        if not known.any():
            assert not standing.turns
            assert not standing.always
            assert not standing.never
            continue
        at = values[known]
        wrong += int((signs_by(standing, difference[known], at) != (difference[known] < 0.0)).sum())
        for turn in standing.turns:
            now, before = (
                difference[np.searchsorted(values, turn.value - step)] < 0.0 for step in (0.0, 1.0)
            )
            assert turn.before == turn.value - 1.0
            assert now == turn.cheaper != before
    return wrong


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_break_even_is_that_of_brute_force(first):
    assert sum(disagreements(seed) for seed in range(first, first + 10)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("first", range(60, 200, 10))
def test_break_even_is_that_of_brute_force_on_many_more_plans(first):
    assert sum(disagreements(seed) for seed in range(first, first + 10)) == 0


def test_random_plans_hold_what_is_hard():
    """Orders that change many times, change back, never change, and strategies that do not fit."""
    found = []
    for seed in (0, 6, 35, 36, 102):
        scenario = plan(Random(seed))
        found += breakeven.break_even(on_volume(scenario), scenario.strategies[0]).standings.values()
    assert max(len(each.turns) for each in found) > 30
    assert any(each.first is not None and each.first != each.lasting for each in found)
    assert any(each.never for each in found)
    assert any(not each.turns and not each.always and not each.never for each in found)


def test_every_whole_volume_of_a_short_span_is_looked_at():
    """Plain counting through 40,000 volumes, where replicas step and costs meet in each step."""
    scenario = plan(Random(35))
    whole = breakeven.break_even(on_volume(scenario), "api")
    turns = whole.standings["both"].turns
    start = turns[len(turns) // 2].value - 20_000.0
    values = np.arange(start, start + 40_000.0)
    costs = on_volume(scenario).costs(values)
    cheaper = costs.row("both") < costs.row("api")
    counted = values[1:][cheaper[1:] != cheaper[:-1]]
    assert counted.size
    assert counted.tolist() == [turn.value for turn in turns if values[0] < turn.value <= values[-1]]


# ---------------------------------------------------------------------- what is said of a place
def along_numbers(
    usd: dict[str, list[float]], competes: dict[str, list[bool]] | None = None
) -> breakeven.BreakEven:
    values = np.arange(1.0, 1.0 + len(next(iter(usd.values()))))
    table = np.array(list(usd.values()))
    kept = np.isfinite(table) if competes is None else np.array(list(competes.values()))
    costs = along.Costs(tuple(usd), values, table, kept, np.zeros(table.shape), np.zeros(table.shape))
    axis = Axis(VOLUME, "", "", 1.0, 1.0, values[-1], log=True, whole=True, changes=lambda v: {VOLUME: v})
    return breakeven.judged(axis, costs, next(iter(usd)))


def test_first_and_lasting_places_are_told_apart():
    found = along_numbers({"api": [1, 2, 3, 4, 5, 6], "distil": [2, 1, 4, 3, 4, 5]}).standings["distil"]
    assert [(turn.value, turn.cheaper) for turn in found.turns] == [(2.0, True), (3.0, False), (4.0, True)]
    assert found.first.value == 2.0
    assert found.lasting.value == 4.0
    assert not found.always
    assert not found.never


def test_what_loses_in_the_end_has_no_lasting_place():
    found = along_numbers({"api": [1, 2, 3], "distil": [2, 1, 4]}).standings["distil"]
    assert found.first.value == 2.0
    assert found.lasting is None


def test_equal_costs_are_not_cheaper():
    found = along_numbers({"api": [1, 2, 3, 3], "distil": [2, 2, 3, 2]}).standings["distil"]
    assert [turn.value for turn in found.turns] == [4.0]
    assert along_numbers({"api": [1, 2], "distil": [1, 2]}).standings["distil"].never


def test_no_place_is_made_up_where_a_strategy_does_not_fit():
    gap = along_numbers({"api": [1, 2, 3, 4], "distil": [2, np.nan, np.nan, 1]}).standings["distil"]
    assert gap.turns == ()
    assert gap.lasting is None
    never = along_numbers({"api": [1, 2], "distil": [np.nan, np.nan]}).standings["distil"]
    assert not never.always
    assert not never.never
    assert along_numbers({"api": [2, 2, 3], "distil": [1, np.nan, 2]}).standings["distil"].always


def test_the_cheapest_keeps_the_limits_or_there_is_none():
    found = along_numbers(
        {"api": [1, 2, 3, 4], "distil": [2, 1, 1, 1]},
        {"api": [True, True, False, False], "distil": [True, True, True, False]},
    )
    assert [(s.strategy, s.low, s.high) for s in found.stretches] == [
        ("api", 1.0, 2.0),
        ("distil", 2.0, 4.0),
        (None, 4.0, 4.0),
    ]


# ---------------------------------------------------------------------- agreement with verdict and advice
@pytest.mark.parametrize("preset", [preset.id for preset in presets()])
def test_the_verdicts_crossing_is_an_end_of_a_stretch(preset):
    scenario = load_preset(preset).scenario.with_({"limits.goal": "cost"})
    crossing = nearest(simulate(scenario, CATALOG), CATALOG)
    ends = [
        each.low for each in breakeven.break_even(on_volume(scenario), scenario.strategies[0]).stretches[1:]
    ]
    if crossing is not None:
        assert min(abs(end / crossing.requests_per_month - 1.0) for end in ends) < 0.01


@pytest.mark.parametrize("preset", ["customer-support", "chat-assistant"])
def test_what_lets_another_win_again_holds_on_both_sides(preset):
    scenario = load_preset(preset).scenario
    results = simulate(scenario, CATALOG)
    rival = regain.rival_of(choose(results), results)
    *steps, found = regain.search(results, CATALOG, rival)
    assert found
    assert set(steps) == {None}
    assert [each.size for each in found] == sorted(each.size for each in found)
    for each in found:
        assert choice_after(scenario, CATALOG, each.far) == rival
        assert choice_after(scenario, CATALOG, each.near) != rival
        assert (each.value < each.here) == each.below


def test_the_volume_that_lets_the_baseline_win_again_is_the_place_of_the_curves():
    scenario = load_preset("customer-support").scenario
    results = simulate(scenario, CATALOG)
    *_, found = regain.search(results, CATALOG, "api")
    volume = next(each for each in found if each.path == VOLUME)
    lasting = breakeven.break_even(on_volume(scenario), "api").standings["distil"].lasting
    assert volume.value == pytest.approx(lasting.value, rel=0.01)


def test_where_the_baseline_is_the_choice_any_other_is_looked_for():
    results = simulate(load_preset("customer-support").scenario.with_({VOLUME: 1e5}), CATALOG)
    choice = choose(results)
    assert choice.strategy == results.baseline
    assert regain.has_lead(choice)
    assert regain.rival_of(choice, results) is None
    *_, found = regain.search(results, CATALOG, None)
    volume = next(each for each in found if each.path == VOLUME)
    assert not volume.below
    for each in found:
        assert choice_after(results.scenario, CATALOG, each.far) == each.strategy != "api"


def test_without_a_strategy_that_keeps_the_limits_there_is_no_lead():
    none = simulate(load_preset("customer-support").scenario.with_({"limits.min_quality": 99.0}), CATALOG)
    assert not regain.has_lead(choose(none))


# ---------------------------------------------------------------------- months
def test_months_hold_the_cost_up_to_each_and_the_payback():
    scenario = load_preset("customer-support").scenario.with_({VOLUME: 6e6})
    results = simulate(scenario, CATALOG)
    found = breakeven_months.by_month(results, "api")
    for name, standing in found.standings.items():
        month = results.strategies[name]["payback_month"]
        if np.isnan(month):
            assert standing.lasting is None
        else:
            assert standing.lasting.value == month
        assert found.costs.row(name)[-1] == pytest.approx(results.strategies[name]["total_usd"])


def test_draws_of_months_are_those_of_risk():
    scenario = load_preset("customer-support").scenario.with_({VOLUME: 3e6})
    results = simulate(scenario, CATALOG)
    drawn_risk = risk.risk(scenario, CATALOG, count=512, seed=2, choices=results.choices)
    found = breakeven_months.chances_by_month(results, drawn_risk)
    own = drawn_risk.strategies["distil"]
    for month in (3, 12, 24):
        share = (own.payback_months <= month).sum() / 512
        assert found.cheaper_frac["distil"][month] == pytest.approx(share)
    places = found.places["distil"]
    assert len(places.values) == 512
    assert places.none_frac == pytest.approx(1.0 - own.pays_back_frac)
    assert found.bands_usd["distil"][1, -1] == pytest.approx(own.total_usd[50])


# ---------------------------------------------------------------------- one by one
def test_a_search_one_by_one_finds_the_month_in_which_the_order_changes():
    scenario = load_preset("customer-support").scenario
    axis = axes.axis_of("horizon_months", simulate(scenario, CATALOG), CATALOG)
    *steps, found = breakeven.steps(Along(scenario, CATALOG, axis), "api")
    assert set(steps) == {None}
    for name, standing in found.standings.items():
        counted = []
        for months in range(1, 61):
            results = simulate(scenario.with_({"horizon_months": months}), CATALOG)
            counted.append(results.strategies[name]["total_usd"] < results.strategies["api"]["total_usd"])
        expected = [number + 2 for number in range(59) if counted[number + 1] != counted[number]]
        assert [turn.value for turn in standing.turns] == expected


def test_a_price_is_found_to_a_thousandth():
    scenario = load_preset("customer-support").scenario
    axis = axes.axis_of(axes.API_PRICE, simulate(scenario, CATALOG), CATALOG)
    here = Along(scenario, CATALOG, axis)
    turn = breakeven.break_even(here, "api").standings["distil"].first
    for factor, cheaper in ((0.999, False), (1.001, True)):
        found = simulate(here.plan_at(turn.value * factor), CATALOG).strategies
        assert (found["distil"]["total_usd"] < found["api"]["total_usd"]) == cheaper


# ---------------------------------------------------------------------- curves
def test_a_curve_has_few_points_and_keeps_its_steps():
    still = load_preset("customer-support").scenario.with_({"workload.growth_frac_per_month": 0.0})
    costs = breakeven.break_even(on_volume(still), "api").costs
    for name in costs.strategies:
        x, y = breakeven.curve(costs, name, 1e4, 1e8)
        assert 2 <= len(x) <= 200
        assert (np.diff(x) > 0.0).all()
        shown = np.interp(np.log(costs.values), np.log(x), np.log(y))
        inside = (costs.values >= 1e4) & (costs.values <= 1e8)
        assert np.abs(shown - np.log(costs.row(name)))[inside].max() < 0.02
    x, y = breakeven.curve(costs, "prompt", 1e4, 1e8)
    steps = (np.diff(np.log(y)) > 0.05) & (np.diff(np.log(x)) < 2e-3)
    assert steps.sum() >= 3, "a step of replicas is drawn as a step"


def test_a_curve_has_a_gap_where_a_strategy_does_not_fit():
    usd = {"api": [1.0, 2, 3, 4, 5, 6], "distil": [2.0, 2, np.nan, np.nan, 2, 3]}
    x, y = breakeven.curve(along_numbers(usd).costs, "distil", 1.0, 6.0)
    assert np.isnan(y).any()
    assert set(x[np.isfinite(y)]) == {1.0, 2.0, 5.0, 6.0}


# ---------------------------------------------------------------------- draws
def drawn(scenario: Scenario, axis: Axis, **how: int) -> breakeven_draws.Chances:
    ranges = {**physics_ranges(simulate(scenario, CATALOG)), **scenario.ranges}
    *_, found = breakeven_draws.chances(
        Along(scenario, CATALOG, axis), ("distil", "api"), ranges, seed=1, **how
    )
    return found


def test_the_place_in_a_draw_is_that_of_the_drawn_plan():
    """Each place is checked in the plan of its draw, with what is decided at that volume held."""
    scenario = load_preset("customer-support").scenario
    here = on_volume(scenario)
    ranges = {**physics_ranges(simulate(scenario, CATALOG)), **scenario.ranges}
    ranges.pop(VOLUME, None)
    found = drawn(scenario, here.axis, count=64)
    draws = breakeven_draws.draws_of(ranges, 64, 1)
    place = found.places["distil"].values
    assert len(place) == 64
    for number in range(0, 64, 7):
        own = {path: float(values[number]) for path, values in draws.items()}

        def cheaper(factor: float, own: dict[str, float] = own, start: float = place[number]) -> bool:
            volume = round(start * factor)
            choices = resolve(scenario.with_({VOLUME: volume}), CATALOG)
            results = simulate(scenario.with_({VOLUME: volume, **own}), CATALOG, choices=choices).strategies
            return bool(results["distil"]["total_usd"] < results["api"]["total_usd"])

        assert cheaper(1.0)
        assert not all(cheaper(1.0 - less) for less in (0.001, 0.002, 0.004, 0.01))
        assert not any(cheaper(less) for less in (0.1, 0.3, 0.5))


def test_chances_rise_through_the_percentiles_of_the_places():
    scenario = load_preset("customer-support").scenario
    found = drawn(scenario, volume_of(scenario), count=256)
    places = found.places["distil"]
    assert places.rising
    assert places.none_frac == places.always_frac == 0.0
    for share in (10, 50, 90):
        at = np.interp(np.log(places.percentile(share)), np.log(found.values), found.cheaper_frac["distil"])
        assert at == pytest.approx(share / 100, abs=0.13)  # between two values of the grid
    assert (np.diff(found.cheaper_frac["distil"]) >= 0.0).all()
    assert sum(found.cheapest_frac.values()) == pytest.approx(np.ones(len(found.values)))
    low, middle, high = found.bands_usd["distil"]
    assert ((low <= middle) & (middle <= high)).all()


def test_without_width_draws_are_the_plan():
    scenario = load_preset("customer-support").scenario
    here = on_volume(scenario)
    span = {"low": 1.0, "mode": 1.0, "high": 1.0, "shape": "pert"}
    still = scenario.with_({"ranges": {"data.usd_per_example": span}})
    *_, found = breakeven_draws.chances(
        Along(still, CATALOG, here.axis), ("distil", "api"), still.ranges, seed=0, count=8
    )
    exact = breakeven.break_even(here, "api").standings["distil"].first.value
    assert found.places["distil"].values == pytest.approx(np.full(8, exact), rel=0.01)
    assert found.bands_usd["distil"][0] == pytest.approx(found.bands_usd["distil"][2])
    assert found.bands_usd["distil"][1] == pytest.approx(here.costs(found.values).row("distil"))


def test_the_range_of_the_axis_is_left_out_and_without_ranges_there_is_nothing():
    scenario = load_preset("customer-support").scenario
    axis = volume_of(scenario)
    span = {"low": 1e6, "mode": 2e6, "high": 6e6, "shape": "lognormal"}
    own = scenario.with_({"ranges": {VOLUME: span}})
    assert (
        list(breakeven_draws.chances(Along(own, CATALOG, axis), ("distil", "api"), own.ranges, seed=0)) == []
    )
    assert VOLUME not in drawn(own, axis, count=8).inputs


def test_a_strategy_that_never_fits_has_no_places_and_one_that_hardly_wins_few():
    scenario = load_preset("customer-support").scenario
    unfit = scenario.with_({"training.accelerators": 1, "finetune.method": "full"})
    places = drawn(unfit, volume_of(unfit), count=16).places
    assert places["finetune"].values.size == 0
    assert np.isnan(places["finetune"].percentile(50))
    dear = scenario.with_({"labour.prompt_hours": 500.0, "labour.run_own_hours_per_month": 200.0})
    never = drawn(dear, volume_of(dear), count=16).places["prompt"]
    assert 0.5 < never.none_frac < 1.0
    assert np.isinf(never.percentile(50))
    assert np.isinf(never.values).mean() == never.none_frac


def test_a_rent_is_won_up_to_a_place():
    scenario = load_preset("customer-support").scenario
    axis = axes.axis_of(axes.RENT, simulate(scenario, CATALOG), CATALOG)
    found = drawn(scenario, axis, count=64)
    assert not found.places["distil"].rising
    exact = breakeven.break_even(Along(scenario, CATALOG, axis), "api").standings["distil"].turns[0].value
    assert found.places["distil"].percentile(10) < exact < found.places["distil"].percentile(90)


def test_an_answer_that_nobody_waits_for_ends():
    scenario = load_preset("customer-support").scenario
    here = on_volume(scenario)
    stopped = breakeven_draws.chances(
        here, ("distil", "api"), physics_ranges(simulate(scenario, CATALOG)), seed=0, stopped=lambda: True
    )
    assert list(stopped) == []
    early = breakeven.break_even(here, "api", stopped=lambda: True)
    assert len(early.costs.values) <= 2 * breakeven.GRID + 1


# ---------------------------------------------------------------------- axes
def test_other_axes_are_numbers_in_use_with_the_important_first():
    scenario = load_preset("customer-support").scenario
    paths = axes.other_axes(scenario)
    assert paths[0] == "horizon_months"
    assert VOLUME not in paths
    results = simulate(scenario, CATALOG)
    for path in paths:
        axis = axes.axis_of(path, results, CATALOG)
        assert axis is None or axis.low <= axis.here <= axis.high


def test_an_unknown_or_wordy_input_is_no_axis():
    results = simulate(load_preset("customer-support").scenario, CATALOG)
    with pytest.raises(InputError, match="no_such"):
        axes.axis_of("workload.no_such", results, CATALOG)
    assert axes.axis_of("serving.hardware", results, CATALOG) is None
