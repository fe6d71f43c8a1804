"""Invoices as others export them: read rightly, or refused with row and column; nothing taken as 0."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InputError, PlannerError
from planner.scenario.invoices.amounts import AmountError, decimal_of, read_amount
from planner.scenario.invoices.fresh import actuals_of
from planner.scenario.invoices.layout import is_total, layout_of
from planner.scenario.invoices.meaning import category_of_words, key_of
from planner.scenario.invoices.months import MonthError, following, order_of, read_month
from planner.scenario.invoices.reader import read
from planner.scenario.invoices.reading import Choices, Line, listed
from planner.scenario.invoices.text import letter, pasted, read_sheet, sheet_of

DATA = Path(__file__).parent.parent / "data" / "actuals"
EXPECTED = json.loads((DATA / "expected.json").read_text("utf-8"))


def reading_of(path, **answers):
    sheet = read_sheet(path)
    return read(sheet, layout_of(sheet), Choices(**answers))


def test_every_file_has_an_expectation():
    assert sorted(EXPECTED) == sorted(path.stem for path in DATA.glob("*.csv"))
    assert len(EXPECTED) >= 20


@pytest.mark.parametrize("name", EXPECTED)
def test_a_broken_file_is_read_rightly_or_refused_with_its_place(name):
    wanted, path = EXPECTED[name], DATA / f"{name}.csv"
    if "refused" in wanted:
        with pytest.raises(PlannerError) as caught:
            read_sheet(path)
        assert path.name in str(caught.value)
        for word in wanted["refused"]:
            assert word in str(caught.value)
        return
    found = reading_of(path)
    assert [question.key for question in found.questions] == wanted.get("questions", [])
    if "answers" in wanted:
        found = reading_of(path, **wanted["answers"])
        assert found.questions == ()
    problems = wanted.get("problems", [])
    assert [problem.row for problem in found.problems] == [row for row, _, _ in problems]
    for problem, (row, where, words) in zip(found.problems, problems, strict=True):
        assert where in problem.text
        assert words in problem.text
        assert row == 0 or f"Row {row}" in problem.text
    for note in wanted.get("notes", []):
        assert any(note in each for each in found.notes), found.notes
    if "months" in wanted:
        sums = {month: float(amount) for month, amount in found.by_month.items()}
        assert sums == pytest.approx(wanted["months"])
    assert found.currency == wanted.get("currency", "USD")
    if "labels" in wanted:
        assert {label: category_of_words(label) for label in found.labels} == wanted["labels"]
    used = {line.month: float(line.usage["requests"]) for line in found.lines if "requests" in line.usage}
    assert used == wanted.get("requests", {})


def test_an_answer_decides_what_a_file_leaves_open():
    path = DATA / "13-ambiguous-dates.csv"
    assert reading_of(path, first="day").months == ("2027-04", "2027-06")
    assert reading_of(path, first="month").months == ("2027-03", "2027-05")
    amounts = DATA / "14-ambiguous-amounts.csv"
    assert reading_of(amounts, decimal=".").total == Decimal("3.734")
    doubles = DATA / "15-duplicate-rows.csv"
    assert reading_of(doubles, doubles="once").by_month["2027-01"] == Decimal("617.25")


def test_roles_chosen_by_hand_count(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("when,what,a,b\n2027-01,GPU,1,100\n2027-02,GPU,2,200\n", "utf-8")
    found = reading_of(path, roles=("month", "description", "ignore", "amount"))
    assert found.total == 300


@pytest.mark.parametrize(
    ("text", "decimal", "value", "currency"),
    [
        ("1,234.56", ".", "1234.56", ""),
        ("1.234,56", ",", "1234.56", ""),
        ("1 234,56", ",", "1234.56", ""),
        ("1'234.56", ".", "1234.56", ""),
        ("1\u2019234.56", ".", "1234.56", ""),
        ("12,34,567.00", ".", "1234567", ""),
        ("(12.50)", ".", "-12.50", ""),
        ("12.50-", ".", "-12.50", ""),
        ("\u221212.50", ".", "-12.50", ""),
        ("-$5", ".", "-5", "USD"),
        ("$-5", ".", "-5", "USD"),
        ("($5)", ".", "-5", "USD"),
        ("12.50 CR", ".", "-12.50", ""),
        ("1.2E+03", ".", "1200", ""),
        (".5", ".", "0.5", ""),
        ("USD 7", ".", "7", "USD"),
        ("7 EUR", ".", "7", "EUR"),
        ("£7", ".", "7", "GBP"),
        ("0", ".", "0", ""),
    ],
)
def test_an_amount_is_read(text, decimal, value, currency):
    found = read_amount(text, decimal)
    assert found.value == Decimal(value)
    assert found.currency == currency


@pytest.mark.parametrize(
    "text",
    [
        "tbd",
        "5%",
        "#N/A",
        "1,23,4",
        "1.2.3",
        "1..2",
        "12 apples",
        "1e999",
        "99999999999999",
        "--5x",
        "1,2345.6",
    ],
)
def test_what_is_no_amount_is_refused(text):
    for decimal in (".", ","):
        with pytest.raises(AmountError):
            read_amount(text, decimal)


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([".", ","]), st.booleans())
def test_any_amount_is_read_as_it_was_written(value, decimal, grouped):
    group = "," if decimal == "." else "."
    text = f"{value:,.2f}" if grouped else f"{value:.2f}"
    text = text.replace(",", "\0").replace(".", decimal).replace("\0", group)
    assert read_amount(text, decimal).value == value


@given(st.text(max_size=20))
def test_any_text_is_an_amount_and_a_month_or_is_refused_in_words(text):
    for run, error in ((read_amount, AmountError), (read_month, MonthError)):
        try:
            run(text)
        except error as caught:
            words = str(caught)
            assert words


@pytest.mark.parametrize(
    ("text", "first", "month"),
    [
        ("2027-03", "day", "2027-03"),
        ("2027/3", "day", "2027-03"),
        ("202703", "day", "2027-03"),
        ("20270315", "day", "2027-03"),
        ("03/2027", "day", "2027-03"),
        ("Mar 2027", "day", "2027-03"),
        ("March-27", "day", "2027-03"),
        ("M\xe4r 2027", "day", "2027-03"),
        ("15 March 2027", "day", "2027-03"),
        ("March 15th, 2027".replace("th", ""), "day", "2027-03"),
        ("2027-03-15", "day", "2027-03"),
        ("2027-03-15T10:00:00Z", "day", "2027-03"),
        ("15.03.2027", "month", "2027-03"),
        ("3/15/2027", "month", "2027-03"),
        ("03/04/2027", "day", "2027-04"),
        ("03/04/2027", "month", "2027-03"),
        ("03/04/27", "month", "2027-03"),
        ("2027-03-01 to 2027-03-31", "day", "2027-03"),
        ("2027-12-01/2028-01-01", "day", "2027-12"),
    ],
)
def test_a_month_is_read(text, first, month):
    assert read_month(text, first) == month


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2027",
        "Q1 2027",
        "Mar",
        "soon",
        "2027-13",
        "2027-00",
        "1/40/2027",
        "46447",
        "1850-01",
        "2027-03-01/2027-05-01",
    ],
)
def test_what_is_no_month_is_refused(text):
    with pytest.raises(MonthError):
        read_month(text)


def test_the_month_after_a_month():
    assert [following(month) for month in ("2027-01", "2027-11", "2027-12")] == [
        "2027-02",
        "2027-12",
        "2028-01",
    ]


def test_which_number_is_the_month_is_asked_unless_a_row_says_so():
    assert order_of(["3/15/2027", "3/4/2027"]).first == "month"
    assert order_of(["15/3/2027", "3/4/2027"]).sure
    assert order_of(["03.04.2027"]).first == "day"
    assert not order_of(["03/04/2027"]).sure
    assert order_of(["01/02/2027", "01/03/2027"]).first == "day"
    assert order_of(["02/01/2027", "03/01/2027"]).first == "month"
    assert order_of(["03/03/2027", "04/04/2027"]).sure, "either way it is the same"


def test_which_sign_is_decimal_is_asked_unless_a_cell_says_so():
    assert decimal_of(["1.234", "1.234,5"]).sign == ","
    assert decimal_of(["1.234", "2.5"]).sign == "."
    assert decimal_of(["1,234,567"]).sign == "."
    assert decimal_of(["12", "7"]).sure
    assert not decimal_of(["1.234"]).sure
    assert not decimal_of(["1,234"]).sure


@pytest.mark.parametrize(
    "label",
    [
        "Total",
        "Grand total",
        "Subtotal",
        "Sub-total",
        "Compute total:",
        "Summe",
        "TOTAL USD",
        "Zwischensumme",
    ],
)
def test_rows_of_sums_are_known(label):
    assert is_total(label)


@pytest.mark.parametrize(
    "label", ["TotalEnergies", "Total Energies power", "Totally", "GPU", "Assumptions", ""]
)
def test_other_labels_are_no_sums(label):
    assert not is_total(label)


def test_columns_have_the_letters_of_spreadsheets():
    assert [letter(number) for number in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_what_was_chosen_for_a_description_is_remembered():
    assert category_of_words("OpenAI  API") == "serving"
    assert category_of_words("OpenAI  API", {key_of("openai api"): "teacher"}) == "teacher"
    assert category_of_words("OpenAI API", {key_of("openai api"): "gone"}) == "serving"
    assert category_of_words("Miscellaneous") == "unassigned"


def test_cells_from_the_clipboard_are_a_table():
    sheet = pasted("Month\tAmount\n2027-01\t12\n")
    assert read(sheet, layout_of(sheet)).total == 12
    with pytest.raises(PlannerError, match="no text"):
        pasted(" \n")


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused_by_name(data):
    try:
        sheet = sheet_of(data, "own.csv")
    except PlannerError as error:
        message = str(error)
        assert "own.csv" in message
        return
    found = read(sheet, layout_of(sheet))
    assert found.problems or found.lines or found.notes or found.questions


CELL = st.sampled_from(
    [
        "2027-01",
        "03/04/2027",
        "Jan 2027",
        "1,234.56",
        "1.234,56",
        "12%",
        "(5)",
        "tbd",
        "",
        "-",
        "Total",
        "EUR",
        "GPU",
        "Amount",
        "Month",
    ]
)


@given(st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=12))
def test_any_table_has_figures_or_says_why_not(rows):
    text = "\n".join(";".join(row) for row in rows)
    try:
        sheet = sheet_of(text.encode(), "own.csv")
    except PlannerError:
        return
    found = read(sheet, layout_of(sheet))
    assert found.problems or found.lines or found.notes or found.questions
    for problem in found.problems:
        assert problem.text.startswith(("Row ", "The file"))


# ---------------------------------------------------------------- rows of a plan
DAY = datetime.date(2027, 4, 2)
LINES = (
    Line(2, "2027-01", Decimal(100), "", "GPU"),
    Line(3, "2027-01", Decimal(20), "", "more GPU"),
    Line(4, "2027-01", Decimal(-5), "", "S3"),
    Line(5, "2027-02", Decimal(7), "", "?"),
    Line(5, "2027-02", None, usage={"requests": Decimal(1000)}),
)
CATEGORIES = {"GPU": "serving", "more GPU": "serving", "S3": "storage"}


def test_amounts_are_added_up_by_month_and_category_in_usd():
    rows = actuals_of(
        LINES, CATEGORIES, strategy="distil", source="a.csv", day=DAY, currency="EUR", currency_per_usd=0.5
    )
    found = {(row.month, row.category): row.usd for row in rows if row.usd is not None}
    assert found == {
        ("2027-01", "serving"): 240.0,
        ("2027-01", "storage"): -10.0,
        ("2027-02", "unassigned"): 14.0,
    }
    assert [row.requests for row in rows if row.usd is None] == [1000.0]
    assert {(row.source, row.imported_on, row.currency, row.currency_per_usd) for row in rows} == {
        ("a.csv", "2027-04-02", "EUR", 0.5)
    }


@pytest.mark.parametrize("rate", [0.0, -1.0, float("inf"), float("nan")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(InputError, match="rate"):
        actuals_of(LINES, {}, strategy="api", source="", day=DAY, currency_per_usd=rate)


# ---------------------------------------------------------------- files that are no tables
def test_files_that_cannot_be_read_say_why(tmp_path):
    with pytest.raises(PlannerError, match=r"There is no file gone\.csv"):
        read_sheet(tmp_path / "gone.csv")
    with pytest.raises(PlannerError, match="There is no file"):
        read_sheet(tmp_path)


BAD_BYTES = {
    "nothing": (b" \n", "empty"),
    "a PDF": (b"%PDF-1.7", "a PDF"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1", "an old workbook"),
    "compressed": (b"\x1f\x8b\x08", "compressed"),
    "too large": (b"a,b\n" + b" " * 20_000_001, "20 MB"),
    "a byte of no text": (b"a,b\n\xe4,\x81\n", "row 2: byte 0x81"),
    "half of UTF-16": (b"\xff\xfea\x00,\x00b", "byte"),
    "a long cell": (b"a,b\n" + b"x" * 140_000 + b",1\n", "131,072 characters"),
    "text behind a quote": (b'a,b\n"x"y,1\n', "row 2: text follows"),
    "too many rows": (b"a,b\n" * 50_002, "50,000 rows"),
    "a null": ("a,b\n\x00,1\n".encode("utf-8-sig"), "no text"),
}


@pytest.mark.parametrize("name", BAD_BYTES)
def test_bytes_that_are_no_table_are_refused_by_name(name):
    data, words = BAD_BYTES[name]
    with pytest.raises(PlannerError) as caught:
        sheet_of(data, "own.csv")
    assert "own.csv" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-8-sig"])
def test_encodings_are_told_apart_with_and_without_a_mark(encoding):
    text = "Month;Betrag\n2027-01;5\n2027-02;7 \u20ac\n"
    sheet = sheet_of(text.encode(encoding), "own.csv")
    assert read(sheet, layout_of(sheet)).total == 12


def test_the_separator_that_a_spreadsheet_names_counts():
    sheet = sheet_of(b"sep=\t\nMonth\tA,B\n2027-01\t5\n", "own.csv")
    assert sheet.separator == "\t"
    assert read(sheet, layout_of(sheet)).total == 5


def test_usage_below_zero_is_refused_in_long_and_wide_tables():
    for text, row in (
        ("Month,Amount,Requests\n2027-01,5,10\n2027-02,6,-1\n", 3),
        ("Category,2027-01,2027-02\nServing,5,6\nRequests,10,-1\n", 3),
    ):
        sheet = sheet_of(text.encode(), "own.csv")
        found = read(sheet, layout_of(sheet))
        assert [problem.row for problem in found.problems] == [row]
        assert "below 0" in found.problems[0].text
        used = [line.usage["requests"] for line in found.lines if line.usage]
        assert used == [10]


def test_a_sign_or_code_in_the_cells_names_the_currency():
    sheet = sheet_of("Month,Amount\n2027-01,£5\n2027-02,£6\n".encode(), "own.csv")
    assert read(sheet, layout_of(sheet)).currency == "GBP"
    assert read(sheet, layout_of(sheet), Choices(currency="CHF")).problems
    dollars = sheet_of(b"Month,Amount\n2027-01,$5\n", "own.csv")
    assert not read(dollars, layout_of(dollars), Choices(currency="CAD")).problems, "a dollar is theirs too"


def test_many_rows_are_named_by_the_first_few():
    assert listed([3]) == "row 3"
    assert listed([3, 4]) == "rows 3 and 4"
    assert listed([1, 2, 3, 4, 5, 6]) == "rows 1, 2, 3, 4 and 2 more"
