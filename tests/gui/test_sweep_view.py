"""The view of a sweep: opening, lines and filters, the map, a point as a scenario; by real mouse and keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from planner.catalog.load import load_catalog
from planner.cli.inputs import changed
from planner.engine.run import simulate
from planner.export.sweeps.blocks import make_sweep
from planner.export.sweeps.grid import read_axis, read_grid
from planner.export.sweeps.local import compute_here
from planner.export.sweeps.read import open_sweep, sample
from planner.export.sweeps.stream import sweep_to
from planner.scenario.presets import load_preset
from planner.ui.plots.figures.sweep_data import (
    CHEAPEST,
    MOST_LINES,
    Slice,
    axis_text,
    read_lines,
    read_map,
    scale_of_axis,
)

VOLUME = "workload.requests_per_month"
AXES = (f"{VOLUME}=10k:100M:9:log", "serving.precision=bf16,fp8", "site.pue=1.1:1.5:3")
CATALOG = load_catalog()


def write(target: Path, *axes: str, preset: str = "customer-support", change: tuple[str, ...] = ()) -> Path:
    sweep_to(target, make_sweep(changed(load_preset(preset), change), read_grid(axes), 20), compute_here)
    return target


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("sweep") / "out.parquet", *AXES, change=("site.usd_per_kwh=0.2",))


@pytest.fixture(scope="module")
def with_misfits(tmp_path_factory) -> Path:
    axes = ("base.params=7B,400B", "training.accelerators=1,64", "limits.max_total_usd=null,300k")
    return write(tmp_path_factory.mktemp("sweep") / "misfits.parquet", *axes)


@pytest.fixture
def view(window, swept, qtbot):
    assert window.open_file(swept)
    ready(qtbot, window.runs.sweep)
    return window.runs.sweep


def ready(qtbot, dialog):
    qtbot.waitUntil(lambda: dialog.plot.row_count() > 0 and not busy(dialog), timeout=10_000)


def busy(dialog) -> bool:
    return any(work.busy for work in dialog._works.values())


def show_map(qtbot, dialog, figure: str = CHEAPEST):
    dialog.side.buttons()[1].click()
    pick(dialog.figure, figure)
    qtbot.waitUntil(lambda: dialog.map.row_count() > 0 and not busy(dialog), timeout=10_000)
    qtbot.wait(20)


def pick(box, key: str):
    """What choosing an entry with the mouse does."""
    box.set_current(key)
    box.activated.emit(box.currentIndex())


def send(widget, kind, where: QPointF):
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    pressed = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    place = widget.mapToGlobal(where)
    event = QMouseEvent(kind, where, place, button, pressed, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def drag(widget, start: QPointF, *steps: QPointF):
    send(widget, QEvent.Type.MouseButtonPress, start)
    for step in steps:
        send(widget, QEvent.Type.MouseMove, step)
    send(widget, QEvent.Type.MouseButtonRelease, steps[-1] if steps else start)


# ---------------------------------------------------------------- what is drawn
def test_a_line_is_the_plan_at_its_point(swept):
    file = open_sweep(swept)
    found = read_lines(file, file.strategies)
    assert found.all_lines == 54 * 5
    assert len(found.lines) == 54 * 5
    assert found.inputs == 3
    titles = ["Requests per month", "Number format", "PUE", "Total", "Carbon", "Score"]
    assert [scale.title for scale in found.scales] == titles
    line = next(each for each in found.lines if each.strategy == "distil" and each.point == 40)
    point = file.grid.point(40)
    result = simulate(file.plan.scenario.with_(point), CATALOG).strategies["distil"]
    values = [*point.values(), *(float(result[name]) for name in ("total_usd", "carbon_kgco2e", "quality"))]
    assert line.places == pytest.approx(
        [scale.place(value) for scale, value in zip(found.scales, values, strict=True)], rel=1e-9
    )
    assert line.texts[0] == axis_text(file.grid.axes[0], point[VOLUME])
    assert found.scales[0].place(1e6) == pytest.approx(0.5)  # between 10k and 100M, on a log scale


def test_words_stand_apart_and_numbers_where_they_belong():
    words = scale_of_axis(read_axis("serving.precision=bf16,fp8,int4"))
    assert [words.place(each) for each in ("bf16", "fp8", "int4")] == pytest.approx([1 / 6, 1 / 2, 5 / 6])
    near = scale_of_axis(read_axis("site.pue=1.1,1.2,1.5"))
    assert near.place(1.2) == pytest.approx((1.2 - 1.1) / 0.4)
    mixed = scale_of_axis(read_axis("refresh.interval_months=2,optimal"))
    assert [text for _, text in mixed.ticks] == ["2\N{NO-BREAK SPACE}months", "optimal"]


def test_of_many_points_a_sample_is_drawn_that_meets_every_value(tmp_path):
    file = open_sweep(write(tmp_path / "many.parquet", f"{VOLUME}=10k:100M:20:log", "site.pue=1.1:1.5:10"))
    found = read_lines(file, file.strategies)
    assert len(found.lines) <= MOST_LINES
    assert found.all_lines == 1000
    assert len({line.texts[1] for line in found.lines}) == 10
    numbers = sample(1_000_000, 60)
    assert (numbers[0], numbers[-1]) == (0, 999_999)
    assert np.diff(numbers).max() < 2.7 * 1_000_000 / 60  # three distances, as of any golden sequence
    assert sample(7, 60).tolist() == list(range(7))


def test_strategies_that_do_not_fit_are_counted_and_not_drawn(with_misfits):
    file = open_sweep(with_misfits)
    found = read_lines(file, ("finetune",))
    fits = [simulate(file.scenario_at(n), CATALOG).strategies["finetune"].fits for n in range(file.grid.size)]
    assert found.misfits == fits.count(False) > 0
    assert [line.point for line in found.lines] == [n for n, fit in enumerate(fits) if fit]


def test_a_cell_of_the_cheapest_is_the_choice_of_the_plan(with_misfits):
    file = open_sweep(with_misfits)
    squares = read_map(file, Slice(0, 2, {1: 1}, CHEAPEST, "api"))
    assert squares.columns == ("7.00B", "400B")
    assert squares.rows == ("$300k", "no limit") or squares.rows == ("no limit", "$300k")
    for row in squares.cells:
        for cell in row:
            results = simulate(file.scenario_at(cell.point), CATALOG).strategies
            keeping = {n: float(r["total_usd"]) for n, r in results.items() if r.fits and r.keeps_limits}
            assert cell.strategy == min(keeping, key=keeping.get, default="")
    points = {cell.point for row in squares.cells for cell in row}
    assert all(file.grid.point(point)["training.accelerators"] == 64 for point in points)


def test_a_cell_of_a_figure_is_that_of_the_plan_and_its_grey_its_place(with_misfits):
    file = open_sweep(with_misfits)
    squares = read_map(file, Slice(0, 2, {1: 0}, "carbon_kgco2e", "finetune"))
    known = {}
    for row in squares.cells:
        for cell in row:
            result = simulate(file.scenario_at(cell.point), CATALOG).strategies["finetune"]
            assert bool(cell.text) == bool(result.fits)
            assert cell.misses == bool(result.fits and not result.keeps_limits)
            if result.fits:
                known[float(result["carbon_kgco2e"])] = cell.share
    assert known
    assert sorted(known.values()) == [known[value] for value in sorted(known)]


# ---------------------------------------------------------------- opening
def test_a_sweep_opens_beside_the_plan(window, swept, qtbot, monkeypatch):
    plan = window.store.plan
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_words: (str(swept), ""))
    window.actions_by_id["open_sweep"].trigger()
    dialog = window.runs.sweep
    ready(qtbot, dialog)
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert window.store.plan is plan
    assert dialog.windowTitle() == "Sweep: out.parquet"
    assert dialog.plot.row_count() == 270


def test_a_dropped_file_opens_too(window, swept, qtbot):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(swept))])
    action, mouse = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(500, 400), action, mime, mouse, keys))
    drop = QDropEvent(QPointF(500, 400), action, mime, mouse, keys)
    QApplication.sendEvent(window, drop)
    ready(qtbot, window.runs.sweep)


def test_a_bad_file_is_a_message_and_nothing_opens(window, tmp_path):
    bad = tmp_path / "bad.parquet"
    bad.write_text("a,b")
    assert not window.open_file(bad)
    assert window.runs.sweep is None
    assert "no Parquet file" in window.bus.current[-1].text


def test_another_sweep_takes_the_place_and_closing_the_window_closes_it(window, swept, with_misfits, qtbot):
    window.open_file(swept)
    first = window.runs.sweep
    window.open_file(with_misfits)
    assert window.runs.sweep is not first
    assert not first.isVisible()
    ready(qtbot, window.runs.sweep)
    window.close()
    assert window.runs.sweep is None


def test_a_file_that_goes_away_while_it_is_shown_is_said(window, tmp_path, qtbot):
    file = write(tmp_path / "gone.parquet", *AXES)
    window.open_file(file)
    dialog = window.runs.sweep
    ready(qtbot, dialog)
    file.unlink()
    dialog.side.buttons()[1].click()
    qtbot.waitUntil(lambda: not busy(dialog), timeout=10_000)
    qtbot.wait(20)
    assert dialog.map_card._empty is not None
    assert "cannot be read" in dialog.map_card._empty.accessibleName()


# ---------------------------------------------------------------- lines
def test_a_drag_along_an_axis_filters_and_a_click_ends_that(view):
    plot = view.plot
    x = plot.x_of(0)
    drag(plot, QPointF(x, plot.y_of(1.0)), QPointF(x, plot.y_of(0.9)), QPointF(x, plot.y_of(0.8)))
    passing = plot.passing
    assert {plot.data.lines[number].texts[0] for number in passing} == {"31.6M/mo", "100M/mo"}
    assert len(passing) == 270 * 2 / 9
    assert "60 pass the filters" in view.lines_card._subtitle.text()
    score = plot.x_of(5)
    drag(plot, QPointF(score, plot.y_of(0.0)), QPointF(score, plot.y_of(0.5)))
    assert set(plot.passing) < set(passing)
    drag(plot, QPointF(score, plot.y_of(0.3)))
    assert plot.passing == passing
    drag(plot, QPointF(x, plot.y_of(0.3)))
    assert len(plot.passing) == 270


def test_the_keyboard_filters_as_well(view, qtbot):
    plot = view.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(plot, key)
    assert plot.visiting[1] == 2
    qtbot.keyClick(plot, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert {plot.data.lines[number].texts[2] for number in plot.passing} == {"1.10", "1.30"}
    qtbot.keyClick(plot, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert len(plot.passing) == 270
    qtbot.keyClick(plot, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert len(plot.passing) == 180
    assert "PUE" in plot.describe()
    qtbot.keyClick(plot, Qt.Key.Key_Delete)
    assert plot.brushes == {}
    qtbot.keyClick(plot, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.brushes == {}
    assert view.isVisible()


def test_the_line_under_the_pointer_is_read_out_and_picked(view):
    plot = view.plot
    number = next(
        n for n, line in enumerate(plot.data.lines) if line.strategy == "prompt" and line.point == 53
    )
    line = plot.data.lines[number]
    between = (line.places[3] + line.places[4]) / 2
    where = QPointF((plot.x_of(3) + plot.x_of(4)) / 2, plot.y_of(between))
    send(plot, QEvent.Type.MouseMove, where)
    row, _part = plot.visiting
    assert plot.data.lines[row].texts[3] == line.texts[3]
    assert "Self-host" in plot.accessibleDescription()
    drag(plot, where)
    assert view.open_button.isEnabled()
    assert view.picked.text().startswith("Self-host: Requests per month 100M/mo, Number format FP8")


def test_one_strategy_can_be_shown_alone(view, qtbot):
    pick(view.lines_of, "distil")
    qtbot.waitUntil(lambda: {line.strategy for line in view.plot.data.lines} == {"distil"}, timeout=10_000)
    assert view.plot.row_count() == 54
    assert "API" not in view.lines_card._subtitle.text()
    pick(view.lines_of, "all")
    qtbot.waitUntil(lambda: view.plot.row_count() == 270, timeout=10_000)
    assert "the API's energy and carbon" in view.lines_card._subtitle.text()


def test_the_table_holds_the_lines_that_pass(view):
    headers, rows = view.plot.table()
    assert headers == ["Strategy", "Requests per month", "Number format", "PUE", "Total", "Carbon", "Score"]
    assert len(rows) == 270
    view.plot.brush(2, 0.9, 1.0)
    assert {row[3].text for row in view.plot.table()[1]} == {"1.50"}
    view.lines_card.show_table(True)
    assert view.lines_card.twin.model().rowCount() == 90


# ---------------------------------------------------------------- the map
def test_cells_are_visited_by_keys_and_picked_by_click(view, qtbot):
    show_map(qtbot, view)
    plot = view.map
    assert (plot.row_count(), plot.part_count(0)) == (2, 9)
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(plot, key)
    assert plot.visiting == (1, 1)
    assert plot.accessibleDescription().startswith(
        "Requests per month 31.6k/mo, Number format 16-bit: API, $"
    )
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert plot.picked == (1, 1)
    assert view.picked.text() == "API: Requests per month 31.6k/mo, Number format 16-bit, PUE 1.30"
    drag(plot, plot.box(0, 8).center())
    assert plot.picked == (0, 8)
    assert view.picked.text().startswith("Distil: Requests per month 100M/mo, Number format FP8")


def test_other_axes_figures_and_places_of_the_rest(view, qtbot):
    show_map(qtbot, view)
    assert list(view.fixed) == [2]
    pick(view.up, "0")  # what goes across goes up: across takes another
    assert (view.across.current, view.up.current) == ("1", "0")
    assert list(view.fixed) == [2]
    pick(view.across, "2")
    assert list(view.fixed) == [1]
    qtbot.waitUntil(lambda: view.map._data.across == "PUE" and not busy(view), timeout=10_000)
    assert view.map.row_count() == 9
    pick(view.figure, "latency_p95_s")
    pick(view.map_of, "prompt")
    pick(view.fixed[1], "1")
    qtbot.waitUntil(
        lambda: "Whole answer p95, Prompt" in view.map_card.title and not busy(view), timeout=10_000
    )
    qtbot.wait(20)
    cell = view.map.cell(0, 0)
    scenario = view.file.scenario_at(cell.point)
    assert (scenario.serving.precision, scenario.site.pue) == ("fp8", 1.1)
    headers, rows = view.map.table()
    assert headers == ["Requests per month / PUE", "1.10", "1.30", "1.50"]
    assert len(rows) == 9


def test_inputs_without_a_choice_of_their_own_are_named(window, tmp_path, qtbot):
    paths = (
        "site.pue=1.1,1.2",
        "site.wue_l_per_kwh=0.5,1",
        "site.usd_per_kwh=0.1,0.2",
        "labour.usd_per_hour=90,99",
    )
    more = ("serving.min_replicas=1,2", "serving.precision=bf16,fp8", "limits.min_quality=50,60")
    window.open_file(write(tmp_path / "many.parquet", *paths, *more))
    dialog = window.runs.sweep
    ready(qtbot, dialog)
    show_map(qtbot, dialog)
    assert list(dialog.fixed) == [2, 3, 4, 5]
    qtbot.waitUntil(lambda: "50" in dialog.map_card._subtitle.text(), timeout=10_000)
    title = dialog.file.grid.axes[6].spec.title
    assert title in dialog.map_card._subtitle.text()
    assert dialog.file.grid.point(dialog.map.cell(0, 0).point)["limits.min_quality"] == 50


def test_one_swept_input_makes_no_map(window, tmp_path, qtbot):
    window.open_file(write(tmp_path / "one.parquet", "site.pue=1.1:1.5:4"))
    dialog = window.runs.sweep
    ready(qtbot, dialog)
    dialog.side.buttons()[1].click()
    assert "two swept inputs" in dialog.map_card._empty.accessibleName()
    assert dialog.map_tools.isHidden()


# ---------------------------------------------------------------- a point as a scenario
def test_a_picked_point_becomes_a_scenario_and_undo_takes_it_away(window, view, qtbot):
    show_map(qtbot, view)
    before = window.store.plan
    drag(view.map, view.map.box(0, 8).center())
    point = view.map.cell(0, 8).point
    qtbot.mouseClick(view.open_button, Qt.MouseButton.LeftButton)
    assert [scenario.name for scenario in window.store.plan.scenarios] == ["Plan A", "Plan B"]
    assert window.store.scenario == view.file.scenario_at(point).with_({"name": "Plan B"})
    assert window.store.scenario.site.usd_per_kwh == 0.2  # the sweep's plan, not the one on screen
    assert window.store.undo_stack.undoText() == "Open point of a sweep"
    window.store.undo_stack.undo()
    assert window.store.plan == before


def test_nothing_picked_opens_nothing(view, qtbot):
    assert not view.open_button.isEnabled()
    drag(view.plot, QPointF(view.plot.x_of(0) + 30, 2))
    assert not view.open_button.isEnabled()
    show_map(qtbot, view)
    drag(view.map, view.map.box(0, 0).center())
    assert view.open_button.isEnabled()
    view.side.buttons()[0].click()
    assert not view.open_button.isEnabled()


# ---------------------------------------------------------------- looks
@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("zoom", [100, 150])
def test_both_sides_are_painted_in_both_themes_and_zoomed(window, view, qtbot, mode, zoom):
    window.themes.set_mode(mode)
    window.themes.set_zoom(zoom)
    for side in range(2):
        view.side.buttons()[side].click()
        qtbot.waitUntil(lambda: not busy(view), timeout=10_000)
        qtbot.wait(30)
        chart = view.plot if side == 0 else view.map
        picture = chart.grab().toImage()
        colours = {
            picture.pixelColor(x, y).name()
            for x in range(0, picture.width(), 3)
            for y in range(60, picture.height(), 5)
        }
        assert len(colours) > 4
        assert view.minimumSizeHint().width() < 1280


def test_every_control_has_a_name(view):
    from planner.ui.kit import ComboBox

    assert all(box.accessibleName() for box in view.findChildren(ComboBox))
    assert view.plot.accessibleName()
    assert view.plot.accessibleDescription()
