"""What matters most: everything that is known of each uncertain input, the most worth knowing first."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import Signal

from planner.engine.flip_points import FlipPoint
from planner.engine.matters import Matter, Matters
from planner.scenario.model import spec_for
from planner.ui.kit.buttons import Button
from planner.ui.kit.table import Cell
from planner.ui.plots.card import Hooks
from planner.ui.plots.figures.common import Figure
from planner.ui.plots.figures.drawn import named
from planner.ui.plots.figures.matters_chart import (
    NO_FLIP,
    MatterHeads,
    MatterRow,
    MattersChart,
    Three,
    index_text,
    signed,
)
from planner.ui.plots.figures.matters_rows import value_text
from planner.ui.theme import STRATEGY_SHORT
from planner.ui.view import View
from planner.units import EN_DASH, MISSING, format_quantity

COUNTING: Final = "Counting draws"
TITLE: Final = "What matters"
_COMPUTE, _STOP = "Sobol indices", "Stop"


def flip_text(point: FlipPoint) -> str:
    """Where an input flips the choice: "API below 430k"."""
    whole = spec_for(point.path).kind == "integer"
    side = "below" if point.below else "from" if whole else "above"
    if whole and point.below:
        side = "up to"
    who = "none left" if point.strategy is None else STRATEGY_SHORT[point.strategy]
    return f"{who} {side} {value_text(point.path, point.value)}"


class MattersFigure(Figure):
    """Inputs with rank correlation, worth of knowing, flips, and Sobol indices where they were asked for.

    Signals
    -------
    input_asked(str)
        Path of the input whose row was opened.
    sobol_asked(), sobol_stopped()
        The user wants Sobol indices, or no longer.
    """

    input_asked = Signal(str)
    sobol_asked = Signal()
    sobol_stopped = Signal()

    def __init__(self) -> None:
        self.chart = MattersChart(TITLE)
        self.button = Button(_COMPUTE, small=True)
        self.button.setToolTip("Shares of the variance that each input makes, alone and with others")
        self.found: Matters | None = None
        self._counting = False
        super().__init__(TITLE, "", self.chart, Hooks(self.table, self.describe), [self.button])
        self.button.clicked.connect(self._press)
        self.chart.input_asked.connect(self.input_asked)
        self.chart.more_asked.connect(lambda: self.card.show_table(True))
        self.button.hide()
        self.blank(COUNTING)

    def take(self, view: View) -> None:
        """Nothing: it is given `Matters`, which are computed beside the view."""

    # -- what is shown

    def show_matters(self, found: Matters | None) -> None:
        """Show other findings; None while draws are counted."""
        self.found = found
        if found is None:
            self.blank(COUNTING)
        elif not found.rows:
            self.blank("No input has a range", "Give inputs a low and a high value in the panel.")
        else:
            self.blank("")
            self._show(found)
        self._show_button()
        self.card.refresh()

    def _show(self, found: Matters) -> None:
        what = f"cost of {named(found.strategy)}"
        if found.against is not None:
            what = f"saving of {named(found.strategy)} against {named(found.against)}"
        self.say(TITLE, f"{what}, {found.draws:,} draws{self._gaps(found)}")
        rows: list[MatterRow] = []
        for row in found.rows:
            tied = next((each.path for each in rows if each.path in row.tied), "")
            rows.append(self._row(row, found, spec_for(tied).title if tied else ""))
        self.chart.set_rows(rows, self._heads(found))

    @staticmethod
    def _gaps(found: Matters) -> str:
        """In how many draws, and in how many rows of the Sobol indices, what is compared fits."""
        who, gaps = "it fits" if found.against is None else "both fit", ""
        if found.fits_frac < 1.0:
            gaps += f"; {who} in {format_quantity(found.fits_frac, 'chance')}"
        if found.complete_frac < 1.0:
            gaps += f"; Sobol: in {format_quantity(found.complete_frac, 'chance')} of rows"
        return gaps

    @staticmethod
    def _heads(found: Matters) -> MatterHeads:
        known = found.known
        if known.fixed is None:
            now = format_quantity(known.right_frac, "chance")
            return MatterHeads(f"Right choice, now {now}", 1.0 - known.right_frac)
        if known.perfect_usd <= 0.0:
            return MatterHeads()
        most = format_quantity(known.perfect_usd, "usd", figures=2)
        return MatterHeads(f"Worth knowing, of {most}", known.perfect_usd)

    def _row(self, row: Matter, found: Matters, shared: str) -> MatterRow:
        worth = row.right_gain_frac if found.known.fixed is None else row.worth_usd
        flips = tuple((point.strategy or "", flip_text(point)) for point in row.flips)
        return MatterRow(
            path=row.path,
            correlation=row.correlation,
            worth=worth,
            worth_text=self._worth_text(row, found),
            flips=flips,
            first=row.first,
            total=row.total,
            shared=shared if math.isfinite(row.first[0]) else "",
            words=self._words(row, found),
        )

    @staticmethod
    def _worth_text(row: Matter, found: Matters) -> str:
        if found.known.fixed is None:
            gain = row.right_gain_frac
            return f"+{format_quantity(gain, 'frac', figures=2)}" if gain >= 0.0005 else MISSING
        return format_quantity(row.worth_usd, "usd", figures=2) if row.worth_usd > 0.0 else MISSING

    def _words(self, row: Matter, found: Matters) -> str:
        worth = self._worth_text(row, found)
        kind = "more often right" if found.known.fixed is None else "worth of knowing"
        parts = [f"rank correlation {signed(row.correlation)}"]
        parts.append(f"{kind} {worth if worth != MISSING else 'none'}")
        parts.append(", ".join(flip_text(point) for point in row.flips) or NO_FLIP)
        if math.isfinite(row.first[0]):
            tied = "".join(f" with {spec_for(path).title}" for path in row.tied)
            indices = f"{index_text(row.first[0])} alone, {index_text(row.total[0])} with others"
            parts.append(f"Sobol{tied} {indices}")
        return f"{row.title}: {'; '.join(parts)}"

    # -- Sobol indices on demand

    def set_counting(self, done: int | None, whole: int = 0) -> None:
        """Say how many runs of the Sobol indices are done; None when they are, or were stopped."""
        self._counting = done is not None
        if done is None:
            self.card.set_counting(None)
        else:
            self.card.set_counting(done / max(1, whole), f"{done:,} of {whole:,} runs")
        self._show_button()

    def _show_button(self) -> None:
        rows = () if self.found is None else self.found.rows
        known = any(math.isfinite(row.first[0]) for row in rows)
        self.button.set_text(_STOP if self._counting else _COMPUTE)
        self.button.setVisible(self._counting or (bool(rows) and not known))

    def _press(self) -> None:
        (self.sobol_stopped if self._counting else self.sobol_asked).emit()

    # -- the same in figures and in words

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """Everything of every input."""
        found = self.found
        right = found is not None and found.known.fixed is None
        headers = ["Input", "Rank correlation", "More often right" if right else "Worth of knowing"]
        headers.append("Flips the choice")
        if found is None:
            return headers, []
        known = self.chart.has_indices
        if known:
            headers += ["Sobol alone", "90%", "Sobol with others", "90% ", "Shared with"]
        return headers, [self._cells(row, found, known=known) for row in found.rows]

    def _cells(self, row: Matter, found: Matters, *, known: bool) -> list[Cell]:
        worth = row.right_gain_frac if found.known.fixed is None else row.worth_usd
        finite = math.isfinite(row.correlation)
        cells = [
            Cell(row.title),
            Cell(signed(row.correlation), row.correlation if finite else None),
            Cell(self._worth_text(row, found), worth),
            Cell(", ".join(flip_text(point) for point in row.flips) or NO_FLIP),
        ]
        if known:
            cells += [*_index_cells(row.first), *_index_cells(row.total)]
            cells.append(Cell(", ".join(spec_for(path).title for path in row.tied)))
        return cells

    def describe(self) -> str:
        """Every input in words, the most worth knowing first."""
        if self.found is None:
            return f"{COUNTING}."
        parts = [self._words(row, self.found) for row in self.found.rows]
        return ". ".join(parts) + "." if parts else "No input has a range."


def _index_cells(values: Three) -> list[Cell]:
    if not math.isfinite(values[0]):
        return [Cell(MISSING), Cell(MISSING)]
    span = EN_DASH.join(index_text(value) for value in values[1:])
    return [Cell(index_text(values[0]), values[0]), Cell(span, values[1])]
