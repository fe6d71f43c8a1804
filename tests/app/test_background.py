"""Courses of answers in a thread: the newest counts, an older one ends, errors reach the window's thread."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject

from planner.app.background import Background, Stream
from planner.errors import PlannerError


@pytest.fixture
def stream(qtbot):
    made = Stream()
    yield made
    made.stop()


def test_answers_come_in_order_and_in_the_thread_of_the_window(qtbot, stream):
    heard = []
    stream.came.connect(lambda answer: heard.append((answer, threading.current_thread())))
    workers = []

    def course(stopped):
        for number in range(5):
            workers.append(threading.current_thread())
            yield number

    with qtbot.waitSignal(stream.finished):
        stream.start(course)
        assert stream.busy
    assert [answer for answer, _ in heard] == list(range(5))
    assert {thread for _, thread in heard} == {threading.main_thread()}
    assert threading.main_thread() not in workers
    assert not stream.busy


def test_a_newer_course_ends_the_older_one(qtbot, stream):
    begun, may_go_on, ended = threading.Event(), threading.Event(), threading.Event()
    heard = []
    stream.came.connect(heard.append)

    def older(stopped):
        begun.set()
        may_go_on.wait(10)
        if stopped():
            ended.set()
        yield "old"
        yield "old too"

    stream.start(older)
    assert begun.wait(10)
    with qtbot.waitSignal(stream.finished):
        stream.start(lambda stopped: iter(("new",)))
        may_go_on.set()
    assert ended.is_set()
    assert heard == ["new"]


def test_what_came_before_a_cancel_stands_and_nothing_after(qtbot, stream):
    heard, go_on, over = [], threading.Event(), threading.Event()
    stream.came.connect(heard.append)

    def course(stopped):
        yield 1
        go_on.wait(10)
        yield 2
        over.set()
        yield 3

    with qtbot.waitSignal(stream.came):
        stream.start(course)
    stream.cancel()
    go_on.set()
    stream.stop()
    qtbot.wait(20)
    assert heard == [1]
    assert not over.is_set()
    assert not stream.busy


def test_an_error_of_the_program_is_told(qtbot, stream):
    def course(stopped):
        yield 1
        raise PlannerError("bad", "It cannot be.")

    with qtbot.waitSignal(stream.failed) as met:
        stream.start(course)
    assert met.args[0].message == "It cannot be."
    assert not stream.busy


def test_a_fault_is_raised_in_the_thread_of_the_window(qtbot, stream):
    def course(stopped):
        yield 1
        raise ZeroDivisionError

    with qtbot.captureExceptions() as faults:
        stream.start(course)
        qtbot.waitUntil(lambda: bool(faults))
    assert faults[0][0] is ZeroDivisionError


@pytest.mark.parametrize("kind", [Stream, Background])
def test_one_that_qt_deletes_while_it_works_holds_nobody_up(qtbot, kind):
    parent = QObject()
    made = kind(parent)
    go_on, over = threading.Event(), threading.Event()

    def run(*_stopped):
        go_on.wait(10)
        over.set()
        return iter(("late",))

    made.start(run)
    shiboken6.delete(parent)  # waits for the thread with a QThreadPool, which then never gets the lock
    assert not shiboken6.isValid(made)
    go_on.set()
    assert over.wait(10)


def test_of_two_functions_the_newer_one_answers(qtbot):
    work = Background()
    heard, go_on = [], threading.Event()
    work.done.connect(heard.append)
    work.start(lambda: go_on.wait(10) and "old")
    assert work.busy
    with qtbot.waitSignal(work.done):
        work.start(lambda: "new")
        go_on.set()
    assert heard == ["new"]
    work.stop()
    assert not work.busy
