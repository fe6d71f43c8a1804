"""Banners above the figures: messages of the program, and plans that cannot be built with what would help."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.app.messages import Message, MessageBus
from planner.catalog.load import Catalog
from planner.engine.problems import Problem, Remedy
from planner.engine.results import Results
from planner.engine.run import simulate
from planner.errors import PlannerError
from planner.scenario.model import Scenario, around, spec_for
from planner.scenario.parse import value_text
from planner.scenario.ranges import Range
from planner.ui.fields.facts import auto_of
from planner.ui.kit import Banner, BannerText
from planner.ui.theme import STRATEGY_SHORT
from planner.ui.view import View
from planner.units import format_quantity

_KINDS = {"error": "bad", "warning": "warn", "info": "good"}
_MOST_REMEDIES = 3
_PRICE_AFTER_MS = 200
_APART = 0.05
"""Of the value: from there on draws and figures visibly disagree."""
_NUMBERS = ("no", "one other strategy is", "two others are", "three others are", "four others are")


class Notices(QWidget):
    """At most one message and one impossible strategy at a time, each with its buttons.

    Signals
    -------
    remedy_asked(object, str)
        Values by path, and the words of the button: one undo step.
    """

    remedy_asked = Signal(object, str)

    def __init__(self, bus: MessageBus, catalog: Catalog) -> None:
        super().__init__()
        self._bus, self._catalog = bus, catalog
        self._message: Message | None = None
        self._view: View | None = None
        self._problem: tuple[str, Problem] | None = None
        self._prices: dict[str, str] = {}
        self._waiting: list[tuple[Scenario, str, Remedy]] = []
        self._apart: dict[str, Range] = {}
        self._looked_at: Results | None = None
        self.message_banner, self.problem_banner = Banner("bad"), Banner("bad")
        self.range_banner = Banner("warn")
        self.range_banner.acted.connect(lambda _key: self._take_ranges())
        self.message_banner.acted.connect(self._message_acted)
        self.problem_banner.acted.connect(self._problem_acted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.message_banner)
        column.addWidget(self.problem_banner)
        column.addWidget(self.range_banner)
        self._pricing = QTimer(self)
        self._pricing.setSingleShot(True)
        self._pricing.timeout.connect(self._price_one)
        bus.posted.connect(self._post)
        bus.cleared.connect(lambda _key: self._show_message(self._latest()))
        self._show_message(self._latest())
        self.problem_banner.hide()
        self.range_banner.hide()
        self._fold()

    def _fold(self) -> None:
        """Take no room, not even the gap of a layout, while there is nothing to say."""
        banners = (self.message_banner, self.problem_banner, self.range_banner)
        self.setVisible(not all(banner.isHidden() for banner in banners))

    # -- messages
    def _latest(self) -> Message | None:
        return self._bus.current[-1] if self._bus.current else None

    def _post(self, message: Message) -> None:
        self._show_message(message)

    def _show_message(self, message: Message | None) -> None:
        self._message = message
        self.message_banner.setVisible(message is not None)
        if message is not None:
            actions = [(f"run {n}", action.text) for n, action in enumerate(message.actions)]
            text = BannerText(message.text, message.hint, (*actions, ("dismiss", "Dismiss")))
            self.message_banner.show_text(text, _KINDS[message.level])
        self._fold()

    def _message_acted(self, key: str) -> None:
        message, self._message = self._message, None
        if message is None:
            return
        if message.key:
            self._bus.clear(message.key)
        else:
            self._show_message(self._latest())
        if key.startswith("run "):
            message.actions[int(key.removeprefix("run "))].run()

    # -- impossible plans
    def show_view(self, view: View) -> None:
        """Show the problem of the selected strategy, else the first there is."""
        found = _problem_of(view)
        if found != self._problem:
            self._problem, self._prices = found, {}
            self._waiting.clear()
        self._view = view
        self._show_ranges(view)
        self.problem_banner.setVisible(found is not None)
        self._fold()
        if found is None:
            self._pricing.stop()
            return
        self._show_problem()
        if not view.dragging and not self._prices:
            strategy, problem = found
            self._waiting = [(view.scenario, strategy, each) for each in problem.remedies[:_MOST_REMEDIES]]
            self._pricing.start(_PRICE_AFTER_MS)

    def _show_problem(self) -> None:
        if self._problem is None or self._view is None:
            return
        strategy, problem = self._problem
        going = sum(bool(np.all(each.fits)) for each in self._view.results.strategies.values())
        detail = (
            f"{problem.hint} {_NUMBERS[min(going, 4)].capitalize()} not affected." if going else problem.hint
        )
        actions = tuple(
            (str(number), remedy.label + self._prices.get(remedy.label, ""))
            for number, remedy in enumerate(problem.remedies[:_MOST_REMEDIES])
        )
        title = f"{STRATEGY_SHORT[strategy]} does not fit: {problem.message}"
        self.problem_banner.show_text(BannerText(title, detail, actions), "bad")

    def _price_one(self) -> None:
        """Cost one remedy a turn of the event loop: what the strategy would cost with it."""
        if not self._waiting:
            return
        scenario, strategy, remedy = self._waiting.pop(0)
        if self._view is not None and scenario is self._view.scenario:
            self._prices[remedy.label] = _price(scenario, strategy, remedy, self._catalog)
            self._show_problem()
        if self._waiting:
            self._pricing.start(0)

    def _problem_acted(self, key: str) -> None:
        if self._problem is not None:
            remedy = self._problem[1].remedies[int(key)]
            self.remedy_asked.emit(remedy.changes, remedy.label)

    # -- ranges that were left behind
    def _show_ranges(self, view: View) -> None:
        """Say where draws stand around something else than the figures, such as the rent of another card."""
        if view.dragging or view.results is self._looked_at:
            return
        self._looked_at = view.results
        self._apart = _ranges_apart(view, self._catalog)
        self.range_banner.setVisible(bool(self._apart))
        if self._apart:
            said = [
                _apart_words(path, span, view.scenario.ranges[path]) for path, span in self._apart.items()
            ]
            detail = "Draws follow the range, the figures do not: P10 to P90 and shares say little."
            label = "Move the range" if len(said) == 1 else "Move the ranges"
            self.range_banner.show_text(BannerText(" ".join(said), detail, (("move", label),)), "warn")

    def _take_ranges(self) -> None:
        changes = {f"ranges.{path}": span for path, span in self._apart.items()}
        self.remedy_asked.emit(changes, "Move the range" if len(changes) == 1 else "Move the ranges")

    def stop(self) -> None:
        """Leave nothing running."""
        self._pricing.stop()
        self._waiting.clear()


def _ranges_apart(view: View, catalog: Catalog) -> dict[str, Range]:
    """Return the ranges whose input is the catalogue's, which says another value; moved to where it is."""
    found = {}
    for path, span in view.scenario.ranges.items():
        if view.scenario.get(path) is not None:
            continue
        used = auto_of(path, view.scenario, catalog, view.results).value
        if isinstance(used, int | float) and abs(used - span.mode) > _APART * abs(used):
            moved = around(span, path, float(f"{used:.3g}"))
            if moved != span:
                found[path] = moved
    return found


def _apart_words(path: str, moved: Range, span: Range) -> str:
    spec = spec_for(path)
    here, there = (value_text(value, spec) for value in (span.mode, moved.mode))
    return f"{spec.title}: the catalogue says {there}, the range stands around {here}."


def _problem_of(view: View) -> tuple[str, Problem] | None:
    order = sorted(view.results.strategies, key=lambda name: name != view.selected)
    return next(
        (
            (name, view.results.strategies[name].problems[0])
            for name in order
            if view.results.strategies[name].problems
        ),
        None,
    )


def _price(scenario: Scenario, strategy: str, remedy: Remedy, catalog: Catalog) -> str:
    try:
        result = simulate(scenario.with_(remedy.changes), catalog).strategies[strategy]
    except PlannerError:
        return ""
    return f", {format_quantity(float(result['total_usd']), 'usd')} in all" if np.all(result.fits) else ""
