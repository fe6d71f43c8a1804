"""The explanation of an input: help, equations, what is allowed, value, source, date, caveats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from planner.catalog.load import Catalog
from planner.scenario.model import Scenario
from planner.scenario.parse import value_text
from planner.ui.fields.facts import caveat_texts, provenance_of
from planner.ui.fields.range_text import range_words
from planner.ui.fields.row import Row
from planner.ui.kit import IconButton, Popover, Text, hbox
from planner.ui.kit.formula import FormulaBox

if TYPE_CHECKING:
    from planner.engine.equations.steps import Step

_BELOW_TITLE: Final = 1


class InfoPopover(Popover):
    """Made anew for each input it explains."""

    def __init__(
        self, window: QWidget, row: Row, scenario: Scenario, preset: Scenario, catalog: Catalog
    ) -> None:
        self.spec = spec = row.spec
        super().__init__(window, f"About {spec.title}", width=320)
        pin = IconButton("pin", "Keep open", size=14)
        pin.setCheckable(True)
        pin.toggled.connect(self.set_pinned)
        close = IconButton("x", "Close", size=14)
        close.clicked.connect(self.dismiss)
        self.body.addWidget(hbox(Text(spec.title, "title"), None, pin, close, gap=2))
        if spec.help:
            self.body.addWidget(Text(spec.help, "label", wrap=True))
        shown = row.shown
        if shown is not None and shown.value is None and spec.unset:
            used = f"{shown.auto.text} ({spec.unset})" if shown.auto.value is not None else spec.unset
            self._line("Now", used)
        if shown is not None and shown.changed:
            self._line("Preset", value_text(shown.preset, spec))
        if shown is not None and shown.span is not None:
            self._line("Range", range_words(shown.span, spec))
        if shown is not None and shown.preset_span != shown.span:
            was = "none" if shown.preset_span is None else range_words(shown.preset_span, spec)
            self._line("Before", was)
        if spec.doubt is not None:
            low, high = (value_text(end, spec) for end in spec.doubt)
            self._line("Usual", f"{low} to {high}")
        self._line("Takes", spec.allowed)
        source = provenance_of(spec.path, scenario, preset, catalog)
        self._line("Source", source.title)
        if source.as_of:
            self._line("Date", source.as_of)
        for text in caveat_texts(source.caveats):
            self._line("Note", text)
        self._line("Path", spec.path)

    def show_equations(self, steps: Sequence[Step]) -> None:
        """Show equations that the input is put into, with the numbers of the plan, below its help."""
        place = _BELOW_TITLE + bool(self.spec.help)
        for step in steps:
            when = "" if step.month is None else f" in month {step.month}"
            box = FormulaBox(f"Equation with {self.spec.title}")
            box.show_lines(f"{step.title} = {step.words}", step.numbers, f"= {step.value}{when}")
            self.body.insertWidget(place, box)
            place += 1

    def _line(self, head: str, words: str) -> None:
        label = Text(head, "caption")
        label.setFixedWidth(46)
        text = Text(words, "caption-strong", wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = hbox(label, (text, 1), gap=6)
        layout = holder.layout()
        if layout is not None:
            layout.setAlignment(label, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(holder)
