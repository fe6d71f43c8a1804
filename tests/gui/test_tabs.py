"""The tabs: what they show equals the results, odd plans paint, mouse and keyboard read the plots out."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from gallery_tabs import changed, make_view
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from planner.scenario.model import Plan
from planner.scenario.presets import load_preset
from planner.ui import theme as t
from planner.ui.plots.card import PlotCard
from planner.ui.plots.chart import Chart
from planner.ui.plots.figures.common import DOES_NOT_FIT, figure, main_categories, money_parts
from planner.ui.plots.figures.overview import payback_point
from planner.ui.tabs.compare import CompareTab
from planner.ui.tabs.costs import Costs
from planner.ui.tabs.energy import EnergyTab
from planner.ui.tabs.optimise import OptimiseTab
from planner.ui.tabs.overview import Overview
from planner.ui.tabs.page import Page, Switched
from planner.ui.tabs.registry import PAGES, tab_kinds
from planner.ui.tabs.serving import ServingTab
from planner.ui.tabs.updates import UpdatesTab
from planner.units import format_quantity

Key = Qt.Key
TABS = tab_kinds()
ALONE = {"strategies": ("api",)}
UNFIT = {
    "strategies": ("prompt", "finetune"),
    "serving.hardware": "nvidia-l4",
    "serving.precision": "bf16",
    "serving.accelerators_per_replica": 1,
}
ODD = {
    "all unfit": UNFIT,
    "some unfit": UNFIT | {"strategies": ("api", "prompt", "finetune", "distil", "both")},
    "one strategy": ALONE,
    "one unfit strategy": UNFIT | {"strategies": ("prompt",)},
    "one month": {"horizon_months": 1},
    "five years": {"horizon_months": 60, "refresh.interval_months": 1},
    "no traffic": {"workload.requests_per_month": 0.0},
    "huge": {"workload.requests_per_month": 1e11, "data.usd_per_example": 1e3},
    "tiny": {"workload.requests_per_month": 1.0, "workload.output_tokens": 1},
    "limits": {
        "limits.max_total_usd": 1.0,
        "limits.max_carbon_kgco2e": 1e-3,
        "limits.min_quality": 99.0,
        "limits.max_latency_p95_s": 0.01,
    },
    "devices": {"serving.student_target": "edge", "student.model": "llama-3.2-1b"},
    "workstation": {"serving.student_target": "workstation"},
    "owned": {"hardware.ownership": "own"},
    "logits": {"distil.method": "logits"},
    "at a provider": {"finetune.host": "provider"},
    "never withdrawn, often replaced": {
        "refresh.api_migration_months": None,
        "refresh.teacher_update_months": 6,
        "refresh.interval_months": 24,
    },
    "no answers in": {"serving.autoscale": True, "limits.goal": "carbon", "site.carbon_kgco2e_per_kwh": 0.0},
}


@pytest.fixture(autouse=True)
def manager(qapp):
    made = t.ThemeManager(qapp)
    made.set_mode("light")
    yield made
    made.set_high_contrast(False)
    made.set_mode("light")
    made.setParent(None)


def plan_with(changes) -> Plan:
    plan = load_preset()
    return plan.with_scenario(plan.scenario.with_(changes))


@pytest.fixture(scope="module")
def view():
    return make_view(load_preset())


@pytest.fixture(scope="module")
def drawn():
    return make_view(load_preset(), draws=512)


def show(qtbot, tab, view, width=868, height=628):
    qtbot.addWidget(tab)
    tab.resize(width, height)
    with qtbot.waitActive(tab):
        tab.show()
        tab.activateWindow()
    tab.show_view(view)
    return tab


# ---- every tab


@pytest.mark.parametrize("kind", TABS, ids=lambda k: k.title)
@pytest.mark.parametrize("name", ODD)
def test_odd_plans_paint_in_every_theme(qtbot, manager, kind, name):
    tab = kind()
    odd = make_view(plan_with(ODD[name]))
    show(qtbot, tab, odd)
    if isinstance(tab, Costs):
        tab.volume.sweep.complete()
    for mode, contrast in (("light", False), ("dark", True)):
        manager.set_mode(mode)
        manager.set_high_contrast(contrast)
        assert not tab.grab().isNull()
    tab.resize(520, 260)
    assert not tab.grab().isNull()


@pytest.mark.parametrize("kind", TABS, ids=lambda k: k.title)
def test_going_from_plan_to_plan_and_back_paints(qtbot, kind):
    tab = show(qtbot, kind(), make_view(load_preset()))
    for number, name in enumerate(ODD):
        tab.show_view(make_view(plan_with(ODD[name]), dragging=number % 2 == 0))
        assert not tab.grab().isNull()


@pytest.mark.parametrize(
    "kind",
    [k for k in TABS if issubclass(k, Page) and k not in (OptimiseTab, CompareTab)],
    ids=lambda k: k.title,
)
def test_every_card_has_a_twin_words_and_full_size(qtbot, kind, drawn):
    tab = show(qtbot, kind(), drawn)
    cards = tab.findChildren(PlotCard)
    assert len(cards) >= 2
    for holder in tab.findChildren(Switched):
        for number, button in enumerate(holder.switches[0].buttons()):
            assert button.isVisible()
            holder.show_figure(number)
            assert holder.currentWidget() is holder.current.card
            holder.show_figure(0)
    # Some are computed beside the page.
    qtbot.waitUntil(lambda: all(card.table()[1] for card in cards), timeout=60_000)
    for card in cards:
        assert card.title
        assert len(card.describe()) > 5
        headers, rows = card.table()
        assert len(headers) >= 2
        assert rows
        assert all(len(row) <= len(headers) for row in rows)
        card.show_table(True)
        assert not card.grab().isNull()
        card.show_table(False)
        card.full_size_asked.emit()
        assert tab.full_size is card
        QTest.keyClick(tab, Key.Key_Escape)
        assert tab.full_size is None


def test_a_figure_that_is_not_seen_takes_data_when_it_is(qtbot, view):
    tab = show(qtbot, ServingTab(), view)
    busy = view.results.strategies["prompt"].fleet.busy_hours
    first, each = tab.by_month[0].plot, tab.by_month[1].plot
    assert first.curve("prompt").ys.tolist() == busy.ttft_p95_s.tolist()
    assert each.curve("prompt") is None
    QTest.mouseClick(tab.waits.switches[0].buttons()[1], Qt.MouseButton.LeftButton)
    assert each.isVisible()
    assert not first.isVisible()
    assert each.curve("prompt").ys.tolist() == busy.tpot_s.tolist()
    api = view.results.strategies["api"]
    assert set(each.curve("api").ys.tolist()) == {api["tpot_s"]}
    QTest.mouseClick(tab.waits.switches[1].buttons()[2], Qt.MouseButton.LeftButton)
    whole = tab.by_month[2].plot.curve("distil").ys
    assert whole.tolist() == view.results.strategies["distil"].fleet.busy_hours.latency_p95_s.tolist()
    rows = tab.by_month[2].card.table()[1]
    assert [row[4].value for row in rows] == whole.tolist()


def test_one_month_is_a_mark_and_no_refresh_is_said(qtbot):
    tab = show(qtbot, UpdatesTab(), make_view(plan_with({"horizon_months": 1})))
    assert tab.score.plot.curve("api").ys.size == 1
    assert len(tab.score._dots._marks) == 5
    assert tab.upkeep.plot.isHidden()
    assert tab.items.table.source.rows[0][0].text == "No refresh within the horizon"


@pytest.mark.parametrize("kind", [k for k in TABS if issubclass(k, Page)], ids=lambda k: k.title)
def test_keyboard_and_mouse_read_out_every_chart(qtbot, kind, view):
    tab = show(qtbot, kind(), view)
    for chart in tab.findChildren(Chart):
        if not chart.isVisible() or chart.row_count() == 0:
            continue
        chart.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(chart, Key.Key_Down)
        first = chart.visiting
        assert first is not None
        assert chart.accessibleDescription() == chart.read_out(*first)
        QTest.keyClick(chart, Key.Key_Right)
        QTest.keyClick(chart, Key.Key_Down)
        assert not chart.grab().isNull()
        chart.clearFocus()
        for y in range(4, chart.height(), 12):
            QTest.mouseMove(chart, QPoint(chart.width() // 2, y))
        assert not chart.grab().isNull()


GUARDED = """
import os, sys, threading
sys.path.insert(0, 'tests/gui')

class Guard:
    def find_spec(self, name, *_):
        heavy = name.split('.')[0] in ('pandas', 'scipy', 'xlsxwriter', 'pyarrow')
        assert not (heavy and threading.current_thread() is threading.main_thread()), name

from gallery_tabs import *
sys.meta_path.insert(0, Guard())
app = QApplication([]); manager = ThemeManager(app)
view = make_view(load_preset())
for kind in tab_kinds():
    tab = kind(); tab.resize(868, 628); tab.show(); tab.show_view(view); tab.grab()
assert 'pandas' not in sys.modules
os._exit(0)
"""


def test_the_window_waits_for_no_heavy_import_of_any_tab():
    done = subprocess.run([sys.executable, "-c", GUARDED], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_titles_stand_in_the_order_of_the_design():
    titles = [page.title for page in PAGES]
    assert [kind.title for kind in TABS] == titles
    order = (
        "Overview", "Costs", "Training", "Serving", "Energy", "Updates", "Break-even", "Risk", "Optimise",
        "Compare", "Advisor", "Sources",
    )  # fmt: skip
    assert titles == [title for title in order if title in titles]


# ---- overview


def test_cumulative_curves_are_the_results(qtbot, view):
    tab = show(qtbot, Overview(), view)
    plot = tab.cumulative.plot
    for name, result in view.results.strategies.items():
        curve = plot.curve(name)
        np.testing.assert_array_equal(curve.ys, np.asarray(result.cumulative_usd))
        np.testing.assert_array_equal(curve.xs, np.arange(25.0))
    said = {row.strategy: row.value for row in plot.gutter.rows}
    assert said == {n: format_quantity(r["total_usd"], "usd") for n, r in view.results.strategies.items()}


def test_payback_ring_lies_on_both_lines(view):
    x, y = payback_point(view)
    base, own = (view.results.strategies[s].cumulative_usd for s in ("api", view.selected))
    months = np.arange(base.size)
    assert np.interp(x, months, base) == pytest.approx(y)
    assert np.interp(x, months, own) == pytest.approx(y)
    assert math.ceil(x) == figure(view.results.strategies[view.selected], "payback_month")


def test_no_payback_mark_for_the_baseline_or_never(qtbot):
    tab = show(qtbot, Overview(), make_view(load_preset(), "api"))
    assert tab.cumulative.payback is None
    tab.show_view(make_view(load_preset(), "prompt"))
    assert tab.cumulative.payback is None


def test_crosshair_follows_mouse_and_keys_and_the_gutter_reads_out(qtbot, view):
    tab = show(qtbot, Overview(), view, height=462)
    plot = tab.cumulative.plot
    QTest.qWait(30)
    area = plot.view_box.sceneBoundingRect()
    where = QPoint(round(area.left() + area.width() * 14 / 24), round(area.center().y()))
    QTest.mouseMove(plot.viewport(), where)
    qtbot.waitUntil(lambda: plot.crosshair.x_shown == 14.0)
    said = {row.strategy: row.value for row in plot.gutter.rows}
    distil = view.results.strategies["distil"].cumulative_usd[14]
    assert said["distil"] == format_quantity(distil, "usd")
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(plot, Key.Key_Right)
    assert plot.crosshair.x_shown == 15.0
    QTest.keyClick(plot, Key.Key_Escape)
    assert plot.crosshair.x_shown is None


def test_money_adds_up_to_the_totals(qtbot, view):
    tab = show(qtbot, Overview(), view)
    headers, rows = tab.split.bars.table()
    assert headers[-1] == "Total"
    assert len(headers) <= 8
    for row, result in zip(rows, view.results.strategies.values(), strict=True):
        parts = [cell.value for cell in row[1:-1]]
        assert sum(parts) == pytest.approx(result["total_usd"], rel=1e-9)
        assert row[-1].value == pytest.approx(result["total_usd"], rel=1e-9)


def test_only_the_largest_categories_are_named():
    parts = [{f"c{i}": float(i) for i in range(1, 9)}]
    order = main_categories(parts)
    assert order[-1] == "other"
    assert set(order[:-1]) == {"c4", "c5", "c6", "c7", "c8"}
    assert main_categories([{"serving": 1.0, "data": 2.0}]) == ["serving", "data"]


def test_teacher_counts_as_training(view):
    result = view.results.strategies["distil"]
    plain = result.by_category()
    assert money_parts(result)["training"] == pytest.approx(plain["training"] + plain["teacher"])


def test_unknown_carbon_is_a_range_without_a_centre(qtbot, view):
    tab = show(qtbot, Overview(), view)
    api = view.results.strategies["api"]
    rows = {row.strategy: row for row in tab.carbon.bars._rows}
    low, high = api.energy_range_frac
    assert rows["api"].unknown
    assert math.isnan(rows["api"].value)
    assert rows["api"].low == pytest.approx(low * api["carbon_kgco2e"])
    assert rows["api"].high == pytest.approx(high * api["carbon_kgco2e"])
    assert "–" in rows["api"].text
    assert rows["distil"].value == view.results.strategies["distil"]["carbon_kgco2e"]


def test_what_does_not_fit_says_so_and_is_no_zero(qtbot):
    odd = make_view(plan_with(ODD["some unfit"]))
    tab = show(qtbot, Overview(), odd)
    for row in (*tab.split.bars._rows, *tab.carbon.bars._rows):
        words = getattr(row, "total", None) or row.text
        assert (words == DOES_NOT_FIT) == (row.strategy in ("prompt", "finetune"))
    assert tab.cumulative.plot.curve("prompt") is None
    _, rows = tab.scatter.table()
    assert [row[1].text == DOES_NOT_FIT for row in rows] == [False, True, True, False, False]


def test_pressing_a_point_selects_its_strategy(qtbot, view):
    tab = show(qtbot, Overview(), view, height=462)
    plot = tab.scatter.plot
    for strategy, place in plot.pixels():
        with qtbot.waitSignal(tab.strategy_selected) as asked:
            QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place.toPoint())
        assert asked.args == [strategy]


def test_pressing_a_segment_asks_for_its_items(qtbot, view):
    tab = show(qtbot, Overview(), view, height=462)
    bars = tab.split.bars
    row, part = 1, 1
    box = dict(bars._parts(row))[part]
    with qtbot.waitSignal(tab.items_requested) as asked:
        QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert asked.args == ["prompt", tab.split.categories[part]]


def test_axes_stay_while_a_slider_is_held_and_the_data_fit(qtbot):
    plan = changed(load_preset(), workload__requests_per_month=2e6)
    tab = show(qtbot, Overview(), make_view(plan))
    before = tab.cumulative.plot.y_spec
    less = changed(plan, workload__requests_per_month=1e6)
    tab.show_view(make_view(less, dragging=True))
    assert tab.cumulative.plot.y_spec is before
    much = changed(plan, workload__requests_per_month=5e7)
    tab.show_view(make_view(much, dragging=True))
    assert tab.cumulative.plot.y_spec.hi > before.hi
    tab.show_view(make_view(less))
    assert tab.cumulative.plot.y_spec.hi < before.hi * 1.01


def test_a_change_is_painted_once_all_plots_in_one_pass(qtbot, view, monkeypatch):
    tab = show(qtbot, Overview(), view, height=462)
    QTest.qWait(50)
    painted = []
    main, bars = type(tab.cumulative.plot), type(tab.split.bars)
    paint, drawn = main.paintEvent, bars.draw
    monkeypatch.setattr(main, "paintEvent", lambda s, e: (painted.append(s), paint(s, e))[1])
    monkeypatch.setattr(bars, "draw", lambda s, *a: (painted.append(s), drawn(s, *a))[1])
    more = changed(load_preset(), workload__requests_per_month=2.1e6)
    tab.show_view(make_view(more, dragging=True))
    assert painted == []
    QApplication.processEvents()
    assert sorted(map(id, painted)) == sorted(map(id, (tab.cumulative.plot, tab.split.bars)))


def test_labels_of_the_scatter_do_not_lie_on_each_other(qtbot, view):
    tab = show(qtbot, Overview(), view, height=462)
    plot = tab.scatter.plot
    places = dict(plot.pixels())
    notes = tab.scatter._notes._notes
    limits = plot.view_box.sceneBoundingRect()
    by_name = {t.STRATEGY_SHORT[s]: p for s, p in places.items()}
    boxes = [tab.scatter._notes.box_of(n, by_name[n.text], limits) for n in notes]
    assert len(boxes) == 5
    for a, b in itertools.combinations(boxes, 2):
        assert not a.adjusted(2, 2, -2, -2).intersects(b)


# ---- costs


def test_columns_are_the_months_of_the_selected_strategy(qtbot, view):
    tab = show(qtbot, Costs(), view)
    result = view.results.strategies[view.selected]
    np.testing.assert_allclose(tab.monthly.columns.data.totals, result.usd_by_month, rtol=1e-9)
    _, rows = tab.monthly.columns.table()
    assert rows[14][0].text == "March 2028"
    assert rows[14][-1].value == pytest.approx(result.usd_by_month[14])


def test_pressing_a_column_asks_for_its_items(qtbot, view):
    tab = show(qtbot, Costs(), view)
    columns = tab.monthly.columns
    boxes = columns._boxes(6)
    row = max(range(len(boxes)), key=lambda i: boxes[i].height())
    with qtbot.waitSignal(tab.items_requested) as asked:
        QTest.mouseClick(columns, Qt.MouseButton.LeftButton, pos=boxes[row].center().toPoint())
    assert asked.args == [view.selected, tab.monthly.keys[row]]


def test_line_items_add_up_and_open(qtbot, view):
    tab = show(qtbot, Costs(), view)
    table = tab.items.table
    values = [row[2].value for row in table.source.rows]
    total = view.results.strategies[view.selected]["total_usd"]
    assert sum(values[:-1]) == pytest.approx(total, rel=1e-9)
    assert values[-1] == total
    assert values[:-1] == sorted(values[:-1], reverse=True)
    cell = table.visualRect(table.model().index(0, 0)).center()
    with qtbot.waitSignal(tab.items_requested) as asked:
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, cell.y()))
    assert asked.args == [view.selected, "idle"]


def test_volume_curve_is_counted_in_slices_after_the_changes(qtbot, view):
    tab = show(qtbot, Costs(), view)
    sweep = tab.volume.sweep
    assert not sweep.is_fresh
    assert tab.volume.plot.curve("api").look.alpha < 0.5
    with qtbot.waitSignal(sweep.finished, timeout=20_000):
        pass
    assert sweep.is_fresh
    assert len(sweep.points) == 41
    assert tab.volume.plot.curve("api").look.alpha == 1.0
    own = dict(sweep.points)[view.scenario.workload.requests_per_month]
    for per_1k in ("usd_per_1k_requests", "usd_per_1k_acceptable"):
        for name, result in view.results.strategies.items():
            assert own[per_1k][name] == pytest.approx(result[per_1k], rel=1e-12)
    later = make_view(changed(load_preset(), workload__requests_per_month=3e6))
    tab.show_view(later)
    assert not sweep.is_fresh
    assert tab.volume.plot.curve("api").look.alpha < 0.5
    tab.show_view(view)
    assert sweep.is_fresh


# ---- energy


def test_energy_page_switches_carbon_and_offers_what_saves(qtbot, view):
    tab = show(qtbot, EnergyTab(), view)
    phase = tab.carbons.switches[0].buttons()[1]
    QTest.mouseClick(phase, Qt.MouseButton.LeftButton)
    assert tab.phases.card.isVisible()
    assert not tab.carbon.card.isVisible()
    qtbot.waitUntil(lambda: tab.finding.idea is not None, timeout=10_000)
    with qtbot.waitSignal(tab.change_requested) as asked:
        QTest.mouseClick(tab.finding.button, Qt.MouseButton.LeftButton)
    changes, words = asked.args
    assert words == tab.finding.idea.words
    better = make_view(plan_with(changes), view.selected).results.strategies[view.selected]
    now = view.results.strategies[view.selected]
    assert better["energy_kwh"] < now["energy_kwh"]
