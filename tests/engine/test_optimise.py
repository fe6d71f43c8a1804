"""The optimiser: its front against brute force, its best against every plan of the grid, its limits."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from planner.catalog.load import load_catalog
from planner.engine.choice import AIMS, choose
from planner.engine.optimise import GOALS, Search, optimise
from planner.engine.optimise_front import non_dominated
from planner.engine.optimise_moves import Moves
from planner.engine.optimise_space import Space, Variable, given_variable, variables_of
from planner.engine.run import simulate
from planner.errors import InputError
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets
from tests.engine.random_plans import plan

CATALOG = load_catalog()
GRIDS = (
    {
        "serving.hardware": ("nvidia-h100-sxm", "nvidia-l40s", "nvidia-l4"),
        "serving.precision": ("bf16", "fp8", "int4"),
        "refresh.interval_months": ("2", "6", "24"),
    },
    {
        "student.model": ("llama-3.2-1b", "llama-3.1-8b"),
        "finetune.method": ("full", "lora", "qlora"),
        "distil.method": ("logits", "sequence"),
        "serving.purchase": ("on_demand", "reserved"),
    },
    {
        "site.grid": ("fra", "usa", "pol"),
        "serving.student_target": ("cloud", "edge"),
        "serving.target_load_frac": ("0.5", "0.7"),
        "hardware.ownership": ("rent", "own"),
    },
)


def variables(grid: dict[str, tuple[str, ...]]) -> tuple[Variable, ...]:
    return tuple(given_variable(path, list(map(_read, texts))) for path, texts in grid.items())


def every_plan(scenario: Scenario, grid: dict[str, tuple[str, ...]]) -> list[dict[str, dict[str, float]]]:
    """Figures of all strategies that keep every limit, plan by plan: nothing of the optimiser is used."""
    found = []
    for values in itertools.product(*grid.values()):
        changes = {path: _read(text) for path, text in zip(grid, values, strict=True)}
        results = simulate(scenario.with_(changes), CATALOG)
        found.append(
            {name: dict(r.figures) for name, r in results.strategies.items() if r.fits and r.keeps_limits}
        )
    return found


def _read(text: str) -> str | int | float | None:
    if text.isdecimal():
        return int(text)
    if text == "null":
        return None
    return float(text) if text.replace(".", "").isdecimal() else text


# ---------------------------------------------------------------- the front
VALUES = st.one_of(st.integers(0, 4).map(float), st.floats(-1e6, 1e6), st.just(float("nan")))


def brute_force(rows: np.ndarray) -> list[bool]:
    def beats(one, other):
        return all(one <= other) and any(one < other)

    whole = [not any(np.isnan(row)) for row in rows]
    return [
        mine and not any(ok and beats(other, row) for other, ok in zip(rows, whole, strict=True))
        for row, mine in zip(rows, whole, strict=True)
    ]


@given(st.integers(1, 60).flatmap(lambda n: arrays(np.float64, (n, 3), elements=VALUES)))
def test_the_front_is_what_nothing_beats(rows):
    assert non_dominated(rows).tolist() == brute_force(rows)


@pytest.mark.parametrize("count", [511, 512, 513, 1500])
def test_the_front_of_more_than_one_block(count):
    rows = np.random.default_rng(count).integers(0, 40, (count, 3)).astype(np.float64)
    beaten = np.array([((rows <= row).all(1) & (rows < row).any(1)).any() for row in rows])
    assert non_dominated(rows).tolist() == (~beaten).tolist()


def test_the_front_of_nothing_is_empty():
    assert non_dominated(np.zeros((0, 3))).shape == (0,)


# ---------------------------------------------------------------- the best
@pytest.mark.parametrize("preset", ["customer-support", "on-device-mobile", "legal-contracts"])
@pytest.mark.parametrize("number", range(len(GRIDS)))
def test_the_best_is_that_of_all_plans(preset, number):
    grid, scenario = GRIDS[number], load_preset(preset).scenario
    outcome = optimise(scenario, CATALOG, variables(grid))
    kept = [figures for each in every_plan(scenario, grid) for figures in each.values()]
    assert outcome.method == "exhaustive"
    assert outcome.tried == outcome.size == len(list(itertools.product(*grid.values())))
    for goal in GOALS:
        name, sign = AIMS[goal]
        best = outcome.best[goal]
        assert best is not None
        reached = min(sign * figures[name] for figures in kept)
        assert sign * best.figures[name] == pytest.approx(reached, rel=1e-9)
        ties = [figures["total_usd"] for figures in kept if sign * figures[name] == reached]
        assert best.figures["total_usd"] == pytest.approx(min(ties), rel=1e-9)
        alone = simulate(scenario.with_(best.changes), CATALOG).strategies[best.strategy]
        assert {key: alone[key] for key in best.figures} == pytest.approx(best.figures, rel=1e-12)
        assert best in outcome.front


def test_the_best_of_random_plans():
    random, found = Random(11), 0
    for _ in range(12):
        scenario = plan(random, 0.15)
        grid = GRIDS[random.randrange(len(GRIDS))]
        outcome = optimise(scenario, CATALOG, variables(grid))
        kept = [figures["total_usd"] for each in every_plan(scenario, grid) for figures in each.values()]
        best = outcome.best["cost"]
        assert (best is None) == (not kept)
        if best is not None:
            found += 1
            assert best.figures["total_usd"] == pytest.approx(min(kept), rel=1e-9)
    assert found >= 4


def test_the_front_holds_every_plan_that_nothing_beats():
    scenario, grid = load_preset("customer-support").scenario, GRIDS[0]
    front = optimise(scenario, CATALOG, variables(grid)).front
    rows = np.array(
        [
            (figures["total_usd"], figures["carbon_kgco2e"], -figures["quality"])
            for each in every_plan(scenario, grid)
            for figures in each.values()
        ]
    )
    wanted = {tuple(row) for row, best in zip(rows, brute_force(rows), strict=True) if best}
    names = ("total_usd", "carbon_kgco2e", "quality")
    found = [tuple(each.figures[name] for name in names) for each in front]
    assert {(usd, kg, -points) for usd, kg, points in found} == wanted
    assert len(set(found)) == len(found)
    assert [usd for usd, _, _ in found] == sorted(usd for usd, _, _ in found)


def test_of_equal_plans_the_one_with_the_fewest_changes_is_taken():
    scenario = load_preset("customer-support").scenario.with_({"strategies": ("api",)})
    outcome = optimise(scenario, CATALOG, variables(GRIDS[1]))
    assert outcome.best["cost"] is not None
    assert outcome.best["cost"].changes == {}
    assert len(outcome.front) == 1


def test_limits_of_the_plan_hold():
    scenario = load_preset("customer-support").scenario.with_({"limits.min_quality": 75.0})
    outcome = optimise(scenario, CATALOG, variables(GRIDS[0]))
    for each in (*outcome.front, *outcome.best.values()):
        assert each is not None
        assert each.figures["quality_lowest"] >= 75.0
    free = optimise(load_preset("customer-support").scenario, CATALOG, variables(GRIDS[0])).best["cost"]
    assert outcome.best["cost"].figures["total_usd"] > free.figures["total_usd"]


def test_the_present_plan_is_the_choice_of_the_plan():
    results = simulate(load_preset("customer-support").scenario, CATALOG)
    present = optimise(results.scenario, CATALOG, ()).present
    assert present.strategy == choose(results).strategy
    assert present.figures["total_usd"] == float(results.strategies[present.strategy]["total_usd"])


# ---------------------------------------------------------------- where nothing qualifies
def test_where_nothing_keeps_a_limit_the_nearest_is_said():
    scenario = load_preset("customer-support").scenario.with_({"limits.max_total_usd": 50_000.0})
    outcome = optimise(scenario, CATALOG, variables(GRIDS[0]))
    assert outcome.front == ()
    assert set(outcome.best.values()) == {None}
    totals = [
        float(result["total_usd"])
        for values in itertools.product(*GRIDS[0].values())
        for result in simulate(
            scenario.with_(dict(zip(GRIDS[0], map(_read, values), strict=True))), CATALOG
        ).strategies.values()
        if result.fits and len(result.misses) == 1
    ]
    (missed,) = outcome.nearest.missed
    assert missed.path == "limits.max_total_usd"
    assert missed.value == pytest.approx(min(totals), rel=1e-9)
    assert missed.limit == 50_000.0
    assert missed.frac == pytest.approx((min(totals) - 50_000.0) / 50_000.0)


def test_data_that_leave_the_house_are_named():
    changes = {"strategies": ("api",), "limits.self_hosted_only": True}
    outcome = optimise(load_preset("customer-support").scenario.with_(changes), CATALOG, variables(GRIDS[2]))
    assert [each.path for each in outcome.nearest.missed] == ["limits.self_hosted_only"]


def test_where_nothing_fits_there_is_no_nearest():
    changes = {"strategies": ("prompt",), "base.model": "llama-3.1-405b"}
    scenario = load_preset("customer-support").scenario.with_(changes)
    outcome = optimise(scenario, CATALOG, variables({"serving.hardware": ("nvidia-l4", "nvidia-t4")}))
    assert outcome.nearest is None
    assert outcome.tried == 2


def test_a_plan_that_contradicts_itself_is_counted_not_raised():
    scenario = load_preset("customer-support").scenario.with_({"student.params": None})
    grid = {"student.model": ("llama-3.2-1b", "null")}
    outcome = optimise(scenario, CATALOG, variables(grid))
    assert outcome.invalid == 1
    assert outcome.best["cost"] is not None


# ---------------------------------------------------------------- what may change
@pytest.mark.parametrize("preset", [each.id for each in presets()])
def test_the_plan_is_a_point_of_its_own_grid(preset):
    scenario = load_preset(preset).scenario
    space = Space(scenario, variables_of(scenario, CATALOG))
    assert min(space.here) >= 0
    assert space.changed(space.here) == {}
    assert all(len(set(each.options[0].changes)) >= 1 for each in space.variables)


def test_every_value_offered_is_taken_by_the_plan():
    scenario = load_preset("customer-support").scenario
    for variable in variables_of(scenario, CATALOG):
        for option in variable.options:
            simulate(scenario.with_(option.changes), CATALOG)
        assert len({option.words for option in variable.options}) == len(variable.options)


def test_a_typed_price_stays_with_its_card():
    scenario = load_preset("customer-support").scenario.with_({"serving.usd_per_accelerator_h": 1.25})
    (cards,) = (v for v in variables_of(scenario, CATALOG) if v.path == "serving.hardware")
    own = [each for each in cards.options if each.changes["serving.hardware"] == scenario.serving.hardware]
    others = [each for each in cards.options if each not in own]
    assert [each.changes["serving.usd_per_accelerator_h"] for each in own] == [1.25]
    assert {each.changes["serving.usd_per_accelerator_h"] for each in others} == {None}


def test_only_what_concerns_the_strategies_is_offered():
    scenario = load_preset("customer-support").scenario
    of_api = {v.path for v in variables_of(scenario.with_({"strategies": ("api",)}), CATALOG)}
    assert of_api == {"refresh.interval_months", "site.grid"}
    of_tuning = {v.path for v in variables_of(scenario.with_({"strategies": ("finetune",)}), CATALOG)}
    assert "finetune.method" in of_tuning
    assert not {"student.model", "distil.method", "serving.student_target"} & of_tuning


def test_a_grid_counts_through_all_its_rows():
    scenario = load_preset("customer-support").scenario
    space = Space(scenario, variables(GRIDS[1]))
    assert space.size == 2 * 3 * 2 * 2
    whole = np.concatenate([space.rows(start, start + 5) for start in range(0, space.size, 5)])
    assert whole.tolist() == [list(row) for row in itertools.product(*map(range, space.counts))]


@pytest.mark.parametrize(
    ("path", "texts", "word"),
    [
        ("serving.hardwear", ("a",), "serving.hardware"),
        ("serving.target_load_frac", tuple(range(1000)), "999"),
        ("serving.precision", (), "no values"),
        ("strategies", ("api",), "search"),
    ],
)
def test_values_that_cannot_be_searched_are_refused(path, texts, word):
    with pytest.raises(InputError) as caught:
        given_variable(path, texts)
    assert word in f"{caught.value.message} {caught.value.hint} {caught.value.allowed}"


def test_a_variable_without_a_value_or_given_twice_is_refused():
    scenario = load_preset("customer-support").scenario
    (cards,) = (v for v in variables_of(scenario, CATALOG) if v.path == "serving.hardware")
    with pytest.raises(InputError, match="no value of it is allowed"):
        Search(scenario, CATALOG, (cards.with_allowed(()),))
    with pytest.raises(InputError, match="twice"):
        Search(scenario, CATALOG, (cards, replace(cards, free=False)))


# ---------------------------------------------------------------- the heuristic
def test_the_heuristic_finds_what_the_whole_grid_holds_and_says_what_it_is():
    scenario, grid = load_preset("customer-support").scenario, GRIDS[0]
    whole = optimise(scenario, CATALOG, variables(grid))
    search = Search(scenario, CATALOG, variables(grid), exhaustive_most=5, seed=3)
    found = search.run()
    assert (found.method, found.size, found.seed, found.finished) == ("heuristic", 27, 3, True)
    assert found.tried <= 27
    assert found.best["cost"] == whole.best["cost"]


def test_the_same_seed_tries_the_same_plans():
    scenario = load_preset("customer-support").scenario
    grid = variables({**GRIDS[0], **GRIDS[2]})
    first, again = (Search(scenario, CATALOG, grid, exhaustive_most=5, seed=7) for _ in range(2))
    rows = []
    for search in (first, again):
        for _ in range(150):
            search.step()
        rows.append(search.outcome())
        search.stop()
    assert rows[0] == rows[1]
    assert not rows[0].finished


def test_the_plan_as_it_is_competes_with_what_a_stopped_search_has_tried():
    scenario = load_preset("customer-support").scenario
    dear = variables(
        {"serving.hardware": ("nvidia-a100-sxm-80gb", "nvidia-h100-sxm"), "site.pue": ("3", "1.2")}
    )
    search = Search(scenario, CATALOG, dear)
    search.step()
    found = search.outcome()
    search.stop()
    assert (found.tried, found.finished) == (1, False)
    assert found.present.keeps_limits
    for goal, best in found.best.items():
        name, sign = AIMS[goal]
        assert sign * best.figures[name] <= sign * found.present.figures[name]
    assert found.best["carbon"].changes == {}
    assert (
        Search(scenario, CATALOG, dear).run().best["cost"].figures["total_usd"]
        <= (found.present.figures["total_usd"])
    )


def test_a_stopped_heuristic_leaves_no_thread():
    scenario = load_preset("customer-support").scenario
    search = Search(scenario, CATALOG, variables(GRIDS[0]), exhaustive_most=5)
    search.step()
    assert any(thread.name == "optimise" for thread in threading.enumerate())
    search.stop()
    assert not any(thread.name == "optimise" for thread in threading.enumerate())


# ---------------------------------------------------------------- one change at a time
@pytest.mark.parametrize("preset", ["customer-support", "bank-compliance", "healthcare-reports"])
def test_proposals_are_the_best_single_changes(preset):
    scenario = load_preset(preset).scenario
    now = simulate(scenario, CATALOG)
    strategy = choose(now).strategy
    here = now.strategies[strategy]
    savings = {}
    for variable in variables_of(scenario.with_({"strategies": (strategy,)}), CATALOG):
        if variable.path in ("site.grid", "serving.student_target"):
            continue
        for option in variable.allowed:
            then = simulate(scenario.with_(option.changes), CATALOG).strategies[strategy]
            if not (then.fits and then.keeps_limits):
                continue
            worse = (
                here["quality_lowest"] - then["quality_lowest"] > 0.5 and scenario.limits.min_quality is None
            )
            slower = then["latency_p95_s"] > 1.25 * here["latency_p95_s"]
            if worse or (slower and scenario.limits.max_latency_p95_s is None):
                continue
            saving = float(here["total_usd"]) - float(then["total_usd"])
            if saving >= 0.01 * here["total_usd"]:
                savings[variable.path] = max(saving, savings.get(variable.path, 0.0))
    moves = Moves(scenario, CATALOG, strategy).run()
    wanted = sorted(savings.values(), reverse=True)[:2]
    assert wanted
    assert [move.saving_usd for move in moves] == pytest.approx(wanted, rel=1e-9)
    for move in moves:
        then = simulate(scenario.with_(move.changes), CATALOG).strategies[strategy]
        assert float(then["total_usd"]) == pytest.approx(float(here["total_usd"]) - move.saving_usd, rel=1e-9)
        assert move.quality == pytest.approx(float(then["quality_lowest"]))
        assert then.keeps_limits


def test_what_does_not_fit_gets_no_proposals():
    changes = {"strategies": ("prompt",), "base.model": "llama-3.1-405b", "serving.hardware": "nvidia-t4"}
    scenario = load_preset("customer-support").scenario.with_(changes)
    assert Moves(scenario, CATALOG, "prompt").run() == ()
