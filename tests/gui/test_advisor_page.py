"""The Advisor page: its figures are those of the results, mouse and keyboard open them, flips follow."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from gallery_tabs import changed, make_view
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from planner.engine.advisor.criteria import More, criteria
from planner.engine.advisor.recommend import recommend
from planner.engine.scores import score_ranges
from planner.scenario.presets import load_preset, presets
from planner.ui import theme as t
from planner.ui.tabs.advisor import AdvisorTab, heads_of
from planner.ui.tabs.advisor_card import FEW_REASONS, OBJECTIONS, REASONS
from planner.ui.tabs.advisor_table import Shown, lines_of
from planner.ui.tabs.registry import PAGES

Key, Button, Role = Qt.Key, Qt.MouseButton, Qt.ItemDataRole


@pytest.fixture(autouse=True)
def manager(qapp):
    made = t.ThemeManager(qapp)
    made.set_mode("light")
    yield made
    made.set_zoom(100)
    made.setParent(None)


@pytest.fixture(scope="module")
def view():
    return make_view(load_preset())


@pytest.fixture
def tab(qtbot, view):
    """The page on the default preset."""
    made = AdvisorTab()
    qtbot.addWidget(made)
    made.resize(868, 628)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.show_view(view)
    QApplication.processEvents()
    yield made
    made.stop()


@pytest.fixture
def counted(qtbot, tab):
    """The same, once its flips are counted."""
    with qtbot.waitSignal(tab.advice.counted, timeout=60_000):
        pass
    return tab


def row_of(tab, id):
    """Number of a criterion."""
    return [row.id for row in tab.advice.table.source.rows].index(id)


def spot(tab, id, strategy):
    """Middle of the first line of a cell, scrolled into view."""
    table = tab.advice.table
    column = [head.strategy for head in table.source.heads].index(strategy) + 1
    index = table.source.index(row_of(tab, id), column)
    table.scrollTo(index)
    box = table.visualRect(index)
    return QPoint(box.left() + 20, box.top() + 14)


def said(tab):
    """Sentences that are shown."""
    return [each.words.text() for each in tab.advice.card.sentences if not each.isHidden()]


# ---- what it shows
@pytest.mark.parametrize("id", [preset.id for preset in presets()])
def test_card_and_table_say_what_the_engine_says(qtbot, id):
    made = AdvisorTab()
    qtbot.addWidget(made)
    made.resize(868, 628)
    made.show()
    preset = make_view(load_preset(id))
    made.show_view(preset)
    advice = recommend(preset.results, preset.choice)
    assert made.advice.card.headline.text() == advice.headline
    wanted = [*advice.reasons[:REASONS], *advice.against[:OBJECTIONS]]
    assert said(made) == [argument.text for argument in wanted]
    table = made.advice.table
    scores = score_ranges(preset.scenario, preset.catalog, preset.results.choices)
    assert table.source.rows == criteria(preset.results, preset.choice.strategy, More(None, scores))
    assert [head.strategy for head in table.source.heads] == list(preset.results.strategies)
    assert [head.strategy for head in table.source.heads if head.advised] == [preset.choice.strategy]
    made.stop()


def test_every_cell_has_a_name_of_its_own(tab, view):
    table = tab.advice.table
    names = set()
    for number, row in enumerate(table.source.rows):
        for column in range(1, len(table.source.heads) + 1):
            index = table.source.index(number, column)
            name = index.data(Role.AccessibleTextRole)
            cell = row.cells[column - 1]
            assert name.startswith(f"{row.title}, {t.STRATEGY_NAMES[cell.strategy]}: {cell.text}")
            assert ("best of all" in name) == cell.best
            names.add(name)
    assert len(names) == len(table.source.rows) * len(table.source.heads)
    head = table.source.headerData(4, Qt.Orientation.Horizontal, Role.AccessibleTextRole)
    assert head == "Distil, advised"


def test_all_text_of_a_cell_has_room(tab):
    table = tab.advice.table
    for (number, column), cell in table.shown.items():
        assert isinstance(cell, Shown)
        assert cell.height <= table.rowHeight(number)
        assert cell.width == table.columnWidth(column)
        assert " ".join(cell.first) == cell.cell.text
        for line in cell.note:
            assert t.text_width(line, 11) <= cell.width - 12 or " " not in line
    assert sum(table.columnWidth(c) for c in range(6)) == table.viewport().width()


def test_lines_break_at_spaces_and_keep_every_word():
    text = "two trainings each, so data are older"
    lines = lines_of(text, 11, 400, 90, 100)
    assert len(lines) > 1
    assert " ".join(lines) == text
    assert lines_of("", 11, 400, 90, 100) == ("",)
    assert lines_of("unbreakable", 11, 400, 10, 100) == ("unbreakable",)


def test_heads_and_advice_stay_while_the_body_scrolls(tab):
    table, card = tab.advice.table, tab.advice.card
    head, place = table.horizontalHeader(), card.geometry()
    before = head.mapTo(tab, QPoint(0, 0))
    table.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(table, Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert table.verticalScrollBar().value() > 0
    assert table.currentIndex().row() == len(table.source.rows) - 1
    assert head.mapTo(tab, QPoint(0, 0)) == before
    assert card.geometry() == place
    assert head.isVisible()
    assert card.isVisible()


def test_a_misfit_and_a_miss_are_said_over_their_columns(view):
    unfit = make_view(
        changed(
            load_preset(),
            serving__hardware="nvidia-l4",
            serving__precision="bf16",
            serving__accelerators_per_replica=1,
            limits__min_quality=75.0,
        )
    )
    words = {head.strategy: head.word for head in heads_of(unfit)}
    assert words["prompt"] == "does not fit"
    assert words["distil"] == "misses 2 limits"
    assert not any(head.word for head in heads_of(view))


def test_where_nothing_keeps_the_limits_nobody_is_advised(qtbot, tab):
    with qtbot.waitSignal(tab.advice.counted, timeout=60_000):
        tab.show_view(make_view(changed(load_preset(), limits__min_quality=95.0)))
    card = tab.advice.card
    assert card.headline.text() == "Nothing keeps every limit. Nearest: distil."
    assert card.flips_title.text() == "A strategy would keep every limit if"
    assert not any(head.advised for head in tab.advice.table.source.heads)
    assert any("83.1 is enough" in line.shown_text for line in card.flips)


def test_a_low_page_says_less_and_keeps_the_two_objections(tab):
    assert len(said(tab)) == REASONS + OBJECTIONS
    before = said(tab)
    tab.resize(868, 360)
    QApplication.processEvents()
    assert said(tab) == [*before[:FEW_REASONS], *before[-OBJECTIONS:]]
    tab.resize(868, 628)
    QApplication.processEvents()
    assert said(tab) == before


@pytest.mark.parametrize("zoom", [80, 200])
def test_it_paints_at_every_zoom_and_width(manager, tab, zoom):
    manager.set_zoom(zoom)
    for size in ((868, 628), (520, 300), (1400, 900)):
        tab.resize(*size)
        QApplication.processEvents()
        assert not tab.grab().isNull()
        table = tab.advice.table
        assert all(cell.height <= table.rowHeight(row) for (row, _), cell in table.shown.items())


# ---- what opens
def test_a_click_on_a_figure_asks_for_its_items(qtbot, tab):
    table = tab.advice.table
    where = spot(tab, "release", "finetune")
    QTest.mouseMove(table.viewport(), where)
    qtbot.waitUntil(lambda: table.hovered is not None)
    with qtbot.waitSignal(tab.items_requested) as asked:
        QTest.mouseClick(table.viewport(), Button.LeftButton, pos=where)
    assert asked.args == ["finetune", "first_release_usd"]
    assert not table.ring_shown


def test_keys_walk_to_a_figure_and_open_it(qtbot, tab):
    table = tab.advice.table
    table.setFocus(Qt.FocusReason.TabFocusReason)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (0, 1)
    QTest.keyClick(table, Key.Key_Right)
    for _ in range(row_of(tab, "quality")):
        QTest.keyClick(table, Key.Key_Down)
    with qtbot.waitSignal(tab.items_requested) as asked:
        QTest.keyClick(table, Key.Key_Return)
    assert asked.args == ["prompt", "quality"]
    assert table.ring_shown
    assert not table.grab().isNull()


def test_a_cell_without_items_brings_its_input(qtbot, tab):
    table = tab.advice.table
    for id, strategy, path in (
        ("weeks", "distil", "labour.engineers"),
        ("sharing", "distil", "distil.students"),
        ("house", "api", "limits.self_hosted_only"),
    ):
        with qtbot.waitSignal(tab.input_requested) as asked:
            QTest.mouseClick(table.viewport(), Button.LeftButton, pos=spot(tab, id, strategy))
        assert asked.args == [path]


def test_a_judgement_opens_nothing(qtbot, tab):
    table, where = tab.advice.table, spot(tab, "explainability", "api")
    QTest.mouseMove(table.viewport(), where)
    with qtbot.assertNotEmitted(tab.items_requested), qtbot.assertNotEmitted(tab.input_requested):
        QTest.mouseClick(table.viewport(), Button.LeftButton, pos=where)
    assert table.hovered is None


def test_a_click_on_a_head_selects_its_strategy(qtbot, tab):
    head = tab.advice.table.horizontalHeader()
    x = head.sectionViewportPosition(3) + 30
    with qtbot.waitSignal(tab.strategy_selected) as asked:
        QTest.mouseClick(head.viewport(), Button.LeftButton, pos=QPoint(x, 12))
    assert asked.args == ["finetune"]


# ---- what would change it
def test_flips_are_listed_with_strategy_and_open_their_input(qtbot, counted):
    card, found = counted.advice.card, counted.advice.findings
    assert [line.shown_text for line in card.flips] == [flip.text for flip in found.flips]
    first = card.flips[0]
    assert first.accessibleName().startswith("Prompt via API if a score over 69.4 is needed")
    with qtbot.waitSignal(counted.input_requested) as asked:
        QTest.mouseClick(first, Button.LeftButton)
    assert asked.args == ["limits.min_quality"]
    volume = next(line for line in card.flips if line.path == "workload.requests_per_month")
    volume.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(counted.input_requested) as asked:
        QTest.keyClick(volume, Key.Key_Return)
    assert asked.args == ["workload.requests_per_month"]
    assert card.flips_note.text() == "No single change makes Self-host or Tune + distil win."
    row = counted.advice.table.source.rows[row_of(counted, "best_for")]
    assert row.cell("api").text == "Up to 1.8M a month"


def test_flips_of_before_are_dimmed_until_they_are_counted_again(qtbot, counted):
    card = counted.advice.card
    assert not any(line.stale for line in card.flips)
    more = make_view(changed(load_preset(), workload__requests_per_month=4e6))
    counted.show_view(more)
    assert card.flips
    assert all(line.stale for line in card.flips)
    assert counted.advice.findings is None
    assert not counted.grab().isNull()
    with qtbot.waitSignal(counted.advice.counted, timeout=60_000):
        pass
    assert not any(line.stale for line in card.flips)
    volume = next(line for line in card.flips if line.path == "workload.requests_per_month")
    assert "1.8M" in volume.shown_text


def test_another_plan_starts_with_an_empty_list(counted):
    counted.show_view(make_view(load_preset("bank-compliance")))
    assert counted.advice.card.flips == []
    assert counted.advice.card.flips_note.text() == "Counting what would change the advice."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strategies": ("distil",)}, "No other strategy takes part."),
        (
            {
                "strategies": ("prompt",),
                "serving__hardware": "nvidia-l4",
                "serving__precision": "bf16",
                "serving__accelerators_per_replica": 1,
            },
            "The notice above says what would make one fit.",
        ),
    ],
)
def test_an_empty_list_says_why(qtbot, tab, changes, words):
    with qtbot.waitSignal(tab.advice.counted, timeout=60_000):
        tab.show_view(make_view(changed(load_preset(), **changes)))
    assert tab.advice.card.flips == []
    assert tab.advice.card.flips_note.text() == words


def test_looking_at_another_strategy_counts_nothing_again(counted, view):
    from dataclasses import replace

    found = counted.advice.findings
    counted.show_view(replace(view, selected="api"))
    assert counted.advice.findings is found
    assert not counted.advice._quiet.isActive()


def test_nothing_is_counted_while_a_slider_is_held_or_the_page_is_hidden(qtbot, tab):
    held = make_view(changed(load_preset(), workload__requests_per_month=3e6), dragging=True)
    tab.show_view(held)
    QTest.qWait(600)
    assert tab.advice._search is None
    tab.hide()
    assert not tab.advice._quiet.isActive()
    tab.show()
    with qtbot.waitSignal(tab.advice.counted, timeout=60_000):
        tab.show_view(make_view(changed(load_preset(), workload__requests_per_month=3e6)))
    assert tab.advice.findings.flips


# ---- in the window
def test_the_window_opens_items_and_inputs_from_it(qtbot, window):
    number = [page.title for page in PAGES].index("Advisor")
    assert PAGES[number + 1].title == "Sources"
    bar = window.tab_bar
    QTest.mouseClick(bar, Button.LeftButton, pos=bar.tabRect(number).center())
    tab = window.page
    assert isinstance(tab, AdvisorTab)
    QTest.mouseClick(tab.advice.table.viewport(), Button.LeftButton, pos=spot(tab, "running", "both"))
    assert window._ledger is not None
    assert window._ledger.isVisible()
    window._ledger.close()
    qtbot.waitUntil(lambda: bool(tab.advice.card.flips), timeout=60_000)
    line = next(f for f in tab.advice.card.flips if f.path == "workload.requests_per_month")
    QTest.mouseClick(line, Button.LeftButton)
    row = window.inputs.rows["workload.requests_per_month"]
    qtbot.waitUntil(lambda: row.isAncestorOf(QApplication.focusWidget() or window))
    window.live.stop()


def test_the_switch_goes_to_received_wisdom_and_back(qtbot, tab):
    first, second = tab.pages.buttons()
    assert second.shown_text == "Received wisdom"
    QTest.mouseClick(second, Button.LeftButton)
    assert tab.page == "claims"
    assert not tab.advice.isVisible()
    assert tab.others["claims"].isVisible()
    QTest.mouseClick(first, Button.LeftButton)
    assert tab.page == "advice"
    assert tab.advice.isVisible()
