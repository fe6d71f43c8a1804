"""The advice against the engine itself: figures of cells, arguments, and both sides of every flip."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.advisor.cells import Cell, Figure, figures_of, with_best
from planner.engine.advisor.criteria import More, criteria
from planner.engine.advisor.flips import Findings, choice_after, choice_of, find, search
from planner.engine.advisor.recommend import LEAST_SIZE, recommend
from planner.engine.advisor.release import HOURS_OF_ENGINEER_PER_WEEK, training_h, weeks_to_release
from planner.engine.advisor.truths import TITLES
from planner.engine.choice import choose
from planner.engine.crossing import nearest
from planner.engine.lineitems import ENERGY
from planner.engine.run import simulate
from planner.engine.scores import score_ranges
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets

CATALOG = load_catalog()
PRESETS = [preset.id for preset in presets()]


def run(changes=None, preset="customer-support"):
    """Results of a preset, changed."""
    return simulate(load_preset(preset).scenario.with_(changes or {}), CATALOG)


def table(results, **more):
    """Criteria by id."""
    return {row.id: row for row in criteria(results, choose(results).strategy, More(**more))}


@pytest.fixture(scope="module", params=PRESETS)
def preset(request):
    """Results and flips of each preset, counted once."""
    results = run(preset=request.param)
    return results, find(results, CATALOG)


# ---------------------------------------------------------------------- flips
def test_each_flip_of_each_preset_holds_on_either_side(preset):
    results, found = preset
    here = choice_of(results)
    assert found.flips
    for flip in found.flips:
        before, after = (choice_after(results.scenario, CATALOG, side) for side in (flip.near, flip.far))
        assert after == flip.strategy != here
        assert before != flip.strategy
        if not flip.path.startswith("limits."):  # a further level of a limit may start from a third strategy
            assert before == here
        if flip.value is not None:
            (near, far) = (next(iter(side.values())) for side in (flip.near, flip.far))
            assert (far < near) == flip.below
            if len(flip.near) == 1:
                assert min(near, far) <= flip.value <= max(near, far)
                assert abs(far - near) <= max(1.0, 0.01 * abs(far))


def test_first_level_of_a_limit_starts_from_the_plans_own_choice(preset):
    results, found = preset
    for path in {flip.path for flip in found.flips if flip.path.startswith("limits.m")}:
        nearest_one = min((f for f in found.flips if f.path == path), key=lambda f: f.size)
        assert choice_after(results.scenario, CATALOG, nearest_one.near) == choice_of(results)


def test_nearest_flip_of_each_strategy_comes_first_then_the_rest_by_size(preset):
    _, found = preset
    winners = {flip.strategy for flip in found.flips}
    ahead, rest = found.flips[: len(winners)], found.flips[len(winners) :]
    assert {flip.strategy for flip in ahead} == winners
    for part in (ahead, rest):
        assert all(a.size <= b.size for a, b in itertools.pairwise(part))


def test_windows_of_volume_hold_within_and_end_where_the_choice_does(preset):
    results, found = preset
    volume = results.scenario.workload.requests_per_month
    here = choice_of(results)
    assert any(
        w.strategy == here and (w.low is None or w.low <= volume) and (w.high is None or volume <= w.high)
        for w in found.windows
    )
    for window in found.windows:
        low = volume / 100.0 if window.low is None else window.low * 1.01
        high = volume * 100.0 if window.high is None else window.high / 1.01
        if low < high:
            for value in (low, high):
                changes = {"workload.requests_per_month": value}
                assert choice_after(results.scenario, CATALOG, changes) == window.strategy


def test_flip_of_volume_is_the_one_that_the_verdict_names():
    results = run()
    crossing = nearest(results, CATALOG)
    flip = next(f for f in find(results, CATALOG).flips if f.path == "workload.requests_per_month")
    assert flip.strategy == crossing.strategy == "api"
    assert flip.below
    assert crossing.below
    assert flip.value == pytest.approx(crossing.requests_per_month, rel=0.02)
    assert flip.text == "there are under 1.8M requests a month"


def test_a_floor_that_is_not_set_flips_at_the_score_of_the_choice_and_says_what_it_costs():
    results = run()
    flips = [f for f in find(results, CATALOG).flips if f.path == "limits.min_quality"]
    first = flips[0]
    strategies = results.strategies
    assert first.value == strategies["distil"]["quality_lowest"]
    extra = strategies[first.strategy]["total_usd"] - strategies["distil"]["total_usd"]
    assert first.extra_usd == pytest.approx(extra)
    assert first.text.endswith("is needed: +$30k")
    assert [f.strategy for f in flips] == ["api", "finetune"]
    assert flips[1].value == strategies["api"]["quality_lowest"]


def test_data_that_may_leave_the_house_are_a_flip_with_its_saving():
    results = run(preset="bank-compliance")
    flip = next(f for f in find(results, CATALOG).flips if f.path == "limits.self_hosted_only")
    assert flip.strategy == "api"
    assert flip.words == "data may leave the house"
    assert flip.extra_usd < 0.0
    after = simulate(results.scenario.with_(dict(flip.far)), CATALOG)
    assert choose(after).strategy == "api"


def test_where_nothing_keeps_the_limits_flips_say_what_would():
    results = run({"limits.min_quality": 95.0})
    assert choice_of(results) is None
    found = find(results, CATALOG)
    floor = next(f for f in found.flips if f.path == "limits.min_quality")
    best = max(result["quality_lowest"] for result in results.strategies.values())
    assert floor.value == best
    assert floor.strategy == "finetune"
    assert floor.extra_usd is None
    assert floor.words == "a score of 83.1 is enough"
    assert choice_after(results.scenario, CATALOG, floor.near) is None


def test_carbon_that_nobody_publishes_is_hedged():
    results = run(preset="legal-contracts")
    hedged = [f for f in find(results, CATALOG).flips if "carbon" in f.words]
    assert hedged
    assert all(f.words.endswith("(roughly known)") for f in hedged)


def test_alone_there_is_nothing_to_flip_to():
    assert find(run({"strategies": ("distil",)}), CATALOG).flips == ()


def test_search_yields_between_simulations_and_its_findings_last(monkeypatch):
    import planner.engine.advisor.flips as module

    counted = []
    monkeypatch.setattr(module, "simulate", lambda *a, **k: (counted.append(1), simulate(*a, **k))[1])
    results, before = run(), 0
    *steps, last = search(results, CATALOG)
    assert isinstance(last, Findings)
    assert steps
    assert set(steps) == {None}
    for _ in search(results, CATALOG):
        assert len(counted) - before <= len(steps) + 1
        break
    counted.clear()
    for step in search(results, CATALOG):
        assert len(counted) <= 1 or step is not None
        counted.clear()


def test_an_optimal_interval_and_no_traffic_are_no_levers():
    results = run({"refresh.interval_months": "optimal"})
    assert all(f.path != "refresh.interval_months" for f in find(results, CATALOG).flips)
    still = find(run({"workload.requests_per_month": 0.0}), CATALOG)
    assert still.windows == ()
    assert all(f.path != "workload.requests_per_month" for f in still.flips)


@pytest.mark.parametrize(
    "changes",
    [
        {"horizon_months": 1},
        {"horizon_months": 60, "refresh.interval_months": 1},
        {"workload.requests_per_month": 1e11, "data.usd_per_example": 1e3},
        {"site.carbon_kgco2e_per_kwh": 0.0, "limits.goal": "carbon"},
        {"strategies": ("prompt", "finetune"), "serving.accelerators_per_replica": 1},
    ],
    ids=["one month", "five years", "huge", "no carbon", "unfit"],
)
def test_odd_plans_are_advised_on(changes):
    scenario = load_preset().scenario.with_(changes)
    results = simulate(scenario, CATALOG)
    found = find(results, CATALOG)
    advice = recommend(results, choose(results))
    assert advice.headline
    for flip in found.flips:
        assert choice_after(scenario, CATALOG, flip.far) == flip.strategy
    assert len(criteria(results, advice.strategy, More(found.windows))) == len(TITLES)


# ---------------------------------------------------------------------- recommendation
def test_advice_is_the_choice_and_starts_with_the_goal(preset):
    results, _ = preset
    choice = choose(results)
    advice = recommend(results, choice)
    assert advice.strategy == choice.strategy
    assert advice.reasons[0].kind in ("goal", "alone")
    assert len(advice.against) >= 2
    for arguments in (advice.reasons, advice.against):
        sizes = [argument.size for argument in arguments]
        assert sizes == sorted(sizes, reverse=True)
        assert min(sizes) >= LEAST_SIZE
        assert all(argument.text.endswith(".") for argument in arguments)


def test_every_figure_of_an_argument_is_one_of_the_results(preset):
    results, _ = preset
    advice = recommend(results, choose(results))
    known = [
        float(value)
        for result in results.strategies.values()
        for value in (*result.figures.values(), weeks_to_release(results, result))
    ]
    totals = [float(result["total_usd"]) for result in results.strategies.values()]
    gaps = [abs(a - b) for a, b in itertools.permutations(totals, 2)]
    gaps += [
        abs(float(a[figure]) - float(b[figure]))
        for figure in ("quality", "carbon_kgco2e")
        for a, b in itertools.permutations(results.strategies.values(), 2)
    ]
    gaps += [(a - b) / b for a, b in itertools.permutations(totals, 2)]
    for argument in (*advice.reasons, *advice.against):
        for figure in figures_of(argument.parts):
            assert any(figure.value == pytest.approx(value, rel=1e-9) for value in (*known, *gaps)), argument


def test_reasons_hold_when_the_engine_is_asked():
    results = run(preset="bank-compliance")
    advice = recommend(results, choose(results))
    limits = [reason for reason in advice.reasons if reason.kind == "limit"]
    best = results.strategies[advice.strategy]
    missing = [r for r in results.strategies.values() if r.misses and r["total_usd"] < best["total_usd"]]
    assert len(limits) == len(missing) >= 1
    assert any("data leave the house" in reason.text for reason in limits)
    freed = simulate(results.scenario.with_({"limits.self_hosted_only": False}), CATALOG)
    assert not any(
        "leave the house" in r.text for r in recommend(freed, choose(freed)).reasons if r.kind == "limit"
    )


def test_carbon_of_a_provider_is_never_a_single_figure():
    results = run({"limits.goal": "carbon"}, preset="legal-contracts")
    choice = choose(results)
    assert recommend(results, choice).reasons[0].text.startswith("Perhaps the least carbon")
    alone = run(
        {"limits.goal": "carbon", "strategies": ("api", "prompt"), "workload.requests_per_month": 1e4}
    )
    first = recommend(alone, choose(alone)).reasons[0]
    (span,) = figures_of(first.parts)
    low, high = alone.strategies["api"].energy_range_frac
    carbon = alone.strategies["api"]["carbon_kgco2e"]
    assert (span.value, span.high) == (carbon * low, carbon * high)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"distil.teacher": "api"}, "licence"),
        ({"workload.requests_per_month": 1e5}, "provider"),
        ({"limits.min_quality": 95.0}, "limit"),
        ({"limits.goal": "quality"}, "cost"),
        ({"workload.requests_per_month": 1.85e6}, "close"),
    ],
)
def test_what_speaks_against_it_is_said(changes, kind):
    results = run(changes)
    advice = recommend(results, choose(results))
    assert kind in {argument.kind for argument in advice.against}


def test_headlines_of_the_cases():
    def headline(changes):
        results = run(changes)
        return recommend(results, choose(results)).headline

    assert headline({}) == "For this plan, distil."
    assert headline({"workload.requests_per_month": 1.85e6}) == "For this plan, distil, but it is close."
    assert headline({"limits.min_quality": 95.0}) == "Nothing keeps every limit. Nearest: distil."
    unfit = {
        "strategies": ("prompt",),
        "serving.hardware": "nvidia-l4",
        "serving.precision": "bf16",
        "serving.accelerators_per_replica": 1,
    }
    results = run(unfit)
    advice = recommend(results, choose(results))
    assert advice.strategy is None
    assert advice.reasons == advice.against == ()


# ---------------------------------------------------------------------- table
def test_the_rows_are_the_criteria_in_their_order(preset):
    results, _ = preset
    rows = criteria(results, choose(results).strategy)
    assert [row.id for row in rows] == list(TITLES)
    for row in rows:
        assert [cell.strategy for cell in row.cells] == list(results.strategies)
        assert all(cell.text and cell.note_text for cell in row.cells)
        assert sum(cell.best for cell in row.cells) <= 1


@pytest.mark.parametrize(
    ("criterion", "figure", "place"),
    [
        ("quality", "quality", 0),
        ("breadth", "general_quality", 0),
        ("release", "first_release_usd", 0),
        ("experience", "latency_p95_s", 0),
        ("upkeep", "refreshes", 0),
        ("upkeep", "refresh_usd", 1),
    ],
)
def test_a_figure_in_a_cell_is_that_of_the_results(preset, criterion, figure, place):
    results, _ = preset
    for cell in table(results)[criterion].cells:
        if figure in ("refreshes", "refresh_usd") and not results.strategies[cell.strategy]["refreshes"]:
            continue
        assert figures_of(cell.parts)[place].value == results.strategies[cell.strategy][figure]


def test_energy_cells_add_up_and_a_provider_stands_as_a_range():
    results = run()
    row = table(results)["energy"]
    trained, used = figures_of(row.cell("finetune").parts)
    assert trained.value + used.value == pytest.approx(results.strategies["finetune"]["energy_kwh"])
    assert used.value == results.strategies["finetune"].by_phase(ENERGY)["serving"]
    (span,) = figures_of(row.cell("api").parts)
    low, high = results.strategies["api"].energy_range_frac
    energy = results.strategies["api"]["energy_kwh"]
    assert (span.value, span.high) == (energy * low, energy * high)


def test_running_cost_and_first_release_make_the_total(preset):
    results, _ = preset
    rows, months = table(results), results.scenario.horizon_months
    for name, result in results.strategies.items():
        (monthly,) = figures_of(rows["running"].cell(name).parts)
        (first,) = figures_of(rows["release"].cell(name).parts)
        assert monthly.value * months + first.value == pytest.approx(result["total_usd"])


def test_data_cells_hold_what_the_ledger_holds():
    results = run()
    row = table(results)["data"]
    scenario = results.scenario
    labels = scenario.data.examples * scenario.data.usd_per_example
    assert figures_of(row.cell("finetune").parts)[1].value == pytest.approx(labels)
    both, distil = (figures_of(row.cell(name).parts)[-1].value for name in ("both", "distil"))
    assert both == pytest.approx(labels + distil)
    assert row.cell("api").text == "No training data"


def ranked(*values):
    """Cells that are compared by these figures, all in points."""
    cells = tuple(
        Cell(str(n), (), (), rank=value if isinstance(value, Figure) else Figure(value, "points", figures=2))
        for n, value in enumerate(values)
    )
    return [cell.best for cell in with_best(cells)]


def test_ties_give_no_check():
    assert ranked(1.0, 2.0, 3.0) == [True, False, False]
    assert ranked(2.0, 2.0, 3.0) == [False, False, False]
    assert ranked(2.001, 2.002, 3.0) == [False, False, False]  # they read the same
    assert ranked(1.0) == [False]
    assert ranked(math.nan, 2.0) == [False, False]
    assert ranked(Figure(1.0, "kwh", 5.0), Figure(2.0, "kwh")) == [False, False]
    assert ranked(Figure(1.0, "kwh", 5.0), Figure(6.0, "kwh")) == [True, False]
    assert ranked(Figure(1.0, "kwh"), Figure(0.9, "kwh", 5.0)) == [False, False]


def test_two_students_alike_are_both_unchecked():
    row = table(run())["experience"]
    assert row.cell("distil").text == row.cell("both").text
    assert not any(cell.best for cell in row.cells)


def test_a_strategy_that_does_not_fit_says_why_and_shows_dashes():
    results = run(
        {
            "serving.hardware": "nvidia-l4",
            "serving.precision": "bf16",
            "serving.accelerators_per_replica": 1,
        }
    )
    rows = table(results)
    assert not np.all(results.strategies["prompt"].fits)
    goal = rows["goal"].cell("prompt")
    assert goal.text == "Does not fit"
    assert goal.note_text == results.strategies["prompt"].problems[0].message
    for id in ("quality", "release", "running", "energy", "weeks"):
        cell = rows[id].cell("prompt")
        assert cell.text == "–"
        assert not cell.best
        assert cell.items == ""


@pytest.mark.parametrize(
    ("changes", "outside"),
    [
        ({}, {"api"}),
        ({"finetune.host": "provider"}, {"api", "finetune"}),
        ({"distil.teacher": "api"}, {"api", "distil"}),
    ],
)
def test_what_leaves_the_house_is_what_the_limit_excludes(changes, outside):
    results = run(changes | {"limits.self_hosted_only": True})
    row = table(results)["house"]
    missing = {n for n, r in results.strategies.items() if "limits.self_hosted_only" in r.misses}
    assert {cell.strategy for cell in row.cells if cell.text == "Leaves the house"} == missing == outside
    assert row.cell("api").note_text == "the plan forbids it"


def test_weeks_are_engineering_over_the_team_and_runs_by_the_clock():
    results = run()
    result = results.strategies["distil"]
    hours = training_h(results, result)
    runs = result.trainings["student_training"]
    each = result.generation.accelerator_s_per_request / results.choices["distil"].generation_accelerators
    assert hours == pytest.approx(runs.run_h * runs.course.runs + result.answers * each / 3600.0)
    assert weeks_to_release(results, result) == pytest.approx(300 / (2 * 30) + hours / 168)
    assert HOURS_OF_ENGINEER_PER_WEEK == 30.0
    more = run({"labour.engineers": 4})
    faster = weeks_to_release(more, more.strategies["distil"])
    assert faster == pytest.approx(300 / (4 * 30) + hours / 168)
    assert more.strategies["distil"]["total_usd"] == result["total_usd"]
    assert training_h(results, results.strategies["api"]) == 0.0


def test_lag_from_data_to_live_is_the_one_that_the_scores_carry():
    results = run({"refresh.drift_points_per_month": 1.0})
    for result in results.strategies.values():
        assert result["quality"] - result.quality_by_month[0] == pytest.approx(result.lag_months)


def test_shared_tasks_and_students_are_said():
    rows = table(run({"finetune.tasks": 3, "distil.students": 2}))["sharing"]
    assert rows.cell("finetune").text == "3 tasks on one base"
    assert rows.cell("distil").text == "2 students of one teacher"
    alone = table(run({"finetune.method": "full", "finetune.tasks": 3}))["sharing"]
    assert alone.cell("finetune").text == "One model a task"


def test_best_for_says_the_volumes_once_they_are_counted():
    results = run()
    assert table(results)["best_for"].cell("distil").text == "The choice at 2.0M a month"
    rows = table(results, windows=find(results, CATALOG).windows)["best_for"]
    assert rows.cell("api").text == "Up to 1.8M a month"
    assert rows.cell("distil").text == "From 1.8M a month"
    assert rows.cell("both").text == "At no volume"
    assert rows.cell("distil").best
    with pytest.raises(KeyError):
        rows.cell("nobody")


def test_scores_stand_with_their_range_and_whose_they_are():
    results = run({"quality.finetune_points": 88.0})
    scores = score_ranges(results.scenario, CATALOG, results.choices)
    row = table(results, scores=scores)["quality"]
    for name, held in scores.items():
        _, span = figures_of(row.cell(name).parts)
        assert (span.value, span.high) == (held.low, held.high)
    assert row.cell("finetune").note_text.endswith("your measure")
    assert row.cell("api").note_text.endswith("assumed")
    assert row.cell("finetune").best


def test_where_scores_decide_a_measured_one_may_flip_the_advice():
    results = run({"limits.min_quality": 83.0})
    flips = {flip.path: flip for flip in find(results, CATALOG).flips}
    assert flips["quality.api_points"].strategy == "api"
    assert flips["quality.api_points"].value == pytest.approx(83.875, abs=0.05)  # 3.5 months old at the end
    assert "quality.api_points" not in {flip.path for flip in find(run(), CATALOG).flips}


def test_nobody_is_best_for_a_plan_whose_limits_nobody_keeps():
    row = table(run({"limits.min_quality": 95.0}))["best_for"]
    assert not any(cell.best for cell in row.cells)


def test_devices_workstations_and_providers_are_named():
    device = table(run(preset="on-device-mobile"))["deployment"].cell("distil")
    assert device.text == "Users' devices"
    desk = table(run({"serving.student_target": "workstation"}))["deployment"].cell("distil")
    assert "workstation" in desk.note_text
    rows = table(simulate(Scenario().with_({"finetune.host": "provider"}), CATALOG))["deployment"]
    assert rows.cell("api").text == "The provider's cloud"
