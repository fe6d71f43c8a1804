"""Scenario and Plan: frozen, validated, changed only by making a new one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from planner.catalog.load import suggest
from planner.errors import InputError, PlanFileError
from planner.scenario.actuals import Actual, Actuals, in_order
from planner.scenario.assumptions import (
    Labour,
    Limits,
    Measured,
    Ownership,
    Prices,
    Quality,
    Refresh,
    Report,
    Site,
)
from planner.scenario.fields import FieldSpec, Whole, described, specs_of
from planner.scenario.ranges import Range, is_number
from planner.scenario.sections import (
    Api,
    Base,
    Data,
    Distil,
    Finetune,
    Section,
    Serving,
    Student,
    Training,
    Workload,
)
from planner.scenario.wording import input_error, refused

SCHEMA_VERSION: Final = 1
StrategyId = Literal["api", "prompt", "finetune", "distil", "both"]
STRATEGY_IDS: tuple[StrategyId, ...] = ("api", "prompt", "finetune", "distil", "both")
STRATEGY_WORDS: dict[str, str] = {
    "api": "Prompt via API",
    "prompt": "Prompt, self-hosted",
    "finetune": "Fine-tune",
    "distil": "Distil",
    "both": "Fine-tune, then distil",
}

_Model = TypeVar("_Model", bound=BaseModel)


NOT_DRAWN = frozenset(
    {
        "horizon_months",
        "training.accelerators",
        "serving.accelerators_per_replica",
        "refresh.interval_months",
        "refresh.api_migration_months",
        "refresh.teacher_update_months",
        "report.currency_per_usd",
        "report.fiscal_year_start_month",
    }
)
"""Numbers that are decided, not uncertain: they take no range and no draws (decision 26)."""


_JOINERS = dict.fromkeys((0x200C, 0x200D))  # letters of some languages, and families of emoji, need them


class Scenario(Section):
    """Everything that one what-if assumes. The order of the sections is the order of the panel."""

    name: str = described("Plan A", title="Name", help="Name of the scenario.", source="you")
    notes: str = described("", title="Notes", help="Free text; travels into every export.", source="you")
    start_month: str = described(
        "2027-01", title="First release", help="Month of the first release, before any traffic.", source="you"
    )
    horizon_months: Whole = described(
        24,
        title="Horizon",
        unit="months",
        low=1,
        high=60,
        slider=(1, 60),
        step=1,
        help="Months of traffic after the first release.",
        source="our choice: two years of budget",
    )
    strategies: tuple[StrategyId, ...] = described(
        STRATEGY_IDS,
        title="Strategies",
        words=STRATEGY_WORDS,
        help="Which strategies take part.",
        source="you",
    )
    workload: Workload = Workload()
    base: Base = Base()
    student: Student = Student()
    api: Api = Api()
    data: Data = Data()
    finetune: Finetune = Finetune()
    distil: Distil = Distil()
    training: Training = Training()
    serving: Serving = Serving()
    site: Site = Site()
    limits: Limits = Limits()
    refresh: Refresh = Refresh()
    quality: Quality = Quality()
    labour: Labour = Labour()
    prices: Prices = Prices()
    hardware: Ownership = Ownership()
    measured: Measured = Measured()
    report: Report = Report()
    ranges: dict[str, Range] = Field(default_factory=dict)

    @field_validator("name")
    @classmethod
    def _named(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("a scenario needs a name")
        if len(name) > 20_000:
            raise ValueError("a name holds at most 20,000 characters")
        if not name.translate(_JOINERS).isprintable():
            raise ValueError("a name holds no line breaks or control characters")
        return name

    @field_validator("start_month")
    @classmethod
    def _month(cls, month: str) -> str:
        year, dash, number = month.partition("-")
        if (
            len(year) != 4
            or not (year + number).isdecimal()
            or not dash
            or len(number) != 2
            or not 1 <= int(number) <= 12
        ):
            raise ValueError("must be a month such as 2027-01")
        return month

    @field_validator("strategies", mode="before")
    @classmethod
    def _in_order(cls, chosen: object) -> object:
        """Strategies stand in the fixed order, each once, whatever order they were written in."""
        if not isinstance(chosen, list | tuple) or not all(word in STRATEGY_IDS for word in chosen):
            return tuple(chosen) if isinstance(chosen, list) else chosen
        if not chosen:
            raise ValueError("at least one strategy takes part")
        return tuple(word for word in STRATEGY_IDS if word in chosen)

    @field_validator("ranges")
    @classmethod
    def _ranges_fit(cls, ranges: dict[str, Range]) -> dict[str, Range]:
        specs = specs_of(cls)
        for path, span in ranges.items():
            spec = specs.get(path)
            if spec is None:
                raise refused(f"there is no such input. {suggest(path, list(specs))}".rstrip(" .?"), path)
            if not spec.numeric or path in NOT_DRAWN:
                raise refused("takes no range, it is not an uncertain number", path)
            for name in ("low", "mode", "high"):
                end = getattr(span, name)
                too_low = (spec.low is not None and end < spec.low) or (
                    spec.above is not None and end <= spec.above
                )
                if too_low or (spec.high is not None and end > spec.high):
                    raise refused(f"{name} is {end:g}; allowed is {spec.allowed_number}", path)
        return ranges

    @model_validator(mode="after")
    def _sizes_known(self) -> Self:
        for name in ("base", "student"):
            part: Base | Student = getattr(self, name)
            if part.model is None and part.params is None:
                raise refused(f"is null, and so is {name}.params; give a model or a size", f"{name}.model")
        return self

    def get(self, path: str) -> Any:
        """Return the value at a dotted path.

        Raises
        ------
        InputError
            If no field has this path.
        """
        spec_for(path)
        target: Any = self
        for name in path.split("."):
            target = getattr(target, name)
        return target

    def with_(self, changes: Mapping[str, Any]) -> Scenario:
        """Return a new scenario with values changed by dotted path, all of them validated.

        A range stays around its value: where a value changes and nothing is said of its range, the most
        likely value of the range follows (`Range.with_mode`).

        Raises
        ------
        InputError
            If a path is unknown or a value is refused; names field, value and what is allowed.
        """
        top: dict[str, Any] = dict(self.__dict__)
        for path, value in changes.items():
            section, _, name = path.rpartition(".")
            if path.startswith("ranges."):
                top["ranges"] = {**top["ranges"], path.removeprefix("ranges."): value}
                if value is None:
                    del top["ranges"][path.removeprefix("ranges.")]
                continue
            if path != "ranges":
                spec_for(path)
            if section:
                held = top[section]
                values = held if isinstance(held, dict) else dict(held.__dict__)
                top[section] = {**values, name: value}
            else:
                top[name] = value
        return _ranges_follow(validated(Scenario, top), changes)


def _ranges_follow(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return the scenario with the ranges of changed values around their new values."""
    if not scenario.ranges or "ranges" in changes:
        return scenario
    moved = {
        path: around(scenario.ranges[path], path, scenario.get(path))
        for path in changes.keys() & scenario.ranges.keys()
        if f"ranges.{path}" not in changes and is_number(scenario.get(path))
    }
    return scenario.model_copy(update={"ranges": {**scenario.ranges, **moved}}) if moved else scenario


def around(span: Range, path: str, value: float) -> Range:
    """Return a range of an input around another value, within the limits of the input."""
    spec = spec_for(path)
    lowest = -math.inf if spec.low is None else spec.low
    return span.with_mode(value, lowest, math.inf if spec.high is None else spec.high)


def spec_for(path: str) -> FieldSpec:
    """Return the description of the input at a dotted path.

    Raises
    ------
    InputError
        If there is none; says which one may be meant.
    """
    specs = specs_of(Scenario)
    if path not in specs:
        hint = suggest(path, list(specs))
        raise InputError("unknown_field", f'There is no input "{path}".', hint, path=path)
    return specs[path]


def validated(model: type[_Model], values: object, prefix: str = "") -> _Model:
    """Return a validated model.

    Raises
    ------
    InputError
        For a single problem.
    PlanFileError
        For several; it carries all of them.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        specs = specs_of(Scenario)
        details = error.errors(include_url=False)
        found = [input_error(model, specs, detail, prefix) for detail in details]
        problems = list({problem.path: problem for problem in found}.values())  # a union reports each branch
    if len(problems) == 1:
        raise problems[0]
    raise PlanFileError(
        "invalid_plan",
        f"{len(problems)} values are not allowed. First: {problems[0].message}",
        problems[0].hint,
        problems=problems,
    )


class Plan(BaseModel):
    """A plan file: named scenarios, which of them is active, and what running it really cost."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    schema_version: Literal[1] = SCHEMA_VERSION
    title: str = Field("New plan", max_length=20_000)
    preset: str | None = None
    active: str = "Plan A"
    scenarios: tuple[Scenario, ...] = Field((Scenario(),), strict=False)
    actuals: Actuals = Field((), strict=False, title="Invoices and usage by month")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [scenario.name for scenario in self.scenarios]
        if not names:
            raise ValueError("a plan holds at least one scenario")
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f'two scenarios are named "{sorted(twice)[0]}"')
        if self.active not in names:
            known = ", ".join(f'"{name}"' for name in names[:5])
            raise ValueError(f'the active scenario "{self.active}" is not among {known}')
        return self

    @property
    def scenario(self) -> Scenario:
        """The active scenario."""
        return next(scenario for scenario in self.scenarios if scenario.name == self.active)

    def with_scenario(self, scenario: Scenario) -> Plan:
        """Return the plan with its active scenario replaced."""
        kept = tuple(scenario if held.name == self.active else held for held in self.scenarios)
        return validated(Plan, {**self.__dict__, "scenarios": kept, "active": scenario.name})

    def with_active(self, name: str) -> Plan:
        """Return the plan with another scenario active.

        Raises
        ------
        InputError
            If there is none of this name.
        """
        self._index_of(name)
        return validated(Plan, {**self.__dict__, "active": name})

    def with_duplicate(self) -> Plan:
        """Return the plan with a copy of the active scenario, active, under the next free plan name."""
        taken = {scenario.name for scenario in self.scenarios}
        letters = [f"Plan {chr(ord('A') + index)}" for index in range(26)] + [
            f"Plan {index}" for index in range(27, 10_000)
        ]
        name = next(word for word in letters if word not in taken)
        copy = self.scenario.with_({"name": name})
        return validated(Plan, {**self.__dict__, "scenarios": (*self.scenarios, copy), "active": name})

    def without(self, name: str) -> Plan:
        """Return the plan without one scenario; the neighbour becomes active.

        Raises
        ------
        InputError
            If it is the last one, or there is none of this name.
        """
        index = self._index_of(name)
        kept = self.scenarios[:index] + self.scenarios[index + 1 :]
        if not kept:
            raise InputError("last_scenario", "A plan holds at least one scenario.", path="scenarios")
        active = self.active if self.active != name else kept[min(index, len(kept) - 1)].name
        return validated(Plan, {**self.__dict__, "scenarios": kept, "active": active})

    def with_renamed(self, name: str, new_name: str) -> Plan:
        """Return the plan with another name for one scenario.

        Raises
        ------
        InputError
            If the name is taken or is none, or there is no such scenario.
        """
        index = self._index_of(name)
        renamed = self.scenarios[index].with_({"name": new_name})
        scenarios = (*self.scenarios[:index], renamed, *self.scenarios[index + 1 :])
        active = new_name if self.active == name else self.active
        return validated(Plan, {**self.__dict__, "scenarios": scenarios, "active": active})

    def with_actuals(self, rows: Iterable[Actual]) -> Plan:
        """Return the plan with other invoices and usage, in their order."""
        return validated(Plan, {**self.__dict__, "actuals": in_order(rows)})

    def with_title(self, title: str) -> Plan:
        """Return the plan under another title."""
        return validated(Plan, {**self.__dict__, "title": title})

    def _index_of(self, name: str) -> int:
        names = [scenario.name for scenario in self.scenarios]
        if name not in names:
            hint = suggest(name, names)
            raise InputError("unknown_scenario", f'There is no scenario "{name}".', hint, path="scenarios")
        return names.index(name)
