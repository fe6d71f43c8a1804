"""Pictures of the window: every page, two sizes, two themes; and the one that the README shows.

python packaging/screenshots.py FOLDER            all of them, into a folder
python packaging/screenshots.py --readme          packaging/screenshot.png
python packaging/screenshots.py --present FOLDER  the stage and the presenter's window on every screen

Presenting is seen on real screens, two of them for example with
Xvfb :77 -screen 0 1920x1080x24 -screen 1 1280x720x24 & DISPLAY=:77 QT_QPA_PLATFORM=xcb python packaging/...
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parent.parent
SIZES = ((1280, 800), (1440, 900))
MODES = ("light", "dark")
_SLOW = ("Overview", "Costs", "Break-even", "Risk", "Compare")
README = ROOT / "packaging" / "screenshot.png"


def windows() -> Iterator[Any]:
    """Yield the window on the default preset, with settings of its own."""
    from planner.app.settings import FOLDER_VARIABLE, SettingsStore
    from planner.ui.main import make_app, make_window

    app = make_app()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[FOLDER_VARIABLE] = folder
        window = make_window(app, SettingsStore(Path(folder) / "settings.json"))
        window.show()
        settle(100)
        yield window
        window.store.undo_stack.setClean()
        window.close()


def settle(milliseconds: int = 900) -> None:
    """Let sweeps, searches and draws that wait for quiet finish."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()  # QTest.qWait would not let other threads run
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def take_all(folder: Path) -> None:
    """Write a picture of every page in every size and theme."""
    folder.mkdir(parents=True, exist_ok=True)
    for window in windows():
        for width, height in SIZES:
            window.resize(width, height)
            for mode in MODES:
                window.themes.set_mode(mode)
                for number, tab in enumerate(window.tabs):
                    window.tab_bar.setCurrentIndex(number)
                    settle(3000 if tab.title in _SLOW else 700)
                    path = folder / f"{width}-{mode}-{number + 1}-{tab.title.casefold()}.png"
                    window.grab().save(str(path))
                    print(path)


def take_readme() -> None:
    """Write the picture of the README: the first page of the default preset."""
    for window in windows():
        window.resize(*SIZES[1])
        window.themes.set_mode("light")
        settle(4000)  # all draws are counted
        window.grab().save(str(README))
        print(README)


def take_present(folder: Path) -> None:
    """Write what every screen shows: each page, sliders, notes, the white page, the blank one."""
    folder.mkdir(parents=True, exist_ok=True)
    for window in windows():
        window.setGeometry(window.screen().geometry())
        settle(4000)  # all draws are counted
        window.actions_by_id["present"].trigger()
        talk = window.runs.talk
        for number, key in enumerate(talk.keys):
            talk.go(number)
            settle(1500)
            grab_screens(folder, f"{number + 1}-{key}")
        talk.go(0)
        for command in ("sliders", "notes", "light", "numbers", "blank"):
            talk.run(command)
            settle(1000)
            grab_screens(folder, f"then-{command}")
        talk.end()


def grab_screens(folder: Path, name: str) -> None:
    """Write a picture of each screen."""
    from PySide6.QtGui import QGuiApplication

    for number, screen in enumerate(QGuiApplication.screens(), start=1):
        size = screen.size()
        path = folder / f"{size.width()}x{size.height()}-screen{number}-{name}.png"
        screen.grabWindow(0).save(str(path))
        print(path)


def main(arguments: list[str]) -> int:
    """Run the command line."""
    if arguments == ["--readme"]:
        take_readme()
    elif len(arguments) == 2 and arguments[0] == "--present":
        take_present(Path(arguments[1]))
    elif len(arguments) == 1 and not arguments[0].startswith("-"):
        take_all(Path(arguments[0]))
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))
