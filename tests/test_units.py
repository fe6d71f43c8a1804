"""Numbers become text in one place; these are the examples of the design, and what always holds."""

from __future__ import annotations

import math
import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner import units
from planner.units import (
    UNITS,
    axis_labels,
    format_apart,
    format_edit,
    format_quantity,
    format_range,
    money_in,
    set_separators,
    step_for,
    unit_suffix,
)

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
FINITE = st.floats(min_value=1e-4, max_value=1e14)
UNIT_NAMES = st.sampled_from(sorted(UNITS))


def plain(text):
    """The text with ordinary spaces, for tables that can be read."""
    return text.replace(units.NO_BREAK_SPACE, " ")


@pytest.fixture
def separators():
    yield set_separators
    set_separators(".", ",")


@pytest.mark.parametrize(
    ("value", "unit", "figures", "text"),
    [
        (412_345, "usd", 3, "$412k"),
        (1_520_000, "usd", 3, "$1.52M"),
        (85_000, "usd", 2, "$85k"),
        (5.98, "usd_per_1k_requests", 3, "$5.98"),
        (22.1, "usd_per_1k_requests", 3, "$22.1"),
        (0.0082, "usd", 3, "$0.0082"),
        (0.5, "usd", 3, "$0.50"),
        (2_000_000, "count", 2, "2.0M"),
        (68_900_000, "count", 3, "68.9M"),
        (430_000, "requests", 3, "430k"),
        (3_600, "tokens", 3, "3,600"),
        (900, "tokens", 3, "900"),
        (34_000, "kwh", 2, "34 MWh"),
        (0.24, "wh", 2, "0.24 Wh"),
        (999.4, "wh", 3, "999 Wh"),
        (1_000, "wh", 2, "1.0 kWh"),
        (9_120, "kwh", 3, "9,120 kWh"),
        (10_000, "kwh", 2, "10 MWh"),
        (9_990_000, "kwh", 3, "9,990 MWh"),
        (10_000_000, "kwh", 2, "10 GWh"),
        (3_400, "kgco2e", 2, "3.4 t"),
        (13_000, "kgco2e", 2, "13 t"),
        (620, "kgco2e", 3, "620 kg"),
        (999.9, "kgco2e", 3, "1.00 t"),
        (0.00019, "kgco2e", 2, "0.19 g"),
        (120_000, "l", 3, "120 m³"),
        (640, "l", 3, "640 L"),
        (1.3, "s", 2, "1.3 s"),
        (0.015, "s", 2, "15 ms"),
        (119, "s", 3, "119 s"),
        (120, "s", 2, "2.0 min"),
        (7_199.5, "s", 3, "2.00 h"),
        (36, "h", 2, "36 h"),
        (0.5, "h", 2, "30 min"),
        (12_345, "accelerator_h", 3, "12.3k h"),
        (0.86, "frac", 3, "86%"),
        (0.034, "frac", 3, "3.4%"),
        (0.0004, "frac", 3, "0.04%"),
        (1.0, "frac", 3, "100%"),
        (0.86, "chance", 3, "86%"),
        (0.0, "chance", 3, "< 1%"),
        (0.004, "chance", 3, "< 1%"),
        (1.0, "chance", 3, "> 99%"),
        (79, "points", 3, "79"),
        (78.4, "points", 3, "78.4"),
        (4, "months", 3, "4 months"),
        (1, "months", 3, "1 month"),
        (2.95, "usd_per_h", 3, "$2.95/h"),
        (15, "usd_per_mtok", 2, "$15/Mtok"),
        (0.0811, "usd_per_kwh", 3, "$0.0811/kWh"),
        (84, "usd_per_tco2e", 2, "$84/t"),
        (0.3844, "kgco2e_per_kwh", 3, "0.384 kg/kWh"),
        (700, "w", 3, "700 W"),
        (80, "gb", 3, "80 GB"),
        (141_107_412_992, "bytes", 3, "141 GB"),
        (989.4e12, "flop_s", 3, "989 TFLOP/s"),
        (3.35e12, "bytes_s", 3, "3.35 TB/s"),
        (0, "usd", 3, "$0"),
        (0, "kwh", 3, "0 kWh"),
        (0, "s", 3, "0 s"),
        (None, "usd", 3, "–"),
        (math.nan, "kwh", 3, "–"),
        (math.inf, "usd", 3, "$∞"),
    ],
)
def test_quantities_of_the_design(value, unit, figures, text):
    assert plain(format_quantity(value, unit, figures=figures)) == text


@pytest.mark.parametrize("value", [999_950, 999_999, 1_000_000])
def test_a_thousand_thousands_is_a_million(value):
    assert format_quantity(value, "count") == "1.00M"
    assert format_quantity(value, "usd") == "$1.00M"


@pytest.mark.parametrize(
    ("value", "text"), [(12_000, "+$12k"), (-118_000, "−$118k"), (0, "$0"), (-0.0, "$0"), (4_300, "+$4.3k")]
)
def test_signs_of_differences(value, text):
    assert format_quantity(value, "usd", sign=True, figures=3 if value == -118_000 else 2) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (25_000, 150_000, "kwh", "25–150 MWh"),
        (330_000, 520_000, "usd", "$330k–$520k"),
        (810_000, 1_200_000, "usd", "$0.81M–$1.2M"),
        (5_000, 1_200_000, "usd", "$5.0k–$1.2M"),
        (50, 150_000, "kwh", "50 kWh–150 MWh"),
        (270_000, 730_000, "count", "270k–730k"),
        (0.9, 4, "s", "0.90–4.0 s"),
        (0.3, 0.6, "frac", "30–60%"),
        (2.4, 12.29, "usd_per_h", "$2.4–$12/h"),
        (0, 150, "kwh", "0–150 kWh"),
        (330_000, 331_000, "usd", "$330k"),
        (520_000, 330_000, "usd", "$330k–$520k"),
        (-5_000, 3_000, "usd", "−$5.0k to $3.0k"),
        (None, 3_000, "usd", "$3.0k"),
        (3_000, math.nan, "usd", "$3.0k"),
        (None, None, "usd", "–"),
        (0.001, 0.6, "chance", "< 1%–60%"),
    ],
)
def test_ranges_of_the_design(low, high, unit, text):
    assert plain(format_range(low, high, unit)) == text


def test_a_column_keeps_one_step():
    column = [34_000, 176_000, 990, None, math.nan]
    step = step_for(column, "kwh")
    texts = [plain(format_quantity(value, "kwh", step=step, figures=2)) for value in column]
    assert texts == ["34 MWh", "180 MWh", "0.99 MWh", "–", "–"]


@pytest.mark.parametrize(
    ("ticks", "unit", "labels"),
    [
        ([0, 4e5, 8e5, 1.2e6, 1.6e6], "usd", ["0", "$0.4M", "$0.8M", "$1.2M", "$1.6M"]),
        ([0, 1e6, 2e6], "usd", ["0", "$1M", "$2M"]),
        ([-1e5, 0, 1e5], "usd", ["−$100k", "0", "$100k"]),
        ([1e3, 1e4, 1e5, 1e6, 1e7], "usd", ["$1k", "$10k", "$100k", "$1M", "$10M"]),
        ([75, 80, 85], "points", ["75", "80", "85"]),
        ([0, 2.5, 5.0], "s", ["0", "2.5 s", "5.0 s"]),
        ([0, 25_000, 50_000], "kwh", ["0", "25 MWh", "50 MWh"]),
        ([0, 0.5, 1], "frac", ["0", "50%", "100%"]),
        ([0.1 + 0.2, 0.6], "points", ["0.3", "0.6"]),
        ([], "usd", []),
        ([0], "usd", ["0"]),
        ([math.nan, 1.0], "usd", ["", "$1"]),
    ],
)
def test_axis_labels(ticks, unit, labels):
    assert [plain(label) for label in axis_labels(ticks, unit)] == labels


@pytest.mark.parametrize(
    ("value", "unit", "text", "suffix"),
    [
        (2_000_000, "requests_per_month", "2.0M", "/mo"),
        (900, "tokens", "900", "tok"),
        (3_600, "tokens", "3,600", "tok"),
        (12_345, "tokens", "12.345k", "tok"),
        (0.03, "frac_per_month", "3.0%", "/mo"),
        (0.3, "frac", "30%", ""),
        (-0.15, "frac_per_year", "−15%", "/yr"),
        (8e9, "params", "8B", "params"),
        (8_030_261_248, "params", "8.03B", "params"),
        (1.2, "1", "1.20", ""),
        (3, "1", "3", ""),
        (2.95, "usd_per_h", "$2.95", "/h"),
        (0.05, "s", "0.05", "s"),
        (34_000, "kwh", "34k", "kWh"),
        (0, "usd", "$0", ""),
        (None, "usd", "", ""),
        (999_999.9, "count", "1.0M", ""),
    ],
)
def test_editors(value, unit, text, suffix):
    assert format_edit(value, unit) == text
    assert unit_suffix(unit) == suffix


def test_separators_of_the_system(separators):
    separators(",", ".")
    assert plain(format_quantity(9_123.4, "kwh", figures=5)) == "9.123,4 kWh"
    assert format_edit(3_600, "tokens") == "3.600"
    separators(",", "")
    assert format_edit(3_600, "tokens") == "3600"


def test_an_unknown_unit_is_named():
    with pytest.raises(ValueError, match="furlong"):
        format_quantity(1, "furlong")


def test_factors():
    assert units.HOURS_PER_MONTH * units.MONTHS_PER_YEAR == units.HOURS_PER_YEAR
    assert units.JOULES_PER_KWH == units.WATTS_PER_KILOWATT * units.SECONDS_PER_HOUR
    assert units.BYTES_PER_GIB_SOLD == 2**30


@given(NUMBERS, UNIT_NAMES, st.integers(1, 6), st.booleans())
def test_any_number_has_a_text(value, unit, figures, sign):
    assert format_quantity(value, unit, figures=figures, sign=sign)
    assert isinstance(format_edit(value, unit), str)


@given(st.lists(st.none() | NUMBERS, max_size=6), UNIT_NAMES)
def test_any_column_has_a_step_and_any_axis_labels(values, unit):
    step = step_for(values, unit)
    assert all(format_quantity(value, unit, step=step) for value in values)
    assert len(axis_labels(values, unit)) == len(values)


@given(NUMBERS, NUMBERS, UNIT_NAMES)
def test_any_range_has_a_text(low, high, unit):
    assert format_range(low, high, unit)


@given(st.floats(max_value=-1e-300, allow_infinity=False), UNIT_NAMES.filter(lambda unit: unit != "chance"))
def test_the_sign_is_never_lost(value, unit):
    assert format_quantity(value, unit).startswith("−")
    assert not re.search(r"-\d", format_quantity(value, unit))
    assert not format_quantity(-value, unit).startswith("−")


LETTERS = {"": 1.0, "k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


@given(FINITE, st.integers(1, 6), st.sampled_from(["usd", "count", "params"]))
def test_text_reads_back_to_the_figures_asked_for(value, figures, unit):
    text = format_quantity(value, unit, figures=figures)
    digits, letter = re.fullmatch(r"\$?([\d,]+(?:\.\d+)?)([kMBT]?)", text).groups()
    read = float(digits.replace(",", "")) * LETTERS[letter]
    assert math.isclose(read, float(f"{value:.{figures - 1}e}"), rel_tol=1e-9)


@given(FINITE, st.integers(2, 6))
def test_no_empty_millions(value, figures):
    text = format_quantity(value, "usd", figures=figures)
    shown = float(re.sub(r"[^\d.]", "", text))
    assert shown >= 1 or not text.endswith(("k", "M", "B", "T"))
    assert shown < 1_000 or text.endswith("T")


@given(st.floats(0.01, 0.99), st.sampled_from(["frac", "chance"]))
def test_shares_are_within_half_a_percent(value, unit):
    assert abs(float(format_quantity(value, unit).strip("%")) / 100 - value) <= 0.00500001


@pytest.mark.parametrize(
    ("first", "second", "unit", "texts"),
    [
        (77.6, 78.0, "points", ("77.6", "78")),
        (76.0, 78.0, "points", ("76", "78")),
        (0.0501, 0.05, "s", ("50.1 ms", "50.0 ms")),
        (273_400.0, 273_100.0, "usd", ("$273.4k", "$273.1k")),
        (5.0, 5.0, "points", ("5", "5")),
        (math.nan, 5.0, "points", (units.MISSING, "5")),
    ],
)
def test_two_different_numbers_read_differently(first, second, unit, texts):
    found = tuple(plain(text) for text in format_apart(first, second, unit))
    assert found == texts


def test_money_in_another_currency_converts_all_text():
    with money_in("€", 0.5):
        assert format_quantity(412e3, "usd") == "€206k"
        assert format_quantity(-3.0, "usd_per_h", sign=True) == "−€1.50/h"
        assert format_range(330e3, 520e3, "usd") == "€160k–€260k"
        assert format_apart(1.0, 2.0, "usd") == ("€0.50", "€1.0")
        assert axis_labels([0, 400e3, 800e3], "usd") == ["0", "€200k", "€400k"]
        assert step_for([1.9e6], "usd").letter == "k"
        assert format_edit(2.95, "usd_per_h") == "€1.475"
        assert plain(format_quantity(2e6, "kwh")) == "2,000 MWh"
    assert format_quantity(412e3, "usd") == "$412k"


def test_the_currency_of_one_thread_is_not_that_of_another():
    found = []
    with money_in("€", 0.5):
        thread = threading.Thread(target=lambda: found.append(format_quantity(412e3, "usd")))
        thread.start()
        thread.join()
    assert found == ["$412k"]


def test_the_currency_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), money_in("€", 0.5):
        raise ZeroDivisionError
    assert format_quantity(1.0, "usd") == "$1.00"
