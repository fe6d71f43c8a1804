"""The sliders at hand: the inputs that move a page most, bound to the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from planner.catalog.load import Catalog
from planner.errors import InputError, PlannerError
from planner.scenario.model import Scenario, spec_for
from planner.ui.fields.facts import Auto, auto_of
from planner.ui.fields.info import InfoPopover
from planner.ui.fields.number import NumberRow
from planner.ui.fields.row import Shown
from planner.ui.kit import Editor
from planner.ui.theme import px
from planner.ui.view import View

MOST = 5
_CLICKER: Final = {Qt.Key.Key_PageDown: "next", Qt.Key.Key_PageUp: "back"}
NARROWEST = 250


class AtHand(QWidget):
    """Rows of a few inputs, beside or below each other.

    Signals
    -------
    edited(str, object, object), carried(str, object, object, object), held(bool), reset_asked(str)
        As those of a row.
    turned(str)
        Page up or page down was pressed in a row: what a clicker sends turns pages wherever the keyboard is.
    """

    edited = Signal(str, object, object)
    carried = Signal(str, object, object, object)
    held = Signal(bool)
    reset_asked = Signal(str)
    turned = Signal(str)

    def __init__(self, catalog: Catalog, *, across: bool) -> None:
        super().__init__()
        self._catalog = catalog
        self._across = across
        self._view: View | None = None
        self._info: InfoPopover | None = None
        self.rows: dict[str, NumberRow] = {}
        self.paths: tuple[str, ...] = ()
        way = QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom
        self._box = QBoxLayout(way, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        if across:
            self._box.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName("Sliders at hand")

    def set_paths(self, paths: Sequence[str]) -> None:
        """Show these inputs; those that have no slider stay away."""
        wanted = tuple(path for path in paths if _has_slider(path))[:MOST]
        if wanted == self.paths:
            return
        self.paths = wanted
        for row in self.rows.values():
            row.hide()
            self._box.removeWidget(row)
        for path in wanted:
            row = self.rows.get(path) or self._make(path)
            self._box.addWidget(row, 1 if self._across else 0)
            row.show()
        self._fold()
        self._show()

    def _make(self, path: str) -> NumberRow:
        row = self.rows[path] = NumberRow(spec_for(path))
        row.setParent(self)
        row.editor.installEventFilter(self)
        if row.slider is not None:
            row.slider.installEventFilter(self)
            row.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a drag leaves the arrows to the pages
        row.edited.connect(self.edited)
        row.carried.connect(self.carried)
        row.held.connect(self.held)
        row.reset_asked.connect(self.reset_asked)
        row.range_asked.connect(self._range)
        row.info_asked.connect(self._explain)
        return row

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hand the keys of a clicker on, and Escape where nothing was typed that it could take back."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            command = _CLICKER.get(Qt.Key(event.key()))
            if event.key() == Qt.Key.Key_Escape and not (isinstance(watched, Editor) and watched.is_typed):
                command = "leave"
            if command is not None:
                self.turned.emit(command)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: Any) -> None:
        """What has no room beside the others waits."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        if not self._across:
            return
        fit = max(1, self.width() // px(NARROWEST))
        for number, path in enumerate(self.paths):
            self.rows[path].setVisible(number < fit)

    def show_view(self, view: View) -> None:
        """Show the values of a plan."""
        self._view = view
        if self.isVisible():
            self._show()

    def showEvent(self, event: Any) -> None:
        """Catch up."""
        super().showEvent(event)
        self._show()

    def _show(self) -> None:
        view = self._view
        if view is None:
            return
        for path in self.paths:
            self.rows[path].show_value(_shown(path, view, self._catalog))

    def refuse(self, problem: PlannerError) -> None:
        """Show at its row that a value was refused."""
        if isinstance(problem, InputError):
            row = self.rows.get(problem.path.removeprefix("ranges."))
            if row is not None:
                row.refuse(problem.message)

    def _range(self, path: str, toggle: bool) -> None:
        """Make a range of an input, or a point again."""
        view = self._view
        if view is None:
            return
        if toggle and path in view.scenario.ranges:
            self.edited.emit(f"ranges.{path}", None, None)
            return
        from planner.evidence.default_ranges import default_range  # not before somebody asks

        span = default_range(path, view.scenario, self._catalog, view.results)
        if span is not None:
            self.edited.emit(f"ranges.{path}", span, None)

    def _explain(self, row: Any) -> None:
        view = self._view
        if view is None:
            return
        if self._info is not None:
            self._info.dismiss()
            self._info.deleteLater()
        preset = view.preset or Scenario()
        self._info = InfoPopover(self.window(), row, view.scenario, preset, self._catalog)
        self._info.open_at(row.info_button)


def _has_slider(path: str) -> bool:
    return bool(spec_for(path).numeric)


def _shown(path: str, view: View, catalog: Catalog) -> Shown:
    scenario, preset = view.scenario, view.preset or Scenario()
    value = scenario.get(path)
    auto = Auto(None, "")
    if value is None:
        auto = auto_of(path, scenario, catalog, view.results)
    return Shown(value, preset.get(path), auto, scenario.ranges.get(path), preset.ranges.get(path))
