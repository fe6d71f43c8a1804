"""Plan files: there and back, broken ones refused by name, the old file whole whatever happens."""

import errno
import json
import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario_strategies import plans

from planner.errors import PlanFileError
from planner.scenario import files
from planner.scenario.files import (
    LARGEST_BYTES,
    load_plan,
    plan_from_text,
    plan_to_text,
    save_plan,
    write_whole,
)
from planner.scenario.model import Plan, Scenario

DATA = Path(__file__).parent.parent / "data"
GOOD = plan_to_text(Plan())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "own.plan.json"


@given(plans())
def test_any_plan_is_read_back_and_written_the_same(plan):
    text = plan_to_text(plan)
    again = plan_from_text(text)
    assert again == plan
    assert plan_to_text(again) == text


def test_a_plan_is_saved_and_loaded(path):
    plan = Plan(title="Zeitplan für Ärzte").with_duplicate()
    save_plan(plan, path)
    assert load_plan(path) == plan


def test_a_file_reads_well(path):
    save_plan(Plan(), path)
    lines = path.read_bytes().decode("utf-8").splitlines()
    assert path.read_bytes().endswith(b"}\n")
    assert b"\r" not in path.read_bytes()
    assert '        "input_tokens": 900,' in lines
    assert '        "requests_per_month": 2000000,' in lines
    assert '        "pue": null,' in lines
    assert not any(line.count(":") > 1 for line in lines)
    values = json.loads(GOOD)
    assert list(values) == sorted(values)
    assert list(values["scenarios"][0]) == sorted(values["scenarios"][0])
    assert set(values["scenarios"][0]) == set(Scenario.model_fields), "a file is complete"


def test_numbers_stay_plain_and_exact():
    scenario = Scenario().with_(
        {"site.pue": 1.2, "base.params": 7.0553706496e10, "site.wue_l_per_kwh": 0.1 + 0.2}
    )
    values = json.loads(plan_to_text(Plan(scenarios=(scenario,))))["scenarios"][0]
    assert values["base"]["params"] == 70553706496
    assert isinstance(values["base"]["params"], int)
    assert values["site"]["wue_l_per_kwh"] == 0.1 + 0.2


def test_a_byte_order_mark_and_other_line_ends_are_fine(path):
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_plan(path) == Plan()


# ---------------------------------------------------------------- older files
@pytest.mark.parametrize(
    "file", sorted(DATA.glob("v*/*.plan.json")), ids=lambda file: f"{file.parent.name}-{file.stem}"
)
def test_files_of_older_versions_open(file):
    before = file.read_bytes()
    plan = load_plan(file)
    assert plan.schema_version == 1
    assert plan_from_text(plan_to_text(plan)) == plan
    assert file.read_bytes() == before, "opening changes nothing"


def test_a_bare_scenario_becomes_a_plan():
    plan = load_plan(DATA / "v0" / "bare-scenario.plan.json")
    assert plan.title == plan.active == "Pilot"
    assert plan.scenario.site.pue == 1.3
    assert plan.scenario.workload.requests_per_month == 250_000
    assert plan.scenario.ranges["workload.requests_per_month"].shape == "lognormal"


def test_a_plan_that_lost_its_version_is_still_a_plan():
    values = json.loads(GOOD)
    del values["schema_version"]
    assert plan_from_text(json.dumps(values)) == Plan()


# ---------------------------------------------------------------- broken files
def changed(change) -> str:
    """Return a good plan's text after a change of its values."""
    values = json.loads(GOOD)
    change(values)
    return json.dumps(values)


def scenario(section: str, name: str, value) -> str:
    return changed(lambda values: values["scenarios"][0][section].__setitem__(name, value))


BROKEN = {
    "empty": ("", ["empty"]),
    "blank": (" \n\t", ["empty"]),
    "truncated": (GOOD[:1000], ["JSON", "line", "ends too early"]),
    "one brace short": (GOOD.rstrip()[:-1], ["JSON", "ends too early"]),
    "cut in a word": (GOOD[: GOOD.index("requests_per") + 5], ["JSON", "line"]),
    "two objects": ("{}{}", ["line 1, column 3"]),
    "trailing comma": ('{"title": "x",\n}', ["JSON", "line"]),
    "single quotes": ("{'title': 1}", ["line 1, column 2"]),
    "comment": ("// plan\n{}", ["line 1, column 1"]),
    "a line of text": ("hello", ["JSON", "line 1, column 1"]),
    "list": ("[]", ["a list", "braces"]),
    "number": ("3", ["a number"]),
    "text": ('"x"', ["a text"]),
    "null": ("null", ["null"]),
    "deep lists": ("[" * 100_000, ["too deeply"]),
    "deep objects": ('{"a":' * 100_000, ["too deeply"]),
    "deep and whole": ('{"notes":' + "[" * 900 + "]" * 900 + "}", []),
    "endless number": ('{"horizon_months": ' + "9" * 5000 + "}", ["number", "digits"]),
    "binary": (b"PK\x03\x04\x00\x00", ["no text file"]),
    "UTF-16": (GOOD.encode("utf-16"), ["UTF-16", "UTF-8"]),
    "Latin-1": (
        GOOD.replace("New plan", "Pläne").encode("latin-1"),
        ["not written in UTF-8", "line", "0xe4"],
    ),
    "half a character": ('{"notes": "\\ud800"}', ["notes", "surrogate"]),
    "too large": (b" " * (LARGEST_BYTES + 1), ["10 MB"]),
    "duplicate key": (
        GOOD.replace('"pue": null', '"pue": 1.2,\n"pue": 1.3'),
        ["scenarios.0.site.pue", "twice"],
    ),
    "duplicate section": ('{"title": "a", "title": "b"}', ['"title" is there twice']),
    "NaN": (scenario("site", "pue", float("nan")), ["site.pue", "nan", "from 1 to 4"]),
    "infinity": (
        scenario("workload", "requests_per_month", float("inf")),
        ["workload.requests_per_month", "inf"],
    ),
    "overflow": (
        GOOD.replace('"input_tokens": 900', '"input_tokens": 1e999'),
        ["workload.input_tokens", "inf"],
    ),
    "huge integer": (scenario("workload", "input_tokens", 10**400), ["workload.input_tokens", "1,000,000"]),
    "negative": (scenario("workload", "input_tokens", -900), ["workload.input_tokens", "-900"]),
    "too high": (scenario("site", "pue", 9), ["site.pue", "9", "from 1 to 4"]),
    "text for a number": (scenario("site", "pue", "1.2"), ["site.pue", '"1.2"', "a number"]),
    "number for a text": (scenario("base", "model", 70), ["base.model", "70"]),
    "true for a number": (scenario("site", "pue", True), ["site.pue", "true"]),
    "number for a flag": (scenario("serving", "autoscale", 1), ["serving.autoscale", "true or false"]),
    "null for a number": (scenario("workload", "input_tokens", None), ["workload.input_tokens", "null"]),
    "list for a number": (scenario("workload", "input_tokens", [900]), ["workload.input_tokens"]),
    "half a month": (
        changed(lambda v: v["scenarios"][0].update(horizon_months=2.5)),
        ["horizon_months", "whole"],
    ),
    "unknown word": (
        scenario("finetune", "method", "lorra"),
        ["finetune.method", '"lorra"', "full, lora, qlora"],
    ),
    "unknown field": (scenario("site", "pu", 1.2), ["site.pu", "Did you mean pue?"]),
    "field one level up": (changed(lambda v: v["scenarios"][0].update(pue=1.2)), ["Did you mean site.pue?"]),
    "unknown section": (
        changed(lambda v: v["scenarios"][0].update(workloads={})),
        ["workloads", "Did you mean workload"],
    ),
    "unknown top field": (changed(lambda v: v.update(scenarois=[])), ["scenarois", "Did you mean scenarios"]),
    "section is a list": (
        changed(lambda v: v["scenarios"][0].update(site=[])),
        ["scenarios.0.site", "braces"],
    ),
    "scenario is a number": (changed(lambda v: v.update(scenarios=[1])), ["scenarios.0 is 1", "braces"]),
    "scenarios is a number": (changed(lambda v: v.update(scenarios=1)), ["scenarios is 1", "brackets"]),
    "no scenario": (changed(lambda v: v.update(scenarios=[])), ["at least one scenario"]),
    "two of a name": (changed(lambda v: v.update(scenarios=v["scenarios"] * 2)), ["Two scenarios", "Plan A"]),
    "active is none": (changed(lambda v: v.update(active="Plan Z")), ["Plan Z", "Plan A"]),
    "no name": (changed(lambda v: v["scenarios"][0].update(name=" ")), ["name", "needs a name"]),
    "no strategies": (
        changed(lambda v: v["scenarios"][0].update(strategies=[])),
        ["strategies", "at least one"],
    ),
    "unknown strategy": (
        changed(lambda v: v["scenarios"][0].update(strategies=["rag"])),
        ["strategies", "rag"],
    ),
    "no month": (changed(lambda v: v["scenarios"][0].update(start_month="May")), ["start_month", "2027-01"]),
    "model and size null": (scenario("base", "model", None), ["base.model", "base.params"]),
    "range of nothing": (scenario("ranges", "site.pu", {"low": 1, "mode": 1, "high": 2}), ["ranges.site.pu"]),
    "range turned round": (
        scenario("ranges", "site.pue", {"low": 3, "mode": 2, "high": 1}),
        ["ranges.site.pue"],
    ),
    "range too wide": (
        scenario("ranges", "site.pue", {"low": 1, "mode": 2, "high": 9}),
        ["ranges.site.pue", "9"],
    ),
    "range half": (scenario("ranges", "site.pue", {"low": 1}), ["ranges.site.pue.mode", "missing"]),
    "newer version": (
        changed(lambda v: v.update(schema_version=2)),
        ["newer version", "schema_version is 2"],
    ),
    "version in words": (changed(lambda v: v.update(schema_version="one")), ["schema_version", "one"]),
    "negative version": (changed(lambda v: v.update(schema_version=-1)), ["schema_version", "-1"]),
    "true as version": (changed(lambda v: v.update(schema_version=True)), ["schema_version"]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_by_name_and_left_alone(path, name):
    content, words = BROKEN[name]
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(data)
    with pytest.raises(PlanFileError) as caught:
        load_plan(path)
    message = str(caught.value)
    assert "own.plan.json" in message
    for word in words:
        assert word in message
    assert len(message) < 2000
    assert path.read_bytes() == data


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["scenarios", "site", "pue", "ranges", "name", "schema_version", "x"]), inner
        )
    ),
    max_leaves=10,
)


@given(JSON)
def test_any_json_is_a_plan_or_refused(values):
    _opened_or_refused(json.dumps(values))


@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.text(max_size=5))
def test_a_plan_with_a_piece_gone_wrong_is_a_plan_or_refused(start, length, put):
    _opened_or_refused(GOOD[:start] + put + GOOD[start + length :])


def _opened_or_refused(text: str) -> None:
    try:
        plan = plan_from_text(text)
    except PlanFileError as error:
        assert str(error)  # noqa: PT017 - either outcome is fine
    else:
        assert plan_from_text(plan_to_text(plan)) == plan


def test_all_problems_of_a_file_are_told_at_once(path):
    path.write_text(
        changed(
            lambda values: values["scenarios"][0].update(
                site={"pue": 0.2, "pu": 1},
                workload={"input_tokens": "x", "output_tokens": -1},
                base=3,
                labour=4,
            )
        ),
        encoding="utf-8",
    )
    with pytest.raises(PlanFileError) as caught:
        load_plan(path)
    paths = {problem.path.removeprefix("scenarios.0.") for problem in caught.value.problems}
    assert paths == {
        "site.pue",
        "site.pu",
        "workload.input_tokens",
        "workload.output_tokens",
        "base",
        "labour",
    }
    assert "6 problems" in str(caught.value)
    assert "and 1 more" in str(caught.value)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda folder: folder / "none.plan.json", "There is no file"),
        (lambda folder: folder, "is a folder"),
        (lambda folder: folder / "a" / "b", "There is no file"),
        (lambda folder: folder / "a\0b", "cannot be read"),
        (lambda folder: folder / ("x" * 300), "cannot be read"),
    ],
)
def test_what_is_no_file_cannot_be_opened(tmp_path, make, word):
    with pytest.raises(PlanFileError, match=word):
        load_plan(make(tmp_path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PlanFileError, match="no ordinary file"):
        load_plan(tmp_path / "pipe")


def test_a_file_without_permission_says_so(path, monkeypatch):
    path.write_text(GOOD, encoding="utf-8")

    def refuse(*_args, **_keywords):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PlanFileError, match=r"own\.plan\.json cannot be read: you have no permission"):
        load_plan(path)


# ---------------------------------------------------------------- saving
FAILURES = ["write", "fsync", "replace"]


@pytest.mark.parametrize("step", FAILURES)
def test_a_full_disk_leaves_the_old_file_whole_and_nothing_else(path, monkeypatch, step):
    save_plan(Plan(), path)
    before = path.read_bytes()

    def full(*_args, **_keywords):
        raise OSError(errno.ENOSPC, "No space left on device")

    class Full:
        def __init__(self, handle, mode):
            self._stream = open(handle, mode)  # noqa: SIM115, PTH123 - closed by __exit__

        def __enter__(self):
            return self

        def __exit__(self, *_args):
            self._stream.close()

        write = full

    if step == "write":
        monkeypatch.setattr(files.os, "fdopen", Full)
    elif step == "fsync":
        monkeypatch.setattr(files.os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(PlanFileError, match=r"own\.plan\.json was not saved: the disk is full"):
        save_plan(Plan(title="New"), path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_an_interrupted_save_leaves_the_old_file_whole(path, monkeypatch):
    save_plan(Plan(), path)
    before = path.read_bytes()

    def interrupt(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_plan(Plan(title="New"), path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda folder: folder / "none" / "a.plan.json", "the folder does not exist"),
        (lambda folder: folder, "it is a folder"),
        (lambda folder: folder / "file" / "a.plan.json", "its folder is a file"),
        (lambda folder: folder / "a\0b", "was not saved"),
    ],
)
def test_a_place_that_takes_no_file_is_named(tmp_path, make, word):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PlanFileError, match=word):
        save_plan(Plan(), make(tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits are POSIX's")
def test_permissions_and_links_stay(tmp_path):
    real, link = tmp_path / "real.plan.json", tmp_path / "link.plan.json"
    save_plan(Plan(), real)
    assert not stat.S_IMODE(real.stat().st_mode) & stat.S_IXUSR
    real.chmod(0o640)
    link.symlink_to(real)
    save_plan(Plan(title="New"), link)
    assert link.is_symlink()
    assert load_plan(real).title == "New"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_file_marked_read_only_is_not_replaced(path, monkeypatch):
    save_plan(Plan(), path)
    monkeypatch.setattr(files.os, "access", lambda *_args: False)  # root may write whatever the bits say
    with pytest.raises(PlanFileError, match="no permission"):
        save_plan(Plan(title="New"), path)
    assert load_plan(path) == Plan()


def test_a_long_name_is_still_written_whole(tmp_path):
    path = tmp_path / ("x" * 240)
    write_whole(path, b"data")
    assert path.read_bytes() == b"data"
