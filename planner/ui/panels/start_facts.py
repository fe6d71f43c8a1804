"""What the start page says of a preset: which strategy wins, at what cost, under which limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.load import Catalog
from planner.engine.choice import Choice, choose
from planner.engine.results import Results
from planner.engine.run import simulate
from planner.engine.verdict import gap_usd_text, verdict
from planner.scenario.assumptions import Limits
from planner.scenario.presets import Preset, load_preset
from planner.ui.theme import STRATEGY_NAMES, STRATEGY_SHORT
from planner.units import format_quantity

NO_LIMITS: Final = "none"


@dataclass(frozen=True, slots=True)
class StartRow:
    """One line of a preset's card."""

    label: str
    value: str
    tone: str = "ink"


@dataclass(frozen=True, slots=True)
class StartFacts:
    """The figures of a preset.

    Attributes
    ----------
    strategy : str or None
        The choice; None where nothing fits.
    name, total, over : str
        Its name, its cost, and over how long.
    sentence : str
        The verdict, as the window would say it.
    """

    strategy: str | None
    name: str
    total: str
    over: str
    sentence: str
    rows: tuple[StartRow, ...]

    @property
    def spoken(self) -> str:
        """The figures as one text, for screen readers."""
        return f"{self.sentence} {', '.join(f'{row.label} {row.value}' for row in self.rows)}."


def facts_of(preset: Preset, catalog: Catalog) -> StartFacts:
    """Simulate a preset at its most likely values and return its headline figures.

    Raises
    ------
    PlannerError
        If the catalogue in use does not know all of it.
    """
    results = simulate(load_preset(preset.id).scenario, catalog)
    choice = choose(results)
    scenario = results.scenario
    said = verdict(results, choice).sentence
    volume = format_quantity(scenario.workload.requests_per_month, "count", figures=2)
    shared = (StartRow("Requests a month", volume), StartRow("Limits", limits_text(scenario.limits)))
    months = scenario.horizon_months
    over = "over 1 month" if months == 1 else f"over {months} months"
    if choice.strategy is None:
        return StartFacts(None, "Nothing fits", "", over, said, shared)
    best = results.strategies[choice.strategy]
    return StartFacts(
        strategy=choice.strategy,
        name=STRATEGY_NAMES[choice.strategy],
        total=format_quantity(float(best["total_usd"]), "usd"),
        over=over,
        sentence=said,
        rows=(_against(results, choice), StartRow("Score", f"{float(best['quality']):.0f}"), *shared),
    )


def _against(results: Results, choice: Choice) -> StartRow:
    """Return the difference to the baseline; of the baseline itself, that to the next best."""
    best = results.strategies[str(choice.strategy)]
    base = results.strategies[results.baseline]
    other = base if best is not base else results.strategies.get(choice.runner_up or "")
    if other is None or not np.all(other.fits):
        return StartRow("Against others", "none to compare", "muted")
    gap = float(best["total_usd"]) - float(other["total_usd"])
    name = "the API" if other.strategy == "api" else STRATEGY_SHORT[other.strategy]
    words = f"{gap_usd_text(abs(gap))} {'more' if gap > 0 else 'less'}"
    return StartRow(f"Against {name}", words, "ink" if gap > 0 else "good")


def limits_text(limits: Limits) -> str:
    """Return the limits of a plan in a few words."""
    parts = ["in-house" if limits.self_hosted_only else ""]
    if limits.min_quality is not None:
        parts.append(f"score {limits.min_quality:g}")
    if limits.max_latency_p95_s is not None:
        parts.append(f"{limits.max_latency_p95_s:g} s")
    if limits.max_total_usd is not None:
        parts.append(format_quantity(limits.max_total_usd, "usd"))
    if limits.max_carbon_kgco2e is not None:
        parts.append(format_quantity(limits.max_carbon_kgco2e, "kgco2e", figures=2))
    return ", ".join(part for part in parts if part) or NO_LIMITS
