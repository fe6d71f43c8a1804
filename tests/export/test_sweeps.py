"""Sweeps: the grid, a block against single runs, and a file that is the same after any interruption."""

from __future__ import annotations

import csv
import json
import math
import os
import pickle
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from planner.catalog.load import load_catalog
from planner.cli.inputs import changed
from planner.engine.results import FIGURES
from planner.engine.run import simulate
from planner.errors import PlannerError
from planner.export.sweeps import blocks, store
from planner.export.sweeps.blocks import Sweep, compute, make_sweep, schema_of, table_of, versions
from planner.export.sweeps.grid import MOST_VALUES, check_grid, read_axis, read_grid
from planner.export.sweeps.local import WORTH_PROCESSES, compute_here, workers_for
from planner.export.sweeps.outline import Outline
from planner.export.sweeps.read import cheapest_at, open_sweep, spread
from planner.export.sweeps.stream import Progress, check_target, sweep_through, sweep_to
from planner.scenario.presets import load_preset

CATALOG = load_catalog()
VOLUME = "workload.requests_per_month"
AXES = (f"{VOLUME}=10k:10M:4:log", "serving.precision=bf16,fp8", "site.pue=1.1,1.5,null")


def sweep_of(
    *axes: str, preset: str = "customer-support", block: int = 5, change: tuple[str, ...] = ()
) -> Sweep:
    return make_sweep(changed(load_preset(preset), change), read_grid(axes or AXES), block)


def bytes_of(target: Path, sweep: Sweep, **about: Any) -> bytes:
    sweep_to(target, sweep, compute_here, **about)
    return target.read_bytes()


def rows_of(sweep: Sweep) -> pa.Table:
    """All rows, in the blocks of the sweep: other blocks may differ in the last bit."""
    return pa.concat_tables([table_of(sweep, number) for number in range(sweep.blocks)])


def test_the_lock_of_the_cluster_holds_the_extra_and_agrees_with_the_other():
    folder = Path(__file__).resolve().parent.parent.parent
    extra = tomllib.loads((folder / "pyproject.toml").read_text())["project"]["optional-dependencies"][
        "cluster"
    ]
    pins = [
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (folder / "packaging" / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-cluster.lock")
    ]
    assert set(extra) <= set(pins[1]) - set(pins[0])
    shared = set(pins[0]) & set(pins[1])
    assert shared
    assert {name: pins[0][name] for name in shared} == {name: pins[1][name] for name in shared}


# ---------------------------------------------------------------- the grid
@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"{VOLUME}=100k, 2M", (1e5, 2e6)),
        ("site.pue=1.1:1.5:5", (1.1, 1.2, 1.3, 1.4, 1.5)),
        (f"{VOLUME}=1k:1M:4:log", (1e3, 1e4, 1e5, 1e6)),
        (f"{VOLUME}=1M:1k:4:log", (1e6, 1e5, 1e4, 1e3)),
        ("refresh.new_data_frac=20%:60%:3:lin", (0.2, 0.4, 0.6)),
        ("serving.min_replicas=1:4:10", (1, 2, 3, 4)),
        ("serving.precision=fp8,bf16", ("fp8", "bf16")),
        ("training.hardware=nvidia-h100-sxm", ("nvidia-h100-sxm",)),
        ("site.pue=null,1.2", (None, 1.2)),
        ("refresh.interval_months=2,optimal", (2, "optimal")),
        ("serving.autoscale=yes,no", (True, False)),
        ("start_month=2027-01,2028-06", ("2027-01", "2028-06")),
    ],
)
def test_an_axis_holds_the_values_that_were_typed(text, values):
    assert read_axis(text).values == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("site.pue", 'no "="'),
        ("site.pu=1.2", "Did you mean site.pue"),
        ("site.pue=1.1:1.3", "lo:hi:n"),
        ("site.pue=1.1:1.3:3:exp", "lo:hi:n"),
        ("site.pue=1.1:1.3:1", "allowed is 2 to"),
        (f"site.pue=1.1:1.3:{MOST_VALUES + 1}", "allowed is 2 to"),
        ("site.pue=1.1:1.3:x", "no number of values"),
        ("site.pue=1.2:1.2:3", "two different numbers"),
        ("site.pue=null:1.2:3", "two different numbers"),
        ("site.pue=0.5,1.2", "from 1 to 4"),
        ("workload.growth_frac_per_month=0:5%:3:log", "log scale"),
        (f"{VOLUME}=2,500,2", "not 2,500"),
        ("serving.precision=fp7", "one of bf16"),
        ("name=a,b", "changes no figure"),
    ],
)
def test_a_text_that_is_no_axis_is_refused_with_what_is_allowed(text, words):
    with pytest.raises(PlannerError) as caught:
        read_axis(text)
    assert words in str(caught.value)


def test_an_input_is_swept_once_and_points_have_a_limit():
    with pytest.raises(PlannerError, match="swept twice"):
        read_grid(["site.pue=1.1,1.2", "site.pue=1.3"])
    with pytest.raises(PlannerError, match="points; at most"):
        read_grid([f"{VOLUME}=1:1M:100000", "site.pue=1.1:1.5:100000"])


def test_the_last_axis_moves_fastest_and_every_combination_is_there_once():
    grid = read_grid(AXES)
    points = [tuple(grid.point(number).values()) for number in range(grid.size)]
    assert grid.size == 24
    assert len(set(points)) == 24
    assert points[:4] == [(1e4, "bf16", 1.1), (1e4, "bf16", 1.5), (1e4, "bf16", None), (1e4, "fp8", 1.1)]


def test_ids_are_looked_up_before_the_first_point():
    with pytest.raises(PlannerError, match="abacus"):
        check_grid(load_preset().scenario, CATALOG, read_grid(["training.hardware=nvidia-h100-sxm,abacus"]))
    plan = load_preset().scenario.with_({"training.hardware": "abacus"})
    with pytest.raises(PlannerError, match="abacus"):
        check_grid(plan, CATALOG, read_grid(["site.pue=1.1,1.2"]))
    check_grid(plan, CATALOG, read_grid(["training.hardware=nvidia-h100-sxm"]))


# ---------------------------------------------------------------- a block
def set_text(value: Any) -> str:
    return (
        "null" if value is None else ",".join(value) if isinstance(value, tuple) else repr(value).strip("'")
    )


@pytest.mark.parametrize(
    "axes",
    [
        AXES,
        (
            f"{VOLUME}=0,300k",
            "refresh.interval_months=1,optimal",
            "training.hardware=nvidia-h100-sxm,nvidia-a100-sxm-80gb",
        ),
        ("base.params=7B,400B", "training.accelerators=null,1,8", "finetune.method=full,qlora"),
        ("strategies=api,distil", "horizon_months=1,30", "serving.autoscale=yes,no"),
        ("distil.method=logits,sequence", "distil.teacher=base,api", "limits.max_total_usd=null,300k"),
    ],
)
def test_a_row_is_the_plan_run_alone_with_its_changes(axes):
    sweep = sweep_of(*axes, block=1000)
    rows = table_of(sweep, 0).to_pylist()
    assert len(rows) == sweep.grid.size * len(sweep.strategies)
    seen = set()
    for row in rows:
        point = sweep.grid.point(row["point"])
        plan = changed(
            load_preset("customer-support"), [f"{path}={set_text(v)}" for path, v in point.items()]
        )
        results = simulate(plan.scenario, CATALOG)
        result = results.strategies.get(row["strategy"])
        if result is None:
            assert row["problem"] == "not_chosen"
            assert not row["fits"]
            continue
        seen.add(bool(result.fits))
        assert row["fits"] == bool(result.fits)
        assert row["keeps_limits"] == bool(result.keeps_limits)
        assert row["problem"] == (None if result.fits else result.problems[0].code)
        for name in FIGURES:
            expected = float(result[name])
            assert (row[name] is None) == math.isnan(expected), name
            if row[name] is not None:
                assert row[name] == pytest.approx(expected, rel=1e-12, abs=0.0), (name, point)
    assert True in seen


def test_a_strategy_that_does_not_fit_says_why_and_has_no_figures():
    rows = table_of(sweep_of("base.params=7B,400B", "training.accelerators=1,64", block=99), 0).to_pylist()
    lacking = [row for row in rows if not row["fits"]]
    assert {row["problem"] for row in lacking} == {"training_memory"}
    assert all(row[name] is None for row in lacking for name in FIGURES)
    assert {row["problem"] for row in rows if row["fits"]} == {None}


def test_a_point_that_contradicts_itself_is_a_row_with_the_reason():
    plan = changed(load_preset("customer-support"), ["base.model=null", "base.params=7B"])
    sweep = make_sweep(plan, read_grid(["base.params=null,8B"]), 10)
    rows = table_of(sweep, 0).to_pylist()
    assert {row["fits"] for row in rows[:5]} == {False}
    assert all(row["problem"] for row in rows[:5])
    assert any(row["fits"] for row in rows[5:])


def test_columns_have_types_titles_and_units():
    schema = schema_of(
        sweep_of("horizon_months=1,2", "refresh.interval_months=2,optimal", "serving.autoscale=yes")
    )
    types = {field.name: str(field.type) for field in schema}
    assert types["horizon_months"] == "int64"
    assert types["refresh.interval_months"] == "string"
    assert types["serving.autoscale"] == "bool"
    assert types["total_usd"] == "double"
    assert schema.field("energy_kwh").metadata == {b"title": b"Energy", b"unit": b"kwh"}
    assert [name for name in schema.names if name in FIGURES] == list(FIGURES)


def test_a_worker_with_other_versions_is_refused(monkeypatch):
    sweep = sweep_of()
    monkeypatch.setattr(blocks, "versions", lambda: {**versions(), "catalog": "2001.1"})
    with pytest.raises(PlannerError, match=r"catalog 2001\.1 there"):
        compute(sweep, 0)


def test_a_sweep_and_an_error_travel_between_processes():
    sweep = sweep_of("strategies=api,distil", "site.pue=null,1.2")
    there = pickle.loads(pickle.dumps(sweep))
    assert there.grid == sweep.grid
    assert there.fingerprint == sweep.fingerprint
    assert compute(there, 0) == compute(sweep, 0)
    with pytest.raises(PlannerError) as caught:
        read_axis("site.pue=0.5")
    error = pickle.loads(pickle.dumps(caught.value))
    assert (type(error), error.code, error.hint, str(error)) == (
        type(caught.value),
        caught.value.code,
        caught.value.hint,
        str(caught.value),
    )


def test_the_size_of_a_block_has_limits():
    for size in (0, 10**9):
        with pytest.raises(PlannerError, match="--block"):
            sweep_of(block=size)


# ---------------------------------------------------------------- the file
def test_the_file_holds_every_row_in_order_and_explains_itself(tmp_path):
    target = tmp_path / "out.parquet"
    sweep = sweep_of(change=("site.usd_per_kwh=0.2",))
    bytes_of(target, sweep)
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]
    table = pq.read_table(target)
    assert table["point"].to_pylist() == [number for number in range(24) for _ in range(5)]
    assert table["strategy"].to_pylist() == list(sweep.strategies) * 24
    assert table[VOLUME].to_pylist()[:: 5 * 6] == [1e4, 1e5, 1e6, 1e7]
    assert pq.read_metadata(target).num_row_groups == 5
    file = open_sweep(target)
    assert file.grid == sweep.grid
    assert file.plan == sweep.plan
    assert file.scenario_at(7) == sweep.scenario.with_(sweep.grid.point(7))
    assert file.versions == versions()


def test_figures_of_single_points_are_read_from_the_file(tmp_path):
    sweep = sweep_of()
    bytes_of(tmp_path / "out.parquet", sweep)
    whole = rows_of(sweep)
    points = np.array([23, 0, 11, 12])
    found = open_sweep(tmp_path / "out.parquet").figures(points, ["total_usd", "payback_month"])
    assert set(found) == {"total_usd", "payback_month", "fits", "keeps_limits"}
    for name, values in found.items():
        expected = whole[name].to_numpy().astype(float).reshape(24, 5)[points].T
        np.testing.assert_array_equal(values, expected)


def test_a_table_with_commas_holds_the_same_as_the_columns(tmp_path):
    sweep = sweep_of()
    bytes_of(tmp_path / "out.csv", sweep)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    expected = rows_of(sweep).to_pylist()
    assert len(rows) == len(expected)
    for row, values in zip(rows, expected, strict=True):
        for name, value in values.items():
            if value is None:
                assert row[name] == ""
            elif isinstance(value, bool):
                assert row[name] == ("true" if value else "false")
            else:
                assert type(value)(row[name]) == value


def test_any_number_of_processes_makes_the_same_bytes(tmp_path):
    sweep = sweep_of()
    alone = bytes_of(tmp_path / "a.parquet", sweep)
    sweep_to(tmp_path / "b.parquet", sweep, lambda each, numbers: compute_here(each, numbers, 2))
    assert (tmp_path / "b.parquet").read_bytes() == alone


def test_processes_are_taken_where_they_pay():
    assert workers_for(WORTH_PROCESSES - 1, 100) == 1
    assert workers_for(10**9, 1) == 1
    assert 1 <= workers_for(10**9, 100) <= (os.cpu_count() or 1)


@pytest.mark.parametrize("name", ["out.txt", "out", "out.plan.json"])
def test_a_target_of_another_kind_is_refused(tmp_path, name):
    with pytest.raises(PlannerError, match="not written to"):
        check_target(tmp_path / name)
    with pytest.raises(PlannerError, match="folder does not exist"):
        check_target(tmp_path / "no" / "out.csv")


# ---------------------------------------------------------------- interruptions
class _StopError(Exception):
    pass


class Counted:
    """Computes blocks here and remembers which; stops in the middle where asked."""

    def __init__(self, most: int = 99) -> None:
        self.most, self.computed = most, []

    def __call__(self, sweep, numbers):
        for number, data in compute_here(sweep, numbers):
            if len(self.computed) == self.most:
                raise _StopError
            self.computed.append(number)
            yield number, data


def test_what_is_finished_is_not_computed_again(tmp_path):
    sweep = sweep_of()
    whole = bytes_of(tmp_path / "whole.parquet", sweep)
    target = tmp_path / "out.parquet"
    computed = []
    for most in (1, 0, 2):
        source = Counted(most)
        with pytest.raises(_StopError):
            sweep_to(target, sweep, source)
        computed += source.computed
        assert not target.exists()
    told: list[Progress] = []
    source = Counted()
    outcome = sweep_to(target, sweep, source, tell=told.append)
    assert sorted(computed + source.computed) == list(range(5))
    assert (outcome.kept, outcome.computed) == (3, 2)
    assert target.read_bytes() == whole
    assert [(each.points, each.computed) for each in told] == [(15, 0), (20, 5), (24, 9)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.parquet", "whole.parquet"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"change": ("site.usd_per_kwh=0.3",)}, "plan changed"),
        ({"block": 4}, "block size changed"),
        ({"preset": "chat-assistant", "block": 6}, "plan and block size changed"),
    ],
)
def test_blocks_of_another_sweep_are_never_mixed_in(tmp_path, other, words):
    target = tmp_path / "out.parquet"
    with pytest.raises(_StopError):
        sweep_to(target, sweep_of(), Counted(2))
    changed_sweep = sweep_of(**other)
    with pytest.raises(PlannerError) as caught:
        sweep_to(target, changed_sweep, Counted())
    assert words in caught.value.message
    assert "--restart" in caught.value.hint
    assert len(list((tmp_path / "out.parquet.part").glob("*.block"))) == 2
    fresh = bytes_of(tmp_path / "fresh.parquet", changed_sweep)
    assert bytes_of(target, changed_sweep, restart=True) == fresh


def test_other_axes_and_versions_are_another_sweep(tmp_path, monkeypatch):
    target = tmp_path / "out.parquet"
    with pytest.raises(_StopError):
        sweep_to(target, sweep_of(), Counted(2))
    with pytest.raises(PlannerError, match="axes changed"):
        sweep_to(target, sweep_of(*reversed(AXES)), Counted())
    monkeypatch.setattr(blocks, "versions", lambda: {"planner": "99"})
    with pytest.raises(PlannerError, match="versions changed"):
        sweep_to(target, sweep_of(), Counted())


def test_a_block_that_was_cut_off_is_computed_again(tmp_path):
    sweep = sweep_of()
    whole = bytes_of(tmp_path / "whole.parquet", sweep)
    target = tmp_path / "out.parquet"
    with pytest.raises(_StopError):
        sweep_to(target, sweep, Counted(3))
    block = tmp_path / "out.parquet.part" / "000001.block"
    block.write_bytes(block.read_bytes()[:-40])
    source = Counted()
    sweep_to(target, sweep, source)
    assert source.computed == [1, 3, 4]
    assert target.read_bytes() == whole


def test_a_block_spoilt_inside_is_named_and_computed_at_the_next_try(tmp_path):
    sweep = sweep_of()
    target = tmp_path / "out.parquet"
    with pytest.raises(_StopError):
        sweep_to(target, sweep, Counted(3))
    block = tmp_path / "out.parquet.part" / "000001.block"
    data = block.read_bytes()
    block.write_bytes(data[:4] + bytes(200) + data[204:])
    with pytest.raises(PlannerError, match="000001"):
        sweep_to(target, sweep, Counted())
    assert bytes_of(target, sweep) == bytes_of(tmp_path / "whole.parquet", sweep)


def test_two_at_once_do_not_write_one_file(tmp_path):
    sweep = sweep_of()
    target = tmp_path / "out.parquet"
    with store.PartStore(target, sweep) as held:
        held.put(0, compute(sweep, 0))
        with pytest.raises(PlannerError, match="Another process"):
            sweep_to(target, sweep, Counted())
        assert held.done() == [0]


def test_a_failure_leaves_the_old_file_and_the_blocks(tmp_path, monkeypatch):
    sweep = sweep_of()
    target = tmp_path / "out.parquet"
    target.write_bytes(b"old")

    def full(*_words):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "_write_parquet", full)
        with pytest.raises(PlannerError) as caught:
            sweep_to(target, sweep, Counted())
    assert "the disk is full" in caught.value.message
    assert "run the same command again" in caught.value.hint
    assert target.read_bytes() == b"old"
    source = Counted()
    sweep_to(target, sweep, source)
    assert source.computed == []
    assert target.read_bytes() == bytes_of(tmp_path / "whole.parquet", sweep)


def test_nothing_is_left_where_nothing_was_computed(tmp_path):
    with pytest.raises(_StopError):
        sweep_to(tmp_path / "out.parquet", sweep_of(), Counted(0))
    assert list(tmp_path.iterdir()) == []


GRID = (f"--over={VOLUME}=10k:10M:40:log", "--over=site.pue=1.1:1.5:10", "--block=10")


def start(target: Path, workers: int) -> subprocess.Popen[str]:
    words = ("sweep", "customer-support", *GRID, "--to", str(target), "--workers", str(workers))
    command = [sys.executable, "-m", "planner", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_blocks(process: subprocess.Popen[str], folder: Path, count: int) -> None:
    while process.poll() is None and len(list(folder.glob("*.block"))) < count:
        time.sleep(0.002)


@pytest.mark.parametrize(("seed", "workers"), [(1, 1), (2, 2)])
def test_killed_at_any_moment_and_started_again_it_ends_with_the_same_file(tmp_path, seed, workers):
    random = Random(seed)
    target = tmp_path / "out.parquet"
    folder = tmp_path / "out.parquet.part"
    counts = sorted(random.sample(range(2, 36), 2))
    inodes: dict[str, int] = {}
    for count in counts:
        process = start(target, workers)
        wait_for_blocks(process, folder, count)
        process.kill()
        process.communicate()
        assert not target.exists()
        found = {path.name: path.stat().st_ino for path in folder.glob("*.block")}
        assert found.items() >= inodes.items()  # not one was written again
        inodes = found
        assert len(found) >= count
    out, err = start(target, workers).communicate()
    assert f"{len(inodes)} blocks were there already, {40 - len(inodes)} computed now" in out, err
    assert target.read_bytes() == bytes_of(tmp_path / "whole.parquet", sweep_of_command())
    assert not folder.exists()


def sweep_of_command() -> Sweep:
    return sweep_of(*(word.removeprefix("--over=") for word in GRID[:2]), block=10)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are of POSIX")
def test_a_full_disk_is_a_clear_error_and_the_old_file_stays(tmp_path):
    target = tmp_path / "out.parquet"
    target.write_bytes(b"old")
    words = f"sweep customer-support {' '.join(GRID)} --to {target}"
    command = ["bash", "-c", f"ulimit -f 60; exec {sys.executable} -m planner {words}"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 2, answer.stderr
    assert "out.parquet was not written: file too large" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert target.read_bytes() == b"old"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at the processes of Linux")
def test_no_process_outlives_the_one_that_was_killed(tmp_path):
    process = start(tmp_path / "out.parquet", 2)
    wait_for_blocks(process, tmp_path / "out.parquet.part", 3)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) >= 2
    process.kill()
    process.communicate()  # its pipes end with the last of them
    assert [child for child in children if _runs(child)] == []


def _runs(process_id: str) -> bool:
    try:
        return "planner" in Path(f"/proc/{process_id}/cmdline").read_text()
    except OSError:
        return False


# ---------------------------------------------------------------- opening
def test_a_file_that_is_no_sweep_says_so(tmp_path):
    with pytest.raises(PlannerError, match="no file"):
        open_sweep(tmp_path / "none.parquet")
    (tmp_path / "text.parquet").write_text("a,b")
    with pytest.raises(PlannerError, match="no Parquet file"):
        open_sweep(tmp_path / "text.parquet")
    with pytest.raises(PlannerError, match="cannot be read"):
        open_sweep(tmp_path)
    whole = bytes_of(tmp_path / "out.parquet", sweep_of())
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PlannerError, match="cut off"):
        open_sweep(tmp_path / "cut.parquet")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda about: about.update(format=99), "another version"),
        (lambda about: about.pop("axes"), "lacks a part"),
        (lambda about: about.pop("format"), "no sweep of this program"),
        (lambda about: about["axes"][0].update(path="workload.gone"), "not one of this version"),
        (lambda about: about["axes"][0]["values"].pop(), "the rows that it should"),
        (lambda about: about["plan"].update(title=7), "not one of this version"),
    ],
)
def test_a_file_that_contradicts_itself_says_so(tmp_path, change, words):
    target = tmp_path / "out.parquet"
    sweep = sweep_of()
    bytes_of(target, sweep)
    about = json.loads(json.dumps(sweep.description))
    change(about)
    table = pq.read_table(target).replace_schema_metadata({b"planner": json.dumps(about)})
    pq.write_table(table, target, row_group_size=25)
    with pytest.raises(PlannerError, match=words):
        open_sweep(target)


def test_a_parquet_file_of_others_is_no_sweep(tmp_path):
    table = pq.read_table(_written(tmp_path)).replace_schema_metadata({})
    pq.write_table(table, tmp_path / "other.parquet")
    with pytest.raises(PlannerError, match="no sweep of this program"):
        open_sweep(tmp_path / "other.parquet")


def _written(folder: Path) -> Path:
    bytes_of(folder / "out.parquet", sweep_of())
    return folder / "out.parquet"


# ---------------------------------------------------------------- counting
def test_the_outline_counts_what_the_rows_say():
    sweep = sweep_of("base.params=7B,400B", "training.accelerators=1,64", f"{VOLUME}=1k,10M", block=3)
    outline = Outline(sweep, 7)
    sweep_through(sweep, compute_here, outline.add)
    rows = rows_of(sweep).to_pylist()
    assert outline.rows == rows[:7]
    assert outline.points == 8
    for name, found in outline.strategies.items():
        own = [row for row in rows if row["strategy"] == name]
        assert found.fits == sum(row["fits"] for row in own)
        assert found.keeps_limits == sum(row["keeps_limits"] for row in own)
        totals = {row["total_usd"]: row["point"] for row in reversed(own) if row["fits"]}
        assert (found.lowest_usd, found.lowest_at) == (min(totals), totals[min(totals)])
        assert (found.highest_usd, found.highest_at) == (max(totals), totals[max(totals)])
    best = []
    for number in range(8):
        keeping = [row for row in rows[number * 5 : number * 5 + 5] if row["keeps_limits"]]
        best.append(min(keeping, key=lambda row: row["total_usd"])["strategy"])
    assert {name: best.count(name) for name in sweep.strategies} == {
        name: found.cheapest for name, found in outline.strategies.items()
    }
    assert outline.problems["training_memory"] == sum(row["problem"] == "training_memory" for row in rows)


def test_the_cheapest_keeps_all_limits_and_none_is_said():
    total = np.array([[3.0, 3.0, np.nan], [2.0, 3.0, np.nan]])
    keeps = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
    assert cheapest_at(total, keeps).tolist() == [0, 0, -1]


def test_samples_are_even_and_whole_where_few():
    assert spread(5, 9).tolist() == [0, 1, 2, 3, 4]
    even = spread(1001, 11)
    assert even.tolist() == list(range(0, 1001, 100))


def test_the_time_left_follows_from_the_speed_so_far():
    progress = Progress(points=3000, total=5000, computed=1000, seconds=4.0)
    assert progress.per_second == 250.0
    assert progress.seconds_left == 8.0
    assert math.isinf(Progress(10, 20, 0, 0.0).seconds_left)
