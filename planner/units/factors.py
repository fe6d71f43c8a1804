"""Unit factors. Both units are in the name; multiply to go to the smaller one."""

from __future__ import annotations

from typing import Final

SECONDS_PER_MINUTE: Final = 60.0
SECONDS_PER_HOUR: Final = 3600.0
MINUTES_PER_HOUR: Final = 60.0
HOURS_PER_MONTH: Final = 730.0
HOURS_PER_DAY: Final = 24.0
HOURS_PER_YEAR: Final = 8760.0
HOURS_PER_WEEK: Final = 168.0
MONTHS_PER_YEAR: Final = 12.0
SECONDS_PER_MONTH: Final = SECONDS_PER_HOUR * HOURS_PER_MONTH
MILLISECONDS_PER_SECOND: Final = 1e3

JOULES_PER_WH: Final = 3600.0
JOULES_PER_KWH: Final = 3.6e6
WATTS_PER_KILOWATT: Final = 1e3
WH_PER_KWH: Final = 1e3
KWH_PER_MWH: Final = 1e3

GRAMS_PER_KILOGRAM: Final = 1e3
KILOGRAMS_PER_TONNE: Final = 1e3
LITRES_PER_CUBIC_METRE: Final = 1e3

BITS_PER_BYTE: Final = 8.0
BYTES_PER_GB: Final = 1e9
BYTES_PER_TB: Final = 1e12
BYTES_PER_GIB_SOLD: Final = 1.073741824e9
"""Bytes in one "GB" of an accelerator as sold: boards of 80 "GB" hold 80 GiB."""

KILO: Final = 1e3
MEGA: Final = 1e6
GIGA: Final = 1e9
TERA: Final = 1e12
PETA: Final = 1e15
MILLI: Final = 1e-3
MICRO: Final = 1e-6

REQUESTS_PER_1K: Final = 1e3
TOKENS_PER_MTOK: Final = 1e6
PERCENT_PER_FRACTION: Final = 100.0
POINTS_PER_FRACTION: Final = 100.0
