"""Rows of numbers: an editor that reads what people type, and a slider."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.errors import InputError
from planner.scenario.fields import FieldSpec
from planner.scenario.parse import Reading, parse_value, value_text
from planner.ui.fields.facts import value_text_short
from planner.ui.fields.row import LOW_ROW, MARGIN, SLIDER_ROW, Row, Shown
from planner.ui.fields.scale import Scale, scale_of
from planner.ui.kit import Button, Editor, Icon, Ink, Slider, Text, advance, draw_text
from planner.ui.theme import px, theme
from planner.units import unit_suffix

_NARROW, _WIDE, _PER_LETTER = 96, 116, 6
_gestures = itertools.count(1)


def _editor_width(spec: FieldSpec, suffix: str) -> int:
    """Return the design's width, or more where a long unit, or "auto" before the value, needs it. [px]."""
    auto = spec.nullable and spec.unset not in ("no limit", "never")
    least, room = (_WIDE, 98) if auto else (_NARROW, 60)
    small = 10 if spec.unit.startswith("usd_per") else 0  # many decimals: "auto $0.0811"
    return max(least, room + small + _PER_LETTER * len(suffix))


class NumberRow(Row):
    """A number, a whole number, or a number of months that may be "optimal"."""

    def __init__(self, spec: FieldSpec, snaps: Sequence[float] = ()) -> None:
        self.scale: Scale | None = scale_of(spec, snaps)
        self.base_height = SLIDER_ROW if self.scale is not None else LOW_ROW
        super().__init__(spec)
        self._gesture: int | None = None
        self._exact: float | None = None
        self._refused = ""
        self._refused_beside: Any = None
        suffix = unit_suffix(spec.unit)
        self.editor = Editor(self.name, suffix, width=_editor_width(spec, suffix))
        self.slider: Slider | None = None
        self.editor.committed.connect(self._commit)
        self.editor.cancelled.connect(self._cancel)
        self.editor.textEdited.connect(self._echo)
        self.editor.stepped.connect(self._step)
        self.add_control(self.editor)
        if self.scale is not None:
            self._add_slider(self.scale)

    def _add_slider(self, scale: Scale) -> None:
        slider = Slider(f"{self.name}, slider", self._stepper)
        slider.setParent(self)
        slider.pressed.connect(self._press)
        slider.released.connect(self._release)
        slider.moved.connect(self._move)
        slider.presetAsked.connect(lambda: self.reset_asked.emit(self.spec.path))
        self.slider = slider
        self.setTabOrder(self.editor, slider)

    # -- showing
    def display(self, shown: Shown) -> None:
        """Show the value in editor and slider; text that was refused stays until it is settled."""
        unset = shown.value is None or shown.value == "optimal"
        if self._refused and not self._slider_held and shown.value == self._refused_beside:
            return
        if self._refused:
            self.editor.revert()
        self._settle()
        self.editor.set_value(self._text_of(shown))
        self.editor.set_quiet(unset)
        self.editor.set_changed(shown.changed)
        if self.slider is not None and self.scale is not None:
            self.slider.set_unset(unset)
            self.slider.set_fraction(self._fraction_of(shown.value, shown))
            self.slider.set_preset(self._fraction_of(shown.preset, shown) if shown.changed else None)

    @property
    def _slider_held(self) -> bool:
        return self._gesture is not None

    def _text_of(self, shown: Shown) -> str:
        if shown.value is None:
            return shown.auto.text
        return value_text_short(shown.value, self.spec)

    def _number_of(self, value: object, shown: Shown) -> float | None:
        if isinstance(value, int | float):
            return float(value)
        auto = shown.auto.value
        return float(auto) if isinstance(auto, int | float) else None

    def _fraction_of(self, value: object, shown: Shown) -> float:
        number = self._number_of(value, shown)
        if self.scale is None:
            return 0.0
        if number is None:  # no limit: the end that forbids nothing
            return 0.0 if self.spec.name.startswith("min") or value == "optimal" else 1.0
        return self.scale.fraction(number)

    # -- slider
    def _press(self) -> None:
        self._gesture = next(_gestures)
        if self._refused:
            self.editor.revert()
        self._settle()
        self.held.emit(True)

    def _release(self) -> None:
        self._gesture = None
        self.held.emit(False)

    def _move(self, fraction: float) -> None:
        if self.scale is None:
            return
        value = self.scale.value(fraction) if self._exact is None else self._exact
        self._exact = None
        if self.shown is None or value != self.shown.value:
            self._send(value)
        if self.slider is not None and self.shown is not None:
            self.slider.set_fraction(self._fraction_of(self.shown.value, self.shown))

    def _stepper(self, fraction: float, kind: str, sign: int) -> float:
        if self.scale is None or self.shown is None:
            return fraction
        value = self._number_of(self.shown.value, self.shown)
        value = self.scale.value(fraction) if value is None else value
        self._exact = self.scale.stepped(value, kind, sign)
        where = self.scale.fraction(self._exact)
        if where == fraction:  # beyond the end, or too small a step to be seen
            exact, self._exact = self._exact, None
            if exact != value:
                self._send(exact)
        return where

    def _step(self, kind: str, sign: int) -> None:
        if self.slider is not None:
            self.slider.step(kind, sign)

    def _send(self, value: Any) -> None:
        whole = self.spec.kind in ("integer", "interval") and isinstance(value, float)
        self.edited.emit(self.spec.path, int(value) if whole else value, self._gesture)

    # -- typing
    def _read(self, text: str) -> Reading:
        if self.spec.nullable and text.strip().casefold().startswith("auto"):
            return Reading(None, "auto", True)
        return parse_value(text, self.spec)

    def _echo(self, text: str) -> None:
        """Say how the text is read while it is typed, where that is not plain."""
        self._settle()
        try:
            reading = self._read(text)
        except InputError:
            return
        kept = self.editor.value
        if reading.exact or reading.value is None:
            return
        bare = value_text_short(reading.value, self.spec)
        wordings = (
            f"Read as {reading.text_as_read}. Enter takes it, Esc keeps {kept}.",
            f"Read as {bare}. Enter takes it, Esc keeps {kept}.",
            f"Read as {bare}. Esc keeps {kept}.",
        )
        room = self.width() - 2 * px(MARGIN)
        fitting = (words for words in wordings if advance(words, Ink(11)) <= room)
        self.set_extra(_Echo(next(fitting, wordings[-1])))

    def _commit(self, text: str) -> None:
        if text == self.editor.value and not self._refused:
            self._settle()
            return
        try:
            reading = self._read(text)
        except InputError as error:
            self._refuse(text, error)
            return
        self._refused = ""
        self._settle()
        if self.shown is not None and reading.value == self.shown.value:
            self._redisplay()
            return
        self._send(reading.value)
        self._redisplay()

    def _cancel(self) -> None:
        self._refused = ""
        self._settle()
        self._redisplay()

    def _redisplay(self) -> None:
        if self.shown is not None:
            self.display(self.shown)

    def _settle(self) -> None:
        self._refused = ""
        if self._extra is not None:
            self.set_extra(None)
        self.editor.set_bad(False)
        if self.slider is not None:
            self.slider.set_bad(False)

    def refuse(self, message: str) -> None:
        """Show that the store refused the value, in its words, with the value that is kept as remedy."""
        self._say_refused(self.editor.text(), message, None)

    def _refuse(self, text: str, error: InputError) -> None:
        self._say_refused(text, _sentence(self.spec, error), _nearest(error, self.spec))

    def _say_refused(self, text: str, sentence: str, nearest: float | None) -> None:
        if self.shown is None:
            return
        self._refused, self._refused_beside = text, self.shown.value
        self.editor.set_bad(True)
        if self.slider is not None:
            self.slider.set_bad(True)
        kept = self._text_of(self.shown)
        words = f"{sentence} Using {kept}."
        remedies: list[tuple[str, Any]] = [(f"Use {kept}", self.shown.value)]
        if nearest is not None and nearest != self.shown.value:
            remedies.append((f"Use {value_text_short(nearest, self.spec)}", nearest))
        message = Refusal(words, remedies)
        message.chosen.connect(self._take_remedy)
        self.set_extra(message)

    def _take_remedy(self, value: object) -> None:
        self._refused = ""
        self.editor.revert()
        self._settle()
        if self.shown is not None and value != self.shown.value:
            self._send(value)
        self._redisplay()
        self.editor.setFocus()

    # -- geometry
    def place(self) -> None:
        """The slider lies below the editor."""
        super().place()
        if self.slider is not None:
            inset = px(MARGIN) - px(4)
            self.slider.setGeometry(inset, px(31), self.width() - 2 * inset, px(18))


class _Echo(QWidget):
    """One muted line."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self.setAccessibleName(words)
        self.setToolTip(words)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(px(200), px(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint."""
        draw_text(QPainter(self), QRectF(self.rect()), self._words, Ink(11, 400, theme().muted), elide=True)


class Refusal(QWidget):
    """Why a text was refused, and one button per remedy."""

    chosen = Signal(object)

    def __init__(self, words: str, remedies: list[tuple[str, Any]]) -> None:
        super().__init__()
        self.setAccessibleName(words)
        self.text = Text(words, "caption", tone="bad", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        line = QHBoxLayout()
        line.setSpacing(px(6))
        line.addWidget(Icon("circle-alert", 13, "bad"), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.text, 1)
        column.addLayout(line)
        row = QHBoxLayout()
        row.setContentsMargins(px(19), 0, 0, 0)
        row.setSpacing(px(6))
        self.buttons = []
        for label, value in remedies:
            button = Button(label, small=True)
            button.clicked.connect(lambda _checked=False, v=value: self.chosen.emit(v))
            row.addWidget(button)
            self.buttons.append(button)
        row.addStretch(1)
        column.addLayout(row)


def _sentence(spec: FieldSpec, error: InputError) -> str:
    """Say what is allowed, in the words of the field and the numbers of the editor."""
    low, high = spec.low, spec.high
    value = error.value
    if error.code == "out_of_range" and isinstance(value, int | float):
        below = low if low is not None else spec.above
        if below is not None and value <= below:
            word = "At least" if spec.low is not None else "More than"
            return f"{word} {value_text(below, spec)}. {spec.help}".strip()
        if high is not None and value > high:
            return f"At most {value_text(high, spec)}. {spec.help}".strip()
    hint = f" {error.hint}" if error.hint else ""
    return f"Not read: allowed is {spec.allowed_number}.{hint}"


def _nearest(error: InputError, spec: FieldSpec) -> float | None:
    """Return the limit that was crossed."""
    value = error.value
    if error.code != "out_of_range" or not isinstance(value, int | float):
        return None
    if spec.low is not None and value < spec.low:
        return spec.low
    if spec.high is not None and value > spec.high:
        return spec.high
    return None
