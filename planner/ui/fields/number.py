"""Rows of numbers: an editor that reads what people type, and a slider."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent

from planner.errors import InputError
from planner.scenario.fields import FieldSpec
from planner.scenario.model import NOT_DRAWN
from planner.scenario.parse import Reading, parse_value
from planner.ui.fields.facts import value_text_short
from planner.ui.fields.messages import Echo, Refusal, nearest_allowed, sentence_of
from planner.ui.fields.range_text import End
from planner.ui.fields.ranging import Ranging
from planner.ui.fields.row import LOW_ROW, MARGIN, SLIDER_ROW, Row, Shown
from planner.ui.fields.scale import Scale, scale_of
from planner.ui.kit import Editor, Ink, Slider, advance
from planner.ui.theme import px
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
        self.editor.installEventFilter(self)
        self.ranging = None if self.scale is None or spec.path in NOT_DRAWN else Ranging(self)
        self.add_control(self.editor, () if self.ranging is None else self.ranging.tools)
        if self.scale is not None:
            self._add_slider()

    def _add_slider(self) -> None:
        slider = Slider(f"{self.name}, slider", self._stepper)
        slider.setParent(self)
        slider.pressed.connect(self._press)
        slider.released.connect(self._release)
        slider.moved.connect(self._move)
        slider.lowMoved.connect(lambda fraction: self._move_end("low", fraction))
        slider.highMoved.connect(lambda fraction: self._move_end("high", fraction))
        slider.presetAsked.connect(self._go_home)
        self.slider = slider
        order = [
            self.editor,
            slider,
            *(self.ranging.line.ends.values() if self.ranging else ()),
            *self._tools,
        ]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    @property
    def is_whole(self) -> bool:
        """Whether it takes whole numbers only."""
        return self.spec.kind in ("integer", "interval")

    # -- showing
    def display(self, shown: Shown) -> None:
        """Show the value in editor and slider; text that was refused stays until it is settled."""
        unset = shown.value is None or shown.value == "optimal"
        if self._refused and not self._slider_held and shown.value == self._refused_beside:
            return
        if self._refused:
            self.editor.revert()
        self.settle()
        self.editor.set_value(self._text_of(shown))
        self.editor.set_quiet(unset)
        self.editor.set_changed(shown.value_changed)
        if self.slider is not None and self.scale is not None:
            self.slider.set_unset(unset)
            self.slider.set_fraction(self._here(shown))
            self.slider.set_preset(self._fraction_of(shown.preset, shown) if shown.value_changed else None)
        if self.ranging is not None:
            self.ranging.show(shown)

    def _here(self, shown: Shown) -> float:
        """Where the handle is: at the likely value of a range around what the catalogue said."""
        if shown.value is None and shown.span is not None and self.scale is not None:
            return self.scale.fraction(shown.span.mode)
        return self._fraction_of(shown.value, shown)

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
        if self.ranging is not None:
            self.ranging.hold()
        if self._refused:
            self.editor.revert()
        self.settle()
        self.held.emit(True)

    def _release(self) -> None:
        self._gesture = None
        self.held.emit(False)

    def _move(self, fraction: float) -> None:
        if self.scale is None:
            return
        value = self._value_at(fraction)
        if self.shown is None or value != self.shown.value:
            self._send(value)
        if self.slider is not None and self.shown is not None:
            self.slider.set_fraction(self._here(self.shown))

    def _move_end(self, end: End, fraction: float) -> None:
        if self.ranging is not None:
            self.ranging.move_end(end, self._value_at(fraction), self._gesture)
            self._redisplay()

    def _value_at(self, fraction: float) -> float:
        """Return the value of a place: the exact one where a key led there."""
        exact, self._exact = self._exact, None
        return exact if exact is not None else self.scale.value(fraction) if self.scale else fraction

    def _stepper(self, fraction: float, kind: str, sign: int) -> float:
        if self.scale is None or self.shown is None or self.slider is None:
            return fraction
        span, handle = self.shown.span, self.slider.active_handle
        value = self._number_of(self.shown.value, self.shown)
        if span is not None and (handle != "likely" or self.shown.value is None):
            value = {"low": span.low, "likely": span.mode, "high": span.high}[handle]
        value = self.scale.value(fraction) if value is None else value
        exact = self.scale.stepped(value, kind, sign)
        where = self.scale.fraction(exact)
        if where != fraction:
            self._exact = exact
        elif exact != value:  # beyond the end, or too small a step to be seen
            self._send_at(handle, exact)
        return where

    def _send_at(self, handle: str, value: float) -> None:
        if handle == "likely" or self.ranging is None:
            self._send(value)
        else:
            self.ranging.move_end("low" if handle == "low" else "high", value, self._gesture)

    def _step(self, kind: str, sign: int) -> None:
        if self.slider is not None:
            self.slider.set_active("likely")
            self.slider.step(kind, sign)

    def _go_home(self) -> None:
        """Back to the preset's value; a range stays one, around it."""
        if self.shown is not None and self.shown.span is not None and self.shown.preset is not None:
            self._send(self.shown.preset)
        else:
            self.reset_asked.emit(self.spec.path)

    def _send(self, value: Any) -> None:
        """Ask for a value; within a gesture its range moves along from where it was at its beginning."""
        ranging = self.ranging if self._gesture is not None and isinstance(value, int | float) else None
        if ranging is not None and ranging.carry(value, self._gesture):
            return
        whole = self.is_whole and isinstance(value, float)
        self.edited.emit(self.spec.path, int(value) if whole else value, self._gesture)

    # -- typing
    def _read(self, text: str) -> Reading:
        if self.spec.nullable and text.strip().casefold().startswith("auto"):
            return Reading(None, "auto", True)
        return parse_value(text, self.spec)

    def _echo(self, text: str) -> None:
        """Say how the text is read while it is typed, where that is not plain."""
        self.settle()
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
        self.set_extra(Echo(next(fitting, wordings[-1])))

    def _commit(self, text: str) -> None:
        if text == self.editor.value and not self._refused:
            self.settle()
            return
        try:
            reading = self._read(text)
        except InputError as error:
            self._refuse(text, error)
            return
        objection = "" if self.ranging is None else self.ranging.objection(reading.value)
        if objection:
            self._say_refused(text, objection, None)
            return
        self.settle()
        if self.shown is not None and reading.value == self.shown.value:
            self._redisplay()
            return
        before = None if self.shown is None else self.shown.span
        self._send(reading.value)
        self._redisplay()
        if self.ranging is not None:
            self.ranging.say_moved(before)

    def _cancel(self) -> None:
        self._refused = ""
        self.settle()
        self._redisplay()

    def _redisplay(self) -> None:
        if self.shown is not None:
            self.display(self.shown)

    def settle(self) -> None:
        """Drop what stands below the row, and every red mark."""
        self._refused = ""
        self.extra_drop = 0
        if self._extra is not None:
            self.set_extra(None)
        self.editor.set_bad(False)
        if self.slider is not None:
            self.slider.set_bad(False)

    def refuse(self, message: str) -> None:
        """Show that the store refused the value, in its words, with the value that is kept as remedy."""
        self._say_refused(self.editor.text(), message, None)

    def _refuse(self, text: str, error: InputError) -> None:
        self._say_refused(text, sentence_of(self.spec, error), nearest_allowed(error, self.spec))

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
        self.settle()
        if self.shown is not None and value != self.shown.value:
            self._send(value)
        self._redisplay()
        self.editor.setFocus()

    # -- a range
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """R in the editor makes a range, unless something is being typed."""
        ranging = self.ranging if watched is self.editor and not self.editor.is_editing else None
        pressed = event if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if ranging is not None and pressed is not None and _is_range_key(pressed):
            ranging.toggle()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """R anywhere else in the row too."""
        if _is_range_key(event) and self.ranging is not None:
            self.ranging.toggle()
            event.accept()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Shapes and the like, where it is a range."""
        if self.ranging is not None and self.ranging.span is not None:
            self.ranging.open_menu()
            event.accept()
            return
        super().contextMenuEvent(event)

    # -- geometry
    def place(self) -> None:
        """The slider lies below the editor, the numbers of a range below it."""
        super().place()
        if self.slider is None:
            return
        inset, top, high = px(MARGIN) - px(4), px(31), px(18)
        if self.ranging is not None:
            self.ranging.place()
            if self.base_height != SLIDER_ROW:  # a density stands on the track
                top, high = px(28), px(22)
        self.slider.setGeometry(inset, top, self.width() - 2 * inset, high)


def _is_range_key(event: QKeyEvent) -> bool:
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    return event.key() == Qt.Key.Key_R and plain and not event.isAutoRepeat()
