"""The fitter against a synthetic truth, folds against leaks, the shipped file against a re-fit."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, replace

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.calibration import NOVELTY, load_calibration
from planner.evidence import calibrate, folds
from planner.evidence.cases import collect
from planner.evidence.families import BY_NAME
from planner.evidence.fit import fit
from planner.evidence.folds import partition
from planner.evidence.intervals import interval, quantile
from planner.evidence.names import Names
from planner.evidence.reference import read_reference
from planner.evidence.study import Constant, Described, Effect, Keys, Study, stacked
from planner.paths import resource


@dataclass(frozen=True)
class Job:
    size: float


@dataclass(frozen=True)
class Law:
    rate: float
    overhead: float


def seconds(job, constants):
    return job.size / constants.rate + constants.overhead


STUDY = Study(
    name="synthetic",
    family="training_throughput",
    quantity="seconds",
    unit="s",
    law=seconds,
    job=Job,
    constants=Law,
    priors=(Constant("rate", 1.0, 2.0, "1/s", "none"), Constant("overhead", 1.0, 2.0, "s", "none")),
    effects=(Effect("rate", "card", 0.5),),
    column=lambda run: None,
    describe=lambda settings, names: None,
    value=lambda run, column, job: 0.0,
    baselines={},
)


def synthetic(noise=0.0, wild=0):
    rng = np.random.default_rng(1)
    cards = {"a": 1.3, "b": 0.8, "c": 1.0}
    rows = [
        Described(Job(float(size)), {"card": card}, Keys("m", card, "s"))
        for card in cards
        for size in np.geomspace(0.1, 100.0, 40)
    ]
    job = stacked(Job, [row.job for row in rows])
    factors = np.array([cards[row.levels["card"]] for row in rows])
    measured = job.size / (3.0 * factors) + 0.5
    measured *= np.exp(noise * rng.standard_normal(len(rows)))
    measured[:wild] *= 5.0
    return rows, job, measured


def test_fit_finds_the_truth():
    rows, job, measured = synthetic()
    found = fit(STUDY, job, measured, rows)
    assert found.values["overhead"] == pytest.approx(0.5, rel=0.01)
    rates = [found.at({"card": card})["rate"] for card in "abc"]
    assert rates == pytest.approx([3.9, 2.4, 3.0], rel=0.02)


def test_fit_shrugs_at_wild_rows():
    rows, job, measured = synthetic(noise=0.05, wild=6)
    found = fit(STUDY, job, measured, rows)
    assert [found.at({"card": card})["rate"] for card in "bc"] == pytest.approx([2.4, 3.0], rel=0.08)


def test_fit_does_not_depend_on_its_start():
    rows, job, measured = synthetic(noise=0.2)
    found = fit(STUDY, job, measured, rows)
    far = replace(found, values={name: 20.0 * value for name, value in found.values.items()})
    again = fit(STUDY, job, measured, rows, far)
    assert list(again.values.values()) == pytest.approx(list(found.values.values()), rel=1e-5)


def test_few_rows_stay_near_the_prior():
    study = replace(
        STUDY, priors=(Constant("rate", 2.0, 0.1, "1/s", "-"), Constant("overhead", 0.5, 0.0, "s", "-"))
    )
    rows, _, measured = synthetic()
    few = [rows[0]]
    found = fit(study, stacked(Job, [rows[0].job]), measured[:1], few)
    assert found.values["overhead"] == 0.5
    assert found.values["rate"] == pytest.approx(2.0, rel=0.1)


def test_unseen_level_changes_nothing():
    rows, job, measured = synthetic()
    found = fit(STUDY, job, measured, rows)
    assert found.at({"card": "unseen"}) == pytest.approx(found.values)


def test_folds_hold_whole_groups():
    groups = ["a"] * 5 + ["b"] * 3 + ["c"] * 2 + ["d"]
    dealt = partition(groups, 3)
    assert sorted(group for fold in dealt for group in fold) == ["a", "b", "c", "d"]
    assert len(dealt) == 3


@pytest.mark.parametrize("novelty", ["C", "M", "H", "S"])
def test_no_left_out_group_is_in_the_fit(monkeypatch, novelty):
    reference = read_reference(resource("reference"))
    cases = collect(BY_NAME["training_memory"], reference.runs, Names(load_catalog()))
    seen = []

    def watched(study, job, measured, rows, *start_and_gain):
        seen.append({folds.group_of(row, novelty) for row in rows})
        return fit(study, job, measured, rows, *start_and_gain)

    fits = folds.fit_all({"training_memory": BY_NAME["training_memory"]}, {"training_memory": cases})
    monkeypatch.setattr(folds, "fit", watched)
    groups = partition(cases.groups(novelty))
    folds.left_out(fits, "training_memory", novelty)
    assert len(seen) == len(groups)
    for fitted, left in zip(seen, groups, strict=True):
        assert not fitted & left


def test_quantile_counts_the_next_row():
    residuals = np.arange(1.0, 20.0)
    assert quantile(residuals) == 18.0  # 90 % of 20, not of 19
    assert quantile(-residuals[:5]) == 5.0


def test_refit_gives_the_shipped_constants():
    fits = calibrate.fitted(read_reference(resource("reference")))
    shipped = json.loads(resource("physics", "calibration.json").read_text("utf-8"))["studies"]
    assert set(shipped) == set(fits.constants)
    for name, constants in fits.constants.items():
        entry = calibrate.constants_entry(BY_NAME[name], constants)
        for constant, values in entry.items():
            kept = shipped[name]["constants"][constant]
            assert kept["value"] == pytest.approx(values["value"], rel=1e-4), (name, constant)
            for kind, table in values.get("effects", {}).items():
                # An effect is ln of a factor: 1e-4 of the factor.
                assert kept["effects"][kind] == pytest.approx(table, abs=1e-4), (name, constant, kind)


@pytest.mark.slow
def test_recalibration_gives_the_shipped_files():
    result = calibrate.calibrate(read_reference(resource("reference")))
    shipped = json.loads(resource("physics", "calibration.json").read_text("utf-8"))["studies"]
    again = json.loads(result.calibration)["studies"]
    assert list(again) == list(shipped)
    for name, entry in again.items():
        kept = shipped[name]
        for part in ("rows", "rows_by_source", "rows_declined", "ranges", "seen", "law"):
            assert entry[part] == kept[part], (name, part)
        for source, widths in entry["ln_half_width_90"]["sources"].items():
            assert kept["ln_half_width_90"]["sources"][source] == pytest.approx(widths, rel=5e-3), (
                name,
                source,
            )
    rows, before = (
        left_out_rows(result.left_out),
        left_out_rows(resource("physics", "left_out.csv").read_text("utf-8")),
    )
    assert set(rows) == set(before)
    for key, ratios in rows.items():
        assert before[key] == pytest.approx(ratios, abs=5e-3, nan_ok=True), key


def left_out_rows(text):
    return {
        (row["study"], row["file"], row["id"]): [float(row[novelty] or "nan") for novelty in NOVELTY]
        for row in csv.DictReader(io.StringIO(text))
    }


def test_intervals_widen_with_novelty():
    for name, study in load_calibration().studies.items():
        for source in (*study.widths.sources, "none"):
            widths = [study.widths.at(novelty, source) for novelty in NOVELTY]
            assert widths == sorted(widths), (name, source)


def test_outside_the_range_is_wider_and_says_so():
    full = load_calibration().study("training_throughput")
    reference = read_reference(resource("reference"))
    cases = collect(BY_NAME["training_throughput"], reference.runs, Names(load_catalog()))
    row = cases.described[0]
    inside = interval(full, row.keys, row.job, known=False)
    huge = replace(row.job, params=1e14)
    outside = interval(full, row.keys, huge, known=False)
    assert "outside_measured_range" in outside.caveats
    assert outside.ln_half_width > inside.ln_half_width
