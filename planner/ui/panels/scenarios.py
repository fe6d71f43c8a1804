"""The scenarios of a plan, what the active one changes, and the limits of the strategy in focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from planner.engine.compare import RANGE, Bridge, Differences
from planner.engine.mixes import TOTAL
from planner.errors import PlannerError
from planner.export.words import letter_of
from planner.scenario.model import Scenario
from planner.ui.bridges import Bridges, take_results
from planner.ui.kit import Ground, HLine, IconButton, LinkButton, Menu, ScrollArea, Text, hbox
from planner.ui.live import Outcome
from planner.ui.panels.cheaper import Cheaper
from planner.ui.panels.scenario_facts import (
    FIRST_LIMIT,
    LimitFacts,
    ScenarioFacts,
    change_of,
    effects_of,
    limits_of,
    scenario_facts,
)
from planner.ui.panels.scenario_rows import INSET, ChangeRow, LimitRow, Rows, ScenarioRow
from planner.ui.theme import STRATEGY_SHORT, px
from planner.ui.view import View

WIDTH, RAIL = 232, 44
MOST_CHANGES = 6


class ScenariosPanel(Ground):
    """The right column: scenarios, what changed, limits; or a rail of badges.

    Signals
    -------
    duplicate_asked()
        Copy the active scenario.
    switch_asked(str), delete_asked(str), rename_asked(str, str)
        By name; the last with the new name.
    input_asked(str)
        Reveal the input at a dotted path.
    more_asked(bool)
        All changes are listed, or the first few again.
    compare_asked()
        Show the first scenario and the active one beside each other.
    apply_asked(object, str)
        Change values (mapping of path to value) as one undo step with this text.
    """

    duplicate_asked = Signal()
    switch_asked = Signal(str)
    rename_asked = Signal(str, str)
    delete_asked = Signal(str)
    input_asked = Signal(str)
    more_asked = Signal(bool)
    compare_asked = Signal()
    apply_asked = Signal(object, str)

    def __init__(self) -> None:
        super().__init__("surface", rule="left")
        self.setAccessibleName("Scenarios")
        self._folded = self._stale = self._all = False
        self._view: View | None = None
        self._differences = Differences()
        self._compared: tuple[Scenario, Scenario, bool] | None = None
        self._limits: tuple[LimitFacts, ...] = ()
        self.title = Text("Scenarios", "heading")
        self.plus = IconButton("plus", "Duplicate scenario", "Ctrl+D")
        self.plus.clicked.connect(self.duplicate_asked)
        self.rows: Rows[ScenarioRow] = Rows(self._scenario_row)
        self.changed_title = Text("What changed", "heading", elide=True)
        self.no_changes = Text("Nothing", "muted", elide=True)
        self.changes: Rows[ChangeRow] = Rows(self._change_row)
        self.more = LinkButton("", size=12)
        self.more.clicked.connect(self._toggle_more)
        self.compare = LinkButton("Open in Compare", icon="arrow-right", size=12)
        self.compare.clicked.connect(self.compare_asked)
        self.bridges = Bridges(self)
        self.bridges.found.connect(self._show_effects)
        self.limits_title = Text("Limits", "heading", elide=True)
        self.kept = Text("", "muted")
        self.limits: Rows[LimitRow] = Rows(self._limit_row)
        self.no_limits = Text("No limits set", "muted")
        self.set_limit = LinkButton("Set a limit")
        self.set_limit.clicked.connect(lambda: self.input_asked.emit(FIRST_LIMIT))
        self.cheaper = Cheaper()
        self.cheaper.apply_asked.connect(self.apply_asked)
        self._arrange()
        self.retheme()

    def _arrange(self) -> None:
        self._head = hbox((self.title, 1), self.plus, gap=0, margins=(16, 10, 10, 6))
        self._no_limits = hbox(self.no_limits, None, self.set_limit, margins=(INSET, 0, INSET, 0))
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setSpacing(0)
        self._column.addWidget(self.rows)
        changed = (
            _Gap(14), HLine(), _Gap(12), _line(self.changed_title), _Gap(4), _line(self.no_changes),
            self.changes, _line(self.more), _line(self.compare),
        )  # fmt: skip
        head = hbox((self.limits_title, 1), self.kept, margins=(INSET, 0, INSET, 0))
        limits = (
            _Gap(14), HLine(), _Gap(12), head, _Gap(4), self.limits, self._no_limits,
        )  # fmt: skip
        self._below = [*changed, *limits]
        for widget in self._below:
            self._column.addWidget(widget)
        self._compare_line, self._more_line, self._nothing_line = changed[-1], changed[-2], changed[5]
        self._column.addWidget(self.cheaper)
        self._column.addStretch(1)
        self.area = ScrollArea(inside, "Scenarios")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._head)
        outer.addWidget(self.area, 1)

    def retheme(self) -> None:
        """Width follows zoom."""
        self.setFixedWidth(px(RAIL if self._folded else WIDTH))
        side = 4 if self._folded else 8
        self._column.setContentsMargins(side, 0, side, 12)

    # -- rows
    def _scenario_row(self) -> ScenarioRow:
        row = ScenarioRow()
        row.set_folded(self._folded)
        row.set_stale(self._stale)
        row.switched.connect(self._switch)
        row.renamed.connect(self.rename_asked)
        row.deleted.connect(self._delete)
        row.walked.connect(lambda step: self._walk(row, step))
        row.menu_asked.connect(self._open_menu)
        return row

    def _change_row(self) -> ChangeRow:
        row = ChangeRow()
        row.asked.connect(lambda path: self.input_asked.emit(path.removeprefix(RANGE)))
        return row

    def _limit_row(self) -> LimitRow:
        row = LimitRow()
        row.set_stale(self._stale)
        row.asked.connect(self.input_asked)
        return row

    def _switch(self, name: str) -> None:
        if self._view is None or name != self._view.plan.active:
            self.switch_asked.emit(name)

    def _delete(self, name: str) -> None:
        if len(self.rows.shown) > 1:
            self.delete_asked.emit(name)

    def _walk(self, row: ScenarioRow, step: int) -> None:
        shown = self.rows.shown
        target = shown[min(max(shown.index(row) + step, 0), len(shown) - 1)]
        target.show_ring()
        self.area.ensureWidgetVisible(target)

    def menu_for(self, row: ScenarioRow) -> Menu:
        """Return the menu of a scenario."""
        menu = Menu("", self)
        facts = row.facts
        if facts is None:
            return menu
        name = facts.name

        def copy() -> None:
            self._switch(name)
            self.duplicate_asked.emit()

        if not facts.active:
            menu.addAction("&Switch to it").triggered.connect(lambda: self._switch(name))
        rename = menu.addAction("&Rename\tF2")
        rename.triggered.connect(row.rename)
        rename.setEnabled(not self._folded)
        menu.addAction("&Duplicate").triggered.connect(copy)
        menu.addSeparator()
        delete = menu.addAction("De&lete\tDel")
        delete.triggered.connect(lambda: self._delete(name))
        delete.setEnabled(len(self.rows.shown) > 1)
        return menu

    def _open_menu(self, row: ScenarioRow, where: QPoint) -> None:
        menu = self.menu_for(row)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    # -- showing
    def show_view(self, view: View, outcome_of: Callable[[Scenario], Outcome | None]) -> None:
        """Show a plan; only what says something else is painted anew."""
        self._view = view
        self._show_scenarios(scenario_facts(view, outcome_of))
        self._show_changes(view)
        self._show_effects()
        self._show_limits(view)
        self.cheaper.show_view(view)

    def _show_scenarios(self, facts: tuple[ScenarioFacts, ...]) -> None:
        before = self.rows.shown
        focused = next((number for number, row in enumerate(before) if row.hasFocus()), None)
        rows = self.rows.take(len(facts))
        for row, fact in zip(rows, facts, strict=True):
            row.show_facts(fact)
        if focused is not None and focused >= len(rows):
            rows[-1].show_ring()

    def _before(self, view: View) -> tuple[Scenario, bool]:
        """Return what the active scenario is held against, and whether that is its preset."""
        first = view.plan.scenarios[0]
        of_preset = view.scenario.name == first.name
        return ((view.preset or Scenario()) if of_preset else first), of_preset

    def _show_effects(self) -> None:
        """Say what each change adds to the total of the selected strategy, once that is counted."""
        view = self._view
        if view is None or self._folded:
            return
        if view.dragging:
            self.bridges.stop()
            return
        take_results(view.results)
        before, _ = self._before(view)
        rows = self.changes.shown
        found: Bridge | PlannerError | None = None
        if rows:
            found = self.bridges.ask(before, view.scenario, view.catalog, (view.selected, view.selected))
        paths = [row.change.path if row.change is not None else "" for row in rows]
        effects = effects_of(paths, found if isinstance(found, Bridge) else None, TOTAL)
        for row, effect in zip(rows, effects, strict=True):
            row.show_effect(*effect)

    def _show_changes(self, view: View) -> None:
        before, of_preset = self._before(view)
        now = (before, view.scenario, self._all)
        held = self._compared
        if held is not None and held[0] is before and held[1] is view.scenario and held[2] == self._all:
            return
        self._compared = now
        names = [scenario.name for scenario in view.plan.scenarios]
        here = letter_of(names.index(view.plan.active))
        origin = ("preset" if view.plan.preset else "defaults") if of_preset else "A"
        _say(self.changed_title, f"What changed, {origin} to {here}")
        paths = self._differences.between(before, view.scenario)
        hidden = max(0, len(paths) - MOST_CHANGES)
        listed = paths if self._all else paths[:MOST_CHANGES]
        for row, path in zip(self.changes.take(len(listed)), listed, strict=True):
            row.show_change(change_of(path, before, view))
        words = "Show fewer" if self._all else f"and {hidden} more"
        if words != self.more.text():
            self.more.setText(words)
            self.more.setAccessibleName(words)
            self.more.updateGeometry()
        _show(self._more_line, bool(hidden) and not self._folded)
        _show(self._compare_line, not of_preset and not self._folded)
        _show(self._nothing_line, not paths and not self._folded)

    def _toggle_more(self) -> None:
        self._all = not self._all
        if self._view is not None:
            self._show_changes(self._view)
            self._show_effects()
        self.more_asked.emit(self._all)

    def _show_limits(self, view: View) -> None:
        _say(self.limits_title, f"Limits, {STRATEGY_SHORT[view.selected]}")
        facts = limits_of(view)
        if facts == self._limits and self.kept.text():
            return
        self._limits = facts
        for row, fact in zip(self.limits.take(len(facts)), facts, strict=True):
            row.show_facts(fact)
        kept = sum(fact.kept is True for fact in facts)
        unknown = any(fact.kept is None for fact in facts)
        words = "does not fit" if unknown else f"{kept} of {len(facts)}" if facts else ""
        _say(self.kept, words)
        self.kept.set_tone("bad" if unknown or kept < len(facts) else "")
        _show(self._no_limits, not facts and not self._folded)

    def set_folded(self, folded: bool) -> None:
        """Show the rail of badges, or all."""
        if folded == self._folded:
            return
        self._folded = folded
        self.retheme()
        self.title.setVisible(not folded)
        margins = (10, 10, 10, 6) if folded else (16, 10, 10, 6)
        layout = self._head.layout()
        if layout is not None:
            layout.setContentsMargins(*margins)
        for row in self.rows.made:
            row.set_folded(folded)
        for widget in self._below:
            widget.setVisible(not folded)
        if not folded and self._view is not None:
            self._compared, self._limits = None, ()
            self._show_changes(self._view)
            self._show_effects()
            self._show_limits(self._view)
        if folded:
            self.bridges.stop()
        self.cheaper.set_folded(folded)

    def stop(self) -> None:
        """Leave nothing running."""
        self.bridges.stop()
        self.cheaper.stop()

    @property
    def folded(self) -> bool:
        """Whether it is a rail."""
        return self._folded

    def set_stale(self, stale: bool) -> None:
        """Dim the figures of the active scenario: they are out of date."""
        self._stale = stale
        for row in (*self.rows.made, *self.limits.made):
            row.set_stale(stale)


class _Gap(QWidget):
    """Room between blocks."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self._height = height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retheme()

    def retheme(self) -> None:
        """Height follows zoom."""
        self.setFixedHeight(px(self._height))


def _line(widget: QWidget) -> QWidget:
    stretch = (widget, 1) if isinstance(widget, Text) else widget
    return hbox(stretch, *([] if isinstance(widget, Text) else [None]), margins=(INSET, 0, INSET, 0))


def _say(label: Text, words: str) -> None:
    if words != label.text():
        label.setText(words)


def _show(widget: QWidget, shown: bool) -> None:
    if widget.isHidden() == shown:
        widget.setVisible(shown)
