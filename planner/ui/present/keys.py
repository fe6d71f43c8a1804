"""Which key does what while presenting: the same in the stage and in the presenter's window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_K = Qt.Key
_PLAIN: Final = {
    _K.Key_Right: "next",
    _K.Key_Down: "next",
    _K.Key_PageDown: "next",
    _K.Key_Space: "next",
    _K.Key_Left: "back",
    _K.Key_Up: "back",
    _K.Key_PageUp: "back",
    _K.Key_Backspace: "back",
    _K.Key_Home: "first",
    _K.Key_End: "last",
    _K.Key_Return: "enter",
    _K.Key_Enter: "enter",
    _K.Key_L: "light",
    _K.Key_B: "blank",
    _K.Key_Period: "blank",
    _K.Key_S: "sliders",
    _K.Key_N: "notes",
    _K.Key_T: "numbers",
    _K.Key_Tab: "screen",
    _K.Key_Escape: "leave",
    _K.Key_F5: "first",
}
_CONTROL: Final = {_K.Key_Z: "undo", _K.Key_Y: "redo"}
WORDS: Final = (
    ("Right, PgDn, Space, Down", "Next page"),
    ("Left, PgUp, Backspace, Up", "Page before"),
    ("Home, End", "First and last page"),
    ("A number, then Enter", "Go to that page"),
    ("S", "Sliders at hand"),
    ("N", "Notes"),
    ("T", "The numbers of the chart"),
    ("L", "White page and back"),
    ("B", "Blank and back"),
    ("Tab", "Other screen"),
    ("Esc", "Leave"),
)
HINT: Final = "Arrows turn    S sliders    N notes    T numbers    L white    B blank    Esc leaves"


def take(event: QKeyEvent, ask: Callable[[str], object]) -> bool:
    """Hand on what a key asks for; return whether it asks for something."""
    command = command_of(event)
    if command:
        ask(command)
        event.accept()
    return bool(command)


def command_of(event: QKeyEvent) -> str:
    """What a key asks for: a command, a digit, or nothing."""
    key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if held == Qt.KeyboardModifier.ControlModifier:
        return _CONTROL.get(key, "")
    if held == Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier:
        return "redo" if key == _K.Key_Z else ""
    if held == Qt.KeyboardModifier.ShiftModifier:
        return "back" if key == _K.Key_Space else ""
    if held != Qt.KeyboardModifier.NoModifier:
        return ""
    if _K.Key_0 <= key <= _K.Key_9:
        return event.text()
    return _PLAIN.get(key, "")
