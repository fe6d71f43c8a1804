"""What the search looks for: goal, limits, and which choices may change over which values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.engine.optimise import EXHAUSTIVE_MOST, Goal
from planner.engine.optimise_evolution import GENERATIONS
from planner.engine.optimise_space import Variable, variables_of
from planner.errors import InputError
from planner.scenario.model import Scenario, spec_for
from planner.scenario.parse import parse_value
from planner.ui.fields.facts import value_text_short
from planner.ui.idle import time_words
from planner.ui.kit.buttons import Button, CheckBox, LinkButton
from planner.ui.kit.choice import Segmented
from planner.ui.kit.editor import Editor
from planner.ui.kit.layout import hbox
from planner.ui.kit.paint import Ink, elided
from planner.ui.kit.panels import Panel
from planner.ui.kit.text import Text
from planner.ui.tabs.optimise_values import ValuesPopover
from planner.ui.theme import px
from planner.ui.view import View
from planner.units import MILLISECONDS_PER_SECOND, format_quantity, unit_suffix

GOALS: Final = (("cost", "Cost"), ("carbon", "Carbon"), ("quality", "Score"))
LIMITS: Final = (
    ("limits.max_total_usd", "Budget"),
    ("limits.max_carbon_kgco2e", "Carbon budget"),
    ("limits.min_quality", "Score floor"),
    ("limits.max_latency_p95_s", "Whole answer, p95"),
)
SELF_HOSTED: Final = "limits.self_hosted_only"
_FLOOR: Final = "limits.min_quality"
_LEAST_WORDS: Final = 30
_HEURISTIC_SHARE: Final = 0.3
"""Of the plans that the heuristic asks for, those it has not asked for before; as seen in practice."""


class LimitRow(QWidget):
    """A limit: its title and an editor; empty means none."""

    taken = Signal(str, object)

    def __init__(self, path: str, title: str) -> None:
        super().__init__()
        self.path, self._spec = path, spec_for(path)
        self.editor = Editor(title, unit_suffix(self._spec.unit), width=104)
        self.editor.committed.connect(self._commit)
        self.problem = Text("", "caption", tone="bad", wrap=True)
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.label = Text(title, "label", elide=True)
        column.addWidget(hbox((self.label, 1), self.editor, gap=6))
        column.addWidget(self.problem)

    def show_value(self, value: Any, *, own: bool, remark: str = "") -> None:
        """Show the limit; muted where it is not the user's own."""
        text = "no limit" if value is None else value_text_short(value, self._spec)
        self.editor.set_value(text, "" if value is None else unit_suffix(self._spec.unit))
        self.editor.set_quiet(not own)
        self.label.setToolTip(remark)
        self.editor.setToolTip(remark)

    def _commit(self, text: str) -> None:
        try:
            value = parse_value("" if text.strip().casefold() == "no limit" else text, self._spec).value
        except InputError as error:
            self.editor.set_bad(True)
            self.problem.setText(error.message)
            self.problem.show()
            return
        self.editor.set_bad(False)
        self.problem.hide()
        self.taken.emit(self.path, value)


class VariableRow(QWidget):
    """A choice: a tick to free it, and its values or the one it is held at."""

    toggled = Signal(str, bool)
    asked = Signal(str)

    def __init__(self, variable: Variable) -> None:
        super().__init__()
        self.path = variable.path
        self.box = CheckBox(variable.title.replace("&", "&&"))
        self.box.toggled.connect(lambda on: self.toggled.emit(self.path, on))
        self._words = ""
        self.values = LinkButton("")
        self.values.clicked.connect(lambda: self.asked.emit(self.path))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(hbox(self.box, None, self.values, gap=6))

    def _shorten(self) -> None:
        """Cut the words to the room beside the tick."""
        room = self.width() - self.box.sizeHint().width() - px(10)
        words = elided(self._words, Ink(12, 500), max(px(_LEAST_WORDS), room))
        if words != self.values.text():
            self.values.setText(words)
            self.values.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The room is another one."""
        super().resizeEvent(event)
        self._shorten()

    def retheme(self) -> None:
        """Letters follow zoom."""
        self._shorten()

    def show_variable(self, variable: Variable, own: str) -> None:
        """Show whether it is free, and over what."""
        blocked = self.box.blockSignals(True)
        self.box.setChecked(variable.free)
        self.box.blockSignals(blocked)
        count = len(variable.allowed)
        words = f"{count} value{'' if count == 1 else 's'}" if variable.free else own or "held"
        if words != self._words:
            self._words = words
            self._shorten()
        said = f"{words}, now {own}" if variable.free and own else words
        self.values.setAccessibleName(f"Values of {variable.title.lower()}: {said}")
        self.values.setToolTip(f"Now {own}" if own else "")


class Form(Panel):
    """Goal, limits and variables.

    Signals
    -------
    search_asked()
        Search with what is set.
    goal_changed()
        Another goal; the search need not be made anew.
    edited()
        A limit or a variable is another one: what was found is of other conditions.
    """

    search_asked = Signal()
    goal_changed = Signal()
    edited = Signal()

    def __init__(self) -> None:
        super().__init__("Find the best plan")
        self._limits: dict[str, Any] = {}
        self._freed: dict[str, bool] = {}
        self._allowed: dict[str, frozenset[str]] = {}
        self._offered: tuple[Variable, ...] = ()
        self._scenario: Scenario | None = None
        self._default_floor: float | None = None
        self.goals = Segmented("Best by", GOALS, "cost", tall=True)
        self._goal_typed = False
        self.goals.chosen.connect(self._take_goal)
        self.search = Button("Search", "primary")
        self.search.clicked.connect(self.search_asked)
        self.count = Text("", "caption", elide=True)
        self.limits = {path: LimitRow(path, title) for path, title in LIMITS}
        for row in self.limits.values():
            row.taken.connect(self._take_limit)
        self.hosted = CheckBox("Data stays in the house")
        self.hosted.toggled.connect(lambda on: self._take_limit(SELF_HOSTED, on))
        self.variables: dict[str, VariableRow] = {}
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._arrange()

    def _arrange(self) -> None:
        self.body.setSpacing(6)
        self.body.addWidget(hbox(Text("Best by", "body2"), self.goals, None, gap=10))
        self.body.addWidget(hbox(self.search, (self.count, 1), gap=10))
        self.body.addSpacing(6)
        self.body.addWidget(Text("Within", "heading"))
        for row in self.limits.values():
            self.body.addWidget(row)
        self.body.addWidget(hbox(self.hosted, None))
        self.body.addSpacing(6)
        self.body.addWidget(Text("May change", "heading"))
        self.body.addLayout(self._rows)
        self.body.addStretch(1)

    # -- what is set

    @property
    def goal(self) -> Goal:
        """The goal chosen."""
        goals: dict[str, Goal] = {"cost": "cost", "carbon": "carbon", "quality": "quality"}
        return goals[self.goals.current]

    def changes(self) -> dict[str, Any]:
        """Return goal and limits by path, as the search has them."""
        scenario = self._scenario
        if scenario is None:
            return {}
        found = {path: self._limit(path) for path in (*self.limits, SELF_HOSTED)}
        return {**found, "limits.goal": self.goal}

    def free(self) -> tuple[Variable, ...]:
        """Return what may change."""
        return tuple(variable for variable in self.shown_variables() if variable.free)

    def shown_variables(self) -> list[Variable]:
        """Return every variable, as the user has set it."""
        return [self._as_set(variable) for variable in self._offered]

    def _as_set(self, variable: Variable) -> Variable:
        words = self._allowed.get(variable.path)
        if words is not None:
            wanted = [n for n, option in enumerate(variable.options) if option.words in words]
            variable = replace(variable.with_allowed(wanted), free=variable.free)
        return replace(variable, free=self._freed.get(variable.path, variable.free))

    def _limit(self, path: str) -> Any:
        if path in self._limits:
            return self._limits[path]
        own = None if self._scenario is None else self._scenario.get(path)
        return self._default_floor if path == _FLOOR and own is None else own

    # -- showing

    def start_anew(self) -> None:
        """Another plan was opened: what was set for the one before is gone."""
        self._limits, self._freed, self._allowed = {}, {}, {}
        self._goal_typed, self._scenario = False, None

    def show_view(self, view: View) -> None:
        """Take limits and values of a plan; what the user has set here stays."""
        scenario = view.scenario
        self._default_floor = _score_now(view)
        if scenario is not self._scenario:
            self._scenario = scenario
            self._offered = variables_of(scenario, view.catalog)
            if not self._goal_typed:
                self.goals.set_current(scenario.limits.goal)
        self._show()

    def _show(self) -> None:
        for path, row in self.limits.items():
            own = path in self._limits or (
                self._scenario is not None and self._scenario.get(path) is not None
            )
            remark = "The lowest score of the plan as it is" if path == _FLOOR and not own else ""
            row.show_value(self._limit(path), own=own, remark=remark)
        blocked = self.hosted.blockSignals(True)
        self.hosted.setChecked(bool(self._limit(SELF_HOSTED)))
        self.hosted.blockSignals(blocked)
        self._show_variables()

    def _show_variables(self) -> None:
        shown = self.shown_variables()
        paths = [variable.path for variable in shown]
        for path in [path for path in self.variables if path not in paths]:
            row = self.variables.pop(path)
            row.hide()
            row.deleteLater()
        for at, variable in enumerate(shown):
            row = self.variables.get(variable.path) or self._make_row(variable)
            if self._rows.indexOf(row) != at:
                self._rows.insertWidget(at, row)
            row.show_variable(variable, self._own_words(variable))

    def _make_row(self, variable: Variable) -> VariableRow:
        row = self.variables[variable.path] = VariableRow(variable)
        row.toggled.connect(self._take_free)
        row.asked.connect(self.open_values)
        return row

    def _own_words(self, variable: Variable) -> str:
        scenario = self._scenario
        if scenario is None:
            return ""
        own = scenario.get(variable.path)
        return next((o.words for o in variable.options if o.changes.get(variable.path) == own), "")

    def say_size(self, ms_a_plan: float) -> None:
        """Say how many plans that is, and how long they take."""
        free = self.free()
        plans = math.prod(len(variable.allowed) for variable in free)
        empty = next((variable.title for variable in free if not variable.allowed), "")
        self.search.setEnabled(plans > 0 and bool(free))
        if empty:
            self.count.setText(f"{empty}: no value allowed")
            return
        if not free:
            self.count.setText("Nothing may change")
            return
        tried = plans if plans <= EXHAUSTIVE_MOST else _heuristic_plans(free)
        count = f"{plans:,}" if plans < 10**7 else format_quantity(float(plans), "count", figures=2)
        most = "" if plans <= EXHAUSTIVE_MOST else ", a part of them"
        self.count.setText(f"{count} plans{most}, {time_words(tried * ms_a_plan / MILLISECONDS_PER_SECOND)}")

    # -- the user sets something

    def _take_goal(self, _key: str) -> None:
        self._goal_typed = True
        self.goal_changed.emit()

    def _take_limit(self, path: str, value: Any) -> None:
        before = self._limit(path)
        self._limits[path] = value
        self._show()
        if value != before:
            self.edited.emit()

    def _take_free(self, path: str, on: bool) -> None:
        self._freed[path] = on
        self._show_variables()
        self.edited.emit()

    def _take_values(self, variable: Variable) -> None:
        self._allowed[variable.path] = frozenset(option.words for option in variable.allowed)
        self._freed[variable.path] = True
        self._show_variables()
        self.edited.emit()

    def open_values(self, path: str) -> ValuesPopover:
        """Let the user tick the values of a variable."""
        offered: Mapping[str, Variable] = {variable.path: variable for variable in self._offered}
        popover = ValuesPopover(self.window(), self._as_set(offered[path]), self._take_values)
        popover.set_usual(offered[path])
        popover.open_at(self.variables[path])
        return popover


def _score_now(view: View) -> float | None:
    """Return the lowest score of the choice as it is, rounded down; the floor where the plan has none."""
    name = view.choice.strategy
    if name is None:
        return None
    score = float(view.results.strategies[name]["quality_lowest"])
    return float(math.floor(score)) if math.isfinite(score) else None


def _heuristic_plans(free: tuple[Variable, ...]) -> float:
    return _HEURISTIC_SHARE * max(48, 12 * len(free)) * (GENERATIONS + 1)
