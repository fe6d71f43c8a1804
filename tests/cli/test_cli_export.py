"""``planner export``: data files of a plan with changes, pictures of a chosen scale."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

PNG_SIZE = slice(16, 24)
"""Width and height in the head of a PNG file."""


def test_parquet_holds_the_rows_of_csv_of_the_changed_plan(call, tmp_path):
    for ending in ("csv", "parquet"):
        answer = call(
            "export", "bank-compliance", "--to", tmp_path / f"a.{ending}", "--set", "horizon_months=7"
        )
        assert (answer.code, answer.err) == (0, "")
    head, *rows = csv.reader(io.StringIO((tmp_path / "a.csv").read_text(encoding="utf-8"), newline=""))
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column_names == head
    assert table["usd"].to_pylist() == [float(row[5]) for row in rows]
    assert max(table["month"].to_pylist()) == 7


@pytest.mark.parametrize("scale", ["0", "-1", "9", "nan", "inf", "two"])
def test_a_scale_that_cannot_be_is_refused(call, tmp_path, scale):
    pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
    answer = call("export", "customer-support", "--to", tmp_path / "a.png", f"--scale={scale}")
    assert answer.code == 2
    assert "scale" in answer.err.casefold()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx", "svg", "parquet"])
def test_what_has_no_pixels_takes_no_scale(call, tmp_path, ending):
    answer = call("export", "customer-support", "--to", tmp_path / f"a.{ending}", "--scale", "2")
    assert answer.code == 2
    assert "has no pixels" in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_picture_has_the_pixels_of_its_scale(tmp_path):
    pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
    sizes = []
    for scale in ("1", "3"):
        path = tmp_path / f"{scale}.png"
        command = [sys.executable, "-m", "planner", "export", "customer-support", "--to", str(path)]
        done = subprocess.run(
            [*command, "--figure", "carbon", "--scale", scale], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        size = path.read_bytes()[PNG_SIZE]
        sizes.append((int.from_bytes(size[:4], "big"), int.from_bytes(size[4:], "big")))
    assert sizes[1] == (3 * sizes[0][0], 3 * sizes[0][1])
