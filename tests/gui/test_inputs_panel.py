"""The inputs panel on a real store: what people type, drag and press, and what the rows answer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from planner.app.store import PlanStore
from planner.catalog.load import load_catalog
from planner.engine.run import simulate
from planner.errors import PlannerError
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset
from planner.ui.fields.number import NumberRow, Refusal
from planner.ui.fields.picker import PickRow
from planner.ui.kit import Ink, advance
from planner.ui.panels.inputs import InputsPanel
from planner.ui.theme import ThemeManager

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
VOLUME = "workload.requests_per_month"


class Rig:
    """Store and panel, wired as the window wires them."""

    def __init__(self, qtbot):
        self.store = PlanStore(load_preset())
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.panel = InputsPanel(load_catalog(), ("workload",), self.window)
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panel)
        self.heard, self.gestures, self.opened, self.failures = [], [], [], 0
        panel, store = self.panel, self.store
        panel.edited.connect(lambda *said: self.heard.append(said))
        panel.edited.connect(lambda path, value, gesture: store.edit(path, value, gesture=gesture))
        panel.carried.connect(lambda path, value, _span, gesture: self.heard.append((path, value, gesture)))
        panel.carried.connect(lambda path, v, span, g: store.edit(path, v, gesture=g, span=span))
        panel.held.connect(self.gestures.append)
        panel.reset_asked.connect(store.reset)
        panel.sections_changed.connect(self.opened.append)
        store.changed.connect(lambda _plan: self.show())
        store.rejected.connect(lambda problem: panel.refuse(problem.path, problem.message))
        self.window.resize(340, 900)
        self.show()
        self.window.show()
        qtbot.waitExposed(self.window)

    def show(self):
        """Show the plan and what the engine used."""
        self.panel.show_scenario(self.store.scenario, self.store.preset, "Customer support")
        try:
            self.panel.show_results(simulate(self.store.scenario, load_catalog()))
        except PlannerError:
            self.failures += 1

    def row(self, path):
        """The row of an input, on screen."""
        self.panel.reveal(path)
        return self.panel.rows[path]

    def part(self, key):
        """A section."""
        return next(part for part in self.panel.parts if part.section.key == key)


@pytest.fixture
def rig(qapp, qtbot):
    ThemeManager(qapp).set_mode("light")
    return Rig(qtbot)


def typed(qtbot, row, text, key=None):
    """Type over the value, and press a key."""
    row.editor.setFocus()
    row.editor.selectAll()
    qtbot.keyClicks(row.editor, text)
    if key is not None:
        qtbot.keyClick(row.editor, key)


# ---------------------------------------------------------------- every field
def test_every_field_has_a_row_that_shows_its_value(rig):
    for part in rig.panel.parts:
        part.head.setChecked(True)
    fields = {path for path in specs_of(Scenario) if path != "name"}
    assert set(rig.panel.rows) == fields
    for path, row in rig.panel.rows.items():
        assert row.shown.value == rig.store.scenario.get(path)
        assert row.control.accessibleName() or path == "strategies"
        if isinstance(row, NumberRow):
            assert row.editor.text(), path
    rig.window.grab()


def test_rows_fit_the_panel(rig):
    for part in rig.panel.parts:
        part.head.setChecked(True)
    rig.window.grab()
    for path, row in rig.panel.rows.items():
        assert row.control.geometry().right() <= row.width(), path
        assert not row.title_is_cut(), path
        if isinstance(row, NumberRow):
            text, room = row.editor.text(), row.editor.width() - row.editor.textMargins().right() - 8
            assert advance(text, Ink(13, 500)) <= room, (path, text)


# ---------------------------------------------------------------- typing
def test_shorthand_is_echoed_then_taken(rig, qtbot):
    row = rig.row(VOLUME)
    height = row.height()
    typed(qtbot, row, "2,5 mio")
    assert row.message == "Read as 2.5M. Enter takes it, Esc keeps 2.0M."
    assert row.height() > height
    assert rig.heard == []
    qtbot.keyClick(row.editor, Key.Key_Return)
    assert rig.store.scenario.workload.requests_per_month == 2.5e6
    assert rig.heard == [(VOLUME, 2.5e6, None)]
    assert row.editor.text() == "2.5M"
    assert (row.message, row.height()) == ("", height)
    assert rig.store.undo_stack.undoText() == "Change Requests per month"


def test_escape_keeps_the_value(rig, qtbot):
    row = rig.row(VOLUME)
    typed(qtbot, row, "2,5 mio", Key.Key_Escape)
    assert row.editor.text() == "2.0M"
    assert row.message == ""
    assert rig.heard == []


def test_leaving_the_field_takes_what_was_typed(rig, qtbot):
    row = rig.row(VOLUME)
    typed(qtbot, row, "3M")
    rig.panel.search.setFocus()
    assert rig.store.scenario.workload.requests_per_month == 3e6


def test_a_text_without_meaning_stays_with_its_remedy(rig, qtbot):
    row = rig.row("site.pue")
    typed(qtbot, row, "0.9", Key.Key_Return)
    assert rig.heard == []
    assert row.editor.text() == "0.9"
    assert "At least 1" in row.message
    refusal = row.findChild(Refusal)
    words = [button.text() for button in refusal.buttons]
    assert words[0].startswith("Use ")
    qtbot.mouseClick(refusal.buttons[1], LEFT)
    assert rig.store.scenario.site.pue == 1.0
    assert row.message == ""
    assert row.editor.text() == "1"


def test_refused_text_goes_when_the_value_becomes_another(rig, qtbot):
    row = rig.row(VOLUME)
    typed(qtbot, row, "many", Key.Key_Return)
    assert row.message.startswith("Not read")
    rig.store.edit(VOLUME, 5e6)
    assert row.message == ""
    assert row.editor.text() == "5.0M"


def test_typing_after_a_refusal_clears_every_red_mark(rig, qtbot):
    row = rig.row(VOLUME)
    typed(qtbot, row, "many", Key.Key_Return)
    assert row.editor._bad
    assert row.slider._shown.bad
    qtbot.keyClicks(row.editor, "3")
    assert not row.editor._bad
    assert not row.slider._shown.bad
    assert row.message == ""


def test_what_the_store_refuses_is_said_in_its_words(rig):
    row = rig.row("base.params")
    rig.panel.refuse("base.params", "It is null, and so is base.params.")
    assert row.message.startswith("It is null, and so is base.params.")


def test_null_reads_auto_and_comes_back(rig, qtbot):
    row = rig.row("serving.usd_per_accelerator_h")
    assert row.editor.text().startswith("auto $")
    typed(qtbot, row, "2.95", Key.Key_Return)
    assert rig.store.scenario.serving.usd_per_accelerator_h == 2.95
    assert row.editor.text() == "$2.95"
    typed(qtbot, row, "auto", Key.Key_Return)
    assert rig.store.scenario.serving.usd_per_accelerator_h is None
    assert row.editor.text().startswith("auto $")
    row = rig.row("limits.max_total_usd")
    assert row.editor.text() == "no limit"
    typed(qtbot, row, "600k", Key.Key_Return)
    assert rig.store.scenario.limits.max_total_usd == 600e3


def test_a_number_of_months_may_be_optimal(rig, qtbot):
    row = rig.row("refresh.interval_months")
    typed(qtbot, row, "optimal", Key.Key_Return)
    assert rig.store.scenario.refresh.interval_months == "optimal"
    typed(qtbot, row, "4", Key.Key_Return)
    assert rig.store.scenario.refresh.interval_months == 4


# ---------------------------------------------------------------- slider
def test_a_drag_is_one_gesture_and_one_step(rig, mouse):
    row = rig.row(VOLUME)
    mouse(row.slider).drag(0.55, 0.6, 0.7, 0.75)
    values = [value for _, value, _ in rig.heard]
    assert len(values) >= 3
    assert values == sorted(values)
    assert len({gesture for _, _, gesture in rig.heard}) == 1
    assert rig.heard[0][2] is not None
    assert rig.gestures == [True, False]
    assert rig.store.undo_stack.count() == 1
    mouse(row.slider).drag(0.75, 0.5)
    assert rig.store.undo_stack.count() == 2
    assert rig.heard[-1][2] != rig.heard[0][2]


def test_slider_keys(rig, qtbot):
    row = rig.row(VOLUME)
    seen = []
    for key, modifier in (
        (Key.Key_Right, Qt.KeyboardModifier.NoModifier),
        (Key.Key_Right, SHIFT),
        (Key.Key_Right, CTRL),
        (Key.Key_PageUp, Qt.KeyboardModifier.NoModifier),
    ):
        before = rig.store.scenario.workload.requests_per_month
        qtbot.keyClick(row.slider, key, modifier)
        seen.append(rig.store.scenario.workload.requests_per_month / before)
    step, coarse, fine, page = seen
    assert 1 < fine < step < coarse < page
    assert page == pytest.approx(10, rel=0.05)
    qtbot.keyClick(row.slider, Key.Key_Home)
    assert rig.store.scenario.workload.requests_per_month == 2e6


def test_arrows_in_the_editor_step(rig, qtbot):
    row = rig.row(VOLUME)
    row.editor.setFocus()
    qtbot.keyClick(row.editor, Key.Key_Up)
    assert rig.store.scenario.workload.requests_per_month > 2e6
    qtbot.keyClick(row.editor, Key.Key_Down)
    assert rig.store.scenario.workload.requests_per_month == pytest.approx(2e6, rel=0.01)


def test_whole_numbers_move_by_at_least_one(rig, qtbot):
    row = rig.row("serving.min_replicas")
    before = rig.store.scenario.serving.min_replicas
    qtbot.keyClick(row.slider, Key.Key_Right, CTRL)
    assert rig.store.scenario.serving.min_replicas == before + 1


def test_the_wheel_never_changes_a_value(rig, qtbot):
    for path in (VOLUME, "serving.precision", "serving.hardware"):
        control = rig.row(path).control
        target = rig.panel.rows[path].slider if path == VOLUME else control
        middle = QPointF(target.rect().center())
        none = Qt.MouseButton.NoButton
        event = QWheelEvent(
            middle,
            target.mapToGlobal(middle),
            QPoint(),
            QPoint(0, -120),
            none,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(target, event)
    assert rig.heard == []


# ---------------------------------------------------------------- sections, search, reset, reveal
def test_sections_open_close_and_say_their_key_values(rig, qtbot):
    part = rig.part("training")
    assert not part.filled
    assert "LoRA" in part.head.accessibleDescription()
    qtbot.mouseClick(part.head, LEFT)
    assert part.body.isVisible()
    assert rig.opened[-1] == ("workload", "training")
    qtbot.keyClick(part.head, Key.Key_Left)
    assert not part.body.isVisible()
    rig.store.edit("finetune.method", "full")
    assert "LoRA" not in part.head.accessibleDescription()
    assert part.head.accessibleName().endswith("1 changed")


def test_search_shows_hits_of_closed_sections_and_they_work(rig, qtbot, mouse):
    qtbot.keyClicks(rig.panel.search, "pue")
    rows = [path for path, row in rig.panel.rows.items() if row.isVisible()]
    assert "site.pue" in rows
    assert VOLUME not in rows
    assert rig.part("workload").head.isHidden()
    assert rig.part("site").head.looks_open
    assert ", open" in rig.part("site").head.accessibleName()
    row = rig.panel.rows["site.pue"]
    mouse(row.slider).drag(0.1, 0.3, 0.5)
    value = rig.store.scenario.site.pue
    assert value is not None
    assert row.shown.value == value
    assert row.slider.fraction == pytest.approx(row.scale.fraction(value), abs=1e-6)
    typed(qtbot, row, "1.3", Key.Key_Return)
    assert row.editor.text() == "1.30"
    rig.panel.search.setFocus()
    qtbot.keyClick(rig.panel.search, Key.Key_Escape)
    assert rig.panel.rows[VOLUME].isVisible()
    assert not row.isVisible()
    assert not rig.part("site").head.looks_open
    assert rig.opened == []


def test_rows_hidden_by_a_search_are_up_to_date_after_it(rig, qtbot):
    qtbot.keyClicks(rig.panel.search, "pue")
    rig.store.edit(VOLUME, 5e6)
    qtbot.keyClick(rig.panel.search, Key.Key_Escape)
    assert rig.panel.rows[VOLUME].editor.text() == "5.0M"


def test_search_without_hits_says_so(rig, qtbot):
    qtbot.keyClicks(rig.panel.search, "zzz")
    assert rig.panel.none_found.isVisible()
    qtbot.keyClick(rig.panel.search, Key.Key_Escape)
    assert not rig.panel.none_found.isVisible()


def test_slash_goes_to_the_search(rig, qtbot):
    rig.window.activateWindow()
    qtbot.waitUntil(rig.window.isActiveWindow)
    rig.part("workload").head.setFocus()
    qtbot.keyClick(rig.part("workload").head, Key.Key_Slash)
    assert rig.panel.search.hasFocus()


def test_reset_of_one_and_the_pill_of_all(rig, qtbot):
    row = rig.row(VOLUME)
    assert not row._reset.isVisible()
    assert not rig.panel.pill.isVisible()
    rig.store.edit(VOLUME, 5e6)
    rig.store.edit("site.pue", 1.4)
    assert rig.panel.pill.text() == "2 changed"
    asked = []
    rig.panel.reset_all_asked.connect(lambda: asked.append(True))
    qtbot.mouseClick(rig.panel.pill, LEFT)
    assert asked == [True]
    qtbot.mouseClick(row._reset, LEFT)
    assert rig.store.scenario.workload.requests_per_month == 2e6
    assert not row._reset.isVisible()
    assert rig.panel.pill.text() == "1 changed"


def test_reveal_opens_scrolls_and_focuses(rig, qtbot):
    qtbot.keyClicks(rig.panel.search, "zzz")
    for path in ("report.currency_per_usd", "site.grid", "strategies", "limits.self_hosted_only"):
        rig.panel.reveal(path)
        row = rig.panel.rows[path]
        assert row.isVisible()
        assert rig.panel.search.text() == ""
        focus = rig.window.focusWidget()
        assert focus is row or row.isAncestorOf(focus)
        top = row.mapTo(rig.panel.area.viewport(), QPoint(0, 0)).y()
        assert 0 <= top < rig.panel.area.viewport().height()
    rig.panel.reveal("no.such.input")


def test_information_names_source_and_path(rig, qtbot):
    row = rig.row("serving.hardware")
    rig.panel.search.setFocus()
    assert not row.info_button.is_painted
    QApplication.sendEvent(row, QEvent(QEvent.Type.Enter))
    qtbot.waitUntil(lambda: row.info_button.width() > 0)
    qtbot.mouseClick(row.info_button, LEFT)
    info = rig.panel._info
    words = " ".join(label.text() for label in info.findChildren(QWidget) if hasattr(label, "text"))
    assert "serving.hardware" in words
    assert "Epoch AI" in words
    qtbot.keyClick(info, Key.Key_Escape)
    assert not info.isVisible()


# ---------------------------------------------------------------- words, flags, catalogue
def test_choices_flags_months_and_strategies(rig, qtbot):
    combo = rig.row("serving.precision").combo
    combo.setFocus()
    qtbot.keyClick(combo, Key.Key_Down)
    assert rig.store.scenario.serving.precision != "fp8"
    box = rig.row("limits.self_hosted_only").box
    qtbot.mouseClick(box, LEFT)
    assert rig.store.scenario.limits.self_hosted_only is True
    month = rig.row("start_month")
    typed(qtbot, month, "March 2028", Key.Key_Return)
    assert rig.store.scenario.start_month == "2028-03"
    typed(qtbot, month, "soon", Key.Key_Return)
    assert rig.store.scenario.start_month == "2028-03"
    assert month.findChild(Refusal).isVisible()
    boxes = rig.row("strategies").boxes
    for strategy in ("api", "prompt", "finetune", "both"):
        qtbot.mouseClick(boxes[strategy], LEFT)
    assert rig.store.scenario.strategies == ("distil",)
    assert not boxes["distil"].isEnabled()


def test_catalogue_rows_are_picked_by_words(rig, qtbot):
    row = rig.row("base.model")
    assert isinstance(row, PickRow)
    qtbot.mouseClick(row.button, LEFT)
    qtbot.keyClicks(row._list.search, "qwen2.5 32b")
    qtbot.keyClick(row._list.search, Key.Key_Return)
    assert rig.store.scenario.base.model == "qwen2.5-32b"
    assert row.button.text() == "Qwen2.5 32B"
    assert row.button.hasFocus()
    qtbot.keyClick(row.button, Key.Key_Down)
    qtbot.keyClick(row._list.search, Key.Key_Escape)
    assert rig.store.scenario.base.model == "qwen2.5-32b"
    qtbot.waitUntil(lambda: not row._list.isVisible())


def test_what_was_typed_word_for_word_comes_first_in_a_list(rig, qtbot):
    row = rig.row("student.model")
    qtbot.mouseClick(row.button, LEFT)
    qtbot.keyClicks(row._list.search, "3.2 3")  # the words are in "Llama 3.2 1B" too, which stands before it
    qtbot.keyClick(row._list.search, Key.Key_Return)
    assert row.button.text() == "Llama 3.2 3B"


def test_size_slider_catches_the_sizes_of_the_family(rig, mouse):
    row = rig.row("student.params")
    catalog = load_catalog()
    snap = catalog.find_model("llama-3.2-3b").total_params
    share = row.slider.x_of(row.scale.fraction(snap)) / row.slider.width()
    mouse(row.slider).drag(0.05, share + 0.004)
    assert rig.store.scenario.student.params == snap


def test_both_themes_and_zoom_paint(rig, qapp):
    manager = ThemeManager(qapp)
    for mode in ("dark", "light"):
        for zoom in (150, 100):
            manager.set_mode(mode)
            manager.set_zoom(zoom)
            picture = rig.window.grab().toImage()
            assert picture.pixelColor(30, 6).name().upper() == manager.current.surface
