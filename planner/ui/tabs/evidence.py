"""How right the physics is: measured runs beside what we say of them, and the ones closest to this plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.app.background import Background
from planner.catalog.load import Catalog
from planner.engine.calibration import Calibration, load_calibration
from planner.errors import PlannerError
from planner.evidence.asked import physics_ranges
from planner.evidence.names import Names
from planner.evidence.nearest import Near, nearest, tasks_of
from planner.evidence.reference import Reference, read_reference
from planner.evidence.validate import Report, validate
from planner.paths import resource
from planner.scenario.model import Scenario
from planner.ui.kit.buttons import Button
from planner.ui.kit.choice import Segmented
from planner.ui.kit.layout import ScrollArea
from planner.ui.kit.panels import Panel
from planner.ui.kit.states import Empty, Menu
from planner.ui.kit.table import Row, Table
from planner.ui.kit.text import Text
from planner.ui.kit.wide_table import WideTable
from planner.ui.plots.card import Hooks, PlotCard
from planner.ui.plots.cloud import Cloud
from planner.ui.plots.figures.common import log_labeller
from planner.ui.tabs import evidence_rows as lists
from planner.ui.tabs.own_runs import OwnRuns
from planner.ui.theme import px
from planner.ui.view import View

_LISTS: Final = (("worst", "Worst runs"), ("hardware", "By hardware"), ("source", "By source"))


@dataclass(frozen=True)
class Evidence:
    """The measured runs, and what is said of them."""

    reference: Reference
    report: Report
    calibration: Calibration
    names: Names


def gather(catalog: Catalog) -> Evidence:
    """Predict every measured run that travels with the program. Takes about a second."""
    reference = read_reference(resource("reference"))
    return Evidence(reference, validate(reference), load_calibration(), Names(catalog))


class EvidencePage(QWidget):
    """Scatter and errors of one prediction; a click in the list of predictions chooses it.

    Signals
    -------
    counted()
        The runs are predicted; the page has its figures.
    change_requested(object, str), problem_met(PlannerError)
        As those of a tab.
    """

    counted = Signal()
    change_requested = Signal(object, str)
    problem_met = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.evidence: Evidence | None = None
        self.problem: PlannerError | None = None
        self._view: View | None = None
        self._selected = ""
        self._near: list[Near] = []
        self.cloud = Cloud("Measured against predicted")
        self.read_out = Text("", "caption", wrap=True)
        self.read_out.setFixedHeight(px(32))
        self.plot_card = PlotCard(
            "Measured against predicted", "", self.cloud, hooks=Hooks(self._table, self._describe)
        )
        self.plot_card.body.addWidget(self.read_out)
        self.errors = Table("Errors by prediction")
        self.errors_card = Panel("How far off", "error of runs whose configuration was left out of the fit")
        self.own = OwnRuns(self, self._scenario, load_calibration())
        self.own.accepted.connect(self.change_requested)
        self.own.failed.connect(self.problem_met)
        menu = Menu("Own runs", self)
        menu.addAction("Import a table...").triggered.connect(lambda: self.own.ask())
        menu.addAction("Save an example...").triggered.connect(self._save_example)
        self.own_button = Button("Own runs", small=True, menu=menu)
        self.errors_card.add_tool(self.own_button)
        self.errors_card.body.addWidget(self.errors, 1)
        self.list = WideTable("Runs and groups", 0, {1: 82, 2: 82, 3: 56, 4: 96})
        self.which = Segmented("What to list", _LISTS, "worst")
        self.list_card = Panel("Runs", "")
        self.list_card.add_tool(self.which)
        self.list_card.body.addWidget(self.list, 1)
        self.near_card = Panel("Closest to this plan", "of the measured runs")
        self._near_list = QWidget()
        self._near_column = QVBoxLayout(self._near_list)
        self._near_column.setContentsMargins(0, 0, px(8), 0)
        self._near_column.setSpacing(4)
        self._near_column.addStretch(1)
        self.near_card.body.addWidget(ScrollArea(self._near_list, "Closest measured runs"), 1)
        self._work = Background(self)
        self._lay_out()
        self.errors.linkOpened.connect(self.select)
        self.which.chosen.connect(lambda _key: self._show_list())
        self.cloud.visited.connect(self._read)
        self._work.done.connect(self._take)
        self._work.failed.connect(self._fail)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widgets, stretch in (
            (((self.plot_card, 46), (self.errors_card, 54)), 52),
            (((self.list_card, 62), (self.near_card, 38)), 48),
        ):
            row = QHBoxLayout()
            row.setSpacing(12)
            for widget, share in widgets:
                row.addWidget(widget, share)
            column.addLayout(row, stretch)
        self.plot_card.show_empty(Empty("clock", "Predicting the measured runs", "About a second."))

    # -- what it shows
    def show_view(self, view: View) -> None:
        """Show a plan; the first time the runs are predicted, away from the window's thread."""
        self._view = view
        if self.evidence is not None:
            self._show_near()
        elif not self._work.busy and self.problem is None:
            catalog = view.catalog
            self._work.start(lambda: gather(catalog))

    def stop(self) -> None:
        """Leave nothing running."""
        self._work.stop()
        self.own.stop()

    def _scenario(self) -> Scenario:
        return Scenario() if self._view is None else self._view.scenario

    def _save_example(self) -> None:
        if self.evidence is not None:
            self.own.save_example(self._near, self.evidence.reference)

    def _take(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.plot_card.show_empty(None)
        studies = lists.studies_of(evidence.report)
        self._studies = {study.name: study for study in studies}
        if studies:
            self.select(self._selected or studies[0].name)
        self._show_near()
        self.counted.emit()

    def _fail(self, problem: PlannerError) -> None:
        self.problem = problem
        self.plot_card.show_empty(Empty("triangle-alert", problem.message, problem.hint))
        self.counted.emit()

    @property
    def selected(self) -> str:
        """Name of the prediction shown."""
        return self._selected

    def select(self, study: str) -> None:
        """Show another prediction."""
        if self.evidence is None or study not in self._studies:
            return
        self._selected = study
        own = self._studies[study]
        self.errors.set_data(
            lists.STUDY_HEADERS,
            lists.study_rows(tuple(self._studies.values()), study),
        )
        near = {(lists.key_of(near.row), near.row.file, near.row.id) for near in self._near}
        strong = frozenset(i for i, row in enumerate(own.rows) if (study, row.file, row.id) in near)
        unit = lists.axis_unit(own.unit)
        self.cloud.set_points(lists.points_of(own, self.evidence.reference), log_labeller(unit), strong)
        self.plot_card.set_titles(own.title, "bars hold 90%")
        self._show_list()
        self.plot_card.refresh()

    def _show_list(self) -> None:
        if self.evidence is None:
            return
        own, key = self._studies[self._selected], self.which.current
        if key == "worst":
            self.list.set_data(lists.WORST_HEADERS, lists.worst_rows(own, self.evidence.reference))
        else:
            headers = (key.capitalize(), *lists.GROUP_HEADERS[1:])
            self.list.set_data(headers, lists.group_rows(own, key))
        self.list_card.set_titles(dict(_LISTS)[key], own.title)

    def _read(self, words: str) -> None:
        self.read_out.setText(words or self._summary())

    def _summary(self) -> str:
        if not self._selected:
            return ""
        own = self._studies[self._selected]
        inside = sum(row.is_inside for row in own.rows)
        return f"{inside:,} of {len(own.rows):,} runs lie in their interval. Point at one to read it."

    # -- closest runs
    def _show_near(self) -> None:
        if self.evidence is None or self._view is None:
            return
        held, view = self.evidence, self._view
        found = [
            near
            for task in tasks_of(view.results, view.catalog)
            if (near := nearest(held.report, held.reference, held.names, task)) is not None
        ]
        if [(n.task, n.row.id) for n in found] == [(n.task, n.row.id) for n in self._near]:
            return
        self._near = found
        while self._near_column.count() > 1:
            item = self._near_column.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, near in enumerate(found):
            self._near_column.insertWidget(number, self._near_block(near))
        sure = Text(lists.sure_words(physics_ranges(view.results)), "caption", wrap=True)
        self._near_column.insertWidget(len(found), sure)
        if self._selected:
            self.select(self._selected)

    def _near_block(self, near: Near) -> QWidget:
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 4, 0, 6)
        column.setSpacing(1)
        head = QHBoxLayout()
        head.addWidget(Text(f"{near.task.title}, {near.task.setting}", "strong", wrap=True), 1)
        show = Button("Show", small=True)
        show.setAccessibleName(f"Show the run closest to: {near.task.title}")
        show.clicked.connect(lambda: self._point_at(near))
        head.addWidget(show)
        column.addLayout(head)
        column.addWidget(Text(lists.near_words(near), "muted", wrap=True))
        return block

    def _point_at(self, near: Near) -> None:
        self.select(lists.key_of(near.row))
        rows = self._studies[self._selected].rows
        self.cloud.visit(rows.index(near.row))

    # -- the plot in words and figures
    def _table(self) -> tuple[tuple[str, ...], list[Row]]:
        if self.evidence is None:
            return lists.WORST_HEADERS, []
        return lists.WORST_HEADERS, lists.worst_rows(self._studies[self._selected], self.evidence.reference)

    def _describe(self) -> str:
        return self._summary()
