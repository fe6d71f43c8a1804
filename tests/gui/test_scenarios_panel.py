"""The scenarios panel, wired as the window wires it and driven by mouse and keyboard."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from gallery_tabs import changed, make_view
from PySide6.QtCore import QPoint, Qt

from planner.app.store import PlanStore
from planner.catalog.load import load_catalog
from planner.engine.compare import Differences
from planner.engine.run import simulate
from planner.export.words import letter_of
from planner.scenario.presets import load_preset
from planner.ui.live import Live, Outcome
from planner.ui.panels.scenario_facts import limits_of, scenario_facts
from planner.ui.panels.scenarios import MOST_CHANGES, RAIL, WIDTH, ScenariosPanel
from planner.ui.theme import ThemeManager

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


class Rig:
    """Store, fast lane and panel."""

    def __init__(self, qtbot):
        self.store = PlanStore(load_preset())
        self.live = Live(self.store, load_catalog())
        self.panel = ScenariosPanel()
        qtbot.addWidget(self.panel)
        panel, store = self.panel, self.store
        self.live.shown.connect(lambda view: panel.show_view(view, self.live.outcome_of))
        self.live.counted.connect(lambda: panel.show_view(self.live.view, self.live.outcome_of))
        panel.duplicate_asked.connect(store.duplicate)
        panel.switch_asked.connect(store.switch)
        panel.rename_asked.connect(store.rename)
        panel.delete_asked.connect(store.delete)
        self.inputs = []
        panel.input_asked.connect(self.inputs.append)
        panel.resize(WIDTH, 800)
        panel.show()
        qtbot.waitExposed(panel)
        self.live.on_plan(store.plan)

    @property
    def rows(self):
        """Rows of the list."""
        return self.panel.rows.shown

    @property
    def names(self):
        """Names in the plan."""
        return [scenario.name for scenario in self.store.plan.scenarios]

    def three(self):
        """A plan of three scenarios, the first one active."""
        self.store.duplicate()
        self.store.edit("workload.requests_per_month", 8e6)
        self.store.duplicate()
        self.store.switch("Plan A")


@pytest.fixture
def rig(qapp, qtbot):
    ThemeManager(qapp).set_mode("light")
    made = Rig(qtbot)
    yield made
    made.live.stop()


def test_plus_copies_and_each_row_says_what_the_engine_says(rig, qtbot):
    qtbot.mouseClick(rig.panel.plus, LEFT)
    rig.store.edit("workload.requests_per_month", 8e6)
    assert [row.facts.letter for row in rig.rows] == ["A", "B"]
    assert [row.facts.active for row in rig.rows] == [False, True]
    qtbot.waitUntil(lambda: all(row.facts.winner for row in rig.rows))
    for row, scenario in zip(rig.rows, rig.store.plan.scenarios, strict=True):
        outcome = rig.live.outcome_of(scenario)
        result = simulate(scenario, rig.live.catalog).strategies[outcome.strategy]
        assert outcome.total_usd == result["total_usd"]
        assert row.facts.strategy == outcome.strategy
        assert row.accessibleName().startswith(f"{row.facts.letter}: {scenario.name}, {row.facts.total}")
    assert rig.rows[1].accessibleName().endswith(", active")


def test_click_and_return_switch(rig, qtbot):
    rig.three()
    qtbot.mouseClick(rig.rows[2], LEFT)
    assert rig.store.plan.active == "Plan C"
    qtbot.keyClick(rig.rows[2], Key.Key_Up)
    assert rig.rows[1].hasFocus()
    assert rig.rows[1].ring_shown
    assert rig.store.plan.active == "Plan C"
    qtbot.keyClick(rig.rows[1], Key.Key_Return)
    assert rig.store.plan.active == "Plan B"
    qtbot.keyClick(rig.rows[1], Key.Key_Home)
    assert rig.rows[0].hasFocus()
    qtbot.keyClick(rig.rows[0], Key.Key_Up)
    assert rig.rows[0].hasFocus()
    qtbot.keyClick(rig.rows[0], Key.Key_End)
    assert rig.rows[2].hasFocus()


def test_the_list_is_one_stop_of_the_tab_key(rig):
    rig.three()
    policies = [row.focusPolicy() for row in rig.rows]
    assert policies == [Qt.FocusPolicy.StrongFocus, *[Qt.FocusPolicy.ClickFocus] * 2]


def test_rename_in_place_by_key_and_double_click(rig, qtbot):
    rig.three()
    row = rig.rows[1]
    row.show_ring()
    qtbot.keyClick(row, Key.Key_F2)
    assert row.editor.hasFocus()
    assert row.editor.selectedText() == "Plan B"
    qtbot.keyClicks(row.editor, "Half & more")
    qtbot.keyClick(row.editor, Key.Key_Return)
    assert rig.names == ["Plan A", "Half & more", "Plan C"]
    assert row.editor.isHidden()
    assert row.hasFocus()
    assert rig.store.undo_stack.undoText() == "Rename scenario"
    qtbot.mouseDClick(rig.rows[0], LEFT, pos=QPoint(80, 12))
    assert rig.rows[0].editor.isVisible()
    qtbot.keyClicks(rig.rows[0].editor, "gone")
    qtbot.keyClick(rig.rows[0].editor, Key.Key_Escape)
    assert rig.names[0] == "Plan A"
    assert rig.rows[0].editor.isHidden()


def test_leaving_the_field_takes_the_name(rig, qtbot):
    rig.three()
    rig.rows[0].rename()
    qtbot.keyClicks(rig.rows[0].editor, "Baseline")
    rig.panel.plus.setFocus()
    assert rig.names[0] == "Baseline"
    assert rig.rows[0].editor.isHidden()


def test_a_name_that_is_taken_or_blank_changes_nothing(rig, qtbot):
    rig.three()
    refused = []
    rig.store.rejected.connect(refused.append)
    for text in ("Plan B", "   "):
        rig.rows[0].rename()
        rig.rows[0].editor.clear()
        qtbot.keyClicks(rig.rows[0].editor, text)
        qtbot.keyClick(rig.rows[0].editor, Key.Key_Return)
    assert rig.names == ["Plan A", "Plan B", "Plan C"]
    assert len(refused) == 1
    assert rig.rows[0].facts.name == "Plan A"


def test_delete_leaves_one_and_keeps_the_focus_in_the_list(rig, qtbot):
    rig.three()
    rig.rows[2].show_ring()
    qtbot.keyClick(rig.rows[2], Key.Key_Delete)
    assert rig.names == ["Plan A", "Plan B"]
    assert rig.rows[1].hasFocus()
    qtbot.keyClick(rig.rows[1], Key.Key_Delete)
    qtbot.keyClick(rig.rows[0], Key.Key_Delete)
    assert rig.names == ["Plan A"]


def test_context_menu(rig):
    rig.three()
    menu = rig.panel.menu_for(rig.rows[1])
    found = {action.text().split("\t")[0].replace("&", ""): action for action in menu.actions()}
    assert list(found) == ["Switch to it", "Rename", "Duplicate", "", "Delete"]
    found["Duplicate"].trigger()
    assert rig.store.plan.active == "Plan D"
    assert rig.store.scenario.workload.requests_per_month == 8e6
    found["Delete"].trigger()
    assert rig.names == ["Plan A", "Plan C", "Plan D"]
    rig.store.delete("Plan D")
    rig.store.delete("Plan C")
    actions = rig.panel.menu_for(rig.rows[0]).actions()
    assert not actions[-1].isEnabled()


def test_what_changed_against_preset_and_against_the_first(rig, qtbot):
    assert rig.panel.changed_title.text() == "What changed, preset to A"
    assert rig.panel.no_changes.isVisible()
    rig.store.edit("workload.requests_per_month", 4e6)
    rig.store.edit("student.model", "llama-3.2-3b")
    shown = {row.change.path: row.change for row in rig.panel.changes.shown}
    assert list(shown) == ["workload.requests_per_month", "student.model"]
    change = shown["workload.requests_per_month"]
    assert (change.title, change.before, change.after) == ("Requests per month", "2.0M/mo", "4.0M/mo")
    assert shown["student.model"].after == "Llama 3.2 3B"
    assert not rig.panel.no_changes.isVisible()
    rig.store.duplicate()
    assert rig.panel.changed_title.text() == "What changed, A to B"
    assert rig.panel.changes.shown == []
    rig.store.edit("workload.requests_per_month", 2e6)
    row = rig.panel.changes.shown[0]
    assert (row.change.before, row.change.after) == ("4.0M/mo", "2.0M/mo")
    qtbot.mouseClick(row, LEFT)
    assert rig.inputs == ["workload.requests_per_month"]


def test_many_changes_are_listed_on_demand(rig, qtbot):
    edits = {
        "horizon_months": 12,
        "workload.requests_per_month": 4e6,
        "workload.input_tokens": 800.0,
        "workload.output_tokens": 300.0,
        "data.examples": 20_000.0,
        "site.pue": 1.3,
        "limits.min_quality": 70.0,
        "name": "Mine",
    }
    rig.store.edit_many(edits, "Many")
    assert len(rig.panel.changes.shown) == MOST_CHANGES
    assert rig.panel.more.text() == "and 1 more"
    heard = []
    rig.panel.more_asked.connect(heard.append)
    qtbot.mouseClick(rig.panel.more, LEFT)
    assert len(rig.panel.changes.shown) == len(edits) - 1
    assert heard == [True]
    qtbot.keyClick(rig.panel.more, Key.Key_Return)
    assert len(rig.panel.changes.shown) == MOST_CHANGES


def test_differences_are_those_of_all_inputs():
    before = load_preset().scenario
    after = before.with_({"site.pue": 1.4, "horizon_months": 7, "notes": "x", "name": "y"})
    differences = Differences()
    assert set(differences.between(before, after)) == {"site.pue", "horizon_months"}
    assert differences.between(before, before) == ()


def test_limits_agree_with_the_engine(rig, qtbot):
    rig.store.edit("limits.max_total_usd", 250e3)
    rig.store.edit("limits.min_quality", 70.0)
    rig.store.edit("limits.self_hosted_only", True)
    for strategy, result in rig.live.view.results.strategies.items():
        rig.live.select(strategy)
        facts = limits_of(rig.live.view)
        assert {fact.path for fact in facts if fact.kept is False} == set(result.misses)
        assert [row.facts for row in rig.panel.limits.shown] == list(facts)
        kept = sum(bool(fact.kept) for fact in facts)
        assert rig.panel.kept.text() == f"{kept} of {len(facts)}"
    qtbot.mouseClick(rig.panel.limits.shown[0], LEFT)
    assert rig.inputs == ["limits.max_total_usd"]


def test_a_narrow_miss_does_not_read_as_kept():
    view = make_view(load_preset())
    score = float(view.results.strategies["distil"]["quality_lowest"])
    limited = make_view(changed(load_preset(), limits__min_quality=score + 0.01), "distil")
    fact = next(fact for fact in limits_of(limited) if fact.path == "limits.min_quality")
    assert fact.kept is False
    assert fact.words.split()[-1] != fact.value


def test_limits_of_what_does_not_fit(rig):
    rig.store.edit_many(
        {
            "serving.hardware": "nvidia-l4",
            "serving.precision": "bf16",
            "serving.accelerators_per_replica": 1,
        },
        "Too small",
    )
    rig.live.select("prompt")
    assert rig.panel.kept.text() == "does not fit"
    assert {fact.kept for fact in limits_of(rig.live.view)} == {None}


def test_no_limits_offers_to_set_one(rig, qtbot):
    assert not rig.panel.set_limit.isVisible()
    rig.store.edit("workload.ttft_limit_s", None)
    rig.store.edit("workload.tpot_limit_s", None)
    assert rig.panel.no_limits.isVisible()
    assert rig.panel.kept.text() == ""
    qtbot.mouseClick(rig.panel.set_limit, LEFT)
    assert rig.inputs == ["limits.max_total_usd"]


def test_rail(rig, qtbot):
    rig.three()
    qtbot.waitUntil(lambda: all(row.facts.winner for row in rig.rows))
    rig.panel.set_folded(True)
    assert rig.panel.width() == RAIL
    assert rig.panel.plus.isVisible()
    assert not rig.panel.changed_title.isVisible()
    assert not rig.panel.no_limits.isVisible()
    assert rig.rows[1].toolTip() == rig.rows[1].facts.spoken
    qtbot.mouseClick(rig.rows[1], LEFT)
    assert rig.store.plan.active == "Plan B"
    qtbot.keyClick(rig.rows[1], Key.Key_F2)
    assert rig.rows[1].editor is None
    rig.store.edit("limits.min_quality", 70.0)
    assert not rig.panel.more.isVisible()
    rig.panel.set_folded(False)
    assert rig.panel.width() == WIDTH
    assert rig.panel.changed_title.text() == "What changed, A to B"
    assert len(rig.panel.limits.shown) == 3
    assert all(row.isVisible() for row in rig.panel.limits.shown)


def test_stale_is_said_and_painted(rig):
    fresh = rig.panel.grab().toImage()
    rig.panel.set_stale(True)
    assert rig.rows[0].accessibleDescription() == "out of date"
    assert rig.panel.grab().toImage() != fresh
    rig.panel.set_stale(False)
    assert rig.panel.grab().toImage() == fresh


def test_letters_and_scenarios_without_outcome():
    assert [letter_of(n) for n in (0, 25, 26)] == ["A", "Z", "27"]
    view = make_view(load_preset())
    assert scenario_facts(view, lambda _: None)[0].winner == ""
    assert scenario_facts(view, lambda _: Outcome(None, None))[0].winner == "no result"


def test_showing_costs_little_while_a_slider_moves(rig):
    rig.three()
    view = rig.live.view
    views = []
    for step in range(60):
        scenario = view.scenario.with_({"workload.requests_per_month": 2e6 + 1e3 * step})
        results = simulate(scenario, view.catalog)
        views.append(replace(view, plan=view.plan.with_scenario(scenario), results=results))
    taken = []
    for step, each in enumerate(views):
        outcome = Outcome("distil", 4e5 + 1e3 * step)
        started = time.perf_counter()
        rig.panel.show_view(each, lambda _scenario, outcome=outcome: outcome)
        taken.append(time.perf_counter() - started)
    assert sorted(taken)[len(taken) // 2] < 2e-3  # 0.4 ms on a quiet machine
    made = list(rig.panel.rows.made)
    assert made == rig.panel.rows.made
