"""What this program is, which versions run, and under which terms."""

from __future__ import annotations

import platform
from functools import cache
from importlib import metadata

import PySide6
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QWidget

from planner import __version__
from planner.catalog.load import Catalog
from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import Button, HLine, Text, hbox, vbox
from planner.ui.panels.bits import Logo

PURPOSE = (
    "Plans how to adapt a large language model: prompt, fine-tune, distil, or both; "
    "costed month by month, every figure with its source."
)
TERMS = (
    ("This program", "Apache License 2.0"),
    ("Inter, the letters", "SIL Open Font License 1.1"),
    ("Lucide, the icons", "ISC"),
    ("Qt and PySide6", "GNU LGPL 3"),
)


def versions(catalog: Catalog) -> list[tuple[str, str]]:
    """Return what runs here: name and version."""
    return [
        ("Planner", __version__),
        ("Catalogue", f"{catalog.version}, as of {catalog.date}"),
        ("API prices", _version_of("genai-prices")),
        ("Python", platform.python_version()),
        ("Qt", f"{qVersion()}, PySide6 {PySide6.__version__}"),
        ("System", platform.platform(terse=True)),
    ]


@cache
def _version_of(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:  # a bundle may leave the metadata out
        return package


class AboutDialog(Sheet):
    """Versions, terms, and a button that copies the versions for a report."""

    def __init__(self, catalog: Catalog, parent: QWidget | None = None) -> None:
        super().__init__(parent, "About Planner")
        self._rows = versions(catalog)
        title = Text("Planner", "section")
        words = vbox(title, Text(f"Version {__version__}", "muted"), gap=2)
        self.body.addWidget(hbox(Logo(44), words, None, gap=14))
        purpose = Text(PURPOSE, "body2", wrap=True)
        purpose.setMinimumWidth(400)
        self.body.addWidget(purpose)
        for heading, rows in (("Versions", self._rows), ("Terms", list(TERMS))):
            self.body.addSpacing(4)
            self.body.addWidget(HLine())
            self.body.addWidget(Text(heading, "heading"))
            self.body.addWidget(_grid(rows))
        self.copy_button = Button("Copy versions", icon="copy")
        self.copy_button.clicked.connect(self.copy)
        close = Button("Close", "primary")
        close.clicked.connect(self.accept)
        self.add_foot(self.copy_button, close)
        self.on_copy(self.copy)

    @property
    def text(self) -> str:
        """Versions as lines of text."""
        return "\n".join(f"{name}: {value}" for name, value in self._rows)

    def copy(self) -> None:
        """Copy the versions."""
        QGuiApplication.clipboard().setText(self.text)
        self.copy_button.set_text("Copied")


def _grid(rows: list[tuple[str, str]]) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for number, (name, value) in enumerate(rows):
        grid.addWidget(Text(name, "muted"), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Text(value, "value"), number, 1)
    return holder
