"""Line items as CSV, the record as JSON, and what both say about inputs and sources."""

from __future__ import annotations

import csv
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.load import load_catalog
from planner.engine.results import FIGURES
from planner.engine.run import simulate
from planner.export.assumptions import assumptions
from planner.export.record import document, json_text, record, record_bytes
from planner.export.sources import sources
from planner.export.table import LEDGER_COLUMNS, csv_text, guarded, ledger_bytes, unguarded
from planner.scenario.fields import specs_of
from planner.scenario.files import plan_from_text
from planner.scenario.model import Plan, Scenario

TEXTS = [
    '=HYPERLINK("x")',
    "+1",
    "-1",
    "@cmd",
    "\tx",
    "\rx",
    "'",
    "'=1",
    'a "b", c',
    "two\nlines",
    "😀",
    "مرحبا",
    "",
]


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_csv_holds_the_ledger_exactly(case):
    data = ledger_bytes(case.results, case.plan)
    header, *rows = rows_of(data.decode("utf-8"))
    assert tuple(header) == LEDGER_COLUMNS
    expected = case.results.ledger_rows()
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        assert row[0] == wanted[0]
        assert int(row[1]) == wanted[1]
        assert row[2:5] == list(wanted[2:5])
        assert [float(cell) for cell in row[5:]] == list(wanted[5:])


def test_the_csv_sums_to_the_totals(support):
    rows = list(csv.DictReader(io.StringIO(ledger_bytes(support.results, support.plan).decode(), newline="")))
    for name, result in support.results.strategies.items():
        total = math.fsum(float(row["usd"]) for row in rows if row["strategy"] == name)
        assert total == pytest.approx(result["total_usd"], rel=1e-9)


def test_lines_end_as_the_standard_says(support):
    data = ledger_bytes(support.results, support.plan)
    assert data.count(b"\r\n") == data.count(b"\n") == len(support.results.ledger_rows()) + 1
    assert not data.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_is_read_as_a_formula(text):
    read = rows_of(csv_text(["h"], [[text, 1]]))[1][0]
    assert not read.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(read) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_every_text_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert unguarded(rows_of(csv_text(["h"], [[text, 1]]))[1][0]) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back(number):
    assert float(rows_of(csv_text(["h"], [[number]]))[1][0]) == number


def test_what_is_not_known_is_an_empty_cell():
    assert csv_text(["a", "b", "c"], [[None, math.nan, -1.5]]) == "a,b,c\r\n,,-1.5\r\n"


# ---------------------------------------------------------------- record
def test_the_record_holds_the_document_and_more(case):
    found = json.loads(record_bytes(case.results, case.plan))
    plain = json.loads(json_text(document(case.results)))
    assert {key: found[key] for key in plain if key != "strategies"} == {
        key: value for key, value in plain.items() if key != "strategies"
    }
    for name, strategy in plain["strategies"].items():
        assert strategy.items() <= found["strategies"][name].items()
        assert set(FIGURES) <= set(found["strategies"][name])
    assert found["versions"]["catalog"] == load_catalog().version
    assert found["title"] == case.plan.title
    assert found["verdict"]["sentence"]
    assert len(found["inputs"]) == len(specs_of(Scenario))


def test_the_record_is_the_same_twice(support):
    again = simulate(support.plan.scenario, load_catalog())
    assert record_bytes(support.results, support.plan) == record_bytes(again, support.plan)


def test_the_scenario_of_a_record_gives_its_figures_again(other):
    found = json.loads(record_bytes(other.results, other.plan))
    text = json.dumps(
        {"schema_version": 1, "active": found["scenario"]["name"], "scenarios": [found["scenario"]]}
    )
    again = simulate(plan_from_text(text).scenario, load_catalog())
    assert document(again) == document(other.results)


def test_caveats_travel_into_the_record(support):
    found = record(support.results, support.plan)
    assert {caveat["code"] for caveat in found["caveats"]} == set(support.results.caveats)
    assert "provider_energy_unknown" in found["strategies"]["api"]["caveats"]


# ---------------------------------------------------------------- inputs and sources
def test_an_unchanged_preset_says_so(support):
    rows = assumptions(support.plan.scenario, support.plan)
    assert not [row.path for row in rows if row.changed]
    assert all(row.source for row in rows)
    assert all(row.date for row in rows if row.source != "you")


def test_what_was_changed_is_yours(other):
    rows = {row.path: row for row in assumptions(other.plan.scenario, other.plan)}
    changed = {path for path, row in rows.items() if row.changed}
    assert changed == {
        *("name", "notes", "start_month", "horizon_months"),
        *("report.currency", "report.currency_per_usd", "report.fiscal_year_start_month"),
    }
    assert rows["report.currency"].source == "you"
    assert rows["report.currency"].before == "USD"


def test_a_changed_range_counts_as_changed(support):
    span = {"low": 1e6, "mode": 2e6, "high": 9e6, "shape": "pert"}
    scenario = support.plan.scenario.with_({"ranges.workload.requests_per_month": span})
    rows = {row.path: row for row in assumptions(scenario, support.plan)}
    assert rows["workload.requests_per_month"].changed
    assert rows["workload.requests_per_month"].high == 9e6


def test_a_plan_of_no_preset_is_compared_with_a_new_one():
    plan = Plan()
    scenario = plan.scenario.with_({"site.pue": 1.3})
    assert [row.path for row in assumptions(scenario, plan) if row.changed] == ["site.pue"]


def test_every_source_has_title_and_date(case):
    rows = sources(case.results)
    assert len(rows) == len(set(rows))
    for row in rows:
        assert row.used_for
        assert row.source
        assert row.date


def test_a_typed_price_has_no_other_source(support):
    scenario = support.plan.scenario.with_({"serving.usd_per_accelerator_h": 3.0})
    rows = sources(simulate(scenario, load_catalog()))
    assert [(row.source, row.figure) for row in rows if row.used_for == "Rent, serving"] == [
        ("you", "$3.00/h")
    ]


def test_who_buys_no_tokens_names_no_price(support):
    scenario = support.plan.scenario.with_({"strategies": ("prompt", "finetune")})
    rows = sources(simulate(scenario, load_catalog()))
    assert not [row for row in rows if "API" in row.used_for and row.kind != "models"]
