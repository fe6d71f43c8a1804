"""The claims page: findings of the results, a verdict by every preset, figures that open, mouse and keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from gallery_tabs import changed, make_view
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest

from planner.engine.claims.listing import CLAIMS, findings
from planner.engine.run import simulate
from planner.errors import PlannerError
from planner.scenario.presets import load_preset, presets
from planner.ui.tabs import claims_cells as cells
from planner.ui.tabs.claims import ClaimsPage, ask_presets
from planner.ui.tabs.claims_table import FIRST_PLAN, topic_of

Key = Qt.Key
Role = Qt.ItemDataRole
ROW = {claim.id: row for row, claim in enumerate(CLAIMS)}


@pytest.fixture
def page(qtbot, window):
    made = ClaimsPage()
    qtbot.addWidget(made)
    made.resize(836, 560)
    made.show()
    qtbot.waitExposed(made)
    with qtbot.waitSignal(made.counted, timeout=20_000):
        made.show_view(window.live.view)
    made.table.setFocus()
    yield made
    made.stop()


def mark(page, row, plan):
    """Middle of the verdict of a plan, 0 for the own one."""
    page.table.scrollTo(page.table.source.index(row, 0))
    return page.table.visualRect(page.table.source.index(row, FIRST_PLAN + plan)).center()


def spots(page, row):
    """The figures of a row at their places."""
    index = page.table.source.index(row, 1)
    page.table.scrollTo(index)
    box = QRectF(page.table.visualRect(index))
    return [spot for spot in cells.placed(page.table.source.finding(index), box) if spot.figure is not None]


def click(page, where):
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_every_claim_shows_what_the_engine_found_of_this_plan_and_of_every_preset(page, window):
    model, titles = page.table.source, [preset.title for preset in presets()]
    assert model.rowCount() == len(CLAIMS)
    heads = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    assert heads == ["Claim", "Figures of This plan", "This plan", *titles]
    own = findings(window.live.view.results, window.catalog)
    for row, claim in enumerate(CLAIMS):
        assert model.index(row, 0).data() == claim.sentence
        assert model.index(row, 1).data() == own[claim.id].sentence
        assert model.index(row, FIRST_PLAN).data() == own[claim.id].verdict
    for number, preset in enumerate(presets(), 1):
        theirs = findings(simulate(load_preset(preset.id).scenario, window.catalog), window.catalog)
        column = FIRST_PLAN + number
        assert [model.index(row, column).data() for row in range(len(CLAIMS))] == [
            theirs[claim.id].verdict for claim in CLAIMS
        ]


def test_a_click_on_a_preset_shows_its_figures_and_one_on_the_own_plan_brings_back(page):
    model, row = page.table.source, ROW["cheaper"]
    own = model.index(row, 1).data()
    number = next(n for n, p in enumerate(presets(), 1) if p.id == "legal-contracts")
    click(page, mark(page, row, number))
    assert page.table.shown.title == presets()[number - 1].title
    assert model.index(row, 1).data() == page.presets["legal-contracts"]["cheaper"].sentence != own
    click(page, mark(page, row, 0))
    assert page.table.shown.own
    assert model.index(row, 1).data() == own


def test_a_click_on_a_head_shows_that_plan(page):
    head = page.table.horizontalHeader()
    x = head.sectionViewportPosition(FIRST_PLAN + 2) + head.sectionSize(FIRST_PLAN + 2) // 2
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, head.height() // 2))
    assert page.table.shown.title == presets()[1].title


def test_arrows_walk_the_plans_and_escape_comes_back(page):
    table = page.table
    QTest.keyClick(table, Key.Key_Right)
    QTest.keyClick(table, Key.Key_Down)
    assert table.currentIndex().row() == 1
    assert table.shown.title == presets()[0].title
    assert page.read_out.text() == f"How it is tested: {CLAIMS[1].measure}"
    QTest.keyClick(table, Key.Key_Escape)
    assert table.shown.own
    assert table.currentIndex().row() == 1


def test_a_click_on_a_figure_opens_what_it_is_made_of(page, qtbot):
    figures = spots(page, ROW["cheaper"])
    assert [spot.figure.strategy for spot in figures] == ["distil", "finetune"]
    for spot in figures:
        with qtbot.waitSignal(page.items_requested) as asked:
            click(page, spot.box.center().toPoint())
        assert asked.args == [spot.figure.strategy, "total_usd"]
    examples = next(spot for spot in spots(page, ROW["more_data"]) if spot.figure.name == "Examples")
    with qtbot.waitSignal(page.input_requested) as asked:
        click(page, examples.box.center().toPoint())
    assert asked.args == ["data.examples"]


def test_a_figure_that_the_mouse_was_not_pressed_on_does_not_open(page, qtbot):
    first, second = (spot.box.center().toPoint() for spot in spots(page, ROW["cheaper"])[:2])
    viewport = page.table.viewport()
    with qtbot.assertNotEmitted(page.items_requested):
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=first)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=second)


def test_figures_of_a_preset_do_not_open(page, qtbot):
    page.table.show_plan(1)
    spot = spots(page, ROW["cheaper"])[0]
    with qtbot.assertNotEmitted(page.items_requested):
        click(page, spot.box.center().toPoint())
    page.table.open_menu(page.table.source.index(ROW["cheaper"], FIRST_PLAN))
    assert page.table.menu is None


def test_return_offers_every_figure_of_a_claim(page, qtbot):
    page.table.setCurrentIndex(page.table.source.index(ROW["both_efficient"], FIRST_PLAN))
    QTest.keyClick(page.table, Key.Key_Return)
    actions = page.table.menu.actions()
    finding = page.table.source.finding(page.table.currentIndex())
    assert [action.text() for action in actions] == [cells.figure_words(f) for f in finding.figures]
    with qtbot.waitSignal(page.items_requested) as asked:
        actions[-1].trigger()
    assert asked.args == ["finetune", "total_usd"]
    page.table.menu.close()


def test_a_figure_opens_its_line_items_in_the_window(window, qtbot):
    titles = [window.tab_bar.tabText(i) for i in range(window.tab_bar.count())]
    window.tab_bar.setCurrentIndex(titles.index("Advisor"))
    window.page.show_page("claims")
    page = window.page.others["claims"]
    qtbot.waitUntil(lambda: page.presets is not None, timeout=20_000)
    sums = 0
    for row in range(len(CLAIMS)):
        for number, spot in enumerate(spots(page, row)):
            if "." in spot.figure.what or spot.figure.name in ("One refresh", "An update"):
                continue  # an input, and means of the rows that open
            click(page, spots(page, row)[number].box.center().toPoint())
            opened = window._ledger
            assert opened.isVisible()
            assert not opened.found.problem
            assert opened.figure_box.currentData() == spot.figure.what
            if spot.figure.name != "Accelerators at the peak":
                assert opened.found.value == pytest.approx(spot.figure.value, rel=1e-9), spot.figure
            if opened.found.basis is None:
                assert opened.found.total == pytest.approx(spot.figure.value, rel=1e-9), spot.figure
                sums += 1
            opened.close()
    assert sums > 20


def test_the_page_follows_the_plan_and_the_presets_stay(page, window):
    before = [page.table.source.index(r, FIRST_PLAN + 1).data() for r in range(len(CLAIMS))]
    view = make_view(changed(window.store.plan, serving__student_target="edge"))
    page.show_view(view)
    own = findings(view.results, view.catalog)
    model = page.table.source
    assert [model.index(r, FIRST_PLAN).data() for r in range(len(CLAIMS))] == [
        own[claim.id].verdict for claim in CLAIMS
    ]
    assert model.index(ROW["less_upkeep"], FIRST_PLAN).data() == "holds"
    assert [model.index(r, FIRST_PLAN + 1).data() for r in range(len(CLAIMS))] == before


def test_rows_do_not_shrink_while_a_slider_is_held(qtbot):
    page = ClaimsPage()  # one whose presets have not answered yet: theirs are the least heights
    qtbot.addWidget(page)
    page.resize(860, 600)
    page.show()

    def heights():
        return [page.table.rowHeight(row) for row in range(len(CLAIMS))]

    page.show_view(make_view(load_preset()))
    page.stop()
    qtbot.wait(10)
    start = heights()
    shorter = make_view(changed(load_preset(), refresh__interval_months=24))  # nothing is refreshed
    page.show_view(replace(shorter, dragging=True))
    assert all(now >= was for now, was in zip(heights(), start, strict=True))
    page.show_view(shorter)
    assert any(now < was for now, was in zip(heights(), start, strict=True))  # let go, they do shrink
    page.table.resize(page.table.width() - 200, page.table.height())
    assert heights() != start


def test_presets_are_asked_again_after_other_prices_were_fetched(page, window, qtbot, monkeypatch):
    before = page.presets
    page.show_view(make_view(window.store.plan))
    assert page.presets is before
    monkeypatch.setattr("planner.ui.tabs.claims.api_prices_day", lambda: date(2026, 11, 1))
    with qtbot.waitSignal(page.counted, timeout=60_000):
        page.show_view(make_view(window.store.plan))
    assert page.presets is not before


def test_verdicts_are_words_signs_and_speech_not_colour_alone(page):
    model = page.table.source
    verdicts = {model.index(r, c).data() for r in range(len(CLAIMS)) for c in range(2, model.columnCount())}
    assert verdicts == set(cells.WORDS) == set(cells.SPOKEN)
    assert len(set(cells.WORDS.values())) == len(cells.WORDS)
    index = model.index(ROW["professional"], FIRST_PLAN)
    said = index.data(Role.AccessibleTextRole)
    assert said.startswith("Fine-tuned answers read as more professional, This plan: not tested here.")
    assert "Score, Fine-tune: 84" in said
    tip = model.index(ROW["cheaper"], FIRST_PLAN + 1).data(Role.ToolTipRole)
    assert tip.startswith(f"{presets()[0].title}: holds")
    assert model.index(0, 0).data(Role.ToolTipRole) == CLAIMS[0].measure
    assert page.table.accessibleName()
    pictures = set()
    for verdict in cells.WORDS:
        row, column = next(
            (r, c)
            for c in range(FIRST_PLAN + 1, model.columnCount())
            for r in range(len(CLAIMS))
            if model.index(r, c).data() == verdict
        )
        page.table.scrollTo(model.index(row, 0))
        box = page.table.visualRect(model.index(row, column)).adjusted(0, 4, 0, 0)
        box.setHeight(40)
        picture = page.table.viewport().grab(box).toImage()
        grey = picture.convertToFormat(picture.Format.Format_Grayscale8)
        pictures.add(bytes(grey.constBits()))
    assert len(pictures) == len(cells.WORDS)


def test_nothing_in_a_row_is_cut_off(page):
    """Figures and lines end above the row's end, in both columns, whichever plan is shown."""
    table, model = page.table, page.table.source
    for plan in range(len(model.plans)):
        table.show_plan(plan)
        for row, claim in enumerate(CLAIMS):
            index = model.index(row, 1)
            finding = model.finding(index)
            box = QRectF(table.visualRect(index))
            assert cells.finding_height(finding, box.width()) <= box.height()
            for spot in cells.placed(finding, box):
                assert spot.box.right() <= box.right(), (claim.id, spot.text)
            assert cells.claim_height(claim, topic_of(row), table.columnWidth(0)) <= box.height()


def test_before_the_presets_are_asked_their_columns_wait(qtbot, window, monkeypatch):
    made = ClaimsPage()
    qtbot.addWidget(made)
    monkeypatch.setattr(made._work, "start", lambda run: None)
    made.resize(836, 560)
    made.show()
    made.show_view(window.live.view)
    model = made.table.source
    assert model.index(0, FIRST_PLAN).data() == "holds"
    assert model.index(0, FIRST_PLAN + 1).data() == ""
    assert "being counted" in model.index(0, FIRST_PLAN + 1).data(Role.AccessibleTextRole)
    made.table.show_plan(1)
    assert not made.grab().isNull()
    made.table.show_plan(0)


def test_presets_that_cannot_be_asked_are_a_message(qtbot, window, monkeypatch):
    def broken(_catalog):
        raise PlannerError("bad", "A preset is broken.")

    monkeypatch.setattr("planner.ui.tabs.claims.ask_presets", broken)
    made = ClaimsPage()
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.counted, timeout=20_000):
        made.show_view(window.live.view)
    assert "A preset is broken." in made.read_out.text()
    assert made.table.source.index(0, FIRST_PLAN).data() == "holds"
    made.stop()


def test_presets_are_asked_once(page, window, monkeypatch):
    def again(_catalog):
        raise AssertionError

    monkeypatch.setattr("planner.ui.tabs.claims.ask_presets", again)
    page.show_view(window.live.view)
    page.show_view(make_view(changed(window.store.plan, horizon_months=12)))
    assert set(page.presets) == {preset.id for preset in presets()}
    assert page.presets == ask_presets(window.catalog)


@pytest.mark.parametrize(
    "change",
    [
        {"strategies": ("api",)},
        {"horizon_months": 1},
        {"workload__requests_per_month": 0.0},
        {
            "serving__hardware": "nvidia-l4",
            "serving__precision": "bf16",
            "serving__accelerators_per_replica": 1,
        },
    ],
)
def test_odd_plans_paint(page, window, change):
    page.show_view(make_view(changed(window.store.plan, **change)))
    assert not page.grab().isNull()
    page.table.verticalScrollBar().setValue(page.table.verticalScrollBar().maximum())
    assert not page.grab().isNull()
