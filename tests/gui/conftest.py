"""A window of its own for each test: fresh settings, no question on closing, nothing left running."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from planner.app.settings import SettingsStore
from planner.ui import theme as themes


@pytest.fixture
def window(qapp, qtbot, tmp_path, monkeypatch):
    """The window on the default preset, at the design's size."""
    monkeypatch.setenv("PLANNER_DATA_DIR", str(tmp_path / "data"))
    from planner.ui.main import make_window

    made = make_window(qapp, SettingsStore(tmp_path / "settings.json"))
    made.themes.set_mode("light")
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    qapp.processEvents()
    yield made
    made.store.undo_stack.setClean()
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    themes.ThemeManager.set_zoom(made.themes, 100)


@pytest.fixture
def talk(window, qtbot):
    """The stage on the first page, by its key."""
    qtbot.keyClick(window.centre, Qt.Key.Key_F5)
    found = window.runs.talk
    assert found is not None
    assert found.running
    found.stage.resize(1280, 720)
    QApplication.processEvents()
    yield found
    found.end()


class Mouse:
    """Real mouse events at a share of a widget's width."""

    def __init__(self, target):
        self.target = target

    def send(self, kind, share):
        """Send one event."""
        where = QPointF(self.target.width() * share, self.target.height() / 2)
        button = Qt.MouseButton.LeftButton
        pressed = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        event = QMouseEvent(
            kind, where, self.target.mapToGlobal(where), button, pressed, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self.target, event)

    def drag(self, *shares):
        """Press at the first place, move over the others, let go at the last."""
        self.send(QEvent.Type.MouseButtonPress, shares[0])
        for share in shares[1:]:
            self.send(QEvent.Type.MouseMove, share)
        self.send(QEvent.Type.MouseButtonRelease, shares[-1])


@pytest.fixture
def mouse():
    """Make a mouse for a widget."""
    return Mouse
