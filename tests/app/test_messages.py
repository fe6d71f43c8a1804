"""The message bus: posted once, kept by key until cleared."""

import logging

import pytest

from planner.app.messages import Action, Message, MessageBus
from planner.errors import InputError


@pytest.fixture
def bus(qapp):
    return MessageBus()


def test_messages_are_posted_with_level_text_and_actions(bus, qtbot):
    action = Action("Retry", lambda: None)
    with qtbot.waitSignal(bus.posted) as signal:
        bus.warn("Disk is full.", "Free some space.", key="save", actions=(action,))
    assert signal.args == [Message("warning", "Disk is full.", "Free some space.", "save", (action,))]
    assert bus.current == (signal.args[0],)


def test_a_newer_message_of_a_key_replaces_the_older(bus):
    bus.error("One", key="a")
    bus.info("Two", key="b")
    bus.error("Three", key="a")
    assert [message.text for message in bus.current] == ["Two", "Three"]


def test_messages_without_a_key_are_not_kept(bus):
    bus.info("Saved")
    assert bus.current == ()


def test_clear_tells_once(bus):
    cleared = []
    bus.cleared.connect(cleared.append)
    bus.error("One", key="a")
    bus.clear("a")
    bus.clear("a")
    assert cleared == ["a"]
    assert bus.current == ()


def test_errors_speak_for_themselves_and_are_logged(bus, caplog):
    with caplog.at_level(logging.ERROR):
        bus.report(InputError("x", "PUE is 0.2.", "Take 1.2."), key="edit")
    assert bus.current[0].text == "PUE is 0.2."
    assert bus.current[0].hint == "Take 1.2."
    assert "PUE is 0.2. Take 1.2." in caplog.text
