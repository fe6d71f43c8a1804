"""The csv of line items: it comes back as it was, and no spreadsheet runs any of it."""

from __future__ import annotations

import csv
import io
import math

import pytest
from export_plans import made
from hypothesis import given
from hypothesis import strategies as st

from planner.export.table import LEDGER_COLUMNS, csv_text, guarded, ledger_bytes, unguarded


def read(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_ledger_comes_back_exactly(preset):
    results, plan = made(preset)
    head, *rows = read(ledger_bytes(results, plan).decode("utf-8"))
    assert tuple(head) == LEDGER_COLUMNS
    back = [(row[0], int(row[1]), *row[2:5], *map(float, row[5:])) for row in rows]
    assert back == results.ledger_rows()


def test_pandas_reads_the_same_frame(preset):
    import pandas as pd

    results, plan = made(preset)
    frame = pd.read_csv(io.BytesIO(ledger_bytes(results, plan)))
    pd.testing.assert_frame_equal(frame, results.ledger(), check_dtype=False, rtol=1e-14, atol=0)


def test_the_sums_are_the_totals(preset):
    results, plan = made(preset)
    _, *rows = read(ledger_bytes(results, plan).decode("utf-8"))
    for name, result in results.strategies.items():
        total = math.fsum(float(row[5]) for row in rows if row[0] == name)
        assert total == pytest.approx(float(result["total_usd"]), rel=1e-9)


@given(st.text())
def test_any_text_comes_back(text):
    ((cell, _),) = read(csv_text(["x", "y"], [[text, "end"]]))[1:]
    assert unguarded(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.floats())
def test_any_number_comes_back(number):
    text = read(csv_text(["x", "y"], [[number, "a"]]))[1][0]
    assert text == "" if not math.isfinite(number) else float(text) == number


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'x"])
def test_a_text_that_would_run_is_guarded_once(text):
    assert guarded(text) == "'" + text
    assert unguarded(guarded(text)) == text


def test_lines_end_as_rfc_4180_says():
    assert csv_text(["a"], [["b"]]).endswith("b\r\n")
