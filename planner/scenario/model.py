"""Scenario and Plan: frozen, validated, changed only by making a new one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from planner.errors import InputError, PlanFileError
from planner.scenario.assumptions import Labour, Limits, Ownership, Prices, Quality, Refresh, Report, Site
from planner.scenario.fields import FieldSpec, described, specs_of
from planner.scenario.ranges import Range
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

SCHEMA_VERSION = 1
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


class Scenario(Section):
    """Everything that one what-if assumes. The order of the sections is the order of the panel."""

    name: str = described("Plan A", title="Name", help="Name of the scenario.", source="you")
    notes: str = described("", title="Notes", help="Free text; travels into every export.", source="you")
    start_month: str = described(
        "2027-01", title="First release", help="Month of the first release, before any traffic.", source="you"
    )
    horizon_months: int = described(
        24,
        title="Horizon",
        unit="months",
        low=1,
        high=60,
        slider=(1, 60),
        step=1,
        help="Months of traffic after the first release.",
        source="decision 1",
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
    report: Report = Report()
    ranges: dict[str, Range] = Field(default_factory=dict)

    @field_validator("name")
    @classmethod
    def _named(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("a scenario needs a name")
        if len(name) > 20_000:
            raise ValueError("a name holds at most 20,000 characters")
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
    def _in_order(cls, chosen: Any) -> Any:
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
                raise ValueError(f"{path!r} is no input{_did_you_mean(path, specs)}")
            if not spec.numeric or path == "horizon_months":
                raise ValueError(f"{path} takes no range: it is not an uncertain number")
            for end in (span.low, span.mode, span.high):
                too_low = (spec.low is not None and end < spec.low) or (
                    spec.above is not None and end <= spec.above
                )
                if too_low or (spec.high is not None and end > spec.high):
                    raise ValueError(f"the range of {path} holds {end:g}; allowed is {spec.allowed}")
        return ranges

    @model_validator(mode="after")
    def _sizes_known(self) -> Self:
        for name in ("base", "student"):
            part: Base | Student = getattr(self, name)
            if part.model is None and part.params is None:
                raise ValueError(f"{name}.model and {name}.params are both null; give a model or a size")
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
        return validated(Scenario, top)


def spec_for(path: str) -> FieldSpec:
    """Return the description of the input at a dotted path.

    Raises
    ------
    InputError
        If there is none; says which one may be meant.
    """
    specs = specs_of(Scenario)
    if path not in specs:
        raise InputError(
            "unknown_field", f"There is no input {path!r}.", _did_you_mean(path, specs).strip(" ;"), path=path
        )
    return specs[path]


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if not close and "." not in word:
        close = difflib.get_close_matches(word, [name.rpartition(".")[2] for name in names], n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


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
        found = (_input_error(model, detail, prefix) for detail in error.errors(include_url=False))
        problems = list(
            {problem.path: problem for problem in found}.values()
        )  # a union reports each of its branches
    if len(problems) == 1:
        raise problems[0]
    raise PlanFileError(
        "invalid_plan",
        f"{len(problems)} values are not allowed. First: {problems[0].message}",
        problems[0].hint,
        problems=problems,
    )


def _names_at(model: type[BaseModel], parts: tuple[int | str, ...]) -> list[str]:
    """Return the field names allowed where an unknown field was found."""
    target: Any = model
    for part in parts[:-1]:
        if (
            isinstance(part, str)
            and isinstance(target, type)
            and issubclass(target, BaseModel)
            and part in target.model_fields
        ):
            target = target.model_fields[part].annotation
        elif target is Plan or part == "scenarios" or isinstance(part, int):
            target = Scenario
    return list(target.model_fields) if isinstance(target, type) and issubclass(target, BaseModel) else []


def _input_error(model: type[BaseModel], detail: ErrorDetails, prefix: str) -> InputError:
    """Say a pydantic problem in the words of the field: path, value, what is allowed."""
    parts = detail["loc"]
    kept = [
        str(part)
        for part in parts
        if str(part) != "int" and not str(part).startswith(("constrained-", "literal["))
    ]
    path = prefix + ".".join(kept)
    inner = kept[2:] if kept[:1] == ["scenarios"] else kept
    dotted = ".".join(part for part in inner if not part.isdecimal())
    value = detail["input"]
    if detail["type"] == "extra_forbidden":
        return InputError(
            "unknown_field",
            f"There is no input {path!r}.",
            _did_you_mean(kept[-1], _names_at(model, parts)).removeprefix("; did").join(("Did", ""))
            if _did_you_mean(kept[-1], _names_at(model, parts))
            else "",
            path=path,
            value=value,
        )
    shown = repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:57]}..."
    spec = specs_of(Scenario).get(dotted)
    if detail["type"] == "value_error":
        reason = str(detail.get("ctx", {}).get("error", detail["msg"]))
        where = path or prefix.rstrip(".")
        return InputError(
            "not_allowed",
            f"{where}: {reason}." if where else f"{reason[:1].upper()}{reason[1:]}.",
            path=path,
            value=value,
        )
    if spec is not None:
        return InputError(
            "not_allowed",
            f"{spec.title} ({path}) is {shown}; allowed is {spec.allowed}.",
            path=path,
            value=value,
            allowed=spec.allowed,
        )
    return InputError(
        "not_allowed",
        f"{path or 'the plan'} is {shown}: {detail['msg']}.",
        path=path,
        value=value,
        allowed=detail["msg"],
    )


class Plan(BaseModel):
    """A plan file: named scenarios and which of them is active."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    schema_version: Literal[1] = SCHEMA_VERSION
    title: str = Field("New plan", max_length=20_000)
    preset: str | None = None
    active: str = "Plan A"
    scenarios: tuple[Scenario, ...] = Field((Scenario(),), strict=False)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [scenario.name for scenario in self.scenarios]
        if not names:
            raise ValueError("a plan holds at least one scenario")
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"two scenarios are named {sorted(twice)[0]!r}")
        if self.active not in names:
            raise ValueError(
                f"the active scenario {self.active!r} is not among {', '.join(map(repr, names[:5]))}"
            )
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
        """Return the plan with another scenario active."""
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
            If it is the last one.
        """
        kept = tuple(scenario for scenario in self.scenarios if scenario.name != name)
        if not kept:
            raise InputError("last_scenario", "A plan holds at least one scenario.", path="scenarios")
        index = next(number for number, scenario in enumerate(self.scenarios) if scenario.name == name)
        active = self.active if self.active != name else kept[min(index, len(kept) - 1)].name
        return validated(Plan, {**self.__dict__, "scenarios": kept, "active": active})
