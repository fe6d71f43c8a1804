"""The ledger as Parquet: the very values of the CSV, and a file that says what it is."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from export_plans import made

from planner import __version__
from planner.engine.lineitems import QUANTITIES
from planner.errors import PlannerError
from planner.export.parquet import LEDGER_KEY, ledger_parquet
from planner.export.registry import export
from planner.export.sweeps.read import open_sweep
from planner.export.table import LEDGER_COLUMNS, ledger_bytes
from planner.scenario.model import Scenario


def table_of(*args) -> pa.Table:
    return pq.read_table(io.BytesIO(ledger_parquet(*made(*args))))


def test_values_are_those_of_the_csv_exactly(preset):
    table = table_of(preset)
    head, *rows = csv.reader(io.StringIO(ledger_bytes(*made(preset)).decode(), newline=""))
    assert table.column_names == head == list(LEDGER_COLUMNS)
    back = [(row[0], int(row[1]), *row[2:5], *map(float, row[5:])) for row in rows]
    assert list(zip(*(column.to_pylist() for column in table.columns), strict=True)) == back


def test_columns_have_types_titles_and_units():
    table = table_of()
    for field in table.schema:
        assert field.metadata[b"title"]
        assert not field.nullable
        if field.name in QUANTITIES:
            assert field.type == pa.float64()
        elif field.name == "month":
            assert field.type == pa.int32()
        else:
            assert pa.types.is_dictionary(field.type)
    units = {field.name: field.metadata[b"unit"].decode() for field in table.schema}
    assert [units[name] for name in QUANTITIES] == ["usd", "kwh", "kgco2e", "l", "accelerator_h"]


def test_the_file_says_what_it_was_made_from():
    results, plan = made()
    about = json.loads(table_of().schema.metadata[LEDGER_KEY])
    assert Scenario.model_validate(about["scenario"]) == results.scenario
    assert about["planner_version"] == __version__
    assert about["catalog_version"] == results.catalog_version
    assert (about["seed"], about["title"]) == (0, plan.title)


def test_pandas_reads_the_same_frame():
    import pandas as pd

    frame = pd.read_parquet(io.BytesIO(ledger_parquet(*made())))
    pd.testing.assert_frame_equal(
        frame, made()[0].ledger(), check_dtype=False, check_categorical=False, rtol=0, atol=0
    )


def test_a_plan_without_line_items_gives_an_empty_table():
    changes = (("strategies", ("finetune",)), ("training.accelerators", 1), ("finetune.method", "full"))
    table = table_of("customer-support", changes)
    assert not made("customer-support", changes)[0].ledger_rows()
    assert table.num_rows == 0
    assert table.column_names == list(LEDGER_COLUMNS)


def test_it_is_no_sweep(tmp_path):
    export(*made(), tmp_path / "items.parquet")
    with pytest.raises(PlannerError, match="holds no sweep"):
        open_sweep(tmp_path / "items.parquet")
