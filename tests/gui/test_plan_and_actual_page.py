"""Plan and actual: a file dropped on the window becomes records, a comparison and a re-forecast."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from planner.engine import actuals_words as words
from planner.engine.actuals import compare
from planner.engine.reforecast import reforecast
from planner.scenario.actuals import Actual
from planner.scenario.files import load_plan
from planner.ui.dialogs.actuals_import import ActualsImport
from planner.ui.kit.buttons import ButtonBase
from planner.ui.kit.choice import ComboBox
from planner.ui.plots.figures.actuals import AGAIN
from planner.ui.tabs.actuals import QUIET_MS, ActualsPage
from planner.ui.tabs.actuals_rows import CATEGORIES, typed_requests, typed_usd

Key = Qt.Key
DATA = Path(__file__).parent.parent / "data" / "actuals"
LEFT = Qt.MouseButton.LeftButton


def activate(window, qtbot):
    """Give the window the keyboard, as shortcuts need it."""
    with qtbot.waitActive(window):
        window.activateWindow()


def click(widget):
    QTest.mouseClick(widget, LEFT)


def page_of(window) -> ActualsPage:
    window.runs.invoices.show_page()
    QApplication.processEvents()
    tab = window.page
    assert tab.title == "Costs"
    assert isinstance(tab.actuals, ActualsPage)
    return tab.actuals


def drop(window, path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(500, 400), copy, mime, LEFT, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(500, 400), copy, mime, LEFT, keys))


def dialog_of(window) -> ActualsImport:
    dialog = window.runs.invoices.dialog
    assert dialog is not None
    return dialog


def recorded(window, months=5, factor=1.2, strategy="distil"):
    """Records of the first months: the plan times a factor, and 10 % more requests than planned."""
    results = window.live.view.results
    ledger = results.strategies[strategy].ledger.usd_by_category
    found = []
    for month in range(months + 1):
        name = f"2027-{month + 1:02d}"
        by_category = {}
        for (category, _), usd in ledger.items():
            by_category[category] = by_category.get(category, 0.0) + float(usd[month])
        found += [
            Actual(month=name, strategy=strategy, category=category, usd=usd * factor, source="own.csv")
            for category, usd in by_category.items()
            if usd
        ]
        if month:
            requests = float(results.requests_by_month[month]) * 1.1
            found.append(Actual(month=name, strategy=strategy, requests=requests, source="own.csv"))
    return found


@pytest.fixture
def page(window, qtbot):
    """The page with five months of records."""
    found = page_of(window)
    window.store.set_actuals(recorded(window), "Import actuals")
    qtbot.waitUntil(lambda: found._shown is not None and found._shown.doubt is not None)
    return found


# ---------------------------------------------------------------- the two pages
def test_the_second_page_is_a_click_away_and_empty_at_first(window):
    window.tab_bar.set_current("Costs")
    tab = window.page
    assert tab.actuals is None, "made when it is looked at"
    click(tab.pages.buttons()[1])
    assert tab.page == "actual"
    assert tab.actuals.empty.isVisible()
    assert not tab.actuals.tools.isVisible()
    click(tab.pages.buttons()[0])
    assert tab.monthly.card.isVisible()
    QTest.keyClick(tab.pages.buttons()[0], Key.Key_Right)
    assert tab.page == "actual", "arrow keys turn too"


def test_the_one_button_asks_for_a_file(window, monkeypatch):
    asked = []
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda *a: (asked.append(a), (str(DATA / "01-plain.csv"), ""))[1]
    )
    page = page_of(window)
    click(page.empty.bring)
    assert len(asked) == 1
    assert dialog_of(window).isVisible()
    window.runs.invoices.stop()
    window.actions_by_id["import_actuals"].trigger()
    assert len(asked) == 2


def test_the_plan_page_is_what_it_was(window):
    window.tab_bar.set_current("Costs")
    tab = window.page
    assert tab.picture_name == "Costs"
    assert tab.whole.isAncestorOf(tab.monthly.card)
    page_of(window)
    assert tab.picture_name == "Plan and actual"
    assert tab.whole is tab.actuals.empty


# ---------------------------------------------------------------- importing
def test_a_dropped_file_is_mapped_imported_undone_and_kept_in_the_file(window, tmp_path, qtbot):
    drop(window, DATA / "01-plain.csv")
    dialog = dialog_of(window)
    assert dialog.take.isEnabled()
    assert window.store.plan.actuals == (), "nothing is changed before Import"
    assert [chooser.current for chooser in dialog.columns.choosers] == ["month", "category", "amount"]
    click(dialog.take)
    rows = window.store.plan.actuals
    assert [(row.month, row.category, row.usd) for row in rows] == [
        ("2027-01", "serving", 1234.5),
        ("2027-02", "serving", 980.0),
        ("2027-03", "labour", 1100.25),
    ]
    assert {row.source for row in rows} == {"01-plain.csv"}
    assert window.page.page == "actual"
    assert window.store.undo_stack.undoText() == "Import actuals"
    path = tmp_path / "own.plan.json"
    window.store.save(path)
    assert load_plan(path).actuals == rows
    assert any("Imported 3 months of 01-plain.csv" in message.text for message in window.bus.current)
    QTest.keyClick(window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.store.plan.actuals == ()
    assert window.page.actuals.empty.isVisible()
    assert not any("Imported" in message.text for message in window.bus.current), "nor is it said any more"


def test_cancel_changes_nothing(window):
    window.runs.invoices.open(DATA / "01-plain.csv")
    QTest.keyClick(dialog_of(window), Key.Key_Escape)
    assert not dialog_of(window).isVisible()
    assert window.store.plan.actuals == ()
    assert window.settings.values.import_layouts == {}


def test_a_file_that_is_no_table_is_refused_in_the_window(window):
    drop(window, DATA / "22-open-quote.csv")
    assert window.runs.invoices.dialog is None
    assert any("row 2" in message.text for message in window.bus.current)


@pytest.mark.parametrize(
    ("name", "month"), [("13-ambiguous-dates", "2027-03"), ("14-ambiguous-amounts", "2027-01")]
)
def test_a_question_is_answered_by_its_button(window, name, month):
    window.runs.invoices.open(DATA / f"{name}.csv")
    dialog = dialog_of(window)
    assert not dialog.take.isEnabled()
    assert "question" in dialog.state.text()
    (banner,) = dialog.questions
    click(banner.buttons()[1])
    assert dialog.questions == []
    assert dialog.take.isEnabled()
    assert dialog.found.source.rows[0][0].text == month
    click(dialog.take)
    assert window.store.plan.actuals[0].month == month


def test_rows_that_cannot_be_read_are_said_and_left_out_by_a_tick(window):
    window.runs.invoices.open(DATA / "16-text-in-amount.csv")
    dialog = dialog_of(window)
    assert 'Row 3, column C (Amount): "tbd" is no number' in dialog.problems.text()
    assert not dialog.take.isEnabled()
    QTest.keyClick(dialog.leave_out, Key.Key_Space)
    assert dialog.take.isEnabled()
    click(dialog.take)
    assert [row.month for row in window.store.plan.actuals] == ["2027-01", "2027-03"]


def test_columns_and_descriptions_are_chosen_by_keys_and_shown_live(window):
    window.runs.invoices.open(DATA / "32-categories-side-by-side.csv")
    dialog = dialog_of(window)
    total = dialog.importing.reading.total
    chooser = dialog.columns.choosers[1]
    chooser.setFocus()
    for _ in range(chooser.currentIndex()):
        QTest.keyClick(chooser, Key.Key_Up)
    assert dialog.importing.choices.roles[1] == "ignore"
    assert dialog.importing.reading.total < total
    category = dialog.categories.choosers["Labour"]
    category.setFocus()
    QTest.keyClick(category, Key.Key_Down)
    assert dialog.importing.category("Labour") == "data"


def test_another_currency_asks_for_its_rate(window):
    window.runs.invoices.open(DATA / "02-semicolon-decimal-comma.csv")
    dialog = dialog_of(window)
    assert dialog.rate.isVisible()
    assert "how many EUR" in dialog.state.text()
    dialog.rate.setFocus()
    QTest.keyClicks(dialog.rate, "-3")
    QTest.keyClick(dialog.rate, Key.Key_Return)
    assert not dialog.take.isEnabled()
    dialog.rate.selectAll()
    QTest.keyClicks(dialog.rate, "0.5")
    QTest.keyClick(dialog.rate, Key.Key_Return)
    assert dialog.take.isEnabled()
    click(dialog.take)
    assert sum(row.usd for row in window.store.plan.actuals) == pytest.approx(3314.75 / 0.5)
    assert {(row.currency, row.currency_per_usd) for row in window.store.plan.actuals} == {("EUR", 0.5)}
    window.runs.invoices.open(DATA / "02-semicolon-decimal-comma.csv")
    again = dialog_of(window)
    assert again.importing.remembered
    assert again.take.isEnabled(), "the rate is remembered"
    assert again.mode.isVisible()
    click(again.take)
    assert sum(row.usd for row in window.store.plan.actuals) == pytest.approx(3314.75 / 0.5), "replaced"
    window.runs.invoices.open(DATA / "02-semicolon-decimal-comma.csv")
    click(dialog_of(window).mode.buttons()[2])
    click(dialog_of(window).take)
    assert sum(row.usd for row in window.store.plan.actuals) == pytest.approx(2 * 3314.75 / 0.5), "added"


def test_the_clipboard_is_a_file_too(window):
    page = page_of(window)
    QGuiApplication.clipboard().setText("Month\tAmount\n2027-02\t1,000\n2027-03\t1,234.50\n")
    click(page.empty.paste)
    click(dialog_of(window).take)
    assert [row.usd for row in window.store.plan.actuals] == [1000.0, 1234.5]
    QGuiApplication.clipboard().setText("")
    click(page.tools.paste)
    assert any("no text on the clipboard" in message.text for message in window.bus.current)


def test_everything_in_the_dialog_has_a_name_and_takes_the_keyboard(window):
    window.runs.invoices.open(DATA / "16-text-in-amount.csv")
    dialog = dialog_of(window)
    for kind in (ButtonBase, QLineEdit):
        for widget in dialog.findChildren(kind):
            assert widget.accessibleName() or widget.text(), widget
            assert widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    for chooser in (*dialog.columns.choosers, *dialog.categories.choosers.values()):
        assert chooser.accessibleName()


# ---------------------------------------------------------------- what is shown
def test_the_sentences_are_those_of_the_engine(window, page):
    view = window.live.view
    compared = compare(view.results, view.catalog, view.plan.actuals, "distil")
    found = reforecast(view.results, view.catalog, compared)
    assert page.heading.sentence.text() == words.variance_text(compared)
    assert "over plan (+20%)" in page.heading.sentence.text()
    doubt = page._shown.doubt
    assert page.heading.rest.text() == words.reforecast_text(found, doubt)
    assert doubt.total_usd[0] < found.total_usd < doubt.total_usd[1]
    assert "by volume" in page.heading.further.text()


def test_plots_hold_the_numbers(window, page):
    shown = page._shown
    plan = window.live.view.results.strategies["distil"].usd_by_month
    steps = page.monthly.plot.curve("ink2")
    assert [steps.at(float(month)) for month in range(25)] == pytest.approx(list(plan))
    heights = page.monthly.bars._heights[::2]
    assert heights[:6] == pytest.approx([1.2 * usd for usd in plan[:6]])
    assert not heights[6:].any()
    again = page.monthly.plot.curve(f"{AGAIN}distil")
    assert np.isnan(again.at(3.0))
    assert again.at(10.0) == pytest.approx(shown.found.by_month[10])
    total = page.cumulative.plot.curve(f"{AGAIN}distil").at(24.0)
    assert total == pytest.approx(shown.found.total_usd)
    assert page.cumulative.plot.curve("distil").at(5.0) == pytest.approx(1.2 * plan[:6].sum())
    total_row = page.variance.bars._rows[-1]
    assert total_row.value == pytest.approx(0.2 * plan[:6].sum())


def test_tables_say_the_same(page):
    headers, rows = page.monthly.table()
    assert headers[:4] == ["Month", "Plan", "Actual", "Variance"]
    assert len(rows) == 25
    assert rows[2][3].value == pytest.approx(rows[2][2].value - rows[2][1].value)
    assert rows[10][2].value is None
    headers, rows = page.variance.table()
    assert rows[-1][0].text == "Total"
    for column in (1, 2, 3):
        assert sum(row[column].value for row in rows[:-1]) == pytest.approx(rows[-1][column].value)
    assert all(row[7].value == pytest.approx(1.0, abs=0.5) for row in rows[:-1])


def test_keys_read_the_plots_out_and_show_the_table(window, page, qtbot):
    activate(window, qtbot)
    plot = page.monthly.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(plot, Key.Key_Home)
    QTest.keyClick(plot, Key.Key_Right)
    assert plot.crosshair.x_shown == 1.0
    names = [row.name for row in plot.gutter.rows]
    assert "Actual" in names
    assert "Plan" in names
    QTest.keyClick(plot, Key.Key_T)
    assert page.monthly.card.is_table_shown
    for figure in (page.monthly, page.cumulative, page.variance):
        assert len(figure.describe()) > 20


def test_a_slider_moves_the_comparison_at_once_and_the_range_follows(window, page, qtbot):
    before = page.heading.sentence.text()
    window.store.edit("labour.usd_per_hour", 40.0)
    assert page.heading.sentence.text() != before
    assert page._shown.doubt is None, "another plan has no range yet"
    qtbot.waitUntil(lambda: page._shown.doubt is not None)


def test_the_range_is_counted_once_for_the_same_plan(window, page, qtbot):
    held = page._shown.doubt
    window.live.select("api")
    window.live.show_again()
    assert page._shown.doubt is held
    QTest.qWait(QUIET_MS + 50)
    assert page._shown.doubt is held


def test_a_strategy_that_does_not_fit_says_so(window, page):
    window.store.edit_many({"student.params": 3e12, "base.params": 3e12}, "Huge")
    if page._shown is None:
        assert "does not fit" in page.heading.sentence.text()
    window.store.undo_stack.undo()
    assert "After 6 months" in page.heading.sentence.text()


def test_two_strategies_that_were_run_can_be_told_apart(window, page, qtbot):
    rows = [*window.store.plan.actuals, Actual(month="2027-09", strategy="api", usd=9000.0)]
    window.store.set_actuals(rows, "Import actuals")
    assert page.tools.runs.isVisible()
    assert page.tools.runs.current == "api", "the one recorded last"
    page.tools.runs.setFocus()
    QTest.keyClick(page.tools.runs, Key.Key_Down)
    assert page._shown.strategy == "distil"


# ---------------------------------------------------------------- typing
def cell(table, row, column):
    return table.model().index(row, column)


def type_in(qtbot, table, row, column, text):
    """Type into a cell with the keyboard alone."""
    table.setFocus()
    table.setCurrentIndex(cell(table, row, column))
    QTest.keyClick(table, Key.Key_Return)
    (editor,) = table.viewport().findChildren(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)
    with qtbot.waitSignal(table.edited):
        QTest.keyClick(editor, Key.Key_Return)


def test_figures_are_typed_in_changed_and_taken_away(window, qtbot):
    page = page_of(window)
    click(page.empty.type_in)
    table = page.records.table
    assert table.isVisible()
    type_in(qtbot, table, 2, 2, "12.5k")
    assert [(row.month, row.usd, row.category) for row in window.store.plan.actuals] == [
        ("2027-03", 12500.0, "unassigned")
    ]
    assert window.store.undo_stack.undoText() == "Change actual of 2027-03"
    type_in(qtbot, table, 2, 3, "2.1M")
    assert sum(row.requests or 0.0 for row in window.store.plan.actuals) == 2.1e6
    type_in(qtbot, table, 2, 2, "-300")
    assert [row.usd for row in window.store.plan.actuals if row.usd is not None] == [-300.0]
    type_in(qtbot, table, 2, 2, " ")
    assert [row.usd for row in window.store.plan.actuals] == [None]
    window.store.undo_stack.undo()
    assert -300.0 in [row.usd for row in window.store.plan.actuals]


def test_what_is_no_amount_is_refused_and_nothing_changes(window, qtbot):
    page = page_of(window)
    click(page.empty.type_in)
    type_in(qtbot, page.records.table, 2, 2, "a lot")
    assert window.store.plan.actuals == ()
    assert any('"a lot" is no amount' in message.text for message in window.bus.current)


def test_records_have_categories_and_are_deleted_by_key(window, page, qtbot):
    activate(window, qtbot)
    click(page.records.pages.buttons()[1])
    table = page.records.table
    count = len(window.store.plan.actuals)
    assert table.model().rowCount() == count
    table.setFocus()
    table.setCurrentIndex(cell(table, 0, 1))
    QTest.keyClick(table, Key.Key_Delete)
    assert len(window.store.plan.actuals) == count - 1
    assert window.store.undo_stack.undoText() == "Delete actuals"
    QTest.keyClick(window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(window.store.plan.actuals) == count


def test_the_category_of_a_record_is_chosen_from_a_list(window, page, qtbot):
    activate(window, qtbot)
    click(page.records.pages.buttons()[1])
    table = page.records.table
    held = window.store.plan.actuals[0]
    keys = [key for key, _ in CATEGORIES]
    table.setFocus()
    table.setCurrentIndex(cell(table, 0, 1))
    QTest.keyClick(table, Key.Key_Return)
    (chooser,) = table.viewport().findChildren(ComboBox)
    qtbot.waitUntil(chooser.view().isVisible)
    QTest.keyClick(chooser.view(), Key.Key_Down)
    with qtbot.waitSignal(table.edited):
        QTest.keyClick(chooser.view(), Key.Key_Return)
    other = keys[keys.index(held.category) + 1]
    assert held.model_copy(update={"category": other}) in window.store.plan.actuals
    assert held not in window.store.plan.actuals


def test_an_answer_that_comes_late_leaves_what_is_being_typed(window, page):
    table = page.records.table
    table.setFocus()
    table.setCurrentIndex(cell(table, 9, 2))
    QTest.keyClick(table, Key.Key_Return)
    (line,) = table.viewport().findChildren(QLineEdit)
    QTest.keyClicks(line, "12k")
    window.live.show_again()  # as when it is found out where the answer turns
    assert table.viewport().findChildren(QLineEdit) == [line]
    assert (line.isVisible(), line.text()) == (True, "12k")


def test_a_month_of_several_records_is_only_read(page):
    table = page.records.table
    assert not cell(table, 1, 2).flags() & Qt.ItemFlag.ItemIsEditable
    assert cell(table, 9, 2).flags() & Qt.ItemFlag.ItemIsEditable
    assert not cell(table, 0, 3).flags() & Qt.ItemFlag.ItemIsEditable, "no traffic before the first month"


def test_typed_figures_are_read_as_everywhere():
    assert typed_usd("$1,200.50") == 1200.5
    assert typed_usd("(40)") == -40.0
    assert typed_usd("−3k") == -3000.0
    assert typed_requests("2M") == 2e6


# ---------------------------------------------------------------- looks
@pytest.mark.parametrize("zoom", [100, 160])
def test_it_paints_in_every_theme_size_and_zoom(window, page, zoom):
    window.themes.set_zoom(zoom)
    for mode in ("dark", "light"):
        window.themes.set_mode(mode)
        for size in ((1280, 800), (1440, 900), (1240, 680)):
            window.resize(*size)
            QApplication.processEvents()
            assert not window.grab().isNull()
    for figure in (page.monthly, page.cumulative, page.variance):
        figure.card.full_size_asked.emit()
        assert page.full_size is figure.card
        page.leave_full_size()


def test_the_mouse_visits_a_category(page):
    bars = page.variance.bars
    QTest.mouseMove(bars, QPoint(bars.width() // 2, bars.height() // 8))
    assert bars.visiting is not None
    assert bars.read_out(*bars.visiting)
