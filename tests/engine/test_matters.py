"""All that is known of each input in one list, and the advice made from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.flip_points import FlipPoint, flip_points
from planner.engine.knowing import Separation
from planner.engine.matters import (
    NOUNS,
    advice,
    flip_words,
    is_known,
    matters,
    noun,
    value_words,
    worth_words,
)
from planner.engine.risk import risk
from planner.engine.run import simulate
from planner.engine.sensitivity import rank_correlations
from planner.engine.sobol import sobol
from planner.evidence.asked import physics_ranges
from planner.scenario.model import NOT_DRAWN, Scenario, spec_for
from planner.scenario.presets import load_preset

CATALOG = load_catalog()
VOLUME, PEAK = "workload.requests_per_month", "workload.peak_to_mean"


def found_of(preset, strategy, against=None, draws=2048):
    plan = load_preset(preset).scenario
    results = simulate(plan, CATALOG)
    drawn = risk(plan, CATALOG, count=draws, seed=0, choices=results.choices, further=physics_ranges(results))
    return drawn, matters(drawn, strategy, against)


@pytest.fixture(scope="module")
def support():
    return found_of("customer-support", "distil", "api", 4096)


def test_every_input_has_a_row_and_the_most_worth_knowing_is_first(support):
    drawn, found = support
    assert {row.path for row in found.rows} == set(drawn.inputs)
    saved = drawn.totals_usd[drawn.names.index("api")] - drawn.totals_usd[drawn.names.index("distil")]
    correlations = rank_correlations(drawn.inputs_drawn, saved)
    for row in found.rows:
        assert row.correlation == correlations[row.path]
        assert row.worth_usd == found.known.usd[row.path]
    worths = [row.worth_usd for row in found.rows]
    assert worths == sorted(worths, reverse=True)
    idle = [abs(row.correlation) for row in found.rows if row.worth_usd == 0.0]
    assert idle == sorted(idle, reverse=True)
    assert found.rows[0].path == VOLUME
    assert found.known.perfect_usd == pytest.approx(drawn.perfect_information_usd)
    assert found.lost_frac == pytest.approx(1.0 - drawn.strategies["distil"].cheapest_frac)
    assert found.draws == 4096


def test_of_a_cost_the_correlation_is_with_the_cost(support):
    drawn, _ = support
    own = matters(drawn, "distil")
    expected = rank_correlations(drawn.inputs_drawn, drawn.totals_usd[drawn.names.index("distil")])
    assert {row.path: row.correlation for row in own.rows} == expected


def test_flips_and_indices_join_their_rows(support):
    _, found = support
    plan = load_preset("customer-support").scenario
    flips = flip_points(plan, CATALOG)
    joined = found.with_flips(flips).with_indices(sobol(plan, CATALOG, ("distil", "api"), count=64))
    rows = {row.path: row for row in joined.rows}
    assert rows[VOLUME].flips == flips[VOLUME]
    assert rows[VOLUME].tied == (PEAK,)
    assert rows[PEAK].first == rows[VOLUME].first
    assert rows[VOLUME].first[1] <= rows[VOLUME].first[0] <= rows[VOLUME].first[2]
    assert is_known(rows[VOLUME].total)
    physics = rows["measured.serving_speed_factor"]  # not among the plan's own ranges that were asked for
    assert not is_known(physics.first)
    assert physics.flips == ()


# ---------------------------------------------------------------- advice
def test_the_advice_names_what_separates(support):
    _, found = support
    under = Separation(VOLUME, 6e5, below=True, lost_frac=0.9, side_frac=0.1)
    said = advice(replace(found, apart=(under,)))
    assert said.path == VOLUME
    assert said.heading == "Pin down the volume first."
    assert said.text == "Where Distil loses, it is mostly under 600k."
    assert worth_words(found).startswith("worth measuring: volume, up to $")


def test_without_a_separation_it_says_what_knowing_is_worth(support):
    _, found = support
    top = replace(found.rows[0], worth_usd=38_400.0)
    said = advice(replace(found, apart=(), rows=(top, *found.rows[1:])))
    assert said.text == "Knowing it is worth up to $38k."
    assert worth_words(replace(found, rows=(top,))) == "worth measuring: volume, up to $38k"


def test_without_a_worth_in_money_it_says_how_often_the_choice_is_right():
    _, found = found_of("bank-compliance", "both", "api")
    assert found.known.fixed is None
    said = advice(replace(found, apart=()))
    assert said.path == found.rows[0].path
    assert said.text.startswith("Knowing it, the choice is right in ")
    assert worth_words(found) == ""
    gains = [row.right_gain_frac for row in found.rows]
    assert gains == sorted(gains, reverse=True)


def test_where_nothing_helps_it_says_how_often_the_strategy_wins():
    _, found = found_of("on-device-mobile", "distil", "api")
    said = advice(found)
    assert said.path == ""
    assert said.heading == "No single input changes the choice."
    assert said.text.replace("\xa0", " ") == "Distil is cheapest in > 99% of the draws."
    _, none = found_of("finance-loans-fraud", "finetune", "api")
    assert none.none_frac > 0.3
    assert "none keeps all limits" in advice(none).text


def test_a_sure_plan_asks_for_ranges():
    drawn = risk(Scenario(), CATALOG, count=512, seed=0)
    said = advice(matters(drawn, "distil", "api"))
    assert said.heading == "Nothing is uncertain."
    assert worth_words(matters(drawn, "distil")) == ""


def test_words_of_inputs_and_values():
    assert noun("labour.both_hours") == '"First release, both"'
    assert value_words(VOLUME, 612_000.0) == "610k"
    assert value_words("workload.output_tokens", 340.0) == "340 tokens"
    for path in NOUNS:  # a field that was renamed would go by nothing
        assert spec_for(path).numeric
        assert path not in NOT_DRAWN
    point = FlipPoint(VOLUME, 431_000.0, True, "api", 432_000.0, 430_000.0)
    assert flip_words(point) == "below 430k/mo: Prompt via API"
    none = FlipPoint("serving.min_replicas", 5.0, False, None, 4.0, 5.0)
    assert flip_words(none) == "from 5: none is left"
    assert np.isnan(
        matters(risk(load_preset().scenario, CATALOG, count=2, seed=0), "distil").rows[0].correlation
    )
