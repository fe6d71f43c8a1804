"""Widgets of the kit: names, focus, keys, mouse, theme switch."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from planner.ui import kit
from planner.ui import theme as t

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


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


def banner() -> kit.Banner:
    return kit.Banner(
        "bad", kit.BannerText("Does not fit", "Others do", (("two", "Use 2"), ("fp8", "Use fp8")))
    )


def table() -> kit.Table:
    view = kit.Table("Totals")
    rows = [
        ["API", kit.Cell("$1.5M", 1.5e6, link="api")],
        ["Distil", kit.Cell("$412k", 4.12e5, link="distil")],
    ]
    view.set_data(["Strategy", "Total"], rows)
    return view


MAKERS = {
    "button": lambda: kit.Button("Export", icon="download"),
    "menu": lambda: kit.Button("Export", menu=QMenu()),
    "icon": lambda: kit.IconButton("undo-2", "Undo", "Ctrl+Z"),
    "quiet": lambda: kit.IconButton("copy", "Copy", "C", quiet=True),
    "link": lambda: kit.LinkButton("Open in Compare", icon="arrow-right"),
    "section": lambda: kit.SectionHead("Workload", "2.0M a month"),
    "check": lambda: kit.CheckBox("Dashes"),
    "switch": lambda: kit.CheckBox("High contrast", switch=True),
    "combo": lambda: kit.ComboBox("Base model", [("a", "Llama"), ("b", "Qwen")], "a"),
    "tabs": lambda: kit.TabBar("Views", [("o", "Overview"), ("c", "Costs")]),
    "slider": lambda: kit.Slider("Requests per month"),
    "editor": lambda: kit.Editor("Requests per month", "/mo"),
    "search": lambda: kit.SearchBox("Search assumptions", "Search"),
    "table": table,
}
SHOWN = {
    "segmented": lambda: kit.Segmented("Axis", [("v", "Volume"), ("m", "Month")]),
    "text": lambda: kit.Text("Words", "label"),
    "elided": lambda: kit.Text("Words " * 30, "label", elide=True),
    "pill": lambda: kit.Pill("Cheapest", "distil", icon="check"),
    "icon-still": lambda: kit.Icon("info"),
    "marker": lambda: kit.Marker("both"),
    "panel": lambda: kit.Panel("Results", "24 months"),
    "banner": banner,
    "rule": lambda: kit.HLine(),
    "vrule": lambda: kit.VLine(),
    "ground": lambda: kit.Ground("app", rule="right"),
    "empty": lambda: kit.Empty("info", "No input is a range yet", "Mark one.", "Use the ranges"),
    "scroll": lambda: kit.ScrollArea(kit.vbox(*[kit.Text(str(i)) for i in range(80)]), "Inputs"),
}


SHOWING: list[QWidget] = []
"""Keeps windows alive for the length of a test."""


def show(qtbot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    SHOWING.append(widget)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    return widget


@pytest.mark.parametrize("name", MAKERS)
def test_controls_have_a_name_and_take_focus_by_tab(name, qtbot):
    control = MAKERS[name]()
    holder = show(qtbot, kit.vbox(QLineEdit(), control, QLineEdit()))
    assert control.accessibleName()
    holder.findChildren(QLineEdit)[0].setFocus()
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
    assert QApplication.focusWidget() is control
    assert not holder.grab().isNull()


@pytest.mark.parametrize("name", [*MAKERS, *SHOWN])
def test_everything_paints_in_every_theme_zoom_and_size(name, qtbot, manager):
    widget = (MAKERS | SHOWN)[name]()
    if name == "quiet":
        widget.set_revealed(True)
    show(qtbot, widget)
    pictures = []
    for mode in ("light", "dark"):
        manager.set_mode(mode)
        pictures.append(widget.grab().toImage())
    if name != "scroll":
        assert pictures[0] != pictures[1]
    manager.set_high_contrast(True)
    before = widget.sizeHint()
    manager.set_zoom(200)
    QApplication.processEvents()
    after = widget.sizeHint()
    if name not in ("rule", "vrule", "ground", "scroll", "elided", "table"):
        assert after.width() > before.width()
    for size in ((1, 1), (3, 200), (400, 2)):
        widget.setMinimumSize(0, 0)
        widget.resize(*size)
        widget.grab()


def test_rows_of_a_table_follow_zoom(qtbot, manager):
    view = show(qtbot, MAKERS["table"]())
    for zoom in (200, 100):
        manager.set_zoom(zoom)
        assert view.rowHeight(0) == t.px(28)


@pytest.mark.parametrize("name", ["button", "icon", "check", "combo", "slider", "editor", "link", "search"])
def test_disabled_controls_paint(name, qtbot):
    widget = show(qtbot, MAKERS[name]())
    on = widget.grab().toImage()
    widget.setEnabled(False)
    assert widget.grab().toImage() != on


# ---- buttons


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Return, Key.Key_Enter])
def test_button_clicks_from_the_keyboard(key, qtbot):
    button = kit.Button("Apply", "primary")
    show(qtbot, kit.vbox(QLineEdit(), button))
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert button.ring_shown
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(button, key)


def test_ring_shows_for_the_keyboard_only(qtbot):
    button = show(qtbot, kit.Button("Apply"))
    QTest.mouseClick(button, LEFT)
    assert button.hasFocus()
    assert not button.ring_shown


def test_button_menu_opens(qtbot):
    menu = QMenu()
    menu.addAction("Workbook")
    button = show(qtbot, kit.Button("Export", menu=menu))
    QTest.mouseClick(button, LEFT)
    assert menu.isVisible()
    menu.close()


def test_icon_button_tells_its_shortcut_and_answers_it(qtbot):
    holder = show(qtbot, kit.vbox(QLineEdit()))
    button = kit.IconButton("copy", "Copy", "Ctrl+K", scope=holder)
    holder.layout().addWidget(button)
    assert button.accessibleName() == "Copy"
    assert "Ctrl+K" in button.toolTip()
    holder.findChild(QLineEdit).setFocus()
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(holder.findChild(QLineEdit), Key.Key_K, Qt.KeyboardModifier.ControlModifier)


def test_quiet_tools_show_on_hover_and_focus(qtbot):
    tool = kit.IconButton("copy", "Copy", "C", quiet=True)
    panel = kit.Panel("Results", tools=[tool])
    inside, outside = QLineEdit(), QLineEdit()
    panel.body.addWidget(inside)
    show(qtbot, kit.vbox(panel, outside))
    outside.setFocus()
    for kind, painted in ((QEvent.Type.Leave, False), (QEvent.Type.Enter, True), (QEvent.Type.Leave, False)):
        QApplication.sendEvent(panel, QEvent(kind))
        assert tool.is_painted is painted
        assert (tool.sizeHint().width() > 0) is painted
    inside.setFocus()
    assert tool.is_painted
    outside.setFocus()
    assert not tool.is_painted


def test_section_head_folds_by_keys_and_tells_its_state(qtbot):
    head = show(qtbot, kit.SectionHead("Training", "LoRA, 8 × H100"))
    seen = []
    head.toggled.connect(seen.append)
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Left, Key.Key_Return, Key.Key_Space):
        QTest.keyClick(head, key)
    assert seen == [True, False, True, False]
    assert "closed" in head.accessibleName()
    assert head.accessibleDescription() == "LoRA, 8 × H100"
    head.set_changed(2)
    assert "2 changed" in head.accessibleName()


def test_check_box_toggles(qtbot):
    box = show(qtbot, kit.CheckBox("Dashes", switch=True))
    QTest.keyClick(box, Key.Key_Space)
    assert box.isChecked()
    QTest.mouseClick(box, LEFT)
    assert not box.isChecked()


# ---- choices


def test_combo_tells_user_choices_only(qtbot):
    combo = show(qtbot, kit.ComboBox("Base model", [("a", "Llama"), ("b", "Qwen")], "a"))
    seen = []
    combo.chosen.connect(seen.append)
    combo.set_current("b")
    combo.set_options([("a", "Llama"), ("b", "Qwen"), ("c", "Mistral")], "a")
    assert seen == []
    QTest.keyClick(combo, Key.Key_Down)
    assert (seen, combo.current) == (["b"], "b")
    combo.set_enabled("c", False, "Does not fit")
    QTest.keyClick(combo, Key.Key_Down)
    assert combo.current == "b"
    combo.set_marker("a", "distil")
    combo.showPopup()
    combo.view().grab()
    combo.hidePopup()


def test_wheel_changes_nothing(qtbot):
    slider = show(qtbot, kit.Slider("Volume"))
    combo = show(qtbot, kit.ComboBox("Base", [("a", "A"), ("b", "B")], "a"))
    for widget in (slider, combo):
        event = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, -240), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)
        assert not event.isAccepted()
    assert (slider.fraction, combo.current) == (0.0, "a")


def test_segmented_moves_by_arrows_and_is_one_tab_stop(qtbot):
    seg = kit.Segmented("Axis", [("v", "Volume"), ("m", "Month"), ("r", "Rent")], "v")
    before, after = QLineEdit(), QLineEdit()
    show(qtbot, kit.vbox(before, seg, after))
    seen = []
    seg.chosen.connect(seen.append)
    before.setFocus()
    QTest.keyClick(before, Key.Key_Tab)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Left)
    assert (seen, seg.current) == (["m", "r", "m"], "m")
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
    assert QApplication.focusWidget() is after
    QTest.mouseClick(seg.buttons()[2], LEFT)
    assert seg.current == "r"
    seg.set_current("v")
    assert (seg.current, seen) == ("v", ["m", "r", "m", "r"])


def test_tab_bar_keys_mouse_and_gaps(qtbot):
    tabs = kit.TabBar("Views", [("o", "Overview"), ("c", "Costs"), ("t", "Training")])
    tabs.resize(600, 36)
    show(qtbot, tabs)
    tabs.setFocus()
    QTest.keyClick(tabs, Key.Key_Right)
    assert tabs.current == "c"
    QTest.mouseClick(tabs, LEFT, pos=tabs.tabRect(2).center())
    assert tabs.current == "t"
    tabs.set_current("o")
    assert tabs.current == "o"
    assert tabs.tabRect(1).left() == tabs.tabRect(0).right() + 1
    tabs.resize(200, 36)
    tabs.grab()


# ---- slider


def drag(slider: kit.Slider, start: float, end: float) -> None:
    y = slider.height() // 2
    a, b = (QPoint(round(slider.x_of(f)), y) for f in (start, end))
    QTest.mousePress(slider, LEFT, pos=a)
    QTest.mouseMove(slider, (a + b) / 2)
    QTest.mouseMove(slider, b)
    QTest.mouseRelease(slider, LEFT, pos=b)


def spy(slider: kit.Slider) -> list[object]:
    seen: list[object] = []
    slider.pressed.connect(lambda: seen.append("pressed"))
    slider.released.connect(lambda: seen.append("released"))
    slider.moved.connect(lambda f: seen.append(round(f, 3)))
    slider.lowMoved.connect(lambda f: seen.append(("low", round(f, 2))))
    slider.highMoved.connect(lambda f: seen.append(("high", round(f, 2))))
    return seen


def make_slider(qtbot) -> kit.Slider:
    slider = kit.Slider("Volume")
    slider.resize(320, 18)
    return show(qtbot, slider)


def test_slider_set_is_silent_and_clamped(qtbot):
    slider = make_slider(qtbot)
    seen = spy(slider)
    for given, kept in ((0.3, 0.3), (2.0, 1.0), (-1.0, 0.0), (float("nan"), 0.0)):
        slider.set_fraction(given)
        assert slider.fraction == kept
    assert seen == []


def test_slider_drag_is_one_gesture(qtbot):
    slider = make_slider(qtbot)
    slider.set_fraction(0.25)
    seen = spy(slider)
    drag(slider, 0.25, 0.75)
    assert (seen[0], seen[-1]) == ("pressed", "released")
    assert seen.count("pressed") == 1
    assert slider.fraction == pytest.approx(0.75, abs=0.01)


def test_slider_click_on_the_track_jumps(qtbot):
    slider = make_slider(qtbot)
    seen = spy(slider)
    QTest.mouseClick(slider, LEFT, pos=QPoint(round(slider.x_of(0.6)), 9))
    assert slider.fraction == pytest.approx(0.6, abs=0.01)
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("key", "modifier", "step"),
    [
        (Key.Key_Right, Qt.KeyboardModifier.NoModifier, 0.01),
        (Key.Key_Left, Qt.KeyboardModifier.NoModifier, -0.01),
        (Key.Key_Up, Qt.KeyboardModifier.ShiftModifier, 0.05),
        (Key.Key_Down, Qt.KeyboardModifier.ControlModifier, -0.001),
        (Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, 0.1),
        (Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, -0.1),
    ],
)
def test_slider_keys(key, modifier, step, qtbot):
    slider = make_slider(qtbot)
    slider.set_fraction(0.5)
    seen = spy(slider)
    slider.setFocus()
    QTest.keyClick(slider, key, modifier)
    assert slider.fraction == pytest.approx(0.5 + step)
    assert seen == ["pressed", round(0.5 + step, 3), "released"]


def test_slider_home_asks_for_the_preset_and_steps_are_the_owners(qtbot):
    slider = make_slider(qtbot)
    with qtbot.waitSignal(slider.presetAsked):
        QTest.keyClick(slider, Key.Key_Home)
    slider.stepper = lambda at, kind, sign: at + sign * 0.25
    QTest.keyClick(slider, Key.Key_Right)
    assert slider.fraction == 0.25
    slider.step("coarse", 1)
    assert slider.fraction == 0.5


def test_slider_paints_unset_bad_and_range_differently(qtbot):
    slider = make_slider(qtbot)
    slider.set_fraction(0.5)
    pictures = [slider.grab().toImage()]
    for change in (
        lambda: slider.set_unset(True),
        lambda: slider.set_bad(True),
        lambda: slider.set_range(0.2, 0.7),
    ):
        change()
        pictures.append(slider.grab().toImage())
    assert all(a != b for i, a in enumerate(pictures) for b in pictures[i + 1 :])


def test_slider_native_value_moves_too(qtbot):
    slider = make_slider(qtbot)
    seen = spy(slider)
    slider.setValue(5000)
    assert seen == [0.5]


def test_range_bars_drag_but_never_cross(qtbot):
    slider = make_slider(qtbot)
    slider.set_fraction(0.5)
    slider.set_range(0.3, 0.7)
    seen = spy(slider)
    drag(slider, 0.3, 0.95)
    assert slider.range_shown == pytest.approx((0.5, 0.7))
    drag(slider, 0.7, 0.1)
    assert slider.range_shown == pytest.approx((0.5, 0.5))
    assert ("low", 0.5) in seen
    assert ("high", 0.5) in seen
    slider.set_range(0.2, 0.8)
    drag(slider, 0.5, 1.0)
    assert slider.fraction == pytest.approx(0.8)


def test_range_bars_by_keyboard(qtbot):
    slider = make_slider(qtbot)
    slider.set_fraction(0.5)
    slider.set_range(0.3, 0.7)
    seen = spy(slider)
    QTest.keyClick(slider, Key.Key_Space)
    QTest.keyClick(slider, Key.Key_Left)
    QTest.keyClick(slider, Key.Key_Space)
    QTest.keyClick(slider, Key.Key_Right)
    assert ("low", 0.29) in seen
    assert ("high", 0.71) in seen
    assert "high" in slider.accessibleDescription()
    slider.grab()
    slider.set_range(None, None)
    assert slider.active_handle == "likely"


# ---- editor


def make_editor(qtbot) -> tuple[kit.Editor, QLineEdit]:
    editor, other = kit.Editor("Volume", "/mo"), QLineEdit()
    editor.set_value("2.0M")
    show(qtbot, kit.vbox(editor, other))
    editor.setFocus()
    return editor, other


def test_editor_commits_on_return(qtbot):
    editor, _ = make_editor(qtbot)
    with qtbot.waitSignal(editor.committed) as got:
        QTest.keyClicks(editor, "3M")
        QTest.keyClick(editor, Key.Key_Return)
    assert got.args == ["3M"]


def test_editor_commits_when_left_only_if_edited(qtbot):
    editor, other = make_editor(qtbot)
    seen = []
    editor.committed.connect(seen.append)
    other.setFocus()
    assert seen == []
    editor.setFocus()
    QTest.keyClicks(editor, "4M")
    other.setFocus()
    assert seen == ["4M"]


def test_editor_escape_goes_back(qtbot):
    editor, _ = make_editor(qtbot)
    QTest.keyClicks(editor, "rubbish")
    with qtbot.waitSignal(editor.cancelled):
        QTest.keyClick(editor, Key.Key_Escape)
    assert (editor.text(), editor.is_editing) == ("2.0M", False)


def test_editor_keeps_typing_while_the_plan_changes(qtbot):
    editor, _ = make_editor(qtbot)
    QTest.keyClicks(editor, "5")
    editor.set_value("9M", "/wk")
    assert (editor.text(), editor.value) == ("5", "9M")
    QTest.keyClick(editor, Key.Key_Escape)
    assert editor.text() == "9M"


def test_editor_steps(qtbot):
    editor, _ = make_editor(qtbot)
    seen = []
    editor.stepped.connect(lambda kind, sign: seen.append((kind, sign)))
    QTest.keyClick(editor, Key.Key_Up)
    QTest.keyClick(editor, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(editor, Key.Key_PageUp)
    assert seen == [("step", 1), ("coarse", -1), ("page", 1)]


def test_editor_states_differ(qtbot):
    editor, other = make_editor(qtbot)
    other.setFocus()
    pictures = [editor.grab().toImage()]
    editor.set_bad(True)
    pictures.append(editor.grab().toImage())
    editor.set_bad(False)
    editor.set_changed(True)
    pictures.append(editor.grab().toImage())
    editor.setFocus()
    pictures.append(editor.grab().toImage())
    assert all(a != b for i, a in enumerate(pictures) for b in pictures[i + 1 :])


def test_editor_text_does_not_jump_when_focused(qtbot):
    editor, other = make_editor(qtbot)
    ink = QColor(t.LIGHT.ink)

    def right_edge() -> int:
        image = editor.grab().toImage()
        spots = [
            x
            for x in range(8, image.width() - 30)
            for y in range(6, image.height() - 6)
            if abs(image.pixelColor(x, y).lightness() - ink.lightness()) < 60
        ]
        return max(spots)

    other.setFocus()
    still = right_edge()
    editor.setFocus()
    editor.deselect()
    editor.setCursorPosition(0)
    assert abs(right_edge() - still) <= 1


def test_search_box_escape_and_key(qtbot):
    holder = kit.vbox(QLineEdit(), None)
    holder.resize(300, 100)
    show(qtbot, holder)
    box = kit.SearchBox("Search", "Search 84 assumptions", scope=holder)
    holder.layout().addWidget(box)
    box.show()
    holder.setFocus()
    QTest.keyClick(holder, Key.Key_Slash)
    assert box.hasFocus()
    QTest.keyClicks(box, "rent")
    QTest.keyClick(box, Key.Key_Escape)
    assert box.text() == ""
    with qtbot.waitSignal(box.left):
        QTest.keyClick(box, Key.Key_Escape)


# ---- surfaces


def test_text_keeps_its_role_through_a_switch(qtbot, manager):
    label = kit.Text("12 t", "muted", tone="bad")
    show(qtbot, label)
    manager.set_mode("dark")
    assert label.palette().windowText().color() == QColor(t.DARK.bad)
    label.set_tone("")
    assert label.palette().windowText().color() == QColor(t.DARK.muted)
    label.set_role("total")
    assert label.font().pixelSize() == 26


def test_elided_text_keeps_the_whole_as_tooltip(qtbot):
    label = kit.Text("a long sentence that cannot fit", "body", elide=True)
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert label.toolTip() == label.text()
    label.resize(600, 20)
    assert label.toolTip() == ""


def test_banner_offers_remedies_and_keeps_their_buttons(qtbot):
    view = show(qtbot, banner())
    first = view.buttons()[0]
    with qtbot.waitSignal(view.acted) as got:
        QTest.mouseClick(first, LEFT)
    assert got.args == ["two"]
    view.show_text(kit.BannerText("Still", "", (("two", "Use 2"), ("fp8", "Use fp8"))), "warn")
    assert view.buttons()[0] is first
    assert view.accessibleName() == "Still"
    view.show_text(kit.BannerText("Other", "", (("x", "Do x"),)))
    assert [b.shown_text for b in view.buttons()] == ["Do x"]


def popover_in_window(qtbot) -> tuple[kit.Popover, kit.Button, kit.IconButton]:
    anchor = kit.Button("What is this")
    window = kit.vbox(anchor, QLineEdit(), None)
    window.resize(600, 400)
    show(qtbot, window)
    pop = kit.Popover(window, "Explanation")
    pin = kit.IconButton("pin", "Pin", "P")
    pop.body.addWidget(pin)
    anchor.setFocus()
    pop.open_at(anchor)
    return pop, anchor, pin


def test_popover_takes_and_returns_focus(qtbot):
    pop, anchor, pin = popover_in_window(qtbot)
    assert QApplication.focusWidget() is pin
    pop.grab()
    with qtbot.waitSignal(pop.closed):
        QTest.keyClick(pin, Key.Key_Escape)
    assert QApplication.focusWidget() is anchor


def test_popover_closes_on_a_press_outside_unless_pinned(qtbot):
    pop, anchor, _ = popover_in_window(qtbot)
    pop.set_pinned(True)
    QTest.mouseClick(anchor.window(), LEFT, pos=QPoint(590, 390))
    assert pop.isVisible()
    pop.set_pinned(False)
    QTest.mouseClick(anchor.window(), LEFT, pos=QPoint(590, 390))
    assert not pop.isVisible()


def test_popover_closes_when_focus_leaves(qtbot):
    pop, anchor, _ = popover_in_window(qtbot)
    anchor.window().findChild(QLineEdit).setFocus()
    assert not pop.isVisible()


def test_shadow_has_no_seams(qtbot):
    pop, _, _ = popover_in_window(qtbot)
    image = pop.grab().toImage()
    below = pop.height() - 16
    alphas = [image.pixelColor(x, below).lightness() for x in range(80, image.width() - 80)]
    assert max(alphas) - min(alphas) <= 1


# ---- table


def test_table_sorts_by_value_copies_and_opens(qtbot):
    view = table()
    view.resize(300, 160)
    show(qtbot, view)
    view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert view.as_text() == "Strategy\tTotal\nDistil\t$412k\nAPI\t$1.5M"
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 1))
    QTest.keyClick(view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Strategy\tTotal [USD]\nDistil\t412000"
    with qtbot.waitSignal(view.linkOpened) as got:
        QTest.keyClick(view, Key.Key_Return)
    assert got.args == ["distil"]
    view.grab()


def test_table_keeps_order_on_new_rows_and_takes_odd_ones(qtbot):
    view = show(qtbot, table())
    view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    view.set_data(["Strategy", "Total"], [["A", kit.Cell("1", 1.0)], ["B", kit.Cell("2", 2.0)], ["C"]])
    assert view.as_text().splitlines()[1] == "B\t2"
    view.set_data([], [])
    view.grab()
    view.set_data(["x"], [[kit.Cell("nan", float("nan"))], ["too", "many", "cells"]])
    view.grab()


# ---- states and menus


def test_menus_follow_the_theme(qtbot, manager):
    bar = kit.MenuBar()
    menu = bar.menu("&File")
    menu.addAction("Open").setCheckable(True)
    menu.submenu("Recent").addAction("x")
    show(qtbot, bar)
    light = bar.grab().toImage()
    manager.set_mode("dark")
    assert t.DARK.raised in menu.styleSheet()
    assert bar.grab().toImage() != light
    menu.grab()


def test_menu_opens_from_the_bar_by_keyboard(qtbot):
    bar = kit.MenuBar()
    menu = bar.menu("&File")
    menu.addAction("Open")
    show(qtbot, kit.vbox(bar, QLineEdit()))
    QTest.keyClick(bar, Key.Key_F, Qt.KeyboardModifier.AltModifier)
    bar.setActiveAction(menu.menuAction())
    bar.grab()
    assert bar.activeAction() is menu.menuAction()
    menu.close()


def test_progress_hides_when_done(qtbot):
    line = kit.ProgressLine("Draws counted")
    show(qtbot, kit.vbox(QLineEdit(), line))
    for share, visible in ((0.4, True), (1.0, False), (None, False), (float("nan"), True)):
        line.set_share(share)
        assert line.isVisible() is visible
        line.grab()


def test_empty_offers_its_remedy(qtbot):
    empty = show(qtbot, kit.Empty("unfold-horizontal", "No input is a range yet", "Mark one.", "Use ranges"))
    with qtbot.waitSignal(empty.acted):
        QTest.mouseClick(empty.button, LEFT)
    empty.show_text("Nothing here")
    assert empty.accessibleName() == "Nothing here"
    assert not empty.button.isVisible()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_what_is_on_has_a_tick_in_a_menu_and_its_words_keep_their_place(qapp, qtbot, mode):
    manager = t.ThemeManager(qapp)
    manager.set_mode(mode)
    menu = kit.Menu("View")
    qtbot.addWidget(menu)
    actions = [menu.addAction("Inputs panel") for _ in range(2)]
    for action in actions:
        action.setCheckable(True)
    actions[1].setChecked(True)
    menu.popup(QPoint(0, 0))
    picture = menu.grab().toImage()

    def inked(action, left: int, right: int) -> list[tuple[int, int]]:
        box = menu.actionGeometry(action)
        ground = picture.pixelColor(box.right() - 3, box.center().y())
        return [
            (x, y - box.top())
            for x in range(left, right)
            for y in range(box.top() + 4, box.bottom() - 4)
            if abs(picture.pixelColor(x, y).lightness() - ground.lightness()) > 60
        ]

    gutter = t.px(22)
    assert not inked(actions[0], 4, gutter)
    marked = inked(actions[1], 4, gutter)
    assert 0 < len(marked) < 60, "a tick, not a filled square"
    words = [inked(action, gutter, menu.width() - 8) for action in actions]
    assert words[0] == words[1] != []
    manager.set_mode("light")
