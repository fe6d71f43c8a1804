"""Ranges: what one holds, how it follows its value, what is refused and in which words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scenario_strategies import SPECS, plans

from planner.engine.sampling import draws_of
from planner.errors import InputError
from planner.scenario.files import load_plan, plan_from_text, save_plan
from planner.scenario.model import NOT_DRAWN, Plan, Scenario
from planner.scenario.ranges import SHAPES, Range, is_number

VOLUME, PUE = "workload.requests_per_month", "site.pue"


def span(low, mode, high, shape="pert"):
    return Range(low=low, mode=mode, high=high, shape=shape)


def ranged(**spans):
    return Scenario().with_({"ranges": spans})


# ---------------------------------------------------------------- following the value
def test_between_the_ends_only_the_likely_value_moves():
    for shape in ("pert", "triangular"):
        scenario = ranged(**{VOLUME: span(1e6, 2e6, 5e6, shape)}).with_({VOLUME: 3e6})
        assert scenario.ranges[VOLUME] == span(1e6, 3e6, 5e6, shape)


def test_a_shape_without_a_peak_moves_as_a_whole_so_that_draws_follow_the_value():
    for shape in ("lognormal", "uniform"):
        before = ranged(**{VOLUME: span(1e6, 2e6, 5e6, shape)})
        after = before.with_({VOLUME: 3e6})
        assert after.ranges[VOLUME] == span(1.5e6, 3e6, 7.5e6, shape)
        drawn = [draws_of(each.ranges, 512, 0)[VOLUME] for each in (before, after)]
        np.testing.assert_allclose(drawn[1], 1.5 * drawn[0])
        assert after.with_({VOLUME: 2e6}).ranges[VOLUME] == before.ranges[VOLUME]


@pytest.mark.parametrize(("value", "low", "high"), [(2e7, 1e7, 5e7), (2e5, 1e5, 5e5)])
def test_beyond_an_end_the_range_moves_along_in_proportion(value, low, high):
    scenario = ranged(**{VOLUME: span(1e6, 2e6, 5e6, "lognormal")}).with_({VOLUME: value})
    assert scenario.ranges[VOLUME] == span(low, value, high, "lognormal")


def test_a_range_that_reaches_below_zero_moves_by_the_difference():
    path = "prices.rent_change_frac_per_year"
    found = ranged(**{path: span(-0.4, -0.15, 0.25)}).with_({path: 0.4}).ranges[path]
    assert (found.low, found.mode, found.high) == pytest.approx((0.15, 0.4, 0.8))


def test_a_range_that_moves_along_stays_within_the_limits():
    path = "workload.prefix_cache_hit_frac"
    assert ranged(**{path: span(0.2, 0.5, 0.8)}).with_({path: 0.9}).ranges[path] == span(0.36, 0.9, 1.0)


def test_a_range_without_width_stays_without():
    assert ranged(**{PUE: span(1.2, 1.2, 1.2)}).with_({PUE: 1.5}).ranges[PUE] == span(1.5, 1.5, 1.5)


def test_a_range_given_with_the_value_is_taken_as_it_is():
    before = ranged(**{PUE: span(1.1, 1.2, 1.3)})
    assert before.with_({PUE: 1.5, f"ranges.{PUE}": span(1.0, 1.1, 3.0)}).ranges[PUE].low == 1.0
    assert before.with_({PUE: 1.5, "ranges": {}}).ranges == {}
    assert before.with_({PUE: None}).ranges == before.ranges
    assert before.with_({"site.wue_l_per_kwh": 1.0}).ranges == before.ranges


def test_a_lognormal_range_does_not_follow_to_zero():
    before = ranged(**{VOLUME: span(1e6, 2e6, 5e6, "lognormal")})
    assert before.with_({VOLUME: 0.0}).ranges == before.ranges


NUMBERS = sorted(path for path, spec in SPECS.items() if spec.kind == "number" and path not in NOT_DRAWN)


@given(st.data())
def test_whatever_value_a_range_follows_it_stays_a_range_around_it(data):
    path = data.draw(st.sampled_from(NUMBERS))
    spec = SPECS[path]
    lowest = spec.low if spec.low is not None else math.nextafter(spec.above, math.inf)
    number = st.floats(lowest, spec.high, allow_subnormal=False)
    low, mode, high = sorted(data.draw(st.tuples(number, number, number)))
    shape, value = data.draw(st.sampled_from(SHAPES)), data.draw(number)
    assume(shape != "lognormal" or (low > 0 and value > 0))
    after = ranged(**{path: span(low, mode, high, shape)}).with_({path: value})
    found = after.ranges[path]
    assert found.mode == value
    assert found.shape == shape
    assert Scenario.model_validate(after.model_dump()) == after


# ---------------------------------------------------------------- refused, in words
@pytest.mark.parametrize(
    ("path", "given", "words"),
    [
        (PUE, {"low": 1.5, "mode": 1.2, "high": 2.0}, ["PUE (ranges.site.pue)", "low is 1.5", "decrease"]),
        (PUE, {"low": 0.5, "mode": 1.2, "high": 2.0}, ["PUE (ranges.site.pue)", "low is 0.5", "from 1 to 4"]),
        (PUE, {"low": 1.0, "mode": 1.2, "high": 9.0}, ["high is 9", "from 1 to 4"]),
        (
            PUE,
            {"low": 1.0, "mode": 1.2, "high": 2.0, "shape": "normal"},
            ["ranges.site.pue.shape", "lognormal"],
        ),
        (PUE, {"low": 1.0, "mode": 1.2, "high": float("inf")}, ["ranges.site.pue.high", "finite number"]),
        (PUE, {"low": 1.0, "high": 2.0}, ["ranges.site.pue.mode is missing"]),
        (PUE, 1.2, ["ranges.site.pue", "group of values"]),
        (
            VOLUME,
            {"low": 0.0, "mode": 1e6, "high": 2e6, "shape": "lognormal"},
            ["Requests per month", "low is 0", "above 0 for a lognormal range"],
        ),
        ("horizon_months", {"low": 12, "mode": 24, "high": 36}, ["Horizon", "takes no range"]),
        ("report.currency_per_usd", {"low": 1, "mode": 1, "high": 1}, ["takes no range"]),
        ("serving.precision", {"low": 1, "mode": 1, "high": 1}, ["takes no range"]),
        ("site.pu", {"low": 1, "mode": 1, "high": 1}, ["ranges.site.pu", "site.pue"]),
    ],
)
def test_a_bad_range_is_refused_with_field_value_and_what_is_allowed(path, given, words):
    with pytest.raises(InputError) as caught:
        Scenario().with_({"ranges": {path: given}})
    for word in words:
        assert word in str(caught.value)


def test_a_bad_range_in_a_file_is_named_with_its_place():
    text = (
        Plan()
        .model_dump_json()
        .replace('"ranges":{}', '"ranges":{"site.pue":{"low":3,"mode":2,"high":1,"shape":"pert"}}')
    )
    with pytest.raises(Exception, match=r"PUE \(scenarios\.0\.ranges\.site\.pue\): low is 3, mode 2, high 1"):
        plan_from_text(text, "a.plan.json")


def test_ranges_of_any_plan_come_back_from_a_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("plans") / "a.plan.json"

    @given(plans())
    def check(plan):
        save_plan(plan, path)
        assert load_plan(path) == plan

    check()


@pytest.mark.parametrize(
    ("value", "is_one"),
    [(1, True), (0.5, True), (True, False), ("1", False), (None, False), (math.nan, False)],
)
def test_numbers_that_a_range_may_stand_around(value, is_one):
    assert is_number(value) is is_one
