"""Ranges in the inputs panel, by real keys and mouse: made, moved, typed, shaped, taken away, kept."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from planner.app.store import PlanStore
from planner.catalog.load import load_catalog
from planner.engine.run import simulate
from planner.evidence.asked import interval_of, physics_ranges
from planner.scenario.fields import specs_of
from planner.scenario.model import NOT_DRAWN, Scenario, spec_for
from planner.scenario.presets import load_preset
from planner.scenario.ranges import SHAPES, Range
from planner.ui.fields.density import density
from planner.ui.fields.messages import Refusal
from planner.ui.fields.number import NumberRow
from planner.ui.fields.range_text import Refused, read_end
from planner.ui.fields.row import RANGE_ROW, SLIDER_ROW
from planner.ui.fields.scale import Scale, scale_of
from planner.ui.panels.inputs import InputsPanel
from planner.ui.theme import ThemeManager, px

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
VOLUME, PEAK, LABEL = "workload.requests_per_month", "workload.peak_to_mean", "data.usd_per_example"
TOKENS, RENT = "workload.output_tokens", "serving.usd_per_accelerator_h"


class Rig:
    """Store and panel, wired as the window wires them."""

    def __init__(self, qtbot, ranges):
        plan = load_preset()
        self.store = PlanStore(plan.with_scenario(plan.scenario.with_({"ranges": ranges})))
        self.results = simulate(self.store.scenario, load_catalog())
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.panel = InputsPanel(load_catalog(), ("workload",), self.window)
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panel)
        panel, store = self.panel, self.store
        panel.edited.connect(lambda path, value, gesture: store.edit(path, value, gesture=gesture))
        panel.carried.connect(lambda path, v, span, g: store.edit(path, v, gesture=g, span=span))
        panel.reset_asked.connect(store.reset)
        store.changed.connect(lambda _plan: self.show())
        store.rejected.connect(lambda problem: panel.refuse(problem.path, problem.message))
        self.window.resize(340, 900)
        self.show()
        self.window.show()
        qtbot.waitExposed(self.window)

    def show(self):
        """Show the plan; what the engine used is that of the first plan, which is enough here."""
        self.panel.show_scenario(self.store.scenario, self.store.preset, "Customer support")
        self.panel.show_results(self.results)

    def row(self, path):
        """The row of an input, on screen."""
        self.panel.reveal(path)
        return self.panel.rows[path]

    def span(self, path):
        """Its range."""
        return self.store.scenario.ranges.get(path)

    def value(self, path):
        """Its value."""
        return self.store.scenario.get(path)

    @property
    def steps(self):
        """Undo steps so far."""
        return self.store.undo_stack.count()


@pytest.fixture
def rig(qapp, qtbot):
    ThemeManager(qapp).set_mode("light")
    return Rig(qtbot, {})


@pytest.fixture
def ranged(qapp, qtbot):
    """With three ranges: lognormal volume, PERT peak, PERT rent around what the catalogue says."""
    ThemeManager(qapp).set_mode("light")
    return Rig(
        qtbot,
        {
            VOLUME: Range(low=1e6, mode=2e6, high=5e6, shape="lognormal"),
            PEAK: Range(low=1.8, mode=3.0, high=6.0, shape="pert"),
            RENT: Range(low=2.4, mode=4.5, high=12.29, shape="pert"),
        },
    )


def press_move_release(slider, *fractions):
    """Drag from one fraction of the track over others, by mouse events."""
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(fractions) - 1)]
    for kind, fraction in zip(
        [*kinds, QEvent.Type.MouseButtonRelease], [*fractions, fractions[-1]], strict=True
    ):
        where = QPointF(slider.x_of(fraction), slider.height() - 9)
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
        event = QMouseEvent(kind, where, slider.mapToGlobal(where), LEFT, held, NONE)
        QApplication.sendEvent(slider, event)


def type_end(qtbot, row, end, text, key=Key.Key_Return):
    """Press one of the three numbers and type over it."""
    qtbot.mouseClick(row.ranging.line.ends[end], LEFT)
    editor = row.ranging.line.editor
    assert editor.hasFocus()
    qtbot.keyClicks(editor, text)
    if key is not None:
        qtbot.keyClick(editor, key)
    return editor


# ---------------------------------------------------------------- making one
def test_r_makes_a_range_and_takes_it_away_each_in_one_step(rig, qtbot):
    row = rig.row(PEAK)
    assert (row.height(), row.ranging.line.isVisible()) == (px(SLIDER_ROW), False)
    qtbot.keyClick(row.slider, Key.Key_R)
    assert rig.span(PEAK) == Range(low=1.8, mode=3.0, high=6.0, shape="pert")
    assert rig.steps == 1
    assert row.height() == px(RANGE_ROW)
    assert [button.value for button in row.ranging.line.ends.values()] == ["1.80", "3", "6"]
    assert row.slider.range_shown == pytest.approx((row.scale.fraction(1.8), row.scale.fraction(6)))
    rig.store.undo_stack.undo()
    assert rig.span(PEAK) is None
    assert row.height() == px(SLIDER_ROW)
    assert row.slider.range_shown is None
    qtbot.keyClick(row.slider, Key.Key_R)
    qtbot.keyClick(row.slider, Key.Key_R)
    assert rig.span(PEAK) is None
    assert rig.steps == 2


def test_r_in_the_editor_works_until_something_is_typed(rig, qtbot):
    row = rig.row(PEAK)
    row.editor.setFocus()
    qtbot.keyClick(row.editor, Key.Key_R)
    assert rig.span(PEAK) is not None
    assert row.editor.text() == "3"
    qtbot.keyClicks(row.editor, "4r")
    assert row.editor.text() == "4r"
    assert rig.span(PEAK) is not None


def test_the_tool_is_in_the_tab_order_shown_on_hover_and_stays_while_a_range(rig, qtbot):
    row = rig.row(PEAK)
    tool = row.ranging.tool
    rig.panel.search.setFocus()
    assert not tool.is_painted
    QApplication.sendEvent(row, QEvent(QEvent.Type.Enter))
    qtbot.waitUntil(lambda: tool.width() > 0)
    qtbot.mouseClick(tool, LEFT)
    QApplication.sendEvent(row, QEvent(QEvent.Type.Leave))
    rig.panel.search.setFocus()
    assert rig.span(PEAK) is not None
    assert tool.is_painted
    assert "Remove" in tool.accessibleName()
    row.editor.setFocus()
    seen = []
    for _ in range(9):
        qtbot.keyClick(rig.window.focusWidget(), Key.Key_Tab)
        seen.append(rig.window.focusWidget())
    order = [seen.index(widget) for widget in (row.slider, *row.ranging.line.ends.values(), tool)]
    assert order == sorted(order)
    tool.setFocus()
    qtbot.keyClick(tool, Key.Key_Space)
    assert rig.span(PEAK) is None
    assert "Make" in tool.accessibleName()


def test_every_number_that_may_be_uncertain_has_the_tool_and_nothing_else(rig):
    for part in rig.panel.parts:
        part.head.setChecked(True)
    with_tool = {p for p, row in rig.panel.rows.items() if isinstance(row, NumberRow) and row.ranging}
    assert with_tool == {p for p, spec in specs_of(Scenario).items() if spec.numeric} - NOT_DRAWN


def test_null_takes_what_the_engine_used_and_stays_null(rig, qtbot):
    row = rig.row(RENT)
    qtbot.keyClick(row.slider, Key.Key_R)
    assert rig.span(RENT) == Range(low=2.4, mode=4.5, high=12.29, shape="pert")
    assert rig.value(RENT) is None
    assert row.editor.text() == "auto $4.50"
    assert row.message == ""


def test_without_any_value_it_says_so(rig, qtbot):
    row = rig.row("limits.max_total_usd")
    qtbot.keyClick(row.slider, Key.Key_R)
    assert rig.steps == 0
    assert row.message == "No value yet: type one, then make it a range."
    assert not row.ranging.tool.isChecked()


def test_whole_numbers_too(rig, qtbot, mouse):
    row = rig.row("serving.min_replicas")
    qtbot.keyClick(row.slider, Key.Key_R)
    assert rig.span("serving.min_replicas") == Range(low=1, mode=2, high=3)
    press_move_release(row.slider, row.slider.fraction, row.slider.range_shown[1])
    assert rig.value("serving.min_replicas") == 3
    assert isinstance(rig.value("serving.min_replicas"), int)


# ---------------------------------------------------------------- moving the handles
@pytest.mark.parametrize("end", ["low", "high"])
def test_dragging_a_bar_is_one_step_and_leaves_the_value(ranged, end):
    row = ranged.row(VOLUME)
    bars = row.slider.range_shown
    start, way = (bars[0], -0.1) if end == "low" else (bars[1], 0.1)
    press_move_release(row.slider, start, start + way / 2, start + way)
    span = ranged.span(VOLUME)
    wanted = row.scale.value(start + way)
    assert getattr(span, end) == pytest.approx(wanted, rel=0.05)
    assert ranged.value(VOLUME) == span.mode == 2e6
    assert ranged.steps == 1
    ranged.store.undo_stack.undo()
    assert ranged.span(VOLUME) == Range(low=1e6, mode=2e6, high=5e6, shape="lognormal")


def test_bars_stop_at_the_likely_value(ranged):
    row = ranged.row(PEAK)
    low, high = row.slider.range_shown
    press_move_release(row.slider, low, 0.9)
    assert ranged.span(PEAK) == Range(low=3.0, mode=3.0, high=6.0)
    press_move_release(row.slider, high, 0.0)
    assert ranged.span(PEAK) == Range(low=3.0, mode=3.0, high=3.0)
    assert row.slider.range_shown == (row.slider.fraction, row.slider.fraction)
    row.grab()  # a range without width has no density, and paints


def test_the_likely_handle_moves_between_its_bars_alone(ranged):
    row = ranged.row(PEAK)
    press_move_release(row.slider, row.slider.fraction, row.scale.fraction(4.0))
    moved = ranged.value(PEAK)
    assert moved == pytest.approx(4.0, rel=0.03)
    assert ranged.span(PEAK) == Range(low=1.8, mode=moved, high=6.0, shape="pert")
    assert ranged.steps == 1


def test_a_lognormal_range_follows_the_likely_handle_as_a_whole(ranged):
    row = ranged.row(VOLUME)
    press_move_release(row.slider, row.slider.fraction, row.scale.fraction(3e6))
    assert ranged.span(VOLUME) == Range(low=1.5e6, mode=3e6, high=7.5e6, shape="lognormal")
    assert ranged.value(VOLUME) == 3e6
    assert ranged.steps == 1


def test_beyond_a_bar_the_range_comes_along_and_goes_back_within_one_drag(ranged):
    row = ranged.row(VOLUME)
    here = row.slider.fraction
    press_move_release(row.slider, here, row.scale.fraction(2e7))
    span = ranged.span(VOLUME)
    assert span.mode == ranged.value(VOLUME) == 2e7
    assert (span.low, span.high) == (1e7, 5e7)
    ranged.store.undo_stack.undo()
    press_move_release(row.slider, here, row.scale.fraction(2e7), row.scale.fraction(2.5e6))
    assert ranged.span(VOLUME) == Range(low=1.25e6, mode=2.5e6, high=6.25e6, shape="lognormal")
    ranged.store.undo_stack.undo()
    assert ranged.span(VOLUME) == Range(low=1e6, mode=2e6, high=5e6, shape="lognormal")
    peak = ranged.row(PEAK)
    there, back = peak.scale.fraction(8.0), peak.scale.fraction(4.0)
    press_move_release(peak.slider, peak.slider.fraction, there, back)
    assert (ranged.span(PEAK).low, ranged.span(PEAK).high) == (1.8, 6.0)
    assert ranged.steps == 1


def test_space_chooses_the_handle_that_the_arrows_move(ranged, qtbot):
    row = ranged.row(VOLUME)
    qtbot.keyClick(row.slider, Key.Key_Space)
    assert row.slider.active_handle == "low"
    assert "low" in row.slider.accessibleDescription()
    qtbot.keyClick(row.slider, Key.Key_Left)
    assert ranged.span(VOLUME).low == pytest.approx(1e6 / 10 ** (1 / 20), rel=0.01)
    assert ranged.value(VOLUME) == 2e6
    qtbot.keyClick(row.slider, Key.Key_Space)
    qtbot.keyClick(row.slider, Key.Key_PageUp)
    assert ranged.span(VOLUME).high == pytest.approx(5e7)
    qtbot.keyClick(row.slider, Key.Key_Space)
    qtbot.keyClick(row.slider, Key.Key_Right)
    assert ranged.span(VOLUME).mode == ranged.value(VOLUME) > 2e6
    assert ranged.steps == 3
    for _ in range(3):
        ranged.store.undo_stack.undo()
    assert ranged.span(VOLUME) == Range(low=1e6, mode=2e6, high=5e6, shape="lognormal")


def test_arrows_in_the_editor_move_the_likely_value_whatever_handle_is_chosen(ranged, qtbot):
    row = ranged.row(PEAK)
    qtbot.keyClick(row.slider, Key.Key_Space)
    row.editor.setFocus()
    qtbot.keyClick(row.editor, Key.Key_Up)
    assert ranged.value(PEAK) > 3.0
    assert ranged.span(PEAK).low == 1.8


def test_home_takes_the_preset_value_and_keeps_the_range(ranged, qtbot):
    row = ranged.row(VOLUME)
    ranged.store.edit(VOLUME, 3e6)
    qtbot.keyClick(row.slider, Key.Key_Home)
    assert ranged.span(VOLUME) == Range(low=1e6, mode=2e6, high=5e6, shape="lognormal")


def test_dragging_around_what_the_catalogue_says_types_the_value(ranged):
    row = ranged.row(RENT)
    press_move_release(row.slider, row.slider.fraction, row.scale.fraction(6.0))
    assert ranged.value(RENT) == ranged.span(RENT).mode == pytest.approx(6.0, rel=0.03)


# ---------------------------------------------------------------- typing
def test_low_and_high_read_what_people_type(ranged, qtbot):
    row = ranged.row(VOLUME)
    editor = type_end(qtbot, row, "low", "1,5 mio")
    assert ranged.span(VOLUME).low == 1.5e6
    assert not editor.isVisible()
    assert row.ranging.line.ends["low"].hasFocus()
    type_end(qtbot, row, "high", "8M")
    assert ranged.span(VOLUME) == Range(low=1.5e6, mode=2e6, high=8e6, shape="lognormal")
    type_end(qtbot, row, "likely", "3M")
    assert ranged.value(VOLUME) == ranged.span(VOLUME).mode == 3e6
    assert ranged.steps == 3
    row = ranged.row("workload.prefix_cache_hit_frac")
    qtbot.keyClick(row.slider, Key.Key_R)
    type_end(qtbot, row, "low", "30%")
    assert ranged.span("workload.prefix_cache_hit_frac").low == pytest.approx(0.3)


def test_enter_opens_the_editor_and_escape_closes_it(ranged, qtbot):
    row = ranged.row(VOLUME)
    button = row.ranging.line.ends["high"]
    button.setFocus()
    qtbot.keyClick(button, Key.Key_Return)
    editor = row.ranging.line.editor
    qtbot.keyClicks(editor, "9M")
    qtbot.keyClick(editor, Key.Key_Escape)
    assert row.ranging.line.editor is None
    assert button.hasFocus()
    assert ranged.steps == 0


def test_leaving_the_editor_takes_what_was_typed(ranged, qtbot):
    row = ranged.row(VOLUME)
    type_end(qtbot, row, "high", "9M", key=None)
    rig_search = ranged.panel.search
    rig_search.setFocus()
    assert ranged.span(VOLUME).high == 9e6
    assert row.ranging.line.editor is None
    assert rig_search.hasFocus()
    qtbot.mouseClick(row.ranging.line.ends["low"], LEFT)
    rig_search.setFocus()
    assert row.ranging.line.editor is None


def test_arrows_in_the_editor_of_an_end_step_it(ranged, qtbot):
    row = ranged.row(PEAK)
    qtbot.mouseClick(row.ranging.line.ends["high"], LEFT)
    editor = row.ranging.line.editor
    qtbot.keyClick(editor, Key.Key_Up)
    assert ranged.span(PEAK).high == pytest.approx(6.1)
    assert editor.text() == "6.10"


@pytest.mark.parametrize(
    ("path", "end", "text", "words"),
    [
        (VOLUME, "low", "3M", ["Low of Requests per month is 3.0M", "above 0", "2.0M (the likely value)"]),
        (VOLUME, "low", "0", ["Low of Requests per month is 0", "above 0"]),
        (VOLUME, "high", "1M", ["High of Requests per month is 1.0M", "2.0M (the likely value) to"]),
        (PEAK, "low", "0.5", ["Low of Busy hour over mean is 0.5", "1 to 3 (the likely value)"]),
        (PEAK, "high", "many", ['High of Busy hour over mean is "many"', "3 (the likely value) to 100"]),
        (RENT, "high", "$1,000,000", ["High of Serving rent is $1", "$4.50 (the likely value) to $10k"]),
    ],
)
def test_what_is_no_end_is_refused_with_what_is_allowed_and_stays(ranged, qtbot, path, end, text, words):
    row = ranged.row(path)
    before = ranged.span(path)
    editor = type_end(qtbot, row, end, text)
    for word in words:
        assert word in row.message
    assert editor.isVisible()
    assert editor.text() == text
    assert ranged.span(path) == before
    assert ranged.steps == 0
    assert row.findChild(Refusal).geometry().top() >= editor.geometry().bottom() - 1
    ranged.panel.search.setFocus()
    assert editor.text() == text
    qtbot.mouseClick(row.findChild(Refusal).buttons[0], LEFT)
    assert row.message == ""
    assert row.ranging.line.editor is None
    assert ranged.span(path) == before


def test_a_remedy_takes_the_nearest_that_is_allowed(ranged, qtbot):
    row = ranged.row(PEAK)
    type_end(qtbot, row, "low", "5")
    words = [button.text() for button in row.findChild(Refusal).buttons]
    assert words == ["Keep 1.80", "Use 3"]
    qtbot.mouseClick(row.findChild(Refusal).buttons[1], LEFT)
    assert ranged.span(PEAK).low == 3.0


def test_a_likely_value_typed_beyond_the_ends_takes_them_along_and_says_so(ranged, qtbot):
    row = ranged.row(VOLUME)
    row.editor.setFocus()
    qtbot.keyClicks(row.editor, "20M")
    qtbot.keyClick(row.editor, Key.Key_Return)
    assert ranged.span(VOLUME) == Range(low=1e7, mode=2e7, high=5e7, shape="lognormal")
    assert row.message == "Low and high moved along: 10M to 50M."
    assert ranged.steps == 1


def test_zero_has_no_place_in_a_lognormal_range(ranged, qtbot):
    row = ranged.row(VOLUME)
    row.editor.setFocus()
    qtbot.keyClicks(row.editor, "0")
    qtbot.keyClick(row.editor, Key.Key_Return)
    assert "lognormal" in row.message
    assert "above 0" in row.message
    assert row.editor.text() == "0"
    assert ranged.value(VOLUME) == 2e6


@pytest.mark.parametrize("path", sorted(p for p, s in specs_of(Scenario).items() if s.kind == "number"))
def test_reading_an_end_gives_what_a_scenario_takes(path):
    spec = spec_for(path)
    if path in NOT_DRAWN:
        return
    low, high = (end / 2 + spec.slider[1] / 2 for end in spec.slider)
    span = Range(low=low, mode=(low + high) / 2, high=high)
    for end in ("low", "high"):
        for text in ("1", "-1", "0.5", "30%", "2M", "1e12", "x", ""):
            found = read_end(text, end, spec, span)
            if isinstance(found, Refused):
                assert spec.title in found.message
                assert "allowed is" in found.message
            else:
                ends = {"low": span.low, "high": span.high} | {end: found}
                Scenario().with_({"ranges": {path: Range(mode=span.mode, **ends)}})


# ---------------------------------------------------------------- shape
def test_the_menu_changes_the_shape_and_removes(ranged, qtbot):
    row = ranged.row(PEAK)
    row.ranging.menu_button.setFocus()
    qtbot.keyClick(row.ranging.menu_button, Key.Key_Space)
    menu = row.ranging.menu
    assert [action.text().split(":")[0] for action in menu.actions()[:4]] == [
        "PERT",
        "Triangular",
        "Lognormal",
        "Uniform",
    ]
    assert menu.actions()[0].isChecked()
    for _ in range(2):
        qtbot.keyClick(menu, Key.Key_Down)
    qtbot.keyClick(menu, Key.Key_Return)
    assert ranged.span(PEAK) == Range(low=1.8, mode=3.0, high=6.0, shape="triangular")
    row.ranging.open_menu()
    ranged_menu = row.ranging.menu
    next(a for a in ranged_menu.actions() if a.text().startswith("Remove")).trigger()
    assert ranged.span(PEAK) is None
    assert ranged.steps == 2


def test_the_menu_opens_by_right_click_too_and_gives_the_default_ends(ranged, qtbot):
    row = ranged.row(PEAK)
    ranged.store.edit(f"ranges.{PEAK}", Range(low=2.9, mode=3.0, high=3.1))
    where = QPoint(20, 10)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(row, QContextMenuEvent(reason, where, row.mapToGlobal(where)))
    next(a for a in row.ranging.menu.actions() if a.text().startswith("Default")).trigger()
    assert ranged.span(PEAK) == Range(low=1.8, mode=3.0, high=6.0, shape="pert")


def test_a_range_from_zero_cannot_become_lognormal(ranged, qtbot):
    path = "refresh.drift_points_per_month"
    row = ranged.row(path)
    qtbot.keyClick(row.slider, Key.Key_R)
    assert ranged.span(path).low == 0
    row.ranging.open_menu()
    lognormal = next(a for a in row.ranging.menu.actions() if a.text().startswith("Lognormal"))
    assert not lognormal.isEnabled()
    row.ranging.menu.close()


# ---------------------------------------------------------------- marks
def test_changed_mark_reset_and_pill_know_ranges(ranged, qtbot):
    row = ranged.row(PEAK)  # its range is the preset's
    assert not row.shown.changed
    assert row._reset.isHidden()
    ranged.store.edit(f"ranges.{PEAK}", Range(low=2.0, mode=3.0, high=9.0))
    assert row.shown.changed
    assert not row._reset.isHidden()
    changed = int(ranged.panel.pill.text().split()[0])
    ranged.store.edit(PEAK, 4.0)
    assert ranged.panel.pill.text() == f"{changed} changed"  # one input, value and range
    qtbot.mouseClick(row._reset, LEFT)
    assert ranged.value(PEAK) == 3.0
    assert ranged.span(PEAK) == ranged.store.preset.ranges[PEAK]
    assert ranged.panel.pill.text() == f"{changed - 1} changed"


def test_a_section_says_how_many_ranges_it_holds(ranged):
    head = next(part.head for part in ranged.panel.parts if part.section.key == "workload")
    assert ", 2 as ranges" in head.accessibleName()
    ranged.store.edit(f"ranges.{PEAK}", None)
    assert ", 1 as ranges" in head.accessibleName()
    data = next(part.head for part in ranged.panel.parts if part.section.key == "data")
    before = data.grab().toImage()
    ranged.store.edit(f"ranges.{LABEL}", Range(low=0.5, mode=1, high=2))
    assert ", 1 as ranges" in data.accessibleName()
    assert data.grab().toImage() != before


def test_searching_for_ranges_shows_them(ranged, qtbot):
    qtbot.keyClicks(ranged.panel.search, "ranges")
    shown = {path for path, row in ranged.panel.rows.items() if row.isVisible()}
    assert {VOLUME, PEAK, RENT} <= shown
    assert TOKENS not in shown


def test_a_long_title_beside_both_tools_gets_the_room_of_the_arrow_until_hover(ranged, qtbot):
    path = "quality.prompt_points"
    row = ranged.row(path)
    qtbot.keyClick(row.slider, Key.Key_R)
    ranged.panel.search.setFocus()
    qtbot.waitUntil(lambda: row._reset.width() == 0)
    assert not row.title_is_cut()
    QApplication.sendEvent(row, QEvent(QEvent.Type.Enter))
    qtbot.waitUntil(lambda: row._reset.width() > 0)
    qtbot.mouseClick(row._reset, LEFT)
    assert ranged.span(path) is None


# ---------------------------------------------------------------- what the catalogue and the laws say
def test_a_range_that_no_longer_stands_around_what_is_used_says_so_and_moves_on_request(ranged, qtbot):
    row = ranged.row(RENT)
    assert row.message == ""
    ranged.store.edit("serving.hardware", "nvidia-a100-sxm-80gb")
    assert row.message.startswith("The catalogue says $2.70, the range stands around $4.50.")
    qtbot.mouseClick(row.findChild(Refusal).buttons[0], LEFT)
    assert ranged.span(RENT).mode == pytest.approx(2.7)
    assert row.message == ""
    assert ranged.value(RENT) is None


def test_measured_inputs_show_the_interval_of_the_laws_until_the_user_has_one(rig, qtbot):
    path = "measured.serving_speed_factor"
    row = rig.row(path)
    law = physics_ranges(rig.results)[path]
    low, high = interval_of(law)
    assert row.ranging.line.words == f"by measurements, 90% between {low:.2f} and {high:.2f}"
    assert row.height() == px(RANGE_ROW)
    assert row.slider.range_shown is None
    assert low < law.low < law.high < high
    other = rig.row("measured.training_memory_factor")
    assert not other.ranging.line.isVisible()
    qtbot.keyClick(row.slider, Key.Key_R)
    assert rig.span(path).low == pytest.approx(law.low, rel=0.005)
    assert row.ranging.line.words == ""
    assert row.ranging.line.ends["low"].isVisible()


def test_a_file_whose_range_stands_elsewhere_says_so_and_the_handle_can_be_taken(rig):
    span = Range(low=1e6, mode=2e6, high=5e6, shape="lognormal")
    rig.store.edit_many({VOLUME: 5e7, f"ranges.{VOLUME}": span}, "as a file may have it")
    row = rig.row(VOLUME)
    assert row.message.startswith("The plan uses 50M, the range stands around 2.0M.")
    press_move_release(row.slider, row.slider.fraction, row.scale.fraction(3e6))
    assert rig.value(VOLUME) == rig.span(VOLUME).mode == pytest.approx(3e6, rel=0.03)
    assert row.message == ""


def test_the_information_tells_the_range_what_it_was_and_what_is_usual(ranged, qtbot):
    row = ranged.row(PEAK)
    ranged.store.edit(f"ranges.{PEAK}", Range(low=2.0, mode=3.0, high=9.0))
    row.info_asked.emit(row)
    words = " ".join(
        each.text() for each in ranged.panel._info.findChildren(QWidget) if hasattr(each, "text")
    )
    assert "low 2, likely 3, high 9 (PERT)" in words
    assert "low 1.80, likely 3, high 6 (PERT)" in words
    assert "1.80 to 6" in words
    assert row.ranging.tool.accessibleDescription() == "low 2, likely 3, high 9 (PERT)"


# ---------------------------------------------------------------- density
def test_a_lognormal_range_is_symmetric_on_a_log_slider_and_reaches_beyond_its_bars():
    scale = scale_of(spec_for(VOLUME))
    curve = density(Range(low=1e6, mode=2e6, high=4e6, shape="lognormal"), scale)
    at, heights = np.array(curve).T
    np.testing.assert_allclose(heights, heights[::-1], atol=1e-9)
    assert at[heights.argmax()] == pytest.approx(scale.fraction(2e6), abs=1e-9)
    assert at[0] < scale.fraction(1e6)
    assert at[-1] > scale.fraction(4e6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("path", [VOLUME, PEAK])
def test_the_density_is_that_of_the_place_of_the_handle(shape, path):
    """Areas under the curve are the shares of draws between places of the track."""
    from planner.engine.sampling import quantiles

    scale = scale_of(spec_for(path))
    span = Range(low=2.6, mode=4.0, high=5.0, shape=shape)
    if path == VOLUME:
        span = Range(low=1e6, mode=2e6, high=6e6, shape=shape)
    at, heights = np.array(density(span, scale)).T
    places = np.array([scale.fraction(x) for x in quantiles(span, (np.arange(20_000) + 0.5) / 20_000)])
    counted = np.histogram(places, at)[0] / len(places)
    drawn = (heights[1:] + heights[:-1]) / 2 * np.diff(at)
    np.testing.assert_allclose(drawn / drawn.sum(), counted / counted.sum(), atol=0.004)


def test_densities_of_odd_ranges_can_be_painted(rig):
    row = rig.row(VOLUME)
    for low, mode, high in ((0, 0, 0), (0, 1, 1e11), (1e10, 2e10, 1e11), (1, 2, 3), (2e6, 2e6, 2.0001e6)):
        for shape in SHAPES:
            if shape == "lognormal" and low <= 0:
                continue
            span = Range(low=low, mode=mode, high=high, shape=shape)
            assert rig.store.edit(VOLUME, mode, span=span)
            row.grab()
    assert density(Range(low=1, mode=2, high=3), Scale(1e3, 1e9, log=True)) == ()


# ---------------------------------------------------------------- zoom, themes, files
@pytest.mark.parametrize("zoom", [100, 150, 200])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_at_any_zoom_nothing_of_the_line_overlaps(qapp, qtbot, zoom, mode):
    themes = ThemeManager(qapp)
    themes.set_mode(mode)
    themes.set_zoom(zoom)
    try:
        wide = Range(low=1234567, mode=2345678, high=3456789)
        rig = Rig(qtbot, {VOLUME: wide, RENT: Range(low=2.4, mode=4.5, high=12.29)})
        for path in (VOLUME, RENT):
            row = rig.row(path)
            boxes = [button.geometry() for button in row.ranging.line.ends.values()]
            assert boxes[0].right() < boxes[1].left()
            assert boxes[1].right() < boxes[2].left()
            assert boxes[2].right() <= row.ranging.line.width()
            assert row.ranging.line.geometry().bottom() <= row.height()
            assert row.slider.geometry().bottom() < row.ranging.line.geometry().top() + px(3)
        rig.window.grab()
    finally:
        themes.set_zoom(100)
        themes.set_mode("light")


def test_ranges_come_back_from_a_file(ranged, qtbot, tmp_path):
    row = ranged.row(PEAK)
    type_end(qtbot, row, "high", "8")
    ranged.store.save(tmp_path / "a.plan.json")
    again = PlanStore()
    again.open(tmp_path / "a.plan.json")
    assert again.scenario.ranges == ranged.store.scenario.ranges
    assert again.scenario.ranges[PEAK].high == 8


# ---------------------------------------------------------------- all at once, in the window
def test_the_catalogue_ranges_and_none_at_all_by_menu(window):
    window.store.edit_many({"ranges": {}}, "No ranges")
    assert not window.actions_by_id["no_ranges"].isEnabled()
    steps = window.store.undo_stack.count()
    window.actions_by_id["catalogue_ranges"].trigger()
    found = window.store.scenario.ranges
    assert len(found) >= 20
    assert window.store.undo_stack.count() == steps + 1
    assert window.store.undo_stack.undoText() == "Use the catalogue's ranges"
    window.actions_by_id["catalogue_ranges"].trigger()
    assert window.store.undo_stack.count() == steps + 1
    assert "already" in window.bus.current[-1].text
    window.actions_by_id["no_ranges"].trigger()
    assert window.store.scenario.ranges == {}
    window.store.undo_stack.undo()
    assert window.store.scenario.ranges == found


def test_in_the_window_a_drag_beyond_the_bar_and_a_refused_range(window):
    row = window.inputs.rows[VOLUME]
    before = window.store.scenario.ranges[VOLUME]
    press_move_release(row.slider, row.slider.fraction, row.scale.fraction(2e7))
    assert window.store.scenario.ranges[VOLUME].low == pytest.approx(before.low * 10, rel=0.01)
    window.reset_all()
    assert window.store.scenario.ranges[VOLUME] == before
    assert not window.store.edit(f"ranges.{VOLUME}", {"low": 3e6, "mode": 2e6, "high": 5e6})
    assert "low is 3e+06" in row.message
