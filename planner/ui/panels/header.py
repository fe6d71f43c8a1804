"""The bar at the top: menus, the plan's name, undo and redo, the scenario, export, present."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout
from shiboken6 import isValid

from planner.scenario.model import Plan
from planner.ui.kit import Button, ComboBox, Ground, IconButton, Ink, Menu, MenuBar, Text, elided
from planner.ui.panels.bits import Logo
from planner.ui.theme import px

HEIGHT = 44
_TITLE_ROOM = 300


class Header(Ground):
    """Everything that is always at hand.

    Signals
    -------
    switch_asked(str)
        Another scenario was chosen in the box.
    """

    switch_asked = Signal(str)

    def __init__(self, menus: MenuBar, export_menu: Menu, actions: dict[str, QAction]) -> None:
        super().__init__("surface", rule="bottom")
        self.setAccessibleName("Header")
        self._shown: tuple[object, str] = ((), "")
        self.title = Text("", "title")
        self.edited = Text("edited", "muted")
        self.undo = _tool("undo-2", "Undo", actions["undo"])
        self.redo = _tool("redo-2", "Redo", actions["redo"])
        self.scenario = ComboBox("Scenario", (), "", tall=True)
        self.scenario.chosen.connect(self.switch_asked)
        self.duplicate = _tool("copy", "Duplicate scenario", actions["duplicate"])
        self.compare = Button("Compare", icon="arrow-left-right")
        self.compare.clicked.connect(actions["compare"].trigger)
        self.export = Button("Export", icon="download", menu=export_menu)
        self.present = Button("Present", "primary", icon="presentation")
        self.present.clicked.connect(actions["present"].trigger)
        self.present.setToolTip("Present  (F5)")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 12, 1)
        row.setSpacing(8)
        row.addWidget(Logo())
        row.addWidget(menus)
        row.addStretch(1)
        row.addWidget(self.title)
        row.addWidget(self.edited)
        row.addStretch(1)
        parts = (self.undo, self.redo, self.scenario, self.duplicate, self.compare, self.export, self.present)
        for widget in parts:
            row.addWidget(widget)
        self.retheme()

    def retheme(self) -> None:
        """Heights follow zoom."""
        self.setFixedHeight(px(HEIGHT))
        self.scenario.setFixedWidth(px(170))

    def show_plan(self, plan: Plan, *, modified: bool) -> None:
        """Show name, mark and scenarios of a plan."""
        shown = elided(plan.title, Ink(13, 600), px(_TITLE_ROOM))
        if self.title.text() != shown:
            self.title.setText(shown)
            self.title.setToolTip(plan.title)
        if self.edited.isHidden() == modified:
            self.edited.setVisible(modified)
        options = tuple(
            (scenario.name, f"{_letter(number)}  {scenario.name}")
            for number, scenario in enumerate(plan.scenarios)
        )
        if (options, plan.active) != self._shown:
            self._shown = (options, plan.active)
            self.scenario.set_options(options, plan.active)


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _tool(icon: str, name: str, action: QAction) -> IconButton:
    """Return a button that runs an action and is on when it is."""
    button = IconButton(icon, name, action.shortcut().toString())
    button.clicked.connect(action.trigger)

    def follow() -> None:
        if not isValid(action):  # it says farewell while the window is taken down
            return
        button.setEnabled(action.isEnabled())
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        words = action.text().replace("&", "")
        button.setToolTip(f"{words}  ({keys})" if keys else words)

    action.changed.connect(follow)
    follow()
    return button
