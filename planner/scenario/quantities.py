"""Words behind a number: letters such as k and M, and units such as ms, per month or g/kWh."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from planner.scenario.fields import FieldSpec
from planner.units import (
    GIGA,
    GRAMS_PER_KILOGRAM,
    HOURS_PER_MONTH,
    KILO,
    KILOGRAMS_PER_TONNE,
    MEGA,
    MICRO,
    MILLI,
    MINUTES_PER_HOUR,
    MONTHS_PER_YEAR,
    PERCENT_PER_FRACTION,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    SECONDS_PER_MONTH,
    TERA,
    unit_suffix,
)

PERCENT_UNITS: Final = frozenset({"frac", "frac_per_month", "frac_per_year"})
"""Units that editors show in percent."""

DOLLAR_WORDS: Final = frozenset({"$", "usd", "us$", "dollar", "dollars"})
OTHER_CURRENCIES: Final = frozenset({"€", "£", "¥", "eur", "euro", "euros", "gbp", "chf", "jpy"})

_SCALES: Final[Mapping[str, float]] = MappingProxyType(
    dict.fromkeys(("k", "tsd", "thousand"), KILO)
    | dict.fromkeys(("m", "mn", "mio", "mill", "million", "millions"), MEGA)
    | dict.fromkeys(("b", "bn", "mrd", "g", "billion", "billions"), GIGA)
    | dict.fromkeys(("t", "tn", "trillion", "trillions"), TERA)
)
_PERCENTS: Final = frozenset({"%", "percent", "pct", "per cent"})

# Long and plural spellings, each to the one used below.
_SPELLINGS: Final = (
    (r"p\.?\s?a\.?", "/yr"),
    (r"(per|an?|each)\s+", "/"),
    (r"\bmonths?\b", "mo"),
    (r"\byears?\b|\byrs\b", "yr"),
    (r"\bdays?\b", "d"),
    (r"\bhours?\b|\bhrs?\b", "h"),
    (r"\bminutes?\b|\bmins\b", "min"),
    (r"\bseconds?\b|\bsecs?\b", "s"),
    (r"\bmilliseconds?\b|\bmsecs?\b", "ms"),
    (r"\bmicroseconds?\b|\bμs\b", "us"),
    (r"\b(1\s?m|million|mio)\s*tok(en)?s?\b|\bmtoks?\b", "mtok"),
    (r"\btok(en)?s?\b", "tok"),
    (r"\bparam(eter)?s?\b", "params"),
    (r"\bpoints?\b|\bpts?\b", "points"),
    (r"\brequests?\b|\breqs?\b", "req"),
    (r"\bco2e?q?\b", ""),
    (r"\bkilograms?\b|\bkilos?\b", "kg"),
    (r"\bgrams?\b", "g"),
    (r"\btons?\b|\btonnes?\b", "t"),
    (r"\blit(er|re)s?\b", "l"),
    (r"\b(kgco2e?|kgco2eq)\b", "kg"),
    (r"\b(gco2e?|gco2eq)\b", "g"),
    (r"\b(tco2e?|tco2eq)\b", "t"),
    (r"\bcents?\b|\bct\b|¢", "ct"),
    (r"\s*/\s*", "/"),
    (r"\s+", " "),
)

_TIMES = {"s": 1.0, "ms": MILLI, "us": MICRO, "min": SECONDS_PER_MINUTE, "h": SECONDS_PER_HOUR}
_REQUEST_RATES = {
    "/mo": 1.0,
    "/yr": 1.0 / MONTHS_PER_YEAR,
    "/d": HOURS_PER_MONTH / 24.0,
    "/h": HOURS_PER_MONTH,
    "/min": HOURS_PER_MONTH * MINUTES_PER_HOUR,
    "/s": SECONDS_PER_MONTH,
}
_MASSES = {"kg": 1.0, "g": 1.0 / GRAMS_PER_KILOGRAM, "t": KILOGRAMS_PER_TONNE}
_UNITS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "1": {"x": 1.0, "×": 1.0, "times": 1.0},
        "tokens": {"tok": 1.0},
        "params": {"params": 1.0},
        "months": {"mo": 1.0, "m": 1.0, "yr": MONTHS_PER_YEAR, "y": MONTHS_PER_YEAR},
        "years": {"yr": 1.0, "y": 1.0, "mo": 1.0 / MONTHS_PER_YEAR},
        "s": _TIMES,
        "h": {"h": 1.0, "min": 1.0 / MINUTES_PER_HOUR},
        "h_per_month": {"h": 1.0, "h/mo": 1.0, "/mo": 1.0},
        "requests_per_month": {
            head + tail: factor for head in ("", "req") for tail, factor in _REQUEST_RATES.items()
        }
        | {"req": 1.0},
        "points": {"points": 1.0, "%": 1.0},
        "points_per_month": {"points": 1.0, "points/mo": 1.0, "/mo": 1.0},
        "frac_per_month": {"/mo": 1.0},
        "frac_per_year": {"/yr": 1.0},
        "kgco2e": _MASSES,
        "kgco2e_per_kwh": {
            "kg/kwh": 1.0,
            "g/kwh": 1.0 / GRAMS_PER_KILOGRAM,
            "kg/mwh": 1.0 / KILO,
            "t/mwh": 1.0,
        },
        "l_per_kwh": {"l/kwh": 1.0, "ml/kwh": MILLI},
        "usd": {"": 1.0},
        "usd_per_h": {"/h": 1.0},
        "usd_per_mtok": {"/mtok": 1.0, "/1m": 1.0, "/m": 1.0},
        "usd_per_kwh": {"/kwh": 1.0, "/mwh": 1.0 / KILO},
        "usd_per_tco2e": {"/t": 1.0},
        "usd_per_gb": {"/gb": 1.0, "/tb": 1.0 / KILO},
        "usd_per_gb_month": {"/gb-mo": 1.0, "/gb/mo": 1.0, "/gb mo": 1.0, "/tb/mo": 1.0 / KILO},
    }
)


class Words(NamedTuple):
    """What the words behind a number mean.

    Attributes
    ----------
    factor : float
        The number times this is in the field's unit.
    percent : bool
        Whether they say percent.
    converts : bool
        Whether they name another unit than the field's own.
    """

    factor: float
    percent: bool
    converts: bool


def factor_of(words: str, spec: FieldSpec) -> Words | None:
    """Return what the words behind a number mean for a field.

    Parameters
    ----------
    words : str
        Case folded, without sign or digits: ``"m"``, ``"mio tok"``, ``"% a month"``, ``"ms"``.
    spec : FieldSpec
        The field the number is for; its unit decides which words it takes.

    Returns
    -------
    Words or None
        None for words that mean nothing here.
    """
    text = _spelled(words)
    unit = _unit_factor(text, spec)
    if unit is not None:
        return Words(unit, False, unit != 1.0)
    for length in range(len(text), 0, -1):
        head, rest = text[:length].strip(), text[length:].strip()
        scale = 1.0 / PERCENT_PER_FRACTION if _is_percent(head, spec) else _SCALES.get(head)
        if scale is None or (text[length : length + 1].isalpha() and text[length - 1].isalpha()):
            continue
        unit = _unit_factor(rest, spec)
        if unit is not None:
            return Words(scale * unit, head in _PERCENTS, unit != 1.0)
    return None


def _is_percent(word: str, spec: FieldSpec) -> bool:
    return word in _PERCENTS and (spec.unit in PERCENT_UNITS or spec.unit == "1")


def _unit_factor(text: str, spec: FieldSpec) -> float | None:
    if not text:
        return 1.0
    known = _UNITS.get(spec.unit, {})
    if text in known:
        return known[text]
    if spec.unit.startswith("usd"):
        cents = text.startswith("ct")
        inner = text.removeprefix("ct").strip() if cents else text
        if cents or inner != text:
            rest = known.get(inner, 1.0 if not inner else None)
            return None if rest is None else rest / 100.0
    own = _spelled(unit_suffix(spec.unit).casefold()) if spec.unit else ""
    return 1.0 if text == own or _names_field(text, spec) else None


def _names_field(text: str, spec: FieldSpec) -> bool:
    """Whether the words are the field's own: ``3 epochs``, ``8 accelerators``, ``10k examples``."""
    if spec.unit not in ("count", "1", ""):
        return False
    own = re.findall(r"[a-z]{3,}", f"{spec.title} {spec.name}".casefold())
    stems = {word.rstrip("s") for word in own} | {"gpu" if "accelerators" in spec.name else "piece"}
    return all(word.rstrip("s") in stems for word in text.split())


def _spelled(words: str) -> str:
    text = f" {words.strip()} "
    for pattern, plain in _SPELLINGS:
        text = re.sub(pattern, plain, text)
    return text.strip()
