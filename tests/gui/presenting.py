"""What tests of presenting do to the stage: press its keys, wait, read its words."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication


def settle(milliseconds=250):
    """Let the event loop turn; unlike `QTest.qWait` threads get on meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def press(qtbot, talk, *keys):
    """Press keys on the stage."""
    for key in keys:
        qtbot.keyClick(talk.stage, key)
    QApplication.processEvents()


def drawn(talk):
    """Texts on the stage."""
    talk.stage.grab()
    return [written.text for written in talk.stage.written]
