"""The evidence page: every prediction of the report, points that can be read, runs close to the plan."""

from __future__ import annotations

import math
import threading

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from planner.app.background import Background
from planner.errors import PlannerError
from planner.evidence.nearest import tasks_of
from planner.evidence.reference import read_own_runs
from planner.ui.tabs import evidence_rows as lists
from planner.ui.tabs.evidence import EvidencePage, gather
from planner.ui.tabs.sources import SourcesTab

Key = Qt.Key


@pytest.fixture(scope="module")
def evidence():
    from planner.catalog.load import load_catalog

    return gather(load_catalog())


@pytest.fixture
def page(qtbot, window, evidence, monkeypatch):
    monkeypatch.setattr("planner.ui.tabs.evidence.gather", lambda _catalog: evidence)
    made = EvidencePage()
    qtbot.addWidget(made)
    made.resize(900, 620)
    made.show()
    with qtbot.waitSignal(made.counted, timeout=20_000):
        made.show_view(window.live.view)
    return made


def test_the_page_lists_every_prediction_with_the_errors_of_the_report(page, evidence):
    studies = lists.studies_of(evidence.report)
    shown = page.errors.source.rows
    assert [row[0].link for row in shown] == [study.name for study in studies]
    assert [row[1].value for row in shown] == [len(study.rows) for study in studies]
    training = next(study for study in studies if study.rows[0].study == "training_throughput")
    off = sorted(abs(math.expm1(row.left_out["C"])) for row in training.rows)
    row = next(row for row in shown if row[0].link == training.name)
    middle = len(off) // 2
    median = off[middle] if len(off) % 2 else (off[middle - 1] + off[middle]) / 2
    assert row[2].value == pytest.approx(median)


def test_a_prediction_is_chosen_by_its_name_and_the_plot_follows(page, qtbot):
    names = [row[0].link for row in page.errors.source.rows]
    assert page.selected == names[0]
    other = page.errors.visualRect(page.errors.model().index(1, 0)).center()
    QTest.mouseClick(page.errors.viewport(), Qt.MouseButton.LeftButton, pos=other)
    assert page.selected == names[1]
    assert len(page.cloud.points) == page.errors.source.rows[1][1].value
    assert page.plot_card.title == page.errors.source.rows[1][0].text


def test_pointing_at_a_run_names_it_its_figures_and_its_source(page, qtbot):
    row = page._studies[page.selected].rows[0]
    where = page.cloud.pixel(0)
    viewport, nothing = page.cloud.viewport(), Qt.MouseButton.NoButton
    place, keys = where + QPointF(2, 1), Qt.KeyboardModifier.NoModifier
    move = QMouseEvent(QEvent.Type.MouseMove, place, viewport.mapToGlobal(place), nothing, nothing, keys)
    QApplication.sendEvent(viewport, move)
    words = page.read_out.text()
    point = next(point for point in page.cloud.points if point.words == words)
    assert point.low < point.predicted < point.high
    source = lists.settings_by_row(page.evidence.reference)[row.file, row.id].text("source")
    assert source
    page.cloud.visit(0)
    assert page.read_out.text().endswith(source)


def test_arrow_keys_walk_the_runs_by_what_was_measured(page, qtbot):
    page.cloud.setFocus()
    qtbot.keyClick(page.cloud, Key.Key_Home)
    ordered = sorted(page.cloud.points, key=lambda point: point.measured)
    assert page.read_out.text() == ordered[0].words
    qtbot.keyClick(page.cloud, Key.Key_Right)
    assert page.read_out.text() == ordered[1].words
    qtbot.keyClick(page.cloud, Key.Key_End)
    assert page.read_out.text() == ordered[-1].words
    qtbot.keyClick(page.cloud, Key.Key_Escape)
    assert "runs lie in their interval" in page.read_out.text()


def test_the_worst_predicted_run_stands_first(page):
    off = [abs(math.log1p(row[3].value)) for row in page.list.source.rows]
    assert len(off) == len(page.cloud.points)
    assert off == sorted(off, reverse=True)
    assert off[0] > off[-1]


@pytest.mark.parametrize("key", ["hardware", "source"])
def test_groups_hold_every_run_once(page, key):
    page.which.set_current(key)
    page.which.chosen.emit(key)
    assert sum(row[1].value for row in page.list.source.rows) == len(page.cloud.points)


def test_the_closest_runs_are_those_of_what_the_plan_does(page, window, qtbot):
    tasks = tasks_of(window.live.view.results, window.catalog)
    told = {near.task for near in page._near}
    assert told
    assert told <= set(tasks)
    said = [label.text() for label in page.near_card.findChildren(QLabel)]
    assert any("eight in ten get" in words and "serving speed" in words for words in said)
    near = page._near[-1]
    page._point_at(near)
    assert page.selected == lists.key_of(near.row)
    assert lists.amount(near.row.measured, near.row.unit) in page.read_out.text()


def test_the_page_is_the_second_of_sources_and_made_when_it_is_asked_for(qtbot, window):
    tab = SourcesTab()
    qtbot.addWidget(tab)
    tab.show_view(window.live.view)
    assert tab.evidence is None
    tab.show_page("evidence")
    assert tab.evidence is not None
    assert tab.search.isHidden()
    with qtbot.waitSignal(tab.evidence.counted, timeout=20_000):
        pass
    tab.show_page("inputs")
    assert not tab.search.isHidden()
    assert tab._centre.currentWidget() is tab._panel


def test_only_the_newest_answer_counts(qtbot):
    work, gate, answers = Background(), threading.Event(), []
    work.done.connect(answers.append)
    work.start(lambda: gate.wait(5) and "old")
    work.start(lambda: "new")
    gate.set()
    qtbot.waitUntil(lambda: bool(answers))
    work.stop()
    assert answers == ["new"]


def test_an_expected_problem_is_reported_as_such(qtbot):
    work, problem = Background(), PlannerError("bad", "Words.")

    def run():
        raise problem

    with qtbot.waitSignal(work.failed) as said:
        work.start(run)
    assert said.args == [problem]


def test_an_unexpected_problem_is_raised_in_the_windows_thread(qtbot):
    work = Background()

    def run():
        raise RuntimeError("odd")

    with qtbot.captureExceptions() as caught:
        work.start(run)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is RuntimeError


OWN = """id,model,hardware,hw_family,accelerators,tp,precision,scenario,isl,osl,output_tok_s_per_accel,source
a,Llama 3.1 70B,H100 SXM,H100,4,4,fp8,offline,1000,500,700,ours
b,Llama 3.1 8B,H100 SXM,H100,1,1,fp8,offline,1000,500,6100,ours
c,Llama 3.1 8B,H100 SXM,H100,1,1,fp8,offline,500,500,8200,ours
"""


@pytest.fixture
def sources(window, evidence, monkeypatch, qtbot):
    monkeypatch.setattr("planner.ui.tabs.evidence.gather", lambda _catalog: evidence)
    window.tab_bar.setCurrentIndex(window.tab_bar.count() - 1)
    window.page.show_page("evidence")
    qtbot.waitUntil(lambda: window.page.evidence.evidence is not None)
    return window.page.evidence


def test_own_runs_are_shown_and_taken_in_one_undoable_step(window, sources, qtbot, tmp_path):
    path = tmp_path / "night.csv"
    path.write_text(OWN)
    before = window.store.scenario
    total = window.live.view.results.strategies["prompt"]["serving_accelerator_h"]
    sources.own.read(path)
    qtbot.waitUntil(lambda: sources.own.dialog is not None, timeout=10_000)
    dialog = sources.own.dialog
    assert len(dialog.runs.source.rows) == 3
    assert dialog.factors.source.rows[0][0].text == "Serving speed"
    assert window.store.scenario is before
    QTest.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    assert window.store.scenario.measured.runs == "3 own runs of night.csv"
    assert window.store.scenario.measured.serving_speed_factor < 0.9
    assert "measured.serving_speed_factor" in window.store.scenario.ranges
    assert window.live.view.results.strategies["prompt"]["serving_accelerator_h"] > total
    assert window.store.undo_stack.count() == 1
    window.store.undo_stack.undo()
    assert window.store.scenario == before


def test_a_broken_table_of_own_runs_is_a_message_and_nothing_is_lost(window, sources, qtbot, tmp_path):
    path = tmp_path / "night.csv"
    path.write_text(OWN.replace("6100", "quick"))
    before = window.store.plan
    sources.own.read(path)
    qtbot.waitUntil(lambda: bool(window.bus.current), timeout=10_000)
    said = window.bus.current[-1]
    assert "quick" in said.text
    assert "output_tok_s_per_accel" in said.text
    assert window.store.plan is before
    assert sources.own.dialog is None


def test_an_example_to_start_from_can_be_read_again(sources, monkeypatch, tmp_path):
    path = tmp_path / "own.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    sources._save_example()
    reference = read_own_runs(path)
    assert len(reference.runs) >= 1
    assert all(run.measured for run in reference.runs)
