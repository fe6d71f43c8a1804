"""Ticks, primitives and charts: sensible axes, keys and mouse, and no data that breaks a paint."""

from __future__ import annotations

import itertools
import math
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from planner.ui import kit
from planner.ui import theme as t
from planner.ui.plots import base as P
from planner.ui.plots.axes import TextAxis
from planner.ui.plots.bars import StackedBars, StackRow
from planner.ui.plots.card import Hooks, PlotCard
from planner.ui.plots.frame import finite_runs, floats, stairs
from planner.ui.plots.rows import HBars, RowItem, RowsLook, Whiskers

Key = Qt.Key
NAN, INF = math.nan, math.inf
SHOWING = []


@pytest.fixture(autouse=True)
def manager(qapp):
    made = t.ThemeManager(qapp)
    made.set_mode("light")
    yield made
    made.set_high_contrast(False)
    made.set_zoom(100)
    made.set_mode("light")
    made.setParent(None)
    SHOWING.clear()


def show(qtbot, widget, width=503, height=210):
    widget.resize(width, height)
    qtbot.addWidget(widget)
    SHOWING.append(widget)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    return widget


def texts(ticks):
    return [f"{v:g}" for v in ticks]


def money(value):
    return f"${value:.0f}"


# ---- ticks

REASONABLE = st.floats(-1e15, 1e15, allow_nan=False).map(lambda v: 0.0 if abs(v) < 1e-9 else v)
ANYTHING = st.floats()


def is_one_two_five(step: float) -> bool:
    mantissa = step / 10 ** math.floor(math.log10(step) + 1e-9)
    return any(mantissa == pytest.approx(f, rel=1e-6) for f in (1, 2, 5, 10))


@given(REASONABLE, REASONABLE, st.integers(2, 10))
def test_nice_range_holds_the_data_and_wastes_little(a, b, count):
    lo, hi = min(a, b), max(a, b)
    low, high = P.nice_range(lo, hi, count)
    slack = 1e-6 * max(abs(low), abs(high), 1e-9)
    assert low < high
    assert low <= lo + slack
    assert hi <= high + slack
    if hi - lo > 1e-6 * max(abs(lo), abs(hi)):
        half = P.nice_step(hi - lo, count) / 2
        assert lo - low <= half * 1.001
        assert high - hi <= half * 1.001
        for end in (low, high):
            assert end / half == pytest.approx(round(end / half), abs=1e-3)


@given(REASONABLE, REASONABLE, st.integers(2, 10))
def test_nice_ticks_are_even_inside_and_one_two_five(a, b, count):
    lo, hi = min(a, b), max(a, b)
    ticks = P.nice_ticks(lo, hi, count)
    assert ticks == sorted(set(ticks))
    if hi - lo <= 1e-6 * max(abs(lo), abs(hi)):
        return
    assert all(lo - 1e-5 * (hi - lo) <= v <= hi + 1e-5 * (hi - lo) for v in ticks)
    assert len(ticks) <= count + 1
    steps = np.diff(ticks)
    if steps.size:
        assert np.allclose(steps, steps[0], rtol=1e-5, atol=0)
        assert is_one_two_five(P.nice_step(hi - lo, count))


@given(ANYTHING, ANYTHING)
def test_no_number_breaks_the_ticks(a, b):
    low, high = P.nice_range(a, b)
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high
    assert all(map(math.isfinite, P.nice_ticks(a, b)))
    low, high = P.log_range(a, b)
    assert 0 <= low < high
    major, minor = P.log_ticks(a, b)
    assert all(map(math.isfinite, major + minor))
    for log in (False, True):
        spec = P.AxisSpec(a, b, log=log)
        assert spec.hi > spec.lo


@given(st.floats(1e-6, 1e12), st.floats(1.001, 1e9))
def test_log_ticks_lie_inside_and_do_not_repeat(lo, factor):
    major, minor = P.log_ticks(lo, lo * factor)
    for v in major + minor:
        assert lo * (1 - 1e-6) <= v <= lo * factor * (1 + 1e-6)
    assert not set(major) & set(minor)
    assert len(major) <= 12
    low, high = P.log_range(lo, lo * factor)
    assert low <= lo * (1 + 1e-6)
    assert high >= lo * factor * (1 - 1e-6)


def test_ticks_of_the_design():
    assert P.nice_range(0, 1.52e6, 4) == (0, 1.75e6)
    assert P.nice_ticks(0, 1.75e6, 4) == [0, 5e5, 1e6, 1.5e6]
    assert P.log_ticks(1e5, 3e6)[0] == pytest.approx([1e5, 3e5, 1e6, 3e6])
    months = P.month_axis(24)
    assert months.labels == ("start", "4", "8", "12", "16", "20", "24")


def test_range_is_held_while_dragging():
    assert P.held_range((0, 100), 5, 80, dragging=True) == (0, 100)
    assert P.held_range((0, 100), 5, 8, dragging=False) != (0, 100)
    assert P.held_range((0, 100), 0, 120, dragging=True)[1] >= 120


@given(st.lists(st.floats(-500, 500), max_size=8), st.floats(5, 30), st.floats(200, 400))
def test_spread_keeps_order_and_distance(wanted, step, height):
    places = P.spread(sorted(wanted), step, height)
    assert len(places) == len(wanted)
    for a, b in itertools.pairwise(places):
        assert b - a >= step * 0.7


def test_helpers_of_data():
    assert finite_runs(floats([1, NAN, 2, 3])) == [slice(0, 1), slice(2, 4)]
    assert finite_runs(floats([])) == []
    x, y = stairs(floats([0, 1, 2]), floats([5, 6, 7]))
    assert x.tolist() == [0, 1, 1, 2, 2]
    assert y.tolist() == [5, 5, 6, 6, 7]
    assert np.isnan(floats([INF])).all()
    assert floats([1e300])[0] == 1e200


# ---- odd data

ODD = {
    "empty": ([], []),
    "one": ([1.0], [2.0]),
    "nan": ([NAN, NAN], [NAN, NAN]),
    "gaps": ([0, 1, 2, 3, 4], [1, NAN, 3, INF, -INF]),
    "huge": ([0, 1, 2], [1e308, -1e308, 1e300]),
    "far": ([-1e12, 0, 1e12], [-1e12, 5, 1e12]),
    "tiny": ([0, 1e-300, 2e-300], [1e-300, 0, 1e-320]),
    "negative": ([-3, -2, -1], [-3, 0, -1]),
    "unequal": ([0, 1, 2, 3], [4, 5]),
}


def fill_plot(plot, x, y):
    """Every primitive with the same odd data."""
    for stepped in (False, True):
        curve = P.Curve("api" if stepped else "distil", P.CurveLook(selected=stepped, stepped=stepped))
        curve.set(x, y)
        plot.add(curve)
    band, columns = P.Band("distil"), P.Columns()
    band.set(x, y, y)
    columns.set(x, y, ["distil"])
    items = [band, columns]
    points = list(zip(x, y, strict=False))
    marks, notes, crosses, spans = P.Marks(), P.Notes(), P.Crosses(), P.Spans()
    marks.set([P.Mark(a, b, "both", ring=i % 2 == 0) for i, (a, b) in enumerate(points)])
    notes.set(
        [
            P.Note(a, b, "two\nlines", align="lcr"[i % 3], leader=True, ground=True)
            for i, (a, b) in enumerate(points)
        ]
    )
    crosses.set([P.Cross("prompt", (a, a, b), (b, b, a)) for a, b in points])
    spans.set([P.Span((a, b), (b, a), hatched=i % 2 == 0) for i, (a, b) in enumerate(points)])
    items += [marks, notes, crosses, spans]
    for axis, forbid in itertools.product("xy", ("", "above", "below")):
        line = P.LimitLine(P.LimitLook(axis=axis, forbid=forbid))
        line.set(y[-1] if y else NAN, "floor 78")
        items.append(line)
    for item in items:
        plot.add(item)
    plot.crosshair.set(x[0] if x else NAN, "month 14", [("api", b) for b in y])
    if plot.gutter is not None:
        plot.gutter.set_rows([P.GutterRow("api", b, "API", "$1M", i == 0) for i, b in enumerate(y)])


AXES = {
    "linear": (P.linear_axis(0, 4, texts), P.linear_axis(-2, 6, texts)),
    "log": (P.log_axis(0.1, 10, texts), P.log_axis(1, 1e4, texts)),
    "empty": (P.AxisSpec(), P.AxisSpec(NAN, NAN)),
}


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("data", ODD)
def test_primitives_paint_odd_data(data, axes, qtbot, manager):
    plot = P.make_plot("Odd", *AXES[axes], P.PlotLook(gutter=0))
    fill_plot(plot, *ODD[data])
    show(qtbot, plot)
    plot.grab()
    manager.set_high_contrast(True)
    plot.grab()
    for size in ((0, 0), (1, 1), (30, 400), (400, 3)):
        plot.setMinimumSize(0, 0)
        plot.resize(*size)
        plot.grab()


@pytest.mark.parametrize("data", ODD)
def test_line_plot_takes_odd_data(data, qtbot):
    x, y = (floats(v) for v in ODD[data])
    plot = P.LinePlot("Odd", money)
    plot.set_axes(P.linear_axis(0, 4, texts), P.linear_axis(0, 4, texts))
    plot.set_series(
        [P.Series("api", x, y), P.Series("distil", x, y, P.CurveLook(selected=True, stepped=True))]
    )
    plot.set_crosshair(x, str)
    show(qtbot, plot)
    for stop in (*x.tolist(), None):
        plot.show_crosshair(stop)
        plot.grab()
    assert isinstance(plot.describe(), str)
    plot.table()


VALUES = (0.0, 1.0, -1.0, NAN, INF, 1e308, 1e-320)


@pytest.mark.parametrize("size", [(0, 0), (5, 5), (40, 300), (300, 20), (503, 210)])
def test_charts_paint_odd_data(size, qtbot, manager):
    rows = [StackRow("api", "API", (v, 1.0, v), money(1), selected=True) for v in VALUES]
    rows += [StackRow("nobody", "?", (), ""), StackRow("both", "Both", (1,), "x", span=(NAN, 1e308))]
    stacked = StackedBars("Costs", lambda v: f"{v:g}")
    stacked.set_data(["Serving", "Labour"], rows, top=NAN)
    items = [
        RowItem("distil", "Distil", a, "text", b, a, unknown=u, pale=u)
        for a, b, u in itertools.product(VALUES, VALUES, (False, True))
    ]
    charts = [stacked, HBars("Bars"), Whiskers("Whiskers")]
    looks = [
        RowsLook(column=True, track=True, reference=NAN),
        RowsLook(axis=P.log_axis(0.1, 10, texts), reference=1.0, reference_text="budget", two_lines=True),
        RowsLook(axis=P.AxisSpec()),
    ]
    for chart in charts:
        show(qtbot, chart, 503, 210)
        chart.setMinimumSize(0, 0)
        chart.resize(*size)
        chart.visit((0, 0))
        for look in looks:
            if chart is not stacked:
                chart.set_rows(items, look, top=INF)
            chart.grab()
            manager.set_high_contrast(True)
            chart.grab()
        chart.describe()
        chart.table()
        if chart is stacked:
            chart.set_data([], [])
        else:
            chart.set_rows([], RowsLook())
        chart.grab()


# ---- behaviour


def line_plot(qtbot):
    months = np.arange(25.0)
    plot = P.LinePlot("Cumulative cost", money)
    plot.set_axes(P.month_axis(24), P.linear_axis(0, 100, texts))
    plot.set_series(
        [
            P.Series("api", months, months * 4.0),
            P.Series("distil", months, 20 + months, P.CurveLook(selected=True), name="Distil!"),
        ]
    )
    plot.set_crosshair(months, lambda m: f"month {m:.0f}")
    holder = kit.vbox(QLineEdit(), plot, QLineEdit())
    show(qtbot, holder, 503, 300)
    holder.findChildren(QLineEdit)[0].setFocus()
    return plot


def gutter(plot):
    return {r.strategy: r.value for r in plot.gutter.rows}


def test_arrows_move_the_crosshair_and_the_gutter_reads_out(qtbot):
    plot = line_plot(qtbot)
    assert gutter(plot) == {"api": "$96", "distil": "$44"}
    seen = []
    plot.crosshair_moved.connect(seen.append)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
    assert plot.hasFocus()
    QTest.keyClick(plot, Key.Key_Left)
    QTest.keyClick(plot, Key.Key_Left)
    QTest.keyClick(plot, Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert seen == [24.0, 23.0, 18.0]
    assert gutter(plot) == {"api": "$72", "distil": "$38"}
    QTest.keyClick(plot, Key.Key_Home)
    assert plot.crosshair.x_shown == 0
    with qtbot.waitSignal(plot.crosshair_left):
        QTest.keyClick(plot, Key.Key_Escape)
    assert gutter(plot) == {"api": "$96", "distil": "$44"}


def move_to(plot, x):
    where = QPointF(x, 60)
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove, where, where, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)


def test_the_mouse_moves_the_crosshair(qtbot):
    plot = line_plot(qtbot)
    rect = plot.view_box.sceneBoundingRect()
    move_to(plot, rect.left() + rect.width() / 2)
    assert plot.crosshair.x_shown == 12
    move_to(plot, rect.right() + 60)
    assert plot.crosshair.x_shown is None


def test_new_data_under_the_crosshair(qtbot):
    plot = line_plot(qtbot)
    plot.show_crosshair(10.2)
    plot.set_series([P.Series("api", np.arange(25.0), np.arange(25.0) * 2)])
    assert gutter(plot) == {"api": "$20"}
    assert plot.curve("distil") is None
    kept = plot.curve("api")
    plot.set_series([P.Series("api", np.arange(25.0), np.arange(25.0))])
    assert plot.curve("api") is kept


def test_log_crosshair_takes_the_nearest_as_seen(qtbot):
    plot = P.LinePlot("Cost against volume", money)
    v = np.logspace(4, 8, 5)
    plot.set_axes(P.log_axis(1e4, 1e8, texts), P.log_axis(1, 1e5, texts))
    plot.set_series([P.Series("api", v, v / 1e3)])
    plot.set_crosshair(v, str)
    show(qtbot, plot)
    rect = plot.view_box.sceneBoundingRect()
    move_to(plot, rect.left() + rect.width() * 0.55)
    assert plot.crosshair.x_shown == pytest.approx(1e6)


def pixels(plot):
    image = plot.grab().toImage()
    return {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 1) for y in range(0, image.height(), 1)
    }


def test_a_switch_recolours_the_plot(qtbot, manager):
    plot = line_plot(qtbot)
    light = pixels(plot)
    manager.set_mode("dark")
    dark = pixels(plot)
    assert QColor(t.LIGHT.surface).name() in light
    assert QColor(t.DARK.surface).name() in dark
    assert QColor(t.DARK.strategy["distil"]).name() in dark
    assert QColor(t.LIGHT.surface).name() not in dark


def test_selected_lines_are_stronger_and_dashes_follow_the_theme(qtbot, manager):
    plain, chosen = P.Curve("api"), P.Curve("api", P.CurveLook(selected=True))
    assert plain.pen().widthF() == 1.6
    assert chosen.pen().widthF() == 2.6
    assert chosen.zValue() > plain.zValue()
    assert plain.pen().style() == Qt.PenStyle.SolidLine
    manager.set_high_contrast(True)
    assert plain.pen().widthF() == 2.1
    assert plain.pen().dashPattern() == list(t.STRATEGY_DASHES["api"])


def test_ranges_stay_where_they_were_put(qtbot):
    plot = line_plot(qtbot)
    before = plot.view_box.viewRange()
    plot.set_series([P.Series("api", np.arange(25.0), np.arange(25.0) * 1e6)])
    QApplication.processEvents()
    assert plot.view_box.viewRange() == before


def test_axis_switches_from_linear_to_log(qtbot):
    plot = line_plot(qtbot)
    plot.set_axes(P.log_axis(1, 24, texts))
    plot.grab()
    assert plot.view_box.log_x
    plot.set_axes(P.month_axis(24))
    assert not plot.view_box.log_x


def stack(qtbot):
    bars = StackedBars("Where the money goes", money)
    bars.set_data(
        ["Serving", "Labour"],
        [
            StackRow("api", "API", (90, 10), "$100"),
            StackRow("distil", "Distil", (30, 10), "$40", selected=True),
        ],
    )
    return show(qtbot, bars, 400, 160)


def test_stacked_bars_by_keyboard_and_mouse(qtbot):
    bars = stack(qtbot)
    QTest.keyClick(bars, Key.Key_Down)
    assert bars.visiting == (0, 0)
    QTest.keyClick(bars, Key.Key_Right)
    assert bars.accessibleDescription() == "API: Labour $10, 10% of $100"
    QTest.keyClick(bars, Key.Key_Down)
    with qtbot.waitSignal(bars.opened) as got:
        QTest.keyClick(bars, Key.Key_Return)
    assert got.args == [1, 1]
    QTest.keyClick(bars, Key.Key_Escape)
    assert bars.visiting is None
    at = next(QPoint(x, 60) for x in range(400) if bars.part_at(QPointF(x, 60)) == (0, 1))
    QTest.mouseMove(bars, at)
    assert bars.read_out(0, 1) == bars.accessibleDescription()


def test_stacked_bars_lengths_follow_values(qtbot):
    bars = stack(qtbot)
    boxes = {row: [box for _, box in bars._parts(row)] for row in (0, 1)}
    whole = sum(b.width() + 1 for b in boxes[0])
    assert (boxes[0][0].width() + 1) / whole == pytest.approx(0.9, abs=0.02)
    assert sum(b.width() + 1 for b in boxes[1]) / whole == pytest.approx(0.4, abs=0.02)
    headers, rows = bars.table()
    assert headers == ["Strategy", "Serving", "Labour", "Total"]
    assert [c.text for c in rows[1]] == ["Distil", "$30", "$10", "$40"]
    assert "most of it serving" in bars.describe()


def card(qtbot):
    bars = StackedBars("Where the money goes", money)
    bars.set_data(["Serving"], [StackRow("api", "API", (90,), "$90")])
    made = PlotCard("Where the money goes", "24 months", bars)
    show(qtbot, kit.vbox(QLineEdit(), made), 500, 320)
    return made


def test_card_shows_the_same_figures_as_a_table(qtbot):
    made = card(qtbot)
    made.plot.setFocus()
    QTest.keyClick(made.plot, Key.Key_T)
    assert made.is_table_shown
    assert made.twin.hasFocus()
    assert made.twin.as_text() == "Strategy\tServing\tTotal\nAPI\t$90\t$90"
    made.plot.set_data(["Serving"], [StackRow("api", "API", (80,), "$80")])
    made.refresh()
    assert "$80" in made.twin.as_text()
    assert "API $80" in made.accessibleDescription()
    QTest.keyClick(made.twin, Key.Key_T)
    assert not made.is_table_shown
    assert made.plot.hasFocus()


def test_card_copies_a_picture_and_asks_for_full_size(qtbot):
    made = card(qtbot)
    made.plot.setFocus()
    with qtbot.waitSignal(made.copied):
        QTest.keyClick(made.plot, Key.Key_C)
    assert QGuiApplication.clipboard().pixmap().width() > made.width()
    button = next(
        each for each in made.findChildren(kit.IconButton) if each.accessibleName().startswith("Copy")
    )
    button.set_revealed(True)
    qtbot.waitUntil(lambda: button.width() > 0)
    assert button.accessibleDescription() == "Copied"
    ticked = button.grab().toImage()
    qtbot.waitUntil(lambda: button.accessibleDescription() == "", timeout=4000)
    assert button.grab().toImage() != ticked, "a tick told that it was copied"
    with qtbot.waitSignal(made.full_size_asked):
        QTest.keyClick(made.plot, Key.Key_F)


def test_card_hooks_come_first(qtbot):
    made = PlotCard(
        "x",
        "",
        StackedBars("x", money),
        hooks=Hooks(table=lambda: (["a"], [["1"]]), describe=lambda: "words"),
    )
    qtbot.addWidget(made)
    made.show_table(True)
    assert made.twin.as_text() == "a\n1"
    assert made.plot.accessibleDescription() == "words"


def test_card_states(qtbot):
    made = card(qtbot)
    fresh = made.plot.grab().toImage()
    made.set_dimmed("Out of date")
    assert made.plot.grab().toImage() != fresh
    made.set_dimmed()
    assert made.plot.grab().toImage() == fresh
    height = made.plot.height()
    made.set_counting(0.4, "4,000 of 10,000 draws")
    QApplication.processEvents()
    assert made.plot.height() == height
    assert "4,000 of 10,000 draws" in [w.text() for w in made.findChildren(kit.Text) if w.isVisible()]
    made.set_counting(None)
    made.show_empty(kit.Empty("info", "No draws yet"))
    assert not made.plot.isVisible()
    made.show_empty(None)
    assert made.plot.isVisible()


def test_plot_dims(qtbot):
    plot = line_plot(qtbot)
    fresh = pixels(plot)
    plot.set_dimmed(True)
    assert QColor(t.LIGHT.strategy["distil"]).name() not in pixels(plot)
    plot.set_dimmed(False)
    assert pixels(plot) == fresh


def test_closed_plots_are_left_alone(qtbot, manager):
    plot = line_plot(qtbot)
    plot.close()
    manager.set_mode("dark")
    plot.add(P.Marks())


def test_tools_of_a_card_are_reachable_by_tab(qtbot):
    made = card(qtbot)
    tools = list(made.findChildren(kit.IconButton))
    assert len(tools) == 3
    assert all(b.accessibleName() and b.toolTip() for b in tools)
    seen = set()
    made.window().findChild(QLineEdit).setFocus()
    for _ in range(8):
        QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
        seen.add(QApplication.focusWidget())
    assert set(tools) <= seen
    assert made.plot in seen


def test_many_updates_leave_none_alone(qtbot):
    import sys

    plot = line_plot(qtbot)
    x = np.arange(25.0)
    before = sys.getrefcount(None)
    for i in range(300):
        plot.set_series([P.Series("api", x, x * i)])
        plot.viewport().repaint()
    assert sys.getrefcount(None) > before - 1000


def test_axes_kept_as_pictures_look_as_if_painted_anew(qtbot, manager):
    plot = show(qtbot, P.LinePlot("Cost", str))
    plot.set_axes(P.month_axis(24), P.linear_axis(0, 4e5, lambda ticks: [f"${v:,.0f}" for v in ticks]))
    for mode, zoom in (("light", 100), ("dark", 100), ("light", 150)):
        manager.set_mode(mode)
        manager.set_zoom(zoom)
        plot.retheme()
        QApplication.processEvents()
        kept = plot.grab().toImage()
        axes = [item for item in plot.items() if isinstance(item, TextAxis)]
        before = [axis.cacheMode() for axis in axes]
        for axis in axes:
            axis.setCacheMode(axis.CacheMode.NoCache)
        anew = plot.grab().toImage()
        for axis, cached in zip(axes, before, strict=True):
            axis.setCacheMode(cached)
        assert len(axes) == 2
        assert _farthest(kept, anew) < 40  # letters may lie a fraction of a pixel elsewhere, none is cut


def _farthest(one, other):
    """Largest difference of two pictures in any colour of any pixel."""
    first, second = (np.array(image.constBits(), dtype=int) for image in (one, other))
    return int(np.abs(first - second).max())


@pytest.mark.parametrize("kind", ["stacked", "bars"])
def test_words_kept_as_a_picture_follow_the_data_and_the_theme(qtbot, manager, kind):
    def made():
        return show(qtbot, StackedBars("Money", str) if kind == "stacked" else HBars("Carbon"))

    def fill(chart, names, chosen):
        if kind == "stacked":
            rows = [StackRow(s, n, (2.0, 1.0), "3", selected=n == chosen) for s, n in names]
            chart.set_data(["Serving", "Idle"], rows)
        else:
            chart.set_rows([RowItem(s, n, 2.0, "2", selected=n == chosen) for s, n in names])

    chart = made()
    names = (("api", "API"), ("distil", "Distil"))
    for mode, these, chosen in (
        ("light", names, "API"),
        ("light", names, "Distil"),
        ("light", (("both", "Both"), ("distil", "Distil")), "Distil"),
        ("dark", names, "Distil"),
    ):
        manager.set_mode(mode)
        fill(chart, these, chosen)
        fresh = made()
        fill(fresh, these, chosen)
        assert chart.grab().toImage() == fresh.grab().toImage()
