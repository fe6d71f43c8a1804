"""The tornado and "What matters": what they show, by mouse and keyboard, in figures and in words."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, Qt

from planner.catalog.load import load_catalog
from planner.engine.flip_points import FlipPoint, flip_points
from planner.engine.matters import matters
from planner.engine.risk import risk
from planner.engine.run import resolve, simulate
from planner.engine.sensitivity import swings
from planner.engine.sobol import sobol
from planner.scenario.model import Scenario, spec_for
from planner.scenario.presets import load_preset
from planner.ui.plots.figures.matters import MattersFigure, flip_text
from planner.ui.plots.figures.tornado import TornadoFigure
from planner.ui.plots.figures.tornado_bars import SwingRow
from planner.units import format_quantity

CATALOG = load_catalog()
LEFT = Qt.MouseButton.LeftButton
VOLUME, PEAK = "workload.requests_per_month", "workload.peak_to_mean"
TOKENS = {"workload.input_tokens": {"low": 900, "mode": 900, "high": 4e5, "shape": "uniform"}}


@pytest.fixture(scope="module")
def moved():
    return swings(load_preset().scenario, CATALOG)


@pytest.fixture(scope="module")
def found():
    plan = load_preset().scenario
    return matters(risk(plan, CATALOG, count=2048, seed=0), "distil", "api").with_flips(
        flip_points(plan, CATALOG)
    )


def show(qtbot, figure, width=500, height=340):
    qtbot.addWidget(figure.card)
    figure.card.resize(width, height)
    figure.card.show()
    qtbot.waitExposed(figure.card)
    return figure


@pytest.fixture
def tornado(qtbot, moved):
    figure = show(qtbot, TornadoFigure())
    figure.show_swings(moved, "distil", "api")
    return figure


@pytest.fixture
def matter(qtbot, found):
    figure = show(qtbot, MattersFigure(), 840, 400)
    figure.show_matters(found)
    return figure


def where(chart, row):
    """A pixel in the middle of a row."""
    return QPoint(chart.width() // 2, round(chart.line(row).center().y()))


# ---------------------------------------------------------------- tornado
def test_bars_are_the_engines_swings_and_stand_where_the_axis_says(tornado, moved):
    expected = moved.tornado("distil", "api")
    assert tornado.bars.paths == [row.path for row in expected.rows]
    assert [(row.low, row.high) for row in tornado.bars.rows] == [(r.low, r.high) for r in expected.rows]
    bars = tornado.bars
    base = bars.x_of(expected.base)
    per_usd = bars.x_of(expected.base + 1.0) - base
    assert per_usd > 0.0
    for row in bars.rows:
        for value in (row.low, row.high):
            assert bars.x_of(value) == pytest.approx(base + (value - expected.base) * per_usd)
            assert bars._layout()[0] <= bars.x_of(value) <= bars.width()


def test_the_switch_shows_the_cost_of_the_strategy(tornado, moved, qtbot):
    assert tornado.card.title == "What moves the saving"
    qtbot.mouseClick(tornado.compared.buttons()[1], LEFT)
    assert tornado.card.title == "What moves the cost"
    assert tornado.tornado == moved.tornado("distil")
    assert tornado.bars.base == pytest.approx(moved.values["distil"][0])
    qtbot.mouseClick(tornado.compared.buttons()[0], LEFT)
    assert tornado.tornado == moved.tornado("distil", "api")


def test_a_click_and_return_ask_for_the_input(tornado, qtbot):
    asked = []
    tornado.input_asked.connect(asked.append)
    qtbot.mouseClick(tornado.bars, LEFT, pos=where(tornado.bars, 2))
    tornado.bars.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(tornado.bars, key)
    assert asked == [tornado.bars.paths[2], tornado.bars.paths[1]]


def test_what_is_visited_is_read_out_in_money_and_inputs(tornado):
    tornado.bars.visit((0, 0))
    row = tornado.tornado.rows[0]
    said = tornado.bars.accessibleDescription()
    assert said.startswith(spec_for(row.path).title)
    for value in (row.low, row.high):
        assert format_quantity(value, "usd") in said
    assert said in tornado.card.accessibleDescription()


def test_few_pixels_show_the_widest_and_lead_to_the_table(tornado, qtbot):
    tornado.card.resize(500, 190)
    bars = tornado.bars
    qtbot.waitUntil(lambda: bars.hidden > 0)
    assert bars.shown + bars.hidden == len(tornado.tornado.rows)
    assert bars.row_count() == bars.shown + 1
    qtbot.mouseClick(bars, LEFT, pos=where(bars, bars.shown))
    assert tornado.card.is_table_shown
    headers, rows = tornado.card.table()
    assert len(rows) == len(tornado.tornado.rows)
    assert headers[3] == "Saving, P10"
    for cells, row in zip(rows, tornado.tornado.rows, strict=True):
        assert [cell.value for cell in cells[1:]] == [
            row.low_input,
            row.high_input,
            row.low,
            row.high,
            row.width,
        ]


def test_an_end_that_does_not_fit_is_named(qtbot):
    plan = Scenario().with_({"ranges": TOKENS})
    figure = show(qtbot, TornadoFigure())
    figure.show_swings(swings(plan, CATALOG), "prompt", "api")
    (row,) = figure.bars.rows
    assert math.isnan(row.high)
    assert row.both.endswith("does not fit")
    assert "does not fit at 360k" in figure.describe()
    assert figure.card.table()[1][0][4].text == "does not fit"
    figure.card.grab()


def test_a_base_case_that_does_not_fit_and_no_ranges_say_so(qtbot):
    figure = show(qtbot, TornadoFigure())
    assert figure.describe() == "Moving one input after the other."
    narrow = Scenario().with_(
        {
            "serving.accelerators_per_replica": 1,
            "serving.hardware": "nvidia-l4",
            "serving.precision": "bf16",
            "ranges": {"labour.usd_per_hour": {"low": 80, "mode": 96, "high": 120}},
        }
    )
    assert not simulate(narrow, CATALOG).strategies["prompt"].fits
    figure.show_swings(swings(narrow, CATALOG), "prompt", "api")
    assert figure.describe() == "Self-host does not fit."
    figure.show_swings(swings(Scenario(), CATALOG), "distil", "api")
    assert figure.describe() == "No input has a range."
    figure.show_swings(None, "distil", "api")
    assert figure.tornado is None
    assert figure.card.table()[1] == []


def test_both_values_stand_on_one_side_where_a_bar_is_small_or_one_sided(tornado):
    bars = tornado.bars
    bars.set_rows(
        [
            SwingRow("site.pue", -100.0, 100.0, "1.1", "1.6"),
            SwingRow("data.examples", 40.0, 60.0, "1k", "2k"),
            SwingRow("data.eval_examples", -0.5, 0.5, "300", "400"),
        ],
        0.0,
        "usd",
    )
    wide, one_sided, small = (bars._ends(row) for row in bars.rows)
    assert (wide.left, wide.right) == ("1.1", "1.6")
    assert (one_sided.low, one_sided.high, one_sided.left) == (0.0, 60.0, "")
    assert one_sided.right == "1k – 2k"
    assert small.right == "300 – 400"


def test_what_costs_more_at_its_low_end_has_that_value_on_the_right(tornado):
    row = SwingRow("site.pue", 100.0, -100.0, "1.1", "1.6")
    tornado.bars.set_rows([row], 0.0, "usd")
    ends = tornado.bars._ends(row)
    assert (ends.left, ends.right) == ("1.6", "1.1")


# ---------------------------------------------------------------- what matters
def test_rows_are_the_engines(matter, found):
    assert matter.chart.paths == [row.path for row in found.rows]
    top = matter.chart.rows[0]
    assert top.worth == found.rows[0].worth_usd
    assert top.worth_text == format_quantity(found.rows[0].worth_usd, "usd", figures=2)
    assert top.flips == tuple((point.strategy, flip_text(point)) for point in found.rows[0].flips)
    assert format_quantity(found.known.perfect_usd, "usd", figures=2) in matter.chart.heads.worth
    assert len(matter.chart.columns()) == 3
    words = matter.describe()
    for row in found.rows:
        assert row.title in words


def test_a_row_asks_for_its_input(matter, qtbot):
    asked = []
    matter.input_asked.connect(asked.append)
    qtbot.mouseClick(matter.chart, LEFT, pos=where(matter.chart, 1))
    matter.chart.setFocus()
    qtbot.keyClick(matter.chart, Qt.Key.Key_Down)
    qtbot.keyClick(matter.chart, Qt.Key.Key_Enter)
    assert asked == [matter.chart.paths[1], matter.chart.paths[0]]


def test_sobol_indices_come_when_asked_for_and_can_be_stopped(matter, found, qtbot):
    asked, stopped = [], []
    matter.sobol_asked.connect(lambda: asked.append(True))
    matter.sobol_stopped.connect(lambda: stopped.append(True))
    qtbot.mouseClick(matter.button, LEFT)
    assert (len(asked), len(stopped)) == (1, 0)
    matter.set_counting(2048, 8192)
    assert matter.button.text() == "Stop"
    qtbot.mouseClick(matter.button, LEFT)
    assert (len(asked), len(stopped)) == (1, 1)
    matter.set_counting(None)
    assert matter.button.text() == "Sobol indices"
    indices = sobol(load_preset().scenario, CATALOG, ("distil", "api"), count=128)
    matter.show_matters(found.with_indices(indices))
    assert not matter.button.isVisible()
    assert len(matter.chart.columns()) == 4
    rows = {row.path: row for row in matter.chart.rows}
    first, second = sorted((VOLUME, PEAK), key=matter.chart.paths.index)
    assert rows[first].shared == ""
    assert rows[second].shared == spec_for(first).title
    assert f"{spec_for(second).title} " in rows[first].words
    headers, cells = matter.card.table()
    assert headers[4:] == ["Sobol alone", "90%", "Sobol with others", "90% ", "Shared with"]
    number = indices.of(first)
    line = cells[matter.chart.paths.index(first)]
    assert (line[4].value, line[6].value) == (indices.first[number], indices.total[number])
    matter.card.grab()


def test_without_a_worth_in_money_it_shows_how_often_the_choice_is_right(qtbot):
    plan = load_preset("bank-compliance").scenario
    drawn = risk(plan, CATALOG, count=1024, seed=0, choices=resolve(plan, CATALOG))
    figure = show(qtbot, MattersFigure(), 840, 400)
    figure.show_matters(matters(drawn, "both", "api"))
    assert figure.chart.heads.worth.startswith("Right choice, now ")
    assert figure.chart.rows[0].worth_text.startswith("+")
    assert figure.card.table()[0][2] == "More often right"
    figure.card.grab()


def test_it_says_in_how_many_draws_both_fit(qtbot):
    plan = Scenario().with_({"ranges": TOKENS})
    drawn = risk(plan, CATALOG, count=512, seed=0)
    found = matters(drawn, "prompt", "api")
    assert found.fits_frac == pytest.approx(drawn.strategies["prompt"].fits_frac)
    assert 0.0 < found.fits_frac < 1.0
    figure = show(qtbot, MattersFigure(), 840, 400)
    figure.show_matters(found)
    assert figure._said[1].endswith(f"both fit in {format_quantity(found.fits_frac, 'chance')}")


def test_states_without_findings(qtbot):
    figure = show(qtbot, MattersFigure())
    assert figure.describe() == "Counting draws."
    assert not figure.button.isVisible()
    figure.show_matters(matters(risk(Scenario(), CATALOG, count=256, seed=0), "distil", "api"))
    assert figure.describe() == "No input has a range."
    assert not figure.button.isVisible()


def test_words_of_flips():
    assert flip_text(FlipPoint(VOLUME, 431_000.0, True, "api", 1.0, 0.0)) == "API below 430k"
    assert flip_text(FlipPoint("site.pue", 1.52, False, None, 1.0, 2.0)) == "none left above 1.5"
    assert flip_text(FlipPoint("serving.min_replicas", 5.0, False, "api", 4.0, 5.0)) == "API from 5"
    assert flip_text(FlipPoint("serving.min_replicas", 5.0, True, "api", 6.0, 5.0)) == "API up to 5"
