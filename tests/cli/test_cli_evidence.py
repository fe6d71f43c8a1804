"""``planner validate`` and ``planner calibrate`` on a small folder of runs."""

from __future__ import annotations

import csv
import json

import pytest

from planner.engine.calibration import read_calibration
from planner.evidence.validate import FAMILIES
from planner.paths import resource


@pytest.fixture
def folder(tmp_path):
    """Every twentieth training run of the reference, and one of the user's own."""
    with resource("reference", "training.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    own = dict.fromkeys(header, "") | {
        "id": "mine",
        "model": "Qwen2.5-14B",
        "hardware": "H100 SXM5 80GB",
        "accelerators": "16",
        "seq_len": "4096",
        "tokens_per_s_per_accel": "3900",
        "source": "our cluster",
    }
    with (tmp_path / "training.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows[::20], [own[column] for column in header]])
    return tmp_path


def test_validate_prints_every_row_with_its_interval(call, folder):
    answer = call("validate", "--reference", str(folder), "--json")
    assert answer.code == 0
    assert set(answer.json["families"]) == set(FAMILIES)
    training = answer.json["families"]["training_throughput"]
    rows = [row for row in answer.json["rows"] if row["family"] == "training_throughput"]
    assert training["rows"] == len(rows)
    for name in ("declined", "median_abs_error", "p90_abs_error", "bias", "coverage_90"):
        assert name in training
    for row in rows:
        assert row["low"] < row["predicted"] < row["high"]
    mine = next(row for row in rows if row["id"] == "mine")
    assert mine["measured"] == 3900
    assert "source_not_measured" in mine["caveats"]
    assert mine["predicted"] == pytest.approx(3900, rel=0.5)


def test_validate_prints_a_table(call, folder):
    answer = call("validate", "--reference", str(folder))
    assert answer.code == 0
    for words in ("training_throughput", "by source", "by hardware", "our cluster", "6ND at 40 % MFU"):
        assert words in answer.out


def test_validate_refuses_a_broken_folder(call, folder):
    (folder / "energy.csv").write_text("id,model,hardware,power\n", encoding="utf-8")
    answer = call("validate", "--reference", str(folder))
    assert answer.code == 2
    assert 'energy.csv, header, column "power"' in answer.err


def test_calibrate_writes_a_file_that_can_be_read(call, folder, tmp_path):
    path = tmp_path / "new.json"
    assert call("calibrate", "--reference", str(folder), "--to", str(path)).code == 0
    study = read_calibration(path).study("training_throughput")
    assert study.seen["source"] >= {"our cluster"}
    entry = json.loads(path.read_text("utf-8"))["studies"]["training_throughput"]
    assert entry["rows"] >= 10
    assert entry["constants"]["gemm_efficiency"]["source"]
    assert (tmp_path / "left_out.csv").exists()


def test_calibrate_says_where_it_cannot_write(call, folder, tmp_path):
    answer = call("calibrate", "--reference", str(folder), "--to", str(tmp_path / "none" / "new.json"))
    assert answer.code == 2
    assert "no folder" in answer.err
