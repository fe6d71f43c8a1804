"""Presenting: pages full screen by real keys, sliders that move them live, two screens, the way back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from presenting import drawn, press, settle
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from planner.catalog.load import load_catalog
from planner.engine.crossing import nearest
from planner.engine.run import simulate
from planner.export.job import Job
from planner.export.story import Chart, Fact, Grid, Mark, Page, Series
from planner.export.storyteller import Teller
from planner.scenario.presets import load_preset, presets
from planner.ui.lettering import plain
from planner.ui.present import screens
from planner.ui.present.bits import elapsed_words
from planner.ui.present.canvas import Type, fitted, scale_of, wrapped
from planner.ui.present.grid import grid_of
from planner.ui.present.keys import HINT
from planner.ui.present.sheet import Sheet, SheetPainter, in_words
from planner.ui.present.talk import key_of_tab
from planner.ui.tabs.registry import PAGES
from planner.ui.theme import LIGHT, STAGE, load_fonts, theme
from planner.units import format_quantity

KEY = Qt.Key
VOLUME = "workload.requests_per_month"
SIZES = ((1280, 720), (1920, 1080), (1024, 768))


# ---- keys


def test_f5_begins_at_the_first_page_and_keys_turn(talk, qtbot):
    last = len(talk.keys) - 1
    assert talk.number == 0
    for key in (KEY.Key_Right, KEY.Key_PageDown, KEY.Key_Space, KEY.Key_Down):
        before = talk.number
        press(qtbot, talk, key)
        assert talk.number == before + 1, key
    for key in (KEY.Key_Left, KEY.Key_PageUp, KEY.Key_Backspace, KEY.Key_Up):
        before = talk.number
        press(qtbot, talk, key)
        assert talk.number == before - 1, key
    press(qtbot, talk, KEY.Key_Left)
    assert talk.number == 0
    press(qtbot, talk, KEY.Key_End)
    assert talk.number == last
    press(qtbot, talk, KEY.Key_Right)
    assert talk.number == last
    press(qtbot, talk, KEY.Key_Home)
    assert talk.number == 0


def test_a_number_and_enter_go_to_a_page(talk, qtbot):
    press(qtbot, talk, KEY.Key_3)
    assert "Page 3: Enter goes there" in drawn(talk)
    assert talk.number == 0
    press(qtbot, talk, KEY.Key_Return)
    assert talk.number == 2
    press(qtbot, talk, KEY.Key_9, KEY.Key_9, KEY.Key_Return)
    assert talk.number == len(talk.keys) - 1
    press(qtbot, talk, KEY.Key_1, KEY.Key_Escape)
    assert talk.running
    press(qtbot, talk, KEY.Key_Return)
    assert talk.number == len(talk.keys) - 1


def test_white_page_and_blank(talk, qtbot):
    def corner():
        return talk.stage.grab().toImage().pixelColor(3, 3).name().upper()

    assert corner() == STAGE.app
    press(qtbot, talk, KEY.Key_L)
    assert corner() == LIGHT.app
    press(qtbot, talk, KEY.Key_L)
    assert corner() == STAGE.app
    for key in (KEY.Key_B, KEY.Key_Period):
        press(qtbot, talk, key)
        assert corner() == "#000000"
        press(qtbot, talk, key)
        assert corner() == STAGE.app
    press(qtbot, talk, KEY.Key_B, KEY.Key_Right)
    assert corner() == STAGE.app
    press(qtbot, talk, KEY.Key_B, KEY.Key_Escape)
    assert corner() == STAGE.app
    assert talk.running


def test_wheel_and_edges_turn(talk, qtbot):
    def wheel(delta):
        where = QPointF(600, 300)
        event = QWheelEvent(
            where, where, QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(talk.stage, event)

    wheel(-60)
    assert talk.number == 0
    wheel(-60)
    assert talk.number == 1
    wheel(120)
    assert talk.number == 0
    width = talk.stage.width()
    qtbot.mouseClick(talk.stage, Qt.MouseButton.LeftButton, pos=QPoint(width - 8, 300))
    assert talk.number == 1
    qtbot.mouseClick(talk.stage, Qt.MouseButton.LeftButton, pos=QPoint(width // 2, 300))
    assert talk.number == 1
    qtbot.mouseClick(talk.stage, Qt.MouseButton.LeftButton, pos=QPoint(8, 300))
    assert talk.number == 0


def test_escape_closes_what_is_open_then_leaves_and_gives_the_keyboard_back(window, qtbot):
    window.activateWindow()
    window.inputs.search.setFocus()
    held = window.focusWidget()
    window.actions_by_id["present"].trigger()
    talk = window.runs.talk
    press(qtbot, talk, KEY.Key_S, KEY.Key_N)
    stage = talk.stage
    assert stage.drawer_open
    assert stage.notes_open
    press(qtbot, talk, KEY.Key_Escape)
    assert not stage.notes_open
    assert talk.running
    press(qtbot, talk, KEY.Key_Escape)
    assert not stage.drawer_open
    assert talk.running
    press(qtbot, talk, KEY.Key_Escape)
    assert not talk.running
    assert window.focusWidget() is held
    window.actions_by_id["present"].trigger()
    assert talk.running
    talk.end()


def test_header_button_presents(window, qtbot):
    qtbot.mouseClick(window.header.present, Qt.MouseButton.LeftButton)
    assert window.runs.talk.running
    window.runs.talk.end()


def test_shift_f5_begins_at_the_page_of_the_tab(window, qtbot):
    titles = [page.title for page in PAGES]
    window.tab_bar.setCurrentIndex(titles.index("Energy"))
    qtbot.keyClick(window.centre, KEY.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    talk = window.runs.talk
    assert talk.keys[talk.number] == "energy"
    assert "Energy and carbon" in drawn(talk)
    press(qtbot, talk, KEY.Key_F5)
    assert talk.number == 0
    talk.end()


def test_every_tab_has_a_page():
    assert {key_of_tab(page.title) for page in PAGES} >= {"answer", "cost", "energy", "breakeven", "risk"}
    assert key_of_tab("Optimise") == "answer"


def test_closing_the_stage_from_outside_ends_the_talk(talk):
    talk.stage.close()
    assert not talk.running


# ---- live


def test_the_drawer_is_remembered_and_never_covers_the_page(talk, qtbot, window):
    assert not talk.stage.drawer.isVisible()
    whole = talk.stage.room
    press(qtbot, talk, KEY.Key_S)
    assert talk.stage.drawer.isVisible()
    assert talk.stage.room.bottom() == talk.stage.drawer.y()
    assert talk.stage.room.height() < whole.height()
    assert window.settings.values.stage_sliders
    rows = [row for row in talk.stage.drawer.hand.rows.values() if row.isVisible()]
    assert 3 <= len(rows) <= 5
    talk.end()
    window.actions_by_id["present"].trigger()
    assert talk.stage.drawer.isVisible()
    qtbot.mouseClick(talk.stage.drawer.close_button, Qt.MouseButton.LeftButton)
    assert not talk.stage.drawer.isVisible()
    assert not window.settings.values.stage_sliders


def test_a_slider_moves_the_page_live_and_is_one_undo_step(talk, qtbot, window, mouse):
    before = window.store.plan
    press(qtbot, talk, KEY.Key_S)
    slider = talk.stage.drawer.hand.rows[VOLUME].slider
    first = talk.page.facts[0].value
    hand = mouse(slider)
    share = slider.x_of(slider.fraction) / slider.width()
    hand.send(QEvent.Type.MouseButtonPress, share)
    seen = set()
    for step in (0.2, 0.3, 0.4):
        hand.send(QEvent.Type.MouseMove, share + step)
        figure = talk.page.facts[0].value
        results = simulate(window.store.scenario, load_catalog())
        chosen = results.strategies[talk.page.strategy]
        assert figure == format_quantity(float(chosen["total_usd"]), "usd")
        assert figure in drawn(talk)
        seen.add(figure)
    hand.send(QEvent.Type.MouseButtonRelease, share + 0.4)
    assert len(seen) == 3
    assert first not in seen
    assert window.store.undo_stack.count() == 1
    talk.end()
    window.actions_by_id["undo"].trigger()
    assert window.store.plan == before


def test_pages_turn_while_the_drawer_is_open(talk, qtbot, window, mouse):
    press(qtbot, talk, KEY.Key_S)
    row = talk.stage.drawer.hand.rows[VOLUME]
    share = row.slider.x_of(row.slider.fraction) / row.slider.width()
    mouse(row.slider).drag(share, share + 0.05)
    assert talk.stage.hasFocus()
    press(qtbot, talk, KEY.Key_Right)
    assert talk.number == 1
    qtbot.keyClick(talk.stage, KEY.Key_Tab)
    assert talk.stage.drawer.isAncestorOf(QApplication.focusWidget())
    row.slider.setFocus()
    before = window.store.scenario
    qtbot.keyClick(row.slider, KEY.Key_Right)
    assert talk.number == 1
    assert window.store.scenario != before
    qtbot.keyClick(row.slider, KEY.Key_PageDown)
    assert talk.number == 2
    qtbot.keyClick(row.editor, KEY.Key_PageUp)
    assert talk.number == 1
    qtbot.keyClick(row.slider, KEY.Key_Escape)
    assert talk.running
    assert not talk.stage.drawer_open
    assert talk.stage.hasFocus()


def test_escape_in_a_field_at_hand_takes_typing_back_then_leads_out(talk, qtbot, window):
    press(qtbot, talk, KEY.Key_S)
    editor = talk.stage.drawer.hand.rows[VOLUME].editor
    editor.setFocus()
    before, shown = window.store.scenario, editor.text()
    qtbot.keyClicks(editor, "7M")
    qtbot.keyClick(editor, KEY.Key_Escape)
    assert editor.text() == shown
    assert talk.stage.drawer_open
    qtbot.keyClick(editor, KEY.Key_Escape)
    assert not talk.stage.drawer_open
    assert talk.stage.hasFocus()
    press(qtbot, talk, KEY.Key_Escape)
    assert not talk.running
    assert window.store.scenario == before


def test_undo_and_redo_work_on_the_stage(talk, qtbot, window):
    window.store.edit(VOLUME, 30e6)
    moved = talk.page.facts[0].value
    qtbot.keyClick(talk.stage, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.store.scenario.workload.requests_per_month == 2e6
    assert talk.page.facts[0].value != moved
    qtbot.keyClick(talk.stage, KEY.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert talk.page.facts[0].value == moved


def test_draws_follow(talk, qtbot, window):
    window.store.edit(VOLUME, 2.4e6)

    def counted():
        return window.live.view.doubted is not None and window.live.view.doubted.done

    qtbot.waitUntil(counted, timeout=20000)
    risk = window.live.view.risk
    assert f"{risk.planned:,} draws" in " ".join(fact.detail for fact in talk.page.facts)
    band = next(series for series in talk.page.chart.series if series.low)
    assert band.strategy == talk.page.strategy


def test_the_window_catches_up_when_the_slider_is_let_go(talk, window):
    before = window.verdict.grab().toImage()
    window.live.set_dragging(True)
    window.store.edit(VOLUME, 9e6)
    assert window.verdict.grab().toImage() == before
    window.live.set_dragging(False)
    assert window.verdict.grab().toImage() != before


def test_a_page_that_waits_for_the_search_says_where_the_answer_turns(talk, qtbot, window):
    talk.go(talk.keys.index("breakeven"))
    qtbot.waitUntil(lambda: talk.page.key == "breakeven")
    window.live.set_dragging(True)
    window.store.edit(VOLUME, 5e6)
    qtbot.waitUntil(lambda: not talk.now.busy, timeout=10000)
    found = nearest(window.live.view.results, load_catalog())
    told = Teller(window.live.view.results, window.store.plan, window.live.view.risk, crossing=found)
    assert talk.page.headline == told.page("breakeven").headline
    assert talk.page.facts == told.page("breakeven").facts
    window.live.set_dragging(False)


def test_scenarios_are_compared_when_the_slider_is_let_go(talk, qtbot, window):
    window.store.duplicate()
    window.store.edit(VOLUME, 4e6)
    talk.go(talk.keys.index("scenarios"))
    qtbot.waitUntil(lambda: talk.page.key == "scenarios", timeout=10000)
    first = talk.page.headline
    window.live.set_dragging(True)
    window.store.edit(VOLUME, 1e6)
    settle(100)
    assert talk.page.headline == first
    assert any("compared" in text for text in drawn(talk))
    window.live.set_dragging(False)
    qtbot.waitUntil(lambda: talk.page.headline != first, timeout=10000)
    assert not any("compared" in text for text in drawn(talk))


def test_what_is_refused_is_said_at_the_row_and_what_cannot_be_costed_on_the_page(talk, qtbot, window):
    press(qtbot, talk, KEY.Key_S)
    row = talk.stage.drawer.hand.rows[VOLUME]
    row.editor.setFocus()
    row.editor.selectAll()
    qtbot.keyClicks(row.editor, "-5")
    qtbot.keyClick(row.editor, KEY.Key_Return)
    assert row.message
    talk._fail(type("Problem", (), {"message": "No card holds this model."})())
    assert "No card holds this model." in drawn(talk)
    window.store.edit(VOLUME, 2.2e6)
    assert "No card holds this model." not in drawn(talk)


def test_numbers_of_the_chart(talk, qtbot):
    press(qtbot, talk, KEY.Key_T)
    last = [row[1] for row in grid_of(talk.page.chart).rows][-1]
    api = next(series for series in talk.page.chart.series if series.strategy == "api")
    assert last == format_quantity(api.values[-1], "usd")
    assert last in drawn(talk)
    press(qtbot, talk, KEY.Key_Right, KEY.Key_Left)
    assert not talk.stage.sheet.numbers


# ---- the window keeps its look


def test_only_the_stage_is_dark(talk, qtbot, window):
    press(qtbot, talk, KEY.Key_S, KEY.Key_N)
    qtbot.waitUntil(lambda: bool(talk.page.notes))
    assert theme() is LIGHT or theme().name == "light"
    stage = talk.stage.grab().toImage()
    drawer = talk.stage.drawer
    assert stage.pixelColor(drawer.x() + 3, drawer.y() + 6).name().upper() == STAGE.surface
    light = talk.stage.aside.notes.findChildren(QWidget)[0].palette().windowText().color()
    assert light == QColor(STAGE.ink)
    assert window.grab().toImage().pixelColor(310, 700).name().upper() == LIGHT.app
    label = window.header.title.palette().windowText().color()
    assert label == QColor(LIGHT.ink)
    window.themes.set_mode("dark")
    stage = talk.stage.grab().toImage()
    assert stage.pixelColor(drawer.x() + 3, drawer.y() + 6).name().upper() == STAGE.surface
    press(qtbot, talk, KEY.Key_L)
    stage = talk.stage.grab().toImage()
    assert stage.pixelColor(drawer.x() + 3, drawer.y() + 6).name().upper() == LIGHT.surface


def test_everything_has_a_name(talk, qtbot):
    press(qtbot, talk, KEY.Key_S, KEY.Key_N)
    page = talk.page
    assert talk.stage.accessibleName() == f"Page 1 of {len(talk.keys)}: {page.heading}"
    said = talk.stage.accessibleDescription()
    assert page.headline in said
    assert page.facts[0].value in said
    assert page.caveat in said
    talk._open_presenter()
    talk.presenter.show()
    talk._retell()
    for root in (talk.stage, talk.presenter):
        for widget in root.findChildren(QWidget):
            taken = widget.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(widget, QAbstractButton)
            if taken and widget.isVisibleTo(root):
                assert widget.accessibleName() or widget.focusProxy(), widget


@pytest.mark.parametrize("zoom", [100, 150])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_parts_of_the_presenters_window_stand_apart(talk, window, zoom, size):
    window.themes.set_zoom(zoom)
    talk._open_presenter()
    shown = talk.presenter
    shown.resize(*size)
    shown.show()
    talk._show_state()
    talk._retell()
    settle()
    parts = [shown.now, shown.following, shown.clock, shown.notes_panel, shown.hand_area, shown.area]
    boxes = [part.rect().translated(part.mapTo(shown, QPoint())) for part in parts]
    assert not [(a, b) for a, b in combinations(boxes, 2) if a.intersects(b)]
    assert all(shown.rect().contains(box) for box in boxes)
    assert shown.now.width() > shown.following.width()


@pytest.mark.parametrize("size", [(600, 900), (1280, 720), (3000, 500)])
def test_the_page_keeps_a_shape_that_can_be_read(talk, size):
    talk.stage.showNormal()
    talk.stage.setGeometry(0, 0, *size)
    QApplication.processEvents()
    box = talk.stage.page_box
    assert talk.stage.room.contains(box)
    assert 1 / 2.4 - 0.01 <= box.height() / box.width() <= 0.81
    drawn(talk)
    assert not overlaps(talk.stage.written)


def test_the_hint_goes(talk):
    assert any("Arrows turn" in text for text in drawn(talk))
    talk.stage._hint.stop()
    assert not any("Arrows turn" in text for text in drawn(talk))


# ---- what is painted


@pytest.fixture(scope="module")
def stories():
    """Every page of every preset, with draws."""
    found = {}
    for preset in presets():
        plan = load_preset(preset.id)
        results = simulate(plan.scenario, load_catalog())
        teller = Teller(results, plan, Job(results).drawn)
        found[preset.id] = (plan, results.baseline, [teller.page(key) for key in teller.keys])
    return found


def paint(page, size, *, look=STAGE, title="Plan", baseline="api", numbers=False, hint=""):
    """Paint a page; its texts and the size of the sheet in units of the design."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    painter = QPainter(image)
    sheet = Sheet(page, title, 0, 9, baseline=baseline, numbers=numbers, hint=hint)
    written = SheetPainter().paint(painter, image.rect().toRectF(), sheet, look)
    painter.end()
    scale = scale_of(*size)
    return written, size[0] / scale, size[1] / scale, image


def overlaps(written):
    boxes = [(w.text, w.box.adjusted(0.5, 0.5, -0.5, -0.5)) for w in written if w.text.strip()]
    return [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if one.intersects(other)]


def outside(written, width, height):
    return [
        w.text
        for w in written
        if w.box.left() < 20 or w.box.right() > width - 20 or w.box.bottom() > height - 8
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("preset", [preset.id for preset in presets()])
def test_no_text_is_cut_nor_on_another(qapp, stories, preset, size):
    load_fonts()
    plan, baseline, pages = stories[preset]
    for page in pages:
        for numbers in (False, True):
            written, width, height, _ = paint(
                page, size, title=plan.title, baseline=baseline, numbers=numbers and page.chart is not None
            )
            assert not overlaps(written), (page.key, numbers)
            assert not outside(written, width, height), (page.key, numbers)
            cut = [w.text for w in written if w.cut]
            assert not cut or size == (1024, 768), (page.key, numbers, cut)
            texts = " ".join(w.text for w in written)
            assert page.headline.split()[0] in texts


def test_the_hint_stands_free(qapp, stories):
    load_fonts()
    for plan, baseline, pages in stories.values():
        written, width, height, _ = paint(
            pages[0],
            (1280, 720),
            title=plan.title,
            baseline=baseline,
            hint=HINT,
        )
        assert not overlaps(written)
        assert not outside(written, width, height)


def odd_pages():
    months = tuple(float(i) for i in range(13))
    names = tuple(str(i) for i in range(13))
    gap = Series("api " * 30, (None,) * 6 + (1e15,) * 7, "api")
    flat = Series("x", (0.0,) * 13, "distil", (0.0,) * 13, (0.0,) * 13)
    marks = (
        Mark("point", "far away", 400.0, 1e20),
        Mark("gap", "$1", 12.0, 5.0, 5.0),
        Mark("vertical", "here " * 20, 3.0),
        Mark("horizontal", "limit", y=1e9),
    )
    lines = Chart("lines", "t", names, "usd", (gap, flat), "Month", months, selected="distil", marks=marks)
    long = 'قائمة \U0001f680 =HYPERLINK("x")\n\t' + "w" * 10_000
    bars = Chart(
        "bars", "t", ("a" * 300, "b"), "kgco2e",
        (Series("s", (None, -3.0), low=(1.0, 0.0), high=(9.0, 0.0)),),
        strategies=("api", "distil"),
    )  # fmt: skip
    bridge = Chart(
        "bridge", "t", ("A", "down", "up", "B"), "usd", (Series("s", (10.0, -25.0, None, -15.0)),),
        strategies=("api", "", "", "api"), totals=(True, False, False, True),
    )  # fmt: skip
    return [
        Page("answer", ""),
        Page(
            "answer",
            long,
            long,
            "distil",
            (Fact(long, long, long),) * 4,
            lines,
            None,
            long,
            long,
        ),
        Page("cost", "h", chart=replace(lines, series=())),
        Page("cost", "h", chart=replace(lines, y_log=True)),
        Page("cost", "h", facts=(Fact("1", "2"),), chart=bars),
        Page("cost", "h", chart=bridge),
        Page("cost", "h", chart=replace(bars, kind="stacked")),
        Page("updates", "h", table=Grid(("a",) * 9, tuple((long,) * 9 for _ in range(80)))),
        Page("updates", "h", table=Grid((), ())),
        Page("updates", "h", facts=(Fact("a", "b"),), table=Grid(("a", "b"), (("c", "d"),))),
    ]


@pytest.mark.parametrize("number", range(len(odd_pages())))
def test_odd_pages_are_painted_whole(qapp, number):
    load_fonts()
    page = odd_pages()[number]
    for size in (*SIZES, (320, 180), (3840, 1200)):
        for look in (STAGE, LIGHT):
            written, width, height, image = paint(page, size, look=look, title="t" * 5000)
            assert image.pixelColor(1, 1).name().upper() == look.app
            assert all(w.box.right() <= width and w.box.bottom() <= height for w in written)


def test_the_stage_scales_with_the_screen(qapp, stories):
    load_fonts()
    _, baseline, pages = stories["customer-support"]
    small = paint(pages[0], (1280, 720), baseline=baseline)
    large = paint(pages[0], (1920, 1080), baseline=baseline)
    assert small[1:3] == pytest.approx(large[1:3])
    assert [w.text for w in small[0]] == [w.text for w in large[0]]
    for one, other in zip(small[0], large[0], strict=True):
        assert one.box.left() == pytest.approx(other.box.left(), abs=1e-6)


def test_lines_of_words(qapp):
    load_fonts()
    style = Type(18, 500)
    lines = wrapped("one two three four five", style, style.width("one two three"), 9)
    assert lines == ["one two three", "four five"]
    assert wrapped("one two three four five six seven", style, style.width("one two three"), 2)[-1].endswith(
        "…"
    )
    assert fitted("short", (Type(54), Type(20)), 400)[0].size == 54
    assert fitted("w" * 40, (Type(54), Type(20)), 400)[0].size == 20
    assert plain("a\nb\tc") == "a b c"
    assert (
        plain("\u202eplan\u202c \u0645\u0634\u0631\u0648\u0639") == "plan \u0645\u0634\u0631\u0648\u0639"
    )  # turns nothing round


def test_words_of_a_page_hold_everything(stories):
    for _, _, pages in stories.values():
        for page in pages:
            said = in_words(page)
            for words in (page.headline, page.subline, page.caveat, *(fact.value for fact in page.facts)):
                assert words in said


def test_time_in_words():
    assert elapsed_words(0) == "0:00"
    assert elapsed_words(61.9) == "1:01"
    assert elapsed_words(3723) == "1:02:03"


# ---- screens


def test_one_screen_has_no_presenter(talk):
    assert talk.presenter is None
    assert talk.stage.isFullScreen()
    assert talk.stage.screen() in QGuiApplication.screens()


class FakeScreen:
    """As much of a screen as the choice asks for."""

    def __init__(self, width, height):
        from PySide6.QtCore import QSize

        self._size = QSize(width, height)

    def size(self):
        return self._size


def test_the_stage_goes_where_the_window_is_not():
    home, beamer, small = FakeScreen(1440, 900), FakeScreen(1920, 1080), FakeScreen(800, 600)
    assert screens.other_than(home, [home, small, beamer]) is beamer
    assert screens.other_than(home, [home]) is None
    assert screens.after(home, [home, beamer]) is beamer
    assert screens.after(beamer, [home, beamer]) is home
    assert screens.after(small, [home, beamer]) is home
    assert screens.words_of(beamer, [home, beamer]) == "Screen 2, 1920×1080"


_TWO = """
import json, os, sys
from pathlib import Path
from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from planner.app.settings import SettingsStore
from planner.ui.main import make_app, make_window
from planner.ui.present import screens

def settle(ms=400):
    loop = QEventLoop(); QTimer.singleShot(ms, loop.quit); loop.exec()

app = make_app()
window = make_window(app, SettingsStore(Path(sys.argv[1])))
window.show(); settle()
said = {}
def note(name):
    stage, presenter = talk.stage, talk.presenter
    said[name] = [stage.screen().name(), [stage.width(), stage.height()],
                  presenter.screen().name() if presenter is not None else None]
window.actions_by_id["present"].trigger()
talk = window.runs.talk
settle(); note("begun")
said["choice"] = [talk.presenter.where.itemText(i) for i in range(talk.presenter.where.count())]
said["notes"] = bool(talk.page.notes)
QTest.keyClick(talk.presenter, Qt.Key.Key_Right); settle()
said["turned"] = talk.number
said["next"] = talk.presenter.following.sheet.number
row = talk.presenter.hand.rows["workload.requests_per_month"]
QTest.keyClick(row.slider, Qt.Key.Key_Right); settle(100)
said["moved"] = window.store.scenario.workload.requests_per_month
said["shown"] = [talk.stage.sheet.page.facts[0].value, talk.presenter.now.sheet.page.facts[0].value]
talk.presenter.pages.chosen.emit(4); settle()
said["chosen"] = talk.number
QTest.keyClick(talk.presenter, Qt.Key.Key_N); said["hidden"] = talk.presenter.isVisible()
QTest.keyClick(talk.stage, Qt.Key.Key_N); said["back"] = talk.presenter.isVisible()
QTest.keyClick(talk.stage, Qt.Key.Key_Tab); settle(); note("swapped")
QTest.keyClick(talk.stage, Qt.Key.Key_Tab); settle(); note("again")
one, two = sorted(QGuiApplication.screens(), key=lambda screen: screen.name() != "desk")
screens.all_screens = lambda: [one]
app.screenRemoved.emit(two); settle(); note("unplugged")
screens.all_screens = lambda: [one, two]
QTest.keyClick(talk.stage, Qt.Key.Key_Tab); settle(); note("plugged")
QTest.keyClick(talk.stage, Qt.Key.Key_Escape); settle(50)
said["left"] = not talk.running
window.store.undo_stack.setClean(); window.close()
print(json.dumps(said))
"""


def test_two_screens(tmp_path):
    config = tmp_path / "screens.json"
    base = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    config.write_text(
        json.dumps(
            {
                "synchronousWindowSystemEvents": False,
                "windowFrameMargins": False,
                "screens": [
                    {"name": "desk", "x": 0, "y": 0, "width": 1280, "height": 720, **base},
                    {"name": "beamer", "x": 1280, "y": 0, "width": 1920, "height": 1080, **base},
                ],
            }
        )
    )
    root = Path(__file__).parents[2]
    environment = {
        **os.environ,
        "PLANNER_DATA_DIR": str(tmp_path),
        "QT_QPA_PLATFORM": f"offscreen:configfile={config.as_posix()}",
        "PYTHONPATH": str(root),
    }
    command = [sys.executable, "-c", _TWO, str(tmp_path / "settings.json")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["begun"] == ["beamer", [1920, 1080], "desk"]
    assert sorted(text.partition(", ")[2] for text in said["choice"]) == ["1280×720", "1920×1080"]
    assert said["notes"]
    assert said["turned"] == 1
    assert said["next"] == 2
    assert said["moved"] != 2e6
    assert said["shown"][0] == said["shown"][1]
    assert said["chosen"] == 4
    assert not said["hidden"]
    assert said["back"]
    assert said["swapped"] == ["desk", [1280, 720], "beamer"]
    assert said["again"] == ["beamer", [1920, 1080], "desk"]
    assert said["unplugged"] == ["desk", [1280, 720], None]
    assert said["plugged"] == ["beamer", [1920, 1080], "desk"]
    assert said["left"]
