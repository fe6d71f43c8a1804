"""An application to draw with where no window is: files are written without a screen."""

from __future__ import annotations

import os
from typing import Final

from PySide6.QtWidgets import QApplication

from planner.ui.theme import load_fonts

_held: Final[list[QApplication]] = []


def application() -> None:
    """Let fonts be loaded: with the window's application, or one of our own that needs no screen."""
    if QApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        made = QApplication(["planner"])
        made.setStyle("Fusion")
        _held.append(made)
    load_fonts()
