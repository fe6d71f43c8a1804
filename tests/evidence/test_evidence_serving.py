"""Serving, latency, devices and energy: what rows say, what is declined, how far off, what is left out."""

from __future__ import annotations

import csv
import fnmatch
import math
from dataclasses import fields
from types import MappingProxyType

import numpy as np
import pytest

from planner.catalog.load import load_catalog
from planner.engine.calibration import load_calibration
from planner.evidence.cases import collect, constants_at, prepared
from planner.evidence.errors import errors_of
from planner.evidence.families import BY_NAME
from planner.evidence.formats import format_of, serving_software
from planner.evidence.names import Declined, Names
from planner.evidence.reference import FILES, MEASURED, Run, Settings, read_reference
from planner.evidence.validate import validate
from planner.evidence.workloads import workload_of
from planner.paths import resource

OWN = (
    *("serving", "time_per_output_token", "time_to_first_token", "edge_decode", "edge_prefill"),
    *("board_power", "joule_per_output_token", "eager_joule_per_token", "training_power"),
)
FITTED = {name: study.constants for name, study in load_calibration().studies.items()}


@pytest.fixture(scope="module")
def runs():
    return read_reference(resource("reference")).runs


@pytest.fixture(scope="module")
def names():
    return Names(load_catalog())


@pytest.fixture(scope="module")
def cases(runs, names):
    return {name: collect(BY_NAME[name], runs, names) for name in OWN}


@pytest.fixture(scope="module")
def left_out():
    with resource("physics", "left_out.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["study"] in OWN]


def settings(file, **cells):
    return Settings(file, "row", MappingProxyType(cells))


@pytest.mark.parametrize("name", OWN)
def test_laws_are_the_same_on_numbers_and_arrays(cases, name):
    study, own = BY_NAME[name], cases[name]
    job = prepared(own, FITTED, BY_NAME)
    constants = constants_at(study, FITTED[name], own.described)
    together = study.law(job, constants)
    assert np.all(together > 0.0)
    for row in range(0, len(own), 29):
        alone = study.law(one(job, row), one(constants, row))
        assert float(alone) == pytest.approx(float(together[row]), rel=1e-12)


def one(record, row):
    return type(record)(**{item.name: float(getattr(record, item.name)[row]) for item in fields(record)})


@pytest.mark.parametrize("name", OWN)
def test_constants_and_priors_belong_together(name):
    study = BY_NAME[name]
    assert {item.name for item in study.priors} == {item.name for item in fields(study.constants)}
    assert {effect.constant for effect in study.effects} <= {item.name for item in study.priors}
    assert all(item.source and item.unit for item in study.priors)


def test_few_rows_are_declined(cases):
    for family in ("serving_throughput", "serving_latency", "edge_decode", "edge_prefill", "energy"):
        own = [cases[name] for name in OWN if BY_NAME[name].family == family]
        declined = sum(len(case.declined) for case in own)
        assert declined <= 0.15 * (declined + sum(map(len, own))), family


MOST = {  # median and 90th percentile of the absolute error with the configuration left out
    "serving_throughput": (0.067, 0.33),
    "serving_batch_given": (0.125, 0.335),
    "edge_decode": (0.05, 0.22),
    "time_per_output_token": (0.14, 0.42),
    "joule_per_output_token": (0.105, 0.36),
    "board_power": (0.105, 0.30),
}


@pytest.mark.parametrize("name", MOST)
def test_errors_with_the_configuration_left_out(cases, left_out, name):
    family = {
        (case.runs[i].settings.file, case.runs[i].settings.id): row.family
        for case in (cases["serving"],)
        for i, row in enumerate(case.described)
    }
    study = "serving" if name.startswith("serving") else name
    rows = [row for row in left_out if row["study"] == study]
    if study == "serving":
        rows = [row for row in rows if family[row["file"], row["id"]] == name]
    found = errors_of(np.array([float(row["C"]) for row in rows]))
    median, p90 = MOST[name]
    assert found.median_abs_error <= median
    assert found.p90_abs_error <= p90


@pytest.mark.parametrize(
    "name", ["serving", "time_per_output_token", "joule_per_output_token", "edge_decode"]
)
def test_intervals_of_unseen_hardware_are_wider_and_still_cover(left_out, name):
    widths = load_calibration().study(name).widths
    rows = [row for row in left_out if row["study"] == name]
    assert widths.pooled["H"] > widths.pooled["R"]
    inside = [abs(float(row["H"])) <= widths.at("H", row["source"]) for row in rows]
    assert 0.86 <= np.mean(inside) <= 0.96


@pytest.mark.parametrize("keep", ["tpot_ms", "ttft_ms", "avg_power_w_total", "decode_tok_s", "samples_per_s"])
def test_a_row_with_one_figure_is_predicted_as_with_all(shipped_report, tmp_path, keep):
    folder = tmp_path / keep
    folder.mkdir()
    for file in FILES:
        with resource("reference").joinpath(f"{file}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))[::9]
        for row in rows:
            for column in row:
                if column != keep and any(fnmatch.fnmatchcase(column, pattern) for pattern in MEASURED):
                    row[column] = ""
        with (folder / f"{file}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    found = validate(read_reference(folder)).rows
    whole = {(row.study, row.file, row.id): row.predicted for row in shipped_report.rows}
    assert found
    for row in found:
        assert row.predicted == whole[row.study, row.file, row.id]


@pytest.mark.parametrize(
    ("label", "name", "bits"),
    [
        ("", "16-bit", 16.0),
        ("bf16/fp16", "16-bit", 16.0),
        ("fp8", "fp8", 8.0),
        ("mxfp4", "fp4", 4.25),
        ("Q4_K_M", "int4", 4.85),
        ("exl2 2.5 bpw", "int4", 2.5),
        ("gptq 4-bit g128", "int4", 4.2),
        ("int8 weight-only", "w8", 8.0),
        ("uint4", "int4", 4.5),
    ],
)
def test_formats(label, name, bits):
    found = format_of(label)
    assert (found.name, found.weight_bytes * 8.0) == (name, pytest.approx(bits))


def test_an_unknown_format_is_declined():
    with pytest.raises(Declined, match="number format not known"):
        format_of("ternary")


def test_lengths_come_from_the_row_then_from_its_benchmark():
    stated = settings("inference", isl=128.0, osl=64.0, benchmark="own")
    assert workload_of(stated).prompt_tokens == 128.0
    assert workload_of(stated).name == ""
    server = settings(
        "inference", benchmark="mlperf-inference-v5.1", model="Llama 2 70B", scenario="server", osl=290.0
    )
    found = workload_of(server)
    assert (found.name, found.tpot_limit_s, found.limited) == ("OpenOrca", 0.2, "OpenOrca server")
    offline = settings(
        "inference", benchmark="mlperf-inference-v5.1", model="Llama 2 70B", scenario="offline", osl=290.0
    )
    assert math.isnan(workload_of(offline).tpot_limit_s)
    with pytest.raises(Declined, match="lengths"):
        workload_of(settings("inference", benchmark="own", isl=100.0))


def test_software_of_an_unknown_table_is_the_table():
    assert serving_software(settings("inference", benchmark="mine")).stack == "mine"
    assert serving_software(settings("energy", set="mlenergy-v3")).engine == "vLLM"


def described(names, **cells):
    given = {
        "benchmark": "mine",
        "model": "Llama 3.1 8B",
        "hardware": "H100-SXM-80GB",
        "accelerators": 8.0,
        "isl": 1000.0,
        "osl": 500.0,
        "precision": "fp8",
    }
    row = settings("inference", **{**given, **cells})
    return BY_NAME["serving"].describe(row, names)


def test_the_layout_is_the_stated_one_or_the_best_that_holds_the_weights(names):
    assert described(names, tp=4.0).job.tensor == 4.0
    assert described(names).job.tensor == 1.0
    large = described(names, model="Llama 3.1 405B").job
    assert (large.tensor, large.pipeline) == (8.0, 1.0)
    larger = described(names, model="Llama 3.1 405B", precision="bf16").job
    assert (larger.tensor, larger.pipeline) == (8.0, 2.0)


def test_a_batch_over_several_instances_is_that_of_one(names):
    assert described(names, tp=2.0, batch=64.0).job.batch == 16.0
    assert described(names, batch=64.0).family == "serving_batch_given"
    assert described(names).family == "serving_throughput"


def test_kinds_of_models_reach_the_law(names):
    sparse = described(names, model="DeepSeek-R1").job
    assert sparse.kv_heads == 1.0  # latent attention: nothing to split by heads
    assert sparse.active_expert_frac == pytest.approx(8.0 / 256.0)
    windowed = described(names, model="google/gemma-3-12b-it").job
    assert (windowed.window_tokens, windowed.windowed_frac) == (1024.0, pytest.approx(40.0 / 48.0))
    hybrid = described(names, model="nvidia/NVIDIA-Nemotron-Nano-9B-v2").job
    assert hybrid.cache_values == 4 * 2 * 8 * 128  # four of its layers attend


def test_what_cannot_be_told_is_declined(names):
    with pytest.raises(Declined, match="separate nodes"):
        described(names, scenario="production, decode nodes (EP144)")
    uncounted = settings("inference", model="Llama 3.1 8B", hardware="H100-SXM-80GB", isl=9.0, osl=9.0)
    with pytest.raises(Declined, match="number of accelerators"):
        BY_NAME["serving"].describe(uncounted, names)


def test_power_that_was_not_measured_is_no_energy(names):
    row = settings("energy", model="Llama 3.1 8B", hardware="A100", boundary="tdp_x_hours", task="chat")
    run = Run(row, MappingProxyType({"energy_kwh_total": 10.0}))
    study = BY_NAME["joule_per_output_token"]
    assert study.column(run) == "energy_kwh_total"
    with pytest.raises(Declined, match="not measured"):
        study.describe(row, names)


def test_two_sockets_are_two_accelerators(names):
    row = described(
        names,
        hardware="INTEL(R) XEON(R) 6787P",
        accelerators=None,
        notes="CPU node, 2 sockets x 1 node(s).",
        precision="int8",
    )
    assert row.keys.hardware == "CPU"
