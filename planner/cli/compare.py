"""``planner compare``: scenarios side by side, the inputs that differ, and the bridge between totals."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from typing import Final

from planner.catalog.load import load_catalog, suggest
from planner.cli.inputs import open_plan, simulated
from planner.cli.text import fitted, paragraph, say, say_json, table
from planner.engine.choice import choose
from planner.engine.compare import Bridge, bridge, differences
from planner.engine.mixes import BRIDGED, TOTAL
from planner.engine.results import FIGURES, Results, StrategyResult
from planner.errors import InputError, PlannerError
from planner.export.comparison import comparison
from planner.export.differences import (
    grouping_texts,
    input_text,
    input_title,
    method_text,
    step_title,
    strategy_words,
)
from planner.export.words import figure_text, figure_title, letter_of
from planner.scenario.fields import in_sentence, specs_of
from planner.scenario.model import STRATEGY_IDS, STRATEGY_WORDS, Plan, Scenario
from planner.units import MISSING, format_quantity, step_for

HELP: Final = "Show scenarios side by side: inputs that differ, totals, and why the totals differ."
CHOICE: Final = "choice"
_MOST: Final = 12
_ROWS: Final = (TOTAL, "energy_kwh", "carbon_kgco2e", "quality", "latency_p95_s", "payback_month")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One scenario of the comparison."""

    file: str
    plan: Plan
    name: str
    results: Results

    @property
    def scenario(self) -> Scenario:
        return self.results.scenario

    @property
    def label(self) -> str:
        return self.plan.title if len(self.plan.scenarios) == 1 else f"{self.plan.title}, {self.name}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take plans, whose figures to explain, and how to print."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="plan files or ids of presets; all scenarios of each are compared with the first one",
    )
    parser.add_argument(
        "--strategy",
        default=CHOICE,
        metavar="ID",
        help=f"whose figures to explain: {', '.join(STRATEGY_IDS)}, or {CHOICE}, each scenario's own",
    )
    parser.add_argument(
        "--figure", default=TOTAL, metavar="NAME", help="figure to explain, such as energy_kwh"
    )
    parser.add_argument("--json", action="store_true", help="print the document as JSON")


def act(chosen: argparse.Namespace) -> int:
    """Compare and print."""
    _check(chosen)
    entries = _entries(chosen.files)
    first, others = entries[0], entries[1:]
    paths = [differences(first.scenario, other.scenario) for other in others]
    order = [path for path in specs_of(Scenario) if any(path in own for own in paths)]
    order += sorted({path for own in paths for path in own} - set(order))
    bridges = [_bridge(first, other, chosen.strategy) for other in others]
    if chosen.json:
        names = [(entry.file, entry.name) for entry in entries]
        say_json(comparison(names, [entry.results for entry in entries], order, bridges))
        return 0
    _say_scenarios(entries)
    _say_inputs(entries, order)
    for number, found in enumerate(bridges, 1):
        _say_bridge(letter_of(number), found, chosen.figure)
    return 0


def _check(chosen: argparse.Namespace) -> None:
    if chosen.strategy not in (*STRATEGY_IDS, CHOICE):
        allowed = f"one of {', '.join((*STRATEGY_IDS, CHOICE))}"
        raise InputError(
            "not_allowed",
            f'--strategy is "{chosen.strategy}"; allowed is {allowed}.',
            suggest(chosen.strategy, (*STRATEGY_IDS, CHOICE)),
        )
    if chosen.figure not in BRIDGED:
        raise InputError(
            "not_allowed",
            f'--figure is "{chosen.figure}"; allowed is one of {", ".join(BRIDGED)}.',
            suggest(chosen.figure, BRIDGED),
        )


def _entries(files: list[str]) -> list[_Entry]:
    """Return every scenario of every file.

    Raises
    ------
    PlannerError
        If a file or a scenario is not valid, or there are fewer than two scenarios, or too many.
    """
    plans = [(file, open_plan(file)) for file in files]
    count = sum(len(plan.scenarios) for _, plan in plans)
    if count < 2:
        raise PlannerError(
            "usage",
            f'"{files[0]}" holds one scenario: there is nothing to compare it with.',
            "Name a second file, or a plan of several scenarios.",
        )
    if count > _MOST:
        raise PlannerError(
            "usage", f"There are {count} scenarios; at most {_MOST} stand side by side.", "Name fewer files."
        )
    return [
        _Entry(file, plan, scenario.name, _simulated(file, plan, scenario.name))
        for file, plan in plans
        for scenario in plan.scenarios
    ]


def _simulated(file: str, plan: Plan, name: str) -> Results:
    try:
        return simulated(plan.with_active(name))
    except PlannerError as error:
        raise PlannerError(error.code, f"{file}, {name}: {error.message}", error.hint) from error


def _bridge(first: _Entry, other: _Entry, strategy: str) -> Bridge | PlannerError:
    picked = []
    for entry in (first, other):
        found = choose(entry.results).strategy if strategy == CHOICE else strategy
        if found is None:
            return PlannerError("does_not_fit", f"No strategy fits in {entry.label}.")
        picked.append(found)
    try:
        return bridge(first.scenario, other.scenario, load_catalog(), (picked[0], picked[1]))
    except PlannerError as error:
        return error


# ---------------------------------------------------------------- the page
def _say_scenarios(entries: list[_Entry]) -> None:
    rows = [["", "Scenario", "File", "Choice", *(figure_title(name) for name in _ROWS)]]
    for number, entry in enumerate(entries):
        found = choose(entry.results).strategy
        cells = _figures(entry, found)
        word = STRATEGY_WORDS[found] if found else "none fits"
        rows.append([letter_of(number), entry.label, entry.file, word, *cells])
    for line in fitted(table(rows, right=range(4, 4 + len(_ROWS)))):
        say(line)
    say()
    say("Totals by strategy")
    strategies = [each for each in STRATEGY_IDS if any(each in e.results.strategies for e in entries)]
    totals = [[_total(entry, strategy) for strategy in strategies] for entry in entries]
    step = step_for([value for row in totals for value in row if value is not None], "usd")
    rows = [["", *(STRATEGY_WORDS[strategy] for strategy in strategies)]]
    for number, values in enumerate(totals):
        texts = [MISSING if value is None else format_quantity(value, "usd", step=step) for value in values]
        rows.append([letter_of(number), *texts])
    for line in fitted(table(rows, right=range(1, 1 + len(strategies)))):
        say(line)


def _figures(entry: _Entry, strategy: str | None) -> list[str]:
    result = entry.results.strategies.get(strategy or "")
    if result is None or not result.fits:
        return [MISSING] * len(_ROWS)
    texts = [figure_text(result, name) for name in _ROWS]
    texts[_ROWS.index("payback_month")] = _payback(entry.results, result)
    return texts


def _payback(results: Results, result: StrategyResult) -> str:
    if result.strategy == results.baseline:
        return "baseline"
    if not results.strategies[results.baseline].fits:
        return MISSING
    month = float(result["payback_month"])
    return "never" if math.isnan(month) else f"month {month:.0f}"


def _total(entry: _Entry, strategy: str) -> float | None:
    result = entry.results.strategies.get(strategy)
    return float(result[TOTAL]) if result is not None and result.fits else None


def _say_inputs(entries: list[_Entry], paths: list[str]) -> None:
    say()
    if not paths:
        say("No input differs.")
        return
    every = len(specs_of(Scenario).keys() - {"name"})
    say(f"Inputs that differ, {len(paths)} of {every}")
    rows = [["", *(letter_of(number) for number in range(len(entries)))]]
    rows += [[input_title(path), *(input_text(path, entry.scenario) for entry in entries)] for path in paths]
    for line in fitted(table(rows)):
        say(line)


def _say_bridge(to: str, found: Bridge | PlannerError, figure: str) -> None:
    say()
    if isinstance(found, PlannerError):
        say(paragraph(f"From A to {to}: no bridge. {found.message} {found.hint}".strip(), hanging="  "))
        return
    title = in_sentence(FIGURES[figure].title)
    say(f"From A to {to}: {title}, {strategy_words(found)}")
    if figure not in found.before:
        say(f"{FIGURES[figure].title} is not known in every mix.")
        return
    unit = FIGURES[figure].unit
    moving = found.ordered(figure)
    values = [found.before[figure], found.after[figure], *(step.effects[figure] for step in moving)]
    size = step_for(values, unit)

    def amount(value: float, *, sign: bool = False) -> str:
        return format_quantity(
            value, unit, figures=4, sign=sign, step=size if abs(value) >= size.factor else None
        )

    rows = [["A", amount(found.before[figure])]]
    rows += [[step_title(step), amount(step.effects[figure], sign=True)] for step in moving]
    rows.append([to, amount(found.after[figure])])
    for line in fitted(table(rows, right=(1,))):
        say(line)
    still = [step_title(step) for step in found.steps if step.effects[figure] == 0.0]
    if still:
        say(paragraph(f"No effect: {'; '.join(still)}.", hanging="  "))
    for text in grouping_texts(found):
        say(paragraph(text, hanging="  "))
    if found.method == "sampled":
        error = max(step.errors[figure] for step in found.steps)
        say(f"{method_text(found)}; standard error at most {amount(error)}.")
    else:
        say(f"{method_text(found)}.")
