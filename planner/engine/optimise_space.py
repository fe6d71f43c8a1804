"""What the optimiser may change: free variables, the values each may take, and the grid that they span.

An option is a set of changes, so that one choice takes along what only held for the choice before: a price
typed for one card says nothing of another one, nor does the carbon typed for one grid.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.load import Catalog
from planner.catalog.prices import rent_usd_per_accelerator_h
from planner.catalog.records import Hardware, ModelShape
from planner.engine.served import is_measured
from planner.errors import CatalogError, InputError
from planner.scenario.model import Scenario, spec_for
from planner.scenario.parse import value_text

Rows = NDArray[np.intp]

MOST_OPTIONS: Final = 999
"""Values of one variable: more is a sweep, not a choice."""

_OWN_CARDS: Final = ("prompt", "finetune", "distil", "both")
_TUNED: Final = ("finetune", "both")
_TAUGHT: Final = ("distil", "both")
_TRAINED: Final = ("finetune", "distil", "both")
_SINCE_YEAR: Final = 2022
_STUDENT_SINCE: Final = "2024-07"
_MOST_STUDENTS: Final = 5
_GRIDS: Final = (
    *("wor", "usa", "can", "bra", "gbr", "fra", "deu", "esp", "swe", "nor", "pol", "ind", "jpn", "aus"),
)
_MONTHS: Final = (1, 2, 3, 4, 6, 9, 12, 18)
_COUNTS: Final = (1, 2, 4, 8, 16, 32, 64)
_SPLITS: Final = (1, 2, 4, 8)
_LOADS: Final = (0.5, 0.6, 0.7, 0.8)
_COSTED: Final = "decoder-dense"
_TITLES: Final = {
    "serving.accelerators_per_replica": "Cards per replica",
    "training.accelerators": "Training cards",
    "finetune.method": "Fine-tune",
    "distil.method": "Distil from",
    "hardware.ownership": "Rent or own",
}
"""Where the title on the field needs its section around it."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a variable.

    Attributes
    ----------
    changes : dict
        What to set, by dotted path.
    words : str
        How it reads.
    allowed : bool
        Whether the search may take it, unless the user says otherwise.
    """

    changes: Mapping[str, Any]
    words: str
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice that may be free.

    Attributes
    ----------
    path : str
        The input that it is about.
    options : tuple of Option
        All values; only those allowed are searched.
    free : bool
        Whether the search may move it, unless the user says otherwise.
    """

    path: str
    title: str
    options: tuple[Option, ...]
    free: bool = False

    @property
    def allowed(self) -> tuple[Option, ...]:
        """The options that the search may take."""
        return tuple(option for option in self.options if option.allowed)

    def with_allowed(self, numbers: Iterable[int]) -> Variable:
        """Return the variable, free, with only these of its options allowed, by their numbers."""
        wanted = set(numbers)
        options = tuple(
            replace(option, allowed=number in wanted) for number, option in enumerate(self.options)
        )
        return replace(self, options=options, free=True)


class Space:
    """The grid of all free variables.

    A row names an option of each variable by its number; `here` is the row of the plan as it is, -1 where the
    plan's own value is not among the options.
    """

    def __init__(self, scenario: Scenario, variables: Sequence[Variable]) -> None:
        self.scenario = scenario
        self.variables = tuple(variables)
        self._options = [variable.allowed for variable in self.variables]
        for variable, options in zip(self.variables, self._options, strict=True):
            if not options:
                message = f"{variable.title} ({variable.path}) is free, but no value of it is allowed."
                raise InputError("no_values", message, "Allow a value, or hold it.", path=variable.path)
        self.counts: tuple[int, ...] = tuple(map(len, self._options))
        self.size: int = math.prod(self.counts)
        self.here: tuple[int, ...] = tuple(_own(scenario, options) for options in self._options)

    def rows(self, start: int, stop: int) -> Rows:
        """Return the rows of the points from one number up to another, the last variable moving fastest."""
        numbers = np.arange(start, min(stop, self.size))
        if not self.counts:
            return np.zeros((len(numbers), 0), dtype=np.intp)
        return np.stack(np.unravel_index(numbers, self.counts), axis=1)

    def changes(self, row: Sequence[int]) -> dict[str, Any]:
        """Return what a row sets, by dotted path."""
        found: dict[str, Any] = {}
        for options, number in zip(self._options, row, strict=True):
            found.update(options[number].changes)
        return found

    def changed(self, row: Sequence[int]) -> dict[str, Any]:
        """Return what a row sets to something else than the plan has, by dotted path."""
        wanted = self.changes(row)
        return {path: value for path, value in wanted.items() if self.scenario.get(path) != value}

    def moved(self, rows: Rows) -> NDArray[np.intp]:
        """Return how many variables each row moves off the plan."""
        moved: NDArray[np.intp] = (rows != np.array(self.here, dtype=np.intp)).sum(axis=1)
        return moved


def _own(scenario: Scenario, options: Sequence[Option]) -> int:
    for number, option in enumerate(options):
        if all(scenario.get(path) == value for path, value in option.changes.items()):
            return number
    return -1


def given_variable(path: str, values: Sequence[Any]) -> Variable:
    """Return a free variable of given values, such as those behind ``--over``.

    Raises
    ------
    InputError
        If there is no such input, or there are no values or too many.
    """
    spec = spec_for(path)
    if path in ("name", "notes", "strategies", "limits.goal"):
        raise InputError("not_free", f"{spec.title} ({path}) is not what a search decides.", path=path)
    if not values or len(values) > MOST_OPTIONS:
        count = f"{len(values):,}" if values else "no"
        message = f"{spec.title} ({path}) is given {count} values; allowed are 1 to {MOST_OPTIONS:,}."
        raise InputError("no_values", message, path=path)
    options = tuple(Option({path: value}, value_text(value, spec)) for value in values)
    return Variable(path, title_of(path), options, free=True)


def title_of(path: str) -> str:
    """Return what a variable is called."""
    return _TITLES.get(path, spec_for(path).title)


def variables_of(scenario: Scenario, catalog: Catalog) -> tuple[Variable, ...]:
    """Return what may be free in a plan, with a sensible set of values each; the plan's own is among them."""
    return tuple(variable for variable in _all(scenario, catalog) if len(variable.options) > 1)


def _all(scenario: Scenario, catalog: Catalog) -> Iterator[Variable]:
    def concerns(strategies: tuple[str, ...]) -> bool:
        return bool(set(strategies) & set(scenario.strategies))

    if concerns(_OWN_CARDS):
        yield _variable(scenario, "serving.hardware", _cards(scenario, catalog, "serving"), free=True)
        yield _words(scenario, "serving.precision", ("bf16", "fp8", "int8", "int4"), free=True)
        yield _numbers(scenario, "serving.accelerators_per_replica", (None, *_SPLITS))
    if concerns(_TAUGHT):
        yield _variable(scenario, "student.model", _students(scenario, catalog), free=True)
        yield _words(scenario, "serving.student_target")
        yield _words(scenario, "distil.method")
    if concerns(_TUNED):
        yield _words(scenario, "finetune.method")
    if concerns(_TRAINED):
        yield _variable(scenario, "training.hardware", _cards(scenario, catalog, "training"))
        yield _numbers(scenario, "training.accelerators", (None, *_COUNTS))
    months = [number for number in _MONTHS if number < scenario.horizon_months]
    yield _numbers(scenario, "refresh.interval_months", (*months, scenario.horizon_months), free=True)
    if concerns(_OWN_CARDS):
        yield _variable(scenario, "serving.purchase", _purchases(), free=True)
        yield _words(scenario, "hardware.ownership")
        yield _numbers(scenario, "serving.target_load_frac", _LOADS)
    yield _variable(scenario, "site.grid", _grids(scenario, catalog))


def _variable(scenario: Scenario, path: str, options: Sequence[Option], *, free: bool = False) -> Variable:
    """Return a variable with the plan's own value among its options, first where it is not one of them."""
    kept = [option for option in options if option.changes[path] != scenario.get(path)]
    same = next((option for option in options if option.changes[path] == scenario.get(path)), None)
    value = scenario.get(path)
    own = {other: scenario.get(other) for other in (options[0].changes if options else (path,))}
    words = value_text(value, spec_for(path)) if same is None else same.words
    mine = Option(own, words)
    at = len(options) if same is None else list(options).index(same)
    placed = (mine, *kept) if same is None else (*kept[:at], mine, *kept[at:])
    return Variable(path, title_of(path), tuple(placed), free)


def _words(
    scenario: Scenario, path: str, allowed: tuple[str, ...] | None = None, *, free: bool = False
) -> Variable:
    spec = spec_for(path)
    options = [
        Option({path: word}, spec.words.get(word, word), allowed is None or word in allowed)
        for word in spec.choices
    ]
    return _variable(scenario, path, options, free=free)


def _numbers(scenario: Scenario, path: str, values: Sequence[Any], *, free: bool = False) -> Variable:
    own = scenario.get(path)
    numbers = [value for value in values if value is not None]
    if isinstance(own, int | float) and own not in numbers:
        numbers = sorted([*numbers, own])
    held: list[Any] = [None, *numbers] if None in values else numbers
    options = [Option({path: value}, _number_words(path, value, scenario)) for value in held]
    return _variable(scenario, path, options, free=free)


def _number_words(path: str, value: Any, scenario: Scenario) -> str:
    if path == "refresh.interval_months" and value == scenario.horizon_months:
        return "never"
    if value is None:
        return "automatic"
    return "1 month" if spec_for(path).unit == "months" and value == 1 else value_text(value, spec_for(path))


def _purchases() -> list[Option]:
    """Return how cards may be rented; spot can be taken away at any time, so it is not allowed unasked."""
    spec = spec_for("serving.purchase")
    return [
        Option(
            {"serving.purchase": word, "serving.usd_per_accelerator_h": None},
            spec.words[word],
            word != "spot",
        )
        for word in spec.choices
    ]


def _cards(scenario: Scenario, catalog: Catalog, section: str) -> list[Option]:
    """Return cards with a price, the newest first; allowed are recent ones of a measured generation."""
    priced = [card for card in catalog.hardware.values() if _is_priced(card, scenario, catalog)]
    priced.sort(key=lambda card: (-card.release_year, card.name))
    return [
        Option(
            {f"{section}.hardware": card.id, f"{section}.usd_per_accelerator_h": None},
            card.name,
            card.release_year >= _SINCE_YEAR and is_measured(card),
        )
        for card in priced
    ]


def _is_priced(card: Hardware, scenario: Scenario, catalog: Catalog) -> bool:
    if card.device_class not in ("datacenter", "workstation") or card.bf16_flop_s is None:
        return False
    try:
        point = rent_usd_per_accelerator_h(catalog, card.id, scenario.prices.cloud_provider)
    except CatalogError:  # a provider that is not there; the plan says so itself
        return False
    return point.usd is not None


def _students(scenario: Scenario, catalog: Catalog) -> list[Option]:
    """Return dense models of at most half the base, the small ones first; allowed are the newest kin."""
    base = _model(catalog, scenario.base.model)
    own = _model(catalog, scenario.student.model)
    largest = (scenario.base.params or (base.total_params if base else math.inf)) / 2.0
    found = [
        model
        for model in catalog.models.values()
        if model.architecture == _COSTED
        and model.total_params <= largest
        and model.release_date >= _STUDENT_SINCE
    ]
    kin = {shape.family for shape in (base, own) if shape is not None}
    newest = sorted((m for m in found if m.family in kin), key=lambda m: m.release_date, reverse=True)
    allowed = {model.id for model in newest[:_MOST_STUDENTS]}
    return [
        Option({"student.model": model.id, "student.params": None}, model.name, model.id in allowed)
        for model in sorted(found, key=lambda model: (model.total_params, model.name))
    ]


def _model(catalog: Catalog, name: str | None) -> ModelShape | None:
    try:
        return None if name is None else catalog.find_model(name)
    except CatalogError:
        return None


def _grids(scenario: Scenario, catalog: Catalog) -> list[Option]:
    """Return a handful of grids, the cleanest first."""
    own = scenario.site.grid
    ids = [name for name in (*_GRIDS, own) if name in catalog.grids]
    grids = sorted(
        (catalog.grids[name] for name in dict.fromkeys(ids)), key=lambda g: g.carbon_kgco2e_per_kwh
    )
    follows = ("site.carbon_kgco2e_per_kwh", "site.grid_water_l_per_kwh", "site.usd_per_kwh")
    return [Option({"site.grid": grid.id, **dict.fromkeys(follows)}, grid.name) for grid in grids]
