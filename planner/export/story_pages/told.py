"""What all pages of a story are made from: results, draws, choice; each costly part found once, on use."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np

from planner import __version__
from planner.catalog.load import Catalog, load_catalog
from planner.engine.choice import Choice, choose
from planner.engine.crossing import VOLUME, Crossing, nearest
from planner.engine.results import Results, StrategyResult
from planner.engine.risk import Risk
from planner.engine.sensitivity import Swing, swings
from planner.engine.verdict import Verdict, verdict
from planner.evidence.asked import physics_ranges
from planner.export.words import month_words
from planner.scenario.model import STRATEGY_WORDS, Plan, Scenario, spec_for
from planner.units import format_quantity, format_range, money_in

LABELS: Final = {**STRATEGY_WORDS, "both": "Tune, then distil"}
"""Names of strategies at lines and bars, where there is less room."""
COUNTS: Final = ("no", "one", "two", "three", "four", "five")
SHORT: Final = {**LABELS, "api": "API", "prompt": "Self-host", "both": "Tune + distil"}
"""Names in narrow columns."""
NOT_COUNTED: Final = "draws not counted yet"
NO_RANGES: Final = "no input has a range"
_INPUTS: Final = 5
_ALWAYS: Final = (VOLUME, "workload.output_tokens", "workload.input_tokens", "data.examples")


class Told:
    """A plan while it is told.

    Parameters
    ----------
    results : Results
        The active scenario, simulated.
    plan : Plan
        Its plan.
    drawn : Risk, optional
        Its draws; without them no chance and no band is told.
    crossing : Crossing or None, optional
        The nearest volume at which the choice is another one, where somebody has looked; None where there is
        none. ``"search"`` looks for it on use, in some 30 ms.
    inputs : tuple of str, optional
        Inputs that move the plan most, where they are known; found here, in some 5 ms, if left out.
    symbol, per_usd : str, float
        What stands before an amount, and its units per USD.
    """

    def __init__(
        self,
        results: Results,
        plan: Plan,
        drawn: Risk | None = None,
        *,
        crossing: Crossing | Literal["search"] | None = "search",
        inputs: tuple[str, ...] | None = None,
        symbol: str = "$",
        per_usd: float = 1.0,
    ) -> None:
        self.results, self.plan, self.drawn = results, plan, drawn
        self.symbol, self.per_usd = symbol, per_usd
        self._crossing, self._inputs = crossing, inputs

    # ---------------------------------------------------------------- what is looked at
    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.results.scenario

    @property
    def catalog(self) -> Catalog:
        """Hardware, models, prices."""
        return load_catalog()

    @cached_property
    def order(self) -> tuple[StrategyResult, ...]:
        """All strategies, in the order of every list."""
        found = self.results.strategies
        return tuple(found[name] for name in STRATEGY_WORDS if name in found)

    @cached_property
    def fitting(self) -> tuple[StrategyResult, ...]:
        """Those that have figures."""
        return tuple(result for result in self.order if bool(np.all(result.fits)))

    @cached_property
    def choice(self) -> Choice:
        """The choice, with draws where there are any."""
        return choose(self.results, self.drawn)

    @cached_property
    def crossing(self) -> Crossing | None:
        """The nearest volume at which the choice is another one; None where there is none."""
        return nearest(self.results, self.catalog) if self._crossing == "search" else self._crossing

    @cached_property
    def verdict(self) -> Verdict:
        """The answer in words, its amounts in the currency told whoever asks first."""
        with money_in(self.symbol, self.per_usd):
            return verdict(self.results, self.choice, self.crossing, self.drawn)

    @property
    def chosen(self) -> StrategyResult | None:
        """The choice; None where nothing fits."""
        return None if self.choice.strategy is None else self.results.strategies[self.choice.strategy]

    @property
    def baseline(self) -> StrategyResult | None:
        """What the others are measured against, where it fits."""
        found = self.results.strategies[self.results.baseline]
        return found if bool(np.all(found.fits)) else None

    @property
    def horizon(self) -> int:
        """Months of traffic."""
        return self.scenario.horizon_months

    @property
    def months(self) -> str:
        """ "24 months"."""
        return "1 month" if self.horizon == 1 else f"{self.horizon} months"

    # ---------------------------------------------------------------- draws
    @property
    def uncertain(self) -> bool:
        """Whether draws are there and differ from each other."""
        return self.drawn is not None and bool(self.drawn.inputs)

    @property
    def draws(self) -> str:
        """ "10,000 draws", or how far they are counted."""
        if self.drawn is None:
            return NOT_COUNTED
        if not self.drawn.inputs:
            return NO_RANGES
        done, of = self.drawn.draws, self.drawn.planned
        return f"{of:,} draws" if done >= of else f"{done:,} of {of:,} draws"

    def span(self, result: StrategyResult, figure: str = "total_usd") -> str:
        """Return P10 to P90 of a total or of carbon over draws, or why there is none."""
        if self.drawn is None or not self.uncertain:
            return self.draws
        found = getattr(self.drawn.strategies[result.strategy], figure)
        unit = "usd" if figure == "total_usd" else "kgco2e"
        return f"P10–P90 {format_range(found[10], found[90], unit)}"

    # ---------------------------------------------------------------- what moves it
    @cached_property
    def swings(self) -> tuple[Swing, ...]:
        """What moves the cost of the choice, or what it saves against the baseline; the widest first."""
        chosen, base = self.chosen, self.baseline
        if chosen is None:
            return ()
        against = base.strategy if base is not None and base is not chosen else None
        names = (chosen.strategy, against) if against else (chosen.strategy,)
        found = swings(
            self.scenario,
            self.catalog,
            choices=self.results.choices,
            further=physics_ranges(self.results),
            strategies=names,
        )
        return tuple(row for row in found.tornado(chosen.strategy, against).rows if row.width > 0.0)

    def inputs(self, *first: str) -> tuple[str, ...]:
        """Return the inputs for sliders at hand: those of a page, then what moves the plan most."""
        moving = self._inputs if self._inputs is not None else tuple(row.path for row in self.swings)
        found = dict.fromkeys((*first, VOLUME, *moving, *_ALWAYS))
        return tuple(path for path in found if self._has_slider(path))[:_INPUTS]

    def _has_slider(self, path: str) -> bool:
        if path.startswith("measured."):
            return False
        return bool(spec_for(path).numeric)

    # ---------------------------------------------------------------- amounts
    def money(self, usd: Any) -> tuple[float | None, ...]:
        """Return amounts of USD in the currency told, as a chart holds them; None for what is not known."""
        values = np.atleast_1d(np.asarray(usd, dtype=np.float64)).ravel() * self.per_usd
        return tuple(float(value) if np.isfinite(value) else None for value in values)

    def amount(self, usd: float) -> str:
        """Return a difference of money in words."""
        return format_quantity(usd, "usd", figures=2)

    def chance(self, share: float) -> str:
        """Return a share of draws in words: never 0 or 100 %."""
        return format_quantity(share, "chance")

    @property
    def dated(self) -> str:
        """ "Prices as of October 2026"."""
        version = self.results.catalog_version
        month = month_words(version[:7]) if len(version) >= len("2026-10") else version
        return f"Prices as of {month}"

    @property
    def sources(self) -> str:
        """ "Prices as of October 2026. Engine 1.0, catalogue 2026-10, seed 0."."""
        seed = "" if self.drawn is None else f", seed {self.drawn.seed}"
        return f"{self.dated}. Engine {__version__}, catalogue {self.results.catalog_version}{seed}."


def elided(text: str, most: int) -> str:
    """Return a text on one line that is not longer; an ellipsis says that something was left out."""
    line = " ".join("".join(c if _is_shown(c) else " " for c in text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _is_shown(sign: str) -> bool:
    """Return whether a sign is text; those that join emoji or turn a line of Arabic are part of it."""
    return sign.isprintable() or unicodedata.category(sign) == "Cf"


def capitalised(text: str) -> str:
    """Return a text with its first letter as a capital."""
    return text[:1].upper() + text[1:]
