"""Goal seek: how far one number may go until a figure reaches a bound, said as a sentence to fill in."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Signal

from planner.engine.goalseek import Bound, Direction, Seek, Sign, Sought
from planner.engine.optimise_words import seek_remark, seek_sentence, sought_text
from planner.engine.results import FIGURES
from planner.errors import InputError
from planner.scenario.model import STRATEGY_WORDS, spec_for
from planner.scenario.parse import parse_value
from planner.ui.kit.buttons import Button
from planner.ui.kit.choice import ComboBox, Segmented
from planner.ui.kit.editor import Editor
from planner.ui.kit.layout import hbox
from planner.ui.kit.panels import Panel
from planner.ui.kit.states import ProgressLine
from planner.ui.kit.text import Text
from planner.ui.tabs.optimise_run import SeekRun
from planner.ui.view import View
from planner.units import format_edit, format_quantity, unit_suffix

INPUTS: Final = (
    *("workload.requests_per_month", "data.examples", "data.usd_per_example", "distil.examples"),
    *("refresh.interval_months", "serving.target_load_frac", "serving.min_replicas"),
    *("workload.instruction_tokens", "workload.output_tokens", "horizon_months", "labour.usd_per_hour"),
)
BOUNDS: Final[dict[str, tuple[str, Sign]]] = {
    "total_usd": ("limits.max_total_usd", "<="),
    "carbon_kgco2e": ("limits.max_carbon_kgco2e", "<="),
    "quality": ("limits.min_quality", ">="),
    "quality_lowest": ("limits.min_quality", ">="),
    "latency_p95_s": ("limits.max_latency_p95_s", "<="),
}
"""Figures that can be bound, each with the limit whose field says how it is typed."""
_LEAST: Final = ("data.examples", "distil.examples")
"""Numbers of which one wants as few as will do."""
_ANY: Final = "any"
_MARGIN: Final = 1.25


class SeekPanel(Panel):
    """Largest or smallest of an input with a figure within a bound, for a strategy.

    Signals
    -------
    apply_asked(object, str)
        Set the input to what was found: changes, and the words of the undo step.
    """

    apply_asked = Signal(object, str)

    def __init__(self) -> None:
        super().__init__("Goal seek", "how far one number may go")
        self.view: View | None = None
        self.found: Sought | None = None
        self._value: float | None = None
        self._typed = False
        self.side = Segmented("End wanted", (("max", "Largest"), ("min", "Smallest")), "max", tall=True)
        titles = [(path, spec_for(path).title) for path in INPUTS]
        self.input = ComboBox("Number sought", titles, INPUTS[0], tall=True)
        self.figure = ComboBox("Figure", [(n, FIGURES[n].title) for n in BOUNDS], "total_usd", tall=True)
        self.sign = Text("at most", "body2")
        self.bound = Editor("Bound", width=112)
        self.strategy = ComboBox("Strategy", ((_ANY, "any strategy"),), _ANY, tall=True)
        self.seek = Button("Seek", "primary")
        self.problem = Text("", "caption", tone="bad", wrap=True)
        self.line = ProgressLine("Values tried")
        self.sentence = Text("", "banner", wrap=True)
        self.remark = Text("", "caption", wrap=True)
        self.apply = Button("Apply", small=True)
        self.run = SeekRun(self)
        self._connect()
        self._arrange()

    def _connect(self) -> None:
        self.side.chosen.connect(lambda _key: self._forget())
        self.input.chosen.connect(self._take_input)
        self.figure.chosen.connect(self._take_figure)
        self.strategy.chosen.connect(self._take_strategy)
        self.bound.committed.connect(self._take_bound)
        self.seek.clicked.connect(self._start)
        self.apply.clicked.connect(self._apply)
        self.run.advanced.connect(self.line.set_share)
        self.run.found.connect(self._show_found)
        self.run.failed.connect(self._show_problem)

    def _arrange(self) -> None:
        self.body.setSpacing(8)
        self.body.addWidget(hbox(self.side, self.input, Text("with", "body2"), self.figure, None, gap=8))
        third = hbox(self.sign, self.bound, Text("for", "body2"), self.strategy, self.seek, None, gap=8)
        self.body.addWidget(third)
        for widget in (self.problem, self.line):
            self.body.addWidget(widget)
        self.body.addWidget(hbox((self.sentence, 1), self.apply, gap=10))
        self.body.addWidget(self.remark)
        self.body.addStretch(1)
        self.problem.hide()
        self._forget()

    # -- showing

    def show_view(self, view: View) -> None:
        """Take another plan; what was found before is of the plan before."""
        changed = self.view is None or self.view.scenario is not view.scenario
        self.view = view
        if not changed:
            return
        wanted = self.strategy.current or _ANY
        parts = view.scenario.strategies
        options = [(_ANY, "any strategy"), *((name, STRATEGY_WORDS[name]) for name in parts)]
        self.strategy.set_options(options, wanted if wanted in (_ANY, *parts) else _ANY)
        for name in parts:
            self.strategy.set_marker(name, name)
        if not self._typed:
            self._value = self._usual_bound()
        self._show_bound()
        self._forget("The plan has changed: seek again." if self.found is not None else "")

    def start_anew(self) -> None:
        """Another plan was opened: what was typed for the one before is gone."""
        self._typed, self.view = False, None
        self._forget()

    def _usual_bound(self) -> float | None:
        """Return the plan's own limit of the figure, else the present figure with some air."""
        view = self.view
        if view is None:
            return None
        path, sign = BOUNDS[self.figure.current]
        own = view.scenario.get(path)
        if own is not None:
            return float(own)
        name = view.choice.strategy if self.strategy.current == _ANY else self.strategy.current
        result = view.results.strategies.get(name or "")
        if result is None or not bool(result.fits):
            return None
        value = float(result[self.figure.current])
        return float(f"{value * _MARGIN:.2g}") if sign == "<=" else float(f"{value:.2g}")

    def _show_bound(self) -> None:
        spec = spec_for(BOUNDS[self.figure.current][0])
        text = "" if self._value is None else format_edit(self._value, spec.unit)
        self.bound.set_bad(False)
        self.bound.set_value(text, unit_suffix(spec.unit))
        self.sign.setText("at most" if BOUNDS[self.figure.current][1] == "<=" else "at least")
        self.seek.setEnabled(self._value is not None)

    def _forget(self, remark: str = "") -> None:
        self.run.stop()
        self.found = None
        self.line.set_share(None)
        self.sentence.setText("")
        self.sentence.hide()
        self.apply.hide()
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))

    # -- the user sets something

    def _take_input(self, path: str) -> None:
        self.side.set_current("min" if path in _LEAST else "max")
        if path in _LEAST and self.figure.current not in ("quality", "quality_lowest"):
            self.figure.set_current("quality")
            self._take_figure("quality")
        self._forget()

    def _take_figure(self, _name: str) -> None:
        self._typed = False
        self._value = self._usual_bound()
        self._show_bound()
        self._forget()

    def _take_strategy(self, _name: str) -> None:
        if not self._typed:
            self._value = self._usual_bound()
            self._show_bound()
        self._forget()

    def _take_bound(self, text: str) -> None:
        spec = spec_for(BOUNDS[self.figure.current][0])
        try:
            value = parse_value(text, spec).value
        except InputError as error:
            self.bound.set_bad(True)
            self._show_problem(error)
            return
        self.problem.hide()
        self._typed, self._value = value is not None, value
        if value is None:
            self._value = self._usual_bound()
        self._show_bound()
        self._forget()

    # -- seeking

    def _start(self) -> None:
        view, value = self.view, self._value
        if view is None or value is None:
            return
        self._forget()
        self.problem.hide()
        self.line.set_share(0.0)
        path, figure = self.input.current, self.figure.current
        direction: Direction = "max" if self.side.current == "max" else "min"
        strategy = None if self.strategy.current == _ANY else self.strategy.current
        bound = Bound(figure, BOUNDS[figure][1], float(value))
        self.run.start(
            lambda: Seek(view.scenario, view.catalog, path, direction, (bound,), strategy=strategy)
        )

    def _show_found(self, found: Sought) -> None:
        self.found = found
        self.line.set_share(None)
        self.sentence.setText(seek_sentence(found))
        self.sentence.show()
        own = None if self.view is None else self.view.scenario.get(found.path)
        self.apply.setVisible(found.last is not None and found.last != own and not found.at_edge)
        self.apply.set_text(f"Set to {sought_text(found.path, found.last)}")
        parts = [seek_remark(found), self._figures_there(found)]
        self.remark.setText(" ".join(part for part in parts if part))
        self.remark.setVisible(bool(self.remark.text()))

    @staticmethod
    def _figures_there(found: Sought) -> str:
        if found.last is None:
            return f"{found.tried:,} values tried."
        names = ("total_usd", "carbon_kgco2e", "quality", "latency_p95_s")
        said = (
            f"{FIGURES[n].title.lower()} {format_quantity(found.figures[n], FIGURES[n].unit)}" for n in names
        )
        return f"There: {', '.join(said)}. {found.tried:,} values tried."

    def _show_problem(self, error: Any) -> None:
        self.line.set_share(None)
        self.problem.setText(f"{error.message} {error.hint}".strip())
        self.problem.show()

    def _apply(self) -> None:
        found = self.found
        if found is None or found.last is None:
            return
        whole = spec_for(found.path).kind in ("integer", "interval")
        value = int(found.last) if whole else found.last
        text = f"Set {spec_for(found.path).title.lower()} to {sought_text(found.path, found.last)}"
        self.apply_asked.emit({found.path: value}, text)

    def stop(self) -> None:
        """Leave nothing running."""
        self.run.stop()
