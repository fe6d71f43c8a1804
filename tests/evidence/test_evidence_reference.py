"""Folders of measured runs: what is read, what is refused, what a prediction never sees."""

from __future__ import annotations

import csv
import fnmatch
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.evidence.reference import FILES, MEASURED, read_reference
from planner.evidence.validate import validate
from planner.paths import resource

OWN = (
    "id,model,hardware,hw_family,accelerators,precision,seq_len,params_total_b,tokens_per_s_per_accel,"
    "source\n"
)
GOOD = "mine-1,Llama 3.1 8B,H100-80GB,H100,8,bf16,4096,8.03,9000,my cluster\n"


def written(folder: Path, text: str, name: str = "training.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_own_runs_alone_are_predicted(tmp_path):
    report = validate(read_reference(written(tmp_path, OWN + GOOD)))
    (row,) = report.rows
    assert (row.id, row.family, row.in_fit) == ("mine-1", "training_throughput", False)
    assert row.low < row.predicted < row.high


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (OWN + GOOD.replace("9000", "fast"), "training.csv:mine-1:tokens_per_s_per_accel", "not a number"),
        (OWN + GOOD.replace("9000", "-1"), "training.csv:mine-1:tokens_per_s_per_accel", "above 0"),
        (OWN + GOOD.replace("9000", "inf"), "training.csv:mine-1:tokens_per_s_per_accel", "finite"),
        (OWN + GOOD + GOOD, "training.csv:mine-1:id", "twice"),
        (OWN + GOOD.replace("mine-1", ""), "training.csv:line 2:id", "empty"),
        (OWN + GOOD.rstrip() + ",more\n", "training.csv:line 2:", "11 cells"),
        (OWN.replace("seq_len", "sequence") + GOOD, "training.csv:header:sequence", "not a known column"),
        (OWN.replace("hw_family", "model") + GOOD, "training.csv:header:model", "twice"),
        (
            OWN.replace(",hardware,", ",").replace("id,", "id,arch,") + GOOD,
            "training.csv:header:hardware",
            "missing",
        ),
    ],
)
def test_bad_rows_name_their_place(tmp_path, text, place, words):
    with pytest.raises(InputError) as caught:
        read_reference(written(tmp_path, text))
    error = caught.value
    assert error.path == place
    assert words in error.message
    assert error.hint
    assert error.allowed


def test_folder_without_runs(tmp_path):
    with pytest.raises(InputError, match="holds no measured runs"):
        read_reference(tmp_path)
    with pytest.raises(InputError, match="no folder"):
        read_reference(tmp_path / "none")


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "energy.csv").write_bytes(b"\xff\xfe\x00id")
    with pytest.raises(InputError, match="cannot be read"):
        read_reference(tmp_path)


def test_settings_hold_nothing_measured():
    for run in read_reference(resource("reference")).runs:
        for pattern in MEASURED:
            assert not fnmatch.filter(run.settings.cells, pattern)


FIGURES = (
    *("tokens_per_s_per_accel", "accel_hours", "wall_hours", "tflops_per_accel", "mfu_pct", "time_min"),
    *("peak_mem_gb", "peak_mem_gib", "avg_power_w_per_accel", "avg_power_w_total", "decode_tok_s"),
    *("prefill_tok_s", "output_tok_s", "output_tok_s_per_accel", "samples_per_s", "ttft_ms", "tpot_ms"),
    *("j_per_output_token", "j_per_request", "energy_kwh_total", "step_time_s", "latency_ms"),
)
COLUMNS_OF_ISSUE = (
    "tokens_per_s* *_tok_s* samples_per_s tflops* mfu_pct *_hours time_min step_time_s ttft_ms tpot_ms "
    "latency_ms j_per_* wh_per_* energy_* *power* peak_mem* cost_* tco2e"
)


def test_all_that_was_measured_is_kept_from_predictions():
    assert set(COLUMNS_OF_ISSUE.split()) <= set(MEASURED)


def test_blanking_what_was_measured_changes_no_prediction(tmp_path, shipped_report):
    """Everything measured but one figure a row is blanked; predictions of that figure stay the same."""
    before = {(row.study, row.file, row.id): row for row in shipped_report.rows}
    seen = set()
    for keep in FIGURES:
        folder = tmp_path / keep
        folder.mkdir()
        for name in FILES:
            blanked(resource("reference") / f"{name}.csv", folder / f"{name}.csv", keep)
        for row in validate(read_reference(folder)).rows:
            key = (row.study, row.file, row.id)
            kept = before.get(key)
            # A rated power is told from a drawn one by a column that is blanked too: such a row is new here.
            assert kept is not None or row.study == "training_power"
            assert kept is None or (row.predicted, row.baselines) == (kept.predicted, kept.baselines)
            seen.add(key)
    assert seen >= set(before)


def blanked(source: Path, target: Path, keep: str) -> None:
    with source.open(encoding="utf-8", newline="") as stream, target.open("w", newline="") as out:
        rows = csv.DictReader(stream)
        writer = csv.DictWriter(out, rows.fieldnames)
        writer.writeheader()
        for row in rows:
            for column in row:
                if column != keep and any(fnmatch.fnmatch(column, pattern) for pattern in MEASURED):
                    row[column] = ""
            writer.writerow(row)
