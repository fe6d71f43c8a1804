"""Which values a variable may take: a list of ticks beside the row that it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from planner.engine.optimise_space import Variable
from planner.ui.kit.buttons import CheckBox, LinkButton
from planner.ui.kit.layout import ScrollArea, hbox
from planner.ui.kit.panels import Popover
from planner.ui.kit.text import Text
from planner.ui.theme import px

_TALLEST: Final = 300
_ROW: Final = 24


class _List(ScrollArea):
    """As high as its rows, up to a limit."""

    def __init__(self, content: QWidget, name: str, rows: int) -> None:
        super().__init__(content, name, tone="raised")
        self._rows = rows
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Its rows."""
        return QSize(px(240), min(px(_TALLEST), px(_ROW) * self._rows + 4))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()


class ValuesPopover(Popover):
    """Ticks for every value of a variable; a change is told at once."""

    def __init__(self, window: QWidget, variable: Variable, changed: Callable[[Variable], None]) -> None:
        super().__init__(window, f"Values of {variable.title.lower()}", width=300)
        self.variable, self._changed = variable, changed
        self._first = variable
        self.boxes: list[CheckBox] = []
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(0)
        for option in variable.options:
            box = CheckBox(option.words.replace("&", "&&"))
            box.setChecked(option.allowed)
            box.toggled.connect(self._take)
            column.addWidget(box)
            self.boxes.append(box)
        self.all, self.usual = LinkButton("All"), LinkButton("The planner's choice")
        self.all.clicked.connect(lambda: self._tick([True] * len(self.boxes)))
        self.usual.clicked.connect(lambda: self._tick([o.allowed for o in self._first.options]))
        self.said = Text("", "caption")
        self.body.addWidget(Text(variable.title, "title"))
        self.body.addWidget(_List(inside, f"Values of {variable.title.lower()}", len(self.boxes)))
        self.body.addWidget(hbox(self.all, self.usual, None, self.said, gap=14))
        self._say()
        self.closed.connect(self.deleteLater)

    def set_usual(self, variable: Variable) -> None:
        """What "the planner's choice" goes back to."""
        self._first = variable

    def _tick(self, wanted: list[bool]) -> None:
        for box, on in zip(self.boxes, wanted, strict=True):
            blocked = box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(blocked)
            box.update()
        self._take()

    def _take(self, _on: bool = False) -> None:
        numbers = [number for number, box in enumerate(self.boxes) if box.isChecked()]
        self.variable = self.variable.with_allowed(numbers)
        self._say()
        self._changed(self.variable)

    def _say(self) -> None:
        self.said.setText(f"{len(self.variable.allowed)} of {len(self.boxes)}")
