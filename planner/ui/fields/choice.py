"""Rows that choose: one of some words, yes or no, a month, free text, which strategies take part."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from planner.errors import InputError
from planner.scenario.fields import FieldSpec
from planner.scenario.model import STRATEGY_IDS
from planner.scenario.parse import parse_value
from planner.ui.fields.messages import Refusal
from planner.ui.fields.row import LOW_ROW, MARGIN, Row, Shown
from planner.ui.kit import CheckBox, ComboBox, Editor, Marker
from planner.ui.theme import STRATEGY_NAMES, px


class ChoiceRow(Row):
    """One of a few words."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        options = [(word, spec.words.get(word, word)) for word in spec.choices]
        self.combo = _NarrowCombo(self.name, options)
        self.combo.chosen.connect(lambda word: self.edited.emit(spec.path, word, None))
        self.add_control(self.combo)

    def display(self, shown: Shown) -> None:
        """Show the word."""
        self.combo.set_current(str(shown.value))


class _NarrowCombo(ComboBox):
    """A list of the panel's width at most."""

    def sizeHint(self) -> QSize:
        """As wide as the words, within the panel."""
        hint = super().sizeHint()
        hint.setWidth(min(max(hint.width(), px(96)), px(150)))
        return hint


class FlagRow(Row):
    """Yes or no."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.box = CheckBox("", switch=True)
        self.box.setAccessibleName(self.name)
        self.box.clicked.connect(lambda on: self.edited.emit(spec.path, bool(on), None))
        self.add_control(self.box)

    def display(self, shown: Shown) -> None:
        """Show the state."""
        blocked = self.box.blockSignals(True)
        self.box.setChecked(bool(shown.value))
        self.box.blockSignals(blocked)
        self.box.update()


class TextRow(Row):
    """Free text, or a month."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.editor = Editor(self.name, width=150 if spec.kind == "text" else 96)
        self.editor.committed.connect(self._commit)
        self.editor.cancelled.connect(self._settle)
        self.add_control(self.editor)

    def display(self, shown: Shown) -> None:
        """Show the text."""
        self._settle()
        self.editor.set_value(str(shown.value))
        self.editor.set_changed(shown.changed)

    def _settle(self) -> None:
        self.editor.set_bad(False)
        if self._extra is not None:
            self.set_extra(None)

    def _commit(self, text: str) -> None:
        if self.shown is None:
            return
        try:
            value = parse_value(text, self.spec).value
        except InputError as error:
            self.editor.set_bad(True)
            kept = str(self.shown.value)
            message = Refusal(f"{error.message} Using {kept}.", [(f"Use {kept}", kept)])
            message.chosen.connect(self._restore)
            self.set_extra(message)
            return
        self._settle()
        if value != self.shown.value:
            self.edited.emit(self.spec.path, value, None)
        self.editor.set_value(str(self.shown.value))

    def _restore(self) -> None:
        self.editor.revert()
        self._settle()
        self.editor.setFocus()


class StrategiesRow(Row):
    """Five switches; the last one that is on stays on."""

    base_height = LOW_ROW + 5 * 28

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self.boxes: dict[str, CheckBox] = {}
        self._markers: dict[str, Marker] = {}
        for strategy in STRATEGY_IDS:
            box = CheckBox(STRATEGY_NAMES[strategy])
            box.setAccessibleName(f"{STRATEGY_NAMES[strategy]} takes part")
            box.setParent(self)
            box.clicked.connect(self._clicked)
            marker = Marker(strategy)
            marker.setParent(self)
            self.boxes[strategy], self._markers[strategy] = box, marker
        self.add_control(QWidget())

    def display(self, shown: Shown) -> None:
        """Show who takes part."""
        for strategy, box in self.boxes.items():
            blocked = box.blockSignals(True)
            box.setChecked(strategy in shown.value)
            box.setEnabled(shown.value != (strategy,))
            box.setToolTip("At least one strategy takes part" if shown.value == (strategy,) else "")
            box.blockSignals(blocked)
            box.update()

    def focus_control(self) -> None:
        """The first switch."""
        self.boxes[STRATEGY_IDS[0]].setFocus()

    def _clicked(self) -> None:
        chosen = tuple(strategy for strategy, box in self.boxes.items() if box.isChecked())
        self.edited.emit(self.spec.path, chosen, None)

    def place(self) -> None:
        """One below the other."""
        if self.control is not None:
            self.control.setGeometry(self.width() - px(MARGIN), 0, 0, 0)
            middle, left = px(LOW_ROW) // 2, self.width() - px(MARGIN)
            for button in (self._info, self._reset):
                side = button.sizeHint().width()
                left -= side
                button.setGeometry(left, middle - side // 2, side, side)
        for number, (strategy, box) in enumerate(self.boxes.items()):
            top = px(LOW_ROW) + number * px(28)
            size = box.sizeHint()
            mark = self._markers[strategy].sizeHint()
            self._markers[strategy].setGeometry(
                px(MARGIN) + px(2), top + (px(28) - mark.height()) // 2, mark.width(), mark.height()
            )
            left, up = px(MARGIN) + px(20), top + (px(28) - size.height()) // 2
            box.setGeometry(left, up, size.width(), size.height())
