"""The range an input gets when it first becomes one: by its source, by the catalogue, else by a factor."""

from __future__ import annotations

import pytest

from planner.catalog.load import load_catalog
from planner.catalog.prices import rent_offers
from planner.engine.risk import risk
from planner.engine.run import simulate
from planner.evidence.asked import physics_ranges
from planner.evidence.default_ranges import (
    CATALOGUE_PATHS,
    catalogue_ranges,
    default_range,
    likely_value,
    ranges_apart,
)
from planner.scenario.fields import specs_of
from planner.scenario.model import NOT_DRAWN, Scenario
from planner.scenario.presets import load_preset, presets
from planner.scenario.ranges import Range

CATALOG = load_catalog()
DRAWN = sorted(path for path, spec in specs_of(Scenario).items() if spec.numeric and path not in NOT_DRAWN)


@pytest.fixture(scope="module")
def plain():
    return load_preset().scenario.with_({"ranges": {}})


@pytest.fixture(scope="module")
def results(plain):
    return simulate(plain, CATALOG)


def ends(path, scenario, results=None):
    found = default_range(path, scenario, CATALOG, results)
    return found.low, found.mode, found.high, found.shape


@pytest.mark.parametrize("path", DRAWN)
def test_every_number_gets_a_range_around_its_value_that_a_scenario_takes(path, plain, results):
    found, mode = (ask(path, plain, CATALOG, results) for ask in (default_range, likely_value))
    if mode is None:
        assert found is None
        assert plain.get(path) is None
        return
    assert found.mode == mode
    assert found.low < found.high
    assert plain.with_({f"ranges.{path}": found}).ranges[path] == found


def test_sources_are_the_ends_of_a_pert_range(plain):
    assert ends("workload.peak_to_mean", plain) == (1.8, 3.0, 6.0, "pert")
    assert ends("data.usd_per_example", plain) == (0.2, 1.0, 20.0, "pert")
    assert ends("prices.rent_change_frac_per_year", plain) == (-0.4, -0.15, 0.25, "pert")
    assert ends("labour.both_hours", plain) == (250.0, 450.0, 1000.0, "pert")


def test_a_value_outside_its_documented_ends_takes_them_along(plain):
    assert ends("labour.api_hours", plain.with_({"labour.api_hours": 800})) == (400, 800, 2000, "pert")
    dearer = plain.with_({"prices.rent_change_frac_per_year": 0.5})
    assert ends("prices.rent_change_frac_per_year", dearer) == (0.25, 0.5, 0.9, "pert")


def test_rent_is_between_the_cheapest_and_the_dearest_provider(plain):
    path = "serving.usd_per_accelerator_h"
    assert ends(path, plain) == (2.4, 4.5, 12.29, "pert")  # decision 5
    assert ends(path, plain.with_({path: 3.0})) == (2.4, 3.0, 12.29, "pert")
    low, mode, high, _ = ends(path, plain.with_({path: 45.0}))
    assert (low / mode, high / mode) == pytest.approx((2.4016 / 4.5, 12.29 / 4.5), rel=1e-3)
    offer = rent_offers(CATALOG, "nvidia-h100-sxm")[0]
    found = default_range(path, plain.with_({"prices.cloud_provider": offer.provider}), CATALOG)
    assert found.mode == offer.on_demand_usd_per_accelerator_h
    assert found.low < found.mode < found.high


def test_api_prices_fall_faster_where_the_model_is_chosen_anew(plain):
    path = "prices.api_fall_factor_per_year"
    assert ends(path, plain) == (1.0, 1.2, 3.0, "pert")
    assert ends(path, plain.with_({"prices.api_reselect": True})) == (1.2, 3.0, 10.0, "pert")


def test_volumes_and_prices_without_a_source_are_lognormal_around_their_value(plain):
    assert ends("workload.requests_per_month", plain) == (1e6, 2e6, 4e6, "lognormal")
    low, mode, high, shape = ends("api.output_usd_per_mtok", plain)
    assert shape == "lognormal"
    assert (low * high) ** 0.5 == pytest.approx(mode, rel=0.02)
    assert ends("workload.requests_per_month", plain.with_({"workload.requests_per_month": 0}))[3] == "pert"


def test_a_score_is_as_sure_as_its_evaluation(plain):
    assert ends("quality.api_points", plain) == (75.0, 81.0, 87.0, "pert")
    many, few = (
        ends("quality.api_points", plain.with_({"quality.api_points": 90, "data.eval_examples": count}))
        for count in (10_000, 100)
    )
    assert many[2] - many[0] == pytest.approx(2 * 1.645 * (90 * 10 / 10_000) ** 0.5, rel=0.01)
    assert few[2] - few[0] > 5 * (many[2] - many[0])


def test_what_is_measured_takes_the_interval_of_the_laws(plain, results):
    path = "measured.serving_speed_factor"
    law = physics_ranges(results)[path]
    low, mode, high, shape = ends(path, plain, results)
    assert (mode, shape) == (1.0, "lognormal")
    assert (low, high) == pytest.approx((law.low, law.high), rel=0.005)


def test_nothing_without_a_likely_value(plain, results):
    assert default_range("limits.max_total_usd", plain, CATALOG, results) is None
    assert likely_value("refresh.drift_most_points", plain, CATALOG, results) is None


def test_a_range_that_draws_move_to_the_value_does_not_stand_apart(plain):
    """A file may hold another likely value than the plan uses: draws go by that of the plan."""
    path = "workload.output_tokens"
    typed = plain.with_({path: 450}).with_({"ranges": {path: Range(low=200, mode=300, high=900)}})
    assert ranges_apart(simulate(typed, CATALOG), CATALOG) == {}
    rent = "serving.usd_per_accelerator_h"
    left = plain.with_({"serving.purchase": "reserved", f"ranges.{rent}": Range(low=2.4, mode=4.5, high=12)})
    assert ranges_apart(simulate(left, CATALOG), CATALOG) == {rent: pytest.approx(3.12, abs=0.005)}


# ---------------------------------------------------------------- all at once
def test_the_catalogue_ranges_are_those_of_inputs_that_are_read(plain, results):
    found = catalogue_ranges(plain, CATALOG, results)
    assert len(found) >= 20
    assert set(found) <= set(CATALOGUE_PATHS)
    assert "prices.api_fall_factor_per_year" in found  # decision 4: always
    assert "hardware.life_years" not in found  # rented
    ranged = plain.with_({"ranges": found})
    assert catalogue_ranges(ranged, CATALOG, results) == {}
    few = catalogue_ranges(plain.with_({"strategies": ("api", "prompt")}), CATALOG, results)
    assert not {"data.usd_per_example", "labour.both_hours", "distil.accept_frac"} & set(few)
    owned = catalogue_ranges(plain.with_({"hardware.ownership": "own"}), CATALOG, results)
    assert "hardware.life_years" in owned
    assert "serving.usd_per_accelerator_h" not in owned


def test_a_range_of_the_user_stays(plain, results):
    mine = Range(low=1.9e6, mode=2e6, high=2.1e6, shape="uniform")
    found = catalogue_ranges(plain.with_({"ranges.workload.requests_per_month": mine}), CATALOG, results)
    assert "workload.requests_per_month" not in found


@pytest.mark.parametrize("preset", [preset.id for preset in presets()])
def test_every_preset_can_be_drawn_with_them(preset):
    scenario = load_preset(preset).scenario
    added = catalogue_ranges(scenario, CATALOG, simulate(scenario, CATALOG))
    ranged = scenario.with_({f"ranges.{path}": span for path, span in added.items()})
    assert set(ranged.ranges) == set(scenario.ranges) | set(added)
    assert risk(ranged, CATALOG, count=64, seed=1).inputs
