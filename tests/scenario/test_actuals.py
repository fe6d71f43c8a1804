"""Invoices in a plan file: a section that is there only when it holds something, and refused by row."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario_strategies import actuals

from planner.errors import PlanFileError
from planner.scenario.actuals import (
    Actual,
    in_order,
    merged,
    months_in,
    overlapping,
)
from planner.scenario.files import plan_from_text, plan_to_text
from planner.scenario.model import Plan, Scenario

MARCH = Actual(month="2027-03", strategy="distil", category="serving", usd=120.5, source="a.csv")
APRIL = Actual(month="2027-04", strategy="distil", category="serving", usd=90.0, source="a.csv")
TYPED = Actual(month="2027-03", strategy="distil", category="labour", usd=7.0)


def test_a_plan_without_invoices_is_written_as_before():
    text = plan_to_text(Plan())
    assert "actuals" not in text
    assert list(json.loads(text)) == ["active", "preset", "scenarios", "schema_version", "title"]
    with_one = plan_to_text(Plan().with_actuals([MARCH]))
    assert plan_to_text(plan_from_text(with_one).with_actuals(())) == text
    start, end = with_one.index('  "actuals"'), with_one.index('  "preset"')
    assert with_one[:start] + with_one[end:] == text, "nothing but the section is added"


def test_an_older_file_holds_none():
    assert plan_from_text('{"name": "Pilot", "site": {"pue": 1.3}}').actuals == ()


def test_invoices_are_kept_in_order_whatever_happens_to_scenarios():
    plan = Plan().with_actuals([APRIL, MARCH])
    assert plan.actuals == (MARCH, APRIL)
    for other in (
        plan.with_duplicate(),
        plan.with_title("x"),
        plan.with_renamed("Plan A", "Pilot"),
        plan.with_scenario(Scenario().with_({"site.pue": 1.3})),
        plan.with_duplicate().without("Plan A"),
    ):
        assert other.actuals == plan.actuals


BROKEN = {
    "month": ({"month": "2027-13"}, ["Row 2", "month", "2027-13", "2027-03"]),
    "month in words": ({"month": "March"}, ["Row 2", "month"]),
    "no month": ({"month": None}, ["Row 2", "month", "text"]),
    "text for money": ({"usd": "12"}, ["Row 2", "usd", '"12"', "a number"]),
    "infinite": ({"usd": 1e999}, ["Row 2", "usd", "finite"]),
    "too much": ({"usd": 1e13}, ["Row 2", "usd"]),
    "nothing": ({"usd": None}, ["Row 2", "usd", "requests, tokens"]),
    "category": ({"category": "servin"}, ["Row 2", "category", "servin", "serving"]),
    "strategy": ({"strategy": "rag"}, ["Row 2", "strategy", "rag", "distil"]),
    "negative usage": ({"requests": -1}, ["Row 2", "requests", "-1"]),
    "currency": ({"currency": "usd"}, ["Row 2", "currency", "usd", "USD"]),
    "rate": ({"currency_per_usd": 0}, ["Row 2", "currency_per_usd", "0"]),
    "unknown column": ({"amount": 3}, ["actuals.1.amount"]),
    "half a character": ({"source": "\ud800"}, ["Row 2", "source"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_row_is_refused_by_row_and_column(name):
    change, words = BROKEN[name]
    values = json.loads(plan_to_text(Plan().with_actuals([MARCH, APRIL])))
    values["actuals"][1].update(change)
    with pytest.raises(PlanFileError) as caught:
        plan_from_text(json.dumps(values), "own.plan.json")
    message = str(caught.value)
    assert "own.plan.json" in message
    for word in words:
        assert word in message


@pytest.mark.parametrize("section", [3, {}, "x", [3], [[]], None])
def test_a_section_that_is_no_list_of_rows_is_refused(section):
    values = json.loads(plan_to_text(Plan())) | {"actuals": section}
    with pytest.raises(PlanFileError, match="actuals"):
        plan_from_text(json.dumps(values))


@given(st.lists(actuals(), max_size=6))
def test_any_rows_are_read_back_and_written_the_same(rows):
    plan = Plan().with_actuals(rows)
    text = plan_to_text(plan)
    assert plan_from_text(text) == plan
    assert plan_to_text(plan_from_text(text)) == text
    assert plan.with_actuals(plan.actuals) == plan


def test_the_schema_follows():
    schema = Plan.model_json_schema()
    assert "actuals" in schema["properties"]
    assert "actuals" not in schema.get("required", [])
    assert set(schema["$defs"]["Actual"]["properties"]) == set(Actual.model_fields)


# ---------------------------------------------------------------- importing again
def test_the_same_file_gives_its_months_anew_and_leaves_the_rest():
    again = MARCH.model_copy(update={"usd": 130.0})
    assert merged((MARCH, APRIL, TYPED), (again,), "replace") == in_order((again, APRIL, TYPED))


def test_another_file_adds_unless_all_of_the_month_gives_way():
    other = MARCH.model_copy(update={"source": "b.csv"})
    assert merged((MARCH, TYPED), (other,), "replace") == in_order((MARCH, TYPED, other))
    assert merged((MARCH, TYPED, APRIL), (other,), "replace_all") == (other, APRIL)
    assert merged((MARCH,), (MARCH,), "add") == (MARCH, MARCH)


def test_another_strategy_is_left_alone():
    other = MARCH.model_copy(update={"strategy": "api"})
    assert merged((MARCH,), (other,), "replace_all") == in_order((MARCH, other))


def test_months_that_are_there_already_are_named():
    assert overlapping((MARCH, APRIL, TYPED), (MARCH,), anywhere=False) == ("2027-03",)
    assert overlapping((TYPED,), (MARCH,), anywhere=False) == ()
    assert overlapping((TYPED,), (MARCH,), anywhere=True) == ("2027-03",)
    assert months_in((APRIL, MARCH, TYPED)) == ("2027-03", "2027-04")
