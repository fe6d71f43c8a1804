"""Whether today's version still gives the numbers of a record, and what moved."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from planner import __version__
from planner.catalog.load import load_catalog
from planner.engine.lineitems import ITEMS, QUANTITIES
from planner.engine.results import FIGURES, Results
from planner.engine.risk import risk
from planner.engine.run import simulate
from planner.errors import InputError, PlannerError
from planner.evidence.asked import physics_ranges
from planner.export.record import json_values, record
from planner.export.recorded import Recorded
from planner.export.table import LEDGER_COLUMNS
from planner.scenario.checks import problems
from planner.scenario.model import STRATEGY_WORDS

SAME_WITHIN: Final = 1e-9
"""Of the larger number: other machines sum in other orders, which is no other figure."""

_NOUGHT: Final = 1e-12
"""What sums to nothing in one order is less than this in another."""

_KEYS: Final = LEDGER_COLUMNS[: -len(QUANTITIES)]
_UNITS: Final = {"usd": "usd", "energy_kwh": "kwh", "carbon_kgco2e": "kgco2e", "water_l": "l"}


@dataclass(frozen=True, slots=True)
class Moved:
    """One value that is another one now.

    Attributes
    ----------
    path : str
        Where it is in the record.
    title : str
        What it is, in words.
    recorded, now : object
        Both values; None for what is not there, or not known.
    unit : str
        Of numbers.
    """

    path: str
    title: str
    recorded: Any
    now: Any
    unit: str = ""

    @property
    def difference(self) -> float | None:
        """The value now less the recorded one; None where one of them is no number."""
        if _is_number(self.recorded) and _is_number(self.now):
            return float(self.now) - float(self.recorded)
        return None

    @property
    def difference_frac(self) -> float | None:
        """The difference over the size of the recorded value; None where that is no number or 0. [1]."""
        difference = self.difference
        if difference is None or not self.recorded:
            return None
        return difference / abs(float(self.recorded))

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "path": self.path,
            "title": self.title,
            "unit": self.unit,
            "recorded": self.recorded,
            "now": self.now,
            "difference": self.difference,
            "difference_frac": self.difference_frac,
        }


@dataclass(slots=True)
class Comparison:
    """A record beside what today's version says of the same inputs.

    Attributes
    ----------
    untouched : bool or None
        Whether the record is as it was written; None for what carries no sum.
    problems : list of InputError
        Why it cannot be simulated today; then nothing below is known.
    contradictions : list of Moved
        Inputs that the record itself holds in two values: one of them was edited.
    versions, inputs, rows, constants : list of Moved
        What moved beneath the figures: versions; inputs that the record did not have; rows of the catalogue
        and constants of the physics.
    figures, choices, ledger, draws, words : list of Moved
        What moved in the figures: by strategy; decisions; line items by month; what draws say; the verdict.
    counts : dict
        How much was compared.
    """

    name: str
    recorded: dict[str, str]
    untouched: bool | None
    problems: list[InputError] = field(default_factory=list)
    contradictions: list[Moved] = field(default_factory=list)
    versions: list[Moved] = field(default_factory=list)
    inputs: list[Moved] = field(default_factory=list)
    rows: list[Moved] = field(default_factory=list)
    constants: list[Moved] = field(default_factory=list)
    figures: list[Moved] = field(default_factory=list)
    choices: list[Moved] = field(default_factory=list)
    ledger: list[Moved] = field(default_factory=list)
    draws: list[Moved] = field(default_factory=list)
    words: list[Moved] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def reproduced(self) -> bool:
        """Whether today's version gives every number that the record holds."""
        moved = (self.figures, self.choices, self.ledger, self.draws, self.words, self.contradictions)
        return not self.problems and not any(moved)

    @property
    def same(self) -> bool:
        """Whether all numbers come out again and nobody has touched the record."""
        return self.reproduced and self.untouched is not False


def compared(recorded: Recorded) -> Comparison:
    """Return a record beside what today's version says: simulated again, with as many draws and their seed.

    Parameters
    ----------
    recorded : Recorded
        As `read_record` returns it.
    """
    held = recorded.values
    names = {"planner": str(held["planner_version"]), "catalog": str(held["catalog_version"])}
    found = Comparison(recorded.name, {**names, **held.get("versions", {})}, recorded.untouched)
    found.problems = [
        InputError(each.code, each.message, each.hint, path=f"scenario.{each.path}", value=each.value)
        for each in problems(recorded.scenario, load_catalog())
    ]
    if found.problems:
        return found
    try:
        now = _today(recorded, simulate(recorded.scenario, load_catalog()))
    except PlannerError as error:
        found.problems = [InputError(error.code, error.message, error.hint, path="scenario")]
        return found
    found.contradictions = [*_contradictions(recorded)]
    found.inputs = [
        Moved(
            f"scenario.{path}", f"Input {path}, which the record has not", None, recorded.scenario.get(path)
        )
        for path in recorded.missing
        if path in {*now["_paths"]}
    ]
    for part, title in (("rows", "Catalogue"), ("constants", "Constant")):
        if part in held:
            setattr(found, part, [*_apart(held[part], now[part], part, title)])
    found.versions = [*_versions(found.recorded, now)]
    found.figures = [*_figures(held["strategies"], now["strategies"])]
    found.choices = [*_choices(held["strategies"], now["strategies"])]
    found.ledger = [*_ledger(held["ledger"], now["ledger"])]
    found.draws = [*_apart(held["risk"], now["risk"], "risk", "Draws")] if held["risk"].get("draws") else []
    found.words = [*_words(held, now)]
    found.counts = {
        "strategies": len(held["strategies"]),
        "line_items": len(held["ledger"]),
        "draws": held["risk"].get("draws", 0),
    }
    return found


def _today(recorded: Recorded, results: Results) -> dict[str, Any]:
    """Return the record that today's version would write."""
    count, seed = recorded.values["risk"].get("draws", 0), recorded.values["seed"]
    drawn = None
    if count:
        drawn = risk(
            results.scenario,
            load_catalog(),
            count=count,
            seed=seed,
            choices=results.choices,
            further=physics_ranges(results),
        )
    found: dict[str, Any] = json_values(record(results, recorded.plan, drawn))
    return {**found, "_paths": [row["path"] for row in found["inputs"]]}


# ---------------------------------------------------------------- parts
def _contradictions(recorded: Recorded) -> Iterator[Moved]:
    """Yield inputs that stand twice in the record with two values."""
    held, scenario = recorded.values, recorded.scenario
    whole = json_values(scenario.model_dump(mode="json"))
    if "plan" in held:
        planned = json_values(recorded.plan.scenario.model_dump(mode="json"))
        yield from _apart(planned, whole, "plan", "Input in the plan, and in the scenario")
    known = {row["path"]: row for row in held.get("inputs", ())}
    for path, row in known.items():
        try:
            value = scenario.get(path)
        except InputError:
            continue  # an input that there is no longer
        value = list(value) if isinstance(value, tuple) else value
        if "value" in row and not _same(row["value"], value):
            yield Moved(
                f"inputs.{path}", f"Input {path} in the list, and in the scenario", row["value"], value
            )


def _versions(recorded: Mapping[str, str], now: Mapping[str, Any]) -> Iterator[Moved]:
    today = {**now["versions"], "planner": __version__, "catalog": now["catalog_version"]}
    for name, version in recorded.items():
        if name in today and version != today[name]:
            yield Moved(f"versions.{name}", name, version, today[name])


def _figures(held: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Moved]:
    for strategy in {**held, **now}:
        words = STRATEGY_WORDS.get(strategy, strategy)
        if strategy not in held or strategy not in now:
            yield Moved(f"strategies.{strategy}", words, strategy in held, strategy in now)
            continue
        before, after = held[strategy], now[strategy]
        for name in ("fits", "keeps_limits", *FIGURES, *_further(before)):
            if name in before and name in after and not _same(before[name], after[name]):
                column = FIGURES.get(name)
                title = name if column is None else column.title
                unit = "" if column is None else column.unit
                yield Moved(
                    f"strategies.{strategy}.{name}", f"{words}: {title}", before[name], after[name], unit
                )


def _further(figures: Mapping[str, Any]) -> list[str]:
    """Return the names of numbers and codes that are no figures of the table."""
    listed = ("lost_value_usd", "misses", "caveats", "energy_range_frac", "release_flop")
    return [name for name in listed if name in figures and name not in FIGURES]


def _choices(held: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Moved]:
    for strategy in held:
        if strategy in now and "choices" in held[strategy]:
            words = f"{STRATEGY_WORDS.get(strategy, strategy)}: decided"
            before, after = (each[strategy].get("choices") for each in (held, now))
            yield from _apart(before, after, f"strategies.{strategy}.choices", words)


def _ledger(held: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> Iterator[Moved]:
    before, after = (_by_key(rows) for rows in (held, now))
    for key in {**before, **after}:
        strategy, month, item, _, phase = key
        words = STRATEGY_WORDS.get(strategy, strategy)
        title = ITEMS[item].title if item in ITEMS else item
        for place, name in enumerate(QUANTITIES):
            old, new = (rows[key][place] if key in rows else None for rows in (before, after))
            if not _same(old or 0.0, new or 0.0):  # a row of noughts is as good as none
                where = f"ledger.{strategy}.{month}.{item}.{phase}.{name}"
                yield Moved(where, f"{words}, month {month}: {title}", old, new, _UNITS.get(name, name))


def _by_key(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[Any, ...], list[float]]:
    """Return quantities by what a row is of; rows that are of the same are one."""
    found: dict[tuple[Any, ...], list[float]] = {}
    for row in rows:
        held = found.setdefault(tuple(row[name] for name in _KEYS), [0.0] * len(QUANTITIES))
        for place, name in enumerate(QUANTITIES):
            held[place] += row[name]
    return found


def _words(held: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Moved]:
    if "verdict" in held:
        yield from _apart(held["verdict"], now["verdict"], "verdict", "Verdict")
    if "requests_by_month" in held:
        yield from _apart(
            held["requests_by_month"], now["requests_by_month"], "requests_by_month", "Requests"
        )


def _apart(held: Any, now: Any, path: str, title: str) -> Iterator[Moved]:
    """Yield the values in which two trees differ, at their leaves."""
    if isinstance(held, dict) and isinstance(now, dict):
        for key in {**held, **now}:
            yield from _apart(held.get(key), now.get(key), f"{path}.{key}", f"{title}, {key}")
    elif isinstance(held, list) and isinstance(now, list) and len(held) == len(now):
        for number, (old, new) in enumerate(zip(held, now, strict=True)):
            yield from _apart(old, new, f"{path}.{number}", f"{title}, {number}")
    elif not _same(held, now):
        yield Moved(path, title, held, now)


def _same(one: Any, other: Any) -> bool:
    if _is_number(one) and _is_number(other):
        return math.isclose(one, other, rel_tol=SAME_WITHIN, abs_tol=_NOUGHT)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
