"""The Break-even page: what it shows is what single runs say, and it never stands in the way."""

from __future__ import annotations

import numpy as np
import pytest
from gallery_tabs import changed, make_view
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from planner.catalog.load import load_catalog
from planner.engine.axes import API_PRICE, RENT
from planner.engine.breakeven_months import MONTHS
from planner.engine.crossing import VOLUME
from planner.engine.run import simulate
from planner.scenario.presets import load_preset, presets
from planner.ui import theme as themes
from planner.ui.plots.figures.breakeven import shown_range
from planner.ui.tabs.breakeven import BreakEvenTab
from planner.ui.tabs.registry import PAGES
from planner.ui.theme import STRATEGY_ORDER
from planner.units import format_quantity

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
CATALOG = load_catalog()
TOKENS = "workload.output_tokens"
PATIENCE_MS = 60_000


def settled(qtbot, tab):
    qtbot.waitUntil(lambda: not tab.busy, timeout=PATIENCE_MS)
    return tab


def show(qtbot, view, width=860, height=620):
    tab = BreakEvenTab()
    qtbot.addWidget(tab)
    tab.resize(width, height)
    tab.show()
    tab.show_view(view)
    return settled(qtbot, tab)


@pytest.fixture
def tab(qapp, qtbot):
    made = show(qtbot, make_view(load_preset()))
    yield made
    made.stop()


@pytest.fixture
def page(window, qtbot):
    """The page in the window."""
    window.tab_bar.setCurrentIndex([each.title for each in PAGES].index("Break-even"))
    return settled(qtbot, window.page)


def total(scenario, strategy, **changes):
    plan = scenario.with_({path.replace("__", "."): value for path, value in changes.items()})
    return float(simulate(plan, CATALOG).strategies[strategy]["total_usd"])


# ---------------------------------------------------------------------- the curves
def test_curves_are_those_of_single_runs_and_have_few_points(tab):
    scenario = tab.view.scenario
    assert [s.strategy for s in tab.curves.plot.series] == list(STRATEGY_ORDER)
    for series in tab.curves.plot.series:
        assert 2 <= series.x.size <= 200
        for number in (0, series.x.size // 2, -1):
            value = float(series.x[number])
            expected = total(scenario, series.strategy, workload__requests_per_month=value)
            assert series.y[number] == pytest.approx(expected)


def test_the_words_on_the_crossing_hold_on_both_sides(tab):
    turn = tab.curves.sight.found.standings["distil"].first
    assert tab.curves.callout.at == (turn.value, turn.total_usd)
    said = format_quantity(turn.value, "count", figures=2)
    assert tab.curves.callout.lines[0].startswith(f"Distil wins from {said} a month")
    assert tab.curves.callout.lines[1].startswith("P10–P90")
    for value, wins in ((turn.value, True), (turn.value - 1.0, False)):
        distil, api = (
            total(tab.view.scenario, name, workload__requests_per_month=value) for name in ("distil", "api")
        )
        assert (distil < api) == wins


def test_the_strip_names_the_cheapest_and_this_plan_stands_on_its_curves(tab):
    stretches = tab.curves.strip.stretches
    assert [each.strategy for each in stretches] == ["api", "distil"]
    assert tab.curves.here.value == tab.view.scenario.workload.requests_per_month
    totals = {name: float(r["total_usd"]) for name, r in tab.view.results.strategies.items()}
    assert dict(tab.curves.here.points) == pytest.approx(totals)
    low, high = shown_range(tab.curves.sight.found)
    assert low < tab.curves.here.value < high


def test_the_strip_says_where_limits_keep_a_cheaper_one_from_being_named(tab, qtbot):
    assert tab.curves.strip.words(tab.curves.strip.stretches[0])[0] == "API is cheapest"
    mobile = show(qtbot, make_view(load_preset("on-device-mobile")))  # the API is too slow for it
    words = mobile.curves.strip.words(mobile.curves.strip.stretches[0])
    assert words[0] == "Distil is cheapest of those that keep the limits"
    mobile.stop()


def test_the_crosshair_reads_out_what_was_computed(tab, qtbot):
    plot = tab.curves.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(plot, Key.Key_Home)
    for _ in range(3):
        qtbot.keyClick(plot, Key.Key_Right)
    value = plot.crosshair.x_shown
    rows = {row.strategy: row.value for row in plot.gutter.rows}
    for name, said in rows.items():
        expected = total(tab.view.scenario, name, workload__requests_per_month=value)
        assert said == format_quantity(expected, "usd")
    qtbot.keyClick(plot, Key.Key_Escape)
    assert plot.crosshair.x_shown is None
    assert {row.value for row in plot.gutter.rows} == {""}


def test_bands_are_of_the_strategy_in_focus_and_of_the_baseline(tab):
    assert set(tab.curves.bands) == {"distil", "api"}
    assert "bands P10–P90" in tab.curves._said[1]


def test_table_and_description_say_the_same(tab):
    heads, rows = tab.curves.table()
    assert heads == [
        "Requests per month",
        "API",
        "Self-host",
        "Fine-tune",
        "Distil",
        "Tune + distil",
        "Cheapest",
    ]
    own = next(row for row in rows if row[0].text.endswith(", this plan"))
    assert own[4].value == pytest.approx(tab.view.results.strategies["distil"]["total_usd"])
    assert own[-1].text == "Distil"
    words = tab.curves.describe()
    assert "Distil wins from 1.8M a month" in words.replace("\u00a0", " ")
    assert "Self-host never wins" in words
    assert "Cheapest within the limits: from 1,000 a month API" in words
    assert tab.curves.plot.accessibleDescription() == words


# ---------------------------------------------------------------------- below
def test_places_are_sorted_with_the_range_of_the_draws(tab):
    rows = tab.places.plot.table()[1]
    assert [row[0].text for row in rows] == ["Distil", "Tune + distil", "Fine-tune", "Self-host"]
    assert rows[-1][1].text == "never"
    places = tab.curves.sight.draws.places["distil"]
    heads, table = tab.places.table()
    assert heads[2] == "Over draws"
    low, high = (format_quantity(places.percentile(share), "count", figures=2) for share in (10, 90))
    assert table[0][2].text == f"P10–P90 {low}–{high}"


def test_the_chance_is_even_where_half_of_the_draws_have_their_place(tab):
    assert tab.chance.card.title == "Chance that Distil wins"
    places = tab.curves.sight.draws.places["distil"]
    series = tab.chance.plot.series[0]
    even = np.interp(np.log(places.percentile(50)), np.log(series.x), series.y)
    assert even == pytest.approx(0.5, abs=0.03)
    said = format_quantity(places.percentile(50), "count", figures=2)
    assert f"{said}, even odds" in [note.text for note in tab.chance.notes._notes]


def test_a_condition_leads_to_its_input_by_mouse_and_by_key(tab, qtbot):
    plot = tab.again.plot
    assert tab.again.card.title == "The API wins again if"
    assert plot.rows[0].path == VOLUME
    with qtbot.waitSignal(tab.input_requested) as asked:
        qtbot.mouseClick(plot, LEFT, pos=QPoint(20, 8))
    assert asked.args == [VOLUME]
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(plot, Key.Key_Down)
    qtbot.keyClick(plot, Key.Key_Down)
    with qtbot.waitSignal(tab.input_requested) as asked:
        qtbot.keyClick(plot, Key.Key_Return)
    assert asked.args == [plot.rows[1].path]
    assert "Volume under 1.8M a month, now 2.0M" in plot.describe()


def test_a_condition_is_the_advisers(tab):
    """Both say below which volume the API is the choice."""
    place = tab.curves.sight.found.standings["distil"].lasting.value
    volume = next(row for row in tab.again.plot.rows if row.path == VOLUME)
    assert volume.value == pytest.approx(place, rel=0.01)


# ---------------------------------------------------------------------- other axes
def test_arrow_keys_on_the_switch_change_the_axis(tab, qtbot):
    tab.axes.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(tab.axes.focusProxy(), Key.Key_Right)
    assert tab.path == MONTHS
    assert tab.curves.card.title == "Cost up to each month"
    standing = tab.curves.sight.found.standings["distil"]
    assert standing.lasting.value == tab.view.results.strategies["distil"]["payback_month"]


def test_a_click_on_rent_shows_up_to_which_rent_each_wins(tab, qtbot):
    button = next(b for b in tab.axes.buttons() if b.shown_text == "Rent")
    qtbot.mouseClick(button, LEFT)
    assert tab.path == RENT
    settled(qtbot, tab)
    turn = tab.curves.sight.found.standings["distil"].turns[-1]
    said = format_quantity(turn.value, "usd_per_h", figures=2)
    assert tab.curves.callout.lines[0] == f"Distil wins up to {said}"
    for factor, wins in ((0.999, True), (1.001, False)):
        rent = turn.value * factor
        distil, api = (
            total(tab.view.scenario, name, serving__usd_per_accelerator_h=rent) for name in ("distil", "api")
        )
        assert (distil < api) == wins


def test_any_other_input_is_chosen_from_the_list(tab, qtbot):
    tab.others.setFocus()
    row = tab.others.findData(TOKENS)
    tab.others.setCurrentIndex(row)
    tab.others.activated.emit(row)
    assert tab.path == TOKENS
    assert tab.axes.current == ""
    settled(qtbot, tab)
    assert tab.curves.card.title == "Cost against tokens in an answer"
    for series in tab.curves.plot.series:
        value = float(series.x[series.x.size // 3])
        assert series.y[series.x.size // 3] == pytest.approx(
            total(tab.view.scenario, series.strategy, workload__output_tokens=value)
        )
    tab.show_axis(VOLUME)
    assert tab.axes.current == VOLUME
    assert tab.others.current == ""


def test_another_baseline_is_chosen_from_its_list(tab, qtbot):
    row = tab.against.findData("finetune")
    tab.against.setCurrentIndex(row)
    tab.against.activated.emit(row)
    settled(qtbot, tab)
    assert tab.curves.sight.found.baseline == "finetune"
    assert set(tab.curves.bands) == {"distil", "finetune"}
    assert set(tab.curves.sight.found.standings) == {"api", "prompt", "distil", "both"}


def test_the_strategy_in_focus_is_the_one_that_words_are_of(tab, qtbot):
    view = make_view(load_preset(), "both")
    tab.show_view(view)
    settled(qtbot, tab)
    assert tab.curves.callout.lines[0].startswith("Tune + distil wins from")
    assert tab.chance.card.title == "Chance that Tune + distil wins"


# ---------------------------------------------------------------------- without
def test_without_ranges_there_are_no_bands_and_the_subtitle_says_so(qapp, qtbot, monkeypatch):
    monkeypatch.setattr("planner.evidence.asked.physics_ranges", lambda results: {})
    made = show(qtbot, make_view(changed(load_preset(), ranges={})))
    assert made.curves.bands == {}
    assert "no ranges, so no bands" in made.curves._said[1]
    assert made.chance.card._empty is not None
    made.stop()


def test_where_nothing_keeps_the_limits_nothing_is_claimed(qapp, qtbot):
    made = show(qtbot, make_view(changed(load_preset(), limits__min_quality=99.0)))
    assert [each.strategy for each in made.curves.strip.stretches] == [None]
    assert made.again.card._empty is not None
    assert "from 1,000 a month none" in made.curves.describe()
    made.stop()


def test_where_the_baseline_leads_any_other_that_wins_is_marked(qapp, qtbot):
    made = show(qtbot, make_view(changed(load_preset(), workload__requests_per_month=1e5)))
    assert made.again.card.title == "The API loses if"
    assert made.again.plot.marked
    assert "Distil wins" in made.again.plot.describe()
    made.stop()


ODD = {
    "one": {"strategies": ("api",)},
    "unfit": {"training.accelerators": 1, "finetune.method": "full"},
    "no traffic": {"workload.requests_per_month": 0.0},
    "huge": {"workload.requests_per_month": 1e11, "data.usd_per_example": 1e3},
    "month": {"horizon_months": 1},
    "fraction": {"workload.requests_per_month": 1234.5},
    "owned": {"hardware.ownership": "own", "serving.autoscale": True},
    "optimal": {"refresh.interval_months": "optimal", "quality.usd_per_failed_answer": 0.05},
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_plans_are_painted_along_every_axis(qapp, qtbot, odd):
    plan = load_preset().with_scenario(load_preset().scenario.with_(ODD[odd]))
    made = show(qtbot, make_view(plan))
    for path in (VOLUME, MONTHS, API_PRICE, RENT, "horizon_months"):
        made.show_axis(path)
        settled(qtbot, made)
        assert not made.grab().isNull()
        made.curves.card.show_table(True)
        made.curves.card.show_table(False)
    made.stop()


@pytest.mark.parametrize("preset", [preset.id for preset in presets()])
def test_every_preset_is_painted_in_both_themes_and_at_another_zoom(qapp, qtbot, preset):
    manager = themes.ThemeManager(qapp)
    made = show(qtbot, make_view(load_preset(preset)))
    for table in (themes.DARK, themes.LIGHT):
        manager.set_override(table)
        assert not made.grab().isNull()
    manager.set_zoom(150)
    assert not made.grab().isNull()
    manager.set_zoom(100)
    made.stop()


# ---------------------------------------------------------------------- in the window
def test_a_held_slider_moves_only_the_line_of_this_plan(window, page, qtbot, mouse):
    curves = page.curves.plot.series[3].y
    slider = window.inputs.rows[VOLUME].slider
    hand = mouse(slider)
    hand.send(mouse_kind("press"), 0.5)
    hand.send(mouse_kind("move"), 0.62)
    volume = window.store.scenario.workload.requests_per_month
    assert page.curves.here.value == volume
    assert page.curves.plot.series[3].y is curves
    assert not page.looker.busy
    hand.send(mouse_kind("release"), 0.62)
    assert page.looker.busy
    settled(qtbot, page)
    assert page.curves.sight.found.axis.here == volume
    assert page.curves.plot.series[3].y is not curves


def mouse_kind(word):
    from PySide6.QtCore import QEvent

    kinds = {
        "press": QEvent.Type.MouseButtonPress,
        "move": QEvent.Type.MouseMove,
        "release": QEvent.Type.MouseButtonRelease,
    }
    return kinds[word]


def test_first_curves_come_before_the_exact_ones_and_claim_no_crossing(window, page, qtbot):
    seen = []
    page.looker.looked.connect(
        lambda found, _curves: seen.append((found.exact, page.curves.rings.is_empty()))
    )
    window.store.edit("workload.input_tokens", 1400)
    settled(qtbot, page)
    assert [exact for exact, _ in seen] == [False, True]
    assert not page.curves.rings.is_empty()


def test_a_page_that_is_left_counts_nothing(window, page):
    window.store.edit("workload.input_tokens", 1600)
    assert page.busy
    window.tab_bar.setCurrentIndex(0)
    assert not page.busy
    window.tab_bar.setCurrentIndex([each.title for each in PAGES].index("Break-even"))
    assert page.busy


def test_another_answer_of_the_window_starts_nothing_anew(window, page, qtbot):
    found = page.curves.sight.found
    window.live.show_again()
    assert not page.looker.busy
    assert page.curves.sight.found is found


def test_a_condition_leads_to_the_row_of_its_input(window, page, qtbot):
    row = next(n for n, each in enumerate(page.again.plot.rows) if each.path == VOLUME)
    QTest.mouseClick(page.again.plot, LEFT, pos=QPoint(30, int((row + 0.5) * page.again.plot._pitch())))
    qtbot.waitUntil(lambda: window.inputs.rows[VOLUME].isVisible(), timeout=PATIENCE_MS)


def test_the_large_plot_fills_the_page_and_gives_it_back(page, qtbot):
    page.toggle_full_size(page.curves.card)
    assert not page.places.card.isVisible()
    qtbot.keyClick(page, Key.Key_Escape)
    page.leave_full_size()
    assert page.places.card.isVisible()


def test_no_chance_is_drawn_where_nothing_fits(qapp, qtbot):
    changes = {
        "strategies": ("prompt", "finetune"),
        "serving__hardware": "nvidia-l4",
        "serving__precision": "bf16",
        "serving__accelerators_per_replica": 1,
    }
    made = show(qtbot, make_view(changed(load_preset(), **changes)))
    assert made.chance.card._empty is not None
    made.stop()


def test_the_plot_keeps_its_size_when_counting_ends(tab, qapp):
    tab.curves.card.set_counting(0.5, "counting draws")
    qapp.processEvents()
    height = tab.curves.plot.height()
    tab.curves.card.set_counting(None)
    qapp.processEvents()
    assert tab.curves.plot.height() == height


def test_an_input_that_cannot_be_costed_is_said_on_the_page_and_goes_with_the_axis(tab, qtbot):
    met = []
    tab.problem_met.connect(met.append)
    tab.show_axis("student.params")
    settled(qtbot, tab)
    assert tab.curves.card._empty is not None
    assert not met
    tab.show_axis(VOLUME)
    settled(qtbot, tab)
    assert tab.curves.card._empty is None
    assert tab.chance.card._empty is None
