"""How sure the plan is: what moves it, how often each strategy wins, what it may cost, when it pays back."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from planner.engine.matters import Matters, advice, worth_words
from planner.engine.sensitivity import Swings
from planner.engine.sobol import Indices
from planner.ui.kit.buttons import Button
from planner.ui.kit.choice import Segmented
from planner.ui.kit.panels import Panel, PanelLook
from planner.ui.kit.states import ProgressLine
from planner.ui.kit.text import Icon, Text
from planner.ui.plots.figures.drawn import pair_of
from planner.ui.plots.figures.fan import Fan
from planner.ui.plots.figures.matters import MattersFigure
from planner.ui.plots.figures.risk import Chances, Paybacks, Ranking
from planner.ui.plots.figures.saving import SavingHistogram
from planner.ui.plots.figures.tornado import TornadoFigure
from planner.ui.tabs.page import Page, Row
from planner.ui.tabs.risk_studies import Compared, Studies
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
    """Tornado, ranking, fan, saving, what matters, payback and chances over draws."""

    title = "Risk"

    def __init__(self) -> None:
        super().__init__()
        self.advice, self.counter = Advice(), Counter()
        self.ranking, self.fan = Ranking(self.advice), Fan()
        self.saving, self.paybacks, self.chances = SavingHistogram(), Paybacks(), Chances()
        self.tornado, self.matters = TornadoFigure(), MattersFigure()
        self.studies = Studies(self)
        self._swings: Swings | None = None
        self._stopped = False
        self.advice.say("", "")
        self._connect()
        self.lay_out(
            (self.ranking, self.fan, self.saving, self.paybacks, self.chances),
            (
                Row(((self.counter, 100),), least=46, stretch=0),
                Row(((self.tornado.card, 60), (self.ranking.card, 40)), least=330),
                Row(((self.fan.card, 60), (self.saving.card, 40)), least=270),
                Row(((self.matters.card, 100),), least=330, stretch=0),
                Row(((self.paybacks.card, 100),), least=220, stretch=0),
                Row(((self.chances.card, 100),), least=236, stretch=0),
            ),
        )
        for figure in (self.tornado, self.matters):
            figure.card.full_size_asked.connect(lambda card=figure.card: self.toggle_full_size(card))

    def _connect(self) -> None:
        self.counter.counts.chosen.connect(self._ask)
        self.counter.cancel.clicked.connect(self._stop_counting)
        self.tornado.input_asked.connect(self.input_requested)
        self.matters.input_asked.connect(self.input_requested)
        self.matters.sobol_asked.connect(self._ask_sobol)
        self.matters.sobol_stopped.connect(self.studies.stop_index)
        self.studies.swung.connect(self._show_swings)
        self.studies.studied.connect(self._show_matters)
        self.studies.progressed.connect(self.matters.set_counting)
        self.studies.indexed.connect(self._show_indices)
        self.studies.failed.connect(self.problem_met)

    # -- what the window hands over
    def show_view(self, view: View) -> None:
        """Show what is counted so far."""
        fresh = self.view is None or self.view.results is not view.results
        if fresh:
            self._stopped = False
            self.studies.leave()
            self.matters.set_counting(None)
        super().show_view(view)
        self._show_state(view)

    def show_doubt(self, view: View) -> None:
        """Show more draws."""
        super().show_doubt(view)
        self._show_state(view)

    def stop(self) -> None:
        """Leave nothing running."""
        self.studies.stop()

    def _show_state(self, view: View) -> None:
        self.counter.show_view(view, stopped=self._stopped)
        doubted = view.doubted
        for figure, found in ((self.tornado, self._swings), (self.matters, self.matters.found)):
            figure.card.set_dimmed("counting draws" if doubted is None and found is not None else "")
        if doubted is None or view.dragging:
            return
        if self._swings is not None:
            self._show_swings(self._swings)
        if doubted.done or self._stopped:
            self.studies.study(doubted, view, self._compared(view))

    def _compared(self, view: View) -> Compared:
        pair = pair_of(view)
        return (view.selected, None) if pair is None else (pair.mine, pair.other)

    # -- answers
    def _show_swings(self, found: Swings) -> None:
        self._swings = found
        if self.view is not None:
            self.tornado.show_swings(found, *self._compared(self.view))

    def _show_matters(self, found: Matters) -> None:
        self.matters.show_matters(found)
        said, worth = advice(found), worth_words(found)
        self.advice.say(
            said.heading, f"{said.text} {worth[:1].upper()}{worth[1:]}{'.' if worth else ''}".strip()
        )

    def _show_indices(self, found: Indices | None) -> None:
        self.matters.set_counting(None)
        if found is not None and self.matters.found is not None:
            self.matters.show_matters(self.matters.found.with_indices(found))

    # -- what the user asks for
    def _ask(self, key: str) -> None:
        self._stopped = False
        self.draws_asked.emit(int(key))

    def _stop_counting(self) -> None:
        self._stopped = True
        self.draws_asked.emit(0)
        if self.view is not None:
            self._show_state(self.view)

    def _ask_sobol(self) -> None:
        view = self.view
        if view is not None and view.doubted is not None:
            self.studies.index(view.doubted, view, self._compared(view))
