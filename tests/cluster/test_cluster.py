"""Sweeps on a Dask cluster of two worker processes on this machine; run by `packaging/dev.py cluster`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.errors import PlannerError
from planner.export.sweeps.blocks import make_sweep
from planner.export.sweeps.cluster import compute_there
from planner.export.sweeps.grid import read_grid
from planner.export.sweeps.local import compute_here
from planner.export.sweeps.stream import sweep_to
from planner.scenario.presets import load_preset

distributed = pytest.importorskip("distributed")

# Dask and tornado warn about what they do themselves at their end; what is tested is ours.
pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("default")]

AXES = ("workload.requests_per_month=10k:100M:60:log", "site.pue=1.1:1.5:20")
BLOCK = 20


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    ) as found:
        yield found


@pytest.fixture(scope="module")
def sweep():
    return make_sweep(load_preset("customer-support"), read_grid(AXES), BLOCK)


@pytest.fixture(scope="module")
def whole(sweep, tmp_path_factory) -> bytes:
    """The file as one process here makes it."""
    target = tmp_path_factory.mktemp("here") / "out.parquet"
    sweep_to(target, sweep, compute_here)
    return target.read_bytes()


def test_a_cluster_makes_the_same_file(cluster, sweep, whole, tmp_path):
    target = tmp_path / "out.parquet"
    sweep_to(target, sweep, lambda each, numbers: compute_there(each, numbers, cluster.scheduler_address))
    assert target.read_bytes() == whole


def test_blocks_from_here_and_from_there_are_one_file(cluster, sweep, whole, tmp_path):
    target = tmp_path / "out.parquet"

    def here(each, numbers):
        yield from compute_here(each, numbers[:20])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep_to(target, sweep, here)
    outcome = sweep_to(
        target, sweep, lambda each, numbers: compute_there(each, numbers, cluster.scheduler_address)
    )
    assert (outcome.kept, outcome.computed) == (20, 40)
    assert target.read_bytes() == whole


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(cluster, sweep, whole, tmp_path):
    target = tmp_path / "out.parquet"
    client = distributed.Client(cluster.scheduler_address, set_as_default=False)
    victims = list(client.run(os.getpid).values())
    killed = []

    def there(each, numbers):
        for count, found in enumerate(compute_there(each, numbers, cluster.scheduler_address)):
            if count == 10:
                os.kill(victims[0], signal.SIGKILL)
                killed.append(victims[0])
            yield found

    sweep_to(target, sweep, there)
    assert killed
    assert victims[0] not in client.run(os.getpid).values()
    client.close()
    assert target.read_bytes() == whole


def test_the_command_takes_the_address(cluster, whole, tmp_path):
    target = tmp_path / "out.parquet"
    over = [word for axis in AXES for word in ("--over", axis)]
    answer = command("sweep", "customer-support", *over, "--block", BLOCK, "--to", target, address=cluster)
    assert answer.returncode == 0, answer.stderr
    assert "1,200 points" in answer.stdout
    assert target.read_bytes() == whole


def command(*words: object, address: object) -> subprocess.CompletedProcess[str]:
    where = address if isinstance(address, str) else address.scheduler_address
    run = [sys.executable, "-m", "planner", *map(str, words), "--scheduler", where]
    return subprocess.run(run, capture_output=True, text=True, check=False)


def unused_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def silent_port() -> socket.socket:
    """A listener that takes connections and never says a word."""
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    found.listen()
    return found


@pytest.mark.parametrize("kind", ["nobody listens", "nobody answers", "no address", "another protocol"])
def test_an_unreachable_scheduler_is_a_clear_error_within_ten_seconds(tmp_path, kind):
    with silent_port() as silent:
        address = {
            "nobody listens": f"tcp://127.0.0.1:{unused_port()}",
            "nobody answers": f"tcp://127.0.0.1:{silent.getsockname()[1]}",
            "no address": "nonsense",
            "another protocol": "gopher://127.0.0.1:70",
        }[kind]
        target = tmp_path / "out.parquet"
        begun = time.monotonic()
        answer = command(
            "sweep", "customer-support", "--over", "site.pue=1.1,1.2", "--to", target, address=address
        )
        took = time.monotonic() - begun
    assert answer.returncode == 2, answer.stderr
    assert answer.stderr.splitlines()[0] == f"planner: No Dask scheduler answers at {address}."
    assert "Traceback" not in answer.stderr
    assert len(answer.stderr.splitlines()) == 2
    assert list(tmp_path.iterdir()) == []
    assert took < 10.0, "the issue asks for this one limit of time"


def test_a_cluster_without_workers_is_waited_for(sweep, whole, tmp_path):
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0", host="127.0.0.1") as empty:
        notes = []

        def note(text):
            notes.append(text)
            threading.Thread(target=empty.scale, args=(1,)).start()

        target = tmp_path / "out.parquet"
        sweep_to(
            target, sweep, lambda each, numbers: compute_there(each, numbers, empty.scheduler_address, note)
        )
    assert notes == ["The scheduler has no workers yet; waiting for the first."]
    assert target.read_bytes() == whole


def test_a_scheduler_that_goes_away_is_a_clear_error_and_the_blocks_are_kept(sweep, whole, tmp_path):
    target = tmp_path / "out.parquet"
    script = tmp_path / "cluster.py"
    script.write_text(SCHEDULER)
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    address = process.stdout.readline().strip()

    def there(each, numbers):
        for count, found in enumerate(compute_there(each, numbers, address)):
            if count == 5:
                process.kill()
            yield found

    with pytest.raises(PlannerError) as caught:
        sweep_to(target, sweep, there)
    process.communicate()
    assert caught.value.code == "scheduler_lost"
    assert not target.exists()
    outcome = sweep_to(target, sweep, compute_here)
    assert outcome.kept >= 5
    assert target.read_bytes() == whole


SCHEDULER = """
import sys, time
from distributed import LocalCluster
if __name__ == "__main__":
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0",
                           host="tcp://127.0.0.1")
    print(cluster.scheduler_address, flush=True)
    time.sleep(120)
"""


def test_what_is_wrong_on_the_workers_is_said(cluster, sweep, monkeypatch):
    other = make_sweep(sweep.plan, sweep.grid, BLOCK)
    object.__setattr__(other, "versions", {**other.versions, "catalog": "2001.1"})
    with pytest.raises(PlannerError, match="other versions") as caught:
        list(compute_there(other, range(3), cluster.scheduler_address))
    assert "2001.1" in caught.value.message


def test_the_folder_of_the_workers_is_not_ours(cluster, sweep):
    """What comes back are bytes: a worker needs no disk in common with the one who asks."""
    number, data = next(iter(compute_there(sweep, [7], cluster.scheduler_address)))
    assert number == 7
    assert data == next(iter(compute_here(sweep, [7])))[1]
    assert not list(Path.cwd().glob("*.part"))
