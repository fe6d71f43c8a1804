"""``planner validate`` and ``planner calibrate`` on a small folder of runs."""

from __future__ import annotations

import csv
import importlib.util
import json
from pathlib import Path

import pytest

from planner.cli.validate import markdown
from planner.engine.calibration import read_calibration
from planner.evidence.validate import FAMILIES
from planner.paths import resource

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dev():
    """``packaging/dev.py``, which is a script and no module of the package."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "packaging" / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def test_validate_prints_a_line_a_family_for_documents(call, folder):
    whole = call("validate", "--reference", str(folder), "--json").json["families"]
    answer = call("validate", "--reference", str(folder), "--markdown")
    assert answer.code == 0
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in answer.out.splitlines()]
    assert {len(cells) for cells in lines} == {9}
    shown = {cells[0].replace(" ", "_"): cells[1:] for cells in lines[2:]}
    assert set(shown) == {name for name, family in whole.items() if family["rows"]}
    for name, (rows, declined, in_fit, configuration, *_, covered, plain) in shown.items():
        family = whole[name]
        assert int(rows) == family["rows"]
        assert int(declined) == sum(family["declined"].values())
        for cell, found in ((in_fit, family), (configuration, family["left_out"]["C"])):
            assert cell == f"{found['median_abs_error']:.1%} / {found['p90_abs_error']:.1%}"
        assert covered == f"{family['left_out']['C']['coverage_90']:.1%}"
        rule = plain.partition("(")[2].rstrip(")")
        assert plain.startswith(f"{family['baselines'][rule]['median_abs_error']:.1%} ")


def test_the_plain_rule_that_is_shown_speaks_of_most_runs(shipped_report):
    energy = next(line for line in markdown(shipped_report).splitlines() if line.startswith("| energy "))
    assert energy.endswith("(rated power, plain roofline) |")  # rated power alone speaks of fewer


def test_the_table_goes_between_the_markers_of_a_document_or_nowhere(dev):
    text = f"a\n{dev.ERRORS_BEGIN}\nold\n{dev.ERRORS_END}\nb\n"
    assert dev.with_errors(text, "new\n") == f"a\n{dev.ERRORS_BEGIN}\n\nnew\n\n{dev.ERRORS_END}\nb\n"
    with pytest.raises(dev.SetupError, match="no lines"):
        dev.with_errors(text.replace(dev.ERRORS_END, ""), "new")


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
