"""How sure the plan is: what moves it, how often each strategy wins, what it may cost, when it pays back."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from planner.ui.kit.buttons import Button
from planner.ui.kit.choice import Segmented
from planner.ui.kit.panels import Panel, PanelLook
from planner.ui.kit.states import ProgressLine
from planner.ui.kit.text import Icon, Text
from planner.ui.plots.figures.risk import Chances, Fan, Paybacks, Ranking, SavingHistogram
from planner.ui.tabs.page import Page, Row
from planner.ui.view import View

COUNTS = (("10000", "10k"), ("100000", "100k"), ("1000000", "1M"))


class Advice(Panel):
    """What to measure first, and why."""

    def __init__(self) -> None:
        super().__init__(look=PanelLook(fill="sunken", edge="sunken", pad=(12, 8, 12, 8), gap=2))
        self.words, self.why = Text("", "heading", wrap=True), Text("", "caption", wrap=True)
        line, column = QHBoxLayout(), QVBoxLayout()
        line.setSpacing(10)
        column.setSpacing(1)
        column.addWidget(self.words)
        column.addWidget(self.why)
        line.addWidget(Icon("lightbulb", 16))
        line.addLayout(column, 1)
        self.body.addLayout(line)

    def say(self, words: str, why: str) -> None:
        """Change the advice."""
        self.setVisible(bool(words))
        for part, text in ((self.words, words), (self.why, why)):
            if part.text() != text:
                part.setText(text)
        self.why.setVisible(bool(why))
        self.setAccessibleName(f"{words} {why}".strip())


class Counter(Panel):
    """How many draws are counted, how many are wanted, and a way to stop."""

    def __init__(self) -> None:
        super().__init__(look=PanelLook(pad=(14, 6, 10, 6), gap=4))
        self.words = Text("Counting draws", "label", elide=True)
        self.line = ProgressLine("Draws counted")
        self.counts = Segmented("Draws", COUNTS, "10000")
        self.cancel = Button("Stop", small=True)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Icon("chart-no-axes-combined", 16))
        row.addWidget(self.words, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.counts)
        self.body.addLayout(row)
        self.body.addWidget(self.line)

    def show_view(self, view: View, *, stopped: bool) -> None:
        """Say where it stands."""
        risk = view.risk
        counting = risk is None or (risk.draws < risk.planned and not stopped)
        self.cancel.setVisible(counting and risk is not None)
        if risk is None:
            self.line.set_share(None)
            self.words.setText("Counting draws")
            return
        own = len(view.doubted.own) if view.doubted is not None else 0
        ranges = f"{own} range{'' if own == 1 else 's'} of the plan"
        physics = len(risk.inputs) - own
        drawn = f"{ranges} and {physics} of the physics" if physics else ranges
        count = f"{risk.draws:,} of {risk.planned:,}" if risk.draws < risk.planned else f"{risk.draws:,}"
        self.words.setText(f"{count} draws over {drawn}, the same for all strategies, seed {risk.seed}")
        self.line.set_share(risk.draws / risk.planned if counting else None)


class RiskTab(Page):
    """Fan, ranking, saving, payback and chances over draws."""

    title = "Risk"

    def __init__(self) -> None:
        super().__init__()
        self.advice, self.counter = Advice(), Counter()
        self.ranking, self.fan = Ranking(self.advice), Fan()
        self.saving, self.paybacks, self.chances = SavingHistogram(), Paybacks(), Chances()
        self._stopped = False
        self.counter.counts.chosen.connect(self._ask)
        self.counter.cancel.clicked.connect(self._stop_counting)
        self.advice.say("", "")
        self.lay_out(
            (self.ranking, self.fan, self.saving, self.paybacks, self.chances),
            (
                Row(((self.counter, 100),), least=46, stretch=0),
                Row(((self.fan.card, 60), (self.ranking.card, 40)), least=330),
                Row(((self.paybacks.card, 60), (self.saving.card, 40)), least=260),
                Row(((self.chances.card, 100),), least=236, stretch=0),
            ),
        )

    def show_view(self, view: View) -> None:
        """Show what is counted so far."""
        self._stopped = False
        super().show_view(view)
        self.counter.show_view(view, stopped=False)

    def show_doubt(self, view: View) -> None:
        """Show more draws."""
        super().show_doubt(view)
        self.counter.show_view(view, stopped=self._stopped)

    def _ask(self, key: str) -> None:
        self._stopped = False
        self.draws_asked.emit(int(key))

    def _stop_counting(self) -> None:
        self._stopped = True
        self.draws_asked.emit(0)
        if self.view is not None:
            self.counter.show_view(self.view, stopped=True)
