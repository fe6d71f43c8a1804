"""Migrations: numbered steps that change nothing in place and drop nothing."""

import copy

import pytest

from planner.errors import PlanFileError
from planner.scenario.migrations import STEPS, migrate_0_to_1, migrated, version_of
from planner.scenario.model import SCHEMA_VERSION


def test_there_is_one_step_away_from_every_older_version():
    assert list(STEPS) == list(range(SCHEMA_VERSION))


def test_a_bare_scenario_is_wrapped_with_all_that_it_holds():
    values = {"name": "Pilot", "site": {"pue": 1.3}, "schema_version": 0, "unknown": 1}
    before = copy.deepcopy(values)
    found = migrate_0_to_1(values)
    assert values == before
    assert found == {
        "schema_version": 1,
        "title": "Pilot",
        "active": "Pilot",
        "scenarios": [{"name": "Pilot", "site": {"pue": 1.3}, "unknown": 1}],
    }


@pytest.mark.parametrize("name", [None, 3, " "])
def test_a_scenario_without_a_proper_name_is_left_for_the_checks(name):
    found = migrate_0_to_1({"name": name})
    assert found["title"] == "Plan A"
    assert found["scenarios"] == [{"name": name}]


@pytest.mark.parametrize(
    ("values", "version"), [({}, 0), ({"site": {}}, 0), ({"scenarios": []}, 1), ({"schema_version": 1}, 1)]
)
def test_versions_are_told_apart(values, version):
    assert version_of(values) == version


def test_values_of_this_version_pass_unchanged():
    values = {"schema_version": SCHEMA_VERSION, "scenarios": []}
    assert migrated(values) == values
    assert migrated(values) is not values


@pytest.mark.parametrize(
    ("version", "code"), [(2, "newer_version"), (-1, "bad_version"), (1.5, "bad_version")]
)
def test_other_versions_are_refused(version, code):
    with pytest.raises(PlanFileError) as caught:
        migrated({"schema_version": version})
    assert caught.value.code == code
