"""Plots and tables on the clipboard and as files: by key, by menu, from every page."""

from __future__ import annotations

import csv
import html.parser
import io

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QTableView

from planner.ui.kit.clip import Grid, Shown, mime_of
from planner.ui.kit.copying import grid_of
from planner.ui.kit.still import is_still
from planner.ui.kit.table import Cell, Table
from planner.ui.plots.card import PlotCard

CTRL = Qt.KeyboardModifier.ControlModifier
NARROW = "\N{NO-BREAK SPACE}"


class Cells(html.parser.HTMLParser):
    """Reads the cells of HTML as a spreadsheet does."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.numbers = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "tr":
            self.rows.append([])
            self.numbers.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.numbers[-1].append(attrs.get("sdval"))
        elif tag == "br":
            self.rows[-1][-1] += "\n"

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def rows_of(mime):
    """Return the cells of the text, which those of the HTML must equal."""
    text = list(csv.reader(io.StringIO(mime.text(), newline=""), delimiter="\t"))
    filled = [row for row in text if row]
    page = Cells(mime.html())
    assert page.rows == filled
    for row, numbers in zip(filled, page.numbers, strict=True):
        for cell, number in zip(row, numbers, strict=True):
            assert number is None or float(number) == float(cell)
    return filled


def clipped():
    return rows_of(QGuiApplication.clipboard().mimeData())


def ask_menu(widget, *, by_key=False):
    """Ask for the menu as the mouse or the menu key does, and return it."""
    reason = QContextMenuEvent.Reason.Keyboard if by_key else QContextMenuEvent.Reason.Mouse
    where = widget.rect().center()
    QApplication.sendEvent(widget, QContextMenuEvent(reason, where, widget.mapToGlobal(where)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu, words):
    """Choose an entry, in a menu below if there is one, by its words."""
    found = [action for action in menu.actions() if action.text().startswith(words)]
    found += [
        action
        for below in menu.actions()
        if below.menu() is not None
        for action in below.menu().actions()
        if action.text().startswith(words)
    ]
    (action,) = found
    menu.close()
    action.trigger()


# ---------------------------------------------------------------- cells
def grid(*rows, heads=("Strategy", "Total")):
    return Grid(heads, rows)


def test_numbers_are_plain_and_their_unit_stands_in_the_head():
    mime = mime_of(
        [grid((Shown("Distil"), Shown("$412k", 412_345.6)), (Shown("API"), Shown("$1.05M", 1046e3)))]
    )
    assert rows_of(mime) == [["Strategy", "Total [USD]"], ["Distil", "412345.6"], ["API", "1046000"]]


def test_units_that_differ_have_a_column_of_their_own():
    mime = mime_of(
        [grid((Shown("Cost"), Shown("$5.00", 5.0)), (Shown("Energy"), Shown(f"27.7{NARROW}MWh", 27_712.5)))]
    )
    assert rows_of(mime) == [
        ["Strategy", "Total", "Total, unit"],
        ["Cost", "5", "USD"],
        ["Energy", "27712.5", "kWh"],
    ]


def test_shares_are_numbers_of_one():
    assert rows_of(mime_of([grid((Shown("a"), Shown("42%", 0.4213)))]))[1] == ["a", "0.4213"]


@pytest.mark.parametrize(
    ("shown", "cell"),
    [
        (Shown("$300k", 0.3), "$300k"),
        (Shown("January 2027", 3.0), "January 2027"),
        (Shown("16 of 32", 16.0), "16 of 32"),
        (Shown("–"), ""),
        (Shown("007"), "007"),
        (Shown("never", 9.0), "never"),
    ],
)
def test_what_is_no_number_stays_what_it_says(shown, cell):
    assert rows_of(mime_of([grid((Shown("a"), shown))]))[1][1] == cell


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")'),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@cmd", "'@cmd"),
        ("'x", "''x"),
        ('say "so"', 'say "so"'),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("two\nlines", "two\nlines"),
        ("two\r\nlines", "two\nlines"),
        ("שלום 😀", "שלום 😀"),
        ("a\0b\x1bc", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"),
        ("x" * 10_000, "x" * 10_000),
    ],
)
def test_no_text_is_run_and_every_text_arrives(text, cell):
    rows = rows_of(mime_of([grid((Shown(text), Shown("$5.00", 5.0)), heads=(text, "Total"))]))
    assert rows[1][0] == cell
    assert rows[0][0] == cell
    assert len(rows) == 2


def test_a_tab_does_not_move_the_cells_behind_it():
    mime = mime_of([grid((Shown("a\tb"), Shown("$5.00", 5.0)))])
    assert mime.text().splitlines()[1] == '"a\tb"\t5'


def test_tables_stand_one_below_the_other():
    assert (
        mime_of([grid((Shown("a"), Shown("b")))] * 2).text()
        == "Strategy\tTotal\na\tb\n\nStrategy\tTotal\na\tb"
    )


# ---------------------------------------------------------------- tables
def shown_table(qtbot):
    table = Table("Totals")
    qtbot.addWidget(table)
    rows = [
        ["Distil", Cell("$412k", 412_345.6)],
        ["API", Cell("$1.05M", 1046e3)],
        ["Both", Cell("$5.00", 5.0)],
    ]
    table.set_data(["Strategy", "Total"], rows)
    table.resize(300, 160)
    table.show()
    qtbot.waitExposed(table)
    return table


def test_without_a_selection_all_is_copied_as_it_is_sorted(qtbot):
    table = shown_table(qtbot)
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    assert clipped() == [
        ["Strategy", "Total [USD]"],
        ["Both", "5"],
        ["Distil", "412345.6"],
        ["API", "1046000"],
    ]


def test_rows_that_are_selected_are_copied_alone(qtbot):
    table = shown_table(qtbot)
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    assert [row[0] for row in clipped()] == ["Strategy", "Distil", "API"]


@pytest.mark.parametrize("by_key", [False, True])
def test_the_menu_of_a_table_copies_rows_or_all(qtbot, by_key):
    table = shown_table(qtbot)
    widget = table if by_key else table.viewport()
    table.selectRow(2)
    menu = ask_menu(widget, by_key=by_key)
    assert [action.text() for action in menu.actions()] == ["Copy the selected row", "Copy the table"]
    choose(menu, "Copy the selected row")
    assert [row[0] for row in clipped()] == ["Strategy", "Both"]
    choose(ask_menu(widget, by_key=by_key), "Copy the table")
    assert len(clipped()) == 4


# ---------------------------------------------------------------- every page
def test_every_table_and_every_plot_of_every_page_can_be_copied(window, qtbot):
    window.doubt.ask(256)
    qtbot.waitUntil(lambda: not window.doubt.busy, timeout=60_000)
    tables, plots, numbers = 0, 0, 0
    for number in range(window.tab_bar.count()):
        window.tab_bar.setCurrentIndex(number)
        QApplication.processEvents()
        for table in window.page.findChildren(QTableView):
            if not table.model().rowCount() or not table.isVisible():
                continue
            table.clearSelection()
            QTest.keyClick(table, Qt.Key.Key_C, CTRL)
            rows = clipped()
            assert len(rows) == table.model().rowCount() + 1, table.accessibleName()
            assert rows[1][0], table.accessibleName()
            tables += 1
        for card in window.page.findChildren(PlotCard):
            _, rows = card.table()
            if not rows:
                continue
            card.copy_table()
            found = clipped()
            assert len(found) == len(rows) + 1, card.title
            numbers += sum(cell.replace(".", "", 1).isdecimal() for row in found for cell in row)
            if card.isVisible():
                card.copy_picture()
                mime = QGuiApplication.clipboard().mimeData()
                assert mime.hasImage()
                assert QSvgRenderer(mime.data("image/svg+xml")).isValid()
            plots += 1
    assert tables >= 8
    assert plots >= 20
    assert numbers > 300


def test_what_is_copied_are_the_figures_themselves(window):
    window.tab_bar.setCurrentIndex(0)
    card = next(
        each for each in window.page.findChildren(PlotCard) if each.title.startswith("Cumulative cost")
    )
    card.copy_table()
    head, *rows = clipped()
    results = window.live.view.results.strategies
    for name in ("api", "distil"):
        column = next(
            place
            for place, words in enumerate(head)
            if words.casefold().startswith(name[:3]) and "USD" in words
        )
        total = float(results[name]["total_usd"])
        assert float(rows[-1][column]) == pytest.approx(total, rel=1e-9)


# ---------------------------------------------------------------- pictures
@pytest.fixture
def card(window):
    """The first plot that takes focus."""
    found = next(
        each
        for each in window.page.findChildren(PlotCard)
        if each.isVisible() and each.plot.focusPolicy() != Qt.FocusPolicy.NoFocus
    )
    window.activateWindow()
    found.plot.setFocus(Qt.FocusReason.TabFocusReason)
    return found


@pytest.mark.parametrize("keys", [(Qt.Key.Key_C, CTRL), (Qt.Key.Key_C, Qt.KeyboardModifier.NoModifier)])
def test_a_key_copies_the_plot_in_focus_as_pixels_and_lines(window, card, keys):
    QGuiApplication.clipboard().clear()
    QTest.keyClick(card.plot, *keys)
    mime = QGuiApplication.clipboard().mimeData()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (2 * card.width(), 2 * card.height())
    drawing = bytes(mime.data("image/svg+xml").data())
    assert b"<text" in drawing
    assert card.title.encode() in drawing
    assert not mime.hasText()  # a spreadsheet would take it for a cell


def test_with_the_table_shown_the_same_keys_copy_its_cells(window, card):
    QTest.keyClick(card.plot, Qt.Key.Key_T)
    assert card.is_table_shown
    for modifiers in (CTRL, Qt.KeyboardModifier.NoModifier):
        QGuiApplication.clipboard().clear()
        card.twin.clearSelection()
        QTest.keyClick(card.twin, Qt.Key.Key_C, modifiers)
        assert len(clipped()) == card.twin.model().rowCount() + 1
    assert card._copy_button.accessibleName().startswith("Copy table")


def test_a_picture_shows_no_focus_and_no_tools(window, card, qtbot):
    from planner.ui.drawing import image_of

    QTest.keyClick(card.plot, Qt.Key.Key_Escape)
    with_focus = image_of(card, 2.0, "#ffffff")
    seen = card.grab().toImage()
    card._table_button.setFocus(Qt.FocusReason.TabFocusReason)
    assert card.grab().toImage() != seen  # the ring and the tools are there to be seen
    on_tool = image_of(card, 2.0, "#ffffff")
    window.centre.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not is_still()
    plot = card.plot.geometry()
    for image in (with_focus, on_tool):
        assert image.copy(plot.x() * 2, plot.y() * 2, plot.width() * 2, plot.height() * 2) == image_of(
            card, 2.0, "#ffffff"
        ).copy(plot.x() * 2, plot.y() * 2, plot.width() * 2, plot.height() * 2)


@pytest.mark.parametrize(
    ("words", "ending", "scale"), [("3x", ".png", 3), ("1x", ".png", 1), ("Save as SVG", ".svg", 0)]
)
def test_the_menu_of_a_plot_saves_it(window, card, qtbot, monkeypatch, tmp_path, words, ending, scale):
    path, asked = tmp_path / f"plot{ending}", []

    def name(_owner, _title, start, _kinds):
        asked.append(start)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    width, height = card.width(), card.height()  # the message makes it lower
    choose(ask_menu(card.plot.viewport() if hasattr(card.plot, "viewport") else card.plot), words)
    qtbot.waitUntil(lambda: not window.exports.busy, timeout=10_000)
    assert asked[0].endswith(ending)
    if scale:
        image = QImage(str(path))
        assert (image.width(), image.height()) == (scale * width, scale * height)
    else:
        assert QSvgRenderer(str(path)).isValid()
    assert window.bus.current[-1].text == f"Wrote {path.name}."


def test_the_menu_of_a_plot_by_key_copies_picture_and_table(window, card):
    choose(ask_menu(card.plot, by_key=True), "Copy table")
    assert len(clipped()) > 1
    choose(ask_menu(card.plot, by_key=True), "Copy picture")
    assert QGuiApplication.clipboard().mimeData().hasImage()


def test_the_grid_of_a_view_is_what_it_shows(qtbot):
    found = grid_of(shown_table(qtbot))
    assert found.heads == ("Strategy", "Total")
    assert found.rows[0] == (Shown("Distil"), Shown("$412k", 412_345.6))
