"""Own runs: any name of file, clear errors, and factors that follow the runs as far as they can tell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.engine.calibration import load_calibration
from planner.errors import InputError
from planner.evidence.own import FACTORS, changes_of, recalibrations
from planner.evidence.reference import read_own_runs
from planner.evidence.validate import validate
from planner.scenario.model import Scenario

HEADER = (
    "id,model,hardware,hw_family,accelerators,tp,precision,scenario,isl,osl,output_tok_s_per_accel,source"
)
SPEED = "measured.serving_speed_factor"
NOW = dict.fromkeys(FACTORS.values(), 1.0)


def table(tmp_path, rows, header=HEADER, name="mine.csv"):
    path = tmp_path / name
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def run(number, speed, prompt=1000):
    return f"own{number},Llama 3.1 70B,H100 SXM,H100,4,4,fp8,offline,{prompt},500,{speed},our test"


def predicted(tmp_path):
    report = validate(read_own_runs(table(tmp_path, [run(1, 500)])))
    return report.rows[0].predicted


def found_of(tmp_path, ratios, now=None):
    said = predicted(tmp_path)
    path = table(tmp_path, [run(i, said * ratio) for i, ratio in enumerate(ratios)])
    (found,) = recalibrations(validate(read_own_runs(path)), load_calibration(), now or NOW)
    return found


def test_the_kind_of_a_table_is_read_from_its_columns(tmp_path):
    reference = read_own_runs(table(tmp_path, [run(1, 500)]))
    assert [own.settings.file for own in reference.runs] == ["inference"]


def test_own_rows_are_predicted_from_their_settings_alone(tmp_path):
    slow, fast = (validate(read_own_runs(table(tmp_path, [run(1, v)]))).rows[0] for v in (10, 10_000))
    assert slow.predicted == fast.predicted
    assert (slow.measured, fast.measured) == (10, 10_000)


@pytest.mark.parametrize(
    ("rows", "header", "words"),
    [
        ([run(1, "fast")], HEADER, ["mine.csv", "own1", "output_tok_s_per_accel", "fast", "a number"]),
        ([run(1, -5)], HEADER, ["own1", "output_tok_s_per_accel", "above 0"]),
        ([run(1, 5), run(1, 6)], HEADER, ["own1", "id", "twice"]),
        (["own1,Llama 3.1 8B"], HEADER, ["line 2", "cells"]),
        ([], HEADER + ",tempo", ["tempo", "not a known column"]),
        ([], "id,model,hardware", ["mine.csv", "more than one kind"]),
        ([], "", ["mine.csv"]),
    ],
)
def test_a_broken_table_says_where_and_what_is_allowed(tmp_path, rows, header, words):
    with pytest.raises(InputError) as said:
        read_own_runs(table(tmp_path, rows, header))
    text = f"{said.value.message} {said.value.hint}"
    assert [word for word in words if word not in text] == []


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match=r"mine\.csv"):
        read_own_runs(path)


def test_many_alike_runs_set_the_factor_and_narrow_the_interval(tmp_path):
    rng = np.random.default_rng(3)
    found = found_of(tmp_path, 0.6 * np.exp(rng.normal(0.0, 0.05, 40)))
    assert found.path == SPEED
    assert found.runs == 40
    assert found.factor == pytest.approx(0.6, rel=0.03)
    assert found.width_after < 0.4 * found.width_before
    assert found.median_before == pytest.approx(1 / 0.6 - 1, rel=0.1)
    assert found.median_after < 0.1


def test_one_run_moves_the_factor_part_of_the_way(tmp_path):
    found = found_of(tmp_path, [0.6])
    assert 0.6 < found.factor < 1.0
    assert found.width_after < found.width_before


def test_the_next_runs_lie_in_the_interval_as_often_as_it_says(tmp_path):
    rng, inside = np.random.default_rng(5), []
    for _ in range(60):
        place = rng.normal(0.0, 0.2)
        found = found_of(tmp_path, np.exp(place + rng.normal(0.0, 0.08, 4)))
        following = place + rng.normal(0.0, 0.08, 20)
        inside += (np.abs(following - math.log(found.factor)) <= found.width_after).tolist()
    assert 0.85 <= np.mean(inside) <= 0.99


def test_the_error_now_is_that_of_the_plan(tmp_path):
    found = found_of(tmp_path, [0.6, 0.6, 0.6], {**NOW, SPEED: 0.6})
    assert found.median_before == pytest.approx(0.0, abs=1e-9)


def test_what_changes_is_a_valid_plan_that_names_its_runs(tmp_path):
    found = found_of(tmp_path, [0.6, 0.62, 0.58, 0.61])
    scenario = Scenario().with_(changes_of([found], "mine.csv"))
    assert scenario.measured.serving_speed_factor == found.factor
    assert scenario.measured.runs == "4 own runs of mine.csv"
    span = scenario.ranges[SPEED]
    assert span.low < span.mode == found.factor < span.high
    assert math.log(span.high / span.mode) < found.width_after  # P10 to P90 lies inside the 90 % interval


def test_runs_that_tell_of_nothing_are_refused(tmp_path):
    header = HEADER.replace("output_tok_s_per_accel", "ttft_ms")
    report = validate(read_own_runs(table(tmp_path, [run(1, 80)], header)))
    with pytest.raises(InputError, match="no run that tells"):
        changes_of(recalibrations(report, load_calibration(), NOW), "mine.csv")
