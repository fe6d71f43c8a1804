"""Which screen shows what: the stage goes where the window is not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget


def all_screens() -> list[QScreen]:
    """Every screen that is plugged in."""
    return QGuiApplication.screens()


def other_than(screen: QScreen, screens: Sequence[QScreen]) -> QScreen | None:
    """The largest screen besides one; None where there is none."""
    others = [other for other in screens if other is not screen]
    return max(others, key=lambda s: s.size().width() * s.size().height(), default=None)


def after(screen: QScreen, screens: Sequence[QScreen]) -> QScreen:
    """The next of the screens."""
    if screen not in screens:
        return screens[0]
    return screens[(list(screens).index(screen) + 1) % len(screens)]


def words_of(screen: QScreen, screens: Sequence[QScreen]) -> str:
    """What a chooser calls a screen."""
    size = screen.size()
    number = list(screens).index(screen) + 1 if screen in screens else 0
    return f"Screen {number}, {size.width()}×{size.height()}"


def fill(widget: QWidget, screen: QScreen) -> None:
    """Show a window over all of a screen.

    `setScreen` and not `move`: two screens may be two desktops that share no coordinates. The size is set
    as well, for desktops where nobody answers the wish for full screen.
    """
    if widget.isFullScreen() and widget.screen() is not screen:
        widget.showNormal()
    widget.setScreen(screen)
    widget.setGeometry(screen.geometry())
    widget.showFullScreen()
    handle = widget.windowHandle()
    if handle is not None and handle.screen() is not screen:
        handle.setScreen(screen)
        widget.setGeometry(screen.geometry())


def put(widget: QWidget, screen: QScreen) -> None:
    """Show a window as large as a screen has room beside its bars."""
    widget.setScreen(screen)
    widget.setGeometry(screen.availableGeometry())
    widget.showMaximized()
