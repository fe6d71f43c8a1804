"""Number formats of cells and the words of units beside them."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from planner.units import PERCENT_PER_FRACTION, UNITS, unit_label

DASHED: Final = '#,##0;-#,##0;"–"'
"""Whole numbers, nothing is a dash."""

_LEAST, _MOST = 1e-4, 1e15
_EXACT: Final = 1e-9
_MOST_DECIMALS: Final = 6
_FIGURES: Final = 4
_LEAST_SHARE: Final = 0.001
_SCIENTIFIC: Final = "0.00E+00"
_WORDS: Final = {
    "kgco2e": "kgCO₂e",
    "kgco2e_per_kwh": "kgCO₂e/kWh",
    "accelerator_h": "accelerator-h",
    "h_per_month": "h/month",
    "requests": "requests",
    "requests_per_month": "requests/month",
    "requests_per_s": "requests/s",
    "tokens": "tokens",
    "tokens_per_s": "tokens/s",
    "params": "parameters",
    "points_per_month": "points/month",
    "accelerators": "accelerators",
    "factor_per_year": "×/year",
    "frac": "%",
    "chance": "%",
    "frac_per_month": "%/month",
    "frac_per_year": "%/year",
    "1/month": "1/month",
    "1/year": "1/year",
    "month_number": "month",
}
"""What a sheet writes in full, or otherwise than the head of a table."""


def is_percent(unit: str) -> bool:
    """Return whether numbers of a unit are shares that are shown in percent."""
    return unit in UNITS and UNITS[unit].is_percent


def input_format(value: float, unit: str) -> str:
    """Return a format that shows the digits of a typed number and no more."""
    shown = value * PERCENT_PER_FRACTION if is_percent(unit) else value
    percent = "%" if is_percent(unit) else ""
    if shown and not _LEAST <= abs(shown) < _MOST:
        return _SCIENTIFIC
    decimals = next(
        (count for count in range(_MOST_DECIMALS) if abs(round(shown, count) - shown) <= _EXACT * abs(shown)),
        _MOST_DECIMALS,
    )
    return "#,##0" + ("." + "0" * decimals if decimals else "") + percent


def row_format(values: Any, unit: str) -> str:
    """Return one format for a computed number, or for a row of them: some four figures of the largest.

    Nothing is a dash.
    """
    shape = _shape_of(values, is_percent(unit))
    return f'{shape};-{shape};"–"'


def _shape_of(values: Any, percent: bool) -> str:
    array = np.abs(np.atleast_1d(np.asarray(values, dtype=np.float64)))
    largest = float(array[np.isfinite(array)].max(initial=0.0))
    if percent and (largest >= _LEAST_SHARE or not largest):
        return "0.0%"
    if not largest or (largest.is_integer() and np.all(array == np.floor(array)) and largest < _MOST):
        return "#,##0"
    if not _LEAST <= largest < _MOST:
        return _SCIENTIFIC
    decimals = min(_MOST_DECIMALS, max(0, _FIGURES - 1 - math.floor(math.log10(largest))))
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def unit_words(unit: str) -> str:
    """Return a unit as a column of units writes it; empty for a plain number."""
    if unit in _WORDS:
        return _WORDS[unit]
    return unit_label(unit) if unit in UNITS else ""
