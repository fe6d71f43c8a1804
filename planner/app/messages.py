"""Messages for the user: what is wrong or done, kept until cured, shown by whoever listens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from planner.errors import PlannerError

Level = Literal["error", "warning", "info"]

_LOG = logging.getLogger(__name__)
_LOG_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO}


@dataclass(frozen=True, slots=True)
class Action:
    """A button beside a message.

    Attributes
    ----------
    text : str
        A verb, such as ``"Restore"``.
    run : callable
        What it does.
    """

    text: str
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Message:
    """One line for the user.

    Attributes
    ----------
    level : str
        ``error``, ``warning`` or ``info``.
    text, hint : str
        What happened, and what would help; the hint may be empty.
    key : str
        What it is about, such as ``"save"``; a newer message of the same key replaces it.
    actions : tuple of Action
        Buttons.
    """

    level: Level
    text: str
    hint: str = ""
    key: str = ""
    actions: tuple[Action, ...] = ()


class MessageBus(QObject):
    """Passes messages on and keeps those that still hold.

    Signals
    -------
    posted : Message
        A message to show.
    cleared : str
        The key of a message that no longer holds.
    """

    posted = Signal(object)
    cleared = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current: dict[str, Message] = {}

    @property
    def current(self) -> tuple[Message, ...]:
        """The messages with a key that were not cleared, oldest first."""
        return tuple(self._current.values())

    def post(self, message: Message) -> None:
        """Show a message and log it."""
        _LOG.log(_LOG_LEVELS[message.level], "%s %s", message.text, message.hint)
        if message.key:
            self._current.pop(message.key, None)
            self._current[message.key] = message
        self.posted.emit(message)

    def error(self, text: str, hint: str = "", *, key: str = "", actions: tuple[Action, ...] = ()) -> None:
        """Say what went wrong."""
        self.post(Message("error", text, hint, key, actions))

    def warn(self, text: str, hint: str = "", *, key: str = "", actions: tuple[Action, ...] = ()) -> None:
        """Say what the user should know."""
        self.post(Message("warning", text, hint, key, actions))

    def info(self, text: str, hint: str = "", *, key: str = "", actions: tuple[Action, ...] = ()) -> None:
        """Say what was done."""
        self.post(Message("info", text, hint, key, actions))

    def report(self, problem: PlannerError, *, key: str = "", actions: tuple[Action, ...] = ()) -> None:
        """Say a problem in its own words."""
        self.error(problem.message, problem.hint, key=key, actions=actions)

    def clear(self, key: str) -> None:
        """Take back the message of a key, if there is one."""
        if self._current.pop(key, None) is not None:
            self.cleared.emit(key)
