"""Equations in the dialog of line items: each number opens its own, by key and by mouse, and the way back."""

from __future__ import annotations

import numpy as np
import pytest
from gallery_tabs import changed, make_view
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication

from planner.engine.equations.derivations import (
    derivation,
    derivation_text,
    equations_of,
    figure_quantity,
)
from planner.engine.equations.steps import amount
from planner.engine.results import FIGURES
from planner.scenario.presets import load_preset
from planner.ui.dialogs.ledger import LedgerDialog
from planner.ui.kit.formula import FormulaBox
from planner.ui.theme import ThemeManager, theme, token
from planner.units import format_quantity

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture(autouse=True)
def light(qapp):
    ThemeManager(qapp).set_mode("light")


@pytest.fixture
def dialog(qtbot):
    """The total of a student, shown."""
    made = LedgerDialog()
    qtbot.addWidget(made)
    made.show_items(make_view(load_preset()), "distil", "total_usd")
    made.show()
    qtbot.waitExposed(made)
    return made


def click(qtbot, table, row, column=0):
    index = table.model().index(row, column)
    table.scrollTo(index)
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(index).center())


def column(table, number):
    model = table.model()
    return [model.index(row, number).data() for row in range(model.rowCount())]


def row_of(table, title):
    return next(row for row, text in enumerate(column(table, 0)) if text.startswith(title))


# ---------------------------------------------------------------- what is shown
def test_a_figure_opens_with_its_equation_and_numbers(dialog):
    equation = dialog.equation
    usd = dialog._view.results.strategies["distil"].usd_by_month
    assert equation.box.isVisible()
    assert equation.box.words.text() == "Total = sum of months 0 to 24 of cost of a month"
    assert equation.box.numbers.text().startswith(amount(float(usd[0]), "usd"))
    assert equation.box.result.text() == f"= {amount(float(usd.sum()), 'usd')}"
    assert equation.box.result.text() in equation.box.accessibleDescription()
    assert column(equation.parts, 0) == ["Cost of a month, months 0 to 24"]
    assert column(equation.parts, 2) == ["calculated"]
    assert equation.crumbs.here.text() == "Total"
    assert not equation.crumbs.back.isVisible()
    assert not dialog.inputs.isVisible()


def test_numbers_open_their_equation_by_key_and_the_way_leads_back(dialog, qtbot):
    equation = dialog.equation
    equation.parts.setFocus()
    equation.parts.setCurrentIndex(equation.parts.model().index(0, 0))
    qtbot.keyClick(equation.parts, Key.Key_Return)
    assert equation.crumbs.here.text() == "Cost of a month"
    row = row_of(equation.parts, "Running the service")
    equation.parts.setCurrentIndex(equation.parts.model().index(row, 0))
    qtbot.keyClick(equation.parts, Key.Key_Return)
    assert equation.crumbs.here.text() == "Running the service, cost"
    assert [link.shown_text for link in equation.crumbs.links] == ["Total", "Cost of a month"]
    assert equation.step.month == 1
    qtbot.keyClick(equation.parts, Key.Key_Backspace)
    assert equation.crumbs.here.text() == "Cost of a month"
    qtbot.keyClick(equation.parts, Key.Key_Left, ALT)
    assert equation.crumbs.here.text() == "Total"
    qtbot.keyClick(equation.parts, Key.Key_Backspace)
    assert equation.crumbs.here.text() == "Total"
    assert dialog.isVisible()


def test_words_of_the_way_and_the_arrow_lead_back_by_mouse(dialog, qtbot):
    equation = dialog.equation
    click(qtbot, equation.parts, 0)
    click(qtbot, equation.parts, row_of(equation.parts, "Busy accelerators"))
    click(qtbot, equation.parts, row_of(equation.parts, "Busy accelerators, accelerator-hours"))
    assert len(equation.trail) == 4
    assert [link.shown_text for link in equation.crumbs.links] == ["Total", "Busy accelerators, cost"]
    qtbot.mouseClick(equation.crumbs.back, LEFT)
    assert equation.crumbs.here.text() == "Busy accelerators, cost"
    qtbot.mouseClick(equation.crumbs.links[0], LEFT)
    assert equation.crumbs.here.text() == "Total"
    assert len(equation.trail) == 1


def test_a_line_item_opens_by_arrow_and_by_click(dialog, qtbot):
    dialog.items.setFocus()
    qtbot.keyClick(dialog.items, Key.Key_Down)
    row = dialog.found.rows[1]
    quantity = equations_of(dialog._view.results, "distil").ledger["distil", row.item, row.phase]["usd"]
    assert dialog.equation.trail[-1] == quantity.key
    assert dialog.equation.box.words.text().startswith(f"{quantity.title} = ")
    assert dialog.equation.crumbs.links[0].shown_text == "Total"
    click(qtbot, dialog.items, 0)
    first = dialog.found.rows[0]
    assert first.item in dialog.equation.trail[-1]
    qtbot.keyClick(dialog.items, Key.Key_Backspace)
    click(qtbot, dialog.items, 0)  # the row is selected already
    assert first.item in dialog.equation.trail[-1]


def test_a_month_puts_its_numbers_in(dialog, qtbot):
    usd = dialog._view.results.strategies["distil"].usd_by_month
    click(qtbot, dialog.months, 5)
    equation = dialog.equation
    assert equation.crumbs.here.text() == "Cost of a month"
    assert equation.step.month == 5
    assert equation.step.number == pytest.approx(usd[5])
    assert equation.box.result.text() == f"= {amount(float(usd[5]), 'usd')} in month 5"
    assert {i.row() for i in dialog.months.selectionModel().selectedRows()} == {5}
    dialog.months.setFocus()
    dialog.months.setCurrentIndex(dialog.months.model().index(9, 0))
    qtbot.keyClick(dialog.months, Key.Key_Return)
    assert equation.step.month == 9
    click(qtbot, equation.parts, row_of(equation.parts, "Running the service"))
    assert equation.step.month == 9
    assert column(dialog.months, 1)[0] == format_quantity(2880.0, "usd")


def test_inputs_reveal_their_row(dialog, qtbot):
    asked = []
    dialog.input_requested.connect(asked.append)
    equation = dialog.equation
    click(qtbot, dialog.items, next(i for i, r in enumerate(dialog.found.rows) if r.item == "running_labour"))
    row = row_of(equation.parts, "Engineer")
    click(qtbot, equation.parts, row)
    equation.parts.setFocus()
    equation.parts.setCurrentIndex(equation.parts.model().index(row, 0))
    qtbot.keyClick(equation.parts, Key.Key_Return)
    assert asked == ["labour.usd_per_hour"] * 2
    assert column(equation.parts, 1)[row] == "$96/h"
    assert column(equation.parts, 2)[row].startswith("catalogue")
    assert column(equation.parts, 3)[row]


def test_sources_say_you_for_what_was_typed(dialog, qtbot):
    dialog.refresh(make_view(changed(load_preset(), labour__usd_per_hour=200.0)))
    click(qtbot, dialog.items, next(i for i, r in enumerate(dialog.found.rows) if r.item == "running_labour"))
    row = row_of(dialog.equation.parts, "Engineer")
    assert column(dialog.equation.parts, 1)[row] == "$200/h"
    assert column(dialog.equation.parts, 2)[row] == "you"


def test_tab_goes_along_as_it_is_read(dialog, qtbot):
    click(qtbot, dialog.equation.parts, 0)
    dialog.activateWindow()
    dialog.items.setFocus()
    crumbs = dialog.equation.crumbs
    qtbot.waitUntil(lambda: crumbs.back.isVisible() and crumbs.links[0].isVisible())
    for expected in (
        crumbs.back,
        crumbs.links[0],
        dialog.copy_equation,
        dialog.below.buttons()[0],
        dialog.equation.parts,
        dialog.months,
    ):
        qtbot.keyClick(dialog.focusWidget(), Key.Key_Tab)
        assert dialog.focusWidget() is expected
    crumbs.links[0].setFocus()
    qtbot.keyClick(crumbs.links[0], Key.Key_Return)
    assert crumbs.here.text() == "Total"


# ---------------------------------------------------------------- copying
def test_the_derivation_is_copied_as_text(dialog, qtbot):
    equations = equations_of(dialog._view.results, "distil")
    expected = derivation_text(derivation(equations, ("distil", "total_usd")))
    qtbot.mouseClick(dialog.copy_equation, LEFT)
    assert QGuiApplication.clipboard().text() == expected
    QGuiApplication.clipboard().setText("")
    dialog.equation.parts.setFocus()
    qtbot.keyClick(dialog.equation.parts, Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == expected
    assert "Engineer $96/h (catalogue" in expected
    qtbot.keyClick(dialog.items, Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text().startswith("Item\t")


# ---------------------------------------------------------------- following the plan
def test_the_equation_follows_the_plan_and_keeps_its_place(dialog, qtbot):
    click(qtbot, dialog.months, 5)
    before = dialog.equation.box.numbers.text()
    dialog.refresh(make_view(changed(load_preset(), workload__requests_per_month=2e7)))
    assert dialog.equation.crumbs.here.text() == "Cost of a month"
    assert dialog.equation.step.month == 5
    assert dialog.equation.box.numbers.text() != before
    assert dialog.equation.step.number == pytest.approx(
        dialog._view.results.strategies["distil"].usd_by_month[5]
    )


def test_what_the_plan_has_no_more_is_left(dialog, qtbot):
    click(qtbot, dialog.months, 5)
    assert len(dialog.equation.trail) == 2
    dialog.refresh(make_view(changed(load_preset(), strategies=("api",))))
    assert "take part" in dialog.empty.accessibleDescription()
    dialog.strategy_box.chosen.emit("api")
    assert dialog.equation.crumbs.here.text() == "Total"
    assert dialog.equation.box.words.text().startswith("Total = ")
    assert len(dialog.equation.trail) == 1


def test_a_slow_equation_waits_for_the_slider(dialog, qtbot):
    before = dialog.equation.box.result.text()
    dialog._equations_s = 1.0
    plan = changed(load_preset(), workload__requests_per_month=2e7)
    dialog.refresh(make_view(plan, dragging=True))
    qtbot.waitUntil(lambda: dialog.value.text() != format_quantity(272_460, "usd"))
    assert dialog.equation.box.result.text() == before
    assert dialog.equation.box.result.tone == "faint"
    dialog.refresh(make_view(plan))
    qtbot.waitUntil(lambda: dialog.equation.box.result.text() != before)
    assert dialog.equation.box.result.tone == "ink"


def test_a_quick_equation_follows_the_slider(dialog, qtbot):
    before = dialog.equation.box.result.text()
    dialog._equations_s = 0.0
    dialog.refresh(make_view(changed(load_preset(), workload__requests_per_month=2e7), dragging=True))
    qtbot.waitUntil(lambda: dialog.equation.box.result.text() != before)
    assert dialog.equation.box.result.tone == "ink"


# ---------------------------------------------------------------- all figures, both themes, the window
def test_every_figure_shows_how_it_comes_about(dialog):
    view = make_view(load_preset())
    for strategy, result in view.results.strategies.items():
        for figure in FIGURES:
            dialog.show_items(view, strategy, figure)
            assert dialog.equation.isVisible()
            assert dialog.equation.box.words.text()
            assert dialog.equation.parts.model().rowCount()
            if figure_quantity(equations_of(view.results, strategy), strategy, figure):
                assert dialog.equation.step.number == pytest.approx(float(result[figure]), nan_ok=True)


def test_a_figure_without_an_equation_says_what_it_depends_on(dialog, qtbot):
    view = make_view(load_preset())
    dialog.show_items(view, "distil", "payback_month")
    assert dialog.equation.box.words.text().startswith("The first month from which")
    assert "Requests per month" in column(dialog.equation.parts, 0)
    qtbot.mouseClick(dialog.copy_equation, LEFT)
    assert QGuiApplication.clipboard().text().startswith("Payback month = ")


def test_both_themes_paint_the_field(dialog, qapp):
    tones = {}
    for mode in ("light", "dark"):
        ThemeManager(qapp).set_mode(mode)
        box = dialog.equation.box
        picture = box.grab().toImage()
        scale = picture.devicePixelRatio()
        tones[mode] = picture.pixelColor(int(6 * scale), int(box.height() * scale / 2)).name().upper()
        assert tones[mode] == token("sunken").upper()
    assert tones["light"] != tones["dark"]
    assert theme().dark


def test_the_window_opens_a_card_and_reveals_an_input(window, qtbot):
    card = next(card for card in window.cards.cards if card.strategy == "distil")
    spot = next(spot for spot in card.spots() if spot.figure == "energy_kwh")
    where = QPointF(spot.box.center())
    QApplication.sendEvent(
        card,
        QMouseEvent(
            QEvent.Type.MouseButtonPress,
            where,
            card.mapToGlobal(where),
            LEFT,
            LEFT,
            Qt.KeyboardModifier.NoModifier,
        ),
    )
    opened = window._ledger
    assert opened.equation.step.title == "Energy"
    assert opened.equation.step.number == pytest.approx(
        float(window.live.view.results.strategies["distil"]["energy_kwh"])
    )
    window.show_items("distil", "usd_per_1k_requests")
    while not any(part.path for part in opened.equation.step.parts):
        row = next(i for i, part in enumerate(opened.equation.step.parts) if part.opens)
        click(qtbot, opened.equation.parts, len(opened.equation.step.parts) - 1 if row == 0 else row)
    part = next(part for part in opened.equation.step.parts if part.path)
    click(qtbot, opened.equation.parts, row_of(opened.equation.parts, part.title))
    shown = window.inputs.rows[part.path]
    assert shown.isVisible()
    assert not np.isnan(part.number)
    opened.close()


def test_the_dialog_follows_an_edit_of_the_window(window, qtbot):
    window.show_items("distil", "total_usd")
    before = window._ledger.equation.box.result.text()
    window.store.edit("labour.usd_per_hour", 150.0)
    assert window._ledger.equation.box.result.text() != before
    window._ledger.close()
    window.store.edit("labour.usd_per_hour", 151.0)
    assert window._ledger.equation._equations is not None


def test_the_explanation_of_an_input_shows_its_equation(window, qtbot):
    window.live.select("distil")
    window.reveal_input("labour.usd_per_hour")
    row = window.inputs.rows["labour.usd_per_hour"]
    QApplication.processEvents()
    row.info_button.click()
    boxes = window.inputs._info.findChildren(FormulaBox)
    assert 1 <= len(boxes) <= 2
    assert "engineer" in boxes[0].words.text()
    assert "$96/h" in boxes[0].numbers.text()
    assert boxes[0].isVisible()
    window.inputs._info.dismiss()
    window.reveal_input("serving.hardware")
    choice = window.inputs.rows["serving.hardware"]
    choice.info_button.click()
    assert not window.inputs._info.findChildren(FormulaBox)
    window.inputs._info.dismiss()
