"""The difference of two scenarios as a waterfall: totals at both ends, inputs between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal

from planner.errors import PlannerError
from planner.ui.kit.table import Cell
from planner.ui.plots.figures.bridge_chart import Bar, Waterfall, spans_of
from planner.ui.plots.figures.common import Figure, labeller
from planner.ui.plots.ticks import linear_axis
from planner.ui.view import View
from planner.units import format_quantity

if TYPE_CHECKING:
    from planner.engine.compare import Bridge, Step

    Words = Callable[[Step], str]

MOST_STEPS: Final = 8
REST: Final = "Other inputs"
_TOTAL: Final = "total_usd"


def usd(value: float, *, sign: bool = False) -> str:
    """An amount of money as the bars say it."""
    return format_quantity(value, "usd", sign=sign)


def drawn_steps(bridge: Bridge, title: Words, words: Words) -> list[Bar]:
    """Return the bars of the steps, decreases first; the smallest are one bar where there are too many."""
    steps = list(bridge.ordered())
    joined: list[Step] = []
    if len(steps) > MOST_STEPS:
        by_size = sorted(steps, key=lambda step: -abs(step.effects[_TOTAL]))
        joined = by_size[MOST_STEPS - 1 :]
        steps = [step for step in steps if step not in joined]
    bars = [
        Bar(
            title(step),
            step.effects[_TOTAL],
            usd(step.effects[_TOTAL], sign=True),
            words(step),
            key=step.paths[0],
        )
        for step in steps
    ]
    if joined:
        value = sum(step.effects[_TOTAL] for step in joined)
        bars.append(Bar(REST, value, usd(value, sign=True), "; ".join(title(step) for step in joined)))
    return bars


class BridgeFigure(Figure):
    """From A to B by the inputs that differ.

    Signals
    -------
    input_asked(str)
        Path of the input behind a bar.
    """

    input_asked = Signal(str)

    def __init__(self) -> None:
        self.chart = Waterfall("From A to B")
        super().__init__("From A to B", "", self.chart)
        self.bridge: Bridge | None = None
        self.chart.opened.connect(self._open)

    def _open(self, _row: int, part: int) -> None:
        key = self.chart.bars[part].key
        if key:
            self.input_asked.emit(key)

    def show(self, view: View) -> None:
        """A view alone says nothing of two scenarios."""

    def take(self, view: View) -> None:
        """Likewise."""

    def show_bridge(self, bridge: Bridge, ends: tuple[str, str], title: Words, words: Words) -> None:
        """Show a bridge between two named scenarios."""
        self.bridge = bridge
        before, after = bridge.before[_TOTAL], bridge.after[_TOTAL]
        bars = [
            Bar(ends[0], before, usd(before), strategy=bridge.strategies[0]),
            *drawn_steps(bridge, title, words),
            Bar(ends[1], after, usd(after), strategy=bridge.strategies[1]),
        ]
        spans = spans_of(bars)
        low, high = min(s[0] for s in spans), max(s[1] for s in spans)
        self.chart.set_bars(bars, linear_axis(low, high, labeller("usd"), count=4))
        said = [f"{bar.name} {bar.text}" for bar in bars]
        self.chart.set_twin(lambda: _twin(bridge, ends, title, words), "; ".join(said) + ".")
        self.card.set_counting(None)
        self.blank("")
        self.card.refresh()

    def show_problem(self, problem: PlannerError) -> None:
        """Say why there is no bridge."""
        self._forget()
        self.card.set_counting(None)
        self.blank(problem.message, problem.hint, "triangle-alert")

    def show_counting(self, done: int, of: int) -> None:
        """Say how far it is; what was shown for other plans is gone."""
        if self.bridge is not None or not of:
            self._forget()
            self.blank("Counting", "Every mix of the inputs that differ is costed.", "clock")
        self.card.set_counting(done / of if of else 0.0, f"{done:,} of {of:,} mixes" if of else "")

    def _forget(self) -> None:
        self.bridge = None
        self.chart.set_bars((), self.chart.axis)
        self.chart.set_twin(lambda: ([], []), "")


def _twin(
    bridge: Bridge, ends: tuple[str, str], title: Words, words: Words
) -> tuple[list[str], list[list[Cell]]]:
    """Return every step with both values, what it adds, and the total so far."""
    running = bridge.before[_TOTAL]
    rows = [[Cell(ends[0], weight=600), Cell(""), Cell(""), Cell(usd(running), running, weight=600)]]
    still = [step for step in bridge.steps if step.effects[_TOTAL] == 0.0]
    steps: Sequence[Step] = (*bridge.ordered(), *still)
    for step in steps:
        effect = step.effects[_TOTAL]
        running += effect
        tone = "" if effect == 0.0 else "good" if effect < 0.0 else "bad"
        text = usd(effect, sign=True) if effect else "none"
        row = [
            Cell(title(step)),
            Cell(words(step)),
            Cell(text, effect, tone=tone),
            Cell(usd(running), running),
        ]
        rows.append(row)
    after = bridge.after[_TOTAL]
    rows.append([Cell(ends[1], weight=600), Cell(""), Cell(""), Cell(usd(after), after, weight=600)])
    return ["Step", "From, to", "On the total", "Total"], rows
