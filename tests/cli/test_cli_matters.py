"""``planner matters``: the same numbers as the engine, on a page and as a document."""

from __future__ import annotations

import math

import pytest

from planner.catalog.load import load_catalog
from planner.engine.flip_points import flip_points
from planner.engine.run import resolve, simulate
from planner.engine.sensitivity import swings
from planner.evidence.asked import physics_ranges
from planner.scenario.model import spec_for
from planner.scenario.presets import load_preset

DRAWS = ("--draws", "1024")
VOLUME, PEAK = "workload.requests_per_month", "workload.peak_to_mean"


@pytest.fixture(scope="module")
def plan():
    return load_preset("customer-support").scenario


def test_the_document_holds_what_the_engine_says(call, plan):
    document = call("matters", "customer-support", *DRAWS, "--json").json
    catalog = load_catalog()
    held = {"choices": resolve(plan, catalog), "further": physics_ranges(simulate(plan, catalog))}
    tornado = swings(plan, catalog, **held).tornado("distil", "api")
    flips = flip_points(plan, catalog, **held)
    assert (document["strategy"], document["against"]) == ("distil", "api")
    assert document["base_usd"] == pytest.approx(tornado.base)
    rows = {row["path"]: row for row in document["inputs"]}
    assert set(rows) == {row.path for row in tornado.rows}
    for row in tornado.rows:
        assert rows[row.path]["p10"] == pytest.approx(row.low_input)
        assert rows[row.path]["usd_at_p90"] == pytest.approx(row.high)
        assert [each["strategy"] for each in rows[row.path]["flips"]] == [
            point.strategy for point in flips[row.path]
        ]
    assert 0.0 < rows[VOLUME]["worth_usd"] <= document["perfect_information_usd"]
    assert document["advice"]["path"] == VOLUME
    assert "sobol" not in rows[VOLUME]


def test_sobol_indices_when_asked_for(call):
    document = call("matters", "customer-support", *DRAWS, "--sobol", "128", "--json").json
    rows = {row["path"]: row for row in document["inputs"]}
    assert rows[VOLUME]["sobol"]["shared_with"] == [PEAK]
    index = rows[VOLUME]["sobol"]["total"]
    assert index["low"] <= index["value"] <= index["high"]
    page = call("matters", "customer-support", *DRAWS, "--sobol", "128").out
    assert "Sobol alone" in page
    assert "Requests per month shares its Sobol indices with Busy hour over mean." in page


def test_the_page_says_base_advice_and_every_input(call, plan):
    page = call("matters", "customer-support", *DRAWS).out
    assert page.startswith("Saving of Distil against Prompt via API: ")
    assert "Pin down the volume first." in page
    assert "Worth measuring: volume, up to $" in page
    for path in plan.ranges:
        assert spec_for(path).title in page
    assert "Prompt via API" in page


def test_the_cost_alone_and_other_pairs(call):
    own = call(
        "matters", "customer-support", *DRAWS, "--strategy", "both", "--against", "none", "--json"
    ).json
    assert (own["strategy"], own["against"]) == ("both", None)
    total = call("run", "customer-support", "--json").json["strategies"]["both"]["total_usd"]
    assert own["base_usd"] == pytest.approx(total)
    pair = call("matters", "customer-support", *DRAWS, "--against", "finetune").out
    assert pair.startswith("Saving of Distil against Fine-tune: ")
    baseline = call("matters", "legal-contracts", *DRAWS, "--json").json  # the choice is the baseline itself
    assert baseline["strategy"] == "api"
    assert baseline["against"] not in (None, "api")


def test_a_plan_in_which_nobody_always_competes_has_no_worth_in_money(call):
    answer = call("matters", "bank-compliance", *DRAWS)
    assert "More often right" in answer.out
    document = call("matters", "bank-compliance", *DRAWS, "--json").json
    assert document["perfect_information_usd"] is None
    assert all(row["worth_usd"] is None for row in document["inputs"])
    assert not math.isnan(document["right_frac"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--strategy", "distill"),
            "allowed is one of api, prompt, finetune, distil, both. Did you mean distil?",
        ),
        (("--against", "distil"), "the strategy itself"),
        (("--sobol", "100"), "a power of two from 64 to"),
        (("--draws", "0"), "a whole number from 1"),
    ],
)
def test_bad_questions(call, words, said):
    answer = call("matters", "customer-support", *DRAWS, *words)
    assert answer.code == 2
    assert answer.out == ""
    assert said in answer.err.replace("\n", " ")
