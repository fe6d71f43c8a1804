"""What the search found: one sentence, what to change, and two ways to take it over."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from planner.catalog.load import Catalog
from planner.engine.optimise import Candidate, Outcome
from planner.engine.optimise_words import (
    change_rows,
    change_words,
    figure_words,
    method_words,
    missed_words,
    sentence,
)
from planner.engine.results import FIGURES
from planner.scenario.model import STRATEGY_WORDS
from planner.ui.kit.buttons import Button, LinkButton
from planner.ui.kit.layout import hbox
from planner.ui.kit.panels import Panel
from planner.ui.kit.states import Empty, ProgressLine
from planner.ui.kit.table import Cell, Row, Table
from planner.ui.kit.text import Icon, Text
from planner.ui.theme import px
from planner.units import MISSING, format_quantity

SHOWN: Final = ("total_usd", "carbon_kgco2e", "quality", "quality_lowest", "latency_p95_s")
_ROW: Final = 28
_LOWER_IS_BETTER: Final = ("total_usd", "carbon_kgco2e", "latency_p95_s")
_NOTABLE: Final = 0.005


class ResultPanel(Panel):
    """The best plan, or another one of the front.

    Signals
    -------
    search_asked(), stop_asked()
        Search; stop searching.
    apply_asked(), open_asked()
        Make the plan shown the active scenario's; open it as a scenario of its own.
    best_asked()
        Show the best plan again.
    """

    search_asked = Signal()
    stop_asked = Signal()
    apply_asked = Signal()
    open_asked = Signal()
    best_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Best plan", "")
        self.outcome: Outcome | None = None
        self.shown: Candidate | None = None
        self.empty = Empty("wand-sparkles", "No search yet", "", "Search")
        self.empty.acted.connect(self.search_asked)
        self.sentence = Text("", "banner", wrap=True)
        self.method = Text("", "caption", wrap=True)
        self.stale = _Stale()
        self.stale.again.clicked.connect(self.search_asked)
        self.table = Table("What changes")
        self.table.setSortingEnabled(False)
        self.apply = Button("Apply", "primary")
        self.apply.clicked.connect(self.apply_asked)
        self.open = Button("Open as scenario")
        self.open.clicked.connect(self.open_asked)
        self.back = LinkButton("Back to the best")
        self.back.clicked.connect(self.best_asked)
        self.counting = Text("", "strong", wrap=True)
        self.line = ProgressLine("Plans tried")
        self.stop = Button("Stop", small=True)
        self.stop.clicked.connect(self.stop_asked)
        self._arrange()

    def _arrange(self) -> None:
        found = QWidget()
        column = QVBoxLayout(found)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.stale, self.sentence, self.method, self.table):
            column.addWidget(widget)
        column.addWidget(hbox(self.apply, self.open, None, self.back, gap=8))
        column.addStretch(1)
        running = QWidget()
        middle = QVBoxLayout(running)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(hbox((self.counting, 1), self.stop, gap=10))
        middle.addWidget(self.line)
        middle.addStretch(1)
        self._pages = QStackedLayout()
        for page in (self.empty, running, found):
            self._pages.addWidget(page)
        self.body.addLayout(self._pages, 1)

    # -- states

    def show_nothing(self, detail: str, action: str) -> None:
        """Nothing was searched yet."""
        self.outcome = self.shown = None
        self.empty.show_text("No search yet", detail, action)
        self.set_titles("Best plan", "")
        self._pages.setCurrentIndex(0)

    def show_problem(self, words: str, hint: str) -> None:
        """The plan cannot be searched."""
        self.outcome = self.shown = None
        self.empty.show_text(words, hint, "")
        self._pages.setCurrentIndex(0)

    def show_running(self, words: str, share: float) -> None:
        """Plans are being tried."""
        self.set_titles("Searching", "")
        self.counting.setText(words)
        self.line.set_share(min(share, 0.999))
        self._pages.setCurrentIndex(1)

    def show_outcome(self, outcome: Outcome, catalog: Catalog, candidate: Candidate | None = None) -> None:
        """Show the best plan of the goal, or another one of the front."""
        self.outcome = outcome
        best = outcome.best[outcome.goal]
        nearest = None if outcome.nearest is None else outcome.nearest.candidate
        self.shown = candidate or best or nearest
        is_best = self.shown == best and best is not None
        self.set_titles(
            "Best plan" if is_best else "Nearest plan" if best is None else "Plan of the front", ""
        )
        self.sentence.setText(
            sentence(outcome, catalog) if is_best or best is None else self._other(outcome, catalog)
        )
        self.method.setText(method_words(outcome))
        self._fill(outcome, catalog)
        usable = self.shown is not None and bool(self.shown.changes)
        self.apply.setEnabled(usable)
        self.open.setEnabled(usable)
        self.apply.setVisible(self.shown is not None)
        self.open.setVisible(self.shown is not None)
        self.back.setVisible(best is not None and not is_best)
        self._pages.setCurrentIndex(2)

    def set_stale(self, reason: str) -> None:
        """Say that the plan or the conditions are others by now; empty when they are not."""
        self.stale.say(reason)
        self.apply.set_text("Apply anyway" if reason else "Apply")

    def _other(self, outcome: Outcome, catalog: Catalog) -> str:
        shown = self.shown
        assert shown is not None
        how = change_words(shown.changes, outcome.scenario, catalog)
        figures = ", ".join(figure_words(shown, name) for name in ("total_usd", "carbon_kgco2e"))
        return f"{STRATEGY_WORDS[shown.strategy]}, {how}: {figures}, score {figure_words(shown, 'quality')}."

    def _fill(self, outcome: Outcome, catalog: Catalog) -> None:
        shown, now = self.shown, outcome.present
        rows: list[Row] = []
        if shown is not None:
            before = Cell(MISSING) if now is None else _strategy(now)
            rows.append(["Strategy", before, _strategy(shown)])
            changes = change_rows(shown.changes, outcome.scenario, catalog)
            rows += [[title, old, Cell(new, weight=600)] for _, title, old, new in changes]
            rows += [_figure_row(name, now, shown) for name in SHOWN]
        if outcome.nearest is not None and shown == outcome.nearest.candidate:
            rows += [["Misses", "", Cell(missed_words(m), tone="bad")] for m in outcome.nearest.missed]
        self.table.set_data(["", "Now", "Then", "Difference"], rows)
        self.table.setVisible(bool(rows))
        self.table.setFixedHeight(px(_ROW) * (len(rows) + 1) + 4)

    def retheme(self) -> None:
        """The table is as high as its rows."""
        rows = len(self.table.source.rows)
        if rows:
            self.table.setFixedHeight(px(_ROW) * (rows + 1) + 4)


class _Stale(QWidget):
    """Out of date: why, and a button."""

    def __init__(self) -> None:
        super().__init__()
        self.words = Text("", "label", wrap=True)
        self.again = Button("Search again", small=True)
        row = hbox(Icon("clock", 16), (self.words, 1), self.again, gap=8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row)
        self.hide()

    def say(self, reason: str) -> None:
        """Show the reason, or go."""
        self.words.setText(reason)
        self.setVisible(bool(reason))


def _strategy(candidate: Candidate) -> Cell:
    return Cell(STRATEGY_WORDS[candidate.strategy], marker=candidate.strategy)


def _figure_row(name: str, now: Candidate | None, then: Candidate) -> Row:
    """Return a figure now, then, and the signed difference; a range of energy has none."""
    after = figure_words(then, name)
    if now is None:
        return [FIGURES[name].title, MISSING, after, ""]
    before, change = figure_words(now, name), then.figures[name] - now.figures[name]
    ranged = name == "carbon_kgco2e" and {now.energy_range_frac, then.energy_range_frac} != {(1.0, 1.0)}
    if ranged or abs(change) <= _NOTABLE * abs(now.figures[name]):
        return [FIGURES[name].title, before, after, "" if ranged else "same"]
    good = (change < 0.0) == (name in _LOWER_IS_BETTER)
    text = format_quantity(change, FIGURES[name].unit, figures=2, sign=True)
    return [FIGURES[name].title, before, after, Cell(text, tone="good" if good else "bad")]
