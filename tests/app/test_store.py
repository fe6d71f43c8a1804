"""The store: one drag one step, refusals change nothing, files mark the plan clean."""

import pytest

from planner.app.store import PlanStore
from planner.errors import InputError, PlanFileError
from planner.scenario.files import load_plan
from planner.scenario.model import Plan, Scenario


@pytest.fixture
def store(qapp):
    return PlanStore()


@pytest.fixture
def refusals(store):
    found = []
    store.rejected.connect(found.append)
    return found


def test_edit_changes_the_value_under_a_named_step(store, qtbot):
    with qtbot.waitSignal(store.changed) as signal:
        assert store.edit("site.pue", 1.3)
    assert signal.args == [store.plan]
    assert store.scenario.site.pue == 1.3
    assert store.undo_stack.undoText() == "Change PUE"


def test_undo_and_redo_restore_the_very_same_plans(store):
    before = store.plan
    store.edit("site.pue", 1.3)
    after = store.plan
    store.undo_stack.undo()
    assert store.plan is before
    store.undo_stack.redo()
    assert store.plan is after


def test_one_drag_is_one_step(store):
    for pue in (1.1, 1.2, 1.3, 1.4):
        store.edit("site.pue", pue, gesture=7)
    assert store.undo_stack.count() == 1
    store.undo_stack.undo()
    assert store.scenario.site.pue is None


def test_two_drags_are_two_steps_and_so_are_two_fields(store):
    store.edit("site.pue", 1.1, gesture=1)
    store.edit("site.pue", 1.2, gesture=2)
    store.edit("site.wue_l_per_kwh", 1.0, gesture=2)
    store.edit("site.wue_l_per_kwh", 2.0)
    store.edit("site.wue_l_per_kwh", 3.0)
    assert store.undo_stack.count() == 5


def test_a_drag_back_to_its_start_leaves_no_step_and_the_plan_clean(store):
    store.edit("site.wue_l_per_kwh", 1.0, gesture=1)
    assert store.modified
    store.edit("site.wue_l_per_kwh", 0.57, gesture=1)
    assert store.undo_stack.count() == 0
    assert not store.modified
    assert store.scenario.site.wue_l_per_kwh == 0.57


def test_a_drag_that_goes_on_after_a_save_does_not_merge_into_the_saved_step(store, tmp_path):
    store.edit("site.pue", 1.1, gesture=1)
    store.save(tmp_path / "a.plan.json")
    store.edit("site.pue", 1.2, gesture=1)
    assert store.modified
    store.undo_stack.undo()
    assert store.scenario.site.pue == 1.1
    assert not store.modified


def test_the_same_value_again_is_no_step(store):
    assert store.edit("site.wue_l_per_kwh", store.scenario.site.wue_l_per_kwh)
    assert store.undo_stack.count() == 0


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("site.pue", 0.2),
        ("site.pue", float("nan")),
        ("site.pu", 1.2),
        ("ranges.site.pue", {"low": 3.0, "mode": 2.0, "high": 1.0}),
        ("base.model", None),
        ("strategies", ()),
        ("name", " "),
    ],
)
def test_a_refused_change_leaves_everything_as_it_was(store, refusals, path, value):
    before = store.plan
    assert not store.edit(path, value)
    assert store.plan is before
    assert store.undo_stack.count() == 0
    assert [type(error) for error in refusals] == [InputError]
    assert path.split(".")[-1] in str(refusals[0])


def test_several_changes_are_one_step_or_none(store, refusals):
    assert store.edit_many({"serving.hardware": "nvidia-h200-sxm", "serving.precision": "bf16"}, "Use H200")
    assert store.undo_stack.undoText() == "Use H200"
    assert store.undo_stack.count() == 1
    assert not store.edit_many(
        {"serving.precision": "fp4", "site.pue": 0.0, "site.wue_l_per_kwh": -1.0}, "No"
    )
    assert store.scenario.serving.precision == "bf16"
    assert refusals[0].path == "site.pue"


def test_a_range_is_set_named_and_taken_away(store):
    span = {"low": 1.1, "mode": 1.2, "high": 1.5}
    store.edit("ranges.site.pue", span)
    assert store.scenario.ranges["site.pue"].high == 1.5
    assert store.undo_stack.undoText() == "Change range of PUE"
    assert store.changed_paths() == {"ranges.site.pue"}
    store.edit("ranges.site.pue", None)
    assert store.scenario.ranges == {}


def test_reset_goes_back_to_the_preset(store):
    store.new()
    first = store.scenario.workload.requests_per_month
    store.edit("workload.requests_per_month", 5e6)
    assert store.changed_paths() == {"workload.requests_per_month"}
    store.reset("workload.requests_per_month")
    assert store.scenario.workload.requests_per_month == first
    assert store.changed_paths() == set()
    assert store.undo_stack.undoText() == "Reset Requests per month"


def test_a_range_that_follows_its_value_is_no_change_of_its_own_but_goes_back_with_it(store):
    store.new()
    path = "workload.requests_per_month"
    before = store.scenario.ranges[path]
    store.edit(path, before.high * 2)
    assert store.scenario.ranges[path].mode == before.high * 2
    assert store.changed_paths() == {path}
    store.edit(f"ranges.{path}", None)
    assert store.changed_paths() == {path, f"ranges.{path}"}
    steps = store.undo_stack.count()
    store.reset(path)
    assert store.scenario.ranges[path] == before
    assert store.changed_paths() == set()
    assert store.undo_stack.count() == steps + 1


def test_resetting_all_brings_ranges_back_in_one_step(store):
    store.new()
    first = store.scenario
    store.edit("workload.requests_per_month", 5e7)
    store.edit("ranges.site.pue", {"low": 1.1, "mode": 1.2, "high": 1.5})
    store.edit("ranges.workload.peak_to_mean", None)
    steps = store.undo_stack.count()
    assert store.reset_all()
    assert store.scenario == first
    assert store.undo_stack.count() == steps + 1
    store.undo_stack.undo()
    assert "site.pue" in store.scenario.ranges


def test_value_and_range_of_a_drag_are_one_step(store):
    store.new()
    path = "workload.requests_per_month"
    before = store.plan
    for value in (3e6, 6e6, 9e6):
        span = before.scenario.ranges[path].with_mode(value)
        assert store.edit(path, value, gesture=4, span=span)
    assert store.scenario.ranges[path].mode == 9e6
    assert store.undo_stack.count() == 1
    store.undo_stack.undo()
    assert store.plan == before


def test_name_and_notes_never_count_as_changed(store):
    store.edit("name", "Plan Z")
    store.edit("notes", "other")
    assert store.changed_paths() == set()
    assert store.plan.active == "Plan Z"


def test_scenarios_are_duplicated_renamed_deleted_and_undone(store):
    first = store.plan
    store.duplicate()
    assert [s.name for s in store.plan.scenarios] == ["Plan A", "Plan B"]
    assert store.plan.active == "Plan B"
    store.rename("Plan A", " Base ")
    assert [s.name for s in store.plan.scenarios] == ["Base", "Plan B"]
    store.delete("Plan B")
    assert store.plan.active == "Base"
    assert store.undo_stack.undoText() == "Delete scenario"
    for _ in range(3):
        store.undo_stack.undo()
    assert store.plan is first


def test_switching_is_no_step_and_an_undo_shows_the_scenario_it_changes(store):
    store.duplicate()
    store.edit("site.pue", 1.3)
    count = store.undo_stack.count()
    assert store.switch("Plan A")
    assert store.plan.active == "Plan A"
    assert store.undo_stack.count() == count
    store.undo_stack.undo()
    assert store.plan.active == "Plan B"
    assert store.scenario.site.pue is None


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.switch("Nowhere"),
        lambda store: store.rename("Nowhere", "B"),
        lambda store: store.rename("Plan A", ""),
        lambda store: store.delete("Plan A"),
        lambda store: store.delete("Nowhere"),
    ],
)
def test_impossible_scenario_commands_are_refused(store, refusals, act):
    before = store.plan
    assert not act(store)
    assert store.plan is before
    assert len(refusals) == 1


def test_a_name_that_is_taken_is_refused(store, refusals):
    store.duplicate()
    assert not store.rename("Plan B", "Plan A")
    assert "Plan A" in str(refusals[0])


def test_save_and_open_keep_the_plan_and_mark_it_clean(store, tmp_path, qtbot):
    store.edit("site.pue", 1.3)
    path = tmp_path / "a.plan.json"
    with qtbot.waitSignals([store.path_changed, store.clean_changed]):
        store.save(path)
    assert not store.modified
    assert load_plan(path) == store.plan
    other = PlanStore()
    other.edit("site.pue", 2.0)
    other.open(path)
    assert other.plan == store.plan
    assert other.path == path
    assert not other.modified
    assert not other.undo_stack.canUndo()


def test_a_failed_save_leaves_the_plan_edited_and_without_a_path(store, tmp_path):
    store.edit("site.pue", 1.3)
    with pytest.raises(PlanFileError):
        store.save(tmp_path / "nowhere" / "a.plan.json")
    assert store.modified
    assert store.path is None
    with pytest.raises(PlanFileError):
        store.save()


def test_a_file_that_cannot_be_opened_leaves_the_plan(store, tmp_path):
    store.edit("site.pue", 1.3)
    before = store.plan
    (tmp_path / "bad.plan.json").write_text("{", encoding="utf-8")
    with pytest.raises(PlanFileError):
        store.open(tmp_path / "bad.plan.json")
    assert store.plan is before
    assert store.modified


def test_a_restored_plan_is_edited_from_the_start(store, tmp_path):
    plan = Plan(scenarios=(Scenario().with_({"site.pue": 1.7}),))
    store.restore(plan, tmp_path / "a.plan.json")
    assert store.modified
    assert store.path == tmp_path / "a.plan.json"
    assert store.scenario.site.pue == 1.7
