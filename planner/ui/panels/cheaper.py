"""What would make the selected strategy cheaper still: up to two single changes, found when all is quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from planner.engine.results import Results
from planner.ui.idle import Idle
from planner.ui.kit import Button, HLine, Text, hbox
from planner.ui.panels.scenario_rows import INSET
from planner.ui.theme import px
from planner.ui.view import View
from planner.units import MINUS, format_quantity

if TYPE_CHECKING:  # the window opens without the optimiser
    from planner.engine.optimise_moves import Move, Moves

MOST: Final = 2
QUIET_MS: Final = 1200
_TOP, _BELOW_LINE = 14, 12


class MoveRow(QWidget):
    """One proposal: what, what it saves, what else it does, and a button."""

    applied = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.move_shown: Move | None = None
        self.title, self.saving = Text("", "label", elide=True), Text("", "label-strong", tone="good")
        self.detail = Text("", "caption", elide=True)
        self.apply = Button("Apply", small=True)
        self.apply.clicked.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(INSET, 2, INSET, 4)
        column.setSpacing(0)
        column.addWidget(hbox((self.title, 1), self.saving, gap=8))
        column.addWidget(hbox((self.detail, 1), self.apply, gap=8))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_move(self, move: Move, view: View) -> None:
        """Show another proposal."""
        from planner.engine.optimise_words import move_detail, move_title

        self.move_shown = move
        title = move_title(move.path, move.changes, view.scenario, view.catalog)
        saving = f"{MINUS}{format_quantity(move.saving_usd, 'usd', figures=2)}"
        for label, words in ((self.title, title), (self.saving, saving), (self.detail, move_detail(move))):
            if label.text() != words:
                label.setText(words)
        self.apply.setAccessibleName(f"Apply: {title}, {saving}")
        self.setToolTip(f"{title}: {saving}, {move_detail(move)}")

    def _take(self) -> None:
        if self.move_shown is not None:
            self.applied.emit(dict(self.move_shown.changes), self.title.text())


def _subject(view: View) -> tuple[str, str | None, str, str]:
    return view.plan.title, view.plan.preset, view.scenario.name, view.selected


class Cheaper(QWidget):
    """The block of the scenarios panel.

    Signals
    -------
    apply_asked(object, str)
        Change values (mapping of path to value) as one undo step with this text.
    """

    apply_asked = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._view: View | None = None
        self._counted: tuple[Results, str] | None = None
        self._moves: Moves | None = None
        self._folded = False
        self.title = Text("Cheaper still", "heading", elide=True)
        self.rows = [MoveRow() for _ in range(MOST)]
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._start)
        self._idle = Idle(self)
        self._idle.ended.connect(self._tell)
        self._idle.failed.connect(lambda _error: self._show(()))  # the plan says itself what is wrong with it
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(HLine())
        self._column.addSpacing(_BELOW_LINE)
        self._column.addWidget(hbox((self.title, 1), margins=(INSET, 0, INSET, 4)))
        for row in self.rows:
            row.applied.connect(self.apply_asked)
            self._column.addWidget(row)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retheme()
        self.hide()

    def retheme(self) -> None:
        """Air follows zoom."""
        self._column.setContentsMargins(0, px(_TOP), 0, 0)

    @property
    def shown(self) -> list[MoveRow]:
        """The rows that say something."""
        return [row for row in self.rows if not row.isHidden()]

    @property
    def counting(self) -> bool:
        """Whether proposals are looked for, or will be soon."""
        return self._quiet.isActive() or self._idle.running

    def show_view(self, view: View) -> None:
        """Take another plan; it is looked into when nothing has changed for a while."""
        if self._view is not None and _subject(view) != _subject(self._view):
            self.hide()  # what was found for another plan, scenario or strategy says nothing here
            for row in self.rows:
                row.hide()
        self._view = view
        held = self._counted  # by results: other prices make others of the same scenario
        if held is not None and held[0] is view.results and held[1] == view.selected and not view.dragging:
            return
        self._halt()
        for row in self.rows:
            row.apply.setEnabled(False)
        if not view.dragging and not self._folded:
            self._quiet.start()

    def set_folded(self, folded: bool) -> None:
        """Say nothing while the panel is a rail."""
        self._folded = folded
        if folded:
            self._halt()
            self.hide()
        elif self._view is not None:
            self.show_view(self._view)

    def stop(self) -> None:
        """Leave nothing running."""
        self._halt()

    def _halt(self) -> None:
        self._quiet.stop()
        self._idle.stop()
        self._counted = None

    def _start(self) -> None:
        view = self._view
        if view is None or view.selected not in view.scenario.strategies:
            return
        from planner.engine.optimise_moves import Moves

        self._moves = Moves(view.scenario, view.catalog, view.selected)
        self._idle.start(self._moves)

    def _tell(self) -> None:
        view, moves = self._view, self._moves
        if view is not None and moves is not None:
            self._counted = (view.results, view.selected)
            self._show(moves.best(MOST))

    def _show(self, moves: tuple[Move, ...]) -> None:
        view = self._view
        if view is None:
            return
        for number, row in enumerate(self.rows):
            if number < len(moves):
                row.show_move(moves[number], view)
                row.apply.setEnabled(True)
            row.setVisible(number < len(moves))
        self.setVisible(bool(moves) and not self._folded)
