"""What a user types, as the value of a field: ``2M``, ``8B``, ``30%``, ``2,5 mio``, ``50 ms``, ``LoRA``."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from planner.catalog.load import suggest
from planner.errors import InputError
from planner.scenario.fields import FieldSpec
from planner.scenario.quantities import DOLLAR_WORDS, OTHER_CURRENCIES, PERCENT_UNITS, factor_of
from planner.scenario.wording import not_allowed, shown
from planner.units import PERCENT_PER_FRACTION, UNITS, format_edit, unit_suffix

_LONGEST: Final = 200
_EMPTY: Final = frozenset({"", "null", "none", "auto", "automatic", "default", "-", "n/a"})
_OPTIMAL: Final = frozenset({"optimal", "optimum", "best", "auto"})
_TRUE: Final = frozenset({"true", "yes", "on", "y", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "n", "0"})
_SIGNS: Final = str.maketrans(
    dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{FIGURE DASH}\N{HYPHEN}", "-")
    | {"\N{RIGHT SINGLE QUOTATION MARK}": "'"}
)
_SPACES: Final = " '_"  # between groups of digits; NFKC has made all spaces one
_NUMBER: Final = re.compile(
    rf"(?P<digits>[0-9][0-9.,{_SPACES}]*|[.,][0-9]+)(?P<power>e[+-]?[0-9]{{1,3}})?(?P<words>.*)", re.DOTALL
)
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[,.\s'_][0-9]{3})+")
_MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was read as.

    Attributes
    ----------
    value : object
        In the field's own unit.
    text_as_read : str
        The value as the program writes it, such as ``"2.5M"`` or ``"5.0%"``, for "Read as 5.0%".
    exact : bool
        False where something was guessed or converted, so that the reading is worth showing.
    """

    value: Any
    text_as_read: str
    exact: bool


def parse_value(text: str, spec: FieldSpec) -> Reading:
    """Return what a text means for a field.

    Parameters
    ----------
    text : str
        As typed into an editor or behind ``--set PATH=``.
    spec : FieldSpec
        The field.

    Raises
    ------
    InputError
        If the text means nothing here or lies outside the limits; names field, text and what is allowed.
    """
    if spec.kind == "text":
        return Reading(text, text, True)
    if len(text) > _LONGEST:
        raise not_allowed(spec, text)
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip()
    folded = plain.casefold()
    if spec.nullable and (folded in _EMPTY or folded == spec.unset.casefold()):
        return Reading(None, value_text(None, spec), True)
    if not plain:
        raise not_allowed(spec, text, hint="It cannot be left empty.")
    if spec.numeric:
        return _read_number(text, folded, spec)
    if spec.kind == "choice":
        return _read_word(text, folded, spec)
    if spec.kind == "choices":
        return _read_words(text, folded, spec)
    if spec.kind == "flag":
        return _read_flag(text, folded, spec)
    if spec.kind == "month":
        return _read_month(text, folded, spec)
    return Reading(text.strip(), text.strip(), True)


def value_text(value: object, spec: FieldSpec) -> str:
    """Return a value of a field as the program writes it, with its unit; null as what it means."""
    if value is None:
        return spec.unset or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(spec.words.get(word, word) for word in map(str, value))
    if isinstance(value, str):
        return spec.words.get(value, value)
    if isinstance(value, int | float) and spec.numeric:
        suffix = unit_suffix(spec.unit)
        gap = "" if not suffix or suffix.startswith("/") else "\N{NO-BREAK SPACE}"
        return f"{format_edit(value, spec.unit)}{gap}{suffix}"
    return str(value)


# ---------------------------------------------------------------- numbers
def _read_number(text: str, folded: str, spec: FieldSpec) -> Reading:
    if spec.kind == "interval" and folded in _OPTIMAL:
        return Reading("optimal", "optimal", True)
    negative, rest, money_exact = _without_signs(folded, spec)
    match = _NUMBER.fullmatch(rest)
    if match is None:
        raise not_allowed(spec, text)
    digits = _without_groups(match["digits"].rstrip(_SPACES))
    words, words_exact = _without_currency(match["words"].strip(), spec)
    found = factor_of(words, spec) if words is not None else None
    if digits is None or found is None:
        raise not_allowed(spec, text, hint=_unit_hint(words, spec))
    power = match["power"] or ""
    value = float(Decimal(digits[0] + power) * Decimal(repr(found.factor))) * (-1 if negative else 1)
    exact = digits[1] and money_exact and words_exact and not found.converts
    if spec.unit in PERCENT_UNITS and not found.percent and abs(value) > 1:
        value, exact = value / PERCENT_PER_FRACTION, False
    return _within_limits(text, value, exact, spec)


def _without_signs(folded: str, spec: FieldSpec) -> tuple[bool, str, bool]:
    """Return whether a minus leads, the text behind minus and currency, and whether the currency is USD."""
    negative, rest, exact = False, folded, True
    for _ in range(3):
        if rest[:1] in ("-", "+"):
            negative, rest = negative or rest[0] == "-", rest[1:].lstrip()
        head = next((word for word in (*DOLLAR_WORDS, *OTHER_CURRENCIES) if rest.startswith(word)), "")
        if head and spec.unit.startswith("usd"):
            exact = exact and head in DOLLAR_WORDS
            rest = rest.removeprefix(head).lstrip()
    return negative, rest, exact


def _without_currency(words: str, spec: FieldSpec) -> tuple[str | None, bool]:
    """Return the words behind a number less a currency, and whether that was USD; None if it is misplaced."""
    for word in sorted((*DOLLAR_WORDS, *OTHER_CURRENCIES), key=len, reverse=True):
        pattern = rf"(?<![a-z]){re.escape(word)}(?![a-z])"
        if re.search(pattern, words):
            left = re.sub(pattern, " ", words, count=1).strip()
            return (left if spec.unit.startswith("usd") else None), word in DOLLAR_WORDS
    return words, True


def _without_groups(digits: str) -> tuple[str, bool] | None:
    """Return digits in Python's spelling, and whether they were written as the program writes them.

    A sign that stands once before anything but three digits is a decimal sign; before three digits it is
    what it is in the user's own setting. A sign that stands twice groups.
    """
    own = format_edit(0.5, "1")[1]
    decimal = own if own in ".," else "."
    digits = digits.replace(own, decimal)
    marks = [sign for sign in digits if sign in ".,"]
    exact = True
    if len(set(marks)) == 2:
        decimal, exact = marks[-1], marks[-1] == decimal
        if marks.count(decimal) > 1:
            return None
    elif len(marks) == 1 and marks[0] != decimal and not _groups_well(digits, marks[0]):
        decimal, exact = marks[0], False
    elif len(marks) > 1:
        decimal = "," if marks[0] == "." else "."
    whole, _, fraction = digits.partition(decimal)
    if fraction and not fraction.isdecimal():
        return None
    if whole and not whole.isdecimal() and not _GROUPED.fullmatch(whole):
        return None
    if len({sign for sign in whole if not sign.isdecimal()}) > 1:
        return None
    return "".join(sign for sign in whole if sign.isdecimal()) + "." + (fraction or "0"), exact


def _groups_well(digits: str, mark: str) -> bool:
    head, _, tail = digits.partition(mark)
    return len(tail) == 3 and tail.isdecimal() and 1 <= len(head) <= 3 and head.isdecimal() and head[0] != "0"


def _unit_hint(words: str | None, spec: FieldSpec) -> str:
    if not words:
        return ""
    suffix = unit_suffix(spec.unit) if spec.unit in UNITS else ""
    return f'It does not take "{words[:40]}"; its unit is {suffix}.' if suffix else ""


def _within_limits(text: str, value: float, exact: bool, spec: FieldSpec) -> Reading:
    if not math.isfinite(value):
        raise not_allowed(spec, text)
    shown_value = format_edit(value, spec.unit)
    for limit in (spec.low, spec.high):  # a limit as the editor shows it, rounded, is the limit
        if limit is not None and format_edit(limit, spec.unit) == shown_value:
            value = min(value, limit) if limit == spec.high else max(value, limit)
    if _outside(value, spec):
        error = not_allowed(spec, text)
        raise InputError("out_of_range", error.message, path=spec.path, value=value, allowed=spec.allowed)
    if spec.whole:
        if abs(value - round(value)) > 1e-9 * max(1.0, abs(value)):
            raise not_allowed(spec, text)
        return Reading(round(value), value_text(round(value), spec), exact)
    return Reading(value, value_text(value, spec), exact)


def _outside(value: float, spec: FieldSpec) -> bool:
    return (
        (spec.low is not None and value < spec.low)
        or (spec.above is not None and value <= spec.above)
        or (spec.high is not None and value > spec.high)
    )


# ---------------------------------------------------------------- words
def _key(word: str) -> str:
    """Return a word as words are compared: without case, spaces and signs."""
    return "".join(sign for sign in word.casefold() if sign.isalnum())


def _named(spec: FieldSpec) -> dict[str, str]:
    words = {_key(spec.words.get(choice, choice)): choice for choice in spec.choices}
    return words | {_key(choice): choice for choice in spec.choices}


def _meant(folded: str, spec: FieldSpec) -> str:
    names: list[str] = [*spec.choices, *spec.words.values()]
    return suggest(folded, names) if len(folded) > 1 else ""


def _read_word(text: str, folded: str, spec: FieldSpec) -> Reading:
    choice = _named(spec).get(_key(folded))
    if choice is None:
        raise not_allowed(spec, text, hint=_meant(folded, spec))
    return Reading(choice, value_text(choice, spec), True)


def _read_words(text: str, folded: str, spec: FieldSpec) -> Reading:
    if folded == "all":
        return Reading(spec.choices, value_text(spec.choices, spec), True)
    pieces = [piece for piece in re.split(r"[,;+&]", folded.strip("[]()")) if piece.strip(" \"'")]
    names = _named(spec)
    if len(pieces) == 1 and _key(pieces[0]) not in names:
        pieces = pieces[0].split()
    chosen = set(_joined(pieces, names, text, spec))
    if not chosen:
        raise not_allowed(spec, text)
    value = tuple(choice for choice in spec.choices if choice in chosen)
    return Reading(value, value_text(value, spec), True)


def _joined(pieces: list[str], names: dict[str, str], text: str, spec: FieldSpec) -> Iterable[str]:
    """Yield the choices that pieces name; a name may itself hold a comma, so the longest run counts."""
    start = 0
    while start < len(pieces):
        for end in range(len(pieces), start, -1):
            choice = names.get(_key("".join(pieces[start:end])))
            if choice is not None:
                yield choice
                start = end
                break
        else:
            wrong = pieces[start].strip()
            raise not_allowed(spec, text, hint=_meant(wrong, spec) or f"{shown(wrong)} is none of them.")


def _read_flag(text: str, folded: str, spec: FieldSpec) -> Reading:
    if folded not in _TRUE | _FALSE:
        raise not_allowed(spec, text)
    value = folded in _TRUE
    return Reading(value, value_text(value, spec), True)


def _read_month(text: str, folded: str, spec: FieldSpec) -> Reading:
    named = re.fullmatch(r"([a-z]{3,9})\.?[\s,/-]*(\d{4})", folded)
    parts = re.fullmatch(r"(\d{4})[-/.](\d{1,2})", folded) or re.fullmatch(r"(\d{1,2})[-/.](\d{4})", folded)
    if named and named[1][:3] in _MONTH_NAMES:
        year, month = named[2], str(_MONTH_NAMES.index(named[1][:3]) + 1)
    elif parts:
        year, month = (parts[1], parts[2]) if len(parts[1]) == 4 else (parts[2], parts[1])
    else:
        raise not_allowed(spec, text)
    if not 1 <= int(month) <= 12:
        raise not_allowed(spec, text)
    value = f"{year}-{int(month):02d}"
    return Reading(value, value, value == folded)
