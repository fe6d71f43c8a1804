"""Where every number comes from: inputs, catalogue rows in use, physics constants, credits; with a search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from planner.catalog.caveats import CAVEATS
from planner.ui.kit.choice import Segmented
from planner.ui.kit.editor import SearchBox
from planner.ui.kit.layout import ScrollArea
from planner.ui.kit.panels import Panel
from planner.ui.kit.states import Empty
from planner.ui.kit.text import HLine, Icon, Text
from planner.ui.kit.wide_table import WideTable
from planner.ui.tabs.base import Tab
from planner.ui.tabs.source_rows import (
    CREDIT_HEADERS,
    INPUT_HEADERS,
    PHYSICS_HEADERS,
    Entry,
    catalogue_entries,
    credit_rows,
    input_rows,
    physics_rows,
)
from planner.ui.theme import px
from planner.ui.view import View

if TYPE_CHECKING:
    from planner.ui.tabs.evidence import EvidencePage

PAGES = (
    ("inputs", "Inputs"),
    ("evidence", "Evidence"),
    ("catalogue", "Catalogue"),
    ("physics", "Physics"),
    ("credits", "Credits"),
)
QUIET_MS = 120


class EntryBlock(QWidget):
    """One catalogue row in words, its source and date, its note, and what to know about it."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 8, 10)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(8)
        kind = Text(entry.kind, "muted")
        kind.setFixedWidth(px(150))
        head.addWidget(kind)
        head.addWidget(Text(entry.name, "title"))
        head.addWidget(Text(entry.says, "label", elide=True), 1)
        column.addLayout(head)
        words = f"{entry.source.title}, {entry.source.as_of}"
        for line in (words, entry.source.note):
            if line:
                column.addWidget(_indented(Text(line, "muted", wrap=True)))
        for code in entry.caveats:
            column.addWidget(_caveat(code))
        column.addWidget(_indented(HLine()))


def _indented(widget: QWidget, icon: QWidget | None = None) -> QWidget:
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(px(158), 0, 0, 0)
    line.setSpacing(6)
    if icon is not None:
        line.addWidget(icon)
    line.addWidget(widget, 1)
    return holder


def _caveat(code: str) -> QWidget:
    known = CAVEATS.get(code)
    words = f"{known.text}. {known.help}" if known is not None else code
    return _indented(Text(words, "label", wrap=True), Icon("triangle-alert", 13, "warn"))


class CatalogueList(QWidget):
    """The rows in use under each other, and the notes on this plan's figures before them."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 6, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.blocks: list[EntryBlock] = []
        self._notes: list[QWidget] = []
        self._shown: tuple[tuple[Entry, ...], tuple[str, ...]] = ((), ())

    def set_entries(self, entries: tuple[Entry, ...], caveats: tuple[str, ...]) -> None:
        """Show other rows; made anew only when they differ."""
        if (entries, caveats) == self._shown:
            return
        self._shown = (entries, caveats)
        for old in (*self.blocks, *self._notes):
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        in_rows = {code for entry in entries for code in entry.caveats}
        self._notes = [_note(code) for code in caveats if code not in in_rows]
        self.blocks = [EntryBlock(entry) for entry in entries]
        for i, widget in enumerate((*self._notes, *self.blocks)):
            self._column.insertWidget(i, widget)

    def search(self, word: str) -> int:
        """Leave only what holds a word."""
        found = 0
        for block in self.blocks:
            block.setVisible(not word or block.entry.holds(word))
            found += not word or block.entry.holds(word)
        for note in self._notes:
            note.setVisible(not word or word in note.accessibleName().casefold())
        return found


def _note(code: str) -> QWidget:
    row = _caveat(code)
    known = CAVEATS.get(code)
    row.setAccessibleName(known.text if known is not None else code)
    return row


class SourcesTab(Tab):
    """Inputs, catalogue, physics and credits, one page each, and one search over them."""

    title = "Sources"

    def __init__(self) -> None:
        super().__init__()
        self.pages = Segmented("What to list", PAGES, "inputs", tall=True)
        self.search = SearchBox("Search sources", "Search inputs, rows, sources", key="")
        self.search.setMaximumWidth(px(320))
        self.inputs = WideTable("Inputs", 3, {0: 232, 1: 150, 2: 120, 4: 98})
        self.physics = WideTable("Physics constants", 2, {0: 300, 1: 130})
        self.credits = WideTable("Credits", 1, {0: 470})
        self.catalogue = CatalogueList()
        self._scroll = ScrollArea(self.catalogue, "Catalogue rows in use")
        self._empty = Empty("search", "Nothing holds this word", "Escape empties the search.")
        self._panel = Panel("Inputs", "every input of the scenario in use")
        self._stack = QStackedLayout()
        for page in (self.inputs, self._scroll, self.physics, self.credits, self._empty):
            self._stack.addWidget(page)
        self._panel.body.addLayout(self._stack)
        self.evidence: EvidencePage | None = None
        self._centre = QStackedLayout()
        self._lay_out()
        self._view: View | None = None
        self._due: set[str] = set()
        self.pages.chosen.connect(lambda _key: self._refresh())
        self.search.textChanged.connect(lambda _text: self._refresh())
        self.inputs.linkOpened.connect(self.input_requested)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(QUIET_MS)
        self._wait.timeout.connect(self._refresh)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.pages)
        top.addStretch(1)
        top.addWidget(self.search, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(top)
        self._centre.addWidget(self._panel)
        column.addLayout(self._centre, 1)

    @property
    def page(self) -> str:
        """Key of the page shown."""
        return self.pages.current

    def show_page(self, key: str) -> None:
        """Go to a page."""
        self.pages.set_current(key)
        self._refresh()

    def show_view(self, view: View) -> None:
        """List the inputs of a view; while a slider is held the list waits until it rests."""
        if self._view is not None and self._view.scenario == view.scenario and self._view.plan == view.plan:
            self._view = view
            return
        self._view = view
        self._due = {key for key, _ in PAGES}
        if view.dragging:
            self._wait.start()
        else:
            self._refresh()

    def _refresh(self) -> None:
        view, key = self._view, self.page
        if view is None:
            return
        self.search.setVisible(key != "evidence")
        if key == "evidence":
            self._show_evidence(view)
            return
        self._centre.setCurrentWidget(self._panel)
        word = self.search.text().strip().casefold()
        found = self._fill(view, key, word)
        subtitles = {
            "inputs": "every input of the scenario in use; a name opens it in the panel",
            "catalogue": f"rows this plan uses, catalogue {view.results.catalog_version}",
            "physics": "constants of the equations, read from one file",
            "credits": "data, letters and icons of others",
        }
        self._panel.set_titles(dict(PAGES)[key], subtitles[key])
        page = {
            "inputs": self.inputs,
            "catalogue": self._scroll,
            "physics": self.physics,
            "credits": self.credits,
        }[key]
        self._stack.setCurrentWidget(page if found else self._empty)

    def stop(self) -> None:
        """Leave nothing running."""
        if self.evidence is not None:
            self.evidence.stop()

    def _show_evidence(self, view: View) -> None:
        if self.evidence is None:
            from planner.ui.tabs.evidence import EvidencePage  # a third of a second, not at the start

            self.evidence = EvidencePage()
            self.evidence.change_requested.connect(self.change_requested)
            self.evidence.problem_met.connect(self.problem_met)
            self._centre.addWidget(self.evidence)
        self._centre.setCurrentWidget(self.evidence)
        self.evidence.show_view(view)

    def _fill(self, view: View, key: str, word: str) -> int:
        fresh = key not in self._due
        self._due.discard(key)
        if key == "catalogue":
            if not fresh:
                self.catalogue.set_entries(tuple(catalogue_entries(view)), view.results.caveats)
            return self.catalogue.search(word)
        table: WideTable = {"inputs": self.inputs, "physics": self.physics, "credits": self.credits}[key]
        if fresh:
            return table.search(word)
        if key == "inputs":
            return table.show_rows(INPUT_HEADERS, input_rows(view), word)
        headers, rows = (
            (PHYSICS_HEADERS, physics_rows()) if key == "physics" else (CREDIT_HEADERS, credit_rows())
        )
        return table.show_rows(headers, rows, word)
