"""``planner optimise``: its best is that of a loop over ``planner run --set``, and goal seek likewise."""

from __future__ import annotations

import itertools
import json

import pytest

from planner.engine.optimise import GOALS

GRID = {
    "serving.hardware": ("nvidia-h100-sxm", "nvidia-l40s"),
    "serving.precision": ("fp8", "int4"),
    "refresh.interval_months": ("3", "24"),
    "student.model": ("llama-3.2-3b", "llama-3.1-8b"),
}
FIGURE = {"cost": ("total_usd", 1), "carbon": ("carbon_kgco2e", 1), "quality": ("quality", -1)}
LIMITS = ("--min-quality", "66", "--max-usd", "400k", "--max-latency-s", "20")
AS_SET = {
    "limits.min_quality": "66",
    "limits.max_total_usd": "400k",
    "limits.max_latency_p95_s": "20",
}


def over(grid):
    return [word for path, values in grid.items() for word in ("--over", f"{path}={','.join(values)}")]


def sets(changes):
    return [word for path, value in changes.items() for word in ("--set", f"{path}={value}")]


def loop(call, plan, grid, also):
    """Every strategy of every plan that keeps its limits, by `planner run`."""
    found = []
    for values in itertools.product(*grid.values()):
        document = call("run", plan, "--json", *sets(dict(zip(grid, values, strict=True)) | also)).json
        found += [each for each in document["strategies"].values() if each["keeps_limits"]]
    return found


@pytest.mark.parametrize("plan", ["customer-support", "legal-contracts", "real-time-monitoring"])
def test_the_best_is_that_of_a_loop_over_run(call, plan):
    kept = loop(call, plan, GRID, AS_SET)
    for goal in GOALS:
        document = call("optimise", plan, "--goal", goal, *over(GRID), *LIMITS, "--json").json
        name, sign = FIGURE[goal]
        best = document["best"][goal]
        assert (best is None) == (not kept)
        assert document["tried"] == document["plans"] == 16
        if best is not None:
            assert sign * best[name] == pytest.approx(min(sign * each[name] for each in kept), rel=1e-9)
            changes = {path: json.dumps(value).strip('"') for path, value in best["changes"].items()}
            alone = call("run", plan, "--json", *sets(changes)).json["strategies"][best["strategy"]]
            shared = set(alone) & set(best) - {"keeps_limits"}
            assert {name, "total_usd", "latency_p95_s"} <= shared
            assert {key: best[key] for key in shared} == pytest.approx(
                {k: alone[k] for k in shared}, rel=1e-9
            )


def test_the_limits_of_the_plan_can_be_replaced_and_lifted(call):
    grid = over({"refresh.interval_months": ("3", "24")})
    set_floor = ("--set", "limits.min_quality=69")
    held = call("optimise", "customer-support", *grid, *set_floor, "--json").json
    lifted = call("optimise", "customer-support", *grid, *set_floor, "--min-quality", "none", "--json").json
    assert held["limits"]["min_quality"] == 69
    assert lifted["limits"]["min_quality"] is None
    assert held["best"]["cost"]["quality_lowest"] >= 69 > lifted["best"]["cost"]["quality_lowest"]


def test_the_table_says_what_to_change_and_how_to_run_it(call):
    answer = call("optimise", "customer-support", "--over", "serving.hardware=nvidia-h100-sxm,nvidia-l40s")
    assert answer.code == 0
    assert "Least cost: Distil, L40S: " in answer.out
    assert "less than now" in answer.out
    assert "Serving card" in answer.out
    assert "All 2 plans tried." in answer.out
    assert "Free: PUE (2)." in call("optimise", "customer-support", "--over", "site.pue=1.1,1.2").out
    assert "planner run FILE --set serving.hardware=nvidia-l40s" in answer.out


def test_where_nothing_qualifies_the_nearest_is_shown(call):
    grid = ("--over", "serving.precision=fp8,int8", "--max-usd", "1000")
    said = " ".join(call("optimise", "customer-support", *grid).out.split())
    assert "None of 2 plans keeps every limit; Distil comes nearest: $272k against a budget of $1" in said
    document = call("optimise", "customer-support", *grid, "--json").json
    assert document["best"] == {"cost": None, "carbon": None, "quality": None}
    assert [each["path"] for each in document["nearest"]["missed"]] == ["limits.max_total_usd"]
    assert document["front"] == []


def test_free_takes_the_values_of_the_planner(call):
    document = call("optimise", "customer-support", "--free", "finetune.method", "--json").json
    assert document["free"] == [{"path": "finetune.method", "values": ["full", "lora", "qlora"]}]


def test_a_large_grid_says_that_it_was_not_tried_whole(call, monkeypatch):
    monkeypatch.setattr("planner.engine.optimise.EXHAUSTIVE_MOST", 3)
    monkeypatch.setattr("planner.engine.optimise_evolution.GENERATIONS", 3)
    grid = over({"serving.target_load_frac": ("0.5:0.9:9",), "refresh.interval_months": ("2", "6", "24")})
    answer = call("optimise", "customer-support", *grid, "--seed", "4")
    assert "of 27 tried by differential evolution, seed 4: a better one may exist." in answer.out.replace(
        "\n  ", " "
    )


# ---------------------------------------------------------------- goal seek
def test_the_largest_volume_is_that_of_run(call):
    words = (
        "--seek",
        "workload.requests_per_month=max",
        "--limit",
        "total_usd<=400k",
        "--strategy",
        "distil",
    )
    found = call("optimise", "customer-support", *words, "--json").json
    assert found["holds_all_the_way_to"] == found["value"] == int(found["value"])

    def total(volume):
        changes = sets({"workload.requests_per_month": repr(volume)})
        return call("run", "customer-support", "--json", *changes).json["strategies"]["distil"]["total_usd"]

    assert total(found["value"]) <= 400_000 < total(found["value"] + 1)
    assert found["figures"]["total_usd"] == pytest.approx(total(found["value"]), rel=1e-9)
    said = call("optimise", "customer-support", *words).out
    assert (
        f"Requests per month: at most {found['value']:,.0f}, for Distil to keep the total at most $400k"
        in said
    )


def test_a_bound_that_does_not_hold_all_the_way_says_so(call):
    answer = call(
        *("optimise", "customer-support", "--seek", "refresh.interval_months=max", "--strategy", "distil"),
        *("--limit", "total_usd<=270k", "--limit", "quality_lowest>=67"),
    )
    assert "It does not hold at 1 month, only further on." in answer.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--seek", "a=max"), 'There is no input "a"'),
        (("--seek", "data.examples=up"), "=max or =min"),
        (("--seek", "data.examples=min"), "needs a bound"),
        (("--seek", "data.examples=min", "--limit", "foo<=2"), 'no figure "foo"'),
        (("--seek", "data.examples=min", "--limit", "total_usd<2"), "is no bound"),
        (("--seek", "data.examples=min", "--limit", "total_usd<=cheap"), "Total"),
        (("--seek", "data.examples=min", "--limit", "total_usd<=9", "--between", "3"), "is no span"),
        (("--seek", "data.examples=min", "--limit", "total_usd<=9", "--over", "site.grid=usa"), "Leave out"),
        (("--limit", "total_usd<=3"), "belongs to --seek"),
        (("--strategy", "api"), "belongs to --seek"),
        (("--over", "serving.precision=fp9"), "fp9"),
        (("--over", "serving.hardware=nvidia-h9000"), "nvidia-h9000"),
        (("--over", "strategies=api"), "strategies"),
        (("--free", "base.model"), "--over base.model=a,b"),
        (("--max-usd", "lots"), "Budget"),
        (("--goal", "fame"), "fame"),
    ],
)
def test_what_cannot_be_searched_is_refused(call, words, said):
    answer = call("optimise", "customer-support", *words)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""
