"""The window: what stands where, and how a change of the plan reaches every part of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QKeySequence,
    QPainter,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QLineEdit, QVBoxLayout, QWidget

from planner.app.autosave import Autosave
from planner.app.messages import MessageBus
from planner.app.recent import RecentFiles
from planner.app.settings import SettingsStore
from planner.app.store import PlanStore
from planner.catalog.load import Catalog
from planner.engine.choice import AIMS
from planner.engine.results import Results
from planner.errors import InputError, PlannerError
from planner.scenario.model import Scenario
from planner.scenario.presets import load_preset, presets
from planner.ui.actions import MENUS, fill_menu, make_actions
from planner.ui.dialogs.caveats import CaveatsDialog
from planner.ui.documents import Documents
from planner.ui.doubt import Doubt
from planner.ui.exports import Exports
from planner.ui.kit import Ground, Menu, MenuBar, TabBar, fit_screen
from planner.ui.live import Live
from planner.ui.panels.bits import paint_logo
from planner.ui.panels.cards import Cards, Strip
from planner.ui.panels.facts import cards_of
from planner.ui.panels.header import Header
from planner.ui.panels.inputs import InputsPanel
from planner.ui.panels.notices import Notices
from planner.ui.panels.pages import Pages
from planner.ui.panels.scenarios import ScenariosPanel
from planner.ui.panels.start_host import StartHost
from planner.ui.panels.status import StatusBar
from planner.ui.panels.veil import Veil
from planner.ui.panels.verdict import VerdictBar, shares_of
from planner.ui.plots.card import PlotCard
from planner.ui.runs import Runs
from planner.ui.tabs.base import Tab
from planner.ui.tabs.registry import PAGES
from planner.ui.theme import ThemeManager, px
from planner.ui.view import IN_MONTH, View

if TYPE_CHECKING:
    from planner.ui.dialogs.ledger import LedgerDialog

LAYOUT_VERSION = 1
SMALLEST = (1240, 680)
FIRST_SIZE = (1440, 900)
_RAIL_BELOW, _STRIP_BELOW = 1400, 820


class MainWindow(QWidget):
    """The planner's window. State is the store's; this arranges views of it."""

    def __init__(
        self, store: PlanStore, catalog: Catalog, settings: SettingsStore, themes: ThemeManager
    ) -> None:
        super().__init__()
        self.store, self.catalog, self.settings, self.themes = store, catalog, settings, themes
        self.bus = MessageBus(self)
        self.live = Live(store, catalog, self)
        self.doubt = Doubt(catalog, self)
        self.recent = RecentFiles(settings)
        self.documents = Documents(self, store, self.bus, self.recent)
        self.autosave = Autosave(store, parent=self)
        self.runs = Runs(self)
        self.actions_by_id = make_actions(self, self.runs.table())
        self._ledger: LedgerDialog | None = None
        self._titles = {preset.id: preset.title for preset in presets()}
        self._build_parts()
        self._arrange()
        self._connect()
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.setWindowIcon(app_icon())
        self._restore_layout()
        self.live.on_plan(store.plan)
        self.header.show_plan(store.plan, modified=store.modified)
        self._show_title()
        self.runs.show_marks()
        if settings.problem:
            self.bus.warn(settings.problem, key="settings")

    # ------------------------------------------------------------------ building
    def _build_parts(self) -> None:
        self.export_menu = Menu("E&xport", self)
        fill_menu(self.export_menu, "File/Export", self.actions_by_id)
        self.export_menu.addSeparator()
        fill_menu(self.export_menu.submenu("Pi&xels of pictures"), "File/Export/Scale", self.actions_by_id)
        undo = self.store.undo_stack.createUndoAction(self, "&Undo")
        redo = self.store.undo_stack.createRedoAction(self, "&Redo")
        undo.setShortcut(QKeySequence("Ctrl+Z"))
        redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.actions_by_id |= {"undo": undo, "redo": redo}
        self.addActions([undo, redo])
        self.header = Header(self._menus(), self.export_menu, self.actions_by_id)
        self.inputs = InputsPanel(self.catalog, self.settings.values.open_sections, self)
        self.verdict = VerdictBar()
        self.notices = Notices(self.bus, self.catalog)
        self.cards, self.strip = Cards(), Strip()
        self.tab_bar = TabBar("Pages", tuple((kind.title, kind.title) for kind in PAGES))
        self.pages = Pages(PAGES)
        self.pages.made.connect(self._connect_page)
        self.veil = Veil(self.pages)
        self.scenarios = ScenariosPanel()
        self.status = StatusBar()
        self.exports = Exports(self, self.documents, self.bus, self.status)

    def _menus(self) -> MenuBar:
        bar = MenuBar()
        for title in MENUS:
            menu = bar.menu(f"&{title}")
            if title == "File":
                menu.addAction(self.actions_by_id["start"])
                self.documents.fill_new(menu.submenu("&New from"))
                self.recent_menu = menu.submenu("Open &recent")
                self.recent_menu.aboutToShow.connect(lambda: self.documents.fill_recent(self.recent_menu))
            if title == "Edit":
                menu.addActions([self.actions_by_id["undo"], self.actions_by_id["redo"]])
            if title == "View":
                fill_menu(menu.submenu("&Theme"), "View/Theme", self.actions_by_id)
            fill_menu(menu, title, self.actions_by_id, skip="start")
            if title == "File":
                menu.insertMenu(self.actions_by_id["quit"], self.export_menu)
        return bar

    def _arrange(self) -> None:
        self.centre = Ground("app")
        self.centre.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside a field leaves the field
        self.centre.setFocus()
        column = QVBoxLayout(self.centre)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        for widget in (self.verdict, self.notices, self.cards, self.strip, self.tab_bar):
            column.addWidget(widget)
        column.addWidget(self.pages, 1)
        plan_view = QWidget()
        middle = QHBoxLayout(plan_view)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.inputs)
        middle.addWidget(self.centre, 1)
        middle.addWidget(self.scenarios)
        self.start = StartHost(plan_view, self.catalog)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self.start, 1)
        whole.addWidget(self.status)

    def _connect(self) -> None:
        store, live = self.store, self.live
        live.shown.connect(self._show_view)
        live.shown.connect(lambda view: self.doubt.follow(view.results, held=view.dragging))
        self.doubt.counted.connect(live.take_doubted)
        live.doubted.connect(self._show_doubt)
        live.failed.connect(self._show_failure)
        live.counted.connect(self._show_scenarios)
        store.rejected.connect(self._refused)
        store.clean_changed.connect(lambda _clean: self._show_title())
        store.path_changed.connect(lambda _path: self._show_title())
        self.inputs.edited.connect(lambda path, value, gesture: store.edit(path, value, gesture=gesture))
        self.inputs.carried.connect(
            lambda path, value, span, gesture: store.edit(path, value, gesture=gesture, span=span)
        )
        self.inputs.held.connect(self.doubt.hold)
        self.inputs.held.connect(self.exports.hold)
        self.inputs.held.connect(live.set_dragging)
        self.inputs.reset_asked.connect(store.reset)
        self.inputs.reset_all_asked.connect(self.reset_all)
        self.inputs.sections_changed.connect(lambda keys: self.settings.change(open_sections=keys))
        for part in (self.cards, self.strip):
            part.selected.connect(live.select)
            part.opened.connect(self.show_items)
        self.verdict.opened.connect(self._open_answer)
        self.notices.remedy_asked.connect(store.edit_many)
        self.tab_bar.currentChanged.connect(self._turn_page)
        self.header.switch_asked.connect(store.switch)
        self.scenarios.duplicate_asked.connect(store.duplicate)
        self.scenarios.switch_asked.connect(store.switch)
        self.scenarios.rename_asked.connect(store.rename)
        self.scenarios.delete_asked.connect(store.delete)
        self.scenarios.input_asked.connect(self.reveal_input)
        self.scenarios.compare_asked.connect(self.runs.compare)
        self.scenarios.apply_asked.connect(store.edit_many)
        self.status.notes_asked.connect(self.show_notes)
        self.documents.saved.connect(self.status.show_saved)
        self.documents.sweep_opened.connect(self.runs.show_sweep)
        self.documents.invoices_opened.connect(self.runs.invoices.open)
        self.documents.started.connect(live.follow_choice)
        self.documents.started.connect(self.start.show_plan)
        self.inputs.start_asked.connect(self.show_start)
        self.start.chosen.connect(self.documents.new)
        self.start.open_asked.connect(self.documents.ask_open)
        self.start.sources_asked.connect(self.show_sources)
        self.autosave.failed.connect(lambda problem: self.bus.report(problem, key="autosave"))
        self.settings.failed.connect(lambda problem: self.bus.report(problem, key="settings"))

    def _connect_page(self, tab: Tab) -> None:
        tab.strategy_selected.connect(self.live.select)
        tab.items_requested.connect(self.show_items)
        tab.results_requested.connect(self._show_results)
        tab.input_requested.connect(self.reveal_input)
        tab.change_requested.connect(self.store.edit_many)
        tab.scenario_requested.connect(self.store.branch)
        tab.duplicate_requested.connect(self.store.duplicate)
        tab.draws_asked.connect(self.doubt.ask)
        tab.problem_met.connect(lambda problem: self.bus.report(problem, key="page"))
        self.runs.invoices.follow(tab)

    # ------------------------------------------------------------------ showing
    def _show_view(self, view: View) -> None:
        """Hand a plan with its figures to every part; the hidden pages wait until they are seen."""
        if view.dragging and self.runs.presenting:  # what the stage covers follows when the slider is let go
            return
        self.bus.clear("plan")
        self._show_stale(False)
        self._show_answer(view)
        self.inputs.show_scenario(view.scenario, view.preset or Scenario(), self._preset_title())
        self.inputs.show_results(view.results, view.selected)
        self.notices.show_view(view)
        self.page.show_view(view)
        self.header.show_plan(view.plan, modified=self.store.modified)
        self._show_scenarios()
        self._show_title()
        if self._ledger is not None and self._ledger.isVisible():
            self._ledger.refresh(view)

    def _show_answer(self, view: View) -> None:
        self.verdict.show_verdict(view.verdict, shares_of(view))
        facts = cards_of(view)
        (self.cards if self._cards_shown() else self.strip).show_cards(facts, view.selected)
        self.status.show_view(view, self.live.engine_ms)

    def _show_doubt(self, view: View) -> None:
        """Hand what draws say to the parts that show it; the plan and its figures are the same."""
        if view.dragging and self.runs.presenting:
            return
        self._show_answer(view)
        self.page.show_doubt(view)

    def _show_scenarios(self) -> None:
        if self.live.view is not None:
            self.scenarios.show_view(self.live.view, self.live.outcome_of)

    def _show_failure(self, problem: PlannerError) -> None:
        """The plan has no figures: say why, and dim the last ones."""
        self.doubt.leave()
        self.bus.report(problem, key="plan")
        self.inputs.show_scenario(self.store.scenario, self.store.preset, self._preset_title())
        self.header.show_plan(self.store.plan, modified=self.store.modified)
        self._show_title()
        self._show_stale(True)
        view = self.live.view
        if view is not None:
            self.verdict.show_verdict(view.verdict, shares_of(view), stale=True)
            facts = cards_of(view)
            for part in (self.cards, self.strip):
                part.show_cards(facts, view.selected, stale=True)

    def _show_stale(self, stale: bool) -> None:
        self.veil.set_shown(stale)
        self.scenarios.set_stale(stale)

    def _preset_title(self) -> str:
        return self._titles.get(self.store.plan.preset or "", "none")

    def _refused(self, problem: PlannerError) -> None:
        if isinstance(problem, InputError) and problem.path.removeprefix("ranges.") in self.inputs.rows:
            self.inputs.refuse(problem.path, problem.message)
        else:
            self.bus.report(problem, key="refused")

    def _show_title(self) -> None:
        path = self.store.path
        name = path.name if path is not None else self.store.plan.title
        self.setWindowTitle(f"{name}[*] - Planner")
        self.setWindowModified(self.store.modified)
        self.header.edited.setVisible(self.store.modified)
        self.status.show_state(modified=self.store.modified, has_file=path is not None)
        many = len(self.store.plan.scenarios) > 1
        for name in ("delete", "next_scenario", "last_scenario"):
            self.actions_by_id[name].setEnabled(many)
        self.actions_by_id["no_ranges"].setEnabled(bool(self.store.scenario.ranges))

    @property
    def page(self) -> Tab:
        """The page on screen."""
        return self.pages.current

    @property
    def tabs(self) -> list[Tab]:
        """Every page, in order."""
        return self.pages.all()

    def _cards_shown(self) -> bool:
        return self.pages.currentIndex() == 0 and self.height() >= px(_STRIP_BELOW)

    def _turn_page(self, index: int) -> None:
        self.pages.turn_to(index)
        self._fold()
        self.live.show_again()

    def _fold(self) -> None:
        """Cards or strip, scenarios or rail, by the room there is."""
        shown = self._cards_shown()
        self.cards.setVisible(shown)
        self.strip.setVisible(not shown)
        self.scenarios.set_folded(self.width() < px(_RAIL_BELOW))

    # ------------------------------------------------------------------ asked from parts
    def save_picture(self, card: PlotCard, ending: str, scale: float) -> None:
        """Write a plot to a file, as it is on the screen."""
        self.exports.export_widget(ending, card, card.title, scale)

    def show_items(self, strategy: str, what: str) -> None:
        """Open the line items behind a figure, by `IN_MONTH` with the numbers of a month in its equation."""
        if self.live.view is not None:
            figure, _, month = what.partition(IN_MONTH)
            self._show_results(self.live.view.results, strategy, figure)
            if month and self._ledger is not None:
                self._ledger.show_month(int(month))

    def _show_results(self, results: Results, strategy: str, what: str) -> None:
        """Open the line items behind a figure; those of another scenario stay as they are."""
        if self.live.view is None:
            return
        if self._ledger is None:
            from planner.ui.dialogs.ledger import LedgerDialog  # with all equations: not before it is opened

            self._ledger = LedgerDialog(self)
            self._ledger.input_requested.connect(self.reveal_input)
        other = results is not self.live.view.results
        view = replace(self.live.view, results=results) if other else self.live.view
        self._ledger.show_items(view, strategy, what, scenario=results.scenario.name if other else "")
        self._ledger.show()
        self._ledger.raise_()

    def _open_answer(self, strategy: str) -> None:
        """Open the figure that the choice goes by."""
        self.show_items(strategy, AIMS[self.store.scenario.limits.goal][0])

    def reveal_input(self, path: str) -> None:
        """Bring an input into view and focus it; the name is the scenario's own."""
        if path == "name":
            self.actions_by_id["rename"].trigger()
            return
        self.inputs.setVisible(True)
        self.actions_by_id["show_inputs"].setChecked(True)
        self.activateWindow()
        self.inputs.reveal(path)

    def show_notes(self) -> None:
        """Say what was left to a default."""
        if self.live.view is not None:
            CaveatsDialog(self.live.view.results, self).open()

    def show_start(self) -> None:
        """Show every preset with its figures, in the place of the plan."""
        self.start.show_start(self.store.plan.preset)

    def show_sources(self, preset_id: str | None) -> None:
        """Say where the numbers of a preset come from; of a plan that started from none, show them all."""
        if preset_id in self._titles:
            from planner.ui.dialogs.start_sources import PresetSources  # not before somebody asks

            PresetSources(load_preset(preset_id), self).open()
        else:
            self.show_start()

    def reset_all(self) -> None:
        """Set every value and range back to the preset's, as one step."""
        self.store.reset_all()

    def ask_text(self, title: str, label: str, text: str) -> str:
        """Ask for a line of text; empty when cancelled."""
        answer, taken = QInputDialog.getText(self, title, label, QLineEdit.EchoMode.Normal, text)
        return answer.strip() if taken else ""

    # ------------------------------------------------------------------ layout
    def _restore_layout(self) -> None:
        values = self.settings.values
        self.resize(fit_screen(QSize(*FIRST_SIZE), self.screen()))
        if values.layout_version == LAYOUT_VERSION and values.geometry:
            # Qt itself moves a window back that would lie on a screen which is gone.
            self.restoreGeometry(QByteArray(values.geometry))
            state = values.window_state.decode("ascii", "replace").split(",")
            if len(state) == 3:
                page = int(state[0]) if state[0].isdecimal() else 0
                self.tab_bar.setCurrentIndex(min(page, self.pages.count() - 1))
                self.inputs.setVisible(state[1] == "1")
                self.scenarios.setVisible(state[2] == "1")
        self.actions_by_id["show_inputs"].setChecked(not self.inputs.isHidden())
        self.actions_by_id["show_scenarios"].setChecked(not self.scenarios.isHidden())
        self._fold()

    def reset_layout(self) -> None:
        """Show both panels, the first page, the first size."""
        for name, panel in (("show_inputs", self.inputs), ("show_scenarios", self.scenarios)):
            panel.setVisible(True)
            self.actions_by_id[name].setChecked(True)
        self.showNormal()
        self.resize(fit_screen(QSize(*FIRST_SIZE), self.screen()))
        self.tab_bar.setCurrentIndex(0)

    def remember_layout(self) -> None:
        """Keep size, place, page and panels for the next start."""
        panels = ",".join("0" if panel.isHidden() else "1" for panel in (self.inputs, self.scenarios))
        self.settings.change(
            layout_version=LAYOUT_VERSION,
            geometry=self.saveGeometry().data(),
            window_state=f"{self.pages.currentIndex()},{panels}".encode("ascii"),
        )

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard starts at the centre: no field looks as if it was being typed into."""
        super().showEvent(event)
        if self.focusWidget() is None or not event.spontaneous():
            self.centre.setFocus()

    def retheme(self) -> None:
        """Zoom changes what there is room for."""
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold what has no room."""
        super().resizeEvent(event)
        shown = self.cards.isHidden()
        self._fold()
        if shown != self.cards.isHidden():
            self.live.show_again()

    # ------------------------------------------------------------------ files and the end
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file."""
        if self.documents.dropped(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        path = self.documents.dropped(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.documents.open(path)

    def open_file(self, path: Path) -> bool:
        """Open a plan file."""
        return self.documents.open(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes, remember the layout, leave nothing running."""
        # What was asked for is written first, or said not to be.
        if not (self.documents.may_leave() and self.exports.finish()):
            event.ignore()
            return
        self.remember_layout()
        self.exports.stop()
        self.runs.stop()  # first: a slider that is let go there asks for draws and a search
        self.live.stop()
        self.doubt.stop()
        self.notices.stop()
        self.scenarios.stop()
        self.pages.stop()
        self.autosave.close()
        if self._ledger is not None:
            self._ledger.close()
        event.accept()


def app_icon() -> QIcon:
    """Return the logo in the sizes that desktops ask for."""
    icon = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        picture = QPixmap(side, side)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_logo(painter, side)
        painter.end()
        icon.addPixmap(picture)
    return icon
