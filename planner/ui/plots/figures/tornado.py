"""What moves the saving, or the cost: a tornado over all inputs that have a range."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import Signal

from planner.engine.results import FIGURES
from planner.engine.sensitivity import Swing, Swings, Tornado
from planner.scenario.model import spec_for
from planner.ui.kit.choice import Segmented
from planner.ui.kit.table import Cell
from planner.ui.plots.card import Hooks
from planner.ui.plots.figures.common import Figure
from planner.ui.plots.figures.drawn import named
from planner.ui.plots.figures.matters_rows import two_values
from planner.ui.plots.figures.tornado_bars import ENDS_TEXT, SwingRow, TornadoBars
from planner.ui.theme import STRATEGY_SHORT
from planner.ui.view import View
from planner.units import MISSING, format_quantity

COUNTING: Final = "Moving one input after the other"
COMPARED: Final = (("saving", "Saving"), ("cost", "Cost"))


class TornadoFigure(Figure):
    """A tornado of what one strategy saves against another, or of its own cost, as switched.

    Signals
    -------
    input_asked(str)
        Path of the input whose bar was opened.
    """

    input_asked = Signal(str)

    def __init__(self) -> None:
        self.bars = TornadoBars("What moves the saving", "usd")
        self.compared = Segmented("What is moved", COMPARED, "saving")
        self.tornado: Tornado | None = None
        self._swings: Swings | None = None
        self._pair: tuple[str, str | None] = ("", None)
        hooks = Hooks(self.table, self.describe)
        super().__init__("What moves the saving", "", self.bars, hooks, [self.compared])
        self.compared.chosen.connect(lambda _key: self._again())
        self.bars.input_asked.connect(self.input_asked)
        self.bars.more_asked.connect(lambda: self.card.show_table(True))
        self.blank(COUNTING)

    def take(self, view: View) -> None:
        """Nothing: it is given `Swings`, which are computed beside the view."""

    def show_swings(self, swings: Swings | None, mine: str, other: str | None) -> None:
        """Show other swings, of what ``mine`` saves against ``other``; None while they are computed."""
        self._swings, self._pair = swings, (mine, other)
        self._again()

    def _again(self) -> None:
        swings, (mine, other) = self._swings, self._pair
        self.compared.setVisible(other is not None)
        if swings is None or mine not in swings.values or (other is not None and other not in swings.values):
            self.tornado = None
            self.blank(COUNTING)
            return
        against = other if self.compared.current == "saving" else None
        self.tornado = found = swings.tornado(mine, against)
        self._head(found)
        self.blank(*self._why_not(found, swings))
        unit = FIGURES[found.figure].unit
        self.bars.set_rows([self._row(row, found) for row in found.rows], found.base, unit)
        self.card.refresh()

    def _head(self, found: Tornado) -> None:
        if found.against is None:
            self.say("What moves the cost", f"of {named(found.strategy)}")
        else:
            pair = f"{STRATEGY_SHORT[found.strategy]} against {named(found.against)}"
            self.say("What moves the saving", pair)
        self.bars.setAccessibleName(self.card.title)

    @staticmethod
    def _why_not(found: Tornado, swings: Swings) -> tuple[str, str]:
        if not found.rows:
            return "No input has a range", "Give inputs a low and a high value in the panel."
        if math.isfinite(found.base):
            return "", ""
        pair = [name for name in (found.strategy, found.against) if name is not None]
        missing = [name for name in pair if not math.isfinite(swings.values[name][0])]
        names = " and ".join(STRATEGY_SHORT[name] for name in missing)
        return f"{names} {'does' if len(missing) == 1 else 'do'} not fit", "At the most likely values."

    def _row(self, row: Swing, found: Tornado) -> SwingRow:
        low, high = two_values(row.path, row.low_input, row.high_input)
        return SwingRow(row.path, row.low, row.high, low, high, self._words(row, found))

    def _words(self, row: Swing, found: Tornado) -> str:
        low, high = two_values(row.path, row.low_input, row.high_input)
        ends = (f"{self._money(row.low, found)} at {low}", f"{self._money(row.high, found)} at {high}")
        return f"{spec_for(row.path).title}: {ends[0]}, {ends[1]}"

    @staticmethod
    def _money(value: float, found: Tornado) -> str:
        if not math.isfinite(value):
            return "does not fit"
        return format_quantity(value, FIGURES[found.figure].unit)

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Every input: where it was moved to, and what the figure is there."""
        word = "Cost" if self.tornado is not None and self.tornado.against is None else "Saving"
        headers = ["Input", "P10", "P90", f"{word}, P10", f"{word}, P90", "Swing"]
        if self.tornado is None:
            return headers, []
        return headers, [self._cells(row, self.tornado) for row in self.tornado.rows]

    def _cells(self, row: Swing, found: Tornado) -> list[Cell]:
        low, high = two_values(row.path, row.low_input, row.high_input)
        figures = [
            Cell(self._money(value, found), value if math.isfinite(value) else None)
            for value in (row.low, row.high)
        ]
        return [
            Cell(spec_for(row.path).title),
            Cell(low, row.low_input),
            Cell(high, row.high_input),
            *figures,
            Cell(self._money(row.width, found) if row.width else MISSING, row.width),
        ]

    def describe(self) -> str:
        """The base case, and the bars from the widest on."""
        found = self.tornado
        if found is None:
            return f"{COUNTING}."
        if not math.isfinite(found.base) or not found.rows:
            return f"{self._why_not(found, self._swings)[0]}." if self._swings is not None else ""
        parts = [f"{ENDS_TEXT.capitalize()}, base case {self._money(found.base, found)}"]
        parts += [self._words(row, found) for row in found.rows]
        return "; ".join(parts) + "."
