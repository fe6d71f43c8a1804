"""``planner optimise``: the best plan under limits, the front of cost, carbon and score; and goal seek."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

from planner import __version__
from planner.catalog.load import load_catalog, suggest
from planner.cli.inputs import add_changes, add_file, add_seed, changed, check_ids, open_plan
from planner.cli.text import paragraph, say, say_json, table
from planner.engine.goalseek import Bound, Direction, Seek, Sign, Sought
from planner.engine.optimise import GOALS, Candidate, Outcome, Search
from planner.engine.optimise_space import Variable, given_variable, variables_of
from planner.engine.optimise_words import (
    GOAL_WORDS,
    change_rows,
    change_words,
    figure_words,
    method_words,
    seek_remark,
    seek_sentence,
    sentence,
)
from planner.engine.results import FIGURES
from planner.errors import InputError, PlannerError
from planner.export.record import plain
from planner.export.sweeps.grid import check_grid, read_grid
from planner.export.words import figure_title
from planner.scenario.fields import FieldSpec, in_sentence
from planner.scenario.model import SCHEMA_VERSION, STRATEGY_WORDS, Scenario, spec_for
from planner.scenario.parse import parse_value
from planner.units import MISSING, SECONDS_PER_MINUTE, format_quantity

HELP: Final = "Find the best plan under limits and the front of cost, carbon and score, or seek a number."

_LIMITS: Final = {
    "max_usd": ("limits.max_total_usd", "USD", "budget"),
    "max_kgco2e": ("limits.max_carbon_kgco2e", "KG", "carbon budget"),
    "min_quality": ("limits.min_quality", "POINTS", "score floor, held by the oldest release"),
    "max_latency_s": ("limits.max_latency_p95_s", "S", "longest whole answer, p95"),
}
_SHOWN: Final = ("total_usd", "carbon_kgco2e", "quality", "quality_lowest", "latency_p95_s")
_FRONT: Final = ("total_usd", "carbon_kgco2e", "quality")
_MOST_FRONT: Final = 20
_BOUND: Final = re.compile(r"\s*([a-z0-9_]+)\s*(<=|>=)\s*(.+)")
_BETWEEN_REDRAWS_S: Final = 0.2
_LINE: Final = 79


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a plan, a goal, limits, what may change, and what to seek."""
    add_file(parser)
    parser.add_argument("--goal", choices=GOALS, help="what the best plan has: the plan's own goal if absent")
    for name, (path, unit, words) in _LIMITS.items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(
            option, metavar=unit, help=f"{words}, instead of the plan's {path}; none for no limit"
        )
    parser.add_argument(
        "--self-hosted", action="store_true", help="leave out what sends data out of the house"
    )
    parser.add_argument(
        "--over",
        dest="axes",
        action="append",
        default=[],
        metavar="PATH=VALUES",
        help="what may change: PATH=a,b,c or PATH=lo:hi:n[:log]; may stand many times",
    )
    parser.add_argument(
        "--free",
        action="append",
        default=[],
        metavar="PATH",
        help="what may change, over the planner's own choice of values; may stand many times",
    )
    parser.add_argument(
        "--seek", metavar="PATH=max|min", help="seek the most or least of a number instead; needs --limit"
    )
    parser.add_argument(
        "--limit",
        dest="bounds",
        action="append",
        default=[],
        metavar="FIGURE<=VALUE",
        help="what must hold while seeking, such as total_usd<=500k or quality>=80; may stand many times",
    )
    parser.add_argument("--strategy", help="seek for this strategy; for any if absent")
    parser.add_argument("--between", metavar="LO:HI", help="span to seek in; that of the slider if absent")
    add_changes(parser)
    add_seed(parser, default=0, words="of the search of a large grid")
    parser.add_argument("--json", action="store_true", help="print the document as JSON")


def act(chosen: argparse.Namespace) -> int:
    """Search or seek, and print."""
    plan = changed(open_plan(chosen.file), chosen.changes)
    scenario = _limited(plan.scenario, chosen)
    check_ids(scenario)
    if chosen.seek is not None:
        return _seek(scenario, chosen)
    for name, word in (("bounds", "--limit"), ("strategy", "--strategy"), ("between", "--between")):
        if getattr(chosen, name):
            raise PlannerError("usage", f"{word} belongs to --seek.", 'Such as "--seek data.examples=min".')
    return _search(scenario, chosen)


def _limited(scenario: Scenario, chosen: argparse.Namespace) -> Scenario:
    """Return the scenario with goal and limits as asked."""
    values: dict[str, Any] = {} if chosen.goal is None else {"limits.goal": chosen.goal}
    for name, (path, _, _) in _LIMITS.items():
        text = getattr(chosen, name)
        if text is not None:
            values[path] = parse_value(text, spec_for(path)).value
    if chosen.self_hosted:
        values["limits.self_hosted_only"] = True
    return scenario.with_(values) if values else scenario


# ---------------------------------------------------------------- the best plan
def _search(scenario: Scenario, chosen: argparse.Namespace) -> int:
    variables = _variables(scenario, chosen)
    search = Search(scenario, load_catalog(), variables, seed=chosen.seed)
    teller = _Teller()
    try:
        while search.step():
            teller.tell(f"{search.tried:,} plans tried", search.share)
    finally:
        search.stop()
        teller.end()
    outcome = search.outcome()
    if chosen.json:
        say_json(_document(outcome, variables))
        return 0
    say(paragraph(f"{GOAL_WORDS[outcome.goal]}: {sentence(outcome, load_catalog())}", hanging="  "))
    say(paragraph(f"{_free_words(variables)} {method_words(outcome)}", hanging="  "))
    _say_best(outcome)
    _say_front(outcome)
    return 0


def _variables(scenario: Scenario, chosen: argparse.Namespace) -> tuple[Variable, ...]:
    """Return what may change: as asked, else what the planner frees by itself."""
    offered = {variable.path: variable for variable in variables_of(scenario, load_catalog())}
    if not chosen.axes and not chosen.free:
        return tuple(variable for variable in offered.values() if variable.free)
    grid = read_grid(chosen.axes)
    check_grid(scenario, load_catalog(), grid)
    found = [given_variable(axis.path, axis.values) for axis in grid.axes]
    for path in chosen.free:
        spec_for(path)
        if path not in offered:
            known = suggest(path, list(offered)) or f"Those are {', '.join(offered)}."
            message = f'The planner has no values of its own for "{path}" in this plan.'
            raise InputError(
                "not_free", message, f"{known} Or give the values: --over {path}=a,b.", path=path
            )
        found.append(offered[path])
    return tuple(found)


def _free_words(variables: Sequence[Variable]) -> str:
    free = ", ".join(f"{in_sentence(v.title)} ({len(v.allowed)})" for v in variables)
    return f"Free: {free}."


def _say_best(outcome: Outcome) -> None:
    best = outcome.best[outcome.goal]
    shown = best or (outcome.nearest.candidate if outcome.nearest else None)
    if shown is None:
        return
    rows = [["", "now", "best" if best else "nearest"]]
    now = MISSING if outcome.present is None else STRATEGY_WORDS[outcome.present.strategy]
    rows.append(["Strategy", now, STRATEGY_WORDS[shown.strategy]])
    changes = change_rows(shown.changes, outcome.scenario, load_catalog())
    rows += [[title, before, after] for _, title, before, after in changes]
    for name in _SHOWN:
        before = MISSING if outcome.present is None else figure_words(outcome.present, name)
        rows.append([figure_title(name), before, figure_words(shown, name)])
    say()
    for line in table(rows):
        say(line)
    if shown.changes:
        say()
        sets = " ".join(f"--set {path}={_typed(value)}" for path, value in shown.changes.items())
        say(f"planner run FILE {sets}")


def _typed(value: Any) -> str:
    return "null" if value is None else str(value)


def _say_front(outcome: Outcome) -> None:
    if len(outcome.front) < 2:
        return
    say()
    listed = outcome.front[:_MOST_FRONT]
    rest = len(outcome.front) - len(listed)
    say("No plan tried beats these in cost, carbon and score at once:")
    rows = [["Strategy", *(figure_title(name) for name in _FRONT), "Changes"]]
    for each in listed:
        changes = change_words(each.changes, outcome.scenario, load_catalog())
        rows.append([STRATEGY_WORDS[each.strategy], *(figure_words(each, name) for name in _FRONT), changes])
    for line in table(rows, right=(1, 2, 3)):
        say(line)
    if rest:
        say(f"and {rest} more: --json has them all.")


def _document(outcome: Outcome, variables: Sequence[Variable]) -> dict[str, Any]:
    scenario = outcome.scenario
    nearest = outcome.nearest
    return {
        **_head(),
        "goal": outcome.goal,
        "limits": scenario.limits.model_dump(mode="json"),
        "free": [{"path": v.path, "values": [o.changes[v.path] for o in v.allowed]} for v in variables],
        "method": outcome.method,
        "seed": outcome.seed,
        "plans": outcome.size,
        "tried": outcome.tried,
        "invalid": outcome.invalid,
        "present": _candidate(outcome.present),
        "best": {goal: _candidate(best) for goal, best in outcome.best.items()},
        "front": [_candidate(each) for each in outcome.front],
        "nearest": None
        if nearest is None
        else {
            **(_candidate(nearest.candidate) or {}),
            "missed": [
                {"path": m.path, "value": plain(m.value), "limit": plain(m.limit), "frac": m.frac}
                for m in nearest.missed
            ],
        },
    }


def _head() -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "planner_version": __version__,
        "catalog_version": load_catalog().version,
    }


def _candidate(candidate: Candidate | None) -> dict[str, Any] | None:
    if candidate is None:
        return None
    return {
        "strategy": candidate.strategy,
        "changes": dict(candidate.changes),
        "keeps_limits": candidate.keeps_limits,
        **{name: plain(value) for name, value in candidate.figures.items()},
        "energy_range_frac": list(candidate.energy_range_frac),
    }


# ---------------------------------------------------------------- goal seek
def _seek(scenario: Scenario, chosen: argparse.Namespace) -> int:
    if chosen.axes or chosen.free:
        raise PlannerError("usage", "--seek moves one number alone.", "Leave out --over and --free.")
    path, direction = _wanted(chosen.seek)
    spec = spec_for(path)
    seek = Seek(
        scenario,
        load_catalog(),
        path,
        direction,
        [_bound(text) for text in chosen.bounds],
        strategy=chosen.strategy,
        span=_ends(chosen.between, spec),
    )
    teller = _Teller()
    while seek.step():
        teller.tell(f"seeking {in_sentence(spec.title)}", seek.share)
    teller.end()
    found = seek.answer()
    if chosen.json:
        say_json(_sought(found))
        return 0
    say(paragraph(seek_sentence(found), hanging="  "))
    remark = seek_remark(found)
    if remark:
        say(paragraph(remark, hanging="  "))
    if found.last is not None:
        say()
        shown = [name for name in (*_SHOWN, *(b.figure for b in found.bounds)) if name in found.figures]
        rows = [
            [figure_title(name), format_quantity(found.figures[name], FIGURES[name].unit)]
            for name in dict.fromkeys(shown)
        ]
        for line in table(rows, right=(1,)):
            say(line)
    return 0


def _wanted(text: str) -> tuple[str, Direction]:
    path, _, side = text.partition("=")
    spec_for(path.strip())
    if side.strip() not in ("max", "min"):
        message = f'"--seek {text}" does not say which end is wanted.'
        raise PlannerError("bad_seek", message, f"Write --seek {path.strip()}=max or =min.")
    return path.strip(), "max" if side.strip() == "max" else "min"


def _bound(text: str) -> Bound:
    """Return a bound as typed: ``total_usd<=500k``; its value is read as every input of its unit is."""
    match = _BOUND.fullmatch(text)
    if match is None:
        message = f'"--limit {text}" is no bound.'
        raise PlannerError("bad_limit", message, 'Write "--limit total_usd<=500k" or "--limit quality>=80".')
    figure, sign, number = match.groups()
    column = FIGURES.get(figure)
    if column is None:
        hint = suggest(figure, list(FIGURES)) or f"Known are {', '.join(FIGURES)}."
        raise InputError("unknown_figure", f'There is no figure "{figure}".', hint, path="limit")
    value = parse_value(number, _as_field(figure, column.title, column.unit)).value
    side: Sign = "<=" if sign == "<=" else ">="
    return Bound(figure, side, float(value))


def _as_field(figure: str, title: str, unit: str) -> FieldSpec:
    """Return a field of a figure's unit, so that a bound is read as every other number is."""
    like = spec_for("limits.max_total_usd")
    return FieldSpec(**{**_fields(like), "path": figure, "title": title, "unit": unit, "nullable": False,
                        "low": None, "high": None, "above": None})  # fmt: skip


def _fields(spec: FieldSpec) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in FieldSpec.__slots__}


def _ends(text: str | None, spec: FieldSpec) -> tuple[float, float] | None:
    if text is None:
        return None
    low, colon, high = text.partition(":")
    if not colon:
        raise PlannerError("bad_span", f'"--between {text}" is no span.', "Write --between 100k:10M.")
    ends = [parse_value(each, spec).value for each in (low, high)]
    if not all(isinstance(end, int | float) for end in ends):
        raise PlannerError("bad_span", f'"--between {text}" needs two numbers.', "Write --between 100k:10M.")
    return float(ends[0]), float(ends[1])


def _sought(found: Sought) -> dict[str, Any]:
    return {
        **_head(),
        "path": found.path,
        "direction": found.direction,
        "limits": [{"figure": b.figure, "sign": b.sign, "value": b.value} for b in found.bounds],
        "strategy": found.strategy,
        "value": found.last,
        "holds_all_the_way_to": found.steady,
        "winner": found.winner,
        "figures": {name: plain(value, FIGURES[name].unit) for name, value in found.figures.items()} or None,
        "span": [found.low, found.high],
        "at_edge": found.at_edge,
        "resolution": found.resolution,
        "tried": found.tried,
    }


# ---------------------------------------------------------------- progress
class _Teller:
    """One line on a terminal that is drawn anew; nothing where nobody watches."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._started = self._told = time.monotonic()

    def tell(self, what: str, share: float) -> None:
        """Say how far it is."""
        now = time.monotonic()
        if not self._live or now - self._told < _BETWEEN_REDRAWS_S:
            return
        self._told = now
        left = (now - self._started) * (1.0 - share) / share if share > 0.0 else 0.0
        minutes, seconds = divmod(round(left), int(SECONDS_PER_MINUTE))
        words = f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
        text = f"{what}, {format_quantity(share, 'frac')}, {words} left"
        print(f"\r{text[:_LINE]:<{_LINE}}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave an empty line."""
        if self._live:
            print(f"\r{'':<{_LINE}}\r", end="", file=sys.stderr, flush=True)
