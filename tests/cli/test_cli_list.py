"""``planner list`` and ``planner schema``."""

from __future__ import annotations

import json

import pytest

from planner.catalog.load import load_catalog
from planner.scenario.presets import presets

TABLES = ["models", "hardware", "grids", "prices", "presets"]


@pytest.mark.parametrize("table", TABLES)
def test_each_row_has_source_and_date(call, table):
    rows = call("list", table, "--json").json
    assert rows
    for row in rows:
        assert row["id"]
        assert row["source"]
        assert row["date"][:2] == "20"


@pytest.mark.parametrize("table", TABLES)
def test_the_table_has_as_many_lines_as_rows(call, table):
    lines = call("list", table).out.splitlines()
    assert len(lines) == len(call("list", table, "--json").json) + 1
    assert lines[0].split()[-2:] == ["date", "source"]


def test_every_row_of_the_catalogue_is_listed(call):
    catalog = load_catalog()
    for table in ("models", "hardware", "grids"):
        assert {row["id"] for row in call("list", table, "--json").json} == set(getattr(catalog, table))
    assert [row["id"] for row in call("list", "presets", "--json").json] == [each.id for each in presets()]


def test_prices_are_of_three_kinds(call):
    kinds = {row["kind"] for row in call("list", "prices", "--json").json}
    assert kinds == {"rent", "fine-tuning", "API"}


def test_what_is_not_known_is_null(call):
    rows = call("list", "hardware", "--json").json
    assert any(row["idle_w"] is None for row in rows)


def test_the_schema_describes_a_plan(call):
    schema = json.loads(call("schema").out)
    assert schema["title"] == "Plan"
    assert "scenarios" in schema["properties"]
    assert schema["$defs"]["Site"]["properties"]["pue"]["title"]
