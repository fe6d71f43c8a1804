"""Texts read back: every number that this package writes is told from words, ranges and other numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.units import UNITS, format_quantity, format_range, set_separators, unit_label, units_shown

VALUES = st.floats(min_value=1e-12, max_value=1e24) | st.just(0.0)


@given(VALUES, st.sampled_from(sorted(UNITS)), st.booleans())
def test_what_is_written_is_read_back(value, unit, negative):
    value = -value if negative else value
    text = format_quantity(value, unit)
    if text[-1] not in "0123456789" or unit != "chance":
        found = units_shown(text, value)
        assert unit in found or text.startswith(("<", ">", "over", "under")), (text, value, found)


@given(VALUES, st.sampled_from(sorted(set(UNITS) - {"chance"})))
def test_it_is_not_read_as_ten_times_the_value(value, unit):
    if value:
        assert unit not in units_shown(format_quantity(value, unit), value * 10)


@pytest.mark.parametrize(
    ("text", "value", "labels"),
    [
        ("$412k", 412_345.6, {"USD"}),
        ("\N{MINUS SIGN}$1.05M", -1_046_000.0, {"USD"}),
        ("+$12.0k", 12_000.0, {"USD"}),
        ("27.7\N{NO-BREAK SPACE}MWh", 27_700.0, {"kWh"}),
        ("42%", 0.42, {""}),
        ("1,300", 1_301.0, {"", "points", "tok", "params"}),
    ],
)
def test_units_are_told_by_text_and_value(text, value, labels):
    found = {unit_label(name) for name in units_shown(text, value)}
    assert labels <= found
    assert found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1.05M", 0.3),  # a place, not the amount
        ("16 of 32", 16.0),
        ("3 × H100", 3.0),
        ("January 2027", 1.0),
        ("month 14", 14.0),
        ("never", 60.0),
        ("", 1.0),
        ("–", 0.0),
        ("$412k", float("nan")),
        ("27 to 31", 27.0),
        ("=1+1", 2.0),
        ("1e5", 1e5),
        ("\N{ARABIC-INDIC DIGIT THREE}", 3.0),
    ],
)
def test_what_says_something_else_has_no_unit(text, value):
    assert units_shown(text, value) == ()


def test_a_range_is_no_number():
    assert units_shown(format_range(25_000.0, 150_000.0, "kwh"), 25_000.0) == ()


def test_other_separators_are_read_too():
    try:
        set_separators(",", ".")
        text = format_quantity(1_304.0, "usd_per_h")
        assert "usd_per_h" in units_shown(text, 1_304.0)
        assert "kwh" in units_shown(format_quantity(27_700.0, "kwh"), 27_700.0)
    finally:
        set_separators(".", ",")


def test_a_factor_is_no_money():
    from planner.units import money_in

    assert format_quantity(1.5, "factor_per_year") == "×1.50"
    with money_in("€", 0.9):
        assert format_quantity(1.5, "factor_per_year") == "×1.50"
        assert format_quantity(100.0, "usd") == "€90.0"
