"""What the optimiser and the goal seek found, in words that window and command line share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from planner.catalog.load import Catalog
from planner.engine.goalseek import Bound, Sought
from planner.engine.optimise import Candidate, Goal, Outcome
from planner.engine.optimise_limits import Missed
from planner.engine.optimise_moves import SLOWER_FACTOR, Move
from planner.engine.optimise_space import title_of
from planner.engine.results import FIGURES
from planner.engine.verdict import NAMES, gap_usd_text
from planner.errors import CatalogError
from planner.scenario.fields import in_sentence
from planner.scenario.model import Scenario, spec_for
from planner.scenario.parse import value_text
from planner.units import MISSING, format_apart, format_quantity, format_range

GOAL_WORDS: Final[Mapping[Goal, str]] = {
    "cost": "Least cost",
    "carbon": "Least carbon",
    "quality": "Best score",
}
_INTERVAL: Final = "refresh.interval_months"
_LIMIT_WORDS: Final = {
    "limits.max_total_usd": "budget",
    "limits.max_carbon_kgco2e": "carbon budget",
    "limits.max_latency_p95_s": "answer limit",
    "limits.min_quality": "score floor",
    "workload.ttft_limit_s": "first-token limit",
    "workload.tpot_limit_s": "token limit",
}
_FORMS: Final = {
    "serving.target_load_frac": "{} load",
    "serving.accelerators_per_replica": "{} cards a replica",
    "serving.student_target": "student: {}",
    "training.hardware": "trained on {}",
    "training.accelerators": "trained on {} cards",
    "hardware.ownership": "cards {}",
    "site.grid": "grid of {}",
}
_MOVES: Final = {
    "serving.hardware": "Serve on {}",
    "serving.precision": "Serve in {}",
    "serving.accelerators_per_replica": "{} card{} a replica",
    "serving.target_load_frac": "Load of {}",
    "student.model": "Student {}",
    "training.hardware": "Train on {}",
    "training.accelerators": "Train on {} card{}",
    "finetune.method": "Fine-tune: {}",
    "distil.method": "Distil: {}",
}
_WIDE: Final = ("carbon_kgco2e", "energy_kwh")
_SAME_USD_FRAC: Final = 0.005


def value_words(path: str, value: Any, scenario: Scenario, catalog: Catalog) -> str:
    """Return a value of an input as people call it: a card by its name, no refresh as never."""
    spec = spec_for(path)
    if isinstance(value, str):
        return _row_name(spec.table, value, catalog) if spec.table else value_text(value, spec)
    if path == _INTERVAL and isinstance(value, int):
        if value >= scenario.horizon_months:
            return "never"
        return "1 month" if value == 1 else value_text(value, spec)
    return value_text(value, spec)


def _row_name(table: str, name: str, catalog: Catalog) -> str:
    """Return what a row of the catalogue is called; its id where there is no such row."""
    try:
        if table == "hardware":
            return catalog.find_hardware(name).name
        if table == "models":
            return catalog.find_model(name).name
        if table == "grids":
            return catalog.find_grid(name).name
    except CatalogError:
        return name
    return name


def change_rows(
    changes: Mapping[str, Any], scenario: Scenario, catalog: Catalog
) -> list[tuple[str, str, str, str]]:
    """Return path, title, value now and value then of each change."""
    return [
        (
            path,
            title_of(path),
            value_words(path, scenario.get(path), scenario, catalog),
            value_words(path, value, scenario, catalog),
        )
        for path, value in changes.items()
    ]


def change_words(changes: Mapping[str, Any], scenario: Scenario, catalog: Catalog) -> str:
    """Return changes in a few words: ``L40S, INT8, never refreshed``; ``as it is`` of the plan itself."""
    words = [
        _words_of(path, value_words(path, value, scenario, catalog))
        for path, value in changes.items()
        if value is not None
    ]
    return ", ".join(words) or "as it is"


def _words_of(path: str, text: str) -> str:
    """Return one change as it reads among others."""
    if path == _INTERVAL:
        return "never refreshed" if text == "never" else f"refreshed every {text}"
    if path == "serving.purchase":
        return {"Reserved, 1 year": "reserved for a year"}.get(text, text.lower())
    if path in _FORMS:
        return _FORMS[path].format(text)
    return text


def move_title(path: str, changes: Mapping[str, Any], scenario: Scenario, catalog: Catalog) -> str:
    """Return a single change as a proposal: ``Serve on L40S``, ``Refresh every 7 months``."""
    value = changes.get(path, scenario.get(path))
    text = value_words(path, value, scenario, catalog)
    if path == _INTERVAL:
        return "Never refresh" if text == "never" else f"Refresh every {text}"
    if value is None:
        return f"{title_of(path)}: automatic"
    if path in _MOVES:
        return _MOVES[path].format(text, "s" if text != "1" else "")
    words = {
        ("serving.purchase", "reserved"): "Reserve for a year",
        ("serving.purchase", "spot"): "Rent spot",
    }
    words |= {
        ("hardware.ownership", "own"): "Own the cards",
        ("hardware.ownership", "rent"): "Rent the cards",
    }
    return words.get((path, str(value)), f"{title_of(path)}: {text}")


def move_detail(move: Move) -> str:
    """Return what else a proposal does: the answer where it gets slower, else the score."""
    slower = move.latency_s > SLOWER_FACTOR * move.latency_before_s
    if slower:
        then, now = (format_quantity(s, "s", figures=2) for s in (move.latency_s, move.latency_before_s))
        return f"p95 {then}, was {now}"
    then, now = (format_quantity(points, "points") for points in (move.quality, move.quality_before))
    return f"score stays {then}" if then == now else f"score {then}, was {now}"


def figure_words(candidate: Candidate, name: str) -> str:
    """Return a figure; a range where energy and carbon are only known as one."""
    value, unit = candidate.figures[name], FIGURES[name].unit
    low, high = candidate.energy_range_frac
    if name in _WIDE and low != high:
        return format_range(value * low, value * high, unit)
    return format_quantity(value, unit)


def sentence(outcome: Outcome, catalog: Catalog) -> str:
    """Return what was found for the goal in one sentence."""
    best = outcome.best[outcome.goal]
    if best is None:
        return _nothing(outcome)
    how = change_words(best.changes, outcome.scenario, catalog)
    name = NAMES[best.strategy]
    what = f"{name}, as the plan is" if not best.changes else f"{name}, {how}"
    carbon = f", {figure_words(best, 'carbon_kgco2e')} CO₂e" if outcome.goal == "carbon" else ""
    score = f"score {format_quantity(best.figures['quality'], 'points')}"
    total = format_quantity(best.figures["total_usd"], "usd")
    return f"{what}: {total}{_against_now(best, outcome.present)}{carbon}, {score}."


def _against_now(best: Candidate, present: Candidate | None) -> str:
    if present is None:
        return ""
    now = present.figures["total_usd"]
    gap = best.figures["total_usd"] - now
    if abs(gap) <= _SAME_USD_FRAC * abs(now):
        return ", as much as now"
    return f", {gap_usd_text(abs(gap))} {'more' if gap > 0 else 'less'} than now"


def _nothing(outcome: Outcome) -> str:
    tried = "None of 1 plan" if outcome.tried == 1 else f"None of {outcome.tried:,} plans"
    if outcome.nearest is None:
        return f"{tried} fits at all: allow other cards, or a smaller model."
    names = NAMES[outcome.nearest.candidate.strategy]
    missed = " and ".join(missed_words(each) for each in outcome.nearest.missed)
    return f"{tried} keeps every limit; {names} comes nearest: {missed}."


def missed_words(missed: Missed) -> str:
    """Return a missed limit with both numbers: ``$115k against a budget of $50k``."""
    words = _LIMIT_WORDS.get(missed.path)
    if words is None:
        return "data leave the house"
    value, limit = format_apart(missed.value, missed.limit, spec_for(missed.path).unit, figures=3)
    return f"{value} against a {words} of {limit}".replace(" a answer", " an answer")


def method_words(outcome: Outcome) -> str:
    """Return how the search was made: whether all plans were tried, else how many of how many."""
    tried = "1 plan" if outcome.tried == 1 else f"{outcome.tried:,} plans"
    if not outcome.finished:
        return f"Stopped after {tried} of {_large(outcome.size)}."
    if outcome.method == "exhaustive":
        return f"All {tried} tried." if outcome.tried > 1 else "The one plan tried."
    return (
        f"{tried} of {_large(outcome.size)} tried by differential evolution, seed {outcome.seed}: "
        "a better one may exist."
    )


def _large(count: int) -> str:
    return f"{count:,}" if count < 10**7 else format_quantity(float(count), "count", figures=2)


def bound_words(bound: Bound) -> str:
    """Return a bound as it reads: ``the total at most $500k``."""
    column = FIGURES[bound.figure]
    side = "at most" if bound.sign == "<=" else "at least"
    return f"the {in_sentence(column.title)} {side} {_briefly(bound.value, column.unit)}"


def _briefly(value: float, unit: str) -> str:
    """Return a typed number with no more figures than it has."""
    return next(
        (
            text
            for figures in (2, 3)
            if float(f"{value:.{figures}g}") == value
            for text in (format_quantity(value, unit, figures=figures),)
        ),
        format_quantity(value, unit, figures=4),
    )


def sought_text(path: str, value: float | None) -> str:
    """Return a sought value with all its figures: it was found to the last one."""
    if value is None:
        return MISSING
    spec = spec_for(path)
    if value.is_integer() and spec.unit in ("count", "requests_per_month", "tokens"):
        return f"{value:,.0f}"
    if value == 1.0 and spec.unit == "months":
        return "1 month"
    return value_text(int(value) if value.is_integer() else float(f"{value:.6g}"), spec)


def seek_sentence(found: Sought) -> str:
    """Return the answer of a goal seek in one sentence."""
    title = spec_for(found.path).title
    kept = " and ".join(map(bound_words, found.bounds))
    if found.last is None or found.winner is None:
        who = "No strategy" if found.strategy is None else NAMES[found.strategy]
        low, high = (sought_text(found.path, end) for end in (found.low, found.high))
        negation = "keeps" if found.strategy is None else "never keeps"
        return f"{title}: from {low} to {high} {who} {negation} {kept}."
    last, who = sought_text(found.path, found.last), NAMES[found.winner]
    if found.at_edge:
        return f"{title}: to the end of the span, {last}, {who} keeps {kept}."
    side = "at most" if found.direction == "max" else "at least"
    return f"{title}: {side} {last}, for {who} to keep {kept}."


def seek_remark(found: Sought) -> str:
    """Return what the one number hides: that it does not hold all the way, or only beyond some value."""
    if found.last is None or found.steady == found.last:
        return ""
    near = sought_text(found.path, found.low if found.direction == "max" else found.high)
    if found.steady is None:
        return f"It does not hold at {near}, only further on."
    return f"From {near} it holds without a gap to {sought_text(found.path, found.steady)}."
