"""The equation of a figure with its numbers, each of which opens its own; the way back is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.engine.equations.derivations import derivation, derivation_text, month_below
from planner.engine.equations.expressions import Quantity, quantities_in
from planner.engine.equations.plan import PlanEquations
from planner.engine.equations.steps import CALCULATED, Part, Step, step_of
from planner.engine.formulas import formulas_text
from planner.ui.kit import Cell, IconButton, LinkButton, Text, hbox
from planner.ui.kit.formula import FormulaBox
from planner.ui.kit.wide_table import WideTable

_HEADERS: Final = ("Put in", "Value", "Source", "Date")
_INPUT: Final = "input:"
_CRUMB_LENGTH: Final = 30
_COPIED_DEPTH: Final = 3
_TO: Final = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_DOTS: Final = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class ByMonth:
    """A quantity by month, and the month whose numbers are shown; None while all are summed."""

    values: tuple[float, ...]
    unit: str
    month: int | None


class Crumbs(QWidget):
    """The way from the figure to what is shown; each word before the last one leads back to it.

    Signals
    -------
    chosen(int)
        Go back to this place.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Way to this equation")
        self._titles: tuple[str, ...] = ()
        self.links: list[LinkButton] = []
        self.back = IconButton("chevron-left", "Back  (Alt+Left, Backspace)", size=14)
        self.back.clicked.connect(lambda: self.chosen.emit(len(self._titles) - 2))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._line: QWidget | None = None
        self.show_titles(("",))

    def show_titles(self, titles: Sequence[str]) -> None:
        """Show a way; long ones leave out their middle."""
        if tuple(titles) == self._titles:
            return
        self._titles = tuple(titles)
        had_focus = any(link.hasFocus() for link in self.links)
        if self._line is not None:
            self._column.removeWidget(self._line)
            self.back.setParent(self)
            self._line.deleteLater()
        self.links = []
        last = len(titles) - 1
        shown = [0, *range(max(1, last - 1), last)] if last else []
        parts: list[QWidget | int | tuple[QWidget, int] | None] = [self.back] if last else []
        for number, place in enumerate(shown):
            if number and place != shown[number - 1] + 1:
                parts += [Text(_DOTS, "muted"), Text(_TO, "muted")]
            link = LinkButton(_short(titles[place]))
            link.setAccessibleName(f"Back to {titles[place]}")
            link.setToolTip(titles[place])
            link.clicked.connect(lambda _checked=False, place=place: self.chosen.emit(place))
            self.links.append(link)
            parts += [link, Text(_TO, "muted")]
        self.here = Text(titles[last], "title", elide=True)
        self._line = hbox(*parts, (self.here, 1), gap=6)
        self.back.setVisible(bool(last))
        self._column.addWidget(self._line)
        if had_focus and self.links:
            self.links[-1].setFocus()


def _short(title: str) -> str:
    return title if len(title) <= _CRUMB_LENGTH else title[: _CRUMB_LENGTH - 1].rstrip() + _DOTS


class _Parts(WideTable):
    """Copies the whole derivation, not the table."""

    def __init__(self, text: Callable[[], str]) -> None:
        super().__init__("Numbers put in", 2, {0: 236, 1: 120, 3: 92})
        self._copied = text

    def as_text(self, *, selected_only: bool = False) -> str:
        """The derivation."""
        return self._copied()

    def copy(self, *, selected_only: bool = False) -> None:
        """Put the derivation on the clipboard."""
        QGuiApplication.clipboard().setText(self._copied())

    def table_text(self) -> str:
        """The table itself."""
        return super().as_text()


class EquationPanel(QWidget):
    """One equation at a time.

    Signals
    -------
    input_requested(str)
        Reveal the input at a dotted path.
    moved()
        Another equation, or other numbers, are shown.
    """

    input_requested = Signal(str)
    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._equations: PlanEquations | None = None
        self._by_key: dict[str, Quantity] = {}
        self._source_of: Callable[[str], tuple[str, str]] | None = None
        self.trail: list[str] = []
        self._months: list[int | None] = []
        self.step: Step | None = None
        self.crumbs = Crumbs()
        self.box = FormulaBox("Equation with its numbers")
        self.about = Text("", "muted", elide=True)
        self.parts = _Parts(self.as_text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.box)
        column.addWidget(self.about)
        column.addWidget(self.parts, 1)
        self.parts.linkOpened.connect(self._open)
        self.crumbs.chosen.connect(self.go_back_to)

    # -- what is shown
    def set_plan(self, equations: PlanEquations, source_of: Callable[[str], tuple[str, str]]) -> None:
        """Take another plan; the way stays as far as the plan has it."""
        if equations is not self._equations:
            self._by_key = {each.key: each for each in equations.quantities()}
        self._equations, self._source_of = equations, source_of
        known = [key in self._by_key for key in self.trail]
        if not all(known):
            self._cut(known.index(False))

    def set_stale(self, stale: bool) -> None:
        """Dim what is of an earlier plan."""
        self.box.set_stale(stale)

    def forget(self) -> None:
        """Begin anew: nothing is on the way, no month is chosen."""
        self._cut(0)
        self.step = None

    def start(self, keys: Sequence[str]) -> None:
        """Show the last of some keys, the others before it on the way."""
        self.trail = [key for key in keys if key in self._by_key]
        self._months = [None] * len(self.trail)
        self.show_again()

    def _cut(self, length: int) -> None:
        del self.trail[length:]
        del self._months[length:]

    def _add(self, key: str, month: int | None) -> None:
        self.trail.append(key)
        self._months.append(month)
        self.show_again()

    @property
    def month(self) -> int | None:
        """The month whose numbers were asked for; None where a telling one is taken."""
        return self._months[-1] if self._months else None

    def show_again(self) -> None:
        """Show the end of the way with the numbers of the plan."""
        if self._equations is None or not self.trail:
            return
        quantity = self._by_key[self.trail[-1]]
        step = step_of(self._equations, quantity, self.month)
        self._show_step(step, [self._by_key[key].title for key in self.trail])

    def show_alone(self, step: Step) -> None:
        """Show a step that belongs to no equation: words, and the inputs that it depends on."""
        self._cut(0)
        self._show_step(step, [step.title])

    def _show_step(self, step: Step, titles: Sequence[str]) -> None:
        self.step = step
        self.crumbs.show_titles(titles)
        when = "" if step.month is None else f" in month {step.month}"
        if step.numbers or self.trail:
            self.box.show_lines(f"{step.title} = {step.words}", step.numbers, f"= {step.value}{when}")
        else:
            self.box.show_lines(step.words, "", "")
        self.about.setText(_about(step))
        self.about.setVisible(bool(self.about.text()))
        place = self.parts.verticalScrollBar().value()
        self.parts.set_data(_HEADERS, [self._row(part) for part in step.parts])
        self.parts.verticalScrollBar().setValue(place)
        self.moved.emit()

    def _row(self, part: Part) -> list[Cell]:
        source, date = part.source, part.date
        if part.path and self._source_of is not None:
            source, date = self._source_of(part.path)
        link = part.key if part.opens else f"{_INPUT}{part.path}" if part.path else ""
        own = (
            self.step is not None and part.key == self.step.key
        )  # an input shown by itself reveals, not opens
        link = "" if own and not part.path else link
        tone = "muted" if source == CALCULATED else ""
        return [
            Cell(part.title, link=link),
            Cell(part.value, tone="ink", weight=500),
            Cell(source, tone=tone),
            Cell(date),
        ]

    @property
    def by_month(self) -> ByMonth | None:
        """The quantity shown by month, or the one that it sums; None where neither is."""
        quantity = self._by_key.get(self.trail[-1]) if self.trail else None
        if quantity is None:
            return None
        inner = quantity if quantity.is_monthly else self._summed(quantity)
        if inner is None:
            return None
        month = self.step.month if self.step is not None and quantity.is_monthly else None
        return ByMonth(tuple(map(float, inner.value)), inner.unit, month)

    def _summed(self, quantity: Quantity) -> Quantity | None:
        monthly = [q for q in quantities_in(quantity.equation) if q.is_monthly] if quantity.equation else []
        return monthly[0] if monthly and monthly[0].unit == quantity.unit else None

    # -- moving
    def show_month(self, month: int) -> None:
        """Show the numbers of a month; below a sum over months, open what is summed."""
        quantity = self._by_key.get(self.trail[-1]) if self.trail else None
        if quantity is None:
            return
        inner = None if quantity.is_monthly else self._summed(quantity)
        if inner is not None:
            self._add(inner.key, month)
            return
        self._months[-1] = month
        self.show_again()

    def _open(self, link: str) -> None:
        if link.startswith(_INPUT):
            self.input_requested.emit(link.removeprefix(_INPUT))
        elif link in self._by_key and self.step is not None:
            part = next(part for part in self.step.parts if part.key == link)
            self._add(link, month_below(self.step, part, self.month))
            self.parts.setCurrentIndex(self.parts.model().index(0, 0))

    def go_back(self) -> bool:
        """Show what was shown before; False where there is nothing."""
        if len(self.trail) < 2:
            return False
        self.go_back_to(len(self.trail) - 2)
        return True

    def go_back_to(self, place: int) -> None:
        """Show a place of the way again."""
        self._cut(place + 1)
        self.show_again()

    # -- copying
    def as_text(self) -> str:
        """The derivation as text, down to what was put in; of a figure without an equation, its inputs."""
        if self._equations is not None and self.trail:
            return derivation_text(derivation(self._equations, self.trail[-1], self.month), _COPIED_DEPTH)
        if self.step is None:
            return ""
        return "\n".join([f"{self.step.title} = {self.step.value}", self.step.words, self.parts.table_text()])


def _about(step: Step) -> str:
    """What the model says of an equation, and what is not listed."""
    words = formulas_text(step.equations)
    left = f"{step.left_out} terms are zero or put together" if step.left_out else ""
    return ". ".join(part for part in (words[:1].upper() + words[1:], left) if part)
