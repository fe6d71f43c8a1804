"""Single figures against the results they come from: training, serving, energy, updates, sources."""

from __future__ import annotations

import math
import os
from itertools import pairwise

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from gallery_tabs import changed, make_view
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from planner.catalog.load import load_catalog
from planner.engine.lineitems import CARBON, ENERGY
from planner.engine.run import simulate
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset
from planner.ui import theme as t
from planner.ui.plots.figures import energy, intervals, serving, training, updates
from planner.ui.plots.figures.common import figure, fits, month_name
from planner.ui.plots.figures.lines import HatchedBand
from planner.ui.plots.places import free_place, overlap
from planner.ui.plots.ticks import spread
from planner.ui.tabs.source_rows import catalogue_entries, credit_rows, physics_rows
from planner.ui.tabs.sources import SourcesTab
from planner.units import BYTES_PER_GIB_SOLD

PRESETS = ("customer-support", "bank-compliance", "on-device-mobile")


@pytest.fixture(autouse=True)
def manager(qapp):
    made = t.ThemeManager(qapp)
    made.set_mode("light")
    yield made
    made.setParent(None)


@pytest.fixture(scope="module", params=PRESETS)
def view(request):
    return make_view(load_preset(request.param))


@pytest.fixture
def shown(qtbot):
    def put(part, view, width=420, height=240):
        qtbot.addWidget(part.card)
        part.card.resize(width, height)
        part.card.show()
        part.show(view)
        return part

    return put


@pytest.mark.parametrize(
    ("start", "month", "name"),
    [
        ("2027-01", 0, "January 2027"),
        ("2027-01", 14, "March 2028"),
        ("2026-12", 1, "January 2027"),
        ("2027-11", 25, "December 2029"),
    ],
)
def test_months_have_their_calendar_names(start, month, name):
    assert month_name(start, month) == name


# ---- training


def test_hours_by_run_add_up(view):
    for result in view.results.strategies.values():
        if fits(result):
            total = figure(result, "training_accelerator_h")
            assert sum(training.hours_by_run(result)) == pytest.approx(total, abs=1e-9)


def test_compute_is_that_of_all_runs(shown, view):
    part = shown(training.ReleaseCompute(), view)
    for row in part.bars._rows:
        result = view.results.strategies[row.strategy]
        assert sum(row.values) == pytest.approx(sum(result.release_flop.values()))
        assert bool(row.values) == bool(result.trainings)
        assert (row.values[-1:] > (0.0,)) == ("answers" in result.release_flop)


def test_releases_cost_what_month_0_and_the_first_refresh_cost(view):
    part = training.Releases()
    part.show(view)
    for row, result in zip(part.table.source.rows, view.results.strategies.values(), strict=True):
        assert row[1].value == pytest.approx(result["first_release_usd"])
        month = int(result.event_months["refresh"][0])
        events = {e.month: e.usd for e in updates.events_of(result)}
        assert row[3].value == pytest.approx(events[month])


# ---- serving


def test_replicas_and_load_are_the_fleets(shown, view):
    replicas, load = shown(serving.replicas_figure(), view), shown(serving.load_figure(), view)
    for name, result in view.results.strategies.items():
        if result.fleet is None:
            assert replicas.plot.curve(name) is None
            continue
        np.testing.assert_array_equal(replicas.plot.curve(name).ys, result.fleet.sizing.paid_replicas)
        np.testing.assert_array_equal(load.plot.curve(name).ys, result.fleet.load_frac)
        assert replicas.plot.curve(name).look.stepped


@pytest.mark.parametrize("about", serving.LATENCIES, ids=lambda a: a.figure)
def test_latencies_stand_against_their_limits(shown, view, about):
    part = shown(serving.Latency(about), view)
    limit = view.scenario.get(about.path)
    for row in part.bars._rows:
        result = view.results.strategies[row.strategy]
        assert row.value == result[about.figure]
        over = limit is not None and row.value > limit
        assert row.text.endswith("too slow") == over


def test_memory_of_a_card_is_filled(view):
    for result in view.results.strategies.values():
        parts = serving.memory_parts(result)
        assert (parts is None) == (result.fleet is None and result.device is None)
        if parts is not None and fits(result):
            assert sum(parts[:3]) == pytest.approx(parts[3])
            if result.fleet is not None:
                card = result.fleet.replica.load.card
                assert parts[3] == pytest.approx(card.memory_bytes / BYTES_PER_GIB_SOLD)


# ---- energy


def test_draws_add_up_to_the_meter(view):
    for result in view.results.strategies.values():
        assert sum(energy.energy_by_draw(result).values()) == pytest.approx(result["energy_kwh"], rel=1e-9)


def test_cooling_is_what_pue_says():
    result = make_view(changed(load_preset(), site__pue=1.5)).results.strategies["distil"]
    parts = energy.energy_by_draw(result)
    assert parts["Cooling"] == pytest.approx(result["energy_kwh"] * (1 - 1 / 1.5), rel=1e-6)


def test_phases_add_up_to_the_carbon(view):
    for result in view.results.strategies.values():
        parts = energy.carbon_by_phase(result)
        assert sum(parts) == pytest.approx(result["carbon_kgco2e"], rel=1e-9)
        assert sum(parts[1::2]) == pytest.approx(result["carbon_embodied_kgco2e"], rel=1e-9, abs=1e-9)
        assert sum(parts) == pytest.approx(sum(result.by_phase(CARBON).values()))


def test_carbon_of_an_api_is_a_band_and_a_range_of_words(shown, view):
    part = shown(energy.carbon_by_month(), view)
    api = view.results.strategies["api"]
    middle = np.cumsum(api.carbon_by_month)
    band = part.plot.band("api")
    np.testing.assert_allclose(band.low, middle * api.energy_range_frac[0])
    np.testing.assert_allclose(band.high, middle * api.energy_range_frac[1])
    assert part.plot.curve("api").look.alpha == 0.0
    said = {row.strategy: row.value for row in part.plot.gutter.rows}
    assert "–" in said["api"]
    assert "–" not in said["distil"]
    assert dict(part.plot.crosshair_points(3.0))["distil"] > 0
    assert math.isnan(dict(part.plot.crosshair_points(3.0))["api"])
    headers, rows = part.plot.table()
    column = headers.index("API")
    assert "–" in rows[-1][column].text
    assert "–" in part.plot.describe()


def test_other_grids_are_the_same_plan_elsewhere(view):
    names, kgs, here = energy.grid_choices(view)
    assert here in names
    found = energy.carbon_on_grids(view, view.selected, kgs)
    for name, kg, carbon in zip(names, kgs, found, strict=True):
        scenario = view.scenario.with_({"site.carbon_kgco2e_per_kwh": kg})
        alone = simulate(scenario, load_catalog(), choices=view.results.choices)
        assert carbon == pytest.approx(alone.strategies[view.selected]["carbon_kgco2e"]), name
    own = view.results.strategies[view.selected]
    assert found[names.index(here)] == pytest.approx(own["carbon_kgco2e"])


def test_energy_per_request(shown, view):
    part = shown(energy.PerRequest(), view)
    requests = float(np.sum(view.results.requests_by_month))
    for row in part.chart._rows:
        result = view.results.strategies[row.strategy]
        wh = result["energy_kwh"] * 1000 / requests
        if row.unknown:
            assert math.isnan(row.value)
            assert row.low < wh < row.high
        else:
            assert row.value == pytest.approx(wh)


def test_hatching_stays_inside_the_band(shown, view):
    part = shown(energy.carbon_by_month(), view)
    band: HatchedBand = part.plot.band("api")
    lines = []
    original = HatchedBand._diagonals

    def spy(self, frame, run):
        found = original(self, frame, run)
        lines.extend((frame, line) for line in found)
        return found

    HatchedBand._diagonals = spy
    try:
        part.card.grab()
    finally:
        HatchedBand._diagonals = original
    assert lines
    for frame, line in lines:
        for x, y in ((line.x1(), line.y1()), (line.x2(), line.y2())):
            month = (x - frame.x_shift) / frame.x_scale
            kg = (y - frame.y_shift) / frame.y_scale
            slack = 2 / abs(frame.y_scale)
            low, high = (np.interp(month, band.xs, ends) for ends in (band.low, band.high))
            assert low - slack <= kg <= high + slack


# ---- updates


def test_events_and_upkeep_are_the_ledger(shown, view):
    part = shown(updates.Events(), view)
    for lane in part.line.lanes:
        result = view.results.strategies[lane.strategy]
        assert len(lane.events) == result["refreshes"]
        assert sum(e.usd for e in lane.events) == pytest.approx(result["refresh_usd"], rel=1e-9)
        assert float(updates.upkeep(result)[-1]) == pytest.approx(result["refresh_usd"], rel=1e-9)


def test_score_is_a_saw_tooth_of_the_results(shown, view):
    part = shown(updates.score_by_month(), view)
    for name, result in view.results.strategies.items():
        np.testing.assert_array_equal(part.plot.curve(name).ys, result.quality_by_month)
        assert part.plot.curve(name).xs[0] == 1.0


def test_refresh_items_add_up(view):
    part = updates.RefreshItems()
    part.show(view)
    rows = {row[0].text: row for row in part.table.source.rows}
    named = list(rows)[: list(rows).index("Refresh in all")]
    for column in range(1, len(part.table.source.headers)):
        parts = [rows[name][column].value or 0.0 for name in named]
        assert sum(parts) == pytest.approx(rows["Refresh in all"][column].value)


def test_words_of_a_table_are_whole_where_there_is_room(shown):
    part = shown(serving.HowServed(), make_view(load_preset()), 620, 260)
    table = part.table
    for column, need in enumerate(table._natural()):
        assert table.columnWidth(column) >= need
    part.show(make_view(load_preset("on-device-mobile")))
    for column, need in enumerate(table._natural()):
        assert table.columnWidth(column) >= need


def test_labels_of_a_gutter_stay_inside():
    places = spread([0.0, 96.0, 97.0, 98.0, 99.0], 17.0, 100.0)
    assert places[0] == pytest.approx(2.5)
    assert places[-1] == pytest.approx(97.5)
    assert all(b - a == pytest.approx(17.0) for a, b in pairwise(places[1:]))


# ---- sources


@pytest.fixture
def sources(qtbot, view):
    tab = SourcesTab()
    qtbot.addWidget(tab)
    tab.resize(868, 628)
    with qtbot.waitActive(tab):
        tab.show()
        tab.activateWindow()
    tab.show_view(view)
    return tab


def test_every_input_is_listed_with_a_source(sources):
    rows = sources.inputs.source.rows
    assert len(rows) == len(specs_of(Scenario))
    for row in rows:
        assert row[2].text or row[3].text, row[0].text


def test_what_was_changed_says_you(sources):
    plan = changed(load_preset(), workload__requests_per_month=4e6)
    sources.show_view(make_view(plan))
    row = next(r for r in sources.inputs.source.rows if r[0].link == "workload.requests_per_month")
    assert row[1].text.startswith("4.0M")
    assert row[2].text.startswith("was")
    assert "2.0M" in row[2].text
    assert row[3].text == "you"


def test_every_column_stays_in_sight_when_long_words_come(sources):
    table = sources.inputs
    before = [table.columnWidth(i) for i in range(5)]
    sources.show_view(make_view(changed(load_preset(), notes="long words " * 60)))
    assert [table.columnWidth(i) for i in range(5)] == before
    assert sum(before) <= table.viewport().width()


def test_a_name_opens_its_input(qtbot, sources):
    table = sources.inputs
    cell = table.visualRect(table.model().index(3, 0))
    with qtbot.waitSignal(sources.input_requested) as asked:
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, cell.center().y()))
    assert asked.args == ["horizon_months"]


def test_search_goes_over_all_pages(sources):
    QTest.keyClicks(sources.search, "refresh: lag, data")
    assert [r[0].link for r in sources.inputs.source.rows] == ["refresh.lag_months"]
    sources.show_page("physics")
    QTest.keyClick(sources.search, Qt.Key.Key_Escape)
    assert len(sources.physics.source.rows) == len(physics_rows())
    QTest.keyClicks(sources.search, "torchtune")
    assert 0 < len(sources.physics.source.rows) < len(physics_rows())
    QTest.keyClicks(sources.search, " zzz")
    assert sources._empty.isVisible()
    sources.show_page("catalogue")
    QTest.keyClick(sources.search, Qt.Key.Key_Escape)
    assert not sources._empty.isVisible()
    assert all(block.isVisible() for block in sources.catalogue.blocks)


def test_catalogue_rows_have_source_and_date(view):
    entries = catalogue_entries(view)
    kinds = {entry.kind for entry in entries}
    assert {"Base model", "Student model", "API price", "Serving accelerator", "Grid"} <= kinds
    for entry in entries:
        assert entry.source.title
        assert entry.source.as_of


def test_credits_name_every_origin():
    origins = [row[0].text for row in credit_rows()]
    assert any("EcoLogits" in o for o in origins)
    assert any("Inter" in o for o in origins)
    assert any("Lucide" in o for o in origins)
    assert all(row[1].text for row in credit_rows())


# ---- places of labels


def test_a_label_goes_where_it_is_free():
    limits = (0.0, 0.0, 200.0, 100.0)
    right = free_place((50.0, 50.0), (40.0, 14.0), [], limits, 11.0)
    assert right.align == "l"
    blocked = [(55.0, 0.0, 200.0, 100.0)]
    left = free_place((50.0, 50.0), (30.0, 14.0), blocked, limits, 11.0)
    assert left.align == "r"
    assert overlap(left.box, blocked[0]) == 0.0
    edge = free_place((190.0, 50.0), (60.0, 14.0), [], limits, 11.0)
    assert edge.align == "r"


# ---------------------------------------------------------------- upkeep by interval
def test_upkeep_by_interval_is_what_the_engine_finds(shown):
    plan = changed(load_preset(), quality__usd_per_failed_answer=0.05, refresh__interval_months="optimal")
    view = make_view(plan)
    part = shown(intervals.UpkeepByInterval(), view, 560, 260)
    _, rows = part.table()
    for row, (name, costs) in zip(rows, part.costs.items(), strict=True):
        chosen = view.results.choices[name].interval_months
        assert costs.best == chosen
        assert row[1].text == intervals.interval_words(chosen, plan.scenario.horizon_months)
        assert row[3].value == pytest.approx(costs.total_usd.min() / 2.0)  # 24 months are two years
        curve = part.plot.curve(name)
        assert curve is not None
        assert curve.at(float(chosen)) == pytest.approx(costs.total_usd.min() / 2.0)
    assert part.here._at == view.results.choices[view.selected].interval_months
    assert "best every" in part._said[1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"refresh__drift_points_per_month": 0.0, "quality__usd_per_failed_answer": 1.0}, "no drift"),
        ({"quality__usd_per_failed_answer": 0.0}, "failed answers cost nothing"),
    ],
)
def test_where_age_costs_nothing_the_page_says_never(shown, changes, words):
    plan = changed(load_preset(), **changes, refresh__interval_months="optimal")
    view = make_view(plan)
    part = shown(intervals.UpkeepByInterval(), view, 560, 260)
    assert words in part._said[1]
    assert "never" in part._said[1]
    for name, costs in part.costs.items():
        assert costs.best == plan.scenario.horizon_months == view.results.choices[name].interval_months
        refreshes = view.results.strategies[name].event_months["refresh"]
        assert not refreshes.size


@pytest.mark.parametrize(("quantity", "name"), [(ENERGY, "energy_kwh"), (CARBON, "carbon_kgco2e")])
def test_upkeep_in_energy_and_carbon_is_the_ledger(shown, view, quantity, name):
    part = shown(updates.upkeep_by_month(quantity), view)
    assert part.about.unit == {"energy_kwh": "kwh", "carbon_kgco2e": "kgco2e"}[name]
    frame = view.results.ledger()
    for result in view.results.strategies.values():
        if fits(result):
            rows = frame[(frame.strategy == result.strategy) & (frame.phase == "refresh")]
            curve = part.plot.curve(result.strategy)
            assert curve is not None
            drawn = curve.at(float(view.scenario.horizon_months))
            assert drawn == pytest.approx(rows[name].sum(), rel=1e-9)


def test_the_band_of_the_score_is_its_range_and_says_whose_it_is(shown):
    part = shown(updates.score_by_month(), make_view(load_preset()), 420, 240)
    view = make_view(changed(load_preset(), quality__distil_points=74.0))
    assert "assumed" in part._said[1]
    part.show(view)
    held = part.ranges[view.selected]
    assert view.selected == "distil"
    assert "yours" in part._said[1]
    assert held.low < 74.0 < held.high
    (x, low, high), *more = part._band._runs
    assert not more
    assert high[0] - low[0] == pytest.approx(held.high - held.low)
    assert x.size == view.scenario.horizon_months
    assert part.plot.y_spec.lo <= low.min() <= high.max() <= part.plot.y_spec.hi
    assert "counted by you" in part.describe()
