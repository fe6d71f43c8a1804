"""The sentence of the Compare page: which of two scenarios is cheaper, because of what, limits missed."""

from __future__ import annotations

from typing import Final

from planner.engine.compare import STRATEGY, Bridge
from planner.export.differences import step_title
from planner.scenario.model import spec_for
from planner.ui.tabs.compare_rows import SAME_FRAC, TOTAL, Comparison, Side
from planner.ui.theme import STRATEGY_SHORT
from planner.units import MINUS, format_apart, format_quantity

LONGEST_SENTENCE: Final = 110


def sentence(pair: Comparison) -> str:
    """Return which is cheaper, by how much, because of what, and which limits the second misses.

    At most 110 letters.
    """
    for side in pair.sides:
        if not side.fits:
            return f"{STRATEGY_SHORT[side.strategy]} does not fit in {side.letter}."
    limits = _limits(pair)
    for cheaper in _cheaper(pair):
        for limit in limits:
            text = f"{cheaper}. {limit}".strip() if limit else f"{cheaper}."
            if len(text) <= LONGEST_SENTENCE:
                return text
    return f"{_cheaper(pair)[-1]}."


def _cheaper(pair: Comparison) -> list[str]:
    """Return the difference and what it comes from, the longest words first."""
    first, second = (side.figure(TOTAL) for side in pair.sides)
    gap, names = second - first, [side.letter for side in pair.sides]
    if not pair.same_strategy:
        names = [f"{side.letter} with {STRATEGY_SHORT[side.strategy]}" for side in pair.sides]
    if abs(gap) <= SAME_FRAC * max(abs(first), abs(second)):
        return [f"{names[1]} costs the same as {names[0]}"]
    money = _brief(abs(gap))
    base = f"{names[1]} is {money} {'cheaper' if gap < 0 else 'dearer'}"
    base = base if pair.same_strategy else f"{base} than {names[0]}"
    cause = _cause(pair, gap)
    return [f"{base}, because of {cause}", base] if cause else [base]


def _brief(usd: float) -> str:
    """Return an amount as the table has it, without decimals: $155k, $32k."""
    text = format_quantity(usd, "usd")
    return text if text.strip("$kMB").isdecimal() else format_quantity(usd, "usd", figures=2)


def _cause(pair: Comparison, gap: float) -> str:
    """Return the largest step in the direction of the difference."""
    if not isinstance(pair.bridge, Bridge):
        return ""
    steps = [step for step in pair.bridge.ordered() if (step.effects[TOTAL] < 0) == (gap < 0)]
    if not steps:
        return ""
    step = max(steps, key=lambda each: abs(each.effects[TOTAL]))
    effect = f"{MINUS if step.effects[TOTAL] < 0 else '+'}{_brief(abs(step.effects[TOTAL]))}"
    title = "another strategy" if step.paths == (STRATEGY,) else f"\u201c{step_title(step)}\u201d"
    return f"{title} ({effect})"


_LIMIT_WORDS: Final = {
    "limits.max_total_usd": ("Its total of {}, is over the budget of {}", TOTAL, "usd"),
    "limits.max_carbon_kgco2e": ("It emits {}, over the {}", "carbon_kgco2e", "kgco2e"),
    "limits.min_quality": ("It scores {}, below the floor of {}", "quality_lowest", "points"),
    "limits.max_latency_p95_s": ("Answers take {}, over the {}", "latency_p95_s", "s"),
    "workload.ttft_limit_s": ("The first token takes {}, over the {}", "ttft_p95_s", "s"),
    "workload.tpot_limit_s": ("Further tokens take {}, over the {}", "tpot_s", "s"),
}


def _limits(pair: Comparison) -> list[str]:
    """Return the limits that the second misses and the first keeps, the longest words first."""
    first, second = pair.sides
    missed = [path for path in second.result.misses if path not in first.result.misses]
    mended = [path for path in first.result.misses if path not in second.result.misses]
    if len(missed) == 1:
        words = _missed(missed[0], second)
        return [f"{words} that {first.letter} keeps.", f"It misses a limit that {first.letter} keeps."]
    if missed:
        return [f"It misses {len(missed)} limits that {first.letter} keeps."]
    if len(mended) == 1:
        title = spec_for(mended[0]).title.lower()
        return [f"It keeps the {title} that {first.letter} misses.", ""]
    if mended:
        return [f"It keeps {len(mended)} limits that {first.letter} misses.", ""]
    return [""]


def _missed(path: str, side: Side) -> str:
    if path not in _LIMIT_WORDS:
        return "Its data leave the house, a limit"
    words, figure, unit = _LIMIT_WORDS[path]
    texts = format_apart(side.figure(figure), float(side.scenario.get(path)), unit, figures=3)
    if unit == "points":
        texts = (texts[0].partition("\u00a0")[0], texts[1].partition("\u00a0")[0])
    return words.format(*texts)
