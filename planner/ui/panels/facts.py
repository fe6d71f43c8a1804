"""What a strategy's card and strip say, worked out before anything is painted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from planner.engine.choice import marks
from planner.engine.results import StrategyResult
from planner.engine.scores import is_yours
from planner.engine.verdict import gap_usd_text
from planner.ui.kit import advance
from planner.ui.kit.paint import Ink
from planner.ui.theme import STRATEGY_NAMES, STRATEGY_SHORT
from planner.ui.view import View
from planner.units import EN_DASH, MINUS, format_apart, format_quantity, format_range

LIMIT_FIGURES: Final[Mapping[str, str]] = {
    "limits.max_total_usd": "total_usd",
    "limits.max_carbon_kgco2e": "carbon_kgco2e",
    "limits.min_quality": "quality",
    "limits.max_latency_p95_s": "latency_p95_s",
    "workload.ttft_limit_s": "latency_p95_s",
    "workload.tpot_limit_s": "latency_p95_s",
}
"""The figure on the card that a limit shows at."""

_P10, _P90 = 10, 90
_SPARE: Final = 1.3
"""Room on the axis of the cards beyond the largest total: marks stay where they are when ranges arrive."""

_SHORTER: Final = {"both": "Tune, then distil", "prompt": "Self-host"}
_PILLS: Final = ("cheapest", "cheapest?", "least carbon", "least carbon?")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a card: what, how much, which figure it opens."""

    label: str
    value: str
    figure: str
    tone: str = "ink"


@dataclass(frozen=True, slots=True)
class CardFacts:
    """Everything that one card shows.

    Attributes
    ----------
    pill : tuple of str
        Word and kind; empty word for none.
    share : float
        Where the total lies on the axis that all cards share, 0 to 1.
    ends : tuple of float
        P10 and P90 of the total over draws on that axis; empty before there are any.
    reach : str
        The same in words.
    against : str
        The difference to the baseline, in words and short.
    problem : str
        Why it does not fit; empty where it does.
    """

    strategy: str
    name: str
    short: str
    total: str = ""
    pill: tuple[str, str] = ("", "")
    share: float = 0.0
    ends: tuple[float, ...] = ()
    reach: str = ""
    against: str = ""
    against_short: str = ""
    missed: str = ""
    total_missed: bool = False
    problem: str = ""
    rows: tuple[Fact, ...] = field(default=())

    @property
    def spoken(self) -> str:
        """The card as one sentence, for screen readers."""
        if self.problem:
            return f"{self.name} does not fit: {self.problem}"
        pill = f"{self.pill[0]}. " if self.pill[0] else ""
        parts = ", ".join(f"{fact.label} {fact.value}" for fact in self.rows)
        reach = f" ({self.reach})" if self.reach else ""
        return f"{pill}{self.name}, {self.total}{reach}, {self.against}. {parts}"


def card_name(strategy: str, width: float) -> str:
    """Return the longest name of a strategy that fits."""
    for name in (STRATEGY_NAMES[strategy], _SHORTER.get(strategy, "")):
        if name and advance(name, Ink(13, 600)) <= width:
            return name
    return STRATEGY_SHORT[strategy]


def cards_of(view: View) -> tuple[CardFacts, ...]:
    """Return the cards of a plan, in the fixed order."""
    words = marks(view.results, view.choice)
    if view.choice.case == "too_close" and view.choice.strategy is not None:
        words[view.choice.strategy] += "?"  # the verdict does not call it either
    totals = [float(r["total_usd"]) for r in view.results.strategies.values() if np.all(r.fits)]
    longest = _SPARE * max([total for total in totals if math.isfinite(total)], default=0.0)
    if view.risk is not None:
        ends = [each.total_usd[_P90] for each in view.risk.strategies.values()]
        longest = max([longest, *(end for end in ends if math.isfinite(end))])
    found = []
    for name, result in view.results.strategies.items():
        if np.all(result.fits):
            found.append(_fitting(view, name, result, words.get(name, ""), longest))
        else:
            problem = result.problems[0].message if result.problems else "It cannot be built."
            found.append(
                CardFacts(
                    name,
                    STRATEGY_NAMES[name],
                    STRATEGY_SHORT[name],
                    pill=("Does not fit", "bad"),
                    problem=problem,
                )
            )
    return tuple(found)


def _fitting(view: View, name: str, result: StrategyResult, word: str, longest: float) -> CardFacts:
    total = float(result["total_usd"])
    against, short = _against(view, name, total)
    bad = {LIMIT_FIGURES.get(path, "") for path in result.misses}
    ends, reach = _drawn(view, name, longest)
    kind = "choice" if word in _PILLS else "bad" if word.startswith("misses") else "plain"
    if word == "best score" and view.choice.strategy == name:
        kind = "choice"
    return CardFacts(
        strategy=name,
        name=STRATEGY_NAMES[name],
        short=STRATEGY_SHORT[name],
        total=format_quantity(total, "usd"),
        pill=(word[:1].upper() + word[1:], kind),
        share=total / longest if longest > 0 else 0.0,
        ends=ends,
        reach=reach,
        against=against,
        against_short=short,
        missed=_missed(view, result),
        total_missed="total_usd" in bad,
        rows=_rows(view, name, result, bad),
    )


def _drawn(view: View, name: str, longest: float) -> tuple[tuple[float, ...], str]:
    """Return P10 and P90 of a total over draws on the axis, and in words."""
    found = None if view.risk is None else view.risk.strategies.get(name)
    if found is None or longest <= 0 or not math.isfinite(found.total_usd[_P90]):
        return (), ""
    low, high = found.total_usd[_P10], found.total_usd[_P90]
    part = f", {format_quantity(found.fits_frac, 'chance')} fit" if found.fits_frac < 1.0 else ""
    return (low / longest, high / longest), f"{format_range(low, high, 'usd')}{part}"


def _against(view: View, name: str, total: float) -> tuple[str, str]:
    base = view.results.strategies[view.results.baseline]
    if name == view.results.baseline:
        return "baseline", "baseline"
    if not np.all(base.fits):
        return "", ""
    gap = total - float(base["total_usd"])
    money = gap_usd_text(abs(gap))
    other = STRATEGY_SHORT[view.results.baseline]
    the = "the API" if view.results.baseline == "api" else other
    return f"{money} {'more' if gap > 0 else 'less'} than {the}", f"{'+' if gap > 0 else MINUS}{money}"


def _missed(view: View, result: StrategyResult) -> str:
    if not result.misses:
        return ""
    if len(result.misses) > 1:
        return f"misses {len(result.misses)} limits"
    return missed_words(view, result.misses[0], result)


def missed_words(view: View, path: str, result: StrategyResult) -> str:
    """Return a missed limit in a few signs, such as ``score 76 < 78``."""
    limit = view.scenario.get(path)
    words = {
        "limits.max_total_usd": ("over", "usd", "total_usd", ">"),
        "limits.max_carbon_kgco2e": ("", "kgco2e", "carbon_kgco2e", ">"),
        "limits.min_quality": ("score", "points", "quality_lowest", "<"),
        "limits.max_latency_p95_s": ("p95", "s", "latency_p95_s", ">"),
        "workload.ttft_limit_s": ("first", "s", "ttft_p95_s", ">"),
        "workload.tpot_limit_s": ("token", "s", "tpot_s", ">"),
    }
    if path not in words:
        return "not in-house"
    word, unit, figure, sign = words[path]
    texts = format_apart(float(result[figure]), float(limit), unit)
    return f"{word} {texts[0]} {sign} {texts[1]}".strip()


def _rows(view: View, name: str, result: StrategyResult, bad: set[str]) -> tuple[Fact, ...]:
    payback = float(result["payback_month"])
    if name == view.results.baseline:
        pays = Fact("Pays back", "baseline", "payback_month", "muted")
    elif math.isnan(payback):
        pays = Fact("Pays back", f"not in {view.scenario.horizon_months} mo", "payback_month", "muted")
    else:
        pays = Fact("Pays back", f"month {payback:.0f}", "payback_month")

    def tone(figure: str) -> str:
        return "bad" if figure in bad else "ink"

    quality = float(result["quality"])
    scored = "Score, yours" if is_yours(view.scenario, f"quality.{result.strategy}_points") else "Score"
    return (
        pays,
        Fact(scored, EN_DASH if math.isnan(quality) else f"{quality:.0f}", "quality", tone("quality")),
        _fact("Latency p95", result, "latency_p95_s", "s", tone("latency_p95_s")),
        _fact("Per 1k requests", result, "usd_per_1k_requests", "usd_per_1k_requests", "ink"),
        Fact("Energy", _ranged(result, "energy_kwh", "kwh"), "energy_kwh"),
        Fact("Carbon", _ranged(result, "carbon_kgco2e", "kgco2e"), "carbon_kgco2e", tone("carbon_kgco2e")),
    )


def _fact(label: str, result: StrategyResult, figure: str, unit: str, tone: str) -> Fact:
    figures = 2 if unit == "s" else 3
    return Fact(label, format_quantity(float(result[figure]), unit, figures=figures), figure, tone)


def _ranged(result: StrategyResult, figure: str, unit: str) -> str:
    value = float(result[figure])
    low, high = result.energy_range_frac
    if low != high:
        return format_range(value * low, value * high, unit)
    return format_quantity(value, unit, figures=2)
