"""What charts say of themselves: slides, report and stage draw the same lines, rows and words."""

from __future__ import annotations

import math

import pytest

from planner.export.story import Chart, Series
from planner.units import money_in


def chart(kind="lines", **more):
    given = {"points": ("0", "1", "2", "3"), "unit": "usd", "series": (), "x_values": (0.0, 1.0, 2.0, 3.0)}
    return Chart(kind=kind, title="Cost", **given | more)


def test_a_line_is_cut_where_a_value_is_missing_and_on_a_logarithmic_axis_below_it():
    line = Series("A", (1.0, None, 0.0, math.nan))
    assert chart().runs(line) == [([0.0], [1.0]), ([2.0], [0.0])]
    assert chart(y_log=True).runs(line) == [([0.0], [1.0])]
    assert line.last == 0.0
    assert Series("A", (None, math.inf)).last is None


@pytest.mark.parametrize(
    ("value", "words"), [(1500.0, "€1.50k"), (None, "€1.0k–€2.0k"), (0.0, "€0")]
)  # fmt: skip
def test_a_value_in_words_is_a_range_where_no_more_is_known(value, words):
    bar = Series("A", (value,), low=(1000.0,), high=(2000.0,))
    with money_in("€", 1.0):
        assert chart("bars", symbol="€").text(bar, 0) == words


def test_a_bridge_goes_from_step_to_step():
    row = Series("Total", (10.0, 4.0, -6.0, None, 8.0))
    found = chart("bridge", series=(row,), totals=(True, False, False, False, True)).steps
    ends = [(step.start, step.end, step.total) for step in found]
    assert ends == [(0, 10, True), (10, 14, False), (14, 8, False), (8, 8, False), (0, 8, True)]
