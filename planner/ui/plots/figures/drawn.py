"""What figures of draws share: whom a saving is of, words, and the base that dims while draws are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtWidgets import QWidget

from planner.engine.risk import Risk
from planner.ui.plots.card import Hooks
from planner.ui.plots.figures.common import (
    Figure,
)
from planner.ui.plots.frame import Floats, floats
from planner.ui.theme import STRATEGY_SHORT
from planner.ui.view import View

COUNTING: Final = "Counting draws"


def counting_text(risk: Risk) -> str:
    """How many draws are counted."""
    if risk.draws >= risk.planned:
        return f"{risk.draws:,} draws"
    return f"{risk.draws:,} of {risk.planned:,} draws"


def named(strategy: str) -> str:
    """A strategy as the object of a sentence."""
    return "the API" if strategy == "api" else STRATEGY_SHORT[strategy]


@dataclass(frozen=True)
class Pair:
    """Whom the saving is of, and against whom: the selected strategy and the baseline, or its best rival."""

    mine: str
    other: str


def pair_of(view: View) -> Pair | None:
    """The selected strategy against the baseline; the baseline itself against what contests it most."""
    risk = view.risk
    if risk is None or view.selected not in risk.strategies:
        return None
    base = view.results.baseline
    if view.selected != base:
        return Pair(view.selected, base)
    others = {name: each for name, each in risk.strategies.items() if name != base and each.fits_frac > 0.0}
    if not others:
        return None
    return Pair(base, max(others, key=lambda name: (others[name].cheapest_frac, -others[name].total_usd[50])))


def savings_of(risk: Risk, pair: Pair) -> Floats:
    """What the one costs less than the other, in the draws in which both fit. [USD]."""
    names = list(risk.strategies)
    mine, other = (risk.totals_usd[names.index(name)] for name in (pair.mine, pair.other))
    both = np.isfinite(mine) & np.isfinite(other)
    return floats(other[both] - mine[both])


class DrawnFigure(Figure):
    """A figure of draws: while others are counted, the last ones stay on it, dimmed."""

    follows_draws = True

    def __init__(self, title: str, plot: QWidget, hooks: Hooks, tools: Sequence[QWidget] = ()) -> None:
        self._drawn = False
        super().__init__(title, "", plot, hooks, tools)

    def take(self, view: View) -> None:
        """Show what draws say, or that they are counted."""
        if view.risk is not None:
            self._drawn = True
            self.card.set_dimmed("")
            self.take_draws(view, view.risk)
        elif self._drawn:
            self.card.set_dimmed("counting draws")
        else:
            self.blank(COUNTING)

    def take_draws(self, view: View, risk: Risk) -> None:
        """Hand draws to the plot."""
        raise NotImplementedError
