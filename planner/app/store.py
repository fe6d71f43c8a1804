"""The plan on screen: one frozen plan at a time, every change of it one named undo step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from planner.errors import PlanFileError, PlannerError
from planner.scenario.actuals import Actual
from planner.scenario.fields import specs_of
from planner.scenario.files import load_plan, save_plan
from planner.scenario.model import Plan, Scenario, around, spec_for
from planner.scenario.presets import DEFAULT_PRESET, load_preset, preset_scenario
from planner.scenario.ranges import Range, is_number

_EDIT_ID = 1
_RANGE = "ranges."
_OWN = ("name", "notes")  # a scenario's own, never "changed from the preset"


class ChangePlan(QUndoCommand):
    """From one plan to another. Changes of one path within one gesture merge into one step."""

    def __init__(
        self, store: PlanStore, text: str, after: Plan, path: str = "", gesture: int | None = None
    ) -> None:
        super().__init__(text)
        self._store = store
        self._before = store.plan
        self._after = after
        self._path = path
        self._gesture = gesture

    def id(self) -> int:
        return _EDIT_ID if self._gesture is not None else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, ChangePlan) or (other._path, other._gesture) != (self._path, self._gesture):
            return False
        self._after = other._after
        # Qt ends the other command, but its Python half lives on: it must not hold a plan for each move.
        other._before = other._after = self._before
        self.setObsolete(self._after == self._before)
        return True

    def redo(self) -> None:
        self._store._replace(self._after)

    def undo(self) -> None:
        self._store._replace(self._before)


class PlanStore(QObject):
    """Holds the current plan and is the only one to replace it.

    Signals
    -------
    changed : Plan
        The plan is another one now.
    path_changed : Path or None
        The file of the plan is another one now.
    clean_changed : bool
        Whether the plan is as it was saved.
    rejected : PlannerError
        A change was refused and nothing happened; usually an `InputError`.
    """

    changed = Signal(object)
    path_changed = Signal(object)
    clean_changed = Signal(bool)
    rejected = Signal(object)

    def __init__(self, plan: Plan | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plan = plan or Plan()
        self._path: Path | None = None
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self.clean_changed)

    @property
    def plan(self) -> Plan:
        """The current plan."""
        return self._plan

    @property
    def scenario(self) -> Scenario:
        """The active scenario."""
        return self._plan.scenario

    @property
    def path(self) -> Path | None:
        """The file that `save` writes; None for a plan that was never saved."""
        return self._path

    @property
    def modified(self) -> bool:
        """Whether there is something to save."""
        return not self.undo_stack.isClean()

    @property
    def preset(self) -> Scenario:
        """What the active scenario is compared with: its preset, else a new scenario."""
        return preset_scenario(self._plan) or Scenario()

    # ------------------------------------------------------------ edits
    def edit(
        self, path: str, value: object, *, gesture: int | None = None, span: Range | None = None
    ) -> bool:
        """Change one value of the active scenario.

        Parameters
        ----------
        path : str
            Dotted path, such as ``"site.pue"`` or ``"ranges.site.pue"`` (None takes the range away).
        value : object
            In the field's unit.
        gesture : int, optional
            Same number for all changes of one drag: they make one undo step.
        span : Range, optional
            Its range from now on; without, a range that it has follows the value.

        Returns
        -------
        bool
            Whether it was taken; if not, `rejected` has said why.
        """
        changes = {path: value} if span is None else {path: value, f"{_RANGE}{path}": span}
        return self._change(changes, lambda: f"Change {title_of(path)}", path, gesture)

    def edit_many(self, changes: Mapping[str, Any], text: str) -> bool:
        """Change several values of the active scenario in one undo step, named by a text."""
        return self._change(changes, lambda: text)

    def reset(self, path: str) -> bool:
        """Set one value back to that of the preset, and its range with it."""
        changes = {path: _value(self.preset, path)}
        span = f"{_RANGE}{path}"
        if not path.startswith(_RANGE) and _value(self.scenario, span) != _value(self.preset, span):
            changes[span] = _value(self.preset, span)
        return self._change(changes, lambda: f"Reset {title_of(path)}")

    def reset_all(self) -> bool:
        """Set every value and every range back to those of the preset, as one step."""
        preset = self.preset
        changes = {path: _value(preset, path) for path in self.changed_paths() if not path.startswith(_RANGE)}
        return self.edit_many({**changes, "ranges": preset.ranges}, "Reset all to preset")

    def changed_paths(self) -> set[str]:
        """Return the paths of all values, and of all ranges, that differ from the preset.

        A range that only followed its value is none of them.
        """
        scenario, preset = self.scenario, self.preset
        paths = [path for path in specs_of(Scenario) if path not in _OWN]
        changed = {path for path in paths if _value(scenario, path) != _value(preset, path)}
        for path in scenario.ranges.keys() | preset.ranges.keys():
            theirs, value = preset.ranges.get(path), scenario.get(path)
            if theirs is not None and path in changed and is_number(value):
                theirs = around(theirs, path, value)
            if scenario.ranges.get(path) != theirs:
                changed.add(f"{_RANGE}{path}")
        return changed

    # ------------------------------------------------------------ scenarios
    def switch(self, name: str) -> bool:
        """Show another scenario; no undo step, but kept in the plan."""
        return self._try(lambda: self._replace(self._plan.with_active(name)))

    def duplicate(self) -> bool:
        """Copy the active scenario and show the copy."""
        return self._step("Duplicate scenario", self._plan.with_duplicate)

    def branch(self, changes: Mapping[str, Any], text: str) -> bool:
        """Copy the active scenario with other values, and show the copy, in one undo step named by a text."""

        def changed() -> Plan:
            copied = self._plan.with_duplicate()
            return copied.with_scenario(copied.scenario.with_(changes))

        return self._step(text, changed)

    def add(self, scenario: Scenario, text: str) -> bool:
        """Take a scenario into the plan under the next free name and show it, as one step named by a text."""

        def added() -> Plan:
            plan = self._plan.with_duplicate()
            return plan.with_scenario(scenario.with_({"name": plan.active}))

        return self._step(text, added)

    def rename(self, name: str, new_name: str) -> bool:
        """Give a scenario another name."""
        return self._step("Rename scenario", lambda: self._plan.with_renamed(name, new_name.strip()))

    def delete(self, name: str) -> bool:
        """Take a scenario out of the plan."""
        return self._step("Delete scenario", lambda: self._plan.without(name))

    def retitle(self, title: str) -> bool:
        """Give the plan another title."""
        return self._step("Rename plan", lambda: self._plan.with_title(title.strip()))

    # ------------------------------------------------------------ invoices and usage
    def set_actuals(self, rows: Iterable[Actual], text: str) -> bool:
        """Replace all invoices and usage of the plan, as one undo step named by a text."""
        return self._step(text, lambda: self._plan.with_actuals(rows))

    # ------------------------------------------------------------ files
    def new(self, preset_id: str = DEFAULT_PRESET) -> None:
        """Start a new plan from a preset.

        Raises
        ------
        PlannerError
            If there is no such preset; the plan stays as it was.
        """
        self._start(load_preset(preset_id), None)

    def open(self, path: Path) -> None:
        """Open a plan file.

        Raises
        ------
        PlanFileError
            If it cannot be read; the plan stays as it was.
        """
        self._start(load_plan(path), path)

    def restore(self, plan: Plan, path: Path | None) -> None:
        """Take over a recovered plan, as unsaved changes of its file."""
        self._start(plan, path)
        self.undo_stack.resetClean()

    def save(self, path: Path | None = None) -> None:
        """Write the plan to its file, or to another one that is its file from then on.

        Raises
        ------
        PlanFileError
            If it cannot be written; the file and the mark "edited" stay as they were.
        """
        target = path or self._path
        if target is None:
            raise PlanFileError("no_path", "The plan has no file yet.", "Save it under a name.")
        save_plan(self._plan, target)
        self._set_path(target)
        self.undo_stack.setClean()

    # ------------------------------------------------------------ inside
    def _start(self, plan: Plan, path: Path | None) -> None:
        self._plan = plan
        self.undo_stack.clear()
        self.undo_stack.setClean()
        self._set_path(path)
        self.changed.emit(plan)

    def _set_path(self, path: Path | None) -> None:
        if path != self._path:
            self._path = path
            self.path_changed.emit(path)

    def _replace(self, plan: Plan) -> None:
        if plan is not self._plan:
            self._plan = plan
            self.changed.emit(plan)

    def _change(
        self, changes: Mapping[str, Any], text: Callable[[], str], path: str = "", gesture: int | None = None
    ) -> bool:
        def change() -> None:
            after = self._plan.with_scenario(self.scenario.with_(changes))
            self._push(text(), after, path, gesture)

        return self._try(change)

    def _step(self, text: str, change: Callable[[], Plan]) -> bool:
        return self._try(lambda: self._push(text, change()))

    def _push(self, text: str, after: Plan, path: str = "", gesture: int | None = None) -> None:
        if after != self._plan:
            self.undo_stack.push(ChangePlan(self, text, after, path, gesture))

    def _try(self, change: Callable[[], None]) -> bool:
        try:
            change()
        except PlannerError as error:
            first = error.problems[0] if isinstance(error, PlanFileError) and error.problems else error
            self.rejected.emit(first)
            return False
        return True


def title_of(path: str) -> str:
    """Return the title of a field, or of its range, as undo steps and messages name it."""
    if path.startswith(_RANGE):
        return f"range of {spec_for(path.removeprefix(_RANGE)).title}"
    return "ranges" if path == "ranges" else spec_for(path).title


def _value(scenario: Scenario, path: str) -> object:
    if path.startswith(_RANGE):
        return scenario.ranges.get(path.removeprefix(_RANGE))
    return scenario.ranges if path == "ranges" else scenario.get(path)
