"""The table of units: in which steps, with which signs, the numbers of each are written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from planner.units.factors import (
    BYTES_PER_GB,
    GIGA,
    KILO,
    MEGA,
    MILLI,
    PERCENT_PER_FRACTION,
    SECONDS_PER_HOUR,
    TERA,
)

_EDIT_FIGURES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One size in which a quantity is shown, such as MWh for energy or M for money.

    Parameters
    ----------
    factor : float
        Base units in one of this step.
    below : float
        The step is used below this many base units.
    letter : str
        Written right behind the digits: ``k``, ``M``, ``B`` or ``%``.
    unit : str
        Written after a no-break space: ``MWh``.
    """

    factor: float
    below: float
    letter: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """How numbers of one unit are written.

    Parameters
    ----------
    steps : tuple of Step
        From small to large.
    prefix : str
        Before the digits: ``$``.
    tail : str
        Right behind digits and letter: ``/h``.
    editor : str
        What an editor shows behind its text: ``/mo``.
    whole : bool
        Whether an exact whole number is written without decimals.
    edit_figures : int
        Most significant figures an editor shows.
    """

    steps: tuple[Step, ...]
    prefix: str = ""
    tail: str = ""
    editor: str = ""
    whole: bool = False
    edit_figures: int = _EDIT_FIGURES

    @property
    def is_percent(self) -> bool:
        """Whether the unit is a fraction shown in percent."""
        return self.steps[0].letter == "%"


def _letters(first_below: float = KILO) -> tuple[Step, ...]:
    """Make the steps k, M, B, T; the first of them starts at `first_below`."""
    return (
        Step(1.0, first_below),
        Step(KILO, MEGA, "k"),
        Step(MEGA, GIGA, "M"),
        Step(GIGA, TERA, "B"),
        Step(TERA, math.inf, "T"),
    )


def _ladder(*steps: tuple[float, float, str]) -> tuple[Step, ...]:
    return tuple(Step(factor, below, "", unit) for factor, below, unit in steps)


def _scaled(steps: tuple[Step, ...], factor: float) -> tuple[Step, ...]:
    return tuple(Step(s.factor * factor, s.below * factor, s.letter, s.unit) for s in steps)


_GROUPED_FROM = 1e4
COUNT_STEPS = _letters(_GROUPED_FROM)
_MONEY = _letters()
PERCENT_STEPS = (Step(1.0 / PERCENT_PER_FRACTION, math.inf, "%"),)
_WH = _ladder((1.0, 1e3, "Wh"), (1e3, 1e7, "kWh"), (1e6, 1e10, "MWh"), (1e9, math.inf, "GWh"))
_SECONDS = _ladder((1e-3, 0.1, "ms"), (1.0, 120.0, "s"), (60.0, 7200.0, "min"), (3600.0, 3.6e7, "h"))
_LONG = (Step(3.6e6, math.inf, "k", "h"),)
_TIME = _SECONDS + _LONG
_GRAMS = _ladder((1.0, 100.0, "g"), (1e3, 1e6, "kg"), (1e6, 1e10, "t"), (1e9, math.inf, "kt"))
_LITRES = (
    *_ladder((1e-3, 0.1, "mL"), (1.0, 1e3, "L"), (1e3, 1e7, "m³")),
    Step(1e6, 1e9, "k", "m³"),
    Step(1e9, math.inf, "M", "m³"),
)
_WATTS = _ladder((1.0, 1e4, "W"), (1e3, 1e7, "kW"), (1e6, math.inf, "MW"))
_BYTES = _ladder(
    (1.0, 1e3, "B"),
    (1e3, 1e6, "kB"),
    (1e6, 1e9, "MB"),
    (1e9, 1e12, "GB"),
    (1e12, 1e15, "TB"),
    (1e15, math.inf, "PB"),
)
_BYTES_S = tuple(Step(s.factor, s.below, "", s.unit + "/s") for s in _BYTES)
_FLOP = _ladder(
    (1.0, 1e9, "FLOP"),
    (1e9, 1e12, "GFLOP"),
    (1e12, 1e15, "TFLOP"),
    (1e15, 1e18, "PFLOP"),
    (1e18, 1e21, "EFLOP"),
    (1e21, math.inf, "ZFLOP"),
)
_FLOP_S = (*_ladder((1e9, 1e12, "GFLOP/s"), (1e12, 1e16, "TFLOP/s"), (1e15, math.inf, "PFLOP/s")),)


def _with_unit(steps: tuple[Step, ...], unit: str) -> tuple[Step, ...]:
    return tuple(Step(s.factor, s.below, s.letter, unit) for s in steps)


UNITS: Final[Mapping[str, Unit]] = MappingProxyType(
    {
        "1": Unit(COUNT_STEPS, whole=True),
        "count": Unit(COUNT_STEPS, whole=True),
        "requests": Unit(COUNT_STEPS, whole=True),
        "tokens": Unit(COUNT_STEPS, whole=True, editor="tok"),
        "params": Unit(COUNT_STEPS, whole=True, editor="params", edit_figures=4),
        "accelerators": Unit(COUNT_STEPS, whole=True),
        "points": Unit(COUNT_STEPS, whole=True, editor="points"),
        "points_per_month": Unit(COUNT_STEPS, whole=True, tail="/mo", editor="points/mo"),
        "requests_per_month": Unit(COUNT_STEPS, whole=True, tail="/mo", editor="/mo"),
        "1/month": Unit(COUNT_STEPS, whole=True, tail="/mo", editor="/mo"),
        "factor_per_year": Unit(COUNT_STEPS, "×", whole=True, editor="/yr"),
        "month_number": Unit(COUNT_STEPS, whole=True),
        "1/year": Unit(COUNT_STEPS, whole=True, tail="/yr", editor="/yr"),
        "tokens_per_s": Unit(_with_unit(COUNT_STEPS, "tok/s"), whole=True, editor="tok/s"),
        "requests_per_s": Unit(_with_unit(COUNT_STEPS, "req/s"), whole=True, editor="req/s"),
        "frac": Unit(PERCENT_STEPS),
        "chance": Unit(PERCENT_STEPS),
        "frac_per_month": Unit(PERCENT_STEPS, tail="/mo", editor="/mo"),
        "frac_per_year": Unit(PERCENT_STEPS, tail="/yr", editor="/yr"),
        "usd": Unit(_MONEY, "$"),
        "usd_per_1k_requests": Unit(_MONEY, "$"),
        "usd_per_h": Unit(_MONEY, "$", "/h", "/h"),
        "usd_per_month": Unit(_MONEY, "$", "/mo", "/mo"),
        "usd_per_mtok": Unit(_MONEY, "$", "/Mtok", "/Mtok"),
        "usd_per_kwh": Unit(_MONEY, "$", "/kWh", "/kWh"),
        "usd_per_tco2e": Unit(_MONEY, "$", "/t", "/t"),
        "usd_per_gb": Unit(_MONEY, "$", "/GB", "/GB"),
        "usd_per_gb_month": Unit(_MONEY, "$", "/GB-mo", "/GB-mo"),
        "kwh": Unit(_scaled(_WH, MILLI), editor="kWh"),
        "wh": Unit(_WH, editor="Wh"),
        "j": Unit(_with_unit(COUNT_STEPS, "J"), editor="J"),
        "kgco2e": Unit(_scaled(_GRAMS, MILLI), editor="kg"),
        "kgco2e_per_kwh": Unit(_with_unit(COUNT_STEPS, "kg/kWh"), editor="kg/kWh"),
        "l": Unit(_LITRES, editor="L"),
        "l_per_kwh": Unit(_with_unit(COUNT_STEPS, "L/kWh"), editor="L/kWh"),
        "s": Unit(_TIME, editor="s"),
        "h": Unit(_scaled(_TIME, 1.0 / SECONDS_PER_HOUR), whole=True, editor="h"),
        "accelerator_h": Unit(_with_unit(COUNT_STEPS, "h"), whole=True, editor="h"),
        "h_per_month": Unit(_with_unit(COUNT_STEPS, "h/mo"), whole=True, editor="h/mo"),
        "weeks": Unit(_with_unit(COUNT_STEPS, "weeks"), whole=True, editor="weeks"),
        "months": Unit(_with_unit(COUNT_STEPS, "months"), whole=True, editor="months"),
        "years": Unit(_with_unit(COUNT_STEPS, "years"), whole=True, editor="years"),
        "w": Unit(_WATTS, whole=True, editor="W"),
        "bytes": Unit(_BYTES, whole=True, editor="B"),
        "gb": Unit(_scaled(_BYTES, 1.0 / BYTES_PER_GB), whole=True, editor="GB"),
        "bytes_s": Unit(_BYTES_S, editor="B/s"),
        "flop": Unit(_FLOP, editor="FLOP"),
        "flop_s": Unit(_FLOP_S, editor="FLOP/s"),
    }
)
"""Every unit the program writes, by name."""
