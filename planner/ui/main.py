"""Starts the window: application, fonts, theme, settings, recovery, the plan that was asked for."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from planner import __version__
from planner.app.autosave import recoverable
from planner.app.collector import Collector
from planner.app.settings import SettingsStore, data_folder
from planner.app.store import PlanStore
from planner.catalog.load import load_catalog
from planner.scenario.presets import load_preset
from planner.ui.crash import CrashHook, start_log, watch_interpreter
from planner.ui.dialogs.recovery import ask_recovery
from planner.ui.theme import ThemeManager
from planner.ui.window import MainWindow
from planner.units import set_separators

_SMOKE_MS = 150

_TURN_S: Final = 0.001


def make_app() -> QApplication:
    """Return the application, made on first use."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    # A thread that counts draws gives the window its turn sooner: every call into Qt asks for it anew.
    sys.setswitchinterval(_TURN_S)
    app = QApplication(sys.argv[:1])
    Collector(app)
    app.setApplicationName("Planner")
    app.setApplicationDisplayName("Planner")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("planner")
    return app


def make_window(app: QApplication, settings: SettingsStore) -> MainWindow:
    """Return the window on the default preset, in the look that the settings ask for."""
    locale = QLocale()
    set_separators(locale.decimalPoint(), locale.groupSeparator())
    themes = ThemeManager(app)
    themes.set_zoom(round(settings.values.zoom * 100))
    themes.set_mode(settings.values.theme)
    themes.set_high_contrast(settings.values.high_contrast or None)
    return MainWindow(PlanStore(load_preset()), load_catalog(), settings, themes)


def run_gui(path: Path | None, smoke: bool = False) -> int:
    """Open the window and return the exit code.

    Parameters
    ----------
    path : Path or None
        Plan to open; the default preset if not given.
    smoke : bool
        Open, run one preset, paint, close; for tests of a bundle.
    """
    app = make_app()
    folder = data_folder()
    log = start_log(folder)
    watch_interpreter(folder)
    window = make_window(app, SettingsStore())
    hook = CrashHook(window.autosave.flush, log)
    window.show()
    # What the start made stays: looking through it again for garbage would stop the window for 60 ms.
    QTimer.singleShot(0, gc.freeze)
    if path is not None:
        window.open_file(path)
    if smoke:
        QTimer.singleShot(_SMOKE_MS, window.close)
    else:
        # After the first paint, so that the question stands above a window and not before one.
        QTimer.singleShot(0, lambda: offer_recovery(window))
    code = app.exec()
    hook.deleteLater()
    return code


def offer_recovery(window: MainWindow) -> None:
    """Offer what an earlier run left unsaved."""
    found = [copy for copy in recoverable() if copy.file != window.autosave.file]
    if not found:
        return
    chosen = ask_recovery(window, found)
    if chosen is not None:
        window.autosave.adopt(chosen)
