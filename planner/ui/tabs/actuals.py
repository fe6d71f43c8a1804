"""Plan and actual: what was paid beside what was planned, what it comes from, and the rest told anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from planner.app.background import Background
from planner.engine import actuals_words as words
from planner.engine.actuals import compare, recorded_strategies
from planner.engine.reforecast import Band, band, reforecast
from planner.errors import PlannerError
from planner.scenario.model import STRATEGY_IDS, StrategyId
from planner.ui.kit.buttons import Button, ButtonBase, IconButton
from planner.ui.kit.choice import ComboBox, Segmented
from planner.ui.kit.edit_table import EditTable
from planner.ui.kit.panels import Panel, PanelLook
from planner.ui.kit.text import Icon, Text
from planner.ui.plots.figures.actuals import CumulativeActual, MonthlyActual, Shown, VarianceByCategory
from planner.ui.plots.figures.common import Part, short
from planner.ui.tabs import actuals_rows as lists
from planner.ui.tabs.actuals_empty import NoActuals
from planner.ui.tabs.page import Page, Row
from planner.ui.theme import STRATEGY_SHORT
from planner.ui.view import View, strategy_run

QUIET_MS: Final = 250


class Heading(Panel):
    """How far off the plan, what the rest will cost, and what is to be known of both."""

    def __init__(self) -> None:
        super().__init__(look=PanelLook(pad=(14, 8, 14, 8)))
        self._icon = Icon("scale", 18, "ink2")
        self.sentence, self.rest = Text("", "banner", elide=True), Text("", "strong", elide=True)
        self.further = Text("", "muted", elide=True)
        said = QVBoxLayout()
        said.setSpacing(2)
        for text in (self.sentence, self.rest, self.further):
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            said.addWidget(text)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self._icon)
        line.addLayout(said, 1)
        self.body.addLayout(line)

    def say(self, sentence: str, rest: str, further: str = "", *, tone: str = "ink2") -> None:
        """Change the sentences."""
        for text, words_ in ((self.sentence, sentence), (self.rest, rest), (self.further, further)):
            text.setText(words_)
            text.setVisible(bool(words_))
        self._icon.set_icon("triangle-alert" if tone == "bad" else "scale", tone)
        self.setAccessibleName(f"{sentence} {rest}".strip())
        self.setAccessibleDescription(further)


class Tools(QWidget):
    """Which strategy is run, and how to bring in more."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = ComboBox("Strategy that is run", tall=True)
        self.paste = Button("Paste", small=True)
        self.bring = Button("Import actuals...", icon="download", small=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for widget in (self.runs, self.paste, self.bring):
            line.addWidget(widget)

    def offer(self, strategies: tuple[StrategyId, ...], current: str) -> None:
        """List the strategies that something is recorded of."""
        self.runs.set_options([(each, STRATEGY_SHORT[each]) for each in strategies], current)
        for each in strategies:
            self.runs.set_marker(each, each)
        self.runs.setVisible(len(strategies) > 1)


class Records(Part):
    """The records: by month or one by one, to be typed in; asks with ``changed`` (rows, undo text)."""

    changed = Signal(object, str)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.table = EditTable("Records")
        self.pages = Segmented("Records by", (("months", "By month"), ("records", "Records")), "months")
        self.remove = IconButton("x", "Remove the selected rows", "Del", size=15, quiet=True)
        copy = IconButton("copy", "Copy: Records", size=15, quiet=True)
        copy.clicked.connect(lambda: self.table.copy())
        self.card = Panel("Records", "", tools=[self.remove, copy, self.pages])
        self.card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.card.body.addWidget(self.table)
        self.setParent(self.card)
        self._view: View | None = None
        self._strategy: StrategyId = "api"
        self._planned: list[float] = []
        self._filled: tuple[object, ...] = ()
        self._rows = lists.Rows((), [], {}, [], [])
        self.pages.chosen.connect(lambda _key: self._fill())
        self.table.edited.connect(self._edit)
        self.table.removed.connect(self._remove)
        self.remove.clicked.connect(lambda: self._remove(self.table.picked()))

    def show(self, view: View) -> None:
        """A view alone does not say which strategy is run."""

    def show_rows(self, view: View, strategy: StrategyId, planned_usd: list[float]) -> None:
        """Show the records of a strategy; where they are the same, what is typed just now stays."""
        self._view, self._strategy, self._planned = view, strategy, planned_usd
        wanted = (view.plan.actuals, view.scenario.start_month, strategy, planned_usd)
        if wanted != self._filled:
            self._filled = wanted
            self._fill()

    def _fill(self) -> None:
        view = self._view
        if view is None:
            return
        by_month = self.pages.current == "months"
        rows = view.plan.actuals
        if by_month:
            self._rows = lists.month_rows(rows, view.scenario, self._strategy, self._planned)
        else:
            self._rows = lists.record_rows(rows, self._strategy)
        self.table.show_rows(self._rows.headers, self._rows.cells, self._rows.edits)
        said = "type in Paid or Requests; empty takes it away" if by_month else "Return edits, Delete removes"
        self.card.set_titles("Records", f"{short(self._strategy)}; {said}")

    def _edit(self, row: int, column: int, text: str) -> None:
        view = self._view
        if view is None or row >= len(self._rows.records):
            return
        field: lists.Field = "category" if column == 1 else "usd" if column == 2 else "requests"
        month = self._rows.months[row]
        try:
            rows = lists.edited(
                view.plan.actuals, self._rows.records[row], month, self._strategy, (field, text)
            )
        except PlannerError as problem:
            self.refused.emit(problem)
            return
        self.changed.emit(rows, f"Change actual of {month}")

    def _remove(self, numbers: list[int]) -> None:
        view = self._view
        gone = {at for row in numbers if row < len(self._rows.records) for at in self._rows.records[row]}
        if view is not None and gone:
            kept = tuple(row for at, row in enumerate(view.plan.actuals) if at not in gone)
            self.changed.emit(kept, "Delete actuals")


class ActualsPage(Page):
    """Plan and actual of the strategy that is run."""

    title = "Plan and actual"

    def __init__(self) -> None:
        super().__init__()
        self.heading, self.tools, self.records = Heading(), Tools(), Records()
        self.monthly, self.variance, self.cumulative = (
            MonthlyActual(),
            VarianceByCategory(),
            CumulativeActual(),
        )
        self.lay_out(
            (self.monthly, self.variance, self.cumulative, self.records),
            (
                Row(((self.heading, 100),), least=74, stretch=0),
                Row(((self.monthly.card, 62), (self.variance.card, 38)), least=196),
                Row(((self.cumulative.card, 50), (self.records.card, 50)), least=196),
            ),
        )
        self.empty = NoActuals()
        self._typing = False
        self._run: StrategyId | None = None
        self._shown: Shown | None = None
        self._stack = QStackedLayout()
        self._put_into_stack()
        self._bands = Background(self)
        self._bands.done.connect(self._take_band)
        self._bands.failed.connect(lambda _problem: None)  # the plan itself has failed the same way
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(QUIET_MS)
        self._wait.timeout.connect(self._count)
        self._connect()

    def _put_into_stack(self) -> None:
        outer = self.layout()
        assert isinstance(outer, QVBoxLayout)
        outer.removeWidget(self._scroll)
        for widget in (self.empty, self._scroll):
            self._stack.addWidget(widget)
        outer.addLayout(self._stack)

    def _connect(self) -> None:
        brings: tuple[ButtonBase, ...] = (self.tools.bring, self.empty.bring)
        pastes: tuple[ButtonBase, ...] = (self.tools.paste, self.empty.paste)
        for button in brings:
            button.clicked.connect(lambda: self.import_requested.emit())
        for button in pastes:
            button.clicked.connect(lambda: self.paste_requested.emit())
        self.empty.type_in.clicked.connect(self._type_in)
        self.tools.runs.chosen.connect(self._choose_run)
        self.records.changed.connect(self.actuals_changed)
        self.records.refused.connect(self.problem_met)

    @property
    def whole(self) -> QWidget:
        """The rows, or what stands in for them."""
        return self.empty if self._stack.currentWidget() is self.empty else self._content

    def stop(self) -> None:
        """Leave nothing running."""
        self._wait.stop()
        self._bands.stop()

    def _type_in(self) -> None:
        self._typing = True
        if self.view is not None:
            self.show_view(self.view)
        self.records.table.setFocus()

    def _choose_run(self, strategy: str) -> None:
        self._run = next((each for each in STRATEGY_IDS if each == strategy), None)
        if self.view is not None:
            self.show_view(self.view)

    def _strategy_of(self, view: View) -> StrategyId:
        """Return the strategy that is run: the one chosen here, the one recorded last, else the choice."""
        actuals = view.plan.actuals
        return self._run if self._run in recorded_strategies(actuals) else strategy_run(actuals, view)

    def show_view(self, view: View) -> None:
        """Compare at once; the range of the re-forecast follows when changes have stopped."""
        super().show_view(view)
        has_rows = bool(view.plan.actuals)
        seen = has_rows or self._typing
        self._stack.setCurrentWidget(self._scroll if seen else self.empty)
        self.tools.setVisible(seen)
        if not seen:
            self._shown = None
            self._wait.stop()
            return
        strategy = self._strategy_of(view)
        self.tools.offer(recorded_strategies(view.plan.actuals), strategy)
        try:
            compared = compare(view.results, view.catalog, view.plan.actuals, strategy)
            found = reforecast(view.results, view.catalog, compared)
        except PlannerError as problem:
            self._fail(problem)
            return
        # What nobody records is not in what was paid: it is not in the plan beside it either.
        beside = compared.planned_usd.sum(axis=0) if compared.groups else found.planned_by_month
        if not view.dragging:  # the list waits until the slider rests
            self.records.show_rows(view, strategy, [float(usd) for usd in beside])
        now, before = Shown(view, compared, found), self._shown
        self._shown = now if before is None or not before.is_like(now) else replace(now, doubt=before.doubt)
        self._show()
        if has_rows and self._shown.doubt is None:
            self._wait.start()

    def show_doubt(self, view: View) -> None:
        """Draws of the plan say nothing of the record; the page has its own."""

    def _fail(self, problem: PlannerError) -> None:
        self._shown = None
        self._wait.stop()
        self.heading.say(problem.message, problem.hint, tone="bad")
        for figure in (self.monthly, self.cumulative, self.variance):
            figure.blank("Nothing to compare with", problem.message, "triangle-alert")

    def _show(self) -> None:
        shown = self._shown
        if shown is None:
            return
        for figure in (self.monthly, self.cumulative, self.variance):
            figure.blank("")
            figure.show_actuals(shown)
        compared = shown.compared
        notes = words.notes(compared, shown.found)
        if not len(compared.months):
            some = bool(shown.view.plan.actuals)
            sentence = "No amounts are recorded within the plan." if some else "Nothing is recorded yet."
            self.heading.say(sentence, "Type what was paid in a month, or import invoices.", " ".join(notes))
            return
        # What is left out comes before the parts of what is there: it may turn the first sentence.
        further = " ".join(filter(None, [*notes, words.volume_text(compared)]))
        over = compared.total_variance_usd > words.NEARLY_FRAC * compared.total_planned_usd
        rest = words.reforecast_text(shown.found, shown.doubt)
        self.heading.say(words.variance_text(compared), rest, further, tone="warn" if over else "good")

    # -- the range
    def _count(self) -> None:
        shown = self._shown
        if shown is None or shown.view.dragging:
            self._wait.start()
            return

        def run() -> tuple[Shown, Band]:
            # Imported here: the page opens without them.
            from planner.engine.risk import drawn_ranges
            from planner.evidence.asked import physics_ranges
            from planner.export.job import SEED

            results = shown.view.results
            ranges = drawn_ranges(results.scenario, physics_ranges(results))
            return shown, band(shown.found, shown.view.catalog, shown.compared, ranges, seed=SEED)

        self._bands.start(run)

    def _take_band(self, answer: tuple[Shown, Band]) -> None:
        counted, found = answer
        now = self._shown
        if now is not None and now.is_like(counted):
            self._shown = replace(now, doubt=found if found.draws else None)
            self._show()
