"""Energy, carbon and water: one sentence with its best remedy, then what draws, emits and counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from planner.engine.results import StrategyResult
from planner.engine.run import simulate
from planner.errors import PlannerError
from planner.ui.kit.buttons import Button
from planner.ui.kit.panels import Panel, PanelLook
from planner.ui.kit.text import Icon, Text
from planner.ui.plots.figures.common import (
    energy_text,
    figure,
    fits,
    has_range,
    limit_text,
    selected_result,
)
from planner.ui.plots.figures.energy import (
    AlsoCounted,
    CarbonByPhase,
    EnergyByDraw,
    OtherGrids,
    PerRequest,
    carbon_by_month,
    largest_draw,
)
from planner.ui.tabs.page import Page, Row, Switched
from planner.ui.theme import STRATEGY_SHORT
from planner.ui.view import View
from planner.units import format_quantity, step_for

QUIET_MS = 200
LEAST_SAVING_FRAC = 0.02
DRAW_WORDS = {
    "Serving": "Answering takes",
    "Idle": "Idling takes",
    "Cooling": "Cooling takes",
    "Training": "Training takes",
    "Teacher": "The teacher takes",
}


@dataclass(frozen=True)
class Idea:
    """A change that may save energy: icon, words, values by path."""

    icon: str
    words: str
    changes: Mapping[str, Any]


IDEAS = (
    Idea("moon", "Scale with the load", {"serving.autoscale": True}),
    Idea("server", "Keep one replica at least", {"serving.min_replicas": 1}),
)


class Finding(Panel):
    """One sentence about the selected strategy, and the best remedy as a button."""

    acted = Signal(object, str)

    def __init__(self) -> None:
        super().__init__(look=PanelLook(pad=(14, 6, 10, 6)))
        self._icon, self.words = Icon("leaf", 16, "good"), Text("", "strong", elide=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = Button("", icon="moon")
        self.button.clicked.connect(self._act)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self._icon)
        line.addWidget(self.words, 1)
        line.addWidget(self.button)
        self.body.addLayout(line)
        self._idea: Idea | None = None
        self.offer(None, "")

    def say(self, text: str, tone: str) -> None:
        """Change the sentence."""
        self.words.setText(text)
        self._icon.set_icon("leaf" if tone == "good" else "triangle-alert", tone)
        self.setAccessibleName(text)

    def offer(self, idea: Idea | None, saved: str) -> None:
        """Offer a remedy with what it saves, or none."""
        self._idea = idea
        self.button.setVisible(idea is not None)
        if idea is not None:
            self.button.set_text(f"{idea.words}: −{saved}")

    @property
    def idea(self) -> Idea | None:
        """What is offered."""
        return self._idea

    def _act(self) -> None:
        if self._idea is not None:
            self.acted.emit(dict(self._idea.changes), self._idea.words)


class EnergyTab(Page):
    """Energy by what draws it, carbon, other grids, per request, also counted."""

    title = "Energy"

    def __init__(self) -> None:
        super().__init__()
        self.finding = Finding()
        self.finding.acted.connect(self.change_requested)
        self.energy, self.carbon, self.phases = EnergyByDraw(), carbon_by_month(), CarbonByPhase()
        self.grids, self.request, self.also = OtherGrids(), PerRequest(), AlsoCounted()
        self.carbons = Switched("Carbon by", (("Month", self.carbon), ("Phase", self.phases)))
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(QUIET_MS)
        self._wait.timeout.connect(self._look_for_remedy)
        self.lay_out(
            (self.energy, self.carbon, self.phases, self.grids, self.request, self.also),
            (
                Row(((self.finding, 100),), least=44, stretch=0),
                Row(((self.energy.card, 56), (self.carbons, 44)), least=226),
                Row(
                    ((self.grids.card, 32), (self.request.card, 38), (self.also.card, 30)),
                    least=232,
                    stretch=0,
                ),
            ),
        )

    def show_view(self, view: View) -> None:
        """All figures at once; the remedy is looked for when changes have stopped."""
        super().show_view(view)
        result = selected_result(view)
        self._say(view, result)
        self.finding.offer(None, "")
        self._wait.start()

    def _say(self, view: View, result: StrategyResult | None) -> None:
        if result is None or not fits(result):
            self.finding.say(f"{STRATEGY_SHORT[view.selected]} does not fit, so it has no figures.", "bad")
            return
        name = STRATEGY_SHORT[result.strategy]
        carbon, most = figure(result, "carbon_kgco2e"), view.scenario.limits.max_carbon_kgco2e
        text = f"{name} emits {energy_text(result, carbon, 'kgco2e')} CO₂e"
        over = most is not None and carbon > most
        if most is not None:
            text += f", {'over' if over else 'inside'} the {limit_text(float(most), 'kgco2e')} budget"
        if not carbon:
            text += "."
        elif has_range(result):
            text += ". Providers publish no energy, so this is a range."
        else:
            draw, share = largest_draw(result)
            text += f". {DRAW_WORDS[draw]} {format_quantity(share, 'frac', figures=2)} of its energy."
        self.finding.say(text, "warn" if over else "good")

    def _look_for_remedy(self) -> None:
        view = self.view
        result = selected_result(view) if view is not None else None
        if view is None or result is None or not fits(result) or result.fleet is None:
            return
        now = figure(result, "energy_kwh")
        best: tuple[float, Idea] | None = None
        for idea in IDEAS:
            other = _tried(view, result.strategy, idea)
            if other is None or not fits(other) or set(other.misses) - set(result.misses):
                continue
            saved = now - figure(other, "energy_kwh")
            if saved > LEAST_SAVING_FRAC * now and (best is None or saved > best[0]):
                best = saved, idea
        if best is not None:
            self.finding.offer(
                best[1], format_quantity(best[0], "kwh", figures=2, step=step_for([now], "kwh"))
            )


def _tried(view: View, strategy: str, idea: Idea) -> StrategyResult | None:
    changed = {path: value for path, value in idea.changes.items() if view.scenario.get(path) != value}
    if not changed:
        return None
    try:
        alone = view.scenario.with_({**changed, "strategies": (strategy,)})
        return simulate(alone, view.catalog).strategies[strategy]
    except PlannerError:
        return None
