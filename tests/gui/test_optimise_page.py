"""The Optimise page by real keys and presses: search, front, apply, scenario, out of date, goal seek."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from planner.engine.optimise import GOALS, optimise
from planner.engine.run import simulate
from planner.ui.tabs.optimise_values import ValuesPopover

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
SMALL = ("serving.hardware", "refresh.interval_months")
VOLUME = "workload.requests_per_month"


@pytest.fixture
def page(window, qtbot):
    """The page with two variables free: 108 plans."""
    number = next(n for n in range(window.tab_bar.count()) if window.tab_bar.tabText(n) == "Optimise")
    window.tab_bar.setCurrentIndex(number)
    tab = window.page
    for path, row in tab.form.variables.items():
        if row.box.isChecked() != (path in SMALL):
            QTest.mouseClick(row.box, LEFT)
    qtbot.waitUntil(lambda: tab.form.search.isEnabled())
    return tab


def search(page, qtbot):
    QTest.mouseClick(page.form.search, LEFT)
    assert page.run.running
    qtbot.waitUntil(lambda: page.outcome is not None, timeout=30_000)
    return page.outcome


def press_point(page, number):
    _, x, y = page.front.chart.dots.places[number]
    where = page.front.chart.pixel_of(x, y).toPoint()
    QTest.mouseMove(page.front.chart.viewport(), where)
    QTest.mouseClick(page.front.chart.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, where)


def test_the_form_is_filled_from_the_plan(page, window):
    assert page.form.count.text().startswith("108 plans")
    assert page.form.goals.current == window.store.scenario.limits.goal
    assert page.form.limits["limits.max_total_usd"].editor.text() == "no limit"
    chosen = window.live.view.results.strategies[window.live.view.choice.strategy]
    floor = float(page.form.limits["limits.min_quality"].editor.text())
    assert floor <= float(chosen["quality_lowest"]) < floor + 1.0
    window.store.edit("limits.max_total_usd", 400_000.0)
    assert page.form.limits["limits.max_total_usd"].editor.text() == "$400k"


def test_a_search_finds_what_the_engine_finds(page, window, qtbot):
    outcome = search(page, qtbot)
    scenario = window.store.scenario.with_(page.form.changes())
    wanted = optimise(scenario, window.catalog, page.form.free())
    assert outcome == wanted
    best = wanted.best["cost"]
    cells = [[cell.text for cell in row] for row in page.result.table.source.rows]
    assert page.result.sentence.text().endswith(f"score {best.figures['quality']:.1f}.")
    assert ["Refresh every", "4\N{NO-BREAK SPACE}months", "never", ""] in cells
    assert len(page.front.points) == len(wanted.front) >= 2
    assert page.front.chart.dots.picked is not None


def test_apply_is_one_step_that_can_be_undone(page, window, qtbot):
    best = search(page, qtbot).best["cost"]
    before = window.store.scenario
    QTest.mouseClick(page.result.apply, LEFT)
    assert window.store.scenario == before.with_(best.changes)
    assert float(simulate(window.store.scenario, window.catalog).strategies[best.strategy]["total_usd"]) == (
        pytest.approx(best.figures["total_usd"], rel=1e-9)
    )
    assert window.live.view.selected == best.strategy
    assert page.result.stale.isHidden()  # the plan is the one that was found
    window.store.undo_stack.undo()
    assert window.store.scenario == before


def test_a_point_of_the_front_is_opened_as_a_scenario(page, window, qtbot):
    search(page, qtbot)
    number = next(n for n, point in enumerate(page.front.points) if point.candidate != page.result.shown)
    picked = page.front.points[number].candidate
    press_point(page, number)
    assert page.result.shown == picked
    assert page.result.title == "Plan of the front"
    before = window.store.plan
    QTest.mouseClick(page.result.open, LEFT)
    assert len(window.store.plan.scenarios) == 2
    assert window.store.scenario == before.scenario.with_({**picked.changes, "name": "Plan B"})
    assert window.store.plan.scenarios[0] == before.scenarios[0]
    window.store.undo_stack.undo()
    assert window.store.plan == before


def test_the_front_by_the_keyboard(page, qtbot):
    search(page, qtbot)
    chart = page.front.chart
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(chart, KEY.Key_Home)
    cheapest = min(range(len(chart.dots.places)), key=lambda n: chart.dots.places[n][1:])
    assert chart.dots.here == cheapest
    QTest.keyClick(chart, KEY.Key_Right)
    assert chart.dots.places[chart.dots.here][1] >= chart.dots.places[cheapest][1]
    assert page.front.note.text() == page.front._words_of(page.front.points[chart.dots.here])
    here = chart.dots.here
    QTest.keyClick(chart, KEY.Key_Return)
    assert page.result.shown == page.front.points[here].candidate
    QTest.keyClick(chart, KEY.Key_Escape)
    assert chart.dots.here is None
    QTest.mouseClick(page.result.back, LEFT)
    assert page.result.shown == page.outcome.best["cost"]


def test_the_front_has_a_table_words_and_full_size(page, qtbot):
    search(page, qtbot)
    headers, rows = page.front.table()
    assert len(rows) == len(page.front.points)
    assert len(headers) == len(rows[0])
    assert page.front.describe().startswith(f"{len(rows)} plans. ")
    page.front.show_table(True)
    assert not page.front.grab().isNull()
    page.front.show_table(False)
    page.front.full_size_asked.emit()
    assert page.full_size is page.front
    assert page.result.isHidden()
    page.leave_full_size()
    assert not page.result.isHidden()


def test_another_goal_is_shown_without_another_search(page, qtbot):
    outcome = search(page, qtbot)
    for number, goal in enumerate(GOALS):
        QTest.mouseClick(page.form.goals.buttons()[number], LEFT)
        assert not page.run.running
        assert page.result.shown == outcome.best[goal]


def test_a_change_of_the_plan_makes_it_out_of_date(page, window, qtbot):
    search(page, qtbot)
    assert page.result.stale.isHidden()
    window.store.edit(VOLUME, 5e6)
    assert not page.result.stale.isHidden()
    assert "the plan has changed" in page.result.stale.words.text()
    assert page.front.chart.view_box.opacity_shown < 1.0
    window.store.undo_stack.undo()
    assert page.result.stale.isHidden()
    window.store.edit(VOLUME, 5e6)
    QTest.mouseClick(page.result.stale.again, LEFT)
    qtbot.waitUntil(lambda: not page.run.running, timeout=30_000)
    assert page.result.stale.isHidden()
    assert page.outcome.scenario.workload.requests_per_month == 5e6


def test_another_limit_makes_it_out_of_date_and_holds_in_the_next_search(page, window, qtbot):
    search(page, qtbot)
    editor = page.form.limits["limits.max_total_usd"].editor
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "1k")
    QTest.keyClick(editor, KEY.Key_Return)
    assert "limits or what may change" in page.result.stale.words.text()
    outcome = search(page, qtbot)
    assert outcome.best["cost"] is None
    assert "keeps every limit" in page.result.sentence.text()
    assert page.result.title == "Nearest plan"
    assert page.front.isHidden()
    misses = [row[2].text for row in page.result.table.source.rows if row[0].text == "Misses"]
    assert len(misses) == 1
    assert "against a budget of $1" in misses[0]
    assert window.store.scenario.limits.max_total_usd is None  # the plan's own limits are left alone


def test_a_limit_that_means_nothing_is_refused(page):
    row = page.form.limits["limits.max_total_usd"]
    row.editor.setFocus()
    row.editor.selectAll()
    QTest.keyClicks(row.editor, "cheap")
    QTest.keyClick(row.editor, KEY.Key_Return)
    assert not row.problem.isHidden()
    assert "cheap" in row.problem.text()
    assert page.form.changes()["limits.max_total_usd"] is None


def test_a_plan_changed_while_searching_ends_the_search(page, window, qtbot):
    QTest.mouseClick(page.form.search, LEFT)
    window.store.edit(VOLUME, 5e6)
    assert not page.run.running
    assert page.outcome is None
    assert page.result.empty.isVisible()


def test_a_search_can_be_stopped_and_says_so(page, qtbot):
    QTest.mouseClick(page.form.search, LEFT)
    qtbot.waitUntil(lambda: page.run.search is not None and page.run.search.tried > 3, timeout=10_000)
    QTest.mouseClick(page.result.stop, LEFT)
    qtbot.waitUntil(lambda: page.outcome is not None, timeout=10_000)
    assert not page.outcome.finished
    assert page.result.method.text().startswith("Stopped after ")


def test_the_values_of_a_variable_are_ticked(page, window, qtbot):
    row = page.form.variables["refresh.interval_months"]
    QTest.mouseClick(row.values, LEFT)
    (popover,) = window.findChildren(ValuesPopover)
    assert popover.isVisible()
    count = len(popover.boxes)
    QTest.mouseClick(popover.boxes[0], LEFT, Qt.KeyboardModifier.NoModifier, QPoint(8, 10))
    assert row.values.text() == f"{count - 1} values"
    assert page.form.count.text().startswith(f"{12 * (count - 1)} plans")
    QTest.mouseClick(popover.usual, LEFT)
    assert row.values.text() == f"{count} values"
    for box in popover.boxes:
        QTest.mouseClick(box, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(8, 10))
    assert page.form.count.text() == "Refresh every: no value allowed"
    assert not page.form.search.isEnabled()
    QTest.keyClick(popover, KEY.Key_Escape)
    assert not popover.isVisible()


def test_another_document_starts_anew(page, window, qtbot):
    search(page, qtbot)
    window.store.new("legal-contracts")
    assert page.outcome is None
    assert page.result.empty.isVisible()
    assert page.form.variables["serving.precision"].box.isChecked()


# ---- goal seek


def test_goal_seek_answers_as_the_engine_and_applies_in_one_step(page, window, qtbot):
    seek = page.seek
    seek.strategy.set_current("distil")
    editor = seek.bound
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "400k")
    QTest.keyClick(editor, KEY.Key_Return)
    QTest.mouseClick(seek.seek, LEFT)
    qtbot.waitUntil(lambda: seek.found is not None, timeout=30_000)
    found = seek.found.last

    def total(volume):
        results = simulate(window.store.scenario.with_({VOLUME: volume}), window.catalog)
        return float(results.strategies["distil"]["total_usd"])

    assert total(found) <= 400_000.0 < total(found + 1.0)
    assert f"at most {found:,.0f}, for Distil to keep the total at most $400k." in seek.sentence.text()
    before = window.store.plan
    QTest.mouseClick(seek.apply, LEFT)
    assert window.store.scenario.workload.requests_per_month == found
    assert "seek again" in seek.remark.text()
    window.store.undo_stack.undo()
    assert window.store.plan == before


def test_fewest_labels_are_sought_with_a_score(page, qtbot):
    seek = page.seek
    seek.input.setFocus()
    row = seek.input.findData("data.examples")
    seek.input.setCurrentIndex(row)
    seek.input.activated.emit(row)
    assert (seek.side.current, seek.figure.current, seek.sign.text()) == ("min", "quality", "at least")


def test_a_bound_that_means_nothing_is_refused(page):
    editor = page.seek.bound
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "many")
    QTest.keyClick(editor, KEY.Key_Return)
    assert not page.seek.problem.isHidden()
    assert "many" in page.seek.problem.text()
