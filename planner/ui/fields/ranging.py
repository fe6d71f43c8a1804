"""What the row of a number has for a range: tool, menu, bars and density, the line of three numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup

from planner.scenario.model import around
from planner.scenario.ranges import SHAPES, Range, Shape
from planner.ui.fields.density import density
from planner.ui.fields.facts import value_text_short
from planner.ui.fields.messages import Echo, Refusal
from planner.ui.fields.range_line import RangeLine
from planner.ui.fields.range_text import (
    ENDS,
    SHAPE_NAMES,
    SHAPE_WORDS,
    End,
    Refused,
    range_words,
    read_end,
    replaced,
    value_of,
)
from planner.ui.fields.row import MARGIN, RANGE_ROW, SLIDER_ROW, Shown
from planner.ui.kit import IconButton, Menu
from planner.ui.theme import px

if TYPE_CHECKING:
    from planner.ui.fields.number import NumberRow

_LINE_TOP, _LINE_HEIGHT = 50, 16
_EDITOR_DROP = 4  # the editor of an end is higher than the line it stands in
_APART = 0.005  # of the value: less is rounding


class Ranging:
    """The range of one row. It asks for changes by the row's signals and shows what it is told."""

    def __init__(self, row: NumberRow) -> None:
        self.row = row
        title = row.spec.title
        self.tool = IconButton("unfold-horizontal", f"Make a range of {title}", "R", size=14, quiet=True)
        self.tool.setCheckable(True)
        self.tool.clicked.connect(lambda _checked=False: self.toggle())
        self.menu_button = IconButton("chevron-down", f"Shape of the range of {title}", size=11, quiet=True)
        self.menu_button.clicked.connect(lambda _checked=False: self.open_menu())
        self.menu_button.hide()
        self.line = RangeLine(title)
        self.line.setParent(row)
        self.line.hide()
        self.line.typed.connect(self._typed)
        self.line.stepped.connect(self._step)
        self.line.left.connect(row.settle)
        self.menu: Menu | None = None
        self._held: Range | None = None
        self._seen: Range | None = None

    @property
    def span(self) -> Range | None:
        """The range that is shown."""
        return None if self.row.shown is None else self.row.shown.span

    @property
    def tools(self) -> tuple[IconButton, ...]:
        """The buttons of the row."""
        return self.tool, self.menu_button

    # -- showing
    def show(self, shown: Shown) -> None:
        """Show the range, that of the laws, or none."""
        span = shown.span
        law = shown.law if span is None else None
        self._show_tools(span)
        self._show_bars(span, law)
        if span is not None:
            if self.line.is_refused and span != self._seen:
                self.line.close_editor()
            self.line.show_values(tuple(value_text_short(value_of(span, end), self.row.spec) for end in ENDS))
        else:
            self.line.close_editor()
            self.line.show_words("" if law is None else _law_words(law))
        self._seen = span
        ranged = span is not None or law is not None
        self.line.setVisible(ranged)
        height = RANGE_ROW if ranged else SLIDER_ROW
        if height != self.row.base_height:
            self.row.base_height = height
            self.row.relayout()
        if span is not None:
            self._show_note(span, shown)

    def _show_tools(self, span: Range | None) -> None:
        title, ranged = self.row.spec.title, span is not None
        self.tool.setAccessibleDescription("" if span is None else range_words(span, self.row.spec))
        if self.tool.isChecked() != ranged or self.menu_button.isHidden() == ranged:
            self.tool.setChecked(ranged)
            self.tool.set_name(f"Remove the range of {title}" if ranged else f"Make a range of {title}")
            self.tool.updateGeometry()
            self.menu_button.setVisible(ranged)

    def _show_bars(self, span: Range | None, law: Range | None) -> None:
        slider, scale = self.row.slider, self.row.scale
        if slider is None or scale is None:
            return
        slider.carries = span is not None
        if span is None:
            slider.set_range(None, None)
        else:
            slider.set_range(scale.fraction(span.low), scale.fraction(span.high))
        if law is not None:
            low, high = _interval(law)
            slider.set_density(density(law, scale), (scale.fraction(low), scale.fraction(high)))
        else:
            slider.set_density(() if span is None else density(span, scale))

    def _show_note(self, span: Range, shown: Shown) -> None:
        """Say where the range does not stand around what the engine uses: a card was changed, or a file."""
        used = shown.value if shown.value is not None else shown.auto.value
        if not isinstance(used, int | float) or abs(used - span.mode) <= _APART * abs(used):
            return
        spec = self.row.spec
        here, there = value_text_short(span.mode, spec), value_text_short(float(f"{used:.3g}"), spec)
        who = "The catalogue says" if shown.value is None else "The plan uses"
        moved = around(span, spec.path, float(used))
        remedies = [(f"Range around {there}", moved)] if moved.mode == used else []
        note = Refusal(f"{who} {there}, the range stands around {here}.", list(remedies), note=True)
        note.chosen.connect(self._send)
        self.row.set_extra(note)

    def place(self) -> None:
        """The line lies below the slider."""
        width = self.row.width() - 2 * px(MARGIN)
        self.line.setGeometry(px(MARGIN), px(_LINE_TOP), width, px(_LINE_HEIGHT))

    # -- asking
    def toggle(self) -> None:
        """A point becomes a range, a range a point."""
        self.row.range_asked.emit(self.row.spec.path, True)
        self.tool.setChecked(self.span is not None)  # a click alone would have turned it

    def say_no_value(self) -> None:
        """Say why there is nothing to make a range of."""
        self.row.set_extra(Echo("No value yet: type one, then make it a range."))

    def _send(self, span: object, gesture: int | None = None) -> None:
        self.row.edited.emit(f"ranges.{self.row.spec.path}", span, gesture)

    def open_menu(self) -> None:
        """Shapes, the default ends, and the way back to a point."""
        span = self.span
        if span is None:
            return
        self.menu = menu = Menu("", self.row)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for shape in SHAPES:
            action = QAction(f"{SHAPE_NAMES[shape]}: {SHAPE_WORDS[shape]}", menu)
            action.setCheckable(True)
            action.setChecked(shape == span.shape)
            if shape == "lognormal" and span.low <= 0:
                action.setEnabled(False)
                action.setToolTip("Its low must be above 0")
            action.triggered.connect(lambda _checked=False, shape=shape: self._reshape(shape))
            group.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        usual = menu.addAction("Default low and high")
        usual.triggered.connect(lambda: self.row.range_asked.emit(self.row.spec.path, False))
        menu.addAction("Remove range").triggered.connect(self.toggle)
        menu.popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height() + px(4))))

    def _reshape(self, shape: Shape) -> None:
        span = self.span
        if span is not None and shape != span.shape:
            self._send(Range(low=span.low, mode=span.mode, high=span.high, shape=shape))

    # -- a gesture of the slider
    def hold(self) -> None:
        """A gesture begins: ends move along with the value from where they are now."""
        self._held = self.span

    def carry(self, value: float, gesture: int | None) -> bool:
        """Move value and range together; whether there was a range to move."""
        held = self._held or self.span
        if self.span is None or held is None:
            return False
        whole = int(value) if self.row.is_whole else value
        self.row.carried.emit(self.row.spec.path, whole, around(held, self.row.spec.path, value), gesture)
        return True

    def move_end(self, end: End, value: float, gesture: int | None) -> None:
        """Move low or high, no further than the likely value."""
        span = self.span
        if span is None:
            return
        value = min(value, span.mode) if end == "low" else max(value, span.mode)
        if value != value_of(span, end) and (value > 0 or span.shape != "lognormal"):
            self._send(replaced(span, end, value), gesture)

    def _step(self, end: str, kind: str, sign: int) -> None:
        slider = self.row.slider
        if slider is not None:
            slider.set_active(end)
            slider.step(kind, sign)

    # -- typing
    def objection(self, value: object) -> str:
        """Return why a typed value cannot be the likely one of the range; empty if it can."""
        span = self.span
        if span is None or span.shape != "lognormal" or not isinstance(value, int | float) or value > 0:
            return ""
        shown = value_text_short(value, self.row.spec)
        return f"{shown} has no place in a lognormal range: allowed is above 0. Choose another shape first."

    def say_moved(self, before: Range | None) -> None:
        """Say that low and high moved along, where a typed value was beyond them."""
        span = self.span
        if before is None or span is None or before.low <= span.mode <= before.high:
            return
        low, high = (value_text_short(value_of(span, end), self.row.spec) for end in ("low", "high"))
        self.row.set_extra(Echo(f"Low and high moved along: {low} to {high}."))

    def _typed(self, which: str, text: str) -> None:
        span, end = self.span, next(end for end in ENDS if end == which)
        if span is None:
            return
        if text == value_text_short(value_of(span, end), self.row.spec):
            self.line.close_editor()
            self.row.settle()
            return
        found = read_end(text, end, self.row.spec, span)
        if isinstance(found, Refused):
            self._refuse(end, found, span)
            return
        self.line.close_editor()
        self.row.settle()
        self._take(end, found, span)

    def _take(self, end: End, value: float, span: Range) -> None:
        if end != "likely":
            self._send(replaced(span, end, value))
            return
        self.row.edited.emit(self.row.spec.path, int(value) if self.row.is_whole else value, None)
        self.say_moved(span)

    def _refuse(self, end: End, refused: Refused, span: Range) -> None:
        spec, kept = self.row.spec, value_of(span, end)
        self.line.refuse()
        self.row.extra_drop = _EDITOR_DROP
        remedies: list[tuple[str, float]] = [(f"Keep {value_text_short(kept, spec)}", kept)]
        if refused.nearest is not None and refused.nearest != kept:
            remedies.append((f"Use {value_text_short(refused.nearest, spec)}", refused.nearest))
        message = Refusal(refused.message, list(remedies))
        message.chosen.connect(lambda value: self._take_remedy(end, value))
        self.row.set_extra(message)

    def _take_remedy(self, end: End, value: float) -> None:
        span = self.span
        self.line.close_editor()
        self.row.settle()
        if span is not None and value != value_of(span, end):
            self._take(end, value, span)
        self.line.ends[end].setFocus(Qt.FocusReason.OtherFocusReason)


def _interval(law: Range) -> tuple[float, float]:
    from planner.evidence.asked import interval_of  # not before the section of measurements is open

    return interval_of(law)


def _law_words(law: Range) -> str:
    low, high = _interval(law)
    return f"by measurements, 90% between {low:.2f} and {high:.2f}"
