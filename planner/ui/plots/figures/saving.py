"""The saving draw by draw, as a histogram."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.engine.risk import Risk
from planner.ui.kit.table import Cell
from planner.ui.plots.base import (
    Note,
    Notes,
    Plot,
    PlotLook,
    linear_axis,
)
from planner.ui.plots.card import Hooks
from planner.ui.plots.figures.common import (
    labeller,
    short,
    writer,
)
from planner.ui.plots.figures.drawn import (
    DrawnFigure,
    counting_text,
    named,
    pair_of,
    savings_of,
)
from planner.ui.plots.frame import floats
from planner.ui.plots.shapes import Columns, LimitLine, LimitLook
from planner.ui.view import View

_USD = writer("usd")
_USD2 = writer("usd", 2)
_BINS: Final = 36
_TAIL: Final = 0.5
"""Percent of draws beyond either end of the histogram; its last bars hold them."""


class SavingHistogram(DrawnFigure):
    """How much less the selected strategy costs than the baseline, draw by draw."""

    def __init__(self) -> None:
        self.plot = Plot("Saving over draws", PlotLook(gutter=None))
        self._bars, self._notes = Columns(), Notes()
        self._lines = [LimitLine(LimitLook(axis="x", tone="ink", solid=True)) for _ in range(3)]
        for item in (self._bars, *self._lines, self._notes):
            self.plot.add(item)
        self._edges, self._counts = floats(()), floats(())
        self._ends: dict[int, float] = {}
        self._said_of = ""
        super().__init__("Saving", self.plot, Hooks(self.table, self.describe))
        self.plot.view_box.geometryChanged.connect(self._place)

    def take_draws(self, view: View, risk: Risk) -> None:
        """Bars, the three percentiles, axes."""
        pair = pair_of(view)
        saved = savings_of(risk, pair) if pair is not None else floats(())
        if pair is None or not saved.size:
            self.say("Saving", "")
            self.blank("There is nothing to compare with")
            self._edges, self._counts, self._ends = floats(()), floats(()), {}
            return
        self.blank("")
        low, high = np.percentile(saved, [_TAIL, 100.0 - _TAIL])
        if high - low < 1e-9 * max(abs(low), abs(high), 1.0):
            low, high = low - 0.5, high + 0.5
        edges = np.linspace(low, high, _BINS + 1)
        counts, _ = np.histogram(np.clip(saved, low, high), edges)
        self._edges, self._counts = floats(edges), floats(counts)
        centres = (edges[1:] + edges[:-1]) / 2.0
        self._bars.set(edges, counts, [pair.mine if centre > 0 else "strong" for centre in centres])
        percents = (10, 50, 90)
        values = np.percentile(saved, percents).tolist()
        self._ends = dict(zip(percents, values, strict=True))
        for line, value in zip(self._lines, values, strict=True):
            line.set(value)
        top = 1.16 * float(counts.max())
        self.plot.set_axes(
            linear_axis(float(low), float(high), labeller("usd"), count=4, grid=False, snap=False),
            linear_axis(0.0, top, lambda ticks: [""] * len(ticks), count=2, grid=False, snap=False),
        )
        self._said_of = f"{short(pair.mine)} against {named(pair.other)}"
        self.say(f"Saving against {named(pair.other)}", f"of {short(pair.mine)}, {counting_text(risk)}")
        self._place()

    def _place(self) -> None:
        """Name the three lines; those on the right of the middle read leftwards where they would be cut."""
        if not self._ends:
            self._notes.set([])
            return
        top = self.plot.y_spec.hi
        low, high = self.plot.x_spec.ends
        notes = []
        for percent, value in self._ends.items():
            text = f"P{percent} {_USD2(value)}"
            left = percent == 10 or (value - low) / (high - low) > 0.72
            dy = 8 if percent != 50 else 24
            notes.append(
                Note(value, top, text, -6 if left else 6, dy, "r" if left else "l", "ink", 500, ground=True)
            )
        self._notes.set(notes)

    def table(self) -> tuple[list[str], list[list[Cell]]]:
        """The bars."""
        rows = []
        for low, high, count in zip(self._edges[:-1], self._edges[1:], self._counts, strict=True):
            span = f"{_USD(float(low))} to {_USD(float(high))}"
            rows.append([Cell(span, float(low)), Cell(f"{count:,.0f}", float(count))])
        return ["Saving", "Draws"], rows

    def describe(self) -> str:
        """The percentiles in words."""
        if not self._ends:
            return "No draws to show."
        parts = ", ".join(f"P{percent} {_USD2(value)}" for percent, value in self._ends.items())
        return f"Saving of {self._said_of}: {parts}."
