"""``planner sweep``: tables, files, JSON, errors, progress, Ctrl+C."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from planner.cli import sweep as command
from planner.cli.sweep import progress_text
from planner.export.sweeps.stream import Progress

VOLUME = "workload.requests_per_month"


def test_few_points_are_a_table_with_the_cheapest_marked(call):
    answer = call("sweep", "customer-support", "--over", f"{VOLUME}=100k,10M", "--over", "site.pue=1.1,1.2")
    assert answer.code == 0
    assert answer.err == ""
    lines = answer.out.splitlines()
    assert lines[0] == "4 points (2 of requests per month x 2 of PUE), 5 strategies each"
    rows = [line.split() for line in lines if "/mo" in line and "$" in line]
    assert [row[:2] for row in rows] == [
        ["100k/mo", "1.10"],
        ["100k/mo", "1.20"],
        ["10M/mo", "1.10"],
        ["10M/mo", "1.20"],
    ]
    assert [[cell.endswith("*") for cell in row[2:]].index(True) for row in rows] == [0, 0, 3, 3]
    assert [line for line in lines if line.startswith("Lowest total at")] == [
        "Lowest total at requests per month 100k/mo, PUE 1.10."
    ]


def test_each_total_of_the_table_is_that_of_a_run(call):
    swept = call(
        "sweep", "customer-support", "--over", f"{VOLUME}=3M", "--set", "site.pue=1.4", "--json"
    ).json
    run = call("run", "customer-support", "--set", f"{VOLUME}=3M", "--set", "site.pue=1.4", "--json").json
    assert [row["strategy"] for row in swept["rows"]] == list(run["strategies"])
    for row in swept["rows"]:
        for name in ("total_usd", "carbon_kgco2e", "quality", "latency_p95_s", "payback_month", "fits"):
            expected = run["strategies"][row["strategy"]][name]
            assert row[name] == (expected and pytest.approx(expected, rel=1e-12))
    assert swept["axes"] == [
        {"path": VOLUME, "title": "Requests per month", "unit": "requests_per_month", "values": [3e6]}
    ]
    assert swept["scenario"]["site"] == run["scenario"]["site"]


def test_many_points_are_a_summary_that_names_the_file(call):
    answer = call("sweep", "customer-support", "--over", f"{VOLUME}=10k:100M:50:log")
    assert answer.code == 0
    assert "/mo" not in answer.out.split("Lowest total at")[0]
    assert "--to OUT.parquet" in answer.out
    shares = {line[:22].strip(): line[22:].split() for line in answer.out.splitlines() if "%" in line}
    assert shares["Distil"][0] == "100%"


def test_what_does_not_fit_is_counted_by_its_reason(call):
    axes = ("--over", "base.params=7B,400B", "--over", "training.accelerators=1,64")
    answer = call("sweep", "customer-support", *axes)
    assert answer.code == 0
    assert "training_memory" in answer.out
    answer = call("sweep", "customer-support", "--over", "strategies=api,distil")
    assert "not_chosen" not in answer.out


def test_a_file_is_written_and_replaced(call, tmp_path):
    target = tmp_path / "out.parquet"
    target.write_bytes(b"old")
    words = ("sweep", "customer-support", "--over", f"{VOLUME}=100k,10M", "--to", target)
    answer = call(*words)
    assert answer.code == 0
    assert answer.out.startswith(f"wrote {target}: 2 points")
    assert pq.read_table(target).num_rows == 10
    before = target.read_bytes()
    assert call(*words, "--workers", "1", "--block", "2000").code == 0
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--over"),
        (("--over", "site.pue"), 'no "="'),
        (("--over", "site.pu=1"), "Did you mean site.pue"),
        (("--over", "site.pue=0.5"), "from 1 to 4"),
        (("--over", "training.hardware=abacus"), "abacus"),
        (("--over", "site.pue=1.1", "--set", "site.pue=9"), "from 1 to 4"),
        (("--over", "site.pue=1.1", "--block", "0"), "--block is 0"),
        (("--over", "site.pue=1.1", "--workers", "0"), "--workers is 0"),
        (("--over", "site.pue=1.1", "--to", "out.txt"), ".parquet"),
        (("--over", "site.pue=1.1", "--to", "no/out.csv"), "folder does not exist"),
        (("--over", "site.pue=1.1", "--to", "out.csv", "--json"), "one of them"),
        (("--over", f"{VOLUME}=1:1M:90000", "--json"), "--to OUT.parquet"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(call, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    answer = call("sweep", "customer-support", *words)
    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""
    assert list(tmp_path.iterdir()) == []


def test_without_dask_the_extra_is_named(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = ("--over", "site.pue=1.1,1.2", "--scheduler", "tcp://127.0.0.1:1")
    answer = call("sweep", "customer-support", *words)
    assert answer.code == 2
    assert 'pip install "planner[cluster]"' in answer.err


@pytest.mark.skipif(sys.platform == "win32", reason="a process is sent its Ctrl+C as POSIX does")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_stops_in_words_and_the_same_command_goes_on(tmp_path, workers):
    target = tmp_path / "out.parquet"
    axes = (f"--over={VOLUME}=10k:10M:40:log", "--over=site.pue=1.1:1.5:10", "--block=10")
    words = ("sweep", "customer-support", *axes, "--to", str(target), "--workers", workers)
    run = [sys.executable, "-m", "planner", *words]
    process = subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and len(list(tmp_path.glob("out.parquet.part/*.block"))) < 4:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert f'Stopped. "{target}.part" keeps the finished blocks' in err
    assert not target.exists()
    assert 4 <= len(list(tmp_path.glob("out.parquet.part/*.block"))) < 40
    answer = subprocess.run(run, capture_output=True, text=True, check=True)
    assert "blocks were there already" in answer.stdout
    assert pq.read_metadata(target).num_rows == 2000


# ---------------------------------------------------------------- progress
def test_progress_names_share_speed_and_time_left():
    assert progress_text(Progress(0, 400, 0, 0.0)) == "0 of 400 points (0%)"
    text = progress_text(Progress(2_000, 1_000_000, 1_000, 2.0))
    assert text == "2,000 of 1,000,000 points (0.2%), 500 a second, 33 min 16 s left"
    assert progress_text(Progress(10, 10_000_010, 1, 1.0)).endswith("2777 h 46 min left")
    assert progress_text(Progress(399, 400, 10, 1.0)).endswith("0 s left")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("live", [True, False])
def test_a_terminal_has_one_line_and_a_pipe_a_line_now_and_then(monkeypatch, live):
    stream = Terminal() if live else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    now = [0.0]
    teller = command._Teller(lambda: now[0])
    for step in range(1, 101):
        now[0] = 0.4 * step
        teller.tell(Progress(step * 10, 1000, step * 10, now[0]))
    teller.end()
    said = stream.getvalue()
    if live:
        assert said.count("\r") == 102
        assert "\n" not in said
        assert said.endswith("\r")
        assert "990 of 1,000 points (99%), 25 a second, 0 s left" in said
    else:
        assert said.splitlines() == [
            "380 of 1,000 points (38%), 25 a second, 25 s left",
            "760 of 1,000 points (76%), 25 a second, 10 s left",
        ]
