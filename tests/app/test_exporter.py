"""Files are written one after the other beside the window; each is told to be there, refused, or gone."""

from __future__ import annotations

import threading

import pytest

from planner.app.exporter import Exporter, Order
from planner.errors import PlannerError
from planner.scenario.files import write_whole


@pytest.fixture
def exporter(qapp):
    made = Exporter()
    made.told = []
    made.written.connect(lambda order: made.told.append(("written", order.path.name)))
    made.failed.connect(lambda order, problem: made.told.append(("failed", order.path.name, problem.message)))
    made.idle.connect(lambda: made.told.append(("idle",)))
    yield made
    made.stop()


class Held:
    """An order that begins, and goes on when it is told to."""

    def __init__(self, path, data=b"new"):
        self.path, self.data = path, data
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.thread = None

    def write(self, progress):
        self.thread = threading.current_thread()
        self.begun.set()
        assert self.go_on.wait(20)
        progress(0.5, "Half")
        write_whole(self.path, self.data)

    @property
    def order(self):
        return Order(self.path, self.write)


def test_a_file_is_written_in_a_thread_of_its_own(exporter, qtbot, tmp_path):
    held, shares = Held(tmp_path / "a.bin"), []
    exporter.progressed.connect(lambda *told: shares.append(told))
    exporter.start(held.order)
    assert exporter.busy
    held.go_on.set()
    qtbot.waitUntil(lambda: not exporter.busy)
    assert held.path.read_bytes() == b"new"
    assert held.thread is not threading.main_thread()
    assert exporter.told == [("idle",), ("written", "a.bin")]
    assert shares == [("a.bin", 0.0, ""), ("a.bin", 0.5, "Half")]


def test_what_is_asked_for_meanwhile_waits_in_order(exporter, qtbot, tmp_path):
    first, second = Held(tmp_path / "a.bin"), Held(tmp_path / "b.bin")
    exporter.start(first.order)
    exporter.start(second.order)
    assert first.begun.wait(20)
    assert not second.begun.is_set()
    assert exporter.is_writing(second.path)
    first.go_on.set()
    second.go_on.set()
    qtbot.waitUntil(lambda: not exporter.busy)
    assert exporter.told == [("written", "a.bin"), ("idle",), ("written", "b.bin")]


def test_the_same_file_is_not_written_twice_at_once(exporter, tmp_path):
    held = Held(tmp_path / "a.bin")
    exporter.start(held.order)
    with pytest.raises(PlannerError, match=r"a\.bin is still being written"):
        exporter.start(Order(tmp_path / "x" / ".." / "a.bin", held.write))
    held.go_on.set()
    exporter.finish()
    exporter.start(held.order)
    exporter.finish()
    assert exporter.told.count(("written", "a.bin")) == 2


def test_a_cancelled_file_leaves_the_old_one_and_nothing_else(exporter, qtbot, tmp_path):
    held, later = Held(tmp_path / "a.bin"), Held(tmp_path / "b.bin")
    held.path.write_bytes(b"old")
    exporter.start(held.order)
    exporter.start(later.order)
    assert held.begun.wait(20)
    exporter.cancel()
    held.go_on.set()
    qtbot.waitUntil(lambda: not exporter.busy)
    assert held.path.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
    assert not later.begun.is_set()
    assert exporter.told == [("idle",)]
    held.data = b"again"
    exporter.start(held.order)
    exporter.finish()
    assert held.path.read_bytes() == b"again"


def test_a_refusal_is_handed_on_and_the_next_file_written(exporter, tmp_path):
    def refuse(_progress):
        raise PlannerError("not_written", "No room.")

    held = Held(tmp_path / "b.bin")
    held.go_on.set()
    exporter.start(Order(tmp_path / "a.bin", refuse))
    exporter.start(held.order)
    exporter.finish()
    assert exporter.told == [("failed", "a.bin", "No room."), ("idle",), ("written", "b.bin")]


def test_an_error_of_ours_is_raised_here_and_the_next_file_can_come(exporter, tmp_path):
    exporter.start(Order(tmp_path / "a.bin", lambda _progress: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        exporter._end(_wait_for(exporter))
    assert not exporter.busy
    held = Held(tmp_path / "b.bin")
    held.go_on.set()
    exporter.start(held.order)
    exporter.finish()
    assert exporter.told[-1] == ("written", "b.bin")


def _wait_for(exporter):
    """Return how the file ended before the exporter is told."""
    found = []
    exporter._work.done.disconnect()
    exporter._work.done.connect(found.append)
    exporter._work.finish()
    exporter._work.done.disconnect()
    exporter._work.done.connect(exporter._end)
    return found[0]


def test_finish_waits_and_tells_at_once(exporter, tmp_path):
    held = Held(tmp_path / "a.bin")
    exporter.start(held.order)
    threading.Timer(0.05, held.go_on.set).start()
    exporter.finish()
    assert exporter.told == [("idle",), ("written", "a.bin")]


def test_stop_leaves_nothing_running(exporter, tmp_path):
    held = Held(tmp_path / "a.bin")
    exporter.start(held.order)
    assert held.begun.wait(20)
    threading.Timer(0.05, held.go_on.set).start()
    exporter.stop()
    assert not held.thread.is_alive()
    assert list(tmp_path.iterdir()) == []
    assert not exporter.busy


def test_a_writer_rests_while_a_slider_is_held(exporter, qtbot, tmp_path):
    held, asked = Held(tmp_path / "a.bin"), threading.Event()

    def write(progress):
        asked.set()
        held.write(progress)

    exporter.start(Order(held.path, write))
    assert asked.wait(20)
    exporter.hold(True)
    held.go_on.set()
    qtbot.wait(50)
    assert exporter.busy
    assert not held.path.exists()
    exporter.hold(False)
    qtbot.waitUntil(lambda: not exporter.busy)
    assert held.path.read_bytes() == b"new"


@pytest.mark.parametrize("end", ["finish", "stop"])
def test_a_writer_that_rests_does_not_keep_the_window_from_closing(exporter, tmp_path, end):
    held = Held(tmp_path / "a.bin")
    exporter.start(held.order)
    exporter.hold(True)
    held.go_on.set()
    getattr(exporter, end)()
    assert held.path.exists() == (end == "finish")
