"""Two scenarios beside each other: what differs, why the totals differ, and all results."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from planner.engine.choice import choose
from planner.engine.compare import RANGE, STRATEGY, Bridge, Step
from planner.engine.results import Results
from planner.engine.scores import ScoreRange, score_ranges
from planner.errors import PlannerError
from planner.export.differences import grouping_texts, method_text, step_title
from planner.export.words import letter_of
from planner.scenario.fields import specs_of
from planner.scenario.model import Scenario
from planner.ui.bridges import Bridges, agrees, kept_results, make_room, results_of, take_results
from planner.ui.doubt import Doubt
from planner.ui.kit.buttons import IconButton
from planner.ui.kit.choice import ComboBox, Segmented
from planner.ui.kit.clip import copy_grids
from planner.ui.kit.panels import Panel, PanelLook
from planner.ui.kit.states import Empty
from planner.ui.kit.text import Icon, Text
from planner.ui.plots.figures.bridge import BridgeFigure
from planner.ui.plots.figures.common import Part
from planner.ui.tabs import compare_rows as facts
from planner.ui.tabs.compare_sentence import sentence
from planner.ui.tabs.compare_table import CompareTable
from planner.ui.tabs.page import Page, Row
from planner.ui.theme import STRATEGY_NAMES, STRATEGY_ORDER, px
from planner.ui.view import Doubted, View

DIFFERENCES, ALL, SCENARIOS = "differences", "all", "scenarios"
_OPTIONS: Final = ((DIFFERENCES, "Differences"), (ALL, "All inputs"), (SCENARIOS, "Scenarios"))
OWN: Final = "choice"
_OWN_WORDS: Final = "Own choices"
_SIZES: Final = ((32, 22, 25, 21), (34, 23, 23, 20))


class _TablePart(Part):
    """A panel with one or two tables beside each other."""

    def __init__(self, title: str, tables: tuple[CompareTable, ...]) -> None:
        super().__init__()
        self.tables = tables
        copy = IconButton("copy", f"Copy: {title}", size=15, quiet=True)
        copy.clicked.connect(self._copy)
        self.card = Panel(title, "", tools=[copy])
        self.card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        row = QHBoxLayout()
        row.setSpacing(20)
        for table in tables:
            row.addWidget(table, 1)
        self.card.body.addLayout(row, 1)
        self.setParent(self.card)

    def _copy(self) -> None:
        copy_grids([table.grid() for table in self.tables])

    def show(self, view: View) -> None:
        """A view alone says nothing of two scenarios."""


class Said(Panel):
    """The sentence under the pickers."""

    def __init__(self) -> None:
        super().__init__(look=PanelLook(pad=(14, 8, 14, 8), gap=0))
        self.words = Text("", "body", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(Icon("arrow-right", 16))
        line.addWidget(self.words, 1)
        self.body.addLayout(line)

    def say(self, words: str) -> None:
        """Another sentence."""
        if words != self.words.text():
            self.words.setText(words)
            self.setAccessibleName(words)


class CompareTab(Page):
    """Pickers of two scenarios and of a strategy over what differs, the waterfall and the results.

    Signals
    -------
    shown_anew()
        The bridge between the two scenarios on the page is there, or why there is none.
    """

    title = "Compare"
    shown_anew = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.picked: tuple[str, str] | None = None
        self.pair: facts.Comparison | None = None
        self._own = False
        self._doubts: dict[int, tuple[Scenario, Doubted]] = {}
        self._doubt: Doubt | None = None
        self._scores: dict[int, tuple[Results, dict[str, ScoreRange]]] = {}
        self._make_head()
        self.inputs = _TablePart("Inputs that differ", (CompareTable("Inputs that differ", _SIZES[0]),))
        self.waterfall = BridgeFigure()
        names = ("Cost of both scenarios", "Other results of both scenarios")
        self.results = _TablePart("Results", tuple(CompareTable(n, _SIZES[1], whole=True) for n in names))
        self.scenarios = _TablePart(
            "All scenarios", (CompareTable("All scenarios", (24, 14, 12, 10, 12, 12, 7, 9), range(3, 8)),)
        )
        self.said = Said()
        self.lay_out(
            (self.inputs, self.waterfall, self.results, self.scenarios),
            (
                Row(((self.inputs.card, 46), (self.waterfall.card, 54)), least=250),
                Row(((self.results.card, 100),), least=222, stretch=0),
                Row(((self.scenarios.card, 100),), least=260),
            ),
        )
        self._column.insertWidget(0, self.head)
        self._column.insertWidget(1, self.said)
        self.alone = Empty(
            "git-compare-arrows",
            "One scenario has nothing to be compared with",
            "Copy it, change the copy, and see what each change does.",
            "Duplicate this scenario",
        )
        self.alone.acted.connect(self.duplicate_requested)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self.alone)
        self.alone.hide()
        self.bridges = Bridges(self)
        self.bridges.found.connect(self._refresh)
        self.bridges.progressed.connect(self.waterfall.show_counting)
        self._others = QTimer(self)
        self._others.setInterval(0)  # one scenario per turn of the event loop, so that events come first
        self._others.timeout.connect(self._count_other)
        self._listen()

    def _make_head(self) -> None:
        self.first = ComboBox("Scenario A", tall=True)
        self.second = ComboBox("Scenario B", tall=True)
        self.strategy = ComboBox("Strategy", tall=True)
        for box in (self.first, self.second, self.strategy):
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.swap = IconButton("arrow-left-right", "Swap the two scenarios", size=16)
        self.switch = Segmented("What to show", _OPTIONS, DIFFERENCES, tall=True)
        self.head = QWidget()
        line = QHBoxLayout(self.head)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for widget in (Text("Compare", "label"), self.first, self.swap, self.second, Text("for", "label")):
            line.addWidget(widget, 3 if isinstance(widget, ComboBox) else 0)
        line.addWidget(self.strategy, 3)
        line.addStretch(1)
        line.addWidget(self.switch)

    def _listen(self) -> None:
        self.first.chosen.connect(partial(self._pick, 0))
        self.second.chosen.connect(partial(self._pick, 1))
        self.swap.clicked.connect(lambda: self._take_pair(None if self.picked is None else self.picked[::-1]))
        self.strategy.chosen.connect(self._pick_strategy)
        self.switch.chosen.connect(lambda _key: self._refresh())
        self.inputs.tables[0].linkOpened.connect(self._ask_input)
        self.waterfall.input_asked.connect(self._ask_input)
        for table in self.results.tables:
            table.linkOpened.connect(self._open_figure)
        self.scenarios.tables[0].linkOpened.connect(self._open_scenario)

    def retheme(self) -> None:
        """Widths follow zoom."""
        super().retheme()
        for box in (self.first, self.second, self.strategy):
            box.setMaximumWidth(px(190))

    # -- what the user picks: of the view, not of the plan, so there is nothing to undo
    def compare(self, first: str, second: str) -> None:
        """Show two scenarios by name."""
        self.switch.set_current(DIFFERENCES)
        self._take_pair((first, second))

    def _take_pair(self, pair: tuple[str, str] | None) -> None:
        if pair is not None:
            self.picked = pair
            if self.isVisible():  # else what it shows is an older plan, which may lack these scenarios
                self._refresh()

    def _pick(self, which: int, name: str) -> None:
        if self.picked is None:
            return
        old, pair = self.picked, list(self.picked)
        pair[which] = name
        if pair[0] == pair[1]:  # picking the other side's scenario turns the two round
            pair[1 - which] = old[which]
        self._take_pair((pair[0], pair[1]))

    def _pick_strategy(self, key: str) -> None:
        self._own = key == OWN
        if self._own or self.view is None or self.view.selected == key:
            self._refresh()
        else:
            self.strategy_selected.emit(key)

    def _ask_input(self, path: str) -> None:
        if path != STRATEGY:
            self.input_requested.emit(path.removeprefix(RANGE))

    def _open_figure(self, link: str) -> None:
        """Open a figure of a side, by its own results: one of the two is not the active scenario."""
        number, _, figure = link.partition("|")
        if self.pair is not None:
            side = self.pair.sides[int(number)]
            self.results_requested.emit(side.results, side.strategy, figure)

    def _open_scenario(self, name: str) -> None:
        if self.view is None or self.picked is None:
            return
        first = self.view.plan.scenarios[0].name
        if name != first:
            self.compare(first, name)

    # -- what is shown
    def show_view(self, view: View) -> None:
        """Show a plan; while a slider is held, what was shown is out of date."""
        if self.view is not None and view.selected != self.view.selected:
            self._own = False
        self.view = view
        if view.dragging and self.pair is not None:
            self.waterfall.card.set_dimmed("until the slider is let go")
            return
        self.waterfall.card.set_dimmed("")
        take_results(view.results)
        self._refresh()
        if view.doubted is not None and self._doubted(view.results) is not view.doubted:
            self._keep_doubt(view.doubted)  # counted before this page was looked at

    def show_doubt(self, view: View) -> None:
        """Show what draws say of the active scenario."""
        self.view = view
        if view.doubted is not None and not view.dragging:
            self._keep_doubt(view.doubted)

    def _refresh(self) -> None:
        view = self.view
        if view is None:
            return
        single = len(view.plan.scenarios) < 2
        self.alone.setVisible(single)
        self._scroll.setVisible(not single)
        if single:
            self.bridges.stop()
            self.pair, self.picked = None, None
            return
        self._show_pickers(view)
        self._show_mode()
        if self.switch.current == SCENARIOS:
            self.bridges.pause()
            self._show_scenarios(view)
        else:
            self._show_pair(view)

    def _show_mode(self) -> None:
        """Rows of the two scenarios, or the one of all."""
        if self.full_size is not None:
            return
        every = self.switch.current == SCENARIOS
        self.said.setVisible(not every)
        for number, (holder, _) in enumerate(self._rows):
            holder.setVisible((number == len(self._rows) - 1) == every)

    def _arrange(self) -> None:
        super()._arrange()
        self._show_mode()

    def _show_pickers(self, view: View) -> None:
        names = [scenario.name for scenario in view.plan.scenarios]
        if self.picked is None or not set(self.picked) <= set(names):
            active = view.plan.active
            self.picked = (names[0], active if active != names[0] else names[1])
        options = tuple((name, f"{letter_of(number)}  {name}") for number, name in enumerate(names))
        for box, name in ((self.first, self.picked[0]), (self.second, self.picked[1])):
            _set_options(box, options, name)
            box.setToolTip(name)

    def _show_pair(self, view: View) -> None:
        if self.picked is None:
            return
        found = [self._results(view, name) for name in self.picked]
        names = [scenario.name for scenario in view.plan.scenarios]
        letters = [letter_of(names.index(name)) for name in self.picked]
        for letter, results in zip(letters, found, strict=True):
            if isinstance(results, PlannerError):
                self._show_problem(
                    PlannerError("", f"{letter} has no figures: {results.message}", results.hint)
                )
                return
        first, second = (results for results in found if isinstance(results, Results))
        strategies = self._strategies(view, first, second)
        if strategies is None:
            self._show_problem(PlannerError("", "No strategy fits in both scenarios."))
            return
        answer = self.bridges.ask(first.scenario, second.scenario, view.catalog, strategies)
        sides = [
            facts.Side(
                letter,
                results.scenario,
                results,
                strategy,
                self._score_ranges(results, view),
                self._doubted(results),
            )
            for letter, results, strategy in zip(letters, (first, second), strategies, strict=True)
        ]
        self.pair = facts.Comparison(sides[0], sides[1], answer, view.catalog)
        self._show_comparison(self.pair)

    def _results(self, view: View, name: str) -> Results | PlannerError:
        if name == view.scenario.name:
            return view.results
        return results_of(next(each for each in view.plan.scenarios if each.name == name), view.catalog)

    def _score_ranges(self, results: Results, view: View) -> dict[str, ScoreRange]:
        """Return the ranges of the scores; those of the two scenarios on the page are kept."""
        held = self._scores.get(id(results))
        if held is None or held[0] is not results:
            while len(self._scores) > 3:
                self._scores.pop(next(iter(self._scores)))
            held = (results, score_ranges(results.scenario, view.catalog, results.choices))
            self._scores[id(results)] = held
        return held[1]

    def _strategies(self, view: View, first: Results, second: Results) -> tuple[str, str] | None:
        """Return whose figures to show, and offer what both scenarios have."""
        both = [each for each in STRATEGY_ORDER if each in first.strategies and each in second.strategies]
        own = (choose(first).strategy, choose(second).strategy)
        options: list[tuple[str, str]] = [(each, STRATEGY_NAMES[each]) for each in both]
        if own[0] is not None and own[1] is not None:
            options.append((OWN, _OWN_WORDS))
        as_own = self._own or view.selected not in both
        _set_options(self.strategy, tuple(options), OWN if as_own else view.selected)
        for each in both:
            self.strategy.set_marker(each, each)
        if not as_own:
            return view.selected, view.selected
        return None if own[0] is None or own[1] is None else (own[0], own[1])

    # -- the parts
    def _show_problem(self, problem: PlannerError) -> None:
        self.bridges.stop()
        self.pair = None
        self.said.say(problem.message)
        self.waterfall.show_problem(problem)
        for table in (*self.inputs.tables, *self.results.tables):
            table.show_rows(("",), ())
        self.shown_anew.emit()

    def _show_comparison(self, pair: facts.Comparison) -> None:
        letters = [side.letter for side in pair.sides]
        names = " against ".join(dict.fromkeys(STRATEGY_NAMES[side.strategy] for side in pair.sides))
        self.said.say(sentence(pair))
        self._show_inputs(pair, letters)
        self._show_bridge(pair, names)
        self.results.card.set_titles("Results", names)
        money = facts.linked(facts.money_rows(pair), facts.MONEY_FIGURES, pair)
        others = facts.linked(facts.other_rows(pair), facts.OTHER_FIGURES, pair)
        for table, rows in zip(self.results.tables, (money, others), strict=True):
            table.show_rows(("", *letters, f"{letters[1]} against {letters[0]}"), rows)
            table.set_badges({1: True, 2: False})
        if pair.bridge is not None:
            self.shown_anew.emit()

    def _show_inputs(self, pair: facts.Comparison, letters: list[str]) -> None:
        every = self.switch.current == ALL
        rows = facts.input_rows(pair, every=every)
        count = len([row for row in facts.input_rows(pair, every=False) if row[0].link]) if every else 0
        count = count or len([row for row in rows if row[0].link])
        table = self.inputs.tables[0]
        table.show_rows(("", *letters, "on the total"), rows)
        table.set_badges({1: True, 2: False})
        how = ""
        if isinstance(pair.bridge, Bridge):
            how = f"{method_text(pair.bridge)}. {' '.join(grouping_texts(pair.bridge))}".strip()
        self.inputs.card.setToolTip(how)
        self.inputs.card.set_titles(
            "All inputs" if every else "Inputs that differ",
            f"{count} differ" if every else f"{count} of {len(specs_of(Scenario).keys() - {'name'})}",
        )

    def _show_bridge(self, pair: facts.Comparison, names: str) -> None:
        first, second = pair.sides
        months = dict.fromkeys(side.scenario.horizon_months for side in pair.sides)
        span = " and ".join(map(str, months))
        self.waterfall.say(f"From {first.letter} to {second.letter}", f"{names}, {span}-month total")
        answer = pair.bridge
        if answer is None:
            self.waterfall.show_counting(0, 0)
        elif isinstance(answer, PlannerError):
            message = answer.message.replace("the first scenario", first.letter)
            message = message.replace("the second scenario", second.letter)
            said, _, why = message.partition(": ")
            self.waterfall.show_problem(PlannerError(answer.code, said, why or answer.hint))
        else:
            ends = (f"{first.letter} {first.scenario.name}", f"{second.letter} {second.scenario.name}")
            words: Callable[[Step], str] = partial(facts.step_words, pair=pair)
            self.waterfall.show_bridge(answer, ends, step_title, words)

    # -- all scenarios
    def _show_scenarios(self, view: View) -> None:
        scenarios = view.plan.scenarios
        make_room(len(scenarios))
        found = [view.results if s is view.scenario else kept_results(s) for s in scenarios]
        headers, rows = facts.scenario_rows([scenario.name for scenario in scenarios], found)
        self.scenarios.tables[0].show_rows(headers, rows)
        self.scenarios.card.set_titles("All scenarios", "figures of the choice of each")
        if any(each is None for each in found):
            self._others.start()

    def _count_other(self) -> None:
        view = self.view
        waiting = [] if view is None else [s for s in view.plan.scenarios if kept_results(s) is None]
        if view is None or not waiting:
            self._others.stop()
            return
        results_of(waiting[0], view.catalog)
        if self.switch.current == SCENARIOS:
            self._show_scenarios(view)

    # -- draws
    def _doubted(self, results: Results) -> Doubted | None:
        held = self._doubts.get(id(results.scenario))
        if held is not None and held[0] is results.scenario and agrees(held[1].results, results):
            return held[1]
        return None

    def _keep_doubt(self, doubted: Doubted) -> None:
        scenario = doubted.results.scenario
        held = {id(each): each for each in self.view.plan.scenarios} if self.view is not None else {}
        self._doubts = {key: pair for key, pair in self._doubts.items() if key in held}
        self._doubts[id(scenario)] = (scenario, doubted)
        if self.isVisible() and self.pair is not None and self.switch.current != SCENARIOS:
            self._refresh()
        self._draw_other()

    def _draw_other(self) -> None:
        """Draw for the other scenario of the page once the active one is done."""
        view, pair = self.view, self.pair
        if view is None or pair is None or view.dragging or not self.isVisible():
            return
        own = self._doubted(view.results)
        if own is None or not own.done:
            return
        for side in pair.sides:
            held = self._doubted(side.results)
            if side.scenario is not view.scenario and (held is None or not held.done):
                if self._doubt is None:
                    self._doubt = Doubt(view.catalog, self)
                    self._doubt.counted.connect(self._keep_doubt)
                self._doubt.follow(side.results, held=False)
                return

    # -- coming and going
    def showEvent(self, event: QShowEvent) -> None:
        """Go on counting."""
        super().showEvent(event)
        self.bridges.resume()

    def hideEvent(self, event: QHideEvent) -> None:
        """Count nothing for a page that is not seen."""
        super().hideEvent(event)
        self.bridges.pause()
        self._others.stop()
        if self._doubt is not None:
            self._doubt.leave()

    def stop(self) -> None:
        """Leave nothing running."""
        self.bridges.stop()
        self._others.stop()
        if self._doubt is not None:
            self._doubt.stop()


def _set_options(box: ComboBox, options: tuple[tuple[str, str], ...], current: str) -> None:
    held = tuple((str(box.itemData(row)), box.itemText(row)) for row in range(box.count()))
    if held != options:
        box.set_options(options, current)
    elif box.current != current:
        box.set_current(current)
