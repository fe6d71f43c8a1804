"""What people type for the ends of a range: read, or refused with what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from planner.errors import InputError
from planner.scenario.fields import FieldSpec
from planner.scenario.parse import parse_value
from planner.scenario.ranges import Range, Shape, is_number
from planner.ui.fields.facts import value_text_short

End = Literal["low", "likely", "high"]
ENDS: Final[tuple[End, ...]] = ("low", "likely", "high")
_NAMES: Final[dict[End, str]] = {"low": "Low", "likely": "The likely value", "high": "High"}
SHAPE_NAMES: Final[dict[Shape, str]] = {
    "pert": "PERT",
    "triangular": "Triangular",
    "lognormal": "Lognormal",
    "uniform": "Uniform",
}
SHAPE_WORDS: Final[dict[Shape, str]] = {
    "pert": "most near the likely value",
    "triangular": "straight down to both ends",
    "lognormal": "low and high are P10 and P90",
    "uniform": "as likely anywhere between the ends",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a text is no end of a range, and the nearest that would be."""

    message: str
    nearest: float | None = None


def value_of(span: Range, end: End) -> float:
    """Return one of the three numbers of a range."""
    return {"low": span.low, "likely": span.mode, "high": span.high}[end]


def replaced(span: Range, end: End, value: float) -> Range:
    """Return a range with another low or high."""
    low, high = (value, span.high) if end == "low" else (span.low, value)
    return Range(low=low, mode=span.mode, high=high, shape=span.shape)


def range_words(span: Range, spec: FieldSpec) -> str:
    """Return a range in words: low, likely, high and shape."""
    low, likely, high = (value_text_short(value_of(span, end), spec) for end in ENDS)
    return f"low {low}, likely {likely}, high {high} ({SHAPE_NAMES[span.shape]})"


def read_end(text: str, end: End, spec: FieldSpec, span: Range) -> float | Refused:
    """Return what a text means as an end of a range, or why it means nothing there."""
    try:
        value = parse_value(text, spec).value
    except InputError as error:
        value = error.value if is_number(error.value) else None
    if not is_number(value):
        return Refused(f'{_NAMES[end]} of {spec.title} is "{text}"; allowed is {allowed(end, spec, span)}.')
    lowest, above, highest = _limits(end, spec, span)
    inside = (lowest is None or value >= lowest) and (above is None or value > above)
    if inside and (highest is None or value <= highest):
        return float(value)
    nearest = lowest if value < (lowest if lowest is not None else value) else None
    nearest = highest if highest is not None and value > highest else nearest
    shown = value_text_short(value, spec)
    message = f"{_NAMES[end]} of {spec.title} is {shown}; allowed is {allowed(end, spec, span)}."
    return Refused(message, nearest)


def allowed(end: End, spec: FieldSpec, span: Range) -> str:
    """Return between which numbers an end may lie, in words."""
    lowest, above, highest = _limits(end, spec, span)
    likely = " (the likely value)"
    first = value_text_short(above if lowest is None else lowest, spec)
    words = f"above {first}" if lowest is None else f"{first}"
    words += likely if end == "high" else ""
    if highest is None:
        return words if lowest is None else f"{words} or more"
    last = value_text_short(highest, spec) + (likely if end == "low" else "")
    return f"{words}, at most {last}" if lowest is None else f"{words} to {last}"


def _limits(end: End, spec: FieldSpec, span: Range) -> tuple[float | None, float | None, float | None]:
    """Return the lowest that is allowed, or what it must be above, and the highest."""
    lowest, above = spec.low, spec.above
    if span.shape == "lognormal" and (lowest is None or lowest <= 0):
        lowest, above = None, max(0.0, spec.above or 0.0)
    if end == "high":
        lowest, above = span.mode, None
    return lowest, above, span.mode if end == "low" else spec.high
