"""What every family keeps: numbers and arrays alike, few declined rows, errors within what was set out."""

from __future__ import annotations

import csv
from dataclasses import fields

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.calibration import load_calibration
from planner.evidence.cases import collect, constants_at, prepared
from planner.evidence.errors import errors_of
from planner.evidence.families import BY_NAME
from planner.evidence.names import Names
from planner.evidence.reference import read_reference
from planner.paths import resource

OWN = ("training_throughput", "training_memory", "fine_tuning", "distillation")
MOST = {  # median and 90th percentile of the absolute error with the configuration left out
    "training_throughput": (0.065, 0.28),
    "training_memory": (0.18, 0.50),
    "fine_tuning": (0.12, 0.50),
}


@pytest.fixture(scope="module")
def cases():
    runs, names = read_reference(resource("reference")).runs, Names(load_catalog())
    return {name: collect(BY_NAME[name], runs, names) for name in OWN}


@pytest.mark.parametrize("name", OWN)
def test_a_law_is_the_same_on_numbers_and_arrays(cases, name):
    fitted = {study: load_calibration().study(study).constants for study in OWN}
    study, own = BY_NAME[name], cases[name]
    job = prepared(own, fitted, BY_NAME)
    constants = constants_at(study, fitted[name], own.described)
    together = study.law(job, constants)
    assert np.all(together > 0.0)
    for row in range(0, len(own), 7):
        alone = study.law(one(job, row), one(constants, row))
        assert float(alone) == pytest.approx(float(together[row]), rel=1e-12)


def one(record, row):
    return type(record)(**{item.name: float(getattr(record, item.name)[row]) for item in fields(record)})


@pytest.mark.parametrize("name", ["training_throughput", "training_memory", "fine_tuning"])
def test_few_rows_are_declined(cases, name):
    declined = len(cases[name].declined)
    assert declined <= 0.15 * (declined + len(cases[name]))


def test_every_distillation_that_names_its_data_is_predicted(cases):
    assert len(cases["distillation"]) == 5
    assert {refusal.reason for refusal in cases["distillation"].declined} == {
        "no amount of data given",
        "an upper bound of memory, not a peak",
    }


@pytest.mark.parametrize("name", MOST)
def test_errors_with_the_configuration_left_out(name):
    with resource("physics", "left_out.csv").open(encoding="utf-8", newline="") as stream:
        ratios = [float(row["C"]) for row in csv.DictReader(stream) if row["study"] == name]
    found = errors_of(np.array(ratios))
    median, p90 = MOST[name]
    assert found.median_abs_error <= median
    assert found.p90_abs_error <= p90


@pytest.mark.parametrize("name", OWN)
def test_every_constant_has_a_prior_and_every_prior_a_constant(name):
    study = BY_NAME[name]
    assert {item.name for item in study.priors} == {item.name for item in fields(study.constants)}
    assert {effect.constant for effect in study.effects} <= {item.name for item in study.priors}
    assert all(item.source for item in study.priors)
