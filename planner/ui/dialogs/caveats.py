"""What a reader should know beside the figures: the notes that the results carry."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.catalog.caveats import CAVEATS, Caveat
from planner.engine.results import Results
from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import Button, Empty, HLine, Icon, Marker, ScrollArea, Text, hbox, vbox
from planner.ui.theme import STRATEGY_SHORT


def notes_of(results: Results) -> list[tuple[Caveat, tuple[str, ...]]]:
    """Return every note with the strategies that it is about; none where it is about all of the plan."""
    codes = list(dict.fromkeys(results.caveats))
    by_strategy = {name: result.caveats for name, result in results.strategies.items() if np.all(result.fits)}
    codes += [code for found in by_strategy.values() for code in found if code not in codes]
    return [
        (CAVEATS[code], tuple(name for name, found in by_strategy.items() if code in found))
        for code in dict.fromkeys(codes)
        if code in CAVEATS
    ]


class CaveatsDialog(Sheet):
    """One block a note: its line, whom it is about, what it means and what would help."""

    def __init__(self, results: Results, parent: QWidget | None = None) -> None:
        self.notes = notes_of(results)
        super().__init__(parent, "Notes on sources", size=(560, min(560, 200 + 80 * len(self.notes))))
        count = "1 note" if len(self.notes) == 1 else f"{len(self.notes)} notes"
        self.body.addWidget(Text("Notes on sources", "section"))
        about = f"{count} on what these figures rest on. The Sources page lists every input and row."
        self.body.addWidget(Text(about, "muted", wrap=True))
        if self.notes:
            inside = QWidget()
            column = QVBoxLayout(inside)
            column.setContentsMargins(0, 4, 12, 0)
            column.setSpacing(12)
            for note, strategies in self.notes:
                column.addWidget(_block(note, strategies))
            column.addStretch(1)
            self.body.addWidget(ScrollArea(inside, "Notes"), 1)
        else:
            self.body.addWidget(Empty("circle-check", "No notes", "Nothing was left to a default."), 1)
        copy = Button("Copy", icon="copy")
        copy.clicked.connect(self.copy)
        copy.setEnabled(bool(self.notes))
        close = Button("Close", "primary")
        close.clicked.connect(self.accept)
        self.add_foot(copy, close)
        self.on_copy(self.copy)

    @property
    def text(self) -> str:
        """The notes as text."""
        return "\n\n".join(f"{note.text}\n{note.help}" for note, _ in self.notes)

    def copy(self) -> None:
        """Copy the notes."""
        QGuiApplication.clipboard().setText(self.text)


def _block(note: Caveat, strategies: tuple[str, ...]) -> QWidget:
    names = []
    for name in strategies:
        names += [Marker(name, 3.6), Text(STRATEGY_SHORT[name], "caption")]
    title = Text(note.text, "strong", wrap=True)
    help_text = Text(note.help, "label", wrap=True)
    parts: list[QWidget] = [title, help_text]
    if names:
        parts.append(hbox(*names, None, gap=5))
    icon = Icon("info", 16, "muted")
    line = hbox(icon, (vbox(*parts, gap=4), 1), gap=10)
    layout = line.layout()
    if layout is not None:
        layout.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
    holder = vbox(HLine(), line, gap=12)
    holder.setAccessibleName(note.text)
    holder.setAccessibleDescription(note.help)
    return holder
