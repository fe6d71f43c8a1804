"""Whatever shows a figure opens what stands behind it: by key and by mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from planner.ui.plots.figures.lines import MonthLines

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


def shown(window):
    """Strategy and figure of the dialog that is open, which is closed again."""
    dialog = window._ledger
    assert dialog is not None
    assert dialog.isVisible()
    found = dialog.strategy_box.currentData(), dialog.figure_box.currentData()
    dialog.close()
    return found


@pytest.mark.parametrize(
    ("goal", "figure"), [("cost", "total_usd"), ("carbon", "carbon_kgco2e"), ("quality", "quality")]
)
def test_the_answer_opens_the_figure_it_goes_by(window, qtbot, goal, figure):
    window.store.edit("limits.goal", goal)
    chosen = window.live.view.choice.strategy
    qtbot.mouseClick(window.verdict, LEFT)
    assert shown(window) == (chosen, figure)
    window.verdict.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(window.verdict, Key.Key_Return)
    assert shown(window) == (chosen, figure)


def test_an_answer_without_a_choice_opens_nothing(window, qtbot):
    window.store.edit("limits.max_total_usd", 1.0)
    if window.live.view.choice.strategy is None:
        qtbot.mouseClick(window.verdict, LEFT)
        assert window._ledger is None


@pytest.mark.parametrize(
    ("page", "figures"),
    [
        ("Overview", {"total_usd"}),
        ("Energy", {"carbon_kgco2e"}),
        ("Serving", {"replicas_peak"}),
        ("Updates", {"quality_lowest", "refresh_usd"}),
    ],
)
def test_lines_by_month_open_their_figure_for_the_selected_strategy(window, qtbot, page, figures):
    window.live.select("distil")
    number = next(i for i in range(window.tab_bar.count()) if page in window.tab_bar.tabText(i))
    window.tab_bar.setCurrentIndex(number)
    QApplication.processEvents()
    lines = [each for each in window.page.figures if isinstance(each, MonthLines) and each.about.opens]
    assert {each.about.opens for each in lines} >= figures
    seen = [each for each in lines if each.plot.isVisible()]
    assert seen
    for figure in seen:
        figure.plot.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(figure.plot, Key.Key_Left)
        qtbot.keyClick(figure.plot, Key.Key_Return)
        month = round(figure.plot.crosshair.x_shown)
        if window._ledger.equation.by_month is not None:
            assert window._ledger.equation.step.month == month
        assert shown(window) == ("distil", figure.about.opens)
    middle = seen[0].plot.view_box.sceneBoundingRect().center().toPoint()
    qtbot.mouseMove(seen[0].plot.viewport(), middle)
    qtbot.mouseDClick(seen[0].plot.viewport(), LEFT, pos=middle)
    assert shown(window) == ("distil", seen[0].about.opens)


def test_a_point_of_cost_and_quality_opens_its_score(window, qtbot):
    scatter = window.page.scatter
    scatter.plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(scatter.plot, Key.Key_Home)
    qtbot.keyClick(scatter.plot, Key.Key_Return)
    cheapest = min(scatter.points, key=lambda point: point[1])[0]
    assert shown(window) == (cheapest, "quality")


@pytest.mark.parametrize(
    ("page", "attribute"), [("Serving", "tpot_s"), ("Training", "training_accelerator_h")]
)
def test_cells_of_tables_open_their_figure(window, qtbot, page, attribute):
    number = next(i for i in range(window.tab_bar.count()) if page in window.tab_bar.tabText(i))
    window.tab_bar.setCurrentIndex(number)
    QApplication.processEvents()
    found = []
    for part in window.page.figures:
        table = getattr(part, "table", None)
        for at, row in enumerate(table.source.rows if hasattr(table, "source") else ()):
            for column, cell in enumerate(row):
                if cell.link.endswith(f"|{attribute}"):
                    found.append((table, at, column, cell.link))
    assert found
    table, at, column, link = found[0]
    index = table.model().index(at, column)
    table.scrollTo(index)
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(index).center())
    assert shown(window) == tuple(link.split("|"))


def test_figures_of_both_scenarios_open_on_the_compare_page(window, qtbot):
    window.store.duplicate()
    window.store.edit("labour.usd_per_hour", 150.0)
    active = window.store.scenario.name
    number = next(i for i in range(window.tab_bar.count()) if window.tab_bar.tabText(i) == "Compare")
    window.tab_bar.setCurrentIndex(number)
    QApplication.processEvents()
    page = window.page
    table = page.results.tables[0]
    totals = {}
    for column in (1, 2):
        side = page.pair.sides[column - 1]
        index = table.model().index(0, column)
        if column == 1:
            qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(index).center())
        else:
            table.setFocus()
            table.setCurrentIndex(index)
            qtbot.keyClick(table, Key.Key_Return)
        dialog = window._ledger
        totals[side.scenario.name] = dialog.equation.step.number
        assert dialog.equation.step.number == pytest.approx(side.figure("total_usd"))
        assert (side.scenario.name in dialog.strategy_title.text()) == (side.scenario.name != active)
        before = dialog.equation.box.result.text()
        window.store.edit("labour.usd_per_hour", 160.0 + 20.0 * column)
        assert (dialog.equation.box.result.text() == before) == (side.scenario.name != active)
        assert shown(window) == (side.strategy, "total_usd")
    assert len(set(totals.values())) == 2
    headings = [table.model().index(row, 0).data() for row in range(table.model().rowCount())]
    assert table.model().index(headings.index("P10 to P90"), 1).data()
    qtbot.mouseClick(table.viewport(), LEFT, pos=table.visualRect(table.model().index(1, 1)).center())
    assert not window._ledger.isVisible()


def test_return_opens_nothing_before_a_month_is_read_out(window, qtbot):
    plot = window.page.cumulative.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(plot, Key.Key_Return)
    assert window._ledger is None
