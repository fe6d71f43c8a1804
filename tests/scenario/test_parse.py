"""Text to value: what people type, what is refused, and the way there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario_strategies import SPECS, values

from planner import units
from planner.errors import InputError
from planner.scenario.parse import parse_value, value_text
from planner.units import format_edit

REQUESTS = "workload.requests_per_month"
GROWTH = "workload.growth_frac_per_month"
LIMIT = "workload.ttft_limit_s"
PRICE = "api.input_usd_per_mtok"

READ = [
    (REQUESTS, "2M", 2e6),
    (REQUESTS, "2 m", 2e6),
    (REQUESTS, "2.5 million", 2.5e6),
    (REQUESTS, "1e6", 1e6),
    (REQUESTS, "1e3k", 1e6),
    (REQUESTS, "1,200", 1200),
    (REQUESTS, "1 200 000", 1.2e6),
    (REQUESTS, "1'200'000", 1.2e6),
    (REQUESTS, "1_000", 1000),
    (REQUESTS, "1,200,000.5", 1200000.5),
    (REQUESTS, ".5k", 500),
    (REQUESTS, "1200.", 1200),
    (REQUESTS, "２Ｍ", 2e6),
    (REQUESTS, "+2M", 2e6),
    (REQUESTS, "2M/mo", 2e6),
    (REQUESTS, "2 million requests per month", 2e6),
    ("base.params", "8B", 8e9),
    ("base.params", "70 b", 70e9),
    ("base.params", "70b params", 70e9),
    ("workload.input_tokens", "900 tok", 900),
    ("workload.input_tokens", "1.5k", 1500),
    (GROWTH, "3%", 0.03),
    (GROWTH, "0.03", 0.03),
    (GROWTH, "3 % a month", 0.03),
    (GROWTH, "-2%", -0.02),
    (GROWTH, "\N{MINUS SIGN}2.0%", -0.02),
    (LIMIT, "0.05 s", 0.05),
    (LIMIT, "2 seconds", 2),
    ("horizon_months", "24", 24),
    ("horizon_months", "3 months", 3),
    ("horizon_months", "24.0", 24),
    ("refresh.interval_months", "4 mo", 4),
    ("refresh.interval_months", "Optimal", "optimal"),
    (PRICE, "$2.95", 2.95),
    (PRICE, "2.95 USD", 2.95),
    (PRICE, "$3 per million tokens", 3),
    (PRICE, "$3/1M tokens", 3),
    ("training.usd_per_accelerator_h", "2.95 dollars per hour", 2.95),
    ("site.usd_per_tco2e", "84 $/tCO2e", 84),
    ("site.carbon_kgco2e_per_kwh", "0.38 kg CO₂e per kWh", 0.38),
    ("site.wue_l_per_kwh", "0.5 liters per kWh", 0.5),
    ("prices.storage_usd_per_gb_month", "$0.023/GB-month", 0.023),
    ("prices.rent_change_frac_per_year", "-15% p.a.", -0.15),
    ("labour.run_api_hours_per_month", "10 hours a month", 10),
    ("hardware.life_years", "4 years", 4),
    ("limits.min_quality", "76%", 76),
    ("limits.min_quality", "76 pts", 76),
    ("quality.distil_loss_frac", "3%", 0.03),
    ("workload.peak_to_mean", "3x", 3),
    ("finetune.epochs", "3 epochs", 3),
    ("training.accelerators", "8 GPUs", 8),
    ("data.examples", "10k labelled examples", 1e4),
    ("finetune.method", "LoRA", "lora"),
    ("finetune.method", "all weights", "full"),
    ("serving.purchase", "on demand", "on_demand"),
    ("serving.purchase", "Reserved, 1 year", "reserved"),
    ("serving.autoscale", "YES", True),
    ("serving.autoscale", "off", False),
    ("strategies", "distil, api", ("api", "distil")),
    ("strategies", "api distil", ("api", "distil")),
    ("strategies", "Fine-tune, then distil, API", ("api", "both")),
    ("strategies", '["api", "both"]', ("api", "both")),
    ("strategies", "all", ("api", "prompt", "finetune", "distil", "both")),
    ("start_month", "2027-01", "2027-01"),
    ("base.model", " llama-3.1-70b ", "llama-3.1-70b"),
    ("base.params", "none", None),
    ("base.params", "", None),
    ("base.model", "Auto", None),
    (LIMIT, "no limit", None),
    (LIMIT, "null", None),
    ("refresh.teacher_update_months", "never", None),
    ("notes", " as typed ", " as typed "),
]

GUESSED = [
    (REQUESTS, "2,5 mio", 2.5e6, "2.5M/mo"),
    (REQUESTS, "1.200,5", 1200.5, "1,200.50/mo"),
    (REQUESTS, "5 req/s", 13.14e6, "13.14M/mo"),
    (REQUESTS, "12M a year", 1e6, "1.0M/mo"),
    (GROWTH, "5", 0.05, "5.0%/mo"),
    (GROWTH, "5 per month", 0.05, "5.0%/mo"),
    (GROWTH, "0,5", 0.5, "50%/mo"),
    ("workload.prefix_cache_hit_frac", "30", 0.3, "30%"),
    (LIMIT, "50 ms", 0.05, "0.05\N{NO-BREAK SPACE}s"),
    (LIMIT, "1 min", 60, "60\N{NO-BREAK SPACE}s"),
    ("horizon_months", "2 years", 24, "24\N{NO-BREAK SPACE}months"),
    (PRICE, "€3", 3, "$3/Mtok"),
    (PRICE, "30 ct", 0.3, "$0.30/Mtok"),
    ("site.usd_per_kwh", "120 $/MWh", 0.12, "$0.12/kWh"),
    ("site.carbon_kgco2e_per_kwh", "380 g/kWh", 0.38, "0.38\N{NO-BREAK SPACE}kg/kWh"),
    ("limits.max_carbon_kgco2e", "13 t", 13_000, "13k\N{NO-BREAK SPACE}kg"),
    ("start_month", "Jan 2027", "2027-01", "2027-01"),
    ("start_month", "3/2027", "2027-03", "2027-03"),
]

REFUSED = [
    (
        REQUESTS,
        ["", "abc", "nan", "inf", "-inf", "1e999", "1.2.3", "1,2,3", "--", "٣", "5%", "$5", "2M tok", "x"],
    ),
    (REQUESTS, ["-3", "1e12", "1e400", "9" * 300, "1 2", "0x10", "2M M", "1e", "None"]),
    (GROWTH, ["150", "150%", "1%/yr", "3 months"]),
    ("base.params", ["0", "-1", "8 GB"]),
    (LIMIT, ["0", "3 months", "-1 s", "1 y"]),
    ("horizon_months", ["24.5", "0", "61", "optimal", "none"]),
    ("refresh.interval_months", ["never", "0", "2.5"]),
    ("site.pue", ["0.2", "PUE", "1.2 kWh"]),
    ("finetune.epochs", ["3 apples", "0"]),
    ("finetune.method", ["lorra", "", "null"]),
    ("serving.autoscale", ["maybe", "2"]),
    ("strategies", ["", "api, x", ",", "none"]),
    ("start_month", ["2027-13", "2027-00", "soon", "27-01", "99 2027"]),
    ("site.grid", ["", "  "]),
]


PIECES = [
    *"019.,-+e%$€kMbt/as_' x",
    *(
        "ms",
        "mo",
        "per ",
        "h",
        "tok",
        "kWh",
        "mio",
        "ct",
        "yr",
        "p.a.",
        "million",
        "usd",
        "\N{SUPERSCRIPT TWO}",
    ),
]


@pytest.mark.parametrize(("path", "text", "value"), READ)
def test_what_people_type_is_read_without_a_word(path, text, value):
    reading = parse_value(text, SPECS[path])
    assert reading.value == (pytest.approx(value, rel=1e-12) if isinstance(value, float) else value)
    assert type(reading.value) is type(value) or isinstance(value, int | float)
    assert reading.exact


@pytest.mark.parametrize(("path", "text", "value", "shown"), GUESSED)
def test_a_guess_or_a_conversion_says_what_was_read(path, text, value, shown):
    reading = parse_value(text, SPECS[path])
    assert reading.value == (pytest.approx(value) if isinstance(value, float | int) else value)
    assert reading.text_as_read == shown
    assert not reading.exact


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in REFUSED for text in texts])
def test_nonsense_is_refused_by_name_with_what_is_allowed(path, text):
    with pytest.raises(InputError) as caught:
        parse_value(text, SPECS[path])
    message = str(caught.value)
    assert SPECS[path].title in message
    assert path in message
    assert SPECS[path].allowed in message
    assert text.strip()[:40] in message
    assert caught.value.path == path


def test_a_refusal_helps():
    with pytest.raises(InputError, match="Did you mean LoRA"):
        parse_value("lorra", SPECS["finetune.method"])
    with pytest.raises(InputError, match='does not take "months"; its unit is s'):
        parse_value("3 months", SPECS[LIMIT])
    with pytest.raises(InputError) as caught:
        parse_value("9", SPECS["site.pue"])
    assert caught.value.code == "out_of_range"


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_what_a_field_shows_is_read_back(spec):
    for value in (spec.default, *spec.choices):
        if spec.kind == "choices" and isinstance(value, str):
            continue
        reading = parse_value(value_text(value, spec), spec)
        assert reading.value == value
        assert reading.exact


@pytest.fixture(params=[".,", ",.", ",\N{NO-BREAK SPACE}", ".\N{RIGHT SINGLE QUOTATION MARK}", ",'"])
def separators(request):
    units.set_separators(*request.param)
    yield
    units.set_separators(".", ",")


NUMBERS = [spec for spec in SPECS.values() if spec.numeric]


@given(st.data())
def test_an_edited_number_is_read_to_the_shown_digits(data):
    _there_and_back(data)


@pytest.mark.usefixtures("separators")
@pytest.mark.parametrize("share", [0.0, 1e-6, 0.0123, 0.1234, 0.5, 0.77777, 1.0])
def test_every_local_spelling_is_read_back(share):
    for spec in NUMBERS:
        low = spec.low if spec.low is not None else (spec.above or 0) + 1e-3
        value = low + share * (spec.high - low)
        _assert_read_back(round(value) if spec.kind != "number" else value, spec)


def _there_and_back(data) -> None:
    spec = data.draw(st.sampled_from(NUMBERS))
    value = data.draw(values(spec).filter(lambda found: isinstance(found, int | float)))
    if value == 0 or abs(value) > 1e-12:
        _assert_read_back(value, spec)


def _assert_read_back(value, spec) -> None:
    text = format_edit(value, spec.unit)
    reading = parse_value(text, spec)
    assert format_edit(reading.value, spec.unit) == text
    assert reading.value == pytest.approx(value, rel=1e-3, abs=1e-300)
    assert reading.exact


@given(st.sampled_from(list(SPECS.values())), st.text(max_size=40))
def test_any_text_is_read_or_refused(spec, text):
    _read_or_refuse(spec, text)


@given(st.sampled_from(list(SPECS.values())), st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_any_heap_of_signs_is_read_or_refused(spec, text):
    _read_or_refuse(spec, text)


def _read_or_refuse(spec, text) -> None:
    try:
        reading = parse_value(text, spec)
    except InputError as error:
        assert error.path == spec.path  # noqa: PT017 - either outcome is fine, its content matters
        return
    if spec.numeric and isinstance(reading.value, int | float):
        assert spec.low is None or reading.value >= spec.low
        assert spec.high is None or reading.value <= spec.high
    if reading.value is None:
        assert spec.nullable


def test_a_very_long_text_is_refused_quickly():
    with pytest.raises(InputError):
        parse_value("1 " * 100_000, SPECS[REQUESTS])
