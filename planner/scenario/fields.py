"""How a field describes itself, and the flat list of all fields.

A field is written once, with title, unit, limits, slider, help and source. Panel, ``--set``, checks,
workbook and schema are generated from it; nobody keeps a second list.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypedDict, Union, Unpack, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, Field
from pydantic.fields import FieldInfo

from planner.units import format_edit

Kind = Literal["number", "integer", "choice", "catalog", "flag", "text", "month", "choices", "interval"]
Table = Literal[
    "models", "hardware", "grids", "fine_tuning_prices", "api_providers", "api_models", "cloud_providers"
]

JUDGEMENT = "our judgement, no published source"


def _whole(value: object) -> object:
    """Take 24.0 for 24: a slider and a hand-written file may say either."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Tolerant = BeforeValidator(_whole)
Whole = Annotated[int, Tolerant]


class About(TypedDict, total=False):
    """What a field says about itself beside its default."""

    title: str
    unit: str
    help: str
    source: str
    low: float
    high: float
    above: float
    slider: tuple[float, float]
    scale: Literal["linear", "log"]
    step: float
    group: str
    table: Table
    unset: str
    words: dict[str, str]
    or_word: bool
    doubt: tuple[float, float]


def in_sentence(title: str) -> str:
    """Return a title as it stands inside a sentence: in small letters, but PUE stays PUE."""
    return " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in title.split(" "))


def described(default: object, **about: Unpack[About]) -> Any:
    """Return a pydantic field with its description.

    Parameters
    ----------
    default : object
        Value of a new plan; None where the catalogue decides.
    **about
        ``title``; ``unit`` as known to `planner.units`; ``help``, one or two sentences; ``source``, a
        catalogue row (``"catalogue: ID"``), a publication, `JUDGEMENT`, or ``"our choice: REASON"``, in words
        that a reader outside the project can follow; ``low`` and ``high``,
        inclusive limits; ``above``, exclusive lower limit; ``slider``, the span of the slider where it
        is narrower than the limits; ``scale`` and ``step`` of the slider; ``table``, the catalogue
        table whose ids the field takes; ``unset``, what null means, in words; ``words``, the names of
        the choices; ``doubt``, between which ends the default may well lie, by its source.
    """
    limits: dict[str, Any] = {}
    if "low" in about:
        limits["ge"] = about["low"]
    if "above" in about:
        limits["gt"] = about["above"]
    if "high" in about:
        limits["le"] = about["high"]
    if about.get("or_word"):  # pydantic cannot hold a word against a limit: the type carries the limits
        limits = {}
    extra: dict[str, Any] = {key: value for key, value in about.items() if key not in ("title", "help")}
    return Field(
        default,
        title=about["title"],
        description=about.get("help", ""),
        json_schema_extra=extra,
        **limits,
    )


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One input of a scenario, as every view of it needs it.

    Attributes
    ----------
    path : str
        Dotted path, such as ``"site.pue"``.
    kind : str
        Which control shows it.
    low, high : float or None
        Inclusive limits; None where there is none.
    slider : tuple of float
        Span of the slider, in the field's unit.
    choices : tuple of str
        Allowed words of a choice.
    nullable : bool
        Whether null is allowed; `unset` says what it then means.
    doubt : tuple of float or None
        Between which ends the default may well lie, by its source; None where no source says.
    """

    path: str
    section: str
    name: str
    kind: Kind
    title: str
    unit: str
    help: str
    source: str
    default: Any
    low: float | None
    high: float | None
    above: float | None
    slider: tuple[float, float] | None
    scale: Literal["linear", "log"]
    step: float | None
    choices: tuple[str, ...]
    words: dict[str, str]
    table: Table | None
    nullable: bool
    unset: str
    group: str
    doubt: tuple[float, float] | None = None

    @property
    def numeric(self) -> bool:
        """Whether the field holds a number, and so can carry a range and be drawn."""
        return self.kind in ("number", "integer", "interval")

    @property
    def whole(self) -> bool:
        """Whether it takes whole numbers only."""
        return self.kind in ("integer", "interval")

    @property
    def allowed(self) -> str:
        """What the field takes, in words.

        Returns
        -------
        str
            Such as ``"a number from 1 to 3"``.
        """
        if self.choices:
            words = ", ".join(self.choices)
            text = f"any of {words}" if self.kind == "choices" else f"one of {words}"
        elif self.kind == "catalog":
            text = f"an id of `planner list {self.table}`"
        elif self.kind == "flag":
            text = "true or false"
        elif self.kind == "month":
            text = "a month such as 2027-01"
        elif self.numeric:
            text = self.allowed_number
        else:
            text = "text"
        return f"{text}, or null ({self.unset})" if self.nullable and self.unset else text

    @property
    def allowed_number(self) -> str:
        """The limits of a number, in words; the end of a range has the same."""
        noun = "a whole number" if self.whole else "a number"
        low = self.low if self.low is not None else self.above
        word = "above" if self.low is None else "from"
        text = noun
        if low is not None:
            text = f"{noun} {word} {_plain(low, self.unit)}"
            text = text if self.high is None else f"{text} to {_plain(self.high, self.unit)}"
        return f'{text}, or "optimal"' if self.kind == "interval" else text


def _plain(limit: float, unit: str) -> str:
    if unit == "params":
        return format_edit(limit, unit)
    if float(limit).is_integer() and abs(limit) < 1e10:
        return f"{limit:,.0f}"
    return f"{limit:g}".replace("e+", "e")


def _parts(annotation: object) -> tuple[object, bool]:
    """Return an annotation without None, and whether None was in it."""
    if isinstance(annotation, UnionType) or get_origin(annotation) is Union:
        rest = [part for part in get_args(annotation) if part is not NoneType]
        return (rest[0] if len(rest) == 1 else tuple(rest)), len(rest) < len(get_args(annotation))
    return annotation, False


def _kind(annotation: object, extra: dict[str, Any], name: str) -> tuple[Kind, tuple[str, ...]]:
    if "table" in extra:
        return "catalog", ()
    if get_origin(annotation) is Literal:
        return "choice", tuple(str(word) for word in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "choices", tuple(str(word) for word in get_args(get_args(annotation)[0]))
    if isinstance(annotation, tuple):  # a number of months, or a word
        return "interval", ()
    simple: dict[object, Kind] = {bool: "flag", int: "integer", float: "number", str: "text"}
    return ("month" if name == "start_month" else simple[annotation]), ()


def spec_of(path: str, info: FieldInfo) -> FieldSpec:
    """Return the description of one pydantic field at a path."""
    extra: dict[str, Any] = dict(info.json_schema_extra) if isinstance(info.json_schema_extra, dict) else {}
    section, _, name = path.rpartition(".")
    annotation, nullable = _parts(info.annotation)
    kind, choices = _kind(annotation, extra, name)
    low, high = extra.get("low"), extra.get("high")
    slider = extra.get("slider")
    if slider is None and low is not None and high is not None:
        slider = (low, high)
    return FieldSpec(
        path=path,
        section=section,
        name=name,
        kind=kind,
        title=info.title or name,
        unit=extra.get("unit", ""),
        help=info.description or "",
        source=extra.get("source", JUDGEMENT),
        default=info.default,
        low=low,
        high=high,
        above=extra.get("above"),
        slider=slider,
        scale=extra.get("scale", "linear"),
        step=extra.get("step"),
        choices=choices,
        words=extra.get("words", {}),
        table=extra.get("table"),
        nullable=nullable,
        unset=extra.get("unset", ""),
        group=extra.get("group", section),
        doubt=extra.get("doubt"),
    )


@cache
def specs_of(model: type[BaseModel]) -> dict[str, FieldSpec]:
    """Return every described field of a model and its sections by dotted path, in file order."""
    found: dict[str, FieldSpec] = {}
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for inner, inner_info in kind.model_fields.items():
                found[f"{name}.{inner}"] = spec_of(f"{name}.{inner}", inner_info)
        elif info.title is not None:
            found[name] = spec_of(name, info)
    return found
