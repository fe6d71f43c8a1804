"""The throttle: first at once, last never lost."""

import pytest

from planner.app.throttle import Throttle


@pytest.fixture
def fired():
    return []


@pytest.fixture
def throttle(qapp, fired):
    found = Throttle(20)
    found.fired.connect(fired.append)
    return found


def test_the_first_value_goes_through_at_once(throttle, fired):
    throttle.submit(1)
    assert fired == [1]
    assert not throttle.pending


def test_of_a_burst_the_last_one_arrives(throttle, fired, qtbot):
    throttle.submit(1)
    with qtbot.waitSignal(throttle.fired):
        for value in range(2, 50):
            throttle.submit(value)
    assert fired == [1, 49]


def test_flush_hands_on_what_waits_once(throttle, fired):
    throttle.submit(1)
    throttle.submit(2)
    throttle.flush()
    throttle.flush()
    assert fired == [1, 2]


def test_none_is_a_value_and_cancel_forgets(throttle, fired):
    throttle.submit(1)
    throttle.submit(None)
    throttle.flush()
    throttle.submit(3)
    throttle.cancel()
    throttle.flush()
    assert fired == [1, None]
    throttle.submit(4)
    assert fired == [1, None, 4]


def test_a_listener_that_submits_does_not_run_in_circles(throttle, fired, qtbot):
    throttle.fired.connect(lambda value: value < 3 and throttle.submit(value + 1))
    throttle.submit(1)
    qtbot.waitUntil(lambda: fired == [1, 2, 3])
