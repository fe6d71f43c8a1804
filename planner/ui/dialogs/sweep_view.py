"""The results of a sweep: lines over all inputs and figures, or a map of two; any point as a scenario."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from planner.app.background import Background
from planner.engine.results import FIGURES
from planner.errors import PlannerError
from planner.export.sweeps.blocks import versions
from planner.export.sweeps.read import SweepFile, spread
from planner.scenario.model import Scenario
from planner.ui.dialogs.sheet import Sheet
from planner.ui.kit import Button, ComboBox, Empty, Segmented, Text, hbox
from planner.ui.plots.card import PlotCard
from planner.ui.plots.figures.heatmap import HeatMap
from planner.ui.plots.figures.parallel import ParallelPlot
from planner.ui.plots.figures.sweep_data import (
    CHEAPEST,
    MAP_FIGURES,
    MOST_CELLS,
    Lines,
    Slice,
    Squares,
    axis_text,
    cause_of_middle,
    read_lines,
    read_map,
)
from planner.ui.theme import STRATEGY_NAMES, STRATEGY_SHORT

_LINES, _MAP, _ALL = "lines", "map", "all"
_FIXED_SHOWN: Final = 4
_MISSES: Final = {"some": "a red corner misses a limit", "all": "every one misses a limit"}
_PICK: Final = "Click a line or a cell to pick its plan."


class SweepDialog(Sheet):
    """Stays open beside the window.

    Signals
    -------
    scenario_asked(Scenario)
        Take the plan of a point as a scenario.
    """

    scenario_asked = Signal(object)

    def __init__(self, file: SweepFile, parent: QWidget | None = None) -> None:
        super().__init__(parent, f"Sweep: {file.path.name}", size=(1120, 720))
        self.setModal(False)
        self.file = file
        self._point: int | None = None
        self._shown: dict[str, object] = {}
        self._works = {_LINES: Background(self), _MAP: Background(self)}
        self._make_parts()
        self._arrange()
        self._connect()
        self._show_side(_LINES)

    # -- parts
    def _make_parts(self) -> None:
        file = self.file
        self.side = Segmented("Show", ((_LINES, "Lines"), (_MAP, "Map")), _LINES)
        names = [(name, STRATEGY_NAMES[name]) for name in file.strategies]
        self.lines_of = ComboBox("Strategies", ((_ALL, "All strategies"), *names), _ALL)
        for box_name in file.strategies:
            self.lines_of.set_marker(box_name, box_name)
        wide = [index for index, axis in enumerate(file.grid.axes) if len(axis.values) > 1]
        self.swept = wide
        axes = [(str(index), file.grid.axes[index].spec.title) for index in wide]
        self.across = ComboBox("Across", axes, axes[0][0] if axes else "")
        self.up = ComboBox("Up", axes, axes[1][0] if len(axes) > 1 else "")
        figures = [(CHEAPEST, "Cheapest strategy"), *((name, FIGURES[name].title) for name in MAP_FIGURES)]
        self.figure = ComboBox("Figure", figures, CHEAPEST)
        self.map_of = ComboBox("Strategy", names, file.strategies[0])
        for box_name in file.strategies:
            self.map_of.set_marker(box_name, box_name)
        self.plot, self.map = ParallelPlot("Sweep as lines"), HeatMap("Sweep as a map")
        self.lines_card = PlotCard("Every input against every figure", "", self.plot)
        self.map_card = PlotCard("Two inputs", "", self.map)
        self.picked = Text(_PICK, "muted", elide=True)
        self.open_button = Button("Open as scenario", kind="primary")
        self.open_button.setToolTip("Add the plan of this point to the plan on screen; undo takes it away")
        self.open_button.setEnabled(False)

    def _arrange(self) -> None:
        self.body.addWidget(Text(self._title(), "section"))
        self.body.addWidget(Text(self._about(), "muted", elide=True))
        self.map_tools = hbox(
            Text("Across"), self.across, Text("up"), self.up, self.figure, self.map_of, gap=8
        )
        self.body.addWidget(hbox(self.side, self.lines_of, self.map_tools, None, gap=12))
        self.fixed_row = QWidget()
        self._fixed_line = QHBoxLayout(self.fixed_row)
        self._fixed_line.setContentsMargins(0, 0, 0, 0)
        self._fixed_line.setSpacing(8)
        self.fixed: dict[int, ComboBox] = {}
        self._unseen: list[int] = []
        self.body.addWidget(self.fixed_row)
        self.cards = QStackedWidget()
        self.cards.addWidget(self.lines_card)
        self.cards.addWidget(self.map_card)
        self.body.addWidget(self.cards, 1)
        self.body.addWidget(hbox((self.picked, 1), self.open_button))

    def _connect(self) -> None:
        self.side.chosen.connect(self._show_side)
        self.lines_of.chosen.connect(lambda _key: self._read_lines())
        for box in (self.across, self.up):
            box.chosen.connect(partial(self._axis_chosen, box))
        self.figure.chosen.connect(lambda _key: self._read_map())
        self.map_of.chosen.connect(lambda _key: self._read_map())
        self.plot.filtered.connect(self._say_lines)
        self.plot.opened.connect(self._pick_line)
        self.map.opened.connect(self._pick_cell)
        self.open_button.clicked.connect(self._open)
        self._works[_LINES].done.connect(self._take_lines)
        self._works[_MAP].done.connect(self._take_map)
        for side, work in self._works.items():
            work.failed.connect(partial(self._fail, side))

    # -- words
    def _title(self) -> str:
        points = self.file.grid.size
        return f"{self.file.plan.title}: {points:,} {'point' if points == 1 else 'points'}"

    def _about(self) -> str:
        axes = [f"{len(axis.values):,} of {axis.spec.title}" for axis in self.file.grid.axes]
        held = self.file.versions
        words = f"{', '.join(axes)}. Planner {held.get('planner')}, catalogue {held.get('catalog')}."
        here = versions()
        apart = [name for name in ("planner", "catalog", "physics") if here[name] != held.get(name)]
        return f"{words} Computed with another {' and '.join(apart)} than this one." if apart else words

    # -- lines
    def _show_side(self, side: str) -> None:
        lines = side == _LINES
        self.cards.setCurrentWidget(self.lines_card if lines else self.map_card)
        self.lines_of.setVisible(lines)
        self.map_tools.setVisible(not lines and len(self.swept) > 1)
        self.fixed_row.setVisible(not lines and bool(self.fixed))
        self._pick(None)
        if lines:
            self._read_lines()
        else:
            self._make_fixed()
            self._read_map()

    def _read_lines(self) -> None:
        chosen = self.lines_of.current
        strategies = self.file.strategies if chosen == _ALL else (chosen,)
        self._read(_LINES, strategies, lambda: read_lines(self.file, strategies))

    def _take_lines(self, found: Lines) -> None:
        self._pick(None)
        self.plot.set_data(found)
        self.lines_card.show_empty(
            None if found.lines else Empty("info", "Nothing fits", "No strategy fits at any of these points.")
        )
        self._say_lines()

    def _say_lines(self) -> None:
        data = self.plot.data
        words = [f"{len(data.lines):,} lines"]
        if len(data.lines) + data.misfits < data.all_lines:
            words = [f"{len(data.lines):,} of {data.all_lines:,} lines, points sampled evenly"]
        if self.plot.brushes:
            words.append(f"{len(self.plot.passing):,} pass the filters")
        if data.misfits:
            words.append(f"{data.misfits:,} sampled do not fit")
        names = dict.fromkeys(line.strategy for line in data.lines)
        words.append(cause_of_middle(tuple(names), ("carbon_kgco2e",)))
        words.append("drag along an axis to filter")
        self.lines_card.set_titles("Every input against every figure", "; ".join(filter(None, words)))
        self.lines_card.refresh()

    def _pick_line(self, row: int, _part: int) -> None:
        self.plot.picked = row
        self.plot.update()
        line = self.plot.data.lines[row]
        self._pick(line.point, STRATEGY_SHORT[line.strategy])

    # -- map
    def _axis_chosen(self, box: ComboBox, key: str) -> None:
        """Both axes are never the same: the other one takes what this one had."""
        other = self.up if box is self.across else self.across
        if other.current == key:
            left = [str(index) for index in self.swept if str(index) != key]
            other.set_current(left[0] if left else "")
        self._make_fixed()
        self._read_map()

    def _make_fixed(self) -> None:
        """A choice for each input that goes neither across nor up."""
        grid = self.file.grid
        shown = {int(box.current) for box in (self.across, self.up) if box.current}
        others = [index for index in self.swept if index not in shown]
        wanted, self._unseen = others[:_FIXED_SHOWN], others[_FIXED_SHOWN:]
        if wanted != list(self.fixed):
            while self._fixed_line.count():
                item = self._fixed_line.takeAt(0)
                widget = item.widget() if item is not None else None
                if widget is not None:
                    widget.deleteLater()
            self.fixed = {}
            for index in wanted:
                axis = grid.axes[index]
                places = spread(len(axis.values), MOST_CELLS).tolist()
                options = [(str(place), axis_text(axis, axis.values[place])) for place in places]
                box = ComboBox(axis.spec.title, options, options[len(options) // 2][0])
                box.chosen.connect(lambda _key: self._read_map())
                self.fixed[index] = box
                self._fixed_line.addWidget(Text(f"{axis.spec.title}"))
                self._fixed_line.addWidget(box)
            self._fixed_line.addStretch(1)
        self.fixed_row.setVisible(bool(self.fixed))

    def _cut(self) -> Slice:
        places = {index: int(box.current) for index, box in self.fixed.items()}
        return Slice(
            int(self.across.current), int(self.up.current), places, self.figure.current, self.map_of.current
        )

    def _read_map(self) -> None:
        self.map_of.setVisible(self.figure.current != CHEAPEST)
        if len(self.swept) < 2:
            self.map_card.show_empty(Empty("info", "A map needs two swept inputs", "Lines show this sweep."))
            return
        cut = self._cut()
        key = (cut.across, cut.up, tuple(cut.fixed.items()), cut.figure, cut.strategy)
        self._read(_MAP, key, lambda: read_map(self.file, cut))

    def _take_map(self, found: Squares) -> None:
        self._pick(None)
        self.map.set_data(found)
        self.map_card.show_empty(None)
        cheapest = self.figure.current == CHEAPEST
        column = FIGURES["total_usd" if cheapest else self.figure.current]
        title = "Cheapest strategy" if cheapest else f"{column.title}, {STRATEGY_NAMES[self.map_of.current]}"
        words = ["of those that keep all limits, with its total" if cheapest else column.help]
        if found.sampled:
            words.append("values sampled evenly")
        words.append(_MISSES.get(found.missing, ""))
        unseen = [self.file.grid.axes[index] for index in self._unseen]
        words += [f"{axis.spec.title} {axis_text(axis, axis.values[0])}" for axis in unseen]
        words.append("" if cheapest else cause_of_middle((self.map_of.current,), (self.figure.current,)))
        self.map_card.set_titles(title, "; ".join(filter(None, words)))
        self.map_card.refresh()

    def _pick_cell(self, row: int, part: int) -> None:
        self.map.picked = (row, part)
        self.map.update()
        cell = self.map.cell(row, part)
        self._pick(cell.point, STRATEGY_SHORT[cell.strategy] if cell.strategy else "")

    # -- reading
    def _read(self, side: str, key: object, run: Callable[[], object]) -> None:
        if self._shown.get(side) != key:
            self._shown[side] = key
            card = self.lines_card if side == _LINES else self.map_card
            card.set_titles(card.title, "reading the file")
            self._works[side].start(run)

    def _fail(self, side: str, problem: PlannerError) -> None:
        self._shown.pop(side, None)
        card = self.lines_card if side == _LINES else self.map_card
        card.show_empty(Empty("circle-alert", problem.message, problem.hint))

    # -- a point
    def _pick(self, number: int | None, strategy: str = "") -> None:
        self._point = number
        self.open_button.setEnabled(number is not None)
        if number is None:
            self.plot.picked = self.map.picked = None
            self.picked.setText(_PICK)
            return
        point = self.file.grid.point(number)
        words = [f"{axis.spec.title} {axis_text(axis, point[axis.path])}" for axis in self.file.grid.axes]
        self.picked.setText(f"{f'{strategy}: ' if strategy else ''}{', '.join(words)}")

    def _open(self) -> None:
        if self._point is None:
            return
        try:
            scenario: Scenario = self.file.scenario_at(self._point)
        except PlannerError as problem:
            self.picked.setText(problem.message)
            return
        self.scenario_asked.emit(scenario)

    # -- the end
    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave nothing running."""
        for work in self._works.values():
            work.stop()
        super().closeEvent(event)
