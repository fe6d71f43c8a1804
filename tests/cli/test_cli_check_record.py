"""``planner check`` on a record: the same numbers, what moved, and every way that a record can be broken."""

from __future__ import annotations

import copy
import json
import math
import random

import pytest

from planner.catalog.load import load_catalog
from planner.cli.main import OUR_ERROR
from planner.engine.results import FIGURES
from planner.engine.run import simulate
from planner.export.job import Job
from planner.export.record import digest, record, record_bytes
from planner.export.recorded import looks_recorded
from planner.scenario.files import plan_to_text
from planner.scenario.presets import load_preset, presets

DRAWS = 256


def made(preset="customer-support", **changes):
    from planner.engine.risk import risk
    from planner.evidence.asked import physics_ranges

    plan = load_preset(preset)
    plan = plan.with_scenario(plan.scenario.with_({key.replace("__", "."): v for key, v in changes.items()}))
    results = simulate(plan.scenario, load_catalog())
    drawn = risk(
        plan.scenario,
        load_catalog(),
        count=DRAWS,
        seed=3,
        choices=results.choices,
        further=physics_ranges(results),
    )
    return record_bytes(results, plan, Job(results, drawn))


WHOLE = made()
VALUES = json.loads(WHOLE)


@pytest.fixture
def check(call, tmp_path):
    """Check a record, whose values are changed before."""

    def run(change=None, *words, values=VALUES, signed=False):
        held = copy.deepcopy(values)
        if change is not None:
            change(held)
        if signed:
            held["digest"] = digest(held)
        path = tmp_path / "budget.json"
        path.write_text(json.dumps(held), encoding="utf-8")
        answer = call("check", path, *words)
        assert "Traceback" not in answer.out + answer.err
        return answer

    return run


# ---------------------------------------------------------------- the same
@pytest.mark.parametrize("preset", [preset.id for preset in presets()])
def test_a_record_of_today_comes_out_again(call, tmp_path, preset):
    path = tmp_path / "budget.json"
    path.write_bytes(made(preset))
    answer = call("check", path)
    assert answer.code == 0
    assert "gives the same numbers" in answer.out
    assert f"{DRAWS} draws" in answer.out
    found = call("check", path, "--json").json
    assert found["same"] is found["untouched"] is found["reproduced"] is True
    assert found["compared"]["draws"] == DRAWS
    assert not any(found[name] for name in ("problems", "figures", "ledger", "draws", "rows", "constants"))


def test_what_export_writes_comes_out_again(call, tmp_path):
    path = tmp_path / "budget.json"
    assert (
        call("export", "bank-compliance", "--to", path, "--set", "workload.requests_per_month=3M").code == 0
    )
    assert call("check", path).code == 0
    assert json.loads(path.read_text(encoding="utf-8"))["risk"]["draws"] == 10_000


def test_what_run_prints_can_be_checked_too(call, tmp_path):
    path = tmp_path / "printed"
    path.write_text(call("run", "customer-support", "--json").out, encoding="utf-8")
    assert call("check", path).code == 0
    assert call("check", path, "--json").json["untouched"] is None


def test_written_by_another_hand_it_is_the_same(call, tmp_path):
    path = tmp_path / "budget.json"
    path.write_text(json.dumps(VALUES, sort_keys=True, ensure_ascii=True, indent=7), encoding="utf-8")
    assert call("check", path).code == 0


def test_a_plan_is_still_checked_as_a_plan(call, tmp_path):
    path = tmp_path / "record"  # the name says nothing
    path.write_text(plan_to_text(load_preset()), encoding="utf-8")
    assert "no problems" in call("check", path).out
    assert call("check", path, "--json").json == {
        "file": "record", "kind": "plan", "same": None, "problems": [],
    }  # fmt: skip


def test_a_plan_that_speaks_of_records_is_a_plan():
    plan = load_preset()
    plan = plan.with_scenario(plan.scenario.with_({"notes": '"record": 1, "planner_version" "ledger"'}))
    assert not looks_recorded(plan_to_text(plan))
    assert looks_recorded(WHOLE.decode())
    assert looks_recorded(WHOLE.decode()[:60])


# ---------------------------------------------------------------- moved
def test_an_edited_figure_is_named_with_both_values(check):
    was = VALUES["strategies"]["api"]["total_usd"]
    answer = check(lambda held: held["strategies"]["api"].update(total_usd=1e6), "--json")
    assert answer.code == 1
    found = answer.json
    assert found["untouched"] is False
    (moved,) = found["figures"]
    assert moved["path"] == "strategies.api.total_usd"
    assert moved["title"] == "Prompt via API: Total"
    assert (moved["recorded"], moved["now"]) == (1e6, was)
    assert moved["difference"] == pytest.approx(was - 1e6)
    assert moved["difference_frac"] == pytest.approx((was - 1e6) / 1e6)
    assert not found["ledger"]
    words = check(lambda held: held["strategies"]["api"].update(total_usd=1e6)).out
    assert "does not match its checksum" in words
    assert "Prompt via API: Total" in words
    assert "the record itself was edited" in words


def test_an_edited_line_item_is_named_with_its_month(check):
    row = VALUES["ledger"][7]
    (moved,) = check(lambda held: held["ledger"][7].update(usd=row["usd"] + 1), "--json").json["ledger"]
    assert moved["path"] == f"ledger.{row['strategy']}.{row['month']}.{row['item']}.{row['phase']}.usd"
    assert moved["difference"] == pytest.approx(-1.0)


def test_a_row_that_was_taken_out_is_named(check):
    row = VALUES["ledger"][0]
    found = check(lambda held: held["ledger"].pop(0), "--json").json["ledger"]
    assert {each["recorded"] for each in found} == {None}
    assert {each["now"] for each in found} == {
        value for value in row.values() if isinstance(value, float)
    } - {0.0}


def test_an_edited_input_contradicts_the_rest_of_the_record(check):
    answer = check(lambda held: held["scenario"]["workload"].update(requests_per_month=3e6), "--json")
    assert answer.code == 1
    found = answer.json
    assert {each["path"] for each in found["contradictions"]} == {
        "plan.workload.requests_per_month",
        "inputs.workload.requests_per_month",
    }
    assert {(each["recorded"], each["now"]) for each in found["contradictions"]} == {(2e6, 3e6)}
    assert len(found["figures"]) > 20


def test_an_edited_draw_a_decision_and_the_verdict_are_named(check):
    def change(held):
        held["risk"]["total_usd"]["api"]["p90"] *= 1.1
        held["strategies"]["finetune"]["choices"]["accelerators_per_replica"] += 1
        held["verdict"]["strategy"] = "api"

    found = check(change, "--json").json
    assert [each["path"] for each in found["draws"]] == ["risk.total_usd.api.p90"]
    assert [each["path"] for each in found["choices"]] == [
        "strategies.finetune.choices.accelerators_per_replica"
    ]
    assert [each["path"] for each in found["words"]] == ["verdict.strategy"]


def test_what_an_older_version_wrote_says_what_moved_beneath(check):
    card = next(name for name in VALUES["rows"] if name.startswith("hardware/"))

    def change(held):
        held["versions"] |= {"planner": "0.0.9", "catalog": "2026-08"}
        held["planner_version"], held["catalog_version"] = "0.0.9", "2026-08"
        held["rows"][card]["memory_gb"] = 64.0
        held["constants"]["stated"]["serving"]["headroom_frac"] = 0.5
        held["scenario"]["site"].pop("pue")
        held["plan"]["scenarios"][0]["site"].pop("pue")
        for figures in held["strategies"].values():
            figures["total_usd"] = figures["total_usd"] and figures["total_usd"] * 1.02

    answer = check(change, "--json", signed=True)
    assert answer.code == 1
    found = answer.json
    assert found["untouched"] is True
    assert not found["contradictions"]
    assert [(each["path"], each["recorded"]) for each in found["versions"]] == [
        ("versions.planner", "0.0.9"),
        ("versions.catalog", "2026-08"),
    ]
    assert [each["path"] for each in found["rows"]] == [f"rows.{card}.memory_gb"]
    assert [each["path"] for each in found["constants"]] == ["constants.stated.serving.headroom_frac"]
    assert [each["path"] for each in found["inputs"]] == ["scenario.site.pue"]
    assert {each["path"].split(".")[-1] for each in found["figures"]} == {"total_usd"}
    assert found["figures"][0]["difference_frac"] == pytest.approx(1 / 1.02 - 1)
    words = check(change, signed=True).out
    for title in ("Versions that changed (2)", "Rows of the catalogue that changed (1)", "Constants that"):
        assert title in words
    assert "was edited" not in words


def test_other_arithmetic_is_no_other_number(check):
    def nudge(held):
        figures = held["strategies"]["api"]
        for name in FIGURES:
            if isinstance(figures[name], float):
                figures[name] = math.nextafter(figures[name], math.inf)

    assert check(nudge, signed=True).code == 0


def test_a_text_that_was_changed_is_noticed_by_the_checksum_alone(check):
    answer = check(lambda held: held.update(title="Another"))
    assert answer.code == 1
    assert "checksum" in answer.out
    assert "gives the same numbers" in answer.out


def test_an_id_that_the_catalogue_no_longer_has_is_said(check):
    answer = check(lambda held: held["scenario"]["training"].update(hardware="nvidia-h10000"))
    assert answer.code == 1
    assert "cannot be simulated today" in answer.out
    assert "nvidia-h10000" in answer.out


# ---------------------------------------------------------------- no record
BROKEN = [
    (lambda held: held["strategies"]["api"].update(total_usd="x"), "strategies.api.total_usd"),
    (lambda held: held["strategies"]["api"].update(total_usd=math.nan), "strategies.api.total_usd"),
    (lambda held: held["strategies"]["api"].update(npv_usd=math.inf), "strategies.api.npv_usd"),
    (lambda held: held["strategies"]["api"].update(fits=1), "strategies.api.fits"),
    (lambda held: held["strategies"].update(api=[]), "strategies.api"),
    (lambda held: held["ledger"][3].update(usd=True), "ledger.3.usd"),
    (lambda held: held["ledger"][3].update(month=-1), "ledger.3.month"),
    (lambda held: held["ledger"][3].pop("phase"), "ledger.3.phase"),
    (lambda held: held["ledger"].insert(2, "row"), "ledger.2"),
    (lambda held: held.update(ledger={}), "ledger"),
    (lambda held: held.pop("risk"), "risk"),
    (lambda held: held["risk"].update(draws=10**9), "risk.draws"),
    (lambda held: held["risk"].update(draws="many"), "risk.draws"),
    (lambda held: held.update(seed=-1), "seed"),
    (lambda held: held.update(seed=10**400), "seed"),
    (lambda held: held.update(scenario=None), "scenario"),
    (lambda held: held["scenario"]["site"].update(pue=0.1), "scenario.site.pue"),
    (lambda held: held["scenario"]["site"].update(nope=1), "scenario.site.nope"),
    (lambda held: held["plan"].update(active="gone"), "plan"),
    (lambda held: held.update(record=99), "record"),
    (lambda held: held.update(schema_version=99), "schema_version"),
    (lambda held: held.update(digest=5), "digest"),
    (lambda held: held["requests_by_month"].append("x"), "requests_by_month"),
    (lambda held: held["inputs"].append(5), "inputs"),
]


@pytest.mark.parametrize(("change", "path"), BROKEN)
def test_what_a_record_cannot_hold_is_named_by_its_path(check, change, path):
    answer = check(change, "--json")
    assert answer.code == 2
    found = answer.json
    assert found["same"] is False
    assert any(each["path"].startswith(path) for each in found["problems"]), found["problems"]
    assert all(each["message"] for each in found["problems"])
    assert path.split(".")[-1] in check(change).out


def test_every_wrong_value_is_found_at_once(check):
    def change(held):
        held["strategies"]["api"]["total_usd"] = "x"
        held["ledger"][3]["usd"] = None
        held["seed"] = "s"

    paths = {each["path"] for each in check(change, "--json").json["problems"]}
    assert paths == {"strategies.api.total_usd", "ledger.3.usd", "seed"}


def test_a_key_that_stands_twice_is_named(call, tmp_path):
    path = tmp_path / "budget.json"
    path.write_text(WHOLE.decode().replace('"seed":', '"seed": 1,\n  "seed":', 1), encoding="utf-8")
    answer = call("check", path)
    assert answer.code == 2
    assert '"seed" is there twice' in answer.out


def test_a_record_cut_off_anywhere_is_none(call, tmp_path):
    path = tmp_path / "budget.json"
    rnd = random.Random(5)
    cuts = sorted({*range(0, 400, 9), *(rnd.randrange(len(WHOLE)) for _ in range(150)), len(WHOLE) - 2})
    for cut in cuts:
        path.write_bytes(WHOLE[:cut])
        answer = call("check", path)
        assert answer.code in ((1, 2) if cut < 20 else (2,)), cut
        assert "Traceback" not in answer.out + answer.err
        assert answer.code != OUR_ERROR


def _places(value, path=()):
    """Yield the paths of all values of a tree."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from _places(inner, (*path, key))


ODD = (
    *(None, True, 0, -1, 1e308, -1e308, 5e-324, 10**30, 10**400, math.nan, math.inf, "", "=1+1", "\0"),
    *("a" * 10_000, [], {}, [[]], {"": {}}, ["x"] * 50, "2026-11", {"a": 1}),
)


def test_random_edits_are_found_or_harmless_and_never_an_error_of_ours(call, tmp_path):
    small = json.loads(made(horizon_months=2, strategies=("api", "distil")))
    rnd, path, codes = random.Random(11), tmp_path / "budget.json", []
    places = [place for place in _places(small) if place[0] not in ("constants", "sources", "caveats")]
    for _ in range(220):
        held = copy.deepcopy(small)
        for place in rnd.sample(places, rnd.choice((1, 1, 2))):
            target = held
            try:
                for key in place[:-1]:
                    target = target[key]
                if rnd.random() < 0.2:
                    del target[place[-1]]
                else:
                    target[place[-1]] = rnd.choice(ODD)
            except (KeyError, IndexError, TypeError):
                continue
        path.write_text(json.dumps(held), encoding="utf-8")
        answer = call("check", path)
        assert answer.code in (0, 1, 2), (place, answer.err)
        assert "Traceback" not in answer.out + answer.err
        if json.dumps(held) != json.dumps(small):
            assert answer.code != 0 or digest(held) == small["digest"], place
        codes.append(answer.code)
    assert {1, 2} <= set(codes)


def test_random_bytes_are_never_an_error_of_ours(call, tmp_path):
    rnd, path = random.Random(23), tmp_path / "budget.json"
    small = made(horizon_months=2, strategies=("api",))
    for _ in range(120):
        data = bytearray(small)
        for _ in range(rnd.randrange(1, 6)):
            data[rnd.randrange(len(data))] = rnd.randrange(256)
        path.write_bytes(bytes(data))
        answer = call("check", path)
        assert answer.code in (0, 1, 2)
        assert "Traceback" not in answer.out + answer.err


def test_the_record_itself_is_what_today_would_write():
    plan = load_preset()
    results = simulate(plan.scenario, load_catalog())
    found = record(results, plan)
    assert found["record"] == 1
    assert next(iter(found)) == "record"
    assert found["digest"] == digest(found)
    assert found["plan"] == plan.model_dump(mode="json")
    cards = {name for name in found["rows"] if name.startswith("hardware/")}
    assert f"hardware/{plan.scenario.serving.hardware}" in cards
    assert found["rows"][f"grids/{plan.scenario.site.grid}"]["carbon_kgco2e_per_kwh"] > 0
    assert found["constants"]["fitted"]["serving"]["values"]


@pytest.mark.parametrize("command", ["run", "export"])
def test_a_record_is_not_taken_for_a_plan(call, tmp_path, command):
    path = tmp_path / "budget.json"
    path.write_bytes(WHOLE)
    answer = call(command, path, *(["--to", tmp_path / "a.csv"] if command == "export" else []))
    assert answer.code == 2
    assert "budget.json is a record of results, not a plan." in answer.err
    assert "planner check budget.json" in answer.err
