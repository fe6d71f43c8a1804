"""Claims about energy and about keeping a model current."""

from __future__ import annotations

import math

import numpy as np

from planner.engine.claims.compare import LITTLE_FRAC, MODEL, against, lower, together
from planner.engine.claims.facts import Facts
from planner.engine.claims.records import Claim, Figure, Finding, UntestedError, Verdict
from planner.engine.claims.rows import Rows
from planner.engine.lineitems import Phase
from planner.engine.run import payback_months
from planner.units import format_quantity

HALF = 0.5
WHOLE_FRAC = 0.9
"""An event that repeats at least this share of the first release's work does it all again. Our judgement."""
_COMPRESSION = ("teacher", "training")
_RELEASES: tuple[Phase, ...] = ("first release", "refresh")
_TRAINING = Rows("energy_kwh", _RELEASES)


# ---------------------------------------------------------------------- energy
def _training_energy(facts: Facts, strategy: str) -> Figure:
    return facts.added("Energy of training", strategy, _TRAINING)


def _is_hungry_in_training(facts: Facts) -> Finding:
    tuned, small = _training_energy(facts, "finetune"), _training_energy(facts, "distil")
    whole = facts.figure("finetune", "energy_kwh", "Energy in all")
    share = tuned.value / whole.value if whole.value > 0.0 else 0.0
    matters: Verdict = "holds" if share > LITTLE_FRAC else "fails"
    words = f"Training draws {against(tuned.value, small.value)} distilling"
    words += f", and {format_quantity(share, 'chance')} of all that the tuned model draws."
    return Finding(together([lower(small.value, tuned.value), matters]), words, (tuned, small, whole))


def _saves_every_day(facts: Facts) -> Finding:
    other = next((each for each in ("prompt", "finetune") if facts.has(each)), None)
    if other is None:
        raise UntestedError("No large model of our own fits in this plan, so there is nothing to compare.")
    use = [facts.added("Energy in use", each, Rows("energy_kwh", ("serving",))) for each in ("distil", other)]
    spent = facts.added("Energy at first", "distil", Rows("energy_kwh", ("first release",)))
    mine, theirs = (np.cumsum(np.asarray(facts.result(each).energy_by_month)) for each in ("distil", other))
    month = float(payback_months(mine, theirs))
    words = f"It draws {against(use[0].value, use[1].value)} {MODEL[other]} in use"
    daily = lower(use[0].value, use[1].value)
    if daily == "fails":
        return Finding(daily, f"{words}, so nothing is saved.", (spent, *use))
    if math.isnan(month):
        return Finding("partly", f"{words}, too little to repay its training.", (spent, *use))
    return Finding(daily, f"{words}, and repays its training in month {month:.0f}.", (spent, *use))


# ---------------------------------------------------------------------- keeping current
def _events(facts: Facts, strategy: str, *kinds: str) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the months in which a strategy is refreshed or replaced.

    Raises
    ------
    UntestedError
        If it never is.
    """
    found = facts.result(strategy).event_months
    months = np.concatenate([found.get(kind, np.zeros(0, dtype=np.intp)) for kind in kinds])
    if not months.size:
        raise UntestedError(f"Nothing is refreshed within {facts.horizon} months.")
    return np.sort(months)


def _adapts_by_adding(facts: Facts) -> Finding:
    months = _events(facts, "finetune", "refresh")
    updates = Rows("usd", ("refresh",))
    spent = facts.months_of("finetune", updates)[months].mean()
    event = facts.say("One refresh", spent, "usd", "finetune", updates.key)
    first = facts.figure("finetune", "first_release_usd")
    share = event.value / first.value if first.value > 0.0 else math.inf
    verdict: Verdict = "holds" if share <= HALF else "partly" if share < 1.0 else "fails"
    data = format_quantity(facts.scenario.refresh.new_data_frac, "frac")
    words = f"A refresh adds {data} of data and costs {against(event.value, first.value)} the first release."
    return Finding(verdict, words, (event, first))


def _is_distilled_again(facts: Facts) -> Finding:
    months = _events(facts, "distil", "refresh", "replacement")

    first, updates = (Rows("accelerator_h", (phase,), _COMPRESSION) for phase in _RELEASES)
    once = facts.added("First distillation", "distil", first)
    each = facts.months_of("distil", updates)[months]
    shares = each / once.value
    again = int((shares >= WHOLE_FRAC).sum())
    verdict: Verdict = "holds" if again == len(shares) else "partly" if again else "fails"
    most, least = (format_quantity(share, "frac") for share in (shares.max(), shares.min()))
    range_ = most if most == least else f"{least} to {most}"
    count = f"{again} of {len(shares)} updates distil" if again else f"None of {len(shares)} updates distils"
    new = format_quantity(facts.scenario.refresh.new_data_frac, "frac")
    words = f"{count} it all again; {new} new data repeats {range_} of the first work."
    update = facts.say("An update", each.mean(), "accelerator_h", "distil", updates.key)
    return Finding(verdict, words, (once, update))


def _people(facts: Facts, strategy: str) -> Figure:
    return facts.added("People", strategy, Rows("usd", ("serving",), ("running_labour",)))


def _needs_less_upkeep(facts: Facts) -> Finding:
    small, tuned = _people(facts, "distil"), _people(facts, "finetune")
    words = f"People who run it cost {against(small.value, tuned.value)} those of the tuned model."
    return Finding(lower(small.value, tuned.value), words, (small, tuned))


def _repeats_cost_more(facts: Facts) -> Finding:
    _events(facts, "distil", "refresh", "replacement")
    small, tuned = facts.figure("distil", "refresh_usd"), facts.figure("finetune", "refresh_usd")
    words = f"Keeping it current costs {against(small.value, tuned.value)} keeping the tuned model current."
    return Finding(lower(tuned.value, small.value), words, (small, tuned))


CLAIMS = (
    Claim(
        "hungry_training",
        "Energy",
        "Fine-tuning is energy-hungry in training",
        f"Energy of all releases and refreshes against distilling with its teacher; and whether it is "
        f"over {format_quantity(LITTLE_FRAC, 'frac')} of all energy.",
        _is_hungry_in_training,
    ),
    Claim(
        "saves_daily",
        "Energy",
        "Distilling spends energy at first and saves it every day",
        "Energy in use against the same large model prompted, and whether the saving repays the training.",
        _saves_every_day,
    ),
    Claim(
        "adapts_by_adding",
        "Upkeep",
        "Fine-tuned models adapt by adding data",
        "Cost of one refresh against the first release: true up to half, partly up to all of it.",
        _adapts_by_adding,
    ),
    Claim(
        "distilled_again",
        "Upkeep",
        "Distilled models must be distilled again",
        f"Accelerator-hours of an update against the first release: all again from "
        f"{format_quantity(WHOLE_FRAC, 'frac')} on.",
        _is_distilled_again,
    ),
    Claim(
        "less_upkeep",
        "Upkeep",
        "A distilled model needs less daily upkeep",
        "Cost of the people who run it over the horizon, against the tuned model.",
        _needs_less_upkeep,
    ),
    Claim(
        "repeats_compression",
        "Upkeep",
        "Repeating the compression makes updates dearer",
        "Cost of all refreshes against that of the tuned model.",
        _repeats_cost_more,
    ),
)
