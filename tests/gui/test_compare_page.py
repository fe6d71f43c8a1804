"""The Compare page, driven by mouse and keyboard, against the engine."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt

from planner.catalog.load import load_catalog
from planner.engine.choice import choose
from planner.engine.compare import STRATEGY, Bridge, Step, bridge
from planner.engine.run import simulate
from planner.export.differences import input_title, step_title
from planner.scenario.presets import load_preset
from planner.ui import bridges as counted
from planner.ui.kit.buttons import Button
from planner.ui.panels.sections import sections
from planner.ui.plots.figures.bridge import MOST_STEPS, REST, drawn_steps
from planner.ui.plots.figures.bridge_chart import Bar, spans_of, wrapped
from planner.ui.tabs import compare_rows as facts
from planner.ui.tabs import compare_sentence
from planner.ui.tabs.compare import ALL, DIFFERENCES, OWN, SCENARIOS, CompareTab
from planner.ui.theme import CACHES
from planner.units import format_quantity, format_range

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CHANGES = {
    "workload.requests_per_month": 4e6,
    "student.model": "llama-3.2-3b",
    "labour.usd_per_hour": 150.0,
    "limits.min_quality": 69.5,
}


@pytest.fixture(autouse=True)
def nothing_kept():
    """Each test counts for itself."""
    counted._kept.clear()


@pytest.fixture
def page(window, qtbot):
    """The page on two scenarios that differ in four inputs, counted."""
    window.live.select("distil")
    window.store.duplicate()
    window.store.edit_many(CHANGES, "Changes")
    qtbot.mouseClick(window.header.compare, LEFT)
    assert isinstance(window.page, CompareTab)
    settle(window.page, qtbot)
    return window.page


def settle(page, qtbot):
    """Wait for the bridge between the two scenarios on the page."""
    qtbot.waitUntil(lambda: page.pair is not None and page.pair.bridge is not None, timeout=10_000)


def focus(widget, qtbot):
    """Give a widget the keyboard: shortcuts work in the active window."""
    widget.window().activateWindow()
    qtbot.waitUntil(lambda: widget.window().isActiveWindow())
    widget.setFocus(Qt.FocusReason.OtherFocusReason)


def expected(page, strategies=("distil", "distil")) -> Bridge:
    """The bridge by the engine alone."""
    return bridge(page.pair.first.scenario, page.pair.second.scenario, load_catalog(), strategies)


def texts(table):
    """The words of a table, row by row."""
    return [[cell.text for cell in row] for row in table.source.rows]


# ---------------------------------------------------------------- what it says
def test_the_button_opens_the_first_scenario_beside_the_active_one(page, window):
    assert window.tab_bar.current == "Compare"
    assert page.picked == ("Plan A", "Plan B")
    assert (page.first.currentText(), page.second.currentText()) == ("A  Plan A", "B  Plan B")
    assert page.strategy.current == "distil"
    assert page.bridges.busy is False


def test_asked_again_for_a_scenario_that_is_new_since_it_shows_that_one(page, window, qtbot):
    window.tab_bar.setCurrentIndex(0)
    window.store.duplicate()
    qtbot.mouseClick(window.header.compare, LEFT)
    assert window.page is page
    assert page.picked == ("Plan A", "Plan C")
    assert (page.first.currentText(), page.second.currentText()) == ("A  Plan A", "C  Plan C")


def test_inputs_that_differ_with_what_each_adds(page):
    found = expected(page)
    rows = texts(page.inputs.tables[0])
    assert len(rows) == len(CHANGES)
    every = sum(len(specs) for _, specs in sections())  # as many as the field that searches them says
    assert page.inputs.card._subtitle.text() == f"{len(CHANGES)} of {every}"
    by_title = {row[0]: row for row in rows}
    for path in CHANGES:
        effect = found.step_of(path).effects["total_usd"]
        words = format_quantity(effect, "usd", sign=True) if effect else "none"
        assert by_title[input_title(path)][3] == words
    assert by_title["Requests per month"][1:3] == ["2.0M/mo", "4.0M/mo"]
    assert by_title["Student model"][1:3] == ["Llama 3.1 8B", "Llama 3.2 3B"]
    assert by_title["Score floor"][3] == "none"
    assert [row[0] for row in rows[:-1]] == [step_title(step) for step in found.ordered()]


def test_results_are_those_of_both_plans(page):
    ends = [simulate(side.scenario, load_catalog()).strategies["distil"] for side in page.pair.sides]
    money, other = (texts(table) for table in page.results.tables)
    totals = [float(result["total_usd"]) for result in ends]
    assert money[0] == [
        "Total, 24 months",
        *(format_quantity(total, "usd") for total in totals),
        format_quantity(totals[1] - totals[0], "usd", sign=True),
    ]
    assert [row[0] for row in money] == [
        *("Total, 24 months", "P10 to P90", "First release", "Payback against API", "Per 1k requests")
    ]
    assert [row[0] for row in other] == ["Score", "Latency p95", "Energy", "Carbon", "Cheapest in draws"]
    assert other[0][1].startswith(f"{float(ends[0]['quality']):.0f} (")
    assert other[3][2] == format_quantity(float(ends[1]["carbon_kgco2e"]), "kgco2e", figures=2)


def test_draws_of_both_scenarios_arrive(page, qtbot):
    qtbot.waitUntil(
        lambda: all(s.doubted is not None and s.doubted.done for s in page.pair.sides), timeout=60_000
    )
    money, other = (texts(table) for table in page.results.tables)
    for column, side in enumerate(page.pair.sides, 1):
        drawn = side.doubted.risk.strategies["distil"]
        assert side.doubted.results is side.results
        assert money[1][column] == format_range(drawn.total_usd[10], drawn.total_usd[90], "usd")
        assert other[4][column] == format_quantity(drawn.cheapest_frac, "chance")


def test_the_sentence_names_cause_and_missed_limit(page):
    found = expected(page)
    cheaper = found.difference() < 0
    said = page.said.words.text()
    assert said.startswith(f"B is ${abs(found.difference()) / 1e3:.0f}k {'cheaper' if cheaper else 'dearer'}")
    largest = found.ordered()[0] if cheaper else max(found.ordered(), key=lambda s: s.effects["total_usd"])
    assert f"because of \u201c{step_title(largest)}\u201d" in said
    assert "limits.min_quality" in page.pair.second.result.misses
    score = page.pair.second.figure("quality_lowest")
    assert said.endswith(f"It scores {score:.1f}, below the floor of 69.5 that A keeps.")
    assert len(said) <= compare_sentence.LONGEST_SENTENCE


def test_sentences_stay_short_whatever_is_compared(page):
    first, second = page.pair.sides
    long = Step(
        ("prices.rent_change_frac_per_year", "quality.data_half_examples"),
        {"total_usd": page.pair.bridge.difference()},
        {"total_usd": 0.0},
        "only together",
    )
    held = replace(page.pair.bridge, steps=(long,))
    for misses in ((), ("limits.min_quality",), ("limits.max_total_usd", "workload.tpot_limit_s")):
        for swapped in (False, True):
            result = replace(second.result, misses=misses)
            results = replace(second.results, strategies={**second.results.strategies, "distil": result})
            sides = (first, replace(second, results=results))
            sides = sides[::-1] if swapped else sides
            said = compare_sentence.sentence(replace(page.pair, first=sides[0], second=sides[1], bridge=held))
            assert len(said) <= compare_sentence.LONGEST_SENTENCE
            assert said.endswith(".")
            assert ".." not in said
    same = replace(page.pair, second=replace(first, letter="B"))
    assert compare_sentence.sentence(same) == "B costs the same as A."


# ---------------------------------------------------------------- the waterfall
def test_bars_lead_from_one_total_to_the_other(page):
    found, chart = expected(page), page.waterfall.chart
    bars = chart.bars
    assert [bar.is_total for bar in bars] == [True, *[False] * len(found.ordered()), True]
    assert bars[0].value == pytest.approx(found.before["total_usd"])
    assert sum(bar.value for bar in bars[:-1]) == pytest.approx(bars[-1].value, rel=1e-9)
    running = bars[0].value
    for part, bar in enumerate(bars[1:-1], 1):
        low, high = chart.spans[part]
        assert running in (pytest.approx(low), pytest.approx(high))
        running += bar.value
    for (left, _), (right, _) in pairwise((chart.box(p), p) for p in range(len(bars))):
        assert left.right() <= right.left()
    assert chart.box(0).bottom() == pytest.approx(chart.box(len(bars) - 1).bottom(), abs=1)


def test_values_stand_apart_and_inside(page, window):
    for size in ((1240, 680), (1440, 900), (1900, 1000)):
        window.resize(*size)
        window.grab()
        boxes = page.waterfall.chart.label_boxes()
        for number, box in enumerate(boxes):
            assert box.left() >= 0
            assert box.right() <= page.waterfall.chart.width()
            assert not any(box.intersects(other) for other in boxes[:number])


def test_arrows_walk_the_bars_and_return_asks_for_the_input(page, window, qtbot):
    chart, asked = page.waterfall.chart, []
    page.input_requested.connect(asked.append)
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        qtbot.keyClick(chart, Key.Key_Right)
    here = chart.visiting
    assert here == (0, 2)
    bar = chart.bars[2]
    assert chart.read_out(*here) == chart.accessibleDescription()
    assert bar.text in chart.read_out(*here)
    assert " to " in chart.read_out(*here)
    qtbot.keyClick(chart, Key.Key_Return)
    assert asked == [bar.key]
    assert bar.key in CHANGES


def test_the_twin_has_every_step_and_the_running_total(page, qtbot):
    card = page.waterfall.card
    focus(page.waterfall.chart, qtbot)
    qtbot.keyClick(page.waterfall.chart, Key.Key_T)
    assert card.is_table_shown
    rows = texts(card.twin)
    assert len(rows) == len(CHANGES) + 2
    assert rows[-1][3] == rows[-2][3]  # the last step leads to the total of B
    assert "Requests per month" in {row[0] for row in rows}
    assert page.waterfall.chart.describe().startswith("A Plan A $")


def test_more_than_eight_steps_are_joined_in_the_drawing_alone():
    steps = tuple(
        Step((path,), {"total_usd": value}, {"total_usd": 0.0})
        for path, value in zip(
            (
                "site.pue",
                "site.grid",
                "horizon_months",
                *CHANGES,
                "data.examples",
                "api.model",
                "distil.epochs",
            ),
            (-50.0, 40.0, -30.0, 25.0, -20.0, 15.0, -10.0, 5.0, 4.0, -3.0),
            strict=True,
        )
    )
    before, after = {"total_usd": 100.0}, {"total_usd": 100.0 - 24.0}
    held = Bridge(("api", "api"), before, after, steps, "exact", 1024)
    bars = drawn_steps(held, step_title, lambda step: "x")
    assert len(bars) == MOST_STEPS
    assert bars[-1].name == REST
    assert bars[-1].value == pytest.approx(5.0 + 4.0 - 3.0)
    assert sum(bar.value for bar in bars) == pytest.approx(-24.0)
    few = replace(held, steps=steps[:MOST_STEPS])
    assert REST not in {bar.name for bar in drawn_steps(few, step_title, lambda step: "x")}


def test_spans_reach_below_zero_where_steps_do():
    bars = [
        Bar("A", 100.0, "", strategy="api"),
        Bar("x", -130.0, ""),
        Bar("y", 70.0, ""),
        Bar("B", 40.0, "", strategy="api"),
    ]
    assert spans_of(bars) == ((0.0, 100.0), (-30.0, 100.0), (-30.0, 40.0), (0.0, 40.0))


def test_long_names_take_two_lines(qapp):
    assert wrapped("Packaging", 200.0) == ["Packaging"]
    lines = wrapped("Accelerators per replica", 60.0)
    assert len(lines) == 2
    assert wrapped("Spread of answer length", 80.0) == ["Spread of", "answer length"]
    assert wrapped("", 50.0) == []


# ---------------------------------------------------------------- pickers
def test_swap_turns_the_difference_round_and_changes_no_plan(page, window, qtbot):
    plan, before = window.store.plan, page.pair.bridge.difference()
    steps = window.store.undo_stack.count()
    qtbot.mouseClick(page.swap, LEFT)
    settle(page, qtbot)
    assert page.picked == ("Plan B", "Plan A")
    assert page.pair.bridge.difference() == pytest.approx(-before)
    assert page.said.words.text().startswith("A is $")
    assert window.store.plan is plan
    assert window.store.undo_stack.count() == steps


def test_a_third_scenario_is_picked_by_keyboard(page, window, qtbot):
    window.store.duplicate()
    window.store.edit("workload.requests_per_month", 1e6)
    window.store.switch("Plan A")
    settle(page, qtbot)
    assert page.picked == ("Plan A", "Plan B")
    page.second.setFocus()
    qtbot.keyClick(page.second, Key.Key_Down)
    settle(page, qtbot)
    assert page.picked == ("Plan A", "Plan C")
    assert page.pair.second.scenario.workload.requests_per_month == 1e6
    assert page.waterfall.card.title == "From A to C"
    page.first.chosen.emit("Plan C")  # that of the other side: the two change places
    assert page.picked == ("Plan C", "Plan A")


def test_a_scenario_that_is_gone_makes_room_for_another(page, window, qtbot):
    window.store.duplicate()
    page.compare("Plan B", "Plan C")
    window.store.delete("Plan C")
    settle(page, qtbot)
    assert page.picked == ("Plan A", "Plan B")


def test_the_strategy_is_that_in_focus_or_each_ones_own(page, window, qtbot):
    page.strategy.setFocus()
    qtbot.keyClick(page.strategy, Key.Key_Home)
    qtbot.waitUntil(lambda: window.live.view.selected == "api")
    settle(page, qtbot)
    assert page.pair.bridge.strategies == ("api", "api")
    qtbot.keyClick(page.strategy, Key.Key_End)
    assert page.strategy.current == OWN
    settle(page, qtbot)
    own = tuple(choose(side.results).strategy for side in page.pair.sides)
    assert page.pair.bridge.strategies == own
    assert own[0] != own[1]
    row = next(row for row in texts(page.inputs.tables[0]) if row[0] == "Other strategy")
    effect = expected(page, own).step_of(STRATEGY).effects["total_usd"]
    assert row[3] == format_quantity(effect, "usd", sign=True)
    assert page.said.words.text().startswith("B with ")
    window.live.select("both")  # a card: the page follows
    settle(page, qtbot)
    assert page.strategy.current == "both"


def test_a_row_asks_for_its_input(page, window, qtbot):
    table, asked = page.inputs.tables[0], []
    page.input_requested.connect(asked.append)
    row = next(n for n, cells in enumerate(texts(table)) if cells[0] == "Engineer")
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.place_of(row, 2))
    assert asked == ["labour.usd_per_hour"]
    table.setCurrentIndex(table.model().index(0, 0))
    qtbot.keyClick(table, Key.Key_Return)
    assert len(asked) == 2


def test_all_inputs_keep_what_differs_on_top(page, qtbot):
    differ = texts(page.inputs.tables[0])
    qtbot.mouseClick(page.switch.buttons()[1], LEFT)
    assert page.switch.current == ALL
    rows = texts(page.inputs.tables[0])
    assert rows[: len(differ)] == differ
    assert len(rows) == 145
    assert len({row[0] for row in rows}) == len(rows)
    assert page.inputs.card.title == "All inputs"


# ---------------------------------------------------------------- all scenarios
def test_every_scenario_has_a_row_and_leads_to_its_comparison(page, window, qtbot):
    window.store.duplicate()
    window.store.edit("horizon_months", 12)
    qtbot.mouseClick(page.switch.buttons()[2], LEFT)
    assert page.switch.current == SCENARIOS
    table = page.scenarios.tables[0]
    qtbot.waitUntil(lambda: len(texts(table)) == 3 and not any("\u2026" in row for row in texts(table)))
    assert page.scenarios.card.isVisible()
    assert not page.waterfall.card.isVisible()
    for row, scenario in zip(texts(table), window.store.plan.scenarios, strict=True):
        results = simulate(scenario, load_catalog())
        chosen = results.strategies[choose(results).strategy]
        assert row[0].endswith(scenario.name)
        assert row[3] == format_quantity(float(chosen["total_usd"]), "usd")
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.place_of(2))
    assert page.switch.current == DIFFERENCES
    assert page.picked == ("Plan A", "Plan C")
    assert page.waterfall.card.isVisible()


def test_more_scenarios_than_are_kept_are_counted_once(page, window, qtbot, monkeypatch):
    monkeypatch.setattr(counted, "_MOST_RESULTS", 2)
    monkeypatch.setattr(counted._kept, "most_results", 2)
    for _ in range(3):
        window.store.duplicate()
    qtbot.mouseClick(page.switch.buttons()[2], LEFT)
    qtbot.waitUntil(lambda: not page._others.isActive(), timeout=5000)
    rows = texts(page.scenarios.tables[0])
    assert len(rows) == 5
    assert not any("\u2026" in row for row in rows)


def test_one_scenario_offers_to_copy_it(window, qtbot):
    window.live.select("distil")
    qtbot.mouseClick(window.header.compare, LEFT)
    page = window.page
    assert page.alone.isVisible()
    assert not page.head.isVisible()
    assert isinstance(page.alone.button, Button)
    qtbot.mouseClick(page.alone.button, LEFT)
    assert len(window.store.plan.scenarios) == 2
    settle(page, qtbot)
    assert not page.alone.isVisible()
    assert page.said.words.text() == "B costs the same as A."
    assert texts(page.inputs.tables[0]) == []
    window.store.undo_stack.undo()
    assert page.alone.isVisible()


# ---------------------------------------------------------------- when there is no bridge
def test_what_does_not_fit_is_said_instead_of_a_bridge(page, window, qtbot):
    small = {
        "serving.hardware": "nvidia-l4",
        "serving.precision": "bf16",
        "serving.accelerators_per_replica": 1,
    }
    window.store.edit_many(small, "Small")
    window.live.select("prompt")
    settle(page, qtbot)
    assert page.said.words.text() == "Self-host does not fit in B."
    blank = page.waterfall._blank
    assert blank.startswith("Prompt, self-hosted does not fit in B")
    assert "GB" in blank
    assert page.waterfall.chart.bars == ()
    assert {row[3] for row in texts(page.inputs.tables[0])} == {"\u2013"}
    assert page.results.tables[0].source.rows[0][2].text == "\u2013"


# ---------------------------------------------------------------- counting
def test_opening_again_needs_no_counting(page, window):
    window.tab_bar.setCurrentIndex(0)
    page.pair = None
    window.runs.compare()
    assert page.pair.bridge is not None
    assert not page.bridges.busy


def test_a_held_slider_waits_for_its_release(page, window, qtbot):
    before = page.pair
    window.live.set_dragging(True)
    for volume in (5e6, 6e6, 7e6):
        window.store.edit("workload.requests_per_month", volume, gesture=1)
    assert page.pair is before
    assert not page.bridges.busy
    window.live.set_dragging(False)
    settle(page, qtbot)
    assert page.pair.second.scenario.workload.requests_per_month == 7e6
    assert page.pair.bridge.after["total_usd"] == pytest.approx(page.pair.second.figure("total_usd"))


def test_while_it_is_counted_it_says_how_far(page, window, qtbot):
    heard = []
    page.bridges.progressed.connect(
        lambda done, of: heard.append((done, of, page.waterfall.card._note.text()))
    )
    window.store.edit("site.pue", 1.41)
    assert page.pair.bridge is None
    assert page.inputs.tables[0].source.rows[0][3].text == facts.WAITING
    assert page.waterfall._blank.startswith("Counting")
    settle(page, qtbot)
    assert page.waterfall._blank == ""
    assert all(done <= of for done, of, _ in heard)


def test_a_hidden_page_counts_nothing_and_goes_on_when_seen(page, window, qtbot):
    window.store.edit("site.pue", 1.41)
    assert page.bridges.busy
    window.tab_bar.setCurrentIndex(0)
    assert not page.bridges._quiet.isActive()
    assert not page.bridges._idle.isActive()
    window.runs.compare()
    settle(page, qtbot)


def test_other_prices_forget_what_was_counted(page, window):
    assert counted._kept.bridges
    results = window.live.view.results
    other = {
        name: replace(result, figures={**result.figures, "total_usd": result["total_usd"] * 1.01})
        for name, result in results.strategies.items()
    }
    counted.take_results(replace(results, strategies=dict(results.strategies)))
    assert counted._kept.bridges  # the same figures again
    counted.take_results(replace(results, strategies=other))
    assert not counted._kept.bridges


def test_other_prices_forget_what_was_drawn(page, qtbot):
    qtbot.waitUntil(
        lambda: all(s.doubted is not None and s.doubted.done for s in page.pair.sides), timeout=60_000
    )
    for side in page.pair.sides:
        assert page._doubted(replace(side.results)) is side.doubted
        other = {
            name: replace(result, figures={**result.figures, "total_usd": result["total_usd"] * 1.01})
            for name, result in side.results.strategies.items()
        }
        assert page._doubted(replace(side.results, strategies=other)) is None


# ---------------------------------------------------------------- the scenarios panel
def test_the_panel_says_what_each_change_adds(page, window, qtbot):
    rows = window.scenarios.changes.shown
    qtbot.waitUntil(lambda: all(row.effect[0] for row in rows), timeout=10_000)
    found = expected(page)
    for row in rows:
        effect = found.step_of(row.change.path).effects["total_usd"]
        assert row.effect[0] == (format_quantity(effect, "usd", sign=True) if effect else "none")
        assert row.effect[0] in row.accessibleName()
    window.tab_bar.setCurrentIndex(0)
    qtbot.mouseClick(window.scenarios.compare, LEFT)
    assert window.page is page
    window.store.switch("Plan A")
    assert not window.scenarios.compare.isVisible()


def test_the_panel_speaks_of_the_preset_for_the_first_scenario(window, qtbot):
    window.live.select("api")
    window.store.edit("workload.requests_per_month", 3e6)
    (row,) = window.scenarios.changes.shown
    qtbot.waitUntil(lambda: row.effect[0] != "", timeout=10_000)
    before = load_preset().scenario
    found = bridge(before, window.store.scenario, load_catalog(), ("api", "api"))
    assert row.effect[0] == format_quantity(found.difference(), "usd", sign=True)


# ---------------------------------------------------------------- look
def test_every_look_is_painted(page, window, qtbot):
    seen = set()
    for mode in ("light", "dark"):
        window.themes.set_mode(mode)
        for key in (DIFFERENCES, ALL, SCENARIOS):
            page.switch.set_current(key)
            page._refresh()
            seen.add(page.grab().toImage().cacheKey())
    assert len(seen) == 6
    page.switch.set_current(DIFFERENCES)
    window.themes.set_zoom(150)
    page._refresh()
    assert not page.grab().isNull()
    assert not math.isnan(page.waterfall.chart.box(0).height())
    assert CACHES


def test_a_card_alone_and_back(page, qtbot):
    focus(page.waterfall.chart, qtbot)
    qtbot.keyClick(page.waterfall.chart, Key.Key_F)
    assert page.full_size is page.waterfall.card
    assert not page.results.card.isVisible()
    qtbot.keyClick(page.waterfall.chart, Key.Key_Escape)
    assert page.full_size is None
    assert page.results.card.isVisible()
    assert not page.scenarios.card.isVisible()


def test_closing_leaves_nothing_running(page, window):
    window.store.edit("site.pue", 1.41)
    page.stop()
    window.scenarios.stop()
    assert not page.bridges.busy
    assert not window.scenarios.bridges.busy
    assert page.rect().contains(QPoint(1, 1))


def test_draws_counted_before_the_page_is_looked_at_are_on_it(window, qtbot):
    window.store.duplicate()
    window.store.edit("workload.requests_per_month", 4e6)
    qtbot.waitUntil(lambda: not window.doubt.busy, timeout=20_000)
    qtbot.mouseClick(window.header.compare, LEFT)
    page = window.page
    settle(page, qtbot)
    qtbot.waitUntil(lambda: all(side.doubted is not None for side in page.pair.sides), timeout=20_000)
