"""The record: all that is needed to check results later, in JSON that reads and compares well."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from export_plans import made
from hypothesis import given
from hypothesis import strategies as st

from planner.engine.results import FIGURES
from planner.export.record import CONTRACT_FIGURES, document, json_text, plain, record, record_bytes
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def refuse(word):
    raise AssertionError(word)


def test_the_record_holds_inputs_results_versions_and_sources(preset):
    results, plan = made(preset)
    found = json.loads(record_bytes(results, plan), parse_constant=refuse)
    assert set(document(results)) < set(found)
    assert found["preset"] == preset
    assert {row["path"] for row in found["inputs"]} == set(specs_of(Scenario))
    assert all(row["source"] and row["date"] for row in found["sources"])
    assert {"planner", "catalog", "physics", "python", "numpy"} <= set(found["versions"])
    assert found["verdict"]["sentence"]
    assert len(found["requests_by_month"]) == results.scenario.horizon_months + 1
    for name, strategy in found["strategies"].items():
        assert set(CONTRACT_FIGURES) <= set(strategy)
        assert set(FIGURES) <= set(strategy)
        assert strategy["total_usd"] == float(results.strategies[name]["total_usd"])
        assert set(strategy["release_flop"]) == set(results.strategies[name].release_flop)
        assert all(flop > 0.0 for flop in strategy["release_flop"].values())


def test_the_scenario_in_it_gives_the_same_figures(preset):
    from planner.catalog.load import load_catalog
    from planner.engine.run import simulate

    results, plan = made(preset)
    again = Scenario.model_validate(record(results, plan)["scenario"])
    assert json_text(document(simulate(again, load_catalog()))) == json_text(document(results))


def test_figures_of_what_does_not_fit_are_null():
    results, plan = made(changes=(("training.accelerators", 1), ("finetune.method", "full")))
    found = json.loads(record_bytes(results, plan), parse_constant=refuse)["strategies"]["finetune"]
    assert found["fits"] is False
    assert all(found[name] is None for name in FIGURES)


@given(ANY_JSON)
def test_any_value_comes_back(value):
    assert json.loads(json_text(value)) == value


def test_what_json_has_no_word_for_is_null():
    value = {
        "a": math.nan,
        "b": [math.inf, np.float64(1.5)],
        "c": (np.int64(2), -math.inf),
        3: np.bool_(True),
    }
    assert json.loads(json_text(value), parse_constant=refuse) == {
        "a": None, "b": [None, 1.5], "c": [2, None], "3": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (2.0, "count", 2),
        (2.5, "count", 2.5),
        (2.0, "usd", 2.0),
        (math.nan, "count", None),
        (math.inf, "", None),
    ],
)
def test_counts_are_whole_and_the_unknown_is_null(value, unit, expected):
    found = plain(value, unit)
    assert found == expected
    assert type(found) is type(expected)


def test_rows_stand_on_one_line_each():
    results, plan = made()
    lines = record_bytes(results, plan).decode().splitlines()
    assert sum(line.startswith('    {"strategy": ') for line in lines) == len(results.ledger_rows())
