"""``planner matters``: what moves a cost or a saving, what is worth knowing, where the choice flips."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from planner.catalog.load import load_catalog, suggest
from planner.cli.apart import apart_texts
from planner.cli.inputs import add_changes, add_file, add_seed, changed, open_plan, simulated
from planner.cli.text import fitted, paragraph, say, say_json, table
from planner.engine.choice import choose
from planner.engine.choices import Choices
from planner.engine.flip_points import flip_points
from planner.engine.matters import Matter, Matters, advice, flip_words, matters, worth_words
from planner.engine.results import Results
from planner.engine.risk import risk
from planner.engine.sensitivity import Swing, Tornado, swings
from planner.engine.sobol import sobol
from planner.engine.verdict import NAMES
from planner.errors import InputError, PlannerError
from planner.evidence.asked import physics_ranges
from planner.export.job import SEED
from planner.scenario.model import spec_for
from planner.scenario.ranges import Range
from planner.units import EN_DASH, MINUS, MISSING, format_apart, format_quantity

HELP: Final = "Show what moves a cost or a saving: tornado, rank correlations, worth of knowing, flips."
NOBODY: Final = "none"
_DRAWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Asked:
    """A plan, simulated, with what is compared and drawn."""

    results: Results
    strategy: str
    against: str | None
    further: Mapping[str, Range]

    @property
    def choices(self) -> Choices:
        return dict(self.results.choices)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a plan, whom to compare, and how much to draw."""
    add_file(parser)
    add_changes(parser)
    parser.add_argument("--strategy", metavar="ID", help="whose cost or saving; the choice if not given")
    parser.add_argument(
        "--against", metavar="ID", help=f"whom it saves against, or {NOBODY}; the baseline if not given"
    )
    parser.add_argument("--draws", type=int, default=_DRAWS, metavar="N", help="draws from the ranges")
    add_seed(parser, default=SEED, words="seed of the draws")
    parser.add_argument(
        "--sobol", type=int, metavar="ROWS", help="Sobol indices from so many rows, a power of two"
    )
    parser.add_argument("--json", action="store_true", help="print the document as JSON")


def act(chosen: argparse.Namespace) -> int:
    """Compute and print."""
    results = simulated(changed(open_plan(chosen.file), chosen.changes))
    asked = _Asked(results, *_compared(results, chosen), further=physics_ranges(results))
    scenario, catalog = results.scenario, load_catalog()
    held: dict[str, Any] = {"choices": asked.choices, "further": asked.further}
    moved = swings(scenario, catalog, **held).tornado(asked.strategy, asked.against)
    drawn = risk(scenario, catalog, count=chosen.draws, seed=chosen.seed, **held)
    found = matters(drawn, asked.strategy, asked.against).with_flips(flip_points(scenario, catalog, **held))
    if chosen.sobol is not None:
        pair = (asked.strategy, asked.against)
        indices = sobol(scenario, catalog, pair, count=chosen.sobol, seed=chosen.seed, **held)
        found = found if indices is None else found.with_indices(indices)
    if chosen.json:
        say_json(_document(found, moved, chosen))
    else:
        _say(found, moved, sobol_asked=chosen.sobol is not None)
        for text in apart_texts(results):
            say(paragraph(text, hanging="  "))
    return 0


def _compared(results: Results, chosen: argparse.Namespace) -> tuple[str, str | None]:
    """Return the strategy and the one that it is compared with; None for its own cost."""
    choice = choose(results)
    strategy = _known(results, "--strategy", chosen.strategy) or choice.strategy
    if strategy is None:
        raise PlannerError("does_not_fit", "No strategy fits.", "Name one with --strategy.")
    if chosen.against == NOBODY:
        return strategy, None
    against = _known(results, "--against", chosen.against)
    if against is None:
        against = results.baseline if strategy != results.baseline else choice.runner_up
    if against == strategy:
        raise InputError("not_allowed", f'--against is "{against}", the strategy itself.')
    return strategy, against


def _known(results: Results, option: str, name: str | None) -> str | None:
    if name is None or name in results.strategies:
        return name
    allowed = ", ".join(results.strategies)
    raise InputError(
        "not_allowed",
        f'{option} is "{name}"; allowed is one of {allowed}.',
        suggest(name, list(results.strategies)),
    )


# ---------------------------------------------------------------- the page
def _say(found: Matters, moved: Tornado, *, sobol_asked: bool) -> None:
    name = NAMES[found.strategy]
    what = f"Cost of {name}" if found.against is None else f"Saving of {name} against {NAMES[found.against]}"
    base = MISSING if math.isnan(moved.base) else format_quantity(moved.base, "usd")
    say(f"{what}: {base} at the most likely values")
    said = advice(found)
    say(f"{said.heading} {said.text}")
    if worth := worth_words(found):
        say(f"{worth[0].upper()}{worth[1:]}.")
    say()
    for line in fitted(table(_swing_rows(moved), right=(1, 2, 3, 4, 5))):
        say(line)
    if not found.rows:
        return
    say()
    say(f"Over {found.draws:,} draws; the choice flips with what was decided held")
    right = range(1, 5 if sobol_asked else 3)
    for line in fitted(table(_matter_rows(found, sobol_asked=sobol_asked), right=right)):
        say(line)
    if sobol_asked and found.complete_frac < 1.0:
        say(f"Sobol indices rest on {format_quantity(found.complete_frac, 'chance')} of the rows.")
    tied = [row for row in found.rows if row.tied]
    for row in tied:
        say(f"{row.title} shares its Sobol indices with {', '.join(spec_for(p).title for p in row.tied)}.")


def _swing_rows(moved: Tornado) -> list[list[str]]:
    word = "Cost" if moved.against is None else "Saving"
    rows = [["One at a time", "P10", "P90", f"{word} at P10", f"{word} at P90", "Swing"]]
    for row in moved.rows:
        unit = spec_for(row.path).unit
        ends = format_apart(row.low_input, row.high_input, unit, figures=2)
        figures = [_money(value) for value in (row.low, row.high, row.width)]
        rows.append([spec_for(row.path).title, *ends, *figures])
    return rows


def _money(value: float) -> str:
    return "does not fit" if math.isnan(value) else format_quantity(value, "usd")


def _matter_rows(found: Matters, *, sobol_asked: bool) -> list[list[str]]:
    in_money = found.known.fixed is not None
    heads = ["Input", "Rank correlation", "Worth of knowing" if in_money else "More often right"]
    rows = [[*heads, *(("Sobol alone", "with others") if sobol_asked else ()), "Flips the choice"]]
    for row in found.rows:
        worth = format_quantity(row.worth_usd, "usd", figures=2)
        if not in_money:
            worth = format_quantity(row.right_gain_frac, "frac", figures=2)
        shares = [_index(row.first), _index(row.total)] if sobol_asked else []
        flips = "; ".join(flip_words(point) for point in row.flips) or MISSING
        rows.append([row.title, _signed(row.correlation), worth, *shares, flips])
    return rows


def _signed(value: float) -> str:
    if math.isnan(value):
        return MISSING
    text = f"{value:+.2f}".replace("-", MINUS)
    return text[1:] if round(value, 2) == 0.0 else text


def _index(values: tuple[float, float, float]) -> str:
    if math.isnan(values[0]):
        return MISSING
    value, low, high = (f"{min(max(each, 0.0), 1.0):.2f}" for each in values)
    return f"{value} ({low}{EN_DASH}{high})"


# ---------------------------------------------------------------- the document
def _document(found: Matters, moved: Tornado, chosen: argparse.Namespace) -> dict[str, Any]:
    said, known = advice(found), found.known
    moves = {row.path: row for row in moved.rows}
    return {
        "schema_version": 1,
        "strategy": found.strategy,
        "against": found.against,
        "draws": found.draws,
        "seed": chosen.seed,
        "base_usd": moved.base,
        "perfect_information_usd": known.perfect_usd,
        "right_frac": known.right_frac,
        "lost_frac": found.lost_frac,
        "none_frac": found.none_frac,
        "advice": {"path": said.path or None, "text": f"{said.heading} {said.text}"},
        "inputs": [_input(row, moves[row.path]) for row in found.rows],
    }


def _input(row: Matter, moved: Swing) -> dict[str, Any]:
    document: dict[str, Any] = {
        "path": row.path,
        "p10": moved.low_input,
        "mode": moved.base_input,
        "p90": moved.high_input,
        "usd_at_p10": moved.low,
        "usd_at_p90": moved.high,
        "swing_usd": moved.width,
        "rank_correlation": row.correlation,
        "worth_usd": row.worth_usd,
        "right_gain_frac": row.right_gain_frac,
        "flips": [{"value": p.value, "below": p.below, "strategy": p.strategy} for p in row.flips],
    }
    if not math.isnan(row.first[0]):
        ends = ("value", "low", "high")
        document["sobol"] = {
            "first": dict(zip(ends, row.first, strict=True)),
            "total": dict(zip(ends, row.total, strict=True)),
            "shared_with": list(row.tied),
        }
    return document
