"""How sure the laws are of what a plan runs: wider for what is new, silent on what the user said."""

from __future__ import annotations

import math

import pytest

from planner.catalog.load import load_catalog
from planner.engine.calibration import load_calibration
from planner.engine.run import simulate
from planner.evidence.asked import device_interval, physics_ranges, served_interval
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset

CATALOG = load_catalog()


def results_of(scenario=None, **changes):
    held = {path.replace("__", "."): value for path, value in changes.items()}
    return simulate((scenario or Scenario()).with_(held), CATALOG)


def replica_of(**changes):
    return results_of(**changes).strategies["prompt"].fleet.replica


def test_a_known_model_on_a_known_card_takes_the_width_of_a_new_configuration():
    found = served_interval("serving", replica_of())
    widths = load_calibration().study("serving").widths
    assert found.novelty == "C"
    assert found.caveats == ()
    assert found.ln_half_width == pytest.approx(widths.at("C", "vLLM 2026"))


def test_a_card_that_was_not_measured_is_wider_and_says_so():
    known, other = (
        served_interval("serving", replica_of(serving__hardware=card, serving__usd_per_accelerator_h=5))
        for card in ("nvidia-h100-sxm", "intel-gaudi3")
    )
    assert other.ln_half_width > known.ln_half_width
    assert "hardware_not_measured" in other.caveats


def test_prompts_longer_than_any_measured_widen_the_interval():
    usual, long = (
        served_interval("serving", replica_of(workload__input_tokens=tokens)) for tokens in (1000, 900_000)
    )
    assert long.ln_half_width > usual.ln_half_width
    assert "outside_measured_range" in long.caveats


def test_a_device_has_an_interval_of_its_own():
    results = simulate(load_preset("on-device-mobile").scenario, CATALOG)
    device = next(r.device for r in results.strategies.values() if r.device is not None)
    assert 0.05 < device_interval("edge_decode", device).ln_half_width < 1.5


def test_intervals_become_ranges_of_the_physics_that_the_scenario_takes():
    results = results_of()
    ranges = physics_ranges(results)
    assert {"measured.serving_speed_factor", "measured.serving_power_factor"} <= set(ranges)
    scenario = results.scenario.with_({f"ranges.{path}": span.model_dump() for path, span in ranges.items()})
    span = scenario.ranges["measured.serving_speed_factor"]
    width = served_interval("serving", results.strategies["prompt"].fleet.replica).ln_half_width
    assert span.low < 1.0 < span.high
    # P10 to P90 of a lognormal of which the interval holds 90 %.
    assert math.log(span.high) == pytest.approx(width * 1.2816 / 1.6449, rel=0.05)


def test_what_the_user_said_of_the_physics_stays():
    said = {"low": 0.9, "mode": 1.0, "high": 1.1, "shape": "lognormal"}
    path = "measured.serving_speed_factor"
    assert path not in physics_ranges(results_of(**{f"ranges.{path}": said}))
    assert path not in physics_ranges(results_of(measured__serving_speed_factor=0.8))
