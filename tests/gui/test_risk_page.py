"""The Risk page and what draws add to the window: counted by themselves, as the engine says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gallery_tabs import changed, make_view
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from planner.engine.matters import advice, matters
from planner.engine.risk import PERCENTILES
from planner.engine.sensitivity import swings
from planner.evidence.asked import physics_ranges
from planner.scenario.presets import load_preset
from planner.ui.panels.verdict import shares_of
from planner.ui.plots.figures.drawn import pair_of, savings_of
from planner.ui.tabs.registry import PAGES
from planner.ui.tabs.risk import RiskTab
from planner.units import format_quantity

TOKENS = "workload.input_tokens"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def view():
    return make_view(load_preset(), draws=1024)


def show(qtbot, view, width=860, height=1180):
    tab = RiskTab()
    qtbot.addWidget(tab)
    tab.resize(width, height)
    tab.show()
    tab.show_view(view)
    return tab


def counted(window):
    view = window.live.view
    return view.doubted is not None and view.doubted.done and view.risk.planned == window.doubt.draws


def wait_counted(window, qtbot):
    qtbot.waitUntil(lambda: counted(window), timeout=60_000)
    return window.live.view


def turn_to(window, title):
    window.tab_bar.setCurrentIndex([page.title for page in PAGES].index(title))


# ---- the window


def test_draws_are_counted_by_themselves_and_again_after_a_change(window, qtbot):
    window.doubt.ask(2048)
    first = wait_counted(window, qtbot).doubted
    window.store.edit(TOKENS, 1500)
    assert window.live.view.doubted is None  # nothing old beside new figures
    second = wait_counted(window, qtbot).doubted
    assert second.results is window.live.view.results
    assert second.risk.totals_usd.shape == first.risk.totals_usd.shape
    assert not np.allclose(second.risk.totals_usd, first.risk.totals_usd)


def test_the_first_answer_rests_on_few_draws_and_a_held_slider_waits_for_the_rest(window, qtbot):
    window.doubt.ask(4096)
    wait_counted(window, qtbot)
    window.live.set_dragging(True)
    window.store.edit(TOKENS, 1300, gesture=1)
    qtbot.waitUntil(lambda: window.live.view.doubted is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not window.doubt.busy, timeout=60_000)
    assert window.live.view.risk.draws == 1024
    window.live.set_dragging(False)
    qtbot.waitUntil(lambda: window.live.view.risk.draws == 4096, timeout=60_000)


def test_verdict_cards_and_status_say_the_same_share(window, qtbot):
    window.doubt.ask(2048)
    view = wait_counted(window, qtbot)
    share = view.risk.strategies[view.choice.strategy].cheapest_frac
    said = shares_of(view)
    assert said.share == format_quantity(share, "chance")
    assert sum(part for _, part in said.parts) + said.none_frac == pytest.approx(1.0)
    assert said.spoken in window.verdict.accessibleDescription()
    assert window.status.draws.text() == f"Risk {view.risk.draws:,} draws"
    for card in window.cards.cards:
        assert card.facts.reach


def test_a_plan_that_cannot_be_computed_draws_nothing(window, qtbot):
    window.doubt.ask(1024)
    wait_counted(window, qtbot)
    window.store.edit("base.model", "no-such-model")
    assert window.live.problem is not None
    assert not window.doubt.busy
    window.store.undo_stack.undo()
    wait_counted(window, qtbot)


def test_undo_draws_the_same_numbers_again(window, qtbot):
    window.doubt.ask(1024)
    before = wait_counted(window, qtbot).risk.totals_usd
    window.store.edit(TOKENS, 2000)
    wait_counted(window, qtbot)
    window.store.undo_stack.undo()
    np.testing.assert_array_equal(wait_counted(window, qtbot).risk.totals_usd, before)


def test_more_draws_are_asked_for_and_stopped_on_the_page(window, qtbot):
    window.doubt.ask(1024)
    wait_counted(window, qtbot)
    turn_to(window, "Risk")
    page = window.page
    qtbot.mouseClick(page.counter.counts.buttons()[2], LEFT)
    qtbot.waitUntil(lambda: window.live.view.risk.planned == 1_000_000, timeout=60_000)
    assert page.counter.cancel.isVisible()
    qtbot.mouseClick(page.counter.cancel, LEFT)
    qtbot.waitUntil(lambda: not window.doubt.busy, timeout=60_000)
    stood = window.live.view.risk.draws
    assert 0 < stood < 1_000_000
    assert f"{stood:,} of 1,000,000 draws" in page.counter.words.text()
    assert not page.counter.cancel.isVisible()
    qtbot.mouseClick(page.counter.counts.buttons()[0], LEFT)
    qtbot.waitUntil(lambda: window.live.view.risk.draws == 10_000, timeout=60_000)


def test_a_strategy_is_selected_on_its_bar(window, qtbot):
    window.doubt.ask(1024)
    wait_counted(window, qtbot)
    turn_to(window, "Risk")
    bars = window.page.ranking.bars
    bars.setFocus()
    last = len(window.page.ranking.table()[1]) - 1
    for _ in range(last + 1):
        qtbot.keyClick(bars, Qt.Key.Key_Down)
    qtbot.keyClick(bars, Qt.Key.Key_Return)
    name = window.page.ranking.table()[1][last][0].marker
    assert window.live.view.selected == name


# ---- the figures


def test_the_fan_is_the_percentiles_of_the_engine(qtbot, view):
    tab = show(qtbot, view)
    shown = [series.strategy for series in tab.fan.plot.series]
    assert shown == ["api", "distil"]
    for name in shown:
        found = view.risk.strategies[name].cumulative_usd
        np.testing.assert_array_equal(tab.fan.plot.curve(name).ys, found[PERCENTILES.index(50)])
    headers, rows = tab.fan.table()
    assert len(headers) == 1 + 2 * len(PERCENTILES)
    last = [cell.value for cell in rows[-1][1:]]
    np.testing.assert_allclose(
        last, np.concatenate([view.risk.strategies[n].cumulative_usd[:, -1] for n in shown])
    )
    qtbot.mouseClick(tab.fan.which.buttons()[1], LEFT)
    assert [series.strategy for series in tab.fan.plot.series] == list(view.risk.strategies)


def test_the_ranking_is_sorted_and_adds_up(qtbot, view):
    tab = show(qtbot, view)
    shares = [row[1].value for row in tab.ranking.table()[1]]
    assert shares[:5] == sorted(shares[:5], reverse=True)
    assert sum(shares) == pytest.approx(1.0)


def test_the_histogram_holds_every_draw_and_its_percentiles(qtbot, view):
    tab = show(qtbot, view)
    saved = savings_of(view.risk, pair_of(view))
    names = list(view.risk.strategies)
    api, distil = (view.risk.totals_usd[names.index(name)] for name in ("api", "distil"))
    np.testing.assert_array_equal(saved, api - distil)
    assert sum(row[1].value for row in tab.saving.table()[1]) == view.risk.draws
    words = tab.saving.describe()
    for percent in (10, 50, 90):
        value = format_quantity(float(np.percentile(api - distil, percent)), "usd", figures=2)
        assert f"P{percent} {value}" in words


def test_the_baseline_is_compared_with_what_contests_it_most(qtbot, view):
    tab = show(qtbot, replace(view, selected="api"))
    assert pair_of(replace(view, selected="api")).other == "distil"
    assert "Distil" in tab.saving.card.title


def test_paybacks_add_up_to_the_draws_in_which_it_fits(qtbot, view):
    tab = show(qtbot, view)
    found = view.risk.strategies["distil"]
    shares = tab.paybacks.columns.data.totals
    assert len(shares) == view.scenario.horizon_months + 1
    assert sum(shares) == pytest.approx(found.fits_frac)
    assert shares[-1] == pytest.approx(1.0 - found.pays_back_frac)
    assert shares[0] == pytest.approx(np.mean(found.payback_months == 1) * found.pays_back_frac)


def test_chances_name_the_limits_that_the_plan_has(qtbot, view):
    tab = show(qtbot, view)
    assert "Within budget" not in tab.chances.table.model().sourceModel().headers
    limited = make_view(changed(load_preset(), limits__max_total_usd=3e5), draws=512)
    tab.show_view(limited)
    model = tab.chances.table.model().sourceModel()
    column = model.headers.index("Within budget")
    for row, found in zip(model.rows, limited.risk.strategies.values(), strict=True):
        assert row[column].value == pytest.approx(found.within_budget_frac)


ODD = {
    "one strategy": {"strategies": ("api",)},
    "none keeps the limits": {"limits__max_total_usd": 10.0},
    "one does not fit": {
        "serving__hardware": "nvidia-l4", "serving__precision": "bf16",
        "serving__accelerators_per_replica": 1,
    },
    "one month": {"horizon_months": 1},
    "nothing is asked": {"workload__requests_per_month": 0.0},
    "carbon": {"limits__goal": "carbon"},
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("selected", ["", "prompt"])
def test_odd_plans_paint(qtbot, name, selected):
    plan = changed(load_preset(), **ODD[name])
    if selected not in plan.scenario.strategies:
        selected = ""
    tab = show(qtbot, make_view(plan, selected, draws=128))
    assert not tab.grab().isNull()
    for figure in tab.figures:
        assert figure.card.title


def test_before_any_draws_it_says_that_it_counts(qtbot):
    tab = show(qtbot, make_view(load_preset()))
    assert tab.counter.words.text() == "Counting draws"
    assert not tab.grab().isNull()


# ---- what is studied beside the draws


def studied(window, qtbot):
    window.doubt.ask(2048)
    turn_to(window, "Risk")
    wait_counted(window, qtbot)
    page = window.page
    qtbot.waitUntil(lambda: page.tornado.tornado is not None, timeout=60_000)
    qtbot.waitUntil(lambda: page.matters.found is not None, timeout=60_000)
    qtbot.waitUntil(lambda: any(row.flips for row in page.matters.found.rows), timeout=60_000)
    return page


def test_what_moves_and_what_matters_are_those_of_the_engine(window, qtbot):
    page = studied(window, qtbot)
    view = window.live.view
    moved = swings(
        view.scenario, view.catalog, choices=view.results.choices, further=physics_ranges(view.results)
    ).tornado("distil", "api")
    assert page.tornado.tornado == moved
    found = matters(view.risk, "distil", "api")
    assert [row.path for row in page.matters.found.rows] == [row.path for row in found.rows]
    said = advice(page.matters.found)
    assert page.advice.words.text() == said.heading
    assert page.advice.why.text().startswith(said.text)


def test_another_strategy_is_studied_against_the_baseline(window, qtbot):
    page = studied(window, qtbot)
    window.live.select("finetune")
    qtbot.waitUntil(lambda: page.matters.found.strategy == "finetune", timeout=60_000)
    assert (page.tornado.tornado.strategy, page.tornado.tornado.against) == ("finetune", "api")


def test_a_bar_leads_to_its_input(window, qtbot):
    page = studied(window, qtbot)
    page.tornado.bars.setFocus()
    qtbot.keyClick(page.tornado.bars, Qt.Key.Key_Down)
    with qtbot.waitSignal(page.input_requested) as asked:
        qtbot.keyClick(page.tornado.bars, Qt.Key.Key_Return)
    assert asked.args == [page.tornado.tornado.rows[0].path]
    row = window.inputs.rows[asked.args[0]]
    qtbot.waitUntil(lambda: row.isAncestorOf(window.focusWidget()))


def test_sobol_indices_are_counted_when_asked_for(window, qtbot):
    page = studied(window, qtbot)
    assert not page.matters.chart.has_indices
    qtbot.mouseClick(page.matters.button, LEFT)
    qtbot.waitUntil(lambda: page.matters.chart.has_indices, timeout=120_000)
    assert not page.matters.button.isVisible()
    window.store.edit(TOKENS, 1500)  # of another plan they say nothing
    qtbot.waitUntil(lambda: not page.matters.chart.has_indices, timeout=60_000)


def test_old_figures_stay_dimmed_until_the_new_ones_come(window, qtbot):
    page = studied(window, qtbot)
    before = page.tornado.tornado
    window.live.set_dragging(True)
    window.store.edit(TOKENS, 2000, gesture=3)
    assert page.tornado.tornado == before
    assert page.fan.plot.series
    window.live.set_dragging(False)
    wait_counted(window, qtbot)
    qtbot.waitUntil(lambda: page.tornado.tornado != before, timeout=60_000)


def test_without_a_pair_no_other_plan_is_named(qtbot):
    tab = show(qtbot, make_view(load_preset(), draws=128))
    assert tab.saving.card.title == "Saving against the API"
    tab.show_view(make_view(changed(load_preset(), strategies=("distil",)), draws=128))
    assert tab.saving.card.title == "Saving"


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_the_page_is_exported_as_it_is_on_the_screen(window, qtbot, monkeypatch, tmp_path, ending):
    window.doubt.ask(1024)
    turn_to(window, "Risk")
    wait_counted(window, qtbot)
    path = tmp_path / f"risk{ending}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.actions_by_id[f"export_{ending[1:]}"].trigger()
    assert window.exports.finish()
    if ending == ".svg":
        assert "Which is cheapest" in path.read_text(encoding="utf-8")
        return
    picture = QImage(str(path))
    whole = window.page.whole
    assert (picture.width(), picture.height()) == (2 * whole.width(), 2 * whole.height())
    assert whole.height() > window.page.height()  # what is scrolled away is drawn too
