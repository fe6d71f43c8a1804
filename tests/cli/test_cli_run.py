"""``planner run``: the table, the document of the contract, changes by ``--set``."""

from __future__ import annotations

import math
import re

import pytest

from planner.engine.results import FIGURES
from planner.export.words import figure_title
from planner.scenario.model import STRATEGY_WORDS
from planner.scenario.presets import load_preset, presets

TOP = [
    *("schema_version", "planner_version", "catalog_version", "seed", "scenario", "strategies", "ledger"),
    "risk",
]
STRATEGY = {
    *("fits", "problems", "total_usd", "npv_usd", "first_release_usd", "usd_per_1k_requests", "energy_kwh"),
    *("carbon_kgco2e", "carbon_operational_kgco2e", "carbon_embodied_kgco2e", "water_l"),
    *("training_accelerator_h", "serving_accelerator_h", "replicas_peak", "accelerators_per_replica"),
    *("ttft_p95_s", "tpot_s", "latency_p95_s", "quality", "lost_value_usd", "keeps_limits", "refreshes"),
    *("refresh_usd", "payback_month"),
}
LEDGER = {
    *("strategy", "month", "item", "category", "phase"),
    *("usd", "energy_kwh", "carbon_kgco2e", "water_l", "accelerator_h"),
}
IDS = [preset.id for preset in presets()]
TOO_SMALL = ("--set", "training.accelerators=1", "--set", "finetune.method=full")


@pytest.mark.parametrize("preset", IDS)
def test_the_document_has_the_keys_of_the_contract(call, preset):
    document = call("run", preset, "--json").json
    assert list(document) == TOP
    assert document["schema_version"] == 1
    assert document["seed"] == 0
    assert document["risk"] == {"draws": 0, "cheapest_frac": {}, "total_usd": {}}
    assert document["scenario"]["name"] == "Plan A"
    for strategy in document["strategies"].values():
        assert set(strategy) == STRATEGY
    assert all(set(row) == LEDGER for row in document["ledger"])


@pytest.mark.parametrize("preset", IDS)
def test_the_ledger_sums_to_every_total(call, preset):
    document = call("run", preset, "--json").json
    for name, strategy in document["strategies"].items():
        rows = [row for row in document["ledger"] if row["strategy"] == name]
        sums = {
            key: math.fsum(row[key] for row in rows)
            for key in ("usd", "energy_kwh", "carbon_kgco2e", "water_l")
        }
        refresh = math.fsum(row["usd"] for row in rows if row["phase"] == "refresh")
        first = math.fsum(row["usd"] for row in rows if row["month"] == 0)
        hours = math.fsum(row["accelerator_h"] for row in rows)
        assert sums["usd"] == pytest.approx(strategy["total_usd"], rel=1e-9)
        assert sums["energy_kwh"] == pytest.approx(strategy["energy_kwh"], rel=1e-9)
        assert sums["carbon_kgco2e"] == pytest.approx(strategy["carbon_kgco2e"], rel=1e-9)
        assert sums["water_l"] == pytest.approx(strategy["water_l"], rel=1e-9)
        assert refresh == pytest.approx(strategy["refresh_usd"], rel=1e-9)
        assert first == pytest.approx(strategy["first_release_usd"], rel=1e-9)
        assert hours == pytest.approx(
            strategy["training_accelerator_h"] + strategy["serving_accelerator_h"], rel=1e-9
        )


def test_month_0_carries_no_traffic(call):
    document = call("run", "customer-support", "--json").json
    phases = {row["phase"] for row in document["ledger"] if row["month"] == 0}
    assert phases == {"first release"}


def test_figures_of_what_does_not_fit_are_null(call):
    document = call("run", "customer-support", "--json", *TOO_SMALL).json
    strategy = document["strategies"]["finetune"]
    assert strategy["fits"] is False
    assert strategy["keeps_limits"] is False
    figures = STRATEGY - {"fits", "problems", "keeps_limits"}
    assert all(strategy[name] is None for name in figures)
    assert set(strategy["problems"][0]) == {"code", "message", "hint"}
    assert not [row for row in document["ledger"] if row["strategy"] == "finetune"]


def test_the_baseline_has_no_payback(call):
    strategies = call("run", "customer-support", "--json").json["strategies"]
    assert strategies["api"]["payback_month"] is None
    assert isinstance(strategies["distil"]["payback_month"], int)


def test_the_same_plan_prints_the_same(call):
    assert call("run", "bank-compliance", "--json").out == call("run", "bank-compliance", "--json").out


def test_nothing_but_json_words_is_printed(call):
    out = call("run", "customer-support", "--json", *TOO_SMALL).out
    assert "NaN" not in out
    assert "Infinity" not in out


def test_no_traffic_is_no_error(call):
    document = call("run", "customer-support", "--json", "--set", "workload.requests_per_month=0").json
    assert document["strategies"]["api"]["usd_per_1k_requests"] is None


def test_a_range_of_output_is_never_three_figures_for_a_provider(call):
    line = next(
        line for line in call("run", "customer-support").out.splitlines() if line.startswith("Energy")
    )
    assert "–" in line.split("MWh")[0]


def test_the_table_names_every_figure_and_strategy(call):
    answer = call("run", "customer-support")
    assert answer.code == 0
    titles = [figure_title(name) for name in FIGURES]
    assert len(set(titles)) == len(titles)
    assert all(title in answer.out for title in titles)
    assert all(words in answer.out for words in STRATEGY_WORDS.values())
    assert not re.search(r"(?<![\d.])0k", answer.out)


def test_the_columns_of_the_table_end_together(call):
    lines = call("run", "customer-support").out.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("Total"))
    table = lines[first - 1 : first + len(FIGURES) + 1]
    assert len({len(line) for line in table}) == 1


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        ("workload.requests_per_month=2.5M", "workload.requests_per_month", 2_500_000),
        ("prices.discount_frac_per_year=30%", "prices.discount_frac_per_year", 0.3),
        ("base.params=34B", "base.params", 34e9),
        ("finetune.method=QLoRA", "finetune.method", "qlora"),
        ("strategies=api,distil", "strategies", ["api", "distil"]),
        ("training.usd_per_accelerator_h=null", "training.usd_per_accelerator_h", None),
        ("start_month=2028-05", "start_month", "2028-05"),
        ("notes=a=b", "notes", "a=b"),
    ],
)
def test_set_reads_what_people_type(call, change, path, value):
    found = call("run", "customer-support", "--json", "--set", change).json["scenario"]
    for part in path.split("."):
        found = found[part]
    assert found == (pytest.approx(value) if isinstance(value, float) else value)


def test_changes_that_need_each_other_are_made_at_once(call):
    answer = call("run", "customer-support", "--json", "--set", "base.model=null", "--set", "base.params=30B")
    assert answer.code == 0


def test_the_last_change_of_an_input_counts(call):
    words = ("--set", "horizon_months=3", "--set", "horizon_months=5")
    assert call("run", "customer-support", "--json", *words).json["scenario"]["horizon_months"] == 5


def test_draws_are_counted_and_reproduce(call):
    words = ("run", "customer-support", "--draws", "300", "--seed", "7")
    one, other = (call(*words, "--json").json for _ in range(2))
    assert one["seed"] == 7
    assert one["risk"] == other["risk"]
    found = one["risk"]
    assert found["draws"] == 300
    assert sum(found["cheapest_frac"].values()) + found["none_frac"] == pytest.approx(1.0)
    assert "measured.serving_speed_factor" in found["inputs"]  # the physics' own doubt takes part
    for name, ends in found["total_usd"].items():
        assert ends["p10"] < ends["p50"] < ends["p90"], name
    assert call(*words[:-1], "8", "--json").json["risk"]["total_usd"] != found["total_usd"]
    text = call(*words).out
    assert "Over 300 draws" in text
    assert "Total, P90" in text
    assert call("run", "customer-support", "--json").json["risk"]["draws"] == 0


@pytest.mark.parametrize("count", ["-1", "99999999999"])
def test_a_number_of_draws_out_of_bounds_is_refused(call, count):
    answer = call("run", "customer-support", "--draws", count)
    assert answer.code == 2
    assert "--draws" in answer.err
    assert "allowed is" in answer.err
    assert answer.out == ""


@pytest.mark.parametrize("command", [("run", "--draws", "20"), ("matters",), ("optimise",)])
@pytest.mark.parametrize("seed", ["-1", "1.5"])
def test_a_seed_that_is_no_whole_number_from_zero_is_refused(call, command, seed):
    answer = call(command[0], "customer-support", *command[1:], f"--seed={seed}")
    assert answer.code == 2
    assert f'"{seed}" is no seed' in answer.err
    assert answer.out == ""


@pytest.mark.parametrize("command", [("run", "--draws", "20"), ("matters", "--draws", "20")])
def test_a_range_that_does_not_stand_around_the_value_in_use_is_told(call, command):
    words = (command[0], "customer-support", *command[1:])
    assert "draws follow its range" not in call(*words).out
    text = " ".join(call(*words, "--set", "serving.purchase=reserved").out.split())
    assert (
        "(serving.usd_per_accelerator_h): the plan uses $3.12/h, but draws follow its range around $4.50/h"
        in text
    )


def test_a_file_and_its_preset_give_the_same(call, tmp_path):
    path = tmp_path / "mine.plan.json"
    path.write_bytes(next(preset.path for preset in presets()).read_bytes())
    assert call("run", path, "--json").out == call("run", load_preset().preset, "--json").out
