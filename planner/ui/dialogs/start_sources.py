"""Where the figures of a preset come from: each input that departs from the defaults, with its reason."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.scenario.model import Plan
from planner.scenario.presets import reasons_in
from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import Button, HLine, ScrollArea, Text, hbox
from planner.ui.theme import px

_LABEL = 190


class PresetSources(Sheet):
    """The reasons of each scenario of a plan, as its notes give them."""

    def __init__(self, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(parent, f"Sources of {plan.title}", size=(720, 600))
        self._plan = plan
        self.body.addWidget(Text(f"Sources of {plan.title}", "section"))
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 14, 0)
        self._column.setSpacing(0)
        self.lines: list[tuple[Text, Text]] = []
        for scenario in plan.scenarios:
            self._add_scenario(scenario.name if len(plan.scenarios) > 1 else "", scenario.notes)
        self._column.addStretch(1)
        self.body.addWidget(ScrollArea(inside, "Sources"), 1)
        copy = Button("Copy", icon="copy")
        copy.clicked.connect(self.copy)
        close = Button("Close", "primary")
        close.clicked.connect(self.accept)
        self.add_foot(copy, close)
        self.on_copy(self.copy)

    def _add_scenario(self, name: str, notes: str) -> None:
        if name:
            head = Text(name, "heading")
            head.setContentsMargins(0, px(12), 0, 0)
            self._column.addWidget(head)
        line = Text(notes.partition("\n")[0], "body2", wrap=True)
        line.setContentsMargins(0, px(2), 0, px(10))
        self._column.addWidget(line)
        for reason in reasons_in(notes):
            label = Text("\n".join(reason.titles), "label-strong", wrap=True)
            label.setFixedWidth(px(_LABEL))
            words = Text(reason.words, "label", wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row = hbox(label, (words, 1), gap=14, margins=(0, px(7), 0, px(7)))
            layout = row.layout()
            if layout is not None:
                layout.setAlignment(label, Qt.AlignmentFlag.AlignTop)
                layout.setAlignment(words, Qt.AlignmentFlag.AlignTop)
            self._column.addWidget(HLine())
            self._column.addWidget(row)
            self.lines.append((label, words))

    def text(self) -> str:
        """The notes of every scenario."""
        return "\n\n".join(f"{scenario.name}\n{scenario.notes}" for scenario in self._plan.scenarios)

    def copy(self) -> None:
        """Copy the notes."""
        QGuiApplication.clipboard().setText(self.text())
