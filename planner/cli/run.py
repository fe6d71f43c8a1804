"""``planner run``: simulate a plan, and print a table or the JSON document."""

from __future__ import annotations

import argparse
import math
from typing import Any, Final

from planner.catalog.caveats import CAVEATS
from planner.catalog.load import load_catalog
from planner.cli.apart import apart_texts
from planner.cli.inputs import add_changes, add_file, add_seed, changed, open_plan, simulated
from planner.cli.text import paragraph, say, say_json, table
from planner.engine.choice import choose
from planner.engine.crossing import nearest
from planner.engine.results import FIGURES, Column, Results, StrategyResult
from planner.engine.risk import Risk, risk
from planner.engine.sampling import MOST_DRAWS
from planner.engine.verdict import verdict
from planner.errors import InputError
from planner.evidence.asked import physics_ranges
from planner.export.job import SEED
from planner.export.record import document
from planner.export.words import UNCERTAIN, figure_text, figure_title, month_words
from planner.scenario.fields import in_sentence
from planner.scenario.model import STRATEGY_WORDS, Plan, spec_for
from planner.units import MISSING, format_quantity, months_words, step_for

HELP: Final = "Simulate a plan and print a table, or the JSON document of the contract."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a plan, changes of it, and how to print."""
    add_file(parser)
    parser.add_argument("--json", action="store_true", help="print the document as JSON")
    add_changes(parser)
    parser.add_argument(
        "--draws", type=int, default=0, metavar="N", help="draws from the plan's ranges and from the physics'"
    )
    add_seed(parser, default=SEED, words="seed of the draws")


def act(chosen: argparse.Namespace) -> int:
    """Simulate and print."""
    if chosen.draws < 0 or chosen.draws > MOST_DRAWS:
        allowed = f"a whole number from 0 to {MOST_DRAWS:,}"
        raise InputError("draws", f"--draws is {chosen.draws:,}; allowed is {allowed}.", path="draws")
    plan = changed(open_plan(chosen.file), chosen.changes)
    results = simulated(plan)
    drawn = _drawn(results, chosen.draws, chosen.seed) if chosen.draws else None
    if chosen.json:
        say_json(document(results, seed=chosen.seed, drawn=drawn))
    else:
        _say_table(results, plan)
        if drawn is not None:
            _say_risk(drawn)
            for text in apart_texts(results):
                say(paragraph(text, hanging="  "))
    return 0


def _drawn(results: Results, count: int, seed: int) -> Risk:
    return risk(
        results.scenario,
        load_catalog(),
        count=count,
        seed=seed,
        choices=results.choices,
        further=physics_ranges(results),
    )


def _say_risk(drawn: Risk) -> None:
    say()
    inputs = f"{len(drawn.inputs)} uncertain input{'' if len(drawn.inputs) == 1 else 's'}"
    say(f"Over {drawn.draws:,} draws of {inputs}, seed {drawn.seed}:")
    say()
    held = drawn.strategies
    ends = [each.total_usd[percent] for each in held.values() for percent in (10, 90)]
    step = step_for(ends, "usd")
    rows = [["", *(STRATEGY_WORDS[name] for name in held)]]
    rows.append(["Cheapest", *(format_quantity(each.cheapest_frac, "frac") for each in held.values())])
    rows.append(["Keeps limits", *(format_quantity(each.competes_frac, "frac") for each in held.values())])
    for percent, title in ((10, "Total, P10"), (50, "Total, P50"), (90, "Total, P90")):
        values = [each.total_usd[percent] for each in held.values()]
        shown = [
            MISSING if math.isnan(value) else format_quantity(value, "usd", step=step) for value in values
        ]
        rows.append([title, *shown])
    for line in table(rows, right=range(1, len(held) + 1)):
        say(line)
    if drawn.none_frac > 0.0:
        say(f"No strategy keeps all limits in {format_quantity(drawn.none_frac, 'frac')} of the draws.")


def _say_table(results: Results, plan: Plan) -> None:
    scenario, crossing = results.scenario, nearest(results, load_catalog())
    said = verdict(results, choose(results), crossing)
    horizon = months_words(scenario.horizon_months)
    start = month_words(scenario.start_month)
    say(f"{plan.title}, {scenario.name}: {horizon} after the first release in {start}")
    say()
    say(said.sentence)
    say(said.second)
    say()
    for line in table(_rows(results), right=range(1, len(results.strategies) + 1)):
        say(line)
    _say_problems(results)
    _say_caveats(results)


def _rows(results: Results) -> list[list[str]]:
    strategies = list(results.strategies.values())
    rows = [["", *(STRATEGY_WORDS[each.strategy] for each in strategies)]]
    rows += [[figure_title(name), *_cells(results, name, column)] for name, column in FIGURES.items()]
    return [*rows, ["Limits", *map(_limits_text, strategies)]]


def _cells(results: Results, name: str, column: Column) -> list[str]:
    strategies = results.strategies.values()
    if name == "payback_month":
        return [_payback_text(results, each) for each in strategies]
    shown = [each.figures[name] for each in strategies if not (name in UNCERTAIN and _is_wide(each))]
    step = step_for(shown, column.unit)
    return [figure_text(each, name, step) if each.fits else MISSING for each in strategies]


def _is_wide(result: StrategyResult) -> bool:
    return result.energy_range_frac != (1.0, 1.0)


def _payback_text(results: Results, result: StrategyResult) -> str:
    month: Any = result.figures["payback_month"]
    if result.strategy == results.baseline:
        return "baseline"
    if not result.fits or not results.strategies[results.baseline].fits:
        return MISSING
    return "never" if math.isnan(month) else f"month {month:.0f}"


def _limits_text(result: StrategyResult) -> str:
    if not result.fits:
        return "does not fit"
    if not result.misses:
        return "kept"
    return "misses one" if len(result.misses) == 1 else f"misses {len(result.misses)}"


def _say_problems(results: Results) -> None:
    for result in results.strategies.values():
        name = STRATEGY_WORDS[result.strategy]
        for problem in result.problems:
            say()
            say(paragraph(f"{name} does not fit: {problem.message} {problem.hint}".strip(), hanging="  "))
        if result.misses:
            say()
            words = ", ".join(f"{in_sentence(spec_for(path).title)} ({path})" for path in result.misses)
            say(paragraph(f"{name} misses: {words}.", hanging="  "))


def _say_caveats(results: Results) -> None:
    known = [CAVEATS[code] for code in results.caveats if code in CAVEATS]
    if known:
        say()
    for caveat in known:
        say(paragraph(f"* {caveat.text}. {caveat.help}", hanging="  "))
    say()
    say(f"Catalogue {results.catalog_version}. Most likely values; money in USD.")
