"""The inputs panel: generated from the scenario's fields, with sections that open and a search over all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from planner.catalog.load import Catalog
from planner.engine.results import Results
from planner.scenario.fields import FieldSpec
from planner.scenario.model import Scenario
from planner.scenario.ranges import Range
from planner.ui.fields.choice import ChoiceRow, FlagRow, StrategiesRow, TextRow
from planner.ui.fields.facts import Auto, auto_of
from planner.ui.fields.info import InfoPopover
from planner.ui.fields.number import NumberRow
from planner.ui.fields.options import name_of, options_of
from planner.ui.fields.picker import PickRow
from planner.ui.fields.row import Row, Shown
from planner.ui.kit import Ground, ScrollArea, SearchBox, SectionHead, Text, hbox
from planner.ui.panels.bits import PillButton
from planner.ui.panels.sections import Section, sections, subtitle_of, summary_of
from planner.ui.panels.start_link import PresetLink
from planner.ui.theme import px

WIDTH = 300
_TWO_EQUATIONS = 780
_MEASURED = "measured"


class _Part:
    """One section on screen: head, body with rows made when it first opens."""

    def __init__(self, section: Section, specs: tuple[FieldSpec, ...]) -> None:
        self.section, self.specs = section, specs
        self.head = SectionHead(section.title)
        self.body = QWidget()
        self.body.setVisible(False)
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(0, 0, 0, px(6))
        self.column.setSpacing(0)
        self.captions: dict[str, QWidget] = {}
        self.filled = False
        self._names = tuple(dict.fromkeys(spec.section or spec.name for spec in specs))
        self._paths = tuple(spec.path for spec in specs if spec.numeric)
        self._seen: tuple[object, ...] = ()

    def differs(self, scenario: Scenario, preset: Scenario) -> bool:
        """Whether its values are other objects than the last time; a change leaves most as they are."""
        now = tuple(getattr(owner, name) for owner in (scenario, preset) for name in self._names)
        same = len(now) == len(self._seen) and all(a is b for a, b in zip(now, self._seen, strict=True))
        self._seen = now
        return not same

    def holds(self, paths: frozenset[str]) -> bool:
        """Whether some of these inputs are its own."""
        return not paths.isdisjoint(self._paths)

    def ranges_in(self, scenario: Scenario) -> int:
        """How many of its inputs are ranges."""
        return sum(path in scenario.ranges for path in self._paths)

    @property
    def shown(self) -> bool:
        """Whether rows of it are on screen: it is open, or a search has hits in it."""
        return self.filled and not self.body.isHidden()


class InputsPanel(Ground):
    """Every input of the active scenario.

    Signals
    -------
    edited(str, object, object), carried(str, object, object, object), held(bool), reset_asked(str)
        As those of a row.
    reset_all_asked()
        The pill "N changed".
    start_asked()
        The preset's name: show the others.
    sections_changed(object)
        Keys of the sections that are open, to be remembered.
    """

    edited = Signal(str, object, object)
    carried = Signal(str, object, object, object)
    held = Signal(bool)
    reset_asked = Signal(str)
    reset_all_asked = Signal()
    start_asked = Signal()
    sections_changed = Signal(object)

    def __init__(self, catalog: Catalog, opened: tuple[str, ...], scope: QWidget) -> None:
        super().__init__("surface", rule="right")
        self._catalog = catalog
        self._scenario = Scenario()
        self._preset = Scenario()
        self._results: Results | None = None
        self._selected = ""
        self._info: InfoPopover | None = None
        self._same: dict[str, tuple[object, object, frozenset[str]]] = {}
        self._spans: tuple[Mapping[str, Range], Mapping[str, Range]] = ({}, {})
        self._laws: tuple[Results, Mapping[str, Range]] | None = None
        self.rows: dict[str, Row] = {}
        self.parts = [_Part(section, specs) for section, specs in sections()]
        self._index = {s.path: f"{s.title} {s.path} {s.help}".casefold() for p in self.parts for s in p.specs}
        count = len(self._index)
        specs = [spec for part in self.parts for spec in part.specs]
        self._own = tuple(spec.name for spec in specs if not spec.section and spec.path != "notes")
        self._groups = tuple(dict.fromkeys(spec.section for spec in specs if spec.section))
        self.search = SearchBox("Search assumptions", f"Search {count} assumptions", scope=scope)
        self.search.textChanged.connect(self._filter)
        self.preset_name = PresetLink()
        self.preset_name.clicked.connect(self.start_asked)
        self.pill = PillButton("")
        self.pill.clicked.connect(self.reset_all_asked)
        self.pill.setToolTip("Set every value back to the preset's (one undo step)")
        self.none_found = Text("No assumption holds these words.", "muted", wrap=True)
        self.none_found.setContentsMargins(16, 12, 16, 12)
        self.none_found.hide()
        self._build()
        self.setAccessibleName("Assumptions")
        for part in self.parts:
            if part.section.key in opened:
                self._open(part, True)
                part.head.setChecked(True)
            part.head.toggled.connect(partial(self._toggled, part))
        self.retheme()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 1, 0)
        column.setSpacing(0)
        column.addWidget(hbox((self.search, 1), margins=(14, 0, 14, 0)))
        column.addSpacing(8)
        line = hbox(Text("Preset", "muted"), (self.preset_name, 1), self.pill, gap=6, margins=(16, 0, 14, 0))
        self.pill.setSizePolicy(_fixed())
        line.setFixedHeight(px(22))
        self._line = line
        column.addWidget(line)
        column.addSpacing(9)
        inside = QWidget()
        stack = QVBoxLayout(inside)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        for part in self.parts:
            stack.addWidget(part.head)
            stack.addWidget(part.body)
        stack.addWidget(self.none_found)
        stack.addStretch(1)
        self.area = ScrollArea(inside, "Assumptions")
        column.addWidget(self.area, 1)

    def retheme(self) -> None:
        """Width follows zoom."""
        self.setFixedWidth(px(WIDTH))
        self._line.setFixedHeight(px(22))

    # -- showing
    def show_scenario(self, scenario: Scenario, preset: Scenario, preset_title: str) -> None:
        """Show the values of a scenario against those of its preset."""
        self._scenario, self._preset = scenario, preset
        changed = self._changed_paths(scenario, preset)
        if preset_title != self.preset_name.text():
            self.preset_name.show_name(preset_title)
        self.pill.set_text(f"{len(changed)} changed")
        self.pill.setVisible(bool(changed))
        moved = self._moved_ranges(scenario, preset)
        for part in self.parts:
            if not (part.differs(scenario, preset) or part.holds(moved)):
                continue
            part.head.set_changed(sum(spec.path in changed for spec in part.specs))
            part.head.set_ranges(part.ranges_in(scenario))
            if not part.head.isChecked():
                part.head.set_summary(summary_of(part.section, scenario, self._catalog))
            if part.shown:
                self._show_rows(part)

    def show_results(self, results: Results | None, selected: str = "") -> None:
        """Show, where values are null, what was used; equations of the selected strategy come first."""
        self._results, self._selected = results, selected
        for part in self.parts:
            if part.shown:
                for spec in part.specs:
                    null = spec.nullable and self._scenario.get(spec.path) is None
                    if null or spec.section == _MEASURED:
                        self._show_row(self.rows[spec.path])

    def _show_rows(self, part: _Part) -> None:
        for spec in part.specs:
            self._show_row(self.rows[spec.path])

    def _show_row(self, row: Row) -> None:
        path = row.spec.path
        value = self._scenario.get(path)
        auto = Auto(None, "")
        if value is None:
            auto = auto_of(path, self._scenario, self._catalog, self._results)
        span, theirs = self._scenario.ranges.get(path), self._preset.ranges.get(path)
        law = self._law(path) if row.spec.section == _MEASURED and span is None else None
        row.show_value(Shown(value, self._preset.get(path), auto, span, theirs, law))

    def _law(self, path: str) -> Range | None:
        """Return the interval of the laws for an input; found once for some results, and only if seen."""
        results = self._results
        if results is None or self._scenario.get(path) != results.scenario.get(path):
            return None
        if self._laws is None or self._laws[0] is not results:
            from planner.evidence.asked import physics_ranges  # not before the section is open

            self._laws = (results, physics_ranges(results))
        return self._laws[1].get(path)

    def _moved_ranges(self, scenario: Scenario, preset: Scenario) -> frozenset[str]:
        """Return the inputs whose range, or that of the preset, is another object than the last time."""
        before, now = self._spans, (scenario.ranges, preset.ranges)
        self._spans = now
        return frozenset(
            path
            for old, new in zip(before, now, strict=True)
            if old is not new
            for path in old.keys() | new.keys()
            if old.get(path) is not new.get(path)
        )

    def _range(self, path: str, toggle: bool) -> None:
        """Make a range of an input, or a point again."""
        if toggle and path in self._scenario.ranges:
            self.edited.emit(f"ranges.{path}", None, None)
            return
        from planner.evidence.default_ranges import default_range  # not before somebody asks

        span = default_range(path, self._scenario, self._catalog, self._results)
        row = self.rows[path]
        if span is not None:
            self.edited.emit(f"ranges.{path}", span, None)
        elif isinstance(row, NumberRow) and row.ranging is not None:
            row.ranging.say_no_value()

    def _changed_paths(self, scenario: Scenario, preset: Scenario) -> frozenset[str]:
        """Return what differs, looking only into sections that are other objects than the last time."""
        found = {name for name in self._own if getattr(scenario, name) != getattr(preset, name)}
        for name in self._groups:
            mine, theirs = getattr(scenario, name), getattr(preset, name)
            held = self._same.get(name)
            if held is None or held[0] is not mine or held[1] is not theirs:
                differ = frozenset(
                    f"{name}.{key}"
                    for key in type(mine).model_fields
                    if getattr(mine, key) != getattr(theirs, key)
                )
                self._same[name] = held = (mine, theirs, differ)
            found |= held[2]
        theirs = preset.ranges
        found |= {path for path, span in scenario.ranges.items() if theirs.get(path) != span}
        return frozenset(found | (theirs.keys() - scenario.ranges.keys()))

    # -- sections and search
    def _toggled(self, part: _Part, opened: bool) -> None:
        self._open(part, opened)
        if not self.search.text():
            self.sections_changed.emit(self.opened)

    @property
    def opened(self) -> tuple[str, ...]:
        """Keys of the open sections."""
        return tuple(part.section.key for part in self.parts if part.head.isChecked())

    def _open(self, part: _Part, opened: bool) -> None:
        if opened:
            self._fill(part)
            self._show_rows(part)
        else:
            part.head.set_summary(summary_of(part.section, self._scenario, self._catalog))
        part.body.setVisible(opened)

    def _fill(self, part: _Part) -> None:
        if part.filled:
            return
        part.filled = True
        caption = ""
        for spec in part.specs:
            words = subtitle_of(part.section, spec)
            if words != caption:
                caption = words
                label = Text(words, "caption")
                label.setContentsMargins(px(16), px(6), px(16), 0)
                part.captions[spec.group] = label
                part.column.addWidget(label)
            row = self._make(spec)
            row.edited.connect(self.edited)
            row.carried.connect(self.carried)
            row.range_asked.connect(self._range)
            row.held.connect(self.held)
            row.reset_asked.connect(self.reset_asked)
            row.info_asked.connect(self._explain)
            self.rows[spec.path] = row
            part.column.addWidget(row)

    def _make(self, spec: FieldSpec) -> Row:
        makers: dict[str, Callable[[FieldSpec], Row]] = {
            "choice": ChoiceRow,
            "flag": FlagRow,
            "text": TextRow,
            "month": TextRow,
            "choices": StrategiesRow,
        }
        if spec.kind == "catalog":
            return PickRow(
                spec,
                lambda: options_of(spec, self._scenario, self._catalog),
                lambda id: name_of(spec, id, self._scenario, self._catalog),
            )
        if spec.kind in makers:
            return makers[spec.kind](spec)
        snaps: list[float] = []
        if spec.name == "params":
            family = _family(getattr(self._scenario, spec.section).model, self._catalog)
            snaps = [m.total_params for m in self._catalog.models.values() if family and m.family == family]
        return NumberRow(spec, snaps)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        any_found = False
        for part in self.parts:
            hits = [s.path for s in part.specs if self._holds(s.path, words)]
            any_found = any_found or bool(hits)
            part.head.set_has_hits(bool(words and hits))
            if not words:
                part.head.setVisible(True)
                part.body.setVisible(part.head.isChecked())
                if part.shown:
                    self._show_rows(part)
            elif hits:
                self._fill(part)
                self._show_rows(part)
                part.body.setVisible(True)
                part.head.setVisible(True)
            else:
                part.head.setVisible(False)
                part.body.setVisible(False)
            if part.filled:
                for spec in part.specs:
                    self.rows[spec.path].setVisible(not words or spec.path in hits)
                for group, label in part.captions.items():
                    label.setVisible(not words or any(p.startswith(f"{group}.") for p in hits))
        self.none_found.setVisible(not any_found)

    def _holds(self, path: str, words: list[str]) -> bool:
        """Whether an input is meant by some words; "ranges" means those that are ranges."""
        text = self._index[path] + (" ranges" if path in self._scenario.ranges else "")
        return all(word in text for word in words)

    # -- asked from outside
    def reveal(self, path: str) -> None:
        """Bring an input into view and focus it."""
        self.search.clear()
        for part in self.parts:
            if any(spec.path == path for spec in part.specs):
                part.head.setChecked(True)
                row = self.rows[path]
                inside = self.area.widget()
                if inside is not None and inside.layout() is not None:
                    inside.layout().activate()  # type: ignore[union-attr]
                self.area.ensureWidgetVisible(row, 0, px(80))
                row.focus_control()

    def set_opened(self, keys: tuple[str, ...]) -> None:
        """Open these sections and close the others."""
        for part in self.parts:
            part.head.setChecked(part.section.key in keys)

    def refuse(self, path: str, message: str) -> None:
        """Show at its row that a value was refused by the store."""
        row = self.rows.get(path.removeprefix("ranges."))
        if isinstance(row, NumberRow):
            row.refuse(message)

    def _explain(self, row: Any) -> None:
        if self._info is not None:
            self._info.dismiss()
            self._info.deleteLater()
        self._info = InfoPopover(self.window(), row, self._scenario, self._preset, self._catalog)
        if self._results is not None:
            from planner.engine.equations.derivations import equations_of, uses_of  # on use: light to start

            equations = equations_of(self._results, self._selected, self._catalog)
            most = 2 if self.window().height() >= px(_TWO_EQUATIONS) else 1
            self._info.show_equations(uses_of(equations, row.spec.path, self._selected, most))
        self._info.open_at(row.info_button)


def _family(model: str | None, catalog: Catalog) -> str:
    row = catalog.models.get(model or "")
    return row.family if row is not None else ""


def _fixed() -> QSizePolicy:
    return QSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
