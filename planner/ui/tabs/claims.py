"""Received wisdom, tested: what is often said of tuning and distilling, held against plan and presets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from planner.app.background import Background
from planner.catalog.api_prices import api_prices_day
from planner.catalog.load import Catalog
from planner.engine.claims.listing import CLAIMS, findings
from planner.engine.claims.records import Figure, Finding
from planner.engine.run import simulate
from planner.errors import PlannerError
from planner.scenario.presets import load_preset, presets
from planner.ui.kit.panels import Panel, PanelLook
from planner.ui.kit.text import HLine, Text
from planner.ui.tabs.base import Tab
from planner.ui.tabs.claims_table import ClaimsTable, Tested
from planner.ui.theme import px
from planner.ui.view import View

_LOOK = PanelLook(pad=(1, 1, 1, 1), gap=0)
_HINT = "A column's head or mark shows that plan's figures. Point at a claim to read how it is tested."
Found = Mapping[str, Finding]


def ask_presets(catalog: Catalog) -> dict[str, Found]:
    """What every preset says of every claim, by the preset's id. Takes some tens of milliseconds."""
    found: dict[str, Found] = {}
    for preset in presets():
        results = simulate(load_preset(preset.id).scenario, catalog)
        found[preset.id] = findings(results, catalog)
    return found


class ClaimsPage(Tab):
    """The claims, what this plan says of them, and a verdict by every preset.

    Signals
    -------
    counted()
        The presets have been asked.
    """

    counted = Signal()
    title = "Received wisdom"

    def __init__(self) -> None:
        super().__init__()
        self.presets: dict[str, Found] | None = None
        self.problem: PlannerError | None = None
        self._view: View | None = None
        self._prices: tuple[Catalog, date | None] | None = None
        self.table = ClaimsTable("Claims by plan")
        self.read_out = Text(_HINT, "caption", wrap=True)
        self.read_out.setContentsMargins(px(10), 0, px(10), 0)
        self.read_out.setFixedHeight(px(36))
        panel = Panel(look=_LOOK)
        panel.body.addWidget(self.table, 1)
        panel.body.addWidget(HLine())
        panel.body.addWidget(self.read_out)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(panel)
        self._work = Background(self)
        self._work.done.connect(self._take)
        self._work.failed.connect(self._fail)
        self.table.figure_opened.connect(self._trace)
        self.table.row_visited.connect(self._read)

    def show_view(self, view: View) -> None:
        """Show a plan; the presets are asked away from the window's thread, and again at other prices."""
        if self._view is None or view.results is not self._view.results:
            self._own = Tested("This plan", findings(view.results, view.catalog), own=True)
        self._view = view
        self._show()
        prices = (view.catalog, api_prices_day())
        if prices != self._prices:
            self._prices = prices
            self._work.start(lambda: ask_presets(prices[0]))

    def stop(self) -> None:
        """Leave nothing running."""
        self._work.stop()

    def retheme(self) -> None:
        """The line at the foot follows zoom."""
        self.read_out.setFixedHeight(px(36))

    def _show(self) -> None:
        others = (
            Tested(preset.title, None if self.presets is None else self.presets[preset.id])
            for preset in presets()
        )
        dragging = self._view is not None and self._view.dragging
        self.table.show_plans((self._own, *others), dragging=dragging)

    def _take(self, found: dict[str, Found]) -> None:
        self.presets, self.problem = found, None
        self._show()
        self.counted.emit()

    def _fail(self, problem: PlannerError) -> None:
        self.problem = problem
        self.read_out.setText(f"The presets could not be asked: {problem.message}")
        self.counted.emit()

    def _trace(self, figure: Figure) -> None:
        """Open the line items behind a figure, or the input it is."""
        if "." in figure.what:
            self.input_requested.emit(figure.what)
        else:
            self.items_requested.emit(figure.strategy, figure.what)

    def _read(self, row: int) -> None:
        self.read_out.setText(f"How it is tested: {CLAIMS[row].measure}")
