"""An import under way: what was chosen before is recalled, nothing goes in before all is answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.app.import_memory import MOST_DESCRIPTIONS, MOST_LAYOUTS, ImportMemory
from planner.app.importing import Importing
from planner.app.settings import SettingsStore
from planner.app.store import PlanStore
from planner.scenario.actuals import Actual
from planner.scenario.invoices.text import sheet_of
from planner.scenario.model import Plan

CLOUD = """Date;Service;Amount (EUR)
31.01.2027;EC2 p5.48xlarge;"1.000,50"
28.02.2027;EC2 p5.48xlarge;"2.000,00"
28.02.2027;Team lunch;"40,00"
"""
HELD = Actual(month="2027-02", strategy="distil", category="serving", usd=5.0, source="cloud.csv")


@pytest.fixture
def settings(qapp, tmp_path):
    return SettingsStore(tmp_path / "settings.json")


@pytest.fixture
def memory(settings):
    return ImportMemory(settings)


def importing(memory, text=CLOUD, name="cloud.csv", plan=None):
    return Importing(sheet_of(text.encode(), name), name, plan or Plan(), "distil", memory)


def euros(memory, **changes):
    found = importing(memory, **changes)
    found.rate = 0.5
    return found


def test_a_currency_needs_its_rate(memory):
    found = importing(memory)
    assert found.reading.currency == "EUR"
    assert found.rate is None
    assert "how many EUR" in found.why_not
    assert found.fresh == ()
    found.rate = 0.5
    assert found.why_not == ""
    assert sum(row.usd for row in found.fresh) == pytest.approx((1000.5 + 2000 + 40) / 0.5)


def test_the_rate_of_the_plans_reports_is_the_first_guess(memory):
    scenario = Plan().scenario.with_({"report.currency": "EUR", "report.currency_per_usd": 0.8})
    assert importing(memory, plan=Plan().with_scenario(scenario)).rate == 0.8


def test_another_currency_has_another_rate(memory):
    found = importing(memory)
    found.set_currency("USD")
    assert found.rate == 1.0
    assert found.reading.problems == (), "titles name a currency, cells do not"


def test_descriptions_have_categories_and_can_be_given_others(memory):
    found = euros(memory)
    assert [(label, found.category(label)) for label in found.reading.labels] == [
        ("EC2 p5.48xlarge", "serving"),
        ("Team lunch", "unassigned"),
    ]
    found.set_category("Team lunch", "labour")
    assert {row.category for row in found.fresh} == {"serving", "labour"}


def test_what_was_chosen_is_recalled_for_files_with_the_same_titles(settings, memory, tmp_path):
    first = euros(memory)
    first.set_role(1, "category")
    first.answer("decimal", ",")
    first.set_category("Team lunch", "labour")
    first.remember()
    again = ImportMemory(SettingsStore(tmp_path / "settings.json"))
    second = importing(again, text=CLOUD.replace("2027", "2028"), name="later.csv")
    assert second.remembered
    assert second.choices.roles == ("month", "category", "amount")
    assert second.choices.decimal == ","
    assert second.rate == 0.5
    assert second.category("team  LUNCH") == "labour"
    other = importing(again, text="When,What,Paid\n2027-01,Team lunch,3\n")
    assert not other.remembered
    assert other.category("Team lunch") == "labour"


def test_months_side_by_side_are_recalled_whatever_their_number(memory):
    wide = "Category,Team,Jan 2027,Feb 2027\nServing,A,1,2\n"
    first = importing(memory, text=wide)
    first.set_role(1, "description")
    first.remember()
    longer = "Category,Team,Jan 2027,Feb 2027,Mar 2027\nServing,A,1,2,3\n"
    second = importing(memory, text=longer)
    assert second.remembered
    assert second.choices.roles == ("category", "description", "amount", "amount", "amount")


def test_memory_is_bounded_and_the_oldest_gives_way(settings, memory):
    first = importing(memory, text="A,B\n2027-01,1\n")
    for number in range(MOST_LAYOUTS + 1):
        layout = replace(first.layout, headers=("A", f"B{number}"))
        labels = {f"thing {number} {i}": "data" for i in range(30)}
        memory.remember(layout, first.choices, 1.0, labels)
    assert len(settings.values.import_layouts) == MOST_LAYOUTS
    assert len(settings.values.import_categories) == MOST_DESCRIPTIONS
    assert "a | b0" not in settings.values.import_layouts


def test_settings_that_hold_nonsense_are_as_if_nothing_was_remembered(settings, memory):
    found = importing(memory)
    found.remember()
    key = found.layout.key
    held = settings.values.import_layouts[key]
    for roles in (("month",), ("month", "rubbish", "amount")):
        settings.change(import_layouts={key: held.model_copy(update={"roles": roles})})
        assert importing(memory).choices.roles == ("month", "description", "amount")


def test_a_column_that_is_one_is_no_longer_the_other(memory):
    found = importing(memory, text="A,B,Amount\n2027-01,2027-02,5\n")
    assert found.choices.roles[0] == "month"
    found.set_role(1, "month")
    assert found.choices.roles == ("ignore", "month", "amount")
    assert found.reading.months == ("2027-02",)


def test_questions_come_first_and_can_be_taken_back(memory):
    found = importing(memory, text="Date,Amount\n03/04/2027,1.234\n03/04/2027,1.234\n")
    assert [question.key for question in found.reading.questions] == ["dates", "decimal", "doubles"]
    assert "questions" in found.why_not
    found.answer("dates", "month")
    found.answer("decimal", ",")
    assert "question " in found.why_not
    found.answer("doubles", "once")
    assert found.why_not == ""
    assert [(row.month, row.usd) for row in found.fresh] == [("2027-03", 1234.0)]
    found.answer("dates", "")
    assert [question.key for question in found.reading.questions] == ["dates"]


def test_rows_that_cannot_be_read_are_left_out_only_when_asked(memory):
    found = importing(memory, text="Date,Amount\n2027-01,1\n2027-02,tbd\n")
    assert "1 row cannot be read" in found.why_not
    found.leave_out_problems = True
    assert found.why_not == ""
    assert [row.month for row in found.fresh] == ["2027-01"]


def test_a_file_without_anything_says_why(memory):
    assert "no column holds months" in importing(memory, text="A,B\nx,1\n").why_not
    assert "no column holds amounts" in importing(memory, text="Month,Amount\n2027-01,-\n2027-02,-\n").why_not


def test_the_same_file_again_replaces_and_may_add(memory):
    plan = Plan().with_actuals([HELD])
    found = euros(memory, plan=plan)
    assert found.overlap(anywhere=False) == ("2027-02",)
    assert HELD not in found.rows
    found.mode = "add"
    assert HELD in found.rows
    other = euros(memory, plan=plan, name="other.csv")
    assert other.overlap(anywhere=False) == ()
    assert HELD in other.rows
    other.mode = "replace_all"
    assert HELD not in other.rows
    assert [(month.month, month.held_usd) for month in other.months] == [("2027-01", None), ("2027-02", 5.0)]


def test_an_import_is_one_undo_step(qapp, memory):
    store = PlanStore()
    found = euros(memory, plan=store.plan)
    assert store.set_actuals(found.rows, "Import actuals")
    assert store.plan.actuals == found.rows
    assert store.undo_stack.undoText() == "Import actuals"
    store.undo_stack.undo()
    assert store.plan.actuals == ()
    assert store.set_actuals((), "Import actuals")
    assert store.undo_stack.canRedo(), "nothing changed, so nothing was pushed"
