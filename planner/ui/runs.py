"""What each command of the window does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from planner.ui.actions import shortcut_rows
from planner.ui.dialogs.about import AboutDialog
from planner.ui.dialogs.shortcuts import ShortcutsDialog
from planner.ui.drawing import SCALES
from planner.ui.exports import KINDS, PICTURES
from planner.ui.invoices import Invoices
from planner.ui.present.keys import WORDS
from planner.ui.price_refresh import PriceRefresh
from planner.ui.tabs.registry import number_of

if TYPE_CHECKING:
    from planner.export.sweeps.read import SweepFile
    from planner.ui.dialogs.sweep_view import SweepDialog
    from planner.ui.present.talk import Talk
    from planner.ui.window import MainWindow

_ZOOM_STEP, _ZOOM = 10, (80, 200)


class Runs:
    """Functions by command id, bound to one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.prices = PriceRefresh(window)
        self.invoices = Invoices(window)
        self.sweep: SweepDialog | None = None
        self.talk: Talk | None = None

    def table(self) -> dict[str, Callable[[], object]]:
        """Return the function of every command."""
        window = self._window
        return {
            "start": window.show_start,
            "open": lambda: window.documents.ask_open(),
            "open_sweep": lambda: window.documents.ask_open_sweep(),
            "save": lambda: window.documents.save(),
            "save_as": lambda: window.documents.save_as(),
            "quit": window.close,
            "rename_plan": self._rename_plan,
            "reset_all": window.reset_all,
            "search": lambda: window.inputs.search.setFocus(),
            **{f"theme_{mode}": partial(self._theme, mode) for mode in ("system", "light", "dark")},
            "contrast": self._contrast,
            "zoom_in": partial(self._zoom, _ZOOM_STEP),
            "zoom_out": partial(self._zoom, -_ZOOM_STEP),
            "zoom_reset": partial(self._zoom, 0),
            "show_inputs": lambda: window.inputs.setVisible(window.inputs.isHidden()),
            "show_scenarios": lambda: window.scenarios.setVisible(window.scenarios.isHidden()),
            "reset_layout": window.reset_layout,
            "next_tab": partial(self._page, 1),
            "last_tab": partial(self._page, -1),
            "present": self._present,
            "present_here": lambda: self._present(self._window.page.title),
            "full_screen": self._full_screen,
            "duplicate": lambda: window.store.duplicate(),
            "rename": self._rename,
            "delete": lambda: window.store.delete(window.store.plan.active),
            "next_scenario": partial(self._scenario, 1),
            "last_scenario": partial(self._scenario, -1),
            "compare": self.compare,
            "catalogue_ranges": self.use_catalogue_ranges,
            "no_ranges": lambda: window.store.edit_many({"ranges": {}}, "Remove all ranges"),
            "items": self._items,
            "import_actuals": self.invoices.ask,
            "refresh_prices": self.prices.start,
            "notes": window.show_notes,
            "preset_sources": lambda: window.show_sources(window.store.plan.preset),
            "shortcuts": self._shortcuts,
            "about": lambda: AboutDialog(window.catalog, window).open(),
            **{f"export_{ending[1:]}": partial(self._export, ending) for ending in KINDS},
            **{f"scale_{scale}": partial(self._scale, scale) for scale in SCALES},
        }

    # -- files
    def show_sweep(self, file: SweepFile) -> None:
        """Show the results of a sweep in a window beside this one; another sweep takes its place."""
        from planner.ui.dialogs.sweep_view import SweepDialog  # not before somebody opens one

        self._close_sweep()
        self.sweep = SweepDialog(file, self._window)
        self.sweep.scenario_asked.connect(
            lambda scenario: self._window.store.add(scenario, "Open point of a sweep")
        )
        self.sweep.show()

    def stop(self) -> None:
        """Leave nothing open or running."""
        self.prices.stop()
        self.invoices.stop()
        self._close_sweep()
        if self.talk is not None:
            self.talk.end()

    @property
    def presenting(self) -> bool:
        """Whether the stage is on a screen."""
        return self.talk is not None and self.talk.running

    def _present(self, tab: str = "") -> None:
        """Show the story full screen, from the page that says what a tab shows, or from the first."""
        from planner.ui.present.talk import Talk, key_of_tab  # not before somebody presents

        if self.talk is None:
            self.talk = Talk(self._window)
        self.talk.begin(key_of_tab(tab) if tab else "")

    def _close_sweep(self) -> None:
        if self.sweep is not None:
            self.sweep.close()
            self.sweep.deleteLater()
            self.sweep = None

    def _export(self, ending: str) -> None:
        window, view = self._window, self._window.live.view
        if ending in PICTURES:
            figure, scale = window.page.picture_name.casefold(), window.settings.values.picture_scale
            window.exports.export_page(ending, view, figure, window.page.whole, scale)
        else:
            window.exports.export(ending, view)

    def _scale(self, scale: int) -> None:
        self._window.settings.change(picture_scale=scale)
        self.show_marks()

    def _rename_plan(self) -> None:
        title = self._window.ask_text("Rename plan", "Title", self._window.store.plan.title)
        if title:
            self._window.store.retitle(title)

    # -- scenarios
    def _rename(self) -> None:
        store = self._window.store
        name = self._window.ask_text("Rename scenario", "Name", store.plan.active)
        if name:
            store.rename(store.plan.active, name)

    def _scenario(self, step: int) -> None:
        store = self._window.store
        names = [scenario.name for scenario in store.plan.scenarios]
        store.switch(names[(names.index(store.plan.active) + step) % len(names)])

    def compare(self) -> None:
        """Show the first scenario beside the active one, or the second where the first is active."""
        window, names = self._window, [scenario.name for scenario in self._window.store.plan.scenarios]
        from planner.ui.tabs.compare import CompareTab  # not before it is looked at

        number = number_of("Compare")
        tab = window.pages.tab(number)
        window.start.show_plan()
        if isinstance(tab, CompareTab) and len(names) > 1:
            active = window.store.plan.active
            tab.compare(names[0], active if active != names[0] else names[1])
        window.tab_bar.setCurrentIndex(number)

    def use_catalogue_ranges(self) -> None:
        """Make ranges of what is always uncertain and is none yet, as one step."""
        from planner.evidence.default_ranges import catalogue_ranges  # not before somebody asks

        window = self._window
        results = None if window.live.view is None else window.live.view.results
        found = catalogue_ranges(window.store.scenario, window.catalog, results)
        if found:
            changes = {f"ranges.{path}": span for path, span in found.items()}
            window.store.edit_many(changes, "Use the catalogue's ranges")
        else:
            window.bus.info("Every input that the catalogue has a range for is one already.", key="ranges")

    def _items(self) -> None:
        view = self._window.live.view
        if view is not None:
            self._window.show_items(view.selected, "")

    # -- view
    def _theme(self, mode: str) -> None:
        self._window.themes.set_mode(mode)
        self._window.settings.change(theme=mode)
        self.show_marks()

    def _contrast(self) -> None:
        on = not self._window.settings.values.high_contrast
        # Off means "as the system says", not "never".
        self._window.themes.set_high_contrast(on or None)
        self._window.settings.change(high_contrast=on)
        self.show_marks()

    def show_marks(self) -> None:
        """Tick what holds."""
        values, actions = self._window.settings.values, self._window.actions_by_id
        for mode in ("system", "light", "dark"):
            actions[f"theme_{mode}"].setChecked(values.theme == mode)
        actions["contrast"].setChecked(values.high_contrast)
        for scale in SCALES:
            actions[f"scale_{scale}"].setChecked(values.picture_scale == scale)

    def _zoom(self, step: int) -> None:
        themes = self._window.themes
        percent = min(_ZOOM[1], max(_ZOOM[0], themes.zoom + step)) if step else 100
        themes.set_zoom(percent)
        self._window.settings.change(zoom=percent / 100)

    def _page(self, step: int) -> None:
        bar = self._window.tab_bar
        bar.setCurrentIndex((bar.currentIndex() + step) % bar.count())

    def _full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def _shortcuts(self) -> None:
        rows = shortcut_rows(self._window.actions_by_id)
        rows += [("Presenting", words, keys) for keys, words in WORDS]
        ShortcutsDialog(rows, self._window).open()
